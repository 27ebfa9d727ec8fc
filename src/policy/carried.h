/* A packet judged by what it carries: the same call in the console and in the offline signer, so the same verdict. */
#ifndef SETGOV_POLICY_CARRIED_H
#define SETGOV_POLICY_CARRIED_H

#include "src/gov/packet.h"
#include "src/policy/judge.h"

/* One verdict for each of its steps, from the facts of the packet's evidence, all of them claimed, and from its
 * signatures, which packet_check() has verified. A lean packet has no facts but those: rules that rest on others fail.
 * `p` has passed packet_check(). */
MUST_CHECK bool carried_judge(struct arena *a, struct verdict out[N_STEPS], const struct policy *policy,
			      const struct pinned *pin, const struct packet *p, const struct checked_packet *checked,
			      struct err *e);

#endif
