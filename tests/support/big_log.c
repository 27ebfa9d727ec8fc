/* big_log DIR [CHANGES [LINES [URL|none]]]: a workspace with so many changes (10000) and exactly so many log lines
 * (100 a change), for measuring. The log is made by the functions that `setgov` appends with, the calls by the
 * catalogue, the signatures by the demo's well-known keys over the Safe's real hashes: all of it verifies, and every
 * line is folded as it is written. Most changes have run their course; about forty, the last ones and a few far back,
 * are open in every state there is. The profile is the demo's, with this endpoint (none: with no endpoint at all) and
 * no chain behind it. */
#include <string.h>

#include "audit-log/append.h"
#include "src/base/fs.h"
#include "src/base/hex.h"
#include "src/base/time.h"
#include "src/crypto/hash.h"
#include "src/crypto/keccak.h"
#include "src/evm/address.h"
#include "src/evm/transaction.h"
#include "src/gov/packet.h"
#include "tests/support/check.h"

#define OPEN_CHANGES 40u
#define OWNERS 5u
#define THRESHOLD 3u
#define WISHES 8u
#define DIRECT_WISH 7u
#define LINES_A_COMMIT 5000u
#define YEARS_MS (INT64_C(2) * 365 * 86400 * 1000)

/* How far a change gets. The first three are over; the others wait for something. */
enum fate {
	EXECUTED, CANCELLED, WITHDRAWN,
	DRAFTED, PROPOSED, UNSIGNED, PARTLY_SIGNED, COMPLETE, DECLINED, STALE, LOOSE, SUBMITTED, REJECTED, SCHEDULED,
	EXECUTE_SIGNED, N_FATES
};

struct big {
	struct log *log;
	struct deployment d;
	struct pinned pin;
	uint8_t keys[OWNERS][32];     /* p1 to p5 */
	uint8_t payer_key[32];
	struct addr payer;
	uint64_t n_changes, n_lines;
	struct arena *a;              /* this change's */
	struct change change;
	uint64_t number;
	uint64_t spare;               /* lines that this change may have beyond what it needs */
	uint64_t nonce;               /* the Safe's own */
	uint64_t held;                /* nonces of open steps, from the Safe's own up */
	uint64_t payer_nonce, block, since_commit;
	int64_t clock, tick;          /* milliseconds */
};

static void must(bool ok, struct err *e)
{
	struct buf words = {0};

	if (ok)
		return;
	err_format(e, &words);
	die("big_log: %s", buf_cstr(&words));
}

/* ---- lines ---- */

static void begin(struct big *b)
{
	struct err e = {0};

	must(log_begin(b->log, &e), &e);
	b->since_commit = 0;
}

static void commit(struct big *b)
{
	struct err e = {0};

	must(log_commit(b->log, &e), &e);
}

static void add_as(struct big *b, const char *kind, struct span by, const char *auth, struct json *body)
{
	struct line l = { .kind = span_str(kind), .change = b->change.id, .body = body,
			  .actor = by, .auth = span_str(auth) };
	struct err e = {0};

	time_fix((struct unix_time){ b->clock += b->tick });
	must(log_add_line(b->log, &l, &e) && change_apply(b->a, &b->change, &l, &e), &e);
	b->since_commit++;
}

static void add(struct big *b, const char *kind, const char *by, struct json *body)
{
	add_as(b, kind, span_str(by != NULL ? by : "console"), by != NULL ? "claimed" : "os-user", body);
}

static struct hash32 blob(struct big *b, struct span bytes, enum blob_class class)
{
	struct hash32 digest;
	struct err e = {0};

	must(log_add_blob(b->log, bytes, class, &digest, &e), &e);
	return digest;
}

/* ---- what is changed ---- */

static const char *address_of(struct big *b, uint64_t n)
{
	struct hash32 h;
	struct addr at;
	struct buf text = {0};
	const char *out;

	sha256(&h, span_of((const uint8_t *)&n, sizeof(n)));
	memcpy(at.b, h.b, sizeof(at.b));
	addr_format(&text, &at);
	out = arena_str(b->a, buf_view(&text));
	buf_release(&text);
	return out;
}

