/* A verdict as the log has it, judged once more: the line policy.judged names the policy and the facts of its time. */
#ifndef SETGOV_REPORT_JUDGED_H
#define SETGOV_REPORT_JUDGED_H

#include "src/policy/judge.h"
#include "src/report/story.h"

struct judged {
	struct policy policy;
	struct hash32 digest;         /* of the policy, as the line names it */
	struct span logged;           /* the verdict as the line has it */
	struct verdict verdict;       /* as it comes out now */
	const char *why_not;          /* not NULL: it cannot be judged again, and why; then `verdict` is empty */
	bool wrong;                   /* because the log contradicts it: facts said to be proven that nothing proves */
};
/* `l` is a policy.judged of this change. */
void judged_again(struct arena *a, struct judged *out, const struct report_source *src, const struct story *s,
		  const struct line *l);
/* The text of a refusal, a decline or a failure; of a verdict, the rules that failed, each with its reason, or why they
 * cannot be told. In the arena. */
struct span judged_denial(struct arena *a, const struct report_source *src, const struct story *s,
			  const struct line *l);

#endif
