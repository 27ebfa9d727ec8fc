/* Actions: typed, canonical, compiled, said, undone; held against calls that ethers encoded. And the catalogue itself:
 * it names every admin function there is, and no catalogue with a slip in it is read. */
#include "src/base/fs.h"
#include "src/gov/catalogue_def.h"
#include "src/gov/explain.h"
#include "tests/support/check.h"

struct world {
	struct arena a;
	const struct json *doc;
	struct deployment d;
	struct pinned p;
};

static void open_profile(struct world *w, struct span profile)
{
	struct err e = {0};

	assert_ok(deployment_parse(&w->a, &w->d, profile, &e), &e);
	assert_ok(pinned_builtin(&w->a, &w->p, &w->d, &e), &e);
}

static struct span text_of(struct arena *a, const struct json *v)
{
	struct buf b = {0};
	struct span out;

	json_canonical(&b, v);
	out = arena_copy(a, buf_view(&b));
	buf_release(&b);
	return out;
}

static void open_world(struct world *w)
{
	*w = (struct world){0};
	w->doc = json_vector(&w->a, "gov/actions.json");
	open_profile(w, text_of(&w->a, json_find(w->doc, "profile")));
}

static struct json *read_typed(struct world *w, const struct json *v)
{
	const struct json *typed = json_find(v, "typed");
	struct span *pairs = ARENA_ARRAY(&w->a, struct span, typed->n);
	struct json *action = NULL;
	struct err e = {0};
	size_t n = 0;

	for (const struct json *t = typed->first; t != NULL; t = t->next)
		pairs[n++] = t->text;
	assert_ok(action_read(&w->a, &action, &w->p, json_find(v, "action")->text, pairs, n, &e), &e);
	return action;
}

/* Decoded and encoded again, the same bytes; and explained. */
static void check_round_trip(struct world *w, const struct call *c)
{
	const struct abi *abi = pinned_abi(&w->p, &c->to);
	const struct abi_function *f;
	struct explained_call x;
	struct abi_value args;
	struct buf again = {0};
	struct err e = {0};

	assert_ok(explain_call(&w->a, &x, &w->p, c, &e), &e);
	if (c->data.n == 0)
		return;
	f = abi_find_selector(abi, c->data.p);
	assert_non_null(f);
	assert_ok(abi_calldata_decode(&w->a, &args, f, c->data, &e), &e);
	abi_calldata_encode(&again, f, &args);
	assert_true(span_eq(buf_view(&again), c->data));
	buf_release(&again);
}

static void check_sentence(struct world *w, const struct json *action, const char *want)
{
	struct buf say = {0};
	struct err e = {0};

	assert_ok(action_say(&w->a, &say, &w->p, action, &e), &e);
	assert_buf_str(&say, want);
	buf_release(&say);
}

static void check_reads(struct world *w, const struct json *action, const struct json *want)
{
	const struct action_read_back *reads;
	const struct json *v = want->first;
	struct err e = {0};
	size_t n;

	assert_ok(action_reads(&w->a, &reads, &n, &w->p, action, &e), &e);
	assert_int_equal(n, want->n);
	for (size_t i = 0; i < n; i++, v = v->next) {
		struct buf b = {0};

		buf_fmt(&b, "%.*s", (int)reads[i].say.n, (const char *)reads[i].say.p);
		if (reads[i].expect.n > 0)
			buf_fmt(&b, " = %.*s", (int)reads[i].expect.n, (const char *)reads[i].expect.p);
		assert_true(addr_eq(&reads[i].at, &deployment_contract(&w->d, reads[i].contract)->address));
		assert_memory_equal(reads[i].calldata.p, reads[i].getter->selector, 4);
		assert_true(reads[i].getter->view);
		assert_buf_str(&b, arena_str(&w->a, v->text));
		buf_release(&b);
	}
}

static void check_case(struct world *w, const struct json *v)
{
	struct json *action = read_typed(w, v), *actions = json_array(&w->a);
	const struct json *undo = action_undo(&w->a, &w->p, action), *want = json_find(v, "undo");
	struct calls calls, wanted, all;
	struct err e = {0};
	bool direct;

	assert_true(json_same(json_find(action, "args"), json_find(v, "args")));
	assert_ok(action_compile(&w->a, &calls, &w->p, action, &e), &e);
	assert_ok(calls_from_json(&w->a, &wanted, json_find(v, "calls"), &e), &e);
	assert_true(calls_eq(calls, wanted));
	for (size_t i = 0; i < calls.n; i++)
		check_round_trip(w, &calls.v[i]);
	check_sentence(w, action, arena_str(&w->a, json_find(v, "say")->text));
	check_reads(w, action, json_find(v, "reads"));
	assert_int_equal(action_deescalates(&w->a, &w->p, action), json_find(v, "deescalates")->type == JSON_TRUE);
	assert_true(json_is_null(want) ? undo == NULL : undo != NULL && json_same(undo, want));
	json_push(actions, action);
	assert_ok(actions_compile(&w->a, &all, &direct, &w->p, actions, &e), &e);
	assert_true(calls_eq(all, wanted));
	assert_int_equal(direct, action_is_direct(catalogue_find(w->p.catalogue, json_find(v, "action")->text)));
}

