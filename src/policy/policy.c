#include "src/policy/policy.h"

#include <string.h>

#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/base/time.h"
#include "src/crypto/hash.h"
#include "src/gov/units.h"
#include "src/policy/rules.h"

#define REVIEW_WITHIN_MAX (UINT64_C(366) * 86400)
#define RULES_MAX 1000
#define NAME_MAX_BYTES 100
#define WHY_MAX 2000
#define SECONDS_MAX (UINT64_C(100) * 366 * 86400)      /* of a time in a policy: sums of them cannot wrap */
#define COMMON "name why kind for source maxAge"
#define SHOWN(s) text_shown(s), (const char *)(s).p

/* An error at a value. */
#define wrong(e, code, v, ...) err_set(e, code, (v)->at, __VA_ARGS__)

struct reading {
	struct arena *a;
	struct policy *p;
	struct err *e;
};

/* ---- values ---- */

static bool is_type(const struct reading *r, const struct json *v, enum json_type type)
{
	static const char *const names[] = { "null", "false", "true", "a number", "a string", "an array", "an object" };
	return v->type == type || wrong(r->e, ERR_SYNTAX, v, "needed %s, found %s", names[type], names[v->type]);
}

static bool get_text(const struct reading *r, struct span *out, const struct json *v)
{
	if (!is_type(r, v, JSON_STRING))
		return false;
	*out = v->text;
	if (!text_is_plain(v->text, false))
		return wrong(r->e, ERR_RANGE, v, "has characters that cannot be shown");
	return v->text.n > 0 || wrong(r->e, ERR_RANGE, v, "is empty");
}

/* Names are compared by eye, in old against new as well: letters of other alphabets look like those of this one. */
static bool is_name(const struct reading *r, struct span name, const struct json *v)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] < 0x20 || name.p[i] > 0x7e)
			return wrong(r->e, ERR_RANGE, v, "a name has ASCII characters only: others look like them");
	return (name.n > 0 && name.n <= NAME_MAX_BYTES) ||
	       wrong(r->e, ERR_RANGE, v, "a name has 1 to %d characters", NAME_MAX_BYTES);
}

static bool get_name(const struct reading *r, struct span *out, const struct json *v)
{
	return get_text(r, out, v) && is_name(r, *out, v);
}

/* Nobody reads on behind a book. */
static bool get_why(const struct reading *r, struct span *out, const struct json *v)
{
	return get_text(r, out, v) &&
	       (out->n <= WHY_MAX || wrong(r->e, ERR_RANGE, v, "at most %d bytes, found %zu", WHY_MAX, out->n));
}

static bool get_count(const struct reading *r, uint64_t *out, const struct json *v)
{
	struct u256 n;
	if (!is_type(r, v, JSON_NUMBER))
		return false;
	if (!u256_parse(&n, v->text, NULL) || !u256_fits_u64(&n, out) || *out > (UINT64_C(1) << 53) - 1)
		return wrong(r->e, ERR_RANGE, v, "needed a whole number from 0 to 2^53-1");
	return true;
}

static bool get_bool(const struct reading *r, bool *out, const struct json *v)
{
	if (v->type != JSON_TRUE && v->type != JSON_FALSE)
		return is_type(r, v, JSON_TRUE);
	*out = v->type == JSON_TRUE;
	return true;
}

static bool get_seconds(const struct reading *r, uint64_t *out, const struct json *v)
{
	struct err why = {0};
	bool ok;
	if (!is_type(r, v, JSON_STRING))
		return false;
	ok = duration_parse(out, v->text, &why);
	if (!ok)
		wrong(r->e, ERR_SYNTAX, v, "%s", buf_cstr(&why.what));
	err_clear(&why);
	return ok && (*out <= SECONDS_MAX || wrong(r->e, ERR_RANGE, v, "at most a hundred years"));
}

/* "5 ether", "48h", "300", 300 */
static bool get_amount(const struct reading *r, struct u256 *out, const struct json *v)
{
	uint64_t seconds;
	if (v->type != JSON_NUMBER && !is_type(r, v, JSON_STRING))
		return false;
	if (u256_parse(out, v->text, NULL))
		return true;
	if (v->type == JSON_STRING && wei_parse(out, v->text, NULL))
		return true;
	if (v->type != JSON_STRING || !duration_parse(&seconds, v->text, NULL))
		return wrong(r->e, ERR_SYNTAX, v,
			"needed digits, or an amount or a time with its unit, like 5 ether or 48h");
	*out = u256_from_u64(seconds);
	return true;
}

