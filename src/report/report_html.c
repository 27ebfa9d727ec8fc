#include "src/report/report_html.h"

#include <string.h>

#include "src/base/base64.h"
#include "src/crypto/hash.h"
#include "src/report/html_evidence.h"
#include "src/report/html_picture.h"
#include "src/report/html_rows.h"
#include "src/report/html_text.h"

/* ---- what is compiled in ---------------------------------------------------------------------------------------- */

static const struct part {
	const char *path;
	const uint8_t *bytes;
	size_t n;
} parts[] = {
#include "gen/page.inc"
};

static struct span part(const char *path)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (strcmp(parts[i].path, path) == 0)
			return span_of(parts[i].bytes, parts[i].n);
	BUG("%s is not compiled in", path);
}

static struct span style(void)
{
	return part("src/report/page.css");
}

/* Four files, one after another. */
static void put_program(struct buf *out)
{
	buf_span(out, part("src/report/hash.js"));
	buf_span(out, part("src/report/owner.js"));
	buf_span(out, part("src/report/step.js"));
	buf_span(out, part("src/report/verify.js"));
}

/* ---- small pieces ----------------------------------------------------------------------------------------------- */

static void put_text(struct buf *out, const char *before, const char *text, const char *after)
{
	buf_str(out, before);
	html_text(out, span_str(text), true);
	buf_str(out, after);
}

static void put_source(struct buf *out, struct span text)
{
	struct hash32 digest;
	sha256(&digest, text);
	buf_str(out, " 'sha256-");
	buf_base64(out, SPAN_HASH(&digest));
	buf_byte(out, '\'');
}

/* ---- <main>: what the report shows ------------------------------------------------------------------------------ */

static void put_title(struct buf *out, const struct report *r)
{
	struct buf made = {0}, marks = {0};
	time_format(&made, r->made);
	report_marks(&marks, r, NULL);
	put_text(out, "\n<h1>", r->title, "</h1>\n<dl>");
	put_text(out, "<dt>report</dt><dd>", report_kind_name(r->kind), ": ");
	put_text(out, "", r->subject, "</dd>");
	put_text(out, "<dt>deployment</dt><dd>", r->deployment, "<br>0x");
	buf_hex(out, SPAN_HASH(&r->deployment_id));
	put_text(out, "</dd><dt>made</dt><dd>", buf_cstr(&made), ", by this machine's clock</dd>");
	put_text(out, "<dt>marks</dt><dd>", buf_cstr(&marks), "</dd></dl>\n");
	buf_release(&marks);
	buf_release(&made);
}

static const char ask[] =
	"<form id=\"ask\" hidden=\"\">\n"
	"<label for=\"root\">Root, as it stands somewhere else (64 hex digits)</label>"
	"<input id=\"root\" autocomplete=\"off\" spellcheck=\"false\">\n"
	"<label for=\"size\">Number of lines that root is over, where you have it</label>"
	"<input id=\"size\" inputmode=\"numeric\" autocomplete=\"off\">\n"
	"<label for=\"vkey\">Log key, from somewhere else (name+hex+base64)</label>"
	"<input id=\"vkey\" autocomplete=\"off\" spellcheck=\"false\">\n"
	"<label for=\"cosigners\">Or, in the root's place, cosigners, from somewhere else: an owner's address or a "
	"witness's key (name+hex+base64) on each line</label>"
	"<textarea id=\"cosigners\" rows=\"3\" autocomplete=\"off\" spellcheck=\"false\"></textarea>\n"
	"<label for=\"needed\">How many of them have to have signed; empty: all</label>"
	"<input id=\"needed\" inputmode=\"numeric\" autocomplete=\"off\">\n"
	"<label for=\"safe\">Or, in the log key's place where owners signed, their Safe, from somewhere else (chain "
	"id:address)</label>"
	"<input id=\"safe\" autocomplete=\"off\" spellcheck=\"false\">\n"
	"<label for=\"signatures\">Cosignatures that this page does not carry, from anywhere: owners' files, notes "
	"with witnesses' lines</label>"
	"<textarea id=\"signatures\" rows=\"3\" autocomplete=\"off\" spellcheck=\"false\"></textarea>\n"
	"<button type=\"submit\">Check</button>\n</form>\n";

static const char where_to_look[] =
	"<p>The root is a number that stands for all lines of the log up to there: with one of them changed it would "
	"be another. The log key is the one that signs it. Take them from anywhere but this file and whoever sent it:"
	"</p>\n<ul>\n"
	"<li>From a colleague with a copy of the log: <code>setgov log prove entry 0 --size N --json</code>, N being "
	"the number of lines at the top of this page, prints the <code>root</code> of their copy, and "
	"<code>setgov log checkpoint --json</code> the <code>vkey</code>.</li>\n"
	"<li>From an owner or a witness: <code>setgov log checkpoint --cosigned --json</code> prints the newest root "
	"that they signed.</li>\n"
	"<li>From the chain: the salt of each operation of the timelock (the event CallSalt) is the root of the lines "
	"up to its proposal.</li>\n";

