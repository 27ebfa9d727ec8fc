#include "tui/kit/term.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "src/base/err.h"
#include "src/base/text.h"
#include "tui/kit/charset.h"

/* Names that both use; none of ours or theirs is needed beside the other in here. The third one is spelled with a
 * word that ban.h has taken away. */
#define key_name curses_key_name
#define term curses_term
#define GCC_SCANFLIKE(fmt, var)
#define NCURSES_NOMACROS 1
#include <curses.h>
#include <term.h>
#undef key_name
#undef term

#define ESC_DELAY_MS 25               /* how long the rest of an arrow key may take behind its Esc */
#define ESCAPE_MAX 64u                 /* bytes of one key: no terminal sends more */
#define MAX_ROWS 500u                 /* a size that a terminal may claim: more is a mistake or a joke */
#define MAX_COLS 1000u

/* ---- colours: one table for each kind of terminal; no meaning without bold, underline, or reverse beside it ---- */

struct look {
	short fg, bg;                 /* -1: the terminal's own */
	attr_t attr;
};
enum { ORANGE = 208, BLUE = 39 };     /* told apart by every kind of eyes */

static const struct look looks_256[N_STYLES] = {
	[STYLE_TEXT] = { -1, -1, 0 },
	[STYLE_TITLE] = { -1, -1, A_BOLD | A_UNDERLINE },
	[STYLE_DIM] = { 245, -1, 0 },
	[STYLE_LABEL] = { 37, -1, 0 },
	[STYLE_FOREIGN] = { 139, -1, 0 },
	[STYLE_HASH] = { -1, -1, A_BOLD },
	[STYLE_GOOD] = { BLUE, -1, 0 },
	[STYLE_WARN] = { ORANGE, -1, A_BOLD },
	[STYLE_BAD] = { ORANGE, -1, A_BOLD | A_UNDERLINE },
	[STYLE_KEY] = { BLUE, -1, A_BOLD },
	[STYLE_BAR] = { 255, 238, 0 },
	[STYLE_BARKEY] = { 117, 238, A_BOLD },
	[STYLE_FIELD] = { 255, 236, A_UNDERLINE },
	[STYLE_PRODUCTION] = { 16, ORANGE, A_BOLD },
	[STYLE_TEST] = { 16, BLUE, 0 },
	[STYLE_REHEARSAL] = { 255, 240, A_UNDERLINE },
};
static const struct look looks_16[N_STYLES] = {
	[STYLE_TEXT] = { -1, -1, 0 },
	[STYLE_TITLE] = { -1, -1, A_BOLD | A_UNDERLINE },
	[STYLE_DIM] = { -1, -1, A_DIM },
	[STYLE_LABEL] = { 6, -1, 0 },
	[STYLE_FOREIGN] = { 5, -1, 0 },
	[STYLE_HASH] = { -1, -1, A_BOLD },
	[STYLE_GOOD] = { 6, -1, 0 },
	[STYLE_WARN] = { 11, -1, A_BOLD },
	[STYLE_BAD] = { 11, -1, A_BOLD | A_UNDERLINE },
	[STYLE_KEY] = { 14, -1, A_BOLD },
	[STYLE_BAR] = { 15, 4, 0 },
	[STYLE_BARKEY] = { 14, 4, A_BOLD },
	[STYLE_FIELD] = { -1, -1, A_UNDERLINE },
	[STYLE_PRODUCTION] = { 0, 11, A_BOLD },
	[STYLE_TEST] = { 0, 14, 0 },
	[STYLE_REHEARSAL] = { 0, 7, A_UNDERLINE },
};
/* Eight: some of them (the Linux console) have no underline beside a colour, and bold is a brighter one. */
static const struct look looks_8[N_STYLES] = {
	[STYLE_TEXT] = { -1, -1, 0 },
	[STYLE_TITLE] = { -1, -1, A_BOLD | A_UNDERLINE },
	[STYLE_DIM] = { -1, -1, A_DIM },
	[STYLE_LABEL] = { COLOR_CYAN, -1, 0 },
	[STYLE_FOREIGN] = { COLOR_MAGENTA, -1, 0 },
	[STYLE_HASH] = { -1, -1, A_BOLD },
	[STYLE_GOOD] = { COLOR_CYAN, -1, 0 },
	[STYLE_WARN] = { COLOR_YELLOW, -1, 0 },
	[STYLE_BAD] = { COLOR_YELLOW, -1, A_BOLD | A_UNDERLINE },
	[STYLE_KEY] = { COLOR_CYAN, -1, A_BOLD },
	[STYLE_BAR] = { COLOR_WHITE, COLOR_BLUE, 0 },
	[STYLE_BARKEY] = { COLOR_CYAN, COLOR_BLUE, A_BOLD },
	[STYLE_FIELD] = { -1, -1, A_UNDERLINE },
	[STYLE_PRODUCTION] = { COLOR_BLACK, COLOR_YELLOW, 0 },
	[STYLE_TEST] = { COLOR_BLACK, COLOR_CYAN, 0 },
	[STYLE_REHEARSAL] = { COLOR_BLACK, COLOR_WHITE, 0 },
};
static const struct look looks_mono[N_STYLES] = {
	[STYLE_TEXT] = { -1, -1, 0 },
	[STYLE_TITLE] = { -1, -1, A_BOLD | A_UNDERLINE },
	[STYLE_DIM] = { -1, -1, 0 },
	[STYLE_LABEL] = { -1, -1, 0 },
	[STYLE_FOREIGN] = { -1, -1, 0 },
	[STYLE_HASH] = { -1, -1, 0 },
	[STYLE_GOOD] = { -1, -1, 0 },
	[STYLE_WARN] = { -1, -1, A_BOLD },
	[STYLE_BAD] = { -1, -1, A_BOLD | A_UNDERLINE },
	[STYLE_KEY] = { -1, -1, A_BOLD },
	[STYLE_BAR] = { -1, -1, A_REVERSE },
	[STYLE_BARKEY] = { -1, -1, A_REVERSE | A_BOLD },
	[STYLE_FIELD] = { -1, -1, A_UNDERLINE },
	[STYLE_PRODUCTION] = { -1, -1, A_REVERSE | A_BOLD | A_UNDERLINE },
	[STYLE_TEST] = { -1, -1, A_BOLD | A_UNDERLINE },
	[STYLE_REHEARSAL] = { -1, -1, A_UNDERLINE },
};

