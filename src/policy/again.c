#include "src/policy/again.h"

#include <string.h>

#include "src/evm/address.h"
#include "src/gov/proven_facts.h"

/* What the line's facts say of an owner has to be what the line of the log says that brought the signature in. */
static bool was_said(const struct again *x, const struct json *one)
{
	const struct json *compared = json_find(one, "compared");
	struct addr owner, by;
	if (one->type != JSON_OBJECT || !json_get_addr(one, "owner", &owner, NULL))
		return false;
	for (size_t i = 0; i < x->n_said; i++) {
		const struct json *said = json_find(x->said[i], "compared");
		if (json_find(x->said[i], "signature") == NULL || !json_get_addr(x->said[i], "owner", &by, NULL) ||
		    !addr_eq(&owner, &by))
			continue;
		return json_is_null(compared) ? json_is_null(said) : !json_is_null(said) && json_same(compared, said);
	}
	return false;
}

static bool prove_signatures(struct arena *a, struct facts *f, const struct again *x, struct err *e)
{
	const struct fact *found = facts_find(f, span_str("signatures"));
	size_t i = 0;
	if (found == NULL || found->value->type != JSON_ARRAY)
		return true;
	for (const struct json *one = found->value->first; one != NULL; one = one->next, i++)
		if (!was_said(x, one)) {
			err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "no line before it brought this signature in");
			return err_in(e, "facts.signatures[%zu]", i);
		}
	facts_add(a, f, "signatures", found->value, FACT_PROVEN, found->block);
	return true;
}

/* The owner said, by an answer of his, that he had this block's hash from another source than the packet. */
static bool has_vouched(const struct again *x, const struct json *owner, const struct hash32 *block)
{
	for (size_t i = 0; i < x->n_said; i++) {
		const struct json *by = json_find(x->said[i], "owner");
		struct hash32 said;
		if (by != NULL && json_same(by, owner) &&
		    json_get_hash(x->said[i], "blockHash", &said, NULL) && hash32_eq(&said, block))
			return true;
	}
	return false;
}

static bool check_vouchers(const struct facts *f, const struct again *x, const struct hash32 *block, struct err *e)
{
	const struct fact *proof = facts_find(f, span_str("proof"));
	const struct json *by;
	bool ok = proof != NULL && proof->value->type == JSON_OBJECT &&
		  json_get(proof->value, "by", JSON_ARRAY, &by, NULL) && by->n > 0;
	for (const struct json *one = ok ? by->first : NULL; one != NULL; one = one->next)
		ok = ok && has_vouched(x, one, block);
	return ok || err_set(e, ERR_MISMATCH, ERR_NO_OFFSET,
			     "no answer before it says that the block's hash came from elsewhere") ||
	       err_in(e, "facts.proof");
}

static bool prove_state(struct arena *a, struct facts *f, const struct again *x, struct err *e)
{
	const struct proven_about about = { x->pin, x->proposal->actions, x->proposal->calls,
					    x->proposal->route == ROUTE_TIMELOCK ? x->operation : NULL };
	struct facts shown;
	struct proven proven;
	if (x->evidence.n == 0)
		return true;
	const struct json *evidence = json_parse(a, x->evidence, e);
	if (evidence == NULL || !evidence_proven(a, &proven, &shown, evidence, &about, e))
		return err_in(e, "evidence");
	if (!check_vouchers(f, x, &proven.header.hash, e))
		return false;
	facts_lift(a, f, &shown);
	return true;
}

static bool check_sources(const struct facts *f, const struct json *list, struct err *e)
{
	for (const struct json *o = list->first; o != NULL; o = o->next) {
		const struct span name = json_find(o, "name")->text;
		if (!span_is(json_find(o, "source")->text, fact_source_name(FACT_PROVEN)) ||
		    facts_find(f, name)->source == FACT_PROVEN)
			continue;
		err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "said to be proven, and nothing here proves it");
		return err_in(e, "facts.%.*s", (int)name.n, (const char *)name.p);
	}
	return true;
}

static bool read_facts(struct arena *a, struct facts *f, const struct again *x, struct err *e)
{
	const struct json *list = json_parse(a, x->facts, e);
	if (list == NULL || !facts_from_json(a, f, list, 0, e))
		return err_in(e, "facts");
	return prove_signatures(a, f, x, e) && prove_state(a, f, x, e) && check_sources(f, list, e);
}

bool judge_again(struct arena *a, struct verdict *out, const struct policy *policy, const struct again *x,
		 struct err *e)
{
	struct facts facts;
	struct subject s;
	if (!read_facts(a, &facts, x, e) ||
	    !subject_of_proposal(a, &s, x->pin, x->change, x->proposal, x->step, x->operation, e))
		return false;
	s.origin = x->origin;
	policy_judge(a, out, policy, &s, &facts);
	return true;
}
