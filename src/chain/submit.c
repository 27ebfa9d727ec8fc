#include "src/chain/submit.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "src/base/frame.h"
#include "src/chain/ask.h"
#include "src/chain/revert.h"
#include "src/crypto/keccak.h"
#include "src/evm/address.h"
#include "src/evm/transaction.h"
#include "src/gov/units.h"

/* ---- fees ---- */

/* v + ceil(v / 8): the block's rule for the base fee (EIP-1559), and above every node's rule for replacements.
 */
static bool an_eighth_more(struct u256 *out, const struct u256 *v)
{
	struct u256 eighth;
	const struct u256 one = u256_from_u64(1);
	uint64_t rest;

	u256_div_u64(&eighth, &rest, v, 8);
	if (rest > 0 && !u256_add(&eighth, &eighth, &one))
		return false;
	return u256_add(out, v, &eighth);
}

static bool too_big(struct err *e)
{
	return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "a fee beyond 256 bits");
}

/* "WHAT is 250 gwei, the profile allows 200 gwei" */
static bool over_cap(const char *code, const char *what, const struct u256 *found, const struct u256 *cap,
		     struct err *e)
{
	struct buf x = {0}, y = {0};

	wei_format(&x, found);
	wei_format(&y, cap);
	err_refuse(e, code, "%s is %s, the profile allows %s", what, buf_cstr(&x), buf_cstr(&y));
	buf_release(&x);
	buf_release(&y);
	return false;
}

static bool need_more(const char *what, const struct u256 *found, const struct u256 *least, struct err *e)
{
	struct buf x = {0}, y = {0};

	wei_format(&x, found);
	wei_format(&y, least);
	err_refuse(e, "REPLACE", "%s is %s, a replacement needs at least %s (12.5 %% more)", what, buf_cstr(&x),
		   buf_cstr(&y));
	buf_release(&x);
	buf_release(&y);
	return false;
}

bool submit_replacement_fees(struct submit_fees *out, const struct submit_fees *old, struct err *e)
{
	return (an_eighth_more(&out->max_fee, &old->max_fee) &&
		an_eighth_more(&out->max_priority, &old->max_priority)) ||
	       too_big(e);
}

bool submit_check_fees(const struct submit_fees *fees, const struct fee_caps *caps,
		       const struct submit_fees *replaces, struct err *e)
{
	struct submit_fees least;

	if (u256_cmp(&fees->max_priority, &fees->max_fee) > 0)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "the priority fee exceeds the whole fee");
	if (u256_cmp(&fees->max_fee, &caps->max_fee) > 0)
		return over_cap(replaces ? "REPLACE" : "FEE-CAP", "the fee", &fees->max_fee, &caps->max_fee, e);
	if (u256_cmp(&fees->max_priority, &caps->max_priority) > 0)
		return over_cap(replaces ? "REPLACE" : "FEE-CAP", "the priority fee", &fees->max_priority,
				&caps->max_priority, e);
	if (!replaces)
		return true;
	if (!submit_replacement_fees(&least, replaces, e))
		return false;
	if (u256_cmp(&fees->max_fee, &least.max_fee) < 0)
		return need_more("the fee", &fees->max_fee, &least.max_fee, e);
	if (u256_cmp(&fees->max_priority, &least.max_priority) < 0)
		return need_more("the priority fee", &fees->max_priority, &least.max_priority, e);
	return true;
}

/* The node's suggestion; one gwei from nodes that make none, or its cap when that is less. */
static bool suggested_tip(struct chain *c, const struct fee_caps *caps, struct u256 *tip, struct err *e)
{
	struct arena a = {0};
	struct rpc_call call = { .method = "eth_maxPriorityFeePerGas" };
	size_t who = 0;
	bool ok = ask_any(c, &a, &call, 1, &who, e);

	if (ok && call.result) {
		ok = read_quantity256(tip, call.result, e) || err_in(e, "%s", call.method) ||
		     in_endpoint(c, who, e);
	} else if (ok) {
		*tip = u256_from_u64(1000000000);
		if (u256_cmp(tip, &caps->max_priority) > 0)
			*tip = caps->max_priority;
	}
	arena_release(&a);
	return ok;
}

static struct u256 larger(const struct u256 *x, const struct u256 *y)
{
	return u256_cmp(x, y) > 0 ? *x : *y;
}

/* Twice the base fee and the tip, lowered to the cap while that still covers the next block. */
static bool fee_under_cap(const struct chain *c, const struct fee_caps *caps, const struct u256 *tip,
			  struct u256 *out, struct err *e)
{
	struct u256 next, least;

