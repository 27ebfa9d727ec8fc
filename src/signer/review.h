/* The one page that decides: what a checked packet will do, as text and as JSON. Everything on it was
 * recomputed from what is pinned here, except what stands under "the proposer's words" and "the console says",
 * which is marked so and made safe. */
#ifndef SETGOV_SIGNER_REVIEW_H
#define SETGOV_SIGNER_REVIEW_H

#include "src/gov/packet.h"
#include "src/signer/signer.h"

struct reviewed {
	const char *path;
	struct packet packet;
	bool parsed;                  /* the core could be read: an answer can name it */
	const struct pin *pin;        /* NULL: not pinned */
	struct pinned pinned;
	struct checked_packet checked;
	bool good;                    /* packet_check() passed */
};

/* Parses, finds the pin, checks. False with the refusal; what was learnt on the way stays in *out. */
MUST_CHECK bool review_open(struct signer *s, struct reviewed *out, const char *path, struct err *e);
void review_page(struct signer *s, struct buf *out, const struct reviewed *r);
struct json *review_json(struct signer *s, const struct reviewed *r);

#endif
