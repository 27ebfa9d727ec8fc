#include "audit-log/store_state.h"

#include <inttypes.h>
#include <string.h>

/* ---- classes ----------------------------------------------------------------------------------------------------- */

static const char *const class_names[] = {
	[BLOB_PUBLIC] = "public", [BLOB_BEARER] = "bearer", [BLOB_PRIVATE] = "private"
};

const char *blob_class_name(enum blob_class c)
{
	return class_names[c];
}

/* ---- putting ----------------------------------------------------------------------------------------------------- */

static void bind_bytes(sqlite3_stmt *st, int column, struct span bytes)
{
	sqlite3_bind_blob64(st, column, bytes.n ? (const void *)bytes.p : "", bytes.n, SQLITE_STATIC);
}

static void bind_text(sqlite3_stmt *st, int column, struct span text)
{
	sqlite3_bind_text64(st, column, text.n ? (const char *)text.p : "", text.n, SQLITE_STATIC, SQLITE_UTF8);
}

/* Runs the insert whose columns have been bound. */
static bool put(struct store *s, enum statement which, struct err *e)
{
	const bool ok = store_done(s, which, e);

	sqlite3_clear_bindings(s->st[which]);
	return ok;
}

bool store_put_line(struct store *s, uint64_t at, const struct hash32 *leaf, struct span line, struct err *e)
{
	sqlite3_stmt *st = store_ready(s, ST_PUT_LINE, e);

	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, (sqlite3_int64)at);
	bind_bytes(st, 2, SPAN_HASH(leaf));
	bind_text(st, 3, line);
	return put(s, ST_PUT_LINE, e);
}

bool store_put_node(struct store *s, uint64_t at, const struct hash32 *node, struct err *e)
{
	sqlite3_stmt *st = store_ready(s, ST_PUT_NODE, e);

	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, (sqlite3_int64)at);
	bind_bytes(st, 2, SPAN_HASH(node));
	return put(s, ST_PUT_NODE, e);
}

bool store_put_checkpoint(struct store *s, uint64_t at, uint64_t size, struct span note, struct err *e)
{
	sqlite3_stmt *st = store_ready(s, ST_PUT_CHECKPOINT, e);

	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, (sqlite3_int64)at);
	sqlite3_bind_int64(st, 2, (sqlite3_int64)size);
	bind_text(st, 3, note);
	return put(s, ST_PUT_CHECKPOINT, e);
}

bool store_put_blob(struct store *s, uint64_t at, const struct hash32 *digest, enum blob_class class, struct span bytes,
		    struct err *e)
{
	sqlite3_stmt *st = store_ready(s, ST_PUT_BLOB, e);

	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, (sqlite3_int64)at);
	bind_bytes(st, 2, SPAN_HASH(digest));
	bind_text(st, 3, span_str(blob_class_name(class)));
	bind_bytes(st, 4, bytes);
	return put(s, ST_PUT_BLOB, e);
}

bool store_empty_blob(struct store *s, uint64_t i, struct err *e)
{
	sqlite3_stmt *st = store_ready(s, ST_EMPTY_BLOB, e);

	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, (sqlite3_int64)i);
	return put(s, ST_EMPTY_BLOB, e);
}

/* ---- columns ----------------------------------------------------------------------------------------------------- */

struct span store_column_bytes(sqlite3_stmt *st, int column)
{
	const void *p = sqlite3_column_blob(st, column);

	return span_of(p, (size_t)sqlite3_column_bytes(st, column));
}

bool store_column_hash(sqlite3_stmt *st, int column, struct hash32 *out)
{
	const struct span bytes = store_column_bytes(st, column);
	const bool ok = bytes.n == sizeof(out->b);

	if (ok)
		memcpy(out->b, bytes.p, sizeof(out->b));
	else
		*out = (struct hash32){0};
	return ok;
}

