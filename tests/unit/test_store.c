/* log.db holds what it was given and lets go of nothing: reference/audit-log.md's table of 21 attempts, and more. */
#include "tests/support/check.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit-log/schema.h"
#include "audit-log/store.h"
#include "src/base/fs.h"

struct fixture {
	struct arena a;
	char *path;
	struct store *s;
};

static const struct hash32 zero = {0};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct err e = {0};

	f->path = fs_join(temporary_directory(&f->a), "log.db");
	assert_ok(store_create(f->path, &e), &e);
	f->s = store_open(f->path, STORE_APPEND, &e);
	assert_ok(f->s != NULL, &e);
	assert_ok(store_begin(f->s, &e), &e);
	for (uint64_t i = 0; i < 3; i++) {
		assert_ok(store_put_line(f->s, i, &zero, span_str("{}"), &e), &e);
		assert_ok(store_put_node(f->s, i, &zero, &e), &e);
		assert_ok(store_put_checkpoint(f->s, i, i, span_str("note"), &e), &e);
		assert_ok(store_put_blob(f->s, i, &zero, BLOB_BEARER, span_str("bytes"), &e), &e);
	}
	assert_ok(store_commit(f->s, &e), &e);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	store_release(f->s);
	free(f->path);
	arena_release(&f->a);
	free(f);
	return 0;
}

/* Everything a program with a bug might try; each must fail, and leave the rows as they are. */
static const char *const attempts[] = {
	"UPDATE lines SET line = 'x' WHERE seq = 1",
	"UPDATE lines SET seq = 7 WHERE seq = 2",
	"DELETE FROM lines WHERE seq = 1",
	"DELETE FROM lines",
	"UPDATE OR IGNORE lines SET line = 'x'",
	"INSERT INTO lines VALUES (1, zeroblob(32), 'x') ON CONFLICT (seq) DO UPDATE SET line = 'x'",
	"INSERT OR REPLACE INTO lines VALUES (1, zeroblob(32), 'x')",
	"REPLACE INTO lines VALUES (2, zeroblob(32), 'x')",
	"INSERT INTO lines VALUES (4, zeroblob(32), 'x')",
	"INSERT INTO lines VALUES (1, zeroblob(32), 'x')",
	"INSERT INTO lines VALUES (-1, zeroblob(32), 'x')",
	"INSERT INTO lines (leaf, line) VALUES (zeroblob(32), 'x')",
	"INSERT INTO lines VALUES (3, zeroblob(31), 'x')",
	"INSERT INTO lines VALUES (3, '0123456789abcdef0123456789abcdef', 'x')",
	"INSERT INTO lines VALUES (3, zeroblob(32), '')",
	"INSERT INTO lines VALUES (3, zeroblob(32), x'00')",
	"INSERT INTO lines VALUES (3, zeroblob(32), NULL)",
	"PRAGMA ignore_check_constraints = ON",
	"DROP TRIGGER lines_not_updated",
	"DROP TABLE lines",
	"ALTER TABLE lines RENAME TO old_lines",
	"ALTER TABLE lines ADD COLUMN more",
	"PRAGMA user_version = 9",
	"PRAGMA writable_schema = ON",
	"UPDATE sqlite_schema SET sql = ''",
	"DELETE FROM sqlite_schema",
	"INSERT INTO sqlite_schema VALUES ('table', 'x', 'x', 0, 'CREATE TABLE x (y)')",
	"ATTACH ':memory:' AS other",
	"VACUUM",
	"VACUUM INTO '/tmp/elsewhere.db'",
	"PRAGMA journal_mode = OFF",
	"PRAGMA journal_mode = DELETE",
	"PRAGMA synchronous = OFF",
	"PRAGMA recursive_triggers = OFF",
	"PRAGMA trusted_schema = ON",
	"PRAGMA mmap_size = 1000000",
	"CREATE INDEX i ON lines (line)",
	"CREATE TABLE more (x)",
	"CREATE VIEW v AS SELECT 1",
	"CREATE TEMP TABLE lines (seq, leaf, line)",
	"CREATE TEMP TRIGGER t AFTER INSERT ON lines BEGIN SELECT 1; END",
	"ANALYZE",
	"SAVEPOINT s",
	"UPDATE nodes SET hash = zeroblob(32)",
	"DELETE FROM nodes",
	"INSERT OR REPLACE INTO nodes VALUES (1, zeroblob(32))",
	"INSERT INTO nodes VALUES (9, zeroblob(32))",
	"INSERT INTO nodes VALUES (3, zeroblob(33))",
	"UPDATE checkpoints SET note = 'x'",
	"DELETE FROM checkpoints",
	"INSERT OR REPLACE INTO checkpoints VALUES (1, 1, 'x')",
	"INSERT INTO checkpoints VALUES (4, 1, 'x')",
	"UPDATE blobs SET class = 'public'",
	"UPDATE blobs SET bytes = x''",
	"UPDATE blobs SET bytes = x'00'",
	"UPDATE OR REPLACE blobs SET i = 1, bytes = x''",
	"DELETE FROM blobs",
	"INSERT OR REPLACE INTO blobs VALUES (1, zeroblob(32), 'public', x'00')",
	"INSERT INTO blobs VALUES (3, zeroblob(32), 'secret', x'00')",
};