static bool get_texts(const struct reading *r, struct texts *out, const struct json *v)
{
	if (!is_type(r, v, JSON_ARRAY))
		return false;
	if (v->n == 0)
		return wrong(r->e, ERR_RANGE, v, "is empty: nothing could match");
	struct span *list = ARENA_ARRAY(r->a, struct span, v->n);
	*out = (struct texts){ .v = list, .given = true };
	for (const struct json *x = v->first; x != NULL; x = x->next, out->n++)
		if (!get_text(r, &list[out->n], x))
			return err_in(r->e, "[%zu]", out->n);
	return true;
}

/* Members of an object, each by the row of its name. */
struct member {
	const char *name;
	bool (*read)(const struct reading *r, void *out, const struct json *v);
};

static bool read_member(const struct reading *r, const struct member *rows, size_t n, void *out, const struct json *v)
{
	size_t i = 0;
	while (i < n && !span_is(v->name, rows[i].name))
		i++;
	return (i < n ? rows[i].read(r, out, v) : wrong(r->e, ERR_UNKNOWN, v, "nobody defined this member")) ||
	       err_in(r->e, "%.*s", SHOWN(v->name));
}

static bool read_members(const struct reading *r, const struct member *rows, size_t n, void *out, const struct json *o)
{
	if (!is_type(r, o, JSON_OBJECT))
		return false;
	for (const struct json *v = o->first; v != NULL; v = v->next)
		if (!read_member(r, rows, n, out, v))
			return false;
	return true;
}

/* ---- limits of arguments ---- */

static bool limit_min(const struct reading *r, void *out, const struct json *v)
{
	struct arg_limit *l = out;
	return l->has_min = get_amount(r, &l->min, v);
}

static bool limit_max(const struct reading *r, void *out, const struct json *v)
{
	struct arg_limit *l = out;
	return l->has_max = get_amount(r, &l->max, v);
}

static bool limit_in(const struct reading *r, void *out, const struct json *v)
{
	struct arg_limit *l = out;
	return get_texts(r, &l->in, v);
}

static bool limit_not_in(const struct reading *r, void *out, const struct json *v)
{
	struct arg_limit *l = out;
	return get_texts(r, &l->not_in, v);
}

static bool limit_times(const struct reading *r, void *out, const struct json *v)
{
	struct arg_limit *l = out;
	return get_count(r, &l->times, v) && (l->times > 0 || wrong(r->e, ERR_RANGE, v, "needed 1 or more"));
}

static bool limit_percent(const struct reading *r, void *out, const struct json *v)
{
	struct arg_limit *l = out;
	return get_count(r, &l->percent, v) && (l->percent <= 1000 || wrong(r->e, ERR_RANGE, v,
		"at most 1000 percent"));
}

static bool limit_per(const struct reading *r, void *out, const struct json *v)
{
	struct arg_limit *l = out;
	return get_seconds(r, &l->per, v) && (l->per > 0 || wrong(r->e, ERR_RANGE, v, "needed more than no time"));
}

static bool limit_step(const struct reading *r, void *out, const struct json *v)
{
	static const struct member rows[] = { { "percent", limit_percent }, { "per", limit_per } };
	struct arg_limit *l = out;
	return read_members(r, rows, ARRAY_LEN(rows), out, v) &&
	       ((v->n == 2 && l->per > 0) || wrong(r->e, ERR_MISSING, v, "needed percent and per"));
}

static bool get_limits(const struct reading *r, const struct arg_limit **out, size_t *n, const struct json *o)
{
	static const struct member rows[] = { { "min", limit_min }, { "max", limit_max }, { "in", limit_in },
		{ "notIn", limit_not_in }, { "timesCurrent", limit_times }, { "step", limit_step } };
	if (!is_type(r, o, JSON_OBJECT))
		return false;
	struct arg_limit *list = ARENA_ARRAY(r->a, struct arg_limit, o->n + 1);
	*out = list;
	for (const struct json *v = o->first; v != NULL; v = v->next) {
		struct arg_limit *l = &list[(*n)++];
		l->arg = v->name;
		if (!read_members(r, rows, ARRAY_LEN(rows), l, v))
			return err_in(r->e, "%.*s", SHOWN(v->name));
		if (v->n == 0)
			return wrong(r->e, ERR_MISSING, v, "sets no bound") || err_in(r->e, "%.*s", SHOWN(v->name));
		if (l->has_min && l->has_max && u256_cmp(&l->min, &l->max) > 0)
			return wrong(r->e, ERR_RANGE, v, "min is above max: nothing could pass") ||
			       err_in(r->e, "%.*s", SHOWN(v->name));
	}
	return o->n > 0 || wrong(r->e, ERR_MISSING, o, "bounds no argument");
}

/* ---- patterns ---- */

static bool pattern_actions(const struct reading *r, void *out, const struct json *v)
{
	struct pattern *p = out;
	return get_texts(r, &p->actions, v);
}

static bool pattern_targets(const struct reading *r, void *out, const struct json *v)
{
	struct pattern *p = out;
	return get_texts(r, &p->targets, v);
}

