/* Facts out of state proofs (anvil's own, tests/vectors/proof/trie.json), and a packet judged with them, at once and
 * again years later: the timelock of the sample profile is the account that was proven, whose slot 2 holds 2001. */
#include "src/crypto/hash.h"
#include "src/evm/address.h"
#include "src/policy/again.h"
#include "src/policy/carried.h"
#include "tests/support/check.h"
#include "tests/support/packets.h"
#include "tests/support/proofs.h"

#define ALICE "0x00000000000000000000000000000000000A11cE"

struct world {
	struct sample s;
	struct policy policy;
	struct checked_packet checked;
	struct packet packet;
};

static struct json *fact(struct arena *a, const char *name, struct json *value)
{
	struct json *o = json_object(a);
	json_set(o, a, "name", json_str(a, name));
	json_set(o, a, "source", json_str(a, "proven"));       /* saying so helps nobody */
	json_set(o, a, "value", value);
	return o;
}

static const struct json *evidence(struct arena *a, uint64_t delay)
{
	struct json *proofs = sample_proofs(a), *o = json_object(a), *block = json_object(a), *facts = json_array(a);
	struct proven p;
	assert_true(proven_check(a, &p, sample_proofs_carried(a, proofs), NULL));
	json_set(block, a, "hash", json_0x(a, SPAN_HASH(&p.header.hash)));
	json_set(block, a, "number", json_u64(a, p.header.number));
	json_set(block, a, "time", json_u64(a, p.header.time));
	json_push(facts, fact(a, "now", json_u64(a, p.header.time)));
	json_push(facts, fact(a, "timelock.min-delay", json_u64(a, delay)));
	json_set(o, a, "block", block);
	json_set(o, a, "facts", facts);
	json_set(o, a, "proofs", proofs);
	return sample_proofs_carried(a, o);
}

static const char rules[] =
	"{\"format\":\"setgov-policy/1\",\"name\":\"P\",\"semantics\":1,\"rules\":["
	"{\"name\":\"all\",\"why\":\"w\",\"kind\":\"allow\",\"for\":{}},"
	"{\"name\":\"x\",\"why\":\"w\",\"kind\":\"fact\",\"fact\":\"timelock.min-delay\",\"is\":2001,"
	"\"source\":\"proven\",\"maxAge\":\"1 day\"}]}";

static void open_world(struct world *w, uint64_t delay)
{
	static const char *const pairs[] = { "old=0x1111111111111111111111111111111111111111",
					     "new=0x2222222222222222222222222222222222222222", NULL };
	struct buf text = {0};
	struct err e = {0};
	*w = (struct world){0};
	sample_init(&w->s, 84532999);
	struct contract *c = (struct contract *)(uintptr_t)deployment_contract_at(&w->s.d, &w->s.d.timelock);
	assert_true(addr_parse(&w->s.d.timelock, span_str(ALICE), NULL));
	c->address = w->s.d.timelock;
	assert_ok(policy_parse(&w->s.a, &w->policy, span_str(rules), &e), &e);
	w->s.pin.has_policy = w->s.proposal.has_policy = true;
	w->s.pin.policy = w->s.proposal.policy = w->policy.digest;
	sample_propose(&w->s, "sequencer.rotate", pairs);
	w->s.proposal.has_policy = true;
	w->s.proposal.policy = w->policy.digest;
	sample_log(&w->s, 1u << STEP_SCHEDULE);
	w->s.p.core.has_policy = true;
	w->s.p.core.policy = w->policy.digest;
	w->s.p.evidence = evidence(&w->s.a, delay);
	json_canonical(&text, w->s.p.evidence);
	sha256(&w->s.p.core.evidence, buf_view(&text));
	buf_release(&text);
	w->s.p.core.has_evidence = true;
	assert_ok(packet_parse(&w->s.a, &w->packet, sample_seal(&w->s), &e), &e);
	assert_ok(packet_check(&w->s.a, &w->checked, &w->packet, &w->s.pin, &e), &e);
}

static bool proofs_of(struct world *w, struct arena *a, struct facts *out, struct err *e)
{
	struct proven p;
	bool there;
	return carried_proofs(a, &p, out, &there, &w->s.pin, &w->packet, &w->checked, e);
}

static const char *said(struct world *w, const struct facts *proven)
{
	struct verdict v[N_STEPS];
	struct err e = {0};
	assert_ok(carried_judge(&w->s.a, v, &w->policy, &w->s.pin, &w->packet, &w->checked, proven, &e), &e);
	assert_int_equal(v[0].n_rules, 2);
	return arena_fmt(&w->s.a, "%s: %s", verdict_name(v[0].rules[1].word), v[0].rules[1].text);
}

