#include "src/crypto/keystore.h"

#include "tests/support/check.h"
#include "tests/support/memory.h"

static struct span str(const struct json *object, const char *name)
{
	struct err e = {0};
	struct span text;

	assert_ok(json_get_str(object, name, &text, &e), &e);
	return text;
}

static struct span bytes(struct arena *a, const struct json *object, const char *name)
{
	return hex_bytes(a, arena_str(a, str(object, name)));
}

static struct secret *secret_of(struct span s)
{
	struct err e = {0};
	struct secret *out = secret_new(s.n, &e);

	assert_ok(out != NULL, &e);
	if (s.n != 0)
		memcpy(secret_bytes(out), s.p, s.n);
	return out;
}

static const struct json *parse(struct arena *a, struct span file)
{
	struct err e = {0};
	const struct json *doc = json_parse(a, file, &e);

	assert_ok(doc != NULL, &e);
	return doc;
}

/* ---- files of other programs ---- */

static void opens(struct arena *a, const struct json *c)
{
	const struct span passphrase = bytes(a, c, "passphrase");
	struct secret *typed = secret_of(passphrase), *key;
	enum keystore_form form;
	struct err e = {0};
	struct addr address;

	assert_ok(keystore_open(&key, &address, &form, parse(a, str(c, "file")), typed, &e), &e);
	assert_int_equal(secret_size(key), 32);
	assert_memory_equal(secret_bytes(key), bytes(a, c, "key").p, 32);
	assert_memory_equal(address.b, bytes(a, c, "address").p, 20);
	assert_int_equal(form, span_is(str(c, "form"), "nfkc") ? KEYSTORE_NFKC : KEYSTORE_AS_TYPED);
	secret_free(key);
	secret_free(typed);
}

static void files_of_ethers_cast_geth_and_parity_open(void **state)
{
	struct arena a = {0};
	const struct json *cases = json_find(json_vector(&a, "crypto/keystore.json"), "cases");
	(void)state;

	assert_non_null(cases);
	assert_int_equal(cases->n, 12);
	for (const struct json *c = cases->first; c; c = c->next)
		opens(&a, c);
	arena_release(&a);
}

static void another_passphrase_is_wrong(void **state)
{
	static const char *const wrong[] = {"", "x", "correct horse battery stapl", "correct horse battery staple ",
					    "Correct horse battery staple", "ﬁ", "\xff"};
	struct arena a = {0};
	const struct json *c = json_find(json_vector(&a, "crypto/keystore.json"), "cases")->first;
	const struct json *doc = parse(&a, str(c, "file"));
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct secret *typed = secret_of(span_str(wrong[i])), *key = typed;
		struct err e = {0};

		assert_false(keystore_open(&key, NULL, NULL, doc, typed, &e));
		assert_null(key);
		assert_err(&e, ERR_CRYPTO, "wrong passphrase (or a damaged file)");
		err_clear(&e);
		secret_free(typed);
	}
	arena_release(&a);
}

/* ---- what is refused ---- */

#define IV "\"iv\":\"83dbcc02d8ccb40e466191a123791e0e\""
#define CIPHERTEXT "\"ciphertext\":\"d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c\""
#define SALT "\"salt\":\"ab0c7876\""
#define MAC "\"mac\":\"2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097\""
#define PARAMS "\"kdfparams\":{\"dklen\":32,\"n\":4096,\"r\":8,\"p\":6," SALT "}"
#define FILE_TEXT \
	"{\"version\":3,\"address\":\"460121576cc7df020759730751f92bd62fd78dd6\",\"crypto\":{" \
	"\"cipher\":\"aes-128-ctr\",\"cipherparams\":{" IV "}," CIPHERTEXT ",\"kdf\":\"scrypt\"," PARAMS "," MAC "}}"

