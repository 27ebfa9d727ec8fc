#include "tui/kit/paper.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/err.h"
#include "tui/kit/spell.h"

#define BAR_COLS ((size_t)2)

static const struct cell blank = {.c = ' ', .style = STYLE_TEXT};

void paper_init(struct paper *p, size_t cols, bool ascii)
{
	*p = (struct paper){.cols = cols ? cols : 1, .ascii = ascii, .item = PAPER_NO_ITEM};
}

void paper_release(struct paper *p)
{
	free(p->cells);
	free(p->row);
	*p = (struct paper){0};
}

void paper_clear(struct paper *p)
{
	*p = (struct paper){.cols = p->cols, .ascii = p->ascii, .cap = p->cap, .cells = p->cells, .row = p->row,
			    .item = PAPER_NO_ITEM};
}

/* ---- rows ------------------------------------------------------------------------------------------------------- */

static struct cell *cells_of(const struct paper *p, size_t row)
{
	return p->cells + row * p->cols;
}

static void make_room(struct paper *p)
{
	const size_t cap = p->cap ? 2 * p->cap : 32;

	if (p->rows < p->cap)
		return;
	if (cap > SIZE_MAX / sizeof(*p->cells) / p->cols)
		die("out of memory: a paper of %zu rows", cap);
	p->cells = realloc(p->cells, cap * p->cols * sizeof(*p->cells));
	p->row = realloc(p->row, cap * sizeof(*p->row));
	if (!p->cells || !p->row)
		die("out of memory: a paper of %zu rows", cap);
	p->cap = cap;
}

static size_t bar_cols(const struct paper *p)
{
	if (!p->bar)
		return 0;
	return p->cols > BAR_COLS ? BAR_COLS : p->cols - 1;
}

/* An indent that leaves PAPER_ROOM columns beside it and the bar. */
static size_t indent_that_fits(const struct paper *p, size_t indent)
{
	const size_t taken = PAPER_ROOM + bar_cols(p);
	const size_t most = p->cols > taken ? p->cols - taken : 0;

	return indent < most ? indent : most;
}

/* Where text begins in the rows that the open line wraps into. */
static size_t left_of_next(const struct paper *p)
{
	return indent_that_fits(p, p->indent) + bar_cols(p);
}

static void new_row(struct paper *p, size_t indent, enum paper_join join)
{
	const size_t left = indent_that_fits(p, indent), bar = bar_cols(p);
	struct cell *cells;

	make_room(p);
	cells = cells_of(p, p->rows);
	for (size_t i = 0; i < left + bar; i++)
		cells[i] = blank;
	if (bar)
		cells[left] = (struct cell){.c = p->ascii ? '|' : 0x2502, .style = STYLE_FOREIGN};
	p->row[p->rows++] = (struct paper_row){.item = p->item, .n = (uint32_t)(left + bar),
					       .left = (uint32_t)(left + bar), .join = join};
	p->gap = false;
}

/* ---- one character after the other ------------------------------------------------------------------------------- */

static bool is_gap(const struct cell *c)
{
	return c->c == ' ' && !c->mark;
}

static size_t word_start(const struct paper *p, size_t row)
{
	const struct cell *cells = cells_of(p, row);
	size_t at = p->row[row].n;

	while (at > p->row[row].left && !is_gap(&cells[at - 1]))
		at--;
	return at;
}

/* The cells from `at` to the end of the row go into the next one, which is empty. */
static void move_word(struct paper *p, size_t row, size_t at)
{
	const size_t n = p->row[row].n - at, to = p->row[row + 1].n;

	memcpy(cells_of(p, row + 1) + to, cells_of(p, row) + at, n * sizeof(struct cell));
	p->row[row + 1].n += (uint32_t)n;
	p->row[row].n = (uint32_t)at;
	if (p->has_cursor && p->cursor_row == row && p->cursor_col >= at) {
		p->cursor_row++;
		p->cursor_col = p->cursor_col - at + to;
	}
}

/* Blanks at which the line wrapped are not shown, whatever their style; what was typed is. */
static void drop_blanks(struct paper *p, size_t row)
{
	struct paper_row *r = &p->row[row];
	const struct cell *cells = cells_of(p, row);

	while (r->n > r->left && is_gap(&cells[r->n - 1]) && cells[r->n - 1].style != STYLE_FIELD)
		r->n--;
}

