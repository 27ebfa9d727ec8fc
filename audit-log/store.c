#include "audit-log/store_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 20000

/* ---- connecting -------------------------------------------------------------------------------------------------- */

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
			return store_fail(s, "sqlite3_db_config", e);
	return store_run(s, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA recursive_triggers=ON;"
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
		return store_fail(s, "open", e);
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

/* ---- making ------------------------------------------------------------------------------------------------------ */

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
	ok = connect_to(s, SQLITE_OPEN_READWRITE, "", e) && store_make_schema(s, e) && store_demand_schema(s, e);
	store_release(s);
	if (!ok)
		unlink(path);
	return ok;
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

/* A writer's settings, each read back: durability that was not granted is not assumed. */
static bool open_append(struct store *s, struct err *e)
{
	return connect_to(s, SQLITE_OPEN_READWRITE, "", e) && store_demand_schema(s, e) &&
	       store_demand(s, "PRAGMA journal_mode=WAL", "wal", e) && store_run(s, "PRAGMA synchronous=FULL", e) &&
	       store_demand(s, "PRAGMA synchronous", "2", e);
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

static bool begin_read(struct store *s, const char *query, bool strict, struct err *e)
{
	return connect_to(s, SQLITE_OPEN_READONLY, query, e) &&
	       (strict ? store_demand_schema(s, e) : store_run(s, "SELECT 1 FROM sqlite_schema", e));
}

/* A WAL file needs its shared memory beside it even to be read. On read-only media, with nothing in the WAL, the file
 * is all there is, and nobody changes it. */
static bool open_read(struct store *s, bool strict, struct err *e)
{
	struct err first = {0};

	if (begin_read(s, "", strict, &first))
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
	return begin_read(s, "?immutable=1", strict, e);
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
		return store_fail(s, "sqlite3_set_authorizer", e);
	return mode == STORE_EXAMINE || store_prepare_all(s, e);
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

/* ---- copying ----------------------------------------------------------------------------------------------------- */

static bool copy_pages(struct store *from, struct store *to, struct err *e)
{
	sqlite3_backup *b = sqlite3_backup_init(to->db, "main", from->db, "main");
	int rc;

	if (!b)
		return store_fail(to, "backup", e);
	do {
		rc = sqlite3_backup_step(b, -1);
	} while (rc == SQLITE_BUSY || rc == SQLITE_LOCKED);
	rc = sqlite3_backup_finish(b);
	return rc == SQLITE_OK || store_fail(to, "backup", e);
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

/* ---- transactions ------------------------------------------------------------------------------------------------ */

bool store_begin(struct store *s, struct err *e)
{
	return store_done(s, ST_BEGIN, e);
}

bool store_commit(struct store *s, struct err *e)
{
	return store_done(s, ST_COMMIT, e);
}

void store_rollback(struct store *s)
{
	if (!sqlite3_get_autocommit(s->db))
		store_done(s, ST_ROLLBACK, NULL);
}

bool store_version(struct store *s, uint32_t *out, struct err *e)
{
	unsigned version;

	if (sqlite3_file_control(s->db, "main", SQLITE_FCNTL_DATA_VERSION, &version) != SQLITE_OK)
		return store_fail(s, "data version", e);
	*out = version;
	return true;
}

bool store_read_begin(struct store *s, struct err *e)
{
	return store_done(s, ST_READ_BEGIN, e);
}

void store_read_end(struct store *s)
{
	store_rollback(s);
}

bool store_in_transaction(const struct store *s)
{
	return !sqlite3_get_autocommit(s->db);
}

bool store_truncate_wal(struct store *s, struct err *e)
{
	return sqlite3_wal_checkpoint_v2(s->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) == SQLITE_OK ||
	       store_fail(s, "wal_checkpoint", e);
}

bool store_try_sql(struct store *s, const char *sql, struct err *e)
{
	return store_run(s, sql, e);
}
