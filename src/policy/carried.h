/* A packet judged by what it carries: the same call in the console and in the offline signer, so the same verdict. */
#ifndef SETGOV_POLICY_CARRIED_H
#define SETGOV_POLICY_CARRIED_H

#include "src/gov/packet.h"
#include "src/gov/proven_facts.h"
#include "src/policy/judge.h"

/* One verdict for each of its steps, from the facts of the packet's evidence, all of them claimed, and from its
 * signatures, which packet_check() has verified. A lean packet has no facts but those: rules that rest on others fail.
 * `p` has passed packet_check().
 *
 * `proven`, where it is not NULL, are facts that this machine knows to be true: the packet's proofs lead to a block
 * whose hash somebody gave it. A verdict with them is this machine's own observation, to stand beside the other. */
MUST_CHECK bool carried_judge(struct arena *a, struct verdict out[N_STEPS], const struct policy *policy,
			      const struct pinned *pin, const struct packet *p, const struct checked_packet *checked,
			      const struct facts *proven, struct err *e);
/* The value of a fact in a packet's evidence; NULL: it has none of that name. */
const struct json *carried_fact(const struct json *evidence, const char *name);
/* The state proofs of a packet, checked against its own facts (proven_facts.h); *there is false when it carries none.
 * ERR_REFUSED "PROOF" with the place: "evidence.proofs.accounts[0].proof[1]: …". */
MUST_CHECK bool carried_proofs(struct arena *a, struct proven *out, struct facts *facts, bool *there,
			       const struct pinned *pin, const struct packet *p, const struct checked_packet *checked,
			       struct err *e);

#endif
