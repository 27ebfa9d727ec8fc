#include "src/signer/screen.h"

#define PAGE_KEYS(v, flags) \
	{ v, K_UP, ACT_UP, flags, "", "one line up" }, \
	{ v, K_DOWN, ACT_DOWN, flags, "", "one line down" }, \
	{ v, K_PAGE_UP, ACT_PAGE_UP, flags, "", "one screen up" }, \
	{ v, K_PAGE_DOWN, ACT_PAGE_DOWN, flags, "", "one screen down" }, \
	{ v, ' ', ACT_PAGE_DOWN, flags, "", "one screen down" }, \
	{ v, K_HOME, ACT_TOP, flags, "", "to the beginning" }, \
	{ v, K_END, ACT_END, flags, "", "to the end" }
#define HELP_KEYS(v, flags) \
	{ v, '?', ACT_HELP, flags, "help", "these keys, and what the words mean" }, \
	{ v, K_F1, ACT_HELP, flags, "", "the same" }, \
	{ v, 'q', ACT_STOP, flags, "stop", "end here; what was answered stays answered" }, \
	{ v, K_CTRL('c'), ACT_STOP, flags, "", "the same" }
#define OTHERS "hide two other words: the other signer has hidden the same"
#define FIELD_KEYS(v) \
	{ v, K_CTRL('n'), ACT_DECLINE, 0, "say no", "decline this packet, with a reason" }, \
	{ v, K_F1, ACT_HELP, 0, "help", "these keys, and what the words mean" }, \
	{ v, K_CTRL('c'), ACT_STOP, 0, "stop", "end here; what was answered stays answered" }

const struct binding screen_bindings[] = {
	{ VIEW_LOAD, K_ENTER, ACT_GO, 0, "open", "open the marked packets, or the one under the cursor" },
	{ VIEW_LOAD, ' ', ACT_CHOOSE, 0, "mark", "mark a packet, or take the mark away: several make one session" },
	{ VIEW_LOAD, 'r', ACT_LOOK, 0, "look again", "look again, after a stick was put in" },
	{ VIEW_LOAD, K_UP, ACT_UP, 0, "", "the packet above" },
	{ VIEW_LOAD, K_DOWN, ACT_DOWN, 0, "", "the packet below" },
	{ VIEW_LOAD, K_HOME, ACT_TOP, 0, "", "the first packet" },
	{ VIEW_LOAD, K_END, ACT_END, 0, "", "the last packet" },
	HELP_KEYS(VIEW_LOAD, 0),

	{ VIEW_DECIDE, K_ENTER, ACT_GO, 0, "sign", "go on to sign, once the page was read to its end" },
	{ VIEW_DECIDE, 'd', ACT_DETAILS, REVIEWS, "details",
	  "show or fold away: passed checks, the proposer's words, calls, hashes" },
	{ VIEW_DECIDE, 'n', ACT_DECLINE, 0, "say no", "decline this packet, with a reason" },
	{ VIEW_DECIDE, 's', ACT_SKIP, 0, "skip", "leave this packet for another day, and go on to the next" },
	{ VIEW_DECIDE, 'o', ACT_OTHERS, 0, "", OTHERS },
	PAGE_KEYS(VIEW_DECIDE, REVIEWS),
	HELP_KEYS(VIEW_DECIDE, REVIEWS),

	{ VIEW_DATE, K_NONE, ACT_TYPE, 0, "", "today's date" },
	{ VIEW_DATE, K_ENTER, ACT_GO, 0, "go on", "take this date" },
	{ VIEW_DATE, K_ESC, ACT_BACK, 0, "back", "back to the page" },
	FIELD_KEYS(VIEW_DATE),

	{ VIEW_COMPARE, K_ENTER, ACT_GO, 0, "choose", "take the answer under the cursor" },
	{ VIEW_COMPARE, K_UP, ACT_UP, 0, "", "the answer above" },
	{ VIEW_COMPARE, K_DOWN, ACT_DOWN, 0, "", "the answer below" },
	{ VIEW_COMPARE, 'o', ACT_OTHERS, 0, "other words", OTHERS },
	{ VIEW_COMPARE, K_ESC, ACT_BACK, 0, "back", "back to the page" },
	{ VIEW_COMPARE, 'n', ACT_DECLINE, 0, "say no", "decline this packet, with a reason" },
	HELP_KEYS(VIEW_COMPARE, 0),

	{ VIEW_WORDS, K_NONE, ACT_TYPE, 0, "", "the word that is read to you" },
	{ VIEW_WORDS, K_ENTER, ACT_GO, 0, "go on", "the next word; after the second one, go on" },
	{ VIEW_WORDS, K_UP, ACT_UP, 0, "", "the first word" },
	{ VIEW_WORDS, K_DOWN, ACT_DOWN, 0, "", "the second word" },
	{ VIEW_WORDS, K_TAB, ACT_DOWN, 0, "", "the second word" },
	{ VIEW_WORDS, K_CTRL('o'), ACT_OTHERS, 0, "other words", OTHERS },
	{ VIEW_WORDS, K_ESC, ACT_BACK, 0, "back", "back to whose screen it was" },
	FIELD_KEYS(VIEW_WORDS),

	{ VIEW_CHANGE, K_NONE, ACT_TYPE, 0, "", "the change's id" },
	{ VIEW_CHANGE, K_ENTER, ACT_GO, 0, "go on", "go on to the passphrase" },
	{ VIEW_CHANGE, K_ESC, ACT_BACK, 0, "back", "back to whose screen it was" },
	FIELD_KEYS(VIEW_CHANGE),

	{ VIEW_PASSPHRASE, K_NONE, ACT_TYPE, 0, "", "the passphrase; only stars are shown" },
	{ VIEW_PASSPHRASE, K_ENTER, ACT_GO, 0, "sign", "open the key and sign" },
	{ VIEW_PASSPHRASE, K_ESC, ACT_BACK, 0, "back", "forget what was typed, and go back" },
	{ VIEW_PASSPHRASE, K_CTRL('n'), ACT_DECLINE, 0, "say no", "decline this packet, with a reason" },
	{ VIEW_PASSPHRASE, K_CTRL('u'), ACT_TYPE, 0, "", "forget what was typed, and begin again" },
	{ VIEW_PASSPHRASE, K_CTRL('c'), ACT_STOP, 0, "stop", "end here; what was answered stays answered" },

	{ VIEW_RESULT, K_ENTER, ACT_GO, 0, "go on", "the next packet, or the end" },
	PAGE_KEYS(VIEW_RESULT, 0),
	HELP_KEYS(VIEW_RESULT, 0),

	{ VIEW_REFUSAL, K_ENTER, ACT_GO, REVIEWS, "go on", "the next packet, or the end" },
	{ VIEW_REFUSAL, 'n', ACT_DECLINE, 0, "say no", "decline this packet, with a reason of your own" },
	PAGE_KEYS(VIEW_REFUSAL, REVIEWS),
	HELP_KEYS(VIEW_REFUSAL, REVIEWS),

	{ VIEW_DECLINE, K_NONE, ACT_TYPE, 0, "", "your reason" },
	{ VIEW_DECLINE, K_ENTER, ACT_GO, 0, "say no", "write the answer: declined, for this reason" },
	{ VIEW_DECLINE, K_ESC, ACT_BACK, 0, "back", "back, nothing is written" },
	{ VIEW_DECLINE, K_CTRL('c'), ACT_STOP, 0, "stop", "end here; what was answered stays answered" },

	{ VIEW_HELP, K_ESC, ACT_BACK, REVIEWS, "back", "back" },
	{ VIEW_HELP, K_ENTER, ACT_BACK, REVIEWS, "", "back" },
	{ VIEW_HELP, 'q', ACT_BACK, REVIEWS, "", "back" },
	{ VIEW_HELP, '?', ACT_BACK, REVIEWS, "", "back" },
	{ VIEW_HELP, K_CTRL('c'), ACT_STOP, REVIEWS, "", "end here; what was answered stays answered" },
	PAGE_KEYS(VIEW_HELP, REVIEWS),
};
const size_t screen_n_bindings = ARRAY_LEN(screen_bindings);

