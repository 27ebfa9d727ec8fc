#include "src/gov/catalogue.h"

#include <string.h>

#include "src/base/text.h"
#include "src/gov/catalogue_def.h"

/* For "%.*s". */
#define SHOWN(s) text_shown(s), (const char *)(s).p

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

static bool one_of(const struct json *o, const char *name, const char *const words[], size_t n, size_t *out,
		   struct err *e)
{
	struct span s;
	if (!json_get_str(o, name, &s, e))
		return false;
	for (*out = 0; *out < n; ++*out)
		if (span_is(s, words[*out]))
			return true;
	return err_set(e, ERR_UNKNOWN, json_find(o, name)->at, "\"%.*s\" is none of its values", SHOWN(s)) ||
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

/* What people type before "=", and what stands in holes of sentences. */
static bool check_name(const struct json *o, struct span name, bool dots, struct err *e)
{
	bool ok = name.n > 0 && name.n <= 64;
	for (size_t i = 0; ok && i < name.n; i++)
		ok = (name.p[i] >= 'a' && name.p[i] <= 'z') || (name.p[i] >= 'A' && name.p[i] <= 'Z') ||
		     (name.p[i] >= '0' && name.p[i] <= '9') || (dots && (name.p[i] == '.' || name.p[i] == '-'));
	return ok || err_set(e, ERR_SYNTAX, json_find(o, "name")->at, "needed letters and digits%s",
			     dots ? ", . and -" : "") || err_in(e, "name");
}

/* "not": addresses that this one may not be. */
static bool read_not(const struct json *o, struct arg_def *out, struct err *e)
{
	const struct json *list;
	if (!read_names(o, "not", &list, e))
		return false;
	for (const struct json *v = list != NULL ? list->first : NULL; v != NULL; v = v->next) {
		if (span_is(v->text, "zero"))
			out->not_zero = true;
		else if (span_is(v->text, "safe"))
			out->not_safe = true;
		else if (span_is(v->text, "sentinel"))
			out->not_sentinel = true;
		else
			return err_set(e, ERR_UNKNOWN, v->at, "needed zero, safe or sentinel") ||
			       err_in(e, "not");
	}
	return true;
}

static bool read_arg(const struct json *v, struct arg_def *out, struct err *e)
{
	static const char *const members[] = {"name", "type", "ask", "abis", "default", "fromChain",
					      "min",  "max",  "not", "unit", "why",	NULL};
	static const char *const types[] = {"address", "bool",	"uint", "ether", "duration",
					    "text",    "bytes", "hash", "role",	 "contract"};
	size_t type;
	if (v->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, v->at, "needed an object");
	if (!json_only(v, members, e) || !json_get_str(v, "name", &out->arg.name, e) ||
	    !json_get_str(v, "ask", &out->arg.ask, e) ||
	    !one_of(v, "type", types, ARRAY_LEN(types), &type, e) || !read_names(v, "abis", &out->abis, e) ||
	    !optional_str(v, "default", &out->arg.default_value, e) ||
	    !optional_str(v, "fromChain", &out->arg.from_chain, e) ||
	    !optional_str(v, "unit", &out->arg.unit, e) || !optional_str(v, "why", &out->why, e) ||
	    !read_bound(v, "min", &out->min, e) || !read_bound(v, "max", &out->max, e) ||
	    !read_not(v, out, e) || !check_name(v, out->arg.name, false, e))
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
		bool ok = read_arg(v, &args[i], e);
		if (ok && action_arg_def(d, args[i].arg.name) != NULL)
			ok = err_set(e, ERR_MISMATCH, v->at, "there is an argument of this name already");
		if (!ok)
			return err_in(e, "args[%zu]", i);
		d->plain_args[i] = args[i].arg;
		d->args = args;
		d->n_args = i + 1;
	}
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
	return err_set(e, ERR_UNKNOWN, at, "no argument is called %.*s", SHOWN(s));
}

/* ---- sentences ---- */

/* The first of these two characters outside inner braces, or the end. */
static size_t find_outside(struct span s, size_t from, char one, char two)
{
	size_t depth = 0;
	for (size_t i = from; i < s.n; i++) {
		if (depth == 0 && (s.p[i] == one || s.p[i] == two))
			return i;
		if (s.p[i] == '{')
			depth++;
		else if (s.p[i] == '}')
			depth -= depth > 0;
	}
	return s.n;
}

