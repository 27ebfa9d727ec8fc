/* Changes folded from a workspace's log: once, and never beyond what the log holds. */
#include "tests/support/check.h"

#include "audit-log/workspace.h"
#include "tests/support/changes.h"

static struct workspace open_workspace(struct arena *a)
{
	struct workspace ws = {0};

	ws.log = test_log_create(temporary_directory(a), NULL);
	return ws;
}

static void close_workspace(struct workspace *ws)
{
	log_release(ws->log);
	arena_release(&ws->arena);
}

static void assert_changes(struct workspace *ws, const char *text)
{
	const struct changes *all;
	const struct chain_facts nobody = {0};
	struct buf out = {0};
	struct err e = {0};

	assert_ok(workspace_fold(ws, &all, &e), &e);
	for (size_t i = 0; i < all->n; i++)
		buf_fmt(&out, "%s%.*s %s", i ? ", " : "", (int)all->v[i].id.n, (const char *)all->v[i].id.p,
			change_state_name(change_state_of(&all->v[i], &nobody)));
	assert_buf_str(&out, text);
	buf_release(&out);
}

static void lines_that_came_since_are_added(void **state)
{
	struct arena a = {0};
	struct workspace ws = open_workspace(&a);
	struct change c;
	struct err e = {0};

	(void)state;
	assert_changes(&ws, "");
	test_draft(ws.log, "SC-1", ROUTE_TIMELOCK, "One", NULL);
	test_draft(ws.log, "SC-2", ROUTE_TIMELOCK, "Two", NULL);
	assert_changes(&ws, "SC-1 drafted, SC-2 drafted");
	test_propose(ws.log, "SC-1", ROUTE_TIMELOCK, "One, frozen", 1, NULL);
	assert_changes(&ws, "SC-1 proposed, SC-2 drafted");
	test_withdraw(ws.log, "SC-2");
	assert_ok(workspace_change(&ws, &a, "SC-2", &c, &e), &e);
	assert_true(c.withdrawn);
	assert_ok(workspace_change(&ws, &a, "SC-1", &c, &e), &e);
	assert_span_str(c.proposal.title, "One, frozen");
	assert_false(workspace_change(&ws, &a, "SC-3", &c, &e));
	assert_err(&e, ERR_MISSING, "the log has no change SC-3; setgov changes lists them");
	err_clear(&e);
	close_workspace(&ws);
	arena_release(&a);
}

static void many_changes_are_each_found(void **state)
{
	struct arena a = {0};
	struct workspace ws = open_workspace(&a);
	const struct changes *all;
	struct err e = {0};

	(void)state;
	assert_ok(log_begin(ws.log, &e), &e);
	for (int pass = 0; pass < 2; pass++)
		for (int i = 1; i <= 100; i++)
			test_draft(ws.log, arena_fmt(&a, "SC-%d", i), ROUTE_TIMELOCK, arena_fmt(&a, "%d", pass), NULL);
	assert_ok(log_commit(ws.log, &e) && workspace_fold(&ws, &all, &e), &e);
	assert_int_equal(all->n, 100);
	for (int i = 1; i <= 100; i++) {
		struct change c;

		assert_ok(workspace_change(&ws, &a, arena_fmt(&a, "SC-%d", i), &c, &e), &e);
		assert_span_str(c.id, arena_fmt(&a, "SC-%d", i));
		assert_span_str(c.draft.title, "1");
	}
	close_workspace(&ws);
	arena_release(&a);
}

/* What is folded within a transaction goes with it, also when as many lines come instead. */
static void lines_of_a_transaction_that_was_given_up_are_forgotten(void **state)
{
	struct arena a = {0};
	struct workspace ws = open_workspace(&a);
	struct err e = {0};

	(void)state;
	test_draft(ws.log, "SC-1", ROUTE_TIMELOCK, "One", NULL);
	assert_ok(log_begin(ws.log, &e), &e);
	test_withdraw(ws.log, "SC-1");
	assert_changes(&ws, "SC-1 withdrawn");
	log_abort(ws.log);
	assert_changes(&ws, "SC-1 drafted");
	assert_ok(log_begin(ws.log, &e), &e);
	test_withdraw(ws.log, "SC-1");
	assert_changes(&ws, "SC-1 withdrawn");
	log_abort(ws.log);
	test_draft(ws.log, "SC-2", ROUTE_TIMELOCK, "Two", NULL);
	assert_changes(&ws, "SC-1 drafted, SC-2 drafted");
	close_workspace(&ws);
	arena_release(&a);
}

static void a_line_that_cannot_be_folded_is_refused_every_time(void **state)
{
	struct arena a = {0};
	struct workspace ws = open_workspace(&a);
	const struct changes *all;
	struct err e = {0};

	(void)state;
	test_draft(ws.log, "SC-1", ROUTE_TIMELOCK, "One", NULL);
	assert_changes(&ws, "SC-1 drafted");
	test_log_add(ws.log, "change.drafted", "SC-1", "no such body");
	for (int i = 0; i < 2; i++) {
		assert_false(workspace_fold(&ws, &all, &e));
		assert_err(&e, ERR_UNKNOWN, "line 2 (change.drafted).text, byte 249: unknown member");
		err_clear(&e);
	}
	close_workspace(&ws);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_that_came_since_are_added),
		cmocka_unit_test(many_changes_are_each_found),
		cmocka_unit_test(lines_of_a_transaction_that_was_given_up_are_forgotten),
		cmocka_unit_test(a_line_that_cannot_be_folded_is_refused_every_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
