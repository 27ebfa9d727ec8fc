#include "src/signer/screen.h"

#define PAGE_KEYS(v, flags) \
	{ v, K_UP, SCREEN_ACT_UP, flags, "", "one line up" }, \
	{ v, K_DOWN, SCREEN_ACT_DOWN, flags, "", "one line down" }, \
	{ v, K_PAGE_UP, SCREEN_ACT_PAGE_UP, flags, "", "one screen up" }, \
	{ v, K_PAGE_DOWN, SCREEN_ACT_PAGE_DOWN, flags, "", "one screen down" }, \
	{ v, ' ', SCREEN_ACT_PAGE_DOWN, flags, "", "one screen down" }, \
	{ v, K_HOME, SCREEN_ACT_TOP, flags, "", "to the beginning" }, \
	{ v, K_END, SCREEN_ACT_END, flags, "", "to the end" }
#define HELP_KEYS(v, flags) \
	{ v, '?', SCREEN_ACT_HELP, flags, "help", "these keys, and what the words mean" }, \
	{ v, K_F1, SCREEN_ACT_HELP, flags, "", "the same" }, \
	{ v, 'q', SCREEN_ACT_STOP, flags, "stop", "end here; what was answered stays answered" }, \
	{ v, K_CTRL('c'), SCREEN_ACT_STOP, flags, "", "the same" }
#define OTHERS "hide two other words: the other signer has hidden the same"
#define FIELD_KEYS(v) \
	{ v, K_CTRL('n'), SCREEN_ACT_DECLINE, 0, "say no", "decline this packet, with a reason" }, \
	{ v, K_F1, SCREEN_ACT_HELP, 0, "help", "these keys, and what the words mean" }, \
	{ v, K_CTRL('c'), SCREEN_ACT_STOP, 0, "stop", "end here; what was answered stays answered" }