static void a_proof_makes_nothing_proven_before_its_block_has_a_witness(void **state)
{
	struct world w;
	struct facts shown;
	struct err e = {0};
	(void)state;
	open_world(&w, 2001);
	assert_ok(proofs_of(&w, &w.s.a, &shown, &e), &e);
	assert_string_equal(said(&w, NULL), "passed on the console's word: timelock.min-delay is 2001; to be proven, "
			    "and the console's word: timelock.min-delay");
	assert_string_equal(said(&w, &shown), "passed: timelock.min-delay is 2001");
	sample_release(&w.s);
}

static void what_the_proofs_show_has_the_names_that_rules_ask_for(void **state)
{
	struct world w;
	struct facts shown;
	struct buf names = {0};
	struct err e = {0};
	(void)state;
	open_world(&w, 2001);
	assert_ok(proofs_of(&w, &w.s.a, &shown, &e), &e);
	for (size_t i = 0; i < shown.n; i++) {
		buf_span(&names, shown.v[i].name);
		buf_byte(&names, ' ');
		json_canonical(&names, shown.v[i].value);
		buf_byte(&names, '\n');
		assert_true(shown.v[i].time > 0);
	}
	assert_non_null(strstr(buf_cstr(&names), "timelock.min-delay 2001\n"));
	assert_non_null(strstr(buf_cstr(&names), "code-hash.0x000000000000000000000000000000000000dEaD null\n"));
	assert_non_null(strstr(buf_cstr(&names), "code-hash." ALICE " \"0x"));
	buf_release(&names);
	sample_release(&w.s);
}

static void a_claim_that_differs_from_what_is_proven_is_refused(void **state)
{
	struct world w;
	struct facts shown;
	struct err e = {0};
	(void)state;
	open_world(&w, 2002);
	assert_false(proofs_of(&w, &w.s.a, &shown, &e));
	assert_string_equal(e.refusal, "PROOF");
	assert_err(&e, ERR_REFUSED, "evidence.facts.timelock.min-delay: [PROOF] the console says 2002, proven is 2001");
	err_clear(&e);
	sample_release(&w.s);
}

/* Digits of a hexadecimal text, each made another one. */
static void no_digit_may_change(struct world *w, const struct json *v)
{
	uint8_t *text = (uint8_t *)(uintptr_t)v->text.p;
	for (size_t i = 2; i < v->text.n; i++) {
		const uint8_t was = text[i];
		struct arena scratch = {0};
		struct facts shown;
		struct err e = {0};
		text[i] = was == '0' ? '1' : '0';
		assert_false(proofs_of(w, &scratch, &shown, &e));
		assert_string_equal(e.refusal, "PROOF");
		text[i] = was;
		err_clear(&e);
		arena_release(&scratch);
	}
}

static void a_byte_changed_anywhere_in_a_carried_proof_is_refused(void **state)
{
	struct world w;
	const struct json *proofs;
	(void)state;
	open_world(&w, 2001);
	proofs = json_find(w.packet.evidence, "proofs");
	no_digit_may_change(&w, json_find(proofs, "header"));
	for (const struct json *v = json_find(proofs, "nodes")->first; v != NULL; v = v->next)
		no_digit_may_change(&w, v);
	no_digit_may_change(&w, json_find(json_find(w.packet.evidence, "block"), "hash"));
	sample_release(&w.s);
}

static void what_has_changed_since_is_not_lifted(void **state)
{
	struct world w;
	struct facts shown, now = {0};
	struct err e = {0};
	(void)state;
	open_world(&w, 2001);
	assert_ok(proofs_of(&w, &w.s.a, &shown, &e), &e);
	facts_add(&w.s.a, &now, "timelock.min-delay", json_u64(&w.s.a, 2002), FACT_CLAIMED, 99);
	facts_add(&w.s.a, &now, "x", json_u64(&w.s.a, 1), FACT_CLAIMED, 99);
	facts_lift(&w.s.a, &now, &shown);
	assert_int_equal(now.n, 2);
	for (size_t i = 0; i < now.n; i++)
		assert_int_equal(now.v[i].source, FACT_CLAIMED);
	sample_release(&w.s);
}

/* ---- judged again, from what a log has ---- */

#define P1 "0x1111111111111111111111111111111111111111"

/* {"compared":null,"owner":P1} with the hash of the proven block as `member`, or with a signature. */
static const struct json *said_line(struct world *w, const char *member)
{
	struct json *o = json_object(&w->s.a);
	json_set(o, &w->s.a, "compared", json_null(&w->s.a));
	json_set(o, &w->s.a, "owner", json_str(&w->s.a, P1));
	json_set(o, &w->s.a, member, json_copy(&w->s.a, json_find(json_find(w->packet.evidence, "block"), "hash")));
	return o;
}

