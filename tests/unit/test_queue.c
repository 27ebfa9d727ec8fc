/* What waits, and for what: rows made from the views and a look at the chain. */
#include "tests/support/check.h"

#include <inttypes.h>

#include "audit-log/queue.h"
#include "tests/support/changes.h"

#define DAY 86400u
#define NOW 1000000u

struct place {
	struct arena a;
	struct log *log;
	struct views *views;
	struct snapshot_operation ops[8];
	struct snapshot look;
};

static struct place place(void)
{
	struct place p = {0};
	struct err e = {0};

	p.log = test_log_create(temporary_directory(&p.a), NULL);
	p.views = views_open(p.log, &e);
	assert_ok(p.views != NULL, &e);
	p.look = (struct snapshot){ .online = true, .block_time = NOW, .safe_nonce = 10, .threshold = 2 };
	return p;
}

static void leave(struct place *p)
{
	views_release(p->views);
	log_release(p->log);
	arena_release(&p->a);
}

/* The chain has an operation for this change. */
static void on_chain(struct place *p, const char *change, uint64_t timestamp)
{
	struct views_change c;
	bool found;
	struct err e = {0};

	assert_ok(views_catch_up(p->views, &e) &&
		  views_seek_change(p->views, &p->a, span_str(change), &c, &found, &e), &e);
	assert_true(found && c.has_operation);
	p->look.operations = p->ops;
	p->ops[p->look.n_operations++] = (struct snapshot_operation){ .id = c.operation, .change = span_str(change),
								      .timestamp = timestamp };
}

static void write_row(struct buf *out, const struct queue_row *row)
{
	if (row->packed)
		buf_fmt(out, "%" PRIu64 " ", row->nonce);
	buf_fmt(out, "%s (%s)", row->change, change_state_name(row->change_state));
	if (row->has_step)
		buf_fmt(out, " %s", step_name(row->step));
	if (row->packed)
		buf_fmt(out, " %s %zu", step_state_name(row->state), row->n_signatures);
	for (size_t i = 0; row->signers != NULL && i < row->n_signatures; i++)
		buf_fmt(out, "%s%02x", i ? "+" : ":", row->signers[i].b[19]);
	buf_fmt(out, " waits for %s", row->waits);
	if (row->n_refused + row->n_declined > 0)
		buf_fmt(out, ", %zu refused, %zu declined", row->n_refused, row->n_declined);
	if (row->timestamp_known)
		buf_fmt(out, ", at %" PRIu64, row->timestamp);
	if (row->after != NULL)
		buf_fmt(out, ", after %s", row->after);
	buf_fmt(out, "%s%s%s%s%s", row->loose ? ", loose" : "", row->left_behind ? ", left behind" : "",
		row->withdrawn ? ", withdrawn" : "", row->stale ? ", stale" : "", row->nonce_twice ? ", TWICE" : "");
	if (row->duplicate_of != NULL)
		buf_fmt(out, ", like %s", row->duplicate_of);
	if (row->trouble != NULL)
		buf_fmt(out, ", trouble: %s", row->trouble);
	buf_byte(out, '\n');
}

static void assert_queue(struct place *p, const struct snapshot *facts, const char *text)
{
	struct buf out = {0};
	struct queue q;
	struct err e = {0};

	assert_ok(views_catch_up(p->views, &e) && queue_read(p->views, &p->a, facts, &q, &e), &e);
	for (size_t i = 0; i < q.n; i++)
		write_row(&out, &q.row[i]);
	assert_buf_str(&out, text);
	buf_release(&out);
}

static void propose(struct place *p, const char *change, unsigned data)
{
	test_propose(p->log, change, ROUTE_TIMELOCK, "T", data, NULL);
}

static void nothing_waits_in_an_empty_log(void **state)
{
	struct place p = place();

	(void)state;
	assert_queue(&p, NULL, "");
	assert_queue(&p, &p.look, "");
	leave(&p);
}

