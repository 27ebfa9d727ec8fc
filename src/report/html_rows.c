#include "src/report/html_rows.h"

#include <string.h>

#include "src/base/json.h"
#include "src/crypto/hash.h"
#include "src/report/html_text.h"

/* A table of so many columns is small (page.css). Said here: where a rule has to find out, a browser does so anew for
 * each row that it reads. */
#define WIDE 9u
#define WIDER 11u

void html_rows_init(struct html_rows *h, struct arena *a, const struct report_evidence *ev)
{
	*h = (struct html_rows){.line = ARENA_ARRAY(a, const struct report_line *, ev->n + 1)};
	for (const struct report_line *l = ev->first; l != NULL; l = l->next)
		h->line[h->n_lines++] = l;
}

void html_rows_release(struct html_rows *h)
{
	buf_release(&h->digests);
}

/* ---- what the lines of a row say -------------------------------------------------------------------------------- */

static const struct report_line *find(const struct html_rows *h, uint64_t seq)
{
	size_t from = 0, to = h->n_lines;
	while (from < to) {
		const size_t mid = from + (to - from) / 2;
		if (h->line[mid]->seq < seq)
			from = mid + 1;
		else
			to = mid;
	}
	return from < h->n_lines && h->line[from]->seq == seq ? h->line[from] : NULL;
}

static bool says(const struct json *v, struct span text)
{
	switch (v->type) {
	case JSON_NULL:
		return span_is(text, "null");
	case JSON_FALSE:
		return span_is(text, "false");
	case JSON_TRUE:
		return span_is(text, "true");
	case JSON_NUMBER:
	case JSON_STRING:
		return span_eq(v->text, text);
	case JSON_ARRAY:
	case JSON_OBJECT:
		for (const struct json *child = v->first; child != NULL; child = child->next)
			if (says(child, text))
				return true;
		return false;
	}
	BUG("a JSON value of type %d", (int)v->type);
}

/* The lines of a row, parsed: n of them. One that is not here, or not JSON, says nothing. */
static const struct json **read_lines(struct arena *a, const struct html_rows *h, const struct report_row *row,
				       size_t *n)
{
	const struct json **v = ARENA_ARRAY(a, const struct json *, row->n_lines + 1);
	*n = 0;
	for (size_t i = 0; i < row->n_lines; i++) {
		const struct report_line *l = find(h, row->lines[i]);
		const struct json *parsed = l != NULL && l->raw.n > 0 ? json_parse(a, l->raw, NULL) : NULL;
		if (parsed != NULL)
			v[(*n)++] = parsed;
	}
	return v;
}

/* ---- rows ------------------------------------------------------------------------------------------------------- */

#define WHOLE 24                              /* as long as a time */

/* Hashes and calldata may break anywhere; a time, an id or a word of a sentence is not torn for them. */
static const char *wraps(const char *text)
{
	size_t longest = 0, word = 0, words = 0;
	for (const char *c = text; *c != '\0'; c++) {
		const bool blank = *c == ' ' || *c == '\n';
		words += !blank && word == 0;
		word = blank ? 0 : word + 1;
		longest = word > longest ? word : longest;
	}
	return longest > WHOLE ? "" : words == 1 ? " class=\"word\"" : " class=\"words\"";
}

static void put_cell(struct buf *out, const char *text, bool first, const struct json *const *lines, size_t n)
{
	const char *element = first ? "th" : "td";
	bool said = false;
	for (size_t i = 0; i < n && !said; i++)
		said = says(lines[i], span_str(text));
	said = said && text[0] != '\0';
	buf_fmt(out, "<%s%s%s%s>", element, first ? " scope=\"row\"" : "", wraps(text), said ? " data-said=\"\"" : "");
	if (text[0] != '\0') {
		buf_str(out, said ? "" : "<i>");
		html_text(out, span_str(text), true);
		buf_str(out, said ? "" : "</i>");
	}
	buf_fmt(out, "</%s>", element);
}

static void put_resting(struct buf *out, const struct report_row *row)
{
	buf_str(out, "<td>");
	for (size_t i = 0; i < row->n_lines; i++)
		buf_fmt(out, "%s<a href=\"#line-%llu\">%llu</a>", i > 0 ? " " : "", (unsigned long long)row->lines[i],
			(unsigned long long)row->lines[i]);
	buf_str(out, row->n_lines == 0 ? "no line</td>" : "</td>");
}

static bool is_marked(const struct report_section *s)
{
	for (const struct report_row *row = s->first; row != NULL; row = row->next)
		if (row->mark != REPORT_PLAIN)
			return true;
	return false;
}

static void put_row(struct buf *out, struct html_rows *h, const struct report_section *s, const struct report_row *row,
		    bool marked)
{
	struct arena a = {0};
	struct hash32 digest;
	size_t n;
	const struct json **lines = read_lines(&a, h, row, &n);
	const size_t at = out->n;
	buf_str(out, "<tr>");
	for (size_t i = 0; i < s->n_columns; i++)
		put_cell(out, row->cells[i], i == 0, lines, n);
	if (marked)
		buf_fmt(out, "<td class=\"mark\">%s</td>", report_mark_name(row->mark));
	put_resting(out, row);
	buf_str(out, "</tr>");
	sha256(&digest, span_of(out->p + at, out->n - at));
	buf_span(&h->digests, SPAN_HASH(&digest));
	arena_release(&a);
}

/* "decided_at" is read out as two words. */
static void put_column(struct buf *out, const char *name)
{
	struct buf words = {0};
	buf_str(&words, name);
	for (size_t i = 0; i < words.n; i++)
		if (words.p[i] == '_')
			words.p[i] = ' ';
	buf_str(out, "<th scope=\"col\">");
	html_text(out, buf_view(&words), false);
	buf_str(out, "</th>");
	buf_release(&words);
}

void html_table(struct buf *out, struct html_rows *h, const struct report_section *s)
{
	const bool marked = is_marked(s);
	const size_t n = s->n_columns + marked + 1;
	buf_fmt(out, "<table%s><caption>", n >= WIDER ? " class=\"wide wider\"" : n >= WIDE ? " class=\"wide\"" : "");
	html_text(out, span_str(s->title), false);
	buf_fmt(out, ": %zu %s</caption><thead><tr>", s->n, s->n == 1 ? "row" : "rows");
	for (size_t i = 0; i < s->n_columns; i++)
		put_column(out, s->columns[i]);
	buf_fmt(out, "%s<th scope=\"col\">rests on lines</th></tr></thead><tbody>\n",
		marked ? "<th scope=\"col\">mark</th>" : "");
	for (const struct report_row *row = s->first; row != NULL; row = row->next) {
		put_row(out, h, s, row, marked);
		buf_byte(out, '\n');
	}
	buf_str(out, "</tbody></table>\n");
}
