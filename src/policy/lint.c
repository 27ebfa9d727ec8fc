#include "src/policy/lint.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/evm/address.h"
#include "src/policy/asking.h"

#define SHOWN(s) text_shown(s), (const char *)(s).p

struct linting {
	struct arena *a;
	struct lint *out;
	size_t cap;
	const struct policy *p;
	const struct pinned *pin;
	uint64_t now;
};

static void find(struct linting *l, bool error, const struct rule *x, const char *fmt, ...) PRINTF(4, 5);

static void find(struct linting *l, bool error, const struct rule *x, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	ARENA_GROW(l->a, l->out->v, l->out->n, l->cap);
	l->out->v[l->out->n++] = (struct lint_finding){ error, x, arena_str(l->a, buf_view(&b)) };
	l->out->n_errors += error;
	buf_release(&b);
}

/* ---- what a pattern could match ---- */

/* "always", "when on is true" … may be either. */
static bool may_be(struct linting *l, const struct action_def *d, bool deescalates)
{
	const char *when = action_deescalates_when(l->a, d);
	return deescalates ? when != NULL : when == NULL || strcmp(when, "always") != 0;
}

static bool could_match(struct linting *l, const struct pattern *p, const struct action_def *d)
{
	struct pattern rough = *p;
	const struct unit u = { .action = action_name(d), .risk = action_risk_of(d),
				.route = action_is_direct(d) ? ROUTE_DIRECT : ROUTE_TIMELOCK };
	rough.has_deescalates = rough.targets.given = rough.selectors.given = false;
	rough.n_args = 0;
	return pattern_matches(&rough, l->pin, &u, true) && (!p->has_deescalates || may_be(l, d, p->deescalates));
}

static bool is_known_target(const struct linting *l, struct span name)
{
	struct addr at;
	return deployment_contract(l->pin->deployment, name) != NULL ||
	       (name.n == 42 && addr_parse(&at, name, NULL) && deployment_contract_at(l->pin->deployment, &at) != NULL);
}

static bool abi_has(const struct abi *abi, struct span selector)
{
	uint8_t bytes[4];
	const bool is_hex = selector.n == 10 && hex_fixed(bytes, 4, selector, NULL);
	if (is_hex)
		return abi_find_selector(abi, bytes) != NULL;
	for (size_t i = 0; i < abi->n_functions; i++)
		if (span_eq(abi->functions[i].signature, selector))
			return true;
	return false;
}

static bool is_known_selector(const struct linting *l, struct span selector)
{
	for (size_t i = 0; i < l->pin->n_abis; i++)
		if (abi_has(l->pin->abis[i].abi, selector))
			return true;
	return false;
}

static bool has_arg(const struct action_def *d, struct span name)
{
	size_t n;
	const struct action_arg *args = action_args(d, &n);
	for (size_t i = 0; i < n; i++)
		if (span_eq(args[i].name, name))
			return true;
	return false;
}

static void check_args(struct linting *l, const struct rule *x, const struct arg_limit *limits, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		bool found = false;
		for (size_t i = 0; i < catalogue_size(l->pin->catalogue) && !found; i++) {
			const struct action_def *d = catalogue_at(l->pin->catalogue, i);
			found = could_match(l, &x->pattern, d) &&
				(has_arg(d, limits[k].arg) || span_is(action_name(d), "call.raw"));
		}
		if (!found)
			find(l, true, x, "can never pass or match: no action that it is for has an argument %.*s",
			     SHOWN(limits[k].arg));
	}
}

static void check_matches(struct linting *l, const struct rule *x)
{
	const struct pattern *p = &x->pattern;
	bool found = false;
	for (size_t i = 0; i < catalogue_size(l->pin->catalogue) && !found; i++)
		found = could_match(l, p, catalogue_at(l->pin->catalogue, i));
	if (!found)
		find(l, true, x, "can never match: no action of the catalogue is all that it asks for");
	for (size_t i = 0; i < p->actions.n; i++) {
		bool known = false;
		struct pattern one = { .actions = { .v = &p->actions.v[i], .n = 1, .given = true } };
		for (size_t k = 0; k < catalogue_size(l->pin->catalogue) && !known; k++)
			known = could_match(l, &one, catalogue_at(l->pin->catalogue, k));
		if (!known)
			find(l, true, x, "the catalogue has no action %.*s", SHOWN(p->actions.v[i]));
	}
	for (size_t i = 0; i < p->targets.n; i++)
		if (!is_known_target(l, p->targets.v[i]))
			find(l, true, x, "the profile has no contract %.*s", SHOWN(p->targets.v[i]));
	for (size_t i = 0; i < p->selectors.n; i++)
		if (!is_known_selector(l, p->selectors.v[i]))
			find(l, true, x, "no ABI has %.*s", SHOWN(p->selectors.v[i]));
	check_args(l, x, p->args, p->n_args);
	check_args(l, x, x->bounds, x->n_bounds);
}

