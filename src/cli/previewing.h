/* A change, run in thought: what is asked of the node, and what its answers mean (gov/effects.h). For `setgov preview`,
 * and for the evidence of a packet. */
#ifndef SETGOV_CLI_PREVIEWING_H
#define SETGOV_CLI_PREVIEWING_H

#include "src/chain/reader.h"
#include "audit-log/workspace.h"
#include "src/gov/effects.h"

/* How else than it will be. */
struct previewing_how {
	const struct addr *as;        /* the timelock's steps by this account; NULL: by whoever has the role */
	bool cancel;                  /* the step cancel instead of schedule and execute */
};

/* At the chain's pinned block, in two round trips: facts, then simulations. A drafted change is previewed as it would
 * be proposed. `how` may be NULL. ERR_CHAIN when no node can simulate; ERR_REFUSED "DONE" when it has run already,
 * "NOT-SCHEDULED" when there is nothing to cancel. */
MUST_CHECK bool previewing_run(const struct workspace *ws, struct chain *c, struct arena *a,
			       const struct change *change, const struct previewing_how *how, struct effects *out,
			       struct err *e);
/* Every proposed change that is not over, each on top of those before it: what the Safe does by its nonces, what the
 * timelock lets run in the order in which it lets it. One that fails because of an earlier one says so (which costs a
 * third round trip). ERR_REFUSED "TOO-MANY". */
MUST_CHECK bool previewing_queue(const struct workspace *ws, struct chain *c, struct arena *a,
				 const struct changes *all, struct effects **out, size_t *n, struct err *e);

#endif
