#include "tests/support/reports.h"

#include <string.h>

#include "src/report/evidence.h"
#include "src/report/report_html.h"
#include "tests/support/approvers.h"
#include "tests/support/check.h"
#include "tests/support/cosigners.h"
#include "tests/support/logs.h"

#define START INT64_C(1790000000000)      /* 2026-09-21 */

static const char *const approval_columns[] = { "seq", "approver", "decision", "decided_at", "text", "order" };
static const char *const count_columns[] = { "who", "approvals" };
static const char *const state_columns[] = { "state", "entered_at", "left_at" };

static void set(struct arena *a, const struct report_section *s, struct report_row *row, const char *column,
		const char *text)
{
	report_set(a, s, row, column, span_str(text));
}

static const char *time_text(struct arena *a, int64_t ms)
{
	struct buf b = {0};
	time_format(&b, (struct unix_time){ms});
	const char *out = arena_str(a, buf_view(&b));
	buf_release(&b);
	return out;
}

static const char *text_of(uint64_t seq)
{
	return seq == 3 ? TEST_REPORT_HOSTILE : "I have read it, and I have seen that address on my device";
}

static int64_t time_of(uint64_t seq)
{
	return START + (int64_t)seq * 60000;
}

/* The first lines of the log: a change that two owners approve of and that is on chain, and one approval of its next
 * step, which is not; after three lines in which others vouch for the log. The rest has other lines. */
static const char *const first_kinds[] = {
	NULL, "deployment.adopted", "change.proposed", "operation.planned", "step.packed", "signature.added",
	"signature.added", "checkpoint.cosigned", "checkpoint.cosigned", "checkpoint.cosigned", "step.mined",
	"signature.added",
};

static const char *kind_of(uint64_t seq)
{
	return seq < ARRAY_LEN(first_kinds) ? first_kinds[seq] : "answer.declined";
}

static struct tree_head head_at(struct log *l, uint64_t size)
{
	struct tree_head head = { .size = size };
	struct err e = {0};
	assert_ok(log_root_at(l, size, &head.root, &e), &e);
	return head;
}

/* Two owners and a witness vouch, each for the lines before the last: owner 1, 2, nobody's number. */
static struct json *vouch(struct arena *a, struct log *l, uint64_t seq, bool lying)
{
	const unsigned owner = seq == 7 ? 1 : seq == 8 ? 2 : 0;
	const struct tree_head head = head_at(l, seq - 1);
	struct tree_head over = head;
	over.size += lying && owner == 2;
	return test_cosigned(a, owner, &head, &over);
}

static struct test_step step_at(struct log *l, enum step_kind kind, enum test_report_kind lie)
{
	return (struct test_step){ head_at(l, 3).root, lie == TEST_REPORT_OTHER_CALLS ? 2 : 1, kind,
				   kind == STEP_SCHEDULE ? 40 : 41 };
}

struct span test_report_unspent(struct arena *a, struct log *l)
{
	const struct test_step next = step_at(l, STEP_EXECUTE, TEST_REPORT_SEALED);
	return test_approval(a, &next, 3);
}

static struct json *body_of(struct arena *a, struct log *l, uint64_t seq, enum test_report_kind lie)
{
	const struct test_step step = seq > 3 ? step_at(l, seq == 11 ? STEP_EXECUTE : STEP_SCHEDULE, lie)
					      : (struct test_step){0};
	switch (seq) {
	case 1: return test_adopted_body(a);
	case 2: return test_proposed_body(a, 1);
	case 3: return test_planned_body(a, &(struct tree_head){ 3, head_at(l, 3).root }, 1);
	case 4: return test_packed_body(a, &step);
	case 5: return test_signed_body(a, l, &step, 1, lie == TEST_REPORT_OTHER_SIGNER ? 3 : 1, false);
	case 6: return test_signed_body(a, l, &step, 2, 2, lie == TEST_REPORT_HIGH_S);
	case 7:
	case 8:
	case 9: return vouch(a, l, seq, lie == TEST_REPORT_LYING);
	case 10: return test_mined_body(a, &step);
	case 11: return test_signed_body(a, l, &step, 3, 3, false);
	}
	return json_object(a);
}

