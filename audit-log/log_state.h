/* What an open log holds: for log.c and append.c alone. */
#ifndef SETGOV_AUDIT_LOG_LOG_STATE_H
#define SETGOV_AUDIT_LOG_LOG_STATE_H

#include "audit-log/append.h"
#include "audit-log/log.h"

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
	struct arena arena;           /* origin and key */
	struct note_key key;
	uint8_t seed[32];             /* LOG_APPEND; wiped by log_release() */
	char *remember;               /* the file, or NULL */
	uint64_t remembered;          /* size of what is remembered there, as far as this process knows */
	struct log_tail tail;
	log_blob_hint *hint;
	void *hint_ctx;

	bool in_transaction;
	bool broken;                  /* a commit failed: what is on disk is not known */
	bool dirty;                   /* committed since the last remember */
	bool signed_now;              /* this transaction has a checkpoint */
	struct log_tail before;       /* the tail when the transaction began */
	bool have_version;
	uint32_t version;             /* store_version() when the tail was what it is */
};

#define LOG_DB "log.db"
#define LOG_KEY "log.key"
#define LOG_FORMAT "setgov-log/1"

struct log *log_new(const char *dir, enum log_mode mode);
/* Reads lines 0 and the last, and the tree's right edge. `path` is the database file. */
MUST_CHECK bool log_attach(struct log *l, const char *path, const struct log_options *options, struct err *e);
MUST_CHECK bool log_load_tail(struct log *l, struct err *e);
/* The checkpoint remembered outside. *found false: there is none. */
MUST_CHECK bool log_read_remembered(struct log *l, struct tree_head *out, bool *found, struct err *e);

#endif
