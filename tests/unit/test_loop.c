/* The loop with a terminal made of a pipe (keys) and memory (frames). */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tui/kit/loop.h"

struct fake {
	struct term t;                /* first */
	size_t rows, cols;
	unsigned shown, suspended, resumed;
	struct buf last;              /* the last frame */
};

struct app {
	struct fake term;
	struct loop *loop;
	int keys;                     /* what is written here is typed */
	uint32_t got[64];
	size_t n;
	unsigned drawn, ticks, children, read;
	unsigned stop_after_ticks;
	int watched[2];
};

static void fake_draw(struct term *t, const struct grid *g)
{
	struct fake *f = (struct fake *)t;

	f->shown++;
	buf_clear(&f->last);
	grid_dump(g, &f->last, false);
}

static bool fake_key(struct term *t, uint32_t *key)
{
	uint8_t c;
	const ssize_t n = read(t->fd, &c, 1);

	*key = n == 0 ? K_HANGUP : c;
	return n >= 0;
}

static void fake_size(struct term *t, size_t *rows, size_t *cols)
{
	*rows = ((struct fake *)t)->rows;
	*cols = ((struct fake *)t)->cols;
}

static void fake_suspend(struct term *t)
{
	((struct fake *)t)->suspended++;
}

static void fake_resume(struct term *t)
{
	((struct fake *)t)->resumed++;
}

static void app_draw(void *ctx, struct grid *g)
{
	struct app *a = ctx;
	struct pen p = grid_pen(g, 0, STYLE_TEXT);

	pen_fmt(&p, "%zu keys on %zux%zu", a->n, g->cols, g->rows);
	a->drawn++;
}

/* q leaves. */
static void app_key(void *ctx, uint32_t key)
{
	struct app *a = ctx;

	assert_true(a->n < ARRAY_LEN(a->got));
	a->got[a->n++] = key;
	if (key == 'q')
		loop_stop(a->loop);
}

static bool app_tick(void *ctx)
{
	struct app *a = ctx;

	if (++a->ticks == a->stop_after_ticks)
		loop_stop(a->loop);
	return false;
}

static void app_child(void *ctx)
{
	((struct app *)ctx)->children++;
}

static const struct loop_ops quiet = { .draw = app_draw, .key = app_key, .child = app_child };
static const struct loop_ops ticking = { .draw = app_draw, .key = app_key, .tick = app_tick, .tick_ms = 5 };

static struct app *open_app(const struct loop_ops *ops, size_t rows, size_t cols)
{
	static const struct term_ops term_ops = { fake_draw,    fake_key,    fake_size,
						  fake_suspend, fake_resume, NULL };
	struct app *a = calloc(1, sizeof(*a));
	int ends[2];

	assert_non_null(a);
	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(pipe2(a->watched, O_CLOEXEC | O_NONBLOCK), 0);
	a->term = (struct fake){ .t = { &term_ops, ends[0], false }, .rows = rows, .cols = cols };
	a->keys = ends[1];
	a->loop = loop_new(&a->term.t, ops, a);
	return a;
}

static void close_app(struct app *a)
{
	loop_free(a->loop);
	close(a->term.t.fd);
	if (a->keys >= 0)
		close(a->keys);
	close(a->watched[0]);
	close(a->watched[1]);
	buf_release(&a->term.last);
	free(a);
}

static void type(const struct app *a, const char *text)
{
	assert_int_equal(write(a->keys, text, strlen(text)), (ssize_t)strlen(text));
}

static void run(struct app *a)
{
	struct err e = {0};

	assert_ok(loop_run(a->loop, &e), &e);
}

static void a_terminal_that_ends_is_told_behind_its_last_keys(void **state)
{
	struct app *a = open_app(&quiet, 24, 80);
	struct err e = {0};

	(void)state;
	type(a, "abcdefghij");
	close(a->keys);
	a->keys = -1;
	assert_false(loop_run(a->loop, &e));
	assert_err(&e, ERR_IO, "the terminal is gone");
	assert_int_equal(a->n, 11);
	assert_int_equal(a->got[9], 'j');
	assert_int_equal(a->got[10], K_HANGUP);
	assert_int_equal(a->drawn, 1);                 /* the first */
	err_clear(&e);
	close_app(a);
}

static void feed(void *ctx, int fd)
{
	struct app *a = ctx;
	uint8_t c;

	assert_int_equal(read(fd, &c, 1), 1);
	if (a->read++ == 0) {
		type(a, "hello");                      /* then once more round, and a frame, before q */
		assert_int_equal(write(a->watched[1], "x", 1), 1);
	} else {
		loop_forget(a->loop, fd);
		assert_int_equal(write(a->watched[1], "x", 1), 1);
		type(a, "q");
	}
}

static void a_watch_is_called_until_it_is_forgotten(void **state)
{
	struct app *a = open_app(&quiet, 24, 80);

	(void)state;
	loop_watch(a->loop, a->watched[0], feed, a);
	assert_int_equal(write(a->watched[1], "x", 1), 1);
	run(a);
	assert_int_equal(a->read, 2);
	assert_int_equal(a->n, 6);
	assert_int_equal(a->drawn, 2);                 /* the first, and one for five keys */
	assert_buf_str(&a->term.last, "5 keys on 80x24\n"
				      "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n");
	close_app(a);
}

