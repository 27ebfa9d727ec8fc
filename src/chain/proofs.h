/* eth_getProof and the header it belongs to, at the pinned block: bytes for gov/proven.h, which checks them. Proofs
 * need no agreement between nodes, so the first endpoint that can give them does. */
#ifndef SETGOV_CHAIN_PROOFS_H
#define SETGOV_CHAIN_PROOFS_H

#include "src/chain/reader.h"
#include "src/gov/proven.h"

/* What to prove: slots of an account, in `slots`; proofs are filled in. False with ERR_CHAIN when no endpoint can. The
 * header hashes to the pinned block's hash, or it is refused: a fork whose header we do not know. */
MUST_CHECK bool chain_proofs(struct chain *c, struct arena *a, struct proof_given *v, size_t n, struct span *header,
			     struct err *e);

/* Headers of blocks from..from+n-1, as the first endpoint gives them; each hash is computed from the fields. Whether
 * one is the parent of the next is for the caller to see. */
MUST_CHECK bool chain_headers(struct chain *c, struct arena *a, uint64_t from, size_t n, struct header *out,
			      struct err *e);

#endif
