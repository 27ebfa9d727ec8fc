/* The file that goes back to the console. */
#ifndef SETGOV_SIGNER_ANSWER_FILE_H
#define SETGOV_SIGNER_ANSWER_FILE_H

#include "src/signer/review.h"

/* Beside the packet, or where -o says: "SC-7.schedule.p3.answer.json" is the path of the packet without ".json", the
 * step where that does not name it, the owner (or "nobody") and ".answer.json". An answer that is there stays: the next
 * one is "SC-7.schedule.p3.2.answer.json". Says where it was written and its digest. */
MUST_CHECK bool answer_file_write(struct signer *s, const struct reviewed *r, const struct answer *ans,
				  struct err *e);
/* An answer about the i-th step of the packet, signature and kind still to be filled in. */
struct answer answer_about(const struct signer *s, const struct reviewed *r, size_t i);

#endif
