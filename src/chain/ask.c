#include "src/chain/ask.h"

#include <inttypes.h>
#include <string.h>

#include "src/base/hex.h"
#include "src/chain/revert.h"
#include "src/evm/abi.h"
#include "src/evm/address.h"

#define SAID_CAP 160          /* bytes of a reply that an error about a disagreement quotes */

bool in_endpoint(const struct chain *c, size_t endpoint, struct err *e)
{
	return err_in(e, "%.*s", (int)c->ep[endpoint].name.n, (const char *)c->ep[endpoint].name.p);
}

static void add_said(struct buf *out, const struct chain *c, size_t who, struct span said)
{
	const size_t n = said.n < SAID_CAP ? said.n : SAID_CAP;

	buf_span(out, c->ep[who].name);
	buf_str(out, " says ");
	buf_add(out, said.p, n);
	if (n < said.n)
		buf_str(out, "…");
}

bool disagree(const struct chain *c, const char *what, size_t x, struct span xs, size_t y, struct span ys,
	      struct err *e)
{
	struct buf words = {0};

	add_said(&words, c, x, xs);
	buf_str(&words, ", ");
	add_said(&words, c, y, ys);
	err_refuse(e, "DISAGREE", "%s: %s", what, buf_cstr(&words));
	buf_release(&words);
	return false;
}

/* ---- params ---- */

struct json *ask_params(struct arena *a, struct json *first, struct json *second)
{
	struct json *params = json_array(a);

	if (first)
		json_push(params, first);
	if (second)
		json_push(params, second);
	return params;
}

struct json *ask_number(struct arena *a, uint64_t n)
{
	return json_fmt(a, "0x%" PRIx64, n);
}

struct json *ask_addr(struct arena *a, const struct addr *who)
{
	return json_0x(a, span_of(who->b, sizeof(who->b)));
}

struct json *ask_hash(struct arena *a, const struct hash32 *h)
{
	return json_0x(a, SPAN_HASH(h));
}

/* ---- asking ---- */

bool ask_one(struct chain *c, struct arena *a, size_t endpoint, struct rpc_call *calls, size_t n, bool refusals,
	     struct err *e)
{
	if (!rpc_batch(c->rpc, a, &c->ep[endpoint], calls, n, e))
		return false;
	for (size_t i = 0; i < n && !refusals; i++) {
		if (!calls[i].result)
			return rpc_call_err(&calls[i], &c->ep[endpoint], e);
	}
	return true;
}

bool ask_any(struct chain *c, struct arena *a, struct rpc_call *calls, size_t n, size_t *who, struct err *e)
{
	for (size_t i = 0; i < c->n; i++) {
		if (ask_one(c, a, i, calls, n, true, e)) {
			if (e)
				err_clear(e);
			*who = i;
			return true;
		}
	}
	return false;
}

/* EIP-1898: {"blockHash":"0x…"}. */
static struct json *pin_param(const struct chain *c, struct arena *a, size_t endpoint)
{
	struct json *block;

	if (c->by_number[endpoint])
		return ask_number(a, c->pin.number);
	block = json_object(a);
	json_set(block, a, "blockHash", ask_hash(a, &c->pin.hash));
	return block;
}

static struct json *with_pin(const struct chain *c, struct arena *a, size_t endpoint, const struct json *params)
{
	struct json *all = params ? json_copy(a, params) : json_array(a);

	json_push(all, pin_param(c, a, endpoint));
	return all;
}

/* What was read by number is true of the pinned block only if that number still has its hash. */
static bool still_pinned(const struct chain *c, size_t endpoint, const struct rpc_call *call, struct err *e)
{
	struct block now;

	if (!call->result)
		return rpc_call_err(call, &c->ep[endpoint], e);
	if (!read_block(&now, call->result, e))
		return err_in(e, "%s", call->method) || in_endpoint(c, endpoint, e);
	if (hash32_eq(&now.hash, &c->pin.hash))
		return true;
	return err_refuse(e, "REORG",
			  "block %" PRIu64 " of %.*s was replaced while it was being read: try again",
			  c->pin.number, (int)c->ep[endpoint].name.n, (const char *)c->ep[endpoint].name.p);
}

