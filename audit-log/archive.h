/* Old blobs go into a segment (segment.h), which is read back whole, and only then, by a second person's word, out of
 * the log. FORMAT.md, section 16. */
#ifndef SETGOV_AUDIT_LOG_ARCHIVE_H
#define SETGOV_AUDIT_LOG_ARCHIVE_H

#include "audit-log/segment.h"

struct archiving {
	const char *dir;              /* of the segment; its last name is what lines call it */
	struct retention retention;
	struct span actor, auth;
};
struct archived {
	bool gone;                    /* else it was asked for: somebody else has to say the same */
	uint64_t seq;                 /* of the line that was written, or that decided it before */
	const char *asker;            /* in the arena */
	size_t blobs;
	uint64_t bytes;
	struct hash32 segment;        /* SHA-256 of its list */
	struct hash32 retention;      /* and of the table that it follows; zeros where no line was written */
	bool wal_left;                /* as in erase.h */
};
/* The first person's call writes the segment, reads it back and asks; the same by another person reads it back
 * again and takes its blobs' bytes out of the log. A restored copy that has them again loses them again without a
 * further line. ERR_REFUSED: "NOTHING" (no blob's time is over), "TWO-PEOPLE" (the same one asked), "SEGMENT" (it
 * is not whole), "IN-USE" (a blob of it is not to go: it is named by a newer line, or too young), "ARCHIVED" (its
 * bytes are gone already), and those of log_begin() and log_export_tiles(). */
MUST_CHECK bool log_archive(struct log *l, struct arena *a, struct archived *out, const struct archiving *what,
			    struct err *e);

#endif
