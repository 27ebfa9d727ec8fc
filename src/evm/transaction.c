#include "src/evm/transaction.h"

#include <assert.h>
#include <string.h>

#include "src/crypto/keccak.h"
#include "src/evm/rlp.h"

/* ---- writing ---- */

static void write_access(struct buf *out, const struct transaction *tx)
{
	const size_t list = rlp_begin(out);

	for (size_t i = 0; i < tx->n_access; i++) {
		const struct tx_access *x = &tx->access[i];
		const size_t entry = rlp_begin(out);
		size_t keys;

		rlp_write_bytes(out, span_of(x->address.b, 20));
		keys = rlp_begin(out);
		for (size_t k = 0; k < x->n_keys; k++)
			rlp_write_bytes(out, SPAN_HASH(&x->keys[k]));
		rlp_end(out, keys);
		rlp_end(out, entry);
	}
	rlp_end(out, list);
}

static void write_number(struct buf *out, const uint8_t be[32])
{
	const struct u256 v = u256_from_be(be);

	rlp_write_u256(out, &v);
}

/* v, r, s. EIP-155: v = 35 + 2 * chain id + parity, and (chain id, 0, 0) stands there while it is being signed. */
static void write_signature(struct buf *out, const struct transaction *tx, const struct sig *s)
{
	if (!s) {
		if (tx->kind == TX_LEGACY && tx->chain_id) {
			rlp_write_u64(out, tx->chain_id);
			rlp_write_u64(out, 0);
			rlp_write_u64(out, 0);
		}
		return;
	}
	assert(s->v == 27 || s->v == 28);
	if (tx->kind != TX_LEGACY)
		rlp_write_u64(out, s->v - 27u);
	else
		rlp_write_u64(out, tx->chain_id ? 8 + 2 * tx->chain_id + s->v : s->v);
	write_number(out, s->r);
	write_number(out, s->s);
}

void transaction_encode(struct buf *out, const struct transaction *tx, const struct sig *s)
{
	size_t list;

	assert(tx->chain_id <= TX_MAX_CHAIN_ID);
	assert(tx->kind != TX_LEGACY || !tx->n_access);
	if (tx->kind != TX_LEGACY)
		buf_byte(out, tx->kind == TX_1559 ? 2 : 1);
	list = rlp_begin(out);
	if (tx->kind != TX_LEGACY)
		rlp_write_u64(out, tx->chain_id);
	rlp_write_u64(out, tx->nonce);
	if (tx->kind == TX_1559) {
		rlp_write_u256(out, &tx->max_priority);
		rlp_write_u256(out, &tx->max_fee);
	} else {
		rlp_write_u256(out, &tx->gas_price);
	}
	rlp_write_u64(out, tx->gas);
	rlp_write_bytes(out, span_of(tx->to.b, tx->has_to ? 20 : 0));
	rlp_write_u256(out, &tx->value);
	rlp_write_bytes(out, tx->data);
	if (tx->kind != TX_LEGACY)
		write_access(out, tx);
	write_signature(out, tx, s);
	rlp_end(out, list);
}

void transaction_hash(struct hash32 *out, const struct transaction *tx, const struct sig *s)
{
	struct buf b = {0};

	transaction_encode(&b, tx, s);
	keccak256(out, buf_view(&b));
	buf_release(&b);
}

void transaction_digest(struct hash32 *out, const struct transaction *tx)
{
	transaction_hash(out, tx, NULL);
}

/* ---- reading ---- */

static bool read_keys(struct arena *a, struct tx_access *x, struct reader *r, struct err *e)
{
	struct reader keys;
	struct hash32 *out;

	if (!rlp_list(r, &keys, e))
		return err_in(e, "storageKeys");
	out = ARENA_ARRAY(a, struct hash32, reader_left(&keys) / 33);
	for (x->n_keys = 0; reader_left(&keys); x->n_keys++)
		if (!rlp_fixed(&keys, out[x->n_keys].b, 32, e))
			return err_in(e, "storageKeys[%zu]", x->n_keys);
	x->keys = out;
	return true;
}

static bool read_entry(struct arena *a, struct tx_access *x, struct reader *list, struct err *e)
{
	struct reader r;

	if (!rlp_list(list, &r, e))
		return false;
	if (!rlp_fixed(&r, x->address.b, 20, e))
		return err_in(e, "address");
	return read_keys(a, x, &r, e) && reader_end(&r, e);
}

static bool read_access(struct arena *a, struct transaction *tx, struct reader *r, struct err *e)
{
	struct reader list;
	struct tx_access *out;

	if (!rlp_list(r, &list, e))
		return err_in(e, "accessList");
	/* An entry is at least 23 bytes: two headers, an address, an empty list. */
	out = ARENA_ARRAY(a, struct tx_access, reader_left(&list) / 23 + 1);
	for (tx->n_access = 0; reader_left(&list); tx->n_access++) {
		if (reader_left(&list) < 23)
			return err_set(e, ERR_SYNTAX, list.pos, "needed an access list entry"),
			       err_in(e, "accessList[%zu]", tx->n_access);
		if (!read_entry(a, &out[tx->n_access], &list, e))
			return err_in(e, "accessList[%zu]", tx->n_access);
	}
	tx->access = out;
	return true;
}

static bool read_u64(struct reader *r, uint64_t *out, const char *name, struct err *e)
{
	return rlp_u64(r, out, e) || err_in(e, "%s", name);
}

static bool read_u256(struct reader *r, struct u256 *out, const char *name, struct err *e)
{
	return rlp_u256(r, out, e) || err_in(e, "%s", name);
}

