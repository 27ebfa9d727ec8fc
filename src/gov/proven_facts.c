#include "src/gov/proven_facts.h"

#include <inttypes.h>
#include <string.h>

#include "src/evm/address.h"
#include "src/gov/timelock.h"
#include "src/gov/upgrade.h"

/* ---- values ---- */

struct showing {
	struct arena *a;
	struct facts *out;
	const struct proven *p;
	const struct proven_about *q;
};

static void show(struct showing *x, const char *name, const struct json *value)
{
	facts_prove(x->a, x->out, name, value, x->p->header.number, x->p->header.time);
}

static const char *text_at(struct showing *x, const struct named_slot *s)
{
	const struct hash32 *word = proven_word(x->p, &s->at, &s->slot);
	struct buf b = {0};
	const char *text = word != NULL && slot_text(&b, s, word) ? arena_str(x->a, buf_view(&b)) : NULL;

	buf_release(&b);
	return text;
}

/* As the console writes it: numbers that fit are numbers, flags are true or false, all else is text. */
static const struct json *value_at(struct showing *x, const struct named_slot *s)
{
	const char *text = text_at(x, s);
	struct u256 n;
	uint64_t v;

	if (text == NULL)
		return NULL;
	if (s->kind == SLOT_FLAG)
		return json_bool(x->a, strcmp(text, "true") == 0);
	if (s->kind != SLOT_ADDRESS && s->kind != SLOT_TEXT && u256_parse(&n, span_str(text), NULL) &&
	    u256_fits_u64(&n, &v) && v < UINT64_C(1) << 53)
		return json_u64(x->a, v);
	return json_str(x->a, text);
}

/* ---- the Safe, the timelock, the contracts ---- */

static const struct known_fact { const char *getter, *fact; } safe_facts[] = {
	{ "nonce()", "safe.nonce" },           { "getThreshold()", "safe.threshold" },
	{ "(singleton)", "safe.singleton" },   { "(guard)", "safe.guard" },
	{ "(handler)", "safe.fallback-handler" },
};

static void show_slot(struct showing *x, const char *name, const struct named_slot *s)
{
	const struct json *v = value_at(x, s);

	if (v != NULL && facts_find(x->out, span_str(name)) == NULL)
		show(x, name, v);
}

static void safe_slot(struct showing *x, const struct named_slot *s)
{
	for (size_t i = 0; i < ARRAY_LEN(safe_facts); i++)
		if (span_is(s->getter, safe_facts[i].getter))
			show_slot(x, safe_facts[i].fact, s);
}

/* The same slot names the role; who holds it is in the name alone. */
static bool is_role(const struct named_slot *s, const char *holder, const char *role, struct arena *a)
{
	const char *end = arena_fmt(a, ": %s is %s", holder, role);
	const size_t n = strlen(s->name), m = strlen(end);

	return n >= m && strcmp(s->name + n - m, end) == 0;
}

static void timelock_slot(struct showing *x, const struct named_slot *s)
{
	if (span_is(s->getter, "getMinDelay()"))
		show_slot(x, "timelock.min-delay", s);
	if (span_is(s->getter, "getTimestamp(bytes32)") && x->q->operation != NULL)
		show_slot(x, "timelock.operation-timestamp", s);      /* the first is the operation's own */
	if (!span_is(s->getter, "hasRole(bytes32,address)"))
		return;
	for (size_t i = 0; i < N_TIMELOCK_ROLES; i++)
		if (is_role(s, "this Safe", timelock_roles[i].name, x->a))
			show_slot(x, arena_fmt(x->a, "timelock.safe-is-%s", timelock_roles[i].name), s);
	if (is_role(s, "everybody", "executor", x->a))
		show_slot(x, "timelock.everybody-is-executor", s);
}

static void contract_slot(struct showing *x, const struct contract *c, const struct named_slot *s)
{
	if (span_is(s->getter, "(implementation)"))
		show_slot(x, arena_fmt(x->a, "implementation.%.*s", (int)c->name.n, (const char *)c->name.p), s);
	if (span_is(s->getter, "owner()"))
		show_slot(x, arena_fmt(x->a, "owner.%.*s", (int)c->name.n, (const char *)c->name.p), s);
}

static bool slots(struct showing *x, struct err *e)
{
	const struct deployment *d = x->q->pin->deployment;
	struct slot_list list = { .a = x->a };

	if (!slots_deciding(&list, x->q->pin, x->q->actions, x->q->calls, x->q->operation, e))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		const struct contract *c = deployment_contract_at(d, &list.v[i].at);

		if (addr_eq(&list.v[i].at, &d->safe))
			safe_slot(x, &list.v[i]);
		else if (addr_eq(&list.v[i].at, &d->timelock))
			timelock_slot(x, &list.v[i]);
		else if (c != NULL)
			contract_slot(x, c, &list.v[i]);
	}
	return true;
}

static void list(struct showing *x, const char *name, bool modules)
{
	struct json *out = json_array(x->a);
	const struct addr *v;
	size_t n;

	if (!proven_list(x->a, &v, &n, x->p, &x->q->pin->deployment->safe, modules))
		return;
	for (size_t i = 0; i < n; i++)
		json_push(out, json_addr(x->a, &v[i]));
	show(x, name, out);
}

/* Which code an account has is in the account itself. */
static void codes(struct showing *x)
{
	struct hash32 none;

	trie_empty_code(&none);
	for (size_t i = 0; i < x->p->n_accounts; i++) {
		const struct proven_account *v = &x->p->accounts[i];
		const bool empty = !v->account.exists || hash32_eq(&v->account.code_hash, &none);
		struct buf at = {0};

		addr_format(&at, &v->at);
		show(x, arena_fmt(x->a, "code-hash.%s", buf_cstr(&at)),
		     empty ? json_null(x->a) : json_0x(x->a, SPAN_HASH(&v->account.code_hash)));
		buf_release(&at);
	}
}

