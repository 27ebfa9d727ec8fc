/* Whether a packet is true: everything that follows from its proposal line and from what the reader has pinned
 * is computed again here and compared. A signer calls nothing else before it shows a packet to a person, so
 * this file asks every question even where the answer to another seems to settle it. */
#include <inttypes.h>

#include "src/crypto/words.h"
#include "src/gov/explain.h"
#include "src/gov/packet.h"
#include "src/proof/merkle.h"
#include "src/proof/note.h"

/* What all the questions are asked about. */
struct check {
	struct arena *a;
	struct checked_packet *out;
	const struct packet *p;
	const struct packet_core *core;
	const struct pinned *pin;
};

/* An error from below becomes this refusal; its field and text stay. One that is a refusal keeps its code. */
static bool refuse_as(struct err *e, const char *code)
{
	if (e == NULL)
		return false;
	if (e->refusal == NULL)
		e->refusal = code;
	e->code = ERR_REFUSED;
	return false;
}

static bool same_digest(const struct hash32 *found, const struct hash32 *wanted, const char *field,
			const char *wanted_name, const char *code, struct err *e)
{
	struct buf f = {0}, w = {0};

	if (hash32_eq(found, wanted))
		return true;
	buf_hex(&f, SPAN_HASH(found));
	buf_hex(&w, SPAN_HASH(wanted));
	err_refuse(e, code, "found %s, %s %s", buf_cstr(&f), wanted_name, buf_cstr(&w));
	buf_release(&f);
	buf_release(&w);
	return err_in(e, "%s", field);
}

static bool same_number(uint64_t found, uint64_t computed, const char *field, const char *code, struct err *e)
{
	if (found == computed)
		return true;
	err_refuse(e, code, "found %" PRIu64 ", computed %" PRIu64, found, computed);
	return err_in(e, "%s", field);
}

/* ---- the core against the pins ---- */

/* Once a policy is pinned, a packet with none or another is refused; before that, one that names any. Where the owners
 * adopted the pinned one in the place of another, a packet may name that one, in its core and in its proposal. */
static bool check_policy(const struct check *c, bool has, const struct hash32 *policy, const char *field, struct err *e)
{
	if (has && c->pin->has_replaced && hash32_eq(policy, &c->pin->replaced) && hash32_eq(policy, &c->core->policy))
		return true;
	if (has && c->pin->has_policy)
		return same_digest(policy, &c->pin->policy, field, "pinned", "POLICY", e);
	if (has == c->pin->has_policy)
		return true;
	err_refuse(e, "POLICY", has ? "found one, none is pinned" : "found none, one is pinned");
	return err_in(e, "%s", field);
}

static bool check_pins(const struct check *c, struct err *e)
{
	enum safe_scheme scheme;

	if (!same_digest(&c->core->deployment, &c->pin->deployment->id, "core.deployment", "pinned",
			 "DEPLOYMENT", e) ||
	    !same_digest(&c->core->catalogue, &c->pin->catalogue_digest, "core.catalogue", "pinned",
			 "CATALOGUE", e) ||
	    !same_digest(&c->core->abi, &c->pin->abi_digest, "core.abi", "pinned", "ABI", e))
		return false;
	if (!check_policy(c, c->core->has_policy, &c->core->policy, "core.policy", e))
		return false;
	if (!safe_scheme_of(&scheme, c->pin->deployment->safe_version, e)) {
		err_in(e, "safeVersion");
		return refuse_as(e, "SAFE-VERSION");
	}
	if (scheme != SAFE_CURRENT)
		return err_refuse(e, "SAFE-VERSION",
				  "Safes before 1.3.0 have no chain id in what is signed: not signed for");
	return true;
}

/* ---- the proposal line, its place in the log, and what it says ---- */

static bool check_line(const struct check *c, struct err *e)
{
	if (!line_parse(c->a, &c->out->line, c->core->proposal, e)) {
		err_in(e, "core.proposal");
		return refuse_as(e, "LINE");
	}
	if (!line_kind_is(&c->out->line, "change.proposed")) {
		err_refuse(e, "LINE", "needed a line of kind change.proposed, found another kind");
		return err_in(e, "core.proposal.kind");
	}
	if (!span_eq(c->out->line.change, c->core->change)) {
		err_refuse(e, "LINE", "is of another change than core.change");
		return err_in(e, "core.proposal.change");
	}
	if (!proposal_from_json(c->a, &c->out->proposal, c->out->line.body, true, e)) {
		err_in(e, "core.proposal.body");
		return refuse_as(e, "LINE");
	}
	return true;
}

/* The line is the last of the tree: its root covers nothing that came later, and the salt nothing else. */
static bool check_path(const struct check *c, struct err *e)
{
	struct hash32 leaf, root;

	if (!same_number(c->core->size, c->out->line.seq + 1, "core.size", "PATH", e))
		return false;
	line_leaf(&leaf, c->core->proposal);
	if (!merkle_path_root(&root, &leaf, c->out->line.seq, c->core->size, c->core->path, c->core->n_path,
			      e)) {
		err_in(e, "core.path");
		return refuse_as(e, "PATH");
	}
	return same_digest(&c->core->root, &root, "core.root", "computed", "PATH", e);
}

