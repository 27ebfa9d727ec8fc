#include "src/signer/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

bool sandbox_harden(struct err *e)
{
	const struct rlimit none = { 0, 0 };
	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "cannot forbid core dumps and debuggers: %s",
			       strerror(errno));
	return true;
}

/* The shell, or who else started us, may have left a socket open. */
void sandbox_close_others(const int keep[], size_t n)
{
	int from = STDERR_FILENO + 1;
	for (;;) {
		int next = INT_MAX;
		for (size_t i = 0; i < n; i++)
			if (keep[i] >= from && keep[i] < next)
				next = keep[i];
		if (next > from)
			close_range((unsigned)from, next == INT_MAX ? ~0u : (unsigned)next - 1, 0);
		if (next == INT_MAX)
			return;
		from = next + 1;
	}
}

/* ---- what is around us; asked while files can still be read ---- */

/* Files of the kernel's: they come in as many pieces as it likes. One that does not fit is as good as none. */
static bool read_small(const char *path, char *out, size_t n)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t have = 0;
	ssize_t got = -1;
	while (fd >= 0 && have < n && (got = read(fd, out + have, n - have)) > 0)
		have += (size_t)got;
	if (fd >= 0)
		close(fd);
	if (got < 0 || have == n)
		return false;
	out[have] = '\0';
	return true;
}

/* /proc/self/net/dev lists the interfaces of our own network namespace; whether one is up, /sys says. */
const char *sandbox_interface_up(struct arena *a)
{
	char list[65536];
	if (!read_small("/proc/self/net/dev", list, sizeof(list)))
		return "of this machine (which cannot be told)";
	for (char *line = list; line != NULL && *line != '\0';
	     line = strchr(line, '\n'), line += line != NULL) {
		char flags[32];
		const size_t indent = strspn(line, " "), n = strcspn(line + indent, ":\n");
		if (line[indent + n] != ':')
			continue;                                        /* the two lines of headings */
		const char *name = arena_fmt(a, "%.*s", (int)n, line + indent);
		if (strcmp(name, "lo") == 0 || strchr(name, '/') != NULL)
			continue;
		if (!read_small(arena_fmt(a, "/sys/class/net/%s/flags", name), flags, sizeof(flags)) ||
		    (strtoul(flags, NULL, 16) & 1) != 0)             /* IFF_UP; not to be told counts as up */
			return name;
	}
	return NULL;
}

bool sandbox_has_swap(void)
{
	char text[8192];
	const char *line = read_small("/proc/swaps", text, sizeof(text)) ? strchr(text, '\n') : NULL;
	return line != NULL && line[1] != '\0';
}

/* ---- Landlock: Debian 12's headers stop before the later rights, so the numbers are ours; the kernel says
 * what it knows ---- */

enum {
	LANDLOCK_CREATE = 444,
	LANDLOCK_ADD = 445,
	LANDLOCK_RESTRICT = 446,
	LANDLOCK_VERSION = 1,
	LANDLOCK_PATH_BENEATH = 1
};

