/* What one look at the chain found that is not as it should be: the snapshot held against the profile. Pure. Codes are
 * listed in docs/formats.md, section 6. */
#ifndef SETGOV_GOV_FINDINGS_H
#define SETGOV_GOV_FINDINGS_H

#include "src/gov/snapshot.h"

/* Fills s->findings, the gravest first, from all else in *s. */
void findings_judge(struct arena *a, struct snapshot *s, const struct deployment *d);

/* How the Safe's threshold differs from the profile's, in words; false: it does not. */
bool findings_threshold(struct buf *out, const struct deployment *d, uint64_t on_chain);

#endif
