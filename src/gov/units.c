#include "src/gov/units.h"

struct unit {
	const char *name;
	unsigned decimals;
};

static const struct unit units[] = { { "wei", 0 }, { "gwei", 9 }, { "ether", 18 }, { "eth", 18 } };

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static size_t digits_end(struct span t, size_t from)
{
	while (from < t.n && is_digit(t.p[from]))
		from++;
	return from;
}

/* What stands after the number: nothing, or a unit with at most one space before it. */
static bool unit_parse(unsigned *decimals, struct span text, size_t at, struct err *e)
{
	struct span name;

	*decimals = 0;
	if (at == text.n)
		return true;
	if (text.p[at] == ' ')
		at++;
	name = span_of(text.p + at, text.n - at);
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (span_is(name, units[i].name)) {
			*decimals = units[i].decimals;
			return true;
		}
	return err_set(e, ERR_SYNTAX, at, "needed ether, gwei or wei, found \"%.*s\"",
		       (int)(name.n < 32 ? name.n : 32), (const char *)name.p);
}

bool wei_parse(struct u256 *out, struct span text, struct err *e)
{
	const size_t whole = digits_end(text, 0);
	size_t point = whole, end = whole;
	struct u256 v = { 0 };
	unsigned decimals;

	if (whole == 0)
		return err_set(e, ERR_SYNTAX, 0, "needed an amount such as \"0.05 ether\"");
	if (whole > 1 && text.p[0] == '0')
		return err_set(e, ERR_SYNTAX, 0, "an amount does not begin with a zero too many");
	if (whole < text.n && text.p[whole] == '.') {
		point = whole + 1;
		end = digits_end(text, point);
		if (end == point)
			return err_set(e, ERR_SYNTAX, point, "needed a digit after the point");
	}
	if (!unit_parse(&decimals, text, end, e))
		return false;
	const size_t given = end - point < decimals ? end - point : decimals;
	if (!u256_push_digits(&v, span_of(text.p, whole)) || !u256_push_digits(&v, span_of(text.p + point, given)) ||
	    !u256_push_digits(&v, span_of("000000000000000000", decimals - given)))
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "more wei than 256 bits hold");
	for (size_t i = point + decimals; i < end; i++)
		if (text.p[i] != '0')
			return err_set(e, ERR_RANGE, i, "smaller than one wei%s",
				       decimals == 0 ? ": say ether or gwei after the number" : "");
	*out = v;
	return true;
}

/* v / 10^(9 * nines) with every digit that counts, and the unit. */
static void format_in(struct buf *out, const struct u256 *v, unsigned nines, const char *unit)
{
	uint64_t part[2] = { 0 };
	struct u256 whole = *v;
	size_t end;

	for (unsigned i = 0; i < nines; i++) {
		struct u256 q;

		u256_div_u64(&q, &part[i], &whole, 1000000000u);
		whole = q;
	}
	u256_format(out, &whole);
	end = out->n;
	buf_byte(out, '.');
	for (unsigned i = nines; i-- > 0;)
		buf_fmt(out, "%09llu", (unsigned long long)part[i]);
	for (size_t i = end + 1; i < out->n; i++)
		if (out->p[i] != '0')
			end = i + 1;
	out->n = end;
	buf_fmt(out, " %s", unit);
}

/* Zeros are what people miscount: 0.0005 ether, not 500000 gwei; 200 gwei, not 0.0000002 ether. */
static void format_shorter(struct buf *out, const struct u256 *wei)
{
	struct buf gwei = {0}, ether = {0};

	format_in(&gwei, wei, 1, "");
	format_in(&ether, wei, 2, "");
	buf_span(out, buf_view(gwei.n < ether.n ? &gwei : &ether));
	buf_str(out, gwei.n < ether.n ? "gwei" : "ether");
	buf_release(&gwei);
	buf_release(&ether);
}

void wei_format(struct buf *out, const struct u256 *wei)
{
	const struct u256 gwei = u256_from_u64(1000000000u);
	const struct u256 milli = u256_from_u64(1000000000000000u);

	if (u256_cmp(wei, &gwei) < 0) {
		u256_format(out, wei);
		buf_str(out, " wei");
	} else if (u256_cmp(wei, &milli) < 0) {
		format_shorter(out, wei);
	} else {
		format_in(out, wei, 2, "ether");
	}
}

void wei_format_ether(struct buf *out, const struct u256 *wei)
{
	const struct u256 gwei = u256_from_u64(1000000000u);

	if (u256_cmp(wei, &gwei) < 0)
		wei_format(out, wei);
	else
		format_in(out, wei, 2, "ether");
}
