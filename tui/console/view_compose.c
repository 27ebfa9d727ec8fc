/* Composing: one page at a time; on those that type, what was typed stands above what it will do. */
#include "src/base/text.h"
#include "tui/console/calls.h"
#include "tui/console/compose.h"
#include "src/base/when.h"

#define SHOWN(s) text_shown(s), (const char *)(s).p

static const struct pinned *pins(const struct seen *x)
{
	return &x->m->ws->pin;
}

static enum style risk_style(enum action_risk r)
{
	switch (r) {
	case RISK_LOW: return STYLE_DIM;
	case RISK_MEDIUM: return STYLE_TEXT;
	case RISK_HIGH: return STYLE_WARN;
	case RISK_CRITICAL: return STYLE_BAD;
	}
	BUG("risk %d", (int)r);
}

static void search_line(const struct seen *x, struct paper *p, const char *label)
{
	const struct compose *c = x->s->compose;
	paper_begin(p, 0, 2);
	paper_add(p, STYLE_LABEL, "%s ", label);
	edit_draw(p, &c->search, c->row == 0);         /* the cursor follows the rows once they are walked through */
	paper_end(p);
	paper_blank(p);
}

/* ---- what was left ---- */

static void left_name(const struct left_row *row, struct paper *p)
{
	const struct half_typed *h = &row->what;
	if (h->words[WORD_TITLE].n > 0)
		paper_add_foreign(p, h->words[WORD_TITLE]);
	else
		paper_add(p, STYLE_TEXT, "(no title yet)");
	if (h->edits.n > 0)
		paper_add(p, STYLE_TEXT, ", for %.*s", SHOWN(h->edits));
}

static void left_row(const struct seen *x, const struct left_row *row, struct paper *p)
{
	const struct half_typed *h = &row->what;
	struct buf when = {0};
	paper_begin(p, 2, 4);
	if (row->trouble != NULL) {
		paper_add(p, STYLE_BAD, "! cannot be read: ");
		paper_add_safe(p, STYLE_BAD, span_str(row->trouble));
		paper_end(p);
		return;
	}
	left_name(row, p);
	paper_end(p);
	for (size_t i = 0; i < h->n_actions; i++)
		paper_line(p, STYLE_TEXT, 6, "%.*s", SHOWN(h->actions[i].name));
	when_relative(&when, h->time.ms / 1000, x->m->now.ms / 1000);
	paper_begin(p, 6, 6);
	paper_add(p, STYLE_DIM, "%s, by ", buf_cstr(&when));
	paper_add_foreign(p, h->actor);
	paper_add(p, STYLE_DIM, " on ");
	paper_add_foreign(p, h->host);
	if (row->taken)
		paper_add(p, STYLE_WARN, "; open there now (process %llu)", (unsigned long long)h->pid);
	paper_end(p);
	buf_release(&when);
}

static void left_page(const struct seen *x, struct paper *p)
{
	const struct compose *c = x->s->compose;
	if (!c->found) {
		paper_line(p, STYLE_DIM, 0, "Looking for what was left half typed …");
		return;
	}
	paper_title(p, "Half typed, and not saved");
	for (size_t i = 0; i < c->left.n; i++) {
		paper_item(p, (uint32_t)i);
		left_row(x, &c->left.row[i], p);
	}
	paper_item(p, PAPER_NO_ITEM);
	paper_blank(p);
	paper_line(p, STYLE_TEXT, 0, "Enter goes on with the focused one, b begins anew, x throws one away.");
}

/* ---- which action ---- */

static void pick_row(const struct action_def *d, struct paper *p)
{
	const enum action_risk risk = action_risk_of(d);
	paper_begin(p, 2, 38);
	paper_add(p, risk_style(risk), "%s", action_risk_name(risk));
	paper_to(p, 11);
	paper_add(p, STYLE_LABEL, "%.*s", SHOWN(action_name(d)));
	paper_to(p, 38);
	paper_add(p, STYLE_TEXT, "%.*s", SHOWN(action_title(d)));
	paper_end(p);
}