struct ruleset_attr {
	uint64_t fs, net, scoped;
};
struct path_attr {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

/* Every file right of this version: 13 in the first, then REFER, TRUNCATE, and in the fifth IOCTL_DEV. */
static uint64_t file_rights(long version)
{
	const unsigned bits = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13;
	return (UINT64_C(1) << bits) - 1;
}

/* What making a file whole takes: a temporary beside it, fsync of both, rename. No programs, devices, sockets,
 * links. */
enum {
	WRITE_FILE = 1 << 1,
	READ_FILE = 1 << 2,
	READ_DIR = 1 << 3,
	REMOVE_FILE = 1 << 5,
	MAKE_REG = 1 << 8,
	TRUNCATE = 1 << 14
};

static bool allow_beneath(long ruleset, const struct sandbox_dir *dir, uint64_t known, struct err *e)
{
	const uint64_t rights =
		WRITE_FILE | READ_DIR | REMOVE_FILE | MAKE_REG | TRUNCATE | (dir->reads ? READ_FILE : 0);
	const int fd = open(dir->path, O_PATH | O_CLOEXEC | O_DIRECTORY);
	const struct path_attr attr = { rights & known, fd };
	const bool ok = fd >= 0 && syscall(LANDLOCK_ADD, ruleset, LANDLOCK_PATH_BENEATH, &attr, 0) == 0;
	const int why = errno;
	if (fd >= 0)
		close(fd);
	return ok || err_set(e, ERR_IO, ERR_NO_OFFSET, "%s: %s", dir->path, strerror(why));
}

static bool landlock(const struct sandbox_dir *dirs, size_t n, bool *landlocked, struct err *e)
{
	const long version = syscall(LANDLOCK_CREATE, NULL, 0, LANDLOCK_VERSION);
	*landlocked = version >= 1;
	if (!*landlocked)
		return true;
	/* No TCP from the fourth version on; no signals and abstract sockets to others from the sixth. */
	const struct ruleset_attr attr = { file_rights(version), version >= 4 ? 3 : 0, version >= 6 ? 3 : 0 };
	const size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
	const long ruleset = syscall(LANDLOCK_CREATE, &attr, size, 0);
	if (ruleset < 0)
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "Landlock: %s", strerror(errno));
	bool ok = true;
	for (size_t i = 0; ok && i < n; i++)
		ok = allow_beneath(ruleset, &dirs[i], attr.fs, e);
	if (ok && syscall(LANDLOCK_RESTRICT, ruleset, 0) != 0)
		ok = err_set(e, ERR_IO, ERR_NO_OFFSET, "Landlock: %s", strerror(errno));
	close((int)ruleset);
	return ok;
}

bool sandbox_narrow(const struct sandbox_dir *dirs, size_t n, struct err *e)
{
	bool landlocked;
	return landlock(dirs, n, &landlocked, e);
}

/* ---- seccomp ---- */

static const int allowed_calls[] = {
	SCMP_SYS(read),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(close),
	SCMP_SYS(lseek),
	SCMP_SYS(openat),
	SCMP_SYS(fstat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(statx),
	SCMP_SYS(fsync),
	SCMP_SYS(ftruncate),
	SCMP_SYS(flock),
	SCMP_SYS(rename),
	SCMP_SYS(renameat),
	SCMP_SYS(renameat2),
	SCMP_SYS(link),
	SCMP_SYS(unlink),
	SCMP_SYS(unlinkat),
	SCMP_SYS(getdents64),
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(mlock),
	SCMP_SYS(munlock),
	SCMP_SYS(getrlimit),
	SCMP_SYS(getrandom),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(nanosleep),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(signalfd4),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack),                                       /* the full screen takes its handlers back */
	SCMP_SYS(restart_syscall),
	SCMP_SYS(futex),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(getuid),
	SCMP_SYS(geteuid),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	LANDLOCK_CREATE,
	LANDLOCK_ADD,
	LANDLOCK_RESTRICT,                                           /* can only take rights away */
};
/* The terminal's own, and none that could type into it (TIOCSTI). */
static const unsigned long allowed_ioctls[] = { TCGETS, TCSETS, TCSETSW, TCSETSF, TIOCGWINSZ, FIONREAD };
static const unsigned long allowed_fcntls[] = { F_GETFD, F_SETFD, F_GETFL, F_SETFL };

/* libseccomp refuses a rule that repeats the default; every answer is looked at. */
static bool add_rules(scmp_filter_ctx filter)
{
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(allowed_calls); i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed_calls[i], 0);
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(allowed_ioctls); i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
				      SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffffu, allowed_ioctls[i]));
	/* Flags, not F_SETOWN and F_SETSIG, which send signals to others. */
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(allowed_fcntls); i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
				      SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffffu, allowed_fcntls[i]));
	/* Limits can be read, to say which one is in the way of locked memory, and not be set. */
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0));
	/* Ctrl-Z: this process, and only to sleep. */
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(kill), 2,
				      SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()), SCMP_A1(SCMP_CMP_EQ, SIGTSTP));
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				      SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				      SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	return rc == 0;
}

static bool seccomp(struct err *e)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (filter == NULL)
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "seccomp: no filter");
	const bool ok = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0 && add_rules(filter) &&
			seccomp_load(filter) == 0;
	seccomp_release(filter);
	return ok || err_set(e, ERR_IO, ERR_NO_OFFSET, "seccomp: this kernel does not take the filter");
}

bool sandbox_enter(const struct sandbox_dir *dirs, size_t n, bool *landlocked, struct err *e)
{
	return landlock(dirs, n, landlocked, e) && seccomp(e);
}
