/* Whatever keys come in, what is typed stays plain text with the cursor on a character; and at whatever width it is
 * drawn, paper shows every character of it, and of the rest of the input as well. */
#include "src/base/text.h"
#include "tests/fuzz/target.h"
#include "tui/kit/form.h"
#include "tui/kit/spell.h"

static const char *const choices[] = {"red", "dark red", "caf\xc3\xa9", "\xe4\xb8\xad\xe4\xb8\xad", "", NULL};

/* A byte below 0x80 is a key of its own, 0x80..0xbf a named one; another begins three bytes of any number. */
static uint32_t next_key(struct span *in)
{
	const uint8_t b = in->p[0];
	size_t n = b >= 0xc0 && in->n >= 3 ? 3 : 1;
	uint32_t key = b;

	if (n == 3)
		key = (b & 0x1fu) << 16 | (uint32_t)in->p[1] << 8 | in->p[2];
	else if (b >= 0x80)
		key = K_FIRST + 1 + (b & 0x3fu) % (K_END_OF_KEYS - K_FIRST - 1);
	*in = span_of(in->p + n, in->n - n);
	return key;
}

static bool on_a_character(const struct edit *d)
{
	uint32_t c;

	if (d->at == d->text.n)
		return true;
	return text_decode(span_of(d->text.p + d->at, d->text.n - d->at), &c) != 0 &&
	       text_is_plain(span_of(d->text.p + d->at, d->text.n - d->at), false);
}

/* All but blanks: what wrapping may not lose. */
static void add_visible(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ' && s.p[i] != '\n')
			buf_byte(out, s.p[i]);
}

static void demand_same(const struct paper *p, struct span text, bool lines, const char *otherwise)
{
	struct buf scratch = {0}, shown = {0}, expected = {0}, got = {0};

	paper_text(p, &shown);
	add_visible(&got, buf_view(&shown));
	add_visible(&expected, spell(&scratch, text, (p->ascii ? SPELL_ASCII : 0u) | (lines ? SPELL_LINES : 0u)));
	demand(span_eq(buf_view(&got), buf_view(&expected)), otherwise);
	buf_release(&scratch);
	buf_release(&shown);
	buf_release(&expected);
	buf_release(&got);
}

/* Every row is within the paper, and can be put on a grid of another width. */
static void demand_sound(const struct paper *p)
{
	struct grid g;

	for (size_t i = 0; i < p->rows; i++)
		DEMAND(p->row[i].left <= p->row[i].n && p->row[i].n <= p->cols);
	DEMAND(!p->cursor_next);
	DEMAND(!p->has_cursor || (p->cursor_row < p->rows && p->cursor_col < p->row[p->cursor_row].n));
	grid_init(&g, 5, p->cols / 2 + 1, p->ascii);
	for (size_t top = 0; top < p->rows; top += 4) {
		struct buf text = {0};

		paper_draw(p, &g, 1, 9, top, 1);
		grid_dump(&g, &text, true);
		DEMAND(text_is_utf8(buf_view(&text)));
		DEMAND(g.cursor_row < g.rows && g.cursor_col < g.cols);
		buf_release(&text);
	}
	grid_release(&g);
}

static void demand_drawn(const struct edit *d, size_t cols, size_t hang, bool ascii)
{
	struct paper p;

	paper_init(&p, cols, ascii);
	paper_begin(&p, 0, hang);
	edit_draw(&p, d, true);
	paper_end(&p);
	DEMAND(p.has_cursor);
	demand_sound(&p);
	if (cols > 2)                          /* narrower, a wide character becomes its number */
		demand_same(&p, buf_view(&d->text), false, "a character that was typed is not shown");
	paper_release(&p);
}

static void demand_wraps(struct span text, size_t cols, size_t indent, bool ascii)
{
	struct paper p;

	paper_init(&p, cols, ascii);
	paper_begin(&p, indent, indent / 2);
	paper_add_foreign(&p, text);
	paper_end(&p);
	demand_sound(&p);
	if (cols > 2)
		demand_same(&p, text, false, "paper lost a character");
	paper_clear(&p);
	paper_foreign(&p, indent, "name", text);
	demand_sound(&p);
	if (cols > 1 && text.n)
		for (size_t i = 0; i < p.rows; i++)
			DEMAND(p.cells[i * p.cols].style == STYLE_LABEL || p.row[i].left > 0);
	paper_release(&p);
}

static void fields_of(struct form *f)
{
	form_init(f, 3);
	f->fields[0].name = "amount";
	f->fields[0].label = "an amount \xc2\xb7 of anything";
	f->fields[0].hint = "0.05 ether";
	f->fields[0].required = true;
	f->fields[1].name = "choice";
	f->fields[1].label = "choice";
	f->fields[1].kind = FIELD_CHOICE;
	f->fields[1].choices = choices;
	f->fields[2].name = "rest";
	f->fields[2].label = "rest";
	f->fields[2].suggestion = "\xe4\xb8\xad";
	f->fields[2].edit.max = 9;
}

static void demand_form(const struct form *f, size_t cols, bool ascii)
{
	struct paper p;

	paper_init(&p, cols, ascii);
	form_draw(&p, f, 0);
	demand_sound(&p);
	DEMAND(p.has_cursor && p.row[p.cursor_row].item == f->focus);
	paper_release(&p);
}

static void demand_edits(const struct form *f)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct edit *d = &f->fields[i].edit;

		DEMAND(text_is_plain(buf_view(&d->text), false));
		DEMAND(d->at <= d->text.n && on_a_character(d));
		DEMAND(d->text.n <= (d->max ? d->max : EDIT_MAX));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const size_t cols = 1 + (n ? data[0] % 100 : 0), hang = n > 1 ? data[1] % 64 : 0;
	struct span in = span_of(data, n);
	struct form f;

	fields_of(&f);
	while (in.n) {
		const enum form_answer answer = form_key(&f, next_key(&in));

		DEMAND(f.focus < f.n);
		demand_edits(&f);
		if (answer == FORM_DONE)
			demand_form(&f, cols, hang & 1);
	}
	demand_form(&f, cols, hang & 1);
	for (size_t i = 0; i < f.n; i++)
		demand_drawn(&f.fields[i].edit, cols, hang, hang & 1);
	demand_wraps(span_of(data, n), cols, hang, hang & 1);
	form_release(&f);
	return 0;
}