static bool pattern_selectors(const struct reading *r, void *out, const struct json *v)
{
	struct pattern *p = out;
	return get_texts(r, &p->selectors, v);
}

static bool pattern_risk(const struct reading *r, void *out, const struct json *v)
{
	struct pattern *p = out;
	struct texts names;
	if (!get_texts(r, &names, v))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		int k = RISK_LOW;
		while (k <= RISK_CRITICAL && !span_is(names.v[i], action_risk_name((enum action_risk)k)))
			k++;
		if (k > RISK_CRITICAL)
			return wrong(r->e, ERR_UNKNOWN, json_at(v, i), "needed low, medium, high or critical") ||
			       err_in(r->e, "[%zu]", i);
		p->risks |= 1u << k;
	}
	return true;
}

static bool pattern_route(const struct reading *r, void *out, const struct json *v)
{
	struct pattern *p = out;
	struct span name;
	if (!get_text(r, &name, v))
		return false;
	p->has_route = true;
	p->route = span_is(name, route_name(ROUTE_DIRECT)) ? ROUTE_DIRECT : ROUTE_TIMELOCK;
	return span_is(name, route_name(p->route)) || wrong(r->e, ERR_UNKNOWN, v, "needed timelock or direct");
}

static bool pattern_deescalates(const struct reading *r, void *out, const struct json *v)
{
	struct pattern *p = out;
	return p->has_deescalates = get_bool(r, &p->deescalates, v);
}

/* Whether a rule is about an action does not depend on facts. */
static bool pattern_args(const struct reading *r, void *out, const struct json *v)
{
	struct pattern *p = out;
	if (!get_limits(r, &p->args, &p->n_args, v))
		return false;
	const struct json *arg = v->first;
	for (size_t i = 0; i < p->n_args; i++, arg = arg->next)
		if (p->args[i].times > 0 || p->args[i].per > 0)
			return wrong(r->e, ERR_UNKNOWN, arg, "timesCurrent and step belong to bounds: what a rule is "
				     "for does not depend on values now") ||
			       err_in(r->e, "%.*s", SHOWN(arg->name));
	return true;
}

static bool get_pattern(const struct reading *r, struct pattern *out, const struct json *o)
{
	static const struct member rows[] = { { "actions", pattern_actions }, { "risk", pattern_risk },
		{ "targets", pattern_targets }, { "selectors", pattern_selectors }, { "route", pattern_route },
		{ "deescalates", pattern_deescalates }, { "args", pattern_args } };
	return read_members(r, rows, ARRAY_LEN(rows), out, o);
}

/* ---- members of rules ---- */

#define SIMPLE(member, get) \
	static bool rule_##member(const struct reading *r, void *out, const struct json *v) \
	{ \
		struct rule *x = out; \
		return get(r, &x->member, v); \
	}
SIMPLE(name, get_name)
SIMPLE(why, get_why)
SIMPLE(pattern, get_pattern)
SIMPLE(delegatecall, get_bool)
SIMPLE(allowed, get_bool)
SIMPLE(min, get_count)
SIMPLE(max, get_count)
SIMPLE(max_lag, get_count)
SIMPLE(per, get_seconds)
SIMPLE(min_delay, get_seconds)
SIMPLE(words, get_texts)
SIMPLE(steps, get_texts)
SIMPLE(checks, get_texts)
SIMPLE(args, get_texts)
SIMPLE(from, get_texts)
SIMPLE(excepted, get_text)
SIMPLE(arg, get_text)
SIMPLE(fact, get_text)
SIMPLE(head, get_text)
#undef SIMPLE

static bool rule_kind_of(const struct reading *r, void *out, const struct json *v)
{
	(void)r;
	(void)out;
	(void)v;
	return true;                           /* read first: it decides about the others */
}

static bool rule_source(const struct reading *r, void *out, const struct json *v)
{
	struct rule *x = out;
	x->proven = v->type == JSON_STRING && span_is(v->text, "proven");
	return x->proven || (v->type == JSON_STRING && span_is(v->text, "claimed")) ||
	       wrong(r->e, ERR_UNKNOWN, v, "needed \"proven\" or \"claimed\"");
}

static bool rule_max_age(const struct reading *r, void *out, const struct json *v)
{
	struct rule *x = out;
	return x->has_max_age = get_seconds(r, &x->max_age, v);
}

static bool rule_bounds(const struct reading *r, void *out, const struct json *v)
{
	struct rule *x = out;
	return get_limits(r, &x->bounds, &x->n_bounds, v);
}

