/* What a contract has: functions, events and errors, from the JSON that compilers write. */
#include "src/evm/abi.h"

#include <assert.h>
#include <string.h>

#include "src/base/text.h"
#include "src/crypto/keccak.h"

#define MAX_ENTRIES 4096u

bool abi_is_identifier(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		const uint8_t c = s.p[i];
		const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';

		if (!letter && (i == 0 || c < '0' || c > '9'))
			return false;
	}
	return s.n > 0;
}

/* name(type,type) and its hash. */
static struct span sign(struct arena *a, struct hash32 *hash, const char *name, const struct abi_type *inputs)
{
	struct buf text = {0};
	struct span out;

	buf_str(&text, name);
	abi_type_format(&text, inputs);
	keccak256(hash, buf_view(&text));
	out = arena_copy(a, buf_view(&text));
	buf_release(&text);
	return out;
}

static void set_selector(struct arena *a, struct abi_function *f)
{
	struct hash32 h;

	f->signature = sign(a, &h, f->name, f->inputs);
	memcpy(f->selector, h.b, sizeof(f->selector));
}

const struct abi_function *abi_function_parse(struct arena *a, struct span signature, struct err *e)
{
	struct abi_function *f = ARENA_NEW(a, struct abi_function);
	const struct abi_type *inputs;
	size_t n = 0;

	while (n < signature.n && signature.p[n] != '(')
		n++;
	if (!abi_is_identifier(span_of(signature.p, n)))
		return err_set(e, ERR_SYNTAX, 0, "needed a function's name and ("), NULL;
	inputs = abi_type_parse(a, span_of(signature.p + n, signature.n - n), e);
	if (!inputs) {
		if (e && e->at != ERR_NO_OFFSET)
			e->at += n;
		return NULL;
	}
	if (inputs->kind != ABI_TUPLE)
		return err_set(e, ERR_SYNTAX, signature.n, "needed the end of the signature"), NULL;
	f->name = arena_str(a, span_of(signature.p, n));
	f->inputs = inputs;
	f->outputs = abi_type_parse(a, span_str("()"), NULL);
	set_selector(a, f);
	return f;
}

/* ---- the JSON ---- */

static bool get_name(struct arena *a, const char **out, const struct json *entry, struct err *e)
{
	const struct json *name;

	if (!json_get(entry, "name", JSON_STRING, &name, e))
		return false;
	if (!abi_is_identifier(name->text)) {
		err_set(e, ERR_SYNTAX, name->at, "not an identifier");
		return err_in(e, "name");
	}
	*out = arena_str(a, name->text);
	return true;
}

static const struct abi_type *get_params(struct arena *a, const struct json *entry, const char *name, struct err *e)
{
	const struct json *params;
	const struct abi_type *t;

	if (!json_get(entry, name, JSON_ARRAY, &params, e))
		return NULL;
	t = abi_type_from_json(a, params, e);
	if (!t)
		err_in(e, "%s", name);
	return t;
}

static bool get_flag(const struct json *entry, const char *name, bool *out, struct err *e)
{
	return !json_find(entry, name) || json_get_bool(entry, name, out, e);
}

/* stateMutability, or the two flags that compilers wrote before it. */
static bool get_mutability(struct abi_function *f, const struct json *entry, struct err *e)
{
	const struct json *m = json_find(entry, "stateMutability");

	if (!m)
		return get_flag(entry, "payable", &f->payable, e) && get_flag(entry, "constant", &f->view, e);
	if (!json_get(entry, "stateMutability", JSON_STRING, &m, e))
		return false;
	f->payable = span_is(m->text, "payable");
	f->view = span_is(m->text, "view") || span_is(m->text, "pure");
	if (f->payable || f->view || span_is(m->text, "nonpayable"))
		return true;
	err_set(e, ERR_UNKNOWN, m->at, "needed pure, view, nonpayable or payable");
	return err_in(e, "stateMutability");
}

