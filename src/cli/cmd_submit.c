/* submit: a step onto the chain, once. The log has the intent, with the transaction's hash and bytes, before
 * the node has them; so whoever runs this again, however the first run ended, finds that transaction and never
 * makes a second one. */
#include <string.h>
#include <unistd.h>

#include "src/base/fs.h"
#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/chain/revert.h"
#include "src/chain/submit.h"
#include "src/cli/cmd.h"
#include "src/cli/onchain.h"
#include "src/cli/packing.h"
#include "src/cli/spawn.h"
#include "src/crypto/keccak.h"
#include "src/crypto/keystore.h"
#include "src/evm/address.h"
#include "src/evm/transaction.h"
#include "src/gov/units.h"

#define WAIT_MS 60000u                /* for a receipt, when --wait says nothing else */
#define POLL_MS 500u
#define SIGNER_OUTPUT ((size_t)1 << 20)

struct sending {
	struct cli *cli;
	struct workspace *ws;
	struct arena *a;
	const char *id;
	enum step_kind kind;
	struct change change;
	struct chain chain;
	struct chain_safe safe;
	struct chain_facts facts;
	const struct abi **abis;
	size_t n_abis;
	bool has_payer, by_timelock;  /* by_timelock: the payer calls the timelock itself */
	struct addr payer;
	const char *key_file;
	struct safe_tx tx;            /* the step's Safe transaction */
	struct owner_signature *signatures;   /* by the chain's owners */
	size_t n_signatures;
	unsigned wait_ms;
	const struct submission *live;   /* the newest that was not rejected, or NULL */
};

static struct step *step_of(struct sending *s)
{
	return &s->change.steps[s->kind];
}

/* What failed is logged too. */
static bool log_rejected(struct sending *s, const struct hash32 *tx, const char *code, const char *text,
			 struct err *e)
{
	struct arena *a = s->a;
	struct json *body = json_object(a);
	struct buf safe = {0};
	text_safe(&safe, span_str(text), false);
	json_set(body, a, "code", json_str(a, code));
	json_set(body, a, "step", json_str(a, step_name(s->kind)));
	json_set(body, a, "text", json_text(a, buf_view(&safe)));
	json_set(body, a, "txHash", tx != NULL ? json_0x(a, SPAN_HASH(tx)) : json_null(a));
	buf_release(&safe);
	return workspace_append(s->ws, "submit.rejected", s->change.id, body, e);
}

/* Logs the refusal that is in *e and returns false with it. */
static bool reject(struct sending *s, struct err *e)
{
	struct err ignored = {0};
	struct buf text = {0};
	buf_span(&text, buf_view(&e->what));
	if (!log_rejected(s, NULL, e->refusal != NULL ? e->refusal : "FAILED", buf_cstr(&text), &ignored))
		cli_say(s->cli, "the refusal could not be logged: %s", buf_cstr(&ignored.what));
	err_clear(&ignored);
	buf_release(&text);
	return false;
}

/* ---- who sends it ---- */

static bool open_payer(struct sending *s, struct err *e)
{
	struct span file;
	s->key_file = cli_option(s->cli, "--from");
	if (s->key_file == NULL)
		return true;
	if (!cli_read(s->cli, &file, s->key_file, KEYSTORE_FILE_MAX, e))
		return false;
	const struct json *doc = json_parse(s->a, file, e);
	if (doc == NULL || !keystore_address(&s->payer, doc, e))
		return err_file(e, s->key_file, 0);
	s->has_payer = true;
	if (deployment_is_owner(&s->ws->deployment, &s->payer))
		return err_refuse(e, "OWNER-KEY", "%s is an owner's key: an owner's key pays for nothing",
				  s->key_file);
	return true;
}

static bool has_role(const struct chain_roles *r, enum step_kind k)
{
	switch (k) {
	case STEP_SCHEDULE: return r->proposer;
	case STEP_EXECUTE: return r->executor;
	case STEP_CANCEL: return r->canceller;
	}
	return false;
}

/* The timelock says who may; the Safe where it may, because then the signatures say who wanted it. */
static bool pick_sender(struct sending *s, struct err *e)
{
	static const char *const role[] = { "proposer", "executor", "canceller" };
	struct chain_roles r[3] = {
		{.account = s->ws->deployment.safe}, {.account = s->payer}, {.account = {{0}}}};
	if (s->change.proposal.route == ROUTE_DIRECT)
		return true;
	if (!chain_roles(&s->chain, &s->ws->deployment.timelock, r, 3, e))
		return false;
	const bool safe = has_role(&r[0], s->kind), payer = s->has_payer && has_role(&r[1], s->kind);
	const bool anyone = has_role(&r[2], s->kind);
	const bool complete = step_of(s)->n_signatures >= s->facts.threshold &&
			      step_of(s)->nonce == s->facts.safe_nonce;
	s->by_timelock = (payer || (anyone && s->has_payer)) && !(safe && complete);
	if (!safe && !s->by_timelock)
		return err_refuse(e, "ROLE", "on chain this Safe is not a %s of the timelock%s", role[s->kind],
				  s->has_payer ? ", and neither is the payer" : "");
	return true;
}

