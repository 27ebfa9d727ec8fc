/* The workspace's policy (policy.json beside its log) and the facts that its rules ask for, found by the console: the
 * verdict itself is src/policy's. Everything here but the signatures is the console's word. */
#ifndef SETGOV_CLI_JUDGING_H
#define SETGOV_CLI_JUDGING_H

#include "src/chain/reader.h"
#include "audit-log/workspace.h"
#include "src/policy/judge.h"

/* *out is NULL where the workspace has none: then nothing is judged. */
MUST_CHECK bool judging_policy(struct arena *a, const struct policy **out, const char *dir, struct err *e);
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
};
MUST_CHECK bool judging_facts(const struct judging *j, struct arena *a, struct facts *out, struct err *e);
/* Facts found, and the verdict. */
MUST_CHECK bool judging_judge(const struct judging *j, struct arena *a, struct verdict *out, struct facts *facts,
			      struct err *e);
/* ERR_REFUSED "POLICY" with what failed, and with what is pending when `all`. */
MUST_CHECK bool judging_enforce(const struct verdict *v, bool all, struct err *e);
/* The line "policy.judged" of a verdict, and its facts as a blob, so that others can judge again. Inside or outside of a
 * transaction of the log. */
struct json *judging_body(struct arena *a, const struct verdict *v, const enum step_kind *step,
			  const struct hash32 *facts);

#endif
