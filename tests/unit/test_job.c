/* Programs beside the screen, with a real loop and a terminal that never says anything. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tui/kit/job.h"

struct seen {
	struct loop *loop;
	struct job *job;
	struct job_result r;
	struct buf out, err, lines;
	unsigned done;
	bool interrupt;               /* at the first line of progress */
};

static void mute_draw(struct term *t, const struct grid *g)
{
	(void)t;
	(void)g;
}

static bool mute_key(struct term *t, uint32_t *key)
{
	(void)t;
	(void)key;
	return false;
}

static void mute_size(struct term *t, size_t *rows, size_t *cols)
{
	(void)t;
	*rows = 24;
	*cols = 80;
}

static void mute(struct term *t)
{
	(void)t;
}

static void app_draw(void *ctx, struct grid *g)
{
	(void)ctx;
	(void)g;
}

static void app_key(void *ctx, uint32_t key)
{
	(void)ctx;
	(void)key;
}

static const struct term_ops mute_ops = { mute_draw, mute_key, mute_size, mute, mute, NULL };
static const struct loop_ops app_ops = { .draw = app_draw, .key = app_key };

static void on_line(void *ctx, struct span line)
{
	struct seen *s = ctx;

	buf_span(&s->lines, line);
	buf_byte(&s->lines, '|');
	if (s->interrupt)
		job_interrupt(s->job);
	s->interrupt = false;
}

static void on_done(void *ctx, const struct job_result *r)
{
	struct seen *s = ctx;

	s->r = *r;
	if (r->out.n < 65536)
		buf_span(&s->out, r->out);
	buf_span(&s->err, r->err);
	s->done++;
	loop_stop(s->loop);
}

static void release(struct seen *s)
{
	buf_release(&s->out);
	buf_release(&s->err);
	buf_release(&s->lines);
}

static void run_program(struct seen *s, const char *const argv[], unsigned timeout_ms)
{
	int never[2];
	struct term t;
	struct err e = {0};

	assert_int_equal(pipe2(never, O_CLOEXEC), 0);
	t = (struct term){ &mute_ops, never[0], false };
	s->loop = loop_new(&t, &app_ops, NULL);
	s->job = job_start(s->loop, argv, timeout_ms, on_line, on_done, s);
	assert_int_equal(s->done, 0);
	assert_ok(loop_run(s->loop, &e), &e);
	assert_int_equal(s->done, 1);
	loop_free(s->loop);
	close(never[0]);
	close(never[1]);
}

static void run_shell(struct seen *s, const char *script, unsigned timeout_ms)
{
	const char *const argv[] = { "/bin/sh", "-c", script, NULL };

	run_program(s, argv, timeout_ms);
}

static void both_streams_and_the_status_arrive(void **state)
{
	struct seen s = {0};

	(void)state;
	run_shell(&s, "echo one >&2; echo result; printf 'two\\n\\nthree' >&2; exit 7", 0);
	assert_true(s.r.started);
	assert_false(s.r.killed);
	assert_int_equal(s.r.status, 7);
	assert_buf_str(&s.out, "result\n");
	assert_buf_str(&s.err, "one\ntwo\n\nthree");
	assert_buf_str(&s.lines, "one|two||three|");
	release(&s);
}

static void a_program_that_is_not_there_did_not_start(void **state)
{
	static const char *const argv[] = { "/nowhere/to/be/found", NULL };
	struct seen s = {0};

	(void)state;
	run_program(&s, argv, 0);
	assert_false(s.r.started);
	assert_buf_str(&s.err, "No such file or directory");
	release(&s);
}

static void it_inherits_nothing(void **state)
{
	struct seen s = {0};

	(void)state;
	assert_true(dup2(STDERR_FILENO, 77) == 77);
	/* the listing itself holds one: 3 */
	run_shell(&s, "cat; ls /proc/self/fd | tr '\\n' ' '; grep SigBlk /proc/self/status | cut -f2; "
		      "[ $(cut -d' ' -f5 /proc/$$/stat) = $$ ] && echo own group", 0);
	assert_buf_str(&s.out, "0 1 2 3 0000000000000000\nown group\n");
	close(77);
	release(&s);
}

static void the_screen_comes_before_it(void **state)
{
	const int here = getpriority(PRIO_PROCESS, 0);
	struct seen s = {0};
	char there[16];

	(void)state;
	snprintf(there, sizeof(there), "%d\n", here + 10 < 19 ? here + 10 : 19);
	run_shell(&s, "nice", 0);
	assert_buf_str(&s.out, there);
	release(&s);
}

static void one_that_takes_too_long_is_killed(void **state)
{
	struct seen s = {0};

	(void)state;
	run_shell(&s, "echo begun; sleep 60; echo never", 100);
	assert_true(s.r.killed);
	assert_int_equal(s.r.status, SIGKILL);
	assert_buf_str(&s.out, "begun\n");
	release(&s);
}

static void an_interrupt_is_heard(void **state)
{
	struct seen s = { .interrupt = true };

	(void)state;
	run_shell(&s, "trap 'echo stopping; exit 5' INT; echo ready >&2; while :; do sleep 0.01; done", 0);
	assert_false(s.r.killed);
	assert_int_equal(s.r.status, 5);
	assert_buf_str(&s.out, "stopping\n");
	release(&s);
}

