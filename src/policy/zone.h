/* Local time in a named zone, from the seconds alone: no clock, no files of the system, no TZ of the process, so that
 * a freeze window is the same on every machine and in every year. A zone is a name from our own short table, or a
 * POSIX TZ string ("CET-1CEST,M3.5.0,M10.5.0/3"; POSIX.1-2017, section 8.3, the M form of rules). */
#ifndef SETGOV_POLICY_ZONE_H
#define SETGOV_POLICY_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"

struct zone_rule { int month, week, day; int32_t at; };  /* Mm.w.d/at: seconds after midnight, local */
struct zone {
	struct span name;             /* as it was written */
	int32_t offset;               /* seconds east of Greenwich */
	bool has_summer;
	int32_t summer_offset;
	struct zone_rule starts, ends;
};
/* ERR_UNKNOWN for a name that we do not have; ERR_SYNTAX for a TZ string that is not one. */
MUST_CHECK bool zone_parse(struct zone *out, struct span text, struct err *e);

struct local_time {
	char text[17];                /* "2026-12-24T16:00" */
	int weekday;                  /* 0 = Sunday */
};
/* seconds: 1970 to 9999; later ones are taken as the last of these. */
void zone_local(struct local_time *out, const struct zone *z, uint64_t seconds);
int weekday_parse(struct span name);   /* "sun" … "sat"; -1: none of them */

#endif