/* ---- may it go? ---- */

static bool check_signatures(struct sending *s, struct err *e)
{
	const struct step *step = step_of(s);
	struct owner_signature *all;
	size_t n = 0;
	if (s->by_timelock)
		return true;
	if (!packing_signatures(s->ws, s->a, step, &all, e))
		return false;
	for (size_t i = 0; i < step->n_signatures; i++)         /* the chain's owners, not the profile's */
		for (size_t k = 0; k < s->safe.owner_count; k++)
			if (addr_eq(&all[i].owner, &s->safe.owners[k]))
				all[n++] = all[i];
	s->signatures = all;
	s->n_signatures = n;
	if (n < s->facts.threshold)
		return err_refuse(e, "SIGNATURES", "%zu of %llu signatures by owners of the Safe", n,
				  (unsigned long long)s->facts.threshold);
	return true;
}

static bool check_nonce(struct sending *s, struct err *e)
{
	const uint64_t nonce = step_of(s)->nonce, own = s->facts.safe_nonce;
	if (s->by_timelock || nonce == own)
		return true;
	if (nonce > own)
		return err_refuse(
			e, "NONCE",
			"the step is signed for nonce %llu and the Safe is at %llu: what holds the nonces "
			"between goes first",
			(unsigned long long)nonce, (unsigned long long)own);
	return err_refuse(
		e, "STALE",
		"the step is signed for nonce %llu and the Safe is at %llu: its signatures are dead; setgov "
		"packet %s --step %s gives it a new nonce",
		(unsigned long long)nonce, (unsigned long long)own, s->id, step_name(s->kind));
}

static bool check_operation(struct sending *s, struct err *e)
{
	const uint64_t at = s->facts.operation_timestamp, now = s->facts.block_time;
	const enum timelock_state state = timelock_state_at(at, now);
	struct buf left = {0};
	if (s->change.proposal.route == ROUTE_DIRECT)
		return true;
	const bool good = s->kind == STEP_SCHEDULE ? state == TIMELOCK_UNSET :
			  s->kind == STEP_EXECUTE ? state == TIMELOCK_READY :
			  state == TIMELOCK_WAITING || state == TIMELOCK_READY;
	if (good)
		return true;
	if (s->kind == STEP_EXECUTE && state == TIMELOCK_WAITING) {
		duration_format(&left, at - now);
		err_refuse(e, "TOO-EARLY", "the operation is ready in %s, at ", buf_cstr(&left));
		time_format_minute(&e->what, (int64_t)at);
		buf_str(&e->what, " by the chain's clock");
	} else {
		err_refuse(e, "OPERATION", "the operation is %s on chain: %s is not possible",
			   timelock_state_name(state), step_name(s->kind));
	}
	buf_release(&left);
	return false;
}

static bool may_send(struct sending *s, struct err *e)
{
	if (s->change.withdrawn && s->kind != STEP_CANCEL)
		return err_refuse(e, "WITHDRAWN", "%s was withdrawn", s->id) || reject(s, e);
	if (!check_operation(s, e) || !check_nonce(s, e) || !check_signatures(s, e))
		return err_is_set(e) && e->code == ERR_REFUSED ? reject(s, e) : false;
	return true;
}

/* ---- the transaction ---- */

static bool build_call(struct sending *s, struct buf *data, struct addr *to, struct u256 *value, struct err *e)
{
	struct buf blob = {0};
	bool ok = true;
	if (s->by_timelock) {
		*to = s->tx.to;
		*value = s->tx.value;
		buf_span(data, s->tx.data);
	} else {
		*to = s->ws->deployment.safe;
		*value = (struct u256){0};
		ok = safe_signatures_pack(&blob, s->signatures, s->n_signatures, e);
		safe_exec_calldata(data, &s->tx, buf_view(&blob));
	}
	buf_release(&blob);
	return ok;
}

/* GS013 hides the reason: ask for it by running the inner call alone. */
static void explain_revert(struct sending *s, struct err *e)
{
	struct buf why = {0};
	struct err ignored = {0};
	if (e->refusal == NULL || strcmp(e->refusal, "WOULD-REVERT") != 0 || s->by_timelock ||
	    strstr(buf_cstr(&e->what), "GS013") == NULL)
		return;
	if (chain_explain_gs013(&s->chain, s->a, &s->ws->deployment.safe, &s->tx.to, &s->tx.value, s->tx.data,
				s->abis, s->n_abis, &why, &ignored))
		err_refuse(e, "WOULD-REVERT", "%s", buf_cstr(&why));
	err_clear(&ignored);
	buf_release(&why);
}

