/* The change record: what was asked and how it ended, and the files that fill the rest (record.h). */
#include "src/report/record.h"

#include <string.h>

#include "src/base/text.h"
#include "src/report/facts_alerts.h"

/* ---- what its files share --------------------------------------------------------------------------------------- */

uint64_t record_words_seq(const struct story *s)
{
	return s->c.proposed ? s->c.proposed_seq : s->c.drafted_seq;
}

void record_result(struct rows *t, const char *field, const char *value, enum report_mark mark, uint64_t seq)
{
	rows_fact(t, field, span_str(value));
	rows_mark(t, mark);
	rows_rest_on(t, seq);
}

void record_fact(struct rows *t, const char *field, struct span value, uint64_t seq)
{
	rows_fact(t, field, value);
	rows_rest_on(t, seq);
}

struct span record_text(const struct json *o, const char *name)
{
	const struct json *v = json_find(o, name);
	return v != NULL && v->type == JSON_STRING ? v->text : span_str("");
}

/* ---- what was asked --------------------------------------------------------------------------------------------- */

static void words_fact(struct rows *t, const struct story *s, const char *field, struct span value)
{
	record_fact(t, field, value, record_words_seq(s));
}

static void requester(struct record *x, struct rows *t)
{
	const struct story *s = &x->s;
	const uint64_t seq = s->drafted.known ? s->drafted.seq : record_words_seq(s);
	record_fact(t, "requested_by", s->requester, seq);
	rows_fact_who(t, "requester", x->src, s->requester, seq);
	record_fact(t, "auth_method", s->requester_auth, seq);
}

/* What it is called on chain: of the direct route there is no operation. */
static void on_chain(struct record *x, struct rows *t)
{
	const struct story *s = &x->s;
	rows_fact_fmt(t, "chain_id", "%llu", (unsigned long long)x->src->ws->deployment.chain_id);
	rows_rest_on(t, record_words_seq(s));
	if (!s->c.proposed || story_words(s)->route != ROUTE_TIMELOCK)
		return;
	rows_fact(t, "operation_id", span_str(""));
	rows_0x(t, "value", &s->c.operation);
	rows_rest_on(t, record_words_seq(s));
}

static void request(struct record *x)
{
	const struct story *s = &x->s;
	const struct proposal *p = story_words(s);
	struct rows t = rows_begin_facts(x->a, x->r, "request", "What was asked, by whom and why");
	words_fact(&t, s, "change_id", s->c.id);
	words_fact(&t, s, "title", p->title);
	requester(x, &t);
	words_fact(&t, s, "proposed_by", s->proposer);
	rows_fact_who(&t, "proposer", x->src, s->proposer, record_words_seq(s));
	words_fact(&t, s, "reason", p->reason);
	words_fact(&t, s, "ticket", p->ticket);
	words_fact(&t, s, "category", p->category);
	words_fact(&t, s, "risk", span_str(s->risk_known ? action_risk_name(s->risk) : "not known"));
	words_fact(&t, s, "security_impact", p->impact);
	words_fact(&t, s, "backout_plan", p->rollback);
	words_fact(&t, s, "emergency", span_str(s->emergency ? "yes" : "no"));
	words_fact(&t, s, "deescalates", span_str(s->deescalates ? "yes: it only takes power away" : "no"));
	words_fact(&t, s, "route", span_str(route_name(p->route)));
	on_chain(x, &t);
	words_fact(&t, s, "after", p->after.n > 0 ? p->after : span_str("no other change"));
}

static void put_missing(struct record *x)
{
	const struct proposal *p = story_words(&x->s);
	const struct { const char *field; struct span text; } wanted[] = {
		{ "reason", p->reason }, { "ticket", p->ticket }, { "security_impact", p->impact },
		{ "backout_plan", p->rollback },
	};
	for (struct report_row *row = x->r->last->first; row != NULL; row = row->next)
		for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
			if (wanted[i].text.n == 0 && strcmp(row->cells[0], wanted[i].field) == 0)
				row->mark = REPORT_LOOK;
}

/* ---- how it ended ----------------------------------------------------------------------------------------------- */

static void delays(struct record *x, struct rows *t)
{
	const struct story *s = &x->s;
	const struct proposal *p = story_words(s);
	if (p->route != ROUTE_TIMELOCK)
		return;
	rows_fact(t, "delay_required", span_str(""));
	if (s->c.proposed)
		rows_duration(t, "value", p->delay);
	else
		rows_str(t, "value", "not settled: it is not proposed");
	rows_rest_on(t, record_words_seq(s));
	if (!s->scheduled.known || !s->executed.known)
		return;
	const int64_t actual = (s->executed.time.ms - s->scheduled.time.ms) / 1000;
	rows_fact(t, "delay_actual", span_str(""));
	rows_duration(t, "value", actual > 0 ? (uint64_t)actual : 0);
	rows_rest_on(t, s->scheduled.seq);
	rows_rest_on(t, s->executed.seq);
	rows_mark(t, actual >= 0 && (uint64_t)actual >= p->delay ? REPORT_AS_IT_SHOULD : REPORT_FINDING);
}

