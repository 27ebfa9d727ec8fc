/* Other projects' vector files, which are not kept here: `make vectors DIR=…` says where they are.
 *   C2SP/wycheproof ecdsa_secp256k1_sha256_p1363   every signature, and the exact reason each refused one is refused
 *   paulmillr/noble-curves rfc6979                 the nonce of each signature
 *   ethereum/tests KeyStoreTests                   keystores
 * Left alone: HMAC-SHA512, PBKDF2-SHA512 and mnemonics, which nothing here uses. */
#include "src/crypto/hash.h"
#include "src/crypto/keystore.h"
#include "src/crypto/sig.h"
#include "tests/support/check.h"

static const struct json *foreign(struct arena *a, const char *path)
{
	struct buf text = read_foreign_vector(path);
	struct err e = {0};
	const struct json *v = json_parse(a, arena_copy(a, buf_view(&text)), &e);

	buf_release(&text);
	assert_ok(v != NULL, &e);
	return v;
}

static struct span text_of(const struct json *v, const char *name)
{
	struct span s = {0};
	struct err e = {0};

	assert_ok(json_get_str(v, name, &s, &e), &e);
	return s;
}

static struct span hex_of(struct arena *a, const struct json *v, const char *name)
{
	return hex_bytes(a, arena_str(a, text_of(v, name)));
}

/* ---- Wycheproof ---- */

struct verdicts {
	size_t taken, high_s, needs_v, size, range, nobody;
};

static struct u256 order(void)
{
	struct u256 n;

	assert_true(u256_parse(&n, span_str("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"),
			       NULL));
	return n;
}

static bool in_range(const struct u256 *v)
{
	const struct u256 n = order();

	return !u256_is_zero(v) && u256_cmp(v, &n) < 0;
}

/* (r, n - s) with the other v: what the curve takes for the same signature. True when s was the higher one. */
static bool normalise(struct sig *s)
{
	const struct u256 n = order(), high = u256_from_be(s->s);
	struct u256 low;

	assert_true(u256_sub(&low, &n, &high));
	if (u256_cmp(&high, &low) < 0)
		return false;
	u256_to_be(s->s, &low);
	return true;
}

