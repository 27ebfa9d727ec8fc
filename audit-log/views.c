#include "audit-log/views_state.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/fs.h"
#include "src/base/hex.h"

#define VIEWS_DB "views.db"
#define VIEWS_VERSION 2               /* one more whenever the tables or what goes into them change */

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
	"CREATE TABLE naming (value BLOB, seq INTEGER, PRIMARY KEY (value, seq)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE blob (digest BLOB PRIMARY KEY, i INTEGER NOT NULL) STRICT, WITHOUT ROWID;";

static const char *const statement_sql[] = {
#define S(id, sql) sql,
	STATEMENTS(S)
#undef S
};

/* ---- opening ---------------------------------------------------------------------------------------------------- */

void views_close(struct views *v)
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

/* ---- applying lines --------------------------------------------------------------------------------------------- */

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
	views_bind_text(st, 1, l->change);
	views_bind_u64(st, 2, change_number(l->change));
	views_bind_text(st, 3, title);
	views_bind_text(st, 4, l->kind);
	views_bind_u64(st, 5, l->seq);
	sqlite3_bind_int64(st, 6, l->time.ms);
	sqlite3_bind_int(st, 7, proposed);
	sqlite3_bind_int(st, 8, line_kind_is(l, "change.withdrawn"));
	if (!views_done(v, ST_PUT_CHANGE))
		return false;
	views_bind_text(v->st[ST_PUT_LINE_OF_CHANGE], 1, l->change);
	views_bind_u64(v->st[ST_PUT_LINE_OF_CHANGE], 2, l->seq);
	return views_done(v, ST_PUT_LINE_OF_CHANGE);
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
		views_bind_hash(v->st[ST_PUT_NAMING], 1, &h);
		views_bind_u64(v->st[ST_PUT_NAMING], 2, seq);
		if (!views_done(v, ST_PUT_NAMING))
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

static bool apply_names(struct views *v, const struct line *l)
{
	views_bind_text(v->st[ST_PUT_LINE_OF_KIND], 1, l->kind);
	views_bind_u64(v->st[ST_PUT_LINE_OF_KIND], 2, l->seq);
	views_bind_text(v->st[ST_PUT_LINE_OF_ACTOR], 1, l->actor);
	views_bind_u64(v->st[ST_PUT_LINE_OF_ACTOR], 2, l->seq);
	return views_done(v, ST_PUT_LINE_OF_KIND) && views_done(v, ST_PUT_LINE_OF_ACTOR);
}

static bool apply_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct applying *a = ctx;
	struct views *v = a->v;
	struct line line;

	arena_release(&a->arena);
	if (!line_parse(&a->arena, &line, raw, e))
		return err_in(e, "line %llu", (unsigned long long)seq);
	if (!apply_names(v, &line) || !apply_change(v, &line) || !apply_naming(v, line.body, seq)) {
		a->no_good = true;
		return false;
	}
	v->size = seq + 1;
	v->leaf = *leaf;
	return true;
}

static bool apply_blob(void *ctx, const struct blob_row *row, struct err *e)
{
	struct applying *a = ctx;
	sqlite3_stmt *st = a->v->st[ST_PUT_BLOB];

	(void)e;
	views_bind_hash(st, 1, &row->digest);
	views_bind_u64(st, 2, row->row);
	a->no_good = !views_done(a->v, ST_PUT_BLOB);
	a->v->blobs = row->row + 1;
	return !a->no_good;
}

static bool save_applied(struct views *v)
{
	views_bind_u64(v->st[ST_SET_APPLIED], 1, v->size);
	views_bind_hash(v->st[ST_SET_APPLIED], 2, &v->leaf);
	views_bind_text(v->st[ST_SET_APPLIED], 3, log_origin(v->log));
	views_bind_u64(v->st[ST_SET_APPLIED], 4, v->blobs);
	return views_done(v, ST_SET_APPLIED);
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

enum outcome views_apply(struct views *v, struct err *e)
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
		outcome = ok ? views_fold(v, e) : a.no_good ? NO_GOOD : LOG_FAILED;
		if (outcome == FINE && !save_applied(v))
			outcome = NO_GOOD;
	}
	if (outcome == FINE && run(v, "COMMIT"))
		return FINE;
	run(v, "ROLLBACK");
	return outcome == FINE ? NO_GOOD : outcome;
}

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

