#include "src/report/report_csv.h"

#include <string.h>

#include "src/base/text.h"

/* ---- cells ------------------------------------------------------------------------------------------------------ */

static void put_quoted(struct buf *out, struct span text)
{
	buf_byte(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			buf_byte(out, '"');
		buf_byte(out, text.p[i]);
	}
	buf_byte(out, '"');
}

/* U+FF0B, U+FF0D, U+FF1D, U+FF20: the wide forms of + - = @, which some spreadsheets take for them. */
static bool is_wide_operator(struct span s)
{
	static const char *const all[] = { "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\x9d", "\xef\xbc\xa0" };
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (span_starts(s, all[i]))
			return true;
	return false;
}

/* For people: safe to show, and no formula. What starts like one behind blanks is one to some spreadsheets. */
static void put_cell(struct buf *out, struct span text)
{
	struct buf safe = {0};
	size_t blanks = 0;
	text_safe(&safe, text, true);
	while (blanks < safe.n && (safe.p[blanks] == ' ' || safe.p[blanks] == '\n'))
		blanks++;
	const bool formula = blanks < safe.n && (memchr("=+-@", safe.p[blanks], 4) != NULL ||
						 is_wide_operator(span_of(safe.p + blanks, safe.n - blanks)));
	/* TAB and CR are escapes by now, but not to whoever unescapes them. */
	const bool control = text.n > 0 && (text.p[0] == '\t' || text.p[0] == '\r');
	struct buf all = {0};
	buf_str(&all, formula || control ? "'" : "");
	buf_span(&all, buf_view(&safe));
	put_quoted(out, buf_view(&all));
	buf_release(&all);
	buf_release(&safe);
}

static void put_text(struct buf *out, const char *text)
{
	put_cell(out, span_str(text));
	buf_byte(out, ',');
}

static void put_hash(struct buf *out, const struct hash32 *h)
{
	buf_byte(out, '"');
	buf_hex(out, SPAN_HASH(h));
	buf_str(out, "\",");
}

static void put_header(struct buf *out, const char *const *columns, size_t n)
{
	buf_str(out, "\"section\",\"mark\",");
	for (size_t i = 0; i < n; i++)
		put_text(out, columns[i]);
	buf_str(out, "\"lines\",\"entry_json\"\r\n");
}

/* ---- the lines a row rests on ----------------------------------------------------------------------------------- */

/* The lines in order, to find one by its number. */
struct index {
	const struct report_line **v;
	size_t n;
};

static struct index index_of(struct arena *a, const struct report_evidence *ev)
{
	struct index x = { ARENA_ARRAY(a, const struct report_line *, ev->n + 1), 0 };
	for (const struct report_line *l = ev->first; l != NULL; l = l->next)
		x.v[x.n++] = l;
	return x;
}

