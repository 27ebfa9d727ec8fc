/* Actions: from what a person types to calls, sentences and reads, as the catalogue says. */
#include <assert.h>
#include <string.h>

#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/base/time.h"
#include "src/evm/address.h"
#include "src/gov/catalogue_def.h"
#include "src/gov/explain.h"
#include "src/gov/timelock.h"
#include "src/gov/units.h"

#define ARGS_TEXT_MAX 16384u

/* For "%.*s". */
#define SHOWN(s) text_shown(s), (const char *)(s).p

/* One action with its arguments, each in canonical text, in the order of the definition. */
struct filled {
	struct arena *a;
	const struct pinned *p;
	const struct action_def *d;
	struct span *values;
	bool typed;                   /* by a person, who has to say the unit of an amount */
};

static struct span text_of(struct arena *a, struct buf *b)
{
	const struct span s = arena_copy(a, buf_view(b));
	buf_release(b);
	return s;
}

/* ---- contracts ---- */

static bool abi_is_among(const struct json *abis, struct span name)
{
	for (const struct json *v = abis->first; v != NULL; v = v->next)
		if (span_eq(v->text, name))
			return true;
	return abis->n == 0;                 /* none named: any will do */
}

static bool contract_arg(const struct filled *f, const struct arg_def *arg, struct span text, struct span *out,
			 struct err *e)
{
	const struct deployment *d = f->p->deployment;
	struct addr at;
	const struct contract *c = deployment_contract(d, text);
	if (c == NULL && span_starts(text, "0x")) {
		if (!addr_parse(&at, text, e))
			return false;
		c = deployment_contract_at(d, &at);
	}
	if (c == NULL)
		return err_refuse(e, "TARGET", "the profile has no contract \"%.*s\"", SHOWN(text));
	if (!abi_is_among(arg->abis, c->abi))
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "%.*s is a %.*s, which this action is not for",
			       SHOWN(c->name), SHOWN(c->abi));
	*out = c->name;
	return true;
}

/* When nobody names a contract and only one qualifies, it is that one. */
static bool only_contract(const struct filled *f, const struct arg_def *arg, struct span *out, struct err *e)
{
	const struct deployment *d = f->p->deployment;
	const struct contract *found = NULL;
	for (size_t i = 0; i < d->n_contracts; i++) {
		if (!abi_is_among(arg->abis, d->contracts[i].abi))
			continue;
		if (found != NULL)
			return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "which one? %.*s and %.*s both qualify",
				       SHOWN(found->name), SHOWN(d->contracts[i].name));
		found = &d->contracts[i];
	}
	if (found == NULL)
		return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "the profile has no contract of this kind");
	*out = found->name;
	return true;
}

/* ---- one argument, from what people type to its canonical text ---- */

static bool role_arg(struct span text, struct err *e)
{
	return timelock_role_named(text) != NULL ||
	       err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "needed proposer, executor, canceller or admin");
}

static bool number(struct span text, struct span *out, struct arena *a, bool wei, struct err *e)
{
	struct u256 v;
	struct buf b = {0};
	if (!(wei ? wei_parse(&v, text, e) : u256_parse(&v, text, e)))
		return false;
	u256_format(&b, &v);
	*out = text_of(a, &b);
	return true;
}

static bool duration(struct span text, struct span *out, struct arena *a, struct err *e)
{
	uint64_t seconds;
	if (!duration_parse(&seconds, text, e))
		return false;
	*out = span_str(arena_fmt(a, "%llu", (unsigned long long)seconds));
	return true;
}

static bool boolean(struct span text, struct span *out, struct err *e)
{
	static const char *const yes[] = { "true", "on", "yes" }, *const no[] = { "false", "off", "no" };
	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		if (span_is(text, yes[i]) || span_is(text, no[i])) {
			*out = span_str(span_is(text, yes[i]) ? "true" : "false");
			return true;
		}
	return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "needed true or false");
}

static bool address(struct span text, struct span *out, struct arena *a, struct err *e)
{
	struct addr at;
	struct buf b = {0};
	if (!addr_parse(&at, text, e))
		return false;
	addr_format(&b, &at);
	*out = text_of(a, &b);
	return true;
}