static bool fee_option(struct sending *s, const char *name, struct u256 *out, bool *given, struct err *e)
{
	const char *text = cli_option(s->cli, name);
	*given = text != NULL;
	return text == NULL || wei_parse(out, span_str(text), e) || err_in(e, "%s", name);
}

static bool prepare(struct sending *s, const struct submission *replaced, struct transaction *tx, struct err *e)
{
	const struct deployment *d = &s->ws->deployment;
	struct submit_fees wish = {0}, old = {0};
	struct submit_request q = {
		.from = s->payer, .caps = d->caps,
		.abis = s->abis, .n_abis = s->n_abis,
	};
	struct buf *data = ARENA_NEW(s->a, struct buf), raw = {0};
	bool fee, tip,
		ok = build_call(s, data, &q.to, &q.value, e) &&
		     fee_option(s, "--max-fee", &wish.max_fee, &fee, e) &&
		     fee_option(s, "--max-priority", &wish.max_priority, &tip, e);
	q.data = arena_copy(s->a, buf_view(data));
	buf_release(data);
	if (ok && fee != tip)
		ok = err_set(e, ERR_USAGE, ERR_NO_OFFSET, "--max-fee and --max-priority come together");
	if (ok && fee)
		q.wish = &wish;
	if (ok && replaced != NULL) {
		struct transaction before;
		struct sig sig;
		ok = log_blob(s->ws->log, &replaced->raw, &raw, NULL, e) &&
		     transaction_decode(s->a, &before, &sig, arena_copy(s->a, buf_view(&raw)), e);
		old = (struct submit_fees){ before.max_fee, before.max_priority };
		q.replaces = &old;
		q.has_nonce = true;
		q.nonce = replaced->nonce;
	}
	ok = ok && submit_prepare(&s->chain, s->a, &q, tx, e);
	if (!ok && err_is_set(e) && e->code == ERR_REFUSED)
		explain_revert(s, e);
	buf_release(&raw);
	return ok;
}

static struct json *unsigned_json(struct sending *s, const struct transaction *tx)
{
	struct arena *a = s->a;
	struct json *o = json_object(a);
	struct buf rlp = {0};
	transaction_encode(&rlp, tx, NULL);
	json_set(o, a, "chainId", json_u64(a, tx->chain_id));
	json_set(o, a, "from", s->has_payer ? json_addr(a, &s->payer) : json_null(a));
	json_set(o, a, "to", json_addr(a, &tx->to));
	json_set(o, a, "value", json_u256(a, &tx->value));
	json_set(o, a, "data", json_0x(a, tx->data));
	json_set(o, a, "nonce", json_u64(a, tx->nonce));
	json_set(o, a, "gas", json_u64(a, tx->gas));
	json_set(o, a, "maxFeePerGas", json_u256(a, &tx->max_fee));
	json_set(o, a, "maxPriorityFeePerGas", json_u256(a, &tx->max_priority));
	json_set(o, a, "unsigned", json_0x(a, buf_view(&rlp)));
	buf_release(&rlp);
	return o;
}

/* ---- the payer's signature ---- */

static bool signer_reply(struct sending *s, struct span text, const struct transaction *want, struct span *raw,
			 struct err *e)
{
	struct transaction got;
	struct sig sig;
	struct addr from;
	struct span hex;
	struct buf bytes = {0}, a = {0}, b = {0};
	const struct json *doc = json_parse(s->a, text, e);
	bool ok = doc != NULL && json_get_str(doc, "raw", &hex, e) && hex_decode(&bytes, hex, e);
	if (ok) {
		*raw = arena_copy(s->a, buf_view(&bytes));
		ok = transaction_decode(s->a, &got, &sig, *raw, e) && transaction_sender(&from, &got, &sig, e);
	}
	if (!ok) {
		err_in(e, "setgov-signer's reply");
	} else {
		transaction_encode(&a, want, NULL);
		transaction_encode(&b, &got, NULL);
		if (!span_eq(buf_view(&a), buf_view(&b)) || !addr_eq(&from, &s->payer))
			ok = err_refuse(e, "SIGNER",
					"setgov-signer signed another transaction than it was asked for");
	}
	buf_release(&bytes);
	buf_release(&a);
	buf_release(&b);
	return ok;
}

