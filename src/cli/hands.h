/* Who had a hand in a change: proposed it, sent a step of it, led the meeting about it. Facts for rules that keep
 * duties apart. The log says who, and how that was proved. */
#ifndef SETGOV_CLI_HANDS_H
#define SETGOV_CLI_HANDS_H

#include "audit-log/workspace.h"
#include "src/gov/facts.h"

struct hands {
	struct workspace *ws;
	const struct change *change;
	bool proposed;                /* the proposal line says who; otherwise it is whoever runs this */
	const struct addr *payer;     /* about to send a step; or NULL */
	uint64_t block;
};
/* "proposer": {"auth","id"}; "submitter" and "facilitator": lists of the same. */
MUST_CHECK bool hands_facts(const struct hands *h, struct arena *a, struct facts *out, struct err *e);

#endif