/* The row is full: the line goes on in a new one, which the word that was being written begins, when it gains room
 * there. */
static void wrap(struct paper *p)
{
	const size_t row = p->rows - 1, at = word_start(p, row);

	if (p->gap || at == p->row[row].n) {
		new_row(p, p->indent, PAPER_AFTER_BLANK);
	} else if (at > p->row[row].left && at > left_of_next(p)) {
		new_row(p, p->indent, PAPER_AFTER_BLANK);
		move_word(p, row, at);
	} else {
		new_row(p, p->indent, PAPER_IN_WORD);
	}
	drop_blanks(p, row);
}

static void put(struct paper *p, struct glyph g, enum style style);

/* A wide character, on paper one column wide. */
static void put_number(struct paper *p, uint32_t c, enum style style)
{
	struct buf number = {0};
	struct span rest;

	spell_number(&number, c);
	rest = buf_view(&number);
	while (rest.n)
		put(p, glyph_next(&rest), style);
	buf_release(&number);
}

/* Makes room for a character at the end of the last row; false when it is not written: a blank at which the line
 * wraps, a newline. */
static bool room_for(struct paper *p, const struct glyph *g, enum style style)
{
	if (g->c == '\n') {
		new_row(p, p->indent, PAPER_STARTS);
		return false;
	}
	if (g->width > p->cols - left_of_next(p)) {
		put_number(p, g->c, style);
		if (g->mark)
			put_number(p, g->mark, style);
		return false;
	}
	if (g->c == ' ' && !p->keep && p->row[p->rows - 1].n == p->cols) {
		p->gap = true;
		return false;
	}
	while (p->row[p->rows - 1].n + g->width > p->cols)
		wrap(p);
	return true;
}

static void put(struct paper *p, struct glyph g, enum style style)
{
	struct paper_row *row = &p->row[p->rows - 1];
	struct cell *at;

	if (g.c == '\n' || row->n + g.width > p->cols) {
		if (!room_for(p, &g, style))
			return;
		row = &p->row[p->rows - 1];
	}
	at = cells_of(p, p->rows - 1) + row->n;
	at[0] = (struct cell){.c = g.c, .mark = g.mark, .style = (uint8_t)style};
	if (g.width == 2)
		at[1] = (struct cell){.style = (uint8_t)style};
	if (p->cursor_next) {
		p->cursor_next = false;
		p->has_cursor = true;
		p->cursor_row = p->rows - 1;
		p->cursor_col = row->n;
	}
	row->n += (uint32_t)g.width;
}

static void add(struct paper *p, enum style style, struct span text, unsigned how)
{
	struct buf scratch = {0};
	struct span rest = spell(&scratch, text, how | (p->ascii ? SPELL_ASCII : 0));

	if (!p->open)
		paper_begin(p, 0, 0);
	while (rest.n)
		put(p, glyph_next(&rest), style);
	buf_release(&scratch);
}

/* ---- lines ------------------------------------------------------------------------------------------------------ */

void paper_begin(struct paper *p, size_t indent, size_t hang)
{
	p->indent = hang;
	p->open = true;
	new_row(p, indent, PAPER_STARTS);
}

void paper_end(struct paper *p)
{
	p->open = false;
	p->gap = false;
}

void paper_add_span(struct paper *p, enum style style, struct span ours)
{
	add(p, style, ours, SPELL_OURS | SPELL_LINES);
}

static void add_vfmt(struct paper *p, enum style style, const char *fmt, va_list ap) PRINTF(3, 0);
static void add_vfmt(struct paper *p, enum style style, const char *fmt, va_list ap)
{
	struct buf text = {0};

	buf_vfmt(&text, fmt, ap);
	paper_add_span(p, style, buf_view(&text));
	buf_release(&text);
}

void paper_add(struct paper *p, enum style style, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_vfmt(p, style, fmt, ap);
	va_end(ap);
}

void paper_add_safe(struct paper *p, enum style style, struct span text)
{
	add(p, style, text, 0);
}