/* Four eyes are kept or not once enough have signed; before, nothing can be said for it. */
static void eyes_fact(struct rows *t, const struct story *s, const char *field, bool same)
{
	record_result(t, field, same ? "yes" : s->approved.known ? "no" : "no, and not enough have signed",
		      same ? REPORT_LOOK : s->approved.known ? REPORT_AS_IT_SHOULD : REPORT_PLAIN, record_words_seq(s));
}

static bool reads_ok(const struct line *verified)
{
	bool ok = false;
	return json_get_bool(verified->body, "ok", &ok, NULL) && ok;
}

static void result(struct record *x)
{
	const struct story *s = &x->s;
	struct rows t = rows_begin_facts(x->a, x->r, "outcome", "How it ended");
	record_result(&t, "outcome", story_outcome(s), REPORT_PLAIN, s->c.last_seq);
	if (s->trouble != NULL)
		record_result(&t, "trouble", s->trouble, REPORT_FINDING, s->c.last_seq);
	if (s->verified != NULL)
		record_result(&t, "effect_verified", reads_ok(s->verified) ? "yes, read back from the contracts"
			: "no: not what was intended, or nothing that could be compared",
			reads_ok(s->verified) ? REPORT_AS_IT_SHOULD : REPORT_FINDING, s->verified->seq);
	else if (s->executed.known)
		record_result(&t, "effect_verified", "no: nobody read it back", REPORT_FINDING, s->executed.seq);
	delays(x, &t);
	eyes_fact(&t, s, "requester_is_approver", s->requester_approved);
	eyes_fact(&t, s, "executor_is_approver", s->executor_approved);
	if (s->under_quorum)
		record_result(&t, "under_quorum", "yes: fewer signatures in this log than the Safe's threshold",
			      REPORT_FINDING, s->c.last_seq);
}

/* ---- life cycle ------------------------------------------------------------------------------------------------- */

static const char *clock_of(const struct moment *m)
{
	return m->block ? BLOCK_CLOCK : CONSOLE_CLOCK;
}

static void life_cycle(struct record *x)
{
	static const char *const columns[] = { "event", "time", "time_source", "until" };
	const struct story *s = &x->s;
	const struct { const char *name; const struct moment *m; } all[] = {
		{ "drafted_at", &s->drafted }, { "proposed_at", &s->proposed }, { "approved_at", &s->approved },
		{ "scheduled_at", &s->scheduled }, { "eta", &s->eta }, { "executed_at", &s->executed },
		{ "cancelled_at", &s->cancelled }, { "withdrawn_at", &s->withdrawn }, { "failed_at", &s->failed },
	};
	struct rows t = ROWS_BEGIN(x->a, x->r, "life_cycle", "When (UTC)", columns);
	const struct moment *before = NULL;
	t.s->picture = PICTURE_SPANS;
	t.s->label = 0;
	t.s->value = 1;
	t.s->until = 3;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		if (!all[i].m->known)
			continue;
		if (before != NULL)
			rows_time(&t, "until", all[i].m->time);
		rows_next(&t);
		rows_str(&t, "event", all[i].name);
		rows_time(&t, "time", all[i].m->time);
		rows_str(&t, "time_source", all[i].m == &s->eta ? "block, and the delay" : clock_of(all[i].m));
		rows_rest_on(&t, all[i].m->seq);
		before = all[i].m;
	}
	if (before != NULL)
		rows_time(&t, "until", before->time);
}

/* ---- all of it -------------------------------------------------------------------------------------------------- */

bool facts_change(struct arena *a, struct report *r, const struct report_source *src, struct span change,
		  struct err *e)
{
	struct record x = { .a = a, .r = r, .src = src };
	if (!story_read(a, &x.s, src, change, e))
		return false;
	r->kind = REPORT_CHANGE;
	r->subject = arena_str(a, change);
	r->title = arena_fmt(a, "Change %s: %.*s", r->subject, text_shown(story_words(&x.s)->title),
			     (const char *)story_words(&x.s)->title.p);
	request(&x);
	put_missing(&x);
	result(&x);
	life_cycle(&x);
	record_actions(&x);
	record_calls(&x);
	record_policy(&x);
	record_effects(&x);
	record_approvals(&x);
	record_quorum(&x);
	record_decisions(&x);
	record_transactions(&x);
	record_read_back(&x);
	record_denied(&x);
	if (!facts_alerts_change(a, r, src, change, e))
		return false;
	record_test_evidence(&x);
	record_post_review(&x);
	record_anchoring(&x);
	record_history(&x);
	return true;
}
