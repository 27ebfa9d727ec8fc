/* Behind the door: which files are left, and which calls kill. Each try is a child that enters the sandbox. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/fs.h"
#include "src/base/secret.h"
#include "src/signer/sandbox.h"
#include "tests/support/check.h"

struct place {
	struct arena a;
	const char *home, *answers, *elsewhere;
};

#define FENCED 100                    /* the child's exit status when it was let live and fenced off */
#define FREE 101
#define NO_LANDLOCK 102

static struct place fresh(void)
{
	struct place p = {0};
	struct err e = {0};
	const char *top = temporary_directory(&p.a);

	p.home = arena_fmt(&p.a, "%s/home", top);
	p.answers = arena_fmt(&p.a, "%s/answers", top);
	p.elsewhere = arena_fmt(&p.a, "%s/elsewhere", top);
	assert_ok(fs_mkdirs(p.home, 0700, &e), &e);
	assert_ok(fs_mkdirs(p.answers, 0700, &e), &e);
	assert_ok(fs_mkdirs(p.elsewhere, 0700, &e), &e);
	assert_ok(fs_write(arena_fmt(&p.a, "%s/packet", p.answers), span_str("x"), 0600, &e), &e);
	assert_ok(fs_write(arena_fmt(&p.a, "%s/secret", p.elsewhere), span_str("x"), 0600, &e), &e);
	return p;
}

/* What became of a child that tried this: its exit status, or 128 and the signal. */
static int tried(const struct place *p, int (*try)(const struct place *))
{
	const struct sandbox_dir dirs[] = { { p->home, true }, { p->answers, false } };
	const pid_t child = fork();
	bool landlocked = false;
	int status;

	if (child == 0) {
		if (!sandbox_harden(NULL) || !sandbox_enter(dirs, ARRAY_LEN(dirs), &landlocked, NULL))
			_exit(1);
		_exit(landlocked ? try(p) : NO_LANDLOCK);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int file(const char *dir, const char *name, int flags)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, flags | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	return fd >= 0 ? FREE : errno == EACCES ? FENCED : 1;
}

static int write_home(const struct place *p)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/file", p->home);
	return fs_write(path, span_str("a"), 0600, NULL) && fs_append(path, span_str("b"), 0600, NULL) &&
	       file(p->home, "file", O_RDONLY) == FREE ? FREE : 1;
}

static int write_answer(const struct place *p)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/answer", p->answers);
	return fs_write(path, span_str("a"), 0600, NULL) && fs_write(path, span_str("b"), 0600, NULL) ? FREE
												      : 1;
}

static int read_answer(const struct place *p)
{
	return file(p->answers, "packet", O_RDONLY);
}

static int read_elsewhere(const struct place *p)
{
	return file(p->elsewhere, "secret", O_RDONLY);
}

static int write_elsewhere(const struct place *p)
{
	return file(p->elsewhere, "new", O_WRONLY | O_CREAT);
}

static int read_passwords(const struct place *p)
{
	(void)p;
	return file("/etc", "passwd", O_RDONLY);
}

static int hold_a_secret(const struct place *p)
{
	struct secret *s = secret_new(1024, NULL);

	(void)p;
	secret_free(s);
	return s != NULL ? FREE : 1;
}

static int ask_for_limits(const struct place *p)
{
	struct rlimit limit;

	(void)p;
	return getrlimit(RLIMIT_MEMLOCK, &limit) == 0 ? FREE : 1;
}

/* AddressSanitizer makes calls of its own, which the filter rightly forbids. */
static void skip_where_it_cannot_be(struct place *p)
{
#ifdef __SANITIZE_ADDRESS__
	arena_release(&p->a);
	printf("SKIPPED: a sanitizer makes calls of its own in the sandbox\n");
	skip();
#else
	if (tried(p, write_home) != NO_LANDLOCK)
		return;
	arena_release(&p->a);
	printf("SKIPPED: this kernel has no Landlock\n");
	skip();
#endif
}

