/* What an emergency was let off, for its record and for the register: which rules of the policy were waived, for what
 * alone, and until when they could be. */
#ifndef SETGOV_REPORT_EMERGENCY_H
#define SETGOV_REPORT_EMERGENCY_H

#include "src/report/story.h"

struct waived {
	struct buf rules;             /* "freeze, waived by the exception urgent"; or why there is none to tell */
	struct buf expires;           /* when the exceptions end */
	bool any;
};
/* `x` is the story's emergency. The verdicts of its lines are judged again; the arena is the story's. */
void emergency_waived(struct waived *out, struct arena *a, const struct report_source *src, const struct story *x);
void waived_release(struct waived *w);
/* "this change alone: operation 0x…": an emergency is declared for one change and for nothing that comes after it. */
void emergency_scope(struct buf *out, const struct story *x);

#endif
