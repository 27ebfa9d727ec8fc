/* What an address has to be before it becomes a proxy's code, each reason by itself. */
#include "tests/support/check.h"

#include "src/evm/address.h"
#include "src/gov/upgrade.h"

static const struct contract paymaster = { .name = { (const uint8_t *)"paymaster", 9 } };

/* An implementation as it should be: code with metadata of two bytes, locked, another one than now. */
static struct upgrade good(void)
{
	struct upgrade u = { .proxy = &paymaster, .code = span_of("\x60\x01\xa1\x64\x00\x02", 6), .has_uuid = true,
			     .uuid = upgrade_slot_implementation, .initialized = UINT64_MAX };

	u.implementation.b[19] = 0x22;
	u.current.b[19] = 0x11;
	return u;
}

static void check(const struct upgrade *u, const char *expected)
{
	struct arena a = {0};
	struct upgrade_findings f;

	upgrade_judge(&a, &f, u);
	assert_int_equal(f.n, expected == NULL ? 0 : 1);
	if (expected != NULL)
		assert_string_equal(f.refusals[0], expected);
	arena_release(&a);
}

#define AT "0x0000000000000000000000000000000000000022"

static void each_reason_against_it_is_named(void **state)
{
	struct upgrade u = good();

	(void)state;
	check(&u, NULL);
	u.code = (struct span){NULL, 0};
	check(&u, "NO CODE at " AT ": it cannot be paymaster's new code");
	u = good();
	u.current = u.implementation;
	check(&u, "SAME CODE: paymaster has the code at " AT " already");
	u = good();
	u.current = (struct addr){{0}};
	check(&u, "paymaster is no ERC-1967 proxy: its code cannot be replaced");
	u = good();
	u.has_uuid = false;
	check(&u, "NOT UUPS: proxiableUUID() of " AT " does not answer with the ERC-1967 slot");
	u = good();
	u.uuid.b[31] ^= 1;
	check(&u, "NOT UUPS: proxiableUUID() of " AT " does not answer with the ERC-1967 slot");
	u = good();
	u.initialized = 0;
	check(&u, "UNINITIALISED: whoever calls initialize() of " AT " first controls that code: its constructor has "
	      "to lock it");
}

static void the_metadata_is_told_beside_the_code_s_hash(void **state)
{
	struct arena a = {0};
	struct upgrade_findings f;
	struct upgrade u = good();

	(void)state;
	upgrade_judge(&a, &f, &u);
	assert_non_null(strstr(f.code_hash, ", metadata 0xa164"));
	u.code = span_of("\x60\xff\xff", 3);                /* a length that is none */
	upgrade_judge(&a, &f, &u);
	assert_null(strstr(f.code_hash, "metadata"));
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_reason_against_it_is_named),
		cmocka_unit_test(the_metadata_is_told_beside_the_code_s_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
