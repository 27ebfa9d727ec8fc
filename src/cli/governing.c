#include "src/cli/governing.h"

#include <string.h>

#include "src/base/text.h"
#include "src/chain/proofs.h"
#include "src/cli/look.h"
#include "src/cli/wanting.h"
#include "src/crypto/hash.h"
#include "src/crypto/keccak.h"
#include "src/gov/upgrade.h"

#define WITHIN_MS 30000
#define TIMES_MAX 200u                /* blocks that are asked for their time */
/* Of each so many that what is asked about them all is less than PROVEN_MAX_SLOTS. */
#define HOLDERS_MAX 30u
#define MEMBERS_MAX 80u

struct governing {
	struct workspace *ws;
	struct arena *a;
	struct chain *c;
	const struct snapshot *look;
	struct governance *out;
	struct custody_event *events;
	struct hash32 topics[N_CUSTODY_KINDS];
};

/* ---- events ----------------------------------------------------------------------------------------------------- */

/* False: not one of these. */
static bool read_event(struct governing *g, struct custody_event *out, const struct chain_log *l)
{
	struct chain_event e = { .address = l->address, .n_topics = l->topic_count, .data = l->data, .block = l->block,
				 .index = l->index, .tx = l->tx_hash };
	bool unreadable;
	memcpy(e.topics, l->topics, sizeof(e.topics));
	const bool ok = custody_read(g->a, out, g->topics, &e, &unreadable);
	out->block_hash = l->block_hash;
	g->out->n_unreadable += unreadable;
	return ok;
}

static bool read_events(struct governing *g, struct err *e)
{
	const struct deployment *d = &g->ws->deployment;
	struct addr *at = ARENA_ARRAY(g->a, struct addr, d->n_contracts + 1);
	struct chain_log *logs;
	size_t n;
	for (size_t i = 0; i < d->n_contracts; i++)
		at[i] = d->contracts[i].address;
	if (!chain_logs(g->c, g->a, at, d->n_contracts, g->topics, N_CUSTODY_KINDS, d->first_block, g->look->block,
			&logs, &n, e))
		return false;
	g->events = ARENA_ARRAY(g->a, struct custody_event, n + 2);
	for (size_t i = 0; i < n; i++)
		g->out->n_events += read_event(g, &g->events[g->out->n_events], &logs[i]);
	return true;
}

static void insert(struct governing *g, const struct custody_event *one)
{
	size_t i = g->out->n_events++;
	for (; i > 0 && (g->events[i - 1].block > one->block || (g->events[i - 1].block == one->block &&
								g->events[i - 1].index > one->index)); i--)
		g->events[i] = g->events[i - 1];
	g->events[i] = *one;
}

/* The factory's event, which is of an address that no profile names, is in the receipt of the Safe's setup. */
static bool read_factory(struct governing *g, struct err *e)
{
	const struct addr *safe = &g->ws->deployment.safe;
	const struct custody_event *made = NULL;
	struct chain_receipt r;
	bool found;
	for (size_t i = 0; i < g->out->n_events && made == NULL; i++)
		if (g->events[i].kind == CUSTODY_SAFE_MADE && addr_eq(&g->events[i].at, safe))
			made = &g->events[i];
	if (made == NULL)
		return true;
	if (!chain_receipt(g->c, g->a, &made->tx, &r, &found, e))
		return false;
	for (size_t i = 0; found && i < r.log_count; i++) {
		struct custody_event one;
		if (read_event(g, &one, &r.logs[i]) && one.kind == CUSTODY_PROXY_MADE && addr_eq(&one.who, safe)) {
			insert(g, &one);
			return true;
		}
	}
	return true;
}

/* The newest first: they are what is so today. */
static bool read_times(struct governing *g, struct err *e)
{
	struct block b = {0};
	size_t asked = 0;
	for (size_t i = g->out->n_events; i-- > 0;) {
		struct custody_event *v = &g->events[i];
		if (custody_is_execution(v))
			continue;
		if (asked == 0 || b.number != v->block) {
			if (asked++ == TIMES_MAX)
				return true;
			if (!chain_block(g->c, v->block, &b, e))
				return false;
		}
		if (!hash32_eq(&b.hash, &v->block_hash))
			return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "an event names another block %llu than the "
				       "chain has", (unsigned long long)v->block);
		v->has_time = true;
		v->block_time = b.time;
	}
	return true;
}

static bool read_history(struct governing *g, struct err *e)
{
	const struct deployment *d = &g->ws->deployment;
	custody_topics(g->topics);
	g->out->from = d->first_block;
	if (!read_events(g, e) || !read_factory(g, e) || !read_times(g, e))
		return false;
	g->out->events = g->events;
	custody_replay(g->a, &g->out->told, &d->safe, &d->timelock, g->events, g->out->n_events);
	return true;
}

/* ---- code ------------------------------------------------------------------------------------------------------- */

static bool read_code(struct governing *g, const struct addr *at, struct err *e)
{
	struct governance_code *v = &g->out->codes[g->out->n_codes];
	struct span code;
	if (addr_is_zero(at))
		return true;
	for (size_t i = 0; i < g->out->n_codes; i++)
		if (addr_eq(&g->out->codes[i].at, at))
			return true;
	if (!chain_code(g->c, g->a, at, &code, e))
		return false;
	v->at = *at;
	v->bytes = code.n;
	v->has_metadata = upgrade_metadata(&v->metadata, code);
	keccak256(&v->hash, code);
	g->out->n_codes++;
	return true;
}

