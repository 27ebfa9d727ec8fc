/* Composing: what the keys of its pages do, and how it becomes a draft. Pages are compose.h's. */
#include <string.h>

#include "src/base/text.h"
#include "src/evm/address.h"
#include "tui/console/compose.h"

void act_compose_new(struct act *x)
{
	if (x->m->ws == NULL) {
		state_say(x->s, STYLE_DIM, "There is no workspace yet.");
		return;
	}
	if (x->s->compose != NULL && state_place(x->s)->view != VIEW_COMPOSE) {
		state_go(x->s, VIEW_COMPOSE, NULL);    /* where it was left */
		compose_settle(x);
		return;
	}
	compose_begin(x, COMPOSE_LEFT);
	effects_add(x->fx, EFFECT_FIND_COMPOSE, "");
}

/* Typing, moving between fields, turning a choice: the form's own. Its row is there for footer and help. */
void act_compose_type(struct act *x)
{
	compose_type(x, x->s->compose->key);
}

/* ---- what was left ---- */

static const struct left_row *left_row(struct act *x)
{
	const struct compose *c = x->s->compose;
	const struct left_row *row = c->row < c->left.n ? &c->left.row[c->row] : NULL;
	if (row != NULL && row->taken) {
		state_say(x->s, STYLE_WARN, "Another console has it open.");
		return NULL;
	}
	return row;
}

void act_compose_continue(struct act *x)
{
	const struct left_row *row = left_row(x);
	if (row == NULL)
		return;
	if (row->trouble != NULL) {
		state_say(x->s, STYLE_WARN, "It cannot be read: x throws it away.");
		return;
	}
	effect_word(x->fx, effects_add(x->fx, EFFECT_TAKE_COMPOSE, ""), row->name);
}

void act_compose_anew(struct act *x)
{
	x->s->compose->page = COMPOSE_PICK;
}

static void throw_left(struct act *x)
{
	const struct left_row *row = left_row(x);
	state_close_ask(x->s);
	if (row != NULL)
		effect_word(x->fx, effects_add(x->fx, EFFECT_THROW_COMPOSE, ""), row->name);
}

void act_compose_throw_left(struct act *x)
{
	if (left_row(x) == NULL)
		return;
	state_ask(x->s, "Throw away what was typed", 0, throw_left);
	x->s->ask.style = STYLE_BAD;
	buf_str(&x->s->ask.text, "Nobody can bring it back: it is in no log.");
}

/* ---- moving ---- */

static size_t count_rows(const struct act *x)
{
	const struct compose *c = x->s->compose;
	const struct pinned *pin = &x->m->ws->pin;
	const struct action_def *def;
	struct book_row row;
	size_t n = 0;
	if (c->page == COMPOSE_LEFT)
		return c->left.n;
	if (c->page == COMPOSE_BATCH)
		return c->n;
	while (c->page == COMPOSE_BOOK ? compose_book_row(c, pin, n, &row) : compose_pick_row(c, pin, n, &def))
		n++;
	return n;
}

static size_t *focus(struct compose *c)
{
	return c->page == COMPOSE_BATCH ? &c->at : &c->row;
}

void act_compose_up(struct act *x)
{
	size_t *at = focus(x->s->compose);
	*at -= *at > 0;
}

void act_compose_down(struct act *x)
{
	size_t *at = focus(x->s->compose);
	*at += *at + 1 < count_rows(x);
}

/* ---- picking ---- */

static void to_page(struct compose *c, enum compose_page page)
{
	c->page = page;
	c->row = 0;
	edit_set(&c->search, span_of(NULL, 0));
}

void act_compose_pick(struct act *x)
{
	struct compose *c = x->s->compose;
	const struct action_def *def;
	if (!compose_pick_row(c, &x->m->ws->pin, c->row, &def)) {
		state_say(x->s, STYLE_WARN, "No action of the catalogue has all these words.");
		return;
	}
	compose_add(c, &x->m->ws->pin, def);
	to_page(c, COMPOSE_ARGS);
}

void act_compose_book(struct act *x)
{
	struct compose *c = x->s->compose;
	const struct composed *action = compose_current(c);
	if (action->args[action->form.focus].type != ARG_ADDRESS)
		state_say(x->s, STYLE_DIM, "This field is no address.");
	else
		to_page(c, COMPOSE_BOOK);
}

void act_compose_book_pick(struct act *x)
{
	struct compose *c = x->s->compose;
	struct composed *action = compose_current(c);
	struct buf text = {0};
	struct book_row row;
	if (!compose_book_row(c, &x->m->ws->pin, c->row, &row)) {
		state_say(x->s, STYLE_WARN, "The profile has no such name or address.");
		return;
	}
	addr_format(&text, &row.address);
	edit_set(&action->form.fields[action->form.focus].edit, buf_view(&text));
	buf_release(&text);
	to_page(c, COMPOSE_ARGS);
}

/* ---- the batch ---- */