bool sentence_take(struct span *rest, struct span *piece, bool *is_hole)
{
	size_t end;
	*is_hole = rest->p[0] == '{';
	if (!*is_hole) {
		end = find_outside(*rest, 0, '{', '}');
		*piece = span_of(rest->p, end);
		*rest = span_of(rest->p + end, rest->n - end);
		return end > 0;
	}
	end = find_outside(*rest, 1, '}', '}');
	if (end == rest->n)
		return false;
	*piece = span_of(rest->p + 1, end - 1);
	*rest = span_of(rest->p + end + 1, rest->n - end - 1);
	return true;
}

bool hole_parse(struct hole *out, struct span inside)
{
	const size_t q = find_outside(inside, 0, '?', '{'),
		bar = q < inside.n ? find_outside(inside, q + 1, '|', '|') : q;
	*out = (struct hole){ .name = inside };
	if (q == inside.n)
		return true;
	if (inside.p[q] != '?' || bar == inside.n || find_outside(inside, bar + 1, '|', '|') != inside.n)
		return false;
	out->choice = true;
	out->name = span_of(inside.p, q);
	out->yes = span_of(inside.p + q + 1, bar - q - 1);
	out->no = span_of(inside.p + bar + 1, inside.n - bar - 1);
	return true;
}

static bool check_sentence(const struct action_def *d, struct span t, unsigned depth, size_t at, struct err *e);

static bool check_hole(const struct action_def *d, struct span inside, unsigned depth, size_t at, struct err *e)
{
	struct hole h;
	const struct arg_def *arg;
	if (!hole_parse(&h, inside))
		return err_set(e, ERR_SYNTAX, at, "needed {name?yes|no}, found {%.*s}", SHOWN(inside));
	if (!h.choice && span_is(h.name, "contracts"))
		return true;
	arg = action_arg_def(d, h.name);
	if (arg == NULL)
		return err_set(e, ERR_UNKNOWN, at, "no argument is called {%.*s}", SHOWN(h.name));
	if (!h.choice)
		return true;
	if (arg->arg.type != ARG_BOOL && arg->arg.type != ARG_BYTES && arg->arg.type != ARG_ADDRESS)
		return err_set(e, ERR_SYNTAX, at, "{%.*s} has no two sides", SHOWN(h.name));
	return check_sentence(d, h.yes, depth + 1, at, e) && check_sentence(d, h.no, depth + 1, at, e);
}

static bool check_sentence(const struct action_def *d, struct span t, unsigned depth, size_t at, struct err *e)
{
	struct span piece;
	bool hole;
	if (depth > SENTENCE_DEPTH)
		return err_set(e, ERR_RANGE, at, "holes in holes more than %d deep", SENTENCE_DEPTH);
	while (t.n > 0) {
		if (!sentence_take(&t, &piece, &hole))
			return err_set(e, ERR_SYNTAX, at, "a sentence with unmatched { or }");
		if (hole && !check_hole(d, piece, depth, at, e))
			return false;
	}
	return true;
}

static bool check_say(const struct action_def *d, const struct json *o, struct err *e)
{
	const struct json *v = json_find(o, "say");
	if (!text_is_plain(v->text, false))
		return err_set(e, ERR_SYNTAX, v->at, "needed plain text on one line") || err_in(e, "say");
	return check_sentence(d, v->text, 1, v->at, e) || err_in(e, "say");
}

/* ---- calls, reads, checks ---- */

static bool check_on(const struct action_def *d, struct span on, size_t at, struct err *e)
{
	const struct arg_def *arg;
	if (span_is(on, "each") || span_is(on, "safe") || span_is(on, "timelock"))
		return true;
	arg = on.n > 0 && on.p[0] == '$' ? action_arg_def(d, span_of(on.p + 1, on.n - 1)) : NULL;
	return (arg != NULL && arg->arg.type == ARG_CONTRACT) ||
	       err_set(e, ERR_SYNTAX, at,
		       "needed each, safe, timelock, or $ and an argument that is a contract");
}

