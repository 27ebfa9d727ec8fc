/* The policy that a workspace goes by, and the list of releases: what its log adopted last. Until the owners
 * adopted a policy it is policy.json or releases.json beside the log, which nobody signed; from then on such a
 * file only shows what was adopted, and a list that was not counts for nothing. Everything that judges, reports or
 * shows asks here, so that a follower, who has the log and no such files, goes by the same. What was offered and
 * signed is offers.h's; whether enough signed is judged when it is taken in. */
#ifndef SETGOV_AUDIT_LOG_IN_FORCE_H
#define SETGOV_AUDIT_LOG_IN_FORCE_H

#include "audit-log/offers.h"

struct in_force {
	const struct adoptable *adopted;      /* what the log adopted last; NULL: nothing */
	const struct adoptable *current;      /* that, or else the file's as above; NULL: there is none */
	const struct policy *bar;     /* the policy that says how many owners it takes (adoption_needs()); NULL: none */
	bool differs;                 /* the file is there, and another than the adopted one */
};
/* All of it lives in the arena. Errors are the file's, located as adoptable_file_read() does, or the log's. */
MUST_CHECK bool in_force_read(struct workspace *ws, struct arena *a, const struct offers *all,
			      enum adoptable_kind kind, struct in_force *out, struct err *e);

/* Where the file lies in a workspace's directory, whether it is there or not: policy.json, releases.json. */
const char *adoptable_file(struct arena *a, const char *dir, enum adoptable_kind kind);
/* Any such file, read; errors are located: "policies/mainnet.json:41: rules[3].bounds.perDay.max: …". */
MUST_CHECK bool adoptable_file_read(struct arena *a, const struct adoptable **out, enum adoptable_kind kind,
				    const char *path, struct err *e);
/* The same of whatever kind the file says that it is. */
MUST_CHECK bool adoptable_file_read_any(struct arena *a, const struct adoptable **out, const char *path,
					struct err *e);

#endif
