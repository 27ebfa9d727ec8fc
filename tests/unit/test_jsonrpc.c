#include "src/base/frame.h"
#include "src/chain/jsonrpc.h"
#include "tests/support/check.h"
#include "tests/support/transport.h"

static const struct endpoint node = {
	{ (const uint8_t *)"main", 4 }, { (const uint8_t *)"https://node.example/v3/SECRET", 30 },
};

struct fixture {
	struct arena a;
	struct rpc *rpc;
	struct err e;
};

static struct fixture playing(const char *rules)
{
	struct fixture f = { .rpc = rpc_new() };

	transport_play(rules);
	return f;
}

static void done(struct fixture *f)
{
	rpc_free(f->rpc);
	arena_release(&f->a);
	err_clear(&f->e);
}

#define ASK(f, calls) rpc_batch((f).rpc, &(f).a, &node, calls, ARRAY_LEN(calls), &(f).e)

/* Two calls, answered by `body`: the error is `text`. */
static void refuses(const char *body, const char *text)
{
	struct arena a = {0};
	struct rpc_call calls[2] = { { .method = "eth_chainId" }, { .method = "eth_blockNumber" } };
	struct err e = {0};
	bool refused;

	assert_false(rpc_parse_reply(&a, span_str(body), 7, calls, 2, &refused, &e));
	assert_err(&e, ERR_CHAIN, text);
	err_clear(&e);
	arena_release(&a);
}

static void after_the_deadline_nothing_is_asked(void **state)
{
	struct fixture f = playing("[{\"method\":\"eth_chainId\",\"result\":\"0x7\"}]");
	struct rpc_call calls[] = { { .method = "eth_chainId" } };

	(void)state;
	rpc_set_deadline(f.rpc, frame_clock_ms() + 10000);
	assert_ok(ASK(f, calls), &f.e);
	rpc_set_deadline(f.rpc, frame_clock_ms() - 1);
	assert_false(ASK(f, calls));
	assert_err(&f.e, ERR_CHAIN, "main: timeout: no time is left to ask");
	rpc_set_deadline(f.rpc, 0);
	assert_ok(ASK(f, calls), &f.e);
	done(&f);
}

static void replies_are_matched_by_id_in_any_order(void **state)
{
	struct arena a = {0};
	struct rpc_call calls[2] = { { .method = "eth_chainId" }, { .method = "eth_blockNumber" } };
	struct err e = {0};
	bool refused;

	(void)state;
	assert_ok(rpc_parse_reply(&a, span_str("[{\"jsonrpc\":\"2.0\",\"id\":8,\"result\":\"0x39\"},"
					       "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":null}]"),
				  7, calls, 2, &refused, &e), &e);
	assert_int_equal(calls[0].result->type, JSON_NULL);
	assert_span_str(calls[1].result->text, "0x39");
	arena_release(&a);
}

static void a_reply_that_is_not_one_is_refused_at_its_byte(void **state)
{
	(void)state;
	refuses("", "byte 0: the reply is not JSON: needed a JSON value, found the end");
	refuses("[{\"jsonrpc\":\"2.0\",\"id\":7,\"res",
		"byte 29: the reply is not JSON: needed '\"' to close the string, found the end");
	refuses("[]", "eth_chainId: no reply");
	refuses("7", "byte 0: the reply is not what was asked for: an array of replies");
	refuses("[7]", "reply[0], byte 1: an object was needed");
	refuses("[{\"jsonrpc\":\"1.0\",\"id\":7,\"result\":1}]", "reply[0], byte 1: jsonrpc is not \"2.0\"");
	refuses("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":1}", "byte 0: one object in place of a batch of replies");
}

static void ids_that_are_not_ours_are_refused(void **state)
{
	(void)state;
	refuses("[{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":1}]",
		"reply[0], byte 23: a reply to a request that was not made");
	refuses("[{\"jsonrpc\":\"2.0\",\"id\":\"7\",\"result\":1}]",
		"reply[0], byte 23: a reply to a request that was not made");
	refuses("[{\"jsonrpc\":\"2.0\",\"result\":1}]", "reply[0], byte 1: a reply to a request that was not made");
	refuses("[{\"jsonrpc\":\"2.0\",\"id\":-1,\"result\":1}]",
		"reply[0], byte 23: a reply to a request that was not made");
	refuses("[{\"jsonrpc\":\"2.0\",\"id\":7.0,\"result\":1}]",
		"reply[0], byte 23: a reply to a request that was not made");
	refuses("[{\"jsonrpc\":\"2.0\",\"id\":8,\"result\":1},{\"jsonrpc\":\"2.0\",\"id\":8,\"result\":2}]",
		"reply[1], byte 59: a second reply to the same request");
	refuses("[{\"jsonrpc\":\"2.0\",\"id\":8,\"result\":1}]", "eth_chainId: no reply");
}

