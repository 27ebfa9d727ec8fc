/* The console: a loop over a terminal, a model of one workspace, a state, and the commands it spawns. Every effect is a
 * command of setgov: the screen cannot block, and nothing here does what a command cannot. */
#ifndef SETGOV_TUI_CONSOLE_CONSOLE_H
#define SETGOV_TUI_CONSOLE_CONSOLE_H

#include "tui/console/model.h"
#include "tui/kit/term.h"

struct console_options {
	const char *dir;              /* -C */
	const char *as;               /* --as, or NULL */
	const char *setgov, *signer;  /* paths of the programs that do what is to be done */
	const char *demo;             /* the demo's workspace, or NULL: there is none */
	const struct command_row *commands;
	size_t n_commands;
	bool offline;                 /* does not ask the chain by itself */
};

/* Until somebody leaves it. A directory without a workspace opens on the first-run view. ERR_IO when the terminal
 * broke; what else goes wrong is shown. */
MUST_CHECK bool console_run(const struct console_options *o, struct term *t, struct err *e);

#endif
