#include "src/evm/address.h"
#include "src/evm/eip712.h"
#include "src/crypto/sig.h"
#include "tests/support/check.h"

static struct hash32 hash_of(const struct json *c, const char *name)
{
	struct hash32 h;
	struct err e = {0};

	assert_ok(json_get_hash(c, name, &h, &e), &e);
	return h;
}

static void one_case(struct arena *a, const struct json *c, const struct addr *signer)
{
	struct err e = {0};
	const struct eip712 *doc = eip712_from_json(a, json_find(c, "document"), &e);
	struct hash32 h, want;
	struct sig s;
	struct addr by;
	const struct span sig_text = json_find(c, "signature")->text;

	assert_ok(doc != NULL, &e);
	assert_span_str(eip712_type_text(doc), arena_str(a, json_find(c, "encodeType")->text));
	eip712_domain_hash(doc, &h);
	want = hash_of(c, "domainSeparator");
	assert_true(hash32_eq(&h, &want));
	eip712_message_hash(doc, &h);
	want = hash_of(c, "messageHash");
	assert_true(hash32_eq(&h, &want));
	eip712_digest(doc, &h);
	want = hash_of(c, "digest");
	assert_true(hash32_eq(&h, &want));
	assert_true(sig_from_bytes(&s, hex_bytes(a, arena_str(a, span_of(sig_text.p + 2, sig_text.n - 2))), NULL));
	assert_ok(sig_recover(&by, &s, &h, &e), &e);
	assert_true(addr_eq(&by, signer));
}

static void documents_agree_with_ethers(void **state)
{
	struct arena a = {0};
	const struct json *file = json_vector(&a, "evm/typed.json");
	struct addr signer;

	(void)state;
	assert_true(json_get_addr(file, "signer", &signer, NULL));
	for (const struct json *c = json_find(file, "cases")->first; c; c = c->next)
		one_case(&a, c, &signer);
	arena_release(&a);
}

/* EIP-712, "Example": its Mail. */
static const char mail[] =
	"{\"types\":{\"EIP712Domain\":[{\"name\":\"name\",\"type\":\"string\"},"
	"{\"name\":\"version\",\"type\":\"string\"},"
	"{\"name\":\"chainId\",\"type\":\"uint256\"},{\"name\":\"verifyingContract\",\"type\":\"address\"}],"
	"\"Person\":[{\"name\":\"name\",\"type\":\"string\"},{\"name\":\"wallet\",\"type\":\"address\"}],"
	"\"Mail\":[{\"name\":\"from\",\"type\":\"Person\"},{\"name\":\"to\",\"type\":\"Person\"},"
	"{\"name\":\"contents\",\"type\":\"string\"}]},\"primaryType\":\"Mail\",\"domain\":{\"name\":\"Ether Mail\","
	"\"version\":\"1\",\"chainId\":1,\"verifyingContract\":\"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC\"},"
	"\"message\":{\"from\":{\"name\":\"Cow\",\"wallet\":\"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826\"},"
	"\"to\":{\"name\":\"Bob\",\"wallet\":\"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB\"},"
	"\"contents\":\"Hello, Bob!\"}}";

