#include "audit-log/verify_state.h"

#include <inttypes.h>

#include "audit-log/holes.h"

/* ---- one line ---------------------------------------------------------------------------------------------------- */

/* The bytes, the leaf beside them and the leaf in the tree should be one; where two of three agree the third is
 * wrong. */
static struct hash32 judge_leaf(struct verifier *v, const struct store_row *row)
{
	struct hash32 computed, in_tree;
	const bool have = verify_leaf_in_tree(v, &in_tree);

	line_leaf(&computed, row->bytes);
	if (row->hash_ok && hash32_eq(&computed, &row->hash))
		return computed;
	if (have && hash32_eq(&computed, &in_tree)) {
		verify_find(v, FINDING_LINE_LEAF, row->i,
			    "the leaf stored beside line %" PRIu64 " was changed, the line was not", row->i);
		return computed;
	}
	verify_find(v, FINDING_LINE_LEAF, row->i, "line %" PRIu64 " does not hash to its leaf: it was changed", row->i);
	return have && row->hash_ok && hash32_eq(&row->hash, &in_tree) ? in_tree : computed;
}

static void judge_time(struct verifier *v, const struct line *l)
{
	if (v->have_time && !line_is_in_time(l, v->time))
		verify_find(v, FINDING_LINE_TIME, l->seq,
			    line_kind_is(l, "clock.stepped-back")
				    ? "line %" PRIu64 " does not say from when to when the clock stepped back"
				    : "line %" PRIu64 " is earlier than the one before it", l->seq);
	v->time = l->time;
	v->have_time = true;
}

/* Lines that are gone were somebody's record: no check of those that are here covers them. */
static void judge_restored(struct verifier *v, const struct line *l)
{
	struct err inner = {0};
	struct log_hole hole;

	if (!log_hole_read(&v->scratch, &hole, l, &inner)) {
		verify_find_error(v, FINDING_RESTORED, l->seq, "", &inner);
		return;
	}
	if (!log_hole_is_open(&hole))
		return;
	v->holes++;
	if (v->holes <= MAX_HOLES)
		v->hole_words[v->holes - 1] = arena_fmt(v->arena, "line %" PRIu64 ": %s", l->seq,
							log_hole_words(&v->scratch, &hole));
}

/* `prev` is the leaf of the line before, as judged. False: it cannot be read. */
static bool judge_line(struct verifier *v, const struct store_row *row, struct line *l)
{
	struct err inner = {0};

	arena_release(&v->scratch);
	if (!line_parse(&v->scratch, l, row->bytes, &inner)) {
		verify_find_error(v, FINDING_LINE_FORM, row->i, "", &inner);
		return false;
	}
	if (l->seq != row->i)
		verify_find(v, FINDING_LINE_SEQ, row->i, "line %" PRIu64 " says it is %" PRIu64, row->i, l->seq);
	if (!v->tree_lost && !hash32_eq(&l->prev, &v->prev))
		verify_find(v, FINDING_LINE_PREV, row->i, "line %" PRIu64 " does not continue the line before it",
			    row->i);
	if (row->i == 0)
		verify_opening(v, l);
	else
		verify_keys(v, l);
	log_profiles_take(&v->profiles, v->arena, l);
	judge_time(v, l);
	verify_take_removal(v, l);
	verify_blobs_of(v, l);
	if (line_kind_is(l, "log.restored"))
		judge_restored(v, l);
	return true;
}

/* What it says, now that it has its place in the tree. */
static void judge_words(struct verifier *v, const struct line *l)
{
	struct hash32 root;

	if (v->keys.n && line_kind_is(l, "checkpoint.cosigned"))
		verify_cosignature(v, l);
	if (v->keys.n && (l->seq == 0 || log_keys_changes(l)))
		deep_set_key(v->deep, v->report->vkey);
	if (!v->tree_lost && line_kind_is(l, "change.proposed")) {
		frontier_root(&v->tree, &root);
		deep_line(v->deep, l, &root);
	} else {
		deep_line(v->deep, l, NULL);
	}
}

