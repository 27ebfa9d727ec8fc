/* The ':' line: any command of setgov, completed and run. */
#include <string.h>

#include "src/base/text.h"
#include "tui/console/step.h"

void act_command(struct act *x)
{
	x->s->mode = MODE_COMMAND;
	edit_set(&x->s->command, span_of(NULL, 0));
}

/* Words as a shell splits them, as far as blanks, '…' and "…" go. */
static bool next_word(struct span *rest, struct buf *word)
{
	uint8_t quote = 0;
	size_t i = 0;
	bool any = false;
	while (i < rest->n && rest->p[i] == ' ')
		i++;
	for (; i < rest->n && (quote != 0 || rest->p[i] != ' '); i++) {
		const uint8_t c = rest->p[i];
		any = true;
		if (quote != 0 ? c == quote : c == '\'' || c == '"')
			quote = quote != 0 ? 0 : c;
		else
			buf_byte(word, c);
	}
	*rest = span_of(rest->p + i, rest->n - i);
	return any;
}

static const struct command_row *command_named(const struct model *m, struct span line)
{
	const struct command_row *best = NULL;
	for (size_t i = 0; i < m->n_commands; i++) {
		const size_t n = strlen(m->commands[i].name);
		if (span_starts(line, m->commands[i].name) && (line.n == n || line.p[n] == ' ') &&
		    (best == NULL || n > strlen(best->name)))
			best = &m->commands[i];
	}
	return best;
}

static void run_command(struct act *x, struct span line)
{
	const struct command_row *c = command_named(x->m, line);
	struct buf what = {0};
	if (c == NULL) {
		state_say(x->s, STYLE_BAD, "There is no such command; Tab completes, ? lists them.");
		return;
	}
	if (state_busy(x->s))
		return;
	buf_fmt(&what, "setgov %.*s", text_shown(line), (const char *)line.p);
	struct effect *e = effects_add(x->fx, c->front ? EFFECT_FRONT : EFFECT_PRINT, buf_cstr(&what));
	buf_clear(&what);
	while (next_word(&line, &what)) {
		effect_word(x->fx, e, buf_cstr(&what));
		buf_clear(&what);
	}
	buf_release(&what);
}

/* The longest text that all commands which begin so have in common. */
static void complete(struct act *x)
{
	struct edit *d = &x->s->command;
	const char *common = NULL;
	size_t n = 0, found = 0;
	for (size_t i = 0; i < x->m->n_commands; i++) {
		const char *name = x->m->commands[i].name;
		if (strncmp(name, buf_cstr(&d->text), d->text.n) != 0)
			continue;
		if (found++ == 0) {
			common = name;
			n = strlen(name);
		}
		for (size_t k = 0; k < n; k++)
			if (name[k] != common[k])
				n = k;
	}
	if (found == 0) {
		const struct command_row *c = command_named(x->m, buf_view(&d->text));
		if (c != NULL)
			state_say(x->s, STYLE_DIM, "%s %s: %s", c->name, c->args, c->help);
		return;
	}
	edit_set(d, span_of(common, n));
	if (found == 1)
		edit_key(d, ' ');
}

void step_command_key(struct act *x, uint32_t key)
{
	struct edit *d = &x->s->command;
	if (key == K_ESC || (key == K_BACKSPACE && d->text.n == 0)) {
		x->s->mode = MODE_VIEW;
	} else if (key == K_TAB) {
		complete(x);
	} else if (key == K_ENTER) {
		x->s->mode = MODE_VIEW;
		if (d->text.n > 0)
			run_command(x, buf_view(&d->text));
	} else {
		edit_key(d, key);
	}
}
