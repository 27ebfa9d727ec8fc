/* SHA-256, HMAC, PBKDF2 and AES-128-CTR, in the shapes the rest of the tree uses. The work is nettle's.
 * Specs: FIPS 180-4, FIPS 198-1, RFC 8018 section 5.2, FIPS 197 with SP 800-38A section 6.5. */
#ifndef SETGOV_CRYPTO_HASH_H
#define SETGOV_CRYPTO_HASH_H

#include <nettle/sha2.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"

void sha256(struct hash32 *out, struct span data);

/* The same in pieces: begin, any number of adds, one end. (Not _init, _update: nettle's header has those
 * names.) */
struct sha256 {
	struct sha256_ctx ctx;
};

void sha256_begin(struct sha256 *s);
void sha256_add(struct sha256 *s, struct span data);
void sha256_end(struct sha256 *s, struct hash32 *out);       /* leaves *s wiped */

void hmac_sha256(struct hash32 *out, struct span key, struct span data);

/* PBKDF2-HMAC-SHA256: n bytes. iterations >= 1. */
void pbkdf2_sha256(uint8_t *out, size_t n, struct span password, struct span salt, uint32_t iterations);

/* Encrypts or decrypts in place; the counter is the whole iv, 128 bits big-endian, and wraps. */
void aes128_ctr(const uint8_t key[16], const uint8_t iv[16], uint8_t *inout, size_t n);

#endif
