/* Lines that a log lost and its signers' journals kept (`setgov-signer journal --lines`), put back behind a copy of it.
 * FORMAT.md, section 11. Nobody's word is taken for a line: it goes in where the leaves of all of them lead from the
 * copy's own last line to the root of a checkpoint that the log key signed. */
#ifndef SETGOV_AUDIT_LOG_REFILL_H
#define SETGOV_AUDIT_LOG_REFILL_H

#include "audit-log/append.h"

struct kept_line {
	uint64_t seq;
	struct hash32 leaf, prev;
	struct span raw;
};
struct kept_note {
	struct span note, vkey;       /* the key that it is said to be by */
};
struct refill {
	struct kept_line *lines;      /* of this log, by leaf, each once */
	size_t n, cap;
	struct kept_note *notes;      /* the checkpoints that came with them */
	size_t n_notes, notes_cap;
	struct span *handovers;       /* the notes of those lines that say that the log's key was changed */
	size_t n_handovers, handovers_cap;
};

/* What one document has of the log of this name, under whichever key; another log's part is passed by. Lives in the
 * arena, as `document` must. Errors say what is wrong with its form. */
MUST_CHECK bool refill_read(struct arena *a, struct refill *r, struct span document, struct span origin,
			    struct err *e);
/* When all were read. */
void refill_sort(struct refill *r);
/* The lines from log_size() to those of the checkpoint, *n of them, where they are all there and follow each other;
 * else NULL. Whether they lead to the checkpoint's root is for log_refill(). */
const struct span *refill_chain(struct arena *a, const struct refill *r, const struct log *l,
				const struct tree_head *head, size_t *n);

#endif
