/* Which blobs lines name: FORMAT.md, section 6. A verifier asks what has to be there, an archive and an audit what each
 * of them is. */
#ifndef SETGOV_AUDIT_LOG_BLOB_NAMES_H
#define SETGOV_AUDIT_LOG_BLOB_NAMES_H

#include "src/crypto/hash.h"
#include "src/proof/line.h"

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

#endif
