#include <stdalign.h>

#include "tests/support/check.h"

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
	struct arena a = {0};
	uint8_t *last = NULL;
	(void)state;

	for (size_t n = 0; n < 2000; n++) {
		uint8_t *p = arena_alloc(&a, n, 1);

		assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
		if (n > 1)
			assert_int_equal(last[n - 2], 0xff);
		last = p;
	}
	arena_release(&a);
	assert_null(a.blocks);
	arena_release(&a);
}

static void a_large_piece_does_not_end_the_block(void **state)
{
	struct arena a = {0};
	uint8_t *first, *large, *next;
	(void)state;

	first = arena_alloc(&a, 16, 1);
	large = arena_alloc(&a, 1 << 20, 1);
	next = arena_alloc(&a, 16, 1);
	large[(1 << 20) - 1] = 1;
	assert_ptr_equal(first + 16, next);
	arena_release(&a);
}

static void copies_end_with_a_nul(void **state)
{
	struct arena a = {0};
	struct span s;
	(void)state;

	s = arena_copy(&a, span_of("ab\0c", 4));
	assert_int_equal(s.n, 4);
	assert_hex(s.p, 5, "6162006300");
	assert_string_equal(arena_str(&a, span_of("abc", 2)), "ab");
	assert_string_equal(arena_str(&a, span_of(NULL, 0)), "");
	assert_string_equal(arena_fmt(&a, "%s=%d", "x", 5), "x=5");
	arena_release(&a);
}

static void typed_allocation_has_the_right_size(void **state)
{
	struct arena a = {0};
	uint64_t *list = ARENA_ARRAY(&a, uint64_t, 100);
	struct span *one = ARENA_NEW(&a, struct span);
	(void)state;

	list[99] = UINT64_MAX;
	assert_null(one->p);
	assert_int_equal(one->n, 0);
	arena_release(&a);
}

static void a_list_grows_and_keeps_what_it_holds(void **state)
{
	struct arena a = {0};
	uint64_t *list = NULL;
	size_t n = 0, cap = 0;
	(void)state;

	for (uint64_t i = 0; i < 1000; i++) {
		ARENA_GROW(&a, list, n, cap);
		assert_int_equal(list[n], 0);
		list[n++] = i + 1;
	}
	for (uint64_t i = 0; i < 1000; i++)
		assert_int_equal(list[i], i + 1);
	assert_in_range(cap, 1000, 2000);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
		cmocka_unit_test(a_large_piece_does_not_end_the_block),
		cmocka_unit_test(copies_end_with_a_nul),
		cmocka_unit_test(typed_allocation_has_the_right_size),
		cmocka_unit_test(a_list_grows_and_keeps_what_it_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
