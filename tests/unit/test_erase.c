/* A private blob's bytes go when two people say so, and not before; the digest and every line stay; and no file of the
 * log has the bytes afterwards. */
#include "tests/support/check.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "audit-log/erase.h"
#include "audit-log/log_state.h"
#include "audit-log/verify.h"
#include "audit-log/views.h"
#include "src/base/fs.h"
#include "src/crypto/hash.h"
#include "tests/support/logs.h"

#define SECRET "Ada Lovelace, 12 St James's Square"

struct fixture {
	struct arena a;
	const char *dir;
	struct log *log;
	struct hash32 small, large, public, bearer;
};

static struct hash32 put(struct fixture *f, struct span bytes, enum blob_class class)
{
	struct hash32 digest;
	struct err e = {0};

	assert_ok(log_begin(f->log, &e) && log_add_blob(f->log, bytes, class, &digest, &e) && log_commit(f->log, &e),
		  &e);
	return digest;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct buf large = {0};

	f->dir = temporary_directory(&f->a);
	f->log = test_log_create(f->dir, NULL);
	for (int i = 0; i < 1000; i++)
		buf_fmt(&large, "%d %s\n", i, SECRET);
	f->small = put(f, span_str(SECRET), BLOB_PRIVATE);
	f->large = put(f, buf_view(&large), BLOB_PRIVATE);
	f->public = put(f, span_str("public"), BLOB_PUBLIC);
	f->bearer = put(f, span_str("bearer"), BLOB_BEARER);
	test_log_grow(f->log, 30);
	buf_release(&large);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	log_release(f->log);
	arena_release(&f->a);
	free(f);
	return 0;
}

static bool erase(struct fixture *f, const char *who, const struct hash32 *blob, struct erased *out, struct err *e)
{
	const struct erasing what = { blob, span_str(who), span_str("claimed"), span_str("the person asked for it") };

	return log_erase(f->log, &f->a, out, &what, e);
}

static void erase_by_two(struct fixture *f, const struct hash32 *blob)
{
	struct erased r;
	struct err e = {0};

	assert_ok(erase(f, "p1", blob, &r, &e), &e);
	assert_false(r.gone);
	assert_ok(erase(f, "p2", blob, &r, &e), &e);
	assert_true(r.gone && !r.wal_left);
	assert_string_equal(r.asker, "p1");
}

/* How many files of the directory have these bytes in them. */
static unsigned files_with(struct fixture *f, const char *bytes)
{
	DIR *d = opendir(f->dir);
	const struct dirent *x;
	unsigned n = 0;

	while ((x = readdir(d))) {
		struct buf b = {0};

		if (x->d_name[0] != '.' && fs_read(&b, arena_fmt(&f->a, "%s/%s", f->dir, x->d_name), 64u << 20, NULL))
			n += memmem(b.p, b.n, bytes, strlen(bytes)) != NULL;
		buf_release(&b);
	}
	closedir(d);
	return n;
}

static void assert_findings(struct fixture *f, const char *wanted)
{
	struct buf found = {0};

	test_log_findings(&found, f->dir, NULL);
	assert_buf_str(&found, wanted);
	buf_release(&found);
}

static void one_person_alone_erases_nothing(void **state)
{
	struct fixture *f = *state;
	struct buf bytes = {0};
	struct erased r;
	struct err e = {0};

	assert_ok(erase(f, "p1", &f->small, &r, &e), &e);
	assert_false(r.gone);
	assert_int_equal(r.seq, 30);
	assert_false(erase(f, "p1", &f->small, &r, &e));
	assert_err(&e, ERR_REFUSED, "[TWO-PEOPLE] p1 asked for it (line 30): somebody else has to say the same");
	err_clear(&e);
	assert_int_equal(log_size(f->log), 31);
	assert_ok(log_blob(f->log, &f->small, &bytes, NULL, &e), &e);
	assert_buf_str(&bytes, SECRET);
	assert_findings(f, "");
	buf_release(&bytes);
}

static void two_people_take_the_bytes_out_of_every_file(void **state)
{
	struct fixture *f = *state;
	const struct tree_head before = log_head(f->log);
	struct hash32 root;
	struct buf bytes = {0};
	struct erased r;
	struct err e = {0};

	assert_true(files_with(f, SECRET) > 0);
	erase_by_two(f, &f->small);
	erase_by_two(f, &f->large);
	assert_int_equal(files_with(f, SECRET), 0);
	assert_int_equal(files_with(f, "Lovelace"), 0);
	assert_false(log_blob(f->log, &f->small, &bytes, NULL, &e));
	assert_int_equal(e.code, ERR_MISSING);
	err_clear(&e);
	assert_false(erase(f, "p3", &f->small, &r, &e));
	assert_err(&e, ERR_REFUSED, "[ERASED] it was erased already (line 31)");
	err_clear(&e);
	assert_ok(log_root_at(f->log, before.size, &root, &e), &e);
	assert_true(hash32_eq(&root, &before.root));
	assert_findings(f, "");
	log_release(f->log);
	f->log = test_log_open(f->dir, NULL);
	assert_int_equal(files_with(f, SECRET), 0);
	assert_findings(f, "");
	buf_release(&bytes);
}

