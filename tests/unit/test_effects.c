/* Values before and after, judged: what an action means, what goes along with it, what happens by accident. */
#include "tests/support/check.h"
#include "tests/support/packets.h"

#include "src/gov/effects_said.h"

#define ROW(c, g, x, y) { .contract = (c), .name = (g), .getter = span_str(g), .before = span_str(x), \
			  .after = span_str(y) }
#define MEANT(c, g, x, y, want) { .contract = (c), .name = (g), .getter = span_str(g), .before = span_str(x), \
				  .after = span_str(y), .meant = true, .expect = span_str(want) }

struct room {
	struct sample s;
	const struct contract *registry;
};

static void prepare(struct room *r)
{
	*r = (struct room){0};
	sample_rotate(&r->s);
	r->registry = deployment_contract(&r->s.d, span_str("registry"));
	assert_non_null(r->registry);
}

static void a_value_is_judged_by_what_the_action_says(void **state)
{
	struct room r;

	(void)state;
	prepare(&r);
	struct effect v[] = {
		MEANT(r.registry, "authorizedSequencers(address)", "false", "true", "true"),
		MEANT(r.registry, "strictModeEnabled()", "true", "true", "true"),
		MEANT(r.registry, "paused()", "false", "false", "true"),
		ROW(r.registry, "authorizedSequencerCount()", "1", "2"),
		ROW(r.registry, "getExtendedRegistryStatus()", "1", "2"),
		ROW(r.registry, "totalCommitments()", "0", "7"),
		ROW(r.registry, "owner()", "0xaa", "0xaa"),
	};
	struct effects e = { .change = "SC-1", .ran = true, .v = v, .n = ARRAY_LEN(v) };
	effects_judge(&e, &r.s.pin);
	assert_int_equal(v[0].kind, EFFECT_INTENDED);
	assert_int_equal(v[1].kind, EFFECT_SAME);
	assert_int_equal(v[2].kind, EFFECT_WRONG);
	assert_int_equal(v[3].kind, EFFECT_ALONG);
	assert_int_equal(v[4].kind, EFFECT_ALONG);
	assert_int_equal(v[5].kind, EFFECT_UNINTENDED);
	assert_int_equal(v[6].kind, EFFECT_SAME);
	assert_false(effects_are_clean(&e));
	sample_release(&r.s);
}

static void nothing_goes_along_with_what_did_not_happen(void **state)
{
	struct room r;

	(void)state;
	prepare(&r);
	struct effect v[] = {
		MEANT(r.registry, "authorizedSequencers(address)", "true", "true", "true"),
		ROW(r.registry, "authorizedSequencerCount()", "1", "2"),
		ROW(r.registry, "getExtendedRegistryStatus()", "1", "2"),
	};
	struct effects e = { .change = "SC-1", .ran = true, .v = v, .n = ARRAY_LEN(v) };
	effects_judge(&e, &r.s.pin);
	assert_int_equal(v[1].kind, EFFECT_UNINTENDED);
	assert_int_equal(v[2].kind, EFFECT_UNINTENDED);
	sample_release(&r.s);
}

/* The new tier is what creating one means; a tier that was there is not. */
static void a_lists_new_entry_goes_along_with_its_counter_and_no_other_entry_does(void **state)
{
	struct room r;
	uint8_t two[32] = { [31] = 2 }, one[32] = { [31] = 1 };

	(void)state;
	prepare(&r);
	const struct contract *paymaster = deployment_contract(&r.s.d, span_str("paymaster"));
	assert_non_null(paymaster);
	struct effect v[] = {
		MEANT(paymaster, "nextTierId()", "2", "3", ""),
		ROW(paymaster, "tiers(uint256)", "0", "7"),
		ROW(paymaster, "tiers(uint256)", "5", "7"),
	};
	v[1].args = span_of(two, sizeof(two));
	v[2].args = span_of(one, sizeof(one));
	struct effects e = { .change = "SC-1", .ran = true, .v = v, .n = ARRAY_LEN(v) };
	effects_judge(&e, &r.s.pin);
	assert_int_equal(v[1].kind, EFFECT_ALONG);
	assert_int_equal(v[2].kind, EFFECT_UNINTENDED);
	sample_release(&r.s);
}

static void what_every_step_moves_goes_along_with_it(void **state)
{
	struct room r;

	(void)state;
	prepare(&r);
	struct effect v[] = { ROW(r.registry, "nonce()", "4", "5"), ROW(r.registry, "nonce()", "4", "4") };
	v[0].of_step = v[1].of_step = true;
	struct effects e = { .change = "SC-1", .ran = true, .v = v, .n = ARRAY_LEN(v) };
	effects_judge(&e, &r.s.pin);
	assert_int_equal(v[0].kind, EFFECT_ALONG);
	assert_int_equal(v[1].kind, EFFECT_SAME);
	sample_release(&r.s);
}

static void a_getter_that_falls_silent_is_never_intended(void **state)
{
	struct room r;

	(void)state;
	prepare(&r);
	struct effect v[] = {
		MEANT(r.registry, "authorizedSequencers(address)", "false", "true", "true"),
		ROW(r.registry, "getExtendedRegistryStatus()", "1", "2"),
		MEANT(r.registry, "owner()", "0xaa", "0xaa", ""),
	};
	v[1].after = (struct span){NULL, 0};
	v[2].after = (struct span){NULL, 0};
	struct effects e = { .change = "SC-1", .ran = true, .v = v, .n = ARRAY_LEN(v) };
	effects_judge(&e, &r.s.pin);
	assert_int_equal(v[1].kind, EFFECT_UNINTENDED);
	assert_int_equal(v[2].kind, EFFECT_WRONG);
	sample_release(&r.s);
}