static void judge_row(struct verifier *v, const struct store_row *row)
{
	struct hash32 leaf;
	struct line l;
	bool readable;

	if (row->i > v->tree.size && !v->tree_lost)
		verify_bridge_gap(v, row->i);
	leaf = judge_leaf(v, row);
	readable = judge_line(v, row, &l);
	if (v->tree_lost)
		v->prev = leaf;
	else
		verify_add_leaf(v, &leaf);
	if (v->deep && readable)
		judge_words(v, &l);
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

/* What is left of nodes and checkpoints when the lines have ended: a tail that was cut off shows here, unless they were
 * cut off with it. */
static void judge_the_rest(struct verifier *v)
{
	if (v->tree_lost)
		return;
	if (v->have_node)
		verify_find(v, FINDING_NODE_MISSING, FINDING_NO_SEQ,
			    "the tree goes on after the last line: node %" PRIu64 " belongs to no line", v->node.i);
	verify_checkpoints_at(v, true);
	if (v->handover.n)
		verify_find(v, FINDING_LOG_KEY, FINDING_NO_SEQ,
			    "checkpoint %" PRIu64 " changes the log key, and there is no line that says so",
			    v->handover_row);
}

void verify_say_unsigned(struct verifier *v, uint64_t signed_lines, uint64_t lines)
{
	if (signed_lines < lines)
		verify_checked(v, false, "lines after the newest checkpoint",
			       arena_fmt(v->arena, "%" PRIu64 " to %" PRIu64 ": nothing in the file vouches for them",
					 signed_lines, lines - 1));
}

static void say_what_was_left_out(struct verifier *v)
{
	const uint64_t *n = v->not_here;
	const uint64_t all = n[WITHHELD_BEARER] + n[WITHHELD_PRIVATE] + n[WITHHELD_ERASED] + n[WITHHELD_ARCHIVED];

	if (all)
		verify_checked(v, false, "blobs that the export withheld",
			       arena_fmt(v->arena,
					 "%" PRIu64 ": %" PRIu64 " signatures that anybody could use, %" PRIu64
					 " of personal data, %" PRIu64 " erased, %" PRIu64 " archived",
					 all, n[WITHHELD_BEARER], n[WITHHELD_PRIVATE], n[WITHHELD_ERASED],
					 n[WITHHELD_ARCHIVED]));
}

static void say_holes(struct verifier *v)
{
	for (size_t i = 0; i < v->holes && i < MAX_HOLES; i++)
		verify_checked(v, false, "lines that were lost",
			       i + 1 < MAX_HOLES || v->holes <= MAX_HOLES
				       ? v->hole_words[i]
				       : arena_fmt(v->arena, "%s; and %" PRIu64 " more like this", v->hole_words[i],
						   v->holes - MAX_HOLES));
}

static void say_what_was_walked(struct verifier *v, uint64_t lines, bool whole)
{
	struct arena *a = v->arena;

	verify_checked(v, whole, "lines", arena_fmt(a, "%" PRIu64 ": form, seq, leaf, chain, time", lines));
	verify_checked(v, whole && !v->tree_lost, "tree",
		       v->tree_lost ? "lost behind a gap"
		       : arena_fmt(a, "%" PRIu64 " nodes recomputed", v->nodes_seen));
	verify_checked(v, whole && v->keys.n && !v->tree_lost && v->report->checkpoints, "checkpoints",
		       !v->keys.n ? "no key in line 0" : !v->report->checkpoints ? "there is none"
		       : arena_fmt(a, "%" PRIu64 " signatures and roots", v->report->checkpoints));
	verify_say_unsigned(v, v->last_checkpoint_size, v->tree.size);
	say_what_was_left_out(v);
	say_holes(v);
}

void verify_lines(struct verifier *v)
{
	struct err inner = {0};
	struct store_scan *scan = store_scan_new(v->store, STORE_LINES, 0, UINT64_MAX, true, &inner);
	enum store_step step = STORE_ERROR;
	struct store_row row;
	uint64_t lines = 0;

	v->nodes = store_scan_new(v->store, STORE_NODES, 0, UINT64_MAX, true, NULL);
	v->checkpoints = store_scan_new(v->store, STORE_CHECKPOINTS, 0, UINT64_MAX, true, NULL);
	verify_next_node(v);
	verify_next_checkpoint(v);
	for (; scan && (step = store_scan_step(scan, &row, &inner)) == STORE_ROW; lines++)
		judge_row(v, &row);
	if (step == STORE_ERROR)
		verify_find_error(v, FINDING_FILE, v->tree.size, "lines cannot be read: ", &inner);
	else if (!lines)
		verify_find(v, FINDING_OPENING, FINDING_NO_SEQ, "the log has no lines");
	else
		judge_the_rest(v);
	verify_find_archives(v);
	verify_absent(v);
	verify_emptied(v);
	say_what_was_walked(v, lines, step == STORE_DONE && v->nodes && v->checkpoints);
	store_scan_free(scan);
	store_scan_free(v->nodes);
	store_scan_free(v->checkpoints);
	v->report->head = frontier_head(&v->tree);
}
