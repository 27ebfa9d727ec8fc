#include <time.h>

#include "tests/support/check.h"
#include "tui/kit/paper.h"

#define WIDE "\xe4\xb8\xad"

#define assert_paper(p, text) check_paper((p), (text), __FILE__, __LINE__)
static void check_paper(const struct paper *p, const char *text, const char *file, int line)
{
	struct buf b = {0};

	paper_text(p, &b);
	check_text(buf_view(&b), text, file, line);
	buf_release(&b);
}

#define assert_screen(g, text) check_screen((g), (text), __FILE__, __LINE__)
static void check_screen(const struct grid *g, const char *text, const char *file, int line)
{
	struct buf b = {0};

	grid_dump(g, &b, true);
	check_text(buf_view(&b), text, file, line);
	buf_release(&b);
}

static void lines_wrap_at_blanks_and_lose_nothing(void **state)
{
	static const struct { size_t cols, indent; const char *in, *out; } cases[] = {
		{10, 0, "", "\n"},
		{10, 0, "one two", "one two\n"},
		{10, 0, "one two three", "one two\nthree\n"},
		{10, 0, "one two th three", "one two th\nthree\n"},
		{10, 0, "one two th  three", "one two th\nthree\n"},
		{10, 0, "one two t  three", "one two t\nthree\n"},
		{10, 0, "0123456789", "0123456789\n"},
		{10, 0, "0123456789abcdefghijXYZ", "0123456789\nabcdefghij\nXYZ\n"},
		{10, 0, "at 0123456789abcdefghijXYZ", "at\n0123456789\nabcdefghij\nXYZ\n"},
		{10, 0, "0123456789 b", "0123456789\nb\n"},
		{10, 0, "a\nb\n\nc", "a\nb\n\nc\n"},
		{10, 0, "two  blanks", "two\nblanks\n"},
		{12, 0, "two  blanks", "two  blanks\n"},
		{24, 2, "indented, all of its rows are", "  indented, all of its\n  rows are\n"},
		{22, 9, "less than twenty columns are no room", "  less than twenty\n  columns are no room\n"},
		{8, 9, "not here", "not here\n"},
		{5, 0, WIDE WIDE WIDE, WIDE WIDE "\n" WIDE "\n"},
		{5, 0, "a " WIDE WIDE WIDE, "a\n" WIDE WIDE "\n" WIDE "\n"},
		{1, 0, "ab c", "a\nb\nc\n"},
		{1, 0, WIDE, "\\\nu\n{\n4\nE\n2\nD\n}\n"},          /* has no room at all */
		{3, 0, "abe\xcc\x81" "d", "abe\xcc\x81\nd\n"},
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct paper p;

		paper_init(&p, cases[i].cols, false);
		paper_span(&p, STYLE_TEXT, cases[i].indent, span_str(cases[i].in));
		assert_paper(&p, cases[i].out);
		paper_release(&p);
	}
}

static void a_line_of_several_styles_wraps_as_one(void **state)
{
	struct paper p;
	struct grid g;
	(void)state;

	paper_init(&p, 30, false);
	paper_begin(&p, 2, 6);
	paper_add(&p, STYLE_TEXT, "a word of %s", "tw");
	paper_add(&p, STYLE_HASH, "o");
	paper_add(&p, STYLE_BAD, "-styles");
	paper_add(&p, STYLE_TEXT, "-and-more moves whole");
	paper_end(&p);
	grid_init(&g, 4, 30, false);
	paper_draw(&p, &g, 0, 4, 0, PAPER_NO_ITEM);
	assert_screen(&g, "  a word of\n      two-styles-and-more\n      moves whole\n\n"
		      "...........\n........hbbbbbbb.........\n.................\n\ncursor 0,0\n");
	grid_release(&g);
	paper_release(&p);
}

static void columns_line_up_and_never_touch(void **state)
{
	struct paper p;
	(void)state;

	paper_init(&p, 40, false);
	paper_begin(&p, 0, 0);
	paper_add(&p, STYLE_TEXT, "a");
	paper_to(&p, 6);
	paper_add(&p, STYLE_TEXT, "b");
	paper_to(&p, 7);
	paper_add(&p, STYLE_TEXT, "c");
	paper_to(&p, 2);
	paper_add(&p, STYLE_TEXT, "d ");
	paper_to(&p, 2);
	paper_add(&p, STYLE_TEXT, "e");
	paper_to(&p, 99);
	paper_add(&p, STYLE_TEXT, "f");
	paper_end(&p);
	assert_paper(&p, "a     b c d e\nf\n");
	paper_release(&p);
}

