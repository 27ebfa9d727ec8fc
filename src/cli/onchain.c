#include "src/cli/onchain.h"

#include <string.h>

#include "src/chain/proofs.h"
#include "src/cli/wanting.h"
#include "src/evm/address.h"
#include "src/gov/upgrade.h"

bool onchain_open(const struct workspace *ws, struct chain *c, struct err *e)
{
	const struct deployment *d = &ws->deployment;
	if (d->n_endpoints == 0)
		return err_set(e, ERR_MISSING, ERR_NO_OFFSET,
			       "deployment.json: local.endpoints names no node to ask");
	return chain_open(c, d->endpoints, d->n_endpoints, d->chain_id, &d->genesis, e);
}

static bool has_operation(const struct change *c)
{
	return c->proposed && c->proposal.route == ROUTE_TIMELOCK;
}

/* What is executed stays executed: of these, and there are thousands, the chain is not asked. */
static bool may_still_move(const struct change *c)
{
	return has_operation(c) && !c->steps[STEP_EXECUTE].mined;
}

bool onchain_facts_all(const struct workspace *ws, struct chain *c, struct arena *a, const struct changes *all,
		       struct chain_facts **out, struct err *e)
{
	struct chain_safe safe;
	struct chain_operation *ops = ARENA_ARRAY(a, struct chain_operation, all->n + 1);
	size_t n = 0;
	*out = ARENA_ARRAY(a, struct chain_facts, all->n + 1);
	for (size_t i = 0; i < all->n; i++)
		if (may_still_move(&all->v[i]))
			ops[n++].id = all->v[i].operation;
	if (!chain_safe(c, a, &ws->deployment.safe, &safe, e) ||
	    (n > 0 && !chain_operations(c, &ws->deployment.timelock, ops, n, e)))
		return false;
	n = 0;
	for (size_t i = 0; i <= all->n; i++) {
		struct chain_facts *f = &(*out)[i];
		f->known = true;
		f->safe_nonce = safe.nonce;
		f->threshold = safe.threshold;
		f->block_time = c->pin.time;
		if (i < all->n && may_still_move(&all->v[i])) {
			f->operation_timestamp = ops[n].state == TIMELOCK_DONE ? 1 : ops[n].ready_at;
			n++;
		} else if (i < all->n && has_operation(&all->v[i])) {
			f->operation_timestamp = 1;
		}
	}
	return true;
}

bool onchain_facts(const struct workspace *ws, struct chain *c, const struct change *change,
		   struct chain_facts *out, struct err *e)
{
	struct arena a = {0};
	struct changes one = {0};
	struct chain_facts *facts;
	if (change != NULL) {
		one.v = ARENA_NEW(&a, struct change);
		*one.v = *change;
		one.v->steps[STEP_EXECUTE].mined = false;     /* one change can be asked about, whatever the log says */
		one.n = 1;
	}
	const bool ok = onchain_facts_all(ws, c, &a, &one, &facts, e);
	*out = ok ? facts[0] : (struct chain_facts){0};
	arena_release(&a);
	return ok;
}

bool onchain_look(const struct workspace *ws, struct chain *c, struct arena *a, const struct views_operations *ops,
		  struct snapshot *out, struct err *e)
{
	struct chain_safe safe;
	struct chain_operation *asked = ARENA_ARRAY(a, struct chain_operation, ops->n);
	for (size_t i = 0; i < ops->n; i++)
		asked[i].id = ops->v[i].id;
	if (!chain_safe(c, a, &ws->deployment.safe, &safe, e) ||
	    (ops->n > 0 && !chain_operations(c, &ws->deployment.timelock, asked, ops->n, e)))
		return false;
	*out = (struct snapshot){ .online = true, .block = c->pin.number, .block_time = c->pin.time,
				  .block_hash = c->pin.hash, .safe_nonce = safe.nonce,
				  .threshold = safe.threshold };
	out->operations = ARENA_ARRAY(a, struct snapshot_operation, ops->n);
	out->n_operations = ops->n;
	for (size_t i = 0; i < ops->n; i++) {
		out->operations[i].id = asked[i].id;
		out->operations[i].change = span_str(ops->v[i].change);
		out->operations[i].timestamp = asked[i].state == TIMELOCK_DONE ? 1 : asked[i].ready_at;
	}
	return true;
}

/* The owner that stands before this one in the Safe's list: what removeOwner and swapOwner have to name. */
static bool owner_before(const struct chain_safe *safe, const struct addr *owner, struct addr *out,
			 struct err *e)
{
	const struct addr sentinel = { .b = { [19] = 1 } };
	for (size_t i = 0; i < safe->owner_count; i++)
		if (addr_eq(&safe->owners[i], owner)) {
			*out = i > 0 ? safe->owners[i - 1] : sentinel;
			return true;
		}
	return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "not an owner of the Safe");
}

