#include "audit-log/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "audit-log/schema.h"

#define BUSY_TIMEOUT_MS 20000
#define SCHEMA_QUERY "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid"

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
static const char *const statement_sql[] = {
#define S(id, sql) sql,
	STATEMENTS(S)
#undef S
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

struct store_scan {
	struct store *store;
	sqlite3_stmt *st;
	enum store_table table;
	bool bytes;
};

/* ---- where it may live ------------------------------------------------------------------------------------------ */

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

/* ---- errors ----------------------------------------------------------------------------------------------------- */

static bool fail(const struct store *s, const char *doing, struct err *e)
{
	err_set(e, ERR_IO, ERR_NO_OFFSET, "%s: %s", doing, sqlite3_errmsg(s->db));
	return err_file(e, s->path, 0);
}

/* ---- opening ---------------------------------------------------------------------------------------------------- */

static bool run(const struct store *s, const char *sql, struct err *e)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK || fail(s, sql, e);
}

/* The first column of the first row, as text. */
static bool ask(const struct store *s, const char *sql, struct buf *out, struct err *e)
{
	sqlite3_stmt *st;
	bool ok = false;

	if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) != SQLITE_OK)
		return fail(s, sql, e);
	if (sqlite3_step(st) == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(st, 0);

		buf_str(out, text ? text : "");
		ok = true;
	}
	sqlite3_finalize(st);
	return ok || fail(s, sql, e);
}

static bool demand(const struct store *s, const char *pragma, const char *wanted, struct err *e)
{
	struct buf found = {0};
	bool ok = ask(s, pragma, &found, e);

	if (ok && strcasecmp(buf_cstr(&found), wanted) != 0) {
		err_set(e, ERR_IO, ERR_NO_OFFSET, "%s: needed %s, found %s", pragma, wanted, buf_cstr(&found));
		ok = err_file(e, s->path, 0);
	}
	buf_release(&found);
	return ok;
}

static bool table_is_ours(const char *name)
{
	static const char *const tables[] = { "lines", "nodes", "checkpoints", "blobs" };

	for (size_t i = 0; name && i < ARRAY_LEN(tables); i++)
		if (strcmp(name, tables[i]) == 0)
			return true;
	return false;
}

/* What this program ever asks of the file once it is open: reads, inserts into our tables, emptying a blob,
 * transactions, and the checks of verify. An allowed action that is not asked for is a bug that goes no further. */
static int authorize(void *ctx, int action, const char *one, const char *two, const char *db, const char *trigger)
{
	const struct store *s = ctx;

	(void)trigger;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_FUNCTION:
	case SQLITE_TRANSACTION:
		return SQLITE_OK;
	case SQLITE_READ:
		return !db || strcmp(db, "main") == 0 ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_INSERT:
		return db && strcmp(db, "main") == 0 && table_is_ours(one) ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_UPDATE:
		return s->preparing && db && strcmp(db, "main") == 0 && strcmp(one, "blobs") == 0 &&
				       strcmp(two, "bytes") == 0
			       ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_PRAGMA:
		return one && !two && (strcmp(one, "integrity_check") == 0 || strcmp(one, "user_version") == 0 ||
				       strcmp(one, "application_id") == 0 || strcmp(one, "encoding") == 0)
			       ? SQLITE_OK : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

static bool configure(const struct store *s, struct err *e)
{
	static const struct { int what, value; } settings[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },      { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 },    { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },        { SQLITE_DBCONFIG_DQS_DDL, 0 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 1 },
	};

	sqlite3_extended_result_codes(s->db, 1);
	sqlite3_busy_timeout(s->db, BUSY_TIMEOUT_MS);
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (sqlite3_db_config(s->db, settings[i].what, settings[i].value, NULL) != SQLITE_OK)
			return fail(s, "sqlite3_db_config", e);
	return run(s, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA recursive_triggers=ON;"
		      "PRAGMA secure_delete=ON", e);
}

/* A path as a file: URI, so that immutable=1 can be said. */
static void add_uri(struct buf *out, const char *path, const char *query)
{
	buf_str(out, "file:");
	for (const char *p = path; *p; p++) {
		const unsigned char c = (unsigned char)*p;

		if (strchr("?#%", c) || c < 0x21 || c > 0x7e)
			buf_fmt(out, "%%%02X", c);
		else
			buf_byte(out, c);
	}
	buf_str(out, query);
}

