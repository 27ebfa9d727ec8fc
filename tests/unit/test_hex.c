#include "src/base/hex.h"
#include "tests/support/check.h"

static void decodes_either_case(void **state)
{
	struct buf out = {0};
	struct err e = {0};
	(void)state;

	assert_ok(hex_decode(&out, span_str("0x00aBFf"), &e), &e);
	assert_ok(hex_decode(&out, span_str("0x"), &e), &e);
	assert_hex(out.p, out.n, "00abff");
	buf_release(&out);
}

static void names_the_first_wrong_character(void **state)
{
	static const struct { const char *text, *error; } bad[] = {
		{"", "byte 0: needed 0x"},
		{"0", "byte 0: needed 0x"},
		{"12", "byte 0: needed 0x"},
		{"0X12", "byte 0: needed 0x"},
		{" 0x12", "byte 0: needed 0x"},
		{"0x12 ", "byte 4: 0x20 is not a hex digit"},
		{"0x1g", "byte 3: 'g' is not a hex digit"},
		{"0x123", "byte 5: odd number of hex digits: 3"},
		{"0x1\xc3\xa9", "byte 3: 0xc3 is not a hex digit"},
	};
	struct buf out = {0};
	struct err e = {0};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(hex_decode(&out, span_str(bad[i].text), &e));
		assert_err(&e, ERR_SYNTAX, bad[i].error);
		assert_int_equal(out.n, 0);
	}
	err_clear(&e);
	buf_release(&out);
}

static void fixed_lengths_are_exact(void **state)
{
	uint8_t out[2] = {9, 9};
	struct err e = {0};
	(void)state;

	assert_ok(hex_fixed(out, 2, span_str("0x01fe"), &e), &e);
	assert_hex(out, 2, "01fe");
	assert_ok(hex_bare(out, 2, span_str("ABCD"), &e), &e);
	assert_hex(out, 2, "abcd");
	assert_false(hex_fixed(out, 2, span_str("0x01fe00"), &e));
	assert_err(&e, ERR_SYNTAX, "byte 8: needed 4 hex digits, found 6");
	assert_false(hex_fixed(out, 2, span_str("01fe"), &e));
	assert_err(&e, ERR_SYNTAX, "byte 0: needed 0x");
	assert_false(hex_bare(out, 2, span_str("0x01"), &e));
	assert_err(&e, ERR_SYNTAX, "byte 1: 'x' is not a hex digit");
	assert_false(hex_bare(out, 2, span_str("012"), &e));
	assert_err(&e, ERR_SYNTAX, "byte 3: needed 4 hex digits, found 3");
	assert_hex(out, 2, "abcd");
	err_clear(&e);
}

static void quantities_have_no_leading_zero(void **state)
{
	uint64_t v = 7;
	struct err e = {0};
	(void)state;

	assert_ok(hex_quantity(&v, span_str("0x0"), &e), &e);
	assert_int_equal(v, 0);
	assert_ok(hex_quantity(&v, span_str("0xFFffffffffffffff"), &e), &e);
	assert_true(v == UINT64_MAX);
	assert_false(hex_quantity(&v, span_str("0x"), &e));
	assert_err(&e, ERR_SYNTAX, "byte 2: needed a hex digit");
	assert_false(hex_quantity(&v, span_str("0x01"), &e));
	assert_err(&e, ERR_SYNTAX, "byte 2: leading zero");
	assert_false(hex_quantity(&v, span_str("0x00"), &e));
	assert_err(&e, ERR_SYNTAX, "byte 2: leading zero");
	assert_false(hex_quantity(&v, span_str("0x10000000000000000"), &e));
	assert_err(&e, ERR_RANGE, "byte 2: 64 bits hold 16 hex digits, found 17");
	assert_false(hex_quantity(&v, span_str("0x1-"), &e));
	assert_err(&e, ERR_SYNTAX, "byte 3: '-' is not a hex digit");
	err_clear(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_either_case),
		cmocka_unit_test(names_the_first_wrong_character),
		cmocka_unit_test(fixed_lengths_are_exact),
		cmocka_unit_test(quantities_have_no_leading_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
