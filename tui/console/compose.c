#include "tui/console/compose.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "src/evm/address.h"
#include "src/gov/units.h"
#include "tui/kit/key.h"

/* ---- life ---- */

static struct compose *compose_new(enum compose_page page)
{
	struct compose *c = calloc(1, sizeof(*c));
	if (c == NULL)
		die("out of memory");
	c->page = page;
	compose_make_words(c);
	return c;
}

void compose_free(struct compose *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n; i++)
		composed_free(c->actions[i]);
	free(c->actions);
	form_release(&c->words);
	edit_release(&c->search);
	arena_release(&c->left_arena);
	arena_release(&c->judged);
	arena_release(&c->now_arena);
	buf_release(&c->kept);
	buf_release(&c->now_asked);
	free(c);
}

struct compose *compose_begin(struct act *x, enum compose_page page)
{
	struct state *s = x->s;
	if (s->compose != NULL) {
		effects_add(x->fx, EFFECT_LEAVE_COMPOSE, "");
		compose_free(s->compose);
	}
	s->compose = compose_new(page);
	if (state_place(s)->view != VIEW_COMPOSE)
		state_go(s, VIEW_COMPOSE, NULL);
	return s->compose;
}

void compose_leave_view(struct act *x)
{
	if (state_place(x->s)->view == VIEW_COMPOSE && !state_back(x->s)) {
		x->s->depth = 0;
		state_go(x->s, VIEW_QUEUE, NULL);
	}
}

enum view_id compose_keys(const struct compose *c)
{
	if (c == NULL)
		return VIEW_COMPOSE;
	switch (c->page) {
	case COMPOSE_LEFT: return VIEW_COMPOSE_LEFT;
	case COMPOSE_PICK: return VIEW_COMPOSE_PICK;
	case COMPOSE_ARGS: return VIEW_COMPOSE_ARGS;
	case COMPOSE_BOOK: return VIEW_COMPOSE_BOOK;
	case COMPOSE_BATCH: return VIEW_COMPOSE_BATCH;
	case COMPOSE_WORDS: return VIEW_COMPOSE_WORDS;
	case COMPOSE_REVIEW: return VIEW_COMPOSE_REVIEW;
	}
	BUG("page %d", (int)c->page);
}

/* ---- what is typed, to and from plain text ---- */

void compose_half(const struct compose *c, struct arena *a, struct half_typed *out)
{
	*out = (struct half_typed){ .edits = span_str(c->edits), .n_actions = c->n };
	out->actions = ARENA_ARRAY(a, struct half_action, c->n + 1);
	for (size_t i = 0; i < c->n; i++) {
		const struct composed *x = c->actions[i];
		struct half_action *h = &out->actions[i];
		*h = (struct half_action){ .name = action_name(x->def), .n_args = x->form.n };
		h->args = ARENA_ARRAY(a, struct half_arg, x->form.n + 1);
		for (size_t k = 0; k < x->form.n; k++)
			h->args[k] = (struct half_arg){ x->args[k].name, buf_view(&x->form.fields[k].edit.text) };
	}
	for (int i = 0; i < N_CHANGE_WORDS; i++)
		out->words[i] = buf_view(&c->words.fields[i].edit.text);
}

static void put_half_action(struct act *x, struct compose *c, const struct half_action *h)
{
	const struct pinned *pin = &x->m->ws->pin;
	const struct action_def *def = catalogue_find(pin->catalogue, h->name);
	if (def == NULL) {
		state_say(x->s, STYLE_WARN, "The catalogue has no action %.*s any more: it is left out.",
			  text_shown(h->name), (const char *)h->name.p);
		return;
	}
	struct composed *action = compose_add(c, pin, def);
	for (size_t i = 0; i < h->n_args; i++) {
		struct buf name = {0};
		buf_span(&name, h->args[i].name);
		struct field *f = form_field(&action->form, buf_cstr(&name));
		if (f != NULL)
			compose_put(f, h->args[i].text);
		else
			state_say(x->s, STYLE_WARN, "%.*s takes no %s any more: it is left out.", text_shown(h->name),
				  (const char *)h->name.p, buf_cstr(&name));
		buf_release(&name);
	}
}

