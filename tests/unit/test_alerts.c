/* What a look writes into the log, and what people say of it: new findings once, gone ones once, and nothing that the
 * look could not see. */
#include "audit-log/accounted.h"
#include "audit-log/alerts.h"
#include "src/base/fs.h"
#include "tests/support/changes.h"
#include "tests/support/check.h"
#include "tests/support/logs.h"

struct bench {
	struct arena a;
	struct workspace ws;
	struct snapshot s;
	struct snapshot_finding found[4];
};

static void bench_open(struct bench *b)
{
	struct err e = {0};

	*b = (struct bench){0};
	b->ws.log = test_log_create(temporary_directory(&b->a), NULL);
	b->ws.views = views_open(b->ws.log, &e);
	assert_ok(b->ws.views != NULL, &e);
	b->ws.actor = span_str("p1");
	b->ws.auth = span_str("claimed");
	b->s = (struct snapshot){ .online = true, .events_known = true, .modules_known = true, .block = 57,
				  .findings = b->found };
}

static void bench_close(struct bench *b)
{
	views_release(b->ws.views);
	log_release(b->ws.log);
	arena_release(&b->ws.arena);
	arena_release(&b->a);
}

static void find(struct bench *b, const char *code, const char *subject)
{
	b->found[b->s.n_findings++] = (struct snapshot_finding){
		.code = span_str(code), .subject = span_str(subject), .words = span_str("W"), .found = span_str("F"),
		.expected = span_str("E") };
}

/* "+AL-1 -AL-2": what the look raised and cleared; "nothing". */
static const char *look(struct bench *b)
{
	struct alerts_written w;
	struct buf out = {0};
	struct err e = {0};

	assert_ok(alerts_write(&b->ws, &b->a, &b->s, &w, &e), &e);
	for (size_t i = 0; i < w.n_raised; i++)
		buf_fmt(&out, "%s+%s", out.n > 0 ? " " : "", arena_str(&b->a, w.raised[i]));
	for (size_t i = 0; i < w.n_cleared; i++)
		buf_fmt(&out, "%s-%s", out.n > 0 ? " " : "", arena_str(&b->a, w.cleared[i]));
	const char *text = out.n > 0 ? arena_str(&b->a, buf_view(&out)) : "nothing";
	buf_release(&out);
	return text;
}

static void ack(struct bench *b, const char *id)
{
	const struct alert_ack how = { .note = span_str("seen"), .ticket = span_str("") };
	struct err e = {0};

	assert_ok(alerts_acknowledge(&b->ws, &b->a, span_str(id), &how, &e), &e);
}

/* Ids of what alerts_look() has. */
static const char *listed(struct bench *b, bool all)
{
	struct alert_log m;
	struct buf out = {0};
	struct err e = {0};

	assert_ok(alerts_look(&b->ws, &b->a, all, &m, &e), &e);
	for (size_t i = 0; i < m.n; i++)
		buf_fmt(&out, "%s%s", i > 0 ? " " : "", arena_str(&b->a, m.v[i].id));
	const char *text = arena_str(&b->a, buf_view(&out));
	buf_release(&out);
	return text;
}

static void a_finding_is_raised_once_and_cleared_once(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	find(&b, "DELAY", "delay");
	find(&b, "GUARD", "0x01");
	assert_string_equal(look(&b), "+AL-1 +AL-2");
	assert_string_equal(look(&b), "nothing");
	b.s.n_findings = 1;
	assert_string_equal(look(&b), "-AL-2");
	assert_string_equal(look(&b), "nothing");
	find(&b, "GUARD", "0x01");                           /* it comes back */
	assert_string_equal(look(&b), "+AL-3");
	find(&b, "GUARD", "0x01");                           /* the same in one look */
	assert_string_equal(look(&b), "nothing");
	assert_string_equal(listed(&b, true), "AL-1 AL-2 AL-3");
	bench_close(&b);
}

