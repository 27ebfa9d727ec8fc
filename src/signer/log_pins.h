/* The change log whose packets this machine signs, by its keys: the one that signed the first packet here, and each
 * that took over since, by the word of the one before it or of the pinned deployment's owners (src/gov/log_keys.h). The
 * lines that say so come with packets; those that were followed are in the journal, as log.key-moved. */
#ifndef SETGOV_SIGNER_LOG_PINS_H
#define SETGOV_SIGNER_LOG_PINS_H

#include "src/gov/log_keys.h"
#include "src/signer/signer.h"

struct log_pins {
	const struct deployment *deployment;
	struct log_keys keys;         /* n 0: nothing of this deployment was signed here yet */
	struct span *moved;           /* lines that were followed and that the journal does not have */
	size_t n_moved;
};

/* What the journal knows. */
void log_pins_read(struct log_pins *out, struct arena *a, const struct signer *s, const struct deployment *d);
/* Follows the lines that lead on from a key that is known, in any order; the others are nobody's word. */
void log_pins_follow(struct log_pins *p, struct arena *a, const struct span *lines, size_t n);
/* This key signs this log's checkpoints over `size` lines. ERR_REFUSED "LOG-KEY". */
MUST_CHECK bool log_pins_accept(const struct log_pins *p, struct span vkey, uint64_t size, struct err *e);
/* What was followed, into the journal. */
MUST_CHECK bool log_pins_keep(struct log_pins *p, struct signer *s, struct err *e);

#endif
