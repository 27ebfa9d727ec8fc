/* The loop of a program with a screen: waits for keys, signals, children and time; calls back; draws when something
 * changed. Starts no program itself (job.h does; setgov-signer links the loop and has no way to start one). */
#ifndef SETGOV_TUI_KIT_LOOP_H
#define SETGOV_TUI_KIT_LOOP_H

#include "tui/kit/term.h"

struct loop;

struct loop_ops {
	/* Draws the whole frame on a cleared grid of the terminal's size. Smaller than 80x24 the loop itself says so
	 * and does not call. */
	void (*draw)(void *ctx, struct grid *g);
	/* One key. K_HANGUP also stands for SIGTERM: save, and loop_stop(). Ctrl-Z is the loop's own: it gives the
	 * terminal back, stops this process, and redraws when it goes on. */
	void (*key)(void *ctx, uint32_t key);
	/* Every `tick_ms`; NULL: never. Draws only when it says that something changed. */
	bool (*tick)(void *ctx);
	/* Whatever may have ended: after SIGCHLD. NULL: nothing to do. */
	void (*child)(void *ctx);
	unsigned tick_ms;
};

struct loop *loop_new(struct term *t, const struct loop_ops *ops, void *ctx);
void loop_free(struct loop *l);               /* signals as they were before; the terminal stays the caller's */
/* Until loop_stop(). False with ERR_IO when the terminal broke. */
MUST_CHECK bool loop_run(struct loop *l, struct err *e);
void loop_stop(struct loop *l);
void loop_redraw(struct loop *l);             /* a frame is drawn before the loop waits again */
/* fn is called when fd can be read (or is at its end), until loop_forget(fd). */
void loop_watch(struct loop *l, int fd, void (*fn)(void *ctx, int fd), void *ctx);
void loop_forget(struct loop *l, int fd);
struct term *loop_term(const struct loop *l);

#endif
