/* The period report: how far others vouch for the log. */
#include "src/report/period.h"

#include "audit-log/cosignatures.h"
#include "src/base/text.h"

#define ANCHOR_PAGE 64u

static bool take_anchor(struct period_report *x, uint64_t seq, struct err *e)
{
	struct story s;
	struct line l;
	if (!log_line_read(x->src->ws->log, x->a, seq, &l, e))
		return false;
	if (!span_is(line_text(&l, "step"), step_name(STEP_SCHEDULE)))
		return true;
	if (!story_read(x->a, &s, x->src, l.change, e))
		return false;
	if (!s.c.proposed || s.c.size > seq)
		return true;
	x->anchored = s.c.size;
	x->anchor_seq = seq;
	x->anchor_block = s.c.steps[STEP_SCHEDULE].block;
	x->anchor_tx = arena_str(x->a, line_text(&l, "txHash"));
	return true;
}

/* The newest block that the log says has an operation of ours. */
static bool newest_anchor(struct period_report *x, struct err *e)
{
	const struct views_filter filter = { .kind = span_str("step.mined") };
	struct seqs page = { .n = ANCHOR_PAGE };
	uint64_t before = UINT64_MAX;
	while (page.n == ANCHOR_PAGE && x->anchored == 0) {
		if (!views_lines_page(x->src->ws->views, x->a, &filter, before, ANCHOR_PAGE, &page, e))
			return false;
		for (size_t i = 0; i < page.n && x->anchored == 0; i++) {
			before = page.seq[i];
			if (!take_anchor(x, before, e))
				return false;
		}
	}
	return true;
}

static bool tail_age(struct period_report *x, struct rows *t, struct err *e)
{
	struct line l;
	if (x->anchored == 0 || x->anchored >= log_size(x->src->ws->log))
		return true;
	if (!log_line_read(x->src->ws->log, x->a, x->anchored, &l, e))
		return false;
	const int64_t age = (x->src->now.ms - l.time.ms) / 1000;
	rows_fact(t, "unanchored_tail_age", span_str(""));
	rows_duration(t, "value", age > 0 ? (uint64_t)age : 0);
	rows_rest_on(t, l.seq);
	return true;
}

bool period_anchors(struct period_report *x, struct err *e)
{
	const uint64_t size = log_size(x->src->ws->log);
	struct log_cosignatures all;
	struct rows t = rows_begin_facts(x->a, x->r, "unanchored_tail", "How far others vouch for the log");
	struct err why = {0};
	if (!newest_anchor(x, e))
		return false;
	t.s->text = "A block that holds the root of the log vouches for the lines before it: that is an anchor. It is "
		    "the salt of an operation, as the log says; setgov log verify asks the chain itself. For later "
		    "lines speak this machine's log key and those who cosigned.";
	rows_fact_fmt(&t, "anchored_lines", "%llu", (unsigned long long)x->anchored);
	rows_mark(&t, x->anchored > 0 ? REPORT_PLAIN : REPORT_LOOK);
	if (x->anchored > 0) {
		rows_rest_on(&t, x->anchor_seq);
		rows_rest_on(&t, x->anchored);        /* its operation.planned, which has the root */
		rows_fact(&t, "anchor_tx", span_str(x->anchor_tx));
		rows_rest_on(&t, x->anchor_seq);
		rows_fact_fmt(&t, "anchor_block", "%llu", (unsigned long long)x->anchor_block);
		rows_rest_on(&t, x->anchor_seq);
	}
	rows_fact_fmt(&t, "unanchored_tail_lines", "%llu", (unsigned long long)(size - x->anchored));
	if (!tail_age(x, &t, e))
		return false;
	if (log_cosignatures(x->src->ws->log, x->a, &all, &why)) {
		rows_fact_fmt(&t, "cosigned_lines", "%llu", (unsigned long long)log_cosigned_size(&all));
		rows_mark(&t, all.n > 0 ? REPORT_PLAIN : REPORT_LOOK);
	} else {
		rows_fact_fmt(&t, "cosigned_lines", "cannot be read: %s", text_safe_err(x->a, &why));
		rows_mark(&t, REPORT_FINDING);
	}
	err_clear(&why);
	return true;
}
