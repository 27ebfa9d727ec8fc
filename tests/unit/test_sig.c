#include "src/crypto/sig.h"

#include "src/base/secret.h"
#include "tests/support/check.h"
#include "tests/support/memory.h"

#define ORDER "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
#define ORDER_LESS_1 "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140"
#define HALF "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0"
#define HALF_AND_1 "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1"

static void take(struct arena *a, const struct json *object, const char *name, uint8_t *out, size_t n)
{
	struct err e = {0};
	struct span text, b;

	assert_ok(json_get_str(object, name, &text, &e), &e);
	b = hex_bytes(a, arena_str(a, text));
	assert_int_equal(b.n, n);
	memcpy(out, b.p, n);
}

struct one {
	uint8_t key[32], public[64];
	struct addr address;
	struct hash32 digest;
	struct sig sig;
};

static struct one read_case(struct arena *a, const struct json *c)
{
	struct one o;
	struct err e = {0};
	uint64_t v = 0;

	take(a, c, "key", o.key, 32);
	take(a, c, "public", o.public, 64);
	take(a, c, "address", o.address.b, 20);
	take(a, c, "digest", o.digest.b, 32);
	take(a, c, "r", o.sig.r, 32);
	take(a, c, "s", o.sig.s, 32);
	assert_ok(json_get_u64(c, "v", &v, &e), &e);
	o.sig.v = (uint8_t)v;
	return o;
}

static const struct json *cases(struct arena *a)
{
	const struct json *list = json_find(json_vector(a, "crypto/sig.json"), "cases");

	assert_non_null(list);
	assert_int_equal(list->n, 26);
	return list->first;
}

static void signatures_are_those_of_ethers(void **state)
{
	struct arena a = {0};
	(void)state;

	for (const struct json *c = cases(&a); c; c = c->next) {
		const struct one o = read_case(&a, c);
		struct sig s;

		assert_true(sig_make(&s, &o.digest, o.key));
		assert_memory_equal(s.r, o.sig.r, 32);
		assert_memory_equal(s.s, o.sig.s, 32);
		assert_int_equal(s.v, o.sig.v);
		assert_true(sig_is_low_s(&s));
		assert_true(sig_verify(&s, &o.digest, o.public));
	}
	arena_release(&a);
}

static void addresses_are_those_of_ethers(void **state)
{
	struct arena a = {0};
	struct err e = {0};
	(void)state;

	for (const struct json *c = cases(&a); c; c = c->next) {
		const struct one o = read_case(&a, c);
		struct addr found;
		uint8_t public[64];

		assert_ok(sig_key_public(public, o.key, &e), &e);
		assert_memory_equal(public, o.public, 64);
		assert_ok(sig_key_address(&found, o.key, &e), &e);
		assert_true(addr_eq(&found, &o.address));
		assert_ok(sig_recover(&found, &o.sig, &o.digest, &e), &e);
		assert_true(addr_eq(&found, &o.address));
	}
	arena_release(&a);
}

static struct one first_case(void)
{
	struct arena a = {0};
	const struct one o = read_case(&a, cases(&a));

	arena_release(&a);
	return o;
}

static void refused(const struct sig *s, const char *refusal, const char *text)
{
	const struct one o = first_case();
	struct addr found;
	struct err e = {0};

	assert_false(sig_recover(&found, s, &o.digest, &e));
	assert_err(&e, ERR_REFUSED, text);
	assert_string_equal(e.refusal, refusal);
	err_clear(&e);
}

static void set(uint8_t out[32], const char *hex)
{
	struct arena a = {0};

	memcpy(out, hex_bytes(&a, hex).p, 32);
	arena_release(&a);
}

static void r_and_s_are_below_the_order_and_not_zero(void **state)
{
	struct sig s = first_case().sig;
	(void)state;

	memset(s.r, 0, 32);
	refused(&s, "RANGE", "r: [RANGE] zero is not part of any signature");
	set(s.r, ORDER);
	refused(&s, "RANGE", "r: [RANGE] not below the group order");
	s = first_case().sig;
	memset(s.s, 0, 32);
	refused(&s, "RANGE", "s: [RANGE] zero is not part of any signature");
	set(s.s, ORDER);
	refused(&s, "RANGE", "s: [RANGE] not below the group order");
	memset(s.s, 0xff, 32);
	refused(&s, "RANGE", "s: [RANGE] not below the group order");
}

static void subtract_from_order(uint8_t v[32])
{
	uint8_t order[32];
	int borrow = 0;

	set(order, ORDER);
	for (int i = 31; i >= 0; i--) {
		const int d = order[i] - v[i] - borrow;

		v[i] = (uint8_t)d;
		borrow = d < 0;
	}
}

