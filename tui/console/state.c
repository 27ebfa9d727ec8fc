#include "tui/console/state.h"

#include <stdio.h>
#include <string.h>

#include "src/base/text.h"

void state_init(struct state *s, enum view_id first)
{
	*s = (struct state){ .depth = 1 };
	s->places[0] = (struct place){ .view = first, .item = PAPER_NO_ITEM };
}

void state_release(struct state *s)
{
	edit_release(&s->search);
	edit_release(&s->command);
	state_close_ask(s);
	buf_release(&s->said);
	buf_release(&s->running.what);
	buf_release(&s->running.progress);
	buf_release(&s->work.answer);
	buf_release(&s->work.payer);
	buf_release(&s->work.home);
	buf_release(&s->work.directory);
	buf_release(&s->result_title);
	buf_release(&s->result);
	buf_release(&s->filter);
	paper_release(&s->body);
}

struct place *state_place(const struct state *s)
{
	/* The place is the state's own; who may only look has a const struct state, and gets to it by `at`. */
	union { const struct place *in; struct place *out; } p = { &s->places[s->depth - 1] };
	return p.out;
}

void state_go(struct state *s, enum view_id view, const char *change)
{
	if (s->depth == PLACES_MAX) {
		memmove(&s->places[1], &s->places[2], (PLACES_MAX - 2) * sizeof(s->places[0]));
		s->depth--;
	}
	struct place *p = &s->places[s->depth++];
	*p = (struct place){ .view = view, .item = PAPER_NO_ITEM };
	if (change != NULL)
		snprintf(p->change, sizeof(p->change), "%s", change);
}

void state_home(struct state *s, enum view_id first)
{
	const struct place shown = *state_place(s);
	s->places[0] = (struct place){ .view = first, .item = PAPER_NO_ITEM };
	s->depth = 1;
	if (shown.view == VIEW_RESULT && first != VIEW_RESULT)
		s->places[s->depth++] = shown;
}

bool state_back(struct state *s)
{
	if (s->depth == 1)
		return false;
	s->depth--;
	return true;
}

void state_say(struct state *s, enum style style, const char *fmt, ...)
{
	struct buf raw = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vfmt(&raw, fmt, ap);
	va_end(ap);
	buf_clear(&s->said);
	text_safe(&s->said, buf_view(&raw), true);
	s->said_style = style;
	buf_release(&raw);
}

void state_say_err(struct state *s, const char *what, const struct err *e)
{
	struct buf words = {0};
	err_format(e, &words);
	state_say(s, STYLE_BAD, "%s%s%s", what != NULL ? what : "", what != NULL ? ": " : "", buf_cstr(&words));
	buf_release(&words);
}

bool state_busy(struct state *s)
{
	if (s->running.on)
		state_say(s, STYLE_WARN, "%s is still under way: Ctrl-C stops it.", buf_cstr(&s->running.what));
	return s->running.on;
}

struct form *state_ask(struct state *s, const char *title, size_t n, void (*done)(struct act *x))
{
	state_close_ask(s);
	s->ask.title = title;
	s->ask.style = STYLE_TEXT;
	s->ask.done = done;
	form_init(&s->ask.form, n);
	s->mode = MODE_ASK;
	return &s->ask.form;
}

void state_close_ask(struct state *s)
{
	form_release(&s->ask.form);
	buf_release(&s->ask.text);
	arena_release(&s->ask.arena);
	s->ask = (struct ask){0};
	if (s->mode == MODE_ASK)
		s->mode = MODE_VIEW;
}