static void what_was_not_seen_is_not_cleared(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	find(&b, "UNKNOWN-TX", "0x02");
	b.found[0].has_event = true;
	b.found[0].event.block = 20;
	find(&b, "DELAY", "delay");
	assert_string_equal(look(&b), "+AL-1 +AL-2");
	b.s.n_findings = 0;
	b.s.block = 56;                                      /* a node that lags */
	assert_string_equal(look(&b), "nothing");
	b.s.block = 58;
	b.s.events_known = false;
	assert_string_equal(look(&b), "-AL-2");
	b.s.events_known = true;
	b.s.events_from = 21;
	assert_string_equal(look(&b), "nothing");
	b.s.events_from = 20;
	assert_string_equal(look(&b), "-AL-1");
	find(&b, "DELAY", "delay");
	b.s.block = 57;                                      /* what was so before it was cleared is not news */
	assert_string_equal(look(&b), "nothing");
	b.s.block = 58;
	assert_string_equal(look(&b), "+AL-3");
	bench_close(&b);
}

static void what_is_cleared_and_acknowledged_waits_for_nobody(void **state)
{
	const struct alert_ack how = { .note = span_str("seen"), .ticket = span_str("") };
	struct bench b;
	struct err e = {0};

	(void)state;
	bench_open(&b);
	assert_false(alerts_acknowledge(&b.ws, &b.a, span_str("AL-1"), &how, &e));
	assert_err(&e, ERR_REFUSED, "[ALERT-UNKNOWN] the log has no alert AL-1; setgov alerts --all lists them");
	err_clear(&e);
	find(&b, "DELAY", "delay");
	find(&b, "GUARD", "0x01");
	look(&b);
	ack(&b, "AL-1");
	assert_string_equal(listed(&b, false), "AL-1 AL-2");
	assert_ok(alerts_mark(&b.ws, &b.a, &b.s, &e), &e);
	assert_true(span_is(b.found[0].alert, "AL-1") && b.found[0].acknowledged && !b.found[1].acknowledged);
	find(&b, "THRESHOLD", "threshold");
	assert_ok(alerts_mark(&b.ws, &b.a, &b.s, &e), &e);
	assert_int_equal(b.found[2].alert.n, 0);
	b.s.n_findings = 0;
	assert_string_equal(look(&b), "-AL-1 -AL-2");
	assert_string_equal(listed(&b, false), "AL-2");
	ack(&b, "AL-2");
	assert_string_equal(listed(&b, false), "");
	assert_string_equal(listed(&b, true), "AL-1 AL-2");
	bench_close(&b);
}

static void views_made_anew_say_the_same(void **state)
{
	struct bench b;
	struct err e = {0};

	(void)state;
	bench_open(&b);
	find(&b, "DELAY", "delay");
	find(&b, "GUARD", "0x01");
	look(&b);
	b.s.n_findings = 1;
	look(&b);
	ack(&b, "AL-2");
	assert_string_equal(listed(&b, false), "AL-1");
	assert_ok(views_rebuild(b.ws.views, &e), &e);
	assert_string_equal(listed(&b, false), "AL-1");
	assert_string_equal(listed(&b, true), "AL-1 AL-2");
	bench_close(&b);
}

/* A foreign transaction stays foreign: that an alert names it does not make it the log's own. */
static void what_an_alert_names_the_log_does_not_know(void **state)
{
	struct bench b;
	struct seqs seqs;
	struct err e = {0};
	const struct hash32 hash = test_hash(0x22);

	(void)state;
	bench_open(&b);
	find(&b, "UNKNOWN-TX", "0x2222222222222222222222222222222222222222222222222222222222222222");
	assert_string_equal(look(&b), "+AL-1");
	assert_ok(views_lines_naming(b.ws.views, &b.a, &hash, &seqs, &e), &e);
	assert_int_equal(seqs.n, 0);
	bench_close(&b);
}

static void append(struct bench *b, const char *kind, const char *change, const char *body)
{
	struct line l = { .kind = span_str(kind), .change = span_str(change), .actor = span_str("p1"),
			  .auth = span_str("claimed") };
	struct err e = {0};

	l.body = json_parse(&b->a, span_str(arena_str(&b->a, span_str(body))), &e);
	assert_ok(l.body != NULL && log_append(b->ws.log, &l, &e) && views_catch_up(b->ws.views, &e), &e);
}

