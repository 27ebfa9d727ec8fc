#include "tui/kit/term.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "src/base/err.h"
#include "src/base/text.h"
#include "tui/kit/charset.h"

#define PAGE_ROWS 2000u               /* a page is printed whole: nothing scrolls here */
#define MARGIN 2u                     /* "> " before the focused row */
#define LINE_CAP 65536u

struct term_plain {
	struct term t;                /* first; t.fd is where lines come from */
	int out;
	size_t cols;                  /* 0: the terminal's own */
	struct buf shown;             /* the last frame, as it was printed */
	struct buf line;              /* what was typed of the next one */
	bool long_line;
	bool asked;                   /* a prompt stands there */
	bool answered;                /* a line's keys were given; the next line is for the next frame */
	bool field;                   /* the cursor is where something can be typed */
	uint32_t *keys;               /* of the last line, from `next` on */
	size_t next, n, cap;
};

static struct term_plain *plain_of(struct term *t)
{
	return (struct term_plain *)t;
}

static void say(const struct term_plain *s, struct span text)
{
	while (text.n > 0) {
		const ssize_t n = write(s->out, text.p, text.n);
		struct pollfd full = { s->out, POLLOUT, 0 };
		if (n < 0 && errno == EAGAIN)
			poll(&full, 1, -1);
		else if (n < 0 && errno != EINTR)
			return;                                /* nobody reads: reading will say so, too */
		else if (n > 0)
			text = span_of(text.p + n, text.n - (size_t)n);
	}
}

/* ---- frames ---- */

/* False for a blank row. */
static bool row_text(const struct grid *g, size_t row, struct buf *out)
{
	size_t end = g->cols;
	while (end > 0 && (grid_cell(g, row, end - 1)->c == ' ' || grid_cell(g, row, end - 1)->c == 0))
		end--;
	if (end == 0)
		return false;
	buf_str(out, grid_cell(g, row, 0)->focus ? "> " : "  ");
	for (size_t col = 0; col < end; col++) {
		const struct cell *c = grid_cell(g, row, col);
		if (c->c != 0)
			text_encode(out, c->c);
		if (c->mark != 0)
			text_encode(out, c->mark);
	}
	buf_byte(out, '\n');
	return true;
}

/* One blank line stands for any number of blank rows, none at the ends. */
static void frame_text(const struct grid *g, struct buf *out)
{
	bool blank = false;
	for (size_t row = 0; row < g->rows; row++) {
		const size_t before = out->n;
		struct buf line = {0};
		if (!row_text(g, row, &line)) {
			blank = true;
			continue;
		}
		if (blank && before != 0)
			buf_byte(out, '\n');
		blank = false;
		buf_span(out, buf_view(&line));
		buf_release(&line);
	}
}

static bool cursor_in_field(const struct grid *g)
{
	return g->cursor_row < g->rows && g->cursor_col < g->cols &&
	       grid_cell(g, g->cursor_row, g->cursor_col)->style == STYLE_FIELD;
}

static void ask(struct term_plain *s)
{
	if (!s->asked)
		say(s, span_str(s->field ? "text> " : "> "));
	s->asked = true;
}

static void term_plain_draw(struct term *t, const struct grid *g)
{
	struct term_plain *s = plain_of(t);
	struct buf frame = {0};
	s->answered = false;
	s->field = cursor_in_field(g);
	frame_text(g, &frame);
	if (!span_eq(buf_view(&frame), buf_view(&s->shown))) {
		say(s, span_str(s->asked ? "\n--------\n" : "--------\n"));
		say(s, buf_view(&frame));
		s->asked = false;
	}
	ask(s);
	buf_release(&s->shown);
	s->shown = frame;
}

/* ---- lines ---- */

static void push(struct term_plain *s, uint32_t key)
{
	if (s->n == s->cap) {
		s->cap = 2 * s->cap + 64;
		s->keys = reallocarray(s->keys, s->cap, sizeof(*s->keys));
		if (s->keys == NULL)
			die("out of memory");
	}
	s->keys[s->n++] = key;
}

/* Its characters, then Enter. */
static void push_text(struct term_plain *s, struct span text)
{
	uint32_t c;
	for (size_t n; text.n > 0; text = span_of(text.p + n, text.n - n)) {
		n = text_decode(text, &c);
		if (n == 0)
			n = 1;
		else if (key_is_text(c))
			push(s, c);
	}
	push(s, K_ENTER);
}

/* Every word between blanks is the name of a key, or nothing is pressed. */
static bool push_keys(struct term_plain *s, struct span line)
{
	const size_t before = s->n;
	for (size_t at = 0; at < line.n;) {
		size_t end = at;
		uint32_t key;
		while (end < line.n && line.p[end] != ' ')
			end++;
		if (end > at && !key_parse(&key, span_of(line.p + at, end - at))) {
			s->n = before;
			return false;
		}
		if (end > at)
			push(s, key);
		at = end + 1;
	}
	return s->n > before;
}

