#include "tests/support/check.h"

#include "src/proof/line.h"

#define ID "00112233445566778899aabbccddeeff"
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define HEAD "{\"seq\":12,\"id\":\"" ID "\",\"prev\":\"" ZEROS "\",\"time\":\"2026-11-23T10:15:02.123Z\","
#define MIDDLE "\"kind\":\"change.proposed\",\"change\":\"SC-7\",\"actor\":{\"id\":\"p3\",\"auth\":\"signature\"},"
#define GOOD HEAD MIDDLE "\"body\":{\"a\":1,\"b\":[-2,\"\xc3\xa9\\n\"]}}"

static struct line good(struct arena *a)
{
	struct line l = { .seq = 12,
			  .kind = span_str("change.proposed"),
			  .change = span_str("SC-7"),
			  .actor = span_str("p3"),
			  .auth = span_str("signature") };
	struct err e = {0};

	for (uint8_t i = 0; i < 16; i++)
		l.id[i] = (uint8_t)(i * 0x11);
	assert_ok(time_parse(&l.time, span_str("2026-11-23T10:15:02.123Z"), &e), &e);
	l.body = json_parse(a, span_str("{ \"b\": [-2, \"\xc3\xa9\\u000a\"], \"a\": 1 }"), &e);
	assert_non_null(l.body);
	return l;
}

static void a_line_is_written_in_one_way(void **state)
{
	struct arena a = {0};
	struct line l = good(&a);
	struct buf out = {0};
	struct err e = {0};

	(void)state;
	assert_ok(line_write(&out, &l, &e), &e);
	assert_buf_str(&out, GOOD);
	buf_clear(&out);
	l.change = span_of(NULL, 0);
	l.body = json_object(&a);
	assert_ok(line_write(&out, &l, &e), &e);
	assert_buf_str(
	    &out,
	    HEAD "\"kind\":\"change.proposed\",\"change\":null,\"actor\":{\"id\":\"p3\",\"auth\":\"signature\"},"
		 "\"body\":{}}");
	buf_release(&out);
	arena_release(&a);
}

static void a_line_is_read_back(void **state)
{
	struct arena a = {0};
	struct line l;
	struct buf again = {0};
	struct err e = {0};

	(void)state;
	assert_ok(line_parse(&a, &l, span_str(GOOD), &e), &e);
	assert_int_equal(l.seq, 12);
	assert_hex(l.id, 16, ID);
	assert_span_str(l.change, "SC-7");
	assert_span_str(l.actor, "p3");
	assert_true(line_kind_is(&l, "change.proposed"));
	assert_ok(line_write(&again, &l, &e), &e);
	assert_buf_str(&again, GOOD);
	buf_release(&again);
	arena_release(&a);
}

static void the_leaf_is_rfc6962(void **state)
{
	struct hash32 h;

	(void)state;
	line_leaf(&h, span_str("entry-0"));
	assert_hex(h.b, 32, "40766b2033429026f53d54502679a839706b4741f8dcaf3a8bba5f41b5ffe075");
}

