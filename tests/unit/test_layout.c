/* Storage layouts by solc (tests/vectors/gov/layout.json), each compared with the first: what an upgrade may do to
 * them, and what it may not. */
#include "tests/support/check.h"

#include "src/gov/layout.h"

/* "KIND text" of every finding, a line each. */
static void check(const char *name, const char *expected, size_t breaking)
{
	struct arena a = {0};
	const struct json *all = json_find(json_vector(&a, "gov/layout.json"), "layouts");
	struct layout_findings f;
	struct buf text = {0};
	struct err e = {0};
	const struct layout *old = layout_parse(&a, json_find(all, "base"), &e);
	const struct layout *now = layout_parse(&a, json_find(all, name), &e);

	assert_non_null(old);
	assert_non_null(now);
	layout_compare(&a, &f, old, now);
	for (size_t i = 0; i < f.n; i++)
		buf_fmt(&text, "%s %s\n", layout_kind_name(f.v[i].kind), f.v[i].text);
	assert_buf_str(&text, expected);
	assert_int_equal(f.n_breaking, breaking);
	buf_release(&text);
	arena_release(&a);
}

static void what_an_upgrade_may_do(void **state)
{
	(void)state;
	check("base", "", 0);
	check("appended", "APPENDED z (uint256, slot 8) is new\n", 0);
	check("out of the gap", "APPENDED z (uint256, slot 3) is new\n", 0);
	check("struct grown", "APPENDED m, its values, new member more\n", 0);
	check("renamed", "RENAMED a is called alpha: make sure that it means the same\n", 0);
	check("contract for address", "", 0);
}

static void what_takes_another_place(void **state)
{
	(void)state;
	check("swapped", "MOVED x was in slot 7 at byte 0, is in slot 7 at byte 16\n"
	      "MOVED y was in slot 7 at byte 16, is in slot 7 at byte 0\n"
	      "INHERITANCE x comes after y now: declarations, or the contracts that are inherited, are in another "
	      "order\n", 2);
	check("inserted", "MOVED a was in slot 0 at byte 0, is in slot 1 at byte 0\n"
	      "MOVED b was in slot 1 at byte 0, is in slot 2 at byte 0\n"
	      "MOVED c was in slot 1 at byte 20, is in slot 2 at byte 20\n"
	      "MOVED m was in slot 2 at byte 0, is in slot 3 at byte 0\n"
	      "GAP __gap (slots 3 to 6) ended before slot 7; __gap now lies over that end: shorten the gap by what the "
	      "new variables take\n"
	      "MOVED x was in slot 7 at byte 0, is in slot 8 at byte 0\n"
	      "MOVED y was in slot 7 at byte 16, is in slot 8 at byte 16\n"
	      "INSERTED z is new in slot 0, before old variables\n", 8);
	check("repacked", "REPACKED z is new in slot 1 at byte 21, between old variables\n", 1);
	check("removed", "REMOVED y (slot 7, byte 16) is not there any more\n", 1);
	check("replaced", "REPLACED where a was (uint256, slot 0), there is alpha (bytes32)\n", 1);
}

static void what_is_of_another_type(void **state)
{
	(void)state;
	check("retyped", "RETYPED a was uint256, is int256\n", 1);
	check("mapping retyped", "RETYPED m was mapping(address => struct Base.S), is mapping(uint256 => struct "
	      "Base.S)\n", 1);
	check("struct retyped", "RETYPED m, its values, member two was uint128, is uint64\n"
	      "MOVED m, its values, member on was in slot 1 at byte 0 of the struct, is in slot 0 at byte 24\n", 2);
	check("struct swapped",
	      "MOVED m, its values, member one was in slot 0 at byte 0 of the struct, is in slot 0 at byte 16\n"
	      "MOVED m, its values, member two was in slot 0 at byte 16 of the struct, is in slot 0 at byte 0\n", 2);
	check("struct grown inside",
	      "MOVED m, its values, member on was in slot 1 at byte 0 of the struct, is in slot 1 at byte 1\n", 1);
}

static void a_gap_keeps_its_end(void **state)
{
	(void)state;
	check("gap not shortened", "GAP __gap (slots 3 to 6) ended before slot 7; __gap now lies over that end: "
	      "shorten the gap by what the new variables take\n"
	      "MOVED x was in slot 7 at byte 0, is in slot 8 at byte 0\n"
	      "MOVED y was in slot 7 at byte 16, is in slot 8 at byte 16\n"
	      "APPENDED z (uint256, slot 3) is new\n", 3);
	check("gap shortened too far", "GAP __gap ends before slot 6, ended before slot 7: it shrank by more than the "
	      "new variables take\n"
	      "MOVED x was in slot 7 at byte 0, is in slot 6 at byte 0\n"
	      "MOVED y was in slot 7 at byte 16, is in slot 6 at byte 16\n", 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_an_upgrade_may_do),
		cmocka_unit_test(what_takes_another_place),
		cmocka_unit_test(what_is_of_another_type),
		cmocka_unit_test(a_gap_keeps_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