void paper_add_foreign(struct paper *p, struct span text)
{
	paper_add_safe(p, STYLE_FOREIGN, text);
}

void paper_to(struct paper *p, size_t col)
{
	const struct paper_row *row;
	size_t n;

	if (!p->open)
		paper_begin(p, 0, 0);
	row = &p->row[p->rows - 1];
	if (row->n < col)
		n = col - row->n;
	else
		n = row->n > row->left && !is_gap(&cells_of(p, p->rows - 1)[row->n - 1]);
	for (size_t room = p->cols - row->n; n && room; n--, room--)
		put(p, (struct glyph){.c = ' ', .width = 1}, STYLE_TEXT);
	if (n)
		p->gap = true;
}

void paper_span(struct paper *p, enum style style, size_t indent, struct span ours)
{
	paper_begin(p, indent, indent);
	paper_add_span(p, style, ours);
	paper_end(p);
}

void paper_line(struct paper *p, enum style style, size_t indent, const char *fmt, ...)
{
	va_list ap;

	paper_begin(p, indent, indent);
	va_start(ap, fmt);
	add_vfmt(p, style, fmt, ap);
	va_end(ap);
	paper_end(p);
}

void paper_blank(struct paper *p)
{
	paper_begin(p, 0, 0);
	paper_end(p);
}

void paper_title(struct paper *p, const char *fmt, ...)
{
	va_list ap;

	if (p->rows)
		paper_blank(p);
	paper_begin(p, 0, 0);
	va_start(ap, fmt);
	add_vfmt(p, STYLE_TITLE, fmt, ap);
	va_end(ap);
	paper_end(p);
}

#define NAME_COLS 10          /* of a name that stands beside its words */

/* Into the blanks before the bar of the row that was just begun. */
static void name_beside_bar(struct paper *p, size_t indent, const char *name)
{
	struct cell *row = &p->cells[(p->rows - 1) * p->cols];

	for (size_t i = 0; name[i]; i++) {
		row[indent + i].c = (uint8_t)name[i];
		row[indent + i].style = STYLE_LABEL;
	}
}

void paper_foreign(struct paper *p, size_t indent, const char *name, struct span text)
{
	const size_t width = name ? strlen(name) : 0, column = indent + NAME_COLS;
	const bool beside = name && width < NAME_COLS && column + 2 + PAPER_ROOM <= p->cols;

	if (text.n == 0)
		return;
	if (text.p[text.n - 1] == '\n')        /* ends the last line, begins none */
		text.n--;
	if (name && !beside)
		paper_line(p, STYLE_LABEL, indent, "%s", name);
	p->bar = true;
	paper_begin(p, beside ? column : indent, beside ? column : indent);
	if (beside)
		name_beside_bar(p, indent, name);
	add(p, STYLE_FOREIGN, text, SPELL_LINES);
	paper_end(p);
	p->bar = false;
}

void paper_pair(struct paper *p, size_t indent, size_t at, const char *name, enum style style, const char *fmt, ...)
{
	va_list ap;

	paper_begin(p, indent, at);
	paper_add(p, STYLE_LABEL, "%s", name);
	paper_to(p, indent_that_fits(p, at));
	va_start(ap, fmt);
	add_vfmt(p, style, fmt, ap);
	va_end(ap);
	paper_end(p);
}

void paper_item(struct paper *p, uint32_t item)
{
	p->item = item;
}

/* ---- reading it ------------------------------------------------------------------------------------------------- */

bool paper_find(const struct paper *p, uint32_t item, size_t *first, size_t *end)
{
	size_t from = 0, to = p->rows;

	if (item == PAPER_NO_ITEM)
		return false;
	while (from < to && p->row[from].item != item)
		from++;
	while (to > from && p->row[to - 1].item != item)
		to--;
	*first = from;
	*end = to;
	return from < to;
}

static uint32_t first_item(const struct paper *p)
{
	for (size_t i = 0; i < p->rows; i++)
		if (p->row[i].item != PAPER_NO_ITEM)
			return p->row[i].item;
	return PAPER_NO_ITEM;
}

