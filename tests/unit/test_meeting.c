/* Meetings folded from log lines. */
#include "src/gov/meeting.h"
#include "tests/support/check.h"

#define H(c) c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c
#define OPENED(id) "{\"agenda\":[\"SC-1\",\"SC-2\"],\"meeting\":\"" id "\",\"present\":[\"p1\",\"p2\"],\"title\":\"T\"}"
#define STEP "{\"nonce\":4,\"packet\":\"" H("aa") "\",\"safeTxHash\":\"0x" H("bb") "\",\"step\":\"schedule\"}"
#define DECIDED(id, decision, present, steps) \
	"{\"decision\":\"" decision "\",\"meeting\":\"" id "\",\"note\":\"N\",\"present\":[" present "]," \
	"\"steps\":[" steps "]}"
#define CLOSED(id) "{\"meeting\":\"" id "\",\"minutes\":\"" H("cc") "\"}"

struct fold {
	struct arena a;
	struct meetings m;
	uint64_t seq;
	struct err e;
};

static bool apply(struct fold *f, const char *kind, const char *change, const char *body)
{
	struct line l = { .seq = f->seq++, .kind = span_str(kind), .change = span_str(change) };

	l.body = json_parse(&f->a, span_str(arena_str(&f->a, span_str(body))), &f->e);
	assert_ok(l.body != NULL, &f->e);
	return meetings_apply(&f->a, &f->m, &l, &f->e);
}

static void must(struct fold *f, const char *kind, const char *change, const char *body)
{
	assert_ok(apply(f, kind, change, body), &f->e);
}

static void refused(struct fold *f, const char *kind, const char *change, const char *body, enum err_code code,
		    const char *text)
{
	assert_false(apply(f, kind, change, body));
	assert_err(&f->e, code, text);
	err_clear(&f->e);
}

static void end(struct fold *f)
{
	err_clear(&f->e);
	arena_release(&f->a);
}

static void a_meeting_is_open_until_its_minutes_are_logged(void **state)
{
	struct fold f = {0};

	(void)state;
	assert_null(meetings_in_session(&f.m));
	must(&f, "meeting.opened", "", OPENED("M-1"));
	assert_span_str(meetings_in_session(&f.m)->id, "M-1");
	assert_int_equal(f.m.v[0].agenda.n, 2);
	must(&f, "meeting.closed", "", CLOSED("M-1"));
	assert_null(meetings_in_session(&f.m));
	assert_int_equal(f.m.v[0].closed_seq, 1);
	assert_hex(f.m.v[0].minutes.b, 32, H("cc"));
	must(&f, "meeting.opened", "", OPENED("M-2"));
	assert_span_str(meetings_in_session(&f.m)->id, "M-2");
	assert_ptr_equal(meetings_find(&f.m, span_str("M-1")), &f.m.v[0]);
	assert_null(meetings_find(&f.m, span_str("M-3")));
	end(&f);
}

static void the_last_decision_counts_and_the_first_stays(void **state)
{
	struct fold f = {0};
	const struct meeting *m;

	(void)state;
	must(&f, "meeting.opened", "", OPENED("M-1"));
	must(&f, "meeting.decided", "SC-1", DECIDED("M-1", "deferred", "\"p1\"", ""));
	must(&f, "meeting.decided", "SC-2", DECIDED("M-1", "rejected", "\"p1\"", ""));
	must(&f, "meeting.decided", "SC-1", DECIDED("M-1", "approved", "\"p1\",\"p3\"", STEP));
	m = meetings_in_session(&f.m);
	assert_int_equal(m->n_decisions, 3);
	assert_int_equal(m->decisions[0].decision, DECISION_DEFERRED);
	assert_ptr_equal(meeting_decision_on(m, span_str("SC-1")), &m->decisions[2]);
	assert_int_equal(m->decisions[2].steps[0].nonce, 4);
	assert_hex(m->decisions[2].steps[0].packet.b, 32, H("aa"));
	assert_null(meeting_decision_on(m, span_str("SC-3")));
	end(&f);
}

