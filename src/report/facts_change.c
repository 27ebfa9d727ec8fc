/* The change record. */
#include "src/report/facts.h"

#include <string.h>

#include "audit-log/cosignatures.h"
#include "src/base/text.h"
#include "src/crypto/hash.h"
#include "src/crypto/words.h"
#include "src/evm/address.h"
#include "src/gov/explain.h"
#include "src/gov/meeting.h"
#include "src/report/judged.h"
#include "src/report/rows.h"

#define CONSOLE_CLOCK "console clock"
#define BLOCK_CLOCK "block"

struct record {
	struct arena *a;
	struct report *r;
	const struct report_source *src;
	struct story s;
};

static const char *clock_of(const struct moment *m)
{
	return m->block ? BLOCK_CLOCK : CONSOLE_CLOCK;
}

/* ---- what was asked --------------------------------------------------------------------------------------------- */

/* The line with the words: the proposal's, or the newest draft's. */
static uint64_t words_seq(const struct story *s)
{
	return s->c.proposed ? s->c.proposed_seq : s->c.drafted_seq;
}

static void words_fact(struct rows *t, const struct story *s, const char *field, struct span value)
{
	rows_fact(t, field, value);
	rows_rest_on(t, words_seq(s));
}

static void request(struct record *x)
{
	const struct story *s = &x->s;
	const struct proposal *p = story_words(s);
	struct rows t = rows_begin_facts(x->a, x->r, "request", "What was asked, by whom and why");
	words_fact(&t, s, "change_id", s->c.id);
	words_fact(&t, s, "title", p->title);
	rows_fact(&t, "requested_by", s->requester);
	if (s->drafted.known)
		rows_rest_on(&t, s->drafted.seq);
	rows_fact(&t, "auth_method", s->requester_auth);
	if (s->drafted.known)
		rows_rest_on(&t, s->drafted.seq);
	words_fact(&t, s, "proposed_by", s->proposer);
	words_fact(&t, s, "reason", p->reason);
	words_fact(&t, s, "ticket", p->ticket);
	words_fact(&t, s, "category", p->category);
	words_fact(&t, s, "risk", span_str(s->risk_known ? action_risk_name(s->risk) : "not known"));
	words_fact(&t, s, "security_impact", p->impact);
	words_fact(&t, s, "backout_plan", p->rollback);
	words_fact(&t, s, "emergency", span_str(s->emergency ? "yes" : "no"));
	words_fact(&t, s, "deescalates", span_str(s->deescalates ? "yes: it only takes power away" : "no"));
	words_fact(&t, s, "route", span_str(route_name(p->route)));
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

static void result_fact(struct rows *t, const char *field, const char *value, enum report_mark mark, uint64_t seq)
{
	rows_fact(t, field, span_str(value));
	rows_mark(t, mark);
	rows_rest_on(t, seq);
}

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
	rows_rest_on(t, words_seq(s));
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
	result_fact(t, field, same ? "yes" : s->approved.known ? "no" : "no, and not enough have signed",
		    same ? REPORT_LOOK : s->approved.known ? REPORT_AS_IT_SHOULD : REPORT_PLAIN, words_seq(s));
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
	result_fact(&t, "outcome", story_outcome(s), REPORT_PLAIN, s->c.last_seq);
	if (s->trouble != NULL)
		result_fact(&t, "trouble", s->trouble, REPORT_FINDING, s->c.last_seq);
	if (s->verified != NULL)
		result_fact(&t, "effect_verified", reads_ok(s->verified) ? "yes, read back from the contracts"
			: "no: not what was intended, or nothing that could be compared",
			reads_ok(s->verified) ? REPORT_AS_IT_SHOULD : REPORT_FINDING, s->verified->seq);
	else if (s->executed.known)
		result_fact(&t, "effect_verified", "no: nobody read it back", REPORT_FINDING, s->executed.seq);
	delays(x, &t);
	eyes_fact(&t, s, "requester_is_approver", s->requester_approved);
	eyes_fact(&t, s, "executor_is_approver", s->executor_approved);
	if (s->under_quorum)
		result_fact(&t, "under_quorum", "yes: fewer signatures in this log than the Safe's threshold",
			    REPORT_FINDING, s->c.last_seq);
}

/* ---- life cycle ------------------------------------------------------------------------------------------------- */

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

/* ---- what it does ----------------------------------------------------------------------------------------------- */

