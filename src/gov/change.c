#include "src/gov/change.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "src/crypto/hash.h"
#include "src/evm/address.h"

#define TEXT_MAX 16384u               /* bytes of one of the proposer's texts */
#define ATTACHMENTS_MAX 64u

/* ---- names ---- */

const char *route_name(enum route r)
{
	switch (r) {
	case ROUTE_TIMELOCK:
		return "timelock";
	case ROUTE_DIRECT:
		return "direct";
	}
	BUG("route %d", (int)r);
}

const char *step_name(enum step_kind s)
{
	switch (s) {
	case STEP_SCHEDULE:
		return "schedule";
	case STEP_EXECUTE:
		return "execute";
	case STEP_CANCEL:
		return "cancel";
	}
	BUG("step %d", (int)s);
}

bool step_parse(enum step_kind *out, struct span name, struct err *e)
{
	for (int s = 0; s < N_STEPS; s++)
		if (span_is(name, step_name((enum step_kind)s))) {
			*out = (enum step_kind)s;
			return true;
		}
	return err_set(e, ERR_UNKNOWN, 0, "a step is schedule, execute or cancel");
}

const char *step_state_name(enum step_state s)
{
	switch (s) {
	case STEP_NONE:
		return "none";
	case STEP_UNSIGNED:
		return "unsigned";
	case STEP_PARTLY_SIGNED:
		return "partly signed";
	case STEP_COMPLETE:
		return "complete";
	case STEP_SUBMITTED:
		return "submitted";
	case STEP_MINED:
		return "mined";
	case STEP_FAILED:
		return "failed";
	case STEP_STALE:
		return "stale";
	}
	BUG("step state %d", (int)s);
}

const char *change_state_name(enum change_state s)
{
	switch (s) {
	case CHANGE_DRAFTED:
		return "drafted";
	case CHANGE_PROPOSED:
		return "proposed";
	case CHANGE_SCHEDULED:
		return "scheduled";
	case CHANGE_READY:
		return "ready";
	case CHANGE_EXECUTED:
		return "executed";
	case CHANGE_CANCELLED:
		return "cancelled";
	case CHANGE_WITHDRAWN:
		return "withdrawn";
	}
	BUG("change state %d", (int)s);
}

bool change_state_is_open(enum change_state s)
{
	switch (s) {
	case CHANGE_DRAFTED:
	case CHANGE_PROPOSED:
	case CHANGE_SCHEDULED:
	case CHANGE_READY:
		return true;
	case CHANGE_EXECUTED:
	case CHANGE_CANCELLED:
	case CHANGE_WITHDRAWN:
		return false;
	}
	BUG("change state %d", (int)s);
}

/* ---- proposals ---- */

static void set_frozen(struct arena *a, struct json *o, const struct proposal *p)
{
	json_set(o, a, "calls", calls_to_json(a, p->calls));
	json_set(o, a, "predecessor", json_0x(a, SPAN_HASH(&p->predecessor)));
	json_set(o, a, "deployment", json_bare(a, SPAN_HASH(&p->deployment)));
	json_set(o, a, "catalogue", json_bare(a, SPAN_HASH(&p->catalogue)));
	json_set(o, a, "abi", json_bare(a, SPAN_HASH(&p->abi)));
	json_set(o, a, "policy", p->has_policy ? json_bare(a, SPAN_HASH(&p->policy)) : json_null(a));
	if (p->has_nonce)
		json_set(o, a, "nonce", json_u64(a, p->nonce));
}

struct json *proposal_to_json(struct arena *a, const struct proposal *p, bool frozen)
{
	struct json *o = json_object(a);

	json_set(o, a, "title", json_text(a, p->title));
	json_set(o, a, "reason", json_text(a, p->reason));
	json_set(o, a, "ticket", json_text(a, p->ticket));
	json_set(o, a, "category", json_text(a, p->category));
	json_set(o, a, "impact", json_text(a, p->impact));
	json_set(o, a, "rollback", json_text(a, p->rollback));
	json_set(o, a, "attachments", p->attachments != NULL ? json_copy(a, p->attachments) : json_array(a));
	json_set(o, a, "actions", p->actions != NULL ? json_copy(a, p->actions) : json_array(a));
	json_set(o, a, "route", json_str(a, route_name(p->route)));
	json_set(o, a, "delay", json_u64(a, p->delay));
	json_set(o, a, "after", p->after.n != 0 ? json_text(a, p->after) : json_null(a));
	if (frozen)
		set_frozen(a, o, p);
	return o;
}

