/* An export holds the log byte for byte, keeps back what must stay, and is verified by a program that is not ours. */
#include "tests/support/check.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit-log/append.h"
#include "audit-log/export_jsonl.h"
#include "src/base/fs.h"
#include "src/crypto/hash.h"
#include "tests/support/logs.h"

struct fixture {
	struct arena a;
	const char *dir;              /* the log */
	struct log *log;
	struct hash32 bearer, private, both;
};

static struct hash32 add_blob(struct fixture *f, const char *bytes, enum blob_class class)
{
	struct line line = test_line(&f->a, "signature.added", "SC-1", "");
	struct hash32 digest;
	struct err e = {0};

	assert_ok(log_begin(f->log, &e) && log_add_blob(f->log, span_str(bytes), class, &digest, &e), &e);
	json_set((struct json *)(uintptr_t)line.body, &f->a, "signature", json_bare(&f->a, SPAN_HASH(&digest)));
	assert_ok(log_add_line(f->log, &line, &e) && log_commit(f->log, &e), &e);
	return digest;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct err e = {0};

	f->dir = temporary_directory(&f->a);
	f->log = test_log_create(f->dir, NULL);
	test_log_grow(f->log, 20);
	f->bearer = add_blob(f, "an unspent signature", BLOB_BEARER);
	f->private = add_blob(f, "somebody's name", BLOB_PRIVATE);
	f->both = add_blob(f, "public here, bearer there", BLOB_PUBLIC);
	add_blob(f, "public here, bearer there", BLOB_BEARER);
	assert_ok(log_checkpoint(f->log, NULL, &e), &e);
	test_log_add(f->log, "finding", NULL,
		     "after the checkpoint: \xe2\x80\xa8 <script> \\ \" \x01 \xf0\x9f\x94\x91");
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

static bool node_accepts(const char *dir)
{
	const pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		const int null = open("/dev/null", O_WRONLY);

		dup2(null, 1);
		dup2(null, 2);
		execlp("node", "node", "tests/support/verify_export.mjs", dir, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
	return WEXITSTATUS(status) == 0;
}

static bool keep_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	(void)seq;
	(void)leaf;
	(void)e;
	buf_span(ctx, raw);
	buf_byte(ctx, '\n');
	return true;
}

static const char *export(struct fixture *f, const struct export_options *options, struct export_result *out)
{
	const char *dir = arena_fmt(&f->a, "%s/export", temporary_directory(&f->a));
	struct err e = {0};

	assert_ok(log_export_jsonl(f->log, dir, options, out, &e), &e);
	return dir;
}

static char *blob_path(struct fixture *f, const char *dir, const struct hash32 *digest)
{
	struct buf hex = {0};
	char *path;

	buf_hex(&hex, SPAN_HASH(digest));
	path = arena_fmt(&f->a, "%s/blobs/%s", dir, buf_cstr(&hex));
	buf_release(&hex);
	return path;
}

static void an_export_is_the_log_byte_for_byte(void **state)
{
	struct fixture *f = *state;
	struct export_result r;
	const char *dir = export(f, NULL, &r);
	struct buf log = {0}, file = {0};
	struct err e = {0};

	assert_int_equal(r.lines, 25);
	assert_int_equal(r.head.size, 24);
	assert_int_equal(r.blobs, 1);
	assert_int_equal(r.withheld, 3);
	assert_ok(log_each(f->log, 0, UINT64_MAX, keep_line, &log, &e), &e);
	assert_ok(fs_read(&file, arena_fmt(&f->a, "%s/lines.jsonl", dir), 1u << 20, &e), &e);
	assert_true(span_eq(buf_view(&log), buf_view(&file)));
	buf_release(&log);
	buf_release(&file);
}

static void what_must_stay_stays(void **state)
{
	struct fixture *f = *state;
	struct export_result r;
	struct export_options o = { .released = &f->bearer, .n_released = 1 };
	const char *dir = export(f, NULL, &r);
	struct buf manifest = {0};
	struct hash32 digest;
	struct err e = {0};

	assert_false(fs_exists(blob_path(f, dir, &f->bearer)));
	assert_false(fs_exists(blob_path(f, dir, &f->private)));
	assert_false(fs_exists(blob_path(f, dir, &f->both)));
	assert_ok(fs_read(&manifest, arena_fmt(&f->a, "%s/manifest.json", dir), 1u << 20, &e), &e);
	assert_non_null(strstr(buf_cstr(&manifest), "{\"class\":\"private\",\"sha256\":"));
	sha256(&digest, buf_view(&manifest));
	assert_true(hash32_eq(&digest, &r.digest));
	dir = export(f, &o, &r);
	assert_true(fs_exists(blob_path(f, dir, &f->bearer)));
	assert_false(fs_exists(blob_path(f, dir, &f->private)));
	o.released = &f->private;     /* releasing is for bearer blobs */
	dir = export(f, &o, &r);
	assert_false(fs_exists(blob_path(f, dir, &f->private)));
	buf_release(&manifest);
}

static void an_export_is_not_written_over_anything(void **state)
{
	struct fixture *f = *state;
	struct export_result r;
	const char *dir = temporary_directory(&f->a);
	struct buf want = {0};
	struct err e = {0};

	assert_false(log_export_jsonl(f->log, dir, NULL, &r, &e));
	buf_fmt(&want, "%s: [EXISTS] there is something already", dir);
	assert_err(&e, ERR_REFUSED, buf_cstr(&want));
	err_clear(&e);
	assert_false(fs_exists(arena_fmt(&f->a, "%s.partial", dir)));
	buf_release(&want);
}

static void a_failed_export_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct export_result r;
	const char *dir = arena_fmt(&f->a, "%s/export", temporary_directory(&f->a));
	struct err e = {0};

