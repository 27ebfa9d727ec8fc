/* Times and durations as people read them on the screen: UTC, the reader's zone, and how far away. */
#ifndef SETGOV_BASE_WHEN_H
#define SETGOV_BASE_WHEN_H

#include "src/base/buf.h"
#include "src/base/time.h"

/* "in 3 h 5 min", "2 days ago", "now"; minutes are the smallest unit above a minute. Both in seconds. */
void when_relative(struct buf *out, int64_t then, int64_t now);
/* "2026-11-23 10:15 UTC (11:15 CET), in 3 h"; the zone only where it is not UTC. */
void when_format(struct buf *out, int64_t then, int64_t now);
/* "4 s", "3 min", "2 h 5 min": rounded down to two units. */
void when_span(struct buf *out, uint64_t seconds);

#endif
