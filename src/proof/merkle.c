#include "src/proof/merkle.h"

#include <assert.h>

#include "src/crypto/hash.h"
#include "src/crypto/sha256_many.h"

void merkle_leaf(struct hash32 *out, struct span entry)
{
	static const uint8_t prefix = 0x00;
	struct sha256 s;

	sha256_begin(&s);
	sha256_add(&s, span_of(&prefix, 1));
	sha256_add(&s, entry);
	sha256_end(&s, out);
}

void merkle_node(struct hash32 *out, const struct hash32 *left, const struct hash32 *right)
{
	static const uint8_t prefix = 0x01;
	struct sha256 s;

	sha256_begin(&s);
	sha256_add(&s, span_of(&prefix, 1));
	sha256_add(&s, SPAN_HASH(left));
	sha256_add(&s, SPAN_HASH(right));
	sha256_end(&s, out);
}

void merkle_leaves(struct hash32 *out, const struct span *entries, size_t n)
{
	sha256_many(out, 0x00, entries, n);
}

void merkle_parents(struct hash32 *out, const struct hash32 *below, size_t n)
{
	struct span pairs[64];

	while (n) {
		const size_t some = n < ARRAY_LEN(pairs) ? n : ARRAY_LEN(pairs);

		for (size_t i = 0; i < some; i++)
			pairs[i] = span_of(below[2 * i].b, 2 * sizeof(*below));
		sha256_many(out, 0x01, pairs, some);
		out += some;
		below += 2 * some;
		n -= some;
	}
}

void merkle_empty(struct hash32 *out)
{
	sha256(out, span_of(NULL, 0));
}

/* The sum of size >> k over all k. */
uint64_t merkle_count(uint64_t size)
{
	return 2 * size - (uint64_t)__builtin_popcountll(size);
}

/* A subtree is kept right after its last leaf and the subtrees below it on the right edge: `level` places later. */
uint64_t merkle_index(unsigned level, uint64_t n)
{
	assert(level < MERKLE_LEVELS);
	return merkle_count(((n + 1) << level) - 1) + level;
}

size_t frontier_add(struct frontier *f, const struct hash32 *leaf, struct hash32 kept[MERKLE_LEVELS])
{
	struct hash32 node = *leaf;
	unsigned level = 0;

	assert(f->size < MERKLE_MAX_SIZE);
	kept[0] = node;
	for (; f->size >> level & 1; level++) {
		merkle_node(&node, &f->edge[level], &node);
		kept[level + 1] = node;
	}
	f->edge[level] = node;
	f->size++;
	return level + 1;
}

void frontier_root(const struct frontier *f, struct hash32 *out)
{
	bool have = false;

	merkle_empty(out);
	for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
		if (!(f->size >> level & 1))
			continue;
		if (have)
			merkle_node(out, &f->edge[level], out);
		else
			*out = f->edge[level];
		have = true;
	}
}

struct tree_head frontier_head(const struct frontier *f)
{
	struct tree_head head = { .size = f->size };

	frontier_root(f, &head.root);
	return head;
}

static bool read_node(const struct merkle_nodes *nodes, struct hash32 *out, unsigned level, uint64_t n, struct err *e)
{
	return nodes->read(nodes->ctx, out, merkle_index(level, n), e);
}

bool frontier_load(struct frontier *f, uint64_t size, const struct merkle_nodes *nodes, struct err *e)
{
	if (size > MERKLE_MAX_SIZE)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a tree holds at most 2^53 leaves");
	f->size = size;
	for (unsigned level = 0; level < MERKLE_LEVELS; level++)
		if (size >> level & 1 && !read_node(nodes, &f->edge[level], level, (size >> level) - 1, e))
			return false;
	return true;
}

bool merkle_root(struct hash32 *out, uint64_t size, const struct merkle_nodes *nodes, struct err *e)
{
	struct frontier f;

	if (!frontier_load(&f, size, nodes, e))
		return false;
	frontier_root(&f, out);
	return true;
}

/* ---- proofs ----------------------------------------------------------------------------------------------------- */

/* The largest power of two below n, as an exponent; n >= 2. */
static unsigned split_level(uint64_t n)
{
	return 63u - (unsigned)__builtin_clzll(n - 1);
}

/* The hash of leaves from..to-1, where from is a multiple of the power of two that holds to - from: what a proof names
 * is either complete, and kept, or the ragged right end, whose left parts are. */
static bool range_hash(struct hash32 *out, uint64_t from, uint64_t to, const struct merkle_nodes *nodes, struct err *e)
{
	const uint64_t n = to - from;
	bool have = false;

	for (unsigned level = 0; n >> level; level++) {
		struct hash32 left;

		if (!(n >> level & 1))
			continue;
		if (!read_node(nodes, &left, level, (from >> level) + ((n >> level) - 1), e))
			return false;
		if (have)
			merkle_node(out, &left, out);
		else
			*out = left;
		have = true;
	}
	return true;
}

static void path_add(struct merkle_path *path, const struct hash32 *h)
{
	assert(path->n < 2 * MERKLE_LEVELS);
	path->hash[path->n++] = *h;
}

static void path_reverse(struct merkle_path *path)
{
	for (size_t i = 0, j = path->n; i + 1 < j; i++) {
		const struct hash32 swap = path->hash[i];

		path->hash[i] = path->hash[--j];
		path->hash[j] = swap;
	}
}

