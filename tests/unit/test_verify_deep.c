/* A log whose chain and tree are perfect, and one of whose lines is a lie: each kind has its finding. Lines are written
 * here as the commands write them, through log_add_line(), so that only what they say is wrong. */
#include "tests/support/check.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit-log/append.h"
#include "audit-log/verify.h"
#include "audit-log/views.h"
#include "src/base/fs.h"
#include "src/crypto/hash.h"
#include "src/crypto/keccak.h"
#include "src/evm/address.h"
#include "src/evm/transaction.h"
#include "src/gov/cosignature.h"
#include "src/gov/packet.h"
#include "src/policy/adoption.h"
#include "tests/support/logs.h"
#include "tests/support/packets.h"

/* A member of one line's body, and what stands there instead (JSON). */
struct lie {
	const char *kind, *member, *value, *findings;
};

#define POLICY_MESSAGE "\"0x3eda595fb294c27bcf8f4da6a85aa042b40cdd5fcff37bef18a9d3883fd567ad\""     /* of line 9 */
#define RELEASES "{\"format\":\"setgov-releases/1\",\"name\":\"L\",\"releases\":[]}"
#define POLICY "{\"format\":\"setgov-policy/1\",\"name\":\"P\",\"rules\":[],\"semantics\":1}"
/* Somebody's signature that no line brought in; its digest, and that of the evidence that the sample has. */
#define FORGED "[{\"name\":\"signatures\",\"source\":\"proven\",\"value\":[{\"compared\":null,\"owner\":" \
	"\"0x7070707070707070707070707070707070707070\"}]}]"
#define FORGED_NAME "\"437358851dd4c699b6ac358b393447b6cc09ce9010e498e1569795bee1d00f8a\""
#define EVIDENCE_NAME "\"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\""
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define ONES  "1111111111111111111111111111111111111111111111111111111111111111"

