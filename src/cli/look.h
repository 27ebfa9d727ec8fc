/* One look at the chain: struct snapshot is taken here, and nowhere else. Reads, and writes nothing but the events
 * that were read (audit-log/events.h). */
#ifndef SETGOV_CLI_LOOK_H
#define SETGOV_CLI_LOOK_H

#include "audit-log/workspace.h"
#include "src/chain/reader.h"
#include "src/gov/snapshot.h"

/* Takes at most about `within_ms` altogether. Whatever is wrong outside is part of what was found (trouble, endpoints,
 * events_trouble, findings); false only when the log itself cannot be read. */
MUST_CHECK bool look_take(struct workspace *ws, struct arena *a, int64_t within_ms, struct snapshot *out,
			  struct err *e);
/* Opens those endpoints that answer, for a look at less. ERR_CHAIN when none does, or ERR_REFUSED. */
MUST_CHECK bool look_open(struct workspace *ws, struct arena *a, int64_t within_ms, struct chain *out, struct err *e);
/* How many of its owners the Safe asks for, within a few seconds; the same errors. */
MUST_CHECK bool look_threshold(const struct deployment *d, struct arena *a, uint64_t *out, struct err *e);
/* --timeout, as it was given or NULL (10 s): from 1s to 1h. */
MUST_CHECK bool look_timeout(int64_t *within_ms, const char *given, struct err *e);
/* A snapshot of nobody having been asked, and why. */
struct snapshot look_not_taken(const char *why);

#endif
