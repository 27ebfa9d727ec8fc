#include <string.h>

#include "src/base/hex.h"
#include "src/signer/screen.h"
#include "src/signer/session.h"

void screen_init(struct screen *c, struct signer *s)
{
	*c = (struct screen){ .s = s };
	c->typed[0].max = c->typed[1].max = WORDS_MAX;
}

void screen_release(struct screen *c)
{
	edit_release(&c->typed[0]);
	edit_release(&c->typed[1]);
	paper_release(&c->paper);
}

static bool has_fields(enum screen_view v)
{
	return v == SCREEN_VIEW_BLOCK || v == SCREEN_VIEW_DATE || v == SCREEN_VIEW_WORDS || v == SCREEN_VIEW_CHANGE ||
	       v == SCREEN_VIEW_DECLINE;
}

void screen_go(struct screen *c, enum screen_view v)
{
	c->view = v;
	c->top = 0;
	c->note = NULL;
	c->stale = true;
	if (has_fields(v)) {
		edit_set(&c->typed[0], span_of(NULL, 0));
		edit_set(&c->typed[1], span_of(NULL, 0));
		c->field = 0;
	}
}

void screen_show(struct screen *c, const struct reviewed *r, size_t at)
{
	c->r = r;
	c->at = at;
	c->hidden = hidden_pick();
	c->details = c->seen = c->sheet = c->declined = false;
	c->compared = NULL;
	c->choice = 0;
	c->tries = 0;
	c->refused = NULL;
	c->whom = c->written = NULL;
	screen_go(c, SCREEN_VIEW_DECIDE);
}

void screen_show_refusal(struct screen *c, const struct reviewed *r, const struct err *e)
{
	c->r = r;
	c->refused = e;
	screen_go(c, SCREEN_VIEW_REFUSAL);
}

void screen_show_result(struct screen *c, bool declined)
{
	c->declined = declined;
	screen_go(c, SCREEN_VIEW_RESULT);
}

/* ---- moving ---- */

static size_t last_top(const struct screen *c)
{
	return c->paper.rows > c->window ? c->paper.rows - c->window : 0;
}

static void scroll_by(struct screen *c, size_t up, size_t down)
{
	c->top = c->top > up ? c->top - up : 0;
	c->top += down;
	if (c->top > last_top(c))
		c->top = last_top(c);
}

/* A row that stays in sight makes it easier to read on. */
static size_t a_page(const struct screen *c)
{
	return c->window > 2 ? c->window - 1 : 1;
}

static void move(struct screen *c, enum screen_act act)
{
	const bool down = act == SCREEN_ACT_DOWN;
	if (c->view == SCREEN_VIEW_LOAD) {
		if (down ? c->list.cursor + 1 < c->n_files : c->list.cursor > 0)
			c->list.cursor = down ? c->list.cursor + 1 : c->list.cursor - 1;
	} else if (c->view == SCREEN_VIEW_COMPARE) {
		if (down ? c->choice < 3 : c->choice > 0)
			c->choice = down ? c->choice + 1 : c->choice - 1;
	} else if (c->view == SCREEN_VIEW_WORDS) {
		c->field = down;
	} else {
		scroll_by(c, !down, down);
	}
}

static void jump(struct screen *c, bool end)
{
	if (c->view == SCREEN_VIEW_LOAD)
		c->list.cursor = end && c->n_files > 0 ? c->n_files - 1 : 0;
	else
		c->top = end ? last_top(c) : 0;
}

/* ---- each view's Enter ---- */

static enum screen_effect go_load(struct screen *c)
{
	if (c->n_files == 0) {
		c->note = "There is nothing to open: put in a stick and press r.";
		return SCREEN_EFFECT_NONE;
	}
	return SCREEN_EFFECT_OPEN;
}

/* Where the page leads: past the questions that are answered already. */
static enum screen_effect ask_compared(struct screen *c)
{
	if (c->compared == NULL)
		screen_go(c, SCREEN_VIEW_COMPARE);
	else
		screen_go(c, strcmp(c->compared, "nobody") == 0 ? SCREEN_VIEW_CHANGE : SCREEN_VIEW_WORDS);
	return SCREEN_EFFECT_NONE;
}

static enum screen_effect go_decide(struct screen *c)
{
	if (!c->seen) {
		c->note = "There is more below. Signing is possible after the end of this page: PgDn.";
		return SCREEN_EFFECT_NONE;
	}
	c->compared = signer_option(c->s, "--compared");
	if (day_is_needed(c->r, c->today)) {
		screen_go(c, SCREEN_VIEW_DATE);
		return SCREEN_EFFECT_NONE;
	}
	return ask_compared(c);
}

