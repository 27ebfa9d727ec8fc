/* Alerts folded from log lines. */
#include "src/gov/alert.h"
#include "tests/support/check.h"

#define H(c) c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c
#define LOOK(id, block) \
	"\"alert\":\"" id "\",\"block\":" block ",\"blockHash\":\"0x" H("aa") "\",\"endpoints\":[\"main\"]"
#define RAISED(id, code, subject, event) "{" LOOK(id, "57") ",\"code\":\"" code "\",\"event\":" event "," \
	"\"expected\":\"E\",\"found\":\"F\",\"severity\":\"critical\",\"subject\":\"" subject "\",\"words\":\"W\"}"
#define EVENT(tx, index) "{\"block\":50,\"index\":" index ",\"tx\":\"0x" H(tx) "\"}"
#define CLEARED(id) "{" LOOK(id, "61") "}"
#define SEEN(id, until) "{\"alert\":\"" id "\",\"note\":\"N\",\"ticket\":\"\",\"until\":" until "}"

struct fold {
	struct arena a;
	struct alert_log m;
	uint64_t seq;
	enum alert_fault fault;
	struct err e;
};

/* Line n is of the second n. */
static bool apply(struct fold *f, const char *kind, const char *body)
{
	struct line l = { .seq = f->seq, .kind = span_str(kind), .actor = span_str("p2"), .auth = span_str("claimed"),
			  .time = { (int64_t)f->seq * 1000 } };

	f->seq++;
	l.body = json_parse(&f->a, span_str(arena_str(&f->a, span_str(body))), &f->e);
	assert_ok(l.body != NULL, &f->e);
	return alert_log_apply(&f->a, &f->m, &l, &f->fault, &f->e);
}

static void must(struct fold *f, const char *kind, const char *body)
{
	assert_ok(apply(f, kind, body), &f->e);
}

static void refused(struct fold *f, const char *kind, const char *body, enum alert_fault fault, const char *text)
{
	assert_false(apply(f, kind, body));
	assert_int_equal(f->fault, fault);
	f->e.at = ERR_NO_OFFSET;
	assert_err(&f->e, f->e.code, text);
	err_clear(&f->e);
}

static void end(struct fold *f)
{
	err_clear(&f->e);
	arena_release(&f->a);
}

static struct unix_time second(int64_t n)
{
	return (struct unix_time){ n * 1000 };
}

static void an_alert_is_raised_acknowledged_and_cleared(void **state)
{
	struct fold f = { .seq = 10 };
	const struct logged_alert *x;

	(void)state;
	must(&f, "alert.raised", RAISED("AL-1", "ROLE", "S", EVENT("bb", "3")));
	must(&f, "change.drafted", "{}");
	x = alert_log_find(&f.m, span_str("AL-1"));
	assert_true(x != NULL && x->number == 1 && x->seq == 10 && !x->cleared && x->n_acks == 0);
	assert_true(x->seen.block == 57 && x->seen.n_endpoints == 1 && x->finding.event.index == 3);
	assert_null(alert_acknowledged(x, second(11)));
	must(&f, "alert.acknowledged", SEEN("AL-1", "null"));
	assert_span_str(alert_acknowledged(x, second(12))->by, "p2");
	must(&f, "alert.cleared", CLEARED("AL-1"));
	assert_true(x->cleared && x->cleared_seq == 13 && x->cleared_in.block == 61);
	assert_null(alert_log_find(&f.m, span_str("AL-2")));
	end(&f);
}