	if (!an_eighth_more(&next, &c->pin.base_fee) || !u256_add(&least, &next, tip) ||
	    !u256_mul_u64(out, &c->pin.base_fee, 2) || !u256_add(out, out, tip))
		return too_big(e);
	*out = larger(out, &least);
	if (u256_cmp(&least, &caps->max_fee) > 0)
		return over_cap("FEE-CAP", "the least fee for the next block", &least, &caps->max_fee, e);
	if (u256_cmp(out, &caps->max_fee) > 0)
		*out = caps->max_fee;
	return true;
}

bool submit_choose_fees(struct chain *c, const struct fee_caps *caps, const struct submit_fees *replaces,
			struct submit_fees *out, struct err *e)
{
	struct submit_fees least;

	if (!c->pin.has_base_fee)
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET,
			       "this chain has no base fee: it does not know EIP-1559");
	if (!suggested_tip(c, caps, &out->max_priority, e))
		return false;
	if (u256_cmp(&out->max_priority, &caps->max_priority) > 0)
		return over_cap("FEE-CAP", "the priority fee that the node suggests", &out->max_priority,
				&caps->max_priority, e);
	if (!fee_under_cap(c, caps, &out->max_priority, &out->max_fee, e))
		return false;
	if (replaces) {
		if (!submit_replacement_fees(&least, replaces, e))
			return false;
		out->max_fee = larger(&out->max_fee, &least.max_fee);
		out->max_priority = larger(&out->max_priority, &least.max_priority);
	}
	return submit_check_fees(out, caps, replaces, e);
}

/* ---- the unsigned transaction ---- */

static bool next_nonce(struct chain *c, struct arena *a, const struct addr *who, uint64_t *out, struct err *e)
{
	struct rpc_call call = {
		.method = "eth_getTransactionCount",
		.params = ask_params(a, ask_addr(a, who), json_str(a, "pending")),
	};
	size_t from = 0;

	if (!ask_any(c, a, &call, 1, &from, e))
		return false;
	if (!call.result)
		return rpc_call_err(&call, &c->ep[from], e);
	return read_quantity(out, call.result, e) || err_in(e, "%s", call.method) || in_endpoint(c, from, e);
}

static struct json *estimate_param(struct arena *a, const struct submit_request *q)
{
	struct json *o = json_object(a);
	struct buf value = {0};

	u256_format_quantity(&value, &q->value);
	json_set(o, a, "from", ask_addr(a, &q->from));
	json_set(o, a, "to", ask_addr(a, &q->to));
	json_set(o, a, "value", json_text(a, buf_view(&value)));
	json_set(o, a, "data", json_0x(a, q->data));
	buf_release(&value);
	return o;
}

/* Some nodes keep the revert data of an estimate to themselves and give it for a call. */
static bool would_revert(struct chain *c, struct arena *a, const struct rpc_call *call,
			 const struct submit_request *q, struct err *e)
{
	struct buf why = {0};
	bool succeeds = false;

	if (call->has_data ||
	    !chain_explain_call(c, a, &q->from, &q->to, &q->value, q->data, q->abis, q->n_abis, &why, &succeeds,
				NULL) ||
	    succeeds) {
		buf_clear(&why);
		revert_words(&why, call->data, q->abis, q->n_abis);
	}
	err_refuse(e, "WOULD-REVERT", "%s", buf_cstr(&why));
	buf_release(&why);
	return false;
}

/* The node's estimate and a quarter: what a call needs moves a little with the state it finds. */
static bool estimate_gas(struct chain *c, struct arena *a, const struct submit_request *q, uint64_t *gas,
			 struct err *e)
{
	struct rpc_call call = { .method = "eth_estimateGas",
				 .params = ask_params(a, estimate_param(a, q), json_str(a, "latest")) };
	size_t who = 0;
	uint64_t least;

	if (!ask_any(c, a, &call, 1, &who, e))
		return false;
	if (!call.result)
		return call.reverted ? would_revert(c, a, &call, q, e) : rpc_call_err(&call, &c->ep[who], e);
	if (!read_quantity(&least, call.result, e))
		return err_in(e, "%s", call.method) || in_endpoint(c, who, e);
	if (least > q->caps.gas)
		return err_refuse(e, "FEE-CAP", "it needs %" PRIu64 " gas, the profile allows %" PRIu64, least,
				  q->caps.gas);
	*gas = least + least / 4 < q->caps.gas ? least + least / 4 : q->caps.gas;
	return true;
}

