#include "tui/console/frame.h"

#include <string.h>

#include "src/base/text.h"
#include "src/gov/units.h"
#include "tui/console/keys.h"
#include "src/base/when.h"

#define HEAD_ROWS 4
#define FOOT_ROWS 1
#define HELP_COLS 18             /* "? help  Q quit  " */

/* ---- the top: class and deployment, the chain, the log, who else is here ---- */

static enum style class_style(enum deployment_class c)
{
	switch (c) {
	case CLASS_PRODUCTION: return STYLE_PRODUCTION;
	case CLASS_TEST: return STYLE_TEST;
	case CLASS_REHEARSAL: return STYLE_REHEARSAL;
	}
	BUG("no such class");
}

static void banner(const struct model *m, struct grid *g)
{
	struct buf b = {0};
	struct pen p = grid_pen(g, 0, m->ws != NULL ? class_style(m->ws->deployment.class) : STYLE_BAR);
	if (m->ws != NULL)
		deployment_banner(&b, &m->ws->deployment);
	else
		buf_str(&b, "setgov · no workspace is open");
	pen_str(&p, " ");
	pen_span(&p, buf_view(&b));                      /* the profile's name in it is made safe */
	pen_fill(&p);
	buf_release(&b);
}

/* "9.997123 ether" -> "9.997 ether": rounded down, for a glance; whole in the deployment view. */
static void without_small_change(struct buf *b)
{
	const char *text = buf_cstr(b), *dot = strchr(text, '.'), *unit = strchr(text, ' ');
	if (dot == NULL || unit == NULL || unit - dot <= 4)
		return;
	const size_t keep = (size_t)(dot - text) + 4, from = (size_t)(unit - text);
	memmove(b->p + keep, b->p + from, b->n - from + 1);
	b->n -= from - keep;
}

static void payer(struct pen *p, const struct snapshot *s)
{
	struct buf b = {0};
	if (s->n_balances == 0)
		return;
	wei_format(&b, &s->balances[0].wei);
	without_small_change(&b);
	pen_str(p, " · ");
	p->style = u256_is_zero(&s->balances[0].wei) ? STYLE_BAD : STYLE_BAR;
	pen_foreign(p, s->balances[0].person);
	pen_fmt(p, " has %s", buf_cstr(&b));
	p->style = STYLE_BAR;
	buf_release(&b);
}

static void endpoints(struct pen *p, const struct snapshot *s)
{
	size_t bad = 0;
	for (size_t i = 0; i < s->n_endpoints; i++)
		bad += !s->endpoints[i].ok;
	if (s->n_endpoints == 0)
		return;
	pen_str(p, " · ");
	if (bad == 0) {
		pen_fmt(p, "%zu node%s", s->n_endpoints, s->n_endpoints == 1 ? " answers" : "s agree");
		return;
	}
	p->style = STYLE_WARN;
	pen_fmt(p, "! %zu of %zu nodes in trouble", bad, s->n_endpoints);
	p->style = STYLE_BAR;
}

/* In whole minutes: a header that counts seconds is read aloud again and again to whoever does not see it. */
static void age(struct pen *p, const struct model *m)
{
	struct buf b = {0};
	const int64_t now = m->now.ms / 1000, then = (int64_t)m->snapshot.block_time;
	const uint64_t apart = (uint64_t)(now > then ? now - then : then - now);
	/* The chain's clock can be ahead of ours: on a devnet it is moved by hand. */
	when_span(&b, apart - apart % 60);
	pen_fmt(p, "block %llu", (unsigned long long)m->snapshot.block);
	if (apart >= 60)
		pen_fmt(p, ", %s %s", buf_cstr(&b), now >= then ? "old" : "ahead");
	else
		pen_str(p, ", just made");
	buf_release(&b);
}

/* Why what is shown of the chain may be old, or is not there at all. */
static bool chain_trouble(struct pen *p, const struct model *m)
{
	struct buf b = {0};
	const char *why = m->ask_trouble != NULL ? m->ask_trouble : NULL;
	if (why == NULL && m->asking != ASK_NEVER && !m->snapshot.online && m->snapshot.taken.ms > 0)
		text_safe(&b, m->snapshot.trouble, false);
	if (b.n > 0)
		why = buf_cstr(&b);
	if (m->offline)
		why = "the chain is not asked; o begins again";
	else if (why == NULL && model_chain_is_slow(m))
		why = "no answer yet";
	if (why != NULL) {
		p->style = m->offline ? STYLE_WARN : STYLE_BAD;
		pen_fmt(p, "%s: %s", m->offline ? "OFFLINE" : "! CHAIN", why);
		p->style = STYLE_BAR;
	}
	buf_release(&b);
	return why != NULL;
}

