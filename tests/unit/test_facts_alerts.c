/* What reports say of alerts: who has seen them, how long it took, and how they stood when the period ended. */
#include "audit-log/workspace.h"
#include "src/report/facts_alerts.h"
#include "tests/support/changes.h"
#include "tests/support/check.h"

#define NOW INT64_C(1750000000000)
#define HOUR (INT64_C(3600) * 1000)
#define DAY (24 * HOUR)
#define H(c) c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c
#define LOOK "\"block\":57,\"blockHash\":\"0x" H("aa") "\",\"endpoints\":[\"main\"]"

struct bench {
	struct arena a;
	struct workspace ws;
	struct report r;
	struct report_source src;
};

static void bench_open(struct bench *b)
{
	struct err e = {0};

	*b = (struct bench){0};
	time_fix((struct unix_time){ NOW });
	b->ws.log = test_log_create(temporary_directory(&b->a), NULL);
	b->ws.views = views_open(b->ws.log, &e);
	assert_ok(b->ws.views != NULL, &e);
	b->src = (struct report_source){ .ws = &b->ws, .tool = "test", .now = { NOW + 10 * DAY } };
}

static void bench_close(struct bench *b)
{
	views_release(b->ws.views);
	log_release(b->ws.log);
	arena_release(&b->a);
}

/* A line at this time. */
static void add(struct bench *b, int64_t when, const char *kind, const char *change, const char *actor,
		const char *body)
{
	struct line l = { .kind = span_str(kind), .change = span_str(change), .actor = span_str(actor),
			  .auth = span_str("claimed") };
	struct err e = {0};

	time_fix((struct unix_time){ when });
	l.body = json_parse(&b->a, span_str(arena_str(&b->a, span_str(body))), &e);
	assert_ok(l.body != NULL && log_append(b->ws.log, &l, &e) && views_catch_up(b->ws.views, &e), &e);
}

static void raise_alert(struct bench *b, int64_t when, const char *id, const char *change)
{
	add(b, when, "alert.raised", change, "console",
	    arena_fmt(&b->a, "{\"alert\":\"%s\"," LOOK ",\"code\":\"ROLE\","
		      "\"event\":{\"block\":8,\"index\":2,\"tx\":\"0x" H("bb") "\"},"
		      "\"expected\":\"E\",\"found\":\"F\",\"severity\":\"critical\",\"subject\":\"%s\","
		      "\"words\":\"W\"}",
		      id, id));
}

static void clear_alert(struct bench *b, int64_t when, const char *id, const char *change)
{
	add(b, when, "alert.cleared", change, "console", arena_fmt(&b->a, "{\"alert\":\"%s\"," LOOK "}", id));
}

static void ack_alert(struct bench *b, int64_t when, const char *id, const char *change, const char *until)
{
	add(b, when, "alert.acknowledged", change, "p2",
	    arena_fmt(&b->a, "{\"alert\":\"%s\",\"note\":\"Seen\",\"ticket\":\"T-1\",\"until\":%s}", id, until));
}

static const struct report_section *section(const struct bench *b, const char *id)
{
	for (const struct report_section *s = b->r.first; s != NULL; s = s->next)
		if (strcmp(s->id, id) == 0)
			return s;
	fail_msg("no section %s", id);
	return NULL;
}

/* "first cell: column; …" of every row. */
static void assert_column(struct bench *b, const char *id, const char *column, const char *text)
{
	const struct report_section *s = section(b, id);
	struct buf out = {0};
	size_t k = 0;

	while (k < s->n_columns && strcmp(s->columns[k], column) != 0)
		k++;
	assert_true(k < s->n_columns);
	for (const struct report_row *row = s->first; row != NULL; row = row->next)
		buf_fmt(&out, "%s%s: %s", out.n > 0 ? "; " : "", row->cells[0], row->cells[k]);
	assert_buf_str(&out, text);
	buf_release(&out);
}

static void assert_marks(const struct bench *b, const char *id, const char *text)
{
	struct buf out = {0};

	for (const struct report_row *row = section(b, id)->first; row != NULL; row = row->next)
		buf_fmt(&out, "%s%s", row == section(b, id)->first ? "" : "; ", report_mark_name(row->mark));
	assert_buf_str(&out, text);
	buf_release(&out);
}

