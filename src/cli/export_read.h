/* An export (audit-log/FORMAT.md, section 7) as an auditor has it: read, verified, and boiled down to what the chain
 * can be asked about. No workspace, no key of ours. */
#ifndef SETGOV_CLI_EXPORT_READ_H
#define SETGOV_CLI_EXPORT_READ_H

#include "src/cli/withholding.h"
#include "src/gov/change.h"
#include "src/proof/merkle.h"

#define EXPORT_MAX_BYTES ((size_t)4 << 30)

struct export_operation {             /* operation.planned */
	struct hash32 id, salt;
	const char *change;
	uint64_t seq, size;           /* size: the first lines, whose root the salt is */
	bool anchors;                 /* it is, and the id that of the proposal's calls with this salt */
};
struct export_profile {               /* log.opened and deployment.adopted */
	uint64_t seq, block;
	struct hash32 block_hash;
	bool has_block;               /* a node answered when the line was written */
	int64_t seconds;              /* the line's time */
	bool known;                   /* the blob is in the export */
	struct deployment d;
};
struct export_change {                /* change.proposed */
	const char *id;
	struct calls calls;
	struct hash32 predecessor;
	bool whole;                   /* all that a proposal has is there, and understood */
	struct proposal proposal;
};
/* Whether a step's safeTxHash is that of what its change proposed, under the Safe of the profile of then. */
enum export_hash { HASH_UNKNOWN, HASH_PROPOSED, HASH_FOREIGN };
struct export_step {                  /* step.mined and step.failed */
	struct hash32 tx, safe_tx_hash, operation;   /* operation: zero on route direct */
	const char *change, *step;
	struct calls calls;           /* what the step makes the chain run: of execute alone */
	uint64_t seq, block;
	struct hash32 block_hash;
	bool mined;
	enum export_hash hash;        /* computed from the lines: unknown where the profile or the proposal is */
};
struct export_blob { struct hash32 digest; uint64_t line; };  /* that a line names */
struct export_read {
	const char *dir;
	struct hash32 lines_said, lines_are;  /* SHA-256 of lines.jsonl, by the manifest and by its bytes */
	struct withholding withheld;
	struct export_blob *blobs;    /* in log order; one may be named more than once */
	size_t n_blobs;
	uint64_t lines, vouched;      /* vouched: by the checkpoint; what later lines say is passed over */
	struct tree_head head;        /* over all lines */
	const char *vkey;             /* that signed the checkpoint */
	size_t n_keys;                /* that the log had by then, each vouched for by the one before */
	struct deployment deployment; /* adopted last */
	struct export_profile *profiles;      /* as they were adopted */
	size_t n_profiles;
	struct export_change *changes;
	size_t n_changes;
	struct export_operation *operations;
	size_t n_operations;
	struct export_step *steps;
	size_t n_steps;
};
/* Lines: form, seq, chain, time, root. The checkpoint, by the log's key then; `vkey`, or where that
 * is NULL the export's own log.vkey, has to be that one or one that the log had before.
 * The profile: its digest. Refuses what is not so: ERR_REFUSED "EXPORT" naming the line. */
MUST_CHECK bool export_read(struct arena *a, struct export_read *out, const char *dir, const char *vkey,
			    struct err *e);

#endif
