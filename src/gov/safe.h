/* The Safe multisig: what its owners sign, and the signature blobs it accepts.
 * Spec: safe-smart-account 1.3.0 and 1.4.1, Safe.sol `encodeTransactionData`, `checkNSignatures`; older
 * versions for verification only (before 1.3.0 the domain has no chain id; before 1.0.0 the type says dataGas).
 * Vectors: tests/vectors/safe-tx.json. Holds no key, reads no chain. */
#ifndef SETGOV_GOV_SAFE_H
#define SETGOV_GOV_SAFE_H

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/json.h"
#include "src/base/u256.h"
#include "src/crypto/sig.h"

enum safe_scheme {
	SAFE_DATAGAS,                 /* < 1.0.0 */
	SAFE_NO_CHAIN_ID,             /* < 1.3.0 */
	SAFE_CURRENT,                 /* 1.3.0 and later: the only one that is signed for */
};

struct safe_tx {
	struct addr to;
	struct u256 value;
	struct span data;
	uint8_t operation;            /* 0 call, 1 delegatecall */
	struct u256 safe_tx_gas, base_gas, gas_price;
	struct addr gas_token, refund_receiver;
	struct u256 nonce;
};

struct safe_hashes {
	struct hash32 domain, message, tx;
};

/* "1.4.1", "1.3.0+L2", "0.1.0" … ERR_SYNTAX. */
MUST_CHECK bool safe_scheme_of(enum safe_scheme *out, struct span version, struct err *e);
void safe_hash(struct safe_hashes *out, enum safe_scheme scheme, const struct u256 *chain_id,
	       const struct addr *safe, const struct safe_tx *tx);
/* ERR_REFUSED "SAFE-GAS" or "DELEGATECALL" naming the field that must be zero: safeTxGas, baseGas, gasPrice,
 * gasToken, refundReceiver, operation. Anything else lets a stranger burn the nonce. */
MUST_CHECK bool safe_tx_is_plain(const struct safe_tx *tx, struct err *e);
/* The JSON of tests/vectors/safe-tx.json "input": all thirteen members required; numbers or strings. `safe`,
 * `chain_id`, `scheme` out. */
MUST_CHECK bool safe_tx_from_json(struct arena *a, struct safe_tx *tx, enum safe_scheme *scheme,
				  struct u256 *chain_id, struct addr *safe, const struct json *doc,
				  struct err *e);
/* The EIP-712 document that wallets sign (`eth_signTypedData_v4`, `cast wallet sign --data`). SAFE_CURRENT. */
void safe_typed_data(struct buf *out, const struct u256 *chain_id, const struct addr *safe,
		     const struct safe_tx *tx);

/* Signature blobs. */
enum safe_signature_type { SAFE_SIG_EIP712, SAFE_SIG_ETH_SIGN, SAFE_SIG_APPROVED_HASH, SAFE_SIG_CONTRACT };
/* "eip712" "eth_sign" "approvedHash" "contract" */
const char *safe_signature_type_name(enum safe_signature_type t);

struct safe_signature {
	uint8_t v;
	enum safe_signature_type type;
	struct addr signer;           /* recovered, or named in r */
	struct sig sig;               /* EIP712 and ETH_SIGN, v brought back to 27/28 */
	struct span contract_data;    /* CONTRACT: the bytes given to isValidSignature */
};

/* Every signature of a blob, in its order. Errors say which one ("signature[2]") and which byte. High-s is
 * reported by the import rule below, not here: the chain accepts it. */
MUST_CHECK bool safe_signatures_parse(struct arena *a, const struct safe_signature **out, size_t *n,
				      struct span blob, const struct hash32 *safe_tx_hash, struct err *e);

/* The import rule: 65 bytes that must be an EIP-712 signature over this hash by one of these owners. Refusal
 * codes: "SIG-LENGTH", "SIG-V" (v not 27/28), "ETH-SIGN" (v > 30), "SIG-KIND" (v 0 or 1), "RANGE" (r or s zero
 * or not below the group order), "HIGH-S", "SIG-BAD" (no key makes it), "NOT-OWNER" (with the address it
 * recovers to: also what a signature for another hash looks like). */
MUST_CHECK bool safe_signature_import(struct sig *out, struct addr *owner, struct span bytes,
				      const struct hash32 *safe_tx_hash, const struct addr *owners,
				      size_t n_owners, struct err *e);

struct owner_signature {
	struct addr owner;
	struct sig sig;
};

/* Sorted by owner ascending, 65 bytes each. ERR_REFUSED "SIG-TWICE" for an owner given twice. */
MUST_CHECK bool safe_signatures_pack(struct buf *out, const struct owner_signature *v, size_t n, struct err *e);
/* execTransaction calldata. */
void safe_exec_calldata(struct buf *out, const struct safe_tx *tx, struct span signatures);

#endif
