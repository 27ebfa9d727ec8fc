/* Events about who holds a deployment, whatever a node says: what is not what its topic says is refused, and nobody
 * holds anything that no event gave him. An event is: kind, topics and who (a byte each), a byte of length, the data,
 * then four bytes for the topics. */
#include <string.h>

#include "src/gov/custody.h"
#include "tests/fuzz/target.h"

#define EVENTS 64

static const struct addr safe = {{ 1 }}, timelock = {{ 2 }};

/* False: nothing is left. */
static bool take_event(struct reader *r, struct chain_event *out, const struct hash32 topics[N_CUSTODY_KINDS])
{
	struct span head, ids = {0};

	if (!reader_take(r, &head, 4, NULL))
		return false;
	*out = (struct chain_event){ .address = {{ (uint8_t)(head.p[2] % 4) }}, .n_topics = head.p[1] % 5 };
	if (!reader_take(r, &out->data, head.p[3] < reader_left(r) ? head.p[3] : reader_left(r), NULL) ||
	    (reader_left(r) >= 4 && !reader_take(r, &ids, 4, NULL)))
		return false;
	out->topics[0] = topics[head.p[0] % N_CUSTODY_KINDS];
	for (size_t i = 0; i < ids.n && i < 3; i++)
		out->topics[i + 1].b[i == 0 && ids.p[3] == 0xff ? 0 : 31] = ids.p[i] % 8;
	return true;
}

static void check_set(const struct custody_set *s, enum custody_kind came, const struct custody_event *v, size_t n)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct custody_event *by = s->v[i].by;

		demand(by >= v && by < v + n, "an event that nobody told of");
		demand(by->kind == came ? addr_eq(&by->who, &s->v[i].at) : by->kind == CUSTODY_SAFE_MADE,
		       "in by an event that is about something else");
		demand(custody_member(s, &s->v[i].at) == &s->v[i], "twice in a set");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct reader r = reader_of(span_of(data, n));
	struct hash32 topics[N_CUSTODY_KINDS];
	struct custody_event v[EVENTS];
	const struct custody_event **within;
	struct custody c;
	struct chain_event e;
	struct arena a = {0};
	size_t count = 0;
	bool unreadable;

	custody_topics(topics);
	while (count < EVENTS && take_event(&r, &e, topics)) {
		if (!custody_read(&a, &v[count], topics, &e, &unreadable))
			continue;
		demand(!unreadable, "read, and unreadable");
		count++;
	}
	custody_replay(&a, &c, &safe, &timelock, v, count);
	check_set(&c.owners, CUSTODY_OWNER_ADDED, v, count);
	check_set(&c.modules, CUSTODY_MODULE_ENABLED, v, count);
	demand(c.n_roles <= count && c.n_contracts <= count && c.executions <= count, "more than was said");
	within = custody_within(&a, &safe, &timelock, v, count);
	for (size_t i = 0; i < count; i++)
		demand(within[i] == NULL || (within[i] > &v[i] && hash32_eq(&within[i]->tx, &v[i].tx)),
		       "within what came before");
	arena_release(&a);
	return 0;
}
