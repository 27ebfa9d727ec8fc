/* Runs another program of ours (setgov-signer) and takes what it prints. It keeps our terminal and our standard
 * error, and inherits the descriptors that are not close-on-exec: a passphrase descriptor passes through, a
 * secret never does. */
#ifndef SETGOV_CLI_SPAWN_H
#define SETGOV_CLI_SPAWN_H

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"

/* The path of a program that lies beside this one, or what the environment variable says. */
const char *spawn_beside(struct arena *a, const char *program, const char *variable);
/* The path of this program. */
const char *spawn_self(struct arena *a);
/* argv ends with NULL. Standard output, at most `cap` bytes, goes to *out. True: it ran and ended by itself
 * with *status. ERR_IO when it could not be started, printed more, or was killed. */
MUST_CHECK bool spawn_run(const char *const argv[], struct buf *out, size_t cap, int *status, struct err *e);

#endif