static bool connect_to(struct store *s, int flags, const char *query, struct err *e)
{
	struct buf uri = {0};
	int rc;

	/* A relative path that starts with "//" or with "localhost" would be read as a host: "./" in front. */
	if (s->path[0] == '/') {
		add_uri(&uri, s->path, query);
	} else {
		struct buf dotted = {0};

		buf_fmt(&dotted, "./%s", s->path);
		add_uri(&uri, buf_cstr(&dotted), query);
		buf_release(&dotted);
	}
	rc = sqlite3_open_v2(buf_cstr(&uri), &s->db,
			     flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	buf_release(&uri);
	if (rc != SQLITE_OK)
		return fail(s, "open", e);
	return configure(s, e);
}

static struct store *store_new(const char *path)
{
	struct store *s = calloc(1, sizeof(*s));

	if (!s || !(s->path = strdup(path)))
		die("out of memory");
	return s;
}

void store_release(struct store *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < N_STATEMENTS; i++)
		sqlite3_finalize(s->st[i]);
	sqlite3_close(s->db);
	free(s->path);
	free(s);
}

static bool prepare(struct store *s, enum statement which, struct err *e)
{
	bool ok;

	s->preparing = true;
	ok = sqlite3_prepare_v3(s->db, statement_sql[which], -1, SQLITE_PREPARE_PERSISTENT, &s->st[which], NULL) ==
	     SQLITE_OK;
	s->preparing = false;
	return ok || fail(s, statement_sql[which], e);
}

static bool prepare_all(struct store *s, struct err *e)
{
	for (size_t i = 0; i < N_STATEMENTS; i++)
		if (!prepare(s, (enum statement)i, e))
			return false;
	return true;
}

/* ---- the schema ------------------------------------------------------------------------------------------------- */

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

		if (!ask(s, numbers[i].sql, &found, e)) {
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
		return fail(s, "read the schema", e);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		check_schema_row(st, i++, fn, ctx);
	sqlite3_finalize(st);
	if (rc != SQLITE_DONE)
		return fail(s, "read the schema", e);
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

static bool demand_schema(struct store *s, struct err *e)
{
	struct buf first = {0};
	bool ok = store_check_schema(s, keep_first, &first, e);

	if (ok && first.n) {
		err_refuse(e, "SCHEMA", "not a change log as this program makes them: %s", buf_cstr(&first));
		ok = err_file(e, s->path, 0);
	}
	buf_release(&first);
	return ok && demand(s, "PRAGMA encoding", "UTF-8", e);
}

static bool make_schema(const struct store *s, struct err *e)
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
	ok = run(s, buf_cstr(&sql), e);
	buf_release(&sql);
	return ok;
}

static bool make_empty(const char *path, struct err *e)
{
	const int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd >= 0) {
		close(fd);
		return true;
	}
	if (errno == EEXIST)
		err_refuse(e, "EXISTS", "there is something already");
	else
		err_set(e, ERR_IO, ERR_NO_OFFSET, "cannot be made: %m");
	return err_file(e, path, 0);
}

bool store_create(const char *path, struct err *e)
{
	struct store *s;
	bool ok;

	if (!make_empty(path, e))
		return false;
	s = store_new(path);
	ok = connect_to(s, SQLITE_OPEN_READWRITE, "", e) && make_schema(s, e) && demand_schema(s, e);
	store_release(s);
	if (!ok)
		unlink(path);
	return ok;
}

/* A writer's settings, each read back: durability that was not granted is not assumed. */
static bool open_append(struct store *s, struct err *e)
{
	return connect_to(s, SQLITE_OPEN_READWRITE, "", e) && demand_schema(s, e) &&
	       demand(s, "PRAGMA journal_mode=WAL", "wal", e) && run(s, "PRAGMA synchronous=FULL", e) &&
	       demand(s, "PRAGMA synchronous", "2", e);
}

static bool has_bytes(const char *path, const char *suffix)
{
	struct buf name = {0};
	struct stat st;
	bool yes;

	buf_fmt(&name, "%s%s", path, suffix);
	yes = stat(buf_cstr(&name), &st) == 0 && st.st_size > 0;
	buf_release(&name);
	return yes;
}