static void the_table_reads_like_this(void **state)
{
	struct room r;
	struct buf text = {0};
	const char *events[] = { "registry Paused(account 0xaa)" };

	(void)state;
	prepare(&r);
	struct effect v[] = {
		MEANT(r.registry, "paused()", "false", "true", "true"),
		ROW(r.registry, "totalCommitments()", "0", "7"),
		ROW(r.registry, "owner()", "0xaa", "0xaa"),
	};
	struct effect_slot slot = { .contract = r.registry, .at = r.registry->address };
	slot.after.b[31] = 7;
	struct effects e = { .change = "SC-1", .block = 25, .block_time = 1795003600, .endpoint = span_str("main"),
			     .ran = true, .v = v, .n = ARRAY_LEN(v), .slots = &slot, .n_slots = 1, .events = events,
			     .n_events = 1 };
	effects_judge(&e, &r.s.pin);
	effects_format(&text, &e, false);
	assert_buf_str(&text,
		"SC-1, run in thought at block 25 (2026-11-18 12:06 UTC) by main: the node's word\n"
		"CHANGED AND NOT INTENDED\n"
		"  totalCommitments()\n"
		"    0  ->  7\n"
		"Changed as intended\n"
		"  paused()\n"
		"    false  ->  true\n"
		"Did not change: 1 values that were read before and after (--all shows them)\n"
		"Storage that differs\n"
		"  UNNAMED: registry slot 0x0000000000000000000000000000000000000000000000000000000000000000\n"
		"    0x0000000000000000000000000000000000000000000000000000000000000000\n"
		"    ->  0x0000000000000000000000000000000000000000000000000000000000000007\n"
		"Events\n"
		"  registry Paused(account 0xaa)\n");
	buf_release(&text);
	sample_release(&r.s);
}

static void an_amount_is_shown_with_its_unit(void **state)
{
	struct room r;
	struct buf text = {0};

	(void)state;
	prepare(&r);
	struct effect v[] = { MEANT(r.registry, "most in one day", "500000000000000", "2000000000000000000",
				    "3000000000000000000") };
	v[0].wei = true;
	struct effects e = { .change = "SC-1", .ran = true, .v = v, .n = 1, .slots_compared = true };
	effects_judge(&e, &r.s.pin);
	effects_format(&text, &e, false);
	assert_non_null(strstr(buf_cstr(&text), "    0.0005 ether  ->  2 ether  (meant: 3 ether)\n"));
	buf_release(&text);
	sample_release(&r.s);
}

/* What one side writes, the other reads: nothing is lost on the way but what is only counted. */
static void what_is_written_is_read_again(void **state)
{
	struct room r;
	struct arena a = {0};
	struct err e = {0};
	struct effects_said said;
	const char *how[] = { "execute by the Safe" };

	(void)state;
	prepare(&r);
	struct effect v[] = {
		MEANT(r.registry, "paused()", "false", "true", "true"),
		ROW(r.registry, "totalCommitments()", "0", "7"),
		ROW(r.registry, "owner()", "0xaa", "0xaa"),
	};
	v[1].after = (struct span){NULL, 0};
	struct effect_slot slot = { .contract = r.registry, .at = r.registry->address };
	struct effects x = { .change = "SC-1", .block = 25, .block_time = 1795003600, .endpoint = span_str("main"),
			     .ran = true, .v = v, .n = ARRAY_LEN(v), .slots = &slot, .n_slots = 1, .how = how,
			     .n_how = 1 };
	effects_judge(&x, &r.s.pin);
	assert_ok(effects_said_read(&a, &said, effects_to_json(&a, &x), &e), &e);
	assert_span_str(said.change, "SC-1");
	assert_int_equal(said.block, 25);
	assert_int_equal(said.unchanged, 1);
	assert_int_equal(said.n_values, 2);
	assert_false(said.clean);
	assert_int_equal(said.values[0].kind, EFFECT_INTENDED);
	assert_span_str(said.values[0].after, "true");
	assert_int_equal(said.values[1].kind, EFFECT_UNINTENDED);
	assert_null(said.values[1].after.p);
	assert_int_equal(said.n_slots, 1);
	assert_null(said.slots[0].name.p);
	assert_span_str(said.how.v[0], "execute by the Safe");
	arena_release(&a);
	sample_release(&r.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_is_judged_by_what_the_action_says),
		cmocka_unit_test(nothing_goes_along_with_what_did_not_happen),
		cmocka_unit_test(a_lists_new_entry_goes_along_with_its_counter_and_no_other_entry_does),
		cmocka_unit_test(what_every_step_moves_goes_along_with_it),
		cmocka_unit_test(a_getter_that_falls_silent_is_never_intended),
		cmocka_unit_test(the_table_reads_like_this),
		cmocka_unit_test(an_amount_is_shown_with_its_unit),
		cmocka_unit_test(what_is_written_is_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
