#include "src/base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/err.h"

struct span span_of(const void *p, size_t n)
{
	return (struct span){p, n};
}

struct span span_str(const char *s)
{
	return span_of(s, strlen(s));
}

bool span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool span_is(struct span a, const char *s)
{
	return span_eq(a, span_str(s));
}

bool span_starts(struct span a, const char *prefix)
{
	const size_t n = strlen(prefix);

	return a.n >= n && span_eq(span_of(a.p, n), span_of(prefix, n));
}

bool hash32_eq(const struct hash32 *a, const struct hash32 *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

bool hash32_is_zero(const struct hash32 *a)
{
	static const struct hash32 zero;

	return hash32_eq(a, &zero);
}

void buf_release(struct buf *b)
{
	free(b->p);
	*b = (struct buf){0};
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	if (b->p)
		b->p[0] = 0;
}

/* Room for `extra` bytes and the NUL behind them. */
void buf_reserve(struct buf *b, size_t extra)
{
	size_t cap = b->cap ? b->cap : 64;
	uint8_t *p;

	if (extra >= SIZE_MAX / 4 - b->n)
		die("out of memory: %zu bytes", extra);
	if (b->p && b->n + extra < b->cap)
		return;
	while (cap <= b->n + extra)
		cap *= 2;
	p = realloc(b->p, cap);
	if (!p)
		die("out of memory: %zu bytes", cap);
	p[b->n] = 0;
	b->p = p;
	b->cap = cap;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	buf_reserve(b, n);
	if (n)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = 0;
}

void buf_byte(struct buf *b, uint8_t c)
{
	buf_add(b, &c, 1);
}

void buf_span(struct buf *b, struct span s)
{
	buf_add(b, s.p, s.n);
}

void buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_vfmt(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	buf_reserve(b, 63);           /* mostly enough, and then it is written once */
	n = vsnprintf((char *)b->p + b->n, b->cap - b->n, fmt, ap);
	if (n < 0)
		BUG("a format that printf refuses: %s", fmt);
	if ((size_t)n >= b->cap - b->n) {
		buf_reserve(b, (size_t)n);
		vsnprintf((char *)b->p + b->n, (size_t)n + 1, fmt, again);
	}
	va_end(again);
	b->n += (size_t)n;
}

void buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vfmt(b, fmt, ap);
	va_end(ap);
}

void buf_zeros(struct buf *b, size_t n)
{
	buf_reserve(b, n);
	memset(b->p + b->n, 0, n + 1);
	b->n += n;
}

void buf_hex(struct buf *b, struct span s)
{
	static const char digits[16] = "0123456789abcdef";

	if (s.n >= SIZE_MAX / 8)
		die("out of memory: %zu bytes", s.n);
	buf_reserve(b, s.n * 2);
	for (size_t i = 0; i < s.n; i++) {
		b->p[b->n++] = (uint8_t)digits[s.p[i] >> 4];
		b->p[b->n++] = (uint8_t)digits[s.p[i] & 15];
	}
	b->p[b->n] = 0;
}

void buf_0xhex(struct buf *b, struct span s)
{
	buf_str(b, "0x");
	buf_hex(b, s);
}

const char *buf_cstr(const struct buf *b)
{
	return b->p ? (const char *)b->p : "";
}

struct span buf_view(const struct buf *b)
{
	return span_of(b->p, b->n);
}

struct reader reader_of(struct span s)
{
	return (struct reader){.all = s};
}

size_t reader_left(const struct reader *r)
{
	return r->all.n - r->pos;
}

bool reader_take(struct reader *r, struct span *out, size_t n, struct err *e)
{
	if (n > reader_left(r))
		return err_set(e, ERR_SYNTAX, r->pos, "needed %zu byte%s, found %zu", n, n == 1 ? "" : "s",
			       reader_left(r));
	*out = span_of(r->all.p ? r->all.p + r->pos : NULL, n);
	r->pos += n;
	return true;
}

bool reader_byte(struct reader *r, uint8_t *out, struct err *e)
{
	struct span s;

	if (!reader_take(r, &s, 1, e))
		return false;
	*out = s.p[0];
	return true;
}

bool reader_end(const struct reader *r, struct err *e)
{
	const size_t left = reader_left(r);

	if (left)
		return err_set(e, ERR_SYNTAX, r->pos, "%zu byte%s after the end", left, left == 1 ? "" : "s");
	return true;
}

/* volatile, so that no compiler finds out that it could stop early. */
bool bytes_equal_ct(const void *a, const void *b, size_t n)
{
	const volatile uint8_t *x = a, *y = b;
	uint8_t differs = 0;

	for (size_t i = 0; i < n; i++)
		differs = (uint8_t)(differs | (x[i] ^ y[i]));
	return differs == 0;
}
