/* A terminal that shows grids and gives keys. Two kinds: the full screen (term_curses.c, the only file that includes
 * curses) and line by line (term_plain.c), for screen readers, dumb terminals and scripts. What is above does not know
 * which it has. */
#ifndef SETGOV_TUI_KIT_TERM_H
#define SETGOV_TUI_KIT_TERM_H

#include "tui/kit/grid.h"
#include "tui/kit/key.h"

#define TERM_MIN_ROWS 24
#define TERM_MIN_COLS 80

struct term;                          /* opaque; begins with its struct term_ops */

struct term_ops {
	/* Shows it: only what differs from what is there. */
	void (*draw)(struct term *t, const struct grid *g);
	/* The next key that has arrived; false: none has. K_HANGUP when the terminal is gone. */
	bool (*key)(struct term *t, uint32_t *key);
	void (*size)(struct term *t, size_t *rows, size_t *cols);      /* asks the terminal anew */
	/* Gives the terminal back as it was found, for another program or the shell; takes it again, all redrawn. */
	void (*suspend)(struct term *t);
	void (*resume)(struct term *t);
	void (*close)(struct term *t);        /* suspends and frees */
};
struct term { const struct term_ops *ops; int fd; bool ascii; };

/* The full screen on this descriptor, which stays the caller's. Reads the locale and terminfo, so a sandbox is entered
 * after it. ERR_MISSING: this terminal (TERM=dumb, no terminfo) cannot move a cursor: use the plain one, the error says
 * so. NO_COLOR is honoured. die() and fatal signals give the terminal back. */
MUST_CHECK struct term *term_curses_open(int fd, struct err *e);
/* Line by line: each frame that differs is printed as lines under a rule of dashes; a line that is typed is a key's
 * name ("enter", "esc", "down", "q") or, when the frame has a field under the cursor, the text of that field (typed as
 * keys, ended by Enter; a line "." alone is Enter with the field as it is). Works on pipes, too: in and out are two
 * descriptors. `cols` 0: the terminal's own, or 80. */
MUST_CHECK struct term *term_plain_open(int in, int out, size_t cols, struct err *e);

static inline void term_draw(struct term *t, const struct grid *g) { t->ops->draw(t, g); }
static inline bool term_key(struct term *t, uint32_t *key) { return t->ops->key(t, key); }
static inline void term_size(struct term *t, size_t *rows, size_t *cols) { t->ops->size(t, rows, cols); }
static inline void term_suspend(struct term *t) { t->ops->suspend(t); }
static inline void term_resume(struct term *t) { t->ops->resume(t); }
static inline void term_close(struct term *t) { if (t) t->ops->close(t); }

#endif
