#include "src/cli/export_read.h"

#include <inttypes.h>
#include <string.h>

#include "src/base/fs.h"
#include "src/base/text.h"
#include "src/crypto/hash.h"
#include "src/gov/log_keys.h"
#include "src/gov/timelock.h"
#include "src/proof/line.h"

struct reading {
	struct arena *a;
	struct export_read *out;
	const char *dir;
	struct log_keys keys;
	struct span note;
	struct checkpoint checkpoint; /* of the note; who signed it is known when the lines are read */
	struct frontier tree;
	struct buf nodes;             /* of the tree, in the order in which they become complete */
	struct hash32 prev;
	struct log_profiles profiles;
	const struct deployment *now; /* the profile in force; NULL: its blob is not there */
	struct packed { struct hash32 hash; enum export_hash is; } *packed;   /* step.packed */
	size_t n_packed, cap_packed;
	struct unix_time time;
	size_t cap_changes, cap_operations, cap_steps, cap_profiles, cap_blobs;
};

static bool refuse(uint64_t seq, const char *what, struct err *e)
{
	return err_refuse(e, "EXPORT", "line %" PRIu64 " %s", seq, what);
}

static struct export_operation *operation_of(struct export_read *out, struct span change)
{
	for (size_t i = out->n_operations; i > 0; i--)
		if (span_is(change, out->operations[i - 1].change))
			return &out->operations[i - 1];
	return NULL;
}

static bool read_node(void *ctx, struct hash32 *out, uint64_t index, struct err *e)
{
	const struct reading *r = ctx;
	(void)e;
	memcpy(out->b, r->nodes.p + index * sizeof(out->b), sizeof(out->b));
	return true;
}

static bool root_at(void *ctx, uint64_t size, struct hash32 *out, struct err *e)
{
	const struct merkle_nodes nodes = { read_node, ctx };
	return merkle_root(out, size, &nodes, e);
}

static bool read_file(struct reading *r, struct span *out, const char *name, size_t cap, struct err *e)
{
	struct buf b = {0};
	const bool ok = fs_read(&b, arena_fmt(r->a, "%s/%s", r->dir, name), cap, e);
	if (ok)
		*out = arena_copy(r->a, buf_view(&b));
	buf_release(&b);
	return ok;
}

/* The one that the first `size` lines adopted last. */
static bool read_deployment(struct reading *r, uint64_t size, struct deployment *out, struct err *e)
{
	const struct hash32 profile = log_profiles_at(&r->profiles, size);
	struct buf name = {0};
	struct hash32 digest;
	struct span text;
	buf_str(&name, "blobs/");
	buf_hex(&name, SPAN_HASH(&profile));
	const bool ok = read_file(r, &text, buf_cstr(&name), 1u << 20, e);
	buf_release(&name);
	if (!ok)
		return false;
	sha256(&digest, text);
	if (!hash32_eq(&digest, &profile))
		return err_refuse(e, "EXPORT", "the profile does not hash to its name");
	return deployment_parse_identity(r->a, out, text, e) || err_in(e, "profile");
}

static const struct deployment *deployment_at(void *ctx, uint64_t size)
{
	struct reading *r = ctx;
	struct deployment *d = ARENA_NEW(r->a, struct deployment);
	return read_deployment(r, size, d, NULL) ? d : NULL;
}

static bool take_proposed(struct reading *r, const struct line *l, struct err *e)
{
	struct export_read *out = r->out;
	struct export_change c = { .id = arena_str(r->a, l->change) };
	const struct json *calls;
	if (!json_get(l->body, "calls", JSON_ARRAY, &calls, e) || !calls_from_json(r->a, &c.calls, calls, e))
		return err_in(e, "calls");
	if (!json_get_hash(l->body, "predecessor", &c.predecessor, NULL))
		c.predecessor = (struct hash32){0};            /* route direct has none */
	c.whole = proposal_from_json(r->a, &c.proposal, json_copy(r->a, l->body), true, NULL);
	ARENA_GROW(r->a, out->changes, out->n_changes, r->cap_changes);
	out->changes[out->n_changes++] = c;
	return true;
}

/* NULL: nobody proposed it. */
static const struct export_change *change_of(const struct export_read *out, struct span id)
{
	for (size_t i = out->n_changes; i > 0; i--)
		if (span_is(id, out->changes[i - 1].id))
			return &out->changes[i - 1];
	return NULL;
}

