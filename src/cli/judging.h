/* The workspace's policy (what its log adopted last, or else policy.json beside it) and the facts that its rules ask
 * for, found by the console: the verdict itself is src/policy's. Everything here is the console's word, but the
 * signatures, and, before a step is submitted, what the state proofs of its packet show: when an owner's answer says
 * that the block's hash came from another source than the packet, and the chain still says the same. */
#ifndef SETGOV_CLI_JUDGING_H
#define SETGOV_CLI_JUDGING_H

#include "src/chain/reader.h"
#include "audit-log/workspace.h"
#include "src/policy/judge.h"

/* *out is NULL where the workspace has none: then nothing is judged. ERR_REFUSED "POLICY": offering.h. */
MUST_CHECK bool judging_policy(struct workspace *ws, struct arena *a, const struct policy **out, struct err *e);
/* A file, read; errors are located: "policies/mainnet.json:41: rules[3].bounds.perDay.max: …". */
MUST_CHECK bool judging_read(struct arena *a, struct policy *out, const char *path, struct err *e);

struct judging {
	struct workspace *ws;
	struct chain *chain;
	const struct policy *policy;
	const struct change *change;
	const struct proposal *proposal;
	bool proposed;                /* the proposal line says who; otherwise it is whoever runs this */
	const enum step_kind *step;   /* NULL: before any */
	const struct addr *payer;     /* about to send it; or NULL */
	bool with_proofs;             /* what its packet's proofs show is proven, if a signer had the block's hash */
};
MUST_CHECK bool judging_facts(const struct judging *j, struct arena *a, struct facts *out, struct err *e);
/* Facts found, and the verdict. */
MUST_CHECK bool judging_judge(const struct judging *j, struct arena *a, struct verdict *out, struct facts *facts,
			      struct err *e);
/* ERR_REFUSED "POLICY" with what failed; when `all`, with what is pending, or wants proof and rests on the console's
 * word. */
MUST_CHECK bool judging_enforce(const struct verdict *v, bool all, struct err *e);
/* The line "policy.judged" and, as blobs, the policy and the facts that it was judged by, so that others can judge
 * again. Inside a transaction of the log. */
MUST_CHECK bool judging_log(struct workspace *ws, struct arena *a, struct span change, const struct verdict *v,
			    const struct facts *facts, const enum step_kind *step, struct err *e);
/* The policy that a proposal was frozen under, from the log. */
MUST_CHECK bool judging_frozen(struct workspace *ws, struct arena *a, const struct policy **out,
			       const struct proposal *p, struct err *e);
/* Puts the facts that are not there yet into the evidence of a packet. */
void judging_into_evidence(struct arena *a, struct json *evidence, const struct facts *facts);
/* A step as it is about to be packed or sent, under the policy it was proposed under and under the workspace's, if they
 * differ: refused as judging_enforce() does. `payer`, who is about to send it, and `facts` may be NULL. Nothing is
 * asked where there is no policy. */
MUST_CHECK bool judging_step(struct workspace *ws, struct chain *c, struct arena *a, const struct change *change,
			     enum step_kind step, bool all, const struct addr *payer, struct facts *facts,
			     struct err *e);

#endif
