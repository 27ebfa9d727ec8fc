/* Policies in sentences: what a rule of each kind says, that no member of it goes unsaid, and old against new. */
#include "src/policy/sentence.h"
#include "tests/support/check.h"

#define POLICY(name, rest) "{\"format\":\"setgov-policy/1\",\"name\":\"" name "\",\"semantics\":1," rest "}"
#define ROLES "\"roles\":{\"lead\":[\"p1\",\"p2\"],\"security\":[\"p3\"]}"
#define RULE(kind, members) "{\"name\":\"r\",\"why\":\"w\",\"kind\":\"" kind "\"" members "}"
#define HASH "0x1111111111111111111111111111111111111111111111111111111111111111"

/* A rule, and one that differs in one member; nothing may change without its sentence changing. */
static const struct { const char *rule, *says, *other; } rules[] = {
	{ RULE("allow", ",\"for\":{\"actions\":[\"a.*\",\"b.c\",\"d.e\"]}"), "For a.*, b.c or d.e: allowed.",
	  RULE("allow", ",\"for\":{\"actions\":[\"a.*\",\"b.c\"]}") },
	{ RULE("allow", ",\"for\":{\"targets\":[\"safe\"],\"selectors\":[\"f()\"]},\"delegatecall\":true"),
	  "For every action on safe that calls f(): allowed, by delegatecall too.",
	  RULE("allow", ",\"for\":{\"targets\":[\"safe\"],\"selectors\":[\"g()\"]},\"delegatecall\":true") },
	{ RULE("allow", ",\"for\":{\"risk\":[\"high\",\"critical\"],\"route\":\"direct\",\"deescalates\":true,"
		"\"args\":{\"b\":{\"notIn\":[\"x\"]},\"a\":{\"in\":[\"y\",\"z\"]}}}"),
	  "For every action of risk high or critical straight from the Safe that takes power away where a is one of y "
	  "or z and b is none of x: allowed.",
	  RULE("allow", ",\"for\":{\"risk\":[\"high\",\"critical\"],\"route\":\"direct\",\"deescalates\":false,"
		"\"args\":{\"b\":{\"notIn\":[\"x\"]},\"a\":{\"in\":[\"y\",\"z\"]}}}") },
	{ RULE("bounds", ",\"bounds\":{\"n\":{\"min\":1,\"max\":\"5 ether\",\"timesCurrent\":2,"
		"\"step\":{\"percent\":10,\"per\":\"7 days\"}}}"),
	  "For every action: n is at least 1 and at most 5 ether and at most 2 times what it is now and at most 10 "
	  "percent away from what it was before the first change within 7 days.",
	  RULE("bounds", ",\"bounds\":{\"n\":{\"min\":1,\"max\":\"5 ether\",\"timesCurrent\":2,"
		"\"step\":{\"percent\":10,\"per\":\"8 days\"}}}") },
	{ RULE("signers", ",\"min\":4,\"roles\":{\"security\":1,\"lead\":2}"),
	  "For every action: at least 4 owners sign, among them 2 of lead (p1 or p2) and 1 of security (p3).",
	  RULE("signers", ",\"min\":4,\"roles\":{\"security\":1,\"lead\":1}") },
	{ RULE("delay", ",\"delay\":\"24h\""), "For every action: the timelock waits at least 24h.",
	  RULE("delay", ",\"delay\":\"1h\"") },
	{ RULE("words", ",\"words\":[\"reason\",\"ticket\"]"),
	  "For every action: reason and ticket are written down.", RULE("words", ",\"words\":[\"reason\"]") },
	{ RULE("separation", ",\"min\":2"), "For every action: at least 2 owners sign who are not the proposer.",
	  RULE("separation", ",\"min\":2,\"from\":[\"submitter\"]") },
	{ RULE("rate", ",\"max\":2,\"per\":\"7 days\""), "For every action: at most 2 go to the chain within 7 days.",
	  RULE("rate", ",\"max\":2,\"per\":\"1 day\"") },
	{ RULE("freeze", ",\"zone\":\"UTC\",\"windows\":[{\"days\":[\"sat\",\"sun\"],\"from\":\"00:00\","
	  "\"to\":\"24:00\"},"
		"{\"from\":\"12-20T00:00\",\"to\":\"01-04T00:00\"},{\"from\":\"2026-12-20T00:00\","
		"\"to\":\"2027-01-04T08:00\"}],\"except\":[{\"actions\":[\"a.b\"]},{\"risk\":[\"low\"]}]"),
	  "For every action: nothing is done sat and sun from 00:00 to 24:00; every year from 12-20T00:00 to "
	  "01-04T00:00; "
	  "once from 2026-12-20T00:00 to 2027-01-04T08:00, in the time of UTC; except a.b, or every action of "
	  "risk low.",
	  RULE("freeze", ",\"zone\":\"Europe/Zurich\",\"windows\":[{\"days\":[\"sat\",\"sun\"],\"from\":\"00:00\","
		"\"to\":\"24:00\"}]") },
	{ RULE("call-only", ",\"except\":[{\"targets\":[\"safe\"],\"selectors\":[\"f()\"]}]"),
	  "For every action: no delegatecall, except for every action on safe that calls f().",
	  RULE("call-only", "") },
	{ RULE("code", ",\"arg\":\"to\",\"listed\":[{\"name\":\"v1\",\"hash\":\"" HASH "\"}]"),
	  "For every action: the code at to is v1 (" HASH ").",
	  RULE("code", ",\"arg\":\"to\",\"releases\":true") },
	{ RULE("code", ",\"arg\":\"to\",\"releases\":true"),
	  "For every action: the code at to is a release of the action's contract in the list of releases.",
	  RULE("code", ",\"arg\":\"of\",\"releases\":true") },
	{ RULE("upgrade", ",\"checks\":[\"uups\",\"layout\"]"),
	  "For every action: the code that is installed is fit for what is stored; looked at are uups and layout.",
	  RULE("upgrade", ",\"checks\":[\"uups\"]") },
	{ RULE("possession", ",\"args\":[\"new\"],\"listed\":[{\"name\":\"v1\",\"hash\":\"" HASH "\"}]"),
	  "For every action: whoever has the key of new has signed this change's challenge, or it is a "
	  "contract with the "
	  "code v1 (" HASH ").", RULE("possession", ",\"args\":[\"new\"]") },
	{ RULE("fact", ",\"fact\":\"f\",\"is\":[1,\"x\"]"),
	  "For every action: the fact f is known and is [1,\"x\"].", RULE("fact", ",\"fact\":\"f\"") },
	{ RULE("finality", ",\"head\":\"safe\",\"maxLag\":100"),
	  "For every action: the chain's safe head is at most 100 blocks behind.",
	  RULE("finality", ",\"head\":\"finalized\",\"maxLag\":100") },
	{ RULE("signed-ahead", ",\"steps\":[\"schedule\"]"), "For every action: may be signed ahead: schedule.",
	  RULE("signed-ahead", ",\"steps\":[\"schedule\",\"execute\"]") },
	{ RULE("hot-signing", ",\"allowed\":false"),
	  "For every action: no key signs on a machine with a network.", RULE("hot-signing", ",\"allowed\":true") },
	{ RULE("comparison", ",\"allowed\":false,\"source\":\"proven\",\"maxAge\":\"7 min\""),
	  "For every action: no signature counts whose phrase was compared with nobody. What it rests on has "
	  "to be proven. "
	  "Its facts are at most 7 min old.",
	  RULE("comparison", ",\"allowed\":false,\"source\":\"proven\",\"maxAge\":\"8 min\"") },
};

