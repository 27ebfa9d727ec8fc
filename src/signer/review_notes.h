/* What this machine itself has to say about a packet, for the page that decides (review.h): its own state, how old the
 * packet is, what its journal remembers. One note tells what the console says of its own simulation; nothing else
 * here is the packet's word. */
#ifndef SETGOV_SIGNER_REVIEW_NOTES_H
#define SETGOV_SIGNER_REVIEW_NOTES_H

#include "src/signer/review.h"

struct notice {
	enum style style;
	struct span text;
};
struct notices {
	struct arena *a;
	struct notice *v;
	size_t n, cap;
};

/* What to know before signing; in the arena. */
struct notices review_notices(struct arena *a, const struct signer *s, const struct reviewed *r);
/* Each step against what was signed here before: an execute against its schedule. The arena is for as long as it takes
 * to write it. */
void review_compared(struct arena *a, struct paper *out, const struct signer *s, const struct reviewed *r);

#endif
