/* Policies: what is refused and where; each kind of rule, passing and failing, with its words; what lint finds. */
#include "src/base/fs.h"
#include "src/evm/address.h"
#include "src/gov/attestation.h"
#include "src/policy/asking.h"
#include "src/policy/lint.h"
#include "tests/support/check.h"

#define OLD "0x976EA74026E726554dB657fA54763abd0C3a0aa9"
#define NEW "0x14dC79964da2C08b23698B3D3cc7Ca32193d9955"
#define NOON "1795608000"             /* Wednesday 2026-11-25 12:00 UTC */

struct world {
	struct arena a;
	struct deployment d;
	struct pinned pin;
	struct policy policy;
};

static void open_world(struct world *w)
{
	struct buf profile = {0};
	struct err e = {0};
	*w = (struct world){0};
	assert_ok(fs_read(&profile, "policies/example-profile.json", 1 << 20, &e), &e);
	const struct span text = arena_copy(&w->a, buf_view(&profile));
	buf_release(&profile);
	assert_ok(deployment_parse(&w->a, &w->d, text, &e) && pinned_builtin(&w->a, &w->pin, &w->d, &e), &e);
}

static struct span policy_with(struct world *w, const char *rules)
{
	return span_str(arena_fmt(&w->a,
		"{\"format\":\"setgov-policy/1\",\"name\":\"P\",\"semantics\":1,\"threshold\":3,"
				  "\"roles\":{\"security\":[\"p3\"]},\"rules\":[%s]}", rules));
}

/* ---- reading ---- */

static void refused(const char *rules, enum err_code code, const char *text)
{
	struct world w;
	struct err e = {0};
	open_world(&w);
	assert_false(policy_parse(&w.a, &w.policy, policy_with(&w, rules), &e));
	e.at = ERR_NO_OFFSET;
	assert_err(&e, code, text);
	err_clear(&e);
	arena_release(&w.a);
}

static void a_slip_is_located(void **state)
{
	(void)state;
	refused("{\"name\":\"x\",\"kind\":\"signers\",\"min\":3}", ERR_MISSING, "rules[0].why: missing");
	refused("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"sigers\",\"min\":3}", ERR_UNKNOWN,
		"rules[0].kind: no such kind of rule");
	refused("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"signers\",\"min\":3,\"max\":4}", ERR_UNKNOWN,
		"rules[0].max: a rule of kind signers has no such member");
	refused("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"bounds\",\"bounds\":{\"perDay\":{\"max\":\"ten\"}}}",
		ERR_SYNTAX,
		"rules[0].bounds.perDay.max: needed digits, or an amount or a time with its unit, like 5 ether or 48h");
	refused("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"bounds\",\"bounds\":{\"perDay\":{\"min\":5,\"max\":4}}}",
		ERR_RANGE,
		"rules[0].bounds.perDay: min is above max: nothing could pass");
	refused("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"signers\",\"min\":3,\"roles\":{\"boss\":1}}", ERR_UNKNOWN,
		"rules[0].roles.boss: no role of the policy is called so");
	refused("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"freeze\",\"zone\":\"Mars/Olympus\",\"windows\":"
		"[{\"days\":[\"fri\"],\"from\":\"16:00\",\"to\":\"24:00\"}]}", ERR_UNKNOWN,
		"rules[0].zone: no zone of that name here (docs/policy.md lists them); a POSIX TZ string does as well");
	refused("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"freeze\",\"zone\":\"UTC\",\"windows\":"
		"[{\"days\":[\"fri\"],\"from\":\"16:00\",\"to\":\"15:00\"}]}", ERR_RANGE,
		"rules[0].windows[0]: ends before it starts");
	refused("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"allow\",\"for\":{},\"delegatecall\":true}", ERR_MISSING,
		"rules[0].delegatecall: delegatecall needs for.targets and for.selectors to be named");
	refused("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"exception\",\"rule\":\"y\",\"until\":\"2027-01-01T00:00:"
		"00.000Z\","
		"\"control\":{\"signers\":4}}", ERR_UNKNOWN, "rules[0].rule: no rule is called y");
	refused("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"call-only\"},{\"name\":\"x\",\"why\":\"w\",\"kind\":"
		"\"call-only\"}",
		ERR_MISMATCH, "rules[1].name: two rules have this name");
	refused("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"words\",\"words\":[\"ticket\",\"blood\"]}",
		ERR_UNKNOWN,
		"rules[0].words[1]: \"blood\" is none of: title reason ticket category impact rollback attachment");
	refused("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"allow\",\"for\":{\"args\":{\"amount\":"
		"{\"timesCurrent\":2}}}}", ERR_UNKNOWN,
		"rules[0].for.args.amount: timesCurrent and step belong to bounds: "
		"what a rule is for does not depend on values now");
	refused("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"freeze\",\"zone\":\"UTC\",\"windows\":"
		"[{\"from\":\"02-30T00:00\",\"to\":\"03-01T00:00\"}]}", ERR_RANGE,
		"rules[0].windows[0].from: no such day");
	refused("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"freeze\",\"zone\":\"UTC\",\"windows\":"
		"[{\"from\":\"2027-02-28T00:00\",\"to\":\"2027-02-29T00:00\"}]}", ERR_RANGE,
		"rules[0].windows[0].to: no such day");
	refused("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"freeze\",\"zone\":\"UTC\",\"windows\":"
		"[{\"from\":\"01-01T00:00\",\"to\":\"01-01T00:00\"}]}", ERR_RANGE,
		"rules[0].windows[0]: ends where it starts: it would never be");
	refused("{\"name\":\"fr\xd0\xb5" "eze\",\"why\":\"w\",\"kind\":\"call-only\"}", ERR_RANGE,
		"rules[0].name: a name has ASCII characters only: others look like them");
	refused("{\"name\":\"default-deny\",\"why\":\"w\",\"kind\":\"call-only\"}", ERR_MISMATCH,
		"rules[0].name: this is what verdicts call the rule that nobody wrote");
	refused("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"rate\",\"max\":1,\"per\":\"1000000 weeks\"}",
		ERR_RANGE,
		"rules[0].per: at most a hundred years");
	refused("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"rate\",\"max\":0,\"per\":\"1 day\"}", ERR_RANGE,
		"rules[0].max: a rate of nothing would stop everything");
	refused("{\"name\":\"y\",\"why\":\"w\",\"kind\":\"signers\",\"min\":3},{\"name\":\"x\",\"why\":\"w\","
		"\"kind\":\"exception\",\"rule\":\"y\",\"until\":\"2027-01-01T00:00:00.000Z\",\"control\":"
		"{\"signers\":0,\"roles\":{\"security\":0}}}", ERR_MISSING,
		"rules[1].control: an exception needs something in place of its rule");
	refused("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"delay\",\"delay\":\"soon\"}", ERR_SYNTAX,
		"rules[0].delay: needed a time like 48h, 90s, 5 min or 2 days 3 h");
	refused("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"fact\",\"fact\":\"safe.nonce\",\"maxAge\":\"1h\"}",
		ERR_MISMATCH,
		"rules[0].maxAge: only what has to be proven has an age: source has to be proven");
}

