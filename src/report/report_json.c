#include "src/report/report_json.h"

#include "src/base/text.h"

/* ---- text ------------------------------------------------------------------------------------------------------- */

static void escape(struct buf *out, uint32_t c)
{
	if (c >= 0x10000)
		buf_fmt(out, "\\u%04x\\u%04x", (unsigned)(0xd800 + ((c - 0x10000) >> 10)),
			(unsigned)(0xdc00 + ((c - 0x10000) & 0x3ff)));
	else
		buf_fmt(out, "\\u%04x", (unsigned)c);
}

static void put_utf8(struct buf *out, struct span text)
{
	while (text.n > 0) {
		uint32_t c;
		const size_t n = text_decode(text, &c);
		const struct span one = span_of(text.p, n);
		if (c == '"' || c == '\\')
			buf_fmt(out, "\\%c", (char)c);
		else if (c == '\n')
			buf_str(out, "\\n");
		else if (text_is_plain(one, false))
			buf_span(out, one);
		else
			escape(out, c);
		text = span_of(text.p + n, text.n - n);
	}
}

void report_json_quote(struct buf *out, struct span text)
{
	struct buf safe = {0};
	buf_byte(out, '"');
	if (!text_is_utf8(text)) {
		text_safe(&safe, text, true);
		text = buf_view(&safe);
	}
	put_utf8(out, text);
	buf_byte(out, '"');
	buf_release(&safe);
}

static void quote(struct buf *out, const char *text)
{
	report_json_quote(out, span_str(text));
}

/* `,` and a new line, "name": */
static void member(struct buf *out, const char *lead, const char *name)
{
	buf_str(out, lead);
	quote(out, name);
	buf_byte(out, ':');
}

static void string_member(struct buf *out, const char *lead, const char *name, const char *value)
{
	member(out, lead, name);
	if (value != NULL)
		quote(out, value);
	else
		buf_str(out, "null");
}

static void hash_member(struct buf *out, const char *lead, const char *name, const struct hash32 *h)
{
	member(out, lead, name);
	buf_byte(out, '"');
	buf_hex(out, SPAN_HASH(h));
	buf_byte(out, '"');
}

static void number_member(struct buf *out, const char *lead, const char *name, uint64_t n)
{
	member(out, lead, name);
	buf_fmt(out, "%llu", (unsigned long long)n);
}

/* ---- sections --------------------------------------------------------------------------------------------------- */

static void put_row(struct buf *out, const struct report_section *s, const struct report_row *row)
{
	buf_str(out, "\n    {\"cells\":{");
	for (size_t i = 0; i < s->n_columns; i++)
		string_member(out, i > 0 ? "," : "", s->columns[i], row->cells[i]);
	string_member(out, "},", "mark", report_mark_name(row->mark));
	member(out, ",", "lines");
	buf_byte(out, '[');
	for (size_t i = 0; i < row->n_lines; i++)
		buf_fmt(out, "%s%llu", i > 0 ? "," : "", (unsigned long long)row->lines[i]);
	buf_str(out, "]}");
}

static void put_picture(struct buf *out, const struct report_section *s)
{
	static const char *const names[] = { NULL, "bars", "spans" };
	string_member(out, ",", "picture", names[s->picture]);
	if (s->picture == PICTURE_NONE)
		return;
	string_member(out, ",", "label", s->columns[s->label]);
	string_member(out, ",", s->picture == PICTURE_BARS ? "value" : "from", s->columns[s->value]);
	if (s->picture == PICTURE_SPANS)
		string_member(out, ",", "until", s->columns[s->until]);
}

static void put_section(struct buf *out, const struct report_section *s)
{
	string_member(out, "\n  {", "id", s->id);
	string_member(out, ",", "title", s->title);
	string_member(out, ",", "text", s->text);
	member(out, ",", "columns");
	buf_byte(out, '[');
	for (size_t i = 0; i < s->n_columns; i++) {
		buf_str(out, i > 0 ? "," : "");
		quote(out, s->columns[i]);
	}
	buf_byte(out, ']');
	put_picture(out, s);
	member(out, ",", "rows");
	buf_byte(out, '[');
	for (const struct report_row *row = s->first; row != NULL; row = row->next) {
		put_row(out, s, row);
		buf_str(out, row->next != NULL ? "," : "");
	}
	buf_str(out, "]}");
}

/* ---- evidence --------------------------------------------------------------------------------------------------- */

static void put_line(struct buf *out, const struct report_line *l)
{
	number_member(out, "\n  {", "seq", l->seq);
	hash_member(out, ",", "leaf", &l->leaf);
	member(out, ",", "line");
	if (l->raw.n > 0)
		report_json_quote(out, l->raw);
	else
		buf_str(out, "null");
	string_member(out, ",", "withheld", l->withheld);
	member(out, ",", "path");
	buf_byte(out, '[');
	for (size_t i = 0; i < l->path.n; i++) {
		buf_str(out, i > 0 ? ",\"" : "\"");
		buf_hex(out, SPAN_HASH(&l->path.hash[i]));
		buf_byte(out, '"');
	}
	buf_str(out, "]}");
}

static void put_approvals(struct buf *out, const struct report_evidence *ev)
{
	member(out, ",\n  ", "approvals");
	buf_byte(out, '[');
	for (size_t i = 0; i < ev->n_approvals; i++) {
		number_member(out, i > 0 ? ",\n  {" : "\n  {", "seq", ev->approvals[i].seq);
		member(out, ",", "signature");
		buf_byte(out, '"');
		buf_hex(out, ev->approvals[i].bytes);
		buf_str(out, "\"}");
	}
	buf_byte(out, ']');
}

static void put_evidence(struct buf *out, const struct report_evidence *ev)
{
	string_member(out, "{", "origin", ev->origin);
	string_member(out, ",", "vkey", ev->vkey);
	member(out, ",", "checkpoint");
	report_json_quote(out, ev->checkpoint);
	number_member(out, ",", "size", ev->size);
	hash_member(out, ",", "root", &ev->root);
	member(out, ",", "lines");
	buf_byte(out, '[');
	for (const struct report_line *l = ev->first; l != NULL; l = l->next) {
		put_line(out, l);
		buf_str(out, l->next != NULL ? "," : "");
	}
	buf_byte(out, ']');
	put_approvals(out, ev);
	buf_byte(out, '}');
}

void report_write_json(struct buf *out, const struct report *r)
{
	struct buf made = {0};
	time_format(&made, r->made);
	string_member(out, "{", "format", REPORT_FORMAT);
	string_member(out, ",\n ", "kind", report_kind_name(r->kind));
	string_member(out, ",\n ", "title", r->title);
	string_member(out, ",\n ", "subject", r->subject);
	string_member(out, ",\n ", "deployment", r->deployment);
	hash_member(out, ",\n ", "deploymentId", &r->deployment_id);
	string_member(out, ",\n ", "made", buf_cstr(&made));
	member(out, ",\n ", "sections");
	buf_byte(out, '[');
	for (const struct report_section *s = r->first; s != NULL; s = s->next) {
		put_section(out, s);
		buf_str(out, s->next != NULL ? "," : "");
	}
	buf_str(out, "]");
	member(out, ",\n ", "evidence");
	put_evidence(out, &r->evidence);
	buf_str(out, "}\n");
	buf_release(&made);
}
