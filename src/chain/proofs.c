#include "src/chain/proofs.h"

#include <inttypes.h>

#include "src/chain/ask.h"

static const struct json *keys_json(struct arena *a, const struct proof_given *g)
{
	struct json *keys = json_array(a);

	for (size_t i = 0; i < g->n; i++)
		json_push(keys, ask_hash(a, &g->slots[i]));    /* 32 bytes: some nodes want an even number of digits */
	return keys;
}

static struct json *params_of(struct chain *c, struct arena *a, size_t who, const struct proof_given *g)
{
	struct json *p = json_array(a), *block = json_object(a);

	json_push(p, ask_addr(a, &g->at));
	json_push(p, json_copy(a, keys_json(a, g)));
	json_set(block, a, "blockHash", ask_hash(a, &c->pin.hash));
	json_push(p, c->by_number[who] ? ask_number(a, c->pin.number) : block);
	return p;
}

static bool read_nodes(struct arena *a, struct trie_proof *out, const struct json *list, struct err *e)
{
	struct span *nodes;

	if (!list || list->type != JSON_ARRAY || list->n > TRIE_MAX_NODES)
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "a list of nodes was needed");
	nodes = ARENA_ARRAY(a, struct span, list->n + 1);
	*out = (struct trie_proof){ .nodes = nodes };
	for (const struct json *v = list->first; v; v = v->next) {
		if (!read_bytes(a, &nodes[out->n++], v, e))
			return false;
	}
	return true;
}

static bool read_slots(struct arena *a, struct proof_given *g, const struct json *list, struct err *e)
{
	struct trie_proof *proofs = ARENA_ARRAY(a, struct trie_proof, g->n + 1);
	size_t i = 0;

	if (!list || list->type != JSON_ARRAY || list->n != g->n)
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "%zu proofs were needed", g->n);
	for (const struct json *v = list->first; v; v = v->next, i++) {
		if (!read_nodes(a, &proofs[i], json_find(v, "proof"), e))
			return err_in(e, "storageProof[%zu]", i);
	}
	g->proofs = proofs;
	return true;
}

static bool read_answer(struct arena *a, struct proof_given *g, const struct json *o, struct err *e)
{
	return (read_nodes(a, &g->account, json_find(o, "accountProof"), e) || err_in(e, "accountProof")) &&
	       read_slots(a, g, json_find(o, "storageProof"), e);
}

static bool read_header(struct chain *c, struct arena *a, const struct json *block, struct span *out, struct err *e)
{
	struct buf rlp = {0};
	struct header h;
	bool ok = block && block->type == JSON_OBJECT && header_from_json(&rlp, block, e) &&
		  header_read(&h, buf_view(&rlp), e);

	if (ok && !hash32_eq(&h.hash, &c->pin.hash))
		ok = err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "the header's fields do not hash to the block's hash: a fork "
			     "that this program does not know, or a wrong answer");
	if (ok)
		*out = arena_copy(a, buf_view(&rlp));
	buf_release(&rlp);
	return ok || err_in(e, "header");
}

static bool ask_endpoint(struct chain *c, struct arena *a, size_t who, struct proof_given *v, size_t n,
			 struct span *header, struct err *e)
{
	struct rpc_call *calls = ARENA_ARRAY(a, struct rpc_call, n + 1);

	for (size_t i = 0; i < n; i++)
		calls[i] = (struct rpc_call){ .method = "eth_getProof", .params = params_of(c, a, who, &v[i]) };
	calls[n].method = "eth_getBlockByHash";
	calls[n].params = ask_params(a, ask_hash(a, &c->pin.hash), json_bool(a, false));
	if (!ask_one(c, a, who, calls, n + 1, false, e) || !read_header(c, a, calls[n].result, header, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!read_answer(a, &v[i], calls[i].result, e))
			return err_in(e, "eth_getProof") || in_endpoint(c, who, e);
	}
	return true;
}

bool chain_proofs(struct chain *c, struct arena *a, struct proof_given *v, size_t n, struct span *header, struct err *e)
{
	for (size_t i = 0; i < c->n; i++) {
		if (e)
			err_clear(e);
		if (ask_endpoint(c, a, i, v, n, header, e))
			return true;
	}
	return false;
}

bool chain_headers(struct chain *c, struct arena *a, uint64_t from, size_t n, struct header *out, struct err *e)
{
	struct rpc_call *calls = ARENA_ARRAY(a, struct rpc_call, n);

	for (size_t i = 0; i < n; i++) {
		calls[i].method = "eth_getBlockByNumber";
		calls[i].params = ask_params(a, ask_number(a, from + i), json_bool(a, false));
	}
	if (!ask_one(c, a, 0, calls, n, false, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct buf rlp = {0};
		const bool there = calls[i].result->type == JSON_OBJECT;
		const bool ok = there && header_from_json(&rlp, calls[i].result, e) &&
				header_read(&out[i], buf_view(&rlp), e);

		buf_release(&rlp);
		if (!there)
			err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "the node has no such block");
		if (!ok)
			return err_in(e, "block %" PRIu64, from + i);
	}
	return true;
}
