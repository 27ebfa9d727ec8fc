/* A screen as cells: what a view draws on, and what a test compares. Knows no terminal (term.h shows a grid) and
 * nothing of setgov.
 *
 * Two kinds of text go in. Our own (pen_str, pen_fmt) is valid UTF-8 and chosen by us; foreign text (pen_foreign)
 * is made safe by text_safe() first. On a grid that is `ascii` our few marks are spelled with ASCII (· becomes
 * -, → becomes >) and every other character that is not ASCII becomes a visible \u{XXXX}, before anything is laid out,
 * so a screen without UTF-8 is shorter of room and never of truth: ≥ becomes >=, which is wider (see grid_width()). In
 * foreign text our marks are not ours, so there they become numbers, too. */
#ifndef SETGOV_TUI_KIT_GRID_H
#define SETGOV_TUI_KIT_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"

/* What a cell means; term_curses.c alone says which colour that is. Colour is never the only signal: whoever draws in
 * GOOD, WARN or BAD writes a word or a mark as well. The letters are what grid_dump() shows. */
#define STYLES(S) /* name     letter  for */ \
	S(TEXT,       '.', "plain text") \
	S(TITLE,      'T', "a heading") \
	S(DIM,        'd', "what matters less: units, hints") \
	S(LABEL,      'l', "the name of something, from what is pinned here") \
	S(FOREIGN,    'f', "somebody else's words") \
	S(HASH,       'h', "addresses, hashes, phrases: read character by character") \
	S(GOOD,       'g', "as it should be") \
	S(WARN,       'w', "to be looked at") \
	S(BAD,        'b', "wrong, refused, failed") \
	S(KEY,        'k', "a key that can be pressed") \
	S(BAR,        'r', "the bars at the top and the bottom") \
	S(BARKEY,     'K', "a key in the bar at the bottom") \
	S(FIELD,      'i', "where something can be typed") \
	S(PRODUCTION, 'P', "the banner of class production") \
	S(TEST,       'E', "the banner of class test") \
	S(REHEARSAL,  'R', "the banner of class rehearsal")
enum style {
#define S(name, letter, what) STYLE_##name,
	STYLES(S)
#undef S
	N_STYLES
};
char style_letter(enum style s);

struct cell {
	uint32_t c;                   /* Unicode; ' ' when empty, 0 in the right half of a wide character */
	uint32_t mark;                /* a combining mark, or 0; a second one is shown as \u{XXXX} */
	uint8_t style;                /* enum style */
	bool focus;                   /* in the focused row, or under the hand: shown reversed */
};

struct grid {
	size_t rows, cols;
	struct cell *cells;           /* row after row */
	bool ascii;
	size_t cursor_row, cursor_col;/* the hardware cursor: screen readers follow it, so it is always somewhere */
};

void grid_init(struct grid *g, size_t rows, size_t cols, bool ascii);
void grid_release(struct grid *g);
/* New size, empty. */
void grid_resize(struct grid *g, size_t rows, size_t cols);
void grid_clear(struct grid *g);
struct cell *grid_cell(const struct grid *g, size_t row, size_t col);   /* inside, or it is a bug */
/* Appends the screen as text, blanks at line ends dropped. With `styles` each row is followed, below all of them, by a
 * second block of rows with each cell's letter (upper part: text, lower part: styles; '#' where focused; plain blanks
 * at the end dropped, a blank in the middle is the letter of its style), and a last line "cursor ROW,COL". */
void grid_dump(const struct grid *g, struct buf *out, bool styles);

/* Writes cells in one row, from left to right, within [.., right). */
struct pen {
	struct grid *g;
	size_t row, col, right;
	enum style style;
	bool focus;
	bool cut;                     /* something did not fit: the last cell shows a mark for it */
};

/* The whole row; a row below the grid writes nothing. */
struct pen grid_pen(struct grid *g, size_t row, enum style style);
struct pen pen_between(struct grid *g, size_t row, size_t left, size_t right, enum style style);
/* What does not fit is marked: the last column becomes … (or ~), never silently nothing. For titles and table cells;
 * what an approver decides on is written on paper (paper.h), which wraps. */
void pen_str(struct pen *p, const char *s);
void pen_span(struct pen *p, struct span ours);
void pen_fmt(struct pen *p, const char *fmt, ...) PRINTF(2, 3);
void pen_foreign(struct pen *p, struct span text);
/* Blanks up to this column of the grid, and to the right edge. */
void pen_to(struct pen *p, size_t col);
void pen_fill(struct pen *p);
/* Columns that our own text takes on this grid. */
size_t grid_width(const struct grid *g, struct span ours);

#endif
