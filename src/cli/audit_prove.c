/* What no node can leave out: state, proven up to the header of the last block, against the events that the node gave
 * and the lines of the log. A Safe counts its transactions in its nonce; the timelock keeps a word for each operation;
 * whatever an event says last is what a slot holds now. An event that was left out leaves one of them alone. */
#include "src/cli/audit_parts.h"

#include <inttypes.h>
#include <string.h>

#include "src/chain/proofs.h"
#include "src/evm/address.h"

#define BATCH 100u                    /* slots proven with one question */
#define TRACKED_MAX 2000u
#define LISTED_MAX 256u

/* ---- proven words ---- */

struct word { struct addr at; struct hash32 slot, value; };

struct asking { struct proof_given v[BATCH]; struct hash32 slots[BATCH][BATCH]; size_t n; };

static void ask_for(struct asking *g, const struct word *w)
{
	size_t i = 0;
	while (i < g->n && !addr_eq(&g->v[i].at, &w->at))
		i++;
	if (i == g->n) {
		g->v[i].at = w->at;
		g->v[i].slots = g->slots[i];
		g->n++;
	}
	for (size_t k = 0; k < g->v[i].n; k++)
		if (hash32_eq(&g->slots[i][k], &w->slot))
			return;
	g->slots[i][g->v[i].n++] = w->slot;
}

static bool prove_batch(struct audit *t, struct word *v, size_t n, struct err *e)
{
	struct asking *g = ARENA_NEW(t->a, struct asking);
	struct proven proven;
	struct span header;
	for (size_t i = 0; i < n; i++)
		ask_for(g, &v[i]);
	if (!chain_proofs(&t->chain, t->a, g->v, g->n, &header, e) ||
	    !proven_check(t->a, &proven, proofs_json(t->a, header, g->v, g->n), e))
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct hash32 *word = proven_word(&proven, &v[i].at, &v[i].slot);
		if (word == NULL)
			return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "eth_getProof: not all of what was asked for");
		v[i].value = *word;
	}
	return true;
}

/* At the pinned block. */
static bool prove(struct audit *t, struct word *v, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i += BATCH)
		if (!prove_batch(t, v + i, n - i < BATCH ? n - i : BATCH, e))
			return false;
	return true;
}

static uint64_t small(const struct hash32 *word)
{
	const struct u256 v = u256_from_be(word->b);
	uint64_t n = UINT64_MAX;
	u256_fits_u64(&v, &n);
	return n;
}

/* ---- the Safe ---- */

struct members { struct addr v[LISTED_MAX]; size_t n; };
struct safe_at { uint64_t nonce; struct members owners, modules; };

static void want_members(struct word *w, size_t *n, const struct addr *safe, bool modules, const struct addr *v,
			 size_t n_v)
{
	const struct addr sentinel = SLOT_SENTINEL;
	for (size_t i = 0; i <= n_v && i <= LISTED_MAX; i++) {
		w[*n].at = *safe;
		slot_listed(&w[*n].slot, modules, i == 0 ? &sentinel : &v[i - 1]);
		++*n;
	}
}

static const struct word *word_at(const struct word *w, size_t n, const struct hash32 *slot)
{
	for (size_t i = 0; i < n; i++)
		if (hash32_eq(&w[i].slot, slot))
			return &w[i];
	return NULL;
}

/* From member to member, as far as it is proven. */
static bool follow(struct members *out, const struct word *w, size_t n, bool modules)
{
	const struct addr sentinel = SLOT_SENTINEL;
	struct addr at = sentinel;
	for (out->n = 0;;) {
		struct hash32 slot;
		slot_listed(&slot, modules, &at);
		const struct word *next = word_at(w, n, &slot);
		if (next == NULL || out->n == LISTED_MAX)
			return false;
		memcpy(at.b, next->value.b + 12, sizeof(at.b));
		if (addr_eq(&at, &sentinel) || addr_is_zero(&at))      /* zero: there never was a module */
			return true;
		out->v[out->n++] = at;
	}
}

