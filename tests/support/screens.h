/* Screens as text, compared whole with tests/screens/NAME.txt: every character, then the letter of every style, then
 * where the cursor is (grid_dump()). UPDATE_SCREENS=1 writes them instead: look at what git shows before committing. */
#ifndef SETGOV_TESTS_SUPPORT_SCREENS_H
#define SETGOV_TESTS_SUPPORT_SCREENS_H

#include "tui/kit/grid.h"

/* Fails with each line that differs. A screen that is not there yet fails, too. */
#define screen_same(name, grid) check_screen((name), (grid), __FILE__, __LINE__)
void check_screen(const char *name, const struct grid *g, const char *file, int line);

/* The same for text that is no grid. */
#define text_same(name, found) check_shown((name), (found), __FILE__, __LINE__)
void check_shown(const char *name, struct span found, const char *file, int line);

#endif
