/* What people wrote stands in the minutes as they wrote it, and is never taken for Markdown or HTML. */
#include "src/cli/minutes.h"
#include "tests/support/check.h"

static void assert_text(const char *text, const char *shown)
{
	struct buf b = {0};

	minutes_text(&b, span_str(text));
	assert_buf_str(&b, shown);
	buf_release(&b);
}

static void words_are_words(void **state)
{
	(void)state;
	assert_text("", "");
	assert_text("Raise the fee to 0.5 percent - today", "Raise the fee to 0.5 percent - today");
	assert_text("Geb\xc3\xbchr 3.", "Geb\xc3\xbchr 3.");
}

static void markdown_is_shown_and_does_nothing(void **state)
{
	(void)state;
	assert_text("# big", "\\# big");
	assert_text("**yes** _or_ `no`", "\\*\\*yes\\*\\* \\_or\\_ \\`no\\`");
	assert_text("[approve](https://x) ![y](z)", "\\[approve\\](https://x) \\!\\[y\\](z)");
	assert_text("a | b ~~c~~", "a \\| b \\~\\~c\\~\\~");
	assert_text("a\\*b", "a\\\\\\*b");
	assert_text("- item", "\\- item");
	assert_text("===", "\\===");
	assert_text("12. twelfth", "12\\. twelfth");
	assert_text("12) twelfth", "12\\) twelfth");
}

static void html_is_shown_and_does_nothing(void **state)
{
	(void)state;
	assert_text("<img src=x onerror=y>", "\\<img src=x onerror=y\\>");
	assert_text("&lt;b&gt;", "\\&lt;b\\&gt;");
}

static void a_text_stays_on_its_line(void **state)
{
	(void)state;
	assert_text("no\n\n# Approved by all", "no\\\\u{000A}\\\\u{000A}\\# Approved by all");
	assert_text("\x1b[2J", "\\\\u{001B}\\[2J");
}

/* A line of the log that no program of ours wrote may say so. */
static void a_change_that_the_log_does_not_have_is_an_error(void **state)
{
	struct change one = { .id = span_str("SC-1") };
	const struct changes all = { &one, 1 };
	struct err e = {0};

	(void)state;
	assert_ptr_equal(minutes_change(&all, span_str("SC-1"), &e), &one);
	assert_null(minutes_change(&all, span_str("SC-2"), &e));
	assert_err(&e, ERR_MISSING, "the log has no change SC-2, which a meeting speaks of");
	err_clear(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_words),
		cmocka_unit_test(markdown_is_shown_and_does_nothing),
		cmocka_unit_test(html_is_shown_and_does_nothing),
		cmocka_unit_test(a_text_stays_on_its_line),
		cmocka_unit_test(a_change_that_the_log_does_not_have_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
