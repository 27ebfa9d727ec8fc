/* Sending, against nodes that are played, and, with SETGOV_LIVE naming a profile, against a real node whose first
 * account is the well-known throw-away one (tests/e2e/net_chain.sh). */
#include "src/base/fs.h"
#include "src/chain/submit.h"
#include "src/crypto/keccak.h"
#include "src/evm/abi.h"
#include "src/evm/address.h"
#include "src/evm/transaction.h"
#include "src/gov/deployment.h"
#include "src/gov/timelock.h"
#include "src/gov/units.h"
#include "tests/support/check.h"
#include "tests/support/transport.h"

struct world {
	struct arena a;
	struct deployment d;
	struct chain c;
	struct err e;
};

static void close_world(struct world *w)
{
	chain_release(&w->c);
	arena_release(&w->a);
	err_clear(&w->e);
}

static struct u256 wei(const char *text)
{
	struct u256 v;

	assert_true(wei_parse(&v, span_str(text), NULL));
	return v;
}

static struct submit_fees fees(const char *max, const char *tip)
{
	return (struct submit_fees){ wei(max), wei(tip) };
}

static struct fee_caps caps_of(const char *max, const char *tip, uint64_t gas)
{
	return (struct fee_caps){ wei(max), wei(tip), gas };
}

/* ---- played nodes ---- */

#define H(c) "0x" c c c c c c c c c c c c c c c c
#define BLOCK "{\"number\":\"0x9\",\"hash\":\"" H("bbbb") "\",\"parentHash\":\"" H("0000") \
	"\",\"timestamp\":\"0x65000000\",\"baseFeePerGas\":\"0x2540be400\"}"       /* 10 gwei */
#define NODE                                                                                                       \
	"{\"method\":\"eth_chainId\",\"result\":\"0x7\"},{\"method\":\"eth_getBlockByNumber\",\"result\":" BLOCK   \
	"},"                                                                                                       \
	"{\"method\":\"eth_getBalance\",\"result\":\"0x0\"},"
#define TIP "{\"method\":\"eth_maxPriorityFeePerGas\",\"result\":\"0x77359400\"}," /* 2 gwei */
#define ESTIMATE(gas) "{\"method\":\"eth_estimateGas\",\"result\":\"" gas "\"},"
#define NONCE "{\"method\":\"eth_getTransactionCount\",\"result\":\"0x4\"},"
#define A "\"url\":\"http://a\","
#define B "\"url\":\"http://b\","

static struct world play(const char *rules, size_t n)
{
	const struct endpoint ep[2] = { { span_str("main"), span_str("http://a") }, { span_str("backup"), span_str("http://b") } };
	struct world w = {0};

	transport_play(rules);
	assert_ok(chain_open(&w.c, ep, n, 7, NULL, &w.e), &w.e);
	return w;
}

static void fees_are_twice_the_base_fee_and_the_tip(void **state)
{
	struct world w = play("[" NODE TIP "{\"method\":\"x\"}]", 1);
	const struct fee_caps roomy = caps_of("200 gwei", "5 gwei", 1), tight = caps_of("15 gwei", "5 gwei", 1);
	const struct u256 most = wei("22 gwei"), capped = wei("15 gwei"), tip = wei("2 gwei");
	struct submit_fees f;

	(void)state;
	assert_ok(submit_choose_fees(&w.c, &roomy, NULL, &f, &w.e), &w.e);
	assert_int_equal(u256_cmp(&f.max_fee, &most), 0);
	assert_int_equal(u256_cmp(&f.max_priority, &tip), 0);
	assert_ok(submit_choose_fees(&w.c, &tight, NULL, &f, &w.e), &w.e);
	assert_int_equal(u256_cmp(&f.max_fee, &capped), 0);
	close_world(&w);
}