/* calls[0..n) of one endpoint at the pinned block; `all` has room for one more. */
static bool ask_at_pin(struct chain *c, struct arena *a, size_t endpoint, struct rpc_call *all, size_t n,
		       struct err *e)
{
	const size_t check = c->by_number[endpoint] ? 1 : 0;

	if (check) {
		all[n].method = "eth_getBlockByNumber";
		all[n].params = ask_params(a, ask_number(a, c->pin.number), json_bool(a, false));
	}
	if (!ask_one(c, a, endpoint, all, n + check, true, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!all[i].result && !all[i].reverted && !all[i].own_block)
			return rpc_call_err(&all[i], &c->ep[endpoint], e);
	}
	return !check || still_pinned(c, endpoint, &all[n], e);
}

static void say_answer(struct buf *out, const struct rpc_call *call)
{
	if (call->result)
		json_canonical(out, call->result);
	else if (call->has_data && call->data.n > 0) {
		buf_str(out, "reverted with ");
		buf_0xhex(out, call->data);
	} else
		buf_str(out, "reverted without a reason");
}

/* Hex in either case is the same answer. */
static bool same_text(struct span x, struct span y)
{
	bool same = x.n == y.n;

	for (size_t i = 0; same && i < x.n; i++) {
		const uint8_t p = x.p[i], q = y.p[i];

		same = p == q || ((p ^ q) == 0x20 && (p | 0x20) >= 'a' && (p | 0x20) <= 'f');
	}
	return same;
}

static bool same_answers(const struct chain *c, const struct rpc_call *first, const struct rpc_call *other,
			 size_t who, size_t n, struct err *e)
{
	struct buf x = {0}, y = {0};
	bool same = true;

	for (size_t i = 0; same && i < n; i++) {
		if (first[i].own_block)
			continue;
		buf_clear(&x);
		buf_clear(&y);
		say_answer(&x, &first[i]);
		say_answer(&y, &other[i]);
		same = same_text(buf_view(&x), buf_view(&y)) ||
		       disagree(c, first[i].method, 0, buf_view(&x), who, buf_view(&y), e);
	}
	buf_release(&x);
	buf_release(&y);
	return same;
}

bool ask_pinned(struct chain *c, struct arena *a, struct rpc_call *calls, size_t n, struct err *e)
{
	struct rpc_call *mine = ARENA_ARRAY(a, struct rpc_call, n + 1), *first = NULL;

	for (size_t who = 0; who < c->n; who++) {
		for (size_t i = 0; i < n; i++) {
			mine[i] = (struct rpc_call){ .method = calls[i].method, .own_block = calls[i].own_block };
			mine[i].params = calls[i].own_block ? calls[i].params : with_pin(c, a, who, calls[i].params);
		}
		if (!ask_at_pin(c, a, who, mine, n, e))
			return false;
		if (first && !same_answers(c, first, mine, who, n, e))
			return false;
		if (!first) {
			first = mine;
			mine = ARENA_ARRAY(a, struct rpc_call, n + 1);
		}
	}
	memcpy(calls, first, n * sizeof(*calls));
	return true;
}

/* ---- fields ---- */

/* Base modules say ERR_SYNTAX; here it is the node that is wrong, not the user's input. */
static bool node_err(struct err *e)
{
	if (e)
		e->code = ERR_CHAIN;
	return false;
}

static bool need_text(const struct json *v, struct err *e)
{
	if (v && v->type == JSON_STRING)
		return true;
	return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "a string of hex digits was needed, found %s",
		       json_is_null(v) ? "nothing" : "something else");
}

bool read_quantity(uint64_t *out, const struct json *v, struct err *e)
{
	return need_text(v, e) && (hex_quantity(out, v->text, e) || node_err(e));
}

bool read_quantity256(struct u256 *out, const struct json *v, struct err *e)
{
	if (!need_text(v, e))
		return false;
	if (!span_starts(v->text, "0x"))
		return err_set(e, ERR_CHAIN, 0, "\"0x\" was needed");
	if (v->text.n > 3 && v->text.p[2] == '0')
		return err_set(e, ERR_CHAIN, 2, "a quantity has no leading zeros");
	return u256_parse(out, v->text, e) || node_err(e);
}