static const struct lie lies[] = {
	{ NULL, NULL, NULL, "" },
	{ "log.opened", "chainId", "5", "PROFILE 0: says another chain, Safe, timelock or id than its profile\n" },
	{ "change.proposed", "deployment", "\"" ONES "\"",
	  "PROPOSAL 1: is for another deployment than the log has adopted\n"
	  "PACKET 3: core.proposal.body.deployment: [DEPLOYMENT] found " ONES ", needed core.deployment "
	  "da8ccdcd223ab740a9657e3dabf599373606504e6d5b9eb9a95f6d22b1076883\n" },
	{ "operation.planned", "salt", "\"0x" ONES "\"",
	  "OPERATION 2: the salt is not the root over lines 0 to 1\n"
	  "OPERATION 2: the id is not that of the proposal's calls, predecessor and this salt\n" },
	{ "operation.planned", "operation", "\"0x" ONES "\"",
	  "OPERATION 2: the id is not that of the proposal's calls, predecessor and this salt\n" },
	{ "operation.planned", "size", "1", "OPERATION 2: size is 1, the proposal is line 1\n" },
	{ "step.packed", "nonce", "9",
	  "SAFE-HASH 3: the safeTxHash is not that of the step's fields\n"
	  "PACKET 3: the core is of another change, step, nonce or hash\n"
	  "SAFE-HASH 4: the safeTxHash is not that of the step's packet\n"
	  "SIGNATURE 4: not by the owner it names: [NOT-OWNER] recovers to "
	  "0x…, which is not an owner: signed by somebody else, or for "
	  "another hash\n"
	  "SAFE-HASH 6: the safeTxHash is not that of the step's packet\n"
	  "VERDICT 14: facts.signatures[0]: no line before it brought this signature in\n" },
	{ "step.packed", "safeTxHash", "\"0x" ONES "\"",
	  "SAFE-HASH 3: the safeTxHash is not that of the step's fields\n"
	  "PACKET 3: the core is of another change, step, nonce or hash\n" },
	{ "step.packed", "packet", "\"" ONES "\"", "PACKET 3: the packet's digest is not that of its core\n" },
	{ "step.packed", "evidence", "\"" ONES "\"",
	  "PACKET 3: the core names other evidence\n"
	  "BLOB-MISSING 3: body.evidence names blob " ONES ", which is not there or is damaged\n" },
	{ "signature.added", "owner", "\"0x7070707070707070707070707070707070707070\"",
	  "SIGNATURE 4: not by the owner it names: [NOT-OWNER] recovers to "
	  "0x…, which is not an owner: signed by somebody else, or for "
	  "another hash\n"
	  "SIGNATURE 4: the line's actor is not the person whose address the owner's is\n"
	  "VERDICT 14: facts.signatures[0]: no line before it brought this signature in\n" },
	{ "signature.added", "safeTxHash", "\"0x" ONES "\"",
	  "SAFE-HASH 4: the safeTxHash is not that of the step's packet\n"
	  "VERDICT 14: facts.signatures[0]: no line before it brought this signature in\n" },
	{ "submit.intended", "txHash", "\"0x" ONES "\"",
	  "SUBMISSION 5: txHash is not that of the raw transaction\n" },
	{ "submit.intended", "sender", "\"0x7070707070707070707070707070707070707070\"",
	  "SUBMISSION 5: sender is not that of the raw transaction\n" },
	{ "submit.intended", "maxFeePerGas", "\"1\"",
	  "SUBMISSION 5: maxFeePerGas: is not what the raw transaction has\n" },
	{ "step.mined", "block", "8", "RECEIPT 6: says another transaction or block than its receipt\n" },
	{ "step.mined", "blockHash", "\"0x" ONES "\"",
	  "RECEIPT 6: says another transaction or block than its receipt\n" },
	{ "step.mined", "safeTxHash", "\"0x" ONES "\"",
	  "SAFE-HASH 6: the safeTxHash is not that of the step's packet\n" },
	{ "checkpoint.cosigned", "root", "\"" ONES "\"",
	  "COSIGNATURE 7: vouched for another root than the log has there\n" },
	{ "checkpoint.cosigned", "size", "1", "COSIGNATURE 7: vouched for another root than the log has there\n" },
	{ "checkpoint.cosigned", "size", "99", "COSIGNATURE 7: vouched for lines that came after it\n" },
	{ "checkpoint.cosigned", "by", "\"somebody\"", "COSIGNATURE 7: by: neither an owner's nor a witness's\n" },
	{ "checkpoint.cosigned", "key", "\"0x7070707070707070707070707070707070707070\"",
	  "COSIGNATURE 7: the signature is not by the owner it names\n" },
	{ "policy.judged", "verdict", "\"passed\"",
	  "VERDICT 8: says \"passed\", and its policy says \"failed\" of its facts\n"
	  "VERDICT 14: says \"passed\", and its policy says \"failed\" of its facts\n" },
	{ "policy.judged", "facts", FORGED_NAME,
	  "VERDICT 8: facts.signatures[0]: no line before it brought this signature in\n"
	  "VERDICT 14: facts.signatures[0]: no line before it brought this signature in\n" },
	{ "policy.judged", "evidence", EVIDENCE_NAME,
	  "VERDICT 8: evidence.proofs, byte 0: missing\nVERDICT 14: evidence.proofs, byte 0: missing\n" },
	{ "policy.judged", "proposal", EVIDENCE_NAME,
	  "VERDICT 8: proposal.title, byte 0: missing\nVERDICT 14: proposal.title, byte 0: missing\n" },
	{ "policy.judged", "step", "\"execute\"",
	  "VERDICT 14: facts.signatures[0]: no line before it brought this signature in\n" },
	{ "policy.judged", "policy", "\"" ZEROS "\"",
	  "BLOB-MISSING 8: body.policy names blob " ZEROS ", which is not there or is damaged\n"
	  "BLOB-MISSING 14: body.policy names blob " ZEROS ", which is not there or is damaged\n" },
	{ "policy.offered", "expires", "2",
	  "ADOPTION 9: the message is not that of the line's fields\n"
	  "ADOPTION 10: a signature for what no line before it offers\n"
	  "ADOPTION 11: a signature for what no line before it offers\n"
	  "ADOPTION 12: a signature for what no line before it offers\n"
	  "ADOPTION 13: adopted without an offer before it\n" },
	{ "policy.signed", "owner", "\"0x7070707070707070707070707070707070707070\"",
	  "ADOPTION 10: the signature is not by the owner it names\n"
	  "ADOPTION 11: the signature is not by the owner it names\n"
	  "ADOPTION 12: the signature is not by the owner it names\n" },
	{ "policy.adopted", "message", "\"0x" ONES "\"",
	  "ADOPTION 13: the message is not that of the line's fields\n" },
	{ "policy.adopted", "deployment", "\"" ONES "\"",
	  "ADOPTION 13: is for another deployment than the log has adopted\n" },
	{ "policy.adopted", "signatures", "[]", "ADOPTION 13: signed by 0 owners, and it takes 3\n" },
	{ "alert.raised", "alert", "\"AL-2\"",
	  "ALERT-ID 15: alert, byte 254: needed the next number, like AL-1\n"
	  "ALERT-UNKNOWN 16: alert, byte 255: that alert was never raised\n"
	  "ALERT-UNKNOWN 17: alert, byte 255: that alert was never raised\n" },
	{ "alert.raised", "severity", "\"grave\"",
	  "ALERT-FORM 15: severity: a severity is critical or warning\n"
	  "ALERT-UNKNOWN 16: alert, byte 255: that alert was never raised\n"
	  "ALERT-UNKNOWN 17: alert, byte 255: that alert was never raised\n" },
	{ "alert.cleared", "alert", "\"AL-9\"", "ALERT-UNKNOWN 16: alert, byte 255: that alert was never raised\n" },
	{ "alert.cleared", "blockHash", "null", "ALERT-FORM 16: blockHash, byte 284: needed a string, found null\n" },
	{ "alert.acknowledged", "alert", "\"AL-9\"",
	  "ALERT-UNKNOWN 17: alert, byte 255: that alert was never raised\n" },
	{ "alert.acknowledged", "note", "\"\"", "ALERT-FORM 17: note, byte 269: needed a reason\n" },
	{ "policy.adopted", "signatures", "[{\"owner\":1}]",
	  "ADOPTION 13: signatures[0].owner, byte 534: needed a string, found a number\n" },
	{ "releases.offered", "expires", "2",
	  "ADOPTION 18: the message is not that of the line's fields\n"
	  "ADOPTION 19: a signature for what no line before it offers\n"
	  "ADOPTION 20: a signature for what no line before it offers\n"
	  "ADOPTION 21: a signature for what no line before it offers\n"
	  "ADOPTION 22: adopted without an offer before it\n" },
	{ "releases.signed", "owner", "\"0x7070707070707070707070707070707070707070\"",
	  "ADOPTION 19: the signature is not by the owner it names\n"
	  "ADOPTION 20: the signature is not by the owner it names\n"
	  "ADOPTION 21: the signature is not by the owner it names\n" },
	{ "releases.signed", "message", POLICY_MESSAGE,        /* what was offered as a policy */
	  "ADOPTION 19: a signature for what no line before it offers\n"
	  "ADOPTION 20: a signature for what no line before it offers\n"
	  "ADOPTION 21: a signature for what no line before it offers\n" },
	{ "releases.adopted", "releases", "\"" ZEROS "\"",
	  "ADOPTION 22: the message is not that of the line's fields\n"
	  "BLOB-MISSING 22: body.releases names blob " ZEROS ", which is not there or is damaged\n" },
	{ "releases.adopted", "signatures", "[]", "ADOPTION 22: signed by 0 owners, and it takes 3\n" },
};

