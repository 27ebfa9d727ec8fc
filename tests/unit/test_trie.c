/* Proofs of other implementations' tries (tests/vectors/proof/trie.json), whole and tampered with. */
#include "tests/support/check.h"

#include "src/base/hex.h"
#include "src/crypto/keccak.h"
#include "src/evm/rlp.h"
#include "src/proof/header.h"
#include "src/proof/trie.h"

struct fixture {
	struct arena a;
	const struct json *doc;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->doc = json_vector(&f->a, "proof/trie.json");
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	arena_release(&f->a);
	free(f);
	return 0;
}

static struct span bytes_of(struct arena *a, const struct json *v)
{
	struct buf b = {0};
	struct span out;

	assert_true(hex_decode(&b, v->text, NULL));
	out = arena_copy(a, buf_view(&b));
	buf_release(&b);
	return out;
}

static struct trie_proof proof_of(struct arena *a, const struct json *list)
{
	struct span *nodes = ARENA_ARRAY(a, struct span, list->n + 1);
	size_t n = 0;

	for (const struct json *v = list->first; v; v = v->next)
		nodes[n++] = bytes_of(a, v);
	return (struct trie_proof){ nodes, n };
}

static struct hash32 hash_of(const struct json *o, const char *name)
{
	struct hash32 h;

	assert_true(json_get_hash(o, name, &h, NULL));
	return h;
}

static struct span key_of(struct arena *a, const struct json *entry, bool secure)
{
	struct span key = bytes_of(a, json_find(entry, "key"));
	struct hash32 h;

	if (!secure)
		return key;
	keccak256(&h, key);
	return arena_copy(a, SPAN_HASH(&h));
}

static void every_proof_of_another_implementation_verifies(void **state)
{
	struct fixture *f = *state;
	size_t present = 0, absent = 0;

	for (const struct json *t = json_find(f->doc, "tries")->first; t; t = t->next) {
		const struct hash32 root = hash_of(t, "root");
		bool secure;

		assert_true(json_get_bool(t, "secure", &secure, NULL));
		for (const struct json *v = json_find(t, "entries")->first; v; v = v->next) {
			const struct trie_proof p = proof_of(&f->a, json_find(v, "proof"));
			const struct span want = bytes_of(&f->a, json_find(v, "value"));
			struct span found;
			struct err e = {0};

			assert_ok(trie_value(&found, &root, key_of(&f->a, v, secure), &p, &e), &e);
			assert_true(span_eq(found, want));
			*(want.n ? &present : &absent) += 1;
		}
	}
	assert_true(present >= 18 && absent >= 14);
}

/* A flipped byte anywhere; then each node left out, and one too many. */
static void tamper(struct arena *a, const struct hash32 *root, struct span key, const struct trie_proof *p)
{
	struct span *nodes = ARENA_ARRAY(a, struct span, p->n + 1);
	const struct trie_proof bad = { nodes, p->n }, longer = { nodes, p->n + 1 }, shorter = { nodes, p->n - 1 };
	struct span value;

	memcpy(nodes, p->nodes, p->n * sizeof(*nodes));
	for (size_t i = 0; i < p->n; i++) {
		uint8_t *copy = (uint8_t *)(uintptr_t)arena_copy(a, p->nodes[i]).p;

		nodes[i] = span_of(copy, p->nodes[i].n);
		for (size_t k = 0; k < nodes[i].n; k++) {
			struct err e = {0};

			copy[k] ^= 0x01;
			assert_false(trie_value(&value, root, key, &bad, &e));
			assert_int_equal(e.code, ERR_MISMATCH);
			copy[k] ^= 0x01;
			err_clear(&e);
		}
	}
	nodes[p->n] = p->nodes[p->n - 1];
	assert_false(trie_value(&value, root, key, &longer, NULL));
	if (p->n == 1 || nodes[p->n - 1].n >= 32)      /* a shorter one lies in its parent, too */
		assert_false(trie_value(&value, root, key, &shorter, NULL));
}

static void a_proof_with_any_byte_flipped_is_refused(void **state)
{
	struct fixture *f = *state;

	for (const struct json *t = json_find(f->doc, "tries")->first; t; t = t->next) {
		const struct hash32 root = hash_of(t, "root");
		bool secure;

		assert_true(json_get_bool(t, "secure", &secure, NULL));
		for (const struct json *v = json_find(t, "entries")->first; v; v = v->next) {
			const struct trie_proof p = proof_of(&f->a, json_find(v, "proof"));

			tamper(&f->a, &root, key_of(&f->a, v, secure), &p);
		}
	}
}

