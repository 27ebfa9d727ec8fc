#include "src/cli/look.h"

#include <inttypes.h>
#include <string.h>

#include "audit-log/accounted.h"
#include "src/base/frame.h"
#include "src/base/text.h"
#include "src/chain/reader.h"
#include "src/cli/look_events.h"
#include "src/gov/explain.h"
#include "src/gov/findings.h"

#define TRY_MS 3000u
#define THRESHOLD_MS 5000
#define WITHIN_SECONDS 10u
#define WITHIN_SECONDS_MAX 3600u
#define UNKNOWN_MAX 200u              /* operations that the log does not know; more are counted */
#define FOREIGN_MAX 1000u             /* the newest ones */
#define SENTENCE_MAX ((size_t)16 << 10)
#define SENTENCES_MAX ((size_t)4 << 20)

struct look {
	struct workspace *ws;
	const struct deployment *d;
	struct arena *a;
	struct snapshot *s;
	struct chain c;
	int64_t deadline;
	struct events_told told;
};

/* ---- words ---- */

/* *e in words, and cleared. */
static struct span trouble_of(struct arena *a, struct err *e)
{
	const struct span out = span_str(text_safe_err(a, e));
	err_clear(e);
	return out;
}

/* The same where the endpoint is named beside it already. */
static struct span endpoint_trouble(struct arena *a, struct err *e)
{
	struct buf b = {0};
	if (e->refusal != NULL)
		buf_fmt(&b, "[%s] ", e->refusal);
	buf_span(&b, buf_view(&e->what));
	const struct span out = span_str(text_safe_str(a, buf_view(&b), false));
	buf_release(&b);
	err_clear(e);
	return out;
}

/* ---- endpoints ---- */

/* Each alone first, so that one that hangs hides no other. At most half of the time goes into that. */
static void probe(struct look *l, size_t i, int64_t each_ms)
{
	const struct endpoint *ep = &l->d->endpoints[i];
	const struct chain_patience p = { frame_clock_ms() + each_ms, (unsigned)each_ms, 0 };
	struct snapshot_endpoint *out = &l->s->endpoints[i];
	struct err e = {0};
	out->name = ep->name;
	out->words = span_str("");
	out->ok = chain_open_within(&l->c, ep, 1, l->d->chain_id, &l->d->genesis, &p, &e);
	if (!out->ok)
		out->words = endpoint_trouble(l->a, &e);
	chain_release(&l->c);
}

static size_t probe_all(struct look *l, int64_t within_ms)
{
	size_t n = 0;
	int64_t each = within_ms / 2 / (int64_t)(l->d->n_endpoints + 1);
	if (each > (int64_t)TRY_MS)
		each = TRY_MS;
	l->s->endpoints = ARENA_ARRAY(l->a, struct snapshot_endpoint, l->d->n_endpoints + 1);
	l->s->n_endpoints = l->d->n_endpoints;
	for (size_t i = 0; i < l->d->n_endpoints; i++) {
		probe(l, i, each > 1 ? each : 1);
		n += l->s->endpoints[i].ok;
	}
	return n;
}

static bool open_those_that_answer(struct look *l, struct err *e)
{
	const struct chain_patience p = { l->deadline, TRY_MS, 1 };
	struct endpoint ep[RPC_MAX_ENDPOINTS];
	size_t n = 0;
	for (size_t i = 0; i < l->d->n_endpoints && n < RPC_MAX_ENDPOINTS; i++)
		if (l->s->endpoints[i].ok)
			ep[n++] = l->d->endpoints[i];
	return chain_open_within(&l->c, ep, n, l->d->chain_id, &l->d->genesis, &p, e);
}

static struct span nobody_answers(const struct look *l)
{
	struct buf b = {0};
	if (l->d->n_endpoints == 0)
		return span_str("deployment.json: local.endpoints names no node to ask");
	for (size_t i = 0; i < l->s->n_endpoints; i++) {
		buf_str(&b, i > 0 ? "; " : "");
		buf_span(&b, l->s->endpoints[i].name);
		buf_str(&b, ": ");
		buf_span(&b, l->s->endpoints[i].words);
	}
	const struct span out = arena_copy(l->a, buf_view(&b));
	buf_release(&b);
	return out;
}

/* ---- state ---- */

static bool take_safe(struct look *l, struct err *e)
{
	struct chain_safe safe;
	struct snapshot *s = l->s;
	if (!chain_safe(&l->c, l->a, &l->d->safe, &safe, e))
		return false;
	s->safe_nonce = safe.nonce;
	s->threshold = safe.threshold;
	s->owners = safe.owners;
	s->n_owners = safe.owner_count;
	s->safe_version = span_str(safe.version);
	s->singleton = safe.singleton;
	s->guard = safe.guard;
	s->fallback_handler = safe.fallback_handler;
	s->modules_known = safe.modules_known;
	s->modules = safe.modules;
	s->n_modules = safe.module_count;
	return true;
}

