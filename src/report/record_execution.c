/* The change record: transactions and blocks, and what was refused or failed. */
#include "src/report/record.h"

#include "src/report/judged.h"

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

static void receipt(struct record *x, struct rows *t, struct rows *b, const struct line *l)
{
	uint64_t block, seconds;
	const bool mined = line_kind_is(l, "step.mined");
	rows_str(t, "outcome", mined ? "success" : "failure");
	rows_mark(t, mined ? REPORT_AS_IT_SHOULD : REPORT_FINDING);
	rows_put(t, "error", line_text(l, "text"));
	rows_put(b, "tx_hash", line_text(l, "txHash"));
	rows_put(b, "block_hash", line_text(l, "blockHash"));
	rows_put(b, "receipt", line_text(l, "receipt"));
	if (json_get_u64(l->body, "blockTime", &seconds, NULL))
		rows_seconds(b, "block_time", seconds);
	if (!json_get_u64(l->body, "block", &block, NULL))
		return;
	rows_u64(b, "block_number", block);
	finality(x, b, block);
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

static void rest_on_step(struct rows *t, const struct story_step *y)
{
	const struct line *const lines[] = { y->packed, y->sent, y->receipt };
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		if (lines[i] != NULL)
			rows_rest_on(t, lines[i]->seq);
}

/* A row of each table. */
static void transaction(struct record *x, struct rows *t, struct rows *b, enum step_kind k)
{
	const struct story_step *y = &x->s.steps[k];
	uint64_t nonce;
	rows_next(t);
	rows_str(t, "step", step_name(k));
	if (y->packed != NULL && json_get_u64(y->packed->body, "nonce", &nonce, NULL))
		rows_u64(t, "nonce", nonce);
	rows_str(t, "outcome", y->sent != NULL ? "sent, no receipt" : "not sent");
	sender(x, t, y);
	rows_next(b);
	rows_str(b, "step", step_name(k));
	rows_put(b, "safe_tx_hash", line_text(y->packed, "safeTxHash"));
	rows_put(b, "tx_hash", line_text(y->sent, "txHash"));
	if (y->receipt != NULL)
		receipt(x, t, b, y->receipt);
	rest_on_step(t, y);
	rest_on_step(b, y);
}

void record_transactions(struct record *x)
{
	static const char *const columns[] = { "step", "nonce", "outcome", "error", "submitted_by", "submitter",
		"paid_by", "payer" };
	static const char *const blocks[] = { "step", "safe_tx_hash", "tx_hash", "block_number", "block_time",
		"block_hash", "finality", "receipt" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "transactions", "Transactions: who sent them, and what became of them",
				   columns);
	struct rows b = ROWS_BEGIN(x->a, x->r, "blocks", "Transactions: where they are on chain", blocks);
	b.s->text = "receipt is the SHA-256 of the node's receipt, which the log keeps.";
	for (int k = 0; k < N_STEPS; k++) {
		const struct story_step *y = &x->s.steps[k];
		if (y->packed != NULL || y->sent != NULL || y->receipt != NULL)
			transaction(x, &t, &b, (enum step_kind)k);
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
		rows_denial(&t, x->src, l, judged_denial(x->a, x->src, &x->s, l));
		before = l;
	}
}
