/* Changes folded from log lines, their states, and the transactions of their steps. */
#include "src/gov/change.h"
#include "tests/support/check.h"

#define H(c) c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c
#define A(c) "0x" c c c c c c c c c c c c c c c c c c c c
#define DRAFT \
	"\"title\":\"T\",\"reason\":\"R\",\"ticket\":\"\",\"category\":\"\",\"impact\":\"\",\"rollback\":\"\"," \
	"\"attachments\":[{\"name\":\"a.pdf\",\"sha256\":\"" H("ab") "\"}],\"actions\":[{\"action\":\"x\",\"args\":{}}]"
#define FROZEN(route, delay, calls) \
	"{" DRAFT ",\"route\":\"" route "\",\"delay\":" delay ",\"after\":null,\"calls\":[" calls "]," \
	"\"predecessor\":\"0x" H("00") "\",\"deployment\":\"" H("11") "\",\"catalogue\":\"" H("22") "\"," \
	"\"abi\":\"" H("33") "\",\"policy\":null}"
#define CALL(data, value) "{\"data\":\"0x" data "\",\"to\":\"" A("77") "\",\"value\":\"" value "\"}"

struct fold {
	struct arena a;
	struct change c;
	uint64_t seq;
	struct err e;
};

static bool apply(struct fold *f, const char *kind, const char *body)
{
	struct line l = { .seq = f->seq++, .kind = span_str(kind), .change = span_str("SC-7") };

	l.body = json_parse(&f->a, span_str(arena_str(&f->a, span_str(body))), &f->e);
	assert_ok(l.body != NULL, &f->e);
	return change_apply(&f->a, &f->c, &l, &f->e);
}

static void must(struct fold *f, const char *kind, const char *body)
{
	assert_ok(apply(f, kind, body), &f->e);
}

static void end(struct fold *f)
{
	err_clear(&f->e);
	arena_release(&f->a);
}

static const char *hex(struct arena *a, const struct hash32 *h)
{
	struct buf b = {0};
	const char *out;

	buf_0xhex(&b, SPAN_HASH(h));
	out = arena_str(a, buf_view(&b));
	buf_release(&b);
	return out;
}

/* A proposal with two calls at line 5, planned. */
static struct fold proposed(void)
{
	struct fold f = { .seq = 4 };
	struct operation op;
	struct hash32 id;

	must(&f, "change.drafted", "{" DRAFT ",\"route\":\"timelock\",\"delay\":60,\"after\":\"SC-3\"}");
	must(&f, "change.proposed", FROZEN("timelock", "86400", CALL("1234", "5") "," CALL("", "7")));
	memset(f.c.root.b, 0x5a, 32);
	op = change_operation(&f.c);
	timelock_id(&id, &op);
	must(&f, "operation.planned", arena_fmt(&f.a, "{\"operation\":\"%s\",\"salt\":\"0x" H("5a") "\",\"size\":6}",
						hex(&f.a, &id)));
	return f;
}

static void pack(struct fold *f, const char *step, unsigned nonce, const char *hash)
{
	must(f, "step.packed", arena_fmt(&f->a,
		"{\"core\":\"" H("c0") "\",\"evidence\":null,\"nonce\":%u,\"packet\":\"" H("c1")
		"\",\"safeTxHash\":\"0x%s\",\"step\":\"%s\",\"supersedes\":null}", nonce, hash, step));
}

static void add_signature(struct fold *f, const char *step, const char *owner, const char *hash)
{
	must(f, "signature.added", arena_fmt(&f->a,
					     "{\"compared\":null,\"journalHead\":null,\"owner\":\"%s\",\"packet\":null,"
		"\"safeTxHash\":\"0x%s\",\"signature\":\"" H("dd") "\",\"step\":\"%s\"}", owner, hash, step));
}

static void a_proposal_is_read_and_written_alike(void **state)
{
	static const char *const bodies[] = {
		FROZEN("timelock", "86400", CALL("1234", "5") "," CALL("", "7")),
		FROZEN("direct", "0", CALL("1234", "5")),
	};
	struct arena a = {0};
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		const struct json *body = json_parse(&a, span_str(bodies[i]), &e);
		struct proposal p;

		assert_ok(proposal_from_json(&a, &p, body, true, &e), &e);
		assert_true(json_same(proposal_to_json(&a, &p, true), body));
	}
	arena_release(&a);
}

