#include "audit-log/views.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/fs.h"
#include "src/base/hex.h"

#define VIEWS_DB "views.db"
#define VIEWS_VERSION 1               /* one more whenever the tables or what goes into them change */

static const char schema_sql[] =
	"CREATE TABLE applied (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, leaf BLOB NOT NULL,"
	" origin TEXT NOT NULL, blobs INTEGER NOT NULL) STRICT;"
	"CREATE TABLE change (id TEXT PRIMARY KEY, number INTEGER NOT NULL, title TEXT NOT NULL,"
	" last_kind TEXT NOT NULL, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL, lines INTEGER NOT NULL,"
	" first_time INTEGER NOT NULL, last_time INTEGER NOT NULL,"
	" proposed INTEGER NOT NULL, withdrawn INTEGER NOT NULL,"
	" verified INTEGER NOT NULL) STRICT;"
	"CREATE TABLE change_line (change TEXT, seq INTEGER, PRIMARY KEY (change, seq)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE kind_line (kind TEXT, seq INTEGER, PRIMARY KEY (kind, seq)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE naming (value BLOB, seq INTEGER, PRIMARY KEY (value, seq)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE blob (digest BLOB PRIMARY KEY, i INTEGER NOT NULL) STRICT, WITHOUT ROWID;";

#define STATEMENTS(S) \
	S(APPLIED,      "SELECT size, leaf, origin, blobs FROM applied") \
	S(SET_APPLIED,  "INSERT OR REPLACE INTO applied (one, size, leaf, origin, blobs) VALUES (1, ?1, ?2, ?3, ?4)") \
	S(PUT_CHANGE,   "INSERT INTO change VALUES (?1, ?2, ?3, ?4, ?5, ?5, 1, ?6, ?6, ?7, ?8, ?9)" \
			" ON CONFLICT (id) DO UPDATE SET title = iif(?3 = '', title, ?3), last_kind = ?4," \
			" last_seq = ?5, lines = lines + 1, last_time = ?6, proposed = proposed OR ?7," \
			" withdrawn = withdrawn OR ?8, verified = verified OR ?9") \
	S(PUT_LINE_OF_CHANGE, "INSERT INTO change_line VALUES (?1, ?2)") \
	S(PUT_LINE_OF_KIND, "INSERT INTO kind_line VALUES (?1, ?2)") \
	S(PUT_NAMING,   "INSERT OR IGNORE INTO naming VALUES (?1, ?2)") \
	S(PUT_BLOB,     "INSERT OR IGNORE INTO blob VALUES (?1, ?2)") \
	S(CHANGES,      "SELECT id, number, title, last_kind, first_seq, last_seq, lines, first_time, last_time," \
			" proposed, withdrawn, verified FROM change ORDER BY first_seq") \
	S(CHANGE,       "SELECT id, number, title, last_kind, first_seq, last_seq, lines, first_time, last_time," \
			" proposed, withdrawn, verified FROM change WHERE id = ?1") \
	S(NEXT_NUMBER,  "SELECT coalesce(max(number) + 1, 1) FROM change") \
	S(OF_CHANGE,    "SELECT seq FROM change_line WHERE change = ?1 ORDER BY seq") \
	S(OF_KIND,      "SELECT seq FROM kind_line WHERE kind = ?1 ORDER BY seq") \
	S(NAMING,       "SELECT seq FROM naming WHERE value = ?1 ORDER BY seq") \
	S(BLOB,         "SELECT i FROM blob WHERE digest = ?1")
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

struct views {
	struct log *log;
	char *path;
	sqlite3 *db;                  /* NULL between close and open */
	sqlite3_stmt *st[N_STATEMENTS];
	uint64_t size;                /* lines applied */
	struct hash32 leaf;           /* of the last one */
	uint64_t blobs;               /* blob rows applied */
};

/* Two kinds of trouble: the views file is no good, which is cured by making it anew and is nobody's business; or the
 * log cannot be read, which is an error of the caller's. */
enum outcome { FINE, NO_GOOD, LOG_FAILED };

/* ---- opening ---------------------------------------------------------------------------------------------------- */

static void views_close(struct views *v)
{
	for (size_t i = 0; i < N_STATEMENTS; i++) {
		sqlite3_finalize(v->st[i]);
		v->st[i] = NULL;
	}
	sqlite3_close(v->db);
	v->db = NULL;
}