static void a_change_is_followed_from_draft_to_execution(void **state)
{
	struct place p = place();

	(void)state;
	test_draft(p.log, "SC-1", ROUTE_TIMELOCK, "T", NULL);
	assert_queue(&p, &p.look, "SC-1 (drafted) waits for propose\n");
	propose(&p, "SC-1", 1);
	assert_queue(&p, &p.look, "SC-1 (proposed) schedule waits for packet\n");
	test_pack(p.log, "SC-1", STEP_SCHEDULE, 10, 0xa1);
	assert_queue(&p, &p.look, "10 SC-1 (proposed) schedule unsigned 0 waits for signatures\n");
	test_sign(p.log, "SC-1", STEP_SCHEDULE, 0x51, 0xa1);
	test_note(p.log, "SC-1", STEP_SCHEDULE, true);
	test_note(p.log, "SC-1", STEP_SCHEDULE, false);
	assert_queue(&p, &p.look, "10 SC-1 (proposed) schedule partly signed 1:51 waits for signatures, 1 refused, "
				  "1 declined\n");
	test_sign(p.log, "SC-1", STEP_SCHEDULE, 0x52, 0xa1);
	assert_queue(&p, &p.look, "10 SC-1 (proposed) schedule complete 2:51+52 waits for submit, 1 refused, "
				  "1 declined\n");
	test_send(p.log, "SC-1", STEP_SCHEDULE, 0xf1);
	p.look.safe_nonce = 11;
	on_chain(&p, "SC-1", NOW + 60);
	assert_queue(&p, &p.look, "10 SC-1 (scheduled) schedule submitted 2:51+52 waits for block, 1 refused, "
				  "1 declined, at 1000060\n");
	test_receipt(p.log, "SC-1", STEP_SCHEDULE, true, NOW + 60 - DAY);
	assert_queue(&p, &p.look, "SC-1 (scheduled) execute waits for delay, at 1000060\n");
	p.look.block_time = NOW + 60;
	assert_queue(&p, &p.look, "SC-1 (ready) execute waits for packet, at 1000060\n");
	test_pack(p.log, "SC-1", STEP_EXECUTE, 11, 0xa2);
	test_sign(p.log, "SC-1", STEP_EXECUTE, 0x51, 0xa2);
	test_sign(p.log, "SC-1", STEP_EXECUTE, 0x52, 0xa2);
	assert_queue(&p, &p.look, "11 SC-1 (ready) execute complete 2:51+52 waits for submit, at 1000060\n");
	p.look.block_time = NOW;
	assert_queue(&p, &p.look, "11 SC-1 (scheduled) execute complete 2:51+52 waits for delay, at 1000060\n");
	assert_queue(&p, NULL, "11 SC-1 (scheduled) execute partly signed 2:51+52 waits for signatures\n");
	test_receipt(p.log, "SC-1", STEP_EXECUTE, true, NOW + 90);
	assert_queue(&p, &p.look, "");
	leave(&p);
}

/* The look was taken before the proposal: the log's own word stands for the operation. */
static void an_operation_that_was_not_asked_for_stands_as_the_log_left_it(void **state)
{
	struct place p = place();

	(void)state;
	propose(&p, "SC-1", 1);
	assert_queue(&p, &p.look, "SC-1 (proposed) schedule waits for packet\n");
	test_pack(p.log, "SC-1", STEP_SCHEDULE, 10, 0xa1);
	test_receipt(p.log, "SC-1", STEP_SCHEDULE, true, NOW - DAY + 1);
	assert_queue(&p, &p.look, "SC-1 (scheduled) execute waits for delay\n");
	p.look.block_time++;
	assert_queue(&p, &p.look, "SC-1 (ready) execute waits for packet\n");
	leave(&p);
}

static void rows_stand_by_nonce_and_then_by_change(void **state)
{
	struct place p = place();

	(void)state;
	test_draft(p.log, "SC-1", ROUTE_DIRECT, "T", NULL);
	propose(&p, "SC-2", 2);
	propose(&p, "SC-10", 10);
	propose(&p, "SC-3", 3);
	test_propose(p.log, "SC-4", ROUTE_DIRECT, "T", 4, NULL);
	test_pack(p.log, "SC-2", STEP_SCHEDULE, 12, 0xa2);
	test_pack(p.log, "SC-10", STEP_SCHEDULE, 11, 0xaa);
	assert_queue(&p, &p.look, "11 SC-10 (proposed) schedule unsigned 0 waits for signatures\n"
				  "12 SC-2 (proposed) schedule unsigned 0 waits for signatures\n"
				  "SC-1 (drafted) waits for propose\n"
				  "SC-3 (proposed) schedule waits for packet\n"
				  "SC-4 (proposed) execute waits for packet\n");
	leave(&p);
}