	log_release(f->log);
	test_log_damage(f->dir, "UPDATE blobs SET bytes = x'00' WHERE i = 0");
	f->log = test_log_open(f->dir, NULL);
	assert_false(log_export_jsonl(f->log, dir, NULL, &r, &e));
	assert_err(&e, ERR_MISMATCH, "blob 0 does not hash to its name");
	err_clear(&e);
	assert_false(fs_exists(dir) || fs_exists(arena_fmt(&f->a, "%s.partial", dir)));
}

/* One byte of each file changed, and what is missing. */
static void another_verifier_accepts_it_and_nothing_else(void **state)
{
	static const struct { const char *file; size_t at; } places[] = {
		{ "lines.jsonl", 40 }, { "lines.jsonl", 3000 }, { "checkpoint", 18 }, { "checkpoint", 90 },
		{ "log.vkey", 45 }, { "manifest.json", 100 },
	};
	struct fixture *f = *state;
	struct export_result r;
	const char *dir = export(f, NULL, &r);
	struct err e = {0};

	assert_true(node_accepts(dir));
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		const char *path = arena_fmt(&f->a, "%s/%s", dir, places[i].file);
		struct buf bytes = {0};

		assert_ok(fs_read(&bytes, path, 1u << 20, &e), &e);
		bytes.p[places[i].at] ^= 1;
		assert_ok(fs_write(path, buf_view(&bytes), 0644, &e), &e);
		if (node_accepts(dir))
			fail_msg("accepted: %s with byte %zu changed", places[i].file, places[i].at);
		bytes.p[places[i].at] ^= 1;
		assert_ok(fs_write(path, buf_view(&bytes), 0644, &e), &e);
		buf_release(&bytes);
	}
	assert_true(node_accepts(dir));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_export_is_the_log_byte_for_byte, setup, teardown),
		cmocka_unit_test_setup_teardown(what_must_stay_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(an_export_is_not_written_over_anything, setup, teardown),
		cmocka_unit_test_setup_teardown(a_failed_export_leaves_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(another_verifier_accepts_it_and_nothing_else, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
