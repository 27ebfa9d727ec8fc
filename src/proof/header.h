/* Block headers: the RLP whose Keccak-256 is the block's hash, and the few fields that proofs and clocks need. Pure.
 *
 * Spec: Yellow Paper, section 4.3, and what forks appended: EIP-1559 (baseFeePerGas), EIP-4895 (withdrawalsRoot),
 * EIP-4844 (blobGasUsed, excessBlobGas), EIP-4788 (parentBeaconBlockRoot), EIP-7685 (requestsHash), EIP-7928
 * (blockAccessListHash), EIP-7843 (slotNumber). OP Stack headers are these: they put other things into the same
 * fields. A fork that appends a field we do not know makes a header that is refused, not misread.
 * Vectors: tests/vectors/proof/header.json (@ethereumjs/block, anvil). */
#ifndef SETGOV_PROOF_HEADER_H
#define SETGOV_PROOF_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/json.h"

#define HEADER_MAX 8192u              /* bytes; Clique's checkpoints carry lists in extraData */

struct header {
	struct hash32 hash;           /* computed */
	struct hash32 parent, state_root;
	uint64_t number;
	uint64_t time;                /* seconds */
	uint8_t bloom[256];           /* of the addresses and topics of its events */
};

/* One header, strictly. Errors name the field: "timestamp, byte 511: …". */
MUST_CHECK bool header_read(struct header *out, struct span rlp, struct err *e);
/* The RLP of a header as JSON-RPC gives a block; members that are no part of it are passed over. What its hash is says
 * header_read(). */
MUST_CHECK bool header_from_json(struct buf *rlp, const struct json *block, struct err *e);

/* Yellow Paper, section 4.3.1, the bloom filter: three bits for each address and each topic of an event. */
struct bloom_key { uint16_t bit[3]; };
struct bloom_key bloom_key_of(struct span address_or_topic);
/* False: no event in the block has it. True: one has, or others happen to have set the same three bits. */
bool header_may_have(const struct header *h, const struct bloom_key *k);
/* How many of the 2048 bits are set. */
unsigned header_bloom_bits(const struct header *h);

#endif