static void caps_are_not_exceeded(void **state)
{
	struct world w = play("[" NODE TIP "{\"method\":\"x\"}]", 1);
	const struct fee_caps low = caps_of("13 gwei", "5 gwei", 1), low_tip = caps_of("200 gwei", "1 gwei", 1);
	struct submit_fees f, mine = fees("201 gwei", "1 gwei"), upside_down = fees("1 gwei", "2 gwei");
	const struct fee_caps caps = caps_of("200 gwei", "5 gwei", 1);

	(void)state;
	assert_false(submit_choose_fees(&w.c, &low, NULL, &f, &w.e));
	assert_err(&w.e, ERR_REFUSED,
		   "[FEE-CAP] the least fee for the next block is 13.25 gwei, the profile allows 13 gwei");
	err_clear(&w.e);
	assert_false(submit_choose_fees(&w.c, &low_tip, NULL, &f, &w.e));
	assert_err(&w.e, ERR_REFUSED,
		   "[FEE-CAP] the priority fee that the node suggests is 2 gwei, the profile allows 1 gwei");
	err_clear(&w.e);
	assert_false(submit_check_fees(&mine, &caps, NULL, &w.e));
	assert_err(&w.e, ERR_REFUSED, "[FEE-CAP] the fee is 201 gwei, the profile allows 200 gwei");
	err_clear(&w.e);
	assert_false(submit_check_fees(&upside_down, &caps, NULL, &w.e));
	assert_err(&w.e, ERR_RANGE, "the priority fee exceeds the whole fee");
	close_world(&w);
}

static void a_replacement_pays_an_eighth_more(void **state)
{
	struct world w = play("[" NODE TIP "{\"method\":\"x\"}]", 1);
	const struct fee_caps caps = caps_of("200 gwei", "5 gwei", 1);
	const struct submit_fees old = fees("40 gwei", "3 gwei"), odd = { { { 9 } }, { { 1 } } },
				 top = fees("190 gwei", "3 gwei");
	const struct submit_fees less = fees("44 gwei", "4 gwei"), tip_less = fees("46 gwei", "3.2 gwei");
	const struct u256 max = wei("45 gwei"), tip = wei("3.375 gwei");
	struct submit_fees f;

	(void)state;
	assert_ok(submit_choose_fees(&w.c, &caps, &old, &f, &w.e), &w.e);
	assert_int_equal(u256_cmp(&f.max_fee, &max), 0);
	assert_int_equal(u256_cmp(&f.max_priority, &tip), 0);
	assert_ok(submit_replacement_fees(&f, &odd, &w.e), &w.e);
	assert_int_equal(f.max_fee.w[0], 11);
	assert_int_equal(f.max_priority.w[0], 2);
	assert_false(submit_choose_fees(&w.c, &caps, &top, &f, &w.e));
	assert_err(&w.e, ERR_REFUSED, "[REPLACE] the fee is 213.75 gwei, the profile allows 200 gwei");
	err_clear(&w.e);
	assert_false(submit_check_fees(&less, &caps, &old, &w.e));
	assert_err(&w.e, ERR_REFUSED,
		   "[REPLACE] the fee is 44 gwei, a replacement needs at least 45 gwei (12.5 % more)");
	err_clear(&w.e);
	assert_false(submit_check_fees(&tip_less, &caps, &old, &w.e));
	assert_err(&w.e, ERR_REFUSED,
		   "[REPLACE] the priority fee is 3.2 gwei, a replacement needs at least 3.375 gwei (12.5 % more)");
	close_world(&w);
}

static const struct addr payer = {{ 1 }}, target = {{ 2 }};

static bool prepare(struct world *w, uint64_t gas_cap, struct transaction *tx)
{
	const struct submit_request q = { .from = payer, .to = target, .caps = caps_of("200 gwei", "5 gwei", gas_cap) };

	return submit_prepare(&w->c, &w->a, &q, tx, &w->e);
}

static void a_prepared_transaction_has_everything(void **state)
{
	struct world w = play("[" NODE TIP NONCE ESTIMATE("0x186a0") "{\"method\":\"x\"}]", 1);
	struct transaction tx;

	(void)state;
	assert_ok(prepare(&w, 2000000, &tx), &w.e);
	assert_int_equal(tx.kind, TX_1559);
	assert_int_equal(tx.chain_id, 7);
	assert_int_equal(tx.nonce, 4);
	assert_int_equal(tx.gas, 125000);
	assert_true(tx.has_to && addr_eq(&tx.to, &target));
	assert_ok(prepare(&w, 110000, &tx), &w.e);
	assert_int_equal(tx.gas, 110000);
	assert_false(prepare(&w, 99999, &tx));
	assert_err(&w.e, ERR_REFUSED, "[FEE-CAP] it needs 100000 gas, the profile allows 99999");
	close_world(&w);
}

