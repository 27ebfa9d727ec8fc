/* Who showed to have the key of an address that a change gives power to: attestations taken in as lines key.attested,
 * and told to the policy as facts. Taking one in judges it alone: its signature, its log, its deployment, its change;
 * whether the change needs it is the policy's. */
#ifndef SETGOV_CLI_POSSESSION_H
#define SETGOV_CLI_POSSESSION_H

#include "audit-log/workspace.h"
#include "src/gov/attestation.h"
#include "src/gov/facts.h"

struct possession {
	bool known;                   /* the log had it */
	const char *words;            /* "0x… has signed SC-7: it has the key" */
	struct span change;
};
/* What the holder of `account` has to sign for this change; the signature is still to come. */
struct attestation possession_asked(const struct workspace *ws, struct span change, const struct addr *account);
/* Inside a transaction. False with *why: not accepted ("LOG-OTHER", "CHANGE", and what attestation_check() says); with
 * *e: the log could not be read or written. */
MUST_CHECK bool possession_take(struct workspace *ws, struct arena *a, const struct signed_message *m,
				struct possession *out, struct err *why, struct err *e);
/* A bare signature is tried on every address that an open change names. *found false: it is for none of them. */
MUST_CHECK bool possession_bare(struct workspace *ws, struct arena *a, const struct changes *all, struct span bytes,
				struct possession *out, bool *found, struct err *e);
/* A fact possession.0x… for each line of this change. */
MUST_CHECK bool possession_facts(struct workspace *ws, struct arena *a, struct facts *out, struct span change,
				 uint64_t block, struct err *e);

#endif
