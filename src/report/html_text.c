#include "src/report/html_text.h"

#include "src/base/json.h"
#include "src/base/text.h"

static void put_escaped(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '&')
			buf_str(out, "&amp;");
		else if (s.p[i] == '<')
			buf_str(out, "&lt;");
		else if (s.p[i] == '>')
			buf_str(out, "&gt;");
		else
			buf_byte(out, s.p[i]);
	}
}

/* Whether a mark that sits on the character before it deceives depends on whether there is one. */
static bool is_plain_here(struct span one, bool first)
{
	uint8_t after[1 + 4] = "x";
	if (first)
		return text_is_plain(one, false);
	for (size_t i = 0; i < one.n; i++)
		after[1 + i] = one.p[i];
	return text_is_plain(span_of(after, 1 + one.n), false);
}

void html_text(struct buf *out, struct span s, bool lines)
{
	bool first = true;
	if (text_is_plain(s, lines)) {
		put_escaped(out, s);
		return;
	}
	while (s.n > 0) {
		uint32_t c = 0;
		const size_t n = text_decode(s, &c);
		const struct span one = span_of(s.p, n > 0 ? n : 1);
		if (n > 0 && ((c == '\n' && lines) || is_plain_here(one, first))) {
			put_escaped(out, one);
		} else {
			buf_str(out, "<var>");
			text_safe(out, one, false);
			buf_str(out, "</var>");
		}
		first = c == '\n';
		s = span_of(s.p + one.n, s.n - one.n);
	}
}

void html_plain(struct buf *out, struct span s)
{
	struct buf safe = {0};
	text_safe(&safe, s, false);
	put_escaped(out, buf_view(&safe));
	buf_release(&safe);
}

void html_json_text(struct buf *out, struct span utf8)
{
	struct buf quoted = {0};
	json_quote(&quoted, utf8);
	for (size_t i = 0; i < quoted.n; i++) {
		if (quoted.p[i] == '<')
			buf_str(out, "\\u003c");
		else
			buf_byte(out, quoted.p[i]);
	}
	buf_release(&quoted);
}
