/* Trees, paths and consistency proofs against golang.org/x/mod/sumdb/tlog (tests/vectors/tlog.json). */
#include "tests/support/check.h"

#include "src/base/hex.h"
#include "src/proof/merkle.h"

/* ---- a tree in memory ------------------------------------------------------------------------------------------- */

struct memory {
	struct frontier tree;
	struct hash32 *node;
	size_t n, cap;
};

static bool memory_read(void *ctx, struct hash32 *out, uint64_t index, struct err *e)
{
	struct memory *m = ctx;

	if (index >= m->n)
		return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "no node %llu", (unsigned long long)index);
	*out = m->node[index];
	return true;
}

static struct merkle_nodes nodes_of(struct memory *m)
{
	return (struct merkle_nodes){ memory_read, m };
}

static void memory_add(struct memory *m, struct span entry)
{
	struct hash32 leaf, kept[MERKLE_LEVELS];
	size_t n;

	merkle_leaf(&leaf, entry);
	assert_int_equal(m->n, merkle_count(m->tree.size));
	n = frontier_add(&m->tree, &leaf, kept);
	if (m->cap < m->n + n) {
		m->cap = 2 * (m->n + n);
		m->node = reallocarray(m->node, m->cap, sizeof(*m->node));
	}
	for (size_t i = 0; i < n; i++)
		m->node[m->n++] = kept[i];
}

/* The vectors' entries: "entry-0", "entry-1", … */
static void memory_grow(struct memory *m, uint64_t size)
{
	struct buf entry = {0};

	while (m->tree.size < size) {
		buf_clear(&entry);
		buf_fmt(&entry, "entry-%llu", (unsigned long long)m->tree.size);
		memory_add(m, buf_view(&entry));
	}
	buf_release(&entry);
}

static uint64_t number(const struct json *v, const char *name)
{
	uint64_t n;

	assert_ok(json_get_u64(v, name, &n, NULL), NULL);
	return n;
}

static struct hash32 hash(const struct json *v, const char *name)
{
	struct hash32 h;

	assert_ok(json_get_bare_hash(v, name, &h, NULL), NULL);
	return h;
}

static struct merkle_path path_of(const struct json *v)
{
	struct merkle_path p = {0};

	for (const struct json *h = json_find(v, "proof")->first; h; h = h->next)
		assert_true(hex_bare(p.hash[p.n++].b, 32, h->text, NULL));
	return p;
}

static void assert_hash(const struct hash32 *a, const struct hash32 *b)
{
	assert_memory_equal(a->b, b->b, 32);
}

static void assert_path(const struct merkle_path *a, const struct merkle_path *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++)
		assert_hash(&a->hash[i], &b->hash[i]);
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void roots_of_many_sizes(void **state)
{
	struct arena a = {0};
	const struct json *roots = json_find(json_vector(&a, "tlog.json"), "roots_hex");
	struct memory m = {0};
	size_t seen = 0;

	(void)state;
	for (uint64_t size = 0; size <= 70000; size++) {
		struct buf name = {0};
		struct hash32 want, again;
		struct merkle_nodes nodes = nodes_of(&m);

		memory_grow(&m, size);
		buf_fmt(&name, "%llu", (unsigned long long)size);
		if (json_find(roots, buf_cstr(&name))) {
			struct tree_head head = frontier_head(&m.tree);

			want = hash(roots, buf_cstr(&name));
			assert_hash(&head.root, &want);
			assert_ok(merkle_root(&again, size, &nodes, NULL), NULL);
			assert_hash(&again, &want);
			seen++;
		}
		buf_release(&name);
	}
	assert_int_equal(seen, roots->n);
	/* Roots of earlier sizes, from the nodes of the grown tree. */
	for (const struct json *r = roots->first; r; r = r->next) {
		const struct merkle_nodes nodes = nodes_of(&m);
		struct hash32 want, found;

		assert_true(hex_bare(want.b, 32, r->text, NULL));
		assert_ok(merkle_root(&found, (uint64_t)strtoull(arena_str(&a, r->name), NULL, 10), &nodes, NULL),
			  NULL);
		assert_hash(&found, &want);
	}
	free(m.node);
	arena_release(&a);
}

