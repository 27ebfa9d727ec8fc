/* The demo's workspace, as `make demo` leaves it: beside the program that runs, or below the current directory. */
#ifndef SETGOV_TUI_CONSOLE_DEMO_H
#define SETGOV_TUI_CONSOLE_DEMO_H

#include "src/base/arena.h"

/* Its directory, or NULL when it is not there. `program`: the path of setgov itself, /proc/self/exe resolved. */
const char *demo_find(struct arena *a, const char *program);

#endif
