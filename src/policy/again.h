/* A verdict that a log has, judged once more from what the log has: the facts of its time, and for each of them that
 * was taken as proven, what proves it. Nobody's word that a fact was proven is taken: signatures have to be those that
 * lines of the log brought in, anything else is shown again by the state proofs of the packet that the line names, and
 * the header's hash has to be one that an owner had from elsewhere. Pure: who reads the log is the verifier and the
 * reports, which so judge the same. */
#ifndef SETGOV_POLICY_AGAIN_H
#define SETGOV_POLICY_AGAIN_H

#include "src/policy/judge.h"

struct again {
	const struct pinned *pin;
	struct span change, origin;
	const struct proposal *proposal;
	const enum step_kind *step;           /* NULL: before any */
	const struct hash32 *operation;       /* by route timelock */
	struct span facts;                    /* the blob that the line names */
	struct span evidence;                 /* the same; empty: it names none, so that no proof was taken */
	const struct json **said;             /* bodies of the lines signature.added and block.vouched before it that */
	size_t n_said;                        /* are of its step and of the packet that the step had then */
};
/* Errors are what is wrong with the line: "facts.safe.modules: said to be proven, and nothing here proves it". */
MUST_CHECK bool judge_again(struct arena *a, struct verdict *out, const struct policy *policy, const struct again *x,
			    struct err *e);

#endif
