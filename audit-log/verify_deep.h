/* What lines claim about things outside the log's own chain, computed again: a proposal's salt, operation id and Safe
 * transactions from its fields, packets from their cores, signatures and raw transactions from their bytes.
 * verify_lines.c walks and calls; nothing here reads the file. Memory: about 300 bytes a change. */
#ifndef SETGOV_AUDIT_LOG_VERIFY_DEEP_H
#define SETGOV_AUDIT_LOG_VERIFY_DEEP_H

#include "audit-log/verify.h"
#include "src/proof/line.h"

struct deep;

struct deep_walk {                    /* what the walk lends */
	void *ctx;
	void (*find)(void *ctx, enum finding_code code, uint64_t seq, const char *text);
	/* The blob's bytes, appended; false: it is not there, which the walk has said already. */
	bool (*blob)(void *ctx, const struct hash32 *digest, struct buf *out);
	/* The bytes of an earlier line; false: as above. */
	bool (*line)(void *ctx, uint64_t seq, struct buf *out);
};
struct deep_counts {
	uint64_t profiles, operations, packets, hashes, signatures, transactions, receipts;
	uint64_t adoptions, endorsements;
	uint64_t alerts;
	uint64_t foreign;             /* packets under another catalogue than ours: their calls were not compiled */
	uint64_t verdicts;            /* judged again */
	uint64_t foreign_verdicts;    /* of changes under another catalogue than ours: not judged */
};

struct deep *deep_new(const struct deep_walk *walk);
void deep_free(struct deep *d);       /* NULL is fine */
/* The next line, and the root over lines 0…seq, this one with them; NULL where the tree is lost. */
void deep_line(struct deep *d, const struct line *l, const struct hash32 *root);
/* The log key from here on: of line 0, and of each line that changes it. */
void deep_set_key(struct deep *d, const char *vkey);
struct deep_counts deep_counts(const struct deep *d);

#endif
