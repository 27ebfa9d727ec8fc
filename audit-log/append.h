/* Writing to the change log: making one, and transactions that hold several lines, blobs and a checkpoint, all of
 * them or none. Two processes may append to one log at once: each transaction takes the write lock first and re-reads
 * the head. */
#ifndef SETGOV_AUDIT_LOG_APPEND_H
#define SETGOV_AUDIT_LOG_APPEND_H

#include "audit-log/log.h"

struct log_opening {
	struct span origin;           /* the log's name in checkpoints: no white space, no '+' */
	struct span actor, auth;
	const struct json *body;      /* chainId, genesisHash, safe, timelock, deployment, profile; format, origin
	                               * and logKey are added */
	const struct span *blobs;     /* public ones that the body names, such as the profile */
	size_t n_blobs;
};
/* Makes dir if need be, a log key, and log.db with line 0 and a checkpoint over it: complete or not at all. ERR_REFUSED
 * "EXISTS" when a log or a key is there. The result is open for appending. */
MUST_CHECK struct log *log_create(const char *dir, const struct log_opening *o, const struct log_options *options,
				  struct err *e);

/* Takes the write lock and re-reads the head. ERR_REFUSED "LOG-FORKED" when the file is no longer a continuation of
 * what this log held. */
MUST_CHECK bool log_begin(struct log *l, struct err *e);
/* `line` gives kind, change, actor, auth and body; seq, id, prev and time are filled in. When the clock has stepped
 * back a line "clock.stepped-back" {from, to} by the same actor goes in first. On false the transaction is still
 * open, and only log_abort() makes sense. */
MUST_CHECK bool log_add_line(struct log *l, struct line *line, struct err *e);
/* ERR_REFUSED "ERASED": a private one whose bytes two people took out. */
MUST_CHECK bool log_add_blob(struct log *l, struct span bytes, enum blob_class class, struct hash32 *digest,
			     struct err *e);
/* Within a transaction log_head() is the root over the lines so far, log_path() the audit path in that tree. */
/* Signs a checkpoint over the lines so far, recomputed from the nodes as read back, and keeps it. `note` may be
 * NULL. */
MUST_CHECK bool log_add_checkpoint(struct log *l, struct buf *note, struct err *e);
/* Lines that this log had and lost, byte for byte, and the checkpoint that was over them all, which must be this log's:
 * same size, same root, else ERR_REFUSED "LOG-FORKED"; or the note by which its key vouched for another, over them all,
 * in the place of which a checkpoint is signed. */
MUST_CHECK bool log_refill(struct log *l, const struct span *lines, size_t n, struct span note, struct err *e);
/* Re-reads and re-hashes the rows written, then commits durably. After false nothing was written, unless e says that
 * the disk failed: then this log refuses everything until it is opened anew (log_find_id() tells). */
MUST_CHECK bool log_commit(struct log *l, struct err *e);
void log_abort(struct log *l);                 /* no transaction: nothing happens */

/* One line, one transaction. */
MUST_CHECK bool log_append(struct log *l, struct line *line, struct err *e);
/* One checkpoint over everything, one transaction; remembered too. */
MUST_CHECK bool log_checkpoint(struct log *l, struct buf *note, struct err *e);
/* Signs the head and writes it to the place outside the file (struct log_options), unless a newer one is there. commit
 * does so after a checkpoint, release in any case. */
MUST_CHECK bool log_remember(struct log *l, struct err *e);

#endif
