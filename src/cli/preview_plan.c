#include "src/cli/preview_parts.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/crypto/keccak.h"
#include "src/evm/abi.h"
#include "src/evm/address.h"
#include "src/gov/safe.h"

#define MAX_PEOPLE 16u                /* asked whether they hold a role */
#define N_ROLES 3u                    /* proposer, executor, canceller: by step */
#define ASKS_PER_SIM 250u             /* twice in one block, each at least 21000 gas */
#define ASKS_PER_NODE 600u            /* of all blocks of a simulation together */

static bool is_timelocked(const struct preview_run *r)
{
	return r->proposal.route == ROUTE_TIMELOCK;
}

/* ---- what can be known without the chain ---- */

/* A draft has no calls, salt or id yet: it is previewed as it would be proposed now. */
static bool compile(struct previewing *x, struct preview_run *r, struct err *e)
{
	bool direct;
	r->proposal = r->change->proposed ? r->change->proposal : r->change->draft;
	if (!r->change->proposed) {
		if (!actions_compile(x->a, &r->proposal.calls, &direct, &x->ws->pin, r->proposal.actions, e))
			return false;
		r->proposal.route = direct ? ROUTE_DIRECT : ROUTE_TIMELOCK;
	}
	if (!is_timelocked(r))
		return x->as == NULL ||
		       err_set(e, ERR_USAGE, ERR_NO_OFFSET, "--by is for steps of the timelock: this one the Safe "
			       "makes by itself");
	r->operation = proposal_operation(&r->proposal, &r->change->root);
	timelock_id(&r->operation_id, &r->operation);
	return true;
}

static void touch(struct previewing *x, const struct addr *at)
{
	const struct contract *c = deployment_contract_at(&x->ws->deployment, at);
	for (size_t i = 0; i < x->n_touched; i++)
		if (x->touched[i] == c)
			return;
	if (c != NULL)
		x->touched[x->n_touched++] = c;
}

bool preview_compile(struct previewing *x, struct err *e)
{
	size_t n = 1;
	for (size_t i = 0; i < x->n_runs; i++) {
		if (!compile(x, &x->runs[i], e))
			return false;
		n += x->runs[i].proposal.calls.n;
	}
	x->touched = ARENA_ARRAY(x->a, const struct contract *, n);
	for (size_t i = 0; i < x->n_runs; i++) {
		const struct preview_run *r = &x->runs[i];
		if (r->last == STEP_CANCEL)
			touch(x, &x->ws->deployment.timelock);
		for (size_t k = 0; r->last != STEP_CANCEL && k < r->proposal.calls.n; k++)
			touch(x, &r->proposal.calls.v[k].to);
	}
	return true;
}

/* ---- the first round trip ---- */

static void candidate(struct previewing *x, const struct addr *who)
{
	for (size_t i = 0; i < x->n_candidates; i++)
		if (addr_eq(&x->candidates[i], who))
			return;
	x->candidates[x->n_candidates++] = *who;
}

static void ask_roles(struct previewing *x)
{
	const struct deployment *d = &x->ws->deployment;
	const struct addr nobody = {{0}};
	x->candidates = ARENA_ARRAY(x->a, struct addr, MAX_PEOPLE + 2);
	candidate(x, &d->safe);
	candidate(x, &nobody);
	for (size_t i = 0; i < d->n_people && i < MAX_PEOPLE; i++)
		candidate(x, &d->people[i].address);
	x->asked_roles = x->facts.n;
	for (size_t i = 0; i < x->n_candidates; i++)
		for (size_t role = 0; role < N_ROLES; role++) {
			struct hash32 args[2] = { timelock_roles[role].hash };
			memcpy(args[1].b + 12, x->candidates[i].b, sizeof(x->candidates[i].b));
			gather_call(&x->facts, &d->timelock, "hasRole(bytes32,address)", args, 2);
		}
}

static void ask_safe(struct previewing *x)
{
	const struct addr *safe = &x->ws->deployment.safe;
	x->asked_safe = gather_call(&x->facts, safe, "nonce()", NULL, 0);
	gather_call(&x->facts, safe, "getThreshold()", NULL, 0);
	gather_call(&x->facts, safe, "getOwners()", NULL, 0);
}

