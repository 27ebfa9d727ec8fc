/* What the events of a timelock and a Safe come to together. */
#include "src/evm/abi.h"
#include "src/gov/event.h"
#include "tests/support/check.h"

static const struct addr timelock = {{ 1 }}, safe = {{ 2 }}, stranger = {{ 3 }};

struct world {
	struct arena a;
	struct hash32 topics[N_EVENT_KINDS];
	struct chain_event v[32];
	size_t n;
	struct operation op;
	struct hash32 id;
};

static void set_up(struct world *w)
{
	struct call *calls;

	memset(w, 0, sizeof(*w));
	event_topics(w->topics);
	calls = ARENA_ARRAY(&w->a, struct call, 2);
	calls[0] = (struct call){ .to = {{ 9 }}, .data = span_str("ab") };
	calls[1] = (struct call){ .to = {{ 8 }}, .value = u256_from_u64(5), .data = span_str("") };
	w->op = (struct operation){ .calls = { calls, 2 }, .batch = true, .salt = {{ 7 }} };
	timelock_id(&w->id, &w->op);
}

static struct chain_event *put(struct world *w, const struct addr *at, enum event_kind kind, const struct hash32 *id)
{
	struct chain_event *ev = &w->v[w->n];

	*ev = (struct chain_event){ .address = *at, .topics = { w->topics[kind], *id }, .n_topics = 2, .block = w->n,
				    .tx = {{ (uint8_t)w->n }} };
	w->n++;
	return ev;
}

/* The data of CallScheduled for call i, word by word. */
static void schedule(struct world *w, size_t i)
{
	struct chain_event *ev = put(w, &timelock, EVENT_SCHEDULED, &w->id);
	const struct call *c = &w->op.calls.v[i];
	struct abi_value items[5];
	const struct u256 delay = u256_from_u64(3600);
	const struct abi_type *type = abi_type_parse(&w->a, span_str("(address,uint256,bytes,bytes32,uint256)"), NULL);
	struct buf data = {0};

	items[0] = abi_address(&abi_address_type, &c->to);
	items[1] = abi_word(&abi_uint256, &c->value);
	items[2] = abi_bytes(&abi_bytes_type, c->data);
	items[3] = abi_bytes(&abi_bytes32, SPAN_HASH(&w->op.predecessor));
	items[4] = abi_word(&abi_uint256, &delay);
	const struct abi_value tuple = abi_items(type, items, 5);
	abi_encode(&data, &tuple);
	ev->n_topics = 3;
	ev->topics[2].b[31] = (uint8_t)i;
	ev->data = arena_copy(&w->a, buf_view(&data));
	buf_release(&data);
}

static void execute(struct world *w, size_t i)
{
	struct chain_event *ev = put(w, &timelock, EVENT_EXECUTED, &w->id);
	const struct call *c = &w->op.calls.v[i];
	const struct abi_type *type = abi_type_parse(&w->a, span_str("(address,uint256,bytes)"), NULL);
	struct abi_value items[3];
	struct buf data = {0};

	items[0] = abi_address(&abi_address_type, &c->to);
	items[1] = abi_word(&abi_uint256, &c->value);
	items[2] = abi_bytes(&abi_bytes_type, c->data);
	const struct abi_value tuple = abi_items(type, items, 3);
	abi_encode(&data, &tuple);
	ev->n_topics = 3;
	ev->topics[2].b[31] = (uint8_t)i;
	ev->data = arena_copy(&w->a, buf_view(&data));
	buf_release(&data);
}

static void salt(struct world *w)
{
	put(w, &timelock, EVENT_SALT, &w->id)->data = SPAN_HASH(&w->op.salt);
}

static struct events_told tell(struct world *w)
{
	struct events_told told;

	events_tell(&w->a, &told, &timelock, &safe, w->v, w->n);
	return told;
}

static void a_batch_is_put_together_and_proven(void **state)
{
	struct world w;
	struct events_told t;

	(void)state;
	set_up(&w);
	schedule(&w, 0);
	schedule(&w, 1);
	salt(&w);
	t = tell(&w);
	assert_int_equal(t.n_operations, 1);
	assert_true(t.operations[0].proven && t.operations[0].pending && t.operations[0].delay == 3600);
	assert_true(calls_eq(t.operations[0].operation.calls, w.op.calls));
	assert_true(t.operations[0].block == 0 && t.n_unreadable == 0);
	arena_release(&w.a);
}