/* "planned packed mined restored SC-1": what accounted_for() finds; "nothing". */
static void assert_accounted(struct bench *b, uint8_t byte, const char *text)
{
	const struct hash32 id = test_hash(byte);
	struct accounted by;
	struct buf out = {0};
	struct err e = {0};

	assert_ok(accounted_for(b->ws.log, b->ws.views, &b->a, &id, &by, &e), &e);
	buf_fmt(&out, "%s%s%s%s%s", by.planned ? "planned " : "", by.packed ? "packed " : "", by.mined ? "mined " : "",
		by.restored ? "restored " : "", arena_str(&b->a, by.change));
	assert_buf_str(&out, text);
	buf_release(&out);
}

#define H64(c) c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c
#define X22 "\"0x" H64("22") "\""

/* Whoever ran a transaction behind the log's back can have its hash written into the log, as a ticket or a reason of
 * a refusal: that answers for nothing. */
static void a_hash_that_somebody_wrote_down_answers_for_nothing(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	append(&b, "change.drafted", "SC-1", "{\"ticket\":" X22 "}");
	append(&b, "answer.refused", "SC-1", "{\"safeTxHash\":" X22 ",\"text\":" X22 "}");
	append(&b, "step.packed", "SC-1", "{\"packet\":" X22 ",\"safeTxHash\":\"0x" H64("33") "\"}");
	append(&b, "operation.planned", "SC-1", "{\"operation\":\"0x" H64("44") "\",\"salt\":" X22 "}");
	append(&b, "log.restored", "", "{\"anchors\":[{\"operation\":\"0x" H64("55") "\",\"salt\":" X22 "}]}");
	assert_accounted(&b, 0x22, "");
	assert_accounted(&b, 0x33, "packed SC-1");
	assert_accounted(&b, 0x44, "planned SC-1");
	assert_accounted(&b, 0x55, "restored ");
	append(&b, "step.mined", "SC-1", "{\"safeTxHash\":\"0x" H64("33") "\",\"txHash\":" X22 "}");
	assert_accounted(&b, 0x22, "");
	assert_accounted(&b, 0x33, "packed mined SC-1");
	bench_close(&b);
}

static void an_alert_of_a_changes_transaction_concerns_it(void **state)
{
	struct bench b;
	struct alert_log m;
	struct err e = {0};

	(void)state;
	bench_open(&b);
	test_draft(b.ws.log, "SC-1", ROUTE_TIMELOCK, "T", NULL);
	test_propose(b.ws.log, "SC-1", ROUTE_TIMELOCK, "T", 7, NULL);
	test_pack(b.ws.log, "SC-1", STEP_SCHEDULE, 0, 0x33);
	test_send(b.ws.log, "SC-1", STEP_SCHEDULE, 0x44);
	find(&b, "UNKNOWN-TX", "0x02");
	b.found[0].has_event = true;
	b.found[0].event.tx = test_hash(0x44);
	find(&b, "DELAY", "delay");
	assert_string_equal(look(&b), "+AL-1 +AL-2");
	ack(&b, "AL-1");
	assert_ok(alerts_all(b.ws.log, &b.a, &m, &e), &e);
	assert_span_str(m.v[0].change, "SC-1");
	assert_span_str(m.v[1].change, "");
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_finding_is_raised_once_and_cleared_once),
		cmocka_unit_test(what_was_not_seen_is_not_cleared),
		cmocka_unit_test(what_is_cleared_and_acknowledged_waits_for_nobody),
		cmocka_unit_test(views_made_anew_say_the_same),
		cmocka_unit_test(what_an_alert_names_the_log_does_not_know),
		cmocka_unit_test(a_hash_that_somebody_wrote_down_answers_for_nothing),
		cmocka_unit_test(an_alert_of_a_changes_transaction_concerns_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
