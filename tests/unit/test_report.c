/* A report's three plain forms: hostile words do nothing in any of them, and all say the same. */
#include "src/report/report_csv.h"
#include "src/report/report_json.h"
#include "src/report/report_markdown.h"
#include "tests/support/check.h"

static const char *const columns[] = { "who", "text" };
#define BIDI "\xe2\x80\xae"

static void assert_markdown(const char *text, const char *shown)
{
	struct buf b = {0};

	report_markdown_text(&b, span_str(text));
	assert_buf_str(&b, shown);
	buf_release(&b);
}

static void markdown_shows_words_and_runs_nothing(void **state)
{
	(void)state;
	assert_markdown("plain words, 0.5 percent - today", "plain words, 0.5 percent - today");
	assert_markdown("executed_at 1.4.1", "executed_at 1.4.1");
	assert_markdown("a | b", "a \\| b");
	assert_markdown("_a_ **b** `c` ~~d~~", "\\_a\\_ \\*\\*b\\*\\* \\`c\\` \\~\\~d\\~\\~");
	assert_markdown("<script>x</script>&lt;", "\\<script\\>x\\</script\\>\\&lt;");
	assert_markdown("one\n# two\n- three", "one<br>\\# two<br>\\- three");
	assert_markdown("1. one", "1\\. one");
	assert_markdown("a" BIDI "b\x1b[2J", "a\\\\u{202E}b\\\\u{001B}\\[2J");
}

/* What a ticket system links or calls for however it is escaped stands in code. */
static void markdown_calls_nobody_and_links_nowhere(void **state)
{
	(void)state;
	assert_markdown("@everyone", "`@`everyone");
	assert_markdown("see https://evil.example|x", "see https`://`evil.example\\|x");
	assert_markdown("www.evil.example", "`www.`evil.example");
	assert_markdown("@@", "`@``@`");
}

static void json_is_the_same_value_and_harmless(void **state)
{
	struct arena a = {0};
	struct buf b = {0};
	struct err e = {0};
	const struct json *back;
	const char *text = "\"quoted\\\" \n\t " BIDI " \xf0\x9d\x85\xb3 \xe6\x9d\xb1";

	(void)state;
	report_json_quote(&b, span_str(text));
	assert_buf_str(&b, "\"\\\"quoted\\\\\\\" \\n\\u0009 \\u202e \\ud834\\udd73 \xe6\x9d\xb1\"");
	back = json_parse(&a, buf_view(&b), &e);
	assert_ok(back != NULL, &e);
	assert_span_str(back->text, text);
	buf_release(&b);
	arena_release(&a);
}

/* One section, one row, which rests on line 3 and on line 4, which is withheld. */
static struct report sample(struct arena *a, const char *text)
{
	static const struct hash32 path[1] = { { { 0xab } } };
	struct report r = { .kind = REPORT_CHANGE, .title = "T", .subject = "SC-1", .deployment = "D" };
	struct report_section *s = report_section(a, &r, "words", "Words", columns, ARRAY_LEN(columns));
	struct report_row *row = report_row(a, s);
	struct report_line *lines = ARENA_ARRAY(a, struct report_line, 2);

	report_set(a, s, row, "who", span_str("p1"));
	report_set(a, s, row, "text", span_str(text));
	report_rests_on(a, row, 4);
	report_rests_on(a, row, 3);
	row->mark = REPORT_LOOK;
	lines[0] = (struct report_line){ .seq = 3, .raw = span_str("{\"seq\":3,\"x\":\"=1\"}"), .next = &lines[1] };
	lines[0].path.hash = path;
	lines[0].path.n = 1;
	lines[1] = (struct report_line){ .seq = 4, .withheld = "left out" };
	r.evidence = (struct report_evidence){ .origin = "log", .vkey = "log+1+k",
					       .checkpoint = span_str("log\n5\nr\n"), .size = 5, .first = lines,
					       .last = &lines[1], .n = 2 };
	return r;
}

static void assert_csv(const char *text, const char *cell)
{
	struct arena a = {0};
	struct buf b = {0};
	const struct report r = sample(&a, text);
	const char *row = arena_fmt(&a, "\r\n\"words\",\"look\",\"p1\",\"%s\",\"3 4\",", cell);

	report_write_csv(&b, &r);
	if (strstr(buf_cstr(&b), row) == NULL)
		fail_msg("needed %s in\n%s", row, buf_cstr(&b));
	buf_release(&b);
	arena_release(&a);
}

