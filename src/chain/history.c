/* What happened: receipts, transactions and logs (reader.h). Unlike state these are not read at the pinned
 * block. */
#include <inttypes.h>
#include <string.h>

#include "src/chain/ask.h"
#include "src/chain/reader.h"

#define LOG_PAGE 5000u        /* blocks, at first */

/* ---- logs, wherever they stand ---- */

static bool read_topics(struct chain_log *out, const struct json *list, struct err *e)
{
	size_t i = 0;

	if (!list || list->type != JSON_ARRAY || list->n > 4)
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "an array of at most 4 was needed") ||
		       err_in(e, "topics");
	for (const struct json *v = list->first; v; v = v->next, i++) {
		if (!read_fixed(out->topics[i].b, 32, v, e))
			return err_in(e, "topics[%zu]", i);
	}
	out->topic_count = list->n;
	return true;
}

static bool read_log(struct arena *a, struct chain_log *out, const struct json *v, struct err *e)
{
	const struct json *removed = json_find(v, "removed");

	if (v->type != JSON_OBJECT)
		return err_set(e, ERR_CHAIN, v->at, "a log is an object");
	if (removed && removed->type == JSON_TRUE)
		return err_set(e, ERR_CHAIN, v->at, "a log of a block that was replaced");
	return get_fixed(v, "address", out->address.b, 20, e) && read_topics(out, json_find(v, "topics"), e) &&
	       get_bytes(a, v, "data", &out->data, e) && get_quantity(v, "blockNumber", &out->block, e) &&
	       get_fixed(v, "blockHash", out->block_hash.b, 32, e) &&
	       get_fixed(v, "transactionHash", out->tx_hash.b, 32, e) &&
	       get_quantity(v, "logIndex", &out->index, e);
}

bool read_log_list(struct arena *a, struct chain_log **out, size_t *n, const struct json *list, struct err *e)
{
	struct chain_log *logs;
	size_t i = 0;

	if (!list || list->type != JSON_ARRAY)
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "an array of logs was needed");
	if (list->n > CHAIN_MAX_LOGS)
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "%zu logs, at most %zu are taken", list->n,
			       CHAIN_MAX_LOGS);
	logs = ARENA_ARRAY(a, struct chain_log, list->n);
	for (const struct json *v = list->first; v; v = v->next, i++) {
		if (!read_log(a, &logs[i], v, e))
			return err_in(e, "log[%zu]", i);
		if (i > 0 && (logs[i].block < logs[i - 1].block ||
			      (logs[i].block == logs[i - 1].block && logs[i].index <= logs[i - 1].index)))
			return err_set(e, ERR_CHAIN, v->at, "logs are out of order") ||
			       err_in(e, "log[%zu]", i);
	}
	*out = logs;
	*n = list->n;
	return true;
}

static bool same_log(const struct chain_log *x, const struct chain_log *y)
{
	bool same = addr_eq(&x->address, &y->address) && x->topic_count == y->topic_count &&
		    span_eq(x->data, y->data) && x->block == y->block &&
		    hash32_eq(&x->block_hash, &y->block_hash) && hash32_eq(&x->tx_hash, &y->tx_hash) &&
		    x->index == y->index;

	for (size_t i = 0; same && i < x->topic_count; i++)
		same = hash32_eq(&x->topics[i], &y->topics[i]);
	return same;
}

static bool same_logs(const struct chain_log *x, size_t nx, const struct chain_log *y, size_t ny)
{
	bool same = nx == ny;

	for (size_t i = 0; same && i < nx; i++)
		same = same_log(&x[i], &y[i]);
	return same;
}

/* ---- receipts ---- */