static void high_s_is_refused_as_high_s(void **state)
{
	const struct one o = first_case();
	struct sig s = o.sig;
	(void)state;

	subtract_from_order(s.s);
	s.v ^= 27 ^ 28;                  /* the curve would take this one for the same key's */
	assert_false(sig_is_low_s(&s));
	assert_false(sig_verify(&s, &o.digest, o.public));
	refused(&s, "HIGH-S", "s: [HIGH-S] above half of the group order: the same signature has a low form");
	s.v = 0;
	refused(&s, "HIGH-S", "s: [HIGH-S] above half of the group order: the same signature has a low form");
	set(s.s, HALF);
	assert_true(sig_is_low_s(&s));
	set(s.s, HALF_AND_1);
	assert_false(sig_is_low_s(&s));
	set(s.s, ORDER_LESS_1);
	assert_false(sig_is_low_s(&s));
}

static void v_is_27_or_28(void **state)
{
	struct sig s = first_case().sig;
	(void)state;

	for (unsigned v = 0; v < 256; v++) {
		char text[64];

		if (v == 27 || v == 28)
			continue;
		s.v = (uint8_t)v;
		snprintf(text, sizeof(text), "v: [V] 27 or 28 needed, found %u", v);
		refused(&s, "V", text);
	}
}

static void an_r_that_is_on_no_point_is_nobodys(void **state)
{
	const struct one o = first_case();
	struct sig s = o.sig;
	struct err e = {0};
	struct addr found;
	(void)state;

	memset(s.r, 0, 32);
	s.r[31] = 5;                     /* 5^3 + 7 has no square root modulo the field's prime */
	assert_false(sig_recover(&found, &s, &o.digest, &e));
	assert_err(&e, ERR_CRYPTO, "no key can have made this signature");
	err_clear(&e);
}

static void what_is_no_key_makes_nothing(void **state)
{
	static const char *const bad[] = {
		"0000000000000000000000000000000000000000000000000000000000000000",
		ORDER,
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	};
	static const struct sig zero;
	const struct one o = first_case();
	struct addr found;
	struct sig s;
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = {0};
		uint8_t key[32];

		set(key, bad[i]);
		memset(&s, 0xee, sizeof(s));
		assert_false(sig_make(&s, &o.digest, key));
		assert_memory_equal(&s, &zero, sizeof(s));
		assert_false(sig_key_address(&found, key, &e));
		assert_err(&e, ERR_CRYPTO, "secret key is zero or not below the group order");
		err_clear(&e);
	}
}

static void bytes_go_out_and_come_back(void **state)
{
	const struct one o = first_case();
	struct err e = {0};
	struct sig back;
	uint8_t bytes[66] = {0};
	(void)state;

	sig_to_bytes(bytes, &o.sig);
	assert_int_equal(bytes[64], o.sig.v);
	assert_ok(sig_from_bytes(&back, span_of(bytes, 65), &e), &e);
	assert_memory_equal(&back, &o.sig, sizeof(back));
	assert_false(sig_from_bytes(&back, span_of(bytes, 64), &e));
	assert_err(&e, ERR_SYNTAX, "a signature is 65 bytes, found 64");
	assert_false(sig_from_bytes(&back, span_of(bytes, 66), &e));
	assert_err(&e, ERR_SYNTAX, "a signature is 65 bytes, found 66");
	err_clear(&e);
}

static void addresses_compare_as_numbers(void **state)
{
	struct addr a = {{0}}, b = {{0}};
	(void)state;

	assert_true(addr_is_zero(&a));
	b.b[19] = 1;
	assert_false(addr_is_zero(&b));
	assert_true(addr_cmp(&a, &b) < 0 && addr_cmp(&b, &a) > 0 && addr_cmp(&a, &a) == 0);
	a.b[0] = 0x80;
	assert_true(addr_cmp(&a, &b) > 0);
	assert_false(addr_eq(&a, &b));
}

/* ---- what stays in memory ---- */

/* SHA-256 of "a key to be searched for", and the nonce RFC 6979 gives for it and SHA-256 of "a digest to be signed"
 * (computed in Python): whoever has that nonce and the signature has the key. Both masked. */
static const uint8_t masked_key[32] = {
	0x4c, 0x19, 0xd5, 0x59, 0x8c, 0xfd, 0xe4, 0xd7, 0x96, 0xb4, 0x3e, 0x4f, 0x1d, 0xae, 0xc0, 0x6a,
	0xe3, 0x63, 0x97, 0x66, 0x34, 0x64, 0x49, 0xf0, 0x49, 0x70, 0x9b, 0x41, 0xb4, 0xbd, 0x4f, 0x33,
};
static const uint8_t masked_nonce[32] = {
	0x61, 0x16, 0xb6, 0xf5, 0x01, 0xb5, 0xea, 0x51, 0xb6, 0xdf, 0x61, 0xd2, 0x35, 0x32, 0x3a, 0xf0,
	0x6d, 0xf1, 0x80, 0x10, 0xe3, 0x31, 0xf0, 0xc4, 0xd9, 0x54, 0x44, 0x09, 0x97, 0x4c, 0x7b, 0xc4,
};
#define DIGEST "773ad79308dde549439d884ec96d9bd81f23bdf7b15e6cc8a96911079619e739"