static void what_is_needed_works(void **state)
{
	struct place p = fresh();

	(void)state;
	skip_where_it_cannot_be(&p);
	assert_int_equal(tried(&p, write_home), FREE);
	assert_int_equal(tried(&p, write_answer), FREE);
	assert_int_equal(tried(&p, hold_a_secret), FREE);
	assert_int_equal(tried(&p, ask_for_limits), FREE);
	arena_release(&p.a);
}

static void no_other_file_is_there(void **state)
{
	struct place p = fresh();

	(void)state;
	skip_where_it_cannot_be(&p);
	assert_int_equal(tried(&p, read_answer), FENCED);
	assert_int_equal(tried(&p, read_elsewhere), FENCED);
	assert_int_equal(tried(&p, write_elsewhere), FENCED);
	assert_int_equal(tried(&p, read_passwords), FENCED);
	arena_release(&p.a);
}

/* Both may be read at first: a person looks for packets. Then home and one of them are left, that one unread. */
static int narrowed(const struct place *p, int (*try)(const struct place *))
{
	const struct sandbox_dir all[] = { { p->home, true }, { p->answers, true }, { p->elsewhere, true } };
	const struct sandbox_dir left[] = { { p->home, true }, { p->answers, false } };
	const pid_t child = fork();
	bool landlocked = false;
	int status;

	if (child == 0) {
		if (!sandbox_harden(NULL) || !sandbox_enter(all, ARRAY_LEN(all), &landlocked, NULL))
			_exit(1);
		if (read_answer(p) != FREE || read_elsewhere(p) != FREE ||
		    !sandbox_narrow(left, ARRAY_LEN(left), NULL))
			_exit(2);
		_exit(try(p));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void a_second_door_takes_reading_back(void **state)
{
	struct place p = fresh();

	(void)state;
	skip_where_it_cannot_be(&p);
	assert_int_equal(narrowed(&p, write_home), FREE);
	assert_int_equal(narrowed(&p, write_answer), FREE);
	assert_int_equal(narrowed(&p, read_answer), FENCED);
	assert_int_equal(narrowed(&p, read_elsewhere), FENCED);
	assert_int_equal(narrowed(&p, write_elsewhere), FENCED);
	arena_release(&p.a);
}

/* Ctrl-Z: it may put itself to sleep. Here the signal waits, and is never let in. */
static int sleeps(const struct place *p)
{
	sigset_t stop;

	(void)p;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	return kill(getpid(), SIGTSTP) == 0 ? FREE : 1;
}

static void it_may_put_itself_to_sleep(void **state)
{
	struct place p = fresh();

	(void)state;
	skip_where_it_cannot_be(&p);
	assert_int_equal(tried(&p, sleeps), FREE);
	arena_release(&p.a);
}

static int internet(const struct place *p)
{
	(void)p;
	return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}
static int local_socket(const struct place *p)
{
	(void)p;
	return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}
static int new_process(const struct place *p)
{
	(void)p;
	return (int)syscall(SYS_fork);
}
static int other_program(const struct place *p)
{
	char *const args[] = { NULL };

	(void)p;
	return (int)syscall(SYS_execve, "/bin/true", args, args);
}
static int code(const struct place *p)
{
	(void)p;
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}
static int data_to_code(const struct place *p)
{
	(void)p;
	return (int)syscall(SYS_mprotect, (uintptr_t)&code & ~(uintptr_t)4095, 4096, PROT_READ | PROT_EXEC);
}
static int typing(const struct place *p)
{
	(void)p;
	return ioctl(0, TIOCSTI, "x");
}
static int signals(const struct place *p)
{
	(void)p;
	return (int)syscall(SYS_kill, getppid(), 0);
}
static int another_signal(const struct place *p)
{
	(void)p;
	return (int)syscall(SYS_kill, getpid(), SIGCONT);
}
static int others_to_sleep(const struct place *p)
{
	(void)p;
	return (int)syscall(SYS_kill, -1, SIGTSTP);
}
static int signals_by_file(const struct place *p)
{
	(void)p;
	return (int)syscall(SYS_fcntl, 0, F_SETOWN, 1);
}
static int debugging(const struct place *p)
{
	(void)p;
	return (int)syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0);
}
static int dumps_again(const struct place *p)
{
	(void)p;
	return (int)syscall(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
}
static int cores_again(const struct place *p)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	(void)p;
	return (int)syscall(SYS_prlimit64, 0, RLIMIT_CORE, &all, NULL);
}
static int rings(const struct place *p)
{
	(void)p;
	return (int)syscall(SYS_io_uring_setup, 1, NULL);
}
static int mounts(const struct place *p)
{
	(void)p;
	return (int)syscall(SYS_chroot, "/");
}

static void everything_else_kills(void **state)
{
	static const struct {
		const char *what;
		int (*try)(const struct place *);
	} calls[] = {
		{"a socket", internet},
		{"a local socket", local_socket},
		{"fork", new_process},
		{"another program", other_program},
		{"memory that runs", code},
		{"data that runs", data_to_code},
		{"typing into the terminal", typing},
		{"kill", signals},
		{"another signal to itself", another_signal},
		{"putting others to sleep", others_to_sleep},
		{"F_SETOWN", signals_by_file},
		{"ptrace", debugging},
		{"dumpable again", dumps_again},
		{"core dumps again", cores_again},
		{"io_uring", rings},
		{"chroot", mounts},
	};
	struct place p = fresh();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
		const int found = tried(&p, calls[i].try);

		if (found == NO_LANDLOCK) {
			arena_release(&p.a);
			skip();
		}
		if (found != 128 + SIGSYS)
			fail_msg("%s: needed %d, found %d", calls[i].what, 128 + SIGSYS, found);
	}
	arena_release(&p.a);
}

