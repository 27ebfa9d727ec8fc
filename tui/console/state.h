/* Where the person is, and what is half done: everything on the screen that is not the model. Changed by
 * step(), from keys and from what commands ended with, and by perform.h, which says what runs; read by the views. */
#ifndef SETGOV_TUI_CONSOLE_STATE_H
#define SETGOV_TUI_CONSOLE_STATE_H

#include "src/gov/change.h"
#include "src/gov/meeting.h"
#include "tui/console/view.h"
#include "tui/kit/form.h"

struct act;
struct compose;

#define CHANGE_ID_MAX 64
#define PLACES_MAX 32

/* One place in the console; Esc goes back to the one before. */
struct place {
	enum view_id view;
	char change[CHANGE_ID_MAX];   /* "SC-7"; empty: none */
	uint64_t seq;                 /* VIEW_LINE */
	struct scroll at;             /* of the list, or rows of the page */
	uint32_t item;                /* focused item of a page, or PAPER_NO_ITEM */
};

enum mode {
	MODE_VIEW,                    /* keys are commands of the view */
	MODE_SEARCH,                  /* '/' is being typed */
	MODE_COMMAND,                 /* ':' is being typed */
	MODE_ASK,                     /* a question is open */
};

/* A question: a few lines, a form (perhaps without fields: yes or no), and what the answer does. */
struct ask {
	struct arena arena;           /* of its strings: title, labels, hints, choices; released when it closes */
	const char *title;            /* what Enter will do: "Propose SC-7" */
	struct buf text;              /* why it is asked, in words of ours; paragraphs by newline */
	enum style style;             /* of that text: BAD for what cannot be undone */
	bool shown;                   /* it has been on the screen: until then nothing answers it */
	struct form form;
	void (*check)(const struct act *x, struct form *f);   /* sets the fields' trouble after each key; or NULL */
	void (*done)(struct act *x);  /* Enter on the last field; the form is still there */
};

/* The command under way: one at a time. */
struct running {
	bool on;
	bool stopping;                /* it has been asked to */
	struct buf what;              /* "Proposing SC-7" */
	struct buf progress;          /* its newest line on standard error */
	struct unix_time since;
};

/* What the actions on a change go on with when their command has ended, and what a person need not type twice. */
struct work {
	char change[CHANGE_ID_MAX];
	char alert[CHANGE_ID_MAX];
	uint64_t draft;               /* line of the draft that was shown; NO_NONCE: none was */
	struct tabled_step read[N_STEPS];     /* packets on the page that a meeting decides by */
	size_t n_read;
	bool was_read;                /* the page could be read; else nothing is claimed of it */
	enum step_kind step;
	unsigned steps;               /* that could be chosen: 1 << STEP_SCHEDULE … */
	struct buf answer;            /* where the signer that runs here writes its answer */
	struct buf payer;             /* the payer's key file */
	struct buf home;              /* where the signer on this machine keeps its keys */
	struct buf directory;         /* of the workspace that is being made */
};

struct state {
	struct place places[PLACES_MAX];
	size_t depth;                 /* at least 1; the last is where we are */
	enum mode mode;
	struct edit search;           /* what is looked for, also after the search line has closed */
	struct edit command;
	struct ask ask;
	struct buf said;              /* the message at the bottom; stays until the next key */
	enum style said_style;
	struct running running;
	struct work work;
	struct buf result_title, result;      /* VIEW_RESULT */
	bool compact;                 /* queue: one row a step */
	struct buf filter;            /* of the log: a change, a kind, or empty */
	struct compose *compose;      /* VIEW_COMPOSE; NULL: none is begun (compose.h) */
	char meeting_change[CHANGE_ID_MAX];   /* whose page the meeting looks at; empty: the agenda */
	bool leaving;                 /* the loop ends */
	/* what was drawn last: keys that move need to know how it was laid out */
	struct paper body;
	size_t body_rows;
	bool ascii;
};

void state_init(struct state *s, enum view_id first);
void state_release(struct state *s);
struct place *state_place(const struct state *s);
/* Goes to a view, from which Esc comes back. `change` may be NULL. */
void state_go(struct state *s, enum view_id view, const char *change);
/* Another workspace: this view is the first place, and what a command said stays above it. */
void state_home(struct state *s, enum view_id first);
/* Back one place; false when there is none. */
bool state_back(struct state *s);
/* The message at the bottom: our words, with foreign text in them made safe. */
void state_say(struct state *s, enum style style, const char *fmt, ...) PRINTF(3, 4);
/* An error, in BAD: "what: its words"; `what` may be NULL. */
void state_say_err(struct state *s, const char *what, const struct err *e);
/* A command runs, and only one can: true, and it is said. */
bool state_busy(struct state *s);
/* Opens a question; the form has n empty fields to fill in. Strings that are made for it live in s->ask.arena. */
struct form *state_ask(struct state *s, const char *title, size_t n, void (*done)(struct act *x));
void state_close_ask(struct state *s);

#endif
