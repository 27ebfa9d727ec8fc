/* A segment of the log's archive: an export as tiles (export_tiles.h), and beside it segment.json, which lists the
 * blobs that are there so that they need not be here any more. FORMAT.md, section 16. */
#ifndef SETGOV_AUDIT_LOG_SEGMENT_H
#define SETGOV_AUDIT_LOG_SEGMENT_H

#include "audit-log/retention.h"

#define SEGMENT_LIST "segment.json"
#define SEGMENT_LIST_MAX ((size_t)16 << 20)

struct segment {
	struct span origin;
	struct tree_head head;        /* of the checkpoint that its tiles are under */
	struct unix_time before;
	struct retained *v;           /* by digest, each once */
	size_t n;
};
/* segment.json: canonical, strict. ERR_SYNTAX, ERR_MISSING, ERR_UNKNOWN, ERR_RANGE, ERR_MISMATCH naming the member. */
MUST_CHECK bool segment_parse(struct arena *a, struct segment *out, struct span text, struct err *e);
void segment_write(struct arena *a, struct buf *out, const struct segment *s);
const struct retained *segment_find(const struct segment *s, const struct hash32 *digest);      /* or NULL */

/* Writes one: tiles up to the newest checkpoint, blobs, and the list last, durably. The text is in the arena. Those of
 * log_export_tiles(). */
MUST_CHECK bool segment_make(struct log *l, struct arena *a, struct span *text, const char *dir,
			     const struct retained *v, size_t n, struct unix_time before, struct err *e);
/* Its list as it lies there. */
MUST_CHECK bool segment_read(struct arena *a, struct span *text, struct hash32 *digest, const char *dir,
			     struct err *e);
/* All of it read back: tiles and bundles are this log's, under a checkpoint by its key, and each blob of the list
 * hashes to its name. ERR_REFUSED "SEGMENT" says what is not so, or not there. */
MUST_CHECK bool segment_check(struct log *l, struct arena *a, struct segment *out, const char *dir, struct err *e);
/* A blob of it, re-hashed and appended. ERR_REFUSED "SEGMENT". */
MUST_CHECK bool segment_blob(struct buf *out, const char *dir, const struct hash32 *digest, struct err *e);

#endif