static void nobody_may_look_into_a_hardened_process(void **state)
{
	struct rlimit limit;
	const pid_t child = fork();
	int status;

	(void)state;
	if (child == 0)
		_exit(sandbox_harden(NULL) && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 &&
		      prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 &&
		      getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 0 ? 0 : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static void inherited_descriptors_are_closed_but_the_named(void **state)
{
	const pid_t child = fork();
	int status;

	(void)state;
	if (child == 0) {
		const int keep[] = { 9, 5, -1 };

		for (int fd = 3; fd < 12; fd++)
			dup2(0, fd);
		sandbox_close_others(keep, ARRAY_LEN(keep));
		_exit(is_open(0) && is_open(2) && !is_open(3) && !is_open(4) && is_open(5) && !is_open(6) &&
		      !is_open(8) && is_open(9) && !is_open(10) && !is_open(11) ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void a_directory_that_is_not_there_is_named(void **state)
{
	const struct sandbox_dir dir = { "/nowhere/at/all", true };
	const pid_t child = fork();
	int status;

	(void)state;
	if (child == 0) {
		bool landlocked;
		struct err e = {0};
		const bool ok = sandbox_enter(&dir, 1, &landlocked, &e);

		_exit(!landlocked ? 0
		      : !ok && strcmp(buf_cstr(&e.what), "/nowhere/at/all: No such file or directory") == 0
			      ? 0
			      : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_needed_works),
		cmocka_unit_test(no_other_file_is_there),
		cmocka_unit_test(a_second_door_takes_reading_back),
		cmocka_unit_test(it_may_put_itself_to_sleep),
		cmocka_unit_test(everything_else_kills),
		cmocka_unit_test(nobody_may_look_into_a_hardened_process),
		cmocka_unit_test(inherited_descriptors_are_closed_but_the_named),
		cmocka_unit_test(a_directory_that_is_not_there_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
