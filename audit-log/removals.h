/* What lines say of blobs whose bytes were taken out of the log: each time one person asks, another one agrees, and
 * the digest stays. FORMAT.md, section 16.
 *
 *     blob.erase-asked, blob.erased        one private blob, for good
 *     log.archive-asked, log.archived      the blobs that a segment's list names (segment.h) */
#ifndef SETGOV_AUDIT_LOG_REMOVALS_H
#define SETGOV_AUDIT_LOG_REMOVALS_H

#include "audit-log/log.h"

enum removal_kind { REMOVAL_ERASE, REMOVAL_ARCHIVE };
struct removal {
	enum removal_kind kind;
	bool done;                    /* somebody agreed, and the bytes went; else somebody asked */
	uint64_t seq;
	uint64_t asked;               /* done: the line in which it was asked for */
	struct hash32 what;           /* the blob; of an archive, the segment's list */
	const char *actor;
	const char *name;             /* of an archive: how the segment was called */
	struct hash32 table;          /* and how long each class stays on line (retention.h) */
};
struct removals {
	struct arena *a;
	struct removal *v;            /* in log order */
	size_t n, cap;
};

/* A line of another kind is fine, and nothing. ERR_SYNTAX, ERR_MISSING naming a member. */
MUST_CHECK bool removals_take(struct removals *r, const struct line *l, struct err *e);
/* Every line of the log, re-hashed. */
MUST_CHECK bool removals_read(struct removals *r, struct log *l, struct err *e);
/* The newest of this; NULL: there is none. */
const struct removal *removals_find(const struct removals *r, enum removal_kind kind, bool done,
				    const struct hash32 *what);
/* One that is done was asked for before, of the same, by somebody else. ERR_MISMATCH says what is not so. */
MUST_CHECK bool removals_agreed(const struct removals *r, const struct removal *done, struct err *e);

#endif
