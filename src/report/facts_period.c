/* The period report. */
#include "src/report/facts.h"

#include <stdlib.h>
#include <string.h>

#include "audit-log/cosignatures.h"
#include "src/base/text.h"
#include "src/evm/address.h"
#include "src/report/judged.h"
#include "src/report/rows.h"

#define KINDS_MAX 200u
#define LISTED_MAX ((size_t)10000)     /* lines that are no change's, listed one by one */
#define ANCHOR_PAGE 64u
#define DRAWN_MAX ((size_t)60)         /* bars that a picture has at most */

/* Numbers of which the report says how many, the least, the middle and the most. */
struct series {
	uint64_t *v;
	size_t n, cap;
};

enum span_kind { IN_DRAFT, TO_APPROVAL, TO_SCHEDULED, IN_TIMELOCK, WHOLE, N_SPANS };

struct tally { const char *class, *outcome; size_t n; };
struct signer { size_t signed_, refused, declined; uint64_t last; };
struct kind_count { const char *kind; size_t n; };
struct listed { uint64_t *v; size_t n, cap, all; };

struct seen_policy { struct hash32 digest; bool has_exceptions; };

struct period_report {
	struct arena *a;
	struct report *r;
	const struct report_source *src;
	struct period period;
	char from[32], to[32];        /* as lines write times */
	/* of the lines */
	uint64_t rows, first_seq, last_seq;
	struct kind_count kinds[KINDS_MAX];
	size_t n_kinds, other_kinds;
	struct listed plain, denied;
	/* of the changes */
	struct rows changes, delays, emergencies, exceptions, four_eyes;
	struct series spans[N_SPANS];
	struct tally *tallies;
	size_t n_tallies;
	struct signer *signers;       /* one a person of the profile */
	struct seen_policy *policies;
	size_t n_policies;
	uint64_t anchored, anchor_seq;        /* lines that a block vouches for, and the line that says so */
	const char *anchor_tx;
	uint64_t anchor_block;
};

/* ---- lines ------------------------------------------------------------------------------------------------------ */

static bool is_in(const struct period_report *x, struct unix_time t)
{
	return t.ms >= x->period.from.ms && t.ms < x->period.to.ms;
}

static void count_kind(struct period_report *x, struct span kind)
{
	for (size_t i = 0; i < x->n_kinds; i++)
		if (span_is(kind, x->kinds[i].kind)) {
			x->kinds[i].n++;
			return;
		}
	if (x->n_kinds < KINDS_MAX)
		x->kinds[x->n_kinds++] = (struct kind_count){ arena_str(x->a, kind), 1 };
	else
		x->other_kinds++;
}

static void list_line(struct period_report *x, struct listed *l, uint64_t seq)
{
	l->all++;
	if (l->n == LISTED_MAX)
		return;
	if (l->n == l->cap) {
		uint64_t *more = ARENA_ARRAY(x->a, uint64_t, 2 * l->cap + 64);
		if (l->n > 0)
			memcpy(more, l->v, l->n * sizeof(*more));
		l->v = more;
		l->cap = 2 * l->cap + 64;
	}
	l->v[l->n++] = seq;
}

/* Of verdicts alone the kind does not say it. */
static bool is_denied(struct span kind, struct span raw)
{
	struct arena a = {0};
	const struct json *line = span_is(kind, "policy.judged") ? json_parse(&a, raw, NULL) : NULL;
	const bool denied = line_denies(kind, line != NULL ? json_find(line, "body") : NULL);
	arena_release(&a);
	return denied;
}

static bool count_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct period_report *x = ctx;
	struct line_peek p;
	(void)leaf;
	if (!line_peek(&p, raw) || p.time.n != 24)
		return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "line %llu is not a line", (unsigned long long)seq);
	if (memcmp(p.time.p, x->from, 24) < 0 || memcmp(p.time.p, x->to, 24) >= 0)
		return true;
	if (x->rows++ == 0)
		x->first_seq = seq;
	x->last_seq = seq;
	count_kind(x, p.kind);
	if (is_denied(p.kind, raw))
		list_line(x, &x->denied, seq);
	else if (p.change.n == 0)
		list_line(x, &x->plain, seq);
	return true;
}

