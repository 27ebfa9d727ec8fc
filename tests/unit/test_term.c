/* Both kinds of terminal: the full screen on a real pseudo-terminal, line by line on pipes. */
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tui/kit/term.h"

struct screen {
	int master, slave;
	struct termios before;
	struct term *term;
	struct grid g;
};

static struct screen open_screen(unsigned short rows, unsigned short cols)
{
	const struct winsize size = { .ws_row = rows, .ws_col = cols };
	struct screen s = {0};
	struct err e = {0};

	assert_int_equal(openpty(&s.master, &s.slave, NULL, NULL, &size), 0);
	assert_int_equal(fcntl(s.master, F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(tcgetattr(s.slave, &s.before), 0);
	s.term = term_curses_open(s.slave, &e);
	assert_ok(s.term != NULL, &e);
	grid_init(&s.g, rows, cols, s.term->ascii);
	return s;
}

/* What has been written to the terminal since. */
static struct buf written(const struct screen *s)
{
	struct pollfd p = { s->master, POLLIN, 0 };
	struct buf all = {0};
	uint8_t piece[4096];
	ssize_t n;

	while (poll(&p, 1, 20) > 0 && (n = read(s->master, piece, sizeof(piece))) > 0)
		buf_add(&all, piece, (size_t)n);
	return all;
}

static void forget_written(const struct screen *s)
{
	struct buf all = written(s);

	buf_release(&all);
}

static void close_screen(struct screen *s)
{
	term_close(s->term);
	grid_release(&s->g);
	if (s->master >= 0)
		close(s->master);
	close(s->slave);
}

static void write_row(struct grid *g, size_t row, const char *text)
{
	struct pen p = grid_pen(g, row, STYLE_TEXT);

	pen_str(&p, text);
}

static void type(const struct screen *s, const char *bytes, size_t n)
{
	assert_int_equal(write(s->master, bytes, n), (ssize_t)n);
}

/* The next key; it may have to travel. */
static uint32_t next_key(const struct screen *s)
{
	struct pollfd p = { s->slave, POLLIN, 0 };
	uint32_t key = K_NONE;

	for (unsigned i = 0; i < 100; i++) {
		if (term_key(s->term, &key))
			return key;
		poll(&p, 1, 10);
	}
	return K_NONE;
}

static bool contains(const struct buf *b, const char *text)
{
	return b->n != 0 && memmem(b->p, b->n, text, strlen(text)) != NULL;
}

static void one_changed_cell_costs_few_bytes(void **state)
{
	struct screen s = open_screen(50, 132);
	struct buf first, same, one;

	(void)state;
	for (size_t row = 0; row < 50; row++)
		write_row(&s.g, row, "the quick brown fox jumps over the lazy dog, again and again and again");
	term_draw(s.term, &s.g);
	first = written(&s);
	assert_true(first.n > 3000);
	term_draw(s.term, &s.g);
	same = written(&s);
	assert_int_equal(same.n, 0);
	grid_cell(&s.g, 30, 10)->c = '#';
	term_draw(s.term, &s.g);
	one = written(&s);
	assert_true(contains(&one, "#"));
	assert_true(one.n <= 24);
	buf_release(&first);
	buf_release(&same);
	buf_release(&one);
	close_screen(&s);
}

static void wide_and_combined_characters_arrive(void **state)
{
	struct screen s = open_screen(24, 80);
	struct buf out;

	(void)state;
	write_row(&s.g, 3, "a \xe6\xbc\xa2\xe5\xad\x97 e\xcc\x81 \xc2\xb7 end");
	term_draw(s.term, &s.g);
	out = written(&s);
	assert_true(contains(&out, "a \xe6\xbc\xa2\xe5\xad\x97 e\xcc\x81 \xc2\xb7 end"));
	buf_release(&out);
	grid_clear(&s.g);
	write_row(&s.g, 3, "a x");             /* over the first half of a wide one */
	term_draw(s.term, &s.g);
	out = written(&s);
	assert_true(contains(&out, "x"));
	assert_false(contains(&out, "end"));
	buf_release(&out);
	close_screen(&s);
}

static void a_broken_grid_does_no_harm(void **state)
{
	struct screen s = open_screen(24, 80);

	(void)state;
	for (size_t i = 0; i < 24 * 80; i++)
		s.g.cells[i] = (struct cell){ .c = (uint32_t)(i * 2654435761u) % 0x3000, .style = (uint8_t)(i % 40),
					      .mark = i % 7 == 0 ? 0x301 : 0, .focus = i % 3 == 0 };
	s.g.cursor_row = SIZE_MAX;
	s.g.cursor_col = 4000;
	const pid_t reader = fork();                   /* more than the pseudo-terminal holds */
	if (reader == 0)
		for (;;)
			forget_written(&s);
	term_draw(s.term, &s.g);
	kill(reader, SIGKILL);
	assert_int_equal(waitpid(reader, NULL, 0), reader);
	forget_written(&s);
	close_screen(&s);
}

static void tiny_sizes_and_sudden_ones_are_drawn(void **state)
{
	static const unsigned short sizes[][2] = { { 1, 1 }, { 5, 20 }, { 300, 500 }, { 1, 200 },
						  { 60, 1 }, { 24, 80 } };
	struct screen s = open_screen(24, 80);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		const struct winsize size = { .ws_row = sizes[i][0], .ws_col = sizes[i][1] };
		size_t rows, cols;
		struct buf out;

		assert_int_equal(ioctl(s.master, TIOCSWINSZ, &size), 0);
		term_draw(s.term, &s.g);               /* the frame of the old size, still */
		forget_written(&s);
		term_size(s.term, &rows, &cols);
		assert_int_equal(rows, sizes[i][0]);
		assert_int_equal(cols, sizes[i][1]);
		grid_resize(&s.g, rows, cols);
		write_row(&s.g, 0, "x");
		term_draw(s.term, &s.g);
		out = written(&s);
		assert_true(contains(&out, "x"));
		buf_release(&out);
	}
	close_screen(&s);
}

/* LINES, COLUMNS, and what a terminal says of itself, are only words: nothing is made so large. */
static void a_size_that_is_a_joke_costs_no_memory(void **state)
{
	const struct winsize size = { .ws_row = 4000, .ws_col = 4000 };
	struct err e = {0};
	struct rusage used;
	int master, slave;
	size_t rows, cols;

	(void)state;
	assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
	setenv("LINES", "4000", 1);
	setenv("COLUMNS", "4000", 1);
	struct term *t = term_curses_open(slave, &e);
	unsetenv("LINES");
	unsetenv("COLUMNS");
	assert_ok(t != NULL, &e);
	term_size(t, &rows, &cols);
	assert_int_equal(rows, 500);
	assert_int_equal(cols, 1000);
	term_close(t);
	assert_int_equal(getrusage(RUSAGE_SELF, &used), 0);
	assert_true(used.ru_maxrss < 400 * 1024);      /* KiB; curses would take 1.3 GiB */
	close(master);
	close(slave);
}

static void keys_have_their_names(void **state)
{
	static const struct { const char *bytes; uint32_t key; } typed[] = {
		{ "a", 'a' }, { " ", ' ' }, { "\r", K_ENTER }, { "\n", K_ENTER }, { "\t", K_TAB },
		{ "\x7f", K_BACKSPACE },
		{ "\b", K_BACKSPACE }, { "\x03", K_CTRL('c') }, { "\x13", K_CTRL('s') }, { "\x1a", K_CTRL('z') },
		{ "\x1c", K_CTRL('\\') }, { "\033OA", K_UP }, { "\033OB", K_DOWN }, { "\033OC", K_RIGHT },
		{ "\033OD", K_LEFT }, { "\033OH", K_HOME }, { "\033OF", K_END }, { "\033[5~", K_PAGE_UP },
		{ "\033[6~", K_PAGE_DOWN }, { "\033[3~", K_DELETE }, { "\033[Z", K_BACKTAB }, { "\033OP", K_F1 },
		{ "\033", K_ESC }, { "\xc3\xa9", 0xe9 }, { "\xe6\xbc\xa2", 0x6f22 }, { "\xf0\x9f\x98\x80", 0x1f600 },
	};
	struct screen s = open_screen(24, 80);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
		type(&s, typed[i].bytes, strlen(typed[i].bytes));
		assert_int_equal(next_key(&s), typed[i].key);
	}
	close_screen(&s);
}

