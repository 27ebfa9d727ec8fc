/* Leaves, chain, time and tree of a whole log as fast as two processors go: whether all is well, and not what is wrong.
 * Whoever hears "no" walks again by verify_lines.c, which names it.
 *
 * Chunks of 2^14 lines, each with the subtree over it, are judged apart, every other one by the second thread, each
 * with a connection of its own and hashes 64 lines at a time, two side by side (sha256_many.h); links, times and the
 * nodes above are judged when all of them are there. */
#ifndef SETGOV_AUDIT_LOG_VERIFY_CHAIN_H
#define SETGOV_AUDIT_LOG_VERIFY_CHAIN_H

#include "src/base/err.h"
#include "src/proof/merkle.h"

struct chain_walk {
	bool whole;
	struct tree_head head;
	uint64_t nodes;
};
/* The first `lines` lines of the database at `path`, and the nodes that go with them: no more and no fewer. */
MUST_CHECK bool verify_chain(struct chain_walk *out, const char *path, uint64_t lines, struct err *e);

/* The same without the tree: leaves, chain and time, while each line is handed to fn, in order within a chunk, by one
 * of the threads with that thread's ctx. What fn was told counts only when *whole: a line's bytes are hashed after it.
 * fn returns false to stop. *last: the leaf of the last line, to which all before it are linked. */
#define CHAIN_THREADS 2u
/* `rest`: the line's bytes from its kind on. */
typedef bool chain_line_fn(void *ctx, uint64_t seq, struct span raw, struct span rest);
struct chain_reader {
	chain_line_fn *fn;
	void *ctx[CHAIN_THREADS];
};
MUST_CHECK bool verify_chain_lines(bool *whole, struct hash32 *last, const char *path, uint64_t lines,
				   const struct chain_reader *reader, struct err *e);

#endif
