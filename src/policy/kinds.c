/* How each kind of rule is judged: one function a kind. The words are part of the behaviour: tests compare them. */
#include <inttypes.h>
#include <string.h>

#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/base/time.h"
#include "src/evm/address.h"
#include "src/gov/attestation.h"
#include "src/policy/asking.h"

#define SHOWN(s) text_shown(s), (const char *)(s).p

static struct arena *arena_of(const struct asking *q)
{
	return q->court->a;
}

static const struct unit *unit_of(const struct asking *q, size_t i)
{
	return &q->court->subject->units[q->concerned[i]];
}

/* What b holds, as text in the arena; b is released. */
static const char *text_of(const struct asking *q, struct buf *b)
{
	const char *s = arena_str(arena_of(q), buf_view(b));
	buf_release(b);
	return s;
}

static const char *duration_text(const struct asking *q, uint64_t seconds)
{
	struct buf b = {0};
	duration_format(&b, seconds);
	return text_of(q, &b);
}

static const char *minute_text(const struct asking *q, uint64_t seconds)
{
	struct buf b = {0};
	time_format_minute(&b, seconds < INT64_MAX ? (int64_t)seconds : INT64_MAX);
	return text_of(q, &b);
}

static const char *number_text(const struct asking *q, const struct u256 *v)
{
	struct buf b = {0};
	u256_format(&b, v);
	return text_of(q, &b);
}

static void join(struct buf *out, const char *separator, struct span s)
{
	if (out->n > 0)
		buf_str(out, separator);
	buf_span(out, s);
}

static const char *list_text(const struct asking *q, const struct texts *t)
{
	struct buf b = {0};
	for (size_t i = 0; i < t->n; i++)
		join(&b, ", ", t->v[i]);
	return text_of(q, &b);
}

/* ---- what may be done ---- */

void judge_allow(struct asking *q)
{
	answer(q, VERDICT_PASSED, "allowed: %.*s", SHOWN(unit_of(q, 0)->action));
}

void judge_call_only(struct asking *q)
{
	const struct subject *s = q->court->subject;
	if (!s->delegatecall) {
		answer(q, VERDICT_PASSED, "every call is a CALL");
		return;
	}
	for (size_t i = 0; i < q->n_concerned; i++) {
		bool named = false;
		for (size_t k = 0; k < q->rule->n_except && !named; k++)
			named = pattern_matches(&q->rule->except[k], s->pin, unit_of(q, i), true);
		if (!named) {
			answer(q, VERDICT_FAILED, "a delegatecall: only CALL is allowed");
			return;
		}
	}
	answer(q, VERDICT_PASSED, "a delegatecall that the rule names");
}

/* ---- arguments ---- */

static bool in_sets(struct asking *q, const struct arg_limit *l, struct span text)
{
	const struct pinned *pin = q->court->subject->pin;
	if (l->in.given && !texts_have(&l->in, pin, text))
		answer(q, VERDICT_FAILED, "%.*s is %.*s, which is none of: %s", SHOWN(l->arg), SHOWN(text),
		       list_text(q, &l->in));
	else if (l->not_in.given && texts_have(&l->not_in, pin, text))
		answer(q, VERDICT_FAILED, "%.*s is %.*s, which is excluded", SHOWN(l->arg), SHOWN(text));
	else
		return true;
	return false;
}

static bool in_range(struct asking *q, const struct arg_limit *l, const struct u256 *v)
{
	if (l->has_min && u256_cmp(v, &l->min) < 0)
		answer(q, VERDICT_FAILED, "%.*s is %s, at least %s is needed", SHOWN(l->arg), number_text(q, v),
		       number_text(q, &l->min));
	else if (l->has_max && u256_cmp(v, &l->max) > 0)
		answer(q, VERDICT_FAILED, "%.*s is %s, at most %s is allowed", SHOWN(l->arg), number_text(q, v),
		       number_text(q, &l->max));
	else
		return true;
	return false;
}

