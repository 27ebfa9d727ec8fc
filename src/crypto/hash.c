#include "src/crypto/hash.h"

#include <assert.h>
#include <nettle/aes.h>
#include <nettle/ctr.h>
#include <nettle/hmac.h>
#include <nettle/pbkdf2.h>
#include <string.h>

_Static_assert(SHA256_DIGEST_SIZE == sizeof(struct hash32), "a SHA-256 digest is a hash32");

void sha256(struct hash32 *out, struct span data)
{
	struct sha256 s;

	sha256_begin(&s);
	sha256_add(&s, data);
	sha256_end(&s, out);
}

void sha256_begin(struct sha256 *s)
{
	sha256_init(&s->ctx);
}

void sha256_add(struct sha256 *s, struct span data)
{
	if (data.n != 0)
		sha256_update(&s->ctx, data.n, data.p);
}

void sha256_end(struct sha256 *s, struct hash32 *out)
{
	sha256_digest(&s->ctx, sizeof(out->b), out->b);
	explicit_bzero(s, sizeof(*s));
}

void hmac_sha256(struct hash32 *out, struct span key, struct span data)
{
	struct hmac_sha256_ctx ctx;

	hmac_sha256_set_key(&ctx, key.n, key.p);
	if (data.n != 0)
		hmac_sha256_update(&ctx, data.n, data.p);
	hmac_sha256_digest(&ctx, sizeof(out->b), out->b);
	explicit_bzero(&ctx, sizeof(ctx));
}

void pbkdf2_sha256(uint8_t *out, size_t n, struct span password, struct span salt, uint32_t iterations)
{
	struct hmac_sha256_ctx ctx;

	assert(iterations >= 1);
	hmac_sha256_set_key(&ctx, password.n, password.p);
	PBKDF2(&ctx, hmac_sha256_update, hmac_sha256_digest, SHA256_DIGEST_SIZE, iterations, salt.n, salt.p,
	       n, out);
	explicit_bzero(&ctx, sizeof(ctx));
}

/* nettle's cipher type has a void pointer first; a cast of the function instead would be undefined. */
static void encrypt_blocks(const void *ctx, size_t n, uint8_t *to, const uint8_t *from)
{
	aes128_encrypt(ctx, n, to, from);
}

void aes128_ctr(const uint8_t key[16], const uint8_t iv[16], uint8_t *inout, size_t n)
{
	struct aes128_ctx ctx;
	uint8_t counter[16];

	memcpy(counter, iv, sizeof(counter));
	aes128_set_encrypt_key(&ctx, key);
	ctr_crypt(&ctx, encrypt_blocks, AES_BLOCK_SIZE, counter, n, inout, inout);
	explicit_bzero(&ctx, sizeof(ctx));
}
