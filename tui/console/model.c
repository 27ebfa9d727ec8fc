#include "tui/console/model.h"

void model_release(struct model *m)
{
	arena_release(&m->snapshot_arena);
	arena_release(&m->queue_arena);
	arena_release(&m->change.arena);
	arena_release(&m->log.arena);
	arena_release(&m->line.arena);
	arena_release(&m->present_arena);
}

uint64_t model_chain_time(const struct model *m)
{
	const int64_t passed = (m->now.ms - m->snapshot.taken.ms) / 1000;
	if (!m->snapshot.online)
		return 0;
	return m->snapshot.block_time + (uint64_t)(passed > 0 ? passed : 0);
}

struct chain_facts model_facts(const struct model *m, const struct change *c)
{
	struct chain_facts f = {0};
	if (!m->snapshot.online)
		return f;
	f.known = true;
	f.safe_nonce = m->snapshot.safe_nonce;
	f.threshold = m->snapshot.threshold;
	f.block_time = m->snapshot.block_time;
	if (c->proposed && c->proposal.route == ROUTE_TIMELOCK)
		f.known = snapshot_operation_at(&m->snapshot, &c->operation, &f.operation_timestamp) ||
			  c->withdrawn || c->verified;
	return f;
}

size_t model_log_count(const struct model *m)
{
	return m->log.filtered ? m->log.only.n : (size_t)m->log.size;
}