/* The key as it is written in one way only. */
static bool read_log_key(const struct check *c, struct note_key *key, struct err *e)
{
	struct buf text = {0};
	bool same;

	if (!note_key_parse(c->a, key, c->core->log_key, e))
		return refuse_as(e, "CHECKPOINT");
	note_key_format(&text, key);
	same = span_eq(buf_view(&text), c->core->log_key);
	buf_release(&text);
	return same || err_refuse(e, "CHECKPOINT", "not as a verifier key is written");
}

static bool check_checkpoint(const struct check *c, struct err *e)
{
	struct note_key key;
	struct checkpoint cp;

	if (!read_log_key(c, &key, e))
		return err_in(e, "core.logKey");
	if (!checkpoint_open(c->a, &cp, c->core->checkpoint, &key, e)) {
		err_in(e, "core.checkpoint");
		return refuse_as(e, "CHECKPOINT");
	}
	return same_number(cp.head.size, c->core->size, "core.checkpoint.size", "CHECKPOINT", e) &&
	       same_digest(&cp.head.root, &c->core->root, "core.checkpoint.root", "needed core.root",
			   "CHECKPOINT", e);
}

/* The line names what it was proposed under; so does the core. */
static bool check_body(const struct check *c, struct err *e)
{
	const struct proposal *p = &c->out->proposal;

	if (!same_digest(&p->deployment, &c->core->deployment, "core.proposal.body.deployment",
			 "needed core.deployment", "DEPLOYMENT", e) ||
	    !same_digest(&p->catalogue, &c->core->catalogue, "core.proposal.body.catalogue",
			 "needed core.catalogue", "CATALOGUE", e) ||
	    !same_digest(&p->abi, &c->core->abi, "core.proposal.body.abi", "needed core.abi", "ABI", e))
		return false;
	return check_policy(c, p->has_policy, &p->policy, "core.proposal.body.policy", e);
}

/* ---- actions, calls, sentences ---- */

static bool check_nonce(const struct check *c, uint64_t reject, struct err *e)
{
	const struct proposal *p = &c->out->proposal;

	if (p->has_nonce != (reject != UINT64_MAX)) {
		err_refuse(e, "NONCE", p->has_nonce ? "found one, but no action is safe.reject"
						    : "missing: safe.reject names its nonce");
		return err_in(e, "core.proposal.body.nonce");
	}
	if (!p->has_nonce)
		return true;
	if (!same_number(p->nonce, reject, "core.proposal.body.nonce", "NONCE", e))
		return false;
	for (size_t i = 0; i < c->core->n_steps; i++)
		if (c->core->steps[i].nonce != p->nonce) {
			same_number(c->core->steps[i].nonce, p->nonce, "nonce", "NONCE", e);
			return err_in(e, "core.steps[%zu]", i);
		}
	return true;
}

static bool check_calls(const struct check *c, struct err *e)
{
	const struct proposal *p = &c->out->proposal;
	struct calls calls;
	bool direct = false;

	if (!actions_compile(c->a, &calls, &direct, c->pin, p->actions, e)) {
		err_in(e, "core.proposal.body.actions");
		return refuse_as(e, "CALLS");
	}
	if (direct != (p->route == ROUTE_DIRECT)) {
		err_refuse(e, "CALLS", "found %s, these actions go %s", route_name(p->route),
			   direct ? "direct" : "by timelock");
		return err_in(e, "core.proposal.body.route");
	}
	if (!calls_eq(calls, p->calls)) {
		err_refuse(e, "CALLS", "differ from the calls that the actions compile to");
		return err_in(e, "core.proposal.body.calls");
	}
	return check_nonce(c, actions_rejected_nonce(p->actions), e);
}

static bool explain_calls(const struct check *c, struct err *e)
{
	const struct calls calls = c->out->proposal.calls;
	struct explained_call *v = ARENA_ARRAY(c->a, struct explained_call, calls.n);

	for (size_t i = 0; i < calls.n; i++)
		if (!explain_call(c->a, &v[i], c->pin, &calls.v[i], e)) {
			err_in(e, "core.proposal.body.calls[%zu]", i);
			return refuse_as(e, "CALLDATA");
		}
	c->out->calls = v;
	return true;
}

