/* Between ABI values and bytes, in the canonical form alone. */
#include <assert.h>
#include <string.h>

#include "src/base/text.h"
#include "src/evm/abi.h"

#define WORD 32u

/* ---- values ---- */

struct abi_value abi_word(const struct abi_type *t, const struct u256 *v)
{
	assert(t->kind == ABI_UINT || t->kind == ABI_INT || t->kind == ABI_BOOL || t->kind == ABI_ADDRESS);
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
	struct addr out;
	assert(v->type->kind == ABI_ADDRESS);
	u256_to_be(be, &v->word);
	memcpy(out.b, be + 12, sizeof(out.b));
	return out;
}

bool abi_value_eq(const struct abi_value *a, const struct abi_value *b)
{
	if (u256_cmp(&a->word, &b->word) != 0 || !span_eq(a->bytes, b->bytes) || a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!abi_value_eq(&a->items[i], &b->items[i]))
			return false;
	return true;
}

/* The type of item i of a list, array or tuple. */
static const struct abi_type *item_type(const struct abi_type *t, size_t i)
{
	return t->kind == ABI_TUPLE ? t->fields[i].type : t->elem;
}

/* ---- decoding ---- */

struct decoder {
	struct arena *a;
	struct span data;
	struct err *e;
};

static bool take(const struct decoder *d, size_t at, size_t n, const uint8_t **out)
{
	const size_t left = at <= d->data.n ? d->data.n - at : 0;
	if (n > left)
		return err_set(d->e, ERR_SYNTAX, at, "needed %zu bytes, found %zu", n, left);
	*out = d->data.p + at;
	return true;
}

/* A length or an offset: a word that fits what there could be. */
static bool take_size(const struct decoder *d, size_t at, const char *what, size_t *out)
{
	const uint8_t *p;
	uint64_t v;
	if (!take(d, at, WORD, &p))
		return false;
	const struct u256 w = u256_from_be(p);
	if (!u256_fits_u64(&w, &v) || v > d->data.n)
		return err_set(d->e, ERR_RANGE, at, "%s goes past the end", what);
	*out = (size_t)v;
	return true;
}

static bool zeros(const struct decoder *d, size_t at, size_t n, const char *of)
{
	for (size_t i = 0; i < n; i++)
		if (d->data.p[at + i] != 0)
			return err_set(d->e, ERR_SYNTAX, at + i, "padding of %s is not zero", of);
	return true;
}

static bool decode_int(const struct decoder *d, struct abi_value *out, size_t at)
{
	const unsigned bits = out->type->bits;
	const bool negative = (out->word.w[3] >> 63) != 0;
	struct u256 magnitude = out->word;
	if (negative)              /* -x - 1 = ~x: as many bits as the widest positive number */
		for (int i = 0; i < 4; i++)
			magnitude.w[i] = ~magnitude.w[i];
	if (u256_bit_length(&magnitude) > bits - 1)
		return err_set(d->e, ERR_RANGE, at, "int%u holds %u bits, found %u", bits, bits, u256_bit_length(&magnitude) + 1);
	return true;
}

static bool decode_atom(const struct decoder *d, struct abi_value *out, size_t at)
{
	const struct abi_type *t = out->type;
	const uint8_t *p;
	if (!take(d, at, WORD, &p))
		return false;
	if (t->kind == ABI_FIXED_BYTES || t->kind == ABI_FUNCTION) {
		out->bytes = span_of(p, t->count);
		return zeros(d, at + t->count, WORD - t->count, t->kind == ABI_FUNCTION ? "a function" : "bytesN");
	}
	out->word = u256_from_be(p);
	const unsigned found = u256_bit_length(&out->word);
	if (t->kind == ABI_UINT && found > t->bits)
		return err_set(d->e, ERR_RANGE, at, "uint%u holds %u bits, found %u", t->bits, t->bits, found);
	if (t->kind == ABI_ADDRESS && found > 160)
		return err_set(d->e, ERR_RANGE, at, "address holds 160 bits, found %u", found);
	if (t->kind == ABI_BOOL && found > 1)
		return err_set(d->e, ERR_RANGE, at, "bool is 0 or 1, found a number of %u bits", found);
	return t->kind != ABI_INT || decode_int(d, out, at);
}

static bool decode_text(const struct decoder *d, struct abi_value *out, size_t at, size_t *end)
{
	const bool string = out->type->kind == ABI_STRING;
	size_t n;
	const uint8_t *p;
	if (!take_size(d, at, "length", &n))
		return false;
	const size_t padded = (n + WORD - 1) / WORD * WORD;
	if (!take(d, at + WORD, padded, &p))
		return false;
	out->bytes = span_of(p, n);
	if (string && !text_is_utf8(out->bytes))
		return err_set(d->e, ERR_SYNTAX, at + WORD, "string is not UTF-8");
	*end = at + WORD + padded;
	return zeros(d, at + WORD + n, padded - n, string ? "a string" : "bytes");
}

static bool decode_value(const struct decoder *d, struct abi_value *out, const struct abi_type *t, size_t at, size_t *end);

/* Heads one after the other, tails in the order of their heads, each where the last one ended. */
static bool decode_items(const struct decoder *d, struct abi_value *v, size_t at, size_t *end, const char *name)
{
	size_t head = at, tail = at, ignored;
	for (size_t i = 0; i < v->n; i++)
		tail += item_type(v->type, i)->size;
	for (size_t i = 0; i < v->n; i++) {
		const struct abi_type *t = item_type(v->type, i);
		bool ok;
		if (t->dynamic) {
			size_t offset;
			ok = take_size(d, head, "offset", &offset);
			if (ok && offset != tail - at)
				ok = err_set(d->e, ERR_SYNTAX, head, "needed offset %zu, found %zu", tail - at, offset);
			ok = ok && decode_value(d, &v->items[i], t, tail, &tail);
		} else {
			ok = decode_value(d, &v->items[i], t, head, &ignored);
		}
		if (!ok)
			return err_in(d->e, "%s[%zu]", name, i);
		head += t->size;
	}
	*end = tail;
	return true;
}

