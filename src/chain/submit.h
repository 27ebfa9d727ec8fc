/* Putting a transaction on chain: its fees under the profile's caps, the unsigned transaction, its broadcast,
 * its receipt, its replacement when it is stuck, and, when it fails, why, in words. Holds no key (setgov-signer
 * sign-tx signs) and writes no log: the caller logs its intent before submit_raw().
 *
 * Refusal codes: FEE-CAP (base fee, tip or gas would exceed the profile's caps), REPLACE (a replacement that a
 * node would not take, or that the caps do not allow), WOULD-REVERT (the gas estimate failed: the words say
 * why). */
#ifndef SETGOV_CHAIN_SUBMIT_H
#define SETGOV_CHAIN_SUBMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/attr.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/u256.h"
#include "src/chain/reader.h"
#include "src/crypto/sig.h"
#include "src/gov/deployment.h"

struct abi;
struct transaction;

struct submit_fees {
	struct u256 max_fee;          /* wei per gas, all in */
	struct u256 max_priority;     /* of which at most this to the block's maker */
};

/* Twice the pinned block's base fee plus the node's suggested tip; lowered to the cap while the cap still
 * covers the next block's base fee (+12.5 %) and the tip. FEE-CAP when it does not, or when the tip is over its
 * cap. With `replaces` (the fees of the transaction to be replaced) at least 12.5 % more of both: REPLACE when
 * the caps forbid that. */
MUST_CHECK bool submit_choose_fees(struct chain *c, const struct fee_caps *caps,
				   const struct submit_fees *replaces, struct submit_fees *out, struct err *e);
/* Fees that a person gave: FEE-CAP, REPLACE as above, ERR_RANGE when the tip exceeds the whole. */
MUST_CHECK bool submit_check_fees(const struct submit_fees *fees, const struct fee_caps *caps,
				  const struct submit_fees *replaces, struct err *e);
/* old + ceil(old / 8), of both. */
MUST_CHECK bool submit_replacement_fees(struct submit_fees *out, const struct submit_fees *old, struct err *e);

struct submit_request {
	struct addr from, to;
	struct u256 value;
	struct span data;
	struct fee_caps caps;
	bool has_nonce;               /* a replacement keeps the nonce of what it replaces */
	uint64_t nonce;
	const struct submit_fees *replaces;   /* NULL: replaces nothing */
	const struct submit_fees *wish;       /* NULL: submit_choose_fees() */
	const struct abi *const *abis;        /* to put a failing estimate into words */
	size_t n_abis;
};

/* The unsigned EIP-1559 transaction: nonce (pending), gas (estimate + a quarter), fees. `data` is borrowed.
 * When the estimate fails: WOULD-REVERT with the reason in words, and nothing to sign. */
MUST_CHECK bool submit_prepare(struct chain *c, struct arena *a, const struct submit_request *q,
			       struct transaction *out, struct err *e);

enum submit_outcome {
	SUBMIT_SENT,
	SUBMIT_KNOWN,                 /* already known: sent before, by us or another */
	SUBMIT_NONCE_USED,            /* nonce too low: this or another transaction was mined with it */
	SUBMIT_UNDERPRICED,           /* another one with this nonce waits and pays as much */
	SUBMIT_REJECTED,              /* the node refuses: see words */
};
const char *submit_outcome_name(enum submit_outcome o);        /* "SENT", "NONCE-USED": a code for logs */

struct submit_answer {
	enum submit_outcome outcome;
	struct hash32 tx_hash;        /* computed from raw, never the node's word */
	struct span words;            /* a clause for people, safe to show */
	const char *endpoint;         /* whose answer this is */
};
/* Gives signed bytes to the endpoints in turn until one takes (or knows) them. False only when none could be
 * reached or one contradicts the hash: then it may or may not have been sent, and submit_lookup() finds out. */
MUST_CHECK bool submit_raw(struct chain *c, struct arena *a, struct span raw, struct submit_answer *out,
			   struct err *e);

enum submit_state { SUBMIT_UNKNOWN, SUBMIT_PENDING, SUBMIT_MINED };
/* Where a transaction is now. `out` is set when MINED. */
MUST_CHECK bool submit_lookup(struct chain *c, struct arena *a, const struct hash32 *tx,
			      enum submit_state *state, struct chain_receipt *out, struct err *e);
/* Waits for its receipt, at most timeout_ms (asking at once, then every poll_ms). *found false: still not
 * mined. */
MUST_CHECK bool submit_wait(struct chain *c, struct arena *a, const struct hash32 *tx, unsigned timeout_ms,
			    unsigned poll_ms, struct chain_receipt *out, bool *found, struct err *e);

/* Why would (or did) this call fail at the pinned block? Runs it from `from` and appends the reason; "it
 * succeeds" when it does. */
MUST_CHECK bool chain_explain_call(struct chain *c, struct arena *a, const struct addr *from,
				   const struct addr *to, const struct u256 *value, struct span data,
				   const struct abi *const *abis, size_t n, struct buf *out, bool *succeeds,
				   struct err *e);
/* GS013 hides the reason: the inner call (to, value, data of the SafeTx) is run again from the Safe's address.
 * Appends "GS013: the Safe's call failed: TimelockInsufficientDelay(…)", or says that it succeeds now and what
 * that means. */
MUST_CHECK bool chain_explain_gs013(struct chain *c, struct arena *a, const struct addr *safe,
				    const struct addr *to, const struct u256 *value, struct span data,
				    const struct abi *const *abis, size_t n, struct buf *out, struct err *e);

#endif
