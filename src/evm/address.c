#include "src/evm/address.h"

#include <string.h>

#include "src/crypto/keccak.h"

#define DIGITS 40u

static bool is_upper(uint8_t c)
{
	return c >= 'A' && c <= 'F';
}

static bool is_lower(uint8_t c)
{
	return c >= 'a' && c <= 'f';
}

static int digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (is_lower(c))
		return c - 'a' + 10;
	return is_upper(c) ? c - 'A' + 10 : -1;
}

/* EIP-55: a letter is upper case when its nibble of keccak256(the 40 lower-case digits) is 8 or more. */
static void checksum(char text[DIGITS], const struct addr *a)
{
	static const char hex[] = "0123456789abcdef";
	struct hash32 h;

	for (size_t i = 0; i < DIGITS; i++)
		text[i] = hex[(i % 2 ? a->b[i / 2] : a->b[i / 2] >> 4) & 15];
	keccak256(&h, span_of(text, DIGITS));
	for (size_t i = 0; i < DIGITS; i++) {
		const unsigned nibble = (i % 2 ? h.b[i / 2] : (unsigned)h.b[i / 2] >> 4) & 15;

		if (nibble >= 8 && is_lower((uint8_t)text[i]))
			text[i] = (char)(text[i] - 'a' + 'A');
	}
}

static bool read_digits(struct addr *out, struct span text, struct err *e)
{
	if (text.n < 2 || text.p[0] != '0' || text.p[1] != 'x')
		return err_set(e, ERR_SYNTAX, 0, "an address starts with 0x");
	memset(out, 0, sizeof(*out));
	for (size_t i = 2; i < text.n && i < 2 + DIGITS; i++) {
		const int d = digit(text.p[i]);

		if (d < 0)
			return err_set(e, ERR_SYNTAX, i, "needed a hex digit");
		out->b[(i - 2) / 2] = (uint8_t)(out->b[(i - 2) / 2] << 4 | d);
	}
	if (text.n != 2 + DIGITS)
		return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "an address has %u digits after 0x, found %zu",
			       DIGITS, text.n - 2);
	return true;
}

static bool check_case(const struct addr *a, struct span text, struct err *e)
{
	char want[DIGITS];

	checksum(want, a);
	for (size_t i = 0; i < DIGITS; i++)
		if ((char)text.p[2 + i] != want[i])
			return err_set(e, ERR_MISMATCH, 2 + i,
				       "EIP-55 checksum needs '%c', found '%c': mistyped address?", want[i],
				       text.p[2 + i]);
	return true;
}

bool addr_parse(struct addr *out, struct span text, struct err *e)
{
	struct addr a;
	bool lower = false, upper = false;

	if (!read_digits(&a, text, e))
		return false;
	for (size_t i = 2; i < text.n; i++) {
		lower = lower || is_lower(text.p[i]);
		upper = upper || is_upper(text.p[i]);
	}
	if (lower && upper && !check_case(&a, text, e))
		return false;
	*out = a;
	return true;
}

bool addr_parse_checksummed(struct addr *out, struct span text, struct err *e)
{
	struct addr a;

	if (!read_digits(&a, text, e) || !check_case(&a, text, e))
		return false;
	*out = a;
	return true;
}

void addr_format(struct buf *out, const struct addr *a)
{
	char text[DIGITS];

	checksum(text, a);
	buf_str(out, "0x");
	buf_add(out, text, DIGITS);
}

bool json_get_addr(const struct json *object, const char *name, struct addr *out, struct err *e)
{
	const struct json *v;

	if (!json_get(object, name, JSON_STRING, &v, e))
		return false;
	if (addr_parse(out, v->text, e))
		return true;
	if (e)
		e->at = v->at;
	return err_in(e, "%s", name);
}

struct json *json_addr(struct arena *a, const struct addr *addr)
{
	struct buf text = {0};
	struct json *v;

	addr_format(&text, addr);
	v = json_text(a, buf_view(&text));
	buf_release(&text);
	return v;
}