/* ---- giving the terminal back when there is no time to ask curses: in die(), and in a signal handler ---- */

static const int caught[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTERM, SIGHUP, SIGINT, SIGQUIT };
#define N_CAUGHT ARRAY_LEN(caught)

struct saved {
	volatile sig_atomic_t armed;  /* the terminal is ours, and this is how it was */
	int fd;
	struct termios before;
	size_t n;
	char bytes[256];              /* what curses would write at its end */
	uint8_t stack[16384];         /* for the handler: ours may be what overflowed */
};
static struct saved saved;

static void give_back(void)
{
	sigset_t background, old;
	if (!saved.armed)
		return;
	saved.armed = 0;
	sigemptyset(&background);
	sigaddset(&background, SIGTTOU);
	sigprocmask(SIG_BLOCK, &background, &old);
	tcsetattr(saved.fd, TCSANOW, &saved.before);
	const int flags = fcntl(saved.fd, F_GETFL);            /* nobody dies waiting for a terminal that is held */
	fcntl(saved.fd, F_SETFL, flags | O_NONBLOCK);
	const ssize_t written = write(saved.fd, saved.bytes, saved.n);
	(void)written;
	fcntl(saved.fd, F_SETFL, flags);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

/* The handler is gone by now (SA_RESETHAND): a fault happens again as soon as we return, a signal that somebody sent
 * is sent again. */
static void on_fatal(int sig, siginfo_t *info, void *context)
{
	(void)context;
	give_back();
	if (info->si_code <= 0)
		kill(getpid(), sig);
}

/* A capability without the pauses ($<5>) that only curses itself can make. */
static void save_string(const char *name)
{
	const char *s = tigetstr(name);
	const size_t before = saved.n;
	if (s == NULL || s == (const char *)-1)
		return;
	while (*s != '\0') {
		const char *end = s[0] == '$' && s[1] == '<' ? strchr(s, '>') : NULL;
		if (saved.n == sizeof(saved.bytes)) {
			saved.n = before;
			return;
		}
		if (end == NULL)
			saved.bytes[saved.n++] = *s;
		s = (end == NULL ? s : end) + 1;
	}
}

static void arm(int fd, const struct termios *before)
{
	saved.armed = 0;
	saved.fd = fd;
	saved.before = *before;
	saved.n = 0;
	save_string("sgr0");
	save_string("op");
	save_string("rmkx");
	save_string("cnorm");
	save_string("rmcup");
	if (saved.n < sizeof(saved.bytes))
		saved.bytes[saved.n++] = '\r';
	die_at_exit(give_back);
	saved.armed = 1;
}

/* ---- the terminal ---- */

struct term_curses {
	struct term t;                /* first */
	FILE *file;                   /* a duplicate of t.fd, which stays the caller's */
	SCREEN *screen;
	WINDOW *input;                /* keys are read through a pad: reading never draws */
	struct termios before;
	struct sigaction old[N_CAUGHT];
	const struct look *looks;
	bool coloured;
	struct grid shown;            /* the last frame */
	bool all;                     /* …of which nothing is left on the screen */
	bool away;                    /* suspended */
	uint8_t bytes[4];             /* a character of which not all bytes have come */
	size_t n;
};

static struct term_curses *curses_of(struct term *t)
{
	return (struct term_curses *)t;
}

/* A column too few or too many would shift a whole row: a character that this C library thinks to be of another width
 * than the grid does is shown as the mark for what cannot be shown. */
static wchar_t showable(const struct cell *c, int width)
{
	const wchar_t mark = MB_CUR_MAX > 1 ? L'\ufffd' : L'?';
	if (c->c < 0x7f && c->c >= ' ')
		return (wchar_t)c->c;
	return wcwidth((wchar_t)c->c) == width ? (wchar_t)c->c : mark;
}

static void show_cell(const struct term_curses *s, const struct grid *g, size_t row, size_t col)
{
	const struct cell *c = grid_cell(g, row, col);
	const struct look *look = &s->looks[c->style < N_STYLES ? c->style : STYLE_TEXT];
	const int width = col + 1 < g->cols && c[1].c == 0 ? 2 : 1;
	const wchar_t text[] = { showable(c, width), wcwidth((wchar_t)c->mark) == 0 ? (wchar_t)c->mark : 0, 0 };
	/* What has the focus is reversed as a whole: colours, turned into backgrounds, would make patches of it. */
	const short pair = s->coloured && !c->focus ? (short)(c->style + 1) : 0;
	cchar_t out;
	if (c->c == 0)
		return;
	setcchar(&out, text, c->focus ? (look->attr & ~(attr_t)A_DIM) ^ A_REVERSE : look->attr, pair, NULL);
	mvadd_wch((int)row, (int)col, &out);
	if (width == 2 && wcwidth(text[0]) == 1)
		mvaddch((int)row, (int)col + 1, ' ');
}

static bool cell_same(const struct cell *a, const struct cell *b)
{
	return a->c == b->c && a->mark == b->mark && a->style == b->style && a->focus == b->focus;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void term_curses_draw(struct term *t, const struct grid *g)
{
	struct term_curses *s = curses_of(t);
	const size_t rows = smaller(g->rows, (size_t)LINES), cols = smaller(g->cols, (size_t)COLS);
	if (s->shown.rows != g->rows || s->shown.cols != g->cols) {
		grid_resize(&s->shown, g->rows, g->cols);
		s->all = true;
	}
	if (s->all)
		werase(stdscr);
	for (size_t row = 0; row < rows; row++)
		for (size_t col = 0; col < cols; col++)
			if (s->all || !cell_same(grid_cell(g, row, col), grid_cell(&s->shown, row, col)))
				show_cell(s, g, row, col);
	if (g->rows != 0 && g->cols != 0)
		memcpy(s->shown.cells, g->cells, g->rows * g->cols * sizeof(*g->cells));
	s->all = false;
	if (rows != 0 && cols != 0)
		move((int)smaller(g->cursor_row, rows - 1), (int)smaller(g->cursor_col, cols - 1));
	wnoutrefresh(stdscr);
	doupdate();
}

/* ---- keys ---- */

static uint32_t key_of_curses(int c)
{
	switch (c) {
	case KEY_ENTER:
		return K_ENTER;
	case KEY_BTAB:
		return K_BACKTAB;
	case KEY_BACKSPACE:
		return K_BACKSPACE;
	case KEY_DC:
		return K_DELETE;
	case KEY_UP:
		return K_UP;
	case KEY_DOWN:
		return K_DOWN;
	case KEY_LEFT:
		return K_LEFT;
	case KEY_RIGHT:
		return K_RIGHT;
	case KEY_HOME:
	case KEY_FIND:
		return K_HOME;
	case KEY_END:
	case KEY_SELECT:
		return K_END;
	case KEY_PPAGE:
		return K_PAGE_UP;
	case KEY_NPAGE:
		return K_PAGE_DOWN;
	case KEY_F(1):
		return K_F1;
	default:
		return K_NONE;
	}
}

/* A key that nobody named begins with Esc and "[" or "O"; what follows it at once belongs to it. Typed as it comes it
 * would go back (Esc) and then press letters. One without an end takes no more than ESCAPE_MAX bytes with it, and
 * Ctrl-C is none of them. */
static uint32_t after_escape(struct term_curses *s)
{
	int c = wgetch(s->input);
	if (c == '[') {
		for (unsigned i = 0; i < ESCAPE_MAX && (c = wgetch(s->input)) >= 0x20 && c < 0x40; i++)
			;
	} else if (c == 'O') {
		c = wgetch(s->input);
	} else {
		if (c != ERR)
			ungetch(c);
		return K_ESC;
	}
	return c == K_CTRL('c') ? K_CTRL('c') : K_NONE;
}

static uint32_t key_of_control(struct term_curses *s, int c)
{
	switch (c) {
	case 27:
		return after_escape(s);
	case '\r':
	case '\n':
		return K_ENTER;
	case '\t':
		return K_TAB;
	case 8:
	case 127:
		return K_BACKSPACE;
	default:
		return (uint32_t)c;           /* Ctrl-A …; 0 is no key */
	}
}

static size_t utf8_length(uint8_t lead)
{
	return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
}

/* Bytes above 127, one at a time. What is not UTF-8 is no key. */
static uint32_t key_of_byte(struct term_curses *s, uint8_t c)
{
	uint32_t key = K_NONE;
	if ((c & 0xc0) != 0x80)
		s->n = 0;
	else if (s->n == 0)
		return K_NONE;
	s->bytes[s->n++] = c;
	const size_t whole = utf8_length(s->bytes[0]);
	if (s->n < whole)
		return K_NONE;
	if (whole == 0 || text_decode(span_of(s->bytes, s->n), &key) != s->n)
		key = K_NONE;
	s->n = 0;
	return key;
}

/* Nothing could be read: because nothing came, or because nobody is there any more? */
static bool is_gone(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };
	int waiting = 0;
	if (poll(&p, 1, 0) <= 0)
		return false;
	if ((p.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
		return true;
	return ioctl(fd, FIONREAD, &waiting) != 0 || waiting == 0;
}

static bool term_curses_key(struct term *t, uint32_t *key)
{
	struct term_curses *s = curses_of(t);
	int c;
	while ((c = wgetch(s->input)) != ERR) {
		if (c >= KEY_MIN)
			*key = key_of_curses(c);
		else if (c >= 0x80)
			*key = key_of_byte(s, (uint8_t)c);
		else if (c < ' ' || c == 127)
			*key = key_of_control(s, c);
		else
			*key = (uint32_t)c;
		if (c < 0x80 || c >= KEY_MIN)
			s->n = 0;
		if (*key != K_NONE)
			return true;
	}
	*key = K_HANGUP;
	return is_gone(t->fd);
}

/* ---- size, away and back ---- */

static void term_curses_size(struct term *t, size_t *rows, size_t *cols)
{
	struct term_curses *s = curses_of(t);
	struct winsize w;
	*rows = (size_t)LINES;
	*cols = (size_t)COLS;
	if (ioctl(t->fd, TIOCGWINSZ, &w) != 0 || w.ws_row == 0 || w.ws_col == 0)
		return;
	*rows = smaller(w.ws_row, MAX_ROWS);
	*cols = smaller(w.ws_col, MAX_COLS);
	if (*rows == (size_t)LINES && *cols == (size_t)COLS)
		return;
	resize_term((int)*rows, (int)*cols);
	clearok(curscr, TRUE);                /* the terminal has moved what was on it */
	s->all = true;
}

static void term_curses_suspend(struct term *t)
{
	struct term_curses *s = curses_of(t);
	if (s->away)
		return;
	s->away = true;
	endwin();
	tcsetattr(t->fd, TCSADRAIN, &s->before);
	saved.armed = 0;
}

static void term_curses_resume(struct term *t)
{
	struct term_curses *s = curses_of(t);
	saved.armed = 1;
	s->away = false;
	s->all = true;
	reset_prog_mode();
	clearok(curscr, TRUE);
}

static void put_handlers(struct term_curses *s)
{
	const stack_t stack = { .ss_sp = saved.stack, .ss_size = sizeof(saved.stack) };
	struct sigaction now = { .sa_sigaction = on_fatal,
				 .sa_flags = SA_SIGINFO | SA_ONSTACK | (int)SA_RESETHAND };
	sigemptyset(&now.sa_mask);
	sigaltstack(&stack, NULL);
	for (size_t i = 0; i < N_CAUGHT; i++)
		if (s->old[i].sa_handler != SIG_IGN)
			sigaction(caught[i], &now, NULL);
}

static void restore_handlers(const struct term_curses *s)
{
	const stack_t none = { .ss_flags = SS_DISABLE };
	for (size_t i = 0; i < N_CAUGHT; i++)
		sigaction(caught[i], &s->old[i], NULL);
	sigaltstack(&none, NULL);
}

static void term_curses_close(struct term *t)
{
	struct term_curses *s = curses_of(t);
	if (s->screen != NULL) {
		term_curses_suspend(t);
		delwin(s->input);
		delscreen(s->screen);
		restore_handlers(s);
	}
	if (s->file != NULL)
		fclose(s->file);
	grid_release(&s->shown);
	free(s);
}

/* ---- opening ---- */

static void choose_colours(struct term_curses *s)
{
	const char *no = getenv("NO_COLOR");
	s->looks = looks_mono;
	if ((no != NULL && *no != '\0') || !has_colors() || start_color() != OK || COLORS < 8 ||
	    COLOR_PAIRS <= N_STYLES)
		return;
	const bool own = use_default_colors() == OK;
	s->looks = COLORS >= 256 ? looks_256 : COLORS >= 16 ? looks_16 : looks_8;
	s->coloured = true;
	for (short i = 0; i < N_STYLES; i++) {
		const struct look *look = &s->looks[i];
		init_pair((short)(i + 1), look->fg < 0 && !own ? COLOR_WHITE : look->fg,
			  look->bg < 0 && !own ? COLOR_BLACK : look->bg);
	}
}

static bool can_move_cursor(int fd, struct err *e)
{
	const char *name = getenv("TERM"), *how = NULL;
	int found = 0;
	if (name == NULL || *name == '\0')
		return err_set(e, ERR_MISSING, ERR_NO_OFFSET,
			       "TERM is not set, so nobody knows this terminal: --plain works line by line");
	if (setupterm(NULL, fd, &found) == OK) {
		how = tigetstr("cup");
		del_curterm(cur_term);
	}
	if (how != NULL && how != (const char *)-1)
		return true;
	return err_set(e, ERR_MISSING, ERR_NO_OFFSET,
		       "a terminal of the kind \"%s\" cannot move its cursor (or is not known here): --plain works "
		       "line by line", name);
}

static void take_over(struct term_curses *s)
{
	raw();
	noecho();
	nonl();
	set_escdelay(ESC_DELAY_MS);
	typeahead(-1);
	s->input = newpad(1, 1);
	if (s->input == NULL)
		die("out of memory");
	keypad(s->input, TRUE);
	nodelay(s->input, TRUE);
	choose_colours(s);
	s->all = true;
}

/* Signals are the loop's, and stopping, too: what curses has put there for them is taken away. */
static bool new_screen(struct term_curses *s)
{
	static const int curses_own[] = { SIGTSTP, SIGWINCH };
	struct sigaction own[ARRAY_LEN(curses_own)];
	for (size_t i = 0; i < N_CAUGHT; i++)
		sigaction(caught[i], NULL, &s->old[i]);
	for (size_t i = 0; i < ARRAY_LEN(curses_own); i++)
		sigaction(curses_own[i], NULL, &own[i]);
	/* Curses would make its screens as large as LINES and COLUMNS, or else the terminal, say before anybody could
	 * bound it: it begins small, and term_curses_size() has the size, bounded. */
	setenv("LINES", "24", 1);
	setenv("COLUMNS", "80", 1);
	s->screen = newterm(NULL, s->file, s->file);
	unsetenv("LINES");
	unsetenv("COLUMNS");
	for (size_t i = 0; i < ARRAY_LEN(curses_own); i++)
		sigaction(curses_own[i], &own[i], NULL);
	if (s->screen == NULL)
		return false;
	arm(s->t.fd, &s->before);
	put_handlers(s);
	take_over(s);
	return true;
}

static bool open_screen(struct term_curses *s, struct err *e)
{
	const int copy = fcntl(s->t.fd, F_DUPFD_CLOEXEC, 3);
	s->file = copy < 0 ? NULL : fdopen(copy, "r+");
	if (s->file == NULL && copy >= 0)
		close(copy);
	if (s->file == NULL || tcgetattr(s->t.fd, &s->before) != 0)
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "no terminal: %s", strerror(errno));
	if (!can_move_cursor(s->t.fd, e))
		return false;
	s->t.ascii = !charset_is_utf8();
	if (!new_screen(s))
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "this terminal could not be set up for a full screen");
	return true;
}

struct term *term_curses_open(int fd, struct err *e)
{
	static const struct term_ops ops = { term_curses_draw,    term_curses_key,    term_curses_size,
					     term_curses_suspend, term_curses_resume, term_curses_close };
	struct term_curses *s = calloc(1, sizeof(*s));
	size_t rows, cols;
	if (s == NULL)
		die("out of memory");
	s->t = (struct term){ &ops, fd, true };
	if (!open_screen(s, e)) {
		term_curses_close(&s->t);
		return NULL;
	}
	grid_init(&s->shown, 0, 0, s->t.ascii);
	term_curses_size(&s->t, &rows, &cols);
	return &s->t;
}