static void ask_operations(struct previewing *x)
{
	const struct addr *timelock = &x->ws->deployment.timelock;
	for (size_t i = 0; i < x->n_runs; i++) {
		struct preview_run *r = &x->runs[i];
		r->asked_timestamp = gather_call(&x->facts, timelock, "getTimestamp(bytes32)", &r->operation_id, 1);
		r->asked_predecessor =
			gather_call(&x->facts, timelock, "getTimestamp(bytes32)", &r->proposal.predecessor, 1);
	}
}

/* Of what is touched, and of the timelock: who was given its roles. */
static void ask_logs(struct previewing *x)
{
	struct addr *at = ARENA_ARRAY(x->a, struct addr, x->n_touched + 1);
	size_t n = 0;
	bool timelock = false;
	for (; n < x->n_touched; n++) {
		at[n] = x->touched[n]->address;
		timelock |= addr_eq(&at[n], &x->ws->deployment.timelock);
	}
	if (!timelock)
		at[n++] = x->ws->deployment.timelock;
	x->asked_logs = gather_logs(&x->facts, at, n, x->ws->deployment.first_block);
}

static int by_address(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct addr));
}

static bool take_safe(struct previewing *x, struct err *e)
{
	const struct gathered *v = &x->facts.v[x->asked_safe];
	const struct abi_type *list = abi_type_parse(x->a, span_str("(address[])"), NULL);
	struct abi_value owners;
	x->nonce = gathered_number(&v[0]);
	x->threshold = gathered_number(&v[1]);
	if (!v[2].ok || !abi_decode(x->a, &owners, list, v[2].output, e))
		return (err_is_set(e) || err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "no answer")) ||
		       err_in(e, "getOwners() of the Safe");
	x->n_owners = owners.items[0].n;
	x->owners = ARENA_ARRAY(x->a, struct addr, x->n_owners + 1);
	for (size_t i = 0; i < x->n_owners; i++)
		x->owners[i] = abi_as_addr(&owners.items[0].items[i]);
	if (x->n_owners > 0)
		qsort(x->owners, x->n_owners, sizeof(*x->owners), by_address);
	return (x->threshold > 0 && x->threshold <= x->n_owners) ||
	       err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "the Safe's threshold is not between 1 and its %zu owners",
		       x->n_owners);
}

static void take_operations(struct previewing *x)
{
	const uint64_t delay = gathered_number(&x->facts.v[x->asked_delay]);
	for (size_t i = 0; i < x->n_runs; i++) {
		struct preview_run *r = &x->runs[i];
		if (!is_timelocked(r))
			continue;
		r->timestamp = gathered_number(&x->facts.v[r->asked_timestamp]);
		r->waits = !hash32_is_zero(&r->proposal.predecessor) &&
			   gathered_number(&x->facts.v[r->asked_predecessor]) != 1;
		if (r->proposal.delay == 0)
			r->proposal.delay = delay;
	}
}

bool preview_facts(struct previewing *x, struct err *e)
{
	x->asked_delay = gather_call(&x->facts, &x->ws->deployment.timelock, "getMinDelay()", NULL, 0);
	ask_safe(x);
	ask_operations(x);
	ask_roles(x);
	ask_logs(x);
	if (!gather_run(&x->facts, x->chain, e) || !take_safe(x, e))
		return false;
	take_operations(x);
	return true;
}

/* ---- whose turn it is ---- */

/* Packed steps by their nonces, then the others as they were proposed. */
static uint64_t place(const struct preview_run *r, enum step_kind s)
{
	const struct step *step = &r->change->steps[s];
	return step->packed ? step->nonce : (UINT64_MAX >> 1) + r->change->proposed_seq;
}

static int by_place(const void *a, const void *b)
{
	const struct preview_turn *x = a, *y = b;
	const uint64_t p = place(x->run, x->step), q = place(y->run, y->step);
	return p < q ? -1 : p > q;
}

/* When the timelock lets it run: what is scheduled in this very preview counts from its own turn. */
static uint64_t ready_at(const struct previewing *x, const struct preview_run *r)
{
	for (size_t i = 0; i < x->n_turns; i++)
		if (x->turns[i].run == r && x->turns[i].step == STEP_SCHEDULE)
			return x->turns[i].time + r->proposal.delay;
	return r->timestamp;
}

