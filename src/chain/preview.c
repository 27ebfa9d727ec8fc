#include "src/chain/preview.h"

#include <inttypes.h>
#include <string.h>

#include "src/base/text.h"
#include "src/chain/ask.h"

#define MAX_LOGS 4096u
#define MAX_CHANGES 4096u

/* ---- asking ---- */

static struct json *call_json(struct arena *a, const struct preview_call *c)
{
	struct json *o = json_object(a);
	struct buf value = {0};

	u256_format_quantity(&value, &c->value);
	json_set(o, a, "from", ask_addr(a, &c->from));
	json_set(o, a, "to", ask_addr(a, &c->to));
	json_set(o, a, "value", json_text(a, buf_view(&value)));
	json_set(o, a, "data", json_0x(a, c->data));
	buf_release(&value);
	return o;
}

/* {"0x…":{"stateDiff":{"0x…":"0x…"}}}, added to what is there. */
static void override(struct json *all, struct arena *a, const struct preview_slot *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct json *text = ask_addr(a, &v[i].at);
		const char *at = arena_str(a, text->text);
		struct json *diff = json_object(a), *account = json_object(a);

		if (json_find(all, at) != NULL) {
			for (struct json *m = all->first; m != NULL; m = m->next) {
				if (span_is(m->name, at))
					diff = m->first;
			}
		} else {
			json_set(account, a, "stateDiff", diff);
			json_set(all, a, at, account);
		}
		json_set(diff, a, arena_str(a, ask_hash(a, &v[i].slot)->text), ask_hash(a, &v[i].word));
	}
}

static struct json *block_json(struct arena *a, const struct preview_sim *p, size_t i)
{
	struct json *o = json_object(a), *calls = json_array(a), *block = json_object(a), *state = json_object(a);

	for (size_t k = 0; k < p->blocks[i].n; k++)
		json_push(calls, call_json(a, &p->blocks[i].calls[k]));
	json_set(block, a, "time", ask_number(a, p->blocks[i].time));
	json_set(o, a, "blockOverrides", block);
	if (i == 0)
		override(state, a, p->assumed, p->n_assumed);
	override(state, a, p->blocks[i].assumed, p->blocks[i].n_assumed);
	if (state->n > 0)
		json_set(o, a, "stateOverrides", state);
	json_set(o, a, "calls", calls);
	return o;
}

static struct json *pin(const struct chain *c, struct arena *a)
{
	return ask_number(a, c->pin.number);
}

static struct json *simulation(const struct chain *c, struct arena *a, const struct preview_sim *p)
{
	struct json *o = json_object(a), *blocks = json_array(a);

	for (size_t i = 0; i < p->n_blocks; i++)
		json_push(blocks, block_json(a, p, i));
	json_set(o, a, "blockStateCalls", blocks);
	json_set(o, a, "validation", json_bool(a, false));
	return ask_params(a, o, pin(c, a));
}

static struct json *trace(const struct chain *c, struct arena *a, const struct preview *p)
{
	struct json *params = ask_params(a, call_json(a, &p->traced), pin(c, a)), *o = json_object(a);
	struct json *config = json_object(a), *block = json_object(a), *state = json_object(a);

	json_set(config, a, "diffMode", json_bool(a, true));
	json_set(block, a, "time", ask_number(a, p->traced_time));
	json_set(o, a, "tracer", json_str(a, "prestateTracer"));
	json_set(o, a, "tracerConfig", config);
	json_set(o, a, "blockOverrides", block);
	override(state, a, p->traced_assumed, p->n_traced_assumed);
	json_set(o, a, "stateOverrides", state);
	json_push(params, o);
	return params;
}

/* ---- reading a simulation ---- */

static bool read_log(struct arena *a, struct chain_log *out, const struct json *v, struct err *e)
{
	const struct json *topics = json_find(v, "topics");

	if (!get_fixed(v, "address", out->address.b, 20, e) || !get_bytes(a, v, "data", &out->data, e))
		return false;
	if (!topics || topics->type != JSON_ARRAY || topics->n > 4)
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "at most 4 topics") || err_in(e, "topics");
	for (const struct json *t = topics->first; t; t = t->next) {
		if (!read_fixed(out->topics[out->topic_count++].b, 32, t, e))
			return err_in(e, "topics");
	}
	return true;
}

