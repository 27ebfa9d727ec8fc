#include <inttypes.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/when.h"
#include "src/signer/screen.h"
#include "src/signer/session.h"

/* Rows that are not the page's: the banner and the title above it, the note and the keys below. */
enum { ROWS_ABOVE = 2, ROWS_BELOW = 2 };

static const char *title_of(const struct screen *c)
{
	switch (c->view) {
	case SCREEN_VIEW_LOAD:
		return "Which packets?";
	case SCREEN_VIEW_DECIDE:
		return c->reviewing ? "What this packet will do" : "Read this page. It decides.";
	case SCREEN_VIEW_BLOCK:
		return "The block's hash, from another source";
	case SCREEN_VIEW_DATE:
		return "What day is it?";
	case SCREEN_VIEW_COMPARE:
		return "Who else has this packet on a screen?";
	case SCREEN_VIEW_WORDS:
		return "The two hidden words";
	case SCREEN_VIEW_CHANGE:
		return "Nobody else looked at this packet";
	case SCREEN_VIEW_PASSPHRASE:
		return "The passphrase of your key";
	case SCREEN_VIEW_RESULT:
		return c->declined ? "You declined" : "Signed";
	case SCREEN_VIEW_REFUSAL:
		return "Refused: nothing was signed";
	case SCREEN_VIEW_DECLINE:
		return "Say no";
	case SCREEN_VIEW_HELP:
		return "Help";
	case N_SCREEN_VIEWS:
		break;
	}
	return "";
}

/* ---- load ---- */

static void age(struct buf *out, int64_t then)
{
	const int64_t now = time_now().ms / 1000;
	if (then > now)
		buf_str(out, "later than this clock");
	else
		when_relative(out, then, now);
}

static void write_file(const void *ctx, size_t i, struct paper *p)
{
	const struct screen *c = ctx;
	const struct found *f = &c->files[i];
	struct buf at = {0}, old = {0};
	time_format_minute(&at, f->time);
	age(&old, f->time);
	if (!f->packet && (i == 0 || c->files[i - 1].packet))
		paper_line(p, STYLE_TITLE, 0, BROWSE_OTHERS);
	paper_begin(p, 0, 4);
	paper_add(p, f->chosen ? STYLE_GOOD : f->packet ? STYLE_TEXT : STYLE_DIM, f->chosen ? "[x] " : "[ ] ");
	paper_add_foreign(p, span_str(f->path));
	paper_end(p);
	paper_line(p, STYLE_DIM, 4, "%" PRIu64 " bytes, %s, %s", f->size, buf_cstr(&at), buf_cstr(&old));
	buf_release(&at);
	buf_release(&old);
}

static void write_nothing_found(struct paper *p)
{
	paper_line(p, STYLE_TEXT, 0, "No packet was found in /media, /run/media, /mnt, or in this directory.");
	paper_blank(p);
	paper_line(p, STYLE_TEXT, 0,
		   "Put in the stick, mount it there, and press r. Another directory is named on the command "
		   "line: setgov-signer load DIRECTORY.");
}

static void draw_load(struct screen *c, struct grid *g)
{
	if (c->n_files > 0)
		list_draw(g, ROWS_ABOVE, c->window, &c->list, c->n_files, write_file, c);
	else
		paper_draw(&c->paper, g, ROWS_ABOVE, c->window, 0, PAPER_NO_ITEM);
}

/* ---- the questions ---- */

/* The packet's own hash is not here: nobody should copy it from one line to the next. */
static void write_block(struct screen *c, struct paper *p)
{
	const struct header *h = &c->r->proofs.proven.header;
	struct buf at = {0};
	time_format_minute(&at, (int64_t)h->time);
	paper_line(p, STYLE_TEXT, 0, "The state proofs of this packet are about block %" PRIu64 ", %s.", h->number,
		   buf_cstr(&at));
	paper_line(p, STYLE_TEXT, 0,
		   "Its hash has to come from somewhere else than the packet: your own node, an explorer on your "
		   "phone, another signer. Type it, or scan it.");
	paper_blank(p);
	paper_begin(p, 0, 2);
	paper_add(p, STYLE_TEXT, "Hash: ");
	edit_draw(p, &c->typed[0], true);
	paper_end(p);
	buf_release(&at);
}

static void write_date(struct screen *c, struct paper *p)
{
	struct buf ours = {0}, theirs = {0};
	time_format_minute(&ours, time_now().ms / 1000);
	time_format_minute(&theirs, review_made(c->r));
	paper_line(p, STYLE_TEXT, 0, "This machine's clock says %s; the packet speaks of %s, which is later.",
		   buf_cstr(&ours), buf_cstr(&theirs));
	paper_line(p, STYLE_TEXT, 0,
		   "So this machine cannot tell how old the packet is. Look at a calendar, or ask somebody.");
	paper_blank(p);
	paper_begin(p, 0, 2);
	paper_add(p, STYLE_TEXT, "Today's date, as 2026-11-18: ");
	edit_draw(p, &c->typed[0], true);
	paper_end(p);
	buf_release(&ours);
	buf_release(&theirs);
}

