#include "src/policy/sentence.h"

#include <string.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "src/policy/drift.h"
#include "src/policy/rules.h"

/* ---- words ---- */

static void put(struct buf *out, struct span s)
{
	text_safe(out, s, false);
}

/* A value as it was written: a text without its quotes, anything else as JSON. */
static void put_value(struct buf *out, const struct json *v)
{
	struct buf text = {0};
	if (v->type == JSON_STRING) {
		put(out, v->text);
		return;
	}
	json_canonical(&text, v);
	put(out, buf_view(&text));
	buf_release(&text);
}

/* "a, b or c" */
static void put_list(struct buf *out, const struct json *list, const char *last)
{
	size_t i = 0;
	for (const struct json *v = list->first; v != NULL; v = v->next, i++) {
		if (i > 0 && i + 1 == list->n)
			buf_fmt(out, " %s ", last);
		else if (i > 0)
			buf_str(out, ", ");
		put_value(out, v);
	}
}

/* What goes before each part but the first. */
static void part(struct buf *out, size_t *n, const char *between)
{
	if ((*n)++ > 0)
		buf_str(out, between);
}

static int name_cmp(struct span a, struct span b)
{
	const int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
	return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

/* Members by their names: a file's own order is not a part of what it says, and the sentence is the same everywhere.
 * NULL starts; NULL ends. */
static const struct json *next_member(const struct json *o, const struct json *after)
{
	const struct json *next = NULL;
	for (const struct json *v = o->first; v != NULL; v = v->next)
		if ((after == NULL || name_cmp(v->name, after->name) > 0) &&
		    (next == NULL || name_cmp(v->name, next->name) < 0))
			next = v;
	return next;
}

/* ---- whom and what a rule is for ---- */

static const struct { const char *name, *words; } least_most[] = { { "min", "at least " }, { "max", "at most " } };
static const struct { const char *name, *words; } among[] = { { "in", "one of " }, { "notIn", "none of " } };
static const struct { const char *name, *words; } narrowing[] = { { "risk", " of risk " }, { "targets", " on " },
	{ "selectors", " that calls " } };

/* "amount is at least 1 ether and at most 5 ether" */
static void put_limit(struct buf *out, const struct json *o)
{
	const struct json *times = json_find(o, "timesCurrent"), *step = json_find(o, "step");
	size_t n = 0;
	put(out, o->name);
	buf_str(out, " is ");
	for (size_t i = 0; i < ARRAY_LEN(least_most); i++) {
		const struct json *v = json_find(o, least_most[i].name);
		if (v == NULL)
			continue;
		part(out, &n, " and ");
		buf_str(out, least_most[i].words);
		put_value(out, v);
	}
	for (size_t i = 0; i < ARRAY_LEN(among); i++) {
		const struct json *v = json_find(o, among[i].name);
		if (v == NULL)
			continue;
		part(out, &n, " and ");
		buf_str(out, among[i].words);
		put_list(out, v, "or");
	}
	if (times != NULL) {
		part(out, &n, " and ");
		buf_str(out, "at most ");
		put_value(out, times);
		buf_str(out, " times what it is now");
	}
	if (step != NULL) {
		part(out, &n, " and ");
		buf_str(out, "at most ");
		put_value(out, json_find(step, "percent"));
		buf_str(out, " percent away from what it was before the first change within ");
		put_value(out, json_find(step, "per"));
	}
}

static void put_limits(struct buf *out, const struct json *limits, const char *between)
{
	size_t n = 0;
	for (const struct json *o = next_member(limits, NULL); o != NULL; o = next_member(limits, o)) {
		part(out, &n, between);
		put_limit(out, o);
	}
}

/* "sequencer.* or registry.* of high or critical risk"; NULL is everything. */
static void put_pattern(struct buf *out, const struct json *o)
{
	const struct json *actions = json_find(o, "actions"), *route = json_find(o, "route"),
			  *deescalates = json_find(o, "deescalates"), *args = json_find(o, "args");
	if (actions != NULL)
		put_list(out, actions, "or");
	else
		buf_str(out, "every action");
	for (size_t i = 0; i < ARRAY_LEN(narrowing); i++)
		if (json_find(o, narrowing[i].name) != NULL) {
			buf_str(out, narrowing[i].words);
			put_list(out, json_find(o, narrowing[i].name), "or");
		}
	if (route != NULL)
		buf_str(out, span_is(route->text, "direct") ? " straight from the Safe" : " through the timelock");
	if (deescalates != NULL)
		buf_str(out, deescalates->type == JSON_TRUE ? " that takes power away"
							    : " that does not take power away");
	if (args != NULL) {
		buf_str(out, " where ");
		put_limits(out, args, " and ");
	}
}

/* "1 of security (p3)": who that is, is a part of what the rule says. */
static void put_roles(struct buf *out, const struct policy *p, const struct json *roles)
{
	const struct json *held = json_find(p->doc, "roles");
	size_t n = 0;
	for (const struct json *v = next_member(roles, NULL); v != NULL; v = next_member(roles, v)) {
		part(out, &n, " and ");
		put_value(out, v);
		buf_str(out, " of ");
		put(out, v->name);
		for (const struct json *r = held->first; r != NULL; r = r->next)
			if (span_eq(r->name, v->name)) {
				buf_str(out, " (");
				put_list(out, r, "or");
				buf_byte(out, ')');
			}
	}
}

/* ---- what it demands: one of these a kind ---- */

/* The rule's members are those of its kind (rules.c); the reader has checked them. */
typedef void saying(struct buf *out, const struct policy *p, const struct rule *x, const struct json *o);
#define SAYING(name) static void say_##name(struct buf *out, const struct policy *p, const struct rule *x, \
					    const struct json *o)
