/* A copy is whole or not there; a log that goes on from one says what is missing, however often it was cut off. */
#include "tests/support/check.h"

#include <unistd.h>

#include "audit-log/backup.h"
#include "audit-log/store.h"
#include "src/base/fs.h"
#include "src/crypto/hash.h"
#include "tests/support/logs.h"

struct fixture {
	struct arena a;
	const char *dir, *memory, *copy;
};

static const char *in(struct fixture *f, const char *dir, const char *name)
{
	return arena_fmt(&f->a, "%s/%s", dir, name);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct err e = {0};
	struct log *l;

	f->dir = temporary_directory(&f->a);
	f->memory = temporary_directory(&f->a);
	f->copy = arena_fmt(&f->a, "%s/copy", temporary_directory(&f->a));
	l = test_log_create(f->dir, f->memory);
	test_log_grow(l, 20);
	assert_ok(fs_create(in(f, f->dir, "deployment.json"), span_str("{}"), 0644, &e), &e);
	assert_ok(log_backup(f->dir, f->copy, &e), &e);   /* while it is open */
	test_log_grow(l, 25);
	assert_ok(log_checkpoint(l, NULL, &e), &e);
	log_release(l);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	arena_release(&f->a);
	free(f);
	return 0;
}

static struct restoring restoring(const struct fixture *f)
{
	return (struct restoring){ .remember = f->memory, .actor = span_str("p1"), .auth = span_str("claimed") };
}

static const char *memory_file(struct fixture *f, const char *end)
{
	struct hash32 h;
	struct buf name = {0};
	const char *path;

	sha256(&h, span_str(TEST_ORIGIN));
	buf_hex(&name, SPAN_HASH(&h));
	path = arena_fmt(&f->a, "%s/%s.checkpoint%s", f->memory, buf_cstr(&name), end);
	buf_release(&name);
	return path;
}

static void a_restored_log_says_what_is_missing(void **state)
{
	struct fixture *f = *state;
	const char *dir = in(f, temporary_directory(&f->a), "w");
	const struct restoring r = restoring(f);
	struct restored out;
	struct line last;
	struct log *l;
	struct buf findings = {0};
	struct err e = {0};
	uint64_t missing;

	assert_ok(log_restore(f->copy, dir, &r, &out, &e), &e);
	assert_int_equal(out.head.size, 20);
	assert_int_equal(out.seen, 25);
	assert_int_equal(out.missing, 5);
	l = test_log_open(dir, f->memory);
	assert_int_equal(log_size(l), 21);
	assert_ok(log_line_read(l, &f->a, 20, &last, &e), &e);
	assert_true(line_kind_is(&last, "log.restored"));
	assert_true(json_get_u64(last.body, "missing", &missing, NULL) && missing == 5);
	test_log_add(l, "finding", NULL, "and on it goes");
	log_release(l);
	test_log_findings(&findings, dir, f->memory);
	assert_buf_str(&findings, "");
	assert_false(fs_exists(memory_file(f, ".before-restore")));
	assert_false(fs_exists(in(f, dir, "restoring")));
	buf_release(&findings);
}

/* The run before this one was cut off between moving the memory aside and putting the log in place. */
static void what_a_cut_off_run_moved_aside_still_counts(void **state)
{
	struct fixture *f = *state;
	const char *dir = in(f, temporary_directory(&f->a), "w");
	const struct restoring r = restoring(f);
	struct restored out;
	struct err e = {0};

	assert_int_equal(rename(memory_file(f, ""), memory_file(f, ".before-restore")), 0);
	assert_ok(fs_mkdirs(in(f, dir, "restoring"), 0700, &e), &e);
	assert_ok(fs_create(in(f, dir, "restoring/log.db"), span_str("half"), 0600, &e), &e);
	assert_ok(fs_create(in(f, dir, "log.key"), span_str("old"), 0600, &e), &e);
	assert_ok(log_restore(f->copy, dir, &r, &out, &e), &e);
	assert_int_equal(out.missing, 5);
	assert_true(fs_exists(memory_file(f, "")));
	assert_false(fs_exists(memory_file(f, ".before-restore")));
}

static void nothing_takes_the_place_of_a_log(void **state)
{
	struct fixture *f = *state;
	const struct restoring r = restoring(f);
	struct restored out;
	struct buf want = {0};
	struct err e = {0};

	assert_false(log_restore(f->copy, f->dir, &r, &out, &e));
	buf_fmt(&want, "%s/log.db: [EXISTS] there is a change log already", f->dir);
	assert_err(&e, ERR_REFUSED, buf_cstr(&want));
	err_clear(&e);
	assert_false(log_backup(f->dir, f->copy, &e));
	buf_clear(&want);
	buf_fmt(&want, "%s: [EXISTS] there is something already", f->copy);
	assert_err(&e, ERR_REFUSED, buf_cstr(&want));
	err_clear(&e);
	buf_release(&want);
}

static void a_damaged_log_makes_no_copy(void **state)
{
	struct fixture *f = *state;
	const char *to = in(f, temporary_directory(&f->a), "copy");
	struct err e = {0};

	test_log_damage(f->dir, "UPDATE lines SET line = replace(line, 'finding', 'finding!') WHERE seq = 3;"
				"UPDATE blobs SET bytes = x'00' WHERE i = 0");
	assert_false(log_backup(f->dir, to, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	assert_string_equal(e.refusal, "LOG-DAMAGED");
	err_clear(&e);
	assert_false(fs_exists(to) || fs_exists(arena_fmt(&f->a, "%s.partial", to)));
}

static void a_copy_does_not_replace_a_file(void **state)
{
	struct fixture *f = *state;
	const char *to = in(f, f->dir, "deployment.json");
	struct buf now = {0};
	struct err e = {0};

	assert_false(store_copy(in(f, f->dir, "log.db"), to, &e));
	assert_string_equal(e.refusal, "EXISTS");
	err_clear(&e);
	assert_ok(fs_read(&now, to, 100, &e), &e);
	assert_buf_str(&now, "{}");
	buf_release(&now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_restored_log_says_what_is_missing, setup, teardown),
		cmocka_unit_test_setup_teardown(what_a_cut_off_run_moved_aside_still_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_takes_the_place_of_a_log, setup, teardown),
		cmocka_unit_test_setup_teardown(a_damaged_log_makes_no_copy, setup, teardown),
		cmocka_unit_test_setup_teardown(a_copy_does_not_replace_a_file, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
