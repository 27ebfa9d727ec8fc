/* Values and their bytes. Types are in abi_type.c, text in abi_text.c, contracts in abi_contract.c. */
#include "src/evm/abi.h"

#include <assert.h>
#include <string.h>

#include "src/base/text.h"

#define WORD 32u
#define S(n) ((n) == 1 ? "" : "s")

/* ---- one value ---- */

/* Two's complement bits that v needs: -129 and 128 both need 9. */
static unsigned signed_bits(const struct u256 *v)
{
	struct u256 x = *v;

	if (x.w[3] >> 63)
		for (size_t i = 0; i < 4; i++)
			x.w[i] = ~x.w[i];
	return u256_bit_length(&x) + 1;
}

static bool holds(const char *name, unsigned bits, unsigned holds_bits, unsigned found, size_t at, struct err *e)
{
	if (found <= holds_bits)
		return true;
	if (bits)
		return err_set(e, ERR_RANGE, at, "%s%u holds %u bits, found %u", name, bits, holds_bits, found);
	return err_set(e, ERR_RANGE, at, "%s holds %u bit%s, found %u", name, holds_bits, S(holds_bits), found);
}

/* True when v is a value of the type, one of those that live in .word. */
static bool word_fits(const struct abi_type *t, const struct u256 *v, size_t at, struct err *e)
{
	switch (t->kind) {
	case ABI_UINT:
		return holds("uint", t->bits, t->bits, u256_bit_length(v), at, e);
	case ABI_INT:
		return holds("int", t->bits, t->bits, signed_bits(v), at, e);
	case ABI_ADDRESS:
		return holds("address", 0, 160, u256_bit_length(v), at, e);
	case ABI_BOOL:
		return holds("bool", 0, 1, u256_bit_length(v), at, e);
	case ABI_FIXED_BYTES:
	case ABI_FUNCTION:
	case ABI_BYTES:
	case ABI_STRING:
	case ABI_LIST:
	case ABI_ARRAY:
	case ABI_TUPLE:
		break;
	}
	return err_set(e, ERR_SYNTAX, at, "not a number");
}

struct abi_value abi_word(const struct abi_type *t, const struct u256 *v)
{
	assert(word_fits(t, v, 0, NULL));
	return (struct abi_value){ .type = t, .word = *v };
}

struct abi_value abi_address(const struct abi_type *t, const struct addr *v)
{
	uint8_t be[WORD] = {0};

	assert(t->kind == ABI_ADDRESS);
	memcpy(be + 12, v->b, 20);
	return (struct abi_value){ .type = t, .word = u256_from_be(be) };
}

struct abi_value abi_bytes(const struct abi_type *t, struct span v)
{
	assert(t->kind == ABI_BYTES || t->kind == ABI_STRING ||
	       ((t->kind == ABI_FIXED_BYTES || t->kind == ABI_FUNCTION) && v.n == t->count));
	return (struct abi_value){ .type = t, .bytes = v };
}

struct abi_value abi_items(const struct abi_type *t, struct abi_value *items, size_t n)
{
	assert(t->kind == ABI_LIST || ((t->kind == ABI_ARRAY || t->kind == ABI_TUPLE) && n == t->count));
	return (struct abi_value){ .type = t, .items = items, .n = n };
}

struct addr abi_as_addr(const struct abi_value *v)
{
	uint8_t be[WORD];
	struct addr a;

	assert(v->type->kind == ABI_ADDRESS);
	u256_to_be(be, &v->word);
	memcpy(a.b, be + 12, 20);
	return a;
}

bool abi_value_eq(const struct abi_value *a, const struct abi_value *b)
{
	struct buf x = {0}, y = {0};
	bool same;

	abi_type_format(&x, a->type);
	abi_type_format(&y, b->type);
	same = span_eq(buf_view(&x), buf_view(&y));
	if (same) {
		abi_encode(&x, a);
		abi_encode(&y, b);
		same = span_eq(buf_view(&x), buf_view(&y));
	}
	buf_release(&x);
	buf_release(&y);
	return same;
}

/* ---- bytes to values ---- */

/* Offsets are those of `data`, so every error points into the whole. */
struct decoder {
	struct arena *arena;
	struct span data;
	struct err *e;
};

static bool need(const struct decoder *d, size_t at, size_t n)
{
	if (n <= d->data.n - at)
		return true;
	return err_set(d->e, ERR_SYNTAX, at, "needed %zu byte%s, found %zu", n, S(n), d->data.n - at);
}

