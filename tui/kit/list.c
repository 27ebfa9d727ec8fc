#include "tui/kit/paper.h"

void scroll_show(struct scroll *s, size_t first, size_t end, size_t rows)
{
	if (end - first >= rows) {
		if (s->top < first || s->top > end - rows)
			s->top = first;
	} else if (s->top > first) {
		s->top = first;
	} else if (end - s->top > rows) {
		s->top = end - rows;
	}
}

/* What writing and measuring an item needs. */
struct list {
	struct paper paper;
	list_item_fn *item;
	const void *ctx;
};

/* Rows of item i, which is on the paper then. Never 0: a list of nothings would have no end. */
static size_t write_item(struct list *l, size_t i)
{
	paper_clear(&l->paper);
	paper_item(&l->paper, 0);
	l->item(l->ctx, i, &l->paper);
	return l->paper.rows ? l->paper.rows : 1;
}

/* The smallest top, but at least `least`, from which on all up to the item before `end` fits in `rows`. */
static size_t lowest_top(struct list *l, size_t end, size_t least, size_t rows)
{
	size_t used = 0;

	while (end > least) {
		const size_t height = write_item(l, end - 1);

		if (height > rows - used)
			break;
		used += height;
		end--;
	}
	return end;
}

/* Top so that the cursor's item is in sight, and no room is left at the bottom while there are items above. */
static void keep_in_sight(struct list *l, struct scroll *s, size_t n, size_t rows)
{
	size_t top;

	if (s->cursor >= n)
		s->cursor = n - 1;
	if (s->top > s->cursor)
		s->top = s->cursor;
	top = lowest_top(l, s->cursor + 1, s->top, rows);
	s->top = top < s->cursor ? top : s->cursor;
	if (n - s->top <= rows) {              /* perhaps the end is in sight: every item takes a row */
		top = lowest_top(l, n, 0, rows);
		if (top < s->top)
			s->top = top;
	}
}

void list_draw(struct grid *g, size_t row0, size_t rows, struct scroll *s, size_t n, list_item_fn *item,
	       const void *ctx)
{
	struct list l = {.item = item, .ctx = ctx};

	if (n == 0)
		*s = (struct scroll){0};
	if (row0 >= g->rows || n == 0)
		return;
	if (rows > g->rows - row0)
		rows = g->rows - row0;
	paper_init(&l.paper, g->cols, g->ascii);
	keep_in_sight(&l, s, n, rows);
	for (size_t i = s->top, row = 0; i < n && row < rows; i++) {
		const size_t height = write_item(&l, i);

		if (l.paper.rows == 0)
			paper_blank(&l.paper);
		paper_draw(&l.paper, g, row0 + row, height < rows - row ? height : rows - row, 0,
			   i == s->cursor ? 0 : PAPER_NO_ITEM);
		row += height;
	}
	paper_release(&l.paper);
}