static bool parse_function(struct arena *a, struct abi_function *f, const struct json *entry, struct err *e)
{
	static const char *const members[] = { "type", "name", "inputs", "outputs", "stateMutability", "payable",
					       "constant", "gas", NULL };

	if (!json_only(entry, members, e) || !get_name(a, &f->name, entry, e))
		return false;
	f->inputs = get_params(a, entry, "inputs", e);
	f->outputs = f->inputs ? get_params(a, entry, "outputs", e) : NULL;
	if (!f->outputs || !get_mutability(f, entry, e))
		return false;
	set_selector(a, f);
	return true;
}

static bool parse_error(struct arena *a, struct abi_function *f, const struct json *entry, struct err *e)
{
	static const char *const members[] = { "type", "name", "inputs", NULL };

	if (!json_only(entry, members, e) || !get_name(a, &f->name, entry, e))
		return false;
	f->inputs = get_params(a, entry, "inputs", e);
	if (!f->inputs)
		return false;
	f->outputs = abi_type_parse(a, span_str("()"), NULL);
	set_selector(a, f);
	return true;
}

static bool parse_event(struct arena *a, struct abi_event *ev, const struct json *entry, struct err *e)
{
	static const char *const members[] = { "type", "name", "inputs", "anonymous", NULL };
	size_t indexed = 0;

	if (!json_only(entry, members, e) || !get_name(a, &ev->name, entry, e) ||
	    !get_flag(entry, "anonymous", &ev->anonymous, e))
		return false;
	ev->inputs = get_params(a, entry, "inputs", e);
	if (!ev->inputs)
		return false;
	for (size_t i = 0; i < ev->inputs->count; i++)
		indexed += ev->inputs->fields[i].indexed;
	if (indexed > (ev->anonymous ? 4u : 3u)) {
		err_set(e, ERR_RANGE, entry->at, "%zu indexed, at most %u", indexed, ev->anonymous ? 4u : 3u);
		return err_in(e, "inputs");
	}
	ev->signature = sign(a, &ev->topic, ev->name, ev->inputs);
	return true;
}

struct draft {
	struct abi abi;
	struct abi_function *functions, *errors;
	struct abi_event *events;
};

/* Which of an ABI's entries have no name: they cannot be called by one. */
static bool is_nameless(struct span type)
{
	return span_is(type, "constructor") || span_is(type, "fallback") || span_is(type, "receive");
}

static bool parse_entry(struct arena *a, struct draft *d, const struct json *entry, struct err *e)
{
	const struct json *type;

	if (entry->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, entry->at, "needed an object");
	if (!json_get(entry, "type", JSON_STRING, &type, e))
		return false;
	if (span_is(type->text, "function"))
		return parse_function(a, &d->functions[d->abi.n_functions++], entry, e);
	if (span_is(type->text, "error"))
		return parse_error(a, &d->errors[d->abi.n_errors++], entry, e);
	if (span_is(type->text, "event"))
		return parse_event(a, &d->events[d->abi.n_events++], entry, e);
	if (is_nameless(type->text))
		return true;
	err_set(e, ERR_UNKNOWN, type->at, "needed function, event, error, constructor, fallback or receive");
	return err_in(e, "type");
}

static bool no_collision(const struct abi_function *f, size_t n, const char *what, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (memcmp(f[i].selector, f[k].selector, sizeof(f[i].selector)) == 0)
				return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET,
					       "%s %.*s and %.*s share the selector 0x%02x%02x%02x%02x", what,
					       text_shown(f[k].signature), (const char *)f[k].signature.p,
					       text_shown(f[i].signature), (const char *)f[i].signature.p,
					       (unsigned)f[i].selector[0], (unsigned)f[i].selector[1],
					       (unsigned)f[i].selector[2], (unsigned)f[i].selector[3]);
	return true;
}

static bool no_event_twice(const struct abi_event *ev, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (hash32_eq(&ev[i].topic, &ev[k].topic))
				return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "event %.*s is there twice",
					       text_shown(ev[i].signature), (const char *)ev[i].signature.p);
	return true;
}

