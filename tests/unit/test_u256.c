/* Random operands are held against __int128 where they fit, and against algebra where they do not. */
#include "src/base/u256.h"
#include "tests/support/check.h"

#define MAX_TEXT "115792089237316195423570985008687907853269984665640564039457584007913129639935"
#define ROUNDS 20000

__extension__ typedef unsigned __int128 u128;

/* xorshift64: the same numbers in every run. */
static uint64_t next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static struct u256 any(uint64_t *seed)
{
	struct u256 v = {{0}};
	const unsigned words = (unsigned)(next(seed) % 5);

	for (unsigned i = 0; i < words; i++)
		v.w[i] = next(seed) % 3 ? next(seed) : UINT64_MAX * (next(seed) & 1);
	return v;
}

static struct u256 of(const char *text)
{
	struct u256 v = {{0}};
	struct err e = {0};

	assert_ok(u256_parse(&v, span_str(text), &e), &e);
	return v;
}

static const char *text_of(struct buf *b, const struct u256 *v)
{
	buf_clear(b);
	u256_format(b, v);
	return buf_cstr(b);
}

static void decimal_and_hex_texts(void **state)
{
	static const struct { const char *in, *decimal, *quantity; } good[] = {
		{"0", "0", "0x0"},
		{"7", "7", "0x7"},
		{"0x00", "0", "0x0"},
		{"0xDEADbeef", "3735928559", "0xdeadbeef"},
		{"18446744073709551616", "18446744073709551616", "0x10000000000000000"},
		{"1000000000000000000", "1000000000000000000", "0xde0b6b3a7640000"},
		{"9999999999999999999", "9999999999999999999", "0x8ac7230489e7ffff"},
		{"10000000000000000000", "10000000000000000000", "0x8ac7230489e80000"},
		{"100000000000000000000000000000000000007", "100000000000000000000000000000000000007",
		 "0x4b3b4ca85a86c47a098a224000000007"},
		{MAX_TEXT, MAX_TEXT, "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"},
	};
	struct buf b = {0};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		const struct u256 v = of(good[i].in);

		assert_string_equal(text_of(&b, &v), good[i].decimal);
		buf_clear(&b);
		u256_format_quantity(&b, &v);
		assert_buf_str(&b, good[i].quantity);
	}
	buf_release(&b);
}

static void wrong_texts_point_at_the_character(void **state)
{
	static const struct { const char *in; enum err_code code; const char *error; } bad[] = {
		{"", ERR_SYNTAX, "byte 0: needed a number, found nothing"},
		{"0x", ERR_SYNTAX, "byte 2: needed a hex digit"},
		{"00", ERR_SYNTAX, "byte 0: leading zero"},
		{"-1", ERR_SYNTAX, "byte 0: not a decimal digit"},
		{"+1", ERR_SYNTAX, "byte 0: not a decimal digit"},
		{"1 ", ERR_SYNTAX, "byte 1: not a decimal digit"},
		{"1.5", ERR_SYNTAX, "byte 1: not a decimal digit"},
		{"0x1g", ERR_SYNTAX, "byte 3: not a hex digit"},
		{"0X1", ERR_SYNTAX, "byte 1: not a decimal digit"},
		{"0x10000000000000000000000000000000000000000000000000000000000000000", ERR_RANGE,
		 "byte 2: 256 bits hold 64 hex digits, found 65"},
		{"115792089237316195423570985008687907853269984665640564039457584007913129639936", ERR_RANGE,
		 "byte 0: does not fit 256 bits: 78 digits"},
		{"1157920892373161954235709850086879078532699846656405640394575840079131296399350", ERR_RANGE,
		 "byte 0: does not fit 256 bits: 79 digits"},
	};
	struct u256 v = u256_from_u64(5);
	struct err e = {0};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(u256_parse(&v, span_str(bad[i].in), &e));
		assert_err(&e, bad[i].code, bad[i].error);
		assert_int_equal(v.w[0], 5);
	}
	err_clear(&e);
}

static void overflow_is_said_and_changes_nothing(void **state)
{
	const struct u256 max = of(MAX_TEXT), one = u256_from_u64(1), zero = {{0}};
	struct u256 out = u256_from_u64(42);
	(void)state;

	assert_false(u256_add(&out, &max, &one));
	assert_false(u256_sub(&out, &zero, &one));
	assert_false(u256_mul_u64(&out, &max, 2));
	assert_int_equal(out.w[0], 42);
	assert_true(u256_add(&out, &max, &zero));
	assert_true(u256_sub(&out, &max, &max));
	assert_true(u256_is_zero(&out));
	assert_true(u256_mul_u64(&out, &max, 1));
	assert_int_equal(u256_cmp(&out, &max), 0);
}

