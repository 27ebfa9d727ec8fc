/* A call, as every page draws it. */
#include "tests/support/check.h"
#include "tui/console/calls.h"

#define TO "0x7272727272727272727272727272727272727272"

static void assert_drawn(const struct shown_call *c, const char *text)
{
	struct paper p;
	struct buf b = {0};
	paper_init(&p, 80, false);
	calls_draw(c, &p);
	paper_text(&p, &b);
	assert_buf_str(&b, text);
	buf_release(&b);
	paper_release(&p);
}

static void calls_inside_a_call_are_drawn_with_target_and_value(void **state)
{
	const struct explained_arg who = { "who", "address", TO, "registry" }, on = { "on", "bool", "true", NULL };
	const struct explained_call inside = {
		.contract = "registry", .function = span_str("set(bool)"), .args = &on, .n_args = 1,
		.value = u256_from_u64(5),
	};
	const struct explained_call outside = {
		.contract = "timelock", .function = span_str("run(address)"), .args = &who, .n_args = 1,
		.inner = &inside, .n_inner = 1,
	};
	const struct shown_call c = { .number = 2, .label = "timelock", .to = TO, .value = "1 wei",
				      .explained = &outside, .data = "0x1234" };
	(void)state;
	assert_drawn(&c, "  2. timelock " TO "\n"
			 "    run(address)\n"
			 "      who = " TO " (registry)\n"
			 "      in it: registry 0x0000000000000000000000000000000000000000\n"
			 "        set(bool)\n"
			 "          on = true\n"
			 "        sends 5 wei\n"
			 "    sends 1 wei\n"
			 "    calldata 0x1234\n");
}

static void what_cannot_be_read_says_why(void **state)
{
	const struct shown_call c = { .number = 1, .to = TO, .trouble = "no ABI has selector 0xdeadbeef",
				      .data = "0xdeadbeef" };
	(void)state;
	assert_drawn(&c, "  1. " TO "\n"
			 "    ! NOT READABLE: no ABI has selector 0xdeadbeef\n"
			 "    calldata 0xdeadbeef\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_inside_a_call_are_drawn_with_target_and_value),
		cmocka_unit_test(what_cannot_be_read_says_why),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