/* Which initialisation new code has had: the last eight bytes of its own slot. */
static void initialized(struct showing *x)
{
	size_t n;
	const struct upgrade *v = upgrades_of(x->a, &n, x->q->calls, x->q->pin->deployment);

	for (size_t i = 0; i < n; i++) {
		const struct hash32 *word = proven_word(x->p, &v[i].implementation, &upgrade_slot_initialized);
		uint64_t times = 0;
		struct buf at = {0};

		for (int k = 24; word != NULL && k < 32; k++)
			times = times << 8 | word->b[k];
		addr_format(&at, &v[i].implementation);
		if (word != NULL)
			show(x, arena_fmt(x->a, "initialized.%s", buf_cstr(&at)),
			     json_str(x->a, arena_fmt(x->a, "%" PRIu64, times)));
		buf_release(&at);
	}
}

/* What the k-th getter of an action says now, and what an argument would replace, where one slot holds it. */
static void current(struct showing *x, size_t i, size_t k, const struct action_read_back *b)
{
	struct slot_list list = { .a = x->a };
	const char *text;

	slots_of_read(&list, x->q->pin, b);
	text = list.n == 1 ? text_at(x, &list.v[0]) : NULL;
	if (text == NULL)
		return;
	show(x, arena_fmt(x->a, "action[%zu].before[%zu]", i, k), json_str(x->a, text));
	if (b->arg.n > 0)
		show(x, arena_fmt(x->a, "action[%zu].%.*s", i, (int)b->arg.n, (const char *)b->arg.p),
		     json_str(x->a, text));
}

static bool currents(struct showing *x, struct err *e)
{
	size_t i = 0;

	for (const struct json *v = x->q->actions->first; v != NULL; v = v->next, i++) {
		const struct action_read_back *reads;
		size_t n;

		if (action_is_raw(v))
			continue;
		if (!action_reads(x->a, &reads, &n, x->q->pin, v, e))
			return false;
		for (size_t k = 0; k < n; k++)
			current(x, i, k, &reads[k]);
	}
	return true;
}

bool proven_facts(struct arena *a, struct facts *out, const struct proven *p, const struct proven_about *q,
		  struct err *e)
{
	struct showing x = { a, out, p, q };

	*out = (struct facts){0};
	if (!slots(&x, e))
		return false;
	list(&x, "safe.owners", false);
	list(&x, "safe.modules", true);
	codes(&x);
	initialized(&x);
	return currents(&x, e);
}

/* ---- the evidence ---- */

static bool same_number(const struct json *o, const char *name, uint64_t proven, struct err *e)
{
	uint64_t said;

	if (!json_get_u64(o, name, &said, e))
		return false;
	return said == proven || err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the console says %" PRIu64
					 ", the header %" PRIu64, said, proven) || err_in(e, "%s", name);
}

static bool same_block(const struct json *evidence, const struct header *h, struct err *e)
{
	const struct json *block;
	struct hash32 said;

	if (!json_get(evidence, "block", JSON_OBJECT, &block, e))
		return false;
	if (!json_get_hash(block, "hash", &said, e) || !same_number(block, "number", h->number, e) ||
	    !same_number(block, "time", h->time, e))
		return err_in(e, "block");
	return hash32_eq(&said, &h->hash) ||
	       err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the console says another hash than the header has") ||
	       err_in(e, "block.hash");
}

static bool same_fact(const struct fact *said, const struct fact *proven, struct err *e)
{
	struct buf a = {0}, b = {0};

	if (json_same(said->value, proven->value))
		return true;
	json_canonical(&a, said->value);
	json_canonical(&b, proven->value);
	err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the console says %s, proven is %s", buf_cstr(&a), buf_cstr(&b));
	buf_release(&a);
	buf_release(&b);
	return err_in(e, "facts.%.*s", (int)said->name.n, (const char *)said->name.p);
}

static bool same_facts(struct arena *a, const struct json *evidence, const struct facts *proven, struct err *e)
{
	const struct json *list;
	struct facts said;

	if (!json_get(evidence, "facts", JSON_ARRAY, &list, e))
		return false;
	if (!json_is_canonical(list, e) || !facts_from_json(a, &said, list, 0, e))
		return err_in(e, "facts");
	for (size_t i = 0; i < said.n; i++) {
		const struct fact *v = facts_find(proven, said.v[i].name);

		if (v != NULL && !same_fact(&said.v[i], v, e))
			return false;
	}
	return true;
}

bool evidence_proven(struct arena *a, struct proven *out, struct facts *facts, const struct json *evidence,
		     const struct proven_about *q, struct err *e)
{
	const struct json *proofs;

	if (!json_get(evidence, "proofs", JSON_OBJECT, &proofs, e))
		return false;
	return (proven_check(a, out, proofs, e) || err_in(e, "proofs")) && proven_facts(a, facts, out, q, e) &&
	       same_block(evidence, &out->header, e) && same_facts(a, evidence, facts, e);
}

void facts_lift(struct arena *a, struct facts *all, const struct facts *proven)
{
	for (size_t i = 0; i < proven->n; i++) {
		const struct fact *p = &proven->v[i], *f = facts_find(all, p->name);

		if (f != NULL && json_same(f->value, p->value))
			facts_prove(a, all, arena_str(a, p->name), p->value, p->block, p->time);
	}
}