struct story {
	struct sample s;
	struct log *log;
	const struct lie *lie;
	struct hash32 root, core, tx;
	struct packet_step step;
};

static struct json *bent(struct story *t, const char *kind, const struct json *body)
{
	struct arena *a = &t->s.a;
	struct json *out = json_object(a);

	for (const struct json *m = body->first; m; m = m->next) {
		const char *name = arena_str(a, m->name);
		const bool here = t->lie->kind && strcmp(t->lie->kind, kind) == 0 && strcmp(t->lie->member, name) == 0;

		json_set(out, a, name, json_copy(a, here ? json_parse(a, span_str(t->lie->value), NULL) : m));
	}
	return out;
}

static void add(struct story *t, const char *kind, const char *actor, const struct json *body)
{
	struct line l = { .kind = span_str(kind), .change = span_str("SC-7"), .actor = span_str(actor),
			  .auth = span_str("claimed"), .body = bent(t, kind, body) };
	struct err e = {0};

	assert_ok(log_add_line(t->log, &l, &e), &e);
}

static struct hash32 blob(struct story *t, struct span bytes)
{
	struct hash32 digest;
	struct err e = {0};

	assert_ok(log_add_blob(t->log, bytes, BLOB_PUBLIC, &digest, &e), &e);
	return digest;
}

static void open_log(struct story *t, const char *dir)
{
	struct arena *a = &t->s.a;
	struct json *body = json_object(a);
	struct buf identity = {0};
	struct span bytes;
	struct err e = {0};

	json_canonical(&identity, t->s.d.identity);
	bytes = arena_copy(a, buf_view(&identity));
	buf_release(&identity);
	json_set(body, a, "chainId", json_u64(a, t->s.d.chain_id));
	json_set(body, a, "deployment", json_bare(a, SPAN_HASH(&t->s.d.id)));
	json_set(body, a, "genesisHash", json_0x(a, SPAN_HASH(&t->s.d.genesis)));
	json_set(body, a, "profile", json_bare(a, SPAN_HASH(&t->s.d.id)));
	json_set(body, a, "safe", json_addr(a, &t->s.d.safe));
	json_set(body, a, "timelock", json_addr(a, &t->s.d.timelock));
	const struct log_opening o = { .origin = span_str(TEST_ORIGIN), .actor = span_str("console"),
				       .auth = span_str("os-user"), .body = bent(t, "log.opened", body),
				       .blobs = &bytes, .n_blobs = 1 };
	t->log = log_create(dir, &o, NULL, &e);
	assert_ok(t->log != NULL, &e);
}

static void propose(struct story *t)
{
	struct arena *a = &t->s.a;
	struct json *body = json_object(a);
	struct operation op;
	struct hash32 id;
	struct err e = {0};

	add(t, "change.proposed", "console", proposal_to_json(a, &t->s.proposal, true));
	t->root = log_head(t->log).root;
	assert_ok(log_add_checkpoint(t->log, NULL, &e), &e);
	op = proposal_operation(&t->s.proposal, &t->root);
	timelock_id(&id, &op);
	json_set(body, a, "operation", json_0x(a, SPAN_HASH(&id)));
	json_set(body, a, "salt", json_0x(a, SPAN_HASH(&t->root)));
	json_set(body, a, "size", json_u64(a, 2));
	add(t, "operation.planned", "console", body);
}

static struct span core_text(struct story *t, const struct hash32 *evidence)
{
	struct buf line = {0}, note = {0}, vkey = {0}, text = {0};
	struct merkle_path path;
	struct err e = {0};
	struct span out;

