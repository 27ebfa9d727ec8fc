/* OpenZeppelin TimelockController: operations, their ids, and the five calls. Spec: TimelockController.sol 5.0,
 * `hashOperation`, `hashOperationBatch`. One call goes through `schedule`, more through `scheduleBatch`: a
 * batch of one is another operation, which we read but never make. */
#ifndef SETGOV_GOV_TIMELOCK_H
#define SETGOV_GOV_TIMELOCK_H

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/gov/call.h"

struct operation {
	struct calls calls;
	bool batch;                   /* hashed and called as a batch */
	struct hash32 predecessor;    /* zero: none */
	struct hash32 salt;
};

enum timelock_state { TIMELOCK_UNSET, TIMELOCK_WAITING, TIMELOCK_READY, TIMELOCK_DONE };

/* The four roles, in this order, as people and as the contract call them; the hash is keccak256 of the latter,
 * and zero for the admin's. */
struct timelock_role {
	const char *name, *constant;  /* "proposer", "PROPOSER_ROLE" */
	struct hash32 hash;
};
#define N_TIMELOCK_ROLES 4
extern const struct timelock_role timelock_roles[N_TIMELOCK_ROLES];
const struct timelock_role *timelock_role_named(struct span name); /* "proposer"; NULL: none of the four */
const struct timelock_role *timelock_role_of(struct span hash);

enum timelock_function { TIMELOCK_SCHEDULE, TIMELOCK_SCHEDULE_BATCH, TIMELOCK_EXECUTE, TIMELOCK_EXECUTE_BATCH,
			 TIMELOCK_CANCEL };

struct timelock_call {
	enum timelock_function function;
	struct operation operation;   /* not for CANCEL */
	struct u256 delay;            /* SCHEDULE and SCHEDULE_BATCH: seconds */
	struct hash32 id;             /* of the operation; CANCEL: as given */
};

void timelock_id(struct hash32 *out, const struct operation *op);
void timelock_schedule(struct buf *calldata, const struct operation *op, uint64_t delay);
void timelock_execute(struct buf *calldata, const struct operation *op);
void timelock_cancel(struct buf *calldata, const struct hash32 *id);
/* One of the five calls, strictly decoded; ERR_UNKNOWN for another selector. Lives in the arena, borrows
 * `data`. */
MUST_CHECK bool timelock_parse(struct arena *a, struct timelock_call *out, struct span data, struct err *e);
/* From a stored timestamp (0 unset, 1 done) and the block's time. */
enum timelock_state timelock_state_at(uint64_t timestamp, uint64_t block_time);
const char *timelock_state_name(enum timelock_state s);       /* "unset" "waiting" "ready" "done" */
/* {"targets","values","payloads","predecessor","salt"} or {"target","value","data","predecessor","salt"}. */
MUST_CHECK bool operation_from_json(struct arena *a, struct operation *out, const struct json *doc,
				    struct err *e);

#endif
