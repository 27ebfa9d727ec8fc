#include "src/evm/eip712.h"

#include <assert.h>
#include <string.h>

#include "src/base/text.h"
#include "src/crypto/keccak.h"
#include "src/evm/abi.h"

#define S(n) ((n) == 1 ? "" : "s")
#define DOMAIN_TYPE "EIP712Domain"
#define NAME(s) text_shown(s), (const char *)(s).p

/* ---- what a document holds ---- */

enum shape { ATOM, STRUCT, ARRAY };

struct type {
	enum shape shape;
	struct abi_type atom;            /* ATOM */
	struct def *def;                 /* STRUCT */
	const struct type *elem;         /* ARRAY */
	size_t count;                    /* ARRAY: 0 = any number */
};

struct member {
	struct span name;
	struct span type_text;
	const struct type *type;
};

enum visit { NEW, OPEN, DONE };

struct def {
	struct span name;
	struct member *members;
	size_t n;
	enum visit visit;                /* while looking for recursion */
	bool referenced;                 /* while writing one encodeType */
	struct span type_text;           /* encodeType; empty until it is needed */
	struct hash32 type_hash;
};

struct eip712 {
	struct def *defs;
	size_t n;
	struct def *primary, *domain_def;
	const struct json *domain, *message;
	struct hash32 domain_hash, message_hash, digest;
	struct span message_data;
};

struct parser {
	struct arena *arena;
	struct eip712 *doc;
	struct err *e;
};

/* ---- types ---- */

/* Solidity's own words; EIP-712 has none of the last four, but a struct may not take their names either. */
static bool is_elementary(struct span name)
{
	struct abi_type atom;

	return abi_type_atom(&atom, name) || span_is(name, "uint") || span_is(name, "int") || span_is(name, "byte") ||
	       span_is(name, "function");
}

static struct def *find_def(const struct eip712 *doc, struct span name)
{
	for (size_t i = 0; i < doc->n; i++)
		if (span_eq(doc->defs[i].name, name))
			return &doc->defs[i];
	return NULL;
}

/* Cuts the last "[]" or "[k]" off *text. */
static bool cut_suffix(struct span *text, size_t *count, struct err *e)
{
	size_t open = text->n - 1, n = 0;

	while (open && text->p[open] != '[')
		open--;
	if (text->p[open] != '[' || text->n - open > 11)
		return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "needed [] or [k] with k of at most 9 digits");
	for (size_t i = open + 1; i < text->n - 1; i++) {
		if (text->p[i] < '0' || text->p[i] > '9' || (n == 0 && text->p[i] == '0'))
			return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET,
				       "an array's length is a number without leading zeros, at least 1");
		n = n * 10 + (size_t)(text->p[i] - '0');
	}
	*text = span_of(text->p, open);
	*count = n;
	return true;
}

static bool named_type(struct parser *p, struct type *t, struct span name)
{
	if (abi_type_atom(&t->atom, name) && t->atom.kind != ABI_FUNCTION) {
		t->shape = ATOM;
		return true;
	}
	t->shape = STRUCT;
	t->def = find_def(p->doc, name);
	return t->def || err_set(p->e, ERR_UNKNOWN, ERR_NO_OFFSET, "there is no type %.*s", NAME(name));
}

static const struct type *parse_type(struct parser *p, struct span text, unsigned depth)
{
	struct type *t = ARENA_NEW(p->arena, struct type);

	if (!text.n || text.p[text.n - 1] != ']')
		return named_type(p, t, text) ? t : NULL;
	if (depth == ABI_MAX_DEPTH)
		return err_set(p->e, ERR_RANGE, ERR_NO_OFFSET, "arrays nested deeper than %u", ABI_MAX_DEPTH), NULL;
	t->shape = ARRAY;
	if (!cut_suffix(&text, &t->count, p->e))
		return NULL;
	t->elem = parse_type(p, text, depth + 1);
	return t->elem ? t : NULL;
}

