#include "src/crypto/hash.h"
#include "src/crypto/sha256_many.h"
#include "tests/support/check.h"

#define MANY 97u

static struct hash32 expected(uint8_t prefix, struct span m)
{
	struct hash32 out;
	struct sha256 s;

	sha256_begin(&s);
	sha256_add(&s, span_of(&prefix, 1));
	sha256_add(&s, m);
	sha256_end(&s, &out);
	return out;
}

static void check(uint8_t prefix, const struct span *messages, size_t n)
{
	struct hash32 out[MANY];

	sha256_many(out, prefix, messages, n);
	for (size_t i = 0; i < n; i++) {
		const struct hash32 wanted = expected(prefix, messages[i]);

		assert_memory_equal(out[i].b, wanted.b, sizeof(wanted.b));
	}
}

/* malloc'd at its exact size, so that a sanitizer sees a byte read too many. */
static struct span message(size_t n, uint8_t seed)
{
	uint8_t *p = malloc(n ? n : 1);

	assert_non_null(p);
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(seed + 31 * i);
	return span_of(p, n);
}

static void every_length_up_to_four_blocks_alone(void **state)
{
	(void)state;
	for (size_t n = 0; n <= 256; n++) {
		const struct span m = message(n, (uint8_t)n);

		check(0x00, &m, 1);
		check(0x01, &m, 1);
		free((void *)(uintptr_t)m.p);
	}
}

static void messages_of_all_lengths_side_by_side(void **state)
{
	(void)state;
	for (size_t step = 1; step < 40; step++) {
		struct span m[MANY];

		for (size_t i = 0; i < MANY; i++)
			m[i] = message(i * step * 7 % 701, (uint8_t)(i + step));
		for (size_t n = 0; n <= MANY; n += 1 + step / 4)
			check(0x00, m, n);
		for (size_t i = 0; i < MANY; i++)
			free((void *)(uintptr_t)m[i].p);
	}
}

static void a_long_message_beside_short_ones(void **state)
{
	struct span m[3] = { message(3, 1), message(65535, 2), message(64, 3) };

	(void)state;
	check(0x00, m, 3);
	for (size_t i = 0; i < 3; i++)
		free((void *)(uintptr_t)m[i].p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_length_up_to_four_blocks_alone),
		cmocka_unit_test(messages_of_all_lengths_side_by_side),
		cmocka_unit_test(a_long_message_beside_short_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
