/* The way back from an upgrade: a change of its own, drafted when the upgrade is proposed, that puts the code back
 * which is there now. Both know each other by a line `upgrade.linked`, which says what the previous code was. */
#ifndef SETGOV_CLI_ROLLBACK_H
#define SETGOV_CLI_ROLLBACK_H

#include "audit-log/workspace.h"
#include "src/chain/reader.h"

struct rollback {
	const struct json *actions;   /* NULL: nothing to go back from */
	const struct json *previous;  /* by contract, its code's address now */
};
MUST_CHECK bool rollback_plan(const struct workspace *ws, struct chain *c, struct arena *a, const struct change *change,
			      const struct proposal *p, struct rollback *out, struct err *e);
/* Drafts it, inside a transaction of the log: *id is its number, NULL where there is nothing to draft. */
MUST_CHECK bool rollback_draft(struct workspace *ws, struct arena *a, const char *change, const struct proposal *p,
			       const struct rollback *r, const char **id, struct err *e);

/* The next name, "SC-8", or "SCKFQ-8" in a log that goes on from a backup, by the log's own lines; called inside the
 * transaction that takes it. */
MUST_CHECK bool draft_next_id(struct workspace *ws, struct arena *a, const char **id, struct err *e);

#endif
