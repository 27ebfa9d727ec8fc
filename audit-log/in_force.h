/* The policy that a workspace goes by: what its log adopted last, or else policy.json beside it, which nobody signed.
 * Everything that judges, reports or shows asks here, so that a follower, who has the log and no such file, goes by
 * the same policy. What was offered and signed is offers.h's; whether enough signed is judged when it is taken in. */
#ifndef SETGOV_AUDIT_LOG_IN_FORCE_H
#define SETGOV_AUDIT_LOG_IN_FORCE_H

#include "audit-log/offers.h"

struct in_force {
	const struct policy *adopted; /* what the log adopted last; NULL: nothing */
	const struct policy *policy;  /* that, or else the file's; NULL: neither is there */
	bool differs;                 /* the file is there, and is another policy than the adopted one */
};
/* Both live in the arena. Errors are the file's, located as policy_file_read() does, or the log's. */
MUST_CHECK bool in_force_read(struct workspace *ws, struct arena *a, const struct offers *all, struct in_force *out,
			      struct err *e);

/* Where the workspace's file is, whether it is there or not. */
const char *policy_file(struct arena *a, const struct workspace *ws);
/* Any such file, read; errors are located: "policies/mainnet.json:41: rules[3].bounds.perDay.max: …". */
MUST_CHECK bool policy_file_read(struct arena *a, struct policy *out, const char *path, struct err *e);

#endif
