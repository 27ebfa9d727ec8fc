#include <time.h>

#include "src/base/time.h"
#include "tests/support/check.h"

static const char *format(struct buf *b, int64_t ms)
{
	buf_clear(b);
	time_format(b, (struct unix_time){ms});
	return buf_cstr(b);
}

static void known_instants(void **state)
{
	struct buf b = {0};
	(void)state;

	assert_string_equal(format(&b, 0), "1970-01-01T00:00:00.000Z");
	assert_string_equal(format(&b, 951782400123), "2000-02-29T00:00:00.123Z");
	assert_string_equal(format(&b, 1795428902123), "2026-11-23T10:15:02.123Z");
	assert_string_equal(format(&b, 253402300799999), "9999-12-31T23:59:59.999Z");
	buf_clear(&b);
	time_format_minute(&b, 1795428902);
	assert_buf_str(&b, "2026-11-23 10:15 UTC");
	buf_release(&b);
}

static void outside_the_calendar_no_date_is_made_up(void **state)
{
	struct buf b = {0};
	(void)state;

	assert_string_equal(format(&b, -1), "-1 s after 1970");
	assert_string_equal(format(&b, -1000), "-1 s after 1970");
	assert_string_equal(format(&b, -1001), "-2 s after 1970");
	assert_string_equal(format(&b, 253402300800000), "253402300800 s after 1970");
	assert_string_equal(format(&b, INT64_MIN), "-9223372036854776 s after 1970");
	buf_clear(&b);
	time_format_minute(&b, INT64_MAX);
	assert_buf_str(&b, "9223372036854775807 s after 1970");
	buf_release(&b);
}

/* Every 9 h 17 min 31.337 s from 1970 to 2400, against the C library's calendar, and back. */
static void agrees_with_the_c_library(void **state)
{
	struct buf b = {0};
	(void)state;

	for (int64_t ms = 0; ms < 13569465600000; ms += 33451337) {
		const time_t seconds = (time_t)(ms / 1000);
		struct unix_time back;
		struct err e = {0};
		char text[64];
		struct tm tm;

		gmtime_r(&seconds, &tm);
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
		assert_memory_equal(format(&b, ms), text, 19);
		assert_ok(time_parse(&back, buf_view(&b), &e), &e);
		assert_true(back.ms == ms);
	}
	buf_release(&b);
}

static void only_the_one_format_is_read(void **state)
{
	static const struct { const char *in; enum err_code code; const char *error; } bad[] = {
		{"", ERR_SYNTAX, "byte 0: a time has 24 characters, found 0"},
		{"2026-11-23T10:15:02Z", ERR_SYNTAX, "byte 19: a time is written 2026-11-23T10:15:02.123Z"},
		{"2026-11-23 10:15:02.123Z", ERR_SYNTAX, "byte 10: a time is written 2026-11-23T10:15:02.123Z"},
		{"2026-11-23T10:15:02.123", ERR_SYNTAX, "byte 23: a time has 24 characters, found 23"},
		{"2026-11-23T10:15:02.123Z ", ERR_SYNTAX, "byte 25: a time has 24 characters, found 25"},
		{"2026-11-23T10:15:02.123z", ERR_SYNTAX, "byte 23: a time is written 2026-11-23T10:15:02.123Z"},
		{"1969-12-31T23:59:59.000Z", ERR_RANGE, "byte 0: year 1969 is not between 1970 and 9999"},
		{"2026-00-23T10:15:02.123Z", ERR_RANGE, "byte 5: month 0 is not between 1 and 12"},
		{"2026-13-23T10:15:02.123Z", ERR_RANGE, "byte 5: month 13 is not between 1 and 12"},
		{"2026-02-29T10:15:02.123Z", ERR_RANGE, "byte 8: day 29 is not between 1 and 28"},
		{"2100-02-29T10:15:02.123Z", ERR_RANGE, "byte 8: day 29 is not between 1 and 28"},
		{"2026-11-31T10:15:02.123Z", ERR_RANGE, "byte 8: day 31 is not between 1 and 30"},
		{"2026-11-23T24:00:00.000Z", ERR_RANGE, "byte 11: hour 24 is not between 0 and 23"},
		{"2026-11-23T10:60:00.000Z", ERR_RANGE, "byte 14: minute 60 is not between 0 and 59"},
		{"2016-12-31T23:59:60.000Z", ERR_RANGE, "byte 17: second 60 is not between 0 and 59"},
	};
	struct unix_time t;
	struct err e = {0};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(time_parse(&t, span_str(bad[i].in), &e));
		assert_err(&e, bad[i].code, bad[i].error);
	}
	err_clear(&e);
}

