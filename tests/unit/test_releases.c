/* The list of releases: read strictly, every slip located, asked by code and by metadata. */
#include "src/policy/releases.h"
#include "tests/support/check.h"

#define ONES "1111111111111111111111111111111111111111111111111111111111111111"
#define TWOS "2222222222222222222222222222222222222222222222222222222222222222"
#define ENTRY(version, code, rest) "{\"contract\":\"SetPaymaster\",\"version\":\"" version "\",\"codeHash\":\"0x" code \
	"\",\"metadata\":\"0x" ONES "\",\"layout\":\"" ONES "\"," rest "}"
#define AUDITED "\"audit\":\"" TWOS "\""
#define LIST(entries) "{\"format\":\"setgov-releases/1\",\"name\":\"L\",\"releases\":[" entries "]}"

static void a_release_is_found_by_its_code_and_by_its_sources(void **state)
{
	struct arena a = {0};
	struct releases r;
	struct hash32 h = {{0}};
	struct buf text = {0};
	struct err e = {0};
	(void)state;
	assert_ok(releases_parse(&a, &r, span_str(LIST(ENTRY("1.0", ONES, AUDITED) ","
					 ENTRY("1.1", TWOS, "\"audit\":null,\"exception\":\"small\""))), &e), &e);
	assert_int_equal(r.n, 2);
	assert_null(releases_code(&r, &h));
	memset(h.b, 0x22, sizeof(h.b));
	assert_ptr_equal(releases_code(&r, &h), &r.v[1]);
	memset(h.b, 0x11, sizeof(h.b));
	assert_ptr_equal(releases_metadata(&r, span_str("SetPaymaster"), &h), &r.v[0]);
	assert_null(releases_metadata(&r, span_str("SetRegistry"), &h));
	assert_ptr_equal(releases_layout(&r, &h), &r.v[0]);
	releases_format(&text, &r);
	assert_buf_str(&text, "  SetPaymaster 1.0\n    code      0x" ONES "\n    metadata  0x" ONES
		       "\n    layout    " ONES "\n    audit     " TWOS "\n  SetPaymaster 1.1\n    code      0x" TWOS
		       "\n    metadata  0x" ONES
		       "\n    layout    " ONES "\n    audit     NONE, because small\n");
	buf_release(&text);
	arena_release(&a);
}

static void check(const char *text, enum err_code code, const char *expected)
{
	struct arena a = {0};
	struct releases r;
	struct err e = {0};
	assert_false(releases_parse(&a, &r, span_str(text), &e));
	e.at = ERR_NO_OFFSET;
	assert_err(&e, code, expected);
	err_clear(&e);
	arena_release(&a);
}

static void a_slip_is_located(void **state)
{
	(void)state;
	check("[]", ERR_SYNTAX, "needed an object");
	check("{\"format\":\"x\",\"name\":\"L\",\"releases\":[]}", ERR_UNKNOWN, "format: needed \"setgov-releases/1\"");
	check(LIST("1"), ERR_SYNTAX, "releases[0]: needed an object");
	check(LIST(ENTRY("1.0", ONES, "\"audit\":\"\"")), ERR_SYNTAX,
	      "releases[0].audit: needed 64 hex digits, found 0");
	check(LIST(ENTRY("1.0", ONES, "\"audit\":null,\"exception\":\"\"")), ERR_RANGE,
	      "releases[0].exception: is empty");
	check(LIST(ENTRY("1.0", ONES, AUDITED ",\"exception\":\"x\"")), ERR_MISMATCH,
	      "releases[0].exception: there is an audit report: nothing to except");
	check(LIST(ENTRY("1.0", ONES, AUDITED) "," ENTRY("1.0", TWOS, AUDITED)), ERR_MISMATCH,
	      "releases[1].version: releases[0] is this one");
	check(LIST(ENTRY("1.0", ONES, AUDITED) "," ENTRY("1.1", ONES, AUDITED)), ERR_MISMATCH,
	      "releases[1].codeHash: releases[0] has this code");
	check(LIST(ENTRY("1.0", ONES, AUDITED ",\"why\":1")), ERR_UNKNOWN, "releases[0].why: unknown member");
}

#define CODE(h) "    code      0x" h "\n    metadata  0x" ONES "\n    layout    " ONES "\n"
static void what_changes_is_said_release_by_release(void **state)
{
	struct arena a = {0};
	struct releases old, now;
	struct buf text = {0};
	struct err e = {0};
	(void)state;
	assert_ok(releases_parse(&a, &old, span_str(LIST(ENTRY("1.0", ONES, AUDITED) ","
					 ENTRY("1.1", TWOS, "\"audit\":null"))), &e), &e);
	assert_ok(releases_parse(&a, &now, span_str(LIST(ENTRY("1.1", TWOS, AUDITED))), &e), &e);
	assert_int_equal(releases_differences(&text, &old, &now), 2);
	assert_buf_str(&text, "  GOES     SetPaymaster 1.0\n" CODE(ONES) "    audit     " TWOS "\n"
		       "  CHANGES  SetPaymaster 1.1\n   was\n" CODE(TWOS) "    audit     NONE\n"
		       "   now\n" CODE(TWOS) "    audit     " TWOS "\n");
	buf_clear(&text);
	assert_int_equal(releases_differences(&text, &now, &old), 2);
	assert_non_null(strstr(buf_cstr(&text), "  COMES    SetPaymaster 1.0\n" CODE(ONES) "    audit     " TWOS "\n"));
	buf_clear(&text);
	assert_int_equal(releases_differences(&text, &now, &now), 0);
	assert_int_equal(text.n, 0);
	buf_release(&text);
	arena_release(&a);
}

static void a_list_that_is_another_one_says_so_whatever_differs(void **state)
{
	static const struct { const char *old, *now, *said; } cases[] = {
		{ LIST(ENTRY("1.0", ONES, AUDITED) "," ENTRY("1.1", TWOS, AUDITED)),
		  LIST(ENTRY("1.1", TWOS, AUDITED) "," ENTRY("1.0", ONES, AUDITED)),
		  "  the same releases, in another order\n" },
		{ LIST(""), "{\"format\":\"setgov-releases/1\",\"name\":\"M\",\"releases\":[]}",
		  "  the name: was L, is M now\n" },
	};
	struct arena a = {0};
	struct buf text = {0};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct releases old, now;
		struct err e = {0};
		assert_ok(releases_parse(&a, &old, span_str(cases[i].old), &e), &e);
		assert_ok(releases_parse(&a, &now, span_str(cases[i].now), &e), &e);
		buf_clear(&text);
		assert_int_equal(releases_differences(&text, &old, &now), 1);
		assert_buf_str(&text, cases[i].said);
	}
	buf_release(&text);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_release_is_found_by_its_code_and_by_its_sources),
		cmocka_unit_test(a_slip_is_located),
		cmocka_unit_test(what_changes_is_said_release_by_release),
		cmocka_unit_test(a_list_that_is_another_one_says_so_whatever_differs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