#define UNUSED() ((void)p, (void)x, (void)o)

SAYING(allow)
{
	UNUSED();
	buf_str(out, x->delegatecall ? "allowed, by delegatecall too" : "allowed");
}

SAYING(bounds)
{
	UNUSED();
	put_limits(out, json_find(o, "bounds"), "; ");
}

SAYING(signers)
{
	const struct json *roles = json_find(o, "roles");
	UNUSED();
	buf_str(out, "at least ");
	put_value(out, json_find(o, "min"));
	buf_str(out, " owners sign");
	if (roles != NULL) {
		buf_str(out, ", among them ");
		put_roles(out, p, roles);
	}
}

SAYING(delay)
{
	UNUSED();
	buf_str(out, "the timelock waits at least ");
	put_value(out, json_find(o, "delay"));
}

SAYING(words)
{
	UNUSED();
	put_list(out, json_find(o, "words"), "and");
	buf_str(out, x->words.n > 1 ? " are written down" : " is written down");
}

SAYING(separation)
{
	const struct json *from = json_find(o, "from");
	UNUSED();
	buf_str(out, "at least ");
	put_value(out, json_find(o, "min"));
	buf_str(out, " owners sign who are not the ");
	if (from != NULL)
		put_list(out, from, "or");
	else
		buf_str(out, "proposer");
}

SAYING(rate)
{
	UNUSED();
	buf_str(out, "at most ");
	put_value(out, json_find(o, "max"));
	buf_str(out, " go to the chain within ");
	put_value(out, json_find(o, "per"));
}

static void put_window(struct buf *out, const struct window *w, const struct json *o)
{
	if (w->kind == WINDOW_WEEKLY)
		put_list(out, json_find(o, "days"), "and");
	else
		buf_str(out, w->kind == WINDOW_YEARLY ? "every year" : "once");
	buf_str(out, " from ");
	put(out, w->from);
	buf_str(out, " to ");
	put(out, w->to);
}

static void put_exceptions(struct buf *out, const struct json *o, const char *words)
{
	const struct json *except = json_find(o, "except");
	size_t n = 0;
	for (const struct json *v = except != NULL ? except->first : NULL; v != NULL; v = v->next) {
		buf_str(out, n++ > 0 ? ", or " : words);
		put_pattern(out, v);
	}
}

SAYING(freeze)
{
	const struct json *windows = json_find(o, "windows");
	size_t n = 0;
	UNUSED();
	buf_str(out, "nothing is done ");
	for (size_t i = 0; i < x->n_windows; i++) {
		part(out, &n, "; ");
		put_window(out, &x->windows[i], json_at(windows, i));
	}
	buf_str(out, ", in the time of ");
	put_value(out, json_find(o, "zone"));
	put_exceptions(out, o, "; except ");
}

