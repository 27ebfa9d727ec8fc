/* What somebody has half typed, as text and back: the change that is composed, and who has it open. Canonical JSON:
 *     {"actions":[{"action":"sequencer.rotate","args":{"new":"0x…","old":""}}],"edits":"SC-7"|"",
 *      "format":"setgov-compose/1","holder":{"actor":"p3","host":"desk","pid":71},
 *      "time":"2026-11-23T10:15:02.123Z","words":{"after":"",…,"title":""}}
 * Does no I/O (compose_file.h does). The reader takes the text for hostile. */
#ifndef SETGOV_TUI_CONSOLE_HALF_TYPED_H
#define SETGOV_TUI_CONSOLE_HALF_TYPED_H

#include "src/base/arena.h"
#include "src/base/err.h"
#include "src/base/time.h"

#define HALF_TYPED_MAX ((size_t)8 << 20)
#define HALF_ACTIONS_MAX 512u
#define HALF_ARGS_MAX 32u

/* title, reason … as `setgov draft` names them, in this order on the form. */
#define CHANGE_WORDS(W) \
	W(TITLE, "title") W(REASON, "reason") W(TICKET, "ticket") W(CATEGORY, "category") W(IMPACT, "impact") \
	W(ROLLBACK, "rollback") W(DELAY, "delay") W(AFTER, "after")
enum change_word {
#define W(id, name) WORD_##id,
	CHANGE_WORDS(W)
#undef W
	N_CHANGE_WORDS
};
extern const char *const change_word_names[N_CHANGE_WORDS];

struct half_arg { struct span name, text; };
struct half_action {
	struct span name;
	struct half_arg *args;
	size_t n_args;
};
struct half_typed {
	struct span actor, host;      /* who has it, or had it last */
	uint64_t pid;
	struct unix_time time;        /* of the last change */
	struct span edits;            /* the draft that it is to replace, or empty */
	struct half_action *actions;
	size_t n_actions;
	struct span words[N_CHANGE_WORDS];
};

/* Borrows from `text` and the arena. Errors name the member and the byte. */
MUST_CHECK bool half_typed_read(struct arena *a, struct half_typed *out, struct span text, struct err *e);
void half_typed_write(struct buf *out, const struct half_typed *h);

#endif
