#include "tui/kit/loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "src/base/err.h"

/* So many keys are taken before a frame is drawn: all of what somebody pastes, not all of what a stuck key sends. */
#define KEYS_A_FRAME 4096

struct watch {
	int fd;                       /* -1: forgotten */
	void (*fn)(void *ctx, int fd);
	void *ctx;
};

struct loop {
	struct term *term;
	const struct loop_ops *ops;
	void *ctx;
	int signals;
	sigset_t ours, mask_before;
	struct sigaction child_before;
	struct watch *watches;
	struct pollfd *polled;        /* the terminal, the signals, then one for each watch */
	size_t n, cap;
	struct grid grid;
	int64_t next_tick;            /* ms on the monotonic clock */
	bool small, redraw, stopped, gone;
	bool more;                    /* keys that were not taken yet; poll() may not see them */
};

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Room for n watches and what is polled beside them. */
static void reserve(struct loop *l, size_t n)
{
	if (n <= l->cap && l->watches != NULL)
		return;
	l->cap = 2 * n + 6;
	l->watches = reallocarray(l->watches, l->cap, sizeof(*l->watches));
	l->polled = reallocarray(l->polled, l->cap + 2, sizeof(*l->polled));
	if (l->watches == NULL || l->polled == NULL)
		die("out of memory");
}

struct loop *loop_new(struct term *t, const struct loop_ops *ops, void *ctx)
{
	static const int ours[] = { SIGWINCH, SIGCHLD, SIGTERM, SIGHUP, SIGINT, SIGCONT, SIGTSTP };
	const struct sigaction plain = { .sa_handler = SIG_DFL };
	struct loop *l = calloc(1, sizeof(*l));
	if (l == NULL)
		die("out of memory");
	l->term = t;
	l->ops = ops;
	l->ctx = ctx;
	l->redraw = true;
	sigemptyset(&l->ours);
	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		sigaddset(&l->ours, ours[i]);
	sigprocmask(SIG_BLOCK, &l->ours, &l->mask_before);
	sigaction(SIGCHLD, &plain, &l->child_before);          /* ignored, children would leave no status */
	l->signals = signalfd(-1, &l->ours, SFD_CLOEXEC | SFD_NONBLOCK);
	if (l->signals < 0)
		die("signalfd: %s", strerror(errno));
	grid_init(&l->grid, 0, 0, t->ascii);
	reserve(l, 0);
	return l;
}

void loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	close(l->signals);
	sigaction(SIGCHLD, &l->child_before, NULL);
	sigprocmask(SIG_SETMASK, &l->mask_before, NULL);
	grid_release(&l->grid);
	free(l->watches);
	free(l->polled);
	free(l);
}

void loop_stop(struct loop *l)
{
	l->stopped = true;
}

void loop_redraw(struct loop *l)
{
	l->redraw = true;
}

struct term *loop_term(const struct loop *l)
{
	return l->term;
}

void loop_watch(struct loop *l, int fd, void (*fn)(void *ctx, int fd), void *ctx)
{
	reserve(l, l->n + 1);
	l->watches[l->n++] = (struct watch){ fd, fn, ctx };
}

void loop_forget(struct loop *l, int fd)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->watches[i].fd == fd)
			l->watches[i].fd = -1;                 /* its place is taken away when nobody walks the list */
}

/* ---- drawing ---- */

static void draw_too_small(struct grid *g)
{
	struct pen p = grid_pen(g, 0, STYLE_WARN);
	pen_fmt(&p, "needs %dx%d, has %zux%zu", TERM_MIN_COLS, TERM_MIN_ROWS, g->cols, g->rows);
	p = grid_pen(g, 1, STYLE_TEXT);
	pen_str(&p, "Enlarge the window.");
}

static void draw(struct loop *l)
{
	size_t rows, cols;
	l->redraw = false;
	term_size(l->term, &rows, &cols);
	if (rows != l->grid.rows || cols != l->grid.cols)
		grid_resize(&l->grid, rows, cols);
	else
		grid_clear(&l->grid);
	l->small = rows < TERM_MIN_ROWS || cols < TERM_MIN_COLS;
	if (l->small)
		draw_too_small(&l->grid);
	else
		l->ops->draw(l->ctx, &l->grid);
	term_draw(l->term, &l->grid);
}

/* ---- keys and signals ---- */

/* As Ctrl-Z does to any program: the shell gets its terminal, and gives it back with SIGCONT. Sent while it is blocked,
 * the signal takes effect where the mask is opened. */