static bool bytes(struct span text, struct span *out, struct arena *a, size_t exactly, struct err *e)
{
	struct buf raw = {0}, b = {0};
	bool ok = hex_decode(&raw, text, e);
	if (ok && exactly != 0 && raw.n != exactly)
		ok = err_set(e, ERR_RANGE, ERR_NO_OFFSET, "needed %zu bytes, found %zu", exactly, raw.n);
	if (ok) {
		buf_0xhex(&b, buf_view(&raw));
		*out = text_of(a, &b);
	}
	buf_release(&raw);
	return ok;
}

static bool canonical(const struct filled *f, const struct arg_def *arg, struct span text, struct span *out,
		      struct err *e)
{
	if (text.n > ARGS_TEXT_MAX)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "at most %u bytes, found %zu", ARGS_TEXT_MAX,
			       text.n);
	switch (arg->arg.type) {
	case ARG_ADDRESS:
		return address(text, out, f->a, e);
	case ARG_BOOL:
		return boolean(text, out, e);
	case ARG_UINT:
		return number(text, out, f->a, false, e);
	case ARG_ETHER:
		return number(text, out, f->a, true, e);
	case ARG_DURATION:
		return duration(text, out, f->a, e);
	case ARG_TEXT:
		*out = text;
		return text_is_plain(text, false) ||
		       err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "needed plain text on one line");
	case ARG_BYTES:
		return bytes(text, out, f->a, 0, e);
	case ARG_HASH:
		return bytes(text, out, f->a, 32, e);
	case ARG_ROLE:
		*out = text;
		return role_arg(text, e);
	case ARG_CONTRACT:
		return contract_arg(f, arg, text, out, e);
	}
	BUG("argument type %d", (int)arg->arg.type);
}

/* ---- bounds ---- */

static struct u256 bound_value(const struct filled *f, const struct bound *b)
{
	if (!b->owners)
		return b->value;
	return u256_from_u64((uint64_t)((int64_t)deployment_owners(f->p->deployment) + b->offset));
}

static void put_number(struct buf *out, const struct arg_def *arg, const struct u256 *v)
{
	uint64_t seconds;
	if (arg->arg.type == ARG_ETHER)
		wei_format(out, v);
	else if (arg->arg.type == ARG_DURATION && u256_fits_u64(v, &seconds))
		duration_format(out, seconds);
	else
		u256_format(out, v);
}

static bool out_of_bounds(const struct arg_def *arg, const struct u256 *found, const struct u256 *limit,
			  const char *needed, struct err *e)
{
	struct buf f = {0}, l = {0};
	put_number(&f, arg, found);
	put_number(&l, arg, limit);
	err_set(e, ERR_RANGE, ERR_NO_OFFSET, "needed %s %s, found %s%s%.*s", needed, buf_cstr(&l), buf_cstr(&f),
		arg->why.n > 0 ? ": " : "", SHOWN(arg->why));
	buf_release(&f);
	buf_release(&l);
	return false;
}

static bool is_number(const struct arg_def *arg)
{
	return arg->arg.type == ARG_UINT || arg->arg.type == ARG_ETHER || arg->arg.type == ARG_DURATION;
}

static bool check_address(const struct filled *f, const struct arg_def *arg, struct span value, struct err *e)
{
	const struct addr sentinel = { .b = { [19] = 1 } };
	const char *found = NULL;
	struct addr at;
	if (!addr_parse(&at, value, e))
		return false;
	if (arg->not_zero && addr_is_zero(&at))
		found = "the zero address";
	else if (arg->not_sentinel && addr_eq(&at, &sentinel))
		found = "the address 1, which marks the ends of the Safe's lists";
	else if (arg->not_safe && addr_eq(&at, &f->p->deployment->safe))
		found = "this Safe itself";
	return found == NULL || err_set(e, ERR_RANGE, ERR_NO_OFFSET, "%s%s%.*s", found,
					arg->why.n > 0 ? ": " : "", SHOWN(arg->why));
}

static bool check_bounds(const struct filled *f, const struct arg_def *arg, struct span value, struct err *e)
{
	struct u256 v;
	if (arg->arg.type == ARG_ADDRESS)
		return check_address(f, arg, value, e);
	if (!is_number(arg) || !u256_parse(&v, value, e))
		return !is_number(arg);
	const struct u256 min = bound_value(f, &arg->min), max = bound_value(f, &arg->max);
	if (arg->min.set && u256_cmp(&v, &min) < 0)
		return out_of_bounds(arg, &v, &min, "at least", e);
	return !arg->max.set || u256_cmp(&v, &max) <= 0 || out_of_bounds(arg, &v, &max, "at most", e);
}