static void actions(struct record *x)
{
	static const char *const columns[] = { "action", "sentence", "risk" };
	const struct proposal *p = story_words(&x->s);
	const struct pinned *pin = &x->src->ws->pin;
	struct rows t = ROWS_BEGIN(x->a, x->r, "actions", "What it does", columns);
	for (const struct json *v = p->actions != NULL ? p->actions->first : NULL; v != NULL; v = v->next) {
		struct buf b = {0};
		struct err why = {0};
		struct span name = span_str("");
		const bool named = json_get_str(v, "action", &name, NULL);
		const struct action_def *d = named ? catalogue_find(pin->catalogue, name) : NULL;
		if (!action_say(x->a, &b, pin, v, &why)) {
			buf_clear(&b);
			buf_fmt(&b, "(not readable under this catalogue: %s)", text_safe_err(x->a, &why));
		}
		rows_next(&t);
		rows_put(&t, "action", name);
		rows_put(&t, "sentence", buf_view(&b));
		rows_str(&t, "risk", d != NULL ? action_risk_name(action_risk_of(d)) : "not known");
		rows_rest_on(&t, words_seq(&x->s));
		buf_release(&b);
		err_clear(&why);
	}
}

static void calls(struct record *x)
{
	static const char *const columns[] = { "contract", "to", "value", "decoded_call", "calldata", "calldata_hash" };
	const struct calls *v = &x->s.c.proposal.calls;
	struct rows t = ROWS_BEGIN(x->a, x->r, "calls", "The calls, frozen when it was proposed", columns);
	for (size_t i = 0; x->s.c.proposed && i < v->n; i++) {
		struct explained_call call;
		struct buf b = {0}, hex = {0};
		struct err why = {0};
		struct hash32 digest;
		const char *label = deployment_label(x->a, &x->src->ws->deployment, &v->v[i].to);
		if (explain_call(x->a, &call, &x->src->ws->pin, &v->v[i], &why))
			explain_line(&b, &call);
		else
			buf_fmt(&b, "not readable: %s", text_safe_err(x->a, &why));
		sha256(&digest, v->v[i].data);
		buf_0xhex(&hex, v->v[i].data);
		rows_next(&t);
		rows_str(&t, "contract", label != NULL ? label : "");
		rows_addr(&t, "to", &v->v[i].to);
		rows_put(&t, "decoded_call", buf_view(&b));
		rows_put(&t, "calldata", buf_view(&hex));
		rows_bare(&t, "calldata_hash", &digest);
		rows_rest_on(&t, x->s.c.proposed_seq);
		buf_clear(&b);
		u256_format(&b, &v->v[i].value);
		rows_put(&t, "value", buf_view(&b));
		buf_release(&b);
		buf_release(&hex);
		err_clear(&why);
	}
}

/* ---- policy ----------------------------------------------------------------------------------------------------- */

static void judged_rows(struct record *x, struct rows *t, const struct line *l)
{
	struct judged j;
	judged_again(x->a, &j, x->src, &x->s, l);
	const struct span step = line_text(l, "step");
	const char *now = j.why_not == NULL ? verdict_name(j.verdict.word) : NULL;
	const size_t n = j.why_not == NULL && j.verdict.n_rules > 0 ? j.verdict.n_rules : 1;
	for (size_t i = 0; i < n; i++) {
		const struct rule_verdict *v = i < j.verdict.n_rules ? &j.verdict.rules[i] : NULL;
		rows_next(t);
		rows_time(t, "judged_at", l->time);
		rows_put(t, "step", step.n > 0 ? step : span_str("propose"));
		rows_put(t, "policy", j.policy.name.n > 0 ? j.policy.name : span_str(""));
		rows_bare(t, "policy_digest", &j.digest);
		rows_fmt(t, "policy_version", "semantics %llu", (unsigned long long)j.policy.semantics);
		rows_put(t, "verdict", j.logged);
		rows_str(t, "judged_again", now != NULL ? now : j.why_not);
		if (v != NULL) {
			rows_put(t, "rule", v->rule != NULL ? v->rule->name : span_str("default deny"));
			rows_str(t, "rule_verdict", verdict_name(v->word));
			rows_str(t, "text", v->text);
			rows_put(t, "why", v->rule != NULL ? v->rule->why : span_str(""));
		}
		rows_rest_on(t, l->seq);
		if (j.wrong || (now != NULL && !span_is(j.logged, now)))
			rows_mark(t, REPORT_FINDING);
		else if (v != NULL && v->word == VERDICT_FAILED)
			rows_mark(t, REPORT_FINDING);
		else if (now == NULL || (v != NULL && v->word != VERDICT_PASSED))
			rows_mark(t, REPORT_LOOK);
	}
}