/* ---- what no rule allows ---- */

static bool is_allowed(struct linting *l, const struct action_def *d)
{
	for (size_t i = 0; i < l->p->n_rules; i++)
		if (l->p->rules[i].kind == RULE_ALLOW && could_match(l, &l->p->rules[i].pattern, d))
			return true;
	return false;
}

static void check_covered(struct linting *l)
{
	for (size_t i = 0; i < catalogue_size(l->pin->catalogue); i++) {
		const struct action_def *d = catalogue_at(l->pin->catalogue, i);
		if (is_allowed(l, d))
			continue;
		if (action_deescalates_when(l->a, d) != NULL)
			find(l, true, NULL, "no rule allows %.*s, which takes power away: it could never be done",
			     SHOWN(action_name(d)));
		else
			find(l, false, NULL, "no rule allows %.*s", SHOWN(action_name(d)));
	}
}

/* ---- what could hold up a cancel ---- */

static bool may_hold_up(const struct linting *l, const struct rule *x)
{
	switch (x->kind) {
	case RULE_SIGNERS:
		return x->n_roles > 0 || l->p->threshold == 0 || x->min > l->p->threshold;
	case RULE_BOUNDS: case RULE_WORDS: case RULE_SEPARATION: case RULE_CODE: case RULE_POSSESSION: case RULE_FACT:
	case RULE_UPGRADE:
	case RULE_COMPARISON: case RULE_DELAY:
		return x->kind != RULE_COMPARISON || !x->allowed;
	case RULE_ALLOW: case RULE_RATE: case RULE_FREEZE: case RULE_EXCEPTION: case RULE_CALL_ONLY: case RULE_FINALITY:
	case RULE_AHEAD: case RULE_HOT_SIGNING:
		return false;
	}
	return false;
}

static void check_holds_up(struct linting *l, const struct rule *x)
{
	for (size_t i = 0; i < catalogue_size(l->pin->catalogue); i++) {
		const struct action_def *d = catalogue_at(l->pin->catalogue, i);
		const bool concerned = action_deescalates_when(l->a, d) != NULL && could_match(l, &x->pattern, d) &&
				       (!x->pattern.has_deescalates || x->pattern.deescalates);
		if (!concerned || !may_hold_up(l, x) || (x->kind == RULE_DELAY && action_is_direct(d)))
			continue;
		find(l, x->kind != RULE_DELAY, x, "could hold up %.*s, which takes power away%s", SHOWN(action_name(d)),
		     x->kind == RULE_SIGNERS && l->p->threshold == 0 ?
		     " (the policy does not say the Safe's threshold)" : "");
	}
}

/* ---- contradictions ---- */

static void check_role(struct linting *l, const struct rule *x, const struct role_need *need)
{
	const struct role *role = policy_role(l->p, need->role);
	uint64_t holders = 0;
	for (size_t i = 0; i < role->people.n; i++) {
		const struct person *who = deployment_person(l->pin->deployment, role->people.v[i]);
		holders += who != NULL && who->owner;
	}
	if (holders < need->n)
		find(l, true, x, "can never pass: %" PRIu64 " of the role %.*s have to sign, the profile has %" PRIu64
		     " owners in it", need->n, SHOWN(role->name), holders);
}

static void check_people(struct linting *l)
{
	for (size_t i = 0; i < l->p->n_roles; i++)
		for (size_t k = 0; k < l->p->roles[i].people.n; k++)
			if (deployment_person(l->pin->deployment, l->p->roles[i].people.v[k]) == NULL)
				find(l, true, NULL, "the role %.*s names %.*s, whom the profile does not know",
				     SHOWN(l->p->roles[i].name), SHOWN(l->p->roles[i].people.v[k]));
}

