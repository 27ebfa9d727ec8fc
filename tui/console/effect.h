/* What a step wants done: values, performed by perform.c after the step. Nothing is done inside a step, so that steps
 * run in tests without a terminal, a workspace or a program. */
#ifndef SETGOV_TUI_CONSOLE_EFFECT_H
#define SETGOV_TUI_CONSOLE_EFFECT_H

#include "src/base/arena.h"
#include "src/base/json.h"

struct act;

/* How a command ended, as the step that began it is told. */
struct ended {
	bool ok;                      /* exit status 0 */
	bool stopped;                 /* interrupted, by us */
	int status;                   /* its exit status; -1: it was killed or did not start */
	const struct json *json;      /* what it printed with --json, or NULL */
	const char *code;             /* of its refusal, or NULL */
	const char *words;            /* what went wrong, in words safe to show; empty when ok */
	const char *said;             /* all of its standard error, safe to show */
};
typedef void ended_fn(struct act *x, const struct ended *how);

enum effect_kind {
	EFFECT_RUN,                   /* setgov WORDS… --json, beside the screen */
	EFFECT_FRONT,                 /* the same in front of it: it, or the signer, needs the terminal */
	EFFECT_PRINT,                 /* setgov WORDS… without --json, its text shown on VIEW_RESULT */
	EFFECT_STOP,                  /* interrupts what runs */
	EFFECT_LOOK,                  /* asks the chain now */
	EFFECT_OFFLINE,               /* stops asking it, or begins again */
	/* the half-typed change; compose_perform() does them all (compose.h) */
	EFFECT_FIND_COMPOSE,          /* lists what was left: told by compose_found() */
	EFFECT_TAKE_COMPOSE,          /* goes on with the one in words[0]: told by compose_taken() */
	EFFECT_THROW_COMPOSE,         /* removes the one in words[0], and lists anew */
	EFFECT_SAVE_COMPOSE,          /* to its file, which is made when there is none yet */
	EFFECT_LEAVE_COMPOSE,         /* its file to the disk, and unlocked: it is done with here for now */
	EFFECT_DROP_COMPOSE,          /* it has become a draft in the log, or was thrown away */
	/* What is so now, beside a form: setgov WORDS… --json, without a word on the screen and while something else
	 * may run. The newest one counts: it begins at the next tick, one that still runs then is ended and never
	 * told, and none begins while offline. `then` is told of the newest. */
	EFFECT_NOW,
	EFFECT_SIGN,                  /* setgov-signer WORDS… in front of the screen */
	EFFECT_OPEN,                  /* opens the workspace in the directory words[0]: its queue is the first place */
};

#define EFFECTS_MAX 8
#define EFFECT_WORDS_MAX 512

struct effect {
	enum effect_kind kind;
	const char *what;             /* "Proposing SC-7"; shown while it runs */
	const char **words;           /* of the command line behind "setgov" */
	size_t n_words;
	bool too_long;                /* more words than fit: it is not performed, and that is said */
	ended_fn *then;               /* NULL: success is told by `done`, failure by its words */
	const char *done;             /* "SC-7 is proposed" */
};

struct effects {
	struct arena arena;           /* of the words; released when they are performed */
	struct effect v[EFFECTS_MAX];
	size_t n;
};

/* Adds one; words are copied. Words begin with effect_word(), one call each. */
struct effect *effects_add(struct effects *fx, enum effect_kind kind, const char *what);
void effect_word(struct effects *fx, struct effect *e, const char *word);
void effect_fmt(struct effects *fx, struct effect *e, const char *fmt, ...) PRINTF(3, 4);
void effect_words(struct effects *fx, struct effect *e, const char *const words[]);   /* NULL-ended */
/* An option and its value, when the value is not empty. */
void effect_option(struct effects *fx, struct effect *e, const char *name, struct span value);

#endif
