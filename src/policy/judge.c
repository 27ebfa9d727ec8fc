#include "src/policy/judge.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "src/policy/asking.h"

#define SHOWN(s) text_shown(s), (const char *)(s).p

const char *verdict_name(enum verdict_word w)
{
	static const char *const names[] = { "passed", "passed on the console's word", "pending", "failed" };
	return names[w];
}

/* ---- what kinds.c answers with ---- */

void answer(struct asking *q, enum verdict_word w, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;
	q->word = w;
	if (q->quiet && w == VERDICT_PASSED)
		return;
	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	q->text = arena_str(q->court->a, buf_view(&b));
	buf_release(&b);
}

static void list_fact(struct asking *q, struct span name)
{
	if (q->n_facts == q->cap_facts) {
		q->cap_facts = q->cap_facts > 0 ? 2 * q->cap_facts : 8;
		struct span *more = ARENA_ARRAY(q->court->a, struct span, q->cap_facts);
		if (q->n_facts > 0)
			memcpy(more, q->facts, q->n_facts * sizeof(*more));
		q->facts = more;
	}
	q->facts[q->n_facts++] = name;
}

/* Each is listed once a rule. */
static void use_fact(struct asking *q, const struct fact *f)
{
	const struct rule **by = &q->court->used_by[f - q->court->facts->v];
	if (*by != q->rule)
		list_fact(q, f->name);
	*by = q->rule;
}

/* "a, b" has b. */
static bool is_in_list(const char *list, const char *what)
{
	const size_t n = strlen(what);
	for (const char *w = list; w != NULL && (w = strstr(w, what)) != NULL; w += n)
		if ((w == list || w[-1] == ' ') && (w[n] == '\0' || w[n] == ','))
			return true;
	return false;
}

void rest_on_word(struct asking *q, const char *what)
{
	q->claimed = true;
	if (!q->rule->proven || is_in_list(q->unproven, what))
		return;
	q->unproven = q->unproven == NULL ? what : arena_fmt(q->court->a, "%s, %s", q->unproven, what);
}

/* Only what a header proves has an age: the console's own words are as new as it says. */
static bool is_stale(struct asking *q, const struct fact *f)
{
	struct buf age = {0}, most = {0};
	struct u256 v;
	uint64_t at;
	if (!q->rule->has_max_age || f->time == 0)
		return false;
	const struct fact *now = facts_find(q->court->facts, span_str("now"));
	if (now == NULL || now->value->type != JSON_NUMBER || !u256_parse(&v, now->value->text, NULL) ||
	    !u256_fits_u64(&v, &at)) {
		answer(q, VERDICT_FAILED, "the fact now is not known, so that the proof of %.*s has no age",
		       SHOWN(f->name));
		return true;
	}
	if (at < f->time || at - f->time <= q->rule->max_age)
		return false;
	duration_format(&age, at - f->time);
	duration_format(&most, q->rule->max_age);
	answer(q, VERDICT_FAILED, "the proof of %.*s is stale: block %" PRIu64 " is %s old, at most %s is allowed",
	       SHOWN(f->name), f->block, buf_cstr(&age), buf_cstr(&most));
	buf_release(&age);
	buf_release(&most);
	return true;
}

/* `f`: the fact of that name, or NULL. */
static const struct json *weigh(struct asking *q, const char *name, const struct fact *f, bool *proven)
{
	if (f == NULL) {
		list_fact(q, arena_copy(q->court->a, span_str(name)));
		answer(q, VERDICT_FAILED, "the fact %s is not known", name);
		return NULL;
	}
	use_fact(q, f);
	*proven = f->source == FACT_PROVEN;
	return is_stale(q, f) ? NULL : f->value;
}

static const struct json *rest_on(struct asking *q, const char *name, const struct fact *f)
{
	bool proven = false;
	const struct json *v = weigh(q, name, f, &proven);
	if (v != NULL && !proven)
		rest_on_word(q, name);
	return v;
}

const struct json *know_word(struct asking *q, const char *name, bool *proven)
{
	return weigh(q, name, facts_find(q->court->facts, span_str(name)), proven);
}

const struct json *know(struct asking *q, const char *name)
{
	return rest_on(q, name, facts_find(q->court->facts, span_str(name)));
}

/* Many rules ask the same of the same action: its fact is looked up once. */
struct of_action {
	struct span what;
	const char *name;
	const struct fact *fact;      /* NULL: not known */
	struct of_action *next;
};