static void refused_as(const struct sig *s, const struct hash32 *digest, const char *refusal)
{
	struct addr found;
	struct err e = {0};

	assert_false(sig_recover(&found, s, digest, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	assert_string_equal(e.refusal, refusal);
	err_clear(&e);
}

/* Which v makes it this address's: 27 or 28, or 0 when neither does. */
static uint8_t v_of(struct sig s, const struct hash32 *digest, const struct addr *owner)
{
	struct addr found;

	for (s.v = 27; s.v <= 28; s.v++)
		if (sig_recover(&found, &s, digest, NULL) && addr_eq(&found, owner))
			return s.v;
	return 0;
}

static void check_valid(struct sig s, const struct hash32 *digest, const uint8_t public[64],
			struct verdicts *count)
{
	struct sig low = s;
	struct addr owner;
	const bool was_high = normalise(&low);

	sig_public_address(&owner, public);
	assert_true(sig_verify(&low, digest, public));
	assert_int_equal(sig_verify(&s, digest, public), !was_high);
	if (was_high) {
		count->high_s++;
		for (s.v = 27; s.v <= 30; s.v++)
			refused_as(&s, digest, "HIGH-S");
	}
	if (v_of(low, digest, &owner) == 0) {            /* r is the x of a point beyond the order: v would be 29, 30 */
		count->needs_v++;
		for (low.v = 29; low.v <= 30; low.v++)
			refused_as(&low, digest, "V");
	} else if (!was_high) {
		count->taken++;
	}
}

static void check_invalid(struct sig s, const struct hash32 *digest, const uint8_t public[64],
			  struct verdicts *count)
{
	const struct u256 r = u256_from_be(s.r), high = u256_from_be(s.s);
	struct addr owner;

	sig_public_address(&owner, public);
	assert_false(sig_verify(&s, digest, public));
	if (!in_range(&r) || !in_range(&high)) {
		count->range++;
		for (s.v = 27; s.v <= 28; s.v++)
			refused_as(&s, digest, "RANGE");
		return;
	}
	count->nobody++;
	if (normalise(&s))
		assert_false(sig_verify(&s, digest, public));
	assert_int_equal(v_of(s, digest, &owner), 0);
}

static void check_one(struct arena *a, const struct json *t, const uint8_t public[64], struct verdicts *count)
{
	const struct span rs = hex_of(a, t, "sig");
	const bool valid = span_is(text_of(t, "result"), "valid");
	uint8_t bytes[65] = {0};
	struct hash32 digest;
	struct err e = {0};
	struct sig s;

	sha256(&digest, hex_of(a, t, "msg"));
	if (rs.n != 64) {
		const struct span with_v = span_of(arena_fmt(a, "%*s", (int)rs.n + 1, ""), rs.n + 1);

		assert_false(valid || sig_from_bytes(&s, with_v, &e));
		assert_int_equal(e.code, ERR_SYNTAX);
		err_clear(&e);
		count->size++;
		return;
	}
	memcpy(bytes, rs.p, 64);
	assert_ok(sig_from_bytes(&s, span_of(bytes, 65), &e), &e);
	if (valid)
		check_valid(s, &digest, public, count);
	else
		check_invalid(s, &digest, public, count);
}

static void wycheproofs_signatures(void **state)
{
	struct arena a = {0};
	struct verdicts n = {0};
	const struct json *all =
		foreign(&a, "C2SP+wycheproof/testvectors_v1/ecdsa_secp256k1_sha256_p1363_test.json");
	struct err e = {0};
	uint64_t expected = 0, run = 0;
	(void)state;

	assert_ok(json_get_u64(all, "numberOfTests", &expected, &e), &e);
	for (const struct json *g = json_find(all, "testGroups")->first; g; g = g->next) {
		const struct span public = hex_of(&a, json_find(g, "publicKey"), "uncompressed");

		assert_true(public.n == 65 && public.p[0] == 4);
		for (const struct json *t = json_find(g, "tests")->first; t; t = t->next, run++)
			check_one(&a, t, public.p + 1, &n);
	}
	assert_int_equal(run, expected);
	print_message("ecdsa_secp256k1_sha256_p1363_test.json: %zu of %zu: %zu taken; refused: %zu HIGH-S, %zu of "
		      "another size, %zu RANGE, %zu nobody's; and %zu of them V, once normalised\n",
		      (size_t)run, (size_t)expected, n.taken, n.high_s, n.size, n.range, n.nobody, n.needs_v);
	arena_release(&a);
}

/* ---- RFC 6979 ---- */

static void nobles_nonces(void **state)
{
	struct arena a = {0};
	const struct json *all = foreign(&a, "paulmillr+noble-curves/test/vectors/secp256k1/rfc6979.json");
	size_t run = 0;
	(void)state;

	for (const struct json *c = all->first; c; c = c->next, run++) {
		uint8_t point[64];
		struct hash32 digest;
		struct err e = {0};
		struct sig s;

		sha256(&digest, text_of(c, "message"));
		assert_true(sig_make(&s, &digest, hex_of(&a, c, "d").p));
		assert_ok(sig_key_public(point, hex_of(&a, c, "k0").p, &e), &e);
		assert_memory_equal(s.r, point, 32);         /* r is the x of nonce times generator */
	}
	assert_int_equal(run, all->n);
	print_message("rfc6979.json: %zu of %zu\n", run, all->n);
	arena_release(&a);
}

/* ---- keystores ---- */

static void the_ethereum_tests_keystores(void **state)
{
	struct arena a = {0};
	const struct json *all = foreign(&a, "ethereum+tests/KeyStoreTests/basic_tests.json");
	size_t run = 0;
	(void)state;

	for (const struct json *c = all->first; c; c = c->next, run++) {
		const struct span typed = text_of(c, "password");
		struct err e = {0};
		struct secret *passphrase = secret_new(typed.n, &e), *key;

		assert_ok(passphrase != NULL, &e);
		memcpy(secret_bytes(passphrase), typed.p, typed.n);
		assert_ok(keystore_open(&key, NULL, NULL, json_find(c, "json"), passphrase, &e), &e);
		assert_memory_equal(secret_bytes(key), hex_of(&a, c, "priv").p, 32);
		secret_free(key);
		secret_bytes(passphrase)[0] ^= 1;
		assert_false(keystore_open(&key, NULL, NULL, json_find(c, "json"), passphrase, &e));
		assert_err(&e, ERR_CRYPTO, "wrong passphrase (or a damaged file)");
		err_clear(&e);
		secret_free(passphrase);
	}
	assert_int_equal(run, all->n);
	print_message("KeyStoreTests/basic_tests.json: %zu of %zu\n", run, all->n);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wycheproofs_signatures),
		cmocka_unit_test(nobles_nonces),
		cmocka_unit_test(the_ethereum_tests_keystores),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
