/* What keeps this process in: no core dumps, no debugger, no new privileges; then no files but the named
 * directories (Landlock) and no system calls but the ones that reading, hashing, asking and writing need
 * (seccomp; anything else kills the process). There is no network, no exec and no fork behind this door.
 *
 * Named packets were read before, and nothing beside them can be. To choose packets on the screen, directories must be
 * looked into and files read inside: then everything below /media, /run/media, /mnt, the working directory (never /)
 * and the directories that the command line names can be read, made and replaced, until the packets are chosen. No byte
 * of a file is parsed in that time. Then a second door leaves the signer's own directory and, unreadable, the
 * directories of the chosen packets, as if they had been named. */
#ifndef SETGOV_SIGNER_SANDBOX_H
#define SETGOV_SIGNER_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/arena.h"
#include "src/base/err.h"

/* Before anything else is done. */
MUST_CHECK bool sandbox_harden(struct err *e);
/* The name of a network interface, other than loopback, that is up; NULL when none is. */
const char *sandbox_interface_up(struct arena *a);
/* Swap could write a key to disk. */
bool sandbox_has_swap(void);
/* Closes every inherited descriptor above standard error but these. */
void sandbox_close_others(const int keep[], size_t n);

struct sandbox_dir {              /* files below it can be made, replaced and removed */
	const char *path;
	bool reads;                   /* and read */
};
/* A second door, inside the first: from here on only what these directories grant, too, of what the first one left.
 * Nothing to do where there is no Landlock. */
MUST_CHECK bool sandbox_narrow(const struct sandbox_dir *dirs, size_t n, struct err *e);
/* Closes the door. *landlocked is false where the kernel has no Landlock. Never opens again. */
MUST_CHECK bool sandbox_enter(const struct sandbox_dir *dirs, size_t n, bool *landlocked, struct err *e);

#endif
