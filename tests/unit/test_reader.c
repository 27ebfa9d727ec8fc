/* The first group runs against replies that were recorded from a real chain (tests/vectors/chain, made by
 * tests/e2e/net_chain.sh), and, with SETGOV_LIVE naming a profile, against that chain itself. The second group plays
 * nodes that lie, lag or break. */
#include "src/base/fs.h"
#include "src/chain/reader.h"
#include "src/crypto/keccak.h"
#include "src/evm/abi.h"
#include "src/evm/address.h"
#include "src/gov/deployment.h"
#include "tests/support/check.h"
#include "tests/support/transport.h"

struct world {
	struct arena a;
	struct deployment d;
	struct chain c;
	struct err e;
};

static bool live(void)
{
	return getenv("SETGOV_LIVE") != NULL;
}

static struct world load(void)
{
	struct world w = {0};
	struct buf text = {0};

	const char *profile = live() ? getenv("SETGOV_LIVE") : "tests/vectors/chain/profile.json";

	assert_ok(fs_read(&text, profile, 1u << 20, &w.e), &w.e);
	assert_ok(deployment_parse(&w.a, &w.d, arena_copy(&w.a, buf_view(&text)), &w.e), &w.e);
	buf_release(&text);
	if (!live())
		transport_play_vector("chain/devnet.json");
	return w;
}

static struct world opened(void)
{
	struct world w = load();

	assert_ok(chain_open(&w.c, w.d.endpoints, w.d.n_endpoints, w.d.chain_id, &w.d.genesis, &w.e), &w.e);
	return w;
}

static void close_world(struct world *w)
{
	chain_release(&w->c);
	arena_release(&w->a);
	err_clear(&w->e);
}

static struct addr addr_of(const char *text)
{
	struct addr a;

	assert_true(addr_parse(&a, span_str(text), NULL));
	return a;
}

static struct addr contract_of(const struct world *w, const char *name)
{
	const struct contract *c = deployment_contract(&w->d, span_str(name));

	assert_non_null(c);
	return c->address;
}

static const struct abi_function *function_of(struct arena *a, const char *signature, const char *outputs)
{
	struct abi_function *f = ARENA_NEW(a, struct abi_function);

	*f = *abi_function_parse(a, span_str(signature), NULL);
	f->outputs = abi_type_parse(a, span_str(outputs), NULL);
	return f;
}

/* ---- a real chain ---- */

static void a_chain_opens_at_its_newest_block(void **state)
{
	struct world w = opened();
	struct buf words = {0};

	(void)state;
	assert_true(w.c.pin.number > 0);
	assert_true(w.c.pin.has_base_fee);
	assert_false(w.c.by_number[0]);
	chain_pin_words(&w.c, &words);
	assert_non_null(strstr(buf_cstr(&words), ", read by hash from devnet"));
	buf_release(&words);
	close_world(&w);
}

static void another_chain_is_refused(void **state)
{
	struct world w = load();
	struct hash32 genesis = w.d.genesis;

	(void)state;
	assert_false(chain_open(&w.c, w.d.endpoints, 1, 1, &genesis, &w.e));
	assert_err(&w.e, ERR_REFUSED, "devnet: [CHAIN-ID] this node is on chain 84532999, not on 1");
	assert_null(w.c.rpc);
	err_clear(&w.e);
	genesis.b[0] ^= 1;
	if (!live())
		transport_play_vector("chain/devnet.json");
	assert_false(chain_open(&w.c, w.d.endpoints, 1, w.d.chain_id, &genesis, &w.e));
	assert_string_equal(w.e.refusal, "GENESIS");
	close_world(&w);
}

