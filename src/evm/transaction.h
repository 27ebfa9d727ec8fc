/* Ethereum transactions: what is signed, what is sent, and reading either back. Holds no keys, sends nothing.
 * Spec: EIP-155 (legacy with chain id), EIP-2930 (access lists), EIP-1559 (fee market), EIP-2718 (typed envelope).
 * Strict: decode accepts only what encode would write. Vectors: tests/vectors/evm/, ethers, Trezor. */
#ifndef SETGOV_EVM_TRANSACTION_H
#define SETGOV_EVM_TRANSACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/u256.h"
#include "src/crypto/sig.h"

enum tx_kind { TX_LEGACY, TX_ACCESS_LIST, TX_1559 };       /* EIP-2718 types none, 1, 2 */

struct tx_access {
	struct addr address;
	const struct hash32 *keys;
	size_t n_keys;
};

struct transaction {
	enum tx_kind kind;
	uint64_t chain_id;               /* <= TX_MAX_CHAIN_ID; 0 = before EIP-155, LEGACY only: valid on any chain */
	uint64_t nonce;
	uint64_t gas;
	struct u256 gas_price;           /* LEGACY, ACCESS_LIST; wei */
	struct u256 max_fee, max_priority;             /* 1559; wei per gas */
	bool has_to;                     /* false: creates a contract */
	struct addr to;
	struct u256 value;               /* wei */
	struct span data;
	const struct tx_access *access;  /* ACCESS_LIST, 1559 */
	size_t n_access;
};

#define TX_MAX_CHAIN_ID (UINT64_MAX / 2 - 36)              /* EIP-2294 */

/* With a signature: what is sent. Without (NULL): the bytes whose hash is signed. */
void transaction_encode(struct buf *out, const struct transaction *tx, const struct sig *s);
void transaction_digest(struct hash32 *out, const struct transaction *tx);
void transaction_hash(struct hash32 *out, const struct transaction *tx, const struct sig *s);

/* Borrow data, put the access list into the arena. Errors name the field ("maxFeePerGas, byte 14: …"), bytes count from
 * the first of `data`. The signature's own validity is transaction_sender()'s question. */
MUST_CHECK bool transaction_decode(struct arena *a, struct transaction *tx, struct sig *s, struct span data,
				   struct err *e);
MUST_CHECK bool transaction_decode_unsigned(struct arena *a, struct transaction *tx, struct span data, struct err *e);
/* Who signed it. Refusals as sig_recover(): high s, r or s out of range. */
MUST_CHECK bool transaction_sender(struct addr *out, const struct transaction *tx, const struct sig *s, struct err *e);

#endif