static void add_turn(struct previewing *x, struct preview_run *r, enum step_kind step, uint64_t not_before)
{
	const uint64_t last = x->n_turns > 0 ? x->turns[x->n_turns - 1].time : x->chain->pin.time;
	const bool looked_at = step == r->last;
	if (looked_at)
		r->turn = x->n_turns;
	x->turns[x->n_turns++] = (struct preview_turn){ .run = r, .step = step, .looked_at = looked_at,
							.time = not_before > last ? not_before : last + 1 };
}

/* What the Safe does goes by its nonces, at once. */
static void take_the_safes_turns(struct previewing *x)
{
	struct preview_turn *v = ARENA_ARRAY(x->a, struct preview_turn, x->n_runs + 1);
	size_t n = 0;
	for (size_t i = 0; i < x->n_runs; i++) {
		struct preview_run *r = &x->runs[i];
		if (!is_timelocked(r) || r->last == STEP_CANCEL)
			v[n++] = (struct preview_turn){ .run = r, .step = r->last };
		else if (r->timestamp == 0)
			v[n++] = (struct preview_turn){ .run = r, .step = STEP_SCHEDULE };
	}
	if (n > 0)
		qsort(v, n, sizeof(*v), by_place);
	for (size_t i = 0; i < n; i++)
		add_turn(x, v[i].run, v[i].step, 0);
}

static struct preview_run *run_of(const struct previewing *x, const struct hash32 *operation)
{
	for (size_t i = 0; i < x->n_runs; i++)
		if (is_timelocked(&x->runs[i]) && x->runs[i].last == STEP_EXECUTE &&
		    hash32_eq(&x->runs[i].operation_id, operation))
			return &x->runs[i];
	return NULL;
}

static bool comes_first(const struct previewing *x, const struct preview_run *a, const struct preview_run *b)
{
	const uint64_t s = ready_at(x, a), t = ready_at(x, b);
	return s != t ? s < t : place(a, STEP_EXECUTE) < place(b, STEP_EXECUTE);
}

/* The executes as the timelock lets them, and none before what it waits for. */
static void take_the_timelocks_turns(struct previewing *x)
{
	bool *done = ARENA_ARRAY(x->a, bool, x->n_runs + 1);
	for (;;) {
		struct preview_run *next = NULL, *stuck = NULL;
		for (size_t i = 0; i < x->n_runs; i++) {
			struct preview_run *r = &x->runs[i];
			const struct preview_run *before = r->waits ? run_of(x, &r->proposal.predecessor) : NULL;
			if (done[i] || !is_timelocked(r) || r->last == STEP_CANCEL)
				continue;
			stuck = r;
			if ((before == NULL || done[before - x->runs]) && (next == NULL || comes_first(x, r, next)))
				next = r;
		}
		next = next != NULL ? next : stuck;
		if (next == NULL)
			return;
		done[next - x->runs] = true;
		add_turn(x, next, STEP_EXECUTE, ready_at(x, next));
	}
}

/* ---- by whom ---- */

/* The steps are in the order of the roles they need. */
static bool holds(const struct previewing *x, size_t who, enum step_kind step)
{
	return gathered_flag(&x->facts.v[x->asked_roles + who * N_ROLES + (size_t)step]);
}

/* Who was given this role last and has it still, by the timelock's events. */
static bool holder_by_events(const struct previewing *x, enum step_kind step, struct addr *out)
{
	const struct gathered *logs = &x->facts.v[x->asked_logs];
	struct hash32 granted, revoked;
	bool found = false;
	keccak256(&granted, span_str("RoleGranted(bytes32,address,address)"));
	keccak256(&revoked, span_str("RoleRevoked(bytes32,address,address)"));
	for (size_t i = 0; i < logs->n_logs; i++) {
		const struct chain_log *l = &logs->logs[i];
		struct addr who;
		if (!addr_eq(&l->address, &x->ws->deployment.timelock) || l->topic_count != 4 ||
		    !hash32_eq(&l->topics[1], &timelock_roles[step].hash))
			continue;
		memcpy(who.b, l->topics[2].b + 12, sizeof(who.b));
		if (hash32_eq(&l->topics[0], &granted)) {
			*out = who;
			found = true;
		} else if (found && hash32_eq(&l->topics[0], &revoked) && addr_eq(out, &who)) {
			found = false;
		}
	}
	return found;
}