void act_compose_fill(struct act *x)
{
	struct compose *c = x->s->compose;
	if (compose_current(c) != NULL)
		to_page(c, COMPOSE_ARGS);
}

void act_compose_add(struct act *x)
{
	to_page(x->s->compose, COMPOSE_PICK);
}

static void take_out(struct act *x)
{
	struct compose *c = x->s->compose;
	state_close_ask(x->s);
	compose_remove(c, c->at);
	if (c->n == 0)
		to_page(c, COMPOSE_PICK);
	compose_settle(x);
}

void act_compose_remove(struct act *x)
{
	const struct composed *action = compose_current(x->s->compose);
	if (action == NULL)
		return;
	state_ask(x->s, "Take this action out", 0, take_out);
	buf_fmt(&x->s->ask.text, "%.*s, and what was typed for it.", text_shown(action_name(action->def)),
		(const char *)action_name(action->def).p);
}

static void swap(struct compose *c, size_t i)
{
	struct composed *above = c->actions[i];
	c->actions[i] = c->actions[i + 1];
	c->actions[i + 1] = above;
}

void act_compose_raise(struct act *x)
{
	struct compose *c = x->s->compose;
	if (c->at > 0)
		swap(c, --c->at);
}

void act_compose_lower(struct act *x)
{
	struct compose *c = x->s->compose;
	if (c->at + 1 < c->n)
		swap(c, c->at++);
}

void act_compose_words(struct act *x)
{
	x->s->compose->page = COMPOSE_WORDS;
}

/* Enter all the way ends at the review. */
void act_compose_go_on(struct act *x)
{
	struct compose *c = x->s->compose;
	c->page = c->words_good ? COMPOSE_REVIEW : COMPOSE_WORDS;
}

void act_compose_batch(struct act *x)
{
	x->s->compose->page = COMPOSE_BATCH;
}

void act_compose_review(struct act *x)
{
	x->s->compose->page = COMPOSE_REVIEW;
}

static void throw_all(struct act *x)
{
	state_close_ask(x->s);
	effects_add(x->fx, EFFECT_DROP_COMPOSE, "");
	compose_free(x->s->compose);
	x->s->compose = NULL;
	compose_leave_view(x);
	state_say(x->s, STYLE_DIM, "Thrown away.");
}

void act_compose_throw(struct act *x)
{
	state_ask(x->s, "Throw all of it away", 0, throw_all);
	x->s->ask.style = STYLE_BAD;
	buf_str(&x->s->ask.text, "Actions and words that were typed and not saved: nobody can bring them back.");
}

/* ---- back ---- */

static bool nothing_typed(const struct composed *x)
{
	for (size_t i = 0; i < x->form.n; i++)
		if (!x->form.fields[i].fixed && x->form.fields[i].edit.text.n > 0)
			return false;
	return true;
}

static void back_from_args(struct compose *c)
{
	const bool empty = nothing_typed(compose_current(c));
	if (empty)
		compose_remove(c, c->at);
	to_page(c, empty ? COMPOSE_PICK : COMPOSE_BATCH);
}

static void leave(struct act *x)
{
	struct compose *c = x->s->compose;
	if (c->kept.n == 0) {                          /* nothing was ever typed */
		compose_free(c);
		x->s->compose = NULL;
	} else {
		state_say(x->s, STYLE_DIM, "It is kept as it is typed: n goes on with it.");
	}
	compose_leave_view(x);
}

void act_compose_back(struct act *x)
{
	struct compose *c = x->s->compose;
	switch (c->page) {
	case COMPOSE_LEFT:
	case COMPOSE_BATCH:
		leave(x);
		break;
	case COMPOSE_PICK:
		if (c->n > 0)
			to_page(c, COMPOSE_BATCH);
		else
			leave(x);
		break;
	case COMPOSE_ARGS:
		back_from_args(c);
		break;
	case COMPOSE_BOOK:
		to_page(c, COMPOSE_ARGS);
		break;
	case COMPOSE_WORDS:
		c->page = COMPOSE_BATCH;
		break;
	case COMPOSE_REVIEW:
		c->page = COMPOSE_WORDS;
		break;
	}
}

/* ---- saving ---- */

/* The field that a refusal names: "--delay", or "paymaster.withdraw.amount". True when there is one. */
static bool point_at_word(struct compose *c, struct span field, const char *words)
{
	for (size_t i = 0; i < c->words.n; i++) {
		if (!span_starts(field, "--") || !span_is(span_of(field.p + 2, field.n - 2), c->words.fields[i].name))
			continue;
		c->page = COMPOSE_WORDS;
		c->words.focus = i;
		buf_clear(&c->words.fields[i].trouble);
		buf_str(&c->words.fields[i].trouble, words);
		return true;
	}
	return false;
}

