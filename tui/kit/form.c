#include "tui/kit/form.h"

#include <stdlib.h>

#include "src/base/err.h"

#define LABEL_COL ((size_t)2)
#define VALUE_COL_MOST ((size_t)34)    /* where values begin at the latest: longer labels push only their own */

void form_init(struct form *f, size_t n)
{
	*f = (struct form){.n = n};
	f->fields = calloc(n ? n : 1, sizeof(*f->fields));
	if (!f->fields)
		die("out of memory: a form of %zu fields", n);
}

void form_release(struct form *f)
{
	for (size_t i = 0; i < f->n; i++) {
		edit_release(&f->fields[i].edit);
		buf_release(&f->fields[i].typed);
		buf_release(&f->fields[i].trouble);
	}
	free(f->fields);
	*f = (struct form){0};
}

struct field *form_field(const struct form *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (span_eq(span_str(f->fields[i].name), span_str(name)))
			return &f->fields[i];
	return NULL;
}

struct span form_value(const struct form *f, const char *name)
{
	const struct field *field = form_field(f, name);

	return field ? buf_view(&field->edit.text) : span_of(NULL, 0);
}

/* ---- choices ---------------------------------------------------------------------------------------------------- */

static uint8_t ascii_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static bool begins_with(struct span text, struct span what)
{
	if (what.n > text.n)
		return false;
	for (size_t i = 0; i < what.n; i++)
		if (ascii_lower(text.p[i]) != ascii_lower(what.p[i]))
			return false;
	return true;
}

static bool contains(struct span text, struct span what)
{
	for (size_t at = 0; at + what.n <= text.n; at++)
		if (begins_with(span_of(text.p + at, text.n - at), what))
			return true;
	return false;
}

/* The first choice from `from` on that contains what was typed; NULL: none. */
static const char *const *next_match(const char *const *from, struct span typed)
{
	while (from && *from && !contains(span_str(*from), typed))
		from++;
	return from && *from ? from : NULL;
}

/* How the choices match what was typed, and where among them the field's text stands. */
struct matches {
	size_t n;
	size_t current;               /* SIZE_MAX: the text is none of them */
};

static struct matches count_matches(const struct field *f, struct span typed)
{
	struct matches m = {.current = SIZE_MAX};

	for (const char *const *c = f->choices; (c = next_match(c, typed)); c++) {
		if (span_is(buf_view(&f->edit.text), *c))
			m.current = m.n;
		m.n++;
	}
	return m;
}

static const char *match_at(const struct field *f, struct span typed, size_t i)
{
	const char *const *c = next_match(f->choices, typed);

	while (c && i-- > 0)
		c = next_match(c + 1, typed);
	return c ? *c : NULL;
}

/* The choice that the field's text is; NULL: none. */
static const char *chosen(const struct field *f)
{
	for (const char *const *c = f->choices; c && *c; c++)
		if (span_is(buf_view(&f->edit.text), *c))
			return *c;
	return NULL;
}

static void turn(struct field *f, bool forward)
{
	const struct span typed = buf_view(&f->typed);
	const struct matches m = count_matches(f, typed);
	size_t i;

	if (m.n == 0)
		return;
	if (m.current == SIZE_MAX)
		i = forward ? 0 : m.n - 1;
	else
		i = (m.current + (forward ? 1 : m.n - 1)) % m.n;
	edit_set(&f->edit, span_str(match_at(f, typed, i)));
}

static bool choice_key(struct field *f, uint32_t key)
{
	size_t was;

	if (key == K_LEFT || key == K_RIGHT) {
		turn(f, key == K_RIGHT);
		return true;
	}
	if (f->typed.n == 0 && chosen(f))
		f->before = chosen(f);
	if (key_is_text(key) || key == K_BACKSPACE)
		edit_set(&f->edit, buf_view(&f->typed));       /* goes on with the search, not with what it found */
	was = f->edit.text.n;
	if (!edit_key(&f->edit, key))
		return false;
	if (f->edit.text.n != was) {
		buf_clear(&f->typed);
		buf_span(&f->typed, buf_view(&f->edit.text));
	}
	return true;
}

