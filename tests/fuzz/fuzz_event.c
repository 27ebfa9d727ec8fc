/* Events of a timelock and a Safe: whatever a node says, what is called proven hashes to its id, and nothing is told
 * more often than it was said. An event is: kind, topics and who (a byte each), two bytes of length, the data. */
#include <string.h>

#include "src/gov/event.h"
#include "tests/fuzz/target.h"

#define EVENTS 64

static const struct addr timelock = {{ 1 }}, safe = {{ 2 }};

/* False: nothing is left. */
static bool take_event(struct reader *r, struct chain_event *out, const struct hash32 topics[N_EVENT_KINDS])
{
	struct span head, data, ids = {0};
	size_t n;

	if (!reader_take(r, &head, 5, NULL))
		return false;
	n = (size_t)head.p[3] << 8 | head.p[4];
	*out = (struct chain_event){ .address = head.p[2] % 2 ? timelock : safe, .n_topics = head.p[1] % 5 };
	if (!reader_take(r, &data, n < reader_left(r) ? n : reader_left(r), NULL) ||
	    (reader_left(r) >= 4 && !reader_take(r, &ids, 4, NULL)))
		return false;
	out->data = data;
	out->topics[0] = topics[head.p[0] % N_EVENT_KINDS];
	for (size_t i = 0; i < ids.n && i < 3; i++)
		out->topics[i + 1].b[31] = ids.p[i] % 4;
	return true;
}

static void check(const struct events_told *told, size_t n)
{
	demand(told->n_executions + told->n_holders + told->n_operations + told->n_unreadable <= n,
	       "more is told than was said");
	for (size_t i = 0; i < told->n_operations; i++) {
		const struct event_operation *op = &told->operations[i];
		struct hash32 id;

		timelock_id(&id, &op->operation);
		demand(!op->proven || hash32_eq(&id, &op->id), "proven, and of another id");
		demand(op->operation.calls.n > 0 && op->operation.calls.n <= n, "calls that nobody told of");
		demand(i == 0 || memcmp(told->operations[i - 1].id.b, op->id.b, 32) < 0, "operations out of order");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct reader r = reader_of(span_of(data, n));
	struct hash32 topics[N_EVENT_KINDS];
	struct chain_event v[EVENTS];
	struct events_told told;
	struct arena a = {0};
	size_t count = 0;

	event_topics(topics);
	while (count < EVENTS && take_event(&r, &v[count], topics)) {
		v[count].block = count;
		count++;
	}
	events_tell(&a, &told, &timelock, &safe, v, count);
	check(&told, count);
	arena_release(&a);
	return 0;
}
