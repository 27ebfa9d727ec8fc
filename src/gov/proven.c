#include "src/gov/proven.h"

#include <string.h>

#include "src/base/hex.h"
#include "src/evm/address.h"
#include "src/gov/timelock.h"

#define MAX_LISTED 256u

/* ---- reading ---- */

struct reading {
	struct arena *a;
	struct span *nodes;
	bool *used;
	size_t n_nodes;
	struct proven_word *words;
	size_t n_words;
	struct proven_account *accounts;
	size_t n_accounts;
};

static bool read_hex(struct arena *a, struct span *out, const struct json *v, struct err *e)
{
	struct buf b = {0};
	bool ok;

	if (v->type != JSON_STRING)
		return err_set(e, ERR_SYNTAX, v->at, "a string was needed");
	ok = hex_decode(&b, v->text, e);
	if (ok)
		*out = arena_copy(a, buf_view(&b));
	buf_release(&b);
	return ok;
}

static bool read_nodes(struct reading *r, const struct json *proofs, struct err *e)
{
	const struct json *list;
	size_t bytes = 0;

	if (!json_get(proofs, "nodes", JSON_ARRAY, &list, e))
		return false;
	if (list->n > PROVEN_MAX_NODES)
		return err_set(e, ERR_RANGE, list->at, "at most %u nodes, found %zu", PROVEN_MAX_NODES, list->n) ||
		       err_in(e, "nodes");
	r->nodes = ARENA_ARRAY(r->a, struct span, list->n + 1);
	r->used = ARENA_ARRAY(r->a, bool, list->n + 1);
	for (const struct json *v = list->first; v; v = v->next) {
		bytes += v->text.n / 2;
		if (bytes > PROVEN_MAX_BYTES)
			return err_set(e, ERR_RANGE, v->at, "more than %zu bytes of nodes", PROVEN_MAX_BYTES) ||
			       err_in(e, "nodes");
		if (!read_hex(r->a, &r->nodes[r->n_nodes], v, e))
			return err_in(e, "nodes[%zu]", r->n_nodes);
		r->n_nodes++;
	}
	return true;
}

static bool node_index(uint64_t *out, const struct json *v, size_t n, struct err *e)
{
	struct u256 i;

	if (v->type != JSON_NUMBER || !u256_parse(&i, v->text, NULL) || !u256_fits_u64(&i, out) || *out >= n)
		return err_set(e, ERR_RANGE, v->at, "the place of one of %zu nodes was needed", n);
	return true;
}

static bool read_proof(struct reading *r, struct trie_proof *out, const struct json *o, struct err *e)
{
	const struct json *list;
	struct span *nodes;

	if (!json_get(o, "proof", JSON_ARRAY, &list, e))
		return false;
	nodes = ARENA_ARRAY(r->a, struct span, list->n + 1);
	*out = (struct trie_proof){ .nodes = nodes };
	for (const struct json *v = list->first; v; v = v->next) {
		uint64_t i;

		if (!node_index(&i, v, r->n_nodes, e))
			return err_in(e, "proof[%zu]", out->n);
		nodes[out->n++] = r->nodes[i];
		r->used[i] = true;
	}
	return true;
}

static bool in_proof(struct err *e)
{
	return err_in(e, "proof");
}

static bool read_slot(struct reading *r, const struct trie_account *account, const struct addr *at,
		      const struct json *o, struct err *e)
{
	static const char *const members[] = { "proof", "slot", NULL };
	struct proven_word *w = &r->words[r->n_words];
	struct trie_proof p;

	if (!json_only(o, members, e) || !json_get_hash(o, "slot", &w->slot, e) || !read_proof(r, &p, o, e))
		return false;
	if (!trie_storage(&w->word, &account->storage_root, &w->slot, &p, e))
		return in_proof(e);
	w->at = *at;
	r->n_words++;
	return true;
}

