/* A word beside Safe transactions: one of our own messages, signed with a key of this machine and written to a file for
 * the console. Used by cosign, succeed, adopt-policy, adopt-releases and attest, which show what it says first. */
#ifndef SETGOV_SIGNER_VOUCH_H
#define SETGOV_SIGNER_VOUCH_H

#include "src/gov/message.h"
#include "src/signer/signer.h"

/* The owner's key that is meant: --key, or the only one here of that deployment and class. ERR_REFUSED "NO-KEY",
 * "SANDBOX", "ONLINE"; ERR_USAGE where several are here. */
MUST_CHECK bool vouch_key(struct signer *s, const struct deployment *d, const struct key_file **out, struct err *e);
/* Asks for the passphrase and signs. */
MUST_CHECK bool vouch_sign(struct signer *s, const struct deployment *d, const struct key_file *k,
			   const struct message *m, struct signed_message *out, struct err *e);
/* A new file, -o or beside the argument, "<argument>.<person or address>.message.json": it takes nobody's place, and no
 * key's. Adds to s->text what was written (`what` begins the sentence), and to s->result by and file. */
MUST_CHECK bool vouch_write(struct signer *s, const struct deployment *d, const struct signed_message *m,
			    const char *what, struct err *e);

#endif
