/* Storage layouts by solc (tests/vectors/gov/layout.json), each compared with the first or with its like: what an
 * upgrade may do to them, and what it may not. */
#include "tests/support/check.h"

#include "src/gov/layout.h"

/* "KIND text" of every finding, a line each. */
static void check_pair(const char *before, const char *name, const char *expected, size_t breaking)
{
	struct arena a = {0};
	const struct json *all = json_find(json_vector(&a, "gov/layout.json"), "layouts");
	struct layout_findings f;
	struct buf text = {0};
	struct err e = {0};
	const struct layout *old = layout_parse(&a, json_find(all, before), &e);
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

static void check(const char *name, const char *expected, size_t breaking)
{
	check_pair("base", name, expected, breaking);
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

static void nothing_is_too_deep_to_be_compared(void **state)
{
	(void)state;
	check_pair("deep structs", "deep structs", "", 0);
	check_pair("deep structs", "deep structs, swapped",
		   "MOVED m, its values, member m, its values, member m, its values, member m, its values, "
		   "member m, its "
		   "values, member m, its values, member m, its values, member m, its values, member m, its values, "
		   "member m, its values, member m, its values, member m, its values, member m, its values, member one "
		   "was in slot 0 at byte 0 of the struct, is in slot 0 at byte 16\n"
		   "MOVED m, its values, member m, its values, member m, its values, member m, its values, "
		   "member m, its "
		   "values, member m, its values, member m, its values, member m, its values, member m, its values, "
		   "member m, its values, member m, its values, member m, its values, member m, its values, member two "
		   "was in slot 0 at byte 16 of the struct, is in slot 0 at byte 0\n", 2);
}

static const struct layout *read_text(struct arena *a, struct span text)
{
	struct err e = {0};
	const struct json *doc = json_parse(a, text, &e);
	const struct layout *l = layout_parse(a, doc, &e);

	assert_ok(l != NULL, &e);
	return l;
}

/* One variable, a mapping of mappings, seventy of them, to a number. */
static const struct layout *too_deep(struct arena *a, const char *number)
{
	struct buf b = {0};

	buf_fmt(&b, "{\"storage\":[{\"label\":\"m\",\"offset\":0,\"slot\":\"0\",\"type\":\"t70\"}],\"types\":{"
		"\"t0\":{\"encoding\":\"inplace\",\"label\":\"%s\",\"numberOfBytes\":\"32\"}", number);
	for (int i = 1; i <= 70; i++)
		buf_fmt(&b, ",\"t%d\":{\"encoding\":\"mapping\",\"key\":\"t0\",\"label\":\"mapping\","
			"\"numberOfBytes\":\"32\",\"value\":\"t%d\"}", i, i - 1);
	buf_str(&b, "}}");
	const struct layout *l = read_text(a, arena_copy(a, buf_view(&b)));
	buf_release(&b);
	return l;
}

/* Where comparing ends, that is said, and is no pass. */
static void what_is_not_compared_is_a_finding(void **state)
{
	struct arena a = {0};
	struct layout_findings f;

	(void)state;
	layout_compare(&a, &f, too_deep(&a, "bytes32"), too_deep(&a, "bytes32"));
	assert_int_equal(f.n_breaking, 1);
	assert_int_equal(f.v[0].kind, LAYOUT_UNSEEN);
	assert_non_null(strstr(f.v[0].text, "is nested deeper than 64: nothing in it was compared"));
	arena_release(&a);
	check_pair("empty", "empty", "UNSEEN the compiler lists no variable, neither of the old code nor of the "
		   "new: what is "
		   "kept in namespaces (ERC-7201) or by assembly was not compared\n", 1);
}

static void a_struct_within_itself_is_compared_once(void **state)
{
	(void)state;
	check_pair("within itself", "within itself", "", 0);
	check_pair("within itself", "within itself, swapped",
		   "MOVED n, member k0, its values, member one was in slot 6 at byte 0 of the struct, is in slot 6 at "
		   "byte 16\n"
		   "MOVED n, member k0, its values, member two was in slot 6 at byte 16 of the struct, is in slot 6 at "
		   "byte 0\n"
		   "STRUCT n, member k1 differs as n, member k0 does\n"
		   "STRUCT n, member k2 differs as n, member k0 does\n"
		   "STRUCT n, member k3 differs as n, member k0 does\n"
		   "STRUCT n, member k4 differs as n, member k0 does\n"
		   "STRUCT n, member k5 differs as n, member k0 does\n"
		   "MOVED n, member one was in slot 6 at byte 0 of the struct, is in slot 6 at byte 16\n"
		   "MOVED n, member two was in slot 6 at byte 16 of the struct, is in slot 6 at byte 0\n"
		   "STRUCT m differs as n, member k0 does\n", 10);
}

static void elements_are_not_lost_in_a_slot(void **state)
{
	(void)state;
	check_pair("array in a slot", "array in a slot, shorter", "RETYPED a was uint8[32], is uint8[3]\n", 1);
	check_pair("array in a slot, shorter", "array in a slot", "RETYPED a was uint8[3], is uint8[32]\n", 1);
}

static void what_held_values_becomes_no_gap(void **state)
{
	(void)state;
	check_pair("array is a gap", "base", "REPLACED where data was (uint256[4], slot 3), there is __gap "
		   "(uint256[4])\n",
		   1);
	check("array is a gap", "APPENDED data (uint256[4], slot 3) is new\n", 0);
}

static void a_name_that_is_private_twice_hides_nothing(void **state)
{
	(void)state;
	check_pair("private name", "private name twice", "REPACKED x is new in slot 0 at byte 1, between old "
		   "variables\n", 1);
	check_pair("private name twice", "private name twice", "", 0);
}

/* No compiler writes these; whoever does wants to be compared for a long time. */
static void variables_that_lie_in_each_other_are_refused(void **state)
{
	static const char text[] =
		"{\"storage\":[{\"label\":\"a\",\"offset\":0,\"slot\":\"0\",\"type\":\"t\"},"
		"{\"label\":\"b\",\"offset\":31,\"slot\":\"0\",\"type\":\"t\"}],"
		"\"types\":{\"t\":{\"encoding\":\"inplace\",\"label\":\"uint256\",\"numberOfBytes\":\"32\"}}}";
	struct arena a = {0};
	struct err e = {0};

	(void)state;
	assert_null(layout_parse(&a, json_parse(&a, span_str(text), &e), &e));
	assert_err(&e, ERR_RANGE, "storage[1], byte 59: lies in the one before it");
	err_clear(&e);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_an_upgrade_may_do),
		cmocka_unit_test(what_takes_another_place),
		cmocka_unit_test(what_is_of_another_type),
		cmocka_unit_test(a_gap_keeps_its_end),
		cmocka_unit_test(nothing_is_too_deep_to_be_compared),
		cmocka_unit_test(what_is_not_compared_is_a_finding),
		cmocka_unit_test(a_struct_within_itself_is_compared_once),
		cmocka_unit_test(elements_are_not_lost_in_a_slot),
		cmocka_unit_test(what_held_values_becomes_no_gap),
		cmocka_unit_test(a_name_that_is_private_twice_hides_nothing),
		cmocka_unit_test(variables_that_lie_in_each_other_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
