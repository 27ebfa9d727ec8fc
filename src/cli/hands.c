#include "src/cli/hands.h"

#include "audit-log/meetings.h"
#include "src/evm/address.h"

static struct json *party(struct arena *a, struct span id, struct span auth)
{
	struct json *o = json_object(a);
	json_set(o, a, "auth", json_text(a, auth));
	json_set(o, a, "id", json_text(a, id));
	return o;
}

static bool writer_of(const struct hands *h, struct arena *a, uint64_t seq, struct json **out, struct err *e)
{
	struct line l;
	if (!log_line_read(h->ws->log, a, seq, &l, e))
		return false;
	*out = party(a, l.actor, l.auth);
	return true;
}

/* Whoever pays has signed the transaction. One whom the profile does not know goes by the address. */
static void add_payer(const struct hands *h, struct arena *a, struct json *list, const struct addr *payer)
{
	const struct person *who = deployment_person_at(&h->ws->deployment, payer);
	const struct json *address = json_addr(a, payer);
	struct json *o = party(a, who != NULL ? who->id : address->text, span_str("signature"));
	for (const struct json *x = list->first; x != NULL; x = x->next)
		if (json_same(x, o))
			return;
	json_push(list, o);
}

static struct json *submitters(const struct hands *h, struct arena *a)
{
	struct json *list = json_array(a);
	for (int s = 0; s < N_STEPS; s++) {
		const struct step *step = &h->change->steps[s];
		for (size_t i = 0; i < step->n_submissions; i++)
			if (!step->submissions[i].rejected)
				add_payer(h, a, list, &step->submissions[i].sender);
	}
	if (h->payer != NULL)
		add_payer(h, a, list, h->payer);
	return list;
}

static bool facilitators(const struct hands *h, struct arena *a, struct json **out, struct err *e)
{
	struct meetings all;
	*out = json_array(a);
	if (!meetings_read(h->ws, a, &all, e))
		return false;
	for (size_t i = 0; i < all.n; i++) {
		struct json *o;
		if (meeting_decision_on(&all.v[i], h->change->id) == NULL)
			continue;
		if (!writer_of(h, a, all.v[i].opened_seq, &o, e))
			return false;
		json_push(*out, o);
	}
	return true;
}

bool hands_facts(const struct hands *h, struct arena *a, struct facts *out, struct err *e)
{
	struct json *proposer = party(a, h->ws->actor, h->ws->auth), *led;
	if ((h->proposed && !writer_of(h, a, h->change->proposed_seq, &proposer, e)) || !facilitators(h, a, &led, e))
		return false;
	facts_add(a, out, "facilitator", led, FACT_CLAIMED, h->block);
	facts_add(a, out, "proposer", proposer, FACT_CLAIMED, h->block);
	facts_add(a, out, "submitter", submitters(h, a), FACT_CLAIMED, h->block);
	return true;
}