static bool run(struct views *v, const char *sql)
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

/* Opens the file at path, and makes the tables where they are not; false: no good. */
static bool connect_to(struct views *v, const char *path)
{
	if (sqlite3_open_v2(path, &v->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) !=
	    SQLITE_OK)
		return false;
	sqlite3_busy_timeout(v->db, 10000);
	sqlite3_db_config(v->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(v->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(v->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(v->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	if (!run(v, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; BEGIN IMMEDIATE"))
		return false;
	if (number_is(v, "SELECT count(*) FROM sqlite_schema", 0)) {
		struct buf sql = {0};
		bool ok;

		buf_fmt(&sql, "%sPRAGMA user_version=%d", schema_sql, VIEWS_VERSION);
		ok = run(v, buf_cstr(&sql));
		buf_release(&sql);
		if (!ok)
			return false;
	}
	return run(v, "COMMIT") && number_is(v, "PRAGMA user_version", VIEWS_VERSION) && prepare_all(v);
}

static void remove_file(const struct views *v)
{
	static const char *const parts[] = { "", "-wal", "-shm", "-journal" };

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
	if (connect_to(v, v->path))
		return;
	views_close(v);
	if (!connect_to(v, ":memory:"))
		die("SQLite cannot even make a database in memory: %s", sqlite3_errmsg(v->db));
}

/* ---- applying lines --------------------------------------------------------------------------------------------- */

static bool finish(struct views *v, enum statement which)
{
	const bool ok = sqlite3_step(v->st[which]) == SQLITE_DONE;

	sqlite3_reset(v->st[which]);
	sqlite3_clear_bindings(v->st[which]);
	return ok;
}

static void bind_text(sqlite3_stmt *st, int column, struct span text)
{
	sqlite3_bind_text64(st, column, text.n ? (const char *)text.p : "", text.n, SQLITE_STATIC, SQLITE_UTF8);
}

static void bind_hash(sqlite3_stmt *st, int column, const struct hash32 *h)
{
	sqlite3_bind_blob(st, column, h->b, sizeof(h->b), SQLITE_STATIC);
}

static void bind_u64(sqlite3_stmt *st, int column, uint64_t n)
{
	sqlite3_bind_int64(st, column, (sqlite3_int64)n);
}

static uint64_t change_number(struct span change)
{
	uint64_t n = 0;
	size_t i = 0;

	while (i < change.n && change.p[i] != '-')
		i++;
	while (++i < change.n)
		n = n * 10 + (uint64_t)(change.p[i] - '0');
	return n;
}

static bool apply_change(struct views *v, const struct line *l)
{
	sqlite3_stmt *st = v->st[ST_PUT_CHANGE];
	const bool proposed = line_kind_is(l, "change.proposed");
	struct span title = {0};

	if (!l->change.n)
		return true;
	if ((proposed || line_kind_is(l, "change.drafted")) && !json_get_str(l->body, "title", &title, NULL))
		title = span_of(NULL, 0);
	bind_text(st, 1, l->change);
	bind_u64(st, 2, change_number(l->change));
	bind_text(st, 3, title);
	bind_text(st, 4, l->kind);
	bind_u64(st, 5, l->seq);
	sqlite3_bind_int64(st, 6, l->time.ms);
	sqlite3_bind_int(st, 7, proposed);
	sqlite3_bind_int(st, 8, line_kind_is(l, "change.withdrawn"));
	sqlite3_bind_int(st, 9, line_kind_is(l, "change.verified"));
	if (!finish(v, ST_PUT_CHANGE))
		return false;
	bind_text(v->st[ST_PUT_LINE_OF_CHANGE], 1, l->change);
	bind_u64(v->st[ST_PUT_LINE_OF_CHANGE], 2, l->seq);
	return finish(v, ST_PUT_LINE_OF_CHANGE);
}

static bool is_hash(struct span text, struct hash32 *out)
{
	return (text.n == 66 && hex_fixed(out->b, 32, text, NULL)) ||
	       (text.n == 64 && hex_bare(out->b, 32, text, NULL));
}

static bool apply_naming(struct views *v, const struct json *value, uint64_t seq)
{
	struct hash32 h;

	if (value->type == JSON_STRING && is_hash(value->text, &h)) {
		bind_hash(v->st[ST_PUT_NAMING], 1, &h);
		bind_u64(v->st[ST_PUT_NAMING], 2, seq);
		if (!finish(v, ST_PUT_NAMING))
			return false;
	}
	for (const struct json *c = value->first; c; c = c->next)
		if (!apply_naming(v, c, seq))
			return false;
	return true;
}

struct applying {
	struct views *v;
	bool no_good;                 /* the views failed, not the log */
	struct arena arena;
};

static bool apply_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct applying *a = ctx;
	struct views *v = a->v;
	struct line line;

	arena_release(&a->arena);
	if (!line_parse(&a->arena, &line, raw, e))
		return err_in(e, "line %llu", (unsigned long long)seq);
	bind_text(v->st[ST_PUT_LINE_OF_KIND], 1, line.kind);
	bind_u64(v->st[ST_PUT_LINE_OF_KIND], 2, seq);
	if (!finish(v, ST_PUT_LINE_OF_KIND) || !apply_change(v, &line) || !apply_naming(v, line.body, seq)) {
		a->no_good = true;
		return false;
	}
	v->size = seq + 1;
	v->leaf = *leaf;
	return true;
}

static bool apply_blob(void *ctx, uint64_t row, const struct hash32 *digest, enum blob_class class, struct err *e)
{
	struct applying *a = ctx;
	sqlite3_stmt *st = a->v->st[ST_PUT_BLOB];

	(void)class;
	(void)e;
	bind_hash(st, 1, digest);
	bind_u64(st, 2, row);
	a->no_good = !finish(a->v, ST_PUT_BLOB);
	a->v->blobs = row + 1;
	return !a->no_good;
}

static bool save_applied(struct views *v)
{
	bind_u64(v->st[ST_SET_APPLIED], 1, v->size);
	bind_hash(v->st[ST_SET_APPLIED], 2, &v->leaf);
	bind_text(v->st[ST_SET_APPLIED], 3, log_origin(v->log));
	bind_u64(v->st[ST_SET_APPLIED], 4, v->blobs);
	return finish(v, ST_SET_APPLIED);
}

/* What the file says it has applied; nothing in a new one. */
static bool load_applied(struct views *v)
{
	sqlite3_stmt *st = v->st[ST_APPLIED];
	const int rc = sqlite3_step(st);
	bool ok = rc == SQLITE_DONE;

	v->size = v->blobs = 0;
	v->leaf = (struct hash32){0};
	if (rc == SQLITE_ROW && sqlite3_column_bytes(st, 1) == 32) {
		const struct span origin = span_of(sqlite3_column_text(st, 2), (size_t)sqlite3_column_bytes(st, 2));

		v->size = (uint64_t)sqlite3_column_int64(st, 0);
		memcpy(v->leaf.b, sqlite3_column_blob(st, 1), 32);
		v->blobs = (uint64_t)sqlite3_column_int64(st, 3);
		ok = span_eq(origin, log_origin(v->log));
	}
	sqlite3_reset(st);
	return ok;
}

/* The views are of this log when the last line they applied still has the leaf it had. */
static enum outcome belongs(struct views *v, struct err *e)
{
	struct buf raw = {0};
	struct hash32 leaf;
	bool ok;

	if (!v->size)
		return v->blobs ? NO_GOOD : FINE;
	if (v->size > log_size(v->log))
		return NO_GOOD;
	ok = log_line(v->log, v->size - 1, &raw, e);
	if (ok)
		line_leaf(&leaf, buf_view(&raw));
	buf_release(&raw);
	if (!ok)
		return LOG_FAILED;
	return hash32_eq(&leaf, &v->leaf) ? FINE : NO_GOOD;
}

static enum outcome catch_up(struct views *v, struct err *e)
{
	struct applying a = { .v = v };
	enum outcome outcome;
	bool ok;

	/* The log's size is read under our lock: whoever put more into this file had read that from the log before. */
	if (!run(v, "BEGIN IMMEDIATE"))
		return NO_GOOD;
	if (!log_refresh(v->log, e)) {
		run(v, "ROLLBACK");
		return LOG_FAILED;
	}
	outcome = load_applied(v) ? belongs(v, e) : NO_GOOD;
	if (outcome == FINE && v->size < log_size(v->log)) {
		ok = log_each(v->log, v->size, UINT64_MAX, apply_line, &a, e) &&
		     log_each_blob(v->log, v->blobs, apply_blob, &a, e);
		arena_release(&a.arena);
		outcome = ok && save_applied(v) ? FINE : ok || a.no_good ? NO_GOOD : LOG_FAILED;
	}
	if (outcome == FINE && run(v, "COMMIT"))
		return FINE;
	run(v, "ROLLBACK");
	return outcome == FINE ? NO_GOOD : outcome;
}

bool views_rebuild(struct views *v, struct err *e)
{
	start_anew(v);
	switch (catch_up(v, e)) {
	case FINE:
		return true;
	case NO_GOOD:
		break;
	case LOG_FAILED:
		return false;
	}
	/* A disk that is full, say: memory will do. */
	views_close(v);
	if (!connect_to(v, ":memory:"))
		die("SQLite cannot even make a database in memory");
	switch (catch_up(v, e)) {
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
	switch (catch_up(v, e)) {
	case FINE:
		return true;
	case NO_GOOD:
		return views_rebuild(v, e);
	case LOG_FAILED:
		return false;
	}
	BUG("no such outcome");
}

static bool find_blob(void *ctx, const struct hash32 *digest, uint64_t *row)
{
	struct views *v = ctx;
	sqlite3_stmt *st = v->st[ST_BLOB];
	bool found;

	bind_hash(st, 1, digest);
	found = sqlite3_step(st) == SQLITE_ROW;
	if (found)
		*row = (uint64_t)sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return found;
}

struct views *views_open(struct log *l, struct err *e)
{
	struct views *v = calloc(1, sizeof(*v));

	if (!v)
		die("out of memory");
	v->log = l;
	v->path = fs_join(log_dir(l), VIEWS_DB);
	if (!connect_to(v, v->path))
		start_anew(v);
	if (!views_catch_up(v, e)) {
		views_release(v);
		return NULL;
	}
	log_set_blob_hint(l, find_blob, v);
	return v;
}

void views_release(struct views *v)
{
	if (!v)
		return;
	log_set_blob_hint(v->log, NULL, NULL);
	views_close(v);
	free(v->path);
	free(v);
}

/* ---- asking ----------------------------------------------------------------------------------------------------- */

static uint64_t column_u64(sqlite3_stmt *st, int column)
{
	return (uint64_t)sqlite3_column_int64(st, column);
}

static const char *column_str(sqlite3_stmt *st, int column, struct arena *a)
{
	const void *p = sqlite3_column_text(st, column);

	return arena_str(a, span_of(p, (size_t)sqlite3_column_bytes(st, column)));
}

static struct views_change column_change(sqlite3_stmt *st, struct arena *a)
{
	return (struct views_change){
		.id = column_str(st, 0, a), .number = column_u64(st, 1), .title = column_str(st, 2, a),
		.last_kind = column_str(st, 3, a), .first_seq = column_u64(st, 4), .last_seq = column_u64(st, 5),
		.lines = column_u64(st, 6), .first_time = { sqlite3_column_int64(st, 7) },
		.last_time = { sqlite3_column_int64(st, 8) }, .proposed = sqlite3_column_int(st, 9) != 0,
		.withdrawn = sqlite3_column_int(st, 10) != 0, .verified = sqlite3_column_int(st, 11) != 0,
	};
}

/* Runs one question; when the views turn out to be no good, makes them anew and asks once more. */
typedef bool question(struct views *v, void *ctx);

static bool ask(struct views *v, question *q, void *ctx, struct err *e)
{
	if (q(v, ctx))
		return true;
	if (!views_rebuild(v, e))
		return false;
	return q(v, ctx) || err_set(e, ERR_IO, ERR_NO_OFFSET, "the views cannot be read: %s", sqlite3_errmsg(v->db));
}

struct changes {
	struct arena arena;
	struct views_change *item;
	size_t n, cap;
};

static bool ask_changes(struct views *v, void *ctx)
{
	struct changes *c = ctx;
	sqlite3_stmt *st = v->st[ST_CHANGES];
	int rc;

	c->n = 0;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		if (c->n == c->cap) {
			struct views_change *more;

			c->cap = c->cap ? 2 * c->cap : 64;
			more = ARENA_ARRAY(&c->arena, struct views_change, c->cap);
			for (size_t i = 0; i < c->n; i++)
				more[i] = c->item[i];
			c->item = more;
		}
		c->item[c->n++] = column_change(st, &c->arena);
	}
	sqlite3_reset(st);
	return rc == SQLITE_DONE;
}

bool views_each_change(struct views *v, views_change_fn *fn, void *ctx, struct err *e)
{
	struct changes c = {0};
	bool ok = ask(v, ask_changes, &c, e);

	for (size_t i = 0; ok && i < c.n; i++)
		ok = fn(ctx, &c.item[i], e);
	arena_release(&c.arena);
	return ok;
}

struct one_change {
	struct arena *arena;
	struct span id;
	struct views_change *out;
	bool found;
};

static bool ask_change(struct views *v, void *ctx)
{
	struct one_change *c = ctx;
	sqlite3_stmt *st = v->st[ST_CHANGE];
	int rc;

	bind_text(st, 1, c->id);
	rc = sqlite3_step(st);
	c->found = rc == SQLITE_ROW;
	if (c->found)
		*c->out = column_change(st, c->arena);
	sqlite3_reset(st);
	return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

bool views_find_change(struct views *v, struct arena *a, struct span id, struct views_change *out, struct err *e)
{
	struct one_change c = { .arena = a, .id = id, .out = out };

	if (!ask(v, ask_change, &c, e))
		return false;
	return c.found ||
	       err_set(e, ERR_MISSING, ERR_NO_OFFSET, "no change %.*s in the log", (int)id.n, (const char *)id.p);
}

static bool ask_next_number(struct views *v, void *ctx)
{
	sqlite3_stmt *st = v->st[ST_NEXT_NUMBER];
	const bool ok = sqlite3_step(st) == SQLITE_ROW;

	if (ok)
		*(uint64_t *)ctx = column_u64(st, 0);
	sqlite3_reset(st);
	return ok;
}

bool views_next_change_number(struct views *v, uint64_t *out, struct err *e)
{
	return ask(v, ask_next_number, out, e);
}

struct lines_asked {
	struct arena *arena;
	enum statement which;
	struct span text;             /* or */
	const struct hash32 *value;
	struct seqs *out;
};

static bool ask_lines(struct views *v, void *ctx)
{
	const struct lines_asked *q = ctx;
	sqlite3_stmt *st = v->st[q->which];
	size_t cap = 0;
	int rc;

	*q->out = (struct seqs){0};
	if (q->value)
		bind_hash(st, 1, q->value);
	else
		bind_text(st, 1, q->text);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		if (q->out->n == cap) {
			uint64_t *more = ARENA_ARRAY(q->arena, uint64_t, cap = cap ? 2 * cap : 16);

			for (size_t i = 0; i < q->out->n; i++)
				more[i] = q->out->seq[i];
			q->out->seq = more;
		}
		q->out->seq[q->out->n++] = column_u64(st, 0);
	}
	sqlite3_reset(st);
	return rc == SQLITE_DONE;
}

bool views_lines_of_change(struct views *v, struct arena *a, struct span change, struct seqs *out, struct err *e)
{
	struct lines_asked q = { .arena = a, .which = ST_OF_CHANGE, .text = change, .out = out };

	return ask(v, ask_lines, &q, e);
}

bool views_lines_of_kind(struct views *v, struct arena *a, struct span kind, struct seqs *out, struct err *e)
{
	struct lines_asked q = { .arena = a, .which = ST_OF_KIND, .text = kind, .out = out };

	return ask(v, ask_lines, &q, e);
}

bool views_lines_naming(struct views *v, struct arena *a, const struct hash32 *value, struct seqs *out, struct err *e)
{
	struct lines_asked q = { .arena = a, .which = ST_NAMING, .value = value, .out = out };

	return ask(v, ask_lines, &q, e);
}

bool log_each_of(struct log *l, const struct seqs *seqs, log_line_fn *fn, void *ctx, struct err *e)
{
	struct buf raw = {0};
	bool ok = true;

	for (size_t i = 0; ok && i < seqs->n; i++) {
		struct hash32 leaf;

		buf_clear(&raw);
		ok = log_line(l, seqs->seq[i], &raw, e);
		if (ok) {
			line_leaf(&leaf, buf_view(&raw));
			ok = fn(ctx, seqs->seq[i], &leaf, buf_view(&raw), e);
		}
	}
	buf_release(&raw);
	return ok;
}
