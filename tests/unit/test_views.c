/* Views answer what the log says; whatever is wrong with their file, they are made anew without a word. */
#include "tests/support/check.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit-log/append.h"
#include "audit-log/views.h"
#include "src/base/fs.h"
#include "tests/support/logs.h"

static struct views *open_views(struct log *l)
{
	struct err e = {0};
	struct views *v = views_open(l, &e);

	assert_ok(v != NULL, &e);
	return v;
}

static void add_proposal(struct log *l, const char *change, const char *title, const struct hash32 *value)
{
	struct arena a = {0};
	struct line line = test_line(&a, "change.proposed", change, "");
	struct json *body = json_object(&a), *list = json_array(&a);
	struct err e = {0};

	json_set(body, &a, "title", json_str(&a, title));
	json_push(list, json_0x(&a, SPAN_HASH(value)));
	json_set(body, &a, "list", list);
	line.body = body;
	assert_ok(log_append(l, &line, &e), &e);
	arena_release(&a);
}

static bool write_change(void *ctx, const struct views_change *c, struct err *e)
{
	(void)e;
	buf_fmt(ctx, "%s %" PRIu64 " \"%s\" %s %" PRIu64 "-%" PRIu64 " (%" PRIu64 ")%s%s\n", c->id, c->number, c->title,
		c->last_kind, c->first_seq, c->last_seq, c->lines, c->proposed ? " proposed" : "",
		c->withdrawn ? " withdrawn" : "");
	return true;
}

static void assert_changes(struct views *v, const char *text)
{
	struct buf out = {0};
	struct err e = {0};

	assert_ok(views_each_change(v, write_change, &out, &e), &e);
	assert_buf_str(&out, text);
	buf_release(&out);
}

static void assert_seqs(const struct seqs *s, const char *text)
{
	struct buf out = {0};

	for (size_t i = 0; i < s->n; i++)
		buf_fmt(&out, "%s%" PRIu64, i ? " " : "", s->seq[i]);
	assert_buf_str(&out, text);
	buf_release(&out);
}

static const struct hash32 value = { { 0xab, 0xcd } };

/* 0 opened, 1 drafted SC-1, 2 drafted SC-2, 3 proposed SC-1, 4 withdrawn SC-2, 5 a finding. */
static struct log *six_lines(const char *dir)
{
	struct log *l = test_log_create(dir, NULL);

	test_log_add(l, "change.drafted", "SC-1", "one");
	test_log_add(l, "change.drafted", "SC-2", "two");
	add_proposal(l, "SC-1", "A better title", &value);
	test_log_add(l, "change.withdrawn", "SC-2", "");
	test_log_add(l, "finding", NULL, "");
	return l;
}

#define SIX_LINES "SC-1 1 \"A better title\" change.proposed 1-3 (2) proposed\n" \
	"SC-2 2 \"A title\" change.withdrawn 2-4 (2) withdrawn\n"

static void views_answer_what_the_log_says(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = six_lines(dir);
	struct views *v = open_views(l);
	struct views_change c;
	struct seqs s;
	uint64_t n;
	struct err e = {0};

	(void)state;
	assert_changes(v, SIX_LINES);
	assert_ok(views_lines_of_change(v, &a, span_str("SC-2"), &s, &e), &e);
	assert_seqs(&s, "2 4");
	assert_ok(views_lines_of_kind(v, &a, span_str("change.drafted"), &s, &e), &e);
	assert_seqs(&s, "1 2");
	assert_ok(views_lines_of_kind(v, &a, span_str("no.such"), &s, &e), &e);
	assert_seqs(&s, "");
	assert_ok(views_lines_naming(v, &a, &value, &s, &e), &e);
	assert_seqs(&s, "3");
	assert_ok(views_next_change_number(v, &n, &e), &e);
	assert_int_equal(n, 3);
	assert_ok(views_find_change(v, &a, span_str("SC-1"), &c, &e), &e);
	assert_string_equal(c.title, "A better title");
	assert_false(views_find_change(v, &a, span_str("SC-9"), &c, &e));
	assert_err(&e, ERR_MISSING, "no change SC-9 in the log");
	err_clear(&e);
	test_log_add(l, "change.drafted", "SC-12", "");
	assert_ok(views_catch_up(v, &e) && views_next_change_number(v, &n, &e), &e);
	assert_int_equal(n, 13);
	views_release(v);
	log_release(l);
	arena_release(&a);
}

static bool count_blob(void *ctx, uint64_t row, const struct hash32 *digest, enum blob_class class, struct err *e)
{
	(void)row;
	(void)digest;
	(void)class;
	(void)e;
	++*(uint64_t *)ctx;
	return true;
}