static bool get_role_needs(const struct reading *r, const struct role_need **out, size_t *n, const struct json *o)
{
	if (!is_type(r, o, JSON_OBJECT))
		return false;
	struct role_need *list = ARENA_ARRAY(r->a, struct role_need, o->n + 1);
	*out = list;
	for (const struct json *v = o->first; v != NULL; v = v->next) {
		list[*n].role = v->name;
		if (policy_role(r->p, v->name) == NULL)
			return wrong(r->e, ERR_UNKNOWN, v, "no role of the policy is called so") ||
			       err_in(r->e, "%.*s", SHOWN(v->name));
		if (!get_count(r, &list[(*n)++].n, v))
			return err_in(r->e, "%.*s", SHOWN(v->name));
	}
	return true;
}

static bool rule_roles(const struct reading *r, void *out, const struct json *v)
{
	struct rule *x = out;
	return get_role_needs(r, &x->roles, &x->n_roles, v);
}

static bool rule_zone(const struct reading *r, void *out, const struct json *v)
{
	struct rule *x = out;
	struct span name;
	struct err why = {0};
	if (!get_text(r, &name, v))
		return false;
	const bool ok = zone_parse(&x->zone, name, &why);
	if (!ok)
		wrong(r->e, why.code, v, "%s", buf_cstr(&why.what));
	err_clear(&why);
	return ok;
}

/* 'n' stands for a digit. */
static bool has_shape(struct span s, const char *shape)
{
	if (s.n != strlen(shape))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (shape[i] == 'n' ? s.p[i] < '0' || s.p[i] > '9' : s.p[i] != (uint8_t)shape[i])
			return false;
	return true;
}

static int two(struct span s, size_t at)
{
	return (s.p[at] - '0') * 10 + s.p[at + 1] - '0';
}

/* The day in "12-24T16:00" and "2026-12-24T16:00"; every year has a 29th of February where none is named. */
static bool is_day(struct span moment)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	const size_t n = moment.n;
	const int month = two(moment, n - 11), day = two(moment, n - 8);
	const int year = n == 16 ? two(moment, 0) * 100 + two(moment, 2) : 2000;
	const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] && (month != 2 || day < 29 || leap);
}

/* "nnnn-nn-nnTnn:nn" and its ends; 24:00 is the end of a day. */
static bool get_moment(const struct reading *r, struct span *out, const struct json *v)
{
	static const char *const shapes[] = { "nn:nn", "nn-nnTnn:nn", "nnnn-nn-nnTnn:nn" };
	bool ok = false;
	if (!get_text(r, out, v))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++)
		ok |= has_shape(*out, shapes[i]);
	if (!ok)
		return wrong(r->e, ERR_SYNTAX, v, "needed 16:00, 12-24T16:00 or 2026-12-24T16:00");
	const size_t n = out->n;
	const int hour = two(*out, n - 5), minute = two(*out, n - 2);
	if (hour > 24 || minute > 59 || (hour == 24 && minute != 0))
		return wrong(r->e, ERR_RANGE, v, "no such time of day");
	return n == 5 || is_day(*out) || wrong(r->e, ERR_RANGE, v, "no such day");
}

static bool window_days(const struct reading *r, void *out, const struct json *v)
{
	struct window *w = out;
	struct texts names;
	if (!get_texts(r, &names, v))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		const int day = weekday_parse(names.v[i]);
		if (day < 0)
			return wrong(r->e, ERR_UNKNOWN, json_at(v, i), "needed mon, tue, wed, thu, fri, sat or sun") ||
			       err_in(r->e, "[%zu]", i);
		w->days |= 1u << day;
	}
	return true;
}

static bool window_from(const struct reading *r, void *out, const struct json *v)
{
	struct window *w = out;
	return get_moment(r, &w->from, v);
}

static bool window_to(const struct reading *r, void *out, const struct json *v)
{
	struct window *w = out;
	return get_moment(r, &w->to, v);
}

static bool get_window(const struct reading *r, struct window *w, const struct json *o)
{
	static const struct member rows[] = { { "days", window_days }, { "from", window_from }, { "to", window_to } };
	if (!read_members(r, rows, ARRAY_LEN(rows), w, o))
		return false;
	if (w->from.n == 0 || w->to.n == 0)
		return wrong(r->e, ERR_MISSING, o, "needed from and to");
	if (w->from.n != w->to.n)
		return wrong(r->e, ERR_MISMATCH, o, "from and to are not written alike");
	w->kind = w->from.n == 5 ? WINDOW_WEEKLY : w->from.n == 11 ? WINDOW_YEARLY : WINDOW_ONCE;
	if ((w->kind == WINDOW_WEEKLY) != (w->days != 0))
		return wrong(r->e, ERR_MISMATCH, o, "days go with times of day, and only with them");
	if (w->kind != WINDOW_YEARLY && memcmp(w->from.p, w->to.p, w->from.n) >= 0)
		return wrong(r->e, ERR_RANGE, o, "ends before it starts");
	if (w->kind == WINDOW_YEARLY && span_eq(w->from, w->to))
		return wrong(r->e, ERR_RANGE, o, "ends where it starts: it would never be");
	return true;
}