void compose_taken(struct act *x, const struct half_typed *half)
{
	struct compose *c = x->s->compose;
	if (c == NULL || c->page != COMPOSE_LEFT)
		return;
	for (size_t i = 0; i < half->n_actions; i++)
		put_half_action(x, c, &half->actions[i]);
	compose_set_words(c, half->words);
	if (half->edits.n > 0 && half->edits.n < sizeof(c->edits))
		memcpy(c->edits, half->edits.p, half->edits.n);
	c->at = 0;
	c->page = c->n > 0 ? COMPOSE_BATCH : COMPOSE_PICK;
	compose_settle(x);
}

void compose_found(struct act *x, const struct left_rows *left)
{
	struct compose *c = x->s->compose;
	if (c == NULL || c->page != COMPOSE_LEFT)
		return;
	arena_release(&c->left_arena);
	c->found = true;
	c->left = (struct left_rows){ ARENA_ARRAY(&c->left_arena, struct left_row, left->n + 1), 0 };
	for (size_t i = 0; i < left->n; i++) {
		struct left_row *to = &c->left.row[c->left.n++];
		const struct left_row *from = &left->row[i];
		*to = *from;
		to->name = arena_str(&c->left_arena, span_str(from->name));
		to->trouble = from->trouble != NULL ? arena_str(&c->left_arena, span_str(from->trouble)) : NULL;
		to->what.actor = arena_copy(&c->left_arena, from->what.actor);
		to->what.host = arena_copy(&c->left_arena, from->what.host);
		to->what.edits = arena_copy(&c->left_arena, from->what.edits);
		to->what.words[WORD_TITLE] = arena_copy(&c->left_arena, from->what.words[WORD_TITLE]);
		to->what.actions = ARENA_ARRAY(&c->left_arena, struct half_action, from->what.n_actions + 1);
		for (size_t k = 0; k < from->what.n_actions; k++)
			to->what.actions[k].name = arena_copy(&c->left_arena, from->what.actions[k].name);
	}
	c->row = c->row < c->left.n ? c->row : 0;
	if (c->left.n == 0)
		c->page = COMPOSE_PICK;
	compose_settle(x);
}

/* ---- an earlier draft ---- */

/* As a person would type it: an amount has its unit, a delay its hours. */
static void put_canonical(struct composed *x, size_t i, struct span text)
{
	struct buf b = {0};
	struct u256 v;
	uint64_t seconds;
	if (x->args[i].from_chain.n > 0)
		return;                                /* it is read anew */
	if (x->args[i].type == ARG_ETHER && u256_parse(&v, text, NULL))
		wei_format(&b, &v);
	else if (x->args[i].type == ARG_DURATION && u256_parse(&v, text, NULL) && u256_fits_u64(&v, &seconds))
		duration_format(&b, seconds);
	else
		buf_span(&b, text);
	compose_put(&x->form.fields[i], buf_view(&b));
	buf_release(&b);
}

static bool put_drafted(struct act *x, struct compose *c, const struct json *action)
{
	const struct pinned *pin = &x->m->ws->pin;
	struct span name, text;
	const struct action_def *def =
		json_get_str(action, "action", &name, NULL) ? catalogue_find(pin->catalogue, name) : NULL;
	if (def == NULL)
		return false;
	struct composed *to = compose_add(c, pin, def);
	for (size_t i = 0; i < to->form.n; i++)
		if (json_get_str(json_find(action, "args"), to->form.fields[i].name, &text, NULL))
			put_canonical(to, i, text);
	return true;
}

static void put_draft_words(struct compose *c, const struct proposal *p)
{
	struct span words[N_CHANGE_WORDS] = {
		[WORD_TITLE] = p->title, [WORD_REASON] = p->reason, [WORD_TICKET] = p->ticket,
		[WORD_CATEGORY] = p->category, [WORD_IMPACT] = p->impact, [WORD_ROLLBACK] = p->rollback,
		[WORD_AFTER] = p->after,
	};
	struct buf delay = {0};
	if (p->delay > 0)
		duration_format(&delay, p->delay);
	words[WORD_DELAY] = buf_view(&delay);
	compose_set_words(c, words);
	buf_release(&delay);
}

