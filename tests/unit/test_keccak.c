#include "src/crypto/keccak.h"

#include <nettle/sha3.h>

#include "tests/support/check.h"

#define LONGEST 2000

static void fill(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(i * 167 + i / 251);
}

static void known_hashes(void **state)
{
	/* The empty string is everywhere; "Transfer(address,address,uint256)" is the topic of every ERC-20 log. */
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
		{"abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"},
		{"Transfer(address,address,uint256)",
		 "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"},
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct hash32 h;

		keccak256(&h, span_str(cases[i].in));
		assert_hex(h.b, 32, cases[i].out);
	}
}

static void padded_with_6_it_is_nettles_sha3(void **state)
{
	static uint8_t data[LONGEST];
	(void)state;

	fill(data, sizeof(data));
	for (size_t n = 0; n < LONGEST; n++) {
		struct sha3_256_ctx ctx;
		struct hash32 ours;
		uint8_t theirs[32];

		sha3_256_init(&ctx);
		sha3_256_update(&ctx, n, data);
		sha3_256_digest(&ctx, sizeof(theirs), theirs);
		keccak_sponge(&ours, 0x06, span_of(data, n));
		assert_memory_equal(ours.b, theirs, 32);
	}
}

static void pieces_of_any_size_give_the_same_hash(void **state)
{
	static uint8_t data[LONGEST];
	struct hash32 whole, pieces;
	(void)state;

	fill(data, sizeof(data));
	keccak256(&whole, span_of(data, sizeof(data)));
	for (size_t step = 1; step <= 3 * KECCAK_RATE; step++) {
		struct keccak k;

		keccak_init(&k);
		for (size_t at = 0; at < sizeof(data); at += step) {
			keccak_update(&k, span_of(data + at, step < LONGEST - at ? step : LONGEST - at));
			keccak_update(&k, span_of(NULL, 0));
		}
		keccak_final(&k, &pieces);
		assert_true(hash32_eq(&whole, &pieces));
	}
}

static void the_state_is_wiped_at_the_end(void **state)
{
	static const struct keccak zero;
	struct keccak k;
	struct hash32 h;
	(void)state;

	keccak_init(&k);
	keccak_update(&k, span_str("something"));
	keccak_final(&k, &h);
	assert_memory_equal(&k, &zero, sizeof(k));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_hashes),
		cmocka_unit_test(padded_with_6_it_is_nettles_sha3),
		cmocka_unit_test(pieces_of_any_size_give_the_same_hash),
		cmocka_unit_test(the_state_is_wiped_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