static struct span value_of(const struct filled *f, struct span name)
{
	for (size_t i = 0; i < f->d->n_args; i++)
		if (span_eq(f->d->args[i].arg.name, name))
			return f->values[i];
	BUG("an argument that the catalogue checked is not there");
}

/* distinct: no two the same. order: each at most the next. */
static bool check_pair(const struct filled *f, const struct check_def *c, struct span one, struct span two,
		       struct err *e)
{
	const struct span x = value_of(f, one), y = value_of(f, two);
	struct u256 vx, vy;
	const bool good = c->kind == CHECK_DISTINCT ? !span_eq(x, y)
						    : u256_parse(&vx, x, NULL) && u256_parse(&vy, y, NULL) &&
							      u256_cmp(&vx, &vy) <= 0;
	return good || err_set(e, ERR_RANGE, ERR_NO_OFFSET, "%.*s and %.*s: %.*s", SHOWN(one),
			       SHOWN(two), SHOWN(c->why));
}

static bool check_owner(const struct filled *f, const struct check_def *c, struct span name, struct err *e)
{
	const bool wanted = c->kind == CHECK_OWNERS;
	struct addr at;
	if (!addr_parse(&at, value_of(f, name), e))
		return false;
	return deployment_is_owner(f->p->deployment, &at) == wanted ||
	       err_set(e, ERR_RANGE, ERR_NO_OFFSET, "%s an owner in the profile: %.*s",
		       wanted ? "not" : "already", SHOWN(c->why)) ||
	       err_in(e, "%.*s", SHOWN(name));
}

static bool run_check(const struct filled *f, const struct check_def *c, struct err *e)
{
	const bool pairs = c->kind == CHECK_DISTINCT || c->kind == CHECK_ORDER;
	for (const struct json *v = c->args->first; v != NULL; v = v->next) {
		if (!pairs && !check_owner(f, c, v->text, e))
			return false;
		for (const struct json *w = pairs ? v->next : NULL; w != NULL;
		     w = c->kind == CHECK_ORDER ? NULL : w->next)
			if (!check_pair(f, c, v->text, w->text, e))
				return false;
	}
	return true;
}

static bool check_all(const struct filled *f, struct err *e)
{
	for (size_t i = 0; i < f->d->n_args; i++)
		if (!check_bounds(f, &f->d->args[i], f->values[i], e))
			return err_in(e, "%.*s", SHOWN(f->d->args[i].arg.name));
	for (size_t i = 0; i < f->d->n_checks; i++)
		if (!run_check(f, &f->d->checks[i], e))
			return false;
	return true;
}

/* ---- typed by a person ---- */

static bool find_pair(const struct span *pairs, size_t n, struct span name, struct span *value)
{
	for (size_t i = 0; i < n; i++)
		if (pairs[i].n > name.n && pairs[i].p[name.n] == '=' &&
		    memcmp(pairs[i].p, name.p, name.n) == 0) {
			*value = span_of(pairs[i].p + name.n + 1, pairs[i].n - name.n - 1);
			return true;
		}
	return false;
}

static bool no_such_argument(const struct action_def *d, struct span name, struct err *e)
{
	struct buf names = {0};
	for (size_t i = 0; i < d->n_args; i++) {
		buf_str(&names, i > 0 ? ", " : "");
		buf_span(&names, d->args[i].arg.name);
	}
	err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "no such argument: it takes %s",
		names.n > 0 ? buf_cstr(&names) : "none");
	buf_release(&names);
	return err_in(e, "%.*s", SHOWN(name));
}

static bool check_pairs(const struct action_def *d, const struct span *pairs, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		const uint8_t *eq = pairs[i].n > 0 ? memchr(pairs[i].p, '=', pairs[i].n) : NULL;
		const struct span name =
			span_of(pairs[i].p, eq != NULL ? (size_t)(eq - pairs[i].p) : pairs[i].n);
		struct span again;
		if (!text_is_utf8(pairs[i]))
			return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "not UTF-8");
		if (eq == NULL)
			return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "needed name=value, found %.*s",
				       SHOWN(name));
		if (action_arg_def(d, name) == NULL)
			return no_such_argument(d, name, e);
		if (find_pair(pairs, i, name, &again))
			return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "given twice") ||
			       err_in(e, "%.*s", SHOWN(name));
	}
	return true;
}