static bool rule_windows(const struct reading *r, void *out, const struct json *v)
{
	struct rule *x = out;
	if (!is_type(r, v, JSON_ARRAY))
		return false;
	struct window *list = ARENA_ARRAY(r->a, struct window, v->n + 1);
	x->windows = list;
	for (const struct json *w = v->first; w != NULL; w = w->next, x->n_windows++)
		if (!get_window(r, &list[x->n_windows], w))
			return err_in(r->e, "[%zu]", x->n_windows);
	return v->n > 0 || wrong(r->e, ERR_MISSING, v, "has no window");
}

static bool rule_except(const struct reading *r, void *out, const struct json *v)
{
	struct rule *x = out;
	if (!is_type(r, v, JSON_ARRAY))
		return false;
	struct pattern *list = ARENA_ARRAY(r->a, struct pattern, v->n + 1);
	x->except = list;
	for (const struct json *p = v->first; p != NULL; p = p->next, x->n_except++)
		if (!get_pattern(r, &list[x->n_except], p))
			return err_in(r->e, "[%zu]", x->n_except);
	return true;
}

static bool rule_until(const struct reading *r, void *out, const struct json *v)
{
	struct rule *x = out;
	struct unix_time t;
	struct err why = {0};
	if (!is_type(r, v, JSON_STRING))
		return false;
	const bool ok = time_parse(&t, v->text, &why);
	if (!ok)
		wrong(r->e, why.code, v, "%s", buf_cstr(&why.what));
	else
		x->until = (uint64_t)t.ms / 1000;
	err_clear(&why);
	return ok;
}

static bool control_signers(const struct reading *r, void *out, const struct json *v)
{
	struct rule *x = out;
	return get_count(r, &x->control_signers, v);
}

static bool control_roles(const struct reading *r, void *out, const struct json *v)
{
	struct rule *x = out;
	return get_role_needs(r, &x->control_roles, &x->n_control_roles, v);
}

static bool control_words(const struct reading *r, void *out, const struct json *v)
{
	struct rule *x = out;
	return get_texts(r, &x->control_words, v);
}

static bool rule_control(const struct reading *r, void *out, const struct json *v)
{
	static const struct member rows[] = { { "signers", control_signers }, { "roles", control_roles },
		{ "words", control_words } };
	struct rule *x = out;
	uint64_t asked = 0;
	if (!read_members(r, rows, ARRAY_LEN(rows), out, v))
		return false;
	for (size_t i = 0; i < x->n_control_roles; i++)
		asked += x->control_roles[i].n > 0;
	return x->control_signers > 0 || asked > 0 || x->control_words.n > 0 ||
	       wrong(r->e, ERR_MISSING, v, "an exception needs something in place of its rule");
}

static bool listed_name(const struct reading *r, void *out, const struct json *v)
{
	struct listed_code *x = out;
	return get_text(r, &x->name, v);
}

static bool listed_hash(const struct reading *r, void *out, const struct json *v)
{
	struct listed_code *x = out;
	struct span text;
	if (!get_text(r, &text, v))
		return false;
	return (text.n == 66 && text.p[0] == '0' && text.p[1] == 'x' &&
		hex_bare(x->hash.b, 32, span_of(text.p + 2, 64), NULL)) ||
	       wrong(r->e, ERR_SYNTAX, v, "needed 0x and 64 digits");
}

static bool rule_listed(const struct reading *r, void *out, const struct json *v)
{
	static const struct member rows[] = { { "name", listed_name }, { "hash", listed_hash } };
	struct rule *x = out;
	if (!is_type(r, v, JSON_ARRAY))
		return false;
	struct listed_code *list = ARENA_ARRAY(r->a, struct listed_code, v->n + 1);
	x->listed = list;
	for (const struct json *c = v->first; c != NULL; c = c->next, x->n_listed++) {
		if (!read_members(r, rows, ARRAY_LEN(rows), &list[x->n_listed], c))
			return err_in(r->e, "[%zu]", x->n_listed);
		if (c->n != 2)
			return wrong(r->e, ERR_MISSING, c, "needed name and hash") || err_in(r->e, "[%zu]",
				x->n_listed);
	}
	return true;
}

static bool rule_releases(const struct reading *r, void *out, const struct json *v)
{
	struct rule *x = out;
	x->releases = v->type == JSON_TRUE;
	return x->releases || wrong(r->e, ERR_SYNTAX, v, "needed true");
}

static bool rule_is(const struct reading *r, void *out, const struct json *v)
{
	struct rule *x = out;
	(void)r;
	x->is = v;
	return true;
}