static bool read_lines(struct period_report *x, struct err *e)
{
	struct buf from = {0}, to = {0};
	time_format(&from, x->period.from);
	time_format(&to, x->period.to);
	memcpy(x->from, buf_cstr(&from), 25);
	memcpy(x->to, buf_cstr(&to), 25);
	buf_release(&from);
	buf_release(&to);
	return log_each(x->src->ws->log, 0, log_size(x->src->ws->log), count_line, x, e);
}

/* ---- one change ------------------------------------------------------------------------------------------------- */

static void add_number(struct period_report *x, enum span_kind k, const struct moment *from, const struct moment *to)
{
	struct series *s = &x->spans[k];
	if (!from->known || !to->known)
		return;
	if (s->n == s->cap) {
		uint64_t *more = ARENA_ARRAY(x->a, uint64_t, 2 * s->cap + 64);
		if (s->n > 0)
			memcpy(more, s->v, s->n * sizeof(*more));
		s->v = more;
		s->cap = 2 * s->cap + 64;
	}
	s->v[s->n++] = to->time.ms > from->time.ms ? (uint64_t)(to->time.ms - from->time.ms) / 1000 : 0;
}

static const char *class_of(struct period_report *x, const struct story *s)
{
	const struct span category = story_words(s)->category;
	return arena_fmt(x->a, "%.*s, risk %s", category.n > 0 ? text_shown(category) : 11,
			 category.n > 0 ? (const char *)category.p : "no category",
			 s->risk_known ? action_risk_name(s->risk) : "not known");
}

/* Classes are few: categories times risks. A log with more of them than that has its own row for each change. */
static void tally(struct period_report *x, const struct story *s)
{
	const char *class = class_of(x, s), *outcome = story_outcome(s);
	size_t i = 0;
	while (i < x->n_tallies && (strcmp(x->tallies[i].class, class) != 0 ||
				    strcmp(x->tallies[i].outcome, outcome) != 0))
		i++;
	if (i == x->n_tallies) {
		if ((i & (i - 1)) == 0) {
			struct tally *more = ARENA_ARRAY(x->a, struct tally, i > 0 ? 2 * i : 1);
			if (i > 0)
				memcpy(more, x->tallies, i * sizeof(*more));
			x->tallies = more;
		}
		x->tallies[x->n_tallies++] = (struct tally){ class, outcome, 0 };
	}
	x->tallies[i].n++;
}

static const struct moment *ended(const struct story *s)
{
	return s->executed.known ? &s->executed : s->cancelled.known ? &s->cancelled
		: s->withdrawn.known ? &s->withdrawn : NULL;
}

static void rest_on_moment(struct rows *t, const struct moment *m)
{
	if (m != NULL && m->known)
		rows_rest_on(t, m->seq);
}

static void put_moment(struct rows *t, const char *column, const struct moment *m)
{
	if (m != NULL && m->known)
		rows_time(t, column, m->time);
	rest_on_moment(t, m);
}

static size_t signatures_of(const struct story *s)
{
	size_t n = 0;
	for (int k = 0; k < N_STEPS; k++)
		n += s->c.steps[k].n_signatures;
	return n;
}

static void change_row(struct period_report *x, const struct story *s)
{
	struct rows *t = &x->changes;
	const struct moment *end = ended(s);
	rows_next(t);
	rows_put(t, "change_id", s->c.id);
	rows_put(t, "title", story_words(s)->title);
	rows_put(t, "category", story_words(s)->category);
	rows_str(t, "risk", s->risk_known ? action_risk_name(s->risk) : "not known");
	rows_put(t, "requested_by", s->requester);
	rows_put(t, "ticket", story_words(s)->ticket);
	rows_str(t, "outcome", story_outcome(s));
	rows_yes_no(t, "emergency", s->emergency);
	rows_u64(t, "signatures", signatures_of(s));
	put_moment(t, "drafted_at", &s->drafted);
	put_moment(t, "proposed_at", &s->proposed);
	put_moment(t, "ended_at", end);
	if (end != NULL && s->drafted.known && end->time.ms >= s->drafted.time.ms)
		rows_u64(t, "lead_seconds", (uint64_t)(end->time.ms - s->drafted.time.ms) / 1000);
	rest_on_moment(t, &s->failed);
	if (s->trouble != NULL)
		rows_mark(t, REPORT_FINDING);
	else if (s->executed.known && s->verified == NULL)
		rows_mark(t, REPORT_LOOK);
}

