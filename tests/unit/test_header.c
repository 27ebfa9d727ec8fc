/* Headers of every fork, made by other implementations (tests/vectors/proof/header.json). */
#include "tests/support/check.h"

#include "src/base/hex.h"
#include "src/crypto/keccak.h"
#include "src/evm/rlp.h"
#include "src/proof/header.h"

static struct span text_of(const struct json *o, const char *name)
{
	struct span s;

	assert_true(json_get_str(o, name, &s, NULL));
	return s;
}

static void an_encoded_header_reads_as_its_maker_says(void **state)
{
	struct arena a = {0};
	const struct json *doc = json_vector(&a, "proof/header.json");
	size_t n = 0;

	(void)state;
	for (const struct json *v = json_find(doc, "encoded")->first; v; v = v->next, n++) {
		struct buf rlp = {0};
		struct hash32 hash, root;
		uint64_t number, time;
		struct header h;
		struct err e = {0};

		assert_true(hex_decode(&rlp, text_of(v, "rlp"), NULL) && json_get_hash(v, "hash", &hash, NULL) &&
			    json_get_hash(v, "stateRoot", &root, NULL) && json_get_u64(v, "number", &number, NULL) &&
			    json_get_u64(v, "time", &time, NULL));
		assert_ok(header_read(&h, buf_view(&rlp), &e), &e);
		assert_true(hash32_eq(&h.hash, &hash) && hash32_eq(&h.state_root, &root));
		assert_true(h.number == number && h.time == time);
		buf_release(&rlp);
	}
	assert_int_equal(n, 5);
	arena_release(&a);
}

static void a_block_as_a_node_gives_it_encodes_to_its_hash(void **state)
{
	struct arena a = {0};
	const struct json *doc = json_vector(&a, "proof/header.json");
	size_t n = 0;

	(void)state;
	for (const struct json *v = json_find(doc, "blocks")->first; v; v = v->next, n++) {
		const struct json *block = json_find(v, "block");
		struct buf rlp = {0};
		struct hash32 hash;
		struct header h;
		struct err e = {0};

		assert_true(json_get_hash(block, "hash", &hash, NULL));
		assert_ok(header_from_json(&rlp, block, &e) && header_read(&h, buf_view(&rlp), &e), &e);
		assert_true(hash32_eq(&h.hash, &hash));
		assert_int_equal(h.number, 3);
		buf_release(&rlp);
	}
	assert_int_equal(n, 6);
	arena_release(&a);
}

/* The newest fork's header that a node gave, with `more` zero-free items after it. */
static void newest(struct arena *a, struct buf *rlp)
{
	const struct json *doc = json_vector(a, "proof/header.json");

	assert_true(header_from_json(rlp, json_find(json_at(json_find(doc, "blocks"), 4), "block"), NULL));
}

static void every_byte_of_a_header_is_in_its_hash(void **state)
{
	struct arena a = {0};
	struct buf rlp = {0};
	struct header h, other;

	(void)state;
	newest(&a, &rlp);
	assert_true(header_read(&h, buf_view(&rlp), NULL));
	for (size_t i = 0; i < rlp.n; i++) {
		rlp.p[i] ^= 1;
		if (header_read(&other, buf_view(&rlp), NULL))
			assert_false(hash32_eq(&h.hash, &other.hash));
		rlp.p[i] ^= 1;
	}
	buf_release(&rlp);
	arena_release(&a);
}

/* Appends items to the list that rlp holds. */
static void append(struct buf *rlp, struct span items)
{
	struct reader r = reader_of(buf_view(rlp)), in;
	struct buf out = {0};
	const size_t list = rlp_begin(&out);

	assert_true(rlp_list(&r, &in, NULL));
	buf_add(&out, in.all.p + in.pos, in.all.n - in.pos);
	buf_span(&out, items);
	rlp_end(&out, list);
	buf_release(rlp);
	*rlp = out;
}

static void what_later_forks_append_is_read_and_what_nobody_knows_refused(void **state)
{
	struct arena a = {0};
	struct buf rlp = {0}, items = {0};
	struct header h;
	struct err e = {0};

	(void)state;
	newest(&a, &rlp);
	buf_str(&items, "\xa0" "0123456789abcdef0123456789abcdef" "\x2a");        /* EIP-7928, EIP-7843 */
	append(&rlp, buf_view(&items));
	assert_ok(header_read(&h, buf_view(&rlp), &e), &e);
	append(&rlp, span_of("\x01", 1));
	assert_false(header_read(&h, buf_view(&rlp), &e));
	assert_err(&e, ERR_SYNTAX, "byte 644: 1 byte after the end");
	err_clear(&e);
	buf_release(&rlp);
	buf_release(&items);
	arena_release(&a);
}

