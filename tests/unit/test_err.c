#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/check.h"

static void the_innermost_byte_and_every_name_outward(void **state)
{
	struct err e = {0};
	(void)state;

	assert_false(err_set(&e, ERR_RANGE, 32, "uint%u holds %u bits, found %u", 8u, 8u, 9u));
	assert_false(err_in(&e, "args[%zu]", (size_t)1));
	assert_false(err_in(&e, "data"));
	assert_false(err_in(&e, "tx"));
	assert_false(err_file(&e, "queue/0042.json", 14));
	assert_err(&e, ERR_RANGE, "queue/0042.json:14: tx.data.args[1], byte 32: uint8 holds 8 bits, found 9");
	err_clear(&e);
}

static void an_index_joins_without_a_dot(void **state)
{
	struct err e = {0};
	(void)state;

	err_set(&e, ERR_SYNTAX, ERR_NO_OFFSET, "wrong");
	err_in(&e, "[2]");
	err_in(&e, "items");
	err_in(&e, "[0]");
	assert_err(&e, ERR_SYNTAX, "[0].items[2]: wrong");
	err_clear(&e);
}

static void parts_that_are_not_there_leave_nothing(void **state)
{
	struct err e = {0};
	(void)state;

	assert_err(&e, ERR_NONE, "");
	err_set(&e, ERR_IO, ERR_NO_OFFSET, "no room");
	assert_err(&e, ERR_IO, "no room");
	err_file(&e, "f", 0);
	assert_err(&e, ERR_IO, "f: no room");
	err_set(&e, ERR_SYNTAX, 0, "empty");
	assert_err(&e, ERR_SYNTAX, "byte 0: empty");
	err_clear(&e);
}

static void the_first_file_name_wins_and_a_new_error_replaces(void **state)
{
	struct err e = {0};
	(void)state;

	err_set(&e, ERR_IO, ERR_NO_OFFSET, "a");
	err_file(&e, "inner", 0);
	err_file(&e, "outer", 3);
	assert_err(&e, ERR_IO, "inner: a");
	err_set(&e, ERR_RANGE, ERR_NO_OFFSET, "b");
	assert_err(&e, ERR_RANGE, "b");
	err_clear(&e);
	assert_false(err_is_set(&e));
}

static void a_refusal_says_its_code(void **state)
{
	struct err e = {0};
	(void)state;

	assert_false(err_refuse(&e, "SALT", "salt is %s", "wrong"));
	assert_err(&e, ERR_REFUSED, "[SALT] salt is wrong");
	err_in(&e, "packet.core");
	assert_err(&e, ERR_REFUSED, "packet.core: [SALT] salt is wrong");
	assert_string_equal(e.refusal, "SALT");
	err_set(&e, ERR_IO, ERR_NO_OFFSET, "later");
	assert_null(e.refusal);
	err_clear(&e);
}

static void a_caller_who_only_wants_to_know_passes_null(void **state)
{
	(void)state;

	assert_false(err_set(NULL, ERR_IO, 0, "x"));
	assert_false(err_refuse(NULL, "X", "x"));
	assert_false(err_in(NULL, "x"));
	assert_false(err_file(NULL, "x", 1));
}

static void no_error_text_drives_a_terminal(void **state)
{
	struct err e = {0};
	(void)state;

	err_set(&e, ERR_SYNTAX, ERR_NO_OFFSET, "found \x1b[2J\r\n\x7f and \xc2\x9b but \xc3\xa9");
	err_in(&e, "na\x07me");
	err_file(&e, "fi\nle", 0);
	assert_err(&e, ERR_SYNTAX,
		   "fi\\u{000A}le: na\\u{0007}me: "
		   "found \\u{001B}[2J\\u{000D}\\u{000A}\\u{007F} and \\u{009B} but \xc3\xa9");
	err_clear(&e);
}

static void exit_status_follows_the_kind(void **state)
{
	static const int status[] = {0, 2, 3, 3, 3, 3, 1, 1, 1, 4, 4};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(status); i++) {
		const struct err e = {.code = (enum err_code)i};

		assert_int_equal(err_exit_status(&e), status[i]);
	}
}

static void give_the_terminal_back(void)
{
	fputs("restored\n", stderr);
}

/* What die() writes to stderr, and its status. */
static int dying(struct buf *out)
{
	int fds[2], status = 0;
	pid_t pid;
	char c;

	assert_int_equal(pipe(fds), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		die_at_exit(give_the_terminal_back);
		die_at_exit(give_the_terminal_back);
		BUG("%d wheels", 3);
	}
	close(fds[1]);
	while (read(fds[0], &c, 1) == 1)
		buf_byte(out, (uint8_t)c);
	close(fds[0]);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void dying_restores_once_and_says_why(void **state)
{
	struct buf out = {0};
	(void)state;

	assert_int_equal(dying(&out), 4);
	assert_buf_str(&out, "restored\nsetgov: bug: 3 wheels\n");
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_innermost_byte_and_every_name_outward),
		cmocka_unit_test(an_index_joins_without_a_dot),
		cmocka_unit_test(parts_that_are_not_there_leave_nothing),
		cmocka_unit_test(the_first_file_name_wins_and_a_new_error_replaces),
		cmocka_unit_test(a_refusal_says_its_code),
		cmocka_unit_test(a_caller_who_only_wants_to_know_passes_null),
		cmocka_unit_test(no_error_text_drives_a_terminal),
		cmocka_unit_test(exit_status_follows_the_kind),
		cmocka_unit_test(dying_restores_once_and_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