/* A bare number would be wei, which is hardly ever what whoever typed it meant. */
static bool has_unit(const struct arg_def *arg, struct span text, struct err *e)
{
	struct u256 v;
	if (arg->arg.type != ARG_ETHER || !u256_parse(&v, text, NULL) || u256_is_zero(&v))
		return true;
	return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "needed a unit: 0.05 ether, 20 gwei or 5 wei");
}

static bool fill_arg(const struct filled *f, size_t i, const struct span *pairs, size_t n, struct err *e)
{
	const struct arg_def *arg = &f->d->args[i];
	struct span text;
	if (find_pair(pairs, n, arg->arg.name, &text))
		return (!f->typed || has_unit(arg, text, e)) && canonical(f, arg, text, &f->values[i], e);
	if (arg->arg.default_value.n > 0)
		return canonical(f, arg, arg->arg.default_value, &f->values[i], e);
	if (arg->arg.type == ARG_CONTRACT && arg->abis->n > 0)
		return only_contract(f, arg, &f->values[i], e);
	return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "missing: %.*s", SHOWN(arg->arg.ask));
}

static struct json *filled_json(const struct filled *f)
{
	struct json *o = json_object(f->a), *args = json_object(f->a);
	for (size_t i = 0; i < f->d->n_args; i++)
		json_set(args, f->a, arena_str(f->a, f->d->args[i].arg.name), json_text(f->a, f->values[i]));
	json_set(o, f->a, "action", json_text(f->a, f->d->name));
	json_set(o, f->a, "args", args);
	return o;
}

/* What raw calldata does has to be known, even if nobody may sign it yet. */
static bool check_raw(const struct filled *f, struct err *e);

static bool read_pairs(struct filled *f, struct json **action, const struct span *pairs, size_t n,
		       struct err *e)
{
	f->values = ARENA_ARRAY(f->a, struct span, f->d->n_args + 1);
	if (!check_pairs(f->d, pairs, n, e))
		return false;
	for (size_t i = 0; i < f->d->n_args; i++)
		if (!fill_arg(f, i, pairs, n, e))
			return err_in(e, "%.*s", SHOWN(f->d->args[i].arg.name));
	if (!check_all(f, e) || !check_raw(f, e))
		return false;
	*action = filled_json(f);
	return true;
}

bool action_read(struct arena *a, struct json **action, const struct pinned *p, struct span name,
		 const struct span *pairs, size_t n_pairs, struct err *e)
{
	struct filled f = { .a = a, .p = p, .d = catalogue_find(p->catalogue, name), .typed = true };
	if (f.d == NULL)
		return err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "the catalogue has no such action");
	return read_pairs(&f, action, pairs, n_pairs, e);
}

/* ---- from a canonical action, perhaps out of a packet ---- */

static bool load_arg(const struct filled *f, size_t i, const struct json *args, struct err *e)
{
	const struct arg_def *arg = &f->d->args[i];
	const char *name = arena_str(f->a, arg->arg.name);
	struct span text;
	if (!json_get_str(args, name, &text, e))
		return false;
	const struct json *v = json_find(args, name);
	bool ok = canonical(f, arg, text, &f->values[i], e);
	if (ok && !span_eq(text, f->values[i]))
		ok = err_set(e, ERR_MISMATCH, v->at, "needed \"%.*s\", its canonical form",
			     SHOWN(f->values[i]));
	return ok || err_in(e, "%s", name);
}

static bool check_names(const struct action_def *d, const struct json *args, struct err *e)
{
	for (const struct json *v = args->first; v != NULL; v = v->next)
		if (action_arg_def(d, v->name) == NULL)
			return err_set(e, ERR_UNKNOWN, v->at, "no such argument") ||
			       err_in(e, "%.*s", SHOWN(v->name));
	return true;
}

