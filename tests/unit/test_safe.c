/* Safe transactions: hashes, signature blobs, the import rule, execTransaction. */
#include "src/crypto/sig.h"
#include "src/evm/address.h"
#include "src/evm/eip712.h"
#include "src/gov/fields.h"
#include "src/gov/safe.h"
#include "tests/support/check.h"

struct input {
	struct safe_tx tx;
	enum safe_scheme scheme;
	struct u256 chain_id;
	struct addr safe;
};

static struct input read_input(struct arena *a, const struct json *vector)
{
	struct input in = {0};
	struct err e = {0};

	assert_ok(safe_tx_from_json(a, &in.tx, &in.scheme, &in.chain_id, &in.safe, json_find(vector, "input"),
				    &e), &e);
	return in;
}

static struct hash32 read_hash(const struct json *o, const char *name)
{
	struct hash32 h;
	struct err e = {0};

	assert_ok(json_get_hash(o, name, &h, &e), &e);
	return h;
}

static struct span read_bytes(struct arena *a, const struct json *o, const char *name)
{
	struct span s;
	struct err e = {0};

	assert_ok(json_get_bytes(a, o, name, &s, &e), &e);
	return s;
}

static void check_list(struct arena *a, const struct json *with_blob, const struct hash32 *hash)
{
	const struct json *want = json_find(with_blob, "list")->first;
	const struct safe_signature *v;
	struct err e = {0};
	size_t n = 0;

	assert_ok(safe_signatures_parse(a, &v, &n, read_bytes(a, with_blob, "blob"), hash, &e), &e);
	assert_int_equal(n, json_find(with_blob, "list")->n);
	for (size_t i = 0; i < n; i++, want = want->next) {
		struct addr signer;
		uint64_t number = 0;
		struct span type;

		assert_true(json_get_u64(want, "v", &number, &e) && json_get_str(want, "type", &type, &e) &&
			    json_get_addr(want, "signer", &signer, &e));
		assert_int_equal(v[i].v, number);
		assert_span_str(type, safe_signature_type_name(v[i].type));
		assert_true(addr_eq(&v[i].signer, &signer));
	}
}

static void every_real_transaction_hashes_as_published(void **state)
{
	struct arena a = {0};
	const struct json *all = json_find(json_vector(&a, "safe-tx.json"), "vectors");
	size_t blobs = 0;

	(void)state;
	assert_int_equal(all->n, 44);
	for (const struct json *v = all->first; v != NULL; v = v->next) {
		const struct json *expect = json_find(v, "expect"), *with_blob = json_find(v, "signatures");
		const struct hash32 domain = read_hash(expect, "domainHash"),
				    message = read_hash(expect, "messageHash"),
				    hash = read_hash(expect, "safeTxHash");
		const struct input in = read_input(&a, v);
		struct safe_hashes found;

		safe_hash(&found, in.scheme, &in.chain_id, &in.safe, &in.tx);
		assert_true(hash32_eq(&found.domain, &domain));
		assert_true(hash32_eq(&found.message, &message));
		assert_true(hash32_eq(&found.tx, &hash));
		if (with_blob == NULL)
			continue;
		check_list(&a, with_blob, &hash);
		blobs++;
	}
	assert_int_equal(blobs, 19);
	arena_release(&a);
}

static void every_kind_of_signature_is_named(void **state)
{
	struct arena a = {0};
	const struct json *doc = json_vector(&a, "gov/safe.json");
	const struct hash32 hash = read_hash(doc, "safeTxHash");

	(void)state;
	for (const struct json *v = json_find(doc, "blobs")->first; v != NULL; v = v->next)
		check_list(&a, v, &hash);
	arena_release(&a);
}

static void the_wallets_document_has_the_same_hash(void **state)
{
	struct arena a = {0};
	const struct json *doc = json_vector(&a, "gov/safe.json");
	const struct hash32 hash = read_hash(doc, "safeTxHash");
	const struct input in = read_input(&a, doc);
	const struct eip712 *typed;
	struct safe_hashes found;
	struct err e = {0};
	struct hash32 digest;
	struct buf text = {0};

	(void)state;
	safe_hash(&found, in.scheme, &in.chain_id, &in.safe, &in.tx);
	assert_true(hash32_eq(&found.tx, &hash));
	safe_typed_data(&text, &in.chain_id, &in.safe, &in.tx);
	typed = eip712_parse(&a, buf_view(&text), &e);
	assert_ok(typed != NULL, &e);
	eip712_digest(typed, &digest);
	assert_true(hash32_eq(&digest, &hash));
	buf_release(&text);
	arena_release(&a);
}

