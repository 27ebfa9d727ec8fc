#include "src/proof/trie.h"

#include <string.h>

#include "src/crypto/keccak.h"
#include "src/evm/rlp.h"

enum { BRANCH_ITEMS = 17, SHORT_ITEMS = 2, INLINE_BELOW = 32 };

/* Where a walk down the trie is: the digits of the key that are left, and what the next node has to be. */
struct walk {
	struct span key;
	size_t digit;                 /* of the key, the next one */
	const struct trie_proof *proof;
	size_t used;                  /* nodes of the proof */
	bool inside;                  /* the next node is `bytes`, which lie in its parent; otherwise it has the hash */
	struct span bytes;
	struct hash32 hash;
	bool done;
	struct span value;            /* done: what the key holds, or nothing */
};

void trie_empty_root(struct hash32 *out)
{
	keccak256(out, span_of("\x80", 1));
}

void trie_empty_code(struct hash32 *out)
{
	keccak256(out, span_of("", 0));
}

static size_t digits_left(const struct walk *w)
{
	return 2 * w->key.n - w->digit;
}

static unsigned digit_of(struct span bytes, size_t i)
{
	return i % 2 ? bytes.p[i / 2] & 15u : bytes.p[i / 2] >> 4;
}

static bool finish(struct walk *w, struct span value)
{
	w->done = true;
	w->value = value;
	return true;
}

static bool wrong_hash(const struct hash32 *needed, const struct hash32 *found, struct err *e)
{
	struct buf n = {0}, f = {0};

	buf_0xhex(&n, SPAN_HASH(needed));
	buf_0xhex(&f, SPAN_HASH(found));
	err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "this node hashes to %s, needed %s", buf_cstr(&f), buf_cstr(&n));
	buf_release(&n);
	buf_release(&f);
	return false;
}

/* A child: nothing, the hash of a node, or a node short enough to lie here. `at`: its byte in the node. */
static bool follow(struct walk *w, const struct rlp_item *child, size_t at, struct err *e)
{
	if (child->list && child->whole.n >= INLINE_BELOW)
		return err_set(e, ERR_SYNTAX, at, "a node of %zu bytes lies inside another; %d and more are named by "
			       "hash", child->whole.n, INLINE_BELOW);
	w->inside = child->list;
	if (child->list) {
		w->bytes = child->whole;
		return true;
	}
	if (child->payload.n == 0)
		return finish(w, child->payload);
	if (child->payload.n != 32)
		return err_set(e, ERR_SYNTAX, at, "a child is a hash of 32 bytes, found %zu", child->payload.n);
	memcpy(w->hash.b, child->payload.p, 32);
	return true;
}

static bool is_child(const struct rlp_item *item, size_t at, struct err *e)
{
	struct walk unused = {0};

	return follow(&unused, item, at, e);
}

static bool string_value(const struct rlp_item *item, size_t at, struct err *e)
{
	return !item->list || err_set(e, ERR_SYNTAX, at, "a value is a string, found a list");
}

/* items[i] starts at byte at[i]. All seventeen are looked at: a node that could not be is refused whichever way the key
 * goes. */
static bool branch(struct walk *w, const struct rlp_item *items, const size_t *at, struct err *e)
{
	size_t i;

	for (i = 0; i < 16; i++) {
		if (!is_child(&items[i], at[i], e))
			return false;
	}
	if (!string_value(&items[16], at[16], e))
		return false;
	if (digits_left(w) == 0)
		return finish(w, items[16].payload);
	i = digit_of(w->key, w->digit++);
	return follow(w, &items[i], at[i], e);
}

/* Hex-prefix encoding: the first digit is 2 for a leaf, plus 1 when an odd number of digits follows it. */
static bool path_of(struct span path, bool *leaf, size_t *first, size_t at, struct err *e)
{
	const unsigned flags = path.n ? path.p[0] >> 4 : 4;

	if (flags > 3)
		return err_set(e, ERR_SYNTAX, at, "a path starts with a digit from 0 to 3");
	if (flags % 2 == 0 && (path.p[0] & 15) != 0)
		return err_set(e, ERR_SYNTAX, at, "the filling digit of a path is 0");
	*leaf = flags >= 2;
	*first = flags % 2 ? 1 : 2;
	return true;
}

static bool key_goes_along(const struct walk *w, struct span path, size_t first)
{
	const size_t n = 2 * path.n - first;

	if (n > digits_left(w))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (digit_of(path, first + i) != digit_of(w->key, w->digit + i))
			return false;
	}
	return true;
}

/* A leaf or an extension: a path and what is at its end. */
static bool short_node(struct walk *w, const struct rlp_item *items, const size_t *at, struct err *e)
{
	const struct span path = items[0].payload, none = {NULL, 0};
	bool leaf, along;
	size_t first;

	if (items[0].list)
		return err_set(e, ERR_SYNTAX, at[0], "a path is a string, found a list");
	if (!path_of(path, &leaf, &first, at[0], e) || (leaf && !string_value(&items[1], at[1], e)))
		return false;
	if (!leaf && (2 * path.n == first || (!items[1].list && items[1].payload.n == 0)))
		return err_set(e, ERR_SYNTAX, at[0], "an extension has a path and a child");
	if (leaf && items[1].payload.n == 0)
		return err_set(e, ERR_SYNTAX, at[1], "a leaf holds something");
	if (!leaf && !is_child(&items[1], at[1], e))
		return false;
	along = key_goes_along(w, path, first);
	if (leaf)
		return finish(w, along && 2 * path.n - first == digits_left(w) ? items[1].payload : none);
	if (!along)
		return finish(w, none);
	w->digit += 2 * path.n - first;
	return follow(w, &items[1], at[1], e);
}

