#include "src/policy/drift.h"

#include <string.h>

static enum drift both(enum drift a, enum drift b)
{
	if (a == DRIFT_NONE || a == b)
		return b;
	return b == DRIFT_NONE ? a : DRIFT_EITHER;
}

/* More asks for more, or allows more. */
static enum drift by_size(int grown, enum drift when_grown)
{
	if (grown == 0)
		return DRIFT_NONE;
	if (grown > 0)
		return when_grown;
	return when_grown == DRIFT_TIGHTENS ? DRIFT_LOOSENS : DRIFT_TIGHTENS;
}

static int cmp(uint64_t was, uint64_t is)
{
	return (is > was) - (is < was);
}

/* ---- bounds ---- */

static bool same_texts(const struct texts *a, const struct texts *b)
{
	if (a->given != b->given || a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!span_eq(a->v[i], b->v[i]))
			return false;
	return true;
}

/* A limit that is there or not, then its size. */
static enum drift limit(bool had, bool has, int grown, enum drift when_grown)
{
	if (had != has)
		return has ? DRIFT_TIGHTENS : DRIFT_LOOSENS;
	return had ? by_size(grown, when_grown) : DRIFT_NONE;
}

static enum drift argument(const struct arg_limit *was, const struct arg_limit *is)
{
	enum drift d = DRIFT_NONE;
	if (!span_eq(was->arg, is->arg) || !same_texts(&was->in, &is->in) || !same_texts(&was->not_in, &is->not_in) ||
	    was->per != is->per)
		return DRIFT_EITHER;
	d = both(d, limit(was->has_max, is->has_max, u256_cmp(&is->max, &was->max), DRIFT_LOOSENS));
	d = both(d, limit(was->has_min, is->has_min, u256_cmp(&is->min, &was->min), DRIFT_TIGHTENS));
	d = both(d, limit(was->times > 0, is->times > 0, cmp(was->times, is->times), DRIFT_LOOSENS));
	return both(d, by_size(cmp(was->percent, is->percent), DRIFT_LOOSENS));
}

static enum drift bounds(const struct rule *was, const struct rule *is)
{
	enum drift d = DRIFT_NONE;
	if (was->n_bounds != is->n_bounds)
		return DRIFT_EITHER;
	for (size_t i = 0; i < was->n_bounds; i++)
		d = both(d, argument(&was->bounds[i], &is->bounds[i]));
	return d;
}

/* ---- one member of a rule that changed ---- */

static enum drift member(struct span name, const struct rule *was, const struct rule *is)
{
	if (span_is(name, "why"))
		return DRIFT_NONE;
	if (span_is(name, "bounds"))
		return bounds(was, is);
	if (span_is(name, "min"))
		return by_size(cmp(was->min, is->min), DRIFT_TIGHTENS);
	if (span_is(name, "delay"))
		return by_size(cmp(was->min_delay, is->min_delay), DRIFT_TIGHTENS);
	if (span_is(name, "max"))
		return by_size(cmp(was->max, is->max), DRIFT_LOOSENS);
	if (span_is(name, "maxLag"))
		return by_size(cmp(was->max_lag, is->max_lag), DRIFT_LOOSENS);
	if (span_is(name, "until"))
		return by_size(cmp(was->until, is->until), DRIFT_LOOSENS);
	if (span_is(name, "allowed"))
		return is->allowed ? DRIFT_LOOSENS : DRIFT_TIGHTENS;
	if (span_is(name, "source"))
		return is->proven ? DRIFT_TIGHTENS : DRIFT_LOOSENS;
	if (span_is(name, "maxAge"))
		return limit(was->has_max_age, is->has_max_age, cmp(was->max_age, is->max_age), DRIFT_LOOSENS);
	return DRIFT_EITHER;
}

static const struct json *same_member(const struct json *o, struct span name)
{
	for (const struct json *v = o->first; v != NULL; v = v->next)
		if (span_eq(v->name, name))
			return v;
	return NULL;
}

static enum drift members(const struct json *a, const struct json *b, const struct rule *was, const struct rule *is)
{
	enum drift d = DRIFT_NONE;
	for (const struct json *v = a->first; v != NULL; v = v->next) {
		const struct json *other = same_member(b, v->name);
		if (other == NULL || !json_same(v, other))
			d = both(d, member(v->name, was, is));
	}
	for (const struct json *v = b->first; v != NULL; v = v->next)
		if (same_member(a, v->name) == NULL)
			d = both(d, member(v->name, was, is));
	return d;
}

/* A rule that is there, against none. */
static enum drift alone(const struct rule *x)
{
	if (x->kind == RULE_ALLOW || x->kind == RULE_EXCEPTION || (x->kind == RULE_HOT_SIGNING && x->allowed))
		return DRIFT_LOOSENS;
	return x->kind == RULE_COMPARISON && x->allowed ? DRIFT_NONE : DRIFT_TIGHTENS;
}

enum drift rule_drift(const struct policy *old, const struct rule *was, const struct policy *new,
		      const struct rule *is)
{
	if (was == NULL)
		return alone(is);
	if (is == NULL) {
		const enum drift came = alone(was);
		return came == DRIFT_NONE ? came : came == DRIFT_LOOSENS ? DRIFT_TIGHTENS : DRIFT_LOOSENS;
	}
	return was->kind == is->kind
		       ? members(policy_rule_doc(old, was), policy_rule_doc(new, is), was, is) : DRIFT_EITHER;
}