	assert_ok(log_line(t->log, 1, &line, &e) && log_path(t->log, 1, 2, &path, &e) &&
		  log_checkpoint_at(t->log, 2, &note, &e), &e);
	note_key_format(&vkey, log_key(t->log));
	const struct packet_core core = {
		.deployment = t->s.d.id, .catalogue = t->s.pin.catalogue_digest, .abi = t->s.pin.abi_digest,
		.has_policy = true, .policy = t->s.proposal.policy, .has_evidence = true,
		.evidence = *evidence, .change = span_str("SC-7"), .proposal = buf_view(&line),
		.size = 2, .root = t->root, .path = path.hash, .n_path = path.n, .checkpoint = buf_view(&note),
		.log_key = buf_view(&vkey), .steps = &t->step, .n_steps = 1,
	};
	packet_core_write(&t->s.a, &text, &core);
	out = arena_copy(&t->s.a, buf_view(&text));
	buf_release(&line);
	buf_release(&note);
	buf_release(&vkey);
	buf_release(&text);
	return out;
}

static void pack(struct story *t)
{
	struct arena *a = &t->s.a;
	const struct u256 chain_id = u256_from_u64(t->s.d.chain_id);
	const struct hash32 evidence = blob(t, span_str("{}"));
	struct json *body = json_object(a);
	struct safe_hashes hashes;
	struct safe_tx tx;
	struct err e = {0};

	assert_ok(change_step_tx(a, &tx, &t->s.d, &t->s.proposal, &t->root, STEP_SCHEDULE, 4, &e), &e);
	safe_hash(&hashes, SAFE_CURRENT, &chain_id, &t->s.d.safe, &tx);
	t->step = (struct packet_step){ STEP_SCHEDULE, 4, hashes.tx };
	t->core = blob(t, core_text(t, &evidence));
	json_set(body, a, "core", json_bare(a, SPAN_HASH(&t->core)));
	json_set(body, a, "evidence", json_bare(a, SPAN_HASH(&evidence)));
	json_set(body, a, "nonce", json_u64(a, 4));
	json_set(body, a, "packet", json_bare(a, SPAN_HASH(&t->core)));
	json_set(body, a, "safeTxHash", json_0x(a, SPAN_HASH(&hashes.tx)));
	json_set(body, a, "step", json_str(a, "schedule"));
	json_set(body, a, "supersedes", json_null(a));
	add(t, "step.packed", "console", body);
}

static void sign(struct story *t)
{
	struct arena *a = &t->s.a;
	struct json *body = json_object(a);
	uint8_t key[32], bytes[65];
	struct hash32 digest;
	struct sig sig;

	memset(key, 1, sizeof(key));                  /* p1's, as the sample has it */
	assert_true(sig_make(&sig, &t->step.safe_tx_hash, key));
	sig_to_bytes(bytes, &sig);
	digest = blob(t, span_of(bytes, sizeof(bytes)));
	json_set(body, a, "owner", json_addr(a, &t->s.d.people[0].address));
	json_set(body, a, "safeTxHash", json_0x(a, SPAN_HASH(&t->step.safe_tx_hash)));
	json_set(body, a, "signature", json_bare(a, SPAN_HASH(&digest)));
	json_set(body, a, "step", json_str(a, "schedule"));
	add(t, "signature.added", "p1", body);
}

static void submit(struct story *t)
{
	struct arena *a = &t->s.a;
	const struct transaction tx = { .kind = TX_1559, .chain_id = t->s.d.chain_id, .nonce = 1, .gas = 2,
					.max_fee = u256_from_u64(3), .max_priority = u256_from_u64(1), .has_to = true,
					.to = t->s.d.safe };
	struct json *body = json_object(a);
	struct hash32 digest, raw_digest;
	struct buf raw = {0};
	struct addr payer;
	struct sig sig;
	uint8_t key[32];

	memset(key, 9, sizeof(key));
	transaction_digest(&digest, &tx);
	assert_true(sig_make(&sig, &digest, key) && sig_key_address(&payer, key, NULL));
	transaction_encode(&raw, &tx, &sig);
	keccak256(&t->tx, buf_view(&raw));
	raw_digest = blob(t, buf_view(&raw));
	buf_release(&raw);
	json_set(body, a, "gas", json_u64(a, 2));
	json_set(body, a, "maxFeePerGas", json_str(a, "3"));
	json_set(body, a, "maxPriorityFeePerGas", json_str(a, "1"));
	json_set(body, a, "nonce", json_u64(a, 1));
	json_set(body, a, "raw", json_bare(a, SPAN_HASH(&raw_digest)));
	json_set(body, a, "sender", json_addr(a, &payer));
	json_set(body, a, "step", json_str(a, "schedule"));
	json_set(body, a, "to", json_addr(a, &t->s.d.safe));
	json_set(body, a, "txHash", json_0x(a, SPAN_HASH(&t->tx)));
	add(t, "submit.intended", "console", body);
}

static void mine(struct story *t)
{
	struct arena *a = &t->s.a;
	struct json *body = json_object(a), *receipt = json_object(a);
	struct buf text = {0};
	struct hash32 digest;

	json_set(receipt, a, "blockHash", json_str(a, "0x" ZEROS));
	json_set(receipt, a, "blockNumber", json_str(a, "0x7"));
	json_set(receipt, a, "transactionHash", json_0x(a, SPAN_HASH(&t->tx)));
	json_canonical(&text, receipt);
	digest = blob(t, buf_view(&text));
	buf_release(&text);
	json_set(body, a, "block", json_u64(a, 7));
	json_set(body, a, "blockHash", json_str(a, "0x" ZEROS));
	json_set(body, a, "blockTime", json_u64(a, 1));
	json_set(body, a, "receipt", json_bare(a, SPAN_HASH(&digest)));
	json_set(body, a, "safeTxHash", json_0x(a, SPAN_HASH(&t->step.safe_tx_hash)));
	json_set(body, a, "step", json_str(a, "schedule"));
	json_set(body, a, "txHash", json_0x(a, SPAN_HASH(&t->tx)));
	add(t, "step.mined", "console", body);
}

