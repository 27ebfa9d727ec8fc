#include "src/gov/slots.h"

#include <string.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "src/crypto/keccak.h"
#include "src/evm/address.h"
#include "src/gov/timelock.h"

#define MAX_KEYS 2u

struct slot_rule {
	struct span contract;         /* the ABI's name */
	struct span getter, field, say;
	struct span follows;          /* the getter that this one changes with */
	struct span next;             /* the getter that says under which key the next entry of this one will be */
	bool placed;                  /* false: it is computed, and only follows */
	struct hash32 base;
	uint64_t add;                 /* words into a struct */
	unsigned offset, size;
	enum slot_kind kind;
	bool deciding;
	const struct abi_type *keys[MAX_KEYS];
	size_t n_keys;
};

struct slot_rules {
	struct slot_rule *v;
	size_t n;
};

/* ---- reading contracts/layouts.json ---- */

static bool read_kind(struct slot_rule *r, const struct json *o, struct err *e)
{
	static const struct kind_def {
		const char *name;
		enum slot_kind kind;
		unsigned size;
	} kinds[] = {
		{ "number", SLOT_NUMBER, 32 },   { "address", SLOT_ADDRESS, 20 }, { "flag", SLOT_FLAG, 1 },
		{ "listed", SLOT_LISTED, 32 },   { "seconds", SLOT_SECONDS, 32 }, { "time", SLOT_TIME, 32 },
		{ "text", SLOT_TEXT, 32 },
	};
	struct span kind;

	if (!json_get_str(o, "kind", &kind, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!span_is(kind, kinds[i].name))
			continue;
		r->kind = kinds[i].kind;
		r->size = kinds[i].size;
		return true;
	}
	return err_set(e, ERR_UNKNOWN, json_find(o, "kind")->at, "no such kind") || err_in(e, "kind");
}

/* Numbers that may be left out. */
static bool read_number(const struct json *o, const char *name, uint64_t *out, uint64_t max, struct err *e)
{
	if (json_find(o, name) == NULL)
		return true;
	if (!json_get_u64(o, name, out, e))
		return false;
	return *out <= max || err_set(e, ERR_RANGE, json_find(o, name)->at, "at most %llu", (unsigned long long)max) ||
	       err_in(e, "%s", name);
}

static bool read_place(struct slot_rule *r, const struct json *o, struct err *e)
{
	uint64_t offset = 0, size = r->size;
	struct u256 base;

	if (!json_get_u256(o, "slot", &base, e) || !read_number(o, "add", &r->add, 255, e) ||
	    !read_number(o, "offset", &offset, 31, e) || !read_number(o, "size", &size, 32, e))
		return false;
	u256_to_be(r->base.b, &base);
	r->offset = (unsigned)offset;
	r->size = (unsigned)size;
	return offset + size <= 32 || err_set(e, ERR_RANGE, o->at, "a value ends within its word");
}

/* The getter's arguments are the mapping's keys; "(owners)" is no getter and has none. */
static bool read_keys(struct arena *a, struct slot_rule *r, struct err *e)
{
	const struct abi_function *f;

	if (span_starts(r->getter, "("))
		return true;
	f = abi_function_parse(a, r->getter, e);
	if (f == NULL)
		return false;
	if (f->inputs->count > MAX_KEYS)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "at most %u keys", MAX_KEYS);
	for (size_t i = 0; i < f->inputs->count; i++) {
		const struct abi_type *t = f->inputs->fields[i].type;

		if (t->dynamic || t->size != 32)
			return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a key is one word");
		r->keys[r->n_keys++] = t;
	}
	return true;
}

static bool read_rule(struct arena *a, struct slot_rule *r, const struct json *o, struct err *e)
{
	static const char *const members[] = { "add", "deciding", "field", "follows", "getter", "kind", "next",
					       "offset", "say", "size", "slot", NULL };

	if (!json_only(o, members, e) || !json_get_str(o, "getter", &r->getter, e))
		return false;
	r->placed = json_find(o, "slot") != NULL || json_find(o, "follows") == NULL;
	if (r->placed && (!read_kind(r, o, e) || !read_place(r, o, e)))
		return false;
	if ((json_find(o, "field") != NULL && !json_get_str(o, "field", &r->field, e)) ||
	    (json_find(o, "follows") != NULL && !json_get_str(o, "follows", &r->follows, e)) ||
	    (json_find(o, "next") != NULL && !json_get_str(o, "next", &r->next, e)) ||
	    (json_find(o, "say") != NULL && !json_get_str(o, "say", &r->say, e)) ||
	    (json_find(o, "deciding") != NULL && !json_get_bool(o, "deciding", &r->deciding, e)))
		return false;
	return read_keys(a, r, e) || err_in(e, "getter");
}