static const struct member rule_members[] = {
	{ "name", rule_name }, { "why", rule_why }, { "kind", rule_kind_of }, { "for", rule_pattern },
	{ "source", rule_source }, { "maxAge", rule_max_age }, { "delegatecall", rule_delegatecall },
	{ "bounds", rule_bounds }, { "min", rule_min }, { "max", rule_max }, { "roles", rule_roles },
	{ "delay", rule_min_delay }, { "per", rule_per }, { "words", rule_words }, { "zone", rule_zone },
	{ "windows", rule_windows }, { "except", rule_except }, { "rule", rule_excepted }, { "until", rule_until },
	{ "control", rule_control }, { "arg", rule_arg }, { "args", rule_args }, { "listed", rule_listed },
	{ "fact", rule_fact }, { "is", rule_is }, { "head", rule_head }, { "maxLag", rule_max_lag },
	{ "steps", rule_steps }, { "allowed", rule_allowed }, { "releases", rule_releases },
	{ "checks", rule_checks }, { "from", rule_from },
};

/* ---- what goes together ---- */

static bool check_members(const struct reading *r, const struct rule_row *row, const struct json *o)
{
	for (const struct json *v = o->first; v != NULL; v = v->next)
		if (!listed_word(COMMON, v->name) && !listed_word(row->needs, v->name) && !listed_word(row->takes,
			v->name))
			return wrong(r->e, ERR_UNKNOWN, v, "a rule of kind %s has no such member", row->name) ||
			       err_in(r->e, "%.*s", SHOWN(v->name));
	const char *lists[] = { "name why", row->needs };
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		for (const char *w = lists[i]; *w != '\0'; w += strcspn(w, " "), w += *w == ' ') {
			char *name = arena_str(r->a, span_of(w, strcspn(w, " ")));
			if (json_find(o, name) == NULL)
				return wrong(r->e, ERR_MISSING, o, "missing") || err_in(r->e, "%s", name);
		}
	return true;
}

/* `list`: the array of them, or the one word itself; NULL: not given. */
static bool check_words(const struct reading *r, const struct json *list, const char *allowed, const char *field)
{
	const bool many = list != NULL && list->type == JSON_ARRAY;
	const struct json *v = many ? list->first : list;
	for (size_t i = 0; v != NULL; v = many ? v->next : NULL, i++) {
		if (listed_word(allowed, v->text))
			continue;
		wrong(r->e, ERR_UNKNOWN, v, "\"%.*s\" is none of: %s", SHOWN(v->text), allowed);
		return many ? err_in(r->e, "%s[%zu]", field, i) : err_in(r->e, "%s", field);
	}
	return true;
}

#define WORDS "title reason ticket category impact rollback attachment"

#define CHECKS "uups changed initialised contract layout audit rollback preview"

static bool check_rule_words(const struct reading *r, const struct json *o)
{
	const struct json *control = json_find(o, "control");
	return check_words(r, json_find(o, "words"), WORDS, "words") &&
	       check_words(r, control != NULL ? json_find(control, "words") : NULL, WORDS, "control.words") &&
	       check_words(r, json_find(o, "steps"), "schedule execute cancel", "steps") &&
	       check_words(r, json_find(o, "from"), "proposer submitter facilitator", "from") &&
	       check_words(r, json_find(o, "checks"), CHECKS, "checks") &&
	       check_words(r, json_find(o, "head"), "safe finalized", "head");
}

static bool check_delegatecall(const struct reading *r, const struct rule *x, const struct json *o)
{
	if (x->delegatecall && (!x->pattern.targets.given || !x->pattern.selectors.given))
		return wrong(r->e, ERR_MISSING, json_find(o, "delegatecall"),
			     "delegatecall needs for.targets and for.selectors to be named") ||
		       err_in(r->e, "delegatecall");
	for (size_t i = 0; i < x->n_except && x->kind == RULE_CALL_ONLY; i++)
		if (!x->except[i].targets.given || !x->except[i].selectors.given)
			return wrong(r->e, ERR_MISSING, json_at(json_find(o, "except"), i),
				     "delegatecall needs targets and selectors to be named") ||
			       err_in(r->e, "except[%zu]", i);
	return true;
}

static bool check_rule(const struct reading *r, const struct rule *x, const struct json *o)
{
	if (span_is(x->name, "default-deny"))
		return wrong(r->e, ERR_MISMATCH, json_find(o, "name"), "this is what verdicts call the rule that "
			     "nobody wrote") || err_in(r->e, "name");
	if (x->has_max_age && !x->proven)
		return wrong(r->e, ERR_MISMATCH, json_find(o, "maxAge"),
			     "only what has to be proven has an age: source has to be proven") ||
		       err_in(r->e, "maxAge");
	if (x->kind == RULE_RATE && (x->max == 0 || x->per == 0))
		return wrong(r->e, ERR_RANGE, json_find(o, x->max == 0 ? "max" : "per"),
			     "a rate of nothing would stop everything") ||
		       err_in(r->e, x->max == 0 ? "max" : "per");
	if (x->kind == RULE_CODE && x->releases == (x->listed != NULL))
		return wrong(r->e, ERR_MISMATCH, o, "code is listed here, or in the list of releases: needed one of "
			     "listed and releases");
	return check_delegatecall(r, x, o) && check_rule_words(r, o);
}

