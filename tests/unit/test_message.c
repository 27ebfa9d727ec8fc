/* Our own signed messages: the digests that ethers computes, one way to write them, whose word they are, and how many
 * owners' words there are. */
#include "src/base/hex.h"
#include "src/evm/address.h"
#include "src/gov/cosignature.h"
#include "tests/support/check.h"

/* Made by ethers 6.13.5: TypedDataEncoder.hash, and Wallet.signTypedData with the private keys 1 and 2. */
#define SAFE "0x41675C099F32341bf84BFc5382aF534df5C7461a"
#define OWNER "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
#define OWNER_2 "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF"
#define CHECKPOINT_DIGEST "f0b991b11e6bad5a768546542190b6a747102e7f343d3d29b5be1cdbe64cd4ce"
#define CHECKPOINT_SIGNATURE                                                \
	"50c9b0ee9e1abb7b14c340ea40eb5dfc5bf329111bb5271b4d5b849b4e081a00" \
	"3f38d6b16314b1afd2837d94a21e4acf473d4ebe8fada2089d2296565f0fc09f1b"
#define ADOPTION_DIGEST "76737b5f139a638983f1b32071594bd5eadce9d7c7b5b53810b5036cd0883bf1"
#define ADOPTION_SIGNATURE                                                  \
	"9fc40243f868263433d8df18abe993a51e5e1dafea6649049184fdcc004ae58e" \
	"4f755e66397d99a0a7b53f8bc09b6844739ff518f8dfd330ce7ae58599d929e01c"
#define ADOPTION_SIGNATURE_2                                                \
	"3033b0b7c8214d95e7dce1689647223c157505f5349ee59d52c457a92add0266" \
	"1e0bed11492c6c79cc114c1a09ea281a3f9f108e3c2988f299d99b05f6cc08371b"
#define RELEASES_DIGEST "ce18cd0fa7ae80e5e0dd265559d1b3f5b761a79f3dad28afbd3f18b1fa89073d"
#define RELEASES_SIGNATURE                                                  \
	"7000c24b07e9dcd868f3a65a185f2d675da48e5e1aa7bb78e864828f6480a7f0" \
	"60368786173081b20b6b15aa4d420a565fa78c5111458273b834e557e23d03411c"
#define ATTESTATION_DIGEST "fd4cbaa2938429b365a019d2074cc17c9c541cab7a5ad95aae1207455b074471"
#define ATTESTATION_SIGNATURE                                               \
	"e73f4d1d38d8c87509fa608ef36890785bc06483ce11149893954cea7bc3d6b4" \
	"67186e7067ebc27f927f529575415ad85d75d9f70e8e3dce24822859c1d46f841b"
#define SUCCESSION_DIGEST "46fed5a279dd43fbb3f7fe78c9d99f4f71c628448d51489a69141f8a8c381b30"
#define SUCCESSION_SIGNATURE                                                \
	"e2d814e30b968ee62356629dc71b25a8ad28d2605862ae1935c5fefab3d86b04" \
	"494872cfdba439212d7b929d856fc9e1d24c4b87c9913fae764a936acdc729fb1b"
#define X(n) n n n n n n n n
#define D32 X("11111111")
#define R32 X("abababab")
#define ORIGIN "setgov/84532999/log"
#define A_FILE(says, signature, type)                                                                         \
	"{\"by\":\"" OWNER "\",\"deployment\":\"" D32 "\",\"format\":\"setgov-message/1\",\"message\":{" says   \
	"},\"signature\":\"0x" signature "\",\"type\":\"" type "\"}\n"
#define CHECKPOINT                                                                                          \
	A_FILE("\"origin\":\"" ORIGIN "\",\"root\":\"0x" R32 "\",\"size\":40", CHECKPOINT_SIGNATURE, "LogCheckpoint")
#define ADOPTION                                                                                             \
	A_FILE("\"deployment\":\"0x" D32 "\",\"expires\":1795000000,\"origin\":\"" ORIGIN "\",\"policy\":\"0x"   \
	       X("22222222") "\",\"previous\":\"0x" X("33333333") "\"", ADOPTION_SIGNATURE, "PolicyAdoption")
