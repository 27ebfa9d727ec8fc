/* One sitting at the signer: packets are judged one after the other, each is signed, refused or declined, and one
 * unlocking serves them all. What is shown and asked is not decided here (dialogue.c asks line by line, desk.c on a
 * full screen): this is what both do with the answers. Whatever does not add up is refused, written into the journal
 * and answered too; after a mismatch this session signs nothing more. */
#ifndef SETGOV_SIGNER_SESSION_H
#define SETGOV_SIGNER_SESSION_H

#include "src/base/secret.h"
#include "src/signer/review.h"

#define WORDS_MAX 4000u               /* bytes of a refusal's or a decline's text: an answer takes 4096 */
#define SESSION_TRIES 3u              /* for a passphrase, for the hidden words */
#define IDLE_SECONDS 300u              /* without a key: then what was unlocked is wiped */
#define SESSION_LOCKED "Locked after five minutes without a key: the passphrase is asked for again."

struct session {
	struct signer *s;
	struct secret *passphrase;    /* asked for once */
	struct secret *key;           /* and one unlocking, while the key stays the same */
	struct addr unlocked;
	size_t given;                 /* signatures */
	bool closed;                  /* something did not add up: nothing more is signed */
	const char *today;            /* as a person typed it, where the clock is behind; NULL: not asked */
	struct err first;             /* what was refused first: it decides the exit status */
};

/* Looks at the options that sign and decline have. session_end() is called whatever came of it. From here on nobody
 * stays away from the terminal for five minutes without finding everything locked. */
MUST_CHECK bool session_begin(struct session *x, struct signer *s, struct err *e);
/* Forgets key and passphrase. With `ok`, what was refused first becomes the error. */
bool session_end(struct session *x, bool ok, struct err *e);

/* Files that a person chose, read as bytes: they become the arguments (s->args). False, and nothing has changed, when
 * one of them cannot be read. */
MUST_CHECK bool session_read(struct session *x, const char *const *paths, size_t n, struct err *e);
/* Before the first of them is parsed: the sandbox leaves what answers beside them need. */
MUST_CHECK bool session_narrow(struct session *x, struct err *e);

/* Everything that the machine decides: the packet is true, may be signed here, with *k. False with the refusal; what
 * was learnt on the way is in *r. */
MUST_CHECK bool session_judge(struct session *x, struct reviewed *r, const char *path, const struct key_file **k,
			      struct err *e);
/* Journal and answer for what session_judge() refused, or for wrong words. False with an error that ends the session:
 * it was none of the packet's (usage, disk), or the refusal could not be written down. */
MUST_CHECK bool session_refuse(struct session *x, const struct reviewed *r, struct err *e);
/* The hidden words were wrong, SESSION_TRIES times: the refusal, to be given to session_refuse(). Returns false. */
bool session_wrong_words(struct err *e);
bool session_is_wrong_words(const struct err *e);
/* Takes the error over: the first one decides the exit status. */
void session_keep(struct session *x, struct err *e);
/* What changed on the way, as opposed to what this machine simply may not do. */
bool session_is_mismatch(const struct err *e);
/* "p2 or p3": owners with no key here. Or "another owner". */
void session_whom(const struct signer *s, const struct reviewed *r, struct buf *out);

bool session_is_compared(struct span word);                   /* "signer", "own", "nobody" */
bool session_is_open(const struct session *x, const struct key_file *k);
/* Takes the passphrase over, also when it does not open the key (ERR_CRYPTO). */
MUST_CHECK bool session_unlock(struct session *x, const struct key_file *k, struct secret *passphrase, struct err *e);
/* Wipes key and passphrase. */
void session_lock(struct session *x);
/* Every step of the packet: journal, then the answer. The key is unlocked. */
MUST_CHECK bool session_sign(struct session *x, const struct reviewed *r, const struct key_file *k,
			     struct span compared, struct err *e);

/* A reason that an answer takes: some plain text, on one line. */
MUST_CHECK bool session_reason(const char *reason, struct err *e);
/* A person may say no to a packet that does not even add up, when its core could be read (r->parsed). */
MUST_CHECK bool session_decline(struct signer *s, const struct reviewed *r, const char *reason, struct err *e);

#endif