static bool load(struct filled *f, struct arena *a, const struct pinned *p, const struct json *action,
		 struct err *e)
{
	static const char *const members[] = { "action", "args", NULL };
	const struct json *args;
	struct span name;
	*f = (struct filled){ .a = a, .p = p };
	if (action->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, action->at, "needed an object");
	if (!json_only(action, members, e) || !json_get_str(action, "action", &name, e) ||
	    !json_get(action, "args", JSON_OBJECT, &args, e))
		return false;
	f->d = catalogue_find(p->catalogue, name);
	if (f->d == NULL)
		return err_set(e, ERR_UNKNOWN, json_find(action, "action")->at,
			       "the catalogue has no action \"%.*s\"", SHOWN(name)) || err_in(e, "action");
	f->values = ARENA_ARRAY(a, struct span, f->d->n_args + 1);
	if (!check_names(f->d, args, e))
		return err_in(e, "args");
	for (size_t i = 0; i < f->d->n_args; i++)
		if (!load_arg(f, i, args, e))
			return err_in(e, "args");
	return check_all(f, e) || err_in(e, "args");
}

/* ---- expressions ---- */

/* The canonical text of "$arg", or the literal. */
static struct span expression(const struct filled *f, struct span s)
{
	return s.n > 0 && s.p[0] == '$' ? value_of(f, span_of(s.p + 1, s.n - 1)) : s;
}

/* The same as the ABI wants it: roles as their hash, contracts as their address. */
static struct span abi_text(const struct filled *f, struct span s)
{
	const struct span value = expression(f, s);
	const struct arg_def *arg =
		s.n > 0 && s.p[0] == '$' ? action_arg_def(f->d, span_of(s.p + 1, s.n - 1)) : NULL;
	struct buf b = {0};
	if (arg != NULL && arg->arg.type == ARG_ROLE) {
		buf_0xhex(&b, SPAN_HASH(&timelock_role_named(value)->hash));
		return text_of(f->a, &b);
	}
	if (arg != NULL && arg->arg.type == ARG_CONTRACT) {
		addr_format(&b, &deployment_contract(f->p->deployment, value)->address);
		return text_of(f->a, &b);
	}
	return value;
}

/* ---- targets ---- */

struct targets {
	const struct contract **v;
	size_t n;
};

static bool find_targets(const struct filled *f, const struct call_def *c, struct targets *out, struct err *e)
{
	const struct deployment *d = f->p->deployment;
	const struct contract *one = NULL;
	out->v = ARENA_ARRAY(f->a, const struct contract *, d->n_contracts + 1);
	out->n = 0;
	if (span_is(c->on, "each")) {
		for (size_t i = 0; i < d->n_contracts; i++) {
			const struct abi *abi = pinned_abi_named(f->p, d->contracts[i].abi);
			if (abi != NULL && abi_find_signature(abi, c->function) != NULL)
				out->v[out->n++] = &d->contracts[i];
		}
		return out->n > 0 || err_set(e, ERR_MISSING, ERR_NO_OFFSET,
					     "no contract of the profile has %.*s", SHOWN(c->function));
	}
	if (span_is(c->on, "safe"))
		one = deployment_contract_at(d, &d->safe);
	else if (span_is(c->on, "timelock"))
		one = deployment_contract_at(d, &d->timelock);
	else
		one = deployment_contract(d, expression(f, c->on));
	if (one == NULL)
		return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "the profile has no such contract");
	out->v[out->n++] = one;
	return true;
}

/* ---- calls ---- */

static bool build_calldata(const struct filled *f, const struct call_def *c, const struct contract *target,
			   struct buf *out, const struct abi_function **used, struct err *e)
{
	const struct abi *abi = pinned_abi_named(f->p, target->abi);
	const struct abi_function *fn = abi != NULL ? abi_find_signature(abi, c->function) : NULL;
	const size_t n = c->args != NULL ? c->args->n : 0;
	size_t i = 0;
	if (fn == NULL || fn->inputs->count != n)
		return err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "%.*s (%.*s) has no %.*s", SHOWN(target->name),
			       SHOWN(target->abi), SHOWN(c->function));
	struct abi_value *items = ARENA_ARRAY(f->a, struct abi_value, n + 1);
	for (const struct json *v = n > 0 ? c->args->first : NULL; v != NULL; v = v->next, i++)
		if (!abi_value_from_text(f->a, &items[i], fn->inputs->fields[i].type, abi_text(f, v->text), e))
			return err_in(e, "%s", fn->inputs->fields[i].name);
	const struct abi_value tuple = abi_items(fn->inputs, items, n);
	abi_calldata_encode(out, fn, &tuple);
	*used = fn;
	return true;
}

