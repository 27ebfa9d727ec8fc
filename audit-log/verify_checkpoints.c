#include "audit-log/verify_state.h"

#include <inttypes.h>

#include "audit-log/keys.h"

void verify_next_checkpoint(struct verifier *v)
{
	struct err inner = {0};
	const uint64_t expected = v->report->checkpoints;
	enum store_step step;

	if (!v->checkpoints)
		return;
	step = store_scan_step(v->checkpoints, &v->checkpoint, &inner);
	v->have_checkpoint = step == STORE_ROW;
	if (step == STORE_ERROR)
		verify_find_error(v, FINDING_FILE, FINDING_NO_SEQ, "checkpoints cannot be read: ", &inner);
	if (!v->have_checkpoint)
		return;
	if (v->checkpoint.i != expected)
		verify_find(v, FINDING_CHECKPOINT_FORM, FINDING_NO_SEQ, "checkpoint row %" PRIu64 " is not there",
			    expected);
	v->report->checkpoints = v->checkpoint.i < UINT64_MAX ? v->checkpoint.i + 1 : expected;
}

static void judge_signature(struct verifier *v, const struct note *n, const struct checkpoint *c, uint64_t seq)
{
	const uint64_t row = v->checkpoint.i;
	struct err inner = {0};

	if (!v->keys.n)
		verify_find(v, FINDING_CHECKPOINT_SIGNATURE, seq,
			    "checkpoint %" PRIu64 " cannot be verified: line 0 names no key", row);
	else if (!note_verify(n, &log_keys_at(&v->keys, c->head.size)->key, &inner))
		verify_find_error(v, FINDING_CHECKPOINT_SIGNATURE, seq, "", &inner);
	else if (!span_eq(c->origin, log_keys_now(&v->keys)->key.name))
		verify_find(v, FINDING_CHECKPOINT_FORM, seq, "checkpoint %" PRIu64 " is of another log", row);
}

/* One by which the key is changed: the line that comes next says so, with the same note, and whoever vouches for the
 * new key is judged there. */
static void judge_handover(struct verifier *v, struct span note, uint64_t seq)
{
	if (v->handover.n)
		verify_find(v, FINDING_LOG_KEY, seq,
			    "checkpoint %" PRIu64 " changes the log key, and so does the one before", v->checkpoint.i);
	v->handover = arena_copy(v->arena, note);
	v->handover_row = v->checkpoint.i;
}

static void judge_root(struct verifier *v, const struct checkpoint *c, uint64_t seq)
{
	const uint64_t row = v->checkpoint.i, size = v->checkpoint.size;
	struct hash32 root;

	frontier_root(&v->tree, &root);
	if (c && v->tree.size == size && !hash32_eq(&root, &c->head.root) && !v->tree_lost)
		verify_find(v, FINDING_CHECKPOINT_ROOT, seq,
			    "checkpoint %" PRIu64 " was signed over another history than the first %" PRIu64 " lines",
			    row, size);
	else if (v->tree.size < size)
		verify_find(v, FINDING_CHECKPOINT_ROOT, seq,
			    "checkpoint %" PRIu64 " is over %" PRIu64 " lines, the log has %" PRIu64 ": it was cut off",
			    row, size, v->tree.size);
}

static void judge_checkpoint(struct verifier *v)
{
	const uint64_t row = v->checkpoint.i, size = v->checkpoint.size;
	const uint64_t seq = size ? size - 1 : FINDING_NO_SEQ;
	struct err inner = {0};
	struct arena a = {0};
	struct checkpoint c = {0};
	struct note n;
	const bool formed = note_parse(&a, &n, v->checkpoint.bytes, &inner) && checkpoint_parse(&c, n.text, &inner);

	if (!formed)
		verify_find_error(v, FINDING_CHECKPOINT_FORM, seq, "", &inner);
	else if (c.head.size != size || size < v->last_checkpoint_size)
		verify_find(v, FINDING_CHECKPOINT_FORM, seq,
			    "checkpoint %" PRIu64 " is kept under size %" PRIu64 ", says %" PRIu64
			    ", after one over %" PRIu64,
			    row, size, c.head.size, v->last_checkpoint_size);
	else if (handover_is(&c))
		judge_handover(v, v->checkpoint.bytes, seq);
	else
		judge_signature(v, &n, &c, seq);
	judge_root(v, formed ? &c : NULL, seq);
	v->last_checkpoint_size = size;
	err_clear(&inner);
	arena_release(&a);
}

void verify_checkpoints_at(struct verifier *v, bool all)
{
	while (v->have_checkpoint && (all || v->checkpoint.size <= v->tree.size)) {
		judge_checkpoint(v);
		verify_next_checkpoint(v);
	}
}
