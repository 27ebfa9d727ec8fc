/* Bytes over a pipe to another program: frames, each a decimal length, a newline, and that many bytes. Every wait has a
 * deadline, every read a cap. */
#ifndef SETGOV_BASE_FRAME_H
#define SETGOV_BASE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/attr.h"
#include "src/base/buf.h"
#include "src/base/err.h"

/* Blocking, whole, restarted after signals. `deadline_ms` is on the monotonic clock, negative = none; past it the
 * error is ERR_CHAIN "no answer in time". */
int64_t frame_clock_ms(void);
MUST_CHECK bool frame_write(int fd, struct span body, int64_t deadline_ms, struct err *e);
/* Appends to out. A length over `cap` is ERR_RANGE and nothing of the body is read. The input ending before the first
 * byte sets *eof and returns true; `eof` NULL makes that an error like every other early end: ERR_SYNTAX. */
MUST_CHECK bool frame_read(int fd, struct buf *out, size_t cap, int64_t deadline_ms, bool *eof, struct err *e);

#endif
