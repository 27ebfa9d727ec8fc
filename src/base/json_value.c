/* Reading values out of a tree, and building one. */
#include <string.h>

#include "src/base/hex.h"
#include "src/base/json.h"
#include "src/base/text.h"

#define MAX_SAFE_INTEGER ((1ull << 53) - 1)

static const char *type_name(enum json_type type)
{
	switch (type) {
	case JSON_NULL:
		return "null";
	case JSON_FALSE:
		return "false";
	case JSON_TRUE:
		return "true";
	case JSON_NUMBER:
		return "a number";
	case JSON_STRING:
		return "a string";
	case JSON_ARRAY:
		return "an array";
	case JSON_OBJECT:
		return "an object";
	}
	BUG("json type %d", (int)type);
}

const struct json *json_find(const struct json *object, const char *name)
{
	if (!object || object->type != JSON_OBJECT)
		return NULL;
	for (const struct json *v = object->first; v; v = v->next)
		if (span_is(v->name, name))
			return v;
	return NULL;
}

const struct json *json_at(const struct json *array, size_t i)
{
	const struct json *v;

	if (!array || array->type != JSON_ARRAY)
		return NULL;
	for (v = array->first; v && i; v = v->next)
		i--;
	return v;
}

bool json_is_null(const struct json *v)
{
	return !v || v->type == JSON_NULL;
}

static bool wrong_type(const struct json *v, const char *name, const char *wanted, struct err *e)
{
	err_set(e, ERR_SYNTAX, v->at, "needed %s, found %s", wanted, type_name(v->type));
	return err_in(e, "%s", name);
}

static bool find(const struct json *object, const char *name, const struct json **out, struct err *e)
{
	if (!object || object->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, object ? object->at : ERR_NO_OFFSET, "needed an object, found %s",
			       object ? type_name(object->type) : "nothing");
	*out = json_find(object, name);
	if (!*out) {
		err_set(e, ERR_MISSING, object->at, "missing");
		return err_in(e, "%s", name);
	}
	return true;
}

bool json_get(const struct json *object, const char *name, enum json_type type, const struct json **out, struct err *e)
{
	const struct json *v = NULL;

	if (!find(object, name, &v, e))
		return false;
	if (v->type != type)
		return wrong_type(v, name, type_name(type), e);
	*out = v;
	return true;
}

bool json_get_str(const struct json *object, const char *name, struct span *out, struct err *e)
{
	const struct json *v = NULL;

	if (!json_get(object, name, JSON_STRING, &v, e))
		return false;
	*out = v->text;
	return true;
}

bool json_get_bool(const struct json *object, const char *name, bool *out, struct err *e)
{
	const struct json *v = NULL;

	if (!find(object, name, &v, e))
		return false;
	if (v->type != JSON_TRUE && v->type != JSON_FALSE)
		return wrong_type(v, name, "true or false", e);
	*out = v->type == JSON_TRUE;
	return true;
}

/* An error about the text of `v` that points into that text points into the document. */
static bool in_value(const struct json *v, const char *name, struct err *e)
{
	if (e) {
		if (v->at == ERR_NO_OFFSET || e->at == ERR_NO_OFFSET)
			e->at = v->at;
		else
			e->at += v->at + (v->type == JSON_STRING ? 1 : 0);
	}
	return err_in(e, "%s", name);
}

/* The digits of a non-negative integer, as u256_parse() wants them. */
static bool whole_number(const struct json *v, struct u256 *out, struct err *e)
{
	const struct span s = v->text;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '-')
			return err_set(e, ERR_RANGE, i, "negative");
		if (s.p[i] < '0' || s.p[i] > '9')
			return err_set(e, ERR_SYNTAX, i, "needed a whole number without exponent");
	}
	return u256_parse(out, s, e);
}

bool json_get_u64(const struct json *object, const char *name, uint64_t *out, struct err *e)
{
	const struct json *v = NULL;
	struct u256 wide;
	uint64_t n = 0;

	if (!json_get(object, name, JSON_NUMBER, &v, e))
		return false;
	if (!whole_number(v, &wide, e))
		return in_value(v, name, e);
	if (!u256_fits_u64(&wide, &n) || n > MAX_SAFE_INTEGER) {
		err_set(e, ERR_RANGE, 0, "at most 2^53-1, found %zu digits", v->text.n);
		return in_value(v, name, e);
	}
	*out = n;
	return true;
}

bool json_get_u256(const struct json *object, const char *name, struct u256 *out, struct err *e)
{
	const struct json *v = NULL;
	bool ok;

	if (!find(object, name, &v, e))
		return false;
	if (v->type != JSON_NUMBER && v->type != JSON_STRING)
		return wrong_type(v, name, "a number or a string", e);
	ok = v->type == JSON_NUMBER ? whole_number(v, out, e) : u256_parse(out, v->text, e);
	return ok || in_value(v, name, e);
}

bool json_get_hash(const struct json *object, const char *name, struct hash32 *out, struct err *e)
{
	const struct json *v = NULL;

	if (!json_get(object, name, JSON_STRING, &v, e))
		return false;
	return hex_fixed(out->b, sizeof(out->b), v->text, e) || in_value(v, name, e);
}

