/* "I have the key of this address": whoever is to get a role signs the change that gives it (EIP-712, messages.md in
 * docs/), so that power is handed to nobody who cannot use it, and to no address with a slip in it. It names log,
 * deployment and change: for another of any of them it is worth nothing. It moves nothing on chain, and its maker need
 * not be an owner. The file is one line of canonical JSON: docs/formats.md, section 9. */
#ifndef SETGOV_GOV_ATTESTATION_H
#define SETGOV_GOV_ATTESTATION_H

#include "src/gov/deployment.h"

#define ATTESTATION_MAX ((size_t)16 << 10)

struct attestation {
	struct hash32 deployment;
	struct span origin;           /* the log's name */
	struct span change;           /* "SC-7" */
	struct addr account;          /* whose key signs */
	struct sig sig;
};

/* What is signed, as a document for any wallet: KeyAttestation(string origin,bytes32 deployment,string change,address
 * account). `sig` is not looked at, and the domain is d's. */
const struct json *attestation_typed_data(struct arena *a, const struct deployment *d, const struct attestation *t);
/* Such a document, read back: it has to be exactly what attestation_typed_data() writes for `d`. ERR_MISMATCH for what
 * is one of another chain, Safe or deployment. */
MUST_CHECK bool attestation_from_typed_data(struct arena *a, struct attestation *out, const struct json *doc,
					    const struct deployment *d, struct err *e);
void attestation_digest(struct hash32 *out, const struct deployment *d, const struct attestation *t);
void attestation_write(struct arena *a, struct buf *out, const struct attestation *t);
/* Form alone, one spelling: ERR_SYNTAX, ERR_RANGE, ERR_UNKNOWN, ERR_MISSING naming the member. */
MUST_CHECK bool attestation_parse(struct arena *a, struct attestation *out, struct span text, struct err *e);
/* The signature is by the account, for this deployment. ERR_REFUSED "DEPLOYMENT", "POSSESSION", or what sig_recover()
 * says. */
MUST_CHECK bool attestation_check(const struct attestation *t, const struct deployment *d, struct err *e);

#endif