/* The fact "action[2].perDay": what the argument would replace. */
static bool know_current(struct asking *q, const struct arg_limit *l, struct u256 *out)
{
	const char *name;
	const struct json *v = know_of_action(q, l->arg, &name);
	if (v == NULL)
		return false;
	if ((v->type != JSON_STRING && v->type != JSON_NUMBER) || !number_of(out, v->text)) {
		answer(q, VERDICT_FAILED, "the fact %s is not a number", name);
		return false;
	}
	return true;
}

static bool within_times(struct asking *q, const struct arg_limit *l, const struct u256 *v)
{
	struct u256 now, most;
	if (!know_current(q, l, &now))
		return false;
	if (!u256_mul_u64(&most, &now, l->times) || u256_cmp(v, &most) <= 0)
		return true;
	answer(q, VERDICT_FAILED, "%.*s is %s, more than %" PRIu64 " times the current %s", SHOWN(l->arg),
		number_text(q, v),
	       l->times, number_text(q, &now));
	return false;
}

/* The same action on the same thing: what the rule does not bound is the same. */
static bool is_same_thing(const struct asking *q, const struct unit *a, const struct unit *b)
{
	if (!span_eq(a->action, b->action) || a->args == NULL)
		return false;
	for (const struct json *v = a->args->first; v != NULL; v = v->next) {
		bool bounded = false;
		for (size_t i = 0; i < q->rule->n_bounds; i++)
			bounded |= span_eq(q->rule->bounds[i].arg, v->name);
		if (!bounded && !span_eq(v->text, unit_arg(b, v->name)))
			return false;
	}
	return true;
}

/* What it was before the first change within the time; the current value where there was none. */
static bool know_base(struct asking *q, const struct arg_limit *l, struct u256 *out)
{
	uint64_t now, first = UINT64_MAX;
	if (!know_u64(q, "now", &now) || !know_history(q) || !know_current(q, l, out))
		return false;
	for (size_t i = 0; i < q->court->n_history; i++) {
		const struct past *past = &q->court->history[i];
		if (past->at > first || past->at + l->per <= now || !is_same_thing(q, unit_of(q, 0), &past->unit))
			continue;
		const struct json *was = past->was;
		const struct json *v = was != NULL ? json_find(was, arena_str(arena_of(q), l->arg)) : NULL;
		if (v == NULL || !number_of(out, v->text)) {
			answer(q, VERDICT_FAILED, "what %.*s was before %.*s is not known", SHOWN(l->arg),
				SHOWN(past->change));
			return false;
		}
		first = past->at;
	}
	return true;
}

/* So many percent of it, rounded down, however near to 2^256 it is; false: more than 2^256. */
static bool share_of(struct u256 *out, const struct u256 *v, uint64_t percent)
{
	struct u256 hundredths, whole, rest;
	uint64_t left;
	u256_div_u64(&hundredths, &left, v, 100);
	rest = u256_from_u64(left * percent / 100);
	return u256_mul_u64(&whole, &hundredths, percent) && u256_add(out, &whole, &rest);
}

static bool within_step(struct asking *q, const struct arg_limit *l, const struct u256 *v)
{
	struct u256 base, apart, most;
	if (!know_base(q, l, &base))
		return false;
	const bool up = u256_cmp(v, &base) > 0;
	if (!u256_sub(&apart, up ? v : &base, up ? &base : v))
		return false;
	if (!share_of(&most, &base, l->percent) || u256_cmp(&apart, &most) <= 0)
		return true;
	answer(q, VERDICT_FAILED, "%.*s is %s, more than %" PRIu64 " %% away from %s, what it was %s ago",
		SHOWN(l->arg),
	       number_text(q, v), l->percent, number_text(q, &base), duration_text(q, l->per));
	return false;
}

static bool keeps_limit(struct asking *q, const struct arg_limit *l)
{
	const struct span text = unit_arg(unit_of(q, 0), l->arg);
	struct u256 v;
	if (text.p == NULL) {
		answer(q, VERDICT_FAILED, "%.*s has no argument %.*s", SHOWN(unit_of(q, 0)->action), SHOWN(l->arg));
		return false;
	}
	if (!in_sets(q, l, text))
		return false;
	if (!l->has_min && !l->has_max && l->times == 0 && l->per == 0)
		return true;
	if (!number_of(&v, text)) {
		answer(q, VERDICT_FAILED, "%.*s is %.*s, which is not a number", SHOWN(l->arg), SHOWN(text));
		return false;
	}
	return in_range(q, l, &v) && (l->times == 0 || within_times(q, l, &v)) && (l->per == 0 || within_step(q, l,
		&v));
}