struct wish {
	const char *action, *title, *reason;
	const char *pairs[4];
};

static struct wish wish_of(struct big *b)
{
	const unsigned long long n = b->number, tier = n % 7;

	switch (n % WISHES) {
	case 0:
		return (struct wish){ "sequencer.rotate", "Rotate the sequencer key",
				      "The old key is due after a year of use.",
				      { arena_fmt(b->a, "old=%s", address_of(b, n)),
					arena_fmt(b->a, "new=%s", address_of(b, n + 1)) } };
	case 1:
		return (struct wish){ "registry.pause", "Pause the registry",
				      "Drill of the runbook, agreed in the weekly call.", { NULL } };
	case 2:
		return (struct wish){ "paymaster.update-tier", arena_fmt(b->a, "Higher limits for tier %llu", tier),
				      "Merchants on it reached the day's limit three times in a month.",
				      { arena_fmt(b->a, "tier=%llu", tier),
					arena_fmt(b->a, "perTx=0.%llu5 ether", n % 9 + 1), "perDay=5 ether",
					arena_fmt(b->a, "perMonth=%llu ether", 60 + n % 40) } };
	case 3:
		return (struct wish){ "sequencer.authorize", "A second sequencer in Zürich",
				      "Failover, as decided after the outage.",
				      { arena_fmt(b->a, "sequencer=%s", address_of(b, n)) } };
	case 4:
		return (struct wish){ "registry.unpause", "Open the registry again", "The drill is over.", { NULL } };
	case 5:
		return (struct wish){ "paymaster.sponsor-merchant",
				      arena_fmt(b->a, "Sponsor merchant 東京-%llu", n),
				      "Contract signed; starts with the new month.",
				      { arena_fmt(b->a, "merchant=%s", address_of(b, n)),
					arena_fmt(b->a, "tier=%llu", tier) } };
	case 6:
		return (struct wish){ "registry.strict-mode", "Strict mode",
				      "Batches have followed each other for a quarter.",
				      { n % 16 == 6 ? "on=true" : "on=false" } };
	default:                                               /* DIRECT_WISH */
		return (struct wish){ "safe.change-threshold", "Three signatures",
				      "The auditor's recommendation 4.2.", { "threshold=3" } };
	}
}

static struct proposal propose_wish(struct big *b)
{
	const struct wish w = wish_of(b);
	struct proposal p = { .title = span_str(w.title), .reason = span_str(w.reason), .category = span_str("normal"),
			      .ticket = span_str(arena_fmt(b->a, "https://tickets.example/OPS-%llu",
							   (unsigned long long)b->number)),
			      .impact = span_str("No downtime is expected."),
			      .rollback = span_str("The opposite change, with the same delay."),
			      .deployment = b->d.id, .catalogue = b->pin.catalogue_digest, .abi = b->pin.abi_digest };
	struct json *one, *all = json_array(b->a);
	struct span pairs[ARRAY_LEN(w.pairs)];
	struct err e = {0};
	bool direct;
	size_t n = 0;

	for (; n < ARRAY_LEN(w.pairs) && w.pairs[n] != NULL; n++)
		pairs[n] = span_str(w.pairs[n]);
	must(action_read(b->a, &one, &b->pin, span_str(w.action), pairs, n, &e), &e);
	json_push(all, one);
	p.actions = all;
	must(actions_compile(b->a, &p.calls, &direct, &b->pin, all, &e), &e);
	p.route = direct ? ROUTE_DIRECT : ROUTE_TIMELOCK;
	p.delay = direct ? 0 : 86400;
	return p;
}

/* ---- the steps of a life ---- */

static void draft(struct big *b, struct proposal *p)
{
	add(b, "change.drafted", "p2", proposal_to_json(b->a, p, false));
	for (unsigned i = 2; i < 12 && b->spare > 0; i++, b->spare--) {
		p->impact = span_str(arena_fmt(b->a, "No downtime is expected. (version %u of this text)", i));
		add(b, "change.drafted", i % 3 != 0 ? "p2" : "p4", proposal_to_json(b->a, p, false));
	}
}

