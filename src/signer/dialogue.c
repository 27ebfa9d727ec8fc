#include "src/signer/dialogue.h"

#include <inttypes.h>
#include <stdio.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "src/signer/hidden.h"

/* A script gives the hashes that somebody read, and a descriptor; whoever gives less is a person, and is shown
 * the page. */
static bool is_script(const struct signer *s)
{
	return signer_flag(s, "--expect") && signer_flag(s, "--passphrase-fd");
}

static bool ask_today(struct session *x, const struct reviewed *r, struct err *e)
{
	struct signer *s = x->s;
	struct buf line = {0};
	bool ok = true;
	while (ok && day_is_needed(r, x->today)) {
		struct err no = {0};
		buf_clear(&line);
		ok = terminal_ask(&s->terminal,
				  "This machine's clock is behind the packet.\nWhat day is it today? (YYYY-MM-DD) ",
				  &line, e);
		if (ok && day_is_plausible(r, buf_view(&line), &no))
			x->today = arena_str(&s->arena, buf_view(&line));
		else if (ok)
			terminal_say(&s->terminal, "No: %s.\n", buf_cstr(&no.what));
		err_clear(&no);
	}
	buf_release(&line);
	return ok;
}

/* Asked until it is answered: a typing error is not a reason to begin again. */
static bool ask_compared(struct signer *s, struct span *out, struct err *e)
{
	const char *given = signer_option(s, "--compared");
	struct buf line = {0};
	bool ok = true;
	if (given != NULL) {
		*out = span_str(given);
		return true;
	}
	do {
		buf_clear(&line);
		ok = terminal_ask(&s->terminal,
				  "Whose screen are the hidden words read from: another signer's, your own second\n"
				  "machine's, nobody's? Or a sheet or message from the packet's own console?\n"
				  "(signer / own / nobody / sheet) ",
				  &line, e);
		if (ok && span_is(buf_view(&line), "sheet"))
			terminal_say(&s->terminal,
				     "A sheet, message or printout does not count: whoever made the packet made it,\n"
				     "too. Without another machine the answer is \"nobody\".\n");
	} while (ok && !session_is_compared(buf_view(&line)));
	if (ok)
		*out = arena_copy(&s->arena, buf_view(&line));
	buf_release(&line);
	return ok;
}

static void show_phrase(struct signer *s, const struct reviewed *r, struct hidden h)
{
	struct paper p;
	struct buf b = {0};
	paper_init(&p, terminal_columns(&s->terminal), s->ascii);
	review_phrase(&p, r, hidden_mask(h));
	paper_text(&p, &b);
	terminal_say(&s->terminal, "%s", buf_cstr(&b));
	buf_release(&b);
	paper_release(&p);
}

/* One word; an empty line hides two others. */
static bool ask_word(struct signer *s, unsigned i, struct buf *line, struct err *e)
{
	buf_clear(line);
	return terminal_ask(&s->terminal,
			    arena_fmt(&s->arena,
				      "To sign, type word %u as read to you (Enter alone hides two others): ",
				      i + 1),
			    line, e);
}

/* Both words, or none: nobody is told which one was wrong. */
static bool ask_words(struct signer *s, const struct reviewed *r, struct hidden h, struct err *e)
{
	struct buf line = {0};
	bool ok = true, right = false;
	for (unsigned tries = 0; ok && !right && tries < SESSION_TRIES;) {
		bool others = false;
		right = true;
		for (unsigned i = 0; ok && !others && i < 2; i++) {
			ok = ask_word(s, h.at[i], &line, e);
			others = ok && line.n == 0;
			right &= ok && hidden_is_word(r, h.at[i], buf_view(&line));
		}
		if (others) {
			h = hidden_others(h);
			show_phrase(s, r, h);
		} else if (ok && !right && ++tries < SESSION_TRIES) {
			terminal_say(&s->terminal, "Those are not the two words.\n");
		}
	}
	buf_release(&line);
	return ok && (right || session_wrong_words(e));
}

/* Asked until it is right: it shows that somebody means it, and a typing error does not show the opposite. */
static bool ask_change(struct signer *s, const struct reviewed *r, struct err *e)
{
	struct buf line = {0};
	bool ok, right = false;
	terminal_say(&s->terminal, "Nobody else looked at this packet.\n");
	do {
		buf_clear(&line);
		ok = terminal_ask(&s->terminal,
				  "To sign it all the same, type the change's id (Enter alone stops): ", &line, e);
		right = ok && hidden_is_change(r, buf_view(&line));
		if (ok && line.n == 0)
			ok = err_refuse(e, "STOPPED", "stopped: nothing was signed");
		else if (ok && !right)
			terminal_say(&s->terminal, HIDDEN_NOT_THE_CHANGE "\n");
	} while (ok && !right);
	buf_release(&line);
	return ok;
}

static bool confirm_person(struct session *x, const struct reviewed *r, struct span *compared, struct err *e)
{
	struct signer *s = x->s;
	const struct hidden h = hidden_pick();
	struct buf page = {0};
	review_page(s, &page, r, hidden_mask(h));
	buf_byte(&page, '\n');
	const bool ok = terminal_page(&s->terminal, buf_view(&page), e) && ask_today(x, r, e) &&
			ask_compared(s, compared, e) &&
			(span_is(*compared, "nobody") ? ask_change(s, r, e) : ask_words(s, r, h, e));
	buf_release(&page);
	return ok;
}