static size_t count_rules(const struct json *contracts)
{
	size_t n = 0;

	for (const struct json *c = contracts->first; c != NULL; c = c->next)
		n += c->n;
	return n;
}

const struct slot_rules *slot_rules_parse(struct arena *a, struct span text, struct err *e)
{
	static const char *const members[] = { "contracts", "format", NULL };
	const struct json *doc = json_parse(a, text, e), *contracts;
	struct slot_rules *out = ARENA_NEW(a, struct slot_rules);
	struct span format;

	if (doc == NULL || !json_only(doc, members, e) || !json_get_str(doc, "format", &format, e) ||
	    !json_get(doc, "contracts", JSON_OBJECT, &contracts, e))
		return NULL;
	if (!span_is(format, "setgov-layouts/1")) {
		err_set(e, ERR_UNKNOWN, json_find(doc, "format")->at, "this reads setgov-layouts/1");
		return NULL;
	}
	out->v = ARENA_ARRAY(a, struct slot_rule, count_rules(contracts) + 1);
	for (const struct json *c = contracts->first; c != NULL; c = c->next) {
		size_t i = 0;

		for (const struct json *o = c->first; o != NULL; o = o->next, i++) {
			out->v[out->n].contract = c->name;
			if (!read_rule(a, &out->v[out->n++], o, e)) {
				err_in(e, "contracts.%.*s[%zu]", text_shown(c->name), (const char *)c->name.p, i);
				return NULL;
			}
		}
	}
	return out;
}

/* ---- which slot ---- */

/* Solidity documentation, "Layout of State Variables in Storage", mappings: keccak256(key . slot). */
static void mapping_slot(struct hash32 *slot, const struct hash32 *key)
{
	struct hash32 pair[2] = { *key, *slot };

	keccak256(slot, span_of(pair[0].b, sizeof(pair)));
}

static void place(struct hash32 *slot, const struct slot_rule *r, const struct hash32 *keys)
{
	const struct u256 add = u256_from_u64(r->add);
	struct u256 sum;

	*slot = r->base;
	for (size_t i = 0; i < r->n_keys; i++)
		mapping_slot(slot, &keys[i]);
	sum = u256_from_be(slot->b);
	if (u256_add(&sum, &sum, &add))
		u256_to_be(slot->b, &sum);
}

void slot_listed(struct hash32 *slot, bool modules, const struct addr *member)
{
	struct hash32 key = {{0}};

	memset(slot, 0, sizeof(*slot));
	slot->b[31] = modules ? 1 : 2;
	memcpy(key.b + 12, member->b, sizeof(member->b));
	mapping_slot(slot, &key);
}

/* ---- names ---- */

static void say_key(struct arena *a, struct buf *out, const struct abi_type *t, const struct hash32 *key)
{
	struct abi_value v = { .type = t };
	struct buf text = {0};

	if (t->kind == ABI_FIXED_BYTES || t->kind == ABI_FUNCTION)
		v = abi_bytes(t, arena_copy(a, span_of(key->b, t->kind == ABI_FUNCTION ? 24 : t->count)));
	else
		v.word = u256_from_be(key->b);
	abi_value_format(&text, &v);
	buf_span(out, buf_view(&text));
	buf_release(&text);
}

static const char *name_of(struct arena *a, const struct contract *c, const struct slot_rule *r,
			   const struct hash32 *keys)
{
	const size_t open = r->n_keys ? (size_t)((const uint8_t *)memchr(r->getter.p, '(', r->getter.n) - r->getter.p)
				      : r->getter.n;
	struct buf b = {0};
	const char *out;

	if (r->say.n > 0) {
		buf_span(&b, c->name);
		buf_str(&b, ": ");
		buf_span(&b, r->say);
	} else {
		buf_span(&b, c->name);
		buf_byte(&b, '.');
		buf_add(&b, r->getter.p, open);
		for (size_t i = 0; i < r->n_keys; i++) {
			buf_str(&b, i ? ", " : "(");
			say_key(a, &b, r->keys[i], &keys[i]);
		}
		if (r->n_keys)
			buf_byte(&b, ')');
	}
	if (r->field.n > 0) {
		buf_byte(&b, '.');
		buf_span(&b, r->field);
	}
	out = arena_str(a, buf_view(&b));
	buf_release(&b);
	return out;
}