static bool read_account(struct reading *r, const struct header *h, const struct json *o, struct err *e)
{
	static const char *const members[] = { "address", "proof", "slots", NULL };
	struct proven_account *account = &r->accounts[r->n_accounts];
	const struct json *slots;
	struct trie_proof p;
	size_t i = 0;

	if (!json_only(o, members, e) || !json_get_addr(o, "address", &account->at, e) ||
	    !json_get(o, "slots", JSON_ARRAY, &slots, e) || !read_proof(r, &p, o, e))
		return false;
	if (!trie_account(&account->account, &h->state_root, &account->at, &p, e))
		return in_proof(e);
	r->n_accounts++;
	for (const struct json *v = slots->first; v; v = v->next, i++) {
		if (r->n_words == PROVEN_MAX_SLOTS)
			return err_set(e, ERR_RANGE, v->at, "more than %u slots", PROVEN_MAX_SLOTS);
		if (!read_slot(r, &account->account, &account->at, v, e))
			return err_in(e, "slots[%zu]", i);
	}
	return true;
}

static bool all_used(const struct reading *r, struct err *e)
{
	for (size_t i = 0; i < r->n_nodes; i++) {
		if (!r->used[i])
			return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "no proof uses this node") ||
			       err_in(e, "nodes[%zu]", i);
	}
	return true;
}

bool proven_check(struct arena *a, struct proven *out, const struct json *proofs, struct err *e)
{
	static const char *const members[] = { "accounts", "header", "nodes", NULL };
	struct reading r = { .a = a };
	const struct json *accounts, *header;
	struct span rlp;
	size_t i = 0;

	*out = (struct proven){0};
	if (!json_only(proofs, members, e) || !json_get(proofs, "header", JSON_STRING, &header, e) ||
	    !json_get(proofs, "accounts", JSON_ARRAY, &accounts, e) || !read_nodes(&r, proofs, e))
		return false;
	if (!read_hex(a, &rlp, header, e) || !header_read(&out->header, rlp, e))
		return err_in(e, "header");
	r.words = ARENA_ARRAY(a, struct proven_word, PROVEN_MAX_SLOTS);
	r.accounts = ARENA_ARRAY(a, struct proven_account, accounts->n + 1);
	for (const struct json *v = accounts->first; v; v = v->next, i++) {
		if (!read_account(&r, &out->header, v, e))
			return err_in(e, "accounts[%zu]", i);
	}
	out->words = r.words;
	out->n = r.n_words;
	out->accounts = r.accounts;
	out->n_accounts = r.n_accounts;
	return all_used(&r, e);
}

const struct hash32 *proven_word(const struct proven *p, const struct addr *at, const struct hash32 *slot)
{
	for (size_t i = 0; i < p->n; i++) {
		if (addr_eq(&p->words[i].at, at) && hash32_eq(&p->words[i].slot, slot))
			return &p->words[i].word;
	}
	return NULL;
}

/* ---- values ---- */

bool proven_list(struct arena *a, const struct addr **out, size_t *n, const struct proven *p, const struct addr *safe,
		 bool modules)
{
	const struct addr sentinel = SLOT_SENTINEL;
	struct addr *v = ARENA_ARRAY(a, struct addr, MAX_LISTED), at = sentinel;

	*out = v;
	*n = 0;
	for (;;) {
		const struct hash32 *word;
		struct hash32 slot;

		slot_listed(&slot, modules, &at);
		word = proven_word(p, safe, &slot);
		if (word == NULL || *n == MAX_LISTED)
			return false;
		memcpy(at.b, word->b + 12, sizeof(at.b));
		if (addr_eq(&at, &sentinel) || addr_is_zero(&at))      /* zero: this Safe never had a module */
			return true;
		v[(*n)++] = at;
	}
}

static const char *list_text(struct arena *a, const struct deployment *d, const struct addr *v, size_t n)
{
	struct buf b = {0};
	const char *out;

	for (size_t i = 0; i < n; i++) {
		const char *label = deployment_label(a, d, &v[i]);

		buf_str(&b, i ? ", " : "");
		addr_format(&b, &v[i]);
		if (label != NULL)
			buf_fmt(&b, " (%s)", label);
	}
	out = n ? arena_str(a, buf_view(&b)) : "none";
	buf_release(&b);
	return out;
}