static bool decode_list(const struct decoder *d, struct abi_value *out, size_t at, size_t *end)
{
	const size_t each = out->type->elem->size;
	size_t n;
	if (!take_size(d, at, "length", &n))
		return false;
	const size_t left = d->data.n - at - WORD;
	if (n > 0 && (each == 0 || n > left / each))
		return err_set(d->e, ERR_RANGE, at, "%zu elements need more than the %zu bytes that are left", n, left);
	out->n = n;
	out->items = ARENA_ARRAY(d->a, struct abi_value, n);
	return decode_items(d, out, at + WORD, end, "");
}

static bool decode_value(const struct decoder *d, struct abi_value *out, const struct abi_type *t, size_t at, size_t *end)
{
	*out = (struct abi_value){ .type = t };
	switch (t->kind) {
	case ABI_UINT:
	case ABI_INT:
	case ABI_ADDRESS:
	case ABI_BOOL:
	case ABI_FIXED_BYTES:
	case ABI_FUNCTION:
		*end = at + WORD;
		return decode_atom(d, out, at);
	case ABI_BYTES:
	case ABI_STRING:
		return decode_text(d, out, at, end);
	case ABI_LIST:
		return decode_list(d, out, at, end);
	case ABI_ARRAY:
	case ABI_TUPLE: {
		/* Each item takes at least its head, so a short input ends it before anything large is allocated. */
		const size_t left = at <= d->data.n ? d->data.n - at : 0;
		size_t heads = 0;
		for (size_t i = 0; t->kind == ABI_TUPLE && i < t->count; i++)
			heads += t->fields[i].type->size;
		if (t->kind == ABI_ARRAY)
			heads = t->count * t->elem->size;
		if (heads > left)
			return err_set(d->e, ERR_SYNTAX, at, "needed %zu bytes, found %zu", heads, left);
		if (t->kind == ABI_ARRAY && t->count > 0 && t->elem->size == 0)
			return err_set(d->e, ERR_RANGE, at, "elements without bytes");
		out->n = t->count;
		out->items = ARENA_ARRAY(d->a, struct abi_value, t->count);
		return decode_items(d, out, at, end, "");
	}
	}
	BUG("type %d", (int)t->kind);
}

bool abi_decode(struct arena *a, struct abi_value *out, const struct abi_type *tuple, struct span data, struct err *e)
{
	const struct decoder d = { a, data, e };
	size_t end = 0, heads = 0;
	assert(tuple->kind == ABI_TUPLE);
	*out = (struct abi_value){ .type = tuple, .n = tuple->count };
	for (size_t i = 0; i < tuple->count; i++)
		heads += tuple->fields[i].type->size;
	if (heads > data.n)
		return err_set(e, ERR_SYNTAX, data.n, "needed %zu bytes, found %zu", heads, data.n);
	out->items = ARENA_ARRAY(a, struct abi_value, tuple->count);
	if (!decode_items(&d, out, 0, &end, "args"))
		return false;
	if (end != data.n)
		return err_set(e, ERR_SYNTAX, end, "%zu bytes after the end", data.n - end);
	return true;
}

/* ---- encoding ---- */

static void put_size(uint8_t *at, size_t n)
{
	for (int i = 0; i < 8; i++)
		at[31 - i] = (uint8_t)((uint64_t)n >> (8 * i));
}

static void encode_items(struct buf *out, const struct abi_value *v)
{
	const size_t start = out->n;
	size_t head = start, heads = 0;
	for (size_t i = 0; i < v->n; i++)
		heads += item_type(v->type, i)->size;
	buf_zeros(out, heads);
	for (size_t i = 0; i < v->n; i++) {
		const struct abi_type *t = item_type(v->type, i);
		if (t->dynamic) {
			put_size(out->p + head, out->n - start);
			abi_encode(out, &v->items[i]);
		} else {
			/* Static items stand in the head; written at the end they are moved there. */
			const size_t at = out->n;
			abi_encode(out, &v->items[i]);
			assert(out->n - at == t->size);
			memcpy(out->p + head, out->p + at, t->size);
			out->n = at;
		}
		head += t->size;
	}
}

void abi_encode(struct buf *out, const struct abi_value *v)
{
	uint8_t word[WORD] = {0};
	switch (v->type->kind) {
	case ABI_UINT:
	case ABI_INT:
	case ABI_ADDRESS:
	case ABI_BOOL:
		u256_to_be(word, &v->word);
		buf_add(out, word, WORD);
		return;
	case ABI_FIXED_BYTES:
	case ABI_FUNCTION:
		assert(v->bytes.n == v->type->count);
		buf_span(out, v->bytes);
		buf_zeros(out, WORD - v->bytes.n);
		return;
	case ABI_BYTES:
	case ABI_STRING:
		put_size(word, v->bytes.n);
		buf_add(out, word, WORD);
		buf_span(out, v->bytes);
		buf_zeros(out, (WORD - v->bytes.n % WORD) % WORD);
		return;
	case ABI_LIST:
		put_size(word, v->n);
		buf_add(out, word, WORD);
		encode_items(out, v);
		return;
	case ABI_ARRAY:
	case ABI_TUPLE:
		encode_items(out, v);
		return;
	}
	BUG("type %d", (int)v->type->kind);
}