static bool read_codes(struct governing *g, struct err *e)
{
	const struct snapshot *k = g->look;
	g->out->codes = ARENA_ARRAY(g->a, struct governance_code, 2 * k->n_contracts + k->n_modules + 4);
	if (!read_code(g, &k->singleton, e) || !read_code(g, &k->guard, e) || !read_code(g, &k->fallback_handler, e))
		return false;
	for (size_t i = 0; i < k->n_modules; i++)
		if (!read_code(g, &k->modules[i], e))
			return false;
	for (size_t i = 0; i < k->n_contracts; i++)
		if (!read_code(g, &k->contracts[i].address, e) ||
		    (k->contracts[i].has_implementation && !read_code(g, &k->contracts[i].implementation, e)))
			return false;
	return true;
}

/* ---- proofs ----------------------------------------------------------------------------------------------------- */

struct people {
	struct addr *v;
	size_t n, max;
	bool cut;
};

static void add(struct people *p, const struct addr *at)
{
	for (size_t i = 0; i < p->n; i++)
		if (addr_eq(&p->v[i], at))
			return;
	if (p->n == p->max)
		p->cut = true;
	else
		p->v[p->n++] = *at;
}

/* Whoever has a role, was given one or should have one. */
static struct people holders(struct governing *g)
{
	const struct addr anybody = {{0}};
	struct people p = { .v = ARENA_ARRAY(g->a, struct addr, HOLDERS_MAX), .max = HOLDERS_MAX };
	add(&p, &g->ws->deployment.safe);
	add(&p, &g->ws->deployment.timelock);
	add(&p, &anybody);
	for (size_t i = 0; i < g->look->n_roles; i++) {
		const struct snapshot_role *r = &g->look->roles[i];
		if (r->proposer || r->executor || r->canceller || r->admin)
			add(&p, &r->account);
	}
	for (size_t i = 0; i < g->out->n_events; i++)
		if (g->events[i].kind == CUSTODY_GRANTED && addr_eq(&g->events[i].at, &g->ws->deployment.timelock))
			add(&p, &g->events[i].who);
	return p;
}

/* Whoever is on one of the Safe's lists, was at some time, or should be. */
static struct people members(struct governing *g)
{
	const struct deployment *d = &g->ws->deployment;
	const struct addr sentinel = SLOT_SENTINEL;
	struct people p = { .v = ARENA_ARRAY(g->a, struct addr, MEMBERS_MAX), .max = MEMBERS_MAX };
	add(&p, &sentinel);
	for (size_t i = 0; i < g->look->n_owners; i++)
		add(&p, &g->look->owners[i]);
	for (size_t i = 0; i < g->look->n_modules; i++)
		add(&p, &g->look->modules[i]);
	for (size_t i = 0; i < d->n_people; i++)
		add(&p, &d->people[i].address);
	for (size_t i = 0; i < g->out->told.ever.n; i++)
		add(&p, &g->out->told.ever.v[i].at);
	return p;
}

static struct wanted want_all(struct governing *g)
{
	const struct people by_role = holders(g), by_list = members(g);
	struct wanted w = { .a = g->a };
	g->out->slots = (struct slot_list){ .a = g->a };
	g->out->cut = by_role.cut || by_list.cut;
	slots_governing(&g->out->slots, &g->ws->pin,
			&(struct slots_about){ by_role.v, by_list.v, by_role.n, by_list.n });
	for (size_t i = 0; i < g->out->slots.n; i++)
		want_slot(&w, &g->out->slots.v[i].at, &g->out->slots.v[i].slot);
	for (size_t i = 0; i < g->out->n_codes; i++)
		want_account(&w, &g->out->codes[i].at);
	return w;
}

static bool read_proofs(struct governing *g, struct err *e)
{
	struct wanted w = want_all(g);
	struct span header;
	struct buf b = {0};
	if (!chain_proofs(g->c, g->a, w.v, w.n, &header, e))
		return false;
	g->out->proofs = proofs_json(g->a, header, w.v, w.n);
	if (!proven_check(g->a, &g->out->proven, g->out->proofs, e))
		return err_in(e, "eth_getProof");
	json_canonical(&b, g->out->proofs);
	sha256(&g->out->proofs_digest, buf_view(&b));
	buf_release(&b);
	g->out->proofs_known = true;
	return true;
}

/* ---- all of it -------------------------------------------------------------------------------------------------- */

/* What went wrong, in words; the error is cleared. */
static const char *trouble(struct arena *a, struct err *e)
{
	const char *words = text_safe_err(a, e);
	err_clear(e);
	return words;
}

void governing_read(struct workspace *ws, struct arena *a, const struct snapshot *look, struct governance *out)
{
	struct chain c = {0};
	struct governing g = { .ws = ws, .a = a, .c = &c, .look = look, .out = out };
	struct err why = {0};
	*out = (struct governance){ .trouble = "the chain was not asked", .proofs_trouble = "the chain was not asked" };
	if (!look->online)
		return;
	if (!look_open(ws, a, WITHIN_MS, &c, &why)) {
		out->trouble = out->proofs_trouble = trouble(a, &why);
		return;
	}
	c.pin = (struct block){ .number = look->block, .hash = look->block_hash, .time = look->block_time };
	out->known = read_history(&g, &why) && read_codes(&g, &why);
	if (!out->known) {
		out->trouble = trouble(a, &why);
		out->n_events = 0;
		out->told = (struct custody){0};
	}
	if (!read_proofs(&g, &why))
		out->proofs_trouble = trouble(a, &why);
	chain_release(&c);
}
