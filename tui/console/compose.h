/* Composing a change: an action is picked, a form made from the catalogue is filled in, actions are put in order, and
 * sentence, calldata and complaints follow every key. What is half typed lies in a file (compose_file.h), not in the
 * log: only saving as a draft writes a line. */
#ifndef SETGOV_TUI_CONSOLE_COMPOSE_H
#define SETGOV_TUI_CONSOLE_COMPOSE_H

#include "tui/console/keys.h"

struct compose;

/* A key while composing; false: it is none of the composer's, the table of keys has it. */
bool compose_key(struct act *x, uint32_t key);
void compose_free(struct compose *c);

#endif