static void pick_page(const struct seen *x, struct paper *p)
{
	const struct compose *c = x->s->compose;
	const struct action_def *d;
	size_t i = 0;
	search_line(x, p, "What shall be done? Search:");
	paper_begin(p, 2, 2);
	paper_add(p, STYLE_DIM, "risk");
	paper_to(p, 11);
	paper_add(p, STYLE_DIM, "action");
	paper_to(p, 38);
	paper_add(p, STYLE_DIM, "what it does");
	paper_end(p);
	for (; compose_pick_row(c, pins(x), i, &d); i++) {
		paper_item(p, (uint32_t)i);
		pick_row(d, p);
	}
	paper_item(p, PAPER_NO_ITEM);
	if (i == 0)
		paper_line(p, STYLE_WARN, 2, "! no action of the catalogue has all these words");
}

static void book_page(const struct seen *x, struct paper *p)
{
	const struct compose *c = x->s->compose;
	struct book_row row;
	size_t i = 0;
	search_line(x, p, "Address book. Search:");
	for (; compose_book_row(c, pins(x), i, &row); i++) {
		paper_item(p, (uint32_t)i);
		paper_begin(p, 2, 30);
		paper_add(p, STYLE_LABEL, "%.*s", SHOWN(row.name));
		paper_to(p, 20);
		paper_add(p, STYLE_DIM, "%s", row.what);
		paper_to(p, 30);
		paper_add(p, STYLE_HASH, "%s", row.text);
		paper_end(p);
	}
	paper_item(p, PAPER_NO_ITEM);
	if (i == 0)
		paper_line(p, STYLE_WARN, 2, "! the profile has no such name or address");
}

/* ---- what it will do ---- */

static void one_call(const struct composed_call *call, size_t number, bool with_data, struct paper *p)
{
	const struct shown_call c = {
		.number = number, .label = call->explained != NULL ? call->explained->contract : NULL, .to = call->to,
		.value = call->value, .explained = call->explained, .trouble = call->trouble,
		.data = with_data ? call->data : NULL,
	};
	calls_draw(&c, p);
}

static void action_does(const struct composed *a, size_t *number, bool with_data, struct paper *p)
{
	if (a->sentence != NULL)
		paper_line(p, STYLE_TEXT, 2, "%s", a->sentence);
	if (a->waits != NULL)
		paper_line(p, a->good ? STYLE_DIM : STYLE_WARN, 2, "%s%s", a->good ? "" : "! ", a->waits);
	for (size_t i = 0; i < a->n_calls; i++)
		one_call(&a->calls[i], ++*number, with_data, p);
}

/* What the chain says of it now and no single field has beside it. */
static void now_rows(const struct compose *c, struct paper *p)
{
	bool any = false;
	for (const struct json *row = c->now != NULL ? c->now->first : NULL; row != NULL; row = row->next) {
		struct span say, now;
		if (!json_is_null(json_find(row, "arg")) || !json_get_str(row, "say", &say, NULL) ||
		    !json_get_str(row, "now", &now, NULL))
			continue;
		if (!any)
			paper_title(p, "Now, on the chain");
		any = true;
		paper_begin(p, 2, 4);
		paper_add_safe(p, STYLE_TEXT, say);
		paper_add(p, STYLE_DIM, ": ");
		paper_add_safe(p, STYLE_TEXT, now);
		paper_end(p);
	}
}

static void verdict(const struct compose *c, struct paper *p)
{
	paper_title(p, "Verdict");
	paper_line(p, STYLE_WARN, 2, "! no policy yet: only the catalogue limits what can be signed");
	if (c->complaint != NULL)
		paper_line(p, STYLE_BAD, 2, "! %s", c->complaint);
}

/* ---- its arguments ---- */

static void args_page(const struct seen *x, struct paper *p)
{
	const struct compose *c = x->s->compose;
	const struct composed *a = compose_current(c);
	const enum action_risk risk = action_risk_of(a->def);
	size_t number = 0;
	paper_begin(p, 0, 2);
	paper_add(p, STYLE_TITLE, "%.*s", SHOWN(action_title(a->def)));
	paper_add(p, STYLE_DIM, "  %.*s, %s, risk ", SHOWN(action_name(a->def)),
		  action_is_direct(a->def) ? "direct" : "by timelock");
	paper_add(p, risk_style(risk), "%s", action_risk_name(risk));
	paper_end(p);
	form_draw(p, &a->form, 0);
	paper_title(p, "What this will do");
	action_does(a, &number, true, p);
	now_rows(c, p);
	verdict(c, p);
}

/* ---- the batch ---- */

