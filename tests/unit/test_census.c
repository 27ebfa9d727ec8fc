/* What decisions rest on is every line of a change or of a kind, whatever a view says of where they are. */
#include "tests/support/check.h"

#include <inttypes.h>

#include "audit-log/census.h"
#include "audit-log/workspace.h"
#include "tests/support/changes.h"

/* 0 opened; SC-1: 1 drafted, 2 proposed, 3 planned; SC-2: 4 drafted; 5, 6 SC-1 packed and signed; 7 a meeting;
 * 8 SC-1 withdrawn; 9 SC-2 drafted anew. */
#define WITHDRAWN "8"
static void ten_lines(struct log *l)
{
	test_draft(l, "SC-1", ROUTE_TIMELOCK, "One", NULL);
	test_propose(l, "SC-1", ROUTE_TIMELOCK, "One", 1, NULL);
	test_draft(l, "SC-2", ROUTE_TIMELOCK, "Two", NULL);
	test_pack(l, "SC-1", STEP_SCHEDULE, 3, 0x11);
	test_sign(l, "SC-1", STEP_SCHEDULE, 1, 0x11);
	test_log_add(l, "meeting.opened", NULL, "a meeting");
	test_withdraw(l, "SC-1");
	test_draft(l, "SC-2", ROUTE_TIMELOCK, "Two, again", NULL);
}

static struct workspace open_workspace(struct log *l)
{
	struct workspace ws = { .log = l };
	struct err e = {0};

	ws.views = views_open(l, &e);
	assert_ok(ws.views != NULL, &e);
	return ws;
}

static void close_workspace(struct workspace *ws)
{
	views_release(ws->views);
	log_release(ws->log);
	arena_release(&ws->arena);
}

static bool write_seq(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct hash32 computed;

	(void)e;
	line_leaf(&computed, raw);
	assert_true(hash32_eq(&computed, leaf));
	buf_fmt(ctx, " %" PRIu64, seq);
	return true;
}

static void write_changes(struct buf *out, const struct changes *all)
{
	const struct chain_facts nobody = {0};

	for (size_t i = 0; i < all->n; i++)
		buf_fmt(out, "; %.*s %s, last line %" PRIu64, (int)all->v[i].id.n, (const char *)all->v[i].id.p,
			change_state_name(change_state_of(&all->v[i], &nobody)), all->v[i].last_seq);
}

/* Everything that the log is asked by what decides. */
static void assert_answers(struct workspace *ws, const char *text)
{
	static const char *const kinds[] = { "change.withdrawn", "meeting.opened", "no.such" };
	const struct changes *all;
	struct buf out = {0};
	struct err e = {0};

	assert_ok(log_each_of_change(ws->log, span_str("SC-1"), write_seq, &out, &e), &e);
	buf_str(&out, ";");
	assert_ok(log_each_of_kinds(ws->log, kinds, ARRAY_LEN(kinds), write_seq, &out, &e), &e);
	assert_ok(workspace_unfinished(ws, &all, &e), &e);
	write_changes(&out, all);
	assert_buf_str(&out, text);
	buf_release(&out);
}

#define ANSWERS " 1 2 3 5 6 8; 7 8; SC-1 withdrawn, last line 8; SC-2 drafted, last line 9"

static void a_view_that_is_complete_is_taken_at_its_numbers(void **state)
{
	struct arena a = {0};
	struct workspace ws = open_workspace(test_log_create(temporary_directory(&a), NULL));
	struct err e = {0};

	(void)state;
	ten_lines(ws.log);            /* the view is behind: what it does not know is read */
	assert_answers(&ws, ANSWERS);
	assert_true(log_is_hinted(ws.log));
	assert_ok(views_catch_up(ws.views, &e), &e);
	assert_answers(&ws, ANSWERS);
	assert_true(log_is_hinted(ws.log));
	close_workspace(&ws);
	arena_release(&a);
}

static void no_view_hides_a_line(void **state)
{
	static const char *const lies[] = {
		"DELETE FROM change_line WHERE seq = " WITHDRAWN,
		"DELETE FROM change_line",
		"DELETE FROM change_line WHERE seq = " WITHDRAWN "; INSERT INTO change_line VALUES ('SC-1', 4)",
		"DELETE FROM change_line WHERE seq = " WITHDRAWN "; INSERT INTO change_line VALUES ('SC-1', 99)",
		"DELETE FROM change_line WHERE seq = " WITHDRAWN "; INSERT INTO change_line VALUES ('SC-1', -1)",
		"UPDATE change_line SET change = 'SC-2' WHERE seq = " WITHDRAWN,
		"INSERT INTO change_line VALUES ('SC-1', 0)",
		"DROP TABLE change_line; CREATE TABLE change_line (change TEXT, seq INTEGER) STRICT;"
			" INSERT INTO change_line VALUES ('SC-1', 1), ('SC-1', 2), ('SC-1', 3), ('SC-1', 5),"
			" ('SC-1', 6), ('SC-1', 6)",
		"DELETE FROM kind_line WHERE seq = " WITHDRAWN,
		"UPDATE kind_line SET kind = 'change.withdrawn' WHERE seq = 9; DELETE FROM kind_line WHERE seq = 7",
	};
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		const char *dir = temporary_directory(&a);
		struct workspace ws = open_workspace(test_log_create(dir, NULL));

		ten_lines(ws.log);
		close_workspace(&ws);
		ws = open_workspace(test_log_open(dir, NULL));
		close_workspace(&ws);
		test_views_doctor(dir, lies[i]);
		ws = open_workspace(test_log_open(dir, NULL));
		assert_true(log_is_hinted(ws.log));
		assert_answers(&ws, ANSWERS);
		assert_false(log_is_hinted(ws.log));  /* it was caught, and is not asked again */
		assert_answers(&ws, ANSWERS);
		close_workspace(&ws);
	}
	arena_release(&a);
}