static void stop_self(struct loop *l)
{
	sigset_t open = l->mask_before;
	sigdelset(&open, SIGTSTP);
	term_suspend(l->term);
	kill(getpid(), SIGTSTP);
	sigprocmask(SIG_SETMASK, &open, NULL);
	sigprocmask(SIG_BLOCK, &l->ours, NULL);
	term_resume(l->term);
	l->redraw = true;
}

/* Nobody acts on what cannot be seen: in a window that is too small, keys do nothing. */
static void give_key(struct loop *l, uint32_t key)
{
	if (key == K_CTRL('z')) {
		stop_self(l);
		return;
	}
	if (l->small && key != K_HANGUP && key != K_RESIZE && key != K_CTRL('c'))
		return;
	l->redraw = true;
	l->ops->key(l->ctx, key);
}

static void take_keys(struct loop *l)
{
	uint32_t key;
	size_t n = 0;
	while (n < KEYS_A_FRAME && !l->stopped && !l->gone && term_key(l->term, &key)) {
		n++;
		l->gone = key == K_HANGUP;
		give_key(l, key);
	}
	l->more = n == KEYS_A_FRAME;
}

static void take_signal(struct loop *l, uint32_t sig)
{
	if (sig == SIGTERM || sig == SIGHUP)
		give_key(l, K_HANGUP);
	else if (sig == SIGINT)
		give_key(l, K_CTRL('c'));
	else if (sig == SIGTSTP)
		stop_self(l);
	else if (sig == SIGWINCH)
		give_key(l, K_RESIZE);
	else if (sig == SIGCHLD && l->ops->child != NULL) {
		l->redraw = true;
		l->ops->child(l->ctx);
	} else if (sig == SIGCONT) {
		term_resume(l->term);                          /* who stopped us may have used the terminal */
		l->redraw = true;
	}
}

static void take_signals(struct loop *l)
{
	struct signalfd_siginfo info;
	while (!l->stopped && read(l->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		take_signal(l, info.ssi_signo);
}

/* ---- waiting ---- */

static void forget_forgotten(struct loop *l)
{
	size_t kept = 0;
	for (size_t i = 0; i < l->n; i++)
		if (l->watches[i].fd >= 0)
			l->watches[kept++] = l->watches[i];
	l->n = kept;
}

static int patience(const struct loop *l)
{
	const int64_t left = l->next_tick - now_ms();
	if (l->more)
		return 0;
	if (l->ops->tick == NULL)
		return -1;
	return left < 0 ? 0 : (int)left;
}

static bool wait_for_any(struct loop *l, struct err *e)
{
	forget_forgotten(l);
	l->polled[0] = (struct pollfd){ l->term->fd, POLLIN, 0 };
	l->polled[1] = (struct pollfd){ l->signals, POLLIN, 0 };
	for (size_t i = 0; i < l->n; i++)
		l->polled[2 + i] = (struct pollfd){ l->watches[i].fd, POLLIN, 0 };
	if (poll(l->polled, 2 + l->n, patience(l)) >= 0)
		return true;
	for (size_t i = 0; i < 2 + l->n; i++)
		l->polled[i].revents = 0;
	return errno == EINTR || err_set(e, ERR_IO, ERR_NO_OFFSET, "poll: %s", strerror(errno));
}

/* What is called may watch and forget: both arrays may move, and new ones have not been polled. */
static void call_watches(struct loop *l)
{
	const size_t n = l->n;
	for (size_t i = 0; i < n && !l->stopped; i++) {
		const struct watch w = l->watches[i];
		if (w.fd >= 0 && l->polled[2 + i].revents != 0)
			w.fn(w.ctx, w.fd);
	}
}

static void tick(struct loop *l)
{
	if (l->ops->tick == NULL || now_ms() < l->next_tick)
		return;
	l->next_tick = now_ms() + l->ops->tick_ms;
	if (l->ops->tick(l->ctx))
		l->redraw = true;
}

bool loop_run(struct loop *l, struct err *e)
{
	l->stopped = false;
	l->next_tick = now_ms() + l->ops->tick_ms;
	while (!l->stopped) {
		if (l->gone)
			return err_set(e, ERR_IO, ERR_NO_OFFSET, "the terminal is gone");
		if (l->redraw)
			draw(l);                               /* first of all: keys are for what was seen */
		if (!wait_for_any(l, e))
			return false;
		if (l->polled[1].revents != 0)
			take_signals(l);
		call_watches(l);
		take_keys(l);
		if (!l->stopped)
			tick(l);
	}
	return true;
}