static void what_is_no_key_presses_none(void **state)
{
	static const char *const typed[] = { "\033[1;5C", "\033[25~", "\033[200~", "\033[99;99;99~", "\033[I", "\xff",
					     "\xc3",
					     "\xed\xa0\x80", "\xa9\xa9\xa9", "\xf8\x88\x80\x80\x80" };
	struct screen s = open_screen(24, 80);
	uint32_t key;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
		type(&s, typed[i], strlen(typed[i]));
		type(&s, "!", 1);
		assert_int_equal(next_key(&s), '!');
		assert_false(term_key(s.term, &key));
	}
	close_screen(&s);
}

/* Nobody is locked out by a key that does not end. */
static void an_endless_key_takes_no_more_than_a_key(void **state)
{
	static const char *const begins[] = { "\033[1;1;", "\033O", "\033[" };
	struct screen s = open_screen(24, 80);
	char digits[200];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(begins); i++) {
		type(&s, begins[i], strlen(begins[i]));
		type(&s, "\x03", 1);
		assert_int_equal(next_key(&s), K_CTRL('c'));
	}
	memset(digits, '1', sizeof(digits));
	type(&s, "\033[", 2);
	type(&s, digits, sizeof(digits));
	for (size_t i = 0; i < sizeof(digits) - 64; i++)
		assert_int_equal(next_key(&s), '1');
	type(&s, "!", 1);
	assert_int_equal(next_key(&s), '!');
	close_screen(&s);
}

