/* Packets: their form, and every way of lying in one. What a signer shows and signs rests on packet_check(), so
 * each test here is an attack on a person who reads what it says. */
#include "src/crypto/hash.h"
#include "src/crypto/words.h"
#include "src/gov/explain.h"
#include "tests/support/check.h"
#include "tests/support/packets.h"

/* Written, read and checked as a signer would. */
static bool accepted(struct sample *s, struct checked_packet *out, struct err *e)
{
	struct packet p;

	return packet_parse(&s->a, &p, sample_seal(s), e) && packet_check(&s->a, out, &p, &s->pin, e);
}

static void refused(struct sample *s, const char *code, const char *field)
{
	struct checked_packet out;
	struct err e = {0};

	if (accepted(s, &out, &e))
		fail_msg("accepted; needed %s", code);
	assert_int_equal(e.code, ERR_REFUSED);
	assert_non_null(e.refusal);
	assert_string_equal(e.refusal, code);
	assert_string_equal(buf_cstr(&e.field), field);
	assert_true(e.what.n != 0);
	err_clear(&e);
}

/* ---- what is true ---- */

static void a_true_packet_says_what_it_does(void **state)
{
	struct sample s;
	struct checked_packet c;
	struct err e = {0};
	struct buf words = {0};

	(void)state;
	sample_rotate(&s);
	assert_ok(accepted(&s, &c, &e), &e);
	assert_int_equal(c.n_sentences, 1);
	assert_non_null(strstr(c.sentences[0], "0x8282828282828282828282828282828282828282"));
	assert_false(c.has_raw);
	assert_int_equal(c.n_steps, 2);
	assert_true(addr_eq(&c.steps[0].tx.to, &s.d.timelock));
	assert_true(hash32_eq(&c.operation.salt, &s.p.core.root));
	assert_int_equal(c.steps[0].explained->n_inner, s.proposal.calls.n);
	assert_true(hash32_eq(&c.steps[1].hashes.tx, &s.p.core.steps[1].safe_tx_hash));
	words_phrase(&words, &s.p.digest);
	assert_string_equal(c.phrase, buf_cstr(&words));
	buf_release(&words);
	sample_release(&s);
}

static void the_core_is_small(void **state)
{
	struct sample s;
	size_t texts;

	(void)state;
	sample_rotate(&s);
	sample_seal(&s);
	texts = s.proposal.title.n + s.proposal.reason.n;
	assert_true(s.p.core_text.n - texts <= 4096);
	sample_release(&s);
}

static void all_three_steps_can_travel_together(void **state)
{
	struct sample s;
	struct checked_packet c;
	struct err e = {0};

	(void)state;
	sample_rotate(&s);
	s.p.n_signatures = 0;
	sample_log(&s, 7);
	assert_ok(accepted(&s, &c, &e), &e);
	assert_int_equal(c.n_steps, 3);
	assert_int_equal(c.steps[2].step, STEP_CANCEL);
	sample_release(&s);
}

static void direct_changes_execute_only(void **state)
{
	static const char *const pairs[] = { "threshold=2", NULL };
	struct sample s;
	struct checked_packet c;
	struct packet_step step;
	struct err e = {0};

	(void)state;
	sample_init(&s, 84532999);
	sample_propose(&s, "safe.change-threshold", pairs);
	sample_log(&s, 1u << STEP_EXECUTE);
	assert_ok(accepted(&s, &c, &e), &e);
	assert_true(addr_eq(&c.steps[0].tx.to, &s.d.safe));
	step = s.p.core.steps[0];
	step.step = STEP_SCHEDULE;
	s.p.core.steps = &step;
	refused(&s, "HASH", "core.steps[0]");
	sample_release(&s);
}

