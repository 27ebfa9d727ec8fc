/* Signed notes and checkpoints against golang.org/x/mod/sumdb/note (tests/vectors/tlog.json). */
#include "tests/support/check.h"

#include "src/base/base64.h"
#include "src/base/hex.h"
#include "src/proof/note.h"

#define LOG_NAME "console.example/changelog"
#define LOG_VKEY LOG_NAME "+0af78284+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"

static struct span str(const struct json *v, const char *name)
{
	struct span s;

	assert_true(json_get_str(v, name, &s, NULL));
	return s;
}

static struct note_key log_key(struct arena *a)
{
	struct note_key key;
	struct err e = {0};

	assert_ok(note_key_parse(a, &key, span_str(LOG_VKEY), &e), &e);
	return key;
}

static void keys_are_read_and_written(void **state)
{
	struct arena a = {0};
	const struct json *keys = json_find(json_vector(&a, "tlog.json"), "keys");
	const struct span seed_hex = str(keys, "seed_hex");
	struct note_key key, again;
	uint8_t seed[32], back[32];
	struct buf text = {0};
	struct err e = {0};

	(void)state;
	assert_true(hex_bare(seed, 32, seed_hex, NULL));
	key = note_key_of_seed(&a, str(keys, "log_name"), seed);
	note_key_format(&text, &key);
	assert_buf_str(&text, LOG_VKEY);
	assert_span_str(str(keys, "vkey"), LOG_VKEY);
	assert_hex(key.id, 4, "0af78284");
	buf_clear(&text);
	note_seed_format(&text, str(keys, "log_name"), seed);
	assert_true(span_eq(buf_view(&text), str(keys, "skey_x_mod")));
	assert_ok(note_seed_parse(&a, &again, back, buf_view(&text), &e), &e);
	assert_memory_equal(seed, back, 32);
	assert_true(span_eq(again.public_key, key.public_key));
	assert_ok(note_key_parse(&a, &again, str(keys, "witness_vkey"), &e), &e);
	assert_int_equal(again.type, NOTE_COSIGNATURE);
	buf_release(&text);
	arena_release(&a);
}

static void a_note_of_the_specification_verifies(void **state)
{
	struct arena a = {0};
	const struct json *example = json_find(json_vector(&a, "tlog.json"), "c2sp_spec_example");
	struct note_key key;
	struct note n;
	struct err e = {0};

	(void)state;
	assert_ok(note_key_parse(&a, &key, str(example, "vkey"), &e), &e);
	assert_ok(note_parse(&a, &n, str(example, "note"), &e), &e);
	assert_ok(note_verify(&n, &key, &e), &e);
	assert_span_str(n.text, "This is an example message.\n");
	arena_release(&a);
}

/* Ours are theirs, byte for byte: Ed25519 is deterministic. A cosignature beside ours is not in the way. */
static void checkpoints_are_made_and_opened(void **state)
{
	struct arena a = {0};
	const struct json *doc = json_vector(&a, "tlog.json");
	const struct json *list = json_find(doc, "checkpoints");
	const struct note_key key = log_key(&a);
	struct err e = {0};
	uint8_t seed[32];

	(void)state;
	assert_true(hex_bare(seed, 32, str(json_find(doc, "keys"), "seed_hex"), NULL));
	for (const struct json *c = list->first; c; c = c->next) {
		struct checkpoint parsed;
		struct buf body = {0}, note = {0};
		uint64_t size;

		assert_ok(checkpoint_open(&a, &parsed, str(c, "note"), &key, &e), &e);
		assert_true(json_get_u64(c, "size", &size, NULL));
		assert_int_equal(parsed.head.size, size);
		checkpoint_write(&body, span_str(LOG_NAME), &parsed.head);
		assert_true(span_eq(buf_view(&body), str(c, "body")));
		note_sign(&note, buf_view(&body), span_str(LOG_NAME), seed);
		assert_true(span_eq(buf_view(&note), str(c, "note")));
		assert_ok(checkpoint_open(&a, &parsed, str(c, "cosigned_note"), &key, &e), &e);
		buf_release(&body);
		buf_release(&note);
	}
	arena_release(&a);
}