static void only_private_blobs_are_erased(void **state)
{
	struct fixture *f = *state;
	const struct hash32 *const blobs[] = { &f->public, &f->bearer };
	const struct hash32 none = {0};
	struct erased r;
	struct err e = {0};

	for (size_t i = 0; i < ARRAY_LEN(blobs); i++) {
		assert_false(erase(f, "p1", blobs[i], &r, &e));
		assert_err(&e, ERR_REFUSED,
			   "[NOT-PRIVATE] it is not a private blob: only what was attached as private is erased");
		err_clear(&e);
	}
	put(f, span_str(SECRET), BLOB_PUBLIC);        /* known to everybody: emptying one row would be a show */
	assert_false(erase(f, "p1", &f->small, &r, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	err_clear(&e);
	assert_false(erase(f, "p1", &none, &r, &e));
	assert_err(&e, ERR_MISSING, "the log has no such blob");
	err_clear(&e);
	assert_int_equal(log_size(f->log), 30);
}

/* Only a row of its own class is emptied, whatever a bug asks for. */
static void the_file_itself_holds_a_bug_back(void **state)
{
	struct fixture *f = *state;
	struct err e = {0};

	assert_ok(log_begin(f->log, &e), &e);
	assert_false(log_empty_blob(f->log, 4, &e));
	err_clear(&e);
	assert_false(store_empty_blob(f->log->store, 4, &e));
	assert_true(strstr(buf_cstr(&e.what), "blobs are never changed, only emptied") != NULL);
	err_clear(&e);
	assert_false(store_try_sql(f->log->store, "UPDATE blobs SET bytes = x'' WHERE i = 1", &e));
	assert_true(strstr(buf_cstr(&e.what), "not authorized") != NULL);
	err_clear(&e);
	log_abort(f->log);
}

static void erased_bytes_do_not_come_back_by_the_front_door(void **state)
{
	struct fixture *f = *state;
	struct hash32 digest;
	struct err e = {0};
	struct views *v = views_open(f->log, &e);

	assert_ok(v != NULL, &e);
	erase_by_two(f, &f->small);
	assert_ok(log_begin(f->log, &e), &e);
	assert_false(log_add_blob(f->log, span_str(SECRET), BLOB_PRIVATE, &digest, &e));
	assert_err(&e, ERR_REFUSED, "[ERASED] these bytes were erased from the log by two people");
	err_clear(&e);
	log_abort(f->log);
	views_release(v);
}

/* What a copy from before has: found, and erased again by anybody, as two people decided it. */
static void bytes_that_came_back_are_found_and_go_again(void **state)
{
	struct fixture *f = *state;
	struct erased r;
	struct err e = {0};
	struct buf hex = {0};

	erase_by_two(f, &f->small);
	log_release(f->log);
	test_log_damage(f->dir, "UPDATE blobs SET bytes = CAST('Ada Lovelace, 12 St James''s Square' AS BLOB) "
				"WHERE i = 1");
	f->log = test_log_open(f->dir, NULL);
	buf_hex(&hex, SPAN_HASH(&f->small));
	assert_findings(f, arena_fmt(&f->a, "BLOB-EMPTIED 31: blob %s was erased, says the line, and its bytes are "
				     "here: setgov log erase takes them out again\n", buf_cstr(&hex)));
	assert_ok(erase(f, "p1", &f->small, &r, &e), &e);
	assert_true(r.gone);
	assert_int_equal(r.seq, 31);
	assert_int_equal(log_size(f->log), 32);
	assert_findings(f, "");
	buf_release(&hex);
}

static void a_row_emptied_without_two_people_is_found(void **state)
{
	struct fixture *f = *state;
	struct buf hex = {0};
	struct json *body = json_object(&f->a);
	struct line line = { .actor = span_str("p1"), .auth = span_str("claimed"), .body = body };
	struct erased r;
	struct err e = {0};

	buf_hex(&hex, SPAN_HASH(&f->small));
	log_release(f->log);
	test_log_damage(f->dir, "UPDATE blobs SET bytes = x'' WHERE i = 1");
	assert_findings(f, arena_fmt(&f->a, "BLOB-EMPTIED: blob row 1, %s, has no bytes any more, and no two people's "
				     "lines say so\n", buf_cstr(&hex)));
	/* One who plays both. */
	f->log = test_log_open(f->dir, NULL);
	json_set(body, &f->a, "blob", json_bare(&f->a, SPAN_HASH(&f->small)));
	json_set(body, &f->a, "reason", json_str(&f->a, ""));
	line.kind = span_str("blob.erase-asked");
	assert_ok(log_append(f->log, &line, &e), &e);
	line.body = body = json_object(&f->a);
	json_set(body, &f->a, "asked", json_u64(&f->a, 30));
	json_set(body, &f->a, "blob", json_bare(&f->a, SPAN_HASH(&f->small)));
	line.kind = span_str("blob.erased");
	assert_ok(log_append(f->log, &line, &e), &e);
	assert_findings(f, arena_fmt(&f->a, "BLOB-EMPTIED 31: asked for and agreed to by p1 alone\n"
				     "BLOB-EMPTIED: blob row 1, %s, has no bytes any more, and no two people's "
				     "lines say so\n", buf_cstr(&hex)));
	assert_false(erase(f, "p2", &f->small, &r, &e));
	err_clear(&e);
	buf_release(&hex);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_person_alone_erases_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(two_people_take_the_bytes_out_of_every_file, setup, teardown),
		cmocka_unit_test_setup_teardown(only_private_blobs_are_erased, setup, teardown),
		cmocka_unit_test_setup_teardown(the_file_itself_holds_a_bug_back, setup, teardown),
		cmocka_unit_test_setup_teardown(erased_bytes_do_not_come_back_by_the_front_door, setup, teardown),
		cmocka_unit_test_setup_teardown(bytes_that_came_back_are_found_and_go_again, setup, teardown),
		cmocka_unit_test_setup_teardown(a_row_emptied_without_two_people_is_found, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
