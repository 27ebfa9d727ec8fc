/* The period report's times: the delays that the timelock kept, lead time and time in each state. */
#include "src/report/period.h"

#include <stdlib.h>

static void add_number(struct period_report *x, enum span_kind k, const struct moment *from, const struct moment *to)
{
	struct series *s = &x->spans[k];
	if (!from->known || !to->known)
		return;
	ARENA_GROW(x->a, s->v, s->n, s->cap);
	s->v[s->n++] = to->time.ms > from->time.ms ? (uint64_t)(to->time.ms - from->time.ms) / 1000 : 0;
}

static void delay_row(struct period_report *x, const struct story *s)
{
	struct rows *t = &x->delays;
	const uint64_t required = story_words(s)->delay;
	if (story_words(s)->route != ROUTE_TIMELOCK || !s->scheduled.known || !s->executed.known ||
	    !period_is_in(x, s->executed.time))
		return;
	const int64_t actual = (s->executed.time.ms - s->scheduled.time.ms) / 1000;
	rows_next(t);
	rows_put(t, "change_id", s->c.id);
	rows_u64(t, "delay_required", required);
	rows_u64(t, "delay_actual", actual > 0 ? (uint64_t)actual : 0);
	period_put_moment(t, "scheduled_at", &s->scheduled);
	period_put_moment(t, "executed_at", &s->executed);
	rows_yes_no(t, "kept", actual >= 0 && (uint64_t)actual >= required);
	rows_mark(t, actual >= 0 && (uint64_t)actual >= required ? REPORT_AS_IT_SHOULD : REPORT_FINDING);
}

/* When it was drafted, proposed and ended, and by whose clock. */
static void times_row(struct period_report *x, const struct story *s)
{
	struct rows *t = &x->times;
	const struct moment *end = period_ended(s);
	rows_next(t);
	rows_put(t, "change_id", s->c.id);
	rows_str(t, "outcome", story_outcome(s));
	period_put_moment(t, "drafted_at", &s->drafted);
	period_put_moment(t, "proposed_at", &s->proposed);
	period_put_moment(t, "ended_at", end);
	rows_str(t, "ended_clock", end == NULL ? "" : end->block ? "block" : "console clock");
	if (end != NULL && s->drafted.known && end->time.ms >= s->drafted.time.ms)
		rows_u64(t, "lead_seconds", (uint64_t)(end->time.ms - s->drafted.time.ms) / 1000);
}

void period_draw_times(struct period_report *x)
{
	struct report_section *s = x->times.s;
	if (s->n == 0 || s->n > DRAWN_MAX)
		return;
	s->picture = PICTURE_SPANS;
	s->label = 0;
	s->value = 2;
	s->until = 5;
}

void period_begin_times(struct period_report *x)
{
	static const char *const times[] = { "change_id", "outcome", "drafted_at", "proposed_at", "ended_clock",
		"ended_at", "lead_seconds" };
	static const char *const delays[] = { "change_id", "delay_required", "delay_actual", "scheduled_at",
		"executed_at", "kept" };
	x->times = ROWS_BEGIN(x->a, x->r, "change_times", "When they were drafted, proposed and ended (UTC)", times);
	x->delays = ROWS_BEGIN(x->a, x->r, "timelock_delays", "Timelock delays, in seconds", delays);
}

void period_take_times(struct period_report *x, const struct story *s)
{
	const struct moment *end = period_ended(s);
	times_row(x, s);
	delay_row(x, s);
	if (end == NULL || !period_is_in(x, end->time))
		return;
	add_number(x, IN_DRAFT, &s->drafted, &s->proposed);
	add_number(x, TO_APPROVAL, &s->proposed, &s->approved);
	add_number(x, TO_SCHEDULED, &s->approved, &s->scheduled);
	add_number(x, IN_TIMELOCK, &s->scheduled, &s->executed);
	add_number(x, WHOLE, &s->drafted, &s->executed);
}

static int by_size(const void *a, const void *b)
{
	const uint64_t p = *(const uint64_t *)a, q = *(const uint64_t *)b;
	return (p > q) - (p < q);
}

void period_durations(struct period_report *x)
{
	static const char *const columns[] = { "state", "changes", "shortest_seconds", "median_seconds",
		"longest_seconds", "median" };
	static const char *const names[N_SPANS] = {
		[IN_DRAFT] = "drafted, until proposed", [TO_APPROVAL] = "proposed, until enough had signed",
		[TO_SCHEDULED] = "signed, until scheduled", [IN_TIMELOCK] = "in the timelock, until executed",
		[WHOLE] = "lead time: drafted until executed",
	};
	struct rows t = ROWS_BEGIN(x->a, x->r, "durations", "Lead time, and time in each state", columns);
	t.s->text = "Of the changes that ended in the period. Between the console's clock and a block's, what comes "
		    "out below zero counts as zero.";
	for (int k = 0; k < N_SPANS; k++) {
		struct series *s = &x->spans[k];
		if (s->n == 0)
			continue;
		qsort(s->v, s->n, sizeof(*s->v), by_size);
		rows_next(&t);
		rows_str(&t, "state", names[k]);
		rows_u64(&t, "changes", s->n);
		rows_u64(&t, "shortest_seconds", s->v[0]);
		rows_u64(&t, "median_seconds", s->v[(s->n - 1) / 2]);
		rows_u64(&t, "longest_seconds", s->v[s->n - 1]);
		rows_duration(&t, "median", s->v[(s->n - 1) / 2]);
	}
	period_draw_bars(&t, 0, 3);
}
