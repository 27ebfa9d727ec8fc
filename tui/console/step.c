#include "tui/console/step.h"

#include <string.h>

#include "src/base/text.h"
#include "tui/console/compose.h"

static const struct view *here(const struct act *x)
{
	return view_of(state_place(x->s)->view);
}

static size_t count_here(const struct act *x)
{
	const struct seen seen = { x->m, x->s };
	return here(x)->count != NULL ? here(x)->count(&seen) : 0;
}

/* ---- moving in a list ---- */

static void list_to(struct act *x, size_t i)
{
	const size_t n = count_here(x);
	state_place(x->s)->at.cursor = i < n ? i : n > 0 ? n - 1 : 0;
}

static size_t list_page(const struct act *x)
{
	const size_t rows = x->s->body_rows / (x->s->compact ? 1 : 3);
	return rows > 1 ? rows - 1 : 1;
}

/* ---- moving on a page: from item to item while they are in sight, by rows where the next one is not ---- */

static void page_scroll(struct act *x, size_t top)
{
	struct place *p = state_place(x->s);
	const struct paper *paper = &x->s->body;
	const size_t last = paper->rows > x->s->body_rows ? paper->rows - x->s->body_rows : 0;
	p->at.top = top < last ? top : last;
}

/* The focus stays in sight: the first item of the window takes it when its own has left. */
static void focus_in_sight(struct act *x)
{
	struct place *p = state_place(x->s);
	const struct paper *paper = &x->s->body;
	size_t first, end;
	if (paper_find(paper, p->item, &first, &end) && end > p->at.top && first < p->at.top + x->s->body_rows)
		return;
	for (size_t row = p->at.top; row < paper->rows && row < p->at.top + x->s->body_rows; row++)
		if (paper->row[row].item != PAPER_NO_ITEM) {
			p->item = paper->row[row].item;
			return;
		}
}

static void page_move(struct act *x, bool down)
{
	struct place *p = state_place(x->s);
	const struct paper *paper = &x->s->body;
	const uint32_t next = down ? paper_next_item(paper, p->item) : paper_previous_item(paper, p->item);
	const size_t top = p->at.top, rows = x->s->body_rows;
	size_t first, end;
	if (next != p->item && paper_find(paper, next, &first, &end) && first < top + rows + 1 && end + 1 > top) {
		p->item = next;
		scroll_show(&p->at, first, end, rows);
		return;
	}
	if (down)
		page_scroll(x, top + 1);
	else
		page_scroll(x, top > 0 ? top - 1 : 0);
	focus_in_sight(x);
}

static void page_to(struct act *x, size_t top)
{
	page_scroll(x, top);
	focus_in_sight(x);
}

void act_up(struct act *x)
{
	struct place *p = state_place(x->s);
	if (here(x)->count == NULL)
		page_move(x, false);
	else if (p->at.cursor > 0)
		p->at.cursor--;
}

void act_down(struct act *x)
{
	if (here(x)->count == NULL)
		page_move(x, true);
	else
		list_to(x, state_place(x->s)->at.cursor + 1);
}

void act_page_up(struct act *x)
{
	struct place *p = state_place(x->s);
	const size_t rows = x->s->body_rows, n = list_page(x);
	if (here(x)->count == NULL)
		page_to(x, p->at.top > rows ? p->at.top - rows : 0);
	else
		list_to(x, p->at.cursor > n ? p->at.cursor - n : 0);
}

void act_page_down(struct act *x)
{
	struct place *p = state_place(x->s);
	if (here(x)->count == NULL)
		page_to(x, p->at.top + x->s->body_rows);
	else
		list_to(x, p->at.cursor + list_page(x));
}

void act_home(struct act *x)
{
	if (here(x)->count == NULL)
		page_to(x, 0);
	else
		list_to(x, 0);
}

void act_end(struct act *x)
{
	if (here(x)->count == NULL)
		page_to(x, SIZE_MAX / 2);
	else
		list_to(x, SIZE_MAX / 2);
}

/* ---- searching ---- */

static bool item_matches(const struct act *x, size_t i, struct span text)
{
	const struct seen seen = { x->m, x->s };
	struct paper p;
	if (here(x)->matches != NULL)
		return here(x)->matches(&seen, i, text);
	paper_init(&p, 200, x->s->ascii);
	here(x)->item(&seen, i, &p);
	const bool found = paper_search(&p, 0, text) != SIZE_MAX;
	paper_release(&p);
	return found;
}

static bool search_list(struct act *x, struct span text, bool again, bool down)
{
	struct place *p = state_place(x->s);
	const size_t n = count_here(x);
	for (size_t k = again ? 1 : 0; k < n + (again ? 1 : 0); k++) {
		const size_t i = down ? (p->at.cursor + k) % n : (p->at.cursor + n - k % n) % n;
		if (item_matches(x, i, text)) {
			p->at.cursor = i;
			return true;
		}
	}
	return false;
}

static bool search_page(struct act *x, struct span text, bool again, bool down)
{
	const struct paper *paper = &x->s->body;
	struct place *p = state_place(x->s);
	size_t found = SIZE_MAX;
	if (down) {
		found = paper_search(paper, p->at.top + (again ? 1 : 0), text);
		if (found == SIZE_MAX)
			found = paper_search(paper, 0, text);
	} else {
		size_t row = paper_search(paper, 0, text);
		while (row != SIZE_MAX && (row < p->at.top || found == SIZE_MAX)) {
			found = row;
			row = paper_search(paper, row + 1, text);
		}
	}
	if (found == SIZE_MAX)
		return false;
	page_scroll(x, found);
	if (paper->row[found].item != PAPER_NO_ITEM)
		p->item = paper->row[found].item;
	return true;
}

static void search(struct act *x, bool again, bool down)
{
	const struct span text = buf_view(&x->s->search.text);
	if (text.n == 0) {
		state_say(x->s, STYLE_DIM, "Nothing is looked for: / begins a search.");
		return;
	}
	if (here(x)->count != NULL ? !search_list(x, text, again, down) : !search_page(x, text, again, down))
		state_say(x->s, STYLE_WARN, "\"%.*s\" is not in this view.", text_shown(text), (const char *)text.p);
}

void act_search(struct act *x)
{
	x->s->mode = MODE_SEARCH;
	edit_set(&x->s->search, span_of(NULL, 0));
}

void act_search_next(struct act *x)
{
	search(x, true, true);
}

void act_search_previous(struct act *x)
{
	search(x, true, false);
}

static void search_key(struct act *x, uint32_t key)
{
	if (key == K_ENTER || key == K_ESC)
		x->s->mode = MODE_VIEW;
	else if (edit_key(&x->s->search, key) && x->s->search.text.n > 0)
		search(x, false, true);
}

/* ---- any command ---- */

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
	if (x->s->running.on) {
		state_say(x->s, STYLE_WARN, "%s is still under way: Ctrl-C stops it.", buf_cstr(&x->s->running.what));
		return;
	}
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

static void command_key(struct act *x, uint32_t key)
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
	if (x->s->running.on)
		state_say(x->s, STYLE_WARN, "%s is still under way: Ctrl-C stops it.", buf_cstr(&x->s->running.what));
	else
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
	case MODE_SEARCH: search_key(&x, key); break;
	case MODE_COMMAND: command_key(&x, key); break;
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
