/* Other projects' vector files, which are not kept here: `make vectors DIR=…` says where they are.
 *   ethereum/tests RLPTests                valid and invalid RLP
 *   trezor-firmware tests/fixtures         typed data: hashes and signatures; EIP-1559 transactions: signatures */
#include "src/evm/address.h"
#include "src/evm/eip712.h"
#include "src/evm/rlp.h"
#include "src/evm/transaction.h"
#include "tests/support/check.h"

#define RLP "ethereum+tests/RLPTests/"
#define TREZOR "trezor+trezor-firmware/common/tests/fixtures/ethereum/"

static const struct json *foreign(struct arena *a, const char *path)
{
	struct buf text = read_foreign_vector(path);
	struct err e = {0};
	const struct json *v;

	/* One RLP case is a NUL in a JSON string, which our reader refuses: U+E000 stands for it (see string_bytes). */
	for (size_t i = 0; i + 6 <= text.n; i++)
		if (span_starts(span_of(text.p + i, 6), "\\u0000"))
			memcpy(text.p + i, "\\uE000", 6);
	v = json_parse(a, arena_copy(a, buf_view(&text)), &e);
	assert_ok(v != NULL, &e);
	buf_release(&text);
	return v;
}

static struct span text_of(const struct json *v, const char *name)
{
	struct span s;
	struct err e = {0};

	assert_ok(json_get_str(v, name, &s, &e), &e);
	return s;
}

static struct span hex_text(struct arena *a, struct span s)
{
	if (span_starts(s, "0x"))
		s = span_of(s.p + 2, s.n - 2);
	return hex_bytes(a, arena_str(a, s));
}

/* ---- RLP ---- */

static void write_string(struct buf *out, struct span s)
{
	static const uint8_t two_to_256[33] = { 1 };
	struct u256 v;

	if (s.n && s.p[0] == '#') {      /* "#83729609…" is a number */
		if (u256_parse(&v, span_of(s.p + 1, s.n - 1), NULL))
			rlp_write_u256(out, &v);
		else                     /* the one that does not fit */
			rlp_write_bytes(out, span_of(two_to_256, sizeof(two_to_256)));
		return;
	}
	rlp_write_bytes(out, span_is(s, "\xee\x80\x80") ? span_of("", 1) : s);
}

static void write_item(struct buf *out, const struct json *v)
{
	struct u256 n;
	size_t list;

	if (v->type == JSON_STRING) {
		write_string(out, v->text);
	} else if (v->type == JSON_NUMBER) {
		assert_true(u256_parse(&n, v->text, NULL));
		rlp_write_u256(out, &n);
	} else {
		list = rlp_begin(out);
		for (const struct json *x = v->first; x; x = x->next)
			write_item(out, x);
		rlp_end(out, list);
	}
}

static void valid_rlp(void **state)
{
	struct arena a = {0};
	const struct json *all = foreign(&a, RLP "rlptest.json");

	(void)state;
	for (const struct json *c = all->first; c; c = c->next) {
		const struct span expected = hex_text(&a, text_of(c, "out"));
		struct buf out = {0};
		struct err e = {0};

		write_item(&out, json_find(c, "in"));
		if (!span_eq(buf_view(&out), expected))
			fail_msg("%.*s", (int)c->name.n, (const char *)c->name.p);
		assert_ok(rlp_check(expected, &e), &e);
		buf_release(&out);
	}
	print_message("rlptest.json: %zu cases agree\n", all->n);
	arena_release(&a);
}

static void invalid_rlp(void **state)
{
	struct arena a = {0};
	const struct json *all = foreign(&a, RLP "invalidRLPTest.json");

	(void)state;
	for (const struct json *c = all->first; c; c = c->next) {
		struct err e = {0};

		if (rlp_check(hex_text(&a, text_of(c, "out")), &e))
			fail_msg("%.*s was accepted", (int)c->name.n, (const char *)c->name.p);
		assert_int_not_equal(e.at, ERR_NO_OFFSET);
		err_clear(&e);
	}
	print_message("invalidRLPTest.json: %zu cases refused, each with its byte\n", all->n);
	arena_release(&a);
}

/* ---- typed data ---- */

static void same_hash(const struct json *c, const char *name, const struct hash32 *found)
{
	struct hash32 want;
	struct err e = {0};

	assert_ok(json_get_hash(json_find(c, "parameters"), name, &want, &e), &e);
	if (!hash32_eq(&want, found))
		fail_msg("%.*s: %s differs", (int)text_of(c, "name").n, (const char *)text_of(c, "name").p, name);
}

/* A copy without one member of the message: the file has one that its type does not have. */
static struct json *without(struct arena *a, const struct json *data, const char *member)
{
	struct json *out = json_object(a), *message = json_object(a);

	for (const struct json *m = json_find(data, "message")->first; m; m = m->next)
		if (!span_is(m->name, member))
			json_set(message, a, arena_str(a, m->name), json_copy(a, m));
	for (const struct json *m = data->first; m; m = m->next)
		json_set(out, a, arena_str(a, m->name), span_is(m->name, "message") ? message : json_copy(a, m));
	return out;
}

static const struct json *known_members(struct arena *a, const struct json *data)
{
	struct err e = {0};

	if (!json_find(json_find(data, "message"), "attachedMoneyInEth"))
		return data;
	assert_null(eip712_from_json(a, data, &e));
	assert_int_equal(e.code, ERR_UNKNOWN);
	assert_string_equal(buf_cstr(&e.field), "message.attachedMoneyInEth");
	err_clear(&e);
	return without(a, data, "attachedMoneyInEth");
}

