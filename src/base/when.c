#include "src/base/when.h"

#include <string.h>
#include <time.h>

void when_span(struct buf *out, uint64_t seconds)
{
	static const struct { uint64_t s; const char *one, *many; } units[] = {
		{ 86400, "day", "days" }, { 3600, "h", "h" }, { 60, "min", "min" }, { 1, "s", "s" },
	};
	size_t i = 0, shown = 0;
	while (i + 1 < ARRAY_LEN(units) && seconds < units[i].s)
		i++;
	for (; i < ARRAY_LEN(units) && shown < 2; i++, shown++) {
		const uint64_t n = seconds / units[i].s;
		if (shown > 0 && (n == 0 || units[i].s == 1))        /* "3 h", "5 min": seconds only below a minute */
			continue;
		buf_fmt(out, "%s%llu %s", shown > 0 ? " " : "", (unsigned long long)n,
			n == 1 ? units[i].one : units[i].many);
		seconds %= units[i].s;
	}
}

void when_relative(struct buf *out, int64_t then, int64_t now)
{
	if (then == now) {
		buf_str(out, "now");
		return;
	}
	if (then > now)
		buf_str(out, "in ");
	when_span(out, (uint64_t)(then > now ? then - now : now - then));
	if (then < now)
		buf_str(out, " ago");
}

void when_format(struct buf *out, int64_t then, int64_t now)
{
	const time_t t = (time_t)then;
	struct tm here, utc;
	time_format_minute(out, then);
	if (localtime_r(&t, &here) != NULL && gmtime_r(&t, &utc) != NULL && here.tm_gmtoff != 0) {
		char clock[64];
		const bool same_day = here.tm_yday == utc.tm_yday;
		if (strftime(clock, sizeof(clock), same_day ? "%H:%M %Z" : "%m-%d %H:%M %Z", &here) > 0)
			buf_fmt(out, " (%s)", clock);
	}
	buf_str(out, ", ");
	when_relative(out, then, now);
}
