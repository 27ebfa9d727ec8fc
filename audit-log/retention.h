/* Which blobs lines name, and how long each class of them stays on line before an archive may take it (segment.h). What
 * is in no class always stays: profiles, cores, policies, releases, signatures, raw transactions; without them nothing
 * could be verified. So do all lines. Time is counted from the newest line of the change. */
#ifndef SETGOV_AUDIT_LOG_RETENTION_H
#define SETGOV_AUDIT_LOG_RETENTION_H

#include "audit-log/log.h"

#define RETENTION_LEAST_MONTHS 12u

/*        kind                 member          class          months on line; 0: for good
 *                                                            may_stay: an export may lack it, for it is a signature
 *                                                            that anybody could use, or personal data */
#define BLOB_NAMES(B) \
	B("log.opened",        "profile",      "",            0, false) \
	B("deployment.adopted", "profile",     "",            0, false) \
	B("change.drafted",    "attachments",  "attachments", 84, true) \
	B("change.proposed",   "attachments",  "attachments", 84, true) \
	B("step.packed",       "core",         "",            0, false) \
	B("step.packed",       "evidence",     "evidence",    84, false)     /* previews and proofs */ \
	B("signature.added",   "signature",    "",            0, true) \
	B("submit.intended",   "data",         "",            0, true) \
	B("submit.intended",   "raw",          "",            0, true) \
	B("step.mined",        "receipt",      "receipts",    84, false) \
	B("step.failed",       "receipt",      "receipts",    84, false) \
	B("meeting.closed",    "minutes",      "minutes",     84, true) \
	B("releases.adopted",  "releases",     "",            0, false) \
	B("policy.judged",     "facts",        "facts",       84, false) \
	B("policy.judged",     "evidence",     "facts",       84, false) \
	B("policy.judged",     "proposal",     "facts",       84, false) \
	B("policy.judged",     "policy",       "",            0, false) \
	B("policy.offered",    "policy",       "",            0, false) \
	B("policy.offered",    "previous",     "",            0, false) \
	B("policy.adopted",    "policy",       "",            0, false) \
	B("policy.adopted",    "previous",     "",            0, false) \
	B("person.named",      "name",         "",            0, true) \
	B("log.archive-asked", "segment",      "",            0, false) \
	B("log.archived",      "segment",      "",            0, false)

struct blob_name {
	const char *kind, *member, *class;
	unsigned months;
	bool may_stay;
};
/* Each blob that the line names. */
typedef void blob_name_fn(void *ctx, const struct line *l, const struct hash32 *digest, const struct blob_name *name);
void blob_names(const struct line *l, blob_name_fn *fn, void *ctx);

struct retained {                     /* a blob that may go into an archive */
	struct hash32 digest;
	uint64_t bytes;
};
struct retention {
	struct unix_time before;      /* named only by lines before this, of changes whose newest line is */
	unsigned months;              /* at least RETENTION_LEAST_MONTHS; 0: each class's own */
};
/* Public blobs whose time on line is over at `now` and whose bytes are here, by digest; in the arena. */
MUST_CHECK bool retention_choose(struct log *l, struct arena *a, struct retained **out, size_t *n,
				 const struct retention *r, struct unix_time now, struct err *e);

#endif
