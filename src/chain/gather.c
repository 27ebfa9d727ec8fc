#include "src/chain/gather.h"

#include <string.h>

#include "src/chain/ask.h"
#include "src/evm/abi.h"

static size_t add(struct gather *g, const struct gathered *one)
{
	ARENA_GROW(g->a, g->v, g->n, g->cap);
	g->v[g->n] = *one;
	return g->n++;
}

size_t gather_call(struct gather *g, const struct addr *to, const char *signature, const struct hash32 *args, size_t n)
{
	const struct abi_function *f = abi_function_parse(g->a, span_str(signature), NULL);
	struct gathered one = { .kind = GATHER_CALL, .at = *to };
	struct buf b = {0};

	if (f == NULL)
		BUG("%s is no signature", signature);
	buf_add(&b, f->selector, 4);
	for (size_t i = 0; i < n; i++)
		buf_span(&b, SPAN_HASH(&args[i]));
	one.data = arena_copy(g->a, buf_view(&b));
	buf_release(&b);
	return add(g, &one);
}

size_t gather_code(struct gather *g, const struct addr *at)
{
	return add(g, &(struct gathered){ .kind = GATHER_CODE, .at = *at });
}

size_t gather_slot(struct gather *g, const struct addr *at, const struct hash32 *slot)
{
	return add(g, &(struct gathered){ .kind = GATHER_SLOT, .at = *at, .slot = *slot });
}

size_t gather_logs(struct gather *g, const struct addr *addresses, size_t n, uint64_t from)
{
	return add(g, &(struct gathered){ .kind = GATHER_LOGS, .addresses = addresses, .n_addresses = n,
					  .from = from });
}

static struct json *call_json(struct arena *a, const struct gathered *v)
{
	struct json *o = json_object(a);

	json_set(o, a, "to", ask_addr(a, &v->at));
	json_set(o, a, "data", json_0x(a, v->data));
	return o;
}

static struct json *filter_json(const struct chain *c, struct arena *a, const struct gathered *v)
{
	struct json *o = json_object(a), *addresses = json_array(a);

	for (size_t i = 0; i < v->n_addresses; i++)
		json_push(addresses, ask_addr(a, &v->addresses[i]));
	json_set(o, a, "address", addresses);
	json_set(o, a, "fromBlock", ask_number(a, v->from));
	json_set(o, a, "toBlock", ask_number(a, c->pin.number));
	return o;
}

static struct rpc_call question(const struct chain *c, struct arena *a, const struct gathered *v)
{
	switch (v->kind) {
	case GATHER_CALL:
		return (struct rpc_call){ .method = "eth_call", .params = ask_params(a, call_json(a, v), NULL) };
	case GATHER_CODE:
		return (struct rpc_call){ .method = "eth_getCode", .params = ask_params(a, ask_addr(a, &v->at), NULL) };
	case GATHER_SLOT:
		return (struct rpc_call){ .method = "eth_getStorageAt",
					  .params = ask_params(a, ask_addr(a, &v->at), ask_hash(a, &v->slot)) };
	case GATHER_LOGS:
		break;
	}
	return (struct rpc_call){ .method = "eth_getLogs", .params = ask_params(a, filter_json(c, a, v), NULL),
				  .own_block = true };
}

/* A range too long for the node is asked again in pages: that costs more round trips, and only there. */
static bool read_logs(struct gather *g, struct chain *c, struct gathered *v, const struct rpc_call *call, struct err *e)
{
	v->ok = call->result != NULL;
	v->words = call->error_text;
	if (v->ok)
		return read_log_list(g->a, &v->logs, &v->n_logs, call->result, e) || err_in(e, "eth_getLogs") ||
		       in_endpoint(c, 0, e);
	if (call->error_code != -32601)
		v->ok = chain_logs(c, g->a, v->addresses, v->n_addresses, NULL, 0, v->from, c->pin.number, &v->logs,
				   &v->n_logs, NULL);
	return true;
}

static bool read_answer(struct gather *g, struct chain *c, struct gathered *v, const struct rpc_call *call,
			struct err *e)
{
	struct hash32 word;

	if (v->kind == GATHER_LOGS)
		return read_logs(g, c, v, call, e);
	v->ok = call->result != NULL;
	v->words = call->error_text;
	if (!v->ok)
		return v->kind == GATHER_CALL || rpc_call_err(call, &c->ep[0], e);
	if (v->kind != GATHER_SLOT)
		return read_bytes(g->a, &v->output, call->result, e) || err_in(e, "%s", call->method) ||
		       in_endpoint(c, 0, e);
	if (!read_word(&word, call->result, e))
		return err_in(e, "%s", call->method) || in_endpoint(c, 0, e);
	v->output = arena_copy(g->a, SPAN_HASH(&word));
	return true;
}

bool gather_run(struct gather *g, struct chain *c, struct err *e)
{
	struct rpc_call *calls = ARENA_ARRAY(g->a, struct rpc_call, g->n + 1);

	for (size_t i = 0; i < g->n; i++)
		calls[i] = question(c, g->a, &g->v[i]);
	if (g->n > 0 && !ask_pinned(c, g->a, calls, g->n, e))
		return false;
	for (size_t i = 0; i < g->n; i++) {
		if (!read_answer(g, c, &g->v[i], &calls[i], e))
			return false;
	}
	return true;
}

bool gathered_word(const struct gathered *v, struct hash32 *out)
{
	if (!v->ok || v->output.n != sizeof(out->b))
		return false;
	memcpy(out->b, v->output.p, sizeof(out->b));
	return true;
}

bool gathered_flag(const struct gathered *v)
{
	struct hash32 word;

	return gathered_word(v, &word) && !hash32_is_zero(&word);
}

uint64_t gathered_number(const struct gathered *v)
{
	struct hash32 word;
	struct u256 n;
	uint64_t out = UINT64_MAX;

	if (!gathered_word(v, &word))
		return 0;
	n = u256_from_be(word.b);
	return u256_fits_u64(&n, &out) ? out : UINT64_MAX;
}
