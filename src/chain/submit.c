#include "src/chain/submit.h"

#include <string.h>
#include <time.h>

#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/base/time.h"
#include "src/chain/revert.h"
#include "src/crypto/keccak.h"
#include "src/evm/address.h"
#include "src/evm/transaction.h"
#include "src/gov/units.h"

/* ---- one unpinned question, to the first endpoint that answers ---- */

static bool ask(struct chain *c, struct arena *a, struct rpc_call *call, const struct endpoint **who, struct err *e)
{
	for (size_t i = 0; i < c->n; i++) {
		err_clear(e);
		*who = &c->ep[i];
		if (rpc_batch(c->rpc, a, &c->ep[i], call, 1, e))
			return true;
	}
	return false;
}

static struct json *list(struct arena *a, struct json *first, struct json *second)
{
	struct json *params = json_array(a);
	json_push(params, first);
	if (second != NULL)
		json_push(params, second);
	return params;
}

static bool result_quantity(const struct rpc_call *call, const struct endpoint *who, struct u256 *out, struct err *e)
{
	if (call->result == NULL)
		return rpc_call_err(call, who, e);
	if (call->result->type == JSON_STRING && span_starts(call->result->text, "0x") && u256_parse(out, call->result->text, e))
		return true;
	return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "%.*s: %s: needed a quantity", text_shown(who->name),
		       (const char *)who->name.p, call->method);
}

/* ---- fees ---- */

static bool add_eighth(struct u256 *out, const struct u256 *v, struct err *e)
{
	struct u256 eighth, up;
	uint64_t rest;
	const struct u256 seven = u256_from_u64(7);
	if (!u256_add(&up, v, &seven))
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a fee of 256 bits");
	u256_div_u64(&eighth, &rest, &up, 8);
	return u256_add(out, v, &eighth) || err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a fee of 256 bits");
}

bool submit_replacement_fees(struct submit_fees *out, const struct submit_fees *old, struct err *e)
{
	return add_eighth(&out->max_fee, &old->max_fee, e) && add_eighth(&out->max_priority, &old->max_priority, e);
}

/* [FEE-CAP] or [REPLACE], "… would be 12 gwei per gas, the profile allows 10 gwei". */
static bool too_much(struct err *e, const char *code, const char *what, const struct u256 *wants, const struct u256 *cap)
{
	struct buf w = {0}, c = {0};
	wei_format(&w, wants);
	wei_format(&c, cap);
	err_refuse(e, code, "%s would be %s per gas, the profile allows %s", what, buf_cstr(&w), buf_cstr(&c));
	buf_release(&w);
	buf_release(&c);
	return false;
}

static struct u256 larger(struct u256 a, struct u256 b)
{
	return u256_cmp(&a, &b) >= 0 ? a : b;
}

bool submit_check_fees(const struct submit_fees *fees, const struct fee_caps *caps, const struct submit_fees *replaces,
		       struct err *e)
{
	struct submit_fees least;
	if (u256_cmp(&fees->max_priority, &fees->max_fee) > 0)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "the tip is more than the whole fee");
	if (u256_cmp(&fees->max_fee, &caps->max_fee) > 0)
		return too_much(e, "FEE-CAP", "the fee", &fees->max_fee, &caps->max_fee);
	if (u256_cmp(&fees->max_priority, &caps->max_priority) > 0)
		return too_much(e, "FEE-CAP", "the tip", &fees->max_priority, &caps->max_priority);
	if (replaces == NULL)
		return true;
	if (!submit_replacement_fees(&least, replaces, e))
		return false;
	if (u256_cmp(&fees->max_fee, &least.max_fee) < 0 || u256_cmp(&fees->max_priority, &least.max_priority) < 0)
		return err_refuse(e, "REPLACE", "a replacement pays at least an eighth more than what it replaces");
	return true;
}

bool submit_choose_fees(struct chain *c, const struct fee_caps *caps, const struct submit_fees *replaces,
			struct submit_fees *out, struct err *e)
{
	struct arena a = {0};
	struct rpc_call call = { .method = "eth_maxPriorityFeePerGas" };
	const struct endpoint *who;
	struct u256 tip = {0}, next = {0}, needed, twice;
	struct submit_fees least = {0};
	bool ok = ask(c, &a, &call, &who, e) && result_quantity(&call, who, &tip, e);
	arena_release(&a);
	if (!ok)
		return false;
	if (!c->pin.has_base_fee)
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "the chain has no base fee: EIP-1559 transactions are all we make");
	if (replaces != NULL && !submit_replacement_fees(&least, replaces, e))
		return false;
	tip = larger(tip, least.max_priority);
	if (u256_cmp(&tip, &caps->max_priority) > 0)
		return too_much(e, replaces != NULL ? "REPLACE" : "FEE-CAP", "the tip", &tip, &caps->max_priority);
	if (!add_eighth(&next, &c->pin.base_fee, e) || !u256_add(&needed, &next, &tip) ||
	    !u256_mul_u64(&twice, &c->pin.base_fee, 2) || !u256_add(&twice, &twice, &tip))
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a fee of 256 bits");
	needed = larger(needed, least.max_fee);
	if (u256_cmp(&needed, &caps->max_fee) > 0)
		return too_much(e, replaces != NULL ? "REPLACE" : "FEE-CAP", "the fee", &needed, &caps->max_fee);
	out->max_priority = tip;
	out->max_fee = larger(twice, least.max_fee);
	if (u256_cmp(&out->max_fee, &caps->max_fee) > 0)
		out->max_fee = caps->max_fee;
	return true;
}

