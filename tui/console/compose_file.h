/* What somebody has half typed, in files: <workspace>/compose/<random>.json (0600, in a directory 0700), one for each
 * person who composes. Written anew at every change, so that a killed console loses nothing, and to the disk itself
 * when the person pauses or leaves. Not the log: nothing rests on these files, and the reader takes them for hostile.
 *
 * Canonical JSON:
 *     {"actions":[{"action":"sequencer.rotate","args":{"new":"0x…","old":""}}],"edits":"SC-7"|"",
 *      "format":"setgov-compose/1","holder":{"actor":"p3","host":"desk","pid":71},
 *      "time":"2026-11-23T10:15:02.123Z","words":{"after":"",…,"title":""}}
 *
 * Whoever has one open holds flock() on it, so two consoles never take the same one. */
#ifndef SETGOV_TUI_CONSOLE_COMPOSE_FILE_H
#define SETGOV_TUI_CONSOLE_COMPOSE_FILE_H

#include "src/base/arena.h"
#include "src/base/err.h"
#include "src/base/time.h"

struct act;
struct effect;

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

/* One file that this console holds; {0}: none. */
struct compose_file {
	char *path;
	int fd;                       /* has the lock */
	bool unsynced;                /* written, and not on the disk itself yet */
	struct unix_time written;
};

/* Makes the file when there is none yet. Either the old text is there or the new one, whenever the process dies. */
MUST_CHECK bool compose_file_write(struct compose_file *f, const char *workspace, struct span text, struct err *e);
MUST_CHECK bool compose_file_sync(struct compose_file *f, struct err *e);
/* Unlocks it; the file stays. */
void compose_file_leave(struct compose_file *f);
/* Removes it. */
MUST_CHECK bool compose_file_drop(struct compose_file *f, struct err *e);
/* Takes the lock of one that was left, and reads it. ERR_REFUSED "TAKEN": another console has it. */
MUST_CHECK bool compose_file_take(struct compose_file *f, const char *workspace, const char *name, struct arena *a,
				  struct half_typed *out, struct err *e);

/* One file that is there. */
struct left_row {
	const char *name;
	bool taken;                   /* another console has it open */
	struct half_typed what;
	const char *trouble;          /* it cannot be read, and why, safe to show; or NULL */
};
struct left_rows { struct left_row *row; size_t n; };
/* What was left, newest first. Without the directory: none. */
MUST_CHECK bool compose_files(struct arena *a, const char *workspace, struct left_rows *out, struct err *e);

/* ---- for console.c ---- */

/* Performs an effect that concerns the half-typed change, and tells whoever composes; false when it is another kind.
 * What goes wrong is said at the bottom of the screen. */
bool compose_perform(struct act *x, struct compose_file *f, const struct effect *e);
/* At each tick: to the disk, when nothing was typed for a second. */
void compose_pause(struct act *x, struct compose_file *f);
/* When the console ends: to the disk, and unlocked. */
void compose_end(struct act *x, struct compose_file *f);

#endif