static void whoever_came_later_was_there_too(void **state)
{
	struct fold f = {0};

	(void)state;
	must(&f, "meeting.opened", "", OPENED("M-1"));
	must(&f, "meeting.decided", "SC-1", DECIDED("M-1", "approved", "\"p3\",\"p1\"", ""));
	assert_int_equal(f.m.v[0].present.n, 3);
	assert_span_str(f.m.v[0].present.v[2], "p3");
	assert_int_equal(f.m.v[0].decisions[0].present.n, 2);
	end(&f);
}

static void lines_that_do_not_fit_are_refused(void **state)
{
	struct fold f = {0};

	(void)state;
	refused(&f, "meeting.decided", "SC-1", DECIDED("M-1", "approved", "", ""), ERR_MISMATCH,
		"line 0 (meeting.decided).meeting, byte 33: that meeting is not open");
	refused(&f, "meeting.opened", "", OPENED("M-2"), ERR_MISMATCH,
		"line 1 (meeting.opened).meeting, byte 36: needed the next number, like M-1");
	must(&f, "meeting.opened", "", OPENED("M-1"));
	refused(&f, "meeting.opened", "", OPENED("M-2"), ERR_MISMATCH,
		"line 3 (meeting.opened): opened while another meeting is open");
	refused(&f, "meeting.decided", "SC-1", DECIDED("M-1", "postponed", "", ""), ERR_UNKNOWN,
		"line 4 (meeting.decided).decision, byte 0: a decision is approved, rejected or deferred");
	refused(&f, "meeting.decided", "", DECIDED("M-1", "approved", "", ""), ERR_MISMATCH,
		"line 5 (meeting.decided): a decision about no change");
	refused(&f, "meeting.decided", "SC-1", DECIDED("M-1", "approved", "\"p1\",\"p1\"", ""), ERR_SYNTAX,
		"line 6 (meeting.decided).present, byte 66: needed ids, each once");
	refused(&f, "meeting.decided", "SC-1", DECIDED("M-1", "approved", "", STEP "," STEP "," STEP "," STEP),
		ERR_RANGE, "line 7 (meeting.decided).steps, byte 71: at most 3, found 4");
	refused(&f, "meeting.closed", "", CLOSED("M-2"), ERR_MISMATCH,
		"line 8 (meeting.closed).meeting, byte 11: that meeting is not open");
	end(&f);
}

static void what_is_written_is_read_again(void **state)
{
	struct fold f = {0};
	struct buf b = {0};

	(void)state;
	must(&f, "meeting.opened", "", OPENED("M-1"));
	must(&f, "meeting.decided", "SC-1", DECIDED("M-1", "approved", "\"p1\"", STEP));
	must(&f, "meeting.closed", "", CLOSED("M-1"));
	f.m.v[0].present.n = 2;                                /* as it was when it was opened */
	json_canonical(&b, meeting_opened_json(&f.a, &f.m.v[0]));
	assert_buf_str(&b, OPENED("M-1"));
	buf_clear(&b);
	json_canonical(&b, meeting_decided_json(&f.a, f.m.v[0].id, &f.m.v[0].decisions[0]));
	assert_buf_str(&b, DECIDED("M-1", "approved", "\"p1\"", STEP));
	buf_clear(&b);
	json_canonical(&b, meeting_closed_json(&f.a, f.m.v[0].id, &f.m.v[0].minutes));
	assert_buf_str(&b, CLOSED("M-1"));
	buf_release(&b);
	end(&f);
}

static void what_is_on_chain_is_not_on_the_table(void **state)
{
	struct change c = {0};
	struct tabled_step table[N_STEPS];

	(void)state;
	assert_int_equal(meeting_table(&c, table), 0);
	c.steps[STEP_SCHEDULE] = (struct step){ .packed = true, .mined = true, .nonce = 4 };
	c.steps[STEP_EXECUTE] = (struct step){ .packed = true, .nonce = 5 };
	assert_int_equal(meeting_table(&c, table), 1);
	assert_int_equal(table[0].step, STEP_EXECUTE);
	assert_int_equal(table[0].nonce, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_meeting_is_open_until_its_minutes_are_logged),
		cmocka_unit_test(the_last_decision_counts_and_the_first_stays),
		cmocka_unit_test(whoever_came_later_was_there_too),
		cmocka_unit_test(lines_that_do_not_fit_are_refused),
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(what_is_on_chain_is_not_on_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