static void what_would_revert_is_not_prepared(void **state)
{
	struct world w = play("[" NODE TIP NONCE "{\"method\":\"eth_estimateGas\",\"error\":{\"code\":3,"
			      "\"message\":\"execution reverted\",\"data\":\"0x8dfc202b\"}}]", 1);
	struct transaction tx;

	(void)state;
	assert_false(prepare(&w, 1, &tx));
	assert_err(&w.e, ERR_REFUSED, "[WOULD-REVERT] ExpectedPause()");
	close_world(&w);
}

static void an_estimate_without_data_is_explained_by_a_call(void **state)
{
	struct world w = play("[" NODE TIP NONCE "{\"method\":\"eth_estimateGas\",\"error\":{\"code\":-32000,"
			      "\"message\":\"execution reverted\"}},{\"method\":\"eth_call\",\"error\":{\"code\":3,"
			      "\"message\":\"execution reverted\",\"data\":\"0x8dfc202b\"}}]", 1);
	struct transaction tx;

	(void)state;
	assert_false(prepare(&w, 1, &tx));
	assert_err(&w.e, ERR_REFUSED, "[WOULD-REVERT] ExpectedPause()");
	close_world(&w);
}

static void an_estimate_that_fails_otherwise_is_the_nodes_fault(void **state)
{
	struct world w = play("[" NODE TIP NONCE "{\"method\":\"eth_estimateGas\",\"error\":{\"code\":-32000,"
			      "\"message\":\"insufficient funds for gas * price + value\"}}]", 1);
	struct transaction tx;

	(void)state;
	assert_false(prepare(&w, 1, &tx));
	assert_err(&w.e, ERR_CHAIN,
		   "main.eth_estimateGas: the node answers -32000: insufficient funds for gas * price + value");
	close_world(&w);
}

static const char raw_bytes[] = "\x02" "not really a transaction";

static void send_says(const char *error, enum submit_outcome outcome, const char *words)
{
	struct buf rules = {0};
	struct submit_answer answer;
	struct world w;

	buf_fmt(&rules, "[%s{\"method\":\"eth_sendRawTransaction\",\"error\":{\"code\":-32000,\"message\":\"%s\"}},"
		"{\"method\":\"eth_getTransactionByHash\",\"result\":null}]", NODE, error);
	w = play(buf_cstr(&rules), 1);
	assert_ok(submit_raw(&w.c, &w.a, span_str(raw_bytes), &answer, &w.e), &w.e);
	assert_int_equal(answer.outcome, outcome);
	assert_span_str(answer.words, words);
	assert_string_equal(answer.endpoint, "main");
	buf_release(&rules);
	close_world(&w);
}

static void what_nodes_say_is_understood(void **state)
{
	(void)state;
	send_says("already known", SUBMIT_KNOWN, "the node has this very transaction already");
	send_says("transaction already imported", SUBMIT_KNOWN, "the node has this very transaction already");
	send_says("AlreadyKnown", SUBMIT_KNOWN, "the node has this very transaction already");
	send_says("nonce too low: next nonce 5, tx nonce 4", SUBMIT_NONCE_USED,
		  "another transaction of this payer was mined with this nonce");
	send_says("OldNonce", SUBMIT_NONCE_USED, "another transaction of this payer was mined with this nonce");
	send_says("replacement transaction underpriced", SUBMIT_UNDERPRICED,
		  "another transaction of this payer waits with this nonce, or the fee is too low: a replacement "
		  "needs 12.5 % "
		  "more of both fees (it says: replacement transaction underpriced)");
	assert_string_equal(submit_outcome_name(SUBMIT_NONCE_USED), "NONCE-USED");
	send_says("insufficient funds\\u001b[2J", SUBMIT_REJECTED,
		  "the node does not take it (it says: insufficient funds\\u{001B}[2J)");
}

static struct hash32 raw_hash(void)
{
	struct hash32 h;

	keccak256(&h, span_str(raw_bytes));
	return h;
}

static void a_nodes_own_hash_must_be_ours(void **state)
{
	struct world w = play("[" NODE "{\"method\":\"eth_sendRawTransaction\",\"result\":\"" H("1111") "\"}]", 2);
	struct submit_answer answer;

	(void)state;
	assert_false(submit_raw(&w.c, &w.a, span_str(raw_bytes), &answer, &w.e));
	assert_err(&w.e, ERR_CHAIN, "main.eth_sendRawTransaction: the node calls it by another hash than its own");
	close_world(&w);
}