static bool read_logs(struct arena *a, struct preview_call *c, const struct json *list, struct err *e)
{
	if (json_is_null(list))
		return true;
	if (list->type != JSON_ARRAY || list->n > MAX_LOGS)
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "a list of logs was needed") || err_in(e, "logs");
	c->logs = ARENA_ARRAY(a, struct chain_log, list->n + 1);
	for (const struct json *v = list->first; v; v = v->next) {
		if (!read_log(a, &c->logs[c->n_logs], v, e))
			return err_in(e, "logs[%zu]", c->n_logs);
		c->n_logs++;
	}
	return true;
}

/* The bytes of a revert are in returnData, or in error.data, or nowhere. */
static bool read_result(struct arena *a, struct preview_call *c, const struct json *v, struct err *e)
{
	const struct json *error = json_find(v, "error"), *data = error ? json_find(error, "data") : NULL;
	uint64_t status;

	if (!get_quantity(v, "status", &status, e) || !read_logs(a, c, json_find(v, "logs"), e))
		return false;
	c->ok = status == 1;
	if (!json_is_null(json_find(v, "returnData")) && !get_bytes(a, v, "returnData", &c->output, e))
		return false;
	if (!c->ok && c->output.n == 0 && data && data->type == JSON_STRING)
		return read_bytes(a, &c->output, data, e) || err_in(e, "error.data");
	return true;
}

static bool read_calls(struct arena *a, struct preview_block *b, const struct json *list, struct err *e)
{
	size_t i = 0;

	if (!list || list->type != JSON_ARRAY || list->n != b->n)
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "%zu results were needed", b->n) || err_in(e, "calls");
	for (const struct json *v = list->first; v; v = v->next, i++) {
		if (!read_result(a, &b->calls[i], v, e))
			return err_in(e, "calls[%zu]", i);
	}
	return true;
}

/* A node may put empty blocks between ours, where the time between them is long. */
bool preview_read_simulation(struct arena *a, struct preview_sim *p, const struct json *result, struct err *e)
{
	size_t i = 0, at = 0;

	if (!result || result->type != JSON_ARRAY)
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "a list of blocks was needed");
	for (const struct json *v = result->first; v; v = v->next, at++) {
		const struct json *calls = json_find(v, "calls");

		if (calls && calls->type == JSON_ARRAY && calls->n == 0)
			continue;
		if (i == p->n_blocks)
			return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "more blocks than were asked for");
		if (!read_calls(a, &p->blocks[i], calls, e))
			return err_in(e, "[%zu]", at);
		i++;
	}
	return i == p->n_blocks ||
	       err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "%zu blocks were needed, found %zu", p->n_blocks, i);
}

/* ---- reading a trace ---- */

static struct preview_change *change_at(struct preview *p, const struct addr *at, const struct hash32 *slot)
{
	struct preview_change *c;

	for (size_t i = 0; i < p->n_changes; i++) {
		if (addr_eq(&p->changes[i].at, at) && hash32_eq(&p->changes[i].slot, slot))
			return &p->changes[i];
	}
	if (p->n_changes == MAX_CHANGES)
		return NULL;
	c = &p->changes[p->n_changes++];
	c->at = *at;
	c->slot = *slot;
	return c;
}

static bool read_name(uint8_t *out, size_t n, struct span name, struct err *e)
{
	const struct json v = { .type = JSON_STRING, .text = name };

	return read_fixed(out, n, &v, e);
}

static bool read_storage(struct preview *p, const struct addr *at, const struct json *storage, bool after,
			 struct err *e)
{
	for (const struct json *v = storage->first; v; v = v->next) {
		struct preview_change *c;
		struct hash32 slot;

		if (!read_name(slot.b, 32, v->name, e))
			return false;
		c = change_at(p, at, &slot);
		if (c == NULL)
			return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "more than %u slots", MAX_CHANGES);
		if (!read_word(after ? &c->after : &c->before, v, e))
			return false;
	}
	return true;
}

/* Accounts with their storage: a slot that was zero before is only in "post", one that becomes zero only in "pre". */
static bool read_accounts(struct preview *p, const struct json *side, bool after, struct err *e)
{
	if (!side || side->type != JSON_OBJECT)
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "accounts were needed");
	for (const struct json *v = side->first; v; v = v->next) {
		const struct json *storage = json_find(v, "storage");
		struct addr at;

		if (!read_name(at.b, 20, v->name, e))
			return false;
		if (storage && storage->type == JSON_OBJECT && !read_storage(p, &at, storage, after, e))
			return false;
	}
	return true;
}