/* A witness of other hands; what it signed is the checkpoint and its time. */
static void cosignatures_are_verified(void **state)
{
	struct arena a = {0};
	const struct json *doc = json_vector(&a, "tlog.json");
	const struct note_key own = log_key(&a);
	struct note_key key;
	struct err e = {0};

	(void)state;
	assert_ok(note_key_parse(&a, &key, str(json_find(doc, "keys"), "witness_vkey"), &e), &e);
	for (const struct json *c = json_find(doc, "checkpoints")->first; c; c = c->next) {
		struct buf line = {0};
		uint64_t time, want;
		struct note n;
		size_t at;

		assert_true(note_parse(&a, &n, str(c, "cosigned_note"), NULL));
		assert_ok(note_cosigned(&n, &key, &at, &time, &e), &e);
		assert_true(json_get_u64(c, "cosign_time", &want, NULL));
		assert_int_equal(time, want);
		assert_int_equal(at, 1);
		note_signature_format(&line, &n.signatures[1]);
		assert_true(span_eq(buf_view(&line), span_of(str(c, "cosigned_note").p + str(c, "note").n, line.n)));
		((uint8_t *)(uintptr_t)n.signatures[1].bytes.p)[7] ^= 1;
		assert_false(note_cosigned(&n, &key, &at, &time, &e));
		assert_err(&e, ERR_CRYPTO, "signature 2, by witness.example/site-b, does not verify");
		err_clear(&e);
		assert_true(note_parse(&a, &n, str(c, "note"), NULL));
		assert_false(note_cosigned(&n, &key, &at, &time, &e));
		assert_err(&e, ERR_CRYPTO, "no cosignature by witness.example/site-b+6a4f530c");
		err_clear(&e);
		assert_false(note_cosigned(&n, &own, &at, &time, &e));
		assert_err(&e, ERR_UNKNOWN, "a witness's key has type 0x04, found 0x01");
		err_clear(&e);
		buf_release(&line);
	}
	arena_release(&a);
}

static void bad_notes_are_refused(void **state)
{
	struct arena a = {0};
	const struct json *list = json_find(json_vector(&a, "tlog.json"), "notes_must_reject");
	const struct note_key key = log_key(&a);

	(void)state;
	for (const struct json *t = list->first; t; t = t->next) {
		struct buf bytes = {0};
		struct checkpoint c;
		struct err e = {0};

		assert_true(base64_decode(&bytes, str(t, "note_base64"), NULL));
		assert_false(checkpoint_open(&a, &c, buf_view(&bytes), &key, &e));
		assert_int_equal(e.code, span_is(str(t, "class"), "malformed") ? ERR_SYNTAX : ERR_CRYPTO);
		err_clear(&e);
		buf_release(&bytes);
	}
	arena_release(&a);
}

#define DASH "\xe2\x80\x94 "
static const struct { const char *note, *error; } malformed[] = {
	{ "", "byte 0: a note ends with a newline" },
	{ "text\n\n" DASH "k AAAAAAA=", "byte 20: a note ends with a newline" },
	{ "text\n" DASH "k AAAAAAA=\n", "byte 20: no blank line before the signatures" },
	{ "text\n\n", "byte 6: needed 1 to 100 signatures, found 0" },
	{ "te\txt\n\n" DASH "k AAAAAAA=\n", "byte 2: control byte 0x09 in a note" },
	{ "text\r\n\n" DASH "k AAAAAAA=\n", "byte 4: control byte 0x0d in a note" },
	{ "te\xffxt\n\n" DASH "k AAAAAAA=\n", "a note is UTF-8" },
	{ "text\n\n- k AAAAAAA=\n", "byte 6: a signature line starts with an em dash and a space" },
	{ "text\n\n" DASH "kAAAAAAA=\n", "byte 10: needed a key name and a signature" },
	{ "text\n\n" DASH "k+x AAAAAAA=\n", "byte 10: needed a key name and a signature" },
	{ "text\n\n" DASH " AAAAAAA=\n", "byte 10: needed a key name and a signature" },
	{ "text\n\n" DASH "k AAAAAA=\n", "byte 19: base64 comes in groups of 4 characters, found 7" },
	{ "text\n\n" DASH "k AAAA!AA=\n", "byte 16: not a base64 character" },
	{ "text\n\n" DASH "k AAAAAAB=\n", "byte 18: bits set after the last byte of base64" },
	{ "text\n\n" DASH "k AAAAAA==\n", "byte 12: a signature is a 4-byte key id and more" },
	{ "text\n\n" DASH "k AAAAAAA=\njunk\n", "byte 21: a signature line starts with an em dash and a space" },
};

