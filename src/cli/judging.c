#include "src/cli/judging.h"

#include <string.h>

#include "audit-log/census.h"
#include "src/base/fs.h"
#include "src/base/text.h"
#include "src/cli/hands.h"
#include "src/cli/offering.h"
#include "src/cli/onchain.h"
#include "src/cli/packing.h"
#include "src/cli/possession.h"
#include "src/cli/upgrading.h"
#include "src/crypto/keccak.h"
#include "src/evm/address.h"
#include "src/gov/proven_facts.h"

bool judging_policy(struct workspace *ws, struct arena *a, const struct policy **out, struct err *e)
{
	struct offering x;
	*out = NULL;
	if (!offering_read(ws, a, ADOPT_POLICY, &x, e))
		return false;
	if (x.now.current != NULL)
		*out = x.now.current->policy;
	return true;
}

/* ---- facts ---- */

struct finding_facts {
	const struct judging *j;
	struct arena *a;
	struct facts *out;
	uint64_t block, now;
	bool proven;                  /* by the proofs of the step's evidence */
};

static void add(struct finding_facts *f, const char *name, const struct json *value)
{
	facts_add(f->a, f->out, name, value, FACT_CLAIMED, f->block);
}

static struct json *addresses(struct finding_facts *f, const struct addr *v, size_t n)
{
	struct json *list = json_array(f->a);
	for (size_t i = 0; i < n; i++)
		json_push(list, json_addr(f->a, &v[i]));
	return list;
}

static bool add_safe(struct finding_facts *f, struct err *e)
{
	struct chain_safe safe;
	if (!chain_safe(f->j->chain, f->a, &f->j->ws->deployment.safe, &safe, e))
		return false;
	add(f, "safe.nonce", json_u64(f->a, safe.nonce));
	add(f, "safe.threshold", json_u64(f->a, safe.threshold));
	add(f, "safe.owners", addresses(f, safe.owners, safe.owner_count));
	if (safe.modules_known)
		add(f, "safe.modules", addresses(f, safe.modules, safe.module_count));
	add(f, "safe.guard", json_addr(f->a, &safe.guard));
	add(f, "safe.singleton", json_addr(f->a, &safe.singleton));
	add(f, "safe.fallback-handler", json_addr(f->a, &safe.fallback_handler));
	return true;
}

static bool add_timelock(struct finding_facts *f, struct err *e)
{
	const struct deployment *d = &f->j->ws->deployment;
	struct chain_roles roles[2] = { { .account = d->safe } };
	struct chain_facts facts;
	uint64_t min_delay;
	if (!chain_min_delay(f->j->chain, &d->timelock, &min_delay, e) ||
	    !chain_roles(f->j->chain, &d->timelock, roles, ARRAY_LEN(roles), e) ||
	    !onchain_facts(f->j->ws, f->j->chain, f->j->proposed ? f->j->change : NULL, &facts, e))
		return false;
	add(f, "timelock.min-delay", json_u64(f->a, min_delay));
	add(f, "timelock.operation-timestamp", json_u64(f->a, facts.operation_timestamp));
	add(f, "timelock.safe-is-proposer", json_bool(f->a, roles[0].proposer));
	add(f, "timelock.safe-is-executor", json_bool(f->a, roles[0].executor));
	add(f, "timelock.safe-is-canceller", json_bool(f->a, roles[0].canceller));
	add(f, "timelock.safe-is-admin", json_bool(f->a, roles[0].admin));
	add(f, "timelock.everybody-is-executor", json_bool(f->a, roles[1].executor));
	return true;
}

