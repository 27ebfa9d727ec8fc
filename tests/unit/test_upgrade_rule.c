/* The kind "upgrade": each thing that can be wrong with new code, by itself, in the words that a proposer reads; and
 * the kind "code" by a list of releases. */
#include "src/policy/judge.h"
#include "tests/support/check.h"
#include "tests/support/packets.h"

#define NEW "0x2222222222222222222222222222222222222222"
#define NOW "0x1111111111111111111111111111111111111111"
#define ONES "1111111111111111111111111111111111111111111111111111111111111111"
#define TWOS "2222222222222222222222222222222222222222222222222222222222222222"
#define UUID "360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc"
#define LISTED(audit) \
	"{\"format\":\"setgov-releases/1\",\"name\":\"L\",\"releases\":[{\"contract\":\"SetPaymaster\"," \
	"\"version\":\"2.0\",\"codeHash\":\"0x" ONES "\",\"metadata\":\"0x" TWOS "\",\"layout\":\"" ONES "\"," \
	audit "}," \
	"{\"contract\":\"SetRegistry\",\"version\":\"1.0\",\"codeHash\":\"0x" TWOS "\",\"metadata\":null," \
	"\"layout\":\"" ONES "\",\"audit\":null}]}"

/* What is known of an upgrade that is as it should be. */
static const struct { const char *name, *value; } good[] = {
	{ "code-hash." NEW, "\"0x" ONES "\"" },
	{ "metadata." NEW, "\"0x" TWOS "\"" },
	{ "uuid." NEW, "\"0x" UUID "\"" },
	{ "initialized." NEW, "\"18446744073709551615\"" },
	{ "implementation.paymaster", "\"" NOW "\"" },
	{ "action[0].layout", "{\"breaks\":[],\"from\":\"SetPaymaster 1.0\",\"missing\":[],\"to\":\"SetPaymaster "
	  "2.0\"}" },
	{ "action[0].rollback", "{\"change\":\"SC-8\",\"implementation\":\"" NOW "\"}" },
	{ "preview", "{\"failed\":null,\"lost\":[],\"unintended\":[],\"wrong\":[]}" },
	{ "releases", LISTED("\"audit\":\"" TWOS "\"") },
};

struct example { const char *name, *value, *expect; };      /* the fact is that instead; value NULL: not known */

static const char *judged(struct sample *s, const char *rule, const struct example *x)
{
	static const char *const pairs[] = { "contract=paymaster", "implementation=" NEW, NULL };
	struct policy p;
	struct facts facts = {0};
	struct subject subject;
	struct verdict v;
	struct err e = {0};
	sample_init(s, 84532999);
	sample_propose(s, "contract.upgrade", pairs);
	assert_ok(policy_parse(&s->a, &p, span_str(arena_fmt(&s->a, "{\"format\":\"setgov-policy/1\",\"name\":\"P\","
			       "\"semantics\":1,\"rules\":[{\"name\":\"x\",\"why\":\"w\",%s}]}", rule)), &e), &e);
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		const bool other = strcmp(good[i].name, x->name) == 0;
		const char *value = other ? x->value : good[i].value;
		const struct json *parsed = value != NULL ? json_parse(&s->a, span_str(value), &e) : NULL;
		if (value == NULL)
			continue;
		assert_ok(parsed != NULL, &e);
		facts_add(&s->a, &facts, good[i].name, parsed, FACT_CLAIMED, 1);
	}
	assert_ok(subject_of_proposal(&s->a, &subject, &s->pin, span_str("SC-7"), &s->proposal, NULL,
				      &(struct hash32){0}, &e), &e);
	policy_judge(&s->a, &v, &p, &subject, &facts);
	assert_ptr_equal(v.rules[0].rule, &p.rules[0]);
	return arena_fmt(&s->a, "%s: %s", verdict_name(v.rules[0].word), v.rules[0].text);
}

static void each(const char *rule, const struct example *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct sample s;
		assert_string_equal(judged(&s, rule, &x[i]), x[i].expect);
		sample_release(&s);
	}
}