SAYING(exception)
{
	const struct json *control = json_find(o, "control"), *signers = json_find(control, "signers"),
			  *roles = json_find(control, "roles"), *words = json_find(control, "words");
	size_t n = 0;
	UNUSED();
	buf_str(out, "the rule ");
	put(out, x->excepted);
	buf_str(out, " is waived until ");
	put_value(out, json_find(o, "until"));
	buf_str(out, " if ");
	if (signers != NULL) {
		part(out, &n, " and ");
		buf_str(out, "at least ");
		put_value(out, signers);
		buf_str(out, " owners sign");
	}
	if (roles != NULL) {
		part(out, &n, " and ");
		put_roles(out, p, roles);
		buf_str(out, " sign");
	}
	if (words != NULL) {
		part(out, &n, " and ");
		put_list(out, words, "and");
		buf_str(out, words->n > 1 ? " are written down" : " is written down");
	}
}

SAYING(call_only)
{
	UNUSED();
	buf_str(out, "no delegatecall");
	put_exceptions(out, o, ", except for ");
}

static void put_listed(struct buf *out, const struct rule *x)
{
	for (size_t i = 0; i < x->n_listed; i++) {
		buf_str(out, i > 0 ? ", or " : "");
		put(out, x->listed[i].name);
		buf_str(out, " (0x");
		buf_hex(out, SPAN_HASH(&x->listed[i].hash));
		buf_byte(out, ')');
	}
}

SAYING(code)
{
	UNUSED();
	buf_str(out, "the code at ");
	put(out, x->arg);
	if (x->releases)
		buf_str(out, " is a release of the action's contract in the list of releases");
	else
		buf_str(out, x->n_listed > 0 ? " is " : " is none: no code is listed");
	put_listed(out, x);
}

SAYING(upgrade)
{
	UNUSED();
	buf_str(out, "the code that is installed is fit for what is stored; looked at are ");
	put_list(out, json_find(o, "checks"), "and");
}

SAYING(possession)
{
	UNUSED();
	buf_str(out, "whoever has the key of ");
	put_list(out, json_find(o, "args"), "and");
	buf_str(out, " has signed this change's challenge");
	if (x->n_listed > 0) {
		buf_str(out, ", or it is a contract with the code ");
		put_listed(out, x);
	}
}

SAYING(fact)
{
	UNUSED();
	buf_str(out, "the fact ");
	put(out, x->fact);
	buf_str(out, " is known");
	if (x->is != NULL) {
		buf_str(out, " and is ");
		put_value(out, x->is);
	}
}

SAYING(finality)
{
	UNUSED();
	buf_str(out, "the chain's ");
	put(out, x->head);
	buf_str(out, " head is at most ");
	put_value(out, json_find(o, "maxLag"));
	buf_str(out, " blocks behind");
}

SAYING(ahead)
{
	UNUSED();
	buf_str(out, "may be signed ahead: ");
	put_list(out, json_find(o, "steps"), "and");
}

SAYING(hot_signing)
{
	UNUSED();
	buf_str(out, x->allowed ? "keys may sign on a machine with a network"
				: "no key signs on a machine with a network");
}

SAYING(comparison)
{
	UNUSED();
	buf_str(out, x->allowed ? "a signature counts whose phrase was compared with nobody"
				: "no signature counts whose phrase was compared with nobody");
}

static const struct { saying *say; } sayings[N_RULE_KINDS] = {
	[RULE_ALLOW] = { say_allow }, [RULE_BOUNDS] = { say_bounds }, [RULE_SIGNERS] = { say_signers },
	[RULE_DELAY] = { say_delay }, [RULE_WORDS] = { say_words }, [RULE_SEPARATION] = { say_separation },
	[RULE_RATE] = { say_rate }, [RULE_FREEZE] = { say_freeze }, [RULE_EXCEPTION] = { say_exception },
	[RULE_CALL_ONLY] = { say_call_only }, [RULE_CODE] = { say_code }, [RULE_POSSESSION] = { say_possession },
	[RULE_FACT] = { say_fact }, [RULE_FINALITY] = { say_finality }, [RULE_AHEAD] = { say_ahead },
	[RULE_HOT_SIGNING] = { say_hot_signing }, [RULE_COMPARISON] = { say_comparison },
	[RULE_UPGRADE] = { say_upgrade },
};

