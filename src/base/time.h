/* Time comes in through time_now() and randomness through random_bytes(), one function each, so that tests can fix
 * them. */
#ifndef SETGOV_BASE_TIME_H
#define SETGOV_BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"

struct unix_time {            /* milliseconds since 1970-01-01T00:00:00Z */
	int64_t ms;
};

/* The clock, or what time_fix() set. */
struct unix_time time_now(void);
void time_fix(struct unix_time t);                            /* tests only */
/* Seconds of the machine's life, those that it slept included: what must not outlast Ctrl-Z or a lid that was shut. */
int64_t time_since_boot(void);
void time_format(struct buf *out, struct unix_time t);        /* 2026-11-23T10:15:02.123Z */
void time_format_minute(struct buf *out, int64_t seconds);    /* 2026-11-23 10:15 UTC */
MUST_CHECK bool time_parse(struct unix_time *out, struct span text, struct err *e);  /* exactly the first format */
/* As people type it: the same, or a day, 2026-11-23, which is midnight UTC; to_its_end: the midnight after it. */
MUST_CHECK bool time_parse_day(struct unix_time *out, struct span text, bool to_its_end, struct err *e);
/* "24h", "5 min", "2 days 3h", "90s", "86400" (seconds) into seconds. */
MUST_CHECK bool duration_parse(uint64_t *seconds, struct span text, struct err *e);
/* "1 day", "23 h 59 min"; exact, nothing is rounded: "1 h 1 s". */
void duration_format(struct buf *out, uint64_t seconds);
/* getrandom(2), or what random_fix() began; dies when there is none. */
void random_bytes(void *out, size_t n);
void random_fix(uint64_t seed);                               /* tests only: the same bytes in every run; seed not 0 */

#endif