static void rejecting_names_its_nonce(void **state)
{
	static const char *const pairs[] = { "nonce=4", NULL };
	struct sample s;
	struct checked_packet c;
	struct err e = {0};

	(void)state;
	sample_init(&s, 84532999);
	sample_propose(&s, "safe.reject", pairs);
	sample_log(&s, 1u << STEP_EXECUTE);
	refused(&s, "NONCE", "core.proposal.body.nonce");
	s.proposal.has_nonce = true;
	s.proposal.nonce = 5;
	sample_log(&s, 1u << STEP_EXECUTE);
	refused(&s, "NONCE", "core.proposal.body.nonce");
	s.proposal.nonce = 4;
	sample_log(&s, 1u << STEP_EXECUTE);
	assert_ok(accepted(&s, &c, &e), &e);
	s.nonce = 6;
	sample_log(&s, 1u << STEP_EXECUTE);
	refused(&s, "NONCE", "core.steps[0].nonce");
	sample_release(&s);
	sample_rotate(&s);
	s.proposal.has_nonce = true;
	s.p.n_signatures = 0;
	sample_log(&s, 1u << STEP_SCHEDULE);
	refused(&s, "NONCE", "core.proposal.body.nonce");
	sample_release(&s);
}

/* ---- each field of the core, altered alone ---- */

static void altered_digests_are_refused(void **state)
{
	struct sample s;
	struct packet_core *core = &s.p.core;

	(void)state;
	sample_rotate(&s);
	core->deployment.b[31] ^= 1;
	refused(&s, "DEPLOYMENT", "core.deployment");
	core->deployment.b[31] ^= 1;
	core->catalogue.b[0] ^= 1;
	refused(&s, "CATALOGUE", "core.catalogue");
	core->catalogue.b[0] ^= 1;
	core->abi.b[0] ^= 1;
	refused(&s, "ABI", "core.abi");
	core->abi.b[0] ^= 1;
	core->has_policy = true;
	refused(&s, "POLICY", "core.policy");
	core->has_policy = false;
	s.pin.has_policy = true;
	refused(&s, "POLICY", "core.policy");        /* none, and one is pinned */
	core->has_policy = true;
	core->policy.b[0] ^= 1;
	refused(&s, "POLICY", "core.policy");        /* another */
	core->policy.b[0] ^= 1;
	refused(&s, "POLICY", "core.proposal.body.policy");  /* the core has it, the line has not */
	core->has_policy = s.pin.has_policy = false;
	core->change = span_str("SC-8");
	refused(&s, "LINE", "core.proposal.change");
	sample_release(&s);
}

static void an_altered_place_in_the_log_is_refused(void **state)
{
	struct sample s;
	struct packet_core *core = &s.p.core;
	struct hash32 path[3];

	(void)state;
	sample_rotate(&s);
	core->size++;
	refused(&s, "PATH", "core.size");
	core->size -= 2;
	refused(&s, "PATH", "core.size");
	core->size++;
	core->root.b[9] ^= 4;
	refused(&s, "PATH", "core.root");
	core->root.b[9] ^= 4;
	assert_int_equal(core->n_path, 2);
	path[0] = core->path[0];
	path[1] = core->path[1];
	path[2] = core->path[1];
	core->path = path;
	path[1].b[0] ^= 0x80;
	refused(&s, "PATH", "core.root");
	path[1].b[0] ^= 0x80;
	core->n_path = 1;
	refused(&s, "PATH", "core.path");
	core->n_path = 3;
	refused(&s, "PATH", "core.path");
	sample_release(&s);
}

