#include "audit-log/log_state.h"

#include <inttypes.h>

/* ---- the tree ---------------------------------------------------------------------------------------------------- */

static bool read_node(void *ctx, struct hash32 *out, uint64_t index, struct err *e)
{
	struct log *l = ctx;

	return store_node(l->store, index, out, e);
}

struct merkle_nodes log_nodes(struct log *l)
{
	return (struct merkle_nodes){ read_node, l };
}

static bool demand_size(const struct log *l, uint64_t size, struct err *e)
{
	if (size <= log_size(l))
		return true;
	return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "the log has %" PRIu64 " lines, asked for %" PRIu64, log_size(l),
		       size);
}

bool log_root_at(struct log *l, uint64_t size, struct hash32 *out, struct err *e)
{
	const struct merkle_nodes nodes = log_nodes(l);

	return demand_size(l, size, e) && merkle_root(out, size, &nodes, e);
}

bool log_path(struct log *l, uint64_t seq, uint64_t size, struct merkle_path *out, struct err *e)
{
	const struct merkle_nodes nodes = log_nodes(l);

	return demand_size(l, size, e) && merkle_prove(out, seq, size, &nodes, e);
}

bool log_consistency(struct log *l, uint64_t old, uint64_t size, struct merkle_path *out, struct err *e)
{
	const struct merkle_nodes nodes = log_nodes(l);

	return demand_size(l, size, e) && merkle_prove_consistency(out, old, size, &nodes, e);
}

/* ---- checkpoints over it ----------------------------------------------------------------------------------------- */

static bool read_checkpoint(struct log *l, uint64_t i, struct buf *note, struct tree_head *head, struct err *e)
{
	const size_t before = note->n;
	struct arena a = {0};
	struct checkpoint c;
	uint64_t size;
	bool ok = store_checkpoint(l->store, i, &size, note, e) &&
		  checkpoint_open(&a, &c, span_of(note->p + before, note->n - before), log_key_at(l, size), e);

	if (ok && c.head.size != size)
		ok = err_set(e, ERR_MISMATCH, ERR_NO_OFFSET,
			     "checkpoint %" PRIu64 " is over another size than it is kept under", i);
	if (ok && head)
		*head = c.head;
	if (!ok)
		note->n = before;
	arena_release(&a);
	return ok;
}

bool log_newest_checkpoint(struct log *l, struct buf *note, struct tree_head *head, struct err *e)
{
	struct buf own = {0};
	uint64_t count;
	bool ok = false;

	if (!store_count(l->store, STORE_CHECKPOINTS, &count, e))
		return false;
	if (!count)
		return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "the log has no checkpoint");
	ok = read_checkpoint(l, count - 1, note ? note : &own, head, e);
	buf_release(&own);
	return ok;
}

/* Their sizes never fall. */
bool log_checkpoints_up_to(struct log *l, uint64_t size, uint64_t *out, struct err *e)
{
	uint64_t low = 0, high, found = 0;

	if (!store_count(l->store, STORE_CHECKPOINTS, &high, e))
		return false;
	while (low < high) {
		const uint64_t mid = low + (high - low) / 2;

		if (!store_checkpoint(l->store, mid, &found, NULL, e))
			return false;
		if (found <= size)
			low = mid + 1;
		else
			high = mid;
	}
	*out = low;
	return true;
}

static bool hands_over(struct span note)
{
	struct arena a = {0};
	struct checkpoint c;
	struct note n;
	const bool is = note_parse(&a, &n, note, NULL) && checkpoint_parse(&c, n.text, NULL) && handover_is(&c);

	arena_release(&a);
	return is;
}

/* A hand-over says more than that: where it is the last one, the checkpoint before it is meant. */
bool log_checkpoint_at(struct log *l, uint64_t size, struct buf *note, struct err *e)
{
	const size_t before = note->n;
	uint64_t n, found;

	if (!log_checkpoints_up_to(l, size, &n, e))
		return false;
	for (; n; n--, note->n = before) {
		if (!store_checkpoint(l->store, n - 1, &found, note, e))
			return false;
		if (found != size || !hands_over(span_of(note->p + before, note->n - before)))
			break;
	}
	note->n = before;
	return (n && found == size) ? read_checkpoint(l, n - 1, note, NULL, e)
	       : err_set(e, ERR_MISSING, ERR_NO_OFFSET, "no checkpoint over %" PRIu64 " lines", size);
}
