/* What a look at the chain found, held against the profile: nothing to say of what is as it should be, and one sentence
 * for each thing that is not. */
#include "src/evm/address.h"
#include "src/gov/findings.h"
#include "tests/support/check.h"

struct world {
	struct arena a;
	struct deployment d;
	struct snapshot s;
	struct contract contracts[3];
	struct person people[2];
};

static struct addr at(const char *text)
{
	struct addr out;

	assert_true(addr_parse(&out, span_str(text), NULL));
	return out;
}

#define SINGLETON "0x29fcB43b46531BcA003ddC8FCB67FFE91900C762"
static const struct addr safe = {{ 1 }}, timelock = {{ 2 }}, registry = {{ 3 }}, p1 = {{ 4 }}, p2 = {{ 5 }},
			 stranger = {{ 6 }};

/* A deployment with two owners, and a chain that is as it says. */
static void set_up(struct world *w)
{
	struct snapshot_role *roles;

	memset(w, 0, sizeof(*w));
	w->contracts[0] = (struct contract){ span_str("registry"), span_str("SetRegistry"), registry };
	w->contracts[1] = (struct contract){ span_str("safe"), span_str("Safe"), safe };
	w->contracts[2] = (struct contract){ span_str("timelock"), span_str("SetTimelock"), timelock };
	w->people[0] = (struct person){ span_str("p1"), p1, true };
	w->people[1] = (struct person){ span_str("p2"), p2, true };
	w->d = (struct deployment){ .safe = safe, .timelock = timelock, .safe_version = span_str("1.4.1"),
				    .threshold = 2, .contracts = w->contracts, .n_contracts = 3,
				    .people = w->people, .n_people = 2 };
	w->s = (struct snapshot){ .online = true, .threshold = 2, .n_owners = 2, .safe_version = span_str("1.4.1"),
				  .singleton = at(SINGLETON), .modules_known = true, .min_delay = 3600,
				  .events_known = true, .n_roles = 2, .n_contracts = 3 };
	w->s.owners = ARENA_ARRAY(&w->a, struct addr, 2);
	w->s.owners[0] = p1;
	w->s.owners[1] = p2;
	roles = w->s.roles = ARENA_ARRAY(&w->a, struct snapshot_role, 2);
	roles[0] = (struct snapshot_role){ .account = safe, .proposer = true, .executor = true, .canceller = true };
	roles[1] = (struct snapshot_role){ .account = timelock, .admin = true };
	w->s.contracts = ARENA_ARRAY(&w->a, struct snapshot_contract, 3);
	for (size_t i = 0; i < 3; i++)
		w->s.contracts[i] = (struct snapshot_contract){ .name = w->contracts[i].name,
								.address = w->contracts[i].address, .has_code = true };
	w->s.contracts[0].has_owner = true;
	w->s.contracts[0].owner = timelock;
}

/* All findings, "CODE words" a line. */
static void assert_findings(struct world *w, const char *text)
{
	struct buf b = {0};

	findings_judge(&w->a, &w->s, NULL, &w->d);
	for (size_t i = 0; i < w->s.n_findings; i++) {
		buf_span(&b, w->s.findings[i].code);
		buf_byte(&b, ' ');
		buf_span(&b, w->s.findings[i].words);
		buf_byte(&b, '\n');
	}
	assert_buf_str(&b, text);
	buf_release(&b);
	arena_release(&w->a);
}

static void what_is_as_it_should_be_is_not_mentioned(void **state)
{
	struct world w;

	(void)state;
	set_up(&w);
	assert_findings(&w, "");
}

#define A(byte) "0x0" byte "00000000000000000000000000000000000000"

static void owners_are_compared_both_ways(void **state)
{
	struct world w;

	(void)state;
	set_up(&w);
	w.s.owners[1] = stranger;
	w.s.threshold = 1;
	assert_findings(&w, "OWNERS the Safe's owners are not those of the profile: " A("6") " is one and should not "
			"be\n"
			"OWNERS the Safe's owners are not those of the profile: " A("5") " (p2) should be one and is "
			"not\n"
			"THRESHOLD the Safe asks for 1 of its owners, the profile says 2\n"
			"THRESHOLD one signature alone moves the Safe\n");
}

/* More is as wrong as less: by the profile's number the owners' word on the log's key is counted. */
static void a_threshold_other_than_the_profiles_is_named(void **state)
{
	struct world w;

	(void)state;
	set_up(&w);
	w.d.threshold = 1;
	assert_findings(&w, "THRESHOLD the Safe asks for 2 of its owners, the profile says 1\n");
}