static bool find_blob(void *ctx, const struct hash32 *digest, uint64_t *row)
{
	struct views *v = ctx;
	sqlite3_stmt *st = v->st[ST_BLOB];
	bool found;

	views_bind_hash(st, 1, digest);
	found = sqlite3_step(st) == SQLITE_ROW;
	if (found)
		*row = (uint64_t)sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return found;
}

uint64_t views_behind(struct log *l)
{
	struct views v = { .log = l, .path = fs_join(log_dir(l), VIEWS_DB) };
	uint64_t behind = log_size(l);

	if (fs_exists(v.path) && parts_are_ours(v.path) &&
	    sqlite3_open_v2(v.path, &v.db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
	    number_is(&v, "PRAGMA user_version", VIEWS_VERSION) &&
	    sqlite3_prepare_v2(v.db, statement_sql[ST_APPLIED], -1, &v.st[ST_APPLIED], NULL) == SQLITE_OK &&
	    load_applied(&v) && v.size <= behind)
		behind -= v.size;
	views_close(&v);
	free(v.path);
	return behind;
}

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

uint64_t views_u64(sqlite3_stmt *st, int column)
{
	return (uint64_t)sqlite3_column_int64(st, column);
}

const char *views_str(sqlite3_stmt *st, int column, struct arena *a)
{
	const void *p = sqlite3_column_text(st, column);

	return arena_str(a, span_of(p, (size_t)sqlite3_column_bytes(st, column)));
}

static const char *str_or_null(sqlite3_stmt *st, int column, struct arena *a)
{
	return sqlite3_column_type(st, column) == SQLITE_NULL ? NULL : views_str(st, column, a);
}

/* False: neither NULL nor 32 bytes. */
static bool hash_or_null(sqlite3_stmt *st, int column, struct hash32 *out, bool *has)
{
	*has = sqlite3_column_type(st, column) != SQLITE_NULL;
	if (!*has)
		return true;
	if (sqlite3_column_bytes(st, column) != (int)sizeof(out->b))
		return false;
	memcpy(out->b, sqlite3_column_blob(st, column), sizeof(out->b));
	return true;
}

bool views_column_change(sqlite3_stmt *st, struct arena *a, struct views_change *out)
{
	*out = (struct views_change){
		.id = views_str(st, 0, a), .number = views_u64(st, 1), .title = views_str(st, 2, a),
		.last_kind = views_str(st, 3, a), .first_seq = views_u64(st, 4), .last_seq = views_u64(st, 5),
		.lines = views_u64(st, 6), .first_time = { sqlite3_column_int64(st, 7) },
		.last_time = { sqlite3_column_int64(st, 8) }, .proposed = sqlite3_column_int(st, 9) != 0,
		.withdrawn = sqlite3_column_int(st, 10) != 0, .verified = sqlite3_column_int(st, 11) != 0,
		.trouble = str_or_null(st, 12, a), .words_seq = views_u64(st, 13),
		.route = sqlite3_column_int(st, 14) == ROUTE_DIRECT ? ROUTE_DIRECT : ROUTE_TIMELOCK,
		.delay = views_u64(st, 15), .after = str_or_null(st, 16, a),
		.scheduled = sqlite3_column_type(st, 17) != SQLITE_NULL, .scheduled_at = views_u64(st, 17),
		.executed = sqlite3_column_int(st, 18) != 0, .cancelled = sqlite3_column_int(st, 19) != 0,
	};
	return hash_or_null(st, 20, &out->operation, &out->has_operation) &&
	       hash_or_null(st, 21, &out->likeness, &out->has_likeness);
}

bool views_ask(struct views *v, views_question *q, void *ctx, struct err *e)
{
	if (q(v, ctx))
		return true;
	if (!views_rebuild(v, e))
		return false;
	return q(v, ctx) || err_set(e, ERR_IO, ERR_NO_OFFSET, "the views cannot be read: %s", sqlite3_errmsg(v->db));
}

struct changes_asked {
	struct arena *arena;
	struct views_changes *out;
};

static bool count_changes(struct views *v, uint64_t *n)
{
	sqlite3_stmt *st = v->st[ST_COUNT_CHANGES];
	const bool ok = sqlite3_step(st) == SQLITE_ROW;

	if (ok)
		*n = views_u64(st, 0);
	sqlite3_reset(st);
	return ok;
}

/* Another process may add one between the count and the list: it is not of this size, and left out. */
static bool ask_changes(struct views *v, void *ctx)
{
	const struct changes_asked *q = ctx;
	sqlite3_stmt *st = v->st[ST_CHANGES];
	uint64_t size = 0;
	bool good = count_changes(v, &size);

	*q->out = (struct views_changes){ ARENA_ARRAY(q->arena, struct views_change, (size_t)size), 0 };
	while (good && q->out->n < size) {
		good = sqlite3_step(st) == SQLITE_ROW &&
		       views_column_change(st, q->arena, &q->out->v[q->out->n]);
		q->out->n++;
	}
	sqlite3_reset(st);
	return good;
}

bool views_changes(struct views *v, struct arena *a, struct views_changes *out, struct err *e)
{
	struct changes_asked q = { a, out };

	return views_ask(v, ask_changes, &q, e);
}

bool views_each_change(struct views *v, views_change_fn *fn, void *ctx, struct err *e)
{
	struct views_changes all;
	struct arena a = {0};
	bool ok = views_changes(v, &a, &all, e);

	for (size_t i = 0; ok && i < all.n; i++)
		ok = fn(ctx, &all.v[i], e);
	arena_release(&a);
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
	bool good;
	int rc;

	views_bind_text(st, 1, c->id);
	rc = sqlite3_step(st);
	c->found = rc == SQLITE_ROW;
	good = c->found ? views_column_change(st, c->arena, c->out) : rc == SQLITE_DONE;
	sqlite3_reset(st);
	return good;
}

bool views_seek_change(struct views *v, struct arena *a, struct span id, struct views_change *out, bool *found,
		       struct err *e)
{
	struct one_change c = { .arena = a, .id = id, .out = out };
	const bool ok = views_ask(v, ask_change, &c, e);

	*found = ok && c.found;
	return ok;
}

bool views_find_change(struct views *v, struct arena *a, struct span id, struct views_change *out, struct err *e)
{
	bool found;

	if (!views_seek_change(v, a, id, out, &found, e))
		return false;
	return found ||
	       err_set(e, ERR_MISSING, ERR_NO_OFFSET, "no change %.*s in the log", (int)id.n, (const char *)id.p);
}

static bool ask_next_number(struct views *v, void *ctx)
{
	sqlite3_stmt *st = v->st[ST_NEXT_NUMBER];
	const bool ok = sqlite3_step(st) == SQLITE_ROW;

	if (ok)
		*(uint64_t *)ctx = views_u64(st, 0);
	sqlite3_reset(st);
	return ok;
}

bool views_next_change_number(struct views *v, uint64_t *out, struct err *e)
{
	return views_ask(v, ask_next_number, out, e);
}

struct lines_asked {
	struct arena *arena;
	enum statement which;
	struct span text;             /* or */
	const struct hash32 *value;
	struct seqs *out;
};

bool views_take_seqs(struct views *v, enum statement which, struct arena *a, struct seqs *out)
{
	sqlite3_stmt *st = v->st[which];
	size_t cap = 0;
	int rc;

	*out = (struct seqs){0};
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		if (out->n == cap) {
			uint64_t *more = ARENA_ARRAY(a, uint64_t, cap = cap ? 2 * cap : 16);

			for (size_t i = 0; i < out->n; i++)
				more[i] = out->seq[i];
			out->seq = more;
		}
		out->seq[out->n++] = views_u64(st, 0);
	}
	sqlite3_reset(st);
	return rc == SQLITE_DONE;
}

