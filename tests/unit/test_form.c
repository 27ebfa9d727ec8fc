#include "tests/support/check.h"
#include "tui/kit/form.h"

#define ACUTE "\xcc\x81"

/* Keys by name, one blank between them. */
static void press(struct edit *d, const char *keys)
{
	while (*keys) {
		const size_t n = strcspn(keys, " ");
		uint32_t key;

		assert_true(key_parse(&key, span_of(keys, n)));
		assert_true(edit_key(d, key));
		keys += n + (keys[n] == ' ');
	}
}

static enum form_answer press_form(struct form *f, const char *keys)
{
	enum form_answer answer = FORM_IGNORED;

	while (*keys) {
		const size_t n = strcspn(keys, " ");
		uint32_t key;

		assert_true(key_parse(&key, span_of(keys, n)));
		answer = form_key(f, key);
		keys += n + (keys[n] == ' ');
	}
	return answer;
}

static void keys_edit_a_line(void **state)
{
	static const struct { const char *text, *keys, *out; size_t at; } cases[] = {
		{"", "a b c", "abc", 3},
		{"abc", "Left x", "abxc", 3},
		{"abc", "Home x Right y", "xaybc", 3},
		{"abc", "Ctrl-A Delete", "bc", 0},
		{"abc", "Backspace Backspace", "a", 1},
		{"abc", "Home Backspace Left", "abc", 0},
		{"abc", "Delete Right End", "abc", 3},
		{"abc", "Ctrl-B Ctrl-B Ctrl-K", "a", 1},
		{"abc", "Ctrl-B Ctrl-U", "c", 0},
		{"abc", "Home Ctrl-F Ctrl-D Ctrl-E Ctrl-H", "a", 1},
		{"one two  three", "Ctrl-W", "one two  ", 9},
		{"one two  three", "Ctrl-W Ctrl-W", "one ", 4},
		{"one two", "Left Ctrl-W Ctrl-W Ctrl-W", "o", 0},
		{"a", "Space b", "a b", 3},
		{"\xc3\xa9\xe4\xb8\xad", "Left Left x", "x\xc3\xa9\xe4\xb8\xad", 1},
		{"\xc3\xa9\xe4\xb8\xad", "Backspace", "\xc3\xa9", 2},
		{"ae" ACUTE "b", "Left Left x", "axe" ACUTE "b", 2},      /* a mark goes with its character */
		{"ae" ACUTE "b", "Left Backspace", "ab", 1},
		{"e" ACUTE "b", "Home Delete", "b", 0},
		{"e" ACUTE "b", "Home Right Right", "e" ACUTE "b", 4},
		{"ab", "Left " ACUTE, "a" ACUTE "b", 3},
		{"ab", "Home " ACUTE, "ab", 0},                           /* nothing to sit on */
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct edit d = {0};

		edit_set(&d, span_str(cases[i].text));
		assert_int_equal(d.at, d.text.n);
		press(&d, cases[i].keys);
		assert_buf_str(&d.text, cases[i].out);
		assert_int_equal(d.at, cases[i].at);
		edit_release(&d);
	}
}

static void other_keys_are_not_taken(void **state)
{
	static const uint32_t keys[] = {K_NONE, K_ENTER, K_ESC, K_TAB, K_UP, K_PAGE_UP, K_F1, K_RESIZE, K_CTRL('c'),
		0x7f, 0x9b, 0x202e, 0xd800};
	struct edit d = {0};
	(void)state;

	edit_set(&d, span_str("as it was"));
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		assert_false(edit_key(&d, keys[i]));
	assert_buf_str(&d.text, "as it was");
	edit_release(&d);
}

static void what_is_not_plain_is_dropped(void **state)
{
	struct edit d = {0};
	(void)state;

	edit_set(&d, span_str(ACUTE "a\x1b[2J\n\xff\xe2\x80\xae" "b\xc3"));
	assert_buf_str(&d.text, "a[2Jb");
	edit_release(&d);
}

static void a_line_holds_so_many_bytes(void **state)
{
	struct edit d = {.max = 4};
	(void)state;

	edit_set(&d, span_str("abc\xc3\xa9" "d"));
	assert_buf_str(&d.text, "abcd");
	press(&d, "x");
	assert_buf_str(&d.text, "abcd");
	d.max = 0;
	for (size_t i = 0; i < EDIT_MAX + 9; i++)
		assert_true(edit_key(&d, 'x'));
	assert_int_equal(d.text.n, EDIT_MAX);
	edit_release(&d);
}