static bool safe_at(struct audit *t, struct safe_at *out, struct err *e)
{
	const struct addr *safe = &t->x.deployment.safe;
	struct word *w = ARENA_ARRAY(t->a, struct word, 2 * LISTED_MAX + 3);
	struct chain_safe said;
	size_t n = 1;
	if (!chain_safe(&t->chain, t->a, safe, &said, e))
		return false;
	w[0] = (struct word){ .at = *safe, .slot = {{ [31] = 5 }} };          /* nonce */
	want_members(w, &n, safe, false, said.owners, said.owner_count);
	want_members(w, &n, safe, true, said.modules, said.modules_known ? said.module_count : 0);
	if (!prove(t, w, n, e))
		return false;
	out->nonce = small(&w[0].value);
	return (follow(&out->owners, w, n, false) && follow(&out->modules, w, n, true)) ||
	       err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "the Safe's lists are not those that the node said");
}

static bool is_event(const struct audit *t, const struct chain_log *l, const char *signature)
{
	return l->topic_count > 0 && hash32_eq(&l->topics[0], &t->topics[recount_kind_named(signature)]);
}

static void leave(struct members *m, const struct addr *who)
{
	for (size_t i = 0; i < m->n; i++)
		if (addr_eq(&m->v[i], who)) {
			m->v[i] = m->v[--m->n];
			return;
		}
}

static void join(struct members *m, const struct addr *who)
{
	leave(m, who);
	if (m->n < LISTED_MAX)
		m->v[m->n++] = *who;
}

/* SafeSetup(initiator, owners, threshold, initializer, fallbackHandler): the first is indexed. */
static void set_up(struct members *owners, const struct chain_log *l)
{
	const struct span count = recount_word(l, 5);
	struct hash32 n = {{0}};
	if (count.p != NULL)
		memcpy(n.b, count.p, sizeof(n.b));
	for (uint64_t i = 0; i < small(&n) && i < LISTED_MAX; i++) {
		const struct span word = recount_word(l, 6 + i);
		struct addr who;
		if (word.p == NULL)
			return;
		memcpy(who.b, word.p + 12, sizeof(who.b));
		join(owners, &who);
	}
}

static void fold_safe(const struct audit *t, struct safe_at *s, const struct chain_log *l)
{
	const struct span word = recount_word(l, 0);
	struct addr who;
	if (is_event(t, l, "ExecutionSuccess(bytes32,uint256)") || is_event(t, l, "ExecutionFailure(bytes32,uint256)"))
		s->nonce++;
	if (word.p == NULL)
		return;
	memcpy(who.b, word.p + 12, sizeof(who.b));
	if (is_event(t, l, "SafeSetup(address,address[],uint256,address,address)"))
		set_up(&s->owners, l);
	else if (is_event(t, l, "AddedOwner(address)"))
		join(&s->owners, &who);
	else if (is_event(t, l, "RemovedOwner(address)"))
		leave(&s->owners, &who);
	else if (is_event(t, l, "EnabledModule(address)"))
		join(&s->modules, &who);
	else if (is_event(t, l, "DisabledModule(address)"))
		leave(&s->modules, &who);
}

static bool same_members(const struct members *x, const struct members *y)
{
	struct members rest = *x;
	for (size_t i = 0; i < y->n; i++)
		leave(&rest, &y->v[i]);
	return x->n == y->n && rest.n == 0;
}

static void judge_members(struct audit *t, const char *what, const struct members *shown, const struct members *are)
{
	if (same_members(shown, are))
		audit_note(t, &t->counters, AUDIT_OK, "%s of the Safe: %zu, as the events have it", what, are->n);
	else
		audit_note(t, &t->counters, AUDIT_DIFFERS, "%s of the Safe: %s; by the events that your node shows: "
			   "%s. It left some out", what, are->n > 0 ? audit_addresses(t, are->v, are->n) : "none",
			   shown->n > 0 ? audit_addresses(t, shown->v, shown->n) : "none");
}