static bool check_call(const struct action_def *d, const struct call_def *c, const struct json *v,
		       struct err *e)
{
	if (!check_on(d, c->on, v->at, e))
		return err_in(e, "on");
	if (span_is(c->on, "each") && c->function.n == 0)
		return err_set(e, ERR_MISSING, v->at, "each needs a function to know the contracts by") ||
		       err_in(e, "function");
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
	return json_only(v, members, e) && json_get_str(v, "on", &out->on, e) &&
	       optional_str(v, "function", &out->function, e) && optional_str(v, "raw", &out->raw, e) &&
	       read_names(v, "args", &out->args, e) &&
	       optional_str(v, "value", &out->value, e) && check_call(d, out, v, e);
}

static bool read_read(const struct action_def *d, const struct json *v, struct read_def *out, struct err *e)
{
	static const char *const members[] = { "on", "getter", "args", "field", "expect", "say", NULL };
	if (v->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, v->at, "needed an object");
	return json_only(v, members, e) && json_get_str(v, "on", &out->call.on, e) &&
	       json_get_str(v, "getter", &out->call.function, e) && read_names(v, "args", &out->call.args, e) &&
	       optional_str(v, "field", &out->field, e) && optional_str(v, "expect", &out->expect, e) &&
	       json_get_str(v, "say", &out->say, e) &&
	       check_say(d, v, e) &&
	       check_call(d, &out->call, v, e) && check_expression(d, out->expect, v->at, e);
}

static bool fits_check(const struct arg_def *arg, enum check_kind kind)
{
	switch (kind) {
	case CHECK_DISTINCT:
		return true;
	case CHECK_ORDER:
		return arg->arg.type == ARG_UINT || arg->arg.type == ARG_ETHER || arg->arg.type == ARG_DURATION;
	case CHECK_OWNERS:
	case CHECK_STRANGERS:
		return arg->arg.type == ARG_ADDRESS;
	}
	BUG("check %d", (int)kind);
}