/* ---- a rule ---- */

void rule_sentence(struct buf *out, const struct policy *p, const struct rule *x)
{
	const struct json *o = policy_rule_doc(p, x);
	buf_str(out, "For ");
	put_pattern(out, json_find(o, "for"));
	buf_str(out, ": ");
	sayings[x->kind].say(out, p, x, o);
	buf_byte(out, '.');
	if (x->proven)
		buf_str(out, " What it rests on has to be proven.");
	if (x->has_max_age) {
		buf_str(out, " Its facts are at most ");
		put_value(out, json_find(o, "maxAge"));
		buf_str(out, " old.");
	}
}

static void put_rule(struct buf *out, const struct policy *p, const struct rule *x, const char *indent)
{
	rule_sentence(out, p, x);
	buf_fmt(out, "\n%sbecause ", indent);
	put(out, x->why);
	buf_byte(out, '\n');
}

static void put_review(struct buf *out, const struct policy *p)
{
	if (p->review == 0) {
		buf_str(out, "within 72h (the default)");
		return;
	}
	buf_str(out, "within ");
	duration_format(out, p->review);
}

/* Nothing where it says nothing. */
static void put_kept(struct buf *out, const struct policy *p)
{
	size_t n = 0;
	for (size_t c = 0; c < N_KEPT; c++)
		if (p->kept[c] > 0)
			buf_fmt(out, "%s%s %u months", n++ > 0 ? ", " : "  Old files may go into an archive after: ",
				kept_class_names[c], p->kept[c]);
	if (n > 0)
		buf_fmt(out, ". Of those that are not named, after %u.\n", KEPT_MONTHS_UNSAID);
}

void policy_sentences(struct buf *out, const struct policy *p)
{
	for (size_t i = 0; i < p->n_rules; i++) {
		const struct rule *x = &p->rules[i];
		buf_str(out, "  ");
		put(out, x->name);
		buf_str(out, "\n    ");
		put_rule(out, p, x, "    ");
		if (!rule_row(x->kind)->chain)
			buf_str(out, "    kept by setgov and the signers, not by the chain\n");
	}
	if (p->review > 0) {
		buf_str(out, "  What was done as an emergency is reviewed ");
		put_review(out, p);
		buf_str(out, ". Reports say so; it stops nothing.\n");
	}
	put_kept(out, p);
	buf_str(out, "  What no rule allows is denied.\n");
}

/* ---- one against another ---- */

static size_t number_differs(struct buf *out, const char *what, uint64_t was, uint64_t is)
{
	if (was == is)
		return 0;
	buf_fmt(out, "  %s: was %llu, is %llu now\n", what, (unsigned long long)was, (unsigned long long)is);
	return 1;
}

static size_t review_differs(struct buf *out, const struct policy *old, const struct policy *new)
{
	if (old->review == new->review)
		return 0;
	buf_str(out, "  an emergency is reviewed: was ");
	put_review(out, old);
	buf_str(out, ", is ");
	put_review(out, new);
	buf_str(out, " now\n");
	return 1;
}

static void put_months(struct buf *out, const struct policy *p, enum kept_class c)
{
	buf_fmt(out, "%u months%s", policy_keeps(p, c), p->kept[c] > 0 ? "" : " (the default)");
}

static size_t kept_differs(struct buf *out, const struct policy *old, const struct policy *new)
{
	size_t n = 0;
	for (int c = 0; c < N_KEPT; c++) {
		if (old->kept[c] == new->kept[c])
			continue;
		buf_fmt(out, "  %s on line: was ", kept_class_names[c]);
		put_months(out, old, (enum kept_class)c);
		buf_str(out, ", is ");
		put_months(out, new, (enum kept_class)c);
		buf_str(out, " now\n");
		n++;
	}
	return n;
}