static void policy(struct record *x)
{
	static const char *const columns[] = { "judged_at", "step", "policy", "policy_digest", "policy_version",
		"verdict", "judged_again", "rule", "rule_verdict", "text", "why" };
	const struct story *s = &x->s;
	struct rows t = ROWS_BEGIN(x->a, x->r, "policy", "Policy and verdict, rule by rule", columns);
	if (s->c.proposed && !s->c.proposal.has_policy)
		t.s->text = "It was proposed without a policy: no rule was asked.";
	for (size_t i = 0; i < s->n; i++)
		if (line_kind_is(&s->lines[i], "policy.judged"))
			judged_rows(x, &t, &s->lines[i]);
}

/* ---- effects ---------------------------------------------------------------------------------------------------- */

static struct span text_of(const struct json *o, const char *name)
{
	const struct json *v = json_find(o, name);
	return v != NULL && v->type == JSON_STRING ? v->text : span_str("");
}

static void preview_rows(struct rows *t, const struct line *packed, const struct json *preview)
{
	const struct json *values = json_find(preview, "values");
	for (const struct json *v = values != NULL ? values->first : NULL; v != NULL; v = v->next) {
		rows_next(t);
		rows_put(t, "step", line_text(packed, "step"));
		rows_put(t, "contract", text_of(v, "contract"));
		rows_put(t, "getter", text_of(v, "getter"));
		rows_put(t, "say", text_of(v, "say"));
		rows_put(t, "before", text_of(v, "before"));
		rows_put(t, "after", text_of(v, "after"));
		rows_put(t, "kind", text_of(v, "kind"));
		rows_rest_on(t, packed->seq);
		if (span_is(text_of(v, "kind"), "wrong") || span_is(text_of(v, "kind"), "unintended"))
			rows_mark(t, REPORT_FINDING);
	}
}

/* Where the node could not simulate there are only the getters, as they were before. */
static void before_rows(struct rows *t, const struct line *packed, const struct json *reads)
{
	for (const struct json *v = reads != NULL ? reads->first : NULL; v != NULL; v = v->next) {
		rows_next(t);
		rows_put(t, "step", line_text(packed, "step"));
		rows_put(t, "contract", text_of(v, "contract"));
		rows_put(t, "getter", text_of(v, "getter"));
		rows_put(t, "say", text_of(v, "say"));
		rows_put(t, "before", text_of(v, "before"));
		rows_put(t, "after", text_of(v, "expect"));
		rows_str(t, "kind", "not simulated");
		rows_rest_on(t, packed->seq);
	}
}

static void effects(struct record *x)
{
	static const char *const columns[] = { "step", "contract", "getter", "say", "before", "after", "kind" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "effect_preview", "What it was expected to change", columns);
	t.s->text = "From the evidence of each step's newest packet: the console's word, as the signers had it.";
	for (int k = 0; k < N_STEPS; k++) {
		const struct line *packed = x->s.steps[k].packed;
		const struct json *evidence = packed == NULL ? NULL
			: story_blob(x->a, x->src, packed->body, "evidence");
		const struct json *preview = evidence != NULL ? json_find(evidence, "preview") : NULL;
		if (!json_is_null(preview))
			preview_rows(&t, packed, preview);
		else if (evidence != NULL)
			before_rows(&t, packed, json_find(evidence, "reads"));
	}
}

/* What the i-th value that was read back is, in the catalogue's words: the line keeps them in the actions' order. Empty
 * where this catalogue has another getter in that place. */
static struct span said_of_read(struct record *x, const struct json *read, size_t i)
{
	const struct json *list = story_words(&x->s)->actions;
	for (const struct json *v = list != NULL ? list->first : NULL; v != NULL; v = v->next) {
		const struct action_read_back *reads;
		size_t n;
		if (!action_reads(x->a, &reads, &n, &x->src->ws->pin, v, NULL))
			return span_str("");
		if (i < n && span_eq(reads[i].contract, text_of(read, "contract")) &&
		    span_eq(reads[i].getter->signature, text_of(read, "getter")))
			return reads[i].say;
		if (i < n)
			break;
		i -= n;
	}
	return span_str("");
}

