#include "src/gov/fields.h"

#include "src/base/hex.h"

bool err_in_string(struct err *e, const struct json *v)
{
	if (e == NULL)
		return false;
	if (v->at == ERR_NO_OFFSET || e->at == ERR_NO_OFFSET)
		e->at = v->at;
	else
		e->at += v->at + 1;
	return false;
}

bool json_as_bytes(struct arena *a, const struct json *v, struct span *out, struct err *e)
{
	struct buf bytes = {0};
	bool ok;

	if (v->type != JSON_STRING)
		return err_set(e, ERR_SYNTAX, v->at, "needed a string of 0x and hex digits");
	ok = hex_decode(&bytes, v->text, e);
	if (ok)
		*out = arena_copy(a, buf_view(&bytes));
	else
		err_in_string(e, v);
	buf_release(&bytes);
	return ok;
}

bool json_get_bytes(struct arena *a, const struct json *object, const char *name, struct span *out,
		    struct err *e)
{
	const struct json *v = NULL;

	if (!json_get(object, name, JSON_STRING, &v, e))
		return false;
	return json_as_bytes(a, v, out, e) || err_in(e, "%s", name);
}
