#include "src/signer/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "tui/kit/paper.h"

#define LINE_MAX_BYTES 4096u
#define ESC_DELAY_MS 25
#define ESCAPE_MAX 64u                 /* bytes of one key: no terminal sends more */
#define TICK_MS 1000

void terminal_open(struct terminal *t)
{
	t->fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

bool terminal_is_there(const struct terminal *t)
{
	return t->fd >= 0;
}

static void write_all(int fd, const uint8_t *p, size_t n)
{
	while (n > 0) {
		const ssize_t k = write(fd, p, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return;
		p += k;
		n -= (size_t)k;
	}
}

void terminal_say(const struct terminal *t, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	write_all(t->fd >= 0 ? t->fd : STDERR_FILENO, b.p, b.n);
	buf_release(&b);
}

/* What somebody types often has a space behind it. */
static void trim(struct buf *line)
{
	while (line->n > 0 && (line->p[line->n - 1] == ' ' || line->p[line->n - 1] == '\t'))
		line->p[--line->n] = '\0';
}

static bool is_idle(const struct terminal *t, int64_t since)
{
	return t->idle != NULL && time_since_boot() - since >= (int64_t)t->idle_seconds;
}

/* The answer comes as a whole line. It may be the first for hours: the clock is looked at before it is read. */
static void wait_for_answer(const struct terminal *t, const char *question)
{
	const int64_t since = time_since_boot();
	bool waiting = t->idle != NULL && t->fd >= 0;
	while (waiting) {
		struct pollfd ready = { t->fd, POLLIN, 0 };
		const int n = poll(&ready, 1, TICK_MS);
		waiting = n == 0 || (n < 0 && errno == EINTR);
		if (is_idle(t, since)) {
			if (t->idle(t->idle_ctx))
				terminal_say(t, "%s", question);
			waiting = false;
		}
	}
}

bool terminal_ask(const struct terminal *t, const char *question, struct buf *line, struct err *e)
{
	terminal_say(t, "%s", question);
	wait_for_answer(t, question);
	for (;;) {
		uint8_t c;
		const ssize_t n = t->fd >= 0 ? read(t->fd, &c, 1) : 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_set(e, ERR_IO, ERR_NO_OFFSET, "nobody answers");
		if (c == '\n') {
			trim(line);
			return true;
		}
		if (line->n < LINE_MAX_BYTES)
			buf_byte(line, c);
	}
}

/* ---- a screenful at a time ---- */

static struct winsize size_of(const struct terminal *t)
{
	struct winsize w = {0};
	if (t->fd < 0 || ioctl(t->fd, TIOCGWINSZ, &w) != 0)
		w = (struct winsize){0};
	return w;
}

static void wrap_line(struct paper *p, struct span line)
{
	size_t indent = 0;
	while (indent < line.n && line.p[indent] == ' ')
		indent++;
	paper_begin(p, indent, indent + 2);
	paper_add_span(p, STYLE_TEXT, span_of(line.p + indent, line.n - indent));
	paper_end(p);
}

void terminal_lines(const struct terminal *t, struct span text)
{
	const size_t cols = size_of(t).ws_col;
	struct paper p;
	struct buf b = {0};
	paper_init(&p, cols > 0 ? cols : 80, false);
	while (text.n > 0) {
		const uint8_t *end = memchr(text.p, '\n', text.n);
		const size_t n = end != NULL ? (size_t)(end - text.p) : text.n;
		wrap_line(&p, span_of(text.p, n));
		text = span_of(text.p + n + (end != NULL), text.n - n - (end != NULL));
	}
	paper_text(&p, &b);
	terminal_say(t, "%s", buf_cstr(&b));
	buf_release(&b);
	paper_release(&p);
}

size_t terminal_columns(const struct terminal *t)
{
	const size_t n = size_of(t).ws_col;
	return n == 0 ? 80 : n < 60 ? 60 : n > 110 ? 110 : n;
}

/* How many lines of the screen a line of text takes. */
static size_t height_of(struct span line, size_t columns)
{
	const size_t width = text_width(line);
	return width == 0 ? 1 : (width + columns - 1) / columns;
}

bool terminal_page(const struct terminal *t, struct span text, struct err *e)
{
	const struct winsize w = size_of(t);
	const size_t rows = w.ws_row < 4 ? SIZE_MAX : w.ws_row - 2u, columns = w.ws_col == 0 ? 80 : w.ws_col;
	size_t start = 0, used = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '\n')
			continue;
		const size_t height = height_of(span_of(text.p + start, i - start), columns);
		struct buf line = {0};
		if (used > 0 && used + height > rows) {
			const bool ok = terminal_ask(t, "-- Enter shows more --", &line, e);
			buf_release(&line);
			if (!ok)
				return false;
			used = 0;
		}
		write_all(t->fd, text.p + start, i + 1 - start);
		used += height;
		start = i + 1;
	}
	write_all(t->fd, text.p + start, text.n - start);
	return true;
}