static bool is_there(const struct slot_list *l, const struct named_slot *s)
{
	for (size_t i = 0; i < l->n; i++) {
		if (addr_eq(&l->v[i].at, &s->at) && hash32_eq(&l->v[i].slot, &s->slot) && l->v[i].offset == s->offset)
			return true;
	}
	return false;
}

/* Some sentences name the contract already: "registry: 0x… may act …". */
static bool says_where(const struct contract *c, struct span say)
{
	return say.n > c->name.n && say.p[c->name.n] == ':' && span_eq(span_of(say.p, c->name.n), c->name);
}

static void add(struct slot_list *l, const struct contract *c, const struct slot_rule *r, const struct hash32 *keys,
		struct span say)
{
	struct named_slot s = { .at = c->address, .offset = r->offset, .size = r->size, .kind = r->kind,
				.getter = r->getter, .field = r->field };

	place(&s.slot, r, keys);
	if (is_there(l, &s))
		return;
	s.name = says_where(c, say) ? arena_str(l->a, say)
		 : say.n > 0 ? arena_fmt(l->a, "%.*s: %.*s", text_shown(c->name), (const char *)c->name.p,
					 text_shown(say), (const char *)say.p)
			     : name_of(l->a, c, r, keys);
	ARENA_GROW(l->a, l->v, l->n, l->cap);
	l->v[l->n++] = s;
}

static bool rule_is_of(const struct slot_rule *r, const struct contract *c)
{
	return span_eq(r->contract, c->abi);
}

/* ---- what decides ---- */

static void deciding_of(struct slot_list *l, const struct pinned *p, const struct contract *c)
{
	for (size_t i = 0; i < p->slots->n; i++) {
		const struct slot_rule *r = &p->slots->v[i];

		if (rule_is_of(r, c) && r->placed && r->deciding && r->n_keys == 0)
			add(l, c, r, NULL, (struct span){NULL, 0});
	}
}

static const struct slot_rule *rule_for(const struct pinned *p, const struct contract *c, struct span getter,
					struct span field, size_t from)
{
	for (size_t i = from; i < p->slots->n; i++) {
		const struct slot_rule *r = &p->slots->v[i];

		if (rule_is_of(r, c) && r->placed && span_eq(r->getter, getter) && (field.n == 0 ||
		    span_eq(r->field, field)))
			return r;
	}
	return NULL;
}

static void word_of_addr(struct hash32 *out, const struct addr *a)
{
	memset(out, 0, sizeof(*out));
	memcpy(out->b + 12, a->b, sizeof(a->b));
}

static void role(struct slot_list *l, const struct pinned *p, const struct contract *c, size_t i,
		 const struct addr *account, const char *who)
{
	const struct slot_rule *r = rule_for(p, c, span_str("hasRole(bytes32,address)"), (struct span){NULL, 0}, 0);
	struct hash32 keys[2] = { timelock_roles[i].hash };

	word_of_addr(&keys[1], account);
	if (r != NULL)
		add(l, c, r, keys, span_str(arena_fmt(l->a, "%s is %s", who, timelock_roles[i].name)));
}

static void timelock_slots(struct slot_list *l, const struct pinned *p, const struct hash32 *operation)
{
	const struct contract *c = deployment_contract_at(p->deployment, &p->deployment->timelock);
	const struct addr nobody = {{0}};
	const struct slot_rule *r;

	if (c == NULL)
		return;
	deciding_of(l, p, c);
	for (size_t i = 0; i < N_TIMELOCK_ROLES; i++)
		role(l, p, c, i, &p->deployment->safe, "this Safe");
	role(l, p, c, 1, &nobody, "everybody");
	r = rule_for(p, c, span_str("getTimestamp(bytes32)"), (struct span){NULL, 0}, 0);
	if (operation != NULL && r != NULL)
		add(l, c, r, operation, span_str("when the operation is ready"));
}

