/* One step of the console: (state, model, key) -> new state and effects. Reads nothing else, does nothing else. */
#ifndef SETGOV_TUI_CONSOLE_STEP_H
#define SETGOV_TUI_CONSOLE_STEP_H

#include "tui/console/keys.h"

void step(struct state *s, const struct model *m, uint32_t key, struct effects *fx);
/* A command has ended that began with effect `e` (its `then` and `done`). */
void step_ended(struct state *s, const struct model *m, ended_fn *then, const char *done, const struct ended *how,
		struct effects *fx);

/* A key of the line at the bottom, while '/' (act_move.c) or ':' (act_command.c) is being typed. */
void step_search_key(struct act *x, uint32_t key);
void step_command_key(struct act *x, uint32_t key);

#endif
