/* The log's lines, the newest first, and one of them in full. */
#include <string.h>

#include "src/base/text.h"
#include "tui/console/model.h"
#include "tui/console/state.h"
#include "tui/console/view.h"
#include "src/base/when.h"

static size_t count(const struct seen *x)
{
	return model_log_count(x->m);
}

/* What the line says of itself in a few words, from its body. */
static void gist(const struct json *body, struct paper *p)
{
	static const char *const names[] = { "title", "reason", "step", "decision", "code", "text", "note", "nonce",
					     "size", "name" };
	size_t shown = 0;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct json *v = json_find(body, names[i]);
		if (v == NULL || (v->type != JSON_STRING && v->type != JSON_NUMBER) || v->text.n == 0)
			continue;
		paper_add(p, STYLE_DIM, "%s%s ", shown++ > 0 ? " · " : "", names[i]);
		paper_add_foreign(p, v->text);
	}
}

static void item(const struct seen *x, size_t i, struct paper *p)
{
	const struct model_log *log = &x->m->log;
	struct buf b = {0};
	if (log->trouble != NULL && i >= log->first + log->n_lines) {
		paper_line(p, STYLE_BAD, 0, "! %s", log->trouble);
		return;
	}
	if (i < log->first || i - log->first >= log->n_lines)
		return;
	const struct line *l = &log->lines[i - log->first].line;
	time_format_minute(&b, l->time.ms / 1000);
	paper_begin(p, 0, 8);
	paper_add(p, STYLE_DIM, "%6llu", (unsigned long long)l->seq);
	paper_to(p, 8);
	paper_add(p, STYLE_TEXT, "%s", buf_cstr(&b));
	paper_to(p, 30);
	paper_add_span(p, STYLE_TITLE, l->change);
	paper_to(p, 38);
	paper_add_span(p, STYLE_TEXT, l->kind);
	paper_add(p, STYLE_DIM, " by ");
	paper_add_span(p, STYLE_LABEL, l->actor);
	paper_add(p, STYLE_DIM, " (");
	paper_add_span(p, STYLE_DIM, l->auth);
	paper_add(p, STYLE_DIM, ") ");
	gist(l->body, p);
	paper_end(p);
	buf_release(&b);
}

const struct view log_view = { .count = count, .item = item, .empty = "No such lines. F shows all of them again." };

/* ---- one line ---- */

static void body(const struct json *v, size_t indent, struct paper *p)
{
	for (const struct json *c = v->first; c != NULL; c = c->next) {
		struct buf b = {0};
		paper_begin(p, indent, indent + 2);
		if (v->type == JSON_OBJECT) {
			paper_add_foreign(p, c->name);
			paper_add(p, STYLE_DIM, ": ");
		} else {
			paper_add(p, STYLE_DIM, "- ");
		}
		if (c->first != NULL) {
			paper_end(p);
			body(c, indent + 2, p);
			continue;
		}
		if (c->type == JSON_STRING)
			buf_span(&b, c->text);
		else
			json_compact(&b, c);
		paper_add_foreign(p, buf_view(&b));
		paper_end(p);
		buf_release(&b);
	}
}

static void hash(struct paper *p, const char *name, const struct hash32 *h)
{
	struct buf b = {0};
	buf_hex(&b, SPAN_HASH(h));
	paper_pair(p, 0, 8, name, STYLE_HASH, "%s", buf_cstr(&b));
	buf_release(&b);
}

static void line_page(const struct seen *x, struct paper *p)
{
	const struct model_line *m = &x->m->line;
	const struct line *l = &m->shown.line;
	struct buf b = {0};
	if (!m->loaded || m->trouble != NULL) {
		paper_line(p, STYLE_BAD, 0, "! %s", m->trouble != NULL ? m->trouble : "not read yet");
		return;
	}
	paper_pair(p, 0, 8, "line", STYLE_TEXT, "%llu of %llu", (unsigned long long)l->seq,
		   (unsigned long long)x->m->head.size);
	when_format(&b, l->time.ms / 1000, x->m->now.ms / 1000);
	paper_pair(p, 0, 8, "time", STYLE_TEXT, "%s", buf_cstr(&b));
	paper_pair(p, 0, 8, "kind", STYLE_TITLE, "%.*s", text_shown(l->kind), (const char *)l->kind.p);
	if (l->change.n > 0)
		paper_pair(p, 0, 8, "change", STYLE_TITLE, "%.*s", text_shown(l->change), (const char *)l->change.p);
	paper_pair(p, 0, 8, "actor", STYLE_LABEL, "%.*s (%.*s)", text_shown(l->actor), (const char *)l->actor.p,
		   text_shown(l->auth), (const char *)l->auth.p);
	hash(p, "leaf", &m->shown.leaf);
	hash(p, "prev", &l->prev);
	paper_line(p, STYLE_GOOD, 0, "✓ re-read from the log, and its hash is the one that was stored");
	paper_line(p, STYLE_DIM, 0, ":log verify recomputes the whole log");
	paper_title(p, "What it says");
	body(l->body, 2, p);
	paper_title(p, "Its bytes");
	paper_foreign(p, 0, "line", l->raw);
	buf_release(&b);
}

const struct view line_view = { .page = line_page };
