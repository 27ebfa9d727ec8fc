#include "audit-log/views_state.h"

#include <stdlib.h>
#include <unistd.h>

#include "src/base/fs.h"

#define VIEWS_DB "views.db"
/* Whoever comes while another process puts a large log in waits, and finds it done: a million lines take it a minute on
 * a busy machine, and doing the same beside it takes both longer. */
#define BUSY_TIMEOUT_MS 120000
#define VIEWS_VERSION 3               /* one more whenever the tables or what goes into them change */

static const char schema_sql[] =
	"CREATE TABLE applied (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, leaf BLOB NOT NULL,"
	" origin TEXT NOT NULL, blobs INTEGER NOT NULL) STRICT;"
	"CREATE TABLE change (id TEXT PRIMARY KEY, number INTEGER NOT NULL, title TEXT NOT NULL,"
	" last_kind TEXT NOT NULL, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL, lines INTEGER NOT NULL,"
	" first_time INTEGER NOT NULL, last_time INTEGER NOT NULL,"
	" proposed INTEGER NOT NULL, withdrawn INTEGER NOT NULL,"
	/* what folding it said; over: as far as the log knows; held_nonce: the highest that it has signatures for */
	" unfolded INTEGER NOT NULL DEFAULT 1, verified INTEGER NOT NULL DEFAULT 0, trouble TEXT,"
	" words_seq INTEGER NOT NULL DEFAULT 0, route INTEGER NOT NULL DEFAULT 0, delay INTEGER NOT NULL DEFAULT 0,"
	" after TEXT, scheduled INTEGER, executed INTEGER NOT NULL DEFAULT 0, cancelled INTEGER NOT NULL DEFAULT 0,"
	" operation BLOB, likeness BLOB, over INTEGER NOT NULL DEFAULT 0, held_nonce INTEGER) STRICT;"
	"CREATE INDEX change_in_order ON change (first_seq);"
	"CREATE INDEX change_number ON change (number);"
	"CREATE INDEX change_unfolded ON change (first_seq) WHERE unfolded;"
	"CREATE INDEX change_waits ON change (number, id) WHERE " WAITS ";"
	"CREATE INDEX change_planned ON change (first_seq) WHERE " PLANNED ";"
	/* signers: 20 bytes each; left_behind: nonce, safeTxHash, signatures: 8, 32 and 8 bytes each */
	"CREATE TABLE step (change TEXT, kind INTEGER, packed INTEGER NOT NULL, packed_seq INTEGER NOT NULL,"
	" nonce INTEGER NOT NULL, safe_tx_hash BLOB NOT NULL, packet BLOB NOT NULL, signers BLOB NOT NULL,"
	" submitted INTEGER NOT NULL, mined INTEGER NOT NULL, failed INTEGER NOT NULL, block_time INTEGER NOT NULL,"
	" refused INTEGER NOT NULL, declined INTEGER NOT NULL, left_behind BLOB NOT NULL,"
	" PRIMARY KEY (change, kind)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE change_line (change TEXT, seq INTEGER, PRIMARY KEY (change, seq)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE kind_line (kind TEXT, seq INTEGER, PRIMARY KEY (kind, seq)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE actor_line (actor TEXT, seq INTEGER, PRIMARY KEY (actor, seq)) STRICT, WITHOUT ROWID;"
	/* cleared: when; acknowledged: until when, for good the largest number */
	"CREATE TABLE alert (number INTEGER PRIMARY KEY, cleared INTEGER, acknowledged INTEGER) STRICT;"
	"CREATE INDEX alert_unsettled ON alert (number) WHERE " UNSETTLED ";"
	"CREATE TABLE alert_line (number INTEGER, seq INTEGER, PRIMARY KEY (number, seq)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE naming (value BLOB, seq INTEGER, PRIMARY KEY (value, seq)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE blob (digest BLOB PRIMARY KEY, i INTEGER NOT NULL) STRICT, WITHOUT ROWID;";

static const char *const statement_sql[] = {
#define S(id, sql) sql,
	STATEMENTS(S)
#undef S
};

/* ---- statements -------------------------------------------------------------------------------------------------- */