static bool get_words(const struct json *o, const char *name, struct span *out, struct err *e)
{
	if (!json_get_str(o, name, out, e))
		return false;
	if (out->n > TEXT_MAX) {
		err_set(e, ERR_RANGE, json_find(o, name)->at, "at most %u bytes, found %zu", TEXT_MAX, out->n);
		return err_in(e, "%s", name);
	}
	return true;
}

static bool attachment_is_good(const struct json *v, struct err *e)
{
	static const char *const members[] = { "name", "sha256", NULL };
	struct span name;
	struct hash32 digest;

	return json_only(v, members, e) && json_get_str(v, "name", &name, e) &&
	       json_get_bare_hash(v, "sha256", &digest, e);
}

static bool get_attachments(const struct json *o, const struct json **out, struct err *e)
{
	size_t i = 0;

	if (!json_get(o, "attachments", JSON_ARRAY, out, e))
		return false;
	if ((*out)->n > ATTACHMENTS_MAX) {
		err_set(e, ERR_RANGE, (*out)->at, "at most %u, found %zu", ATTACHMENTS_MAX, (*out)->n);
		return err_in(e, "attachments");
	}
	for (const struct json *v = (*out)->first; v != NULL; v = v->next, i++)
		if (!attachment_is_good(v, e)) {
			err_in(e, "[%zu]", i);
			return err_in(e, "attachments");
		}
	return true;
}

static bool get_route(const struct json *o, enum route *out, struct err *e)
{
	struct span name;

	if (!json_get_str(o, "route", &name, e))
		return false;
	if (span_is(name, route_name(ROUTE_TIMELOCK)))
		*out = ROUTE_TIMELOCK;
	else if (span_is(name, route_name(ROUTE_DIRECT)))
		*out = ROUTE_DIRECT;
	else {
		err_set(e, ERR_UNKNOWN, json_find(o, "route")->at, "a route is timelock or direct");
		return err_in(e, "route");
	}
	return true;
}

/* A change id or null. */
static bool get_after(const struct json *o, struct span *out, struct err *e)
{
	const struct json *v = json_find(o, "after");

	if (v != NULL && v->type == JSON_NULL)
		return true;
	if (!json_get_str(o, "after", out, e))
		return false;
	if (line_change_is_valid(*out))
		return true;
	err_set(e, ERR_SYNTAX, v->at, "needed a change like SC-7");
	return err_in(e, "after");
}

static bool get_digest_or_null(const struct json *o, const char *name, bool *has, struct hash32 *out,
			       struct err *e)
{
	const struct json *v = json_find(o, name);

	*has = v == NULL || v->type != JSON_NULL;
	return !*has || json_get_bare_hash(o, name, out, e);
}

static bool get_frozen(struct arena *a, const struct json *o, struct proposal *out, struct err *e)
{
	const struct json *calls;

	if (!json_get(o, "calls", JSON_ARRAY, &calls, e))
		return false;
	if (!calls_from_json(a, &out->calls, calls, e))
		return err_in(e, "calls");
	if (out->calls.n == 0 || (out->route == ROUTE_DIRECT && out->calls.n != 1)) {
		err_set(e, ERR_RANGE, calls->at, "needed %s, found %zu", out->route == ROUTE_DIRECT ? "one call"
			: "at least one call", out->calls.n);
		return err_in(e, "calls");
	}
	out->has_nonce = json_find(o, "nonce") != NULL;
	return json_get_hash(o, "predecessor", &out->predecessor, e) &&
	       json_get_bare_hash(o, "deployment", &out->deployment, e) &&
	       json_get_bare_hash(o, "catalogue", &out->catalogue, e) &&
	       json_get_bare_hash(o, "abi", &out->abi, e) &&
	       get_digest_or_null(o, "policy", &out->has_policy, &out->policy, e) &&
	       (!out->has_nonce || json_get_u64(o, "nonce", &out->nonce, e));
}

bool proposal_from_json(struct arena *a, struct proposal *out, const struct json *body, bool frozen,
			struct err *e)
{
	static const char *const draft[] = { "title", "reason", "ticket", "category", "impact", "rollback",
					     "attachments", "actions", "route", "delay", "after", NULL };
	static const char *const proposed[] = {
		"title",     "reason", "ticket", "category", "impact", "rollback",    "attachments",
		"actions",   "route",  "delay",	 "after",    "calls",  "predecessor", "deployment",
		"catalogue", "abi",    "policy", "nonce",    NULL};