static const struct policy *a_policy(struct arena *a, const char *text)
{
	struct policy *p = ARENA_NEW(a, struct policy);
	struct err e = {0};

	assert_ok(policy_parse(a, p, span_str(text), &e), &e);
	return p;
}

static const struct policy *of_rule(struct arena *a, const char *rule)
{
	return a_policy(a, arena_fmt(a, POLICY("P", ROLES ",\"rules\":[%s]"), rule));
}

static void each_kind_says_what_it_demands(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		struct arena a = {0};
		struct buf one = {0}, two = {0};
		const struct policy *p = of_rule(&a, rules[i].rule), *q = of_rule(&a, rules[i].other);

		rule_sentence(&one, p, &p->rules[0]);
		assert_buf_str(&one, rules[i].says);
		rule_sentence(&two, q, &q->rules[0]);
		assert_string_not_equal(buf_cstr(&one), buf_cstr(&two));
		buf_release(&one);
		buf_release(&two);
		arena_release(&a);
	}
}

static void an_exception_says_what_stands_in_its_rules_place(void **state)
{
	struct arena a = {0};
	struct buf b = {0};
	const struct policy *p = a_policy(&a, POLICY("P", ROLES ",\"rules\":["
		"{\"name\":\"d\",\"why\":\"w\",\"kind\":\"delay\",\"delay\":\"1h\"},"
		"{\"name\":\"x\",\"why\":\"w\",\"kind\":\"exception\",\"rule\":\"d\","
		"\"until\":\"2027-06-30T00:00:00.000Z\","
		"\"control\":{\"signers\":4,\"roles\":{\"security\":1},\"words\":[\"ticket\",\"impact\"]}}]"));

	(void)state;
	rule_sentence(&b, p, &p->rules[1]);
	assert_buf_str(&b, "For every action: the rule d is waived until 2027-06-30T00:00:00.000Z if at least "
	  "4 owners sign "
		       "and 1 of security (p3) sign and ticket and impact are written down.");
	buf_release(&b);
	arena_release(&a);
}

