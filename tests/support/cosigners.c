#include "tests/support/cosigners.h"

#include <string.h>

#include "src/crypto/ed25519.h"
#include "src/crypto/hash.h"
#include "src/evm/address.h"
#include "tests/support/check.h"
#include "tests/support/logs.h"

#define WITNESS "witness.example/site-b"

static const uint8_t seed[32] = "a witness's seed, for tests only";

static struct deployment deployment(void)
{
	struct deployment d = { .chain_id = TEST_CHAIN };
	struct err e = {0};
	assert_ok(addr_parse(&d.safe, span_str(TEST_SAFE), &e), &e);
	return d;
}

static void key_of(uint8_t out[32], unsigned owner)
{
	memset(out, 0, 32);
	out[31] = (uint8_t)owner;
}

struct addr test_cosigner(unsigned owner)
{
	struct addr out;
	struct err e = {0};
	uint8_t key[32];
	key_of(key, owner);
	assert_ok(sig_key_address(&out, key, &e), &e);
	return out;
}

static struct cosignature sign(unsigned owner, const struct tree_head *head)
{
	const struct deployment d = deployment();
	struct cosignature c = { .deployment = d.id, .origin = span_str(TEST_ORIGIN), .head = *head,
				 .owner = test_cosigner(owner) };
	struct hash32 digest;
	uint8_t key[32];
	key_of(key, owner);
	cosignature_digest(&digest, &d, c.origin, head);
	assert_true(sig_make(&c.sig, &digest, key));
	return c;
}

const char *test_cosignature(struct arena *a, unsigned owner, const struct tree_head *head)
{
	const struct cosignature c = sign(owner, head);
	const struct signed_message m = { c.deployment, cosignature_message(c.origin, &c.head), { c.owner, c.sig } };
	struct buf b = {0};
	message_write(a, &b, &m);
	const char *out = arena_str(a, buf_view(&b));
	buf_release(&b);
	return out;
}

static struct note_key witness(struct arena *a)
{
	static const uint8_t type = NOTE_COSIGNATURE;
	uint8_t pub[32];
	struct buf b = {0};
	struct hash32 digest;
	struct note_key key = { .name = span_str(WITNESS), .type = type };
	ed25519_public(pub, seed);
	key.public_key = arena_copy(a, span_of(pub, sizeof(pub)));
	buf_str(&b, WITNESS "\n");
	buf_byte(&b, type);
	buf_span(&b, key.public_key);
	sha256(&digest, buf_view(&b));
	memcpy(key.id, digest.b, sizeof(key.id));
	buf_release(&b);
	return key;
}

const char *test_witness(struct arena *a)
{
	const struct note_key key = witness(a);
	struct buf b = {0};
	note_key_format(&b, &key);
	const char *out = arena_str(a, buf_view(&b));
	buf_release(&b);
	return out;
}

/* Eight bytes of time, high one first, and the signature. */
static struct span witnessed(struct arena *a, const struct tree_head *head)
{
	struct buf text = {0};
	uint8_t out[72] = {0};
	for (int i = 0; i < 4; i++)
		out[7 - i] = (uint8_t)(TEST_WITNESSED >> (8 * i));
	buf_fmt(&text, "cosignature/v1\ntime %u\n", TEST_WITNESSED);
	checkpoint_write(&text, span_str(TEST_ORIGIN), head);
	ed25519_make(out + 8, seed, buf_view(&text));
	buf_release(&text);
	return arena_copy(a, span_of(out, sizeof(out)));
}

const char *test_witnessed(struct arena *a, const struct tree_head *head)
{
	const struct note_key key = witness(a);
	struct note_signature s = { .name = key.name, .bytes = witnessed(a, head) };
	struct buf b = {0};
	memcpy(s.id, key.id, sizeof(s.id));
	note_signature_format(&b, &s);
	const char *out = arena_str(a, buf_view(&b));
	buf_release(&b);
	return out;
}

struct json *test_cosigned(struct arena *a, unsigned owner, const struct tree_head *head,
			   const struct tree_head *over)
{
	struct json *body = json_object(a);
	uint8_t bytes[65];
	json_set(body, a, "by", json_str(a, owner > 0 ? "owner" : "witness"));
	json_set(body, a, "root", json_bare(a, SPAN_HASH(&head->root)));
	json_set(body, a, "size", json_u64(a, head->size));
	if (owner == 0) {
		json_set(body, a, "key", json_str(a, test_witness(a)));
		json_set(body, a, "signature", json_bare(a, witnessed(a, over)));
		json_set(body, a, "time", json_u64(a, TEST_WITNESSED));
		return body;
	}
	const struct cosignature c = sign(owner, over);
	sig_to_bytes(bytes, &c.sig);
	json_set(body, a, "key", json_addr(a, &c.owner));
	json_set(body, a, "signature", json_bare(a, span_of(bytes, sizeof(bytes))));
	return body;
}
