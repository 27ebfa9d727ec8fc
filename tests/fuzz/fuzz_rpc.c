/* A node's reply, whatever it is, is either taken or refused with words; and what is taken can be read. First byte
 * of the input: how many calls were asked (1 to 8); the rest is the reply. */
#include "src/chain/ask.h"
#include "src/chain/jsonrpc.h"
#include "src/chain/revert.h"
#include "tests/fuzz/target.h"

/* Every way a result is read: no input may do more than be refused. */
static void read_result(struct arena *a, const struct json *v)
{
	struct block block;
	struct span bytes;
	struct u256 big;
	struct hash32 hash;
	uint64_t small;
	struct err e = {0};

	if (!read_quantity(&small, v, &e))
		DEMAND(e.code == ERR_CHAIN && e.what.n > 0);
	err_clear(&e);
	if (!read_quantity256(&big, v, &e))
		DEMAND(e.code == ERR_CHAIN && e.what.n > 0);
	err_clear(&e);
	if (!read_bytes(a, &bytes, v, &e))
		DEMAND(e.code == ERR_CHAIN && e.what.n > 0);
	err_clear(&e);
	if (!read_fixed(hash.b, 32, v, &e))
		DEMAND(e.code == ERR_CHAIN && e.what.n > 0);
	err_clear(&e);
	if (!read_block(&block, v, &e))
		DEMAND(e.code == ERR_CHAIN && e.what.n > 0);
	err_clear(&e);
}

static void look(struct arena *a, const struct rpc_call *call)
{
	struct buf words = {0};

	if (call->result) {
		read_result(a, call->result);
		return;
	}
	revert_words(&words, call->data, NULL, 0);
	DEMAND(words.n > 0);
	buf_release(&words);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct rpc_call calls[8] = {0};
	struct arena a = {0};
	struct err e = {0};
	bool refused = false;
	const size_t asked = n > 0 ? data[0] % 8u + 1 : 1;

	for (size_t i = 0; i < asked; i++)
		calls[i].method = "eth_call";
	if (rpc_parse_reply(&a, span_of(data + (n > 0), n > 0 ? n - 1 : 0), 1, calls, asked, &refused, &e)) {
		for (size_t i = 0; i < (refused ? 1 : asked); i++)
			look(&a, &calls[i]);
	} else {
		DEMAND(e.code == ERR_CHAIN && e.what.n > 0);
	}
	err_clear(&e);
	arena_release(&a);
	return 0;
}