/* What was before block `from`; before block 0 there was nothing. */
static bool safe_before(struct audit *t, struct safe_at *out, struct err *e)
{
	struct block b;
	struct span code;
	if (t->from == 0)
		return true;
	if (!chain_block(&t->chain, t->from - 1, &b, e))
		return false;
	audit_pin(t, &b);
	if (!chain_code(&t->chain, t->a, &t->x.deployment.safe, &code, e))
		return false;
	return code.n == 0 || safe_at(t, out, e);
}

static bool count_safe(struct audit *t, struct err *e)
{
	struct safe_at *now = ARENA_NEW(t->a, struct safe_at), *shown = ARENA_NEW(t->a, struct safe_at);
	if (!safe_before(t, shown, e))
		return err_in(e, "block %" PRIu64, t->from - 1);
	const uint64_t first = shown->nonce;
	for (size_t i = 0; i < t->n_logs; i++)
		if (addr_eq(&t->logs[i].address, &t->x.deployment.safe))
			fold_safe(t, shown, &t->logs[i]);
	audit_pin(t, &t->end);
	if (!safe_at(t, now, e))
		return false;
	if (now->nonce == shown->nonce)
		audit_note(t, &t->counters, AUDIT_OK, "nonce of the Safe: from %" PRIu64 " to %" PRIu64
			   ", as many transactions as events", first, now->nonce);
	else
		audit_note(t, &t->counters, AUDIT_DIFFERS, "nonce of the Safe: from %" PRIu64 " to %" PRIu64 "; your "
			   "node shows events of %" PRIu64 " transactions. It left some out, or made some up", first,
			   now->nonce,
			   shown->nonce - first);
	judge_members(t, "owners", &shown->owners, &now->owners);
	judge_members(t, "modules", &shown->modules, &now->modules);
	return true;
}

/* ---- operations ---- */

static const char *says(uint64_t word)
{
	return word == 0 ? "not scheduled" : word == 1 ? "done" : "scheduled";
}

/* By the lines of the log, up to the last block. */
static const char *logged(const struct audit *t, const struct export_operation *op)
{
	const char *state = says(0);
	for (size_t i = 0; i < t->x.n_steps; i++) {
		const struct export_step *s = &t->x.steps[i];
		if (!s->mined || s->block > t->to || !hash32_eq(&s->operation, &op->id))
			continue;
		state = says(strcmp(s->step, "execute") == 0 ? 1 : strcmp(s->step, "schedule") == 0 ? 2 : 0);
	}
	return state;
}

static bool count_operations(struct audit *t, const struct pinned *pin, struct err *e)
{
	const struct contract *timelock = deployment_contract_at(&t->x.deployment, &t->x.deployment.timelock);
	struct word *w = ARENA_ARRAY(t->a, struct word, t->x.n_operations + 1);
	size_t right = 0;
	for (size_t i = 0; i < t->x.n_operations; i++) {
		struct slot_list one = { .a = t->a };
		if (!slot_of(&one, pin, timelock, span_str("getTimestamp(bytes32)"), &t->x.operations[i].id, 1))
			return err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "where this timelock keeps them is not known");
		w[i] = (struct word){ .at = one.v[0].at, .slot = one.v[0].slot };
	}
	if (!prove(t, w, t->x.n_operations, e))
		return false;
	for (size_t i = 0; i < t->x.n_operations; i++) {
		const struct export_operation *op = &t->x.operations[i];
		const char *is = says(small(&w[i].value)), *should = logged(t, op);
		right += is == should;
		if (is != should)
			audit_note(t, &t->counters, AUDIT_DIFFERS, "operation of %s (line %" PRIu64 "): %s by the "
				   "timelock, %s by the log", op->change, op->seq, is, should);
	}
	if (right > 0)
		audit_note(t, &t->counters, AUDIT_OK, "operations that the timelock has as the log does: %zu of %zu",
			   right,
			   t->x.n_operations);
	return true;
}

/* ---- what the last event says ---- */

