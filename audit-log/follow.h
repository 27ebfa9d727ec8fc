/* Followers: a log made from an export, on a machine that has no log key. It reads and reviews, never appends; it is
 * brought up to date from a later export, and notices one that is shorter or of another history. */
#ifndef SETGOV_AUDIT_LOG_FOLLOW_H
#define SETGOV_AUDIT_LOG_FOLLOW_H

#include "audit-log/log.h"

struct followed {
	struct tree_head head;        /* of the export's checkpoint: lines behind it are not taken */
	uint64_t before;              /* lines that were here; 0: none */
	uint64_t blobs;               /* that are new */
	uint64_t withheld;            /* blobs that the export does not have */
};
/* Each line's form, number, chain and time, the tree, the checkpoint's signature and each blob's digest are checked
 * before any of it is kept: all of it, or nothing. The key is the export's own (log.vkey and line 0): compare it.
 * ERR_REFUSED "FOLLOWER" (this directory has a log key: it appends), "LOG-SHORT" (fewer lines than are here),
 * "LOG-FORKED" (others), "LOG-DAMAGED" (the export is not what it says). */
MUST_CHECK bool log_follow(const char *from, const char *dir, struct followed *out, struct err *e);

#endif
