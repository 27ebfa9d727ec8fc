#include "src/evm/rlp.h"
#include "tests/support/check.h"

static void bad_items_are_located(void **state)
{
	struct arena a = {0};
	const struct json *cases = json_find(json_vector(&a, "evm/rlp-bad.json"), "cases");

	(void)state;
	for (const struct json *c = cases->first; c; c = c->next) {
		const struct span want = json_find(c, "error")->text;
		struct err e = {0};
		const bool ok = rlp_check(hex_bytes(&a, arena_str(&a, json_find(c, "data")->text)), &e);

		assert_int_equal(ok, want.n == 0);
		assert_err(&e, ok ? ERR_NONE : ERR_SYNTAX, arena_str(&a, want));
		err_clear(&e);
	}
	arena_release(&a);
}

static void deep_lists_are_refused(void **state)
{
	struct buf b = {0};
	size_t open[RLP_MAX_DEPTH + 2];
	struct err e = {0};

	(void)state;
	for (size_t depth = RLP_MAX_DEPTH; depth <= RLP_MAX_DEPTH + 1; depth++) {
		buf_clear(&b);
		for (size_t i = 0; i < depth; i++)
			open[i] = rlp_begin(&b);
		for (size_t i = depth; i-- > 0;)
			rlp_end(&b, open[i]);
		assert_int_equal(rlp_check(buf_view(&b), &e), depth <= RLP_MAX_DEPTH);
	}
	assert_int_equal(e.code, ERR_RANGE);
	assert_string_equal(buf_cstr(&e.what), "lists deeper than 64");
	err_clear(&e);
	buf_release(&b);
}

static void integers_have_no_leading_zeros(void **state)
{
	static const uint8_t bytes[] = { 0x80, 0x00, 0x05, 0x82, 0x01, 0x00, 0x82, 0x00, 0x01,
					 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0 };
	struct reader r = reader_of(span_of(bytes, sizeof(bytes)));
	struct err e = {0};
	uint64_t v = 9;

	(void)state;
	assert_true(rlp_u64(&r, &v, &e) && v == 0);
	assert_false(rlp_u64(&r, &v, &e));
	assert_err(&e, ERR_SYNTAX, "byte 1: an integer starts with a zero byte");
	assert_true(rlp_u64(&r, &v, &e) && v == 5);
	assert_true(rlp_u64(&r, &v, &e) && v == 256);
	assert_false(rlp_u64(&r, &v, &e));
	assert_err(&e, ERR_SYNTAX, "byte 6: an integer starts with a zero byte");
	assert_false(rlp_u64(&r, &v, &e));
	assert_err(&e, ERR_RANGE, "byte 9: an integer of at most 8 bytes was needed, found 9");
	assert_int_equal(v, 256);
	err_clear(&e);
}

static void nested_readers_keep_the_documents_offsets(void **state)
{
	static const uint8_t bytes[] = { 0xc5, 0x01, 0xc3, 0x82, 0xff, 0xff };
	struct reader r = reader_of(span_of(bytes, sizeof(bytes))), list, inner;
	struct err e = {0};
	uint8_t three[3];
	struct span one;

	(void)state;
	assert_true(rlp_list(&r, &list, &e));
	assert_true(rlp_bytes(&list, &one, &e));
	assert_true(rlp_list(&list, &inner, &e));
	assert_true(reader_end(&list, &e));
	assert_false(rlp_fixed(&inner, three, 3, &e));
	assert_err(&e, ERR_SYNTAX, "byte 3: needed 3 bytes, found 2");
	err_clear(&e);
}

static void lengths_switch_form_at_56(void **state)
{
	uint8_t data[300] = {0};
	struct buf b = {0};
	size_t list;

	(void)state;
	rlp_write_bytes(&b, span_of(data, 55));
	assert_int_equal(b.p[0], 0xb7);
	assert_int_equal(b.n, 56);
	buf_clear(&b);
	rlp_write_bytes(&b, span_of(data, 56));
	assert_hex(b.p, 2, "b838");
	buf_clear(&b);
	list = rlp_begin(&b);
	rlp_write_bytes(&b, span_of(data, 300));
	rlp_end(&b, list);
	assert_hex(b.p, 6, "f9012fb9012c");
	assert_true(rlp_check(buf_view(&b), NULL));
	buf_release(&b);
}

static void numbers_are_as_short_as_can_be(void **state)
{
	struct u256 max = {{ UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX }};
	struct buf b = {0};

	(void)state;
	rlp_write_u64(&b, 0);
	rlp_write_u64(&b, 127);
	rlp_write_u64(&b, 128);
	rlp_write_u64(&b, 1024);
	rlp_write_u64(&b, UINT64_MAX);
	assert_hex(b.p, b.n, "807f818082040088ffffffffffffffff");
	buf_clear(&b);
	rlp_write_u256(&b, &max);
	assert_int_equal(b.n, 33);
	assert_int_equal(b.p[0], 0xa0);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_items_are_located),
		cmocka_unit_test(deep_lists_are_refused),
		cmocka_unit_test(integers_have_no_leading_zeros),
		cmocka_unit_test(nested_readers_keep_the_documents_offsets),
		cmocka_unit_test(lengths_switch_form_at_56),
		cmocka_unit_test(numbers_are_as_short_as_can_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