static void one_word_agrees_with_the_machine(void **state)
{
	uint64_t seed = 88172645463325252u;
	(void)state;

	for (int i = 0; i < ROUNDS; i++) {
		const uint64_t a = next(&seed), b = next(&seed) >> (next(&seed) % 64);
		const struct u256 x = u256_from_u64(a), y = u256_from_u64(b);
		struct u256 out;

		assert_true(u256_add(&out, &x, &y));
		assert_true(out.w[0] == a + b && out.w[1] == (uint64_t)(((u128)a + b) >> 64));
		assert_true(u256_mul_u64(&out, &x, b));
		assert_true(out.w[0] == a * b && out.w[1] == (uint64_t)(((u128)a * b) >> 64));
		assert_true(u256_sub(&out, &x, &y) == (a >= b));
		assert_int_equal(u256_cmp(&x, &y), a < b ? -1 : a > b);
	}
}

static void four_words_obey_algebra(void **state)
{
	uint64_t seed = 1;
	struct buf text = {0};
	(void)state;

	for (int i = 0; i < ROUNDS; i++) {
		const struct u256 a = any(&seed), b = any(&seed);
		const uint64_t d = (next(&seed) >> (next(&seed) % 64)) | 1;
		struct u256 sum, back, q, minus;
		uint8_t be[32];
		uint64_t r;

		if (u256_add(&sum, &a, &b)) {
			assert_true(u256_sub(&back, &sum, &b));
			assert_int_equal(u256_cmp(&back, &a), 0);
		}
		u256_div_u64(&q, &r, &a, d);
		back = u256_from_u64(r);
		assert_true(r < d && u256_mul_u64(&sum, &q, d) && u256_add(&sum, &sum, &back));
		assert_int_equal(u256_cmp(&sum, &a), 0);
		minus = u256_negate(&a);
		minus = u256_negate(&minus);
		assert_int_equal(u256_cmp(&minus, &a), 0);
		u256_to_be(be, &a);
		back = u256_from_be(be);
		assert_int_equal(u256_cmp(&back, &a), 0);
		back = of(text_of(&text, &a));
		assert_int_equal(u256_cmp(&back, &a), 0);
	}
	buf_release(&text);
}

static void shifting_is_doubling(void **state)
{
	uint64_t seed = 5;
	(void)state;

	for (unsigned bits = 0; bits < 256; bits++) {
		const struct u256 one = u256_from_u64(1), v = any(&seed);
		struct u256 doubled = v, shifted = u256_shift_left(&one, bits);

		assert_int_equal(u256_bit_length(&shifted), bits + 1);
		for (unsigned i = 0; i < bits; i++) {
			doubled.w[3] = doubled.w[3] << 1 | doubled.w[2] >> 63;
			doubled.w[2] = doubled.w[2] << 1 | doubled.w[1] >> 63;
			doubled.w[1] = doubled.w[1] << 1 | doubled.w[0] >> 63;
			doubled.w[0] = doubled.w[0] << 1;
		}
		shifted = u256_shift_left(&v, bits);
		assert_int_equal(u256_cmp(&doubled, &shifted), 0);
	}
}

static void bytes_are_big_endian(void **state)
{
	uint8_t be[32] = {0};
	struct u256 v;
	uint64_t small = 3;
	(void)state;

	be[31] = 1;
	be[0] = 0x80;
	v = u256_from_be(be);
	assert_true(v.w[0] == 1 && v.w[3] == 1ull << 63);
	assert_int_equal(u256_bit_length(&v), 256);
	assert_false(u256_fits_u64(&v, &small));
	assert_int_equal(small, 3);
	v = u256_from_u64(UINT64_MAX);
	assert_true(u256_fits_u64(&v, &small));
	assert_true(small == UINT64_MAX);
	v = (struct u256){{0}};
	assert_int_equal(u256_bit_length(&v), 0);
	assert_true(u256_is_zero(&v));
	v = u256_negate(&v);
	assert_true(u256_is_zero(&v));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decimal_and_hex_texts),
		cmocka_unit_test(wrong_texts_point_at_the_character),
		cmocka_unit_test(overflow_is_said_and_changes_nothing),
		cmocka_unit_test(one_word_agrees_with_the_machine),
		cmocka_unit_test(four_words_obey_algebra),
		cmocka_unit_test(shifting_is_doubling),
		cmocka_unit_test(bytes_are_big_endian),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