bool read_bytes(struct arena *a, struct span *out, const struct json *v, struct err *e)
{
	struct buf b = {0};
	const bool ok = need_text(v, e) && (hex_decode(&b, v->text, e) || node_err(e));

	if (ok)
		*out = arena_copy(a, buf_view(&b));
	buf_release(&b);
	return ok;
}

bool read_fixed(uint8_t *out, size_t n, const struct json *v, struct err *e)
{
	return need_text(v, e) && (hex_fixed(out, n, v->text, e) || node_err(e));
}

bool get_quantity(const struct json *o, const char *name, uint64_t *out, struct err *e)
{
	return read_quantity(out, json_find(o, name), e) || err_in(e, "%s", name);
}

bool get_quantity256(const struct json *o, const char *name, struct u256 *out, struct err *e)
{
	return read_quantity256(out, json_find(o, name), e) || err_in(e, "%s", name);
}

bool get_bytes(struct arena *a, const struct json *o, const char *name, struct span *out, struct err *e)
{
	return read_bytes(a, out, json_find(o, name), e) || err_in(e, "%s", name);
}

bool get_fixed(const struct json *o, const char *name, uint8_t *out, size_t n, struct err *e)
{
	return read_fixed(out, n, json_find(o, name), e) || err_in(e, "%s", name);
}

bool read_block(struct block *out, const struct json *v, struct err *e)
{
	struct block b = {0};

	if (!v || v->type != JSON_OBJECT)
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "the node does not have this block");
	if (!get_quantity(v, "number", &b.number, e) || !get_fixed(v, "hash", b.hash.b, 32, e) ||
	    !get_fixed(v, "parentHash", b.parent.b, 32, e) || !get_quantity(v, "timestamp", &b.time, e))
		return false;
	b.has_base_fee = !json_is_null(json_find(v, "baseFeePerGas"));
	if (b.has_base_fee && !get_quantity256(v, "baseFeePerGas", &b.base_fee, e))
		return false;
	*out = b;
	return true;
}

/* ---- getters ---- */

static struct span getter_calldata(struct arena *a, const struct getter *g)
{
	const struct abi_function *f = abi_function_parse(a, span_str(g->signature), NULL);
	struct buf b = {0};
	struct span data;

	if (!f)
		BUG("%s is no signature", g->signature);
	buf_add(&b, f->selector, 4);
	if (g->args)
		abi_encode(&b, g->args);
	data = arena_copy(a, buf_view(&b));
	buf_release(&b);
	return data;
}

static bool getter_err(const struct getter *g, enum err_code code, const char *why, struct err *e)
{
	struct buf at = {0};

	addr_format(&at, &g->to);
	err_set(e, code, ERR_NO_OFFSET, "%s of %s: %s", g->signature, buf_cstr(&at), why);
	buf_release(&at);
	return false;
}

static bool read_getter(struct arena *a, const struct getter *g, const struct chain_read *r,
			struct abi_value *out, struct err *e)
{
	const struct abi_type *type = abi_type_parse(a, span_str(g->returns), NULL);
	struct buf why = {0};
	struct err bad = {0};

	if (!type)
		BUG("%s is no type", g->returns);
	if (r->ok && r->output.n > 0 && abi_decode(a, out, type, r->output, &bad))
		return true;
	if (!r->ok)
		revert_words(&why, r->revert, NULL, 0);
	else if (r->output.n == 0)
		buf_str(&why, "no answer: there is no such contract at this address");
	else {
		buf_str(&why, "its answer does not decode: ");
		err_format(&bad, &why);
	}
	getter_err(g, ERR_CHAIN, buf_cstr(&why), e);
	err_clear(&bad);
	buf_release(&why);
	return false;
}

bool ask_getters(struct chain *c, struct arena *a, const struct getter *g, struct abi_value *outs,
		 bool *missing, size_t n, struct err *e)
{
	struct chain_read *reads = ARENA_ARRAY(a, struct chain_read, n);

	for (size_t i = 0; i < n; i++) {
		reads[i].to = g[i].to;
		reads[i].data = getter_calldata(a, &g[i]);
	}
	if (!chain_calls(c, a, reads, n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		const bool ok = read_getter(a, &g[i], &reads[i], &outs[i], missing ? NULL : e);

		if (missing)
			missing[i] = !ok;
		else if (!ok)
			return false;
	}
	return true;
}
