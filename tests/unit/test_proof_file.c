/* Proofs as files, against those that golang.org/x/mod's hashes make (tests/vectors/tlog.json): the same bytes,
 * accepted; anything else named by its byte. */
#include "tests/support/check.h"

#include "src/base/hex.h"
#include "src/proof/proof_file.h"

struct fixture {
	struct arena a;
	const struct json *doc;
	struct note_key key;
	struct span proof, growth;
	struct hash32 leaf, old_root;
};

static struct span str(const struct json *v, const char *name)
{
	struct span s;

	assert_true(json_get_str(v, name, &s, NULL));
	return s;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->doc = json_vector(&f->a, "tlog.json");
	assert_true(note_key_parse(&f->a, &f->key, str(json_find(f->doc, "keys"), "vkey"), NULL));
	f->proof = str(f->doc, "tlog_proof_499_of_1000");
	f->growth = str(f->doc, "witness_add_checkpoint_16_to_1000");
	merkle_leaf(&f->leaf, span_str("entry-499"));
	assert_true(hex_bare(f->old_root.b, 32, str(json_find(f->doc, "roots_hex"), "16"), NULL));
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	arena_release(&f->a);
	free(f);
	return 0;
}

static void a_tlog_proof_of_other_hands_is_read_and_written_again(void **state)
{
	struct fixture *f = *state;
	struct proof_file p;
	struct checkpoint c;
	struct buf again = {0};
	struct err e = {0};

	assert_ok(proof_file_parse(&f->a, &p, f->proof, &e), &e);
	assert_int_equal(p.index, 499);
	assert_span_str(p.extra, "entry-499");
	assert_int_equal(p.path.n, 10);
	assert_ok(proof_file_verify(&f->a, &p, &f->leaf, &f->key, &c, &e), &e);
	assert_int_equal(c.head.size, 1000);
	proof_file_write(&again, &p);
	assert_true(span_eq(buf_view(&again), f->proof));
	buf_release(&again);
}

static void a_proof_of_another_entry_place_or_hash_leads_elsewhere(void **state)
{
	struct fixture *f = *state;
	struct proof_file p;
	struct checkpoint c;
	struct hash32 other;

	assert_true(proof_file_parse(&f->a, &p, f->proof, NULL));
	merkle_leaf(&other, span_str("entry-498"));
	assert_false(proof_file_verify(&f->a, &p, &other, &f->key, &c, NULL));
	p.index = 498;
	assert_false(proof_file_verify(&f->a, &p, &f->leaf, &f->key, &c, NULL));
	p.index = 499;
	p.path.hash[9].b[31] ^= 1;
	assert_false(proof_file_verify(&f->a, &p, &f->leaf, &f->key, &c, NULL));
	p.path.hash[9].b[31] ^= 1;
	p.path.n--;
	assert_false(proof_file_verify(&f->a, &p, &f->leaf, &f->key, &c, NULL));
	p.path.n++;
	assert_true(proof_file_verify(&f->a, &p, &f->leaf, &f->key, &c, NULL));
}

static void a_witness_request_of_other_hands_is_read_and_written_again(void **state)
{
	struct fixture *f = *state;
	struct growth_file g;
	struct checkpoint c;
	struct buf again = {0};
	struct err e = {0};

	assert_ok(growth_file_parse(&f->a, &g, f->growth, &e), &e);
	assert_int_equal(g.old, 16);
	assert_ok(growth_file_verify(&f->a, &g, &f->old_root, &f->key, &c, &e), &e);
	assert_int_equal(c.head.size, 1000);
	growth_file_write(&again, &g);
	assert_true(span_eq(buf_view(&again), f->growth));
	assert_false(growth_file_verify(&f->a, &g, &f->leaf, &f->key, &c, NULL));
	g.old = 15;
	assert_false(growth_file_verify(&f->a, &g, &f->old_root, &f->key, &c, NULL));
	buf_release(&again);
}

static void nothing_is_the_beginning_of_everything(void **state)
{
	struct fixture *f = *state;
	struct growth_file g;
	struct checkpoint c;
	struct hash32 empty;
	struct err e = {0};

	assert_true(growth_file_parse(&f->a, &g, f->growth, NULL));
	merkle_empty(&empty);
	g.old = 0;
	assert_false(growth_file_verify(&f->a, &g, &empty, &f->key, &c, &e));
	assert_err(&e, ERR_MISMATCH, "the tree of no leaves has the root of nothing, and no proof");
	err_clear(&e);
	g.path.n = 0;
	assert_ok(growth_file_verify(&f->a, &g, &empty, &f->key, &c, &e), &e);
	assert_false(growth_file_verify(&f->a, &g, &f->old_root, &f->key, &c, NULL));
}