static void vouch(struct story *t)
{
	struct arena *a = &t->s.a;
	const struct tree_head head = { 2, t->root };
	struct json *body = json_object(a);
	struct hash32 digest;
	uint8_t key[32], bytes[65];
	struct sig sig;

	memset(key, 1, sizeof(key));                  /* p1's */
	cosignature_digest(&digest, &t->s.d, span_str(TEST_ORIGIN), &head);
	assert_true(sig_make(&sig, &digest, key));
	sig_to_bytes(bytes, &sig);
	json_set(body, a, "by", json_str(a, "owner"));
	json_set(body, a, "key", json_addr(a, &t->s.d.people[0].address));
	json_set(body, a, "root", json_bare(a, SPAN_HASH(&t->root)));
	json_set(body, a, "signature", json_bare(a, span_of(bytes, sizeof(bytes))));
	json_set(body, a, "size", json_u64(a, 2));
	add(t, "checkpoint.cosigned", "p1", body);
}

/* No rule, so everything is denied: a verdict that anybody can compute in his head. */
static void judge(struct story *t, const char *step, struct span facts)
{
	struct arena *a = &t->s.a;
	struct json *body = json_object(a);
	const struct hash32 policy = blob(t, span_str(POLICY)), known = blob(t, facts);

	json_set(body, a, "evidence", json_null(a));
	json_set(body, a, "facts", json_bare(a, SPAN_HASH(&known)));
	json_set(body, a, "policy", json_bare(a, SPAN_HASH(&policy)));
	json_set(body, a, "proposal", json_null(a));
	json_set(body, a, "step", step ? json_str(a, step) : json_null(a));
	json_set(body, a, "verdict", json_str(a, "failed"));
	add(t, "policy.judged", "console", body);
}

static void sign_adoption(struct story *t, enum adoptable_kind kind, const struct hash32 *message,
			  struct message_signature *out, unsigned owner)
{
	struct arena *a = &t->s.a;
	struct json *body = json_object(a);
	uint8_t key[32], bytes[65];

	memset(key, (int)owner + 1, sizeof(key));
	out->owner = t->s.d.people[owner].address;
	assert_true(sig_make(&out->sig, message, key));
	sig_to_bytes(bytes, &out->sig);
	json_set(body, a, "message", json_0x(a, SPAN_HASH(message)));
	json_set(body, a, "owner", json_addr(a, &out->owner));
	json_set(body, a, "signature", json_bare(a, span_of(bytes, sizeof(bytes))));
	add(t, arena_fmt(a, "%s.signed", adoptable_word(kind)), arena_str(a, t->s.d.people[owner].id), body);
}

/* The first of its kind: an offer, three of five, and its adoption. */
static void adopt(struct story *t, enum adoptable_kind kind, const char *text)
{
	const struct adoption_terms terms = { .kind = kind, .origin = span_str(TEST_ORIGIN), .deployment = t->s.d.id,
					      .document = blob(t, span_str(text)) };
	const struct message m = adoption_says(&terms);
	struct arena *a = &t->s.a;
	struct json *body = json_object(a), *adopted;
	const char *word = adoptable_word(kind);
	struct message_signature v[3];
	struct hash32 digest;

	message_digest(&digest, &t->s.d, &m);
	json_set(body, a, "deployment", json_bare(a, SPAN_HASH(&t->s.d.id)));
	json_set(body, a, "expires", json_u64(a, 0));
	json_set(body, a, "message", json_0x(a, SPAN_HASH(&digest)));
	json_set(body, a, word, json_bare(a, SPAN_HASH(&terms.document)));
	json_set(body, a, "previous", json_null(a));
	add(t, arena_fmt(a, "%s.offered", word), "console", body);
	for (unsigned i = 0; i < 3; i++)
		sign_adoption(t, kind, &digest, &v[i], i);
	adopted = json_copy(a, body);
	json_set(adopted, a, "signatures", message_signatures_to_json(a, v, 3));
	add(t, arena_fmt(a, "%s.adopted", word), "console", adopted);
}

/* Before it is sent: with the signature that is there. */
static void judge_signed(struct story *t)
{
	struct buf owner = {0};
	const char *facts;

	addr_format(&owner, &t->s.d.people[0].address);
	facts = arena_fmt(&t->s.a, "[{\"name\":\"signatures\",\"source\":\"proven\",\"value\":[{\"compared\":null,"
			  "\"owner\":\"%s\"}]}]", buf_cstr(&owner));
	buf_release(&owner);
	blob(t, span_str(FORGED));
	judge(t, "schedule", span_str(facts));
}

