/* What an export left out, as its manifest names it (FORMAT.md, section 7): a follower keeps the manifest beside its
 * log, so that a blob that was withheld is told from one that is missing. */
#ifndef SETGOV_AUDIT_LOG_WITHHELD_H
#define SETGOV_AUDIT_LOG_WITHHELD_H

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/proof/note.h"

#define MANIFEST "manifest.json"
#define WITHHELD_MANIFEST_MAX ((size_t)16 << 20)

enum withheld_why {
	WITHHELD_BEARER,              /* a signature that anybody could use */
	WITHHELD_PRIVATE,             /* personal data */
	WITHHELD_ERASED,              /* personal data that is gone for good (removals.h) */
	WITHHELD_ARCHIVED,            /* in a segment, and not on line any more */
	N_WITHHELD
};
struct withheld_blob {
	struct hash32 digest;
	enum withheld_why why;
};
struct withheld { struct withheld_blob *v; size_t n; };       /* by digest */

/* What the manifest says that the export is under is this checkpoint of that log, by this key. ERR_MISMATCH, and as
 * withheld_read(). */
MUST_CHECK bool manifest_is_under(struct arena *a, struct span manifest, const struct tree_head *head,
				  const struct note_key *key, struct err *e);
/* How many lines it says that the checkpoint is over. */
MUST_CHECK bool manifest_size(struct arena *a, struct span manifest, uint64_t *out, struct err *e);
/* The manifest of an export. ERR_SYNTAX, ERR_MISSING, ERR_UNKNOWN (a class that is none) naming the member. */
MUST_CHECK bool withheld_read(struct arena *a, struct withheld *out, struct span manifest, struct err *e);
const struct withheld_blob *withheld_find(const struct withheld *w, const struct hash32 *digest);      /* or NULL */

#endif