/* Then the timelock that publishes the id publishes the log's root. */
static bool anchors(struct reading *r, const struct export_operation *op)
{
	const struct export_change *c = change_of(r->out, span_str(op->change));
	struct hash32 root, id;
	if (c == NULL || op->size == 0 || op->size > r->tree.size || !root_at(r, op->size, &root, NULL))
		return false;
	const struct operation o = { c->calls, c->calls.n != 1, c->predecessor, op->salt };
	timelock_id(&id, &o);
	return hash32_eq(&root, &op->salt) && hash32_eq(&id, &op->id);
}

static bool take_planned(struct reading *r, const struct line *l, struct err *e)
{
	struct export_read *out = r->out;
	struct export_operation op = { .seq = l->seq, .change = arena_str(r->a, l->change) };
	if (!json_get_hash(l->body, "operation", &op.id, e) || !json_get_hash(l->body, "salt", &op.salt, e) ||
	    !json_get_u64(l->body, "size", &op.size, e))
		return false;
	op.anchors = anchors(r, &op);
	ARENA_GROW(r->a, out->operations, out->n_operations, r->cap_operations);
	out->operations[out->n_operations++] = op;
	return true;
}

/* The hash that the change's calls come to at the packet's nonce. */
static enum export_hash hash_of_packed(struct reading *r, const struct line *l, const struct hash32 *said)
{
	const struct export_change *c = change_of(r->out, l->change);
	const struct export_operation *op = operation_of(r->out, l->change);
	const struct hash32 salt = op != NULL ? op->salt : (struct hash32){0};
	struct safe_hashes hashes;
	enum step_kind kind;
	struct safe_tx tx;
	struct span step;
	uint64_t nonce;
	if (r->now == NULL || c == NULL || !c->whole)
		return HASH_UNKNOWN;
	if (!json_get_str(l->body, "step", &step, NULL) || !step_parse(&kind, step, NULL) ||
	    !json_get_u64(l->body, "nonce", &nonce, NULL) ||
	    !change_step_tx(r->a, &tx, r->now, &c->proposal, &salt, kind, nonce, NULL))
		return HASH_FOREIGN;
	const struct u256 chain_id = u256_from_u64(r->now->chain_id);
	safe_hash(&hashes, SAFE_CURRENT, &chain_id, &r->now->safe, &tx);
	return hash32_eq(&hashes.tx, said) ? HASH_PROPOSED : HASH_FOREIGN;
}

static bool take_packed(struct reading *r, const struct line *l, struct err *e)
{
	struct packed one;
	if (!json_get_hash(l->body, "safeTxHash", &one.hash, e))
		return false;
	one.is = hash_of_packed(r, l, &one.hash);
	ARENA_GROW(r->a, r->packed, r->n_packed, r->cap_packed);
	r->packed[r->n_packed++] = one;
	return true;
}

/* The newest packet of that hash says. What no packet had nobody was asked to sign. */
static enum export_hash packed_as(const struct reading *r, const struct hash32 *hash)
{
	for (size_t i = r->n_packed; i > 0; i--)
		if (hash32_eq(&r->packed[i - 1].hash, hash))
			return r->packed[i - 1].is;
	return HASH_FOREIGN;
}

static bool take_step(struct reading *r, const struct line *l, struct err *e)
{
	struct export_read *out = r->out;
	struct export_step s = { .seq = l->seq, .mined = line_kind_is(l, "step.mined") };
	const struct export_operation *op = operation_of(out, l->change);
	const struct export_change *change = change_of(out, l->change);
	struct span step;
	if (!json_get_hash(l->body, "txHash", &s.tx, e) || !json_get_u64(l->body, "block", &s.block, e) ||
	    !json_get_hash(l->body, "safeTxHash", &s.safe_tx_hash, e) ||
	    !json_get_hash(l->body, "blockHash", &s.block_hash, e) || !json_get_str(l->body, "step", &step, e))
		return false;
	s.hash = packed_as(r, &s.safe_tx_hash);
	s.change = arena_str(r->a, l->change);
	s.step = text_safe_str(r->a, step, false);
	if (span_is(step, "execute") && change != NULL)
		s.calls = change->calls;
	if (op != NULL)
		s.operation = op->id;
	ARENA_GROW(r->a, out->steps, out->n_steps, r->cap_steps);
	out->steps[out->n_steps++] = s;
	return true;
}