const struct binding *screen_binding(enum view v, bool reviewing, uint32_t key)
{
	const struct binding *typing = NULL;
	for (size_t i = 0; i < screen_n_bindings; i++) {
		const struct binding *b = &screen_bindings[i];
		if (b->view != v || (reviewing && (b->flags & REVIEWS) == 0))
			continue;
		if (b->key == key)
			return b;
		if (b->key == K_NONE)
			typing = b;
	}
	return typing;
}

/* What the words on these screens mean. */
static const struct {
	const char *word, *means;
} glossary[] = {
	{ "Safe", "the contract that holds the rights; it acts when enough of its owners have signed the same thing" },
	{ "timelock", "the contract that the Safe acts through: it announces, waits, and only then acts" },
	{ "operation", "what was announced to the timelock: calls, in order, under one id" },
	{ "salt", "a number inside the operation's id; here it is the change log's fingerprint, so the log cannot be "
		  "rewritten afterwards" },
	{ "safeTxHash", "the fingerprint of one Safe transaction: what a signature is over" },
	{ "nonce", "the Safe's counter: of all transactions for one number only one can ever run" },
	{ "packet", "the file that brings a change to this machine" },
	{ "answer", "the file that goes back: a signature, a refusal, or your no" },
	{ "phrase", "eight words for a packet. Two machines that show the same words have the same packet" },
	{ "a hidden word", "a word that this screen hides from you, so that somebody else's screen has to say it" },
};

static void write_binding(struct paper *p, const struct binding *b)
{
	struct buf name = {0};
	if (b->key == K_NONE)
		buf_str(&name, "letters");
	else
		key_name(&name, b->key);
	paper_begin(p, 2, 14);
	paper_add(p, STYLE_KEY, "%s", buf_cstr(&name));
	paper_to(p, 14);
	paper_add(p, STYLE_TEXT, "%s", b->help);
	paper_end(p);
	buf_release(&name);
}

void screen_write_help(struct screen *c, struct paper *p)
{
	paper_title(p, "Keys of this screen");
	for (size_t i = 0; i < screen_n_bindings; i++)
		if (screen_bindings[i].view == c->back &&
		    (!c->reviewing || (screen_bindings[i].flags & REVIEWS) != 0))
			write_binding(p, &screen_bindings[i]);
	paper_title(p, "Words");
	for (size_t i = 0; i < ARRAY_LEN(glossary); i++)
		paper_pair(p, 2, 18, glossary[i].word, STYLE_TEXT, "%s", glossary[i].means);
}