static void one_that_does_not_hear_is_killed(void **state)
{
	struct seen s = { .interrupt = true };
	struct timespec from, to;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &from);
	run_shell(&s, "trap '' INT; echo ready >&2; sleep 60; sleep 60", 0);
	clock_gettime(CLOCK_MONOTONIC, &to);
	assert_true(s.r.killed);
	assert_int_equal(s.r.status, SIGKILL);
	assert_in_range(to.tv_sec - from.tv_sec, 1, 10);
	release(&s);
}

static void too_much_is_not_kept(void **state)
{
	struct seen s = {0};

	(void)state;
	run_shell(&s, "head -c 70000000 /dev/zero; sleep 60", 0);
	assert_true(s.r.overflow);
	assert_true(s.r.killed);
	assert_true(s.r.out.n <= JOB_OUT_CAP);
	release(&s);
}

/* Something it left in its group holds the pipes open: nobody waits for that. */
static void what_it_left_behind_ends_with_it(void **state)
{
	struct seen s = {0};

	(void)state;
	run_shell(&s, "sleep 60 & echo $!", 0);
	assert_int_equal(s.r.status, 0);
	assert_true(s.out.n > 1);
	for (unsigned i = 0; i < 200 && kill((pid_t)strtol(buf_cstr(&s.out), NULL, 10), 0) == 0; i++)
		usleep(10000);
	assert_int_equal(kill((pid_t)strtol(buf_cstr(&s.out), NULL, 10), 0), -1);
	assert_int_equal(errno, ESRCH);
	release(&s);
}

static void it_dies_with_us(void **state)
{
	static const char *const argv[] = { "/bin/sh", "-c", "exec sleep 60", NULL };
	int ends[2];
	pid_t console, job = 0;

	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	console = fork();
	if (console == 0) {
		struct seen s = {0};
		struct term t = { &mute_ops, ends[0], false };
		int children;
		char text[32] = {0};

		s.loop = loop_new(&t, &app_ops, NULL);
		s.job = job_start(s.loop, argv, 0, NULL, on_done, &s);
		children = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
		if (children < 0 || read(children, text, sizeof(text) - 1) <= 0)
			_exit(1);
		job = (pid_t)strtol(text, NULL, 10);
		usleep(100000);                        /* until it sleeps; before that, it would notice by itself */
		if (write(ends[1], &job, sizeof(job)) != (ssize_t)sizeof(job))
			_exit(1);
		raise(SIGKILL);
	}
	assert_int_equal(read(ends[0], &job, sizeof(job)), (int)sizeof(job));
	assert_int_equal(waitpid(console, NULL, 0), console);
	for (unsigned i = 0; i < 500 && waitpid(job, NULL, WNOHANG) != job; i++) {
		assert_true(i < 499);
		usleep(10000);
	}
	close(ends[0]);
	close(ends[1]);
}

static void an_abandoned_one_is_gone_and_says_nothing(void **state)
{
	static const char *const argv[] = { "/bin/sleep", "60", NULL };
	struct seen s = {0};
	int never[2];
	struct term t;

	(void)state;
	assert_int_equal(pipe2(never, O_CLOEXEC), 0);
	t = (struct term){ &mute_ops, never[0], false };
	s.loop = loop_new(&t, &app_ops, NULL);
	s.job = job_start(s.loop, argv, 0, NULL, on_done, &s);
	job_abandon(s.job);
	assert_int_equal(s.done, 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	loop_free(s.loop);
	close(never[0]);
	close(never[1]);
}

static void in_front_it_says_how_it_ended(void **state)
{
	static const char *const ends[] = { "/bin/sh", "-c", "exit 9", NULL };
	static const char *const killed[] = { "/bin/sh", "-c", "kill -TERM $$", NULL };
	static const char *const missing[] = { "/nowhere", NULL };
	static const char *const prints[] = { "/bin/sh", "-c", "echo result; exit 3", NULL };
	struct buf out = {0};
	struct err e = {0};
	int never[2], status = 0;
	struct term t;
	struct loop *l;

	(void)state;
	assert_int_equal(pipe2(never, O_CLOEXEC), 0);
	t = (struct term){ &mute_ops, never[0], false };
	l = loop_new(&t, &app_ops, NULL);
	assert_ok(job_foreground(l, ends, NULL, &status, &e), &e);
	assert_int_equal(status, 9);
	assert_ok(job_foreground(l, killed, NULL, &status, &e), &e);
	assert_int_equal(status, 128 + SIGTERM);
	assert_ok(job_foreground(l, prints, &out, &status, &e), &e);
	assert_int_equal(status, 3);
	assert_buf_str(&out, "result\n");
	buf_release(&out);
	assert_false(job_foreground(l, missing, NULL, &status, &e));
	assert_err(&e, ERR_IO, "/nowhere cannot be started: No such file or directory");
	err_clear(&e);
	loop_free(l);
	close(never[0]);
	close(never[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_streams_and_the_status_arrive),
		cmocka_unit_test(a_program_that_is_not_there_did_not_start),
		cmocka_unit_test(it_inherits_nothing),
		cmocka_unit_test(the_screen_comes_before_it),
		cmocka_unit_test(one_that_takes_too_long_is_killed),
		cmocka_unit_test(an_interrupt_is_heard),
		cmocka_unit_test(one_that_does_not_hear_is_killed),
		cmocka_unit_test(too_much_is_not_kept),
		cmocka_unit_test(what_it_left_behind_ends_with_it),
		cmocka_unit_test(an_abandoned_one_is_gone_and_says_nothing),
		cmocka_unit_test(in_front_it_says_how_it_ended),
		cmocka_unit_test(it_dies_with_us),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
