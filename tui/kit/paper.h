/* Paper: rows of styled cells, as many as are needed, of a fixed width. What a person reads is written on paper, where
 * long lines wrap and nothing is ever cut; a window of it is then shown on a grid, or all of it line by line (--plain).
 *
 * Rows belong to items (a step, a line of the log, a field): whatever can be focused. paper_item() starts one. */
#ifndef SETGOV_TUI_KIT_PAPER_H
#define SETGOV_TUI_KIT_PAPER_H

#include "tui/kit/grid.h"

#define PAPER_NO_ITEM UINT32_MAX
#define PAPER_ROOM ((size_t)20)

/* How a row goes on from the one before. */
enum paper_join {
	PAPER_STARTS,                 /* it does not: a line begins */
	PAPER_AFTER_BLANK,            /* the line was wrapped at a blank */
	PAPER_IN_WORD,                /* a long word was broken */
};
struct paper_row {
	uint32_t item;                /* or PAPER_NO_ITEM */
	uint32_t n;                   /* cells in use */
	uint32_t left;                /* of them before the text: indent and bar */
	enum paper_join join;
};

struct paper {
	size_t cols;
	bool ascii;
	size_t rows, cap;
	struct cell *cells;           /* rows x cols */
	struct paper_row *row;
	/* while writing */
	uint32_t item;
	bool open;                    /* the last row is not ended */
	size_t indent;                /* of the rows that the open line wraps into */
	bool bar;                     /* and whether they begin with a bar */
	bool keep;                    /* blanks count, too: something that is being typed */
	bool gap;                     /* a blank did not fit: what comes next begins a row */
	/* where typing goes, when a field on this paper has the cursor */
	bool has_cursor;
	bool cursor_next;             /* the next character that is written gets it */
	size_t cursor_row, cursor_col;
};

void paper_init(struct paper *p, size_t cols, bool ascii);
void paper_release(struct paper *p);
void paper_clear(struct paper *p);                            /* no rows; memory kept */

/* A whole line, indented by `indent`, wrapped at blanks; rows after the first are indented by `indent` too. A word that
 * is longer than a row goes on in the next one: broken, never cut. An indent that leaves less than PAPER_ROOM columns
 * is made smaller; a newline in the text begins a row. */
void paper_line(struct paper *p, enum style style, size_t indent, const char *fmt, ...) PRINTF(4, 5);
void paper_span(struct paper *p, enum style style, size_t indent, struct span ours);
/* A line of several styles: begin (rows that it wraps into are indented by `hang`), add, add, end. */
void paper_begin(struct paper *p, size_t indent, size_t hang);
void paper_add(struct paper *p, enum style style, const char *fmt, ...) PRINTF(3, 4);
void paper_add_span(struct paper *p, enum style style, struct span ours);
void paper_add_foreign(struct paper *p, struct span text);    /* made safe, STYLE_FOREIGN */
void paper_add_safe(struct paper *p, enum style style, struct span text);   /* the same in another style */
/* Blanks up to this column; when the line is past it (or at it, behind a word), one blank. For tables. */
void paper_to(struct paper *p, size_t col);
void paper_end(struct paper *p);
void paper_blank(struct paper *p);
void paper_title(struct paper *p, const char *fmt, ...) PRINTF(2, 3);   /* a blank row unless first, then STYLE_TITLE */
/* Somebody else's words behind a bar on every row, so that none can look like one of ours. The name (ours; NULL: none)
 * stands left of the bar, or above where there is no room. Nothing when the text is empty. Newlines stay. */
void paper_foreign(struct paper *p, size_t indent, const char *name, struct span text);
/* "name  value", the value beginning at column `at` and wrapping there. */
void paper_pair(struct paper *p, size_t indent, size_t at, const char *name, enum style style, const char *fmt, ...)
	PRINTF(6, 7);
/* Rows from here on belong to this item. */
void paper_item(struct paper *p, uint32_t item);

/* First row of an item and the row behind its last; false when it has none. */
bool paper_find(const struct paper *p, uint32_t item, size_t *first, size_t *end);
/* The item before or behind, in the order of the rows; `item` itself at the end. PAPER_NO_ITEM, and an item that has no
 * rows, ask for the first; PAPER_NO_ITEM when there is none. */
uint32_t paper_next_item(const struct paper *p, uint32_t item);
uint32_t paper_previous_item(const struct paper *p, uint32_t item);
/* The first row at or behind `from` in which this text begins, ignoring ASCII case; SIZE_MAX: none, or the text is
 * empty. It may go on in the rows that its line wraps into, where one blank stands for those it was wrapped at. */
size_t paper_search(const struct paper *p, size_t from, struct span text);
/* Rows top, top+1, … into rows row0..row0+rows-1 of the grid, blank where there are none; rows of `focus` are focused.
 * Puts the grid's cursor on the paper's, or else on the first visible row of the focused item; leaves it when neither
 * is in sight. */
void paper_draw(const struct paper *p, struct grid *g, size_t row0, size_t rows, size_t top, uint32_t focus);
/* All rows as text, blanks at the ends dropped. */
void paper_text(const struct paper *p, struct buf *out);

/* Where somebody is in a long text or list. */
struct scroll {
	size_t top;                   /* first row shown (paper), or first item shown (list) */
	size_t cursor;                /* focused item of a list */
};
/* Moves top so that the rows [first, end) are shown, or as much of them as fits, in a window of `rows`: from `first` on
 * unless the window is already filled with some of them. */
void scroll_show(struct scroll *s, size_t first, size_t end, size_t rows);

/* A list: `n` items of any height, of which only those in sight are written. `item` writes item i on the paper, which
 * is empty; an item without rows takes one. Adjusts s so that the cursor is in range and in sight (its top, when it is
 * higher than the window) and no room is left below while there are items above; puts the grid's cursor on its first
 * row. Takes as long for a million items as for a screenful. */
typedef void list_item_fn(const void *ctx, size_t i, struct paper *out);
void list_draw(struct grid *g, size_t row0, size_t rows, struct scroll *s, size_t n, list_item_fn *item,
	       const void *ctx);

#endif