static void a_character_may_come_in_pieces(void **state)
{
	struct screen s = open_screen(24, 80);
	uint32_t key;

	(void)state;
	type(&s, "\xe6\xbc", 2);
	usleep(10000);
	assert_false(term_key(s.term, &key));
	type(&s, "\xa2", 1);
	assert_int_equal(next_key(&s), 0x6f22);
	close_screen(&s);
}

static void a_long_paste_loses_nothing(void **state)
{
	struct screen s = open_screen(24, 80);

	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		for (unsigned i = 0; i < 500; i++)
			type(&s, "\xc3\xa9\xe6\xbc\xa2", 5);
		for (unsigned i = 0; i < 500; i++) {
			assert_int_equal(next_key(&s), 0xe9);
			assert_int_equal(next_key(&s), 0x6f22);
		}
	}
	close_screen(&s);
}

static void a_terminal_that_goes_away_hangs_up(void **state)
{
	struct screen s = open_screen(24, 80);
	uint32_t key = K_NONE;

	(void)state;
	assert_false(term_key(s.term, &key));
	close(s.master);
	s.master = -1;
	assert_true(term_key(s.term, &key));
	assert_int_equal(key, K_HANGUP);
	close_screen(&s);
}

static void assert_as_before(const struct screen *s)
{
	struct termios now;

	assert_int_equal(tcgetattr(s->slave, &now), 0);
	assert_int_equal(now.c_iflag, s->before.c_iflag);
	assert_int_equal(now.c_oflag, s->before.c_oflag);
	assert_int_equal(now.c_lflag, s->before.c_lflag);
	assert_int_equal(now.c_cflag, s->before.c_cflag);
	assert_memory_equal(now.c_cc, s->before.c_cc, sizeof(now.c_cc));
}

static void suspended_it_is_as_it_was_and_comes_back_whole(void **state)
{
	struct screen s = open_screen(24, 80);
	struct termios raw;
	struct buf out;

	(void)state;
	assert_int_equal(tcgetattr(s.slave, &raw), 0);
	assert_int_equal(raw.c_lflag & (tcflag_t)(ICANON | ECHO | ISIG), 0);
	write_row(&s.g, 5, "still here");
	term_draw(s.term, &s.g);
	forget_written(&s);
	term_suspend(s.term);
	assert_as_before(&s);
	out = written(&s);
	assert_true(contains(&out, "\033[?1049l"));
	buf_release(&out);
	term_resume(s.term);
	assert_int_equal(tcgetattr(s.slave, &raw), 0);
	assert_int_equal(raw.c_lflag & (tcflag_t)(ICANON | ECHO | ISIG), 0);
	term_draw(s.term, &s.g);
	out = written(&s);
	assert_true(contains(&out, "\033[?1049h"));
	assert_true(contains(&out, "still here"));
	buf_release(&out);
	term_suspend(s.term);
	term_close(s.term);
	s.term = NULL;
	assert_as_before(&s);
	close_screen(&s);
}

static void closed_it_leaves_signals_as_they_were(void **state)
{
	struct sigaction before[NSIG], now;
	struct screen s;

	(void)state;
	for (int sig = 1; sig < SIGRTMIN - 2; sig++)
		sigaction(sig, NULL, &before[sig]);
	s = open_screen(24, 80);
	sigaction(SIGTSTP, NULL, &now);
	assert_ptr_equal(now.sa_handler, before[SIGTSTP].sa_handler);
	sigaction(SIGWINCH, NULL, &now);
	assert_ptr_equal(now.sa_handler, before[SIGWINCH].sa_handler);
	close_screen(&s);
	for (int sig = 1; sig < SIGRTMIN - 2; sig++) {
		sigaction(sig, NULL, &now);
		assert_ptr_equal(now.sa_handler, before[sig].sa_handler);
	}
}

