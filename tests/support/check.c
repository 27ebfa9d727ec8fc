#include "tests/support/check.h"

#include <ftw.h>
#include <unistd.h>

#include "src/base/fs.h"
#include "src/base/hex.h"

#define VECTOR_CAP (64u << 20)
#define MAX_DIRECTORIES 256

/* What temporary_directory() made. */
static char *directories[MAX_DIRECTORIES];

void check_err(const struct err *e, enum err_code code, const char *text, const char *file, int line)
{
	struct buf found = {0};

	err_format(e, &found);
	_assert_string_equal(buf_cstr(&found), text, file, line);
	_assert_int_equal(e->code, code, file, line);
	buf_release(&found);
}

void check_ok(bool ok, const struct err *e, const char *file, int line)
{
	struct buf found = {0};

	if (ok)
		return;
	if (e)
		err_format(e, &found);
	print_error("failed with: %s\n", buf_cstr(&found));
	buf_release(&found);
	_fail(file, line);
}

void check_hex(const void *p, size_t n, const char *hex, const char *file, int line)
{
	struct buf found = {0};

	buf_hex(&found, span_of(p, n));
	_assert_string_equal(buf_cstr(&found), hex, file, line);
	buf_release(&found);
}

void check_text(struct span s, const char *text, const char *file, int line)
{
	struct buf found = {0};

	buf_span(&found, s);
	_assert_string_equal(buf_cstr(&found), text, file, line);
	_assert_int_equal(found.n, strlen(text), file, line);
	buf_release(&found);
}

static struct buf read_from(const char *dir, const char *path)
{
	char *file = fs_join(dir, path);
	struct buf out = {0};
	struct err e = {0};

	assert_ok(fs_read(&out, file, VECTOR_CAP, &e), &e);
	free(file);
	return out;
}

struct buf read_vector(const char *path)
{
	return read_from("tests/vectors", path);
}

struct buf read_foreign_vector(const char *path)
{
	const char *dir = getenv("SETGOV_VECTORS");

	if (!dir || !*dir) {
		print_message("SKIPPED: %s is another project's: make vectors DIR=…\n", path);
		skip();
	}
	return read_from(dir, path);
}

const struct json *json_vector(struct arena *a, const char *path)
{
	struct buf text = read_vector(path);
	struct err e = {0};
	const struct json *v = json_parse(a, arena_copy(a, buf_view(&text)), &e);

	buf_release(&text);
	assert_ok(v != NULL, &e);
	return v;
}

struct span hex_bytes(struct arena *a, const char *hex)
{
	const size_t n = strlen(hex) / 2;
	uint8_t *p = arena_alloc(a, n ? n : 1, 1);
	struct err e = {0};

	assert_ok(hex_bare(p, n, span_str(hex), &e), &e);
	return span_of(p, n);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st, (void)kind, (void)where;
	return remove(path);
}

static void remove_directories(void)
{
	for (size_t i = 0; i < MAX_DIRECTORIES && directories[i]; i++) {
		nftw(directories[i], remove_one, 16, FTW_DEPTH | FTW_PHYS);
		free(directories[i]);
		directories[i] = NULL;
	}
}

const char *temporary_directory(struct arena *a)
{
	const char *under = getenv("TMPDIR");
	char *path = arena_fmt(a, "%s/setgov-test-XXXXXX", under && *under ? under : "/tmp");
	size_t i = 0;

	assert_non_null(mkdtemp(path));
	while (i < MAX_DIRECTORIES && directories[i])
		i++;
	assert_true(i < MAX_DIRECTORIES);
	if (i == 0)
		atexit(remove_directories);
	directories[i] = strdup(path);
	return path;
}