static bool take_profile(struct reading *r, const struct line *l, struct err *e)
{
	struct export_read *out = r->out;
	struct export_profile p = { .seq = l->seq, .seconds = l->time.ms / 1000,
				    .has_block = json_find(l->body, "block") != NULL };
	if (p.has_block && (!json_get_u64(l->body, "block", &p.block, e) ||
			    !json_get_hash(l->body, "blockHash", &p.block_hash, e)))
		return false;
	log_profiles_take(&r->profiles, r->a, l);
	ARENA_GROW(r->a, out->profiles, out->n_profiles, r->cap_profiles);
	out->profiles[out->n_profiles++] = p;
	r->now = deployment_at(r, l->seq + 1);
	return true;
}

static void take_blob(void *ctx, const struct line *l, const struct hash32 *digest, const struct blob_name *name)
{
	struct reading *r = ctx;
	struct export_read *out = r->out;
	const struct export_blob one = { *digest, l->seq };
	(void)name;
	ARENA_GROW(r->a, out->blobs, out->n_blobs, r->cap_blobs);
	out->blobs[out->n_blobs++] = one;
}

static bool take_words(struct reading *r, const struct line *l, struct err *e)
{
	blob_names(l, take_blob, r);
	if (!withholding_take(&r->out->withheld, l, e))
		return false;
	if (line_kind_is(l, "log.opened") || line_kind_is(l, "deployment.adopted"))
		return take_profile(r, l, e);
	if (line_kind_is(l, "change.proposed"))
		return take_proposed(r, l, e);
	if (line_kind_is(l, "operation.planned"))
		return take_planned(r, l, e);
	if (line_kind_is(l, "step.packed"))
		return take_packed(r, l, e);
	if (line_kind_is(l, "step.mined") || line_kind_is(l, "step.failed"))
		return take_step(r, l, e);
	return true;
}

static bool take_key(struct reading *r, const struct line *l, struct err *e)
{
	const struct tree_head before = frontier_head(&r->tree);
	const struct log_past past = { root_at, deployment_at, &r->profiles, r };
	if (r->tree.size == 0)
		return log_keys_open(&r->keys, l, e);
	return log_keys_take(&r->keys, l, &before, &past, e) &&
	       (!log_keys_now(&r->keys)->believed || refuse(l->seq, "changes the log key by the word of owners whose "
							    "profile is not there", e));
}

static bool take_line(struct reading *r, struct span raw, struct err *e)
{
	const uint64_t seq = r->tree.size;
	struct hash32 leaf, kept[MERKLE_LEVELS], root;
	struct arena a = {0};
	struct line l;
	/* What the checkpoint is not over anybody could have appended: it says nothing here. */
	const bool counts = seq < r->checkpoint.head.size;
	if (!line_parse(&a, &l, raw, e) || (counts && (!take_words(r, &l, e) || !take_key(r, &l, e)))) {
		arena_release(&a);
		return err_in(e, "line %" PRIu64, seq);
	}
	const bool in_order = l.seq == seq && hash32_eq(&l.prev, &r->prev);
	const bool in_time = seq == 0 || line_is_in_time(&l, r->time);
	r->time = l.time;
	arena_release(&a);
	if (!in_order)
		return refuse(seq, "does not continue the line before it", e);
	if (!in_time)
		return refuse(seq, "is earlier than the one before it, or does not say from when to when the clock "
			      "stepped back", e);
	line_leaf(&leaf, raw);
	const size_t n = frontier_add(&r->tree, &leaf, kept);
	buf_add(&r->nodes, kept, n * sizeof(kept[0]));
	r->prev = leaf;
	frontier_root(&r->tree, &root);
	if (r->tree.size == r->checkpoint.head.size && !hash32_eq(&root, &r->checkpoint.head.root))
		return refuse(seq, "ends another history than the checkpoint signed", e);
	return true;
}