static void the_safe_says_who_owns_it(void **state)
{
	struct world w = opened();
	struct chain_safe s;
	const struct addr singleton = addr_of("0x29fcB43b46531BcA003ddC8FCB67FFE91900C762");
	const struct addr handler = addr_of("0xfd0732Dc9E303f09fCEf3a7388Ad10A83459Ec99");

	(void)state;
	assert_ok(chain_safe(&w.c, &w.a, &w.d.safe, &s, &w.e), &w.e);
	assert_int_equal(s.threshold, 3);
	assert_int_equal(s.owner_count, 5);
	for (size_t i = 0; i < s.owner_count; i++)
		assert_true(deployment_is_owner(&w.d, &s.owners[i]));
	assert_string_equal(s.version, "1.4.1");
	assert_true(addr_eq(&s.singleton, &singleton));
	assert_true(addr_eq(&s.fallback_handler, &handler));
	assert_true(addr_is_zero(&s.guard));
	assert_true(s.modules_known);
	assert_int_equal(s.module_count, 0);
	close_world(&w);
}

static void a_safe_where_there_is_none_is_an_error(void **state)
{
	struct world w = opened();
	struct chain_safe s;
	const struct addr nobody = addr_of("0x1111111111111111111111111111111111111111");

	(void)state;
	assert_false(chain_safe(&w.c, &w.a, &nobody, &s, &w.e));
	assert_err(&w.e, ERR_CHAIN, "nonce() of 0x1111111111111111111111111111111111111111: no answer: there is no "
				    "such contract at this address");
	close_world(&w);
}

static void the_timelock_says_who_may(void **state)
{
	struct world w = opened();
	struct chain_roles r[3] = { { .account = w.d.safe }, { .account = {{0}} }, { .account = w.d.timelock } };
	struct chain_operation op = { .id = {{ 1, 2, 3 }} };
	uint64_t delay;

	(void)state;
	assert_ok(chain_min_delay(&w.c, &w.d.timelock, &delay, &w.e), &w.e);
	assert_int_equal(delay, 86400);
	assert_ok(chain_roles(&w.c, &w.d.timelock, r, 3, &w.e), &w.e);
	assert_true(r[0].proposer && r[0].executor && r[0].canceller && !r[0].admin);
	assert_false(r[1].proposer || r[1].executor || r[1].canceller || r[1].admin);
	assert_true(r[2].admin && !r[2].proposer);
	assert_ok(chain_operations(&w.c, &w.d.timelock, &op, 1, &w.e), &w.e);
	assert_int_equal(op.state, TIMELOCK_UNSET);
	assert_int_equal(op.ready_at, 0);
	close_world(&w);
}

static void getters_are_called_by_their_abi(void **state)
{
	struct world w = opened();
	const struct addr registry = contract_of(&w, "registry");
	const struct addr nobody = addr_of("0x1111111111111111111111111111111111111111");
	const struct abi_function *count = function_of(&w.a, "authorizedSequencerCount()", "(uint256)");
	const struct abi_function *root = function_of(&w.a, "proxiableUUID()", "(bytes32)");
	struct abi_value out;
	bool answered = true;

	(void)state;
	assert_ok(chain_call(&w.c, &w.a, &registry, count, NULL, &out, &w.e), &w.e);
	assert_int_equal(out.items[0].word.w[0], 1);
	assert_false(chain_call(&w.c, &w.a, &nobody, count, NULL, &out, &w.e));
	assert_err(&w.e, ERR_CHAIN, "authorizedSequencerCount() of 0x1111111111111111111111111111111111111111: no "
				    "answer: there is no such contract at this address");
	err_clear(&w.e);
	assert_ok(chain_try_call(&w.c, &w.a, &registry, root, NULL, &out, &answered, &w.e), &w.e);
	assert_false(answered);
	assert_false(chain_call(&w.c, &w.a, &registry, root, NULL, &out, &w.e));
	assert_non_null(strstr(buf_cstr(&w.e.what), ": UUPSUnauthorizedCallContext()"));
	close_world(&w);
}

