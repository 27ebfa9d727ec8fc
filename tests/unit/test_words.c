#include "src/crypto/words.h"

#include "src/crypto/hash.h"
#include "tests/support/check.h"

static void the_list_is_bip_39s(void **state)
{
	struct buf text = {0};
	struct hash32 h;
	(void)state;

	for (unsigned i = 0; i < WORDS_COUNT; i++)
		buf_fmt(&text, "%s\n", words_at(i));
	sha256(&h, buf_view(&text));
	assert_hex(h.b, 32, "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda");
	buf_release(&text);
}

static void every_word_is_found_at_its_number(void **state)
{
	(void)state;

	for (unsigned i = 0; i < WORDS_COUNT; i++)
		assert_int_equal(words_find(span_str(words_at(i))), i);
}

static void what_is_no_word_is_not_found(void **state)
{
	static const char *const none[] = {"", "a", "aaa", "aband", "abandonn", "Abandon", "zooo", "zz", " zoo",
					   "\xff"};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_int_equal(words_find(span_str(none[i])), -1);
	assert_int_equal(words_find(span_of(NULL, 0)), -1);
	assert_int_equal(words_find(span_of("zoo", 4)), -1);
}

static void a_phrase_is_the_first_88_bits(void **state)
{
	struct hash32 h = {{0}};
	struct buf out = {0};
	(void)state;

	words_phrase(&out, &h);
	assert_buf_str(&out, "abandon abandon abandon abandon abandon abandon abandon abandon");
	buf_clear(&out);
	memset(h.b, 0xff, 11);
	words_phrase(&out, &h);
	assert_buf_str(&out, "zoo zoo zoo zoo zoo zoo zoo zoo");
	buf_clear(&out);
	/* The first eight words BIP-39 gives the entropy 9e885d952ad362caeb4efe34a8e91bd2 (Trezor's vectors). */
	memcpy(h.b, "\x9e\x88\x5d\x95\x2a\xd3\x62\xca\xeb\x4e\xfe\x34\xa8\xe9\x1b\xd2", 16);
	words_phrase(&out, &h);
	assert_buf_str(&out, "ozone drill grab fiber curtain grace pudding thank");
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_is_bip_39s),
		cmocka_unit_test(every_word_is_found_at_its_number),
		cmocka_unit_test(what_is_no_word_is_not_found),
		cmocka_unit_test(a_phrase_is_the_first_88_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
