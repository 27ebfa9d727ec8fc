/* What calls would do, asked of a node without sending them: eth_simulateV1 for results and events, debug_traceCall
 * (prestateTracer, diffMode) for the storage that one of them changes, eth_getCode for their targets, in one batch.
 *
 * Clients differ: anvil 1.7.1 gives the first simulated block the base block's own number, puts a revert's bytes into
 * returnData and code -3200 into the error; geth counts on, says code 3 or -32000 and may put the bytes into
 * error.data. So numbers are not looked at, bytes are taken from wherever they are, and any status but 0x1 has failed.
 * Run against anvil; geth's shape is tested from its documented form (tests/vectors/chain/simulate.json). */
#ifndef SETGOV_CHAIN_PREVIEW_H
#define SETGOV_CHAIN_PREVIEW_H

#include "src/chain/reader.h"

struct preview_call {
	struct addr from, to;
	struct u256 value;
	struct span data;
	/* answered */
	bool ok;
	struct span output;           /* return data, or the revert's */
	struct chain_log *logs;       /* address, topics and data only */
	size_t n_logs;
};

struct preview_slot { struct addr at; struct hash32 slot, word; };
struct preview_change { struct addr at; struct hash32 slot, before, after; };

struct preview_block {
	uint64_t time;                /* seconds */
	struct preview_call *calls;
	size_t n;
	const struct preview_slot *assumed;   /* storage that is made to hold this when the block begins */
	size_t n_assumed;
};

/* One eth_simulateV1: blocks on top of the pinned one, each on what those before it left. */
struct preview_sim {
	/* asked */
	struct preview_block *blocks;
	size_t n_blocks;
	const struct preview_slot *assumed;   /* storage that is taken to hold this already, in all of it */
	size_t n_assumed;
	/* answered */
	struct span no_answer;                /* the node's words for why not; empty: it answered */
};

struct preview {
	/* asked */
	struct preview_sim *sims;
	size_t n_sims;                        /* one that is not answered is an error for the first only */
	bool trace;                           /* storage changes are asked for, of: */
	struct preview_call traced;
	uint64_t traced_time;
	const struct preview_slot *traced_assumed;
	size_t n_traced_assumed;
	const struct addr *targets;
	size_t n_targets;
	/* answered */
	struct span endpoint;
	struct span no_trace;                 /* why storage changes are not known; empty: they are */
	struct preview_change *changes;
	size_t n_changes;
	bool *has_code;                       /* each target */
};

/* At the pinned block, by the first endpoint that can simulate, in one batch. ERR_CHAIN when none can: its words. */
MUST_CHECK bool preview_run(struct chain *c, struct arena *a, struct preview *p, struct err *e);
/* A reply alone: fills in what was asked (tests and fuzzing come in here). */
MUST_CHECK bool preview_read_simulation(struct arena *a, struct preview_sim *s, const struct json *result,
					struct err *e);
MUST_CHECK bool preview_read_trace(struct arena *a, struct preview *p, const struct json *result, struct err *e);

#endif