#define assert_drawn(cols, d, text, row, col) check_drawn((cols), (d), (text), (row), (col), __FILE__, __LINE__)
static void check_drawn(size_t cols, const struct edit *d, const char *text, size_t row, size_t col, const char *file,
			int line)
{
	struct paper p;
	struct buf b = {0};

	paper_init(&p, cols, false);
	edit_draw(&p, d, true);
	paper_text(&p, &b);
	check_text(buf_view(&b), text, file, line);
	assert_true(p.has_cursor);
	assert_int_equal(p.cursor_row, row);
	assert_int_equal(p.cursor_col, col);
	buf_release(&b);
	paper_release(&p);
}

static void the_cursor_is_where_typing_goes(void **state)
{
	struct edit d = {0};
	(void)state;

	assert_drawn(10, &d, "\n", 0, 0);
	edit_set(&d, span_str("0123456789"));
	assert_drawn(11, &d, "0123456789\n", 0, 10);
	assert_drawn(10, &d, "0123456789\n\n", 1, 0);
	assert_drawn(4, &d, "0123\n4567\n89\n", 2, 2);
	edit_set(&d, span_str("one two three"));
	press(&d, "Left Left");
	assert_drawn(10, &d, "one two\nthree\n", 1, 3);            /* it went to the next row with its word */
	edit_set(&d, span_str("one     "));
	assert_drawn(6, &d, "one\n\n", 1, 2);                      /* blanks count while they are typed */
	edit_set(&d, span_str("a\xe4\xb8\xad"));
	press(&d, "Left");
	assert_drawn(2, &d, "a\n\xe4\xb8\xad\n\n", 1, 0);
	edit_release(&d);
}

static const char *const colours[] = {"red", "dark red", "green", "blue", "light blue", "grey", "black", "white", NULL};

static void fill_in(struct form *f)
{
	form_init(f, 3);
	f->fields[0].name = "perTx";
	f->fields[0].label = "most in one transaction";
	f->fields[0].hint = "amount: 0.05 ether";
	f->fields[0].beside = "now 0.001 ether (block 57)";
	f->fields[0].required = true;
	f->fields[1].name = "colour";
	f->fields[1].label = "colour";
	f->fields[1].kind = FIELD_CHOICE;
	f->fields[1].choices = colours;
	f->fields[2].name = "delay";
	f->fields[2].label = "delay";
	f->fields[2].suggestion = "2 days";
}

#define assert_form(f, text) check_form((f), (text), __FILE__, __LINE__)
static void check_form(const struct form *f, const char *text, const char *file, int line)
{
	struct paper p;
	struct grid g;
	struct buf b = {0};

	paper_init(&p, 60, true);
	form_draw(&p, f, 10);
	grid_init(&g, p.rows, 60, true);
	paper_draw(&p, &g, 0, p.rows, 0, PAPER_NO_ITEM);
	grid_dump(&g, &b, true);
	check_text(buf_view(&b), text, file, line);
	for (uint32_t i = 0; i < f->n; i++) {
		size_t first, end;

		assert_true(paper_find(&p, 10 + i, &first, &end));
	}
	assert_int_equal(p.item, PAPER_NO_ITEM);
	buf_release(&b);
	grid_release(&g);
	paper_release(&p);
}

static void a_form_shows_all_that_is_known_of_a_field(void **state)
{
	struct form f;
	(void)state;

	fill_in(&f);
	assert_form(&f,
		"  most in one transaction    (required)\n"
		"                           amount: 0.05 ether - now 0.001\n"
		"                           ether (block 57)\n"
		"  colour\n"
		"  delay                      2 days\n"
		"..TTTTTTTTTTTTTTTTTTTTTTT..iwwwwwwwwwww\n"
		"...........................ddddddddddddddddddddd.........\n"
		"...........................................\n"
		"..llllll...................i\n"
		"..lllll....................i.dddddd\n"
		"cursor 0,27\n");
	edit_set(&f.fields[0].edit, span_str("1 apple"));
	buf_str(&f.fields[0].trouble, "\"apple\" is no unit of an amount\x1b: wei or ether");
	f.focus = 2;
	assert_form(&f,
		"  most in one transaction  1 apple\n"
		"                           amount: 0.05 ether - now 0.001\n"
		"                           ether (block 57)\n"
		"                           ! \"apple\" is no unit of an\n"
		"                             amount\\u{001B}: wei or ether\n"
		"  colour\n"
		"  delay                      2 days\n"
		"..lllllllllllllllllllllll..iiiiiii\n"
		"...........................ddddddddddddddddddddd.........\n"
		"...........................................\n"
		"...........................bbbbbbbbbbbbbbbbbbbbbbbbbb\n"
		".............................bbbbbbbbbbbbbbbbbbbbbbbbbbbb\n"
		"..llllll...................i\n"
		"..TTTTT....................i.dddddd\n"
		"cursor 6,27\n");
	form_release(&f);
}

