#include "src/report/rows.h"

#include "src/evm/address.h"
#include "src/report/said.h"

static const char *const fact_columns[] = { "field", "value" };

struct rows rows_begin(struct arena *a, struct report *r, const char *id, const char *title,
		       const char *const *columns, size_t n)
{
	return (struct rows){ a, report_section(a, r, id, title, columns, n), NULL };
}

struct rows rows_begin_facts(struct arena *a, struct report *r, const char *id, const char *title)
{
	return ROWS_BEGIN(a, r, id, title, fact_columns);
}

void rows_next(struct rows *t)
{
	t->row = report_row(t->a, t->s);
}

void rows_mark(struct rows *t, enum report_mark mark)
{
	t->row->mark = mark;
}

void rows_rest_on(struct rows *t, uint64_t seq)
{
	report_rests_on(t->a, t->row, seq);
}

void rows_put(struct rows *t, const char *column, struct span text)
{
	report_set(t->a, t->s, t->row, column, text);
}

void rows_str(struct rows *t, const char *column, const char *text)
{
	rows_put(t, column, span_str(text));
}

/* What b holds; b is released. */
static void put_buf(struct rows *t, const char *column, struct buf *b)
{
	rows_put(t, column, buf_view(b));
	buf_release(b);
}

void rows_fmt(struct rows *t, const char *column, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	put_buf(t, column, &b);
}

void rows_u64(struct rows *t, const char *column, uint64_t n)
{
	rows_fmt(t, column, "%llu", (unsigned long long)n);
}

void rows_0x(struct rows *t, const char *column, const struct hash32 *h)
{
	struct buf b = {0};
	buf_0xhex(&b, SPAN_HASH(h));
	put_buf(t, column, &b);
}

void rows_bare(struct rows *t, const char *column, const struct hash32 *h)
{
	struct buf b = {0};
	buf_hex(&b, SPAN_HASH(h));
	put_buf(t, column, &b);
}

void rows_addr(struct rows *t, const char *column, const struct addr *at)
{
	struct buf b = {0};
	addr_format(&b, at);
	put_buf(t, column, &b);
}

void rows_time(struct rows *t, const char *column, struct unix_time when)
{
	struct buf b = {0};
	time_format(&b, when);
	put_buf(t, column, &b);
}

void rows_seconds(struct rows *t, const char *column, uint64_t seconds)
{
	if (seconds <= (uint64_t)INT64_MAX / 1000)
		rows_time(t, column, (struct unix_time){ (int64_t)seconds * 1000 });
	else
		rows_fmt(t, column, "%llu s", (unsigned long long)seconds);
}

void rows_duration(struct rows *t, const char *column, uint64_t seconds)
{
	struct buf b = {0};
	if (seconds >= 60)
		buf_fmt(&b, "%llu s = ", (unsigned long long)seconds);
	duration_format(&b, seconds);
	put_buf(t, column, &b);
}

void rows_yes_no(struct rows *t, const char *column, bool yes)
{
	rows_str(t, column, yes ? "yes" : "no");
}

void rows_fact(struct rows *t, const char *field, struct span value)
{
	rows_next(t);
	rows_str(t, "field", field);
	rows_put(t, "value", value);
}

void rows_fact_fmt(struct rows *t, const char *field, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	rows_fact(t, field, buf_view(&b));
	buf_release(&b);
}

void rows_who(struct rows *t, const char *column, const struct report_source *src, struct span id, uint64_t seq)
{
	struct buf b = {0};
	if (src->people != NULL)
		people_who(&b, src->people, id, seq);
	put_buf(t, column, &b);
}

void rows_fact_who(struct rows *t, const char *field, const struct report_source *src, struct span id, uint64_t seq)
{
	rows_fact(t, field, span_str(""));
	rows_who(t, "value", src, id, seq);
	rows_rest_on(t, seq);
}

void rows_denial(struct rows *t, const struct report_source *src, const struct line *l, struct span error)
{
	struct buf b = {0};
	said_line(&b, l);
	rows_time(t, "time", l->time);
	rows_put(t, "action", l->kind);
	rows_str(t, "outcome", said_outcome(l->kind));
	rows_put(t, "actor_id", l->actor);
	rows_who(t, "actor", src, l->actor, l->seq);
	rows_put(t, "auth_method", l->auth);
	rows_put(t, "step", line_text(l, "step"));
	rows_put(t, "code", line_denial_code(l));
	rows_put(t, "error", error);
	rows_rest_on(t, l->seq);
	rows_mark(t, REPORT_LOOK);
	put_buf(t, "what", &b);
}