const struct json *know_of_action(struct asking *q, struct span what, const char **name)
{
	struct court *c = q->court;
	struct of_action **at = &c->of_action[q->concerned[0]], *x = *at;
	while (x != NULL && !span_eq(x->what, what))
		x = x->next;
	if (x == NULL) {
		x = ARENA_NEW(c->a, struct of_action);
		x->what = what;
		x->name = arena_fmt(c->a, "action[%zu].%.*s", q->concerned[0], SHOWN(what));
		x->fact = facts_find(c->facts, span_str(x->name));
		x->next = *at;
		*at = x;
	}
	*name = x->name;
	return rest_on(q, x->name, x->fact);
}

bool know_u64(struct asking *q, const char *name, uint64_t *out)
{
	const struct json *v = know(q, name);
	struct u256 n;
	if (v == NULL)
		return false;
	if (v->type == JSON_NUMBER && u256_parse(&n, v->text, NULL) && u256_fits_u64(&n, out) &&
	    *out <= (UINT64_C(1) << 53) - 1)
		return true;
	answer(q, VERDICT_FAILED, "the fact %s is not a whole number", name);
	return false;
}

/* An entry whose action cannot be read any more (another catalogue) is still one that happened: it matches by name. */
static bool read_past(struct court *c, struct past *out, const struct json *o)
{
	const struct json *action;
	if (!json_get(o, "action", JSON_OBJECT, &action, NULL) || !json_get_u64(o, "at", &out->at, NULL) ||
	    !json_get_str(o, "change", &out->change, NULL) || json_find(action, "args") == NULL)
		return false;
	out->was = json_find(o, "was");
	if (unit_from_action(c->a, &out->unit, c->subject->pin, action, NULL))
		return true;
	out->unit = (struct unit){ .risk = RISK_CRITICAL };
	out->unit.args = json_find(action, "args");
	return json_get_str(action, "action", &out->unit.action, NULL);
}

bool know_history(struct asking *q)
{
	struct court *c = q->court;
	const struct json *list = know(q, "history");
	if (list == NULL)
		return false;
	if (c->has_history)
		return true;
	c->history = ARENA_ARRAY(c->a, struct past, list->n + 1);
	for (const struct json *o = list->first; o != NULL; o = o->next)
		if (!read_past(c, &c->history[c->n_history++], o)) {
			c->n_history = 0;
			answer(q, VERDICT_FAILED, "the fact history cannot be read");
			return false;
		}
	c->has_history = true;
	return true;
}

/* ---- one rule ---- */

static size_t find_concerned(const struct court *c, const struct rule *x, size_t *out)
{
	const bool allows = x->kind == RULE_ALLOW;
	size_t n = 0;
	for (size_t i = 0; i < c->subject->n_units; i++) {
		const struct unit *u = &c->subject->units[i];
		if (rule_row(x->kind)->yields && u->deescalates)
			continue;
		if (allows && c->subject->delegatecall && !x->delegatecall)
			continue;
		if (pattern_matches(&x->pattern, c->subject->pin, u, allows))
			out[n++] = i;
	}
	return n;
}

/* The exceptions that name this rule and cover everything it concerns. */
static bool covers(const struct court *c, const struct rule *exception, const size_t *concerned, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!pattern_matches(&exception->pattern, c->subject->pin, &c->subject->units[concerned[i]], true))
			return false;
	return true;
}

static void waive(struct asking *q, const struct rule *x)
{
	const char *before = q->text;
	const enum verdict_word was = q->word;
	struct buf until = {0};
	uint64_t now;
	time_format_minute(&until, (int64_t)x->until);
	if (!know_u64(q, "now", &now)) {
		answer(q, was, "%s; whether the exception %.*s has ended is not known", before, SHOWN(x->name));
	} else if (now >= x->until) {
		answer(q, was, "%s; the exception %.*s ended %s", before, SHOWN(x->name), buf_cstr(&until));
	} else {
		q->waived = x;
		judge_control(q, x);
		answer(q, q->word, "%s; waived until %s by %.*s, in place of it: %s", before, buf_cstr(&until),
			SHOWN(x->name),
		       q->text);
	}
	buf_release(&until);
}