static bool read_rule(const struct reading *r, struct rule *x, const struct json *o)
{
	struct span kind;
	if (!is_type(r, o, JSON_OBJECT) || !json_get_str(o, "kind", &kind, r->e))
		return false;
	if (!rule_kind_parse(&x->kind, kind))
		return wrong(r->e, ERR_UNKNOWN, json_find(o, "kind"), "no such kind of rule") || err_in(r->e, "kind");
	return check_members(r, rule_row(x->kind), o) &&
	       read_members(r, rule_members, ARRAY_LEN(rule_members), x, o) && check_rule(r, x, o);
}

static bool check_excepted(const struct reading *r, const struct rule *x, const struct json *o)
{
	const struct rule *of = policy_rule(r->p, x->excepted);
	if (x->kind != RULE_EXCEPTION)
		return true;
	if (of == NULL)
		return wrong(r->e, ERR_UNKNOWN, json_find(o, "rule"), "no rule is called %.*s", SHOWN(x->excepted)) ||
		       err_in(r->e, "rule");
	return (of->kind != RULE_ALLOW && of->kind != RULE_EXCEPTION && of->kind != RULE_CALL_ONLY) ||
	       wrong(r->e, ERR_RANGE, json_find(o, "rule"), "from a rule of kind %s there is no exception",
		     rule_row(of->kind)->name) ||
	       err_in(r->e, "rule");
}

/* ---- the document ---- */

static bool policy_roles(const struct reading *r, void *out, const struct json *o)
{
	struct policy *p = out;
	if (!is_type(r, o, JSON_OBJECT))
		return false;
	struct role *list = ARENA_ARRAY(r->a, struct role, o->n + 1);
	p->roles = list;
	for (const struct json *v = o->first; v != NULL; v = v->next) {
		list[p->n_roles].name = v->name;
		if (!is_name(r, v->name, v))
			return err_in(r->e, "%.*s", SHOWN(v->name));
		if (!get_texts(r, &list[p->n_roles].people, v))
			return err_in(r->e, "%.*s", SHOWN(v->name));
		p->n_roles++;
	}
	return true;
}

static bool policy_rules(const struct reading *r, void *out, const struct json *v)
{
	struct policy *p = out;
	if (!is_type(r, v, JSON_ARRAY))
		return false;
	if (v->n > RULES_MAX)
		return wrong(r->e, ERR_RANGE, v, "at most %d rules, found %zu", RULES_MAX, v->n);
	struct rule *list = ARENA_ARRAY(r->a, struct rule, v->n + 1);
	p->rules = list;
	for (const struct json *o = v->first; o != NULL; o = o->next) {
		struct rule *x = &list[p->n_rules];
		if (!read_rule(r, x, o))
			return err_in(r->e, "[%zu]", p->n_rules);
		if (policy_rule(p, x->name) != NULL)
			return wrong(r->e, ERR_MISMATCH, json_find(o, "name"), "two rules have this name") ||
			       err_in(r->e, "[%zu].name", p->n_rules);
		p->n_rules++;
	}
	for (size_t i = 0; i < p->n_rules; i++)
		if (!check_excepted(r, &list[i], json_at(v, i)))
			return err_in(r->e, "[%zu]", i);
	return true;
}

static bool policy_format(const struct reading *r, void *out, const struct json *v)
{
	(void)out;
	return (v->type == JSON_STRING && span_is(v->text, POLICY_FORMAT)) ||
	       wrong(r->e, ERR_UNKNOWN, v, "needed \"" POLICY_FORMAT "\"");
}

static bool policy_name(const struct reading *r, void *out, const struct json *v)
{
	struct policy *p = out;
	return get_text(r, &p->name, v);
}

static bool policy_semantics(const struct reading *r, void *out, const struct json *v)
{
	struct policy *p = out;
	return get_count(r, &p->semantics, v) && ((p->semantics > 0 && p->semantics <= POLICY_SEMANTICS) ||
		wrong(r->e, ERR_UNKNOWN, v, "this program knows what rules mean under semantics 1, not under %llu",
		      (unsigned long long)p->semantics));
}

static bool policy_threshold(const struct reading *r, void *out, const struct json *v)
{
	struct policy *p = out;
	return get_count(r, &p->threshold, v);
}

