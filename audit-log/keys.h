/* The log's key, changed: rotated with the old one's word for the new, or succeeded by the owners' word when it is lost
 * (FORMAT.md, section 5). Whose signature counts at which size is src/gov/log_keys.h's. */
#ifndef SETGOV_AUDIT_LOG_KEYS_H
#define SETGOV_AUDIT_LOG_KEYS_H

#include "audit-log/append.h"
#include "src/gov/log_keys.h"

/* Every key that the log has had, from line 0's on, and over which lines each signs. */
const struct log_keys *log_keys(const struct log *l);

/* Makes a new key. One transaction: the note by which the old key vouches for it, line log.key-rotated with that note,
 * and a checkpoint by the new one. Until the transaction is on disk the new key lies in log.key.next; then it takes
 * log.key's place. A run that was cut off leaves the key that the log names in one of the two, and the next opening
 * puts it in place. Errors are those of log_begin() and log_commit(). */
MUST_CHECK bool log_rotate_key(struct log *l, struct span actor, struct span auth, struct err *e);
/* The key is lost. A new one, which lies in log.key.successor until the owners have put it in place: the note that they
 * sign for (src/gov/log_keys.h), over the log as it is. The same again as long as no line is added. ERR_REFUSED
 * "LOG-KEY": the key is here; not with `even_so`, where the log was restored and a later key went with its lines. */
MUST_CHECK bool log_offer_key(struct log *l, bool even_so, struct buf *note, struct err *e);
struct succession {
	struct span actor, auth;
	const struct deployment *deployment;  /* whose owners count: the one that the log adopted last */
	size_t needs;                 /* how many owners it takes, at least: log_succession_needs(), or more */
	const struct message_signature *signatures;
	size_t n;
};
/* The new key goes on: its note, line log.key-succeeded with the owners' signatures, and a checkpoint, in one
 * transaction; then it takes log.key's place. ERR_REFUSED "OWNERS", "CLOCK"; errors of message_count(), and those of
 * log_open() and log_commit(). */
MUST_CHECK bool log_succeed_key(const char *dir, const struct log_options *options, const struct succession *s,
				struct err *e);

/* Opening counts the owners of the profile that each succession names; this reads every line, and looks whether a newer
 * one was adopted before. */
MUST_CHECK bool log_check_successions(struct log *l, struct err *e);

#endif
