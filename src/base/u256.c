#include "src/base/u256.h"

#include <string.h>

#include "src/base/err.h"

__extension__ typedef unsigned __int128 u128;

struct u256 u256_from_u64(uint64_t v)
{
	return (struct u256){{v, 0, 0, 0}};
}

struct u256 u256_from_be(const uint8_t be[32])
{
	struct u256 v = {{0}};

	for (size_t i = 0; i < 32; i++)
		v.w[3 - i / 8] = v.w[3 - i / 8] << 8 | be[i];
	return v;
}

void u256_to_be(uint8_t be[32], const struct u256 *v)
{
	for (size_t i = 0; i < 32; i++)
		be[i] = (uint8_t)(v->w[3 - i / 8] >> (56 - 8 * (i % 8)));
}

bool u256_is_zero(const struct u256 *v)
{
	return (v->w[0] | v->w[1] | v->w[2] | v->w[3]) == 0;
}

bool u256_fits_u64(const struct u256 *v, uint64_t *out)
{
	if (v->w[1] | v->w[2] | v->w[3])
		return false;
	*out = v->w[0];
	return true;
}

int u256_cmp(const struct u256 *a, const struct u256 *b)
{
	for (size_t i = 4; i-- > 0;)
		if (a->w[i] != b->w[i])
			return a->w[i] < b->w[i] ? -1 : 1;
	return 0;
}

unsigned u256_bit_length(const struct u256 *v)
{
	for (unsigned i = 4; i-- > 0;)
		if (v->w[i])
			return 64 * i + 64 - (unsigned)__builtin_clzll(v->w[i]);
	return 0;
}

bool u256_add(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
	struct u256 sum;
	u128 carry = 0;

	for (size_t i = 0; i < 4; i++) {
		carry += (u128)a->w[i] + b->w[i];
		sum.w[i] = (uint64_t)carry;
		carry >>= 64;
	}
	if (carry)
		return false;
	*out = sum;
	return true;
}

bool u256_sub(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
	struct u256 rest;
	uint64_t borrow = 0;

	if (u256_cmp(a, b) < 0)
		return false;
	for (size_t i = 0; i < 4; i++) {
		const u128 d = (u128)a->w[i] - b->w[i] - borrow;

		rest.w[i] = (uint64_t)d;
		borrow = (uint64_t)(d >> 64) & 1;
	}
	*out = rest;
	return true;
}

bool u256_mul_u64(struct u256 *out, const struct u256 *a, uint64_t b)
{
	struct u256 product;
	u128 carry = 0;

	for (size_t i = 0; i < 4; i++) {
		carry += (u128)a->w[i] * b;
		product.w[i] = (uint64_t)carry;
		carry >>= 64;
	}
	if (carry)
		return false;
	*out = product;
	return true;
}

void u256_div_u64(struct u256 *quotient, uint64_t *remainder, const struct u256 *a, uint64_t b)
{
	struct u256 q;
	u128 rest = 0;

	if (b == 0)
		BUG("u256 divided by zero");
	for (size_t i = 4; i-- > 0;) {
		rest = rest << 64 | a->w[i];
		q.w[i] = (uint64_t)(rest / b);
		rest %= b;
	}
	*quotient = q;
	*remainder = (uint64_t)rest;
}

struct u256 u256_negate(const struct u256 *v)
{
	struct u256 out;
	u128 carry = 1;

	for (size_t i = 0; i < 4; i++) {
		carry += (uint64_t)~v->w[i];
		out.w[i] = (uint64_t)carry;
		carry >>= 64;
	}
	return out;
}

struct u256 u256_shift_left(const struct u256 *v, unsigned bits)
{
	const unsigned words = bits / 64, rest = bits % 64;
	struct u256 out = {{0}};

	if (bits >= 256)
		BUG("u256 shifted by %u bits", bits);
	for (unsigned i = words; i < 4; i++) {
		out.w[i] = v->w[i - words] << rest;
		if (rest && i > words)
			out.w[i] |= v->w[i - words - 1] >> (64 - rest);
	}
	return out;
}

/* Any length of digits is read before its size is judged, so that the error points at what is wrong first. */
static bool parse_hex(struct u256 *out, struct span text, struct err *e)
{
	struct u256 v = {{0}};

	if (text.n == 2)
		return err_set(e, ERR_SYNTAX, 2, "needed a hex digit");
	for (size_t i = 2; i < text.n; i++) {
		const uint8_t c = text.p[i], lower = c | 0x20;

		if (!(c >= '0' && c <= '9') && !(lower >= 'a' && lower <= 'f'))
			return err_set(e, ERR_SYNTAX, i, "not a hex digit");
		v = u256_shift_left(&v, 4);
		v.w[0] |= (uint64_t)(c <= '9' ? c - '0' : lower - 'a' + 10);
	}
	if (text.n > 66)
		return err_set(e, ERR_RANGE, 2, "256 bits hold 64 hex digits, found %zu", text.n - 2);
	*out = v;
	return true;
}

#define CHUNK 19u                        /* decimal digits that fit 64 bits */
#define TEN_TO_THE_CHUNK UINT64_C(10000000000000000000)

bool u256_push_digits(struct u256 *v, struct span digits)
{
	struct u256 sum = *v;

	for (size_t at = 0; at < digits.n;) {
		const size_t end = digits.n - at > CHUNK ? at + CHUNK : digits.n;
		uint64_t chunk = 0, ten = 1;

		for (; at < end; at++, ten *= 10)
			chunk = chunk * 10 + (uint64_t)(digits.p[at] - '0');
		const struct u256 more = u256_from_u64(chunk);
		if (!u256_mul_u64(&sum, &sum, ten) || !u256_add(&sum, &sum, &more))
			return false;
	}
	*v = sum;
	return true;
}

bool u256_parse(struct u256 *out, struct span text, struct err *e)
{
	struct u256 v = {{0}};

	if (span_starts(text, "0x"))
		return parse_hex(out, text, e);
	if (text.n == 0)
		return err_set(e, ERR_SYNTAX, 0, "needed a number, found nothing");
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < '0' || text.p[i] > '9')
			return err_set(e, ERR_SYNTAX, i, "not a decimal digit");
	if (text.n > 1 && text.p[0] == '0')
		return err_set(e, ERR_SYNTAX, 0, "leading zero");
	if (!u256_push_digits(&v, text))
		return err_set(e, ERR_RANGE, 0, "does not fit 256 bits: %zu digits", text.n);
	*out = v;
	return true;
}

void u256_format(struct buf *out, const struct u256 *v)
{
	char digits[5 * CHUNK];          /* 2^256 has 78 decimal digits */
	size_t at = sizeof(digits);
	struct u256 rest = *v;
	uint64_t chunk;

	do {
		u256_div_u64(&rest, &chunk, &rest, TEN_TO_THE_CHUNK);
		const bool last = u256_is_zero(&rest);
		for (size_t i = 0; i < CHUNK && (!last || chunk > 0); i++, chunk /= 10)
			digits[--at] = (char)('0' + chunk % 10);
	} while (!u256_is_zero(&rest));
	if (at == sizeof(digits))
		digits[--at] = '0';
	buf_add(out, digits + at, sizeof(digits) - at);
}

void u256_format_quantity(struct buf *out, const struct u256 *v)
{
	static const char digits[16] = "0123456789abcdef";

	buf_str(out, "0x");
	for (unsigned i = u256_is_zero(v) ? 1 : (u256_bit_length(v) + 3) / 4; i-- > 0;)
		buf_byte(out, (uint8_t)digits[v->w[i / 16] >> (4 * (i % 16)) & 15]);
}
