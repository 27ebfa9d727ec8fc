#include "src/policy/carried.h"

#include "src/evm/address.h"

static bool evidence_facts(struct arena *a, struct facts *out, const struct json *evidence, struct err *e)
{
	const struct json *block, *facts;
	uint64_t number;
	*out = (struct facts){0};
	if (evidence == NULL)
		return true;
	return (json_get(evidence, "block", JSON_OBJECT, &block, e) && json_get_u64(block, "number", &number, e) &&
		json_get(evidence, "facts", JSON_ARRAY, &facts, e) &&
		(facts_from_json(a, out, facts, number, e) || err_in(e, "facts"))) ||
	       err_in(e, "evidence");
}

/* A packet's signatures are of all its steps. */
static struct json *signatures_of(struct arena *a, const struct packet *p, enum step_kind step)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < p->n_signatures; i++) {
		struct json *o = json_object(a);
		if (p->signatures[i].step != step)
			continue;
		json_set(o, a, "owner", json_addr(a, &p->signatures[i].by.owner));
		json_push(list, o);
	}
	return list;
}

bool carried_judge(struct arena *a, struct verdict out[N_STEPS], const struct policy *policy,
		   const struct pinned *pin, const struct packet *p, const struct checked_packet *checked,
		   struct err *e)
{
	for (size_t i = 0; i < checked->n_steps; i++) {
		const enum step_kind step = checked->steps[i].step;
		struct facts facts;
		struct subject s;
		if (!evidence_facts(a, &facts, p->evidence, e) ||
		    !subject_of_proposal(a, &s, pin, p->core.change, &checked->proposal, &step,
					 &checked->operation_id, e))
			return false;
		facts_add(a, &facts, "signatures", signatures_of(a, p, step), FACT_PROVEN, 0);
		policy_judge(a, &out[i], policy, &s, &facts);
	}
	return true;
}