static bool policy_review(const struct reading *r, void *out, const struct json *v)
{
	struct policy *p = out;
	return get_seconds(r, &p->review, v) && ((p->review > 0 && p->review <= REVIEW_WITHIN_MAX) ||
		wrong(r->e, ERR_RANGE, v, "needed 1 second to 366 days"));
}

const char *const kept_class_names[N_KEPT] = {
	[KEPT_ATTACHMENTS] = "attachments", [KEPT_EVIDENCE] = "evidence", [KEPT_FACTS] = "facts",
	[KEPT_MINUTES] = "minutes", [KEPT_RECEIPTS] = "receipts",
};

static bool get_kept(const struct reading *r, struct policy *p, const struct json *v)
{
	uint64_t months;
	size_t c = 0;
	while (c < N_KEPT && !span_is(v->name, kept_class_names[c]))
		c++;
	if (c == N_KEPT)
		return wrong(r->e, ERR_UNKNOWN, v, "no class of files: attachments, evidence, facts, minutes or "
			     "receipts");
	if (!get_count(r, &months, v))
		return false;
	if (months < KEPT_MONTHS_LEAST || months > KEPT_MONTHS_MOST)
		return wrong(r->e, ERR_RANGE, v, "needed %u to %u months", KEPT_MONTHS_LEAST, KEPT_MONTHS_MOST);
	p->kept[c] = (unsigned)months;
	return true;
}

static bool policy_retention(const struct reading *r, void *out, const struct json *o)
{
	if (!is_type(r, o, JSON_OBJECT))
		return false;
	for (const struct json *v = o->first; v != NULL; v = v->next)
		if (!get_kept(r, out, v))
			return err_in(r->e, "%.*s", SHOWN(v->name));
	return true;
}

static bool read_document(const struct reading *r, const struct json *doc)
{
	static const struct member rows[] = { { "format", policy_format }, { "name", policy_name },
		{ "semantics", policy_semantics }, { "threshold", policy_threshold }, { "roles", policy_roles },
		{ "retention", policy_retention }, { "reviewWithin", policy_review }, { "rules", policy_rules } };
	static const char *const needed[] = { "format", "name", "semantics", "rules" };
	if (!is_type(r, doc, JSON_OBJECT))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (json_find(doc, needed[i]) == NULL)
			return wrong(r->e, ERR_MISSING, doc, "missing") || err_in(r->e, "%s", needed[i]);
	const struct json *rules = json_find(doc, "rules");    /* last: they rest on the others */
	for (const struct json *v = doc->first; v != NULL; v = v->next)
		if (v != rules && !read_member(r, rows, ARRAY_LEN(rows), r->p, v))
			return false;
	return read_member(r, rows, ARRAY_LEN(rows), r->p, rules);
}

bool policy_parse(struct arena *a, struct policy *out, struct span text, struct err *e)
{
	struct buf canonical = {0};
	const struct reading r = { a, out, e };
	*out = (struct policy){0};
	out->doc = json_parse(a, text, e);
	if (out->doc == NULL || !json_is_canonical(out->doc, e) || !read_document(&r, out->doc))
		return false;
	json_canonical(&canonical, out->doc);
	sha256(&out->digest, buf_view(&canonical));
	buf_release(&canonical);
	return true;
}

/* ---- asking it ---- */

const struct role *policy_role(const struct policy *p, struct span name)
{
	for (size_t i = 0; i < p->n_roles; i++)
		if (span_eq(p->roles[i].name, name))
			return &p->roles[i];
	return NULL;
}

const struct rule *policy_rule(const struct policy *p, struct span name)
{
	for (size_t i = 0; i < p->n_rules; i++)
		if (span_eq(p->rules[i].name, name))
			return &p->rules[i];
	return NULL;
}

const struct json *policy_rule_doc(const struct policy *p, const struct rule *x)
{
	return json_at(json_find(p->doc, "rules"), (size_t)(x - p->rules));
}

unsigned policy_keeps(const struct policy *p, enum kept_class c)
{
	return p != NULL && p->kept[c] > 0 ? p->kept[c] : KEPT_MONTHS_UNSAID;
}

uint64_t policy_looks_back(const struct policy *p)
{
	uint64_t longest = 0;
	for (size_t i = 0; i < p->n_rules; i++) {
		const struct rule *x = &p->rules[i];
		longest = x->per > longest ? x->per : longest;
		for (size_t k = 0; k < x->n_bounds; k++)
			longest = x->bounds[k].per > longest ? x->bounds[k].per : longest;
	}
	return longest;
}

bool policy_hot_signing(const struct policy *p)
{
	bool says = false;
	for (size_t i = 0; i < p->n_rules; i++) {
		const struct rule *x = &p->rules[i];
		if (x->kind == RULE_HOT_SIGNING && !x->allowed)
			return false;
		says |= x->kind == RULE_HOT_SIGNING;
	}
	return says;
}