static void the_same_finding_is_one_alert_until_it_is_cleared(void **state)
{
	const struct snapshot_finding role = { .code = span_str("ROLE"), .subject = span_str("S") };
	struct fold f = {0};

	(void)state;
	must(&f, "alert.raised", RAISED("AL-1", "ROLE", "S", "null"));
	assert_true(alert_log_of(&f.m, &role)->number == 1);
	refused(&f, "alert.raised", RAISED("AL-2", "ROLE", "S", "null"), ALERT_FAULT_TWICE,
		"the same finding's alert is not cleared");
	must(&f, "alert.raised", RAISED("AL-2", "ROLE", "T", "null"));
	must(&f, "alert.raised", RAISED("AL-3", "OWNERS", "S", "null"));
	must(&f, "alert.raised", RAISED("AL-4", "ROLE", "S", EVENT("bb", "3")));
	must(&f, "alert.raised", RAISED("AL-5", "ROLE", "S", EVENT("bb", "4")));
	must(&f, "alert.raised", RAISED("AL-6", "ROLE", "S", EVENT("cc", "3")));
	must(&f, "alert.cleared", CLEARED("AL-1"));
	assert_null(alert_log_of(&f.m, &role));
	must(&f, "alert.raised", RAISED("AL-7", "ROLE", "S", "null"));
	assert_true(alert_log_of(&f.m, &role)->number == 7);
	end(&f);
}

static void lines_that_a_log_cannot_have_are_refused(void **state)
{
	struct fold f = {0};

	(void)state;
	refused(&f, "alert.raised", RAISED("AL-2", "ROLE", "S", "null"), ALERT_FAULT_ID,
		"alert: needed the next number, like AL-1");
	refused(&f, "alert.raised", RAISED("AL-01", "ROLE", "S", "null"), ALERT_FAULT_ID,
		"alert: needed the next number, like AL-1");
	refused(&f, "alert.acknowledged", SEEN("AL-1", "null"), ALERT_FAULT_UNKNOWN,
		"alert: that alert was never raised");
	refused(&f, "alert.cleared", CLEARED("AL-1"), ALERT_FAULT_UNKNOWN, "alert: that alert was never raised");
	must(&f, "alert.raised", RAISED("AL-1", "ROLE", "S", "null"));
	refused(&f, "alert.raised", RAISED("AL-1", "ROLE", "T", "null"), ALERT_FAULT_ID,
		"alert: needed the next number, like AL-1");
	refused(&f, "alert.acknowledged", "{\"alert\":\"AL-1\",\"note\":\"\",\"ticket\":\"\",\"until\":null}",
		ALERT_FAULT_FORM, "note: needed a reason");
	refused(&f, "alert.acknowledged", "{\"alert\":\"AL-1\",\"note\":\"N\",\"ticket\":\"\"}", ALERT_FAULT_FORM,
		"until: missing");
	must(&f, "alert.cleared", CLEARED("AL-1"));
	refused(&f, "alert.cleared", CLEARED("AL-1"), ALERT_FAULT_TWICE, "it was cleared before, by line 8");
	refused(&f, "alert.raised", "{}", ALERT_FAULT_FORM, "alert: missing");
	end(&f);
}

static void an_acknowledgement_can_lapse_but_not_after_the_alert_is_cleared(void **state)
{
	struct fold f = {0};
	const struct logged_alert *x;

	(void)state;
	must(&f, "alert.raised", RAISED("AL-1", "ROLE", "S", "null"));
	must(&f, "alert.acknowledged", SEEN("AL-1", "5"));
	x = &f.m.v[0];
	assert_non_null(alert_acknowledged(x, second(4)));
	assert_string_equal(alert_standing(x, second(4)), "open, acknowledged");
	assert_null(alert_acknowledged(x, second(5)));
	assert_string_equal(alert_standing(x, second(5)), "open, its acknowledgement has lapsed");
	must(&f, "alert.cleared", CLEARED("AL-1"));          /* at 2 */
	assert_non_null(alert_acknowledged(x, second(9)));
	assert_string_equal(alert_standing(x, second(9)), "cleared, acknowledged");
	must(&f, "alert.raised", RAISED("AL-2", "ROLE", "S", "null"));
	must(&f, "alert.acknowledged", SEEN("AL-2", "5"));
	must(&f, "alert.acknowledged", SEEN("AL-2", "null"));
	f.seq = 9;
	must(&f, "alert.cleared", CLEARED("AL-2"));
	assert_true(alert_acknowledged(&f.m.v[1], second(20))->seq == 5);
	must(&f, "alert.raised", RAISED("AL-3", "ROLE", "S", "null"));
	must(&f, "alert.acknowledged", SEEN("AL-3", "12"));
	f.seq = 15;
	must(&f, "alert.cleared", CLEARED("AL-3"));          /* after it had lapsed */
	assert_null(alert_acknowledged(&f.m.v[2], second(20)));
	assert_string_equal(alert_standing(&f.m.v[2], second(20)), "cleared after its acknowledgement had lapsed");
	must(&f, "alert.raised", RAISED("AL-4", "ROLE", "S", "null"));
	assert_string_equal(alert_standing(&f.m.v[3], second(20)), "open, not acknowledged");
	must(&f, "alert.cleared", CLEARED("AL-4"));
	assert_string_equal(alert_standing(&f.m.v[3], second(20)), "cleared, not acknowledged");
	end(&f);
}

