/* SHA-256 of many messages, for whoever re-hashes a whole log. One message keeps a processor waiting for itself: each
 * round needs the one before. Where there are SHA instructions (x86-64), two messages go side by side and wait for each
 * other's rounds instead; elsewhere it is nettle's, one by one. Spec: FIPS 180-4. */
#ifndef SETGOV_CRYPTO_SHA256_MANY_H
#define SETGOV_CRYPTO_SHA256_MANY_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"

/* out[i] = SHA-256(prefix || messages[i]). */
void sha256_many(struct hash32 *out, uint8_t prefix, const struct span *messages, size_t n);

#endif
