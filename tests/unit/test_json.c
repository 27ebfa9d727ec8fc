/* Reading and writing JSON. Verdicts are held against jansson's on the same bytes, and on thousands of mutations. */
#include "tests/support/check.h"
#include "tests/support/jansson.h"

static const struct json *parse(struct arena *a, const char *text)
{
	struct err e = {0};
	const struct json *v = json_parse(a, span_str(text), &e);

	assert_ok(v != NULL, &e);
	return v;
}

static void every_value_knows_its_byte(void **state)
{
	struct arena a = {0};
	const struct json *v = parse(&a, " {\"a\": [1, \"x\", null],\n \"b\": true }");
	(void)state;

	assert_int_equal(v->type, JSON_OBJECT);
	assert_int_equal(v->at, 1);
	assert_int_equal(v->n, 2);
	assert_int_equal(json_find(v, "a")->at, 7);
	assert_int_equal(json_at(json_find(v, "a"), 0)->at, 8);
	assert_int_equal(json_at(json_find(v, "a"), 1)->at, 11);
	assert_int_equal(json_at(json_find(v, "a"), 2)->type, JSON_NULL);
	assert_null(json_at(json_find(v, "a"), 3));
	assert_int_equal(json_find(v, "b")->type, JSON_TRUE);
	assert_span_str(json_find(v, "b")->name, "b");
	assert_null(json_find(v, "c"));
	assert_null(json_find(json_find(v, "b"), "c"));
	assert_null(json_at(v, 0));
	arena_release(&a);
}

static void numbers_stay_the_digits_that_were_written(void **state)
{
	static const char *const good[] = {
		"0", "-0", "12", "-1", "1.50", "1e5", "1E+05", "0.0e-0",
		"115792089237316195423570985008687907853269984665640564039457584007913129639935",
	};
	struct arena a = {0};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_span_str(parse(&a, good[i])->text, good[i]);
	arena_release(&a);
}