static void ask(struct asking *q)
{
	struct court *c = q->court;
	rule_row(q->rule->kind)->judge(q);
	for (size_t i = 0; i < c->policy->n_rules && q->word >= VERDICT_PENDING; i++) {
		const struct rule *x = &c->policy->rules[i];
		if (x->kind == RULE_EXCEPTION && span_eq(x->excepted, q->rule->name) &&
		    covers(c, x, q->concerned, q->n_concerned))
			waive(q, x);
	}
	if (q->word != VERDICT_PASSED || !q->claimed)
		return;
	if (q->unproven != NULL && !q->quiet)
		answer(q, VERDICT_PASSED, "%s; to be proven, and the console's word: %s", q->text, q->unproven);
	q->word = VERDICT_WORD;
}

/* Of the answers for each action, the worst stand; each with the action that it is about. */
struct gathered {
	enum verdict_word word;
	size_t n;                     /* actions that ended so */
	struct buf text;
};

static void gather(struct gathered *g, const struct asking *q, bool many)
{
	if (q->word < g->word)
		return;
	if (q->word > VERDICT_WORD && q->word > g->word) {
		buf_clear(&g->text);
		g->n = 0;
	}
	g->word = q->word;
	if (g->n++ > 0 && q->word <= VERDICT_WORD)
		return;                        /* one that passed speaks for all that did */
	if (g->n > 1)
		buf_str(&g->text, "; ");
	if (many && q->word > VERDICT_WORD)
		buf_fmt(&g->text, "actions[%zu]: ", q->concerned[0]);
	buf_str(&g->text, q->text);
}

static void finish(struct rule_verdict *out, struct court *c, const struct rule *x, struct gathered *g, bool many)
{
	if (many && g->word <= VERDICT_WORD && g->n > 1)
		buf_fmt(&g->text, " (and %zu more actions)", g->n - 1);
	out->rule = x;
	out->word = g->word;
	out->text = arena_str(c->a, buf_view(&g->text));
	buf_release(&g->text);
}

/* False: the rule does not concern the change. */
static bool judge_rule(struct court *c, const struct rule *x, size_t *room, struct rule_verdict *out)
{
	const struct rule_row *row = rule_row(x->kind);
	struct asking q = { .court = c, .rule = x, .concerned = room };
	const size_t n = row->judge != NULL ? find_concerned(c, x, room) : 0;
	const bool many = row->each && c->subject->n_units > 1;
	struct gathered g = {0};
	if (n == 0)
		return false;
	for (size_t i = 0; i < (row->each ? n : 1); i++) {
		q.concerned = room + i;
		q.n_concerned = row->each ? 1 : n;
		q.claimed = false;
		q.unproven = NULL;
		q.quiet = g.n > 0 && g.word <= VERDICT_WORD;
		ask(&q);
		gather(&g, &q, many);
	}
	finish(out, c, x, &g, many);
	out->waived = q.waived;
	out->facts = q.facts;
	out->n_facts = q.n_facts;
	return true;
}

/* ---- all of them ---- */

static bool is_allowed(const struct court *c, const struct unit *u)
{
	for (size_t i = 0; i < c->policy->n_rules; i++) {
		const struct rule *x = &c->policy->rules[i];
		if (x->kind == RULE_ALLOW && (!c->subject->delegatecall || x->delegatecall) &&
		    pattern_matches(&x->pattern, c->subject->pin, u, true))
			return true;
	}
	return false;
}

/* "paymaster.withdraw", or what a raw call calls. */
static void put_unit(struct buf *out, const struct court *c, size_t i)
{
	const struct unit *u = &c->subject->units[i];
	if (c->subject->n_units > 1)
		buf_fmt(out, "actions[%zu] ", i);
	buf_span(out, u->action);
	if (span_is(u->action, "call.raw") && u->calls.n == 1) {
		const struct span data = u->calls.v[0].data;
		buf_str(out, " ");
		if (u->targets[0].n > 0)
			buf_span(out, u->targets[0]);
		else
			buf_0xhex(out, span_of(u->calls.v[0].to.b, 20));
		buf_str(out, " ");
		if (u->functions[0].n > 0)
			buf_span(out, u->functions[0]);
		else
			buf_0xhex(out, span_of(data.p, data.n < 4 ? data.n : 4));
	}
}