static void read_back(struct record *x)
{
	static const char *const columns[] = { "contract", "getter", "say", "expected", "found", "block" };
	const struct line *l = x->s.verified;
	const struct json *reads = l != NULL ? json_find(l->body, "reads") : NULL;
	struct rows t = ROWS_BEGIN(x->a, x->r, "effect_read_back", "What really changed, read back", columns);
	uint64_t block;
	size_t n = 0;
	for (const struct json *v = reads != NULL ? reads->first : NULL; v != NULL; v = v->next) {
		const struct json *expect = json_find(v, "expect"), *found = json_find(v, "found");
		rows_next(&t);
		rows_put(&t, "contract", text_of(v, "contract"));
		rows_put(&t, "getter", text_of(v, "getter"));
		rows_put(&t, "say", said_of_read(x, v, n++));
		rows_put(&t, "expected", json_is_null(expect) ? span_str("nothing: shown to be looked at")
							      : text_of(v, "expect"));
		rows_put(&t, "found", json_is_null(found) ? span_str("no answer") : text_of(v, "found"));
		if (json_get_u64(l->body, "block", &block, NULL))
			rows_u64(&t, "block", block);
		rows_rest_on(&t, l->seq);
		if (!json_is_null(expect))
			rows_mark(&t, !json_is_null(found) && json_same(expect, found) ? REPORT_AS_IT_SHOULD
										      : REPORT_FINDING);
	}
}

/* ---- approvals -------------------------------------------------------------------------------------------------- */

static const char *decision_of(const struct line *l)
{
	static const char *const kinds[] = { "signature.added", "answer.refused", "answer.declined",
		"signature.refused" };
	static const char *const decisions[] = { "signed", "refused by the signer program", "declined",
		"not accepted" };
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (line_kind_is(l, kinds[i]))
			return decisions[i];
	return NULL;
}

/* A signature that counts: for the step's last hash. */
static bool still_counts(const struct story *s, const struct line *l)
{
	for (int k = 0; k < N_STEPS; k++)
		for (size_t i = 0; i < s->c.steps[k].n_signatures; i++)
			if (s->c.steps[k].signatures[i].seq == l->seq)
				return true;
	return false;
}

static void approver(struct record *x, struct rows *t, const struct line *l)
{
	struct addr owner;
	struct span who = span_str("");
	if (!json_get_addr(l->body, "owner", &owner, NULL))
		return;
	who = story_person(x->src, &owner);
	rows_put(t, "approver_id", who);
	rows_addr(t, "approver_address", &owner);
	rows_yes_no(t, "is_requester", who.n > 0 && (span_eq(who, x->s.requester) || span_eq(who, x->s.proposer)));
	if (line_kind_is(l, "signature.added") && who.n > 0 && span_eq(who, x->s.requester))
		rows_mark(t, REPORT_LOOK);
}

static void put_phrase(struct rows *t, const struct line *l)
{
	struct hash32 packet;
	struct buf b = {0};
	if (!json_get_bare_hash(l->body, "packet", &packet, NULL))
		return;
	words_phrase(&b, &packet);
	rows_put(t, "phrase", buf_view(&b));
	buf_release(&b);
}

static void approvals(struct record *x)
{
	static const char *const columns[] = { "step", "approver_id", "approver_address", "decision", "decided_at",
		"time_source", "approver_sig", "safe_tx_hash", "packet", "phrase", "compared_by", "is_requester",
		"counts", "code", "text" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "approvals", "Approvals, refusals and declines", columns);
	t.s->text = "approver_sig is the SHA-256 of the signature. A refusal or a decline is what an answer file says: "
		    "nobody signed it. decided_at is when it came in.";
	for (size_t i = 0; i < x->s.n; i++) {
		const struct line *l = &x->s.lines[i];
		const char *decision = decision_of(l);
		if (decision == NULL)
			continue;
		rows_next(&t);
		approver(x, &t, l);
		rows_put(&t, "step", line_text(l, "step"));
		rows_str(&t, "decision", decision);
		rows_time(&t, "decided_at", l->time);
		rows_str(&t, "time_source", CONSOLE_CLOCK);
		rows_put(&t, "approver_sig", line_text(l, "signature"));
		rows_put(&t, "safe_tx_hash", line_text(l, "safeTxHash"));
		rows_put(&t, "packet", line_text(l, "packet"));
		put_phrase(&t, l);
		rows_put(&t, "compared_by", line_text(l, "compared"));
		if (line_kind_is(l, "signature.added"))
			rows_str(&t, "counts", still_counts(&x->s, l) ? "yes"
				: "no: for an earlier nonce, or given twice");
		else
			rows_mark(&t, REPORT_LOOK);
		rows_put(&t, "code", line_text(l, "code"));
		rows_put(&t, "text", line_text(l, "text"));
		rows_rest_on(&t, l->seq);
	}
}

