/* A console without a terminal, for tests of steps and views: a workspace whose lines, ids and hashes are the same in
 * every run, a model loaded from it, a state, and keys that are pressed by their names. */
#ifndef SETGOV_TESTS_SUPPORT_CONSOLE_H
#define SETGOV_TESTS_SUPPORT_CONSOLE_H

#include "tui/console/load.h"
#include "tui/console/step.h"

#define TEST_NOW INT64_C(1795000000)          /* seconds: 2026-11-18 11:06:40 UTC */

struct test_console {
	struct arena a;
	const char *dir;              /* the workspace; XDG_STATE_HOME lies beside it */
	struct workspace ws;
	struct deployment d;
	struct pinned pin;
	struct model m;
	struct state s;
	struct effects fx;            /* of the last key that had any */
};

/* Nothing but a model without a workspace. */
void test_console_empty(struct test_console *t);
/* A workspace with five owners (p1 … p5) and these changes:
 *     SC-1  sequencer.rotate; schedule at nonce 4: p1 signed, p2 declined, p3 refused "CLOCK"
 *     SC-2  the same the other way round; schedule at nonce 5: p1, p2 and p4 signed; withdrawn: loose
 *     SC-3  drafted only
 *     SC-4  another; schedule mined at nonce 3; execute packed at nonce 6, signed by p5, left behind there, and packed
 *           again at nonce 7, not signed
 *     SC-5  safe.reject nonce=4, direct; proposed and not packed
 *     SC-6  proposed, schedule at nonce 8: p1, p2 and p3 signed
 * Two sticks are mounted, /media/STICK and /run/media/anna/BLUE. The chain has been seen 12 s before TEST_NOW: Safe
 * nonce 4, 3 of 5, SC-4's operation ready in three hours. */
void test_console_open(struct test_console *t);
void test_console_release(struct test_console *t);
/* The same workspace, the chain not asked. */
void test_console_offline(struct test_console *t);
/* Goes there, and loads what the place needs. */
void test_console_go(struct test_console *t, enum view_id view, const char *change);
/* Presses keys, by their names, separated by blanks ("s Enter Ctrl-C"); 'text' in single quotes is typed. Effects
 * of earlier calls are dropped. */
void test_console_keys(struct test_console *t, const char *keys);
/* What the last keys want done, one line each: "RUN propose SC-7", a word with a blank in it in quotes; the
 * workspace's directory is WS. */
void test_console_effects(const struct test_console *t, struct buf *out);
/* The first of those effects has ended so; `json` NULL or what it printed. */
void test_console_ended(struct test_console *t, int status, const char *json, const char *code, const char *words);
/* The view itself, without the frame, on paper of this width, as text. */
void test_console_view(struct test_console *t, size_t cols, struct buf *out);
/* The whole frame against tests/screens/NAME_80x24.txt and NAME_132x50.txt (screens.h). */
void test_console_screen(struct test_console *t, const char *name);

#endif
