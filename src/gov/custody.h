/* Who came to hold a deployment, and by which event: what the Safe, the timelock and the contracts say happened to
 * their owners, modules, roles and code, read one by one and replayed to what should be so now. Events are a node's
 * word, and a delegatecall of the Safe's can change storage without one, or write one that changes nothing: so what
 * they come to is held against what getters say and what state proofs show. Pure.
 *
 * Spec: Safe.sol 1.3.0 and 1.4.1 (OwnerManager, ModuleManager, GuardManager, FallbackManager, SafeProxyFactory,
 * SafeMigration), AccessControl and TimelockController of OpenZeppelin 5.0, ERC-173, ERC-1967. Safe 1.4.1 indexes
 * arguments that 1.3.0 does not: words are taken from topics first, then from data. */
#ifndef SETGOV_GOV_CUSTODY_H
#define SETGOV_GOV_CUSTODY_H

#include "src/gov/event.h"

enum custody_kind {
	/* by a factory, about a Safe */
	CUSTODY_PROXY_MADE,           /* who: the Safe; other: its code */
	/* by the Safe */
	CUSTODY_SAFE_MADE,            /* owners; number: the threshold; who: the handler; other: delegated to */
	CUSTODY_OWNER_ADDED, CUSTODY_OWNER_REMOVED,
	CUSTODY_THRESHOLD,            /* number */
	CUSTODY_MODULE_ENABLED, CUSTODY_MODULE_DISABLED,
	CUSTODY_GUARD, CUSTODY_HANDLER, CUSTODY_SINGLETON,
	CUSTODY_MODULE_RAN,           /* who: the module that moved the Safe without signatures */
	CUSTODY_SAFE_RAN, CUSTODY_SAFE_FAILED,        /* id: safeTxHash */
	/* by the timelock */
	CUSTODY_TIMELOCK_MADE,        /* number: the delay; other: who was admin besides itself */
	CUSTODY_GRANTED, CUSTODY_REVOKED,             /* id: the role */
	CUSTODY_DELAY,                /* number; from_nothing: it was 0 before, as in the constructor */
	CUSTODY_OPERATION_RAN,        /* id: the operation */
	/* by a contract */
	CUSTODY_OWNED, CUSTODY_UPGRADED, CUSTODY_PROXY_ADMIN,
	N_CUSTODY_KINDS
};

struct custody_event {
	enum custody_kind kind;
	struct addr at;               /* who says so */
	struct addr who, other;
	struct hash32 id;
	uint64_t number;
	bool from_nothing;
	const struct addr *owners;
	size_t n_owners;
	struct hash32 tx, block_hash;
	uint64_t block, index;        /* index: in its block */
	bool has_time;
	uint64_t block_time;
};

/* "AddedOwner": what explorers call it. */
const char *custody_name(enum custody_kind kind);
void custody_topics(struct hash32 out[N_CUSTODY_KINDS]);
/* False: not one of these, or (*unreadable) it has the topic of one and is none. The block's hash and time are left to
 * the caller. */
bool custody_read(struct arena *a, struct custody_event *out, const struct hash32 topics[N_CUSTODY_KINDS],
		  const struct chain_event *e, bool *unreadable);

/* ---- what they come to ---- */

struct custody_value {
	bool known;                   /* false: nothing says */
	struct addr at;
	uint64_t number;
	const struct custody_event *by;       /* NULL: since it was made */
};
struct custody_member { struct addr at; const struct custody_event *by; };
struct custody_set { struct custody_member *v; size_t n, cap; };
#define CUSTODY_MAX 1024u             /* members of a set, roles: more than anybody would look at */
struct custody_role { struct hash32 role; struct addr who; const struct custody_event *by; };
struct custody_contract { struct addr at; struct custody_value owner, implementation, admin; };

struct custody {
	const struct custody_event *made;     /* the Safe's setup. NULL: its beginning is before these events */
	const struct custody_event *proxy;    /* by its factory; or NULL */
	bool timelock_whole;                  /* the timelock's first events are among them */
	struct custody_set owners, modules;   /* now; of `made` only */
	struct custody_set ever;              /* everybody who was an owner or a module at any time */
	struct custody_value threshold, guard, handler, singleton, delay;
	uint64_t executions;                  /* of the Safe: what its nonce is, if there are all */
	struct custody_role *roles;           /* held now */
	size_t n_roles, cap_roles;
	struct custody_contract *contracts;   /* that said anything */
	size_t n_contracts, cap_contracts;
	bool more;                            /* than CUSTODY_MAX: what is beyond is not here */
};

/* v[0..n) in the chain's order. */
void custody_replay(struct arena *a, struct custody *out, const struct addr *safe, const struct addr *timelock,
		    const struct custody_event *v, size_t n);
/* It says that something ran, and not what: of the Safe or of the timelock. */
bool custody_is_execution(const struct custody_event *v);
/* NULL: not among them. */
const struct custody_member *custody_member(const struct custody_set *s, const struct addr *at);
const struct custody_role *custody_role(const struct custody *c, const struct hash32 *role, const struct addr *who);
const struct custody_contract *custody_contract(const struct custody *c, const struct addr *at);

/* For each of v[0..n) the execution within which it happened: the next one in its transaction that ran a transaction of
 * the Safe, a module's or an operation of the timelock, which all say so when they are done. NULL: none, somebody did
 * it himself. */
const struct custody_event **custody_within(struct arena *a, const struct addr *safe, const struct addr *timelock,
					    const struct custody_event *v, size_t n);

#endif
