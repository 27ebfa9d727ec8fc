#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/fs.h"
#include "tests/support/check.h"

struct place {
	struct arena a;
	const char *dir;
};

static int enter(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	p->dir = temporary_directory(&p->a);
	*state = p;
	return chdir(p->dir);
}

static int leave(void **state)
{
	struct place *p = *state;

	arena_release(&p->a);
	free(p);
	return chdir("/");
}

static void assert_holds(const char *path, const char *text)
{
	struct buf b = {0};
	struct err e = {0};

	assert_ok(fs_read(&b, path, 1 << 20, &e), &e);
	assert_buf_str(&b, text);
	buf_release(&b);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static size_t files_here(void)
{
	DIR *dir = opendir(".");
	size_t n = 0;
	const struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

static void what_is_written_is_read(void **state)
{
	struct err e = {0};
	struct buf b = {0};
	(void)state;

	assert_false(fs_exists("f"));
	assert_ok(fs_write("f", span_str("one"), 0600, &e), &e);
	assert_holds("f", "one");
	assert_int_equal(mode_of("f"), 0600);
	assert_ok(fs_write("f", span_str(""), 0644, &e), &e);
	assert_holds("f", "");
	assert_int_equal(mode_of("f"), 0644);
	assert_true(fs_exists("f"));
	buf_str(&b, "before ");
	assert_ok(fs_write("./f", span_str("after"), 0600, &e), &e);
	assert_ok(fs_read(&b, "f", 5, &e), &e);
	assert_buf_str(&b, "before after");
	buf_release(&b);
}

static void a_read_stops_at_its_cap(void **state)
{
	struct buf b = {0}, large = {0};
	struct err e = {0};
	(void)state;

	buf_zeros(&large, 200000);
	assert_ok(fs_write("f", buf_view(&large), 0600, &e), &e);
	assert_ok(fs_read(&b, "f", 200000, &e), &e);
	assert_int_equal(b.n, 200000);
	assert_false(fs_read(&b, "f", 199999, &e));
	assert_err(&e, ERR_RANGE, "f: larger than 199999 bytes");
	err_clear(&e);
	buf_release(&b);
	buf_release(&large);
}

static void only_regular_files_are_read(void **state)
{
	struct buf b = {0};
	struct err e = {0};
	(void)state;

	assert_false(fs_read(&b, "nothing", 10, &e));
	assert_err(&e, ERR_MISSING, "nothing: cannot open: No such file or directory");
	assert_false(fs_read(&b, ".", 10, &e));
	assert_err(&e, ERR_IO, ".: not a regular file");
	assert_false(fs_read(&b, "/dev/zero", 10, &e));
	assert_err(&e, ERR_IO, "/dev/zero: not a regular file");
	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_false(fs_read(&b, "pipe", 10, &e));           /* and does not wait for a writer */
	assert_err(&e, ERR_IO, "pipe: not a regular file");
	err_clear(&e);
	buf_release(&b);
}

static void standard_input_is_a_dash(void **state)
{
	struct buf b = {0};
	struct err e = {0};
	int fds[2], saved = dup(STDIN_FILENO);
	(void)state;

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "typed", 5), 5);
	close(fds[1]);
	dup2(fds[0], STDIN_FILENO);
	assert_ok(fs_read(&b, "-", 5, &e), &e);
	assert_buf_str(&b, "typed");
	dup2(saved, STDIN_FILENO);
	close(fds[0]);
	close(saved);
	buf_release(&b);
}

static void what_is_there_is_not_created_again(void **state)
{
	struct err e = {0};
	(void)state;

	assert_ok(fs_create("f", span_str("first"), 0600, &e), &e);
	assert_false(fs_create("f", span_str("second"), 0600, &e));
	assert_err(&e, ERR_REFUSED, "f: [EXISTS] there already");
	assert_holds("f", "first");
	assert_int_equal(symlink("nowhere", "link"), 0);
	assert_false(fs_create("link", span_str("x"), 0600, &e));
	assert_err(&e, ERR_REFUSED, "link: [EXISTS] there already");
	assert_false(fs_exists("nowhere"));
	err_clear(&e);
}