static const char *who_words(struct previewing *x, const struct addr *who, const char *why)
{
	const char *label = deployment_label(x->a, &x->ws->deployment, who);
	struct buf at = {0};
	addr_format(&at, who);
	const char *out = label != NULL ? arena_fmt(x->a, "%s (%s), %s", label, buf_cstr(&at), why)
					: arena_fmt(x->a, "%s, %s", buf_cstr(&at), why);
	buf_release(&at);
	return out;
}

static void sent_by(struct previewing *x, struct preview_turn *t, const struct addr *who, const char *why)
{
	t->sender = *who;
	t->who = who_words(x, who, why);
}

static void sent_by_the_safe(struct previewing *x, struct preview_turn *t, const char *but)
{
	t->by_safe = true;
	t->sender = x->ws->deployment.safe;
	t->who = arena_fmt(x->a, "the Safe, by its own execTransaction%s; that %llu of its %zu owners approve is taken "
			   "for given", but, (unsigned long long)x->threshold, x->n_owners);
}

static void pick_sender(struct previewing *x, struct preview_turn *t)
{
	const char *role = timelock_roles[t->step].name;
	const char *why = arena_fmt(x->a, "who has the role %s", role);
	struct addr other;
	if (!is_timelocked(t->run) || (x->as == NULL && holds(x, 0, t->step))) {
		sent_by_the_safe(x, t, "");
		return;
	}
	if (x->as != NULL) {
		sent_by(x, t, x->as, "as asked for by --by");
		return;
	}
	if (holds(x, 1, t->step)) {
		sent_by(x, t, &x->owners[0], arena_fmt(x->a, "for anyone: the role %s is open", role));
		return;
	}
	for (size_t i = 2; i < x->n_candidates; i++)
		if (holds(x, i, t->step)) {
			sent_by(x, t, &x->candidates[i], why);
			return;
		}
	if (holder_by_events(x, t->step, &other))
		sent_by(x, t, &other, why);
	else
		sent_by_the_safe(x, t, arena_fmt(x->a, ", though nobody is known to have the role %s", role));
}

/* ---- what is sent ---- */

static struct span made(struct arena *a, struct buf *b)
{
	const struct span out = arena_copy(a, buf_view(b));
	buf_release(b);
	return out;
}

/* Safe.sol, checkNSignatures: v = 1 is an owner's approval of the hash, which the Safe finds in its storage. */
static struct span approvals(struct previewing *x)
{
	struct buf b = {0};
	for (size_t i = 0; i < x->threshold; i++) {
		uint8_t one[65] = {0};
		memcpy(one + 12, x->owners[i].b, sizeof(x->owners[i].b));
		one[64] = 1;
		buf_add(&b, one, sizeof(one));
	}
	return made(x->a, &b);
}

static void assume_slot(struct preview_sim *s, struct preview_slot *v, const struct addr *at, struct hash32 slot,
			uint8_t value)
{
	v[s->n_assumed] = (struct preview_slot){ .at = *at, .slot = slot };
	v[s->n_assumed++].word.b[31] = value;
	s->assumed = v;
}

/* mapping(address => mapping(bytes32 => uint256)) approvedHashes, slot 8 of Safe 1.3.0 and 1.4.1. */
static struct hash32 approval_slot(const struct addr *owner, const struct hash32 *hash)
{
	struct hash32 outer[2] = {{{0}}, { .b = { [31] = 8 } }}, inner[2] = { *hash }, slot;
	memcpy(outer[0].b + 12, owner->b, sizeof(owner->b));
	keccak256(&inner[1], span_of(outer[0].b, sizeof(outer)));
	keccak256(&slot, span_of(inner[0].b, sizeof(inner)));
	return slot;
}

/* A step that fails keeps its nonce, and nothing behind it could run: each is looked at as if the Safe had come to it.
 * nonce, slot 5 of Safe 1.3.0 and 1.4.1. */
static void come_to_nonce(struct previewing *x, struct preview_turn *t, uint64_t nonce)
{
	t->nonce = (struct preview_slot){ .at = x->ws->deployment.safe, .slot = { .b = { [31] = 5 } } };
	for (int i = 0; i < 8; i++)
		t->nonce.word.b[31 - i] = (uint8_t)(nonce >> 8 * i);
}

