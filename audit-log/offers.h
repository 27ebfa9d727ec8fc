/* The policies and lists of releases that a log was offered, who signed for them, and which it adopted last: the lines
 * policy.offered, policy.signed, policy.adopted, and the same of releases (FORMAT.md, section 15). Whether the
 * signatures are right, and enough, is judged when they come in (src/cli/offering.h) and by `log verify`. */
#ifndef SETGOV_AUDIT_LOG_OFFERS_H
#define SETGOV_AUDIT_LOG_OFFERS_H

#include "audit-log/workspace.h"
#include "src/policy/adoption.h"

struct offer {
	enum adoptable_kind kind;
	uint64_t seq;                 /* of its line */
	struct hash32 message;        /* the EIP-712 digest that owners sign */
	struct hash32 deployment, document, previous; /* previous: zeros for the first */
	uint64_t expires;             /* seconds; 0: never */
	const struct message_signature *signatures;   /* one an owner, in log order */
	size_t n;
	bool adopted;
	uint64_t adopted_seq;
};
struct offers {
	struct offer *v;              /* oldest first */
	size_t n;
	const struct offer *in_force[N_ADOPTABLES];   /* of each kind the one adopted last; NULL: none was */
};
/* From the trusted file's own lines, each re-hashed: what offering, collecting and judging go by. */
MUST_CHECK bool offers_read(struct workspace *ws, struct arena *a, struct offers *out, struct err *e);
/* The same for showing: found through the views, still re-hashed. */
MUST_CHECK bool offers_look(struct workspace *ws, struct arena *a, struct offers *out, struct err *e);
/* It waits for signatures: not adopted, not lapsed, of this deployment, and for the place of what is in force. */
bool offer_waits(const struct offers *all, const struct offer *o, const struct workspace *ws, struct unix_time now);
/* Who has signed: "p1, p2", people of the profile as it is now and addresses of others, or "nobody". */
const char *offer_signers(struct arena *a, const struct offer *o, const struct deployment *d);
/* A policy or a list out of the log's blobs. */
MUST_CHECK bool offers_document(struct log *l, struct arena *a, enum adoptable_kind kind, const struct hash32 *digest,
				const struct adoptable **out, struct err *e);

#endif