/* The code and the owner of each contract that its calls reach. */
static bool add_contracts(struct finding_facts *f, struct err *e)
{
	const struct calls calls = f->j->proposal->calls;
	for (size_t i = 0; i < calls.n; i++) {
		const struct contract *c = deployment_contract_at(&f->j->ws->deployment, &calls.v[i].to);
		struct chain_contract v = { .at = calls.v[i].to };
		if (c == NULL)
			continue;
		const char *of = arena_fmt(f->a, "owner.%.*s", (int)c->name.n, (const char *)c->name.p);
		if (facts_find(f->out, span_str(of)) != NULL)
			continue;
		if (!chain_contracts(f->j->chain, &v, 1, e))
			return false;
		if (v.has_owner)
			add(f, of, json_addr(f->a, &v.owner));
		if (v.has_implementation)
			add(f, arena_fmt(f->a, "implementation.%.*s", (int)c->name.n, (const char *)c->name.p),
			    json_addr(f->a, &v.implementation));
	}
	return true;
}

static bool add_chain(struct finding_facts *f, struct err *e)
{
	struct chain_heads heads;
	if (!chain_heads(f->j->chain, &heads, e))
		return false;
	add(f, "now", json_u64(f->a, f->now));
	add(f, "chain.block", json_u64(f->a, f->block));
	if (heads.has_safe)
		add(f, "chain.safe", json_u64(f->a, heads.safe.number));
	if (heads.has_finalized)
		add(f, "chain.finalized", json_u64(f->a, heads.finalized.number));
	return add_safe(f, e) && add_timelock(f, e) && add_contracts(f, e);
}

/* "action[2].before[0]": what its getters say; "action[2].perDay": what an argument would replace. */
static bool add_current(struct finding_facts *f, struct err *e)
{
	size_t i = 0;
	for (const struct json *x = f->j->proposal->actions->first; x != NULL; x = x->next, i++) {
		const struct action_read_back *reads;
		struct span *texts;
		size_t n;
		if (!action_reads(f->a, &reads, &n, &f->j->ws->pin, x, e) ||
		    !onchain_read_all(f->j->chain, f->a, reads, n, &texts, e))
			return false;
		for (size_t k = 0; k < n; k++) {
			if (texts[k].p != NULL)
				add(f, arena_fmt(f->a, "action[%zu].before[%zu]", i, k), json_text(f->a, texts[k]));
			if (reads[k].arg.n > 0 && texts[k].p != NULL)
				add(f, arena_fmt(f->a, "action[%zu].%.*s", i, (int)reads[k].arg.n,
						 (const char *)reads[k].arg.p), json_text(f->a, texts[k]));
		}
	}
	return true;
}

/* The hash of the code at each address that a rule looks at. */
static bool add_code(struct finding_facts *f, struct span arg, struct err *e)
{
	const char *member = arena_str(f->a, arg);
	for (const struct json *x = f->j->proposal->actions->first; x != NULL; x = x->next) {
		const struct json *args = json_find(x, "args"), *v = args != NULL ? json_find(args, member) : NULL;
		struct addr at;
		struct span code;
		struct hash32 hash;
		if (v == NULL || v->type != JSON_STRING || !addr_parse(&at, v->text, NULL))
			continue;
		if (!chain_code(f->j->chain, f->a, &at, &code, e))
			return false;
		keccak256(&hash, code);
		add(f, arena_fmt(f->a, "code-hash.%s", arena_str(f->a, v->text)),
		    code.n > 0 ? json_0x(f->a, SPAN_HASH(&hash)) : json_null(f->a));
	}
	return true;
}

static bool add_codes(struct finding_facts *f, struct err *e)
{
	const struct policy *p = f->j->policy;
	for (size_t i = 0; i < p->n_rules; i++) {
		const struct rule *x = &p->rules[i];
		if (x->kind == RULE_CODE && !add_code(f, x->arg, e))
			return false;
		for (size_t k = 0; x->kind == RULE_POSSESSION && x->n_listed > 0 && k < x->args.n; k++)
			if (!add_code(f, x->args.v[k], e))
				return false;
	}
	return true;
}

/* ---- from the log ---- */