static void through_the_safe(struct previewing *x, struct preview_turn *t, const struct safe_tx *tx,
			     struct preview_sim *s, struct preview_slot *v)
{
	const struct deployment *d = &x->ws->deployment;
	const struct u256 chain_id = u256_from_u64(d->chain_id);
	struct safe_hashes h;
	struct buf data = {0};
	safe_hash(&h, SAFE_CURRENT, &chain_id, &d->safe, tx);
	for (size_t i = 0; i < x->threshold; i++)
		assume_slot(s, v, &d->safe, approval_slot(&x->owners[i], &h.tx), 1);
	safe_exec_calldata(&data, tx, approvals(x));
	t->call = (struct preview_call){ .from = x->owners[0], .to = d->safe, .data = made(x->a, &data) };
}

/* Every transaction as it will be; approvals and what is waited for are put into *s. */
static bool make_calls(struct previewing *x, struct preview_sim *s, struct preview_slot *v, struct err *e)
{
	uint64_t nonce = x->nonce;
	for (size_t i = 0; i < x->n_turns; i++) {
		struct preview_turn *t = &x->turns[i];
		struct safe_tx tx;
		if (!change_step_tx(x->a, &tx, &x->ws->deployment, &t->run->proposal, &t->run->change->root, t->step,
				    nonce, e))
			return false;
		t->plain = (struct preview_call){ .from = t->sender, .to = tx.to, .value = tx.value, .data = tx.data };
		t->call = t->plain;
		if (t->by_safe) {
			through_the_safe(x, t, &tx, s, v);
			come_to_nonce(x, t, nonce++);
		}
	}
	return true;
}

/* mapping(bytes32 => uint256) _timestamps, slot 1 of TimelockController 5.0. */
struct hash32 preview_timestamp_slot(const struct hash32 *operation)
{
	struct hash32 pair[2] = { *operation, { .b = { [31] = 1 } } }, slot;
	keccak256(&slot, span_of(pair[0].b, sizeof(pair)));
	return slot;
}

static void assume_predecessors(struct previewing *x, struct preview_sim *s, struct preview_slot *v)
{
	for (size_t i = 0; i < x->n_runs; i++) {
		struct preview_run *r = &x->runs[i];
		if (!r->waits || r->last == STEP_CANCEL || run_of(x, &r->proposal.predecessor) != NULL)
			continue;
		assume_slot(s, v, &x->ws->deployment.timelock, preview_timestamp_slot(&r->proposal.predecessor), 1);
		preview_warn(x, r, "it is taken for done, without its effects, what this change waits for: %.*s",
			     text_shown(r->proposal.after), (const char *)r->proposal.after.p);
	}
}

bool preview_order(struct previewing *x, struct err *e)
{
	struct preview_slot *v;
	x->turns = ARENA_ARRAY(x->a, struct preview_turn, 2 * x->n_runs + 1);
	take_the_safes_turns(x);
	take_the_timelocks_turns(x);
	for (size_t i = 0; i < x->n_turns; i++)
		pick_sender(x, &x->turns[i]);
	x->p.sims = ARENA_ARRAY(x->a, struct preview_sim, 1);
	v = ARENA_ARRAY(x->a, struct preview_slot, x->n_turns * x->threshold + x->n_runs + 1);
	assume_predecessors(x, &x->p.sims[0], v);
	return make_calls(x, &x->p.sims[0], v, e);
}

/* ---- the second round trip ---- */

static size_t asks_in(const struct previewing *x, size_t sim)
{
	const size_t left = x->n_asks - sim * x->per_sim;
	return left < x->per_sim ? left : x->per_sim;
}

static void fill_block(struct previewing *x, struct preview_block *b, const struct preview_turn *t, size_t sim)
{
	const size_t n = t->looked_at ? asks_in(x, sim) : 0;
	b->time = t->time;
	b->assumed = &t->nonce;
	b->n_assumed = t->by_safe && x->n_runs > 1;
	b->n = 2 * n + 1;
	b->calls = ARENA_ARRAY(x->a, struct preview_call, b->n);
	for (size_t i = 0; i < n; i++) {
		const struct preview_ask *q = &x->asks[sim * x->per_sim + i];
		b->calls[i].to = q->contract->address;
		b->calls[i].data = q->calldata;
		b->calls[n + 1 + i] = b->calls[i];
	}
	b->calls[n] = t->call;
}

