#include "src/report/report_markdown.h"

#include <string.h>

#include "src/base/text.h"

/* ---- text ------------------------------------------------------------------------------------------------------- */

/* What a ticket system would make a link of, or call somebody for, however it is escaped: code alone prevents it. */
static size_t active(struct span text)
{
	static const char *const all[] = { "@", "://", "www." };
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (span_starts(text, all[i]))
			return strlen(all[i]);
	return 0;
}

static bool is_word(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Inside a word an underscore is one. */
static bool is_inside_word(struct span text, size_t i)
{
	return text.p[i] == '_' && i > 0 && i + 1 < text.n && is_word(text.p[i - 1]) && is_word(text.p[i + 1]);
}

static void put_escaped(struct buf *out, struct span text)
{
	size_t digits = 0;
	while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9')
		digits++;
	for (size_t i = 0; i < text.n; i++) {
		const char c = (char)text.p[i];
		const bool starts = i == 0 ? c == '-' || c == '+' || c == '='
			: i == digits && (c == '.' || c == ')') && (i + 1 == text.n || text.p[i + 1] == ' ');
		const size_t code = active(span_of(text.p + i, text.n - i));
		if (code > 0) {
			buf_fmt(out, "`%.*s`", (int)code, (const char *)text.p + i);
			i += code - 1;
			continue;
		}
		if (starts || (c != '\0' && strchr("\\`*_[]<>#|~&!$", c) != NULL && !is_inside_word(text, i)))
			buf_byte(out, '\\');
		buf_byte(out, text.p[i]);
	}
}

static void put_one_line(struct buf *out, struct span text)
{
	struct buf safe = {0};
	text_safe(&safe, text, false);
	put_escaped(out, buf_view(&safe));
	buf_release(&safe);
}

void report_markdown_text(struct buf *out, struct span text)
{
	for (;;) {
		const uint8_t *end = text.n > 0 ? memchr(text.p, '\n', text.n) : NULL;
		if (end == NULL)
			break;
		const size_t n = (size_t)(end - text.p);
		put_one_line(out, span_of(text.p, n));
		buf_str(out, "<br>");
		text = span_of(end + 1, text.n - n - 1);
	}
	put_one_line(out, text);
}

static void put_text(struct buf *out, const char *text)
{
	report_markdown_text(out, span_str(text));
}

/* ---- sections --------------------------------------------------------------------------------------------------- */

static bool is_marked(const struct report_section *s)
{
	for (const struct report_row *row = s->first; row != NULL; row = row->next)
		if (row->mark != REPORT_PLAIN)
			return true;
	return false;
}

static void put_columns(struct buf *out, const struct report_section *s, bool marked)
{
	buf_str(out, "\n|");
	for (size_t i = 0; i < s->n_columns; i++) {
		buf_byte(out, ' ');
		put_text(out, s->columns[i]);
		buf_str(out, " |");
	}
	buf_str(out, marked ? " mark | lines |\n|" : " lines |\n|");
	for (size_t i = 0; i < s->n_columns + 1 + marked; i++)
		buf_str(out, "---|");
	buf_byte(out, '\n');
}

static void put_row(struct buf *out, const struct report_section *s, const struct report_row *row, bool marked)
{
	buf_byte(out, '|');
	for (size_t i = 0; i < s->n_columns; i++) {
		buf_byte(out, ' ');
		put_text(out, row->cells[i]);
		buf_str(out, " |");
	}
	if (marked)
		buf_fmt(out, row->mark == REPORT_FINDING ? " **%s** |" : " %s |", report_mark_name(row->mark));
	buf_byte(out, ' ');
	for (size_t i = 0; i < row->n_lines; i++)
		buf_fmt(out, "%s%llu", i > 0 ? ", " : "", (unsigned long long)row->lines[i]);
	buf_str(out, " |\n");
}

static void put_section(struct buf *out, const struct report_section *s)
{
	const bool marked = is_marked(s);
	buf_str(out, "\n## ");
	put_text(out, s->title);
	buf_byte(out, '\n');
	if (s->text != NULL) {
		buf_byte(out, '\n');
		put_text(out, s->text);
		buf_byte(out, '\n');
	}
	if (s->n_columns == 0)
		return;
	if (s->n == 0) {
		buf_str(out, "\nNone.\n");
		return;
	}
	put_columns(out, s, marked);
	for (const struct report_row *row = s->first; row != NULL; row = row->next)
		put_row(out, s, row, marked);
}

/* ---- evidence --------------------------------------------------------------------------------------------------- */

/* Indented code: nothing in it can end it. */
static void put_note(struct buf *out, struct span note)
{
	bool begins = true;
	struct buf safe = {0};
	text_safe(&safe, note, true);
	for (size_t i = 0; i < safe.n; i++) {
		if (begins && safe.p[i] != '\n')
			buf_str(out, "    ");
		begins = safe.p[i] == '\n';
		buf_byte(out, safe.p[i]);
	}
	buf_release(&safe);
}

static void put_line(struct buf *out, const struct report_evidence *ev, const struct report_line *l)
{
	buf_fmt(out, "| %llu | `", (unsigned long long)l->seq);
	buf_hex(out, SPAN_HASH(&l->leaf));
	buf_fmt(out, "` | %s |\n", l->withheld != NULL ? l->withheld : l->seq < ev->size ? "under the checkpoint"
					: "newer than the checkpoint");
}

static void put_evidence(struct buf *out, const struct report_evidence *ev)
{
	buf_str(out, "\n## Evidence\n\nThe checkpoint that the lines below are under; ask for the same root from "
		     "another channel than this page (a block, a witness, an owner's cosignature). `setgov log prove "
		     "entry SEQ` gives a line with its path to it.\n\n");
	put_note(out, ev->checkpoint);
	buf_str(out, "\nKey: `");
	buf_str(out, ev->vkey);
	buf_str(out, "`\n\nRoot: `");
	buf_hex(out, SPAN_HASH(&ev->root));
	buf_fmt(out, "` over %llu lines\n", (unsigned long long)ev->size);
	if (ev->n == 0)
		return;
	buf_str(out, "\n| seq | leaf | state |\n|---|---|---|\n");
	for (const struct report_line *l = ev->first; l != NULL; l = l->next)
		put_line(out, ev, l);
}

void report_write_markdown(struct buf *out, const struct report *r)
{
	buf_str(out, "# ");
	put_text(out, r->title);
	buf_str(out, "\n\n- Deployment: ");
	put_text(out, r->deployment);
	buf_str(out, ", id `");
	buf_hex(out, SPAN_HASH(&r->deployment_id));
	buf_str(out, "`\n- Made: ");
	time_format(out, r->made);
	buf_str(out, " by this machine's clock\n- Subject: ");
	put_text(out, r->subject);
	buf_fmt(out, " (%s)\n- Marks: ", report_kind_name(r->kind));
	report_marks(out, r, NULL);
	buf_byte(out, '\n');
	for (const struct report_section *s = r->first; s != NULL; s = s->next)
		put_section(out, s);
	put_evidence(out, &r->evidence);
}
