/* C2SP signed notes (signed-note v1.0.0) and checkpoints (tlog-checkpoint v1.0.0): a text, a blank line, and one line
 * per signature. Ed25519 signatures (type 0x01) are made and verified, witnesses' cosignatures (tlog-cosignature
 * v1.0.1, type 0x04) verified; other types are carried and not judged.
 * Vectors: tests/vectors/tlog.json. */
#ifndef SETGOV_PROOF_NOTE_H
#define SETGOV_PROOF_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/proof/merkle.h"

#define NOTE_MAX_BYTES (64u << 10)
#define NOTE_MAX_SIGNATURES 100
#define NOTE_ED25519 0x01
#define NOTE_COSIGNATURE 0x04

struct note_key {             /* who may sign: "name+<8 hex key id>+base64(type ‖ public key)" */
	struct span name;
	uint8_t id[4];        /* SHA-256(name ‖ 0x0A ‖ type ‖ public key), its first 4 bytes */
	uint8_t type;
	struct span public_key;
};
/* Not empty, no white space, no '+'. */
bool note_name_is_valid(struct span name);
/* A vkey. ERR_MISMATCH when the key id is not that of the key. Lives in the arena. */
MUST_CHECK bool note_key_parse(struct arena *a, struct note_key *out, struct span vkey, struct err *e);
void note_key_format(struct buf *out, const struct note_key *key);
/* The Ed25519 key of a 32-byte seed. */
struct note_key note_key_of_seed(struct arena *a, struct span name, const uint8_t seed[32]);
/* The private half as one line of text, "PRIVATE+KEY+name+id+base64(0x01 ‖ seed)", as golang.org/x/mod writes it. */
void note_seed_format(struct buf *out, struct span name, const uint8_t seed[32]);
MUST_CHECK bool note_seed_parse(struct arena *a, struct note_key *key, uint8_t seed[32], struct span text,
				struct err *e);

struct note_signature {
	struct span name;
	uint8_t id[4];
	struct span bytes;
};
struct note {
	struct span text;     /* with its last newline */
	const struct note_signature *signatures;
	size_t n;             /* at least 1 */
};
/* The form alone. ERR_SYNTAX with the byte. */
MUST_CHECK bool note_parse(struct arena *a, struct note *out, struct span bytes, struct err *e);
/* ERR_CRYPTO when none of the signatures is by `key`, or one that carries its name and id does not verify; ERR_UNKNOWN
 * for a key that is not Ed25519. */
MUST_CHECK bool note_verify(const struct note *n, const struct note_key *key, struct err *e);
/* A signature carries this key's name and id; whether it verifies is not asked. */
bool note_is_signed_under(const struct note *n, const struct note_key *key);
/* Text (ending in a newline) and one signature by the key of this seed. */
void note_sign(struct buf *out, struct span text, struct span name, const uint8_t seed[32]);
/* The same by `key`, which is this seed's: three times as fast. */
void note_sign_with(struct buf *out, struct span text, const struct note_key *key, const uint8_t seed[32]);

/* A witness's cosignature on this note: ERR_CRYPTO as above, ERR_UNKNOWN for a key that is not of type 0x04. *at is the
 * line, *time when it says it saw the checkpoint, in seconds. */
MUST_CHECK bool note_cosigned(const struct note *n, const struct note_key *key, size_t *at, uint64_t *time,
			      struct err *e);
/* One signature line, as it stands below a note: bytes without the key id. */
void note_signature_format(struct buf *out, const struct note_signature *s);

struct checkpoint {
	struct span origin;
	struct tree_head head;
	struct span extensions;   /* further lines, each with its newline */
};
void checkpoint_write(struct buf *out, struct span origin, const struct tree_head *head);
MUST_CHECK bool checkpoint_parse(struct checkpoint *out, struct span text, struct err *e);
/* Parses the note, verifies it with the key, parses its checkpoint, and demands the key's name as origin. */
MUST_CHECK bool checkpoint_open(struct arena *a, struct checkpoint *out, struct span note, const struct note_key *key,
				struct err *e);

#endif