static void value(struct arena *a, struct proven_value *out, const struct named_slot *s, const struct deployment *d,
		  const struct hash32 *word)
{
	struct buf b = {0};

	slot_say(a, &b, s, d, word);
	*out = (struct proven_value){ s->name, arena_str(a, buf_view(&b)), s, word };
	buf_release(&b);
}

bool proven_values(struct arena *a, const struct proven_value **out, size_t *n, const struct proven *p,
		   const struct pinned *pin, const struct json *actions, struct calls calls,
		   const struct hash32 *operation, struct err *e)
{
	struct slot_list list = { .a = a };
	struct proven_value *v;
	const struct addr *members;
	size_t n_members;

	if (!slots_deciding(&list, pin, actions, calls, operation, e))
		return false;
	v = ARENA_ARRAY(a, struct proven_value, list.n + 2);
	*out = v;
	*n = 0;
	for (size_t i = 0; i < list.n; i++) {
		const struct hash32 *word = proven_word(p, &list.v[i].at, &list.v[i].slot);

		if (word != NULL)
			value(a, &v[(*n)++], &list.v[i], pin->deployment, word);
	}
	if (proven_list(a, &members, &n_members, p, &pin->deployment->safe, false))
		v[(*n)++] = (struct proven_value){ "safe: owners", list_text(a, pin->deployment, members, n_members),
						   NULL, NULL };
	if (proven_list(a, &members, &n_members, p, &pin->deployment->safe, true))
		v[(*n)++] = (struct proven_value){ "safe: modules", list_text(a, pin->deployment, members, n_members),
						   NULL, NULL };
	return true;
}

bool proven_number(const struct proven_value *v, size_t n, const struct addr *at, const char *getter, uint64_t *out)
{
	for (size_t i = 0; i < n; i++) {
		struct u256 word;

		if (v[i].slot == NULL || !addr_eq(&v[i].slot->at, at) || !span_is(v[i].slot->getter, getter))
			continue;
		word = u256_from_be(v[i].word->b);
		return u256_fits_u64(&word, out);
	}
	return false;
}

/* ---- writing ---- */

struct pool {
	struct arena *a;
	struct json *list;
	struct span *nodes;
	size_t n, cap;
};

static size_t pool_place(struct pool *pool, struct span node)
{
	for (size_t i = 0; i < pool->n; i++) {
		if (span_eq(pool->nodes[i], node))
			return i;
	}
	ARENA_GROW(pool->a, pool->nodes, pool->n, pool->cap);
	pool->nodes[pool->n] = node;
	json_push(pool->list, json_0x(pool->a, node));
	return pool->n++;
}

static struct json *proof_json(struct pool *pool, const struct trie_proof *p)
{
	struct json *list = json_array(pool->a);

	for (size_t i = 0; i < p->n; i++)
		json_push(list, json_u64(pool->a, pool_place(pool, p->nodes[i])));
	return list;
}

static struct json *account_json(struct pool *pool, const struct proof_given *g)
{
	struct json *o = json_object(pool->a), *slots = json_array(pool->a);

	json_set(o, pool->a, "address", json_addr(pool->a, &g->at));
	json_set(o, pool->a, "proof", proof_json(pool, &g->account));
	for (size_t i = 0; i < g->n; i++) {
		struct json *s = json_object(pool->a);

		json_set(s, pool->a, "proof", proof_json(pool, &g->proofs[i]));
		json_set(s, pool->a, "slot", json_0x(pool->a, SPAN_HASH(&g->slots[i])));
		json_push(slots, s);
	}
	json_set(o, pool->a, "slots", slots);
	return o;
}

struct json *proofs_json(struct arena *a, struct span header, const struct proof_given *v, size_t n)
{
	struct pool pool = { .a = a, .list = json_array(a) };
	struct json *o = json_object(a), *accounts = json_array(a);

	for (size_t i = 0; i < n; i++)
		json_push(accounts, account_json(&pool, &v[i]));
	json_set(o, a, "accounts", accounts);
	json_set(o, a, "header", json_0x(a, header));
	json_set(o, a, "nodes", pool.list);
	return o;
}