static void packed_signatures_are_sorted_by_owner(void **state)
{
	struct arena a = {0};
	const struct json *doc = json_vector(&a, "gov/safe.json"), *owners = json_find(doc, "owners");
	const struct input in = read_input(&a, doc);
	const struct span want = read_bytes(&a, doc, "packed"), call = read_bytes(&a, doc, "execTransaction");
	struct owner_signature v[5];
	struct buf packed = {0}, data = {0};
	struct err e = {0};
	size_t i = 0;

	(void)state;
	for (const struct json *o = owners->first; o != NULL; o = o->next, i++)
		assert_true(json_get_addr(o, "address", &v[i].owner, &e) &&
			    sig_from_bytes(&v[i].sig, read_bytes(&a, o, "signature"), &e));
	assert_ok(safe_signatures_pack(&packed, v, 5, &e), &e);
	assert_true(span_eq(buf_view(&packed), want));
	safe_exec_calldata(&data, &in.tx, buf_view(&packed));
	assert_true(span_eq(buf_view(&data), call));
	v[3] = v[1];
	buf_clear(&packed);
	assert_false(safe_signatures_pack(&packed, v, 5, &e));
	assert_err(&e, ERR_REFUSED, "[SIG-TWICE] 0x5050A4F4b3f9338C3472dcC01A87C76A144b3c9c signed twice");
	assert_int_equal(packed.n, 0);
	err_clear(&e);
	buf_release(&packed);
	buf_release(&data);
	arena_release(&a);
}

static void versions_pick_the_scheme(void **state)
{
	static const struct { const char *version; enum safe_scheme scheme; } good[] = {
		{ "0.0.1", SAFE_DATAGAS }, { "0.1.0", SAFE_DATAGAS }, { "1.0.0", SAFE_NO_CHAIN_ID },
		{ "1.1.1", SAFE_NO_CHAIN_ID }, { "1.2.0", SAFE_NO_CHAIN_ID }, { "1.3.0", SAFE_CURRENT },
		{ "1.3.0+L2", SAFE_CURRENT }, { "1.4.1", SAFE_CURRENT }, { "1.10.0", SAFE_CURRENT },
		{ "2.0.0", SAFE_CURRENT },
	};
	static const struct { const char *version, *text; } bad[] = {
		{ "", "byte 0: a Safe's version is like 1.4.1 or 1.3.0+L2: needed a digit" },
		{ "1.3", "byte 3: a Safe's version is like 1.4.1 or 1.3.0+L2: needed a dot" },
		{ "1.03.0", "byte 2: a Safe's version has no leading zeros" },
		{ "1.3.0+l2", "byte 5: after a Safe's version only +L2 may follow" },
		{ "1.3.0000", "byte 4: a Safe's version has no leading zeros" },
		{ "v1.3.0", "byte 0: a Safe's version is like 1.4.1 or 1.3.0+L2: needed a digit" },
	};
	enum safe_scheme scheme;
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_ok(safe_scheme_of(&scheme, span_str(good[i].version), &e), &e);
		assert_int_equal(scheme, good[i].scheme);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(safe_scheme_of(&scheme, span_str(bad[i].version), &e));
		assert_err(&e, ERR_SYNTAX, bad[i].text);
	}
	err_clear(&e);
}

#define REFUSED(change, message) \
	do { \
		struct safe_tx tx = { .value = u256_from_u64(5) }; \
		assert_ok(safe_tx_is_plain(&tx, &e), &e); \
		change; \
		assert_false(safe_tx_is_plain(&tx, &e)); \
		assert_err(&e, ERR_REFUSED, message); \
	} while (0)

static void fields_that_must_be_zero_are_named(void **state)
{
	struct err e = {0};

	(void)state;
	REFUSED(tx.operation = 1, "operation: [DELEGATECALL] must be 0 (call), found 1");
	REFUSED(tx.safe_tx_gas = u256_from_u64(1), "safeTxGas: [SAFE-GAS] must be 0, found 1");
	REFUSED(tx.base_gas = u256_from_u64(2), "baseGas: [SAFE-GAS] must be 0, found 2");
	REFUSED(tx.gas_price = u256_from_u64(3), "gasPrice: [SAFE-GAS] must be 0, found 3");
	REFUSED(tx.gas_token.b[19] = 1, "gasToken: [SAFE-GAS] must be the zero address, found "
		"0x0000000000000000000000000000000000000001");
	REFUSED(tx.refund_receiver.b[0] = 1, "refundReceiver: [SAFE-GAS] must be the zero address, found "
		"0x0100000000000000000000000000000000000000");
	err_clear(&e);
}

