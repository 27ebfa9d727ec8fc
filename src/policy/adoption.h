/* An adoption: the offer of a new policy, or of a new list of releases, to the owners, their signatures, and when
 * there are enough of them. The file (docs/formats.md, section 11) goes to the signers and, signed by enough of
 * them, moves each signer's pin. It carries both documents whole, so that old → new can be read without the log;
 * what an owner signs is the message PolicyAdoption or ReleasesAdoption (docs/messages.md) over their digests.
 * Pure. */
#ifndef SETGOV_POLICY_ADOPTION_H
#define SETGOV_POLICY_ADOPTION_H

#include "src/base/time.h"
#include "src/gov/message.h"
#include "src/policy/adoptable.h"

#define ADOPTION_FORMAT "setgov-adoption/1"
#define ADOPTION_MAX ((size_t)3 << 20)        /* bytes of a file */

/* What owners sign. */
struct adoption_terms {
	enum adoptable_kind kind;
	struct span origin;           /* the log's name */
	struct hash32 deployment, document, previous;        /* previous: 32 zeros for the first */
	uint64_t expires;             /* seconds; 0: the offer does not lapse */
};
struct message adoption_says(const struct adoption_terms *x);
/* False: the message is no adoption. */
bool adoption_of(struct adoption_terms *out, const struct message *m);

struct adoption {
	struct hash32 deployment;
	struct span origin;
	uint64_t expires;
	const struct adoptable *document;
	const struct adoptable *previous;     /* the one it takes the place of; NULL: the first */
	const struct message_signature *signatures;
	size_t n;
};
struct adoption_terms adoption_terms(const struct adoption *x);
struct message adoption_message(const struct adoption *x);
void adoption_write(struct arena *a, struct buf *out, const struct adoption *x);
/* Form alone, one spelling; errors name the member and the byte, also inside the documents. Borrows `text`. */
MUST_CHECK bool adoption_parse(struct arena *a, struct adoption *out, struct span text, struct err *e);

/* How many different owners it takes. `bar` is the policy in force (in a log: the newest it adopted; on a signer's
 * machine: the pinned one): as many as the threshold that it says the Safe has, also for a list of releases; a new
 * policy cannot lower its own bar. Where none is in force, or it says nothing, it is what a new policy says. Never
 * fewer than the profile says that the Safe asks for, and never more than there are owners. */
size_t adoption_needs(const struct policy *bar, const struct adoptable *offered, const struct deployment *d);
/* May this be signed, collected or pinned at all? In force: of its kind, as above. ERR_REFUSED "DEPLOYMENT";
 * "PREVIOUS": it takes the place of another one than is in force; "EXPIRED". What is in force already (signed on)
 * is not refused for its previous one. */
MUST_CHECK bool adoption_fits(const struct adoption *x, const struct deployment *d, const struct adoptable *in_force,
			      struct unix_time now, struct err *e);
/* Every signature is by the owner it names, and there are as many different owners as it takes: else ERR_REFUSED
 * "INCOMPLETE" saying how many are missing, or what message_count() says. */
MUST_CHECK bool adoption_is_complete(const struct adoption *x, const struct deployment *d, const struct policy *bar,
				     struct err *e);

#endif