static void chain_line(const struct model *m, struct grid *g)
{
	struct pen p = grid_pen(g, 1, STYLE_BAR);
	pen_str(&p, " ");
	const bool trouble = m->ws != NULL && chain_trouble(&p, m);
	if (m->ws != NULL && m->snapshot.online) {
		if (trouble)
			pen_str(&p, " · last seen ");
		age(&p, m);
		if (!trouble) {
			endpoints(&p, &m->snapshot);
			payer(&p, &m->snapshot);
			if (m->snapshot.has_finalized)
				pen_fmt(&p, " · final %llu", (unsigned long long)m->snapshot.finalized);
		}
	} else if (m->ws != NULL && !trouble) {
		pen_str(&p, "asking the chain …");
	}
	pen_fill(&p);
}

/* Size and root, whole: so that they can be written down elsewhere. */
static void log_line_row(const struct model *m, struct grid *g)
{
	struct pen p = grid_pen(g, 2, STYLE_BAR);
	struct buf b = {0};
	if (m->ws != NULL) {
		pen_fmt(&p, " log %llu ", (unsigned long long)m->head.size);
		buf_hex(&b, SPAN_HASH(&m->head.root));
		pen_str(&p, buf_cstr(&b));
	}
	pen_fill(&p);
	buf_release(&b);
}

static void title_row(const struct state *s, const struct model *m, struct grid *g)
{
	const struct place *place = state_place(s);
	struct pen p = grid_pen(g, 3, STYLE_TITLE);
	pen_str(&p, keys_title(keys_place(s)));
	if (place->change[0] != '\0')
		pen_fmt(&p, " · %s", place->change);
	if (place->view == VIEW_LOG && s->filter.n > 0)
		pen_fmt(&p, " · only %s", buf_cstr(&s->filter));
	p.style = STYLE_DIM;
	if (place->view == VIEW_QUEUE && m->ws != NULL)
		pen_str(&p, m->has_policy ? " · the policy's verdict: Enter" : " · no policy judges it");
	p.style = STYLE_WARN;
	if (m->ws != NULL && m->ws->warning != NULL)
		pen_str(&p, "  ! NOT THE LOG THIS MACHINE REMEMBERS: a");
	else if (m->n_unread > 0)
		pen_fmt(&p, "  ! %zu alert%s: a", m->n_unread, m->n_unread == 1 ? "" : "s");
	if (m->logged.n_unacknowledged > 0)
		pen_fmt(&p, "%s%zu not acknowledged%s", m->n_unread > 0 ? ", " : "  ! ", m->logged.n_unacknowledged,
			m->n_unread > 0 ? "" : ": a");
	p.style = STYLE_DIM;
	for (size_t i = 0; i < m->n_present; i++)
		pen_fmt(&p, "  %s %s", m->present[i].who, m->present[i].doing);
	pen_fill(&p);
}

/* ---- the bottom: a question, what runs, a message, what is typed, the keys ---- */

static void write_ask(const struct state *s, struct paper *p)
{
	paper_line(p, STYLE_TITLE, 0, "%s", s->ask.title);
	if (s->ask.text.n > 0)
		paper_span(p, s->ask.style, 2, buf_view(&s->ask.text));
	form_draw(p, &s->ask.form, 0);
	if (s->ask.form.n == 0) {
		paper_begin(p, 2, 2);
		paper_add(p, STYLE_KEY, "Enter");
		paper_add(p, STYLE_TEXT, " or ");
		paper_add(p, STYLE_KEY, "y");
		paper_add(p, STYLE_TEXT, ": yes   ");
		paper_add(p, STYLE_KEY, "Esc");
		paper_add(p, STYLE_TEXT, " or ");
		paper_add(p, STYLE_KEY, "n");
		paper_add(p, STYLE_TEXT, ": no");
		paper_end(p);
	}
}

static void write_running(const struct state *s, const struct model *m, struct paper *p)
{
	struct buf b = {0};
	const int64_t since = m->now.ms - s->running.since.ms;
	when_span(&b, since > 0 ? (uint64_t)since / 1000 : 0);   /* less: the clock was set back */
	paper_begin(p, 0, 2);
	paper_add(p, STYLE_WARN, "%s%s", s->running.stopping ? "stopping: " : "… ", buf_cstr(&s->running.what));
	paper_add(p, STYLE_DIM, ", %s (Ctrl-C stops it)%s ", buf_cstr(&b), s->running.progress.n > 0 ? ":" : "");
	paper_add_foreign(p, buf_view(&s->running.progress));
	paper_end(p);
	buf_release(&b);
}

