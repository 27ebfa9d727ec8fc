#include "src/base/frame.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int64_t frame_clock_ms(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		die("there is no monotonic clock: %s", strerror(errno));
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Waits until fd is ready for `events` (or broken, which the next read or write will say). */
static bool wait_for(int fd, short events, int64_t deadline, struct err *e)
{
	for (;;) {
		const int64_t left = deadline < 0 ? -1 : deadline - frame_clock_ms();
		struct pollfd p = { .fd = fd, .events = events, .revents = 0 };
		int n;

		if (deadline >= 0 && left <= 0)
			return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "no answer in time");
		n = poll(&p, 1, left > 60000 || left < 0 ? (deadline < 0 ? -1 : 60000) : (int)left);
		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return err_set(e, ERR_IO, ERR_NO_OFFSET, "cannot wait for a pipe: %s", strerror(errno));
	}
}

static bool write_all(int fd, struct span s, int64_t deadline, struct err *e)
{
	/* A pipe that poll() calls writable takes PIPE_BUF bytes without blocking, so never more at once. */
	const size_t chunk = 4096;

	for (size_t done = 0; done < s.n;) {
		const size_t want = s.n - done < chunk ? s.n - done : chunk;
		ssize_t n;

		if (!wait_for(fd, POLLOUT, deadline, e))
			return false;
		n = write(fd, s.p + done, want);
		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR && errno != EAGAIN)
			return err_set(e, ERR_IO, ERR_NO_OFFSET, "cannot write to a pipe: %s", strerror(errno));
	}
	return true;
}

/* SIGPIPE off for this thread while it writes: a reader that died is an error here, not the end of the program. */
bool frame_write(int fd, struct span body, int64_t deadline_ms, struct err *e)
{
	const struct timespec at_once = {0};
	sigset_t sigpipe, before, pending;
	struct buf head = {0};
	bool ok;

	sigemptyset(&sigpipe);
	sigaddset(&sigpipe, SIGPIPE);
	sigpending(&pending);
	sigprocmask(SIG_BLOCK, &sigpipe, &before);
	buf_fmt(&head, "%zu\n", body.n);
	ok = write_all(fd, buf_view(&head), deadline_ms, e) && write_all(fd, body, deadline_ms, e);
	buf_release(&head);
	if (!ok && !sigismember(&pending, SIGPIPE))
		sigtimedwait(&sigpipe, NULL, &at_once);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return ok;
}

/* *n is 0 at the end of the input. */
static bool read_some(int fd, void *p, size_t cap, size_t *n, int64_t deadline, struct err *e)
{
	for (;;) {
		ssize_t got;

		if (!wait_for(fd, POLLIN, deadline, e))
			return false;
		got = read(fd, p, cap);
		if (got >= 0) {
			*n = (size_t)got;
			return true;
		}
		if (errno != EINTR && errno != EAGAIN)
			return err_set(e, ERR_IO, ERR_NO_OFFSET, "cannot read from a pipe: %s", strerror(errno));
	}
}

/* Decimal, no leading zeros, at most 10 digits, newline. */
static bool read_length(int fd, size_t *out, int64_t deadline, bool *eof, struct err *e)
{
	size_t value = 0, digits = 0;

	if (eof)
		*eof = false;
	for (;;) {
		uint8_t c = 0;
		size_t n = 0;

		if (!read_some(fd, &c, 1, &n, deadline, e))
			return false;
		if (n == 0 && digits == 0 && eof) {
			*eof = true;
			return true;
		}
		if (n == 0)
			return err_set(e, ERR_SYNTAX, digits, "the frame ends before its length does");
		if (c == '\n' && digits > 0)
			break;
		if (c < '0' || c > '9' || digits == 10 || (digits > 0 && value == 0))
			return err_set(e, ERR_SYNTAX, digits, "a frame begins with its length in decimal digits");
		value = value * 10 + (size_t)(c - '0');
		digits++;
	}
	*out = value;
	return true;
}

bool frame_read(int fd, struct buf *out, size_t cap, int64_t deadline_ms, bool *eof, struct err *e)
{
	size_t left = 0;

	if (!read_length(fd, &left, deadline_ms, eof, e))
		return false;
	if (eof && *eof)
		return true;
	if (left > cap)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a frame of %zu bytes, at most %zu may come", left, cap);
	while (left > 0) {
		const size_t want = left < 65536 ? left : 65536;
		size_t n = 0;

		buf_reserve(out, want + 1);
		if (!read_some(fd, out->p + out->n, want, &n, deadline_ms, e))
			return false;
		if (n == 0)
			return err_set(e, ERR_SYNTAX, out->n, "the frame ends %zu bytes early", left);
		out->n += n;
		out->p[out->n] = 0;
		left -= n;
	}
	return true;
}
