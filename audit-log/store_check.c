#include "audit-log/store_state.h"

#include <string.h>
#include <sys/vfs.h>

#include "audit-log/schema.h"

#define SCHEMA_QUERY "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid"

/* ---- where it may live ------------------------------------------------------------------------------------------- */

/* WAL needs memory shared by all who write, and locks that hold: neither crosses a network. */
static const struct { uint64_t type; const char *name; } refused_file_systems[] = {
	{ 0x6969,     "NFS" },
	{ 0x517b,     "SMB" },
	{ 0xff534d42, "CIFS" },
	{ 0xfe534d42, "SMB2" },
	{ 0x01021997, "9p" },
	{ 0x5346414f, "AFS" },
	{ 0x73757245, "Coda" },
	{ 0x00c36400, "Ceph" },
	{ 0x564c,     "NCP" },
	{ 0x0bd00bd0, "Lustre" },
};

const char *store_file_system_refused(uint64_t f_type)
{
	for (size_t i = 0; i < ARRAY_LEN(refused_file_systems); i++)
		if (refused_file_systems[i].type == f_type)
			return refused_file_systems[i].name;
	return NULL;
}

bool store_check_file_system(const char *dir, struct err *e)
{
	struct statfs st;
	const char *name;

	if (statfs(dir, &st) != 0) {
		err_set(e, ERR_IO, ERR_NO_OFFSET, "cannot tell its file system: %m");
		return err_file(e, dir, 0);
	}
	name = store_file_system_refused((uint64_t)st.f_type & 0xffffffff);
	if (!name)
		return true;
	err_refuse(e, "FILE-SYSTEM", "a log does not live on %s: two writers would not see each other's locks", name);
	return err_file(e, dir, 0);
}

/* ---- the schema -------------------------------------------------------------------------------------------------- */

static const struct { const char *type, *name, *table, *sql; } schema[] = {
#define S(type, name, table, sql) { type, name, table, sql },
	SCHEMA(S)
#undef S
};

static bool row_is(sqlite3_stmt *st, int column, const char *wanted)
{
	const char *found = (const char *)sqlite3_column_text(st, column);

	return found && strcmp(found, wanted) == 0;
}

static void tell(void (*fn)(void *, const char *), void *ctx, struct buf *text)
{
	fn(ctx, buf_cstr(text));
	buf_release(text);
}

static void check_schema_row(sqlite3_stmt *st, size_t i, void (*fn)(void *, const char *), void *ctx)
{
	const char *name = (const char *)sqlite3_column_text(st, 1);
	struct buf text = {0};

	if (i >= ARRAY_LEN(schema)) {
		buf_fmt(&text, "sqlite_schema row %zu, %s, does not belong", i + 1, name ? name : "without a name");
		tell(fn, ctx, &text);
	} else if (!row_is(st, 0, schema[i].type) || !row_is(st, 1, schema[i].name) ||
		   !row_is(st, 2, schema[i].table) || !row_is(st, 3, schema[i].sql)) {
		buf_fmt(&text, "sqlite_schema row %zu is %s, and not %s %s as built in", i + 1,
			name ? name : "without a name", schema[i].type, schema[i].name);
		tell(fn, ctx, &text);
	}
}

/* The numbers in the file's header that say what it is. */
static bool check_header(struct store *s, void (*fn)(void *, const char *), void *ctx, struct err *e)
{
	static const struct { int wanted; const char *sql; } numbers[] = {
		{ SCHEMA_APPLICATION_ID, "PRAGMA application_id" },
		{ SCHEMA_VERSION, "PRAGMA user_version" },
	};

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		struct buf found = {0}, wanted = {0};

		if (!store_ask(s, numbers[i].sql, &found, e)) {
			buf_release(&found);
			return false;
		}
		buf_fmt(&wanted, "%d", numbers[i].wanted);
		if (!span_eq(buf_view(&found), buf_view(&wanted))) {
			struct buf text = {0};

			buf_fmt(&text, "%s is %s, needed %s", numbers[i].sql + sizeof("PRAGMA"), buf_cstr(&found),
				buf_cstr(&wanted));
			tell(fn, ctx, &text);
		}
		buf_release(&found);
		buf_release(&wanted);
	}
	return true;
}

bool store_check_schema(struct store *s, void (*fn)(void *ctx, const char *text), void *ctx, struct err *e)
{
	sqlite3_stmt *st;
	size_t i = 0;
	int rc;

	if (sqlite3_prepare_v2(s->db, SCHEMA_QUERY, -1, &st, NULL) != SQLITE_OK)
		return store_fail(s, "read the schema", e);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		check_schema_row(st, i++, fn, ctx);
	sqlite3_finalize(st);
	if (rc != SQLITE_DONE)
		return store_fail(s, "read the schema", e);
	if (i < ARRAY_LEN(schema)) {
		struct buf text = {0};

		buf_fmt(&text, "%s %s is missing", schema[i].type, schema[i].name);
		tell(fn, ctx, &text);
	}
	return check_header(s, fn, ctx, e);
}

static void keep_first(void *ctx, const char *text)
{
	struct buf *first = ctx;

	if (!first->n)
		buf_str(first, text);
}

bool store_demand_schema(struct store *s, struct err *e)
{
	struct buf first = {0};
	bool ok = store_check_schema(s, keep_first, &first, e);

	if (ok && first.n) {
		err_refuse(e, "SCHEMA", "not a change log as this program makes them: %s", buf_cstr(&first));
		ok = err_file(e, s->path, 0);
	}
	buf_release(&first);
	return ok && store_demand(s, "PRAGMA encoding", "UTF-8", e);
}

bool store_make_schema(const struct store *s, struct err *e)
{
	struct buf sql = {0};
	bool ok;

	buf_fmt(&sql,
		"PRAGMA encoding='UTF-8'; PRAGMA application_id=%d; PRAGMA user_version=%d; PRAGMA journal_mode=WAL;"
		"BEGIN IMMEDIATE;",
		SCHEMA_APPLICATION_ID, SCHEMA_VERSION);
	for (size_t i = 0; i < ARRAY_LEN(schema); i++)
		buf_fmt(&sql, "%s;", schema[i].sql);
	buf_str(&sql, "COMMIT");
	ok = store_run(s, buf_cstr(&sql), e);
	buf_release(&sql);
	return ok;
}

/* ---- the file's structure ---------------------------------------------------------------------------------------- */

bool store_check_integrity(struct store *s, void (*fn)(void *ctx, const char *text), void *ctx, struct err *e)
{
	sqlite3_stmt *st;
	int rc;

	if (sqlite3_prepare_v2(s->db, "PRAGMA integrity_check", -1, &st, NULL) != SQLITE_OK)
		return store_fail(s, "integrity_check", e);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(st, 0);

		if (!text || strcmp(text, "ok") != 0)
			fn(ctx, text ? text : "a finding without words");
	}
	sqlite3_finalize(st);
	return rc == SQLITE_DONE || store_fail(s, "integrity_check", e);
}