static void delay_row(struct period_report *x, const struct story *s)
{
	struct rows *t = &x->delays;
	const uint64_t required = story_words(s)->delay;
	if (story_words(s)->route != ROUTE_TIMELOCK || !s->scheduled.known || !s->executed.known ||
	    !is_in(x, s->executed.time))
		return;
	const int64_t actual = (s->executed.time.ms - s->scheduled.time.ms) / 1000;
	rows_next(t);
	rows_put(t, "change_id", s->c.id);
	rows_u64(t, "delay_required", required);
	rows_u64(t, "delay_actual", actual > 0 ? (uint64_t)actual : 0);
	put_moment(t, "scheduled_at", &s->scheduled);
	put_moment(t, "executed_at", &s->executed);
	rows_yes_no(t, "kept", actual >= 0 && (uint64_t)actual >= required);
	rows_mark(t, actual >= 0 && (uint64_t)actual >= required ? REPORT_AS_IT_SHOULD : REPORT_FINDING);
}

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
	put_moment(t, "declared_at", &s->drafted);
	bypassed(x, a, s);
	put_moment(t, "executed_at", &s->executed);
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

static void four_eyes_row(struct period_report *x, const struct story *s, bool is_so, const char *what,
			  const struct moment *when)
{
	struct rows *t = &x->four_eyes;
	if (!is_so)
		return;
	rows_next(t);
	rows_put(t, "change_id", s->c.id);
	rows_str(t, "exception", what);
	rows_put(t, "requested_by", s->requester);
	rest_on_moment(t, &s->drafted);
	rest_on_moment(t, when);
	rows_mark(t, REPORT_LOOK);
}

static void count_signers(struct period_report *x, const struct story *s)
{
	const struct deployment *d = &x->src->ws->deployment;
	for (size_t i = 0; i < s->n; i++) {
		const struct line *l = &s->lines[i];
		const struct person *p;
		struct addr owner;
		if (!is_in(x, l->time) || !json_get_addr(l->body, "owner", &owner, NULL) ||
		    (p = deployment_person_at(d, &owner)) == NULL)
			continue;
		struct signer *who = &x->signers[p - d->people];
		who->last = l->seq;
		who->signed_ += line_kind_is(l, "signature.added");
		who->refused += line_kind_is(l, "answer.refused");
		who->declined += line_kind_is(l, "answer.declined");
	}
}

/* ---- exceptions of policies ------------------------------------------------------------------------------------- */

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
	if (l == NULL || !is_in(x, l->time) || !may_have_exceptions(x, a, l))
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

static void exceptions_now(struct period_report *x)
{
	const struct policy *p = x->src->policy;
	for (size_t i = 0; p != NULL && i < p->n_rules; i++)
		if (p->rules[i].kind == RULE_EXCEPTION)
			exception_row(x, &p->rules[i], p->name, "", "");
}

/* ---- changes ---------------------------------------------------------------------------------------------------- */

static void take_story(struct period_report *x, struct arena *a, const struct story *s)
{
	const struct moment *end = ended(s);
	change_row(x, s);
	tally(x, s);
	delay_row(x, s);
	emergency_row(x, a, s);
	exceptions_of(x, a, s);
	four_eyes_row(x, s, s->requester_approved, "the requester approved it", &s->approved);
	four_eyes_row(x, s, s->executor_approved, "who executed or paid approved it",
		      s->executed.known ? &s->executed : &s->scheduled);
	four_eyes_row(x, s, s->under_quorum, "under quorum", end);
	count_signers(x, s);
	if (end == NULL || !is_in(x, end->time))
		return;
	add_number(x, IN_DRAFT, &s->drafted, &s->proposed);
	add_number(x, TO_APPROVAL, &s->proposed, &s->approved);
	add_number(x, TO_SCHEDULED, &s->approved, &s->scheduled);
	add_number(x, IN_TIMELOCK, &s->scheduled, &s->executed);
	add_number(x, WHOLE, &s->drafted, &s->executed);
}

