/* Writing a tree: canonical (RFC 8785), compact, pretty. They differ in member order and white space alone. */
#include <stdlib.h>
#include <string.h>

#include "src/base/json.h"

enum style { CANONICAL, COMPACT, PRETTY };

static void quote_byte(struct buf *out, uint8_t c)
{
	static const char from[] = "\b\t\n\f\r\"\\", to[] = "btnfr\"\\";
	const char *named = c ? strchr(from, c) : NULL;

	if (!named) {
		buf_fmt(out, "\\u%04x", c);
		return;
	}
	buf_byte(out, '\\');
	buf_byte(out, (uint8_t)to[named - from]);
}

static size_t plain_bytes(struct span s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= 0x20 && s.p[n] != '"' && s.p[n] != '\\')
		n++;
	return n;
}

void json_quote(struct buf *out, struct span utf8)
{
	buf_byte(out, '"');
	while (utf8.n) {
		const size_t n = plain_bytes(utf8);

		buf_span(out, span_of(utf8.p, n));
		if (n < utf8.n)
			quote_byte(out, utf8.p[n]);
		utf8 = n < utf8.n ? span_of(utf8.p + n + 1, utf8.n - n - 1) : span_of(NULL, 0);
	}
	buf_byte(out, '"');
}

/* RFC 8785, "Sorting of Object Properties": by UTF-16 code units. That is the order of the UTF-8 bytes, except that
 * what UTF-16 writes as surrogates (UTF-8 from 0xf0) comes before U+E000 to U+FFFF (UTF-8 0xee and 0xef). */
static int utf16_order(struct span a, struct span b)
{
	size_t i = 0;

	while (i < a.n && i < b.n && a.p[i] == b.p[i])
		i++;
	if (i == a.n || i == b.n)
		return a.n == b.n ? 0 : a.n < b.n ? -1 : 1;
	if ((a.p[i] >= 0xee && b.p[i] >= 0xee) && (a.p[i] >= 0xf0) != (b.p[i] >= 0xf0))
		return a.p[i] >= 0xf0 ? -1 : 1;
	return a.p[i] < b.p[i] ? -1 : 1;
}

static int member_order(const void *a, const void *b)
{
	const struct json *const *x = a, *const *y = b;

	return utf16_order((*x)->name, (*y)->name);
}

static bool in_order(const struct json *v)
{
	for (const struct json *c = v->first; c && c->next; c = c->next)
		if (utf16_order(c->name, c->next->name) > 0)
			return false;
	return true;
}

/* malloc'd, NULL when they are written in the order that they have. */
static const struct json **children(const struct json *v, bool sorted)
{
	const struct json **list;
	size_t i = 0;

	if (!sorted || in_order(v))
		return NULL;
	list = calloc(v->n, sizeof(*list));
	if (!list)
		die("out of memory: %zu members", v->n);
	for (const struct json *c = v->first; c; c = c->next)
		list[i++] = c;
	qsort(list, v->n, sizeof(*list), member_order);
	return list;
}

static void new_line(struct buf *out, enum style style, unsigned depth)
{
	if (style == PRETTY)
		buf_fmt(out, "\n%*s", (int)(2 * depth), "");
}

static void write_value(struct buf *out, const struct json *v, enum style style, unsigned depth);

static void write_children(struct buf *out, const struct json *v, enum style style, unsigned depth)
{
	const bool object = v->type == JSON_OBJECT;
	const struct json **list = children(v, object && style == CANONICAL);
	const struct json *c = v->first;

	buf_byte(out, object ? '{' : '[');
	for (size_t i = 0; i < v->n; i++, c = c->next) {
		const struct json *child = list ? list[i] : c;

		if (i)
			buf_byte(out, ',');
		new_line(out, style, depth + 1);
		if (object) {
			json_quote(out, child->name);
			buf_str(out, style == PRETTY ? ": " : ":");
		}
		write_value(out, child, style, depth + 1);
	}
	if (v->n)
		new_line(out, style, depth);
	buf_byte(out, object ? '}' : ']');
	free(list);
}

static void write_value(struct buf *out, const struct json *v, enum style style, unsigned depth)
{
	switch (v->type) {
	case JSON_NULL:
		buf_str(out, "null");
		return;
	case JSON_FALSE:
		buf_str(out, "false");
		return;
	case JSON_TRUE:
		buf_str(out, "true");
		return;
	case JSON_NUMBER:
		buf_span(out, v->text);
		return;
	case JSON_STRING:
		json_quote(out, v->text);
		return;
	case JSON_ARRAY:
	case JSON_OBJECT:
		write_children(out, v, style, depth);
		return;
	}
	BUG("json type %d", (int)v->type);
}

void json_canonical(struct buf *out, const struct json *v)
{
	if (!json_is_canonical(v, NULL))
		BUG("a number that has no canonical form");
	write_value(out, v, CANONICAL, 0);
}

void json_compact(struct buf *out, const struct json *v)
{
	write_value(out, v, COMPACT, 0);
}

void json_pretty(struct buf *out, const struct json *v)
{
	write_value(out, v, PRETTY, 0);
}

bool json_same(const struct json *a, const struct json *b)
{
	struct buf x = {0}, y = {0};
	bool same;

	write_value(&x, a, CANONICAL, 0);
	write_value(&y, b, CANONICAL, 0);
	same = span_eq(buf_view(&x), buf_view(&y));
	buf_release(&x);
	buf_release(&y);
	return same;
}