static bool take_heads(struct look *l, struct err *e)
{
	struct chain_heads h;
	struct snapshot *s = l->s;
	if (!chain_heads(&l->c, &h, e))
		return false;
	s->block = l->c.pin.number;
	s->block_hash = l->c.pin.hash;
	s->block_time = l->c.pin.time;
	s->has_safe_head = h.has_safe;
	s->safe_head = h.safe.number;
	s->has_finalized = h.has_finalized;
	s->finalized = h.finalized.number;
	return true;
}

static bool take_contracts(struct look *l, struct err *e)
{
	const size_t n = l->d->n_contracts;
	struct chain_contract *v = ARENA_ARRAY(l->a, struct chain_contract, n + 1);
	struct snapshot_contract *out = ARENA_ARRAY(l->a, struct snapshot_contract, n + 1);
	for (size_t i = 0; i < n; i++)
		v[i].at = l->d->contracts[i].address;
	if (!chain_contracts(&l->c, v, n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		out[i] = (struct snapshot_contract){ l->d->contracts[i].name, v[i].at, v[i].has_code,
						     v[i].has_implementation, v[i].implementation, v[i].has_owner,
						     v[i].owner };
	l->s->contracts = out;
	l->s->n_contracts = n;
	return true;
}

static bool take_balances(struct look *l, struct err *e)
{
	struct addr *who = ARENA_ARRAY(l->a, struct addr, l->d->n_people + 1);
	struct u256 *wei = ARENA_ARRAY(l->a, struct u256, l->d->n_people + 1);
	struct snapshot_balance *out = ARENA_ARRAY(l->a, struct snapshot_balance, l->d->n_people + 1);
	size_t n = 0;
	for (size_t i = 0; i < l->d->n_people; i++) {
		const struct person *p = &l->d->people[i];
		if (p->owner)
			continue;
		out[n] = (struct snapshot_balance){ .person = p->id, .address = p->address };
		who[n++] = p->address;
	}
	if (!chain_balances(&l->c, who, wei, n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		out[i].wei = wei[i];
	l->s->balances = out;
	l->s->n_balances = n;
	return true;
}

static void add_account(struct chain_roles *v, size_t *n, const struct addr *at)
{
	for (size_t i = 0; i < *n; i++)
		if (addr_eq(&v[i].account, at))
			return;
	v[(*n)++].account = *at;
}

static bool take_roles(struct look *l, struct err *e)
{
	const struct addr anybody = {{0}};
	const struct deployment *d = l->d;
	const size_t cap = d->n_contracts + d->n_people + l->told.n_holders + 1;
	struct chain_roles *v = ARENA_ARRAY(l->a, struct chain_roles, cap);
	size_t n = 0;
	for (size_t i = 0; i < d->n_contracts; i++)
		add_account(v, &n, &d->contracts[i].address);
	for (size_t i = 0; i < d->n_people; i++)
		add_account(v, &n, &d->people[i].address);
	add_account(v, &n, &anybody);
	for (size_t i = 0; i < l->told.n_holders; i++)
		add_account(v, &n, &l->told.holders[i].account);
	if (!chain_roles(&l->c, &d->timelock, v, n, e))
		return false;
	l->s->roles = ARENA_ARRAY(l->a, struct snapshot_role, n);
	l->s->n_roles = n;
	for (size_t i = 0; i < n; i++)
		l->s->roles[i] = (struct snapshot_role){ v[i].account, v[i].proposer, v[i].executor, v[i].canceller,
							 v[i].admin };
	return true;
}

/* ---- operations ---- */

struct wanted {
	struct look *look;
	struct snapshot_operation *v;
	size_t n, cap;
};

static struct snapshot_operation *add_wanted(struct wanted *w, const struct hash32 *id)
{
	for (size_t i = 0; i < w->n; i++)
		if (hash32_eq(&w->v[i].id, id))
			return &w->v[i];
	ARENA_GROW(w->look->a, w->v, w->n, w->cap);
	w->v[w->n] = (struct snapshot_operation){ .id = *id };
	return &w->v[w->n++];
}

/* Operations of the log's changes that may still do something. */
static bool want_ours(struct look *l, struct wanted *w, struct err *e)
{
	struct views_operations ops;
	if (!views_operations(l->ws->views, l->a, &ops, e))
		return false;
	for (size_t i = 0; i < ops.n; i++)
		add_wanted(w, &ops.v[i].id)->change = span_str(ops.v[i].change);
	return true;
}

static const struct event_operation *told_of(const struct look *l, const struct hash32 *id)
{
	size_t low = 0, high = l->told.n_operations;
	while (low < high) {
		const size_t mid = low + (high - low) / 2;
		const int c = memcmp(l->told.operations[mid].id.b, id->b, sizeof(id->b));
		if (c == 0)
			return &l->told.operations[mid];
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* What one call does, on one line; whatever it is, it is safe to show. */
static const char *sentence(struct look *l, const struct call *call, size_t *room)
{
	struct explained_call x;
	struct buf b = {0};
	struct err e = {0};
	if (explain_call(l->a, &x, &l->ws->pin, call, &e)) {
		explain_line(&b, &x);
	} else {
		buf_str(&b, "not readable: ");
		err_format(&e, &b);
	}
	if (b.n > SENTENCE_MAX || b.n > *room) {
		buf_clear(&b);
		buf_fmt(&b, "not readable: too long to be shown here, %zu bytes of calldata", call->data.n);
	}
	*room -= b.n < *room ? b.n : *room;
	const char *out = text_safe_str(l->a, buf_view(&b), false);
	buf_release(&b);
	err_clear(&e);
	return out;
}

static void add_told(struct look *l, struct snapshot_operation *op, size_t *room)
{
	const struct event_operation *t = told_of(l, &op->id);
	if (t == NULL)
		return;
	op->known_block = true;
	op->block = t->block;
	op->tx = t->tx;
	op->predecessor = t->operation.predecessor;
	op->salt = t->operation.salt;
	op->delay = t->delay;
	op->sentences = ARENA_ARRAY(l->a, const char *, t->operation.calls.n + 1);
	if (!t->proven)
		op->sentences[op->n_sentences++] =
			"not readable: the calls in its events do not hash to its id; they would be:";
	for (size_t i = 0; i < t->operation.calls.n; i++)
		op->sentences[op->n_sentences++] = sentence(l, &t->operation.calls.v[i], room);
}

static bool want_told(struct look *l, struct wanted *w, struct err *e)
{
	size_t unknown = 0;
	for (size_t i = 0; i < l->told.n_operations; i++) {
		const struct event_operation *t = &l->told.operations[i];
		struct accounted by;
		if (!t->pending && !t->executed)
			continue;
		if (!accounted_for(l->ws->log, l->ws->views, l->a, &t->id, &by, e))
			return false;
		/* That it was there when the log was restored explains one that has run. */
		if (t->executed && (by.planned || by.restored))
			continue;
		if (by.planned || unknown++ < UNKNOWN_MAX)
			add_wanted(w, &t->id)->change = by.planned ? by.change : span_str("");
	}
	if (unknown > UNKNOWN_MAX)
		l->s->events_trouble = span_str(arena_fmt(l->a, "%zu operations that the log does not know; "
							  "%u of them are listed", unknown, UNKNOWN_MAX));
	return true;
}

static bool ask_operations(struct look *l, struct wanted *w, struct err *e)
{
	struct chain_operation *ops = ARENA_ARRAY(l->a, struct chain_operation, w->n + 1);
	size_t room = SENTENCES_MAX;
	for (size_t i = 0; i < w->n; i++)
		ops[i].id = w->v[i].id;
	if (w->n > 0 && !chain_operations(&l->c, &l->d->timelock, ops, w->n, e))
		return false;
	l->s->operations = w->v;
	for (size_t i = 0; i < w->n; i++) {
		struct snapshot_operation op = w->v[i];
		op.timestamp = ops[i].state == TIMELOCK_DONE ? 1 : ops[i].ready_at;
		if (op.change.n == 0 && op.timestamp == 0)
			continue;                /* its events say that it is there, the timelock does not */
		add_told(l, &op, &room);
		l->s->operations[l->s->n_operations++] = op;
	}
	return true;
}

/* Executions that no step of the log is packed for: the newest ones, in the chain's order. All are looked at, or
 * one that was found would be gone from view when enough others had come after it. */
static bool take_foreign(struct look *l, struct err *e)
{
	struct snapshot_foreign_tx *v = ARENA_ARRAY(l->a, struct snapshot_foreign_tx, FOREIGN_MAX);
	size_t first = FOREIGN_MAX;
	for (size_t i = l->told.n_executions; i > 0 && first > 0; i--) {
		const struct event_execution *x = &l->told.executions[i - 1];
		struct accounted by;
		if (!accounted_for(l->ws->log, l->ws->views, l->a, &x->safe_tx_hash, &by, e))
			return false;
		if (!by.packed)
			v[--first] = (struct snapshot_foreign_tx){ x->safe_tx_hash, x->tx, x->block, x->ok };
	}
	l->s->foreign = v + first;
	l->s->n_foreign = FOREIGN_MAX - first;
	return true;
}

/* ---- all of it ---- */

/* What is left of the time goes to events, but for a quarter: the questions after them have to be asked too. */
static void take_events(struct look *l)
{
	const int64_t left = l->deadline - frame_clock_ms();
	struct err e = {0};
	rpc_set_deadline(l->c.rpc, l->deadline - left / 4);
	l->s->events_from = l->d->first_block;
	l->s->events_known = look_events(l->ws, &l->c, l->a, &l->told, &e);
	rpc_set_deadline(l->c.rpc, l->deadline);
	if (!l->s->events_known)
		l->s->events_trouble = trouble_of(l->a, &e);
	else if (l->told.n_unreadable > 0)
		l->s->events_trouble = span_str(arena_fmt(l->a, "%zu event%s of the Safe or the timelock cannot be "
							  "read", l->told.n_unreadable,
							  l->told.n_unreadable == 1 ? "" : "s"));
}

/* *log_failed: the error is of the log, not of the chain. */
static bool take_chain(struct look *l, bool *log_failed, struct err *e)
{
	struct wanted w = { .look = l };
	if (!take_heads(l, e) || !take_safe(l, e) || !chain_min_delay(&l->c, &l->d->timelock, &l->s->min_delay, e) ||
	    !take_contracts(l, e) || !take_balances(l, e))
		return false;
	take_events(l);
	if (!want_ours(l, &w, e) || !want_told(l, &w, e) || !take_foreign(l, e)) {
		*log_failed = true;
		return false;
	}
	return ask_operations(l, &w, e) && take_roles(l, e);
}

static bool is_passing(const struct err *e)
{
	return e->refusal != NULL && (strcmp(e->refusal, "REORG") == 0 || strcmp(e->refusal, "DISAGREE") == 0);
}

/* Only what is known of the endpoints, and why there is no more. */
static void no_more(struct snapshot *s, struct span why)
{
	*s = (struct snapshot){ .taken = s->taken, .endpoints = s->endpoints, .n_endpoints = s->n_endpoints,
				.trouble = why };
}

/* At the tip a block may be replaced while it is read: then once more. */
static bool take_twice(struct look *l, bool *log_failed, struct err *e)
{
	const struct snapshot before = *l->s;
	if (take_chain(l, log_failed, e))
		return true;
	if (*log_failed || !is_passing(e))
		return false;
	err_clear(e);
	*l->s = before;
	return chain_repin(&l->c, e) && take_chain(l, log_failed, e);
}

bool look_take(struct workspace *ws, struct arena *a, int64_t within_ms, struct snapshot *out, struct err *e)
{
	struct look l = { .ws = ws, .d = &ws->deployment, .a = a, .s = out };
	struct err trouble = {0};
	bool log_failed = false;
	*out = (struct snapshot){ .taken = time_now() };
	l.deadline = frame_clock_ms() + within_ms;
	if (probe_all(&l, within_ms) == 0) {
		no_more(out, nobody_answers(&l));
		return true;
	}
	out->online = open_those_that_answer(&l, &trouble) && take_twice(&l, &log_failed, &trouble);
	chain_release(&l.c);
	if (log_failed) {
		*e = trouble;
		return false;
	}
	if (out->online)
		findings_judge(a, out, &l.told, l.d);
	else
		no_more(out, trouble_of(a, &trouble));
	return true;
}

static bool open_within(struct look *l, int64_t within_ms, struct err *e)
{
	l->deadline = frame_clock_ms() + within_ms;
	if (probe_all(l, within_ms) == 0) {
		const struct span why = nobody_answers(l);
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "%.*s", text_shown(why), (const char *)why.p);
	}
	return open_those_that_answer(l, e);
}

bool look_open(struct workspace *ws, struct arena *a, int64_t within_ms, struct chain *out, struct err *e)
{
	struct snapshot s = {0};
	struct look l = { .ws = ws, .d = &ws->deployment, .a = a, .s = &s };
	if (!open_within(&l, within_ms, e))
		return false;
	*out = l.c;
	return true;
}

bool look_threshold(const struct deployment *d, struct arena *a, uint64_t *out, struct err *e)
{
	struct snapshot s = {0};
	struct look l = { .d = d, .a = a, .s = &s };
	struct chain_safe safe;
	if (!open_within(&l, THRESHOLD_MS, e))
		return false;
	const bool ok = chain_safe(&l.c, a, &d->safe, &safe, e);
	if (ok)
		*out = safe.threshold;
	chain_release(&l.c);
	return ok;
}

bool look_timeout(int64_t *within_ms, const char *given, struct err *e)
{
	uint64_t seconds = WITHIN_SECONDS;
	if (given != NULL && !duration_parse(&seconds, span_str(given), e))
		return err_in(e, "--timeout");
	if (seconds == 0 || seconds > WITHIN_SECONDS_MAX)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "needed 1s to 1h") || err_in(e, "--timeout");
	*within_ms = (int64_t)seconds * 1000;
	return true;
}

struct snapshot look_not_taken(const char *why)
{
	return (struct snapshot){ .taken = time_now(), .trouble = span_str(why) };
}