/* The deepest end of a program: its stack. The terminal is given back all the same. */
static unsigned overflow_stack(volatile const unsigned *depth)
{
	volatile unsigned room[1024];

	room[0] = *depth + 1;
	return room[0] == 0 ? 0 : overflow_stack(room) + room[0];
}

static void dies_how(int how)
{
	const unsigned zero = 0;

	if (how == 0)
		die("as asked");
	if (how == SIGSEGV)
		overflow_stack(&zero);
	raise(how);
	_exit(0);
}

static void however_it_dies_the_terminal_comes_back(void **state)
{
	static const int ends[] = { 0, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTERM, SIGHUP, SIGINT, SIGQUIT };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		struct winsize size = { .ws_row = 24, .ws_col = 80 };
		struct screen s = {0};
		struct buf out;
		int status;
		pid_t child;

		assert_int_equal(openpty(&s.master, &s.slave, NULL, NULL, &size), 0);
		assert_int_equal(tcgetattr(s.slave, &s.before), 0);
		child = fork();
		if (child == 0) {
			dup2(s.slave, STDERR_FILENO);
			s.term = term_curses_open(s.slave, NULL);
			grid_init(&s.g, 24, 80, false);
			term_draw(s.term, &s.g);
			dies_how(ends[i]);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_as_before(&s);
		out = written(&s);
		assert_true(contains(&out, "\033[?1049l"));
		if (ends[i] == 0)
			assert_true(contains(&out, "setgov: as asked"));
		else
			assert_true(WIFSIGNALED(status) && WTERMSIG(status) == ends[i]);
		buf_release(&out);
		close(s.master);
		close(s.slave);
	}
}

static void assert_refused(int fd, enum err_code code, const char *why)
{
	struct err e = {0};

	assert_null(term_curses_open(fd, &e));
	assert_err(&e, code, why);
	err_clear(&e);
}

static void what_is_no_terminal_is_refused_in_words(void **state)
{
	const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int master, slave;

	(void)state;
	assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
	assert_refused(null, ERR_IO, "no terminal: Inappropriate ioctl for device");
	setenv("TERM", "dumb", 1);
	assert_refused(slave, ERR_MISSING, "a terminal of the kind \"dumb\" cannot move its cursor (or is not known "
					   "here): --plain works line by line");
	setenv("TERM", "nobody's", 1);
	assert_refused(slave, ERR_MISSING, "a terminal of the kind \"nobody's\" cannot move its cursor (or is not "
					   "known here): --plain works line by line");
	unsetenv("TERM");
	assert_refused(slave, ERR_MISSING,
		       "TERM is not set, so nobody knows this terminal: --plain works line by line");
	setenv("TERM", "xterm-256color", 1);
	close(null);
	close(master);
	close(slave);
}

/* ---- line by line ---- */

struct lines {
	int to, from;                 /* its standard input and output, from here */
	struct term *term;
	struct grid g;
};

static struct lines open_lines(void)
{
	struct lines l = {0};
	struct err e = {0};
	int in[2], out[2];

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(fcntl(out[0], F_SETFL, O_NONBLOCK), 0);
	l.to = in[1];
	l.from = out[0];
	l.term = term_plain_open(in[0], out[1], 0, &e);
	assert_ok(l.term != NULL, &e);
	grid_init(&l.g, 100, 80, false);
	return l;
}

static void said(const struct lines *l, const char *text)
{
	struct buf all = {0};
	uint8_t piece[4096];
	ssize_t n;

	while ((n = read(l->from, piece, sizeof(piece))) > 0)
		buf_add(&all, piece, (size_t)n);
	assert_buf_str(&all, text);
	buf_release(&all);
}

/* The keys that a line presses, by name. */
static void presses(struct lines *l, const char *line, const char *names)
{
	struct buf got = {0};
	uint32_t key;

	assert_int_equal(write(l->to, line, strlen(line)), (ssize_t)strlen(line));
	while (term_key(l->term, &key) && key != K_HANGUP) {
		if (got.n != 0)
			buf_byte(&got, ' ');
		key_name(&got, key);
	}
	assert_buf_str(&got, names);
	buf_release(&got);
}

