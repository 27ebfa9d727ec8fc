/* An adoption of a policy or a list of releases, as it is read on a signer's machine: held against the pinned
 * deployment, what is pinned of its kind, the journal and the clock, and shown as old → new. Nothing old comes
 * from the file: what is shown as old is what is pinned here, and a file that takes the place of another one is
 * refused. Used by adopt-policy and adopt-releases, which sign it, and trust-policy and trust-releases, which pin
 * what enough owners have signed. */
#ifndef SETGOV_SIGNER_ADOPTING_H
#define SETGOV_SIGNER_ADOPTING_H

#include "src/policy/adoption.h"
#include "src/signer/signer.h"

struct adopting {
	struct adoption x;
	const struct pin *pin;
	const struct adoptable *pinned;       /* of its kind; NULL: none */
	size_t n_owners, needs;       /* different owners who have signed it, and how many it takes */
	bool knows_log;               /* this machine has signed something of that log before */
	const char *rival;            /* another one that this machine signed for the same place, or NULL */
};

/* The input is such a file, as far as its format says. */
bool adopting_is(struct signer *s, struct span file);
/* ERR_REFUSED "NOT-PINNED", "POLICY", "RELEASES" (the pinned one is lost), "LOG-OTHER", what adoption_fits() says, and
 * what message_count() says of a signature in it; or what adoption_parse() says. */
MUST_CHECK bool adopting_read(struct signer *s, struct adopting *out, const char *path, struct err *e);
/* The same where only one kind is meant: another is ERR_REFUSED "KIND". */
MUST_CHECK bool adopting_read_kind(struct signer *s, struct adopting *out, const char *path, enum adoptable_kind kind,
				   struct err *e);
void adopting_page(struct buf *out, const struct adopting *w);
/* The page of s->args[0], for who only looks: no key, nothing signed. A full screen is closed first. In
 * verb_adopt.c. */
MUST_CHECK bool adopting_review(struct signer *s, struct err *e);
/* "p1, p2 and p3": who has signed it. */
void adopting_names(struct buf *out, const struct adopting *w);
/* All that it says, and before that what changes from the one that is pinned (NULL: none). Digest and phrase last. */
void adopting_document(struct buf *out, const struct adoptable *pinned, const struct adoptable *x);
/* What is pinned of this kind; NULL: nothing. */
const struct adoptable *adopting_pinned(struct signer *s, const struct pin *pin, enum adoptable_kind kind);

#endif