/* The verdict on the rule that wants proof, or the error. */
static const char *again(struct world *w, const char *facts, bool evidence_named, const struct json *line)
{
	const enum step_kind step = STEP_SCHEDULE;
	struct arena *a = &w->s.a;
	struct buf text = {0};
	struct verdict v;
	struct err e = {0};
	const char *out;
	json_canonical(&text, w->packet.evidence);
	const struct again x = { .pin = &w->s.pin, .change = span_str("SC-7"), .proposal = &w->checked.proposal,
				 .step = &step, .operation = &w->checked.operation_id, .facts = span_str(facts),
				 .evidence = evidence_named ? arena_copy(a, buf_view(&text)) : span_of(NULL, 0),
				 .said = &line, .n_said = line != NULL };
	buf_clear(&text);
	if (judge_again(a, &v, &w->policy, &x, &e))
		buf_str(&text, verdict_name(v.rules[1].word));
	else
		err_format(&e, &text);
	err_clear(&e);
	out = arena_str(a, buf_view(&text));
	buf_release(&text);
	return out;
}

static const char *facts_said(struct world *w, const char *more)
{
	const struct json *time = json_find(json_find(w->packet.evidence, "block"), "time");
	return arena_fmt(&w->s.a, "[{\"name\":\"now\",\"source\":\"claimed\",\"value\":%.*s}%s]", (int)time->text.n,
			 (const char *)time->text.p, more);
}

#define PROVEN_DELAY ",{\"name\":\"timelock.min-delay\",\"source\":\"proven\",\"value\":2001}"
#define PROOF_BY(who) ",{\"name\":\"proof\",\"source\":\"claimed\",\"value\":{\"by\":[" who "]}}"

static void what_a_log_says_was_proven_is_proven_again(void **state)
{
	const char *by_nobody = "facts.proof: no answer before it says that the block's hash came from elsewhere";
	struct world w;
	(void)state;
	open_world(&w, 2001);
	const char *by_p1 = facts_said(&w, PROVEN_DELAY PROOF_BY("\"" P1 "\""));
	assert_string_equal(again(&w, by_p1, true, said_line(&w, "blockHash")), "passed");
	assert_string_equal(again(&w, by_p1, false, said_line(&w, "blockHash")),
			    "facts.timelock.min-delay: said to be proven, and nothing here proves it");
	assert_string_equal(again(&w, by_p1, true, NULL), by_nobody);
	assert_string_equal(again(&w, by_p1, true, said_line(&w, "signature")), by_nobody);
	assert_string_equal(again(&w, facts_said(&w, PROVEN_DELAY PROOF_BY("")), true, said_line(&w, "blockHash")),
			    by_nobody);
	assert_string_equal(again(&w, facts_said(&w, ",{\"name\":\"timelock.min-delay\",\"source\":\"claimed\","
						     "\"value\":2001}"), false, NULL),
			    "passed on the console's word");
	sample_release(&w.s);
}

static void a_signature_counts_again_when_a_line_brought_it_in(void **state)
{
	static const char one[] = ",{\"name\":\"signatures\",\"source\":\"proven\",\"value\":[{\"compared\":%s,"
				  "\"owner\":\"" P1 "\"}]},{\"name\":\"timelock.min-delay\",\"source\":\"claimed\","
				  "\"value\":2001}";
	const char *none = "facts.signatures[0]: no line before it brought this signature in";
	struct world w;
	(void)state;
	open_world(&w, 2001);
	const char *known = facts_said(&w, arena_fmt(&w.s.a, one, "null"));
	const char *embroidered = facts_said(&w, arena_fmt(&w.s.a, one, "\"the phrase\""));
	assert_string_equal(again(&w, known, false, said_line(&w, "signature")), "passed on the console's word");
	assert_string_equal(again(&w, known, false, NULL), none);
	assert_string_equal(again(&w, known, false, said_line(&w, "blockHash")), none);
	assert_string_equal(again(&w, embroidered, false, said_line(&w, "signature")), none);
	sample_release(&w.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proof_makes_nothing_proven_before_its_block_has_a_witness),
		cmocka_unit_test(what_the_proofs_show_has_the_names_that_rules_ask_for),
		cmocka_unit_test(a_claim_that_differs_from_what_is_proven_is_refused),
		cmocka_unit_test(a_byte_changed_anywhere_in_a_carried_proof_is_refused),
		cmocka_unit_test(what_has_changed_since_is_not_lifted),
		cmocka_unit_test(what_a_log_says_was_proven_is_proven_again),
		cmocka_unit_test(a_signature_counts_again_when_a_line_brought_it_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
