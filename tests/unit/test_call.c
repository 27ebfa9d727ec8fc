/* Calls, to JSON and back: one text for each. */
#include "src/gov/call.h"
#include "tests/support/check.h"

#define TO "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"

static const struct json *parsed(struct arena *a, const char *text)
{
	struct err e = {0};
	const struct json *v = json_parse(a, span_str(text), &e);

	assert_ok(v != NULL, &e);
	return v;
}

static void written_calls_are_read_again(void **state)
{
	static const char text[] = "[{\"data\":\"0x\",\"to\":\"" TO "\",\"value\":\"0\"},"
				   "{\"data\":\"0x00ff\",\"to\":\"" TO "\",\"value\":\"1000000000000000000000\"}]";
	struct arena a = {0};
	struct calls calls, again;
	struct buf b = {0};
	struct err e = {0};

	(void)state;
	assert_ok(calls_from_json(&a, &calls, parsed(&a, text), &e), &e);
	assert_int_equal(calls.n, 2);
	assert_hex(calls.v[1].data.p, calls.v[1].data.n, "00ff");
	json_canonical(&b, calls_to_json(&a, calls));
	assert_buf_str(&b, text);
	assert_ok(calls_from_json(&a, &again, calls_to_json(&a, calls), &e), &e);
	assert_true(calls_eq(calls, again));
	assert_false(calls_eq(calls, (struct calls){ calls.v, 1 }));
	assert_false(calls_eq((struct calls){ calls.v, 1 }, (struct calls){ calls.v + 1, 1 }));
	buf_release(&b);
	arena_release(&a);
}

static void any_other_text_is_refused(void **state)
{
	static const struct { const char *json; enum err_code code; const char *text; } bad[] = {
		{ "{}", ERR_SYNTAX, "byte 0: calls are an array" },
		{ "[1]", ERR_SYNTAX, "[0], byte 1: a call is an object of data, to and value" },
		{ "[{}]", ERR_MISSING, "[0].data, byte 1: missing" },
		{ "[{\"data\":\"0x\",\"to\":\"" TO "\",\"value\":\"0\",\"gas\":1}]", ERR_UNKNOWN,
		  "[0].gas, byte 82: unknown member" },
		{ "[{\"data\":\"0xFF\",\"to\":\"" TO "\",\"value\":\"0\"}]", ERR_SYNTAX,
		  "[0].data, byte 12: data is written in lower case" },
		{ "[{\"data\":\"0xf\",\"to\":\"" TO "\",\"value\":\"0\"}]", ERR_SYNTAX, NULL },
		{ "[{\"data\":\"0x\",\"to\":\"0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed\",\"value\":\"0\"}]",
		  ERR_MISMATCH, NULL },
		{ "[{\"data\":\"0x\",\"to\":\"" TO "\",\"value\":\"0x1\"}]", ERR_SYNTAX,
		  "[0].value, byte 74: a value is written in decimal digits" },
		{ "[{\"data\":\"0x\",\"to\":\"" TO "\",\"value\":\"01\"}]", ERR_SYNTAX, NULL },
		{ "[{\"data\":\"0x\",\"to\":\"" TO "\",\"value\":1}]", ERR_SYNTAX, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct arena a = {0};
		struct calls calls;
		struct err e = {0};

		assert_false(calls_from_json(&a, &calls, parsed(&a, bad[i].json), &e));
		if (bad[i].text != NULL)
			assert_err(&e, bad[i].code, bad[i].text);
		assert_int_equal(e.code, bad[i].code);
		assert_true(e.field.n > 0 || i == 0);
		err_clear(&e);
		arena_release(&a);
	}
}

static void values_are_added_without_wrapping(void **state)
{
	uint8_t ones[32];
	struct call v[2] = { { .value = u256_from_u64(2) }, { .value = u256_from_u64(3) } };
	struct u256 sum, five = u256_from_u64(5);
	struct err e = {0};

	(void)state;
	memset(ones, 0xff, sizeof(ones));
	assert_ok(calls_value(&sum, (struct calls){ v, 2 }, &e), &e);
	assert_int_equal(u256_cmp(&sum, &five), 0);
	v[0].value = u256_from_be(ones);
	assert_false(calls_value(&sum, (struct calls){ v, 2 }, &e));
	assert_err(&e, ERR_RANGE, "the values add up to more than 256 bits hold");
	err_clear(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_calls_are_read_again),
		cmocka_unit_test(any_other_text_is_refused),
		cmocka_unit_test(values_are_added_without_wrapping),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