static void links_and_devices_are_not_replaced(void **state)
{
	struct err e = {0};
	(void)state;

	assert_ok(fs_write("target", span_str("x"), 0600, &e), &e);
	assert_int_equal(symlink("target", "link"), 0);
	assert_false(fs_write("link", span_str("y"), 0600, &e));
	assert_err(&e, ERR_IO, "link: is a symbolic link: name the file itself");
	assert_holds("target", "x");
	assert_false(fs_write("/dev/null", span_str("y"), 0600, &e));
	assert_err(&e, ERR_IO, "/dev/null: not a regular file");
	assert_false(fs_append("link", span_str("y"), 0600, &e));
	assert_err(&e, ERR_IO, "link: cannot open: Too many levels of symbolic links");
	err_clear(&e);
}

static void appending_creates_then_extends(void **state)
{
	struct err e = {0};
	(void)state;

	assert_ok(fs_append("log", span_str("a\n"), 0600, &e), &e);
	assert_int_equal(mode_of("log"), 0600);
	assert_ok(fs_append("log", span_str("b\n"), 0644, &e), &e);
	assert_int_equal(mode_of("log"), 0600);
	assert_holds("log", "a\nb\n");
	assert_false(fs_append("/dev/null", span_str("x"), 0600, &e));
	assert_err(&e, ERR_IO, "/dev/null: not a regular file");
	err_clear(&e);
}

/* A file size limit stands in for a full disk. */
static void a_failed_write_leaves_what_was_there(void **state)
{
	const struct rlimit small = {100, RLIM_INFINITY}, none = {RLIM_INFINITY, RLIM_INFINITY};
	struct buf large = {0};
	struct err e = {0};
	bool wrote, appended, created;
	(void)state;

	buf_zeros(&large, 5000);
	assert_ok(fs_write("f", span_str("old"), 0600, &e), &e);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	wrote = fs_write("f", buf_view(&large), 0600, &e);
	appended = fs_append("f", buf_view(&large), 0600, NULL);
	created = fs_create("g", buf_view(&large), 0600, NULL);
	setrlimit(RLIMIT_FSIZE, &none);
	assert_false(wrote);
	assert_err(&e, ERR_IO, "f: cannot write: File too large");
	assert_false(appended);
	assert_false(created);
	assert_holds("f", "old");
	assert_int_equal(files_here(), 1);                   /* neither g nor a temporary */
	err_clear(&e);
	buf_release(&large);
}

static void directories_are_made_to_the_last(void **state)
{
	struct err e = {0};
	(void)state;

	assert_ok(fs_mkdirs("a/b//c/", 0700, &e), &e);
	assert_ok(fs_mkdirs("a/b/c", 0700, &e), &e);
	assert_int_equal(mode_of("a/b"), 0700);
	assert_ok(fs_write("a/file", span_str(""), 0600, &e), &e);
	assert_false(fs_mkdirs("a/file/x", 0700, &e));
	assert_err(&e, ERR_IO, "a/file: not a directory");
	assert_false(fs_write("no/such/f", span_str(""), 0600, &e));
	assert_err(&e, ERR_MISSING, "no/such/f: cannot create: No such file or directory");
	err_clear(&e);
}

static void names_are_joined_with_one_slash(void **state)
{
	static const struct { const char *dir, *name, *path; } cases[] = {
		{"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"/", "b", "/b"}, {"", "b", "b"},
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *path = fs_join(cases[i].dir, cases[i].name);

		assert_string_equal(path, cases[i].path);
		free(path);
	}
}

#define in_place(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_place(what_is_written_is_read),
		in_place(a_read_stops_at_its_cap),
		in_place(only_regular_files_are_read),
		in_place(standard_input_is_a_dash),
		in_place(what_is_there_is_not_created_again),
		in_place(links_and_devices_are_not_replaced),
		in_place(appending_creates_then_extends),
		in_place(a_failed_write_leaves_what_was_there),
		in_place(directories_are_made_to_the_last),
		in_place(names_are_joined_with_one_slash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
