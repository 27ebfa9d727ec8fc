#include "src/gov/call.h"

#include "src/base/hex.h"
#include "src/evm/address.h"

#define CALLS_MAX 1024u

bool calls_eq(struct calls a, struct calls b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (!addr_eq(&a.v[i].to, &b.v[i].to) || u256_cmp(&a.v[i].value, &b.v[i].value) != 0 ||
		    !span_eq(a.v[i].data, b.v[i].data))
			return false;
	return true;
}

bool calls_value(struct u256 *sum, struct calls c, struct err *e)
{
	struct u256 total = { 0 };

	for (size_t i = 0; i < c.n; i++) {
		struct u256 next;

		if (!u256_add(&next, &total, &c.v[i].value))
			return err_set(e, ERR_RANGE, ERR_NO_OFFSET,
				       "the values add up to more than 256 bits hold");
		total = next;
	}
	*sum = total;
	return true;
}

struct json *calls_to_json(struct arena *a, struct calls c)
{
	struct json *array = json_array(a);

	for (size_t i = 0; i < c.n; i++) {
		struct json *call = json_object(a);

		json_set(call, a, "data", json_0x(a, c.v[i].data));
		json_set(call, a, "to", json_addr(a, &c.v[i].to));
		json_set(call, a, "value", json_u256(a, &c.v[i].value));
		json_push(array, call);
	}
	return array;
}

/* An offset inside a string, moved to where that string stands in the document. */
static bool in_member(struct err *e, const struct json *call, const char *name)
{
	const struct json *v = json_find(call, name);

	if (e != NULL && e->at != ERR_NO_OFFSET && v->at != ERR_NO_OFFSET)
		e->at += v->at + 1;
	return err_in(e, "%s", name);
}

static bool data_parse(struct arena *a, struct span *out, struct span text, struct err *e)
{
	struct buf bytes = { 0 };
	bool ok;

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] >= 'A' && text.p[i] <= 'F')
			return err_set(e, ERR_SYNTAX, i, "data is written in lower case");
	ok = hex_decode(&bytes, text, e);
	if (ok)
		*out = arena_copy(a, buf_view(&bytes));
	buf_release(&bytes);
	return ok;
}

static bool value_parse(struct u256 *out, struct span text, struct err *e)
{
	if (text.n > 1 && text.p[1] == 'x')
		return err_set(e, ERR_SYNTAX, 1, "a value is written in decimal digits");
	return u256_parse(out, text, e);
}

static bool call_from_json(struct arena *a, struct call *out, const struct json *v, struct err *e)
{
	static const char *const members[] = { "data", "to", "value", NULL };
	struct span data, to, value;

	if (v->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, v->at, "a call is an object of data, to and value");
	if (!json_only(v, members, e) || !json_get_str(v, "data", &data, e) ||
	    !json_get_str(v, "to", &to, e) || !json_get_str(v, "value", &value, e))
		return false;
	if (!data_parse(a, &out->data, data, e))
		return in_member(e, v, "data");
	if (!addr_parse_checksummed(&out->to, to, e))
		return in_member(e, v, "to");
	if (!value_parse(&out->value, value, e))
		return in_member(e, v, "value");
	return true;
}

bool calls_from_json(struct arena *a, struct calls *out, const struct json *array, struct err *e)
{
	struct call *v;
	size_t i = 0;

	if (array == NULL || array->type != JSON_ARRAY)
		return err_set(e, ERR_SYNTAX, array == NULL ? ERR_NO_OFFSET : array->at, "calls are an array");
	if (array->n > CALLS_MAX)
		return err_set(e, ERR_RANGE, array->at, "at most %u calls, found %zu", CALLS_MAX, array->n);
	v = ARENA_ARRAY(a, struct call, array->n);
	for (const struct json *c = array->first; c != NULL; c = c->next, i++)
		if (!call_from_json(a, &v[i], c, e))
			return err_in(e, "[%zu]", i);
	*out = (struct calls){ v, array->n };
	return true;
}
