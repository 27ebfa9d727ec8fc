/* A change, run in thought: what is asked of the node, and what its answers mean (gov/effects.h). For `setgov preview`,
 * and for the evidence of a packet. */
#ifndef SETGOV_CLI_PREVIEWING_H
#define SETGOV_CLI_PREVIEWING_H

#include "src/chain/reader.h"
#include "audit-log/workspace.h"
#include "src/gov/effects.h"

/* At the chain's pinned block. A drafted change is previewed as it would be proposed. ERR_CHAIN when no node can
 * simulate; ERR_REFUSED "DONE" when it has run already. */
MUST_CHECK bool previewing_run(const struct workspace *ws, struct chain *c, struct arena *a,
			       const struct change *change, struct effects *out, struct err *e);

#endif
