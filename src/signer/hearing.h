/* What is pinned here is compared with what somebody else says: a file's digest by its phrase, over another channel
 * than the one that brought the file. Used where trust is given (trust, trust-policy); the words of a packet are
 * hidden.h's. */
#ifndef SETGOV_SIGNER_HEARING_H
#define SETGOV_SIGNER_HEARING_H

#include "src/signer/signer.h"

/* Shows s->text, and asks the person for the first and last word of the digest's phrase; or compares it with
 * --expect. `what` is "deployment", "policy" or "list of releases", `digest_name` what a script gives to --expect.
 * The text is cleared when a person has confirmed. ERR_REFUSED "EXPECT" or "PHRASE", ERR_USAGE when nobody is
 * there. */
MUST_CHECK bool hearing_confirm(struct signer *s, const struct hash32 *digest, const char *what,
				const char *digest_name, struct err *e);
/* The same where others' signatures say already what the phrase would: the person reads, and types yes, or gives
 * --expect. ERR_REFUSED "STOPPED" for anything else. */
MUST_CHECK bool hearing_agree(struct signer *s, const struct hash32 *digest, const char *what, const char *digest_name,
			      struct err *e);

#endif