/* ---- passphrases: byte by byte into locked memory, so that nothing of them stays in a buffer ---- */

static struct secret *no_secret(struct secret *s, enum err_code code, struct err *e, const char *what)
{
	secret_free(s);
	err_set(e, code, ERR_NO_OFFSET, "%s", what);
	return NULL;
}

static struct secret *finished(struct secret *s, size_t n, struct err *e)
{
	if (n == 0)
		return no_secret(s, ERR_USAGE, e, "the passphrase is empty");
	secret_shrink(s, n);
	return s;
}

struct secret *terminal_passphrase_fd(int fd, struct err *e)
{
	struct secret *s = secret_new(PASSPHRASE_MAX + 1, e);
	size_t n = 0;
	while (s != NULL) {
		uint8_t *p = secret_bytes(s) + n;
		const ssize_t k = read(fd, p, 1);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return no_secret(s, ERR_USAGE, e, "the passphrase's descriptor cannot be read");
		if (k == 0 || *p == '\n')
			return finished(s, n, e);
		if (n++ == PASSPHRASE_MAX)
			return no_secret(s, ERR_USAGE, e, "the passphrase has more than 1024 bytes");
	}
	return NULL;
}

bool typing_begin(struct typing *t, struct err *e)
{
	*t = (struct typing){ .secret = secret_new(PASSPHRASE_MAX + 1, e) };
	return t->secret != NULL;
}

void typing_forget(struct typing *t)
{
	secret_free(t->secret);
	*t = (struct typing){0};
}

struct secret *typing_end(struct typing *t, struct err *e)
{
	struct secret *s = finished(t->secret, t->n, e);
	*t = (struct typing){0};
	return s;
}

/* A whole character, however many bytes it has. */
static size_t without_last(const uint8_t *p, size_t n)
{
	while (n > 0 && (p[n - 1] & 0xc0) == 0x80)
		n--;
	return n > 0 ? n - 1 : 0;
}

/* Nothing comes at once behind an Esc that was pressed; behind that of an arrow key its letters do, which belong to no
 * passphrase. */
static bool next_at_once(int fd, uint8_t *p)
{
	struct pollfd ready = { fd, POLLIN, 0 };
	return poll(&ready, 1, ESC_DELAY_MS) > 0 && (ready.revents & POLLIN) != 0 && read(fd, p, 1) == 1;
}

/* A sequence without an end takes no more than one key's bytes with it, and Ctrl-C is none of them. */
static enum typed take_escape(int fd, uint8_t *p)
{
	if (!next_at_once(fd, p))
		return TYPED_BACK;
	if (*p == '[') {
		for (unsigned i = 0; i < ESCAPE_MAX && next_at_once(fd, p) && *p >= 0x20 && *p < 0x40; i++)
			;
	} else if (*p == 'O') {
		const bool swallowed = next_at_once(fd, p);
		(void)swallowed;
	}
	const bool stop = *p == 3;
	*p = 0;
	return stop ? TYPED_STOP : TYPED_MORE;
}

