#include "src/base/time.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define DAY 86400
#define LAST_SECOND 253402300799   /* 9999-12-31T23:59:59Z: what four digits of year can say */

/* What time_fix() set; tests only. */
static struct unix_time fixed_time;
static bool time_is_fixed;
/* What random_fix() set, stepped by each byte; 0: it was not called. Tests only. */
static uint64_t fixed_random;

struct unix_time time_now(void)
{
	struct timespec now;

	if (time_is_fixed)
		return fixed_time;
	if (clock_gettime(CLOCK_REALTIME, &now) != 0)
		die("no clock: %s", strerror(errno));
	return (struct unix_time){(int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000};
}

int64_t time_since_boot(void)
{
	struct timespec t;
	clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec;
}

void time_fix(struct unix_time t)
{
	fixed_time = t;
	time_is_fixed = true;
}

struct date {
	int year, month, day;
};

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in(int year, int month)
{
	static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1970-01-01 to the first day of `year`, 1970 or later. */
static int64_t days_before(int year)
{
	const int64_t y = year - 1;

	return y * 365 + y / 4 - y / 100 + y / 400 - 719162;
}

static struct date date_of(int64_t days)
{
	struct date d = {.year = (int)(1970 + days / 366), .month = 1};

	while (days_before(d.year + 1) <= days)
		d.year++;
	days -= days_before(d.year);
	while (days >= days_in(d.year, d.month))
		days -= days_in(d.year, d.month++);
	d.day = (int)days + 1;
	return d;
}

/* A time that four digits of year cannot say is written as what it is: nobody should read a date into it. */
static bool out_of_calendar(struct buf *out, int64_t seconds)
{
	if (seconds >= 0 && seconds <= LAST_SECOND)
		return false;
	buf_fmt(out, "%lld s after 1970", (long long)seconds);
	return true;
}

void time_format(struct buf *out, struct unix_time t)
{
	const int64_t seconds = t.ms >= 0 ? t.ms / 1000 : -1 - (-1 - t.ms) / 1000;
	struct date d;
	int s;

	if (out_of_calendar(out, seconds))
		return;
	d = date_of(seconds / DAY);
	s = (int)(seconds % DAY);
	buf_fmt(out, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", d.year, d.month, d.day, s / 3600, s / 60 % 60, s % 60,
		(int)(t.ms % 1000));
}

void time_format_minute(struct buf *out, int64_t seconds)
{
	struct date d;
	int s;

	if (out_of_calendar(out, seconds))
		return;
	d = date_of(seconds / DAY);
	s = (int)(seconds % DAY);
	buf_fmt(out, "%04d-%02d-%02d %02d:%02d UTC", d.year, d.month, d.day, s / 3600, s / 60 % 60);
}

/* The n digits at `at`, already known to be digits. */
static int number_at(struct span text, size_t at, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++)
		v = v * 10 + (text.p[at + i] - '0');
	return v;
}

static bool within(int v, int low, int high, size_t at, const char *what, struct err *e)
{
	if (v < low || v > high)
		return err_set(e, ERR_RANGE, at, "%s %d is not between %d and %d", what, v, low, high);
	return true;
}

bool time_parse(struct unix_time *out, struct span text, struct err *e)
{
	static const char shape[] = "0000-00-00T00:00:00.000Z";
	struct date d;
	int hour, minute, second;
	int64_t days;

	for (size_t i = 0; i < sizeof(shape) - 1 && i < text.n; i++)
		if (shape[i] == '0' ? text.p[i] < '0' || text.p[i] > '9' : text.p[i] != shape[i])
			return err_set(e, ERR_SYNTAX, i, "a time is written 2026-11-23T10:15:02.123Z");
	if (text.n != sizeof(shape) - 1)
		return err_set(e, ERR_SYNTAX, text.n, "a time has %zu characters, found %zu", sizeof(shape) - 1,
			       text.n);
	d = (struct date){number_at(text, 0, 4), number_at(text, 5, 2), number_at(text, 8, 2)};
	hour = number_at(text, 11, 2);
	minute = number_at(text, 14, 2);
	second = number_at(text, 17, 2);
	if (!within(d.year, 1970, 9999, 0, "year", e) || !within(d.month, 1, 12, 5, "month", e) ||
	    !within(d.day, 1, days_in(d.year, d.month), 8, "day", e) || !within(hour, 0, 23, 11, "hour", e) ||
	    !within(minute, 0, 59, 14, "minute", e) || !within(second, 0, 59, 17, "second", e))
		return false;
	days = days_before(d.year) + d.day - 1;
	for (int m = 1; m < d.month; m++)
		days += days_in(d.year, m);
	out->ms = ((days * 24 + hour) * 60 + minute) * 60 + second;
	out->ms = out->ms * 1000 + number_at(text, 20, 3);
	return true;
}

static const struct unit {
	uint64_t seconds;
	const char *one, *many;          /* as written */
	const char *names[6];            /* as read */
} units[] = {
	{7 * DAY, NULL, NULL, {"w", "week", "weeks"}},
	{DAY, "day", "days", {"d", "day", "days"}},
	{3600, "h", "h", {"h", "hour", "hours"}},
	{60, "min", "min", {"min", "minute", "minutes"}},
	{1, "s", "s", {"s", "sec", "second", "seconds"}},
};

static const struct unit *unit_named(struct span name)
{
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		for (size_t k = 0; units[i].names[k]; k++)
			if (span_is(name, units[i].names[k]))
				return &units[i];
	return NULL;
}

static size_t run(struct span text, size_t from, char low, char high)
{
	size_t i = from;

	while (i < text.n && text.p[i] >= (uint8_t)low && text.p[i] <= (uint8_t)high)
		i++;
	return i - from;
}

static bool add_part(uint64_t *sum, struct span digits, size_t at, uint64_t seconds, struct err *e)
{
	uint64_t v = 0;

	for (size_t i = 0; i < digits.n; i++)
		if (__builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(digits.p[i] - '0'), &v))
			return err_set(e, ERR_RANGE, at, "too long a time");
	if (__builtin_mul_overflow(v, seconds, &v) || __builtin_add_overflow(*sum, v, sum))
		return err_set(e, ERR_RANGE, at, "too long a time");
	return true;
}

