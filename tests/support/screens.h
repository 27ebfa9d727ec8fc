/* Screens as text: what a grid shows, with each cell's style, against tests/screens/NAME.txt. UPDATE_SCREENS=1 in the
 * environment writes the files anew instead; what has changed is then read in the diff. */
#ifndef SETGOV_TESTS_SUPPORT_SCREENS_H
#define SETGOV_TESTS_SUPPORT_SCREENS_H

#include "tui/kit/grid.h"

/* The test fails, with both of them printed, when they differ. */
void screen_same(const char *name, const struct grid *g);

#endif