static void grow(struct log *l, uint64_t lines, enum test_report_kind lie)
{
	struct err e = {0};
	while (log_size(l) < lines) {
		struct arena a = {0};
		assert_ok(log_begin(l, &e), &e);
		for (int i = 0; i < 500 && log_size(l) < lines; i++) {
			const uint64_t seq = log_size(l);
			struct line line = test_line(&a, kind_of(seq), "SC-7", "");
			struct json *body = body_of(&a, l, seq, lie);
			json_set(body, &a, "text", json_str(&a, text_of(seq)));
			line.body = body;
			line.actor = span_str(seq % 2 ? "p1" : "p2");
			time_fix((struct unix_time){time_of(seq)});
			assert_ok(log_add_line(l, &line, &e), &e);
			if (seq < ARRAY_LEN(first_kinds))
				break;
		}
		assert_ok(log_commit(l, &e), &e);
		arena_release(&a);
	}
}

static void put_approvals(struct arena *a, struct report *r, uint64_t lines)
{
	struct report_section *s = report_section(a, r, "approvals", "Approvals", approval_columns, 6);
	s->text = "Who said what, in the order of the log.";
	for (uint64_t seq = 1; seq < lines; seq++) {
		struct report_row *row = report_row(a, s);
		set(a, s, row, "seq", arena_fmt(a, "%llu", (unsigned long long)seq));
		set(a, s, row, "approver", seq % 2 ? "p1" : "p2");
		set(a, s, row, "decision", "approved");
		set(a, s, row, "decided_at", time_text(a, time_of(seq)));
		set(a, s, row, "text", text_of(seq));
		set(a, s, row, "order", arena_fmt(a, "number %llu", (unsigned long long)seq));
		row->mark = seq == 4 ? REPORT_FINDING : REPORT_PLAIN;
		report_rests_on(a, row, seq);
	}
}

static void put_pictures(struct arena *a, struct report *r)
{
	struct report_section *counts = report_section(a, r, "counts", "Approvals per person", count_columns, 2);
	struct report_section *states = report_section(a, r, "states", "Time in each state", state_columns, 3);
	counts->picture = PICTURE_BARS;
	counts->value = 1;
	states->picture = PICTURE_SPANS;
	states->value = 1;
	states->until = 2;
	for (int i = 0; i < 3; i++) {
		struct report_row *count = report_row(a, counts), *state = report_row(a, states);
		set(a, counts, count, "who", i == 0 ? TEST_REPORT_HOSTILE : i == 1 ? "p1" : "p2");
		set(a, counts, count, "approvals", i == 0 ? "0" : i == 1 ? "5" : "12.5");
		set(a, states, state, "state", i == 0 ? "drafted" : i == 1 ? "in the timelock" : "ready");
		set(a, states, state, "entered_at", time_text(a, time_of((uint64_t)i + 1)));
		set(a, states, state, "left_at", i == 2 ? "" : time_text(a, time_of((uint64_t)i + 2)));
		report_rests_on(a, state, (uint64_t)i + 1);
	}
	report_section(a, r, "words", "No table", NULL, 0)->text = "Nothing else is known.\nNor wanted.";
}

static void seal(struct arena *a, struct report *r, struct log *l)
{
	struct json *body = json_object(a);
	struct err e = {0};
	struct line made = test_line(a, "report.made", NULL, "");
	struct hash32 digest;
	report_html_digest(&digest, r);
	json_set(body, a, "digest", json_bare(a, SPAN_HASH(&digest)));
	json_set(body, a, "form", json_str(a, "html"));
	made.body = body;
	assert_ok(log_append(l, &made, &e) && log_checkpoint(l, NULL, &e), &e);
	assert_ok(report_evidence_made(a, r, l, EVIDENCE_LIMITS, made.seq, &e), &e);
}

const struct report *test_report(struct arena *a, const char *dir, uint64_t lines, enum test_report_kind kind)
{
	struct report *r = ARENA_NEW(a, struct report);
	struct err e = {0};
	struct log *l;
	random_fix(7);
	time_fix((struct unix_time){START});
	l = test_log_create(dir, NULL);
	grow(l, lines, kind);
	*r = (struct report){.kind = REPORT_CHANGE, .title = "Change SC-7: " TEST_REPORT_HOSTILE, .subject = "SC-7",
			     .deployment = "devnet", .made = {time_of(lines)}};
	put_pictures(a, r);
	put_approvals(a, r, lines);
	assert_ok(log_checkpoint(l, NULL, &e) && report_evidence(a, r, l, EVIDENCE_LIMITS, &e), &e);
	if (kind != TEST_REPORT_UNSEALED)
		seal(a, r, l);
	log_release(l);
	return r;
}
