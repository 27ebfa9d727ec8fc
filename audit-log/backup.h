/* Losing a machine: a copy of the log with its key, and a log that goes on from such a copy. FORMAT.md, section 11.
 *
 * A copy is older than what it was taken of. A log that goes on from one says so in its first new line: after which
 * line it resumes, and the newest checkpoint that anybody showed of what came after. Lines that nobody has any more
 * stay missing; that they were there does not. Lines that signers' journals kept come back; the blobs they name do
 * not. */
#ifndef SETGOV_AUDIT_LOG_BACKUP_H
#define SETGOV_AUDIT_LOG_BACKUP_H

#include "audit-log/append.h"
#include "src/gov/restored.h"

/* The workspace in `from` into the new directory `to` (0700): log.db, log.key, deployment.json. The copy is verified
 * whole; complete or not at all. ERR_REFUSED "EXISTS", "LOG-DAMAGED" with the first finding. */
MUST_CHECK bool log_backup(const char *from, const char *to, struct err *e);

struct restoring {
	const struct span *seen;      /* checkpoints that others show */
	size_t n_seen;
	const struct span *kept;      /* documents of lines that signers' journals kept (refill.h) */
	size_t n_kept;
	const char *remember;         /* as in struct log_options */
	const struct json *anchors;   /* [{"block","operation","salt"}]: what the chain has and the copy does not
	                               * explain; NULL: the chain was not asked */
	struct span actor, auth;
};
struct restored {
	struct tree_head head;        /* of the copy, and what it was refilled with */
	uint64_t refilled;            /* lines that others kept */
	uint64_t seen;                /* size of the newest checkpoint shown, or 0 */
	uint64_t missing;             /* lines that it vouches for and that nobody has */
	char series[SERIES_SIZE];     /* what names of changes begin with from here on */
};
/* Makes a workspace in `dir` go on from the copy in `from`: line log.restored and a checkpoint are in it before it
 * takes its place. What this machine remembers counts as shown. ERR_REFUSED "EXISTS" (there is a log), "LOG-DAMAGED",
 * "LOG-FORKED" (a checkpoint that is shown is of another history, and no earlier log.restored explains it). */
MUST_CHECK bool log_restore(const char *from, const char *dir, const struct restoring *r, struct restored *out,
			    struct err *e);

#endif
