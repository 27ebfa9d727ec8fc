/* What of a deployment is not as it should be, and the checklist of its governance: what the chain and the log can
 * answer, and by name what they cannot. */
#include <inttypes.h>
#include <string.h>

#include "audit-log/offers.h"
#include "src/base/text.h"
#include "src/report/deployment_of.h"

#define KEYS_SHOWN_WITHIN INT64_C(31)   /* days: "monthly key rotation verification" */

/* ---- findings --------------------------------------------------------------------------------------------------- */

void deployment_begin(struct evidence_of *x)
{
	static const char *const finding[] = { "code", "finding" };
	static const char *const check[] = { "check", "answer" };
	x->findings = ROWS_BEGIN(x->a, x->r, "findings", "What is not as it should be", finding);
	x->checklist = ROWS_BEGIN(x->a, x->r, "checklist", "Checklist", check);
}

void deployment_findings(struct evidence_of *x)
{
	struct rows t = x->findings;
	if (x->k == NULL)
		t.s->text = NOT_ASKED;
	for (size_t i = 0; x->k != NULL && i < x->k->n_findings; i++) {
		rows_next(&t);
		rows_put(&t, "code", x->k->findings[i].code);
		rows_put(&t, "finding", x->k->findings[i].words);
		rows_mark(&t, REPORT_FINDING);
	}
	for (const struct deployment_finding *f = x->first; f != NULL; f = f->next) {
		rows_next(&t);
		rows_str(&t, "code", f->code);
		rows_str(&t, "finding", f->words);
		rows_mark(&t, REPORT_FINDING);
	}
}

/* ---- the checklist ---------------------------------------------------------------------------------------------- */

static void checked(struct rows *t, const char *what, bool known, bool good)
{
	rows_next(t);
	rows_str(t, "check", what);
	rows_str(t, "answer", !known ? "not known" : good ? "yes" : "no");
	rows_mark(t, !known ? REPORT_LOOK : good ? REPORT_AS_IT_SHOULD : REPORT_FINDING);
}

/* What neither the chain nor the log knows, and a person has to say. */
static void to_be_said(struct rows *t, const char *what, const char *why)
{
	rows_next(t);
	rows_str(t, "check", what);
	rows_fmt(t, "answer", "not known here: %s", why);
	rows_mark(t, REPORT_LOOK);
}

/* Some operation of ours ran from its scheduling to its end, and the contracts said what was intended. */
static bool has_flowed(struct evidence_of *x, uint64_t *seq, struct err *e)
{
	static const char *const kinds[] = { "change.verified" };
	struct seqs seqs;
	struct line l;
	bool ok;
	*seq = UINT64_MAX;
	if (!log_seqs_of_kinds(x->src->ws->log, x->a, kinds, ARRAY_LEN(kinds), &seqs, e))
		return false;
	for (size_t i = seqs.n; i-- > 0 && *seq == UINT64_MAX;) {
		if (!log_line_read(x->src->ws->log, x->a, seqs.seq[i], &l, e))
			return false;
		if (json_get_bool(l.body, "ok", &ok, NULL) && ok)
			*seq = seqs.seq[i];
	}
	return true;
}

/* Which one, and whether the owners signed for it. */
static bool policy_in_force(struct evidence_of *x, struct rows *t, struct err *e)
{
	const struct policy *p = x->src->policy;
	struct offers all;
	struct buf digest = {0};
	checked(t, "A policy is in force", true, p != NULL);
	if (p == NULL)
		return true;
	buf_hex(&digest, SPAN_HASH(&p->digest));
	rows_fmt(t, "answer", "yes: %.*s, digest %s", text_shown(p->name), (const char *)p->name.p,
		 buf_cstr(&digest));
	buf_release(&digest);
	if (!offers_look(x->src->ws, x->a, &all, e))
		return false;
	checked(t, "The owners adopted it by their signatures", true, true);
	if (all.in_force[ADOPT_POLICY] != NULL) {
		rows_rest_on(t, all.in_force[ADOPT_POLICY]->adopted_seq);
		return true;
	}
	rows_str(t, "answer", "no: it lies beside the log, and nobody signed for it");
	rows_mark(t, REPORT_LOOK);
	return true;
}

static const char *cell(const struct report_section *s, const struct report_row *row, const char *column)
{
	for (size_t i = 0; i < s->n_columns; i++)
		if (strcmp(s->columns[i], column) == 0)
			return row->cells[i];
	BUG("section %s has no column %s", s->id, column);
}