/* Lines before the period are read as well: a lead time may begin there. */
static bool take_change(void *ctx, const struct views_change *c, struct err *e)
{
	struct period_report *x = ctx;
	struct arena a = {0};
	struct story s;
	const bool concerns = c->first_time.ms < x->period.to.ms && c->last_time.ms >= x->period.from.ms;
	if (!concerns)
		return true;
	const bool ok = story_read(&a, &s, x->src, span_str(c->id), e);
	if (ok)
		take_story(x, &a, &s);
	arena_release(&a);
	return ok;
}

static void begin_sections(struct period_report *x)
{
	static const char *const changes[] = { "change_id", "title", "category", "risk", "requested_by", "ticket",
		"outcome", "emergency", "signatures", "drafted_at", "proposed_at", "ended_at", "lead_seconds" };
	static const char *const delays[] = { "change_id", "delay_required", "delay_actual", "scheduled_at",
		"executed_at", "kept" };
	static const char *const emergencies[] = { "change_id", "declared_by", "declared_reason", "declared_at",
		"bypassed_rule", "outcome", "executed_at", "review_due_at", "reviewed_by", "reviewed_at",
		"review_outcome", "overdue" };
	static const char *const exceptions[] = { "rule", "policy", "exception_from", "why", "expires_at", "state",
		"change_id", "verdict" };
	static const char *const four_eyes[] = { "change_id", "exception", "requested_by" };
	x->changes = ROWS_BEGIN(x->a, x->r, "changes", "All changes of the period", changes);
	x->changes.s->text = "Every change with a line in the period, and how it stands now.";
	x->delays = ROWS_BEGIN(x->a, x->r, "timelock_delays", "Timelock delays, in seconds", delays);
	x->emergencies = ROWS_BEGIN(x->a, x->r, "emergencies", "Emergency register", emergencies);
	x->exceptions = ROWS_BEGIN(x->a, x->r, "exceptions", "Exceptions of the policy, and when they end", exceptions);
	x->four_eyes = ROWS_BEGIN(x->a, x->r, "four_eyes", "Four-eyes exceptions", four_eyes);
}

static void draw_changes(struct period_report *x)
{
	struct report_section *s = x->changes.s;
	if (s->n == 0 || s->n > DRAWN_MAX)
		return;
	s->picture = PICTURE_SPANS;
	s->label = 0;
	s->value = 9;
	s->until = 11;
}

/* ---- what follows from them ------------------------------------------------------------------------------------- */

static void draw_bars(struct rows *t, size_t label, size_t value)
{
	if (t->s->n == 0 || t->s->n > DRAWN_MAX)
		return;
	t->s->picture = PICTURE_BARS;
	t->s->label = label;
	t->s->value = value;
}

static void tallies(struct period_report *x)
{
	static const char *const columns[] = { "class_and_outcome", "class", "outcome", "changes" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "by_class", "Changes by class and outcome", columns);
	for (size_t i = 0; i < x->n_tallies; i++) {
		rows_next(&t);
		rows_fmt(&t, "class_and_outcome", "%s: %s", x->tallies[i].class, x->tallies[i].outcome);
		rows_str(&t, "class", x->tallies[i].class);
		rows_str(&t, "outcome", x->tallies[i].outcome);
		rows_u64(&t, "changes", x->tallies[i].n);
	}
	draw_bars(&t, 0, 3);
}

static int by_size(const void *a, const void *b)
{
	const uint64_t p = *(const uint64_t *)a, q = *(const uint64_t *)b;
	return (p > q) - (p < q);
}