static void accounts_have_balance_nonce_and_code(void **state)
{
	struct world w = opened();
	const struct person *payer = deployment_person(&w.d, span_str("payer"));
	struct u256 wei;
	uint64_t nonce;
	struct span code;
	struct hash32 hash, slot = {{0}}, word;

	(void)state;
	assert_ok(chain_balance(&w.c, &payer->address, &wei, &w.e), &w.e);
	assert_false(u256_is_zero(&wei));
	assert_ok(chain_nonce(&w.c, &payer->address, &nonce, &w.e), &w.e);
	assert_ok(chain_code(&w.c, &w.a, &w.d.safe, &code, &w.e), &w.e);
	keccak256(&hash, code);
	assert_hex(hash.b, 32, "d7d408ebcd99b2b70be43e20253d6d92a8ea8fab29bd3be7f55b10032331fb4c");
	assert_ok(chain_code(&w.c, &w.a, &payer->address, &code, &w.e), &w.e);
	assert_int_equal(code.n, 0);
	slot.b[31] = 4;
	assert_ok(chain_storage(&w.c, &w.d.safe, &slot, &word, &w.e), &w.e);
	assert_int_equal(word.b[31], 3);
	close_world(&w);
}

static void history_is_read_and_hangs_together(void **state)
{
	struct world w = opened();
	struct chain_log *logs;
	struct chain_receipt r;
	struct chain_tx tx;
	struct hash32 unknown = {{ 9 }};
	struct chain_heads heads;
	size_t n;
	bool found;

	(void)state;
	assert_ok(chain_logs(&w.c, &w.a, &w.d.timelock, 1, NULL, 0, 0, w.c.pin.number, &logs, &n, &w.e), &w.e);
	assert_true(n > 3);
	assert_true(addr_eq(&logs[0].address, &w.d.timelock));
	assert_ok(chain_receipt(&w.c, &w.a, &logs[0].tx_hash, &r, &found, &w.e), &w.e);
	assert_true(found && r.ok);
	assert_int_equal(r.block, logs[0].block);
	assert_true(r.block_time > 1600000000);
	assert_true(r.log_count >= 1);
	assert_ok(chain_transaction(&w.c, &w.a, &logs[0].tx_hash, &tx, &found, &w.e), &w.e);
	assert_true(found && tx.mined && tx.block == r.block);
	assert_true(addr_eq(&tx.from, &r.from));
	assert_ok(chain_receipt(&w.c, &w.a, &unknown, &r, &found, &w.e), &w.e);
	assert_false(found);
	assert_ok(chain_transaction(&w.c, &w.a, &unknown, &tx, &found, &w.e), &w.e);
	assert_false(found);
	assert_ok(chain_heads(&w.c, &heads, &w.e), &w.e);
	assert_true(heads.has_safe && heads.has_finalized);
	assert_true(heads.finalized.number <= heads.safe.number && heads.safe.number <= heads.latest.number);
	close_world(&w);
}

static void two_endpoints_that_agree_are_one_chain(void **state)
{
	struct world w = load();
	const struct endpoint two[2] = { w.d.endpoints[0], { span_str("backup"), w.d.endpoints[0].url } };
	struct chain_safe s;
	struct chain_log *logs;
	size_t n;
	struct buf words = {0};

	(void)state;
	assert_ok(chain_open(&w.c, two, 2, w.d.chain_id, &w.d.genesis, &w.e), &w.e);
	assert_ok(chain_safe(&w.c, &w.a, &w.d.safe, &s, &w.e), &w.e);
	assert_ok(chain_logs(&w.c, &w.a, &w.d.timelock, 1, NULL, 0, 0, w.c.pin.number, &logs, &n, &w.e), &w.e);
	chain_pin_words(&w.c, &words);
	assert_non_null(strstr(buf_cstr(&words), "from devnet and backup"));
	buf_release(&words);
	close_world(&w);
}

/* ---- nodes that lie, lag or break ---- */

#define H(c) "0x" c c c c c c c c c c c c c c c c
#define BLOCK(number, hash) "{\"number\":\"" number "\",\"hash\":\"" hash "\",\"parentHash\":\"" H("0000") \
	"\",\"timestamp\":\"0x65000000\",\"baseFeePerGas\":\"0x3b9aca00\"}"
