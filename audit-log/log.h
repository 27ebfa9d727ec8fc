/* The change log: opening it and reading it. Writing is append.h. A directory holds
 *
 *     log.db        the trusted file (store.h): the only state of record
 *     log.key       the log key, 0600: signs checkpoints, can move nothing on chain; whoever has it may append.
 *                   keys.h changes it
 *     views.db      disposable (views.h)
 *
 * Everything read is re-hashed and compared with the leaf or digest that was stored; what does not agree is
 * ERR_MISMATCH, and never handed out. */
#ifndef SETGOV_AUDIT_LOG_LOG_H
#define SETGOV_AUDIT_LOG_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit-log/store.h"
#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/proof/line.h"
#include "src/proof/merkle.h"
#include "src/proof/note.h"

struct log;

enum log_mode { LOG_READ, LOG_APPEND };

struct log_options {
	/* A directory outside the log's own where the newest checkpoint this machine saw is remembered, in
	 * <sha256(origin) hex>.checkpoint; $XDG_STATE_HOME/setgov, say. NULL: nothing is remembered or compared. */
	const char *remember;
};

/* ERR_MISSING: no log there. ERR_REFUSED: "SCHEMA", "FILE-SYSTEM", "LOG-DAMAGED" (its beginning or its end does not
 * hash to what it says); for LOG_APPEND also "LOG-SHORT" (fewer lines than remembered: cut off, or an old copy),
 * "LOG-FORKED" (another history than remembered), "LOG-REMEMBERED" (what is remembered cannot be read), "LOG-KEY" (no
 * key, another key, or one that others can read). `options` may be NULL. */
MUST_CHECK struct log *log_open(const char *dir, enum log_mode mode, const struct log_options *options, struct err *e);
/* NULL is fine. A transaction that is open is given up; what was committed is remembered. */
void log_release(struct log *l);

/* Lines 0..size-1. Inside a transaction the lines added so far count. In LOG_READ it is the size at open or at the last
 * log_refresh(). */
uint64_t log_size(const struct log *l);
struct tree_head log_head(const struct log *l);
MUST_CHECK bool log_refresh(struct log *l, struct err *e);
const char *log_dir(const struct log *l);
struct span log_origin(const struct log *l);
const struct note_key *log_key(const struct log *l);       /* that signs now: line 0's, or a later line's */
/* That signs checkpoints over `size` lines. */
const struct note_key *log_key_at(const struct log *l, uint64_t size);
struct hash32 log_last_leaf(const struct log *l);          /* the next line's prev */

/* The bytes of a line, appended to `raw`. */
MUST_CHECK bool log_line(struct log *l, uint64_t seq, struct buf *raw, struct err *e);
/* The same, parsed; lives in the arena. */
MUST_CHECK bool log_line_read(struct log *l, struct arena *a, uint64_t seq, struct line *out, struct err *e);
/* Lines from..to-1 in order (to is cut to the size), each re-hashed and its prev compared with the line before. `raw`
 * is borrowed for the call. fn returns false with an error to stop. */
typedef bool log_line_fn(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e);
MUST_CHECK bool log_each(struct log *l, uint64_t from, uint64_t to, log_line_fn *fn, void *ctx, struct err *e);
/* Every line of a change, or of any of these kinds, in order: what packet, collect and submit decide on. The log may be
 * told where to look (log_set_hints); what it is told is taken only when it is complete (census.h), and otherwise the
 * whole file is read. Each line is re-hashed. */
MUST_CHECK bool log_each_of_change(struct log *l, struct span change, log_line_fn *fn, void *ctx, struct err *e);
MUST_CHECK bool log_each_of_kinds(struct log *l, const char *const kinds[], size_t n, log_line_fn *fn, void *ctx,
				  struct err *e);
/* Each of these lines, re-hashed: all that anybody asks for, not all that there are. */
struct seqs { uint64_t *seq; size_t n; };                  /* ascending; in an arena */
/* The numbers of every line of these kinds, as complete as log_each_of_kinds(): for reports. */
MUST_CHECK bool log_seqs_of_kinds(struct log *l, struct arena *a, const char *const kinds[], size_t n,
				  struct seqs *out, struct err *e);
