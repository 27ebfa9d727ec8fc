#include "src/evm/eip712.h"

#include <assert.h>
#include <string.h>

#include "src/base/text.h"
#include "src/crypto/keccak.h"
#include "src/evm/abi.h"

#define WORD 32u
#define ARRAY_SUFFIXES_MAX 8u         /* T[][]…: nobody signs a deeper table */

struct member {
	struct span name;
	struct span type;                /* as written: "Person[2][]" */
	const struct struct_type *base;  /* the struct it is made of, or NULL */
	struct abi_type atom;            /* otherwise */
	size_t n_counts;                 /* array suffixes, outermost last as they are written */
	bool fixed[ARRAY_SUFFIXES_MAX];
	size_t count[ARRAY_SUFFIXES_MAX];
};

struct struct_type {
	struct span name;
	const struct json *json;
	struct member *members;
	size_t n;
	int visit;                       /* 0 not yet, 1 on the way, 2 done: finds cycles */
	bool marked;                     /* collected for one encodeType */
	struct span text;                /* encodeType */
	struct hash32 hash;              /* of that text */
};

struct eip712 {
	struct struct_type *types;
	size_t n_types;
	const struct struct_type *primary, *domain_type;
	const struct json *domain, *message;
	struct span data;                /* encodeData of the message, typeHash first */
	struct hash32 domain_hash, message_hash;
	bool has_message;
};

/* ---- types ---- */

static bool is_identifier(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		const uint8_t c = s.p[i];
		const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
		if (!letter && !(i > 0 && c >= '0' && c <= '9'))
			return false;
	}
	return s.n > 0;
}

static struct struct_type *type_of(const struct eip712 *d, struct span name)
{
	for (size_t i = 0; i < d->n_types; i++)
		if (span_eq(d->types[i].name, name))
			return &d->types[i];
	return NULL;
}

/* One "[…]" from the end of a type's text. */
static bool take_suffix(struct member *m, struct span *text, size_t at, struct err *e)
{
	size_t open = text->n - 1;
	size_t count = 0;
	while (open > 0 && text->p[open] != '[')
		open--;
	const size_t digits = text->n - 2 - open;
	if (text->p[open] != '[' || digits > 7 || (digits > 1 && text->p[open + 1] == '0'))
		return err_set(e, ERR_SYNTAX, at, "not a type");
	for (size_t i = open + 1; i + 1 < text->n; i++) {
		if (text->p[i] < '0' || text->p[i] > '9')
			return err_set(e, ERR_SYNTAX, at, "not a type");
		count = 10 * count + (size_t)(text->p[i] - '0');
	}
	if (m->n_counts == ARRAY_SUFFIXES_MAX)
		return err_set(e, ERR_RANGE, at, "arrays nested more than %u deep", ARRAY_SUFFIXES_MAX);
	m->fixed[m->n_counts] = digits > 0;
	m->count[m->n_counts++] = count;
	*text = span_of(text->p, open);
	return true;
}

static bool read_member_type(const struct eip712 *d, struct member *m, size_t at, struct err *e)
{
	struct span base = m->type;
	while (base.n > 1 && base.p[base.n - 1] == ']')
		if (!take_suffix(m, &base, at, e))
			return false;
	m->base = type_of(d, base);
	if (m->base != NULL)
		return true;
	if (!abi_type_atom(&m->atom, base) || m->atom.kind == ABI_FUNCTION)
		return err_set(e, ERR_UNKNOWN, at, "neither a basic type nor one of the document's");
	return true;
}

static bool read_member(const struct eip712 *d, struct struct_type *t, size_t i, const struct json *v, struct err *e)
{
	static const char *const names[] = { "name", "type", NULL };
	struct member *m = &t->members[i];
	if (v->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, v->at, "needed an object");
	if (!json_only(v, names, e) || !json_get_str(v, "name", &m->name, e) || !json_get_str(v, "type", &m->type, e))
		return false;
	if (!is_identifier(m->name))
		return err_set(e, ERR_SYNTAX, json_find(v, "name")->at, "not an identifier") || err_in(e, "name");
	for (size_t k = 0; k < i; k++)
		if (span_eq(t->members[k].name, m->name))
			return err_set(e, ERR_MISMATCH, json_find(v, "name")->at, "given twice") || err_in(e, "name");
	return read_member_type(d, m, json_find(v, "type")->at, e) || err_in(e, "type");
}