/* A WAL file needs its shared memory beside it even to be read. On read-only media, with nothing in the WAL, the file
 * is all there is, and nobody changes it. */
static bool open_read(struct store *s, bool strict, struct err *e)
{
	struct err first = {0};

	if (connect_to(s, SQLITE_OPEN_READONLY, "", &first) && (strict ? demand_schema(s, &first)
								       : run(s, "SELECT 1 FROM sqlite_schema", &first)))
		return true;
	if (first.code != ERR_IO || has_bytes(s->path, "-wal")) {
		if (e) {
			err_clear(e);
			*e = first;
		} else {
			err_clear(&first);
		}
		return false;
	}
	err_clear(&first);
	sqlite3_close(s->db);
	s->db = NULL;
	return connect_to(s, SQLITE_OPEN_READONLY, "?immutable=1", e) &&
	       (strict ? demand_schema(s, e) : run(s, "SELECT 1 FROM sqlite_schema", e));
}

static bool open_in_mode(struct store *s, enum store_mode mode, struct err *e)
{
	bool ok = false;

	switch (mode) {
	case STORE_READ:
		ok = open_read(s, true, e);
		break;
	case STORE_EXAMINE:
		ok = open_read(s, false, e);
		break;
	case STORE_APPEND:
		ok = open_append(s, e);
		break;
	}
	if (!ok)
		return false;
	if (sqlite3_set_authorizer(s->db, authorize, s) != SQLITE_OK)
		return fail(s, "sqlite3_set_authorizer", e);
	return mode == STORE_EXAMINE || prepare_all(s, e);
}

struct store *store_open(const char *path, enum store_mode mode, struct err *e)
{
	struct stat st;
	struct store *s;

	if (stat(path, &st) != 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			err_set(e, ERR_MISSING, ERR_NO_OFFSET, "there is no change log");
		else
			err_set(e, ERR_IO, ERR_NO_OFFSET, "cannot be read: %m");
		err_file(e, path, 0);
		return NULL;
	}
	s = store_new(path);
	if (open_in_mode(s, mode, e))
		return s;
	store_release(s);
	return NULL;
}

/* ---- copying ---------------------------------------------------------------------------------------------------- */

static bool copy_pages(struct store *from, struct store *to, struct err *e)
{
	sqlite3_backup *b = sqlite3_backup_init(to->db, "main", from->db, "main");
	int rc;

	if (!b)
		return fail(to, "backup", e);
	do {
		rc = sqlite3_backup_step(b, -1);
	} while (rc == SQLITE_BUSY || rc == SQLITE_LOCKED);
	rc = sqlite3_backup_finish(b);
	return rc == SQLITE_OK || fail(to, "backup", e);
}

static bool sync_file(const char *path, struct err *e)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (!ok) {
		err_set(e, ERR_IO, ERR_NO_OFFSET, "cannot be made durable: %m");
		err_file(e, path, 0);
	}
	if (fd >= 0)
		close(fd);
	return ok;
}

bool store_copy(const char *from, const char *to, struct err *e)
{
	struct store *source, *copy;
	bool ok;

	if (!make_empty(to, e))
		return false;
	source = store_new(from);
	copy = store_new(to);
	ok = open_read(source, true, e) && connect_to(copy, SQLITE_OPEN_READWRITE, "", e) &&
	     copy_pages(source, copy, e);
	store_release(source);
	store_release(copy);
	ok = ok && sync_file(to, e);
	if (!ok)
		unlink(to);
	return ok;
}

/* ---- running statements ----------------------------------------------------------------------------------------- */

/* Statements are prepared on first use where open could not (a foreign schema): a missing table is then an error
 * here. */
static sqlite3_stmt *ready(struct store *s, enum statement which, struct err *e)
{
	return s->st[which] || prepare(s, which, e) ? s->st[which] : NULL;
}

static bool done(struct store *s, enum statement which, struct err *e)
{
	sqlite3_stmt *st = ready(s, which, e);
	bool ok;

	if (!st)
		return false;
	ok = sqlite3_step(st) == SQLITE_DONE || fail(s, statement_sql[which], e);
	sqlite3_reset(st);
	return ok;
}

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
	const bool ok = done(s, which, e);

	sqlite3_clear_bindings(s->st[which]);
	return ok;
}