static void write_phrase(struct screen *c, struct paper *p)
{
	paper_title(p, "Phrase of this packet: words %u and %u are hidden from you", c->hidden.at[0] + 1,
		    c->hidden.at[1] + 1);
	review_phrase(p, c->r, hidden_mask(c->hidden));
}

static void write_compare(struct screen *c, struct paper *p)
{
	static const char *const rows[][2] = {
		{ "another signer's screen", "They read the two words to you, over the phone or across the table." },
		{ "my own second machine", "setgov-signer review on another laptop of yours shows all eight words." },
		{ "nobody's", "You sign on what this one machine says. It is written down; nobody is told off." },
		{ "a sheet, a message, a printout", "From the console that made the packet." },
	};
	paper_line(p, STYLE_TEXT, 0, "Whose screen are the hidden words read from?");
	paper_blank(p);
	for (uint32_t i = 0; i < ARRAY_LEN(rows); i++) {
		paper_item(p, i);
		paper_line(p, STYLE_TEXT, 2, "%s", rows[i][0]);
		paper_line(p, STYLE_DIM, 6, "%s", rows[i][1]);
	}
	paper_item(p, PAPER_NO_ITEM);
	if (c->sheet) {
		paper_blank(p);
		paper_line(p, STYLE_BAD, 0,
			   "That does not count. Whoever made the packet made the sheet, too: it says the same even "
			   "when both are wrong. Without another machine the answer is: nobody's.");
	}
	write_phrase(c, p);
}

static void write_words(struct screen *c, struct paper *p)
{
	paper_line(p, STYLE_TEXT, 0, "Have words %u and %u read to you from %s.", c->hidden.at[0] + 1,
		   c->hidden.at[1] + 1,
		   strcmp(c->compared, "own") == 0 ? "your second machine" : "the other signer's screen");
	write_phrase(c, p);
	paper_blank(p);
	for (unsigned i = 0; i < 2; i++) {
		paper_item(p, i);
		paper_begin(p, 2, 4);
		paper_add(p, STYLE_TEXT, "word %u: ", c->hidden.at[i] + 1);
		edit_draw(p, &c->typed[i], c->field == i);
		paper_end(p);
	}
	paper_item(p, PAPER_NO_ITEM);
}

static void write_change(struct screen *c, struct paper *p)
{
	paper_line(p, STYLE_WARN, 0,
		   "If this machine is not what it seems, nobody will notice. The answer says that you compared with "
		   "nobody.");
	paper_blank(p);
	paper_line(p, STYLE_TEXT, 0, "To sign all the same, type the id of the change, as it stands on the page.");
	paper_blank(p);
	paper_begin(p, 0, 2);
	paper_add(p, STYLE_TEXT, "Change: ");
	edit_draw(p, &c->typed[0], true);
	paper_end(p);
}

static void write_passphrase(struct screen *c, struct paper *p)
{
	const struct checked_packet *k = &c->r->checked;
	paper_line(p, STYLE_TEXT, 0, "%.*s will be signed: %zu step%s. This is the moment.", text_shown(k->line.change),
		   (const char *)k->line.change.p, k->n_steps, k->n_steps == 1 ? "" : "s");
	for (size_t i = 0; i < k->n_sentences; i++)
		paper_line(p, STYLE_TEXT, 2, "%s", k->sentences[i]);
	paper_blank(p);
	paper_begin(p, 0, 2);
	paper_add(p, STYLE_TEXT, "Passphrase: ");
	for (size_t i = 0; i < c->stars; i++)
		paper_add(p, STYLE_FIELD, "*");
	p->has_cursor = true;
	p->cursor_row = p->rows > 0 ? p->rows - 1 : 0;
	p->cursor_col = p->rows > 0 && p->row[p->rows - 1].n < p->cols ? p->row[p->rows - 1].n : p->cols - 1;
	paper_end(p);
}

static void write_decline(struct screen *c, struct paper *p)
{
	paper_line(p, STYLE_TEXT, 0,
		   "No passphrase is needed. Your no travels back like an answer, is written into the log, and is not "
		   "an insult.");
	paper_blank(p);
	paper_begin(p, 0, 2);
	paper_add(p, STYLE_TEXT, "Reason: ");
	edit_draw(p, &c->typed[0], true);
	paper_end(p);
}

/* ---- what came of it ---- */