const struct abi *abi_parse(struct arena *a, const struct json *array, struct err *e)
{
	struct draft *d = ARENA_NEW(a, struct draft);
	size_t i = 0;

	if (array->type != JSON_ARRAY)
		return err_set(e, ERR_SYNTAX, array->at, "needed an array"), NULL;
	if (array->n > MAX_ENTRIES)
		return err_set(e, ERR_RANGE, array->at, "more than %u entries", MAX_ENTRIES), NULL;
	d->functions = ARENA_ARRAY(a, struct abi_function, array->n);
	d->errors = ARENA_ARRAY(a, struct abi_function, array->n);
	d->events = ARENA_ARRAY(a, struct abi_event, array->n);
	for (const struct json *entry = array->first; entry; entry = entry->next, i++)
		if (!parse_entry(a, d, entry, e))
			return err_in(e, "[%zu]", i), NULL;
	if (!no_collision(d->functions, d->abi.n_functions, "functions", e) ||
	    !no_collision(d->errors, d->abi.n_errors, "errors", e) || !no_event_twice(d->events, d->abi.n_events, e))
		return NULL;
	d->abi.functions = d->functions;
	d->abi.errors = d->errors;
	d->abi.events = d->events;
	return &d->abi;
}

/* ---- finding ---- */

static const struct abi_function *by_selector(const struct abi_function *f, size_t n, const uint8_t selector[4])
{
	for (size_t i = 0; i < n; i++)
		if (memcmp(f[i].selector, selector, sizeof(f[i].selector)) == 0)
			return &f[i];
	return NULL;
}

const struct abi_function *abi_find_selector(const struct abi *abi, const uint8_t selector[4])
{
	return by_selector(abi->functions, abi->n_functions, selector);
}

const struct abi_function *abi_find_error(const struct abi *abi, const uint8_t selector[4])
{
	return by_selector(abi->errors, abi->n_errors, selector);
}

const struct abi_function *abi_find_signature(const struct abi *abi, struct span signature)
{
	for (size_t i = 0; i < abi->n_functions; i++)
		if (span_eq(abi->functions[i].signature, signature))
			return &abi->functions[i];
	return NULL;
}

const struct abi_function *abi_find_name(const struct abi *abi, const char *name)
{
	const struct abi_function *found = NULL;

	for (size_t i = 0; i < abi->n_functions; i++) {
		if (strcmp(abi->functions[i].name, name) != 0)
			continue;
		if (found)
			return NULL;
		found = &abi->functions[i];
	}
	return found;
}

const struct abi_event *abi_find_event(const struct abi *abi, const struct hash32 *topic)
{
	for (size_t i = 0; i < abi->n_events; i++)
		if (!abi->events[i].anonymous && hash32_eq(&abi->events[i].topic, topic))
			return &abi->events[i];
	return NULL;
}

const struct abi_event *abi_find_event_name(const struct abi *abi, const char *name)
{
	const struct abi_event *found = NULL;

	for (size_t i = 0; i < abi->n_events; i++) {
		if (strcmp(abi->events[i].name, name) != 0)
			continue;
		if (found)
			return NULL;
		found = &abi->events[i];
	}
	return found;
}

/* ---- calls ---- */

bool abi_calldata_decode(struct arena *a, struct abi_value *out, const struct abi_function *f, struct span calldata,
			 struct err *e)
{
	if (calldata.n < 4)
		return err_set(e, ERR_SYNTAX, 0, "a selector has 4 bytes, found %zu", calldata.n);
	if (memcmp(calldata.p, f->selector, 4) != 0)
		return err_set(e, ERR_MISMATCH, 0, "%.*s has the selector 0x%02x%02x%02x%02x",
			       text_shown(f->signature), (const char *)f->signature.p, (unsigned)f->selector[0],
			       (unsigned)f->selector[1], (unsigned)f->selector[2], (unsigned)f->selector[3]);
	return abi_decode(a, out, f->inputs, span_of(calldata.p + 4, calldata.n - 4), e);
}

