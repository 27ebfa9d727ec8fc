/* The evidence's part "proofs", made of anvil's own proofs (tests/vectors/proof/trie.json): the account 0x…a11ce with
 * slots 0 to 3, 0x27 and 0x28, one that does not exist, and one without code. */
#ifndef SETGOV_TESTS_SUPPORT_PROOFS_H
#define SETGOV_TESTS_SUPPORT_PROOFS_H

#include "src/gov/proven.h"

struct json *sample_proofs(struct arena *a);
/* As a packet carries it. */
const struct json *sample_proofs_carried(struct arena *a, const struct json *v);

#endif
