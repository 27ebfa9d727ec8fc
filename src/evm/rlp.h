/* RLP, the encoding of transactions, headers and trie nodes. Strict: the shortest form of each length, no leading zeros
 * in integers, nothing after the end, lists at most RLP_MAX_DEPTH deep.
 * Spec: Ethereum Yellow Paper, appendix B. Vectors: ethereum/tests RLPTests, ethers rlp-coder. */
#ifndef SETGOV_EVM_RLP_H
#define SETGOV_EVM_RLP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/u256.h"

#define RLP_MAX_DEPTH 64u

struct rlp_item {
	bool list;
	struct span payload;      /* a string's bytes, or a list's encoded items */
	struct span whole;        /* with its header */
};

/* Reading: `r` is a reader over the document. The readers of nested lists keep the document's offsets, so an error
 * always points into the whole. */
MUST_CHECK bool rlp_next(struct reader *r, struct rlp_item *out, struct err *e);
MUST_CHECK bool rlp_list(struct reader *r, struct reader *inner, struct err *e);  /* enter the next item, a list */
MUST_CHECK bool rlp_bytes(struct reader *r, struct span *out, struct err *e);
MUST_CHECK bool rlp_fixed(struct reader *r, uint8_t *out, size_t n, struct err *e);   /* exactly n bytes */
MUST_CHECK bool rlp_u64(struct reader *r, uint64_t *out, struct err *e);
MUST_CHECK bool rlp_u256(struct reader *r, struct u256 *out, struct err *e);
/* One item is all of `data`, and everything in it is canonical. */
MUST_CHECK bool rlp_check(struct span data, struct err *e);
MUST_CHECK bool rlp_decode(struct rlp_item *out, struct span data, struct err *e);    /* the same, and the item */

/* Writing. A list is what is written between the two calls. */
void rlp_write_bytes(struct buf *out, struct span s);
void rlp_write_u64(struct buf *out, uint64_t v);
void rlp_write_u256(struct buf *out, const struct u256 *v);
size_t rlp_begin(struct buf *out);
void rlp_end(struct buf *out, size_t begin);

#endif
