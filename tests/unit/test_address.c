#include "src/evm/address.h"
#include "tests/support/check.h"

/* EIP-55, "Test Cases". */
static const char *const eip55[] = {
	"0x52908400098527886E0F7030069857D2E4169EE7", "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
	"0xde709f2102306220921060314715629080e2fb77", "0x27b1fdb04752bbc536007a920d24acb045561c26",
	"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
	"0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
};

static void eip55_addresses_come_back_as_they_were(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(eip55); i++) {
		struct addr a, b;
		struct buf out = {0};
		struct err e = {0};

		assert_ok(addr_parse(&a, span_str(eip55[i]), &e), &e);
		assert_ok(addr_parse_checksummed(&b, span_str(eip55[i]), &e), &e);
		assert_true(addr_eq(&a, &b));
		addr_format(&out, &a);
		assert_buf_str(&out, eip55[i]);
		buf_release(&out);
	}
}

static void one_case_carries_no_checksum(void **state)
{
	const char *const text[] = { "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
				     "0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED" };
	struct addr a, mixed;
	struct err e = {0};

	(void)state;
	assert_ok(addr_parse(&mixed, span_str(eip55[4]), &e), &e);
	for (size_t i = 0; i < 2; i++) {
		assert_ok(addr_parse(&a, span_str(text[i]), &e), &e);
		assert_true(addr_eq(&a, &mixed));
		assert_false(addr_parse_checksummed(&a, span_str(text[i]), &e));
		assert_int_equal(e.code, ERR_MISMATCH);
		err_clear(&e);
	}
}

static void bad_addresses_name_the_character(void **state)
{
	struct arena a = {0};
	const struct json *cases = json_find(json_vector(&a, "evm/address-bad.json"), "cases");

	(void)state;
	for (const struct json *c = cases->first; c; c = c->next) {
		struct addr out = { { 7 } };
		struct err e = {0};

		assert_false(addr_parse(&out, json_find(c, "text")->text, &e));
		assert_err(&e, span_is(json_find(c, "code")->text, "SYNTAX") ? ERR_SYNTAX : ERR_MISMATCH,
			   arena_str(&a, json_find(c, "error")->text));
		assert_int_equal(out.b[0], 7);
		err_clear(&e);
	}
	arena_release(&a);
}

static void a_member_is_named_and_located(void **state)
{
	struct arena a = {0};
	struct err e = {0};
	const struct json *o = json_parse(&a, span_str("{\"x\":1,\"safe\":\"0x12\"}"), &e);
	struct addr out;

	(void)state;
	assert_false(json_get_addr(o, "safe", &out, &e));
	assert_err(&e, ERR_SYNTAX, "safe, byte 14: an address has 40 digits after 0x, found 2");
	err_clear(&e);
	assert_false(json_get_addr(o, "timelock", &out, &e));
	assert_int_equal(e.code, ERR_MISSING);
	err_clear(&e);
	arena_release(&a);
}

static void json_addresses_are_checksummed(void **state)
{
	struct arena a = {0};
	struct addr x;

	(void)state;
	assert_true(addr_parse(&x, span_str("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"), NULL));
	assert_span_str(json_addr(&a, &x)->text, eip55[4]);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eip55_addresses_come_back_as_they_were),
		cmocka_unit_test(one_case_carries_no_checksum),
		cmocka_unit_test(bad_addresses_name_the_character),
		cmocka_unit_test(a_member_is_named_and_located),
		cmocka_unit_test(json_addresses_are_checksummed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
