#include "audit-log/events.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/fs.h"

#define EVENTS_VERSION 1              /* one more whenever the tables or what goes into them change */
#define MARKS_KEPT "256"

static const char schema_sql[] =
	"CREATE TABLE source (one INTEGER PRIMARY KEY CHECK (one = 1), deployment BLOB NOT NULL,"
	" first INTEGER NOT NULL) STRICT;"
	"CREATE TABLE mark (block INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT;"
	"CREATE TABLE event (block INTEGER, i INTEGER, address BLOB NOT NULL, topics BLOB NOT NULL, data BLOB NOT NULL,"
	" tx BLOB NOT NULL, PRIMARY KEY (block, i)) STRICT, WITHOUT ROWID;";

#define STATEMENTS(S) \
	S(SOURCE,      "SELECT deployment, first FROM source") \
	S(SET_SOURCE,  "INSERT OR REPLACE INTO source VALUES (1, ?1, ?2)") \
	S(MARK,        "SELECT block, hash FROM mark ORDER BY block DESC LIMIT 1") \
	S(PUT_MARK,    "INSERT INTO mark VALUES (?1, ?2)") \
	S(THIN_MARKS,  "DELETE FROM mark WHERE block < (SELECT min(block) FROM (SELECT block FROM mark" \
		       " ORDER BY block DESC LIMIT " MARKS_KEPT "))") \
	S(DROP_MARK,   "DELETE FROM mark WHERE block = (SELECT max(block) FROM mark)") \
	S(DROP_EVENTS, "DELETE FROM event WHERE block > coalesce((SELECT max(block) FROM mark), -1)") \
	S(PUT_EVENT,   "INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6)") \
	S(SIZE,        "SELECT count(*), coalesce(sum(length(data)), 0) FROM event") \
	S(EVENTS,      "SELECT block, i, address, topics, data, tx FROM event ORDER BY block, i")
enum statement {
#define S(id, sql) ST_##id,
	STATEMENTS(S)
#undef S
	N_STATEMENTS
};
static const char *const statement_sql[] = {
#define S(id, sql) sql,
	STATEMENTS(S)
#undef S
};

struct events {
	char *path;
	struct hash32 deployment;
	uint64_t first;
	sqlite3 *db;
	sqlite3_stmt *st[N_STATEMENTS];
};

/* ---- opening ---------------------------------------------------------------------------------------------------- */

static bool run(struct events *s, const char *sql)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static bool finish(struct events *s, enum statement which)
{
	const bool ok = sqlite3_step(s->st[which]) == SQLITE_DONE;

	sqlite3_reset(s->st[which]);
	sqlite3_clear_bindings(s->st[which]);
	return ok;
}

static void bind_hash(sqlite3_stmt *st, int column, const struct hash32 *h)
{
	sqlite3_bind_blob(st, column, h->b, sizeof(h->b), SQLITE_STATIC);
}

static void bind_u64(sqlite3_stmt *st, int column, uint64_t n)
{
	sqlite3_bind_int64(st, column, (sqlite3_int64)n);
}

/* Exactly n bytes, or false. */
static bool column_fixed(sqlite3_stmt *st, int column, void *out, size_t n)
{
	if (sqlite3_column_type(st, column) != SQLITE_BLOB || (size_t)sqlite3_column_bytes(st, column) != n)
		return false;
	if (n > 0)
		memcpy(out, sqlite3_column_blob(st, column), n);
	return true;
}

static int number_of(struct events *s, const char *sql)
{
	sqlite3_stmt *st = NULL;
	const int n = sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW
			      ? sqlite3_column_int(st, 0) : -1;

	sqlite3_finalize(st);
	return n;
}

static void events_close(struct events *s)
{
	for (size_t i = 0; i < N_STATEMENTS; i++) {
		sqlite3_finalize(s->st[i]);
		s->st[i] = NULL;
	}
	sqlite3_close(s->db);
	s->db = NULL;
}

static bool make_tables(struct events *s)
{
	struct buf sql = {0};
	bool ok;

	buf_fmt(&sql, "%sPRAGMA user_version=%d", schema_sql, EVENTS_VERSION);
	ok = run(s, buf_cstr(&sql));
	buf_release(&sql);
	return ok;
}