static size_t name_differs(struct buf *out, const struct policy *old, const struct policy *new)
{
	if (span_eq(old->name, new->name))
		return 0;
	buf_str(out, "  the name: was ");
	put(out, old->name);
	buf_str(out, ", is ");
	put(out, new->name);
	buf_str(out, " now\n");
	return 1;
}

static const struct json *role_of(const struct policy *p, struct span name)
{
	const struct json *roles = json_find(p->doc, "roles");
	for (const struct json *v = roles != NULL ? roles->first : NULL; v != NULL; v = v->next)
		if (span_eq(v->name, name))
			return v;
	return NULL;
}

static size_t role_differs(struct buf *out, const struct json *was, const struct json *is)
{
	if (was != NULL && is != NULL && json_same(was, is))
		return 0;
	buf_str(out, "  the role ");
	put(out, was != NULL ? was->name : is->name);
	buf_str(out, ": was ");
	if (was != NULL)
		put_list(out, was, "or");
	else
		buf_str(out, "nobody's");
	buf_str(out, ", is ");
	if (is != NULL)
		put_list(out, is, "or");
	else
		buf_str(out, "nobody's");
	buf_str(out, " now\n");
	return 1;
}

static size_t roles_differ(struct buf *out, const struct policy *old, const struct policy *new)
{
	const struct json none = { .type = JSON_OBJECT }, *was = json_find(old->doc, "roles"),
			  *is = json_find(new->doc, "roles");
	size_t n = 0;
	was = was != NULL ? was : &none;
	is = is != NULL ? is : &none;
	for (const struct json *v = next_member(was, NULL); v != NULL; v = next_member(was, v))
		n += role_differs(out, v, role_of(new, v->name));
	for (const struct json *v = next_member(is, NULL); v != NULL; v = next_member(is, v))
		if (role_of(old, v->name) == NULL)
			n += role_differs(out, NULL, v);
	return n;
}

static void rule_moves(struct buf *out, const char *what, const struct policy *p, const struct rule *x)
{
	buf_fmt(out, "  %s  ", what);
	put(out, x->name);
	buf_str(out, "\n         ");
	put_rule(out, p, x, "         ");
}

static void rule_changes(struct buf *out, const struct policy *old, const struct rule *was, const struct policy *new,
			 const struct rule *is)
{
	buf_str(out, "  CHANGES  ");
	put(out, is->name);
	buf_str(out, "\n    was  ");
	put_rule(out, old, was, "         ");
	buf_str(out, "    now  ");
	put_rule(out, new, is, "         ");
}

/* Two rules say the same only where their words do: a rule that names a role says who holds it. */
static bool says_the_same(const struct policy *old, const struct rule *was, const struct policy *new,
			  const struct rule *is)
{
	struct buf a = {0}, b = {0};
	rule_sentence(&a, old, was);
	rule_sentence(&b, new, is);
	const bool same = json_same(policy_rule_doc(old, was), policy_rule_doc(new, is)) &&
			  span_eq(buf_view(&a), buf_view(&b));
	buf_release(&a);
	buf_release(&b);
	return same;
}

static size_t rules_differ(struct buf *out, const struct policy *old, const struct policy *new)
{
	size_t n = 0;
	for (size_t i = 0; i < old->n_rules; i++)
		if (policy_rule(new, old->rules[i].name) == NULL) {
			rule_moves(out, "GOES   ", old, &old->rules[i]);
			n++;
		}
	for (size_t i = 0; i < new->n_rules; i++) {
		const struct rule *is = &new->rules[i], *was = policy_rule(old, is->name);
		if (was != NULL && says_the_same(old, was, new, is))
			continue;
		if (was == NULL)
			rule_moves(out, "COMES  ", new, is);
		else
			rule_changes(out, old, was, new, is);
		n++;
	}
	return n;
}

/* ---- in short ---- */

/* How many rules go, come and change, and the names of those that do it one way. */
struct tally {
	size_t goes, comes, changes, n_named;
	struct buf named;
};

static void tally_one(struct tally *t, enum drift wanted, enum drift d, struct span name, size_t *n, const char *how)
{
	(*n)++;
	if (d != wanted)
		return;
	buf_str(&t->named, t->n_named++ > 0 ? ", " : "");
	put(&t->named, name);
	buf_fmt(&t->named, " (%s)", how);
}

