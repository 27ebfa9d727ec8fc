/* kit_demo [--plain]: a program of the kit's own, for tests/e2e/kit_term.sh. Shows every style, what was typed, and a
 * counter; F runs a program in front of the screen, D dies, Q and Ctrl-C leave. */
#include <string.h>
#include <unistd.h>

#include "src/base/err.h"
#include "src/base/text.h"
#include "tui/kit/job.h"

struct demo {
	struct loop *loop;
	struct buf typed;
	unsigned frames, row;
	uint32_t last;
	struct err trouble;
};

static void draw(void *ctx, struct grid *g)
{
	static const char *const names[] = {
#define S(name, letter, what) #name,
		STYLES(S)
#undef S
	};
	struct demo *d = ctx;
	struct buf key = {0};
	struct pen p = grid_pen(g, 0, STYLE_BAR);
	d->frames++;
	if (d->last != K_NONE)
		key_name(&key, d->last);
	pen_fmt(&p, "kit demo %zux%zu \xc2\xb7 last key %s", g->cols, g->rows, buf_cstr(&key));
	pen_fill(&p);
	for (size_t i = 0; i < N_STYLES; i++) {
		p = grid_pen(g, 2 + i, (enum style)i);
		p.focus = i == d->row;
		pen_str(&p, names[i]);
	}
	p = grid_pen(g, 18, STYLE_FOREIGN);
	pen_foreign(&p, buf_view(&d->typed));
	p = grid_pen(g, 19, STYLE_TEXT);
	pen_fmt(&p, "bytes typed: %zu", d->typed.n);
	p = grid_pen(g, g->rows - 1, STYLE_BAR);
	pen_str(&p, "the last row");
	pen_fill(&p);
	g->cursor_row = 2 + d->row;
	g->cursor_col = 0;
	buf_release(&key);
}

static void in_front(struct demo *d)
{
	static const char *const argv[] = { "/bin/sh", "-c",
					    "printf 'in front: '; read line; printf 'got %s\\n' \"$line\"; sleep 1",
					    NULL };
	int status;
	if (!job_foreground(d->loop, argv, NULL, &status, &d->trouble))
		loop_stop(d->loop);
}

static void key(void *ctx, uint32_t k)
{
	struct demo *d = ctx;
	d->last = k == K_RESIZE ? d->last : k;
	if (k == K_DOWN)
		d->row = (d->row + 1) % N_STYLES;
	else if (k == 'Q' || k == K_CTRL('c') || k == K_HANGUP)
		loop_stop(d->loop);
	else if (k == 'D')
		die("asked to");
	else if (k == 'F')
		in_front(d);
	else if (key_is_text(k))
		text_encode(&d->typed, k);
}

int main(int argc, char **argv)
{
	static const struct loop_ops ops = { .draw = draw, .key = key };
	struct demo d = {0};
	struct buf text = {0};
	struct term *t = argc > 1 && strcmp(argv[1], "--plain") == 0
				 ? term_plain_open(STDIN_FILENO, STDOUT_FILENO, 0, &d.trouble)
				 : term_curses_open(STDIN_FILENO, &d.trouble);
	bool ok = t != NULL;
	if (ok) {
		d.loop = loop_new(t, &ops, &d);
		ok = loop_run(d.loop, &d.trouble);
		loop_free(d.loop);
		term_close(t);
	}
	if (!ok)
		err_format(&d.trouble, &text);
	fprintf(stderr, "kit_demo: %s after %u frames\n", ok ? "done" : buf_cstr(&text), d.frames);
	buf_release(&text);
	buf_release(&d.typed);
	err_clear(&d.trouble);
	return ok ? 0 : 4;
}
