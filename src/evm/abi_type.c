/* Types: their names, their sizes. Values are in abi.c, text in abi_text.c, contracts in abi_contract.c. */
#include "src/evm/abi.h"

#include <assert.h>
#include <string.h>

#define WORD 32u
#define TEXT_CAP 16384u           /* of one type */

const struct abi_type abi_uint256 = { .kind = ABI_UINT, .bits = 256, .size = WORD };
const struct abi_type abi_address_type = { .kind = ABI_ADDRESS, .size = WORD };
const struct abi_type abi_bool_type = { .kind = ABI_BOOL, .size = WORD };
const struct abi_type abi_bytes32 = { .kind = ABI_FIXED_BYTES, .count = 32, .size = WORD };
const struct abi_type abi_bytes_type = { .kind = ABI_BYTES, .dynamic = true, .size = WORD };
const struct abi_type abi_string_type = { .kind = ABI_STRING, .dynamic = true, .size = WORD };

/* Decimal digits without a leading zero; false when there are none, or too many for any use. */
static bool read_count(struct span *s, size_t *out)
{
	size_t n = 0, i = 0;

	for (; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++) {
		if (i == 9 || (i == 1 && s->p[0] == '0'))
			return false;
		n = n * 10 + (size_t)(s->p[i] - '0');
	}
	if (!i)
		return false;
	*s = span_of(s->p + i, s->n - i);
	*out = n;
	return true;
}

static bool integer_atom(struct abi_type *out, struct span name)
{
	const bool is_signed = span_starts(name, "int");
	const size_t prefix = is_signed ? 3 : 4;
	struct span digits;
	size_t bits;

	if (!is_signed && !span_starts(name, "uint"))
		return false;
	digits = span_of(name.p + prefix, name.n - prefix);
	if (!read_count(&digits, &bits) || digits.n || bits < 8 || bits > 256 || bits % 8)
		return false;
	*out = (struct abi_type){ .kind = is_signed ? ABI_INT : ABI_UINT, .bits = (unsigned)bits, .size = WORD };
	return true;
}

static bool bytes_atom(struct abi_type *out, struct span name)
{
	struct span digits;
	size_t n;

	if (!span_starts(name, "bytes"))
		return false;
	digits = span_of(name.p + 5, name.n - 5);
	if (!digits.n) {
		*out = abi_bytes_type;
		return true;
	}
	if (!read_count(&digits, &n) || digits.n || n < 1 || n > 32)
		return false;
	*out = (struct abi_type){ .kind = ABI_FIXED_BYTES, .count = n, .size = WORD };
	return true;
}

bool abi_type_atom(struct abi_type *out, struct span name)
{
	if (integer_atom(out, name) || bytes_atom(out, name))
		return true;
	if (span_is(name, "address"))
		*out = abi_address_type;
	else if (span_is(name, "bool"))
		*out = abi_bool_type;
	else if (span_is(name, "string"))
		*out = abi_string_type;
	else if (span_is(name, "function"))
		*out = (struct abi_type){ .kind = ABI_FUNCTION, .count = 24, .size = WORD };
	else
		return false;
	return true;
}

/* Sets size and dynamic of a tuple from its fields. */
static bool measure(struct abi_type *t, size_t at, struct err *e)
{
	t->size = 0;
	for (size_t i = 0; i < t->count; i++) {
		if (!t->fields[i].type->size)
			return err_set(e, ERR_SYNTAX, at, "an empty tuple inside a type");
		t->dynamic = t->dynamic || t->fields[i].type->dynamic;
		t->size += t->fields[i].type->size;
		if (t->size > ABI_MAX_HEAD)
			return err_set(e, ERR_RANGE, at, "a type of more than %u bytes", ABI_MAX_HEAD);
	}
	if (t->dynamic)
		t->size = WORD;
	return true;
}

static const struct abi_type *make_list(struct arena *a, const struct abi_type *elem)
{
	struct abi_type *t = ARENA_NEW(a, struct abi_type);

	*t = (struct abi_type){ .kind = ABI_LIST, .elem = elem, .dynamic = true, .size = WORD };
	return t;
}

static const struct abi_type *make_array(struct arena *a, const struct abi_type *elem, size_t n, size_t at,
					 struct err *e)
{
	struct abi_type *t = ARENA_NEW(a, struct abi_type);

	if (n == 0 || n > ABI_MAX_HEAD / elem->size) {
		err_set(e, ERR_RANGE, at, n ? "a type of more than %u bytes" : "an array of no elements", ABI_MAX_HEAD);
		return NULL;
	}
	*t = (struct abi_type){ .kind = ABI_ARRAY, .elem = elem, .count = n, .dynamic = elem->dynamic,
				.size = elem->dynamic ? WORD : elem->size * n };
	return t;
}

/* ---- from text ---- */

struct parser {
	struct arena *arena;
	struct span all;
	size_t pos;
	struct err *e;
};

static int peek(const struct parser *p)
{
	return p->pos < p->all.n ? p->all.p[p->pos] : -1;
}

