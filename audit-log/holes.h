/* Lines that were there and that nobody has any more, as the lines log.restored tell of them: FORMAT.md, section 11. A
 * restored log is whole by itself, and yet not all that happened: whoever reports on it says so. */
#ifndef SETGOV_AUDIT_LOG_HOLES_H
#define SETGOV_AUDIT_LOG_HOLES_H

#include "audit-log/log.h"

struct lost_anchor {                  /* an operation that the chain has and no line planned */
	struct hash32 operation, salt;
	uint64_t block;
};
struct log_hole {
	uint64_t seq;                 /* of its log.restored */
	struct unix_time time;
	uint64_t last;                /* the line it goes on after */
	bool known;                   /* a checkpoint was shown; otherwise nobody knows whether anything is missing */
	uint64_t seen, missing;       /* that checkpoint's lines, and how many of them are not here */
	bool asked;                   /* the chain was */
	const struct lost_anchor *anchors;
	size_t n_anchors;
};
struct log_holes { struct log_hole *v; size_t n; };

/* Every restore, oldest first, those that lost nothing too; in the arena. Complete as log_each_of_kinds() is.
 * ERR_MISMATCH or ERR_SYNTAX naming the line. */
MUST_CHECK bool log_holes(struct log *l, struct arena *a, struct log_holes *out, struct err *e);
/* A log.restored line alone. ERR_MISMATCH where it contradicts itself or the line before it. */
MUST_CHECK bool log_hole_read(struct arena *a, struct log_hole *out, const struct line *l, struct err *e);
/* Something is missing, or may be. */
bool log_hole_is_open(const struct log_hole *h);
/* "after line 300 the log goes on from a backup: lines 301 to 304 of what was are lost, …", without a full stop. */
const char *log_hole_words(struct arena *a, const struct log_hole *h);

#endif