static bool read_receipt_fields(struct arena *a, struct chain_receipt *r, const struct json *v,
				const struct hash32 *tx, struct err *e)
{
	uint64_t status;

	if (v->type != JSON_OBJECT)
		return err_set(e, ERR_CHAIN, v->at, "a receipt is an object");
	if (!get_fixed(v, "transactionHash", r->tx_hash.b, 32, e) || !get_quantity(v, "status", &status, e) ||
	    !get_quantity(v, "blockNumber", &r->block, e) ||
	    !get_fixed(v, "blockHash", r->block_hash.b, 32, e) ||
	    !get_quantity(v, "gasUsed", &r->gas_used, e) || !get_fixed(v, "from", r->from.b, 20, e))
		return false;
	if (!hash32_eq(&r->tx_hash, tx))
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "it is another transaction's") ||
		       err_in(e, "transactionHash");
	if (status > 1)
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "0x0 or 0x1 was needed") || err_in(e, "status");
	r->ok = status == 1;
	r->has_to = !json_is_null(json_find(v, "to"));
	if (r->has_to && !get_fixed(v, "to", r->to.b, 20, e))
		return false;
	if (!json_is_null(json_find(v, "effectiveGasPrice")) &&
	    !get_quantity256(v, "effectiveGasPrice", &r->gas_price, e))
		return false;
	r->raw = v;
	return read_log_list(a, &r->logs, &r->log_count, json_find(v, "logs"), e) || err_in(e, "logs");
}

/* The receipt's block must be the one that stands at its number, which also tells the time. */
static bool read_receipt_block(struct chain *c, struct arena *a, size_t who, struct chain_receipt *r,
			       bool *found, struct err *e)
{
	struct rpc_call call = {
		.method = "eth_getBlockByNumber",
		.params = ask_params(a, ask_number(a, r->block), json_bool(a, false)),
	};
	struct block block;

	if (!ask_one(c, a, who, &call, 1, false, e))
		return false;
	if (!read_block(&block, call.result, e))
		return err_in(e, "%s", call.method) || in_endpoint(c, who, e);
	*found = hash32_eq(&block.hash, &r->block_hash);      /* else it is moving: not mined yet */
	r->block_time = block.time;
	return true;
}

static bool receipt_from(struct chain *c, struct arena *a, size_t who, const struct hash32 *tx,
			 struct chain_receipt *out, bool *found, struct err *e)
{
	struct rpc_call call = {
		.method = "eth_getTransactionReceipt", .params = ask_params(a, ask_hash(a, tx), NULL),
	};

	memset(out, 0, sizeof(*out));
	*found = false;
	if (!ask_one(c, a, who, &call, 1, false, e))
		return false;
	if (call.result->type == JSON_NULL)
		return true;
	if (!read_receipt_fields(a, out, call.result, tx, e))
		return err_in(e, "%s", call.method) || in_endpoint(c, who, e);
	return read_receipt_block(c, a, who, out, found, e);
}

static bool same_receipt(const struct chain_receipt *x, const struct chain_receipt *y)
{
	return x->ok == y->ok && hash32_eq(&x->block_hash, &y->block_hash) && x->block == y->block &&
	       x->block_time == y->block_time && x->gas_used == y->gas_used && addr_eq(&x->from, &y->from) &&
	       x->has_to == y->has_to && addr_eq(&x->to, &y->to) &&
	       same_logs(x->logs, x->log_count, y->logs, y->log_count);
}

static bool receipts_differ(const struct chain *c, const struct chain_receipt *x, const struct chain_receipt *y,
			    size_t who, struct err *e)
{
	struct buf xs = {0}, ys = {0};

	buf_fmt(&xs, "status %d in block ", x->ok);
	buf_0xhex(&xs, SPAN_HASH(&x->block_hash));
	buf_fmt(&xs, " with %zu logs", x->log_count);
	buf_fmt(&ys, "status %d in block ", y->ok);
	buf_0xhex(&ys, SPAN_HASH(&y->block_hash));
	buf_fmt(&ys, " with %zu logs", y->log_count);
	disagree(c, "the receipt", 0, buf_view(&xs), who, buf_view(&ys), e);
	buf_release(&xs);
	buf_release(&ys);
	return false;
}

bool chain_receipt(struct chain *c, struct arena *a, const struct hash32 *tx, struct chain_receipt *out,
		   bool *found, struct err *e)
{
	struct chain_receipt other;
	bool all = true;

	for (size_t i = 0; i < c->n && all; i++) {
		if (!receipt_from(c, a, i, tx, i == 0 ? out : &other, &all, e))
			return false;
		if (all && i > 0 && !same_receipt(out, &other))
			return receipts_differ(c, out, &other, i, e);
	}
	*found = all;
	return true;
}