static bool read_check(const struct action_def *d, const struct json *v, struct check_def *out, struct err *e)
{
	static const char *const kinds[] = { [CHECK_DISTINCT] = "distinct", [CHECK_ORDER] = "order",
					     [CHECK_OWNERS] = "owners", [CHECK_STRANGERS] = "strangers" };
	static const char *const members[] = { "distinct", "order", "owners", "strangers", "why", NULL };
	size_t found = 0;
	if (v->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, v->at, "needed an object");
	if (!json_only(v, members, e) || !json_get_str(v, "why", &out->why, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (json_find(v, kinds[i]) != NULL) {
			out->kind = (enum check_kind)i;
			found++;
		}
	if (found != 1)
		return err_set(e, ERR_MISSING, v->at, "needed one of distinct, order, owners and strangers");
	if (!read_names(v, kinds[out->kind], &out->args, e))
		return false;
	for (const struct json *x = out->args->first; x != NULL; x = x->next) {
		const struct arg_def *arg = action_arg_def(d, x->text);
		if (arg == NULL || !fits_check(arg, out->kind))
			return err_set(e, ERR_UNKNOWN, x->at, "no argument that can be checked so") ||
			       err_in(e, "%s", kinds[out->kind]);
	}
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
	return action_arg_def(d, d->deescalates_arg) != NULL ||
	       err_set(e, ERR_UNKNOWN, v->at, "no such argument") || err_in(e, "deescalates.arg");
}

/* What can be seen without the other actions; that the action exists is checked when all are read. */
static bool read_undo(struct action_def *d, const struct json *o, struct err *e)
{
	static const char *const members[] = { "action", "args", NULL };
	const struct json *args = NULL;
	struct span name;
	if (json_find(o, "undo") == NULL)
		return true;
	if (!json_get(o, "undo", JSON_OBJECT, &d->undo, e))
		return false;
	if (!json_only(d->undo, members, e) || !json_get_str(d->undo, "action", &name, e) ||
	    !json_get(d->undo, "args", JSON_OBJECT, &args, e))
		return err_in(e, "undo");
	for (const struct json *v = args->first; v != NULL; v = v->next) {
		const bool negated = v->type == JSON_STRING && v->text.n > 1 && v->text.p[0] == '!';
		const struct span s = negated ? span_of(v->text.p + 1, v->text.n - 1) : v->text;
		if (v->type != JSON_STRING)
			err_set(e, ERR_SYNTAX, v->at, "needed a string");
		else if (check_expression(d, s, v->at, e))
			continue;
		return err_in(e, "undo.args.%.*s", SHOWN(v->name));
	}
	return true;
}

static bool check_undo(const struct catalogue *c, const struct action_def *d, struct err *e)
{
	const struct json *args = d->undo != NULL ? json_find(d->undo, "args") : NULL;
	const struct action_def *other;
	if (args == NULL)
		return true;
	other = catalogue_find(c, json_find(d->undo, "action")->text);
	if (other == NULL)
		return err_set(e, ERR_UNKNOWN, d->undo->at, "no such action") || err_in(e, "undo.action");
	for (const struct json *v = args->first; v != NULL; v = v->next)
		if (action_arg_def(other, v->name) == NULL)
			return err_set(e, ERR_UNKNOWN, v->at, "%.*s has no such argument",
				       SHOWN(other->name)) ||
			       err_in(e, "undo.args.%.*s", SHOWN(v->name));
	return true;
}

static bool read_action(struct arena *a, struct action_def *d, const struct json *o, struct err *e)
{
	static const char *const members[] = {"name",	"title", "route", "risk",  "deescalates", "args",
					      "checks", "calls", "say",	  "reads", "undo",	  NULL};
	static const char *const routes[] = { "timelock", "direct" };
	static const char *const risks[] = { "low", "medium", "high", "critical" };
	const struct json *args;
	size_t route, risk;
	if (o->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, o->at, "needed an object");
	if (!json_only(o, members, e) || !json_get_str(o, "name", &d->name, e) ||
	    !json_get_str(o, "title", &d->title, e) || !json_get_str(o, "say", &d->say, e) ||
	    !one_of(o, "route", routes, ARRAY_LEN(routes), &route, e) ||
	    !one_of(o, "risk", risks, ARRAY_LEN(risks), &risk, e) ||
	    !json_get(o, "args", JSON_ARRAY, &args, e) || !check_name(o, d->name, true, e) ||
	    !read_args(a, d, args, e) || !check_say(d, o, e) || !read_deescalates(d, o, e) ||
	    !read_lists(a, d, o, e))
		return false;
	d->direct = route == 1;
	d->risk = (enum action_risk)risk;
	return read_undo(d, o, e);
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
	for (i = 0; i < c->n; i++)
		if (!check_undo(c, &c->actions[i], e)) {
			err_in(e, "actions[%zu]", i);
			return NULL;
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

const struct arg_def *catalogue_parameter(const struct catalogue *all, struct span function, size_t at)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct action_def *d = &all->actions[i];
		for (size_t k = 0; k < d->n_calls; k++) {
			const struct call_def *c = &d->calls[k];
			const struct json *v = span_eq(c->function, function) ? json_at(c->args, at) : NULL;
			if (v != NULL && v->text.n > 0 && v->text.p[0] == '$')
				return action_arg_def(d, span_of(v->text.p + 1, v->text.n - 1));
		}
	}
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

/* ---- amounts ---- */

bool read_cut_in_wei(struct span *say)
{
	static const char in_wei[] = " in wei";
	const size_t n = sizeof(in_wei) - 1;

	if (say->n <= n || !span_is(span_of(say->p + say->n - n, n), in_wei))
		return false;
	say->n -= n;
	say->n -= say->p[say->n - 1] == ',';
	return true;
}

static bool concerns(const struct action_def *d, struct span abi)
{
	for (size_t i = 0; i < d->n_args; i++) {
		const struct json *list = d->args[i].abis;
		for (const struct json *v = list != NULL ? list->first : NULL; v != NULL; v = v->next)
			if (span_eq(v->text, abi))
				return true;
	}
	return false;
}

bool catalogue_reads_wei(const struct catalogue *c, struct span abi, struct span getter, struct span field)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct action_def *d = &c->actions[i];
		for (size_t k = 0; k < d->n_reads && concerns(d, abi); k++) {
			struct span say = d->reads[k].say;
			if (span_eq(d->reads[k].call.function, getter) && span_eq(d->reads[k].field, field) &&
			    read_cut_in_wei(&say))
				return true;
		}
	}
	return false;
}
