/* The 2,048 English words of BIP-39, sorted; no two begin with the same four letters. Here they spell
 * fingerprints that two people compare over a phone. */
#ifndef SETGOV_CRYPTO_WORDS_H
#define SETGOV_CRYPTO_WORDS_H

#include "src/base/buf.h"

#define WORDS_COUNT 2048
#define WORDS_IN_PHRASE 8

const char *words_at(unsigned i);                      /* i < WORDS_COUNT */
int words_find(struct span word);                      /* its number, or -1; lower case, whole word */
/* The first 88 bits as eight words of 11 bits each, most significant first, single spaces between. */
void words_phrase(struct buf *out, const struct hash32 *h);

#endif