/* `text` with the first `from` replaced. */
static const char *swap(struct arena *a, const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);

	assert_non_null(at);
	return arena_fmt(a, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

struct bad {
	const char *from, *to;
	enum err_code code;
	const char *text;
};

static const struct bad bad_members[] = {
	{"\"version\":3,", "", ERR_MISSING, "version, byte 0: missing"},
	{"\"version\":3", "\"version\":1", ERR_RANGE, "version, byte 11: needed 3, found 1"},
	{"\"version\":3", "\"version\":\"3\"", ERR_SYNTAX, "version, byte 11: needed a number, found a string"},
	{"\"address\":\"46", "\"address\":\"", ERR_RANGE, "address, byte 24: needed 20 bytes, found 19"},
	{"\"address\":\"46", "\"address\":\"4g", ERR_SYNTAX, "address, byte 25: 'g' is not a hex digit"},
	{"\"address\":\"46", "\"address\":\"0x4g", ERR_SYNTAX, "address, byte 27: 'g' is not a hex digit"},
	{"\"crypto\":{", "\"crypt\":{", ERR_MISSING, "crypto, byte 0: missing"},
	{"\"crypto\":{", "\"Crypto\":{},\"crypto\":{", ERR_SYNTAX,
	 "crypto, byte 87: given twice, in two spellings"},
	{"\"crypto\":{", "\"crypto\":[],\"x\":{", ERR_SYNTAX, "crypto, byte 75: needed an object"},
	{"aes-128-ctr", "aes-128-cbc", ERR_UNKNOWN,
	 "crypto.cipher, byte 85: needed \"aes-128-ctr\", found \"aes-128-cbc\""},
	{IV, "", ERR_MISSING, "crypto.cipherparams.iv, byte 114: missing"},
	{IV, "\"iv\":\"00\"", ERR_RANGE, "crypto.cipherparams.iv, byte 121: needed 16 bytes, found 1"},
	{CIPHERTEXT, "\"ciphertext\":\"\"", ERR_RANGE, "crypto.ciphertext, byte 170: needed 32 bytes, found 0"},
	{"d172bf", "d172b", ERR_SYNTAX, "crypto.ciphertext, byte 233: odd number of hex digits: 63"},
	{"d172bf", "d172bf00", ERR_RANGE, "crypto.ciphertext, byte 170: needed 32 bytes, found 33"},
	{"\"kdf\":\"scrypt\"", "\"kdf\":\"argon2\"", ERR_UNKNOWN,
	 "crypto.kdf, byte 242: needed \"scrypt\" or \"pbkdf2\", found \"argon2\""},
	{"\"kdf\":\"scrypt\"", "\"kdf\":\"pbkdf2\"", ERR_MISSING, "crypto.kdfparams.prf, byte 263: missing"},
	{MAC, "\"mac\":\"2103\"", ERR_RANGE, "crypto.mac, byte 322: needed 32 bytes, found 2"},
	{"," MAC, "", ERR_MISSING, "crypto.mac, byte 75: missing"},
};

static const struct bad bad_params[] = {
	{PARAMS, "\"kdfparams\":7", ERR_SYNTAX, "crypto.kdfparams, byte 263: needed an object, found a number"},
	{"\"dklen\":32", "\"dklen\":16", ERR_RANGE, "crypto.kdfparams.dklen, byte 272: needed 32, found 16"},
	{"\"dklen\":32,", "", ERR_MISSING, "crypto.kdfparams.dklen, byte 263: missing"},
	{"\"n\":4096", "\"n\":4095", ERR_RANGE,
	 "crypto.kdfparams.n, byte 279: needed a power of two above 1, found 4095"},
	{"\"n\":4096", "\"n\":4.096e3", ERR_SYNTAX,
	 "crypto.kdfparams.n, byte 280: needed a whole number without exponent"},
	{"\"n\":4096", "\"n\":\"4096\"", ERR_SYNTAX, "crypto.kdfparams.n, byte 279: needed a number, found a string"},
	{"\"n\":4096", "\"n\":-4096", ERR_RANGE, "crypto.kdfparams.n, byte 279: negative"},
	{"\"n\":4096", "\"n\":2097152", ERR_RANGE,
	 "crypto.kdfparams.n, byte 279: needed at most 1 GiB of memory (128*n*r bytes), found 2097152"},
	{"\"n\":4096", "\"n\":9007199254740991", ERR_RANGE,
	 "crypto.kdfparams.n, byte 279: needed a power of two above 1, found 9007199254740991"},
	{"\"n\":4096", "\"n\":18446744073709551616", ERR_RANGE,
	 "crypto.kdfparams.n, byte 279: at most 2^53-1, found 20 digits"},
	{"\"r\":8", "\"r\":0", ERR_RANGE, "crypto.kdfparams.r, byte 288: needed 1 to 64, found 0"},
	{"\"r\":8", "\"r\":4294967297", ERR_RANGE,
	 "crypto.kdfparams.r, byte 288: needed 1 to 64, found 4294967297"},
	{"\"p\":6", "\"p\":65", ERR_RANGE, "crypto.kdfparams.p, byte 294: needed 1 to 64, found 65"},
	{SALT, "\"salt\":\"\"", ERR_RANGE, "crypto.kdfparams.salt, byte 304: needed 1 to 256 bytes, found 0"},
	{SALT, "\"salt\":null", ERR_SYNTAX, "crypto.kdfparams.salt, byte 303: needed a string, found null"},
};

static void check_bad(const struct bad *b)
{
	struct arena a = {0};
	struct keystore k;
	struct err e = {0};
	const struct json *doc = json_parse(&a, span_str(swap(&a, FILE_TEXT, b->from, b->to)), &e);

	assert_false(doc != NULL && keystore_read(&k, doc, &e));
	assert_err(&e, b->code, b->text);
	err_clear(&e);
	arena_release(&a);
}

static void what_is_malformed_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_members); i++)
		check_bad(&bad_members[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad_params); i++)
		check_bad(&bad_params[i]);
}