static const struct { const char *raw, *error; } bad[] = {
	{ "", NULL },
	{ "[]", "byte 0: a line is an object" },
	{ GOOD " ", "byte 269: not canonical from here on" },
	{ GOOD "\n", "byte 269: not canonical from here on" },
	{ HEAD MIDDLE "\"body\":{\"b\":1,\"a\":1}}", "byte 247: not canonical from here on" },
	{ HEAD MIDDLE "\"body\":{\"a\": 1}}", "byte 250: not canonical from here on" },
	{ HEAD MIDDLE "\"body\":{\"a\":\"\\u0041\"}}", "byte 251: not canonical from here on" },
	{ HEAD MIDDLE "\"body\":{\"a\":\"\\/\"}}", "byte 251: not canonical from here on" },
	{ HEAD MIDDLE "\"body\":{\"a\":1.0}}",
	  "body.a, byte 250: a number in a line is an integer within 2^53-1, larger ones are strings" },
	{ HEAD MIDDLE "\"body\":{\"a\":[0,-0]}}",
	  "body.a[1], byte 253: a number in a line is an integer within 2^53-1, larger ones are strings" },
	{ HEAD MIDDLE "\"body\":{\"a\":1e3}}",
	  "body.a, byte 250: a number in a line is an integer within 2^53-1, larger ones are strings" },
	{ HEAD MIDDLE "\"body\":{\"a\":9007199254740992}}",
	  "body.a, byte 250: a number in a line is an integer within 2^53-1, larger ones are strings" },
	{ HEAD MIDDLE "\"body\":{\"a\":-10000000000000000}}",
	  "body.a, byte 250: a number in a line is an integer within 2^53-1, larger ones are strings" },
	{ HEAD MIDDLE "\"body\":[]}", NULL },
	{ HEAD MIDDLE "\"body\":{},\"more\":1}", NULL },
	{ HEAD MIDDLE "\"body\":{\"a\":1,\"a\":1}}", NULL },
	{ HEAD "\"change\":null,\"kind\":\"x\",\"actor\":{\"id\":\"p3\",\"auth\":\"claimed\"},\"body\":{}}",
	  "byte 159: not canonical from here on" },
	{ HEAD "\"kind\":\"x\",\"change\":null,\"actor\":{\"auth\":\"claimed\",\"id\":\"p3\"},\"body\":{}}",
	  "byte 193: not canonical from here on" },
	{ HEAD "\"kind\":\"X\",\"change\":null,\"actor\":{\"id\":\"p3\",\"auth\":\"claimed\"},\"body\":{}}",
	  "kind: a kind is 1 to 64 of a-z 0-9 . -" },
	{ HEAD "\"kind\":\"x\",\"change\":\"\",\"actor\":{\"id\":\"p3\",\"auth\":\"claimed\"},\"body\":{}}",
	  "change, byte 178: a change reads SC-7" },
	{ HEAD "\"kind\":\"x\",\"change\":\"SC-07\",\"actor\":{\"id\":\"p3\",\"auth\":\"claimed\"},\"body\":{}}",
	  "change: a change reads SC-7" },
	{ HEAD "\"kind\":\"x\",\"change\":null,\"actor\":{\"id\":\"p 3\",\"auth\":\"claimed\"},\"body\":{}}",
	  "actor.id: an actor's id is 1 to 64 printable ASCII characters without quotes" },
	{ HEAD "\"kind\":\"x\",\"change\":null,\"actor\":{\"id\":\"p3\",\"auth\":\"trusted\"},\"body\":{}}",
	  "actor.auth: auth is signature, os-user or claimed" },
	{ "{\"seq\":012,\"id\":\"" ID "\"}", NULL },
	{ "{\"seq\":12,\"id\":\"" ID "\"}", NULL },
	{ "{\"seq\":9007199254740992,\"id\":\"" ID "\",\"prev\":\"" ZEROS
	  "\",\"time\":\"2026-11-23T10:15:02.123Z\"," MIDDLE "\"body\":{}}",
	  NULL },
};

static void what_is_not_canonical_is_refused_with_its_place(void **state)
{
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = {0};
		struct line l;

		if (line_parse(&a, &l, span_str(bad[i].raw), &e))
			fail_msg("accepted: %s", bad[i].raw);
		assert_true(err_is_set(&e));
		if (bad[i].error)
			assert_err(&e, e.code, bad[i].error);
		err_clear(&e);
	}
	arena_release(&a);
}

/* The id, prev and time in capitals or cut short. */
static void fields_have_one_spelling(void **state)
{
	struct arena a = {0};
	struct buf raw = {0};

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(GOOD); i++) {
		struct line l;

		if (GOOD[i] < 'a' || GOOD[i] > 'f' || i > 140)
			continue;
		buf_clear(&raw);
		buf_str(&raw, GOOD);
		raw.p[i] = (uint8_t)(GOOD[i] - 'a' + 'A');
		assert_false(line_parse(&a, &l, buf_view(&raw), NULL));
	}
	buf_release(&raw);
	arena_release(&a);
}