/* The choice that this text can only mean; NULL: none, or several. */
static const char *meant(const struct field *f, size_t n_matches)
{
	const struct span text = buf_view(&f->edit.text);

	for (const char *const *c = f->choices; (c = next_match(c, text)); c++)
		if (text.n == span_str(*c).n)
			return *c;
	return n_matches == 1 ? match_at(f, text, 0) : NULL;
}

/* A choice that somebody leaves becomes one, or is in trouble. */
static void settle(struct field *f)
{
	const char *choice;
	size_t n;

	if (f->kind != FIELD_CHOICE || f->edit.text.n == 0 || chosen(f))
		return;
	n = count_matches(f, buf_view(&f->edit.text)).n;
	choice = meant(f, n);
	buf_clear(&f->trouble);
	if (choice)
		edit_set(&f->edit, span_str(choice));
	else if (n)
		buf_fmt(&f->trouble, "%zu choices match this: one has to be picked", n);
	else
		buf_str(&f->trouble, "this is none of the choices");
}

/* ---- keys ------------------------------------------------------------------------------------------------------- */

/* The next field that somebody can fill in; f->n: none. */
static size_t next_field(const struct form *f, bool forward)
{
	for (size_t i = f->focus; forward ? i + 1 < f->n : i > 0;) {
		i += forward ? 1 : (size_t)-1;
		if (!f->fields[i].fixed)
			return i;
	}
	return f->n;
}

static enum form_answer go(struct form *f, bool forward)
{
	const size_t next = next_field(f, forward);

	if (next == f->n)
		return FORM_IGNORED;
	f->focus = next;
	return FORM_MOVED;
}

static enum form_answer finish(struct form *f)
{
	for (size_t i = 0; i < f->n; i++) {
		struct field *field = &f->fields[i];

		settle(field);
		if (field->kind == FIELD_CHOICE && field->edit.text.n && !chosen(field)) {
			f->focus = i;
			return FORM_MOVED;
		}
	}
	return FORM_DONE;
}

static enum form_answer type(struct field *f, uint32_t key)
{
	const bool taken = f->kind == FIELD_CHOICE ? choice_key(f, key) : edit_key(&f->edit, key);

	return taken ? FORM_MOVED : FORM_IGNORED;
}

/* Whoever types a path at once, with the focus in a choice, means the field behind it. */
static bool passes_on(const struct form *f, uint32_t key)
{
	const struct field *field = &f->fields[f->focus];
	struct edit would = {0};
	bool fits;

	if (!field->passes_on || f->focus + 1 >= f->n || !key_is_text(key))
		return false;
	edit_set(&would, buf_view(&field->typed));
	fits = key != '/' && edit_key(&would, key) && next_match(field->choices, buf_view(&would.text));
	edit_release(&would);
	return !fits;
}

static enum form_answer pass_on(struct form *f, uint32_t key)
{
	struct field *field = &f->fields[f->focus++];
	struct edit *next = &f->fields[f->focus].edit;
	struct buf all = {0};

	buf_span(&all, buf_view(&next->text));
	if (!chosen(field)) {                  /* the search that was begun was none */
		buf_span(&all, buf_view(&field->typed));
		edit_set(&field->edit, span_str(field->before ? field->before : ""));
	}
	edit_set(next, buf_view(&all));
	buf_release(&all);
	buf_clear(&field->typed);
	(void)edit_key(next, key);
	return FORM_CHANGED;
}

static enum form_answer act(struct form *f, uint32_t key)
{
	struct field *field = &f->fields[f->focus];

	if (passes_on(f, key))
		return pass_on(f, key);
	switch (key) {
	case K_UP: case K_BACKTAB:
		settle(field);
		return go(f, false);
	case K_DOWN: case K_TAB:
		settle(field);
		return go(f, true);
	case K_ENTER:
		settle(field);
		return next_field(f, true) < f->n ? go(f, true) : finish(f);
	default:
		return field->fixed ? FORM_IGNORED : type(field, key);
	}
}

enum form_answer form_key(struct form *f, uint32_t key)
{
	struct field *field;
	struct buf was = {0};
	enum form_answer answer;

	if (f->n == 0)
		return key == K_ENTER ? FORM_DONE : FORM_IGNORED;
	if (f->focus >= f->n)
		f->focus = f->n - 1;
	field = &f->fields[f->focus];
	buf_span(&was, buf_view(&field->edit.text));
	answer = act(f, key);
	if (!span_eq(buf_view(&was), buf_view(&field->edit.text))) {
		buf_clear(&field->trouble);
		if (answer != FORM_DONE)
			answer = FORM_CHANGED;
	}
	buf_release(&was);
	return answer;
}