static void nodes_are_kept_in_the_dense_order(void **state)
{
	struct arena a = {0};
	const struct json *stored = json_find(json_vector(&a, "tlog.json"), "stored_hashes_16");
	struct memory m = {0};

	(void)state;
	memory_grow(&m, 16);
	assert_int_equal(m.n, stored->n);
	for (const struct json *s = stored->first; s; s = s->next) {
		const uint64_t i = number(s, "i");
		const struct hash32 want = hash(s, "hash");

		assert_int_equal(merkle_index((unsigned)number(s, "level"), number(s, "n")), i);
		assert_hash(&m.node[i], &want);
	}
	free(m.node);
	arena_release(&a);
}

static void rfc6962_reference_tree(void **state)
{
	struct arena a = {0};
	const struct json *tree = json_find(json_vector(&a, "tlog.json"), "ct_reference_tree");
	struct memory m = {0};

	(void)state;
	for (const struct json *t = tree->first; t; t = t->next) {
		const struct hash32 want = hash(t, "root");
		struct tree_head head;
		struct span leaf;

		if (json_get_str(t, "leaf_input_hex", &leaf, NULL))
			memory_add(&m, hex_bytes(&a, arena_str(&a, leaf)));
		head = frontier_head(&m.tree);
		assert_int_equal(head.size, number(t, "size"));
		assert_hash(&head.root, &want);
	}
	free(m.node);
	arena_release(&a);
}

static void audit_paths_are_made_and_checked(void **state)
{
	struct arena a = {0};
	const struct json *list = json_find(json_vector(&a, "tlog.json"), "inclusion");
	struct memory m = {0};
	struct err e = {0};

	(void)state;
	memory_grow(&m, 70000);
	for (const struct json *t = list->first; t; t = t->next) {
		const struct hash32 root = hash(t, "root"), leaf = hash(t, "leaf");
		const struct merkle_path want = path_of(t);
		const struct merkle_nodes nodes = nodes_of(&m);
		struct merkle_path made;

		assert_ok(merkle_prove(&made, number(t, "index"), number(t, "size"), &nodes, &e), &e);
		assert_path(&made, &want);
		assert_ok(merkle_path_verify(&root, &leaf, number(t, "index"), number(t, "size"), want.hash, want.n,
					     &e),
			  &e);
	}
	free(m.node);
	arena_release(&a);
}

static void consistency_proofs_are_made_and_checked(void **state)
{
	struct arena a = {0};
	const struct json *list = json_find(json_vector(&a, "tlog.json"), "consistency");
	struct memory m = {0};
	struct err e = {0};

	(void)state;
	memory_grow(&m, 70000);
	for (const struct json *t = list->first; t; t = t->next) {
		const struct tree_head old = { number(t, "old"), hash(t, "old_root") };
		const struct tree_head now = { number(t, "new"), hash(t, "new_root") };
		const struct merkle_path want = path_of(t);
		const struct merkle_nodes nodes = nodes_of(&m);
		struct merkle_path made;

		assert_ok(merkle_prove_consistency(&made, old.size, now.size, &nodes, &e), &e);
		assert_path(&made, &want);
		assert_ok(merkle_consistency_verify(&old, &now, want.hash, want.n, &e), &e);
	}
	free(m.node);
	arena_release(&a);
}

static void false_proofs_are_refused(void **state)
{
	struct arena a = {0};
	const struct json *list = json_find(json_vector(&a, "tlog.json"), "must_reject");

	(void)state;
	for (const struct json *t = list->first; t; t = t->next) {
		const struct merkle_path path = path_of(t);
		struct err e = {0};
		struct span kind;

		assert_true(json_get_str(t, "kind", &kind, NULL));
		if (span_is(kind, "inclusion")) {
			const struct hash32 root = hash(t, "root"), leaf = hash(t, "leaf");

			assert_false(merkle_path_verify(&root, &leaf, number(t, "index"), number(t, "size"),
							path.hash, path.n, &e));
		} else {
			const struct tree_head old = { number(t, "old"), hash(t, "old_root") };
			const struct tree_head now = { number(t, "new"), hash(t, "new_root") };

			assert_false(merkle_consistency_verify(&old, &now, path.hash, path.n, &e));
		}
		assert_int_equal(e.code, ERR_MISMATCH);
		err_clear(&e);
	}
	arena_release(&a);
}

