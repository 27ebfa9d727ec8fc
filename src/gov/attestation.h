/* "I have the key of this address": whoever is to get a role signs the change that gives it (EIP-712, messages.md in
 * docs/), so that power is handed to nobody who cannot use it, and to no address with a slip in it. It names log,
 * deployment and change: for another of any of them it is worth nothing. One of our own messages (message.h), of type
 * KeyAttestation, and the only one whose maker need not be an owner. It moves nothing on chain. */
#ifndef SETGOV_GOV_ATTESTATION_H
#define SETGOV_GOV_ATTESTATION_H

#include "src/gov/message.h"

struct attestation {
	struct hash32 deployment;
	struct span origin;           /* the log's name */
	struct span change;           /* "SC-7" */
	struct addr account;          /* whose key signs */
	struct sig sig;
};

/* What is signed, and the same as a document for any wallet, whose domain is d's. `sig` is not looked at. */
struct message attestation_message(const struct attestation *t);
const struct json *attestation_typed_data(struct arena *a, const struct deployment *d, const struct attestation *t);
/* Such a document, read back: it has to be exactly what attestation_typed_data() writes for `d`. ERR_MISMATCH for what
 * is one of another chain, Safe or deployment. */
MUST_CHECK bool attestation_from_typed_data(struct arena *a, struct attestation *out, const struct json *doc,
					    const struct deployment *d, struct err *e);
void attestation_digest(struct hash32 *out, const struct deployment *d, const struct attestation *t);
/* ERR_REFUSED "TYPE": a message, but no attestation; "DEPLOYMENT", "POSSESSION": its file says other things than it. */
MUST_CHECK bool attestation_of(struct attestation *out, const struct signed_message *m, struct err *e);
/* The signature is by the account, for this deployment. ERR_REFUSED "DEPLOYMENT", "POSSESSION", or what sig_recover()
 * says. */
MUST_CHECK bool attestation_check(const struct attestation *t, const struct deployment *d, struct err *e);

#endif