static void other_semantics_are_not_guessed(void **state)
{
	struct arena a = {0};
	struct policy p;
	struct err e = {0};
	(void)state;
	assert_false(policy_parse(&a, &p,
		span_str("{\"format\":\"setgov-policy/1\",\"name\":\"P\",\"semantics\":2,\"rules\":[]}"),
				  &e));
	e.at = ERR_NO_OFFSET;
	assert_err(&e, ERR_UNKNOWN, "semantics: this program knows what rules mean under semantics 1, not under 2");
	err_clear(&e);
	arena_release(&a);
}

static void how_soon_an_emergency_is_reviewed_is_a_time(void **state)
{
	static const struct { const char *text; uint64_t seconds; const char *refused; } cases[] = {
		{ "72h", 259200, NULL }, { "366 days", 31622400, NULL },
		{ "367 days", 0, "reviewWithin: needed 1 second to 366 days" },
		{ "0s", 0, "reviewWithin: needed 1 second to 366 days" },
		{ "soon", 0, "reviewWithin: needed a time like 48h, 90s, 5 min or 2 days 3 h" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = {0};
		struct policy p;
		struct err e = {0};
		const bool good = policy_parse(&a, &p, span_str(arena_fmt(&a, "{\"format\":\"setgov-policy/1\","
			"\"name\":\"P\",\"semantics\":1,\"reviewWithin\":\"%s\",\"rules\":[]}", cases[i].text)), &e);
		e.at = ERR_NO_OFFSET;
		if (cases[i].refused == NULL) {
			assert_ok(good, &e);
			assert_int_equal(p.review, cases[i].seconds);
		} else {
			assert_err(&e, strcmp(cases[i].text, "soon") == 0 ? ERR_SYNTAX : ERR_RANGE, cases[i].refused);
		}
		err_clear(&e);
		arena_release(&a);
	}
}

static void how_long_old_files_stay_on_line_is_in_months_for_each_class(void **state)
{
	static const struct { const char *text, *refused; enum err_code code; } cases[] = {
		{ "{\"evidence\":24,\"receipts\":1200}", NULL, ERR_NONE },
		{ "{}", NULL, ERR_NONE },
		{ "{\"evidence\":11}", "retention.evidence, byte 63: needed 12 to 1200 months", ERR_RANGE },
		{ "{\"minutes\":1201}", "retention.minutes, byte 62: needed 12 to 1200 months", ERR_RANGE },
		{ "{\"minutes\":\"12\"}", "retention.minutes, byte 62: needed a number, found a string", ERR_SYNTAX },
		{ "{\"lines\":24}", "retention.lines, byte 60: no class of files: attachments, evidence, facts, "
		  "minutes or receipts", ERR_UNKNOWN },
		{ "24", "retention, byte 51: needed an object, found a number", ERR_SYNTAX },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = {0};
		struct policy p;
		struct err e = {0};
		const bool good = policy_parse(&a, &p, span_str(arena_fmt(&a, "{\"format\":\"setgov-policy/1\","
			"\"name\":\"P\",\"retention\":%s,\"rules\":[],\"semantics\":1}", cases[i].text)), &e);
		if (cases[i].refused == NULL) {
			assert_ok(good, &e);
			assert_int_equal(policy_keeps(&p, KEPT_EVIDENCE), i == 0 ? 24 : 84);
			assert_int_equal(policy_keeps(&p, KEPT_RECEIPTS), i == 0 ? 1200 : 84);
			assert_int_equal(policy_keeps(&p, KEPT_MINUTES), 84);
		} else {
			assert_err(&e, cases[i].code, cases[i].refused);
		}
		err_clear(&e);
		arena_release(&a);
	}
	assert_int_equal(policy_keeps(NULL, KEPT_FACTS), 84);
}

/* ---- judging ---- */

struct example {
	const char *rule;             /* members of a rule called x, after its kind */
	const char *action, *pairs[6];
	const char *facts;            /* members of an object; now, signatures as ids in "by" */
	const char *by;               /* "p1 p2" */
	const char *words;            /* the ticket, or NULL */
	uint64_t delay;
	const char *origin;           /* of its log */
	int step;                     /* 1 + enum step_kind; 0: none */
	const char *expect;           /* "verdict: text" */
};

static void read_facts(struct world *w, struct facts *out, const struct example *x)
{
	struct json *list = json_array(&w->a);
	const char *given = x->facts != NULL ? x->facts : "\"here\":1";
	const bool has_now = strstr(given, "\"now\"") != NULL;
	const struct json *o = json_parse(&w->a, span_str(arena_fmt(&w->a, "{%s%s}", has_now ? "" : "\"now\":" NOON ",",
								    given)), NULL);
	assert_non_null(o);
	for (const struct json *v = o->first; v != NULL; v = v->next)
		facts_add(&w->a, out, arena_str(&w->a, v->name), v, FACT_CLAIMED, 90);
	for (const char *p = x->by; p != NULL && *p != '\0'; p += strcspn(p, " "), p += *p == ' ') {
		const struct person *who = deployment_person(&w->d, span_of(p, strcspn(p, " ")));
		struct json *s = json_object(&w->a);
		json_set(s, &w->a, "compared", json_str(&w->a, who->id.p[1] == '5' ? "nobody" : "signer"));
		json_set(s, &w->a, "owner", json_addr(&w->a, &who->address));
		json_push(list, s);
	}
	facts_add(&w->a, out, "signatures", list, FACT_PROVEN, 90);
}

static struct json *read_action(struct world *w, const struct example *x)
{
	struct json *action = NULL, *actions = json_array(&w->a);
	struct span pairs[6];
	struct err e = {0};
	size_t n = 0;
	for (; n < 6 && x->pairs[n] != NULL; n++)
		pairs[n] = span_str(x->pairs[n]);
	assert_ok(action_read(&w->a, &action, &w->pin, span_str(x->action), pairs, n, &e), &e);
	json_push(actions, action);
	return actions;
}

static void judge_example(struct world *w, const struct example *x, struct verdict *v)
{
	const struct hash32 operation = {{0}};
	struct proposal p = { .delay = x->delay, .title = span_str("t"), .reason = span_str("r") };
	const enum step_kind step = (enum step_kind)(x->step - 1);
	struct facts facts = {0};
	struct subject s;
	struct err e = {0};
	const char *rules = arena_fmt(&w->a, "{\"name\":\"all\",\"why\":\"w\",\"kind\":\"allow\",\"for\":{}},"
				      "{\"name\":\"x\",\"why\":\"w\",\"kind\":%s}", x->rule);
	assert_ok(policy_parse(&w->a, &w->policy, policy_with(w, rules), &e), &e);
	if (x->words != NULL)
		p.ticket = span_str(x->words);
	p.actions = read_action(w, x);
	read_facts(w, &facts, x);
	assert_ok(subject_of_proposal(&w->a, &s, &w->pin, span_str("SC-7"), &p, x->step > 0 ? &step : NULL,
		&operation, &e),
		  &e);
	s.origin = span_str(x->origin != NULL ? x->origin : "");
	policy_judge(&w->a, v, &w->policy, &s, &facts);
}

static const char *said_of(struct world *w, const struct verdict *v, const char *rule)
{
	for (size_t i = 0; i < v->n_rules; i++)
		if (v->rules[i].rule != NULL && span_is(v->rules[i].rule->name, rule))
			return arena_fmt(&w->a, "%s: %s", verdict_name(v->rules[i].word), v->rules[i].text);
	return "does not concern it";
}

static void each(const struct example *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct world w;
		struct verdict v;
		open_world(&w);
		judge_example(&w, &x[i], &v);
		assert_string_equal(said_of(&w, &v, "x"), x[i].expect);
		arena_release(&w.a);
	}
}
#define EACH(list) each(list, ARRAY_LEN(list))