static void blobs_are_found_and_kept_once(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = test_log_create(dir, NULL);
	struct views *v;
	struct hash32 digest, again;
	struct buf bytes = {0};
	uint64_t rows = 0;
	struct err e = {0};

	(void)state;
	assert_ok(log_begin(l, &e) && log_add_blob(l, span_str("evidence"), BLOB_PUBLIC, &digest, &e) &&
		      log_commit(l, &e),
		  &e);
	test_log_add(l, "finding", NULL, "");
	v = open_views(l);
	for (int i = 0; i < 3; i++)
		assert_ok(log_begin(l, &e) && log_add_blob(l, span_str("evidence"), BLOB_PUBLIC, &again, &e) &&
			      log_commit(l, &e),
			  &e);
	assert_true(hash32_eq(&digest, &again));
	assert_ok(log_each_blob(l, 0, count_blob, &rows, &e), &e);
	assert_int_equal(rows, 2);    /* the profile, and this one */
	assert_ok(log_blob(l, &digest, &bytes, NULL, &e), &e);
	assert_buf_str(&bytes, "evidence");
	views_release(v);
	buf_clear(&bytes);
	assert_ok(log_blob(l, &digest, &bytes, NULL, &e), &e);
	assert_buf_str(&bytes, "evidence");
	log_release(l);
	buf_release(&bytes);
	arena_release(&a);
}

/* ---- what can be wrong with the file ----------------------------------------------------------------------------- */

static void damage_views(const char *dir, const char *sql)
{
	char *path = fs_join(dir, "views.db");
	char *error = NULL;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
	sqlite3_close(db);
	free(path);
}

static void a_views_file_that_does_not_fit_is_made_anew(void **state)
{
	static const char *const damages[] = {
		"UPDATE applied SET leaf = zeroblob(32)",
		"UPDATE applied SET size = 99",
		"UPDATE applied SET size = 3",
		"UPDATE applied SET origin = 'another/log'",
		"DELETE FROM applied",
		"DROP TABLE change",
		"DROP TABLE applied",
		"PRAGMA user_version = 77",
		"DROP TABLE kind_line; CREATE VIEW kind_line AS SELECT 'finding' AS kind, 1 AS seq",
		"ALTER TABLE change RENAME COLUMN title TO heading",
	};
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = six_lines(dir);

	(void)state;
	views_release(open_views(l));
	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		struct views *v;
		struct seqs s;
		struct err e = {0};

		damage_views(dir, damages[i]);
		v = open_views(l);
		assert_changes(v, SIX_LINES);
		assert_ok(views_lines_of_kind(v, &a, span_str("finding"), &s, &e), &e);
		assert_seqs(&s, "5");
		views_release(v);
	}
	log_release(l);
	arena_release(&a);
}

static void bytes_that_are_no_database_are_made_anew(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	char *path = fs_join(dir, "views.db");
	struct log *l = six_lines(dir);
	struct buf good = {0};
	struct err e = {0};

	(void)state;
	views_release(open_views(l));
	assert_ok(fs_read(&good, path, 1u << 20, &e), &e);
	for (size_t i = 0; i < 24; i++) {
		struct buf bytes = {0};
		struct views *v;

		buf_span(&bytes, buf_view(&good));
		if (i == 0)
			buf_clear(&bytes);
		else if (i == 1)
			bytes.n = 100;
		else
			memset(bytes.p + bytes.n / 24 * i, 0x5a, bytes.n / 24);
		assert_ok(fs_write(path, buf_view(&bytes), 0600, &e), &e);
		v = open_views(l);
		assert_ok(views_rebuild(v, &e), &e);
		assert_changes(v, SIX_LINES);
		views_release(v);
		buf_release(&bytes);
	}
	buf_release(&good);
	log_release(l);
	free(path);
	arena_release(&a);
}

/* Where nothing can be written: the path is taken by a directory. (A read-only one does not stop root.) */
static void without_a_file_they_live_in_memory(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	char *path = fs_join(dir, "views.db");
	struct log *l = six_lines(dir);
	struct views *v;

	(void)state;
	assert_int_equal(mkdir(path, 0700), 0);
	v = open_views(l);
	assert_changes(v, SIX_LINES);
	views_release(v);
	log_release(l);
	free(path);
	arena_release(&a);
}

static void a_damaged_log_is_an_error_and_not_a_view(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = six_lines(dir);
	struct err e = {0};

	(void)state;
	log_release(l);
	test_log_damage(dir, "UPDATE lines SET line = replace(line, 'two', 'TWO') WHERE seq = 2");
	l = test_log_open(dir, NULL);
	assert_null(views_open(l, &e));
	assert_err(&e, ERR_MISMATCH, "line 2 does not hash to its leaf");
	err_clear(&e);
	log_release(l);
	arena_release(&a);
}

static void two_readers_share_the_file(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = six_lines(dir), *other;
	struct views *v = open_views(l), *w;
	struct err e = {0};

	(void)state;
	other = log_open(dir, LOG_READ, NULL, &e);
	assert_ok(other != NULL, &e);
	test_log_add(l, "change.drafted", "SC-3", "");
	assert_ok(views_catch_up(v, &e), &e);
	w = open_views(other);        /* its log was opened before the line that the file already knows */
	assert_int_equal(log_size(other), 7);
	assert_changes(w, SIX_LINES "SC-3 3 \"A title\" change.drafted 6-6 (1)\n");
	views_release(w);
	views_release(v);
	log_release(other);
	log_release(l);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(views_answer_what_the_log_says),
		cmocka_unit_test(blobs_are_found_and_kept_once),
		cmocka_unit_test(a_views_file_that_does_not_fit_is_made_anew),
		cmocka_unit_test(bytes_that_are_no_database_are_made_anew),
		cmocka_unit_test(without_a_file_they_live_in_memory),
		cmocka_unit_test(a_damaged_log_is_an_error_and_not_a_view),
		cmocka_unit_test(two_readers_share_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
