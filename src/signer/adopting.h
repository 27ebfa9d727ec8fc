/* A policy's adoption, as it is read on a signer's machine: held against the pinned deployment, the pinned policy, the
 * journal and the clock, and shown as old → new. Nothing of the old policy comes from the file: what is shown as old is
 * what is pinned here, and a file that takes the place of another policy is refused. Used by adopt-policy, which signs
 * it, and trust-policy, which pins what enough owners have signed. */
#ifndef SETGOV_SIGNER_ADOPTING_H
#define SETGOV_SIGNER_ADOPTING_H

#include "src/policy/adoption.h"
#include "src/signer/signer.h"

struct adopting {
	struct adoption x;
	const struct pin *pin;
	size_t n_owners, needs;       /* different owners who have signed it, and how many it takes */
	bool knows_log;               /* this machine has signed something of that log before */
	const char *rival;            /* another policy that this machine signed for the same place, or NULL */
};

/* The input is such a file, as far as its format says. */
bool adopting_is(struct signer *s, struct span file);
/* ERR_REFUSED "NOT-PINNED", "POLICY" (the pinned one is lost), "LOG-OTHER", what adoption_fits() says, and what
 * message_count() says of a signature in it; or what adoption_parse() says. */
MUST_CHECK bool adopting_read(struct signer *s, struct adopting *out, const char *path, struct err *e);
void adopting_page(struct buf *out, const struct adopting *w);
/* The page of s->args[0], for who only looks: no key, nothing signed. A full screen is closed first. In
 * verb_adopt_policy.c. */
MUST_CHECK bool adopting_review(struct signer *s, struct err *e);
/* "p1, p2 and p3": who has signed it. */
void adopting_names(struct buf *out, const struct adopting *w);
/* The policy's rules, and before them what changes from the one that is pinned (NULL: none). Digest and phrase last. */
void adopting_policy(struct buf *out, const struct policy *pinned, const struct policy *p);

#endif