MUST_CHECK bool log_each_of(struct log *l, const struct seqs *seqs, log_line_fn *fn, void *ctx, struct err *e);
/* The line whose id this is, looking backwards from the end to `from`: did it go in? ERR_MISSING. */
MUST_CHECK bool log_find_id(struct log *l, const uint8_t id[16], uint64_t from, uint64_t *seq, struct err *e);

/* A blob's bytes, appended, by the digest a line names. ERR_MISSING, with other words where they were taken out.
 * `class` may be NULL. */
MUST_CHECK bool log_blob(struct log *l, const struct hash32 *digest, struct buf *bytes, enum blob_class *class,
			 struct err *e);
/* What a user keeps of this log: malloc'd "dir/<sha256(origin) hex>", and the ending, ".checkpoint". */
char *log_state_path(const struct log *l, const char *dir, const char *ending);

/* Where to look first. Each returns false when it does not know; what it says is checked. Set by views_open(); without
 * them, blobs and lines are found by scanning. */
struct log_hints {
	void *ctx;
	bool (*blob)(void *ctx, const struct hash32 *digest, uint64_t *row);
	/* The lines of a change, of any of n kinds, among the first *upto lines; the log reads those behind them. */
	bool (*of_change)(void *ctx, struct arena *a, struct span change, struct seqs *out, uint64_t *upto);
	bool (*of_kinds)(void *ctx, struct arena *a, const char *const kinds[], size_t n, struct seqs *out,
			 uint64_t *upto);
};
void log_set_hints(struct log *l, const struct log_hints *hints);      /* NULL: none */
/* It knows where to look for lines, and what it was told was complete so far: what was not is not asked again. */
bool log_is_hinted(const struct log *l);

/* Every blob row from row number `from` on; the bytes are unread. */
struct blob_row {
	uint64_t row;
	struct hash32 digest;
	enum blob_class class;
	uint64_t bytes;               /* how many */
	bool emptied;                 /* its bytes were taken out: erased (private) or archived (public) */
};
typedef bool log_blob_fn(void *ctx, const struct blob_row *row, struct err *e);
MUST_CHECK bool log_each_blob(struct log *l, uint64_t from, log_blob_fn *fn, void *ctx, struct err *e);

/* A row without bytes under a name that is not that of no bytes. */
bool log_blob_is_emptied(const struct hash32 *digest, uint64_t n);

/* That row, bytes re-hashed and appended. ERR_MISSING: it was emptied. */
MUST_CHECK bool log_blob_row(struct log *l, uint64_t row, struct hash32 *digest, enum blob_class *class,
			     struct buf *bytes, struct err *e);

/* The tree's nodes, as they are stored. */
struct merkle_nodes log_nodes(struct log *l);
/* From the tree's nodes. size <= log_size(). */
MUST_CHECK bool log_root_at(struct log *l, uint64_t size, struct hash32 *out, struct err *e);
MUST_CHECK bool log_path(struct log *l, uint64_t seq, uint64_t size, struct merkle_path *out, struct err *e);
MUST_CHECK bool log_consistency(struct log *l, uint64_t old, uint64_t size, struct merkle_path *out, struct err *e);
/* The newest signed checkpoint in the file, and the newest over exactly `size` lines. ERR_MISSING. */
MUST_CHECK bool log_newest_checkpoint(struct log *l, struct buf *note, struct tree_head *head, struct err *e);
MUST_CHECK bool log_checkpoint_at(struct log *l, uint64_t size, struct buf *note, struct err *e);
/* Compares the log with what is remembered outside it, as log_open(LOG_APPEND) does. Nothing remembered is true. */
MUST_CHECK bool log_check_remembered(struct log *l, struct err *e);
bool log_is_remembered(const struct log *l);               /* log_check_remembered() found something to compare with */

#endif