static void the_unchanged_file_is_read(void **state)
{
	struct arena a = {0};
	struct keystore k;
	struct err e = {0};
	(void)state;

	assert_ok(keystore_read(&k, parse(&a, span_str(FILE_TEXT)), &e), &e);
	assert_true(k.has_address && k.kdf == KEYSTORE_SCRYPT && k.salt_n == 4);
	assert_true(k.n == 4096 && k.r == 8 && k.p == 6);
	arena_release(&a);
}

static void pbkdf2_has_bounds_too(void **state)
{
	static const struct bad cases[] = {
		{"\"c\":1", "\"c\":0", ERR_RANGE, "crypto.kdfparams.c, byte 279: needed 1 to 16777216, found 0"},
		{"\"c\":1", "\"c\":16777217", ERR_RANGE,
		 "crypto.kdfparams.c, byte 279: needed 1 to 16777216, found 16777217"},
		{"hmac-sha256", "hmac-sha512", ERR_UNKNOWN,
		 "crypto.kdfparams.prf, byte 287: needed \"hmac-sha256\", found \"hmac-sha512\""},
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = {0};
		struct keystore k;
		struct err e = {0};
		const char *good = swap(&a, swap(&a, FILE_TEXT, "\"n\":4096", "\"c\":1,\"prf\":\"hmac-sha256\""),
					"scrypt", "pbkdf2");

		assert_ok(keystore_read(&k, parse(&a, span_str(good)), &e), &e);
		assert_false(keystore_read(&k, parse(&a, span_str(swap(&a, good, cases[i].from, cases[i].to))), &e));
		assert_err(&e, cases[i].code, cases[i].text);
		err_clear(&e);
		arena_release(&a);
	}
}

static void the_address_is_known_without_a_passphrase(void **state)
{
	struct arena a = {0};
	struct addr address;
	struct err e = {0};
	(void)state;

	assert_ok(keystore_address(&address, parse(&a, span_str(FILE_TEXT)), &e), &e);
	assert_hex(address.b, 20, "460121576cc7df020759730751f92bd62fd78dd6");
	assert_false(keystore_address(&address, parse(&a, span_str(swap(&a, FILE_TEXT, "address", "name"))), &e));
	assert_err(&e, ERR_MISSING, "address, byte 0: missing");
	err_clear(&e);
	arena_release(&a);
}

