#include "audit-log/verify_deep_state.h"

#include <inttypes.h>

#include "src/evm/address.h"

/* ---- the deployment in force ------------------------------------------------------------------------------------- */

static bool names_profile(const struct judging *j, const struct deployment *d, struct err *e)
{
	struct hash32 profile, id, genesis;
	struct addr safe, timelock;
	uint64_t chain_id = 0;

	return json_get_bare_hash(j->l->body, "profile", &profile, e) &&
	       json_get_bare_hash(j->l->body, "deployment", &id, e) &&
	       json_get_u64(j->l->body, "chainId", &chain_id, e) &&
	       json_get_hash(j->l->body, "genesisHash", &genesis, e) && json_get_addr(j->l->body, "safe", &safe, e) &&
	       json_get_addr(j->l->body, "timelock", &timelock, e) &&
	       ((hash32_eq(&profile, &d->id) && hash32_eq(&id, &d->id) && chain_id == d->chain_id &&
		 hash32_eq(&genesis, &d->genesis) && addr_eq(&safe, &d->safe) && addr_eq(&timelock, &d->timelock)) ||
		err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "says another chain, Safe, timelock or id than its profile"));
}

void deep_profile(struct judging *j)
{
	struct deep *d = j->d;
	struct err inner = {0};
	struct buf text = {0};
	struct hash32 digest;

	d->have_deployment = d->have_pin = false;
	arena_release(&d->profile);
	if (!json_get_bare_hash(j->l->body, "profile", &digest, &inner)) {
		deep_find_error(j, FINDING_PROFILE, "", &inner);
		return;
	}
	if (!d->walk.blob(d->walk.ctx, &digest, &text)) {
		buf_release(&text);
		return;
	}
	d->have_deployment = deployment_parse_identity(&d->profile, &d->deployment,
						       arena_copy(&d->profile, buf_view(&text)), &inner);
	d->have_pin = d->have_deployment && pinned_builtin(&d->profile, &d->pin, &d->deployment, NULL);
	d->counts.profiles += d->have_deployment;
	if (!d->have_deployment || !names_profile(j, &d->deployment, &inner))
		deep_find_error(j, FINDING_PROFILE, "", &inner);
	buf_release(&text);
}

/* ---- proposals --------------------------------------------------------------------------------------------------- */

void deep_proposal(struct judging *j)
{
	struct err inner = {0};
	struct proposal p;

	if (!j->change) {
		deep_find(j, FINDING_PROPOSAL, "a proposal of no change");
		return;
	}
	if (j->change->proposed) {
		deep_find(j, FINDING_PROPOSAL, "%s was proposed already, by line %" PRIu64, j->change->id,
			  j->change->proposed_seq);
		return;
	}
	j->change->proposed = true;
	j->change->proposed_seq = j->l->seq;
	j->change->has_root = j->root != NULL;
	j->change->vkey = j->d->vkey;
	if (j->root)
		j->change->root = *j->root;
	if (!proposal_from_json(&j->a, &p, j->l->body, true, &inner))
		deep_find_error(j, FINDING_PROPOSAL, "", &inner);
	else if (j->d->have_deployment && !hash32_eq(&p.deployment, &j->d->deployment.id))
		deep_find(j, FINDING_PROPOSAL, "is for another deployment than the log has adopted");
}

bool deep_read_proposal(struct judging *j, struct proposal *out)
{
	struct buf raw = {0};
	struct line line;
	const bool ok = j->change && j->change->proposed &&
			j->d->walk.line(j->d->walk.ctx, j->change->proposed_seq, &raw) &&
			line_parse(&j->a, &line, arena_copy(&j->a, buf_view(&raw)), NULL) &&
			proposal_from_json(&j->a, out, line.body, true, NULL);

	buf_release(&raw);
	return ok;
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

void deep_operation(struct judging *j)
{
	struct err inner = {0};
	struct hash32 salt, id, computed;
	struct operation op;
	struct proposal p;
	uint64_t size = 0;

	if (!json_get_u64(j->l->body, "size", &size, &inner) || !json_get_hash(j->l->body, "salt", &salt, &inner) ||
	    !json_get_hash(j->l->body, "operation", &id, &inner)) {
		deep_find_error(j, FINDING_OPERATION, "", &inner);
		return;
	}
	if (!deep_read_proposal(j, &p) || p.route != ROUTE_TIMELOCK) {
		deep_find(j, FINDING_OPERATION, "an operation without a proposal that goes by the timelock");
		return;
	}
	if (size != j->change->proposed_seq + 1)
		deep_find(j, FINDING_OPERATION, "size is %" PRIu64 ", the proposal is line %" PRIu64, size,
			  j->change->proposed_seq);
	if (j->change->has_root && !hash32_eq(&salt, &j->change->root))
		deep_find(j, FINDING_OPERATION, "the salt is not the root over lines 0 to %" PRIu64,
			  j->change->proposed_seq);
	op = proposal_operation(&p, &salt);
	timelock_id(&computed, &op);
	if (!hash32_eq(&computed, &id))
		deep_find(j, FINDING_OPERATION,
			  "the id is not that of the proposal's calls, predecessor and this salt");
	j->d->counts.operations++;
}
