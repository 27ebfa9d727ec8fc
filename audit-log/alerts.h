/* The alerts that a log tells of. */
#ifndef SETGOV_AUDIT_LOG_ALERTS_H
#define SETGOV_AUDIT_LOG_ALERTS_H

#include "audit-log/workspace.h"
#include "src/gov/alert.h"

/* All of them, folded from the trusted file into the arena, complete as log_each_of_kinds() is: what
 * commands and reports show. */
MUST_CHECK bool alerts_all(struct log *l, struct arena *a, struct alert_log *out, struct err *e);
/* The lines that tell of them: a report goes on behind one that cannot be understood. */
MUST_CHECK bool alerts_lines(struct log *l, struct arena *a, struct seqs *out, struct err *e);
/* As the views have them, for a screen that is drawn often. All, or those that are not settled (views_alerts). */
MUST_CHECK bool alerts_look(struct workspace *ws, struct arena *a, bool all, struct alert_log *out, struct err *e);

/* Fills alert and acknowledged of each finding of *s from the log, for showing; with a follower's log, too. */
MUST_CHECK bool alerts_mark(struct workspace *ws, struct arena *a, struct snapshot *s, struct err *e);

/* Writes down what this look, which is online, says: an alert raised for each finding that no open alert is about, and
 * one cleared for each that it would have found and has not. Both in one transaction, over the log as it is then. */
struct alerts_written {
	struct span *raised, *cleared;        /* ids */
	size_t n_raised, n_cleared;
};
MUST_CHECK bool alerts_write(struct workspace *ws, struct arena *a, const struct snapshot *s,
			     struct alerts_written *out, struct err *e);
/* By whoever acts. ERR_REFUSED "ALERT-UNKNOWN". */
MUST_CHECK bool alerts_acknowledge(struct workspace *ws, struct arena *a, struct span id, const struct alert_ack *ack,
				   struct err *e);

#endif