#define AT(url, n, block) "{" url "\"method\":\"eth_getBlockByNumber\",\"params\":[\"" n "\",false]," \
	"\"result\":" block "},"
#define CHAIN "{\"method\":\"eth_chainId\",\"result\":\"0x7\"}," AT("", "0x0", BLOCK("0x0", H("aaaa")))
#define NODE CHAIN AT("", "latest", BLOCK("0x9", H("bbbb"))) AT("", "0x9", BLOCK("0x9", H("bbbb")))
#define PROBE "{\"method\":\"eth_getBalance\",\"params\":[\"0x0000000000000000000000000000000000000000\"," \
	"{\"blockHash\":\"" H("bbbb") "\"}],\"result\":\"0x0\"},"
#define A "\"url\":\"http://a\","
#define B "\"url\":\"http://b\","

static const struct addr someone = {{ 1, 2 }};

static struct world open_two(const char *rules, size_t n)
{
	const struct endpoint ep[2] = { { span_str("main"), span_str("http://a") },
					{ span_str("backup"), span_str("http://b") } };
	struct world w = {0};

	transport_play(rules);
	if (!chain_open(&w.c, ep, n, 7, NULL, &w.e))
		assert_true(err_is_set(&w.e));
	return w;
}

static void different_answers_are_refused_by_name(void **state)
{
	struct world w = open_two("[" NODE PROBE
		"{" A "\"method\":\"eth_getBalance\",\"result\":\"0x1\"},"
		"{" B "\"method\":\"eth_getBalance\",\"result\":\"0x2\"},"
		"{" A "\"method\":\"eth_call\",\"result\":\"0xAB\"},"
		"{" B "\"method\":\"eth_call\",\"result\":\"0xab\"}]", 2);
	struct u256 wei;
	struct chain_read r = { .to = someone };

	(void)state;
	assert_false(err_is_set(&w.e));
	assert_false(chain_balance(&w.c, &someone, &wei, &w.e));
	assert_err(&w.e, ERR_REFUSED, "[DISAGREE] eth_getBalance: main says \"0x1\", backup says \"0x2\"");
	err_clear(&w.e);
	assert_ok(chain_calls(&w.c, &w.a, &r, 1, &w.e), &w.e);
	assert_true(r.ok && r.output.n == 1);
	close_world(&w);
}

static void a_revert_and_an_answer_differ(void **state)
{
	struct world w = open_two("[" NODE PROBE
		"{" A "\"method\":\"eth_call\",\"result\":\"0x01\"},"
		"{" B "\"method\":\"eth_call\",\"error\":{\"code\":3,\"message\":\"execution reverted\","
		"\"data\":\"0x\"}}]", 2);
	struct chain_read r = { .to = someone };

	(void)state;
	assert_false(chain_calls(&w.c, &w.a, &r, 1, &w.e));
	assert_err(&w.e, ERR_REFUSED, "[DISAGREE] eth_call: main says \"0x01\", backup says reverted without a reason");
	close_world(&w);
}

static void different_blocks_are_refused(void **state)
{
	struct world w = open_two("[" CHAIN AT(A, "latest", BLOCK("0x9", H("bbbb")))
		AT(B, "latest", BLOCK("0x9", H("cccc"))) AT(A, "0x9", BLOCK("0x9", H("bbbb")))
		AT(B, "0x9", BLOCK("0x9", H("cccc")))
		"{\"method\":\"eth_getBalance\",\"result\":\"0x0\"}]", 2);

	(void)state;
	assert_err(&w.e, ERR_REFUSED, "[DISAGREE] block 9: main says " H("bbbb") ", backup says " H("cccc"));
	close_world(&w);
}

