#include "tests/support/approvers.h"

#include <string.h>

#include "src/evm/address.h"
#include "tests/support/check.h"
#include "tests/support/cosigners.h"

#define TIMELOCK "0x7Ea9c2a7dE0B6b4fCe9a1E7b5E5A1d1bD9eD6a11"
#define DELAY 86400u

static struct hash32 deployment_id(void)
{
	struct hash32 h;
	memset(h.b, 0x11, sizeof(h.b));
	return h;
}

static struct addr address(const char *text)
{
	struct addr out;
	struct err e = {0};
	struct buf lower = {0};
	for (const char *c = text; *c != '\0'; c++)
		buf_byte(&lower, (uint8_t)(*c >= 'A' && *c <= 'F' ? *c + 32 : *c));
	assert_ok(addr_parse(&out, buf_view(&lower), &e), &e);
	buf_release(&lower);
	return out;
}

static struct proposal proposal(struct arena *a, uint8_t call)
{
	struct call *one = ARENA_NEW(a, struct call);
	uint8_t *data = ARENA_ARRAY(a, uint8_t, 1);
	data[0] = call;
	*one = (struct call){ .to = address("0x7777777777777777777777777777777777777777"), .data = span_of(data, 1) };
	return (struct proposal){ .title = span_str("A title"), .calls = { one, 1 }, .route = ROUTE_TIMELOCK,
				  .delay = DELAY, .deployment = deployment_id() };
}

static struct hash32 hash_of(const struct test_step *s)
{
	struct arena a = {0};
	const struct proposal p = proposal(&a, s->call);
	const struct deployment d = { .safe = address(TEST_SAFE), .timelock = address(TIMELOCK) };
	const struct u256 chain = u256_from_u64(TEST_CHAIN);
	struct safe_hashes hashes;
	struct safe_tx tx;
	struct err e = {0};
	assert_ok(change_step_tx(&a, &tx, &d, &p, &s->salt, s->kind, s->nonce, &e), &e);
	safe_hash(&hashes, SAFE_CURRENT, &chain, &d.safe, &tx);
	arena_release(&a);
	return hashes.tx;
}

struct json *test_adopted_body(struct arena *a)
{
	const struct addr timelock = address(TIMELOCK);
	const struct hash32 id = deployment_id();
	struct json *o = json_object(a);
	json_set(o, a, "deployment", json_bare(a, SPAN_HASH(&id)));
	json_set(o, a, "timelock", json_addr(a, &timelock));
	return o;
}

struct json *test_proposed_body(struct arena *a, uint8_t call)
{
	const struct proposal p = proposal(a, call);
	return proposal_to_json(a, &p, true);
}

struct json *test_planned_body(struct arena *a, const struct tree_head *salt, uint8_t call)
{
	const struct proposal p = proposal(a, call);
	const struct operation op = proposal_operation(&p, &salt->root);
	struct json *o = json_object(a);
	struct hash32 id;
	timelock_id(&id, &op);
	json_set(o, a, "operation", json_0x(a, SPAN_HASH(&id)));
	json_set(o, a, "salt", json_0x(a, SPAN_HASH(&salt->root)));
	json_set(o, a, "size", json_u64(a, salt->size));
	return o;
}

static struct json *step_body(struct arena *a, const struct test_step *s)
{
	const struct hash32 hash = hash_of(s);
	struct json *o = json_object(a);
	json_set(o, a, "safeTxHash", json_0x(a, SPAN_HASH(&hash)));
	json_set(o, a, "step", json_str(a, step_name(s->kind)));
	return o;
}

struct json *test_packed_body(struct arena *a, const struct test_step *s)
{
	struct json *o = step_body(a, s);
	json_set(o, a, "nonce", json_u64(a, s->nonce));
	return o;
}

struct json *test_mined_body(struct arena *a, const struct test_step *s)
{
	struct json *o = step_body(a, s);
	json_set(o, a, "block", json_u64(a, 7));
	return o;
}

struct span test_approval(struct arena *a, const struct test_step *s, unsigned signer)
{
	const struct hash32 hash = hash_of(s);
	uint8_t bytes[65], key[32] = {0};
	struct sig sig;
	key[31] = (uint8_t)signer;
	assert_true(sig_make(&sig, &hash, key));
	sig_to_bytes(bytes, &sig);
	return arena_copy(a, span_of(bytes, sizeof(bytes)));
}

/* (r, order - s, the other v) is over the same hash by the same key. */
static struct span with_high_s(struct arena *a, struct span signature)
{
	static const uint8_t order[32] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
		0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41 };
	const struct u256 n = u256_from_be(order);
	uint8_t bytes[65];
	memcpy(bytes, signature.p, sizeof(bytes));
	struct u256 value = u256_from_be(bytes + 32);
	assert_true(u256_sub(&value, &n, &value));
	u256_to_be(bytes + 32, &value);
	bytes[64] = (uint8_t)(55 - bytes[64]);
	return arena_copy(a, span_of(bytes, sizeof(bytes)));
}

struct json *test_signed_body(struct arena *a, struct log *l, const struct test_step *s, unsigned owner,
			      unsigned signer, bool high)
{
	const struct span low = test_approval(a, s, signer);
	const struct addr by = test_cosigner(owner);
	struct json *o = step_body(a, s);
	struct hash32 digest;
	struct err e = {0};
	assert_ok(log_add_blob(l, high ? with_high_s(a, low) : low, BLOB_BEARER, &digest, &e), &e);
	json_set(o, a, "owner", json_addr(a, &by));
	json_set(o, a, "signature", json_bare(a, SPAN_HASH(&digest)));
	return o;
}
