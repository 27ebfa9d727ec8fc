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
	/* Called once for each question that nobody answers for so long (of the machine's life, those that it slept
	 * included). True: it said something, and the question is asked again. NULL: nobody wants to know. */
	bool (*idle)(void *ctx);
	void *idle_ctx;
	unsigned idle_seconds;
};

/* /dev/tty, if there is one. */
void terminal_open(struct terminal *t);
bool terminal_is_there(const struct terminal *t);
void terminal_say(const struct terminal *t, const char *fmt, ...) PRINTF(2, 3);
/* Lines, each wrapped at blanks to the terminal's width and indented like its beginning: an address that fits on a line
 * stands on one. */
void terminal_lines(const struct terminal *t, struct span text);
/* A long text, a screenful at a time: a console without scroll-back must not carry the first lines away. ERR_IO
 * when nobody is there any more. */
MUST_CHECK bool terminal_page(const struct terminal *t, struct span text, struct err *e);
/* One line without its newline, appended. ERR_IO at the end of input: nobody is there any more. */
MUST_CHECK bool terminal_ask(const struct terminal *t, const char *question, struct buf *line, struct err *e);
/* The same, showing a star for each character. Ctrl-C, or a signal that ends a program, first gives the
 * terminal back and is then ERR_REFUSED "STOPPED". What was typed is forgotten when nobody goes on for idle_seconds.
 * The caller frees it. */
MUST_CHECK struct secret *terminal_passphrase(const struct terminal *t, const char *question, struct err *e);
/* Typing a secret: one byte of the terminal at a time, straight into locked memory and through no other buffer. The
 * terminal is in a mode that hands bytes over as they are typed, and shows nothing of them. */
enum typed {
	TYPED_MORE,
	TYPED_END,                    /* Enter */
	TYPED_BACK,                   /* Esc, alone */
	TYPED_NO,                     /* Ctrl-N */
	TYPED_PAUSE,                  /* Ctrl-Z */
	TYPED_STOP                    /* Ctrl-C, Ctrl-D, Ctrl-\, or nobody is there any more */
};
struct typing {
	struct secret *secret;
	size_t n, shown;              /* bytes, and the characters that they are */
};
MUST_CHECK bool typing_begin(struct typing *t, struct err *e);
enum typed typing_byte(struct typing *t, int fd);     /* fd can be read */
/* What was typed; the caller frees it. ERR_USAGE when that is nothing. */
MUST_CHECK struct secret *typing_end(struct typing *t, struct err *e);
void typing_forget(struct typing *t);
/* One line from a descriptor: how scripts give a passphrase, never by argv or environment. */
MUST_CHECK struct secret *terminal_passphrase_fd(int fd, struct err *e);
/* Columns to write in: the terminal's, within 60 to 110; 80 without one. */
size_t terminal_columns(const struct terminal *t);

#endif