static bool parse_member(struct parser *p, struct def *d, size_t i, const struct json *v)
{
	static const char *const names[] = { "name", "type", NULL };
	struct member *m = &d->members[i];
	const struct json *type;

	if (v->type != JSON_OBJECT)
		return err_set(p->e, ERR_SYNTAX, v->at, "needed an object");
	if (!json_only(v, names, p->e) || !json_get_str(v, "name", &m->name, p->e) ||
	    !json_get(v, "type", JSON_STRING, &type, p->e))
		return false;
	if (!abi_is_identifier(m->name))
		return err_set(p->e, ERR_SYNTAX, v->at, "name is not an identifier");
	for (size_t k = 0; k < i; k++)
		if (span_eq(d->members[k].name, m->name))
			return err_set(p->e, ERR_SYNTAX, v->at, "%.*s is there twice", NAME(m->name));
	m->type_text = type->text;
	m->type = parse_type(p, type->text, 0);
	if (m->type)
		return true;
	if (p->e)
		p->e->at = type->at;
	return err_in(p->e, "type");
}

static bool parse_def(struct parser *p, struct def *d, const struct json *v)
{
	size_t i = 0;

	if (v->type != JSON_ARRAY)
		return err_set(p->e, ERR_SYNTAX, v->at, "needed an array of members");
	if (v->n > EIP712_MAX_MEMBERS)
		return err_set(p->e, ERR_RANGE, v->at, "more than %u members", EIP712_MAX_MEMBERS);
	d->n = v->n;
	d->members = ARENA_ARRAY(p->arena, struct member, v->n);
	for (const struct json *m = v->first; m; m = m->next, i++)
		if (!parse_member(p, d, i, m))
			return err_in(p->e, "[%zu]", i);
	return true;
}

static bool name_defs(struct parser *p, const struct json *types)
{
	size_t i = 0;

	if (types->n > EIP712_MAX_TYPES)
		return err_set(p->e, ERR_RANGE, types->at, "more than %u types", EIP712_MAX_TYPES);
	p->doc->n = types->n;
	p->doc->defs = ARENA_ARRAY(p->arena, struct def, types->n);
	for (const struct json *t = types->first; t; t = t->next, i++) {
		if (!abi_is_identifier(t->name) || is_elementary(t->name))
			return err_set(p->e, ERR_SYNTAX, t->at, "no struct can have the name %.*s", NAME(t->name));
		p->doc->defs[i].name = t->name;
	}
	return true;
}

static struct def *struct_of(const struct type *t)
{
	while (t->shape == ARRAY)
		t = t->elem;
	return t->shape == STRUCT ? t->def : NULL;
}

/* At most EIP712_MAX_TYPES deep. */
static bool no_recursion(struct def *d, struct err *e)
{
	d->visit = OPEN;
	for (size_t i = 0; i < d->n; i++) {
		struct def *inner = struct_of(d->members[i].type);

		if (!inner || inner->visit == DONE)
			continue;
		if (inner->visit == OPEN) {
			err_set(e, ERR_REFUSED, ERR_NO_OFFSET, "recursive type: %.*s is inside itself",
				NAME(inner->name));
			return err_in(e, "%.*s.%.*s", NAME(d->name), NAME(d->members[i].name));
		}
		if (!no_recursion(inner, e))
			return false;
	}
	d->visit = DONE;
	return true;
}

static bool parse_types(struct parser *p, const struct json *types)
{
	size_t i = 0;

	if (!name_defs(p, types))
		return false;
	for (const struct json *t = types->first; t; t = t->next, i++)
		if (!parse_def(p, &p->doc->defs[i], t))
			return err_in(p->e, "%.*s", NAME(t->name));
	for (i = 0; i < p->doc->n; i++)
		if (p->doc->defs[i].visit == NEW && !no_recursion(&p->doc->defs[i], p->e))
			return false;
	return true;
}

/* ---- encodeType ---- */

static void mark(struct def *d)
{
	if (d->referenced)
		return;
	d->referenced = true;
	for (size_t i = 0; i < d->n; i++)
		if (struct_of(d->members[i].type))
			mark(struct_of(d->members[i].type));
}

static bool sorts_before(struct span a, struct span b)
{
	const size_t n = a.n < b.n ? a.n : b.n;
	const int order = memcmp(a.p, b.p, n);

	return order ? order < 0 : a.n < b.n;
}

/* The first marked struct by name, unmarked; NULL when none is left. */
static const struct def *take_first(const struct eip712 *doc)
{
	struct def *first = NULL;

	for (size_t i = 0; i < doc->n; i++)
		if (doc->defs[i].referenced && (!first || sorts_before(doc->defs[i].name, first->name)))
			first = &doc->defs[i];
	if (first)
		first->referenced = false;
	return first;
}

