/* Signing line by line: on a terminal without a full screen (--plain), and by scripts, which are asked nothing.
 * The page first, always, with two words of its phrase hidden. Then: today's date, where the clock is behind; whose
 * screen the words are read from; the two words, or the change's id when it is nobody's; the passphrase. */
#ifndef SETGOV_SIGNER_DIALOGUE_H
#define SETGOV_SIGNER_DIALOGUE_H

#include "src/signer/browse.h"
#include "src/signer/session.h"

/* Each packet that the command line names. */
MUST_CHECK bool dialogue_sign(struct session *x, struct err *e);
/* Lists what could be a packet, asks which, and signs those. */
MUST_CHECK bool dialogue_load(struct session *x, const struct root *roots, size_t n_roots, struct err *e);

#endif
