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

#endif
