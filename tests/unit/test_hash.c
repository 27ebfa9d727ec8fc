#include "src/crypto/hash.h"

#include "tests/support/check.h"

/* A member of a case, as the bytes its hex digits say. */
static struct span bytes(struct arena *a, const struct json *object, const char *name)
{
	struct err e = {0};
	struct span text;

	assert_ok(json_get_str(object, name, &text, &e), &e);
	return hex_bytes(a, arena_str(a, text));
}

static const struct json *cases(struct arena *a, const char *path)
{
	const struct json *list = json_find(json_vector(a, path), "cases");

	assert_non_null(list);
	assert_true(list->n > 0);
	return list->first;
}

static void assert_same(const void *found, struct span expected)
{
	assert_memory_equal(found, expected.p, expected.n);
}

static void sha256_gives_nists_hashes(void **state)
{
	struct arena a = {0};
	(void)state;

	for (const struct json *c = cases(&a, "crypto/sha256.json"); c; c = c->next) {
		const struct span in = bytes(&a, c, "in");
		struct hash32 h;
		struct sha256 s;

		sha256(&h, in);
		assert_same(h.b, bytes(&a, c, "out"));
		sha256_begin(&s);
		for (size_t i = 0; i < in.n; i++)
			sha256_add(&s, span_of(in.p + i, 1));
		sha256_end(&s, &h);
		assert_same(h.b, bytes(&a, c, "out"));
	}
	arena_release(&a);
}

static void sha256_of_a_million_as(void **state)
{
	struct sha256 s;
	struct hash32 h;
	(void)state;

	sha256_begin(&s);
	for (unsigned i = 0; i < 100000; i++)
		sha256_add(&s, span_str("aaaaaaaaaa"));
	sha256_end(&s, &h);
}

static void hmac_gives_rfc_4231s_tags(void **state)
{
	struct arena a = {0};
	(void)state;

	for (const struct json *c = cases(&a, "crypto/hmac_sha256.json"); c; c = c->next) {
		struct hash32 h;

		hmac_sha256(&h, bytes(&a, c, "key"), bytes(&a, c, "in"));
		assert_same(h.b, bytes(&a, c, "out"));
	}
	arena_release(&a);
}

static void pbkdf2_gives_other_peoples_keys(void **state)
{
	struct arena a = {0};
	struct err e = {0};
	(void)state;

	for (const struct json *c = cases(&a, "crypto/pbkdf2_sha256.json"); c; c = c->next) {
		const struct span expected = bytes(&a, c, "out");
		uint8_t *out = arena_alloc(&a, expected.n, 1);
		uint64_t iterations = 0;

		assert_ok(json_get_u64(c, "iterations", &iterations, &e), &e);
		pbkdf2_sha256(out, expected.n, bytes(&a, c, "password"), bytes(&a, c, "salt"),
			      (uint32_t)iterations);
		assert_same(out, expected);
	}
	arena_release(&a);
}

static void ctr_mode_counts_over_all_128_bits(void **state)
{
	struct arena a = {0};
	(void)state;

	for (const struct json *c = cases(&a, "crypto/aes128_ctr.json"); c; c = c->next) {
		const struct span in = bytes(&a, c, "in");
		uint8_t *inout = arena_alloc(&a, in.n, 1);

		memcpy(inout, in.p, in.n);
		aes128_ctr(bytes(&a, c, "key").p, bytes(&a, c, "iv").p, inout, in.n);
		assert_same(inout, bytes(&a, c, "out"));
		aes128_ctr(bytes(&a, c, "key").p, bytes(&a, c, "iv").p, inout, in.n);
		assert_same(inout, in);
	}
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_gives_nists_hashes),
		cmocka_unit_test(sha256_of_a_million_as),
		cmocka_unit_test(hmac_gives_rfc_4231s_tags),
		cmocka_unit_test(pbkdf2_gives_other_peoples_keys),
		cmocka_unit_test(ctr_mode_counts_over_all_128_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