#define FIT "passed on the console's word: fit to be the code of paymaster, audit report " TWOS
#define LAYOUT(breaks, from, missing) "{\"breaks\":[" breaks "],\"from\":" from ",\"missing\":[" missing \
	"],\"to\":\"SetPaymaster 2.0\"}"
#define EFFECTS(failed, lost, unintended, wrong) "{\"failed\":" failed ",\"lost\":[" lost "],\"unintended\":[" \
	unintended "],\"wrong\":[" wrong "]}"

static void each_thing_that_is_wrong_with_new_code_is_named(void **state)
{
	static const char rule[] = "\"kind\":\"upgrade\",\"checks\":[\"uups\",\"changed\",\"initialised\",\"contract\","
				   "\"layout\",\"audit\",\"rollback\",\"preview\"]";
	const struct example list[] = {
		{ "", NULL, FIT ", rollback SC-8 to " NOW },
		{ "code-hash." NEW, "null", "failed: NO CODE at " NEW ": it cannot be paymaster's new code" },
		{ "code-hash." NEW, NULL, "failed: the fact code-hash." NEW " is not known" },
		{ "uuid." NEW, "null", "failed: NOT UUPS: proxiableUUID() of " NEW " does not answer with the ERC-1967 "
		  "slot" },
		{ "uuid." NEW, NULL, "failed: the fact uuid." NEW " is not known" },
		{ "implementation.paymaster", "\"" NEW "\"", "failed: SAME CODE: paymaster has the code at " NEW
		  " already; NO ROLLBACK: SC-8 goes back to " NOW ", and the code now is at " NEW },
		{ "initialized." NEW, "\"0\"", "failed: UNINITIALISED: whoever calls initialize() of " NEW " first "
		  "controls that code: its constructor has to lock it" },
		{ "preview", EFFECTS("null", "\"paymaster.treasury()\",\"paymaster.owner()\"", "", ""),
		  "failed: ANOTHER CONTRACT: no answer any more from: paymaster.treasury(), paymaster.owner()" },
		{ "preview", EFFECTS("null", "", "\"a 1 -> 2\"", "\"b 3 -> 4\""),
		  "failed: CHANGED AND NOT INTENDED: a 1 -> 2; NOT AS MEANT: b 3 -> 4" },
		{ "preview", EFFECTS("\"execute: no\"", "", "", ""), "failed: IT FAILS: execute: no" },
		{ "preview", NULL, "failed: the fact preview is not known" },
		{ "preview", "7", "failed: the facts do not say lost; the facts do not say failed; the facts do not "
		  "say unintended; the facts do not say wrong" },
		{ "preview", EFFECTS("false", "", "", ""), "failed: IT FAILS: with what is no text" },
		{ "preview", EFFECTS("null", "", "\"\"", "{}"), "failed: CHANGED AND NOT INTENDED: what is no text; "
		  "NOT AS MEANT: what is no text" },
		{ "implementation.paymaster", "null", "failed: the fact implementation.paymaster is not an address; NO "
		  "ROLLBACK: SC-8 goes back to " NOW ", and the code now is at " },
		{ "initialized." NEW, "\"00\"", "failed: UNINITIALISED: whoever calls initialize() of " NEW " first "
		  "controls that code: its constructor has to lock it" },
		{ "action[0].layout", LAYOUT("{}", "\"SetPaymaster 1.0\"", ""),
		  "failed: LAYOUT NOT COMPATIBLE: what is no text" },
		{ "action[0].layout", LAYOUT("\"MOVED x\",\"GAP y\"", "\"SetPaymaster 1.0\"", ""),
		  "failed: LAYOUT NOT COMPATIBLE: MOVED x, GAP y" },
		{ "action[0].layout", LAYOUT("", "null", ""), "failed: LAYOUT: the code of paymaster now is of no "
		  "listed "
		  "release: nothing says how it stores" },
		{ "action[0].layout", LAYOUT("", "\"SetPaymaster 1.0\"", "\"abc\""), "failed: LAYOUT: not in the log "
		  "(setgov policy adopt FILE --layout FILE): abc" },
		{ "releases", LISTED("\"audit\":null"), "failed: NO AUDIT: the list of releases has no report about "
		  "SetPaymaster 2.0, and no exception" },
		{ "releases", LISTED("\"audit\":null,\"exception\":\"tiny\""), "passed on the console's word: fit to "
		  "be "
		  "the code of paymaster, NO AUDIT REPORT, because tiny, rollback SC-8 to " NOW },
		{ "releases", "{}", "failed: the fact releases is no list of releases" },
		{ "action[0].rollback", "{\"change\":null,\"implementation\":null}", "failed: NO ROLLBACK is drafted" },
		{ "action[0].rollback", "{\"change\":null,\"implementation\":\"" NOW "\"}", FIT ", a rollback to " NOW
		  " is drafted with it" },
		{ "action[0].rollback", "{\"of\":\"SC-3\"}", FIT ", the rollback of SC-3" },
		{ "action[0].rollback", "{\"change\":\"SC-8\",\"implementation\":\"" NEW "\"}", "failed: NO "
		  "ROLLBACK: SC-8 "
		  "goes back to " NEW ", and the code now is at " NOW },
	};
	(void)state;
	each(rule, list, ARRAY_LEN(list));
}

