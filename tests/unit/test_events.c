/* Events that were read: kept once, dropped when the chain drops them, and no loss when their file is. */
#include <fcntl.h>
#include <unistd.h>

#include "audit-log/events.h"
#include "src/base/fs.h"
#include "tests/support/check.h"

static const char *file_in(struct arena *a, const char *dir)
{
	return arena_fmt(a, "%s/log.chain.db", dir);
}

static const struct hash32 ours = {{ 1 }}, theirs = {{ 2 }};

static struct events_mark mark(uint64_t block)
{
	return (struct events_mark){ .block = block, .hash = {{ (uint8_t)block, 7 }} };
}

static struct chain_event event(uint64_t block)
{
	return (struct chain_event){ .address = {{ 3 }}, .topics = { {{ 4 }}, {{ 5 }} }, .n_topics = 2,
				     .data = span_str("data"), .block = block, .index = 1, .tx = {{ 6 }} };
}

/* One event in each block after the newest mark. */
static void add(struct events *s, uint64_t upto)
{
	struct chain_event v[16];
	struct events_mark since, end = mark(upto);
	const bool any = events_mark(s, &since);
	size_t n = 0;
	struct err e = {0};

	for (uint64_t b = any ? since.block + 1 : 0; b <= upto; b++)
		v[n++] = event(b);
	assert_ok(events_add(s, any ? &since : NULL, v, n, &end, &e), &e);
}

static size_t count(struct events *s)
{
	struct arena a = {0};
	struct chain_event *v;
	size_t n;
	struct err e = {0};

	assert_ok(events_all(s, &a, &v, &n, &e), &e);
	for (size_t i = 0; i < n; i++) {
		const struct chain_event want = event(i);

		assert_true(v[i].block == i && v[i].index == 1 && v[i].n_topics == 2 && span_eq(v[i].data, want.data));
		assert_memory_equal(v[i].topics, want.topics, sizeof(want.topics));
		assert_memory_equal(&v[i].tx, &want.tx, sizeof(want.tx));
	}
	arena_release(&a);
	return n;
}

static void what_was_read_is_there_the_next_time(void **state)
{
	struct arena a = {0};
	const char *path = file_in(&a, temporary_directory(&a));
	struct events *s = events_open(path, &ours, 0);
	struct events_mark m;

	(void)state;
	assert_false(events_mark(s, &m));
	add(s, 4);
	add(s, 6);
	events_release(s);
	s = events_open(path, &ours, 0);
	assert_true(events_mark(s, &m) && m.block == 6);
	assert_int_equal(count(s), 7);
	events_release(s);
	arena_release(&a);
}

static void another_deployment_or_first_block_starts_anew(void **state)
{
	struct arena a = {0};
	const char *path = file_in(&a, temporary_directory(&a));
	struct events *s = events_open(path, &ours, 0);

	(void)state;
	add(s, 4);
	events_release(s);
	s = events_open(path, &theirs, 0);
	assert_int_equal(count(s), 0);
	add(s, 2);
	events_release(s);
	s = events_open(path, &theirs, 1);
	assert_int_equal(count(s), 0);
	events_release(s);
	arena_release(&a);
}

static void dropping_a_mark_drops_what_lies_behind_the_one_before(void **state)
{
	struct arena a = {0};
	struct events *s = events_open(file_in(&a, temporary_directory(&a)), &ours, 0);
	struct events_mark m;
	struct err e = {0};

	(void)state;
	add(s, 2);
	add(s, 5);
	assert_ok(events_drop_mark(s, &e), &e);
	assert_true(events_mark(s, &m) && m.block == 2);
	assert_int_equal(count(s), 3);
	assert_ok(events_drop_mark(s, &e), &e);
	assert_false(events_mark(s, &m));
	assert_int_equal(count(s), 0);
	add(s, 5);
	assert_int_equal(count(s), 6);
	events_release(s);
	arena_release(&a);
}

static void who_comes_second_adds_nothing(void **state)
{
	struct arena a = {0};
	const char *path = file_in(&a, temporary_directory(&a));
	struct events *s = events_open(path, &ours, 0), *other = events_open(path, &ours, 0);
	const struct chain_event v[] = { event(0), event(1) };
	const struct events_mark end = mark(1);
	struct err e = {0};

	(void)state;
	add(other, 3);
	assert_ok(events_add(s, NULL, v, 2, &end, &e), &e);
	assert_int_equal(count(s), 4);
	events_release(s);
	events_release(other);
	arena_release(&a);
}

static void a_file_that_is_no_database_is_made_anew(void **state)
{
	struct arena a = {0};
	const char *path = file_in(&a, temporary_directory(&a));
	struct err e = {0};
	struct events *s;

	(void)state;
	assert_ok(fs_write(path, span_str("this was never a database, and is long enough to look like one"), 0600, &e),
		  &e);
	s = events_open(path, &ours, 0);
	add(s, 3);
	events_release(s);
	s = events_open(path, &ours, 0);
	assert_int_equal(count(s), 4);
	events_release(s);
	arena_release(&a);
}

static void where_nothing_can_be_written_memory_will_do(void **state)
{
	struct events *s = events_open("/nowhere/at/all.chain.db", &ours, 0);

	(void)state;
	add(s, 3);
	assert_int_equal(count(s), 4);
	events_release(s);
}

static void an_event_too_long_is_refused(void **state)
{
	struct arena a = {0};
	struct events *s = events_open(file_in(&a, temporary_directory(&a)), &ours, 0);
	struct chain_event v = event(0);
	const struct events_mark end = mark(0);
	struct err e = {0};

	(void)state;
	v.data = span_of(arena_alloc(&a, 1, EVENT_DATA_MAX + 1), EVENT_DATA_MAX + 1);
	assert_false(events_add(s, NULL, &v, 1, &end, &e));
	assert_err(&e, ERR_RANGE, "an event of 262145 bytes, at most 262144 are kept");
	assert_int_equal(count(s), 0);
	err_clear(&e);
	events_release(s);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_read_is_there_the_next_time),
		cmocka_unit_test(another_deployment_or_first_block_starts_anew),
		cmocka_unit_test(dropping_a_mark_drops_what_lies_behind_the_one_before),
		cmocka_unit_test(who_comes_second_adds_nothing),
		cmocka_unit_test(a_file_that_is_no_database_is_made_anew),
		cmocka_unit_test(where_nothing_can_be_written_memory_will_do),
		cmocka_unit_test(an_event_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
