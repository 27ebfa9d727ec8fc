#include "src/gov/event.h"

#include <stdlib.h>
#include <string.h>

#include "src/crypto/keccak.h"
#include "src/evm/abi.h"

static const struct {
	const char *signature;
	size_t topics;                /* how many it has; executions: at least */
	const char *data;             /* what is not indexed, as a tuple */
} kinds[N_EVENT_KINDS] = {
	[EVENT_SCHEDULED] = { "CallScheduled(bytes32,uint256,address,uint256,bytes,bytes32,uint256)", 3,
			      "(address,uint256,bytes,bytes32,uint256)" },
	[EVENT_SALT] = { "CallSalt(bytes32,bytes32)", 2, "(bytes32)" },
	[EVENT_EXECUTED] = { "CallExecuted(bytes32,uint256,address,uint256,bytes)", 3, "(address,uint256,bytes)" },
	[EVENT_CANCELLED] = { "Cancelled(bytes32)", 2, NULL },
	[EVENT_GRANTED] = { "RoleGranted(bytes32,address,address)", 4, NULL },
	[EVENT_SUCCESS] = { "ExecutionSuccess(bytes32,uint256)", 1, NULL },
	[EVENT_FAILURE] = { "ExecutionFailure(bytes32,uint256)", 1, NULL },
};

void event_topics(struct hash32 out[N_EVENT_KINDS])
{
	for (size_t i = 0; i < N_EVENT_KINDS; i++)
		keccak256(&out[i], span_str(kinds[i].signature));
}

/* ---- one event ---- */

struct said {
	enum event_kind kind;
	const struct chain_event *event;
	struct hash32 id;             /* of an operation or a Safe transaction */
	struct addr account;          /* GRANTED */
	uint64_t index, delay;        /* SCHEDULED */
	struct call call;
	struct hash32 predecessor;
	struct hash32 salt;           /* SALT */
};

static uint64_t small(const uint8_t word[32])
{
	const struct u256 v = u256_from_be(word);
	uint64_t n = UINT64_MAX;
	u256_fits_u64(&v, &n);
	return n;
}

static void take_hash(struct hash32 *out, struct span word)
{
	memcpy(out->b, word.p, sizeof(out->b));
}

static void read_scheduled(struct said *s, const struct abi_value *v)
{
	s->index = small(s->event->topics[2].b);
	s->call.to = abi_as_addr(&v->items[0]);
	s->call.value = v->items[1].word;
	s->call.data = v->items[2].bytes;
	take_hash(&s->predecessor, v->items[3].bytes);
	s->delay = UINT64_MAX;
	u256_fits_u64(&v->items[4].word, &s->delay);
}

/* The hash is topic 1, or the first word of the data where it is not indexed; the payment follows. */
static bool read_execution(struct said *s)
{
	const struct chain_event *ev = s->event;
	if (ev->n_topics == 2 && ev->data.n == 32)
		s->id = ev->topics[1];
	else if (ev->n_topics == 1 && ev->data.n == 64)
		take_hash(&s->id, ev->data);
	else
		return false;
	return true;
}

static bool read_said(struct arena *a, struct said *s)
{
	const struct chain_event *ev = s->event;
	struct abi_value v = {0};
	if (s->kind == EVENT_SUCCESS || s->kind == EVENT_FAILURE)
		return read_execution(s);
	if (ev->n_topics != kinds[s->kind].topics)
		return false;
	const char *data = kinds[s->kind].data;
	if (data == NULL ? ev->data.n > 0
			 : !abi_decode(a, &v, abi_type_parse(a, span_str(data), NULL), ev->data, NULL))
		return false;
	s->id = ev->topics[1];
	if (s->kind == EVENT_GRANTED)
		memcpy(s->account.b, ev->topics[2].b + 12, sizeof(s->account.b));
	if (s->kind == EVENT_SCHEDULED)
		read_scheduled(s, &v);
	if (s->kind == EVENT_SALT)
		take_hash(&s->salt, v.items[0].bytes);
	return true;
}

/* False: not one of ours. */
static bool kind_of(const struct hash32 topics[N_EVENT_KINDS], const struct chain_event *ev, bool of_safe,
		    enum event_kind *out)
{
	for (size_t i = 0; i < N_EVENT_KINDS && ev->n_topics > 0; i++)
		if (hash32_eq(&topics[i], &ev->topics[0]) && of_safe == (i >= EVENT_SUCCESS)) {
			*out = (enum event_kind)i;
			return true;
		}
	return false;
}

/* ---- operations ---- */

static int by_id(const void *x, const void *y)
{
	const struct said *p = x, *q = y;
	const int c = memcmp(p->id.b, q->id.b, sizeof(p->id.b));
	if (c != 0)
		return c;
	if (p->event->block != q->event->block)
		return p->event->block < q->event->block ? -1 : 1;
	return (p->event->index > q->event->index) - (p->event->index < q->event->index);
}