/* ---- drawing ---------------------------------------------------------------------------------------------------- */

/* Where the values begin: behind the widest label, within reason. */
static size_t value_column(const struct paper *p, const struct form *f)
{
	const struct grid g = {.ascii = p->ascii};
	const size_t room = p->cols > PAPER_ROOM ? p->cols - PAPER_ROOM : 0;
	size_t at = 0;

	for (size_t i = 0; i < f->n; i++) {
		const size_t width = LABEL_COL + grid_width(&g, span_str(f->fields[i].label)) + 2;

		if (width > at)
			at = width;
	}
	if (at > VALUE_COL_MOST)
		at = VALUE_COL_MOST;
	return at < room ? at : room;
}

static void draw_value(struct paper *p, const struct field *f, size_t at, bool focused)
{
	paper_begin(p, LABEL_COL, at);
	paper_add(p, focused ? STYLE_TITLE : STYLE_LABEL, "%s", f->label);
	paper_to(p, at);
	if (f->fixed)
		paper_add_safe(p, STYLE_TEXT, buf_view(&f->edit.text));
	else
		edit_draw(p, &f->edit, focused);
	if (f->fixed)
		paper_add(p, STYLE_DIM, " (the only one)");
	if (f->edit.text.n == 0 && f->suggestion) {
		paper_add(p, STYLE_TEXT, " ");
		paper_add_safe(p, STYLE_DIM, span_str(f->suggestion));
	}
	if (f->edit.text.n == 0 && f->required)
		paper_add(p, STYLE_WARN, " (required)");
	paper_end(p);
}

static void draw_hint(struct paper *p, const struct field *f, size_t at)
{
	if (!f->hint && !f->beside)
		return;
	paper_begin(p, at, at);
	if (f->hint)
		paper_add(p, STYLE_DIM, "%s", f->hint);
	if (f->hint && f->beside)
		paper_add(p, STYLE_DIM, " \xc2\xb7 ");
	if (f->beside)
		paper_add_safe(p, STYLE_TEXT, span_str(f->beside));
	paper_end(p);
}

static void draw_trouble(struct paper *p, const struct field *f, size_t at)
{
	if (f->trouble.n == 0)
		return;
	paper_begin(p, at, at + 2);
	paper_add(p, STYLE_BAD, "! ");
	paper_add_safe(p, STYLE_BAD, buf_view(&f->trouble));
	paper_end(p);
}

/* A window of the matching choices with the chosen one in it. */
static void draw_choices(struct paper *p, const struct field *f, size_t at)
{
	const struct span typed = buf_view(&f->typed);
	const struct matches m = count_matches(f, typed);
	size_t first = 0;

	if (m.current != SIZE_MAX && m.current >= FORM_CHOICES)
		first = m.current - FORM_CHOICES + 1;
	for (size_t i = first; i < m.n && i - first < FORM_CHOICES; i++) {
		paper_begin(p, at, at + 2);
		paper_add(p, STYLE_TEXT, i == m.current ? "\xe2\x97\x8f " : "\xe2\x97\x8b ");
		paper_add_safe(p, i == m.current ? STYLE_TITLE : STYLE_TEXT, span_str(match_at(f, typed, i)));
		paper_end(p);
	}
	if (m.n > FORM_CHOICES)
		paper_line(p, STYLE_DIM, at, "%zu more: type to search, Left and Right to turn", m.n - FORM_CHOICES);
	else if (m.n == 0)
		paper_line(p, STYLE_DIM, at, "no choice has this in it");
}

void form_draw(struct paper *p, const struct form *f, uint32_t first_item)
{
	const size_t at = value_column(p, f);
	const uint32_t item = p->item;

	for (size_t i = 0; i < f->n; i++) {
		const struct field *field = &f->fields[i];

		paper_item(p, first_item + (uint32_t)i);
		draw_value(p, field, at, i == f->focus);
		draw_hint(p, field, at);
		draw_trouble(p, field, at);
		if (i == f->focus && field->kind == FIELD_CHOICE)
			draw_choices(p, field, at);
	}
	paper_item(p, item);
}
