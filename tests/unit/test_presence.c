/* Who else is here: consoles that live are seen, with their words made safe; those that are gone, and files that are no
 * such thing, are not. And sticks, by the names that the kernel gives. */
#include "tests/support/check.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/fs.h"
#include "tui/console/presence.h"

struct here {
	struct arena a;
	const char *dir;
	struct presence *p;
	int held[8];
	size_t n_held;
};

static struct here open_here(void)
{
	struct here h = {0};
	h.dir = temporary_directory(&h.a);
	h.p = presence_open(h.dir, "p1");
	assert_non_null(h.p);
	return h;
}

static void close_here(struct here *h)
{
	presence_close(h->p);
	for (size_t i = 0; i < h->n_held; i++)
		close(h->held[i]);
	arena_release(&h->a);
}

/* A file as another console would have it, locked or left behind. */
static void put(struct here *h, const char *name, const char *text, bool locked)
{
	const char *path = arena_fmt(&h->a, "%s/presence/%s", h->dir, name);
	struct err e = {0};
	assert_ok(fs_write(path, span_str(text), 0600, &e), &e);
	if (!locked)
		return;
	const int fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	h->held[h->n_held++] = fd;
}

static void assert_present(struct here *h, const char *text)
{
	struct present *v;
	struct buf out = {0};
	size_t n;
	presence_read(h->p, &h->a, &v, &n);
	for (size_t i = 0; i < n; i++)
		buf_fmt(&out, "%s at %s: %s\n", v[i].who, v[i].where, v[i].doing);
	assert_buf_str(&out, text);
	buf_release(&out);
}

#define SAID(change, doing, who) \
	"{\"change\":" change ",\"doing\":\"" doing "\",\"format\":\"setgov-presence/1\",\"host\":\"desk\",\"who\":\"" \
	who "\"}\n"

static void another_console_is_seen_while_it_lives(void **state)
{
	struct here h = open_here();
	(void)state;
	assert_present(&h, "");
	put(&h, "desk.7.json", SAID("\"SC-7\"", "signatures of schedule", "p2"), true);
	put(&h, "desk.8.json", SAID("null", "the queue", "p3"), true);
	assert_present(&h, "p2 at desk: SC-7 signatures of schedule\np3 at desk: the queue\n");
	close(h.held[--h.n_held]);
	assert_present(&h, "p2 at desk: SC-7 signatures of schedule\n");
	close_here(&h);
}

static void a_killed_console_leaves_a_file_that_nobody_shows_and_the_next_one_removes(void **state)
{
	struct here h = open_here();
	const char *path = arena_fmt(&h.a, "%s/presence/desk.7.json", h.dir);
	(void)state;
	put(&h, "desk.7.json", SAID("null", "the queue", "p2"), false);
	assert_present(&h, "");
	assert_true(fs_exists(path));
	presence_close(h.p);
	h.p = presence_open(h.dir, "p1");
	assert_false(fs_exists(path));
	close_here(&h);
}

static void what_no_console_wrote_is_not_removed(void **state)
{
	struct here h = open_here();
	(void)state;
	put(&h, "desk.7.json", "", false);
	put(&h, "key.json", "{\"crypto\":{},\"version\":3}", false);
	presence_close(h.p);
	h.p = presence_open(h.dir, "p1");
	assert_false(fs_exists(arena_fmt(&h.a, "%s/presence/desk.7.json", h.dir)));
	assert_true(fs_exists(arena_fmt(&h.a, "%s/presence/key.json", h.dir)));
	close_here(&h);
}

/* Whoever shares the workspace could make the next console tidy up, and write, in any directory of its owner's. */
static void a_directory_that_is_a_link_is_left_alone(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a), *home = temporary_directory(&a);
	const char *left = arena_fmt(&a, "%s/desk.7.json", home);
	struct err e = {0};
	(void)state;
	assert_ok(fs_write(left, span_str(SAID("null", "the queue", "p2")), 0600, &e), &e);
	assert_int_equal(symlink(home, arena_fmt(&a, "%s/presence", dir)), 0);
	struct presence *p = presence_open(dir, "p1");
	assert_null(p);
	assert_true(fs_exists(left));
	arena_release(&a);
}

/* In another process, as it is. */
static void what_a_console_says_is_what_the_other_one_reads(void **state)
{
	struct here h = open_here();
	int up[2], down[2];
	char c;
	(void)state;
	assert_int_equal(pipe(up), 0);
	assert_int_equal(pipe(down), 0);
	const pid_t child = fork();
	if (child == 0) {
		struct presence *p = presence_open(h.dir, "p\x1b[2J\xff");
		presence_say(p, "SC-7", "signatures");
		presence_say(p, "SC-8", "a packet that is written");
		if (write(up[1], "x", 1) != 1 || read(down[0], &c, 1) != 1)
			_exit(1);
		presence_close(p);
		_exit(0);
	}
	assert_int_equal(read(up[0], &c, 1), 1);
	struct present *v;
	size_t n;
	presence_read(h.p, &h.a, &v, &n);
	assert_int_equal(n, 1);
	assert_string_equal(v[0].who, "p\\u{001B}[2J\\xFF");
	assert_string_equal(v[0].doing, "SC-8 a packet that is written");
	assert_int_equal(write(down[1], "x", 1), 1);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_present(&h, "");
	close_here(&h);
}