/* What the arguments of action k were before, from the facts in the packet's evidence; NULL: nobody looked. */
static const struct json *values_before(struct finding_facts *f, const struct change *c, size_t k,
					const struct json *args, struct err *e)
{
	const struct step *s = &c->steps[c->proposal.route == ROUTE_DIRECT ? STEP_EXECUTE : STEP_SCHEDULE];
	const char *prefix = arena_fmt(f->a, "action[%zu].", k);
	struct json *was = json_object(f->a);
	struct buf b = {0};
	struct span name;
	if (!s->has_evidence || !log_blob(f->j->ws->log, &s->evidence, &b, NULL, e))
		return NULL;
	const struct json *evidence = json_parse(f->a, arena_copy(f->a, buf_view(&b)), e);
	const struct json *facts = evidence != NULL ? json_find(evidence, "facts") : NULL;
	buf_release(&b);
	for (const struct json *x = facts != NULL ? facts->first : NULL; x != NULL; x = x->next) {
		if (!json_get_str(x, "name", &name, NULL) || !span_starts(name, prefix))
			continue;
		const char *arg = arena_str(f->a, span_of(name.p + strlen(prefix), name.n - strlen(prefix)));
		if (json_find(args, arg) != NULL)
			json_set(was, f->a, arg, json_copy(f->a, json_find(x, "value")));
	}
	return was;
}

/* When it went to the chain; 0: it did not. */
static uint64_t sent_at(const struct finding_facts *f, const struct change *c)
{
	const struct step *s = &c->steps[c->proposal.route == ROUTE_DIRECT ? STEP_EXECUTE : STEP_SCHEDULE];
	if (s->mined)
		return s->block_time;
	return step_is_submitted(s) ? f->now : 0;
}

static void add_past(struct finding_facts *f, struct json *list, const struct change *c, struct err *e)
{
	const uint64_t at = sent_at(f, c);
	size_t k = 0;
	if (!c->proposed || span_eq(c->id, f->j->change->id) || at == 0 ||
	    at + policy_looks_back(f->j->policy) <= f->now)
		return;
	for (const struct json *x = c->proposal.actions->first; x != NULL; x = x->next, k++) {
		struct json *o = json_object(f->a);
		const struct json *was = values_before(f, c, k, json_find(x, "args"), e);
		json_set(o, f->a, "action", json_copy(f->a, x));
		json_set(o, f->a, "at", json_u64(f->a, at));
		json_set(o, f->a, "change", json_text(f->a, c->id));
		json_set(o, f->a, "was", was != NULL ? json_copy(f->a, was) : json_object(f->a));
		json_push(list, o);
	}
}

/* One that was executed before what the policy looks back on went to the chain earlier still. */
static bool is_long_past(const struct finding_facts *f, const struct counted *one)
{
	return one->executed && one->mined_at + policy_looks_back(f->j->policy) <= f->now;
}

/* In the order of the changes' first lines. */
static bool add_history(struct finding_facts *f, struct err *e)
{
	struct workspace *ws = f->j->ws;
	const struct changes *all;
	const struct census *census;
	struct json *list = json_array(f->a);
	if (!workspace_unfinished(ws, &all, e) || !census_of(ws->log, &census, e))
		return false;
	for (size_t i = 0; i < census->changes.n; i++) {
		struct change c;
		if (is_long_past(f, &census->changes.v[i]))
			continue;
		if ((!log_is_hinted(ws->log) && !workspace_fold(ws, &all, e)) ||
		    !workspace_change(ws, f->a, arena_str(f->a, census->changes.v[i].name), &c, e))
			return false;
		add_past(f, list, &c, e);
		if (err_is_set(e))
			return false;
	}
	add(f, "history", list);
	return true;
}

/* Each was recovered from the step's hash when it came in: proven, whoever says it. What its owner compared is the
 * answer's own word. */