void judge_bounds(struct asking *q)
{
	for (size_t i = 0; i < q->rule->n_bounds; i++)
		if (!keeps_limit(q, &q->rule->bounds[i]))
			return;
	answer(q, VERDICT_PASSED, "within its bounds");
}

/* ---- signatures ---- */

struct signers { const struct person *v[256]; size_t n; };

static bool has_signed(const struct json *list, const struct addr *who)
{
	for (const struct json *s = list->first; s != NULL; s = s->next) {
		struct addr at;
		if (json_get_addr(s, "owner", &at, NULL) && addr_eq(&at, who))
			return true;
	}
	return false;
}

/* Owners of the profile, each once and in its order, whatever order they signed in. */
static bool know_signers(struct asking *q, struct signers *out)
{
	const struct json *list = know(q, "signatures");
	const struct deployment *d = q->court->subject->pin->deployment;
	out->n = 0;
	for (size_t i = 0; list != NULL && i < d->n_people && out->n < ARRAY_LEN(out->v); i++)
		if (d->people[i].owner && has_signed(list, &d->people[i].address))
			out->v[out->n++] = &d->people[i];
	return list != NULL;
}

static const char *signers_text(const struct asking *q, const struct signers *s)
{
	struct buf b = {0};
	for (size_t i = 0; i < s->n; i++)
		join(&b, ", ", s->v[i]->id);
	if (s->n == 0)
		buf_str(&b, "nobody");
	return text_of(q, &b);
}

static bool has_person(const struct role *role, struct span id)
{
	for (size_t i = 0; i < role->people.n; i++)
		if (span_eq(role->people.v[i], id))
			return true;
	return false;
}

/* How many of the role have signed, and how many owners hold it at all. */
static void count_role(const struct asking *q, const struct role *role, const struct signers *s, uint64_t *signed_,
		       uint64_t *holders)
{
	const struct deployment *d = q->court->subject->pin->deployment;
	*signed_ = *holders = 0;
	for (size_t i = 0; i < s->n; i++)
		*signed_ += has_person(role, s->v[i]->id);
	for (size_t i = 0; i < d->n_people; i++)
		*holders += d->people[i].owner && has_person(role, d->people[i].id);
}

static bool enough_of_roles(struct asking *q, const struct role_need *needs, size_t n, const struct signers *s)
{
	for (size_t i = 0; i < n; i++) {
		const struct role *role = policy_role(q->court->policy, needs[i].role);
		uint64_t have, holders;
		count_role(q, role, s, &have, &holders);
		if (holders < needs[i].n)
			answer(q, VERDICT_FAILED, "%" PRIu64 " of the role %.*s have to sign, the profile has %" PRIu64
			       " owners in it", needs[i].n, SHOWN(role->name), holders);
		else if (have < needs[i].n)
			answer(q, VERDICT_PENDING, "%" PRIu64 " of the role %.*s (%s) have to sign, %" PRIu64 " did",
			       needs[i].n, SHOWN(role->name), list_text(q, &role->people), have);
		else
			continue;
		return false;
	}
	return true;
}

/* The chain enforces its threshold and no more. */
static const char *beyond_chain(struct asking *q, uint64_t min)
{
	const struct fact *f = facts_find(q->court->facts, span_str("safe.threshold"));
	struct u256 v;
	uint64_t threshold;
	if (f == NULL || f->value->type != JSON_NUMBER || !number_of(&v, f->value->text) ||
	    !u256_fits_u64(&v, &threshold))
		return "";
	return min > threshold ? arena_fmt(arena_of(q),
		"; the Safe asks for %" PRIu64 ", so the rest is kept by setgov, "
					   "not by the chain", threshold) : "";
}