static void the_next_endpoint_takes_what_the_first_cannot(void **state)
{
	struct arena a = {0};
	struct buf rules = {0};
	const struct hash32 hash = raw_hash();
	struct submit_answer answer;
	struct world w;

	(void)state;
	buf_fmt(&rules,
		"[%s{%s\"method\":\"eth_sendRawTransaction\",\"error\":{\"code\":-32601,\"message\":\"not here\"}},"
		"{%s\"method\":\"eth_sendRawTransaction\",\"result\":\"",
		NODE, A, B);
	buf_0xhex(&rules, SPAN_HASH(&hash));
	buf_str(&rules, "\"}]");
	w = play(buf_cstr(&rules), 2);
	assert_ok(submit_raw(&w.c, &w.a, span_str(raw_bytes), &answer, &w.e), &w.e);
	assert_int_equal(answer.outcome, SUBMIT_SENT);
	assert_string_equal(answer.endpoint, "backup");
	assert_true(hash32_eq(&answer.tx_hash, &hash));
	buf_release(&rules);
	arena_release(&a);
	close_world(&w);
}

static void a_refusal_is_said_when_nobody_takes_it(void **state)
{
	struct world w =
		play("[" NODE "{" A "\"method\":\"eth_sendRawTransaction\",\"error\":{\"code\":-32000,\"message\":"
		     "\"first\"}}]",
		     2);
	struct submit_answer answer;

	(void)state;
	assert_ok(submit_raw(&w.c, &w.a, span_str(raw_bytes), &answer, &w.e), &w.e);
	assert_int_equal(answer.outcome, SUBMIT_REJECTED);
	assert_span_str(answer.words, "the node does not take it (it says: first)");
	close_world(&w);
}

static void waiting_ends(void **state)
{
	struct world w = play("[" NODE "{\"method\":\"eth_getTransactionReceipt\",\"result\":null}]", 1);
	const struct hash32 hash = raw_hash();
	struct chain_receipt r;
	bool found = true;

	(void)state;
	assert_ok(submit_wait(&w.c, &w.a, &hash, 50, 10, &r, &found, &w.e), &w.e);
	assert_false(found);
	close_world(&w);
}

static void gs013_is_explained_by_the_inner_call(void **state)
{
	struct world w =
		play("[" NODE "{\"method\":\"eth_call\",\"error\":{\"code\":3,\"message\":\"execution reverted\","
		     "\"data\":\"0x54336609000000000000000000000000000000000000000000000000000000000001517f"
		     "0000000000000000000000000000000000000000000000000000000000015180\"}},"
		     "{\"method\":\"eth_getCode\",\"result\":\"0x6000\"}]",
		     1);
	const struct u256 none = {0};
	struct buf out = {0};

	(void)state;
	assert_ok(chain_explain_gs013(&w.c, &w.a, &payer, &target, &none, span_str("x"), NULL, 0, &out, &w.e), &w.e);
	assert_buf_str(&out, "GS013: the Safe's call failed: TimelockInsufficientDelay(delay 86399, minDelay 86400)");
	buf_release(&out);
	close_world(&w);
}

static void gs013_that_would_succeed_now_is_said(void **state)
{
	struct world w =
		play("[" NODE
		     "{\"method\":\"eth_call\",\"result\":\"0x\"},{\"method\":\"eth_getCode\",\"result\":\"0x\"}]",
		     1);
	const struct u256 none = {0};
	struct buf out = {0};

	(void)state;
	assert_ok(chain_explain_gs013(&w.c, &w.a, &payer, &target, &none, span_str("x"), NULL, 0, &out, &w.e), &w.e);
	assert_buf_str(
		&out,
		"GS013: the Safe's call failed; run alone from the Safe's address it succeeds now: the gas was too "
		"little, or the state has changed since (there is no contract at the address it calls)");
	buf_release(&out);
	close_world(&w);
}

/* ---- a real node ---- */

/* The first account of every anvil and hardhat node: public, worthless. */
static const char key_hex[] = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

static struct world opened(void)
{
	struct world w = {0};
	struct buf text = {0};

	assert_ok(fs_read(&text, getenv("SETGOV_LIVE"), 1u << 20, &w.e), &w.e);
	assert_ok(deployment_parse(&w.a, &w.d, arena_copy(&w.a, buf_view(&text)), &w.e), &w.e);
	assert_ok(chain_open(&w.c, w.d.endpoints, w.d.n_endpoints, w.d.chain_id, &w.d.genesis, &w.e), &w.e);
	buf_release(&text);
	return w;
}

