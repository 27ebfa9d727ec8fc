/* The period report's register of emergencies, and the exceptions of the policies that changes were judged under. */
#include "src/report/period.h"

#include <string.h>

#include "src/base/text.h"
#include "src/report/judged.h"

/* ---- emergencies ------------------------------------------------------------------------------------------------ */

/* The policy's exceptions that its verdict rested on, and when they end. */
static void bypassed(struct period_report *x, struct arena *a, const struct story *s)
{
	struct judged j;
	struct buf rules = {0};
	if (s->judged == NULL)
		return;
	judged_again(a, &j, x->src, s, s->judged);
	for (size_t i = 0; i < j.verdict.n_rules; i++) {
		const struct rule_verdict *v = &j.verdict.rules[i];
		if (v->rule == NULL || v->rule->kind != RULE_EXCEPTION || v->word == VERDICT_FAILED)
			continue;
		buf_fmt(&rules, "%s%.*s by %.*s", rules.n > 0 ? ", " : "", text_shown(v->rule->excepted),
			(const char *)v->rule->excepted.p, text_shown(v->rule->name), (const char *)v->rule->name.p);
	}
	rows_put(&x->emergencies, "bypassed_rule", rules.n > 0 ? buf_view(&rules) : span_str("none"));
	rows_rest_on(&x->emergencies, s->judged->seq);
	buf_release(&rules);
}

static void emergency_row(struct period_report *x, struct arena *a, const struct story *s)
{
	struct rows *t = &x->emergencies;
	if (!s->emergency)
		return;
	rows_next(t);
	rows_put(t, "change_id", s->c.id);
	rows_put(t, "declared_by", s->requester);
	rows_put(t, "declared_reason", story_words(s)->reason);
	rows_str(t, "outcome", story_outcome(s));
	period_put_moment(t, "declared_at", &s->drafted);
	bypassed(x, a, s);
	period_put_moment(t, "executed_at", &s->executed);
	if (s->review_due_known)
		rows_time(t, "review_due_at", s->review_due);
	if (s->review != NULL) {
		rows_put(t, "reviewed_by", s->review->actor);
		rows_time(t, "reviewed_at", s->review->time);
		rows_put(t, "review_outcome", line_text(s->review, "outcome"));
		rows_rest_on(t, s->review->seq);
	}
	rows_str(t, "overdue", !s->review_due_known ? "not done yet" : s->overdue ? "yes" : "no");
	rows_mark(t, s->overdue ? REPORT_FINDING : s->review != NULL ? REPORT_AS_IT_SHOULD : REPORT_LOOK);
}

/* ---- exceptions ------------------------------------------------------------------------------------------------- */

static bool has_exceptions(const struct policy *p)
{
	for (size_t i = 0; i < p->n_rules; i++)
		if (p->rules[i].kind == RULE_EXCEPTION)
			return true;
	return false;
}

/* Does the policy that this line names have exceptions? Each policy is parsed for it once. */
static bool may_have_exceptions(struct period_report *x, struct arena *a, const struct line *l)
{
	struct hash32 digest;
	struct buf text = {0};
	struct policy p;
	if (!json_get_bare_hash(l->body, "policy", &digest, NULL))
		return false;
	for (size_t i = 0; i < x->n_policies; i++)
		if (hash32_eq(&x->policies[i].digest, &digest))
			return x->policies[i].has_exceptions;
	struct seen_policy *more = ARENA_ARRAY(x->a, struct seen_policy, x->n_policies + 1);
	if (x->n_policies > 0)
		memcpy(more, x->policies, x->n_policies * sizeof(*more));
	x->policies = more;
	const bool has = log_blob(x->src->ws->log, &digest, &text, NULL, NULL) &&
			 policy_parse(a, &p, arena_copy(a, buf_view(&text)), NULL) && has_exceptions(&p);
	more[x->n_policies++] = (struct seen_policy){ digest, has };
	buf_release(&text);
	return has;
}

static void exception_row(struct period_report *x, const struct rule *rule, struct span policy, const char *used_by,
			  const char *verdict)
{
	struct rows *t = &x->exceptions;
	const bool ended = rule->until > 0 && (int64_t)rule->until * 1000 <= x->src->now.ms;
	rows_next(t);
	rows_put(t, "rule", rule->name);
	rows_put(t, "policy", policy);
	rows_put(t, "exception_from", rule->excepted);
	rows_put(t, "why", rule->why);
	if (rule->until > 0)
		rows_seconds(t, "expires_at", rule->until);
	rows_str(t, "state", ended ? "expired" : "in force");
	rows_str(t, "change_id", used_by);
	rows_str(t, "verdict", verdict);
	rows_mark(t, ended ? REPORT_PLAIN : REPORT_LOOK);
}

static void exceptions_of(struct period_report *x, struct arena *a, const struct story *s)
{
	struct judged j;
	const struct line *l = s->judged;
	if (l == NULL || !period_is_in(x, l->time) || !may_have_exceptions(x, a, l))
		return;
	judged_again(a, &j, x->src, s, l);
	for (size_t i = 0; i < j.verdict.n_rules; i++) {
		const struct rule_verdict *v = &j.verdict.rules[i];
		if (v->rule == NULL || v->rule->kind != RULE_EXCEPTION)
			continue;
		exception_row(x, v->rule, j.policy.name, arena_str(a, s->c.id), verdict_name(v->word));
		rows_rest_on(&x->exceptions, l->seq);
	}
}

void period_exceptions_now(struct period_report *x)
{
	const struct policy *p = x->src->policy;
	for (size_t i = 0; p != NULL && i < p->n_rules; i++)
		if (p->rules[i].kind == RULE_EXCEPTION)
			exception_row(x, &p->rules[i], p->name, "", "");
}

void period_begin_emergencies(struct period_report *x)
{
	static const char *const emergencies[] = { "change_id", "declared_by", "declared_reason", "declared_at",
		"bypassed_rule", "outcome", "executed_at", "review_due_at", "reviewed_by", "reviewed_at",
		"review_outcome", "overdue" };
	static const char *const exceptions[] = { "rule", "policy", "exception_from", "why", "expires_at", "state",
		"change_id", "verdict" };
	x->emergencies = ROWS_BEGIN(x->a, x->r, "emergencies", "Emergency register", emergencies);
	x->exceptions = ROWS_BEGIN(x->a, x->r, "exceptions", "Exceptions of the policy, and when they end", exceptions);
}

void period_take_emergency(struct period_report *x, struct arena *a, const struct story *s)
{
	emergency_row(x, a, s);
	exceptions_of(x, a, s);
}
