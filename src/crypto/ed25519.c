#include "src/crypto/ed25519.h"

#include <sodium.h>
#include <string.h>

#include "src/crypto/wipe.h"

_Static_assert(crypto_sign_PUBLICKEYBYTES == 32 && crypto_sign_SEEDBYTES == 32 && crypto_sign_BYTES == 64,
	       "RFC 8032, section 5.1");

/* Nothing here calls sodium_init(). It seeds a random generator, for which the signer's sandbox has no system call,
 * and chooses between implementations; Ed25519 and SHA-512 have one each and take no random bytes. */

void ed25519_public(uint8_t pub[32], const uint8_t seed[32])
{
	uint8_t secret[crypto_sign_SECRETKEYBYTES];

	crypto_sign_seed_keypair(pub, secret, seed);
	explicit_bzero(secret, sizeof(secret));
	stack_wipe();
}

void ed25519_make(uint8_t sig[64], const uint8_t seed[32], struct span message)
{
	uint8_t pub[32];

	ed25519_public(pub, seed);
	ed25519_make_with(sig, seed, pub, message);
}

void ed25519_make_with(uint8_t sig[64], const uint8_t seed[32], const uint8_t pub[32], struct span message)
{
	uint8_t secret[crypto_sign_SECRETKEYBYTES];    /* libsodium's form: the seed, and its public key behind it */

	memcpy(secret, seed, 32);
	memcpy(secret + 32, pub, 32);
	crypto_sign_detached(sig, NULL, message.p, message.n, secret);
	explicit_bzero(secret, sizeof(secret));
	stack_wipe();
}

bool ed25519_verify(const uint8_t pub[32], struct span message, const uint8_t sig[64])
{
	return crypto_sign_verify_detached(sig, message.p, message.n, pub) == 0;
}
