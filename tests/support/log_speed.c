/* What the log is measured against, for tests/bench/log.sh. Each prints seconds, and what else there is to say.
 *
 *     log_speed scan DB           one pass over lines and nodes by SQLite alone, and one SHA-256 a line
 *     log_speed verify DIR        setgov log verify --chain; the process's largest resident set in KiB, processor time
 *     log_speed open DIR          opening a log and its views, and listing the changes
 *     log_speed decide DIR        what packet, collect and submit read: the log counted, the changes that are not
 *                                 executed folded; how many these are, the largest resident set in KiB
 *     log_speed append DIR N      N durable appends, N bare inserts of rows of the same sizes, N appends with a signed
 *                                 checkpoint on each, in 31 turns: the median turn of each
 *     log_speed lines DB N        the first N lines as a stream for git fast-import, a commit each */
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "audit-log/append.h"
#include "audit-log/verify.h"
#include "audit-log/workspace.h"
#include "src/base/fs.h"
#include "src/crypto/hash.h"
#include "tests/support/check.h"

#define ROUNDS 31u

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(bool ok, struct err *e)
{
	struct buf words = {0};

	if (ok)
		return;
	err_format(e, &words);
	die("log_speed: %s", buf_cstr(&words));
}

static sqlite3 *open_db(const char *path, int flags)
{
	sqlite3 *db;

	if (sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		die("log_speed: %s: %s", path, sqlite3_errmsg(db));
	return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
		die("log_speed: %s: %s", sql, sqlite3_errmsg(db));
	return st;
}

static void run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		die("log_speed: %s: %s", sql, sqlite3_errmsg(db));
}

static void scan(const char *path)
{
	sqlite3 *db = open_db(path, SQLITE_OPEN_READONLY);
	sqlite3_stmt *st = prepare(db, "SELECT seq, leaf, line FROM lines ORDER BY seq");
	const double start = seconds();
	unsigned long long n = 0, bytes = 0;
	struct hash32 h;
	uint8_t all = 0;

	for (; sqlite3_step(st) == SQLITE_ROW; n++) {
		const struct span line = span_of(sqlite3_column_blob(st, 2), (size_t)sqlite3_column_bytes(st, 2));

		sha256(&h, line);
		all ^= h.b[0];
		bytes += line.n;
	}
	sqlite3_finalize(st);
	st = prepare(db, "SELECT i, hash FROM nodes ORDER BY i");
	while (sqlite3_step(st) == SQLITE_ROW)
		all ^= *(const uint8_t *)sqlite3_column_blob(st, 1);
	printf("%.3f %llu %.0f %02x\n", seconds() - start, n, n ? (double)bytes / (double)n : 0, all);
	sqlite3_finalize(st);
	sqlite3_close(db);
}

