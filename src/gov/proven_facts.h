/* Facts that state proofs show, under the names that rules ask for (docs/policy.md), and the evidence of a packet held
 * against them: what the console claims and what is proven about the same thing has to be the same. Pure.
 *
 * That a proof leads to a header says nothing about whether the header is the chain's. Whoever calls this decides, by
 * a hash from another source than the packet, whether these facts are proven or as good as the console's word. */
#ifndef SETGOV_GOV_PROVEN_FACTS_H
#define SETGOV_GOV_PROVEN_FACTS_H

#include "src/gov/facts.h"
#include "src/gov/proven.h"

/* What the proofs were asked about. */
struct proven_about {
	const struct pinned *pin;
	const struct json *actions;
	struct calls calls;
	const struct hash32 *operation;       /* NULL: route direct */
};

/* "safe.nonce", "safe.owners", "timelock.min-delay", "implementation.registry", "code-hash.0x…", "action[0].perDay",
 * "action[0].before[2]" …, as far as they are proven; each with the header's block and time. */
MUST_CHECK bool proven_facts(struct arena *a, struct facts *out, const struct proven *p, const struct proven_about *q,
			     struct err *e);

/* The proofs in a packet's evidence: checked, and its block and facts held against them. `evidence` has proofs. Errors
 * name the place: "proofs.accounts[0].proof[1]: …", "block.number: the console says 7, the header 6",
 * "facts.safe.nonce: the console says 7, proven is 0". */
MUST_CHECK bool evidence_proven(struct arena *a, struct proven *out, struct facts *facts, const struct json *evidence,
				const struct proven_about *q, struct err *e);

/* Of `all`, those that the proofs show with the same value become proven. */
void facts_lift(struct arena *a, struct facts *all, const struct facts *proven);

#endif
