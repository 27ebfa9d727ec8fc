#include "audit-log/store_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct store_scan {
	struct store *store;
	sqlite3_stmt *st;
	enum store_table table;
	bool bytes;
};

/* ---- step by step ------------------------------------------------------------------------------------------------ */

static const char *scan_sql(enum store_table t, bool bytes)
{
	switch (t) {
	case STORE_LINES:
		return "SELECT seq, leaf, line FROM lines WHERE seq >= ?1 AND seq < ?2 ORDER BY seq";
	case STORE_NODES:
		return "SELECT i, hash FROM nodes WHERE i >= ?1 AND i < ?2 ORDER BY i";
	case STORE_CHECKPOINTS:
		return "SELECT i, size, note FROM checkpoints WHERE i >= ?1 AND i < ?2 ORDER BY i";
	case STORE_BLOBS:
		return bytes ? "SELECT i, sha256, class, length(bytes), bytes FROM blobs WHERE i >= ?1 AND i < ?2"
			       " ORDER BY i"
			     : "SELECT i, sha256, class, length(bytes) FROM blobs WHERE i >= ?1 AND i < ?2 ORDER BY i";
	}
	BUG("no such table");
}

struct store_scan *store_scan_new(struct store *s, enum store_table t, uint64_t from, uint64_t to, bool bytes,
				  struct err *e)
{
	struct store_scan *scan = calloc(1, sizeof(*scan));

	if (!scan)
		die("out of memory");
	*scan = (struct store_scan){ .store = s, .table = t, .bytes = bytes };
	if (sqlite3_prepare_v2(s->db, scan_sql(t, bytes), -1, &scan->st, NULL) != SQLITE_OK) {
		store_fail(s, scan_sql(t, bytes), e);
		store_scan_free(scan);
		return NULL;
	}
	sqlite3_bind_int64(scan->st, 1, from > INT64_MAX ? INT64_MAX : (sqlite3_int64)from);
	sqlite3_bind_int64(scan->st, 2, to > INT64_MAX ? INT64_MAX : (sqlite3_int64)to);
	return scan;
}

enum store_step store_scan_step(struct store_scan *scan, struct store_row *row, struct err *e)
{
	sqlite3_stmt *st = scan->st;
	const int rc = sqlite3_step(st);

	if (rc == SQLITE_DONE)
		return STORE_DONE;
	if (rc != SQLITE_ROW) {
		store_fail(scan->store, "read", e);
		return STORE_ERROR;
	}
	*row = (struct store_row){ .i = (uint64_t)sqlite3_column_int64(st, 0), .hash_ok = true };
	switch (scan->table) {
	case STORE_LINES:
		row->hash_ok = store_column_hash(st, 1, &row->hash);
		row->bytes = store_column_bytes(st, 2);
		break;
	case STORE_NODES:
		row->hash_ok = store_column_hash(st, 1, &row->hash);
		break;
	case STORE_CHECKPOINTS:
		row->size = (uint64_t)sqlite3_column_int64(st, 1);
		row->bytes = store_column_bytes(st, 2);
		break;
	case STORE_BLOBS:
		row->hash_ok = store_column_hash(st, 1, &row->hash) && store_column_class(st, 2, &row->class);
		row->size = (uint64_t)sqlite3_column_int64(st, 3);
		if (scan->bytes)
			row->bytes = store_column_bytes(st, 4);
		break;
	}
	return STORE_ROW;
}

void store_scan_free(struct store_scan *scan)
{
	if (!scan)
		return;
	sqlite3_finalize(scan->st);
	free(scan);
}

/* ---- in SQLite's own loop ---------------------------------------------------------------------------------------- */

static bool value_hash(sqlite3_value *v, struct hash32 *out)
{
	const void *p = sqlite3_value_blob(v);
	const bool ok = sqlite3_value_bytes(v) == sizeof(out->b);

	if (ok)
		memcpy(out->b, p, sizeof(out->b));
	else
		*out = (struct hash32){0};
	return ok;
}

/* An aggregate's step: SQLite calls it for each row, and nothing has to be handed out and in again. */
static void visit_row(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct store *s = sqlite3_user_data(c);
	struct store_row row;

	if (s->visit_stopped)
		return;
	row.i = (uint64_t)sqlite3_value_int64(v[0]);
	row.hash_ok = value_hash(v[1], &row.hash);
	row.size = 0;
	row.class = BLOB_PRIVATE;
	row.bytes = n < 3 ? span_of(NULL, 0)
			  : span_of(sqlite3_value_blob(v[2]), (size_t)sqlite3_value_bytes(v[2]));
	if (!s->visit(s->visit_ctx, &row)) {
		s->visit_stopped = true;
		sqlite3_result_error(c, "stopped", -1);
	}
}

static void visit_end(sqlite3_context *c)
{
	sqlite3_result_null(c);
}

static bool register_visit(struct store *s, struct err *e)
{
	if (!s->visit_registered && sqlite3_create_function(s->db, "visit_row", -1, SQLITE_UTF8 | SQLITE_DIRECTONLY, s,
							    NULL, visit_row, visit_end) != SQLITE_OK)
		return store_fail(s, "visit_row", e);
	s->visit_registered = true;
	return true;
}

bool store_visit(struct store *s, enum store_table t, uint64_t from, uint64_t to, store_visit_fn *fn, void *ctx,
		 bool *all, struct err *e)
{
	const char *sql = t == STORE_LINES ? "SELECT visit_row(seq, leaf, line) FROM lines WHERE seq >= ?1 AND seq < ?2"
					   : "SELECT visit_row(i, hash) FROM nodes WHERE i >= ?1 AND i < ?2";
	sqlite3_stmt *st;
	bool ok;

	assert(t == STORE_LINES || t == STORE_NODES);
	if (!register_visit(s, e))
		return false;
	if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) != SQLITE_OK)
		return store_fail(s, sql, e);
	s->visit = fn;
	s->visit_ctx = ctx;
	s->visit_stopped = false;
	sqlite3_bind_int64(st, 1, from > INT64_MAX ? INT64_MAX : (sqlite3_int64)from);
	sqlite3_bind_int64(st, 2, to > INT64_MAX ? INT64_MAX : (sqlite3_int64)to);
	ok = sqlite3_step(st) == SQLITE_ROW || s->visit_stopped || store_fail(s, "read", e);
	sqlite3_finalize(st);
	*all = ok && !s->visit_stopped;
	return ok;
}