bool store_begin(struct store *s, struct err *e)
{
	return done(s, ST_BEGIN, e);
}

bool store_commit(struct store *s, struct err *e)
{
	return done(s, ST_COMMIT, e);
}

void store_rollback(struct store *s)
{
	if (!sqlite3_get_autocommit(s->db))
		done(s, ST_ROLLBACK, NULL);
}

bool store_version(struct store *s, uint32_t *out, struct err *e)
{
	unsigned version;

	if (sqlite3_file_control(s->db, "main", SQLITE_FCNTL_DATA_VERSION, &version) != SQLITE_OK)
		return fail(s, "data version", e);
	*out = version;
	return true;
}

bool store_read_begin(struct store *s, struct err *e)
{
	return done(s, ST_READ_BEGIN, e);
}

void store_read_end(struct store *s)
{
	store_rollback(s);
}

bool store_put_line(struct store *s, uint64_t at, const struct hash32 *leaf, struct span line, struct err *e)
{
	sqlite3_stmt *st = ready(s, ST_PUT_LINE, e);

	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, (sqlite3_int64)at);
	bind_bytes(st, 2, SPAN_HASH(leaf));
	bind_text(st, 3, line);
	return put(s, ST_PUT_LINE, e);
}

bool store_put_node(struct store *s, uint64_t at, const struct hash32 *node, struct err *e)
{
	sqlite3_stmt *st = ready(s, ST_PUT_NODE, e);

	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, (sqlite3_int64)at);
	bind_bytes(st, 2, SPAN_HASH(node));
	return put(s, ST_PUT_NODE, e);
}

bool store_put_checkpoint(struct store *s, uint64_t at, uint64_t size, struct span note, struct err *e)
{
	sqlite3_stmt *st = ready(s, ST_PUT_CHECKPOINT, e);

	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, (sqlite3_int64)at);
	sqlite3_bind_int64(st, 2, (sqlite3_int64)size);
	bind_text(st, 3, note);
	return put(s, ST_PUT_CHECKPOINT, e);
}

static const char *const class_names[] = {
	[BLOB_PUBLIC] = "public", [BLOB_BEARER] = "bearer", [BLOB_PRIVATE] = "private"
};

const char *blob_class_name(enum blob_class c)
{
	return class_names[c];
}

bool store_put_blob(struct store *s, uint64_t at, const struct hash32 *digest, enum blob_class class, struct span bytes,
		    struct err *e)
{
	sqlite3_stmt *st = ready(s, ST_PUT_BLOB, e);

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
	sqlite3_stmt *st = ready(s, ST_EMPTY_BLOB, e);

	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, (sqlite3_int64)i);
	return put(s, ST_EMPTY_BLOB, e);
}

bool store_truncate_wal(struct store *s, struct err *e)
{
	return sqlite3_wal_checkpoint_v2(s->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) == SQLITE_OK ||
	       fail(s, "wal_checkpoint", e);
}

bool store_count(struct store *s, enum store_table t, uint64_t *out, struct err *e)
{
	static const enum statement counts[] = { [STORE_LINES] = ST_COUNT_LINES,
						 [STORE_NODES] = ST_COUNT_NODES,
						 [STORE_CHECKPOINTS] = ST_COUNT_CHECKPOINTS,
						 [STORE_BLOBS] = ST_COUNT_BLOBS };
	sqlite3_stmt *st = ready(s, counts[t], e);
	bool ok;

	if (!st)
		return false;
	ok = sqlite3_step(st) == SQLITE_ROW || fail(s, statement_sql[counts[t]], e);
	if (ok)
		*out = (uint64_t)sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return ok;
}

/* ---- columns ---------------------------------------------------------------------------------------------------- */

static struct span column_bytes(sqlite3_stmt *st, int column)
{
	const void *p = sqlite3_column_blob(st, column);

	return span_of(p, (size_t)sqlite3_column_bytes(st, column));
}

static bool column_hash(sqlite3_stmt *st, int column, struct hash32 *out)
{
	const struct span bytes = column_bytes(st, column);
	const bool ok = bytes.n == sizeof(out->b);

	if (ok)
		memcpy(out->b, bytes.p, sizeof(out->b));
	else
		*out = (struct hash32){0};
	return ok;
}

