/* The forms of composing: one for each action, made from the catalogue, and one for the words of the change. */
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "tui/console/compose.h"

/* ---- one action ---- */

static const char *type_hint(enum action_arg_type type)
{
	switch (type) {
	case ARG_ADDRESS: return "address: 0x and 40 digits, or a name of the address book (Ctrl-O)";
	case ARG_BOOL: return "true or false";
	case ARG_UINT: return "a whole number";
	case ARG_ETHER: return "an amount with its unit: 0.05 ether, 20 gwei, 5 wei";
	case ARG_DURATION: return "how long: 24h, 5 min, 2 days 3h, 90s";
	case ARG_TEXT: return "plain text on one line";
	case ARG_BYTES: return "bytes: 0x and an even number of hex digits";
	case ARG_HASH: return "a hash: 0x and 64 hex digits";
	case ARG_ROLE: return "proposer, executor, canceller or admin";
	case ARG_CONTRACT: return "a contract of the profile";
	}
	BUG("argument type %d", (int)type);
}

/* "at least 5 min, at most 30 days: the contract …"; nothing where every value will do. */
static void add_bounds(struct composed *x, const struct pinned *pin, size_t i, struct buf *out)
{
	struct arg_bounds b;
	const char *join = "; ";
	action_arg_bounds(&x->arena, &b, pin, x->def, i);
	if (b.min.n > 0)
		buf_fmt(out, "%sat least %.*s", join, text_shown(b.min), (const char *)b.min.p);
	join = b.min.n > 0 ? ", " : join;
	if (b.max.n > 0)
		buf_fmt(out, "%sat most %.*s", join, text_shown(b.max), (const char *)b.max.p);
	join = b.max.n > 0 ? ", " : join;
	for (size_t k = 0; k < b.n_not; k++)
		buf_fmt(out, "%snot %s", k > 0 ? ", " : join, b.not[k]);
	if (b.why.n > 0 && (b.min.n > 0 || b.max.n > 0 || b.n_not > 0))
		buf_fmt(out, ": %.*s", text_shown(b.why), (const char *)b.why.p);
}

static const char *hint_of(struct composed *x, const struct pinned *pin, size_t i)
{
	const struct action_arg *arg = &x->args[i];
	struct buf b = {0};
	buf_str(&b, type_hint(arg->type));
	if (arg->type == ARG_UINT && arg->unit.n > 0)
		buf_fmt(&b, ", in %.*s", text_shown(arg->unit), (const char *)arg->unit.p);
	add_bounds(x, pin, i, &b);
	const char *out = arena_str(&x->arena, buf_view(&b));
	buf_release(&b);
	return out;
}

/* The contracts that this argument may be. */
static const char **contracts_for(struct composed *x, const struct pinned *pin, size_t i, size_t *n)
{
	const struct deployment *d = pin->deployment;
	const char **out = ARENA_ARRAY(&x->arena, const char *, d->n_contracts + 1);
	struct span canonical;
	*n = 0;
	for (size_t k = 0; k < d->n_contracts; k++)
		if (action_read_arg(&x->arena, &canonical, pin, x->def, i, d->contracts[k].name, NULL))
			out[(*n)++] = arena_str(&x->arena, d->contracts[k].name);
	return out;
}

static void choices_of(struct composed *x, const struct pinned *pin, size_t i)
{
	static const char *const yes_no[] = { "true", "false", NULL };
	static const char *const roles[] = { "proposer", "executor", "canceller", "admin", NULL };
	struct field *f = &x->form.fields[i];
	if (x->args[i].type == ARG_BOOL) {
		f->choices = yes_no;
	} else if (x->args[i].type == ARG_ROLE) {
		f->choices = roles;
	} else if (x->args[i].type == ARG_CONTRACT) {
		size_t n;
		f->choices = contracts_for(x, pin, i, &n);
		if (n == 1) {                          /* there is nothing to ask */
			f->fixed = true;
			edit_set(&f->edit, span_str(f->choices[0]));
		}
	}
	if (f->choices != NULL)
		f->kind = FIELD_CHOICE;
}

static void make_field(struct composed *x, const struct pinned *pin, size_t i)
{
	const struct action_arg *arg = &x->args[i];
	struct field *f = &x->form.fields[i];
	f->name = arena_str(&x->arena, arg->name);
	f->label = arena_str(&x->arena, arg->ask);
	x->hints[i] = hint_of(x, pin, i);
	f->required = arg->default_value.n == 0 && arg->from_chain.n == 0;
	if (arg->default_value.n > 0)
		f->suggestion = arena_str(&x->arena, arg->default_value);
	if (arg->from_chain.n > 0)
		f->suggestion = "read from the chain when it is saved";
	choices_of(x, pin, i);
}