static void what_can_move_or_stop_the_safe_otherwise_is_named(void **state)
{
	struct world w;

	(void)state;
	set_up(&w);
	w.s.safe_version = span_str("9.9.9");
	w.s.singleton = stranger;
	w.s.guard = stranger;
	w.s.modules = ARENA_ARRAY(&w.a, struct addr, 1);
	w.s.modules[0] = stranger;
	w.s.n_modules = 1;
	assert_findings(&w, "SINGLETON the Safe says that it is version 9.9.9, the profile says 1.4.1\n"
			"SINGLETON the Safe runs the code at " A("6") ", which is not where the Safe project puts "
			"version 1.4.1\n"
			"MODULES the Safe has the module " A("6") ", which needs no signatures\n"
			"GUARD the Safe has the guard " A("6") ", which can hold up every transaction and is not in "
			"the profile\n");
}

static void roles_of_strangers_and_of_everybody_are_named(void **state)
{
	struct world w;

	(void)state;
	set_up(&w);
	w.s.roles[0].canceller = false;
	w.s.n_roles = 1;
	assert_findings(&w, "ROLE this Safe may not propose to the timelock, or not cancel\n");
	set_up(&w);
	w.s.roles[0] = (struct snapshot_role){ .account = stranger, .proposer = true, .admin = true };
	w.s.roles[1] = (struct snapshot_role){ .executor = true };
	w.s.min_delay = 0;
	assert_findings(&w, "ROLE " A("6") ", who is not in the profile, holds a role of the timelock: "
			"proposer\n"
			"ROLE " A("6") ", who is not in the profile, holds a role of the timelock: admin\n"
			"ROLE the zero address holds a role of the timelock, so anybody does: executor\n"
			"DELAY the timelock asks for no delay\n");
}

static void contracts_have_code_and_belong_to_the_timelock(void **state)
{
	struct world w;

	(void)state;
	set_up(&w);
	w.s.contracts[0].owner = p1;
	w.s.contracts[2].has_code = false;
	assert_findings(&w, "OWNER registry (" A("3") ") belongs to " A("4") " (p1), not to the timelock\n"
			"CODE timelock (" A("2") ") has no code\n");
}

static void operations_and_transactions_of_nobodys_are_named(void **state)
{
	const char *sentences[] = { "registry pause()" };
	struct snapshot_operation ops[2] = {{ .id = {{ 7 }}, .change = span_str("SC-1") },
					    { .id = {{ 8 }}, .sentences = sentences, .n_sentences = 1 }};
	struct snapshot_foreign_tx txs[25];
	struct world w;
	struct span last;

	(void)state;
	set_up(&w);
	w.s.operations = ops;
	w.s.n_operations = 2;
	assert_findings(&w, "UNKNOWN-OPERATION the timelock holds an operation that the log does not know, 0x08"
			"00000000000000000000000000000000000000000000000000000000000000, of 1 call, first: "
			"registry pause()\n");
	set_up(&w);
	ops[1].timestamp = 1;
	w.s.operations = ops;
	w.s.n_operations = 2;
	assert_findings(&w, "UNKNOWN-OPERATION the timelock has run an operation that the log does not know, 0x08"
			"00000000000000000000000000000000000000000000000000000000000000, of 1 call, first: "
			"registry pause()\n");
	set_up(&w);
	for (size_t i = 0; i < 25; i++)
		txs[i] = (struct snapshot_foreign_tx){ .block = i };
	w.s.foreign = txs;
	w.s.n_foreign = 25;
	findings_judge(&w.a, &w.s, NULL, &w.d);
	assert_int_equal(w.s.n_findings, 21);
	last = w.s.findings[20].words;
	assert_true(span_starts(last, "and 5 more before them: "));
	assert_true(span_starts(w.s.findings[0].words,
				"the Safe ran a transaction that the log does not know (it failed), in block 24: "));
	arena_release(&w.a);
}

static void what_could_not_be_asked_is_said(void **state)
{
	struct snapshot_endpoint dead = { span_str("backup"), false, span_str("timeout: no answer in time") };
	struct world w;

	(void)state;
	set_up(&w);
	w.s.endpoints = &dead;
	w.s.n_endpoints = 1;
	w.s.events_trouble = span_str("main: eth_getLogs: the node answers \x1b[2J");
	assert_findings(&w, "EVENTS main: eth_getLogs: the node answers \\u{001B}[2J\n"
			"ENDPOINT backup is of no use: timeout: no answer in time\n");
}

/* The finding of this code, judged anew. */
static struct snapshot_finding one(struct world *w, const struct events_told *told, const char *code)
{
	findings_judge(&w->a, &w->s, told, &w->d);
	for (size_t i = 0; i < w->s.n_findings; i++)
		if (span_is(w->s.findings[i].code, code))
			return w->s.findings[i];
	fail_msg("no %s", code);
	return (struct snapshot_finding){0};
}