	*out = (struct proposal){0};
	if (!json_only(body, frozen ? proposed : draft, e) || !get_words(body, "title", &out->title, e) ||
	    !get_words(body, "reason", &out->reason, e) || !get_words(body, "ticket", &out->ticket, e) ||
	    !get_words(body, "category", &out->category, e) || !get_words(body, "impact", &out->impact, e) ||
	    !get_words(body, "rollback", &out->rollback, e) || !get_attachments(body, &out->attachments, e) ||
	    !json_get(body, "actions", JSON_ARRAY, &out->actions, e) || !get_route(body, &out->route, e) ||
	    !json_get_u64(body, "delay", &out->delay, e) || !get_after(body, &out->after, e))
		return false;
	if (out->route == ROUTE_DIRECT && out->delay != 0) {
		err_set(e, ERR_RANGE, json_find(body, "delay")->at, "must be 0 on route direct");
		return err_in(e, "delay");
	}
	return !frozen || get_frozen(a, body, out, e);
}

/* ---- folding ---- */

/* The array with room for one more: it doubles at each power of two, and the old one stays in the arena. */
static void *one_more(struct arena *a, void *old, size_t n, size_t size)
{
	uint8_t *grown;

	if (n != 0 && (n & (n - 1)) != 0)
		return old;
	grown = arena_alloc(a, n != 0 ? 2 * n : 1, size);
	if (n != 0)
		memcpy(grown, old, n * size);
	return grown;
}

static bool get_step(struct change *c, const struct json *body, struct step **out, struct err *e)
{
	struct span name;
	enum step_kind s;

	if (!json_get_str(body, "step", &name, e))
		return false;
	if (!step_parse(&s, name, e)) {
		if (e != NULL)
			e->at = json_find(body, "step")->at;
		return err_in(e, "step");
	}
	*out = &c->steps[s];
	return true;
}

static struct span str_or_empty(struct arena *a, const struct json *body, const char *name)
{
	const struct json *v = json_find(body, name);

	return v != NULL && v->type == JSON_STRING ? arena_copy(a, v->text) : (struct span){0};
}

static bool apply_drafted(struct arena *a, struct change *c, const struct line *l, struct err *e)
{
	c->drafted_seq = l->seq;
	return proposal_from_json(a, &c->draft, json_copy(a, l->body), false, e);
}

static bool apply_proposed(struct arena *a, struct change *c, const struct line *l, struct err *e)
{
	if (c->proposed)
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "proposed again: line %" PRIu64 " froze it",
			       c->proposed_seq);
	if (!proposal_from_json(a, &c->proposal, json_copy(a, l->body), true, e))
		return false;
	c->proposed = true;
	c->proposed_seq = l->seq;
	c->size = l->seq + 1;
	return true;
}

static bool apply_planned(struct arena *a, struct change *c, const struct line *l, struct err *e)
{
	struct hash32 found, computed;
	struct operation op;
	uint64_t size = 0;

	(void)a;
	if (!c->proposed || c->proposal.route != ROUTE_TIMELOCK)
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "an operation of a change that has none");
	if (!json_get_u64(l->body, "size", &size, e) || !json_get_hash(l->body, "salt", &c->root, e) ||
	    !json_get_hash(l->body, "operation", &found, e))
		return false;
	if (size != c->size) {
		err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "found %" PRIu64 ", computed %" PRIu64, size, c->size);
		return err_in(e, "size");
	}
	op = change_operation(c);
	timelock_id(&computed, &op);
	if (!hash32_eq(&found, &computed)) {
		err_set(e, ERR_MISMATCH, ERR_NO_OFFSET,
			"differs from the id of the calls, predecessor and salt");
		return err_in(e, "operation");
	}
	c->operation = computed;
	return true;
}

static bool apply_packed(struct arena *a, struct change *c, const struct line *l, struct err *e)
{
	struct hash32 hash;
	uint64_t nonce = 0;
	struct step *s;

	if (!get_step(c, l->body, &s, e) || !json_get_u64(l->body, "nonce", &nonce, e) ||
	    !json_get_hash(l->body, "safeTxHash", &hash, e) ||
	    !json_get_bare_hash(l->body, "packet", &s->packet, e) ||
	    !json_get_bare_hash(l->body, "core", &s->core, e) ||
	    !get_digest_or_null(l->body, "evidence", &s->has_evidence, &s->evidence, e))
		return false;
	if (s->packed && !hash32_eq(&s->safe_tx_hash, &hash)) {       /* the signatures are for another nonce */
		if (s->n_signatures > 0) {
			s->left = one_more(a, s->left, s->n_left, sizeof(*s->left));
			s->left[s->n_left++] = (struct left_behind){ s->nonce, s->safe_tx_hash, s->n_signatures };
		}
		s->n_signatures = s->n_vouchers = 0;
	}
	if (!s->packed || s->nonce != nonce)
		s->packed_seq = l->seq;
	s->packed = true;
	s->failed = false;
	s->nonce = nonce;
	s->safe_tx_hash = hash;
	return true;
}