static struct span field_of(const struct action_read_back *r)
{
	const struct abi_type *t = r->getter->outputs;

	if (r->output == SIZE_MAX || r->output >= t->count || t->count < 2)
		return (struct span){NULL, 0};
	return span_str(t->fields[r->output].name);
}

/* The keys are the getter's arguments, a word each, as they stand in its calldata. */
void slots_of_read(struct slot_list *l, const struct pinned *p, const struct action_read_back *b)
{
	const struct contract *c = deployment_contract_at(p->deployment, &b->at);
	const struct slot_rule *r = NULL;
	struct hash32 keys[MAX_KEYS];
	size_t from = 0;

	if (c == NULL || b->calldata.n < 4 || b->calldata.n - 4 > sizeof(keys) || b->calldata.n % 32 != 4)
		return;
	memcpy(keys, b->calldata.p + 4, b->calldata.n - 4);
	while ((r = rule_for(p, c, b->getter->signature, field_of(b), from)) != NULL) {
		const bool whole = r->field.n == 0 || field_of(b).n > 0;

		add(l, c, r, keys, whole ? b->say : (struct span){NULL, 0});
		from = (size_t)(r - p->slots->v) + 1;
	}
}

bool slots_deciding(struct slot_list *out, const struct pinned *p, const struct json *actions, struct calls calls,
		    const struct hash32 *operation, struct err *e)
{
	const struct contract *safe = deployment_contract_at(p->deployment, &p->deployment->safe);

	if (safe != NULL)
		deciding_of(out, p, safe);
	timelock_slots(out, p, operation);
	for (size_t i = 0; i < calls.n; i++) {
		const struct contract *c = deployment_contract_at(p->deployment, &calls.v[i].to);

		if (c != NULL)
			deciding_of(out, p, c);
	}
	for (const struct json *v = actions->first; v != NULL; v = v->next) {
		const struct action_read_back *reads;
		size_t n;

		if (action_is_raw(v))
			continue;
		if (!action_reads(out->a, &reads, &n, p, v, e))
			return false;
		for (size_t i = 0; i < n; i++)
			slots_of_read(out, p, &reads[i]);
	}
	return true;
}

/* ---- what governs a deployment ---- */

/* ERC-1967, "Admin address". */
static const struct hash32 proxy_admin = {{
	0xb5, 0x31, 0x27, 0x68, 0x4a, 0x56, 0x8b, 0x31, 0x73, 0xae, 0x13, 0xb9, 0xf8, 0xa6, 0x01, 0x6e,
	0x24, 0x3e, 0x63, 0xb6, 0xe8, 0xee, 0x11, 0x78, 0xd6, 0xa7, 0x17, 0x85, 0x0b, 0x5d, 0x61, 0x03 }};

static void admin_of(struct slot_list *l, const struct pinned *p, const struct contract *c)
{
	const struct slot_rule r = { .getter = span_str(SLOT_PROXY_ADMIN), .placed = true, .base = proxy_admin,
				     .size = 20, .kind = SLOT_ADDRESS };

	if (rule_for(p, c, span_str("(implementation)"), (struct span){NULL, 0}, 0) != NULL)
		add(l, c, &r, NULL, span_str("who may change the code besides the owner"));
}

static const char *who_is(struct slot_list *l, const struct pinned *p, const struct addr *at)
{
	const char *label = deployment_label(l->a, p->deployment, at);
	struct buf b = {0};
	const char *out;

	if (addr_is_zero(at))
		return "everybody";
	addr_format(&b, at);
	if (label != NULL)
		buf_fmt(&b, " (%s)", label);
	out = arena_str(l->a, buf_view(&b));
	buf_release(&b);
	return out;
}

static void membership(struct slot_list *l, const struct pinned *p, const struct contract *safe, const char *getter,
		       const struct addr *member)
{
	const struct slot_rule *r = rule_for(p, safe, span_str(getter), (struct span){NULL, 0}, 0);
	struct hash32 key;

	word_of_addr(&key, member);
	if (r != NULL)
		add(l, safe, r, &key, (struct span){NULL, 0});
}

