/* The period report: its range, and the files that fill it in their order (period.h). */
#include "src/report/period.h"

#include <string.h>

#include "src/report/facts_alerts.h"

/* ---- what its files share --------------------------------------------------------------------------------------- */

bool period_is_in(const struct period_report *x, struct unix_time t)
{
	return t.ms >= x->period.from.ms && t.ms < x->period.to.ms;
}

const struct moment *period_ended(const struct story *s)
{
	return s->executed.known ? &s->executed : s->cancelled.known ? &s->cancelled
		: s->withdrawn.known ? &s->withdrawn : NULL;
}

void period_rest_on_moment(struct rows *t, const struct moment *m)
{
	if (m != NULL && m->known)
		rows_rest_on(t, m->seq);
}

void period_put_moment(struct rows *t, const char *column, const struct moment *m)
{
	if (m != NULL && m->known)
		rows_time(t, column, m->time);
	period_rest_on_moment(t, m);
}

void period_draw_bars(struct rows *t, size_t label, size_t value)
{
	if (t->s->n == 0 || t->s->n > DRAWN_MAX)
		return;
	t->s->picture = PICTURE_BARS;
	t->s->label = label;
	t->s->value = value;
}

/* ---- the range -------------------------------------------------------------------------------------------------- */

static bool put_start(struct period_report *x, struct rows *t, struct err *e)
{
	struct buf note = {0};
	struct hash32 root;
	struct err none = {0};
	if (!log_root_at(x->src->ws->log, x->first_seq, &root, e))
		return false;
	const bool is_signed = log_checkpoint_at(x->src->ws->log, x->first_seq, &note, &none);
	rows_fact_fmt(t, "start_size", "%llu", (unsigned long long)x->first_seq);
	rows_fact(t, "start_root", span_str(""));
	rows_bare(t, "value", &root);
	rows_fact(t, "start_checkpoint", is_signed ? buf_view(&note)
		: span_str("none was signed over exactly so many lines: setgov log prove consistency shows that the "
			   "root above is of the same log"));
	buf_release(&note);
	err_clear(&none);
	return true;
}

/* What has not been yet cannot be told of. */
static void put_future(const struct period_report *x, struct rows *t)
{
	if (x->period.to.ms <= x->src->now.ms)
		return;
	rows_fact(t, "not_over", span_str(x->period.from.ms > x->src->now.ms
		? "it lies in the future: nothing can be said of it"
		: "it is not over: what comes after this report was made is not in it"));
	rows_mark(t, REPORT_LOOK);
}

static bool range(struct period_report *x, struct err *e)
{
	struct rows t = rows_begin_facts(x->a, x->r, "range", "The period");
	rows_fact(&t, "from", span_str(x->from));
	rows_fact(&t, "to", span_str(x->to));
	rows_fact_fmt(&t, "rows_in_range", "%llu", (unsigned long long)x->rows);
	put_future(x, &t);
	if (x->rows == 0)
		return true;
	rows_fact_fmt(&t, "first_seq", "%llu", (unsigned long long)x->first_seq);
	rows_rest_on(&t, x->first_seq);
	rows_fact_fmt(&t, "last_seq", "%llu", (unsigned long long)x->last_seq);
	rows_rest_on(&t, x->last_seq);
	t.s->text = "Lines of the log from the first of these times on and before the second, by the console's clock. "
		    "The end checkpoint is the one that the evidence is under.";
	return put_start(x, &t, e);
}

/* In whole days, where the period is of them, with its last one as people say it. */
static const char *title(const struct period_report *x)
{
	const int64_t day = INT64_C(86400) * 1000;
	struct buf last = {0};
	const char *words;
	if (x->period.from.ms % day != 0 || x->period.to.ms % day != 0)
		return arena_fmt(x->a, "Changes from %s to %s", x->from, x->to);
	time_format(&last, (struct unix_time){ x->period.to.ms - day });
	words = arena_fmt(x->a, "Changes from %.10s to the end of %.10s", x->from, buf_cstr(&last));
	buf_release(&last);
	return words;
}

/* ---- all of it -------------------------------------------------------------------------------------------------- */

static void findings(struct period_report *x)
{
	static const char *const columns[] = { "code", "finding" };
	const struct snapshot *k = x->src->look;
	struct rows t = ROWS_BEGIN(x->a, x->r, "findings", "What is not as it should be on chain, now", columns);
	if (k == NULL || !k->online) {
		t.s->text = "Not known: the chain was not asked.";
		return;
	}
	for (size_t i = 0; i < k->n_findings; i++) {
		rows_next(&t);
		rows_put(&t, "code", k->findings[i].code);
		rows_put(&t, "finding", k->findings[i].words);
		rows_mark(&t, REPORT_FINDING);
	}
}

bool facts_period(struct arena *a, struct report *r, const struct report_source *src, const struct period *period,
		  struct err *e)
{
	struct period_report *x = ARENA_NEW(a, struct period_report);
	*x = (struct period_report){ .a = a, .r = r, .src = src, .period = *period };
	if (!period_read_lines(x, e))
		return false;
	r->kind = REPORT_PERIOD;
	r->subject = arena_fmt(a, "%s to %s", x->from, x->to);
	r->title = title(x);
	if (!range(x, e) || !period_changes(x, e))
		return false;
	period_kinds(x);
	if (!period_lists(x, e) || !facts_alerts_period(a, r, src, period, e))
		return false;
	findings(x);
	return period_anchors(x, e);
}
