#include "src/gov/catalogue.h"

#include <string.h>

#include "src/base/text.h"
#include "src/gov/catalogue_def.h"

/* ---- small readers ---- */

static bool optional_str(const struct json *o, const char *name, struct span *out, struct err *e)
{
	*out = span_str("");
	return json_find(o, name) == NULL || json_get_str(o, name, out, e);
}

static bool read_names(const struct json *o, const char *name, const struct json **out, struct err *e)
{
	*out = NULL;
	if (json_find(o, name) == NULL)
		return true;
	if (!json_get(o, name, JSON_ARRAY, out, e))
		return false;
	for (const struct json *v = (*out)->first; v != NULL; v = v->next)
		if (v->type != JSON_STRING)
			return err_set(e, ERR_SYNTAX, v->at, "needed a string") || err_in(e, "%s", name);
	return true;
}

static bool one_of(const struct json *o, const char *name, const char *const words[], size_t n, size_t *out, struct err *e)
{
	struct span s;
	if (!json_get_str(o, name, &s, e))
		return false;
	for (*out = 0; *out < n; ++*out)
		if (span_is(s, words[*out]))
			return true;
	return err_set(e, ERR_UNKNOWN, json_find(o, name)->at, "\"%.*s\" is none of its values", text_shown(s), (const char *)s.p) ||
	       err_in(e, "%s", name);
}

static bool read_bound(const struct json *o, const char *name, struct bound *out, struct err *e)
{
	struct span s;
	*out = (struct bound){0};
	if (json_find(o, name) == NULL)
		return true;
	if (!json_get_str(o, name, &s, e))
		return false;
	out->set = true;
	if (span_is(s, "owners") || span_is(s, "owners+1") || span_is(s, "owners-1")) {
		out->owners = true;
		out->offset = s.n == 6 ? 0 : s.p[6] == '+' ? 1 : -1;
		return true;
	}
	return u256_parse(&out->value, s, e) || err_in(e, "%s", name);
}

/* ---- arguments ---- */

static bool read_arg(const struct json *v, struct arg_def *out, struct err *e)
{
	static const char *const members[] = { "name", "type", "ask", "abis", "default", "fromChain", "min", "max", "notZero",
					       "unit", "why", NULL };
	static const char *const types[] = { "address", "bool", "uint", "ether", "duration", "text", "bytes", "hash", "role",
					     "contract" };
	size_t type;
	if (v->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, v->at, "needed an object");
	if (!json_only(v, members, e) || !json_get_str(v, "name", &out->arg.name, e) || !json_get_str(v, "ask", &out->arg.ask, e) ||
	    !one_of(v, "type", types, ARRAY_LEN(types), &type, e) || !read_names(v, "abis", &out->abis, e) ||
	    !optional_str(v, "default", &out->arg.default_value, e) || !optional_str(v, "fromChain", &out->arg.from_chain, e) ||
	    !optional_str(v, "unit", &out->arg.unit, e) || !optional_str(v, "why", &out->why, e) ||
	    !read_bound(v, "min", &out->min, e) || !read_bound(v, "max", &out->max, e) ||
	    (json_find(v, "notZero") != NULL && !json_get_bool(v, "notZero", &out->not_zero, e)))
		return false;
	out->arg.type = (enum action_arg_type)type;
	if (out->arg.type == ARG_CONTRACT && out->abis == NULL)
		return err_set(e, ERR_MISSING, v->at, "missing") || err_in(e, "abis");
	return true;
}

static bool read_args(struct arena *a, struct action_def *d, const struct json *list, struct err *e)
{
	struct arg_def *args = ARENA_ARRAY(a, struct arg_def, list->n + 1);
	size_t i = 0;
	d->plain_args = ARENA_ARRAY(a, struct action_arg, list->n + 1);
	for (const struct json *v = list->first; v != NULL; v = v->next, i++) {
		if (!read_arg(v, &args[i], e))
			return err_in(e, "args[%zu]", i);
		d->plain_args[i] = args[i].arg;
	}
	d->args = args;
	d->n_args = list->n;
	return true;
}

const struct arg_def *action_arg_def(const struct action_def *d, struct span name)
{
	for (size_t i = 0; i < d->n_args; i++)
		if (span_eq(d->args[i].arg.name, name))
			return &d->args[i];
	return NULL;
}

/* "$name" has to name an argument; anything else is a literal. */
static bool check_expression(const struct action_def *d, struct span s, size_t at, struct err *e)
{
	if (s.n == 0 || s.p[0] != '$' || action_arg_def(d, span_of(s.p + 1, s.n - 1)) != NULL)
		return true;
	return err_set(e, ERR_UNKNOWN, at, "no argument is called %.*s", text_shown(s), (const char *)s.p);
}

/* ---- calls, reads, checks ---- */