static void an_altered_checkpoint_is_refused(void **state)
{
	struct sample s;
	struct packet_core *core = &s.p.core;
	struct hash32 root;
	struct span key;

	(void)state;
	sample_rotate(&s);
	core->checkpoint.n--;                              /* its last newline */
	refused(&s, "CHECKPOINT", "core.checkpoint");
	core->checkpoint.n++;
	key = core->log_key;
	s.log_seed[0] ^= 1;                                /* somebody else's log key signs, the name is the same */
	sample_checkpoint(&s);
	core->log_key = key;
	refused(&s, "CHECKPOINT", "core.checkpoint");
	s.log_seed[0] ^= 1;
	root = core->root;
	core->root.b[0] ^= 1;                              /* the right key over another root, or another size */
	sample_checkpoint(&s);
	core->root = root;
	refused(&s, "CHECKPOINT", "core.checkpoint.root");
	core->size++;
	sample_checkpoint(&s);
	core->size--;
	refused(&s, "CHECKPOINT", "core.checkpoint.size");
	sample_checkpoint(&s);
	core->log_key = span_str("test/log");
	refused(&s, "CHECKPOINT", "core.logKey");
	sample_release(&s);
}

static void altered_steps_are_refused(void **state)
{
	struct sample s;
	struct packet_step steps[2];

	(void)state;
	sample_rotate(&s);
	memcpy(steps, s.p.core.steps, sizeof(steps));
	s.p.core.steps = steps;
	steps[0].nonce++;
	refused(&s, "HASH", "core.steps[0].safeTxHash");
	steps[0].nonce--;
	steps[1].safe_tx_hash.b[31] ^= 1;
	refused(&s, "HASH", "core.steps[1].safeTxHash");
	steps[1].safe_tx_hash.b[31] ^= 1;
	steps[1].step = STEP_CANCEL;
	refused(&s, "HASH", "core.steps[1].safeTxHash");
	sample_release(&s);
}

/* ---- the proposal line, replaced or rewritten ---- */

/* The line with one text for another; the log, its key and the hashes stay. */
static void rewrite_line(struct sample *s, const char *from, const char *to)
{
	const char *line = arena_str(&s->a, s->p.core.proposal), *where = strstr(line, from);

	assert_non_null(where);
	s->p.core.proposal = span_str(arena_fmt(&s->a, "%.*s%s%s", (int)(where - line), line, to,
						where + strlen(from)));
}