static void write_def(struct buf *out, const struct def *d)
{
	buf_span(out, d->name);
	buf_byte(out, '(');
	for (size_t i = 0; i < d->n; i++) {
		if (i)
			buf_byte(out, ',');
		buf_span(out, d->members[i].type_text);
		buf_byte(out, ' ');
		buf_span(out, d->members[i].name);
	}
	buf_byte(out, ')');
}

/* EIP-712, "Definition of encodeType": the struct itself, then those it references, sorted by name. */
static void encode_type(struct parser *p, struct def *d)
{
	struct buf text = {0};
	const struct def *next;

	if (d->type_text.n)
		return;
	mark(d);
	d->referenced = false;
	write_def(&text, d);
	while ((next = take_first(p->doc)))
		write_def(&text, next);
	d->type_text = arena_copy(p->arena, buf_view(&text));
	keccak256(&d->type_hash, d->type_text);
	buf_release(&text);
}

/* ---- encodeData ---- */

static bool hash_struct(struct parser *p, struct def *d, const struct json *v, struct hash32 *out,
			struct span *data);

static bool encode_atom(struct parser *p, const struct type *t, const struct json *v, struct buf *out)
{
	struct abi_value value;
	struct hash32 h;

	if (!abi_value_from_json(p->arena, &value, &t->atom, v, p->e))
		return false;
	if (t->atom.dynamic) {
		keccak256(&h, value.bytes);
		buf_span(out, SPAN_HASH(&h));
	} else {
		abi_encode(out, &value);
	}
	return true;
}

static bool encode_value(struct parser *p, const struct type *t, const struct json *v, struct buf *out);

static bool encode_elements(struct parser *p, const struct type *t, const struct json *v, struct buf *out)
{
	size_t i = 0;

	for (const struct json *x = v->first; x; x = x->next, i++)
		if (!encode_value(p, t->elem, x, out))
			return err_in(p->e, "[%zu]", i);
	return true;
}

static bool encode_array(struct parser *p, const struct type *t, const struct json *v, struct buf *out)
{
	struct buf inner = {0};
	struct hash32 h;
	bool ok;

	if (v->type != JSON_ARRAY)
		return err_set(p->e, ERR_SYNTAX, v->at, "needed an array");
	if (t->count && v->n != t->count)
		return err_set(p->e, ERR_RANGE, v->at, "needed %zu element%s, found %zu", t->count, S(t->count), v->n);
	ok = encode_elements(p, t, v, &inner);
	keccak256(&h, buf_view(&inner));
	buf_release(&inner);
	buf_span(out, SPAN_HASH(&h));
	return ok;
}

/* Appends 32 bytes. Depth is bounded by the document's: each level here is one there. */
static bool encode_value(struct parser *p, const struct type *t, const struct json *v, struct buf *out)
{
	struct hash32 h;

	switch (t->shape) {
	case ATOM:
		return encode_atom(p, t, v, out);
	case STRUCT:
		if (!hash_struct(p, t->def, v, &h, NULL))
			return false;
		buf_span(out, SPAN_HASH(&h));
		return true;
	case ARRAY:
		return encode_array(p, t, v, out);
	}
	BUG("shape %d", (int)t->shape);
}

static const struct json *member_value(const struct json *object, struct span name)
{
	for (const struct json *v = object->first; v; v = v->next)
		if (span_eq(v->name, name))
			return v;
	return NULL;
}

static bool only_members(const struct def *d, const struct json *v, struct err *e)
{
	for (const struct json *x = v->first; x; x = x->next) {
		size_t i = 0;

		while (i < d->n && !span_eq(d->members[i].name, x->name))
			i++;
		if (i == d->n) {
			err_set(e, ERR_UNKNOWN, x->at, "%.*s has no such member", NAME(d->name));
			return err_in(e, "%.*s", NAME(x->name));
		}
	}
	return true;
}

static bool encode_members(struct parser *p, const struct def *d, const struct json *v, struct buf *out)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct member *m = &d->members[i];
		const struct json *x = member_value(v, m->name);

		if (!x)
			err_set(p->e, ERR_MISSING, v->at, "needed by type %.*s", NAME(d->name));
		if (!x || !encode_value(p, m->type, x, out))
			return err_in(p->e, "%.*s", NAME(m->name));
	}
	return true;
}