static void the_slower_endpoint_sets_the_block(void **state)
{
	struct world w = open_two("[" CHAIN AT(A, "latest", BLOCK("0xa", H("dddd")))
		AT(B, "latest", BLOCK("0x9", H("bbbb"))) AT("", "0x9", BLOCK("0x9", H("bbbb")))
		"{\"method\":\"eth_getBalance\",\"result\":\"0x0\"}]", 2);

	(void)state;
	assert_false(err_is_set(&w.e));
	assert_int_equal(w.c.pin.number, 9);
	close_world(&w);
}

#define BY_NUMBER NODE "{\"method\":\"eth_getBalance\",\"params\":[\"0x0000000000000000000000000000000000000000\"," \
	"{\"blockHash\":\"" H("bbbb") "\"}],\"error\":{\"code\":-32602,\"message\":\"invalid argument\"}}," \
	"{\"method\":\"eth_getBalance\",\"params\":[\"0x0102000000000000000000000000000000000000\",\"0x9\"]," \
	"\"result\":\"0x5\"}"

static void a_node_that_refuses_hashes_is_read_by_number(void **state)
{
	struct world w = open_two("[" BY_NUMBER "]", 1);
	struct buf words = {0};
	struct u256 wei;

	(void)state;
	assert_ok(chain_balance(&w.c, &someone, &wei, &w.e), &w.e);
	assert_int_equal(wei.w[0], 5);
	chain_pin_words(&w.c, &words);
	assert_buf_str(&words, "block 9 " H("bbbb") ", read by number from main, which refuses hashes");
	buf_release(&words);
	close_world(&w);
}

static void a_block_that_was_replaced_meanwhile_is_refused(void **state)
{
	struct world w = open_two("[{\"once\":true,\"method\":\"eth_getBlockByNumber\","
		"\"params\":[\"0x9\",false],\"result\":" BLOCK("0x9", H("eeee")) "}," BY_NUMBER "]", 1);
	struct u256 wei;

	(void)state;
	assert_false(chain_balance(&w.c, &someone, &wei, &w.e));
	assert_err(&w.e, ERR_REFUSED, "[REORG] block 9 of main was replaced while it was being read: try again");
	close_world(&w);
}

static void a_node_in_trouble_is_not_a_no(void **state)
{
	struct world w = open_two("[" NODE PROBE
		"{\"method\":\"eth_call\",\"error\":{\"code\":-32000,\"message\":\"header not found\"}}]", 1);
	struct chain_roles r = { .account = someone };

	(void)state;
	assert_false(chain_roles(&w.c, &someone, &r, 1, &w.e));
	assert_err(&w.e, ERR_CHAIN, "main.eth_call: the node answers -32000: header not found");
	close_world(&w);
}

static void a_bool_is_a_bool(void **state)
{
	struct world w = open_two("[" NODE PROBE "{\"method\":\"eth_call\",\"result\":\"" H("0003") "\"}]", 1);
	struct chain_roles r = { .account = someone };

	(void)state;
	assert_false(chain_roles(&w.c, &someone, &r, 1, &w.e));
	assert_non_null(strstr(buf_cstr(&w.e.what), "its answer does not decode"));
	close_world(&w);
}