static void check_signers(struct linting *l, const struct rule *x)
{
	const uint64_t owners = deployment_owners(l->pin->deployment);
	const uint64_t min = x->kind == RULE_EXCEPTION ? x->control_signers : x->min;
	if ((x->kind == RULE_SIGNERS || x->kind == RULE_EXCEPTION || x->kind == RULE_SEPARATION) && min > owners)
		find(l, true, x, "can never pass: %" PRIu64 " signatures are needed, the Safe has %" PRIu64 " owners",
			min,
		     owners);
	for (size_t i = 0; i < x->n_roles; i++)
		check_role(l, x, &x->roles[i]);
	for (size_t i = 0; i < x->n_control_roles; i++)
		check_role(l, x, &x->control_roles[i]);
}

/* Two bounds on one argument of one action that leave nothing between them. */
static void check_pair(struct linting *l, const struct rule *x, const struct rule *y)
{
	for (size_t i = 0; i < x->n_bounds; i++)
		for (size_t k = 0; k < y->n_bounds; k++) {
			const struct arg_limit *b = &x->bounds[i], *c = &y->bounds[k];
			if (!span_eq(b->arg, c->arg) ||
			    !((b->has_min && c->has_max && u256_cmp(&b->min, &c->max) > 0) ||
			      (c->has_min && b->has_max && u256_cmp(&c->min, &b->max) > 0)))
				continue;
			for (size_t n = 0; n < catalogue_size(l->pin->catalogue); n++) {
				const struct action_def *d = catalogue_at(l->pin->catalogue, n);
				if (has_arg(d, b->arg) && could_match(l, &x->pattern, d) && could_match(l,
					&y->pattern, d))
					find(l, true, y, "contradicts %.*s: nothing is left for %.*s of %.*s",
						SHOWN(x->name),
					     SHOWN(b->arg), SHOWN(action_name(d)));
			}
		}
}

/* An action that both rules are for, and that has this argument (empty: any); or NULL. */
static const struct action_def *shared(struct linting *l, const struct rule *x, const struct rule *y, struct span arg)
{
	for (size_t i = 0; i < catalogue_size(l->pin->catalogue); i++) {
		const struct action_def *d = catalogue_at(l->pin->catalogue, i);
		if (could_match(l, &x->pattern, d) && could_match(l, &y->pattern, d) &&
		    (arg.n == 0 || has_arg(d, arg)))
			return d;
	}
	return NULL;
}

static bool have_common(const struct texts *x, const struct texts *y)
{
	for (size_t i = 0; i < x->n; i++)
		for (size_t k = 0; k < y->n; k++)
			if (span_eq(x->v[i], y->v[k]))
				return true;
	return false;
}

/* Names and addresses of one thing are told apart here: then it is worth a look. */
static bool sets_exclude(const struct rule *x, const struct rule *y, struct span *arg)
{
	for (size_t i = 0; i < x->n_bounds; i++)
		for (size_t k = 0; k < y->n_bounds; k++) {
			const struct arg_limit *b = &x->bounds[i], *c = &y->bounds[k];
			*arg = b->arg;
			if (span_eq(b->arg, c->arg) && b->in.given && c->in.given && !have_common(&b->in, &c->in))
				return true;
		}
	return false;
}

static bool codes_exclude(const struct rule *x, const struct rule *y)
{
	for (size_t i = 0; i < x->n_listed; i++)
		for (size_t k = 0; k < y->n_listed; k++)
			if (hash32_eq(&x->listed[i].hash, &y->listed[k].hash))
				return false;
	return span_eq(x->arg, y->arg) && x->n_listed > 0 && y->n_listed > 0;
}

static bool exclude(const struct rule *x, const struct rule *y, struct span *about)
{
	*about = x->arg;
	if (x->kind != y->kind)
		return false;
	if (x->kind == RULE_BOUNDS)
		return sets_exclude(x, y, about);
	if (x->kind == RULE_CODE)
		return codes_exclude(x, y);
	*about = x->fact;
	return x->kind == RULE_FACT && span_eq(x->fact, y->fact) && x->is != NULL && y->is != NULL &&
	       !json_same(x->is, y->is);
}

