/* A log that goes on from a backup says so for good: what is lost, whether that is known, and what the chain has of
 * it. */
#include "tests/support/check.h"

#include "audit-log/backup.h"
#include "audit-log/holes.h"
#include "audit-log/views.h"
#include "audit-log/verify.h"
#include "src/base/fs.h"
#include "tests/support/logs.h"

struct fixture {
	struct arena a;
	const char *dir, *copy;
	struct buf note;              /* over 25 lines; the copy has 20 */
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct err e = {0};
	struct log *l;

	f->dir = temporary_directory(&f->a);
	f->copy = arena_fmt(&f->a, "%s/copy", temporary_directory(&f->a));
	l = test_log_create(f->dir, NULL);
	test_log_grow(l, 20);
	assert_ok(fs_create(arena_fmt(&f->a, "%s/deployment.json", f->dir), span_str("{}"), 0644, &e), &e);
	assert_ok(log_backup(f->dir, f->copy, &e), &e);
	test_log_grow(l, 25);
	assert_ok(log_checkpoint(l, &f->note, &e), &e);
	log_release(l);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	buf_release(&f->note);
	arena_release(&f->a);
	free(f);
	return 0;
}

static const char *restore(struct fixture *f, bool seen, const struct json *anchors)
{
	const char *dir = arena_fmt(&f->a, "%s/w", temporary_directory(&f->a));
	const struct span note = buf_view(&f->note);
	const struct restoring r = { .seen = &note, .n_seen = seen, .anchors = anchors,
				     .actor = span_str("p1"), .auth = span_str("claimed") };
	struct restored out;
	struct err e = {0};

	assert_ok(log_restore(f->copy, dir, &r, &out, &e), &e);
	return dir;
}

/* With a view that says that nothing was ever lost, too. */
static void assert_says(struct fixture *f, const char *dir, bool open, const char *words)
{
	struct log *l = test_log_open(dir, NULL);
	struct log_holes all;
	struct err e = {0};
	struct views *v = views_open(l, &e);

	assert_ok(v != NULL, &e);
	test_views_doctor(dir, "DELETE FROM kind_line");
	assert_ok(log_holes(l, &f->a, &all, &e), &e);
	assert_int_equal(all.n, 1);
	assert_int_equal(all.v[0].seq, 20);
	assert_int_equal(log_hole_is_open(&all.v[0]), open);
	assert_string_equal(log_hole_words(&f->a, &all.v[0]), words);
	views_release(v);
	log_release(l);
}

static bool verify_says(struct fixture *f, const char *dir, const char *text)
{
	struct verify_report r;
	struct err e = {0};

	assert_ok(log_verify(&f->a, &r, dir, NULL, &e), &e);
	assert_int_equal(r.n_findings, 0);
	for (size_t i = 0; i < r.n_checks; i++)
		if (strcmp(r.checks[i].what, "lines that were lost") == 0)
			return !r.checks[i].done && (!text || strcmp(r.checks[i].text, text) == 0);
	return false;
}

static void lost_lines_are_named(void **state)
{
	struct fixture *f = *state;
	static const char words[] = "after line 19 the log goes on from a backup: lines 20 to 24 of what it was are "
				    "lost; the chain was not asked then";
	const char *dir = restore(f, true, NULL);

	assert_says(f, dir, true, words);
	assert_true(verify_says(f, dir, arena_fmt(&f->a, "line 20: %s", words)));
}

static void what_nobody_showed_is_not_known(void **state)
{
	struct fixture *f = *state;
	const char *dir = restore(f, false, json_array(&f->a));

	assert_says(f, dir, true, "after line 19 the log goes on from a backup: nobody showed a later checkpoint, and "
		    "whether lines are lost is not known");
	assert_true(verify_says(f, dir, NULL));
}

static void operations_that_no_line_explains_are_named(void **state)
{
	struct fixture *f = *state;
	struct json *list = json_array(&f->a), *one = json_object(&f->a);
	uint8_t bytes[32];

	memset(bytes, 0xab, sizeof(bytes));
	json_set(one, &f->a, "block", json_u64(&f->a, 77));
	json_set(one, &f->a, "operation", json_0x(&f->a, span_of(bytes, sizeof(bytes))));
	json_set(one, &f->a, "salt", json_0x(&f->a, span_of(bytes, sizeof(bytes))));
	json_push(list, one);
	assert_says(f, restore(f, true, list), true,
		    "after line 19 the log goes on from a backup: lines 20 to 24 of what it was are lost; no line "
		    "explains the operations that the chain has: "
		    "0xabababababababababababababababababababababababababababababababab in block 77");
}

static void a_restore_without_a_loss_is_no_hole(void **state)
{
	struct fixture *f = *state;
	struct log *l;
	struct err e = {0};
	const char *dir;

	buf_clear(&f->note);
	l = test_log_open(f->copy, NULL);
	assert_ok(log_checkpoint(l, &f->note, &e), &e);
	log_release(l);
	dir = restore(f, true, json_array(&f->a));
	assert_says(f, dir, false, "after line 19 the log goes on from a backup: no line of the 20 that somebody had "
		    "seen is lost");
	assert_false(verify_says(f, dir, NULL));
}

static void a_restore_that_contradicts_itself_is_a_finding(void **state)
{
	struct fixture *f = *state;
	struct buf found = {0};
	struct log *l = test_log_open(f->dir, NULL);
	struct err e = {0};
	struct json *body = json_object(&f->a);
	const struct hash32 leaf = log_last_leaf(l);
	struct line line = { .kind = span_str("log.restored"), .actor = span_str("p1"), .auth = span_str("claimed"),
			     .body = body };

	json_set(body, &f->a, "last", json_u64(&f->a, 24));
	json_set(body, &f->a, "lastLeaf", json_bare(&f->a, SPAN_HASH(&leaf)));
	json_set(body, &f->a, "missing", json_u64(&f->a, 0));
	json_set(body, &f->a, "seenSize", json_u64(&f->a, 30));
	assert_ok(log_append(l, &line, &e), &e);
	log_release(l);
	test_log_findings(&found, f->dir, NULL);
	assert_string_equal(buf_cstr(&found), "RESTORED 25: missing is not what seenSize comes to after line 24\n");
	buf_release(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		T(lost_lines_are_named), T(what_nobody_showed_is_not_known),
		T(operations_that_no_line_explains_are_named), T(a_restore_without_a_loss_is_no_hole),
		T(a_restore_that_contradicts_itself_is_a_finding),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
