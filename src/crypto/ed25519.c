#include "src/crypto/ed25519.h"

#include <gmp.h>
#include <nettle/eddsa.h>
#include <stdlib.h>
#include <string.h>

#include "src/crypto/wipe.h"

_Static_assert(ED25519_KEY_SIZE == 32 && ED25519_SIGNATURE_SIZE == 64, "RFC 8032, section 5.1");

/* hogweed computes with secret numbers in memory it gets from GMP's allocator and frees without clearing. */
struct allocator {
	void *(*alloc)(size_t);
	void *(*grow)(void *, size_t, size_t);
	void (*free)(void *, size_t);
};

static void wipe_and_free(void *p, size_t n)
{
	explicit_bzero(p, n);
	free(p);
}

static void wiping_begin(struct allocator *before)
{
	mp_get_memory_functions(&before->alloc, &before->grow, &before->free);
	mp_set_memory_functions(before->alloc, before->grow, wipe_and_free);
}

static void wiping_end(const struct allocator *before)
{
	mp_set_memory_functions(before->alloc, before->grow, before->free);
	stack_wipe();
}

void ed25519_public(uint8_t pub[32], const uint8_t seed[32])
{
	struct allocator before;

	wiping_begin(&before);
	ed25519_sha512_public_key(pub, seed);
	wiping_end(&before);
}

void ed25519_make(uint8_t sig[64], const uint8_t seed[32], struct span message)
{
	uint8_t pub[32];

	ed25519_public(pub, seed);
	ed25519_make_with(sig, seed, pub, message);
}

void ed25519_make_with(uint8_t sig[64], const uint8_t seed[32], const uint8_t pub[32], struct span message)
{
	struct allocator before;

	wiping_begin(&before);
	ed25519_sha512_sign(pub, seed, message.n, message.p, sig);
	wiping_end(&before);
}

bool ed25519_verify(const uint8_t pub[32], struct span message, const uint8_t sig[64])
{
	return ed25519_sha512_verify(pub, message.n, message.p, sig) == 1;
}