static void write_written(const struct screen *c, struct paper *p)
{
	for (const char *at = c->written; at != NULL && *at != '\0';) {
		const size_t n = strcspn(at, "\n"), blanks = strspn(at, " ");
		if (blanks < n)
			paper_span(p, STYLE_TEXT, blanks, span_of(at + blanks, n - blanks));
		at += n + (at[n] == '\n');
	}
}

static void write_rest(const struct screen *c, struct paper *p)
{
	const size_t left = c->n - c->at - 1;
	paper_blank(p);
	paper_line(p, STYLE_TITLE, 0, "You gave %zu signature%s.", c->given, c->given == 1 ? "" : "s");
	if (left > 0)
		paper_line(p, STYLE_TEXT, 0, "%zu more packet%s in this session: Enter shows the next one.", left,
			   left == 1 ? " is" : "s are");
	else
		paper_line(p, STYLE_TEXT, 0, "That was all. Enter ends the program; then take out the stick.");
}

static void write_result(const struct screen *c, struct paper *p)
{
	if (c->declined)
		paper_line(p, STYLE_TEXT, 0, "Nothing of this packet was signed. Carry your no back:");
	else
		paper_line(p, STYLE_GOOD, 0,
			   "Carry the answer back. It holds a signature for this packet, and nothing else:");
	paper_blank(p);
	write_written(c, p);
	write_rest(c, p);
}

/* What not to do, for what is not a mismatch. */
static const struct {
	const char *code, *what;
} advice[] = {
	{ "NOT-PINNED", "Do not pin a profile that came with the packet: ask another owner for it "
			"(docs/signer.md, section 3)." },
	{ "NOT-OWNER", "Do not look for another key: is it the right laptop?" },
	{ "NO-KEY", "Do not copy a key here for this: is it the right laptop?" },
	{ "KEY-CLASS", "Do not make this key into another class: a key signs for its own class only." },
	{ "KEY", "Do not use this key until you know where it comes from." },
	{ "ONLINE", "Do not sign with a network up: take it away, then begin again." },
	{ "SANDBOX", "Do not sign production on this kernel." },
	{ "RAW", "Do not sign it elsewhere: no policy allows this call." },
	{ "POLICY", "Do not sign it with an older program: get one that knows this policy." },
	{ "PHRASE", "Sign nothing more today, and do not guess: machines that show other words have other packets." },
	{ "PASSPHRASE", "Nothing is lost. The second copy of your key has the same passphrase." },
	{ "SESSION", "Do not go on today. Find out what was refused before." },
};

static const char *advice_for(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(advice); i++)
		if (strcmp(advice[i].code, code) == 0)
			return advice[i].what;
	return "Sign nothing more today. Do not try again with another copy of the same file, and do not ask whoever "
	       "brought it whether it is all right.";
}

static const char *code_of(const struct err *e)
{
	return e->refusal != NULL		? e->refusal
	       : e->code == ERR_MISMATCH	? "MISMATCH"
	       : e->code == ERR_CRYPTO		? "PASSPHRASE"
						: "MALFORMED";
}

static void write_refusal(const struct screen *c, struct paper *p)
{
	struct err plain = *c->refused;
	struct buf words = {0};
	plain.refusal = NULL;
	plain.file = (struct buf){0};
	err_format(&plain, &words);
	paper_begin(p, 0, 2);
	paper_add(p, STYLE_TEXT, "Code: ");
	paper_add(p, STYLE_BAD, "%s", code_of(c->refused));
	paper_end(p);
	paper_foreign(p, 0, "what was found", buf_view(&words));
	paper_blank(p);
	if (c->whom != NULL)
		paper_line(p, STYLE_TEXT, 0,
			   "Tell %s, by another channel than the one that brought this packet, and read the code to "
			   "them.",
			   c->whom);
	paper_line(p, STYLE_WARN, 0, "%s", advice_for(code_of(c->refused)));
	if (c->written != NULL && c->written[0] != '\0') {
		paper_blank(p);
		paper_line(p, STYLE_TEXT, 0, "The refusal is an answer, too. Carry it back:");
		write_written(c, p);
	}
	if (!c->reviewing)
		write_rest(c, p);
	buf_release(&words);
}

/* ---- the frame ---- */

void screen_write(struct screen *c, struct paper *p)
{
	const struct review_look look = { c->details, c->reviewing ? 0 : hidden_mask(c->hidden) };
	switch (c->view) {
	case SCREEN_VIEW_LOAD:
		if (c->n_files == 0)
			write_nothing_found(p);
		return;
	case SCREEN_VIEW_DECIDE:
		review_write(c->s, p, c->r, &look);
		return;
	case SCREEN_VIEW_BLOCK:
		write_block(c, p);
		return;
	case SCREEN_VIEW_DATE:
		write_date(c, p);
		return;
	case SCREEN_VIEW_COMPARE:
		write_compare(c, p);
		return;
	case SCREEN_VIEW_WORDS:
		write_words(c, p);
		return;
	case SCREEN_VIEW_CHANGE:
		write_change(c, p);
		return;
	case SCREEN_VIEW_PASSPHRASE:
		write_passphrase(c, p);
		return;
	case SCREEN_VIEW_RESULT:
		write_result(c, p);
		return;
	case SCREEN_VIEW_REFUSAL:
		write_refusal(c, p);
		return;
	case SCREEN_VIEW_DECLINE:
		write_decline(c, p);
		return;
	case SCREEN_VIEW_HELP:
		screen_write_help(c, p);
		return;
	case N_SCREEN_VIEWS:
		return;
	}
}

