#include "tests/support/check.h"
#include "tui/kit/grid.h"

#define assert_screen(g, styles, text) check_screen((g), (styles), (text), __FILE__, __LINE__)
static void check_screen(const struct grid *g, bool styles, const char *text, const char *file, int line)
{
	struct buf b = {0};

	grid_dump(g, &b, styles);
	check_text(buf_view(&b), text, file, line);
	buf_release(&b);
}

static void a_screen_is_compared_as_text(void **state)
{
	struct grid g;
	struct pen p;
	(void)state;

	grid_init(&g, 4, 10, false);
	p = grid_pen(&g, 0, STYLE_BAR);
	pen_str(&p, " top");
	pen_fill(&p);
	p = grid_pen(&g, 1, STYLE_TEXT);
	pen_fmt(&p, "a%d ", 1);
	p.style = STYLE_HASH;
	pen_str(&p, "0x");
	p = grid_pen(&g, 2, STYLE_TEXT);
	p.focus = true;
	pen_str(&p, "it");
	pen_fill(&p);
	g.cursor_row = 2;
	g.cursor_col = 1;
	assert_screen(&g, false, " top\na1 0x\nit\n\n");
	assert_screen(&g, true, " top\na1 0x\nit\n\n"
		      "rrrrrrrrrr\n...hh\n##########\n\ncursor 2,1\n");
	grid_clear(&g);
	assert_screen(&g, true, "\n\n\n\n\n\n\n\ncursor 0,0\n");
	grid_release(&g);
}

static void what_does_not_fit_is_marked(void **state)
{
	static const struct { const char *in; bool ascii, cut; const char *out; } cases[] = {
		{"12345", false, false, "12345\n"},
		{"123456", false, true, "1234\xe2\x80\xa6\n"},
		{"123456", true, true, "1234~\n"},
		{"1234\xe4\xb8\xad", false, true, "1234\xe2\x80\xa6\n"},
		{"123\xe4\xb8\xad", false, false, "123\xe4\xb8\xad\n"},
		{"123\xe4\xb8\xad" "6", false, true, "123 \xe2\x80\xa6\n"},        /* half of it would be left */
		{"1234e\xcc\x81", false, false, "1234e\xcc\x81\n"},
		{"12345e\xcc\x81", false, true, "1234\xe2\x80\xa6\n"},
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct grid g;
		struct pen p;

		grid_init(&g, 1, 5, cases[i].ascii);
		p = grid_pen(&g, 0, STYLE_TEXT);
		pen_str(&p, cases[i].in);
		assert_int_equal(p.cut, cases[i].cut);
		assert_screen(&g, false, cases[i].out);
		pen_str(&p, "");
		assert_int_equal(p.cut, cases[i].cut);
		pen_str(&p, "more");
		assert_true(p.cut || p.col == 4);
		grid_release(&g);
	}
}

static void a_pen_stays_between_its_edges(void **state)
{
	struct grid g;
	struct pen p;
	(void)state;

	grid_init(&g, 2, 12, false);
	p = grid_pen(&g, 0, STYLE_TEXT);
	pen_str(&p, "............");
	p = pen_between(&g, 0, 3, 6, STYLE_TEXT);
	pen_str(&p, "abcdef");
	assert_screen(&g, false, "...ab\xe2\x80\xa6......\n\n");
	p = pen_between(&g, 0, 8, 8, STYLE_TEXT);
	pen_str(&p, "x");
	assert_true(p.cut);
	p = pen_between(&g, 0, 9, 99, STYLE_TEXT);
	pen_str(&p, "xyz");
	assert_false(p.cut);
	p = grid_pen(&g, 2, STYLE_TEXT);                  /* below the grid */
	pen_str(&p, "x");
	pen_fill(&p);
	assert_true(p.cut);
	p = grid_pen(&g, 1, STYLE_TEXT);
	pen_to(&p, 4);
	pen_str(&p, "at four");
	pen_to(&p, 2);
	assert_int_equal(p.col, 11);
	assert_screen(&g, false, "...ab\xe2\x80\xa6...xyz\n    at four\n");
	grid_release(&g);
}

static void half_of_a_wide_character_never_stays(void **state)
{
	struct grid g;
	struct pen p;
	(void)state;

	grid_init(&g, 1, 6, false);
	p = grid_pen(&g, 0, STYLE_TEXT);
	pen_str(&p, "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad");
	assert_int_equal(grid_cell(&g, 0, 0)->c, 0x4e2d);
	assert_int_equal(grid_cell(&g, 0, 1)->c, 0);
	p = pen_between(&g, 0, 1, 3, STYLE_TEXT);
	pen_str(&p, "ab");
	assert_screen(&g, false, " ab \xe4\xb8\xad\n");
	p = pen_between(&g, 0, 4, 5, STYLE_TEXT);
	pen_str(&p, "c");
	assert_screen(&g, false, " ab c\n");
	grid_release(&g);
}