static void judge_enough(struct asking *q, uint64_t min, const struct role_need *needs, size_t n)
{
	struct signers s;
	const uint64_t owners = deployment_owners(q->court->subject->pin->deployment);
	if (!know_signers(q, &s))
		return;
	if (min > owners)
		answer(q, VERDICT_FAILED, "%" PRIu64 " signatures are needed, the Safe has %" PRIu64 " owners", min,
			owners);
	else if (s.n < min)
		answer(q, VERDICT_PENDING, "%" PRIu64 " signatures are needed, there are %zu: %s%s", min, s.n,
		       signers_text(q, &s), beyond_chain(q, min));
	else if (enough_of_roles(q, needs, n, &s))
		answer(q, VERDICT_PASSED, "%zu of %" PRIu64 " signatures: %s%s", s.n, min, signers_text(q, &s),
		       beyond_chain(q, min));
}

void judge_signers(struct asking *q)
{
	judge_enough(q, q->rule->min, q->rule->roles, q->rule->n_roles);
}

/* ---- who may not decide alone ---- */

/* Those who had a hand in it: whoever proposed it, sent a step of it, or led the meeting about it. */
struct parties {
	struct buf who;               /* "the proposer p1 and the facilitator p2" */
	struct span *ids;
	size_t n, n_claimed;          /* n_claimed: said by no signature */
};

static bool add_party(struct asking *q, struct parties *p, const char *part, const struct json *v, bool proven)
{
	struct span id, auth;
	if (v->type != JSON_OBJECT || !json_get_str(v, "id", &id, NULL) || !json_get_str(v, "auth", &auth, NULL)) {
		answer(q, VERDICT_FAILED, "the fact %s does not say who", part);
		return false;
	}
	buf_fmt(&p->who, "%sthe %s %.*s", p->n > 0 ? " and " : "", part, SHOWN(id));
	p->ids[p->n++] = id;
	p->n_claimed += !proven || !span_is(auth, "signature");
	return true;
}

/* A fact is one party, a list of them, or null: nobody so far. */
static bool know_party(struct asking *q, struct parties *p, const char *part)
{
	bool proven;
	const struct json *v = know_word(q, part, &proven);
	if (v == NULL)
		return false;
	const size_t n = v->type == JSON_ARRAY ? v->n : v->type != JSON_NULL;
	struct span *ids = ARENA_ARRAY(arena_of(q), struct span, p->n + n + 1);
	if (p->n > 0)
		memcpy(ids, p->ids, p->n * sizeof(*ids));
	p->ids = ids;
	if (v->type != JSON_ARRAY)
		return v->type == JSON_NULL || add_party(q, p, part, v, proven);
	for (const struct json *x = v->first; x != NULL; x = x->next)
		if (!add_party(q, p, part, x, proven))
			return false;
	return true;
}

static bool know_parties(struct asking *q, struct parties *p)
{
	if (!q->rule->from.given)
		return know_party(q, p, "proposer");
	for (size_t i = 0; i < q->rule->from.n; i++)
		if (!know_party(q, p, arena_str(arena_of(q), q->rule->from.v[i])))
			return false;
	return true;
}

static bool is_party(const struct parties *p, struct span id)
{
	for (size_t i = 0; i < p->n; i++)
		if (span_eq(p->ids[i], id))
			return true;
	return false;
}

/* The owners who are none of them. */
static uint64_t count_free(const struct asking *q, const struct parties *p)
{
	const struct deployment *d = q->court->subject->pin->deployment;
	uint64_t n = 0;
	for (size_t i = 0; i < d->n_people; i++)
		n += d->people[i].owner && !is_party(p, d->people[i].id);
	return n;
}

/* Only what a signature proves is counted: each owner who signed and is no party. Who the parties are may be nothing
 * but the console's word. Then so many signatures are enough that it does not matter who they were; with fewer, the
 * answer rests on that word. */