static void a_line_has_a_largest_size(void **state)
{
	struct arena a = {0};
	struct line l = good(&a), back;
	struct json *body = json_object(&a);
	struct buf text = {0}, out = {0};
	struct err e = {0};

	(void)state;
	while (text.n < LINE_MAX_BYTES - 254)
		buf_byte(&text, 'x');
	json_set(body, &a, "a", json_text(&a, buf_view(&text)));
	l.body = body;
	assert_ok(line_write(&out, &l, &e), &e);
	assert_int_equal(out.n, LINE_MAX_BYTES);
	assert_ok(line_parse(&a, &back, buf_view(&out), &e), &e);
	buf_byte(&text, 'x');
	body = json_object(&a);
	json_set(body, &a, "a", json_text(&a, buf_view(&text)));
	l.body = body;
	buf_clear(&out);
	assert_false(line_write(&out, &l, &e));
	assert_err(&e, ERR_RANGE, "needed at most 65535 bytes, found 65536");
	assert_int_equal(out.n, 0);
	err_clear(&e);
	buf_release(&text);
	buf_release(&out);
	arena_release(&a);
}

static void a_peek_sees_what_the_parser_sees(void **state)
{
	struct arena a = {0};
	struct line_peek p;
	struct line l;

	(void)state;
	assert_true(line_peek(&p, span_str(GOOD)));
	assert_true(line_parse(&a, &l, span_str(GOOD), NULL));
	assert_int_equal(p.seq, l.seq);
	assert_memory_equal(p.id, l.id, 16);
	assert_true(hash32_eq(&p.prev, &l.prev));
	assert_true(span_eq(p.kind, l.kind) && span_eq(p.change, l.change));
	assert_span_str(p.time, "2026-11-23T10:15:02.123Z");
	for (size_t n = 0; n < 199; n++)
		assert_false(line_peek(&p, span_of(GOOD, n)));
	arena_release(&a);
}

/* The clock's own line may be earlier, when it says what it is: from the time above to its own. */
static void only_a_clock_line_that_says_from_when_to_when_may_be_earlier(void **state)
{
#define AT "2026-11-23T10:15:02.123Z"
#define LATER "2026-11-23T10:15:02.124Z"
	static const struct { const char *kind, *body; int64_t before; bool in_time; } cases[] = {
		{ "finding", "{}", 0, true },
		{ "finding", "{}", 1, false },
		{ "clock.stepped-back", "{\"from\":\"" LATER "\",\"to\":\"" AT "\"}", 1, true },
		{ "clock.stepped-back", "{\"from\":\"" LATER "\",\"to\":\"" AT "\"}", 2, false },
		{ "clock.stepped-back", "{\"from\":\"" AT "\",\"to\":\"" AT "\"}", 0, false },
		{ "clock.stepped-back", "{\"from\":\"" LATER "\",\"to\":\"" LATER "\"}", 1, false },
		{ "clock.stepped-back", "{\"from\":\"" LATER "\"}", 1, false },
		{ "clock.stepped-back", "{\"from\":1,\"to\":\"" AT "\"}", 1, false },
		{ "clock.stepped-back", "{}", 0, false },
	};
	struct arena a = {0};
	struct err e = {0};
	struct unix_time at;

	(void)state;
	assert_ok(time_parse(&at, span_str(AT), &e), &e);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct line l = { .time = at, .kind = span_str(cases[i].kind),
					.body = json_parse(&a, span_str(cases[i].body), &e) };

		if (line_is_in_time(&l, (struct unix_time){ at.ms + cases[i].before }) != cases[i].in_time)
			fail_msg("case %zu", i);
	}
	arena_release(&a);
#undef AT
#undef LATER
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_clock_line_that_says_from_when_to_when_may_be_earlier),
		cmocka_unit_test(a_line_is_written_in_one_way),
		cmocka_unit_test(a_line_is_read_back),
		cmocka_unit_test(the_leaf_is_rfc6962),
		cmocka_unit_test(what_is_not_canonical_is_refused_with_its_place),
		cmocka_unit_test(fields_have_one_spelling),
		cmocka_unit_test(a_line_has_a_largest_size),
		cmocka_unit_test(a_peek_sees_what_the_parser_sees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
