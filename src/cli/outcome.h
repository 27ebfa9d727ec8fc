/* What became of a step that was sent, by us or by somebody: its receipt into the log, the effect read back. */
#ifndef SETGOV_CLI_OUTCOME_H
#define SETGOV_CLI_OUTCOME_H

#include "src/cli/sending.h"

/* Logs step.mined, when the receipt has the event that says so, or step.failed with the reason ("FAILED");
 * after an execute the effect is read back and logged. */
MUST_CHECK bool outcome_finish(struct sending *s, const struct chain_receipt *r, struct err *e);
/* Waits for the receipt, and finishes. ERR_CHAIN when it does not come in time: the transaction is out there.
 */
MUST_CHECK bool outcome_follow(struct sending *s, const struct hash32 *tx, struct err *e);
/* Reads the getters of the actions and logs change.verified. Only after an execute; otherwise nothing happens.
 */
MUST_CHECK bool outcome_read_back(struct sending *s, struct err *e);
/* Did the step run without us? Then it is found by its events, and finished. */
MUST_CHECK bool outcome_find_foreign(struct sending *s, bool *done, struct err *e);

#endif
