/* The signatures behind lines signature.added. A line has the digest alone: whoever has the bytes could use them until
 * the Safe's nonce that they are for is spent. Where a line of the log says that their step is on chain they are of no
 * more use, and the evidence carries them, as an export does (audit-log/FORMAT.md, section 7), and the lines that say
 * over what they are: proposal, operation, packet, receipt, deployments. Any other stays. */
#ifndef SETGOV_REPORT_APPROVALS_H
#define SETGOV_REPORT_APPROVALS_H

#include "audit-log/log.h"
#include "src/report/report.h"

struct approval;
struct approvals {
	struct approval *v;
	size_t n;
	struct seqs adopted;          /* the lines that adopt a deployment: of which timelock a proposal is */
};

/* Among these lines, ascending: each signature whose step is on chain. */
MUST_CHECK bool approvals_find(struct arena *a, struct approvals *out, struct log *l, const struct seqs *lines,
			       struct err *e);
/* The lines that have to stand beside them, each of them perhaps more than once. In the arena. */
struct seqs approvals_beside(struct arena *a, const struct approvals *all);
/* ev->approvals: of those whose line and all lines beside it are carried under the checkpoint. A copy of a log that has
 * not the bytes goes without. */
void approvals_take(struct arena *a, struct report_evidence *ev, const struct approvals *all, struct log *l);

#endif
