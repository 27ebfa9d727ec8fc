#include "tui/kit/grid.h"

#include <stdlib.h>

#include "src/base/err.h"
#include "tui/kit/spell.h"

static const struct cell blank = {.c = ' ', .style = STYLE_TEXT};

char style_letter(enum style s)
{
#define S(name, letter, what) letter,
	static const char letters[] = {STYLES(S)};
#undef S

	return letters[s];
}

void grid_init(struct grid *g, size_t rows, size_t cols, bool ascii)
{
	*g = (struct grid){.ascii = ascii};
	grid_resize(g, rows, cols);
}

void grid_release(struct grid *g)
{
	free(g->cells);
	*g = (struct grid){0};
}

void grid_resize(struct grid *g, size_t rows, size_t cols)
{
	free(g->cells);
	g->cells = calloc(cols ? rows : 0, cols * sizeof(*g->cells));
	if (!g->cells && rows && cols)
		die("out of memory: a screen of %zu rows, %zu columns", rows, cols);
	g->rows = rows;
	g->cols = cols;
	grid_clear(g);
}

void grid_clear(struct grid *g)
{
	for (size_t i = 0; i < g->rows * g->cols; i++)
		g->cells[i] = blank;
	g->cursor_row = g->cursor_col = 0;
}

struct cell *grid_cell(const struct grid *g, size_t row, size_t col)
{
	if (row >= g->rows || col >= g->cols)
		BUG("cell %zu,%zu of a screen of %zu rows, %zu columns", row, col, g->rows, g->cols);
	return &g->cells[row * g->cols + col];
}

static bool is_blank(const struct cell *c)
{
	return c->c == ' ' && c->style == STYLE_TEXT && !c->focus;
}

static void dump_styles(const struct cell *cells, size_t n, struct buf *out)
{
	while (n && is_blank(&cells[n - 1]))
		n--;
	for (size_t i = 0; i < n; i++)
		buf_byte(out, (uint8_t)(cells[i].focus ? '#' : style_letter(cells[i].style)));
}

void grid_dump(const struct grid *g, struct buf *out, bool styles)
{
	for (size_t row = 0; row < g->rows; row++) {
		cells_text(out, g->cells + row * g->cols, g->cols);
		buf_byte(out, '\n');
	}
	if (!styles)
		return;
	for (size_t row = 0; row < g->rows; row++) {
		dump_styles(g->cells + row * g->cols, g->cols, out);
		buf_byte(out, '\n');
	}
	buf_fmt(out, "cursor %zu,%zu\n", g->cursor_row, g->cursor_col);
}

struct pen grid_pen(struct grid *g, size_t row, enum style style)
{
	return pen_between(g, row, 0, g->cols, style);
}

struct pen pen_between(struct grid *g, size_t row, size_t left, size_t right, enum style style)
{
	struct pen p = {.g = g, .row = row, .col = left, .style = style};

	p.right = right < g->cols ? right : g->cols;
	if (row >= g->rows || left >= p.right) {
		p.right = left;
		p.cut = true;                  /* nowhere to write, not even the mark for it */
	}
	return p;
}

/* Half of a wide character cannot stay when the other half is written over. */
static void set_cell(struct pen *p, size_t col, struct cell c)
{
	struct cell *at = grid_cell(p->g, p->row, col);

	if (at->c == 0 && c.c != 0 && col > 0)
		at[-1].c = ' ', at[-1].mark = 0;
	if (c.c != 0 && col + 1 < p->g->cols && at[1].c == 0)
		at[1].c = ' ';
	*at = c;
}

static struct cell pen_cell(const struct pen *p, uint32_t c, uint32_t mark)
{
	return (struct cell){.c = c, .mark = mark, .style = (uint8_t)p->style, .focus = p->focus};
}

static void pen_cut(struct pen *p)
{
	p->cut = true;
	if (p->col < p->right)                 /* a wide character had one column left */
		set_cell(p, p->col, pen_cell(p, ' ', 0));
	set_cell(p, p->right - 1, pen_cell(p, p->g->ascii ? '~' : 0x2026, 0));
	p->col = p->right;
}

static void pen_glyph(struct pen *p, struct glyph g)
{
	if (g.width > p->right - p->col) {
		pen_cut(p);
		return;
	}
	set_cell(p, p->col, pen_cell(p, g.c, g.mark));
	if (g.width == 2)
		set_cell(p, p->col + 1, pen_cell(p, 0, 0));
	p->col += g.width;
}

static void pen_spelled(struct pen *p, struct span text, unsigned how)
{
	struct buf scratch = {0};
	struct span rest;

	if (p->cut)
		return;
	rest = spell(&scratch, text, how | (p->g->ascii ? SPELL_ASCII : 0));
	while (rest.n && !p->cut)
		pen_glyph(p, glyph_next(&rest));
	buf_release(&scratch);
}

void pen_span(struct pen *p, struct span ours)
{
	pen_spelled(p, ours, SPELL_OURS);
}

void pen_str(struct pen *p, const char *s)
{
	pen_span(p, span_str(s));
}

void pen_fmt(struct pen *p, const char *fmt, ...)
{
	struct buf text = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vfmt(&text, fmt, ap);
	va_end(ap);
	pen_span(p, buf_view(&text));
	buf_release(&text);
}

void pen_foreign(struct pen *p, struct span text)
{
	pen_spelled(p, text, 0);
}

void pen_to(struct pen *p, size_t col)
{
	while (p->col < col && p->col < p->right)
		set_cell(p, p->col++, pen_cell(p, ' ', 0));
}

void pen_fill(struct pen *p)
{
	pen_to(p, p->right);
}

size_t grid_width(const struct grid *g, struct span ours)
{
	struct buf scratch = {0};
	struct span rest = spell(&scratch, ours, SPELL_OURS | (g->ascii ? SPELL_ASCII : 0));
	size_t width = 0;

	while (rest.n)
		width += glyph_next(&rest).width;
	buf_release(&scratch);
	return width;
}