static bool add_signatures(struct finding_facts *f, struct err *e)
{
	struct json *list = json_array(f->a);
	const struct step *s = f->j->step != NULL ? &f->j->change->steps[*f->j->step] : NULL;
	for (size_t i = 0; s != NULL && i < s->n_signatures; i++) {
		struct line l;
		if (!log_line_read(f->j->ws->log, f->a, s->signatures[i].seq, &l, e))
			return false;
		const struct json *compared = json_find(l.body, "compared");
		struct json *o = json_object(f->a);
		json_set(o, f->a, "compared", compared != NULL ? json_copy(f->a, compared) : json_null(f->a));
		json_set(o, f->a, "owner", json_addr(f->a, &s->signatures[i].owner));
		json_push(list, o);
	}
	facts_add(f->a, f->out, "signatures", list, FACT_PROVEN, f->block);
	return true;
}

/* ---- proofs ---- */

/* The owners who had this block's hash from another source than the packet, by their answers. */
static struct json *vouchers(struct finding_facts *f, const struct step *s, const struct hash32 *block)
{
	struct json *list = json_array(f->a);
	for (size_t i = 0; i < s->n_vouchers; i++)
		if (hash32_eq(&s->vouchers[i].block, block))
			json_push(list, json_addr(f->a, &s->vouchers[i].owner));
	return list;
}

static void add_proof(struct finding_facts *f, const struct header *h, struct json *by)
{
	struct json *o = json_object(f->a);
	json_set(o, f->a, "by", by);
	json_set(o, f->a, "hash", json_0x(f->a, SPAN_HASH(&h->hash)));
	json_set(o, f->a, "number", json_u64(f->a, h->number));
	json_set(o, f->a, "time", json_u64(f->a, h->time));
	add(f, "proof", o);
}

/* The proofs that the step's newest packet carries, checked again, as every signer checked them. */
static bool add_proofs(struct finding_facts *f, struct err *e)
{
	const struct step *s = &f->j->change->steps[*f->j->step];
	const struct proposal *p = f->j->proposal;
	const struct proven_about about = { &f->j->ws->pin, p->actions, p->calls,
					    p->route == ROUTE_TIMELOCK ? &f->j->change->operation : NULL };
	const struct json *evidence;
	struct facts shown;
	struct proven proven;
	struct buf b = {0};
	if (!s->has_evidence)
		return true;
	const bool ok = log_blob(f->j->ws->log, &s->evidence, &b, NULL, e);
	evidence = ok ? json_parse(f->a, arena_copy(f->a, buf_view(&b)), e) : NULL;
	buf_release(&b);
	if (evidence == NULL)
		return false;
	if (json_is_null(json_find(evidence, "proofs")))
		return true;
	if (!evidence_proven(f->a, &proven, &shown, evidence, &about, e))
		return err_in(e, "evidence");
	struct json *by = vouchers(f, s, &proven.header.hash);
	add_proof(f, &proven.header, by);
	f->proven = by->n > 0;
	if (f->proven)
		facts_lift(f->a, f->out, &shown);
	return true;
}

/* Cancelling an upgrade replaces no code. */
static bool add_upgrades(struct finding_facts *f, struct err *e)
{
	const struct judging *j = f->j;
	const struct upgrading u = { j->ws, j->chain, j->policy, j->change, j->proposal, j->proposed, f->block };
	return (f->j->step != NULL && *f->j->step == STEP_CANCEL) || upgrading_facts(&u, f->a, f->out, e);
}