static void escapes_are_decoded(void **state)
{
	struct arena a = {0};
	(void)state;

	assert_span_str(parse(&a, "\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"")->text, "a\"\\/\b\f\n\r\t");
	assert_span_str(parse(&a, "\"\\u0041\\u00e9\\u20AC\\ud83d\\uDE00z\"")->text,
			"A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z");
	assert_span_str(json_find(parse(&a, "{\"\\u0061\":1}"), "a")->name, "a");
	assert_int_equal(parse(&a, "\"\"")->text.n, 0);
	arena_release(&a);
}

static void wrong_documents_are_refused_at_their_byte(void **state)
{
	static const struct { const char *in; enum err_code code; const char *error; } bad[] = {
		{"", ERR_SYNTAX, "byte 0: needed a JSON value, found the end"},
		{"  ", ERR_SYNTAX, "byte 2: needed a JSON value, found the end"},
		{"\xef\xbb\xbf{}", ERR_SYNTAX, "byte 0: needed a JSON value, found 0xef"},
		{"nul", ERR_SYNTAX, "byte 0: needed a JSON value, found 'n'"},
		{"True", ERR_SYNTAX, "byte 0: needed a JSON value, found 'T'"},
		{"{} {}", ERR_SYNTAX, "byte 3: needed the end of the document, found '{'"},
		{"1 2", ERR_SYNTAX, "byte 2: needed the end of the document, found '2'"},
		{"{\"a\":1,}", ERR_SYNTAX, "byte 7: needed a name in double quotes, found '}'"},
		{"{a:1}", ERR_SYNTAX, "byte 1: needed a name in double quotes, found 'a'"},
		{"{\"a\" 1}", ERR_SYNTAX, "byte 5: needed ':', found '1'"},
		{"{\"a\":}", ERR_SYNTAX, "byte 5: needed a JSON value, found '}'"},
		{"{\"a\":1 \"b\":2}", ERR_SYNTAX, "byte 7: needed ',' or '}', found '\"'"},
		{"[1,]", ERR_SYNTAX, "byte 3: needed a JSON value, found ']'"},
		{"[1", ERR_SYNTAX, "byte 2: needed ',' or ']', found the end"},
		{"[1}", ERR_SYNTAX, "byte 2: needed ',' or ']', found '}'"},
		{"01", ERR_SYNTAX, "byte 0: leading zero"},
		{"-01", ERR_SYNTAX, "byte 1: leading zero"},
		{"-", ERR_SYNTAX, "byte 1: needed a digit, found the end"},
		{"1.", ERR_SYNTAX, "byte 2: needed a digit, found the end"},
		{".5", ERR_SYNTAX, "byte 0: needed a JSON value, found '.'"},
		{"+1", ERR_SYNTAX, "byte 0: needed a JSON value, found '+'"},
		{"1e", ERR_SYNTAX, "byte 2: needed a digit, found the end"},
		{"0x1", ERR_SYNTAX, "byte 1: needed the end of the document, found 'x'"},
		{"NaN", ERR_SYNTAX, "byte 0: needed a JSON value, found 'N'"},
		{"\"a", ERR_SYNTAX, "byte 2: needed '\"' to close the string, found the end"},
		{"\"a\nb\"", ERR_SYNTAX, "byte 2: control byte 0x0a in a string"},
		{"\"\xff\"", ERR_SYNTAX, "byte 1: 0xff is not UTF-8"},
		{"\"\xc0\x80\"", ERR_SYNTAX, "byte 1: 0xc0 is not UTF-8"},
		{"\"\xed\xa0\x80\"", ERR_SYNTAX, "byte 1: 0xed is not UTF-8"},
		{"\"\\x\"", ERR_SYNTAX, "byte 2: needed one of \"\\/bfnrtu behind a backslash, found 'x'"},
		{"\"\\u12g4\"", ERR_SYNTAX, "byte 5: needed a hex digit, found 'g'"},
		{"\"a\\u0000\"", ERR_SYNTAX, "byte 2: NUL in a string"},
		{"\"\\ud800\"", ERR_SYNTAX, "byte 1: lone surrogate"},
		{"\"\\ud800\\u0041\"", ERR_SYNTAX, "byte 1: lone surrogate"},
		{"\"\\udc00\"", ERR_SYNTAX, "byte 1: lone surrogate"},
		{"{\"a\":1,\"b\":2,\"a\":3}", ERR_SYNTAX, "byte 13: name \"a\" given twice"},
		{"{\"a\":1,\"\\u0061\":3}", ERR_SYNTAX, "byte 7: name \"a\" given twice"},
		{"[{\"x\":{\"a\":1},\"a\":2,\"x\":0}]", ERR_SYNTAX, "byte 20: name \"x\" given twice"},
		{"/* */1", ERR_SYNTAX, "byte 0: needed a JSON value, found '/'"},
		{"'a'", ERR_SYNTAX, "byte 0: needed a JSON value, found '''"},
	};
	struct arena a = {0};
	struct err e = {0};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_null(json_parse(&a, span_str(bad[i].in), &e));
		assert_err(&e, bad[i].code, bad[i].error);
	}
	assert_null(json_parse(&a, span_of("1\0", 2), &e));
	assert_err(&e, ERR_SYNTAX, "byte 1: needed the end of the document, found 0x00");
	err_clear(&e);
	arena_release(&a);
}

static void depth_64_and_no_deeper(void **state)
{
	struct arena a = {0};
	struct buf b = {0};
	struct err e = {0};
	(void)state;

	for (int i = 0; i < 64; i++)
		buf_str(&b, "[");
	for (int i = 0; i < 64; i++)
		buf_str(&b, "]");
	assert_non_null(json_parse(&a, buf_view(&b), &e));
	buf_clear(&b);
	for (int i = 0; i < 100000; i++)
		buf_str(&b, "[");
	assert_null(json_parse(&a, buf_view(&b), &e));
	assert_err(&e, ERR_RANGE, "byte 64: nested deeper than 64");
	err_clear(&e);
	buf_release(&b);
	arena_release(&a);
}

