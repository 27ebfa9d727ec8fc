/* Taking a private blob's bytes out of the log, by two people; its digest and every line stay. FORMAT.md, section 16.
 * Copies that left this file (backups, the disk's own past) are not reached. */
#ifndef SETGOV_AUDIT_LOG_ERASE_H
#define SETGOV_AUDIT_LOG_ERASE_H

#include "audit-log/removals.h"

struct erasing {
	const struct hash32 *blob;
	struct span actor, auth, reason;      /* reason: of whoever asks; its words stay in the log */
};
struct erased {
	bool gone;                    /* else it was asked for: somebody else has to say the same */
	uint64_t seq;                 /* of the line that was written, or that decided it before */
	const char *asker;            /* in the arena */
	bool wal_left;                /* others read the file and hold up the last step: the WAL still has the bytes */
};
/* The first person's call asks, one by another person erases. One that two people agreed to before, and whose bytes a
 * restored copy has again, is erased again without a further line. ERR_MISSING: no such blob. ERR_REFUSED
 * "NOT-PRIVATE" (a row of it is public or bearer), "TWO-PEOPLE" (the same one asked), "ERASED" (it is gone already),
 * and those of log_begin(). */
MUST_CHECK bool log_erase(struct log *l, struct arena *a, struct erased *out, const struct erasing *what,
			  struct err *e);

/* Within a transaction: the bytes of a row; ERR_REFUSED "BEARER" where they are a signature anybody could use. */
MUST_CHECK bool log_empty_blob(struct log *l, uint64_t row, struct err *e);
/* After the commit: no byte of it is left in the WAL. false: somebody else reads, and whoever closes last does it. */
MUST_CHECK bool log_settle(struct log *l);

#endif