static bool find_facts(const struct judging *asked, struct arena *a, struct judgement *out, struct err *e)
{
	struct proposal p = *asked->proposal;
	struct judging with_calls = *asked;
	const struct judging *j = &with_calls;
	bool direct;
	with_calls.proposal = &p;
	if (!asked->proposed && !actions_compile(a, &p.calls, &direct, &asked->ws->pin, p.actions, e))
		return false;
	struct finding_facts f = { j, a, &out->facts, j->chain->pin.number, j->chain->pin.time, false };
	*out = (struct judgement){0};
	const struct hands hands = { j->ws, j->change, j->proposed, j->payer, f.block };
	if (!add_chain(&f, e) || !add_current(&f, e) || !add_codes(&f, e) || !add_history(&f, e) ||
	    !hands_facts(&hands, a, f.out, e) || !possession_facts(j->ws, a, f.out, j->change->id, f.block, e) ||
	    !add_upgrades(&f, e) || !add_signatures(&f, e) ||
	    (j->with_proofs && j->step != NULL && !add_proofs(&f, e)))
		return false;
	out->has_evidence = f.proven;
	if (f.proven)
		out->evidence = j->change->steps[*j->step].evidence;
	return true;
}

bool judging_facts(const struct judging *j, struct arena *a, struct facts *out, struct err *e)
{
	struct judgement found;
	const bool ok = find_facts(j, a, &found, e);
	*out = found.facts;
	return ok;
}

bool judging_judge(const struct judging *j, struct arena *a, struct judgement *out, struct err *e)
{
	struct subject s;
	if (!find_facts(j, a, out, e) ||
	    !subject_of_proposal(a, &s, &j->ws->pin, j->change->id, j->proposal, j->step, &j->change->operation, e))
		return false;
	s.origin = log_origin(j->ws->log);
	policy_judge(a, &out->verdict, j->policy, &s, &out->facts);
	return true;
}

/* Rules that want proof and have only the console's word. */
static void unproven(struct buf *out, const struct verdict *v)
{
	for (size_t i = 0; i < v->n_rules; i++) {
		const struct rule_verdict *r = &v->rules[i];
		if (r->rule == NULL || !r->rule->proven || r->word != VERDICT_WORD)
			continue;
		buf_str(out, out->n > 0 ? "; " : "");
		text_safe(out, r->rule->name, false);
		buf_str(out, ": ");
		text_safe(out, span_str(r->text), false);
	}
}

bool judging_enforce(const struct verdict *v, bool all, struct err *e)
{
	struct buf why = {0};
	const char *word = verdict_name(v->word);
	if (v->word == VERDICT_FAILED)
		verdict_reasons(&why, v, VERDICT_FAILED);
	else if (all && v->word == VERDICT_PENDING)
		verdict_reasons(&why, v, VERDICT_PENDING);
	if (why.n == 0 && all) {
		unproven(&why, v);
		word = "not proven";
	}
	if (why.n == 0)
		return true;
	err_refuse(e, "POLICY", "%s: %s", word, buf_cstr(&why));
	buf_release(&why);
	return false;
}

static bool add_blob(struct workspace *ws, const struct json *v, struct hash32 *digest, struct err *e)
{
	struct buf b = {0};
	json_canonical(&b, v);
	const bool ok = log_add_blob(ws->log, buf_view(&b), BLOB_PUBLIC, digest, e);
	buf_release(&b);
	return ok;
}

bool judging_log(struct workspace *ws, struct arena *a, struct span change, const struct judgement *v,
		 const struct proposal *refused, const enum step_kind *step, struct err *e)
{
	struct hash32 policy, known, words;
	struct json *body = json_object(a);
	if (!add_blob(ws, v->verdict.policy->doc, &policy, e) ||
	    !add_blob(ws, facts_to_json(a, &v->facts), &known, e) ||
	    (refused != NULL && !add_blob(ws, proposal_to_json(a, refused, true), &words, e)))
		return false;
	json_set(body, a, "evidence", v->has_evidence ? json_bare(a, SPAN_HASH(&v->evidence)) : json_null(a));
	json_set(body, a, "facts", json_bare(a, SPAN_HASH(&known)));
	json_set(body, a, "policy", json_bare(a, SPAN_HASH(&policy)));
	json_set(body, a, "proposal", refused != NULL ? json_bare(a, SPAN_HASH(&words)) : json_null(a));
	json_set(body, a, "step", step != NULL ? json_str(a, step_name(*step)) : json_null(a));
	json_set(body, a, "verdict", json_str(a, verdict_name(v->verdict.word)));
	struct line l = workspace_line(ws, "policy.judged", change, body);
	return log_add_line(ws->log, &l, e);
}