static void a_name_given_twice_among_thousands(void **state)
{
	struct arena a = {0};
	struct buf b = {0};
	struct err e = {0};
	(void)state;

	buf_str(&b, "{");
	for (int i = 0; i < 50000; i++)
		buf_fmt(&b, "\"n%d\":%d,", i, i);
	buf_str(&b, "\"last\":0}");
	assert_non_null(json_parse(&a, buf_view(&b), &e));
	b.n--;
	buf_str(&b, ",\"n7\":1,\"n6\":1}");
	assert_null(json_parse(&a, buf_view(&b), &e));
	assert_err(&e, ERR_SYNTAX, "byte 727790: name \"n7\" given twice");
	err_clear(&e);
	buf_release(&b);
	arena_release(&a);
}

static void members_are_read_by_name(void **state)
{
	static const char text[] = "{\"s\":\"x\",\"n\":9007199254740991,\"t\":true,\"f\":false,\"z\":null,"
		"\"d\":\"12\",\"x\":\"0xff\",\"big\":100000000000000000000,"
		"\"h\":\"0x00000000000000000000000000000000000000000000000000000000000000ff\","
		"\"b\":\"00000000000000000000000000000000000000000000000000000000000000fe\"}";
	struct arena a = {0};
	const struct json *v = parse(&a, text), *out = NULL;
	struct err e = {0};
	struct hash32 h;
	struct u256 u;
	struct span s;
	uint64_t n;
	bool b;
	(void)state;

	assert_ok(json_get_str(v, "s", &s, &e), &e);
	assert_span_str(s, "x");
	assert_ok(json_get_u64(v, "n", &n, &e), &e);
	assert_true(n == 9007199254740991);
	assert_ok(json_get_bool(v, "t", &b, &e) && b, &e);
	assert_ok(json_get_bool(v, "f", &b, &e) && !b, &e);
	assert_ok(json_get(v, "z", JSON_NULL, &out, &e) && json_is_null(out), &e);
	assert_true(json_is_null(NULL));
	assert_ok(json_get_hash(v, "h", &h, &e) && h.b[31] == 0xff, &e);
	assert_ok(json_get_bare_hash(v, "b", &h, &e) && h.b[31] == 0xfe, &e);
	assert_ok(json_get_u256(v, "d", &u, &e) && u.w[0] == 12, &e);
	assert_ok(json_get_u256(v, "x", &u, &e) && u.w[0] == 255, &e);
	assert_ok(json_get_u256(v, "n", &u, &e) && u.w[0] == 9007199254740991, &e);
	assert_ok(json_get_u256(v, "big", &u, &e) && u.w[1] == 5, &e);
	arena_release(&a);
}