static bool prepare_all(struct events *s)
{
	for (size_t i = 0; i < N_STATEMENTS; i++)
		if (sqlite3_prepare_v3(s->db, statement_sql[i], -1, SQLITE_PREPARE_PERSISTENT, &s->st[i], NULL) !=
		    SQLITE_OK)
			return false;
	return true;
}

/* It is of this deployment, or becomes so when it is new. */
static bool belongs(struct events *s)
{
	sqlite3_stmt *st = s->st[ST_SOURCE];
	struct hash32 deployment;
	const int rc = sqlite3_step(st);
	const bool same = rc == SQLITE_ROW && column_fixed(st, 0, deployment.b, sizeof(deployment.b)) &&
			  hash32_eq(&deployment, &s->deployment) &&
			  (uint64_t)sqlite3_column_int64(st, 1) == s->first;

	sqlite3_reset(st);
	if (rc != SQLITE_DONE)
		return same;
	bind_hash(s->st[ST_SET_SOURCE], 1, &s->deployment);
	bind_u64(s->st[ST_SET_SOURCE], 2, s->first);
	return finish(s, ST_SET_SOURCE);
}

static bool connect_to(struct events *s, const char *path)
{
	if (sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) !=
	    SQLITE_OK)
		return false;
	sqlite3_busy_timeout(s->db, 3000);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	if (!run(s, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; BEGIN IMMEDIATE"))
		return false;
	if (number_of(s, "SELECT count(*) FROM sqlite_schema") == 0 && !make_tables(s))
		return false;
	return number_of(s, "PRAGMA user_version") == EVENTS_VERSION && prepare_all(s) && belongs(s) &&
	       run(s, "COMMIT");
}

static void remove_file(const struct events *s)
{
	static const char *const parts[] = { "", "-wal", "-shm", "-journal" };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		struct buf path = {0};

		buf_fmt(&path, "%s%s", s->path, parts[i]);
		unlink(buf_cstr(&path));
		buf_release(&path);
	}
}

/* An empty one, at the file's place or in memory. */
static void start_anew(struct events *s)
{
	events_close(s);
	remove_file(s);
	if (connect_to(s, s->path))
		return;
	events_close(s);
	if (!connect_to(s, ":memory:"))
		die("SQLite cannot even make a database in memory: %s", sqlite3_errmsg(s->db));
}

struct events *events_open(const char *path, const struct hash32 *deployment, uint64_t first_block)
{
	struct events *s = calloc(1, sizeof(*s));

	if (!s)
		die("out of memory");
	s->path = strdup(path);
	if (!s->path)
		die("out of memory");
	s->deployment = *deployment;
	s->first = first_block;
	if (!connect_to(s, s->path))
		start_anew(s);
	return s;
}

void events_release(struct events *s)
{
	if (!s)
		return;
	events_close(s);
	free(s->path);
	free(s);
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

/* The file is no good, or the disk is full: forget all of it, so that the next look reads anew. Somebody else writing
 * for long is no reason for that. */
static bool forgotten(struct events *s, struct err *e)
{
	if (sqlite3_errcode(s->db) == SQLITE_BUSY) {
		run(s, "ROLLBACK");
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "somebody else is reading events, look again");
	}
	err_set(e, ERR_IO, ERR_NO_OFFSET, "the events that were read before are lost, look again: %s",
		sqlite3_errmsg(s->db));
	start_anew(s);
	return false;
}

bool events_mark(struct events *s, struct events_mark *out)
{
	sqlite3_stmt *st = s->st[ST_MARK];
	const bool found = sqlite3_step(st) == SQLITE_ROW && column_fixed(st, 1, out->hash.b, sizeof(out->hash.b));

	if (found)
		out->block = (uint64_t)sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return found;
}

bool events_drop_mark(struct events *s, struct err *e)
{
	const bool ok = run(s, "BEGIN IMMEDIATE") && finish(s, ST_DROP_MARK) && finish(s, ST_DROP_EVENTS) &&
			run(s, "COMMIT");

	return ok || forgotten(s, e);
}

