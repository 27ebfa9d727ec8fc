/* Keccak-256 as Ethereum uses it: the 1600-bit sponge with rate 136 and padding byte 0x01 (SHA3-256 has
 * 0x06). Our own, because no packaged library has this padding. Permutation: FIPS 202, section 3.2. */
#ifndef SETGOV_CRYPTO_KECCAK_H
#define SETGOV_CRYPTO_KECCAK_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"

#define KECCAK_RATE 136

/* *out = Keccak-256(data). Cannot fail. */
void keccak256(struct hash32 *out, struct span data);

/* The same in pieces: init, any number of updates, one final. */
struct keccak {
	uint64_t lane[25];
	size_t filled;        /* bytes absorbed since the last permutation, < KECCAK_RATE */
};

void keccak_init(struct keccak *k);
void keccak_update(struct keccak *k, struct span data);
void keccak_final(struct keccak *k, struct hash32 *out);     /* leaves *k wiped */

/* One-shot with another padding byte: 0x06 makes it SHA3-256, which a test holds against a library. */
void keccak_sponge(struct hash32 *out, uint8_t pad, struct span data);

#endif
