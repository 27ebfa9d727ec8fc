/* The state proofs that came with a packet: checked up to a block header when the packet is opened, and shown as what
 * they are, true in that block if its hash is the one named. "Proven" only when somebody gave this machine that
 * hash. */
#ifndef SETGOV_SIGNER_PROOFS_H
#define SETGOV_SIGNER_PROOFS_H

#include "src/policy/carried.h"
#include "src/signer/signer.h"
#include "tui/kit/paper.h"

struct review_proofs {
	bool there;                   /* false: the packet carries none */
	bool hash_given;              /* --block-hash, and it is the header's */
	struct proven proven;
	struct facts facts;           /* what it shows, under the names that rules ask for */
	const struct proven_value *values;
	size_t n;
};

/* Refusal codes: "PROOF" (a proof does not lead to the header, or the console's own words differ from what is proven;
 * the field says where), "BLOCK-HASH" (the one given is another block's, or there is nothing to hold it against). */
MUST_CHECK bool proofs_open(struct signer *s, struct review_proofs *out, const struct packet *p,
			    const struct checked_packet *c, const struct pinned *pin, struct err *e);
/* A section of the page; nothing when there are none. */
void proofs_write(struct arena *a, struct paper *out, const struct review_proofs *v, const struct checked_packet *c,
		  const struct deployment *d);
struct json *proofs_to_json(struct arena *a, const struct review_proofs *v);  /* null: none */

#endif
