/* Merkle-Patricia proofs, as eth_getProof gives them: what a key holds, or that it holds nothing, in the trie of a root
 * that the caller trusts. Every node is hashed, every byte of every node counts, and nothing is fetched or kept.
 *
 * Spec: Yellow Paper, appendix D; EIP-1186. Nodes are read strictly (src/evm/rlp.h); a node shorter than 32 bytes lies
 * inside its parent, and some clients list it once more: it must then be the same bytes. Errors name the node and its
 * byte: "[2], byte 17: …". Vectors: tests/vectors/proof/trie.json (@ethereumjs/mpt, anvil). */
#ifndef SETGOV_PROOF_TRIE_H
#define SETGOV_PROOF_TRIE_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/u256.h"
#include "src/crypto/sig.h"

#define TRIE_MAX_NODES 130u           /* a key of 32 bytes has 64 digits */

struct trie_proof {
	const struct span *nodes;     /* root first */
	size_t n;
};

/* The value of `key` under `root`; an empty one: the trie does not have the key. Borrows the proof. ERR_MISMATCH: a
 * node is not the one that its parent, or the root, names; or nodes are left over. ERR_SYNTAX, ERR_RANGE: no such node;
 * ERR_MISSING: the proof ends early. */
MUST_CHECK bool trie_value(struct span *value, const struct hash32 *root, struct span key, const struct trie_proof *p,
			   struct err *e);

struct trie_account {
	bool exists;                  /* false: nonce and balance 0, no code, no storage */
	uint64_t nonce;
	struct u256 balance;          /* wei */
	struct hash32 storage_root, code_hash;
};
/* The root of a trie that holds nothing, and Keccak-256 of no code. */
void trie_empty_root(struct hash32 *out);
void trie_empty_code(struct hash32 *out);
MUST_CHECK bool trie_account(struct trie_account *out, const struct hash32 *state_root, const struct addr *who,
			     const struct trie_proof *p, struct err *e);
/* The word in a storage slot; zero when the trie does not have it. anvil keeps a slot that became zero as a leaf that
 * holds 0: the same word, and accepted. */
MUST_CHECK bool trie_storage(struct hash32 *out, const struct hash32 *storage_root, const struct hash32 *slot,
			     const struct trie_proof *p, struct err *e);

#endif