static void a_wrong_node_is_named_by_its_place_and_hashes(void **state)
{
	struct fixture *f = *state;
	const struct json *t = json_find(f->doc, "tries")->first, *v = json_find(t, "entries")->first;
	const struct trie_proof p = proof_of(&f->a, json_find(v, "proof"));
	const struct hash32 other = {{7}};
	struct span value;
	struct err e = {0};

	assert_false(trie_value(&value, &other, key_of(&f->a, v, false), &p, &e));
	assert_err(&e, ERR_MISMATCH, "[0]: this node hashes to "
		   "0x5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84, needed "
		   "0x0700000000000000000000000000000000000000000000000000000000000000");
	err_clear(&e);
}

/* One node of one's own making, under its own hash. */
static void check_node(const char *hex, enum err_code code, const char *text)
{
	struct arena a = {0};
	const struct span node = hex_bytes(&a, hex);
	const struct trie_proof p = { &node, 1 };
	struct hash32 root;
	struct span value;
	struct err e = {0};

	keccak256(&root, node);
	assert_false(trie_value(&value, &root, span_of("\x12\x34", 2), &p, &e));
	assert_err(&e, code, text);
	err_clear(&e);
	arena_release(&a);
}

static void a_node_that_is_none_is_refused_at_its_byte(void **state)
{
	(void)state;
	check_node("c3010203", ERR_SYNTAX, "[0], byte 0: a node has 2 or 17 items, found 3");
	check_node("83616263", ERR_SYNTAX, "[0], byte 0: needed a list, found a string");
	check_node("c24001", ERR_SYNTAX, "[0], byte 1: a path starts with a digit from 0 to 3");
	check_node("c28001", ERR_SYNTAX, "[0], byte 1: a path starts with a digit from 0 to 3");
	check_node("c2c001", ERR_SYNTAX, "[0], byte 1: a path is a string, found a list");
	check_node("c22180", ERR_SYNTAX, "[0], byte 1: the filling digit of a path is 0");
	check_node("c22080", ERR_SYNTAX, "[0], byte 2: a leaf holds something");
	check_node("c220c0", ERR_SYNTAX, "[0], byte 2: a value is a string, found a list");
	check_node("c20080", ERR_SYNTAX, "[0], byte 1: an extension has a path and a child");
	check_node("c21180", ERR_SYNTAX, "[0], byte 1: an extension has a path and a child");
	check_node("c21105", ERR_SYNTAX, "[0], byte 2: a child is a hash of 32 bytes, found 1");
	check_node("d20101010101010101010101010101010101" "01", ERR_SYNTAX,
		   "[0], byte 18: a node has 2 or 17 items, found more");
	check_node("c2200100", ERR_SYNTAX, "[0], byte 3: 1 byte after the end");
}

static void a_proof_that_ends_early_says_so(void **state)
{
	struct arena a = {0};
	const struct span node = hex_bytes(
		&a, "e211a01111111111111111111111111111111111111111111111111111111111111111");
	const struct trie_proof p = { &node, 1 };
	struct hash32 root;
	struct span value;
	struct err e = {0};

	(void)state;
	keccak256(&root, node);
	assert_false(trie_value(&value, &root, span_of("\x12\x34", 2), &p, &e));
	assert_err(&e, ERR_MISSING, "the proof ends after 1 nodes, before the key does");
	err_clear(&e);
	arena_release(&a);
}