bool store_column_class(sqlite3_stmt *st, int column, enum blob_class *out)
{
	const struct span name = store_column_bytes(st, column);

	for (size_t i = 0; i < ARRAY_LEN(class_names); i++)
		if (span_is(name, class_names[i])) {
			*out = (enum blob_class)i;
			return true;
		}
	*out = BLOB_PRIVATE;          /* what is withheld most */
	return false;
}

/* ---- getting ----------------------------------------------------------------------------------------------------- */

bool store_count(struct store *s, enum store_table t, uint64_t *out, struct err *e)
{
	static const enum statement counts[] = { [STORE_LINES] = ST_COUNT_LINES,
						 [STORE_NODES] = ST_COUNT_NODES,
						 [STORE_CHECKPOINTS] = ST_COUNT_CHECKPOINTS,
						 [STORE_BLOBS] = ST_COUNT_BLOBS };
	sqlite3_stmt *st = store_ready(s, counts[t], e);
	bool ok;

	if (!st)
		return false;
	ok = sqlite3_step(st) == SQLITE_ROW || store_fail(s, sqlite3_sql(st), e);
	if (ok)
		*out = (uint64_t)sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return ok;
}

/* Steps a SELECT of one row by its number. The caller resets. */
static sqlite3_stmt *one_row(struct store *s, enum statement which, const char *what, uint64_t i, struct err *e)
{
	sqlite3_stmt *st = store_ready(s, which, e);
	int rc;

	if (!st)
		return NULL;
	sqlite3_bind_int64(st, 1, (sqlite3_int64)i);
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		return st;
	if (rc == SQLITE_DONE) {
		err_set(e, ERR_MISSING, ERR_NO_OFFSET, "no %s %" PRIu64, what, i);
		err_file(e, s->path, 0);
	} else {
		store_fail(s, sqlite3_sql(st), e);
	}
	sqlite3_reset(st);
	return NULL;
}

static bool misshapen(const struct store *s, const char *what, uint64_t i, struct err *e)
{
	err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "%s %" PRIu64 " is not the row it was written as", what, i);
	return err_file(e, s->path, 0);
}

bool store_line(struct store *s, uint64_t seq, struct hash32 *leaf, struct buf *out, struct err *e)
{
	sqlite3_stmt *st = one_row(s, ST_GET_LINE, "line", seq, e);
	bool ok;

	if (!st)
		return false;
	ok = store_column_hash(st, 0, leaf) || misshapen(s, "line", seq, e);
	if (ok && out)
		buf_span(out, store_column_bytes(st, 1));
	sqlite3_reset(st);
	return ok;
}

bool store_node(struct store *s, uint64_t i, struct hash32 *out, struct err *e)
{
	sqlite3_stmt *st = one_row(s, ST_GET_NODE, "node", i, e);
	bool ok;

	if (!st)
		return false;
	ok = store_column_hash(st, 0, out) || misshapen(s, "node", i, e);
	sqlite3_reset(st);
	return ok;
}

bool store_checkpoint(struct store *s, uint64_t i, uint64_t *size, struct buf *note, struct err *e)
{
	sqlite3_stmt *st = one_row(s, ST_GET_CHECKPOINT, "checkpoint", i, e);

	if (!st)
		return false;
	*size = (uint64_t)sqlite3_column_int64(st, 0);
	if (note)
		buf_span(note, store_column_bytes(st, 1));
	sqlite3_reset(st);
	return true;
}

bool store_blob(struct store *s, uint64_t i, struct hash32 *digest, enum blob_class *class, struct buf *bytes,
		struct err *e)
{
	sqlite3_stmt *st = one_row(s, ST_GET_BLOB, "blob", i, e);
	bool ok;

	if (!st)
		return false;
	ok = (store_column_hash(st, 0, digest) && store_column_class(st, 1, class)) || misshapen(s, "blob", i, e);
	if (ok && bytes)
		buf_span(bytes, store_column_bytes(st, 2));
	sqlite3_reset(st);
	return ok;
}
