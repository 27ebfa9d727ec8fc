/* Who else vouches for the log: the lines checkpoint.cosigned, and checkpoints with their signatures below them.
 * FORMAT.md, section 10. */
#ifndef SETGOV_AUDIT_LOG_COSIGNATURES_H
#define SETGOV_AUDIT_LOG_COSIGNATURES_H

#include "audit-log/log.h"
#include "src/gov/deployment.h"

struct log_cosignature {
	uint64_t seq;                 /* of its line */
	bool witness;                 /* else an owner */
	struct span key;              /* a vkey, or an owner's address as text */
	struct tree_head head;
	uint64_t time;                /* a witness's: when it says it saw the checkpoint, in seconds */
	struct span signature;        /* hex without 0x: 72 bytes, or an owner's 65 */
};
struct log_cosignatures {
	struct log_cosignature *v;
	size_t n;
};
/* All of them, from the trusted file, in log order; in the arena. */
MUST_CHECK bool log_cosignatures(struct log *l, struct arena *a, struct log_cosignatures *out, struct err *e);
/* A line checkpoint.cosigned; borrows from it. */
MUST_CHECK bool log_cosignature_read(struct log_cosignature *out, const struct line *l, struct err *e);
/* The root is the one over `size` lines, and the signature is by its key. `d` gives the chain and the Safe; who was an
 * owner when is not asked. ERR_MISMATCH or ERR_CRYPTO. */
MUST_CHECK bool log_cosignature_holds(const struct log_cosignature *c, const struct hash32 *root, struct span origin,
				      const struct deployment *d, struct err *e);
/* Judges one again: the root is that over the log's first `size` lines, and the signature is by its key. `d` gives the
 * chain and the Safe; who was an owner when is not asked. ERR_MISMATCH or ERR_CRYPTO naming the line. */
MUST_CHECK bool log_cosignature_judge(struct log *l, const struct log_cosignature *c, const struct deployment *d,
				      struct err *e);
/* The largest size that somebody vouches for; 0: none. */
uint64_t log_cosigned_size(const struct log_cosignatures *all);
/* Appends `note`, and below it each witness's line on its checkpoint. */
MUST_CHECK bool log_cosigned_note(struct buf *out, struct span note, const struct log_cosignatures *all, struct err *e);

#endif