static bool read_node(struct walk *w, struct span node, struct err *e)
{
	struct reader r = reader_of(node), inner;
	struct rlp_item items[BRANCH_ITEMS];
	size_t at[BRANCH_ITEMS], n = 0;

	if (!rlp_check(node, e) || !rlp_list(&r, &inner, e))
		return false;
	while (reader_left(&inner)) {
		if (n == BRANCH_ITEMS)
			return err_set(e, ERR_SYNTAX, inner.pos, "a node has 2 or 17 items, found more");
		at[n] = inner.pos;
		if (!rlp_next(&inner, &items[n++], e))
			return false;
	}
	if (n == BRANCH_ITEMS)
		return branch(w, items, at, e);
	if (n == SHORT_ITEMS)
		return short_node(w, items, at, e);
	return err_set(e, ERR_SYNTAX, 0, "a node has 2 or 17 items, found %zu", n);
}

/* A node that lies in its parent; when the proof lists it once more, that is the same. */
static bool step_inside(struct walk *w, struct err *e)
{
	const struct span node = w->bytes;

	if (w->used < w->proof->n && span_eq(w->proof->nodes[w->used], node))
		w->used++;
	return read_node(w, node, e);
}

static bool step_down(struct walk *w, struct err *e)
{
	struct hash32 found;

	if (w->used == w->proof->n)
		return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "the proof ends after %zu nodes, before the key does",
			       w->used);
	keccak256(&found, w->proof->nodes[w->used]);
	if (!hash32_eq(&found, &w->hash))
		return wrong_hash(&w->hash, &found, e) || err_in(e, "[%zu]", w->used);
	w->used++;
	return read_node(w, w->proof->nodes[w->used - 1], e) || err_in(e, "[%zu]", w->used - 1);
}

/* An empty trie has no nodes; anvil lists the empty string. */
static bool empty_trie(const struct trie_proof *p, struct err *e)
{
	if (p->n == 0 || (p->n == 1 && span_eq(p->nodes[0], span_of("\x80", 1))))
		return true;
	return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the trie is empty, and the proof has nodes");
}

bool trie_value(struct span *value, const struct hash32 *root, struct span key, const struct trie_proof *p,
		struct err *e)
{
	struct walk w = {.key = key, .proof = p, .hash = *root};
	struct hash32 empty;

	if (p->n > TRIE_MAX_NODES)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a proof has at most %u nodes, found %zu", TRIE_MAX_NODES,
			       p->n);
	trie_empty_root(&empty);
	if (hash32_eq(root, &empty)) {
		*value = span_of(NULL, 0);
		return empty_trie(p, e);
	}
	while (!w.done) {
		if (!(w.inside ? step_inside(&w, e) : step_down(&w, e)))
			return false;
	}
	if (w.used != p->n)
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "%zu nodes after the end of the proof", p->n - w.used);
	*value = w.value;
	return true;
}

static bool read_account(struct trie_account *out, struct span value, struct err *e)
{
	struct reader r = reader_of(value), in;

	return rlp_check(value, e) && rlp_list(&r, &in, e) &&
	       (rlp_u64(&in, &out->nonce, e) || err_in(e, "nonce")) &&
	       (rlp_u256(&in, &out->balance, e) || err_in(e, "balance")) &&
	       (rlp_fixed(&in, out->storage_root.b, 32, e) || err_in(e, "storageRoot")) &&
	       (rlp_fixed(&in, out->code_hash.b, 32, e) || err_in(e, "codeHash")) && reader_end(&in, e);
}

bool trie_account(struct trie_account *out, const struct hash32 *state_root, const struct addr *who,
		  const struct trie_proof *p, struct err *e)
{
	struct trie_account account = {0};
	struct hash32 key;
	struct span value;

	keccak256(&key, span_of(who->b, sizeof(who->b)));
	if (!trie_value(&value, state_root, SPAN_HASH(&key), p, e))
		return false;
	account.exists = value.n > 0;
	trie_empty_root(&account.storage_root);
	trie_empty_code(&account.code_hash);
	if (account.exists && !read_account(&account, value, e))
		return err_in(e, "account");
	*out = account;
	return true;
}

bool trie_storage(struct hash32 *out, const struct hash32 *storage_root, const struct hash32 *slot,
		  const struct trie_proof *p, struct err *e)
{
	struct u256 word = {{0}};
	struct hash32 key;
	struct span value;
	struct reader r;

	keccak256(&key, SPAN_HASH(slot));
	if (!trie_value(&value, storage_root, SPAN_HASH(&key), p, e))
		return false;
	r = reader_of(value);
	if (value.n && (!rlp_u256(&r, &word, e) || !reader_end(&r, e)))
		return err_in(e, "value");
	u256_to_be(out->b, &word);
	return true;
}
