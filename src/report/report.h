/* A report: what it says, before it is HTML, JSON, CSV or Markdown. All four are written from this one value, so that
 * the same facts stand in each, in the same order. It is sections of tables; a row names the log lines that it rests
 * on, and the evidence carries those lines with their proofs. Pure: it reads no log and fetches nothing; facts_*.c fill
 * it. All text in it is UTF-8 in the arena, as it was logged: whoever writes it out makes it harmless for his format.
 */
#ifndef SETGOV_REPORT_REPORT_H
#define SETGOV_REPORT_REPORT_H

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/time.h"
#include "src/proof/merkle.h"

#define REPORT_FORMAT "setgov-report/1"

enum report_kind { REPORT_CHANGE, REPORT_PERIOD, REPORT_MEETING, REPORT_DEPLOYMENT, N_REPORT_KINDS };

/* How a row stands: a reader who sees no colours reads it as a word. */
enum report_mark { REPORT_PLAIN, REPORT_AS_IT_SHOULD, REPORT_LOOK, REPORT_FINDING };

struct report_row {
	const char **cells;           /* as many as the section has columns; never NULL, "" where nothing is known */
	enum report_mark mark;
	uint64_t *lines;              /* the seqs it rests on, ascending */
	size_t n_lines;
	struct report_row *next;
};

/* What a table is drawn as beside its rows: never instead of them. */
enum report_picture { PICTURE_NONE, PICTURE_BARS, PICTURE_SPANS };

struct report_section {
	const char *id;               /* stable: "approvals"; the member in JSON, the file's middle in CSV */
	const char *title;
	const char *text;             /* a paragraph before the table, or NULL */
	const char *const *columns;   /* field names as auditors ask for them, e.g. "decided_at" */
	size_t n_columns;             /* 0: no table */
	struct report_row *first, *last;
	size_t n;
	enum report_picture picture;
	/* BARS: this column's number for that label. SPANS: from this column's time to that one's, a bar a row. */
	size_t label, value, until;
	struct report_section *next;
};

/* A line that the report speaks of. */
struct report_line {
	uint64_t seq;
	struct hash32 leaf;
	struct span raw;              /* its bytes; empty when it is withheld */
	const char *withheld;         /* why, or NULL: then it has no path either */
	/* From the leaf to the root of the evidence's checkpoint. A line with seq >= evidence.size is newer than the
	 * checkpoint: nothing vouches for it, and it has none. */
	struct { const struct hash32 *hash; size_t n; } path;
	struct report_line *next;
};

/* The root of fewer lines, which stands elsewhere too: in the salt of an operation on chain, under a cosignature.
 * Whoever reads it there has a root that nobody here could have made up. */
struct report_root {
	struct tree_head head;
	const char *where;            /* what to look up, and where: "the salt of operation 0x…, transaction 0x…" */
	/* The proof that the evidence's tree goes on from this one (RFC 6962, 2.1.2). */
	struct { const struct hash32 *hash; size_t n; } growth;
	struct report_root *next;
};

/* An owner's signature over a step that is on chain: what line `seq`, signature.added, has the digest of. */
struct report_approval {
	uint64_t seq;
	struct span bytes;            /* 65 */
};

struct report_evidence {
	const char *origin, *vkey;
	struct span checkpoint;       /* the signed note, whole, over `size` lines */
	uint64_t size;
	struct hash32 root;
	struct report_line *first, *last;    /* by seq */
	size_t n;
	struct report_root *roots;           /* by size; NULL: none that we know of */
	struct report_approval *approvals;   /* by seq; of the lines that are carried, under the checkpoint */
	size_t n_approvals;
	/* The line report.made that has this report's digests, once it was logged; NULL before, and where none was.
	 * It is one of the lines. */
	const struct report_line *made;
};

struct report {
	enum report_kind kind;
	const char *title;            /* "Change SC-7: sequencer rotated" */
	const char *subject;          /* "SC-7", a period, a meeting's id, a deployment's name */
	const char *deployment;       /* its name */
	struct hash32 deployment_id;
	struct unix_time made;        /* by this machine's clock */
	struct report_section *first, *last;
	struct report_evidence evidence;
};

/* `columns` outlives the report: a static array. */
struct report_section *report_section(struct arena *a, struct report *r, const char *id, const char *title,
				      const char *const *columns, size_t n_columns);
/* A row with all its cells empty. */
struct report_row *report_row(struct arena *a, struct report_section *s);
/* `column` is a name of the section's; another is a bug. The text is copied. */
void report_set(struct arena *a, const struct report_section *s, struct report_row *row, const char *column,
		struct span text);
/* The row rests on this line, too. */
void report_rests_on(struct arena *a, struct report_row *row, uint64_t seq);
size_t report_marked(const struct report *r, enum report_mark mark);
/* "1 finding, 3 to look at": of that section or, s == NULL, of them all, then also "no finding, nothing to look at". */
void report_marks(struct buf *out, const struct report *r, const struct report_section *s);
/* What a mark says, for whoever meets one. */
const char *report_marks_mean(void);
const char *report_kind_name(enum report_kind k);      /* "change" */
const char *report_mark_name(enum report_mark m);      /* "", "as it should be", "look", "finding" */

#endif