/* Class and deployment, always; which packet of how many. */
static void draw_banner(const struct screen *c, struct grid *g)
{
	const bool known = c->r != NULL && c->r->pin != NULL;
	const enum style style = known ? review_class_style(c->r) : STYLE_BAR;
	struct pen p = grid_pen(g, 0, style);
	struct buf text = {0};
	if (known)
		deployment_banner(&text, &c->r->pin->deployment);
	else
		buf_str(&text, "setgov-signer");
	pen_fill(&p);
	p = pen_between(g, 0, 1, g->cols - (c->r != NULL ? 19 : 0), style);
	pen_span(&p, buf_view(&text));
	if (c->r != NULL) {
		p = pen_between(g, 0, g->cols - 18, g->cols, style);
		pen_fmt(&p, "packet %zu of %zu", c->at + 1, c->n);
	}
	buf_release(&text);
}

static void draw_footer(const struct screen *c, struct grid *g)
{
	struct pen p = grid_pen(g, g->rows - 1, STYLE_BAR);
	for (size_t i = 0; i < screen_n_bindings; i++) {
		const struct screen_binding *b = &screen_bindings[i];
		struct buf name = {0};
		if (b->view != c->view || b->word[0] == '\0' || (c->reviewing && (b->flags & SCREEN_REVIEWS) == 0))
			continue;
		key_name(&name, b->key);
		pen_str(&p, " ");
		p.style = STYLE_BARKEY;
		pen_str(&p, buf_cstr(&name));
		p.style = STYLE_BAR;
		pen_fmt(&p, " %s ", b->word);
		buf_release(&name);
	}
	pen_fill(&p);
}

static void draw_note(const struct screen *c, struct grid *g)
{
	const size_t shown = c->top + c->window;
	const bool more = c->view != SCREEN_VIEW_LOAD && shown < c->paper.rows;
	struct pen p = grid_pen(g, g->rows - 2, STYLE_WARN);
	if (c->note != NULL)
		pen_str(&p, c->note);
	else if (more)
		pen_fmt(&p, "-- more below: PgDn (%zu more line%s) --", c->paper.rows - shown,
			c->paper.rows - shown == 1 ? "" : "s");
}

/* The row of a list that is under the hand, and a field that is typed into, stay in sight. */
static uint32_t focus_of(const struct screen *c)
{
	return c->view == SCREEN_VIEW_COMPARE ? (uint32_t)c->choice : PAPER_NO_ITEM;
}

static void keep_in_sight(struct screen *c)
{
	struct scroll s = { c->top, 0 };
	size_t first, end;
	if (paper_find(&c->paper, focus_of(c), &first, &end) && focus_of(c) != PAPER_NO_ITEM)
		scroll_show(&s, first, end, c->window);
	if (c->paper.has_cursor)
		scroll_show(&s, c->paper.cursor_row, c->paper.cursor_row + 1, c->window);
	if (c->paper.rows <= s.top + c->window)
		s.top = c->paper.rows > c->window ? c->paper.rows - c->window : 0;
	c->top = s.top;
}

static void write_paper(struct screen *c, const struct grid *g)
{
	if (c->paper.cols != g->cols || c->paper.ascii != g->ascii) {
		paper_release(&c->paper);
		paper_init(&c->paper, g->cols, g->ascii);
	}
	paper_clear(&c->paper);
	screen_write(c, &c->paper);
	c->stale = false;
}

void screen_draw(struct screen *c, struct grid *g)
{
	struct pen title;
	c->window = g->rows - ROWS_ABOVE - ROWS_BELOW;
	write_paper(c, g);
	keep_in_sight(c);
	draw_banner(c, g);
	title = grid_pen(g, 1, STYLE_TITLE);
	pen_str(&title, title_of(c));
	g->cursor_row = 1;
	g->cursor_col = 0;
	if (c->view == SCREEN_VIEW_LOAD)
		draw_load(c, g);
	else
		paper_draw(&c->paper, g, ROWS_ABOVE, c->window, c->top, focus_of(c));
	draw_note(c, g);
	draw_footer(c, g);
	if (c->view == SCREEN_VIEW_DECIDE && c->top + c->window >= c->paper.rows)
		c->seen = true;
}