static const struct span *pair_of(const struct span *pairs, size_t n, struct span name, struct span *value)
{
	for (size_t i = 0; i < n; i++)
		if (pairs[i].n > name.n && pairs[i].p[name.n] == '=' &&
		    memcmp(pairs[i].p, name.p, name.n) == 0) {
			*value = span_of(pairs[i].p + name.n + 1, pairs[i].n - name.n - 1);
			return &pairs[i];
		}
	return NULL;
}

static bool fill_one(struct arena *a, const struct chain_safe *safe, const struct action_arg *arg,
		     const struct span *pairs, size_t n, struct span *pair, struct err *e)
{
	static const char before[] = "owner-before:";
	struct span value;
	struct addr owner, found;
	struct buf b = {0};
	if (!span_starts(arg->from_chain, before))
		BUG("the catalogue asks the chain for something nobody fills");
	const struct span of = span_of(arg->from_chain.p + strlen(before), arg->from_chain.n - strlen(before));
	if (pair_of(pairs, n, of, &value) == NULL)
		return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "missing") ||
		       err_in(e, "%.*s", (int)of.n, (const char *)of.p);
	if (!addr_parse(&owner, value, e) || !owner_before(safe, &owner, &found, e))
		return err_in(e, "%.*s", (int)of.n, (const char *)of.p);
	buf_span(&b, arg->name);
	buf_byte(&b, '=');
	addr_format(&b, &found);
	*pair = arena_copy(a, buf_view(&b));
	buf_release(&b);
	return true;
}

bool onchain_fill(const struct workspace *ws, struct arena *a, const struct action_def *def,
		  struct span **pairs, size_t *n, struct err *e)
{
	struct chain c = {0};
	struct chain_safe safe;
	struct span ignored;
	size_t n_args;
	bool ok = true, asked = false;
	const struct action_arg *args = action_args(def, &n_args);
	for (size_t i = 0; ok && i < n_args; i++) {
		if (args[i].from_chain.n == 0 || pair_of(*pairs, *n, args[i].name, &ignored) != NULL)
			continue;
		if (!asked)
			ok = onchain_open(ws, &c, e) && chain_safe(&c, a, &ws->deployment.safe, &safe, e);
		asked = true;
		struct span *more = ARENA_ARRAY(a, struct span, *n + 1);
		memcpy(more, *pairs, *n * sizeof(*more));
		ok = ok && fill_one(a, &safe, &args[i], *pairs, *n, &more[*n], e);
		if (ok) {
			*pairs = more;
			*n += 1;
		}
	}
	chain_release(&c);
	return ok;
}

