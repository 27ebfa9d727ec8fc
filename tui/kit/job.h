/* A program that runs beside the screen: its output is collected, its progress shown, it can be interrupted. Or in
 * front of it, when it needs the terminal for itself. */
#ifndef SETGOV_TUI_KIT_JOB_H
#define SETGOV_TUI_KIT_JOB_H

#include "src/base/err.h"
#include "tui/kit/loop.h"

struct job;

struct job_result {
	bool started;                 /* false: `err` says why */
	bool killed;                  /* by a signal: number in status */
	bool overflow;                /* printed more than the cap: it was killed */
	int status;                   /* exit status */
	struct span out, err;         /* borrowed for the call */
};
typedef void job_done_fn(void *ctx, const struct job_result *r);
typedef void job_progress_fn(void *ctx, struct span line);    /* each line on stderr, without its newline; or NULL */

#define JOB_OUT_CAP ((size_t)64 << 20)

/* argv ends with NULL and is copied; argv[0] is a path. Standard input is /dev/null; descriptors above 2 are closed;
 * the child is in a process group of its own, and is killed when this process dies. It gets what the processors have
 * left: keys come first. `done` is called once, from the loop.
 * timeout_ms 0: none; one that takes longer is killed (killed, status SIGKILL). */
struct job *job_start(struct loop *l, const char *const argv[], unsigned timeout_ms, job_progress_fn *progress,
		      job_done_fn *done, void *ctx);
/* SIGINT to its group; after two seconds SIGKILL. `done` is still called. */
void job_interrupt(struct job *j);
/* SIGKILL, no `done`: for the end of the program. */
void job_abandon(struct job *j);
/* Suspends the screen and runs it on the terminal, with the terminal's signals; waits for it; resumes. Its standard
 * output goes to *out, at most JOB_OUT_CAP bytes; or to the terminal, where `out` is NULL. */
MUST_CHECK bool job_foreground(struct loop *l, const char *const argv[], struct buf *out, int *status, struct err *e);

#endif