static bool column_class(sqlite3_stmt *st, int column, enum blob_class *out)
{
	const struct span name = column_bytes(st, column);

	for (size_t i = 0; i < ARRAY_LEN(class_names); i++)
		if (span_is(name, class_names[i])) {
			*out = (enum blob_class)i;
			return true;
		}
	*out = BLOB_PRIVATE;          /* what is withheld most */
	return false;
}

/* Steps a SELECT of one row by its number. The caller resets. */
static sqlite3_stmt *one_row(struct store *s, enum statement which, const char *what, uint64_t i, struct err *e)
{
	sqlite3_stmt *st = ready(s, which, e);
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
		fail(s, statement_sql[which], e);
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
	ok = column_hash(st, 0, leaf) || misshapen(s, "line", seq, e);
	if (ok && out)
		buf_span(out, column_bytes(st, 1));
	sqlite3_reset(st);
	return ok;
}

bool store_node(struct store *s, uint64_t i, struct hash32 *out, struct err *e)
{
	sqlite3_stmt *st = one_row(s, ST_GET_NODE, "node", i, e);
	bool ok;

	if (!st)
		return false;
	ok = column_hash(st, 0, out) || misshapen(s, "node", i, e);
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
		buf_span(note, column_bytes(st, 1));
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
	ok = (column_hash(st, 0, digest) && column_class(st, 1, class)) || misshapen(s, "blob", i, e);
	if (ok && bytes)
		buf_span(bytes, column_bytes(st, 2));
	sqlite3_reset(st);
	return ok;
}

/* ---- scans ------------------------------------------------------------------------------------------------------ */

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
		fail(s, scan_sql(t, bytes), e);
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
		fail(scan->store, "read", e);
		return STORE_ERROR;
	}
	*row = (struct store_row){ .i = (uint64_t)sqlite3_column_int64(st, 0), .hash_ok = true };
	switch (scan->table) {
	case STORE_LINES:
		row->hash_ok = column_hash(st, 1, &row->hash);
		row->bytes = column_bytes(st, 2);
		break;
	case STORE_NODES:
		row->hash_ok = column_hash(st, 1, &row->hash);
		break;
	case STORE_CHECKPOINTS:
		row->size = (uint64_t)sqlite3_column_int64(st, 1);
		row->bytes = column_bytes(st, 2);
		break;
	case STORE_BLOBS:
		row->hash_ok = column_hash(st, 1, &row->hash) && column_class(st, 2, &row->class);
		row->size = (uint64_t)sqlite3_column_int64(st, 3);
		if (scan->bytes)
			row->bytes = column_bytes(st, 4);
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

/* ---- visits ----------------------------------------------------------------------------------------------------- */

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
		return fail(s, "visit_row", e);
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
		return fail(s, sql, e);
	s->visit = fn;
	s->visit_ctx = ctx;
	s->visit_stopped = false;
	sqlite3_bind_int64(st, 1, from > INT64_MAX ? INT64_MAX : (sqlite3_int64)from);
	sqlite3_bind_int64(st, 2, to > INT64_MAX ? INT64_MAX : (sqlite3_int64)to);
	ok = sqlite3_step(st) == SQLITE_ROW || s->visit_stopped || fail(s, "read", e);
	sqlite3_finalize(st);
	*all = ok && !s->visit_stopped;
	return ok;
}

/* ---- checks ----------------------------------------------------------------------------------------------------- */

bool store_check_integrity(struct store *s, void (*fn)(void *ctx, const char *text), void *ctx, struct err *e)
{
	sqlite3_stmt *st;
	int rc;

	if (sqlite3_prepare_v2(s->db, "PRAGMA integrity_check", -1, &st, NULL) != SQLITE_OK)
		return fail(s, "integrity_check", e);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(st, 0);

		if (!text || strcmp(text, "ok") != 0)
			fn(ctx, text ? text : "a finding without words");
	}
	sqlite3_finalize(st);
	return rc == SQLITE_DONE || fail(s, "integrity_check", e);
}

bool store_try_sql(struct store *s, const char *sql, struct err *e)
{
	return run(s, sql, e);
}