static void prove(struct event_operation *op)
{
	struct hash32 id;
	op->operation.batch = op->operation.calls.n != 1;
	timelock_id(&id, &op->operation);
	if (!hash32_eq(&id, &op->id) && !op->operation.batch) {
		op->operation.batch = true;                      /* a batch of one */
		timelock_id(&id, &op->operation);
	}
	op->proven = hash32_eq(&id, &op->id);
}

/* One event a call; the first of them says where it was. */
static void set_executed(struct event_operation *op, const struct chain_event *ev)
{
	if (op->executed)
		return;
	op->executed = true;
	op->executed_block = ev->block;
	op->executed_index = ev->index;
	op->executed_tx = ev->tx;
}

/* s[0..n) are of one operation, in the chain's order. After it was cancelled it can be scheduled again. */
static void fold(struct arena *a, struct event_operation *op, const struct said *s, size_t n)
{
	struct call *calls = ARENA_ARRAY(a, struct call, n);
	op->id = s[0].id;
	op->operation.calls.v = calls;
	for (size_t i = 0; i < n; i++) {
		switch (s[i].kind) {
		case EVENT_SCHEDULED:
			if (s[i].index == 0) {
				op->operation = (struct operation){ .calls = { calls, 0 } };
				op->operation.predecessor = s[i].predecessor;
				op->delay = s[i].delay;
				op->block = s[i].event->block;
				op->index = s[i].event->index;
				op->tx = s[i].event->tx;
				op->pending = true;
			}
			calls[op->operation.calls.n++] = s[i].call;
			break;
		case EVENT_SALT:
			op->operation.salt = s[i].salt;
			break;
		case EVENT_EXECUTED:
			op->pending = false;
			set_executed(op, s[i].event);
			break;
		case EVENT_CANCELLED:
			op->pending = false;
			break;
		case EVENT_GRANTED:
		case EVENT_SUCCESS:
		case EVENT_FAILURE:
			break;
		}
	}
	prove(op);
}

static void group(struct arena *a, struct events_told *out, struct said *s, size_t n)
{
	size_t first = 0;
	out->operations = ARENA_ARRAY(a, struct event_operation, n + 1);
	if (n > 1)
		qsort(s, n, sizeof(*s), by_id);
	for (size_t i = 1; i <= n; i++) {
		if (i < n && hash32_eq(&s[i].id, &s[first].id))
			continue;
		struct event_operation op = {0};
		fold(a, &op, s + first, i - first);
		if (op.operation.calls.n > 0)                    /* else its beginning is before the first block */
			out->operations[out->n_operations++] = op;
		first = i;
	}
}

/* ---- all of them ---- */

/* False: more than anybody would look at. */
static bool add_holder(struct events_told *out, const struct said *s)
{
	size_t i = 0;
	while (i < out->n_holders && !(addr_eq(&out->holders[i].account, &s->account) &&
				       hash32_eq(&out->holders[i].role, &s->id)))
		i++;
	if (i == EVENT_HOLDERS_MAX)
		return false;
	out->holders[i] = (struct event_holder){ s->account, s->id, s->event->tx, s->event->block, s->event->index };
	out->n_holders += i == out->n_holders;
	return true;
}

void events_tell(struct arena *a, struct events_told *out, const struct addr *timelock, const struct addr *safe,
		 const struct chain_event *v, size_t n)
{
	struct hash32 topics[N_EVENT_KINDS];
	struct said *of_operations = ARENA_ARRAY(a, struct said, n + 1);
	size_t n_operations = 0;
	event_topics(topics);
	*out = (struct events_told){0};
	out->executions = ARENA_ARRAY(a, struct event_execution, n + 1);
	out->holders = ARENA_ARRAY(a, struct event_holder, EVENT_HOLDERS_MAX);
	for (size_t i = 0; i < n; i++) {
		struct said s = { .event = &v[i] };
		const bool of_safe = addr_eq(&v[i].address, safe);
		if ((!of_safe && !addr_eq(&v[i].address, timelock)) || !kind_of(topics, &v[i], of_safe, &s.kind))
			continue;
		if (!read_said(a, &s))
			out->n_unreadable++;
		else if (of_safe)
			out->executions[out->n_executions++] = (struct event_execution){
				s.id, v[i].tx, v[i].block, v[i].index, s.kind == EVENT_SUCCESS };
		else if (s.kind == EVENT_GRANTED)
			out->n_unreadable += !add_holder(out, &s);
		else
			of_operations[n_operations++] = s;
	}
	group(a, out, of_operations, n_operations);
}