static void a_pair_wraps_at_its_column(void **state)
{
	struct paper p;
	(void)state;

	paper_init(&p, 32, false);
	paper_pair(&p, 2, 10, "reason", STYLE_TEXT, "the key is %s and nobody else has one", "old");
	paper_pair(&p, 2, 10, "hash", STYLE_HASH, "0123456789012345678901234567890123456789");
	paper_pair(&p, 2, 10, "a long name", STYLE_TEXT, "value");
	paper_pair(&p, 2, 30, "far", STYLE_TEXT, "twenty columns remain, no less");
	assert_paper(&p, "  reason  the key is old and\n          nobody else has one\n"
		     "  hash    0123456789012345678901\n          234567890123456789\n"
		     "  a long name value\n"
		     "  far       twenty columns\n            remain, no less\n");
	paper_release(&p);
}

static void every_row_of_foreign_words_has_a_bar(void **state)
{
	static const struct { size_t cols; bool ascii; const char *in, *out; } cases[] = {
		{24, false, "one two three four five six\n\nsigned: yes\n",
		 "  reason\n  \xe2\x94\x82 one two three four\n  \xe2\x94\x82 five six\n  \xe2\x94\x82\n"
		 "  \xe2\x94\x82 signed: yes\n"},
		{30, true, "0123456789012345678901234567890\r\xe2\x86\x92",
		 "  reason\n  | 01234567890123456789012345\n  | 67890\\u{000D}\\u{2192}\n"},
		{40, false, "one\ntwo words that wrap at the edge of it",
		 "  reason    \xe2\x94\x82 one\n            \xe2\x94\x82 two words that wrap at\n"
		 "            \xe2\x94\x82 the edge of it\n"},
		{24, false, "", ""},
		{2, true, "ab" WIDE, "re\nas\non\n|a\n|b\n|\\\n|u\n|{\n|4\n|E\n|2\n|D\n|}\n"},
		{2, false, "a" WIDE, "re\nas\non\n\xe2\x94\x82" "a\n\xe2\x94\x82\\\n\xe2\x94\x82u\n\xe2\x94\x82{\n"
		 "\xe2\x94\x82" "4\n\xe2\x94\x82" "E\n\xe2\x94\x82" "2\n\xe2\x94\x82" "D\n\xe2\x94\x82}\n"},
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct paper p;

		paper_init(&p, cases[i].cols, cases[i].ascii);
		paper_foreign(&p, 2, "reason", span_str(cases[i].in));
		assert_paper(&p, cases[i].out);
		paper_release(&p);
	}
}

static void foreign_words_in_a_line_stay_in_it(void **state)
{
	struct paper p;
	(void)state;

	paper_init(&p, 40, false);
	paper_add(&p, STYLE_TEXT, "named ");
	paper_add_foreign(&p, span_str("x\ny\xe2\x80\xae"));
	paper_end(&p);
	paper_title(&p, "Next");
	assert_paper(&p, "named x\\u{000A}y\\u{202E}\n\nNext\n");
	paper_clear(&p);
	paper_title(&p, "First");
	assert_paper(&p, "First\n");
	paper_release(&p);
}

/* Rows: title, item 5 (two), blank, item 2 (one), item 9 (one). */
static void write_items(struct paper *p)
{
	paper_init(p, 10, false);
	paper_title(p, "T");
	paper_item(p, 5);
	paper_line(p, STYLE_TEXT, 0, "five is long");
	paper_item(p, PAPER_NO_ITEM);
	paper_blank(p);
	paper_item(p, 2);
	paper_line(p, STYLE_TEXT, 0, "two");
	paper_item(p, 9);
	paper_line(p, STYLE_TEXT, 0, "nine");
}

static void items_are_found_in_the_order_of_their_rows(void **state)
{
	struct paper p;
	size_t first, end;
	(void)state;

	write_items(&p);
	assert_true(paper_find(&p, 5, &first, &end));
	assert_int_equal(first, 1);
	assert_int_equal(end, 3);
	assert_true(paper_find(&p, 9, &first, &end));
	assert_int_equal(first, 5);
	assert_int_equal(end, 6);
	assert_false(paper_find(&p, 7, &first, &end));
	assert_false(paper_find(&p, PAPER_NO_ITEM, &first, &end));
	assert_int_equal(paper_next_item(&p, PAPER_NO_ITEM), 5);
	assert_int_equal(paper_next_item(&p, 5), 2);
	assert_int_equal(paper_next_item(&p, 2), 9);
	assert_int_equal(paper_next_item(&p, 9), 9);
	assert_int_equal(paper_next_item(&p, 7), 5);
	assert_int_equal(paper_previous_item(&p, 9), 2);
	assert_int_equal(paper_previous_item(&p, 2), 5);
	assert_int_equal(paper_previous_item(&p, 5), 5);
	assert_int_equal(paper_previous_item(&p, PAPER_NO_ITEM), 5);
	paper_clear(&p);
	assert_int_equal(paper_next_item(&p, 5), PAPER_NO_ITEM);
	paper_release(&p);
}

