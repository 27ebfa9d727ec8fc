/* The answer file: one way to write it, and everything else refused with its place. */
#include "src/gov/packet.h"
#include "tests/support/check.h"

static struct answer an_answer(enum answer_kind kind)
{
	struct answer ans = { .kind = kind, .step = STEP_EXECUTE, .has_owner = true };

	memset(ans.deployment.b, 0x11, 32);
	memset(ans.packet_digest.b, 0x22, 32);
	memset(ans.safe_tx_hash.b, 0x33, 32);
	memset(ans.owner.b, 0x44, 20);
	memset(ans.sig.r, 0x55, 32);
	memset(ans.sig.s, 0x66, 32);
	ans.sig.v = 28;
	if (kind != ANSWER_SIGNATURE)
		ans.text = span_str("the delay is not what \"we\" said");
	if (kind == ANSWER_REFUSAL)
		ans.code = span_str("CALLS");
	return ans;
}

static struct span written(struct arena *a, const struct answer *ans)
{
	struct buf b = {0};
	struct span out;

	answer_write(a, &b, ans);
	out = arena_copy(a, buf_view(&b));
	buf_release(&b);
	return out;
}

static void a_signature_is_one_canonical_line(void **state)
{
	struct arena a = {0};
	struct answer ans = an_answer(ANSWER_SIGNATURE);

	(void)state;
	ans.compared = span_str("signer");
	assert_span_str(written(&a, &ans),
		"{\"compared\":\"signer\","
		"\"deployment\":\"1111111111111111111111111111111111111111111111111111111111111111\","
		"\"format\":\"setgov-answer/1\",\"journalHead\":null,"
		"\"owner\":\"0x4444444444444444444444444444444444444444\","
		"\"packetDigest\":\"2222222222222222222222222222222222222222222222222222222222222222\","
		"\"safeTxHash\":\"0x3333333333333333333333333333333333333333333333333333333333333333\","
		"\"signature\":\"0x5555555555555555555555555555555555555555555555555555555555555555"
		"66666666666666666666666666666666666666666666666666666666666666661c\",\"step\":\"execute\"}\n");
	arena_release(&a);
}

static void check_same(const struct answer *a, const struct answer *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->step, b->step);
	assert_true(hash32_eq(&a->deployment, &b->deployment) && hash32_eq(&a->packet_digest, &b->packet_digest) &&
		    hash32_eq(&a->safe_tx_hash, &b->safe_tx_hash));
	assert_int_equal(a->has_owner, b->has_owner);
	assert_true(!a->has_owner || addr_eq(&a->owner, &b->owner));
	assert_true(span_eq(a->code, b->code) && span_eq(a->text, b->text) && span_eq(a->compared, b->compared));
	assert_int_equal(a->has_journal_head, b->has_journal_head);
	assert_true(!a->has_journal_head || hash32_eq(&a->journal_head, &b->journal_head));
	assert_int_equal(a->has_block_hash, b->has_block_hash);
	assert_true(!a->has_block_hash || hash32_eq(&a->block_hash, &b->block_hash));
}

static void round_trip(const struct answer *ans)
{
	struct arena a = {0};
	struct answer back;
	struct err e = {0};
	struct span text = written(&a, ans);

	assert_ok(answer_parse(&a, &back, text, &e), &e);
	check_same(ans, &back);
	text.n--;                                     /* without its newline */
	assert_ok(answer_parse(&a, &back, text, &e), &e);
	check_same(ans, &back);
	arena_release(&a);
}

static void every_kind_reads_back(void **state)
{
	(void)state;
	for (int kind = ANSWER_SIGNATURE; kind <= ANSWER_DECLINE; kind++) {
		struct answer ans = an_answer((enum answer_kind)kind);

		round_trip(&ans);
		ans.compared = span_str("nobody");
		ans.has_journal_head = true;
		memset(ans.journal_head.b, 0x77, 32);
		round_trip(&ans);
		ans.has_block_hash = kind == ANSWER_SIGNATURE;
		memset(ans.block_hash.b, 0x88, 32);
		round_trip(&ans);
		ans.has_owner = kind == ANSWER_SIGNATURE;     /* the others may be nobody's */
		round_trip(&ans);
	}
}