static void nothing_but_appending_works(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(attempts); i++) {
		struct err e = {0};
		struct buf line = {0};
		struct hash32 leaf;
		uint64_t n;

		if (store_try_sql(f->s, attempts[i], &e))
			fail_msg("worked: %s", attempts[i]);
		err_clear(&e);
		for (int t = STORE_LINES; t <= STORE_BLOBS; t++) {
			assert_ok(store_count(f->s, (enum store_table)t, &n, &e), &e);
			assert_int_equal(n, 3);
		}
		assert_ok(store_line(f->s, 1, &leaf, &line, &e), &e);
		assert_buf_str(&line, "{}");
		buf_release(&line);
	}
	assert_int_equal(access("/tmp/elsewhere.db", F_OK), -1);
}

static void rows_come_back_as_they_went_in(void **state)
{
	struct fixture *f = *state;
	struct hash32 hash;
	enum blob_class class;
	struct buf out = {0};
	uint64_t size;
	struct err e = {0};

	assert_ok(store_blob(f->s, 2, &hash, &class, &out, &e), &e);
	assert_buf_str(&out, "bytes");
	assert_int_equal(class, BLOB_BEARER);
	buf_clear(&out);
	assert_ok(store_checkpoint(f->s, 2, &size, &out, &e), &e);
	assert_buf_str(&out, "note");
	assert_int_equal(size, 2);
	assert_false(store_line(f->s, 3, &hash, &out, &e));
	assert_int_equal(e.code, ERR_MISSING);
	err_clear(&e);
	buf_release(&out);
}