static void report_period(struct bench *b, int64_t from, int64_t to)
{
	const struct period p = { { from }, { to } };
	struct err e = {0};

	b->r = (struct report){0};
	assert_ok(facts_alerts_period(&b->a, &b->r, &b->src, &p, &e), &e);
}

/* AL-1 over on the first day; AL-2 seen after two hours and open; AL-3 never seen and cleared on the second day. */
static void three_alerts(struct bench *b)
{
	raise_alert(b, NOW, "AL-1", "");
	ack_alert(b, NOW + HOUR, "AL-1", "", "null");
	raise_alert(b, NOW + 2 * HOUR, "AL-2", "SC-1");
	raise_alert(b, NOW + 3 * HOUR, "AL-3", "");
	clear_alert(b, NOW + 4 * HOUR, "AL-1", "");
	ack_alert(b, NOW + 4 * HOUR, "AL-2", "SC-1", "null");
	clear_alert(b, NOW + DAY + HOUR, "AL-3", "");
}

static void the_register_has_who_saw_what_and_after_how_long(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	three_alerts(&b);
	report_period(&b, NOW, NOW + 2 * DAY);
	assert_column(&b, "alert_times", "acknowledged_by", "AL-1: p2; AL-2: p2; AL-3: ");
	assert_column(&b, "alert_times", "seconds_to_acknowledge", "AL-1: 3600; AL-2: 7200; AL-3: ");
	assert_column(&b, "alerts", "state", "AL-1: cleared, acknowledged; AL-2: open, acknowledged; "
		      "AL-3: cleared, not acknowledged");
	assert_column(&b, "alerts", "change_id", "AL-1: ; AL-2: SC-1; AL-3: ");
	assert_column(&b, "alert_times", "event_tx", "AL-1: 0x" H("bb") "; AL-2: 0x" H("bb") "; AL-3: 0x" H("bb"));
	assert_marks(&b, "alerts", "as it should be; look; finding");
	assert_column(&b, "acknowledgements", "note", "AL-1: Seen; AL-2: Seen");
	assert_column(&b, "acknowledgements", "until", "AL-1: for good; AL-2: for good");
	assert_column(&b, "alert_counts", "value",
		      "alerts_raised: 3; alerts_cleared: 2; acknowledgements: 2; "
		      "shortest_to_acknowledge: 3600 s = 1 h; median_to_acknowledge: 3600 s = 1 h; "
		      "longest_to_acknowledge: 7200 s = 2 h; open_at_end: 1; unacknowledged_at_end: 1");
	bench_close(&b);
}

static void how_it_stood_at_the_end_is_not_how_it_stands_now(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	three_alerts(&b);
	report_period(&b, NOW, NOW + 3 * HOUR + 1);          /* before anything was cleared */
	assert_column(&b, "alerts", "state", "AL-1: open, acknowledged; AL-2: open, not acknowledged; "
		      "AL-3: open, not acknowledged");
	assert_marks(&b, "alerts", "look; finding; finding");
	report_period(&b, NOW + DAY, NOW + 2 * DAY);         /* what was over by then is left out */
	assert_column(&b, "alerts", "state", "AL-2: open, acknowledged; AL-3: cleared, not acknowledged");
	assert_column(&b, "acknowledgements", "note", "");
	report_period(&b, NOW - DAY, NOW);
	assert_column(&b, "alerts", "state", "");
	assert_marks(&b, "alert_counts", "; ; ; ; as it should be");
	bench_close(&b);
}

static void an_acknowledgement_that_lapsed_is_a_finding(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	raise_alert(&b, NOW, "AL-1", "");
	ack_alert(&b, NOW + HOUR, "AL-1", "", "1750090000");        /* 25 hours on */
	report_period(&b, NOW, NOW + DAY);
	assert_marks(&b, "alerts", "look");
	report_period(&b, NOW, NOW + 2 * DAY);
	assert_column(&b, "alerts", "state", "AL-1: open, its acknowledgement has lapsed");
	assert_marks(&b, "alerts", "finding");
	assert_column(&b, "acknowledgements", "until", "AL-1: 2025-06-16T16:06:40.000Z");
	bench_close(&b);
}

