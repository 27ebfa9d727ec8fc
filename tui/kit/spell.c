#include "tui/kit/spell.h"

#include "src/base/text.h"

/* Our own marks, and what stands for them where there is only ASCII. An arrow and a sign take the same columns as what
 * they stand for; where one ASCII character would say something else (a plain > for "at least"), two say it. */
static const struct {
	uint32_t c;
	const char *ascii;
} marks[] = {
	{0x00b7, "-"}, {0x00d7, "x"}, {0x2013, "-"}, {0x2014, "-"}, {0x2018, "'"}, {0x2019, "'"},
	{0x201c, "\""}, {0x201d, "\""}, {0x2022, "*"}, {0x2026, "~"}, {0x2190, "<"}, {0x2191, "^"},
	{0x2192, ">"}, {0x2193, "v"}, {0x2260, "!="}, {0x2264, "<="}, {0x2265, ">="}, {0x2500, "-"},
	{0x2502, "|"}, {0x250c, "+"}, {0x2510, "+"}, {0x2514, "+"}, {0x2518, "+"}, {0x251c, "+"},
	{0x2524, "+"}, {0x252c, "+"}, {0x2534, "+"}, {0x253c, "+"}, {0x2550, "="}, {0x2588, "#"},
	{0x2591, "."}, {0x2592, ":"}, {0x25b2, "^"}, {0x25b6, ">"}, {0x25bc, "v"}, {0x25c0, "<"},
	{0x25cb, "o"}, {0x25cf, "*"}, {0x26a0, "!"}, {0x2713, "+"}, {0x2717, "x"},
};

static const char *ascii_of(uint32_t c)
{
	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (marks[i].c == c)
			return marks[i].ascii;
	return NULL;
}

void spell_number(struct buf *out, uint32_t c)
{
	buf_fmt(out, "\\u{%04X}", (unsigned)c);
}

/* Printable ASCII only. Without a branch in the loop, since nearly all text is. */
static bool is_simple(struct span s)
{
	unsigned other = 0;

	for (size_t i = 0; i < s.n; i++)
		other |= (unsigned)((uint8_t)(s.p[i] - 0x20) >= 0x5f);
	return !other;
}

/* `room`: the character before can take a mark. */
static void spell_one(struct buf *out, struct span bytes, uint32_t c, bool room, unsigned how)
{
	const char *instead = how & SPELL_OURS ? ascii_of(c) : NULL;

	if (c < 0x80 || (!(how & SPELL_ASCII) && (room || text_width(bytes) > 0)))
		buf_span(out, bytes);
	else if ((how & SPELL_ASCII) && instead)
		buf_str(out, instead);
	else
		spell_number(out, c);
}

struct span spell(struct buf *scratch, struct span text, unsigned how)
{
	struct buf safe = {0};
	struct span rest;
	bool room = false;

	if (is_simple(text))
		return text;
	buf_clear(scratch);
	text_safe(&safe, text, how & SPELL_LINES);
	rest = buf_view(&safe);
	while (rest.n) {
		uint32_t c = 0;
		const size_t n = text_decode(rest, &c);
		const struct span bytes = span_of(rest.p, n);

		spell_one(scratch, bytes, c, room, how);
		room = c != ' ' && c != '\n' && text_width(bytes) > 0;
		rest = span_of(rest.p + n, rest.n - n);
	}
	buf_release(&safe);
	return buf_view(scratch);
}

struct glyph glyph_take(struct span *rest)
{
	struct glyph g = {0};
	size_t n = text_decode(*rest, &g.c);
	uint32_t mark = 0;

	g.width = g.c < 0x80 ? 1 : text_width(span_of(rest->p, n));
	*rest = span_of(rest->p + n, rest->n - n);
	n = text_decode(*rest, &mark);
	if (n && mark >= 0x80 && text_width(span_of(rest->p, n)) == 0) {
		g.mark = mark;
		*rest = span_of(rest->p + n, rest->n - n);
	}
	return g;
}

void cells_text(struct buf *out, const struct cell *cells, size_t n)
{
	while (n && cells[n - 1].c == ' ')
		n--;
	for (size_t i = 0; i < n; i++) {
		if (cells[i].c)
			text_encode(out, cells[i].c);
		if (cells[i].mark)
			text_encode(out, cells[i].mark);
	}
}
