/* What one look at the chain found that is not as it should be: the snapshot held against the profile. Pure. Codes are
 * listed in docs/formats.md, section 6. */
#ifndef SETGOV_GOV_FINDINGS_H
#define SETGOV_GOV_FINDINGS_H

#include "src/gov/event.h"
#include "src/gov/snapshot.h"

/* Fills s->findings, the gravest first, from all else in *s. `told` has the events that the look went by, so that a
 * finding names the one that made it so; NULL: none is named. */
void findings_judge(struct arena *a, struct snapshot *s, const struct events_told *told, const struct deployment *d);
/* Could this look have found it, were it still so? False: an endpoint, events or a contract did not answer, or it lies
 * before the first block that was looked at; then that the look has no such finding says nothing. */
bool findings_would_show(const struct snapshot *s, const struct snapshot_finding *f);
/* The same code, subject and event. */
bool finding_is_same(const struct snapshot_finding *x, const struct snapshot_finding *y);

/* What to do about it, whoever meets it wherever: whom to call, and the action that mends it. By code and subject. */
const char *finding_next(const struct snapshot_finding *f);

/* How the Safe's threshold differs from the profile's, in words; false: it does not. */
bool findings_threshold(struct buf *out, const struct deployment *d, uint64_t on_chain);

#endif