static void every_action_goes_round(void **state)
{
	struct world w;

	(void)state;
	open_world(&w);
	for (const struct json *v = json_find(w.doc, "cases")->first; v != NULL; v = v->next)
		check_case(&w, v);
	for (size_t i = 0; i < catalogue_size(w.p.catalogue); i++) {
		const struct span name = action_name(catalogue_at(w.p.catalogue, i));
		size_t n = 0;

		for (const struct json *v = json_find(w.doc, "cases")->first; v != NULL; v = v->next)
			n += span_eq(json_find(v, "action")->text, name);
		if (n < 2)
			fail_msg("%.*s has fewer than two cases", (int)name.n, (const char *)name.p);
	}
	arena_release(&w.a);
}

/* An action that stops something can be undone, and the undoing undone is the action again. */
static void undoing_an_undo_is_the_action(void **state)
{
	struct world w;

	(void)state;
	open_world(&w);
	for (const struct json *v = json_find(w.doc, "cases")->first; v != NULL; v = v->next) {
		const struct json *action = read_typed(&w, v), *undo = action_undo(&w.a, &w.p, action);
		const struct json *again = undo != NULL ? action_undo(&w.a, &w.p, undo) : NULL;

		assert_true(again == NULL || json_same(again, action));
	}
	arena_release(&w.a);
}

/* ---- what is refused when typed ---- */

#define A1 "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
#define A2 "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
#define P1 "0xC1C1c1c1C1C1C1c1c1C1C1C1c1C1C1C1c1C1c1c1"
#define P2 "0xc2C2C2C2C2C2c2c2c2c2C2C2c2C2C2C2C2C2c2C2"
#define ZERO "0x0000000000000000000000000000000000000000"
#define ONE  "0x0000000000000000000000000000000000000001"
#define OVER "340282366920938463463374607431768211456"        /* 2^128 */
#define SAFE_REFUSES "the Safe refuses it"
#define THRESHOLD_WHY "the Safe refuses a threshold of 0 or above the number of its owners"
#define DELAY_WHY "the contract would take it: its limits of 5 minutes and 30 days bind only when it is deployed"

struct slip {
	const char *action;
	const char *pairs[6];
	enum err_code code;
	const char *text;
};

