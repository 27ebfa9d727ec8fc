/* Signing on a full screen: shows screen.c's views and performs what they ask for. Line by line it is dialogue.c. */
#ifndef SETGOV_SIGNER_DESK_H
#define SETGOV_SIGNER_DESK_H

#include "src/signer/browse.h"
#include "src/signer/session.h"
#include "tui/kit/term.h"

/* The packets of the command line, or, when it names none, those that are chosen from what lies below `roots`, which
 * can be read until then. */
MUST_CHECK bool desk_sign(struct session *x, struct term *t, const struct root *roots, size_t n_roots, struct err *e);
/* One packet, looked at. */
MUST_CHECK bool desk_review(struct signer *s, struct term *t, struct err *e);

#endif
