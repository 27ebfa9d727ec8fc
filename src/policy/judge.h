/* The verdict on a change under a policy: a pure function of (change, policy, facts). The console, the offline signer
 * and an auditor years later get the same bytes, in words and as JSON, because nothing else goes in: the time is a fact
 * ("now", a block's), signatures are a fact, and no machine's clock, zone or language is asked.
 *
 * Each rule that concerns the change ends `passed`, `passed on the console's word` (a fact that it rests on was only
 * claimed), `pending` (time or signatures can still fulfil it) or `failed`; the verdict is the worst of them. An action
 * that no rule allows is failed: default deny. Rules that only slow things down never hold up a cancel or what takes
 * power away. docs/policy.md has the kinds, the facts that they ask for, and their words. */
#ifndef SETGOV_POLICY_JUDGE_H
#define SETGOV_POLICY_JUDGE_H

#include "src/gov/facts.h"
#include "src/policy/policy.h"

/* One action, or one call that no action makes, as rules see it. */
struct unit {
	struct span action;           /* "call.raw" for a call that no action makes */
	const struct json *args;      /* canonical; of a raw call: its parameters by name, too */
	enum action_risk risk;
	enum route route;
	bool deescalates;
	struct calls calls;
	struct span *targets;         /* one a call: the contract's name, or empty */
	struct span *functions;       /* one a call: its signature, or empty: not in the contract's ABI */
};

/* What is judged. */
struct subject {
	const struct pinned *pin;
	struct span change;           /* "SC-7", or empty */
	struct span origin;           /* the name of the log that it is in, which possession is signed for; or empty */
	const struct proposal *proposal;      /* its words; NULL: calldata alone */
	bool has_step;                /* judged for one step; otherwise for all of it, before there is any */
	enum step_kind step;
	uint64_t delay;
	bool delegatecall;
	struct unit *units;
	size_t n_units;
};
/* A draft or a proposal. `step` NULL: before any step. For the step cancel what is judged is the cancelling of
 * `operation`, not what it cancels. Errors are those of actions_compile(). */
MUST_CHECK bool subject_of_proposal(struct arena *a, struct subject *out, const struct pinned *pin, struct span change,
				    const struct proposal *p, const enum step_kind *step,
				    const struct hash32 *operation, struct err *e);
/* Calldata alone: what would be judged of a raw call. */
void subject_of_call(struct arena *a, struct subject *out, const struct pinned *pin, const struct call *c,
		     bool delegatecall);

enum verdict_word { VERDICT_PASSED, VERDICT_WORD, VERDICT_PENDING, VERDICT_FAILED };
const char *verdict_name(enum verdict_word w);

struct rule_verdict {
	const struct rule *rule;      /* NULL: default deny */
	const struct rule *waived;    /* the exception whose control was asked in its place; or NULL */
	enum verdict_word word;
	const char *text;
	const struct span *facts;     /* names of those it rests on, in the order it asked for them */
	size_t n_facts;
};
struct verdict {
	enum verdict_word word;
	const struct policy *policy;
	struct rule_verdict *rules;   /* those that concern it, in the policy's order; then default deny */
	size_t n_rules;
};
void policy_judge(struct arena *a, struct verdict *out, const struct policy *p, const struct subject *s,
		  const struct facts *f);
void verdict_format(struct buf *out, const struct verdict *v);
struct json *verdict_to_json(struct arena *a, const struct verdict *v);
/* The names of the rules that ended so, "upgrade-signers, freeze"; for a refusal in one line, with their texts. */
void verdict_reasons(struct buf *out, const struct verdict *v, enum verdict_word w);

#endif