/* Where the words alone differ, it is whoever holds a role, or the reason. */
static enum drift drift_of(const struct policy *old, const struct rule *was, const struct policy *new,
			   const struct rule *is)
{
	const enum drift d = rule_drift(old, was, new, is);
	const bool same = was != NULL && is != NULL &&
			  json_same(policy_rule_doc(old, was), policy_rule_doc(new, is));
	return same ? DRIFT_EITHER : d;
}

static void tally_word(struct tally *t, const char *what)
{
	buf_str(&t->named, t->n_named++ > 0 ? ", " : "");
	buf_str(&t->named, what);
}

static uint64_t review_of(const struct policy *p)
{
	return p->review > 0 ? p->review : POLICY_REVIEW_UNSAID;
}

static bool keeps_less(const struct policy *old, const struct policy *new)
{
	for (int c = 0; c < N_KEPT; c++)
		if (policy_keeps(new, (enum kept_class)c) < policy_keeps(old, (enum kept_class)c))
			return true;
	return false;
}

static void tally_all(struct tally *t, enum drift wanted, const struct policy *old, const struct policy *new)
{
	if (wanted == DRIFT_LOOSENS && new->threshold < old->threshold)
		tally_word(t, "the Safe's threshold");
	if (wanted == DRIFT_LOOSENS && review_of(new) > review_of(old))
		tally_word(t, "how soon an emergency is reviewed");
	if (wanted == DRIFT_LOOSENS && keeps_less(old, new))
		tally_word(t, "how long files stay on line");
	for (size_t i = 0; i < old->n_rules; i++) {
		const struct rule *was = &old->rules[i];
		if (policy_rule(new, was->name) == NULL)
			tally_one(t, wanted, drift_of(old, was, new, NULL), was->name, &t->goes, "goes");
	}
	for (size_t i = 0; i < new->n_rules; i++) {
		const struct rule *is = &new->rules[i], *was = policy_rule(old, is->name);
		if (was == NULL)
			tally_one(t, wanted, drift_of(old, NULL, new, is), is->name, &t->comes, "comes");
		else if (!says_the_same(old, was, new, is))
			tally_one(t, wanted, drift_of(old, was, new, is), is->name, &t->changes, "changes");
	}
}

/* Before all of it, so that nothing is lost in its length. */
static void put_short(struct buf *out, const struct policy *old, const struct policy *new)
{
	struct tally loosens = {0}, either = {0};
	tally_all(&loosens, DRIFT_LOOSENS, old, new);
	tally_all(&either, DRIFT_EITHER, old, new);
	buf_fmt(out, "  In short: of the rules %zu go, %zu come, %zu change.\n", either.goes, either.comes,
		either.changes);
	if (loosens.n_named > 0)
		buf_fmt(out, "  LOOSENS: %s\n", buf_cstr(&loosens.named));
	if (either.n_named > 0)
		buf_fmt(out, "  may loosen: %s\n", buf_cstr(&either.named));
	if (loosens.n_named + either.n_named == 0)
		buf_str(out, "  Nothing loosens.\n");
	buf_release(&loosens.named);
	buf_release(&either.named);
}

static size_t put_differences(struct buf *out, const struct policy *old, const struct policy *new)
{
	size_t n = name_differs(out, old, new);
	n += number_differs(out, "semantics", old->semantics, new->semantics);
	n += number_differs(out, "the Safe's threshold", old->threshold, new->threshold);
	n += review_differs(out, old, new);
	n += kept_differs(out, old, new);
	n += roles_differ(out, old, new);
	n += rules_differ(out, old, new);
	if (n > 0 || hash32_eq(&old->digest, &new->digest))
		return n;
	buf_str(out, "  the rules say the same, written in another order or way\n");
	return 1;
}

size_t policy_differences(struct buf *out, const struct policy *old, const struct policy *new)
{
	struct buf whole = {0};
	const size_t n = put_differences(&whole, old, new);
	if (n > 0)
		put_short(out, old, new);
	buf_span(out, buf_view(&whole));
	buf_release(&whole);
	return n;
}