bool onchain_read_all(struct chain *c, struct arena *a, const struct action_read_back *reads, size_t n,
		      struct span **texts, struct err *e)
{
	struct chain_read *asked = ARENA_ARRAY(a, struct chain_read, n + 1);
	*texts = ARENA_ARRAY(a, struct span, n + 1);
	for (size_t i = 0; i < n; i++)
		asked[i] = (struct chain_read){ .to = reads[i].at, .data = reads[i].calldata };
	if (!chain_calls(c, a, asked, n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct buf b = {0};
		const bool ok = !asked[i].ok || action_read_text(a, &b, &reads[i], asked[i].output, e);
		if (ok && asked[i].ok)
			(*texts)[i] = arena_copy(a, buf_view(&b));
		buf_release(&b);
		if (!ok)
			return false;
	}
	return true;
}

static struct json *read_json(struct arena *a, const struct action_read_back *r, struct span before)
{
	struct json *o = json_object(a);
	json_set(o, a, "at", json_addr(a, &r->at));
	json_set(o, a, "before", before.p != NULL ? json_text(a, before) : json_null(a));
	json_set(o, a, "contract", json_text(a, r->contract));
	json_set(o, a, "data", json_0x(a, r->calldata));
	json_set(o, a, "expect", r->expect.n > 0 ? json_text(a, r->expect) : json_null(a));
	json_set(o, a, "getter", json_text(a, r->getter->signature));
	json_set(o, a, "say", json_text(a, r->say));
	return o;
}

bool onchain_reads(const struct workspace *ws, struct chain *c, struct arena *a, const struct json *actions,
		   struct json **out, struct err *e)
{
	*out = json_array(a);
	for (const struct json *action = actions->first; action != NULL; action = action->next) {
		const struct action_read_back *reads;
		struct span *texts;
		size_t n;
		if (!action_reads(a, &reads, &n, &ws->pin, action, e) ||
		    !onchain_read_all(c, a, reads, n, &texts, e))
			return false;
		for (size_t i = 0; i < n; i++)
			json_push(*out, read_json(a, &reads[i], texts[i]));
	}
	return true;
}

static void fact(struct json *facts, struct arena *a, const char *name, struct json *value)
{
	struct json *o = json_object(a);
	json_set(o, a, "name", json_str(a, name));
	json_set(o, a, "source", json_str(a, "claimed"));
	json_set(o, a, "value", value);
	json_push(facts, o);
}

static struct json *facts_of(struct arena *a, const struct chain_safe *safe,
			     uint64_t min_delay, const struct chain_facts *f, const struct change *change)
{
	struct json *facts = json_array(a), *owners = json_array(a);
	for (size_t i = 0; i < safe->owner_count; i++)
		json_push(owners, json_addr(a, &safe->owners[i]));
	fact(facts, a, "safe.nonce", json_u64(a, safe->nonce));
	fact(facts, a, "safe.threshold", json_u64(a, safe->threshold));
	fact(facts, a, "safe.owners", owners);
	fact(facts, a, "safe.version", json_str(a, safe->version));
	fact(facts, a, "safe.guard", json_addr(a, &safe->guard));
	fact(facts, a, "timelock.min-delay", json_u64(a, min_delay));
	if (change->proposed && change->proposal.route == ROUTE_TIMELOCK)
		fact(facts, a, "timelock.operation-timestamp", json_u64(a, f->operation_timestamp));
	return facts;
}

bool onchain_evidence(const struct workspace *ws, struct chain *c, struct arena *a, const struct change *change,
		      struct json **out, struct err *e)
{
	struct chain_safe safe;
	struct chain_facts f;
	struct json *reads;
	uint64_t min_delay;
	if (!chain_safe(c, a, &ws->deployment.safe, &safe, e) || !onchain_facts(ws, c, change, &f, e) ||
	    !chain_min_delay(c, &ws->deployment.timelock, &min_delay, e) ||
	    !onchain_reads(ws, c, a, change->proposal.actions, &reads, e))
		return false;
	struct json *block = json_object(a), *endpoints = json_array(a);
	json_set(block, a, "hash", json_0x(a, SPAN_HASH(&c->pin.hash)));
	json_set(block, a, "number", json_u64(a, c->pin.number));
	json_set(block, a, "time", json_u64(a, c->pin.time));
	for (size_t i = 0; i < c->n; i++)
		json_push(endpoints, json_text(a, c->ep[i].name));
	*out = json_object(a);
	json_set(*out, a, "format", json_str(a, "setgov-evidence/1"));
	json_set(*out, a, "block", block);
	json_set(*out, a, "endpoints", endpoints);
	json_set(*out, a, "facts", facts_of(a, &safe, min_delay, &f, change));
	json_set(*out, a, "reads", reads);
	return true;
}

/* ---- state proofs ---- */

static bool want_all(struct wanted *w, const struct workspace *ws, struct chain *c, const struct change *change,
		     struct err *e)
{
	const struct deployment *d = &ws->deployment;
	struct slot_list list = { .a = w->a };
	struct chain_safe safe;
	const struct upgrade *upgrades;
	size_t n;
	if (!chain_safe(c, w->a, &d->safe, &safe, e) ||
	    !slots_deciding(&list, &ws->pin, change->proposal.actions, change->proposal.calls,
			    has_operation(change) ? &change->operation : NULL, e))
		return false;
	upgrades = upgrades_of(w->a, &n, change->proposal.calls, d);
	for (size_t i = 0; i < list.n; i++)
		want_slot(w, &list.v[i].at, &list.v[i].slot);
	for (size_t i = 0; i < n; i++)         /* its account says which code it is, this slot whether it is locked */
		want_slot(w, &upgrades[i].implementation, &upgrade_slot_initialized);
	want_list(w, &d->safe, false, safe.owners, safe.owner_count);
	if (safe.modules_known)
		want_list(w, &d->safe, true, safe.modules, safe.module_count);
	return true;
}

bool onchain_proofs(const struct workspace *ws, struct chain *c, struct arena *a, const struct change *change,
		    struct json **out, struct err *e)
{
	struct wanted w = { .a = a };
	struct proven checked;
	struct span header;
	if (!want_all(&w, ws, c, change, e) || !chain_proofs(c, a, w.v, w.n, &header, e))
		return false;
	*out = proofs_json(a, header, w.v, w.n);
	return proven_check(a, &checked, *out, e) || err_in(e, "eth_getProof");
}

const struct abi **onchain_abis(const struct workspace *ws, struct arena *a, size_t *n)
{
	const struct abi **v = ARENA_ARRAY(a, const struct abi *, ws->pin.n_abis + 1);
	for (size_t i = 0; i < ws->pin.n_abis; i++)
		v[i] = ws->pin.abis[i].abi;
	*n = ws->pin.n_abis;
	return v;
}
