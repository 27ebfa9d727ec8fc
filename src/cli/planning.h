/* The line operation.planned: what a change's root makes of its timelock operation. */
#ifndef SETGOV_CLI_PLANNING_H
#define SETGOV_CLI_PLANNING_H

#include "audit-log/workspace.h"

/* Within a transaction. `head` is over the lines up to the proposal's own. */
MUST_CHECK bool planning_add(struct workspace *ws, struct arena *a, struct span change, const struct proposal *p,
			     const struct tree_head *head, struct hash32 *operation, struct err *e);
/* A log that was refilled may end with a proposal: its checkpoint is over that line, and the next one was lost with the
 * machine. It can be computed, and is written here. Nothing happens where it is there. */
MUST_CHECK bool planning_mend(struct workspace *ws, struct arena *a, const char *change, struct err *e);

#endif
