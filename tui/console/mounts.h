/* Where sticks are mounted: what /proc/self/mounts says right below /media, /run/media and /mnt, or below a person's
 * directory in the first two. Names there are given by whoever formatted the stick: one that could deceive on a screen
 * is counted and left out (it can still be typed). */
#ifndef SETGOV_TUI_CONSOLE_MOUNTS_H
#define SETGOV_TUI_CONSOLE_MOUNTS_H

#include "src/base/arena.h"
#include "src/base/err.h"

#define MOUNTS_MAX 32                 /* more are counted as left out */

struct mounts {
	const char **dir;             /* plain text, no newline, in the order of the file */
	size_t n;
	size_t left_out;
};

/* `text` is in the format of /proc/self/mounts (fstab(5), octal escapes). Lines that are not are passed over. */
void mounts_parse(struct arena *a, struct mounts *out, struct span text);
/* The machine's own; none when it cannot be read. */
void mounts_read(struct arena *a, struct mounts *out);

#endif