static const struct report_line *find_line(const struct index *x, uint64_t seq)
{
	size_t low = 0, high = x->n;
	while (low < high) {
		const size_t mid = low + (high - low) / 2;
		if (x->v[mid]->seq == seq)
			return x->v[mid];
		if (x->v[mid]->seq < seq)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static void put_entry(struct buf *out, const struct report_line *l)
{
	if (l->raw.n > 0) {
		buf_span(out, l->raw);
		return;
	}
	buf_fmt(out, "{\"seq\":%llu,\"leaf\":\"", (unsigned long long)l->seq);
	buf_hex(out, SPAN_HASH(&l->leaf));
	buf_fmt(out, "\",\"withheld\":\"%s\"}", l->withheld != NULL ? l->withheld : "");
}

static void put_entries(struct buf *out, const struct index *x, const struct report_row *row)
{
	struct buf lines = {0};
	for (size_t i = 0; i < row->n_lines; i++) {
		const struct report_line *l = find_line(x, row->lines[i]);
		buf_str(&lines, lines.n > 0 ? "\n" : "");
		if (l != NULL)
			put_entry(&lines, l);
	}
	put_quoted(out, buf_view(&lines));
	buf_release(&lines);
}

static void put_seqs(struct buf *out, const struct report_row *row)
{
	buf_byte(out, '"');
	for (size_t i = 0; i < row->n_lines; i++)
		buf_fmt(out, "%s%llu", i > 0 ? " " : "", (unsigned long long)row->lines[i]);
	buf_str(out, "\",");
}

/* ---- sections --------------------------------------------------------------------------------------------------- */

static void put_row(struct buf *out, const struct index *x, const struct report_section *s,
		    const struct report_row *row)
{
	put_text(out, s->id);
	put_text(out, report_mark_name(row->mark));
	for (size_t i = 0; i < s->n_columns; i++)
		put_text(out, row->cells[i]);
	put_seqs(out, row);
	put_entries(out, x, row);
	buf_str(out, "\r\n");
}

static void put_pair(struct buf *out, const char *section, const char *field, struct span value)
{
	put_text(out, section);
	buf_str(out, "\"\",");
	put_text(out, field);
	put_cell(out, value);
	buf_str(out, ",\"\",\"\"\r\n");
}

static void put_hash_pair(struct buf *out, const char *section, const char *field, const struct hash32 *h)
{
	struct buf hex = {0};
	buf_hex(&hex, SPAN_HASH(h));
	put_pair(out, section, field, buf_view(&hex));
	buf_release(&hex);
}

static const char *const pair_columns[] = { "field", "value" };

static void put_head(struct buf *out, const struct report *r)
{
	struct buf made = {0};
	time_format(&made, r->made);
	put_header(out, pair_columns, ARRAY_LEN(pair_columns));
	put_pair(out, "report", "format", span_str(REPORT_FORMAT));
	put_pair(out, "report", "kind", span_str(report_kind_name(r->kind)));
	put_pair(out, "report", "title", span_str(r->title));
	put_pair(out, "report", "subject", span_str(r->subject));
	put_pair(out, "report", "deployment", span_str(r->deployment));
	put_hash_pair(out, "report", "deployment_id", &r->deployment_id);
	put_pair(out, "report", "made", buf_view(&made));
	for (const struct report_section *s = r->first; s != NULL; s = s->next) {
		struct buf field = {0};
		buf_fmt(&field, "section %s", s->id);
		put_pair(out, "report", buf_cstr(&field), span_str(s->title));
		buf_clear(&field);
		buf_fmt(&field, "text %s", s->id);
		if (s->text != NULL)
			put_pair(out, "report", buf_cstr(&field), span_str(s->text));
		buf_release(&field);
	}
	buf_release(&made);
}

static void put_evidence_line(struct buf *out, const struct report_line *l)
{
	buf_fmt(out, "\"evidence_lines\",\"\",\"%llu\",", (unsigned long long)l->seq);
	put_hash(out, &l->leaf);
	buf_byte(out, '"');
	for (size_t i = 0; i < l->path.n; i++) {
		buf_str(out, i > 0 ? " " : "");
		buf_hex(out, SPAN_HASH(&l->path.hash[i]));
	}
	buf_str(out, "\",");
	put_text(out, l->withheld != NULL ? l->withheld : "");
	buf_fmt(out, "\"%llu\",", (unsigned long long)l->seq);
	put_quoted(out, l->raw);
	buf_str(out, "\r\n");
}

static void put_approval(struct buf *out, const struct index *x, const struct report_approval *v)
{
	const struct report_line *l = find_line(x, v->seq);
	buf_fmt(out, "\"evidence_approvals\",\"\",\"%llu\",\"", (unsigned long long)v->seq);
	buf_hex(out, v->bytes);
	buf_fmt(out, "\",\"%llu\",", (unsigned long long)v->seq);
	put_quoted(out, l != NULL ? l->raw : span_str(""));
	buf_str(out, "\r\n");
}

static void put_evidence(struct buf *out, const struct index *x, const struct report_evidence *ev)
{
	static const char *const columns[] = { "seq", "leaf", "path", "withheld" };
	static const char *const approval_columns[] = { "seq", "signature" };
	struct buf size = {0};
	buf_fmt(&size, "%llu", (unsigned long long)ev->size);
	put_header(out, pair_columns, ARRAY_LEN(pair_columns));
	put_pair(out, "evidence", "origin", span_str(ev->origin));
	put_pair(out, "evidence", "vkey", span_str(ev->vkey));
	put_pair(out, "evidence", "checkpoint", ev->checkpoint);
	put_pair(out, "evidence", "size", buf_view(&size));
	put_hash_pair(out, "evidence", "root", &ev->root);
	put_header(out, columns, ARRAY_LEN(columns));
	for (const struct report_line *l = ev->first; l != NULL; l = l->next)
		put_evidence_line(out, l);
	put_header(out, approval_columns, ARRAY_LEN(approval_columns));
	for (size_t i = 0; i < ev->n_approvals; i++)
		put_approval(out, x, &ev->approvals[i]);
	buf_release(&size);
}

void report_write_csv(struct buf *out, const struct report *r)
{
	struct arena a = {0};
	const struct index x = index_of(&a, &r->evidence);
	put_head(out, r);
	for (const struct report_section *s = r->first; s != NULL; s = s->next) {
		if (s->n_columns == 0)
			continue;
		put_header(out, s->columns, s->n_columns);
		for (const struct report_row *row = s->first; row != NULL; row = row->next)
			put_row(out, &x, s, row);
	}
	put_evidence(out, &x, &r->evidence);
	arena_release(&a);
}
