/* Our own signed messages: what owners, and whoever gets power, sign beside Safe transactions. One table has their
 * types; each is EIP-712 typed data under one domain (name "setgov", version "1", this chain, verifyingContract this
 * Safe), so that a signature for one deployment, one type or a Safe transaction is never one for another. None of them
 * moves anything on chain. Each travels as a file with one signature, one line of canonical JSON. What a message makes
 * happen is its own module's: cosignature.h, attestation.h, log_keys.h, src/policy/adoption.h. docs/messages.md has the
 * table, docs/formats.md, section 8, the file. */
#ifndef SETGOV_GOV_MESSAGE_H
#define SETGOV_GOV_MESSAGE_H

#include "src/gov/deployment.h"

#define MESSAGE_FORMAT "setgov-message/1"
#define MESSAGE_MAX ((size_t)16 << 10)        /* bytes of a file */
#define MESSAGE_MEMBERS_MAX 5u

/* A new one is a row here and one in message.c. */
enum message_type {
	MESSAGE_CHECKPOINT, MESSAGE_POLICY_ADOPTION, MESSAGE_RELEASES_ADOPTION, MESSAGE_ATTESTATION, MESSAGE_SUCCESSION
};
#define N_MESSAGE_TYPES 5

/* One member: the field that its Solidity type needs. */
struct message_value {
	struct span text;             /* string */
	uint64_t number;              /* uint64, uint256: at most 2^53-1 */
	struct hash32 hash;           /* bytes32 */
	struct addr address;          /* address */
};
struct message {
	enum message_type type;
	struct message_value says[MESSAGE_MEMBERS_MAX];       /* in its type's order; the first is the log's name */
};
const char *message_type_name(enum message_type t);           /* "LogCheckpoint" */
/* What is signed, as a document for any wallet. */
const struct json *message_typed_data(struct arena *a, const struct deployment *d, const struct message *m);
/* Its EIP-712 digest. */
void message_digest(struct hash32 *out, const struct deployment *d, const struct message *m);

/* ---- by one, as it is carried ---- */

/* `owner` is one for every type but KeyAttestation: attestation.h. */
struct message_signature { struct addr owner; struct sig sig; };
struct signed_message {
	struct hash32 deployment;
	struct message message;
	struct message_signature by;
};
void message_write(struct arena *a, struct buf *out, const struct signed_message *m);
/* Form alone, one spelling: ERR_SYNTAX, ERR_RANGE, ERR_UNKNOWN, ERR_MISSING naming the member and the byte. */
MUST_CHECK bool message_parse(struct arena *a, struct signed_message *out, struct span text, struct err *e);
/* It is by the owner it names, of this deployment. ERR_REFUSED "DEPLOYMENT", "WRONG-OWNER", "NOT-OWNER", or what
 * sig_recover() says. Not for a KeyAttestation, whose maker need not be one: attestation_check(). */
MUST_CHECK bool message_check(const struct signed_message *m, const struct deployment *d, struct err *e);

/* ---- by several ---- */

/* [{"owner","signature"}…], as files and log lines carry them. */
struct json *message_signatures_to_json(struct arena *a, const struct message_signature *v, size_t n);
/* At most as many as NOTE_MAX_SIGNATURES; the list lives in the arena. e->field names the signature. */
MUST_CHECK bool message_signatures_from_json(struct arena *a, struct message_signature **out, size_t *n,
					     const struct json *list, struct err *e);
/* How many different owners of `d` have signed. One signature that is not by the owner it names makes the list
 * worth nothing: errors as above, e->field names it. An owner who is there twice counts once. */
MUST_CHECK bool message_count(size_t *out, const struct deployment *d, const struct message *m,
			      const struct message_signature *v, size_t n, struct err *e);

#endif
