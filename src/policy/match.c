/* Whether a pattern matches a unit; and units themselves, from actions and from calldata. */
#include <string.h>

#include "src/base/hex.h"
#include "src/evm/address.h"
#include "src/gov/explain.h"
#include "src/policy/asking.h"

struct span unit_arg(const struct unit *u, struct span name)
{
	for (const struct json *v = u->args != NULL ? u->args->first : NULL; v != NULL; v = v->next)
		if (span_eq(v->name, name) && v->type == JSON_STRING)
			return v->text;
	return span_of(NULL, 0);
}

bool number_of(struct u256 *out, struct span text)
{
	uint64_t v = 0;
	if (text.n == 0 || text.n > 19 || (text.p[0] == '0' && text.n > 1))
		return u256_parse(out, text, NULL);
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(text.p[i] - '0');
	}
	*out = u256_from_u64(v);
	return true;
}

bool texts_have(const struct texts *t, const struct pinned *pin, struct span text)
{
	struct addr at;
	const struct contract *c = NULL;
	const struct person *who = NULL;
	for (size_t i = 0; i < t->n; i++)
		if (span_eq(t->v[i], text))
			return true;
	if (text.n != 42 || !addr_parse(&at, text, NULL))
		return false;
	c = deployment_contract_at(pin->deployment, &at);
	who = deployment_person_at(pin->deployment, &at);
	for (size_t i = 0; i < t->n; i++) {
		struct addr other;
		if ((c != NULL && span_eq(t->v[i], c->name)) || (who != NULL && span_eq(t->v[i], who->id)) ||
		    (t->v[i].n == 42 && addr_parse(&other, t->v[i], NULL) && addr_eq(&other, &at)))
			return true;
	}
	return false;
}

/* "sequencer.*" or the name itself. */
static bool name_matches(struct span pattern, struct span name)
{
	if (pattern.n == 0 || pattern.p[pattern.n - 1] != '*')
		return span_eq(pattern, name);
	return name.n >= pattern.n - 1 && memcmp(pattern.p, name.p, pattern.n - 1) == 0;
}

static bool action_matches(const struct pattern *p, const struct unit *u)
{
	bool found = !p->actions.given;
	for (size_t i = 0; i < p->actions.n && !found; i++)
		found = name_matches(p->actions.v[i], u->action);
	return found;
}

static bool selector_is(struct span want, struct span function, struct span data)
{
	uint8_t selector[4];
	if (want.n == 10 && hex_fixed(selector, 4, want, NULL))
		return data.n >= 4 && memcmp(selector, data.p, 4) == 0;
	return function.n > 0 && span_eq(want, function);
}

static bool call_matches(const struct pattern *p, const struct unit *u, size_t i)
{
	const struct call *c = &u->calls.v[i];
	bool ok = !p->targets.given;
	for (size_t k = 0; k < p->targets.n && !ok; k++) {
		struct addr at;
		ok = (u->targets[i].n > 0 && span_eq(p->targets.v[k], u->targets[i])) ||
		     (p->targets.v[k].n == 42 && addr_parse(&at, p->targets.v[k], NULL) && addr_eq(&at, &c->to));
	}
	bool selected = !p->selectors.given;
	for (size_t k = 0; k < p->selectors.n && !selected; k++)
		selected = selector_is(p->selectors.v[k], u->functions[i], c->data);
	return ok && selected;
}

/* What allows has to match every call; what restricts, any. */
static bool calls_match(const struct pattern *p, const struct unit *u, bool all)
{
	if (!p->targets.given && !p->selectors.given)
		return true;
	for (size_t i = 0; i < u->calls.n; i++)
		if (call_matches(p, u, i) != all)
			return !all;
	return all && u->calls.n > 0;
}

/* As far as it can be told from the argument alone. */
static bool limit_matches(const struct arg_limit *l, const struct pinned *pin, const struct unit *u)
{
	const struct span text = unit_arg(u, l->arg);
	struct u256 v;
	if (text.p == NULL || (l->in.given && !texts_have(&l->in, pin, text)) ||
	    (l->not_in.given && texts_have(&l->not_in, pin, text)))
		return false;
	if (!l->has_min && !l->has_max)
		return true;
	return number_of(&v, text) && (!l->has_min || u256_cmp(&v, &l->min) >= 0) &&
	       (!l->has_max || u256_cmp(&v, &l->max) <= 0);
}

bool pattern_matches(const struct pattern *p, const struct pinned *pin, const struct unit *u, bool all)
{
	if ((p->risks != 0 && (p->risks & (1u << u->risk)) == 0) || (p->has_route && p->route != u->route) ||
	    (p->has_deescalates && p->deescalates != u->deescalates) || !action_matches(p, u) ||
	    !calls_match(p, u, all))
		return false;
	for (size_t i = 0; i < p->n_args; i++)
		if (!limit_matches(&p->args[i], pin, u))
			return false;
	return true;
}