#define AUTHORIZE .action = "sequencer.authorize", .pairs = { "sequencer=" NEW }
#define REVOKE .action = "sequencer.revoke", .pairs = { "sequencer=" OLD }
#define WITHDRAW(amount) .action = "paymaster.withdraw", .pairs = { "amount=" amount, "contract=paymaster" }
#define DEPOSIT(amount) .action = "paymaster.set-min-deposit", .pairs = { "amount=" amount, "contract=paymaster" }

#define MOST "115792089237316195423570985008687907853269984665640564039457584007913129639935"   /* 2^256 - 1 */
static void arguments_keep_within_bounds(void **state)
{
	static const char set[] = "\"bounds\",\"for\":{\"actions\":[\"sequencer.authorize\"]},"
				  "\"bounds\":{\"sequencer\":{\"in\":[\"payer\"]}}";
	static const char twice[] = "\"bounds\",\"bounds\":{\"amount\":{\"min\":\"0.5 ether\",\"max\":\"5 ether\","
				    "\"timesCurrent\":2}}";
	static const char step[] = "\"bounds\",\"bounds\":{\"amount\":{\"step\":{\"percent\":10,\"per\":\"7 days\"}}}";
	static const char past[] = "\"action[0].amount\":\"110\",\"history\":[{\"action\":{\"action\":"
		"\"paymaster.set-min-deposit\",\"args\":{\"amount\":\"110\",\"contract\":\"paymaster\"}},\"at\":"
			"1795600000,"
		"\"change\":\"SC-2\",\"was\":{\"amount\":\"100\"}}]";
	const struct example list[] = {
		{ set, .action = "sequencer.authorize", .pairs = { "sequencer=" OLD },
			.expect = "passed: within its bounds" },
		{ set, AUTHORIZE, .expect = "failed: sequencer is " NEW ", which is none of: payer" },
		{ twice, DEPOSIT("2 ether"), .facts = "\"action[0].amount\":\"1000000000000000000\"",
		  .expect = "passed on the console's word: within its bounds" },
		{ twice, DEPOSIT("0.1 ether"),
		  .expect = "failed: amount is 100000000000000000, at least 500000000000000000 is needed" },
		{ twice, DEPOSIT("6 ether"),
		  .expect = "failed: amount is 6000000000000000000, at most 5000000000000000000 is allowed" },
		{ twice, DEPOSIT("3 ether"), .facts = "\"action[0].amount\":\"1000000000000000000\"",
		  .expect = "failed: amount is 3000000000000000000, more than 2 times the current "
			"1000000000000000000" },
		{ twice, DEPOSIT("3 ether"), .expect = "failed: the fact action[0].amount is not known" },
		{ step, DEPOSIT("110 wei"), .facts = "\"action[0].amount\":\"100\",\"history\":[]",
		  .expect = "passed on the console's word: within its bounds" },
		{ step, DEPOSIT("90 wei"), .facts = "\"action[0].amount\":\"100\",\"history\":[]",
		  .expect = "passed on the console's word: within its bounds" },
		{ step, DEPOSIT("89 wei"), .facts = "\"action[0].amount\":\"100\",\"history\":[]",
		  .expect = "failed: amount is 89, more than 10 % away from 100, what it was 7 days ago" },
		{ step, DEPOSIT("90 wei"), .facts = "\"action[0].amount\":\"" MOST "\",\"history\":[]",
		  .expect = "failed: amount is 90, more than 10 % away from " MOST ", what it was 7 days ago" },
		{ step, DEPOSIT("1 wei"), .facts = "\"action[0].amount\":\"9\",\"history\":[]",
		  .expect = "failed: amount is 1, more than 10 % away from 9, what it was 7 days ago" },
		{ step, DEPOSIT("1 wei"), .facts = "\"action[0].amount\":\"0\",\"history\":[]",
		  .expect = "failed: amount is 1, more than 10 % away from 0, what it was 7 days ago" },
		{ twice, DEPOSIT("1 ether"), .facts = "\"action[0].amount\":\"0\"",
		  .expect = "failed: amount is 1000000000000000000, more than 2 times the current 0" },
		{ step, DEPOSIT("121 wei"), .facts = past,
		  .expect = "failed: amount is 121, more than 10 % away from 100, what it was 7 days ago" },
	};
	(void)state;
	EACH(list);
}

