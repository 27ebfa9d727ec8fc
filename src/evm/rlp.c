#include "src/evm/rlp.h"

#include <string.h>

/* Header bytes: 0x00..0x7f the byte itself, 0x80+n a string of n <= 55 bytes, 0xb7+k a string whose length takes k
 * bytes; 0xc0+n and 0xf7+k the same for lists. */
enum { STRING = 0x80, LIST = 0xc0, SHORT_MAX = 55 };

static bool long_length(struct reader *r, size_t *out, size_t k, struct err *e)
{
	const size_t at = r->pos;
	struct span be;
	uint64_t n = 0;

	if (!reader_take(r, &be, k, e))
		return false;
	if (be.p[0] == 0)
		return err_set(e, ERR_SYNTAX, at, "a length starts with a zero byte");
	for (size_t i = 0; i < k; i++)
		n = n << 8 | be.p[i];
	if (n <= SHORT_MAX)
		return err_set(e, ERR_SYNTAX, at, "a length of %llu has a shorter form", (unsigned long long)n);
	if (n > reader_left(r))
		return err_set(e, ERR_SYNTAX, at, "needed %llu bytes, found %zu", (unsigned long long)n,
			       reader_left(r));
	*out = (size_t)n;
	return true;
}

bool rlp_next(struct reader *r, struct rlp_item *out, struct err *e)
{
	const size_t start = r->pos;
	uint8_t c;
	size_t n;

	if (!reader_byte(r, &c, e))
		return false;
	out->list = c >= LIST;
	if (c < STRING) {
		out->payload = span_of(r->all.p + start, 1);
		out->whole = out->payload;
		return true;
	}
	n = c - (out->list ? (size_t)LIST : (size_t)STRING);
	if (n > SHORT_MAX && !long_length(r, &n, n - SHORT_MAX, e))
		return false;
	if (!reader_take(r, &out->payload, n, e))
		return false;
	if (!out->list && n == 1 && out->payload.p[0] < STRING)
		return err_set(e, ERR_SYNTAX, start, "the single byte 0x%02x is its own encoding",
			       (unsigned)out->payload.p[0]);
	out->whole = span_of(r->all.p + start, r->pos - start);
	return true;
}

bool rlp_list(struct reader *r, struct reader *inner, struct err *e)
{
	const size_t at = r->pos;
	struct rlp_item item;

	if (!rlp_next(r, &item, e))
		return false;
	if (!item.list)
		return err_set(e, ERR_SYNTAX, at, "needed a list, found a string");
	/* The same base, so that offsets stay the document's. */
	inner->all = span_of(r->all.p, r->pos);
	inner->pos = r->pos - item.payload.n;
	return true;
}

bool rlp_bytes(struct reader *r, struct span *out, struct err *e)
{
	const size_t at = r->pos;
	struct rlp_item item;

	if (!rlp_next(r, &item, e))
		return false;
	if (item.list)
		return err_set(e, ERR_SYNTAX, at, "needed a string, found a list");
	*out = item.payload;
	return true;
}

bool rlp_fixed(struct reader *r, uint8_t *out, size_t n, struct err *e)
{
	const size_t at = r->pos;
	struct span s;

	if (!rlp_bytes(r, &s, e))
		return false;
	if (s.n != n)
		return err_set(e, ERR_SYNTAX, at, "needed %zu bytes, found %zu", n, s.n);
	memcpy(out, s.p, n);
	return true;
}

static bool integer(struct reader *r, struct u256 *out, size_t max, struct err *e)
{
	const size_t at = r->pos;
	uint8_t be[32] = {0};
	struct span s;

	if (!rlp_bytes(r, &s, e))
		return false;
	if (s.n && s.p[0] == 0)
		return err_set(e, ERR_SYNTAX, at, "an integer starts with a zero byte");
	if (s.n > max)
		return err_set(e, ERR_RANGE, at, "an integer of at most %zu bytes was needed, found %zu", max, s.n);
	if (s.n)
		memcpy(be + 32 - s.n, s.p, s.n);
	*out = u256_from_be(be);
	return true;
}

bool rlp_u256(struct reader *r, struct u256 *out, struct err *e)
{
	return integer(r, out, 32, e);
}

bool rlp_u64(struct reader *r, uint64_t *out, struct err *e)
{
	struct u256 v;

	return integer(r, &v, 8, e) && u256_fits_u64(&v, out);
}

static bool check_items(struct reader *r, unsigned depth, struct err *e)
{
	while (reader_left(r)) {
		const size_t at = r->pos;
		struct rlp_item item;
		struct reader inner;

		if (!rlp_next(r, &item, e))
			return false;
		if (!item.list)
			continue;
		if (depth == RLP_MAX_DEPTH)
			return err_set(e, ERR_RANGE, at, "lists deeper than %u", RLP_MAX_DEPTH);
		inner.all = span_of(r->all.p, r->pos);
		inner.pos = r->pos - item.payload.n;
		if (!check_items(&inner, depth + 1, e))
			return false;
	}
	return true;
}

bool rlp_decode(struct rlp_item *out, struct span data, struct err *e)
{
	struct reader r = reader_of(data), all = reader_of(data);

	return rlp_next(&r, out, e) && reader_end(&r, e) && check_items(&all, 0, e);
}

bool rlp_check(struct span data, struct err *e)
{
	struct rlp_item item;

	return rlp_decode(&item, data, e);
}

/* Header of a payload of n bytes; returns its size (1..9). */
static size_t header(uint8_t out[9], uint8_t base, size_t n)
{
	size_t k = 0;

	if (n <= SHORT_MAX) {
		out[0] = (uint8_t)(base + n);
		return 1;
	}
	for (size_t m = n; m; m >>= 8)
		k++;
	out[0] = (uint8_t)(base + SHORT_MAX + k);
	for (size_t i = 0; i < k; i++)
		out[1 + i] = (uint8_t)(n >> 8 * (k - 1 - i));
	return 1 + k;
}

void rlp_write_bytes(struct buf *out, struct span s)
{
	uint8_t h[9];

	if (s.n != 1 || s.p[0] >= STRING)
		buf_add(out, h, header(h, STRING, s.n));
	buf_span(out, s);
}

void rlp_write_u256(struct buf *out, const struct u256 *v)
{
	uint8_t be[32];
	const size_t n = (u256_bit_length(v) + 7) / 8;

	u256_to_be(be, v);
	rlp_write_bytes(out, span_of(be + 32 - n, n));
}

void rlp_write_u64(struct buf *out, uint64_t v)
{
	const struct u256 w = u256_from_u64(v);

	rlp_write_u256(out, &w);
}

size_t rlp_begin(struct buf *out)
{
	return out->n;
}

void rlp_end(struct buf *out, size_t begin)
{
	const size_t n = out->n - begin;
	uint8_t h[9];
	const size_t k = header(h, LIST, n);

	buf_zeros(out, k);
	memmove(out->p + begin + k, out->p + begin, n);
	memcpy(out->p + begin, h, k);
}
