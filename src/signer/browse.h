/* Packets on removable media: names, sizes and times of files that could be packets. Of a file it reads the first
 * BROWSE_PEEK bytes, and compares them with how a packet begins; nothing is parsed. A packet is read whole, and parsed,
 * only when it was chosen. */
#ifndef SETGOV_SIGNER_BROWSE_H
#define SETGOV_SIGNER_BROWSE_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/arena.h"

#define BROWSE_FILES_MAX 1000u
#define BROWSE_NAMES_MAX 20000u        /* that are looked at: a stick may hold a million */
#define BROWSE_NOT_ALL "Too many files: not all are listed. Name a directory: setgov-signer load DIR"
#define BROWSE_OTHERS "Other files: they do not begin as a packet does"
#define BROWSE_PEEK 64u                /* bytes of a file that are looked at */
#define BROWSE_DEPTH 3u                /* /media/<who>/<stick>/<folder> */

struct root {
	const char *path;
	unsigned depth;               /* folders below it that are looked into */
};
struct found {
	const char *path;
	uint64_t size;
	int64_t time;                 /* last change, seconds */
	bool packet;                  /* it begins as a packet does; another may be chosen, too, and is refused */
	bool chosen;
};

/* What begins as a packet first, then the others, each newest first. Files that end in .json and are no answers, not
 * hidden, not larger than a packet may be. What cannot be read is left out. *all false: there are more names than are
 * looked at, and a packet may be among the others. */
size_t browse(struct arena *a, struct found **out, const struct root *roots, size_t n_roots, bool *all);
/* Where sticks are mounted, the working directory, and the directories named by the caller; only those that are there,
 * and never the root. */
size_t browse_roots(struct arena *a, struct root **out, const char *const *named, size_t n_named);

#endif