static void an_empty_trie_has_nothing_and_no_nodes(void **state)
{
	const struct span listed = span_of("\x80", 1), other = span_of("\x81\x80", 2);
	const struct trie_proof none = { NULL, 0 }, anvils = { &listed, 1 }, more = { &other, 1 };
	struct hash32 root;
	struct span value;
	struct err e = {0};

	(void)state;
	trie_empty_root(&root);
	assert_hex(root.b, 32, "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
	assert_true(trie_value(&value, &root, span_of("k", 1), &none, NULL) && value.n == 0);
	assert_true(trie_value(&value, &root, span_of("k", 1), &anvils, NULL) && value.n == 0);
	assert_false(trie_value(&value, &root, span_of("k", 1), &more, &e));
	assert_err(&e, ERR_MISMATCH, "the trie is empty, and the proof has nodes");
	err_clear(&e);
}

/* ---- a chain's accounts and slots (anvil) ---- */

static void check_slot(struct arena *a, const struct hash32 *root, const struct json *v)
{
	const struct trie_proof p = proof_of(a, json_find(v, "proof"));
	const struct hash32 slot = hash_of(v, "key");
	struct u256 want, got;
	struct hash32 word, key;
	struct span text;
	struct err e = {0};

	assert_ok(trie_storage(&word, root, &slot, &p, &e), &e);
	got = u256_from_be(word.b);
	assert_true(json_get_str(v, "value", &text, NULL) && u256_parse(&want, text, NULL));
	assert_int_equal(u256_cmp(&want, &got), 0);
	keccak256(&key, SPAN_HASH(&slot));
	if (p.n > 1)
		tamper(a, root, SPAN_HASH(&key), &p);
}

static void what_a_node_proves_leads_up_to_its_header(void **state)
{
	struct fixture *f = *state;
	const struct json *chain = json_find(f->doc, "chain"), *block = json_find(chain, "block");
	struct header h;
	struct buf rlp = {0};
	struct err e = {0};
	size_t n = 0, absent = 0;

	assert_ok(header_from_json(&rlp, block, &e) && header_read(&h, buf_view(&rlp), &e), &e);
	for (const struct json *v = json_find(chain, "accounts")->first; v; v = v->next) {
		const struct trie_proof p = proof_of(&f->a, json_find(v, "accountProof"));
		const struct hash32 storage = hash_of(v, "storageHash"), code = hash_of(v, "codeHash");
		const struct span at = bytes_of(&f->a, json_find(v, "address"));
		struct trie_account account;
		struct hash32 key;
		struct addr who;

		memcpy(who.b, at.p, 20);
		assert_ok(trie_account(&account, &h.state_root, &who, &p, &e), &e);
		absent += !account.exists;
		assert_true(hash32_eq(&account.storage_root, &storage) || !account.exists);
		assert_true(hash32_eq(&account.code_hash, &code) || !account.exists);
		keccak256(&key, at);
		tamper(&f->a, &h.state_root, SPAN_HASH(&key), &p);
		for (const struct json *s = json_find(v, "storageProof")->first; s; s = s->next, n++)
			check_slot(&f->a, &account.storage_root, s);
	}
	assert_int_equal(n, 7);
	assert_int_equal(absent, 1);
	buf_release(&rlp);
}

static void an_account_that_is_none_is_refused(void **state)
{
	struct arena a = {0};
	struct buf node = {0}, path = {0}, account = {0};
	const struct addr who = {{1}};
	struct hash32 key, root;
	struct trie_account out;
	struct err e = {0};
	size_t list;

	(void)state;
	keccak256(&key, span_of(who.b, 20));
	list = rlp_begin(&account);
	rlp_write_u64(&account, 1);
	rlp_write_u64(&account, 2);
	rlp_write_u64(&account, 3);
	rlp_end(&account, list);
	buf_byte(&path, 0x20);
	buf_span(&path, SPAN_HASH(&key));
	list = rlp_begin(&node);
	rlp_write_bytes(&node, buf_view(&path));
	rlp_write_bytes(&node, buf_view(&account));
	rlp_end(&node, list);
	keccak256(&root, buf_view(&node));
	const struct span nodes = buf_view(&node);
	assert_false(trie_account(&out, &root, &who, &(struct trie_proof){ &nodes, 1 }, &e));
	assert_err(&e, ERR_SYNTAX, "account.storageRoot, byte 3: needed 32 bytes, found 1");
	err_clear(&e);
	buf_release(&node);
	buf_release(&path);
	buf_release(&account);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_proof_of_another_implementation_verifies, setup, teardown),
		cmocka_unit_test_setup_teardown(a_proof_with_any_byte_flipped_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_wrong_node_is_named_by_its_place_and_hashes, setup, teardown),
		cmocka_unit_test(a_node_that_is_none_is_refused_at_its_byte),
		cmocka_unit_test(a_proof_that_ends_early_says_so),
		cmocka_unit_test(an_empty_trie_has_nothing_and_no_nodes),
		cmocka_unit_test_setup_teardown(what_a_node_proves_leads_up_to_its_header, setup, teardown),
		cmocka_unit_test(an_account_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