#define DELAY(name, why, time) "{\"name\":\"" name "\",\"why\":\"" why "\",\"kind\":\"delay\",\"delay\":\"" time "\"}"
#define SIGNERS "{\"name\":\"s\",\"why\":\"w\",\"kind\":\"signers\",\"min\":3,\"roles\":{\"lead\":1}}"

static void differ(const char *old, const char *new, const char *text, size_t n)
{
	struct arena a = {0};
	struct buf b = {0};
	const size_t found = policy_differences(&b, a_policy(&a, old), a_policy(&a, new));

	assert_buf_str(&b, text);
	assert_int_equal(found, n);
	buf_release(&b);
	arena_release(&a);
}

static void old_against_new_leaves_nothing_out(void **state)
{
	(void)state;
	differ(POLICY("P", "\"rules\":[" DELAY("a", "w", "1h") "]"),
	       POLICY("P", "\"rules\":[" DELAY("a", "w", "1h") "]"), "", 0);
	differ(POLICY("P", "\"threshold\":3,\"rules\":[" DELAY("a", "w", "1h") "," DELAY("b", "w", "2h") "]"),
	       POLICY("Q", "\"threshold\":2,\"rules\":[" DELAY("c", "w", "3h") "," DELAY("b", "other", "2h") "]"),
	       "  In short: of the rules 1 go, 1 come, 1 change.\n"
	       "  LOOSENS: the Safe's threshold, a (goes)\n"
	       "  the name: was P, is Q now\n"
	       "  the Safe's threshold: was 3, is 2 now\n"
	       "  GOES     a\n"
	       "         For every action: the timelock waits at least 1h.\n"
	       "         because w\n"
	       "  COMES    c\n"
	       "         For every action: the timelock waits at least 3h.\n"
	       "         because w\n"
	       "  CHANGES  b\n"
	       "    was  For every action: the timelock waits at least 2h.\n"
	       "         because w\n"
	       "    now  For every action: the timelock waits at least 2h.\n"
	       "         because other\n", 5);
}

static void how_soon_an_emergency_is_reviewed_is_a_difference(void **state)
{
	(void)state;
	differ(POLICY("P", "\"reviewWithin\":\"24h\",\"rules\":[]"),
	       POLICY("P", "\"reviewWithin\":\"366 days\",\"rules\":[]"),
	       "  In short: of the rules 0 go, 0 come, 0 change.\n"
	       "  LOOSENS: how soon an emergency is reviewed\n"
	       "  an emergency is reviewed: was within 1 day, is within 366 days now\n", 1);
	differ(POLICY("P", "\"reviewWithin\":\"24h\",\"rules\":[]"), POLICY("P", "\"rules\":[]"),
	       "  In short: of the rules 0 go, 0 come, 0 change.\n"
	       "  LOOSENS: how soon an emergency is reviewed\n"
	       "  an emergency is reviewed: was within 1 day, is within 72h (the default) now\n", 1);
	differ(POLICY("P", "\"rules\":[]"), POLICY("P", "\"reviewWithin\":\"24h\",\"rules\":[]"),
	       "  In short: of the rules 0 go, 0 come, 0 change.\n"
	       "  Nothing loosens.\n"
	       "  an emergency is reviewed: was within 72h (the default), is within 1 day now\n", 1);
}

