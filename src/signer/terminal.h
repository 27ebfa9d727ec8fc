/* The person at the keyboard: plain lines, opened before the sandbox closes. Foreign text is made safe by the
 * caller. */
#ifndef SETGOV_SIGNER_TERMINAL_H
#define SETGOV_SIGNER_TERMINAL_H

#include <stdbool.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/secret.h"

#define PASSPHRASE_MAX 1024u

struct terminal {
	int fd;                       /* -1: nobody is there */
};

/* /dev/tty, if there is one. */
void terminal_open(struct terminal *t);
bool terminal_is_there(const struct terminal *t);
void terminal_say(const struct terminal *t, const char *fmt, ...) PRINTF(2, 3);
/* One line without its newline, appended. ERR_IO at the end of input: nobody is there any more. */
MUST_CHECK bool terminal_ask(const struct terminal *t, const char *question, struct buf *line, struct err *e);
/* The same without showing what is typed. The caller frees it. */
MUST_CHECK struct secret *terminal_passphrase(const struct terminal *t, const char *question, struct err *e);
/* One line from a descriptor: how scripts give a passphrase, never by argv or environment. */
MUST_CHECK struct secret *terminal_passphrase_fd(int fd, struct err *e);

#endif
