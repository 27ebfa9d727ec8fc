#include "src/signer/hidden.h"

#include <string.h>

#include "src/base/time.h"

#define A_DAY 86400

struct hidden hidden_pick(void)
{
	uint8_t random[2];
	random_bytes(random, sizeof(random));
	const unsigned a = random[0] % 8, next = random[1] % 7, b = next + (next >= a);
	return (struct hidden){ { a < b ? a : b, a < b ? b : a } };
}

unsigned hidden_mask(struct hidden h)
{
	return 1u << h.at[0] | 1u << h.at[1];
}

struct hidden hidden_others(struct hidden not_these)
{
	struct hidden h;
	do
		h = hidden_pick();
	while ((hidden_mask(h) & hidden_mask(not_these)) != 0);
	return h;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

static bool same(struct span word, struct span typed)
{
	while (typed.n > 0 && typed.p[0] == ' ')
		typed = span_of(typed.p + 1, typed.n - 1);
	while (typed.n > 0 && typed.p[typed.n - 1] == ' ')
		typed.n--;
	if (typed.n != word.n)
		return false;
	for (size_t i = 0; i < word.n; i++)
		if (lower(typed.p[i]) != lower(word.p[i]))
			return false;
	return true;
}

bool hidden_is_word(const struct reviewed *r, unsigned i, struct span typed)
{
	return same(review_word(r, i), typed);
}

bool hidden_is_change(const struct reviewed *r, struct span typed)
{
	return same(r->checked.line.change, typed);
}

/* time_parse() takes a whole time: a day is its midnight. */
static bool day_parse(int64_t *seconds, struct span typed, struct err *e)
{
	struct buf whole = {0};
	struct unix_time t = {0};
	buf_span(&whole, typed);
	buf_str(&whole, "T00:00:00.000Z");
	const bool ok = typed.n == 10 && time_parse(&t, buf_view(&whole), NULL);
	buf_release(&whole);
	*seconds = t.ms / 1000;
	return ok || err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "a day is typed as 2026-11-18: year, month, day");
}

static void day_format(struct buf *out, int64_t seconds)
{
	struct buf whole = {0};
	time_format_minute(&whole, seconds);
	buf_add(out, whole.p, strcspn(buf_cstr(&whole), " "));
	buf_release(&whole);
}

bool day_is_plausible(const struct reviewed *r, struct span typed, struct err *e)
{
	const int64_t made = review_made(r);
	struct buf day = {0};
	int64_t when;
	bool ok = day_parse(&when, typed, e);
	if (!ok)
		return false;
	day_format(&day, made);
	if (when + 2 * A_DAY <= made)
		ok = err_set(e, ERR_RANGE, ERR_NO_OFFSET,
			     "the packet speaks of %s, which is later: ask somebody what day it is", buf_cstr(&day));
	else if (when > made + 366 * (int64_t)A_DAY)
		ok = err_set(e, ERR_RANGE, ERR_NO_OFFSET,
			     "the packet would be more than a year old, it was made on %s: ask for a new one",
			     buf_cstr(&day));
	buf_release(&day);
	return ok;
}

bool day_is_needed(const struct reviewed *r, const char *typed)
{
	return review_clock_is_behind(r) && (typed == NULL || !day_is_plausible(r, span_str(typed), NULL));
}
