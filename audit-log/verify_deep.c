#include "audit-log/verify_policy.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/hex.h"
#include "src/crypto/hash.h"
#include "src/crypto/keccak.h"
#include "src/evm/address.h"
#include "src/evm/transaction.h"
#include "src/gov/event.h"
#include "src/gov/packet.h"
#include "src/policy/again.h"

struct deep_step {
	bool packed;
	uint64_t nonce;
	struct hash32 hash;           /* computed */
	uint64_t *said;               /* numbers of the lines signature.added and block.vouched for that hash */
	size_t n_said;
};

struct deep_change {
	char id[32];                  /* "": an empty slot */
	bool proposed, has_root;
	uint64_t proposed_seq;
	struct hash32 root;           /* over lines 0…proposed_seq */
	const char *vkey;             /* that signs the checkpoint over them */
	struct deep_step steps[N_STEPS];
};

struct deep {
	struct deep_walk walk;
	struct deep_counts counts;
	struct arena keys;
	const char *vkey;             /* that signs now */
	struct arena profile;         /* the deployment in force */
	struct deployment deployment;
	struct pinned pin;
	bool have_deployment, have_pin;
	struct policy_lines *policies;
	struct deep_change *changes;  /* open addressing; cap is a power of two, at most half full */
	size_t n, cap;
};

/* One line being judged. */
struct judging {
	struct deep *d;
	struct arena a;
	const struct line *l;
	const struct hash32 *root;
	struct deep_change *change;   /* NULL: a line of none */
};

struct deep *deep_new(const struct deep_walk *walk)
{
	struct deep *d = calloc(1, sizeof(*d));

	if (!d)
		die("out of memory");
	d->walk = *walk;
	d->policies = policy_lines_new(walk);
	return d;
}

void deep_free(struct deep *d)
{
	if (!d)
		return;
	arena_release(&d->profile);
	policy_lines_free(d->policies);
	for (size_t i = 0; i < d->cap; i++)
		for (int k = 0; k < N_STEPS; k++)
			free(d->changes[i].steps[k].said);
	free(d->changes);
	arena_release(&d->keys);
	free(d);
}

void deep_set_key(struct deep *d, const char *vkey)
{
	d->vkey = arena_str(&d->keys, span_str(vkey));
}

struct deep_counts deep_counts(const struct deep *d)
{
	struct deep_counts n = d->counts;

	n.adoptions = policy_lines_adopted(d->policies);
	n.endorsements = policy_lines_signed(d->policies);
	return n;
}

/* ---- saying things ---------------------------------------------------------------------------------------------- */

static void find(struct judging *j, enum finding_code code, const char *fmt, ...) PRINTF(3, 4);

static void find(struct judging *j, enum finding_code code, const char *fmt, ...)
{
	struct buf text = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vfmt(&text, fmt, ap);
	va_end(ap);
	j->d->walk.find(j->d->walk.ctx, code, j->l->seq, buf_cstr(&text));
	buf_release(&text);
}

/* Takes the error's words, and clears it. */
static void find_error(struct judging *j, enum finding_code code, const char *what, struct err *inner)
{
	struct buf text = {0};

	err_format(inner, &text);
	find(j, code, "%s%s", what, buf_cstr(&text));
	buf_release(&text);
	err_clear(inner);
}

/* ---- changes ---------------------------------------------------------------------------------------------------- */

static size_t slot_of(const struct deep_change *v, size_t cap, struct span id)
{
	uint64_t h = 14695981039346656037u;
	size_t at;

	for (size_t i = 0; i < id.n; i++)
		h = (h ^ id.p[i]) * 1099511628211u;
	at = (size_t)h & (cap - 1);
	while (v[at].id[0] && !span_is(id, v[at].id))
		at = (at + 1) & (cap - 1);
	return at;
}

static void make_room(struct deep *d)
{
	const size_t cap = d->cap ? 2 * d->cap : 64;
	struct deep_change *v = calloc(cap, sizeof(*v));

	if (!v)
		die("out of memory");
	for (size_t i = 0; i < d->cap; i++)
		if (d->changes[i].id[0])
			v[slot_of(v, cap, span_str(d->changes[i].id))] = d->changes[i];
	free(d->changes);
	d->changes = v;
	d->cap = cap;
}

