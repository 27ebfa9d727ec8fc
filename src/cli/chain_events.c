#include "src/cli/chain_events.h"

#include <inttypes.h>

struct chain_event *chain_events_of(struct arena *a, const struct chain_log *logs, size_t n)
{
	struct chain_event *v = ARENA_ARRAY(a, struct chain_event, n + 1);
	for (size_t i = 0; i < n; i++) {
		v[i] = (struct chain_event){ .address = logs[i].address, .n_topics = logs[i].topic_count,
					     .data = logs[i].data, .block = logs[i].block, .index = logs[i].index,
					     .tx = logs[i].tx_hash };
		for (size_t k = 0; k < v[i].n_topics; k++)
			v[i].topics[k] = logs[i].topics[k];
	}
	return v;
}

bool chain_events(struct chain *c, struct arena *a, const struct deployment *d, uint64_t from, uint64_t to,
		  struct events_told *told, struct err *e)
{
	const struct addr at[] = { d->timelock, d->safe };
	struct hash32 topics[N_EVENT_KINDS];
	struct chain_log *logs = NULL;
	struct block now = c->pin;
	size_t n = 0;
	event_topics(topics);
	if (from <= to && !chain_logs(c, a, at, ARRAY_LEN(at), topics, N_EVENT_KINDS, from, to, &logs, &n, e))
		return false;
	if (!chain_block(c, c->pin.number, &now, e))
		return false;
	if (!hash32_eq(&now.hash, &c->pin.hash))
		return err_refuse(e, "REORG", "block %" PRIu64 " was replaced while events were being read: try again",
				  c->pin.number);
	events_tell(a, told, &d->timelock, &d->safe, chain_events_of(a, logs, n), n);
	return true;
}