static void hostile_files_are_not_shown(void **state)
{
	struct here h = open_here();
	struct buf big = {0};
	(void)state;
	for (size_t i = 0; i <= PRESENCE_FILE_MAX; i++)
		buf_byte(&big, ' ');
	put(&h, "a.json", "", true);
	put(&h, "b.json", "{}", true);
	put(&h, "c.json", buf_cstr(&big), true);
	put(&h, "d.json", SAID("\"../../x\"", "x", "p2"), true);
	put(&h, "e.txt", SAID("null", "x", "p2"), true);
	put(&h, ".f.json", SAID("null", "x", "p2"), true);
	put(&h, "g.json", SAID("null", "\\u001b[2J\xe2\x80\xae", "p2"), true);
	assert_int_equal(mkfifo(arena_fmt(&h.a, "%s/presence/h.json", h.dir), 0600), 0);
	assert_int_equal(symlink("g.json", arena_fmt(&h.a, "%s/presence/i.json", h.dir)), 0);
	assert_int_equal(mkdir(arena_fmt(&h.a, "%s/presence/j.json", h.dir), 0700), 0);
	assert_present(&h, "p2 at desk: \\u{001B}[2J\\u{202E}\n");
	buf_release(&big);
	close_here(&h);
}

static void at_most_so_many_are_shown(void **state)
{
	struct here h = open_here();
	int fd[PRESENT_MAX + 4];
	struct present *v;
	size_t n;
	(void)state;
	for (int i = 0; i < PRESENT_MAX + 4; i++) {
		put(&h, arena_fmt(&h.a, "x.%d.json", 100 + i), SAID("null", "the queue", "p2"), true);
		fd[i] = h.held[--h.n_held];
	}
	presence_read(h.p, &h.a, &v, &n);
	assert_int_equal(n, PRESENT_MAX);
	for (int i = 0; i < PRESENT_MAX + 4; i++)
		close(fd[i]);
	close_here(&h);
}

static void where_none_can_be_kept_there_is_none(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct present *v;
	struct err e = {0};
	size_t n = 1;
	(void)state;
	assert_ok(fs_write(arena_fmt(&a, "%s/presence", dir), span_str("x"), 0600, &e), &e);
	struct presence *p = presence_open(dir, "p1");
	assert_null(p);
	presence_say(p, "SC-7", "x");
	presence_read(p, &a, &v, &n);
	assert_int_equal(n, 0);
	presence_close(p);
	arena_release(&a);
}

static void files_are_read_strictly(void **state)
{
	static const struct { const char *text; enum err_code code; const char *words; } cases[] = {
		{ "{}", ERR_MISSING, "format, byte 0: missing" },
		{ "{\"format\":\"x\"}", ERR_UNKNOWN, "format: needed setgov-presence/1" },
		{ SAID("7", "x", "p1"), ERR_SYNTAX, "change, byte 10: needed a string, found a number" },
		{ SAID("\"7\"", "x", "p1"), ERR_SYNTAX, "change: needed a change like SC-7" },
		{ SAID("null", "", "p1"), ERR_RANGE, "doing: needed 1 to 128 bytes, found 0" },
		{ SAID("null", "a\\u0000b", "p1"), ERR_SYNTAX, "byte 25: NUL in a string" },
		{ " " SAID("null", "x", "p1"), ERR_SYNTAX, "not as it is written: canonical JSON and a newline" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = {0};
		struct presence_said s;
		struct err e = {0};
		assert_false(presence_parse(&a, &s, span_str(cases[i].text), &e));
		assert_err(&e, cases[i].code, cases[i].words);
		err_clear(&e);
		arena_release(&a);
	}
}

static void sticks_are_found_and_names_that_deceive_left_out(void **state)
{
	struct arena a = {0};
	struct mounts m;
	struct buf out = {0};
	(void)state;
	mounts_parse(&a, &m, span_str("proc /proc proc rw 0 0\n"
		"/dev/sdb1 /media/MY\\040STICK vfat rw 0 0\n"
		"/dev/sdc1 /run/media/anna/B\\134L vfat rw 0 0\n"
		"/dev/sdd1 /media/\\342\\200\\256evil vfat rw 0 0\n"
		"/dev/sde1 /media/new\\012line vfat rw 0 0\n"
		"/dev/sdf1 /mediator vfat rw 0 0\n"
		"/dev/sdg1 /mnt ext4 rw 0 0\n"
		"/dev/sdi1 /mnt/a/deep/one ext4 rw 0 0\n"
		"short\n\n/dev/sdh1 /mnt/x"));
	for (size_t i = 0; i < m.n; i++)
		buf_fmt(&out, "%s\n", m.dir[i]);
	assert_buf_str(&out, "/media/MY STICK\n/run/media/anna/B\\L\n/mnt\n/mnt/x\n");
	assert_int_equal(m.left_out, 2);
	buf_release(&out);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_console_is_seen_while_it_lives),
		cmocka_unit_test(a_killed_console_leaves_a_file_that_nobody_shows_and_the_next_one_removes),
		cmocka_unit_test(what_no_console_wrote_is_not_removed),
		cmocka_unit_test(a_directory_that_is_a_link_is_left_alone),
		cmocka_unit_test(what_a_console_says_is_what_the_other_one_reads),
		cmocka_unit_test(hostile_files_are_not_shown),
		cmocka_unit_test(at_most_so_many_are_shown),
		cmocka_unit_test(where_none_can_be_kept_there_is_none),
		cmocka_unit_test(files_are_read_strictly),
		cmocka_unit_test(sticks_are_found_and_names_that_deceive_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