uint32_t paper_next_item(const struct paper *p, uint32_t item)
{
	size_t first, end;

	if (!paper_find(p, item, &first, &end))
		return first_item(p);
	for (; end < p->rows; end++)
		if (p->row[end].item != PAPER_NO_ITEM)
			return p->row[end].item;
	return item;
}

uint32_t paper_previous_item(const struct paper *p, uint32_t item)
{
	size_t first, end;

	if (!paper_find(p, item, &first, &end))
		return first_item(p);
	while (first-- > 0)
		if (p->row[first].item != PAPER_NO_ITEM)
			return p->row[first].item;
	return item;
}

static uint8_t ascii_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static bool same_but_case(const uint8_t *a, const uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ascii_lower(a[i]) != ascii_lower(b[i]))
			return false;
	return true;
}

static void row_text(const struct paper *p, size_t row, struct buf *out)
{
	const struct paper_row *r = &p->row[row];

	cells_text(out, cells_of(p, row) + r->left, r->n - r->left);
}

/* The text of a row, and as much as `more` bytes of what its line goes on with. Returns the row's own length. */
static size_t row_and_more(const struct paper *p, size_t row, size_t more, struct buf *out)
{
	size_t own;

	buf_clear(out);
	row_text(p, row, out);
	own = out->n;
	while (++row < p->rows && p->row[row].join != PAPER_STARTS && out->n < own + more) {
		if (p->row[row].join == PAPER_AFTER_BLANK)
			buf_byte(out, ' ');
		row_text(p, row, out);
	}
	return own;
}

static bool begins_in(struct span all, size_t own, struct span what)
{
	for (size_t at = 0; at < own && what.n <= all.n - at; at++)
		if (same_but_case(all.p + at, what.p, what.n))
			return true;
	return false;
}

size_t paper_search(const struct paper *p, size_t from, struct span text)
{
	struct buf scratch = {0}, row = {0};
	const struct span what = spell(&scratch, text, p->ascii ? SPELL_ASCII : 0);
	size_t found = SIZE_MAX;

	for (size_t i = from; what.n && i < p->rows && found == SIZE_MAX; i++) {
		const size_t own = row_and_more(p, i, what.n, &row);

		if (begins_in(buf_view(&row), own, what))
			found = i;
	}
	buf_release(&scratch);
	buf_release(&row);
	return found;
}

/* ---- showing it ------------------------------------------------------------------------------------------------- */

static void draw_row(const struct paper *p, size_t row, struct cell *to, size_t cols, bool focused)
{
	const size_t have = row < p->rows ? p->row[row].n : 0;
	size_t n = have < cols ? have : cols;

	if (n)
		memcpy(to, cells_of(p, row), n * sizeof(*to));
	if (n && n < have && cells_of(p, row)[n].c == 0)       /* half of a wide character */
		n--;
	for (size_t i = n; i < cols; i++)
		to[i] = blank;
	for (size_t i = 0; focused && i < cols; i++)
		to[i].focus = true;
}

void paper_draw(const struct paper *p, struct grid *g, size_t row0, size_t rows, size_t top, uint32_t focus)
{
	bool placed = false;

	if (row0 >= g->rows || g->cols == 0)
		return;
	if (rows > g->rows - row0)
		rows = g->rows - row0;
	for (size_t i = 0; i < rows; i++) {
		const size_t row = i < SIZE_MAX - top ? top + i : SIZE_MAX;
		const bool focused = row < p->rows && focus != PAPER_NO_ITEM && p->row[row].item == focus;

		draw_row(p, row, grid_cell(g, row0 + i, 0), g->cols, focused);
		if (focused && !placed) {
			g->cursor_row = row0 + i;
			g->cursor_col = 0;
			placed = true;
		}
	}
	if (p->has_cursor && p->cursor_row >= top && p->cursor_row - top < rows) {
		g->cursor_row = row0 + (p->cursor_row - top);
		g->cursor_col = p->cursor_col < g->cols ? p->cursor_col : g->cols - 1;
	}
}

void paper_text(const struct paper *p, struct buf *out)
{
	for (size_t i = 0; i < p->rows; i++) {
		cells_text(out, cells_of(p, i), p->row[i].n);
		buf_byte(out, '\n');
	}
}