static void a_window_shows_focus_and_cursor(void **state)
{
	struct paper p;
	struct grid g;
	(void)state;

	write_items(&p);
	grid_init(&g, 4, 12, false);
	paper_draw(&p, &g, 1, 9, 2, 5);
	assert_screen(&g, "\nlong\n\ntwo\n" "\n############\n\n...\ncursor 1,0\n");
	p.has_cursor = true;
	p.cursor_row = 4;
	p.cursor_col = 3;
	paper_draw(&p, &g, 0, 3, 4, 9);
	assert_screen(&g, "two\nnine\n\ntwo\n" "...\n############\n\n...\ncursor 0,3\n");
	paper_draw(&p, &g, 0, 3, SIZE_MAX, 9);
	assert_screen(&g, "\n\n\ntwo\n" "\n\n\n...\ncursor 0,3\n");
	grid_release(&g);
	grid_init(&g, 1, 3, false);
	paper_clear(&p);
	paper_line(&p, STYLE_TEXT, 0, "ab" WIDE);
	paper_draw(&p, &g, 0, 1, 0, PAPER_NO_ITEM);
	assert_screen(&g, "ab\n..\ncursor 0,0\n");
	grid_release(&g);
	paper_release(&p);
}

static void search_finds_what_wrapped_too(void **state)
{
	struct paper p;
	(void)state;

	paper_init(&p, 10, false);
	paper_line(&p, STYLE_TEXT, 0, "Rotate the sequencer Key");
	paper_line(&p, STYLE_TEXT, 0, "0123456789abcdef");
	paper_line(&p, STYLE_TEXT, 0, "the");
	paper_line(&p, STYLE_TEXT, 0, "end");
	assert_paper(&p, "Rotate the\nsequencer\nKey\n0123456789\nabcdef\nthe\nend\n");
	assert_int_equal(paper_search(&p, 0, span_str("rotate")), 0);
	assert_int_equal(paper_search(&p, 0, span_str("THE SEQUENCER key")), 0);
	assert_int_equal(paper_search(&p, 0, span_str("key")), 2);
	assert_int_equal(paper_search(&p, 0, span_str("789ABC")), 3);
	assert_int_equal(paper_search(&p, 0, span_str("9 abc")), SIZE_MAX);
	assert_int_equal(paper_search(&p, 1, span_str("the")), 5);
	assert_int_equal(paper_search(&p, 0, span_str("the end")), SIZE_MAX);      /* two lines */
	assert_int_equal(paper_search(&p, 7, span_str("the")), SIZE_MAX);
	assert_int_equal(paper_search(&p, 0, span_str("")), SIZE_MAX);
	paper_release(&p);
}

static void scrolling_shows_as_much_as_fits(void **state)
{
	static const struct { size_t top, first, end, rows, expected; } cases[] = {
		{0, 0, 3, 10, 0}, {5, 3, 4, 10, 3}, {0, 9, 11, 10, 1}, {0, 8, 10, 10, 0},
		{0, 5, 25, 10, 5}, {30, 5, 25, 10, 5}, {7, 5, 25, 10, 7}, {15, 5, 25, 10, 15}, {16, 5, 25, 10, 5},
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct scroll s = {.top = cases[i].top};

		scroll_show(&s, cases[i].first, cases[i].end, cases[i].rows);
		assert_int_equal(s.top, cases[i].expected);
	}
}

/* Item i has i % 3 + 1 rows, "i.0", "i.1", ...; every seventh has none. Counts how often it is asked. */
static void numbered(const void *ctx, size_t i, struct paper *out)
{
	(**(size_t *const *)ctx)++;
	for (size_t k = 0; i % 7 != 6 && k <= i % 3; k++)
		paper_line(out, STYLE_TEXT, 0, "%zu.%zu", i, k);
}

static void a_list_keeps_its_cursor_in_sight(void **state)
{
	size_t asked = 0, *const counter = &asked;
	struct grid g;
	(void)state;

	grid_init(&g, 5, 4, false);
	for (size_t cursor = 0; cursor < 40; cursor++) {
		struct scroll s = {.top = 0, .cursor = cursor};

		list_draw(&g, 0, 5, &s, 40, numbered, &counter);
		assert_true(s.top <= cursor);
		assert_true(grid_cell(&g, g.cursor_row, 0)->focus);
	}
	grid_release(&g);
}

