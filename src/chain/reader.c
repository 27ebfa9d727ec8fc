#include "src/chain/reader.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "src/chain/ask.h"
#include "src/chain/revert.h"
#include "src/evm/abi.h"
#include "src/evm/address.h"

/* ---- opening: the right chain, and one block of it ---- */

void chain_release(struct chain *c)
{
	rpc_free(c->rpc);
	memset(c, 0, sizeof(*c));
}

static bool check_identity(uint64_t chain_id, const struct hash32 *genesis, const struct rpc_call calls[2],
			   struct err *e)
{
	struct block first;
	uint64_t id;

	if (!read_quantity(&id, calls[0].result, e))
		return err_in(e, "eth_chainId");
	if (id != chain_id)
		return err_refuse(e, "CHAIN-ID", "this node is on chain %" PRIu64 ", not on %" PRIu64, id,
				  chain_id);
	if (!genesis)
		return true;
	if (!read_block(&first, calls[1].result, e))
		return err_in(e, "block 0");
	if (!hash32_eq(&first.hash, genesis)) {
		struct buf found = {0}, wanted = {0};

		buf_0xhex(&found, SPAN_HASH(&first.hash));
		buf_0xhex(&wanted, SPAN_HASH(genesis));
		err_refuse(e, "GENESIS", "block 0 is %s, not %s: another chain with the same id",
			   buf_cstr(&found), buf_cstr(&wanted));
		buf_release(&found);
		buf_release(&wanted);
		return false;
	}
	return true;
}

static bool ask_identity(struct chain *c, size_t who, uint64_t chain_id, const struct hash32 *genesis,
			 struct err *e)
{
	struct arena a = {0};
	struct rpc_call calls[2] = {
		{ .method = "eth_chainId" },
		{ .method = "eth_getBlockByNumber",
		  .params = ask_params(&a, ask_number(&a, 0), json_bool(&a, false)) },
	};
	const bool ok = ask_one(c, &a, who, calls, 2, false, e) &&
			(check_identity(chain_id, genesis, calls, e) || in_endpoint(c, who, e));

	arena_release(&a);
	return ok;
}

static bool block_of(struct chain *c, struct arena *a, size_t who, struct json *tag, struct block *out,
		     struct err *e)
{
	struct rpc_call call = {.method = "eth_getBlockByNumber",
				.params = ask_params(a, tag, json_bool(a, false))};

	if (!ask_one(c, a, who, &call, 1, false, e))
		return false;
	return read_block(out, call.result, e) || err_in(e, "%s", call.method) || in_endpoint(c, who, e);
}

static bool same_block(const struct chain *c, const struct block *x, const struct block *y, size_t who,
		       struct err *e)
{
	struct buf xs = {0}, ys = {0}, what = {0};
	const bool same = hash32_eq(&x->hash, &y->hash) && x->time == y->time && x->number == y->number;

	if (!same) {
		buf_fmt(&what, "block %" PRIu64, x->number);
		buf_0xhex(&xs, SPAN_HASH(&x->hash));
		buf_0xhex(&ys, SPAN_HASH(&y->hash));
		disagree(c, buf_cstr(&what), 0, buf_view(&xs), who, buf_view(&ys), e);
	}
	buf_release(&xs);
	buf_release(&ys);
	buf_release(&what);
	return same;
}

/* The block `tag` of every endpoint is asked; the lowest of them is one that all should have. */
static bool common_block(struct chain *c, struct arena *a, const char *tag, struct block *out, struct err *e)
{
	struct block mine;
	size_t lowest = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (!block_of(c, a, i, json_str(a, tag), &mine, e))
			return false;
		if (i == 0 || mine.number < out->number) {
			*out = mine;
			lowest = i;
		}
	}
	if (c->n == 1)
		return true;
	for (size_t i = 0; i < c->n; i++) {
		struct block first = *out;

		if (i == lowest)
			continue;
		if (!block_of(c, a, i, ask_number(a, out->number), &mine, e))
			return false;
		if (!same_block(c, lowest == 0 ? &first : &mine, lowest == 0 ? &mine : &first,
				lowest == 0 ? i : lowest, e))
			return false;
	}
	return true;
}

/* At the tip two honest nodes may differ for a moment. */
static bool pin_newest(struct chain *c, struct err *e)
{
	struct timespec pause = { .tv_sec = 0, .tv_nsec = 400000000 };

	for (unsigned try = 0;; try++) {
		struct arena a = {0};
		const bool ok = common_block(c, &a, "latest", &c->pin, e);

		arena_release(&a);
		if (ok || try == 2 || !e || !e->refusal || strcmp(e->refusal, "DISAGREE") != 0)
			return ok;
		err_clear(e);
		nanosleep(&pause, NULL);
	}
}