static void signatures_and_roles_are_counted(void **state)
{
	static const char four[] = "\"signers\",\"min\":4,\"roles\":{\"security\":1}";
	const struct example list[] = {
		{ four, AUTHORIZE, .by = "p4 p3 p2 p1", .facts = "\"safe.threshold\":3",
		  .expect = "passed: 4 of 4 signatures: p1, p2, p3, p4; the Safe asks for 3, so the rest is kept by "
			"setgov, not "
			    "by the chain" },
		{ four, AUTHORIZE, .by = "p1 p2 p2 payer",
		  .expect = "pending: 4 signatures are needed, there are 2: p1, p2" },
		{ four, AUTHORIZE, .by = "p1 p2 p4 p5",
		  .expect = "pending: 1 of the role security (p3) have to sign, 0 did" },
		{ "\"signers\",\"min\":6", AUTHORIZE, .by = "p1",
		  .expect = "failed: 6 signatures are needed, the Safe has 5 owners" },
		{ "\"comparison\",\"allowed\":false", AUTHORIZE, .by = "p1 p2",
		  .expect = "passed on the console's word: nobody signed without comparing" },
		{ "\"comparison\",\"allowed\":false", AUTHORIZE, .by = "p1 p5",
		  .expect = "pending: compared with nobody: 0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc; they have to "
			"compare, and "
			    "sign again" },
		{ "\"hot-signing\",\"allowed\":false", AUTHORIZE,
		  .expect = "passed: keys sign on machines without a network: setgov-signer sees to it, not the "
			    "chain" },
	};
	(void)state;
	EACH(list);
}

/* Who proposed may be anybody's word: with one signature more than needed it does not matter. */
static void duties_are_kept_apart_by_what_signatures_prove(void **state)
{
	static const char p1[] = "\"proposer\":{\"id\":\"p1\",\"auth\":\"signature\"}";
	static const char all[] = "\"proposer\":{\"id\":\"p1\",\"auth\":\"os-user\"},\"submitter\":[],"
				  "\"facilitator\":[{\"id\":\"p2\",\"auth\":\"claimed\"}]";
	static const char two[] = "\"separation\",\"min\":2";
	static const char proven[] = "\"separation\",\"min\":2,\"source\":\"proven\"";
	static const char from[] =
		"\"separation\",\"min\":3,\"from\":[\"proposer\",\"submitter\",\"facilitator\"]";
	static const char nobody[] = "\"separation\",\"min\":2,\"from\":[\"submitter\"]";
	const struct example list[] = {
		{ two, AUTHORIZE, .by = "p1 p2 p3", .facts = p1,
		  .expect = "passed: 2 others than the proposer p1 have to sign, 2 did, enough whoever it was" },
		{ two, AUTHORIZE, .by = "p2 p3", .facts = p1,
		  .expect = "passed on the console's word: 2 others than the proposer p1 have to sign, 2 did; that it "
			    "was them no signature says" },
		{ two, AUTHORIZE, .by = "p1 p2", .facts = p1,
		  .expect = "pending: 2 others than the proposer p1 have to sign, 1 did" },
		{ proven, AUTHORIZE, .by = "p1 p2 p3", .facts = p1,
		  .expect = "passed: 2 others than the proposer p1 have to sign, 2 did, enough whoever it was" },
		{ proven, AUTHORIZE, .by = "p2 p3", .facts = p1,
		  .expect = "pending: 2 others than the proposer p1 have to sign, 2 did; that it was them no signature "
			    "says, so that 3 have to sign" },
		{ "\"separation\",\"min\":5", AUTHORIZE, .by = "p1 p2 p3", .facts = p1,
		  .expect = "failed: 5 others than the proposer p1 have to sign, 2 did: only 4 owners are left" },
		{ two, AUTHORIZE, .by = "p1", .expect = "failed: the fact proposer is not known" },
		{ two, AUTHORIZE, .by = "p1", .facts = "\"proposer\":\"p1\"",
		  .expect = "failed: the fact proposer does not say who" },
		{ from, AUTHORIZE, .by = "p1 p2 p3 p4 p5", .facts = all,
		  .expect = "passed: 3 others than the proposer p1 and the facilitator p2 have to sign, 3 did, enough "
			    "whoever it was" },
		{ from, AUTHORIZE, .by = "p3 p4 p5", .facts = all,
		  .expect = "passed on the console's word: 3 others than the proposer p1 and the facilitator p2 have "
			    "to sign, 3 did; that it was them no signature says" },
		{ nobody, AUTHORIZE, .by = "p3 p4", .facts = all,
		  .expect = "passed: 2 others than whoever had a hand in it (nobody so far) have to sign, 2 did" },
	};
	(void)state;
	EACH(list);
}

static void words_and_delays_are_asked_for(void **state)
{
	const struct example list[] = {
		{ "\"words\",\"words\":[\"reason\",\"ticket\"]", AUTHORIZE, .words = "T-1",
		  .expect = "passed: there: reason, ticket" },
		{ "\"words\",\"words\":[\"reason\",\"ticket\",\"impact\"]", AUTHORIZE,
		  .expect = "failed: missing: ticket, impact" },
		{ "\"delay\",\"delay\":\"24h\"", AUTHORIZE, .delay = 86400,
		  .expect = "passed: waits 1 day, at least 1 day is needed" },
		{ "\"delay\",\"delay\":\"24h\"", AUTHORIZE, .delay = 86399,
		  .expect = "failed: waits 23 h 59 min 59 s, at least 1 day is needed" },
		{ "\"delay\",\"delay\":\"24h\"", AUTHORIZE,
			.expect = "failed: the fact timelock.min-delay is not known" },
		{ "\"delay\",\"delay\":\"24h\"", .action = "safe.reject", .pairs = { "nonce=3" },
		  .expect = "passed: goes through no timelock: the Safe does it at once" },
	};
	(void)state;
	EACH(list);
}

