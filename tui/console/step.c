#include "tui/console/step.h"

#include "tui/console/compose.h"

/* ---- questions ---- */

static void answer(struct act *x)
{
	struct form *f = &x->s->ask.form;
	if (x->s->ask.check != NULL)
		x->s->ask.check(x, f);
	for (size_t i = 0; i < f->n; i++) {
		struct field *field = &f->fields[i];
		if (field->trouble.n == 0 && field->required && field->edit.text.n == 0)
			buf_str(&field->trouble, "this is needed");
		if (field->trouble.n > 0) {
			f->focus = i;
			return;
		}
	}
	x->s->ask.done(x);
}

static void ask_key(struct act *x, uint32_t key)
{
	struct form *f = &x->s->ask.form;
	if (key == K_ESC) {
		state_close_ask(x->s);
		return;
	}
	/* What was pasted opens a question with one of its letters, and would answer it with the others. */
	if (!x->s->ask.shown)
		return;
	if (f->n == 0) {
		if (key == K_ENTER || key == 'y')
			answer(x);
		else if (key == 'n')
			state_close_ask(x->s);
		return;
	}
	switch (form_key(f, key)) {
	case FORM_CHANGED:
		buf_clear(&f->fields[f->focus].trouble);
		if (x->s->ask.check != NULL)
			x->s->ask.check(x, f);
		break;
	case FORM_DONE:
		answer(x);
		break;
	case FORM_MOVED:
	case FORM_IGNORED:
		break;
	}
}

/* ---- leaving ---- */

void act_back(struct act *x)
{
	if (!state_back(x->s))
		state_say(x->s, STYLE_DIM, "This is the first view: Q leaves the console.");
}

void act_quit(struct act *x)
{
	if (!state_busy(x->s))
		x->s->leaving = true;
}

void act_help(struct act *x)
{
	if (state_place(x->s)->view != VIEW_HELP) {
		const enum view_id from = keys_place(x->s);
		state_go(x->s, VIEW_HELP, NULL);
		state_place(x->s)->seq = from;           /* whose keys come first */
	}
}

void act_redraw(struct act *x)
{
	(void)x;                                         /* every key draws; the loop redraws whole on a resize */
}

void act_interrupt(struct act *x)
{
	if (x->s->running.on) {
		effects_add(x->fx, EFFECT_STOP, "");
		x->s->running.stopping = true;
	} else {
		state_say(x->s, STYLE_DIM, "Nothing runs. Q leaves the console.");
	}
}

/* ---- one key ---- */

static void interrupt_key(struct act *x)
{
	struct state *s = x->s;
	if (s->running.on) {
		act_interrupt(x);
		return;
	}
	if (s->mode == MODE_ASK)
		state_close_ask(s);
	else if (s->mode != MODE_VIEW)
		s->mode = MODE_VIEW;
	else
		act_interrupt(x);
}

/* Composing has keys of its own on each page, and what is typed; false: the key is neither. */
static bool compose_key(struct act *x, uint32_t key)
{
	struct compose *c = x->s->compose;
	const struct binding *b;
	if (c == NULL || x->m->ws == NULL)
		return false;
	b = binding_own(compose_keys(c), key);
	if (c->saving && b != NULL) {
		state_say(x->s, STYLE_WARN, "It is being saved: wait, or stop it with Ctrl-C.");
		return true;
	}
	c->key = key;
	if (b != NULL)
		b->act(x);
	else if (!compose_type(x, key))
		return false;
	compose_settle(x);
	return true;
}

static void view_key(struct act *x, uint32_t key)
{
	const enum view_id view = state_place(x->s)->view;
	if (view == VIEW_COMPOSE && compose_key(x, key))
		return;
	const struct binding *b = binding_of(view, key);
	if (b != NULL) {
		b->act(x);
		return;
	}
	struct buf name = {0};
	key_name(&name, key);
	state_say(x->s, STYLE_DIM, "%s does nothing here; ? shows the keys.", buf_cstr(&name));
	buf_release(&name);
}

void step(struct state *s, const struct model *m, uint32_t key, struct effects *fx)
{
	struct act x = { s, m, fx };
	if (key == K_RESIZE)
		return;
	if (key == K_HANGUP) {
		s->leaving = true;
		return;
	}
	buf_clear(&s->said);
	if (key == K_CTRL('c')) {
		interrupt_key(&x);
		return;
	}
	switch (s->mode) {
	case MODE_VIEW: view_key(&x, key); break;
	case MODE_SEARCH: step_search_key(&x, key); break;
	case MODE_COMMAND: step_command_key(&x, key); break;
	case MODE_ASK: ask_key(&x, key); break;
	}
}

void step_ended(struct state *s, const struct model *m, ended_fn *then, const char *done, const struct ended *how,
		struct effects *fx)
{
	struct act x = { s, m, fx };
	if (then != NULL) {
		then(&x, how);
		return;
	}
	if (how->ok)
		state_say(s, STYLE_GOOD, "%s", done != NULL ? done : "Done.");
	else if (how->stopped)
		state_say(s, STYLE_WARN, "Stopped.");
	else
		state_say(s, STYLE_BAD, "%s", how->words);
}
