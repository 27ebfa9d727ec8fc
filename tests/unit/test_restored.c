/* What log.restored says, and how changes are called behind it. */
#include "src/gov/restored.h"
#include "tests/support/check.h"

#define LEAF "3333333333333333333333333333333333333333333333333333333333333333"

#define A10 "AAAAAAAAAA"
/* A checkpoint over so many lines, as the line has it. */
#define SEEN(n) "\"seen\":\"test.example/log\\n" n "\\n" A10 A10 A10 A10 "AAA=\\n\\n\\u2014 test.example/log " \
		A10 A10 A10 A10 A10 A10 A10 A10 A10 "A=\\n\""

static struct line line_of(struct arena *a, uint64_t seq, const char *body)
{
	struct line l = { .seq = seq, .kind = span_str("log.restored") };
	struct err e = {0};

	memset(l.prev.b, 0x33, sizeof(l.prev.b));
	l.body = json_parse(a, span_str(body), &e);
	assert_non_null(l.body);
	return l;
}

static void sizes_after_the_copy_and_up_to_what_was_seen_are_explained(void **state)
{
	struct arena a = {0};
	struct restored_line r;
	struct err e = {0};
	struct line l = line_of(&a, 21, "{\"last\":20,\"lastLeaf\":\"" LEAF "\",\"missing\":4," SEEN("25")
			       ",\"seenSize\":25}");

	(void)state;
	assert_ok(restored_read(&r, &l, &e), &e);
	assert_false(restored_explains(&r, 20));
	assert_false(restored_explains(&r, 21));         /* all of the copy: whoever saw that saw what is here */
	assert_true(restored_explains(&r, 22));
	assert_true(restored_explains(&r, 25));
	assert_false(restored_explains(&r, 26));
	l = line_of(&a, 21, "{\"last\":20,\"lastLeaf\":\"" LEAF "\",\"missing\":0,\"seenSize\":null}");
	assert_ok(restored_read(&r, &l, &e), &e);
	assert_false(r.known);
	assert_false(restored_explains(&r, 22));
	arena_release(&a);
}

static void what_contradicts_itself_explains_nothing(void **state)
{
	static const struct { uint64_t seq; const char *body, *says; } cases[] = {
		{ 21, "{\"last\":20,\"lastLeaf\":\"" LEAF "\",\"missing\":3,\"seenSize\":25}",
		  "missing is not what seenSize comes to after line 20" },
		{ 24, "{\"last\":20,\"lastLeaf\":\"" LEAF "\",\"missing\":4,\"seenSize\":25}",
		  "says that it goes on after another line" },
		{ 21, "{\"last\":20,\"lastLeaf\":\"44" LEAF "\",\"missing\":4,\"seenSize\":25}", NULL },
		/* How much was seen is the checkpoint's word: less would hide a hole, more would explain any fork. */
		{ 21, "{\"last\":20,\"lastLeaf\":\"" LEAF "\",\"missing\":0," SEEN("25") ",\"seenSize\":21}",
		  "seenSize is not what seen is over, 25 lines" },
		{ 21, "{\"last\":20,\"lastLeaf\":\"" LEAF "\",\"missing\":979," SEEN("25") ",\"seenSize\":1000}",
		  "seenSize is not what seen is over, 25 lines" },
		{ 21, "{\"last\":20,\"lastLeaf\":\"" LEAF "\",\"missing\":0," SEEN("25") ",\"seenSize\":null}",
		  "a checkpoint was shown, and seenSize is null" },
		{ 21, "{\"last\":20,\"lastLeaf\":\"" LEAF "\",\"missing\":4,\"seen\":null,\"seenSize\":25}", NULL },
		{ 21, "{\"last\":20,\"missing\":4,\"seenSize\":25}", "lastLeaf, byte 0: missing" },
	};
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct line l = line_of(&a, cases[i].seq, cases[i].body);
		struct restored_line r;
		struct err e = {0};

		assert_false(restored_read(&r, &l, &e));
		if (cases[i].says)
			assert_err(&e, e.code, cases[i].says);
		err_clear(&e);
	}
	arena_release(&a);
}

static void names_behind_it_are_of_a_series_of_their_own(void **state)
{
	const uint8_t one[16] = { 10, 31, 255 }, other[16] = { 10, 31, 254 };
	char series[SERIES_SIZE];

	(void)state;
	restored_series(series, one);
	assert_string_equal(series, "SCKFV");
	restored_series(series, other);
	assert_string_equal(series, "SCKFU");
	assert_int_equal(series_number(span_str("SC-7")), 7);
	assert_int_equal(series_number(span_str("SCKFV-12")), 12);
	assert_int_equal(series_number(span_str("SCKF-12")), 0);
	assert_int_equal(series_number(span_str("XY-12")), 0);
	assert_int_equal(series_number(span_str("SC-")), 0);
	assert_int_equal(series_number(span_str("")), 0);
	assert_int_equal(series_number(span_str("SC-07")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_after_the_copy_and_up_to_what_was_seen_are_explained),
		cmocka_unit_test(what_contradicts_itself_explains_nothing),
		cmocka_unit_test(names_behind_it_are_of_a_series_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
