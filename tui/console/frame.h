/* The whole frame: class and deployment, chain, log and alerts at the top, a view in the middle, a message and the keys
 * at the bottom. 80x24 upwards. */
#ifndef SETGOV_TUI_CONSOLE_FRAME_H
#define SETGOV_TUI_CONSOLE_FRAME_H

#include "tui/console/model.h"
#include "tui/console/state.h"

/* Draws on a cleared grid; keeps in *s how it was laid out. */
void frame_draw(struct state *s, const struct model *m, struct grid *g);

#endif