static bool take_lines(struct reading *r, struct span text, struct err *e)
{
	while (text.n > 0) {
		const uint8_t *end = memchr(text.p, '\n', text.n);
		if (end == NULL)
			return refuse(r->tree.size, "does not end: the file was cut", e);
		const size_t n = (size_t)(end - text.p);
		if (!take_line(r, span_of(text.p, n), e))
			return false;
		text = span_of(end + 1, text.n - n - 1);
	}
	if (r->tree.size == 0 || r->checkpoint.head.size == 0)
		return err_refuse(e, "EXPORT", "there are no lines, or the checkpoint is over none");
	if (r->tree.size < r->checkpoint.head.size)
		return err_refuse(e, "EXPORT", "the checkpoint is over %" PRIu64 " lines, the file has %" PRIu64,
				  r->checkpoint.head.size, r->tree.size);
	return true;
}

static bool read_manifest(struct reading *r, struct err *e)
{
	const struct json *doc, *lines;
	struct span text;
	if (!read_file(r, &text, MANIFEST, WITHHELD_MANIFEST_MAX, e))
		return false;
	doc = json_parse(r->a, text, e);
	if (doc == NULL || !json_get(doc, "lines", JSON_OBJECT, &lines, e) ||
	    !json_get_bare_hash(lines, "sha256", &r->out->lines_said, e))
		return err_in(e, MANIFEST);
	return withholding_begin(&r->out->withheld, r->a, text, e);
}

static bool read_checkpoint(struct reading *r, struct err *e)
{
	struct note n;
	return read_file(r, &r->note, "checkpoint", NOTE_MAX_BYTES, e) &&
	       ((note_parse(r->a, &n, r->note, e) && checkpoint_parse(&r->checkpoint, n.text, e)) ||
		err_in(e, "checkpoint"));
}

static bool read_key(struct reading *r, const char *given, struct span *out, struct err *e)
{
	*out = span_str(given != NULL ? given : "");
	if (given == NULL && !read_file(r, out, "log.vkey", 4096, e))
		return false;
	if (out->n > 0 && out->p[out->n - 1] == '\n')
		out->n--;
	return true;
}

/* Whoever trusts one of the keys that the log had by then trusts the one that signed: each vouches for the next, and
 * for the lines before. */
static bool check_signature(struct reading *r, const char *given, struct err *e)
{
	const struct log_reign *now = log_keys_at(&r->keys, r->checkpoint.head.size), *trusted;
	struct note_key key;
	struct span vkey;
	if (!read_key(r, given, &vkey, e))
		return false;
	if (!note_key_parse(r->a, &key, vkey, e))
		return err_in(e, "log.vkey");
	trusted = log_keys_named(&r->keys, vkey);
	if (trusted == NULL || (trusted->line > 0 && trusted->line >= r->checkpoint.head.size))
		return err_refuse(e, "EXPORT", "the key is none that the log had within the lines of the checkpoint");
	r->out->vkey = arena_str(r->a, now->vkey);
	r->out->n_keys = (size_t)(now - r->keys.v) + 1;
	return checkpoint_open(r->a, &r->checkpoint, r->note, &now->key, e) || err_in(e, "checkpoint");
}

/* An older one that is not there is no reason to stop: what it says is then not known, and whoever asks says so. */
static void read_profiles(struct reading *r)
{
	for (size_t i = 0; i < r->out->n_profiles; i++) {
		struct export_profile *p = &r->out->profiles[i];
		p->known = read_deployment(r, p->seq + 1, &p->d, NULL);
	}
}

bool export_read(struct arena *a, struct export_read *out, const char *dir, const char *vkey, struct err *e)
{
	struct reading r = { .a = a, .out = out, .dir = dir, .keys = { .a = a } };
	struct buf lines = {0};
	*out = (struct export_read){ .dir = dir };
	const bool ok = read_checkpoint(&r, e) && read_manifest(&r, e) &&
			fs_read(&lines, arena_fmt(a, "%s/lines.jsonl", dir), EXPORT_MAX_BYTES, e) &&
			take_lines(&r, buf_view(&lines), e) && check_signature(&r, vkey, e) &&
			read_deployment(&r, r.checkpoint.head.size, &out->deployment, e);
	if (ok) {
		sha256(&out->lines_are, buf_view(&lines));
		read_profiles(&r);
	}
	buf_release(&lines);
	buf_release(&r.nodes);
	out->lines = r.tree.size;
	out->vouched = r.checkpoint.head.size;
	out->head = frontier_head(&r.tree);
	return ok;
}
