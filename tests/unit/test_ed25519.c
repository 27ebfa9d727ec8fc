#include "src/crypto/ed25519.h"

#include "tests/support/check.h"

static struct span bytes(struct arena *a, const struct json *object, const char *name)
{
	struct err e = {0};
	struct span text;

	assert_ok(json_get_str(object, name, &text, &e), &e);
	return hex_bytes(a, arena_str(a, text));
}

static const struct json *cases(struct arena *a)
{
	const struct json *list = json_find(json_vector(a, "crypto/ed25519.json"), "cases");

	assert_non_null(list);
	assert_int_equal(list->n, 9);
	return list->first;
}

static void keys_and_signatures_are_rfc_8032s(void **state)
{
	struct arena a = {0};
	(void)state;

	for (const struct json *c = cases(&a); c; c = c->next) {
		const struct span seed = bytes(&a, c, "seed"), message = bytes(&a, c, "message");
		uint8_t pub[32], sig[64];

		ed25519_public(pub, seed.p);
		assert_memory_equal(pub, bytes(&a, c, "public").p, 32);
		ed25519_make(sig, seed.p, message);
		assert_memory_equal(sig, bytes(&a, c, "signature").p, 64);
		assert_true(ed25519_verify(pub, message, sig));
	}
	arena_release(&a);
}

static void any_flipped_bit_is_refused(void **state)
{
	struct arena a = {0};
	const struct json *c = cases(&a)->next;
	const struct span public = bytes(&a, c, "public"), message = bytes(&a, c, "message");
	const struct span signature = bytes(&a, c, "signature");
	uint8_t pub[32], sig[64], text[1];
	(void)state;

	for (size_t bit = 0; bit < 64 * 8; bit++) {
		memcpy(sig, signature.p, 64);
		sig[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(ed25519_verify(public.p, message, sig));
	}
	for (size_t bit = 0; bit < 32 * 8; bit++) {
		memcpy(pub, public.p, 32);
		pub[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(ed25519_verify(pub, message, signature.p));
	}
	text[0] = message.p[0] ^ 1;
	assert_false(ed25519_verify(public.p, span_of(text, 1), signature.p));
	assert_false(ed25519_verify(public.p, span_of(NULL, 0), signature.p));
	arena_release(&a);
}

/* RFC 8032, section 5.1.7: s is below the group order. With the order added, the equation still holds. */
static void a_signature_has_one_form(void **state)
{
	static const uint8_t order[32] = {
		0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
		[31] = 0x10,
	};
	struct arena a = {0};
	(void)state;

	for (const struct json *c = cases(&a); c; c = c->next) {
		uint8_t sig[64];
		unsigned carry = 0;

		memcpy(sig, bytes(&a, c, "signature").p, 64);
		for (size_t i = 0; i < 32; i++) {
			carry += (unsigned)sig[32 + i] + order[i];
			sig[32 + i] = (uint8_t)carry;
			carry >>= 8;
		}
		assert_int_equal(carry, 0);
		assert_false(ed25519_verify(bytes(&a, c, "public").p, bytes(&a, c, "message"), sig));
	}
	arena_release(&a);
}

/* Under the neutral point, or a point of order 2, 4 or 8, "R is neutral, s is zero" fits every message or many. */
static void a_public_key_of_small_order_has_signed_nothing(void **state)
{
	static const uint8_t small[][32] = {
		{ 0 },
		{ 1 },
		{ 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
		{ 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
		  0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 },
		{ 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
		  0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a },
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(small); i++)
		for (uint32_t message = 0; message < 64; message++) {
			const struct span text = span_of(&message, sizeof(message));
			const uint8_t sig[64] = { 1 };

			assert_false(ed25519_verify(small[i], text, sig));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_and_signatures_are_rfc_8032s),
		cmocka_unit_test(any_flipped_bit_is_refused),
		cmocka_unit_test(a_signature_has_one_form),
		cmocka_unit_test(a_public_key_of_small_order_has_signed_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