static void the_eips_example_has_its_hashes(void **state)
{
	struct arena a = {0};
	struct err e = {0};
	const struct eip712 *doc = eip712_parse(&a, span_str(mail), &e);
	struct hash32 h;

	(void)state;
	assert_ok(doc != NULL, &e);
	assert_span_str(eip712_primary(doc), "Mail");
	assert_span_str(eip712_type_text(doc),
			"Mail(Person from,Person to,string contents)Person(string name,address wallet)");
	assert_span_str(eip712_domain_type_text(doc),
			"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
	eip712_domain_hash(doc, &h);
	assert_hex(h.b, 32, "f2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f");
	eip712_message_hash(doc, &h);
	assert_hex(h.b, 32, "c52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e");
	eip712_digest(doc, &h);
	assert_hex(h.b, 32, "be609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2");
	assert_non_null(json_find(eip712_message(doc), "contents"));
	assert_non_null(json_find(eip712_domain(doc), "chainId"));
	arena_release(&a);
}

/* Cuts `from` out of the text, once, and puts `to` there. */
static struct span replaced(struct arena *a, struct span text, struct span from, struct span to)
{
	struct buf out = {0};
	const uint8_t *at = memmem(text.p, text.n, from.p, from.n);
	struct span result;

	assert_non_null(at);
	buf_add(&out, text.p, (size_t)(at - text.p));
	buf_span(&out, to);
	buf_add(&out, at + from.n, (size_t)(text.p + text.n - at) - from.n);
	result = arena_copy(a, buf_view(&out));
	buf_release(&out);
	return result;
}

static enum err_code code_of(const struct json *c)
{
	static const struct { const char *name; enum err_code code; } codes[] = {
		{ "SYNTAX", ERR_SYNTAX }, { "RANGE", ERR_RANGE }, { "MISSING", ERR_MISSING },
		{ "UNKNOWN", ERR_UNKNOWN }, { "MISMATCH", ERR_MISMATCH }, { "REFUSED", ERR_REFUSED },
	};

	for (size_t i = 0; json_find(c, "code") && i < ARRAY_LEN(codes); i++)
		if (span_is(json_find(c, "code")->text, codes[i].name))
			return codes[i].code;
	return ERR_NONE;
}

static void bad_documents_name_the_member(void **state)
{
	struct arena a = {0};
	const struct json *file = json_vector(&a, "evm/typed-bad.json");
	struct buf base = {0};

	(void)state;
	json_compact(&base, json_find(file, "base"));
	for (const struct json *c = json_find(file, "cases")->first; c; c = c->next) {
		const char *want = arena_str(&a, json_find(c, "error")->text);
		const struct span text = replaced(&a, buf_view(&base), json_find(c, "from")->text,
						  json_find(c, "to")->text);
		struct err e = {0};
		const struct eip712 *doc = eip712_parse(&a, text, &e);

		assert_true(*want ? e.at < text.n || e.code == ERR_REFUSED : e.at == 0);
		e.at = ERR_NO_OFFSET;
		assert_err(&e, code_of(c), want);
		assert_int_equal(doc != NULL, *want == 0);
		err_clear(&e);
	}
	buf_release(&base);
	arena_release(&a);
}

static void errors_point_into_the_document(void **state)
{
	struct arena a = {0};
	struct err e = {0};
	const struct span text = replaced(&a, span_str(mail), span_str("\"Hello, Bob!\""), span_str("5"));

	(void)state;
	assert_null(eip712_parse(&a, text, &e));
	assert_int_equal(text.p[e.at], '5');
	assert_string_equal(buf_cstr(&e.field), "message.contents");
	err_clear(&e);
	arena_release(&a);
}

static void a_domain_alone_is_hashed_without_a_message(void **state)
{
	struct arena a = {0};
	struct err e = {0};
	const struct eip712 *doc = eip712_parse(&a, span_str("{\"types\":{\"EIP712Domain\":[]},\"primaryType\":"
							    "\"EIP712Domain\",\"domain\":{},\"message\":{}}"), &e);
	struct hash32 h;

	(void)state;
	assert_ok(doc != NULL, &e);
	assert_false(eip712_has_message(doc));
	/* Trezor, sign_typed_data.json, "bare_minimum" */
	eip712_domain_hash(doc, &h);
	assert_hex(h.b, 32, "6192106f129ce05c9075d319c1fa6ea9b3ae37cbd0c1ef92e2be7137bb07baa1");
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_agree_with_ethers),
		cmocka_unit_test(the_eips_example_has_its_hashes),
		cmocka_unit_test(bad_documents_name_the_member),
		cmocka_unit_test(errors_point_into_the_document),
		cmocka_unit_test(a_domain_alone_is_hashed_without_a_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