enum typed typing_byte(struct typing *t, int fd)
{
	uint8_t *p = secret_bytes(t->secret);
	if (read(fd, p + t->n, 1) != 1)
		return TYPED_STOP;
	const uint8_t c = p[t->n];
	if (c == '\n' || c == '\r')
		return TYPED_END;
	if (c == 3 || c == 4 || c == 28)                         /* Ctrl-C, Ctrl-D, Ctrl-\ */
		return TYPED_STOP;
	if (c == 14)                                             /* Ctrl-N */
		return TYPED_NO;
	if (c == 26)                                             /* Ctrl-Z */
		return TYPED_PAUSE;
	if (c == 27)
		return take_escape(fd, p + t->n);
	if ((c == 8 || c == 127) && t->n > 0) {
		t->n = without_last(p, t->n);
		t->shown--;
	} else if (c == 21) {                                    /* Ctrl-U: from the start */
		t->n = t->shown = 0;
	} else if (c >= 32 && c != 127 && t->n < PASSPHRASE_MAX) {
		t->shown += (c & 0xc0) != 0x80 || t->n == 0;
		t->n++;
	}
	return TYPED_MORE;
}

/* Stars for what was typed since; all taken back at once is Ctrl-U. */
static void show_stars(const struct terminal *t, size_t before, size_t now)
{
	if (now > before)
		terminal_say(t, "*");
	else if (now + 1 == before)
		terminal_say(t, "\b \b");
	else if (now < before)
		terminal_say(t, " (again) ");
}

static enum typed wait_and_type(const struct terminal *t, struct typing *typing, int signals)
{
	const int64_t since = time_since_boot();
	for (;;) {
		struct pollfd ready[2] = { { t->fd, POLLIN, 0 }, { signals, POLLIN, 0 } };
		const int n = poll(ready, signals >= 0 ? 2 : 1, TICK_MS);
		if (is_idle(t, since) && typing->n > 0)
			return TYPED_BACK;
		if (n == 0 || (n < 0 && errno == EINTR))
			continue;
		return signals >= 0 && ready[1].revents != 0 ? TYPED_STOP : typing_byte(typing, t->fd);
	}
}

static bool begin_again(const struct terminal *t, struct typing *typing, struct err *e)
{
	if (typing->n > 0)
		terminal_say(t, " (again) ");
	typing_forget(typing);
	return typing_begin(typing, e);
}

static struct secret *type_secret(const struct terminal *t, int signals, struct err *e)
{
	struct typing typing;
	if (!typing_begin(&typing, e))
		return NULL;
	for (;;) {
		const size_t before = typing.shown;
		const enum typed typed = wait_and_type(t, &typing, signals);
		if (typed == TYPED_BACK && !begin_again(t, &typing, e))
			return NULL;
		if (typed != TYPED_BACK)
			show_stars(t, before, typing.shown);
		if (typed == TYPED_END)
			return typing_end(&typing, e);
		if (typed == TYPED_STOP) {
			typing_forget(&typing);
			err_refuse(e, "STOPPED", "stopped: nothing was done");
			return NULL;
		}
	}
}

struct secret *terminal_passphrase(const struct terminal *t, const char *question, struct err *e)
{
	struct termios before, silent;
	sigset_t block, old;
	if (t->fd < 0)
		return no_secret(NULL, ERR_USAGE, e, "nobody is at a terminal: scripts give --passphrase-fd");
	if (tcgetattr(t->fd, &before) != 0)
		return no_secret(NULL, ERR_IO, e, "not a terminal");
	/* A signal in the middle would leave a terminal that shows nothing: signals come as bytes or by
	 * descriptor. */
	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGQUIT);
	sigaddset(&block, SIGTSTP);
	sigaddset(&block, SIGHUP);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, &old);
	const int signals = signalfd(-1, &block, SFD_CLOEXEC);
	silent = before;
	silent.c_lflag &= (tcflag_t)~(ECHO | ICANON | ISIG);
	silent.c_cc[VMIN] = 1;
	silent.c_cc[VTIME] = 0;
	terminal_say(t, "%s", question);
	tcsetattr(t->fd, TCSAFLUSH, &silent);
	struct secret *s = type_secret(t, signals, e);
	tcsetattr(t->fd, TCSAFLUSH, &before);
	if (signals >= 0)
		close(signals);
	terminal_say(t, "\n");
	if (s != NULL) /* otherwise a signal that waits ends us as an error */
		sigprocmask(SIG_SETMASK, &old, NULL);
	return s;
}