static void wrong_shapes_are_located(void **state)
{
	static const char *const wrong[][2] = {
		{ "\"0x01\"", "main.eth_getBalance, byte 2: a quantity has no leading zeros" },
		{ "\"5\"", "main.eth_getBalance, byte 0: \"0x\" was needed" },
		{ "7", "main.eth_getBalance: a string of hex digits was needed, found something else" },
		{ "null", "main.eth_getBalance: a string of hex digits was needed, found nothing" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct buf rules = {0};
		struct world w;
		struct u256 wei;

		buf_str(&rules, "[" NODE PROBE "{\"method\":\"eth_getBalance\",\"result\":");
		buf_str(&rules, wrong[i][0]);
		buf_str(&rules, "}]");
		w = open_two(buf_cstr(&rules), 1);
		assert_false(chain_balance(&w.c, &someone, &wei, &w.e));
		assert_err(&w.e, ERR_CHAIN, wrong[i][1]);
		buf_release(&rules);
		close_world(&w);
	}
}

#define LOG(address, block, index) "{\"address\":\"" address "\",\"topics\":[\"" H("1234") "\"],\"data\":\"0x\"," \
	"\"blockNumber\":\"" block "\",\"blockHash\":\"" H("bbbb") "\",\"transactionHash\":\"" H("7777") "\"," \
	"\"logIndex\":\"" index "\",\"removed\":false}"
#define ME "0x0102000000000000000000000000000000000000"
#define FILTER(from, to) "\"method\":\"eth_getLogs\",\"params\":[{\"address\":[\"" ME "\"],\"fromBlock\":\"" from \
	"\",\"toBlock\":\"" to "\"}]"

static void long_ranges_are_read_in_pages_that_shrink(void **state)
{
	struct world w = open_two("[" NODE PROBE
		"{" FILTER("0x0", "0x9") ",\"error\":{\"code\":-32005,\"message\":\"range too long\"}},"
		"{" FILTER("0x0", "0x4") ",\"result\":[" LOG(ME, "0x1", "0x0") "]},"
		"{" FILTER("0x5", "0x9") ",\"result\":[" LOG(ME, "0x5", "0x0") "," LOG(ME, "0x5", "0x3") "]}]", 1);
	struct chain_log *logs;
	size_t n;

	(void)state;
	assert_ok(chain_logs(&w.c, &w.a, &someone, 1, NULL, 0, 0, 9, &logs, &n, &w.e), &w.e);
	assert_int_equal(n, 3);
	assert_int_equal(logs[2].index, 3);
	close_world(&w);
}

static void logs_that_were_not_asked_for_are_refused(void **state)
{
	static const char *const lists[][2] = {
		{ LOG("0x0902000000000000000000000000000000000000", "0x1", "0x0"),
		  "main.eth_getLogs.log[0]: a log that was not asked for" },
		{ LOG(ME, "0xa", "0x0"), "main.eth_getLogs.log[0]: a log that was not asked for" },
		{ LOG(ME, "0x3", "0x0") "," LOG(ME, "0x2", "0x0"), NULL },
		{ LOG(ME, "0x3", "0x1") "," LOG(ME, "0x3", "0x1"), NULL },
		{ "7", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct buf rules = {0};
		struct world w;
		struct chain_log *logs;
		size_t n;

		buf_fmt(&rules, "[%s{\"method\":\"eth_getLogs\",\"result\":[%s]}]", NODE PROBE, lists[i][0]);
		w = open_two(buf_cstr(&rules), 1);
		assert_false(chain_logs(&w.c, &w.a, &someone, 1, NULL, 0, 0, 9, &logs, &n, &w.e));
		assert_int_equal(w.e.code, ERR_CHAIN);
		if (lists[i][1])
			assert_err(&w.e, ERR_CHAIN, lists[i][1]);
		buf_release(&rules);
		close_world(&w);
	}
}

#define RECEIPT(tx, block, status) "{\"transactionHash\":\"" tx "\",\"status\":\"" status "\"," \
	"\"blockNumber\":\"0x9\",\"blockHash\":\"" block "\",\"gasUsed\":\"0x5208\"," \
	"\"from\":\"" ME "\",\"to\":null,\"logs\":[]}"
#define GIVE(url, receipt) "{" url "\"method\":\"eth_getTransactionReceipt\",\"result\":" receipt "}"

static void ask_receipt(const char *receipts, bool ok, bool wanted, const char *text)
{
	struct buf rules = {0};
	struct world w;
	struct chain_receipt r;
	struct hash32 tx;
	bool found = !wanted;

	memset(tx.b, 0x77, 32);
	buf_fmt(&rules, "[%s%s]", NODE PROBE, receipts);
	w = open_two(buf_cstr(&rules), 2);
	assert_false(err_is_set(&w.e));
	assert_int_equal(chain_receipt(&w.c, &w.a, &tx, &r, &found, &w.e), ok);
	if (ok)
		assert_int_equal(found, wanted);
	else
		assert_err(&w.e, w.e.code, text);
	buf_release(&rules);
	close_world(&w);
}

static void a_receipt_counts_when_every_endpoint_has_it(void **state)
{
	(void)state;
	ask_receipt(GIVE("", RECEIPT(H("7777"), H("bbbb"), "0x1")), true, true, NULL);
	ask_receipt(GIVE(A, RECEIPT(H("7777"), H("bbbb"), "0x1")) "," GIVE(B, "null"), true, false, NULL);
	/* its block is not the one that stands at that height: it is still moving */
	ask_receipt(GIVE("", RECEIPT(H("7777"), H("cccc"), "0x1")), true, false, NULL);
	ask_receipt(GIVE(A, RECEIPT(H("7777"), H("bbbb"), "0x1")) "," GIVE(B, RECEIPT(H("7777"), H("bbbb"), "0x0")),
		    false, false, "[DISAGREE] the receipt: main says status 1 in block " H("bbbb") " with 0 logs, "
		    "backup says status 0 in block " H("bbbb") " with 0 logs");
	ask_receipt(GIVE("", RECEIPT(H("6666"), H("bbbb"), "0x1")), false, false,
		    "main.eth_getTransactionReceipt.transactionHash: it is another transaction's");
	ask_receipt(GIVE("", RECEIPT(H("7777"), H("bbbb"), "0x2")), false, false,
		    "main.eth_getTransactionReceipt.status: 0x0 or 0x1 was needed");
}

static void a_missing_head_is_an_error(void **state)
{
	struct world w = open_two("[{\"method\":\"eth_chainId\",\"result\":\"0x7\"},"
				  "{\"method\":\"eth_getBlockByNumber\",\"result\":null}]", 1);

	(void)state;
	assert_err(&w.e, ERR_CHAIN, "main.eth_getBlockByNumber: the node does not have this block");
	close_world(&w);
}

int main(void)
{
	const struct CMUnitTest real[] = {
		cmocka_unit_test(a_chain_opens_at_its_newest_block),
		cmocka_unit_test(another_chain_is_refused),
		cmocka_unit_test(the_safe_says_who_owns_it),
		cmocka_unit_test(a_safe_where_there_is_none_is_an_error),
		cmocka_unit_test(the_timelock_says_who_may),
		cmocka_unit_test(getters_are_called_by_their_abi),
		cmocka_unit_test(accounts_have_balance_nonce_and_code),
		cmocka_unit_test(history_is_read_and_hangs_together),
		cmocka_unit_test(two_endpoints_that_agree_are_one_chain),
	};
	const struct CMUnitTest played[] = {
		cmocka_unit_test(different_answers_are_refused_by_name),
		cmocka_unit_test(a_revert_and_an_answer_differ),
		cmocka_unit_test(different_blocks_are_refused),
		cmocka_unit_test(the_slower_endpoint_sets_the_block),
		cmocka_unit_test(a_node_that_refuses_hashes_is_read_by_number),
		cmocka_unit_test(a_block_that_was_replaced_meanwhile_is_refused),
		cmocka_unit_test(a_node_in_trouble_is_not_a_no),
		cmocka_unit_test(a_bool_is_a_bool),
		cmocka_unit_test(wrong_shapes_are_located),
		cmocka_unit_test(long_ranges_are_read_in_pages_that_shrink),
		cmocka_unit_test(logs_that_were_not_asked_for_are_refused),
		cmocka_unit_test(a_receipt_counts_when_every_endpoint_has_it),
		cmocka_unit_test(a_missing_head_is_an_error),
	};

	if (transport_asked())
		return transport_main();
	if (live())
		return cmocka_run_group_tests_name("real", real, NULL, NULL);
	return cmocka_run_group_tests_name("recorded", real, NULL, NULL) +
	       cmocka_run_group_tests_name("played", played, NULL, NULL);
}