/* RFC 6962, 2.1.1, written as a walk down from the root: each step keeps the half without the leaf. */
bool merkle_prove(struct merkle_path *out, uint64_t index, uint64_t size, const struct merkle_nodes *nodes,
		  struct err *e)
{
	uint64_t from = 0, to = size;

	out->n = 0;
	if (size > MERKLE_MAX_SIZE || index >= size)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "leaf %llu is not in a tree of %llu",
			       (unsigned long long)index, (unsigned long long)size);
	while (to - from > 1) {
		const uint64_t mid = from + (UINT64_C(1) << split_level(to - from));
		const bool left = index < mid;
		struct hash32 other;

		if (!range_hash(&other, left ? mid : from, left ? to : mid, nodes, e))
			return false;
		path_add(out, &other);
		if (left)
			to = mid;
		else
			from = mid;
	}
	path_reverse(out);
	return true;
}

/* How many hashes the path of a leaf has: one per level where its subtree has a right or left neighbour. */
static size_t path_length(uint64_t index, uint64_t size)
{
	uint64_t last = size - 1;
	size_t n = 0;

	for (; last; last >>= 1, index >>= 1)
		n += index < last || (index & 1);
	return n;
}

bool merkle_path_root(struct hash32 *root, const struct hash32 *leaf, uint64_t index, uint64_t size,
		      const struct hash32 *path, size_t n, struct err *e)
{
	struct hash32 node = *leaf;
	uint64_t last = size - 1, at = index;
	size_t used = 0;

	if (size > MERKLE_MAX_SIZE || index >= size)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "leaf %llu is not in a tree of %llu",
			       (unsigned long long)index, (unsigned long long)size);
	if (n != path_length(index, size))
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "needed %zu hashes, found %zu",
			       path_length(index, size), n);
	for (; last; last >>= 1, at >>= 1) {
		if (at & 1)
			merkle_node(&node, &path[used++], &node);
		else if (at < last)
			merkle_node(&node, &node, &path[used++]);
	}
	*root = node;
	return true;
}

static bool demand_root(const struct hash32 *found, const struct hash32 *wanted, const char *which, struct err *e)
{
	struct buf a = {0}, b = {0};
	bool ok;

	if (hash32_eq(found, wanted))
		return true;
	buf_hex(&a, SPAN_HASH(found));
	buf_hex(&b, SPAN_HASH(wanted));
	ok = err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the proof leads to %sroot %s, needed %s", which, buf_cstr(&a),
		     buf_cstr(&b));
	buf_release(&a);
	buf_release(&b);
	return ok;
}

bool merkle_path_verify(const struct hash32 *root, const struct hash32 *leaf, uint64_t index, uint64_t size,
			const struct hash32 *path, size_t n, struct err *e)
{
	struct hash32 found;

	return merkle_path_root(&found, leaf, index, size, path, n, e) && demand_root(&found, root, "", e);
}

/* RFC 6962, 2.1.2, SUBPROOF(m, D[n], b), walked down: where `old` lies in the right half the left half is complete in
 * both trees and goes into the proof; in the left half, the right one does. `whole` is the RFC's b. */
bool merkle_prove_consistency(struct merkle_path *out, uint64_t old, uint64_t size, const struct merkle_nodes *nodes,
			      struct err *e)
{
	uint64_t from = 0, to = size;
	bool whole = true;
	struct hash32 h;

	out->n = 0;
	if (size > MERKLE_MAX_SIZE || old < 1 || old > size)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "%llu is not a size from 1 to %llu",
			       (unsigned long long)old, (unsigned long long)size);
	while (to != old) {
		const uint64_t mid = from + (UINT64_C(1) << split_level(to - from));
		const bool left = old <= mid;

		if (!range_hash(&h, left ? mid : from, left ? to : mid, nodes, e))
			return false;
		path_add(out, &h);
		if (left) {
			to = mid;
		} else {
			from = mid;
			whole = false;
		}
	}
	if (!whole) {
		if (!range_hash(&h, from, to, nodes, e))
			return false;
		path_add(out, &h);
	}
	path_reverse(out);
	return true;
}

/* Builds both roots from the proof at once (RFC 9162, 2.1.4.2): `a` the old one, `b` the new. */
bool merkle_consistency_verify(const struct tree_head *old, const struct tree_head *now, const struct hash32 *path,
			       size_t n, struct err *e)
{
	uint64_t at, last;
	struct hash32 a, b;
	size_t used = 0;

	if (now->size > MERKLE_MAX_SIZE || old->size < 1 || old->size > now->size)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "%llu is not a size from 1 to %llu",
			       (unsigned long long)old->size, (unsigned long long)now->size);
	if (old->size == now->size) {
		if (n)
			return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "needed 0 hashes, found %zu", n);
		return demand_root(&old->root, &now->root, "", e);
	}
	at = old->size - 1;
	last = now->size - 1;
	for (; at & 1; at >>= 1)
		last >>= 1;
	if (at && !n)
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the proof is too short");
	a = b = at ? path[used++] : old->root;
	for (; last; at >>= 1, last >>= 1) {
		if (!(at & 1) && at == last)
			continue;
		if (used == n)
			return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the proof is too short");
		if (at & 1) {
			merkle_node(&a, &path[used], &a);
			merkle_node(&b, &path[used], &b);
		} else {
			merkle_node(&b, &b, &path[used]);
		}
		used++;
	}
	if (used != n)
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "needed %zu hashes, found %zu", used, n);
	return demand_root(&a, &old->root, "old ", e) && demand_root(&b, &now->root, "new ", e);
}
