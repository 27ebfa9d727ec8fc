/* One line of the change log: canonical JSON without a newline, whose bytes are what is hashed, stored and exported.
 * Stores nothing and knows no kinds. The format is audit-log/FORMAT.md, section 2:
 *
 *     {"seq":12,"id":"<32 hex>","prev":"<64 hex>","time":"2026-11-23T10:15:02.123Z","kind":"change.proposed",
 *      "change":"SC-7","actor":{"id":"p3","auth":"signature"},"body":{…}}
 *
 * in this order, on one line; the members of body sorted as RFC 8785 sorts them, its integers within ±(2^53−1). */
#ifndef SETGOV_PROOF_LINE_H
#define SETGOV_PROOF_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/json.h"
#include "src/base/time.h"

#define LINE_MAX_BYTES 65535          /* a tile bundle counts an entry's bytes in 16 bits */

struct line {
	uint64_t seq;
	uint8_t id[16];               /* random: nobody guesses a neighbour from a proof's hashes */
	struct hash32 prev;           /* leaf of the line before; zeros in line 0 */
	struct unix_time time;
	struct span kind;             /* "change.proposed": [a-z0-9.-], 1 to 64 */
	struct span change;           /* "SC-7"; empty = null */
	struct span actor;            /* an id from the profile's people: printable ASCII, 1 to 64 */
	struct span auth;             /* how it was proved: "signature", "os-user" or "claimed" */
	const struct json *body;      /* an object */
	struct span raw;              /* the line's bytes; line_write() does not read it */
};

/* Appends the line to `out`. ERR_RANGE or ERR_SYNTAX naming the field when a field is not what the format says, or
 * "needed at most 65535 bytes, found N"; `out` is then as it was. */
MUST_CHECK bool line_write(struct buf *out, const struct line *l, struct err *e);
/* Accepts exactly what line_write() makes: writing the result again gives the same bytes. Everything in *l lives in the
 * arena or in `raw`, which must outlive it. e->at is an offset in the line. */
MUST_CHECK bool line_parse(struct arena *a, struct line *l, struct span raw, struct err *e);
/* The head of a line without a JSON parser: for scans of many. Borrows from raw. True says that the line starts as
 * line_write() would start it, and nothing about the rest: only line_parse() judges. */
struct line_peek {
	uint64_t seq;
	uint8_t id[16];
	struct hash32 prev;
	struct span time;             /* 24 characters, as time_format() writes them */
	struct span kind, change;     /* change: empty = null */
};
bool line_peek(struct line_peek *out, struct span raw);
/* SHA-256(0x00 ‖ line). */
void line_leaf(struct hash32 *out, struct span raw);
bool line_kind_is(const struct line *l, const char *kind);
/* May it come behind a line of that time? It is not earlier; or it is the clock's own line, clock.stepped-back, and
 * says from when, that time, to when, its own and an earlier one. */
bool line_is_in_time(const struct line *l, struct unix_time before);
/* "SC-7": capital letters and digits, a hyphen, a number without leading zeros. */
bool line_change_is_valid(struct span change);

#endif
