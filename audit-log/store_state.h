/* What an open log.db holds, and how it speaks with SQLite: for store*.c alone. store.c opens, copies and commits;
 * store_sql.c runs statements; store_check.c knows what the file has to be; store_rows.c writes and reads rows one by
 * one, store_scan.c reads many. */
#ifndef SETGOV_AUDIT_LOG_STORE_STATE_H
#define SETGOV_AUDIT_LOG_STORE_STATE_H

#include <sqlite3.h>

#include "audit-log/store.h"

/* Every statement the program runs on the trusted file, by name. */
#define STATEMENTS(S) \
	S(BEGIN,            "BEGIN IMMEDIATE") \
	S(READ_BEGIN,       "BEGIN") \
	S(COMMIT,           "COMMIT") \
	S(ROLLBACK,         "ROLLBACK") \
	S(PUT_LINE,         "INSERT INTO lines (seq, leaf, line) VALUES (?1, ?2, ?3)") \
	S(PUT_NODE,         "INSERT INTO nodes (i, hash) VALUES (?1, ?2)") \
	S(PUT_CHECKPOINT,   "INSERT INTO checkpoints (i, size, note) VALUES (?1, ?2, ?3)") \
	S(PUT_BLOB,         "INSERT INTO blobs (i, sha256, class, bytes) VALUES (?1, ?2, ?3, ?4)") \
	S(EMPTY_BLOB,       "UPDATE blobs SET bytes = x'' WHERE i = ?1") \
	S(COUNT_LINES,      "SELECT coalesce(max(seq) + 1, 0) FROM lines") \
	S(COUNT_NODES,      "SELECT coalesce(max(i) + 1, 0) FROM nodes") \
	S(COUNT_CHECKPOINTS, "SELECT coalesce(max(i) + 1, 0) FROM checkpoints") \
	S(COUNT_BLOBS,      "SELECT coalesce(max(i) + 1, 0) FROM blobs") \
	S(GET_LINE,         "SELECT leaf, line FROM lines WHERE seq = ?1") \
	S(GET_NODE,         "SELECT hash FROM nodes WHERE i = ?1") \
	S(GET_CHECKPOINT,   "SELECT size, note FROM checkpoints WHERE i = ?1") \
	S(GET_BLOB,         "SELECT sha256, class, bytes FROM blobs WHERE i = ?1")
enum statement {
#define S(id, sql) ST_##id,
	STATEMENTS(S)
#undef S
	N_STATEMENTS
};

struct store {
	sqlite3 *db;
	char *path;
	sqlite3_stmt *st[N_STATEMENTS];
	store_visit_fn *visit;        /* while store_visit() runs */
	void *visit_ctx;
	bool visit_registered, visit_stopped;
	bool preparing;               /* one of the statements above, and not SQL from elsewhere */
};

/* ERR_IO with SQLite's words and the file; false. */
bool store_fail(const struct store *s, const char *doing, struct err *e);
/* SQL that answers nothing. */
MUST_CHECK bool store_run(const struct store *s, const char *sql, struct err *e);
/* The first column of the first row, as text. */
MUST_CHECK bool store_ask(const struct store *s, const char *sql, struct buf *out, struct err *e);
/* The same, where only one answer will do. */
MUST_CHECK bool store_demand(const struct store *s, const char *pragma, const char *wanted, struct err *e);

/* Statements are prepared on first use where open could not (a foreign schema): a missing table is then an error
 * here. */
MUST_CHECK bool store_prepare_all(struct store *s, struct err *e);
MUST_CHECK sqlite3_stmt *store_ready(struct store *s, enum statement which, struct err *e);
/* Runs one that answers nothing, and readies it for the next time. */
bool store_done(struct store *s, enum statement which, struct err *e);

struct span store_column_bytes(sqlite3_stmt *st, int column);
/* False: not of its shape, and *out is zero, or the class that is withheld most. */
bool store_column_hash(sqlite3_stmt *st, int column, struct hash32 *out);
bool store_column_class(sqlite3_stmt *st, int column, enum blob_class *out);

/* A new file gets the schema; one that is opened has to have it, and nothing else. ERR_REFUSED "SCHEMA". */
MUST_CHECK bool store_make_schema(const struct store *s, struct err *e);
MUST_CHECK bool store_demand_schema(struct store *s, struct err *e);

#endif