static void a_rewritten_line_is_refused(void **state)
{
	static const struct { const char *from, *to, *code, *field; } cases[] = {
		{ "New key", "Old key", "PATH", "core.root" },
		{ "\"delay\":86400", "\"delay\":86401", "PATH", "core.root" },
		{ "8181818181", "8181818180", "PATH", "core.root" },
		{ "\"seq\":5", "\"seq\":4", "PATH", "core.size" },
		{ "\"kind\":\"change.proposed\"", "\"kind\":\"change.drafted\"", "LINE", "core.proposal.kind" },
		{ "\"seq\":5", "\"seq\": 5", "LINE", "core.proposal" },
		{ "\"delay\":86400", "\"delay\":-1", "LINE", "core.proposal.body.delay" },
		{ "\"impact\":\"\"", "\"impact\":\"\",\"label\":\"x\"", "LINE", "core.proposal.body.label" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sample s;

		sample_rotate(&s);
		rewrite_line(&s, cases[i].from, cases[i].to);
		refused(&s, cases[i].code, cases[i].field);
		sample_release(&s);
	}
}

/* The salt is the root over another proposal of the same log; the line that is shown is a harmless one from it. */
static void a_salt_that_hides_another_proposal_is_refused(void **state)
{
	static const char *const pairs[] = { "on=true", NULL };
	struct sample hidden, shown;

	(void)state;
	sample_rotate(&hidden);
	sample_init(&shown, 84532999);
	sample_propose(&shown, "registry.strict-mode", pairs);
	sample_log(&shown, 1u << STEP_SCHEDULE);
	hidden.p.core.proposal = shown.p.core.proposal;
	refused(&hidden, "PATH", "core.root");
	/* and with a root of its own under the other's hashes */
	hidden.p.core.path = shown.p.core.path;
	hidden.p.core.root = shown.p.core.root;
	hidden.p.core.checkpoint = shown.p.core.checkpoint;
	refused(&hidden, "HASH", "core.steps[0].safeTxHash");
	sample_release(&hidden);
	sample_release(&shown);
}

/* Proposed anew, log, key, hashes and all: only the pins can tell. */
static void a_whole_forged_log_meets_the_pins(void **state)
{
	struct sample s;
	struct call call[8];
	struct checked_packet c;
	struct err e = {0};
	struct calls calls;

	(void)state;
	sample_rotate(&s);
	s.p.n_signatures = 0;
	calls = s.proposal.calls;
	assert_true(calls.n <= ARRAY_LEN(call));
	memcpy(call, calls.v, calls.n * sizeof(call[0]));
	s.proposal.calls.v = call;
	call[0].to = s.d.people[0].address;                /* calls that the actions do not make */
	sample_log(&s, 1);
	refused(&s, "CALLS", "core.proposal.body.calls");
	s.proposal.calls = calls;
	s.proposal.deployment.b[0] ^= 1;
	sample_log(&s, 1);
	s.p.core.deployment = s.d.id;
	refused(&s, "DEPLOYMENT", "core.proposal.body.deployment");
	s.proposal.deployment = s.d.id;
	s.proposal.catalogue.b[0] ^= 1;
	sample_log(&s, 1);
	s.p.core.catalogue = s.pin.catalogue_digest;
	refused(&s, "CATALOGUE", "core.proposal.body.catalogue");
	s.proposal.catalogue = s.pin.catalogue_digest;
	s.proposal.abi.b[0] ^= 1;
	sample_log(&s, 1);
	s.p.core.abi = s.pin.abi_digest;
	refused(&s, "ABI", "core.proposal.body.abi");
	s.proposal.abi = s.pin.abi_digest;
	s.proposal.has_policy = true;
	sample_log(&s, 1);
	refused(&s, "POLICY", "core.proposal.body.policy");
	s.proposal.has_policy = false;
	s.proposal.route = ROUTE_DIRECT;
	s.proposal.delay = 0;
	s.proposal.calls.n = 1;
	sample_log(&s, 1u << STEP_EXECUTE);
	refused(&s, "CALLS", "core.proposal.body.route");
	s.proposal.route = ROUTE_TIMELOCK;
	s.proposal.calls = calls;
	sample_log(&s, 1);
	assert_ok(accepted(&s, &c, &e), &e);
	sample_release(&s);
}

/* ---- other chains and deployments ---- */

/* One Safe at one address on two chains: hashes made for one, shown with everything else of the other. */
static void the_same_safe_on_two_chains_is_told_apart(void **state)
{
	struct sample here, there;

	(void)state;
	sample_rotate(&here);
	sample_init(&there, 84532001);
	assert_true(addr_eq(&here.d.safe, &there.d.safe));
	here.pin = there.pin;
	refused(&here, "DEPLOYMENT", "core.deployment");
	/* hashes for chain 84532999 under the other's deployment id */
	here.proposal.deployment = there.d.id;
	here.p.n_signatures = 0;
	sample_log(&here, 1);
	refused(&here, "HASH", "core.steps[0].safeTxHash");
	sample_release(&here);
	sample_release(&there);
}

static void old_safes_are_not_signed_for(void **state)
{
	struct sample s;
	struct deployment old;

	(void)state;
	sample_rotate(&s);
	old = s.d;
	old.safe_version = span_str("1.1.1");
	s.pin.deployment = &old;
	refused(&s, "SAFE-VERSION", "");
	sample_release(&s);
}

/* ---- calls that cannot be read ---- */

/* A raw call with the selector of another contract's function. */
static void a_colliding_selector_is_refused_by_target(void **state)
{
	struct sample s;
	struct json *actions, *action, *args;
	struct call call = {0};
	struct err e = {0};
	struct span name = span_str("paymaster");
	uint8_t data[4];

	(void)state;
	sample_rotate(&s);
	call = s.proposal.calls.v[0];                      /* the registry's function … */
	memcpy(data, call.data.p, 4);
	call.to = deployment_contract(&s.d, name)->address;        /* … asked of the paymaster */
	actions = json_array(&s.a);
	action = json_object(&s.a);
	args = json_object(&s.a);
	json_set(args, &s.a, "data", json_0x(&s.a, call.data));
	json_set(args, &s.a, "to", json_str(&s.a, "paymaster"));
	json_set(args, &s.a, "value", json_str(&s.a, "0"));
	json_set(action, &s.a, "action", json_str(&s.a, "call.raw"));
	json_set(action, &s.a, "args", args);
	json_push(actions, action);
	s.proposal.actions = actions;
	s.proposal.calls = (struct calls){ &call, 1 };
	s.p.n_signatures = 0;
	sample_log(&s, 1);
	{
		struct checked_packet c;

		assert_false(accepted(&s, &c, &e));
		assert_string_equal(e.refusal, "SELECTOR");
	}
	err_clear(&e);
	sample_release(&s);
}

/* ---- what came along ---- */

static void wrong_signatures_are_named(void **state)
{
	struct sample s;
	struct packet_signature *v;

	(void)state;
	sample_rotate(&s);
	sample_add_signature(&s, 2, STEP_EXECUTE);
	v = (struct packet_signature *)s.p.signatures;
	v[1].step = STEP_SCHEDULE;                         /* for another step's hash */
	refused(&s, "SIGNATURE", "signatures[1]");
	v[1].step = STEP_CANCEL;
	refused(&s, "SIGNATURE", "signatures[1]");
	v[1].step = STEP_EXECUTE;
	v[1].by.owner = v[0].by.owner;                     /* under another owner's name */
	refused(&s, "SIGNATURE", "signatures[1]");
	v[1] = v[0];
	refused(&s, "SIGNATURE", "signatures[1]");
	v[0].by.sig.s[31] ^= 1;
	refused(&s, "SIGNATURE", "signatures[0]");
	v[0].by.sig.s[31] ^= 1;
	v[0].by.owner.b[0] ^= 1;
	refused(&s, "SIGNATURE", "signatures[0]");
	v[0].by.owner.b[0] ^= 1;
	v[0].by.sig.v = 31;
	refused(&s, "SIGNATURE", "signatures[0]");
	sample_release(&s);
}

static const struct json *evidence(struct sample *s, const char *text)
{
	struct err e = {0};
	const struct json *v = json_parse(&s->a, span_str(text), &e);
	struct buf canonical = {0};

	assert_ok(v != NULL, &e);
	json_canonical(&canonical, v);
	s->p.evidence = v;
	s->p.core.has_evidence = true;
	sha256(&s->p.core.evidence, buf_view(&canonical));
	buf_release(&canonical);
	return v;
}

static void evidence_can_be_left_out_but_not_changed(void **state)
{
	struct sample s;
	struct packet p;
	struct checked_packet c;
	struct hash32 digest;
	struct err e = {0};

	(void)state;
	sample_rotate(&s);
	evidence(&s, "{\"labels\":{\"0x8282828282828282828282828282828282828282\":\"the "
		     "treasury\"},\"sentence\":\"nothing\"}");
	assert_ok(accepted(&s, &c, &e), &e);
	assert_null(strstr(c.sentences[0], "treasury"));
	digest = s.p.digest;
	s.p.evidence = NULL;
	assert_ok(accepted(&s, &c, &e), &e);
	assert_true(hash32_eq(&digest, &s.p.digest));
	s.p.evidence = json_parse(&s.a, span_str("{\"labels\":{}}"), &e);
	assert_false(packet_parse(&s.a, &p, sample_seal(&s), &e));
	assert_int_equal(e.code, ERR_MISMATCH);
	assert_string_equal(buf_cstr(&e.field), "evidence");
	s.p.core.has_evidence = false;
	assert_false(packet_parse(&s.a, &p, sample_seal(&s), &e));
	assert_int_equal(e.code, ERR_MISMATCH);
	err_clear(&e);
	sample_release(&s);
}

/* The packet's own words: title, change, lines. None of them gets into what the reader is told about the calls. */
static void sentences_come_from_the_pins(void **state)
{
	const struct span lines[] = { span_str("{\"registry\":\"harmless\"}") };
	struct sample s;
	struct checked_packet c;
	struct err e = {0};
	struct buf said = {0};

	(void)state;
	sample_rotate(&s);
	s.proposal.title = span_str("Nothing changes 0x9999999999999999999999999999999999999999");
	s.proposal.reason = span_str("harmless");
	s.p.n_signatures = 0;
	s.p.lines = lines;
	s.p.n_lines = 1;
	sample_log(&s, 3);
	assert_ok(accepted(&s, &c, &e), &e);
	assert_ok(action_say(&s.a, &said, &s.pin, s.proposal.actions->first, &e), &e);
	assert_string_equal(c.sentences[0], buf_cstr(&said));
	assert_null(strstr(c.sentences[0], "0x9999"));
	assert_null(strstr(c.sentences[0], "harmless"));
	buf_release(&said);
	sample_release(&s);
}

/* ---- the form ---- */

static void edited(const char *from, const char *to, enum err_code code, const char *field, const char *what)
{
	struct sample s;
	const char *file, *where, *bad;
	struct packet p;
	struct err e = {0};

	sample_rotate(&s);
	file = arena_str(&s.a, sample_seal(&s));
	where = strstr(file, from);
	assert_non_null(where);
	bad = arena_fmt(&s.a, "%.*s%s%s", (int)(where - file), file, to, where + strlen(from));
	assert_false(packet_parse(&s.a, &p, span_str(bad), &e));
	assert_int_equal(e.code, code);
	assert_string_equal(buf_cstr(&e.field), field);
	assert_string_equal(buf_cstr(&e.what), what);
	assert_true(e.at != ERR_NO_OFFSET);
	err_clear(&e);
	sample_release(&s);
}

static void the_form_is_strict(void **state)
{
	(void)state;
	edited("setgov-packet/1", "setgov-packet/2", ERR_UNKNOWN, "format", "needed setgov-packet/1");
	edited("setgov-core/1", "setgov-core/9", ERR_UNKNOWN, "core.format", "needed setgov-core/1");
	edited("\"core\": {", "\"core\": { ", ERR_SYNTAX, "core",
	       "not canonical JSON: one line, no spaces, sorted members, lower-case digits");
	edited("\"nonce\":4", "\"nonce\":4,\"operation\":1", ERR_UNKNOWN, "core.steps[0].operation",
	       "unknown member");
	edited("\"nonce\":4", "\"delegatecall\":true,\"nonce\":4", ERR_UNKNOWN, "core.steps[0].delegatecall",
	       "unknown member");
	edited("\"step\":\"execute\"", "\"step\":\"schedule\"", ERR_SYNTAX, "core.steps[1].step",
	       "steps stand once each, in the order schedule, execute, cancel");
	edited("\"path\":[", "\"path\":[7,", ERR_SYNTAX, "core.path[0]", "needed a string of 64 hex digits");
	edited("\"size\":6", "\"size\":6.0", ERR_SYNTAX, "core.size", "needed a whole number without exponent");
	edited("\"evidence\": null", "\"evidence\": {\"x\":1.5}", ERR_RANGE, "evidence.x",
	       "needed an integer within 2^53-1 of zero");
	edited("\"evidence\": null", "\"evidence\": {\"x\":1}", ERR_MISMATCH, "evidence",
	       "the core names none, found some");
	edited("\"lines\": []", "\"lines\": [1]", ERR_SYNTAX, "lines[0]", "needed a string of at most 65535 bytes");
	edited("\"lines\": []", "\"lines\": [], \"labels\": {}", ERR_UNKNOWN, "labels", "unknown member");
	edited(",\n  \"lines\": []", "", ERR_MISSING, "lines", "missing");
}

static void too_much_is_refused_before_it_is_read(void **state)
{
	struct arena a = {0};
	const size_t n = PACKET_MAX + 1;
	struct packet p;
	struct err e = {0};

	(void)state;
	assert_false(packet_parse(&a, &p, span_of(arena_alloc(&a, n, 1), n), &e));
	assert_err(&e, ERR_RANGE, "a packet has at most 4194304 bytes, found 4194305");
	err_clear(&e);
	arena_release(&a);
}

static void a_cut_packet_is_refused_with_its_place(void **state)
{
	struct sample s;
	struct span file;

	(void)state;
	sample_rotate(&s);
	file = sample_seal(&s);
	for (size_t n = 0; n + 2 < file.n; n++) {
		struct arena a = {0};
		struct packet p;
		struct err e = {0};

		assert_false(packet_parse(&a, &p, span_of(file.p, n), &e));
		assert_true(e.at <= n);
		err_clear(&e);
		arena_release(&a);
	}
	sample_release(&s);
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Every bit, alone. Nothing but white space between the outer members, and what stands in `lines`, can change
 * unnoticed. */
static void no_flipped_bit_goes_unnoticed(void **state)
{
	const struct span lines[] = { span_str("aaaa") };
	struct sample s;
	struct span file;
	size_t lines_at, unnoticed = 0;

	(void)state;
	sample_rotate(&s);
	s.p.lines = lines;
	s.p.n_lines = 1;
	file = sample_seal(&s);
	lines_at = (size_t)(strstr((const char *)file.p, "aaaa") - (const char *)file.p);
	for (size_t bit = 0; bit < file.n * 8; bit++) {
		const size_t at = bit / 8;
		uint8_t *p = (uint8_t *)(uintptr_t)file.p;
		struct arena a = {0};
		struct packet packet;
		struct checked_packet c;
		struct err e = {0};

		p[at] ^= (uint8_t)(1u << bit % 8);
		if (packet_parse(&a, &packet, file, &e) && packet_check(&a, &c, &packet, &s.pin, &e)) {
			unnoticed++;
			assert_true(is_space(p[at]) || (at >= lines_at && at < lines_at + 4));
			assert_true(hash32_eq(&packet.digest, &s.p.digest));
		} else {
			assert_true(err_is_set(&e) && (e.at != ERR_NO_OFFSET || e.refusal != NULL));
		}
		p[at] ^= (uint8_t)(1u << bit % 8);
		err_clear(&e);
		arena_release(&a);
	}
	assert_true(unnoticed > 0);
	sample_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_true_packet_says_what_it_does),
		cmocka_unit_test(the_core_is_small),
		cmocka_unit_test(all_three_steps_can_travel_together),
		cmocka_unit_test(direct_changes_execute_only),
		cmocka_unit_test(rejecting_names_its_nonce),
		cmocka_unit_test(altered_digests_are_refused),
		cmocka_unit_test(an_altered_place_in_the_log_is_refused),
		cmocka_unit_test(an_altered_checkpoint_is_refused),
		cmocka_unit_test(altered_steps_are_refused),
		cmocka_unit_test(a_rewritten_line_is_refused),
		cmocka_unit_test(a_salt_that_hides_another_proposal_is_refused),
		cmocka_unit_test(a_whole_forged_log_meets_the_pins),
		cmocka_unit_test(the_same_safe_on_two_chains_is_told_apart),
		cmocka_unit_test(old_safes_are_not_signed_for),
		cmocka_unit_test(a_colliding_selector_is_refused_by_target),
		cmocka_unit_test(wrong_signatures_are_named),
		cmocka_unit_test(evidence_can_be_left_out_but_not_changed),
		cmocka_unit_test(sentences_come_from_the_pins),
		cmocka_unit_test(the_form_is_strict),
		cmocka_unit_test(too_much_is_refused_before_it_is_read),
		cmocka_unit_test(a_cut_packet_is_refused_with_its_place),
		cmocka_unit_test(no_flipped_bit_goes_unnoticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