static bool read_to(struct transaction *tx, struct reader *r, struct err *e)
{
	const size_t at = r->pos;
	struct span to;

	if (!rlp_bytes(r, &to, e))
		return err_in(e, "to");
	if (to.n && to.n != 20)
		return err_set(e, ERR_SYNTAX, at, "needed 20 bytes or none, found %zu", to.n), err_in(e, "to");
	tx->has_to = to.n == 20;
	if (tx->has_to)
		memcpy(tx->to.b, to.p, 20);
	return true;
}

static bool chain_id_fits(uint64_t chain_id, size_t at, struct err *e)
{
	if (chain_id <= TX_MAX_CHAIN_ID)
		return true;
	err_set(e, ERR_RANGE, at, "at most 2^63-37 (EIP-2294)");
	return err_in(e, "chainId");
}

static bool read_fees(struct transaction *tx, struct reader *r, struct err *e)
{
	if (tx->kind != TX_1559)
		return read_u256(r, &tx->gas_price, "gasPrice", e);
	return read_u256(r, &tx->max_priority, "maxPriorityFeePerGas", e) &&
	       read_u256(r, &tx->max_fee, "maxFeePerGas", e);
}

static bool read_fields(struct arena *a, struct transaction *tx, struct reader *r, struct err *e)
{
	const size_t at = r->pos;

	if (tx->kind != TX_LEGACY &&
	    (!read_u64(r, &tx->chain_id, "chainId", e) || !chain_id_fits(tx->chain_id, at, e)))
		return false;
	if (!read_u64(r, &tx->nonce, "nonce", e) || !read_fees(tx, r, e) || !read_u64(r, &tx->gas, "gas", e) ||
	    !read_to(tx, r, e) || !read_u256(r, &tx->value, "value", e))
		return false;
	if (!rlp_bytes(r, &tx->data, e))
		return err_in(e, "data");
	return tx->kind == TX_LEGACY || read_access(a, tx, r, e);
}

/* Splits v into the parity and, for a legacy transaction, the chain id. */
static bool take_v(struct transaction *tx, struct sig *s, uint64_t v, size_t at, struct err *e)
{
	const bool legacy = tx->kind == TX_LEGACY;

	if (!legacy && v <= 1) {
		s->v = (uint8_t)(27 + v);
		return true;
	}
	if (legacy && (v == 27 || v == 28)) {
		s->v = (uint8_t)v;
		return true;
	}
	if (legacy && v >= 37) {
		s->v = (uint8_t)(27 + (v - 35) % 2);
		tx->chain_id = (v - 35) / 2;
		return chain_id_fits(tx->chain_id, at, e);
	}
	err_set(e, ERR_RANGE, at, legacy ? "needed 27, 28 or at least 37, found %llu" : "needed 0 or 1, found %llu",
		(unsigned long long)v);
	return err_in(e, "v");
}

static bool read_signature(struct transaction *tx, struct sig *s, struct reader *r, struct err *e)
{
	const size_t at = r->pos;
	struct u256 x;
	uint64_t v;

	if (!read_u64(r, &v, "v", e) || !take_v(tx, s, v, at, e) || !read_u256(r, &x, "r", e))
		return false;
	u256_to_be(s->r, &x);
	if (!read_u256(r, &x, "s", e))
		return false;
	u256_to_be(s->s, &x);
	return true;
}

/* What stands in the signature's place of a legacy transaction that is to be signed for one chain. */
static bool read_eip155(struct transaction *tx, struct reader *r, struct err *e)
{
	static const char *const name[] = { "r", "s" };
	const size_t at = r->pos;

	if (tx->kind != TX_LEGACY || !reader_left(r))
		return true;
	if (!read_u64(r, &tx->chain_id, "chainId", e) || !chain_id_fits(tx->chain_id, at, e))
		return false;
	if (!tx->chain_id)
		return err_set(e, ERR_RANGE, at, "0 is no chain id"), err_in(e, "chainId");
	for (size_t i = 0; i < 2; i++) {
		const size_t here = r->pos;
		uint64_t zero;

		if (!read_u64(r, &zero, name[i], e))
			return false;
		if (zero)
			return err_set(e, ERR_RANGE, here, "needed 0 in a transaction that is not signed"),
			       err_in(e, "%s", name[i]);
	}
	return true;
}

static bool open_envelope(struct transaction *tx, struct reader *r, struct reader *list, struct err *e)
{
	memset(tx, 0, sizeof(*tx));
	if (reader_left(r) && r->all.p[r->pos] < 0x80) {
		const uint8_t type = r->all.p[r->pos];

		if (type != 1 && type != 2)
			return err_set(e, ERR_UNKNOWN, r->pos, "transaction type %u: types 1, 2 and legacy are known",
				       (unsigned)type);
		tx->kind = type == 1 ? TX_ACCESS_LIST : TX_1559;
		r->pos++;
	}
	return rlp_list(r, list, e) && reader_end(r, e);
}

bool transaction_decode(struct arena *a, struct transaction *tx, struct sig *s, struct span data, struct err *e)
{
	struct reader r = reader_of(data), list;

	return open_envelope(tx, &r, &list, e) && read_fields(a, tx, &list, e) &&
	       read_signature(tx, s, &list, e) && reader_end(&list, e);
}

bool transaction_decode_unsigned(struct arena *a, struct transaction *tx, struct span data, struct err *e)
{
	struct reader r = reader_of(data), list;

	return open_envelope(tx, &r, &list, e) && read_fields(a, tx, &list, e) && read_eip155(tx, &list, e) &&
	       reader_end(&list, e);
}

bool transaction_sender(struct addr *out, const struct transaction *tx, const struct sig *s, struct err *e)
{
	struct hash32 digest;

	transaction_digest(&digest, tx);
	return sig_recover(out, s, &digest, e);
}
