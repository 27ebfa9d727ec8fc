/* Many accounts in one question: balances, and what stands at an address (reader.h). */
#include <string.h>

#include "src/chain/ask.h"
#include "src/chain/reader.h"

/* EIP-1967, "Logic contract address": keccak256("eip1967.proxy.implementation") - 1. */
static const struct hash32 slot_implementation = {{
	0x36, 0x08, 0x94, 0xa1, 0x3b, 0xa1, 0xa3, 0x21, 0x06, 0x67, 0xc8, 0x28, 0x49, 0x2d, 0xb9, 0x8d,
	0xca, 0x3e, 0x20, 0x76, 0xcc, 0x37, 0x35, 0xa9, 0x20, 0xa3, 0xca, 0x50, 0x5d, 0x38, 0x2b, 0xbc }};

/* What failed: the call, at the first endpoint, which stands for all of them once they agreed. */
static bool bad_answer(const struct chain *c, const struct rpc_call *call, struct err *e)
{
	if (!call->result)
		return rpc_call_err(call, &c->ep[0], e);
	return err_in(e, "%s", call->method) || in_endpoint(c, 0, e);
}

bool chain_balances(struct chain *c, const struct addr *who, struct u256 *wei, size_t n, struct err *e)
{
	struct arena a = {0};
	struct rpc_call *calls = ARENA_ARRAY(&a, struct rpc_call, n + 1);
	bool ok;

	for (size_t i = 0; i < n; i++) {
		calls[i].method = "eth_getBalance";
		calls[i].params = ask_params(&a, ask_addr(&a, &who[i]), NULL);
	}
	ok = n == 0 || ask_pinned(c, &a, calls, n, e);
	for (size_t i = 0; ok && i < n; i++)
		ok = (calls[i].result && read_quantity256(&wei[i], calls[i].result, e)) || bad_answer(c, &calls[i], e);
	arena_release(&a);
	return ok;
}

static struct json *owner_call(struct arena *a, const struct addr *at)
{
	struct json *o = json_object(a);

	json_set(o, a, "to", ask_addr(a, at));
	json_set(o, a, "data", json_str(a, "0x8da5cb5b"));       /* owner() */
	return o;
}

/* The last 20 of 32 bytes; false unless the first 12 are zero. */
static bool word_addr(struct addr *out, const uint8_t word[32])
{
	static const uint8_t zeros[12] = {0};

	memcpy(out->b, word + 12, sizeof(out->b));
	return memcmp(word, zeros, sizeof(zeros)) == 0;
}

static bool read_contract(struct arena *a, struct chain_contract *out, const struct rpc_call calls[3],
			  const struct chain *c, struct err *e)
{
	struct span code, owner;
	struct hash32 word;

	if (!calls[0].result || !read_bytes(a, &code, calls[0].result, e))
		return bad_answer(c, &calls[0], e);
	if (!calls[1].result || !read_word(&word, calls[1].result, e))
		return bad_answer(c, &calls[1], e);
	out->has_code = code.n > 0;
	out->has_implementation = word_addr(&out->implementation, word.b) && !addr_is_zero(&out->implementation);
	out->has_owner = calls[2].result && read_bytes(a, &owner, calls[2].result, NULL) && owner.n == 32 &&
			 word_addr(&out->owner, owner.p);
	return true;
}

bool chain_contracts(struct chain *c, struct chain_contract *v, size_t n, struct err *e)
{
	struct arena a = {0};
	struct rpc_call *calls = ARENA_ARRAY(&a, struct rpc_call, 3 * n + 1);
	bool ok;

	for (size_t i = 0; i < n; i++) {
		calls[3 * i].method = "eth_getCode";
		calls[3 * i].params = ask_params(&a, ask_addr(&a, &v[i].at), NULL);
		calls[3 * i + 1].method = "eth_getStorageAt";
		calls[3 * i + 1].params =
			ask_params(&a, ask_addr(&a, &v[i].at), ask_hash(&a, &slot_implementation));
		calls[3 * i + 2].method = "eth_call";
		calls[3 * i + 2].params = ask_params(&a, owner_call(&a, &v[i].at), NULL);
	}
	ok = n == 0 || ask_pinned(c, &a, calls, 3 * n, e);
	for (size_t i = 0; ok && i < n; i++)
		ok = read_contract(&a, &v[i], &calls[3 * i], c, e);
	arena_release(&a);
	return ok;
}
