/* The note by which a log goes over from one key to the next (audit-log/FORMAT.md, section 5): a checkpoint over the
 * lines before the one that carries it, with two extension lines,
 *
 *     key <vkey of the new key>
 *     from <vkey of the old one>
 *
 * signed by the new key, which so shows that somebody has it and says whom it follows, and by the old one, which
 * vouches for it; not by the old one where the owners vouch instead. */
#ifndef SETGOV_PROOF_HANDOVER_H
#define SETGOV_PROOF_HANDOVER_H

#include "src/proof/note.h"

struct handover {
	struct note note;
	struct tree_head head;        /* over the lines before */
	struct note_key next, old;
	struct span vkey, from;       /* they, as the note writes them */
};

/* Appends the note. old_seed is NULL where the old key is lost. */
void handover_make(struct buf *out, const struct tree_head *head, const struct note_key *old,
		   const uint8_t old_seed[32], const struct note_key *next, const uint8_t next_seed[32]);
/* Whether a checkpoint is one: it says so in an extension line. */
bool handover_is(const struct checkpoint *c);
/* Form, in its one spelling, and the new key's own signature. Whether `old` signed is note_verify()'s question.
 * ERR_SYNTAX, ERR_MISMATCH, ERR_CRYPTO. Lives in the arena and in `bytes`. */
MUST_CHECK bool handover_open(struct arena *a, struct handover *out, struct span bytes, struct err *e);

#endif
