/* Calldata in words: by target, canonical or refused, calls inside calls too. */
#include "src/evm/address.h"
#include "src/gov/explain.h"
#include "src/gov/safe.h"
#include "src/gov/timelock.h"
#include "tests/support/check.h"

struct world {
	struct arena a;
	struct deployment d;
	struct pinned p;
};

/* The profile of the action vectors. */
static void open_world(struct world *w)
{
	struct buf profile = {0};
	struct err e = {0};

	*w = (struct world){0};
	json_canonical(&profile, json_find(json_vector(&w->a, "gov/actions.json"), "profile"));
	assert_ok(deployment_parse(&w->a, &w->d, arena_copy(&w->a, buf_view(&profile)), &e), &e);
	assert_ok(pinned_builtin(&w->a, &w->p, &w->d, &e), &e);
	buf_release(&profile);
}

static const struct addr *at(const struct world *w, const char *name)
{
	return &deployment_contract(&w->d, span_str(name))->address;
}

/* One call of a function, its arguments as text. */
static struct call call_of(struct world *w, const char *contract, const char *signature, const char *const args[])
{
	const struct abi_function *f = abi_find_signature(pinned_abi(&w->p, at(w, contract)), span_str(signature));
	struct call c = { .to = *at(w, contract) };
	struct abi_value *v, tuple;
	struct buf data = {0};
	struct err e = {0};

	assert_non_null(f);
	v = ARENA_ARRAY(&w->a, struct abi_value, f->inputs->count);
	for (size_t i = 0; i < f->inputs->count; i++)
		assert_ok(abi_value_from_text(&w->a, &v[i], f->inputs->fields[i].type, span_str(args[i]), &e), &e);
	tuple = abi_items(f->inputs, v, f->inputs->count);
	abi_calldata_encode(&data, f, &tuple);
	c.data = arena_copy(&w->a, buf_view(&data));
	buf_release(&data);
	return c;
}

static void shows(struct world *w, const struct call *c, const char *text)
{
	struct explained_call x;
	struct buf b = {0};
	struct err e = {0};

	assert_ok(explain_call(&w->a, &x, &w->p, c, &e), &e);
	explain_format(&b, &x, 0);
	assert_buf_str(&b, text);
	buf_release(&b);
}

static void refuses(struct world *w, const struct call *c, const char *code, const char *text)
{
	struct explained_call x;
	struct err e = {0};

	assert_false(explain_call(&w->a, &x, &w->p, c, &e));
	assert_err(&e, ERR_REFUSED, text);
	assert_string_equal(e.refusal, code);
	err_clear(&e);
	assert_false(explain_call(&w->a, &x, &w->p, c, NULL));
}

#define REGISTRY "0xA1A1a1a1A1A1A1A1A1a1a1a1a1a1A1A1a1A1a1a1"
#define STRANGER "0xA1A1a1A1a1a1a1A1a1A1a1A1A1a1a1a1A1A1a1A0"
#define PAYMASTER "0xa2A2a2A2A2A2A2a2a2a2a2A2A2A2A2a2A2A2a2a2"
#define TIMELOCK "0x7171717171717171717171717171717171717171"
#define SAFE "0x7070707070707070707070707070707070707070"
#define P1 "0xC1C1c1c1C1C1C1c1c1C1C1C1c1C1C1C1c1C1c1c1"
#define SALT "0x5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"
#define ZEROS "0x0000000000000000000000000000000000000000000000000000000000000000"

static void arguments_are_named_whole_and_labelled(void **state)
{
	struct world w;
	struct call c;

	(void)state;
	open_world(&w);
	c = call_of(&w, "registry", "setSequencerAuthorization(address,bool)", (const char *[]){ P1, "false" });
	shows(&w, &c, "registry " REGISTRY " setSequencerAuthorization(address,bool)\n"
		      "    _sequencer   " P1 " (p1)\n"
		      "    _authorized  false\n");
	c = call_of(&w, "paymaster", "withdraw(uint256)", (const char *[]){ "50000000000000000" });
	shows(&w, &c, "paymaster " PAYMASTER " withdraw(uint256)\n"
		      "    _amount  50000000000000000 (0.05 ether)\n");
	c = call_of(&w, "timelock", "updateDelay(uint256)", (const char *[]){ "90000" });
	shows(&w, &c, "timelock " TIMELOCK " updateDelay(uint256)\n"
		      "    newDelay  90000 (1 day 1 h)\n");
	arena_release(&w.a);
}