static void proposals_are_read_strictly(void **state)
{
	static const struct { const char *body; bool frozen; enum err_code code; const char *text; } cases[] = {
		{ "{}", false, ERR_MISSING, "title, byte 0: missing" },
		{ "{" DRAFT ",\"route\":\"x\",\"delay\":0,\"after\":null}", false, ERR_UNKNOWN,
		  "route, byte 232: a route is timelock or direct" },
		{ "{" DRAFT ",\"route\":\"direct\",\"delay\":5,\"after\":null}", false, ERR_RANGE,
		  "delay, byte 249: must be 0 on route direct" },
		{ "{" DRAFT ",\"route\":\"timelock\",\"delay\":5,\"after\":\"7\"}", false, ERR_SYNTAX,
		  "after, byte 261: needed a change like SC-7" },
		{ "{" DRAFT ",\"route\":\"timelock\",\"delay\":5,\"after\":null,\"nonce\":1}", false, ERR_UNKNOWN,
		  "nonce, byte 274: unknown member" },
		{ FROZEN("direct", "0", CALL("", "0") "," CALL("", "0")), true, ERR_RANGE,
		  "calls, byte 272: needed one call, found 2" },
		{ FROZEN("timelock", "0", ""), true, ERR_RANGE,
		  "calls, byte 274: needed at least one call, found 0" },
		{ FROZEN("timelock", "0", CALL("1", "0")), true, ERR_SYNTAX,
		  "calls[0].data, byte 287: odd number of hex digits: 1" },
	};
	struct arena a = {0};
	struct err e = {0};
	struct proposal p;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct json *body = json_parse(&a, span_str(cases[i].body), &e);

		assert_ok(body != NULL, &e);
		assert_false(proposal_from_json(&a, &p, body, cases[i].frozen, &e));
		assert_err(&e, cases[i].code, cases[i].text);
	}
	err_clear(&e);
	arena_release(&a);
}

static void an_operation_that_the_calls_do_not_make_is_refused(void **state)
{
	struct fold f = { .seq = 5 };

	(void)state;
	must(&f, "change.proposed", FROZEN("timelock", "86400", CALL("1234", "5")));
	assert_false(apply(&f, "operation.planned",
			   "{\"operation\":\"0x" H("01") "\",\"salt\":\"0x" H("5a") "\",\"size\":6}"));
	assert_err(&f.e, ERR_MISMATCH, "line 6 (operation.planned).operation: differs from the id of the calls, "
				       "predecessor "
		   "and salt");
	assert_false(apply(&f, "operation.planned",
			   "{\"operation\":\"0x" H("01") "\",\"salt\":\"0x" H("5a") "\",\"size\":7}"));
	assert_err(&f.e, ERR_MISMATCH, "line 7 (operation.planned).size: found 7, computed 6");
	assert_false(apply(&f, "change.proposed", FROZEN("direct", "0", CALL("", "0"))));
	assert_err(&f.e, ERR_MISMATCH, "line 8 (change.proposed): proposed again: line 5 froze it");
	end(&f);
}

static void signatures_count_for_the_packed_hash_only(void **state)
{
	const struct chain_facts chain = { .known = true, .safe_nonce = 9, .threshold = 2 };
	struct fold f = proposed();

	(void)state;
	assert_int_equal(step_state_of(&f.c, STEP_SCHEDULE, &chain), STEP_NONE);
	add_signature(&f, "schedule", A("01"), H("aa"));      /* of a step that is not packed */
	pack(&f, "schedule", 9, H("aa"));
	assert_int_equal(step_state_of(&f.c, STEP_SCHEDULE, &chain), STEP_UNSIGNED);
	add_signature(&f, "schedule", A("01"), H("aa"));
	add_signature(&f, "schedule", A("01"), H("aa"));      /* the same owner again */
	add_signature(&f, "schedule", A("02"), H("bb"));      /* for another hash */
	assert_int_equal(f.c.steps[STEP_SCHEDULE].n_signatures, 1);
	assert_int_equal(step_state_of(&f.c, STEP_SCHEDULE, &chain), STEP_PARTLY_SIGNED);
	pack(&f, "schedule", 9, H("aa"));                     /* --refresh: the hash stays */
	add_signature(&f, "schedule", A("02"), H("aa"));
	assert_int_equal(step_state_of(&f.c, STEP_SCHEDULE, &chain), STEP_COMPLETE);
	pack(&f, "schedule", 10, H("cc"));
	assert_int_equal(f.c.steps[STEP_SCHEDULE].n_signatures, 0);
	end(&f);
}

