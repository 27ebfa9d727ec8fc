/* What needs somebody's eyes, collected out of the model, the worst first: what the last look at the chain found, with
 * what the log says of it; what else the log has that nobody has answered for; and what the queue shows. */
#ifndef SETGOV_TUI_CONSOLE_ALERTS_H
#define SETGOV_TUI_CONSOLE_ALERTS_H

#include "tui/console/model.h"

enum alert_kind {
	ALERT_LOG,                    /* it is not the one that this machine remembers */
	ALERT_OPERATION,              /* of the timelock, not in the log */
	ALERT_TX,                     /* of the Safe, not in the log */
	ALERT_FINDING,                /* something on chain is not as the profile has it */
	ALERT_LOGGED,                 /* of the log, and not in what was seen last: cleared, or not looked at */
	ALERT_UNREADABLE,             /* a change whose lines cannot be understood */
	ALERT_LOOSE,                  /* signatures that anyone can use */
	ALERT_TWICE,                  /* two steps at one nonce */
	ALERT_DUPLICATE,              /* two changes with the same calls */
	ALERT_STALE,                  /* a step that has to be signed anew */
	ALERT_ENDPOINT,               /* in trouble */
	ALERT_EVENTS,                 /* not read: what happened without the log is not known */
	ALERT_CHAIN,                  /* not asked, or it did not answer: nothing is known of it now */
};

struct alert {
	enum alert_kind kind;
	/* what it is about: the one that its kind has */
	const struct queue_row *row;
	const struct snapshot_operation *op;
	const struct snapshot_foreign_tx *tx;
	const struct snapshot_finding *finding;
	const struct snapshot_endpoint *endpoint;
	const struct logged_alert *logged;    /* what the log says of it; or NULL */
};

/* What the last look found that the log has no open alert about. */
size_t alerts_not_logged(const struct model *m);
size_t alerts_count(const struct model *m);
/* The i-th of them; false: there are not as many. */
bool alerts_at(const struct model *m, size_t i, struct alert *out);
/* What to do about a finding, in words without keys: those that `setgov alerts` has. */
const char *alerts_next(const struct snapshot_finding *f);

#endif
