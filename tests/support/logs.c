#include "tests/support/logs.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <string.h>

#include "audit-log/schema.h"
#include "audit-log/verify.h"
#include "src/base/fs.h"
#include "src/crypto/hash.h"
#include "tests/support/check.h"

struct log *test_log_create(const char *dir, const char *remember)
{
	const struct span profile = span_str("{\"a\":\"profile\"}");
	const struct log_options options = { .remember = remember };
	struct log_opening o = { .origin = span_str(TEST_ORIGIN), .actor = span_str("p1"), .auth = span_str("os-user"),
				 .blobs = &profile, .n_blobs = 1 };
	struct arena a = {0};
	struct json *body = json_object(&a);
	struct hash32 digest;
	struct err e = {0};
	struct log *l;

	sha256(&digest, profile);
	json_set(body, &a, "chainId", json_u64(&a, TEST_CHAIN));
	json_set(body, &a, "profile", json_bare(&a, SPAN_HASH(&digest)));
	json_set(body, &a, "safe", json_str(&a, TEST_SAFE));
	o.body = body;
	l = log_create(dir, &o, &options, &e);
	assert_ok(l != NULL, &e);
	arena_release(&a);
	return l;
}

struct log *test_log_open(const char *dir, const char *remember)
{
	const struct log_options options = { .remember = remember };
	struct err e = {0};
	struct log *l = log_open(dir, LOG_APPEND, &options, &e);

	assert_ok(l != NULL, &e);
	return l;
}

struct line test_line(struct arena *a, const char *kind, const char *change, const char *text)
{
	struct json *body = json_object(a);

	json_set(body, a, "title", json_str(a, "A title"));
	json_set(body, a, "text", json_str(a, text));
	return (struct line){ .kind = span_str(kind), .change = change ? span_str(change) : span_of(NULL, 0),
			      .actor = span_str("p1"), .auth = span_str("claimed"), .body = body };
}

void test_log_add(struct log *l, const char *kind, const char *change, const char *text)
{
	struct arena a = {0};
	struct line line = test_line(&a, kind, change, text);
	struct err e = {0};

	assert_ok(log_append(l, &line, &e), &e);
	arena_release(&a);
}

void test_log_grow(struct log *l, uint64_t size)
{
	struct err e = {0};

	while (log_size(l) < size) {
		struct arena a = {0};

		assert_ok(log_begin(l, &e), &e);
		for (int i = 0; i < 100 && log_size(l) < size; i++) {
			struct line line =
			    test_line(&a, "change.drafted", "SC-1", arena_fmt(&a, "line %" PRIu64, log_size(l)));

			assert_ok(log_add_line(l, &line, &e), &e);
		}
		assert_ok(log_commit(l, &e), &e);
		arena_release(&a);
	}
}

static void execute(const char *dir, const char *name, const char *sql)
{
	char *path = fs_join(dir, name), *error = NULL;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
	sqlite3_close(db);
	free(path);
}

void test_views_doctor(const char *dir, const char *sql)
{
	execute(dir, "views.db", sql);
}

void test_log_damage(const char *dir, const char *sql)
{
	static const struct { const char *type, *name, *sql; } schema[] = {
#define S(type, name, table, sql) { type, name, sql },
		SCHEMA(S)
#undef S
	};
	struct buf all = {0};

	for (size_t i = 0; i < ARRAY_LEN(schema); i++)
		if (strcmp(schema[i].type, "trigger") == 0)
			buf_fmt(&all, "DROP TRIGGER %s;", schema[i].name);
	buf_fmt(&all, "%s;", sql);
	for (size_t i = 0; i < ARRAY_LEN(schema); i++)
		if (strcmp(schema[i].type, "trigger") == 0)
			buf_fmt(&all, "%s;", schema[i].sql);
	execute(dir, "log.db", buf_cstr(&all));
	buf_release(&all);
}

void test_log_findings(struct buf *out, const char *dir, const char *remember)
{
	const struct verify_options options = { .remember = remember };
	struct verify_report r;
	struct arena a = {0};
	struct err e = {0};

	assert_ok(log_verify(&a, &r, dir, &options, &e), &e);
	for (size_t i = 0; i < r.n_findings; i++) {
		buf_str(out, finding_code_name(r.findings[i].code));
		if (r.findings[i].seq != FINDING_NO_SEQ)
			buf_fmt(out, " %" PRIu64, r.findings[i].seq);
		buf_fmt(out, ": %s\n", r.findings[i].text);
	}
	arena_release(&a);
}