static const struct slip slips[] = {
	{ "sequencer.rotat", { NULL }, ERR_UNKNOWN, "the catalogue has no such action" },
	{ "sequencer.revoke", { "key=" A1 }, ERR_UNKNOWN, "key: no such argument: it takes sequencer" },
	{ "sequencer.revoke", { NULL }, ERR_MISSING, "sequencer: missing: the key to stop" },
	{ "sequencer.revoke", { "sequencer" }, ERR_SYNTAX, "needed name=value, found sequencer" },
	{ "sequencer.revoke", { "sequencer=" A1, "sequencer=" A1 }, ERR_MISMATCH, "sequencer: given twice" },
	{ "sequencer.revoke", { "sequencer=0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed" }, ERR_MISMATCH,
	  "sequencer, byte 39: EIP-55 checksum needs 'A', found 'a': mistyped address?" },
	{ "sequencer.revoke", { "sequencer=0x5aAe" }, ERR_SYNTAX,
	  "sequencer: an address has 40 digits after 0x, found 4" },
	{ "sequencer.revoke", { "sequencer=" ZERO }, ERR_RANGE,
	  "sequencer: the zero address: the contracts refuse it" },
	{ "sequencer.rotate", { "old=" A1, "new=0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed" }, ERR_RANGE,
	  "old and new: a key cannot take its own place" },
	{ "registry.strict-mode", { "on=1" }, ERR_SYNTAX, "on: needed true or false" },
	{ "registry.pause", { "contract=paymaster" }, ERR_RANGE,
	  "contract: paymaster is a SetPaymaster, which this action is not for" },
	{ "registry.pause", { "contract=nobody" }, ERR_REFUSED,
	  "contract: [TARGET] the profile has no contract \"nobody\"" },
	{ "contract.upgrade", { "implementation=" A1 }, ERR_MISSING,
	  "contract: which one? attestation and paymaster both qualify" },
	{ "contract.upgrade", { "contract=registry", "implementation=" A1, "data=0x1" }, ERR_SYNTAX, NULL },
	{ "paymaster.withdraw", { "amount=0.05" }, ERR_RANGE,
	  "amount, byte 3: smaller than one wei: say ether or gwei after the number" },
	{ "paymaster.withdraw", { "amount=5 finney" }, ERR_SYNTAX,
	  "amount, byte 2: needed ether, gwei or wei, found \"finney\"" },
	{ "paymaster.withdraw", { "amount=0" }, ERR_RANGE,
	  "amount: needed at least 1 wei, found 0 wei: nothing would be withdrawn" },
	{ "paymaster.set-min-deposit", { "amount=" OVER " wei" }, ERR_RANGE,
	  "amount: needed at most 340282366920938463463.374607431768211455 ether, found "
	  "340282366920938463463.374607431768211456 ether: the contract sets no bound, and such an amount would stop "
	  "every deposit" },
	{ "paymaster.create-tier", { "name=x", "perTx=2 ether", "perDay=1 ether", "perMonth=3 ether" }, ERR_RANGE,
	  "perTx and perDay: the contract wants each limit to be at most the next" },
	{ "paymaster.create-tier", { "name=x", "perTx=1 wei", "perDay=2 wei", "perMonth=" OVER " wei" }, ERR_RANGE,
	  "perMonth: needed at most 340282366920938463463.374607431768211455 ether, found "
	  "340282366920938463463.374607431768211456 ether: the contract stores 128 bits and refuses more" },
	{ "paymaster.create-tier", { "name=a\nb", "perTx=1 wei", "perDay=1 wei", "perMonth=1 wei" }, ERR_SYNTAX,
	  "name: needed plain text on one line" },
	{ "paymaster.create-tier", { "name=\xff", "perTx=1 wei", "perDay=1 wei", "perMonth=1 wei" }, ERR_SYNTAX,
	  "not UTF-8" },
	{ "paymaster.sponsor-merchant", { "merchant=" A1, "tier=256" }, ERR_RANGE,
	  "tier: needed at most 255, found 256: the contract keeps 8 bits of a merchant's tier, so that 256 would "
	  "silently become 0" },
	{ "paymaster.sponsor-merchant", { "merchant=" A1, "tier=-1" }, ERR_SYNTAX, NULL },
	{ "paymaster.sponsor-merchant", { "merchant=" A1, "tier=01" }, ERR_SYNTAX, NULL },
	{ "payments.configure-asset", { "token=" A1, "enabled=true", "min=0", "max=" OVER, "perDay=0" }, ERR_RANGE,
	  "max: needed at most 340282366920938463463374607431768211455, found " OVER
	  ": the contract keeps 128 bits and silently drops the rest" },
	{ "payments.configure-asset", { "token=" A1, "enabled=true", "min=2", "max=1", "perDay=0" }, ERR_RANGE,
	  "min and max: no payment could be settled, and the contract does not notice" },
	{ "timelock.update-delay", { "delay=0" }, ERR_RANGE,
	  "delay: needed at least 5 min, found 0 s: " DELAY_WHY },
	{ "timelock.update-delay", { "delay=31 days" }, ERR_RANGE,
	  "delay: needed at most 30 days, found 31 days: " DELAY_WHY },
	{ "timelock.update-delay", { "delay=1 month" }, ERR_SYNTAX, NULL },
	{ "timelock.grant-role", { "role=owner", "account=" A1 }, ERR_UNKNOWN,
	  "role: needed proposer, executor, canceller or admin" },
	{ "timelock.grant-role", { "role=executor", "account=" ZERO }, ERR_RANGE,
	  "account: the zero address: everybody would have the role" },
	{ "timelock.cancel", { "operation=0xab" }, ERR_RANGE, "operation: needed 32 bytes, found 1" },
	{ "safe.reject", { "nonce=9007199254740992" }, ERR_RANGE,
	  "nonce: needed at most 9007199254740991, found 9007199254740992: no Safe gets there" },
	{ "safe.add-owner", { "owner=" P1, "threshold=3" }, ERR_RANGE,
	  "owner: already an owner in the profile: " SAFE_REFUSES },
	{ "safe.add-owner", { "owner=" ONE, "threshold=3" }, ERR_RANGE,
	  "owner: the address 1, which marks the ends of the Safe's lists: " SAFE_REFUSES },
	{ "safe.add-owner", { "owner=0x7070707070707070707070707070707070707070", "threshold=3" }, ERR_RANGE,
	  "owner: this Safe itself: " SAFE_REFUSES },
	{ "safe.add-owner", { "owner=" A1, "threshold=7" }, ERR_RANGE,
	  "threshold: needed at most 6, found 7: " THRESHOLD_WHY },
	{ "safe.remove-owner", { "owner=" P1, "threshold=3" }, ERR_MISSING,
	  "prev: missing: the owner before it in the Safe's list" },
	{ "safe.remove-owner", { "owner=" P1, "threshold=5", "prev=" ONE }, ERR_RANGE,
	  "threshold: needed at most 4, found 5: " THRESHOLD_WHY },
	{ "safe.remove-owner", { "owner=" A1, "threshold=3", "prev=" ONE }, ERR_RANGE,
	  "owner: not an owner in the profile: " SAFE_REFUSES },
	{ "safe.swap-owner", { "old=" P1, "new=" P2, "prev=" ONE }, ERR_RANGE,
	  "new: already an owner in the profile: " SAFE_REFUSES },
	{ "safe.swap-owner", { "old=" P2, "new=" A1, "prev=" P2 }, ERR_RANGE,
	  "old and prev: these are three different places in the Safe's list" },
	{ "safe.change-threshold", { "threshold=0" }, ERR_RANGE,
	  "threshold: needed at least 1, found 0: " THRESHOLD_WHY },
	{ "safe.set-fallback-handler", { "handler=0x7070707070707070707070707070707070707070" }, ERR_RANGE,
	  "handler: this Safe itself: " SAFE_REFUSES },
	{ "call.raw", { "to=" A1, "data=0x8456cb59" }, ERR_REFUSED,
	  "to: [TARGET] the profile has no contract \"" A1 "\"" },
	{ "call.raw", { "to=paymaster", "data=0x8456cb59" }, ERR_REFUSED,
	  "[SELECTOR] 0x8456cb59 is no function of paymaster (SetPaymaster)" },
	{ "call.raw", { "to=registry", "data=0x" }, ERR_REFUSED, "[SELECTOR] no calldata, so no function" },
	{ "call.raw", { "to=registry", "data=0x845" }, ERR_SYNTAX, NULL },
	{ "call.raw", { "to=registry", "data=0x8456cb" }, ERR_REFUSED,
	  "[CALLDATA] needed 4 bytes of selector, found 3" },
	{ "call.raw", { "to=registry", "data=0x8456cb5900" }, ERR_REFUSED, NULL },
	{ "call.raw", { "to=registry", "data=0x8456cb59", "value=1 wei" }, ERR_REFUSED,
	  "[CALLDATA] pause() takes no value and is sent some" },
};

