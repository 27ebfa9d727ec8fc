#include "src/cli/governing.h"

#include <string.h>

#include "src/base/text.h"
#include "src/cli/look.h"
#include "src/cli/onchain.h"
#include "src/crypto/keccak.h"

#define WITHIN_MS 30000
#define TIMES_MAX 200u                /* blocks that are asked for their time */

static const char *const signatures[N_GOVERNANCE_EVENT_KINDS] = {
	[GOVERNANCE_SAFE_MADE] = "SafeSetup(address,address[],uint256,address,address)",
	[GOVERNANCE_GRANTED] = "RoleGranted(bytes32,address,address)",
	[GOVERNANCE_REVOKED] = "RoleRevoked(bytes32,address,address)",
	[GOVERNANCE_OWNED] = "OwnershipTransferred(address,address)",
	[GOVERNANCE_UPGRADED] = "Upgraded(address)",
	[GOVERNANCE_DELAY] = "MinDelayChange(uint256,uint256)",
};

struct governing {
	struct workspace *ws;
	struct arena *a;
	struct chain *c;
	const struct snapshot *look;
	struct governance *out;
};

/* ---- events ----------------------------------------------------------------------------------------------------- */

static struct addr addr_of_topic(const struct hash32 *t)
{
	struct addr at;
	memcpy(at.b, t->b + 12, sizeof(at.b));
	return at;
}

/* False: not one of these. */
static bool read_event(struct governance_event *out, const struct chain_log *l,
		       const struct hash32 topics[N_GOVERNANCE_EVENT_KINDS])
{
	static const size_t who[N_GOVERNANCE_EVENT_KINDS] = { [GOVERNANCE_GRANTED] = 2, [GOVERNANCE_REVOKED] = 2,
		[GOVERNANCE_OWNED] = 2, [GOVERNANCE_UPGRADED] = 1 };
	for (int k = 0; k < N_GOVERNANCE_EVENT_KINDS; k++) {
		if (l->topic_count <= who[k] || !hash32_eq(&l->topics[0], &topics[k]))
			continue;
		*out = (struct governance_event){ .kind = (enum governance_event_kind)k, .at = l->address,
						  .tx = l->tx_hash, .block = l->block };
		if (who[k] > 0)
			out->who = addr_of_topic(&l->topics[who[k]]);
		if (who[k] == 2 && k != GOVERNANCE_OWNED)
			out->role = l->topics[1];
		return true;
	}
	return false;
}

static bool read_events(struct governing *g, struct err *e)
{
	const struct deployment *d = &g->ws->deployment;
	struct addr *at = ARENA_ARRAY(g->a, struct addr, d->n_contracts + 1);
	struct hash32 topics[N_GOVERNANCE_EVENT_KINDS];
	struct chain_log *logs;
	size_t n;
	for (size_t i = 0; i < d->n_contracts; i++)
		at[i] = d->contracts[i].address;
	for (int k = 0; k < N_GOVERNANCE_EVENT_KINDS; k++)
		keccak256(&topics[k], span_str(signatures[k]));
	if (!chain_logs(g->c, g->a, at, d->n_contracts, topics, N_GOVERNANCE_EVENT_KINDS, d->first_block,
			g->look->block, &logs, &n, e))
		return false;
	g->out->events = ARENA_ARRAY(g->a, struct governance_event, n + 1);
	for (size_t i = 0; i < n; i++)
		g->out->n_events += read_event(&g->out->events[g->out->n_events], &logs[i], topics);
	return true;
}

/* The newest first: they are what is so today. */
static bool read_times(struct governing *g, struct err *e)
{
	struct block b = {0};
	size_t asked = 0;
	for (size_t i = g->out->n_events; i-- > 0;) {
		struct governance_event *v = &g->out->events[i];
		if (asked == 0 || b.number != v->block) {
			if (asked++ == TIMES_MAX)
				return true;
			if (!chain_block(g->c, v->block, &b, e))
				return false;
		}
		v->has_time = true;
		v->block_time = b.time;
	}
	return true;
}

/* ---- code ------------------------------------------------------------------------------------------------------- */

static bool read_code(struct governing *g, const struct addr *at, struct err *e)
{
	struct governance_code *v = &g->out->codes[g->out->n_codes];
	struct span code;
	for (size_t i = 0; i < g->out->n_codes; i++)
		if (addr_eq(&g->out->codes[i].at, at))
			return true;
	if (!chain_code(g->c, g->a, at, &code, e))
		return false;
	v->at = *at;
	v->bytes = code.n;
	keccak256(&v->hash, code);
	g->out->n_codes++;
	return true;
}

static bool read_codes(struct governing *g, struct err *e)
{
	const struct snapshot *k = g->look;
	g->out->codes = ARENA_ARRAY(g->a, struct governance_code, 2 * k->n_contracts + 2);
	if (!read_code(g, &k->singleton, e))
		return false;
	for (size_t i = 0; i < k->n_contracts; i++)
		if (!read_code(g, &k->contracts[i].address, e) ||
		    (k->contracts[i].has_implementation && !read_code(g, &k->contracts[i].implementation, e)))
			return false;
	return true;
}

/* ---- proofs ----------------------------------------------------------------------------------------------------- */

/* A change that would call every contract: what decides about it is what a deployment's report asks for. */
static struct change of_everything(struct governing *g)
{
	const struct deployment *d = &g->ws->deployment;
	struct call *calls = ARENA_ARRAY(g->a, struct call, d->n_contracts + 1);
	struct change c = {0};
	for (size_t i = 0; i < d->n_contracts; i++)
		calls[i].to = d->contracts[i].address;
	c.proposal.actions = json_array(g->a);
	c.proposal.calls = (struct calls){ calls, d->n_contracts };
	c.proposal.route = ROUTE_DIRECT;
	return c;
}

static bool read_proofs(struct governing *g, const struct json **proofs, struct err *e)
{
	const struct change c = of_everything(g);
	struct json *made;
	struct proven checked;
	if (!onchain_proofs(g->ws, g->c, g->a, &c, &made, e) || !proven_check(g->a, &checked, made, e) ||
	    !proven_values(g->a, &g->out->proven, &g->out->n_proven, &checked, &g->ws->pin, c.proposal.actions,
			   c.proposal.calls, NULL, e))
		return false;
	*proofs = made;
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

void governing_read(struct workspace *ws, struct arena *a, const struct snapshot *look, struct governance *out,
		    const struct json **proofs)
{
	struct chain c = {0};
	struct governing g = { ws, a, &c, look, out };
	struct err why = {0};
	*out = (struct governance){ .trouble = "the chain was not asked", .proofs_trouble = "the chain was not asked" };
	*proofs = NULL;
	if (!look->online)
		return;
	if (!look_open(ws, a, WITHIN_MS, &c, &why)) {
		out->trouble = out->proofs_trouble = trouble(a, &why);
		return;
	}
	c.pin = (struct block){ .number = look->block, .hash = look->block_hash, .time = look->block_time };
	out->known = read_events(&g, &why) && read_times(&g, &why) && read_codes(&g, &why);
	if (!out->known)
		out->trouble = trouble(a, &why);
	if (!read_proofs(&g, proofs, &why))
		out->proofs_trouble = trouble(a, &why);
	chain_release(&c);
}