/* `keys`: the event's arguments that are the getter's; `value`: the one that it gives then. -1, -2: false, true. */
static const struct last {
	const char *getter, *event, *keys;
	int value;
} lasts[] = {
	{ "(implementation)", "Upgraded(address)", "", 0 },
	{ "owner()", "OwnershipTransferred(address,address)", "", 1 },
	{ "paused()", "Paused(address)", "", -2 },
	{ "paused()", "Unpaused(address)", "", -1 },
	{ "getThreshold()", "SafeSetup(address,address[],uint256,address,address)", "", 2 },
	{ "getThreshold()", "ChangedThreshold(uint256)", "", 0 },
	{ "(guard)", "ChangedGuard(address)", "", 0 },
	{ "(handler)", "SafeSetup(address,address[],uint256,address,address)", "", 4 },
	{ "(handler)", "ChangedFallbackHandler(address)", "", 0 },
	{ "getMinDelay()", "MinDelayChange(uint256,uint256)", "", 1 },
	{ "hasRole(bytes32,address)", "RoleGranted(bytes32,address,address)", "01", -2 },
	{ "hasRole(bytes32,address)", "RoleRevoked(bytes32,address,address)", "01", -1 },
	{ "authorizedSequencers(address)", "SequencerAuthorized(address,bool)", "0", 1 },
};

struct tracked {
	struct named_slot slot;
	struct hash32 value;          /* by the last event */
	bool known;                   /* there was one, or it is from before the range */
};
struct tracking { struct tracked *v; size_t n; };

static struct tracked *track(struct audit *t, struct tracking *all, const struct pinned *pin, const struct contract *c,
			     const struct last *row, const struct hash32 *keys)
{
	struct slot_list one = { .a = t->a };
	if (!slot_of(&one, pin, c, span_str(row->getter), keys, strlen(row->keys)))
		return NULL;
	for (size_t i = 0; i < all->n; i++)
		if (addr_eq(&all->v[i].slot.at, &one.v[0].at) && hash32_eq(&all->v[i].slot.slot, &one.v[0].slot) &&
		    all->v[i].slot.offset == one.v[0].offset)
			return &all->v[i];
	if (all->n == TRACKED_MAX)
		return NULL;
	all->v[all->n].slot = one.v[0];
	return &all->v[all->n++];
}

static bool take_argument(struct hash32 *out, const struct chain_log *l, size_t i)
{
	const struct span word = recount_word(l, i);
	if (word.p == NULL)
		return false;
	memcpy(out->b, word.p, sizeof(out->b));
	return true;
}

static void track_event(struct audit *t, struct tracking *all, const struct pinned *pin, const struct chain_log *l)
{
	const struct contract *c = deployment_contract_at(&t->x.deployment, &l->address);
	for (size_t i = 0; c != NULL && i < ARRAY_LEN(lasts); i++) {
		struct hash32 keys[2] = {0}, value = {{0}};
		bool ok = is_event(t, l, lasts[i].event);
		for (size_t k = 0; ok && lasts[i].keys[k] != '\0'; k++)
			ok = take_argument(&keys[k], l, (size_t)(lasts[i].keys[k] - '0'));
		if (!ok)
			continue;
		if (lasts[i].value < 0)
			value.b[31] = lasts[i].value == -2;
		else if (!take_argument(&value, l, (size_t)lasts[i].value))
			continue;
		struct tracked *x = track(t, all, pin, c, &lasts[i], keys);
		if (x != NULL) {
			x->value = value;
			x->known = true;
		}
	}
}

static void track_all(struct audit *t, struct tracking *all, const struct pinned *pin)
{
	const struct deployment *d = &t->x.deployment;
	all->v = ARENA_ARRAY(t->a, struct tracked, TRACKED_MAX);
	for (size_t i = 0; i < d->n_contracts; i++)
		for (size_t k = 0; k < ARRAY_LEN(lasts); k++)
			if (lasts[k].keys[0] == '\0')
				track(t, all, pin, &d->contracts[i], &lasts[k], NULL);
}

static bool prove_tracked(struct audit *t, const struct tracking *all, struct hash32 *values, struct err *e)
{
	struct word *w = ARENA_ARRAY(t->a, struct word, all->n + 1);
	for (size_t i = 0; i < all->n; i++)
		w[i] = (struct word){ .at = all->v[i].slot.at, .slot = all->v[i].slot.slot };
	if (!prove(t, w, all->n, e))
		return false;
	for (size_t i = 0; i < all->n; i++)
		values[i] = slot_value(&all->v[i].slot, &w[i].value);
	return true;
}

