/* Values as people and JSON write them. */
#include "src/evm/abi.h"

#include <assert.h>
#include <string.h>

#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/evm/address.h"

#define S(n) ((n) == 1 ? "" : "s")

/* ---- in ---- */

static bool fits(const struct abi_type *t, const struct u256 *magnitude, bool negative, struct err *e)
{
	const unsigned found = u256_bit_length(magnitude);
	struct u256 limit;

	if (t->kind == ABI_UINT)
		return found <= t->bits ||
		       err_set(e, ERR_RANGE, ERR_NO_OFFSET, "uint%u holds %u bits, found %u", t->bits, t->bits, found);
	limit = u256_from_u64(1);
	limit = u256_shift_left(&limit, t->bits - 1);
	if (u256_cmp(magnitude, &limit) < (negative ? 1 : 0))
		return true;
	return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "int%u ends at %s2^%u%s", t->bits, negative ? "-" : "", t->bits - 1,
		       negative ? "" : "-1");
}

/* "12", "0x0c"; for an INT "-5" too. */
static bool integer(struct u256 *out, const struct abi_type *t, struct span text, struct err *e)
{
	const bool negative = text.n && text.p[0] == '-';
	struct u256 v;

	if (negative && t->kind == ABI_UINT)
		return err_set(e, ERR_RANGE, 0, "uint%u is not negative", t->bits);
	if (!u256_parse(&v, negative ? span_of(text.p + 1, text.n - 1) : text, e))
		return false;
	if (negative && u256_is_zero(&v))
		return err_set(e, ERR_SYNTAX, 0, "zero has no sign");
	if (!fits(t, &v, negative, e))
		return false;
	*out = negative ? u256_negate(&v) : v;
	return true;
}

static bool hex(struct arena *a, struct abi_value *out, struct span text, struct err *e)
{
	struct buf b = {0};
	const bool ok = hex_decode(&b, text, e);
	const size_t want = out->type->count;

	if (ok)
		out->bytes = arena_copy(a, buf_view(&b));
	buf_release(&b);
	if (!ok || out->type->kind == ABI_BYTES || out->bytes.n == want)
		return ok;
	return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "needed %zu byte%s, found %zu", want, S(want), out->bytes.n);
}

static bool address(struct abi_value *out, struct span text, struct err *e)
{
	struct addr x;

	if (!addr_parse(&x, text, e))
		return false;
	*out = abi_address(out->type, &x);
	return true;
}

static bool boolean(struct abi_value *out, struct span text, struct err *e)
{
	if (!span_is(text, "true") && !span_is(text, "false"))
		return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "needed true or false");
	out->word = u256_from_u64(span_is(text, "true"));
	return true;
}

static bool composite(struct arena *a, struct abi_value *out, struct span text, struct err *e)
{
	const struct json *v = json_parse(a, text, e);

	return v && abi_value_from_json(a, out, out->type, v, e);
}

bool abi_value_from_text(struct arena *a, struct abi_value *out, const struct abi_type *t, struct span text,
			 struct err *e)
{
	*out = (struct abi_value){ .type = t };
	switch (t->kind) {
	case ABI_UINT:
	case ABI_INT:
		return integer(&out->word, t, text, e);
	case ABI_ADDRESS:
		return address(out, text, e);
	case ABI_BOOL:
		return boolean(out, text, e);
	case ABI_FIXED_BYTES:
	case ABI_FUNCTION:
	case ABI_BYTES:
		return hex(a, out, text, e);
	case ABI_STRING:
		if (!text_is_utf8(text) || (text.n && memchr(text.p, 0, text.n)))
			return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "string is not UTF-8, or has a NUL");
		out->bytes = arena_copy(a, text);
		return true;
	case ABI_LIST:
	case ABI_ARRAY:
	case ABI_TUPLE:
		return composite(a, out, text, e);
	}
	BUG("abi kind %d", (int)t->kind);
}

static bool wrong_json(const struct json *v, const char *needed, struct err *e)
{
	return err_set(e, ERR_SYNTAX, v->at, "needed %s", needed);
}

static bool at_json(const struct json *v, struct err *e)
{
	if (e)
		e->at = v->at;
	return false;
}

static bool json_scalar(struct arena *a, struct abi_value *out, const struct json *v, struct err *e)
{
	const enum abi_kind kind = out->type->kind;

	if (kind == ABI_BOOL) {
		if (v->type != JSON_TRUE && v->type != JSON_FALSE)
			return wrong_json(v, "true or false", e);
		out->word = u256_from_u64(v->type == JSON_TRUE);
		return true;
	}
	if (v->type == JSON_NUMBER && kind != ABI_UINT && kind != ABI_INT)
		return wrong_json(v, "a string", e);
	if (v->type != JSON_STRING && v->type != JSON_NUMBER)
		return wrong_json(v, kind == ABI_UINT || kind == ABI_INT ? "a number or a string" : "a string", e);
	return abi_value_from_text(a, out, out->type, v->text, e) || at_json(v, e);
}

static bool json_array_items(struct arena *a, struct abi_value *out, const struct json *v, struct err *e)
{
	const struct abi_type *t = out->type;
	size_t i = 0;

	if (t->kind != ABI_LIST && v->n != t->count)
		return err_set(e, ERR_RANGE, v->at, "needed %zu element%s, found %zu", t->count, S(t->count), v->n);
	out->n = v->n;
	out->items = ARENA_ARRAY(a, struct abi_value, v->n);
	for (const struct json *item = v->first; item; item = item->next, i++)
		if (!abi_value_from_json(a, &out->items[i], t->kind == ABI_TUPLE ? t->fields[i].type : t->elem, item,
					 e))
			return err_in(e, "[%zu]", i);
	return true;
}

