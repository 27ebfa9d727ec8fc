/* submit: a step onto the chain, once. The log has the intent, with the transaction's hash and bytes, before
 * the node has them; so whoever runs this again, however the first run ended, finds that transaction and never
 * makes a second one. */
#include <string.h>

#include "src/cli/cmd.h"
#include "src/cli/onchain.h"
#include "src/cli/outcome.h"
#include "src/crypto/keccak.h"
#include "src/evm/address.h"

#define WAIT_MS 60000u                /* for a receipt, when --wait says nothing else */

/* ---- the log has it first ---- */

static void find_live(struct sending *s)
{
	struct step *step = sending_step(s);
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
	if (sending_step(s)->mined)
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
		return outcome_follow(s, hash, e);
	if (!log_answer(s, hash, &answer, e) || !submit_lookup(&s->chain, s->a, hash, &state, &r, e))
		return false;
	if (state == SUBMIT_MINED)
		return outcome_finish(s, &r, e);
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
	if (!sending_check(s, e))
		return false;
	if (!sending_prepare(s, replaced, &tx, e))
		return err_is_set(e) && e->code == ERR_REFUSED ? sending_reject(s, e) : false;
	if (cli_flag(s->cli, "--print")) {
		/* Whoever has it can send it, signatures and all: that it was handed out is in the log. */
		struct json *body = json_object(s->a);
		json_set(body, s->a, "safeTxHash", json_0x(s->a, SPAN_HASH(&sending_step(s)->safe_tx_hash)));
		json_set(body, s->a, "step", json_str(s->a, step_name(s->kind)));
		if (!workspace_append(s->ws, "submit.printed", s->change.id, body, e))
			return false;
		s->cli->result = sending_json(s, &tx);
		json_pretty(&s->cli->text, s->cli->result);
		cli_text(s->cli, "\n");
		return true;
	}
	if (!s->has_payer)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET,
			       "who pays? --from KEYFILE signs here, --print shows the unsigned transaction");
	if (!sending_sign(s, &tx, &raw, e))
		return err_is_set(e) && e->code == ERR_REFUSED ? sending_reject(s, e) : false;
	return commit_intent(s, &tx, raw, &hash, replaced, e) && broadcast(s, raw, &hash, e);
}

/* A submission that is in the log: mined, waiting, lost by the nodes, or overtaken. */
/* Of all that were ever sent for this step, a replaced one may be the one that was mined. */
static bool find_mined(struct sending *s, struct chain_receipt *r, bool *mined, bool *pending, struct err *e)
{
	const struct step *step = sending_step(s);
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
	const struct step *step = sending_step(s);
	for (size_t i = 0; i < step->n_submissions; i++)
		if (!step->submissions[i].rejected &&
		    !sending_log_rejected(s, &step->submissions[i].tx, "NONCE-USED",
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
		return outcome_finish(s, &r, e);
	if (nonce > live.nonce)
		return bury(s, e) && send_new(s, NULL, e);
	if (cli_flag(s->cli, "--replace")) {
		if (!s->has_payer || !addr_eq(&s->payer, &live.sender))
			return err_refuse(e, "PAYER", "only the payer that sent it can replace it");
		return send_new(s, &live, e);
	}
	if (pending) {
		cli_say(s->cli, "sent already and waiting to be mined");
		return outcome_follow(s, &live.tx, e);
	}
	cli_say(s->cli, "intended before, and no node knows it: sending the same transaction again");
	bool ok = log_blob(s->ws->log, &live.raw, &raw, NULL, e) &&
		  broadcast(s, arena_copy(s->a, buf_view(&raw)), &live.tx, e);
	buf_release(&raw);
	return ok;
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
	       workspace_change(s->ws, s->a, s->id, &s->change, e) && sending_open_payer(s, e) &&
	       onchain_open(s->ws, &s->chain, e) && onchain_facts(s->ws, &s->chain, &s->change, &s->facts, e) &&
	       chain_safe(&s->chain, s->a, &s->ws->deployment.safe, &s->safe, e);
}

static bool run(struct sending *s, struct err *e)
{
	bool done;
	if (!open_all(s, e))
		return false;
	if (s->change.proposed && s->change.proposal.route == ROUTE_DIRECT && s->kind != STEP_EXECUTE)
		return err_refuse(e, "NO-STEP", "%s is a direct change and has one step: setgov submit %s execute",
				  s->id, s->id);
	if (!s->change.proposed || !sending_step(s)->packed)
		return err_refuse(e, "NOT-PACKED", "%s of %s has no packet yet: setgov packet %s --step %s",
				  step_name(s->kind), s->id, s->id, step_name(s->kind));
	if (sending_step(s)->mined) {
		cli_text(s->cli, "%s of %s is on chain already: block %llu\n", step_name(s->kind), s->id,
			 (unsigned long long)sending_step(s)->block);
		s->cli->result = json_object(s->a);
		json_set(s->cli->result, s->a, "status", json_str(s->a, "mined"));
		json_set(s->cli->result, s->a, "txHash", json_0x(s->a, SPAN_HASH(&sending_step(s)->tx)));
		/* The node may have gone before the effect was read back. */
		return s->change.verified || s->change.read_back || outcome_read_back(s, e);
	}
	if (!change_step_tx(s->a, &s->tx, &s->ws->deployment, &s->change.proposal, &s->change.root, s->kind,
			    sending_step(s)->nonce, e) ||
	    !outcome_find_foreign(s, &done, e) || done || !sending_pick_sender(s, e))
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
