/* secp256k1: addresses of keys, signatures, and who made one. The only user of libsecp256k1, with a fresh
 * context for each call, randomised when a key is involved; a broken promise to the library ends in die().
 * Spec: SEC 1 section 4.1, RFC 6979 for the nonce, EIP-2 for low s, Ethereum's v of 27 or 28. */
#ifndef SETGOV_CRYPTO_SIG_H
#define SETGOV_CRYPTO_SIG_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/attr.h"
#include "src/base/buf.h"
#include "src/base/err.h"

struct addr {                 /* an Ethereum address; text is in src/evm/address.h */
	uint8_t b[20];
};

bool addr_eq(const struct addr *a, const struct addr *b);
bool addr_is_zero(const struct addr *a);
int addr_cmp(const struct addr *a, const struct addr *b);    /* <0, 0, >0, as the Safe sorts owners */

struct sig {
	uint8_t r[32], s[32]; /* big-endian */
	uint8_t v;            /* 27 or 28 */
};

/* Signs with a deterministic nonce and low s, and recovers the key's own address from the result before
 * handing it out. False, with *out zero, when the key is zero or not below the group order. No copy of the
 * key stays behind. */
MUST_CHECK bool sig_make(struct sig *out, const struct hash32 *digest, const uint8_t key[32]);

/* Whose signature it is. Refuses what Ethereum does, in this order: ERR_REFUSED with code "RANGE" (r or s
 * is zero or not below the group order), "HIGH-S" (s above half of it: the same signature can be written in
 * two ways), "V" (not 27 or 28). ERR_CRYPTO when no key could have made it. e->field is "r", "s", "v" or
 * empty. */
MUST_CHECK bool sig_recover(struct addr *out, const struct sig *s, const struct hash32 *digest,
			    struct err *e);

/* s is between 1 and half the group order. */
bool sig_is_low_s(const struct sig *s);

/* Plain ECDSA against an uncompressed public key (x, y; v is not looked at). High s is not accepted. */
bool sig_verify(const struct sig *s, const struct hash32 *digest, const uint8_t pub[64]);

/* ERR_CRYPTO when the key is zero or not below the group order. No copy of the key stays behind. */
MUST_CHECK bool sig_key_public(uint8_t pub[64], const uint8_t key[32], struct err *e);
MUST_CHECK bool sig_key_address(struct addr *out, const uint8_t key[32], struct err *e);
/* The last 20 bytes of Keccak-256(x, y). */
void sig_public_address(struct addr *out, const uint8_t pub[64]);

/* r, s, v: 65 bytes. Reading checks the length only (ERR_SYNTAX); sig_recover() judges the values. */
void sig_to_bytes(uint8_t out[65], const struct sig *s);
MUST_CHECK bool sig_from_bytes(struct sig *out, struct span bytes, struct err *e);

#endif