/* ---- transactions ---- */

static bool read_fees(struct chain_tx *t, const struct json *v, struct err *e)
{
	if (!json_is_null(json_find(v, "maxFeePerGas")))
		return get_quantity256(v, "maxFeePerGas", &t->max_fee, e) &&
		       get_quantity256(v, "maxPriorityFeePerGas", &t->max_priority, e);
	if (!get_quantity256(v, "gasPrice", &t->max_fee, e))
		return false;
	t->max_priority = t->max_fee;
	return true;
}

static bool read_tx(struct arena *a, struct chain_tx *t, const struct json *v, const struct hash32 *tx,
		    struct err *e)
{
	if (v->type != JSON_OBJECT)
		return err_set(e, ERR_CHAIN, v->at, "a transaction is an object");
	if (!get_fixed(v, "hash", t->hash.b, 32, e) || !get_fixed(v, "from", t->from.b, 20, e) ||
	    !get_quantity(v, "nonce", &t->nonce, e) || !get_quantity(v, "gas", &t->gas, e) ||
	    !get_quantity256(v, "value", &t->value, e) || !get_bytes(a, v, "input", &t->input, e) ||
	    !read_fees(t, v, e))
		return false;
	if (!hash32_eq(&t->hash, tx))
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "it is another transaction") || err_in(e, "hash");
	t->has_to = !json_is_null(json_find(v, "to"));
	if (t->has_to && !get_fixed(v, "to", t->to.b, 20, e))
		return false;
	t->mined = !json_is_null(json_find(v, "blockNumber"));
	return !t->mined || get_quantity(v, "blockNumber", &t->block, e);
}

bool chain_transaction(struct chain *c, struct arena *a, const struct hash32 *tx, struct chain_tx *out,
		       bool *found, struct err *e)
{
	*found = false;
	for (size_t i = 0; i < c->n && !*found; i++) {
		struct rpc_call call = {
			.method = "eth_getTransactionByHash", .params = ask_params(a, ask_hash(a, tx), NULL),
		};

		if (!ask_one(c, a, i, &call, 1, false, e))
			return false;
		if (call.result->type == JSON_NULL)
			continue;
		memset(out, 0, sizeof(*out));
		if (!read_tx(a, out, call.result, tx, e))
			return err_in(e, "%s", call.method) || in_endpoint(c, i, e);
		*found = true;
	}
	return true;
}

/* ---- logs over a range ---- */

struct log_query {
	const struct addr *addresses;
	size_t n_addresses;
	const struct hash32 *topic0;
	size_t n_topics;
	uint64_t from, to;
};

static struct json *log_filter(struct arena *a, const struct log_query *q)
{
	struct json *o = json_object(a), *addresses = json_array(a), *topics = json_array(a);

	for (size_t i = 0; i < q->n_addresses; i++)
		json_push(addresses, ask_addr(a, &q->addresses[i]));
	json_set(o, a, "address", addresses);
	json_set(o, a, "fromBlock", ask_number(a, q->from));
	json_set(o, a, "toBlock", ask_number(a, q->to));
	if (q->n_topics > 0) {
		for (size_t i = 0; i < q->n_topics; i++)
			json_push(topics, ask_hash(a, &q->topic0[i]));
		json_set(o, a, "topics", ask_params(a, topics, NULL));
	}
	return o;
}

static bool fits_query(const struct log_query *q, const struct chain_log *log)
{
	bool address = false, topic = q->n_topics == 0;

	for (size_t i = 0; i < q->n_addresses && !address; i++)
		address = addr_eq(&log->address, &q->addresses[i]);
	for (size_t i = 0; i < q->n_topics && !topic && log->topic_count > 0; i++)
		topic = hash32_eq(&log->topics[0], &q->topic0[i]);
	return address && topic && log->block >= q->from && log->block <= q->to;
}

