#include "src/base/text.h"
#include "tests/support/check.h"

static void what_could_deceive_becomes_visible(void **state)
{
	static const struct { const char *in, *out; } cases[] = {
		{"plain text, 100 %", "plain text, 100 %"},
		{"caf\xc3\xa9 \xe2\x82\xac \xe4\xb8\xad \xf0\x9f\x98\x80",
		 "caf\xc3\xa9 \xe2\x82\xac \xe4\xb8\xad \xf0\x9f\x98\x80"},
		{"a\x1b[2Jb", "a\\u{001B}[2Jb"},
		{"a\tb\rc\x7f", "a\\u{0009}b\\u{000D}c\\u{007F}"},
		{"\xc2\x9b""0m", "\\u{009B}0m"},                              /* C1: a CSI in one character */
		{"pay \xe2\x80\xae""ecila", "pay \\u{202E}ecila"},            /* right-to-left override */
		{"\xe2\x81\xa6x\xe2\x81\xa9", "\\u{2066}x\\u{2069}"},         /* isolates */
		{"ad\xe2\x80\x8bmin", "ad\\u{200B}min"},                      /* zero width space */
		{"ad\xe2\x80\x8dmin", "ad\\u{200D}min"},
		{"\xef\xbb\xbfx", "\\u{FEFF}x"},
		{"so\xc2\xadso", "so\\u{00AD}so"},                            /* soft hyphen */
		{"a\xc2\xa0z", "a\\u{00A0}z"},                                /* a space that is none */
		{"a\xe2\x80\x83z", "a\\u{2003}z"},
		{"a\xe2\xa0\x80z", "a\\u{2800}z"},
		{"a\xe3\x85\xa4z", "a\\u{3164}z"},                            /* Hangul filler */
		{"x\xef\xb8\x8f", "x\\u{FE0F}"},                              /* variation selector */
		{"\xf3\xa0\x81\x81", "\\u{E0041}"},                           /* tag */
		{"\xee\x80\x80", "\\u{E000}"},                                /* private use */
		{"\xcd\xb8", "\\u{0378}"},                                    /* unassigned */
		{"\xe2\x80\xa8", "\\u{2028}"},                                /* line separator */
		{"e\xcc\x81", "e\xcc\x81"},
		{"\xcc\x81""e", "\\u{0301}e"},                                /* would sit on what we wrote */
		{"a\xff" "b\xc3", "a\\xFFb\\xC3"},
		{"\xed\xa0\x80", "\\xED\\xA0\\x80"},
		{"", ""},
	};
	struct buf b = {0};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		buf_clear(&b);
		text_safe(&b, span_str(cases[i].in), false);
		assert_buf_str(&b, cases[i].out);
		assert_int_equal(text_is_plain(span_str(cases[i].in), false), strcmp(cases[i].in, cases[i].out) == 0);
		assert_true(text_is_plain(buf_view(&b), false));
	}
	buf_clear(&b);
	text_safe(&b, span_of("a\0b", 3), true);
	assert_buf_str(&b, "a\\u{0000}b");
	buf_release(&b);
}

static void a_newline_stays_only_between_lines(void **state)
{
	struct buf b = {0};
	(void)state;

	text_safe(&b, span_str("a\nb"), true);
	assert_buf_str(&b, "a\nb");
	assert_true(text_is_plain(span_str("a\nb"), true));
	assert_false(text_is_plain(span_str("a\nb"), false));
	buf_clear(&b);
	text_safe(&b, span_str("a\n\xcc\x81"), true);
	assert_buf_str(&b, "a\n\\u{0301}");
	buf_clear(&b);
	text_safe(&b, span_str("a\nb"), false);
	assert_buf_str(&b, "a\\u{000A}b");
	buf_release(&b);
}