/* A node that refuses a harmless read by block hash is asked by number from then on. */
static bool probe_hashes(struct chain *c, struct err *e)
{
	const struct addr nobody = {{0}};

	for (size_t i = 0; i < c->n; i++) {
		struct arena a = {0};
		struct json *block = json_object(&a);
		struct rpc_call call = { .method = "eth_getBalance" };
		bool ok;

		json_set(block, &a, "blockHash", ask_hash(&a, &c->pin.hash));
		call.params = ask_params(&a, ask_addr(&a, &nobody), block);
		ok = ask_one(c, &a, i, &call, 1, true, e);
		c->by_number[i] = !call.result;
		arena_release(&a);
		if (!ok)
			return false;
	}
	return true;
}

bool chain_open(struct chain *c, const struct endpoint *endpoints, size_t n, uint64_t chain_id,
		const struct hash32 *genesis, struct err *e)
{
	return chain_open_within(c, endpoints, n, chain_id, genesis, NULL, e);
}

bool chain_open_within(struct chain *c, const struct endpoint *endpoints, size_t n, uint64_t chain_id,
		       const struct hash32 *genesis, const struct chain_patience *p, struct err *e)
{
	bool ok = true;

	memset(c, 0, sizeof(*c));
	if (n == 0 || n > RPC_MAX_ENDPOINTS)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "%zu endpoints, 1 to %d can be asked", n,
			       RPC_MAX_ENDPOINTS);
	c->rpc = rpc_new();
	if (p) {
		rpc_set_patience(c->rpc, p->try_ms, p->retries);
		rpc_set_deadline(c->rpc, p->deadline_ms);
	}
	c->n = n;
	c->chain_id = chain_id;
	memcpy(c->ep, endpoints, n * sizeof(*endpoints));
	for (size_t i = 0; ok && i < n; i++)
		ok = ask_identity(c, i, chain_id, genesis, e);
	ok = ok && pin_newest(c, e) && probe_hashes(c, e);
	if (!ok)
		chain_release(c);
	return ok;
}

bool chain_repin(struct chain *c, struct err *e)
{
	return pin_newest(c, e);
}

static void add_names(struct buf *out, const struct chain *c, bool by_number)
{
	bool any = false;

	for (size_t i = 0; i < c->n; i++) {
		if (c->by_number[i] != by_number)
			continue;
		buf_str(out, any ? " and " : " from ");
		buf_span(out, c->ep[i].name);
		any = true;
	}
}

void chain_pin_words(const struct chain *c, struct buf *out)
{
	size_t by_number = 0;

	for (size_t i = 0; i < c->n; i++)
		by_number += c->by_number[i];
	buf_fmt(out, "block %" PRIu64 " ", c->pin.number);
	buf_0xhex(out, SPAN_HASH(&c->pin.hash));
	if (by_number < c->n) {
		buf_str(out, ", read by hash");
		add_names(out, c, false);
	}
	if (by_number > 0) {
		buf_str(out, ", read by number");
		add_names(out, c, true);
		buf_str(out, by_number == 1 ? ", which refuses hashes" : ", which refuse hashes");
	}
}

bool chain_block(struct chain *c, uint64_t number, struct block *out, struct err *e)
{
	struct arena a = {0};
	struct block other;
	bool ok = block_of(c, &a, 0, ask_number(&a, number), out, e);

	for (size_t i = 1; ok && i < c->n; i++)
		ok = block_of(c, &a, i, ask_number(&a, number), &other, e) && same_block(c, out, &other, i, e);
	arena_release(&a);
	return ok;
}

bool chain_heads(struct chain *c, struct chain_heads *out, struct err *e)
{
	struct arena a = {0};
	struct chain_heads h = {0};
	bool ok = common_block(c, &a, "latest", &h.latest, e);

	if (ok) {
		h.has_safe = common_block(c, &a, "safe", &h.safe, NULL);
		h.has_finalized = common_block(c, &a, "finalized", &h.finalized, NULL);
		*out = h;
	}
	arena_release(&a);
	return ok;
}

/* ---- calls ---- */

static struct json *call_param(struct arena *a, const struct chain_read *r)
{
	struct json *o = json_object(a);

	if (r->has_from) {
		struct buf value = {0};

		u256_format_quantity(&value, &r->value);
		json_set(o, a, "from", ask_addr(a, &r->from));
		json_set(o, a, "value", json_text(a, buf_view(&value)));
		buf_release(&value);
	}
	json_set(o, a, "to", ask_addr(a, &r->to));
	json_set(o, a, "data", json_0x(a, r->data));
	return o;
}

bool chain_calls(struct chain *c, struct arena *a, struct chain_read *reads, size_t n, struct err *e)
{
	struct rpc_call *calls = ARENA_ARRAY(a, struct rpc_call, n);

	for (size_t i = 0; i < n; i++) {
		calls[i].method = "eth_call";
		calls[i].params = ask_params(a, call_param(a, &reads[i]), NULL);
	}
	if (n == 0)
		return true;
	if (!ask_pinned(c, a, calls, n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		reads[i].ok = calls[i].result != NULL;
		reads[i].has_data = calls[i].has_data;
		reads[i].revert = calls[i].data;
		reads[i].words = calls[i].error_text;
		if (reads[i].ok && !read_bytes(a, &reads[i].output, calls[i].result, e))
			return err_in(e, "eth_call") || in_endpoint(c, 0, e);
	}
	return true;
}

static bool call_err(const struct abi_function *f, const struct addr *to, const struct buf *why, struct err *e)
{
	struct buf at = {0};

	addr_format(&at, to);
	err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "%.*s of %s: %s", (int)f->signature.n,
		(const char *)f->signature.p, buf_cstr(&at), buf_cstr(why));
	buf_release(&at);
	return false;
}