static void rates_and_freezes_wait_and_never_hold_up_a_revoke_or_a_cancel(void **state)
{
	static const char rate[] = "\"rate\",\"max\":1,\"per\":\"7 days\"";
	static const char history[] = "\"history\":[{\"action\":{\"action\":\"paymaster.withdraw\",\"args\":"
		"{\"amount\":\"1\","
		"\"contract\":\"paymaster\"}},\"at\":1795600000,\"change\":\"SC-2\",\"was\":{}}]";
	static const char freeze[] = "\"freeze\",\"zone\":\"Europe/Berlin\",\"windows\":[{\"days\":[\"wed\"],"
		"\"from\":\"13:00\","
		"\"to\":\"14:00\"}],\"except\":[{\"actions\":[\"registry.unpause\"]}]";
	const struct example list[] = {
		{ rate, WITHDRAW("1 ether"), .facts = "\"history\":[]",
		  .expect = "passed on the console's word: 1 in 7 days, at most 1 are allowed" },
		{ rate, WITHDRAW("1 ether"), .facts = history,
		  .expect = "pending: this makes 2 in 7 days, at most 1 are allowed: not before 2026-12-02 09:46 UTC" },
		{ rate, WITHDRAW("1 ether"), .facts = history, .step = 1 + STEP_EXECUTE,
		  .expect = "passed: counted when it was scheduled" },
		{ rate, REVOKE, .expect = "does not concern it" },
		{ freeze, AUTHORIZE,
			.expect = "pending: it is 2026-11-25T13:00 in Europe/Berlin: frozen from 13:00 to 14:00" },
		{ freeze, AUTHORIZE, .facts = "\"now\":1795607999",
		  .expect = "passed on the console's word: it is 2026-11-25T12:59 in Europe/Berlin: no freeze" },
		{ freeze, .action = "registry.unpause", .pairs = { "contract=registry" },
		  .expect = "passed: excepted from the freeze" },
		{ freeze, REVOKE, .expect = "does not concern it" },
		{ freeze, AUTHORIZE, .step = 1 + STEP_CANCEL, .expect = "does not concern it" },
		{ "\"finality\",\"head\":\"safe\",\"maxLag\":10", AUTHORIZE,
			.facts = "\"chain.block\":100,\"chain.safe\":90",
		  .expect = "passed on the console's word: the safe head is 10 blocks behind, at most 10 are allowed" },
		{ "\"finality\",\"head\":\"safe\",\"maxLag\":10", AUTHORIZE,
			.facts = "\"chain.block\":100,\"chain.safe\":89",
		  .expect = "pending: the safe head is 11 blocks behind, at most 10 are allowed" },
		{ "\"finality\",\"head\":\"safe\",\"maxLag\":10", AUTHORIZE, .step = 1 + STEP_CANCEL,
		  .expect = "does not concern it" },
	};
	(void)state;
	EACH(list);
}

static void steps_code_keys_and_facts_are_looked_at(void **state)
{
	static const char code[] = "\"code\",\"for\":{\"actions\":[\"contract.upgrade\"]},\"arg\":\"implementation\","
		"\"listed\":[{\"name\":\"v2\",\"hash\":"
			"\"0x1111111111111111111111111111111111111111111111111111111111111111\"}]";
#define ONES "1111111111111111111111111111111111111111111111111111111111111111"
#define TWOS "2222222222222222222222222222222222222222222222222222222222222222"
	static const char listed[] = "\"possession\",\"args\":[\"sequencer\"],\"listed\":[{\"name\":\"safe\","
				     "\"hash\":\"0x" ONES "\"}]";
#define UPGRADE .action = "contract.upgrade", .pairs = { "contract=registry", "implementation=" NEW }
	const struct example list[] = {
		{ "\"signed-ahead\",\"steps\":[\"schedule\"]", AUTHORIZE, .step = 1 + STEP_EXECUTE,
		  .facts = "\"timelock.operation-timestamp\":0",
		  .expect = "failed: execute may not be signed before the operation is scheduled" },
		{ "\"signed-ahead\",\"steps\":[\"schedule\"]", AUTHORIZE, .step = 1 + STEP_EXECUTE,
		  .facts = "\"timelock.operation-timestamp\":77",
		  .expect = "passed on the console's word: the operation is scheduled" },
		{ "\"signed-ahead\",\"steps\":[\"execute\"]", AUTHORIZE, .step = 1 + STEP_EXECUTE,
		  .expect = "passed: execute may be signed ahead" },
		{ code, UPGRADE,
			.facts = "\"code-hash." NEW "\":\"0x11111111111111111111111111111111111111111111111111111111"
					  "11111111\"",
		  .expect = "passed on the console's word: the code at " NEW " is v2" },
		{ code, UPGRADE, .facts = "\"code-hash." NEW "\":null", .expect = "failed: there is no code at " NEW },
		{ code, UPGRADE, .expect = "failed: the fact code-hash." NEW " is not known" },
		{ "\"possession\",\"args\":[\"sequencer\"]", AUTHORIZE,
		  .expect = "failed: nobody has shown to have the key of " NEW ": setgov policy challenge says what it "
			    "has to sign" },
		{ listed, AUTHORIZE, .expect = "failed: the fact code-hash." NEW " is not known" },
		{ listed, AUTHORIZE, .facts = "\"code-hash." NEW "\":null",
		  .expect = "failed: nobody has shown to have the key of " NEW ": setgov policy challenge says what it "
			    "has to sign" },
		{ listed, AUTHORIZE, .facts = "\"code-hash." NEW "\":\"0x" ONES "\"",
		  .expect = "passed on the console's word: signed this change's challenge, or is listed code: "
			    "sequencer" },
		{ listed, AUTHORIZE, .facts = "\"code-hash." NEW "\":\"0x" TWOS "\"",
		  .expect = "failed: " NEW " is a contract whose code, 0x" TWOS ", is not listed" },
		{ "\"possession\",\"args\":[\"sequencer\"]", AUTHORIZE, .facts = "\"possession." NEW "\":\"0x00\"",
		  .expect = "failed: the signature of " NEW " is not over this change's challenge" },
		{ "\"fact\",\"fact\":\"action.layout\",\"is\":\"compatible\"", UPGRADE,
			.facts = "\"action[0].layout\":\"compatible\"",
		  .expect = "passed on the console's word: action[0].layout is \"compatible\"" },
		{ "\"fact\",\"fact\":\"action.layout\",\"is\":\"compatible\"", UPGRADE,
			.facts = "\"action[0].layout\":\"moved\"",
		  .expect = "failed: action[0].layout is \"moved\", it has to be \"compatible\"" },
		{ "\"fact\",\"fact\":\"safe.nonce\",\"source\":\"proven\"", AUTHORIZE, .facts = "\"safe.nonce\":3",
		  .expect = "passed on the console's word: safe.nonce is 3; to be proven, and the console's word: "
			"safe.nonce" },
	};
	(void)state;
	EACH(list);
}