static void propose(struct big *b, const struct proposal *p)
{
	struct json *body;
	struct tree_head head;
	struct operation op;
	struct hash32 id;
	struct err e = {0};

	add(b, "change.proposed", NULL, proposal_to_json(b->a, p, true));
	head = log_head(b->log);
	must(log_add_checkpoint(b->log, NULL, &e), &e);
	b->change.root = head.root;
	if (p->route == ROUTE_DIRECT)
		return;
	op = proposal_operation(p, &head.root);
	timelock_id(&id, &op);
	body = json_object(b->a);
	json_set(body, b->a, "operation", json_0x(b->a, SPAN_HASH(&id)));
	json_set(body, b->a, "salt", json_0x(b->a, SPAN_HASH(&head.root)));
	json_set(body, b->a, "size", json_u64(b->a, head.size));
	add(b, "operation.planned", NULL, body);
}

static struct span evidence_text(struct big *b)
{
	struct json *o = json_object(b->a), *block = json_object(b->a), *endpoints = json_array(b->a);
	struct buf text = {0};
	struct span out;

	json_set(block, b->a, "hash", json_0x(b->a, SPAN_HASH(&b->change.root)));
	json_set(block, b->a, "number", json_u64(b->a, b->block));
	json_set(block, b->a, "time", json_u64(b->a, (uint64_t)b->clock / 1000));
	json_push(endpoints, json_str(b->a, "devnet"));
	json_set(o, b->a, "format", json_str(b->a, "setgov-evidence/1"));
	json_set(o, b->a, "block", block);
	json_set(o, b->a, "endpoints", endpoints);
	json_set(o, b->a, "facts", json_array(b->a));
	json_set(o, b->a, "reads", json_array(b->a));
	json_canonical(&text, o);
	out = arena_copy(b->a, buf_view(&text));
	buf_release(&text);
	return out;
}

static struct span core_text(struct big *b, const struct packet_step *step, const struct hash32 *evidence)
{
	const struct change *c = &b->change;
	struct buf line = {0}, note = {0}, vkey = {0}, text = {0};
	struct merkle_path path;
	struct err e = {0};
	struct span out;

	must(log_line(b->log, c->proposed_seq, &line, &e) && log_path(b->log, c->proposed_seq, c->size, &path, &e) &&
	     log_checkpoint_at(b->log, c->size, &note, &e), &e);
	note_key_format(&vkey, log_key(b->log));
	const struct packet_core core = {
		.deployment = b->d.id, .catalogue = b->pin.catalogue_digest, .abi = b->pin.abi_digest,
		.has_evidence = true, .evidence = *evidence, .change = c->id, .proposal = buf_view(&line),
		.size = c->size, .root = c->root, .path = path.hash, .n_path = path.n, .checkpoint = buf_view(&note),
		.log_key = buf_view(&vkey), .steps = step, .n_steps = 1,
	};
	packet_core_write(b->a, &text, &core);
	out = arena_copy(b->a, buf_view(&text));
	buf_release(&text);
	buf_release(&vkey);
	buf_release(&note);
	buf_release(&line);
	return out;
}

static void pack(struct big *b, enum step_kind k, uint64_t nonce)
{
	const struct step *s = &b->change.steps[k];
	const struct u256 chain_id = u256_from_u64(b->d.chain_id);
	const struct hash32 evidence = blob(b, evidence_text(b), BLOB_PUBLIC);
	struct json *body = json_object(b->a);
	struct packet_step step = { k, nonce, {{0}} };
	struct safe_hashes hashes;
	struct hash32 core;
	struct safe_tx tx;
	struct err e = {0};

	must(change_step_tx(b->a, &tx, &b->d, &b->change.proposal, &b->change.root, k, nonce, &e), &e);
	safe_hash(&hashes, SAFE_CURRENT, &chain_id, &b->d.safe, &tx);
	step.safe_tx_hash = hashes.tx;
	core = blob(b, core_text(b, &step, &evidence), BLOB_PUBLIC);
	json_set(body, b->a, "core", json_bare(b->a, SPAN_HASH(&core)));
	json_set(body, b->a, "evidence", json_bare(b->a, SPAN_HASH(&evidence)));
	json_set(body, b->a, "nonce", json_u64(b->a, nonce));
	json_set(body, b->a, "packet", json_bare(b->a, SPAN_HASH(&core)));
	json_set(body, b->a, "safeTxHash", json_0x(b->a, SPAN_HASH(&hashes.tx)));
	json_set(body, b->a, "step", json_str(b->a, step_name(k)));
	json_set(body, b->a, "supersedes", s->packed ? json_bare(b->a, SPAN_HASH(&s->packet)) : json_null(b->a));
	add(b, "step.packed", NULL, body);
}