static bool pick_fees(struct chain *c, const struct submit_request *q, struct submit_fees *fees, struct err *e)
{
	if (!q->wish)
		return submit_choose_fees(c, &q->caps, q->replaces, fees, e);
	*fees = *q->wish;
	return submit_check_fees(fees, &q->caps, q->replaces, e);
}

bool submit_prepare(struct chain *c, struct arena *a, const struct submit_request *q, struct transaction *out,
		    struct err *e)
{
	struct submit_fees fees;
	struct transaction tx = { .kind = TX_1559,
				  .chain_id = c->chain_id,
				  .has_to = true,
				  .to = q->to,
				  .value = q->value,
				  .data = q->data,
				  .nonce = q->nonce };

	if (!q->has_nonce && !next_nonce(c, a, &q->from, &tx.nonce, e))
		return false;
	if (!pick_fees(c, q, &fees, e) || !estimate_gas(c, a, q, &tx.gas, e))
		return false;
	tx.max_fee = fees.max_fee;
	tx.max_priority = fees.max_priority;
	*out = tx;
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
	return "?";
}

static bool says(struct span text, const char *what)
{
	for (size_t i = 0; i + strlen(what) <= text.n; i++) {
		if (strncasecmp((const char *)text.p + i, what, strlen(what)) == 0)
			return true;
	}
	return false;
}

/* How geth, reth, Erigon, Nethermind, Besu and anvil say it. */
static const struct {
	const char *said;
	enum submit_outcome outcome;
} sayings[] = {
	{ "already known", SUBMIT_KNOWN },
	{ "alreadyknown", SUBMIT_KNOWN },
	{ "known transaction", SUBMIT_KNOWN },
	{ "already imported", SUBMIT_KNOWN },
	{ "already in mempool", SUBMIT_KNOWN },
	{ "nonce too low", SUBMIT_NONCE_USED },
	{ "nonce is too low", SUBMIT_NONCE_USED },
	{ "oldnonce", SUBMIT_NONCE_USED },
	{ "replacement", SUBMIT_UNDERPRICED },
	{ "underpriced", SUBMIT_UNDERPRICED },
	{ "too low to replace", SUBMIT_UNDERPRICED },
	{ "too low to compete", SUBMIT_UNDERPRICED },
};

static enum submit_outcome outcome_of(struct span text)
{
	for (size_t i = 0; i < ARRAY_LEN(sayings); i++) {
		if (says(text, sayings[i].said))
			return sayings[i].outcome;
	}
	return SUBMIT_REJECTED;
}

static const char *outcome_words(enum submit_outcome o)
{
	switch (o) {
	case SUBMIT_SENT: return "sent";
	case SUBMIT_KNOWN: return "the node has this very transaction already";
	case SUBMIT_NONCE_USED: return "another transaction of this payer was mined with this nonce";
	case SUBMIT_UNDERPRICED:
		return "another transaction of this payer waits with this nonce, or the fee is too low: a "
		       "replacement needs 12.5 % more of both fees";
	case SUBMIT_REJECTED: return "the node does not take it";
	}
	return "?";
}

static void word_answer(struct arena *a, struct submit_answer *out, struct span said)
{
	struct buf b = {0};

	buf_str(&b, outcome_words(out->outcome));
	if (said.n > 0 && (out->outcome == SUBMIT_REJECTED || out->outcome == SUBMIT_UNDERPRICED)) {
		buf_str(&b, " (it says: ");
		buf_span(&b, said);
		buf_byte(&b, ')');
	}
	out->words = arena_copy(a, buf_view(&b));
	buf_release(&b);
}

/* "nonce too low" is also what a node says to the very transaction that was mined. */
static bool settle_nonce(struct chain *c, struct arena *a, struct submit_answer *out, struct err *e)
{
	struct chain_tx tx;
	bool found;

	if (!chain_transaction(c, a, &out->tx_hash, &tx, &found, e))
		return false;
	if (found)
		out->outcome = SUBMIT_KNOWN;
	return true;
}