static void a_nonce_held_twice_stands_out_until_it_is_spent(void **state)
{
	struct place p = place();

	(void)state;
	propose(&p, "SC-1", 1);
	propose(&p, "SC-2", 2);
	test_pack(p.log, "SC-1", STEP_SCHEDULE, 10, 0xa1);
	test_pack(p.log, "SC-2", STEP_SCHEDULE, 10, 0xa2);
	assert_queue(&p, &p.look, "10 SC-1 (proposed) schedule unsigned 0 waits for signatures, TWICE\n"
				  "10 SC-2 (proposed) schedule unsigned 0 waits for signatures, TWICE\n");
	p.look.safe_nonce = 11;
	assert_queue(&p, &p.look, "10 SC-1 (proposed) schedule stale 0 waits for new nonce, stale\n"
				  "10 SC-2 (proposed) schedule stale 0 waits for new nonce, stale\n");
	leave(&p);
}

static void two_changes_that_do_the_same_stand_out_while_both_wait(void **state)
{
	struct place p = place();

	(void)state;
	propose(&p, "SC-1", 7);
	propose(&p, "SC-2", 8);
	propose(&p, "SC-3", 7);
	test_propose(p.log, "SC-4", ROUTE_DIRECT, "T", 7, NULL);
	assert_queue(&p, NULL, "SC-1 (proposed) schedule waits for packet, like SC-3\n"
			       "SC-2 (proposed) schedule waits for packet\n"
			       "SC-3 (proposed) schedule waits for packet, like SC-1\n"
			       "SC-4 (proposed) execute waits for packet\n");
	test_withdraw(p.log, "SC-1");
	assert_queue(&p, NULL, "SC-2 (proposed) schedule waits for packet\n"
			       "SC-3 (proposed) schedule waits for packet\n"
			       "SC-4 (proposed) execute waits for packet\n");
	leave(&p);
}

static void signatures_of_a_withdrawn_change_are_loose_until_their_nonce_is_spent(void **state)
{
	struct place p = place();

	(void)state;
	propose(&p, "SC-1", 1);
	test_pack(p.log, "SC-1", STEP_SCHEDULE, 10, 0xa1);
	test_sign(p.log, "SC-1", STEP_SCHEDULE, 0x51, 0xa1);
	test_withdraw(p.log, "SC-1");
	assert_queue(&p, NULL, "10 SC-1 (withdrawn) schedule partly signed 1:51 waits for loose, loose, withdrawn\n");
	assert_queue(&p, &p.look,
		     "10 SC-1 (withdrawn) schedule partly signed 1:51 waits for loose, loose, withdrawn\n");
	p.look.safe_nonce = 11;
	assert_queue(&p, &p.look, "");
	leave(&p);
}

static void signatures_left_for_another_nonce_have_rows_of_their_own(void **state)
{
	struct place p = place();

	(void)state;
	propose(&p, "SC-1", 1);
	test_pack(p.log, "SC-1", STEP_SCHEDULE, 10, 0xa1);
	test_sign(p.log, "SC-1", STEP_SCHEDULE, 0x51, 0xa1);
	test_pack(p.log, "SC-1", STEP_SCHEDULE, 11, 0xa2);
	assert_queue(&p, &p.look,
		     "10 SC-1 (proposed) schedule partly signed 1 waits for loose, loose, left behind\n"
		     "11 SC-1 (proposed) schedule unsigned 0 waits for signatures\n");
	p.look.safe_nonce = 11;
	assert_queue(&p, &p.look, "11 SC-1 (proposed) schedule unsigned 0 waits for signatures\n");
	leave(&p);
}

static void a_failed_step_waits_for_somebody(void **state)
{
	struct place p = place();

	(void)state;
	propose(&p, "SC-1", 1);
	test_pack(p.log, "SC-1", STEP_SCHEDULE, 9, 0xa1);
	test_sign(p.log, "SC-1", STEP_SCHEDULE, 0x51, 0xa1);
	test_send(p.log, "SC-1", STEP_SCHEDULE, 0x77);
	test_receipt(p.log, "SC-1", STEP_SCHEDULE, false, NOW);
	assert_queue(&p, &p.look, "9 SC-1 (proposed) schedule failed 1:51 waits for somebody\n");
	leave(&p);
}

static void an_execution_waits_for_the_change_before_it(void **state)
{
	struct place p = place();

	(void)state;
	propose(&p, "SC-1", 1);
	test_propose(p.log, "SC-2", ROUTE_TIMELOCK, "T", 2, "SC-1");
	test_receipt(p.log, "SC-2", STEP_SCHEDULE, true, NOW - DAY);
	test_pack(p.log, "SC-2", STEP_EXECUTE, 10, 0xa2);
	test_sign(p.log, "SC-2", STEP_EXECUTE, 0x51, 0xa2);
	test_sign(p.log, "SC-2", STEP_EXECUTE, 0x52, 0xa2);
	on_chain(&p, "SC-2", NOW);
	on_chain(&p, "SC-1", NOW + 5);
	assert_queue(&p, &p.look, "10 SC-2 (ready) execute complete 2:51+52 waits for predecessor, at 1000000, "
				  "after SC-1\n"
				  "SC-1 (scheduled) execute waits for delay, at 1000005\n");
	p.ops[1].timestamp = 1;
	assert_queue(&p, &p.look, "10 SC-2 (ready) execute complete 2:51+52 waits for submit, at 1000000, "
				  "after SC-1\n");
	leave(&p);
}

