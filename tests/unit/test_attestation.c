/* An attestation: the digest that ethers computes, whose it is, and what it is not good for. */
#include "src/evm/address.h"
#include "src/gov/attestation.h"
#include "tests/support/check.h"

/* Made by ethers 6.13.5 with the private key 1: TypedDataEncoder.hash and SigningKey.sign. */
#define SAFE "0x41675C099F32341bf84BFc5382aF534df5C7461a"
#define ACCOUNT "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
#define DIGEST "fd4cbaa2938429b365a019d2074cc17c9c541cab7a5ad95aae1207455b074471"
#define SIGNATURE                                                           \
	"e73f4d1d38d8c87509fa608ef36890785bc06483ce11149893954cea7bc3d6b4" \
	"67186e7067ebc27f927f529575415ad85d75d9f70e8e3dce24822859c1d46f841b"
#define D32 "1111111111111111111111111111111111111111111111111111111111111111"
#define FILE_TEXT                                                                                             \
	"{\"by\":\"" ACCOUNT "\",\"deployment\":\"" D32 "\",\"format\":\"setgov-message/1\",\"message\":{"         \
	"\"account\":\"" ACCOUNT "\",\"change\":\"SC-7\",\"deployment\":\"0x" D32 "\",\"origin\":"                \
	"\"setgov/84532999/log\"},\"signature\":\"0x" SIGNATURE "\",\"type\":\"KeyAttestation\"}\n"

static bool read_text(struct arena *a, struct attestation *out, struct span text, struct err *e)
{
	struct signed_message m;
	return message_parse(a, &m, text, e) && attestation_of(out, &m, e);
}

static struct deployment a_deployment(void)
{
	struct deployment d = { .chain_id = 84532999 };
	memset(d.id.b, 0x11, 32);
	assert_true(addr_parse(&d.safe, span_str(SAFE), NULL));
	return d;
}

static void the_digest_is_the_one_that_wallets_compute(void **state)
{
	const struct deployment d = a_deployment();
	struct arena a = {0};
	struct attestation t;
	struct hash32 digest;
	(void)state;
	assert_true(read_text(&a, &t, span_str(FILE_TEXT), NULL));
	attestation_digest(&digest, &d, &t);
	assert_hex(digest.b, 32, DIGEST);
	arena_release(&a);
}

static void its_maker_need_not_be_an_owner(void **state)
{
	const struct deployment d = a_deployment();
	struct arena a = {0};
	struct attestation t;
	struct err e = {0};
	(void)state;
	assert_ok(read_text(&a, &t, span_str(FILE_TEXT), &e), &e);
	assert_ok(attestation_check(&t, &d, &e), &e);
	arena_release(&a);
}

static void a_challenge_reads_back_for_its_own_deployment(void **state)
{
	struct deployment d = a_deployment();
	struct arena a = {0};
	struct attestation t, again;
	struct buf text = {0};
	struct err e = {0};
	(void)state;
	assert_true(read_text(&a, &t, span_str(FILE_TEXT), NULL));
	json_pretty(&text, attestation_typed_data(&a, &d, &t));
	const struct json *doc = json_parse(&a, buf_view(&text), &e);
	assert_ok(doc != NULL && attestation_from_typed_data(&a, &again, doc, &d, &e), &e);
	assert_true(addr_eq(&again.account, &t.account));
	assert_true(span_eq(again.change, t.change));
	struct json *more = json_copy(&a, doc);
	json_set(more, &a, "more", json_u64(&a, 1));
	assert_false(attestation_from_typed_data(&a, &again, more, &d, NULL));
	d.id.b[0] ^= 1;
	assert_false(attestation_from_typed_data(&a, &again, json_parse(&a, buf_view(&text), NULL), &d, &e));
	assert_err(&e, ERR_MISMATCH, "not a KeyAttestation for this deployment");
	err_clear(&e);
	buf_release(&text);
	arena_release(&a);
}

static void what_it_is_not_good_for(void **state)
{
	struct deployment d = a_deployment();
	struct arena a = {0};
	struct attestation t;
	struct err e = {0};
	(void)state;
	assert_true(read_text(&a, &t, span_str(FILE_TEXT), NULL));
	t.change = span_str("SC-8");
	assert_false(attestation_check(&t, &d, &e));
	assert_string_equal(e.refusal, "POSSESSION");
	t.change = span_str("SC-7");
	t.origin = span_str("setgov/84532999/other");
	assert_false(attestation_check(&t, &d, &e));
	assert_string_equal(e.refusal, "POSSESSION");
	t.origin = span_str("setgov/84532999/log");
	d.chain_id++;
	assert_false(attestation_check(&t, &d, &e));
	assert_string_equal(e.refusal, "POSSESSION");
	d.chain_id--;
	d.id.b[0] ^= 1;
	assert_false(attestation_check(&t, &d, &e));
	assert_err(&e, ERR_REFUSED, "[DEPLOYMENT] an attestation for another deployment");
	err_clear(&e);
	arena_release(&a);
}

/* The file says twice who signs, and for which deployment. */
static void a_file_that_contradicts_itself_is_refused(void **state)
{
	struct arena a = {0};
	struct attestation t;
	struct signed_message m;
	struct err e = {0};
	(void)state;
	assert_true(message_parse(&a, &m, span_str(FILE_TEXT), NULL));
	m.by.owner.b[0] ^= 1;
	assert_false(attestation_of(&t, &m, &e));
	assert_err(&e, ERR_REFUSED, "[POSSESSION] the file is by another address than the message is about");
	m.deployment.b[0] ^= 1;
	assert_false(attestation_of(&t, &m, &e));
	assert_err(&e, ERR_REFUSED, "[DEPLOYMENT] the message is for another deployment than its file");
	m.message.type = MESSAGE_CHECKPOINT;
	assert_false(attestation_of(&t, &m, &e));
	assert_err(&e, ERR_REFUSED, "[TYPE] a message of the type LogCheckpoint, not an attestation");
	err_clear(&e);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_digest_is_the_one_that_wallets_compute),
		cmocka_unit_test(its_maker_need_not_be_an_owner),
		cmocka_unit_test(a_challenge_reads_back_for_its_own_deployment),
		cmocka_unit_test(what_it_is_not_good_for),
		cmocka_unit_test(a_file_that_contradicts_itself_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