static bool read_struct(struct arena *a, const struct eip712 *d, struct struct_type *t, struct err *e)
{
	size_t i = 0;
	if (t->json->n > EIP712_MAX_MEMBERS)
		return err_set(e, ERR_RANGE, t->json->at, "more than %u members", EIP712_MAX_MEMBERS);
	t->members = ARENA_ARRAY(a, struct member, t->json->n + 1);
	t->n = t->json->n;
	for (const struct json *v = t->json->first; v != NULL; v = v->next, i++)
		if (!read_member(d, t, i, v, e))
			return err_in(e, "[%zu]", i);
	return true;
}

/* A struct that holds itself, directly or through others, has no finite encoding that two readers agree on. */
static bool check_cycles(struct struct_type *t, struct err *e)
{
	if (t->visit == 2)
		return true;
	if (t->visit == 1)
		return err_set(e, ERR_SYNTAX, t->json->at, "%.*s contains itself", text_shown(t->name), (const char *)t->name.p);
	t->visit = 1;
	for (size_t i = 0; i < t->n; i++) {
		union { const struct struct_type *in; struct struct_type *out; } base = { t->members[i].base };
		if (base.in != NULL && !check_cycles(base.out, e))
			return false;
	}
	t->visit = 2;
	return true;
}

static bool read_types(struct arena *a, struct eip712 *d, const struct json *types, struct err *e)
{
	size_t i = 0;
	struct abi_type atom;
	if (types->n > EIP712_MAX_TYPES)
		return err_set(e, ERR_RANGE, types->at, "more than %u types", EIP712_MAX_TYPES);
	d->types = ARENA_ARRAY(a, struct struct_type, types->n + 1);
	for (const struct json *v = types->first; v != NULL; v = v->next, i++) {
		d->types[i].name = v->name;
		d->types[i].json = v;
		if (v->type != JSON_ARRAY)
			return err_set(e, ERR_SYNTAX, v->at, "needed an array") || err_in(e, "%s", arena_str(a, v->name));
		if (!is_identifier(v->name) || abi_type_atom(&atom, v->name))
			return err_set(e, ERR_SYNTAX, v->at, "not a name for a struct") || err_in(e, "%s", arena_str(a, v->name));
	}
	d->n_types = types->n;
	for (i = 0; i < d->n_types; i++)
		if (!read_struct(a, d, &d->types[i], e))
			return err_in(e, "%s", arena_str(a, d->types[i].name));
	for (i = 0; i < d->n_types; i++)
		if (!check_cycles(&d->types[i], e))
			return err_in(e, "%s", arena_str(a, d->types[i].name));
	return true;
}

/* ---- encodeType ---- */

static void mark(struct eip712 *d, struct struct_type *t)
{
	t->marked = true;
	for (size_t i = 0; i < t->n; i++) {
		struct struct_type *base = t->members[i].base != NULL ? type_of(d, t->members[i].base->name) : NULL;
		if (base != NULL && !base->marked)
			mark(d, base);
	}
}

static void append_type(struct buf *out, const struct struct_type *t)
{
	buf_span(out, t->name);
	buf_byte(out, '(');
	for (size_t i = 0; i < t->n; i++) {
		if (i > 0)
			buf_byte(out, ',');
		buf_span(out, t->members[i].type);
		buf_byte(out, ' ');
		buf_span(out, t->members[i].name);
	}
	buf_byte(out, ')');
}

