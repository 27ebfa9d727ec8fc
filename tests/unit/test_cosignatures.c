/* Lines checkpoint.cosigned are judged again when they are read: by the log's own root and by the key they name. The
 * witness is that of tests/vectors/tlog.json; the log of these lines has another root than the one it signed. */
#include "tests/support/check.h"

#include "audit-log/cosignatures.h"
#include "tests/support/logs.h"

#define WITNESS "witness.example/site-b+6a4f530c+BM0Us3+VbpUxlP9/tzs9gdzFYdYadTgJS3w+GmQ+5fOq"
#define OWNER "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"

static void add(struct log *l, struct arena *a, const char *by, const char *key, const struct hash32 *root,
		size_t bytes)
{
	struct json *body = json_object(a);
	struct line line = test_line(a, "checkpoint.cosigned", NULL, "");
	uint8_t zeros[72] = {0};
	struct err e = {0};

	zeros[31] = zeros[63] = 1;
	zeros[64] = 27;
	json_set(body, a, "by", json_str(a, by));
	json_set(body, a, "key", json_str(a, key));
	json_set(body, a, "root", json_bare(a, SPAN_HASH(root)));
	json_set(body, a, "signature", json_bare(a, span_of(zeros, bytes)));
	json_set(body, a, "size", json_u64(a, 5));
	json_set(body, a, "time", json_u64(a, 0));
	line.body = body;
	assert_ok(log_append(l, &line, &e), &e);
}

static void what_a_line_claims_is_judged_again(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = test_log_create(dir, NULL);
	const struct deployment d = { .chain_id = 1 };
	struct log_cosignatures all;
	struct hash32 root, other = {{ 1 }};
	struct err e = {0};

	(void)state;
	test_log_grow(l, 8);
	assert_true(log_root_at(l, 5, &root, NULL));
	add(l, &a, "witness", WITNESS, &other, 72);
	add(l, &a, "witness", WITNESS, &root, 72);
	add(l, &a, "owner", OWNER, &root, 65);
	assert_ok(log_cosignatures(l, &a, &all, &e), &e);
	assert_int_equal(all.n, 3);
	assert_int_equal(log_cosigned_size(&all), 5);
	assert_false(log_cosignature_judge(l, &all.v[0], &d, &e));
	assert_err(&e, ERR_MISMATCH, "line 8: vouched for another root than the log has there");
	assert_false(log_cosignature_judge(l, &all.v[1], &d, &e));
	assert_err(&e, ERR_CRYPTO, "line 9: signature 1, by witness.example/site-b, does not verify");
	assert_false(log_cosignature_judge(l, &all.v[2], &d, &e));
	assert_int_equal(e.code, ERR_CRYPTO);
	err_clear(&e);
	log_release(l);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_line_claims_is_judged_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