static void write_typed(const struct edit *d, const char *mark, struct paper *p)
{
	paper_begin(p, 0, 1);
	paper_add(p, STYLE_KEY, "%s", mark);
	edit_draw(p, d, true);
	paper_end(p);
}

static void write_panel(const struct state *s, const struct model *m, struct paper *p)
{
	if (s->mode == MODE_ASK)
		write_ask(s, p);
	if (s->running.on)
		write_running(s, m, p);
	if (s->said.n > 0)
		paper_span(p, s->said_style, 0, buf_view(&s->said));
	if (s->mode == MODE_SEARCH)
		write_typed(&s->search, "/", p);
	if (s->mode == MODE_COMMAND)
		write_typed(&s->command, ":", p);
}

static void foot_key(struct pen *p, const struct binding *b)
{
	struct buf name = {0};
	key_name(&name, b->key);
	/* Whole or not at all: a key without its word says nothing. */
	if (p->col + name.n + strlen(b->foot) + 1 <= p->right) {
		p->style = STYLE_BARKEY;
		pen_str(p, buf_cstr(&name));
		p->style = STYLE_BAR;
		pen_fmt(p, " %s", b->foot);
		pen_to(p, p->col + 2 < p->right ? p->col + 2 : p->right);
	}
	buf_release(&name);
}

/* The help and the way out always have their room. Where keys are typed as text, help is on F1. */
static bool has_its_room(const struct binding *b)
{
	return b->key == '?' || b->key == K_F1 || b->key == 'Q';
}

/* While something is asked or typed the view's keys are text: what is taken then is in step.c and act_command.c. */
static const struct mode_key {
	enum mode mode;
	struct binding key;           /* only its key and its word */
} mode_keys[] = {
	{ MODE_ASK,     { .key = K_ENTER, .foot = "goes on" } },
	{ MODE_ASK,     { .key = K_TAB,   .foot = "next field" } },
	{ MODE_ASK,     { .key = K_ESC,   .foot = "leaves it" } },
	{ MODE_SEARCH,  { .key = K_ENTER, .foot = "finds it" } },
	{ MODE_SEARCH,  { .key = K_ESC,   .foot = "leaves it" } },
	{ MODE_COMMAND, { .key = K_ENTER, .foot = "runs it" } },
	{ MODE_COMMAND, { .key = K_TAB,   .foot = "completes it" } },
	{ MODE_COMMAND, { .key = K_ESC,   .foot = "leaves it" } },
};

static void mode_footer(const struct state *s, struct grid *g)
{
	struct pen p = grid_pen(g, g->rows - 1, STYLE_BAR);
	pen_str(&p, " ");
	for (size_t i = 0; i < ARRAY_LEN(mode_keys); i++)
		if (mode_keys[i].mode == s->mode && (mode_keys[i].key.key != K_TAB || s->mode != MODE_ASK ||
						     s->ask.form.n > 1))
			foot_key(&p, &mode_keys[i].key);
	pen_fill(&p);
}

static void footer(struct state *s, const struct model *m, struct grid *g)
{
	const struct act x = { s, m, NULL };
	const enum view_id view = keys_place(s);
	const bool typed = keys_are_typed(view);
	struct pen p = pen_between(g, g->rows - 1, 0, g->cols - HELP_COLS - 1, STYLE_BAR);
	pen_str(&p, " ");
	for (size_t i = 0; i < n_bindings; i++)
		if (bindings[i].view == view && bindings[i].foot != NULL && binding_may(&x, &bindings[i]))
			foot_key(&p, &bindings[i]);
	for (size_t i = 0; i < n_bindings; i++) {
		const struct binding *b = &bindings[i];
		if (b->view == VIEW_ANY && b->foot != NULL && !has_its_room(b) && !(typed && key_is_text(b->key)) &&
		    view != VIEW_FIRST && binding_of(view, b->key) == b)    /* there, none of them does anything */
			foot_key(&p, b);
	}
	pen_fill(&p);
	p = pen_between(g, g->rows - 1, g->cols - HELP_COLS - 1, g->cols, STYLE_BAR);
	pen_str(&p, " ");
	foot_key(&p, binding_of(view, typed ? K_F1 : '?'));
	if (!typed)
		foot_key(&p, binding_of(view, 'Q'));
	pen_fill(&p);
}

/* ---- the middle ---- */

struct listing {
	const struct seen *x;
	const struct view *v;
};