static void slips_are_refused_by_the_name_of_the_argument(void **state)
{
	struct world w;

	(void)state;
	open_world(&w);
	for (size_t i = 0; i < ARRAY_LEN(slips); i++) {
		const struct slip *s = &slips[i];
		struct span pairs[6];
		struct json *action;
		struct err e = {0};
		struct buf found = {0};
		size_t n = 0;

		for (; n < 6 && s->pairs[n] != NULL; n++)
			pairs[n] = span_str(s->pairs[n]);
		if (action_read(&w.a, &action, &w.p, span_str(s->action), pairs, n, &e))
			fail_msg("%s %s: accepted", s->action, s->pairs[0]);
		err_format(&e, &found);
		if (e.code != s->code || (s->text != NULL && strcmp(buf_cstr(&found), s->text) != 0))
			fail_msg("%s: code %d, %s", s->action, (int)e.code, buf_cstr(&found));
		buf_release(&found);
		err_clear(&e);
	}
	arena_release(&w.a);
}

/* ---- what is refused in a packet ---- */

/* "say [arg]" of each getter that can be asked, and "arg! what" of each pair that is not good. */
static void assert_so_far(struct world *w, const char *action, const struct span *pairs, size_t n, const char *text)
{
	const struct action_read_back *reads;
	struct bad_pair bad[4];
	size_t n_reads, n_bad;
	struct buf b = {0};
	struct err e = {0};

	assert_ok(action_reads_so_far(&w->a, &reads, &n_reads, &w->p, catalogue_find(w->p.catalogue, span_str(action)),
				      pairs, n, bad, &n_bad, &e), &e);
	for (size_t i = 0; i < n_reads; i++)
		buf_fmt(&b, "%.*s [%.*s]\n", (int)reads[i].say.n, (const char *)reads[i].say.p, (int)reads[i].arg.n,
			(const char *)reads[i].arg.p);
	for (size_t i = 0; i < n_bad; i++)
		buf_fmt(&b, "%.*s! %.*s\n", (int)bad[i].name.n, (const char *)bad[i].name.p, (int)bad[i].what.n,
			(const char *)bad[i].what.p);
	assert_buf_str(&b, text);
	buf_release(&b);
}

static void a_half_filled_form_has_the_getters_it_can_ask(void **state)
{
	static const char tier[] = "paymaster: tier 1: most in one transaction, in wei [perTx]\n"
				   "paymaster: tier 1: most in one day, in wei [perDay]\n"
				   "paymaster: tier 1: most in one month, in wei [perMonth]\n"
				   "paymaster: tier 1: its name []\n";
	const struct span pairs[] = { span_str("tier=1"), span_str("perDay=7"), span_str("colour=red"),
				      span_str("tier=2") };
	struct world w;

	(void)state;
	open_world(&w);
	assert_so_far(&w, "paymaster.update-tier", pairs, 0, "");
	assert_so_far(&w, "paymaster.update-tier", pairs, 1, tier);
	assert_so_far(&w, "paymaster.update-tier", pairs, 4, arena_fmt(&w.a, "%s%s", tier,
		"colour! no such argument: it takes tier, perTx, perDay, perMonth, contract\n"
		"tier! given twice\n"
		"perDay! needed a unit: 0.05 ether, 20 gwei or 5 wei\n"));
	arena_release(&w.a);
}

