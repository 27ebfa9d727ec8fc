/* Events and steps held against each other, both ways: an event that no step of the log explains, a step whose event
 * the chain does not have, and the roots that salts carry. */
#include "src/cli/audit_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const step_of_population[N_POPULATIONS] = {
	[POP_SCHEDULED] = "schedule", [POP_EXECUTED] = "execute", [POP_CANCELLED] = "cancel",
};

/* ---- chain to log ---- */

/* The Safe's events name the safeTxHash, the timelock's the operation: as topic, or as the first word of the data. */
static bool names(const struct chain_log *l, const struct hash32 *what)
{
	if (hash32_is_zero(what))
		return false;
	return l->topic_count > 1 ? hash32_eq(&l->topics[1], what)
				  : l->data.n >= 32 && memcmp(l->data.p, what->b, 32) == 0;
}

static int compare_tx(const void *a, const void *b)
{
	const struct export_step *x = *(const struct export_step *const *)a, *y = *(const struct export_step *const *)b;
	return memcmp(x->tx.b, y->tx.b, sizeof(x->tx.b));
}

static void index_steps(struct audit *t)
{
	t->by_tx = ARENA_ARRAY(t->a, const struct export_step *, t->x.n_steps + 1);
	for (size_t i = 0; i < t->x.n_steps; i++)
		t->by_tx[i] = &t->x.steps[i];
	if (t->x.n_steps > 1)
		qsort(t->by_tx, t->x.n_steps, sizeof(*t->by_tx), compare_tx);
}

static int compare_log(const void *a, const void *b)
{
	const struct chain_log *x = *(const struct chain_log *const *)a, *y = *(const struct chain_log *const *)b;
	const int by = memcmp(x->tx_hash.b, y->tx_hash.b, sizeof(x->tx_hash.b));
	return by != 0 ? by : (x->index > y->index) - (x->index < y->index);
}

static void index_logs(struct audit *t)
{
	t->by_log = ARENA_ARRAY(t->a, const struct chain_log *, t->n_logs + 1);
	t->taken = ARENA_ARRAY(t->a, bool, t->n_logs + 1);
	for (size_t i = 0; i < t->n_logs; i++)
		t->by_log[i] = &t->logs[i];
	if (t->n_logs > 1)
		qsort(t->by_log, t->n_logs, sizeof(*t->by_log), compare_log);
}

