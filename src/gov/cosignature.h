/* An owner's word for a checkpoint of the log: "I have seen this log at this size". One of our own messages
 * (message.h), of type LogCheckpoint. It moves nothing on chain and frees nobody to do anything; later it shows that
 * what the log was then was not changed. */
#ifndef SETGOV_GOV_COSIGNATURE_H
#define SETGOV_GOV_COSIGNATURE_H

#include "src/gov/message.h"
#include "src/proof/note.h"

struct cosignature {
	struct hash32 deployment;
	struct span origin;
	struct tree_head head;
	struct addr owner;
	struct sig sig;
};

/* What is signed, and its EIP-712 digest: of LogCheckpoint(string origin,uint256 size,bytes32 root). */
struct message cosignature_message(struct span origin, const struct tree_head *head);
void cosignature_digest(struct hash32 *out, const struct deployment *d, struct span origin,
			const struct tree_head *head);
/* As message_parse() does; and ERR_REFUSED "TYPE": a message, but no cosignature. */
MUST_CHECK bool cosignature_parse(struct arena *a, struct cosignature *out, struct span text, struct err *e);
/* As message_check() does. */
MUST_CHECK bool cosignature_check(const struct cosignature *c, const struct deployment *d, struct err *e);

#endif