bool time_parse_day(struct unix_time *out, struct span text, bool to_its_end, struct err *e)
{
	struct buf full = {0};
	const bool day = text.n == 10;
	buf_span(&full, text);
	if (day)
		buf_str(&full, "T00:00:00.000Z");
	const bool ok = time_parse(out, buf_view(&full), NULL);
	buf_release(&full);
	if (ok && day && to_its_end)
		out->ms += INT64_C(86400) * 1000;
	return ok || err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "needed 2026-11-23 or 2026-11-23T10:15:02.123Z, UTC");
}

bool duration_parse(uint64_t *seconds, struct span text, struct err *e)
{
	static const char want[] = "needed a time like 48h, 90s, 5 min or 2 days 3 h";
	const struct unit *last = NULL;
	uint64_t sum = 0;
	size_t at = 0;

	while (at < text.n || !last) {
		const size_t digits = run(text, at, '0', '9'), from = at;
		const struct unit *unit;
		size_t name;

		if (digits == 0)
			return err_set(e, ERR_SYNTAX, at, "%s", want);
		at += digits + run(text, at + digits, ' ', ' ');
		name = at;
		at += run(text, at, 'a', 'z');
		if (name == text.n && digits == text.n)
			unit = &units[ARRAY_LEN(units) - 1];
		else
			unit = unit_named(span_of(text.p + name, at - name));
		if (!unit)
			return err_set(e, ERR_SYNTAX, name, "%s", want);
		if (last && unit <= last)
			return err_set(e, ERR_SYNTAX, name, "needed a smaller unit than before it");
		if (!add_part(&sum, span_of(text.p + from, digits), from, unit->seconds, e))
			return false;
		at += at < text.n ? run(text, at, ' ', ' ') : 0;
		last = unit;
	}
	*seconds = sum;
	return true;
}

void duration_format(struct buf *out, uint64_t seconds)
{
	bool first = true;

	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		const uint64_t n = seconds / units[i].seconds;

		if (!units[i].one || (n == 0 && !(first && units[i].seconds == 1)))
			continue;
		buf_fmt(out, "%s%llu %s", first ? "" : " ", (unsigned long long)n,
			n == 1 ? units[i].one : units[i].many);
		seconds %= units[i].seconds;
		first = false;
	}
}

void random_fix(uint64_t seed)
{
	fixed_random = seed;
}

/* xorshift64: never 0 when it did not begin so. */
static uint8_t next_fixed(void)
{
	fixed_random ^= fixed_random << 13;
	fixed_random ^= fixed_random >> 7;
	fixed_random ^= fixed_random << 17;
	return (uint8_t)(fixed_random >> 56);
}

void random_bytes(void *out, size_t n)
{
	uint8_t *p = out;

	while (fixed_random && n) {
		*p++ = next_fixed();
		n--;
	}
	while (n) {
		const ssize_t got = getrandom(p, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			die("no randomness: %s", strerror(errno));
		p += got;
		n -= (size_t)got;
	}
}
