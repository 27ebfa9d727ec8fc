/* Which line answers for something on chain: for an execution of the Safe, or an operation of the timelock.
 *
 * Only a line whose own member says so: step.packed and step.mined by safeTxHash, operation.planned by operation,
 * log.restored by one of its anchors. Others have the same 32 bytes because somebody wrote them there: a ticket,
 * a reason, an answer that was collected. Such a line answers for nothing, or whoever ran a transaction behind
 * the log's back would make it known with a sentence. Found through the views, and each line is read again: a view can
 * leave one out, and then too much is found; it cannot make one up. */
#ifndef SETGOV_AUDIT_LOG_ACCOUNTED_H
#define SETGOV_AUDIT_LOG_ACCOUNTED_H

#include "audit-log/views.h"

struct accounted {
	bool planned, packed, mined;  /* by a line of `change` */
	struct span change;           /* of the newest of these lines, of a mined one before others; or empty */
	uint64_t seq;                 /* of that line */
	bool restored;                /* it was there when the log was restored */
};

/* By this safeTxHash or operation; the two never meet. What it keeps lives in the arena. */
MUST_CHECK bool accounted_for(struct log *l, struct views *v, struct arena *a, const struct hash32 *id,
			      struct accounted *out, struct err *e);

#endif
