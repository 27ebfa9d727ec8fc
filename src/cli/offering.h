/* The console's side of an adoption, of a policy or a list of releases: the offer that goes to the owners, their
 * signatures coming in, and what is in force then. Lines: FORMAT.md, section 15. */
#ifndef SETGOV_CLI_OFFERING_H
#define SETGOV_CLI_OFFERING_H

#include "audit-log/in_force.h"

struct offering {
	enum adoptable_kind kind;
	struct offers all;            /* of both kinds */
	struct in_force now;          /* of this one */
};
/* ERR_REFUSED "POLICY" when policy.json is another policy than the log adopted last; "RELEASES" likewise. */
MUST_CHECK bool offering_read(struct workspace *ws, struct arena *a, enum adoptable_kind kind, struct offering *out,
			      struct err *e);
/* The same for showing: found through the views, and not refused. */
MUST_CHECK bool offering_look(struct workspace *ws, struct arena *a, enum adoptable_kind kind, struct offering *out,
			      struct err *e);
/* An offer as it goes to the owners: both documents, and the signatures that the log has. */
MUST_CHECK bool offering_adoption(struct workspace *ws, struct arena *a, const struct offer *o, struct adoption *out,
				  struct err *e);
size_t offering_needs(const struct offering *x, const struct adoptable *offered, const struct workspace *ws);
/* Logs a new offer, in a transaction of its own. */
MUST_CHECK bool offering_add(struct workspace *ws, struct arena *a, const struct adoption *x, struct err *e);

struct endorsed {
	struct adoption_terms terms;  /* what was signed */
	bool known;                   /* the log has it already */
	const struct offer *adopted;  /* this signature was the last one that it took; NULL: it was not */
	const char *words;            /* "p2 signed for the policy Set Chain mainnet: 2 of 3" */
};
/* One owner's signature, as a line policy.signed and, when it is the last that it takes, policy.adopted; or the
 * same of releases. Within a transaction of the log's. False with *why: not accepted ("TYPE", "LOG-OTHER",
 * "OFFER", what message_check() and adoption_fits() say); with *e: the log could not be read or written. */
MUST_CHECK bool offering_take(struct workspace *ws, struct arena *a, const struct signed_message *m,
			      struct endorsed *out, struct err *why, struct err *e);
/* After an adoption was committed: policy.json or releases.json is what the log adopted (a file that is already is left
 * as it is written), and the whole adoption lies at *path for the signers' machines. */
MUST_CHECK bool offering_publish(struct workspace *ws, struct arena *a, enum adoptable_kind kind, const char **path,
				 struct err *e);
/* packets/<its word>-<16 digits of its digest>.adoption.json */
MUST_CHECK bool offering_path(struct workspace *ws, struct arena *a, const struct adoptable *x, const char **out,
			      struct err *e);
/* The file for an offer, replaced as signatures come in. */
MUST_CHECK bool offering_write(struct arena *a, const struct adoption *x, const char *path, struct err *e);

#endif