/* Withdrawn in the log, and alive on chain: anybody with the role can execute it until it is cancelled. */
static void a_withdrawn_change_that_the_timelock_still_holds_waits_for_a_cancel(void **state)
{
	struct place p = place();

	(void)state;
	propose(&p, "SC-1", 1);
	test_withdraw(p.log, "SC-1");
	assert_queue(&p, &p.look, "");
	on_chain(&p, "SC-1", NOW - 1);
	on_chain(&p, "SC-1", NOW - 1);        /* a look that names it twice */
	assert_queue(&p, &p.look, "SC-1 (ready) cancel waits for packet, at 999999, withdrawn\n");
	test_pack(p.log, "SC-1", STEP_CANCEL, 10, 0xa1);
	assert_queue(&p, &p.look, "10 SC-1 (ready) cancel unsigned 0 waits for signatures, at 999999, withdrawn\n");
	leave(&p);
}

static void a_look_that_names_changes_nobody_made_changes_nothing(void **state)
{
	struct place p = place();
	struct snapshot_operation foreign = { .change = span_str("SC-99"), .timestamp = NOW };

	(void)state;
	propose(&p, "SC-1", 1);
	p.look.operations = &foreign;
	p.look.n_operations = 1;
	assert_queue(&p, &p.look, "SC-1 (proposed) schedule waits for packet\n");
	leave(&p);
}

static void a_change_that_nobody_understands_hides_no_other(void **state)
{
	struct place p = place();

	(void)state;
	test_log_add(p.log, "change.proposed", "SC-1", "no such body");
	propose(&p, "SC-2", 2);
	assert_queue(&p, NULL, "SC-1 (proposed) waits for somebody, trouble: line 1 (change.proposed).text, byte 250: "
			       "unknown member\n"
			       "SC-2 (proposed) schedule waits for packet\n");
	leave(&p);
}

static void every_change_has_a_state(void **state)
{
	struct place p = place();
	struct change_rows rows;
	struct buf out = {0};
	struct err e = {0};

	(void)state;
	test_draft(p.log, "SC-1", ROUTE_DIRECT, "T", NULL);
	propose(&p, "SC-2", 2);
	propose(&p, "SC-3", 3);
	propose(&p, "SC-4", 4);
	test_withdraw(p.log, "SC-4");
	test_receipt(p.log, "SC-3", STEP_EXECUTE, true, NOW);
	on_chain(&p, "SC-2", NOW);
	assert_ok(change_rows_read(p.views, &p.a, &p.look, &rows, &e), &e);
	for (size_t i = 0; i < rows.n; i++)
		buf_fmt(&out, "%s %s\n", rows.row[i].c.id, change_state_name(rows.row[i].state));
	assert_buf_str(&out, "SC-1 drafted\nSC-2 ready\nSC-3 executed\nSC-4 withdrawn\n");
	buf_release(&out);
	leave(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_waits_in_an_empty_log),
		cmocka_unit_test(a_change_is_followed_from_draft_to_execution),
		cmocka_unit_test(an_operation_that_was_not_asked_for_stands_as_the_log_left_it),
		cmocka_unit_test(rows_stand_by_nonce_and_then_by_change),
		cmocka_unit_test(a_nonce_held_twice_stands_out_until_it_is_spent),
		cmocka_unit_test(two_changes_that_do_the_same_stand_out_while_both_wait),
		cmocka_unit_test(signatures_of_a_withdrawn_change_are_loose_until_their_nonce_is_spent),
		cmocka_unit_test(signatures_left_for_another_nonce_have_rows_of_their_own),
		cmocka_unit_test(a_failed_step_waits_for_somebody),
		cmocka_unit_test(an_execution_waits_for_the_change_before_it),
		cmocka_unit_test(a_withdrawn_change_that_the_timelock_still_holds_waits_for_a_cancel),
		cmocka_unit_test(a_look_that_names_changes_nobody_made_changes_nothing),
		cmocka_unit_test(a_change_that_nobody_understands_hides_no_other),
		cmocka_unit_test(every_change_has_a_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