static void a_tick_that_changes_nothing_draws_nothing(void **state)
{
	struct app *a = open_app(&ticking, 24, 80);

	(void)state;
	a->stop_after_ticks = 4;
	run(a);
	assert_int_equal(a->ticks, 4);
	assert_int_equal(a->drawn, 1);
	close_app(a);
}

/* The signal waits until the loop reads it; q comes behind it. */
static void signalled(struct app *a, int sig, uint32_t key)
{
	assert_int_equal(kill(getpid(), sig), 0);
	a->n = 0;
	loop_watch(a->loop, a->watched[0], feed, a);
	a->read = 1;
	assert_int_equal(write(a->watched[1], "x", 1), 1);
	run(a);
	assert_int_equal(a->got[0], key);
	assert_int_equal(a->got[a->n - 1], 'q');
}

static void signals_are_keys(void **state)
{
	static const struct { int sig; uint32_t key; } said[] = {
		{ SIGTERM, K_HANGUP }, { SIGHUP, K_HANGUP }, { SIGINT, K_CTRL('c') }, { SIGWINCH, K_RESIZE }
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(said); i++) {
		struct app *a = open_app(&quiet, 24, 80);

		signalled(a, said[i].sig, said[i].key);
		close_app(a);
	}
}

static void a_child_that_ends_is_told(void **state)
{
	struct app *a = open_app(&quiet, 24, 80);
	const pid_t child = fork();
	int status;

	(void)state;
	if (child == 0)
		_exit(3);
	assert_int_equal(waitpid(child, &status, 0), child);
	signalled(a, SIGCHLD, 'q');
	assert_int_equal(a->children, 1);
	close_app(a);
}

static void the_mask_is_as_it_was(void **state)
{
	sigset_t before, after;
	struct app *a;

	(void)state;
	sigprocmask(SIG_SETMASK, NULL, &before);
	a = open_app(&quiet, 24, 80);
	sigprocmask(SIG_SETMASK, NULL, &after);
	assert_int_equal(sigismember(&after, SIGTERM), 1);
	close_app(a);
	sigprocmask(SIG_SETMASK, NULL, &after);
	for (int sig = 1; sig < NSIG; sig++)
		assert_int_equal(sigismember(&before, sig), sigismember(&after, sig));
}

static void too_small_a_window_says_so_and_takes_no_keys(void **state)
{
	static const struct { size_t rows, cols; const char *shown; } sizes[] = {
		{ 10, 40, "needs 80x24, has 40x10\nEnlarge the window.\n\n\n\n\n\n\n\n\n" },
		{ 5, 20, "needs 80x24, has 20\xe2\x80\xa6\nEnlarge the window.\n\n\n\n" },
		{ 1, 1, "\xe2\x80\xa6\n" },
		{ 23, 200, NULL },
		{ 24, 79, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct app *a = open_app(&ticking, sizes[i].rows, sizes[i].cols);

		loop_watch(a->loop, a->watched[0], feed, a);
		assert_int_equal(write(a->watched[1], "x", 1), 1);
		a->stop_after_ticks = 6;
		run(a);
		assert_int_equal(a->n, 0);
		assert_int_equal(a->drawn, 0);
		if (sizes[i].shown != NULL)
			assert_buf_str(&a->term.last, sizes[i].shown);
		close_app(a);
	}
}

static void a_larger_window_is_drawn_anew(void **state)
{
	struct app *a = open_app(&quiet, 10, 40);

	(void)state;
	a->term.rows = 50;
	a->term.cols = 132;
	signalled(a, SIGWINCH, K_RESIZE);
	assert_int_equal(a->drawn, 1);
	assert_memory_equal(a->term.last.p, "0 keys on 132x50\n", 17);
	close_app(a);
}

/* In a child of its own: it stops, we wake it, it goes on and is asked to end. */
static void ctrl_z_stops_and_goes_on(void **state)
{
	const pid_t child = fork();
	int status;

	(void)state;
	if (child == 0) {
		struct app *a;

		setpgid(0, 0);
		a = open_app(&quiet, 24, 80);
		type(a, "\x1aq");
		if (!loop_run(a->loop, NULL))
			_exit(1);
		_exit(a->term.suspended == 1 && a->term.resumed >= 1 && a->n == 1 ? 0 : 2);
	}
	assert_int_equal(waitpid(child, &status, WUNTRACED), child);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(WSTOPSIG(status), SIGTSTP);
	kill(child, SIGCONT);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_terminal_that_ends_is_told_behind_its_last_keys),
		cmocka_unit_test(a_watch_is_called_until_it_is_forgotten),
		cmocka_unit_test(a_tick_that_changes_nothing_draws_nothing),
		cmocka_unit_test(signals_are_keys),
		cmocka_unit_test(a_child_that_ends_is_told),
		cmocka_unit_test(the_mask_is_as_it_was),
		cmocka_unit_test(too_small_a_window_says_so_and_takes_no_keys),
		cmocka_unit_test(a_larger_window_is_drawn_anew),
		cmocka_unit_test(ctrl_z_stops_and_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