#define RELEASES_SAY "\"deployment\":\"0x" D32 "\",\"expires\":1795000000,\"origin\":\"" ORIGIN "\",\"previous\":\"0x" \
		     X("33333333") "\",\"releases\":\"0x" X("22222222") "\""
#define RELEASES A_FILE(RELEASES_SAY, RELEASES_SIGNATURE, "ReleasesAdoption")
#define ATTESTATION                                                                                          \
	A_FILE("\"account\":\"" OWNER "\",\"change\":\"SC-7\",\"deployment\":\"0x" D32 "\",\"origin\":\"" ORIGIN \
	       "\"", ATTESTATION_SIGNATURE, "KeyAttestation")
#define SUCCESSION                                                                                           \
	A_FILE("\"newKey\":\"0x" X("44444444") "\",\"origin\":\"" ORIGIN "\",\"root\":\"0x" R32 "\",\"size\":40", \
	       SUCCESSION_SIGNATURE, "LogSuccession")

static struct deployment a_deployment(struct person owners[2])
{
	struct deployment d = { .chain_id = 84532999, .people = owners, .n_people = 2 };

	memset(d.id.b, 0x11, 32);
	assert_true(addr_parse(&d.safe, span_str(SAFE), NULL));
	owners[0] = (struct person){ .id = span_str("p1"), .owner = true };
	owners[1] = (struct person){ .id = span_str("p2"), .owner = true };
	assert_true(addr_parse(&owners[0].address, span_str(OWNER), NULL));
	assert_true(addr_parse(&owners[1].address, span_str(OWNER_2), NULL));
	return d;
}

static const struct { const char *text, *digest; } signed_texts[] = {
	{ CHECKPOINT, CHECKPOINT_DIGEST },
	{ ADOPTION, ADOPTION_DIGEST },
	{ RELEASES, RELEASES_DIGEST },
	{ ATTESTATION, ATTESTATION_DIGEST },
	{ SUCCESSION, SUCCESSION_DIGEST },
};

static void the_digest_is_the_one_that_wallets_compute(void **state)
{
	struct person owners[2];
	const struct deployment d = a_deployment(owners);

	(void)state;
	assert_int_equal(ARRAY_LEN(signed_texts), N_MESSAGE_TYPES);
	for (size_t i = 0; i < ARRAY_LEN(signed_texts); i++) {
		struct arena a = {0};
		struct err e = {0};
		struct signed_message m;
		struct hash32 digest;

		assert_ok(message_parse(&a, &m, span_str(signed_texts[i].text), &e), &e);
		message_digest(&digest, &d, &m.message);
		assert_hex(digest.b, 32, signed_texts[i].digest);
		arena_release(&a);
	}
}

static void a_message_is_one_canonical_line(void **state)
{
	struct person owners[2];
	const struct deployment d = a_deployment(owners);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(signed_texts); i++) {
		struct arena a = {0};
		struct buf again = {0};
		struct err e = {0};
		struct signed_message m;

		assert_ok(message_parse(&a, &m, span_str(signed_texts[i].text), &e), &e);
		message_write(&a, &again, &m);
		assert_buf_str(&again, signed_texts[i].text);
		assert_ok(message_check(&m, &d, &e), &e);
		buf_release(&again);
		arena_release(&a);
	}
}

/* What was signed is every field: any other value is somebody else's signature, or nobody's. */
static void every_field_is_signed(void **state)
{
	static const size_t members[] = { 3, 5, 5, 4, 4 };      /* of signed_texts */
	struct person owners[2];
	const struct deployment d = a_deployment(owners);
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(signed_texts); i++)
		for (size_t k = 0; k < MESSAGE_MEMBERS_MAX; k++) {
			struct signed_message m;
			struct hash32 was, now;

			assert_true(message_parse(&a, &m, span_str(signed_texts[i].text), NULL));
			message_digest(&was, &d, &m.message);
			if (k == 0)
				m.message.says[k].text = span_str("setgov/84532999/other");
			if (k == 2)
				m.message.says[k].text = span_str("SC-8");
			m.message.says[k].address.b[19] ^= 1;
			m.message.says[k].number++;
			m.message.says[k].hash.b[31] ^= 1;
			message_digest(&now, &d, &m.message);
			if (k < members[i]) {
				assert_memory_not_equal(was.b, now.b, 32);
				assert_false(message_check(&m, &d, NULL));
			}
		}
	arena_release(&a);
}