static void bounds_are_told_in_words(void **state)
{
	struct world w;
	struct arg_bounds b;
	const struct action_def *d;

	(void)state;
	open_world(&w);
	d = catalogue_find(w.p.catalogue, span_str("sequencer.rotate"));
	action_arg_bounds(&w.a, &b, &w.p, d, 0);
	assert_true(b.n_not == 1 && b.min.n == 0 && b.max.n == 0);
	assert_string_equal(b.not[0], "the zero address");
	assert_span_str(b.why, "the contracts refuse it");
	assert_span_str(action_undo_name(d), "sequencer.rotate");
	assert_null(action_deescalates_when(&w.a, d));
	d = catalogue_find(w.p.catalogue, span_str("registry.strict-mode"));
	assert_string_equal(action_deescalates_when(&w.a, d), "when on is true");
	d = catalogue_find(w.p.catalogue, span_str("safe.change-threshold"));
	assert_non_null(d);
	action_arg_bounds(&w.a, &b, &w.p, d, 0);
	assert_span_str(b.min, "1");
	assert_span_str(b.max, "5");                         /* owners of the profile */
	arena_release(&w.a);
}

static void refuse_action(struct world *w, const char *json, enum err_code code, const char *text)
{
	struct calls calls;
	struct err e = {0};
	const struct json *v = json_parse(&w->a, span_str(json), &e);

	assert_non_null(v);
	assert_false(action_compile(&w->a, &calls, &w->p, v, &e));
	assert_err(&e, code, text);
	err_clear(&e);
}

static void only_the_canonical_action_is_taken_from_a_packet(void **state)
{
	struct world w;

	(void)state;
	open_world(&w);
	refuse_action(&w, "[]", ERR_SYNTAX, "byte 0: needed an object");
	refuse_action(&w, "{\"action\":\"x\",\"args\":{}}", ERR_UNKNOWN,
		      "action, byte 10: the catalogue has no action \"x\"");
	refuse_action(&w, "{\"action\":\"safe.reject\",\"args\":{\"nonce\":\"1\"},\"say\":\"nothing\"}", ERR_UNKNOWN,
		      "say, byte 51: unknown member");
	refuse_action(&w, "{\"action\":\"safe.reject\",\"args\":{\"nonce\":1}}", ERR_SYNTAX,
		      "args.nonce, byte 40: needed a string, found a number");
	refuse_action(&w, "{\"action\":\"safe.reject\",\"args\":{\"nonce\":\"0x1\"}}", ERR_MISMATCH,
		      "args.nonce, byte 40: needed \"1\", its canonical form");
	refuse_action(&w, "{\"action\":\"timelock.update-delay\",\"args\":{\"delay\":\"1 day\"}}", ERR_MISMATCH,
		      "args.delay, byte 50: needed \"86400\", its canonical form");
	refuse_action(&w, "{\"action\":\"registry.pause\",\"args\":{}}", ERR_MISSING,
		      "args.contract, byte 34: missing");
	refuse_action(&w, "{\"action\":\"registry.pause\",\"args\":{\"contract\":\"registry\",\"on\":\"true\"}}",
		      ERR_UNKNOWN, "args.on, byte 62: no such argument");
	refuse_action(&w, "{\"action\":\"safe.change-threshold\",\"args\":{\"threshold\":\"6\"}}", ERR_RANGE,
		      "args.threshold: needed at most 5, found 6: " THRESHOLD_WHY);
	arena_release(&w.a);
}

static void refuse_actions(struct world *w, const char *json, enum err_code code, const char *text)
{
	struct calls calls;
	struct err e = {0};
	bool direct;

	assert_false(actions_compile(&w->a, &calls, &direct, &w->p, json_parse(&w->a, span_str(json), &e), &e));
	assert_err(&e, code, text);
	err_clear(&e);
}

#define REJECT "{\"action\":\"safe.reject\",\"args\":{\"nonce\":\"1\"}}"
#define PAUSE "{\"action\":\"registry.pause\",\"args\":{\"contract\":\"registry\"}}"

static void direct_and_timelock_actions_do_not_mix(void **state)
{
	struct world w;
	struct calls calls;
	struct err e = {0};
	bool direct = true;

	(void)state;
	open_world(&w);
	assert_ok(actions_compile(&w.a, &calls, &direct, &w.p,
				  json_parse(&w.a, span_str("[" PAUSE "," PAUSE "]"), &e), &e), &e);
	assert_int_equal(calls.n, 2);
	assert_false(direct);
	refuse_actions(&w, "[]", ERR_MISSING, "byte 0: a change has at least one action");
	refuse_actions(&w, "[" PAUSE "," REJECT "]", ERR_MISMATCH,
		       "[1], byte 60: direct and timelock actions do not mix in one change");
	refuse_actions(&w, "[" REJECT "," REJECT "]", ERR_RANGE,
		       "byte 0: a direct change has exactly one call, these make 2");
	arena_release(&w.a);
}