/* Names that tell every field apart, so that an object can hold the tuple. */
static bool is_named(const struct abi_type *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (!t->fields[i].name[0] || abi_field_index(t, t->fields[i].name) != i)
			return false;
	return t->count > 0;
}

static bool json_object_items(struct arena *a, struct abi_value *out, const struct json *v, struct err *e)
{
	const struct abi_type *t = out->type;

	if (!is_named(t))
		return wrong_json(v, "an array: not every field has a name of its own", e);
	for (const struct json *m = v->first; m; m = m->next)
		if (abi_field_index(t, arena_str(a, m->name)) == SIZE_MAX) {
			err_set(e, ERR_UNKNOWN, m->at, "there is no such field");
			return err_in(e, "%.*s", text_shown(m->name), (const char *)m->name.p);
		}
	out->n = t->count;
	out->items = ARENA_ARRAY(a, struct abi_value, t->count);
	for (size_t i = 0; i < t->count; i++) {
		const struct json *m = json_find(v, t->fields[i].name);

		if (!m)
			err_set(e, ERR_MISSING, v->at, "field is missing");
		if (!m || !abi_value_from_json(a, &out->items[i], t->fields[i].type, m, e))
			return err_in(e, "%s", t->fields[i].name);
	}
	return true;
}

bool abi_value_from_json(struct arena *a, struct abi_value *out, const struct abi_type *t, const struct json *v,
			 struct err *e)
{
	*out = (struct abi_value){ .type = t };
	switch (t->kind) {
	case ABI_UINT:
	case ABI_INT:
	case ABI_ADDRESS:
	case ABI_BOOL:
	case ABI_FIXED_BYTES:
	case ABI_FUNCTION:
	case ABI_BYTES:
	case ABI_STRING:
		return json_scalar(a, out, v, e);
	case ABI_TUPLE:
		if (v->type == JSON_OBJECT)
			return json_object_items(a, out, v, e);
		return v->type == JSON_ARRAY ? json_array_items(a, out, v, e)
					     : wrong_json(v, "an array or an object", e);
	case ABI_LIST:
	case ABI_ARRAY:
		return v->type == JSON_ARRAY ? json_array_items(a, out, v, e) : wrong_json(v, "an array", e);
	}
	BUG("abi kind %d", (int)t->kind);
}

/* ---- out ---- */

static void format_int(struct buf *out, const struct abi_value *v)
{
	struct u256 magnitude = v->word;

	if (v->type->kind == ABI_INT && v->word.w[3] >> 63) {
		buf_byte(out, '-');
		magnitude = u256_negate(&v->word);
	}
	u256_format(out, &magnitude);
}

static void format_addr(struct buf *out, const struct abi_value *v)
{
	const struct addr x = abi_as_addr(v);

	addr_format(out, &x);
}

static void format_composite(struct buf *out, const struct abi_value *v)
{
	struct arena a = {0};

	json_compact(out, abi_value_json(&a, v));
	arena_release(&a);
}

void abi_value_format(struct buf *out, const struct abi_value *v)
{
	switch (v->type->kind) {
	case ABI_UINT:
	case ABI_INT:
		format_int(out, v);
		return;
	case ABI_ADDRESS:
		format_addr(out, v);
		return;
	case ABI_BOOL:
		buf_str(out, u256_is_zero(&v->word) ? "false" : "true");
		return;
	case ABI_FIXED_BYTES:
	case ABI_FUNCTION:
	case ABI_BYTES:
		buf_0xhex(out, v->bytes);
		return;
	case ABI_STRING:
		buf_span(out, v->bytes);
		return;
	case ABI_LIST:
	case ABI_ARRAY:
	case ABI_TUPLE:
		format_composite(out, v);
		return;
	}
	BUG("abi kind %d", (int)v->type->kind);
}

static struct json *scalar_json(struct arena *a, const struct abi_value *v)
{
	struct buf text = {0};
	struct json *out;

	abi_value_format(&text, v);
	out = json_text(a, buf_view(&text));
	buf_release(&text);
	return out;
}

static struct json *items_json(struct arena *a, const struct abi_value *v)
{
	const bool named = v->type->kind == ABI_TUPLE && is_named(v->type);
	struct json *out = named ? json_object(a) : json_array(a);

	for (size_t i = 0; i < v->n; i++) {
		struct json *item = abi_value_json(a, &v->items[i]);

		if (named)
			json_set(out, a, v->type->fields[i].name, item);
		else
			json_push(out, item);
	}
	return out;
}

struct json *abi_value_json(struct arena *a, const struct abi_value *v)
{
	switch (v->type->kind) {
	case ABI_UINT:
	case ABI_INT:
	case ABI_ADDRESS:
	case ABI_FIXED_BYTES:
	case ABI_FUNCTION:
	case ABI_BYTES:
	case ABI_STRING:
		return scalar_json(a, v);
	case ABI_BOOL:
		return json_bool(a, !u256_is_zero(&v->word));
	case ABI_LIST:
	case ABI_ARRAY:
	case ABI_TUPLE:
		return items_json(a, v);
	}
	BUG("abi kind %d", (int)v->type->kind);
}