static void a_reply_has_a_result_or_an_error(void **state)
{
	(void)state;
	refuses("[{\"jsonrpc\":\"2.0\",\"id\":7}]",
		"reply[0].eth_chainId, byte 1: a reply has a result or an error, this one has neither");
	refuses("[{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":1,\"error\":{\"code\":1}}]",
		"reply[0].eth_chainId, byte 1: a reply has a result or an error, this one has both");
	refuses("[{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":\"no\"}]",
		"reply[0].eth_chainId.error, byte 33: an error of JSON-RPC is an object with a number as its code");
	refuses("[{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":1e3}}]",
		"reply[0].eth_chainId.error, byte 33: an error of JSON-RPC is an object with a number as its code");
}

static void deep_json_is_refused(void **state)
{
	struct buf b = {0};

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_byte(&b, '[');
	refuses(buf_cstr(&b), "byte 64: the reply is not JSON: nested deeper than 64");
	buf_release(&b);
}

static void errors_of_the_node_are_answers(void **state)
{
	struct fixture f = playing("[{\"method\":\"eth_call\",\"error\":{\"code\":3,\"message\":\"execution "
				   "reverted\\u0007\",\"data\":\"0x08c379a0\"}},"
				   " {\"method\":\"eth_old\",\"error\":{\"code\":-32015,\"message\":\"VM execution "
				   "error.\",\"data\":\"Reverted 0xe2517d3f\"}},"
				   " {\"method\":\"eth_deep\",\"error\":{\"code\":-32603,\"message\":\"x\","
				   "\"data\":{\"data\":\"0x01\",\"message\":\"y\"}}},"
				   " {\"method\":\"eth_odd\",\"error\":{\"code\":-32000,\"message\":\"header not "
				   "found\",\"data\":\"0x1\"}},"
				   " {\"method\":\"eth_mute\",\"error\":{\"code\":0}}]");
	struct rpc_call calls[] = { { .method = "eth_call" }, { .method = "eth_old" }, { .method = "eth_deep" },
				    { .method = "eth_odd" }, { .method = "eth_mute" }, { .method = "eth_none" } };

	(void)state;
	assert_ok(ASK(f, calls), &f.e);
	assert_null(calls[0].result);
	assert_int_equal(calls[0].error_code, 3);
	assert_span_str(calls[0].error_text, "execution reverted\\u{0007}");
	assert_true(calls[0].reverted && calls[0].has_data && calls[0].data.n == 4);
	assert_true(calls[1].reverted && calls[1].has_data && calls[1].data.n == 4);
	assert_true(calls[2].has_data && calls[2].data.n == 1);
	assert_false(calls[3].has_data || calls[3].reverted);
	assert_int_equal(calls[4].error_code, 0);
	assert_int_equal(calls[5].error_code, -32601);
	assert_false(rpc_call_err(&calls[5], &node, &f.e));
	assert_err(&f.e, ERR_CHAIN, "main.eth_none: the node answers -32601: Method not found");
	done(&f);
}

static void long_words_of_a_node_are_cut_at_a_character(void **state)
{
	struct arena a = {0};
	struct buf b = {0};
	struct span s;

	(void)state;
	buf_byte(&b, 'x');
	for (int i = 0; i < 1000; i++)
		buf_str(&b, "é");
	s = rpc_words(&a, buf_view(&b));
	assert_int_equal(s.n, 299 + 3);
	assert_memory_equal(s.p + 297, "é\u2026", 5);
	buf_release(&b);
	arena_release(&a);
}

static void a_node_without_batches_is_asked_one_by_one(void **state)
{
	struct fixture f = playing("[{\"once\":true,\"body\":\"{\\\"jsonrpc\\\":\\\"2.0\\\",\\\"id\\\":null,"
				   "\\\"error\\\":{\\\"code\\\":-32600,\\\"message\\\":\\\"no batches\\\"}}\"},"
				   "{\"method\":\"eth_chainId\",\"result\":\"0x1\"},{\"method\":\"eth_"
				   "blockNumber\",\"result\":\"0x2\"}]");
	struct rpc_call calls[] = { { .method = "eth_chainId" }, { .method = "eth_blockNumber" } };

	(void)state;
	assert_ok(ASK(f, calls), &f.e);
	assert_span_str(calls[0].result->text, "0x1");
	assert_span_str(calls[1].result->text, "0x2");
	done(&f);
}

