#include "src/signer/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096u

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

bool terminal_ask(const struct terminal *t, const char *question, struct buf *line, struct err *e)
{
	terminal_say(t, "%s", question);
	for (;;) {
		uint8_t c;
		const ssize_t n = t->fd >= 0 ? read(t->fd, &c, 1) : 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_set(e, ERR_IO, ERR_NO_OFFSET, "nobody answers");
		if (c == '\n')
			return true;
		if (line->n < LINE_MAX_BYTES)
			buf_byte(line, c);
	}
}

/* The line at fd, byte by byte, so that nothing of it stays in a buffer of stdio's. */
static struct secret *read_secret(int fd, struct err *e)
{
	struct secret *s = secret_new(PASSPHRASE_MAX, e);
	size_t n = 0;
	for (;;) {
		uint8_t *p = s != NULL ? secret_bytes(s) + n : NULL;
		uint8_t over;
		if (s == NULL)
			return NULL;
		const ssize_t k = read(fd, n < PASSPHRASE_MAX ? p : &over, 1);
		if (k < 0 && errno == EINTR)
			continue;
		const bool end = k <= 0 || (n < PASSPHRASE_MAX ? *p : over) == '\n';
		if (!end && n == PASSPHRASE_MAX) {
			secret_free(s);
			err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a passphrase of more than %u bytes",
				PASSPHRASE_MAX);
			return NULL;
		}
		if (end)
			break;
		n++;
	}
	if (n == 0) {
		secret_free(s);
		err_set(e, ERR_MISSING, ERR_NO_OFFSET, "the passphrase is empty");
		return NULL;
	}
	secret_shrink(s, n);
	return s;
}

struct secret *terminal_passphrase_fd(int fd, struct err *e)
{
	return read_secret(fd, e);
}

struct secret *terminal_passphrase(const struct terminal *t, const char *question, struct err *e)
{
	struct termios before, silent;
	sigset_t block, old;
	if (t->fd < 0) {
		err_set(e, ERR_USAGE, ERR_NO_OFFSET, "nobody is at a terminal: scripts give --passphrase-fd");
		return NULL;
	}
	if (tcgetattr(t->fd, &before) != 0) {
		err_set(e, ERR_IO, ERR_NO_OFFSET, "not a terminal");
		return NULL;
	}
	/* Ctrl-C in the middle would leave a terminal that shows nothing: it waits until the line is done. */
	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGTSTP);
	sigaddset(&block, SIGHUP);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, &old);
	silent = before;
	silent.c_lflag &= (tcflag_t)~(ECHO | ISIG);
	terminal_say(t, "%s", question);
	tcsetattr(t->fd, TCSAFLUSH, &silent);
	struct secret *s = read_secret(t->fd, e);
	tcsetattr(t->fd, TCSAFLUSH, &before);
	sigprocmask(SIG_SETMASK, &old, NULL);
	terminal_say(t, "\n");
	if (s != NULL && secret_size(s) == 1 && secret_bytes(s)[0] == 3) {     /* a lone Ctrl-C */
		secret_free(s);
		err_set(e, ERR_REFUSED, ERR_NO_OFFSET, "interrupted");
		return NULL;
	}
	return s;
}