static void a_wrong_member_is_named_with_its_byte(void **state)
{
	struct arena a = {0};
	const struct json *v = parse(&a, "{\"s\":\"x\",\"m\":-1,\"f\":1.0,\"e\":1e3,"
					 "\"b\":9007199254740992,\"h\":\"0x0g\"}");
	struct err e = {0};
	struct hash32 h;
	struct u256 u;
	struct span s;
	uint64_t n;
	bool b;
	(void)state;

	assert_false(json_get_str(v, "no", &s, &e));
	assert_err(&e, ERR_MISSING, "no, byte 0: missing");
	assert_false(json_get_str(v, "m", &s, &e));
	assert_err(&e, ERR_SYNTAX, "m, byte 13: needed a string, found a number");
	assert_false(json_get_u64(v, "s", &n, &e));
	assert_err(&e, ERR_SYNTAX, "s, byte 5: needed a number, found a string");
	assert_false(json_get_u64(v, "m", &n, &e));
	assert_err(&e, ERR_RANGE, "m, byte 13: negative");
	assert_false(json_get_u64(v, "f", &n, &e));
	assert_err(&e, ERR_SYNTAX, "f, byte 21: needed a whole number without exponent");
	assert_false(json_get_u64(v, "e", &n, &e));
	assert_err(&e, ERR_SYNTAX, "e, byte 29: needed a whole number without exponent");
	assert_false(json_get_u64(v, "b", &n, &e));
	assert_err(&e, ERR_RANGE, "b, byte 36: at most 2^53-1, found 16 digits");
	assert_false(json_get_bool(v, "s", &b, &e));
	assert_err(&e, ERR_SYNTAX, "s, byte 5: needed true or false, found a string");
	assert_false(json_get_hash(v, "h", &h, &e));
	assert_err(&e, ERR_SYNTAX, "h, byte 61: 'g' is not a hex digit");
	assert_false(json_get_u256(v, "s", &u, &e));
	assert_err(&e, ERR_SYNTAX, "s, byte 6: not a decimal digit");
	assert_false(json_get_str(json_find(v, "s"), "x", &s, &e));
	assert_err(&e, ERR_SYNTAX, "byte 5: needed an object, found a string");
	assert_false(json_get_str(NULL, "x", &s, &e));
	assert_err(&e, ERR_SYNTAX, "needed an object, found nothing");
	err_clear(&e);
	arena_release(&a);
}

static void unknown_members_are_refused(void **state)
{
	static const char *const names[] = {"a", "b", NULL};
	struct arena a = {0};
	struct err e = {0};
	(void)state;

	assert_ok(json_only(parse(&a, "{\"b\":1,\"a\":2}"), names, &e), &e);
	assert_ok(json_only(parse(&a, "{}"), names, &e), &e);
	assert_false(json_only(parse(&a, "{\"a\":1,\"ab\":2,\"c\":3}"), names, &e));
	assert_err(&e, ERR_UNKNOWN, "ab, byte 12: unknown member");
	assert_false(json_only(parse(&a, "[]"), names, &e));
	assert_err(&e, ERR_SYNTAX, "byte 0: needed an object, found an array");
	err_clear(&e);
	arena_release(&a);
}

static void what_is_built_is_written(void **state)
{
	struct arena a = {0};
	struct json *v = json_object(&a), *list = json_array(&a);
	struct u256 big;
	struct buf b = {0};
	(void)state;

	assert_true(u256_parse(&big, span_str("100000000000000000000"), NULL));
	json_set(v, &a, "z", json_u64(&a, 9007199254740991));
	json_set(v, &a, "a", json_u256(&a, &big));
	json_push(list, json_0x(&a, span_of("\x01\xff", 2)));
	json_push(list, json_bare(&a, span_of("\x01\xff", 2)));
	json_push(list, json_null(&a));
	json_push(list, json_fmt(&a, "%d\n", 3));
	json_push(list, json_object(&a));
	json_set(v, &a, "list", list);
	json_set(v, &a, "ok", json_bool(&a, true));
	json_compact(&b, v);
	assert_buf_str(&b, "{\"z\":9007199254740991,\"a\":\"100000000000000000000\","
			   "\"list\":[\"0x01ff\",\"01ff\",null,\"3\\n\",{}],\"ok\":true}");
	buf_clear(&b);
	json_canonical(&b, v);
	assert_buf_str(&b, "{\"a\":\"100000000000000000000\",\"list\":[\"0x01ff\",\"01ff\",null,\"3\\n\",{}],"
			   "\"ok\":true,\"z\":9007199254740991}");
	buf_clear(&b);
	json_pretty(&b, v);
	assert_buf_str(&b, "{\n  \"z\": 9007199254740991,\n  \"a\": \"100000000000000000000\",\n  \"list\": [\n"
			   "    \"0x01ff\",\n    \"01ff\",\n    null,\n    \"3\\n\",\n    {}\n  ],\n  \"ok\": true\n}");
	assert_int_equal(v->at, ERR_NO_OFFSET);
	buf_release(&b);
	arena_release(&a);
}