static size_t first_log_of(const struct audit *t, const struct hash32 *tx)
{
	size_t low = 0, high = t->n_logs;
	while (low < high) {
		const size_t mid = low + (high - low) / 2;
		if (memcmp(t->by_log[mid]->tx_hash.b, tx->b, sizeof(tx->b)) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The place of the first step of this transaction, or of where it would be. */
static size_t first_of(const struct audit *t, const struct hash32 *tx)
{
	size_t low = 0, high = t->x.n_steps;
	while (low < high) {
		const size_t mid = low + (high - low) / 2;
		if (memcmp(t->by_tx[mid]->tx.b, tx->b, sizeof(tx->b)) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* An approval is for a Safe transaction, wherever that was executed. */
static const struct export_step *step_approved(const struct audit *t, const struct chain_log *l)
{
	for (size_t i = 0; i < t->x.n_steps; i++)
		if (names(l, &t->x.steps[i].safe_tx_hash))
			return &t->x.steps[i];
	return NULL;
}

static bool is_of_operation(enum population p)
{
	return p == POP_SCHEDULED || p == POP_EXECUTED || p == POP_CANCELLED;
}

/* A change can be the cancelling of an operation, also of one that the log does not have (timelock.cancel). */
static bool calls_for_it(const struct audit *t, const struct export_step *s, const struct chain_log *l)
{
	for (size_t i = 0; i < s->calls.n; i++)
		if (recount_is_of(t->topics, &s->calls.v[i], l))
			return true;
	return false;
}

/* A step of the log in the same transaction: what changes code, roles, owners or settings in an execution; of a
 * Safe transaction or an operation the one that it names. */
static const struct export_step *step_behind(const struct audit *t, const struct chain_log *l, enum population p)
{
	if (p == POP_MODULE)                  /* no owner signed it, whatever called the module */
		return NULL;
	if (p == POP_APPROVAL)
		return step_approved(t, l);
	const char *step = p <= POP_CANCELLED ? step_of_population[p] : "execute";
	for (size_t i = first_of(t, &l->tx_hash); i < t->x.n_steps && hash32_eq(&t->by_tx[i]->tx, &l->tx_hash); i++) {
		const struct export_step *s = t->by_tx[i];
		if (p == POP_SAFE && !names(l, &s->safe_tx_hash))
			continue;
		if (is_of_operation(p) && calls_for_it(t, s, l))
			return s;
		if (step != NULL && strcmp(s->step, step) != 0)
			continue;
		if (is_of_operation(p) && !names(l, &s->operation))
			continue;
		return s;
	}
	return NULL;
}

static bool is_another_call_of(const struct chain_log *l, enum population p)
{
	static const struct hash32 first = {{0}};
	return (p == POP_SCHEDULED || p == POP_EXECUTED) && l->topic_count > 2 && !hash32_eq(&l->topics[2], &first);
}

/* The same transaction in another block, or in one of another hash: the chain was reorganised, or somebody lies. Said
 * once a step, with the event that names it. */
static void judge_block(struct audit *t, const struct export_step *s, const struct chain_log *l, enum population p)
{
	if (p != POP_SAFE || (s->block == l->block && hash32_eq(&s->block_hash, &l->block_hash)))
		return;
	struct buf said = {0}, found = {0};
	buf_0xhex(&said, SPAN_HASH(&s->block_hash));
	buf_0xhex(&found, SPAN_HASH(&l->block_hash));
	const struct audit_event it = { p, l->block, l->tx_hash,
					arena_fmt(t->a, "line %" PRIu64 " has it in block %" PRIu64 " %s, your node in "
						   "%s",
						  s->seq, s->block, buf_cstr(&said), buf_cstr(&found)), false };
	buf_release(&said);
	buf_release(&found);
	audit_push(t, &t->differences, &it);
}

/* Later than the log, or than the contract's place in it. */
static bool is_watched(const struct audit *t, const struct chain_log *l)
{
	for (size_t i = 0; i < t->n_contracts; i++)
		if (addr_eq(&t->contracts[i].at, &l->address))
			return l->block > t->contracts[i].began;
	return true;
}

/* In the transaction of an execution that the log has, and none of whose calls leaves this: perhaps a call did it on
 * its way, perhaps somebody else did it in the same transaction. */
static void judge_effect(struct audit *t, const struct export_step *s, const struct chain_log *l, const char *words)
{
	struct buf tx = {0};
	for (size_t i = 0; i < s->calls.n; i++)
		if (recount_may_be_of(t->topics, &s->calls.v[i], l))
			return;
	buf_0xhex(&tx, SPAN_HASH(&l->tx_hash));
	audit_note(t, &t->unchecked, AUDIT_LOOK, "whether a call of %s (line %" PRIu64 ") did this in transaction %s: "
		   "%s",
		   s->change, s->seq, buf_cstr(&tx), words);
	buf_release(&tx);
}

static void judge_log(struct audit *t, const struct chain_log *l)
{
	size_t kind = 0;
	if (!recount_kind(t->topics, l, &kind) || is_another_call_of(l, recount_population(kind)))
		return;
	const enum population p = recount_population(kind);
	const struct audit_event what = { p, l->block, l->tx_hash,
					  recount_words(t->a, &t->x.deployment, kind, l), false };
	const struct export_step *s = step_behind(t, l, p);
	t->counts[p].chain++;
	if (s != NULL) {
		t->counts[p].both++;
		judge_block(t, s, l, p);
		if (p >= POP_UPGRADE)
			judge_effect(t, s, l, what.words);
	} else if (is_watched(t, l)) {
		t->counts[p].chain_only++;
		audit_push(t, &t->differences, &what);
	} else {
		t->counts[p].before++;
		audit_push(t, &t->before, &what);
	}
}

/* ---- log to chain ---- */

static void log_alone(struct audit *t, enum population p, const struct export_step *s, const char *what)
{
	const struct audit_event it = { p, s->block, s->tx,
					arena_fmt(t->a, "line %" PRIu64 ", %s of %s%s%s", s->seq, s->step, s->change,
						  what != NULL ? ": " : "", what != NULL ? what : ""), true };
	t->counts[p].log_only++;
	audit_push(t, &t->differences, &it);
}

/* An event of this population in the step's transaction that names this. */
static bool chain_names(const struct audit *t, const struct export_step *s, enum population p,
			const struct hash32 *what)
{
	size_t kind;
	for (size_t i = first_log_of(t, &s->tx); i < t->n_logs && hash32_eq(&t->by_log[i]->tx_hash, &s->tx); i++)
		if (recount_kind(t->topics, t->by_log[i], &kind) && recount_population(kind) == p &&
		    names(t->by_log[i], what))
			return true;
	return false;
}

/* Each event answers for one call: a second call of the same kind needs one of its own. */
static bool chain_has_effect(struct audit *t, const struct export_step *s, const struct call *c)
{
	for (size_t i = first_log_of(t, &s->tx); i < t->n_logs && hash32_eq(&t->by_log[i]->tx_hash, &s->tx); i++)
		if (!t->taken[i] && recount_is_of(t->topics, c, t->by_log[i])) {
			t->taken[i] = true;
			return true;
		}
	return false;
}

/* What a step calls on a contract that the profile does not name leaves events that were not asked for. */
static bool is_asked_about(const struct audit *t, const struct call *c)
{
	for (size_t i = 0; i < t->n_contracts; i++)
		if (addr_eq(&t->contracts[i].at, &c->to))
			return true;
	return false;
}

static void judge_calls(struct audit *t, const struct export_step *s)
{
	for (size_t i = 0; i < s->calls.n; i++) {
		const struct call *c = &s->calls.v[i];
		enum population p;
		const char *what;
		if (is_asked_about(t, c) && recount_expects(c, &p, &what) && !chain_has_effect(t, s, c))
			log_alone(t, p, s, what);
	}
}

static void judge_step(struct audit *t, const struct export_step *s)
{
	if (!s->mined || s->block < t->from || s->block > t->to)
		return;
	if (!hash32_is_zero(&s->safe_tx_hash) && !chain_names(t, s, POP_SAFE, &s->safe_tx_hash))
		log_alone(t, POP_SAFE, s, NULL);
	for (enum population p = POP_SCHEDULED; p <= POP_CANCELLED; p++)
		if (!hash32_is_zero(&s->operation) && strcmp(s->step, step_of_population[p]) == 0 &&
		    !chain_names(t, s, p, &s->operation))
			log_alone(t, p, s, NULL);
	judge_calls(t, s);
}

/* ---- what the chain vouches for ---- */

/* A line in the middle of the log that does not add up was never under a salt that anybody saw. */
static bool is_on_chain(const struct audit *t, const struct export_operation *op, uint64_t *block)
{
	for (size_t i = 0; i < t->n_logs; i++) {
		size_t kind;
		if (recount_kind(t->topics, &t->logs[i], &kind) && recount_population(kind) == POP_SCHEDULED &&
		    names(&t->logs[i], &op->id)) {
			*block = t->logs[i].block;
			return true;
		}
	}
	return false;
}

static void judge_anchors(struct audit *t)
{
	const struct export_operation *newest = NULL;
	uint64_t block, in = 0;
	size_t n = 0;
	for (size_t i = 0; i < t->x.n_operations; i++) {
		const struct export_operation *op = &t->x.operations[i];
		if (!op->anchors) {
			audit_note(t, &t->anchors, AUDIT_DIFFERS, "operation of %s (line %" PRIu64 "): its id is not "
				   "that of the proposal's calls with the root over the first %" PRIu64 " lines as "
				   "salt",
				   op->change, op->seq,
				   op->size);
		} else if (is_on_chain(t, op, &block)) {
			n++;
			if (newest == NULL || op->size > newest->size) {
				newest = op;
				in = block;
			}
		}
	}
	if (newest != NULL)
		audit_note(t, &t->anchors, AUDIT_OK, "salts of %zu operations are roots of this log; block %" PRIu64 " "
			   "(%s) has seen its first %" PRIu64 " lines", n, in, newest->change, newest->size);
	const uint64_t seen = newest != NULL ? newest->size : 0;
	if (seen < t->x.vouched)
		audit_note(t, &t->unchecked, AUDIT_LOOK, "lines %" PRIu64 " to %" PRIu64 " against the chain: no salt "
			   "in these blocks is over them, they rest on the log key", seen, t->x.vouched - 1);
}

void audit_match(struct audit *t)
{
	index_steps(t);
	index_logs(t);
	for (size_t i = 0; i < t->n_logs; i++)
		judge_log(t, &t->logs[i]);
	for (size_t i = 0; i < t->x.n_steps; i++)
		judge_step(t, &t->x.steps[i]);
	judge_anchors(t);
}