/* ---- units ---- */

/* Names of what each call calls. */
static void name_calls(struct arena *a, struct unit *u, const struct pinned *pin)
{
	u->targets = ARENA_ARRAY(a, struct span, u->calls.n + 1);
	u->functions = ARENA_ARRAY(a, struct span, u->calls.n + 1);
	for (size_t i = 0; i < u->calls.n; i++) {
		const struct call *c = &u->calls.v[i];
		const struct contract *at = deployment_contract_at(pin->deployment, &c->to);
		const struct abi *abi = pinned_abi(pin, &c->to);
		const struct abi_function *f = abi != NULL && c->data.n >= 4 ? abi_find_selector(abi, c->data.p) : NULL;
		if (at != NULL)
			u->targets[i] = at->name;
		if (f != NULL)
			u->functions[i] = f->signature;
	}
}

/* Beside to, value and data: the parameters of what it calls, by name, where it can be read. */
static void name_parameters(struct arena *a, struct unit *u, const struct pinned *pin)
{
	struct explained_call x;
	struct json *args = u->args != NULL ? json_copy(a, u->args) : json_object(a);
	u->args = args;
	if (u->calls.n != 1 || !explain_call(a, &x, pin, &u->calls.v[0], NULL))
		return;
	for (size_t i = 0; i < x.n_args; i++)
		if (x.args[i].name[0] != '\0' && json_find(args, x.args[i].name) == NULL)
			json_set(args, a, x.args[i].name, json_str(a, x.args[i].text));
}

bool unit_from_action(struct arena *a, struct unit *out, const struct pinned *pin, const struct json *action,
		      struct err *e)
{
	*out = (struct unit){ .risk = RISK_CRITICAL };
	if (!json_get_str(action, "action", &out->action, e) || !action_compile(a, &out->calls, pin, action, e))
		return false;
	const struct action_def *d = catalogue_find(pin->catalogue, out->action);
	out->args = json_find(action, "args");
	out->risk = action_risk_of(d);
	out->route = action_is_direct(d) ? ROUTE_DIRECT : ROUTE_TIMELOCK;
	out->deescalates = action_deescalates(a, pin, action);
	name_calls(a, out, pin);
	if (action_is_raw(action))
		name_parameters(a, out, pin);
	return true;
}

static struct json *cancel_action(struct arena *a, const struct hash32 *operation)
{
	struct json *action = json_object(a), *args = json_object(a);
	json_set(args, a, "operation", json_0x(a, SPAN_HASH(operation)));
	json_set(action, a, "action", json_str(a, "timelock.cancel"));
	json_set(action, a, "args", args);
	return action;
}

bool subject_of_proposal(struct arena *a, struct subject *out, const struct pinned *pin, struct span change,
			 const struct proposal *p, const enum step_kind *step, const struct hash32 *operation,
			 struct err *e)
{
	const bool cancel = step != NULL && *step == STEP_CANCEL;
	const struct json *first = cancel ? cancel_action(a, operation) : p->actions->first;
	*out = (struct subject){ .pin = pin, .change = change, .proposal = p, .has_step = step != NULL,
				 .step = step != NULL ? *step : STEP_SCHEDULE, .delay = cancel ? 0 : p->delay };
	out->units = ARENA_ARRAY(a, struct unit, cancel ? 1 : p->actions->n + 1);
	for (const struct json *action = first; action != NULL; action = action->next)
		if (!unit_from_action(a, &out->units[out->n_units++], pin, action, e))
			return err_in(e, "actions[%zu]", out->n_units - 1);
	return true;
}

void subject_of_call(struct arena *a, struct subject *out, const struct pinned *pin, const struct call *c,
		     bool delegatecall)
{
	struct unit *u = ARENA_NEW(a, struct unit);
	struct call *copy = ARENA_NEW(a, struct call);
	struct json *args = json_object(a);
	*copy = *c;
	json_set(args, a, "data", json_0x(a, c->data));
	json_set(args, a, "to", json_addr(a, &c->to));
	json_set(args, a, "value", json_u256(a, &c->value));
	*u = (struct unit){ .action = span_str("call.raw"), .args = args, .risk = RISK_CRITICAL,
			    .route = ROUTE_TIMELOCK, .calls = { copy, 1 } };
	name_calls(a, u, pin);
	name_parameters(a, u, pin);
	*out = (struct subject){ .pin = pin, .delegatecall = delegatecall, .units = u, .n_units = 1 };
}