static bool apply_voucher(struct arena *a, struct change *c, const struct line *l, struct err *e)
{
	struct step_voucher v;
	struct hash32 hash;
	struct step *s;

	if (!get_step(c, l->body, &s, e) || !json_get_hash(l->body, "safeTxHash", &hash, e) ||
	    !json_get_addr(l->body, "owner", &v.owner, e) || !json_get_hash(l->body, "blockHash", &v.block, e))
		return false;
	if (!s->packed || !hash32_eq(&hash, &s->safe_tx_hash))
		return true;
	s->vouchers = one_more(a, s->vouchers, s->n_vouchers, sizeof(v));
	s->vouchers[s->n_vouchers++] = v;
	return true;
}

static bool apply_signature(struct arena *a, struct change *c, const struct line *l, struct err *e)
{
	struct step_signature sig = { .seq = l->seq };
	struct hash32 hash;
	struct step *s;

	if (!get_step(c, l->body, &s, e) || !json_get_hash(l->body, "safeTxHash", &hash, e) ||
	    !json_get_addr(l->body, "owner", &sig.owner, e) ||
	    !json_get_bare_hash(l->body, "signature", &sig.digest, e))
		return false;
	if (!s->packed || !hash32_eq(&hash, &s->safe_tx_hash))
		return true;
	for (size_t i = 0; i < s->n_signatures; i++)
		if (addr_eq(&s->signatures[i].owner, &sig.owner))
			return true;
	if (json_find(l->body, "blockHash") != NULL && !apply_voucher(a, c, l, e))
		return false;
	sig.packet = str_or_empty(a, l->body, "packet");
	s->signatures = one_more(a, s->signatures, s->n_signatures, sizeof(sig));
	s->signatures[s->n_signatures++] = sig;
	return true;
}

static bool apply_note(struct arena *a, struct change *c, const struct line *l, struct err *e)
{
	struct step_note note = { .seq = l->seq, .declined = line_kind_is(l, "answer.declined") };
	struct step *s;

	if (!get_step(c, l->body, &s, e) || !json_get_str(l->body, "text", &note.text, e))
		return false;
	note.text = arena_copy(a, note.text);
	note.owner_text = str_or_empty(a, l->body, "owner");
	note.code = str_or_empty(a, l->body, "code");
	s->notes = one_more(a, s->notes, s->n_notes, sizeof(note));
	s->notes[s->n_notes++] = note;
	return true;
}

static bool apply_intended(struct arena *a, struct change *c, const struct line *l, struct err *e)
{
	struct submission sub = { .seq = l->seq };
	struct step *s;

	if (!get_step(c, l->body, &s, e) || !json_get_hash(l->body, "txHash", &sub.tx, e) ||
	    !json_get_addr(l->body, "sender", &sub.sender, e) ||
	    !json_get_u64(l->body, "nonce", &sub.nonce, e) || !json_get_bare_hash(l->body, "raw", &sub.raw, e))
		return false;
	s->submissions = one_more(a, s->submissions, s->n_submissions, sizeof(sub));
	s->submissions[s->n_submissions++] = sub;
	s->failed = false;
	return true;
}

static void reject(struct step *s, const struct hash32 *tx)
{
	for (size_t i = 0; i < s->n_submissions; i++)
		if (hash32_eq(&s->submissions[i].tx, tx))
			s->submissions[i].rejected = true;
}

static bool apply_rejected(struct arena *a, struct change *c, const struct line *l, struct err *e)
{
	struct hash32 tx;
	struct step *s;

	(void)a;
	if (!get_step(c, l->body, &s, e))
		return false;
	if (json_is_null(json_find(l->body, "txHash")))
		return true;
	if (!json_get_hash(l->body, "txHash", &tx, e))
		return false;
	reject(s, &tx);
	return true;
}

