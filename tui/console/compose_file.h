/* Where what is half typed lies: <workspace>/compose/<random>.json (0600, in a directory 0700), one file for each
 * person who composes, half_typed.h inside. Written anew at every change, so that a killed console loses nothing, and
 * to the disk itself when the person pauses or leaves. Not the log: nothing rests on these files.
 *
 * Whoever has one open holds flock() on it, so two consoles never take the same one. */
#ifndef SETGOV_TUI_CONSOLE_COMPOSE_FILE_H
#define SETGOV_TUI_CONSOLE_COMPOSE_FILE_H

#include "tui/console/half_typed.h"

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
/* Removes one that was left. ERR_REFUSED "TAKEN". */
MUST_CHECK bool compose_file_throw(const char *workspace, const char *name, struct err *e);
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

#endif
