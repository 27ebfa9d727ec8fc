/* scrypt (RFC 7914). Our own: OpenSSL refuses r=1 with N=262144, which real keystores use. Memory is
 * 128*N*r bytes plus 128*r*(p+2), mapped for the call, left out of core dumps, wiped and unmapped after. */
#ifndef SETGOV_CRYPTO_SCRYPT_H
#define SETGOV_CRYPTO_SCRYPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/attr.h"
#include "src/base/buf.h"
#include "src/base/err.h"

#define SCRYPT_MEMORY_MAX (UINT64_C(1) << 30)    /* of 128*N*r */
#define SCRYPT_R_MAX 64
#define SCRYPT_P_MAX 64

/* What scrypt() would refuse, before anything is allocated: ERR_RANGE with e->field "n", "r" or "p". N is a
 * power of two above 1, r and p are 1..64, 128*N*r is at most 1 GiB. */
MUST_CHECK bool scrypt_check(uint64_t N, uint64_t r, uint64_t p, struct err *e);

/* n bytes into out. ERR_RANGE as above, ERR_IO when the memory cannot be had. */
MUST_CHECK bool scrypt(uint8_t *out, size_t n, struct span password, struct span salt, uint64_t N, uint32_t r,
		       uint32_t p, struct err *e);

#endif
