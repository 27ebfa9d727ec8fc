/* Keys and words, from the tables that dispatch and name them; and what a command said. */
#include "tui/console/keys.h"

static void key_row(const struct binding *b, struct paper *p)
{
	struct buf name = {0};
	key_name(&name, b->key);
	paper_begin(p, 2, 14);
	paper_add(p, STYLE_KEY, "%s", buf_cstr(&name));
	paper_to(p, 14);
	paper_add(p, STYLE_TEXT, "%s", b->help);
	paper_end(p);
	buf_release(&name);
}

static void keys_of(enum view_id view, struct paper *p)
{
	for (size_t i = 0; i < n_bindings; i++)
		if (bindings[i].view == view)
			key_row(&bindings[i], p);
}

static void page(const struct seen *x, struct paper *p)
{
	const enum view_id from = (enum view_id)state_place(x->s)->seq;
	if (from != VIEW_ANY && keys_has(from)) {
		paper_title(p, "%s", keys_title(from));
		keys_of(from, p);
	}
	paper_title(p, "In every view");
	keys_of(VIEW_ANY, p);
	for (int v = 0; v < N_VIEW_KEYS; v++)
		if ((enum view_id)v != from && v != VIEW_ANY && keys_has((enum view_id)v)) {
			paper_title(p, "%s", keys_title((enum view_id)v));
			keys_of((enum view_id)v, p);
		}
	paper_title(p, "Words");
	for (size_t i = 0; i < n_glossary; i++)
		paper_pair(p, 2, 16, glossary[i].term, STYLE_TEXT, "%s", glossary[i].means);
	paper_title(p, "Commands, behind :");
	for (size_t i = 0; i < x->m->n_commands; i++) {
		const struct command_row *c = &x->m->commands[i];
		paper_begin(p, 2, 4);
		paper_add(p, STYLE_KEY, "%s ", c->name);
		paper_add(p, STYLE_DIM, "%s  ", c->args);
		paper_add(p, STYLE_TEXT, "%s", c->help);
		paper_end(p);
	}
}

const struct view help_view = { .page = page };

static void result_page(const struct seen *x, struct paper *p)
{
	paper_begin(p, 0, 2);
	paper_add_foreign(p, buf_view(&x->s->result_title));
	paper_end(p);
	paper_blank(p);
	for (size_t i = 0; i < x->s->result.n;) {
		size_t n = 0;
		while (i + n < x->s->result.n && x->s->result.p[i + n] != '\n')
			n++;
		paper_begin(p, 0, 2);
		paper_add_foreign(p, span_of(x->s->result.p + i, n));
		paper_end(p);
		i += n + 1;
	}
}

const struct view result_view = { .page = result_page };