static void typed_case(struct arena *a, const struct json *c)
{
	const struct json *p = json_find(c, "parameters"), *result = json_find(c, "result");
	struct err e = {0};
	const struct eip712 *doc = eip712_from_json(a, known_members(a, json_find(p, "data")), &e);
	struct hash32 h;
	struct sig s;
	struct addr by, of;

	assert_ok(doc != NULL, &e);
	eip712_domain_hash(doc, &h);
	same_hash(c, "domain_separator_hash", &h);
	assert_int_equal(eip712_has_message(doc), !json_is_null(json_find(p, "message_hash")));
	if (eip712_has_message(doc)) {
		eip712_message_hash(doc, &h);
		same_hash(c, "message_hash", &h);
	}
	eip712_digest(doc, &h);
	assert_ok(sig_from_bytes(&s, hex_text(a, text_of(result, "sig")), &e), &e);
	assert_ok(sig_recover(&by, &s, &h, &e), &e);
	assert_ok(json_get_addr(result, "address", &of, &e), &e);
	assert_true(addr_eq(&by, &of));
}

static void typed_data(void **state)
{
	struct arena a = {0};
	const struct json *tests = json_find(foreign(&a, TREZOR "sign_typed_data.json"), "tests");
	size_t n = 0, other = 0;

	(void)state;
	for (const struct json *c = tests->first; c; c = c->next) {
		bool v4 = false;

		assert_true(json_get_bool(json_find(c, "parameters"), "metamask_v4_compat", &v4, NULL));
		if (v4) {
			typed_case(&a, c);
			n++;
		} else {
			other++;
		}
	}
	print_message("sign_typed_data.json: %zu cases agree; %zu of the dialect before its arrays\n", n,
		      other);
	assert_int_equal(n, 9);
	arena_release(&a);
}

/* ---- transactions ---- */

/* Who signs at each path of the fixture's seed ("all all … all", no passphrase), by ethers. */
static const char *signer_at(struct span path)
{
	static const struct { const char *path, *address; } known[] = {
		{ "m/44'/60'/0'/0/0", "0x73d0385F4d8E00C5e6504C6030F47BF6212736A8" },
		{ "m/44'/60'/0'/0/1", "0xFA01a39f8Abaeb660c3137f14A310d0b414b2A15" },
		{ "m/44'/60'/0'/0/100", "0x1e6E3708a059aEa1241a81c7aAe84b6CDbC54d59" },
		{ "m/44'/8453'/0'/0/100", "0x3bF161d188cA1bD1cD98aF2EF1ea3A8c2b267b7c" },
		{ "m/44'/60'/0'/0", "0x1ec5C1854e3E9F1674c34D6C2Be1bf13DFc0Fd8F" },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (span_is(path, known[i].path))
			return known[i].address;
	fail_msg("unknown path");
	return NULL;
}

static struct u256 number(const struct json *p, const char *name)
{
	struct u256 v;
	struct err e = {0};

	assert_ok(json_get_u256(p, name, &v, &e), &e);
	return v;
}

static uint64_t number64(const struct json *p, const char *name)
{
	const struct u256 v = number(p, name);
	uint64_t out = 0;

	assert_true(u256_fits_u64(&v, &out));
	return out;
}

static struct transaction transaction_of(struct arena *a, const struct json *p)
{
	struct transaction tx = {
		.kind = TX_1559, .chain_id = number64(p, "chain_id"), .nonce = number64(p, "nonce"),
		.gas = number64(p, "gas_limit"), .max_fee = number(p, "max_gas_fee"),
		.max_priority = number(p, "max_priority_fee"), .has_to = true, .value = number(p, "value"),
		.data = hex_text(a, text_of(p, "data")),
	};

	assert_true(json_get_addr(p, "to_address", &tx.to, NULL));
	assert_null(json_find(p, "access_list"));
	return tx;
}

static void transactions(void **state)
{
	struct arena a = {0};
	const struct json *tests = json_find(foreign(&a, TREZOR "sign_tx_eip1559.json"), "tests");

	(void)state;
	for (const struct json *c = tests->first; c; c = c->next) {
		const struct json *p = json_find(c, "parameters"), *result = json_find(c, "result");
		const struct transaction tx = transaction_of(&a, p);
		struct sig s = { .v = (uint8_t)(27 + number64(result, "sig_v")) };
		struct addr by, of;
		struct err e = {0};

		memcpy(s.r, hex_text(&a, text_of(result, "sig_r")).p, 32);
		memcpy(s.s, hex_text(&a, text_of(result, "sig_s")).p, 32);
		assert_ok(transaction_sender(&by, &tx, &s, &e), &e);
		assert_ok(addr_parse(&of, span_str(signer_at(text_of(p, "path"))), &e), &e);
		if (!addr_eq(&by, &of))
			fail_msg("%.*s", (int)text_of(c, "name").n, (const char *)text_of(c, "name").p);
	}
	print_message("sign_tx_eip1559.json: %zu signatures are over our digests\n", tests->n);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_rlp),
		cmocka_unit_test(invalid_rlp),
		cmocka_unit_test(typed_data),
		cmocka_unit_test(transactions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