/* Every signer's key has signed something since then. */
static bool all_have_signed(const struct report *r, struct unix_time since)
{
	struct unix_time at;
	for (const struct report_section *s = r->first; s != NULL; s = s->next)
		for (const struct report_row *row = strcmp(s->id, "signers") == 0 ? s->first : NULL; row != NULL;
		     row = row->next)
			if (!time_parse(&at, span_str(cell(s, row, "verified_at")), NULL) || at.ms < since.ms)
				return false;
	return true;
}

static bool sources_agree(const struct evidence_of *x, bool *all_known)
{
	bool agree = true;
	*all_known = x->k != NULL;
	for (const struct report_section *s = x->r->first; s != NULL; s = s->next)
		for (const struct report_row *row = strcmp(s->id, "sources") == 0 ? s->first : NULL; row != NULL;
		     row = row->next) {
			agree = agree && row->mark != REPORT_FINDING;
			*all_known = *all_known && row->mark != REPORT_LOOK;
		}
	return agree;
}

static void of_the_chain(struct evidence_of *x, struct rows *t)
{
	const bool known = x->k != NULL;
	const struct custody *told = &x->g->told;
	bool all_known;
	const bool agree = sources_agree(x, &all_known);
	checked(t, "The Safe's making and setup are known, and the setup delegated to nobody",
		told->made != NULL && told->proxy != NULL, told->made != NULL && addr_is_zero(&told->made->other));
	checked(t, "The Safe's owners are those of the profile", known, !deployment_has_finding(x, "OWNERS"));
	checked(t, "The threshold is more than one, and what the policy takes it to be", known,
		!deployment_has_finding(x, "THRESHOLD"));
	checked(t, "No module and no guard on the Safe", known, !deployment_has_finding(x, "MODULES") &&
								   !deployment_has_finding(x, "GUARD"));
	checked(t, "The fallback handler is the Safe project's or the profile's", known,
		!deployment_has_finding(x, "HANDLER"));
	checked(t, "The timelock asks for a delay, and a production one for a day", known,
		known && x->k->min_delay > 0 && !deployment_has_finding(x, "DELAY"));
	checked(t, "Every contract belongs to the timelock", known, !deployment_has_finding(x, "OWNER"));
	checked(t, "Nobody but the Safe and the timelock has a role", known, !deployment_has_finding(x, "ROLE"));
	checked(t, "No proxy has an admin besides its owner", x->g->proofs_known,
		!deployment_has_finding(x, "PROXY-ADMIN"));
	checked(t, "All code behind the contracts is of the list of releases", known && x->g->releases != NULL,
		!deployment_has_finding(x, "RELEASE"));
	checked(t, "Events, getters and state proofs agree", all_known || !agree, agree);
	checked(t, "Who holds what was changed by changes of this log alone, since there is one", x->g->known,
		!deployment_has_finding(x, "UNKNOWN-CHANGE"));
}

/* "2 signers for emergencies" cannot be where more have to sign. */
static void emergencies(const struct evidence_of *x, struct rows *t)
{
	rows_next(t);
	rows_str(t, "check", "Two signers are enough in an emergency");
	if (x->k != NULL)
		rows_fmt(t, "answer", "%s: the Safe asks for %" PRIu64 " signatures, in an emergency, too",
			 x->k->threshold <= 2 ? "yes" : "no", x->k->threshold);
	else
		rows_str(t, "answer", "not known");
	rows_mark(t, REPORT_LOOK);
}

bool deployment_checklist(struct evidence_of *x, struct err *e)
{
	struct rows t = x->checklist;
	const struct unix_time month = { x->src->now.ms - KEYS_SHOWN_WITHIN * 86400000 };
	uint64_t seq;
	if (!has_flowed(x, &seq, e))
		return false;
	of_the_chain(x, &t);
	checked(&t, "All signers have signed something", true, all_have_signed(x->r, (struct unix_time){ INT64_MIN }));
	checked(&t, "All signers have signed something within the last 31 days", true, all_have_signed(x->r, month));
	checked(&t, "A change went from proposal to execution and was read back", true, seq != UINT64_MAX);
	if (seq != UINT64_MAX)
		rows_rest_on(&t, seq);
	if (!policy_in_force(x, &t, e))
		return false;
	emergencies(x, &t);
	to_be_said(&t, "The signers' keys are on hardware of their own", "a signature does not say what made it");
	to_be_said(&t, "Emergency procedures are written down and known", "ask for the runbook and the last drill");
	to_be_said(&t, "The signers' other tools show this Safe rightly", "this log knows its own packets alone");
	return true;
}
