#include "src/policy/zone.h"

#include <stdio.h>
#include <string.h>

#include "src/base/attr.h"
#include "src/base/text.h"

#define DAY INT64_C(86400)
#define LAST_SECOND UINT64_C(253402214400)    /* 9999-12-31: what four digits of year can say, wherever one is */

/* The zones that operators live in; rules as they stand in the IANA database, release 2025b. */
static const struct { const char *name, *tz; } zones[] = {
	{ "UTC", "UTC0" },
	{ "America/Chicago", "CST6CDT,M3.2.0,M11.1.0" },
	{ "America/Los_Angeles", "PST8PDT,M3.2.0,M11.1.0" },
	{ "America/New_York", "EST5EDT,M3.2.0,M11.1.0" },
	{ "America/Sao_Paulo", "<-03>3" },
	{ "Asia/Hong_Kong", "HKT-8" },
	{ "Asia/Kolkata", "IST-5:30" },
	{ "Asia/Singapore", "<+08>-8" },
	{ "Asia/Tokyo", "JST-9" },
	{ "Australia/Sydney", "AEST-10AEDT,M10.1.0,M4.1.0/3" },
	{ "Europe/Amsterdam", "CET-1CEST,M3.5.0,M10.5.0/3" },
	{ "Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3" },
	{ "Europe/Lisbon", "WET0WEST,M3.5.0/1,M10.5.0" },
	{ "Europe/London", "GMT0BST,M3.5.0/1,M10.5.0" },
	{ "Europe/Madrid", "CET-1CEST,M3.5.0,M10.5.0/3" },
	{ "Europe/Paris", "CET-1CEST,M3.5.0,M10.5.0/3" },
	{ "Europe/Zurich", "CET-1CEST,M3.5.0,M10.5.0/3" },
};

/* ---- the calendar (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms") ---- */