static bool build_call(const struct filled *f, const struct call_def *c, const struct contract *target,
		       struct call *out, struct err *e)
{
	const struct abi_function *fn;
	struct buf data = {0};
	bool ok = true;
	*out = (struct call){ .to = target->address };
	if (c->raw.n > 0)
		ok = hex_decode(&data, expression(f, c->raw), e);
	else if (c->function.n > 0)
		ok = build_calldata(f, c, target, &data, &fn, e);
	ok = ok && (c->value.n == 0 || u256_parse(&out->value, expression(f, c->value), e));
	out->data = arena_copy(f->a, buf_view(&data));
	buf_release(&data);
	return ok;
}

struct call_list {
	struct call *v;
	size_t n, cap;
};

static void add_call(struct arena *a, struct call_list *l, const struct call *c)
{
	if (l->n == l->cap) {
		const size_t cap = l->cap > 0 ? 2 * l->cap : 8;
		struct call *v = ARENA_ARRAY(a, struct call, cap);
		if (l->n > 0)
			memcpy(v, l->v, l->n * sizeof(*v));
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n++] = *c;
}

static bool compile(const struct filled *f, struct call_list *out, struct err *e)
{
	for (size_t i = 0; i < f->d->n_calls; i++) {
		struct targets t;
		if (!find_targets(f, &f->d->calls[i], &t, e))
			return false;
		for (size_t k = 0; k < t.n; k++) {
			struct call call;
			if (!build_call(f, &f->d->calls[i], t.v[k], &call, e))
				return false;
			add_call(f->a, out, &call);
		}
	}
	return true;
}

static bool check_raw(const struct filled *f, struct err *e)
{
	struct call_list l = {0};
	struct explained_call x;
	if (!span_is(f->d->name, "call.raw"))
		return true;
	return compile(f, &l, e) && explain_call(f->a, &x, f->p, &l.v[0], e);
}

bool action_compile(struct arena *a, struct calls *out, const struct pinned *p, const struct json *action,
		    struct err *e)
{
	struct filled f;
	struct call_list l = {0};
	if (!load(&f, a, p, action, e) || !compile(&f, &l, e) || !check_raw(&f, e))
		return false;
	*out = (struct calls){ l.v, l.n };
	return true;
}

bool actions_compile(struct arena *a, struct calls *out, bool *direct, const struct pinned *p,
		     const struct json *actions, struct err *e)
{
	struct call_list all = {0};
	size_t i = 0;
	if (actions->type != JSON_ARRAY || actions->n == 0)
		return err_set(e, ERR_MISSING, actions->at, "a change has at least one action");
	for (const struct json *v = actions->first; v != NULL; v = v->next, i++) {
		struct filled f;
		if (!load(&f, a, p, v, e) || !compile(&f, &all, e) || !check_raw(&f, e))
			return err_in(e, "[%zu]", i);
		if (i > 0 && f.d->direct != *direct)
			return err_set(e, ERR_MISMATCH, v->at,
				       "direct and timelock actions do not mix in one change") ||
			       err_in(e, "[%zu]", i);
		*direct = f.d->direct;
	}
	if (*direct && all.n != 1)
		return err_set(e, ERR_RANGE, actions->at,
			       "a direct change has exactly one call, these make %zu", all.n);
	*out = (struct calls){ all.v, all.n };
	return true;
}

uint64_t actions_rejected_nonce(const struct json *actions)
{
	uint64_t nonce = UINT64_MAX;
	for (const struct json *v = actions->first; v != NULL; v = v->next) {
		struct span name;
		struct u256 n;
		if (json_get_str(v, "action", &name, NULL) && span_is(name, "safe.reject") &&
		    json_get_u256(json_find(v, "args"), "nonce", &n, NULL))
			u256_fits_u64(&n, &nonce);
	}
	return nonce;
}

bool action_is_raw(const struct json *action)
{
	struct span name;
	return json_get_str(action, "action", &name, NULL) && span_is(name, "call.raw");
}

/* ---- sentences ---- */