static void a_second_mark_on_a_character_is_visible(void **state)
{
	static const struct { const char *in, *out; } cases[] = {
		{"e\xcc\x81!", "e\xcc\x81!\n"},
		{"e\xcc\x81\xcc\x82!", "e\xcc\x81\\u{0302}!\n"},
		{"\xcc\x81""e", "\\u{0301}e\n"},
		{"a \xcc\x81""e", "a \\u{0301}e\n"},              /* a blank may be dropped, what sits on it may not */
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct grid g;
		struct pen p;

		grid_init(&g, 1, 20, false);
		p = grid_pen(&g, 0, STYLE_TEXT);
		pen_str(&p, cases[i].in);
		assert_screen(&g, false, cases[i].out);
		assert_int_equal(p.col, grid_width(&g, span_str(cases[i].in)));
		grid_release(&g);
	}
}

static void without_utf8_our_marks_are_ascii_and_the_rest_is_numbers(void **state)
{
	static const struct { bool foreign; const char *in, *out; } cases[] = {
		{false, "a \xc2\xb7 b \xe2\x86\x92 c", "a - b > c\n"},
		{false, "\xe2\x89\xa5 3, \xe2\x89\xa4 4, 2 \xc3\x97 2", ">= 3, <= 4, 2 x 2\n"},
		{false, "\xe2\x80\x9cq\xe2\x80\x9d \xe2\x80\x98q\xe2\x80\x99 \xe2\x80\xa6", "\"q\" 'q' ~\n"},
		{false, "\xe2\x9c\x93 \xe2\x9c\x97 \xe2\x97\x8f \xe2\x97\x8b \xe2\x96\x88\xe2\x96\x92", "+ x * o #:\n"},
		{false, "\xe2\x94\x8c\xe2\x94\x80\xe2\x94\x90\xe2\x94\x82", "+-+|\n"},
		{false, "caf\xc3\xa9", "caf\\u{00E9}\n"},
		{true, "a \xe2\x86\x92 b", "a \\u{2192} b\n"},    /* somebody else's arrow is told from a > */
		{true, "e\xcc\x81", "e\\u{0301}\n"},
		{true, "\x1b[2J", "\\u{001B}[2J\n"},
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct grid g;
		struct pen p;

		grid_init(&g, 1, 40, true);
		p = grid_pen(&g, 0, STYLE_TEXT);
		if (cases[i].foreign)
			pen_foreign(&p, span_str(cases[i].in));
		else
			pen_span(&p, span_str(cases[i].in));
		assert_screen(&g, false, cases[i].out);
		grid_release(&g);
	}
}

static void foreign_text_cannot_deceive(void **state)
{
	struct grid g;
	struct pen p;
	(void)state;

	grid_init(&g, 1, 60, false);
	p = grid_pen(&g, 0, STYLE_FOREIGN);
	pen_foreign(&p, span_str("a\x1b[2J\n\xe2\x80\xae" "b \xff \xe2\x86\x92"));
	assert_screen(&g, false, "a\\u{001B}[2J\\u{000A}\\u{202E}b \\xFF \xe2\x86\x92\n");
	grid_release(&g);
}

static void a_resized_grid_is_empty(void **state)
{
	struct grid g;
	struct pen p;
	(void)state;

	grid_init(&g, 1, 3, false);
	p = grid_pen(&g, 0, STYLE_TEXT);
	pen_str(&p, "abc");
	grid_resize(&g, 2, 2);
	assert_screen(&g, false, "\n\n");
	grid_resize(&g, 0, 0);
	p = grid_pen(&g, 0, STYLE_TEXT);
	pen_str(&p, "abc");
	assert_screen(&g, false, "");
	grid_release(&g);
}

static void every_style_has_its_own_letter(void **state)
{
	(void)state;

	for (int a = 0; a < N_STYLES; a++)
		for (int b = 0; b < N_STYLES; b++)
			assert_int_equal(style_letter((enum style)a) == style_letter((enum style)b), a == b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_screen_is_compared_as_text),
		cmocka_unit_test(what_does_not_fit_is_marked),
		cmocka_unit_test(a_pen_stays_between_its_edges),
		cmocka_unit_test(half_of_a_wide_character_never_stays),
		cmocka_unit_test(a_second_mark_on_a_character_is_visible),
		cmocka_unit_test(without_utf8_our_marks_are_ascii_and_the_rest_is_numbers),
		cmocka_unit_test(foreign_text_cannot_deceive),
		cmocka_unit_test(a_resized_grid_is_empty),
		cmocka_unit_test(every_style_has_its_own_letter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
