#include "tests/support/check.h"

static void a_buffer_grows_and_stays_a_string(void **state)
{
	struct buf b = {0};
	(void)state;

	assert_string_equal(buf_cstr(&b), "");
	for (int i = 0; i < 1000; i++)
		buf_byte(&b, 'x');
	assert_int_equal(b.n, 1000);
	assert_int_equal(strlen(buf_cstr(&b)), 1000);
	buf_clear(&b);
	assert_string_equal(buf_cstr(&b), "");
	buf_str(&b, "a");
	buf_span(&b, span_str("bc"));
	buf_add(&b, NULL, 0);
	buf_fmt(&b, "%d-%s", 7, "d");
	assert_buf_str(&b, "abc7-d");
	buf_release(&b);
	assert_null(b.p);
	assert_int_equal(b.n + b.cap, 0);
}

static void a_long_format_is_never_cut(void **state)
{
	struct buf b = {0};
	(void)state;

	buf_str(&b, "<");
	buf_fmt(&b, "%0500d", 0);
	buf_fmt(&b, "%s", "");
	assert_int_equal(b.n, 501);
	assert_int_equal(b.p[501], 0);
	buf_release(&b);
}

static void zeros_and_hex(void **state)
{
	struct buf b = {0};
	(void)state;

	buf_zeros(&b, 3);
	assert_hex(b.p, b.n, "000000");
	buf_clear(&b);
	buf_0xhex(&b, span_of("\x00\xff\x1a", 3));
	buf_hex(&b, span_of(NULL, 0));
	assert_buf_str(&b, "0x00ff1a");
	buf_release(&b);
}

static void spans_compare_by_content(void **state)
{
	(void)state;

	assert_true(span_eq(span_of(NULL, 0), span_str("")));
	assert_true(span_is(span_of("ab", 2), "ab"));
	assert_false(span_is(span_of("ab", 2), "abc"));
	assert_false(span_is(span_of("ab\0", 3), "ab"));
	assert_true(span_starts(span_str("0x12"), "0x"));
	assert_false(span_starts(span_str("0"), "0x"));
	assert_true(span_starts(span_of(NULL, 0), ""));
}

static void hashes_compare_whole(void **state)
{
	struct hash32 a = {{0}}, b = {{0}};
	(void)state;

	assert_true(hash32_is_zero(&a));
	assert_true(hash32_eq(&a, &b));
	b.b[31] = 1;
	assert_false(hash32_is_zero(&b));
	assert_false(hash32_eq(&a, &b));
}

static void a_reader_says_where_it_ran_out(void **state)
{
	struct reader r = reader_of(span_str("abcde"));
	struct span s;
	uint8_t c;
	struct err e = {0};
	(void)state;

	assert_true(reader_take(&r, &s, 2, &e));
	assert_span_str(s, "ab");
	assert_true(reader_byte(&r, &c, &e));
	assert_int_equal(c, 'c');
	assert_false(reader_end(&r, &e));
	assert_err(&e, ERR_SYNTAX, "byte 3: 2 bytes after the end");
	assert_false(reader_take(&r, &s, 3, &e));
	assert_err(&e, ERR_SYNTAX, "byte 3: needed 3 bytes, found 2");
	assert_false(reader_take(&r, &s, SIZE_MAX, &e));
	assert_int_equal(r.pos, 3);
	assert_true(reader_take(&r, &s, 2, &e));
	assert_false(reader_byte(&r, &c, &e));
	assert_err(&e, ERR_SYNTAX, "byte 5: needed 1 byte, found 0");
	assert_true(reader_take(&r, &s, 0, &e));
	assert_true(reader_end(&r, &e));
	assert_int_equal(reader_left(&r), 0);
	err_clear(&e);
}

static void constant_time_compare_sees_every_byte(void **state)
{
	uint8_t a[33] = {0}, b[33] = {0};
	(void)state;

	assert_true(bytes_equal_ct(a, b, 33));
	assert_true(bytes_equal_ct(NULL, NULL, 0));
	for (size_t i = 0; i < 33; i++) {
		b[i] = 0x80;
		assert_false(bytes_equal_ct(a, b, 33));
		b[i] = 0;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_buffer_grows_and_stays_a_string),
		cmocka_unit_test(a_long_format_is_never_cut),
		cmocka_unit_test(zeros_and_hex),
		cmocka_unit_test(spans_compare_by_content),
		cmocka_unit_test(hashes_compare_whole),
		cmocka_unit_test(a_reader_says_where_it_ran_out),
		cmocka_unit_test(constant_time_compare_sees_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