#define H32 "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
#define NOTE "log\n1\n" H32 "\n\xe2\x80\x94 k AAAAAAA=\n"
#define HEAD "c2sp.org/tlog-proof@v1\n"
static const struct { const char *file, *error; } malformed[] = {
	{ "", "byte 0: needed c2sp.org/tlog-proof@v1 and a newline" },
	{ "c2sp.org/tlog-proof@v2\nindex 0\n\n" NOTE, "byte 0: needed c2sp.org/tlog-proof@v1" },
	{ HEAD "index 0", "byte 23: needed \"index N\" and a newline" },
	{ HEAD "\n\n" NOTE, "byte 23: needed \"index N\"" },
	{ HEAD "index \n\n" NOTE, "byte 23: needed \"index N\"" },
	{ HEAD "index 00\n\n" NOTE, "byte 29: needed a number of at most 16 digits, without leading zeros" },
	{ HEAD "index -1\n\n" NOTE, "byte 29: not a digit" },
	{ HEAD "index 9007199254740993\n\n" NOTE, "byte 29: needed at most 2^53" },
	{ HEAD "index 1\r\n\n" NOTE, "byte 30: not a digit" },
	{ HEAD "extra AB\nindex 0\n\n" NOTE, "byte 31: base64 comes in groups of 4 characters, found 2" },
	{ HEAD "extra AAAA\nextra AAAA\nindex 0\n\n" NOTE, "byte 34: needed \"index N\"" },
	{ HEAD "index 0\nAAAA\n\n" NOTE, "byte 31: a hash is 32 bytes, found 3" },
	{ HEAD "index 0\n" H32, "byte 76: needed a hash or an empty line and a newline" },
	{ HEAD "index 0\n\n", "byte 32: needed a checkpoint" },
	{ HEAD "index 0\n\nlog\n1\n", "checkpoint, byte 38: no blank line before the signatures" },
	{ HEAD "index 0\n\nlog\nx\n" H32 "\n\xe2\x80\x94 k AAAAAAA=\n",
	  "checkpoint.size, byte 36: a size is decimal digits without leading zeros" },
};

static void malformed_proofs_name_the_byte(void **state)
{
	struct fixture *f = *state;
	struct proof_file p;
	struct growth_file g;
	struct err e = {0};

	for (size_t i = 0; i < ARRAY_LEN(malformed); i++) {
		assert_false(proof_file_parse(&f->a, &p, span_str(malformed[i].file), &e));
		assert_err(&e, e.code, malformed[i].error);
		err_clear(&e);
	}
	assert_ok(proof_file_parse(&f->a, &p, span_str(HEAD "index 0\n\n" NOTE), &e), &e);
	assert_false(growth_file_parse(&f->a, &g, span_str("index 1\n\n" NOTE), &e));
	assert_err(&e, ERR_SYNTAX, "byte 0: needed \"old N\"");
	err_clear(&e);
}

static void more_hashes_than_a_witness_takes_are_refused(void **state)
{
	struct fixture *f = *state;
	struct buf file = {0};
	struct growth_file g;
	struct err e = {0};

	buf_str(&file, "old 1\n");
	for (unsigned i = 0; i <= PROOF_WITNESS_HASHES; i++)
		buf_str(&file, H32);
	buf_str(&file, "\n" NOTE);
	assert_false(growth_file_parse(&f->a, &g, buf_view(&file), &e));
	assert_err(&e, ERR_RANGE, "byte 2841: more than 63 hashes");
	err_clear(&e);
	buf_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tlog_proof_of_other_hands_is_read_and_written_again),
		cmocka_unit_test(a_proof_of_another_entry_place_or_hash_leads_elsewhere),
		cmocka_unit_test(a_witness_request_of_other_hands_is_read_and_written_again),
		cmocka_unit_test(nothing_is_the_beginning_of_everything),
		cmocka_unit_test(malformed_proofs_name_the_byte),
		cmocka_unit_test(more_hashes_than_a_witness_takes_are_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
