/* make_packet DIR PASSPHRASE: what tests/e2e/signer*.sh give to a real setgov-signer. Profiles, keystores
 * (owners 0 to 2, a payer, a stranger; light, under that passphrase) and packets: good ones, and one for each
 * way in which a console could cheat. Deterministic but for the keystores' salts. */
#include <string.h>

#include "src/base/fs.h"
#include "src/base/secret.h"
#include "src/crypto/hash.h"
#include "src/crypto/keystore.h"
#include "src/evm/address.h"
#include "src/gov/packet.h"
#include "tests/support/check.h"
#include "tests/support/packets.h"

#define TEST_CHAIN 84532999u
#define OTHER_CHAIN 84532001u

static void put(const char *dir, const char *name, struct span bytes)
{
	struct err e = {0};
	char *path = fs_join(dir, name);

	assert_ok(fs_write(path, bytes, 0600, &e), &e);
	free(path);
}

static void put_key(const char *dir, const char *name, unsigned owner, const char *passphrase)
{
	const struct keystore_cost light = { 1024, 8, 1 };
	const size_t n = strlen(passphrase);
	struct err e = {0};
	struct secret *key = secret_new(32, &e), *pass = secret_new(n, &e);
	struct buf file = {0};

	assert_non_null(key);
	assert_non_null(pass);
	memset(secret_bytes(key), (int)owner + 1, 32);         /* as packets.c has it */
	memcpy(secret_bytes(pass), passphrase, n);
	assert_ok(keystore_write(&file, key, pass, &light, &e), &e);
	put(dir, name, buf_view(&file));
	buf_release(&file);
	secret_free(key);
	secret_free(pass);
}

/* ---- profiles: the sample's, with one text in the place of another ---- */

static struct span replaced(struct arena *a, const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	struct buf b = {0};
	struct span out;

	assert_non_null(at);
	buf_add(&b, text, (size_t)(at - text));
	buf_str(&b, to);
	buf_str(&b, at + strlen(from));
	out = arena_copy(a, buf_view(&b));
	buf_release(&b);
	return out;
}

static struct span profile(struct arena *a, uint64_t chain, const char *from, const char *to)
{
	return replaced(a, sample_profile(a, chain), from, to);
}

static void put_profiles(const char *dir)
{
	struct arena a = {0};
	const char *first = strstr(sample_profile(&a, TEST_CHAIN), "\"address\":\"0x");

	assert_non_null(first);
	put(dir, "profile.json", span_str(sample_profile(&a, TEST_CHAIN)));
	put(dir, "other-chain.profile.json", span_str(sample_profile(&a, OTHER_CHAIN)));
	put(dir, "class-clash.profile.json", profile(&a, TEST_CHAIN, "\"test\"", "\"rehearsal\""));
	put(dir, "old-safe.profile.json", profile(&a, TEST_CHAIN, "\"1.4.1\"", "\"1.1.1\""));
	put(dir, "new-caps.profile.json", profile(&a, TEST_CHAIN, "\"gas\":2000000", "\"gas\":1000000"));
	put(dir, "p5-left.profile.json",
	    profile(&a, TEST_CHAIN, "\"owner\":true}]", "\"owner\":false}]"));
	put(dir, "unknown-abi.profile.json", profile(&a, TEST_CHAIN, "\"SetPaymaster\"", "\"SetNothing\""));
	put(dir, "production.profile.json", profile(&a, OTHER_CHAIN, "\"test\"", "\"production\""));
	arena_release(&a);
}

/* ---- packets ---- */

static void seal(struct sample *s, const char *dir, const char *name)
{
	put(dir, name, sample_seal(s));
	sample_release(s);
}

static struct sample rotate(unsigned steps)
{
	struct sample s;

	sample_rotate(&s);
	s.p.n_signatures = 0;
	sample_log(&s, steps);
	return s;
}

static struct sample on_profile(uint64_t chain, const char *from, const char *to)
{
	static const char *const pairs[] = { "old=0x8181818181818181818181818181818181818181",
					     "new=0x8282828282828282828282828282828282828282", NULL };
	struct sample s = { .nonce = 4 };
	struct err e = {0};

	memset(s.log_seed, 0x42, sizeof(s.log_seed));
	assert_ok(deployment_parse(&s.a, &s.d, profile(&s.a, chain, from, to), &e), &e);
	assert_ok(pinned_builtin(&s.a, &s.pin, &s.d, &e), &e);
	sample_propose(&s, "sequencer.rotate", pairs);
	sample_log(&s, 1u << STEP_SCHEDULE);
	return s;
}