static bool ask_signer(struct sending *s, const char *packet, const struct transaction *tx, struct span *raw,
		       struct err *e)
{
	struct buf fee = {0}, tip = {0}, out = {0};
	const char *fd = cli_option(s->cli, "--passphrase-fd");
	const char *argv[24];
	size_t n = 0;
	int status = 0;
	u256_format(&fee, &tx->max_fee);
	u256_format(&tip, &tx->max_priority);
	argv[n++] = spawn_beside(s->a, "setgov-signer", "SETGOV_SIGNER");
	argv[n++] = "sign-tx";
	argv[n++] = packet;
	argv[n++] = "--step";
	argv[n++] = step_name(s->kind);
	argv[n++] = "--nonce";
	argv[n++] = arena_fmt(s->a, "%llu", (unsigned long long)tx->nonce);
	argv[n++] = "--gas";
	argv[n++] = arena_fmt(s->a, "%llu", (unsigned long long)tx->gas);
	argv[n++] = "--max-fee";
	argv[n++] = arena_str(s->a, buf_view(&fee));
	argv[n++] = "--max-priority";
	argv[n++] = arena_str(s->a, buf_view(&tip));
	argv[n++] = "--key-file";
	argv[n++] = s->key_file;
	if (s->by_timelock)
		argv[n++] = "--direct";
	if (fd != NULL) {
		argv[n++] = "--passphrase-fd";
		argv[n++] = fd;
	}
	argv[n] = NULL;
	bool ok = spawn_run(argv, &out, SIGNER_OUTPUT, &status, e);
	if (ok && status != 0)
		ok = status == 1 ? err_refuse(e, "SIGNER", "setgov-signer refused, see above")
				 : err_set(e, status == 4 ? ERR_IO : ERR_SYNTAX, ERR_NO_OFFSET,
					   "setgov-signer failed, see above");
	ok = ok && signer_reply(s, arena_copy(s->a, buf_view(&out)), tx, raw, e);
	buf_release(&fee);
	buf_release(&tip);
	buf_release(&out);
	return ok;
}

/* The signer reads the packet from a file of its own; it holds signatures, so it is nobody else's and goes at
 * once. */
static bool sign(struct sending *s, const struct transaction *tx, struct span *raw, struct err *e)
{
	struct packet packet;
	struct buf b = {0};
	const char *dir = arena_fmt(s->a, "%s/packets", s->cli->dir);
	const char *path = arena_fmt(s->a, "%s/.%s.%s.%ld.submit.json", dir, s->id, step_name(s->kind),
				     (long)getpid());
	if (!packing_packet(s->ws, s->a, &s->change, s->kind, true, &packet, e) || !fs_mkdirs(dir, 0700, e))
		return false;
	packet_write(s->a, &b, &packet);
	bool ok = fs_write(path, buf_view(&b), 0600, e);
	buf_release(&b);
	ok = ok && ask_signer(s, path, tx, raw, e);
	unlink(path);
	return ok;
}

/* ---- the log has it first ---- */

static void find_live(struct sending *s)
{
	struct step *step = step_of(s);
	s->live = NULL;
	for (size_t i = 0; i < step->n_submissions; i++)
		if (!step->submissions[i].rejected)
			s->live = &step->submissions[i];
}

static bool log_intent(struct sending *s, const struct transaction *tx, struct span raw,
		       const struct hash32 *hash, const struct submission *replaced, struct err *e)
{
	struct arena *a = s->a;
	struct hash32 raw_digest;
	if (!log_add_blob(s->ws->log, raw, BLOB_BEARER, &raw_digest, e))
		return false;
	struct json *body = json_object(a);
	json_set(body, a, "gas", json_u64(a, tx->gas));
	json_set(body, a, "maxFeePerGas", json_u256(a, &tx->max_fee));
	json_set(body, a, "maxPriorityFeePerGas", json_u256(a, &tx->max_priority));
	json_set(body, a, "nonce", json_u64(a, tx->nonce));
	json_set(body, a, "raw", json_bare(a, SPAN_HASH(&raw_digest)));
	json_set(body, a, "replaces", replaced != NULL ? json_0x(a, SPAN_HASH(&replaced->tx)) : json_null(a));
	json_set(body, a, "sender", json_addr(a, &s->payer));
	json_set(body, a, "step", json_str(a, step_name(s->kind)));
	json_set(body, a, "to", json_addr(a, &tx->to));
	json_set(body, a, "txHash", json_0x(a, SPAN_HASH(hash)));
	struct line l = workspace_line(s->ws, "submit.intended", s->change.id, body);
	return log_add_line(s->ws->log, &l, e);
}