static bool confirm(struct session *x, const struct reviewed *r, struct span *compared, struct err *e)
{
	struct signer *s = x->s;
	*compared = span_of(NULL, 0);
	if (!is_script(s) && !terminal_is_there(&s->terminal))
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET,
			       "nobody is at a terminal: scripts give --expect SAFETXHASH and --passphrase-fd");
	if (!is_script(s))
		return confirm_person(x, r, compared, e);
	review_page(s, &s->text, r, 0);
	buf_byte(&s->text, '\n');
	if (signer_flag(s, "--compared"))
		*compared = span_str(signer_option(s, "--compared"));
	return true;
}

/* A person who mistypes may try again, twice. */
static bool unlock(struct session *x, const struct key_file *k, struct err *e)
{
	const bool script = signer_flag(x->s, "--passphrase-fd");
	if (session_is_open(x, k))
		return true;
	for (unsigned tries = 1;; tries++) {
		struct secret *pass = x->passphrase;
		if (pass == NULL)
			pass = signer_passphrase(x->s, "Passphrase: ", e);
		if (pass == NULL)
			return false;
		if (session_unlock(x, k, pass, e))
			return true;
		if (e->code != ERR_CRYPTO || script || tries == SESSION_TRIES)
			return false;
		err_clear(e);
		terminal_say(&x->s->terminal, "That does not open it. ");
	}
}

static void say_whom_to_call(const struct signer *s, const struct reviewed *r)
{
	struct buf whom = {0};
	session_whom(s, r, &whom);
	fprintf(stderr, "Sign nothing more today. Call %s by another channel than the one that brought this packet.\n",
		buf_cstr(&whom));
	buf_release(&whom);
}

static bool one_packet(struct session *x, const char *path, struct err *e)
{
	const struct key_file *k = NULL;
	struct reviewed r;
	struct span compared;
	const bool judged = session_judge(x, &r, path, &k, e);
	if (judged && confirm(x, &r, &compared, e))
		return unlock(x, k, e) && session_sign(x, &r, k, compared, e);
	if ((judged && !session_is_wrong_words(e)) || !session_refuse(x, &r, e))
		return false;
	if (session_is_mismatch(e))
		say_whom_to_call(x->s, &r);
	session_keep(x, e);
	return true;
}

bool dialogue_sign(struct session *x, struct err *e)
{
	for (size_t i = 0; i < x->s->n_args; i++)
		if (!one_packet(x, x->s->args[i], e))
			return false;
	return true;
}

/* ---- which packets ---- */

static void list_files(struct signer *s, const struct found *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct buf name = {0}, at = {0};
		text_safe(&name, span_str(v[i].path), false);
		time_format_minute(&at, v[i].time);
		if (!v[i].packet && (i == 0 || v[i - 1].packet))
			terminal_say(&s->terminal, BROWSE_OTHERS ":\n");
		terminal_say(&s->terminal, "%3zu  %s\n     %" PRIu64 " bytes, %s\n", i + 1, buf_cstr(&name), v[i].size,
			     buf_cstr(&at));
		buf_release(&name);
		buf_release(&at);
	}
}

/* "1 3 4" into the paths of those. */
static size_t chosen(struct span typed, const struct found *v, size_t n, const char **paths)
{
	size_t k = 0, number = 0;
	for (size_t i = 0; i <= typed.n && k < n; i++) {
		const uint8_t c = i < typed.n ? typed.p[i] : ' ';
		if (c >= '0' && c <= '9' && number <= n)
			number = 10 * number + (size_t)(c - '0');
		else if (c != ' ' && c != ',')
			return 0;
		else if (number > n)
			return 0;
		else if (number > 0)
			paths[k++] = v[number - 1].path, number = 0;
	}
	return k;
}

bool dialogue_load(struct session *x, const struct root *roots, size_t n_roots, struct err *e)
{
	struct signer *s = x->s;
	struct found *v;
	struct buf line = {0};
	bool all;
	const size_t n = browse(&s->arena, &v, roots, n_roots, &all);
	const char **paths = ARENA_ARRAY(&s->arena, const char *, n + 1);
	if (!all)
		terminal_say(&s->terminal, BROWSE_NOT_ALL "\n");
	if (n == 0)
		return err_set(e, ERR_MISSING, ERR_NO_OFFSET,
			       "no packet was found in /media, /run/media, /mnt, or in this directory");
	list_files(s, v, n);
	bool ok = terminal_ask(&s->terminal, "Which packets? Their numbers, with blanks between: ", &line, e);
	const size_t k = ok ? chosen(buf_view(&line), v, n, paths) : 0;
	if (ok && k == 0)
		ok = err_refuse(e, "STOPPED", "no such packets: nothing was done");
	buf_release(&line);
	return ok && session_read(x, paths, k, e) && session_narrow(x, e) && dialogue_sign(x, e);
}