static void verify(const char *dir)
{
	const struct verify_options options = { .depth = VERIFY_CHAIN };
	struct verify_report r;
	struct arena a = {0};
	struct rusage usage;
	struct err e = {0};
	const double start = seconds();

	must(log_verify(&a, &r, dir, &options, &e), &e);
	if (r.n_findings)
		die("log_speed: %s", r.findings[0].text);
	getrusage(RUSAGE_SELF, &usage);
	printf("%.3f %ld %.2f\n", seconds() - start, usage.ru_maxrss,
	       (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
	arena_release(&a);
}

static void open_log(const char *dir)
{
	const double start = seconds();
	struct views_changes changes;
	struct arena a = {0};
	struct err e = {0};
	struct log *l = log_open(dir, LOG_READ, NULL, &e);
	struct views *v;

	must(l != NULL, &e);
	v = views_open(l, &e);
	must(v && views_changes(v, &a, &changes, &e), &e);
	printf("%.4f %zu\n", seconds() - start, changes.n);
	views_release(v);
	log_release(l);
	arena_release(&a);
}

static void decide(const char *dir)
{
	const double start = seconds();
	struct workspace ws = {0};
	const struct changes *all;
	struct rusage used;
	struct err e = {0};

	ws.log = log_open(dir, LOG_READ, NULL, &e);
	must(ws.log != NULL, &e);
	ws.views = views_open(ws.log, &e);
	must(ws.views && workspace_unfinished(&ws, &all, &e), &e);
	getrusage(RUSAGE_SELF, &used);
	printf("%.3f %zu %ld\n", seconds() - start, all->n, used.ru_maxrss);
	views_release(ws.views);
	log_release(ws.log);
	arena_release(&ws.arena);
}

/* ---- appending -------------------------------------------------------------------------------------------------- */

static struct json *body_of(struct arena *a, unsigned i)
{
	struct json *o = json_object(a);
	char text[321];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	json_set(o, a, "title", json_fmt(a, "line %u", i));
	json_set(o, a, "text", json_str(a, text));
	return o;
}

static struct log *make_log(const char *dir)
{
	const struct span profile = span_str("{}");
	struct arena a = {0};
	const struct log_opening o = { .origin = span_str("bench/log"), .actor = span_str("p1"),
				       .auth = span_str("claimed"), .body = json_object(&a),
				       .blobs = &profile, .n_blobs = 1 };
	struct err e = {0};
	struct log *l = log_create(dir, &o, NULL, &e);

	must(l != NULL, &e);
	arena_release(&a);
	return l;
}

static double append(struct log *l, unsigned n, bool sign)
{
	struct arena a = {0};
	struct err e = {0};
	const double start = seconds();

	for (unsigned i = 0; i < n; i++) {
		struct line line = { .kind = span_str("change.drafted"), .change = span_str("SC-1"),
				     .body = body_of(&a, i), .actor = span_str("p1"), .auth = span_str("claimed") };

		must(log_begin(l, &e) && log_add_line(l, &line, &e) && (!sign || log_add_checkpoint(l, NULL, &e)) &&
		     log_commit(l, &e), &e);
		arena_release(&a);
	}
	return seconds() - start;
}

static sqlite3 *make_bare(const char *path)
{
	sqlite3 *db = open_db(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);

	run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
	    "CREATE TABLE lines (seq INTEGER PRIMARY KEY, leaf BLOB NOT NULL, line TEXT NOT NULL) STRICT;"
	    "CREATE TABLE nodes (i INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT");
	return db;
}

static double insert(sqlite3 *db, uint64_t from, unsigned n, size_t line_bytes)
{
	static const uint8_t hash[32];
	sqlite3_stmt *line = prepare(db, "INSERT INTO lines VALUES (?1, ?2, ?3)");
	sqlite3_stmt *node = prepare(db, "INSERT INTO nodes VALUES (?1, ?2)");
	char *text = malloc(line_bytes);
	const double start = seconds();

	if (!text)
		die("out of memory");
	memset(text, 'x', line_bytes);
	for (uint64_t seq = from; seq < from + n; seq++) {
		run(db, "BEGIN IMMEDIATE");
		sqlite3_bind_int64(line, 1, (sqlite3_int64)seq);
		sqlite3_bind_blob(line, 2, hash, sizeof(hash), SQLITE_STATIC);
		sqlite3_bind_text(line, 3, text, (int)line_bytes, SQLITE_STATIC);
		if (sqlite3_step(line) != SQLITE_DONE)
			die("log_speed: %s", sqlite3_errmsg(db));
		sqlite3_reset(line);
		for (uint64_t i = merkle_count(seq); i < merkle_count(seq + 1); i++) {
			sqlite3_bind_int64(node, 1, (sqlite3_int64)i);
			sqlite3_bind_blob(node, 2, hash, sizeof(hash), SQLITE_STATIC);
			if (sqlite3_step(node) != SQLITE_DONE)
				die("log_speed: %s", sqlite3_errmsg(db));
			sqlite3_reset(node);
		}
		run(db, "COMMIT");
	}
	free(text);
	sqlite3_finalize(line);
	sqlite3_finalize(node);
	return seconds() - start;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double v[ROUNDS])
{
	qsort(v, ROUNDS, sizeof(*v), by_value);
	return v[ROUNDS / 2];
}

static void appends(const char *dir, unsigned n)
{
	struct arena a = {0};
	struct err e = {0};
	double ours[ROUNDS], bare[ROUNDS], with_checkpoint[ROUNDS];
	struct buf line = {0};
	struct log *l;
	sqlite3 *db;

	must(fs_mkdirs(dir, 0700, &e), &e);
	l = make_log(arena_fmt(&a, "%s/log", dir));
	db = make_bare(arena_fmt(&a, "%s/bare.db", dir));
	append(l, 10, false);
	must(log_line(l, 10, &line, &e), &e);
	for (unsigned i = 0; i < ROUNDS; i++) {
		ours[i] = append(l, n / ROUNDS, false);
		bare[i] = insert(db, i * (n / ROUNDS), n / ROUNDS, line.n);
		with_checkpoint[i] = append(l, n / ROUNDS, true);
	}
	printf("%.4f %.4f %.4f %zu\n", median(ours), median(bare), median(with_checkpoint), line.n);
	buf_release(&line);
	log_release(l);
	sqlite3_close(db);
	arena_release(&a);
}

static void lines(const char *path, unsigned n)
{
	sqlite3 *db = open_db(path, SQLITE_OPEN_READONLY);
	sqlite3_stmt *st = prepare(db, "SELECT line FROM lines ORDER BY seq LIMIT ?1");

	sqlite3_bind_int64(st, 1, n);
	for (unsigned i = 0; sqlite3_step(st) == SQLITE_ROW; i++) {
		const int size = sqlite3_column_bytes(st, 0);

		printf("commit refs/heads/main\ncommitter P <p@example.org> %u +0000\ndata 5\nline\nM 644 inline line\n"
		       "data %d\n%.*s\n", 1700000000 + i, size, size, (const char *)sqlite3_column_text(st, 0));
	}
	sqlite3_finalize(st);
	sqlite3_close(db);
}

int main(int argc, char **argv)
{
	const char *verb = argc > 2 ? argv[1] : "";
	const unsigned n = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;

	if (strcmp(verb, "scan") == 0)
		scan(argv[2]);
	else if (strcmp(verb, "verify") == 0)
		verify(argv[2]);
	else if (strcmp(verb, "open") == 0)
		open_log(argv[2]);
	else if (strcmp(verb, "decide") == 0)
		decide(argv[2]);
	else if (strcmp(verb, "append") == 0 && n >= ROUNDS)
		appends(argv[2], n);
	else if (strcmp(verb, "lines") == 0 && n > 0)
		lines(argv[2], n);
	else
		return 2;
	return 0;
}