/* RFC 8785, section 3.2.3: its example of sorting, and section 3.2.2.2 of strings. */
static void canonical_order_and_escapes_are_those_of_rfc_8785(void **state)
{
	static const char in[] = "{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\","
		"\"\\ufb33\":\"Hebrew Letter Dalet With Dagesh\",\"1\":\"One\","
		"\"\\ud83d\\ude00\":\"Emoji: Grinning Face\",\"\\u0080\":\"Control\","
		"\"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}";
	static const char *const order[] = {"Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis",
		"Euro Sign", "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh"};
	struct arena a = {0};
	struct buf b = {0};
	const struct json *v;
	size_t i = 0;
	(void)state;

	json_canonical(&b, parse(&a, in));
	v = parse(&a, buf_cstr(&b));
	for (const struct json *c = v->first; c; c = c->next)
		assert_span_str(c->text, order[i++]);
	assert_int_equal(i, ARRAY_LEN(order));
	buf_clear(&b);
	json_canonical(&b, parse(&a, "\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\""));
	assert_buf_str(&b, "\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
	buf_release(&b);
	arena_release(&a);
}

static void only_integers_have_a_canonical_form_here(void **state)
{
	static const struct { const char *in, *error; } bad[] = {
		{"1.0", "byte 0: needed an integer within 2^53-1 of zero"},
		{"-0", "byte 0: needed an integer within 2^53-1 of zero"},
		{"1e3", "byte 0: needed an integer within 2^53-1 of zero"},
		{"9007199254740992", "byte 0: needed an integer within 2^53-1 of zero"},
		{"{\"a\":[0,{\"b\":0.5}]}", "a[1].b, byte 13: needed an integer within 2^53-1 of zero"},
	};
	struct arena a = {0};
	struct err e = {0};
	(void)state;

	assert_ok(json_is_canonical(parse(&a, "{\"a\":[0,-9007199254740991,{}],\"b\":\"1.5\"}"), &e), &e);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(json_is_canonical(parse(&a, bad[i].in), &e));
		assert_err(&e, ERR_RANGE, bad[i].error);
	}
	err_clear(&e);
	arena_release(&a);
}

static void same_means_the_same_canonical_bytes(void **state)
{
	struct arena a = {0}, other = {0};
	const struct json *v = parse(&a, "{\"b\":[1,{\"x\":\"\\u0041\"}],\"a\":null}");
	struct json *copy = json_copy(&other, v);
	(void)state;

	assert_true(json_same(v, parse(&a, " {\"a\":null, \"b\":[1,{\"x\":\"A\"}]}")));
	assert_false(json_same(v, parse(&a, "{\"a\":null,\"b\":[1,{\"x\":\"B\"}]}")));
	assert_true(json_same(v, copy));
	arena_release(&a);
	assert_true(json_same(copy, parse(&other, "{\"a\":null,\"b\":[1,{\"x\":\"A\"}]}")));
	arena_release(&other);
}

static void lines_are_counted_from_one(void **state)
{
	const struct span s = span_str("a\nb\n\nc");
	(void)state;

	assert_int_equal(json_line(s, 0), 1);
	assert_int_equal(json_line(s, 1), 1);
	assert_int_equal(json_line(s, 2), 2);
	assert_int_equal(json_line(s, 5), 4);
	assert_int_equal(json_line(s, 99), 4);
}

static void agree(struct span s)
{
	struct arena a = {0};
	struct err e = {0};
	const enum verdict ours = json_parse(&a, s, &e) ? ACCEPTED : REFUSED, theirs = jansson_verdict(s);

	if (theirs != NO_VERDICT && ours != theirs) {
		struct buf text = {0};

		err_format(&e, &text);
		print_error("%.*s\nours: %s (%s)\n", (int)s.n, (const char *)s.p, ours == ACCEPTED ? "yes" : "no",
			    buf_cstr(&text));
		buf_release(&text);
		fail();
	}
	assert_true(ours == ACCEPTED || (e.at <= s.n && err_is_set(&e)));
	err_clear(&e);
	arena_release(&a);
}