/* Whoever came first while we were signing has the step: the log, held now, tells. */
static bool still_ours(struct sending *s, const struct submission *replaced, struct err *e)
{
	const struct hash32 expected = replaced != NULL ? replaced->tx : (struct hash32){{0}};
	if (!workspace_change(s->ws, s->a, s->id, &s->change, e))
		return false;
	find_live(s);
	if (step_of(s)->mined)
		return err_refuse(e, "MINED", "the step was mined meanwhile");
	if (s->live != NULL && (replaced == NULL || !hash32_eq(&s->live->tx, &expected)))
		return err_refuse(e, "SUBMITTED",
				  "another submission was quicker: run this again to follow it");
	return true;
}

static bool commit_intent(struct sending *s, const struct transaction *tx, struct span raw, struct hash32 *hash,
			  const struct submission *replaced, struct err *e)
{
	keccak256(hash, raw);
	if (!log_begin(s->ws->log, e))
		return false;
	if (!still_ours(s, replaced, e) || !log_intent(s, tx, raw, hash, replaced, e) ||
	    !log_commit(s->ws->log, e)) {
		log_abort(s->ws->log);
		return false;
	}
	return workspace_change(s->ws, s->a, s->id, &s->change, e);
}

/* ---- what became of it ---- */

static bool event_names(const struct chain_log *l, const struct hash32 *what)
{
	for (size_t i = 1; i < l->topic_count; i++)
		if (hash32_eq(&l->topics[i], what))
			return true;
	return l->data.n >= 32 && memcmp(l->data.p, what->b, 32) == 0;   /* Safe 1.3.0 does not index it */
}

/* The events that say a step ran: the Safe's, with the step's safeTxHash, or the timelock's, with the
 * operation's id, whoever called it. */
static bool log_proves(const struct sending *s, const struct chain_log *l)
{
	static const char *const timelock_event[] = {"CallScheduled", "CallExecuted", "Cancelled"};
	const struct deployment *d = &s->ws->deployment;
	const bool by_safe = addr_eq(&l->address, &d->safe);
	const struct abi *abi = pinned_abi(&s->ws->pin, &l->address);
	const char *name = by_safe ? "ExecutionSuccess" : timelock_event[s->kind];
	const struct abi_event *ev = abi != NULL ? abi_find_event_name(abi, name) : NULL;
	if (ev == NULL || l->topic_count == 0 || !hash32_eq(&l->topics[0], &ev->topic))
		return false;
	if (by_safe)
		return event_names(l, &s->change.steps[s->kind].safe_tx_hash);
	return s->change.proposal.route == ROUTE_TIMELOCK && addr_eq(&l->address, &d->timelock) &&
	       event_names(l, &s->change.operation);
}

static bool receipt_proves(const struct sending *s, const struct chain_receipt *r)
{
	for (size_t i = 0; r->ok && i < r->log_count; i++)
		if (log_proves(s, &r->logs[i]))
			return true;
	return false;
}

static bool log_outcome(struct sending *s, const struct chain_receipt *r, bool proved, const char *why,
			struct err *e)
{
	struct arena *a = s->a;
	struct buf text = {0};
	struct hash32 receipt;
	json_compact(&text, r->raw);
	bool ok = log_begin(s->ws->log, e) &&
		  log_add_blob(s->ws->log, buf_view(&text), BLOB_PUBLIC, &receipt, e);
	buf_release(&text);
	if (!ok) {
		log_abort(s->ws->log);
		return false;
	}
	struct json *body = json_object(a);
	json_set(body, a, "block", json_u64(a, r->block));
	json_set(body, a, "blockHash", json_0x(a, SPAN_HASH(&r->block_hash)));
	json_set(body, a, "blockTime", json_u64(a, r->block_time));
	json_set(body, a, "gasUsed", json_u64(a, r->gas_used));
	json_set(body, a, "receipt", json_bare(a, SPAN_HASH(&receipt)));
	json_set(body, a, "safeTxHash", json_0x(a, SPAN_HASH(&step_of(s)->safe_tx_hash)));
	json_set(body, a, "step", json_str(a, step_name(s->kind)));
	if (!proved)
		json_set(body, a, "text", json_str(a, why));
	json_set(body, a, "txHash", json_0x(a, SPAN_HASH(&r->tx_hash)));
	struct line l = workspace_line(s->ws, proved ? "step.mined" : "step.failed", s->change.id, body);
	ok = workspace_change(s->ws, a, s->id, &s->change, e) &&
	     (step_of(s)->mined || (log_add_line(s->ws->log, &l, e) && log_commit(s->ws->log, e)));
	log_abort(s->ws->log);
	return ok && views_catch_up(s->ws->views, e);
}

static void say_read(struct sending *s, const struct json *read, const char *verdict)
{
	const struct json *now = json_find(read, "before"), *say = json_find(read, "say");
	cli_text(s->cli, "  %s ", verdict);
	text_safe(&s->cli->text, say->text, false);
	cli_text(s->cli, ": ");
	text_safe(&s->cli->text, now->type == JSON_STRING ? now->text : span_str("no answer"), false);
	cli_text(s->cli, "\n");
}

