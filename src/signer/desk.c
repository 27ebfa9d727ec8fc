#include "src/signer/desk.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "src/signer/screen.h"
#include "tui/kit/loop.h"

struct desk {
	struct session *x;
	struct signer *s;
	struct term *term;
	struct loop *loop;
	struct screen screen;
	const struct root *roots;
	size_t n_roots;
	size_t at;                    /* which of s->args */
	bool answered;                /* that packet: signed, refused, declined */
	struct reviewed r;
	const struct key_file *key;
	struct err refused;           /* what the refusal page shows */
	unsigned tries;               /* of the passphrase */
	int64_t then;                 /* time_since_boot() when a key or a tick was seen last */
	bool ok;
	struct err *e;                /* what ends it all */
};

/* ---- how it ends ---- */

static void end_with_error(struct desk *d)
{
	d->ok = false;
	loop_stop(d->loop);
}

/* Before everything was answered: the exit status says so. */
static void stop(struct desk *d)
{
	const size_t left = d->x != NULL && d->screen.r != NULL ? d->s->n_args - d->at - d->answered : 0;
	if (left > 0)
		d->ok = err_refuse(d->e, "STOPPED", "stopped: %zu packet%s not answered", left,
				   left == 1 ? " is" : "s are");
	loop_stop(d->loop);
}

static const char *text_since(struct desk *d, size_t from)
{
	return arena_str(&d->s->arena, span_of(d->s->text.p + from, d->s->text.n - from));
}

/* ---- one packet after the other ---- */

/* The page of a refusal, which the exit status remembers, too. */
static void show_refusal(struct desk *d, struct err *e, const char *written)
{
	struct buf whom = {0};
	d->answered = true;
	session_whom(d->s, &d->r, &whom);
	d->screen.whom = arena_str(&d->s->arena, buf_view(&whom));
	d->screen.written = written;
	buf_release(&whom);
	err_clear(&d->refused);
	d->refused = *e;
	*e = (struct err){0};
	screen_show_refusal(&d->screen, &d->r, &d->refused);
}

static struct err copy_of(const struct err *e)
{
	struct err c = { .code = e->code, .refusal = e->refusal, .at = e->at };
	buf_span(&c.file, buf_view(&e->file));
	buf_span(&c.field, buf_view(&e->field));
	buf_span(&c.what, buf_view(&e->what));
	return c;
}

static void refuse(struct desk *d, struct err *e, const char *written)
{
	struct err kept = copy_of(e);
	session_keep(d->x, &kept);
	show_refusal(d, e, written);
}

/* *d->e is why: journal, answer, page. */
static void write_refusal(struct desk *d)
{
	const size_t from = d->s->text.n;
	if (session_refuse(d->x, &d->r, d->e))
		refuse(d, d->e, text_since(d, from));
	else
		end_with_error(d);
}

static void judge(struct desk *d)
{
	d->tries = 0;
	d->answered = false;
	d->screen.given = d->x->given;
	if (session_judge(d->x, &d->r, d->s->args[d->at], &d->key, d->e)) {
		screen_show(&d->screen, &d->r, d->at);
		return;
	}
	screen_show(&d->screen, &d->r, d->at);
	write_refusal(d);
}

static void next(struct desk *d)
{
	d->at++;
	d->s->block_hash = NULL;                         /* it was this packet's */
	if (d->x != NULL && d->at < d->s->n_args)
		judge(d);
	else
		loop_stop(d->loop);
}

/* The hash is the one that the proofs lead to: what they say is proven now, and rules that ask for that are judged by
 * it. Where a packet is only looked at, it was good before. */
static void take_block_hash(struct desk *d)
{
	d->s->block_hash = arena_str(&d->s->arena, buf_view(&d->screen.typed[0].text));
	if (d->x != NULL)
		judge(d);
	else if (review_open(d->s, &d->r, d->s->args[0], d->e))
		screen_show(&d->screen, &d->r, 0);
	else
		end_with_error(d);
	if (d->screen.view == SCREEN_VIEW_DECIDE)
		d->screen.note = "PROVEN: the hash is that of the block that the proofs lead to.";
}

/* ---- the passphrase: the bytes go from the terminal into locked memory, not through curses ---- */

/* False: the window is too small to show it. */
static bool draw_now(struct desk *d)
{
	struct grid g;
	size_t rows, cols;
	term_size(d->term, &rows, &cols);
	const bool fits = rows >= TERM_MIN_ROWS && cols >= TERM_MIN_COLS;
	grid_init(&g, rows, cols, d->term->ascii);
	if (fits) {
		screen_draw(&d->screen, &g);
	} else {
		struct pen p = grid_pen(&g, 0, STYLE_WARN);
		pen_fmt(&p, "needs %dx%d: enlarge the window", TERM_MIN_COLS, TERM_MIN_ROWS);
	}
	term_draw(d->term, &g);
	grid_release(&g);
	return fits;
}