static void an_address_that_is_not_the_keys_is_refused(void **state)
{
	struct arena a = {0};
	const struct json *c = json_find(json_vector(&a, "crypto/keystore.json"), "cases")->first;
	struct secret *typed = secret_of(bytes(&a, c, "passphrase")), *key;
	char *file = arena_str(&a, str(c, "file"));
	char *digit = strstr(file, arena_str(&a, str(c, "address")));
	struct err e = {0};
	(void)state;

	assert_non_null(digit);
	*digit = *digit == '6' ? '7' : '6';
	assert_false(keystore_open(&key, NULL, NULL, parse(&a, span_str(file)), typed, &e));
	assert_null(key);
	assert_err(&e, ERR_MISMATCH, "address: the file names another address than its key has");
	err_clear(&e);
	secret_free(typed);
	arena_release(&a);
}

/* ---- writing ---- */

static struct secret *some_key(uint8_t last)
{
	uint8_t key[32] = { [30] = 9, [31] = last };

	return secret_of(span_of(key, 32));
}

static void what_is_written_opens_from_any_form_of_the_passphrase(void **state)
{
	static const struct {
		const char *typed;
		enum keystore_form form;
	} later[] = {
		{"p\u00e4ssw\u00f6rd fi", KEYSTORE_AS_TYPED},            /* the NFKC form itself */
		{"p\u00e4ssw\u00f6rd \ufb01", KEYSTORE_NFKC},            /* as it was typed: with a ligature */
		{"pa\u0308sswo\u0308rd fi", KEYSTORE_NFKC},              /* accents apart, as on some keyboards */
	};
	struct arena a = {0};
	struct secret *key = some_key(1), *typed = secret_of(span_str("p\u00e4ssw\u00f6rd \ufb01"));
	struct buf file = {0};
	struct err e = {0};
	(void)state;

	assert_ok(keystore_write(&file, key, typed, &KEYSTORE_LIGHT, &e), &e);
	secret_free(typed);
	for (size_t i = 0; i < ARRAY_LEN(later); i++) {
		enum keystore_form form;
		struct secret *found;

		typed = secret_of(span_str(later[i].typed));
		assert_ok(keystore_open(&found, NULL, &form, parse(&a, buf_view(&file)), typed, &e), &e);
		assert_memory_equal(secret_bytes(found), secret_bytes(key), 32);
		assert_int_equal(form, later[i].form);
		secret_free(found);
		secret_free(typed);
	}
	secret_free(key);
	buf_release(&file);
	arena_release(&a);
}

static void a_written_file_has_the_members_geth_writes(void **state)
{
	struct arena a = {0};
	struct secret *key = some_key(1), *typed = secret_of(span_str("x"));
	struct buf file[2] = {0};
	struct keystore k;
	struct err e = {0};
	struct span id;
	(void)state;

	for (size_t i = 0; i < 2; i++)
		assert_ok(keystore_write(&file[i], key, typed, &(struct keystore_cost){ 2, 1, 1 }, &e), &e);
	assert_false(span_eq(buf_view(&file[0]), buf_view(&file[1])));       /* other salt, iv, id */
	assert_ok(keystore_read(&k, parse(&a, buf_view(&file[0])), &e), &e);
	assert_true(k.has_address && k.kdf == KEYSTORE_SCRYPT && k.n == 2 && k.r == 1 && k.p == 1 && k.salt_n == 32);
	id = str(parse(&a, buf_view(&file[0])), "id");
	assert_int_equal(id.n, 36);
	assert_int_equal(id.p[14], '4');
	assert_true(strchr("89ab", id.p[19]) != NULL);
	assert_true(span_starts(buf_view(&file[0]), "{\"address\":\""));
	buf_release(&file[0]);
	buf_release(&file[1]);
	secret_free(key);
	secret_free(typed);
	arena_release(&a);
}

