/* Reads what a report of a deployment asks of the chain beyond a look: events from the profile's first block on and the
 * receipt of the Safe's making, code, state proofs; all at the look's block. */
#ifndef SETGOV_CLI_GOVERNING_H
#define SETGOV_CLI_GOVERNING_H

#include "audit-log/workspace.h"
#include "src/gov/snapshot.h"
#include "src/report/governance.h"

/* What cannot be read is part of what was found. */
void governing_read(struct workspace *ws, struct arena *a, const struct snapshot *look, struct governance *out);

#endif