static bool call_once(struct chain *c, struct arena *a, const struct addr *to, const struct abi_function *f,
		      const struct abi_value *args, struct chain_read *r, struct err *e)
{
	struct buf data = {0};

	if (args)
		abi_calldata_encode(&data, f, args);
	else
		buf_add(&data, f->selector, 4);
	r->to = *to;
	r->data = arena_copy(a, buf_view(&data));
	buf_release(&data);
	return chain_calls(c, a, r, 1, e);
}

static bool call_result(struct arena *a, const struct addr *to, const struct abi_function *f,
			const struct chain_read *r, struct abi_value *out, struct err *e)
{
	struct err bad = {0};
	struct buf why = {0};

	if (r->ok && abi_decode(a, out, f->outputs, r->output, &bad))
		return true;
	if (!r->ok)
		revert_words(&why, r->revert, NULL, 0);
	else if (r->output.n == 0)
		buf_str(&why, "no answer: there is no such contract at this address");
	else {
		buf_str(&why, "its answer does not decode: ");
		err_format(&bad, &why);
	}
	call_err(f, to, &why, e);
	buf_release(&why);
	err_clear(&bad);
	return false;
}

bool chain_call(struct chain *c, struct arena *a, const struct addr *to, const struct abi_function *f,
		const struct abi_value *args, struct abi_value *out, struct err *e)
{
	struct chain_read r = {0};

	return call_once(c, a, to, f, args, &r, e) && call_result(a, to, f, &r, out, e);
}

bool chain_try_call(struct chain *c, struct arena *a, const struct addr *to, const struct abi_function *f,
		    const struct abi_value *args, struct abi_value *out, bool *answered, struct err *e)
{
	struct chain_read r = {0};

	*answered = false;
	if (!call_once(c, a, to, f, args, &r, e))
		return false;
	*answered = r.ok && r.output.n > 0;
	return !*answered || call_result(a, to, f, &r, out, e);
}

/* ---- accounts ---- */

static bool ask_account(struct chain *c, struct arena *a, const char *method, const struct addr *who,
			const struct hash32 *slot, const struct json **out, struct err *e)
{
	struct rpc_call call = {
		.method = method,
		.params = ask_params(a, ask_addr(a, who), slot ? ask_hash(a, slot) : NULL),
	};

	if (!ask_pinned(c, a, &call, 1, e))
		return false;
	if (!call.result)
		return rpc_call_err(&call, &c->ep[0], e);
	*out = call.result;
	return true;
}

bool chain_balance(struct chain *c, const struct addr *who, struct u256 *wei, struct err *e)
{
	struct arena a = {0};
	const struct json *v;
	const bool ok = ask_account(c, &a, "eth_getBalance", who, NULL, &v, e) &&
			(read_quantity256(wei, v, e) || err_in(e, "eth_getBalance") || in_endpoint(c, 0, e));

	arena_release(&a);
	return ok;
}

bool chain_nonce(struct chain *c, const struct addr *who, uint64_t *nonce, struct err *e)
{
	struct arena a = {0};
	const struct json *v;
	const bool ok =
		ask_account(c, &a, "eth_getTransactionCount", who, NULL, &v, e) &&
		(read_quantity(nonce, v, e) || err_in(e, "eth_getTransactionCount") || in_endpoint(c, 0, e));

	arena_release(&a);
	return ok;
}

bool chain_code(struct chain *c, struct arena *a, const struct addr *who, struct span *code, struct err *e)
{
	const struct json *v;

	return ask_account(c, a, "eth_getCode", who, NULL, &v, e) &&
	       (read_bytes(a, code, v, e) || err_in(e, "eth_getCode") || in_endpoint(c, 0, e));
}

bool read_word(struct hash32 *out, const struct json *v, struct err *e)
{
	struct u256 word;

	if (v->type == JSON_STRING && v->text.n == 66)
		return read_fixed(out->b, 32, v, e);
	if (!read_quantity256(&word, v, e))
		return false;
	u256_to_be(out->b, &word);
	return true;
}

bool chain_storage(struct chain *c, const struct addr *who, const struct hash32 *slot, struct hash32 *out,
		   struct err *e)
{
	struct arena a = {0};
	const struct json *v;
	const bool ok = ask_account(c, &a, "eth_getStorageAt", who, slot, &v, e) &&
			(read_word(out, v, e) || err_in(e, "eth_getStorageAt") || in_endpoint(c, 0, e));

	arena_release(&a);
	return ok;
}