/* *contradicted: the node took something and says that it was something else. */
static bool send_to(struct chain *c, struct arena *a, size_t who, struct span raw, struct submit_answer *out,
		    bool *contradicted, struct err *e)
{
	struct rpc_call call = {.method = "eth_sendRawTransaction",
				.params = ask_params(a, json_0x(a, raw), NULL)};
	struct hash32 said;

	if (!ask_one(c, a, who, &call, 1, true, e))
		return false;
	out->endpoint = arena_str(a, c->ep[who].name);
	if (call.result) {
		out->outcome = SUBMIT_SENT;
		*contradicted = true;
		if (!read_fixed(said.b, 32, call.result, e))
			return err_in(e, "%s", call.method) || in_endpoint(c, who, e);
		if (!hash32_eq(&said, &out->tx_hash))
			return err_set(e, ERR_CHAIN, ERR_NO_OFFSET,
				       "the node calls it by another hash than its own") ||
			       err_in(e, "%s", call.method) || in_endpoint(c, who, e);
		*contradicted = false;
	} else {
		out->outcome = outcome_of(call.error_text);
	}
	if (out->outcome == SUBMIT_NONCE_USED && !settle_nonce(c, a, out, e))
		return false;
	word_answer(a, out, call.error_text);
	return true;
}

bool submit_raw(struct chain *c, struct arena *a, struct span raw, struct submit_answer *out, struct err *e)
{
	struct submit_answer mine;
	bool answered = false, contradicted = false;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < c->n && !contradicted; i++) {
		memset(&mine, 0, sizeof(mine));
		keccak256(&mine.tx_hash, raw);
		if (!send_to(c, a, i, raw, &mine, &contradicted, e))
			continue;
		if (!answered || mine.outcome == SUBMIT_SENT || mine.outcome == SUBMIT_KNOWN)
			*out = mine;
		answered = true;
		if (mine.outcome == SUBMIT_SENT || mine.outcome == SUBMIT_KNOWN)
			break;
	}
	if (contradicted)
		return false;
	if (answered && e)
		err_clear(e);
	return answered;
}

/* ---- waiting ---- */

bool submit_lookup(struct chain *c, struct arena *a, const struct hash32 *tx, enum submit_state *state,
		   struct chain_receipt *out, struct err *e)
{
	struct chain_tx known;
	bool found;

	if (!chain_receipt(c, a, tx, out, &found, e))
		return false;
	*state = SUBMIT_MINED;
	if (found)
		return true;
	if (!chain_transaction(c, a, tx, &known, &found, e))
		return false;
	*state = found ? SUBMIT_PENDING : SUBMIT_UNKNOWN;
	return true;
}

static void sleep_ms(unsigned ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	nanosleep(&t, NULL);
}

bool submit_wait(struct chain *c, struct arena *a, const struct hash32 *tx, unsigned timeout_ms,
		 unsigned poll_ms, struct chain_receipt *out, bool *found, struct err *e)
{
	const int64_t until = frame_clock_ms() + timeout_ms;

	for (;;) {
		int64_t left;

		if (!chain_receipt(c, a, tx, out, found, e))
			return false;
		left = until - frame_clock_ms();
		if (*found || left <= 0)
			return true;
		sleep_ms(left < poll_ms ? (unsigned)left : poll_ms);
	}
}

/* ---- why ---- */

bool chain_explain_call(struct chain *c, struct arena *a, const struct addr *from, const struct addr *to,
			const struct u256 *value, struct span data, const struct abi *const *abis, size_t n,
			struct buf *out, bool *succeeds, struct err *e)
{
	struct chain_read r = { .to = *to, .data = data, .has_from = true, .from = *from, .value = *value };

	if (!chain_calls(c, a, &r, 1, e))
		return false;
	*succeeds = r.ok;
	if (r.ok)
		buf_str(out, "it succeeds");
	else if (r.has_data || r.words.n == 0 || span_is(r.words, "execution reverted"))
		revert_words(out, r.revert, abis, n);
	else {                        /* some nodes have words only */
		buf_str(out, "reverted without revert data; the node says: ");
		buf_span(out, r.words);
	}
	return true;
}

bool chain_explain_gs013(struct chain *c, struct arena *a, const struct addr *safe, const struct addr *to,
			 const struct u256 *value, struct span data, const struct abi *const *abis, size_t n,
			 struct buf *out, struct err *e)
{
	struct buf why = {0};
	struct span code;
	bool succeeds = false;
	bool ok = chain_explain_call(c, a, safe, to, value, data, abis, n, &why, &succeeds, e) &&
		  chain_code(c, a, to, &code, e);

	if (ok && succeeds)
		buf_str(out,
			"GS013: the Safe's call failed; run alone from the Safe's address it succeeds now: "
			"the gas was too little, or the state has changed since");
	else if (ok)
		buf_fmt(out, "GS013: the Safe's call failed: %s", buf_cstr(&why));
	if (ok && code.n == 0)
		buf_str(out, " (there is no contract at the address it calls)");
	buf_release(&why);
	return ok;
}
