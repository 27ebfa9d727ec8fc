#include "audit-log/verify_deep_state.h"

#include "src/crypto/keccak.h"
#include "src/evm/address.h"
#include "src/evm/transaction.h"

static bool says_number(const struct json *body, const char *name, const struct u256 *wanted, struct err *e)
{
	struct u256 found;

	if (!json_get_u256(body, name, &found, e))
		return false;
	if (u256_cmp(&found, wanted) == 0)
		return true;
	err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "is not what the raw transaction has");
	return err_in(e, "%s", name);
}

static bool says_transaction(const struct json *body, const struct transaction *tx, const struct addr *sender,
			     const struct hash32 *hash, struct err *e)
{
	const struct u256 nonce = u256_from_u64(tx->nonce), gas = u256_from_u64(tx->gas);
	struct hash32 said;
	struct addr from, to;

	if (!json_get_hash(body, "txHash", &said, e) || !json_get_addr(body, "sender", &from, e) ||
	    !json_get_addr(body, "to", &to, e))
		return false;
	if (!hash32_eq(&said, hash) || !addr_eq(&from, sender) || !tx->has_to || !addr_eq(&to, &tx->to))
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "%s is not that of the raw transaction",
			       !hash32_eq(&said, hash) ? "txHash" : !addr_eq(&from, sender) ? "sender" : "to");
	return says_number(body, "nonce", &nonce, e) && says_number(body, "gas", &gas, e) &&
	       says_number(body, "maxFeePerGas", &tx->max_fee, e) &&
	       says_number(body, "maxPriorityFeePerGas", &tx->max_priority, e);
}

void deep_submission(struct judging *j)
{
	struct hash32 digest, hash;
	struct err inner = {0};
	struct buf raw = {0};
	struct transaction tx;
	struct addr sender;
	enum step_kind kind;
	struct sig sig;

	if (!deep_step_of(j, FINDING_SUBMISSION, &kind))
		return;
	if (!json_get_bare_hash(j->l->body, "raw", &digest, &inner)) {
		deep_find_error(j, FINDING_SUBMISSION, "", &inner);
		return;
	}
	if (j->d->walk.blob(j->d->walk.ctx, &digest, &raw)) {
		keccak256(&hash, buf_view(&raw));
		if (!transaction_decode(&j->a, &tx, &sig, buf_view(&raw), &inner) ||
		    !transaction_sender(&sender, &tx, &sig, &inner) ||
		    !says_transaction(j->l->body, &tx, &sender, &hash, &inner))
			deep_find_error(j, FINDING_SUBMISSION, "", &inner);
		else if (j->d->have_deployment && tx.chain_id != j->d->deployment.chain_id)
			deep_find(j, FINDING_SUBMISSION, "the raw transaction is for another chain");
		j->d->counts.transactions++;
	}
	buf_release(&raw);
}

static bool says_receipt(const struct json *body, const struct json *receipt, struct err *e)
{
	struct hash32 tx, block, said_tx, said_block;
	struct u256 number, said_number;

	return json_get_hash(receipt, "transactionHash", &tx, e) && json_get_hash(receipt, "blockHash", &block, e) &&
	       json_get_u256(receipt, "blockNumber", &number, e) && json_get_hash(body, "txHash", &said_tx, e) &&
	       json_get_hash(body, "blockHash", &said_block, e) && json_get_u256(body, "block", &said_number, e) &&
	       ((hash32_eq(&tx, &said_tx) && hash32_eq(&block, &said_block) && u256_cmp(&number, &said_number) == 0) ||
		err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "says another transaction or block than its receipt"));
}

/* The receipt is a node's word: what is held against it is what the line made of it. */
void deep_receipt(struct judging *j)
{
	struct hash32 digest;
	struct err inner = {0};
	struct buf text = {0};
	enum step_kind kind;
	const struct deep_step *s = deep_step_of(j, FINDING_RECEIPT, &kind);
	const struct json *receipt;

	if (!s)
		return;
	deep_hash_of(j, s, FINDING_RECEIPT);
	if (!json_get_bare_hash(j->l->body, "receipt", &digest, &inner)) {
		deep_find_error(j, FINDING_RECEIPT, "", &inner);
		return;
	}
	if (j->d->walk.blob(j->d->walk.ctx, &digest, &text)) {
		receipt = json_parse(&j->a, buf_view(&text), &inner);
		if (!receipt || !says_receipt(j->l->body, receipt, &inner))
			deep_find_error(j, FINDING_RECEIPT, "", &inner);
		j->d->counts.receipts++;
	}
	buf_release(&text);
}