static void a_step_goes_stale_with_its_nonce(void **state)
{
	const struct chain_facts at9 = { .known = true, .safe_nonce = 9, .threshold = 2 },
				 at10 = { .known = true, .safe_nonce = 10, .threshold = 2 }, unknown = {0};
	struct fold f = proposed();

	(void)state;
	pack(&f, "schedule", 9, H("aa"));
	add_signature(&f, "schedule", A("01"), H("aa"));
	assert_true(step_is_open(&f.c, STEP_SCHEDULE, &at9));
	assert_true(step_is_open(&f.c, STEP_SCHEDULE, &unknown));
	assert_false(step_is_open(&f.c, STEP_SCHEDULE, &at10));
	assert_int_equal(step_state_of(&f.c, STEP_SCHEDULE, &at10), STEP_STALE);
	assert_false(step_is_loose(&f.c, STEP_SCHEDULE, &at9));
	end(&f);
}

/* By the line of its signature, or by one of its own when the evidence was made anew. */
static void who_had_a_block_s_hash_is_kept_for_the_packed_hash(void **state)
{
	struct fold f = proposed();
	const struct step *s = &f.c.steps[STEP_SCHEDULE];
	static const char vouched[] = "{\"blockHash\":\"0x%s\",\"owner\":\"%s\",\"packet\":null,"
				      "\"safeTxHash\":\"0x%s\",\"signature\":\"" H("dd") "\",\"step\":\"schedule\"}";

	(void)state;
	pack(&f, "schedule", 4, H("aa"));
	must(&f, "signature.added", arena_fmt(&f.a, vouched, H("01"), A("01"), H("aa")));
	must(&f, "block.vouched", arena_fmt(&f.a, vouched, H("02"), A("01"), H("aa")));
	must(&f, "block.vouched", arena_fmt(&f.a, vouched, H("03"), A("02"), H("bb")));     /* another hash */
	add_signature(&f, "schedule", A("03"), H("aa"));                                 /* had none */
	assert_int_equal(s->n_signatures, 2);
	assert_int_equal(s->n_vouchers, 2);
	assert_int_equal(s->vouchers[0].block.b[0], 1);
	assert_int_equal(s->vouchers[1].block.b[0], 2);
	pack(&f, "schedule", 5, H("bb"));
	assert_int_equal(s->n_vouchers, 0);
	end(&f);
}

static void an_upgrade_and_its_rollback_know_each_other(void **state)
{
	struct fold f = proposed();

	(void)state;
	must(&f, "upgrade.linked", "{\"previous\":{\"registry\":\"0x00\"},\"rollback\":\"SC-9\",\"rollbackOf\":null}");
	assert_span_str(f.c.rollback, "SC-9");
	assert_int_equal(f.c.rollback_of.n, 0);
	must(&f, "upgrade.linked", "{\"previous\":{},\"rollback\":null,\"rollbackOf\":\"SC-3\"}");
	assert_span_str(f.c.rollback_of, "SC-3");
	end(&f);
}

static void a_withdrawn_change_with_a_signature_is_loose(void **state)
{
	const struct chain_facts at9 = { .known = true, .safe_nonce = 9, .threshold = 2 },
				 at10 = { .known = true, .safe_nonce = 10, .threshold = 2 }, unknown = {0};
	struct fold f = proposed();

	(void)state;
	pack(&f, "schedule", 9, H("aa"));
	must(&f, "change.withdrawn", "{\"reason\":\"no\"}");
	assert_int_equal(change_state_of(&f.c, &at9), CHANGE_WITHDRAWN);
	assert_false(step_is_loose(&f.c, STEP_SCHEDULE, &at9));       /* nobody signed it */
	assert_false(step_is_open(&f.c, STEP_SCHEDULE, &at9));
	add_signature(&f, "schedule", A("01"), H("aa"));
	assert_true(step_is_loose(&f.c, STEP_SCHEDULE, &at9));
	assert_true(step_is_loose(&f.c, STEP_SCHEDULE, &unknown));
	assert_false(step_is_loose(&f.c, STEP_SCHEDULE, &at10));
	pack(&f, "cancel", 9, H("bb"));                               /* what stops it is not withdrawn */
	assert_true(step_is_open(&f.c, STEP_CANCEL, &at9));
	end(&f);
}