static void a_choice_is_searched_and_turned(void **state)
{
	struct form f;
	(void)state;

	fill_in(&f);
	f.focus = 1;
	assert_int_equal(press_form(&f, "Right"), FORM_CHANGED);
	assert_span_str(form_value(&f, "colour"), "red");
	press_form(&f, "Left");
	assert_span_str(form_value(&f, "colour"), "white");
	press_form(&f, "R");                                       /* begins a search anew */
	assert_span_str(form_value(&f, "colour"), "R");
	press_form(&f, "e d Right");
	assert_span_str(form_value(&f, "colour"), "red");
	press_form(&f, "Right");
	assert_span_str(form_value(&f, "colour"), "dark red");
	press_form(&f, "Right");
	assert_span_str(form_value(&f, "colour"), "red");
	press_form(&f, "Backspace");                               /* of what was typed */
	assert_span_str(form_value(&f, "colour"), "Re");
	press_form(&f, "x");
	assert_int_equal(press_form(&f, "Right"), FORM_MOVED);     /* none matches: nothing to turn to */
	assert_span_str(form_value(&f, "colour"), "Rex");
	assert_int_equal(press_form(&f, "F1"), FORM_IGNORED);
	form_release(&f);
}

static void choices_are_listed_below_the_field(void **state)
{
	struct form f;
	struct paper p;
	struct buf b = {0};
	(void)state;

	fill_in(&f);
	f.fields += 1;
	f.n = 1;
	paper_init(&p, 60, false);
	form_draw(&p, &f, 0);
	paper_text(&p, &b);
	assert_buf_str(&b, "  colour\n          \xe2\x97\x8b red\n          \xe2\x97\x8b dark red\n"
		       "          \xe2\x97\x8b green\n          \xe2\x97\x8b blue\n          \xe2\x97\x8b light blue\n"
		       "          \xe2\x97\x8b grey\n          2 more: type to search, Left and Right to turn\n");
	press_form(&f, "Left");
	paper_clear(&p);
	buf_clear(&b);
	form_draw(&p, &f, 0);
	paper_text(&p, &b);
	assert_buf_str(&b, "  colour  white\n          \xe2\x97\x8b green\n          \xe2\x97\x8b blue\n"
		       "          \xe2\x97\x8b light blue\n          \xe2\x97\x8b grey\n          \xe2\x97\x8b black\n"
		       "          \xe2\x97\x8f white\n          2 more: type to search, Left and Right to turn\n");
	press_form(&f, "q");
	paper_clear(&p);
	buf_clear(&b);
	form_draw(&p, &f, 0);
	paper_text(&p, &b);
	assert_buf_str(&b, "  colour  q\n          no choice has this in it\n");
	buf_release(&b);
	paper_release(&p);
	f.fields -= 1;
	f.n = 3;
	form_release(&f);
}

static void leaving_a_choice_settles_it(void **state)
{
	static const struct { const char *keys, *value, *trouble; enum form_answer answer; } cases[] = {
		{"Tab", "", "", FORM_MOVED},
		{"g r e e Tab", "green", "", FORM_CHANGED},
		{"B L U E Tab", "blue", "", FORM_CHANGED},         /* also in "light blue", but this it is */
		{"r e d Tab", "red", "", FORM_MOVED},
		{"g r Up", "gr", "2 choices match this: one has to be picked", FORM_MOVED},
		{"q Enter", "q", "this is none of the choices", FORM_MOVED},
		{"q Tab Up Backspace", "", "", FORM_CHANGED},
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct form f;

		fill_in(&f);
		f.focus = 1;
		assert_int_equal(press_form(&f, cases[i].keys), cases[i].answer);
		assert_span_str(form_value(&f, "colour"), cases[i].value);
		assert_buf_str(&form_field(&f, "colour")->trouble, cases[i].trouble);
		form_release(&f);
	}
}