static struct span trimmed(struct span line)
{
	while (line.n > 0 && (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\r' || line.p[line.n - 1] == '\t'))
		line.n--;
	while (line.n > 0 && line.p[0] == ' ')
		line = span_of(line.p + 1, line.n - 1);
	return line;
}

/* In a field: the name of a key that has more than one letter presses it; "." is Enter; all else is the field's new
 * text. 'text with a quote before it is text, whatever it names. */
static void press_in_field(struct term_plain *s, struct span line)
{
	uint32_t key;
	if (line.n == 0 || span_is(line, ".")) {
		push(s, K_ENTER);
		return;
	}
	if (line.n > 1 && line.p[0] != '\'' && key_parse(&key, line) && !key_is_text(key)) {
		push(s, key);
		return;
	}
	if (line.p[0] == '\'')
		line = span_of(line.p + 1, line.n - 1);
	push(s, K_CTRL('e'));
	push(s, K_CTRL('u'));                                  /* instead of what is there */
	push_text(s, line);
}

static void press(struct term_plain *s, struct span line)
{
	struct buf shown = {0};
	if (s->field) {
		press_in_field(s, line);
	} else if (line.n == 0) {
		push(s, K_ENTER);
	} else if (line.n > 1 && (line.p[0] == ':' || line.p[0] == '/')) {
		push_text(s, line);
	} else if (!push_keys(s, line)) {
		text_safe(&shown, line, false);
		buf_str(&shown, " names no key. Enter, Esc, Up, Down, PgDn, a letter, or : and a command do; "
			"? helps.\n");
		say(s, buf_view(&shown));
	}
	buf_release(&shown);
}

static void take_line(struct term_plain *s)
{
	s->next = s->n = 0;
	s->asked = false;
	if (s->long_line)
		say(s, span_str("That line is too long; nothing of it was taken.\n"));
	else
		press(s, trimmed(buf_view(&s->line)));
	buf_clear(&s->line);
	s->long_line = false;
	s->answered = s->n > 0;
	if (!s->answered)
		ask(s);
}

static bool can_read(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };
	return poll(&p, 1, 0) > 0;
}

/* Byte by byte: what lies behind the line stays where poll() sees it. True when nothing will come any more. */
static bool read_line(struct term_plain *s)
{
	uint8_t c;
	while (s->next == s->n && can_read(s->t.fd)) {
		const ssize_t n = read(s->t.fd, &c, 1);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0 && s->line.n == 0)
			return true;
		if (n <= 0 || c == '\n')
			take_line(s);
		else if (s->line.n == LINE_CAP)
			s->long_line = true;
		else
			buf_byte(&s->line, c);
	}
	return false;
}

static bool term_plain_key(struct term *t, uint32_t *key)
{
	struct term_plain *s = plain_of(t);
	if (s->next == s->n && !s->answered && read_line(s)) {
		*key = K_HANGUP;
		return true;
	}
	if (s->next == s->n)
		return false;
	*key = s->keys[s->next++];
	return true;
}

/* ---- the rest ---- */

static void term_plain_size(struct term *t, size_t *rows, size_t *cols)
{
	const struct term_plain *s = plain_of(t);
	struct winsize w = {0};
	*rows = PAGE_ROWS;
	*cols = s->cols;
	if (*cols == 0 && ioctl(s->out, TIOCGWINSZ, &w) == 0 && w.ws_col > MARGIN)
		*cols = w.ws_col - MARGIN;
	if (*cols < TERM_MIN_COLS)
		*cols = TERM_MIN_COLS;                         /* a narrower one wraps */
}

static void term_plain_suspend(struct term *t)
{
	(void)t;                                               /* nothing was taken */
}

static void term_plain_resume(struct term *t)
{
	struct term_plain *s = plain_of(t);
	buf_clear(&s->shown);
	s->asked = false;
}

static void term_plain_close(struct term *t)
{
	struct term_plain *s = plain_of(t);
	if (s->asked)
		say(s, span_str("\n"));
	buf_release(&s->shown);
	buf_release(&s->line);
	free(s->keys);
	free(s);
}

struct term *term_plain_open(int in, int out, size_t cols, struct err *e)
{
	static const struct term_ops ops = { term_plain_draw,    term_plain_key,    term_plain_size,
					     term_plain_suspend, term_plain_resume, term_plain_close };
	struct term_plain *s = calloc(1, sizeof(*s));
	struct pollfd p = { in, POLLIN, 0 };
	if (s == NULL)
		die("out of memory");
	s->t = (struct term){ &ops, in, !charset_is_utf8() };
	s->out = out;
	s->cols = cols;
	s->answered = true;                                    /* no line before the first frame */
	if (poll(&p, 1, 0) < 0 || (p.revents & POLLNVAL) != 0) {
		free(s);
		err_set(e, ERR_IO, ERR_NO_OFFSET, "nobody can type here: standard input is closed");
		return NULL;
	}
	return &s->t;
}