static void sign(struct big *b, enum step_kind k, unsigned owner)
{
	const struct step *s = &b->change.steps[k];
	struct json *body = json_object(b->a);
	struct hash32 digest;
	uint8_t bytes[65];
	struct sig sig;

	if (!sig_make(&sig, &s->safe_tx_hash, b->keys[owner]))
		die("big_log: p%u's key is no key", owner + 1);
	sig_to_bytes(bytes, &sig);
	digest = blob(b, span_of(bytes, sizeof(bytes)), BLOB_BEARER);
	json_set(body, b->a, "compared", json_str(b->a, owner % 2 != 0 ? "signer" : "own"));
	json_set(body, b->a, "journalHead", json_null(b->a));
	json_set(body, b->a, "owner", json_addr(b->a, &b->d.people[owner].address));
	json_set(body, b->a, "packet", json_bare(b->a, SPAN_HASH(&s->packet)));
	json_set(body, b->a, "safeTxHash", json_0x(b->a, SPAN_HASH(&s->safe_tx_hash)));
	json_set(body, b->a, "signature", json_bare(b->a, SPAN_HASH(&digest)));
	json_set(body, b->a, "step", json_str(b->a, step_name(k)));
	add_as(b, "signature.added", b->d.people[owner].id, "signature", body);
}

static void answer(struct big *b, enum step_kind k, unsigned owner, const char *code, const char *text)
{
	const struct step *s = &b->change.steps[k];
	struct json *body = json_object(b->a);

	if (code != NULL)
		json_set(body, b->a, "code", json_str(b->a, code));
	json_set(body, b->a, "owner", json_addr(b->a, &b->d.people[owner].address));
	json_set(body, b->a, "packet", json_bare(b->a, SPAN_HASH(&s->packet)));
	json_set(body, b->a, "safeTxHash", json_0x(b->a, SPAN_HASH(&s->safe_tx_hash)));
	json_set(body, b->a, "source", json_bare(b->a, SPAN_HASH(&s->core)));
	json_set(body, b->a, "step", json_str(b->a, step_name(k)));
	json_set(body, b->a, "text", json_str(b->a, text));
	add(b, code != NULL ? "answer.refused" : "answer.declined", NULL, body);
}

/* execTransaction with nobody's signatures: what it would do is not what is measured. */
static struct span raw_transaction(struct big *b, enum step_kind k)
{
	struct transaction tx = { .kind = TX_1559, .chain_id = b->d.chain_id, .nonce = b->payer_nonce, .gas = 310000,
				  .max_fee = u256_from_u64(31000000000), .max_priority = u256_from_u64(1000000000),
				  .has_to = true, .to = b->d.safe };
	struct buf data = {0}, raw = {0};
	struct safe_tx inner;
	struct hash32 digest;
	struct sig sig;
	struct err e = {0};
	struct span out;

	must(change_step_tx(b->a, &inner, &b->d, &b->change.proposal, &b->change.root, k, b->change.steps[k].nonce, &e),
	     &e);
	safe_exec_calldata(&data, &inner, span_of(NULL, 0));
	tx.data = buf_view(&data);
	transaction_digest(&digest, &tx);
	if (!sig_make(&sig, &digest, b->payer_key))
		die("big_log: the payer's key is no key");
	transaction_encode(&raw, &tx, &sig);
	out = arena_copy(b->a, buf_view(&raw));
	buf_release(&raw);
	buf_release(&data);
	return out;
}

