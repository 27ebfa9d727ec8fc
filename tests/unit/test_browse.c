/* Which files are offered as packets. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/fs.h"
#include "src/signer/browse.h"
#include "tests/support/check.h"

static void put_bytes(struct arena *a, const char *dir, const char *name, time_t when, const char *bytes)
{
	const char *path = arena_fmt(a, "%s/%s", dir, name);
	const struct timespec times[2] = { { when, 0 }, { when, 0 } };
	struct err e = {0};

	assert_ok(fs_write(path, span_str(bytes), 0600, &e), &e);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void put(struct arena *a, const char *dir, const char *name, time_t when)
{
	put_bytes(a, dir, name, when, "{}");
}

/* As bytes: nothing is parsed before the second door is closed. */
static void what_begins_as_a_packet_comes_first(void **state)
{
	static const char *const packets[] = {
		"{\"format\":\"setgov-packet/1\",",
		"{\n  \"format\": \"setgov-packet/1\",\n",
		" \r\n\t{ \"format\" :\"setgov-packet/1\"",
	};
	static const char *const others[] = {
		"{\"format\":\"setgov-packet/2\"",
		"{\"format\":\"setgov-packet/1",
		"{\"format\":\"setgov-deployment/1\"",
		"x{\"format\":\"setgov-packet/1\"",
		"{\"core\":{},\"format\":\"setgov-packet/1\"",
		"                                                              {\"format\":\"setgov-packet/1\"",
	};
	struct arena a = {0};
	const char *top = temporary_directory(&a);
	const struct root root = { top, 0 };
	struct found *v;
	bool all;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(packets); i++)
		put_bytes(&a, top, arena_fmt(&a, "p%zu.json", i), 1000, packets[i]);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		put_bytes(&a, top, arena_fmt(&a, "o%zu.json", i), 2000, others[i]);
	assert_int_equal(browse(&a, &v, &root, 1, &all), ARRAY_LEN(packets) + ARRAY_LEN(others));
	for (size_t i = 0; i < ARRAY_LEN(packets) + ARRAY_LEN(others); i++) {
		assert_int_equal(v[i].packet, i < ARRAY_LEN(packets));
		assert_int_equal(v[i].path[strlen(top) + 1], i < ARRAY_LEN(packets) ? 'p' : 'o');
	}
	arena_release(&a);
}

static void packets_are_found_newest_first_and_nothing_else(void **state)
{
	struct arena a = {0};
	const char *top = temporary_directory(&a), *deep = arena_fmt(&a, "%s/anna/STICK/today", top);
	const struct root root = { top, BROWSE_DEPTH };
	struct found *v;
	struct err e = {0};
	bool all;

	(void)state;
	assert_ok(fs_mkdirs(arena_fmt(&a, "%s/too-deep", deep), 0700, &e), &e);
	assert_ok(fs_mkdirs(arena_fmt(&a, "%s/.hidden", top), 0700, &e), &e);
	put(&a, deep, "new.json", 2000);
	put(&a, top, "old.schedule.p1.answer.json", 3000);
	put(&a, top, ".json", 3000);
	put(&a, top, "notes.txt", 3000);
	put(&a, deep, "too-deep/far.json", 3000);
	put(&a, top, ".hidden/secret.json", 3000);
	assert_int_equal(symlink("old.json", arena_fmt(&a, "%s/link.json", top)), 0);
	put(&a, top, "huge.json", 3000);
	assert_int_equal(truncate(arena_fmt(&a, "%s/huge.json", top), (4 << 20) + 1), 0);
	put(&a, top, "empty.json", 3000);
	assert_int_equal(truncate(arena_fmt(&a, "%s/empty.json", top), 0), 0);
	put(&a, top, "old.json", 1000);
	assert_int_equal(browse(&a, &v, &root, 1, &all), 2);
	assert_true(all);
	assert_string_equal(v[0].path, arena_fmt(&a, "%s/new.json", deep));
	assert_string_equal(v[1].path, arena_fmt(&a, "%s/old.json", top));
	assert_int_equal(v[1].time, 1000);
	assert_int_equal(v[1].size, 2);
	assert_false(v[0].chosen || v[1].chosen);
	arena_release(&a);
}

/* Nobody takes "no packet was found" for an answer of a stick that was not looked through. */
static void a_flooded_stick_is_said_and_hides_no_other(void **state)
{
	struct arena a = {0};
	const char *flooded = temporary_directory(&a), *other = temporary_directory(&a);
	const struct root roots[] = { { flooded, 0 }, { other, 0 } };
	struct found *v;
	bool all;

	(void)state;
	for (size_t i = 0; i <= BROWSE_NAMES_MAX; i++)
		assert_int_equal(mkdir(arena_fmt(&a, "%s/%zu", flooded, i), 0700), 0);
	put(&a, other, "packet.json", 1000);
	assert_int_equal(browse(&a, &v, roots, 2, &all), 1);
	assert_false(all);
	assert_string_equal(v[0].path, arena_fmt(&a, "%s/packet.json", other));
	assert_int_equal(browse(&a, &v, roots + 1, 1, &all), 1);
	assert_true(all);
	arena_release(&a);
}

static void a_directory_that_two_names_lead_to_is_looked_into_once(void **state)
{
	struct arena a = {0};
	const char *top = temporary_directory(&a);
	const char *const named[] = { top, arena_fmt(&a, "%s/.", top), "/nowhere/at/all" };
	struct root *v;
	const size_t n = browse_roots(&a, &v, named, 3);
	size_t found = 0;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		found += strncmp(v[i].path, top, strlen(top)) == 0;
		assert_string_not_equal(v[i].path, "/nowhere/at/all");
	}
	assert_int_equal(found, 1);
	assert_string_equal(v[0].path, top);
	arena_release(&a);
}

static void the_whole_machine_is_never_looked_into(void **state)
{
	struct arena a = {0};
	struct root *v;
	char *here = getcwd(NULL, 0);

	(void)state;
	assert_non_null(here);
	assert_int_equal(chdir("/"), 0);
	const size_t n = browse_roots(&a, &v, NULL, 0);
	assert_int_equal(chdir(here), 0);
	for (size_t i = 0; i < n; i++)
		assert_string_not_equal(v[i].path, ".");
	free(here);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_begins_as_a_packet_comes_first),
		cmocka_unit_test(packets_are_found_newest_first_and_nothing_else),
		cmocka_unit_test(a_flooded_stick_is_said_and_hides_no_other),
		cmocka_unit_test(a_directory_that_two_names_lead_to_is_looked_into_once),
		cmocka_unit_test(the_whole_machine_is_never_looked_into),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