static void batch_page(const struct seen *x, struct paper *p)
{
	const struct compose *c = x->s->compose;
	if (c->edits[0] != '\0')
		paper_line(p, STYLE_TITLE, 0, "The draft %s, anew", c->edits);
	paper_title(p, "%zu action%s, done in this order", c->n, c->n == 1 ? "" : "s");
	for (size_t i = 0; i < c->n; i++) {
		const struct composed *a = c->actions[i];
		paper_item(p, (uint32_t)i);
		paper_begin(p, 2, 5);
		paper_add(p, STYLE_TEXT, "%zu. ", i + 1);
		paper_add(p, STYLE_LABEL, "%.*s  ", SHOWN(action_name(a->def)));
		if (a->sentence != NULL)
			paper_add(p, STYLE_TEXT, "%s", a->sentence);
		else
			paper_add(p, a->good ? STYLE_DIM : STYLE_WARN, "%s%s", a->good ? "" : "! ", a->waits);
		paper_end(p);
	}
	paper_item(p, PAPER_NO_ITEM);
	verdict(c, p);
	paper_title(p, "Next");
	paper_line(p, STYLE_TEXT, 2, "Enter goes on to the words (title, reason) and then to the review; e changes an "
		   "action, a adds one.");
}

/* ---- words, review ---- */

static void all_actions(const struct compose *c, bool with_data, struct paper *p)
{
	size_t number = 0;
	for (size_t i = 0; i < c->n; i++)
		action_does(c->actions[i], &number, with_data, p);
}

/* Last, and by the number of its call: who reads it has read all else. */
static void all_data(const struct compose *c, struct paper *p)
{
	size_t number = 0;
	paper_title(p, "The calldata");
	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->actions[i]->n_calls; k++) {
			paper_begin(p, 2, 4);
			paper_add(p, STYLE_DIM, "%zu. ", ++number);
			paper_add(p, STYLE_HASH, "%s", c->actions[i]->calls[k].data);
			paper_end(p);
		}
}

static void words_page(const struct seen *x, struct paper *p)
{
	const struct compose *c = x->s->compose;
	form_draw(p, &c->words, 0);
	paper_title(p, "What it will do");
	all_actions(c, true, p);
	verdict(c, p);
}

static void words_shown(const struct compose *c, struct paper *p)
{
	for (size_t i = 0; i < c->words.n; i++) {
		const struct field *f = &c->words.fields[i];
		if (f->trouble.n > 0)
			paper_line(p, STYLE_BAD, 2, "! %s: %s", f->label, buf_cstr(&f->trouble));
		else if (f->edit.text.n == 0 && f->required)
			paper_line(p, STYLE_BAD, 2, "! %s: this is needed", f->label);
		paper_foreign(p, 2, f->label, buf_view(&f->edit.text));
	}
}

static void review_page(const struct seen *x, struct paper *p)
{
	const struct compose *c = x->s->compose;
	paper_item(p, 0);
	if (compose_ready(c))
		paper_line(p, STYLE_GOOD, 0, "Ready: s saves %s%s, p saves and proposes.",
			   c->edits[0] != '\0' ? "the draft " : "it as a draft", c->edits);
	else
		paper_line(p, STYLE_BAD, 0, "! Not ready: what stands at ! below is missing or wrong. "
			   "e goes to the actions, w to the words.");
	paper_item(p, PAPER_NO_ITEM);
	paper_title(p, "In your words");
	words_shown(c, p);
	paper_title(p, "What it will do%s", c->direct ? ", at once and without the timelock" : "");
	if (c->n == 0)
		paper_line(p, STYLE_BAD, 2, "! nothing: there is no action");
	all_actions(c, false, p);
	verdict(c, p);
	if (c->n > 0)
		all_data(c, p);
}

static void page(const struct seen *x, struct paper *p)
{
	const struct compose *c = x->s->compose;
	if (c == NULL || x->m->ws == NULL) {
		paper_line(p, STYLE_DIM, 0, "Nothing is being composed: n begins.");
		return;
	}
	switch (c->page) {
	case COMPOSE_LEFT: left_page(x, p); break;
	case COMPOSE_PICK: pick_page(x, p); break;
	case COMPOSE_ARGS: args_page(x, p); break;
	case COMPOSE_BOOK: book_page(x, p); break;
	case COMPOSE_BATCH: batch_page(x, p); break;
	case COMPOSE_WORDS: words_page(x, p); break;
	case COMPOSE_REVIEW: review_page(x, p); break;
	}
}

const struct view compose_view = { .page = page };
