/* Ed25519 (RFC 8032, PureEdDSA) for the log key, by libsodium. Verification is strict: s below the group order, the
 * public key in its one form and not one of the eight points of small order, under which anything can be "signed". */
#ifndef SETGOV_CRYPTO_ED25519_H
#define SETGOV_CRYPTO_ED25519_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/buf.h"

/* `seed` is the 32-byte secret key of RFC 8032. No copy of it, or of what comes from it, stays behind. */
void ed25519_public(uint8_t pub[32], const uint8_t seed[32]);
void ed25519_make(uint8_t sig[64], const uint8_t seed[32], struct span message);
/* For whoever has ed25519_public(pub, seed) at hand: half the time. With another key's `pub` two signatures would give
 * the seed away. */
void ed25519_make_with(uint8_t sig[64], const uint8_t seed[32], const uint8_t pub[32], struct span message);
bool ed25519_verify(const uint8_t pub[32], struct span message, const uint8_t sig[64]);

#endif
