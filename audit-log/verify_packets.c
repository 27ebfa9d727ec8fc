#include "audit-log/verify_deep_state.h"

#include <inttypes.h>
#include <stdlib.h>

#include "src/evm/address.h"

/* ---- packets ----------------------------------------------------------------------------------------------------- */

/* The safeTxHash that the proposal's fields come to. */
static bool compute_hash(struct judging *j, enum step_kind kind, uint64_t nonce, struct hash32 *out)
{
	const struct deployment *d = &j->d->deployment;
	const struct u256 chain_id = u256_from_u64(d->chain_id);
	struct safe_hashes hashes;
	struct proposal p;
	struct safe_tx tx;

	if (!j->d->have_deployment || !deep_read_proposal(j, &p) || !j->change->has_root ||
	    !change_step_tx(&j->a, &tx, d, &p, &j->change->root, kind, nonce, NULL))
		return false;
	safe_hash(&hashes, SAFE_CURRENT, &chain_id, &d->safe, &tx);
	*out = hashes.tx;
	j->d->counts.hashes++;
	return true;
}

/* The core in a packet around it, which is what there is a strict reader for. */
static bool read_core(struct judging *j, const struct hash32 *digest, struct packet *out, struct err *e)
{
	struct buf core = {0}, text = {0};
	bool ok = j->d->walk.blob(j->d->walk.ctx, digest, &core);

	if (ok) {
		buf_str(&text, "{\"format\":\"setgov-packet/1\",\"core\":");
		buf_span(&text, buf_view(&core));
		buf_str(&text, ",\"evidence\":null,\"signatures\":[],\"lines\":[]}");
		ok = packet_parse(&j->a, out, arena_copy(&j->a, buf_view(&text)), e) &&
		     (hash32_eq(&out->digest, digest) ||
		      err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the blob is not the core alone"));
	}
	buf_release(&core);
	buf_release(&text);
	return ok;
}

static bool has_step(const struct packet_core *core, enum step_kind kind, uint64_t nonce, const struct hash32 *hash)
{
	for (size_t i = 0; i < core->n_steps; i++)
		if (core->steps[i].step == kind && core->steps[i].nonce == nonce &&
		    hash32_eq(&core->steps[i].safe_tx_hash, hash))
			return true;
	return false;
}

static bool carries_proposal(struct judging *j, const struct packet_core *core)
{
	struct buf raw = {0};
	const bool ok = j->change->proposed && j->d->walk.line(j->d->walk.ctx, j->change->proposed_seq, &raw) &&
			span_eq(buf_view(&raw), core->proposal);

	buf_release(&raw);
	return ok;
}

/* Everything in it that this program can compute: path, checkpoint, calls, hashes. */
static void judge_core(struct judging *j, const struct packet *p)
{
	const struct deep *d = j->d;
	struct pinned pin = d->pin;
	struct checked_packet checked;
	struct err inner = {0};

	if (!carries_proposal(j, &p->core))
		deep_find(j, FINDING_PACKET, "the core carries another proposal than %s's line", j->change->id);
	if (j->change->has_root && !hash32_eq(&p->core.root, &j->change->root))
		deep_find(j, FINDING_PACKET, "the core's root is not that over lines 0 to %" PRIu64,
			  j->change->proposed_seq);
	if (j->change->vkey && !span_is(p->core.log_key, j->change->vkey))
		deep_find(j, FINDING_PACKET, "the core names another log key than signed over its proposal");
	/* Whether core and proposal name the same policy is what is asked, not which: it is the change's own. */
	pin.has_policy = p->core.has_policy;
	pin.policy = p->core.policy;
	if (!d->have_pin || !hash32_eq(&p->core.catalogue, &d->pin.catalogue_digest) ||
	    !hash32_eq(&p->core.abi, &d->pin.abi_digest))
		j->d->counts.foreign++;
	else if (!packet_check(&j->a, &checked, p, &pin, &inner))
		deep_find_error(j, FINDING_PACKET, "", &inner);
}

static void judge_evidence(struct judging *j, const struct packet_core *core)
{
	const struct json *named = json_find(j->l->body, "evidence");
	struct hash32 digest;
	const bool has = !json_is_null(named);

	if (has != core->has_evidence ||
	    (has && (!json_get_bare_hash(j->l->body, "evidence", &digest, NULL) ||
		     !hash32_eq(&digest, &core->evidence))))
		deep_find(j, FINDING_PACKET, "the core names other evidence");
}

/* What was said for another hash is of another packet. */
static void set_packed(struct deep_step *s, uint64_t nonce, const struct hash32 *said)
{
	if (s->packed && !hash32_eq(&s->hash, said)) {
		free(s->said);
		s->said = NULL;
		s->n_said = 0;
	}
	s->packed = true;
	s->nonce = nonce;
	s->hash = *said;
}

void deep_packed(struct judging *j)
{
	struct hash32 core, packet, said;
	struct err inner = {0};
	enum step_kind kind;
	struct deep_step *s = deep_step_of(j, FINDING_PACKET, &kind);
	struct packet p;
	uint64_t nonce = 0;

	if (!s)
		return;
	if (!json_get_u64(j->l->body, "nonce", &nonce, &inner) ||
	    !json_get_hash(j->l->body, "safeTxHash", &said, &inner) ||
	    !json_get_bare_hash(j->l->body, "core", &core, &inner) ||
	    !json_get_bare_hash(j->l->body, "packet", &packet, &inner)) {
		deep_find_error(j, FINDING_PACKET, "", &inner);
		return;
	}
	set_packed(s, nonce, &said);
	if (!compute_hash(j, kind, nonce, &s->hash))
		deep_find(j, FINDING_SAFE_HASH, "the safeTxHash cannot be computed: its proposal is wanting");
	else if (!hash32_eq(&said, &s->hash))
		deep_find(j, FINDING_SAFE_HASH, "the safeTxHash is not that of the step's fields");
	if (!hash32_eq(&core, &packet))
		deep_find(j, FINDING_PACKET, "the packet's digest is not that of its core");
	if (!read_core(j, &core, &p, &inner)) {
		if (inner.code)
			deep_find_error(j, FINDING_PACKET, "", &inner);
		return;
	}
	if (!span_eq(p.core.change, j->l->change) || !has_step(&p.core, kind, nonce, &said))
		deep_find(j, FINDING_PACKET, "the core is of another change, step, nonce or hash");
	judge_evidence(j, &p.core);
	judge_core(j, &p);
	j->d->counts.packets++;
}

/* ---- signatures -------------------------------------------------------------------------------------------------- */

void deep_hash_of(struct judging *j, const struct deep_step *s, enum finding_code code)
{
	struct hash32 said;

	if (!json_get_hash(j->l->body, "safeTxHash", &said, NULL) || (!s->packed && !hash32_is_zero(&said)))
		deep_find(j, code, "speaks of a safeTxHash, and the step has no packet yet");
	else if (!hash32_eq(&said, &s->hash))
		deep_find(j, FINDING_SAFE_HASH, "the safeTxHash is not that of the step's packet");
}

/* What a verdict after it may rest on. */
static void keep_said(struct judging *j, struct deep_step *s)
{
	struct hash32 hash;
	uint64_t *more;

	if (!s->packed || !json_get_hash(j->l->body, "safeTxHash", &hash, NULL) || !hash32_eq(&hash, &s->hash))
		return;
	more = realloc(s->said, (s->n_said + 1) * sizeof(*more));
	if (!more)
		die("out of memory");
	more[s->n_said++] = j->l->seq;
	s->said = more;
}

void deep_vouched(struct judging *j)
{
	enum step_kind kind;
	struct deep_step *s = deep_step_of(j, FINDING_SIGNATURE, &kind);

	if (!s)
		return;
	deep_hash_of(j, s, FINDING_SIGNATURE);
	keep_said(j, s);
}

void deep_signature(struct judging *j)
{
	const struct deployment *d = &j->d->deployment;
	struct hash32 digest;
	struct err inner = {0};
	struct buf bytes = {0};
	struct addr owner, by;
	enum step_kind kind;
	struct deep_step *s = deep_step_of(j, FINDING_SIGNATURE, &kind);
	const struct person *who;
	struct sig sig;

	if (!s)
		return;
	deep_hash_of(j, s, FINDING_SIGNATURE);
	keep_said(j, s);
	if (!json_get_addr(j->l->body, "owner", &owner, &inner) ||
	    !json_get_bare_hash(j->l->body, "signature", &digest, &inner)) {
		deep_find_error(j, FINDING_SIGNATURE, "", &inner);
		return;
	}
	if (s->packed && j->d->walk.blob(j->d->walk.ctx, &digest, &bytes)) {
		if (!safe_signature_import(&sig, &by, buf_view(&bytes), &s->hash, &owner, 1, &inner))
			deep_find_error(j, FINDING_SIGNATURE, "not by the owner it names: ", &inner);
		j->d->counts.signatures++;
	}
	buf_release(&bytes);
	who = j->d->have_deployment ? deployment_person_at(d, &owner) : NULL;
	if (j->d->have_deployment && (!who || !span_eq(who->id, j->l->actor)))
		deep_find(j, FINDING_SIGNATURE, "the line's actor is not the person whose address the owner's is");
}
