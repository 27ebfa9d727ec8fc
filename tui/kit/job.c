#include "tui/kit/job.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/err.h"

#define LAST_WORDS_MS 2000u           /* from SIGINT to SIGKILL */
#define BEHIND_THE_SCREEN 10          /* nice(2) of a job */

struct stream {
	int fd;                       /* -1: closed */
	struct buf all;
	size_t told;                  /* bytes that have gone to progress */
};

struct job {
	struct loop *loop;
	pid_t pid;                    /* 0: none was started */
	int pidfd, timer, failure;    /* failure: an errno arrives here when exec fails */
	int why;                      /* errno of what failed before that */
	struct stream out, err;
	bool overflow;
	struct buf words;             /* why it did not start */
	job_progress_fn *progress;
	job_done_fn *done;
	void *ctx;
};

/* ---- the child, between fork and exec ---- */

/* Handlers (they would give the terminal back) and our mask are not the child's; what was ignored stays ignored. */
static void plain_signals(void)
{
	const struct sigaction plain = { .sa_handler = SIG_DFL };
	struct sigaction now;
	sigset_t none;
	for (int sig = 1; sig < NSIG; sig++)
		if (sigaction(sig, NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaction(sig, &plain, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Descriptors 0, 1, 2 (negative: as they are), and `failure` to say that exec failed; nothing else is passed on. */
static NORETURN void become(const char *const argv[], pid_t parent, const int std[3], int failure)
{
	int why = 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != parent)
		_exit(127);
	plain_signals();
	for (int i = 0; i < 3 && why == 0; i++)
		if (std[i] >= 0 && dup2(std[i], i) < 0)
			why = errno;
	if (why == 0) {
		close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
		execv(argv[0], (char *const *)(uintptr_t)argv);
		why = errno;
	}
	const ssize_t told = write(failure, &why, sizeof(why));
	(void)told;
	_exit(127);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* errno of an exec that failed; 0: it did not. Waits for the end of the pipe when that is still open. */
static int exec_failure(int fd)
{
	int why = 0;
	ssize_t n;
	do
		n = read(fd, &why, sizeof(why));
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(why) ? why : 0;
}

/* ---- beside the screen ---- */

static void arm_timer(const struct job *j, unsigned ms)
{
	const struct itimerspec t = { .it_value = { ms / 1000, (long)(ms % 1000) * 1000000 + 1 } };
	timerfd_settime(j->timer, 0, &t, NULL);
}

static void job_free(struct job *j)
{
	const int watched[] = { j->out.fd, j->err.fd, j->pidfd, j->timer };
	for (size_t i = 0; i < ARRAY_LEN(watched); i++)
		if (watched[i] >= 0)
			loop_forget(j->loop, watched[i]);
	close_fd(&j->out.fd);
	close_fd(&j->err.fd);
	close_fd(&j->pidfd);
	close_fd(&j->timer);
	close_fd(&j->failure);
	buf_release(&j->out.all);
	buf_release(&j->err.all);
	buf_release(&j->words);
	free(j);
}

static void kill_group(const struct job *j, int sig)
{
	if (j->pid > 0)
		kill(-j->pid, sig);
}

/* Whole lines of stderr that nobody was told yet; `rest`: what has no newline, too. */
static void tell_progress(struct job *j, bool rest)
{
	struct stream *s = &j->err;
	while (j->progress != NULL && s->told < s->all.n) {
		const uint8_t *from = s->all.p + s->told;
		const uint8_t *end = memchr(from, '\n', s->all.n - s->told);
		if (end == NULL && !rest)
			return;
		const size_t n = end == NULL ? s->all.n - s->told : (size_t)(end - from);
		s->told += n + (end != NULL);
		j->progress(j->ctx, span_of(from, n));
	}
}

/* True: there may be more. */
static bool read_some(struct job *j, struct stream *s)
{
	uint8_t piece[65536];
	const ssize_t n = s->fd < 0 ? 0 : read(s->fd, piece, sizeof(piece));
	if (n < 0)
		return errno == EINTR;
	if (n == 0 && s->fd >= 0) {
		loop_forget(j->loop, s->fd);
		close_fd(&s->fd);
	}
	if ((size_t)n > JOB_OUT_CAP - s->all.n) {
		j->overflow = true;
		kill_group(j, SIGKILL);
		return false;
	}
	buf_add(&s->all, piece, (size_t)n);
	return n > 0;
}

static void on_output(void *ctx, int fd)
{
	struct job *j = ctx;
	read_some(j, fd == j->out.fd ? &j->out : &j->err);
	tell_progress(j, false);
}

static void finish(struct job *j, int status)
{
	struct job_result r = { .killed = WIFSIGNALED(status),
				.status = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
				.overflow = j->overflow };
	if (j->why == 0)
		j->why = exec_failure(j->failure);
	r.started = j->why == 0;
	if (!r.started) {
		buf_fmt(&j->words, "%s", strerror(j->why));
		r.killed = false;
	}
	r.out = buf_view(&j->out.all);
	r.err = r.started ? buf_view(&j->err.all) : buf_view(&j->words);
	j->done(j->ctx, &r);
	job_free(j);
}

/* It has ended. What it left running in its group goes with it (its number is ours until it is waited for); what it
 * wrote is in the pipes. */
static void on_end(void *ctx, int fd)
{
	struct job *j = ctx;
	int status = 0;
	(void)fd;
	kill_group(j, SIGKILL);
	while (waitpid(j->pid, &status, 0) < 0 && errno == EINTR)
		;
	j->pid = 0;
	while (!j->overflow && read_some(j, &j->out))
		;
	while (!j->overflow && read_some(j, &j->err))
		;
	tell_progress(j, true);
	finish(j, status);
}

static void on_time(void *ctx, int fd)
{
	struct job *j = ctx;
	uint64_t times;
	if (read(fd, &times, sizeof(times)) != (ssize_t)sizeof(times))
		return;
	if (j->pid > 0)
		kill_group(j, SIGKILL);
	else
		finish(j, 0);                    /* it did not start: told from the loop, like every end */
}

static bool make_pipe(int ends[2], int flags)
{
	return pipe2(ends, O_CLOEXEC) == 0 && (flags == 0 || fcntl(ends[0], F_SETFL, flags) == 0);
}

/* Leaves j->why when it cannot. `far`: the child's ends: /dev/null, out, err, failure. */
static void start(struct job *j, const char *const argv[], int far[4])
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 }, failure[2] = { -1, -1 };
	const pid_t parent = getpid();
	pid_t child = -1;
	far[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (far[0] < 0 || !make_pipe(out, O_NONBLOCK) || !make_pipe(err, O_NONBLOCK) || !make_pipe(failure, 0))
		j->why = errno;
	j->out.fd = out[0];
	j->err.fd = err[0];
	j->failure = failure[0];
	far[1] = out[1];
	far[2] = err[1];
	far[3] = failure[1];
	if (j->why == 0 && (child = fork()) < 0)
		j->why = errno;
	if (child == 0) {
		setpgid(0, 0);
		setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + BEHIND_THE_SCREEN);
		become(argv, parent, far, far[3]);
	}
	if (j->why != 0)
		return;
	j->pid = child;
	setpgid(child, child);
	j->pidfd = pidfd_open(child, 0);
	if (j->pidfd < 0)
		die("pidfd_open: %s", strerror(errno));
}

struct job *job_start(struct loop *l, const char *const argv[], unsigned timeout_ms, job_progress_fn *progress,
		      job_done_fn *done, void *ctx)
{
	struct job *j = calloc(1, sizeof(*j));
	int far[4] = { -1, -1, -1, -1 };
	if (j == NULL)
		die("out of memory");
	j->loop = l;
	j->progress = progress;
	j->done = done;
	j->ctx = ctx;
	j->pidfd = j->failure = j->out.fd = j->err.fd = -1;
	j->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (j->timer < 0)
		die("timerfd: %s", strerror(errno));
	start(j, argv, far);
	for (size_t i = 0; i < ARRAY_LEN(far); i++)
		close_fd(&far[i]);
	loop_watch(l, j->timer, on_time, j);
	if (j->pid == 0 || timeout_ms != 0)
		arm_timer(j, j->pid == 0 ? 0 : timeout_ms);
	if (j->pid != 0) {
		loop_watch(l, j->out.fd, on_output, j);
		loop_watch(l, j->err.fd, on_output, j);
		loop_watch(l, j->pidfd, on_end, j);
	}
	return j;
}

void job_interrupt(struct job *j)
{
	if (j->pid == 0)
		return;
	kill_group(j, SIGINT);
	arm_timer(j, LAST_WORDS_MS);
}

void job_abandon(struct job *j)
{
	int status;
	kill_group(j, SIGKILL);
	while (j->pid > 0 && waitpid(j->pid, &status, 0) < 0 && errno == EINTR)
		;
	job_free(j);
}

/* ---- in front of the screen ---- */

/* Who is in front gets the keys and their signals. Where there is no terminal of this session, nothing happens. */
static void put_in_front(int fd, pid_t group)
{
	sigset_t background, old;
	sigemptyset(&background);
	sigaddset(&background, SIGTTOU);
	sigprocmask(SIG_BLOCK, &background, &old);
	tcsetpgrp(fd, group);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

/* Whoever presses Ctrl-Z wants the shell: we stop with the program, and go on with it. */
static void stop_together(int fd, pid_t child)
{
	sigset_t stop, old;
	put_in_front(fd, getpgrp());
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	kill(getpid(), SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, &old);
	sigprocmask(SIG_SETMASK, &old, NULL);
	put_in_front(fd, child);
	kill(-child, SIGCONT);
}

/* What it has printed so far; what is over the cap is dropped. */
static void drain(int fd, struct buf *out)
{
	uint8_t chunk[4096];
	ssize_t n;
	while (fd >= 0 && (n = read(fd, chunk, sizeof(chunk))) > 0)
		if (out->n + (size_t)n <= JOB_OUT_CAP)
			buf_add(out, chunk, (size_t)n);
}

/* Its output is read while it runs, or a full pipe would hold it up; and it may be stopped meanwhile. */
static int wait_in_front(int fd, pid_t child, int pipe_fd, struct buf *out)
{
	int status = 0;
	for (;;) {
		struct pollfd ready = { pipe_fd, POLLIN, 0 };
		const pid_t ended = waitpid(child, &status, WUNTRACED | (pipe_fd >= 0 ? WNOHANG : 0));
		drain(pipe_fd, out);
		if (ended < 0 && errno != EINTR)
			return 0;
		if (ended > 0 && WIFSTOPPED(status))
			stop_together(fd, child);
		else if (ended > 0)
			return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
		else if (pipe_fd >= 0)
			poll(&ready, 1, 50);
	}
}

static pid_t start_in_front(int fd, const char *const argv[], int pipe_fd, int failure)
{
	const int out = isatty(fd) ? fd : -1;
	const int std[3] = { fd, pipe_fd >= 0 ? pipe_fd : out, out };
	const pid_t parent = getpid(), child = fork();
	if (child == 0) {
		setpgid(0, 0);
		put_in_front(fd, getpid());
		become(argv, parent, std, failure);
	}
	if (child > 0) {
		setpgid(child, child);
		put_in_front(fd, child);
	}
	return child;
}

bool job_foreground(struct loop *l, const char *const argv[], struct buf *out, int *status, struct err *e)
{
	const int fd = loop_term(l)->fd;
	int failure[2], pipe_fds[2] = { -1, -1 }, why = 0;
	if (!make_pipe(failure, 0) || (out != NULL && !make_pipe(pipe_fds, O_NONBLOCK)))
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "no pipe: %s", strerror(errno));
	term_suspend(loop_term(l));
	const pid_t child = start_in_front(fd, argv, pipe_fds[1], failure[1]);
	if (child < 0)
		why = errno;
	close_fd(&failure[1]);
	close_fd(&pipe_fds[1]);
	if (child > 0) {
		*status = wait_in_front(fd, child, pipe_fds[0], out);
		put_in_front(fd, getpgrp());
		why = exec_failure(failure[0]);
	}
	close_fd(&failure[0]);
	close_fd(&pipe_fds[0]);
	term_resume(loop_term(l));
	loop_redraw(l);
	return why == 0 || err_set(e, ERR_IO, ERR_NO_OFFSET, "%s cannot be started: %s", argv[0], strerror(why));
}
