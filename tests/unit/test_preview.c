/* Replies of simulations and traces, in the shapes of two clients (tests/vectors/chain/simulate.json). */
#include "tests/support/check.h"

#include "src/chain/preview.h"

static void asked(struct arena *a, struct preview_sim *p)
{
	p->n_blocks = 2;
	p->blocks = ARENA_ARRAY(a, struct preview_block, 2);
	p->blocks[0].n = 1;
	p->blocks[1].n = 3;
	for (size_t i = 0; i < 2; i++)
		p->blocks[i].calls = ARENA_ARRAY(a, struct preview_call, p->blocks[i].n);
}

static void check_client(const char *client)
{
	struct arena a = {0};
	struct preview_sim p = {0};
	struct err e = {0};
	const struct json *doc = json_vector(&a, "chain/simulate.json");

	asked(&a, &p);
	assert_ok(preview_read_simulation(&a, &p, json_find(doc, client), &e), &e);
	assert_false(p.blocks[0].calls[0].ok);
	assert_hex(p.blocks[0].calls[0].output.p, 4, "118cdaa7");
	assert_true(p.blocks[1].calls[0].ok && p.blocks[1].calls[1].ok && p.blocks[1].calls[2].ok);
	assert_int_equal(p.blocks[1].calls[2].output.p[31], 1);
	assert_int_equal(p.blocks[1].calls[1].n_logs, 1);
	assert_int_equal(p.blocks[1].calls[1].logs[0].topic_count, 2);
	arena_release(&a);
}

static void both_clients_replies_mean_the_same(void **state)
{
	(void)state;
	check_client("anvil");
	check_client("geth");
}

static void check_refused(const char *text, const char *expected)
{
	struct arena a = {0};
	struct preview_sim p = {0};
	struct err e = {0};

	asked(&a, &p);
	assert_false(preview_read_simulation(&a, &p, json_parse(&a, span_str(text), NULL), &e));
	assert_err(&e, ERR_CHAIN, expected);
	err_clear(&e);
	arena_release(&a);
}

static void a_reply_of_another_shape_is_refused(void **state)
{
	(void)state;
	check_refused("{}", "a list of blocks was needed");
	check_refused("[]", "2 blocks were needed, found 0");
	check_refused("[{\"calls\":[{},{}]}]", "[0].calls: 1 results were needed");
	check_refused("[{\"calls\":[{\"status\":\"0x1\",\"returnData\":\"0x0\"}]}]",
		      "[0].calls[0].returnData, byte 3: odd number of hex digits: 1");
	check_refused("[{\"calls\":[{}]}]", "[0].calls[0].status: a string of hex digits was needed, found nothing");
}

static const struct preview_change *change_of(const struct preview *p, uint8_t last)
{
	for (size_t i = 0; i < p->n_changes; i++) {
		if (p->changes[i].slot.b[31] == last)
			return &p->changes[i];
	}
	return NULL;
}

static void a_slot_that_becomes_zero_is_only_in_pre_and_one_that_was_only_in_post(void **state)
{
	struct arena a = {0};
	struct preview p = {0};
	struct err e = {0};

	(void)state;
	assert_ok(preview_read_trace(&a, &p, json_find(json_vector(&a, "chain/simulate.json"), "trace"), &e), &e);
	assert_int_equal(p.n_changes, 3);
	assert_int_equal(change_of(&p, 5)->before.b[31], 1);
	assert_true(hash32_is_zero(&change_of(&p, 5)->after));
	assert_int_equal(change_of(&p, 8)->before.b[31], 2);
	assert_int_equal(change_of(&p, 8)->after.b[31], 3);
	assert_true(hash32_is_zero(&change_of(&p, 0x11)->before));
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_clients_replies_mean_the_same),
		cmocka_unit_test(a_reply_of_another_shape_is_refused),
		cmocka_unit_test(a_slot_that_becomes_zero_is_only_in_pre_and_one_that_was_only_in_post),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