void slots_governing(struct slot_list *out, const struct pinned *p, const struct slots_about *q)
{
	const struct contract *safe = deployment_contract_at(p->deployment, &p->deployment->safe);
	const struct contract *timelock = deployment_contract_at(p->deployment, &p->deployment->timelock);

	for (size_t i = 0; i < p->deployment->n_contracts; i++) {
		deciding_of(out, p, &p->deployment->contracts[i]);
		admin_of(out, p, &p->deployment->contracts[i]);
	}
	for (size_t i = 0; timelock != NULL && i < q->n_holders; i++) {
		for (size_t k = 0; k < N_TIMELOCK_ROLES; k++)
			role(out, p, timelock, k, &q->holders[i], who_is(out, p, &q->holders[i]));
	}
	for (size_t i = 0; safe != NULL && i < q->n_members; i++) {
		membership(out, p, safe, "isOwner(address)", &q->members[i]);
		membership(out, p, safe, "isModuleEnabled(address)", &q->members[i]);
	}
}

bool slot_behind(struct hash32 *slot, const struct pinned *p, const struct addr *at, const char *getter,
		 const struct hash32 *keys)
{
	const struct contract *c = deployment_contract_at(p->deployment, at);
	const struct slot_rule *r = c == NULL ? NULL : rule_for(p, c, span_str(getter), (struct span){NULL, 0}, 0);

	if (c != NULL && r == NULL && strcmp(getter, SLOT_PROXY_ADMIN) == 0)
		*slot = proxy_admin;
	else if (r != NULL)
		place(slot, r, keys);
	return r != NULL || (c != NULL && strcmp(getter, SLOT_PROXY_ADMIN) == 0);
}

/* ---- everything that has a name ---- */

static void with_keys(struct slot_list *l, const struct contract *c, const struct slot_rule *r,
		      const struct hash32 *keys, size_t n)
{
	const struct span plain = {NULL, 0};

	if (r->n_keys == 0)
		add(l, c, r, NULL, plain);
	for (size_t i = 0; r->n_keys > 0 && i < n; i++) {
		struct hash32 pair[MAX_KEYS] = { keys[i] };

		if (r->n_keys == 1)
			add(l, c, r, pair, plain);
		for (size_t k = 0; r->n_keys == 2 && k < n; k++) {
			pair[1] = keys[k];
			add(l, c, r, pair, plain);
		}
	}
}

void slots_known(struct slot_list *out, const struct pinned *p, const struct hash32 *keys, size_t n_keys)
{
	for (size_t i = 0; i < p->deployment->n_contracts; i++) {
		const struct contract *c = &p->deployment->contracts[i];

		for (size_t k = 0; k < p->slots->n; k++) {
			if (rule_is_of(&p->slots->v[k], c) && p->slots->v[k].placed)
				with_keys(out, c, &p->slots->v[k], keys, n_keys);
		}
	}
}

bool slot_of(struct slot_list *one, const struct pinned *p, const struct contract *c, struct span getter,
	     const struct hash32 *keys, size_t n_keys)
{
	const struct span plain = {NULL, 0};

	for (size_t i = 0; i < p->slots->n; i++) {
		const struct slot_rule *r = &p->slots->v[i];

		if (!rule_is_of(r, c) || !r->placed || r->n_keys != n_keys || !span_eq(r->getter, getter))
			continue;
		add(one, c, r, keys, plain);
		return true;
	}
	return false;
}

const struct named_slot *slots_at(const struct slot_list *list, size_t *i, const struct addr *at,
				  const struct hash32 *slot)
{
	for (; *i < list->n; ++*i) {
		const struct named_slot *s = &list->v[*i];

		if (addr_eq(&s->at, at) && hash32_eq(&s->slot, slot)) {
			++*i;
			return s;
		}
	}
	return NULL;
}

bool slot_follows(const struct pinned *p, const struct contract *c, struct span getter, struct span of)
{
	for (size_t i = 0; i < p->slots->n; i++) {
		const struct slot_rule *r = &p->slots->v[i];

		if (rule_is_of(r, c) && span_eq(r->getter, getter) && r->follows.n > 0 &&
		    (span_is(r->follows, "*") || span_eq(r->follows, of)))
			return true;
	}
	return false;
}

bool slot_is_entry(const struct pinned *p, const struct contract *c, struct span getter, struct span next)
{
	for (size_t i = 0; i < p->slots->n; i++) {
		const struct slot_rule *r = &p->slots->v[i];

		if (rule_is_of(r, c) && span_eq(r->getter, getter) && r->next.n > 0 && span_eq(r->next, next))
			return true;
	}
	return false;
}