static void malformed_notes_name_the_byte(void **state)
{
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(malformed); i++) {
		struct err e = {0};
		struct note n;

		assert_false(note_parse(&a, &n, span_str(malformed[i].note), &e));
		assert_err(&e, e.code, malformed[i].error);
		err_clear(&e);
	}
	arena_release(&a);
}

#define ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
static const struct { const char *text, *error; } bad_checkpoints[] = {
	{ "log\n1\n", "byte 6: a checkpoint has three lines: origin, size, root" },
	{ "\n1\n" ROOT "\n", "byte 0: the origin is empty" },
	{ "log\n01\n" ROOT "\n", "size, byte 4: a size is decimal digits without leading zeros" },
	{ "log\n\n" ROOT "\n", "size, byte 4: a size is decimal digits without leading zeros" },
	{ "log\n-1\n" ROOT "\n", "size, byte 4: a size is decimal digits without leading zeros" },
	{ "log\n9007199254740993\n" ROOT "\n", "size, byte 4: a size is at most 2^53" },
	{ "log\n1\nAAAA\n", "root, byte 6: a root is 32 bytes, found 3" },
	{ "log\n1\n" ROOT "\n\n", "byte 51: a checkpoint has no empty lines" },
};

static void malformed_checkpoints_name_the_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_checkpoints); i++) {
		struct err e = {0};
		struct checkpoint c;

		assert_false(checkpoint_parse(&c, span_str(bad_checkpoints[i].text), &e));
		assert_err(&e, e.code, bad_checkpoints[i].error);
		err_clear(&e);
	}
}

static void keys_that_are_not_what_they_say(void **state)
{
	static const struct { const char *vkey, *error; } bad[] = {
		{ "", "byte 0: a key reads name+<8 hex digits>+<base64>" },
		{ "console.example", "byte 15: a key reads name+<8 hex digits>+<base64>" },
		{ "a b+0af78284+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
		  "byte 0: a key name is not empty and has no white space" },
		{ LOG_NAME "+0af78285+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
		  "byte 26: key id is 0af78285, computed 0af78284" },
	};
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct note_key key;
		struct err e = {0};

		assert_false(note_key_parse(&a, &key, span_str(bad[i].vkey), &e));
		assert_err(&e, e.code, bad[i].error);
		err_clear(&e);
	}
	arena_release(&a);
}

static void a_note_without_our_signature_is_not_ours(void **state)
{
	struct arena a = {0};
	struct note_key other;
	const uint8_t seed[32] = {1}, wrong[32] = {2};
	struct buf note = {0};
	struct note n;
	struct err e = {0};

	(void)state;
	note_sign(&note, span_str("text\n"), span_str("a"), seed);
	assert_ok(note_parse(&a, &n, buf_view(&note), &e), &e);
	other = note_key_of_seed(&a, span_str("a"), wrong);
	assert_false(note_verify(&n, &other, &e));
	assert_err(&e, ERR_CRYPTO, "no signature by a+d9dac933");
	err_clear(&e);
	buf_release(&note);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_read_and_written),
		cmocka_unit_test(a_note_of_the_specification_verifies),
		cmocka_unit_test(checkpoints_are_made_and_opened),
		cmocka_unit_test(cosignatures_are_verified),
		cmocka_unit_test(bad_notes_are_refused),
		cmocka_unit_test(malformed_notes_name_the_byte),
		cmocka_unit_test(malformed_checkpoints_name_the_byte),
		cmocka_unit_test(keys_that_are_not_what_they_say),
		cmocka_unit_test(a_note_without_our_signature_is_not_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
