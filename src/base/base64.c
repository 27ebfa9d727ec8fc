#include "src/base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void buf_base64(struct buf *out, struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i += 3) {
		const size_t left = bytes.n - i;
		uint32_t v = (uint32_t)bytes.p[i] << 16;

		if (left > 1)
			v |= (uint32_t)bytes.p[i + 1] << 8;
		if (left > 2)
			v |= bytes.p[i + 2];
		buf_byte(out, (uint8_t)alphabet[v >> 18]);
		buf_byte(out, (uint8_t)alphabet[v >> 12 & 63]);
		buf_byte(out, left > 1 ? (uint8_t)alphabet[v >> 6 & 63] : '=');
		buf_byte(out, left > 2 ? (uint8_t)alphabet[v & 63] : '=');
	}
}

static bool base64_value(uint8_t c, uint32_t *out)
{
	if (c >= 'A' && c <= 'Z')
		*out = (uint32_t)(c - 'A');
	else if (c >= 'a' && c <= 'z')
		*out = (uint32_t)(c - 'a') + 26;
	else if (c >= '0' && c <= '9')
		*out = (uint32_t)(c - '0') + 52;
	else if (c == '+')
		*out = 62;
	else if (c == '/')
		*out = 63;
	else
		return false;
	return true;
}

/* One group of four; `digits` of them are not padding. */
static bool base64_group(struct buf *out, const uint8_t *p, unsigned digits, size_t at, struct err *e)
{
	uint32_t v = 0;

	for (unsigned i = 0; i < digits; i++) {
		uint32_t six;

		if (!base64_value(p[i], &six))
			return err_set(e, ERR_SYNTAX, at + i, "not a base64 character");
		v |= six << (18 - 6 * i);
	}
	if (v & (digits == 4 ? 0u : digits == 3 ? 0xffu : 0xffffu))
		return err_set(e, ERR_SYNTAX, at + digits - 1, "bits set after the last byte of base64");
	buf_byte(out, (uint8_t)(v >> 16));
	if (digits > 2)
		buf_byte(out, (uint8_t)(v >> 8));
	if (digits > 3)
		buf_byte(out, (uint8_t)v);
	return true;
}

bool base64_decode(struct buf *out, struct span text, struct err *e)
{
	const size_t before = out->n;

	if (text.n % 4)
		return err_set(e, ERR_SYNTAX, text.n, "base64 comes in groups of 4 characters, found %zu", text.n);
	for (size_t i = 0; i < text.n; i += 4) {
		unsigned digits = 4;

		if (i + 4 == text.n && text.p[i + 3] == '=')
			digits = text.p[i + 2] == '=' ? 2 : 3;
		if (!base64_group(out, text.p + i, digits, i, e)) {
			out->n = before;
			return false;
		}
	}
	return true;
}
