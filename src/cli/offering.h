/* The console's side of a policy's adoption: the offer that goes to the owners, their signatures coming in, and the
 * policy that is in force then. Lines: FORMAT.md, section 15. */
#ifndef SETGOV_CLI_OFFERING_H
#define SETGOV_CLI_OFFERING_H

#include "audit-log/in_force.h"

struct offering {
	struct offers all;
	struct in_force now;
};
/* ERR_REFUSED "POLICY" when policy.json is another policy than the log adopted last. */
MUST_CHECK bool offering_read(struct workspace *ws, struct arena *a, struct offering *out, struct err *e);
/* The same for showing: found through the views, and not refused. */
MUST_CHECK bool offering_look(struct workspace *ws, struct arena *a, struct offering *out, struct err *e);
/* An offer as it goes to the owners: both policies, and the signatures that the log has. */
MUST_CHECK bool offering_adoption(struct workspace *ws, struct arena *a, const struct offer *o, struct adoption *out,
				  struct err *e);
size_t offering_needs(const struct offering *x, const struct policy *offered, const struct workspace *ws);
/* Logs a new offer, in a transaction of its own. */
MUST_CHECK bool offering_add(struct workspace *ws, struct arena *a, const struct adoption *x, struct err *e);

struct endorsed {
	bool known;                   /* the log has it already */
	const struct offer *adopted;  /* this signature was the last one that it took; NULL: it was not */
	const char *words;            /* "p2 signed for the policy Set Chain mainnet: 2 of 3" */
};
/* One owner's signature, as a line policy.signed and, when it is the last that it takes, policy.adopted. Within a
 * transaction of the log's. False with *why: not accepted ("TYPE", "LOG-OTHER", "OFFER", what message_check() and
 * adoption_fits() say); with *e: the log could not be read or written. */
MUST_CHECK bool offering_take(struct workspace *ws, struct arena *a, const struct signed_message *m,
			      struct endorsed *out, struct err *why, struct err *e);
/* After an adoption was committed: policy.json is what the log adopted (a file that is already is left as it is
 * written), and the whole adoption lies at *path for the signers' machines. */
MUST_CHECK bool offering_publish(struct workspace *ws, struct arena *a, const char **path, struct err *e);
/* packets/policy-<16 digits of the policy's digest>.adoption.json */
MUST_CHECK bool offering_path(struct workspace *ws, struct arena *a, const struct policy *p, const char **out,
			      struct err *e);
/* The file for an offer, replaced as signatures come in. */
MUST_CHECK bool offering_write(struct arena *a, const struct adoption *x, const char *path, struct err *e);

#endif