static bool point_at_arg(struct compose *c, struct span field, const char *words)
{
	for (size_t i = 0; i < c->n; i++) {
		struct composed *action = c->actions[i];
		for (size_t k = 0; k < action->form.n; k++) {
			struct buf name = {0};
			buf_span(&name, action_name(action->def));
			buf_fmt(&name, ".%s", action->form.fields[k].name);
			const bool it = span_eq(buf_view(&name), field);
			buf_release(&name);
			if (!it)
				continue;
			c->at = i;
			c->page = COMPOSE_ARGS;
			action->form.focus = k;
			buf_clear(&action->form.fields[k].trouble);
			buf_str(&action->form.fields[k].trouble, words);
			return true;
		}
	}
	return false;
}

/* What was refused stands at its field until the next key. */
static void not_saved(struct act *x, const struct ended *how)
{
	struct compose *c = x->s->compose;
	struct span field = {0}, what = {0};
	struct buf safe = {0};
	state_say(x->s, STYLE_BAD, "Not saved: %s", how->stopped ? "it was stopped" : how->words);
	if (c == NULL || how->json == NULL || !json_get_str(json_find(how->json, "error"), "field", &field, NULL) ||
	    !json_get_str(json_find(how->json, "error"), "what", &what, NULL))
		return;
	text_safe(&safe, what, false);
	if (!point_at_word(c, field, buf_cstr(&safe)))
		point_at_arg(c, field, buf_cstr(&safe));
	buf_release(&safe);
}

/* Instead of the form; where its page was left for the form, that one again. */
static void show_change(struct act *x, const char *change)
{
	compose_leave_view(x);
	const struct place *p = state_place(x->s);
	if (p->view != VIEW_CHANGE || strcmp(p->change, change) != 0)
		state_go(x->s, VIEW_CHANGE, change);
}

static void saved(struct act *x, const struct ended *how)
{
	struct compose *c = x->s->compose;
	struct span id;
	uint64_t line;
	if (c == NULL)
		return;
	c->saving = false;
	if (!how->ok || how->json == NULL || !json_get_str(how->json, "change", &id, NULL)) {
		not_saved(x, how);
		return;
	}
	const bool propose = c->propose, here = state_place(x->s)->view == VIEW_COMPOSE;
	const char *change = arena_str(&x->fx->arena, id);
	effects_add(x->fx, EFFECT_DROP_COMPOSE, "");
	compose_free(c);
	x->s->compose = NULL;
	if (here)
		show_change(x, change);
	state_say(x->s, STYLE_GOOD, "%s is drafted. Next: p proposes it; e changes it.", change);
	if (!propose)
		return;
	struct effect *e = effects_add(x->fx, EFFECT_RUN, arena_fmt(&x->fx->arena, "Proposing %s", change));
	effect_word(x->fx, e, "propose");
	effect_word(x->fx, e, change);
	if (json_get_u64(how->json, "line", &line, NULL))
		effect_option(x->fx, e, "--line",
			      span_str(arena_fmt(&x->fx->arena, "%llu", (unsigned long long)line)));
	e->done = arena_fmt(&x->fx->arena, "%s is proposed and frozen. Next: s (signatures), and there e writes its "
			    "packet.", change);
}

static void action_words(struct act *x, struct effect *e, const struct composed *action)
{
	effect_fmt(x->fx, e, "%.*s", text_shown(action_name(action->def)), (const char *)action_name(action->def).p);
	for (size_t i = 0; i < action->form.n; i++) {
		const struct field *f = &action->form.fields[i];
		if (f->edit.text.n > 0)
			effect_fmt(x->fx, e, "%s=%s", f->name, buf_cstr(&f->edit.text));
	}
}

/* A draft that is replaced keeps what is not named: an emptied field has to be said. */
static void word_option(struct act *x, struct effect *e, const struct compose *c, size_t i)
{
	const struct field *f = &c->words.fields[i];
	if (f->edit.text.n == 0 && c->edits[0] == '\0')
		return;
	effect_fmt(x->fx, e, "--%s", f->name);
	effect_word(x->fx, e, f->edit.text.n == 0 && i == WORD_DELAY ? "0" : buf_cstr(&f->edit.text));
}

static void save(struct act *x, bool propose)
{
	struct compose *c = x->s->compose;
	memset(c->words_left, true, sizeof(c->words_left));
	if (state_busy(x->s))
		return;
	if (!compose_ready(c)) {
		state_say(x->s, STYLE_WARN, "Not yet: what is missing stands on the page.");
		return;
	}
	struct effect *e = effects_add(x->fx, EFFECT_RUN, "Saving the draft");
	effect_word(x->fx, e, "draft");
	for (size_t i = 0; i < c->n; i++) {
		if (i > 0)
			effect_word(x->fx, e, "+");
		action_words(x, e, c->actions[i]);
	}
	for (size_t i = 0; i < c->words.n; i++)
		word_option(x, e, c, i);
	effect_option(x->fx, e, "--edit", span_str(c->edits));
	e->then = saved;
	c->saving = true;
	c->propose = propose;
}

void act_compose_save(struct act *x)
{
	save(x, false);
}

void act_compose_propose(struct act *x)
{
	save(x, true);
}
