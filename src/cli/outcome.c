/* A step that was sent, by us or by somebody: what the chain made of it. */
#include "src/cli/outcome.h"

#include <string.h>

#include "src/base/text.h"
#include "src/cli/onchain.h"

#define POLL_MS 500u

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
	json_set(body, a, "safeTxHash", json_0x(a, SPAN_HASH(&sending_step(s)->safe_tx_hash)));
	json_set(body, a, "step", json_str(a, step_name(s->kind)));
	if (!proved)
		json_set(body, a, "text", json_str(a, why));
	json_set(body, a, "txHash", json_0x(a, SPAN_HASH(&r->tx_hash)));
	struct line l = workspace_line(s->ws, proved ? "step.mined" : "step.failed", s->change.id, body);
	ok = workspace_change(s->ws, a, s->id, &s->change, e) &&
	     (sending_step(s)->mined || (log_add_line(s->ws->log, &l, e) && log_commit(s->ws->log, e)));
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
bool outcome_read_back(struct sending *s, struct err *e)
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
		json_set(o, a, "at", json_copy(a, json_find(r, "at")));
		json_set(o, a, "contract", json_copy(a, json_find(r, "contract")));
		json_set(o, a, "data", json_copy(a, json_find(r, "data")));
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

bool outcome_finish(struct sending *s, const struct chain_receipt *r, struct err *e)
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
	return outcome_read_back(s, e);
}

bool outcome_follow(struct sending *s, const struct hash32 *tx, struct err *e)
{
	struct chain_receipt r;
	bool found;
	if (!submit_wait(&s->chain, s->a, tx, s->wait_ms, POLL_MS, &r, &found, e))
		return false;
	if (found)
		return outcome_finish(s, &r, e);
	return err_set(e, ERR_CHAIN, ERR_NO_OFFSET,
		       "sent, and not mined after %u s; run this again to follow it (--replace raises its "
		       "fee)",
		       s->wait_ms / 1000);
}

/* The block at which the step was packed, from its evidence: nothing about it is older. */
static uint64_t packed_at(struct sending *s)
{
	struct buf text = {0};
	uint64_t block = 0;
	if (sending_step(s)->has_evidence &&
	    log_blob(s->ws->log, &sending_step(s)->evidence, &text, NULL, NULL)) {
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
	if (sending_step(s)->nonce < s->facts.safe_nonce)
		return true;
	if (s->change.proposal.route == ROUTE_DIRECT)
		return false;
	return (s->kind == STEP_SCHEDULE && at != 0) || (s->kind == STEP_EXECUTE && at == 1) ||
	       (s->kind == STEP_CANCEL && at == 0 && s->change.steps[STEP_SCHEDULE].mined);
}

/* Anyone can send what enough owners signed, and others may hold the timelock's roles: what they did is found
 * by its events and logged as what it is. */
bool outcome_find_foreign(struct sending *s, bool *done, struct err *e)
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
				return outcome_finish(s, &r, e);
		}
	return true;
}
