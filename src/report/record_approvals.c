/* The change record: the policy's verdicts; who agreed, who did not, and whether they were enough; meetings. */
#include "src/report/record.h"

#include "src/crypto/words.h"
#include "src/evm/address.h"
#include "src/report/judged.h"

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

void record_policy(struct record *x)
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
	who = story_person(x->src, &owner, l->seq);
	rows_put(t, "approver_id", who);
	if (who.n > 0)
		rows_who(t, "approver", x->src, who, l->seq);
	else
		rows_str(t, "approver", "nobody of the profile of that time");
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

static void approval_row(struct record *x, struct rows *t, const struct line *l, const char *decision)
{
	rows_next(t);
	approver(x, t, l);
	rows_put(t, "step", line_text(l, "step"));
	rows_str(t, "decision", decision);
	rows_time(t, "decided_at", l->time);
	rows_str(t, "time_source", CONSOLE_CLOCK);
	if (line_kind_is(l, "signature.added"))
		rows_str(t, "counts", still_counts(&x->s, l) ? "yes" : "no: for an earlier nonce, or given twice");
	else
		rows_mark(t, REPORT_LOOK);
	rows_put(t, "code", line_text(l, "code"));
	rows_put(t, "text", line_text(l, "text"));
	rows_rest_on(t, l->seq);
}

static void approval_evidence_row(struct record *x, struct rows *t, const struct line *l)
{
	struct addr owner;
	rows_next(t);
	rows_put(t, "step", line_text(l, "step"));
	if (json_get_addr(l->body, "owner", &owner, NULL)) {
		rows_put(t, "approver_id", story_person(x->src, &owner, l->seq));
		rows_addr(t, "approver_address", &owner);
	}
	rows_put(t, "approver_sig", line_text(l, "signature"));
	rows_put(t, "safe_tx_hash", line_text(l, "safeTxHash"));
	rows_put(t, "packet", line_text(l, "packet"));
	put_phrase(t, l);
	rows_put(t, "compared_by", line_text(l, "compared"));
	rows_rest_on(t, l->seq);
}

void record_approvals(struct record *x)
{
	static const char *const columns[] = { "step", "approver_id", "approver", "decision", "decided_at",
		"time_source", "is_requester", "counts", "code", "text" };
	static const char *const evidence[] = { "step", "approver_id", "approver_address", "approver_sig",
		"safe_tx_hash", "packet", "phrase", "compared_by" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "approvals", "Approvals, refusals and declines", columns);
	struct rows v = ROWS_BEGIN(x->a, x->r, "approval_evidence", "Approvals: what was signed", evidence);
	t.s->text = "A refusal or a decline is what an answer file says: nobody signed it. decided_at is when it came "
		    "in.";
	v.s->text = "approver_sig is the SHA-256 of the signature; packet is the SHA-256 of what was reviewed, and "
		    "phrase its beginning in words, to be read aloud. compared_by: who compared the phrase.";
	for (size_t i = 0; i < x->s.n; i++) {
		const struct line *l = &x->s.lines[i];
		const char *decision = decision_of(l);
		if (decision == NULL)
			continue;
		approval_row(x, &t, l, decision);
		approval_evidence_row(x, &v, l);
	}
}

void record_quorum(struct record *x)
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

void record_decisions(struct record *x)
{
	static const char *const columns[] = { "meeting", "decision", "decided_at", "present", "present_are", "note" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "decisions", "What meetings decided", columns);
	for (size_t i = 0; i < x->s.n; i++) {
		const struct line *l = &x->s.lines[i];
		const struct json *present = json_find(l->body, "present");
		struct buf b = {0}, who = {0};
		if (!line_kind_is(l, "meeting.decided"))
			continue;
		for (const struct json *v = present != NULL ? present->first : NULL; v != NULL; v = v->next) {
			buf_str(&b, b.n > 0 ? ", " : "");
			buf_span(&b, v->text);
			story_present(&who, x->src, v->text, l->seq);
		}
		rows_next(&t);
		rows_put(&t, "meeting", line_text(l, "meeting"));
		rows_put(&t, "decision", line_text(l, "decision"));
		rows_time(&t, "decided_at", l->time);
		rows_put(&t, "present", buf_view(&b));
		rows_put(&t, "present_are", buf_view(&who));
		rows_put(&t, "note", line_text(l, "note"));
		rows_rest_on(&t, l->seq);
		buf_release(&b);
		buf_release(&who);
	}
}
