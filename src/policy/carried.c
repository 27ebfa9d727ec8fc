#include "src/policy/carried.h"

#include <string.h>

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

/* The name of its log: the first line of the checkpoint, which packet_check() has verified. */
static struct span origin_of(const struct packet *p)
{
	const struct span note = p->core.checkpoint;
	const uint8_t *end = note.n > 0 ? memchr(note.p, '\n', note.n) : NULL;
	return span_of(note.p, end != NULL ? (size_t)(end - note.p) : 0);
}

bool carried_judge(struct arena *a, struct verdict out[N_STEPS], const struct policy *policy,
		   const struct pinned *pin, const struct packet *p, const struct checked_packet *checked,
		   const struct facts *proven, struct err *e)
{
	for (size_t i = 0; i < checked->n_steps; i++) {
		const enum step_kind step = checked->steps[i].step;
		struct facts facts;
		struct subject s;
		if (!evidence_facts(a, &facts, p->evidence, e) ||
		    !subject_of_proposal(a, &s, pin, p->core.change, &checked->proposal, &step,
					 &checked->operation_id, e))
			return false;
		s.origin = origin_of(p);
		if (proven != NULL)
			facts_lift(a, &facts, proven);
		facts_add(a, &facts, "signatures", signatures_of(a, p, step), FACT_PROVEN, 0);
		policy_judge(a, &out[i], policy, &s, &facts);
	}
	return true;
}

bool carried_proofs(struct arena *a, struct proven *out, struct facts *facts, bool *there, const struct pinned *pin,
		    const struct packet *p, const struct checked_packet *checked, struct err *e)
{
	const bool timelock = checked->proposal.route == ROUTE_TIMELOCK;
	const struct proven_about about = { pin, checked->proposal.actions, checked->proposal.calls,
					    timelock ? &checked->operation_id : NULL };
	*out = (struct proven){0};
	*facts = (struct facts){0};
	*there = p->evidence != NULL && !json_is_null(json_find(p->evidence, "proofs"));
	if (!*there || evidence_proven(a, out, facts, p->evidence, &about, e))
		return true;
	if (e != NULL) {
		e->code = ERR_REFUSED;
		e->refusal = "PROOF";
	}
	return err_in(e, "evidence");
}

const struct json *carried_fact(const struct json *evidence, const char *name)
{
	const struct json *facts = evidence != NULL ? json_find(evidence, "facts") : NULL;
	struct span found;
	for (const struct json *v = facts != NULL && facts->type == JSON_ARRAY ? facts->first : NULL; v != NULL;
	     v = v->next)
		if (v->type == JSON_OBJECT && json_get_str(v, "name", &found, NULL) && span_is(found, name))
			return json_find(v, "value");
	return NULL;
}