static void documents_are_read_strictly(void **state)
{
	static const struct { const char *from, *to; enum err_code code; const char *text; } cases[] = {
		{ "\"nonce\":7", "\"nonce\":-7", ERR_RANGE, "nonce, byte 232: negative" },
		{ "\"nonce\":7", "\"nonce\":7.0", ERR_SYNTAX, "nonce, byte 233: needed a whole number without "
							      "exponent" },
		{ "\"nonce\":7", "\"nonce\":7,\"label\":1", ERR_UNKNOWN, "label, byte 242: unknown member" },
		{ ",\"nonce\":7", "", ERR_MISSING, "nonce, byte 0: missing" },
		{ "\"operation\":0", "\"operation\":2", ERR_RANGE,
		  "operation, byte 127: needed 0 (call) or 1 (delegatecall)" },
		{ "\"data\":\"0x1234\"", "\"data\":\"0x123\"", ERR_SYNTAX,
		  "data, byte 112: odd number of hex digits: 3" },
		{ "\"1.4.1\"", "\"1.4\"", ERR_SYNTAX,
		  "safeVersion, byte 83: a Safe's version is like 1.4.1 or 1.3.0+L2: needed a dot" },
	};
	const char *good =
		"{\"chainId\":1,\"safe\":\"0x5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\",\"safeVersion\":\"1.4.1\","
		"\"value\":\"0\",\"data\":\"0x1234\",\"operation\":0,\"safeTxGas\":0,\"baseGas\":0,\"gasPrice\":0,"
		"\"gasToken\":\"0x0000000000000000000000000000000000000000\",\"nonce\":7,"
		"\"refundReceiver\":\"0x0000000000000000000000000000000000000000\","
		"\"to\":\"0x7777777777777777777777777777777777777777\"}";
	struct arena a = {0};
	struct err e = {0};
	struct input in;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *where = strstr(good, cases[i].from);
		const char *text;

		assert_non_null(where);
		text = arena_fmt(&a, "%.*s%s%s", (int)(where - good), good, cases[i].to,
				 where + strlen(cases[i].from));
		assert_false(safe_tx_from_json(&a, &in.tx, &in.scheme, &in.chain_id, &in.safe,
					       json_parse(&a, span_str(text), &e), &e));
		assert_err(&e, cases[i].code, cases[i].text);
	}
	err_clear(&e);
	arena_release(&a);
}

/* ---- blobs ---- */

static void blob_is_refused(const char *hex, enum err_code code, const char *text)
{
	struct arena a = {0};
	const struct hash32 hash = { { 1 } };
	const struct safe_signature *v;
	struct err e = {0};
	size_t n = 0;

	assert_false(safe_signatures_parse(&a, &v, &n, hex_bytes(&a, hex), &hash, &e));
	assert_err(&e, code, text);
	err_clear(&e);
	arena_release(&a);
}

#define Z4 "00000000"
#define Z32 Z4 Z4 Z4 Z4 Z4 Z4 Z4 Z4
#define R_OWNER "000000000000000000000000" "2222222222222222222222222222222222222222"
#define WORD(low) Z4 Z4 Z4 Z4 Z4 Z4 Z4 "000000" low
#define APPROVED R_OWNER Z32 "01"

static void malformed_blobs_name_signature_and_byte(void **state)
{
	(void)state;
	blob_is_refused("", ERR_SYNTAX, "byte 0: needed at least one signature of 65 bytes, found nothing");
	blob_is_refused("00", ERR_SYNTAX, "signature[0], byte 0: a signature is 65 bytes, found 1");
	blob_is_refused(APPROVED "ff", ERR_SYNTAX, "signature[1], byte 65: a signature is 65 bytes, found 1");
	blob_is_refused(APPROVED Z32 Z32 "1d", ERR_RANGE, "signature[1], byte 129: v is 27 or 28 (EIP-712), 31 or 32 "
			"(eth_sign), 1 (approved hash) or 0 (contract), found 29");
	blob_is_refused(Z32 Z32 "1b", ERR_REFUSED, "signature[0].r: [RANGE] zero is not part of any signature");
	blob_is_refused("01" R_OWNER Z32 "01", ERR_SYNTAX, "signature[0], byte 0: an owner's address is 20 "
							   "bytes, padded with "
			"zeros");
	blob_is_refused(R_OWNER WORD("42") "00" Z32, ERR_RANGE, "signature[0], byte 32: the contract signature "
								"begins after "
			"the end of 97 bytes");
	blob_is_refused(R_OWNER WORD("40") "00" Z32, ERR_SYNTAX, "signature[0], byte 32: the contract signature "
								 "begins at byte "
			"64, which is not where the bytes before it end");
	blob_is_refused(R_OWNER WORD("41") "00" WORD("01"), ERR_RANGE,
			"signature[0], byte 65: the contract signature is longer "
			"than the 0 bytes left");
	blob_is_refused(R_OWNER WORD("41") "00" WORD("01") "aabb", ERR_SYNTAX, "byte 98: 1 bytes after the end");
	blob_is_refused(R_OWNER WORD("82") "00" R_OWNER WORD("83") "00" Z32 Z32, ERR_SYNTAX,
			"signature[1], byte 97: the contract "
			"signature begins at byte 131, which is not where the bytes before it end");
}