static bool check_call(const struct action_def *d, const struct call_def *c, const struct json *v, struct err *e)
{
	if (!span_is(c->on, "each") && !span_is(c->on, "safe") && !span_is(c->on, "timelock") &&
	    (c->on.n == 0 || c->on.p[0] != '$'))
		return err_set(e, ERR_SYNTAX, v->at, "needed each, safe, timelock or $argument") || err_in(e, "on");
	if (!check_expression(d, c->on, v->at, e))
		return err_in(e, "on");
	if (!check_expression(d, c->value, v->at, e))
		return err_in(e, "value");
	if (!check_expression(d, c->raw, v->at, e))
		return err_in(e, "raw");
	for (const struct json *x = c->args != NULL ? c->args->first : NULL; x != NULL; x = x->next)
		if (!check_expression(d, x->text, x->at, e))
			return err_in(e, "args");
	return true;
}

static bool read_call(const struct action_def *d, const struct json *v, struct call_def *out, struct err *e)
{
	static const char *const members[] = { "on", "function", "args", "value", "raw", NULL };
	if (v->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, v->at, "needed an object");
	return json_only(v, members, e) && json_get_str(v, "on", &out->on, e) && optional_str(v, "function", &out->function, e) &&
	       optional_str(v, "raw", &out->raw, e) && read_names(v, "args", &out->args, e) &&
	       optional_str(v, "value", &out->value, e) && check_call(d, out, v, e);
}

static bool read_read(const struct action_def *d, const struct json *v, struct read_def *out, struct err *e)
{
	static const char *const members[] = { "on", "getter", "args", "expect", "say", NULL };
	if (v->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, v->at, "needed an object");
	return json_only(v, members, e) && json_get_str(v, "on", &out->call.on, e) &&
	       json_get_str(v, "getter", &out->call.function, e) && read_names(v, "args", &out->call.args, e) &&
	       optional_str(v, "expect", &out->expect, e) && json_get_str(v, "say", &out->say, e) &&
	       check_call(d, &out->call, v, e) && check_expression(d, out->expect, v->at, e);
}

static bool read_check(const struct action_def *d, const struct json *v, struct check_def *out, struct err *e)
{
	static const char *const members[] = { "distinct", "order", "why", NULL };
	if (v->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, v->at, "needed an object");
	out->distinct = json_find(v, "distinct") != NULL;
	if (!json_only(v, members, e) || !read_names(v, out->distinct ? "distinct" : "order", &out->args, e) ||
	    !json_get_str(v, "why", &out->why, e))
		return false;
	if (out->args == NULL || out->args->n < 2)
		return err_set(e, ERR_MISSING, v->at, "needed distinct or order, of two arguments at least");
	for (const struct json *x = out->args->first; x != NULL; x = x->next)
		if (action_arg_def(d, x->text) == NULL)
			return err_set(e, ERR_UNKNOWN, x->at, "no such argument");
	return true;
}

static bool optional_list(const struct json *o, const char *name, const struct json **out, struct err *e)
{
	*out = NULL;
	return json_find(o, name) == NULL || json_get(o, name, JSON_ARRAY, out, e);
}

static bool read_lists(struct arena *a, struct action_def *d, const struct json *o, struct err *e)
{
	const struct json *calls, *reads, *checks;
	size_t i = 0;
	if (!json_get(o, "calls", JSON_ARRAY, &calls, e) || !optional_list(o, "reads", &reads, e) ||
	    !optional_list(o, "checks", &checks, e))
		return false;
	struct call_def *c = ARENA_ARRAY(a, struct call_def, calls->n + 1);
	for (const struct json *v = calls->first; v != NULL; v = v->next, i++)
		if (!read_call(d, v, &c[i], e))
			return err_in(e, "calls[%zu]", i);
	d->calls = c;
	d->n_calls = calls->n;
	struct read_def *r = ARENA_ARRAY(a, struct read_def, reads != NULL ? reads->n + 1 : 1);
	i = 0;
	for (const struct json *v = reads != NULL ? reads->first : NULL; v != NULL; v = v->next, i++)
		if (!read_read(d, v, &r[i], e))
			return err_in(e, "reads[%zu]", i);
	d->reads = r;
	d->n_reads = i;
	struct check_def *k = ARENA_ARRAY(a, struct check_def, checks != NULL ? checks->n + 1 : 1);
	i = 0;
	for (const struct json *v = checks != NULL ? checks->first : NULL; v != NULL; v = v->next, i++)
		if (!read_check(d, v, &k[i], e))
			return err_in(e, "checks[%zu]", i);
	d->checks = k;
	d->n_checks = i;
	return true;
}