static void check_exclusion(struct linting *l, const struct rule *x, const struct rule *y)
{
	struct span about;
	const bool nothing = exclude(x, y, &about);
	const struct span arg = x->kind == RULE_FACT ? span_of(NULL, 0) : about;
	const struct action_def *d = nothing ? shared(l, x, y, arg) : NULL;
	if (d != NULL)
		find(l, true, y, "contradicts %.*s: no %.*s of %.*s can pass both", SHOWN(x->name), SHOWN(about),
		     SHOWN(action_name(d)));
	if (x->kind == y->kind && (x->kind == RULE_COMPARISON || x->kind == RULE_HOT_SIGNING) &&
	    x->allowed != y->allowed && shared(l, x, y, span_of(NULL, 0)) != NULL)
		find(l, false, y, "says otherwise than %.*s: where both are asked, no counts", SHOWN(x->name));
}

/* ---- what adds nothing ---- */

static bool is_for_all(const struct pattern *p)
{
	return !p->actions.given && p->risks == 0 && !p->targets.given && !p->selectors.given && !p->has_route &&
	       !p->has_deescalates && p->n_args == 0;
}

/* x, which is for everything, asks for at least as much as y. */
static bool shadows(const struct rule *x, const struct rule *y)
{
	if (x == y || x->kind != y->kind || !is_for_all(&x->pattern) || (y->proven && !x->proven) || y->has_max_age ||
	    (is_for_all(&y->pattern) && x > y))
		return false;
	if (x->kind == RULE_DELAY)
		return x->min_delay >= y->min_delay;
	if (x->kind == RULE_SEPARATION)
		return x->min >= y->min && !x->from.given && !y->from.given;
	return x->kind == RULE_SIGNERS && x->min >= y->min && y->n_roles == 0;
}

static void check_shadow(struct linting *l, const struct rule *y)
{
	for (size_t i = 0; i < l->p->n_rules; i++)
		if (shadows(&l->p->rules[i], y)) {
			find(l, false, y, "adds nothing: %.*s asks for as much of everything",
			     SHOWN(l->p->rules[i].name));
			return;
		}
}

static void check_contradictions(struct linting *l)
{
	for (size_t i = 0; i < l->p->n_rules; i++) {
		for (size_t k = i + 1; k < l->p->n_rules; k++) {
			if (l->p->rules[i].kind == RULE_BOUNDS && l->p->rules[k].kind == RULE_BOUNDS)
				check_pair(l, &l->p->rules[i], &l->p->rules[k]);
			check_exclusion(l, &l->p->rules[i], &l->p->rules[k]);
		}
		check_shadow(l, &l->p->rules[i]);
	}
}

/* ---- times ---- */

#define DAY_MINUTES 1440

static int minute_of(struct span text)
{
	return (text.p[0] - '0') * 600 + (text.p[1] - '0') * 60 + (text.p[3] - '0') * 10 + (text.p[4] - '0');
}

/* A day of the week has no minute outside the windows. */
static bool covers_day(const struct rule *x, unsigned day)
{
	bool frozen[DAY_MINUTES] = { false };
	for (size_t i = 0; i < x->n_windows; i++) {
		const struct window *w = &x->windows[i];
		for (int m = 0; w->kind == WINDOW_WEEKLY && (w->days & (1u << day)) != 0 && m < DAY_MINUTES; m++)
			frozen[m] |= m >= minute_of(w->from) && m < minute_of(w->to);
	}
	for (int m = 0; m < DAY_MINUTES; m++)
		if (!frozen[m])
			return false;
	return true;
}

static bool covers_always(const struct rule *x)
{
	bool week = true;
	for (unsigned day = 0; day < 7; day++)
		week = week && covers_day(x, day);
	for (size_t i = 0; i < x->n_windows; i++)
		if (span_is(x->windows[i].from, "01-01T00:00") && span_is(x->windows[i].to, "12-31T24:00"))
			return true;
	return week;
}

#define TEN_YEARS (UINT64_C(3650) * 86400)      /* the longest delay that can be drafted */