/* ---- importing ---- */

struct import {
	struct arena a;
	struct hash32 hash;
	struct addr owners[3];
	uint8_t bytes[65];            /* by owners[0] */
	struct err e;
};

static void sign_with(uint8_t bytes[65], uint8_t key_byte, const struct hash32 *hash)
{
	struct sig s;
	uint8_t key[32];

	memset(key, key_byte, sizeof(key));
	assert_true(sig_make(&s, hash, key));
	sig_to_bytes(bytes, &s);
}

static struct import import_new(void)
{
	struct import t = { .hash = { { 7, 7, 7 } } };

	for (uint8_t i = 0; i < 3; i++) {
		uint8_t key[32];

		memset(key, i + 1, sizeof(key));
		assert_true(sig_key_address(&t.owners[i], key, &t.e));
	}
	sign_with(t.bytes, 1, &t.hash);
	return t;
}

static bool import(struct import *t, size_t n, const struct hash32 *hash)
{
	struct addr owner;
	struct sig s;

	return safe_signature_import(&s, &owner, span_of(t->bytes, n), hash, t->owners, 3, &t->e) &&
	       addr_eq(&owner, &t->owners[0]);
}

static void an_owners_signature_is_imported(void **state)
{
	struct import t = import_new();

	(void)state;
	assert_ok(import(&t, 65, &t.hash), &t.e);
}

static void import_refused(struct import *t, const char *text)
{
	assert_false(import(t, 65, &t->hash));
	assert_err(&t->e, ERR_REFUSED, text);
	err_clear(&t->e);
}

static void each_wrong_signature_has_its_own_reason(void **state)
{
	struct import t = import_new();
	const struct hash32 other = { { 8 } };
	uint8_t v = t.bytes[64];
	struct buf text = {0};

	(void)state;
	assert_false(import(&t, 64, &t.hash));
	assert_err(&t.e, ERR_REFUSED, "[SIG-LENGTH] a signature is 65 bytes, found 64");
	t.bytes[64] = (uint8_t)(v + 4);
	assert_false(import(&t, 65, &t.hash));
	err_format(&t.e, &text);
	assert_non_null(strstr(buf_cstr(&text), "[ETH-SIGN]"));
	t.bytes[64] = 0;
	import_refused(&t, "[SIG-KIND] v is 0: a contract's word, not a signature; needed 27 or 28");
	t.bytes[64] = 1;
	import_refused(&t, "[SIG-KIND] v is 1: a hash approved on chain, not a signature; needed 27 or 28");
	t.bytes[64] = 26;
	import_refused(&t, "[SIG-V] v is 26; needed 27 or 28");
	t.bytes[64] = v;
	assert_false(import(&t, 65, &other));
	assert_string_equal(t.e.refusal, "NOT-OWNER");
	sign_with(t.bytes, 9, &t.hash);
	import_refused(&t, "[NOT-OWNER] recovers to 0x58DA990A8F4A3a6ca7cb6315d68a140105917352, which is not an "
			   "owner: signed by "
		       "somebody else, or for another hash");
	memset(t.bytes, 0, 32);
	import_refused(&t, "r: [RANGE] zero is not part of any signature");
	t.bytes[31] = 5;                      /* no point of the curve has this x */
	import_refused(&t, "[SIG-BAD] no key makes this signature");
	buf_release(&text);
	err_clear(&t.e);
}

static void high_s_is_refused_on_import_and_named_in_a_blob(void **state)
{
	struct arena a = {0};
	const struct json *doc = json_vector(&a, "gov/safe.json");
	const struct hash32 hash = read_hash(doc, "safeTxHash");
	const struct span blob = read_bytes(&a, json_at(json_find(doc, "blobs"), 4), "blob");
	struct addr owner;
	struct err e = {0};
	struct sig s;

	(void)state;
	assert_false(safe_signature_import(&s, &owner, blob, &hash, NULL, 0, &e));
	assert_string_equal(e.refusal, "HIGH-S");
	err_clear(&e);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_real_transaction_hashes_as_published),
		cmocka_unit_test(every_kind_of_signature_is_named),
		cmocka_unit_test(the_wallets_document_has_the_same_hash),
		cmocka_unit_test(packed_signatures_are_sorted_by_owner),
		cmocka_unit_test(versions_pick_the_scheme),
		cmocka_unit_test(fields_that_must_be_zero_are_named),
		cmocka_unit_test(documents_are_read_strictly),
		cmocka_unit_test(malformed_blobs_name_signature_and_byte),
		cmocka_unit_test(an_owners_signature_is_imported),
		cmocka_unit_test(each_wrong_signature_has_its_own_reason),
		cmocka_unit_test(high_s_is_refused_on_import_and_named_in_a_blob),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