void compose_edit(struct act *x, const char *change)
{
	const struct model_change *m = &x->m->change;
	const struct proposal *p = &m->c.draft;
	if (!m->loaded || m->trouble != NULL || !span_is(m->c.id, change) || p->actions == NULL) {
		state_say(x->s, STYLE_WARN, "%s cannot be read; open it first.", change);
		return;
	}
	if (m->c.proposed || m->c.withdrawn) {
		state_say(x->s, STYLE_WARN, "%s is %s: compose a new change instead.", change,
			  m->c.withdrawn ? "withdrawn" : "proposed and frozen");
		return;
	}
	if (x->s->compose != NULL && x->s->compose->kept.n > 0)
		state_say(x->s, STYLE_DIM, "What was half typed before is put aside: n lists it.");
	struct compose *c = compose_begin(x, COMPOSE_BATCH);
	memcpy(c->edits, change, strlen(change) < sizeof(c->edits) ? strlen(change) : 0);
	for (const struct json *v = p->actions->first; v != NULL; v = v->next)
		if (!put_drafted(x, c, v))
			state_say(x->s, STYLE_WARN, "An action of %s is not in this catalogue: it is left out.",
				  change);
	put_draft_words(c, p);
	c->at = 0;
	compose_settle(x);
}

/* ---- typing ---- */

/* The person leaves the focused field: a name becomes its address, an address its checksummed form. */
static void leave_field(struct compose *c, const struct pinned *pin, size_t field)
{
	struct composed *x = compose_current(c);
	struct edit *d = &x->form.fields[field].edit;
	struct buf text = {0};
	struct addr at;
	x->left[field] = true;
	if (x->args[field].type != ARG_ADDRESS)
		return;
	if (!compose_book_find(pin, buf_view(&d->text), &at) && !addr_parse(&at, buf_view(&d->text), NULL))
		return;
	addr_format(&text, &at);
	edit_set(d, buf_view(&text));
	buf_release(&text);
}

static size_t first_trouble(const struct form *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->fields[i].trouble.n > 0)
			return i;
	return f->n;
}

/* Enter on the last field: on to the next page, unless a field says no. */
static void page_done(struct act *x, struct form *f, bool good, enum compose_page next)
{
	const size_t wrong = first_trouble(f);
	if (good) {
		x->s->compose->page = next;
	} else if (wrong < f->n) {
		f->focus = wrong;
		state_say(x->s, STYLE_WARN, "Not yet: %s", f->fields[wrong].label);
	}
}

static bool type_args(struct act *x, uint32_t key)
{
	struct compose *c = x->s->compose;
	struct composed *action = compose_current(c);
	const struct pinned *pin = &x->m->ws->pin;
	const size_t was = action->form.focus;
	switch (form_key(&action->form, key)) {
	case FORM_IGNORED:
		return key_is_text(key);
	case FORM_CHANGED:
	case FORM_MOVED:
		if (action->form.focus != was)
			leave_field(c, pin, was);
		return true;
	case FORM_DONE:
		for (size_t i = 0; i < action->form.n; i++)
			leave_field(c, pin, i);
		compose_judge(c, x->m);
		page_done(x, &action->form, action->good, COMPOSE_BATCH);
		if (!action->good && first_trouble(&action->form) == action->form.n)
			state_say(x->s, STYLE_WARN, "%s", action->waits);
		return true;
	}
	BUG("a form answers something else");
}

static bool type_words(struct act *x, uint32_t key)
{
	struct compose *c = x->s->compose;
	const size_t was = c->words.focus;
	switch (form_key(&c->words, key)) {
	case FORM_IGNORED:
		return key_is_text(key);
	case FORM_CHANGED:
	case FORM_MOVED:
		c->words_left[was] = c->words_left[was] || c->words.focus != was;
		return true;
	case FORM_DONE:
		memset(c->words_left, true, sizeof(c->words_left));
		compose_judge(c, x->m);
		page_done(x, &c->words, c->words_good, COMPOSE_REVIEW);
		return true;
	}
	BUG("a form answers something else");
}

static bool type_search(struct compose *c, uint32_t key)
{
	if (!edit_key(&c->search, key))
		return key_is_text(key);
	c->row = 0;
	return true;
}

bool compose_type(struct act *x, uint32_t key)
{
	switch (x->s->compose->page) {
	case COMPOSE_PICK:
	case COMPOSE_BOOK: return type_search(x->s->compose, key);
	case COMPOSE_ARGS: return type_args(x, key);
	case COMPOSE_WORDS: return type_words(x, key);
	case COMPOSE_LEFT:
	case COMPOSE_BATCH:
	case COMPOSE_REVIEW: return false;
	}
	BUG("page %d", (int)x->s->compose->page);
}

/* ---- after every key ---- */