static void check_times(struct linting *l, const struct rule *x)
{
	if (x->kind == RULE_FREEZE && covers_always(x))
		find(l, true, x, "covers all time: what it is for could never be done");
	if (x->kind == RULE_DELAY && x->min_delay > TEN_YEARS)
		find(l, true, x, "can never pass: a change waits ten years at most");
	if (x->kind == RULE_DELAY && x->pattern.has_route && x->pattern.route == ROUTE_DIRECT)
		find(l, false, x, "never fails: what goes through no timelock waits for nothing");
	if (x->kind == RULE_EXCEPTION && policy_rule(l->p, x->excepted)->kind == RULE_HOT_SIGNING)
		find(l, false, x, "waives nothing: a rule of kind hot-signing always passes");
}

/* ---- what no proof can show ---- */

/* Storage proofs show what contracts keep; src/gov/proven_facts.h has the names. */
static bool is_provable(struct span fact)
{
	static const char *const names[] = { "safe.", "timelock.", "implementation.", "owner.", "code-hash.",
					     "initialized." };
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (span_starts(fact, names[i]))
			return true;
	return span_starts(fact, "action.") && !span_is(fact, "action.layout") && !span_is(fact, "action.rollback");
}

static bool looks_back(const struct rule *x)
{
	for (size_t i = 0; i < x->n_bounds; i++)
		if (x->bounds[i].per > 0)
			return true;
	return false;
}

static bool has_check(const struct rule *x, const char *words)
{
	for (size_t i = 0; i < x->checks.n; i++)
		if (listed_word(words, x->checks.v[i]))
			return true;
	return false;
}

/* NULL: all that it rests on can be proven. */
static const char *unprovable(const struct rule *x)
{
	switch (x->kind) {
	case RULE_RATE: return "what was done before";
	case RULE_FREEZE: return "what time it is";
	case RULE_FINALITY: return "how far the heads are";
	case RULE_COMPARISON: return "who compared what";
	case RULE_BOUNDS: return looks_back(x) ? "what it was before" : NULL;
	case RULE_FACT: return is_provable(x->fact) ? NULL : "this fact";
	case RULE_UPGRADE:
		return has_check(x, "uups contract layout rollback preview") ? "what a node or the log says" : NULL;
	case RULE_ALLOW: case RULE_SIGNERS: case RULE_DELAY: case RULE_WORDS: case RULE_SEPARATION: case RULE_EXCEPTION:
	case RULE_CALL_ONLY: case RULE_CODE: case RULE_POSSESSION: case RULE_AHEAD: case RULE_HOT_SIGNING:
		return NULL;
	}
	return NULL;
}

/* ---- all of it ---- */

static void check_rule(struct linting *l, const struct rule *x)
{
	const struct rule_row *row = rule_row(x->kind);
	check_matches(l, x);
	check_signers(l, x);
	check_holds_up(l, x);
	check_times(l, x);
	if (x->kind == RULE_EXCEPTION && l->now > 0 && x->until <= l->now)
		find(l, false, x, "has ended: it waives nothing any more");
	if (x->kind == RULE_HOT_SIGNING)
		find(l, false, x, "never fails: a verdict knows nothing of machines; %s", x->allowed ?
		     "it lets keys sign on a machine with a network" :
		     "each signer's machine with a network refuses by itself (ONLINE)");
	if (x->kind == RULE_COMPARISON && x->allowed)
		find(l, false, x, "never fails: it lets signatures be made that were compared with nobody");
	if (x->kind == RULE_CODE && !x->releases && x->n_listed == 0)
		find(l, false, x, "lists no code: nothing can pass until a release is listed");
	if (x->proven && unprovable(x) != NULL)
		find(l, true, x, "wants proof, and no state proof shows %s: it could never be submitted",
		     unprovable(x));
	if (!row->chain && x->kind != RULE_EXCEPTION)
		find(l, false, x, "kept by setgov and the signers, not by the chain");
}

void policy_lint(struct arena *a, struct lint *out, const struct policy *p, const struct pinned *pin, uint64_t now)
{
	struct linting l = { .a = a, .out = out, .p = p, .pin = pin, .now = now };
	*out = (struct lint){0};
	check_people(&l);
	for (size_t i = 0; i < p->n_rules; i++)
		check_rule(&l, &p->rules[i]);
	check_covered(&l);
	check_contradictions(&l);
}