static void raw_calls_are_known_as_raw(void **state)
{
	struct arena a = {0};

	(void)state;
	assert_true(action_is_raw(json_parse(&a, span_str("{\"action\":\"call.raw\"}"), NULL)));
	assert_false(action_is_raw(json_parse(&a, span_str(REJECT), NULL)));
	assert_false(action_is_raw(json_parse(&a, span_str("{\"action\":1}"), NULL)));
	arena_release(&a);
}

/* ---- other profiles ---- */

static void a_profile_without_the_contract_says_so(void **state)
{
	static const char profile[] =
		"{\"format\":\"setgov-deployment/1\",\"identity\":{\"name\":\"small\",\"class\":\"test\","
		"\"chainId\":1,\"genesisHash\":\"0x1111111111111111111111111111111111111111111111111111111111111111\","
		"\"safe\":\"0x7070707070707070707070707070707070707070\",\"safeVersion\":\"1.3.0\",\"threshold\":1,"
		"\"timelock\":\"0x7171717171717171717171717171717171717171\",\"contracts\":{"
		"\"one\":{\"abi\":\"SetPaymaster\",\"address\":\"0x7272727272727272727272727272727272727272\"},"
		"\"two\":{\"abi\":\"SetPaymaster\",\"address\":\"0x7373737373737373737373737373737373737373\"},"
		"\"s\":{\"abi\":\"Safe\",\"address\":\"0x7070707070707070707070707070707070707070\"},"
		"\"t\":{\"abi\":\"SetTimelock\",\"address\":\"0x7171717171717171717171717171717171717171\"}},"
		"\"people\":[{\"id\":\"p1\",\"address\":\"" P1 "\",\"owner\":true}],"
		"\"feeCaps\":{\"maxFeePerGas\":\"200 gwei\",\"maxPriorityFeePerGas\":\"5 gwei\",\"gas\":2000000}}}";
	const struct span amount = span_str("amount=1 ether"), key = span_str("sequencer=" A1);
	struct world w = {0};
	struct json *action = NULL;
	struct calls calls;
	struct err e = {0};

	(void)state;
	open_profile(&w, span_str(profile));
	assert_false(action_read(&w.a, &action, &w.p, span_str("registry.pause"), NULL, 0, &e));
	assert_err(&e, ERR_MISSING, "contract: the profile has no contract of this kind");
	err_clear(&e);
	assert_false(action_read(&w.a, &action, &w.p, span_str("paymaster.withdraw"), &amount, 1, &e));
	assert_err(&e, ERR_MISSING, "contract: which one? one and two both qualify");
	err_clear(&e);
	assert_false(action_read(&w.a, &action, &w.p, span_str("sequencer.revoke"), &key, 1, &e) &&
		     action_compile(&w.a, &calls, &w.p, action, &e));
	assert_err(&e, ERR_MISSING, "no contract of the profile has setSequencerAuthorization(address,bool)");
	err_clear(&e);
	arena_release(&w.a);
}

static void an_abi_that_nobody_has_is_refused(void **state)
{
	struct world w;
	struct arena a = {0};
	struct deployment d;
	struct contract other[8];
	struct pinned p;
	struct err e = {0};

	(void)state;
	open_world(&w);
	d = w.d;
	memcpy(other, d.contracts, d.n_contracts * sizeof(*other));
	other[0].abi = span_str("ForcedInclusion");
	d.contracts = other;
	assert_false(pinned_builtin(&a, &p, &d, &e));
	assert_err(&e, ERR_UNKNOWN,
		   "identity.contracts.attestation.abi: nobody here has an ABI called \"ForcedInclusion\"");
	err_clear(&e);
	arena_release(&a);
	arena_release(&w.a);
}

/* ---- the catalogue ---- */

/* "| SetTimelock | `renounceRole(bytes32,address)` |": the line of docs/catalogue.md about a function left out. */
static bool is_left_out(struct arena *a, const struct buf *doc, struct span abi, struct span function)
{
	return strstr(buf_cstr(doc), arena_fmt(a, "| %.*s | `%.*s` |", (int)abi.n, (const char *)abi.p,
					       (int)function.n, (const char *)function.p)) != NULL;
}

/* Some call of an action goes to a contract with this ABI. */
static bool has_action(struct world *w, struct span abi, struct span function)
{
	for (const struct json *v = json_find(w->doc, "cases")->first; v != NULL; v = v->next) {
		struct calls calls;
		struct err e = {0};

		if (span_is(json_find(v, "action")->text, "call.raw"))
			continue;
		assert_ok(calls_from_json(&w->a, &calls, json_find(v, "calls"), &e), &e);
		for (size_t i = 0; i < calls.n; i++) {
			const struct contract *c = deployment_contract_at(&w->d, &calls.v[i].to);
			const struct abi_function *f = abi_find_signature(pinned_abi(&w->p, &calls.v[i].to),
									  function);

			if (span_eq(c->abi, abi) && f != NULL && calls.v[i].data.n >= 4 &&
			    memcmp(f->selector, calls.v[i].data.p, 4) == 0)
				return true;
		}
	}
	return false;
}