/* ---- the transaction ---- */

static struct json *call_object(struct arena *a, const struct addr *from, const struct addr *to, const struct u256 *value,
				struct span data)
{
	struct json *o = json_object(a);
	struct buf v = {0};
	u256_format_quantity(&v, value);
	json_set(o, a, "from", json_addr(a, from));
	json_set(o, a, "to", json_addr(a, to));
	json_set(o, a, "value", json_text(a, buf_view(&v)));
	json_set(o, a, "data", json_0x(a, data));
	buf_release(&v);
	return o;
}

/* A quarter more than the node's estimate, within the cap. */
static bool estimate(struct chain *c, struct arena *a, const struct submit_request *q, uint64_t *gas, struct err *e)
{
	struct rpc_call call = { .method = "eth_estimateGas" };
	const struct endpoint *who;
	struct u256 v;
	struct buf why = {0};
	bool succeeds;
	call.params = list(a, call_object(a, &q->from, &q->to, &q->value, q->data), NULL);
	if (!ask(c, a, &call, &who, e))
		return false;
	if (call.result == NULL) {
		if (call.has_data)
			revert_words(&why, call.data, q->abis, q->n_abis);
		else if (!chain_explain_call(c, a, &q->from, &q->to, &q->value, q->data, q->abis, q->n_abis, &why, &succeeds, e) ||
			 succeeds) {
			buf_clear(&why);
			err_clear(e);
			buf_span(&why, call.error_text);
		}
		err_refuse(e, "WOULD-REVERT", "it would fail: %s", buf_cstr(&why));
		buf_release(&why);
		return false;
	}
	if (!result_quantity(&call, who, &v, e))
		return false;
	if (!u256_fits_u64(&v, gas) || *gas > q->caps.gas)
		return err_refuse(e, "FEE-CAP", "it needs more gas than the %llu that the profile allows",
				  (unsigned long long)q->caps.gas);
	*gas += *gas / 4;
	if (*gas > q->caps.gas)
		*gas = q->caps.gas;
	return true;
}

static bool pending_nonce(struct chain *c, struct arena *a, const struct addr *who, uint64_t *out, struct err *e)
{
	struct rpc_call call = { .method = "eth_getTransactionCount" };
	const struct endpoint *ep;
	struct u256 v;
	call.params = list(a, json_addr(a, who), json_str(a, "pending"));
	return ask(c, a, &call, &ep, e) && result_quantity(&call, ep, &v, e) &&
	       (u256_fits_u64(&v, out) || err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "a nonce of more than 64 bits"));
}

bool submit_prepare(struct chain *c, struct arena *a, const struct submit_request *q, struct transaction *out, struct err *e)
{
	struct submit_fees fees;
	*out = (struct transaction){ .kind = TX_1559, .chain_id = c->chain_id, .has_to = true, .to = q->to, .value = q->value,
				     .data = q->data, .nonce = q->nonce };
	if (q->wish != NULL) {
		fees = *q->wish;
		if (!submit_check_fees(&fees, &q->caps, q->replaces, e))
			return false;
	} else if (!submit_choose_fees(c, &q->caps, q->replaces, &fees, e)) {
		return false;
	}
	if (!estimate(c, a, q, &out->gas, e) || (!q->has_nonce && !pending_nonce(c, a, &q->from, &out->nonce, e)))
		return false;
	out->max_fee = fees.max_fee;
	out->max_priority = fees.max_priority;
	return true;
}

/* ---- sending ---- */

const char *submit_outcome_name(enum submit_outcome o)
{
	switch (o) {
	case SUBMIT_SENT: return "SENT";
	case SUBMIT_KNOWN: return "KNOWN";
	case SUBMIT_NONCE_USED: return "NONCE-USED";
	case SUBMIT_UNDERPRICED: return "UNDERPRICED";
	case SUBMIT_REJECTED: return "REJECTED";
	}
	BUG("outcome %d", (int)o);
}

static bool says(struct span words, const char *part)
{
	const size_t n = strlen(part);
	for (size_t i = 0; i + n <= words.n; i++)
		if (strncasecmp((const char *)words.p + i, part, n) == 0)
			return true;
	return false;
}

/* Nodes have no codes for this: their words, as geth, erigon, nethermind and anvil choose them. */
static enum submit_outcome outcome_of(struct span words)
{
	if (says(words, "already known") || says(words, "already imported") || says(words, "known transaction"))
		return SUBMIT_KNOWN;
	if (says(words, "nonce too low") || says(words, "nonce is too low") || says(words, "OldNonce"))
		return SUBMIT_NONCE_USED;
	if (says(words, "underpriced") || says(words, "too low to replace"))
		return SUBMIT_UNDERPRICED;
	return SUBMIT_REJECTED;
}