static bool read_deescalates(struct action_def *d, const struct json *o, struct err *e)
{
	const struct json *v = json_find(o, "deescalates");
	if (v == NULL)
		return true;
	if (v->type != JSON_OBJECT)
		return json_get_bool(o, "deescalates", &d->deescalates, e);
	if (!json_get_str(v, "arg", &d->deescalates_arg, e) || !json_get_str(v, "is", &d->deescalates_is, e))
		return err_in(e, "deescalates");
	return action_arg_def(d, d->deescalates_arg) != NULL || err_set(e, ERR_UNKNOWN, v->at, "no such argument") ||
	       err_in(e, "deescalates.arg");
}

static bool read_action(struct arena *a, struct action_def *d, const struct json *o, struct err *e)
{
	static const char *const members[] = { "name", "title", "route", "risk", "deescalates", "args", "checks", "calls", "say",
					       "reads", "undo", NULL };
	static const char *const routes[] = { "timelock", "direct" };
	static const char *const risks[] = { "low", "medium", "high", "critical" };
	const struct json *args;
	size_t route, risk;
	if (o->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, o->at, "needed an object");
	if (!json_only(o, members, e) || !json_get_str(o, "name", &d->name, e) || !json_get_str(o, "title", &d->title, e) ||
	    !json_get_str(o, "say", &d->say, e) || !one_of(o, "route", routes, ARRAY_LEN(routes), &route, e) ||
	    !one_of(o, "risk", risks, ARRAY_LEN(risks), &risk, e) || !json_get(o, "args", JSON_ARRAY, &args, e) ||
	    !read_args(a, d, args, e) || !read_deescalates(d, o, e) || !read_lists(a, d, o, e))
		return false;
	d->direct = route == 1;
	d->risk = (enum action_risk)risk;
	return json_find(o, "undo") == NULL || json_get(o, "undo", JSON_OBJECT, &d->undo, e);
}

const struct catalogue *catalogue_parse(struct arena *a, struct span text, struct err *e)
{
	static const char *const members[] = { "format", "actions", NULL };
	const struct json *doc = json_parse(a, text, e), *list;
	struct catalogue *c = ARENA_NEW(a, struct catalogue);
	struct span format;
	size_t i = 0;
	if (doc == NULL)
		return NULL;
	if (!json_get_str(doc, "format", &format, e) || !json_only(doc, members, e) ||
	    !json_get(doc, "actions", JSON_ARRAY, &list, e))
		return NULL;
	if (!span_is(format, "setgov-catalogue/1")) {
		err_set(e, ERR_UNKNOWN, json_find(doc, "format")->at, "needed setgov-catalogue/1");
		err_in(e, "format");
		return NULL;
	}
	c->actions = ARENA_ARRAY(a, struct action_def, list->n + 1);
	for (const struct json *v = list->first; v != NULL; v = v->next, i++) {
		bool ok = read_action(a, &c->actions[i], v, e);
		if (ok && catalogue_find(c, c->actions[i].name) != NULL)
			ok = err_set(e, ERR_MISMATCH, v->at, "there is an action of this name already");
		if (!ok) {
			err_in(e, "actions[%zu]", i);
			return NULL;
		}
		c->n++;
	}
	return c;
}

/* ---- looking things up ---- */

size_t catalogue_size(const struct catalogue *c)
{
	return c->n;
}

const struct action_def *catalogue_at(const struct catalogue *c, size_t i)
{
	return &c->actions[i];
}

const struct action_def *catalogue_find(const struct catalogue *c, struct span name)
{
	for (size_t i = 0; i < c->n; i++)
		if (span_eq(c->actions[i].name, name))
			return &c->actions[i];
	return NULL;
}

struct span action_name(const struct action_def *d)
{
	return d->name;
}

struct span action_title(const struct action_def *d)
{
	return d->title;
}

bool action_is_direct(const struct action_def *d)
{
	return d->direct;
}

enum action_risk action_risk_of(const struct action_def *d)
{
	return d->risk;
}

const char *action_risk_name(enum action_risk r)
{
	switch (r) {
	case RISK_LOW: return "low";
	case RISK_MEDIUM: return "medium";
	case RISK_HIGH: return "high";
	case RISK_CRITICAL: return "critical";
	}
	BUG("risk %d", (int)r);
}

const struct action_arg *action_args(const struct action_def *d, size_t *n)
{
	*n = d->n_args;
	return d->plain_args;
}

const struct abi *pinned_abi_named(const struct pinned *p, struct span abi_name)
{
	for (size_t i = 0; i < p->n_abis; i++)
		if (span_eq(p->abis[i].name, abi_name))
			return p->abis[i].abi;
	return NULL;
}

const struct abi *pinned_abi(const struct pinned *p, const struct addr *target)
{
	const struct contract *c = deployment_contract_at(p->deployment, target);
	return c != NULL ? pinned_abi_named(p, c->abi) : NULL;
}
