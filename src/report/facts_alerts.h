/* What reports say of alerts: what was found on chain that was not as it should be, who has seen it and when, what was
 * found no more. All from lines of the log; the chain's own word of now is a report's `findings`. */
#ifndef SETGOV_REPORT_FACTS_ALERTS_H
#define SETGOV_REPORT_FACTS_ALERTS_H

#include "src/report/facts.h"

/* The register: alerts that were not over before the period began, and how each stood when it ended (or stands now,
 * where that is earlier). */
MUST_CHECK bool facts_alerts_period(struct arena *a, struct report *r, const struct report_source *src,
				    const struct period *period, struct err *e);
MUST_CHECK bool facts_alerts_change(struct arena *a, struct report *r, const struct report_source *src,
				    struct span change, struct err *e);
/* Of the deployment: those that are open, and those that nobody has acknowledged. */
MUST_CHECK bool facts_alerts_now(struct arena *a, struct report *r, const struct report_source *src, struct err *e);

#endif
