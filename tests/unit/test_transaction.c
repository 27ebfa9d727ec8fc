#include "src/evm/address.h"
#include "src/evm/transaction.h"
#include "tests/support/check.h"

static struct span hex_of(struct arena *a, const struct json *c, const char *name)
{
	const struct span s = json_find(c, name)->text;

	return hex_bytes(a, arena_str(a, span_of(s.p + 2, s.n - 2)));
}

static void same(struct span found, struct span expected)
{
	assert_int_equal(found.n, expected.n);
	assert_memory_equal(found.p, expected.p, expected.n);
}

static void same_encoding(const struct transaction *tx, const struct sig *s, struct span expected)
{
	struct buf out = {0};

	transaction_encode(&out, tx, s);
	same(buf_view(&out), expected);
	buf_release(&out);
}

static void fields_are_ethers(const struct transaction *tx, const struct json *c)
{
	struct u256 value;
	struct addr to;

	assert_int_equal((int)tx->kind, json_find(c, "type")->text.p[0] - '0');
	assert_true(u256_parse(&value, json_find(c, "chainId")->text, NULL));
	assert_true(value.w[0] == tx->chain_id);
	assert_true(u256_parse(&value, json_find(c, "value")->text, NULL));
	assert_int_equal(u256_cmp(&value, &tx->value), 0);
	assert_int_equal(tx->has_to, !json_is_null(json_find(c, "to")));
	if (tx->has_to) {
		assert_true(json_get_addr(c, "to", &to, NULL));
		assert_true(addr_eq(&to, &tx->to));
	}
}

static void every_kind_agrees_with_ethers(void **state)
{
	struct arena a = {0};
	const struct json *file = json_vector(&a, "evm/transaction.json");
	struct addr signer;

	(void)state;
	assert_true(json_get_addr(file, "signer", &signer, NULL));
	for (const struct json *c = json_find(file, "cases")->first; c; c = c->next) {
		struct transaction tx, bare;
		struct sig s;
		struct hash32 h;
		struct addr by;
		struct err e = {0};

		assert_ok(transaction_decode(&a, &tx, &s, hex_of(&a, c, "signed"), &e), &e);
		assert_ok(transaction_decode_unsigned(&a, &bare, hex_of(&a, c, "unsigned"), &e), &e);
		fields_are_ethers(&tx, c);
		same_encoding(&tx, &s, hex_of(&a, c, "signed"));
		same_encoding(&tx, NULL, hex_of(&a, c, "unsigned"));
		same_encoding(&bare, NULL, hex_of(&a, c, "unsigned"));
		transaction_digest(&h, &tx);
		same(SPAN_HASH(&h), hex_of(&a, c, "digest"));
		transaction_hash(&h, &tx, &s);
		same(SPAN_HASH(&h), hex_of(&a, c, "hash"));
		assert_ok(transaction_sender(&by, &tx, &s, &e), &e);
		assert_true(addr_eq(&by, &signer));
	}
	arena_release(&a);
}

static struct span without_spaces(struct arena *a, struct span text)
{
	struct buf b = {0};
	struct span out;

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != ' ')
			buf_byte(&b, text.p[i]);
	out = hex_bytes(a, arena_str(a, buf_view(&b)));
	buf_release(&b);
	return out;
}

static void bad_file(struct arena *a, const struct json *cases, bool is_signed)
{
	for (const struct json *c = cases->first; c; c = c->next) {
		const struct span data = without_spaces(a, json_find(c, "data")->text);
		const struct span want = json_find(c, "error")->text;
		struct transaction tx;
		struct sig s;
		struct err e = {0};
		const bool ok = is_signed ? transaction_decode(a, &tx, &s, data, &e)
					  : transaction_decode_unsigned(a, &tx, data, &e);

		assert_err(&e, e.code, arena_str(a, want));
		assert_int_equal(ok, want.n == 0);
		if (ok)
			same_encoding(&tx, is_signed ? &s : NULL, data);
		err_clear(&e);
	}
}

static void bad_transactions_name_field_and_byte(void **state)
{
	struct arena a = {0};
	const struct json *file = json_vector(&a, "evm/transaction-bad.json");

	(void)state;
	bad_file(&a, json_find(file, "cases"), false);
	bad_file(&a, json_find(file, "signed"), true);
	arena_release(&a);
}

static void high_s_is_no_sender(void **state)
{
	struct transaction tx = { .kind = TX_1559, .chain_id = 1, .gas = 21000 };
	struct hash32 digest;
	struct sig s;
	struct addr by;
	struct err e = {0};
	uint8_t key[32] = { [31] = 1 };

	(void)state;
	transaction_digest(&digest, &tx);
	assert_true(sig_make(&s, &digest, key));
	assert_ok(transaction_sender(&by, &tx, &s, &e), &e);
	memset(s.s, 0xfe, 4);
	assert_false(transaction_sender(&by, &tx, &s, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	assert_string_equal(e.refusal, "HIGH-S");
	err_clear(&e);
}

static void another_field_is_another_digest(void **state)
{
	const struct transaction base = { .kind = TX_1559, .chain_id = 1, .gas = 21000, .has_to = true };
	struct transaction tx[7];
	struct hash32 first, h;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(tx); i++)
		tx[i] = base;
	tx[0].chain_id = 2;
	tx[1].nonce = 1;
	tx[2].gas = 1;
	tx[3].to.b[19] = 1;
	tx[4].value = u256_from_u64(1);
	tx[5].data = span_of("x", 1);
	tx[6].has_to = false;
	transaction_digest(&first, &base);
	for (size_t i = 0; i < ARRAY_LEN(tx); i++) {
		transaction_digest(&h, &tx[i]);
		assert_false(hash32_eq(&first, &h));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_agrees_with_ethers),
		cmocka_unit_test(bad_transactions_name_field_and_byte),
		cmocka_unit_test(high_s_is_no_sender),
		cmocka_unit_test(another_field_is_another_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
