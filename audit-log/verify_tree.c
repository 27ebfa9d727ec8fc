#include "audit-log/verify_state.h"

#include <inttypes.h>

void verify_next_node(struct verifier *v)
{
	struct err inner = {0};
	enum store_step step;

	if (!v->nodes)
		return;
	step = store_scan_step(v->nodes, &v->node, &inner);
	v->have_node = step == STORE_ROW;
	if (step == STORE_ERROR)
		verify_find_error(v, FINDING_FILE, FINDING_NO_SEQ, "tree nodes cannot be read: ", &inner);
}

bool verify_leaf_in_tree(const struct verifier *v, struct hash32 *out)
{
	if (!v->have_node || !v->node.hash_ok || v->node.i != merkle_count(v->tree.size))
		return false;
	*out = v->node.hash;
	return true;
}

static void check_node(struct verifier *v, uint64_t seq, uint64_t index, const struct hash32 *computed)
{
	if (!v->have_node || v->node.i > index) {
		verify_find(v, FINDING_NODE_MISSING, seq, "tree node %" PRIu64 " is not there", index);
		return;
	}
	v->nodes_seen++;
	if (!v->node.hash_ok || !hash32_eq(&v->node.hash, computed))
		verify_find(v, FINDING_NODE, seq, "tree node %" PRIu64 " is not the hash of what it covers", index);
	verify_next_node(v);
}

void verify_add_leaf(struct verifier *v, const struct hash32 *leaf)
{
	const uint64_t seq = v->tree.size, first = merkle_count(seq);
	struct hash32 kept[MERKLE_LEVELS];
	const size_t n = frontier_add(&v->tree, leaf, kept);

	for (size_t i = 0; i < n && !v->tree_lost; i++)
		check_node(v, seq, first + i, &kept[i]);
	v->prev = *leaf;
	verify_checkpoints_at(v, false);
}

void verify_bridge_gap(struct verifier *v, uint64_t to)
{
	const uint64_t from = v->tree.size;
	struct hash32 leaf;

	if (to - from == 1)
		verify_find(v, FINDING_LINE_MISSING, from, "line %" PRIu64 " is not there", from);
	else
		verify_find(v, FINDING_LINE_MISSING, from, "lines %" PRIu64 " to %" PRIu64 " are not there", from,
			    to - 1);
	while (v->tree.size < to && !v->tree_lost) {
		if (verify_leaf_in_tree(v, &leaf))
			verify_add_leaf(v, &leaf);
		else
			v->tree_lost = true;
	}
	v->have_time = false;
}

static bool read_stored_node(void *ctx, struct hash32 *out, uint64_t index, struct err *e)
{
	return store_node(ctx, index, out, e);
}

bool verify_root_at(void *ctx, uint64_t size, struct hash32 *out, struct err *e)
{
	const struct verifier *v = ctx;
	const struct merkle_nodes nodes = { read_stored_node, v->store };

	return merkle_root(out, size, &nodes, e);
}