static void every_function_has_an_action_or_a_reason(void **state)
{
	struct world w;
	struct buf doc = {0};
	struct err e = {0};
	size_t missing = 0;

	(void)state;
	open_world(&w);
	assert_ok(fs_read(&doc, "docs/catalogue.md", 1u << 20, &e), &e);
	for (size_t i = 0; i < w.p.n_abis; i++)
		for (size_t k = 0; k < w.p.abis[i].abi->n_functions; k++) {
			const struct abi_function *f = &w.p.abis[i].abi->functions[k];
			const bool action = !f->view && has_action(&w, w.p.abis[i].name, f->signature);
			const bool left = is_left_out(&w.a, &doc, w.p.abis[i].name, f->signature);

			if (action == left && !f->view) {
				missing++;
				print_error("%.*s | `%.*s`: %s\n", (int)w.p.abis[i].name.n,
					    (const char *)w.p.abis[i].name.p, (int)f->signature.n,
					    (const char *)f->signature.p, action ? "both" : "neither");
			}
			assert_false(f->view && left);
		}
	assert_int_equal(missing, 0);
	buf_release(&doc);
	arena_release(&w.a);
}

static void every_action_is_in_the_manual(void **state)
{
	struct world w;
	struct buf doc = {0};
	struct err e = {0};

	(void)state;
	open_world(&w);
	assert_ok(fs_read(&doc, "docs/catalogue.md", 1u << 20, &e), &e);
	for (size_t i = 0; i < catalogue_size(w.p.catalogue); i++) {
		const struct span name = action_name(catalogue_at(w.p.catalogue, i));

		if (strstr(buf_cstr(&doc), arena_fmt(&w.a, "`%.*s`", (int)name.n, (const char *)name.p)) == NULL)
			fail_msg("docs/catalogue.md does not know %.*s", (int)name.n, (const char *)name.p);
	}
	buf_release(&doc);
	arena_release(&w.a);
}

#define ACT(rest) "{\"format\":\"setgov-catalogue/1\",\"actions\":[{" \
	"\"name\":\"a.b\",\"title\":\"T\",\"route\":\"timelock\",\"risk\":\"low\"," rest "}]}"
#define ARGS \
	"\"args\":[{\"name\":\"x\",\"type\":\"address\",\"ask\":\"?\"}," \
	"{\"name\":\"n\",\"type\":\"uint\",\"ask\":\"?\"}]"
#define CALLS "\"calls\":[{\"on\":\"timelock\",\"function\":\"f(address)\",\"args\":[\"$x\"]}]"

static const struct { const char *text; enum err_code code; const char *error; } broken[] = {
	{ "", ERR_SYNTAX, NULL },
	{ "[]", ERR_SYNTAX, NULL },
	{ "{\"format\":\"setgov-catalogue/2\",\"actions\":[]}", ERR_UNKNOWN,
	  "format, byte 10: needed setgov-catalogue/1" },
	{ "{\"format\":\"setgov-catalogue/1\",\"actions\":{}}", ERR_SYNTAX, NULL },
	{ ACT(ARGS "," CALLS), ERR_MISSING, "actions[0].say, byte 42: missing" },
	{ ACT(ARGS "," CALLS ",\"say\":\"{y}\""), ERR_UNKNOWN, NULL },
	{ ACT(ARGS "," CALLS ",\"say\":\"{x\""), ERR_SYNTAX, NULL },
	{ ACT(ARGS "," CALLS ",\"say\":\"{n?a|b}\""), ERR_SYNTAX, NULL },
	{ ACT(ARGS "," CALLS ",\"say\":\"{x?ab}\""), ERR_SYNTAX, NULL },
	{ ACT(ARGS "," CALLS ",\"say\":\"S\",\"sum\":1"), ERR_UNKNOWN, NULL },
	{ ACT(ARGS "," CALLS ",\"say\":\"S\",\"undo\":{\"action\":\"c.d\",\"args\":{}}"), ERR_UNKNOWN, NULL },
	{ ACT(ARGS "," CALLS ",\"say\":\"S\",\"undo\":{\"action\":\"a.b\",\"args\":{\"y\":\"1\"}}"), ERR_UNKNOWN,
	  NULL },
	{ ACT(ARGS "," CALLS ",\"say\":\"S\",\"undo\":{\"action\":\"a.b\",\"args\":{\"x\":1}}"), ERR_SYNTAX, NULL },
	{ ACT(ARGS "," CALLS ",\"say\":\"S\",\"checks\":[{\"order\":[\"x\"],\"why\":\"w\"}]"), ERR_UNKNOWN, NULL },
	{ ACT(ARGS "," CALLS ",\"say\":\"S\",\"checks\":[{\"owners\":[\"n\"],\"why\":\"w\"}]"), ERR_UNKNOWN, NULL },
	{ ACT(ARGS "," CALLS ",\"say\":\"S\",\"checks\":[{\"why\":\"w\"}]"), ERR_MISSING, NULL },
	{ ACT(ARGS ",\"calls\":[{\"on\":\"$x\"}],\"say\":\"S\""), ERR_SYNTAX, NULL },
	{ ACT(ARGS ",\"calls\":[{\"on\":\"each\"}],\"say\":\"S\""), ERR_MISSING, NULL },
	{ ACT(ARGS ",\"calls\":[{\"on\":\"safe\",\"function\":\"f(address)\",\"args\":[\"$z\"]}],\"say\":\"S\""),
	  ERR_UNKNOWN, NULL },
	{ ACT("\"args\":[{\"name\":\"x\",\"type\":\"addr\",\"ask\":\"?\"}]," CALLS ",\"say\":\"S\""), ERR_UNKNOWN,
	  NULL },
	{ ACT("\"args\":[{\"name\":\"x=\",\"type\":\"address\",\"ask\":\"?\"}]," CALLS ",\"say\":\"S\""), ERR_SYNTAX,
	  NULL },
	{ ACT("\"args\":[{\"name\":\"x\",\"type\":\"contract\",\"ask\":\"?\"}]," CALLS ",\"say\":\"S\""), ERR_MISSING,
	  NULL },
	{ ACT("\"args\":[{\"name\":\"x\",\"type\":\"address\",\"ask\":\"?\",\"not\":[\"one\"]}],"
	      CALLS ",\"say\":\"S\""),
	  ERR_UNKNOWN, NULL },
};