static bool zeros(const struct decoder *d, size_t at, size_t n, const char *what)
{
	for (size_t i = 0; i < n; i++)
		if (d->data.p[at + i])
			return err_set(d->e, ERR_SYNTAX, at + i, "%s is padded with zeros, found 0x%02x", what,
				       (unsigned)d->data.p[at + i]);
	return true;
}

/* A length or an offset: both fit 64 bits, or are nonsense. */
static bool read_size(const struct decoder *d, size_t at, uint64_t *out)
{
	struct u256 v;

	if (!need(d, at, WORD))
		return false;
	v = u256_from_be(d->data.p + at);
	if (u256_fits_u64(&v, out))
		return true;
	return err_set(d->e, ERR_RANGE, at, "no length or offset has %u bits", u256_bit_length(&v));
}

/* A value type: one word. */
static bool decode_word(const struct decoder *d, struct abi_value *out, size_t at)
{
	const struct abi_type *t = out->type;

	if (!need(d, at, WORD))
		return false;
	if (t->kind == ABI_FIXED_BYTES || t->kind == ABI_FUNCTION) {
		out->bytes = span_of(d->data.p + at, t->count);
		return zeros(d, at + t->count, WORD - t->count, t->kind == ABI_FUNCTION ? "function" : "bytesN");
	}
	out->word = u256_from_be(d->data.p + at);
	return word_fits(t, &out->word, at, d->e);
}

/* The ABI's strings are UTF-8. A NUL is, too, but no JSON of ours carries one, and nobody could read it. */
static bool is_text(const struct decoder *d, struct span s, size_t at)
{
	const uint8_t *nul = s.n ? memchr(s.p, 0, s.n) : NULL;

	if (!text_is_utf8(s))
		return err_set(d->e, ERR_SYNTAX, at, "string is not UTF-8");
	return !nul || err_set(d->e, ERR_SYNTAX, at + (size_t)(nul - s.p), "NUL in a string");
}

static bool decode_bytes(const struct decoder *d, struct abi_value *out, size_t at, size_t *end)
{
	const char *name = out->type->kind == ABI_STRING ? "string" : "bytes";
	size_t left, padding;
	uint64_t n;

	if (!read_size(d, at, &n))
		return false;
	left = d->data.n - at - WORD;
	if (n > left)
		return err_set(d->e, ERR_SYNTAX, at, "%s of length %llu, %zu left", name, (unsigned long long)n, left);
	padding = (WORD - n % WORD) % WORD;
	if (!need(d, at + WORD + (size_t)n, padding) || !zeros(d, at + WORD + (size_t)n, padding, name))
		return false;
	out->bytes = span_of(d->data.p + at + WORD, (size_t)n);
	*end = at + WORD + (size_t)n + padding;
	return out->type->kind != ABI_STRING || is_text(d, out->bytes, at + WORD);
}

static const struct abi_type *item_type(const struct abi_type *t, size_t i)
{
	return t->kind == ABI_TUPLE ? t->fields[i].type : t->elem;
}

static size_t head_size(const struct abi_type *t, size_t n)
{
	size_t size = 0;

	if (t->kind != ABI_TUPLE)
		return n * t->elem->size;
	for (size_t i = 0; i < n; i++)
		size += t->fields[i].type->size;
	return size;
}

static bool in_item(struct err *e, const struct abi_type *t, size_t i)
{
	if (t->kind == ABI_TUPLE && t->fields[i].name[0])
		return err_in(e, "%s", t->fields[i].name);
	return err_in(e, "[%zu]", i);
}

static bool decode_at(const struct decoder *d, struct abi_value *out, size_t at, size_t *end);

/* An offset counts from the start of the heads it stands among. */
static bool decode_offset(const struct decoder *d, size_t pos, size_t want)
{
	uint64_t offset;

	if (!read_size(d, pos, &offset))
		return false;
	if (offset != want)
		return err_set(d->e, ERR_SYNTAX, pos, "offset %llu: the canonical encoding has %zu here",
			       (unsigned long long)offset, want);
	return true;
}

/* Item i of `out`, whose head is at `pos`; *next is where its tail has to start, and becomes where it ends. */
static bool decode_item(const struct decoder *d, struct abi_value *item, size_t base, size_t pos, size_t *next)
{
	size_t end;

	if (!item->type->dynamic)
		return decode_at(d, item, pos, &end);
	return decode_offset(d, pos, *next - base) && decode_at(d, item, *next, next);
}

