/* Amounts: what people type, what they read, and that nothing is rounded on the way. */
#include "src/gov/units.h"
#include "tests/support/check.h"

static void read_as(const char *typed, const char *wei)
{
	struct u256 v;
	struct buf b = {0};
	struct err e = {0};

	assert_ok(wei_parse(&v, span_str(typed), &e), &e);
	u256_format(&b, &v);
	assert_buf_str(&b, wei);
	buf_release(&b);
}

static void units_are_what_people_type(void **state)
{
	(void)state;
	read_as("0", "0");
	read_as("1", "1");
	read_as("1500 wei", "1500");
	read_as("1500wei", "1500");
	read_as("0.05 ether", "50000000000000000");
	read_as("0.05ether", "50000000000000000");
	read_as("0.05 eth", "50000000000000000");
	read_as("20 gwei", "20000000000");
	read_as("0.000000001 gwei", "1");
	read_as("1.0 wei", "1");
	read_as("1.500000000000000000000 ether", "1500000000000000000");
	read_as("115792089237316195423570985008687907853269984665640564039457584007913129639935",
		"115792089237316195423570985008687907853269984665640564039457584007913129639935");
}

static void what_is_no_amount_is_refused_with_its_byte(void **state)
{
	static const struct { const char *typed; enum err_code code; const char *text; } bad[] = {
		{ "", ERR_SYNTAX, "byte 0: needed an amount such as \"0.05 ether\"" },
		{ "-1", ERR_SYNTAX, "byte 0: needed an amount such as \"0.05 ether\"" },
		{ ".5 ether", ERR_SYNTAX, "byte 0: needed an amount such as \"0.05 ether\"" },
		{ "05 ether", ERR_SYNTAX, "byte 0: an amount does not begin with a zero too many" },
		{ "5. ether", ERR_SYNTAX, "byte 2: needed a digit after the point" },
		{ "5 Ether", ERR_SYNTAX, "byte 2: needed ether, gwei or wei, found \"Ether\"" },
		{ "5  ether", ERR_SYNTAX, "byte 2: needed ether, gwei or wei, found \" ether\"" },
		{ "5 ", ERR_SYNTAX, "byte 2: needed ether, gwei or wei, found \"\"" },
		{ "1e18", ERR_SYNTAX, "byte 1: needed ether, gwei or wei, found \"e18\"" },
		{ "0x10", ERR_SYNTAX, "byte 1: needed ether, gwei or wei, found \"x10\"" },
		{ "1,5 ether", ERR_SYNTAX, "byte 1: needed ether, gwei or wei, found \",5 ether\"" },
		{ "5 finney", ERR_SYNTAX, "byte 2: needed ether, gwei or wei, found \"finney\"" },
		{ "0.05", ERR_RANGE, "byte 3: smaller than one wei: say ether or gwei after the number" },
		{ "0.0000000001 gwei", ERR_RANGE, "byte 11: smaller than one wei" },
		{ "115792089237316195423570985008687907853269984665640564039457584007913129639936", ERR_RANGE,
		  "more wei than 256 bits hold" },
		{ "115792089237316195423570985008687907853269984665640564039458 ether", ERR_RANGE,
		  "more wei than 256 bits hold" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct u256 v;
		struct err e = {0};

		assert_false(wei_parse(&v, span_str(bad[i].typed), &e));
		assert_err(&e, bad[i].code, bad[i].text);
		err_clear(&e);
	}
}

static void amounts_are_written_whole(void **state)
{
	static const struct { const char *wei, *text; } good[] = {
		{ "0", "0 wei" },
		{ "999999999", "999999999 wei" },
		{ "1000000000", "1 gwei" },
		{ "1500000001", "1.500000001 gwei" },
		{ "200000000000", "200 gwei" },
		{ "999999999999999", "999999.999999999 gwei" },
		{ "1000000000000000", "0.001 ether" },
		{ "500000000000000", "0.0005 ether" },
		{ "10000000000000", "10000 gwei" },
		{ "50000000000000000", "0.05 ether" },
		{ "1000000000000000000", "1 ether" },
		{ "1000000000000000001", "1.000000000000000001 ether" },
		{ "340282366920938463463374607431768211455", "340282366920938463463.374607431768211455 ether" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct u256 v, again;
		struct buf b = {0};
		struct err e = {0};

		assert_ok(u256_parse(&v, span_str(good[i].wei), &e), &e);
		wei_format(&b, &v);
		assert_buf_str(&b, good[i].text);
		assert_ok(wei_parse(&again, buf_view(&b), &e), &e);
		assert_int_equal(u256_cmp(&v, &again), 0);
		buf_release(&b);
	}
}

static void what_is_paid_is_in_ether(void **state)
{
	static const struct { const char *wei, *text; } good[] = {
		{ "196253293495836", "0.000196253293495836 ether" }, { "1000000000", "0.000000001 ether" },
		{ "999999999", "999999999 wei" }, { "0", "0 wei" }, { "1800000000000000", "0.0018 ether" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct u256 v;
		struct buf b = {0};
		struct err e = {0};
		assert_ok(u256_parse(&v, span_str(good[i].wei), &e), &e);
		wei_format_ether(&b, &v);
		assert_buf_str(&b, good[i].text);
		buf_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(units_are_what_people_type),
		cmocka_unit_test(what_is_no_amount_is_refused_with_its_byte),
		cmocka_unit_test(amounts_are_written_whole),
		cmocka_unit_test(what_is_paid_is_in_ether),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
