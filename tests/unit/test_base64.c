#include "tests/support/check.h"

#include "src/base/base64.h"

/* RFC 4648, section 10. */
static void rfc4648_vectors(void **state)
{
	static const char *const vectors[][2] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" }, { "\xfb\xff\xbf", "+/+/" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		struct buf text = {0}, bytes = {0};

		buf_base64(&text, span_str(vectors[i][0]));
		assert_buf_str(&text, vectors[i][1]);
		assert_ok(base64_decode(&bytes, buf_view(&text), NULL), NULL);
		assert_buf_str(&bytes, vectors[i][0]);
		buf_release(&text);
		buf_release(&bytes);
	}
}

static void one_encoding_per_value(void **state)
{
	static const char *const bad[][2] = {
		{ "Zg", "byte 2: base64 comes in groups of 4 characters, found 2" },
		{ "Zh==", "byte 1: bits set after the last byte of base64" },
		{ "Zm9=", "byte 2: bits set after the last byte of base64" },
		{ "Zg==Zg==", "byte 2: not a base64 character" },
		{ "Z===", "byte 1: not a base64 character" },
		{ "====", "byte 0: not a base64 character" },
		{ "Zm9v\n===", "byte 4: not a base64 character" },
		{ "Zm-v", "byte 2: not a base64 character" },
		{ "Zg=g", "byte 2: not a base64 character" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct buf bytes = {0};
		struct err e = {0};

		buf_str(&bytes, "kept");
		assert_false(base64_decode(&bytes, span_str(bad[i][0]), &e));
		assert_err(&e, ERR_SYNTAX, bad[i][1]);
		assert_buf_str(&bytes, "kept");
		err_clear(&e);
		buf_release(&bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc4648_vectors),
		cmocka_unit_test(one_encoding_per_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