void preview_plain(struct previewing *x, struct preview_sim *out, const struct preview_run *only,
		   const struct preview_run *after)
{
	const struct preview_sim *first = &x->p.sims[0];
	*out = (struct preview_sim){ .assumed = first->assumed, .n_assumed = first->n_assumed };
	out->blocks = ARENA_ARRAY(x->a, struct preview_block, x->n_turns);
	for (size_t i = 0; i < x->n_turns; i++) {
		const struct preview_turn *t = &x->turns[i];
		struct preview_block *b = &out->blocks[out->n_blocks];
		if (only != NULL && t->run != only && t->run != after)
			continue;
		b->time = t->time;
		b->n = 1;
		b->calls = ARENA_ARRAY(x->a, struct preview_call, 1);
		b->calls[0] = t->plain;
		out->n_blocks++;
	}
}

/* Storage is compared for one change by itself: a trace knows nothing of those before it. */
static void plan_trace(struct previewing *x)
{
	struct preview_slot *v = ARENA_ARRAY(x->a, struct preview_slot, 2);
	const struct preview_run *r = &x->runs[0];
	const struct addr *timelock = &x->ws->deployment.timelock;
	if (x->n_runs != 1)
		return;
	x->p.trace = true;
	x->p.traced = x->turns[r->turn].plain;
	x->p.traced_time = x->turns[r->turn].time;
	x->p.traced_assumed = v;
	if (!is_timelocked(r) || r->last == STEP_CANCEL)
		return;
	v[0] = (struct preview_slot){ .at = *timelock, .slot = preview_timestamp_slot(&r->operation_id) };
	v[0].word.b[31] = 2;                         /* scheduled, and long ready */
	v[1] = (struct preview_slot){ .at = *timelock, .slot = preview_timestamp_slot(&r->proposal.predecessor) };
	v[1].word.b[31] = 1;
	x->p.n_traced_assumed = 1 + (size_t)r->waits;
}

static void target(struct previewing *x, struct addr *v, const struct addr *at)
{
	for (size_t i = 0; i < x->p.n_targets; i++)
		if (addr_eq(&v[i], at))
			return;
	v[x->p.n_targets++] = *at;
}

static void plan_targets(struct previewing *x)
{
	struct addr *v;
	size_t n = 0;
	for (size_t i = 0; i < x->n_runs; i++)
		n += x->runs[i].proposal.calls.n;
	v = ARENA_ARRAY(x->a, struct addr, n + 1);
	x->p.targets = v;
	for (size_t i = 0; i < x->n_runs; i++)
		for (size_t k = 0; k < x->runs[i].proposal.calls.n; k++)
			target(x, v, &x->runs[i].proposal.calls.v[k].to);
}

void preview_questions(struct previewing *x)
{
	const struct preview_sim first = x->p.sims[0];
	const size_t room = ASKS_PER_NODE / x->n_runs;
	x->per_sim = room < ASKS_PER_SIM ? room : ASKS_PER_SIM;
	const size_t n = x->n_asks > 0 ? (x->n_asks + x->per_sim - 1) / x->per_sim : 1;
	x->p.sims = ARENA_ARRAY(x->a, struct preview_sim, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct preview_sim *s = &x->p.sims[i];
		*s = first;
		s->n_blocks = x->n_turns;
		s->blocks = ARENA_ARRAY(x->a, struct preview_block, x->n_turns);
		for (size_t k = 0; k < x->n_turns; k++)
			fill_block(x, &s->blocks[k], &x->turns[k], i);
	}
	preview_plain(x, &x->p.sims[n], NULL, NULL);
	x->p.n_sims = n + 1;
	plan_trace(x);
	plan_targets(x);
}

/* ---- where answers are ---- */

const struct preview_call *preview_result(const struct previewing *x, size_t turn)
{
	const struct preview_block *b = &x->p.sims[0].blocks[turn];
	return &b->calls[b->n / 2];
}

const struct preview_call *preview_plain_result(const struct previewing *x, size_t turn)
{
	return &x->p.sims[x->p.n_sims - 1].blocks[turn].calls[0];
}

const struct preview_call *preview_answer(const struct previewing *x, size_t turn, size_t ask, bool after)
{
	const struct preview_block *b = &x->p.sims[ask / x->per_sim].blocks[turn];
	return &b->calls[ask % x->per_sim + (after ? b->n / 2 + 1 : 0)];
}
