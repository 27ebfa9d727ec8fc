/* How text is spelled in cells, for grid.c and paper.c: first spell() makes it something that can be laid out, then
 * glyph_take() takes one character after the other from it. */
#ifndef SETGOV_TUI_KIT_SPELL_H
#define SETGOV_TUI_KIT_SPELL_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "tui/kit/grid.h"

enum {
	SPELL_ASCII = 1,              /* nothing but ASCII may come out */
	SPELL_OURS = 2,               /* our own marks have a spelling in ASCII; of foreign ones the number is shown */
	SPELL_LINES = 4,              /* newlines stay */
};

/* The text as it is shown: what could deceive, a second combining mark, and one that has nothing to sit on are visible
 * as \u{XXXX}. That is `text` itself when nothing had to change, else `scratch`. */
struct span spell(struct buf *scratch, struct span text, unsigned how);
/* One character as \u{XXXX}. */
void spell_number(struct buf *out, uint32_t c);

struct glyph {
	uint32_t c;
	uint32_t mark;                /* a combining mark, or 0 */
	size_t width;                 /* 1 or 2; a newline has 1 */
};
/* The first character of spelled text, which is not empty, with its mark. */
struct glyph glyph_take(struct span *rest);

/* The same, faster where it is plain ASCII, as nearly everything is. */
static inline struct glyph glyph_next(struct span *rest)
{
	const struct span s = *rest;

	if (s.p[0] < 0x80 && (s.n == 1 || s.p[1] < 0x80)) {
		*rest = (struct span){s.p + 1, s.n - 1};
		return (struct glyph){.c = s.p[0], .width = 1};
	}
	return glyph_take(rest);
}

/* Cells as text, blanks at the end dropped. */
void cells_text(struct buf *out, const struct cell *cells, size_t n);

#endif