/* Something is typed: an empty form is not worth a file. */
static bool is_empty(const struct half_typed *h)
{
	for (int i = 0; i < N_CHANGE_WORDS; i++)
		if (h->words[i].n > 0)
			return false;
	return h->n_actions == 0;
}

static void keep(struct act *x)
{
	struct compose *c = x->s->compose;
	struct arena a = {0};
	struct half_typed half;
	struct buf text = {0};
	compose_half(c, &a, &half);
	half_typed_write(&text, &half);
	if (!span_eq(buf_view(&text), buf_view(&c->kept)) && (c->kept.n > 0 || !is_empty(&half))) {
		buf_clear(&c->kept);
		buf_span(&c->kept, buf_view(&text));
		effects_add(x->fx, EFFECT_SAVE_COMPOSE, "");
	}
	buf_release(&text);
	arena_release(&a);
}

static void now_came(struct act *x, const struct ended *how)
{
	struct compose *c = x->s->compose;
	const struct json *now;
	if (c == NULL || !how->ok || how->json == NULL || c->now_asked.n == 0 ||
	    !json_get(json_at(how->json, 0), "now", JSON_ARRAY, &now, NULL))
		return;
	arena_release(&c->now_arena);
	c->now = json_copy(&c->now_arena, now);
	compose_judge(c, x->m);
}

/* Asks what is so now, for the arguments that can be read so far. */
static void ask_now(struct act *x)
{
	struct compose *c = x->s->compose;
	const struct composed *action = compose_current(c);
	struct buf asked = {0};
	if (c->page != COMPOSE_ARGS && c->page != COMPOSE_BOOK)
		return;
	buf_span(&asked, action_name(action->def));
	for (size_t i = 0; i < action->form.n; i++) {
		const struct field *f = &action->form.fields[i];
		if (f->edit.text.n > 0 && f->trouble.n == 0)
			buf_fmt(&asked, "\n%s=%s", f->name, buf_cstr(&f->edit.text));
	}
	if (span_eq(buf_view(&asked), buf_view(&c->now_asked))) {
		buf_release(&asked);
		return;
	}
	buf_release(&c->now_asked);
	c->now_asked = asked;
	c->now = NULL;
	arena_release(&c->now_arena);
	struct effect *e = effects_add(x->fx, EFFECT_NOW, "");
	effect_word(x->fx, e, "actions");
	for (struct span rest = buf_view(&c->now_asked); rest.n > 0;) {
		const uint8_t *end = memchr(rest.p, '\n', rest.n);
		const size_t n = end != NULL ? (size_t)(end - rest.p) : rest.n;
		effect_fmt(x->fx, e, "%.*s", (int)n, (const char *)rest.p);
		rest = span_of(rest.p + n + (end != NULL), rest.n - n - (end != NULL));
	}
	effect_word(x->fx, e, "--now");
	e->then = now_came;
}

/* Which item of the page has the focus. */
static uint32_t focused_item(const struct compose *c)
{
	switch (c->page) {
	case COMPOSE_LEFT:
	case COMPOSE_PICK:
	case COMPOSE_BOOK: return (uint32_t)c->row;
	case COMPOSE_ARGS: return (uint32_t)c->actions[c->at]->form.focus;
	case COMPOSE_BATCH: return (uint32_t)c->at;
	case COMPOSE_WORDS: return (uint32_t)c->words.focus;
	case COMPOSE_REVIEW: return 0;
	}
	BUG("page %d", (int)c->page);
}

/* The page is laid out anew, so that the focused field and what it says are in sight. */
static void bring_into_sight(struct act *x)
{
	const struct seen seen = { x->m, x->s };
	struct state *s = x->s;
	struct place *p = state_place(s);
	size_t first, end;
	p->item = focused_item(s->compose);
	if (s->body.cols == 0 || s->body_rows == 0)
		return;                                /* nothing was drawn yet */
	paper_clear(&s->body);
	compose_view.page(&seen, &s->body);
	if (p->item == 0)
		p->at.top = 0;
	if (paper_find(&s->body, p->item, &first, &end))
		scroll_show(&p->at, first, end, s->body_rows);
}

void compose_settle(struct act *x)
{
	struct compose *c = x->s->compose;
	if (c == NULL || state_place(x->s)->view != VIEW_COMPOSE)
		return;
	compose_judge(c, x->m);
	keep(x);
	ask_now(x);
	compose_hint_focused(c);
	bring_into_sight(x);
}