/* After the last step: the getters say what the proposal promised, or a line says they do not. */
static bool verify_effect(struct sending *s, struct err *e)
{
	struct arena *a = s->a;
	struct json *reads, *found = json_array(a);
	size_t compared = 0;
	bool good = true;
	if (s->kind != STEP_EXECUTE)
		return true;
	if (!chain_repin(&s->chain, e) ||
	    !onchain_reads(s->ws, &s->chain, a, s->change.proposal.actions, &reads, e))
		return false;
	for (const struct json *r = reads->first; r != NULL; r = r->next) {
		const struct json *now = json_find(r, "before"), *expect = json_find(r, "expect");
		const bool compares = !json_is_null(expect), same = !compares || json_same(now, expect);
		struct json *o = json_object(a);
		json_set(o, a, "contract", json_copy(a, json_find(r, "contract")));
		json_set(o, a, "expect", json_copy(a, expect));
		json_set(o, a, "found", json_copy(a, now));
		json_set(o, a, "getter", json_copy(a, json_find(r, "getter")));
		json_push(found, o);
		say_read(s, r, !compares ? "to look at  " : same ? "as intended " : "NOT INTENDED");
		compared += compares;
		good = good && same;
	}
	struct json *body = json_object(a);
	json_set(body, a, "block", json_u64(a, s->chain.pin.number));
	json_set(body, a, "ok", json_bool(a, good && compared > 0));
	json_set(body, a, "reads", found);
	if (!good)
		s->cli->status = 1;
	else if (compared == 0)
		cli_text(s->cli,
			 "  Nothing could be compared: whether this is what was meant, a person has to say.\n");
	return workspace_append(s->ws, "change.verified", s->change.id, body, e);
}

static void say_mined(struct sending *s, const struct chain_receipt *r)
{
	struct json *o = json_object(s->a);
	cli_text(s->cli, "%s of %s is on chain: block %llu, gas %llu, transaction 0x", step_name(s->kind),
		 s->id, (unsigned long long)r->block, (unsigned long long)r->gas_used);
	buf_hex(&s->cli->text, SPAN_HASH(&r->tx_hash));
	cli_text(s->cli, "\n");
	json_set(o, s->a, "change", json_str(s->a, s->id));
	json_set(o, s->a, "step", json_str(s->a, step_name(s->kind)));
	json_set(o, s->a, "txHash", json_0x(s->a, SPAN_HASH(&r->tx_hash)));
	json_set(o, s->a, "block", json_u64(s->a, r->block));
	json_set(o, s->a, "status", json_str(s->a, "mined"));
	s->cli->result = o;
}

static bool finish(struct sending *s, const struct chain_receipt *r, struct err *e)
{
	struct buf why = {0};
	bool succeeds;
	const bool proved = receipt_proves(s, r);
	if (!proved && !r->ok) {
		struct chain_tx tx;
		bool found = false;
		buf_str(&why, "reverted: ");
		if (!chain_transaction(&s->chain, s->a, &r->tx_hash, &tx, &found, e) ||
		    (found && !chain_explain_call(&s->chain, s->a, &tx.from, &tx.to, &tx.value, tx.input,
						  s->abis, s->n_abis, &why, &succeeds, e)))
			err_clear(e);
	} else if (!proved) {
		buf_str(&why, "the receipt has no event that says this step ran");
	}
	bool ok = log_outcome(s, r, proved, buf_cstr(&why), e);
	if (ok && !proved)
		ok = err_refuse(e, "FAILED", "the transaction was mined and failed: %s", buf_cstr(&why));
	buf_release(&why);
	if (!ok)
		return false;
	say_mined(s, r);
	return verify_effect(s, e);
}

static bool follow(struct sending *s, const struct hash32 *tx, struct err *e)
{
	struct chain_receipt r;
	bool found;
	if (!submit_wait(&s->chain, s->a, tx, s->wait_ms, POLL_MS, &r, &found, e))
		return false;
	if (found)
		return finish(s, &r, e);
	return err_set(e, ERR_CHAIN, ERR_NO_OFFSET,
		       "sent, and not mined after %u s; run this again to follow it (--replace raises its "
		       "fee)",
		       s->wait_ms / 1000);
}

/* A node's no is kept, and ends nothing: it may have the transaction all the same, or get it from another. The
 * submission is dead only when its payer's nonce went elsewhere. */