static void what_fits_no_choice_goes_to_the_next_field(void **state)
{
	static const char *const places[] = { "/media/stick", "packets/", "somewhere else", NULL };
	static const struct { const char *keys, *place, *path; size_t focus; } cases[] = {
		{ "/ t m p", "/media/stick", "/tmp", 1 },             /* a path begins so, whatever the choices have */
		{ "S C - 1", "/media/stick", "SC-1", 1 },             /* "S" was a search */
		{ "p a c", "pac", "", 0 },
		{ "p a c Enter", "packets/", "", 1 },
		{ "Right x", "packets/", "x", 1 },
		{ "s Right Right q", "packets/", "q", 1 },
		{ "p Backspace q", "/media/stick", "q", 1 },
		{ "Enter a Up b", "/media/stick", "ab", 1 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct form f;
		form_init(&f, 2);
		f.fields[0] = (struct field){ .name = "where", .label = "where", .kind = FIELD_CHOICE,
					      .choices = places, .passes_on = true };
		f.fields[1] = (struct field){ .name = "path", .label = "path" };
		edit_set(&f.fields[0].edit, span_str(places[0]));
		press_form(&f, cases[i].keys);
		assert_string_equal(buf_cstr(&f.fields[0].edit.text), cases[i].place);
		assert_string_equal(buf_cstr(&f.fields[1].edit.text), cases[i].path);
		assert_int_equal(f.focus, cases[i].focus);
		form_release(&f);
	}
}

static void the_focus_goes_past_what_is_fixed(void **state)
{
	struct form f;
	(void)state;
	form_init(&f, 3);
	f.fields[0] = (struct field){ .name = "a", .label = "a" };
	f.fields[1] = (struct field){ .name = "b", .label = "b", .fixed = true };
	f.fields[2] = (struct field){ .name = "c", .label = "c", .fixed = true };
	edit_set(&f.fields[1].edit, span_str("one"));
	assert_int_equal(press_form(&f, "x Tab"), FORM_IGNORED);
	assert_int_equal(f.focus, 0);
	assert_int_equal(press_form(&f, "Enter"), FORM_DONE);
	f.fields[2].fixed = false;
	assert_int_equal(press_form(&f, "Enter"), FORM_MOVED);
	assert_int_equal(f.focus, 2);
	press_form(&f, "Up");
	assert_int_equal(f.focus, 0);
	f.focus = 1;
	assert_int_equal(press_form(&f, "y"), FORM_IGNORED);
	assert_string_equal(buf_cstr(&f.fields[1].edit.text), "one");
	form_release(&f);
}

static void keys_move_between_fields_and_end_the_form(void **state)
{
	struct form f;
	(void)state;

	fill_in(&f);
	assert_int_equal(press_form(&f, "Up"), FORM_IGNORED);
	assert_int_equal(press_form(&f, "Shift-Tab"), FORM_IGNORED);
	assert_int_equal(press_form(&f, "Down"), FORM_MOVED);
	assert_int_equal(press_form(&f, "Tab"), FORM_MOVED);
	assert_int_equal(f.focus, 2);
	assert_int_equal(press_form(&f, "Tab"), FORM_IGNORED);
	assert_int_equal(press_form(&f, "Esc"), FORM_IGNORED);
	assert_int_equal(press_form(&f, "7"), FORM_CHANGED);
	assert_int_equal(press_form(&f, "Left"), FORM_MOVED);
	assert_int_equal(press_form(&f, "Enter"), FORM_DONE);
	assert_span_str(form_value(&f, "delay"), "7");
	press_form(&f, "Up q Down");
	assert_int_equal(press_form(&f, "Enter"), FORM_MOVED);     /* the choice is none: back to it */
	assert_int_equal(f.focus, 1);
	assert_int_equal(press_form(&f, "Backspace Enter"), FORM_MOVED);
	assert_int_equal(press_form(&f, "Enter"), FORM_DONE);
	form_release(&f);
	form_init(&f, 0);
	assert_int_equal(press_form(&f, "x"), FORM_IGNORED);
	assert_int_equal(press_form(&f, "Enter"), FORM_DONE);
	form_release(&f);
}

static void fields_are_known_by_name(void **state)
{
	struct form f;
	(void)state;

	fill_in(&f);
	assert_ptr_equal(form_field(&f, "delay"), &f.fields[2]);
	assert_null(form_field(&f, "nobody"));
	assert_int_equal(form_value(&f, "nobody").n, 0);
	form_release(&f);
}

static void trouble_goes_when_the_text_changes(void **state)
{
	struct form f;
	(void)state;

	fill_in(&f);
	edit_set(&f.fields[0].edit, span_str("1"));
	buf_str(&f.fields[0].trouble, "one of what?");
	press_form(&f, "Home");
	assert_buf_str(&f.fields[0].trouble, "one of what?");
	press_form(&f, "2");
	assert_buf_str(&f.fields[0].trouble, "");
	form_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_edit_a_line),
		cmocka_unit_test(other_keys_are_not_taken),
		cmocka_unit_test(what_is_not_plain_is_dropped),
		cmocka_unit_test(a_line_holds_so_many_bytes),
		cmocka_unit_test(the_cursor_is_where_typing_goes),
		cmocka_unit_test(a_form_shows_all_that_is_known_of_a_field),
		cmocka_unit_test(a_choice_is_searched_and_turned),
		cmocka_unit_test(choices_are_listed_below_the_field),
		cmocka_unit_test(leaving_a_choice_settles_it),
		cmocka_unit_test(what_fits_no_choice_goes_to_the_next_field),
		cmocka_unit_test(the_focus_goes_past_what_is_fixed),
		cmocka_unit_test(keys_move_between_fields_and_end_the_form),
		cmocka_unit_test(fields_are_known_by_name),
		cmocka_unit_test(trouble_goes_when_the_text_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
