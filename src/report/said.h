/* What a line says, as a sentence: for tables whose lines are of many kinds. The line itself, with its digests, is in
 * the evidence. */
#ifndef SETGOV_REPORT_SAID_H
#define SETGOV_REPORT_SAID_H

#include "src/proof/line.h"

/* Foreign text goes in as it is. A kind that this program does not know: each member of its body, "name: value". */
void said_line(struct buf *out, const struct line *l);
/* What lines of this kind are: "a change was proposed: words and calls were frozen". */
const char *said_kind(struct span kind);
/* What became of an attempt that a line tells of: "declined", "refused", "denied", "failed". */
const char *said_outcome(struct span kind);

#endif