static int compare_names(struct span a, struct span b)
{
	const int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
	return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

/* The type itself, then the ones it is made of, sorted by name. */
static void spell_type(struct arena *a, struct eip712 *d, struct struct_type *t)
{
	struct buf b = {0};
	struct span last = {0};
	for (size_t i = 0; i < d->n_types; i++)
		d->types[i].marked = false;
	mark(d, t);
	append_type(&b, t);
	for (;;) {
		const struct struct_type *next = NULL;
		for (size_t i = 0; i < d->n_types; i++) {
			const struct struct_type *x = &d->types[i];
			if (x->marked && x != t && (last.p == NULL || compare_names(x->name, last) > 0) &&
			    (next == NULL || compare_names(x->name, next->name) < 0))
				next = x;
		}
		if (next == NULL)
			break;
		append_type(&b, next);
		last = next->name;
	}
	t->text = arena_copy(a, buf_view(&b));
	keccak256(&t->hash, t->text);
	buf_release(&b);
}

/* ---- encodeData ---- */

static bool encode_struct(struct arena *a, struct buf *out, const struct struct_type *t, const struct json *v, struct err *e);

static bool encode_atom(struct arena *a, struct buf *out, const struct abi_type *t, const struct json *v, struct err *e)
{
	struct abi_value value;
	struct hash32 h;
	if (!abi_value_from_json(a, &value, t, v, e))
		return false;
	if (t->kind == ABI_BYTES || t->kind == ABI_STRING) {
		keccak256(&h, value.bytes);
		buf_span(out, SPAN_HASH(&h));
		return true;
	}
	abi_encode(out, &value);
	return true;
}

/* With `depth` of the member's array suffixes still around the value. */
static bool encode_value(struct arena *a, struct buf *out, const struct member *m, size_t depth, const struct json *v, struct err *e)
{
	struct buf inner = {0};
	struct hash32 h;
	bool ok = true;
	size_t i = 0;
	if (depth == 0 && m->base == NULL)
		return encode_atom(a, out, &m->atom, v, e);
	if (depth == 0) {
		ok = encode_struct(a, &inner, m->base, v, e);
	} else {
		/* The suffix written last is the outermost; take_suffix() met it first. */
		const size_t k = m->n_counts - depth;
		if (v->type != JSON_ARRAY)
			return err_set(e, ERR_SYNTAX, v->at, "needed an array");
		if (m->fixed[k] && v->n != m->count[k])
			return err_set(e, ERR_RANGE, v->at, "needed %zu elements, found %zu", m->count[k], v->n);
		for (const struct json *x = v->first; ok && x != NULL; x = x->next, i++)
			ok = encode_value(a, &inner, m, depth - 1, x, e) || err_in(e, "[%zu]", i);
	}
	if (ok) {
		keccak256(&h, buf_view(&inner));
		buf_span(out, SPAN_HASH(&h));
	}
	buf_release(&inner);
	return ok;
}

static bool has_member(const struct struct_type *t, struct span name)
{
	for (size_t i = 0; i < t->n; i++)
		if (span_eq(t->members[i].name, name))
			return true;
	return false;
}

/* typeHash, then one word for each member in the type's order. */
static bool encode_struct(struct arena *a, struct buf *out, const struct struct_type *t, const struct json *v, struct err *e)
{
	if (v->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, v->at, "needed an object");
	for (const struct json *x = v->first; x != NULL; x = x->next)
		if (!has_member(t, x->name))
			return err_set(e, ERR_UNKNOWN, x->at, "the type has no such member") ||
			       err_in(e, "%s", arena_str(a, x->name));
	buf_span(out, SPAN_HASH(&t->hash));
	for (size_t i = 0; i < t->n; i++) {
		const struct member *m = &t->members[i];
		const char *name = arena_str(a, m->name);
		const struct json *x = json_find(v, name);
		if (x == NULL)
			return err_set(e, ERR_MISSING, v->at, "missing") || err_in(e, "%s", name);
		if (!encode_value(a, out, m, m->n_counts, x, e))
			return err_in(e, "%s", name);
	}
	return true;
}

/* ---- the document ---- */

static bool read_primary(struct arena *a, struct eip712 *d, const struct json *doc, struct err *e)
{
	struct span name;
	(void)a;
	if (!json_get_str(doc, "primaryType", &name, e))
		return false;
	d->primary = type_of(d, name);
	if (d->primary == NULL)
		return err_set(e, ERR_UNKNOWN, json_find(doc, "primaryType")->at, "types does not define it") ||
		       err_in(e, "primaryType");
	d->domain_type = type_of(d, span_str("EIP712Domain"));
	if (d->domain_type == NULL)
		return err_set(e, ERR_MISSING, json_find(doc, "types")->at, "missing") || err_in(e, "types.EIP712Domain");
	d->has_message = d->primary != d->domain_type;
	return true;
}

static bool hash_domain(struct arena *a, struct eip712 *d, struct err *e)
{
	struct buf b = {0};
	const bool ok = encode_struct(a, &b, d->domain_type, d->domain, e);
	if (ok)
		keccak256(&d->domain_hash, buf_view(&b));
	buf_release(&b);
	return ok || err_in(e, "domain");
}

static bool hash_message(struct arena *a, struct eip712 *d, struct err *e)
{
	struct buf b = {0};
	bool ok = true;
	if (d->has_message)
		ok = encode_struct(a, &b, d->primary, d->message, e);
	else if (d->message->type != JSON_OBJECT || d->message->n != 0)
		ok = err_set(e, ERR_UNKNOWN, d->message->at, "a document about its domain alone has an empty message");
	if (ok && d->has_message) {
		d->data = arena_copy(a, buf_view(&b));
		keccak256(&d->message_hash, d->data);
	}
	buf_release(&b);
	return ok || err_in(e, "message");
}

const struct eip712 *eip712_from_json(struct arena *a, const struct json *doc, struct err *e)
{
	static const char *const names[] = { "types", "primaryType", "domain", "message", NULL };
	struct eip712 *d = ARENA_NEW(a, struct eip712);
	const struct json *types;
	if (doc->type != JSON_OBJECT) {
		err_set(e, ERR_SYNTAX, doc->at, "needed an object");
		return NULL;
	}
	if (!json_only(doc, names, e) || !json_get(doc, "types", JSON_OBJECT, &types, e) ||
	    !json_get(doc, "domain", JSON_OBJECT, &d->domain, e) || !json_get(doc, "message", JSON_OBJECT, &d->message, e))
		return NULL;
	if (!read_types(a, d, types, e)) {
		err_in(e, "types");
		return NULL;
	}
	if (!read_primary(a, d, doc, e))
		return NULL;
	for (size_t i = 0; i < d->n_types; i++)
		spell_type(a, d, &d->types[i]);
	return hash_domain(a, d, e) && hash_message(a, d, e) ? d : NULL;
}

const struct eip712 *eip712_parse(struct arena *a, struct span json, struct err *e)
{
	const struct json *doc = json_parse(a, json, e);
	return doc != NULL ? eip712_from_json(a, doc, e) : NULL;
}

void eip712_digest(const struct eip712 *doc, struct hash32 *out)
{
	uint8_t bytes[2 + 2 * WORD] = { 0x19, 0x01 };
	memcpy(bytes + 2, doc->domain_hash.b, WORD);
	memcpy(bytes + 2 + WORD, doc->message_hash.b, WORD);
	keccak256(out, span_of(bytes, doc->has_message ? sizeof(bytes) : 2 + WORD));
}

void eip712_domain_hash(const struct eip712 *doc, struct hash32 *out)
{
	*out = doc->domain_hash;
}

bool eip712_has_message(const struct eip712 *doc)
{
	return doc->has_message;
}

void eip712_message_hash(const struct eip712 *doc, struct hash32 *out)
{
	assert(doc->has_message);
	*out = doc->message_hash;
}

struct span eip712_primary(const struct eip712 *doc)
{
	return doc->primary->name;
}

struct span eip712_type_text(const struct eip712 *doc)
{
	return doc->primary->text;
}

struct span eip712_domain_type_text(const struct eip712 *doc)
{
	return doc->domain_type->text;
}

struct span eip712_message_data(const struct eip712 *doc)
{
	return doc->data;
}

const struct json *eip712_domain(const struct eip712 *doc)
{
	return doc->domain;
}

const struct json *eip712_message(const struct eip712 *doc)
{
	return doc->message;
}
