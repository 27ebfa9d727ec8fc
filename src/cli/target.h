/* What a signature that comes back is for. */
#ifndef SETGOV_CLI_TARGET_H
#define SETGOV_CLI_TARGET_H

#include "audit-log/workspace.h"

/* A step that a signature can be for. */
struct target {
	const struct change *change;
	enum step_kind kind;
	const struct step *step;
};

/* The step that has this safeTxHash now: one of `all` (workspace_unfinished), or of a change that was executed. *found
 * false: no step of the log has it. */
MUST_CHECK bool target_by_hash(struct workspace *ws, struct arena *a, const struct changes *all,
			       const struct hash32 *safe_tx_hash, struct target *out, bool *found, struct err *e);

#endif