bool json_get_bare_hash(const struct json *object, const char *name, struct hash32 *out, struct err *e)
{
	const struct json *v = NULL;

	if (!json_get(object, name, JSON_STRING, &v, e))
		return false;
	return hex_bare(out->b, sizeof(out->b), v->text, e) || in_value(v, name, e);
}

bool json_only(const struct json *object, const char *const names[], struct err *e)
{
	if (!object || object->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, object ? object->at : ERR_NO_OFFSET, "needed an object, found %s",
			       object ? type_name(object->type) : "nothing");
	for (const struct json *v = object->first; v; v = v->next) {
		bool known = false;

		for (size_t i = 0; names[i] && !known; i++)
			known = span_is(v->name, names[i]);
		if (!known) {
			err_set(e, ERR_UNKNOWN, v->at, "unknown member");
			return err_in(e, "%.*s", text_shown(v->name), (const char *)v->name.p);
		}
	}
	return true;
}

static bool canonical_number(struct span s)
{
	const size_t sign = s.n && s.p[0] == '-';
	uint64_t n = 0;
	struct u256 v;

	s = span_of(s.p + sign, s.n - sign);
	if (s.n == 0 || span_starts(s, "0x") || !u256_parse(&v, s, NULL))
		return false;
	return u256_fits_u64(&v, &n) && n <= MAX_SAFE_INTEGER && !(sign && n == 0);
}

bool json_is_canonical(const struct json *v, struct err *e)
{
	size_t i = 0;

	if (v->type == JSON_NUMBER && !canonical_number(v->text))
		return err_set(e, ERR_RANGE, v->at, "needed an integer within 2^53-1 of zero");
	for (const struct json *c = v->first; c; c = c->next, i++)
		if (!json_is_canonical(c, e))
			return v->type == JSON_ARRAY ? err_in(e, "[%zu]", i)
						     : err_in(e, "%.*s", text_shown(c->name),
							      (const char *)c->name.p);
	return true;
}

static struct json *build(struct arena *a, enum json_type type)
{
	struct json *v = ARENA_NEW(a, struct json);

	v->type = type;
	v->at = ERR_NO_OFFSET;
	return v;
}

struct json *json_object(struct arena *a)
{
	return build(a, JSON_OBJECT);
}

struct json *json_array(struct arena *a)
{
	return build(a, JSON_ARRAY);
}

struct json *json_null(struct arena *a)
{
	return build(a, JSON_NULL);
}

struct json *json_bool(struct arena *a, bool v)
{
	return build(a, v ? JSON_TRUE : JSON_FALSE);
}

struct json *json_u64(struct arena *a, uint64_t v)
{
	struct json *out = build(a, JSON_NUMBER);

	if (v > MAX_SAFE_INTEGER)
		BUG("%llu is no JSON integer", (unsigned long long)v);
	out->text = span_str(arena_fmt(a, "%llu", (unsigned long long)v));
	return out;
}

struct json *json_text(struct arena *a, struct span utf8)
{
	struct json *out = build(a, JSON_STRING);

	if (!text_is_utf8(utf8) || (utf8.n && memchr(utf8.p, 0, utf8.n)))
		BUG("a JSON string that is not UTF-8");
	out->text = arena_copy(a, utf8);
	return out;
}

struct json *json_str(struct arena *a, const char *s)
{
	return json_text(a, span_str(s));
}

/* Takes what is in `b`, and releases it. */
static struct json *text_of_buf(struct arena *a, struct buf *b)
{
	struct json *out = json_text(a, buf_view(b));

	buf_release(b);
	return out;
}

struct json *json_fmt(struct arena *a, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	return text_of_buf(a, &b);
}

struct json *json_u256(struct arena *a, const struct u256 *v)
{
	struct buf b = {0};

	u256_format(&b, v);
	return text_of_buf(a, &b);
}

struct json *json_0x(struct arena *a, struct span bytes)
{
	struct buf b = {0};

	buf_0xhex(&b, bytes);
	return text_of_buf(a, &b);
}

struct json *json_bare(struct arena *a, struct span bytes)
{
	struct buf b = {0};

	buf_hex(&b, bytes);
	return text_of_buf(a, &b);
}

void json_push(struct json *array, struct json *value)
{
	if (value->next)
		BUG("a JSON value in two places");
	if (array->last)
		array->last->next = value;
	else
		array->first = value;
	array->last = value;
	array->n++;
}

void json_set(struct json *object, struct arena *a, const char *name, struct json *value)
{
	if (object->type != JSON_OBJECT)
		BUG("member %s of what is no object", name);
	if (json_find(object, name))
		BUG("member %s set twice", name);
	value->name = arena_copy(a, span_str(name));
	json_push(object, value);
}

struct json *json_copy(struct arena *a, const struct json *v)
{
	struct json *out = build(a, v->type);

	out->at = v->at;
	if (v->text.p)
		out->text = arena_copy(a, v->text);
	for (const struct json *c = v->first; c; c = c->next) {
		struct json *child = json_copy(a, c);

		if (c->name.p)
			child->name = arena_copy(a, c->name);
		json_push(out, child);
	}
	return out;
}