static void quorum(struct record *x)
{
	static const char *const columns[] = { "step", "quorum_needed", "quorum_met", "signatures" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "quorum", "Quorum", columns);
	for (int k = 0; k < N_STEPS; k++) {
		const struct step *step = &x->s.c.steps[k];
		const struct story_step *y = &x->s.steps[k];
		if (y->packed == NULL)
			continue;
		rows_next(&t);
		rows_str(&t, "step", step_name((enum step_kind)k));
		if (y->quorum_known)
			rows_u64(&t, "quorum_needed", y->quorum);
		else
			rows_str(&t, "quorum_needed", "not known");
		rows_str(&t, "quorum_met", !y->quorum_known ? "not known"
			: step->n_signatures >= y->quorum ? "yes" : "no");
		rows_u64(&t, "signatures", step->n_signatures);
		rows_rest_on(&t, y->packed->seq);
		for (size_t i = 0; i < step->n_signatures; i++)
			rows_rest_on(&t, step->signatures[i].seq);
		if (y->quorum_known)
			rows_mark(&t, step->n_signatures >= y->quorum ? REPORT_AS_IT_SHOULD
							: step->mined ? REPORT_FINDING : REPORT_PLAIN);
	}
}

static void decisions(struct record *x)
{
	static const char *const columns[] = { "meeting", "decision", "decided_at", "present", "note" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "decisions", "What meetings decided", columns);
	for (size_t i = 0; i < x->s.n; i++) {
		const struct line *l = &x->s.lines[i];
		const struct json *present = json_find(l->body, "present");
		struct buf b = {0};
		if (!line_kind_is(l, "meeting.decided"))
			continue;
		for (const struct json *v = present != NULL ? present->first : NULL; v != NULL; v = v->next) {
			buf_str(&b, b.n > 0 ? ", " : "");
			buf_span(&b, v->text);
		}
		rows_next(&t);
		rows_put(&t, "meeting", line_text(l, "meeting"));
		rows_put(&t, "decision", line_text(l, "decision"));
		rows_time(&t, "decided_at", l->time);
		rows_put(&t, "present", buf_view(&b));
		rows_put(&t, "note", line_text(l, "note"));
		rows_rest_on(&t, l->seq);
		buf_release(&b);
	}
}

/* ---- the chain -------------------------------------------------------------------------------------------------- */

static void finality(struct record *x, struct rows *t, uint64_t block)
{
	const struct snapshot *k = x->src->look;
	if (k == NULL || !k->online)
		rows_str(t, "finality", "the chain was not asked");
	else if (k->has_finalized && block <= k->finalized)
		rows_fmt(t, "finality", "finalized (up to block %llu)", (unsigned long long)k->finalized);
	else if (k->has_safe_head && block <= k->safe_head)
		rows_fmt(t, "finality", "safe, not finalized (up to block %llu)", (unsigned long long)k->safe_head);
	else
		rows_fmt(t, "finality", "not final: block %llu is the newest", (unsigned long long)k->block);
}

static void receipt(struct record *x, struct rows *t, const struct line *l)
{
	uint64_t block, seconds;
	const bool mined = line_kind_is(l, "step.mined");
	rows_str(t, "outcome", mined ? "success" : "failure");
	rows_mark(t, mined ? REPORT_AS_IT_SHOULD : REPORT_FINDING);
	rows_put(t, "error", line_text(l, "text"));
	rows_put(t, "tx_hash", line_text(l, "txHash"));
	rows_put(t, "block_hash", line_text(l, "blockHash"));
	rows_put(t, "receipt", line_text(l, "receipt"));
	if (json_get_u64(l->body, "blockTime", &seconds, NULL))
		rows_seconds(t, "block_time", seconds);
	if (!json_get_u64(l->body, "block", &block, NULL))
		return;
	rows_u64(t, "block_number", block);
	finality(x, t, block);
}