static void durations(struct period_report *x)
{
	static const char *const columns[] = { "state", "changes", "shortest_seconds", "median_seconds",
		"longest_seconds", "median" };
	static const char *const names[N_SPANS] = {
		[IN_DRAFT] = "drafted, until proposed", [TO_APPROVAL] = "proposed, until enough had signed",
		[TO_SCHEDULED] = "signed, until scheduled", [IN_TIMELOCK] = "in the timelock, until executed",
		[WHOLE] = "lead time: drafted until executed",
	};
	struct rows t = ROWS_BEGIN(x->a, x->r, "durations", "Lead time, and time in each state", columns);
	t.s->text = "Of the changes that ended in the period. Between the console's clock and a block's, what comes "
		    "out below zero counts as zero.";
	for (int k = 0; k < N_SPANS; k++) {
		struct series *s = &x->spans[k];
		if (s->n == 0)
			continue;
		qsort(s->v, s->n, sizeof(*s->v), by_size);
		rows_next(&t);
		rows_str(&t, "state", names[k]);
		rows_u64(&t, "changes", s->n);
		rows_u64(&t, "shortest_seconds", s->v[0]);
		rows_u64(&t, "median_seconds", s->v[(s->n - 1) / 2]);
		rows_u64(&t, "longest_seconds", s->v[s->n - 1]);
		rows_duration(&t, "median", s->v[(s->n - 1) / 2]);
	}
	draw_bars(&t, 0, 3);
}

static void signers(struct period_report *x)
{
	static const char *const columns[] = { "approver_id", "address", "signed", "declined", "refused_by_program" };
	const struct deployment *d = &x->src->ws->deployment;
	struct rows t = ROWS_BEGIN(x->a, x->r, "signers", "Approvals per signer", columns);
	for (size_t i = 0; i < d->n_people; i++) {
		const struct signer *who = &x->signers[i];
		if (!d->people[i].owner)
			continue;
		rows_next(&t);
		rows_put(&t, "approver_id", d->people[i].id);
		rows_addr(&t, "address", &d->people[i].address);
		rows_u64(&t, "signed", who->signed_);
		rows_u64(&t, "declined", who->declined);
		rows_u64(&t, "refused_by_program", who->refused);
		if (who->last > 0)
			rows_rest_on(&t, who->last);
		rows_mark(&t, who->signed_ > 0 ? REPORT_PLAIN : REPORT_LOOK);
	}
	draw_bars(&t, 0, 2);
}

static void kinds(struct period_report *x)
{
	static const char *const columns[] = { "action", "count" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "lines_by_kind", "Lines of the log, by kind", columns);
	for (size_t i = 0; i < x->n_kinds; i++) {
		rows_next(&t);
		rows_str(&t, "action", x->kinds[i].kind);
		rows_u64(&t, "count", x->kinds[i].n);
	}
	if (x->other_kinds > 0) {
		rows_next(&t);
		rows_str(&t, "action", "(other kinds)");
		rows_u64(&t, "count", x->other_kinds);
	}
	draw_bars(&t, 0, 1);
}

/* ---- lines of their own ----------------------------------------------------------------------------------------- */

static bool list(struct period_report *x, const char *id, const char *title, const struct listed *l,
		 enum report_mark mark, struct err *e)
{
	static const char *const columns[] = { "time", "action", "change_id", "actor_id", "code", "text", "details" };
	struct rows t = ROWS_BEGIN(x->a, x->r, id, title, columns);
	for (size_t i = 0; i < l->n; i++) {
		struct arena a = {0};
		struct line line;
		struct buf body = {0};
		const bool ok = log_line_read(x->src->ws->log, &a, l->v[i], &line, e);
		if (ok) {
			json_compact(&body, line.body);
			rows_next(&t);
			rows_time(&t, "time", line.time);
			rows_put(&t, "action", line.kind);
			rows_put(&t, "change_id", line.change);
			rows_put(&t, "actor_id", line.actor);
			rows_put(&t, "code", line_denial_code(&line));
			rows_put(&t, "text", line_denial_text(&line));
			rows_put(&t, "details", buf_view(&body));
			rows_rest_on(&t, l->v[i]);
			rows_mark(&t, mark);
		}
		buf_release(&body);
		arena_release(&a);
		if (!ok)
			return false;
	}
	if (l->all > l->n)
		t.s->text = arena_fmt(x->a, "%zu more are not listed: ask for a shorter period.", l->all - l->n);
	return true;
}

