/* What the auditor's recount expects of a call that the log says ran: the event that repeats its arguments, by the
 * contract that has to have emitted it, and no other. */
#include "tests/support/check.h"

#include "src/cli/recount.h"
#include "src/crypto/keccak.h"

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
	set(&s, "pause()", "AddedOwner(address)", 0, "1");
	assert_false(recount_expects(&s.call, &p, &what));
	buf_release(&s.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_leaves_the_event_that_repeats_it),
		cmocka_unit_test(a_call_that_is_cut_off_leaves_nothing),
		cmocka_unit_test(calls_are_counted_with_their_population),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
