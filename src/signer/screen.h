/* The signer's full screen as a state and what a key does to it: no terminal, no files, no key that signs. desk.c
 * shows it, and performs what it asks for. Every key that does anything stands in screen_bindings: dispatch, the
 * footer and the help page come from there.
 *
 *     load -> the page that decides -> (date) -> whose screen -> two words, or the change's id -> passphrase -> result
 *
 * A refusal takes the place of the page; saying no is one key away everywhere. */
#ifndef SETGOV_SIGNER_SCREEN_H
#define SETGOV_SIGNER_SCREEN_H

#include "src/signer/browse.h"
#include "src/signer/hidden.h"
#include "src/signer/session.h"
#include "tui/kit/form.h"

enum screen_view {
	SCREEN_VIEW_LOAD,
	SCREEN_VIEW_DECIDE,
	SCREEN_VIEW_BLOCK,            /* the hash of the block that state proofs are about, from elsewhere */
	SCREEN_VIEW_DATE,
	SCREEN_VIEW_COMPARE,
	SCREEN_VIEW_WORDS,
	SCREEN_VIEW_CHANGE,           /* nobody compared: the change's id is typed */
	SCREEN_VIEW_PASSPHRASE,
	SCREEN_VIEW_RESULT,
	SCREEN_VIEW_REFUSAL,
	SCREEN_VIEW_DECLINE,
	SCREEN_VIEW_HELP,
	N_SCREEN_VIEWS
};
enum screen_act {
	SCREEN_ACT_UP, SCREEN_ACT_DOWN, SCREEN_ACT_PAGE_UP, SCREEN_ACT_PAGE_DOWN, SCREEN_ACT_TOP, SCREEN_ACT_END,
	SCREEN_ACT_CHOOSE,            /* load: mark a packet */
	SCREEN_ACT_LOOK,              /* load: look again */
	SCREEN_ACT_GO,                /* Enter: what this view is for */
	SCREEN_ACT_BACK,
	SCREEN_ACT_DETAILS,
	SCREEN_ACT_BLOCK,
	SCREEN_ACT_OTHERS,            /* hide two other words */
	SCREEN_ACT_SKIP,
	SCREEN_ACT_DECLINE,
	SCREEN_ACT_HELP,
	SCREEN_ACT_STOP,
	SCREEN_ACT_TYPE               /* a field takes the key */
};
#define SCREEN_REVIEWS 1u             /* also where a packet is only looked at */
struct screen_binding {
	enum screen_view view;
	uint32_t key;                 /* K_NONE: whatever can be typed into a field */
	enum screen_act act;
	unsigned flags;
	const char *word;             /* in the footer; "": only on the help page */
	const char *help;
};
extern const struct screen_binding screen_bindings[];
extern const size_t screen_n_bindings;
/* NULL: this key does nothing here. */
const struct screen_binding *screen_binding(enum screen_view v, bool reviewing, uint32_t key);

/* What is to be done outside, once a key was taken. */
enum screen_effect {
	SCREEN_EFFECT_NONE,
	SCREEN_EFFECT_LOOK,           /* read the directories again */
	SCREEN_EFFECT_OPEN,           /* read the chosen packets, close the second door, judge the first */
	SCREEN_EFFECT_NEXT,           /* the next packet, or the end */
	SCREEN_EFFECT_PROVEN,         /* screen.typed[0] is the hash of the proofs' block: judge the packet again */
	SCREEN_EFFECT_SIGN,           /* confirmed: ask for the passphrase unless the key is open, and sign */
	SCREEN_EFFECT_DECLINE,        /* screen.typed[0] is the reason */
	SCREEN_EFFECT_WRONG,          /* the hidden words were wrong too often */
	SCREEN_EFFECT_LOCK,           /* nobody was there for five minutes */
	SCREEN_EFFECT_STOP
};

struct screen {
	struct signer *s;
	enum screen_view view, back;  /* back: where help, or saying no, was asked for */
	bool reviewing;               /* only looked at: no word is hidden, nothing is signed */
	/* load */
	struct found *files;
	size_t n_files;
	struct scroll list;
	/* the packet on the desk, the at-th of n, counted from 0 */
	const struct reviewed *r;
	size_t at, n;
	struct hidden hidden;
	bool details, seen;           /* seen: the end of the page that decides was on the screen */
	const char *compared;         /* "signer" "own" "nobody"; NULL: not said */
	const char *today;            /* as it was typed, for the whole session */
	size_t choice;                /* row of SCREEN_VIEW_COMPARE */
	bool sheet;                   /* it was said that a sheet was compared with */
	struct edit typed[2];
	unsigned field, tries;
	size_t stars;                 /* of the passphrase, which is nowhere in here */
	/* what came of it */
	const struct err *refused;
	const char *whom;             /* to call */
	const char *written;          /* lines: where the answers are, and their digests */
	bool declined;
	size_t given;                 /* signatures, so far */
	/* the frame */
	const char *note;             /* one line above the footer; NULL: none */
	size_t top, back_top, window; /* first row shown, how many fit */
	struct paper paper;
	bool stale;                   /* the paper was not written since something changed */
	unsigned idle;                /* seconds since the last key */
};

void screen_init(struct screen *c, struct signer *s);
void screen_release(struct screen *c);
/* Another packet lies on the desk, or the same again: its page, from the top. */
void screen_show(struct screen *c, const struct reviewed *r, size_t at);
void screen_show_refusal(struct screen *c, const struct reviewed *r, const struct err *e);
void screen_show_result(struct screen *c, bool declined);
void screen_go(struct screen *c, enum screen_view v);
enum screen_effect screen_key(struct screen *c, uint32_t key);
/* So many seconds went by: one at a time, or hours at once, when the program or the machine slept. */
enum screen_effect screen_seconds(struct screen *c, unsigned n);
void screen_draw(struct screen *c, struct grid *g);
/* The words of one view, for screen_draw(). */
void screen_write(struct screen *c, struct paper *p);
void screen_write_help(struct screen *c, struct paper *p);

#endif