static struct span rest(const struct parser *p)
{
	return span_of(p->all.p + p->pos, p->all.n - p->pos);
}

static const struct abi_type *parse_type(struct parser *p, unsigned depth);

static bool is_alnum(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

static bool fail(struct parser *p, size_t at, const char *what)
{
	return err_set(p->e, ERR_SYNTAX, at, "%s", what);
}

static const struct abi_type *parse_atom(struct parser *p)
{
	const size_t at = p->pos;
	struct abi_type *t = ARENA_NEW(p->arena, struct abi_type);
	struct span name;

	while (is_alnum(peek(p)))
		p->pos++;
	name = span_of(p->all.p + at, p->pos - at);
	if (abi_type_atom(t, name))
		return t;
	if (span_is(name, "uint") || span_is(name, "int"))
		fail(p, at, span_is(name, "int") ? "write int256: int is not its name" :
						   "write uint256: uint is not its name");
	else if (!name.n)
		fail(p, at, "needed a type");
	else
		fail(p, at, span_starts(name, "fixed") || span_starts(name, "ufixed") ?
				    "fixed point is not supported" : "there is no such type");
	return NULL;
}

/* After "(". Fields are gathered in a buf, since their number is not known. */
static bool parse_fields(struct parser *p, struct buf *fields, unsigned depth)
{
	if (peek(p) == ')')
		return true;
	for (;;) {
		struct abi_field f = { .name = "" };

		f.type = parse_type(p, depth);
		if (!f.type)
			return false;
		buf_add(fields, &f, sizeof(f));
		if (peek(p) == ')')
			return true;
		if (peek(p) != ',')
			return fail(p, p->pos, "needed , or )");
		p->pos++;
	}
}

static const struct abi_type *parse_tuple(struct parser *p, unsigned depth)
{
	const size_t at = p->pos++;
	struct abi_type *t = ARENA_NEW(p->arena, struct abi_type);
	struct abi_field *fields;
	struct buf found = {0};
	const bool ok = parse_fields(p, &found, depth);

	p->pos++;
	t->kind = ABI_TUPLE;
	t->count = found.n / sizeof(*fields);
	fields = ARENA_ARRAY(p->arena, struct abi_field, t->count);
	if (found.n)
		memcpy(fields, found.p, found.n);
	t->fields = fields;
	buf_release(&found);
	return ok && measure(t, at, p->e) ? t : NULL;
}

static const struct abi_type *parse_suffix(struct parser *p, const struct abi_type *elem)
{
	const size_t at = p->pos++;
	struct span s = rest(p);
	size_t n;

	if (!elem->size) {
		fail(p, at, "an array of empty tuples could have any length");
		return NULL;
	}
	if (peek(p) == ']') {
		p->pos++;
		return make_list(p->arena, elem);
	}
	if (!read_count(&s, &n) || !s.n || s.p[0] != ']') {
		fail(p, p->pos, "needed ] or a count of at most 9 digits and ]");
		return NULL;
	}
	p->pos = p->all.n - s.n + 1;
	return make_array(p->arena, elem, n, at, p->e);
}

/* Suffixes count as depth too: "[][][]" nests as tuples do. */
static const struct abi_type *suffixes(struct parser *p, const struct abi_type *t, unsigned depth)
{
	for (; t && peek(p) == '['; depth++) {
		if (depth >= ABI_MAX_DEPTH) {
			err_set(p->e, ERR_RANGE, p->pos, "types nested deeper than %u", ABI_MAX_DEPTH);
			return NULL;
		}
		t = parse_suffix(p, t);
	}
	return t;
}

static unsigned depth_of(const struct abi_type *t)
{
	unsigned deepest = 0;

	if (t->elem)
		return 1 + depth_of(t->elem);
	for (size_t i = 0; i < t->count && t->kind == ABI_TUPLE; i++) {
		const unsigned d = depth_of(t->fields[i].type);

		deepest = d > deepest ? d : deepest;
	}
	return t->kind == ABI_TUPLE ? 1 + deepest : 0;
}

static const struct abi_type *parse_type(struct parser *p, unsigned depth)
{
	const struct abi_type *t;

	if (peek(p) != '(')
		return suffixes(p, parse_atom(p), depth);
	if (depth >= ABI_MAX_DEPTH) {
		err_set(p->e, ERR_RANGE, p->pos, "types nested deeper than %u", ABI_MAX_DEPTH);
		return NULL;
	}
	t = parse_tuple(p, depth + 1);
	return t ? suffixes(p, t, depth + depth_of(t)) : NULL;
}

const struct abi_type *abi_type_parse(struct arena *a, struct span text, struct err *e)
{
	struct parser p = { .arena = a, .all = text, .e = e };
	const struct abi_type *t;

	if (text.n > TEXT_CAP) {
		err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a type of more than %u characters", TEXT_CAP);
		return NULL;
	}
	t = parse_type(&p, 0);
	if (t && p.pos != text.n) {
		fail(&p, p.pos, "needed the end of the type");
		return NULL;
	}
	return t;
}

/* ---- from JSON ---- */

static bool at_json(struct err *e, const struct json *v)
{
	if (e)
		e->at = v->at;
	return false;
}

static const struct abi_type *tuple_from_json(struct arena *a, const struct json *params, unsigned depth,
					      struct err *e);

/* "tuple[2][]" with components, or a type by its name. */
static const struct abi_type *param_type(struct arena *a, const struct json *param, unsigned depth, struct err *e)
{
	const struct json *type, *components;
	struct parser p = { .arena = a, .e = e };
	const struct abi_type *t;

	if (!json_get(param, "type", JSON_STRING, &type, e))
		return NULL;
	p.all = type->text;
	if (!span_starts(type->text, "tuple")) {
		if (json_find(param, "components"))
			return err_set(e, ERR_UNKNOWN, param->at, "components of a type that is no tuple"), NULL;
		t = peek(&p) == '(' ? (fail(&p, 0, "needed the name of a type"), NULL) : parse_type(&p, depth);
	} else {
		if (!json_get(param, "components", JSON_ARRAY, &components, e))
			return NULL;
		t = tuple_from_json(a, components, depth + 1, e);
		if (!t)
			return NULL;
		p.pos = 5;
		t = suffixes(&p, t, depth + depth_of(t));
	}
	if (t && p.pos != p.all.n) {
		fail(&p, p.pos, "needed the end of the type");
		t = NULL;
	}
	if (!t) {
		at_json(e, type);
		err_in(e, "type");
	}
	return t;
}

static bool param_from_json(struct arena *a, struct abi_field *out, const struct json *param, unsigned depth,
			    struct err *e)
{
	static const char *const members[] = { "name", "type", "components", "internalType", "indexed", NULL };
	const struct json *indexed = json_find(param, "indexed");
	struct span name = {0};

	if (param->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, param->at, "needed an object");
	if (!json_only(param, members, e))
		return false;
	if (json_find(param, "name") && !json_get_str(param, "name", &name, e))
		return false;
	if (indexed && !json_get_bool(param, "indexed", &out->indexed, e))
		return false;
	out->name = arena_str(a, name);
	out->type = param_type(a, param, depth, e);
	return out->type != NULL;
}

static const struct abi_type *tuple_from_json(struct arena *a, const struct json *params, unsigned depth,
					      struct err *e)
{
	struct abi_type *t = ARENA_NEW(a, struct abi_type);
	struct abi_field *fields;
	size_t i = 0;

	if (params->type != JSON_ARRAY)
		return err_set(e, ERR_SYNTAX, params->at, "needed an array of parameters"), NULL;
	if (depth > ABI_MAX_DEPTH)
		return err_set(e, ERR_RANGE, params->at, "types nested deeper than %u", ABI_MAX_DEPTH), NULL;
	fields = ARENA_ARRAY(a, struct abi_field, params->n);
	for (const struct json *p = params->first; p; p = p->next, i++)
		if (!param_from_json(a, &fields[i], p, depth, e))
			return err_in(e, "[%zu]", i), NULL;
	t->kind = ABI_TUPLE;
	t->fields = fields;
	t->count = params->n;
	return measure(t, params->at, e) ? t : NULL;
}

const struct abi_type *abi_type_from_json(struct arena *a, const struct json *params, struct err *e)
{
	return tuple_from_json(a, params, 1, e);
}

/* ---- to text ---- */

void abi_type_format(struct buf *out, const struct abi_type *t)
{
	switch (t->kind) {
	case ABI_UINT:
		buf_fmt(out, "uint%u", t->bits);
		return;
	case ABI_INT:
		buf_fmt(out, "int%u", t->bits);
		return;
	case ABI_ADDRESS:
		buf_str(out, "address");
		return;
	case ABI_BOOL:
		buf_str(out, "bool");
		return;
	case ABI_FIXED_BYTES:
		buf_fmt(out, "bytes%zu", t->count);
		return;
	case ABI_FUNCTION:
		buf_str(out, "function");
		return;
	case ABI_BYTES:
		buf_str(out, "bytes");
		return;
	case ABI_STRING:
		buf_str(out, "string");
		return;
	case ABI_LIST:
		abi_type_format(out, t->elem);
		buf_str(out, "[]");
		return;
	case ABI_ARRAY:
		abi_type_format(out, t->elem);
		buf_fmt(out, "[%zu]", t->count);
		return;
	case ABI_TUPLE:
		for (size_t i = 0; i < t->count; i++) {
			buf_str(out, i ? "," : "(");
			abi_type_format(out, t->fields[i].type);
		}
		buf_str(out, t->count ? ")" : "()");
		return;
	}
	BUG("abi kind %d", (int)t->kind);
}

size_t abi_field_index(const struct abi_type *tuple, const char *name)
{
	assert(tuple->kind == ABI_TUPLE);
	for (size_t i = 0; i < tuple->count; i++)
		if (*name && strcmp(tuple->fields[i].name, name) == 0)
			return i;
	return SIZE_MAX;
}
