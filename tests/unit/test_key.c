#include "tests/support/check.h"
#include "tui/kit/key.h"

static void assert_name(uint32_t key, const char *name)
{
	struct buf b = {0};

	key_name(&b, key);
	assert_buf_str(&b, name);
	buf_release(&b);
}

static void a_key_with_a_name_is_found_by_it(void **state)
{
	static const uint32_t others[] = {' ', 'q', 'Q', '-', '~', 0xe9, 0x4e2d, 0x301, 0x1f600, K_CTRL('a'),
		K_CTRL('c'), K_CTRL('z'), K_CTRL('h'), K_CTRL('_'), K_CTRL('\\')};
	(void)state;

	for (uint32_t i = 0; i < K_END_OF_KEYS - (K_FIRST + 1) + ARRAY_LEN(others); i++) {
		const uint32_t n_named = K_END_OF_KEYS - (K_FIRST + 1);
		const uint32_t key = i < n_named ? K_FIRST + 1 + i : others[i - n_named];
		struct buf name = {0};
		uint32_t found = K_NONE;

		key_name(&name, key);
		assert_true(key_parse(&found, buf_view(&name)));
		assert_int_equal(found, key);
		buf_release(&name);
	}
}

static void names_are_what_keyboards_say(void **state)
{
	(void)state;

	assert_name(K_ENTER, "Enter");
	assert_name(K_BACKTAB, "Shift-Tab");
	assert_name(K_PAGE_DOWN, "PgDn");
	assert_name(K_CTRL('c'), "Ctrl-C");
	assert_name(' ', "Space");
	assert_name('q', "q");
	assert_name(0xe9, "\xc3\xa9");
	assert_name(0x9b, "(key 9B)");
	assert_name(0x202e, "(key 202E)");
	assert_name(K_NONE, "(key 0)");
}

static void scripts_need_not_care_for_case(void **state)
{
	static const struct { const char *name; uint32_t key; } cases[] = {
		{"enter", K_ENTER}, {"ESC", K_ESC}, {"pgdn", K_PAGE_DOWN}, {"ctrl-c", K_CTRL('c')},
		{"space", ' '}, {" ", ' '}, {"q", 'q'}, {"Q", 'Q'}, {"Ctrl-I", K_TAB}, {"Ctrl-M", K_ENTER},
		{"Ctrl-J", K_ENTER}, {"Ctrl-[", K_ESC},
	};
	static const char *const bad[] = {"", "ent", "enterr", "Ctrl-", "Ctrl-cc", "Ctrl-1", "qq", "\xff", "\x1b",
		"\xe2\x80\xae", "(key 9B)", "Ctrl-\xc3"};
	uint32_t key;
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_true(key_parse(&key, span_str(cases[i].name)));
		assert_int_equal(key, cases[i].key);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(key_parse(&key, span_str(bad[i])));
}

static void only_plain_characters_can_be_typed(void **state)
{
	static const uint32_t text[] = {' ', '~', 'a', 0xe9, 0x301, 0x20ac, 0x4e2d, 0x1f600};
	static const uint32_t other[] = {K_NONE, 0x1f, 0x7f, 0x80, 0x9f, 0xa0, 0xad, 0x200b, 0x202e, 0x2028, 0xd800,
		0xdfff, 0xe000, 0xfeff, 0x10ffff, K_FIRST, K_ENTER, K_UP, K_HANGUP, UINT32_MAX};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(text); i++)
		assert_true(key_is_text(text[i]));
	for (size_t i = 0; i < ARRAY_LEN(other); i++)
		assert_false(key_is_text(other[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_with_a_name_is_found_by_it),
		cmocka_unit_test(names_are_what_keyboards_say),
		cmocka_unit_test(scripts_need_not_care_for_case),
		cmocka_unit_test(only_plain_characters_can_be_typed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
