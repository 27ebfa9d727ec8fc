/* The log's key, changed: FORMAT.md, section 5. */
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

#endif