static void findings(struct period_report *x)
{
	static const char *const columns[] = { "code", "finding" };
	const struct snapshot *k = x->src->look;
	struct rows t = ROWS_BEGIN(x->a, x->r, "findings", "What is not as it should be on chain, now", columns);
	if (k == NULL || !k->online) {
		t.s->text = "Not known: the chain was not asked.";
		return;
	}
	for (size_t i = 0; i < k->n_findings; i++) {
		rows_next(&t);
		rows_put(&t, "code", k->findings[i].code);
		rows_put(&t, "finding", k->findings[i].words);
		rows_mark(&t, REPORT_FINDING);
	}
}

/* ---- how far the log is vouched for ----------------------------------------------------------------------------- */

static bool take_anchor(struct period_report *x, uint64_t seq, struct err *e)
{
	struct story s;
	struct line l;
	if (!log_line_read(x->src->ws->log, x->a, seq, &l, e))
		return false;
	if (!span_is(line_text(&l, "step"), step_name(STEP_SCHEDULE)))
		return true;
	if (!story_read(x->a, &s, x->src, l.change, e))
		return false;
	if (!s.c.proposed || s.c.size > seq)
		return true;
	x->anchored = s.c.size;
	x->anchor_seq = seq;
	x->anchor_block = s.c.steps[STEP_SCHEDULE].block;
	x->anchor_tx = arena_str(x->a, line_text(&l, "txHash"));
	return true;
}

/* The newest block that the log says has an operation of ours. */
static bool newest_anchor(struct period_report *x, struct err *e)
{
	const struct views_filter filter = { .kind = span_str("step.mined") };
	struct seqs page = { .n = ANCHOR_PAGE };
	uint64_t before = UINT64_MAX;
	while (page.n == ANCHOR_PAGE && x->anchored == 0) {
		if (!views_lines_page(x->src->ws->views, x->a, &filter, before, ANCHOR_PAGE, &page, e))
			return false;
		for (size_t i = 0; i < page.n && x->anchored == 0; i++) {
			before = page.seq[i];
			if (!take_anchor(x, before, e))
				return false;
		}
	}
	return true;
}

static bool tail_age(struct period_report *x, struct rows *t, struct err *e)
{
	struct line l;
	if (x->anchored == 0 || x->anchored >= log_size(x->src->ws->log))
		return true;
	if (!log_line_read(x->src->ws->log, x->a, x->anchored, &l, e))
		return false;
	const int64_t age = (x->src->now.ms - l.time.ms) / 1000;
	rows_fact(t, "unanchored_tail_age", span_str(""));
	rows_duration(t, "value", age > 0 ? (uint64_t)age : 0);
	rows_rest_on(t, l.seq);
	return true;
}

static bool tail(struct period_report *x, struct err *e)
{
	const uint64_t size = log_size(x->src->ws->log);
	struct log_cosignatures all;
	struct rows t = rows_begin_facts(x->a, x->r, "unanchored_tail", "How far others vouch for the log");
	struct err why = {0};
	if (!newest_anchor(x, e))
		return false;
	t.s->text = "An anchor is the salt of an operation that a block has, as the log says; setgov log verify asks "
		    "the chain itself.";
	rows_fact_fmt(&t, "anchored_lines", "%llu", (unsigned long long)x->anchored);
	rows_mark(&t, x->anchored > 0 ? REPORT_PLAIN : REPORT_LOOK);
	if (x->anchored > 0) {
		rows_rest_on(&t, x->anchor_seq);
		rows_rest_on(&t, x->anchored);        /* its operation.planned, which has the root */
		rows_fact(&t, "anchor_tx", span_str(x->anchor_tx));
		rows_rest_on(&t, x->anchor_seq);
		rows_fact_fmt(&t, "anchor_block", "%llu", (unsigned long long)x->anchor_block);
		rows_rest_on(&t, x->anchor_seq);
	}
	rows_fact_fmt(&t, "unanchored_tail_lines", "%llu", (unsigned long long)(size - x->anchored));
	if (!tail_age(x, &t, e))
		return false;
	if (log_cosignatures(x->src->ws->log, x->a, &all, &why)) {
		rows_fact_fmt(&t, "cosigned_lines", "%llu", (unsigned long long)log_cosigned_size(&all));
		rows_mark(&t, all.n > 0 ? REPORT_PLAIN : REPORT_LOOK);
	} else {
		rows_fact_fmt(&t, "cosigned_lines", "cannot be read: %s", text_safe_err(x->a, &why));
		rows_mark(&t, REPORT_FINDING);
	}
	err_clear(&why);
	return true;
}

