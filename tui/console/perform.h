/* Doing what steps want done: effects become commands, and how commands end goes back into a step. For console.c and
 * the two files behind this header: perform.c (what the person asked for) and asking.c (what the console asks by
 * itself). */
#ifndef SETGOV_TUI_CONSOLE_PERFORM_H
#define SETGOV_TUI_CONSOLE_PERFORM_H

#include "tui/console/compose_file.h"
#include "tui/console/console.h"
#include "tui/console/effect.h"
#include "tui/console/presence.h"
#include "tui/console/state.h"
#include "tui/kit/job.h"

struct console {
	const struct console_options *o;
	const char *dir;              /* of the workspace that is open, or that there is none in */
	struct arena arena;           /* lives as long as the console */
	struct workspace ws;
	struct model m;
	struct state s;
	struct loop *loop;
	struct presence *presence;    /* of this console, on the workspace that is open */
	/* the command that the person waits for */
	struct job *job;
	ended_fn *then;
	const char *done;
	bool print;                   /* its text is shown on VIEW_RESULT */
	struct compose_file half;     /* the half-typed change on disk */
	/* what the console asks by itself */
	struct job *look, *reads, *now;
	struct arena now_arena;       /* of the question that waits for the next tick, or is asked */
	const struct effect *now_asked;
	bool now_waits;
	char reads_change[CHANGE_ID_MAX];
	struct job *verdict;
	char verdict_change[CHANGE_ID_MAX];
	struct unix_time looked;      /* when the last look ended */
	struct hash32 alerts_seen;    /* the alerts that somebody has had on the screen */
	int64_t minute;               /* of the frame that is shown */
	bool slow;                    /* it says that the chain is slow */
};

/* Performs and forgets them. Effects of the steps that follow are performed, too. */
void perform(struct console *c, struct effects *fx);
/* Opens the workspace in `dir`, when its views are at hand; otherwise runs the command that makes them, and opens it
 * when that has ended. What goes wrong is said. */
void perform_enter(struct console *c, const char *dir);
/* Leaves the workspace that is open, if one is. */
void perform_leave(struct console *c);
/* Tells other consoles on this workspace what is done here. */
void perform_presence(struct console *c);
/* Loads what is shown, after anything may have changed; asks for what the place needs from the chain. */
void perform_show(struct console *c);

/* Looks at the chain now, unless a look is under way. */
void asking_look(struct console *c);
/* Every tick: looks when it is time. */
void asking_tick(struct console *c);
/* What the contracts say now about the change that is shown, once for each time it is loaded. */
void asking_reads(struct console *c);
/* EFFECT_NOW: at the next tick, unless another comes. */
void asking_now(struct console *c, const struct effect *e);
/* What the policy says of it, likewise. */
void asking_verdict(struct console *c);
/* Alerts that are on the screen are read. */
void asking_alerts(struct console *c);
void asking_stop(struct console *c);

/* setgov -C DIR [--as PERSON] WORDS… [--json], NULL-ended, in the arena. */
const char **perform_argv(const struct console *c, struct arena *a, const char *const *words, size_t n, bool json);

#endif