static uint32_t next(uint32_t *seed)
{
	return *seed = *seed * 1664525u + 1013904223u;
}

static void mutate(struct buf *b, uint32_t *seed)
{
	static const char interesting[] = "{}[]\",:\\u0deE.+-19tfn \n\x7f\x80\xc3\xed\xf0\xff";
	const size_t at = next(seed) / 7 % (b->n ? b->n : 1);
	const uint8_t c = (uint8_t)interesting[next(seed) / 11 % (sizeof(interesting) - 1)];

	switch (next(seed) >> 16 & 3) {
	case 0:
		if (b->n)
			b->p[at] = c;
		return;
	case 1:
		buf_byte(b, c);
		memmove(b->p + at + 1, b->p + at, b->n - 1 - at);
		b->p[at] = c;
		return;
	case 2:
		if (b->n) {
			memmove(b->p + at, b->p + at + 1, b->n - at);
			b->n--;
		}
		return;
	case 3:
		b->n = at;
		return;
	}
}

static void verdicts_agree_with_jansson(void **state)
{
	static const char *const seeds[] = {
		"{\"a\":[1,2.5e-3,-0,true,false,null],\"b\":{\"c\":\"x\\u00e9\\ud83d\\ude00\\n\"},\"\":[]}",
		"[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\",\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\",\"\\ud800\\udc00\",[[[[]]]]]",
		"{\"types\":{\"A\":[{\"name\":\"x\",\"type\":\"uint256\"}]},\"n\":115792089237316195}",
		" \t\r\n 12 ", "\"\"", "-1.0E+2",
	};
	uint32_t seed = 20261123;
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(seeds); i++) {
		agree(span_str(seeds[i]));
		for (int round = 0; round < 4000; round++) {
			struct buf b = {0};

			buf_str(&b, seeds[i]);
			for (uint32_t n = next(&seed) >> 20 & 3; n <= 3; n++)
				mutate(&b, &seed);
			agree(buf_view(&b));
			buf_release(&b);
		}
	}
}

/* What we write, jansson reads as the same tree, and we read back to the same bytes. */
static void writing_and_reading_agree(void **state)
{
	struct arena a = {0};
	static const char text[] = "{\"z\":[1,-2,"
		"\"\\u0001\\u001f\\u007f\\u0080\\\"\",{}],\"\":{\"k\":[null,true]},\"a\":\"\\\\\"}";
	const struct json *v = parse(&a, text);
	struct buf ours = {0}, again = {0};
	char *theirs;
	(void)state;

	json_canonical(&ours, v);
	theirs = jansson_rewrite(buf_view(&ours));
	assert_non_null(theirs);
	assert_true(json_same(v, parse(&a, theirs)));
	json_canonical(&again, parse(&a, buf_cstr(&ours)));
	assert_buf_str(&again, buf_cstr(&ours));
	free(theirs);
	buf_release(&ours);
	buf_release(&again);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_value_knows_its_byte),
		cmocka_unit_test(numbers_stay_the_digits_that_were_written),
		cmocka_unit_test(escapes_are_decoded),
		cmocka_unit_test(wrong_documents_are_refused_at_their_byte),
		cmocka_unit_test(depth_64_and_no_deeper),
		cmocka_unit_test(a_name_given_twice_among_thousands),
		cmocka_unit_test(members_are_read_by_name),
		cmocka_unit_test(a_wrong_member_is_named_with_its_byte),
		cmocka_unit_test(unknown_members_are_refused),
		cmocka_unit_test(what_is_built_is_written),
		cmocka_unit_test(canonical_order_and_escapes_are_those_of_rfc_8785),
		cmocka_unit_test(only_integers_have_a_canonical_form_here),
		cmocka_unit_test(same_means_the_same_canonical_bytes),
		cmocka_unit_test(lines_are_counted_from_one),
		cmocka_unit_test(verdicts_agree_with_jansson),
		cmocka_unit_test(writing_and_reading_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
