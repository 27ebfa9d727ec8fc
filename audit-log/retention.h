/* How long each class of blobs stays on line before an archive may take it (segment.h). What is in no class
 * (blob_names.h) always stays: profiles, cores, policies, releases, signatures, raw transactions; without them nothing
 * could be verified. So do all lines. Time is counted from the newest line of the change. */
#ifndef SETGOV_AUDIT_LOG_RETENTION_H
#define SETGOV_AUDIT_LOG_RETENTION_H

#include "audit-log/log.h"
#include "src/policy/policy.h"

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