static void an_error_that_quotes_foreign_text_is_one_safe_line(void **state)
{
	struct arena a = {0};
	struct err e = {0};
	(void)state;

	err_set(&e, ERR_SYNTAX, ERR_NO_OFFSET, "found %s", "x\n\x1b[2J");
	assert_string_equal(text_safe_err(&a, &e), "found x\\u{000A}\\u{001B}[2J");
	assert_string_equal(text_safe_str(&a, span_str("a\nb\x7f"), true), "a\nb\\u{007F}");
	err_clear(&e);
	arena_release(&a);
}

static void utf8_is_strict(void **state)
{
	static const char *const good[] = {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
		"\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"};
	static const char *const bad[] = {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf",
		"\xed\xa0\x80", "\xed\xbf\xbf", "\xe2\x82", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xf0\x90\x80", "\xff", "\xc2\x41", "\xe2\x82\x41", "a\xfe"};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(text_is_utf8(span_str(good[i])));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(text_is_utf8(span_str(bad[i])));
}

static void every_character_survives_encoding(void **state)
{
	struct buf b = {0};
	(void)state;

	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		uint32_t back = 0;

		if (c == 0xd800)
			c = 0xe000;
		buf_clear(&b);
		text_encode(&b, c);
		assert_int_equal(text_decode(buf_view(&b), &back), b.n);
		assert_int_equal(back, c);
	}
	assert_int_equal(text_decode(span_of(NULL, 0), &(uint32_t){0}), 0);
	buf_release(&b);
}

static void width_counts_columns(void **state)
{
	(void)state;

	assert_int_equal(text_width(span_str("")), 0);
	assert_int_equal(text_width(span_str("abc")), 3);
	assert_int_equal(text_width(span_str("\xc3\xa9")), 1);
	assert_int_equal(text_width(span_str("e\xcc\x81")), 1);
	assert_int_equal(text_width(span_str("\xe4\xb8\xad\xe6\x96\x87")), 4);
	assert_int_equal(text_width(span_str("\xf0\x9f\x98\x80")), 2);
}

static void a_prefix_that_fits_is_never_half_a_character(void **state)
{
	const struct span s = span_str("a\xe4\xb8\xad" "e\xcc\x81z");
	(void)state;

	assert_int_equal(text_fit(s, 0), 0);
	assert_int_equal(text_fit(s, 1), 1);
	assert_int_equal(text_fit(s, 2), 1);
	assert_int_equal(text_fit(s, 3), 4);
	assert_int_equal(text_fit(s, 4), 7);
	assert_int_equal(text_fit(s, 5), 8);
	assert_int_equal(text_fit(s, 99), 8);
}

static void wrapping_cuts_no_word(void **state)
{
	static const struct { const char *in; size_t columns, indent; const char *out; } cases[] = {
		{"", 10, 0, ""},
		{"one two three", 8, 0, "one two\nthree"},
		{"one two three", 13, 0, "one two three"},
		{"one two three", 9, 2, "one two\n  three"},
		{"one two three", 8, 2, "one\n  two\n  three"},
		{"to 0x0123456789abcdef now", 10, 1, "to\n 0x0123456789abcdef\n now"},
		{"a  b   c", 80, 0, "a b c"},
		{"a\nb", 80, 2, "a\n  b"},
		{"a\n\nb", 80, 2, "a\n\n  b"},
		{"\xe4\xb8\xad\xe4\xb8\xad \xe4\xb8\xad", 5, 0, "\xe4\xb8\xad\xe4\xb8\xad\n\xe4\xb8\xad"},
	};
	struct buf b = {0};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		buf_clear(&b);
		text_wrap(&b, span_str(cases[i].in), cases[i].columns, cases[i].indent);
		assert_buf_str(&b, cases[i].out);
	}
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_could_deceive_becomes_visible),
		cmocka_unit_test(a_newline_stays_only_between_lines),
		cmocka_unit_test(an_error_that_quotes_foreign_text_is_one_safe_line),
		cmocka_unit_test(utf8_is_strict),
		cmocka_unit_test(every_character_survives_encoding),
		cmocka_unit_test(width_counts_columns),
		cmocka_unit_test(a_prefix_that_fits_is_never_half_a_character),
		cmocka_unit_test(wrapping_cuts_no_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