static void the_search_finds_what_is_there(void **state)
{
	struct err e = {0};
	struct secret *key;
	uint8_t *heap;
	(void)state;

	if (!memory_can_be_searched())
		skip();
	key = secret_new(32, &e);
	heap = malloc(64);
	assert_non_null(key);
	assert_non_null(heap);
	assert_int_equal(memory_holds(masked_key, 32), 0);
	memory_unmask(secret_bytes(key), masked_key, 32);
	assert_true(memory_holds(masked_key, 32) >= 4);
	secret_free(key);
	assert_int_equal(memory_holds(masked_key, 32), 0);
	for (size_t i = 0; i < 8; i++)                    /* one limb, the other way round */
		heap[i + 3] = masked_key[23 - i] ^ MEMORY_MASK;
	assert_int_equal(memory_holds(masked_key, 32), 1);
	explicit_bzero(heap, 64);
	free(heap);
}

/* Signs on a stack of its own, so that nothing this test does after it writes over what signing left there. */
struct signing {
	struct secret *key;
	struct hash32 digest;
	struct sig sig;
	struct addr address;
	bool ok;
};

static void sign_there(void *arg)
{
	struct signing *s = arg;

	s->ok = sig_make(&s->sig, &s->digest, secret_bytes(s->key)) &&
		sig_key_address(&s->address, secret_bytes(s->key), NULL);
}

static void leave_a_copy(void *arg)
{
	const struct signing *s = arg;
	uint8_t copy[32];

	memcpy(copy, secret_bytes(s->key), 32);
	__asm__ volatile("" : : "r"(copy) : "memory");           /* so that the copy is made */
}

static struct signing signing_of_the_key(void)
{
	struct err e = {0};
	struct signing s = { .key = secret_new(32, &e) };

	assert_non_null(s.key);
	set(s.digest.b, DIGEST);
	memory_unmask(secret_bytes(s.key), masked_key, 32);
	return s;
}

static void a_copy_left_on_a_stack_is_found(void **state)
{
	struct signing s;
	(void)state;

	if (!memory_can_be_searched())
		skip();
	s = signing_of_the_key();
	memory_on_its_own_stack(leave_a_copy, &s);
	secret_free(s.key);
	assert_int_equal(memory_holds(masked_key, 32), 4);
	memory_forget_stack();
	assert_int_equal(memory_holds(masked_key, 32), 0);
}

static void signing_leaves_neither_key_nor_nonce(void **state)
{
	struct addr found;
	struct signing s;
	(void)state;

	if (!memory_can_be_searched())
		skip();
	s = signing_of_the_key();
	memory_on_its_own_stack(sign_there, &s);
	secret_free(s.key);
	assert_int_equal(memory_holds(masked_key, 32), 0);
	assert_int_equal(memory_holds(masked_nonce, 32), 0);
	assert_true(s.ok);
	assert_true(sig_recover(&found, &s.sig, &s.digest, NULL));
	assert_true(addr_eq(&found, &s.address));
	memory_forget_stack();
}

/* The two masked values belong together: r is the x of nonce times the generator. */
static void the_nonce_that_is_searched_for_is_the_one_used(void **state)
{
	uint8_t key[32], nonce[32], point[64];
	struct hash32 digest;
	struct err e = {0};
	struct sig s;
	(void)state;

	set(digest.b, DIGEST);
	memory_unmask(key, masked_key, 32);
	memory_unmask(nonce, masked_nonce, 32);
	assert_true(sig_make(&s, &digest, key));
	assert_ok(sig_key_public(point, nonce, &e), &e);
	assert_memory_equal(s.r, point, 32);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(nonce, sizeof(nonce));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_search_finds_what_is_there),
		cmocka_unit_test(a_copy_left_on_a_stack_is_found),
		cmocka_unit_test(signing_leaves_neither_key_nor_nonce),
		cmocka_unit_test(the_nonce_that_is_searched_for_is_the_one_used),
		cmocka_unit_test(signatures_are_those_of_ethers),
		cmocka_unit_test(addresses_are_those_of_ethers),
		cmocka_unit_test(r_and_s_are_below_the_order_and_not_zero),
		cmocka_unit_test(high_s_is_refused_as_high_s),
		cmocka_unit_test(v_is_27_or_28),
		cmocka_unit_test(an_r_that_is_on_no_point_is_nobodys),
		cmocka_unit_test(what_is_no_key_makes_nothing),
		cmocka_unit_test(bytes_go_out_and_come_back),
		cmocka_unit_test(addresses_compare_as_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