/* A node that shows other calls than those that wait. */
static void calls_that_do_not_hash_to_the_id_are_not_proven(void **state)
{
	struct world w;

	(void)state;
	set_up(&w);
	schedule(&w, 0);
	schedule(&w, 1);
	assert_false(tell(&w).operations[0].proven);         /* no salt */
	salt(&w);
	assert_true(tell(&w).operations[0].proven);
	schedule(&w, 1);                                     /* one call too many */
	assert_false(tell(&w).operations[0].proven);
	arena_release(&w.a);
}

static void cancelled_and_executed_ones_do_not_wait(void **state)
{
	struct world w;

	(void)state;
	set_up(&w);
	schedule(&w, 0);
	schedule(&w, 1);
	salt(&w);
	put(&w, &timelock, EVENT_CANCELLED, &w.id);
	assert_false(tell(&w).operations[0].pending);
	schedule(&w, 0);                                     /* the same again */
	schedule(&w, 1);
	salt(&w);
	assert_true(tell(&w).operations[0].pending && tell(&w).operations[0].proven);
	assert_true(tell(&w).operations[0].block == 4);
	assert_false(tell(&w).operations[0].executed);
	execute(&w, 0);
	execute(&w, 1);
	assert_true(tell(&w).operations[0].executed && !tell(&w).operations[0].pending);
	assert_true(tell(&w).operations[0].executed_block == w.v[w.n - 2].block);       /* of its first call */
	arena_release(&w.a);
}

static void executions_are_read_in_both_forms(void **state)
{
	const uint8_t payment[32] = {0}, both[64] = { 6 };
	const struct hash32 hash = {{ 5 }}, other = {{ 6 }};
	struct world w;
	struct events_told t;

	(void)state;
	set_up(&w);
	put(&w, &safe, EVENT_SUCCESS, &hash)->data = span_of(payment, 32);       /* 1.4.1 */
	put(&w, &safe, EVENT_FAILURE, &hash)->data = span_of(both, 64);          /* 1.3.0 */
	w.v[1].n_topics = 1;
	t = tell(&w);
	assert_true(t.n_executions == 2 && t.n_unreadable == 0);
	assert_true(t.executions[0].ok && hash32_eq(&t.executions[0].safe_tx_hash, &hash));
	assert_true(!t.executions[1].ok && hash32_eq(&t.executions[1].safe_tx_hash, &other));
	arena_release(&w.a);
}

static void each_holder_is_named_once(void **state)
{
	struct world w;
	struct events_told t;

	(void)state;
	set_up(&w);
	for (int i = 0; i < 2; i++) {
		struct chain_event *ev = put(&w, &timelock, EVENT_GRANTED, &w.id);

		ev->n_topics = 4;
		memcpy(ev->topics[2].b + 12, stranger.b, 20);
	}
	t = tell(&w);
	assert_true(t.n_holders == 1 && addr_eq(&t.holders[0].account, &stranger));
	arena_release(&w.a);
}

static void what_is_not_what_its_topic_says_is_counted(void **state)
{
	struct world w;
	struct events_told t;

	(void)state;
	set_up(&w);
	schedule(&w, 0);
	w.v[0].data.n -= 1;
	put(&w, &timelock, EVENT_CANCELLED, &w.id)->n_topics = 1;
	put(&w, &safe, EVENT_SUCCESS, &w.id);
	put(&w, &safe, EVENT_SCHEDULED, &w.id);              /* the Safe says nothing of operations */
	put(&w, &stranger, EVENT_CANCELLED, &w.id);
	t = tell(&w);
	assert_true(t.n_unreadable == 3 && t.n_operations == 0 && t.n_executions == 0);
	arena_release(&w.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_batch_is_put_together_and_proven),
		cmocka_unit_test(calls_that_do_not_hash_to_the_id_are_not_proven),
		cmocka_unit_test(cancelled_and_executed_ones_do_not_wait),
		cmocka_unit_test(executions_are_read_in_both_forms),
		cmocka_unit_test(each_holder_is_named_once),
		cmocka_unit_test(what_is_not_what_its_topic_says_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
