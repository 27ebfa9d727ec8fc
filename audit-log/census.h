/* How many lines of each change and of each kind a log has: counted over every line of the trusted file, each re-hashed
 * and linked to the one before.
 *
 * It is what makes a view's numbers fit to decide by. A view says quickly which lines are a change's, and whoever
 * doctored it can leave out a withdrawal, a refusal or a newer step; what is not there cannot be re-hashed. But when
 * the numbers ascend, each of those lines is read again and is the change's, and they are as many as were counted here,
 * then none is missing (log_lines_of.c). No view has a say in the count: it takes in the whole file, by two threads
 * (verify_chain.h), and it is of this log because the last leaf, to which all lines are linked, is the open log's own.
 *
 * Memory grows with the changes, not with the lines. */
#ifndef SETGOV_AUDIT_LOG_CENSUS_H
#define SETGOV_AUDIT_LOG_CENSUS_H

#include "audit-log/log.h"

struct counted {
	struct span name;             /* a change's id, or a kind */
	uint64_t lines, first, last;  /* how many; the numbers of the first and the last */
	bool mined, executed;         /* of a change: a line says that a step was mined; that execute was */
	uint64_t mined_at;            /* … and the latest block time of these */
};

struct counts {
	struct counted *v;            /* by their first lines */
	size_t n, cap, *slots;        /* slots: 2 * cap of them, index + 1 into v; 0: free */
	size_t newest;                /* where the last line was counted */
	struct arena names;
};

struct census {
	uint64_t size;                /* lines counted */
	struct hash32 leaf;           /* of the last one */
	struct counts changes, kinds;
	struct arena scratch;
};

void census_release(struct census *c);
/* The log's own, brought up to its size, within a transaction too; counted anew when lines that were counted are gone,
 * because a transaction was given up. What log_each() says of a line that is not as it should be. Lives as long as the
 * log; the next call may move what it points to. */
MUST_CHECK bool census_of(struct log *l, const struct census **out, struct err *e);
/* NULL: the log has no line of it. */
const struct counted *counts_find(const struct counts *c, struct span name);

#endif
