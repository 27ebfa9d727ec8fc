/* Making foreign text safe to show, and how wide it is. Foreign: token names, RPC messages, file names, titles. */
#ifndef SETGOV_BASE_TEXT_H
#define SETGOV_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"

/* Appends s with everything that could deceive made visible: C0/C1 controls, DEL, bidi marks and isolates, zero-width
 * and other format characters, unassigned code points, and bytes that are not UTF-8, each as \u{XXXX} or \xXX.
 * A newline stays only when `lines` is true. */
void text_safe(struct buf *out, struct span s, bool lines);
/* The same, in the arena. */
char *text_safe_str(struct arena *a, struct span s, bool lines);
/* All that err_format() says of the error, which may quote foreign text: on one line, in the arena. */
char *text_safe_err(struct arena *a, const struct err *e);
bool text_is_utf8(struct span s);                      /* strict: no overlongs, surrogates or > U+10FFFF */
/* How many bytes the first character takes, and the character; 0 when they are not UTF-8 (or there are none). */
size_t text_decode(struct span s, uint32_t *c);
void text_encode(struct buf *out, uint32_t c);         /* as UTF-8; c is no surrogate and at most U+10FFFF */
int text_shown(struct span s);                         /* its length for printf's "%.*s" */
/* True when text_safe() would change nothing. */
bool text_is_plain(struct span s, bool lines);
/* Columns on a terminal (wide = 2, combining = 0). s is valid UTF-8. */
size_t text_width(struct span s);
/* Bytes of the longest prefix that fits `columns`. */
size_t text_fit(struct span s, size_t columns);
/* Words wrapped so that no line is wider than `columns`: each line after the first is indented by `indent`, and the
 * caller has written as many columns of the first one. A newline stays one. A word that is longer than a line (an
 * address, a hash) is never cut but put on its own line. */
void text_wrap(struct buf *out, struct span s, size_t columns, size_t indent);
/* As it stands in a manual page: a dash that is typed is escaped, or copies from the page do not run. */
void text_roff(struct buf *out, const char *s);

#endif
