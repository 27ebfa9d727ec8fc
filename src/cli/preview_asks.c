#include <string.h>

#include "src/base/text.h"
#include "src/cli/preview_parts.h"
#include "src/evm/abi.h"

#define MAX_ASKS 1000u

/* ---- who and what can be asked about ---- */

static void learn_events(struct previewing *x)
{
	const struct gathered *logs = &x->facts.v[x->asked_logs];
	if (!logs->ok)
		preview_warn_all(x, "what the contracts' events speak of was not looked at: %.*s",
				 text_shown(logs->words), (const char *)logs->words.p);
	for (size_t i = logs->n_logs; i-- > 0;) {
		const struct chain_log *l = &logs->logs[i];
		const struct abi *abi = pinned_abi(&x->ws->pin, &l->address);
		for (size_t k = 0; abi != NULL && k < x->n_touched; k++)
			if (addr_eq(&x->touched[k]->address, &l->address))
				known_event(&x->known, x->a, abi, l);
	}
}

/* What these changes themselves name comes first: there may be more than can be asked about. */
static void learn(struct previewing *x)
{
	for (size_t i = 0; i < x->n_runs; i++) {
		const struct preview_run *r = &x->runs[i];
		for (const struct json *v = r->proposal.actions->first; v != NULL; v = v->next)
			known_action(&x->known, v);
		if (r->proposal.route == ROUTE_TIMELOCK)
			known_hash(&x->known, &r->operation_id);
	}
	known_deployment(&x->known, &x->ws->deployment);
	for (size_t i = 0; i < x->n_touched; i++)
		if (addr_eq(&x->touched[i]->address, &x->ws->deployment.timelock))
			known_roles(&x->known);
	learn_events(x);
	if (x->known.cut)
		preview_warn_all(x, "the contracts' events speak of more than was asked about");
}

/* ---- questions ---- */

/* The same question once. SIZE_MAX: there are too many. */
static size_t ask(struct previewing *x, const struct contract *c, const struct abi_function *f, struct span calldata)
{
	for (size_t i = 0; i < x->n_asks; i++)
		if (x->asks[i].contract == c && span_eq(x->asks[i].calldata, calldata))
			return i;
	if (x->n_asks == MAX_ASKS)
		return SIZE_MAX;
	x->asks[x->n_asks] = (struct preview_ask){ c, f, calldata };
	return x->n_asks++;
}

static void ask_read(struct previewing *x, struct preview_run *r, const struct action_read_back *read)
{
	const struct contract *c = deployment_contract_at(&x->ws->deployment, &read->at);
	const size_t at = c != NULL ? ask(x, c, read->getter, read->calldata) : SIZE_MAX;
	if (at == SIZE_MAX)
		return;
	r->reads[r->n_reads] = read;
	r->read_ask[r->n_reads++] = at;
}

/* What the actions themselves read back. */
static bool ask_reads(struct previewing *x, struct preview_run *r, struct err *e)
{
	size_t n_actions = r->proposal.actions->n, wanted = 0, i = 0;
	const struct action_read_back **lists = ARENA_ARRAY(x->a, const struct action_read_back *, n_actions + 1);
	size_t *n = ARENA_ARRAY(x->a, size_t, n_actions + 1);
	if (r->last == STEP_CANCEL)
		return true;
	for (const struct json *v = r->proposal.actions->first; v != NULL; v = v->next, i++) {
		if (!action_is_raw(v) && !action_reads(x->a, &lists[i], &n[i], &x->ws->pin, v, e))
			return false;
		wanted += n[i];
	}
	r->reads = ARENA_ARRAY(x->a, const struct action_read_back *, wanted + 1);
	r->read_ask = ARENA_ARRAY(x->a, size_t, wanted + 1);
	for (i = 0; i < n_actions; i++)
		for (size_t k = 0; k < n[i]; k++)
			ask_read(x, r, &lists[i][k]);
	if (r->n_reads < wanted)
		preview_warn(x, r, "%zu values of the actions were not asked for: too many at once",
			     wanted - r->n_reads);
	return true;
}

/* True when all of its parameters are of kinds we know values of. */
static bool can_ask(const struct previewing *x, const struct abi_function *f)
{
	const struct abi_field *in = f->inputs->fields;
	if (!f->view || f->outputs->count == 0 || f->inputs->count > 2)
		return false;
	if (f->inputs->count == 2 && (in[0].type->kind != ABI_FIXED_BYTES || in[1].type->kind != ABI_ADDRESS))
		return false;                 /* of pairs only who has which role */
	for (size_t i = 0; i < f->inputs->count; i++) {
		size_t n;
		known_of(&x->known, f->inputs->fields[i].type, &n);
		if (n == 0)
			return false;
	}
	return true;
}

static void ask_words(struct previewing *x, const struct contract *c, const struct abi_function *f,
		      const struct hash32 *first, const struct hash32 *second, size_t *left_out)
{
	struct buf b = {0};
	buf_add(&b, f->selector, 4);
	if (first != NULL)
		buf_span(&b, SPAN_HASH(first));
	if (second != NULL)
		buf_span(&b, SPAN_HASH(second));
	*left_out += ask(x, c, f, arena_copy(x->a, buf_view(&b))) == SIZE_MAX;
	buf_release(&b);
}

static void ask_function(struct previewing *x, const struct contract *c, const struct abi_function *f, size_t *left_out)
{
	size_t n[2] = {0};
	const struct hash32 *v[2] = {0};
	for (size_t i = 0; i < f->inputs->count; i++)
		v[i] = known_of(&x->known, f->inputs->fields[i].type, &n[i]);
	if (f->inputs->count == 0)
		ask_words(x, c, f, NULL, NULL, left_out);
	for (size_t i = 0; i < n[0]; i++) {
		if (f->inputs->count == 1)
			ask_words(x, c, f, &v[0][i], NULL, left_out);
		for (size_t k = 0; k < n[1]; k++)
			ask_words(x, c, f, &v[0][i], &v[1][k], left_out);
	}
}

/* Getters without arguments first: there may be more than can be asked. */
static void ask_others(struct previewing *x)
{
	size_t left_out = 0;
	for (size_t inputs = 0; inputs <= 2; inputs++)
		for (size_t i = 0; i < x->n_touched; i++) {
			const struct abi *abi = pinned_abi(&x->ws->pin, &x->touched[i]->address);
			for (size_t k = 0; abi != NULL && k < abi->n_functions; k++)
				if (abi->functions[k].inputs->count == inputs && can_ask(x, &abi->functions[k]))
					ask_function(x, x->touched[i], &abi->functions[k], &left_out);
		}
	if (left_out > 0)
		preview_warn_all(x, "%zu more values of these contracts were not looked at: too many at once",
				 left_out);
}

bool preview_asks(struct previewing *x, struct err *e)
{
	x->asks = ARENA_ARRAY(x->a, struct preview_ask, MAX_ASKS);
	learn(x);
	for (size_t i = 0; i < x->n_runs; i++)
		if (!ask_reads(x, &x->runs[i], e))
			return false;
	ask_others(x);
	return true;
}