static const char *submitted(struct fold *f, const char *step, const char *tx)
{
	must(f, "submit.intended", arena_fmt(&f->a,
		"{\"step\":\"%s\",\"sender\":\"" A("09") "\",\"txHash\":\"0x%s\",\"nonce\":3,"
		"\"raw\":\"" H("ee") "\"}", step, tx));
	return tx;
}

static void receipt(struct fold *f, const char *kind, const char *step, const char *tx)
{
	must(f, kind, arena_fmt(&f->a, "{\"step\":\"%s\",\"txHash\":\"0x%s\",\"block\":20,\"blockTime\":1000}",
				step, tx));
}

static void a_change_goes_through_its_states(void **state)
{
	struct chain_facts chain = { .known = true, .safe_nonce = 9, .threshold = 1, .block_time = 1000 };
	const struct chain_facts unknown = {0};
	struct fold f = proposed();

	(void)state;
	assert_int_equal(change_state_of(&f.c, &chain), CHANGE_PROPOSED);
	pack(&f, "schedule", 9, H("aa"));
	add_signature(&f, "schedule", A("01"), H("aa"));
	submitted(&f, "schedule", H("f1"));
	assert_int_equal(step_state_of(&f.c, STEP_SCHEDULE, &chain), STEP_SUBMITTED);
	receipt(&f, "step.failed", "schedule", H("f1"));
	assert_int_equal(step_state_of(&f.c, STEP_SCHEDULE, &chain), STEP_FAILED);
	assert_true(step_is_loose(&f.c, STEP_SCHEDULE, &chain));
	submitted(&f, "schedule", H("f2"));
	assert_int_equal(step_state_of(&f.c, STEP_SCHEDULE, &chain), STEP_SUBMITTED);
	must(&f, "submit.rejected",
	     "{\"step\":\"schedule\",\"txHash\":\"0x" H("f2") "\",\"code\":\"X\",\"text\":\"x\"}");
	assert_int_equal(step_state_of(&f.c, STEP_SCHEDULE, &chain), STEP_COMPLETE);
	submitted(&f, "schedule", H("f3"));
	receipt(&f, "step.mined", "schedule", H("f3"));
	chain.safe_nonce = 10;
	assert_int_equal(step_state_of(&f.c, STEP_SCHEDULE, &chain), STEP_MINED);
	assert_false(step_is_loose(&f.c, STEP_SCHEDULE, &chain));
	chain.operation_timestamp = 2000;
	assert_int_equal(change_state_of(&f.c, &chain), CHANGE_SCHEDULED);
	assert_int_equal(change_state_of(&f.c, &unknown), CHANGE_SCHEDULED);
	chain.block_time = 2000;
	assert_int_equal(change_state_of(&f.c, &chain), CHANGE_READY);
	assert_true(change_state_is_open(CHANGE_READY));
	chain.operation_timestamp = 0;                /* cancelled by somebody else */
	assert_int_equal(change_state_of(&f.c, &chain), CHANGE_CANCELLED);
	assert_false(change_state_is_open(CHANGE_CANCELLED));
	chain.operation_timestamp = 1;
	assert_int_equal(change_state_of(&f.c, &chain), CHANGE_EXECUTED);
	receipt(&f, "step.mined", "execute", H("f4"));
	assert_int_equal(change_state_of(&f.c, &unknown), CHANGE_EXECUTED);
	must(&f, "change.verified", "{\"ok\":true,\"reads\":[]}");
	assert_true(f.c.verified);
	end(&f);
}