static void a_catalogue_with_a_slip_is_not_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		struct arena a = {0};
		struct err e = {0};

		if (catalogue_parse(&a, span_str(broken[i].text), &e) != NULL)
			fail_msg("accepted: %s", broken[i].text);
		if (broken[i].error != NULL)
			assert_err(&e, broken[i].code, broken[i].error);
		if (e.code != broken[i].code || e.at == ERR_NO_OFFSET)
			fail_msg("%s: %d %s: %s", broken[i].text, (int)e.code, buf_cstr(&e.field), buf_cstr(&e.what));
		err_clear(&e);
		arena_release(&a);
	}
}

static void two_things_of_one_name_are_refused(void **state)
{
	static const char good[] = ACT(ARGS "," CALLS ",\"say\":\"{x}\"");
	struct arena a = {0};
	struct err e = {0};
	const char *one = strstr(good, "{\"name\":\"a.b\""), *twice;

	(void)state;
	assert_ok(catalogue_parse(&a, span_str(good), &e) != NULL, &e);
	twice = arena_fmt(&a, "%.*s,%s", (int)(strlen(good) - 2), good, one);
	assert_null(catalogue_parse(&a, span_str(twice), &e));
	assert_string_equal(buf_cstr(&e.what), "there is an action of this name already");
	err_clear(&e);
	assert_null(catalogue_parse(&a, span_str(ACT("\"args\":["
		"{\"name\":\"x\",\"type\":\"uint\",\"ask\":\"?\"},{\"name\":\"x\","
		"\"type\":\"uint\",\"ask\":\"?\"}]," CALLS ",\"say\":\"S\"")), &e));
	assert_string_equal(buf_cstr(&e.what), "there is an argument of this name already");
	err_clear(&e);
	arena_release(&a);
}

static void what_is_compiled_in_is_named_by_digests(void **state)
{
	struct world w, again;

	(void)state;
	open_world(&w);
	open_world(&again);
	assert_int_equal(w.p.n_abis, 6);
	assert_true(hash32_eq(&w.p.catalogue_digest, &again.p.catalogue_digest));
	assert_true(hash32_eq(&w.p.abi_digest, &again.p.abi_digest));
	assert_false(hash32_eq(&w.p.catalogue_digest, &w.p.abi_digest));
	assert_false(hash32_is_zero(&w.p.abi_digest));
	arena_release(&w.a);
	arena_release(&again.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_action_goes_round),
		cmocka_unit_test(undoing_an_undo_is_the_action),
		cmocka_unit_test(slips_are_refused_by_the_name_of_the_argument),
		cmocka_unit_test(a_half_filled_form_has_the_getters_it_can_ask),
		cmocka_unit_test(bounds_are_told_in_words),
		cmocka_unit_test(only_the_canonical_action_is_taken_from_a_packet),
		cmocka_unit_test(direct_and_timelock_actions_do_not_mix),
		cmocka_unit_test(raw_calls_are_known_as_raw),
		cmocka_unit_test(a_profile_without_the_contract_says_so),
		cmocka_unit_test(an_abi_that_nobody_has_is_refused),
		cmocka_unit_test(every_function_has_an_action_or_a_reason),
		cmocka_unit_test(every_action_is_in_the_manual),
		cmocka_unit_test(a_catalogue_with_a_slip_is_not_read),
		cmocka_unit_test(two_things_of_one_name_are_refused),
		cmocka_unit_test(what_is_compiled_in_is_named_by_digests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