/* Keys that were pressed before the question was there are no part of the answer. */
static void forget_typed_ahead(int fd)
{
	struct termios now;
	if (tcgetattr(fd, &now) == 0)
		tcsetattr(fd, TCSAFLUSH, &now);
}

/* The signals are those of the loop, which does not run meanwhile: another size, or the end. */
static enum typed typed_of_signal(int signals)
{
	struct signalfd_siginfo info;
	const bool resized = read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info) && info.ssi_signo == SIGWINCH;
	return resized ? TYPED_MORE : TYPED_STOP;
}

/* Five minutes without a key end it, too. */
static enum typed wait_and_type(struct desk *d, struct typing *t, int signals)
{
	for (;;) {
		struct pollfd ready[2] = { { d->term->fd, POLLIN, 0 }, { signals, POLLIN, 0 } };
		const int n = poll(ready, 2, (int)IDLE_SECONDS * 1000);
		if (n == 0)
			return TYPED_BACK;
		if (n < 0 && errno == EINTR)
			continue;
		if (n > 0 && ready[1].revents != 0)
			return typed_of_signal(signals);
		return n < 0 || ready[0].revents != POLLIN ? TYPED_STOP : typing_byte(t, d->term->fd);
	}
}

static enum typed type_passphrase(struct desk *d, struct typing *t)
{
	enum typed typed = TYPED_MORE;
	sigset_t ours;
	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGHUP);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGWINCH);
	const int signals = signalfd(-1, &ours, SFD_CLOEXEC);
	if (signals < 0)
		return TYPED_STOP;
	forget_typed_ahead(d->term->fd);
	while (typed == TYPED_MORE) {
		d->screen.stars = t->shown;
		const bool seen = draw_now(d);
		typed = wait_and_type(d, t, signals);
		if (typed == TYPED_END && (t->n == 0 || !seen)) {
			typed = TYPED_MORE;
			d->screen.note = t->n == 0 ? "Nothing was typed yet." : NULL;
		}
	}
	d->screen.stars = 0;
	close(signals);
	return typed;
}

/* Ctrl-Z, while the loop does not see the keys. The loop has the signal blocked: it is let in here, once the terminal
 * is given back (curses would drop a signal that waits). */
