#include "src/crypto/scrypt.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include "tests/support/check.h"

static struct span bytes(struct arena *a, const struct json *object, const char *name)
{
	struct err e = {0};
	struct span text;

	assert_ok(json_get_str(object, name, &text, &e), &e);
	return hex_bytes(a, arena_str(a, text));
}

static uint64_t number(const struct json *object, const char *name)
{
	struct err e = {0};
	uint64_t v = 0;

	assert_ok(json_get_u64(object, name, &v, &e), &e);
	return v;
}

static void keys_are_rfc_7914s_and_openssls(void **state)
{
	struct arena a = {0};
	struct err e = {0};
	const struct json *list = json_find(json_vector(&a, "crypto/scrypt.json"), "cases");
	(void)state;

	assert_non_null(list);
	assert_int_equal(list->n, 8);
	for (const struct json *c = list->first; c; c = c->next) {
		const struct span expected = bytes(&a, c, "out");
		uint8_t *out = arena_alloc(&a, expected.n, 1);

		assert_ok(scrypt(out, expected.n, bytes(&a, c, "password"), bytes(&a, c, "salt"), number(c, "n"),
				 (uint32_t)number(c, "r"), (uint32_t)number(c, "p"), &e), &e);
		assert_memory_equal(out, expected.p, expected.n);
	}
	arena_release(&a);
}

static void bounds_are_checked_before_memory(void **state)
{
	static const struct {
		uint64_t n;
		uint32_t r, p;
		const char *text;
	} cases[] = {
		{0, 8, 1, "n: needed a power of two above 1, found 0"},
		{1, 8, 1, "n: needed a power of two above 1, found 1"},
		{262143, 8, 1, "n: needed a power of two above 1, found 262143"},
		{1024, 0, 1, "r: needed 1 to 64, found 0"},
		{1024, 65, 1, "r: needed 1 to 64, found 65"},
		{1024, UINT32_MAX, 1, "r: needed 1 to 64, found 4294967295"},
		{1024, 8, 0, "p: needed 1 to 64, found 0"},
		{1024, 8, 65, "p: needed 1 to 64, found 65"},
		{UINT64_C(1) << 21, 8, 1, "n: needed at most 1 GiB of memory (128*n*r bytes), found 2097152"},
		{UINT64_C(1) << 24, 1, 1, "n: needed at most 1 GiB of memory (128*n*r bytes), found 16777216"},
		{UINT64_C(1) << 63, 1, 1,
		 "n: needed at most 1 GiB of memory (128*n*r bytes), found 9223372036854775808"},
	};
	uint8_t out[32];
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e = {0};

		assert_false(scrypt(out, sizeof(out), span_str("pw"), span_str("salt"), cases[i].n, cases[i].r,
				    cases[i].p, &e));
		assert_err(&e, ERR_RANGE, cases[i].text);
		err_clear(&e);
	}
	assert_true(scrypt_check(UINT64_C(1) << 20, 8, 64, NULL));
	assert_true(scrypt_check(2, 64, 64, NULL));
}

/* A sanitizer keeps shadow memory of its own: then the limit says nothing. */
#ifdef __SANITIZE_ADDRESS__
#define MEMORY_IS_OURS false
#else
#define MEMORY_IS_OURS true
#endif

/* Exits 0 when scrypt with a 64 MiB table works in `room` KiB above what is mapped, 1 when it does not. */
static int works_within(rlim_t room)
{
	struct err e = {0};
	uint8_t out[32];
	int status;
	const pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		long pages = 0;
		FILE *f = fopen("/proc/self/statm", "re");
		struct rlimit limit;
		char line[64];

		if (!f || !fgets(line, sizeof(line), f))
			_exit(2);
		pages = strtol(line, NULL, 10);
		limit.rlim_cur = limit.rlim_max = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + room * 1024;
		if (setrlimit(RLIMIT_AS, &limit) != 0)
			_exit(2);
		_exit(scrypt(out, sizeof(out), span_str("pw"), span_str("salt"), 65536, 8, 1, &e) ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void memory_is_the_table_and_little_more(void **state)
{
	(void)state;
	if (!MEMORY_IS_OURS)
		skip();
	assert_int_equal(works_within(64 * 1024 + 16), 0);
	assert_int_equal(works_within(64 * 1024), 1);
}

static void memory_that_is_not_there_is_an_error(void **state)
{
	struct err e = {0};
	struct rlimit before, limit;
	uint8_t out[32];
	(void)state;

	if (!MEMORY_IS_OURS)
		skip();
	assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
	limit = (struct rlimit){ .rlim_cur = 512u << 20, .rlim_max = before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
	assert_false(scrypt(out, sizeof(out), span_str("pw"), span_str("salt"), 1u << 20, 8, 1, &e));
	assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
	assert_err(&e, ERR_IO, "cannot have the 1024 MiB that scrypt needs: Cannot allocate memory");
	err_clear(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_rfc_7914s_and_openssls),
		cmocka_unit_test(bounds_are_checked_before_memory),
		cmocka_unit_test(memory_is_the_table_and_little_more),
		cmocka_unit_test(memory_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