static void rpc_word(struct world *w, const char *method, struct json *param)
{
	struct rpc_call call = { .method = method, .params = json_array(&w->a) };

	if (param)
		json_push((struct json *)(uintptr_t)call.params, param);
	assert_ok(rpc_batch(w->c.rpc, &w->a, &w->c.ep[0], &call, 1, &w->e), &w->e);
	assert_non_null(call.result);
}

static struct addr first_account(uint8_t key[32])
{
	struct addr who;
	struct json hex = { .type = JSON_STRING, .text = span_str(key_hex) };
	struct json object = { .type = JSON_OBJECT, .first = &hex, .last = &hex, .n = 1 };
	struct hash32 bytes;

	hex.name = span_str("key");
	assert_true(json_get_hash(&object, "key", &bytes, NULL));
	memcpy(key, bytes.b, 32);
	assert_true(sig_key_address(&who, key, NULL));
	return who;
}

static struct span sign(struct world *w, const struct transaction *tx)
{
	uint8_t key[32];
	struct hash32 digest;
	struct sig s;
	struct buf raw = {0};
	struct span out;

	first_account(key);
	transaction_digest(&digest, tx);
	assert_true(sig_make(&s, &digest, key));
	transaction_encode(&raw, tx, &s);
	out = arena_copy(&w->a, buf_view(&raw));
	buf_release(&raw);
	return out;
}

static struct submit_request request(const struct world *w)
{
	uint8_t key[32];
	struct submit_request q = { .to = target, .value = u256_from_u64(1), .caps = w->d.caps };

	q.from = first_account(key);
	return q;
}

static void a_transaction_is_sent_once(void **state)
{
	struct world w = opened();
	const struct submit_request q = request(&w);
	struct transaction tx;
	struct submit_answer answer;
	struct chain_receipt r;
	enum submit_state where;
	struct span raw;
	bool found;

	(void)state;
	assert_ok(submit_prepare(&w.c, &w.a, &q, &tx, &w.e), &w.e);
	raw = sign(&w, &tx);
	assert_ok(submit_raw(&w.c, &w.a, raw, &answer, &w.e), &w.e);
	assert_int_equal(answer.outcome, SUBMIT_SENT);
	assert_ok(submit_wait(&w.c, &w.a, &answer.tx_hash, 5000, 50, &r, &found, &w.e), &w.e);
	assert_true(found && r.ok && r.gas_used == 21000);
	assert_ok(submit_raw(&w.c, &w.a, raw, &answer, &w.e), &w.e);
	assert_int_equal(answer.outcome, SUBMIT_KNOWN);
	assert_ok(submit_lookup(&w.c, &w.a, &answer.tx_hash, &where, &r, &w.e), &w.e);
	assert_int_equal(where, SUBMIT_MINED);
	tx.value = u256_from_u64(2);
	assert_ok(submit_raw(&w.c, &w.a, sign(&w, &tx), &answer, &w.e), &w.e);
	assert_int_equal(answer.outcome, SUBMIT_NONCE_USED);
	assert_ok(submit_lookup(&w.c, &w.a, &answer.tx_hash, &where, &r, &w.e), &w.e);
	assert_int_equal(where, SUBMIT_UNKNOWN);
	close_world(&w);
}