static void how_long_old_files_stay_on_line_is_a_difference(void **state)
{
	(void)state;
	differ(POLICY("P", "\"retention\":{\"evidence\":84,\"minutes\":120},\"rules\":[]"),
	       POLICY("P", "\"retention\":{\"evidence\":24,\"receipts\":120},\"rules\":[]"),
	       "  In short: of the rules 0 go, 0 come, 0 change.\n"
	       "  LOOSENS: how long files stay on line\n"
	       "  evidence on line: was 84 months, is 24 months now\n"
	       "  minutes on line: was 120 months, is 84 months (the default) now\n"
	       "  receipts on line: was 84 months (the default), is 120 months now\n", 3);
	differ(POLICY("P", "\"rules\":[]"), POLICY("P", "\"retention\":{\"evidence\":120},\"rules\":[]"),
	       "  In short: of the rules 0 go, 0 come, 0 change.\n"
	       "  Nothing loosens.\n"
	       "  evidence on line: was 84 months (the default), is 120 months now\n", 1);
}

/* Whoever holds a role is a part of what a rule says that names it. */
static void a_role_that_changes_hands_changes_its_rules(void **state)
{
	(void)state;
	differ(POLICY("P", "\"roles\":{\"lead\":[\"p1\"],\"gone\":[\"p4\"]},\"rules\":[" SIGNERS "]"),
	       POLICY("P", "\"roles\":{\"new\":[\"p5\"],\"lead\":[\"p2\"]},\"rules\":[" SIGNERS "]"),
	       "  In short: of the rules 0 go, 0 come, 1 change.\n"
	       "  may loosen: s (changes)\n"
	       "  the role gone: was p4, is nobody's now\n"
	       "  the role lead: was p1, is p2 now\n"
	       "  the role new: was nobody's, is p5 now\n"
	       "  CHANGES  s\n"
	       "    was  For every action: at least 3 owners sign, among them 1 of lead (p1).\n"
	       "         because w\n"
	       "    now  For every action: at least 3 owners sign, among them 1 of lead (p2).\n"
	       "         because w\n", 4);
}

static void another_order_is_said_too(void **state)
{
	(void)state;
	differ(POLICY("P", "\"rules\":[" DELAY("a", "w", "1h") "," DELAY("b", "w", "2h") "]"),
	       POLICY("P", "\"rules\":[" DELAY("b", "w", "2h") "," DELAY("a", "w", "1h") "]"),
	       "  In short: of the rules 0 go, 0 come, 0 change.\n"
	       "  Nothing loosens.\n"
	       "  the rules say the same, written in another order or way\n", 1);
}

/* The order of members in a file is not a part of what it says. */
static void members_in_another_order_are_no_difference(void **state)
{
	(void)state;
	differ(POLICY("P", "\"rules\":[" RULE("bounds", ",\"bounds\":{\"b\":{\"max\":1},\"a\":{\"max\":2}}") "]"),
	       POLICY("P", "\"rules\":[" RULE("bounds", ",\"bounds\":{\"a\":{\"max\":2},"
	  "\"b\":{\"max\":1}}") "]"), "", 0);
}

/* The first lines: one rule as it was and as it is (NULL: not there). */
static void short_of(const char *was, const char *is, const char *line)
{
	struct arena a = {0};
	struct buf b = {0};
	const char *old = arena_fmt(&a, POLICY("P", "\"rules\":[%s]"), was != NULL ? was : "");
	const char *new = arena_fmt(&a, POLICY("P", "\"rules\":[%s]"), is != NULL ? is : "");
	policy_differences(&b, a_policy(&a, old), a_policy(&a, new));
	const char *second = strchr(buf_cstr(&b), '\n') + 1;
	assert_string_equal(arena_str(&a, span_of((const uint8_t *)second, strcspn(second, "\n"))), line);
	buf_release(&b);
	arena_release(&a);
}

