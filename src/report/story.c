#include "src/report/story.h"

#include <string.h>
#include <strings.h>

#include "audit-log/census.h"
#include "src/base/text.h"
#include "src/evm/address.h"
#include "src/policy/judge.h"

/* ---- lines ------------------------------------------------------------------------------------------------------ */

struct reading {
	struct arena *a;
	struct story *s;
	struct line *lines;
};

static bool read_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct reading *r = ctx;
	struct err why = {0};
	struct line *l = &r->lines[r->s->n];
	(void)leaf;
	if (!line_parse(r->a, l, arena_copy(r->a, raw), e))
		return err_in(e, "line %llu", (unsigned long long)seq);
	r->s->n++;
	if (r->s->trouble == NULL && !change_apply(r->a, &r->s->c, l, &why))
		r->s->trouble = text_safe_err(r->a, &why);
	err_clear(&why);
	return true;
}

static bool read_lines(struct reading *r, const struct report_source *src, struct span id, struct err *e)
{
	const struct census *census;
	if (!census_of(src->ws->log, &census, e))
		return false;
	const struct counted *change = counts_find(&census->changes, id);
	if (change == NULL)
		return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "the log has no change %.*s", text_shown(id),
			       (const char *)id.p);
	r->lines = ARENA_ARRAY(r->a, struct line, change->lines);
	r->s->lines = r->lines;
	r->s->c.id = arena_copy(r->a, id);
	return log_each_of_change(src->ws->log, id, read_line, r, e);
}