static void where_a_part_is_read_lines_about_others_are_passed(void **state)
{
	struct fold f = { .m = { .part = true } };

	(void)state;
	must(&f, "alert.cleared", CLEARED("AL-1"));
	must(&f, "alert.acknowledged", SEEN("AL-1", "null"));
	must(&f, "alert.raised", RAISED("AL-3", "ROLE", "S", "null"));
	must(&f, "alert.acknowledged", SEEN("AL-3", "null"));
	assert_true(f.m.n == 1 && f.m.v[0].n_acks == 1);
	refused(&f, "alert.raised", RAISED("AL-2", "ROLE", "T", "null"), ALERT_FAULT_ID,
		"alert: needed the next number, like AL-1");
	end(&f);
}

static void bodies_are_read_as_they_were_written(void **state)
{
	const struct snapshot_finding found = { .code = span_str("ROLE"), .severity = SEVERITY_WARNING,
						.subject = span_str("S"), .words = span_str("W"),
						.found = span_str("F"), .expected = span_str("E"), .has_event = true,
						.event = { {{ 7 }}, 50, 3 } };
	const struct alert_ack ack = { .note = span_str("N"), .ticket = span_str("T"), .lapses = true, .until = 99 };
	struct span names[] = { span_str("main"), span_str("other") };
	const struct alert_look look = { 57, {{ 8 }}, names, 2 };
	struct fold f = {0};
	struct buf b = {0};
	const struct logged_alert *x;

	(void)state;
	json_canonical(&b, alert_raised_json(&f.a, span_str("AL-1"), &found, &look));
	must(&f, "alert.raised", buf_cstr(&b));
	buf_clear(&b);
	json_canonical(&b, alert_acknowledged_json(&f.a, span_str("AL-1"), &ack));
	must(&f, "alert.acknowledged", buf_cstr(&b));
	buf_clear(&b);
	json_canonical(&b, alert_cleared_json(&f.a, span_str("AL-1"), &look));
	must(&f, "alert.cleared", buf_cstr(&b));
	x = &f.m.v[0];
	assert_true(finding_is_same(&x->finding, &found) && x->finding.severity == SEVERITY_WARNING);
	assert_span_str(x->finding.found, "F");
	assert_span_str(x->finding.expected, "E");
	assert_span_str(x->cleared_in.endpoints[1], "other");
	assert_true(hash32_eq(&x->seen.block_hash, &look.block_hash) && x->acks[0].until == 99);
	assert_span_str(x->acks[0].ticket, "T");
	buf_release(&b);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_alert_is_raised_acknowledged_and_cleared),
		cmocka_unit_test(the_same_finding_is_one_alert_until_it_is_cleared),
		cmocka_unit_test(lines_that_a_log_cannot_have_are_refused),
		cmocka_unit_test(an_acknowledgement_can_lapse_but_not_after_the_alert_is_cleared),
		cmocka_unit_test(where_a_part_is_read_lines_about_others_are_passed),
		cmocka_unit_test(bodies_are_read_as_they_were_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