static void the_file_is_its_owners(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void a_second_file_is_not_made_over_the_first(void **state)
{
	struct fixture *f = *state;
	struct err e = {0};

	assert_false(store_create(f->path, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	assert_string_equal(e.refusal, "EXISTS");
	err_clear(&e);
}

static void sql_behind_its_back(const struct fixture *f, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void a_foreign_schema_is_refused(void **state)
{
	static const struct { const char *sql, *error; } changes[] = {
		{ "CREATE INDEX i ON lines (line)", "sqlite_schema row 17, i, does not belong" },
		{ "DROP TRIGGER blobs_not_deleted", "trigger blobs_not_deleted is missing" },
		{ "CREATE VIEW v AS SELECT 1", "sqlite_schema row 17, v, does not belong" },
		{ "DROP TRIGGER lines_in_order;"
		  "CREATE TRIGGER lines_in_order BEFORE INSERT ON lines BEGIN SELECT 1; END",
		  "sqlite_schema row 5 is lines_not_updated, and not trigger lines_in_order as built in" },
		{ "PRAGMA user_version = 2", "user_version is 2, needed 1" },
		{ "PRAGMA application_id = 2", "application_id is 2, needed 1397174348" },
	};
	struct fixture *f = *state;

	store_release(f->s);
	f->s = NULL;
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		char *copy = arena_fmt(&f->a, "%s.%zu", f->path, i);
		struct fixture g = { .path = copy };
		struct buf bytes = {0}, want = {0};
		struct err e = {0};

		assert_ok(fs_read(&bytes, f->path, 1u << 20, &e) && fs_create(copy, buf_view(&bytes), 0600, &e), &e);
		sql_behind_its_back(&g, changes[i].sql);
		assert_null(store_open(copy, STORE_APPEND, &e));
		buf_fmt(&want, "%s: [SCHEMA] not a change log as this program makes them: %s", copy, changes[i].error);
		assert_err(&e, ERR_REFUSED, buf_cstr(&want));
		err_clear(&e);
		assert_null(store_open(copy, STORE_READ, &e));
		err_clear(&e);
		buf_release(&bytes);
		buf_release(&want);
	}
}

static void what_is_not_a_database_is_not_opened(void **state)
{
	struct fixture *f = *state;
	char *path = arena_fmt(&f->a, "%s.txt", f->path);
	struct err e = {0};

	assert_null(store_open(path, STORE_READ, &e));
	assert_int_equal(e.code, ERR_MISSING);
	err_clear(&e);
	assert_ok(fs_write(path, span_str("This is a text and not a database, and long enough to be looked at."),
			   0600, &e),
		  &e);
	assert_null(store_open(path, STORE_READ, &e));
	assert_int_equal(e.code, ERR_IO);
	err_clear(&e);
}

static void the_schema_is_the_one_in_format_md(void **state)
{
	static const char *const schema[] = {
#define S(type, name, table, sql) sql,
		SCHEMA(S)
#undef S
	};
	struct buf doc = {0};
	struct err e = {0};

	(void)state;
	assert_ok(fs_read(&doc, "audit-log/FORMAT.md", 1u << 20, &e), &e);
	for (size_t i = 0; i < ARRAY_LEN(schema); i++)
		if (!strstr(buf_cstr(&doc), schema[i]))
			fail_msg("FORMAT.md does not quote: %s", schema[i]);
	buf_release(&doc);
}

static void network_file_systems_are_refused(void **state)
{
	(void)state;
	assert_string_equal(store_file_system_refused(0x6969), "NFS");
	assert_string_equal(store_file_system_refused(0x517b), "SMB");
	assert_string_equal(store_file_system_refused(0xff534d42), "CIFS");
	assert_string_equal(store_file_system_refused(0xfe534d42), "SMB2");
	assert_string_equal(store_file_system_refused(0x01021997), "9p");
	assert_null(store_file_system_refused(0xef53));           /* ext4 */
	assert_null(store_file_system_refused(0x9123683e));       /* btrfs */
	assert_null(store_file_system_refused(0x58465342));       /* xfs */
	assert_null(store_file_system_refused(0x01021994));       /* tmpfs */
	assert_null(store_file_system_refused(0x794c7630));       /* overlayfs */
}

static void a_reader_sees_what_was_committed(void **state)
{
	struct fixture *f = *state;
	struct err e = {0};
	struct store *reader = store_open(f->path, STORE_READ, &e);
	uint64_t n;

	assert_ok(reader != NULL, &e);
	assert_ok(store_begin(f->s, &e) && store_put_line(f->s, 3, &zero, span_str("{}"), &e), &e);
	assert_ok(store_count(reader, STORE_LINES, &n, &e), &e);
	assert_int_equal(n, 3);
	assert_ok(store_commit(f->s, &e), &e);
	assert_ok(store_count(reader, STORE_LINES, &n, &e), &e);
	assert_int_equal(n, 4);
	assert_false(store_put_line(reader, 4, &zero, span_str("{}"), &e));
	err_clear(&e);
	store_release(reader);
}

static void names_with_odd_characters_are_files(void **state)
{
	static const char *const names[] = { "a b?c#d%41.db", "l\xc3\xb6g.db", "file:x.db" };
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char *path = fs_join(temporary_directory(&f->a), names[i]);
		struct err e = {0};
		struct store *s;

		assert_ok(store_create(path, &e), &e);
		s = store_open(path, STORE_READ, &e);
		assert_ok(s != NULL, &e);
		store_release(s);
		assert_true(fs_exists(path));
		free(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_but_appending_works, setup, teardown),
		cmocka_unit_test_setup_teardown(rows_come_back_as_they_went_in, setup, teardown),
		cmocka_unit_test_setup_teardown(the_file_is_its_owners, setup, teardown),
		cmocka_unit_test_setup_teardown(a_second_file_is_not_made_over_the_first, setup, teardown),
		cmocka_unit_test_setup_teardown(a_foreign_schema_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_not_a_database_is_not_opened, setup, teardown),
		cmocka_unit_test(the_schema_is_the_one_in_format_md),
		cmocka_unit_test(network_file_systems_are_refused),
		cmocka_unit_test_setup_teardown(a_reader_sees_what_was_committed, setup, teardown),
		cmocka_unit_test_setup_teardown(names_with_odd_characters_are_files, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