/* ---- changes that are not executed ------------------------------------------------------------------------------ */

static void assert_unfinished(struct workspace *ws, const char *text)
{
	const struct changes *all;
	struct buf out = {0};
	struct err e = {0};

	assert_ok(workspace_unfinished(ws, &all, &e), &e);
	write_changes(&out, all);
	assert_buf_str(&out, text);
	buf_release(&out);
}

static void what_was_executed_is_folded_only_by_itself(void **state)
{
	struct arena a = {0};
	struct workspace ws = open_workspace(test_log_create(temporary_directory(&a), NULL));
	struct change c;
	struct err e = {0};

	(void)state;
	test_draft(ws.log, "SC-1", ROUTE_DIRECT, "One", NULL);
	test_propose(ws.log, "SC-1", ROUTE_DIRECT, "One", 1, NULL);
	test_pack(ws.log, "SC-1", STEP_EXECUTE, 3, 0x11);
	test_receipt(ws.log, "SC-1", STEP_EXECUTE, true, 1000);
	test_draft(ws.log, "SC-2", ROUTE_DIRECT, "Two", NULL);
	assert_unfinished(&ws, "; SC-2 drafted, last line 5");
	assert_ok(workspace_change(&ws, &a, "SC-1", &c, &e), &e);
	assert_true(c.steps[STEP_EXECUTE].mined);
	test_draft(ws.log, "SC-3", ROUTE_DIRECT, "Three", NULL);
	test_note(ws.log, "SC-1", STEP_EXECUTE, true);
	assert_unfinished(&ws, "; SC-2 drafted, last line 5; SC-3 drafted, last line 6");
	assert_ok(workspace_change(&ws, &a, "SC-1", &c, &e), &e);
	assert_int_equal(c.last_seq, 7);
	assert_int_equal(c.steps[STEP_EXECUTE].n_notes, 1);
	assert_ok(log_begin(ws.log, &e), &e);
	test_withdraw(ws.log, "SC-2");
	assert_unfinished(&ws, "; SC-2 withdrawn, last line 8; SC-3 drafted, last line 6");
	log_abort(ws.log);
	assert_unfinished(&ws, "; SC-2 drafted, last line 5; SC-3 drafted, last line 6");
	close_workspace(&ws);
	arena_release(&a);
}

/* ---- counting --------------------------------------------------------------------------------------------------- */

static void assert_count(struct log *l, const char *change, uint64_t lines, uint64_t first)
{
	const struct census *c;
	const struct counted *one;
	struct err e = {0};

	assert_ok(census_of(l, &c, &e), &e);
	assert_int_equal(c->size, log_size(l));
	one = counts_find(&c->changes, span_str(change));
	assert_non_null(one);
	assert_int_equal(one->lines, lines);
	assert_int_equal(one->first, first);
}

/* More than two threads' chunks; lines that are not committed are seen by this connection alone. */
static void a_large_log_is_counted_by_two_threads(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = test_log_create(dir, NULL);
	const struct census *c;
	struct err e = {0};

	(void)state;
	test_log_add(l, "change.drafted", "SC-7", "before");
	test_log_grow(l, 34000);
	test_log_add(l, "change.drafted", "SC-7", "behind");
	test_log_add(l, "finding", NULL, "nobody's");
	assert_ok(log_begin(l, &e), &e);
	test_draft(l, "SC-8", ROUTE_DIRECT, "not committed", NULL);
	assert_count(l, "SC-1", 33998, 2);
	assert_count(l, "SC-7", 2, 1);
	assert_count(l, "SC-8", 1, 34002);
	log_abort(l);
	assert_count(l, "SC-7", 2, 1);
	assert_ok(census_of(l, &c, &e), &e);
	assert_null(counts_find(&c->changes, span_str("SC-8")));
	assert_int_equal(c->changes.n, 2);
	assert_span_str(c->changes.v[0].name, "SC-7");
	assert_int_equal(counts_find(&c->kinds, span_str("finding"))->lines, 1);
	log_release(l);
	test_log_damage(dir, "UPDATE lines SET line = replace(line, '\"SC-7\"', '\"SC-9\"') WHERE seq = 34000");
	l = test_log_open(dir, NULL);
	assert_false(census_of(l, &c, &e));
	assert_err(&e, ERR_MISMATCH, "line 34000 does not hash to its leaf");
	err_clear(&e);
	log_release(l);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_view_that_is_complete_is_taken_at_its_numbers),
		cmocka_unit_test(no_view_hides_a_line),
		cmocka_unit_test(what_was_executed_is_folded_only_by_itself),
		cmocka_unit_test(a_large_log_is_counted_by_two_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
