#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/secret.h"
#include "tests/support/check.h"

/* AddressSanitizer answers mlock() itself and locks nothing. */
static void skip_under_asan(void)
{
#ifdef __SANITIZE_ADDRESS__
	print_message("SKIPPED: AddressSanitizer locks no memory\n");
	skip();
#endif
}

static struct secret *new_secret(size_t n)
{
	struct err e = {0};
	struct secret *s = secret_new(n, &e);

	assert_ok(s != NULL, &e);
	return s;
}

static void a_new_one_is_zero_and_has_its_size(void **state)
{
	static const size_t sizes[] = {0, 1, 32, 4096, 4097, 100000};
	(void)state;

	for (size_t k = 0; k < ARRAY_LEN(sizes); k++) {
		struct secret *s = new_secret(sizes[k]);

		assert_int_equal(secret_size(s), sizes[k]);
		for (size_t i = 0; i < sizes[k]; i++)
			assert_int_equal(secret_bytes(s)[i], 0);
		memset(secret_bytes(s), 0xff, sizes[k]);
		secret_free(s);
	}
	secret_free(NULL);
}

static void what_is_cut_off_is_wiped(void **state)
{
	struct secret *s = new_secret(32);
	(void)state;

	memset(secret_bytes(s), 0xee, 32);
	secret_shrink(s, 3);
	assert_int_equal(secret_size(s), 3);
	assert_hex(secret_bytes(s), 8, "eeeeee0000000000");
	secret_free(s);
}

/* The signal that reading the byte at p ends with, 0 for none: read in a child. */
static int reading(const volatile uint8_t *p)
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL);
		_exit(*p ? 1 : 0);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void one_byte_too_many_is_a_fault(void **state)
{
	struct secret *s = new_secret(32);
	(void)state;

	assert_int_equal(reading(secret_bytes(s) + 31), 0);
	assert_int_equal(reading(secret_bytes(s) + 32), SIGSEGV);
	assert_int_equal(reading(secret_bytes(s) + 32 - sysconf(_SC_PAGESIZE) - 1), SIGSEGV);
	secret_free(s);
}

/* The kernel's own word about the pages: lo = locked, dd = left out of dumps, wf = wiped on fork. */
static void the_pages_are_locked_and_left_out_of_dumps(void **state)
{
	struct secret *s;
	uintptr_t at;
	FILE *maps;
	char line[512];
	bool inside = false, checked = false;
	(void)state;

	skip_under_asan();
	maps = fopen("/proc/self/smaps", "r");
	assert_non_null(maps);
	s = new_secret(32);
	at = (uintptr_t)secret_bytes(s);
	while (fgets(line, sizeof(line), maps)) {
		char *rest;
		const unsigned long from = strtoul(line, &rest, 16);

		if (*rest == '-')
			inside = from <= at && at < strtoul(rest + 1, NULL, 16);
		if (inside && strncmp(line, "VmFlags:", 8) == 0) {
			checked = true;
			assert_non_null(strstr(line, " lo"));
			assert_non_null(strstr(line, " dd"));
			assert_non_null(strstr(line, " wf"));
		}
	}
	fclose(maps);
	assert_true(checked);
	secret_free(s);
}

static void a_child_sees_zeros(void **state)
{
	struct secret *s = new_secret(32);
	int status = 0;
	pid_t pid;
	(void)state;

	memset(secret_bytes(s), 0x5a, 32);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(secret_bytes(s)[0] | secret_bytes(s)[31]);
	waitpid(pid, &status, 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(secret_bytes(s)[31], 0x5a);
	secret_free(s);
}

/* In a child, because a limit that was lowered does not rise again. Root may lock anything: it becomes nobody. */
static void a_limit_is_named_with_its_value(void **state)
{
	const struct rlimit none = {0, 0};
	int fds[2], status = 0;
	struct buf said = {0};
	pid_t pid;
	char c;
	(void)state;

	skip_under_asan();
	assert_int_equal(pipe(fds), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct err e = {0};
		struct buf text = {0};

		if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 || (geteuid() == 0 && setuid(65534) != 0))
			_exit(2);
		if (secret_new(32, &e))
			_exit(3);
		err_format(&e, &text);
		_exit(write(fds[1], text.p, text.n) == (ssize_t)text.n && e.code == ERR_IO ? 0 : 1);
	}
	close(fds[1]);
	while (read(fds[0], &c, 1) == 1)
		buf_byte(&said, (uint8_t)c);
	close(fds[0]);
	waitpid(pid, &status, 0);
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_buf_str(&said, "cannot lock 4096 bytes of memory for a secret (Operation not permitted): the limit "
			      "RLIMIT_MEMLOCK is 0 bytes; raise it with `ulimit -l`, or `memlock` in "
			      "/etc/security/limits.conf");
	buf_release(&said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_one_is_zero_and_has_its_size),
		cmocka_unit_test(what_is_cut_off_is_wiped),
		cmocka_unit_test(one_byte_too_many_is_a_fault),
		cmocka_unit_test(the_pages_are_locked_and_left_out_of_dumps),
		cmocka_unit_test(a_child_sees_zeros),
		cmocka_unit_test(a_limit_is_named_with_its_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
