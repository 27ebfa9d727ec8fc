/* 256-bit unsigned integers, checked: an operation that would wrap returns false and leaves *out alone.
 * Also the two's complement reading the ABI needs. */
#ifndef SETGOV_BASE_U256_H
#define SETGOV_BASE_U256_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/buf.h"

struct u256 {
	uint64_t w[4];        /* least significant word first */
};

struct u256 u256_from_u64(uint64_t v);
struct u256 u256_from_be(const uint8_t be[32]);
void u256_to_be(uint8_t be[32], const struct u256 *v);
bool u256_is_zero(const struct u256 *v);
bool u256_fits_u64(const struct u256 *v, uint64_t *out);   /* false, *out untouched, when it does not */
int u256_cmp(const struct u256 *a, const struct u256 *b);  /* <0, 0, >0 */
unsigned u256_bit_length(const struct u256 *v);            /* 0 for 0 */
MUST_CHECK bool u256_add(struct u256 *out, const struct u256 *a, const struct u256 *b);
MUST_CHECK bool u256_sub(struct u256 *out, const struct u256 *a, const struct u256 *b);
MUST_CHECK bool u256_mul_u64(struct u256 *out, const struct u256 *a, uint64_t b);
void u256_div_u64(struct u256 *quotient, uint64_t *remainder, const struct u256 *a, uint64_t b); /* b != 0 */
struct u256 u256_negate(const struct u256 *v);             /* two's complement, wraps by definition */
struct u256 u256_shift_left(const struct u256 *v, unsigned bits); /* bits < 256; what leaves is lost */
/* *v followed by these decimal digits, which the caller has looked at; *v alone when that is too long. */
MUST_CHECK bool u256_push_digits(struct u256 *v, struct span digits);
/* Decimal digits only, no sign, no leading zeros but "0"; or "0x" hex of 1..64 digits. ERR_SYNTAX, ERR_RANGE. */
MUST_CHECK bool u256_parse(struct u256 *out, struct span text, struct err *e);
void u256_format(struct buf *out, const struct u256 *v);       /* decimal */
void u256_format_quantity(struct buf *out, const struct u256 *v); /* 0x, no leading zeros */

#endif
