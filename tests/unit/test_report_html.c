/* A report's page: what its texts become, how it is built, and that its policy lets in what is there and nothing else.
 * That it checks itself is shown in a browser: tests/e2e/report_page.sh. */
#include "tests/support/check.h"

#include "src/base/base64.h"
#include "src/crypto/hash.h"
#include "src/report/html_picture.h"
#include "src/report/html_text.h"
#include "src/report/report_html.h"
#include "tests/support/reports.h"

static struct buf text_of(const char *text, bool lines)
{
	struct buf b = {0};
	html_text(&b, span_str(text), lines);
	return b;
}

static void what_deceives_is_seen_and_markup_is_text(void **state)
{
	static const struct { const char *in, *out; } cases[] = {
		{ "<b>&amp;\"'", "&lt;b&gt;&amp;amp;\"'" },
		{ "a\xe2\x80\xae" "b", "a<var>\\u{202E}</var>b" },
		{ "<var>\\u{41}</var>", "&lt;var&gt;\\u{41}&lt;/var&gt;" },
		{ "\x01\x7f\xc2\xa0", "<var>\\u{0001}</var><var>\\u{007F}</var><var>\\u{00A0}</var>" },
		{ "\xff<", "<var>\\xFF</var>&lt;" },
		{ "e\xcc\x81\xe2\x80\x8b", "e\xcc\x81<var>\\u{200B}</var>" },
		{ "\xcc\x81x", "<var>\\u{0301}</var>x" },
		{ "a\r\nb", "a<var>\\u{000D}</var>\nb" },
		{ "", "" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf b = text_of(cases[i].in, true);
		assert_buf_str(&b, cases[i].out);
		buf_release(&b);
	}
	struct buf one = text_of("a\nb", false);
	assert_buf_str(&one, "a<var>\\u{000A}</var>b");
	buf_release(&one);
}

static void a_json_text_ends_no_element(void **state)
{
	struct buf b = {0};
	(void)state;
	html_json_text(&b, span_str("</script><!--\n\"\\\x01\x7f"));
	assert_buf_str(&b, "\"\\u003c/script>\\u003c!--\\n\\\"\\\\\\u0001\x7f\"");
	buf_release(&b);
}

static size_t occurrences(const struct buf *in, const char *text)
{
	size_t n = 0;
	for (const char *at = buf_cstr(in); (at = strstr(at, text)) != NULL; at++)
		n++;
	return n;
}

/* What stands between two texts, the first time. */
static struct span between(const struct buf *in, const char *from, const char *to)
{
	const char *at = strstr(buf_cstr(in), from), *end;
	assert_non_null(at);
	at += strlen(from);
	end = strstr(at, to);
	assert_non_null(end);
	return span_of(at, (size_t)(end - at));
}

static struct buf page_of(struct arena *a, uint64_t lines, const struct report **report)
{
	const struct report *r = test_report(a, temporary_directory(a), lines, TEST_REPORT_SEALED);
	struct buf page = {0};
	struct err e = {0};
	assert_ok(report_write_html(&page, r, &e), &e);
	if (report != NULL)
		*report = r;
	return page;
}

static void demand_source(const struct buf *page, struct span text)
{
	struct buf source = {0};
	struct hash32 digest;
	sha256(&digest, text);
	buf_str(&source, "'sha256-");
	buf_base64(&source, SPAN_HASH(&digest));
	buf_byte(&source, '\'');
	assert_int_equal(occurrences(page, buf_cstr(&source)), 1);
	buf_release(&source);
}

static void the_policy_lets_in_this_program_and_these_styles_alone(void **state)
{
	struct arena a = {0};
	struct buf page = page_of(&a, 12, NULL), sources = {0};
	const struct span program = between(&page, "</div>\n<script>", "</script>");
	const struct span policy = between(&page, "Content-Security-Policy\" content=\"", "\">");
	(void)state;
	assert_true(span_starts(policy, "default-src 'none'; script-src 'sha256-"));
	demand_source(&page, program);
	demand_source(&page, between(&page, "<style>", "</style>"));
	demand_source(&page, between(&page, "<style id=\"printed\">", "</style>"));
	buf_span(&sources, policy);
	assert_int_equal(occurrences(&sources, "'sha256-"), 3);
	buf_release(&sources);
	assert_int_equal(occurrences(&page, "<script"), 2);
	assert_int_equal(occurrences(&page, "</script>"), 2);
	assert_int_equal(occurrences(&page, "://"), 0);
	assert_int_equal(occurrences(&page, " style=") + occurrences(&page, " src="), 0);
	buf_release(&page);
	arena_release(&a);
}

static void cells_that_stand_in_their_lines_are_upright(void **state)
{
	struct arena a = {0};
	struct buf page = page_of(&a, 12, NULL);
	(void)state;
	assert_int_equal(occurrences(&page, "<th scope=\"row\" class=\"word\" data-said=\"\">9</th>"
				 "<td class=\"word\" data-said=\"\">p1</td><td class=\"word\"><i>approved</i></td>"
				 "<td class=\"word\" data-said=\"\">2026-09-21T14:22:20.000Z</td>"), 1);
	assert_int_equal(occurrences(&page, "<td class=\"words\"><i>number 9</i></td><td class=\"mark\"></td>"
				 "<td><a href=\"#line-9\">9</a></td></tr>"), 1);
	assert_int_equal(occurrences(&page, "<td class=\"mark\">finding</td>"), 1);
	assert_int_equal(occurrences(&page, "<caption>Approvals: 11 rows</caption>"), 1);
	buf_release(&page);
	arena_release(&a);
}

static void the_digest_is_of_the_page_without_its_evidence(void **state)
{
	struct arena a = {0};
	const struct report *r;
	struct buf page = page_of(&a, 12, &r), digest = {0};
	struct hash32 hash;
	struct report other = *r;
	(void)state;
	report_html_digest(&hash, r);
	buf_hex(&digest, SPAN_HASH(&hash));
	assert_int_equal(occurrences(&page, buf_cstr(&digest)), 2);      /* the line report.made: shown, and as JSON */
	other.evidence.size = 7;
	other.evidence.vkey = "another";
	other.evidence.made = NULL;
	report_html_digest(&hash, &other);
	buf_clear(&digest);
	buf_hex(&digest, SPAN_HASH(&hash));
	assert_int_equal(occurrences(&page, buf_cstr(&digest)), 2);
	other.title = "another";
	report_html_digest(&hash, &other);
	buf_clear(&digest);
	buf_hex(&digest, SPAN_HASH(&hash));
	assert_int_equal(occurrences(&page, buf_cstr(&digest)), 0);
	buf_release(&digest);
	buf_release(&page);
	arena_release(&a);
}

/* ---- pictures --------------------------------------------------------------------------------------------------- */

static struct buf picture(enum report_picture kind, const char *const cells[][3], size_t n)
{
	static const char *const columns[] = { "label", "value", "until" };
	struct arena a = {0};
	struct report r = {0};
	struct report_section *s = report_section(&a, &r, "s", "A title", columns, 3);
	struct buf b = {0};
	s->picture = kind;
	s->value = 1;
	s->until = 2;
	for (size_t i = 0; i < n; i++) {
		struct report_row *row = report_row(&a, s);
		for (size_t k = 0; k < 3; k++)
			row->cells[k] = cells[i][k];
	}
	html_picture(&b, s, (struct unix_time){1790000600000}, 1);
	arena_release(&a);
	return b;
}

static void bars_are_as_long_as_their_numbers_and_say_them(void **state)
{
	static const char *const cells[][3] = {
		{ "p1", "10", "" }, { "p2", "2.5", "" }, { "p3 <x>", "0", "" }, { "p4", "many", "" },
	};
	struct buf b = picture(PICTURE_BARS, cells, 4);
	(void)state;
	assert_int_equal(occurrences(&b, "width=\"520\""), 1);
	assert_int_equal(occurrences(&b, "width=\"130\""), 1);
	assert_int_equal(occurrences(&b, "width=\"1\""), 1);
	assert_int_equal(occurrences(&b, "<rect "), 3);
	assert_int_equal(occurrences(&b, "role=\"img\" aria-labelledby=\"t1 d1\""), 1);
	assert_int_equal(occurrences(&b, "<desc id=\"d1\">3 bars. p1: 10. p2: 2.5. p3 &lt;x&gt;: 0. "), 1);
	assert_int_equal(occurrences(&b, "3 of 4 rows are drawn; the table has all."), 1);
	buf_release(&b);
}

static void a_span_without_an_end_is_open_until_now(void **state)
{
	static const char *const cells[][3] = {
		{ "drafted", "2026-09-21 14:13 UTC", "2026-09-21T14:18:00.000Z" },
		{ "ready", "2026-09-21 14:18 UTC", "" },
		{ "backwards", "2026-09-21 14:18 UTC", "2026-09-21 14:13 UTC" },
	};
	struct buf b = picture(PICTURE_SPANS, cells, 3);
	(void)state;
	assert_int_equal(occurrences(&b, "class=\"bar\""), 1);
	assert_int_equal(occurrences(&b, "class=\"open\""), 1);
	assert_int_equal(occurrences(&b, ">5 min</text>"), 1);
	assert_int_equal(occurrences(&b, "ready: 5 min 20 s, open. "), 1);
	assert_int_equal(occurrences(&b, "2026-09-21 14:13 UTC</text>"), 1);
	buf_release(&b);
}

static void no_numbers_no_picture(void **state)
{
	static const char *const cells[][3] = { { "p1", "x", "" }, { "p2", "1.", "" }, { "p3", "1.2345", "" } };
	struct buf b = picture(PICTURE_BARS, cells, 3);
	(void)state;
	assert_buf_str(&b, "");
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_deceives_is_seen_and_markup_is_text),
		cmocka_unit_test(a_json_text_ends_no_element),
		cmocka_unit_test(the_policy_lets_in_this_program_and_these_styles_alone),
		cmocka_unit_test(cells_that_stand_in_their_lines_are_upright),
		cmocka_unit_test(the_digest_is_of_the_page_without_its_evidence),
		cmocka_unit_test(bars_are_as_long_as_their_numbers_and_say_them),
		cmocka_unit_test(a_span_without_an_end_is_open_until_now),
		cmocka_unit_test(no_numbers_no_picture),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
