/* What the console's node made of the change in thought, for the page that decides: a table of values before and after.
 * All of it is the console's word, and stands behind the bar of foreign words; nothing here was checked. */
#ifndef SETGOV_SIGNER_REVIEW_EFFECTS_H
#define SETGOV_SIGNER_REVIEW_EFFECTS_H

#include "src/gov/effects_said.h"
#include "src/gov/packet.h"
#include "tui/kit/paper.h"

/* False: the packet carries none. ERR_MISMATCH and the like, named "evidence.preview", when it cannot be read. */
bool review_effects_of(struct arena *a, struct effects_said *out, const struct packet *p, struct err *e);
/* `details`: also what goes along with what is intended, storage, events and how it was run. */
void review_effects_write(struct arena *a, struct paper *out, const struct packet *p, bool details);

#endif
