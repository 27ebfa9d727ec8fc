/* What is wrong with a policy before it judges anything: rules that can never match, actions that no rule allows, rules
 * that contradict each other, rules that could hold up a cancel or what takes power away, and rules that the chain does
 * not enforce. Pure: policy and pins in, findings out. */
#ifndef SETGOV_POLICY_LINT_H
#define SETGOV_POLICY_LINT_H

#include "src/policy/policy.h"

struct lint_finding {
	bool error;                   /* the policy should not be adopted; otherwise something to know */
	const struct rule *rule;      /* or NULL: about all of them */
	const char *text;
};
struct lint { struct lint_finding *v; size_t n; size_t n_errors; };
/* `now`: seconds, to tell exceptions that have ended; 0: not known. */
void policy_lint(struct arena *a, struct lint *out, const struct policy *p, const struct pinned *pin, uint64_t now);

#endif