static void whose_word_it_is_not(void **state)
{
	struct person owners[2];
	struct deployment d = a_deployment(owners);
	struct arena a = {0};
	struct signed_message m;
	struct err e = {0};

	(void)state;
	assert_true(message_parse(&a, &m, span_str(CHECKPOINT), NULL));
	d.chain_id++;
	assert_false(message_check(&m, &d, &e));
	assert_string_equal(e.refusal, "WRONG-OWNER");
	d.chain_id--;
	d.safe.b[0] ^= 1;
	assert_false(message_check(&m, &d, &e));
	assert_string_equal(e.refusal, "WRONG-OWNER");
	d.safe.b[0] ^= 1;
	owners[0].owner = false;
	assert_false(message_check(&m, &d, &e));
	assert_err(&e, ERR_REFUSED, "[NOT-OWNER] signed by somebody who is no owner");
	owners[0].owner = true;
	m.by.owner = owners[1].address;
	assert_false(message_check(&m, &d, &e));
	assert_err(&e, ERR_REFUSED, "[WRONG-OWNER] the signature is by " OWNER ", or for another message");
	m.by.owner = owners[0].address;
	d.id.b[0] ^= 1;
	assert_false(message_check(&m, &d, &e));
	assert_err(&e, ERR_REFUSED, "[DEPLOYMENT] a message for another deployment");
	d.id.b[0] ^= 1;
	memset(m.by.sig.s, 0xff, 32);
	assert_false(message_check(&m, &d, &e));
	assert_string_equal(e.refusal, "RANGE");
	err_clear(&e);
	arena_release(&a);
}

/* The same origin, deployment, digests and time: what was signed for a policy is nobody's word for a list of
 * releases. */
static void a_signature_for_a_policy_is_none_for_releases(void **state)
{
	struct person owners[2];
	const struct deployment d = a_deployment(owners);
	struct arena a = {0};
	struct signed_message m;
	struct err e = {0};

	(void)state;
	assert_ok(message_parse(&a, &m, span_str(A_FILE(RELEASES_SAY, ADOPTION_SIGNATURE, "ReleasesAdoption")), &e),
		  &e);
	assert_false(message_check(&m, &d, &e));
	assert_string_equal(e.refusal, "WRONG-OWNER");
	err_clear(&e);
	arena_release(&a);
}

static void an_adoption_is_no_cosignature(void **state)
{
	struct arena a = {0};
	struct cosignature c;
	struct err e = {0};

	(void)state;
	assert_true(cosignature_parse(&a, &c, span_str(CHECKPOINT), NULL));
	assert_int_equal(c.head.size, 40);
	assert_false(cosignature_parse(&a, &c, span_str(ADOPTION), &e));
	assert_err(&e, ERR_REFUSED, "[TYPE] a message of the type PolicyAdoption, not a checkpoint's cosignature");
	err_clear(&e);
	arena_release(&a);
}

static struct message_signature by(const struct deployment *d, size_t person, const char *hex)
{
	struct message_signature s = { .owner = d->people[person].address };
	uint8_t bytes[65];

	assert_true(hex_bare(bytes, sizeof(bytes), span_str(hex), NULL));
	assert_true(sig_from_bytes(&s.sig, span_of(bytes, sizeof(bytes)), NULL));
	return s;
}