void abi_calldata_encode(struct buf *out, const struct abi_function *f, const struct abi_value *tuple)
{
	assert(tuple->type->kind == ABI_TUPLE && tuple->n == f->inputs->count);
	buf_add(out, f->selector, sizeof(f->selector));
	abi_encode(out, tuple);
}

/* ---- events ---- */

static bool is_word(const struct abi_type *t)
{
	switch (t->kind) {
	case ABI_UINT:
	case ABI_INT:
	case ABI_ADDRESS:
	case ABI_BOOL:
	case ABI_FIXED_BYTES:
	case ABI_FUNCTION:
		return true;
	case ABI_BYTES:
	case ABI_STRING:
	case ABI_LIST:
	case ABI_ARRAY:
	case ABI_TUPLE:
		return false;
	}
	BUG("abi kind %d", (int)t->kind);
}

bool abi_event_hashed(const struct abi_event *ev, size_t i)
{
	assert(i < ev->inputs->count);
	return ev->inputs->fields[i].indexed && !is_word(ev->inputs->fields[i].type);
}

/* A topic is the encoding of a tuple of one. */
static bool decode_topic(struct arena *a, struct abi_value *out, const struct abi_event *ev, size_t i,
			 const struct hash32 *topic, struct err *e)
{
	const struct abi_field field = {
		.name = "", .type = abi_event_hashed(ev, i) ? &abi_bytes32 : ev->inputs->fields[i].type
	};
	const struct abi_type one = { .kind = ABI_TUPLE, .count = 1, .fields = &field, .size = 32 };
	struct abi_value tuple;
	struct err inner = {0};

	if (!abi_decode(a, &tuple, &one, SPAN_HASH(topic), &inner)) {
		err_set(e, inner.code, inner.at, "%s", buf_cstr(&inner.what));
		err_clear(&inner);
		return false;
	}
	*out = tuple.items[0];
	return true;
}

/* The inputs that are not indexed, as one tuple. */
static const struct abi_type *data_type(struct arena *a, const struct abi_event *ev)
{
	struct abi_type *t = ARENA_NEW(a, struct abi_type);
	struct abi_field *fields = ARENA_ARRAY(a, struct abi_field, ev->inputs->count);

	t->kind = ABI_TUPLE;
	for (size_t i = 0; i < ev->inputs->count; i++)
		if (!ev->inputs->fields[i].indexed)
			fields[t->count++] = ev->inputs->fields[i];
	t->fields = fields;
	return t;
}

static bool decode_topics(struct arena *a, struct abi_value *items, const struct abi_event *ev,
			  const struct hash32 topics[], size_t n_topics, struct err *e)
{
	size_t used = ev->anonymous ? 0 : 1, want = used;

	for (size_t i = 0; i < ev->inputs->count; i++)
		want += ev->inputs->fields[i].indexed;
	if (n_topics != want)
		return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "needed %zu topics, found %zu", want, n_topics);
	if (!ev->anonymous && !hash32_eq(&topics[0], &ev->topic)) {
		err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "not the topic of %.*s", (int)ev->signature.n,
			(const char *)ev->signature.p);
		return err_in(e, "topics[0]");
	}
	for (size_t i = 0; i < ev->inputs->count; i++) {
		if (!ev->inputs->fields[i].indexed)
			continue;
		if (!decode_topic(a, &items[i], ev, i, &topics[used], e))
			return err_in(e, "topics[%zu]", used);
		used++;
	}
	return true;
}

bool abi_event_decode(struct arena *a, struct abi_value *out, const struct abi_event *ev,
		      const struct hash32 topics[], size_t n_topics, struct span data, struct err *e)
{
	struct abi_value plain;
	size_t k = 0;

	*out = (struct abi_value){ .type = ev->inputs, .n = ev->inputs->count };
	out->items = ARENA_ARRAY(a, struct abi_value, out->n);
	if (!decode_topics(a, out->items, ev, topics, n_topics, e) ||
	    !abi_decode(a, &plain, data_type(a, ev), data, e))
		return false;
	for (size_t i = 0; i < out->n; i++)
		if (!ev->inputs->fields[i].indexed)
			out->items[i] = plain.items[k++];
	return true;
}