static bool apply_receipt(struct arena *a, struct change *c, const struct line *l, struct err *e)
{
	const bool mined = line_kind_is(l, "step.mined");
	struct step *s;

	(void)a;
	if (!get_step(c, l->body, &s, e) || !json_get_hash(l->body, "txHash", &s->tx, e) ||
	    !json_get_u64(l->body, "block", &s->block, e) ||
	    !json_get_u64(l->body, "blockTime", &s->block_time, e))
		return false;
	s->mined |= mined;
	s->failed = !s->mined;
	if (!mined)
		reject(s, &s->tx);
	return true;
}

static bool apply_verified(struct arena *a, struct change *c, const struct line *l, struct err *e)
{
	(void)a;
	c->read_back = true;
	return json_get_bool(l->body, "ok", &c->verified, e);
}

/* An upgrade and its way back know each other: {"previous":{"registry":"0x…"},"rollback":"SC-8","rollbackOf":null}. */
static bool apply_linked(struct arena *a, struct change *c, const struct line *l, struct err *e)
{
	const struct json *previous;

	if (!json_get(l->body, "previous", JSON_OBJECT, &previous, e))
		return false;
	c->rollback = str_or_empty(a, l->body, "rollback");
	c->rollback_of = str_or_empty(a, l->body, "rollbackOf");
	c->previous = json_copy(a, previous);
	return true;
}

static bool apply_withdrawn(struct arena *a, struct change *c, const struct line *l, struct err *e)
{
	(void)a;
	(void)l;
	(void)e;
	c->withdrawn = true;
	return true;
}

bool change_apply(struct arena *a, struct change *c, const struct line *l, struct err *e)
{
	static const struct {
		const char *kind;
		bool (*apply)(struct arena *a, struct change *c, const struct line *l, struct err *e);
	} kinds[] = {
		{ "change.drafted", apply_drafted },     { "change.proposed", apply_proposed },
		{ "operation.planned", apply_planned },  { "step.packed", apply_packed },
		{ "signature.added", apply_signature },  { "answer.refused", apply_note },
		{ "block.vouched", apply_voucher },
		{ "answer.declined", apply_note },       { "submit.intended", apply_intended },
		{ "submit.rejected", apply_rejected },   { "step.mined", apply_receipt },
		{ "step.failed", apply_receipt },        { "change.verified", apply_verified },
		{ "change.withdrawn", apply_withdrawn }, { "upgrade.linked", apply_linked },
	};

	if (c->id.n == 0)
		c->id = arena_copy(a, l->change);
	assert(span_eq(c->id, l->change));
	c->last_seq = l->seq;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (line_kind_is(l, kinds[i].kind))
			return kinds[i].apply(a, c, l, e) ||
			       err_in(e, "line %" PRIu64 " (%s)", l->seq, kinds[i].kind);
	return true;
}

/* ---- states ---- */

enum change_state change_state_of(const struct change *c, const struct chain_facts *f)
{
	const enum change_state waiting =
		c->withdrawn ? CHANGE_WITHDRAWN : c->proposed ? CHANGE_PROPOSED : CHANGE_DRAFTED;

	if (c->steps[STEP_EXECUTE].mined)
		return CHANGE_EXECUTED;
	if (!c->proposed || c->proposal.route == ROUTE_DIRECT)
		return waiting;
	if (f->known)
		switch (timelock_state_at(f->operation_timestamp, f->block_time)) {
		case TIMELOCK_WAITING:
			return CHANGE_SCHEDULED;
		case TIMELOCK_READY:
			return CHANGE_READY;
		case TIMELOCK_DONE:
			return CHANGE_EXECUTED;
		case TIMELOCK_UNSET:      /* not scheduled yet, or cancelled by whoever may */
			return c->steps[STEP_SCHEDULE].mined || c->steps[STEP_CANCEL].mined ? CHANGE_CANCELLED
											    : waiting;
		}
	if (c->steps[STEP_CANCEL].mined)
		return CHANGE_CANCELLED;
	return c->steps[STEP_SCHEDULE].mined ? CHANGE_SCHEDULED : waiting;
}

static bool nonce_is_spent(const struct step *s, const struct chain_facts *f)
{
	return f->known && s->nonce < f->safe_nonce;
}

bool step_is_submitted(const struct step *s)
{
	for (size_t i = 0; i < s->n_submissions; i++)
		if (!s->submissions[i].rejected)
			return true;
	return false;
}