static struct hash32 intend(struct big *b, enum step_kind k)
{
	struct json *body = json_object(b->a);
	struct hash32 tx, raw;
	struct span bytes;

	b->payer_nonce++;
	bytes = raw_transaction(b, k);
	raw = blob(b, bytes, BLOB_BEARER);
	keccak256(&tx, bytes);
	json_set(body, b->a, "gas", json_u64(b->a, 310000));
	json_set(body, b->a, "maxFeePerGas", json_str(b->a, "31000000000"));
	json_set(body, b->a, "maxPriorityFeePerGas", json_str(b->a, "1000000000"));
	json_set(body, b->a, "nonce", json_u64(b->a, b->payer_nonce));
	json_set(body, b->a, "raw", json_bare(b->a, SPAN_HASH(&raw)));
	json_set(body, b->a, "replaces", json_null(b->a));
	json_set(body, b->a, "sender", json_addr(b->a, &b->payer));
	json_set(body, b->a, "step", json_str(b->a, step_name(k)));
	json_set(body, b->a, "to", json_addr(b->a, &b->d.safe));
	json_set(body, b->a, "txHash", json_0x(b->a, SPAN_HASH(&tx)));
	add(b, "submit.intended", NULL, body);
	return tx;
}

static void reject(struct big *b, enum step_kind k, const struct hash32 *tx)
{
	struct json *body = json_object(b->a);

	json_set(body, b->a, "code", json_str(b->a, "FEE-LOW"));
	json_set(body, b->a, "step", json_str(b->a, step_name(k)));
	json_set(body, b->a, "text", json_str(b->a, "max fee per gas less than block base fee"));
	json_set(body, b->a, "txHash", json_0x(b->a, SPAN_HASH(tx)));
	add(b, "submit.rejected", NULL, body);
}

static struct hash32 receipt_blob(struct big *b, const struct hash32 *tx, const struct hash32 *block)
{
	struct json *o = json_object(b->a);
	struct buf text = {0};
	struct hash32 digest;

	json_set(o, b->a, "blockHash", json_0x(b->a, SPAN_HASH(block)));
	json_set(o, b->a, "blockNumber", json_fmt(b->a, "0x%llx", (unsigned long long)b->block));
	json_set(o, b->a, "status", json_str(b->a, "0x1"));
	json_set(o, b->a, "transactionHash", json_0x(b->a, SPAN_HASH(tx)));
	json_canonical(&text, o);
	digest = blob(b, buf_view(&text), BLOB_PUBLIC);
	buf_release(&text);
	return digest;
}

static void mine(struct big *b, enum step_kind k, const struct hash32 *tx)
{
	struct json *body = json_object(b->a);
	struct hash32 receipt, block;

	b->block += 5;
	sha256(&block, SPAN_HASH(tx));
	receipt = receipt_blob(b, tx, &block);
	json_set(body, b->a, "block", json_u64(b->a, b->block));
	json_set(body, b->a, "blockHash", json_0x(b->a, SPAN_HASH(&block)));
	json_set(body, b->a, "blockTime", json_u64(b->a, (uint64_t)b->clock / 1000));
	json_set(body, b->a, "gasUsed", json_u64(b->a, 187654));
	json_set(body, b->a, "receipt", json_bare(b->a, SPAN_HASH(&receipt)));
	json_set(body, b->a, "safeTxHash", json_0x(b->a, SPAN_HASH(&b->change.steps[k].safe_tx_hash)));
	json_set(body, b->a, "step", json_str(b->a, step_name(k)));
	json_set(body, b->a, "txHash", json_0x(b->a, SPAN_HASH(tx)));
	add(b, "step.mined", NULL, body);
	b->nonce++;
}

static void verify(struct big *b)
{
	struct json *body = json_object(b->a);

	json_set(body, b->a, "block", json_u64(b->a, b->block));
	json_set(body, b->a, "ok", json_bool(b->a, true));
	json_set(body, b->a, "reads", json_array(b->a));
	add(b, "change.verified", NULL, body);
}