static struct composed *composed_new(const struct pinned *pin, const struct action_def *def)
{
	struct composed *x = calloc(1, sizeof(*x));
	size_t n;
	if (x == NULL)
		die("out of memory");
	x->def = def;
	x->args = action_args(def, &n);
	form_init(&x->form, n);
	x->hints = ARENA_ARRAY(&x->arena, const char *, n + 1);
	x->left = ARENA_ARRAY(&x->arena, bool, n + 1);
	for (size_t i = 0; i < n; i++)
		make_field(x, pin, i);
	while (x->form.focus + 1 < n && x->form.fields[x->form.focus].fixed)
		x->form.focus++;
	return x;
}

void composed_free(struct composed *x)
{
	form_release(&x->form);
	arena_release(&x->arena);
	free(x);
}

struct composed *compose_add(struct compose *c, const struct pinned *pin, const struct action_def *def)
{
	struct composed **actions = realloc(c->actions, (c->n + 1) * sizeof(struct composed *));
	if (actions == NULL)
		die("out of memory");
	c->actions = actions;
	c->at = c->n;
	c->actions[c->n] = composed_new(pin, def);
	return c->actions[c->n++];
}

void compose_remove(struct compose *c, size_t i)
{
	composed_free(c->actions[i]);
	memmove(&c->actions[i], &c->actions[i + 1], (c->n - i - 1) * sizeof(struct composed *));
	c->n--;
	if (c->at > 0 && c->at >= c->n)
		c->at = c->n > 0 ? c->n - 1 : 0;
}

struct composed *compose_current(const struct compose *c)
{
	return c->at < c->n ? c->actions[c->at] : NULL;
}

/* What was typed or drafted before. Of a contract that is no choice any more it has to be said, not replaced. */
void compose_put(struct field *f, struct span text)
{
	if (f->fixed && text.n == 0)
		return;
	if (f->fixed && !span_is(text, f->choices[0]))
		f->fixed = false;
	edit_set(&f->edit, text);
}

/* ---- the words of a change ---- */

static const struct { const char *label, *hint; bool required; } word_fields[N_CHANGE_WORDS] = {
	[WORD_TITLE] = { "title", "what changes, in one line", true },
	[WORD_REASON] = { "reason", "why it is done", true },
	[WORD_TICKET] = { "ticket", "where it was asked for: a link or a number", false },
	[WORD_CATEGORY] = { "category", "standard, normal or emergency", false },
	[WORD_IMPACT] = { "impact", "who will notice, and how", false },
	[WORD_ROLLBACK] = { "rollback", "how it is undone", false },
	[WORD_DELAY] = { "delay", "how long the operation waits: 48h, 2 days; nothing: as long as the timelock asks",
			 false },
	[WORD_AFTER] = { "after", "the change that has to be done first, like SC-6", false },
};

void compose_make_words(struct compose *c)
{
	static const char *const categories[] = { "standard", "normal", "emergency", NULL };
	form_init(&c->words, N_CHANGE_WORDS);
	for (int i = 0; i < N_CHANGE_WORDS; i++) {
		struct field *f = &c->words.fields[i];
		f->name = change_word_names[i];
		f->label = word_fields[i].label;
		f->required = word_fields[i].required;
	}
	c->words.fields[WORD_CATEGORY].kind = FIELD_CHOICE;   /* an old draft may have another: compose_set_words() */
	c->words.fields[WORD_CATEGORY].choices = categories;
}

/* A draft from the command line may have a category of its own, which stays what it is. */
void compose_set_words(struct compose *c, const struct span words[N_CHANGE_WORDS])
{
	struct field *category = &c->words.fields[WORD_CATEGORY];
	bool known = words[WORD_CATEGORY].n == 0;
	for (int i = 0; i < N_CHANGE_WORDS; i++)
		edit_set(&c->words.fields[i].edit, words[i]);
	for (const char *const *choice = category->choices; *choice != NULL; choice++)
		known = known || span_is(words[WORD_CATEGORY], *choice);
	category->kind = known ? FIELD_CHOICE : FIELD_TEXT;
}

/* What is asked for is said at the focused field: all hints at once would push out of sight what the change will do. */
void compose_hint_focused(struct compose *c)
{
	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->actions[i]->form.n; k++)
			c->actions[i]->form.fields[k].hint =
				k == c->actions[i]->form.focus ? c->actions[i]->hints[k] : NULL;
	for (size_t i = 0; i < c->words.n; i++)
		c->words.fields[i].hint = i == c->words.focus ? word_fields[i].hint : NULL;
}