static void transactions(struct record *x)
{
	static const char *const columns[] = { "step", "nonce", "safe_tx_hash", "outcome", "error", "tx_hash",
		"block_number", "block_time", "block_hash", "finality", "submitted_by", "paid_by", "receipt" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "transactions", "Transactions and blocks", columns);
	for (int k = 0; k < N_STEPS; k++) {
		const struct story_step *y = &x->s.steps[k];
		const struct line *newest = y->receipt != NULL ? y->receipt : y->sent != NULL ? y->sent : y->packed;
		uint64_t nonce;
		if (newest == NULL)
			continue;
		rows_next(&t);
		rows_str(&t, "step", step_name((enum step_kind)k));
		if (y->packed != NULL && json_get_u64(y->packed->body, "nonce", &nonce, NULL))
			rows_u64(&t, "nonce", nonce);
		rows_put(&t, "safe_tx_hash", line_text(y->packed, "safeTxHash"));
		rows_put(&t, "submitted_by", y->submitter);
		rows_put(&t, "paid_by", y->payer != NULL ? y->payer->id : line_text(y->sent, "sender"));
		rows_str(&t, "outcome", y->sent != NULL ? "sent, no receipt" : "not sent");
		rows_put(&t, "tx_hash", line_text(y->sent, "txHash"));
		if (y->receipt != NULL)
			receipt(x, &t, y->receipt);
		rows_rest_on(&t, newest->seq);
		if (y->packed != NULL)
			rows_rest_on(&t, y->packed->seq);
		if (y->sent != NULL)
			rows_rest_on(&t, y->sent->seq);
	}
}

/* ---- denied and failed ------------------------------------------------------------------------------------------ */

static void denied(struct record *x)
{
	static const char *const columns[] = { "time", "action", "actor_id", "step", "code", "error" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "denied", "Refusals, declines and failures", columns);
	for (size_t i = 0; i < x->s.n; i++) {
		const struct line *l = &x->s.lines[i];
		if (!line_denies(l->kind, l->body))
			continue;
		rows_next(&t);
		rows_time(&t, "time", l->time);
		rows_put(&t, "action", l->kind);
		rows_put(&t, "actor_id", l->actor);
		rows_put(&t, "step", line_text(l, "step"));
		rows_put(&t, "code", line_denial_code(l));
		rows_put(&t, "error", line_denial_text(l));
		rows_rest_on(&t, l->seq);
		rows_mark(&t, REPORT_LOOK);
	}
}

/* ---- files, review, anchors ------------------------------------------------------------------------------------- */

static void test_evidence(struct record *x)
{
	static const char *const columns[] = { "name", "sha256", "kept" };
	const struct json *list = story_words(&x->s)->attachments;
	struct rows t = ROWS_BEGIN(x->a, x->r, "test_evidence", "Test evidence and other files", columns);
	for (const struct json *v = list != NULL ? list->first : NULL; v != NULL; v = v->next) {
		struct hash32 digest;
		struct buf bytes = {0};
		if (!json_get_bare_hash(v, "sha256", &digest, NULL))
			continue;
		rows_next(&t);
		rows_put(&t, "name", text_of(v, "name"));
		rows_bare(&t, "sha256", &digest);
		rows_str(&t, "kept", log_blob(x->src->ws->log, &digest, &bytes, NULL, NULL) ? "in the log"
											  : "not in this log");
		rows_rest_on(&t, words_seq(&x->s));
		buf_release(&bytes);
	}
}

