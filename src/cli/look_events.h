/* Inside a look (look.h): events, read as far as they were not read before. */
#ifndef SETGOV_CLI_LOOK_EVENTS_H
#define SETGOV_CLI_LOOK_EVENTS_H

#include "audit-log/workspace.h"
#include "src/chain/reader.h"
#include "src/gov/event.h"

/* Brings chain.db up to the pinned block and hands out all that it has. False: not that far, and *e says why; *told is
 * filled with what there is all the same. */
MUST_CHECK bool look_events(const struct workspace *ws, struct chain *c, struct arena *a, struct events_told *told,
			    struct err *e);

#endif
