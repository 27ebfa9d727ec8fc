/* The workspace's policy (audit-log/in_force.h) and the facts that its rules ask
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
/* What was asked, and what came of it: all that others need to judge it again. */
struct judgement {
	struct verdict verdict;       /* .policy NULL: nothing was judged */
	struct facts facts;
	bool has_evidence;            /* state proofs in it were taken as proven */
	struct hash32 evidence;
};
/* Facts found, and the verdict. */
MUST_CHECK bool judging_judge(const struct judging *j, struct arena *a, struct judgement *out, struct err *e);
/* ERR_REFUSED "POLICY" with what failed; when `all`, with what is pending, or wants proof and rests on the console's
 * word. */
MUST_CHECK bool judging_enforce(const struct verdict *v, bool all, struct err *e);
/* The line "policy.judged" and, as blobs, the policy and the facts that it was judged by, so that others can judge
 * again; for what is refused before it has a line of its own, the proposal that was judged, too (otherwise NULL).
 * `step` NULL: before any. Inside a transaction of the log. */
MUST_CHECK bool judging_log(struct workspace *ws, struct arena *a, struct span change, const struct judgement *v,
			    const struct proposal *refused, const enum step_kind *step, struct err *e);
/* Puts the facts that are not there yet into the evidence of a packet. */
void judging_into_evidence(struct arena *a, struct json *evidence, const struct facts *facts);
/* A step as it is about to be packed or sent, under the policy it was proposed under and under the workspace's, if they
 * differ: refused as judging_enforce() does, and `out` has the judgements up to the one that refuses. `payer`, who is
 * about to send it, may be NULL. Nothing is asked where there is no policy. */
struct judgements {
	struct judgement v[2];
	size_t n;
	struct hash32 safe_tx_hash;   /* of the step's packet, whose signatures counted; zeros: it had none */
};
MUST_CHECK bool judging_step(struct workspace *ws, struct chain *c, struct arena *a, const struct change *change,
			     enum step_kind step, bool all, const struct addr *payer, struct judgements *out,
			     struct err *e);
/* A line for each of them, inside a transaction of the log. `now` is the change as that transaction sees it:
 * ERR_REFUSED "REPACKED" when the step got another packet meanwhile, because then other signatures count. */
MUST_CHECK bool judging_log_step(struct workspace *ws, struct arena *a, const struct change *now, enum step_kind step,
				 const struct judgements *v, struct err *e);
/* The same in a transaction of its own; nothing where nothing was judged. */
MUST_CHECK bool judging_keep(struct workspace *ws, struct arena *a, const struct change *change, enum step_kind step,
			     const struct judgements *v, struct err *e);

#endif