static bool put_event(struct events *s, const struct chain_event *ev)
{
	sqlite3_stmt *st = s->st[ST_PUT_EVENT];

	bind_u64(st, 1, ev->block);
	bind_u64(st, 2, ev->index);
	sqlite3_bind_blob(st, 3, ev->address.b, sizeof(ev->address.b), SQLITE_STATIC);
	sqlite3_bind_blob64(st, 4, ev->topics, ev->n_topics * sizeof(ev->topics[0]), SQLITE_STATIC);
	sqlite3_bind_blob64(st, 5, ev->data.n > 0 ? (const void *)ev->data.p : "", ev->data.n, SQLITE_STATIC);
	bind_hash(st, 6, &ev->tx);
	return finish(s, ST_PUT_EVENT);
}

static bool fits(struct events *s, const struct chain_event *v, size_t n, uint64_t upto, struct err *e)
{
	sqlite3_stmt *st = s->st[ST_SIZE];
	uint64_t count = 0, bytes = 0;

	if (sqlite3_step(st) == SQLITE_ROW) {
		count = (uint64_t)sqlite3_column_int64(st, 0);
		bytes = (uint64_t)sqlite3_column_int64(st, 1);
	}
	sqlite3_reset(st);
	for (size_t i = 0; i < n; i++) {
		if (v[i].data.n > EVENT_DATA_MAX)
			return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "an event of %zu bytes, at most %zu are kept",
				       v[i].data.n, EVENT_DATA_MAX);
		bytes += v[i].data.n;
	}
	if (upto > INT64_MAX)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "no chain has that many blocks");
	return (count + n <= EVENTS_MAX && bytes <= EVENTS_BYTES_MAX) ||
	       err_set(e, ERR_RANGE, ERR_NO_OFFSET, "more than %zu events: a later local.firstBlock leaves some out",
		       EVENTS_MAX);
}

static bool is_newest(struct events *s, const struct events_mark *since)
{
	struct events_mark now;

	if (!events_mark(s, &now))
		return since == NULL;
	return since != NULL && now.block == since->block && hash32_eq(&now.hash, &since->hash);
}

bool events_add(struct events *s, const struct events_mark *since, const struct chain_event *v, size_t n,
		const struct events_mark *upto, struct err *e)
{
	bool ok = true;

	if (!fits(s, v, n, upto->block, e))
		return false;
	if (!run(s, "BEGIN IMMEDIATE"))
		return forgotten(s, e);
	if (!is_newest(s, since))
		return run(s, "ROLLBACK") || forgotten(s, e);
	for (size_t i = 0; ok && i < n; i++)
		ok = put_event(s, &v[i]);
	bind_u64(s->st[ST_PUT_MARK], 1, upto->block);
	bind_hash(s->st[ST_PUT_MARK], 2, &upto->hash);
	return (ok && finish(s, ST_PUT_MARK) && finish(s, ST_THIN_MARKS) && run(s, "COMMIT")) || forgotten(s, e);
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

static bool column_event(sqlite3_stmt *st, struct arena *a, struct chain_event *out)
{
	const int topics = sqlite3_column_bytes(st, 3);

	out->block = (uint64_t)sqlite3_column_int64(st, 0);
	out->index = (uint64_t)sqlite3_column_int64(st, 1);
	if (topics % 32 != 0 || topics > 4 * 32)
		return false;
	out->n_topics = (size_t)topics / 32;
	out->data = arena_copy(a, span_of(sqlite3_column_blob(st, 4), (size_t)sqlite3_column_bytes(st, 4)));
	return column_fixed(st, 2, out->address.b, sizeof(out->address.b)) &&
	       column_fixed(st, 3, out->topics, (size_t)topics) && column_fixed(st, 5, out->tx.b, sizeof(out->tx.b));
}

bool events_all(struct events *s, struct arena *a, struct chain_event **out, size_t *n, struct err *e)
{
	sqlite3_stmt *st = s->st[ST_EVENTS];
	size_t cap = 256;
	bool ok = true;
	int rc;

	*out = ARENA_ARRAY(a, struct chain_event, cap);
	*n = 0;
	while (ok && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		ARENA_GROW(a, *out, *n, cap);
		ok = *n < EVENTS_MAX && column_event(st, a, &(*out)[(*n)++]);
	}
	ok = ok && rc == SQLITE_DONE;
	sqlite3_reset(st);
	return ok || forgotten(s, e);
}