static bool say(const struct check *c, struct err *e)
{
	const struct json *actions = c->out->proposal.actions;
	const char **v = ARENA_ARRAY(c->a, const char *, actions->n);
	size_t i = 0;

	for (const struct json *action = actions->first; action != NULL; action = action->next, i++) {
		struct buf text = {0};
		const bool ok = action_say(c->a, &text, c->pin, action, e);

		v[i] = arena_str(c->a, buf_view(&text));
		buf_release(&text);
		if (!ok) {
			err_in(e, "core.proposal.body.actions[%zu]", i);
			return refuse_as(e, "CALLS");
		}
		c->out->has_raw |= action_is_raw(action);
	}
	c->out->sentences = v;
	c->out->n_sentences = actions->n;
	return true;
}

/* ---- steps ---- */

static void plan_operation(const struct check *c)
{
	const struct proposal *p = &c->out->proposal;

	if (p->route != ROUTE_TIMELOCK)
		return;
	c->out->operation = proposal_operation(p, &c->core->root);
	timelock_id(&c->out->operation_id, &c->out->operation);
}

static bool explain_step(const struct check *c, struct checked_step *s, struct err *e)
{
	const struct call call = { s->tx.to, s->tx.value, s->tx.data };
	struct explained_call *x = ARENA_NEW(c->a, struct explained_call);

	s->explained = x;
	return explain_call(c->a, x, c->pin, &call, e) || refuse_as(e, "CALLDATA");
}

static bool check_step(const struct check *c, struct checked_step *s, const struct packet_step *claimed,
		       struct err *e)
{
	const struct deployment *d = c->pin->deployment;
	const struct u256 chain_id = u256_from_u64(d->chain_id);

	s->step = claimed->step;
	if (!change_step_tx(c->a, &s->tx, d, &c->out->proposal, &c->core->root, claimed->step, claimed->nonce,
			    e))
		return refuse_as(e, "HASH");
	if (!safe_tx_is_plain(&s->tx, e))
		return false;
	safe_hash(&s->hashes, SAFE_CURRENT, &chain_id, &d->safe, &s->tx);
	return same_digest(&claimed->safe_tx_hash, &s->hashes.tx, "safeTxHash", "computed", "HASH", e) &&
	       explain_step(c, s, e);
}

static bool check_steps(const struct check *c, struct err *e)
{
	for (size_t i = 0; i < c->core->n_steps; i++)
		if (!check_step(c, &c->out->steps[i], &c->core->steps[i], e))
			return err_in(e, "core.steps[%zu]", i);
	c->out->n_steps = c->core->n_steps;
	return true;
}

/* ---- signatures that came along ---- */

static const struct checked_step *step_of(const struct checked_packet *c, enum step_kind s)
{
	for (size_t i = 0; i < c->n_steps; i++)
		if (c->steps[i].step == s)
			return &c->steps[i];
	return NULL;
}

static bool signed_before(const struct packet *p, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (p->signatures[k].step == p->signatures[i].step &&
		    addr_eq(&p->signatures[k].by.owner, &p->signatures[i].by.owner))
			return true;
	return false;
}

static bool check_signature(const struct check *c, size_t i, struct err *e)
{
	const struct packet_signature *s = &c->p->signatures[i];
	const struct checked_step *step = step_of(c->out, s->step);
	struct addr who, owner;
	struct sig sig;
	uint8_t bytes[65];

	if (step == NULL)
		return err_refuse(e, "SIGNATURE", "is for step %s, which is not in the core",
				  step_name(s->step));
	if (!deployment_is_owner(c->pin->deployment, &s->by.owner))
		return err_refuse(e, "SIGNATURE", "is said to be by somebody who is not an owner");
	if (signed_before(c->p, i))
		return err_refuse(e, "SIGNATURE", "is a second one by the same owner for the same step");
	sig_to_bytes(bytes, &s->by.sig);
	owner = s->by.owner;
	return safe_signature_import(&sig, &who, span_of(bytes, sizeof(bytes)), &step->hashes.tx, &owner, 1, e);
}

static bool check_signatures(const struct check *c, struct err *e)
{
	for (size_t i = 0; i < c->p->n_signatures; i++)
		if (!check_signature(c, i, e)) {
			if (e != NULL)
				e->refusal = "SIGNATURE";
			refuse_as(e, "SIGNATURE");
			return err_in(e, "signatures[%zu]", i);
		}
	return true;
}

static void spell(const struct check *c)
{
	struct buf words = {0};

	words_phrase(&words, &c->p->digest);
	c->out->phrase = arena_str(c->a, buf_view(&words));
	buf_release(&words);
}

bool packet_check(struct arena *a, struct checked_packet *out, const struct packet *p, const struct pinned *pin,
		  struct err *e)
{
	const struct check c = { a, out, p, &p->core, pin };

	*out = (struct checked_packet){0};
	if (!check_pins(&c, e) || !check_line(&c, e) || !check_path(&c, e) || !check_checkpoint(&c, e) ||
	    !check_body(&c, e) || !check_calls(&c, e) || !explain_calls(&c, e) || !say(&c, e))
		return false;
	plan_operation(&c);
	if (!check_steps(&c, e) || !check_signatures(&c, e))
		return false;
	spell(&c);
	return true;
}