/* Somebody gave a role away; it was taken back, and p1 says that he has seen it. */
static void alert(struct story *t)
{
	static const char look[] = "\"alert\":\"AL-1\",\"block\":9,\"blockHash\":\"0x" ONES "\","
				   "\"endpoints\":[\"main\"]";
	struct arena *a = &t->s.a;

	add(t, "alert.raised", "console", json_parse(a, span_str(arena_fmt(a,
		"{%s,\"code\":\"ROLE\",\"event\":{\"block\":8,\"index\":2,\"tx\":\"0x" ONES "\"},\"expected\":\"E\","
		"\"found\":\"F\",\"severity\":\"critical\",\"subject\":\"S\",\"words\":\"W\"}", look)), NULL));
	add(t, "alert.cleared", "console", json_parse(a, span_str(arena_fmt(a, "{%s}", look)), NULL));
	add(t, "alert.acknowledged", "p1",
	    json_parse(a, span_str("{\"alert\":\"AL-1\",\"note\":\"N\",\"ticket\":\"\",\"until\":null}"), NULL));
}

static void tell(const struct lie *lie, const char *dir)
{
	static const char *const pairs[] = { "old=0x1111111111111111111111111111111111111111",
					     "new=0x2222222222222222222222222222222222222222", NULL };
	struct story t = { .lie = lie };
	struct err e = {0};

	sample_init(&t.s, 84532999);
	sample_propose(&t.s, "sequencer.rotate", pairs);
	t.s.proposal.has_policy = true;
	sha256(&t.s.proposal.policy, span_str(POLICY));
	open_log(&t, dir);
	assert_ok(log_begin(t.log, &e), &e);
	propose(&t);
	pack(&t);
	sign(&t);
	submit(&t);
	mine(&t);
	vouch(&t);
	judge(&t, NULL, span_str("[]"));
	adopt(&t, ADOPT_POLICY, POLICY);
	judge_signed(&t);
	alert(&t);
	adopt(&t, ADOPT_RELEASES, RELEASES);
	assert_ok(log_commit(t.log, &e), &e);
	log_release(t.log);
	sample_release(&t.s);
}

/* Whom a signature for another hash recovers to changes with the time of the lines. */
static const char *without_strangers(struct arena *a, const char *text)
{
	static const char before[] = "recovers to 0x";
	const char *at = strstr(text, before);

	return !at ? text : arena_fmt(a, "%.*s%s…%s", (int)(at - text), text, before,
				      without_strangers(a, at + strlen(before) + 40));
}

static void findings_of(struct buf *out, const char *dir)
{
	const struct verify_options options = { .depth = VERIFY_ALL };
	struct verify_report r;
	struct arena a = {0};
	struct err e = {0};

	assert_ok(log_verify(&a, &r, dir, &options, &e), &e);
	for (size_t i = 0; i < r.n_findings; i++)
		buf_fmt(out, "%s %d: %s\n", finding_code_name(r.findings[i].code),
			r.findings[i].seq == FINDING_NO_SEQ ? -1 : (int)r.findings[i].seq,
			without_strangers(&a, r.findings[i].text));
	arena_release(&a);
}

static void each_lie_has_its_finding(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		struct arena a = {0};
		const char *dir = temporary_directory(&a);
		struct buf found = {0};

		tell(&lies[i], dir);
		findings_of(&found, dir);
		if (strcmp(lies[i].findings, buf_cstr(&found)) != 0)
			fail_msg("%s.%s = %s\nfound:\n%sneeded:\n%s", lies[i].kind ? lies[i].kind : "the truth",
				 lies[i].member, lies[i].value, buf_cstr(&found), lies[i].findings);
		buf_release(&found);
		arena_release(&a);
	}
}

