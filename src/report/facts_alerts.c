#include "src/report/facts_alerts.h"

#include <stdlib.h>

#include "audit-log/alerts.h"
#include "src/base/text.h"
#include "src/report/rows.h"

#define ALL_TIME ((struct unix_time){ INT64_MAX })

/* How the alerts stood at a time. */
struct standing {
	struct arena *a;
	const struct report_source *src;
	struct unix_time at;
	struct alert_log m;
	size_t n_bad;                 /* lines that cannot be understood */
	const char *bad;              /* the first of them, and why */
};

static bool is_open(const struct logged_alert *x)
{
	return !x->cleared;
}

static bool is_acknowledged(const struct standing *s, const struct logged_alert *x)
{
	return alert_acknowledged(x, s->at) != NULL;
}

/* From raising to the first acknowledgement; below zero, where the clock was set back, counts as zero. */
static uint64_t seconds_to_acknowledge(const struct logged_alert *x)
{
	const int64_t ms = x->acks[0].time.ms - x->time.ms;
	return ms > 0 ? (uint64_t)ms / 1000 : 0;
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

/* A line that cannot be understood hides no other; the report says that there is one. */
static void take_line(struct standing *s, const struct line *l)
{
	struct err why = {0};
	if (alert_log_apply(s->a, &s->m, l, NULL, &why))
		return;
	if (s->n_bad++ == 0)
		s->bad = arena_fmt(s->a, "line %llu: %s", (unsigned long long)l->seq, text_safe_err(s->a, &why));
	err_clear(&why);
}

/* Lines before the end alone: later ones say how it stands now, and not how it stood. `change` empty: of all alerts. */
static bool take_lines(struct standing *s, struct span change, struct unix_time end, struct err *e)
{
	struct log *log = s->src->ws->log;
	struct seqs seqs;
	if (!alerts_lines(log, s->a, &seqs, e))
		return false;
	s->m = (struct alert_log){ .part = true };
	for (size_t i = 0; i < seqs.n; i++) {
		struct line l;
		if (!log_line_read(log, s->a, seqs.seq[i], &l, e))
			return false;
		if (l.time.ms < end.ms && (change.n == 0 || span_eq(l.change, change)))
			take_line(s, &l);
	}
	return true;
}

static void put_trouble(const struct standing *s, struct report_section *to)
{
	if (s->n_bad > 0)
		to->text = arena_fmt(s->a, "%zu line%s about alerts cannot be understood, the first is %s; setgov log "
				     "verify finds them.", s->n_bad, s->n_bad == 1 ? "" : "s", s->bad);
}

/* ---- rows ------------------------------------------------------------------------------------------------------- */

static void rest_on_alert(struct rows *t, const struct logged_alert *x)
{
	rows_rest_on(t, x->seq);
	if (x->n_acks > 0)
		rows_rest_on(t, x->acks[0].seq);
	if (x->cleared)
		rows_rest_on(t, x->cleared_seq);
}

static void alert_row(const struct standing *s, struct rows *t, const struct logged_alert *x)
{
	const struct snapshot_finding *f = &x->finding;
	rows_next(t);
	rows_put(t, "alert_id", x->id);
	rows_str(t, "severity", severity_name(f->severity));
	rows_put(t, "code", f->code);
	rows_put(t, "finding", f->words);
	rows_put(t, "expected", f->expected);
	rows_put(t, "change_id", x->change);
	rows_str(t, "state", alert_standing(x, s->at));
	rest_on_alert(t, x);
	rows_mark(t, !is_acknowledged(s, x) ? REPORT_FINDING : is_open(x) ? REPORT_LOOK : REPORT_AS_IT_SHOULD);
}

static void times_row(const struct standing *s, struct rows *t, const struct logged_alert *x)
{
	rows_next(t);
	rows_put(t, "alert_id", x->id);
	rows_time(t, "raised_at", x->time);
	rows_u64(t, "raised_block", x->seen.block);
	if (x->finding.has_event)
		rows_0x(t, "event_tx", &x->finding.event.tx);
	if (x->n_acks > 0) {
		rows_put(t, "acknowledged_by", x->acks[0].by);
		rows_who(t, "acknowledger", s->src, x->acks[0].by, x->acks[0].seq);
		rows_time(t, "acknowledged_at", x->acks[0].time);
		rows_u64(t, "seconds_to_acknowledge", seconds_to_acknowledge(x));
	}
	if (x->cleared) {
		rows_time(t, "cleared_at", x->cleared_at);
		rows_u64(t, "cleared_block", x->cleared_in.block);
	}
	rest_on_alert(t, x);
}

static void ack_row(const struct standing *s, struct rows *t, const struct logged_alert *x, const struct alert_ack *ack)
{
	rows_next(t);
	rows_put(t, "alert_id", x->id);
	rows_put(t, "change_id", x->change);
	rows_time(t, "acknowledged_at", ack->time);
	rows_put(t, "acknowledged_by", ack->by);
	rows_who(t, "acknowledger", s->src, ack->by, ack->seq);
	rows_put(t, "auth_method", ack->auth);
	rows_put(t, "note", ack->note);
	rows_put(t, "ticket", ack->ticket);
	if (ack->lapses)
		rows_seconds(t, "until", ack->until);
	else
		rows_str(t, "until", "for good");
	rows_rest_on(t, ack->seq);
}

/* In the report's time, or in all time: `period` NULL. */
static bool is_in(const struct period *period, struct unix_time t)
{
	return period == NULL || (t.ms >= period->from.ms && t.ms < period->to.ms);
}

/* It was cleared, and somebody had seen it, before the period began. What was only seen until a time before it was
 * cleared waits for somebody still. */
static bool was_over(const struct period *period, const struct logged_alert *x)
{
	struct logged_alert before = *x;
	if (period == NULL || !x->cleared || x->cleared_at.ms >= period->from.ms)
		return false;
	while (before.n_acks > 0 && before.acks[before.n_acks - 1].time.ms >= period->from.ms)
		before.n_acks--;
	return alert_is_settled(&before);
}

static void times_table(const struct standing *s, struct report *r, const struct period *period)
{
	static const char *const columns[] = { "alert_id", "raised_at", "raised_block", "event_tx", "acknowledged_by",
		"acknowledger", "acknowledged_at", "seconds_to_acknowledge", "cleared_at", "cleared_block" };
	struct rows t = ROWS_BEGIN(s->a, r, "alert_times", "When alerts were raised, first acknowledged and cleared",
				   columns);
	for (size_t i = 0; i < s->m.n; i++)
		if (!was_over(period, &s->m.v[i]))
			times_row(s, &t, &s->m.v[i]);
}

/* What was found; and beside it, in a table of its own so that each fits on paper, when and by whom. */
static void alerts_table(const struct standing *s, struct report *r, const char *title, const char *text,
			 const struct period *period)
{
	static const char *const columns[] = { "alert_id", "severity", "code", "finding", "expected", "change_id",
		"state" };
	struct rows t = ROWS_BEGIN(s->a, r, "alerts", title, columns);
	for (size_t i = 0; i < s->m.n; i++)
		if (!was_over(period, &s->m.v[i]))
			alert_row(s, &t, &s->m.v[i]);
	t.s->text = text;
	put_trouble(s, t.s);
	times_table(s, r, period);
}

static void acks_table(const struct standing *s, struct report *r, const struct period *period)
{
	static const char *const columns[] = { "alert_id", "change_id", "acknowledged_at", "acknowledged_by",
		"acknowledger", "auth_method", "note", "ticket", "until" };
	struct rows t = ROWS_BEGIN(s->a, r, "acknowledgements", "Acknowledgements of alerts", columns);
	for (size_t i = 0; i < s->m.n; i++)
		for (size_t k = 0; k < s->m.v[i].n_acks; k++)
			if (is_in(period, s->m.v[i].acks[k].time))
				ack_row(s, &t, &s->m.v[i], &s->m.v[i].acks[k]);
}

/* ---- the period ------------------------------------------------------------------------------------------------- */

struct alert_counts {
	size_t raised, cleared, acknowledgements, open, unacknowledged;
	uint64_t *waited;             /* seconds until the first acknowledgement, of those made in the period */
	size_t n_waited;
};

static void count_alert(const struct standing *s, const struct period *period, const struct logged_alert *x,
			struct alert_counts *n)
{
	n->raised += is_in(period, x->time);
	n->cleared += x->cleared && is_in(period, x->cleared_at);
	n->open += is_open(x);
	n->unacknowledged += !is_acknowledged(s, x);
	for (size_t k = 0; k < x->n_acks; k++)
		n->acknowledgements += is_in(period, x->acks[k].time);
	if (x->n_acks > 0 && is_in(period, x->acks[0].time))
		n->waited[n->n_waited++] = seconds_to_acknowledge(x);
}

static int by_size(const void *a, const void *b)
{
	const uint64_t p = *(const uint64_t *)a, q = *(const uint64_t *)b;
	return (p > q) - (p < q);
}

static void count_fact(struct rows *t, const char *field, size_t n, bool look)
{
	rows_fact_fmt(t, field, "%zu", n);
	rows_mark(t, look && n > 0 ? REPORT_LOOK : REPORT_PLAIN);
}

static void waited_facts(struct rows *t, const struct alert_counts *n)
{
	if (n->n_waited == 0)
		return;
	qsort(n->waited, n->n_waited, sizeof(*n->waited), by_size);
	rows_fact(t, "shortest_to_acknowledge", span_str(""));
	rows_duration(t, "value", n->waited[0]);
	rows_fact(t, "median_to_acknowledge", span_str(""));
	rows_duration(t, "value", n->waited[(n->n_waited - 1) / 2]);
	rows_fact(t, "longest_to_acknowledge", span_str(""));
	rows_duration(t, "value", n->waited[n->n_waited - 1]);
}

static void counts_table(const struct standing *s, struct report *r, const struct period *period)
{
	struct alert_counts n = { .waited = ARENA_ARRAY(s->a, uint64_t, s->m.n + 1) };
	struct rows t = rows_begin_facts(s->a, r, "alert_counts", "Alerts and acknowledgements, counted");
	for (size_t i = 0; i < s->m.n; i++)
		count_alert(s, period, &s->m.v[i], &n);
	t.s->text = "Alerts are what a look at the chain found and wrote into the log; where nobody looked, nothing is "
		    "known.";
	count_fact(&t, "alerts_raised", n.raised, false);
	count_fact(&t, "alerts_cleared", n.cleared, false);
	count_fact(&t, "acknowledgements", n.acknowledgements, false);
	waited_facts(&t, &n);
	count_fact(&t, "open_at_end", n.open, true);
	rows_fact_fmt(&t, "unacknowledged_at_end", "%zu", n.unacknowledged);
	rows_mark(&t, n.unacknowledged > 0 ? REPORT_FINDING : REPORT_AS_IT_SHOULD);
}

bool facts_alerts_period(struct arena *a, struct report *r, const struct report_source *src,
			 const struct period *period, struct err *e)
{
	struct standing s = { .a = a, .src = src, .at = period->to.ms < src->now.ms ? period->to : src->now };
	if (!take_lines(&s, span_str(""), period->to, e))
		return false;
	counts_table(&s, r, period);
	alerts_table(&s, r, "Register of alerts",
		     "Raised in the period or before it and not over by then, each as it stood at the end.", period);
	acks_table(&s, r, period);
	return true;
}

/* ---- a change, and the deployment ------------------------------------------------------------------------------- */

bool facts_alerts_change(struct arena *a, struct report *r, const struct report_source *src, struct span change,
			 struct err *e)
{
	struct standing s = { .a = a, .src = src, .at = src->now };
	if (!take_lines(&s, change, ALL_TIME, e))
		return false;
	alerts_table(&s, r, "Alerts that concern it", NULL, NULL);
	acks_table(&s, r, NULL);
	return true;
}

bool facts_alerts_now(struct arena *a, struct report *r, const struct report_source *src, struct err *e)
{
	struct standing s = { .a = a, .src = src, .at = src->now };
	size_t n = 0;
	if (!take_lines(&s, span_str(""), ALL_TIME, e))
		return false;
	for (size_t i = 0; i < s.m.n; i++)
		if (!alert_is_settled(&s.m.v[i]))
			s.m.v[n++] = s.m.v[i];
	s.m.n = n;
	alerts_table(&s, r, "Alerts that are open, or that nobody has acknowledged",
		     "From the log: what looks at the chain wrote down, and what nobody has answered for yet.", NULL);
	acks_table(&s, r, NULL);
	return true;
}
