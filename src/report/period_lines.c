/* The period report's lines: counted by kind; refusals, and what is no change's, listed one by one. */
#include "src/report/period.h"

#include <string.h>

#include "src/base/text.h"
#include "src/report/judged.h"
#include "src/report/said.h"

#define LISTED_MAX ((size_t)10000)     /* lines of one table */

static void count_kind(struct period_report *x, struct span kind)
{
	for (size_t i = 0; i < x->n_kinds; i++)
		if (span_is(kind, x->kinds[i].kind)) {
			x->kinds[i].n++;
			return;
		}
	if (x->n_kinds < KINDS_MAX)
		x->kinds[x->n_kinds++] = (struct kind_count){ arena_str(x->a, kind), 1 };
	else
		x->other_kinds++;
}

static void list_line(struct period_report *x, struct listed *l, uint64_t seq)
{
	l->all++;
	if (l->n == LISTED_MAX)
		return;
	ARENA_GROW(x->a, l->v, l->n, l->cap);
	l->v[l->n++] = seq;
}

/* Of verdicts alone the kind does not say it. */
static bool is_denied(struct span kind, struct span raw)
{
	struct arena a = {0};
	const struct json *line = span_is(kind, "policy.judged") ? json_parse(&a, raw, NULL) : NULL;
	const bool denied = line_denies(kind, line != NULL ? json_find(line, "body") : NULL);
	arena_release(&a);
	return denied;
}

static bool count_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct period_report *x = ctx;
	struct line_peek p;
	(void)leaf;
	if (!line_peek(&p, raw) || p.time.n != 24)
		return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "line %llu is not a line", (unsigned long long)seq);
	const bool before = memcmp(p.time.p, x->from, 24) < 0, behind = memcmp(p.time.p, x->to, 24) >= 0;
	if (!before && seq < x->begin)
		x->begin = seq;
	if (!behind)
		x->end = seq + 1;
	if (before || behind)
		return true;
	if (x->rows++ == 0)
		x->first_seq = seq;
	x->last_seq = seq;
	count_kind(x, p.kind);
	if (is_denied(p.kind, raw))
		list_line(x, &x->denied, seq);
	else if (p.change.n == 0)
		list_line(x, &x->plain, seq);
	return true;
}

bool period_read_lines(struct period_report *x, struct err *e)
{
	struct buf from = {0}, to = {0};
	time_format(&from, x->period.from);
	time_format(&to, x->period.to);
	memcpy(x->from, buf_cstr(&from), 25);
	memcpy(x->to, buf_cstr(&to), 25);
	buf_release(&from);
	buf_release(&to);
	x->begin = UINT64_MAX;
	return log_each(x->src->ws->log, 0, log_size(x->src->ws->log), count_line, x, e);
}

void period_kinds(struct period_report *x)
{
	static const char *const columns[] = { "action", "meaning", "count" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "lines_by_kind", "Lines of the log, by kind", columns);
	for (size_t i = 0; i < x->n_kinds; i++) {
		rows_next(&t);
		rows_str(&t, "action", x->kinds[i].kind);
		rows_str(&t, "meaning", said_kind(span_str(x->kinds[i].kind)));
		rows_u64(&t, "count", x->kinds[i].n);
	}
	if (x->other_kinds > 0) {
		rows_next(&t);
		rows_str(&t, "action", "(other kinds)");
		rows_u64(&t, "count", x->other_kinds);
	}
	period_draw_bars(&t, 0, 2);
}

/* The lines of a list, each read again. */
static bool each_listed(struct period_report *x, struct rows *t, const struct listed *l,
			void (*put)(struct period_report *x, struct rows *t, const struct line *before,
				    const struct line *line), struct err *e)
{
	struct arena arenas[2] = {{0}};       /* the line's, and that of the one before */
	struct line lines[2];
	bool ok = true;
	for (size_t i = 0; i < l->n && ok; i++) {
		arena_release(&arenas[i % 2]);
		arenas[i % 2] = (struct arena){0};
		ok = log_line_read(x->src->ws->log, &arenas[i % 2], l->v[i], &lines[i % 2], e);
		if (ok)
			put(x, t, i > 0 ? &lines[(i + 1) % 2] : NULL, &lines[i % 2]);
	}
	arena_release(&arenas[0]);
	arena_release(&arenas[1]);
	if (l->all > l->n)
		t->s->text = arena_fmt(x->a, "%zu more are not listed: ask for a shorter period.", l->all - l->n);
	return ok;
}

/* Of a verdict, the rules: from the change's own lines, which are read for it. */
static void put_denial(struct period_report *x, struct rows *t, const struct line *l)
{
	struct arena a = {0};
	struct story s = {0};
	struct err why = {0};
	if (!line_kind_is(l, "policy.judged"))
		rows_denial(t, x->src, l, line_text(l, "text"));
	else if (story_read(&a, &s, x->src, l->change, &why))
		rows_denial(t, x->src, l, judged_denial(&a, x->src, &s, l));
	else
		rows_denial(t, x->src, l, span_str(text_safe_err(&a, &why)));
	err_clear(&why);
	arena_release(&a);
}

static void denied_row(struct period_report *x, struct rows *t, const struct line *before, const struct line *l)
{
	if (before == NULL || !line_denies_the_same(before, l))
		rows_next(t);
	put_denial(x, t, l);
	rows_put(t, "change_id", l->change);
}

static void plain_row(struct period_report *x, struct rows *t, const struct line *before, const struct line *l)
{
	struct buf b = {0};
	(void)before;
	said_line(&b, l);
	rows_next(t);
	rows_time(t, "time", l->time);
	rows_put(t, "action", l->kind);
	rows_put(t, "actor_id", l->actor);
	rows_who(t, "actor", x->src, l->actor, l->seq);
	rows_put(t, "auth_method", l->auth);
	rows_put(t, "what", buf_view(&b));
	rows_rest_on(t, l->seq);
	rows_mark(t, line_kind_is(l, "clock.stepped-back") || line_kind_is(l, "log.restored") ? REPORT_LOOK
		  : REPORT_PLAIN);
	buf_release(&b);
}

bool period_lists(struct period_report *x, struct err *e)
{
	static const char *const denied[] = { "time", "change_id", "action", "outcome", "what", "actor_id", "actor",
		"auth_method", "step", "code", "error" };
	static const char *const plain[] = { "time", "action", "what", "actor_id", "actor", "auth_method" };
	struct rows d = ROWS_BEGIN(x->a, x->r, "denied", "Denied attempts, refusals, declines and failures", denied);
	if (!each_listed(x, &d, &x->denied, denied_row, e))
		return false;
	struct rows p = ROWS_BEGIN(x->a, x->r, "governance", "Events outside any change: keys, clock, log, people, "
				   "policies, meetings, reports", plain);
	return each_listed(x, &p, &x->plain, plain_row, e);
}