/* *too_long: the node refuses, perhaps because of the range. */
static bool logs_from(struct chain *c, struct arena *a, size_t who, const struct log_query *q,
		      struct chain_log **out, size_t *n, bool *too_long, struct err *e)
{
	struct rpc_call call = { .method = "eth_getLogs", .params = ask_params(a, log_filter(a, q), NULL) };

	*too_long = false;
	if (!ask_one(c, a, who, &call, 1, true, e))
		return false;
	if (!call.result) {
		*too_long = call.error_code != -32601;
		return rpc_call_err(&call, &c->ep[who], e);
	}
	if (!read_log_list(a, out, n, call.result, e))
		return err_in(e, "%s", call.method) || in_endpoint(c, who, e);
	for (size_t i = 0; i < *n; i++) {
		if (!fits_query(q, &(*out)[i]))
			return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "a log that was not asked for") ||
			       err_in(e, "log[%zu]", i) || err_in(e, "%s", call.method) ||
			       in_endpoint(c, who, e);
	}
	return true;
}

static bool logs_page(struct chain *c, struct arena *a, const struct log_query *q, struct chain_log **out,
		      size_t *n, bool *too_long, struct err *e)
{
	struct chain_log *other;
	size_t n_other;

	if (!logs_from(c, a, 0, q, out, n, too_long, e))
		return false;
	for (size_t i = 1; i < c->n; i++) {
		struct buf what = {0}, xs = {0}, ys = {0};
		bool same;

		if (!logs_from(c, a, i, q, &other, &n_other, too_long, e))
			return false;
		same = same_logs(*out, *n, other, n_other);
		if (!same) {
			buf_fmt(&what, "logs of blocks %" PRIu64 " to %" PRIu64, q->from, q->to);
			buf_fmt(&xs, "%zu", *n);
			buf_fmt(&ys, n_other == *n ? "%zu others" : "%zu", n_other);
			disagree(c, buf_cstr(&what), 0, buf_view(&xs), i, buf_view(&ys), e);
		}
		buf_release(&what);
		buf_release(&xs);
		buf_release(&ys);
		if (!same)
			return false;
	}
	return true;
}

/* Grows what stands in the arena by doubling; old copies stay there until it is released. */
static void append_logs(struct arena *a, struct chain_log **all, size_t *n, size_t *cap,
			const struct chain_log *page, size_t n_page)
{
	if (n_page == 0)
		return;
	if (*n + n_page > *cap) {
		struct chain_log *bigger;

		*cap = (*n + n_page) * 2;
		bigger = ARENA_ARRAY(a, struct chain_log, *cap);
		if (*n > 0)
			memcpy(bigger, *all, *n * sizeof(*bigger));
		*all = bigger;
	}
	memcpy(*all + *n, page, n_page * sizeof(*page));
	*n += n_page;
}

bool chain_logs(struct chain *c, struct arena *a, const struct addr *addresses, size_t n_addresses,
		const struct hash32 *topic0, size_t n_topics, uint64_t from, uint64_t to,
		struct chain_log **out, size_t *n, struct err *e)
{
	struct log_query q = { .addresses = addresses, .n_addresses = n_addresses, .topic0 = topic0,
			       .n_topics = topic0 ? n_topics : 0 };
	uint64_t size = LOG_PAGE, at = from;
	size_t cap = 0;

	*out = NULL;
	*n = 0;
	while (at <= to) {
		struct chain_log *page = NULL;
		size_t n_page = 0;
		bool too_long = false;

		q.from = at;
		q.to = to - at < size ? to : at + size - 1;
		if (!logs_page(c, a, &q, &page, &n_page, &too_long, e)) {
			if (!too_long || q.to == q.from)
				return false;
			if (e)
				err_clear(e);
			size = (q.to - q.from + 1) / 2;
			continue;
		}
		append_logs(a, out, n, &cap, page, n_page);
		if (*n > CHAIN_MAX_LOGS)
			return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "more than %zu logs", CHAIN_MAX_LOGS);
		if (q.to == to)
			break;
		at = q.to + 1;
	}
	return true;
}