static void edited(struct arena *a, const char *from, const char *to, enum err_code code, const char *text)
{
	const struct answer ans = an_answer(ANSWER_REFUSAL);
	const char *good = arena_str(a, written(a, &ans)), *where = strstr(good, from);
	const char *bad;
	struct answer back;
	struct err e = {0};

	assert_non_null(where);
	bad = arena_fmt(a, "%.*s%s%s", (int)(where - good), good, to, where + strlen(from));
	assert_false(answer_parse(a, &back, span_str(bad), &e));
	assert_err(&e, code, text);
	err_clear(&e);
}

static void what_is_not_an_answer_is_located(void **state)
{
	struct arena a = {0};

	(void)state;
	edited(&a, "setgov-answer/1", "setgov-answer/2", ERR_UNKNOWN, "format, byte 106: needed setgov-answer/1");
	edited(&a, "\"compared\":null", "\"compared\":\"me\"", ERR_UNKNOWN,
	       "compared, byte 12: needed signer, own, nobody or null");
	edited(&a, "\"code\":\"CALLS\",", "", ERR_MISSING, "refusal.code, byte 288: missing");
	edited(&a, "\"code\":\"CALLS\"", "\"code\":\"\"", ERR_RANGE,
	       "refusal.code, byte 296: needed 1 to 32 bytes, found 0");
	edited(&a, "\"refusal\"", "\"signature\"", ERR_SYNTAX, "signature, byte 290: needed a string, found an "
							       "object");
	edited(&a, "\"compared\"", "\"decline\":{\"text\":\"x\"},\"compared\"", ERR_SYNTAX,
	       "byte 0: needed one of signature, refusal and decline, found 2");
	edited(&a, "{\"compared\"", "{ \"compared\"", ERR_SYNTAX, "byte 1: not canonical JSON on one line");
	edited(&a, "}\n", "}\n\n", ERR_SYNTAX, "byte 448: not canonical JSON on one line");
	edited(&a, "\"step\":\"execute\"", "\"step\":\"Execute\"", ERR_UNKNOWN,
	       "step, byte 438: a step is schedule, execute or cancel");
	edited(&a, "\"journalHead\":null,", "", ERR_MISSING, "journalHead, byte 0: missing");
	edited(&a, "{\"compared\"", "{\"blockHash\":\"0x00\",\"compared\"", ERR_MISMATCH,
	       "blockHash, byte 13: only a signature goes with a block's hash");
	edited(&a, "\"owner\"", "\"label\":1,\"owner\"", ERR_UNKNOWN, "label, byte 151: unknown member");
	arena_release(&a);
}

static void a_signature_without_an_owner_is_refused(void **state)
{
	struct arena a = {0};
	struct answer ans = an_answer(ANSWER_SIGNATURE), back;
	struct err e = {0};

	(void)state;
	ans.has_owner = false;
	assert_false(answer_parse(&a, &back, written(&a, &ans), &e));
	assert_err(&e, ERR_MISSING, "owner, byte 151: a signature is somebody's, found null");
	err_clear(&e);
	arena_release(&a);
}

/* Cut anywhere, or with any bit turned, it is refused or still says something else canonically: never a crash, never
 * the same answer in other bytes. */
static void no_other_bytes_say_the_same(void **state)
{
	struct arena a = {0};
	const struct answer ans = an_answer(ANSWER_DECLINE);
	const struct span good = written(&a, &ans);
	struct answer back;

	(void)state;
	for (size_t n = 0; n + 1 < good.n; n++) {
		struct err e = {0};

		assert_false(answer_parse(&a, &back, span_of(good.p, n), &e));
		assert_true(err_is_set(&e));
		err_clear(&e);
	}
	for (size_t bit = 0; bit < good.n * 8; bit++) {
		struct arena b = {0};
		uint8_t *bytes = arena_alloc(&b, good.n, 1);

		memcpy(bytes, good.p, good.n);
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (answer_parse(&b, &back, span_of(bytes, good.n), NULL))
			assert_true(span_eq(written(&b, &back), span_of(bytes, good.n)));
		arena_release(&b);
	}
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signature_is_one_canonical_line),
		cmocka_unit_test(every_kind_reads_back),
		cmocka_unit_test(what_is_not_an_answer_is_located),
		cmocka_unit_test(a_signature_without_an_owner_is_refused),
		cmocka_unit_test(no_other_bytes_say_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
