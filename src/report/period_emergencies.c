/* The period report's register of emergencies, and the exceptions of the policies that changes were judged under. */
#include "src/report/period.h"

#include <string.h>

#include "src/report/emergency.h"
#include "src/report/judged.h"

/* ---- emergencies ------------------------------------------------------------------------------------------------ */

/* Which rules were waived, for what, until when: each verdict that was relied on rests in the row, too. */
static void put_waived(struct period_report *x, struct arena *a, const struct story *s)
{
	struct rows *t = &x->emergencies;
	struct waived w;
	struct buf scope = {0};
	emergency_waived(&w, a, x->src, s);
	emergency_scope(&scope, s);
	rows_put(t, "bypassed_rule", buf_view(&w.rules));
	rows_put(t, "scope", buf_view(&scope));
	rows_put(t, "expires_at", buf_view(&w.expires));
	if (s->judged != NULL)
		rows_rest_on(t, s->judged->seq);
	waived_release(&w);
	buf_release(&scope);
}

static bool is_own_review(const struct story *s)
{
	return s->review != NULL && (span_eq(s->review->actor, s->requester) || span_eq(s->review->actor, s->proposer));
}

/* Overdue counts from the block that executed or cancelled it. */
static void review_row(struct period_report *x, const struct story *s)
{
	struct rows *t = &x->reviews;
	rows_next(t);
	rows_put(t, "change_id", s->c.id);
	rows_str(t, "outcome", story_outcome(s));
	period_put_moment(t, "ended_at", period_ended(s));
	if (s->review_due_known)
		rows_time(t, "review_due_at", s->review_due);
	if (s->review != NULL) {
		rows_put(t, "reviewed_by", s->review->actor);
		rows_who(t, "reviewer", x->src, s->review->actor, s->review->seq);
		rows_time(t, "reviewed_at", s->review->time);
		rows_put(t, "review_outcome", line_text(s->review, "outcome"));
		rows_rest_on(t, s->review->seq);
	}
	rows_str(t, "overdue", !s->review_due_known ? "not done yet" : s->overdue ? "yes" : "no");
	rows_mark(t, s->overdue || is_own_review(s) ? REPORT_FINDING
		  : s->review != NULL ? REPORT_AS_IT_SHOULD : REPORT_LOOK);
}

static void emergency_row(struct period_report *x, struct arena *a, const struct story *s)
{
	struct rows *t = &x->emergencies;
	rows_next(t);
	rows_put(t, "change_id", s->c.id);
	rows_put(t, "declared_by", s->requester);
	rows_who(t, "declarer", x->src, s->requester, s->drafted.seq);
	rows_put(t, "declared_reason", story_words(s)->reason);
	period_put_moment(t, "declared_at", &s->drafted);
	put_waived(x, a, s);
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
		if (v->waived == NULL)
			continue;
		exception_row(x, v->waived, j.policy.name, arena_str(a, s->c.id), verdict_name(v->word));
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
	static const char *const emergencies[] = { "change_id", "declared_by", "declarer", "declared_reason",
		"declared_at", "bypassed_rule", "scope", "expires_at" };
	static const char *const reviews[] = { "change_id", "outcome", "ended_at", "review_due_at", "reviewed_by",
		"reviewer", "reviewed_at", "review_outcome", "overdue" };
	static const char *const exceptions[] = { "rule", "policy", "exception_from", "why", "expires_at", "state",
		"change_id", "verdict" };
	x->emergencies = ROWS_BEGIN(x->a, x->r, "emergencies", "Emergency register", emergencies);
	x->reviews = ROWS_BEGIN(x->a, x->r, "emergency_reviews", "Emergency register: reviews afterwards", reviews);
	x->exceptions = ROWS_BEGIN(x->a, x->r, "exceptions", "Exceptions of the policy, and when they end", exceptions);
}

void period_take_emergency(struct period_report *x, struct arena *a, const struct story *s)
{
	if (s->emergency) {
		emergency_row(x, a, s);
		review_row(x, s);
	}
	exceptions_of(x, a, s);
}
