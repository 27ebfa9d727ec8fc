/* What each report says: its sections, filled from the log and, where the chain was asked, from one look at it. What
 * the chain was not asked is said to be not known, never left out. docs/reports.md lists sections and columns. Evidence
 * is added afterwards (evidence.h). */
#ifndef SETGOV_REPORT_FACTS_H
#define SETGOV_REPORT_FACTS_H

#include "src/report/governance.h"
#include "src/report/report.h"
#include "src/report/story.h"

/* One change, for an audit of change management. ERR_MISSING: no such change. */
MUST_CHECK bool facts_change(struct arena *a, struct report *r, const struct report_source *src, struct span change,
			     struct err *e);
/* What happened from one time on and before another. Changes are read one after another and given back, so that memory
 * is that of the report, not of the log. */
struct period { struct unix_time from, to; };
MUST_CHECK bool facts_period(struct arena *a, struct report *r, const struct report_source *src,
			     const struct period *period, struct err *e);
/* A meeting: the one that is named, or the one that is open, or, where none is, the next one: whatever is open.
 * ERR_REFUSED "MEETING-UNKNOWN". */
MUST_CHECK bool facts_meeting(struct arena *a, struct report *r, const struct report_source *src, const char *meeting,
			      struct err *e);
/* Who holds the deployment, and since when: what an auditor calls governance evidence. */
MUST_CHECK bool facts_deployment(struct arena *a, struct report *r, const struct report_source *src,
				 const struct governance *g, struct err *e);
/* Every report ends with who made it, with what, from how much of the log, what was asked of the chain, and the
 * holes that a restored log has. The evidence is filled between the two: the second says how many lines are shown, and
 * how many withheld. */
void facts_export(struct arena *a, struct report *r, const struct report_source *src);
void facts_shown(struct arena *a, struct report *r);

#endif