static void say_address(const struct filled *f, struct buf *out, struct span text)
{
	struct addr at;
	buf_span(out, text);
	const char *label = addr_parse(&at, text, NULL) ? deployment_label(f->a, f->p->deployment, &at) : NULL;
	if (label != NULL)
		buf_fmt(out, " (%s)", label);
}

static void say_contract(const struct filled *f, struct buf *out, struct span name)
{
	buf_span(out, name);
	buf_str(out, " (");
	addr_format(out, &deployment_contract(f->p->deployment, name)->address);
	buf_byte(out, ')');
}

/* In quotes, and no quote inside can end them: what somebody calls a tier is never part of the sentence. */
static void say_text(struct buf *out, struct span text)
{
	struct buf quoted = {0};
	json_quote(&quoted, text);
	text_safe(out, buf_view(&quoted), false);
	buf_release(&quoted);
}

static void say_value(const struct filled *f, struct buf *out, const struct arg_def *arg, struct span value)
{
	struct u256 v;
	switch (arg->arg.type) {
	case ARG_ADDRESS:
		say_address(f, out, value);
		return;
	case ARG_ETHER:
	case ARG_DURATION:
		if (u256_parse(&v, value, NULL))
			put_number(out, arg, &v);
		return;
	case ARG_CONTRACT:
		say_contract(f, out, value);
		return;
	case ARG_TEXT:
		say_text(out, value);
		return;
	case ARG_BOOL:
	case ARG_UINT:
	case ARG_BYTES:
	case ARG_HASH:
	case ARG_ROLE:
		text_safe(out, value, false);
		return;
	}
}

/* Does something call this contract? The calls were compiled before, so their targets are there. */
static bool is_called(const struct filled *f, const struct contract *c)
{
	for (size_t i = 0; i < f->d->n_calls; i++) {
		struct targets t;
		if (!find_targets(f, &f->d->calls[i], &t, NULL))
			continue;
		for (size_t k = 0; k < t.n; k++)
			if (t.v[k] == c)
				return true;
	}
	return false;
}

/* "attestation (0x…), payments (0x…) and registry (0x…)" */
static void say_contracts(const struct filled *f, struct buf *out)
{
	const struct deployment *d = f->p->deployment;
	size_t n = 0, said = 0;
	for (size_t i = 0; i < d->n_contracts; i++)
		n += is_called(f, &d->contracts[i]);
	for (size_t i = 0; i < d->n_contracts; i++) {
		if (!is_called(f, &d->contracts[i]))
			continue;
		if (said > 0)
			buf_str(out, said + 1 == n ? " and " : ", ");
		say_contract(f, out, d->contracts[i].name);
		said++;
	}
}

static bool is_yes(const struct arg_def *arg, struct span value)
{
	struct addr at;
	if (arg->arg.type == ARG_BOOL)
		return span_is(value, "true");
	if (arg->arg.type == ARG_BYTES)
		return !span_is(value, "0x");
	return addr_parse(&at, value, NULL) && !addr_is_zero(&at);
}

static void say_sentence(const struct filled *f, struct buf *out, struct span t);

static void say_hole(const struct filled *f, struct buf *out, struct span inside)
{
	struct hole h;
	if (!hole_parse(&h, inside))
		BUG("a sentence that the catalogue checked cannot be read");
	const struct arg_def *arg = action_arg_def(f->d, h.name);
	if (arg == NULL)
		say_contracts(f, out);
	else if (!h.choice)
		say_value(f, out, arg, value_of(f, h.name));
	else
		say_sentence(f, out, is_yes(arg, value_of(f, h.name)) ? h.yes : h.no);
}

static void say_sentence(const struct filled *f, struct buf *out, struct span t)
{
	while (t.n > 0) {
		struct span piece;
		bool hole;
		if (!sentence_take(&t, &piece, &hole))
			BUG("a sentence that the catalogue checked cannot be read");
		if (hole)
			say_hole(f, out, piece);
		else
			buf_span(out, piece);
	}
}

bool action_say(struct arena *a, struct buf *out, const struct pinned *p, const struct json *action,
		struct err *e)
{
	struct filled f;
	struct call_list l = {0};
	if (!load(&f, a, p, action, e) || !compile(&f, &l, e))
		return false;
	say_sentence(&f, out, f.d->say);
	return true;
}