/* What was typed stays there to be compared, digit by digit, with where it comes from. */
static enum screen_effect go_block(struct screen *c)
{
	struct hash32 typed;
	if (!hex_fixed(typed.b, sizeof(typed.b), buf_view(&c->typed[0].text), NULL))
		c->note = "A block's hash is 0x and 64 hexadecimal digits.";
	else if (!hash32_eq(&typed, &c->r->proofs.proven.header.hash))
		c->note = "NOT PROVEN: the proofs lead to another hash. Type it again, or say no.";
	else
		return SCREEN_EFFECT_PROVEN;
	return SCREEN_EFFECT_NONE;
}

static enum screen_effect go_date(struct screen *c)
{
	struct err no = {0};
	if (!day_is_plausible(c->r, buf_view(&c->typed[0].text), &no)) {
		c->note = arena_str(&c->s->arena, buf_view(&no.what));
		err_clear(&no);
		return SCREEN_EFFECT_NONE;
	}
	c->today = arena_str(&c->s->arena, buf_view(&c->typed[0].text));
	return ask_compared(c);
}

static enum screen_effect go_compare(struct screen *c)
{
	static const char *const answers[] = { "signer", "own", "nobody" };
	c->sheet = c->choice >= ARRAY_LEN(answers);
	if (c->sheet)
		return SCREEN_EFFECT_NONE;
	c->compared = answers[c->choice];
	return ask_compared(c);
}

/* Both words, or none: nobody is told which one was wrong. */
static enum screen_effect go_words(struct screen *c)
{
	if (c->field == 0) {
		c->field = 1;
		return SCREEN_EFFECT_NONE;
	}
	if (hidden_is_word(c->r, c->hidden.at[0], buf_view(&c->typed[0].text)) &&
	    hidden_is_word(c->r, c->hidden.at[1], buf_view(&c->typed[1].text)))
		return SCREEN_EFFECT_SIGN;
	if (++c->tries == SESSION_TRIES)
		return SCREEN_EFFECT_WRONG;
	screen_go(c, SCREEN_VIEW_WORDS);
	c->note = "Those are not the two words. Have them read to you again.";
	return SCREEN_EFFECT_NONE;
}

/* A typing error, however often: it compares nothing. */
static enum screen_effect go_change(struct screen *c)
{
	if (hidden_is_change(c->r, buf_view(&c->typed[0].text)))
		return SCREEN_EFFECT_SIGN;
	screen_go(c, SCREEN_VIEW_CHANGE);
	c->note = HIDDEN_NOT_THE_CHANGE;
	return SCREEN_EFFECT_NONE;
}

static enum screen_effect go_decline(struct screen *c)
{
	struct err no = {0};
	if (session_reason(buf_cstr(&c->typed[0].text), &no))
		return SCREEN_EFFECT_DECLINE;
	c->note = c->typed[0].text.n == 0 ? "Why? The reason travels back with your no."
					  : arena_str(&c->s->arena, buf_view(&no.what));
	err_clear(&no);
	return SCREEN_EFFECT_NONE;
}

static enum screen_effect go(struct screen *c)
{
	switch (c->view) {
	case SCREEN_VIEW_LOAD:
		return go_load(c);
	case SCREEN_VIEW_DECIDE:
		return go_decide(c);
	case SCREEN_VIEW_BLOCK:
		return go_block(c);
	case SCREEN_VIEW_DATE:
		return go_date(c);
	case SCREEN_VIEW_COMPARE:
		return go_compare(c);
	case SCREEN_VIEW_WORDS:
		return go_words(c);
	case SCREEN_VIEW_CHANGE:
		return go_change(c);
	case SCREEN_VIEW_PASSPHRASE:
		return SCREEN_EFFECT_SIGN;
	case SCREEN_VIEW_RESULT:
	case SCREEN_VIEW_REFUSAL:
		return SCREEN_EFFECT_NEXT;
	case SCREEN_VIEW_DECLINE:
		return go_decline(c);
	case SCREEN_VIEW_HELP:
	case N_SCREEN_VIEWS:
		break;
	}
	return SCREEN_EFFECT_NONE;
}

/* ---- all others ---- */

static void leave_for(struct screen *c, enum screen_view v)
{
	c->back = c->view;
	c->back_top = c->top;
	screen_go(c, v);
}

static void back(struct screen *c)
{
	switch (c->view) {
	case SCREEN_VIEW_HELP:
		c->view = c->back; /* with what was typed there */
		c->stale = true;
		c->top = c->back_top;
		return;
	case SCREEN_VIEW_DECLINE:
		/* What was typed below was not kept. */
		screen_go(c, c->back == SCREEN_VIEW_PASSPHRASE ? SCREEN_VIEW_DECIDE : c->back);
		c->top = c->back_top;
		return;
	case SCREEN_VIEW_WORDS:
	case SCREEN_VIEW_CHANGE:
		screen_go(c, signer_option(c->s, "--compared") != NULL ? SCREEN_VIEW_DECIDE : SCREEN_VIEW_COMPARE);
		return;
	case SCREEN_VIEW_LOAD:
	case SCREEN_VIEW_DECIDE:
	case SCREEN_VIEW_BLOCK:
	case SCREEN_VIEW_DATE:
	case SCREEN_VIEW_COMPARE:
	case SCREEN_VIEW_PASSPHRASE:
	case SCREEN_VIEW_RESULT:
	case SCREEN_VIEW_REFUSAL:
	case N_SCREEN_VIEWS:
		screen_go(c, SCREEN_VIEW_DECIDE);
		return;
	}
}