static void put_roots(struct buf *out, const struct report_evidence *ev)
{
	for (const struct report_root *root = ev->roots; root != NULL; root = root->next) {
		buf_fmt(out, "<li>Over the first %llu lines: ", (unsigned long long)root->head.size);
		put_text(out, "", root->where, ".</li>\n");
	}
	buf_str(out, "</ul>\n");
}

static void put_check(struct buf *out, const struct report_evidence *ev)
{
	buf_str(out, "<section id=\"check\" aria-labelledby=\"check-title\">"
		"<h2 id=\"check-title\">Is this what was logged?</h2>\n"
		"<div id=\"verdict\" role=\"status\" data-is=\"unchecked\"><p id=\"verdict-title\">Not checked.</p>"
		"<p id=\"verdict-text\">This page checks itself where its script runs: open the file in a browser. "
		"Without it, docs/reports.md says how any other program checks it.</p>"
		"<ul id=\"findings\"></ul></div>\n<p id=\"took\"></p>\n");
	buf_str(out, ask);
	buf_str(out, where_to_look);
	put_roots(out, ev);
	buf_str(out, "</section>\n");
}

/* Which sections somebody has to look at stands beside their names. */
static void put_contents(struct buf *out, const struct report *r)
{
	unsigned number = 0;
	struct buf marks = {0};
	buf_str(out, "<nav aria-label=\"Contents\"><ol>");
	for (const struct report_section *s = r->first; s != NULL; s = s->next) {
		buf_fmt(out, "<li><a href=\"#s%u\">", ++number);
		put_text(out, "", s->title, "</a>");
		buf_clear(&marks);
		report_marks(&marks, r, s);
		if (marks.n > 0)
			put_text(out, ": <strong>", buf_cstr(&marks), "</strong>");
		buf_str(out, "</li>");
	}
	buf_release(&marks);
	buf_str(out, "<li><a href=\"#lines\">The lines of the log</a></li></ol></nav>\n");
	put_text(out, "<p>", report_marks_mean(), "</p>\n");
	buf_str(out, "<p>Upright text in a table stands word for word in a line that its row names. "
		"<i>Slanted text</i> was computed when the report was made.</p>\n");
}

static void put_section(struct buf *out, struct html_rows *h, const struct report *r, const struct report_section *s,
			unsigned number)
{
	buf_fmt(out, "<section id=\"s%u\" aria-labelledby=\"h%u\"><h2 id=\"h%u\">", number, number, number);
	put_text(out, "", s->title, "</h2>\n");
	if (s->text != NULL)
		put_text(out, "<p>", s->text, "</p>\n");
	if (s->n_columns > 0 && s->picture != PICTURE_NONE)
		html_picture(out, s, r->made, number);
	if (s->n_columns > 0)
		html_table(out, h, s);
	buf_str(out, "</section>\n");
}

static void put_withheld(struct buf *out, const struct report_evidence *ev)
{
	bool any = false;
	for (const struct report_line *l = ev->first; l != NULL; l = l->next) {
		if (l->withheld == NULL)
			continue;
		buf_fmt(out, "%s<li>line %llu: ", any ? "" : "<section aria-label=\"Lines not carried\">"
			"<h2>Lines that this page does not carry</h2><ul>", (unsigned long long)l->seq);
		put_text(out, "", l->withheld, "</li>");
		any = true;
	}
	buf_str(out, any ? "</ul></section>\n" : "");
}

static void put_main(struct buf *out, struct html_rows *h, const struct report *r)
{
	unsigned number = 0;
	put_title(out, r);
	put_check(out, &r->evidence);
	put_contents(out, r);
	for (const struct report_section *s = r->first; s != NULL; s = s->next)
		put_section(out, h, r, s, ++number);
	put_withheld(out, &r->evidence);
}

/* ---- around it -------------------------------------------------------------------------------------------------- */

/* At the foot of each printed sheet, so that paper points to the log. */
static void put_printed(struct buf *out, const struct report_evidence *ev)
{
	buf_fmt(out, "@page{@bottom-center{font-size:7pt;content:\"%llu lines, root ", (unsigned long long)ev->size);
	buf_hex(out, SPAN_HASH(&ev->root));
	buf_str(out, "\"}}");
}

