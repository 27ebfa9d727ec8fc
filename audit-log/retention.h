/* Which blobs lines name, and how long each class of them stays on line before an archive may take it (segment.h). What
 * is in no class always stays: profiles, cores, policies, releases, signatures, raw transactions; without them nothing
 * could be verified. So do all lines. Time is counted from the newest line of the change. */
#ifndef SETGOV_AUDIT_LOG_RETENTION_H
#define SETGOV_AUDIT_LOG_RETENTION_H

#include "audit-log/log.h"
#include "src/policy/policy.h"

/*        kind                 member          class; "": for good
 *                                                         may_stay: an export may lack it, for it is a signature
 *                                                         that anybody could use, or personal data */
#define BLOB_NAMES(B) \
	B("log.opened",        "profile",      "", false) \
	B("deployment.adopted", "profile",     "", false) \
	B("change.drafted",    "attachments",  "attachments", true) \
	B("change.proposed",   "attachments",  "attachments", true) \
	B("step.packed",       "core",         "", false) \
	B("step.packed",       "evidence",     "evidence", false)     /* previews and proofs */ \
	B("signature.added",   "signature",    "", true) \
	B("submit.intended",   "data",         "", true) \
	B("submit.intended",   "raw",          "", true) \
	B("step.mined",        "receipt",      "receipts", false) \
	B("step.failed",       "receipt",      "receipts", false) \
	B("meeting.closed",    "minutes",      "minutes", true) \
	B("policy.judged",     "facts",        "facts", false) \
	B("policy.judged",     "evidence",     "facts", false) \
	B("policy.judged",     "proposal",     "facts", false) \
	B("policy.judged",     "policy",       "", false) \
	B("policy.offered",    "policy",       "", false) \
	B("policy.offered",    "previous",     "", false) \
	B("policy.adopted",    "policy",       "", false) \
	B("policy.adopted",    "previous",     "", false) \
	B("releases.offered",  "releases",     "", false) \
	B("releases.offered",  "previous",     "", false) \
	B("releases.adopted",  "releases",     "", false) \
	B("releases.adopted",  "previous",     "", false) \
	B("person.named",      "name",         "", true) \
	B("log.archive-asked", "segment",      "", false) \
	B("log.archive-asked", "retention",    "", false) \
	B("log.archived",      "segment",      "", false) \
	B("log.archived",      "retention",    "", false)

struct blob_name {
	const char *kind, *member, *class;    /* one of kept_class_names, or "" */
	bool may_stay;
};
/* Each blob that the line names. */
typedef void blob_name_fn(void *ctx, const struct line *l, const struct hash32 *digest, const struct blob_name *name);
void blob_names(const struct line *l, blob_name_fn *fn, void *ctx);

/* How many months each class stays: what a policy says (NULL: none), or `all` of them the same number; 0: not wished.
 * Written it is canonical JSON, {"attachments":84,…} with every class: a blob, which lines name that remove by it. */
struct retention_table { unsigned months[N_KEPT]; };
struct retention_table retention_of(const struct policy *p, unsigned all);
void retention_write(struct buf *out, const struct retention_table *t);
/* Strict: what retention_write() writes, and nothing else. Errors name the member and the byte. */
MUST_CHECK bool retention_parse(struct arena *a, struct retention_table *out, struct span text, struct err *e);

struct retained {                     /* a blob that may go into an archive */
	struct hash32 digest;
	uint64_t bytes;
};
struct retention {
	struct unix_time before;      /* named only by lines before this, of changes whose newest line is */
	struct retention_table table;
};
/* Public blobs whose time on line is over at `now` and whose bytes are here, by digest; in the arena. */
MUST_CHECK bool retention_choose(struct log *l, struct arena *a, struct retained **out, size_t *n,
				 const struct retention *r, struct unix_time now, struct err *e);

#endif
