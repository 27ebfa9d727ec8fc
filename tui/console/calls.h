/* How a call looks, wherever one is read: on the page of a change, while composing, in its review. */
#ifndef SETGOV_TUI_CONSOLE_CALLS_H
#define SETGOV_TUI_CONSOLE_CALLS_H

#include "src/gov/explain.h"
#include "tui/kit/paper.h"

struct shown_call {
	size_t number;                /* in its batch, from 1 */
	const char *label;            /* what the profile calls the target, or NULL */
	const char *to;               /* the target's address, whole */
	const char *value;            /* "0.05 ether"; NULL: it sends none */
	const struct explained_call *explained;       /* NULL: it is not readable */
	const char *trouble;          /* and why not, or NULL */
	const char *data;             /* calldata, whole; NULL: it is not shown here */
};

/* Target, function, every argument, the calls inside, what it sends, calldata. */
void calls_draw(const struct shown_call *c, struct paper *p);

#endif