static void set_evidence(struct sample *s, const char *text)
{
	struct buf canonical = {0};
	struct err e = {0};

	s->p.evidence = json_parse(&s->a, span_str(text), &e);
	assert_non_null(s->p.evidence);
	json_canonical(&canonical, s->p.evidence);
	s->p.core.has_evidence = true;
	sha256(&s->p.core.evidence, buf_view(&canonical));
	buf_release(&canonical);
}

#define EVIDENCE(time)                                                                                         \
	"{\"block\":{\"number\":7,\"time\":" time                                                              \
	"},\"labels\":{\"0x8282828282828282828282828282828282828282\":"                                        \
	"\"the treasury\"},\"sentence\":\"Nothing happens at all\"}"

static void put_good(const char *dir)
{
	static const char *const threshold[] = { "threshold=2", NULL };
	struct sample s = rotate(1u << STEP_SCHEDULE);

	seal(&s, dir, "schedule.json");
	s = rotate(1u << STEP_SCHEDULE | 1u << STEP_EXECUTE);
	seal(&s, dir, "both.json");
	s = rotate(1u << STEP_EXECUTE);
	seal(&s, dir, "same-nonce.json");
	s = rotate(1u << STEP_SCHEDULE);
	for (unsigned i = 0; i < 3; i++)
		sample_add_signature(&s, i, STEP_SCHEDULE);
	seal(&s, dir, "signed.json");
	sample_init(&s, TEST_CHAIN);
	sample_propose(&s, "safe.change-threshold", threshold);
	sample_log(&s, 1u << STEP_EXECUTE);
	sample_add_signature(&s, 0, STEP_EXECUTE);
	seal(&s, dir, "direct.json");
	s = rotate(1u << STEP_SCHEDULE);
	set_evidence(&s, EVIDENCE("1795000000"));
	seal(&s, dir, "evidence.json");
	s = rotate(1u << STEP_SCHEDULE);
	set_evidence(&s, EVIDENCE("4102444800"));
	seal(&s, dir, "future.json");
	s = on_profile(OTHER_CHAIN, "\"test\"", "\"production\"");
	seal(&s, dir, "production.json");
}

