/* Proofs as files that other people's tools read: C2SP tlog-proof ("c2sp.org/tlog-proof@v1": one entry is in a log)
 * and the body of C2SP tlog-witness's add-checkpoint request (one tree is a beginning of another). Text only: the
 * hashes come from merkle.h, the checkpoint is a signed note of note.h, last in the file and byte for byte as signed.
 * Vectors: tests/vectors/tlog.json. */
#ifndef SETGOV_PROOF_PROOF_FILE_H
#define SETGOV_PROOF_PROOF_FILE_H

#include "src/base/arena.h"
#include "src/proof/merkle.h"
#include "src/proof/note.h"

#define PROOF_FILE_MAX_BYTES (NOTE_MAX_BYTES + (64u << 10))
#define PROOF_EXTRA_MAX 4096u         /* bytes that the entry's owner may add; we write none */

struct proof_file {
	uint64_t index;
	bool has_extra;
	struct span extra;
	struct merkle_path path;      /* leaf to root */
	struct span checkpoint;       /* the note, whole */
};
void proof_file_write(struct buf *out, const struct proof_file *p);
/* One spelling for each value: writing what was read gives the same bytes. Lives in the arena. ERR_SYNTAX or ERR_RANGE
 * with the byte. */
MUST_CHECK bool proof_file_parse(struct arena *a, struct proof_file *out, struct span bytes, struct err *e);
/* The checkpoint is signed by `key`, and the entry's leaf leads over the path to its root. *out says which tree. */
MUST_CHECK bool proof_file_verify(struct arena *a, const struct proof_file *p, const struct hash32 *leaf,
				  const struct note_key *key, struct checkpoint *out, struct err *e);

/* "old N", the proof from N to the checkpoint's size, an empty line, the checkpoint. A witness takes at most this many
 * hashes; no proof of ours has more. */
#define PROOF_WITNESS_HASHES 63u
struct growth_file {
	uint64_t old;
	struct merkle_path path;
	struct span checkpoint;
};
void growth_file_write(struct buf *out, const struct growth_file *g);
MUST_CHECK bool growth_file_parse(struct arena *a, struct growth_file *out, struct span bytes, struct err *e);
/* The checkpoint is signed by `key`, and the tree of `old` leaves with this root is its beginning. An old size of 0
 * needs no proof, and has none. */
MUST_CHECK bool growth_file_verify(struct arena *a, const struct growth_file *g, const struct hash32 *old_root,
				   const struct note_key *key, struct checkpoint *out, struct err *e);

#endif