static void count_others(struct asking *q, const struct signers *s, const struct parties *p)
{
	const uint64_t min = q->rule->min, enough = min + p->n_claimed, could = count_free(q, p);
	const char *who = p->n > 0 ? buf_cstr(&p->who) : "whoever had a hand in it (nobody so far)";
	uint64_t others = 0;
	for (size_t i = 0; i < s->n; i++)
		others += !is_party(p, s->v[i]->id);
	const char *found = arena_fmt(arena_of(q), "%" PRIu64 " others than %s have to sign, %" PRIu64 " did", min, who,
				      others);
	q->claimed |= p->n_claimed > 0 && s->n < enough;
	if (could < min)
		answer(q, VERDICT_FAILED, "%s: only %" PRIu64 " owners are left", found, could);
	else if (others < min)
		answer(q, VERDICT_PENDING, "%s", found);
	else if (!q->claimed)
		answer(q, VERDICT_PASSED, "%s%s", found, p->n_claimed > 0 ? ", enough whoever it was" : "");
	else if (q->rule->proven)
		answer(q, VERDICT_PENDING, "%s; that it was them no signature says, so that %" PRIu64 " have to sign",
		       found, enough);
	else
		answer(q, VERDICT_PASSED, "%s; that it was them no signature says", found);
}

void judge_separation(struct asking *q)
{
	struct parties p = {0};
	struct signers s;
	if (know_parties(q, &p) && know_signers(q, &s))
		count_others(q, &s, &p);
	buf_release(&p.who);
}

void judge_comparison(struct asking *q)
{
	const struct json *list = know(q, "signatures");
	struct buf who = {0};
	if (list == NULL)
		return;
	if (q->rule->allowed) {
		answer(q, VERDICT_PASSED, "a phrase may be compared with nobody");
		return;
	}
	if (list->n > 0)               /* what was compared is in no signature; a packet's do not even say it */
		rest_on_word(q, "what was compared");
	for (const struct json *s = list->first; s != NULL; s = s->next) {
		struct span compared = {0}, owner = {0};
		if (json_find(s, "compared") != NULL && json_get_str(s, "owner", &owner, NULL) &&
		    (!json_get_str(s, "compared", &compared, NULL) || span_is(compared, "nobody")))
			join(&who, ", ", owner);
	}
	if (who.n > 0)
		answer(q, VERDICT_PENDING, "compared with nobody: %s; they have to compare, and sign again",
			buf_cstr(&who));
	else
		answer(q, VERDICT_PASSED, "nobody signed without comparing");
	buf_release(&who);
}

void judge_hot_signing(struct asking *q)
{
	answer(q, VERDICT_PASSED, q->rule->allowed ? "keys may sign on a machine with a network"
	       : "keys sign on machines without a network: setgov-signer sees to it, not the chain");
}

/* ---- words ---- */