static void durations_as_people_write_them(void **state)
{
	static const struct { const char *in; uint64_t seconds; } good[] = {
		{"0", 0}, {"86400", 86400}, {"24h", 86400}, {"48 h", 172800}, {"5 min", 300}, {"90s", 90},
		{"2 days 3h", 183600}, {"1 day", 86400}, {"1d12h", 129600}, {"1 week", 604800},
		{"2 weeks 1 day", 1296000}, {"1 hour 1 minute 1 second", 3661}, {"3 hours", 10800}, {"10 seconds", 10},
	};
	struct err e = {0};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		uint64_t s = 1;

		assert_ok(duration_parse(&s, span_str(good[i].in), &e), &e);
		assert_int_equal(s, good[i].seconds);
	}
}

static void wrong_durations_point_at_the_word(void **state)
{
	static const struct { const char *in; enum err_code code; const char *error; } bad[] = {
		{"", ERR_SYNTAX, "byte 0: needed a time like 48h, 90s, 5 min or 2 days 3 h"},
		{"h", ERR_SYNTAX, "byte 0: needed a time like 48h, 90s, 5 min or 2 days 3 h"},
		{" 1h", ERR_SYNTAX, "byte 0: needed a time like 48h, 90s, 5 min or 2 days 3 h"},
		{"-1h", ERR_SYNTAX, "byte 0: needed a time like 48h, 90s, 5 min or 2 days 3 h"},
		{"5m", ERR_SYNTAX, "byte 1: needed a time like 48h, 90s, 5 min or 2 days 3 h"},
		{"1 fortnight", ERR_SYNTAX, "byte 2: needed a time like 48h, 90s, 5 min or 2 days 3 h"},
		{"1 day 5", ERR_SYNTAX, "byte 7: needed a time like 48h, 90s, 5 min or 2 days 3 h"},
		{"1.5h", ERR_SYNTAX, "byte 1: needed a time like 48h, 90s, 5 min or 2 days 3 h"},
		{"1h 2 days", ERR_SYNTAX, "byte 5: needed a smaller unit than before it"},
		{"1h 2h", ERR_SYNTAX, "byte 4: needed a smaller unit than before it"},
		{"1h,", ERR_SYNTAX, "byte 2: needed a time like 48h, 90s, 5 min or 2 days 3 h"},
		{"18446744073709551616", ERR_RANGE, "byte 0: too long a time"},
		{"99999999999999999 days", ERR_RANGE, "byte 0: too long a time"},
		{"1 h 18446744073709551615 s", ERR_RANGE, "byte 4: too long a time"},
	};
	struct err e = {0};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		uint64_t s = 77;

		assert_false(duration_parse(&s, span_str(bad[i].in), &e));
		assert_err(&e, bad[i].code, bad[i].error);
		assert_int_equal(s, 77);
	}
	err_clear(&e);
}

static void written_durations_round_nothing(void **state)
{
	static const struct { uint64_t seconds; const char *text; } good[] = {
		{0, "0 s"}, {1, "1 s"}, {59, "59 s"}, {60, "1 min"}, {3600, "1 h"}, {3601, "1 h 1 s"},
		{86399, "23 h 59 min 59 s"}, {86400, "1 day"}, {172800, "2 days"}, {86460, "1 day 1 min"},
		{604800, "7 days"}, {UINT64_MAX, "213503982334601 days 7 h 15 s"},
	};
	struct buf b = {0};
	struct err e = {0};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		uint64_t back;

		buf_clear(&b);
		duration_format(&b, good[i].seconds);
		assert_buf_str(&b, good[i].text);
		assert_ok(duration_parse(&back, buf_view(&b), &e), &e);
		assert_true(back == good[i].seconds);
	}
	buf_release(&b);
}

static void the_clock_runs_until_it_is_fixed(void **state)
{
	const struct unix_time before = time_now();
	(void)state;

	assert_true(before.ms > 1700000000000);
	assert_true(time_now().ms >= before.ms);
	time_fix((struct unix_time){5});
	assert_int_equal(time_now().ms, 5);
	assert_int_equal(time_now().ms, 5);
}

static void randomness_differs(void **state)
{
	uint8_t a[1000] = {0}, b[1000] = {0};
	unsigned seen[256] = {0}, kinds = 0;
	(void)state;

	random_bytes(a, sizeof(a));
	random_bytes(b, sizeof(b));
	random_bytes(NULL, 0);
	assert_memory_not_equal(a, b, sizeof(a));
	for (size_t i = 0; i < sizeof(a); i++)
		kinds += seen[a[i]]++ == 0;
	assert_true(kinds > 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_instants),
		cmocka_unit_test(outside_the_calendar_no_date_is_made_up),
		cmocka_unit_test(agrees_with_the_c_library),
		cmocka_unit_test(only_the_one_format_is_read),
		cmocka_unit_test(durations_as_people_write_them),
		cmocka_unit_test(wrong_durations_point_at_the_word),
		cmocka_unit_test(written_durations_round_nothing),
		cmocka_unit_test(the_clock_runs_until_it_is_fixed),
		cmocka_unit_test(randomness_differs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
