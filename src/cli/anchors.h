/* The log held against the chain: every operation that the timelock says was scheduled, with its salt, against the
 * lines that planned one. An operation's salt is the root over lines 0…k: a chain that has it vouches for them, and the
 * newest such block says how far. */
#ifndef SETGOV_CLI_ANCHORS_H
#define SETGOV_CLI_ANCHORS_H

#include "audit-log/holes.h"
#include "src/chain/reader.h"
#include "src/gov/deployment.h"

struct anchors_finding { uint64_t seq; const char *text; };   /* seq: UINT64_MAX when the log has no line for it */
struct anchors {
	struct block pin;             /* looked at up to here */
	size_t n_operations;          /* that the chain has */
	size_t n_explained;           /* that a line of the log planned, with the same salt */
	size_t n_before;              /* scheduled, says the log, before the first block that is looked at */
	size_t n_lost_before;         /* that a log.restored names: they went with lines that nobody has any more */
	size_t n_foreign;             /* without a salt, and not in the log: not made by any log */
	bool vouched;
	struct {                      /* of the largest size */
		uint64_t block, size;
		const char *change;
		struct hash32 operation, tx;
	} newest;
	struct anchors_finding *findings;
	size_t n_findings;
	struct lost_anchor *lost;     /* with a salt, and no line planned them; each is a finding too */
	size_t n_lost;
};
/* From the profile's first block to the newest, for the workspace in `dir`, however damaged: its profile beside its
 * log, asked at the node `rpc` or, where that is NULL, at the profile's own. A node that is silent is not waited for.
 * *size is the log's. */
MUST_CHECK bool anchors_look(struct anchors *out, struct arena *a, const char *dir, const char *rpc, uint64_t *size,
			     struct err *e);

#endif
