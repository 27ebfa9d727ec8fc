/* The person at the keyboard, line by line: what happens when nobody answers, and what a key that does not end does. */
#include <pty.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/signer/session.h"
#include "tests/support/check.h"

/* Somebody who was away, and comes back with these words once it was noticed. */
struct away {
	struct terminal t;
	int there;
	const char *then;
	unsigned times;
	bool says;
};

static bool noticed(void *ctx)
{
	struct away *a = ctx;

	a->times++;
	assert_int_equal(write(a->there, a->then, strlen(a->then)), (ssize_t)strlen(a->then));
	return a->says;
}

static void wait_for_nobody(struct away *a, int ours, int theirs, const char *then)
{
	*a = (struct away){ .there = theirs, .then = then, .says = true };
	a->t = (struct terminal){ .fd = ours, .idle = noticed, .idle_ctx = a, .idle_seconds = 1 };
}

static void a_question_that_nobody_answers_is_noticed_once_and_asked_again(void **state)
{
	struct away a;
	struct buf line = {0};
	struct err e = {0};
	char shown[32] = {0};
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	wait_for_nobody(&a, ends[0], ends[1], "here\n");
	assert_ok(terminal_ask(&a.t, "who? ", &line, &e), &e);
	assert_buf_str(&line, "here");
	assert_int_equal(a.times, 1);
	assert_int_equal(read(ends[1], shown, sizeof(shown) - 1), 10);
	assert_string_equal(shown, "who? who? ");
	assert_int_equal(write(ends[1], "at once\n", 8), 8);
	buf_clear(&line);
	assert_ok(terminal_ask(&a.t, "who? ", &line, &e), &e);
	assert_buf_str(&line, "at once");
	assert_int_equal(a.times, 1);
	buf_release(&line);
	close(ends[0]);
	close(ends[1]);
}

/* Line by line as on the full screen: an open key does not wait for ever. */
static void a_session_that_nobody_goes_on_with_is_locked(void **state)
{
	struct signer s = {0};
	struct session x;
	struct err e = {0};
	char shown[256] = {0};
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	s.terminal.fd = ends[0];
	assert_ok(session_begin(&x, &s, &e), &e);
	assert_int_equal(s.terminal.idle_seconds, 300);
	assert_false(s.terminal.idle(s.terminal.idle_ctx));      /* nothing was open */
	x.key = secret_new(32, &e);
	x.passphrase = secret_new(8, &e);
	assert_true(s.terminal.idle(s.terminal.idle_ctx));
	assert_null(x.key);
	assert_null(x.passphrase);
	assert_true(read(ends[1], shown, sizeof(shown) - 1) > 0);
	assert_non_null(strstr(shown, "the passphrase is asked for again"));
	assert_true(session_end(&x, true, &e));
	assert_null(s.terminal.idle);
	close(ends[0]);
	close(ends[1]);
	buf_release(&s.text);
	arena_release(&s.arena);
}

/* A terminal that hands bytes over as they are typed. */
static void raw_terminal(struct away *a, const char *typed, int *master, int *slave)
{
	struct termios raw;

	assert_int_equal(openpty(master, slave, NULL, NULL, NULL), 0);
	assert_int_equal(tcgetattr(*slave, &raw), 0);
	raw.c_lflag &= (tcflag_t)~(ECHO | ICANON | ISIG);
	assert_int_equal(tcsetattr(*slave, TCSANOW, &raw), 0);
	wait_for_nobody(a, *slave, *master, "");
	assert_int_equal(write(*master, typed, strlen(typed)), (ssize_t)strlen(typed));
}

static void a_key_without_an_end_takes_no_more_than_a_key(void **state)
{
	static const struct {
		const char *typed;
		enum typed last;
		size_t n;
	} cases[] = {
		{ "\033[1;1\x03", TYPED_STOP, 0 },
		{ "\033O\x03", TYPED_STOP, 0 },
		{ "\033[1;5Cabc\r", TYPED_END, 3 },
		{ "\033[11111111111111111111111111111111111111111111111111111111111111112222\r", TYPED_END, 4 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct away a;
		struct typing t;
		struct err e = {0};
		enum typed typed = TYPED_MORE;
		int master, slave;

		raw_terminal(&a, cases[i].typed, &master, &slave);
		assert_ok(typing_begin(&t, &e), &e);
		while (typed == TYPED_MORE)
			typed = typing_byte(&t, slave);
		assert_int_equal(typed, cases[i].last);
		assert_int_equal(t.n, cases[i].n);
		typing_forget(&t);
		close(master);
		close(slave);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_that_nobody_answers_is_noticed_once_and_asked_again),
		cmocka_unit_test(a_session_that_nobody_goes_on_with_is_locked),
		cmocka_unit_test(a_key_without_an_end_takes_no_more_than_a_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