static void a_stuck_transaction_is_replaced(void **state)
{
	struct world w = opened();
	struct submit_request q = request(&w);
	struct transaction tx, second;
	struct submit_answer first, answer;
	struct submit_fees old;
	struct chain_receipt r;
	enum submit_state where;

	(void)state;
	rpc_word(&w, "evm_setAutomine", json_bool(&w.a, false));
	assert_ok(submit_prepare(&w.c, &w.a, &q, &tx, &w.e), &w.e);
	assert_ok(submit_raw(&w.c, &w.a, sign(&w, &tx), &first, &w.e), &w.e);
	assert_int_equal(first.outcome, SUBMIT_SENT);
	assert_ok(submit_lookup(&w.c, &w.a, &first.tx_hash, &where, &r, &w.e), &w.e);
	assert_int_equal(where, SUBMIT_PENDING);
	assert_ok(submit_raw(&w.c, &w.a, sign(&w, &tx), &answer, &w.e), &w.e);
	assert_int_equal(answer.outcome, SUBMIT_KNOWN);
	second = tx;
	second.value = u256_from_u64(3);
	assert_ok(submit_raw(&w.c, &w.a, sign(&w, &second), &answer, &w.e), &w.e);
	assert_int_equal(answer.outcome, SUBMIT_UNDERPRICED);
	old = (struct submit_fees){ tx.max_fee, tx.max_priority };
	q.replaces = &old;
	q.has_nonce = true;
	q.nonce = tx.nonce;
	assert_ok(submit_prepare(&w.c, &w.a, &q, &second, &w.e), &w.e);
	assert_int_equal(second.nonce, tx.nonce);
	assert_ok(submit_raw(&w.c, &w.a, sign(&w, &second), &answer, &w.e), &w.e);
	assert_int_equal(answer.outcome, SUBMIT_SENT);
	rpc_word(&w, "evm_setAutomine", json_bool(&w.a, true));
	rpc_word(&w, "evm_mine", NULL);
	assert_ok(submit_lookup(&w.c, &w.a, &answer.tx_hash, &where, &r, &w.e), &w.e);
	assert_int_equal(where, SUBMIT_MINED);
	assert_ok(submit_lookup(&w.c, &w.a, &first.tx_hash, &where, &r, &w.e), &w.e);
	assert_int_equal(where, SUBMIT_UNKNOWN);
	close_world(&w);
}

/* schedule of one call by nobody in particular, and by the Safe with a second too little. */
static struct span schedule_calldata(struct world *w, uint64_t delay)
{
	const struct call one = { .to = w->d.timelock };
	const struct operation op = { .calls = { &one, 1 } };
	struct buf data = {0};
	struct span out;

	timelock_schedule(&data, &op, delay);
	out = arena_copy(&w->a, buf_view(&data));
	buf_release(&data);
	return out;
}

static void a_real_revert_is_words(void **state)
{
	struct world w = opened();
	struct submit_request q = request(&w);
	const struct u256 none = {0};
	struct transaction tx;
	struct buf out = {0};

	(void)state;
	q.to = w.d.timelock;
	q.value = none;
	q.data = schedule_calldata(&w, 86400);
	assert_false(submit_prepare(&w.c, &w.a, &q, &tx, &w.e));
	assert_err(&w.e, ERR_REFUSED, "[WOULD-REVERT] AccessControlUnauthorizedAccount(account "
		"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266, neededRole "
		"0xb09aa5aeb3702cfd50b6b62bc4532604938f21248a27a1d5ca736082b6819cc1 = PROPOSER_ROLE)");
	assert_ok(chain_explain_gs013(&w.c, &w.a, &w.d.safe, &w.d.timelock, &none, schedule_calldata(&w, 86399),
				      NULL, 0, &out, &w.e),
		  &w.e);
	assert_buf_str(&out, "GS013: the Safe's call failed: TimelockInsufficientDelay(delay 86399, minDelay 86400)");
	buf_release(&out);
	close_world(&w);
}

int main(void)
{
	const struct CMUnitTest played[] = {
		cmocka_unit_test(fees_are_twice_the_base_fee_and_the_tip),
		cmocka_unit_test(caps_are_not_exceeded),
		cmocka_unit_test(a_replacement_pays_an_eighth_more),
		cmocka_unit_test(a_prepared_transaction_has_everything),
		cmocka_unit_test(what_would_revert_is_not_prepared),
		cmocka_unit_test(an_estimate_without_data_is_explained_by_a_call),
		cmocka_unit_test(an_estimate_that_fails_otherwise_is_the_nodes_fault),
		cmocka_unit_test(what_nodes_say_is_understood),
		cmocka_unit_test(a_nodes_own_hash_must_be_ours),
		cmocka_unit_test(the_next_endpoint_takes_what_the_first_cannot),
		cmocka_unit_test(a_refusal_is_said_when_nobody_takes_it),
		cmocka_unit_test(waiting_ends),
		cmocka_unit_test(gs013_is_explained_by_the_inner_call),
		cmocka_unit_test(gs013_that_would_succeed_now_is_said),
	};
	const struct CMUnitTest real[] = {
		cmocka_unit_test(a_transaction_is_sent_once),
		cmocka_unit_test(a_stuck_transaction_is_replaced),
		cmocka_unit_test(a_real_revert_is_words),
	};

	if (transport_asked())
		return transport_main();
	return getenv("SETGOV_LIVE") ? cmocka_run_group_tests_name("real", real, NULL, NULL)
				     : cmocka_run_group_tests_name("played", played, NULL, NULL);
}