static void a_change_and_the_deployment_name_theirs(void **state)
{
	struct bench b;
	struct err e = {0};

	(void)state;
	bench_open(&b);
	three_alerts(&b);
	assert_ok(facts_alerts_change(&b.a, &b.r, &b.src, span_str("SC-1"), &e), &e);
	assert_column(&b, "alerts", "state", "AL-2: open, acknowledged");
	assert_column(&b, "acknowledgements", "note", "AL-2: Seen");
	b.r = (struct report){0};
	assert_ok(facts_alerts_now(&b.a, &b.r, &b.src, &e), &e);
	assert_column(&b, "alerts", "state", "AL-2: open, acknowledged; AL-3: cleared, not acknowledged");
	bench_close(&b);
}

static void a_line_that_cannot_be_understood_hides_no_other(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	raise_alert(&b, NOW, "AL-1", "");
	add(&b, NOW, "alert.acknowledged", "", "p2", "{\"alert\":\"AL-1\"}");
	ack_alert(&b, NOW, "AL-1", "", "null");
	report_period(&b, NOW, NOW + DAY);
	assert_column(&b, "alerts", "state", "AL-1: open, acknowledged");
	assert_string_equal(section(&b, "alerts")->text,
			    "1 line about alerts cannot be understood, the first is line 2: "
			    "note, byte 243: missing; setgov log verify finds them.");
	bench_close(&b);
}

/* A view that was doctored leaves nothing out, and makes nothing up. */
static void no_view_can_hide_an_alert(void **state)
{
	struct bench b;
	struct err e = {0};

	(void)state;
	bench_open(&b);
	three_alerts(&b);
	test_views_doctor(log_dir(b.ws.log), "DELETE FROM alert; DELETE FROM alert_line; DELETE FROM kind_line;"
			  "DELETE FROM change_line");
	report_period(&b, NOW, NOW + 2 * DAY);
	assert_column(&b, "alerts", "alert_id", "AL-1: AL-1; AL-2: AL-2; AL-3: AL-3");
	assert_column(&b, "acknowledgements", "note", "AL-1: Seen; AL-2: Seen");
	b.r = (struct report){0};
	assert_ok(facts_alerts_change(&b.a, &b.r, &b.src, span_str("SC-1"), &e), &e);
	assert_column(&b, "alerts", "state", "AL-2: open, acknowledged");
	b.r = (struct report){0};
	assert_ok(facts_alerts_now(&b.a, &b.r, &b.src, &e), &e);
	assert_column(&b, "alerts", "state", "AL-2: open, acknowledged; AL-3: cleared, not acknowledged");
	bench_close(&b);
}

/* It was seen until a day before it was cleared: nobody has answered for the rest, so it is in every later register. */
static void what_was_seen_for_too_short_a_time_stays_in_the_register(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	raise_alert(&b, NOW, "AL-1", "");
	ack_alert(&b, NOW + HOUR, "AL-1", "", arena_fmt(&b.a, "%lld", (long long)((NOW + DAY) / 1000)));
	clear_alert(&b, NOW + 2 * DAY, "AL-1", "");
	report_period(&b, NOW + 3 * DAY, NOW + 4 * DAY);
	assert_column(&b, "alerts", "state", "AL-1: cleared after its acknowledgement had lapsed");
	assert_marks(&b, "alerts", "finding");
	ack_alert(&b, NOW + 5 * DAY, "AL-1", "", "null");
	report_period(&b, NOW + 5 * DAY, NOW + 6 * DAY);
	assert_column(&b, "alerts", "state", "AL-1: cleared, acknowledged");
	report_period(&b, NOW + 6 * DAY, NOW + 7 * DAY);
	assert_column(&b, "alerts", "state", "");
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_register_has_who_saw_what_and_after_how_long),
		cmocka_unit_test(how_it_stood_at_the_end_is_not_how_it_stands_now),
		cmocka_unit_test(an_acknowledgement_that_lapsed_is_a_finding),
		cmocka_unit_test(a_change_and_the_deployment_name_theirs),
		cmocka_unit_test(a_line_that_cannot_be_understood_hides_no_other),
		cmocka_unit_test(no_view_can_hide_an_alert),
		cmocka_unit_test(what_was_seen_for_too_short_a_time_stays_in_the_register),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