static void others(struct screen *c)
{
	const enum screen_view v = c->view;
	c->hidden = hidden_others(c->hidden);
	if (v == SCREEN_VIEW_WORDS)
		screen_go(c, v);
	c->note = "Two other words are hidden now.";
}

static void ask_block(struct screen *c)
{
	if (!c->r->proofs.there)
		c->note = "This packet carries no state proofs: there is nothing to hold a hash against.";
	else if (c->r->proofs.hash_given)
		c->note = "That hash was given: what the proofs say is proven.";
	else
		screen_go(c, SCREEN_VIEW_BLOCK);
}

static void decline(struct screen *c)
{
	if (c->r != NULL && c->r->parsed)
		leave_for(c, SCREEN_VIEW_DECLINE);
	else
		c->note = "This file is no packet that an answer could name.";
}

static void type(struct screen *c, uint32_t key)
{
	if (has_fields(c->view) && edit_key(&c->typed[c->field], key))
		c->note = NULL;
}

static enum screen_effect act(struct screen *c, enum screen_act a, uint32_t key)
{
	switch (a) {
	case SCREEN_ACT_UP:
	case SCREEN_ACT_DOWN:
		move(c, a);
		return SCREEN_EFFECT_NONE;
	case SCREEN_ACT_PAGE_UP:
		scroll_by(c, a_page(c), 0);
		return SCREEN_EFFECT_NONE;
	case SCREEN_ACT_PAGE_DOWN:
		scroll_by(c, 0, a_page(c));
		return SCREEN_EFFECT_NONE;
	case SCREEN_ACT_TOP:
	case SCREEN_ACT_END:
		jump(c, a == SCREEN_ACT_END);
		return SCREEN_EFFECT_NONE;
	case SCREEN_ACT_CHOOSE:
		if (c->n_files > 0)
			c->files[c->list.cursor].chosen = !c->files[c->list.cursor].chosen;
		return SCREEN_EFFECT_NONE;
	case SCREEN_ACT_LOOK:
		return SCREEN_EFFECT_LOOK;
	case SCREEN_ACT_GO:
		return go(c);
	case SCREEN_ACT_BACK:
		back(c);
		return SCREEN_EFFECT_NONE;
	case SCREEN_ACT_DETAILS:
		c->details = !c->details;
		c->stale = true;
		return SCREEN_EFFECT_NONE;
	case SCREEN_ACT_BLOCK:
		ask_block(c);
		return SCREEN_EFFECT_NONE;
	case SCREEN_ACT_OTHERS:
		others(c);
		return SCREEN_EFFECT_NONE;
	case SCREEN_ACT_SKIP:
		return SCREEN_EFFECT_NEXT;
	case SCREEN_ACT_DECLINE:
		decline(c);
		return SCREEN_EFFECT_NONE;
	case SCREEN_ACT_HELP:
		leave_for(c, SCREEN_VIEW_HELP);
		return SCREEN_EFFECT_NONE;
	case SCREEN_ACT_STOP:
		return SCREEN_EFFECT_STOP;
	case SCREEN_ACT_TYPE:
		type(c, key);
		return SCREEN_EFFECT_NONE;
	}
	return SCREEN_EFFECT_NONE;
}

/* Keys can come faster than frames: where the end of a page is, is asked of the page that it will be. */
static void write_again(struct screen *c)
{
	if (!c->stale || c->paper.cols == 0)
		return;
	paper_clear(&c->paper);
	screen_write(c, &c->paper);
	c->stale = false;
}

enum screen_effect screen_key(struct screen *c, uint32_t key)
{
	if (key == K_RESIZE)
		return SCREEN_EFFECT_NONE;
	if (key == K_HANGUP)
		return SCREEN_EFFECT_STOP;
	const struct screen_binding *b = screen_binding(c->view, c->reviewing, key);
	c->idle = 0;
	if (b == NULL)
		return SCREEN_EFFECT_NONE;
	c->note = NULL;
	write_again(c);
	return act(c, b->act, key);
}

enum screen_effect screen_seconds(struct screen *c, unsigned n)
{
	c->idle += n < IDLE_SECONDS ? n : IDLE_SECONDS;
	if (c->idle < IDLE_SECONDS)
		return SCREEN_EFFECT_NONE;
	c->idle = 0;
	return SCREEN_EFFECT_LOCK;
}
