#include "src/base/hex.h"

#include "src/base/err.h"

/* By table: whether a digit is a letter is a coin toss, and a log's lines are half digits. */
static int digit(uint8_t c)
{
	static const int8_t value_and_one[256] = {
		['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8, ['8'] = 9,
		['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
		['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
	};

	return value_and_one[c] - 1;
}

static bool wrong_digit(struct span text, size_t at, struct err *e)
{
	const uint8_t c = text.p[at];

	if (c >= 0x21 && c <= 0x7e)
		return err_set(e, ERR_SYNTAX, at, "'%c' is not a hex digit", c);
	return err_set(e, ERR_SYNTAX, at, "0x%02x is not a hex digit", c);
}

static bool all_digits(struct span text, size_t from, struct err *e)
{
	for (size_t i = from; i < text.n; i++)
		if (digit(text.p[i]) < 0)
			return wrong_digit(text, i, e);
	return true;
}

static bool has_0x(struct span text, struct err *e)
{
	if (!span_starts(text, "0x"))
		return err_set(e, ERR_SYNTAX, 0, "needed 0x");
	return true;
}

/* text from `from` on is digits only, and twice n of them. */
static void take(uint8_t *out, size_t n, struct span text, size_t from)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(digit(text.p[from + 2 * i]) << 4 | digit(text.p[from + 2 * i + 1]));
}

bool hex_decode(struct buf *out, struct span text, struct err *e)
{
	size_t n;

	if (!has_0x(text, e) || !all_digits(text, 2, e))
		return false;
	if (text.n % 2)
		return err_set(e, ERR_SYNTAX, text.n, "odd number of hex digits: %zu", text.n - 2);
	n = (text.n - 2) / 2;
	buf_reserve(out, n);
	take(out->p + out->n, n, text, 2);
	out->n += n;
	out->p[out->n] = 0;
	return true;
}

static bool exactly(uint8_t *out, size_t n, struct span text, size_t from, struct err *e)
{
	if (!all_digits(text, from, e))
		return false;
	if ((text.n - from) % 2 || (text.n - from) / 2 != n)
		return err_set(e, ERR_SYNTAX, text.n, "needed %zu hex digits, found %zu", 2 * n, text.n - from);
	take(out, n, text, from);
	return true;
}

bool hex_fixed(uint8_t *out, size_t n, struct span text, struct err *e)
{
	return has_0x(text, e) && exactly(out, n, text, 2, e);
}

bool hex_bare(uint8_t *out, size_t n, struct span text, struct err *e)
{
	return exactly(out, n, text, 0, e);
}

bool hex_quantity(uint64_t *out, struct span text, struct err *e)
{
	uint64_t v = 0;

	if (!has_0x(text, e) || !all_digits(text, 2, e))
		return false;
	if (text.n == 2)
		return err_set(e, ERR_SYNTAX, 2, "needed a hex digit");
	if (text.n > 3 && text.p[2] == '0')
		return err_set(e, ERR_SYNTAX, 2, "leading zero");
	if (text.n > 18)
		return err_set(e, ERR_RANGE, 2, "64 bits hold 16 hex digits, found %zu", text.n - 2);
	for (size_t i = 2; i < text.n; i++)
		v = v << 4 | (uint64_t)digit(text.p[i]);
	*out = v;
	return true;
}