static void judge_tracked(struct audit *t, const struct tracked *x, const struct hash32 *is)
{
	struct buf now = {0}, said = {0};
	buf_0xhex(&now, SPAN_HASH(is));
	buf_0xhex(&said, SPAN_HASH(&x->value));
	audit_note(t, &t->counters, AUDIT_DIFFERS, "%s is %s; %s %s. It left some out", x->slot.name, buf_cstr(&now),
		   x->known ? "by the last event that your node shows it is" : "your node shows no event of it since "
		   "block 0, when it was", buf_cstr(&said));
	buf_release(&now);
	buf_release(&said);
}

/* What stood there before the range; before block 0, nothing. */
static bool track_before(struct audit *t, struct tracking *all, struct err *e)
{
	struct block b;
	struct hash32 *values = ARENA_ARRAY(t->a, struct hash32, all->n + 1);
	if (t->from == 0)
		return true;
	if (!chain_block(&t->chain, t->from - 1, &b, e))
		return false;
	audit_pin(t, &b);
	if (!prove_tracked(t, all, values, e))
		return err_in(e, "block %" PRIu64, b.number);
	for (size_t i = 0; i < all->n; i++) {
		all->v[i].value = values[i];
		all->v[i].known = true;
	}
	return true;
}

static bool count_last(struct audit *t, const struct pinned *pin, struct err *e)
{
	struct tracking all = {0};
	size_t right = 0;
	track_all(t, &all, pin);
	if (!track_before(t, &all, e))
		return false;
	for (size_t i = 0; i < t->n_logs; i++)
		track_event(t, &all, pin, &t->logs[i]);
	struct hash32 *values = ARENA_ARRAY(t->a, struct hash32, all.n + 1);
	audit_pin(t, &t->end);
	if (!prove_tracked(t, &all, values, e))
		return false;
	for (size_t i = 0; i < all.n; i++) {
		right += hash32_eq(&values[i], &all.v[i].value);
		if (!hash32_eq(&values[i], &all.v[i].value))
			judge_tracked(t, &all.v[i], &values[i]);
	}
	if (right > 0)
		audit_note(t, &t->counters, AUDIT_OK, "code, owners, roles, pauses, limits that are as their last "
			   "event says: %zu of %zu", right, all.n);
	if (all.n == TRACKED_MAX)
		audit_note(t, &t->unchecked, AUDIT_LOOK, "more than %u values that events name", TRACKED_MAX);
	return true;
}

/* ---- all of it ---- */

static void not_counted(struct audit *t)
{
	if (!cli_flag(t->cli, "--headers")) {
		audit_note(t, &t->unchecked, AUDIT_LOOK, "operations of accounts that your node names nowhere: a "
			   "timelock lists "
			   "neither its operations nor who may propose");
		audit_note(t, &t->unchecked, AUDIT_LOOK, "what was changed and changed back within the blocks, with "
			   "every event "
			   "of it left out");
	}
	audit_note(t, &t->unchecked, AUDIT_LOOK, "changes that leave no event (SetPaymaster.setTreasury, "
		   "SetRegistry.setLegacyFunctionsEnabled, SetPaymentBatch.setRegistry): their operation and its calls "
		   "are "
		   "counted, their effect is not");
}

void audit_count(struct audit *t)
{
	struct pinned pin;
	struct err e = {0};
	if (!count_safe(t, &e))
		audit_not_checked(t, "the Safe's transactions and lists by state proof", &e);
	audit_pin(t, &t->end);
	if (!pinned_builtin(t->a, &pin, &t->x.deployment, &e)) {
		audit_not_checked(t, "operations and values by state proof", &e);
	} else {
		if (!count_operations(t, &pin, &e))
			audit_not_checked(t, "the timelock's word on operations by state proof", &e);
		if (!count_last(t, &pin, &e))
			audit_not_checked(t, "code, owners, roles, pauses and limits by state proof", &e);
	}
	not_counted(t);
}