/* The policy that a proposal was frozen under, from the log. */
static bool frozen_policy(struct workspace *ws, struct arena *a, const struct policy **out, const struct proposal *p,
			  struct err *e)
{
	struct policy *frozen = ARENA_NEW(a, struct policy);
	struct buf b = {0};
	*out = NULL;
	if (!p->has_policy)
		return true;
	*out = frozen;
	const bool ok = log_blob(ws->log, &p->policy, &b, NULL, e);
	const struct span text = ok ? arena_copy(a, buf_view(&b)) : span_of(NULL, 0);
	buf_release(&b);
	return ok && policy_parse(a, frozen, text, e);
}

void judging_into_evidence(struct arena *a, struct json *evidence, const struct facts *facts)
{
	struct json *all = facts_to_json(a, facts), *merged = json_array(a), *out = json_object(a);
	const struct json *old = json_find(evidence, "facts");
	for (const struct json *v = old->first; v != NULL; v = v->next)
		if (facts_find(facts, json_find(v, "name")->text) == NULL)
			json_push(merged, json_copy(a, v));
	for (const struct json *v = all->first; v != NULL; v = v->next)
		json_push(merged, json_copy(a, v));
	for (const struct json *v = evidence->first; v != NULL; v = v->next)
		json_set(out, a, arena_str(a, v->name), v == old ? merged : json_copy(a, v));
	*evidence = *out;
}

bool judging_step(struct workspace *ws, struct chain *c, struct arena *a, const struct change *change,
		  enum step_kind step, bool all, const struct addr *payer, struct judgements *out, struct err *e)
{
	const struct policy *policies[2];
	*out = (struct judgements){ .safe_tx_hash = change->steps[step].safe_tx_hash };
	if (!frozen_policy(ws, a, &policies[0], &change->proposal, e) || !judging_policy(ws, a, &policies[1], e))
		return false;
	if (policies[0] != NULL && policies[1] != NULL && hash32_eq(&policies[0]->digest, &policies[1]->digest))
		policies[1] = NULL;
	for (size_t i = 0; i < 2; i++) {
		const struct judging j = { ws, c, policies[i], change, &change->proposal, true, &step, payer, all };
		if (policies[i] == NULL)
			continue;
		if (!judging_judge(&j, a, &out->v[out->n], e) ||
		    !judging_enforce(&out->v[out->n++].verdict, all, e))
			return false;
	}
	return true;
}

bool judging_log_step(struct workspace *ws, struct arena *a, const struct change *now, enum step_kind step,
		      const struct judgements *v, struct err *e)
{
	if (v->n > 0 && !hash32_eq(&now->steps[step].safe_tx_hash, &v->safe_tx_hash))
		return err_refuse(e, "REPACKED", "%s got another packet meanwhile: run this again", step_name(step));
	for (size_t i = 0; i < v->n; i++)
		if (!judging_log(ws, a, now->id, &v->v[i], NULL, &step, e))
			return false;
	return true;
}

bool judging_keep(struct workspace *ws, struct arena *a, const struct change *change, enum step_kind step,
		  const struct judgements *v, struct err *e)
{
	struct change now;
	if (v->n == 0)
		return true;
	if (!log_begin(ws->log, e))
		return false;
	if (!workspace_change(ws, a, arena_str(a, change->id), &now, e) ||
	    !judging_log_step(ws, a, &now, step, v, e) || !log_commit(ws->log, e)) {
		log_abort(ws->log);
		return false;
	}
	return true;
}