static void a_finding_says_what_it_is_about_and_what_made_it_so(void **state)
{
	struct event_holder holders[] = {
		{ stranger, timelock_roles[1].hash, {{ 1 }}, 8, 1 },
		{ stranger, timelock_roles[0].hash, {{ 2 }}, 9, 4 },
	};
	const struct events_told told = { .holders = holders, .n_holders = 2 };
	struct snapshot_finding f;
	struct world w;

	(void)state;
	set_up(&w);
	w.s.roles[0] = (struct snapshot_role){ .account = stranger, .proposer = true };
	f = one(&w, &told, "ROLE");
	assert_span_str(f.subject, A("6") " proposer");
	assert_span_str(f.found, "holds PROPOSER_ROLE");
	assert_span_str(f.expected, "held by nobody outside the profile");
	assert_true(f.severity == SEVERITY_CRITICAL && f.has_event && f.event.block == 9 && f.event.index == 4);
	assert_true(f.event.tx.b[0] == 2 && f.alert.n == 0 && !f.acknowledged);
	arena_release(&w.a);
}

static void the_same_finding_is_known_again_and_another_is_not(void **state)
{
	struct event_holder holder = { stranger, timelock_roles[0].hash, {{ 1 }}, 8, 1 };
	const struct events_told told = { .holders = &holder, .n_holders = 1 };
	struct snapshot_finding before, after;
	struct world w;

	(void)state;
	set_up(&w);
	w.s.roles[0] = (struct snapshot_role){ .account = stranger, .proposer = true };
	before = one(&w, &told, "ROLE");
	after = one(&w, &told, "ROLE");
	assert_true(finding_is_same(&before, &after));
	holder.tx.b[0] = 9;                                  /* taken back and given again */
	after = one(&w, &told, "ROLE");
	assert_false(finding_is_same(&before, &after));
	w.s.roles[0] = (struct snapshot_role){ .account = stranger, .executor = true };
	after = one(&w, NULL, "ROLE");
	assert_false(finding_is_same(&before, &after));
	w.s.owners[0] = stranger;
	after = one(&w, NULL, "OWNERS");
	assert_false(finding_is_same(&before, &after));
	w.s.contracts[0].owner = p1;
	before = one(&w, NULL, "OWNER");
	w.s.contracts[0].owner = p2;
	after = one(&w, NULL, "OWNER");
	assert_false(finding_is_same(&before, &after));
	arena_release(&w.a);
}

static void what_a_look_cannot_see_it_does_not_deny(void **state)
{
	const struct snapshot_finding role = { .code = span_str("ROLE"), .subject = span_str("x"), .has_event = true,
					       .event = { .block = 8 } };
	const struct snapshot_finding tx = { .code = span_str("UNKNOWN-TX"), .subject = span_str("0x01"),
					     .has_event = true, .event = { .block = 8 } };
	const struct snapshot_finding module = { .code = span_str("MODULES"), .subject = span_str(A("6")) };
	const struct snapshot_finding owner = { .code = span_str("OWNER"), .subject = span_str(A("3") " " A("4")) };
	const struct snapshot_finding delay = { .code = span_str("DELAY"), .subject = span_str("delay") };
	struct snapshot_foreign_tx txs[25];
	struct world w;

	(void)state;
	set_up(&w);
	assert_true(findings_would_show(&w.s, &role) && findings_would_show(&w.s, &tx));
	assert_true(findings_would_show(&w.s, &module) && findings_would_show(&w.s, &owner));
	w.s.events_from = 9;                                 /* somebody looks at later blocks alone */
	assert_false(findings_would_show(&w.s, &role));
	assert_false(findings_would_show(&w.s, &tx));
	w.s.events_from = 0;
	w.s.events_trouble = span_str("1 event cannot be read");
	assert_false(findings_would_show(&w.s, &role));
	assert_true(findings_would_show(&w.s, &delay));
	w.s.events_trouble = span_str("");
	w.s.modules_known = w.s.contracts[0].has_owner = false;
	assert_false(findings_would_show(&w.s, &module));
	assert_false(findings_would_show(&w.s, &owner));
	memset(txs, 0, sizeof(txs));
	w.s.foreign = txs;
	w.s.n_foreign = 25;                                  /* not all of them are listed */
	one(&w, NULL, "UNKNOWN-TX");
	assert_false(findings_would_show(&w.s, &tx));
	w.s.online = false;
	assert_false(findings_would_show(&w.s, &delay));
	arena_release(&w.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_as_it_should_be_is_not_mentioned),
		cmocka_unit_test(owners_are_compared_both_ways),
		cmocka_unit_test(a_threshold_other_than_the_profiles_is_named),
		cmocka_unit_test(what_can_move_or_stop_the_safe_otherwise_is_named),
		cmocka_unit_test(roles_of_strangers_and_of_everybody_are_named),
		cmocka_unit_test(contracts_have_code_and_belong_to_the_timelock),
		cmocka_unit_test(operations_and_transactions_of_nobodys_are_named),
		cmocka_unit_test(what_could_not_be_asked_is_said),
		cmocka_unit_test(a_finding_says_what_it_is_about_and_what_made_it_so),
		cmocka_unit_test(the_same_finding_is_known_again_and_another_is_not),
		cmocka_unit_test(what_a_look_cannot_see_it_does_not_deny),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