/* NULL: none of its lines. */
static const struct line *line_at(const struct story *s, uint64_t seq)
{
	size_t low = 0, high = s->n;
	while (low < high) {
		const size_t mid = low + (high - low) / 2;
		if (s->lines[mid].seq == seq)
			return &s->lines[mid];
		if (s->lines[mid].seq < seq)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

bool line_denies(struct span kind, const struct json *body)
{
	static const char *const kinds[] = { "answer.refused", "answer.declined", "signature.refused", "packet.refused",
		"packet.declined", "submit.rejected", "step.failed" };
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (span_is(kind, kinds[i]))
			return true;
	const struct json *verdict = span_is(kind, "policy.judged") && body != NULL ? json_find(body, "verdict") : NULL;
	return verdict != NULL && verdict->type == JSON_STRING && span_is(verdict->text, verdict_name(VERDICT_FAILED));
}

bool line_denies_the_same(const struct line *before, const struct line *l)
{
	return l->seq == before->seq + 1 && line_kind_is(before, "policy.judged") &&
	       span_eq(before->change, l->change) && span_eq(line_text(before, "step"), line_text(l, "step")) &&
	       (line_kind_is(l, "policy.judged") ||
		(line_kind_is(l, "submit.rejected") && span_is(line_text(l, "code"), "POLICY")));
}

struct span line_denial_code(const struct line *l)
{
	return line_kind_is(l, "policy.judged") ? span_str("POLICY") : line_text(l, "code");
}

struct span line_text(const struct line *l, const char *name)
{
	const struct json *v = l != NULL ? json_find(l->body, name) : NULL;
	return v != NULL && v->type == JSON_STRING ? v->text : span_str("");
}

const struct json *story_blob(struct arena *a, const struct report_source *src, const struct json *body,
			      const char *name)
{
	const struct json *doc = NULL;
	struct hash32 digest;
	struct buf bytes = {0};
	if (json_get_bare_hash(body, name, &digest, NULL) && log_blob(src->ws->log, &digest, &bytes, NULL, NULL))
		doc = json_parse(a, arena_copy(a, buf_view(&bytes)), NULL);
	buf_release(&bytes);
	return doc;
}

const struct proposal *story_words(const struct story *s)
{
	return s->c.proposed ? &s->c.proposal : &s->c.draft;
}

static const struct person *person_at(const struct report_source *src, const struct addr *at, uint64_t seq)
{
	return src->people != NULL ? people_by_address(src->people, at, seq)
				   : deployment_person_at(&src->ws->deployment, at);
}

struct span story_person(const struct report_source *src, const struct addr *at, uint64_t seq)
{
	const struct person *p = person_at(src, at, seq);
	return p != NULL ? p->id : span_str("");
}

void story_present(struct buf *out, const struct report_source *src, struct span id, uint64_t seq)
{
	buf_str(out, out->n > 0 ? "; " : "");
	buf_span(out, id);
	if (src->people == NULL)
		return;
	buf_str(out, ", ");
	people_who(out, src->people, id, seq);
}

/* ---- when ------------------------------------------------------------------------------------------------------- */

static struct moment by_clock(const struct line *l)
{
	return (struct moment){ .known = true, .time = l->time, .seq = l->seq };
}

static struct moment by_block(const struct line *l)
{
	struct moment m = by_clock(l);
	uint64_t seconds;
	if (!json_get_u64(l->body, "blockTime", &seconds, NULL))
		return m;
	m.block = true;
	m.time.ms = (int64_t)seconds * 1000;
	return m;
}

static void take_receipt(struct story *s, const struct line *l, enum step_kind k)
{
	struct moment *const when[] = { &s->scheduled, &s->executed, &s->cancelled };
	s->steps[k].receipt = l;
	if (line_kind_is(l, "step.mined"))
		*when[k] = by_block(l);
	else
		s->failed = by_block(l);
}

static void take_step_line(const struct report_source *src, struct story *s, const struct line *l)
{
	struct addr sender;
	enum step_kind k;
	if (!step_parse(&k, line_text(l, "step"), NULL))
		return;
	if (line_kind_is(l, "step.packed")) {
		s->steps[k].packed = l;
	} else if (line_kind_is(l, "submit.intended")) {
		s->steps[k].sent = l;
		s->steps[k].submitter = l->actor;
		s->steps[k].payer = json_get_addr(l->body, "sender", &sender, NULL)
			? person_at(src, &sender, l->seq) : NULL;
	} else if (line_kind_is(l, "step.mined") || line_kind_is(l, "step.failed")) {
		take_receipt(s, l, k);
	}
}

static void take_line(const struct report_source *src, struct story *s, const struct line *l)
{
	if (line_kind_is(l, "change.drafted") && !s->drafted.known) {
		s->drafted = by_clock(l);
		s->requester = l->actor;
		s->requester_auth = l->auth;
	} else if (line_kind_is(l, "change.proposed")) {
		s->proposed = by_clock(l);
		s->proposer = l->actor;
		s->proposal = l;
	} else if (line_kind_is(l, "change.withdrawn")) {
		s->withdrawn = by_clock(l);
	} else if (line_kind_is(l, "policy.judged")) {
		if (s->judged == NULL || !span_is(line_text(l, "step"), step_name(STEP_CANCEL)))
			s->judged = l;         /* cancelling is another action, which other rules let pass */
	} else if (line_kind_is(l, "change.verified")) {
		s->verified = l;
	} else if (line_kind_is(l, "change.reviewed")) {
		s->review = l;
		if (s->first_review == NULL)
			s->first_review = l;
	} else {
		take_step_line(src, s, l);
	}
}

/* When the last signature that the first step needed came in. */
static void take_approved(struct story *s)
{
	const enum step_kind k = story_words(s)->route == ROUTE_TIMELOCK ? STEP_SCHEDULE : STEP_EXECUTE;
	const struct step *step = &s->c.steps[k];
	const struct story_step *x = &s->steps[k];
	if (!x->quorum_known || x->quorum == 0 || step->n_signatures < x->quorum)
		return;
	const struct line *l = line_at(s, step->signatures[x->quorum - 1].seq);
	if (l != NULL)
		s->approved = by_clock(l);
}

static void take_eta(struct story *s)
{
	if (!s->scheduled.known || story_words(s)->route != ROUTE_TIMELOCK)
		return;
	s->eta = s->scheduled;
	s->eta.time.ms += (int64_t)story_words(s)->delay * 1000;
}

/* ---- who, and how many ------------------------------------------------------------------------------------------ */

static const struct json *fact_value(const struct json *facts, const char *name)
{
	for (const struct json *v = facts != NULL ? facts->first : NULL; v != NULL; v = v->next) {
		const struct json *said = json_find(v, "name");
		if (said != NULL && said->type == JSON_STRING && span_is(said->text, name))
			return json_find(v, "value");
	}
	return NULL;
}

static void take_quorum(struct arena *a, const struct report_source *src, struct story_step *x)
{
	const struct json *evidence = x->packed != NULL ? story_blob(a, src, x->packed->body, "evidence") : NULL;
	const struct json *v = evidence != NULL ? fact_value(json_find(evidence, "facts"), "safe.threshold") : NULL;
	struct json *o = json_object(a);
	if (v == NULL)
		return;
	json_set(o, a, "n", json_copy(a, v));
	x->quorum_known = json_get_u64(o, "n", &x->quorum, NULL);
}

static bool signed_by(const struct report_source *src, const struct step *s, struct span id)
{
	for (size_t i = 0; id.n > 0 && i < s->n_signatures; i++)
		if (span_eq(story_person(src, &s->signatures[i].owner, s->signatures[i].seq), id))
			return true;
	return false;
}

static void judge_step(const struct report_source *src, struct story *s, enum step_kind k)
{
	const struct step *step = &s->c.steps[k];
	const struct story_step *x = &s->steps[k];
	s->requester_approved |= signed_by(src, step, s->requester) || signed_by(src, step, s->proposer);
	s->executor_approved |= signed_by(src, step, x->submitter) ||
				(x->payer != NULL && signed_by(src, step, x->payer->id));
	s->under_quorum |= step->mined && x->quorum_known && step->n_signatures < x->quorum;
}

/* ---- what kind of change ---------------------------------------------------------------------------------------- */

static void take_risk(struct arena *a, const struct report_source *src, struct story *s)
{
	const struct json *actions = story_words(s)->actions;
	s->deescalates = actions != NULL && actions->n > 0;
	for (const struct json *x = actions != NULL ? actions->first : NULL; x != NULL; x = x->next) {
		struct span name;
		const struct action_def *d = json_get_str(x, "action", &name, NULL)
			? catalogue_find(src->ws->pin.catalogue, name) : NULL;
		s->deescalates &= action_deescalates(a, &src->ws->pin, x);
		if (d == NULL)
			continue;
		if (!s->risk_known || action_risk_of(d) > s->risk)
			s->risk = action_risk_of(d);
		s->risk_known = true;
	}
}

static bool is_word(struct span text, const char *word)
{
	return text.n == strlen(word) && strncasecmp((const char *)text.p, word, text.n) == 0;
}

/* As the policy says that the change was proposed under. */
static uint64_t review_within(struct arena *a, const struct report_source *src, const struct story *s)
{
	struct buf text = {0};
	struct policy p = {0};
	const bool read = s->c.proposed && s->c.proposal.has_policy &&
			  log_blob(src->ws->log, &s->c.proposal.policy, &text, NULL, NULL) &&
			  policy_parse(a, &p, arena_copy(a, buf_view(&text)), NULL);
	buf_release(&text);
	return read && p.review > 0 ? p.review : POLICY_REVIEW_UNSAID;
}

static void judge_review(struct arena *a, const struct report_source *src, struct story *s)
{
	const struct moment *done = s->executed.known ? &s->executed : s->cancelled.known ? &s->cancelled : NULL;
	s->emergency = is_word(story_words(s)->category, "emergency");
	if (!s->emergency || done == NULL)
		return;
	s->review_due_known = true;
	s->review_due.ms = done->time.ms + (int64_t)review_within(a, src, s) * 1000;
	s->overdue = (s->first_review != NULL ? s->first_review->time.ms : src->now.ms) > s->review_due.ms;
}

/* ---- all of it -------------------------------------------------------------------------------------------------- */

static void take_state(const struct report_source *src, struct story *s)
{
	struct chain_facts f = {0};
	if (src->look != NULL && src->look->online &&
	    (!s->c.proposed || story_words(s)->route == ROUTE_DIRECT ||
	     snapshot_operation_at(src->look, &s->c.operation, &f.operation_timestamp))) {
		f.known = true;
		f.safe_nonce = src->look->safe_nonce;
		f.threshold = src->look->threshold;
		f.block_time = src->look->block_time;
	}
	s->state = change_state_of(&s->c, &f);
}

bool story_read(struct arena *a, struct story *out, const struct report_source *src, struct span id, struct err *e)
{
	struct reading r = { .a = a, .s = out };
	*out = (struct story){0};
	if (!read_lines(&r, src, id, e))
		return false;
	for (size_t i = 0; i < out->n; i++)
		take_line(src, out, &out->lines[i]);
	for (int k = 0; k < N_STEPS; k++) {
		take_quorum(a, src, &out->steps[k]);
		judge_step(src, out, (enum step_kind)k);
	}
	take_approved(out);
	take_eta(out);
	take_risk(a, src, out);
	judge_review(a, src, out);
	take_state(src, out);
	return true;
}

const char *story_outcome(const struct story *s)
{
	if (s->trouble != NULL)
		return "not understood";
	if (change_state_is_open(s->state) && s->failed.known)
		return "failed";
	return change_state_name(s->state);
}