/* Withdrawing is about letting the change happen: the step that stops it stays. */
static bool is_withdrawn(const struct change *c, enum step_kind k)
{
	return c->withdrawn && k != STEP_CANCEL;
}

/* The operation is past this step already, whoever took it there: sending it leads nowhere any more. */
static bool is_pointless(const struct change *c, enum step_kind k, const struct chain_facts *f)
{
	switch (change_state_of(c, f)) {
	case CHANGE_CANCELLED:
		return k != STEP_CANCEL;
	case CHANGE_EXECUTED:
		return true;
	case CHANGE_SCHEDULED:
	case CHANGE_READY:
		return k == STEP_SCHEDULE;
	case CHANGE_DRAFTED:
	case CHANGE_PROPOSED:
	case CHANGE_WITHDRAWN:
		return false;
	}
	BUG("change state");
}

enum step_state step_state_of(const struct change *c, enum step_kind k, const struct chain_facts *f)
{
	const struct step *s = &c->steps[k];

	if (s->mined)
		return STEP_MINED;
	if (s->failed)
		return STEP_FAILED;
	if (step_is_submitted(s))
		return STEP_SUBMITTED; /* a spent nonce may be this very submission: its receipt decides */
	if (!s->packed)
		return STEP_NONE;
	if (nonce_is_spent(s, f))
		return STEP_STALE;
	if (s->n_signatures == 0)
		return STEP_UNSIGNED;
	return f->known && s->n_signatures >= f->threshold ? STEP_COMPLETE : STEP_PARTLY_SIGNED;
}

bool step_is_loose(const struct change *c, enum step_kind k, const struct chain_facts *f)
{
	const struct step *s = &c->steps[k];

	return s->packed && !s->mined && s->n_signatures != 0 && !nonce_is_spent(s, f) &&
	       (s->failed || is_withdrawn(c, k) || is_pointless(c, k, f));
}

bool step_is_open(const struct change *c, enum step_kind k, const struct chain_facts *f)
{
	const struct step *s = &c->steps[k];

	return s->packed && !s->mined && !s->failed && !is_withdrawn(c, k) && !is_pointless(c, k, f) &&
	       !nonce_is_spent(s, f);
}

/* ---- transactions ---- */

struct operation proposal_operation(const struct proposal *p, const struct hash32 *salt)
{
	return (struct operation){ p->calls, p->calls.n != 1, p->predecessor, *salt };
}

void proposal_likeness(struct hash32 *out, const struct proposal *p)
{
	const struct operation op = proposal_operation(p, &(struct hash32){0});
	struct buf b = {0};
	struct hash32 id;

	timelock_id(&id, &op);
	buf_fmt(&b, "%s %" PRIu64 " %" PRIu64 " ", route_name(p->route), p->delay, p->has_nonce ? p->nonce : 0);
	buf_hex(&b, SPAN_HASH(&id));
	sha256(out, buf_view(&b));
	buf_release(&b);
}

struct operation change_operation(const struct change *c)
{
	assert(c->proposed && c->proposal.route == ROUTE_TIMELOCK);
	return proposal_operation(&c->proposal, &c->root);
}

static void timelock_calldata(struct buf *out, const struct proposal *p, const struct hash32 *salt,
			      enum step_kind s)
{
	const struct operation op = proposal_operation(p, salt);
	struct hash32 id;

	switch (s) {
	case STEP_SCHEDULE:
		timelock_schedule(out, &op, p->delay);
		break;
	case STEP_EXECUTE:
		timelock_execute(out, &op);
		break;
	case STEP_CANCEL:
		timelock_id(&id, &op);
		timelock_cancel(out, &id);
		break;
	}
}

bool change_step_tx(struct arena *a, struct safe_tx *out, const struct deployment *d, const struct proposal *p,
		    const struct hash32 *salt, enum step_kind s, uint64_t nonce, struct err *e)
{
	struct buf data = {0};

	*out = (struct safe_tx){ .nonce = u256_from_u64(nonce) };
	if (s == STEP_EXECUTE && !calls_value(&out->value, p->calls, e))
		return false;
	if (p->route == ROUTE_DIRECT) {
		if (s != STEP_EXECUTE)
			return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a direct change has no step %s",
				       step_name(s));
		assert(p->calls.n == 1);
		out->to = p->calls.v[0].to;
		out->data = p->calls.v[0].data;
		return true;
	}
	out->to = d->timelock;
	timelock_calldata(&data, p, salt, s);
	out->data = arena_copy(a, buf_view(&data));
	buf_release(&data);
	return true;
}