/* Some nodes list in "pre" what was only read: it did not change. */
static void drop_equal(struct preview *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_changes; i++) {
		if (!hash32_eq(&p->changes[i].before, &p->changes[i].after))
			p->changes[n++] = p->changes[i];
	}
	p->n_changes = n;
}

bool preview_read_trace(struct arena *a, struct preview *p, const struct json *result, struct err *e)
{
	p->changes = ARENA_ARRAY(a, struct preview_change, MAX_CHANGES);
	p->n_changes = 0;
	if (!read_accounts(p, json_find(result, "pre"), false, e))
		return err_in(e, "pre");
	if (!read_accounts(p, json_find(result, "post"), true, e))
		return err_in(e, "post");
	drop_equal(p);
	return true;
}

/* ---- one endpoint ---- */

static struct span words_of(struct arena *a, struct err *e)
{
	struct buf words = {0};
	struct span out;

	err_format(e, &words);
	out = rpc_words(a, buf_view(&words));
	buf_release(&words);
	err_clear(e);
	return out;
}

static void take_trace(struct chain *c, struct arena *a, struct preview *p, const struct rpc_call *call, size_t who)
{
	struct err e = {0};

	if (call->result && preview_read_trace(a, p, call->result, &e))
		return;
	if (!call->result)
		rpc_call_err(call, &c->ep[who], &e);
	p->no_trace = words_of(a, &e);
	p->n_changes = 0;
}

static bool take_sims(struct chain *c, struct arena *a, struct preview *p, const struct rpc_call *calls, size_t who,
		      struct err *e)
{
	for (size_t i = 0; i < p->n_sims; i++) {
		struct err no = {0};
		const bool ok = calls[i].result ? preview_read_simulation(a, &p->sims[i], calls[i].result, &no) ||
							  err_in(&no, "eth_simulateV1") || in_endpoint(c, who, &no)
						: rpc_call_err(&calls[i], &c->ep[who], &no);

		if (!ok && i == 0) {
			*e = no;
			return false;
		}
		if (!ok)
			p->sims[i].no_answer = words_of(a, &no);
	}
	return true;
}

static bool read_codes(struct chain *c, struct arena *a, struct preview *p, const struct rpc_call *calls, size_t who,
		       struct err *e)
{
	p->has_code = ARENA_ARRAY(a, bool, p->n_targets + 1);
	for (size_t i = 0; i < p->n_targets; i++) {
		struct span code;

		if (!calls[i].result)
			return rpc_call_err(&calls[i], &c->ep[who], e);
		if (!read_bytes(a, &code, calls[i].result, e))
			return err_in(e, "eth_getCode") || in_endpoint(c, who, e);
		p->has_code[i] = code.n > 0;
	}
	return true;
}

static bool ask_endpoint(struct chain *c, struct arena *a, struct preview *p, size_t who, struct err *e)
{
	const size_t codes = p->n_sims, n = codes + p->n_targets + p->trace;
	struct rpc_call *calls = ARENA_ARRAY(a, struct rpc_call, n);

	for (size_t i = 0; i < p->n_sims; i++)
		calls[i] = (struct rpc_call){ .method = "eth_simulateV1", .params = simulation(c, a, &p->sims[i]) };
	for (size_t i = 0; i < p->n_targets; i++)
		calls[codes + i] = (struct rpc_call){ .method = "eth_getCode",
						      .params = ask_params(a, ask_addr(a, &p->targets[i]), pin(c, a)) };
	if (p->trace)
		calls[n - 1] = (struct rpc_call){ .method = "debug_traceCall", .params = trace(c, a, p) };
	if (!ask_one(c, a, who, calls, n, true, e) || !take_sims(c, a, p, calls, who, e))
		return false;
	if (p->trace)
		take_trace(c, a, p, &calls[n - 1], who);
	p->endpoint = c->ep[who].name;
	return read_codes(c, a, p, calls + codes, who, e);
}

bool preview_run(struct chain *c, struct arena *a, struct preview *p, struct err *e)
{
	for (size_t i = 0; i < c->n; i++) {
		if (e)
			err_clear(e);
		if (ask_endpoint(c, a, p, i, e))
			return true;
	}
	return false;
}