bool views_run(struct views *v, const char *sql)
{
	return sqlite3_exec(v->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static bool number_is(struct views *v, const char *sql, int wanted)
{
	sqlite3_stmt *st = NULL;
	const bool yes = sqlite3_prepare_v2(v->db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW &&
			 sqlite3_column_int(st, 0) == wanted;

	sqlite3_finalize(st);
	return yes;
}

static bool prepare_all(struct views *v)
{
	for (size_t i = 0; i < N_STATEMENTS; i++)
		if (sqlite3_prepare_v3(v->db, statement_sql[i], -1, SQLITE_PREPARE_PERSISTENT, &v->st[i], NULL) !=
		    SQLITE_OK)
			return false;
	return true;
}

bool views_done(struct views *v, enum statement which)
{
	const bool ok = sqlite3_step(v->st[which]) == SQLITE_DONE;

	sqlite3_reset(v->st[which]);
	sqlite3_clear_bindings(v->st[which]);
	return ok;
}

void views_bind_text(sqlite3_stmt *st, int column, struct span text)
{
	sqlite3_bind_text64(st, column, text.n ? (const char *)text.p : "", text.n, SQLITE_STATIC, SQLITE_UTF8);
}

void views_bind_hash(sqlite3_stmt *st, int column, const struct hash32 *h)
{
	sqlite3_bind_blob(st, column, h->b, sizeof(h->b), SQLITE_STATIC);
}

void views_bind_u64(sqlite3_stmt *st, int column, uint64_t n)
{
	sqlite3_bind_int64(st, column, (sqlite3_int64)n);
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

void views_close(struct views *v)
{
	for (size_t i = 0; i < N_STATEMENTS; i++) {
		sqlite3_finalize(v->st[i]);
		v->st[i] = NULL;
	}
	sqlite3_close(v->db);
	v->db = NULL;
}

static const char *const parts[] = { "", "-wal", "-shm", "-journal" };

/* What somebody else wrote, or can write, would say of the log what he likes: a view is not checked line by line. */
static bool parts_are_ours(const char *path)
{
	bool ours = true;

	for (size_t i = 0; ours && i < ARRAY_LEN(parts); i++) {
		struct buf part = {0};

		buf_fmt(&part, "%s%s", path, parts[i]);
		ours = fs_is_ours(buf_cstr(&part));
		buf_release(&part);
	}
	return ours;
}

bool views_connect(struct views *v, const char *path)
{
	return parts_are_ours(path) &&
	       sqlite3_open_v2(path, &v->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) ==
		       SQLITE_OK &&
	       views_ready(v);
}

bool views_ready(struct views *v)
{
	sqlite3_busy_timeout(v->db, BUSY_TIMEOUT_MS);
	sqlite3_db_config(v->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(v->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(v->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(v->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	if (!views_run(v, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; BEGIN IMMEDIATE"))
		return false;
	if (number_is(v, "SELECT count(*) FROM sqlite_schema", 0)) {
		struct buf sql = {0};
		bool ok;

		buf_fmt(&sql, "%sPRAGMA user_version=%d", schema_sql, VIEWS_VERSION);
		ok = views_run(v, buf_cstr(&sql));
		buf_release(&sql);
		if (!ok)
			return false;
	}
	return views_run(v, "COMMIT") && number_is(v, "PRAGMA user_version", VIEWS_VERSION) && prepare_all(v);
}

static void remove_file(const struct views *v)
{
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		struct buf path = {0};

		buf_fmt(&path, "%s%s", v->path, parts[i]);
		unlink(buf_cstr(&path));
		buf_release(&path);
	}
}

/* An empty one, at the file's place or in memory. */
static void start_anew(struct views *v)
{
	views_close(v);
	remove_file(v);
	v->size = v->blobs = 0;
	v->leaf = (struct hash32){0};
	if (views_connect(v, v->path))
		return;
	views_close(v);
	if (!views_connect(v, ":memory:"))
		die("SQLite cannot even make a database in memory: %s", sqlite3_errmsg(v->db));
}

/* ---- as far as the log ------------------------------------------------------------------------------------------- */

bool views_rebuild(struct views *v, struct err *e)
{
	start_anew(v);
	switch (views_apply(v, e)) {
	case FINE:
		return true;
	case NO_GOOD:
		break;
	case LOG_FAILED:
		return false;
	}
	/* A disk that is full, say: memory will do. */
	views_close(v);
	if (!views_connect(v, ":memory:"))
		die("SQLite cannot even make a database in memory");
	switch (views_apply(v, e)) {
	case FINE:
		return true;
	case NO_GOOD:
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "the views cannot be made, not even in memory");
	case LOG_FAILED:
		return false;
	}
	BUG("no such outcome");
}

bool views_catch_up(struct views *v, struct err *e)
{
	switch (views_apply(v, e)) {
	case FINE:
		return true;
	case NO_GOOD:
		return views_rebuild(v, e);
	case LOG_FAILED:
		return false;
	}
	BUG("no such outcome");
}

uint64_t views_behind(struct log *l)
{
	struct views v = { .log = l, .path = fs_join(log_dir(l), VIEWS_DB) };
	uint64_t behind = log_size(l);

	if (fs_exists(v.path) && parts_are_ours(v.path) &&
	    sqlite3_open_v2(v.path, &v.db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
	    number_is(&v, "PRAGMA user_version", VIEWS_VERSION) &&
	    sqlite3_prepare_v2(v.db, statement_sql[ST_APPLIED], -1, &v.st[ST_APPLIED], NULL) == SQLITE_OK &&
	    views_load_applied(&v) && v.size <= behind)
		behind -= v.size;
	views_close(&v);
	free(v.path);
	return behind;
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

struct views *views_open(struct log *l, struct err *e)
{
	struct views *v = calloc(1, sizeof(*v));

	if (!v)
		die("out of memory");
	v->log = l;
	v->path = fs_join(log_dir(l), VIEWS_DB);
	if (!views_connect(v, v->path))
		start_anew(v);
	if (!views_catch_up(v, e)) {
		views_release(v);
		return NULL;
	}
	views_give_hints(v);
	return v;
}

void views_release(struct views *v)
{
	if (!v)
		return;
	log_set_hints(v->log, NULL);
	views_close(v);
	free(v->path);
	free(v);
}