static void withdraw(struct big *b)
{
	struct json *body = json_object(b->a);

	json_set(body, b->a, "reason", json_str(b->a, "Overtaken by events."));
	add(b, "change.withdrawn", "p1", body);
}

static void refuse_signature(struct big *b, enum step_kind k)
{
	struct json *body = json_object(b->a);

	json_set(body, b->a, "code", json_str(b->a, "NOT-OWNER"));
	json_set(body, b->a, "source", json_bare(b->a, SPAN_HASH(&b->change.steps[k].core)));
	json_set(body, b->a, "step", json_str(b->a, step_name(k)));
	json_set(body, b->a, "text", json_fmt(b->a, "recovers to %s, who is no owner", address_of(b, b->payer_nonce)));
	add(b, "signature.refused", NULL, body);
}

/* Something that goes wrong between a packet and its signatures. */
static void mishap(struct big *b, enum step_kind k, unsigned i)
{
	struct hash32 tx;

	switch (i % 8) {
	case 3:
		tx = intend(b, k);
		reject(b, k, &tx);
		break;
	case 7:
		pack(b, k, b->change.steps[k].nonce);          /* --refresh */
		break;
	case 0: case 4:
		answer(b, k, i % OWNERS, NULL, "Not before the vendor's advisory is out; please ask me again.");
		break;
	case 1: case 5:
		answer(b, k, i % OWNERS, "CATALOGUE", "the packet's catalogue is another than the one pinned here");
		break;
	default:
		refuse_signature(b, k);
		break;
	}
}

/* Up to so many lines of mishaps. */
static void trouble(struct big *b, enum step_kind k, uint64_t lines)
{
	const uint64_t end = b->spare > lines ? b->spare - lines : 0;

	for (unsigned i = 0; b->spare >= end + 2; i++) {
		b->spare -= i % 8 == 3 ? 2 : 1;
		mishap(b, k, i);
	}
}

static void run_step(struct big *b, enum step_kind k, uint64_t lines_of_trouble)
{
	struct hash32 tx;

	pack(b, k, b->nonce);
	for (unsigned i = 0; i < THRESHOLD; i++)
		sign(b, k, (unsigned)((b->number + i) % OWNERS));
	trouble(b, k, lines_of_trouble);
	tx = intend(b, k);
	mine(b, k, &tx);
}

/* ---- lives ---- */

static enum fate fate_of(const struct big *b, uint64_t number)
{
	const uint64_t left = b->n_changes - number, open = b->n_changes < 2 * OPEN_CHANGES ? b->n_changes / 2
											   : OPEN_CHANGES;
	if (left < open)
		return (enum fate)(DRAFTED + left % (N_FATES - DRAFTED));
	if (number % (b->n_changes / 4 + 1) == 3)           /* forgotten far back */
		return STALE;
	return number % 25 == 5 ? CANCELLED : number % 25 == 11 ? WITHDRAWN : EXECUTED;
}

/* How often the Safe's nonce will still move: no open step holds one of those. */
static uint64_t runs_to_come(const struct big *b)
{
	uint64_t runs = 0;

	for (uint64_t n = b->number + 1; n <= b->n_changes; n++) {
		const enum fate fate = fate_of(b, n);

		runs += n % WISHES != DIRECT_WISH && (fate == SCHEDULED || fate == EXECUTE_SIGNED);
	}
	return runs;
}

static void live_to_the_end(struct big *b, enum fate fate)
{
	const bool direct = b->change.proposal.route == ROUTE_DIRECT;

	if (fate == WITHDRAWN) {
		pack(b, direct ? STEP_EXECUTE : STEP_SCHEDULE, b->nonce);
		trouble(b, direct ? STEP_EXECUTE : STEP_SCHEDULE, b->spare);
		withdraw(b);
		return;
	}
	if (!direct)
		run_step(b, STEP_SCHEDULE, b->spare / 2);
	if (fate == CANCELLED && !direct) {
		run_step(b, STEP_CANCEL, b->spare);
		return;
	}
	run_step(b, STEP_EXECUTE, b->spare);
	verify(b);
}