/* What a header proves is as old as the header. */
static void a_proof_has_an_age(void **state)
{
	static const struct { const char *rule, *now, *expect; } list[] = {
		{ "\"source\":\"proven\",\"maxAge\":\"2 days\"", "1000172800", "passed: safe.nonce is 3" },
		{ "\"source\":\"proven\",\"maxAge\":\"2 days\"", "1000172801", "failed: the proof of safe.nonce"
		  " is stale: block 57 is 2 days 1 s old, at most 2 days is allowed" },
		{ "\"source\":\"proven\"", "2000000000", "passed: safe.nonce is 3" },
		{ "\"source\":\"claimed\"", "2000000000", "passed: safe.nonce is 3" },
		{ "\"source\":\"proven\",\"maxAge\":\"2 days\"", "\"x\"", "failed: the fact now is not known, so "
		  "that the proof of safe.nonce has no age" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(list); i++) {
		struct world w;
		struct verdict v;
		struct facts facts = {0};
		struct subject s;
		struct err e = {0};
		const struct example x = { AUTHORIZE };
		struct proposal p = {0};
		open_world(&w);
		const char *rules = arena_fmt(&w.a, "{\"name\":\"x\",\"why\":\"w\",\"kind\":\"fact\",\"fact\":"
					      "\"safe.nonce\",%s}", list[i].rule);
		assert_ok(policy_parse(&w.a, &w.policy, policy_with(&w, rules), &e), &e);
		p.actions = read_action(&w, &x);
		facts_add(&w.a, &facts, "now", json_parse(&w.a, span_str(list[i].now), NULL), FACT_CLAIMED, 90);
		facts_prove(&w.a, &facts, "safe.nonce", json_u64(&w.a, 3), 57, 1000000000);
		assert_ok(subject_of_proposal(&w.a, &s, &w.pin, span_str("SC-7"), &p, NULL, &(struct hash32){0}, &e),
			  &e);
		policy_judge(&w.a, &v, &w.policy, &s, &facts);
		assert_string_equal(said_of(&w, &v, "x"), list[i].expect);
		arena_release(&w.a);
	}
}

/* ---- possession, exceptions, delegatecall ---- */

/* The key of 0x0…07 signs the challenge of SC-7. */
static const char *attested(struct world *w, struct addr *who)
{
	const uint8_t key[32] = { [31] = 7 };
	struct attestation t = { .deployment = w->d.id, .origin = span_str("setgov/test"), .change = span_str("SC-7") };
	struct buf hex = {0};
	struct hash32 digest;
	uint8_t bytes[65];
	struct err e = {0};
	assert_ok(sig_key_address(who, key, &e), &e);
	t.account = *who;
	attestation_digest(&digest, &w->d, &t);
	assert_true(sig_make(&t.sig, &digest, key));
	sig_to_bytes(bytes, &t.sig);
	buf_0xhex(&hex, span_of(bytes, 65));
	const char *text = arena_str(&w->a, buf_view(&hex));
	buf_release(&hex);
	return text;
}

static void a_signed_challenge_shows_the_key(void **state)
{
	struct world w;
	struct verdict v;
	struct addr who;
	struct buf at = {0};
	(void)state;
	open_world(&w);
	const char *signature = attested(&w, &who);
	addr_format(&at, &who);
	struct example x = { "\"possession\",\"args\":[\"sequencer\"],\"source\":\"proven\"",
		.action = "sequencer.authorize", .pairs = { arena_fmt(&w.a, "sequencer=%s", buf_cstr(&at)) },
		.facts = arena_fmt(&w.a, "\"possession.%s\":\"%s\"", buf_cstr(&at), signature),
		.origin = "setgov/test" };
	judge_example(&w, &x, &v);
	assert_string_equal(said_of(&w, &v, "x"),
			    "passed: signed this change's challenge, or is listed code: sequencer");
	x.origin = "setgov/other";
	judge_example(&w, &x, &v);
	assert_string_equal(said_of(&w, &v, "x"), arena_fmt(&w.a, "failed: the signature of %s is not over this "
			    "change's challenge", buf_cstr(&at)));
	buf_release(&at);
	arena_release(&w.a);
}

#define WAIVED(until) "\"words\",\"words\":[\"ticket\"]}," \
	"{\"name\":\"y\",\"why\":\"w\",\"kind\":\"exception\",\"rule\":\"x\"," \
	"\"until\":\"" until "T00:00:00.000Z\",\"control\":{\"signers\":2}"

static void an_exception_ends_and_has_its_control(void **state)
{
	const struct example list[] = {
		{ WAIVED("2027-01-01"), AUTHORIZE, .by = "p1 p2",
		  .expect = "passed on the console's word: missing: ticket; waived until 2027-01-01 00:00 UTC by y, "
			"in place of it: "
			    "2 of 2 signatures: p1, p2" },
		{ WAIVED("2027-01-01"), AUTHORIZE, .by = "p1",
		  .expect = "pending: missing: ticket; waived until 2027-01-01 00:00 UTC by y, in place of it: 2 "
			"signatures are "
			    "needed, there are 1: p1" },
		{ WAIVED("2026-01-01"), AUTHORIZE, .by = "p1 p2",
		  .expect = "failed: missing: ticket; the exception y ended 2026-01-01 00:00 UTC" },
	};
	(void)state;
	EACH(list);
}

/* Reports tell which rule an exception stood in for. */
static void a_verdict_names_the_exception_that_was_used(void **state)
{
	const struct example list[] = {
		{ WAIVED("2027-01-01"), AUTHORIZE, .by = "p1 p2" },           /* in force, and needed */
		{ WAIVED("2026-01-01"), AUTHORIZE, .by = "p1 p2" },           /* ended */
		{ WAIVED("2027-01-01"), AUTHORIZE, .by = "p1 p2", .words = "T-1" },    /* not needed */
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(list); i++) {
		struct world w;
		struct verdict v;
		const struct rule *used = NULL;
		open_world(&w);
		judge_example(&w, &list[i], &v);
		for (size_t k = 0; k < v.n_rules; k++)
			used = v.rules[k].waived != NULL ? v.rules[k].waived : used;
		assert_int_equal(used != NULL, i == 0);
		assert_true(used == NULL || span_is(used->name, "y"));
		arena_release(&w.a);
	}
}

static void judge_call(struct world *w, struct verdict *v, const char *rules, const char *data, bool delegatecall)
{
	struct call c = { .data = hex_bytes(&w->a, data) };
	const struct contract *registry = deployment_contract(&w->d, span_str("registry"));
	const struct facts none = {0};
	struct subject s;
	struct err e = {0};
	c.to = registry->address;
	assert_ok(policy_parse(&w->a, &w->policy, policy_with(w, rules), &e), &e);
	subject_of_call(&w->a, &s, &w->pin, &c, delegatecall);
	policy_judge(&w->a, v, &w->policy, &s, &none);
}

static void what_no_rule_allows_is_denied(void **state)
{
	static const char named[] = "{\"name\":\"a\",\"why\":\"w\",\"kind\":\"allow\",\"for\":{\"actions\":"
		"[\"call.raw\"],"
		"\"targets\":[\"registry\"],\"selectors\":[\"pause()\"]}},{\"name\":\"c\",\"why\":\"w\",\"kind\":"
			"\"call-only\"}";
	struct world w;
	struct verdict v;
	struct buf text = {0};
	(void)state;
	open_world(&w);
	judge_call(&w, &v, named, "8456cb59", false);
	assert_int_equal(v.word, VERDICT_PASSED);
	judge_call(&w, &v, named, "deadbeef", false);
	verdict_reasons(&text, &v, VERDICT_FAILED);
	assert_buf_str(&text, "default-deny: call.raw registry 0xdeadbeef: no rule allows it");
	buf_clear(&text);
	judge_call(&w, &v, named, "8456cb59", true);
	verdict_reasons(&text, &v, VERDICT_FAILED);
	assert_buf_str(&text,
		"c: a delegatecall: only CALL is allowed; default-deny: call.raw registry pause(): no rule "
			      "allows it as a delegatecall");
	buf_release(&text);
	arena_release(&w.a);
}

static void a_verdict_reads_so(void **state)
{
	const struct example x = { "\"words\",\"words\":[\"ticket\"]", AUTHORIZE };
	struct world w;
	struct verdict v;
	struct buf text = {0}, want = {0};
	(void)state;
	open_world(&w);
	judge_example(&w, &x, &v);
	verdict_format(&text, &v);
	buf_str(&want, "failed under the policy P (semantics 1)\n  policy  ");
	buf_hex(&want, SPAN_HASH(&w.policy.digest));
	buf_str(&want,
		"\npassed: all: allowed: sequencer.authorize\n    because w\nfailed: x: missing: ticket\n    because "
			"w\n");
	assert_buf_str(&text, buf_cstr(&want));
	buf_release(&text);
	buf_release(&want);
	arena_release(&w.a);
}

/* ---- zones ---- */

static void local(const char *zone, uint64_t seconds, const char *text, int weekday)
{
	struct zone z;
	struct local_time t;
	struct err e = {0};
	assert_ok(zone_parse(&z, span_str(zone), &e), &e);
	zone_local(&t, &z, seconds);
	assert_string_equal(t.text, text);
	assert_int_equal(t.weekday, weekday);
}

/* Against GNU date with the IANA database. */
static void zones_know_their_summers(void **state)
{
	(void)state;
	local("UTC", 0, "1970-01-01T00:00", 4);
	local("Europe/Berlin", 1774745999, "2026-03-29T01:59", 0);
	local("Europe/Berlin", 1774746000, "2026-03-29T03:00", 0);
	local("Europe/Berlin", 1792889999, "2026-10-25T02:59", 0);
	local("Europe/Berlin", 1792890000, "2026-10-25T02:00", 0);
	local("America/New_York", 1772953200, "2026-03-08T03:00", 0);
	local("Australia/Sydney", 1767225600, "2026-01-01T11:00", 4);
	local("Australia/Sydney", 1782864000, "2026-07-01T10:00", 3);
	local("Asia/Kolkata", 1767225600, "2026-01-01T05:30", 4);
	local("<-03>3", 1767225600, "2025-12-31T21:00", 3);
}

/* ---- lint ---- */

static void lint_says(const char *rules, const char *want)
{
	struct world w;
	struct lint lint;
	struct err e = {0};
	bool found = false;
	open_world(&w);
	assert_ok(policy_parse(&w.a, &w.policy, policy_with(&w, rules), &e), &e);
	policy_lint(&w.a, &lint, &w.policy, &w.pin, 1795608000);
	for (size_t i = 0; i < lint.n; i++)
		found |= strcmp(arena_fmt(&w.a, "%s: %s", lint.v[i].error ? "error" : "note", lint.v[i].text),
			want) == 0;
	if (!found)
		fail_msg("lint does not say \"%s\"", want);
	arena_release(&w.a);
}

static void lint_finds_what_cannot_work(void **state)
{
	(void)state;
	lint_says("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"call-only\"}", "note: no rule allows contract.upgrade");
	lint_says("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"call-only\"}",
		  "error: no rule allows timelock.cancel, which takes power away: it could never be done");
	lint_says("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"allow\",\"for\":{\"actions\":[\"sequenser.*\"]}}",
		  "error: the catalogue has no action sequenser.*");
	lint_says("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"allow\",\"for\":{\"actions\":[\"sequencer.*\"],\"risk\":"
		"[\"low\"]}}",
		  "error: can never match: no action of the catalogue is all that it asks for");
	lint_says("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"allow\",\"for\":{\"targets\":[\"vault\"]}}",
		  "error: the profile has no contract vault");
	lint_says("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"allow\",\"for\":{\"selectors\":[\"selfDestruct()\"]}}",
		  "error: no ABI has selfDestruct()");
	lint_says("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"words\",\"words\":[\"ticket\"]}",
		  "error: could hold up timelock.cancel, which takes power away");
	lint_says("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"signers\",\"min\":4}",
		  "error: could hold up sequencer.revoke, which takes power away");
	lint_says("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"signers\",\"min\":6}",
		  "error: can never pass: 6 signatures are needed, the Safe has 5 owners");
	lint_says("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"signers\",\"min\":3}",
		  "note: kept by setgov and the signers, not by the chain");
	lint_says("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"bounds\",\"for\":{\"actions\":[\"paymaster.withdraw\"]},"
		  "\"bounds\":{\"amount\":{\"min\":5}}},{\"name\":\"y\",\"why\":\"w\",\"kind\":\"bounds\",\"for\":"
			"{\"actions\":"
		  "[\"paymaster.*\"]},\"bounds\":{\"amount\":{\"max\":4}}}",
		  "error: contradicts x: nothing is left for amount of paymaster.withdraw");
	lint_says("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"rate\",\"max\":1,\"per\":\"1h\",\"source\":\"proven\"}",
		  "error: wants proof, and no state proof shows what was done before: it could never be submitted");
	lint_says("{\"name\":\"x\",\"why\":\"w\",\"kind\":\"fact\",\"fact\":\"preview\",\"source\":\"proven\"}",
		  "error: wants proof, and no state proof shows this fact: it could never be submitted");
	lint_says("{\"name\":\"f\",\"why\":\"w\",\"kind\":\"words\",\"words\":[\"ticket\"]},{\"name\":\"x\",\"why\":"
		"\"w\",\"kind\":"
		  "\"exception\",\"rule\":\"f\",\"until\":\"2020-01-01T00:00:00.000Z\",\"control\":{\"signers\":4}}",
		  "note: has ended: it waives nothing any more");
}

#define RULE(name, kind) "{\"name\":\"" name "\",\"why\":\"w\",\"kind\":\"" kind "\","

static void lint_finds_rules_that_exclude_or_shadow_each_other(void **state)
{
	(void)state;
	lint_says(RULE("x", "bounds") "\"bounds\":{\"role\":{\"in\":[\"proposer\"]}}}," RULE("y", "bounds")
		  "\"for\":{\"actions\":[\"timelock.*\"]},\"bounds\":{\"role\":{\"in\":[\"canceller\"]}}}",
		  "error: contradicts x: no role of timelock.grant-role can pass both");
	lint_says(RULE("x", "fact") "\"fact\":\"safe.threshold\",\"is\":3}," RULE("y", "fact")
		  "\"for\":{\"actions\":[\"safe.reject\"]},\"fact\":\"safe.threshold\",\"is\":2}",
		  "error: contradicts x: no safe.threshold of safe.reject can pass both");
	lint_says(RULE("x", "comparison") "\"allowed\":true}," RULE("y", "comparison") "\"allowed\":false}",
		  "note: says otherwise than x: where both are asked, no counts");
	lint_says(RULE("x", "delay") "\"delay\":\"48h\"}," RULE("y", "delay")
		  "\"for\":{\"risk\":[\"high\"]},\"delay\":\"24h\"}",
		  "note: adds nothing: x asks for as much of everything");
	lint_says(RULE("x", "freeze") "\"zone\":\"UTC\",\"windows\":[{\"days\":[\"mon\",\"tue\",\"wed\",\"thu\","
		  "\"fri\",\"sat\",\"sun\"],\"from\":\"00:00\",\"to\":\"16:00\"},{\"days\":[\"mon\",\"tue\","
		  "\"wed\",\"thu\",\"fri\",\"sat\",\"sun\"],\"from\":\"15:00\",\"to\":\"24:00\"}]}",
		  "error: covers all time: what it is for could never be done");
	lint_says(RULE("x", "delay") "\"delay\":\"3651 days\"}",
		  "error: can never pass: a change waits ten years at most");
	lint_says(RULE("x", "delay") "\"for\":{\"route\":\"direct\"},\"delay\":\"1 day\"}",
		  "note: never fails: what goes through no timelock waits for nothing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slip_is_located),
		cmocka_unit_test(other_semantics_are_not_guessed),
		cmocka_unit_test(how_soon_an_emergency_is_reviewed_is_a_time),
		cmocka_unit_test(how_long_old_files_stay_on_line_is_in_months_for_each_class),
		cmocka_unit_test(arguments_keep_within_bounds),
		cmocka_unit_test(signatures_and_roles_are_counted),
		cmocka_unit_test(duties_are_kept_apart_by_what_signatures_prove),
		cmocka_unit_test(words_and_delays_are_asked_for),
		cmocka_unit_test(rates_and_freezes_wait_and_never_hold_up_a_revoke_or_a_cancel),
		cmocka_unit_test(steps_code_keys_and_facts_are_looked_at),
		cmocka_unit_test(a_proof_has_an_age),
		cmocka_unit_test(a_signed_challenge_shows_the_key),
		cmocka_unit_test(an_exception_ends_and_has_its_control),
		cmocka_unit_test(a_verdict_names_the_exception_that_was_used),
		cmocka_unit_test(what_no_rule_allows_is_denied),
		cmocka_unit_test(a_verdict_reads_so),
		cmocka_unit_test(zones_know_their_summers),
		cmocka_unit_test(lint_finds_what_cannot_work),
		cmocka_unit_test(lint_finds_rules_that_exclude_or_shadow_each_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