static int64_t days_of(int64_t year, int month, int day)
{
	year -= month <= 2;
	const int64_t era = year / 400, of_era = year - era * 400;
	const int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_of(int64_t days, int *year, int *month, int *day)
{
	days += 719468;
	const int64_t era = days / 146097, of_era = days - era * 146097;
	const int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	const int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
	const int64_t m = (5 * of_year + 2) / 153;
	*day = (int)(of_year - (153 * m + 2) / 5) + 1;
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = (int)(y + era * 400 + (*month <= 2));
}

static int weekday_of(int64_t days)
{
	return (int)((days + 4) % 7);          /* 1970-01-01 was a Thursday */
}

/* ---- TZ strings ---- */

struct cursor { struct span s; size_t at; };

static int peek(const struct cursor *c)
{
	return c->at < c->s.n ? c->s.p[c->at] : -1;
}

static bool wants(const struct cursor *c, const char *what, struct err *e)
{
	return err_set(e, ERR_SYNTAX, c->at, "not a POSIX TZ string: needed %s", what);
}

static bool is_letter(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool take_name(struct cursor *c, struct err *e)
{
	const size_t start = c->at;
	if (peek(c) == '<') {
		while (peek(c) != -1 && peek(c) != '>')
			c->at++;
		if (peek(c) == -1)
			return wants(c, ">", e);
		c->at++;
		return true;
	}
	while (is_letter(peek(c)))
		c->at++;
	return c->at - start >= 3 || wants(c, "three letters or more", e);
}

static bool take_number(struct cursor *c, int max, int *out, struct err *e)
{
	int v = 0, n = 0;
	for (; peek(c) >= '0' && peek(c) <= '9' && n < 3; n++)
		v = v * 10 + (c->s.p[c->at++] - '0');
	if (n == 0)
		return wants(c, "a number", e);
	*out = v;
	return v <= max || err_set(e, ERR_RANGE, c->at - 1, "at most %d, found %d", max, v);
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(struct cursor *c, int32_t *out, struct err *e)
{
	int hours, minutes = 0, seconds = 0, sign = 1;
	if (peek(c) == '+' || peek(c) == '-')
		sign = c->s.p[c->at++] == '-' ? -1 : 1;
	if (!take_number(c, 24, &hours, e))
		return false;
	if (peek(c) == ':' && (c->at++, !take_number(c, 59, &minutes, e)))
		return false;
	if (peek(c) == ':' && (c->at++, !take_number(c, 59, &seconds, e)))
		return false;
	*out = sign * (hours * 3600 + minutes * 60 + seconds);
	return true;
}

static bool take(struct cursor *c, char want, const char *what, struct err *e)
{
	if (peek(c) != want)
		return wants(c, what, e);
	c->at++;
	return true;
}

static bool take_rule(struct cursor *c, struct zone_rule *r, struct err *e)
{
	r->at = 2 * 3600;
	if (!take(c, ',', "a comma", e) || !take(c, 'M', "a rule Mm.w.d", e) || !take_number(c, 12, &r->month, e) ||
	    !take(c, '.', "a dot", e) || !take_number(c, 5, &r->week, e) || !take(c, '.', "a dot", e) ||
	    !take_number(c, 6, &r->day, e))
		return false;
	if (r->month == 0 || r->week == 0)
		return wants(c, "a month and a week from 1", e);
	return peek(c) != '/' || (c->at++, take_time(c, &r->at, e));
}

static bool parse_tz(struct zone *z, struct span text, struct err *e)
{
	struct cursor c = { text, 0 };
	if (!take_name(&c, e) || !take_time(&c, &z->offset, e))
		return false;
	z->offset = -z->offset;                /* POSIX counts west of Greenwich */
	z->has_summer = peek(&c) != -1;
	if (!z->has_summer)
		return true;
	if (!take_name(&c, e))
		return false;
	z->summer_offset = z->offset + 3600;
	if (peek(&c) != ',') {
		if (!take_time(&c, &z->summer_offset, e))
			return false;
		z->summer_offset = -z->summer_offset;
	}
	return take_rule(&c, &z->starts, e) && take_rule(&c, &z->ends, e) && (peek(&c) == -1 || wants(&c, "its end",
		e));
}

bool zone_parse(struct zone *out, struct span text, struct err *e)
{
	*out = (struct zone){ .name = text };
	for (size_t i = 0; i < ARRAY_LEN(zones); i++)
		if (span_is(text, zones[i].name))
			return parse_tz(out, span_str(zones[i].tz), e);
	if (text.n == 0 || memchr(text.p, '/', text.n < 4 ? text.n : 4) != NULL ||
	    (memchr(text.p, '/', text.n) != NULL && memchr(text.p, ',', text.n) == NULL))
		return err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET,
			       "no zone of that name here (docs/policy.md lists them); a POSIX TZ string does as well");
	return parse_tz(out, text, e);
}

/* Seconds on the clock that was running before the change. */
static int64_t change_at(const struct zone_rule *r, int year)
{
	const int64_t first = days_of(year, r->month, 1);
	const int64_t next = r->month == 12 ? days_of(year + 1, 1, 1) : days_of(year, r->month + 1, 1);
	int64_t day = first + (r->day - weekday_of(first) + 7) % 7 + (int64_t)(r->week - 1) * 7;
	while (day >= next)
		day -= 7;
	return day * DAY + r->at;
}

static bool is_summer(const struct zone *z, int64_t t)
{
	int year, month, day;
	if (!z->has_summer)
		return false;
	date_of((t + z->offset + DAY) / DAY - 1, &year, &month, &day);
	const int64_t from = change_at(&z->starts, year) - z->offset, to = change_at(&z->ends, year) - z->summer_offset;
	return from < to ? t >= from && t < to : t >= from || t < to;
}

void zone_local(struct local_time *out, const struct zone *z, uint64_t seconds)
{
	int year, month, day;
	const int64_t t = (int64_t)(seconds < LAST_SECOND ? seconds : LAST_SECOND);
	const int64_t local = t + (is_summer(z, t) ? z->summer_offset : z->offset) + DAY;
	const int minute = (int)(local % DAY / 60);
	date_of(local / DAY - 1, &year, &month, &day);
	out->weekday = weekday_of(local / DAY - 1 + 7);
	snprintf(out->text, sizeof(out->text), "%04u-%02u-%02uT%02u:%02u", (unsigned)year % 10000,
		(unsigned)month % 100,
		 (unsigned)day % 100, (unsigned)(minute / 60) % 100, (unsigned)(minute % 60));
}

int weekday_parse(struct span name)
{
	static const char *const names[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };
	for (int i = 0; i < (int)ARRAY_LEN(names); i++)
		if (span_is(name, names[i]))
			return i;
	return -1;
}
