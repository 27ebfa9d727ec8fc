/* What log_verify() knows so far: for verify.c and the files named below alone. verify.c says what is looked at and in
 * which order; verify_lines.c walks, and takes the others along. */
#ifndef SETGOV_AUDIT_LOG_VERIFY_STATE_H
#define SETGOV_AUDIT_LOG_VERIFY_STATE_H

#include "audit-log/removals.h"
#include "audit-log/segment.h"
#include "audit-log/store.h"
#include "audit-log/verify.h"
#include "audit-log/verify_deep.h"
#include "audit-log/withheld.h"
#include "src/gov/log_keys.h"

#define MAX_HOLES 8u
#define MAX_ARCHIVES 64u
#define MAX_CHECKS (26 + MAX_HOLES + MAX_ARCHIVES)

struct known_blob {
	struct hash32 digest;
	uint64_t row;
	enum blob_class class;
};

/* What a log.archived took out of the log. */
struct archive {
	const struct removal *done;
	struct segment list;          /* as the log keeps it */
	bool known;                   /* it does, and two people agreed */
	const char *dir;              /* where the segment is; NULL: it was not given */
	size_t emptied;
};

/* A line names a blob that is not there. Whether something excuses that is known when all lines were read. */
struct absent_blob {
	uint64_t seq;
	struct hash32 digest;
	const char *member;
};

/* Lines that came back without their blobs (log.restored). */
struct refilled {
	uint64_t from, to;
};

struct verifier {
	struct arena *arena;
	struct verify_report *report;
	struct store *store;
	struct finding *findings;
	struct verify_check checks[MAX_CHECKS];

	struct known_blob *known;     /* blobs that hash to their names, sorted */
	size_t n_known, cap_known;
	struct known_blob *emptied;   /* rows whose bytes were taken out, sorted */
	size_t n_emptied, cap_emptied;
	struct removals removals;
	struct archive *archives;     /* each log.archived, and the segment that was given for it */
	size_t n_archives;
	const struct verify_options *options;
	struct absent_blob *absent;
	size_t n_absent, cap_absent;
	struct refilled *refilled;
	size_t n_refilled, cap_refilled;
	struct deep *deep;            /* VERIFY_ALL */

	struct frontier tree;         /* over the lines seen */
	struct hash32 prev;           /* leaf of the last one */
	struct unix_time time;
	bool have_time;
	bool tree_lost;               /* a gap that the nodes could not bridge */
	struct arena scratch;         /* one line */
	struct log_keys keys;         /* n 0: line 0 names none */
	struct log_profiles profiles;
	struct span handover;         /* the checkpoint by which the key is changed, until its line comes; or empty */
	uint64_t handover_row;

	struct store_scan *nodes;
	struct store_row node;
	bool have_node;
	uint64_t nodes_seen;
	struct store_scan *checkpoints;
	struct store_row checkpoint;
	bool have_checkpoint;
	uint64_t last_checkpoint_size;
	struct withheld withheld;     /* of a follower: what its export left out */
	uint64_t not_here[N_WITHHELD];
	uint64_t cosignatures;        /* judged */
	uint64_t holes;               /* log.restored lines after which something is missing, or may be */
	const char *hole_words[MAX_HOLES];
};

/* ---- verify_report.c: what is said ------------------------------------------------------------------------------ */

void verify_find(struct verifier *v, enum finding_code code, uint64_t seq, const char *fmt, ...) PRINTF(4, 5);
/* The finding's text is `what` and then `inner`, which is cleared. */
void verify_find_error(struct verifier *v, enum finding_code code, uint64_t seq, const char *what, struct err *inner);
/* `text` lives as long as the report. */
void verify_checked(struct verifier *v, bool done, const char *what, const char *text);

/* ---- verify_blobs.c: those that are there, and those that lines name -------------------------------------------- */

/* Hashes every row again, before the lines are read. */
void verify_blobs(struct verifier *v);
/* One that hashes to its name, or NULL. */
const struct known_blob *verify_known_blob(const struct verifier *v, const struct hash32 *digest);
/* Its bytes, appended; false: it is not there, or damaged. */
bool verify_blob(const struct verifier *v, const struct hash32 *digest, struct buf *out);
/* What this line names, or says that it came back without. */
void verify_blobs_of(struct verifier *v, const struct line *l);
/* After the lines: those that were named, are not there, and that nothing excuses. */
void verify_absent(struct verifier *v);

/* ---- verify_removals.c: blobs whose bytes were taken out -------------------------------------------------------- */

void verify_take_removal(struct verifier *v, const struct line *l);
/* After the lines, in this order, verify_absent() between them. */
void verify_find_archives(struct verifier *v);
void verify_emptied(struct verifier *v);
/* A follower lacks what was archived before it followed: the list in the log says so, not the manifest. */
bool verify_was_archived(struct verifier *v, const struct hash32 *digest);
/* Segments, held against the log as others open it. */
void verify_archives(struct verifier *v, const char *dir);

/* ---- verify_checkpoints.c: they are passed by as the tree grows -------------------------------------------------- */

void verify_next_checkpoint(struct verifier *v);
/* Those over the tree as it is now; or all that are left. */
void verify_checkpoints_at(struct verifier *v, bool all);

/* ---- verify_tree.c: the nodes, beside the lines ------------------------------------------------------------------ */

void verify_next_node(struct verifier *v);
/* The leaf that the tree has at the place where the walk is; false when it has none. */
bool verify_leaf_in_tree(const struct verifier *v, struct hash32 *out);
void verify_add_leaf(struct verifier *v, const struct hash32 *leaf);
/* Lines that are gone leave their leaves in the tree, which is how the walk goes on behind them. */
void verify_bridge_gap(struct verifier *v, uint64_t to);
/* The root over the first `size` lines. `ctx` is the verifier (struct log_past). */
bool verify_root_at(void *ctx, uint64_t size, struct hash32 *out, struct err *e);

/* ---- verify_keys.c: who signs the log, and who vouches for it ---------------------------------------------------- */

/* Line 0. */
void verify_opening(struct verifier *v, const struct line *l);
/* Each other line: it may change the log key, or have to. */
void verify_keys(struct verifier *v, const struct line *l);
void verify_cosignature(struct verifier *v, const struct line *l);

/* ---- verify_lines.c: the walk ------------------------------------------------------------------------------------ */

void verify_lines(struct verifier *v);
/* Whoever can write the file can append to it, key or no key: without a signature over them, lines are anybody's. */
void verify_say_unsigned(struct verifier *v, uint64_t signed_lines, uint64_t lines);

#endif
