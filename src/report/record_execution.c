/* The change record: transactions and blocks, and what was refused or failed. */
#include "src/report/record.h"

/* ---- the chain -------------------------------------------------------------------------------------------------- */

static void finality(struct record *x, struct rows *t, uint64_t block)
{
	const struct snapshot *k = x->src->look;
	if (k == NULL || !k->online)
		rows_str(t, "finality", "the chain was not asked");
	else if (k->has_finalized && block <= k->finalized)
		rows_fmt(t, "finality", "finalized (up to block %llu)", (unsigned long long)k->finalized);
	else if (k->has_safe_head && block <= k->safe_head)
		rows_fmt(t, "finality", "safe, not finalized (up to block %llu)", (unsigned long long)k->safe_head);
	else
		rows_fmt(t, "finality", "not final: block %llu is the newest", (unsigned long long)k->block);
}

static void receipt(struct record *x, struct rows *t, const struct line *l)
{
	uint64_t block, seconds;
	const bool mined = line_kind_is(l, "step.mined");
	rows_str(t, "outcome", mined ? "success" : "failure");
	rows_mark(t, mined ? REPORT_AS_IT_SHOULD : REPORT_FINDING);
	rows_put(t, "error", line_text(l, "text"));
	rows_put(t, "tx_hash", line_text(l, "txHash"));
	rows_put(t, "block_hash", line_text(l, "blockHash"));
	rows_put(t, "receipt", line_text(l, "receipt"));
	if (json_get_u64(l->body, "blockTime", &seconds, NULL))
		rows_seconds(t, "block_time", seconds);
	if (!json_get_u64(l->body, "block", &block, NULL))
		return;
	rows_u64(t, "block_number", block);
	finality(x, t, block);
}

static void sender(struct record *x, struct rows *t, const struct story_step *y)
{
	const uint64_t seq = y->sent != NULL ? y->sent->seq : 0;
	rows_put(t, "submitted_by", y->submitter);
	rows_who(t, "submitter", x->src, y->submitter, seq);
	rows_put(t, "paid_by", y->payer != NULL ? y->payer->id : line_text(y->sent, "sender"));
	if (y->payer != NULL)
		rows_who(t, "payer", x->src, y->payer->id, seq);
}

void record_transactions(struct record *x)
{
	static const char *const columns[] = { "step", "nonce", "safe_tx_hash", "outcome", "error", "tx_hash",
		"block_number", "block_time", "block_hash", "finality", "submitted_by", "submitter", "paid_by", "payer",
		"receipt" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "transactions", "Transactions and blocks", columns);
	for (int k = 0; k < N_STEPS; k++) {
		const struct story_step *y = &x->s.steps[k];
		const struct line *newest = y->receipt != NULL ? y->receipt : y->sent != NULL ? y->sent : y->packed;
		uint64_t nonce;
		if (newest == NULL)
			continue;
		rows_next(&t);
		rows_str(&t, "step", step_name((enum step_kind)k));
		if (y->packed != NULL && json_get_u64(y->packed->body, "nonce", &nonce, NULL))
			rows_u64(&t, "nonce", nonce);
		rows_put(&t, "safe_tx_hash", line_text(y->packed, "safeTxHash"));
		sender(x, &t, y);
		rows_str(&t, "outcome", y->sent != NULL ? "sent, no receipt" : "not sent");
		rows_put(&t, "tx_hash", line_text(y->sent, "txHash"));
		if (y->receipt != NULL)
			receipt(x, &t, y->receipt);
		rows_rest_on(&t, newest->seq);
		if (y->packed != NULL)
			rows_rest_on(&t, y->packed->seq);
		if (y->sent != NULL)
			rows_rest_on(&t, y->sent->seq);
	}
}

/* ---- denied and failed ------------------------------------------------------------------------------------------ */

void record_denied(struct record *x)
{
	static const char *const columns[] = { "time", "action", "outcome", "what", "actor_id", "actor", "auth_method",
		"step", "code", "error" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "denied", "Refusals, declines and failures", columns);
	const struct line *before = NULL;
	for (size_t i = 0; i < x->s.n; i++) {
		const struct line *l = &x->s.lines[i];
		if (!line_denies(l->kind, l->body))
			continue;
		if (before == NULL || !line_denies_the_same(before, l))
			rows_next(&t);
		rows_denial(&t, x->src, l);
		before = l;
	}
}
