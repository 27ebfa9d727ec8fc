/* What the auditor's recount expects of a call that the log says ran: the event that repeats its arguments, by the
 * contract that has to have emitted it, and no other. */
#include "tests/support/check.h"

#include "src/cli/recount.h"
#include "src/crypto/keccak.h"
#include "src/gov/timelock.h"

static uint8_t words[3][32];          /* 0x11…, 0x22…, 0x33…, each an address in a word */

static struct addr address(size_t i)
{
	struct addr a;

	memcpy(a.b, words[i] + 12, sizeof(a.b));
	return a;
}

static int setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		memset(words[i] + 12, (int)(0x11 * (i + 1)), 20);
	return 0;
}

struct scene {
	struct buf data;
	struct call call;
	struct chain_log log;
	struct hash32 topics[RECOUNT_EVENTS];
};

/* A call of this function at address 0 with words 1 and 2, and this event by `emitter` with these words as topics. */
static void set(struct scene *s, const char *function, const char *event, size_t emitter, const char *indexed)
{
	struct hash32 h;

	*s = (struct scene){0};
	recount_topics(s->topics);
	keccak256(&h, span_str(function));
	buf_add(&s->data, h.b, 4);
	buf_add(&s->data, words[1], 32);
	buf_add(&s->data, words[2], 32);
	s->call = (struct call){ .to = address(0), .data = buf_view(&s->data) };
	s->log.address = address(emitter);
	keccak256(&s->log.topics[0], span_str(event));
	s->log.topic_count = 1;
	for (const char *i = indexed; *i; i++)
		memcpy(s->log.topics[s->log.topic_count++].b, words[*i - '0'], 32);
}

static const struct { const char *function, *event; size_t emitter; const char *indexed; bool is; } cases[] = {
	{ "grantRole(bytes32,address)", "RoleGranted(bytes32,address,address)", 0, "120", true },
	{ "grantRole(bytes32,address)", "RoleGranted(bytes32,address,address)", 0, "100", false },
	{ "grantRole(bytes32,address)", "RoleGranted(bytes32,address,address)", 1, "120", false },
	{ "grantRole(bytes32,address)", "RoleRevoked(bytes32,address,address)", 0, "120", false },
	{ "upgradeTo(address)", "Upgraded(address)", 0, "1", true },
	{ "upgradeAndCall(address,address,bytes)", "Upgraded(address)", 1, "2", true },
	{ "upgradeAndCall(address,address,bytes)", "Upgraded(address)", 0, "2", false },
	{ "transferOwnership(address)", "OwnershipTransferStarted(address,address)", 0, "01", true },
	{ "transferOwnership(address)", "OwnershipTransferred(address,address)", 0, "02", false },
	{ "pause()", "Upgraded(address)", 0, "1", false },
	{ "pause()", "Paused(address)", 0, "", true },
	{ "cancel(bytes32)", "Cancelled(bytes32)", 0, "1", true },
	{ "cancel(bytes32)", "Cancelled(bytes32)", 0, "2", false },
	{ "setOperator(address,bool)", "OperatorUpdated(address,bool)", 0, "12", true },
	{ "swapOwner(address,address,address)", "RemovedOwner(address)", 0, "2", false },
};

static void a_call_leaves_the_event_that_repeats_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct scene s;

		set(&s, cases[i].function, cases[i].event, cases[i].emitter, cases[i].indexed);
		if (recount_is_of(s.topics, &s.call, &s.log) != cases[i].is)
			fail_msg("case %zu: %s, %s", i, cases[i].function, cases[i].event);
		buf_release(&s.data);
	}
}

static void what_comes_beside_is_explained_and_is_no_effect(void **state)
{
	struct scene s;

	(void)state;
	set(&s, "swapOwner(address,address,address)", "RemovedOwner(address)", 0, "2");
	assert_false(recount_is_of(s.topics, &s.call, &s.log));
	assert_true(recount_may_be_of(s.topics, &s.call, &s.log));
	s.log.address = address(1);                                            /* another Safe's */
	assert_false(recount_may_be_of(s.topics, &s.call, &s.log));
	buf_release(&s.data);
}