const struct screen_binding screen_bindings[] = {
	{ SCREEN_VIEW_LOAD, K_ENTER, SCREEN_ACT_GO, 0, "open", "open the marked packets, or the one under the cursor" },
	{ SCREEN_VIEW_LOAD, ' ', SCREEN_ACT_CHOOSE, 0, "mark",
	  "mark a packet, or take the mark away: several make one session" },
	{ SCREEN_VIEW_LOAD, 'r', SCREEN_ACT_LOOK, 0, "look again", "look again, after a stick was put in" },
	{ SCREEN_VIEW_LOAD, K_UP, SCREEN_ACT_UP, 0, "", "the packet above" },
	{ SCREEN_VIEW_LOAD, K_DOWN, SCREEN_ACT_DOWN, 0, "", "the packet below" },
	{ SCREEN_VIEW_LOAD, K_HOME, SCREEN_ACT_TOP, 0, "", "the first packet" },
	{ SCREEN_VIEW_LOAD, K_END, SCREEN_ACT_END, 0, "", "the last packet" },
	HELP_KEYS(SCREEN_VIEW_LOAD, 0),

	{ SCREEN_VIEW_DECIDE, K_ENTER, SCREEN_ACT_GO, 0, "sign", "go on to sign, once the page was read to its end" },
	{ SCREEN_VIEW_DECIDE, 'd', SCREEN_ACT_DETAILS, SCREEN_REVIEWS, "details",
	  "show or fold away: passed checks, the proposer's words, calls, hashes" },
	{ SCREEN_VIEW_DECIDE, 'b', SCREEN_ACT_BLOCK, SCREEN_REVIEWS, "",
	  "give the hash of the block that the state proofs are about, from another source than the packet" },
	{ SCREEN_VIEW_DECIDE, 'n', SCREEN_ACT_DECLINE, 0, "say no", "decline this packet, with a reason" },
	{ SCREEN_VIEW_DECIDE, 's', SCREEN_ACT_SKIP, 0, "skip",
	  "leave this packet for another day, and go on to the next" },
	{ SCREEN_VIEW_DECIDE, 'o', SCREEN_ACT_OTHERS, 0, "", OTHERS },
	PAGE_KEYS(SCREEN_VIEW_DECIDE, SCREEN_REVIEWS),
	HELP_KEYS(SCREEN_VIEW_DECIDE, SCREEN_REVIEWS),

	{ SCREEN_VIEW_BLOCK, K_NONE, SCREEN_ACT_TYPE, SCREEN_REVIEWS, "", "the block's hash, typed or scanned" },
	{ SCREEN_VIEW_BLOCK, K_ENTER, SCREEN_ACT_GO, SCREEN_REVIEWS, "compare", "compare it with the proofs' block" },
	{ SCREEN_VIEW_BLOCK, K_ESC, SCREEN_ACT_BACK, SCREEN_REVIEWS, "back", "back to the page" },
	FIELD_KEYS(SCREEN_VIEW_BLOCK),

	{ SCREEN_VIEW_DATE, K_NONE, SCREEN_ACT_TYPE, 0, "", "today's date" },
	{ SCREEN_VIEW_DATE, K_ENTER, SCREEN_ACT_GO, 0, "go on", "take this date" },
	{ SCREEN_VIEW_DATE, K_ESC, SCREEN_ACT_BACK, 0, "back", "back to the page" },
	FIELD_KEYS(SCREEN_VIEW_DATE),

	{ SCREEN_VIEW_COMPARE, K_ENTER, SCREEN_ACT_GO, 0, "choose", "take the answer under the cursor" },
	{ SCREEN_VIEW_COMPARE, K_UP, SCREEN_ACT_UP, 0, "", "the answer above" },
	{ SCREEN_VIEW_COMPARE, K_DOWN, SCREEN_ACT_DOWN, 0, "", "the answer below" },
	{ SCREEN_VIEW_COMPARE, 'o', SCREEN_ACT_OTHERS, 0, "other words", OTHERS },
	{ SCREEN_VIEW_COMPARE, K_ESC, SCREEN_ACT_BACK, 0, "back", "back to the page" },
	{ SCREEN_VIEW_COMPARE, 'n', SCREEN_ACT_DECLINE, 0, "say no", "decline this packet, with a reason" },
	HELP_KEYS(SCREEN_VIEW_COMPARE, 0),

	{ SCREEN_VIEW_WORDS, K_NONE, SCREEN_ACT_TYPE, 0, "", "the word that is read to you" },
	{ SCREEN_VIEW_WORDS, K_ENTER, SCREEN_ACT_GO, 0, "go on", "the next word; after the second one, go on" },
	{ SCREEN_VIEW_WORDS, K_UP, SCREEN_ACT_UP, 0, "", "the first word" },
	{ SCREEN_VIEW_WORDS, K_DOWN, SCREEN_ACT_DOWN, 0, "", "the second word" },
	{ SCREEN_VIEW_WORDS, K_TAB, SCREEN_ACT_DOWN, 0, "", "the second word" },
	{ SCREEN_VIEW_WORDS, K_CTRL('o'), SCREEN_ACT_OTHERS, 0, "other words", OTHERS },
	{ SCREEN_VIEW_WORDS, K_ESC, SCREEN_ACT_BACK, 0, "back", "back to whose screen it was" },
	FIELD_KEYS(SCREEN_VIEW_WORDS),

	{ SCREEN_VIEW_CHANGE, K_NONE, SCREEN_ACT_TYPE, 0, "", "the change's id" },
	{ SCREEN_VIEW_CHANGE, K_ENTER, SCREEN_ACT_GO, 0, "go on", "go on to the passphrase" },
	{ SCREEN_VIEW_CHANGE, K_ESC, SCREEN_ACT_BACK, 0, "back", "back to whose screen it was" },
	FIELD_KEYS(SCREEN_VIEW_CHANGE),

	{ SCREEN_VIEW_PASSPHRASE, K_NONE, SCREEN_ACT_TYPE, 0, "", "the passphrase; only stars are shown" },
	{ SCREEN_VIEW_PASSPHRASE, K_ENTER, SCREEN_ACT_GO, 0, "sign", "open the key and sign" },
	{ SCREEN_VIEW_PASSPHRASE, K_ESC, SCREEN_ACT_BACK, 0, "back", "forget what was typed, and go back" },
	{ SCREEN_VIEW_PASSPHRASE, K_CTRL('n'), SCREEN_ACT_DECLINE, 0, "say no", "decline this packet, with a reason" },
	{ SCREEN_VIEW_PASSPHRASE, K_CTRL('u'), SCREEN_ACT_TYPE, 0, "", "forget what was typed, and begin again" },
	{ SCREEN_VIEW_PASSPHRASE, K_CTRL('c'), SCREEN_ACT_STOP, 0, "stop",
	  "end here; what was answered stays answered" },

	{ SCREEN_VIEW_RESULT, K_ENTER, SCREEN_ACT_GO, 0, "go on", "the next packet, or the end" },
	PAGE_KEYS(SCREEN_VIEW_RESULT, 0),
	HELP_KEYS(SCREEN_VIEW_RESULT, 0),

	{ SCREEN_VIEW_REFUSAL, K_ENTER, SCREEN_ACT_GO, SCREEN_REVIEWS, "go on", "the next packet, or the end" },
	{ SCREEN_VIEW_REFUSAL, 'n', SCREEN_ACT_DECLINE, 0, "say no", "decline this packet, with a reason of your own" },
	PAGE_KEYS(SCREEN_VIEW_REFUSAL, SCREEN_REVIEWS),
	HELP_KEYS(SCREEN_VIEW_REFUSAL, SCREEN_REVIEWS),

	{ SCREEN_VIEW_DECLINE, K_NONE, SCREEN_ACT_TYPE, 0, "", "your reason" },
	{ SCREEN_VIEW_DECLINE, K_ENTER, SCREEN_ACT_GO, 0, "say no", "write the answer: declined, for this reason" },
	{ SCREEN_VIEW_DECLINE, K_ESC, SCREEN_ACT_BACK, 0, "back", "back, nothing is written" },
	{ SCREEN_VIEW_DECLINE, K_CTRL('c'), SCREEN_ACT_STOP, 0, "stop", "end here; what was answered stays answered" },

	{ SCREEN_VIEW_HELP, K_ESC, SCREEN_ACT_BACK, SCREEN_REVIEWS, "back", "back" },
	{ SCREEN_VIEW_HELP, K_ENTER, SCREEN_ACT_BACK, SCREEN_REVIEWS, "", "back" },
	{ SCREEN_VIEW_HELP, 'q', SCREEN_ACT_BACK, SCREEN_REVIEWS, "", "back" },
	{ SCREEN_VIEW_HELP, '?', SCREEN_ACT_BACK, SCREEN_REVIEWS, "", "back" },
	{ SCREEN_VIEW_HELP, K_CTRL('c'), SCREEN_ACT_STOP, SCREEN_REVIEWS, "",
	  "end here; what was answered stays answered" },
	PAGE_KEYS(SCREEN_VIEW_HELP, SCREEN_REVIEWS),
};
const size_t screen_n_bindings = ARRAY_LEN(screen_bindings);

const struct screen_binding *screen_binding(enum screen_view v, bool reviewing, uint32_t key)
{
	const struct screen_binding *typing = NULL;
	for (size_t i = 0; i < screen_n_bindings; i++) {
		const struct screen_binding *b = &screen_bindings[i];
		if (b->view != v || (reviewing && (b->flags & SCREEN_REVIEWS) == 0))
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
	{ "state proof", "what shows that the chain's state is so, if a block has the hash that it leads to" },
	{ "a hidden word", "a word that this screen hides from you, so that somebody else's screen has to say it" },
};

static void write_binding(struct paper *p, const struct screen_binding *b)
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
		    (!c->reviewing || (screen_bindings[i].flags & SCREEN_REVIEWS) != 0))
			write_binding(p, &screen_bindings[i]);
	paper_title(p, "Words");
	for (size_t i = 0; i < ARRAY_LEN(glossary); i++)
		paper_pair(p, 2, 18, glossary[i].word, STYLE_TEXT, "%s", glossary[i].means);
}