/* An open step takes the next nonce that none holds. */
static void wait_for_signatures(struct big *b, enum step_kind k, unsigned signatures)
{
	pack(b, k, b->nonce + runs_to_come(b) + b->held++);
	for (unsigned i = 0; i < signatures; i++)
		sign(b, k, (unsigned)((b->number + i) % OWNERS));
}

static void live_open(struct big *b, enum fate fate)
{
	const bool direct = b->change.proposal.route == ROUTE_DIRECT;
	const enum step_kind first = direct ? STEP_EXECUTE : STEP_SCHEDULE;
	struct hash32 tx;

	if (fate == PROPOSED)
		return;
	if (!direct && (fate == SCHEDULED || fate == EXECUTE_SIGNED))
		run_step(b, STEP_SCHEDULE, 2);
	if (fate == SCHEDULED)
		return;
	if (fate == EXECUTE_SIGNED)
		wait_for_signatures(b, STEP_EXECUTE, 2);
	else if (fate == STALE)
		pack(b, first, b->nonce > 0 ? b->nonce - 1 : 0);
	else
		wait_for_signatures(b, first, fate == UNSIGNED ? 0 : fate == PARTLY_SIGNED || fate == DECLINED ? 2
							       : THRESHOLD);
	if (fate == STALE)
		sign(b, first, 1);
	if (fate == DECLINED)
		answer(b, first, (unsigned)((b->number + 2) % OWNERS), NULL,
		       "I do not agree with the reason that is given.");
	if (fate == LOOSE)
		withdraw(b);
	if (fate == SUBMITTED || fate == REJECTED)
		tx = intend(b, first);
	if (fate == REJECTED)
		reject(b, first, &tx);
}

static uint64_t lines_needed(enum fate fate)
{
	return fate == WITHDRAWN ? 5 : fate <= WITHDRAWN ? 17 : 14;
}

static void live(struct big *b)
{
	struct arena a = {0};
	const enum fate fate = fate_of(b, b->number);
	const uint64_t before = log_size(b->log), left = b->n_changes - b->number + 1;
	const uint64_t fair = b->n_lines > before ? (b->n_lines - before) / left : 0;
	struct proposal p;

	b->a = &a;
	b->change = (struct change){ .id = span_str(arena_fmt(&a, "SC-%llu", (unsigned long long)b->number)) };
	b->spare = fate < DRAFTED && fair > lines_needed(fate) ? fair - lines_needed(fate) : 0;
	p = propose_wish(b);
	draft(b, &p);
	if (fate != DRAFTED)
		propose(b, &p);
	if (fate < DRAFTED)
		live_to_the_end(b, fate);
	else if (fate != DRAFTED)
		live_open(b, fate);
	while (left == 1 && log_size(b->log) < b->n_lines)     /* the last one makes the number exact */
		add(b, "change.drafted", "p3", proposal_to_json(&a, &p, false));
	b->change = (struct change){0};
	arena_release(&a);
}

/* ---- the workspace ---- */

static struct span profile_text(struct arena *a, const char *url)
{
	struct buf file = {0}, text = {0};
	struct json *whole = json_object(a), *local = json_object(a), *endpoints = json_array(a);
	const struct json *demo;
	struct err e = {0};
	struct span out;

	must(fs_read(&file, "contracts/deployments/demo.json", 1u << 20, &e), &e);
	demo = json_parse(a, arena_copy(a, buf_view(&file)), &e);
	must(demo != NULL, &e);
	if (strcmp(url, "none") != 0) {
		struct json *one = json_object(a);

		json_set(one, a, "name", json_str(a, "devnet"));
		json_set(one, a, "url", json_str(a, url));
		json_push(endpoints, one);
	}
	json_set(local, a, "endpoints", endpoints);
	json_set(whole, a, "format", json_copy(a, json_find(demo, "format")));
	json_set(whole, a, "identity", json_copy(a, json_find(demo, "identity")));
	json_set(whole, a, "local", local);
	json_pretty(&text, whole);
	out = arena_copy(a, buf_view(&text));
	buf_release(&text);
	buf_release(&file);
	return out;
}