static void pause_here(struct desk *d)
{
	sigset_t stop;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	term_suspend(d->term);
	kill(getpid(), SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	term_resume(d->term);
}

/* True: a passphrase was typed, and is *out. */
static bool ask_passphrase(struct desk *d, struct secret **out)
{
	struct typing t;
	*out = NULL;
	screen_go(&d->screen, SCREEN_VIEW_PASSPHRASE);
	d->screen.note = d->tries > 0 ? "That does not open the key. Once more." : NULL;
	if (!typing_begin(&t, d->e)) {
		end_with_error(d);
		return false;
	}
	const enum typed typed = type_passphrase(d, &t);
	if (typed == TYPED_END) {
		d->then = time_since_boot();
		*out = typing_end(&t, d->e);
		return *out != NULL;
	}
	typing_forget(&t);
	screen_key(&d->screen, typed == TYPED_NO ? K_CTRL('n') : K_ESC);
	if (typed == TYPED_STOP)
		stop(d);
	else if (typed == TYPED_PAUSE)
		pause_here(d);
	return false;
}

static void sign(struct desk *d)
{
	const size_t from = d->s->text.n;
	d->x->today = d->screen.today;
	if (!session_sign(d->x, &d->r, d->key, span_str(d->screen.compared), d->e)) {
		end_with_error(d);
		return;
	}
	d->screen.written = text_since(d, from);
	d->screen.given = d->x->given;
	d->answered = true;
	screen_show_result(&d->screen, false);
}

/* A wrong passphrase may be tried again, twice. */
static void unlock_and_sign(struct desk *d)
{
	while (!session_is_open(d->x, d->key)) {
		struct secret *pass;
		if (!ask_passphrase(d, &pass))
			return;
		d->screen.note = "Opening the key...";
		(void)draw_now(d);
		if (session_unlock(d->x, d->key, pass, d->e))
			break;
		if (d->e->code != ERR_CRYPTO) {
			end_with_error(d);
			return;
		}
		if (++d->tries == SESSION_TRIES) {
			refuse(d, d->e, NULL);
			return;
		}
		err_clear(d->e);
	}
	sign(d);
}

/* ---- no ---- */

static void decline(struct desk *d)
{
	const size_t from = d->s->text.n;
	const char *reason = arena_str(&d->s->arena, buf_view(&d->screen.typed[0].text));
	if (!session_decline(d->s, &d->r, reason, d->e)) {
		end_with_error(d);
		return;
	}
	d->screen.written = text_since(d, from);
	d->answered = true;
	screen_show_result(&d->screen, true);
}

static void wrong_words(struct desk *d)
{
	(void)session_wrong_words(d->e);
	write_refusal(d);
}

/* ---- loading ---- */

static void look(struct desk *d)
{
	bool all;
	d->screen.n_files = browse(&d->s->arena, &d->screen.files, d->roots, d->n_roots, &all);
	if (!all)
		d->screen.note = BROWSE_NOT_ALL;
	d->screen.list = (struct scroll){0};
}

/* The stick was taken out, perhaps: nothing was opened yet, so another look is possible. */
static void say_unreadable(struct desk *d)
{
	d->screen.note = text_safe_err(&d->s->arena, d->e);
	err_clear(d->e);
}

static void open_chosen(struct desk *d)
{
	struct screen *c = &d->screen;
	const char **paths = ARENA_ARRAY(&d->s->arena, const char *, c->n_files);
	size_t n = 0;
	for (size_t i = 0; i < c->n_files; i++)
		if (c->files[i].chosen)
			paths[n++] = c->files[i].path;
	if (n == 0)
		paths[n++] = c->files[c->list.cursor].path;
	if (!session_read(d->x, paths, n, d->e)) {
		say_unreadable(d);
		return;
	}
	c->n = n;
	if (session_narrow(d->x, d->e))
		judge(d);
	else
		end_with_error(d);
}

/* ---- what the loop calls ---- */

static void perform(struct desk *d, enum screen_effect what)
{
	switch (what) {
	case SCREEN_EFFECT_NONE:
		return;
	case SCREEN_EFFECT_LOOK:
		look(d);
		return;
	case SCREEN_EFFECT_OPEN:
		open_chosen(d);
		return;
	case SCREEN_EFFECT_NEXT:
		next(d);
		return;
	case SCREEN_EFFECT_PROVEN:
		take_block_hash(d);
		return;
	case SCREEN_EFFECT_SIGN:
		unlock_and_sign(d);
		return;
	case SCREEN_EFFECT_DECLINE:
		decline(d);
		return;
	case SCREEN_EFFECT_WRONG:
		wrong_words(d);
		return;
	case SCREEN_EFFECT_LOCK:
		if (d->x != NULL && d->x->key != NULL) {
			session_lock(d->x);
			d->screen.note = SESSION_LOCKED;
		}
		return;
	case SCREEN_EFFECT_STOP:
		stop(d);
		return;
	}
}

/* True: that was long enough to lock. */
static bool let_time_pass(struct desk *d)
{
	const int64_t now = time_since_boot(), gone = now - d->then;
	d->then = now;
	const enum screen_effect what = screen_seconds(&d->screen, gone < IDLE_SECONDS ? (unsigned)gone : IDLE_SECONDS);
	perform(d, what);
	return what != SCREEN_EFFECT_NONE;
}

static void on_key(void *ctx, uint32_t key)
{
	struct desk *d = ctx;
	(void)let_time_pass(d);                          /* it may be the first for hours */
	perform(d, screen_key(&d->screen, key));
}

static bool on_tick(void *ctx)
{
	return let_time_pass(ctx);
}

static void on_draw(void *ctx, struct grid *g)
{
	struct desk *d = ctx;
	screen_draw(&d->screen, g);
}

static const struct loop_ops ops = { .draw = on_draw, .key = on_key, .tick = on_tick, .tick_ms = 1000 };

static bool run(struct desk *d)
{
	struct err broke = {0};
	d->then = time_since_boot();
	const bool ran = !d->ok || loop_run(d->loop, &broke);
	if (!ran && d->ok) {
		*d->e = broke;
		broke = (struct err){0};
		d->ok = false;
	}
	err_clear(&broke);
	loop_free(d->loop);
	screen_release(&d->screen);
	err_clear(&d->refused);
	return d->ok;
}

bool desk_sign(struct session *x, struct term *t, const struct root *roots, size_t n_roots, struct err *e)
{
	struct desk d = { .x = x, .s = x->s, .term = t, .roots = roots, .n_roots = n_roots, .ok = true, .e = e };
	screen_init(&d.screen, x->s);
	d.loop = loop_new(t, &ops, &d);
	if (roots != NULL) {
		look(&d);
	} else {
		d.screen.n = x->s->n_args;
		judge(&d);
	}
	return run(&d);
}

bool desk_review(struct signer *s, struct term *t, struct err *e)
{
	struct desk d = { .s = s, .term = t, .ok = true, .e = e };
	struct err why = {0};
	screen_init(&d.screen, s);
	d.screen.reviewing = true;
	d.screen.n = 1;
	d.loop = loop_new(t, &ops, &d);
	const bool good = review_open(s, &d.r, s->args[0], &why);
	screen_show(&d.screen, &d.r, 0);
	if (!good) {
		*e = copy_of(&why);
		show_refusal(&d, &why, NULL);
	}
	return run(&d) && good;
}