/* Every pair to 70, and every proof with one hash more, one less, or one bit changed. */
static void every_proof_of_small_trees(void **state)
{
	struct memory m = {0};

	(void)state;
	memory_grow(&m, 70);
	for (uint64_t size = 1; size <= 70; size++)
		for (uint64_t i = 0; i < size; i++) {
			const struct merkle_nodes nodes = nodes_of(&m);
			struct merkle_path p;
			struct hash32 root;
			const struct hash32 *leaf = &m.node[merkle_index(0, i)];

			assert_true(merkle_root(&root, size, &nodes, NULL));
			assert_true(merkle_prove(&p, i, size, &nodes, NULL));
			assert_true(merkle_path_verify(&root, leaf, i, size, p.hash, p.n, NULL));
			assert_false(merkle_path_verify(&root, leaf, i, size, p.hash, p.n + 1, NULL));
			if (p.n) {
				assert_false(merkle_path_verify(&root, leaf, i, size, p.hash, p.n - 1, NULL));
				p.hash[i % p.n].b[i % 32] ^= 1;
				assert_false(merkle_path_verify(&root, leaf, i, size, p.hash, p.n, NULL));
			}
		}
	for (uint64_t size = 1; size <= 70; size++)
		for (uint64_t old = 1; old <= size; old++) {
			const struct merkle_nodes nodes = nodes_of(&m);
			struct tree_head was = { .size = old }, now = { .size = size };
			struct merkle_path p;

			assert_true(merkle_root(&was.root, old, &nodes, NULL) &&
				    merkle_root(&now.root, size, &nodes, NULL));
			assert_true(merkle_prove_consistency(&p, old, size, &nodes, NULL));
			assert_true(merkle_consistency_verify(&was, &now, p.hash, p.n, NULL));
			assert_false(merkle_consistency_verify(&was, &now, p.hash, p.n + 1, NULL));
			if (p.n) {
				assert_false(merkle_consistency_verify(&was, &now, p.hash, p.n - 1, NULL));
				p.hash[old % p.n].b[size % 32] ^= 1;
				assert_false(merkle_consistency_verify(&was, &now, p.hash, p.n, NULL));
			}
		}
	free(m.node);
}

/* tlog.json says so too: only a signed pair of size and root binds the size. */
static void a_path_does_not_vouch_for_the_size(void **state)
{
	struct arena a = {0};
	const struct json *list = json_find(json_vector(&a, "tlog.json"), "inclusion");
	bool seen = false;

	(void)state;
	for (const struct json *t = list->first; t; t = t->next)
		if (number(t, "index") == 499 && number(t, "size") == 1000) {
			const struct hash32 root = hash(t, "root"), leaf = hash(t, "leaf");
			const struct merkle_path p = path_of(t);

			assert_true(merkle_path_verify(&root, &leaf, 499, 1001, p.hash, p.n, NULL));
			seen = true;
		}
	assert_true(seen);
	arena_release(&a);
}

static void a_path_of_the_wrong_length_says_so(void **state)
{
	const struct hash32 zero = {0};
	struct hash32 out;
	struct err e = {0};

	(void)state;
	assert_false(merkle_path_root(&out, &zero, 2, 5, &zero, 1, &e));
	assert_err(&e, ERR_MISMATCH, "needed 3 hashes, found 1");
	err_clear(&e);
	assert_false(merkle_path_root(&out, &zero, 5, 5, &zero, 1, &e));
	assert_err(&e, ERR_RANGE, "leaf 5 is not in a tree of 5");
	err_clear(&e);
	assert_false(merkle_path_root(&out, &zero, 0, 0, &zero, 0, &e));
	assert_err(&e, ERR_RANGE, "leaf 0 is not in a tree of 0");
	err_clear(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots_of_many_sizes),
		cmocka_unit_test(nodes_are_kept_in_the_dense_order),
		cmocka_unit_test(rfc6962_reference_tree),
		cmocka_unit_test(audit_paths_are_made_and_checked),
		cmocka_unit_test(consistency_proofs_are_made_and_checked),
		cmocka_unit_test(false_proofs_are_refused),
		cmocka_unit_test(every_proof_of_small_trees),
		cmocka_unit_test(a_path_does_not_vouch_for_the_size),
		cmocka_unit_test(a_path_of_the_wrong_length_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