#define LOOSER "  LOOSENS: r (changes)"
#define STRICTER "  Nothing loosens."
#define UNSURE "  may loosen: r (changes)"

static void what_loosens_is_said_before_anything_else(void **state)
{
	static const char *const rows[][3] = {
		{ NULL, RULE("allow", ",\"for\":{}"), "  LOOSENS: r (comes)" },
		{ RULE("allow", ",\"for\":{}"), NULL, STRICTER },
		{ NULL, RULE("delay", ",\"delay\":\"1h\""), STRICTER },
		{ RULE("delay", ",\"delay\":\"1h\""), NULL, "  LOOSENS: r (goes)" },
		{ NULL, RULE("hot-signing", ",\"allowed\":true"), "  LOOSENS: r (comes)" },
		{ NULL, RULE("comparison", ",\"allowed\":true"), STRICTER },
		{ RULE("delay", ",\"delay\":\"2h\""), RULE("delay", ",\"delay\":\"1h\""), LOOSER },
		{ RULE("delay", ",\"delay\":\"1h\""), RULE("delay", ",\"delay\":\"2h\""), STRICTER },
		{ RULE("signers", ",\"min\":4"), RULE("signers", ",\"min\":3"), LOOSER },
		{ RULE("rate", ",\"max\":2,\"per\":\"1h\""), RULE("rate", ",\"max\":3,\"per\":\"1h\""), LOOSER },
		{ RULE("rate", ",\"max\":2,\"per\":\"1h\""), RULE("rate", ",\"max\":2,\"per\":\"2h\""), UNSURE },
		{ RULE("comparison", ",\"allowed\":false"), RULE("comparison", ",\"allowed\":true"), LOOSER },
		{ RULE("finality", ",\"head\":\"safe\",\"maxLag\":9"),
		  RULE("finality", ",\"head\":\"safe\",\"maxLag\":8"),
		  STRICTER },
		{ RULE("finality", ",\"head\":\"safe\",\"maxLag\":9"),
		  RULE("finality", ",\"head\":\"finalized\",\"maxLag\":8"), UNSURE },
		{ RULE("bounds", ",\"bounds\":{\"x\":{\"max\":1}}"),
		  RULE("bounds", ",\"bounds\":{\"x\":{\"max\":2}}"), LOOSER },
		{ RULE("bounds", ",\"bounds\":{\"x\":{\"max\":2}}"),
		  RULE("bounds", ",\"bounds\":{\"x\":{\"min\":1,\"max\":2}}"),
		  STRICTER },
		{ RULE("bounds", ",\"bounds\":{\"x\":{\"max\":2}}"),
		  RULE("bounds", ",\"bounds\":{\"x\":{\"min\":1}}"), UNSURE },
		{ RULE("bounds", ",\"bounds\":{\"x\":{\"max\":2}}"),
		  RULE("bounds", ",\"bounds\":{\"y\":{\"max\":2}}"), UNSURE },
		{ RULE("signers", ",\"min\":4"), RULE("delay", ",\"delay\":\"1h\""), UNSURE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		short_of(rows[i][0], rows[i][1], rows[i][2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_says_what_it_demands),
		cmocka_unit_test(an_exception_says_what_stands_in_its_rules_place),
		cmocka_unit_test(old_against_new_leaves_nothing_out),
		cmocka_unit_test(how_soon_an_emergency_is_reviewed_is_a_difference),
		cmocka_unit_test(how_long_old_files_stay_on_line_is_a_difference),
		cmocka_unit_test(a_role_that_changes_hands_changes_its_rules),
		cmocka_unit_test(another_order_is_said_too),
		cmocka_unit_test(what_loosens_is_said_before_anything_else),
		cmocka_unit_test(members_in_another_order_are_no_difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
