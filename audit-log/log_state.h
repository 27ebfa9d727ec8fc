/* What an open log holds: for log*.c, census.c and those that write to it, append.c, keys.c, erase.c, backup.c and
 * follow.c. log.c opens; log_lines.c, log_lines_of.c, log_blobs.c and log_tree.c read; log_remembered.c holds it
 * against what this machine has seen. */
#ifndef SETGOV_AUDIT_LOG_LOG_STATE_H
#define SETGOV_AUDIT_LOG_LOG_STATE_H

#include "audit-log/append.h"
#include "audit-log/census.h"
#include "audit-log/log.h"
#include "src/gov/log_keys.h"

struct log_tail {                     /* where the next line goes */
	struct frontier tree;
	struct hash32 leaf;           /* of the last line: the next prev */
	struct unix_time time;        /* of the last line */
	uint64_t blobs, checkpoints;  /* how many rows */
};

struct log {
	char *dir;
	struct store *store;
	enum log_mode mode;
	struct arena arena;           /* the keys */
	struct log_keys keys;         /* the last one signs */
	uint8_t seed[32];             /* its own, LOG_APPEND; wiped by log_release() */
	char *remember;               /* the file, or NULL */
	uint64_t remembered;          /* size of what is remembered there, as far as this process knows */
	struct log_tail tail;
	struct log_hints hints;
	struct census *census;        /* census_of(); NULL until then */

	bool in_transaction;
	bool keyless;                 /* the key is lost, and a new one is about to be put in its place */
	bool broken;                  /* a commit failed: what is on disk is not known */
	bool dirty;                   /* committed since the last remember */
	bool signed_now;              /* this transaction has a checkpoint */
	struct log_tail before;       /* the tail when the transaction began */
	bool have_version;
	uint32_t version;             /* store_version() when the tail was what it is */
	size_t keys_before;
};

#define LOG_DB "log.db"
#define LOG_KEY "log.key"
#define LOG_KEY_NEXT "log.key.next"  /* while the key is being changed */
#define LOG_KEY_SUCCESSOR "log.key.successor"   /* while owners sign for it */
#define LOG_FORMAT "setgov-log/1"

struct log *log_new(const char *dir, enum log_mode mode);
/* Reads lines 0 and the last, and the tree's right edge. `path` is the database file. */
MUST_CHECK bool log_attach(struct log *l, const char *path, const struct log_options *options, struct err *e);
MUST_CHECK bool log_load_tail(struct log *l, struct err *e);
MUST_CHECK bool log_demand_seq(const struct log *l, uint64_t seq, struct err *e);
/* The row, appended to raw, when its bytes hash to the leaf beside them and say its own number. */
MUST_CHECK bool log_read_row(struct log *l, uint64_t seq, struct hash32 *leaf, struct buf *raw, struct err *e);
/* The checkpoint remembered outside. *found false: there is none. */
MUST_CHECK bool log_read_remembered(struct log *l, struct tree_head *out, bool *found, struct err *e);
/* How many checkpoints there are over at most `size` lines. */
MUST_CHECK bool log_checkpoints_up_to(struct log *l, uint64_t size, uint64_t *out, struct err *e);
/* Adds the keys that took over since those that are known. */
MUST_CHECK bool log_find_keys(struct log *l, struct err *e);
/* l->seed from the file, which has to hold the key that the log names now. ERR_REFUSED "LOG-KEY". */
MUST_CHECK bool log_read_seed(struct log *l, struct err *e);
MUST_CHECK bool log_write_seed(const char *path, struct span origin, const uint8_t seed[32], struct err *e);
/* Within a transaction: the time for the next line, behind a line that says so when the clock has stepped back; and
 * that line. */
MUST_CHECK bool log_step_clock(struct log *l, const struct line *cause, struct unix_time *now, struct err *e);
MUST_CHECK bool log_put_line(struct log *l, struct line *line, struct unix_time now, struct err *e);

#endif