static void a_list_shows_whole_items_around_the_cursor(void **state)
{
	size_t asked = 0, *const counter = &asked;
	struct scroll s = {0};
	struct grid g;
	(void)state;

	grid_init(&g, 6, 4, false);
	list_draw(&g, 1, 4, &s, 9, numbered, &counter);
	assert_screen(&g, "\n0.0\n1.0\n1.1\n2.0\n\n" "\n####\n...\n...\n...\n\ncursor 1,0\n");
	s.cursor = 2;                                      /* three rows: item 0 stays above it */
	list_draw(&g, 1, 4, &s, 9, numbered, &counter);
	assert_int_equal(s.top, 2);
	assert_screen(&g, "\n2.0\n2.1\n2.2\n3.0\n\n" "\n####\n####\n####\n...\n\ncursor 1,0\n");
	s.cursor = 3;
	list_draw(&g, 1, 4, &s, 9, numbered, &counter);
	assert_int_equal(s.top, 2);
	s.cursor = 1;
	list_draw(&g, 1, 4, &s, 9, numbered, &counter);
	assert_screen(&g, "\n1.0\n1.1\n2.0\n2.1\n\n" "\n####\n####\n...\n...\n\ncursor 1,0\n");
	s.cursor = 99;                                     /* behind the end; item 6 has no rows and takes one */
	s.top = 99;
	list_draw(&g, 1, 4, &s, 8, numbered, &counter);
	assert_int_equal(s.cursor, 7);
	assert_int_equal(s.top, 6);
	assert_screen(&g, "\n\n7.0\n7.1\n2.1\n\n" "\n\n####\n####\n...\n\ncursor 2,0\n");
	grid_release(&g);
}

static void an_item_higher_than_the_window_shows_its_top(void **state)
{
	size_t asked = 0, *const counter = &asked;
	struct scroll s = {.cursor = 5};
	struct grid g;
	(void)state;

	grid_init(&g, 2, 4, false);
	list_draw(&g, 0, 2, &s, 9, numbered, &counter);
	assert_screen(&g, "5.0\n5.1\n" "####\n####\ncursor 0,0\n");
	list_draw(&g, 0, 2, &s, 0, numbered, &counter);
	assert_screen(&g, "5.0\n5.1\n" "####\n####\ncursor 0,0\n");       /* nothing to draw */
	assert_int_equal(s.cursor, 0);
	grid_release(&g);
}

static void a_million_items_cost_what_a_screenful_does(void **state)
{
	static const size_t cursors[] = {0, 999999, 500000, 1, 999998};
	size_t asked = 0, *const counter = &asked;
	struct scroll s = {0};
	struct grid g;
	(void)state;

	grid_init(&g, 50, 132, false);
	for (size_t i = 0; i < ARRAY_LEN(cursors); i++) {
		asked = 0;
		s.cursor = cursors[i];
		list_draw(&g, 0, 50, &s, 1000000, numbered, &counter);
		assert_int_equal(s.cursor, cursors[i]);
		assert_true(asked <= 3 * 51);
	}
	grid_release(&g);
}

static double milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The bound is far above what it takes (about 1 ms), so that a slow machine passes and a quadratic paper does not. */
static void a_thousand_rows_are_written_and_drawn_at_once(void **state)
{
	struct paper p;
	struct grid g;
	double start, took;
	(void)state;

	paper_init(&p, 132, false);
	grid_init(&g, 50, 132, false);
	for (int round = 0; round < 2; round++) {
		const struct cell *const kept = p.cells;

		paper_clear(&p);
		start = milliseconds();
		for (int i = 0; i < 1000; i++)
			paper_line(&p, STYLE_TEXT, 0, "%066d %065d", i, i);
		paper_draw(&p, &g, 0, 50, 0, PAPER_NO_ITEM);
		took = milliseconds() - start;
		print_message("%.2f ms\n", took);
		assert_int_equal(p.rows, 1000);
		assert_true(took < 50);
		assert_true(round == 0 || p.cells == kept);
	}
	grid_release(&g);
	paper_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_wrap_at_blanks_and_lose_nothing),
		cmocka_unit_test(a_line_of_several_styles_wraps_as_one),
		cmocka_unit_test(columns_line_up_and_never_touch),
		cmocka_unit_test(a_pair_wraps_at_its_column),
		cmocka_unit_test(every_row_of_foreign_words_has_a_bar),
		cmocka_unit_test(foreign_words_in_a_line_stay_in_it),
		cmocka_unit_test(items_are_found_in_the_order_of_their_rows),
		cmocka_unit_test(a_window_shows_focus_and_cursor),
		cmocka_unit_test(search_finds_what_wrapped_too),
		cmocka_unit_test(scrolling_shows_as_much_as_fits),
		cmocka_unit_test(a_list_keeps_its_cursor_in_sight),
		cmocka_unit_test(a_list_shows_whole_items_around_the_cursor),
		cmocka_unit_test(an_item_higher_than_the_window_shows_its_top),
		cmocka_unit_test(a_million_items_cost_what_a_screenful_does),
		cmocka_unit_test(a_thousand_rows_are_written_and_drawn_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