static void what_is_no_key_or_cost_is_not_written(void **state)
{
	static const uint8_t zero[32];
	struct secret *none = secret_of(span_of(zero, 32)), *key = some_key(1), *typed = secret_of(span_str("x"));
	struct buf file = {0};
	struct err e = {0};
	(void)state;

	assert_false(keystore_write(&file, none, typed, &KEYSTORE_LIGHT, &e));
	assert_err(&e, ERR_CRYPTO, "secret key is zero or not below the group order");
	assert_false(keystore_write(&file, key, typed, &(struct keystore_cost){ 3, 8, 1 }, &e));
	err_clear(&e);
	assert_int_equal(file.n, 0);
	secret_free(none);
	secret_free(key);
	secret_free(typed);
	buf_release(&file);
}

/* ---- what stays in memory ---- */

struct opening {
	const struct json *doc;
	struct secret *typed, *key;
	struct buf *again;
	bool ok;
};

static void open_there(void *arg)
{
	struct opening *o = arg;

	o->ok = keystore_open(&o->key, NULL, NULL, o->doc, o->typed, NULL);
}

static void write_there(void *arg)
{
	struct opening *o = arg;

	o->ok = keystore_write(o->again, o->key, o->typed, &(struct keystore_cost){ 256, 8, 1 }, NULL);
}

/* The vectors hold each secret masked: the key, the derived key, and the passphrase as it was typed, in NFKC, as code
 * points, and as HMAC mixes it with its two pads. */
static void nothing_is_left_of(struct arena *a, const struct json *masked)
{
	for (const struct json *m = masked->first; m; m = m->next) {
		const struct span s = hex_bytes(a, arena_str(a, m->text));
		const size_t found = memory_holds(s.p, s.n);

		if (found != 0)
			fail_msg("%zu places hold the secret \"%.*s\"", found, (int)m->name.n, (const char *)m->name.p);
	}
}

static struct secret *unmasked(struct span s)
{
	struct err e = {0};
	struct secret *out = secret_new(s.n, &e);

	assert_ok(out != NULL, &e);
	memory_unmask(secret_bytes(out), s.p, s.n);
	return out;
}

static void neither_opening_nor_writing_leaves_a_secret(void **state)
{
	struct arena a = {0};
	struct buf again = {0};
	struct opening o = { .again = &again };
	const struct json *c;
	(void)state;

	if (!memory_can_be_searched())
		skip();
	c = json_find(json_vector(&a, "crypto/keystore.json"), "search");
	o.doc = parse(&a, str(c, "file"));
	nothing_is_left_of(&a, json_find(c, "masked"));
	for (int pass = 0; pass < 2; pass++) {
		o.typed = unmasked(bytes(&a, c, "passphrase"));
		if (pass == 1)
			o.key = unmasked(bytes(&a, json_find(c, "masked"), "key"));
		memory_on_its_own_stack(pass == 0 ? open_there : write_there, &o);
		assert_true(o.ok);
		secret_free(o.typed);
		secret_free(o.key);
		nothing_is_left_of(&a, json_find(c, "masked"));
		memory_forget_stack();
	}
	buf_release(&again);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neither_opening_nor_writing_leaves_a_secret),
		cmocka_unit_test(files_of_ethers_cast_geth_and_parity_open),
		cmocka_unit_test(another_passphrase_is_wrong),
		cmocka_unit_test(the_unchanged_file_is_read),
		cmocka_unit_test(what_is_malformed_is_named),
		cmocka_unit_test(pbkdf2_has_bounds_too),
		cmocka_unit_test(the_address_is_known_without_a_passphrase),
		cmocka_unit_test(an_address_that_is_not_the_keys_is_refused),
		cmocka_unit_test(what_is_written_opens_from_any_form_of_the_passphrase),
		cmocka_unit_test(a_written_file_has_the_members_geth_writes),
		cmocka_unit_test(what_is_no_key_or_cost_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