static bool ask_lines(struct views *v, void *ctx)
{
	const struct lines_asked *q = ctx;

	if (q->value)
		views_bind_hash(v->st[q->which], 1, q->value);
	else
		views_bind_text(v->st[q->which], 1, q->text);
	return views_take_seqs(v, q->which, q->arena, q->out);
}

bool views_lines_of_change(struct views *v, struct arena *a, struct span change, struct seqs *out, struct err *e)
{
	struct lines_asked q = { .arena = a, .which = ST_OF_CHANGE, .text = change, .out = out };

	return views_ask(v, ask_lines, &q, e);
}

bool views_lines_of_kind(struct views *v, struct arena *a, struct span kind, struct seqs *out, struct err *e)
{
	struct lines_asked q = { .arena = a, .which = ST_OF_KIND, .text = kind, .out = out };

	return views_ask(v, ask_lines, &q, e);
}

static int by_seq(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

bool views_lines_of_kinds(struct views *v, struct arena *a, const char *const kinds[], size_t n, struct seqs *out,
			  struct err *e)
{
	*out = (struct seqs){0};
	for (size_t i = 0; i < n; i++) {
		struct seqs some;
		uint64_t *both;

		if (!views_lines_of_kind(v, a, span_str(kinds[i]), &some, e))
			return false;
		both = ARENA_ARRAY(a, uint64_t, out->n + some.n + 1);
		if (out->n)
			memcpy(both, out->seq, out->n * sizeof(*both));
		if (some.n)
			memcpy(both + out->n, some.seq, some.n * sizeof(*both));
		*out = (struct seqs){ both, out->n + some.n };
	}
	if (out->n)
		qsort(out->seq, out->n, sizeof(*out->seq), by_seq);
	return true;
}

bool views_lines_naming(struct views *v, struct arena *a, const struct hash32 *value, struct seqs *out, struct err *e)
{
	struct lines_asked q = { .arena = a, .which = ST_NAMING, .value = value, .out = out };

	return views_ask(v, ask_lines, &q, e);
}

struct page_asked {
	struct arena *arena;
	const struct views_filter *filter;
	uint64_t before;
	size_t limit;
	struct seqs *out;
};

/* It starts at what has the fewest lines, as a rule: a change, then a kind, then an actor. */
static bool ask_page(struct views *v, void *ctx)
{
	const struct page_asked *q = ctx;
	const enum statement which = q->filter->change.n ? ST_PAGE_CHANGE : q->filter->kind.n ? ST_PAGE_KIND
											      : ST_PAGE_ACTOR;
	sqlite3_stmt *st = v->st[which];

	views_bind_text(st, 1, q->filter->change);
	views_bind_text(st, 2, q->filter->kind);
	views_bind_text(st, 3, q->filter->actor);
	views_bind_u64(st, 4, q->before);
	views_bind_u64(st, 5, q->limit);
	return views_take_seqs(v, which, q->arena, q->out);
}

bool views_lines_page(struct views *v, struct arena *a, const struct views_filter *f, uint64_t before, size_t limit,
		      struct seqs *out, struct err *e)
{
	struct page_asked q = { a, f, before < v->size ? before : v->size, limit, out };

	if (f->kind.n || f->change.n || f->actor.n)
		return views_ask(v, ask_page, &q, e);
	out->n = limit < q.before ? limit : (size_t)q.before;
	out->seq = ARENA_ARRAY(a, uint64_t, out->n);
	for (size_t i = 0; i < out->n; i++)
		out->seq[i] = q.before - 1 - i;
	return true;
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