bool action_deescalates(struct arena *a, const struct pinned *p, const struct json *action)
{
	struct filled f;
	if (!load(&f, a, p, action, NULL))
		return false;
	return f.d->deescalates ||
	       (f.d->deescalates_arg.n > 0 && span_eq(value_of(&f, f.d->deescalates_arg), f.d->deescalates_is));
}

/* ---- undo and reads ---- */

const struct json *action_undo(struct arena *a, const struct pinned *p, const struct json *action)
{
	struct filled f;
	struct json *out;
	struct span name;
	const struct json *args;
	size_t n = 0;
	if (!load(&f, a, p, action, NULL) || f.d->undo == NULL ||
	    !json_get_str(f.d->undo, "action", &name, NULL) ||
	    !json_get(f.d->undo, "args", JSON_OBJECT, &args, NULL))
		return NULL;
	struct span *pairs = ARENA_ARRAY(a, struct span, args->n + 1);
	for (const struct json *v = args->first; v != NULL; v = v->next) {
		struct buf b = {0};
		struct span value = expression(&f, v->text);
		if (v->text.n > 1 && v->text.p[0] == '!') {      /* "!$on": the other one */
			value = expression(&f, span_of(v->text.p + 1, v->text.n - 1));
			value = span_str(span_is(value, "true") ? "false" : "true");
		}
		buf_span(&b, v->name);
		buf_byte(&b, '=');
		buf_span(&b, value);
		pairs[n++] = text_of(a, &b);
	}
	struct filled back = { .a = a, .p = p, .d = catalogue_find(p->catalogue, name) };
	return back.d != NULL && read_pairs(&back, &out, pairs, n, NULL) ? out : NULL;
}

static bool find_output(const struct read_def *r, struct action_read_back *out, struct err *e)
{
	const struct abi_type *outputs = out->getter->outputs;
	out->output = r->field.n == 0 && outputs->count == 1 ? 0 : SIZE_MAX;
	for (size_t i = 0; r->field.n > 0 && i < outputs->count; i++)
		if (span_is(r->field, outputs->fields[i].name))
			out->output = i;
	return r->field.n == 0 || out->output != SIZE_MAX ||
	       err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "%s gives no %.*s", out->getter->name, SHOWN(r->field));
}

bool action_read_text(struct arena *a, struct buf *out, const struct action_read_back *r, struct span output,
		      struct err *e)
{
	struct abi_value tuple;
	if (!abi_decode(a, &tuple, r->getter->outputs, output, e))
		return err_in(e, "%.*s", SHOWN(r->getter->signature));
	abi_value_format(out, r->output != SIZE_MAX ? &tuple.items[r->output] : &tuple);
	return true;
}

static bool build_read(const struct filled *f, const struct read_def *r, const struct contract *target,
		       struct action_read_back *out, struct err *e)
{
	struct buf data = {0}, say = {0};
	bool ok = build_calldata(f, &r->call, target, &data, &out->getter, e) && find_output(r, out, e);
	if (ok) {
		buf_span(&say, target->name);
		buf_str(&say, ": ");
		say_sentence(f, &say, r->say);
		out->at = target->address;
		out->contract = target->name;
		out->calldata = arena_copy(f->a, buf_view(&data));
		out->expect = r->expect.n > 0 ? abi_text(f, r->expect) : span_str("");
		out->say = arena_copy(f->a, buf_view(&say));
	}
	buf_release(&data);
	buf_release(&say);
	return ok;
}

bool action_reads(struct arena *a, const struct action_read_back **out, size_t *n, const struct pinned *p,
		  const struct json *action, struct err *e)
{
	struct filled f;
	size_t cap = 0;
	if (!load(&f, a, p, action, e))
		return false;
	cap = f.d->n_reads * (p->deployment->n_contracts + 1) + 1;
	struct action_read_back *v = ARENA_ARRAY(a, struct action_read_back, cap);
	*n = 0;
	for (size_t i = 0; i < f.d->n_reads; i++) {
		struct targets t;
		if (!find_targets(&f, &f.d->reads[i].call, &t, e))
			return false;
		for (size_t k = 0; k < t.n; k++)
			if (!build_read(&f, &f.d->reads[i], t.v[k], &v[(*n)++], e))
				return false;
	}
	*out = v;
	return true;
}