/* ---- the range -------------------------------------------------------------------------------------------------- */

static bool put_start(struct period_report *x, struct rows *t, struct err *e)
{
	struct buf note = {0};
	struct hash32 root;
	struct err none = {0};
	if (!log_root_at(x->src->ws->log, x->first_seq, &root, e))
		return false;
	const bool is_signed = log_checkpoint_at(x->src->ws->log, x->first_seq, &note, &none);
	rows_fact_fmt(t, "start_size", "%llu", (unsigned long long)x->first_seq);
	rows_fact(t, "start_root", span_str(""));
	rows_bare(t, "value", &root);
	rows_fact(t, "start_checkpoint", is_signed ? buf_view(&note)
		: span_str("none was signed over exactly so many lines: setgov log prove consistency shows that the "
			   "root above is of the same log"));
	buf_release(&note);
	err_clear(&none);
	return true;
}

static bool range(struct period_report *x, struct err *e)
{
	struct rows t = rows_begin_facts(x->a, x->r, "range", "The period");
	rows_fact(&t, "from", span_str(x->from));
	rows_fact(&t, "to", span_str(x->to));
	rows_fact_fmt(&t, "rows_in_range", "%llu", (unsigned long long)x->rows);
	if (x->rows == 0)
		return true;
	rows_fact_fmt(&t, "first_seq", "%llu", (unsigned long long)x->first_seq);
	rows_rest_on(&t, x->first_seq);
	rows_fact_fmt(&t, "last_seq", "%llu", (unsigned long long)x->last_seq);
	rows_rest_on(&t, x->last_seq);
	t.s->text = "Lines of the log from the first of these times on and before the second, by the console's clock. "
		    "The end checkpoint is the one that the evidence is under.";
	return put_start(x, &t, e);
}

/* In whole days, where the period is of them, with its last one as people say it. */
static const char *title(const struct period_report *x)
{
	const int64_t day = INT64_C(86400) * 1000;
	struct buf last = {0};
	const char *words;
	if (x->period.from.ms % day != 0 || x->period.to.ms % day != 0)
		return arena_fmt(x->a, "Changes from %s to %s", x->from, x->to);
	time_format(&last, (struct unix_time){ x->period.to.ms - day });
	words = arena_fmt(x->a, "Changes from %.10s to the end of %.10s", x->from, buf_cstr(&last));
	buf_release(&last);
	return words;
}

bool facts_period(struct arena *a, struct report *r, const struct report_source *src, const struct period *period,
		  struct err *e)
{
	struct period_report *x = ARENA_NEW(a, struct period_report);
	*x = (struct period_report){ .a = a, .r = r, .src = src, .period = *period };
	x->signers = ARENA_ARRAY(a, struct signer, src->ws->deployment.n_people + 1);
	if (!read_lines(x, e))
		return false;
	r->kind = REPORT_PERIOD;
	r->subject = arena_fmt(a, "%s to %s", x->from, x->to);
	r->title = title(x);
	if (!range(x, e))
		return false;
	begin_sections(x);
	if (!views_each_change(src->ws->views, take_change, x, e))
		return false;
	exceptions_now(x);
	draw_changes(x);
	tallies(x);
	durations(x);
	signers(x);
	kinds(x);
	if (!list(x, "denied", "Denied attempts, refusals, declines and failures", &x->denied, REPORT_LOOK, e) ||
	    !list(x, "governance", "Lines that are no change's: keys, clock, log, meetings, reports", &x->plain,
		  REPORT_PLAIN, e))
		return false;
	findings(x);
	return tail(x, e);
}
