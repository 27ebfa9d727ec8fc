#include "src/base/text.h"

#include <limits.h>
#include <string.h>
#include <utf8proc.h>

size_t text_decode(struct span s, uint32_t *c)
{
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t v;
	size_t n;

	if (s.n == 0)
		return 0;
	n = s.p[0] < 0x80 ? 1 : s.p[0] >= 0xf0 ? 4 : s.p[0] >= 0xe0 ? 3 : 2;
	if ((s.p[0] >= 0x80 && s.p[0] < 0xc2) || s.p[0] > 0xf4 || n > s.n)
		return 0;
	v = n == 1 ? s.p[0] : s.p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s.p[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (s.p[i] & 0x3f);
	}
	if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	*c = v;
	return n;
}

void text_encode(struct buf *out, uint32_t c)
{
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		BUG("U+%X has no UTF-8", c);
	if (c < 0x80) {
		buf_byte(out, (uint8_t)c);
		return;
	}
	if (c < 0x800) {
		buf_byte(out, (uint8_t)(0xc0 | c >> 6));
	} else if (c < 0x10000) {
		buf_byte(out, (uint8_t)(0xe0 | c >> 12));
		buf_byte(out, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
	} else {
		buf_byte(out, (uint8_t)(0xf0 | c >> 18));
		buf_byte(out, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
		buf_byte(out, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_byte(out, (uint8_t)(0x80 | (c & 0x3f)));
}

bool text_is_utf8(struct span s)
{
	while (s.n) {
		uint32_t c;
		const size_t n = text_decode(s, &c);

		if (n == 0)
			return false;
		s = span_of(s.p + n, s.n - n);
	}
	return true;
}

int text_shown(struct span s)
{
	return s.n > INT_MAX ? INT_MAX : (int)s.n;
}

/* Is this character, shown as it is, something a reader does not see or sees wrongly? `first`: nothing of the same
 * text stands before it on its line. */
static bool deceives(uint32_t c, bool first)
{
	const utf8proc_property_t *p;

	if (c >= 0x20 && c < 0x7f)
		return false;
	if (c == 0x2800)                 /* braille with no dot: a space that is no space */
		return true;
	p = utf8proc_get_property((utf8proc_int32_t)c);
	if (p->ignorable)                /* zero width joiners, fillers, variation selectors, tags */
		return true;
	switch ((utf8proc_category_t)p->category) {
	case UTF8PROC_CATEGORY_CC: case UTF8PROC_CATEGORY_CF: case UTF8PROC_CATEGORY_CS: case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_CN: case UTF8PROC_CATEGORY_ZL: case UTF8PROC_CATEGORY_ZP: case UTF8PROC_CATEGORY_ZS:
		return true;
	case UTF8PROC_CATEGORY_MN: case UTF8PROC_CATEGORY_MC: case UTF8PROC_CATEGORY_ME:
		return first;            /* it would sit on what we wrote ourselves */
	case UTF8PROC_CATEGORY_LU: case UTF8PROC_CATEGORY_LL: case UTF8PROC_CATEGORY_LT: case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO: case UTF8PROC_CATEGORY_ND: case UTF8PROC_CATEGORY_NL: case UTF8PROC_CATEGORY_NO:
	case UTF8PROC_CATEGORY_PC: case UTF8PROC_CATEGORY_PD: case UTF8PROC_CATEGORY_PS: case UTF8PROC_CATEGORY_PE:
	case UTF8PROC_CATEGORY_PI: case UTF8PROC_CATEGORY_PF: case UTF8PROC_CATEGORY_PO: case UTF8PROC_CATEGORY_SM:
	case UTF8PROC_CATEGORY_SC: case UTF8PROC_CATEGORY_SK: case UTF8PROC_CATEGORY_SO:
		return false;
	}
	return true;
}

void text_safe(struct buf *out, struct span s, bool lines)
{
	bool first = true;

	while (s.n) {
		uint32_t c = 0;
		size_t n = text_decode(s, &c);

		if (n == 0) {
			buf_fmt(out, "\\x%02X", s.p[0]);
			n = 1;
		} else if (c == '\n' && lines) {
			buf_byte(out, '\n');
		} else if (deceives(c, first)) {
			buf_fmt(out, "\\u{%04X}", c);
		} else {
			buf_add(out, s.p, n);
		}
		first = c == '\n';
		s = span_of(s.p + n, s.n - n);
	}
}

char *text_safe_str(struct arena *a, struct span s, bool lines)
{
	struct buf safe = {0};
	text_safe(&safe, s, lines);
	char *out = arena_str(a, buf_view(&safe));
	buf_release(&safe);
	return out;
}

char *text_safe_err(struct arena *a, const struct err *e)
{
	struct buf words = {0};
	err_format(e, &words);
	char *out = text_safe_str(a, buf_view(&words), false);
	buf_release(&words);
	return out;
}

bool text_is_plain(struct span s, bool lines)
{
	struct buf safe = {0};
	bool same;

	text_safe(&safe, s, lines);
	same = span_eq(buf_view(&safe), s);
	buf_release(&safe);
	return same;
}

static size_t width_of(uint32_t c)
{
	const int w = utf8proc_charwidth((utf8proc_int32_t)c);

	return w < 0 ? 0 : (size_t)w;
}

size_t text_width(struct span s)
{
	size_t width = 0;

	while (s.n) {
		uint32_t c = 0;
		const size_t n = text_decode(s, &c);

		if (n == 0)
			BUG("the width of text that is not UTF-8");
		width += width_of(c);
		s = span_of(s.p + n, s.n - n);
	}
	return width;
}

size_t text_fit(struct span s, size_t columns)
{
	size_t at = 0, width = 0;

	while (at < s.n) {
		uint32_t c = 0;
		const size_t n = text_decode(span_of(s.p + at, s.n - at), &c);

		if (n == 0)
			BUG("the width of text that is not UTF-8");
		if (width_of(c) > columns - width)
			break;
		width += width_of(c);
		at += n;
	}
	return at;
}

static void break_line(struct buf *out, size_t indent)
{
	while (out->n && out->p[out->n - 1] == ' ')
		out->n--;
	buf_byte(out, '\n');
	for (size_t i = 0; i < indent; i++)
		buf_byte(out, ' ');
}

void text_wrap(struct buf *out, struct span s, size_t columns, size_t indent)
{
	size_t at = indent, i = 0;
	bool empty = true;               /* nothing on this line yet */

	while (i < s.n) {
		const size_t from = i;
		struct span word;
		size_t width;

		if (s.p[i] == ' ' || s.p[i] == '\n') {
			if (s.p[i++] == '\n') {
				break_line(out, indent);
				at = indent;
				empty = true;
			}
			continue;
		}
		while (i < s.n && s.p[i] != ' ' && s.p[i] != '\n')
			i++;
		word = span_of(s.p + from, i - from);
		width = text_width(word);
		if (!empty && at + 1 + width > columns) {
			break_line(out, indent);
			at = indent;
		} else if (!empty) {
			buf_byte(out, ' ');
			at++;
		}
		buf_span(out, word);
		at += width;
		empty = false;
	}
}

void text_roff(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '-')
			buf_str(out, "\\-");
		else if (*s == '\\')
			buf_str(out, "\\e");
		else
			buf_byte(out, (uint8_t)*s);
	}
}