static bool has_word(const struct proposal *p, struct span word)
{
	const struct { const char *name; size_t n; } words[] = {
		{ "title", p->title.n }, { "reason", p->reason.n }, { "ticket", p->ticket.n },
		{ "category", p->category.n }, { "impact", p->impact.n }, { "rollback", p->rollback.n },
		{ "attachment", p->attachments != NULL ? p->attachments->n : 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (span_is(word, words[i].name))
			return words[i].n > 0;
	return false;
}

static bool has_words(struct asking *q, const struct texts *words)
{
	const struct proposal *p = q->court->subject->proposal;
	struct buf missing = {0};
	for (size_t i = 0; i < words->n; i++)
		if (p == NULL || !has_word(p, words->v[i]))
			join(&missing, ", ", words->v[i]);
	const bool ok = missing.n == 0;
	if (!ok)
		answer(q, VERDICT_FAILED, "missing: %s", buf_cstr(&missing));
	buf_release(&missing);
	return ok;
}

void judge_words(struct asking *q)
{
	if (has_words(q, &q->rule->words))
		answer(q, VERDICT_PASSED, "there: %s", list_text(q, &q->rule->words));
}

void judge_control(struct asking *q, const struct rule *x)
{
	if (x->control_words.n > 0 && !has_words(q, &x->control_words))
		return;
	if (x->control_signers > 0 || x->n_control_roles > 0)
		judge_enough(q, x->control_signers, x->control_roles, x->n_control_roles);
	else
		answer(q, VERDICT_PASSED, "there: %s", list_text(q, &x->control_words));
}

/* ---- time ---- */

void judge_delay(struct asking *q)
{
	const uint64_t delay = q->court->subject->delay, min = q->rule->min_delay;
	uint64_t least = 0;
	bool waits = false;
	for (size_t i = 0; i < q->n_concerned; i++)
		waits |= unit_of(q, i)->route == ROUTE_TIMELOCK;
	if (!waits) {
		answer(q, VERDICT_PASSED, "goes through no timelock: the Safe does it at once");
		return;
	}
	/* A draft that says nothing gets what the timelock demands. */
	if (delay == 0 && !know_u64(q, "timelock.min-delay", &least))
		return;
	const uint64_t waited = delay > 0 ? delay : least;
	answer(q, waited < min ? VERDICT_FAILED : VERDICT_PASSED, "waits %s, at least %s is needed",
	       duration_text(q, waited), duration_text(q, min));
}

/* On the way through the timelock a change is counted once, when it is scheduled: one that was scheduled later does not
 * hold up its execution. */
static bool was_counted(const struct asking *q)
{
	const struct subject *s = q->court->subject;
	return s->has_step && s->step == STEP_EXECUTE && unit_of(q, 0)->route == ROUTE_TIMELOCK;
}

void judge_rate(struct asking *q)
{
	uint64_t now, n = q->n_concerned, oldest = UINT64_MAX;
	if (was_counted(q)) {
		answer(q, VERDICT_PASSED, "counted when it was scheduled");
		return;
	}
	if (!know_u64(q, "now", &now) || !know_history(q))
		return;
	for (size_t i = 0; i < q->court->n_history; i++) {
		const struct past *past = &q->court->history[i];
		if (past->at + q->rule->per <= now || past->unit.deescalates ||
		    !pattern_matches(&q->rule->pattern, q->court->subject->pin, &past->unit, false))
			continue;
		n++;
		oldest = past->at < oldest ? past->at : oldest;
	}
	if (q->n_concerned > q->rule->max)
		answer(q, VERDICT_FAILED, "%zu at once, at most %" PRIu64 " in %s are allowed", q->n_concerned,
			q->rule->max,
		       duration_text(q, q->rule->per));
	else if (n > q->rule->max)
		answer(q, VERDICT_PENDING,
			"this makes %" PRIu64 " in %s, at most %" PRIu64 " are allowed: not before %s", n,
		       duration_text(q, q->rule->per), q->rule->max, minute_text(q, oldest + q->rule->per));
	else
		answer(q, VERDICT_PASSED, "%" PRIu64 " in %s, at most %" PRIu64 " are allowed", n,
		       duration_text(q, q->rule->per), q->rule->max);
}

static bool is_in(const struct window *w, const struct local_time *t)
{
	const char *at = t->text + (w->kind == WINDOW_WEEKLY ? 11 : w->kind == WINDOW_YEARLY ? 5 : 0);
	const int from = memcmp(at, w->from.p, w->from.n), to = memcmp(at, w->to.p, w->to.n);
	if (w->kind == WINDOW_WEEKLY && (w->days & (1u << t->weekday)) == 0)
		return false;
	/* A year's window may go over the new year. */
	if (w->kind == WINDOW_YEARLY && memcmp(w->from.p, w->to.p, w->from.n) > 0)
		return from >= 0 || to < 0;
	return from >= 0 && to < 0;
}

static bool is_excepted(const struct asking *q, const struct unit *u)
{
	for (size_t i = 0; i < q->rule->n_except; i++)
		if (pattern_matches(&q->rule->except[i], q->court->subject->pin, u, true))
			return true;
	return false;
}

void judge_freeze(struct asking *q)
{
	uint64_t now;
	struct local_time t;
	bool held = false;
	for (size_t i = 0; i < q->n_concerned; i++)
		held |= !is_excepted(q, unit_of(q, i));
	if (!held) {
		answer(q, VERDICT_PASSED, "excepted from the freeze");
		return;
	}
	if (!know_u64(q, "now", &now))
		return;
	zone_local(&t, &q->rule->zone, now);
	for (size_t i = 0; i < q->rule->n_windows; i++) {
		const struct window *w = &q->rule->windows[i];
		if (is_in(w, &t)) {
			answer(q, VERDICT_PENDING, "it is %s in %.*s: frozen from %.*s to %.*s", t.text,
			       SHOWN(q->rule->zone.name), SHOWN(w->from), SHOWN(w->to));
			return;
		}
	}
	answer(q, VERDICT_PASSED, "it is %s in %.*s: no freeze", t.text, SHOWN(q->rule->zone.name));
}

/* ---- the chain ---- */

void judge_finality(struct asking *q)
{
	const char *head = span_is(q->rule->head, "safe") ? "chain.safe" : "chain.finalized";
	uint64_t block, behind;
	if (!know_u64(q, "chain.block", &block) || !know_u64(q, head, &behind))
		return;
	const uint64_t lag = block > behind ? block - behind : 0;
	answer(q, lag > q->rule->max_lag ? VERDICT_PENDING : VERDICT_PASSED,
	       "the %.*s head is %" PRIu64 " blocks behind, at most %" PRIu64 " are allowed", SHOWN(q->rule->head), lag,
	       q->rule->max_lag);
}

static bool names_step(const struct texts *steps, enum step_kind s)
{
	for (size_t i = 0; i < steps->n; i++)
		if (span_is(steps->v[i], step_name(s)))
			return true;
	return false;
}

/* Executing is ahead while the operation is not scheduled; everything else is signed when its turn has come. */
void judge_ahead(struct asking *q)
{
	const struct subject *s = q->court->subject;
	uint64_t timestamp;
	if (!s->has_step || s->step != STEP_EXECUTE || unit_of(q, 0)->route == ROUTE_DIRECT) {
		answer(q, VERDICT_PASSED, "nothing is signed ahead");
		return;
	}
	if (names_step(&q->rule->steps, STEP_EXECUTE)) {
		answer(q, VERDICT_PASSED, "execute may be signed ahead");
		return;
	}
	if (!know_u64(q, "timelock.operation-timestamp", &timestamp))
		return;
	if (timestamp == 0)
		answer(q, VERDICT_FAILED, "execute may not be signed before the operation is scheduled");
	else
		answer(q, VERDICT_PASSED, "the operation is scheduled");
}

/* ---- code, keys, and other facts ---- */

static bool is_listed(const struct asking *q, const struct hash32 *hash, struct span *name)
{
	for (size_t i = 0; i < q->rule->n_listed; i++)
		if (hash32_eq(&q->rule->listed[i].hash, hash)) {
			*name = q->rule->listed[i].name;
			return true;
		}
	return false;
}

void judge_code(struct asking *q)
{
	const struct span at = unit_arg(unit_of(q, 0), q->rule->arg);
	struct hash32 hash;
	struct span name;
	if (at.p == NULL) {
		answer(q, VERDICT_FAILED, "%.*s has no argument %.*s", SHOWN(unit_of(q, 0)->action),
			SHOWN(q->rule->arg));
		return;
	}
	if (q->rule->releases) {
		const struct calls calls = unit_of(q, 0)->calls;
		const struct deployment *d = q->court->subject->pin->deployment;
		judge_release(q, at, calls.n == 1 ? deployment_contract_at(d, &calls.v[0].to) : NULL);
		return;
	}
	const struct json *v = know(q, arena_fmt(arena_of(q), "code-hash.%.*s", (int)at.n, (const char *)at.p));
	if (v == NULL)
		return;
	if (v->type != JSON_STRING || !hex_fixed(hash.b, 32, v->text, NULL)) {
		answer(q, VERDICT_FAILED, "there is no code at %.*s", SHOWN(at));
		return;
	}
	if (is_listed(q, &hash, &name))
		answer(q, VERDICT_PASSED, "the code at %.*s is %.*s", SHOWN(at), SHOWN(name));
	else
		answer(q, VERDICT_FAILED, "the code at %.*s, %.*s, is not listed", SHOWN(at), SHOWN(v->text));
}

/* The signature of the fact possession.0x… is over this change's challenge, by that account. It proves itself, whoever
 * brings it. */
static bool is_attested(const struct asking *q, const struct addr *who, const struct json *v)
{
	const struct subject *s = q->court->subject;
	struct attestation t = { .deployment = s->pin->deployment->id, .origin = s->origin, .change = s->change,
				 .account = *who };
	uint8_t bytes[65];
	return v->type == JSON_STRING && hex_fixed(bytes, 65, v->text, NULL) &&
	       sig_from_bytes(&t.sig, span_of(bytes, 65), NULL) && attestation_check(&t, s->pin->deployment, NULL);
}

static bool has_key(struct asking *q, struct span text, const struct addr *who)
{
	bool proven;
	const struct json *v = know_word(q, arena_fmt(arena_of(q), "possession.%.*s", (int)text.n,
						      (const char *)text.p), &proven);
	if (v == NULL)
		return false;
	if (!is_attested(q, who, v)) {
		answer(q, VERDICT_FAILED, "the signature of %.*s is not over this change's challenge", SHOWN(text));
		return false;
	}
	return true;
}

/* A contract cannot sign: it comes with its code. */
static bool knows_fact(const struct asking *q, const char *prefix, struct span text)
{
	const char *name = arena_fmt(arena_of(q), "%s.%.*s", prefix, (int)text.n, (const char *)text.p);
	return facts_find(q->court->facts, span_str(name)) != NULL;
}

static const char *hash_text(const struct asking *q, const struct hash32 *hash)
{
	struct buf b = {0};
	buf_0xhex(&b, SPAN_HASH(hash));
	return text_of(q, &b);
}

static bool nobody_showed(struct asking *q, struct span text)
{
	answer(q, VERDICT_FAILED, "nobody has shown to have the key of %.*s: setgov policy challenge says what it has "
	       "to sign", SHOWN(text));
	return false;
}

/* That there is no code is nothing to prove: then a signature is missing, whoever says so. */
static bool has_code(struct asking *q, struct span text, struct hash32 *hash)
{
	const char *name = arena_fmt(arena_of(q), "code-hash.%.*s", (int)text.n, (const char *)text.p);
	bool proven;
	if (q->rule->n_listed == 0)
		return nobody_showed(q, text);
	const struct json *v = know_word(q, name, &proven);
	if (v == NULL)
		return false;
	if (v->type != JSON_STRING || !hex_fixed(hash->b, 32, v->text, NULL))
		return nobody_showed(q, text);
	return know(q, name) != NULL;
}

/* Listed code, or no code and a signature. */
static bool shows_possession(struct asking *q, struct span arg)
{
	const struct span text = unit_arg(unit_of(q, 0), arg);
	struct addr who;
	struct hash32 hash;
	struct span name;
	if (text.p == NULL || !addr_parse(&who, text, NULL)) {
		answer(q, VERDICT_FAILED, "%.*s is not an address", SHOWN(arg));
		return false;
	}
	if (knows_fact(q, "possession", text))
		return has_key(q, text, &who);
	if (!has_code(q, text, &hash))
		return false;
	if (is_listed(q, &hash, &name))
		return true;
	const char *found = hash_text(q, &hash);
	answer(q, VERDICT_FAILED, "%.*s is a contract whose code, %s, is not listed", SHOWN(text), found);
	return false;
}

void judge_possession(struct asking *q)
{
	for (size_t i = 0; i < q->rule->args.n; i++)
		if (!shows_possession(q, q->rule->args.v[i]))
			return;
	answer(q, VERDICT_PASSED, "signed this change's challenge, or is listed code: %s",
	       list_text(q, &q->rule->args));
}

/* "action.layout" is about each action: "action[2].layout". */
void judge_fact(struct asking *q)
{
	const struct span name = q->rule->fact;
	const char *full = arena_str(arena_of(q), name);
	const struct json *v = span_starts(name, "action.") ? know_of_action(q, span_of(name.p + 7, name.n - 7), &full)
							    : know(q, full);
	struct buf found = {0}, want = {0};
	if (v == NULL)
		return;
	if (!json_is_canonical(v, NULL)) {
		answer(q, VERDICT_FAILED, "the fact %s cannot be compared", full);
		return;
	}
	json_canonical(&found, v);
	if (q->rule->is != NULL)
		json_canonical(&want, q->rule->is);
	if (q->rule->is != NULL && !json_same(v, q->rule->is))
		answer(q, VERDICT_FAILED, "%s is %s, it has to be %s", full, buf_cstr(&found), buf_cstr(&want));
	else
		answer(q, VERDICT_PASSED, "%s is %s", full, buf_cstr(&found));
	buf_release(&found);
	buf_release(&want);
}