/* Words that try to look like the page, to drive the terminal, and to hide. */
static void put_words(const char *dir)
{
	struct sample s;

	sample_rotate(&s);
	s.p.n_signatures = 0;
	s.proposal.title = span_str("Harmless\n  safeTxHash    0x0000\nPhrase of this packet\n  1 abandon");
	s.proposal.reason = span_str(
		"\x1b[2J\x1b[31mred\xe2\x80\xae"
		"desrever \xc2\x9b"
		"1m "
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxEND");
	sample_log(&s, 1u << STEP_SCHEDULE);
	seal(&s, dir, "words.json");
}

static void put_raw(const char *dir, const char *name, bool colliding)
{
	struct sample s;
	struct json *actions, *action, *args;
	struct call call;

	sample_rotate(&s);
	call = s.proposal.calls.v[0];
	if (colliding)                                   /* the registry's function, asked of the paymaster */
		call.to = deployment_contract(&s.d, span_str("paymaster"))->address;
	actions = json_array(&s.a);
	action = json_object(&s.a);
	args = json_object(&s.a);
	json_set(args, &s.a, "data", json_0x(&s.a, call.data));
	json_set(args, &s.a, "to", json_str(&s.a, colliding ? "paymaster" : "registry"));
	json_set(args, &s.a, "value", json_str(&s.a, "0"));
	json_set(action, &s.a, "action", json_str(&s.a, "call.raw"));
	json_set(action, &s.a, "args", args);
	json_push(actions, action);
	s.proposal.actions = actions;
	s.proposal.calls = (struct calls){ &call, 1 };
	s.p.n_signatures = 0;
	sample_log(&s, 1u << STEP_SCHEDULE);
	seal(&s, dir, name);
}

/* The line that is shown is a harmless one; the hashes are those of another. */
static void put_hidden(const char *dir)
{
	static const char *const pairs[] = { "on=true", NULL };
	struct sample hidden = rotate(1u << STEP_SCHEDULE), shown;
	const struct hash32 root = hidden.p.core.root;

	sample_init(&shown, TEST_CHAIN);
	sample_propose(&shown, "registry.strict-mode", pairs);
	sample_log(&shown, 1u << STEP_SCHEDULE);
	put(dir, "rewritten.json", sample_seal(&shown));
	hidden.p.core.proposal = shown.p.core.proposal;
	put(dir, "salt.json", sample_seal(&hidden));
	hidden.p.core.path = shown.p.core.path;
	hidden.p.core.root = shown.p.core.root;
	put(dir, "checkpoint.json", sample_seal(&hidden));
	hidden.p.core.checkpoint = shown.p.core.checkpoint;
	put(dir, "hidden.json", sample_seal(&hidden));
	hidden.p.core.root = root;
	sample_release(&hidden);
	sample_release(&shown);
}

/* Signed for one chain, labelled as the other's. */
static void put_chains(const char *dir)
{
	struct sample s, there;

	sample_init(&there, OTHER_CHAIN);
	s = rotate(1u << STEP_SCHEDULE);
	s.p.core.deployment = there.d.id;
	put(dir, "relabelled.json", sample_seal(&s));
	s.proposal.deployment = there.d.id;
	sample_log(&s, 1u << STEP_SCHEDULE);
	seal(&s, dir, "relabelled-whole.json");
	sample_release(&there);
	s = rotate(1u << STEP_SCHEDULE);
	s.d.chain_id = 1;
	sample_log(&s, 1u << STEP_SCHEDULE);
	seal(&s, dir, "own-chain.json");
}

static void put_logs(const char *dir)
{
	struct sample s = rotate(1u << STEP_SCHEDULE);
	struct line l = {.seq = 9,
			 .time = {1795000000000},
			 .kind = span_str("signature.added"),
			 .change = span_str("SC-3"),
			 .actor = span_str("p1"),
			 .auth = span_str("claimed")};
	struct json *body = json_object(&s.a);
	struct buf raw = {0};
	struct span line;
	struct hash32 unknown = {{ 0xab }};
	struct err e = {0};

	json_set(body, &s.a, "owner", json_addr(&s.a, &s.d.people[0].address));
	json_set(body, &s.a, "safeTxHash", json_0x(&s.a, SPAN_HASH(&unknown)));
	l.body = body;
	assert_ok(line_write(&raw, &l, &e), &e);
	line = buf_view(&raw);
	s.p.lines = &line;
	s.p.n_lines = 1;
	seal(&s, dir, "stolen.json");
	buf_release(&raw);
	s = rotate(1u << STEP_SCHEDULE);
	memset(s.log_seed, 0x43, sizeof(s.log_seed));
	sample_checkpoint(&s);
	seal(&s, dir, "other-log.json");
}

static void put_cheats(const char *dir)
{
	struct sample s = rotate(1u << STEP_SCHEDULE);
	struct call call = { s.proposal.calls.v[0].to, { { 0 } }, s.proposal.calls.v[0].data };
	uint8_t *data;

	sample_add_signature(&s, 9, STEP_SCHEDULE);
	seal(&s, dir, "owners.json");
	s = rotate(1u << STEP_SCHEDULE);
	s.p.core.abi.b[0] ^= 1;
	seal(&s, dir, "abi.json");
	s = rotate(1u << STEP_SCHEDULE);
	s.p.core.has_policy = true;
	seal(&s, dir, "policy.json");
	s = rotate(1u << STEP_SCHEDULE);
	put(dir, "sentence.json",
	    replaced(&s.a, (const char *)sample_seal(&s).p, "\"core\": {", "\"core\": {\"aSentence\":\"x\","));
	put(dir, "flipped.json",
	    replaced(&s.a, (const char *)sample_seal(&s).p, "change.proposed", "change.proposee"));
	put(dir, "cut.json", span_of(sample_seal(&s).p, 700));
	sample_release(&s);
	s = rotate(1u << STEP_SCHEDULE);
	set_evidence(&s, EVIDENCE("1795000000"));
	s.p.evidence = json_parse(&s.a, span_str("{\"sentence\":\"something else\"}"), NULL);
	seal(&s, dir, "evidence-changed.json");
	s = rotate(1u << STEP_SCHEDULE);
	call = s.proposal.calls.v[0];
	data = memcpy(arena_alloc(&s.a, call.data.n, 1), call.data.p, call.data.n);
	data[call.data.n - 33] ^= 1;                     /* the address in the first argument */
	call.data.p = data;
	s.proposal.calls = (struct calls){ &call, 1 };
	sample_log(&s, 1u << STEP_SCHEDULE);
	seal(&s, dir, "calls.json");
	s = on_profile(TEST_CHAIN, "\"1.4.1\"", "\"1.1.1\"");
	seal(&s, dir, "old-safe.json");
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: make_packet DIR PASSPHRASE\n");
		return 2;
	}
	put_profiles(argv[1]);
	put_key(argv[1], "owner-1.key.json", 0, argv[2]);
	put_key(argv[1], "owner-2.key.json", 1, argv[2]);
	put_key(argv[1], "owner-5.key.json", 4, argv[2]);
	put_key(argv[1], "payer.key.json", 20, argv[2]);
	put_key(argv[1], "stranger.key.json", 21, argv[2]);
	put_good(argv[1]);
	put_words(argv[1]);
	put_raw(argv[1], "raw.json", false);
	put_raw(argv[1], "selector.json", true);
	put_hidden(argv[1]);
	put_chains(argv[1]);
	put_logs(argv[1]);
	put_cheats(argv[1]);
	return 0;
}