static void a_call_that_is_cut_off_leaves_nothing(void **state)
{
	struct scene s;

	(void)state;
	set(&s, "grantRole(bytes32,address)", "RoleGranted(bytes32,address,address)", 0, "120");
	s.call.data.n -= 1;
	assert_false(recount_is_of(s.topics, &s.call, &s.log));
	s.call.data.n = 3;
	assert_false(recount_is_of(s.topics, &s.call, &s.log));
	buf_release(&s.data);
}

static void calls_are_counted_with_their_population(void **state)
{
	enum population p;
	const char *what;
	struct scene s;

	(void)state;
	set(&s, "swapOwner(address,address,address)", "AddedOwner(address)", 0, "1");
	assert_true(recount_expects(&s.call, &p, &what));
	assert_int_equal(p, POP_OWNER);
	assert_string_equal(what, "swapOwner(address,address,address)");
	buf_release(&s.data);
	set(&s, "pause()", "Paused(address)", 0, "");
	assert_true(recount_expects(&s.call, &p, &what));
	assert_int_equal(p, POP_PAUSE);
	buf_release(&s.data);
	set(&s, "setTreasury(address)", "AddedOwner(address)", 0, "1");        /* leaves no event */
	assert_false(recount_expects(&s.call, &p, &what));
	buf_release(&s.data);
}

static const char *said(struct arena *a, const struct deployment *d, struct chain_log *l, const char *event)
{
	struct hash32 topics[RECOUNT_EVENTS];
	size_t kind;

	recount_topics(topics);
	keccak256(&l->topics[0], span_str(event));
	assert_true(recount_kind(topics, l, &kind));
	return recount_words(a, d, kind, l);
}

static void an_event_is_told_with_its_arguments(void **state)
{
	struct arena a = {0};
	struct contract timelock = {.name = span_str("timelock"), .address = address(0)};
	struct person p2 = {.id = span_str("p2"), .address = address(1)};
	const struct deployment d = {.contracts = &timelock, .n_contracts = 1, .people = &p2, .n_people = 1};
	struct chain_log l = {.address = address(0), .topic_count = 4};

	(void)state;
	l.topics[1] = timelock_role_named(span_str("proposer"))->hash;
	memcpy(l.topics[2].b, words[1], 32);
	memcpy(l.topics[3].b, words[2], 32);
	assert_string_equal(said(&a, &d, &l, "RoleGranted(bytes32,address,address)"),
			    "0x1111111111111111111111111111111111111111 (timelock): RoleGranted(proposer, "
			    "0x2222222222222222222222222222222222222222 (p2), "
			    "0x3333333333333333333333333333333333333333)");
	l.topic_count = 1;
	l.data = span_of(words, 64);
	assert_string_equal(said(&a, &d, &l, "MinDelayChange(uint256,uint256)"),
			    "0x1111111111111111111111111111111111111111 (timelock): MinDelayChange("
			    "97433442488726861213578988847752201310395502865, "
			    "194866884977453722427157977695504402620791005730)");
	l.data.n = 40;
	assert_string_equal(said(&a, &d, &l, "OwnershipTransferred(address,address)"),
			    "0x1111111111111111111111111111111111111111 (timelock): OwnershipTransferred("
			    "0x1111111111111111111111111111111111111111 (timelock))");
	l.data = span_of(words, 96);                                           /* what has no fixed size ends it */
	l.topic_count = 2;
	memcpy(l.topics[1].b, words[1], 32);
	assert_string_equal(said(&a, &d, &l, "SafeSetup(address,address[],uint256,address,address)"),
			    "0x1111111111111111111111111111111111111111 (timelock): SafeSetup("
			    "0x2222222222222222222222222222222222222222 (p2))");
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_leaves_the_event_that_repeats_it),
		cmocka_unit_test(what_comes_beside_is_explained_and_is_no_effect),
		cmocka_unit_test(a_call_that_is_cut_off_leaves_nothing),
		cmocka_unit_test(calls_are_counted_with_their_population),
		cmocka_unit_test(an_event_is_told_with_its_arguments),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
