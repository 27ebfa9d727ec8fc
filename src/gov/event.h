/* What the timelock and the Safe say happened: the events that tell of operations, executions and roles, and what they
 * come to together. Events are a node's word: what an operation does is believed because its calls hash to its id.
 *
 * Spec: TimelockController.sol 5.0; Safe.sol 1.3.0 and 1.4.1, of which only the second indexes an execution's hash. */
#ifndef SETGOV_GOV_EVENT_H
#define SETGOV_GOV_EVENT_H

#include "src/gov/timelock.h"

struct chain_event {                  /* as a node gives it */
	struct addr address;
	struct hash32 topics[4];
	size_t n_topics;
	struct span data;
	uint64_t block, index;        /* index: in its block */
	struct hash32 tx;
};

enum event_kind {
	EVENT_SCHEDULED, EVENT_SALT, EVENT_EXECUTED, EVENT_CANCELLED,   /* of an operation */
	EVENT_GRANTED,                                                  /* a role of the timelock */
	EVENT_SUCCESS, EVENT_FAILURE,                                   /* of a Safe transaction */
};
#define N_EVENT_KINDS 7
/* Topic 0 of each kind: what to ask a node for. */
void event_topics(struct hash32 out[N_EVENT_KINDS]);

struct event_operation {
	struct hash32 id;
	struct operation operation;   /* calls in order */
	bool proven;                  /* these calls, predecessor and salt hash to this id */
	bool pending;                 /* scheduled, and since then neither executed nor cancelled */
	uint64_t delay;
	uint64_t block, index;        /* of its newest scheduling */
	struct hash32 tx;
	bool executed;                /* and where its first call was */
	uint64_t executed_block, executed_index;
	struct hash32 executed_tx;
};

struct event_execution {
	struct hash32 safe_tx_hash, tx;
	uint64_t block, index;
	bool ok;
};

struct event_holder {                 /* was given this role of the timelock at some time: the newest grant */
	struct addr account;
	struct hash32 role, tx;
	uint64_t block, index;
};

struct events_told {
	struct event_operation *operations;   /* by id */
	size_t n_operations;
	struct event_execution *executions;   /* in the chain's order */
	size_t n_executions;
	struct event_holder *holders;         /* each account and role once */
	size_t n_holders;
	size_t n_unreadable;                  /* events that are not what their topic says, or of more holders */
};
#define EVENT_HOLDERS_MAX 1024

/* v[0..n) in the chain's order; those of other addresses are passed over. Borrows their data. */
void events_tell(struct arena *a, struct events_told *out, const struct addr *timelock, const struct addr *safe,
		 const struct chain_event *v, size_t n);

#endif