static void default_deny(struct court *c, struct verdict *v)
{
	struct buf text = {0};
	for (size_t i = 0; i < c->subject->n_units; i++) {
		if (is_allowed(c, &c->subject->units[i]))
			continue;
		if (text.n > 0)
			buf_str(&text, "; ");
		put_unit(&text, c, i);
		buf_str(&text, c->subject->delegatecall ? ": no rule allows it as a delegatecall" :
			": no rule allows it");
	}
	if (text.n > 0)
		v->rules[v->n_rules++] = (struct rule_verdict){ .word = VERDICT_FAILED,
							       .text = arena_str(c->a, buf_view(&text)) };
	buf_release(&text);
}

void policy_judge(struct arena *a, struct verdict *out, const struct policy *p, const struct subject *s,
		  const struct facts *f)
{
	struct court c = { .a = a, .policy = p, .subject = s, .facts = f,
			   .used_by = ARENA_ARRAY(a, const struct rule *, f->n + 1),
			   .of_action = ARENA_ARRAY(a, struct of_action *, s->n_units + 1) };
	size_t *room = ARENA_ARRAY(a, size_t, s->n_units + 1);
	*out = (struct verdict){ .policy = p, .rules = ARENA_ARRAY(a, struct rule_verdict, p->n_rules + 1) };
	for (size_t i = 0; i < p->n_rules; i++)
		if (judge_rule(&c, &p->rules[i], room, &out->rules[out->n_rules]))
			out->n_rules++;
	default_deny(&c, out);
	for (size_t i = 0; i < out->n_rules; i++)
		out->word = out->rules[i].word > out->word ? out->rules[i].word : out->word;
}

/* ---- in words ---- */

static struct span name_of(const struct rule_verdict *r)
{
	return r->rule != NULL ? r->rule->name : span_str("default-deny");
}

static struct span why_of(const struct rule_verdict *r)
{
	return r->rule != NULL ? r->rule->why : span_str("what no rule allows is denied");
}

static void put_safe(struct buf *out, struct span text)
{
	text_safe(out, text, false);
}

void verdict_format(struct buf *out, const struct verdict *v)
{
	buf_fmt(out, "%s under the policy ", verdict_name(v->word));
	put_safe(out, v->policy->name);
	buf_fmt(out, " (semantics %" PRIu64 ")\n  policy  ", v->policy->semantics);
	buf_hex(out, SPAN_HASH(&v->policy->digest));
	buf_byte(out, '\n');
	for (size_t i = 0; i < v->n_rules; i++) {
		const struct rule_verdict *r = &v->rules[i];
		buf_fmt(out, "%s: ", verdict_name(r->word));
		put_safe(out, name_of(r));
		buf_str(out, ": ");
		put_safe(out, span_str(r->text));
		buf_str(out, "\n    because ");
		put_safe(out, why_of(r));
		buf_byte(out, '\n');
	}
}

static struct json *rule_json(struct arena *a, const struct rule_verdict *r)
{
	struct json *o = json_object(a), *facts = json_array(a);
	for (size_t i = 0; i < r->n_facts; i++)
		json_push(facts, json_text(a, r->facts[i]));
	json_set(o, a, "facts", facts);
	json_set(o, a, "kind", json_str(a, r->rule != NULL ? rule_row(r->rule->kind)->name : "default-deny"));
	json_set(o, a, "rule", json_text(a, name_of(r)));
	json_set(o, a, "text", json_str(a, r->text));
	json_set(o, a, "verdict", json_str(a, verdict_name(r->word)));
	json_set(o, a, "why", json_text(a, why_of(r)));
	return o;
}

struct json *verdict_to_json(struct arena *a, const struct verdict *v)
{
	struct json *o = json_object(a), *rules = json_array(a);
	for (size_t i = 0; i < v->n_rules; i++)
		json_push(rules, rule_json(a, &v->rules[i]));
	json_set(o, a, "format", json_str(a, "setgov-verdict/1"));
	json_set(o, a, "policy", json_bare(a, SPAN_HASH(&v->policy->digest)));
	json_set(o, a, "rules", rules);
	json_set(o, a, "semantics", json_u64(a, v->policy->semantics));
	json_set(o, a, "verdict", json_str(a, verdict_name(v->word)));
	return o;
}

void verdict_reasons(struct buf *out, const struct verdict *v, enum verdict_word w)
{
	bool some = false;
	for (size_t i = 0; i < v->n_rules; i++) {
		if (v->rules[i].word != w)
			continue;
		buf_str(out, some ? "; " : "");
		put_safe(out, name_of(&v->rules[i]));
		buf_str(out, ": ");
		put_safe(out, span_str(v->rules[i].text));
		some = true;
	}
}