static void only_a_listed_release_of_the_same_contract_is_listed_code(void **state)
{
	static const char rule[] = "\"kind\":\"code\",\"arg\":\"implementation\",\"releases\":true";
	static const char other[] = "\"0x3333333333333333333333333333333333333333333333333333333333333333\"";
	const struct example list[] = {
		{ "", NULL, "passed on the console's word: the code at " NEW " is SetPaymaster 2.0" },
		{ "code-hash." NEW, "null", "failed: there is no code at " NEW },
		{ "code-hash." NEW, "\"0x" TWOS "\"", "failed: the code at " NEW " is SetRegistry 1.0, and paymaster "
		  "is a "
		  "SetPaymaster" },
		{ "code-hash." NEW, other, "failed: the code at " NEW " has the metadata of SetPaymaster 2.0, and "
		  "another "
		  "code hash, 0x3333333333333333333333333333333333333333333333333333333333333333: the same sources, "
		  "built "
		  "in another way or for another address" },
		{ "releases", NULL, "failed: the fact releases is not known" },
	};
	(void)state;
	each(rule, list, ARRAY_LEN(list));
}

#define POLICY "{\"format\":\"setgov-policy/1\",\"name\":\"P\",\"semantics\":1,\"rules\":["

static void checks_that_are_none_are_refused(void **state)
{
	struct arena a = {0};
	struct policy p;
	struct err e = {0};
	(void)state;
	assert_false(policy_parse(&a, &p, span_str(POLICY
				  "{\"name\":\"x\",\"why\":\"w\",\"kind\":\"upgrade\",\"checks\":[\"uup\"]}]}"), &e));
	e.at = ERR_NO_OFFSET;
	assert_err(&e, ERR_UNKNOWN, "rules[0].checks[0]: \"uup\" is none of: uups changed initialised contract "
		   "layout audit rollback preview");
	err_clear(&e);
	assert_false(policy_parse(&a, &p, span_str(POLICY
				  "{\"name\":\"x\",\"why\":\"w\",\"kind\":\"code\",\"arg\":\"a\"}]}"), &e));
	e.at = ERR_NO_OFFSET;
	assert_err(&e, ERR_MISMATCH, "rules[0]: code is listed here, or in the list of releases: needed one of "
		"listed and "
		   "releases");
	err_clear(&e);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_thing_that_is_wrong_with_new_code_is_named),
		cmocka_unit_test(only_a_listed_release_of_the_same_contract_is_listed_code),
		cmocka_unit_test(checks_that_are_none_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
