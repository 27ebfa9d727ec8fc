/* Base64 (RFC 4648, section 4): the standard alphabet with padding, one encoding per value. */
#ifndef SETGOV_BASE_BASE64_H
#define SETGOV_BASE_BASE64_H

#include <stdbool.h>

#include "src/base/buf.h"
#include "src/base/err.h"

void buf_base64(struct buf *out, struct span bytes);
/* Appended to out. ERR_SYNTAX with the offset: a character outside the alphabet, missing padding, or bits set that the
 * value does not use. */
MUST_CHECK bool base64_decode(struct buf *out, struct span text, struct err *e);

#endif
