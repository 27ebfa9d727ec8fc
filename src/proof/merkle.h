/* RFC 6962 trees: leaf = SHA-256(0x00 ‖ entry), node = SHA-256(0x01 ‖ left ‖ right), a tree of n leaves splits at the
 * largest power of two below n, the empty tree is SHA-256(""). Makes and checks roots, audit paths and consistency
 * proofs; where nodes are kept is the caller's affair (struct merkle_nodes).
 *
 * Only complete subtrees are kept, in the dense order of Crosby and Wallach ("Efficient Data Structures for
 * Tamper-Evident Logging", 2009; golang.org/x/mod's StoredHashIndex): each leaf, and right after it every subtree that
 * it completes, from the bottom up. A kept node never changes. */
#ifndef SETGOV_PROOF_MERKLE_H
#define SETGOV_PROOF_MERKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"

#define MERKLE_LEVELS 64
#define MERKLE_MAX_SIZE (UINT64_C(1) << 53)   /* seq stays within what JSON counts exactly */

struct tree_head {
	uint64_t size;
	struct hash32 root;
};

void merkle_leaf(struct hash32 *out, struct span entry);
void merkle_node(struct hash32 *out, const struct hash32 *left, const struct hash32 *right);
void merkle_empty(struct hash32 *out);
/* Many at once, which is faster: out[i] = leaf(entries[i]), and out[i] = node(below[2i], below[2i+1]). */
void merkle_leaves(struct hash32 *out, const struct span *entries, size_t n);
void merkle_parents(struct hash32 *out, const struct hash32 *below, size_t n);

/* The position of node n of a level (level 0: leaf n) in the dense order. */
uint64_t merkle_index(unsigned level, uint64_t n);
/* How many nodes a tree of this size keeps: the index of the next leaf. */
uint64_t merkle_count(uint64_t size);

/* The right edge of a growing tree: all that is needed to add leaves and to know the root. {0} is the empty tree. */
struct frontier {
	uint64_t size;
	struct hash32 edge[MERKLE_LEVELS];    /* edge[k]: root of the 2^k leaves that bit k of size stands for */
};
/* Adds a leaf. kept[0..result) are the nodes to keep, starting at index merkle_count(old size). */
size_t frontier_add(struct frontier *f, const struct hash32 *leaf, struct hash32 kept[MERKLE_LEVELS]);
void frontier_root(const struct frontier *f, struct hash32 *out);
struct tree_head frontier_head(const struct frontier *f);

/* Where kept nodes are read from. read() fills *out with the node of this dense index. */
struct merkle_nodes {
	bool (*read)(void *ctx, struct hash32 *out, uint64_t index, struct err *e);
	void *ctx;
};
MUST_CHECK bool frontier_load(struct frontier *f, uint64_t size, const struct merkle_nodes *nodes, struct err *e);
MUST_CHECK bool merkle_root(struct hash32 *out, uint64_t size, const struct merkle_nodes *nodes, struct err *e);

/* Leaf to root, or the RFC 6962 order of a consistency proof. */
struct merkle_path {
	struct hash32 hash[2 * MERKLE_LEVELS];
	size_t n;
};
/* The audit path of leaf `index` in the tree of `size` leaves (RFC 6962, 2.1.1); index < size. */
MUST_CHECK bool merkle_prove(struct merkle_path *out, uint64_t index, uint64_t size, const struct merkle_nodes *nodes,
			     struct err *e);
/* The root that this path leads to. ERR_RANGE when index >= size; ERR_MISMATCH "needed N hashes, found M". A path does
 * not vouch for `size`: only a signed pair of size and root does. */
MUST_CHECK bool merkle_path_root(struct hash32 *root, const struct hash32 *leaf, uint64_t index, uint64_t size,
				 const struct hash32 *path, size_t n, struct err *e);
/* The same, and ERR_MISMATCH when it leads elsewhere than to *root. */
MUST_CHECK bool merkle_path_verify(const struct hash32 *root, const struct hash32 *leaf, uint64_t index, uint64_t size,
				   const struct hash32 *path, size_t n, struct err *e);

/* The proof that the tree of `old` leaves is a beginning of the one of `size` leaves (RFC 6962, 2.1.2);
 * 1 <= old <= size. */
MUST_CHECK bool merkle_prove_consistency(struct merkle_path *out, uint64_t old, uint64_t size,
					 const struct merkle_nodes *nodes, struct err *e);
MUST_CHECK bool merkle_consistency_verify(const struct tree_head *old, const struct tree_head *now,
					  const struct hash32 *path, size_t n, struct err *e);

#endif
