/* Composing a change: an action is picked, a form made from the catalogue is filled in, actions are put in order, and
 * sentence, calldata and complaints follow every key. What is half typed lies in a file (compose_file.h), not in the
 * log: only saving as a draft writes a line. compose.c has its life and its keys, act_compose.c what the table of keys
 * calls, compose_form.c the forms, compose_rows.c what can be picked, compose_judge.c what is made of what was typed,
 * compose_keep.c the file; view_compose.c draws. */
#ifndef SETGOV_TUI_CONSOLE_COMPOSE_H
#define SETGOV_TUI_CONSOLE_COMPOSE_H

#include "src/gov/explain.h"
#include "tui/console/compose_file.h"
#include "tui/console/keys.h"

/* One page after the other; Esc goes back. Each has keys of its own in the table. */
enum compose_page {
	COMPOSE_LEFT,                 /* what was left earlier: go on with one, or begin anew */
	COMPOSE_PICK,                 /* which action */
	COMPOSE_ARGS,                 /* its arguments */
	COMPOSE_BOOK,                 /* an address for one of them */
	COMPOSE_BATCH,                /* all actions, in their order */
	COMPOSE_WORDS,                /* title, reason … */
	COMPOSE_REVIEW,               /* all of it, before it is saved */
};

/* One call that an action makes. */
struct composed_call {
	const char *to, *value, *data;                /* whole; value NULL: it sends none */
	const struct explained_call *explained;       /* NULL: not readable */
	const char *trouble;                          /* and why not, or NULL */
};

/* One action, as far as it is typed. */
struct composed {
	struct arena arena;           /* what the form borrows */
	const struct action_def *def;
	const struct action_arg *args;
	struct form form;             /* a field for each argument */
	const char **hints;           /* what is asked for in each; the form shows the focused field's alone */
	bool *left;                   /* the person has been in the field and left it: it may say that it is empty */
	/* judged anew at every key, in the composer's arena */
	bool good;                    /* nothing speaks against saving it */
	const struct json *action;    /* canonical; NULL: not all of it is there */
	const char *sentence;         /* or NULL */
	const char *waits;            /* why there is no sentence, or what is wrong with all of it; or NULL */
	struct composed_call *calls;
	size_t n_calls;
};

struct compose {
	enum compose_page page;
	uint32_t key;                 /* the one being handled */
	char edits[CHANGE_ID_MAX];    /* the draft that this is to replace; empty: a new change */
	struct composed **actions;
	size_t n;
	size_t at;                    /* the action that has the focus, or is filled in */
	struct form words;
	bool words_left[N_CHANGE_WORDS];
	struct edit search;           /* PICK, BOOK */
	size_t row;                   /* the focused row of PICK, BOOK, LEFT */
	/* LEFT */
	struct arena left_arena;
	bool found;                   /* it has been looked */
	struct left_rows left;
	/* what was made of it */
	struct arena judged;
	bool words_good;
	bool direct;                  /* every action that is there is */
	const char *complaint;        /* about the actions together, or NULL */
	struct buf kept;              /* what the file holds, without holder and time */
	/* what is so now */
	struct arena now_arena;
	const struct json *now;       /* [{say, now, arg}] as `setgov actions … --now` prints it, or NULL */
	struct buf now_asked;         /* for which action with which arguments */
	bool saving, propose;         /* the draft is being written; to be proposed then */
};

void compose_free(struct compose *c);
/* Whose rows in the table of keys are in force. */
enum view_id compose_keys(const struct compose *c);

/* A key of the page's form or search line; false: none of theirs. */
bool compose_type(struct act *x, uint32_t key);

/* Puts aside what is half typed (its file stays) and begins another; goes to VIEW_COMPOSE. */
struct compose *compose_begin(struct act *x, enum compose_page page);
/* A draft back to the form; x->m->change is it. Says why not when it cannot. */
void compose_edit(struct act *x, const char *change);
/* To the first page, or away from VIEW_COMPOSE. */
void compose_leave_view(struct act *x);
/* Told by compose_perform(). */
void compose_found(struct act *x, const struct left_rows *left);
void compose_taken(struct act *x, const struct half_typed *half);
/* What is typed, for the file; holder and time are the caller's. */
void compose_half(const struct compose *c, struct arena *a, struct half_typed *out);
/* After whatever may have changed something: judges, keeps, asks what is so now, brings the cursor into sight. */
void compose_settle(struct act *x);

/* compose_form.c: forms */
void compose_make_words(struct compose *c);
/* A draft from the command line may have a category of its own, which stays what it is. */
void compose_set_words(struct compose *c, const struct span words[N_CHANGE_WORDS]);
void compose_hint_focused(struct compose *c);
void composed_free(struct composed *x);
struct composed *compose_add(struct compose *c, const struct pinned *pin, const struct action_def *def);
void compose_put(struct field *f, struct span text);
void compose_remove(struct compose *c, size_t i);
struct composed *compose_current(const struct compose *c);     /* NULL: none */

/* compose_rows.c: the i-th of the rows that are shown: actions that the search finds; addresses of the book. False: no
 * such. */
bool compose_pick_row(const struct compose *c, const struct pinned *pin, size_t i, const struct action_def **out);
struct book_row { struct span name; const char *what; struct addr address; char text[43]; };
bool compose_book_row(const struct compose *c, const struct pinned *pin, size_t i, struct book_row *out);
bool compose_book_find(const struct pinned *pin, struct span name, struct addr *out);

/* compose_judge.c */
void compose_judge(struct compose *c, const struct model *m);
/* Everything that keeps it from being saved is gone. */
bool compose_ready(const struct compose *c);

/* compose_keep.c, for perform.c and console.c */
/* Performs an effect that concerns the half-typed change, and tells whoever composes; false when it is another kind.
 * What goes wrong is said at the bottom of the screen. */
bool compose_perform(struct act *x, struct compose_file *f, const struct effect *e);
/* At each tick: to the disk, when nothing was typed for a second. */
void compose_pause(struct act *x, struct compose_file *f);
/* When the console ends: to the disk, and unlocked. */
void compose_end(struct act *x, struct compose_file *f);

#endif