/* Keys that everybody knows: the development chain's accounts 1 to 5, and 0 pays. */
static void take_keys(struct big *b)
{
	static const char *const keys[OWNERS] = {
		"59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
		"5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
		"7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6",
		"47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a",
		"8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba",
	};
	static const char payer[] = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
	struct addr at;
	struct err e = {0};

	must(hex_bare(b->payer_key, 32, span_str(payer), &e) && sig_key_address(&b->payer, b->payer_key, &e), &e);
	for (unsigned i = 0; i < OWNERS; i++) {
		must(hex_bare(b->keys[i], 32, span_str(keys[i]), &e) && sig_key_address(&at, b->keys[i], &e), &e);
		if (!addr_eq(&at, &b->d.people[i].address))
			die("big_log: p%u of the demo's profile has another key", i + 1);
	}
}

static void open_log(struct big *b, struct arena *a, const char *dir)
{
	struct json *body = json_object(a);
	struct buf identity = {0};
	uint32_t random;              /* two logs of one deployment are two logs */
	struct span bytes;
	struct err e = {0};

	random_bytes(&random, sizeof(random));
	json_canonical(&identity, b->d.identity);
	bytes = buf_view(&identity);
	json_set(body, a, "chainId", json_u64(a, b->d.chain_id));
	json_set(body, a, "deployment", json_bare(a, SPAN_HASH(&b->d.id)));
	json_set(body, a, "genesisHash", json_0x(a, SPAN_HASH(&b->d.genesis)));
	json_set(body, a, "profile", json_bare(a, SPAN_HASH(&b->d.id)));
	json_set(body, a, "safe", json_addr(a, &b->d.safe));
	json_set(body, a, "timelock", json_addr(a, &b->d.timelock));
	const struct log_opening opening = {
		.origin = span_str(arena_fmt(a, "setgov/84532999/big/%08x", random)), .actor = span_str("console"),
		.auth = span_str("os-user"), .body = body, .blobs = &bytes, .n_blobs = 1,
	};
	b->log = log_create(dir, &opening, NULL, &e);
	must(b->log != NULL, &e);
	buf_release(&identity);
}

static void make(struct big *b, const char *dir, const char *url)
{
	struct arena a = {0};
	const struct span text = profile_text(&a, url);
	const int64_t now = time_now().ms;
	struct err e = {0};

	must(deployment_parse(&a, &b->d, text, &e) && pinned_builtin(&a, &b->pin, &b->d, &e), &e);
	take_keys(b);
	must(fs_mkdirs(dir, 0700, &e) && fs_write(arena_fmt(&a, "%s/deployment.json", dir), text, 0644, &e), &e);
	b->tick = YEARS_MS / (int64_t)(b->n_lines + 100);
	b->clock = now - YEARS_MS;
	time_fix((struct unix_time){ b->clock });
	open_log(b, &a, dir);
	begin(b);
	for (b->number = 1; b->number <= b->n_changes; b->number++) {
		live(b);
		if (b->since_commit >= LINES_A_COMMIT) {
			commit(b);
			begin(b);
		}
	}
	must(log_add_checkpoint(b->log, NULL, &e), &e);
	commit(b);
	printf("%s: %llu changes, %llu lines, the Safe at nonce %llu\n", dir, (unsigned long long)b->n_changes,
	       (unsigned long long)log_size(b->log), (unsigned long long)b->nonce);
	log_release(b->log);
	arena_release(&a);
}

int main(int argc, char **argv)
{
	struct big b = { .n_changes = argc > 2 ? strtoull(argv[2], NULL, 10) : 10000, .nonce = 3, .block = 1000 };

	b.n_lines = argc > 3 ? strtoull(argv[3], NULL, 10) : 100 * b.n_changes;
	if (argc < 2 || argc > 5 || b.n_changes < 10 || b.n_lines < 20 * b.n_changes) {
		fprintf(stderr, "usage: big_log DIR [CHANGES [LINES [URL|none]]]\n"
				"10 changes at least, 20 lines for each\n");
		return 2;
	}
	make(&b, argv[1], argc > 4 ? argv[4] : "none");
	return 0;
}