static const char *outcome_words(struct arena *a, enum submit_outcome o, struct span words)
{
	switch (o) {
	case SUBMIT_SENT: return "sent";
	case SUBMIT_KNOWN: return "the node has it already";
	case SUBMIT_NONCE_USED: return "a transaction with this nonce was mined before";
	case SUBMIT_UNDERPRICED: return "another transaction with this nonce waits and pays as much";
	case SUBMIT_REJECTED: return arena_str(a, words);
	}
	BUG("outcome %d", (int)o);
}

static bool take_answer(struct arena *a, const struct rpc_call *call, const struct endpoint *who, struct submit_answer *out,
			struct err *e)
{
	struct hash32 said;
	out->endpoint = arena_str(a, who->name);
	out->outcome = call->result != NULL ? SUBMIT_SENT : outcome_of(call->error_text);
	out->words = span_str(outcome_words(a, out->outcome, call->error_text));
	if (call->result == NULL)
		return true;
	if (call->result->type != JSON_STRING || !hex_fixed(said.b, sizeof(said.b), call->result->text, NULL) ||
	    !hash32_eq(&said, &out->tx_hash))
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "%s: eth_sendRawTransaction: answers with another transaction's hash",
			       out->endpoint);
	return true;
}

bool submit_raw(struct chain *c, struct arena *a, struct span raw, struct submit_answer *out, struct err *e)
{
	bool answered = false;
	*out = (struct submit_answer){0};
	for (size_t i = 0; i < c->n; i++) {
		struct rpc_call call = { .method = "eth_sendRawTransaction", .params = list(a, json_0x(a, raw), NULL) };
		struct submit_answer one = {0};
		keccak256(&one.tx_hash, raw);
		if (answered) {
			struct err ignored = {0};
			const bool reached = rpc_batch(c->rpc, a, &c->ep[i], &call, 1, &ignored) &&
					     take_answer(a, &call, &c->ep[i], &one, &ignored);
			err_clear(&ignored);
			if (!reached)
				continue;
		} else {
			err_clear(e);
			if (!rpc_batch(c->rpc, a, &c->ep[i], &call, 1, e))
				continue;
			if (!take_answer(a, &call, &c->ep[i], &one, e))
				return false;
		}
		answered = true;
		*out = one;
		if (one.outcome == SUBMIT_SENT || one.outcome == SUBMIT_KNOWN)
			return true;
	}
	return answered;
}

bool submit_lookup(struct chain *c, struct arena *a, const struct hash32 *tx, enum submit_state *state,
		   struct chain_receipt *out, struct err *e)
{
	struct chain_tx known;
	bool found;
	*state = SUBMIT_UNKNOWN;
	if (!chain_receipt(c, a, tx, out, &found, e))
		return false;
	if (found) {
		*state = SUBMIT_MINED;
		return true;
	}
	if (!chain_transaction(c, a, tx, &known, &found, e))
		return false;
	if (found)
		*state = SUBMIT_PENDING;
	return true;
}

static uint64_t clock_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

bool submit_wait(struct chain *c, struct arena *a, const struct hash32 *tx, unsigned timeout_ms, unsigned poll_ms,
		 struct chain_receipt *out, bool *found, struct err *e)
{
	const uint64_t end = clock_ms() + timeout_ms;
	for (;;) {
		if (!chain_receipt(c, a, tx, out, found, e))
			return false;
		const uint64_t now = clock_ms();
		if (*found || now >= end)
			return true;
		const uint64_t pause = end - now < poll_ms ? end - now : poll_ms;
		const struct timespec t = { (time_t)(pause / 1000), (long)(pause % 1000) * 1000000 };
		nanosleep(&t, NULL);
	}
}

/* ---- why ---- */

bool chain_explain_call(struct chain *c, struct arena *a, const struct addr *from, const struct addr *to,
			const struct u256 *value, struct span data, const struct abi *const *abis, size_t n, struct buf *out,
			bool *succeeds, struct err *e)
{
	struct chain_read read = { .to = *to, .data = data, .has_from = true, .from = *from, .value = *value };
	if (!chain_calls(c, a, &read, 1, e))
		return false;
	*succeeds = read.ok;
	if (read.ok)
		buf_str(out, "it succeeds");
	else if (read.has_data)
		revert_words(out, read.revert, abis, n);
	else
		buf_span(out, read.words);
	return true;
}

bool chain_explain_gs013(struct chain *c, struct arena *a, const struct addr *safe, const struct addr *to,
			 const struct u256 *value, struct span data, const struct abi *const *abis, size_t n, struct buf *out,
			 struct err *e)
{
	struct buf why = {0};
	bool succeeds;
	const bool ok = chain_explain_call(c, a, safe, to, value, data, abis, n, &why, &succeeds, e);
	if (ok && succeeds)
		buf_str(out, "GS013: the Safe's call failed, and succeeds now that it is tried alone: the chain has moved, or the "
			     "gas was too little");
	else if (ok)
		buf_fmt(out, "GS013: the Safe's call failed: %s", buf_cstr(&why));
	buf_release(&why);
	return ok;
}
