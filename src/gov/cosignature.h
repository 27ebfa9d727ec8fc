/* An owner's word for a checkpoint of the log: "I have seen this log at this size". Signed offline, as EIP-712 typed
 * data (docs/messages.md), and carried back as a file. It moves nothing on chain and frees nobody to do anything; later
 * it shows that what the log was then was not changed. The file is one line of canonical JSON: docs/formats.md,
 * section 8. */
#ifndef SETGOV_GOV_COSIGNATURE_H
#define SETGOV_GOV_COSIGNATURE_H

#include "src/gov/deployment.h"
#include "src/proof/note.h"

#define COSIGNATURE_MAX ((size_t)16 << 10)

struct cosignature {
	struct hash32 deployment;
	struct span origin;
	struct tree_head head;
	struct addr owner;
	struct sig sig;
};

/* The EIP-712 digest of LogCheckpoint(string origin,uint256 size,bytes32 root) under the domain of our own messages:
 * name "setgov", version "1", this chain, verifyingContract this Safe. */
void cosignature_digest(struct hash32 *out, const struct deployment *d, struct span origin,
			const struct tree_head *head);
void cosignature_write(struct arena *a, struct buf *out, const struct cosignature *c);
/* Form alone, one spelling: ERR_SYNTAX, ERR_RANGE, ERR_UNKNOWN, ERR_MISSING naming the member. */
MUST_CHECK bool cosignature_parse(struct arena *a, struct cosignature *out, struct span text, struct err *e);
/* It is by the owner it names, of this deployment. ERR_REFUSED "DEPLOYMENT", "WRONG-OWNER", "NOT-OWNER", or what
 * sig_recover() says. */
MUST_CHECK bool cosignature_check(const struct cosignature *c, const struct deployment *d, struct err *e);

#endif