static void different_owners_are_counted(void **state)
{
	struct person owners[2];
	const struct deployment d = a_deployment(owners);
	const struct message_signature one = by(&d, 0, ADOPTION_SIGNATURE), two = by(&d, 1, ADOPTION_SIGNATURE_2);
	struct message_signature v[] = { one, two, one, two }, *again;
	struct arena a = {0};
	struct signed_message m;
	struct err e = {0};
	size_t n = 7;

	(void)state;
	assert_true(message_parse(&a, &m, span_str(ADOPTION), NULL));
	assert_ok(message_count(&n, &d, &m.message, v, 0, &e), &e);
	assert_int_equal(n, 0);
	assert_ok(message_count(&n, &d, &m.message, v, 4, &e), &e);
	assert_int_equal(n, 2);
	assert_ok(message_signatures_from_json(&a, &again, &n, message_signatures_to_json(&a, v, 4), &e), &e);
	assert_int_equal(n, 4);
	assert_memory_equal(again, v, sizeof(v));
	v[1].sig.v = 29;
	assert_false(message_count(&n, &d, &m.message, v, 4, &e));
	assert_string_equal(buf_cstr(&e.field), "signatures[1].signature.v");
	v[1] = two;
	v[3].owner = one.owner;
	assert_false(message_count(&n, &d, &m.message, v, 4, &e));
	assert_err(&e, ERR_REFUSED, "signatures[3]: [WRONG-OWNER] the signature is by " OWNER_2
		   ", or for another message");
	err_clear(&e);
	arena_release(&a);
}

static const struct { const char *of, *from, *to, *error; } changed[] = {
	{ CHECKPOINT, "{\"by", " {\"by", "byte 0: not canonical JSON on one line" },
	{ CHECKPOINT, "\n", "\n\n", "byte 459: not canonical JSON on one line" },
	{ CHECKPOINT, "message/1", "message/2", "format, byte 140: needed setgov-message/1" },
	{ CHECKPOINT, ORIGIN, "a b", "message.origin, byte 179: needed the name of a log" },
	{ CHECKPOINT, ORIGIN, "", "message.origin, byte 179: needed the name of a log" },
	{ CHECKPOINT, "1b\"", "\"", "signature, byte 300: a signature is 65 bytes, found 64" },
	{ CHECKPOINT, "LogCheckpoint", "Log", "type, byte 442: no type of message that is known here" },
	{ CHECKPOINT, "LogCheckpoint", "PolicyAdoption", "message.root" },
	{ CHECKPOINT, "\"size\":40", "\"size\":40.0", "message.size" },
	{ CHECKPOINT, "\"size\":40", "\"sizes\":40", "message.sizes" },
	{ CHECKPOINT, "\"size\":40", "\"size\":40,\"time\":1", "message.time" },
	{ CHECKPOINT, "\"type\"", "\"then\":1,\"type\"", "then" },
	{ ADOPTION, "1795000000", "-1", "message.expires" },
	{ ADOPTION, "\"previous\":\"0x33", "\"previous\":\"0x", "message.previous" },
	{ ADOPTION, "PolicyAdoption", "LogCheckpoint", "message.deployment" },
	{ ADOPTION, "PolicyAdoption", "ReleasesAdoption", "message.policy" },
};

static void anything_else_is_refused_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(changed); i++) {
		const char *at = strstr(changed[i].of, changed[i].from);
		struct arena a = {0};
		struct signed_message m;
		struct err e = {0};
		struct buf text = {0}, said = {0};

		assert_non_null(at);
		buf_add(&text, changed[i].of, (size_t)(at - changed[i].of));
		buf_str(&text, changed[i].to);
		buf_str(&text, at + strlen(changed[i].from));
		assert_false(message_parse(&a, &m, buf_view(&text), &e));
		err_format(&e, &said);
		if (strncmp(buf_cstr(&said), changed[i].error, strlen(changed[i].error)) != 0)
			fail_msg("\"%s\" != \"%s\"", buf_cstr(&said), changed[i].error);
		err_clear(&e);
		buf_release(&text);
		buf_release(&said);
		arena_release(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_digest_is_the_one_that_wallets_compute),
		cmocka_unit_test(a_message_is_one_canonical_line),
		cmocka_unit_test(every_field_is_signed),
		cmocka_unit_test(whose_word_it_is_not),
		cmocka_unit_test(a_signature_for_a_policy_is_none_for_releases),
		cmocka_unit_test(an_adoption_is_no_cosignature),
		cmocka_unit_test(different_owners_are_counted),
		cmocka_unit_test(anything_else_is_refused_with_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