static void a_broken_header_is_refused_at_its_field(void **state)
{
	struct arena a = {0};
	struct buf rlp = {0};
	struct header h;
	struct err e = {0};

	(void)state;
	assert_false(header_read(&h, hex_bytes(&a, "c0"), &e));
	assert_err(&e, ERR_SYNTAX, "parentHash, byte 1: needed 1 byte, found 0");
	err_clear(&e);
	assert_false(header_read(&h, hex_bytes(&a, "c3820102"), &e));
	assert_err(&e, ERR_SYNTAX, "parentHash, byte 1: needed 32 bytes, found 2");
	err_clear(&e);
	newest(&a, &rlp);
	buf_byte(&rlp, 0);
	assert_false(header_read(&h, buf_view(&rlp), &e));
	assert_err(&e, ERR_SYNTAX, "byte 610: 1 byte after the end");
	err_clear(&e);
	buf_zeros(&rlp, HEADER_MAX);
	assert_false(header_read(&h, buf_view(&rlp), &e));
	assert_err(&e, ERR_RANGE, "a header has at most 8192 bytes, found 8803");
	err_clear(&e);
	buf_release(&rlp);
	arena_release(&a);
}

static void check_json(const char *text, const char *expected)
{
	struct arena a = {0};
	struct buf rlp = {0};
	struct err e = {0};
	const struct json *v = json_parse(&a, span_str(text), NULL);

	assert_non_null(v);
	assert_false(header_from_json(&rlp, v, &e));
	assert_int_equal(rlp.n, 0);
	check_err(&e, e.code, expected, __FILE__, __LINE__);
	err_clear(&e);
	buf_release(&rlp);
	arena_release(&a);
}

static void a_node_s_json_that_is_no_header_names_the_field(void **state)
{
	(void)state;
	check_json("{}", "parentHash, byte 0: missing");
	check_json("{\"parentHash\":\"0x12\"}", "parentHash, byte 4: needed 64 hex digits, found 2");
}

/* go-ethereum, core/types/bloom9_test.go, TestBloomExtensively: Keccak-256 of the filter of a hundred texts. */
static void a_filter_has_what_was_put_in(void **state)
{
	struct header h = {0};
	struct hash32 digest, expected;
	struct bloom_key absent = bloom_key_of(span_str("something else"));
	struct arena a = {0};

	(void)state;
	for (int i = 0; i < 100; i++) {
		const struct bloom_key k =
			bloom_key_of(span_str(arena_fmt(&a, "xxxxxxxxxx data %d yyyyyyyyyyyyyy", i)));

		assert_false(header_may_have(&h, &k) && header_bloom_bits(&h) < 100);
		for (size_t b = 0; b < 3; b++)
			h.bloom[255 - k.bit[b] / 8] |= (uint8_t)(1u << (k.bit[b] % 8));
		assert_true(header_may_have(&h, &k));
	}
	assert_false(header_may_have(&h, &absent));
	keccak256(&digest, span_of(h.bloom, sizeof(h.bloom)));
	assert_true(hex_fixed(expected.b, sizeof(expected.b),
			      span_str("0xc8d3ca65cdb4874300a9e39475508f23ed6da09fdbc487f89a2dcf50b09eb263"), NULL));
	assert_memory_equal(digest.b, expected.b, sizeof(digest.b));
	assert_in_range(header_bloom_bits(&h), 200, 300);
	arena_release(&a);
}

/* The filter that comes with a header is the one that its hash is over. */
static void a_header_brings_its_filter(void **state)
{
	struct arena a = {0};
	const struct json *doc = json_vector(&a, "proof/header.json");

	(void)state;
	for (const struct json *v = json_find(doc, "blocks")->first; v; v = v->next) {
		const struct json *block = json_find(v, "block");
		struct buf rlp = {0}, bloom = {0};
		struct header h;
		struct err e = {0};

		assert_true(hex_decode(&bloom, text_of(block, "logsBloom"), NULL));
		assert_int_equal(bloom.n, sizeof(h.bloom));
		assert_ok(header_from_json(&rlp, block, &e) && header_read(&h, buf_view(&rlp), &e), &e);
		assert_memory_equal(bloom.p, h.bloom, sizeof(h.bloom));
		buf_release(&rlp);
		buf_release(&bloom);
	}
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_encoded_header_reads_as_its_maker_says),
		cmocka_unit_test(a_filter_has_what_was_put_in),
		cmocka_unit_test(a_header_brings_its_filter),
		cmocka_unit_test(a_block_as_a_node_gives_it_encodes_to_its_hash),
		cmocka_unit_test(every_byte_of_a_header_is_in_its_hash),
		cmocka_unit_test(what_later_forks_append_is_read_and_what_nobody_knows_refused),
		cmocka_unit_test(a_broken_header_is_refused_at_its_field),
		cmocka_unit_test(a_node_s_json_that_is_no_header_names_the_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