static void put_head(struct buf *out, const struct report *r, struct span printed)
{
	struct buf program = {0};
	put_program(&program);
	buf_str(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src");
	put_source(out, buf_view(&program));
	buf_release(&program);
	buf_str(out, "; style-src");
	put_source(out, style());
	put_source(out, printed);
	buf_str(out, "; base-uri 'none'; form-action 'none'\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		/* A browser that knows this lays the page out when it is read, and not again and again before. */
		"<link rel=\"expect\" href=\"#end\" blocking=\"render\">\n");
	buf_str(out, "<title>");
	html_plain(out, span_str(r->title));
	buf_str(out, "</title>\n<style>");
	buf_span(out, style());
	buf_str(out, "</style>\n<style id=\"printed\">");
	buf_span(out, printed);
	buf_str(out, "</style>\n</head>\n<body>");
}

/* What is empty while the digest is made, which is logged before there is a checkpoint: with == NULL. */
static void put_seal(struct buf *out, const struct report_evidence *with)
{
	put_text(out, "<header><dl><dt>log</dt><dd id=\"the-origin\">", with != NULL ? with->origin : "", "</dd>");
	buf_str(out, "<dt>lines</dt><dd id=\"the-size\">");
	if (with != NULL)
		buf_fmt(out, "%llu", (unsigned long long)with->size);
	buf_str(out, "</dd><dt>root</dt><dd id=\"the-root\" class=\"hash\">");
	if (with != NULL)
		buf_hex(out, SPAN_HASH(&with->root));
	put_text(out, "</dd><dt>log key</dt><dd id=\"the-vkey\" class=\"hash\">", with != NULL ? with->vkey : "",
		 "</dd></dl></header>\n");
}

static void put_line(struct buf *out, const struct report_line *l)
{
	buf_fmt(out, "<li id=\"line-%llu\" value=\"%llu\">", (unsigned long long)l->seq, (unsigned long long)l->seq);
	if (l->raw.n > 0) {
		buf_str(out, "<code>");
		html_text(out, l->raw, false);
		buf_str(out, "</code></li>\n");
		return;
	}
	buf_str(out, "not carried; its leaf hash is ");
	buf_hex(out, SPAN_HASH(&l->leaf));
	buf_str(out, "</li>\n");
}

static void put_lines(struct buf *out, const struct report_evidence *with)
{
	buf_str(out, "<section id=\"lines\" aria-labelledby=\"lines-title\">"
		"<h2 id=\"lines-title\">The lines of the log</h2>\n"
		"<p>Byte for byte as they were logged, each with its number.</p>\n<ol>");
	if (with != NULL)
		buf_byte(out, '\n');
	for (const struct report_line *l = with != NULL ? with->first : NULL; l != NULL; l = l->next)
		put_line(out, l);
	buf_str(out, "</ol></section>\n<footer><h2>The signed checkpoint</h2>\n<pre id=\"the-checkpoint\">");
	if (with != NULL)
		html_text(out, with->checkpoint, true);
	buf_str(out, "</pre></footer>\n");
}

/* Up to the end of the program: at that point the browser has read so much, and the program looks at it. */
static void put_body(struct buf *out, struct html_rows *h, const struct report *r, const struct report_evidence *with)
{
	buf_byte(out, '\n');
	put_seal(out, with);
	buf_str(out, "<main>");
	put_main(out, h, r);
	buf_str(out, "</main>\n");
	put_lines(out, with);
	buf_str(out, "<script type=\"application/json\" id=\"evidence\">");
	if (with != NULL)
		html_evidence(out, with, (const struct hash32 *)(const void *)h->digests.p,
			      h->digests.n / sizeof(struct hash32));
	buf_str(out, "</script>\n<div id=\"end\"></div>\n<script>");
	put_program(out);
	buf_str(out, "</script>");
}

void report_html_digest(struct hash32 *out, const struct report *r)
{
	struct arena a = {0};
	struct html_rows h;
	struct buf frame = {0};
	html_rows_init(&h, &a, &r->evidence);
	buf_span(&frame, style());
	put_body(&frame, &h, r, NULL);
	sha256(out, buf_view(&frame));
	buf_release(&frame);
	html_rows_release(&h);
	arena_release(&a);
}

static size_t named_lines(const struct report_evidence *ev)
{
	return ev->n - (ev->made != NULL);
}

bool report_write_html(struct buf *out, const struct report *r, struct err *e)
{
	struct arena a = {0};
	struct html_rows h;
	struct buf printed = {0};
	if (named_lines(&r->evidence) > REPORT_HTML_MAX_LINES)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a page that checks itself carries at most %u lines, this "
			       "report rests on %zu: take a shorter period, or give the log itself (log export)",
			       REPORT_HTML_MAX_LINES, named_lines(&r->evidence));
	html_rows_init(&h, &a, &r->evidence);
	put_printed(&printed, &r->evidence);
	put_head(out, r, buf_view(&printed));
	put_body(out, &h, r, &r->evidence);
	buf_str(out, "\n</body></html>\n");
	buf_release(&printed);
	html_rows_release(&h);
	arena_release(&a);
	return true;
}