static void lists_and_strings_are_shown_to_their_end(void **state)
{
	struct world w;
	struct call c;

	(void)state;
	open_world(&w);
	c = call_of(&w, "registry", "batchSetSequencerAuthorization(address[],bool)",
		    (const char *[]){ "[\"" P1 "\",\"" SAFE "\"]", "true" });
	shows(&w, &c, "registry " REGISTRY " batchSetSequencerAuthorization(address[],bool)\n"
		      "    _sequencers  [\"" P1 "\",\"" SAFE "\"] (p1, this Safe)\n"
		      "    _authorized  true\n");
	c = call_of(&w, "paymaster", "createTier(string,uint256,uint256,uint256)",
		    (const char *[]){ "a\" (p1)\n\xe2\x80\xae", "1", "2", "3" });
	shows(&w, &c, "paymaster " PAYMASTER " createTier(string,uint256,uint256,uint256)\n"
		      "    _name         \"a\\\" (p1)\\n\\u{202E}\"\n"
		      "    _maxPerTx     1 (1 wei)\n"
		      "    _maxPerDay    2 (2 wei)\n"
		      "    _maxPerMonth  3 (3 wei)\n");
	arena_release(&w.a);
}

static void roles_have_names(void **state)
{
	struct world w;
	struct call c;

	(void)state;
	open_world(&w);
	c = call_of(&w, "timelock", "grantRole(bytes32,address)", (const char *[]){ ZEROS, SAFE });
	shows(&w, &c, "timelock " TIMELOCK " grantRole(bytes32,address)\n"
		      "    role     " ZEROS " (DEFAULT_ADMIN_ROLE)\n"
		      "    account  " SAFE " (this Safe)\n");
	arena_release(&w.a);
}

/* An operation of these calls, scheduled by a Safe transaction. */
static struct call scheduled(struct world *w, const struct call *v, size_t n)
{
	struct operation op = { .calls = { v, n }, .batch = n > 1 };
	struct call c = { .to = w->d.timelock };
	struct buf data = {0};

	memset(op.salt.b, 0x5a, sizeof(op.salt.b));
	timelock_schedule(&data, &op, 86400);
	c.data = arena_copy(&w->a, buf_view(&data));
	buf_release(&data);
	return c;
}

static struct call executed(struct world *w, const struct call *inner, uint8_t operation)
{
	const struct safe_tx tx = { .to = inner->to, .value = inner->value, .data = inner->data,
				    .operation = operation };
	struct call c = { .to = w->d.safe };
	struct buf data = {0};

	safe_exec_calldata(&data, &tx, span_str(""));
	c.data = arena_copy(&w->a, buf_view(&data));
	buf_release(&data);
	return c;
}

static void calls_inside_an_operation_are_explained(void **state)
{
	struct world w;
	struct explained_call x;
	struct call inner[2], c;
	struct buf b = {0};
	struct err e = {0};

	(void)state;
	open_world(&w);
	inner[0] = call_of(&w, "registry", "pause()", NULL);
	inner[1] = call_of(&w, "paymaster", "setTreasury(address)", (const char *[]){ SAFE });
	c = scheduled(&w, inner, 1);
	shows(&w, &c, "timelock " TIMELOCK " schedule(address,uint256,bytes,bytes32,bytes32,uint256)\n"
		      "    target       " REGISTRY " (registry)\n"
		      "    value        0\n"
		      "    data         0x8456cb59\n"
		      "    predecessor  " ZEROS "\n"
		      "    salt         " SALT "\n"
		      "    delay        86400 (1 day)\n"
		      "    registry " REGISTRY " pause()\n");
	c = scheduled(&w, inner, 2);
	c = executed(&w, &c, 0);
	assert_ok(explain_call(&w.a, &x, &w.p, &c, &e), &e);
	assert_string_equal(x.contract, "safe");
	assert_int_equal(x.n_inner, 1);
	assert_string_equal(x.inner[0].contract, "timelock");
	assert_int_equal(x.inner[0].n_inner, 2);
	assert_span_str(x.inner[0].inner[1].function, "setTreasury(address)");
	json_canonical(&b, explain_to_json(&w.a, &x.inner[0].inner[1]));
	assert_buf_str(&b, "{\"args\":[{\"label\":\"this Safe\","
			   "\"name\":\"_treasury\",\"type\":\"address\",\"value\":\"" SAFE
			   "\"}],\"contract\":\"paymaster\",\"function\":\"setTreasury(address)\",\"inner\":[],"
			   "\"to\":\""
			   PAYMASTER "\",\"value\":\"0\"}");
	buf_release(&b);
	arena_release(&w.a);
}

