#include "src/crypto/sig.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <string.h>

#include "src/base/time.h"
#include "src/crypto/keccak.h"
#include "src/crypto/wipe.h"

/* SEC 2, section 2.4.1: n, the order of the group, and n / 2 rounded down. */
static const uint8_t order[32] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
	0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
};
static const uint8_t half_order[32] = {
	0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
};

bool addr_eq(const struct addr *a, const struct addr *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

bool addr_is_zero(const struct addr *a)
{
	static const struct addr zero;

	return addr_eq(a, &zero);
}

int addr_cmp(const struct addr *a, const struct addr *b)
{
	return memcmp(a->b, b->b, sizeof(a->b));
}

static void broken_promise(const char *text, void *unused)
{
	(void)unused;
	die("libsecp256k1: %s", text);
}

static secp256k1_context *context_new(void)
{
	secp256k1_context *ctx = secp256k1_context_create(SECP256K1_CONTEXT_NONE);

	if (!ctx)
		die("libsecp256k1: no memory for a context");
	secp256k1_context_set_illegal_callback(ctx, broken_promise, NULL);
	secp256k1_context_set_error_callback(ctx, broken_promise, NULL);
	return ctx;
}

/* Blinded, so that what a key does to caches and power says less about it. Signatures stay the same. */
static secp256k1_context *context_for_key(void)
{
	secp256k1_context *ctx = context_new();
	uint8_t seed[32];

	random_bytes(seed, sizeof(seed));
	if (!secp256k1_context_randomize(ctx, seed))
		die("libsecp256k1: the context refused its random seed");
	explicit_bzero(seed, sizeof(seed));
	return ctx;
}

static void serialize(const secp256k1_context *ctx, uint8_t pub[64], const secp256k1_pubkey *key)
{
	uint8_t bytes[65];
	size_t n = sizeof(bytes);

	secp256k1_ec_pubkey_serialize(ctx, bytes, &n, key, SECP256K1_EC_UNCOMPRESSED);
	memcpy(pub, bytes + 1, 64);
}

void sig_public_address(struct addr *out, const uint8_t pub[64])
{
	struct hash32 h;

	keccak256(&h, span_of(pub, 64));
	memcpy(out->b, h.b + 12, sizeof(out->b));
}

static bool public_of(const secp256k1_context *ctx, uint8_t pub[64], const uint8_t key[32])
{
	secp256k1_pubkey p;

	if (!secp256k1_ec_pubkey_create(ctx, &p, key))
		return false;
	serialize(ctx, pub, &p);
	return true;
}

bool sig_key_public(uint8_t pub[64], const uint8_t key[32], struct err *e)
{
	secp256k1_context *ctx = context_for_key();
	const bool ok = public_of(ctx, pub, key);

	secp256k1_context_destroy(ctx);
	stack_wipe();
	return ok || err_set(e, ERR_CRYPTO, ERR_NO_OFFSET, "secret key is zero or not below the group order");
}

bool sig_key_address(struct addr *out, const uint8_t key[32], struct err *e)
{
	uint8_t pub[64];

	if (!sig_key_public(pub, key, e))
		return false;
	sig_public_address(out, pub);
	return true;
}

bool sig_is_low_s(const struct sig *s)
{
	static const uint8_t zero[32];

	return memcmp(s->s, zero, 32) != 0 && memcmp(s->s, half_order, 32) <= 0;
}

static bool check_scalar(const char *name, const uint8_t v[32], struct err *e)
{
	static const uint8_t zero[32];

	if (memcmp(v, zero, 32) == 0)
		err_refuse(e, "RANGE", "zero is not part of any signature");
	else if (memcmp(v, order, 32) >= 0)
		err_refuse(e, "RANGE", "not below the group order");
	else
		return true;
	return err_in(e, "%s", name);
}

static bool check_canonical(const struct sig *s, struct err *e)
{
	if (!check_scalar("r", s->r, e) || !check_scalar("s", s->s, e))
		return false;
	if (!sig_is_low_s(s)) {
		err_refuse(e, "HIGH-S", "above half of the group order: the same signature has a low form");
		return err_in(e, "s");
	}
	if (s->v != 27 && s->v != 28) {
		err_refuse(e, "V", "27 or 28 needed, found %u", s->v);
		return err_in(e, "v");
	}
	return true;
}

static bool recover_public(uint8_t pub[64], const struct sig *s, const struct hash32 *digest)
{
	secp256k1_context *ctx = context_new();
	secp256k1_ecdsa_recoverable_signature raw;
	secp256k1_pubkey key;
	uint8_t rs[64];
	bool ok;

	memcpy(rs, s->r, 32);
	memcpy(rs + 32, s->s, 32);
	ok = secp256k1_ecdsa_recoverable_signature_parse_compact(ctx, &raw, rs, s->v - 27) &&
	     secp256k1_ecdsa_recover(ctx, &key, &raw, digest->b);
	if (ok)
		serialize(ctx, pub, &key);
	secp256k1_context_destroy(ctx);
	return ok;
}

/* libsecp256k1's recover takes high s, so what Ethereum refuses is refused before it is asked. */
bool sig_recover(struct addr *out, const struct sig *s, const struct hash32 *digest, struct err *e)
{
	uint8_t pub[64];

	if (!check_canonical(s, e))
		return false;
	if (!recover_public(pub, s, digest))
		return err_set(e, ERR_CRYPTO, ERR_NO_OFFSET, "no key can have made this signature");
	sig_public_address(out, pub);
	return true;
}

static bool sign(const secp256k1_context *ctx, struct sig *out, const struct hash32 *digest,
		 const uint8_t key[32])
{
	secp256k1_ecdsa_recoverable_signature raw;
	uint8_t rs[64];
	int recid;

	if (!secp256k1_ecdsa_sign_recoverable(ctx, &raw, digest->b, key, NULL, NULL))
		return false;
	secp256k1_ecdsa_recoverable_signature_serialize_compact(ctx, rs, &recid, &raw);
	memcpy(out->r, rs, 32);
	memcpy(out->s, rs + 32, 32);
	out->v = (uint8_t)(27 + recid);
	return true;
}

bool sig_make(struct sig *out, const struct hash32 *digest, const uint8_t key[32])
{
	secp256k1_context *ctx = context_for_key();
	struct addr mine, found;
	uint8_t pub[64];
	bool ok = false;

	if (!public_of(ctx, pub, key) || !sign(ctx, out, digest, key))
		goto out;
	sig_public_address(&mine, pub);
	ok = sig_recover(&found, out, digest, NULL) && addr_eq(&mine, &found);
out:
	if (!ok)
		explicit_bzero(out, sizeof(*out));
	secp256k1_context_destroy(ctx);
	stack_wipe();
	return ok;
}

bool sig_verify(const struct sig *s, const struct hash32 *digest, const uint8_t pub[64])
{
	secp256k1_context *ctx = context_new();
	secp256k1_ecdsa_signature raw;
	secp256k1_pubkey key;
	uint8_t bytes[65] = {4}, rs[64];
	bool ok;

	memcpy(bytes + 1, pub, 64);
	memcpy(rs, s->r, 32);
	memcpy(rs + 32, s->s, 32);
	ok = secp256k1_ec_pubkey_parse(ctx, &key, bytes, sizeof(bytes)) &&
	     secp256k1_ecdsa_signature_parse_compact(ctx, &raw, rs) &&
	     secp256k1_ecdsa_verify(ctx, &raw, digest->b, &key);
	secp256k1_context_destroy(ctx);
	return ok;
}

void sig_to_bytes(uint8_t out[65], const struct sig *s)
{
	memcpy(out, s->r, 32);
	memcpy(out + 32, s->s, 32);
	out[64] = s->v;
}

bool sig_from_bytes(struct sig *out, struct span bytes, struct err *e)
{
	if (bytes.n != 65)
		return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "a signature is 65 bytes, found %zu", bytes.n);
	memcpy(out->r, bytes.p, 32);
	memcpy(out->s, bytes.p + 32, 32);
	out->v = bytes.p[64];
	return true;
}