static bool log_answer(struct sending *s, const struct hash32 *tx, const struct submit_answer *answer,
		       struct err *e)
{
	struct arena *a = s->a;
	struct json *body = json_object(a);
	json_set(body, a, "code", json_str(a, submit_outcome_name(answer->outcome)));
	json_set(body, a, "endpoint", json_str(a, answer->endpoint));
	json_set(body, a, "step", json_str(a, step_name(s->kind)));
	json_set(body, a, "text", json_text(a, answer->words));
	json_set(body, a, "txHash", json_0x(a, SPAN_HASH(tx)));
	return workspace_append(s->ws, "submit.answered", s->change.id, body, e);
}

static bool broadcast(struct sending *s, struct span raw, const struct hash32 *hash, struct err *e)
{
	struct submit_answer answer;
	struct chain_receipt r;
	enum submit_state state;
	if (!submit_raw(&s->chain, s->a, raw, &answer, e))
		return false;
	if (answer.outcome == SUBMIT_SENT || answer.outcome == SUBMIT_KNOWN)
		return follow(s, hash, e);
	if (!log_answer(s, hash, &answer, e) || !submit_lookup(&s->chain, s->a, hash, &state, &r, e))
		return false;
	if (state == SUBMIT_MINED)
		return finish(s, &r, e);
	return err_refuse(e, "NODE",
			  "%s does not take it: %.*s; run this again to send the same transaction, or with "
			  "--replace to pay more",
			  answer.endpoint, (int)answer.words.n, (const char *)answer.words.p);
}

/* ---- the ways through ---- */

static bool send_new(struct sending *s, const struct submission *replaced, struct err *e)
{
	struct transaction tx;
	struct span raw;
	struct hash32 hash;
	if (!may_send(s, e))
		return false;
	if (!prepare(s, replaced, &tx, e))
		return err_is_set(e) && e->code == ERR_REFUSED ? reject(s, e) : false;
	if (cli_flag(s->cli, "--print")) {
		s->cli->result = unsigned_json(s, &tx);
		json_pretty(&s->cli->text, s->cli->result);
		cli_text(s->cli, "\n");
		return true;
	}
	if (!s->has_payer)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET,
			       "who pays? --from KEYFILE signs here, --print shows the unsigned transaction");
	if (!sign(s, &tx, &raw, e))
		return err_is_set(e) && e->code == ERR_REFUSED ? reject(s, e) : false;
	return commit_intent(s, &tx, raw, &hash, replaced, e) && broadcast(s, raw, &hash, e);
}

/* A submission that is in the log: mined, waiting, lost by the nodes, or overtaken. */
/* Of all that were ever sent for this step, a replaced one may be the one that was mined. */
static bool find_mined(struct sending *s, struct chain_receipt *r, bool *mined, bool *pending, struct err *e)
{
	const struct step *step = step_of(s);
	*mined = *pending = false;
	for (size_t i = step->n_submissions; i-- > 0;) {
		enum submit_state state;
		if (step->submissions[i].rejected)
			continue;
		if (!submit_lookup(&s->chain, s->a, &step->submissions[i].tx, &state, r, e))
			return false;
		*mined = state == SUBMIT_MINED;
		*pending |= state == SUBMIT_PENDING;
		if (*mined)
			return true;
	}
	return true;
}

static bool bury(struct sending *s, struct err *e)
{
	const struct step *step = step_of(s);
	for (size_t i = 0; i < step->n_submissions; i++)
		if (!step->submissions[i].rejected &&
		    !log_rejected(s, &step->submissions[i].tx, "NONCE-USED",
				  "the payer's nonce went to another transaction", e))
			return false;
	return workspace_change(s->ws, s->a, s->id, &s->change, e);
}

static bool resume(struct sending *s, struct err *e)
{
	const struct submission live = *s->live;
	struct chain_receipt r;
	bool mined, pending;
	uint64_t nonce;
	struct buf raw = {0};
	/* The nonce before the receipts: a transaction that is mined in between is then found by its receipt.
	 */
	if (!chain_nonce(&s->chain, &live.sender, &nonce, e) || !find_mined(s, &r, &mined, &pending, e))
		return false;
	if (mined)
		return finish(s, &r, e);
	if (nonce > live.nonce)
		return bury(s, e) && send_new(s, NULL, e);
	if (cli_flag(s->cli, "--replace")) {
		if (!s->has_payer || !addr_eq(&s->payer, &live.sender))
			return err_refuse(e, "PAYER", "only the payer that sent it can replace it");
		return send_new(s, &live, e);
	}
	if (pending) {
		cli_say(s->cli, "sent already and waiting to be mined");
		return follow(s, &live.tx, e);
	}
	cli_say(s->cli, "intended before, and no node knows it: sending the same transaction again");
	bool ok = log_blob(s->ws->log, &live.raw, &raw, NULL, e) &&
		  broadcast(s, arena_copy(s->a, buf_view(&raw)), &live.tx, e);
	buf_release(&raw);
	return ok;
}