/* ---- values ---- */

static struct u256 part_of(const struct named_slot *s, const struct hash32 *word)
{
	uint8_t be[32] = {0};

	memcpy(be + 32 - s->size, word->b + 32 - s->offset - s->size, s->size);
	return u256_from_be(be);
}

struct hash32 slot_value(const struct named_slot *s, const struct hash32 *word)
{
	const struct u256 v = part_of(s, word);
	struct hash32 out;

	u256_to_be(out.b, &v);
	return out;
}

bool slot_text(struct buf *out, const struct named_slot *s, const struct hash32 *word)
{
	const struct u256 v = part_of(s, word);
	struct addr at;
	uint8_t be[32];

	switch (s->kind) {
	case SLOT_NUMBER: case SLOT_SECONDS: case SLOT_TIME:
		u256_format(out, &v);
		return true;
	case SLOT_ADDRESS:
		u256_to_be(be, &v);
		memcpy(at.b, be + 12, sizeof(at.b));
		addr_format(out, &at);
		return true;
	case SLOT_FLAG: case SLOT_LISTED:
		buf_str(out, u256_is_zero(&v) ? "false" : "true");
		return true;
	case SLOT_TEXT:
		if (word->b[31] % 2 != 0 || word->b[31] > 62)
			return false;
		buf_add(out, word->b, word->b[31] / 2);
		return true;
	}
	return false;
}

static void say_address(struct arena *a, struct buf *out, const struct deployment *d, const struct u256 *v)
{
	uint8_t be[32];
	struct addr at;
	const char *label;

	u256_to_be(be, v);
	memcpy(at.b, be + 12, sizeof(at.b));
	addr_format(out, &at);
	label = addr_is_zero(&at) ? "nobody" : deployment_label(a, d, &at);
	if (label != NULL)
		buf_fmt(out, " (%s)", label);
}

static void say_seconds(struct buf *out, const struct u256 *v)
{
	uint64_t seconds;

	u256_format(out, v);
	if (!u256_fits_u64(v, &seconds))
		return;
	buf_str(out, " s = ");
	duration_format(out, seconds);
}

/* The Safe's lists: a word names the next member, the sentinel after the last one. */
static void say_listed(struct buf *out, const struct u256 *v)
{
	const struct addr sentinel = SLOT_SENTINEL;
	uint8_t be[32];
	struct addr next;

	u256_to_be(be, v);
	memcpy(next.b, be + 12, sizeof(next.b));
	if (addr_is_zero(&next)) {
		buf_str(out, "false");
	} else if (addr_eq(&next, &sentinel)) {
		buf_str(out, "true, the last in the list");
	} else {
		buf_str(out, "true, in the list before ");
		addr_format(out, &next);
	}
}

/* Up to 31 bytes lie in the word itself, their number twice in its last byte; an odd byte: elsewhere. */
static void say_text(struct buf *out, const struct hash32 *word)
{
	if (word->b[31] % 2 != 0 || word->b[31] > 62)
		buf_str(out, "(a text of more than 31 bytes)");
	else
		text_safe(out, span_of(word->b, word->b[31] / 2), false);
}

static void say_time(struct buf *out, const struct u256 *v)
{
	uint64_t t;

	if (!u256_fits_u64(v, &t) || t >= (uint64_t)1 << 40)
		u256_format(out, v);
	else if (t <= 1)
		buf_str(out, t ? "1 (done)" : "0 (not scheduled)");
	else
		time_format_minute(out, (int64_t)t);
}

void slot_say(struct arena *a, struct buf *out, const struct named_slot *s, const struct deployment *d,
	      const struct hash32 *word)
{
	const struct u256 v = part_of(s, word);

	switch (s->kind) {
	case SLOT_NUMBER:
		u256_format(out, &v);
		return;
	case SLOT_ADDRESS:
		say_address(a, out, d, &v);
		return;
	case SLOT_LISTED:
		say_listed(out, &v);
		return;
	case SLOT_TEXT:
		say_text(out, word);
		return;
	case SLOT_FLAG:
		buf_str(out, u256_is_zero(&v) ? "false" : "true");
		return;
	case SLOT_SECONDS:
		say_seconds(out, &v);
		return;
	case SLOT_TIME:
		say_time(out, &v);
		return;
	}
}