/* A row that a view does not have is a change that nobody sees. */
static void views_that_say_something_else_are_found(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct buf found = {0};
	struct err e = {0};
	struct views *v;
	struct log *l;
	sqlite3 *db;

	(void)state;
	tell(&lies[0], dir);
	l = log_open(dir, LOG_READ, NULL, &e);
	v = l ? views_open(l, &e) : NULL;
	assert_ok(v != NULL, &e);
	views_release(v);
	log_release(l);
	findings_of(&found, dir);
	assert_buf_str(&found, "");
	assert_int_equal(sqlite3_open(arena_fmt(&a, "%s/views.db", dir), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "DELETE FROM step; UPDATE change SET title = 'Harmless'", NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(db);
	findings_of(&found, dir);
	assert_buf_str(&found, "VIEWS -1: views.db, table change: a row is not what the lines come to; "
			       "setgov log rebuild makes it anew\n"
			       "VIEWS -1: views.db, table step: rows are missing; setgov log rebuild makes it anew\n");
	buf_release(&found);
	arena_release(&a);
}

/* ---- one damage for each code ----------------------------------------------------------------------------------- */

/* A log of the story above, with one thing wrong: a lie of the table (kind and member), SQL behind its back, or a line
 * more (kind and body). */
static const struct wrong {
	const char *lie_kind, *lie_member, *sql, *line_kind, *body;
} wrongs[] = {
	[FINDING_FILE] = {0},
	[FINDING_SCHEMA] = { .sql = "CREATE INDEX hide ON lines (line)" },
	[FINDING_LINE_MISSING] = { .sql = "DELETE FROM lines WHERE seq = 4" },
	[FINDING_LINE_LEAF] = { .sql = "UPDATE lines SET line = replace(line, 'SC-7', 'SC-8') WHERE seq = 4" },
	[FINDING_LINE_PREV] = { .sql = "UPDATE lines SET seq = 99 WHERE seq = 5;"
				       "UPDATE lines SET seq = 5 WHERE seq = 6;"
				       "UPDATE lines SET seq = 6 WHERE seq = 99" },
	[FINDING_LINE_FORM] = { .sql = "UPDATE lines SET line = 'anything' WHERE seq = 4" },
	[FINDING_LINE_SEQ] = { .sql = "INSERT INTO lines SELECT 23, leaf, line FROM lines WHERE seq = 22" },
	[FINDING_LINE_TIME] = { .line_kind = "clock.stepped-back",
				.body = "{\"from\":\"2026-01-01T00:00:00.000Z\",\"to\":\"2026-01-01T00:00:00.000Z\"}" },
	[FINDING_OPENING] = { .sql = "DELETE FROM lines" },
	[FINDING_NODE] = { .sql = "UPDATE nodes SET hash = zeroblob(32) WHERE i = 2" },
	[FINDING_NODE_MISSING] = { .sql = "INSERT INTO nodes SELECT max(i) + 1, hash FROM nodes" },
	[FINDING_CHECKPOINT_FORM] = { .sql = "UPDATE checkpoints SET note = 'scribble' WHERE i = 1" },
	[FINDING_CHECKPOINT_SIGNATURE] = {
		.sql = "UPDATE checkpoints SET size = 3, note = replace(note, char(10) || '2' || char(10),"
		       " char(10) || '3' || char(10)) WHERE i = 1" },
	[FINDING_CHECKPOINT_ROOT] = { .sql = "DELETE FROM lines WHERE seq > 0; DELETE FROM nodes WHERE i > 0" },
	[FINDING_LOG_KEY] = { .line_kind = "log.key-rotated", .body = "{\"logKey\":\"\",\"note\":\"\"}" },
	[FINDING_BLOB_DIGEST] = { .sql = "UPDATE blobs SET bytes = x'00' WHERE i = 1" },
	[FINDING_BLOB_MISSING] = { .sql = "DELETE FROM blobs WHERE i = 2" },
	[FINDING_BLOB_EMPTIED] = { .sql = "UPDATE blobs SET bytes = x'' WHERE i = 2" },
	[FINDING_SEGMENT] = {0},      /* one that is not there: no_segment */
	[FINDING_COSIGNATURE] = { "checkpoint.cosigned", "root", NULL, NULL, NULL },
	[FINDING_RESTORED] = { .line_kind = "log.restored", .body = "{\"last\":3}" },
	[FINDING_REMEMBERED] = {0},
	[FINDING_PROFILE] = { "log.opened", "chainId", NULL, NULL, NULL },
	[FINDING_PROPOSAL] = { "change.proposed", "deployment", NULL, NULL, NULL },
	[FINDING_OPERATION] = { "operation.planned", "size", NULL, NULL, NULL },
	[FINDING_PACKET] = { "step.packed", "packet", NULL, NULL, NULL },
	[FINDING_SAFE_HASH] = { "step.packed", "safeTxHash", NULL, NULL, NULL },
	[FINDING_SIGNATURE] = { "signature.added", "owner", NULL, NULL, NULL },
	[FINDING_SUBMISSION] = { "submit.intended", "txHash", NULL, NULL, NULL },
	[FINDING_RECEIPT] = { "step.mined", "block", NULL, NULL, NULL },
	[FINDING_VERDICT] = { "policy.judged", "verdict", NULL, NULL, NULL },
	[FINDING_ADOPTION] = { "policy.adopted", "signatures", NULL, NULL, NULL },
	[FINDING_ALERT_FORM] = { "alert.acknowledged", "note", NULL, NULL, NULL },
	[FINDING_ALERT_ID] = { "alert.raised", "alert", NULL, NULL, NULL },
	[FINDING_ALERT_UNKNOWN] = { "alert.cleared", "alert", NULL, NULL, NULL },
	[FINDING_ALERT_TWICE] = { .line_kind = "alert.cleared",
				  .body = "{\"alert\":\"AL-1\",\"block\":9,\"blockHash\":\"0x" ONES "\","
					  "\"endpoints\":[]}" },
	[FINDING_VIEWS] = {0},
	[FINDING_ANCHOR] = {0},       /* takes a chain: tests/e2e/log_verify.sh */
};

static const struct lie *lie_of(const struct wrong *w)
{
	for (size_t i = 1; w->lie_kind && i < ARRAY_LEN(lies); i++)
		if (strcmp(lies[i].kind, w->lie_kind) == 0 && strcmp(lies[i].member, w->lie_member) == 0)
			return &lies[i];
	return &lies[0];
}

static void add_wrong_line(struct arena *a, const char *dir, const struct wrong *w, const char *memory)
{
	const struct log_options options = { memory };
	struct err e = {0};
	struct log *l = log_open(dir, LOG_APPEND, &options, &e);
	struct line line = { .kind = span_str(w->line_kind), .actor = span_str("console"), .auth = span_str("claimed"),
			     .body = json_parse(a, span_str(w->body), NULL) };

	assert_ok(l != NULL && log_append(l, &line, &e), &e);
	log_release(l);
}

/* The file as it was, and a machine that has seen one line more. */
static void roll_back(struct arena *a, const char *dir, const char *memory)
{
	static const struct wrong more = { .line_kind = "note", .body = "{}" };
	const char *db = arena_fmt(a, "%s/log.db", dir), *old = arena_fmt(a, "%s/old.db", dir);
	struct err e = {0};

	assert_ok(store_copy(db, old, &e), &e);
	add_wrong_line(a, dir, &more, memory);
	assert_int_equal(rename(old, db), 0);
}

static void bend_views(struct arena *a, const char *dir)
{
	struct err e = {0};
	struct log *l = log_open(dir, LOG_READ, NULL, &e);
	struct views *v = l ? views_open(l, &e) : NULL;
	sqlite3 *db;

	assert_ok(v != NULL, &e);
	views_release(v);
	log_release(l);
	assert_int_equal(sqlite3_open(arena_fmt(a, "%s/views.db", dir), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "DELETE FROM step", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/* How many free pages the header says there are. */
static void bend_header(struct arena *a, const char *dir)
{
	const char *path = arena_fmt(a, "%s/log.db", dir);
	struct buf db = {0};
	struct err e = {0};

	assert_ok(fs_read(&db, path, 1u << 24, &e), &e);
	db.p[39] ^= 1;
	assert_ok(fs_write(path, buf_view(&db), 0600, &e), &e);
	buf_release(&db);
}

static void damage(struct arena *a, enum finding_code code, const char *dir, const char *memory)
{
	const struct wrong *w = &wrongs[code];

	tell(lie_of(w), dir);
	if (w->sql)
		test_log_damage(dir, w->sql);
	if (w->line_kind)
		add_wrong_line(a, dir, w, NULL);
	if (code == FINDING_REMEMBERED)
		roll_back(a, dir, memory);
	if (code == FINDING_FILE)
		bend_header(a, dir);
	if (code == FINDING_VIEWS)
		bend_views(a, dir);
}

static const char *const no_segment[] = { "/nowhere" };

static bool finds(const char *dir, enum finding_code code, const char *memory)
{
	const struct verify_options options = { .depth = VERIFY_ALL, .remember = memory, .archives = no_segment,
						.n_archives = code == FINDING_SEGMENT };
	struct verify_report r;
	struct arena a = {0};
	struct err e = {0};
	bool found = false;

	assert_ok(log_verify(&a, &r, dir, &options, &e), &e);
	for (size_t i = 0; i < r.n_findings; i++)
		found |= r.findings[i].code == code;
	arena_release(&a);
	return found;
}

static _Noreturn void run_verify(const char *dir, const char *state, const char *out, enum finding_code code, bool json)
{
	char *const archive = code == FINDING_SEGMENT ? (char *)(uintptr_t)no_segment[0] : NULL;
	char *const argv[] = { getenv("SETGOV"), "-C", (char *)(uintptr_t)dir, json ? "--json" : "--plain", "log",
			       "verify", "--offline", archive ? "--archive" : NULL, archive, NULL };

	setenv("XDG_STATE_HOME", state, 1);
	if (freopen(out, "w", stdout))
		execv(argv[0], argv);
	_exit(127);
}

/* The same by the command, in text or as JSON: exit status 1 and the code. */
static void assert_command_says(struct arena *a, const char *dir, const char *state, enum finding_code code, bool json)
{
	const char *name = finding_code_name(code), *out = arena_fmt(a, "%s/out", state);
	const char *wanted = json ? arena_fmt(a, "\"code\": \"%s\"", name) : arena_fmt(a, "FOUND   [%s] ", name);
	struct buf text = {0};
	struct err e = {0};
	int status = 0;
	const pid_t child = fork();

	if (child == 0)
		run_verify(dir, state, out, code, json);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), 1);
	assert_ok(fs_read(&text, out, 1u << 20, &e), &e);
	if (!strstr(buf_cstr(&text), wanted))
		fail_msg("nothing says %s:\n%s", wanted, buf_cstr(&text));
	buf_release(&text);
}

/* SETGOV names the program: tests/e2e/verify_codes.sh gives it. */
static void each_code_has_a_damage_that_makes_it(void **state)
{
	(void)state;
	assert_int_equal(ARRAY_LEN(wrongs), FINDING_ANCHOR + 1);
	for (enum finding_code code = 0; code < FINDING_ANCHOR; code++) {
		struct arena a = {0};
		const char *dir = temporary_directory(&a), *home = temporary_directory(&a),
			   *memory = arena_fmt(&a, "%s/setgov", home);

		damage(&a, code, dir, memory);
		if (!finds(dir, code, memory))
			fail_msg("nothing found: %s", finding_code_name(code));
		if (getenv("SETGOV")) {
			assert_command_says(&a, dir, home, code, false);
			assert_command_says(&a, dir, home, code, true);
		}
		arena_release(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_lie_has_its_finding),
		cmocka_unit_test(views_that_say_something_else_are_found),
		cmocka_unit_test(each_code_has_a_damage_that_makes_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