static void many_calls_go_in_several_requests(void **state)
{
	struct fixture f = playing("[{\"method\":\"eth_chainId\",\"result\":\"0x1\"}]");
	struct rpc_call calls[250];

	(void)state;
	for (size_t i = 0; i < 250; i++)
		calls[i] = (struct rpc_call){ .method = "eth_chainId" };
	assert_ok(ASK(f, calls), &f.e);
	for (size_t i = 0; i < 250; i++)
		assert_span_str(calls[i].result->text, "0x1");
	done(&f);
}

/* What the network did, in the words of setgov-net; never the url. */
static void a_broken_line_names_the_endpoint(void **state)
{
	static const char *const broken[][2] = {
		{ "[{\"header\":\"{\\\"ok\\\":false,\\\"kind\\\":\\\"tls-expired\\\",\\\"text\\\":\\\"the "
		  "certificate has expired\\\"}\"}]",
		  "main: tls-expired: the certificate has expired" },
		{ "[{\"header\":\"nonsense\"}]", "main.setgov-net, byte 0: needed a JSON value, found 'n'" },
		{ "[{\"header\":\"{\\\"ok\\\":1}\"}]", NULL },
		{ "[{\"die\":true}]", "main.setgov-net, byte 0: the frame ends before its length does" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		struct fixture f = playing(broken[i][0]);
		struct rpc_call calls[] = { { .method = "eth_chainId" } };
		struct buf text = {0};

		assert_false(ASK(f, calls));
		err_format(&f.e, &text);
		if (broken[i][1])
			assert_buf_str(&text, broken[i][1]);
		assert_null(strstr(buf_cstr(&text), "SECRET"));
		assert_null(strstr(buf_cstr(&text), "node.example"));
		assert_int_equal(strncmp(buf_cstr(&text), "main", 4), 0);
		buf_release(&text);
		done(&f);
	}
}

static void what_we_may_not_ask_is_a_refusal(void **state)
{
	struct fixture f = playing("[{\"header\":\"{\\\"ok\\\":false,\\\"kind\\\":\\\"request\\\",\\\"text\\\":"
				   "\\\"plain http\\\"}\"}]");
	struct rpc_call calls[] = { { .method = "eth_chainId" } };

	(void)state;
	assert_false(ASK(f, calls));
	assert_err(&f.e, ERR_REFUSED, "main: [URL] plain http");
	assert_int_equal(err_exit_status(&f.e), 1);
	done(&f);
}

static void a_dead_transport_is_started_again(void **state)
{
	struct fixture f = playing("[{\"die\":true}]");
	struct rpc_call calls[] = { { .method = "eth_chainId" } };

	(void)state;
	assert_false(ASK(f, calls));
	err_clear(&f.e);
	transport_play("[{\"method\":\"eth_chainId\",\"result\":\"0x1\"}]");
	assert_ok(ASK(f, calls), &f.e);
	done(&f);
}

static void a_missing_program_is_named(void **state)
{
	struct fixture f = { .rpc = rpc_new() };
	struct rpc_call calls[] = { { .method = "eth_chainId" } };

	(void)state;
	setenv("SETGOV_NET", "/nonexistent/setgov-net", 1);
	assert_false(ASK(f, calls));
	assert_err(&f.e, ERR_IO, "main: /nonexistent/setgov-net does not start: No such file or directory");
	done(&f);
}

static void a_mute_transport_does_not_hold_us_for_ever(void **state)
{
	struct fixture f = { .rpc = rpc_new() };
	struct rpc_call calls[] = { { .method = "eth_chainId" } };

	(void)state;
	rpc_set_patience(f.rpc, 1, 0);
	setenv("SETGOV_NET", "tests/support/mute.sh", 1);
	assert_false(ASK(f, calls));
	assert_err(&f.e, ERR_CHAIN, "main.setgov-net: no answer in time");
	done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(after_the_deadline_nothing_is_asked),
		cmocka_unit_test(replies_are_matched_by_id_in_any_order),
		cmocka_unit_test(a_reply_that_is_not_one_is_refused_at_its_byte),
		cmocka_unit_test(ids_that_are_not_ours_are_refused),
		cmocka_unit_test(a_reply_has_a_result_or_an_error),
		cmocka_unit_test(deep_json_is_refused),
		cmocka_unit_test(errors_of_the_node_are_answers),
		cmocka_unit_test(long_words_of_a_node_are_cut_at_a_character),
		cmocka_unit_test(a_node_without_batches_is_asked_one_by_one),
		cmocka_unit_test(many_calls_go_in_several_requests),
		cmocka_unit_test(a_broken_line_names_the_endpoint),
		cmocka_unit_test(what_we_may_not_ask_is_a_refusal),
		cmocka_unit_test(a_dead_transport_is_started_again),
		cmocka_unit_test(a_missing_program_is_named),
		cmocka_unit_test(a_mute_transport_does_not_hold_us_for_ever),
	};

	if (transport_asked())
		return transport_main();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
