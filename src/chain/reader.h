/* Typed reads of a chain, all at one block. Facts come back as plain structs; nothing here writes the log.
 *
 * chain_open() checks that every endpoint is on the expected chain (eth_chainId and the hash of block 0) and
 * pins the newest block that all of them have with the same hash. Every read then names that block by its hash
 * (EIP-1898); where a node cannot, by number, and the hash is checked again afterwards. With several endpoints
 * every pinned read is asked of each, and a difference is refused: [DISAGREE] "…: main says 0x01, backup says
 * 0x02". Fees, gas estimates and pending nonces decide nothing and come from the first endpoint that answers.
 *
 * Refusal codes: CHAIN-ID, GENESIS, DISAGREE, REORG (the pinned block was replaced while it was being read). */
#ifndef SETGOV_CHAIN_READER_H
#define SETGOV_CHAIN_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/attr.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/u256.h"
#include "src/chain/jsonrpc.h"
#include "src/crypto/sig.h"
#include "src/gov/timelock.h"

struct abi_function;
struct abi_value;

struct block {
	uint64_t number;
	struct hash32 hash;
	struct hash32 parent;
	uint64_t time;                /* seconds, the chain's clock */
	bool has_base_fee;
	struct u256 base_fee;         /* wei */
};

struct chain {                        /* {0} is a closed one */
	struct rpc *rpc;
	struct endpoint ep[RPC_MAX_ENDPOINTS];
	size_t n;
	bool by_number[RPC_MAX_ENDPOINTS]; /* this node refuses EIP-1898: shown to people, see chain_pin_words()
					    */
	uint64_t chain_id;
	struct block pin;
};

/* Strings in `endpoints` must outlive the chain. ERR_CHAIN, or ERR_REFUSED with CHAIN-ID, GENESIS, DISAGREE.
 * `genesis` NULL: not checked (only for making a new profile). On failure *c is closed again. */
MUST_CHECK bool chain_open(struct chain *c, const struct endpoint *endpoints, size_t n, uint64_t chain_id,
			   const struct hash32 *genesis, struct err *e);
void chain_release(struct chain *c);
/* How long all questions together may take: until `deadline_ms` on frame_clock_ms()'s clock; and one try of each. */
struct chain_patience { int64_t deadline_ms; unsigned try_ms, retries; };
/* chain_open() with less patience than it has by itself. */
MUST_CHECK bool chain_open_within(struct chain *c, const struct endpoint *endpoints, size_t n, uint64_t chain_id,
				  const struct hash32 *genesis, const struct chain_patience *p, struct err *e);
/* Pins the newest block again. */
MUST_CHECK bool chain_repin(struct chain *c, struct err *e);
/* "block 57 0x…, read by hash from main and backup", "… by number from backup, which refuses hashes". */
void chain_pin_words(const struct chain *c, struct buf *out);

/* ---- one call -------------------------------------------------------------------------------------------- */

struct chain_read {
	/* asked */
	struct addr to;
	struct span data;
	bool has_from;
	struct addr from;
	struct u256 value;            /* only with from */
	/* answered */
	bool ok;                      /* false: it reverted */
	struct span output;           /* ok: return data */
	bool has_data;
	struct span revert;           /* !ok: revert data, when the node gave any */
	struct span words;            /* !ok: the node's words, safe to show */
};

/* eth_call of each at the pinned block. A revert is an answer (ok == false), not an error; a node that cannot
 * or will not run the call is an error, so that nobody takes its trouble for a "no". */
MUST_CHECK bool chain_calls(struct chain *c, struct arena *a, struct chain_read *reads, size_t n,
			    struct err *e);
/* One getter: encodes `args` (a tuple; NULL for no arguments), decodes the outputs into the tuple *out. A
 * revert is ERR_CHAIN "getMinDelay() of 0x…: reverted without a reason". */
MUST_CHECK bool chain_call(struct chain *c, struct arena *a, const struct addr *to,
			   const struct abi_function *f, const struct abi_value *args, struct abi_value *out,
			   struct err *e);
/* The same, but a revert only clears *answered. */
MUST_CHECK bool chain_try_call(struct chain *c, struct arena *a, const struct addr *to,
			       const struct abi_function *f, const struct abi_value *args,
			       struct abi_value *out, bool *answered, struct err *e);

/* ---- accounts -------------------------------------------------------------------------------------------- */

MUST_CHECK bool chain_balance(struct chain *c, const struct addr *who, struct u256 *wei, struct err *e);
MUST_CHECK bool chain_nonce(struct chain *c, const struct addr *who, uint64_t *nonce, struct err *e);
/* Each of a list, in one question. */
MUST_CHECK bool chain_balances(struct chain *c, const struct addr *who, struct u256 *wei, size_t n, struct err *e);
MUST_CHECK bool chain_code(struct chain *c, struct arena *a, const struct addr *who, struct span *code,
			   struct err *e);