static struct deep_change *change_of(struct deep *d, struct span id)
{
	struct deep_change *c;

	if (!id.n || id.n >= sizeof(c->id))
		return NULL;
	if (2 * (d->n + 1) > d->cap)
		make_room(d);
	c = &d->changes[slot_of(d->changes, d->cap, id)];
	if (!c->id[0]) {
		memcpy(c->id, id.p, id.n);
		d->n++;
	}
	return c;
}

static struct deep_step *step_of(struct judging *j, enum finding_code code, enum step_kind *kind)
{
	struct err inner = {0};
	struct span name;

	if (!j->change || !json_get_str(j->l->body, "step", &name, &inner) || !step_parse(kind, name, &inner)) {
		find_error(j, code, j->change ? "body.step: " : "a step of no change", &inner);
		return NULL;
	}
	return &j->change->steps[*kind];
}

/* ---- the deployment in force ------------------------------------------------------------------------------------ */

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

static void judge_profile(struct judging *j)
{
	struct deep *d = j->d;
	struct err inner = {0};
	struct buf text = {0};
	struct hash32 digest;

	d->have_deployment = d->have_pin = false;
	arena_release(&d->profile);
	if (!json_get_bare_hash(j->l->body, "profile", &digest, &inner)) {
		find_error(j, FINDING_PROFILE, "", &inner);
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
		find_error(j, FINDING_PROFILE, "", &inner);
	buf_release(&text);
}

/* ---- proposals and operations ----------------------------------------------------------------------------------- */

static void judge_proposal(struct judging *j)
{
	struct err inner = {0};
	struct proposal p;

	if (!j->change) {
		find(j, FINDING_PROPOSAL, "a proposal of no change");
		return;
	}
	if (j->change->proposed) {
		find(j, FINDING_PROPOSAL, "%s was proposed already, by line %" PRIu64, j->change->id,
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
		find_error(j, FINDING_PROPOSAL, "", &inner);
	else if (j->d->have_deployment && !hash32_eq(&p.deployment, &j->d->deployment.id))
		find(j, FINDING_PROPOSAL, "is for another deployment than the log has adopted");
}

/* The proposal as its own line, read again, has it. */
static bool read_proposal(struct judging *j, struct proposal *out)
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

static void judge_operation(struct judging *j)
{
	struct err inner = {0};
	struct hash32 salt, id, computed;
	struct operation op;
	struct proposal p;
	uint64_t size = 0;

	if (!json_get_u64(j->l->body, "size", &size, &inner) || !json_get_hash(j->l->body, "salt", &salt, &inner) ||
	    !json_get_hash(j->l->body, "operation", &id, &inner)) {
		find_error(j, FINDING_OPERATION, "", &inner);
		return;
	}
	if (!read_proposal(j, &p) || p.route != ROUTE_TIMELOCK) {
		find(j, FINDING_OPERATION, "an operation without a proposal that goes by the timelock");
		return;
	}
	if (size != j->change->proposed_seq + 1)
		find(j, FINDING_OPERATION, "size is %" PRIu64 ", the proposal is line %" PRIu64, size,
		     j->change->proposed_seq);
	if (j->change->has_root && !hash32_eq(&salt, &j->change->root))
		find(j, FINDING_OPERATION, "the salt is not the root over lines 0 to %" PRIu64,
		     j->change->proposed_seq);
	op = proposal_operation(&p, &salt);
	timelock_id(&computed, &op);
	if (!hash32_eq(&computed, &id))
		find(j, FINDING_OPERATION, "the id is not that of the proposal's calls, predecessor and this salt");
	j->d->counts.operations++;
}

/* ---- packets ---------------------------------------------------------------------------------------------------- */

/* The safeTxHash that the proposal's fields come to. */
static bool compute_hash(struct judging *j, enum step_kind kind, uint64_t nonce, struct hash32 *out)
{
	const struct deployment *d = &j->d->deployment;
	const struct u256 chain_id = u256_from_u64(d->chain_id);
	struct safe_hashes hashes;
	struct proposal p;
	struct safe_tx tx;

	if (!j->d->have_deployment || !read_proposal(j, &p) || !j->change->has_root ||
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
		find(j, FINDING_PACKET, "the core carries another proposal than %s's line", j->change->id);
	if (j->change->has_root && !hash32_eq(&p->core.root, &j->change->root))
		find(j, FINDING_PACKET, "the core's root is not that over lines 0 to %" PRIu64,
		     j->change->proposed_seq);
	if (j->change->vkey && !span_is(p->core.log_key, j->change->vkey))
		find(j, FINDING_PACKET, "the core names another log key than signed over its proposal");
	/* Whether core and proposal name the same policy is what is asked, not which: it is the change's own. */
	pin.has_policy = p->core.has_policy;
	pin.policy = p->core.policy;
	if (!d->have_pin || !hash32_eq(&p->core.catalogue, &d->pin.catalogue_digest) ||
	    !hash32_eq(&p->core.abi, &d->pin.abi_digest))
		j->d->counts.foreign++;
	else if (!packet_check(&j->a, &checked, p, &pin, &inner))
		find_error(j, FINDING_PACKET, "", &inner);
}

static void judge_evidence(struct judging *j, const struct packet_core *core)
{
	const struct json *named = json_find(j->l->body, "evidence");
	struct hash32 digest;
	const bool has = !json_is_null(named);

	if (has != core->has_evidence ||
	    (has && (!json_get_bare_hash(j->l->body, "evidence", &digest, NULL) ||
		     !hash32_eq(&digest, &core->evidence))))
		find(j, FINDING_PACKET, "the core names other evidence");
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

static void judge_packed(struct judging *j)
{
	struct hash32 core, packet, said;
	struct err inner = {0};
	enum step_kind kind;
	struct deep_step *s = step_of(j, FINDING_PACKET, &kind);
	struct packet p;
	uint64_t nonce = 0;

	if (!s)
		return;
	if (!json_get_u64(j->l->body, "nonce", &nonce, &inner) ||
	    !json_get_hash(j->l->body, "safeTxHash", &said, &inner) ||
	    !json_get_bare_hash(j->l->body, "core", &core, &inner) ||
	    !json_get_bare_hash(j->l->body, "packet", &packet, &inner)) {
		find_error(j, FINDING_PACKET, "", &inner);
		return;
	}
	set_packed(s, nonce, &said);
	if (!compute_hash(j, kind, nonce, &s->hash))
		find(j, FINDING_SAFE_HASH, "the safeTxHash cannot be computed: its proposal is wanting");
	else if (!hash32_eq(&said, &s->hash))
		find(j, FINDING_SAFE_HASH, "the safeTxHash is not that of the step's fields");
	if (!hash32_eq(&core, &packet))
		find(j, FINDING_PACKET, "the packet's digest is not that of its core");
	if (!read_core(j, &core, &p, &inner)) {
		if (inner.code)
			find_error(j, FINDING_PACKET, "", &inner);
		return;
	}
	if (!span_eq(p.core.change, j->l->change) || !has_step(&p.core, kind, nonce, &said))
		find(j, FINDING_PACKET, "the core is of another change, step, nonce or hash");
	judge_evidence(j, &p.core);
	judge_core(j, &p);
	j->d->counts.packets++;
}

/* ---- signatures ------------------------------------------------------------------------------------------------- */

/* The hash that a line of this step speaks of has to be the one its packet had; zeros where somebody else took the step
 * before it had any. */
static void judge_hash_of(struct judging *j, const struct deep_step *s, enum finding_code code)
{
	struct hash32 said;

	if (!json_get_hash(j->l->body, "safeTxHash", &said, NULL) || (!s->packed && !hash32_is_zero(&said)))
		find(j, code, "speaks of a safeTxHash, and the step has no packet yet");
	else if (!hash32_eq(&said, &s->hash))
		find(j, FINDING_SAFE_HASH, "the safeTxHash is not that of the step's packet");
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

static void judge_vouched(struct judging *j)
{
	enum step_kind kind;
	struct deep_step *s = step_of(j, FINDING_SIGNATURE, &kind);

	if (!s)
		return;
	judge_hash_of(j, s, FINDING_SIGNATURE);
	keep_said(j, s);
}

static void judge_signature(struct judging *j)
{
	const struct deployment *d = &j->d->deployment;
	struct hash32 digest;
	struct err inner = {0};
	struct buf bytes = {0};
	struct addr owner, by;
	enum step_kind kind;
	struct deep_step *s = step_of(j, FINDING_SIGNATURE, &kind);
	const struct person *who;
	struct sig sig;

	if (!s)
		return;
	judge_hash_of(j, s, FINDING_SIGNATURE);
	keep_said(j, s);
	if (!json_get_addr(j->l->body, "owner", &owner, &inner) ||
	    !json_get_bare_hash(j->l->body, "signature", &digest, &inner)) {
		find_error(j, FINDING_SIGNATURE, "", &inner);
		return;
	}
	if (s->packed && j->d->walk.blob(j->d->walk.ctx, &digest, &bytes)) {
		if (!safe_signature_import(&sig, &by, buf_view(&bytes), &s->hash, &owner, 1, &inner))
			find_error(j, FINDING_SIGNATURE, "not by the owner it names: ", &inner);
		j->d->counts.signatures++;
	}
	buf_release(&bytes);
	who = j->d->have_deployment ? deployment_person_at(d, &owner) : NULL;
	if (j->d->have_deployment && (!who || !span_eq(who->id, j->l->actor)))
		find(j, FINDING_SIGNATURE, "the line's actor is not the person whose address the owner's is");
}

/* ---- transactions ----------------------------------------------------------------------------------------------- */

static bool says_number(const struct json *body, const char *name, const struct u256 *wanted, struct err *e)
{
	struct u256 found;

	if (!json_get_u256(body, name, &found, e))
		return false;
	if (u256_cmp(&found, wanted) == 0)
		return true;
	err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "is not what the raw transaction has");
	return err_in(e, "%s", name);
}

static bool says_transaction(const struct json *body, const struct transaction *tx, const struct addr *sender,
			     const struct hash32 *hash, struct err *e)
{
	const struct u256 nonce = u256_from_u64(tx->nonce), gas = u256_from_u64(tx->gas);
	struct hash32 said;
	struct addr from, to;

	if (!json_get_hash(body, "txHash", &said, e) || !json_get_addr(body, "sender", &from, e) ||
	    !json_get_addr(body, "to", &to, e))
		return false;
	if (!hash32_eq(&said, hash) || !addr_eq(&from, sender) || !tx->has_to || !addr_eq(&to, &tx->to))
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "%s is not that of the raw transaction",
			       !hash32_eq(&said, hash) ? "txHash" : !addr_eq(&from, sender) ? "sender" : "to");
	return says_number(body, "nonce", &nonce, e) && says_number(body, "gas", &gas, e) &&
	       says_number(body, "maxFeePerGas", &tx->max_fee, e) &&
	       says_number(body, "maxPriorityFeePerGas", &tx->max_priority, e);
}

static void judge_submission(struct judging *j)
{
	struct hash32 digest, hash;
	struct err inner = {0};
	struct buf raw = {0};
	struct transaction tx;
	struct addr sender;
	enum step_kind kind;
	struct sig sig;

	if (!step_of(j, FINDING_SUBMISSION, &kind))
		return;
	if (!json_get_bare_hash(j->l->body, "raw", &digest, &inner)) {
		find_error(j, FINDING_SUBMISSION, "", &inner);
		return;
	}
	if (j->d->walk.blob(j->d->walk.ctx, &digest, &raw)) {
		keccak256(&hash, buf_view(&raw));
		if (!transaction_decode(&j->a, &tx, &sig, buf_view(&raw), &inner) ||
		    !transaction_sender(&sender, &tx, &sig, &inner) ||
		    !says_transaction(j->l->body, &tx, &sender, &hash, &inner))
			find_error(j, FINDING_SUBMISSION, "", &inner);
		else if (j->d->have_deployment && tx.chain_id != j->d->deployment.chain_id)
			find(j, FINDING_SUBMISSION, "the raw transaction is for another chain");
		j->d->counts.transactions++;
	}
	buf_release(&raw);
}

static bool says_receipt(const struct json *body, const struct json *receipt, struct err *e)
{
	struct hash32 tx, block, said_tx, said_block;
	struct u256 number, said_number;

	return json_get_hash(receipt, "transactionHash", &tx, e) && json_get_hash(receipt, "blockHash", &block, e) &&
	       json_get_u256(receipt, "blockNumber", &number, e) && json_get_hash(body, "txHash", &said_tx, e) &&
	       json_get_hash(body, "blockHash", &said_block, e) && json_get_u256(body, "block", &said_number, e) &&
	       ((hash32_eq(&tx, &said_tx) && hash32_eq(&block, &said_block) && u256_cmp(&number, &said_number) == 0) ||
		err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "says another transaction or block than its receipt"));
}

/* The receipt is a node's word: what is held against it is what the line made of it. */
static void judge_receipt(struct judging *j)
{
	struct hash32 digest;
	struct err inner = {0};
	struct buf text = {0};
	enum step_kind kind;
	const struct deep_step *s = step_of(j, FINDING_RECEIPT, &kind);
	const struct json *receipt;

	if (!s)
		return;
	judge_hash_of(j, s, FINDING_RECEIPT);
	if (!json_get_bare_hash(j->l->body, "receipt", &digest, &inner)) {
		find_error(j, FINDING_RECEIPT, "", &inner);
		return;
	}
	if (j->d->walk.blob(j->d->walk.ctx, &digest, &text)) {
		receipt = json_parse(&j->a, buf_view(&text), &inner);
		if (!receipt || !says_receipt(j->l->body, receipt, &inner))
			find_error(j, FINDING_RECEIPT, "", &inner);
		j->d->counts.receipts++;
	}
	buf_release(&text);
}

/* ---- verdicts --------------------------------------------------------------------------------------------------- */

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

static bool read_words(struct judging *j, struct judged *out, struct err *e)
{
	const struct json *doc;
	struct span text;

	out->frozen = json_is_null(json_find(j->l->body, "proposal"));
	if (out->frozen)
		return read_proposal(j, &out->proposal) ||
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

static void judge_judged(struct judging *j)
{
	struct err inner = {0};
	struct verdict v;
	struct judged x = {0};

	if (!read_judged(j, &x, &inner)) {
		if (inner.code)
			find_error(j, FINDING_VERDICT, "", &inner);
		return;
	}
	if (!is_ours(j->d, &x.proposal)) {
		j->d->counts.foreign_verdicts++;
		return;
	}
	j->d->counts.verdicts++;
	if (!ask_again(j, &x, &v, &inner))
		find_error(j, FINDING_VERDICT, "", &inner);
	else if (!span_is(x.said, verdict_name(v.word)))
		find(j, FINDING_VERDICT, "says \"%.*s\", and its policy says \"%s\" of its facts", (int)x.said.n,
		     (const char *)x.said.p, verdict_name(v.word));
	if (!x.has_step && (!x.proposal.has_policy || !hash32_eq(&x.policy.digest, &x.proposal.policy)))
		find(j, FINDING_VERDICT, "by another policy than the change was proposed under");
}

/* ---- all of them ------------------------------------------------------------------------------------------------ */

void deep_line(struct deep *d, const struct line *l, const struct hash32 *root)
{
	static const struct {
		const char *kind;
		void (*judge)(struct judging *j);
	} kinds[] = {
		{ "log.opened", judge_profile },        { "deployment.adopted", judge_profile },
		{ "change.proposed", judge_proposal },  { "operation.planned", judge_operation },
		{ "step.packed", judge_packed },        { "signature.added", judge_signature },
		{ "submit.intended", judge_submission }, { "step.mined", judge_receipt },
		{ "step.failed", judge_receipt },       { "policy.judged", judge_judged },
		{ "block.vouched", judge_vouched },
	};
	struct judging j = { .d = d, .l = l, .root = root };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (line_kind_is(l, kinds[i].kind)) {
			j.change = change_of(d, l->change);
			kinds[i].judge(&j);
			break;
		}
	policy_lines_judge(d->policies, l, d->have_deployment ? &d->deployment : NULL);
	arena_release(&j.a);
}