static void refusals_and_declines_are_kept(void **state)
{
	struct fold f = proposed();

	(void)state;
	must(&f, "answer.refused",
	     "{\"step\":\"cancel\",\"safeTxHash\":\"0x" H("aa") "\",\"owner\":null,\"code\":\"CALLS\","
	     "\"text\":\"differ\"}");
	must(&f, "answer.declined",
	     "{\"step\":\"cancel\",\"safeTxHash\":\"0x" H("aa") "\",\"owner\":\"" A("01") "\",\"text\":\"no\"}");
	must(&f, "something.newer", "{\"step\":7}");
	assert_int_equal(f.c.steps[STEP_CANCEL].n_notes, 2);
	assert_false(f.c.steps[STEP_CANCEL].notes[0].declined);
	assert_span_str(f.c.steps[STEP_CANCEL].notes[0].code, "CALLS");
	assert_true(f.c.steps[STEP_CANCEL].notes[1].declined);
	assert_span_str(f.c.steps[STEP_CANCEL].notes[1].owner_text, A("01"));
	assert_false(apply(&f, "answer.declined", "{\"step\":\"cancle\",\"text\":\"no\"}"));
	assert_err(&f.e, ERR_UNKNOWN, "line 10 (answer.declined).step, byte 8: a step is schedule, execute or "
				      "cancel");
	end(&f);
}

/* ---- transactions ---- */

static struct safe_tx step_tx(struct fold *f, const struct deployment *d, enum step_kind s)
{
	struct safe_tx tx;

	assert_ok(change_step_tx(&f->a, &tx, d, &f->c.proposal, &f->c.root, s, 4, &f->e), &f->e);
	return tx;
}

static void steps_go_through_the_timelock(void **state)
{
	const struct deployment d = { .timelock = { { 1, 2, 3 } } };
	struct fold f = proposed();
	struct timelock_call call;
	struct u256 sum = u256_from_u64(12), delay = u256_from_u64(86400);

	(void)state;
	for (int s = 0; s < N_STEPS; s++) {
		const struct safe_tx tx = step_tx(&f, &d, (enum step_kind)s);

		assert_true(addr_eq(&tx.to, &d.timelock));
		assert_int_equal(u256_cmp(&tx.value, s == STEP_EXECUTE ? &sum : &(struct u256){0}), 0);
		assert_ok(safe_tx_is_plain(&tx, &f.e), &f.e);
		assert_ok(timelock_parse(&f.a, &call, tx.data, &f.e), &f.e);
		assert_true(hash32_eq(&call.id, &f.c.operation));
		assert_true(s != STEP_SCHEDULE || u256_cmp(&call.delay, &delay) == 0);
	}
	end(&f);
}

static void a_direct_change_is_its_call(void **state)
{
	const struct deployment d = { .timelock = { { 1, 2, 3 } } };
	struct fold f = { .seq = 5 };
	struct u256 five = u256_from_u64(5);
	struct safe_tx tx;

	(void)state;
	must(&f, "change.proposed", FROZEN("direct", "0", CALL("1234", "5")));
	tx = step_tx(&f, &d, STEP_EXECUTE);
	assert_int_equal(tx.to.b[0], 0x77);
	assert_hex(tx.data.p, tx.data.n, "1234");
	assert_int_equal(u256_cmp(&tx.value, &five), 0);
	assert_false(change_step_tx(&f.a, &tx, &d, &f.c.proposal, &f.c.root, STEP_CANCEL, 4, &f.e));
	assert_err(&f.e, ERR_RANGE, "a direct change has no step cancel");
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proposal_is_read_and_written_alike),
		cmocka_unit_test(proposals_are_read_strictly),
		cmocka_unit_test(an_operation_that_the_calls_do_not_make_is_refused),
		cmocka_unit_test(signatures_count_for_the_packed_hash_only),
		cmocka_unit_test(a_step_goes_stale_with_its_nonce),
		cmocka_unit_test(who_had_a_block_s_hash_is_kept_for_the_packed_hash),
		cmocka_unit_test(an_upgrade_and_its_rollback_know_each_other),
		cmocka_unit_test(a_withdrawn_change_with_a_signature_is_loose),
		cmocka_unit_test(a_change_goes_through_its_states),
		cmocka_unit_test(refusals_and_declines_are_kept),
		cmocka_unit_test(steps_go_through_the_timelock),
		cmocka_unit_test(a_direct_change_is_its_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