MUST_CHECK bool chain_storage(struct chain *c, const struct addr *who, const struct hash32 *slot,
			      struct hash32 *out, struct err *e);

struct chain_contract {
	struct addr at;               /* asked */
	bool has_code;
	bool has_implementation;      /* it is an ERC-1967 proxy */
	struct addr implementation;
	bool has_owner;               /* owner() answers with an address */
	struct addr owner;
};
MUST_CHECK bool chain_contracts(struct chain *c, struct chain_contract *v, size_t n, struct err *e);

/* ---- the Safe -------------------------------------------------------------------------------------------- */

#define SAFE_MAX_OWNERS 256
#define SAFE_MAX_MODULES 256

struct chain_safe {
	struct addr address;
	uint64_t nonce;
	uint64_t threshold;
	struct addr *owners;          /* in the Safe's order */
	size_t owner_count;
	const char *version;          /* "1.4.1" */
	struct addr singleton;        /* slot 0 */
	struct addr guard;            /* zero: none */
	struct addr fallback_handler; /* zero: none */
	bool modules_known;           /* false: this Safe has no way to list them */
	struct addr *modules;
	size_t module_count;
};
MUST_CHECK bool chain_safe(struct chain *c, struct arena *a, const struct addr *safe, struct chain_safe *out,
			   struct err *e);

/* ---- the timelock ---------------------------------------------------------------------------------------- */

struct chain_operation {
	struct hash32 id;             /* asked */
	uint64_t ready_at;            /* WAITING, READY: seconds on the chain's clock; otherwise 0 */
	enum timelock_state state;   /* at the pinned block's time */
};
MUST_CHECK bool chain_min_delay(struct chain *c, const struct addr *timelock, uint64_t *seconds, struct err *e);
MUST_CHECK bool chain_operations(struct chain *c, const struct addr *timelock, struct chain_operation *ops,
				 size_t n, struct err *e);

struct chain_roles {
	struct addr account;          /* asked; zero asks whether anybody may */
	bool proposer, executor, canceller, admin;
};
MUST_CHECK bool chain_roles(struct chain *c, const struct addr *timelock, struct chain_roles *roles, size_t n,
			    struct err *e);

/* ---- what happened --------------------------------------------------------------------------------------- */

struct chain_log {
	struct addr address;
	struct hash32 topics[4];
	size_t topic_count;
	struct span data;
	uint64_t block;
	struct hash32 block_hash;
	struct hash32 tx_hash;
	uint64_t index;               /* in its block */
};

struct chain_receipt {
	struct hash32 tx_hash;
	bool ok;                      /* status 1 */
	uint64_t block;
	struct hash32 block_hash;
	uint64_t block_time;          /* from that block's header */
	uint64_t gas_used;
	struct u256 gas_price;        /* effective, wei; zero when the node does not say */
	struct addr from;
	bool has_to;
	struct addr to;
	struct chain_log *logs;
	size_t log_count;
	const struct json *raw;       /* as the first endpoint gave it */
};
/* *found is false while any endpoint does not have it. Where they have it they must agree. Not at the pinned
 * block. */
MUST_CHECK bool chain_receipt(struct chain *c, struct arena *a, const struct hash32 *tx,
			      struct chain_receipt *out, bool *found, struct err *e);

struct chain_tx {
	struct hash32 hash;
	struct addr from;
	bool has_to;
	struct addr to;
	uint64_t nonce;
	uint64_t gas;
	struct u256 value;
	struct span input;
	struct u256 max_fee, max_priority;    /* legacy: the gas price, twice */
	bool mined;
	uint64_t block;
};
/* *found: any endpoint knows it, pending or mined. */
MUST_CHECK bool chain_transaction(struct chain *c, struct arena *a, const struct hash32 *tx,
				  struct chain_tx *out, bool *found, struct err *e);

struct chain_heads {
	struct block latest;
	bool has_safe, has_finalized;
	struct block safe, finalized;
};
MUST_CHECK bool chain_heads(struct chain *c, struct chain_heads *out, struct err *e);
MUST_CHECK bool chain_block(struct chain *c, uint64_t number, struct block *out, struct err *e);

#define CHAIN_MAX_LOGS ((size_t)200000)

/* Logs of `addresses` in blocks from..to (both included), in order, asked in pages that shrink when a node says
 * they are too long. `topic0` NULL or n_topics 0: every event. Endpoints must agree on number and bytes. */
MUST_CHECK bool chain_logs(struct chain *c, struct arena *a, const struct addr *addresses, size_t n_addresses,
			   const struct hash32 *topic0, size_t n_topics, uint64_t from, uint64_t to,
			   struct chain_log **out, size_t *n, struct err *e);

#endif
