#include "src/base/when.h"
#include "tests/support/check.h"

#include <stdlib.h>
#include <time.h>

static void assert_span(uint64_t seconds, const char *words)
{
	struct buf b = {0};
	when_span(&b, seconds);
	assert_buf_str(&b, words);
	buf_release(&b);
}

static void a_span_is_rounded_down_to_two_units(void **state)
{
	(void)state;
	assert_span(0, "0 s");
	assert_span(59, "59 s");
	assert_span(60, "1 min");
	assert_span(119, "1 min");                       /* seconds only below a minute */
	assert_span(3600, "1 h");
	assert_span(2 * 3600 + 5 * 60 + 59, "2 h 5 min");
	assert_span(86400 + 59 * 60, "1 day");           /* its second unit is hours */
	assert_span(3 * 86400 + 23 * 3600 + 3599, "3 days 23 h");
}

static void assert_relative(int64_t then, int64_t now, const char *words)
{
	struct buf b = {0};
	when_relative(&b, then, now);
	assert_buf_str(&b, words);
	buf_release(&b);
}

static void how_far_away_says_which_way(void **state)
{
	(void)state;
	assert_relative(1000, 1000, "now");
	assert_relative(1000 + 3 * 3600 + 5 * 60, 1000, "in 3 h 5 min");
	assert_relative(1000, 1000 + 2 * 86400, "2 days ago");
	assert_relative(-100, 100, "3 min ago");         /* before 1970, too */
}

static void assert_format(const char *zone, int64_t then, const char *words)
{
	struct buf b = {0};
	setenv("TZ", zone, 1);
	tzset();
	when_format(&b, then, then);
	assert_buf_str(&b, words);
	buf_release(&b);
}

#define AT 1795428900                                 /* 2026-11-23 10:15 UTC */

static void the_readers_zone_stands_beside_utc_where_it_differs(void **state)
{
	(void)state;
	assert_format("UTC0", AT, "2026-11-23 10:15 UTC, now");
	assert_format("CET-1", AT, "2026-11-23 10:15 UTC (11:15 CET), now");
	assert_format("NZDT-13", AT, "2026-11-23 10:15 UTC (23:15 NZDT), now");
	assert_format("NZDT-13", AT + 3600, "2026-11-23 11:15 UTC (11-24 00:15 NZDT), now");
	assert_format("HST10", AT - 3600, "2026-11-23 09:15 UTC (11-22 23:15 HST), now");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_span_is_rounded_down_to_two_units),
		cmocka_unit_test(how_far_away_says_which_way),
		cmocka_unit_test(the_readers_zone_stands_beside_utc_where_it_differs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
