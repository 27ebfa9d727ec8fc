/* An owner's cosignature: the digest that ethers computes, one way to write it, and whose word it is. */
#include "src/evm/address.h"
#include "src/gov/cosignature.h"
#include "tests/support/check.h"

/* Made by ethers 6.13.5 with the private key 1: TypedDataEncoder.hash and SigningKey.sign. */
#define SAFE "0x41675C099F32341bf84BFc5382aF534df5C7461a"
#define OWNER "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
#define DIGEST "f0b991b11e6bad5a768546542190b6a747102e7f343d3d29b5be1cdbe64cd4ce"
#define SIGNATURE                                                           \
	"50c9b0ee9e1abb7b14c340ea40eb5dfc5bf329111bb5271b4d5b849b4e081a00" \
	"3f38d6b16314b1afd2837d94a21e4acf473d4ebe8fada2089d2296565f0fc09f1b"
#define D32 "1111111111111111111111111111111111111111111111111111111111111111"
#define R32 "abababababababababababababababababababababababababababababababab"
#define FILE_TEXT                                                                                      \
	"{\"deployment\":\"" D32 "\",\"format\":\"setgov-cosignature/1\",\"origin\":\"setgov/84532999/log\"," \
	"\"owner\":\"" OWNER "\",\"root\":\"" R32 "\",\"signature\":\"0x" SIGNATURE "\",\"size\":40}\n"

static struct deployment a_deployment(struct person *owner)
{
	struct deployment d = { .chain_id = 84532999, .people = owner, .n_people = 1 };

	memset(d.id.b, 0x11, 32);
	assert_true(addr_parse(&d.safe, span_str(SAFE), NULL));
	*owner = (struct person){ .id = span_str("p1"), .owner = true };
	assert_true(addr_parse(&owner->address, span_str(OWNER), NULL));
	return d;
}

static void the_digest_is_the_one_that_wallets_compute(void **state)
{
	struct person owner;
	const struct deployment d = a_deployment(&owner);
	struct tree_head head = { .size = 40 };
	struct hash32 digest;

	(void)state;
	memset(head.root.b, 0xab, 32);
	cosignature_digest(&digest, &d, span_str("setgov/84532999/log"), &head);
	assert_hex(digest.b, 32, DIGEST);
}

static void a_cosignature_is_one_canonical_line(void **state)
{
	struct person owner;
	const struct deployment d = a_deployment(&owner);
	struct arena a = {0};
	struct cosignature c;
	struct buf again = {0};
	struct err e = {0};

	(void)state;
	assert_ok(cosignature_parse(&a, &c, span_str(FILE_TEXT), &e), &e);
	assert_int_equal(c.head.size, 40);
	cosignature_write(&a, &again, &c);
	assert_buf_str(&again, FILE_TEXT);
	assert_ok(cosignature_check(&c, &d, &e), &e);
	buf_release(&again);
	arena_release(&a);
}

static void whose_word_it_is_not(void **state)
{
	struct person owner;
	struct deployment d = a_deployment(&owner);
	struct arena a = {0};
	struct cosignature c;
	struct err e = {0};

	(void)state;
	assert_true(cosignature_parse(&a, &c, span_str(FILE_TEXT), NULL));
	c.head.size++;
	assert_false(cosignature_check(&c, &d, &e));
	assert_string_equal(e.refusal, "WRONG-OWNER");
	c.head.size--;
	d.chain_id++;
	assert_false(cosignature_check(&c, &d, &e));
	assert_string_equal(e.refusal, "WRONG-OWNER");
	d.chain_id--;
	owner.owner = false;
	assert_false(cosignature_check(&c, &d, &e));
	assert_err(&e, ERR_REFUSED, "[NOT-OWNER] signed by somebody who is no owner");
	owner.owner = true;
	d.id.b[0] ^= 1;
	assert_false(cosignature_check(&c, &d, &e));
	assert_err(&e, ERR_REFUSED, "[DEPLOYMENT] a cosignature for another deployment");
	d.id.b[0] ^= 1;
	memset(c.sig.s, 0xff, 32);
	assert_false(cosignature_check(&c, &d, &e));
	assert_string_equal(e.refusal, "RANGE");
	err_clear(&e);
	arena_release(&a);
}

static const struct { const char *from, *to, *error; } changed[] = {
	{ "{\"deployment", " {\"deployment", "byte 0: not canonical JSON on one line" },
	{ "\n", "\n\n", "byte 429: not canonical JSON on one line" },
	{ "cosignature/1", "cosignature/2", "format, byte 90: needed setgov-cosignature/1" },
	{ "setgov/84532999/log", "a b", "origin, byte 122: needed the name of a log" },
	{ "setgov/84532999/log", "", "origin, byte 122: needed the name of a log" },
	{ "1b\"", "\"", "signature, byte 283: a signature is 65 bytes, found 64" },
	{ "\"size\":40", "\"size\":40.0", "size" },
	{ "\"size\":40", "\"sizes\":40", "sizes" },
	{ "\"size\":40", "\"size\":40,\"time\":1", "time" },
};

static void anything_else_is_refused_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(changed); i++) {
		const char *at = strstr(FILE_TEXT, changed[i].from);
		struct arena a = {0};
		struct cosignature c;
		struct err e = {0};
		struct buf text = {0}, said = {0};

		assert_non_null(at);
		buf_add(&text, FILE_TEXT, (size_t)(at - FILE_TEXT));
		buf_str(&text, changed[i].to);
		buf_str(&text, at + strlen(changed[i].from));
		assert_false(cosignature_parse(&a, &c, buf_view(&text), &e));
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
		cmocka_unit_test(a_cosignature_is_one_canonical_line),
		cmocka_unit_test(whose_word_it_is_not),
		cmocka_unit_test(anything_else_is_refused_with_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