/* EIP-712, "Definition of hashStruct": keccak256(typeHash || encodeData). */
static bool hash_struct(struct parser *p, struct def *d, const struct json *v, struct hash32 *out, struct span *data)
{
	struct buf encoded = {0};
	bool ok;

	if (v->type != JSON_OBJECT)
		return err_set(p->e, ERR_SYNTAX, v->at, "needed an object");
	if (!only_members(d, v, p->e))
		return false;
	encode_type(p, d);
	buf_span(&encoded, SPAN_HASH(&d->type_hash));
	ok = encode_members(p, d, v, &encoded);
	keccak256(out, buf_view(&encoded));
	if (data)
		*data = arena_copy(p->arena, buf_view(&encoded));
	buf_release(&encoded);
	return ok;
}

/* ---- the document ---- */

static struct def *need_def(struct parser *p, struct span name, size_t at)
{
	struct def *d = find_def(p->doc, name);

	if (!d)
		err_set(p->e, ERR_MISSING, at, "types does not define %.*s", NAME(name));
	return d;
}

static void finish_digest(struct eip712 *doc)
{
	struct keccak k;

	keccak_init(&k);
	keccak_update(&k, span_of("\x19\x01", 2));
	keccak_update(&k, SPAN_HASH(&doc->domain_hash));
	if (doc->primary != doc->domain_def)
		keccak_update(&k, SPAN_HASH(&doc->message_hash));
	keccak_final(&k, &doc->digest);
}

static bool hash_message(struct parser *p)
{
	struct eip712 *doc = p->doc;
	static const struct def nothing = { .name = { (const uint8_t *)DOMAIN_TYPE, sizeof(DOMAIN_TYPE) - 1 } };

	if (doc->primary == doc->domain_def)
		return only_members(&nothing, doc->message, p->e) || err_in(p->e, "message");
	return hash_struct(p, doc->primary, doc->message, &doc->message_hash, &doc->message_data) ||
	       err_in(p->e, "message");
}

const struct eip712 *eip712_from_json(struct arena *a, const struct json *json, struct err *e)
{
	static const char *const names[] = { "types", "primaryType", "domain", "message", NULL };
	struct parser p = { .arena = a, .doc = ARENA_NEW(a, struct eip712), .e = e };
	const struct json *types, *primary;

	if (json->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, json->at, "needed an object"), NULL;
	if (!json_only(json, names, e) || !json_get(json, "types", JSON_OBJECT, &types, e) ||
	    !json_get(json, "primaryType", JSON_STRING, &primary, e) ||
	    !json_get(json, "domain", JSON_OBJECT, &p.doc->domain, e) ||
	    !json_get(json, "message", JSON_OBJECT, &p.doc->message, e))
		return NULL;
	if (!parse_types(&p, types))
		return err_in(e, "types"), NULL;
	p.doc->domain_def = need_def(&p, span_str(DOMAIN_TYPE), types->at);
	p.doc->primary = p.doc->domain_def ? need_def(&p, primary->text, primary->at) : NULL;
	if (!p.doc->primary)
		return NULL;
	if (!hash_struct(&p, p.doc->domain_def, p.doc->domain, &p.doc->domain_hash, NULL))
		return err_in(e, "domain"), NULL;
	if (!hash_message(&p))
		return NULL;
	finish_digest(p.doc);
	return p.doc;
}

const struct eip712 *eip712_parse(struct arena *a, struct span text, struct err *e)
{
	const struct json *doc = json_parse(a, text, e);

	return doc ? eip712_from_json(a, doc, e) : NULL;
}

/* ---- asking it ---- */

void eip712_digest(const struct eip712 *doc, struct hash32 *out)
{
	*out = doc->digest;
}

void eip712_domain_hash(const struct eip712 *doc, struct hash32 *out)
{
	*out = doc->domain_hash;
}

bool eip712_has_message(const struct eip712 *doc)
{
	return doc->primary != doc->domain_def;
}

void eip712_message_hash(const struct eip712 *doc, struct hash32 *out)
{
	assert(eip712_has_message(doc));
	*out = doc->message_hash;
}

struct span eip712_primary(const struct eip712 *doc)
{
	return doc->primary->name;
}

struct span eip712_type_text(const struct eip712 *doc)
{
	return doc->primary->type_text;
}

struct span eip712_domain_type_text(const struct eip712 *doc)
{
	return doc->domain_def->type_text;
}

struct span eip712_message_data(const struct eip712 *doc)
{
	return doc->message_data;
}

const struct json *eip712_domain(const struct eip712 *doc)
{
	return doc->domain;
}

const struct json *eip712_message(const struct eip712 *doc)
{
	return doc->message;
}