/* The block at which the step was packed, from its evidence: nothing about it is older. */
static uint64_t packed_at(struct sending *s)
{
	struct buf text = {0};
	uint64_t block = 0;
	if (step_of(s)->has_evidence && log_blob(s->ws->log, &step_of(s)->evidence, &text, NULL, NULL)) {
		const struct json *doc = json_parse(s->a, arena_copy(s->a, buf_view(&text)), NULL);
		const struct json *at = doc != NULL ? json_find(doc, "block") : NULL;
		if (at == NULL || !json_get_u64(at, "number", &block, NULL))
			block = 0;
	}
	buf_release(&text);
	return block;
}

/* Has the step run without us? Its nonce is spent, or its operation is in the state that the step leads to. */
static bool may_have_run(struct sending *s)
{
	const uint64_t at = s->facts.operation_timestamp;
	if (step_of(s)->nonce < s->facts.safe_nonce)
		return true;
	if (s->change.proposal.route == ROUTE_DIRECT)
		return false;
	return (s->kind == STEP_SCHEDULE && at != 0) || (s->kind == STEP_EXECUTE && at == 1) ||
	       (s->kind == STEP_CANCEL && at == 0 && s->change.steps[STEP_SCHEDULE].mined);
}

/* Anyone can send what enough owners signed, and others may hold the timelock's roles: what they did is found
 * by its events and logged as what it is. */
static bool find_foreign(struct sending *s, bool *done, struct err *e)
{
	const struct addr where[2] = {s->ws->deployment.safe, s->ws->deployment.timelock};
	struct chain_log *logs;
	struct chain_receipt r;
	size_t n;
	bool found;
	*done = false;
	if (!may_have_run(s))
		return true;
	if (!chain_logs(&s->chain, s->a, where, 2, NULL, 0, packed_at(s), s->chain.pin.number, &logs, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (log_proves(s, &logs[i])) {
			if (!chain_receipt(&s->chain, s->a, &logs[i].tx_hash, &r, &found, e))
				return false;
			*done = found;
			if (found)
				return finish(s, &r, e);
		}
	return true;
}

static bool open_all(struct sending *s, struct err *e)
{
	const char *wait = cli_option(s->cli, "--wait");
	uint64_t seconds = WAIT_MS / 1000;
	if (wait != NULL && (!duration_parse(&seconds, span_str(wait), e) || seconds > 86400))
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET,
			       "--wait: needed a duration of at most a day, found %s", wait);
	s->wait_ms = (unsigned)(seconds * 1000);
	s->abis = onchain_abis(s->ws, s->a, &s->n_abis);
	return step_parse(&s->kind, span_str(s->cli->args[1]), e) &&
	       workspace_change(s->ws, s->a, s->id, &s->change, e) && open_payer(s, e) &&
	       onchain_open(s->ws, &s->chain, e) && onchain_facts(s->ws, &s->chain, &s->change, &s->facts, e) &&
	       chain_safe(&s->chain, s->a, &s->ws->deployment.safe, &s->safe, e);
}

static bool run(struct sending *s, struct err *e)
{
	bool done;
	if (!open_all(s, e))
		return false;
	if (!s->change.proposed || !step_of(s)->packed)
		return err_refuse(e, "NOT-PACKED", "%s of %s has no packet yet: setgov packet %s --step %s",
				  step_name(s->kind), s->id, s->id, step_name(s->kind));
	if (step_of(s)->mined) {
		cli_text(s->cli, "%s of %s is on chain already: block %llu\n", step_name(s->kind), s->id,
			 (unsigned long long)step_of(s)->block);
		s->cli->result = json_object(s->a);
		json_set(s->cli->result, s->a, "status", json_str(s->a, "mined"));
		json_set(s->cli->result, s->a, "txHash", json_0x(s->a, SPAN_HASH(&step_of(s)->tx)));
		/* The node may have gone before the effect was read back. */
		return s->change.verified || s->change.read_back || verify_effect(s, e);
	}
	if (!change_step_tx(s->a, &s->tx, &s->ws->deployment, &s->change.proposal, &s->change.root, s->kind,
			    step_of(s)->nonce, e) ||
	    !find_foreign(s, &done, e) || done || !pick_sender(s, e))
		return !err_is_set(e);
	find_live(s);
	return s->live != NULL ? resume(s, e) : send_new(s, NULL, e);
}

bool cmd_submit(struct cli *cli, struct err *e)
{
	struct sending s = { .cli = cli, .ws = cli->ws, .a = &cli->arena, .id = cli->args[0] };
	const bool ok = run(&s, e);
	chain_release(&s.chain);
	return ok;
}