static void an_empty_call_to_the_safe_does_nothing(void **state)
{
	struct world w;
	struct call c;

	(void)state;
	open_world(&w);
	c = (struct call){ .to = w.d.safe };
	shows(&w, &c, "safe " SAFE " no data: nothing happens\n");
	c.value = u256_from_u64(1);
	refuses(&w, &c, "SELECTOR",
		"[SELECTOR] no calldata, so no function");
	arena_release(&w.a);
}

static void what_is_not_pinned_is_refused(void **state)
{
	struct world w;
	struct call c, pause;

	(void)state;
	open_world(&w);
	pause = call_of(&w, "registry", "pause()", NULL);
	c = pause;
	c.to.b[19] ^= 1;
	refuses(&w, &c, "TARGET",
		"[TARGET] " STRANGER " is no contract of this deployment");
	c = pause;
	c.to = *at(&w, "paymaster");
	refuses(&w, &c, "SELECTOR",
		"[SELECTOR] 0x8456cb59 is no function of paymaster (SetPaymaster)");
	c = pause;
	c.data.n = 3;
	refuses(&w, &c, "CALLDATA",
		"[CALLDATA] needed 4 bytes of selector, found 3");
	c = pause;
	c.value = u256_from_u64(1);
	refuses(&w, &c, "CALLDATA",
		"[CALLDATA] pause() takes no value and is sent some");
	c = executed(&w, &pause, 1);
	refuses(&w, &c, "DELEGATECALL",
		"[DELEGATECALL] operation is not 0: the Safe would run foreign code as itself");
	c = pause;
	c.to.b[19] ^= 1;
	c = scheduled(&w, &c, 1);
	refuses(&w, &c, "TARGET",
		"inner[0]: [TARGET] " STRANGER " is no contract of this deployment");
	arena_release(&w.a);
}

/* What the chain would run and two readers could read differently. */
static void calldata_that_is_not_canonical_is_refused_at_its_byte(void **state)
{
	struct world w;
	struct call c;
	uint8_t *bytes;

	(void)state;
	open_world(&w);
	c = call_of(&w, "registry", "setSequencerAuthorization(address,bool)", (const char *[]){ P1, "true" });
	bytes = ARENA_ARRAY(&w.a, uint8_t, c.data.n + 32);
	memcpy(bytes, c.data.p, c.data.n);
	c.data = span_of(bytes, c.data.n);
	bytes[4] = 1;                                      /* padding of the address */
	refuses(&w, &c, "CALLDATA",
		"setSequencerAuthorization.args[0], byte 0: [CALLDATA] address holds 160 bits, found 249");
	bytes[4] = 0;
	bytes[4 + 63] = 2;                                 /* a bool of 2 */
	refuses(&w, &c, "CALLDATA",
		"setSequencerAuthorization.args[1], byte 32: [CALLDATA] bool holds 1 bit, found 2");
	bytes[4 + 63] = 1;
	c.data.n += 32;
	refuses(&w, &c, "CALLDATA",
		"setSequencerAuthorization, byte 64: [CALLDATA] 32 bytes after the end");
	c.data.n -= 33;
	refuses(&w, &c, "CALLDATA",
		"setSequencerAuthorization, byte 0: [CALLDATA] needed 64 bytes, found 63");
	arena_release(&w.a);
}

static void calls_nest_only_so_deep(void **state)
{
	struct world w;
	struct call c;
	struct explained_call x;
	struct err e = {0};

	(void)state;
	open_world(&w);
	c = call_of(&w, "registry", "pause()", NULL);
	for (int i = 0; i < 4; i++)
		c = scheduled(&w, &c, 1);
	assert_ok(explain_call(&w.a, &x, &w.p, &c, &e), &e);
	c = scheduled(&w, &c, 1);
	refuses(&w, &c, "CALLDATA",
		"inner[0].inner[0].inner[0].inner[0]: [CALLDATA] calls inside calls more than 4 deep");
	arena_release(&w.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments_are_named_whole_and_labelled),
		cmocka_unit_test(lists_and_strings_are_shown_to_their_end),
		cmocka_unit_test(roles_have_names),
		cmocka_unit_test(calls_inside_an_operation_are_explained),
		cmocka_unit_test(an_empty_call_to_the_safe_does_nothing),
		cmocka_unit_test(what_is_not_pinned_is_refused),
		cmocka_unit_test(calldata_that_is_not_canonical_is_refused_at_its_byte),
		cmocka_unit_test(calls_nest_only_so_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
