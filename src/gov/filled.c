/* Filled actions: arguments in canonical text, within the bounds that the catalogue states. */
#include <string.h>

#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/base/time.h"
#include "src/evm/address.h"
#include "src/gov/filled.h"
#include "src/gov/timelock.h"
#include "src/gov/units.h"

#define ARGS_TEXT_MAX 16384u

struct span filled_text(struct arena *a, struct buf *b)
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
	*out = filled_text(a, &b);
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
	*out = filled_text(a, &b);
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
		*out = filled_text(a, &b);
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

void filled_put_number(struct buf *out, const struct arg_def *arg, const struct u256 *v)
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
	filled_put_number(&f, arg, found);
	filled_put_number(&l, arg, limit);
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

struct span filled_value(const struct filled *f, struct span name)
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
	const struct span x = filled_value(f, one), y = filled_value(f, two);
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
	if (!addr_parse(&at, filled_value(f, name), e))
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

bool filled_read_arg(const struct filled *f, size_t i, struct span text, struct span *out, struct err *e)
{
	const struct arg_def *arg = &f->d->args[i];
	return (!f->typed || has_unit(arg, text, e)) && canonical(f, arg, text, out, e) &&
	       check_bounds(f, arg, *out, e);
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

bool filled_read(struct filled *f, struct json **action, const struct span *pairs, size_t n, struct err *e)
{
	f->values = ARENA_ARRAY(f->a, struct span, f->d->n_args + 1);
	if (!check_pairs(f->d, pairs, n, e))
		return false;
	for (size_t i = 0; i < f->d->n_args; i++)
		if (!fill_arg(f, i, pairs, n, e))
			return err_in(e, "%.*s", SHOWN(f->d->args[i].arg.name));
	if (!check_all(f, e))
		return false;
	*action = filled_json(f);
	return true;
}

/* ---- a form that is being filled in ---- */

static struct span name_of_pair(struct span pair)
{
	const uint8_t *eq = pair.n > 0 ? memchr(pair.p, '=', pair.n) : NULL;
	return span_of(pair.p, eq != NULL ? (size_t)(eq - pair.p) : pair.n);
}

static void add_bad(struct arena *a, struct bad_pair *bad, size_t *n, struct span name, const struct err *e)
{
	struct buf safe_name = {0}, what = {0};
	text_safe(&safe_name, name, false);
	text_safe(&what, buf_view(&e->what), false);
	bad[(*n)++] = (struct bad_pair){ filled_text(a, &safe_name), filled_text(a, &what) };
}

void filled_some(struct filled *f, const struct span *pairs, size_t n, struct bad_pair *bad, size_t *n_bad)
{
	struct span *good = ARENA_ARRAY(f->a, struct span, n + 1);
	size_t n_good = 0;
	struct err e = {0};
	*n_bad = 0;
	f->some = true;
	f->values = ARENA_ARRAY(f->a, struct span, f->d->n_args + 1);
	for (size_t i = 0; i < n; i++) {
		good[n_good] = pairs[i];
		if (check_pairs(f->d, good, n_good + 1, &e))
			n_good++;
		else
			add_bad(f->a, bad, n_bad, name_of_pair(pairs[i]), &e);
		err_clear(&e);
	}
	for (size_t i = 0; i < f->d->n_args; i++) {
		const struct arg_def *arg = &f->d->args[i];
		struct span ignored;
		if (fill_arg(f, i, good, n_good, &e) && check_bounds(f, arg, f->values[i], &e))
			continue;
		f->values[i] = span_of(NULL, 0);
		if (find_pair(good, n_good, arg->arg.name, &ignored))
			add_bad(f->a, bad, n_bad, arg->arg.name, &e);
		err_clear(&e);
	}
}

/* ---- bounds in words ---- */

static struct span bound_words(const struct filled *f, const struct arg_def *arg, const struct bound *b)
{
	struct buf words = {0};
	const struct u256 v = bound_value(f, b);
	if (!b->set)
		return span_str("");
	filled_put_number(&words, arg, &v);
	return filled_text(f->a, &words);
}

void action_arg_bounds(struct arena *a, struct arg_bounds *out, const struct pinned *p, const struct action_def *d,
		       size_t i)
{
	const struct filled f = { .a = a, .p = p, .d = d };
	const struct arg_def *arg = &d->args[i];
	*out = (struct arg_bounds){ .min = bound_words(&f, arg, &arg->min), .max = bound_words(&f, arg, &arg->max),
				    .why = arg->why };
	if (arg->not_zero)
		out->not[out->n_not++] = "the zero address";
	if (arg->not_sentinel)
		out->not[out->n_not++] = "the address 1, which marks the ends of the Safe's lists";
	if (arg->not_safe)
		out->not[out->n_not++] = "this Safe itself";
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

bool filled_load(struct filled *f, struct arena *a, const struct pinned *p, const struct json *action, struct err *e)
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