static void a_frame_is_printed_as_its_lines(void **state)
{
	struct lines l = open_lines();

	(void)state;
	write_row(&l.g, 2, "first");
	write_row(&l.g, 3, "  second \xe6\xbc\xa2");
	write_row(&l.g, 99, "last");
	for (size_t col = 0; col < 80; col++)
		grid_cell(&l.g, 3, col)->focus = true;
	term_draw(l.term, &l.g);
	said(&l, "--------\n  first\n>   second \xe6\xbc\xa2\n\n  last\n> ");
	term_draw(l.term, &l.g);
	said(&l, "");
	presses(&l, "down\n", "Down");
	term_draw(l.term, &l.g);
	said(&l, "> ");                                /* nothing new to print: it is asked again */
	write_row(&l.g, 99, "lost");
	term_draw(l.term, &l.g);
	said(&l, "\n--------\n  first\n>   second \xe6\xbc\xa2\n\n  lost\n> ");
	term_close(l.term);
	grid_release(&l.g);
}

static void a_line_presses_keys(void **state)
{
	struct lines l = open_lines();

	(void)state;
	term_draw(l.term, &l.g);
	said(&l, "> ");
	presses(&l, "down  down enter\n", "Down Down Enter");
	term_draw(l.term, &l.g);
	presses(&l, "\n", "Enter");
	term_draw(l.term, &l.g);
	presses(&l, "q\n", "q");
	term_draw(l.term, &l.g);
	presses(&l, ":log\n", ": l o g Enter");
	term_draw(l.term, &l.g);
	presses(&l, "/a b\r\n", "/ a Space b Enter");
	term_draw(l.term, &l.g);
	said(&l, "> > > > > ");
	presses(&l, "down \x1b[31mlots\n", "");
	said(&l, "down \\u{001B}[31mlots names no key. Enter, Esc, Up, Down, PgDn, a letter, or : and a command do; ? "
		 "helps.\n> ");
	presses(&l, "up\nleft\n", "Up");                /* the next line is for the next frame */
	term_draw(l.term, &l.g);
	presses(&l, "", "Left");
	term_close(l.term);
	grid_release(&l.g);
}

static void in_a_field_a_line_is_its_text(void **state)
{
	struct lines l = open_lines();

	(void)state;
	grid_cell(&l.g, 4, 7)->style = STYLE_FIELD;
	l.g.cursor_row = 4;
	l.g.cursor_col = 7;
	term_draw(l.term, &l.g);
	said(&l, "text> ");
	presses(&l, "0.05 ether\n", "Ctrl-E Ctrl-U 0 . 0 5 Space e t h e r Enter");
	term_draw(l.term, &l.g);
	presses(&l, "q\n", "Ctrl-E Ctrl-U q Enter");
	term_draw(l.term, &l.g);
	presses(&l, ".\n", "Enter");
	term_draw(l.term, &l.g);
	presses(&l, "esc\n", "Esc");
	term_draw(l.term, &l.g);
	presses(&l, "'esc\n", "Ctrl-E Ctrl-U e s c Enter");
	term_close(l.term);
	grid_release(&l.g);
}

static void the_end_of_the_input_hangs_up(void **state)
{
	struct lines l = open_lines();
	uint32_t key;

	(void)state;
	term_draw(l.term, &l.g);
	assert_int_equal(write(l.to, "up", 2), 2);
	close(l.to);
	assert_true(term_key(l.term, &key));
	assert_int_equal(key, K_UP);
	assert_false(term_key(l.term, &key));
	term_draw(l.term, &l.g);
	assert_true(term_key(l.term, &key));
	assert_int_equal(key, K_HANGUP);
	term_close(l.term);
	grid_release(&l.g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_changed_cell_costs_few_bytes),
		cmocka_unit_test(wide_and_combined_characters_arrive),
		cmocka_unit_test(a_broken_grid_does_no_harm),
		cmocka_unit_test(tiny_sizes_and_sudden_ones_are_drawn),
		cmocka_unit_test(a_size_that_is_a_joke_costs_no_memory),
		cmocka_unit_test(keys_have_their_names),
		cmocka_unit_test(what_is_no_key_presses_none),
		cmocka_unit_test(an_endless_key_takes_no_more_than_a_key),
		cmocka_unit_test(a_character_may_come_in_pieces),
		cmocka_unit_test(a_long_paste_loses_nothing),
		cmocka_unit_test(a_terminal_that_goes_away_hangs_up),
		cmocka_unit_test(suspended_it_is_as_it_was_and_comes_back_whole),
		cmocka_unit_test(closed_it_leaves_signals_as_they_were),
		cmocka_unit_test(however_it_dies_the_terminal_comes_back),
		cmocka_unit_test(what_is_no_terminal_is_refused_in_words),
		cmocka_unit_test(a_frame_is_printed_as_its_lines),
		cmocka_unit_test(a_line_presses_keys),
		cmocka_unit_test(in_a_field_a_line_is_its_text),
		cmocka_unit_test(the_end_of_the_input_hangs_up),
	};

	setenv("TERM", "xterm-256color", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
