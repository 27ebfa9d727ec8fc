#include "src/cli/spawn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

const char *spawn_beside(struct arena *a, const char *program, const char *variable)
{
	const char *said = getenv(variable);
	char self[4096];
	if (said != NULL && said[0] != '\0')
		return said;
	const ssize_t n = readlink("/proc/self/exe", self, sizeof(self));
	if (n <= 0 || (size_t)n >= sizeof(self))
		return program;
	size_t dir = (size_t)n;
	while (dir > 0 && self[dir - 1] != '/')
		dir--;
	return arena_fmt(a, "%.*s%s", (int)dir, self, program);
}

const char *spawn_self(struct arena *a)
{
	char self[4096];
	const ssize_t n = readlink("/proc/self/exe", self, sizeof(self));
	if (n <= 0 || (size_t)n >= sizeof(self))
		return "setgov";
	return arena_str(a, span_of(self, (size_t)n));
}

/* In the child: only async-signal-safe calls. */
static NORETURN void become(const char *const argv[], int out)
{
	if (dup2(out, STDOUT_FILENO) >= 0) {
		union { const char *const *in; char *const *out; } args = { argv };
		execv(argv[0], args.out);
	}
	_exit(127);
}

static bool take_output(int fd, struct buf *out, size_t cap, const char *program, struct err *e)
{
	for (;;) {
		uint8_t chunk[4096];
		const ssize_t n = read(fd, chunk, sizeof(chunk));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(e, ERR_IO, ERR_NO_OFFSET, "cannot read from %s: %s", program,
				       strerror(errno));
		if (n == 0)
			return true;
		if ((size_t)n > cap - out->n)
			return err_set(e, ERR_IO, ERR_NO_OFFSET, "%s prints more than %zu bytes", program, cap);
		buf_add(out, chunk, (size_t)n);
	}
}

bool spawn_run(const char *const argv[], struct buf *out, size_t cap, int *status, struct err *e)
{
	int fds[2], how = 0;
	if (pipe(fds) != 0)
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "pipe: %s", strerror(errno));
	const pid_t child = fork();
	if (child == 0) {
		close(fds[0]);
		become(argv, fds[1]);
	}
	close(fds[1]);
	if (child < 0) {
		close(fds[0]);
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "fork: %s", strerror(errno));
	}
	const bool ok = take_output(fds[0], out, cap, argv[0], e);
	close(fds[0]);
	while (waitpid(child, &how, 0) < 0 && errno == EINTR)
		;
	if (!ok)
		return false;
	if (!WIFEXITED(how))
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "%s was killed by signal %d", argv[0], WTERMSIG(how));
	*status = WEXITSTATUS(how);
	if (*status == 127)
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "cannot run %s", argv[0]);
	return true;
}