/* The n items of `out`: heads from `base` on, then tails. The heads are there before anything is allocated. */
static bool decode_items(const struct decoder *d, struct abi_value *out, size_t n, size_t base, size_t *end,
			 bool top)
{
	const struct abi_type *t = out->type;
	const size_t head = head_size(t, n);
	size_t pos = base;

	if (!need(d, base, head))
		return false;
	out->items = ARENA_ARRAY(d->arena, struct abi_value, n);
	out->n = n;
	*end = base + head;
	for (size_t i = 0; i < n; i++) {
		out->items[i].type = item_type(t, i);
		if (!decode_item(d, &out->items[i], base, pos, end))
			return top ? err_in(d->e, "args[%zu]", i) : in_item(d->e, t, i);
		pos += out->items[i].type->size;
	}
	return true;
}

static bool decode_list(const struct decoder *d, struct abi_value *out, size_t at, size_t *end)
{
	uint64_t n;

	if (!read_size(d, at, &n))
		return false;
	if (n > (d->data.n - at - WORD) / out->type->elem->size)
		return err_set(d->e, ERR_RANGE, at, "length %llu needs more than the %zu byte%s left",
			       (unsigned long long)n, d->data.n - at - WORD, S(d->data.n - at - WORD));
	return decode_items(d, out, (size_t)n, at + WORD, end, false);
}

static bool decode_at(const struct decoder *d, struct abi_value *out, size_t at, size_t *end)
{
	switch (out->type->kind) {
	case ABI_UINT:
	case ABI_INT:
	case ABI_ADDRESS:
	case ABI_BOOL:
	case ABI_FIXED_BYTES:
	case ABI_FUNCTION:
		*end = at + WORD;
		return decode_word(d, out, at);
	case ABI_BYTES:
	case ABI_STRING:
		return decode_bytes(d, out, at, end);
	case ABI_LIST:
		return decode_list(d, out, at, end);
	case ABI_ARRAY:
	case ABI_TUPLE:
		return decode_items(d, out, out->type->count, at, end, false);
	}
	BUG("abi kind %d", (int)out->type->kind);
}

bool abi_decode(struct arena *a, struct abi_value *out, const struct abi_type *tuple, struct span data, struct err *e)
{
	const struct decoder d = { .arena = a, .data = data, .e = e };
	size_t end;

	assert(tuple->kind == ABI_TUPLE);
	*out = (struct abi_value){ .type = tuple };
	if (!decode_items(&d, out, tuple->count, 0, &end, true))
		return false;
	if (end != data.n)
		return err_set(e, ERR_SYNTAX, end, "%zu byte%s after the end", data.n - end, S(data.n - end));
	return true;
}

/* ---- values to bytes ---- */

static void put_size(uint8_t *at, size_t n)
{
	const struct u256 v = u256_from_u64(n);

	u256_to_be(at, &v);
}

static void encode_size(struct buf *out, size_t n)
{
	buf_zeros(out, WORD);
	put_size(out->p + out->n - WORD, n);
}

static void encode_padded(struct buf *out, struct span s)
{
	buf_span(out, s);
	buf_zeros(out, (WORD - s.n % WORD) % WORD);
}

static void encode_items(struct buf *out, const struct abi_value *v)
{
	const size_t base = out->n;
	size_t pos = base;

	for (size_t i = 0; i < v->n; i++) {
		assert(v->items[i].type->size == item_type(v->type, i)->size);
		if (v->items[i].type->dynamic)
			buf_zeros(out, WORD);
		else
			abi_encode(out, &v->items[i]);
	}
	for (size_t i = 0; i < v->n; i++) {
		if (v->items[i].type->dynamic) {
			put_size(out->p + pos, out->n - base);
			abi_encode(out, &v->items[i]);
		}
		pos += v->items[i].type->size;
	}
}

void abi_encode(struct buf *out, const struct abi_value *v)
{
	switch (v->type->kind) {
	case ABI_UINT:
	case ABI_INT:
	case ABI_ADDRESS:
	case ABI_BOOL:
		assert(word_fits(v->type, &v->word, 0, NULL));
		buf_zeros(out, WORD);
		u256_to_be(out->p + out->n - WORD, &v->word);
		return;
	case ABI_FIXED_BYTES:
	case ABI_FUNCTION:
		assert(v->bytes.n == v->type->count);
		encode_padded(out, v->bytes);
		return;
	case ABI_BYTES:
	case ABI_STRING:
		encode_size(out, v->bytes.n);
		encode_padded(out, v->bytes);
		return;
	case ABI_LIST:
		encode_size(out, v->n);
		encode_items(out, v);
		return;
	case ABI_ARRAY:
	case ABI_TUPLE:
		assert(v->n == v->type->count);
		encode_items(out, v);
		return;
	}
	BUG("abi kind %d", (int)v->type->kind);
}