static void csv_has_no_formulas(void **state)
{
	(void)state;
	assert_csv("words", "words");
	assert_csv("=cmd|' /C calc'!A1", "'=cmd|' /C calc'!A1");
	assert_csv("+1", "'+1");
	assert_csv("-1", "'-1");
	assert_csv("@SUM(A1)", "'@SUM(A1)");
	assert_csv("\xef\xbc\x9d" "1", "'\xef\xbc\x9d" "1");
	assert_csv(" \xef\xbc\xa0SUM(A1)", "' \xef\xbc\xa0SUM(A1)");
	assert_csv("  =1", "'  =1");
	assert_csv("\n=1", "'\n=1");
	assert_csv("\t=1", "'\\u{0009}=1");
	assert_csv("\r=1", "'\\u{000D}=1");
	assert_csv("a\",\"b\r\nc", "a\"\",\"\"b\\u{000D}\nc");
	assert_csv("a" BIDI "b", "a\\u{202E}b");
}

/* With them the row can be checked: as they were logged, a formula or not. */
static void csv_rows_carry_their_lines(void **state)
{
	struct arena a = {0};
	struct buf b = {0};
	const struct report r = sample(&a, "x");

	(void)state;
	report_write_csv(&b, &r);
	assert_non_null(strstr(buf_cstr(&b),
			       ",\"{\"\"seq\"\":3,\"\"x\"\":\"\"=1\"\"}\n{\"\"seq\"\":4,\"\"leaf\"\":\"\"0000"));
	assert_non_null(strstr(buf_cstr(&b), "\"\"withheld\"\":\"\"left out\"\"}\"\r\n"));
	buf_release(&b);
	arena_release(&a);
}

static void json_has_cells_marks_lines_and_paths(void **state)
{
	struct arena a = {0};
	struct buf b = {0};
	struct err e = {0};
	const struct report r = sample(&a, "a" BIDI "\n=1");
	const struct json *doc, *section, *row, *lines;

	(void)state;
	report_write_json(&b, &r);
	doc = json_parse(&a, buf_view(&b), &e);
	assert_ok(doc != NULL, &e);
	section = json_at(json_find(doc, "sections"), 0);
	row = json_at(json_find(section, "rows"), 0);
	assert_span_str(json_find(json_find(row, "cells"), "text")->text, "a" BIDI "\n=1");
	assert_span_str(json_find(row, "mark")->text, "look");
	assert_span_str(json_at(json_find(row, "lines"), 1)->text, "4");
	lines = json_find(json_find(doc, "evidence"), "lines");
	assert_span_str(json_find(json_at(lines, 0), "line")->text, "{\"seq\":3,\"x\":\"=1\"}");
	assert_int_equal(json_find(json_at(lines, 0), "path")->n, 1);
	assert_true(json_is_null(json_find(json_at(lines, 1), "line")));
	assert_span_str(json_find(json_at(lines, 1), "withheld")->text, "left out");
	buf_release(&b);
	arena_release(&a);
}

static void markdown_is_a_table_a_section(void **state)
{
	struct arena a = {0};
	struct buf b = {0};
	const struct report r = sample(&a, "a|b\nc");

	(void)state;
	report_write_markdown(&b, &r);
	assert_non_null(strstr(buf_cstr(&b), "\n## Words\n\n| who | text | mark | lines |\n|---|---|---|---|\n"
					     "| p1 | a\\|b<br>c | look | 3, 4 |\n\n## Evidence\n"));
	assert_non_null(strstr(buf_cstr(&b), "\n    log\n    5\n    r\n"));
	buf_release(&b);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markdown_shows_words_and_runs_nothing),
		cmocka_unit_test(markdown_calls_nobody_and_links_nowhere),
		cmocka_unit_test(json_is_the_same_value_and_harmless),
		cmocka_unit_test(csv_has_no_formulas),
		cmocka_unit_test(csv_rows_carry_their_lines),
		cmocka_unit_test(json_has_cells_marks_lines_and_paths),
		cmocka_unit_test(markdown_is_a_table_a_section),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
