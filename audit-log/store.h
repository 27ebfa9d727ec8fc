/* log.db, the trusted file: rows in, rows out, in one SQLite database that is only ever appended to; a blob's
 * bytes, and nothing else, can be taken out again. Knows tables and nothing of what lines mean; log.h stands on it.
 * With views.h and events.h the only user of sqlite3.
 *
 * What holds a mistake back: STRICT tables, triggers, DEFENSIVE, an authorizer that allows reading and inserting, the
 * one statement that empties a blob, and nothing else. What finds a crime is verify.h. No index: a doctored one hides
 * rows. */
#ifndef SETGOV_AUDIT_LOG_STORE_H
#define SETGOV_AUDIT_LOG_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"

struct store;

enum store_mode {
	STORE_READ,           /* works on read-only media too */
	STORE_APPEND,
	STORE_EXAMINE,        /* STORE_READ without refusing a foreign schema: for verify.c */
};
enum blob_class { BLOB_PUBLIC, BLOB_BEARER, BLOB_PRIVATE };
const char *blob_class_name(enum blob_class c);

/* ERR_REFUSED "FILE-SYSTEM": NFS, SMB, 9p and the like, whose locks do not keep two writers apart. `dir` must exist. */
MUST_CHECK bool store_check_file_system(const char *dir, struct err *e);
/* The table behind it: NULL for a file system type (statfs f_type) that is good enough, else its name. */
const char *store_file_system_refused(uint64_t f_type);

/* A new file with the schema and no rows, mode 0600. ERR_REFUSED "EXISTS". */
MUST_CHECK bool store_create(const char *path, struct err *e);
/* The whole file as of now into a new one, mode 0600, while others may write to it; durable when it returns. What was
 * copied is not judged. ERR_REFUSED "EXISTS". */
MUST_CHECK bool store_copy(const char *from, const char *to, struct err *e);
/* NULL with ERR_MISSING (no such file), ERR_REFUSED "SCHEMA" (not ours, or something was added to it), ERR_IO. */
MUST_CHECK struct store *store_open(const char *path, enum store_mode mode, struct err *e);
void store_release(struct store *s);            /* NULL is fine; an open transaction is rolled back */

/* BEGIN IMMEDIATE: one writer at a time, others wait up to 20 seconds. */
MUST_CHECK bool store_begin(struct store *s, struct err *e);
/* After false the rows may or may not survive a power cut: open the file anew and look. */
MUST_CHECK bool store_commit(struct store *s, struct err *e);
void store_rollback(struct store *s);
/* Changes whenever anybody commits, this store too. Inside a transaction, or right after store_commit(). */
MUST_CHECK bool store_version(struct store *s, uint32_t *out, struct err *e);
/* A read transaction: everything until store_read_end() is seen as of now. */
MUST_CHECK bool store_read_begin(struct store *s, struct err *e);
void store_read_end(struct store *s);
bool store_in_transaction(const struct store *s);      /* of either kind */

/* Rows are numbered from 0 without gaps; these append row number `at`, which must be the next. */
MUST_CHECK bool store_put_line(struct store *s, uint64_t at, const struct hash32 *leaf, struct span line,
			       struct err *e);
MUST_CHECK bool store_put_node(struct store *s, uint64_t at, const struct hash32 *node, struct err *e);
MUST_CHECK bool store_put_checkpoint(struct store *s, uint64_t at, uint64_t size, struct span note, struct err *e);
MUST_CHECK bool store_put_blob(struct store *s, uint64_t at, const struct hash32 *digest, enum blob_class class,
			       struct span bytes, struct err *e);

/* Takes the bytes of a public or private blob out, within a transaction; digest and class stay. Freed pages are
 * overwritten with zeros. */
MUST_CHECK bool store_empty_blob(struct store *s, uint64_t i, struct err *e);
/* After the commit: the WAL, which still has the bytes as they once were written, goes into the file and is cut to
 * nothing. false: others read, and hold it up; the next who closes the file last does it. */
MUST_CHECK bool store_truncate_wal(struct store *s, struct err *e);

/* How many rows: one more than the largest number. */
enum store_table { STORE_LINES, STORE_NODES, STORE_CHECKPOINTS, STORE_BLOBS };
MUST_CHECK bool store_count(struct store *s, enum store_table t, uint64_t *out, struct err *e);

/* One row; `out` is appended to, and may be NULL where only the rest is wanted. ERR_MISSING "no line 12". What is read
 * is not checked here beyond its shape (ERR_MISMATCH: a hash that is not 32 bytes). */
MUST_CHECK bool store_line(struct store *s, uint64_t seq, struct hash32 *leaf, struct buf *out, struct err *e);
MUST_CHECK bool store_node(struct store *s, uint64_t i, struct hash32 *out, struct err *e);
MUST_CHECK bool store_checkpoint(struct store *s, uint64_t i, uint64_t *size, struct buf *note, struct err *e);
MUST_CHECK bool store_blob(struct store *s, uint64_t i, struct hash32 *digest, enum blob_class *class,
			   struct buf *bytes, struct err *e);

/* Scans, in row order, by the table itself. step() has three answers. The spans are borrowed until the next step. */
enum store_step { STORE_ROW, STORE_DONE, STORE_ERROR };
struct store_row {
	uint64_t i;                   /* seq of a line */
	struct hash32 hash;           /* leaf, node, digest; zero for a checkpoint */
	bool hash_ok;                 /* it was 32 bytes */
	uint64_t size;                /* checkpoint: over so many lines; blob: how many bytes */
	enum blob_class class;        /* blob */
	struct span bytes;            /* line, note, blob; of blobs only when asked for */
};
struct store_scan;
/* Rows numbered from..to-1 (to: UINT64_MAX = all). `bytes` false leaves a blob's bytes on disk. */
struct store_scan *store_scan_new(struct store *s, enum store_table t, uint64_t from, uint64_t to, bool bytes,
				  struct err *e);
MUST_CHECK enum store_step store_scan_step(struct store_scan *scan, struct store_row *row, struct err *e);
void store_scan_free(struct store_scan *scan);

/* The same rows, lines or nodes, handed to fn within SQLite's own loop: for whoever reads all of a large log. fn
 * returns false to stop. *all: every row there is was taken. */
typedef bool store_visit_fn(void *ctx, const struct store_row *row);
MUST_CHECK bool store_visit(struct store *s, enum store_table t, uint64_t from, uint64_t to, store_visit_fn *fn,
			    void *ctx, bool *all, struct err *e);

/* For verify: SQLite's own check of the file's structure, and every difference between sqlite_schema and ours. Each
 * finding is one call of fn. false only when the check itself could not run. */
MUST_CHECK bool store_check_integrity(struct store *s, void (*fn)(void *ctx, const char *text), void *ctx,
				      struct err *e);
MUST_CHECK bool store_check_schema(struct store *s, void (*fn)(void *ctx, const char *text), void *ctx, struct err *e);

/* Runs one SQL statement as a program with a bug would, under everything that holds it back: tests only. */
MUST_CHECK bool store_try_sql(struct store *s, const char *sql, struct err *e);

#endif
