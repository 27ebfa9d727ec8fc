#include "audit-log/verify_deep_state.h"

#include <string.h>

#include "src/policy/again.h"

/* What a verdict is a function of, all of it from the log. False without an error: a blob is not there, which the walk
 * has said. */
struct judged {
	struct policy policy;
	struct span facts, evidence;
	struct proposal proposal;
	bool has_step, frozen;        /* frozen: the proposal is the change's own line, not one that was refused */
	enum step_kind step;
	struct span said;
};

static bool read_blob(struct judging *j, const char *member, struct span *out, struct err *e)
{
	struct hash32 digest;
	struct buf b = {0};
	bool ok = json_get_bare_hash(j->l->body, member, &digest, e);

	if (ok) {
		ok = j->d->walk.blob(j->d->walk.ctx, &digest, &b);
		*out = ok ? arena_copy(&j->a, buf_view(&b)) : span_of(NULL, 0);
	}
	buf_release(&b);
	return ok;
}

static bool read_words(struct judging *j, struct judged *out, struct err *e)
{
	const struct json *doc;
	struct span text;

	out->frozen = json_is_null(json_find(j->l->body, "proposal"));
	if (out->frozen)
		return deep_read_proposal(j, &out->proposal) ||
		       err_set(e, ERR_MISSING, ERR_NO_OFFSET, "a verdict without a proposal");
	if (!j->change)
		return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "a verdict on no change");
	if (!read_blob(j, "proposal", &text, e))
		return false;
	doc = json_parse(&j->a, text, e);
	return (doc && proposal_from_json(&j->a, &out->proposal, doc, true, e)) || err_in(e, "proposal");
}

static bool read_judged(struct judging *j, struct judged *out, struct err *e)
{
	const struct json *step = json_find(j->l->body, "step");
	struct span policy, name;

	out->has_step = !json_is_null(step);
	if (!json_get_str(j->l->body, "verdict", &out->said, e) ||
	    (out->has_step && (!json_get_str(j->l->body, "step", &name, e) || !step_parse(&out->step, name, e))) ||
	    !read_blob(j, "policy", &policy, e) || !read_blob(j, "facts", &out->facts, e) ||
	    (!json_is_null(json_find(j->l->body, "evidence")) && !read_blob(j, "evidence", &out->evidence, e)))
		return false;
	if (!policy_parse(&j->a, &out->policy, policy, e))
		return err_in(e, "policy");
	return read_words(j, out, e);
}

static bool is_ours(const struct deep *d, const struct proposal *p)
{
	return d->have_pin && hash32_eq(&p->catalogue, &d->pin.catalogue_digest) &&
	       hash32_eq(&p->abi, &d->pin.abi_digest);
}

static struct span origin_of(const struct deep *d)
{
	const char *plus = d->vkey ? strchr(d->vkey, '+') : NULL;

	return plus ? span_of(d->vkey, (size_t)(plus - d->vkey)) : span_of(NULL, 0);
}

/* The bodies of the lines that stand for the step. One that cannot be read again is a finding of its own. */
static const struct json **read_said(struct judging *j, const struct deep_step *s, size_t *n)
{
	const struct json **v = ARENA_ARRAY(&j->a, const struct json *, s->n_said + 1);

	*n = 0;
	for (size_t i = 0; i < s->n_said; i++) {
		struct buf raw = {0};
		struct line line;

		if (j->d->walk.line(j->d->walk.ctx, s->said[i], &raw) &&
		    line_parse(&j->a, &line, arena_copy(&j->a, buf_view(&raw)), NULL))
			v[(*n)++] = line.body;
		buf_release(&raw);
	}
	return v;
}

static bool ask_again(struct judging *j, const struct judged *x, struct verdict *out, struct err *e)
{
	const struct operation op = proposal_operation(&x->proposal, &j->change->root);
	struct hash32 id = {{0}};
	struct again again = { .pin = &j->d->pin, .change = j->l->change, .origin = origin_of(j->d),
			       .proposal = &x->proposal, .step = x->has_step ? &x->step : NULL, .operation = &id,
			       .facts = x->facts, .evidence = x->evidence };

	if (x->proposal.route == ROUTE_TIMELOCK && x->has_step)
		timelock_id(&id, &op);
	if (x->has_step)
		again.said = read_said(j, &j->change->steps[x->step], &again.n_said);
	return judge_again(&j->a, out, &x->policy, &again, e);
}

void deep_judged(struct judging *j)
{
	struct err inner = {0};
	struct verdict v;
	struct judged x = {0};

	if (!read_judged(j, &x, &inner)) {
		if (inner.code)
			deep_find_error(j, FINDING_VERDICT, "", &inner);
		return;
	}
	if (!is_ours(j->d, &x.proposal)) {
		j->d->counts.foreign_verdicts++;
		return;
	}
	j->d->counts.verdicts++;
	if (!ask_again(j, &x, &v, &inner))
		deep_find_error(j, FINDING_VERDICT, "", &inner);
	else if (!span_is(x.said, verdict_name(v.word)))
		deep_find(j, FINDING_VERDICT, "says \"%.*s\", and its policy says \"%s\" of its facts", (int)x.said.n,
			  (const char *)x.said.p, verdict_name(v.word));
	if (!x.has_step && (!x.proposal.has_policy || !hash32_eq(&x.policy.digest, &x.proposal.policy)))
		deep_find(j, FINDING_VERDICT, "by another policy than the change was proposed under");
}