static void draw_item(const void *ctx, size_t i, struct paper *p)
{
	const struct listing *l = ctx;
	l->v->item(l->x, i, p);
}

static void draw_list(struct state *s, const struct seen *x, const struct view *v, struct grid *g, size_t rows)
{
	const struct listing l = { x, v };
	if (v->count(x) == 0 && v->empty != NULL) {
		struct pen p = grid_pen(g, HEAD_ROWS + 1, STYLE_DIM);
		pen_fmt(&p, "  %s", v->empty);
		g->cursor_row = HEAD_ROWS + 1;
		g->cursor_col = 2;
		return;
	}
	list_draw(g, HEAD_ROWS, rows, &state_place(s)->at, v->count(x), draw_item, &l);
}

static void draw_page(struct state *s, const struct seen *x, const struct view *v, struct grid *g, size_t rows,
		      bool anew)
{
	struct place *p = state_place(s);
	size_t first, end;
	if (s->body.cols != g->cols || s->body.ascii != g->ascii) {
		paper_release(&s->body);
		paper_init(&s->body, g->cols, g->ascii);
	}
	paper_clear(&s->body);
	v->page(x, &s->body);
	if (p->item != PAPER_NO_ITEM && !paper_find(&s->body, p->item, &first, &end))
		p->item = PAPER_NO_ITEM;
	if (s->body.has_cursor && anew)                /* at other times whoever moves it has scrolled, or paged away */
		scroll_show(&p->at, s->body.cursor_row, s->body.cursor_row + 1, rows);
	if (p->at.top + rows > s->body.rows)
		p->at.top = s->body.rows > rows ? s->body.rows - rows : 0;
	g->cursor_row = HEAD_ROWS;                     /* unless the page has a focus */
	paper_draw(&s->body, g, HEAD_ROWS, rows, p->at.top, p->item);
}

/* There is more below, or above: said in the corner of the title, so that nobody takes a part for the whole. */
static void more(const struct state *s, const struct view *v, struct grid *g, size_t rows)
{
	const struct place *p = state_place(s);
	struct pen pen = pen_between(g, 3, g->cols - 24, g->cols, STYLE_DIM);
	if (v->page == NULL || s->body.rows <= rows)
		return;
	pen_fmt(&pen, " %s %zu-%zu of %zu",
		p->at.top + rows < s->body.rows ? "more ↓" : "the end", p->at.top + 1,
		p->at.top + rows < s->body.rows ? p->at.top + rows : s->body.rows, s->body.rows);
	pen_fill(&pen);
}

/* Where the cursor is: in the field, or on the question. */
static void draw_panel(const struct state *s, const struct paper *panel, struct grid *g, size_t rows)
{
	const size_t row0 = g->rows - FOOT_ROWS - rows;
	struct scroll at = {0};
	size_t first, end;
	if (s->mode == MODE_ASK && paper_find(panel, (uint32_t)s->ask.form.focus, &first, &end))
		scroll_show(&at, first, end, rows);
	else if (panel->rows > rows && s->mode != MODE_ASK)
		at.top = panel->rows - rows;
	if (s->mode == MODE_ASK) {
		g->cursor_row = row0;
		g->cursor_col = 0;
	}
	paper_draw(panel, g, row0, rows, at.top, PAPER_NO_ITEM);
}

void frame_draw(struct state *s, const struct model *m, struct grid *g)
{
	const struct seen x = { m, s };
	const struct view *v = view_of(state_place(s)->view);
	struct paper panel;
	paper_init(&panel, g->cols, g->ascii);
	s->ascii = g->ascii;
	write_panel(s, m, &panel);
	const size_t most = g->rows - HEAD_ROWS - FOOT_ROWS - 4;
	const size_t rows = panel.rows < most ? panel.rows : most;
	const bool anew = s->body_rows != g->rows - HEAD_ROWS - FOOT_ROWS - rows || s->body.cols != g->cols;
	s->body_rows = g->rows - HEAD_ROWS - FOOT_ROWS - rows;
	banner(m, g);
	chain_line(m, g);
	log_line_row(m, g);
	title_row(s, m, g);
	if (v->page != NULL)
		draw_page(s, &x, v, g, s->body_rows, anew);
	else
		draw_list(s, &x, v, g, s->body_rows);
	more(s, v, g, s->body_rows);
	if (rows > 0)
		draw_panel(s, &panel, g, rows);
	s->ask.shown = s->mode == MODE_ASK;
	if (s->mode == MODE_VIEW)
		footer(s, m, g);
	else
		mode_footer(s, g);
	paper_release(&panel);
}