static void post_review(struct record *x)
{
	const struct story *s = &x->s;
	struct rows t = rows_begin_facts(x->a, x->r, "post_review", "Review afterwards");
	result_fact(&t, "declared_by",
		    s->emergency ? arena_str(x->a, s->requester) : "nobody: it is no emergency", REPORT_PLAIN,
		    s->drafted.known ? s->drafted.seq : words_seq(s));
	if (s->review_due_known) {
		rows_fact(&t, "review_due_at", span_str(""));
		rows_time(&t, "value", s->review_due);
		rows_rest_on(&t, s->executed.known ? s->executed.seq : s->cancelled.seq);
	}
	if (s->review != NULL) {
		const uint64_t seq = s->review->seq;
		result_fact(&t, "reviewed_by", arena_str(x->a, s->review->actor),
			    span_eq(s->review->actor, s->requester) ? REPORT_FINDING : REPORT_AS_IT_SHOULD, seq);
		rows_fact(&t, "reviewed_at", span_str(""));
		rows_time(&t, "value", s->review->time);
		rows_rest_on(&t, seq);
		result_fact(&t, "review_outcome", arena_str(x->a, line_text(s->review, "outcome")), REPORT_PLAIN, seq);
		result_fact(&t, "review_note", arena_str(x->a, line_text(s->review, "note")), REPORT_PLAIN, seq);
	} else {
		result_fact(&t, "reviewed_by", s->emergency ? "nobody yet" : "nobody; only an emergency needs it",
			    REPORT_PLAIN, words_seq(s));
	}
	if (s->review_due_known)
		result_fact(&t, "overdue", s->overdue ? "yes" : "no", s->overdue ? REPORT_FINDING : REPORT_AS_IT_SHOULD,
			    s->review != NULL ? s->review->seq : words_seq(s));
}

/* The operation's salt is the root over the lines up to the proposal: a block that has it vouches for them. */
static void anchor(struct record *x, struct rows *t)
{
	const struct story *s = &x->s;
	const struct line *l = s->steps[STEP_SCHEDULE].receipt;
	if (!s->c.proposed || story_words(s)->route != ROUTE_TIMELOCK || l == NULL ||
	    !line_kind_is(l, "step.mined") || s->c.size > l->seq)
		return;
	rows_fact(t, "anchor_tx", line_text(l, "txHash"));
	rows_rest_on(t, l->seq);
	rows_fact_fmt(t, "anchor_block", "%llu", (unsigned long long)s->c.steps[STEP_SCHEDULE].block);
	rows_rest_on(t, l->seq);
	rows_fact(t, "anchor_root", span_str(""));
	rows_bare(t, "value", &s->c.root);
	rows_rest_on(t, s->c.size);           /* operation.planned, right after the proposal */
	rows_fact_fmt(t, "anchor_size", "%llu", (unsigned long long)s->c.size);
	rows_rest_on(t, s->c.size);
}

static void anchoring(struct record *x)
{
	const struct story *s = &x->s;
	struct log_cosignatures all;
	struct err why = {0};
	struct rows t = rows_begin_facts(x->a, x->r, "anchoring", "Where the log can be checked from");
	t.s->text = "The checkpoint over these lines is with the evidence. The salt of the operation is the log's root "
		    "over the first anchor_size lines, so that block vouches for them.";
	anchor(x, &t);
	if (!log_cosignatures(x->src->ws->log, x->a, &all, &why)) {
		rows_fact_fmt(&t, "cosigned_by", "cannot be read: %s", text_safe_err(x->a, &why));
		rows_mark(&t, REPORT_FINDING);
		err_clear(&why);
		return;
	}
	for (size_t i = 0; i < all.n; i++) {
		if (all.v[i].head.size <= words_seq(s))
			continue;
		rows_fact_fmt(&t, "cosigned_by", "%s %.*s over %llu lines", all.v[i].witness ? "witness" : "owner",
			      text_shown(all.v[i].key), (const char *)all.v[i].key.p,
			      (unsigned long long)all.v[i].head.size);
		rows_rest_on(&t, all.v[i].seq);
	}
}

static void history(struct record *x)
{
	static const char *const columns[] = { "seq", "entry_id", "time", "action", "actor_id", "auth_method", "prev" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "history", "Every line of the log about it", columns);
	for (size_t i = 0; i < x->s.n; i++) {
		const struct line *l = &x->s.lines[i];
		struct buf id = {0};
		buf_hex(&id, span_of(l->id, sizeof(l->id)));
		rows_next(&t);
		rows_u64(&t, "seq", l->seq);
		rows_put(&t, "entry_id", buf_view(&id));
		rows_time(&t, "time", l->time);
		rows_put(&t, "action", l->kind);
		rows_put(&t, "actor_id", l->actor);
		rows_put(&t, "auth_method", l->auth);
		rows_bare(&t, "prev", &l->prev);
		rows_rest_on(&t, l->seq);
		buf_release(&id);
	}
}

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
	actions(&x);
	calls(&x);
	policy(&x);
	effects(&x);
	approvals(&x);
	quorum(&x);
	decisions(&x);
	transactions(&x);
	read_back(&x);
	denied(&x);
	test_evidence(&x);
	post_review(&x);
	anchoring(&x);
	history(&x);
	return true;
}
