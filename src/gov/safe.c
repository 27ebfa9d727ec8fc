#include "src/gov/safe.h"

#include <assert.h>
#include <string.h>

#include "src/crypto/keccak.h"
#include "src/evm/abi.h"
#include "src/evm/address.h"
#include "src/gov/fields.h"

#define DOMAIN_CURRENT "EIP712Domain(uint256 chainId,address verifyingContract)"
#define DOMAIN_NO_CHAIN_ID "EIP712Domain(address verifyingContract)"
#define TYPE_WITH(gas) \
	"SafeTx(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 " gas \
	",uint256 gasPrice,address gasToken,address refundReceiver,uint256 nonce)"
#define EXEC "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)"

#define SIGNATURE_BYTES 65u
#define MAX_SIGNATURES 1024u

/* ---- versions ---- */

/* One number of "1.4.1": digits without a leading zero, below 1000. */
static bool take_number(struct reader *r, unsigned *out, struct err *e)
{
	const size_t start = r->pos;
	unsigned n = 0;

	while (r->pos < r->all.n && r->all.p[r->pos] >= '0' && r->all.p[r->pos] <= '9' && r->pos - start < 3)
		n = n * 10 + (unsigned)(r->all.p[r->pos++] - '0');
	if (r->pos == start)
		return err_set(e, ERR_SYNTAX, start,
			       "a Safe's version is like 1.4.1 or 1.3.0+L2: needed a digit");
	if (r->all.p[start] == '0' && r->pos - start > 1)
		return err_set(e, ERR_SYNTAX, start, "a Safe's version has no leading zeros");
	*out = n;
	return true;
}

static bool take_dot(struct reader *r, struct err *e)
{
	if (r->pos == r->all.n || r->all.p[r->pos] != '.')
		return err_set(e, ERR_SYNTAX, r->pos,
			       "a Safe's version is like 1.4.1 or 1.3.0+L2: needed a dot");
	r->pos++;
	return true;
}

bool safe_scheme_of(enum safe_scheme *out, struct span version, struct err *e)
{
	struct reader r = reader_of(version);
	unsigned major = 0, minor = 0, patch = 0;

	if (!take_number(&r, &major, e) || !take_dot(&r, e) || !take_number(&r, &minor, e) ||
	    !take_dot(&r, e) || !take_number(&r, &patch, e))
		return false;
	if (reader_left(&r) != 0 && !span_is(span_of(version.p + r.pos, version.n - r.pos), "+L2"))
		return err_set(e, ERR_SYNTAX, r.pos, "after a Safe's version only +L2 may follow");
	if (major == 0)
		*out = SAFE_DATAGAS;
	else if (major == 1 && minor < 3)
		*out = SAFE_NO_CHAIN_ID;
	else
		*out = SAFE_CURRENT;
	return true;
}

/* ---- hashes ---- */

static void put_text_hash(struct buf *b, const char *text)
{
	struct hash32 h;

	keccak256(&h, span_str(text));
	buf_span(b, SPAN_HASH(&h));
}

static void put_addr(struct buf *b, const struct addr *a)
{
	buf_zeros(b, 12);
	buf_add(b, a->b, sizeof(a->b));
}

static void put_u256(struct buf *b, const struct u256 *v)
{
	uint8_t be[32];

	u256_to_be(be, v);
	buf_add(b, be, sizeof(be));
}

static void finish(struct hash32 *out, struct buf *b)
{
	keccak256(out, buf_view(b));
	buf_release(b);
}

static void hash_domain(struct hash32 *out, enum safe_scheme scheme, const struct u256 *chain_id,
			const struct addr *safe)
{
	struct buf b = {0};

	switch (scheme) {
	case SAFE_DATAGAS:
	case SAFE_NO_CHAIN_ID:
		put_text_hash(&b, DOMAIN_NO_CHAIN_ID);
		break;
	case SAFE_CURRENT:
		put_text_hash(&b, DOMAIN_CURRENT);
		put_u256(&b, chain_id);
		break;
	}
	put_addr(&b, safe);
	finish(out, &b);
}

static void hash_message(struct hash32 *out, enum safe_scheme scheme, const struct safe_tx *tx)
{
	const struct u256 operation = u256_from_u64(tx->operation);
	struct buf b = {0};
	struct hash32 data;

	keccak256(&data, tx->data);
	put_text_hash(&b, scheme == SAFE_DATAGAS ? TYPE_WITH("dataGas") : TYPE_WITH("baseGas"));
	put_addr(&b, &tx->to);
	put_u256(&b, &tx->value);
	buf_span(&b, SPAN_HASH(&data));
	put_u256(&b, &operation);
	put_u256(&b, &tx->safe_tx_gas);
	put_u256(&b, &tx->base_gas);
	put_u256(&b, &tx->gas_price);
	put_addr(&b, &tx->gas_token);
	put_addr(&b, &tx->refund_receiver);
	put_u256(&b, &tx->nonce);
	finish(out, &b);
}

void safe_hash(struct safe_hashes *out, enum safe_scheme scheme, const struct u256 *chain_id,
	       const struct addr *safe, const struct safe_tx *tx)
{
	struct buf b = {0};

	hash_domain(&out->domain, scheme, chain_id, safe);
	hash_message(&out->message, scheme, tx);
	buf_byte(&b, 0x19);
	buf_byte(&b, 0x01);
	buf_span(&b, SPAN_HASH(&out->domain));
	buf_span(&b, SPAN_HASH(&out->message));
	finish(&out->tx, &b);
}

/* ---- what is signed ---- */

static bool must_be_zero(const char *field, const struct u256 *v, struct err *e)
{
	struct buf found = {0};

	if (u256_is_zero(v))
		return true;
	u256_format(&found, v);
	err_refuse(e, "SAFE-GAS", "must be 0, found %s", buf_cstr(&found));
	buf_release(&found);
	return err_in(e, "%s", field);
}

static bool must_be_nobody(const char *field, const struct addr *v, struct err *e)
{
	struct buf found = {0};

	if (addr_is_zero(v))
		return true;
	addr_format(&found, v);
	err_refuse(e, "SAFE-GAS", "must be the zero address, found %s", buf_cstr(&found));
	buf_release(&found);
	return err_in(e, "%s", field);
}

bool safe_tx_is_plain(const struct safe_tx *tx, struct err *e)
{
	if (tx->operation != 0) {
		err_refuse(e, "DELEGATECALL", "must be 0 (call), found %u", tx->operation);
		return err_in(e, "operation");
	}
	return must_be_zero("safeTxGas", &tx->safe_tx_gas, e) && must_be_zero("baseGas", &tx->base_gas, e) &&
	       must_be_zero("gasPrice", &tx->gas_price, e) && must_be_nobody("gasToken", &tx->gas_token, e) &&
	       must_be_nobody("refundReceiver", &tx->refund_receiver, e);
}

static bool get_operation(const struct json *doc, uint8_t *out, struct err *e)
{
	struct u256 v;
	uint64_t n = 0;

	if (!json_get_u256(doc, "operation", &v, e))
		return false;
	if (!u256_fits_u64(&v, &n) || n > 1) {
		err_set(e, ERR_RANGE, json_find(doc, "operation")->at, "needed 0 (call) or 1 (delegatecall)");
		return err_in(e, "operation");
	}
	*out = (uint8_t)n;
	return true;
}

static bool get_scheme(const struct json *doc, enum safe_scheme *out, struct err *e)
{
	struct span version;

	if (!json_get_str(doc, "safeVersion", &version, e))
		return false;
	if (safe_scheme_of(out, version, e))
		return true;
	err_in_string(e, json_find(doc, "safeVersion"));
	return err_in(e, "safeVersion");
}

bool safe_tx_from_json(struct arena *a, struct safe_tx *tx, enum safe_scheme *scheme, struct u256 *chain_id,
		       struct addr *safe, const struct json *doc, struct err *e)
{
	static const char *const members[] = {
		"chainId",   "safe",	"safeVersion", "to",	   "value",	     "data",  "operation",
		"safeTxGas", "baseGas", "gasPrice",    "gasToken", "refundReceiver", "nonce", NULL};

	return json_only(doc, members, e) && json_get_u256(doc, "chainId", chain_id, e) &&
	       json_get_addr(doc, "safe", safe, e) && get_scheme(doc, scheme, e) &&
	       json_get_addr(doc, "to", &tx->to, e) && json_get_u256(doc, "value", &tx->value, e) &&
	       json_get_bytes(a, doc, "data", &tx->data, e) && get_operation(doc, &tx->operation, e) &&
	       json_get_u256(doc, "safeTxGas", &tx->safe_tx_gas, e) &&
	       json_get_u256(doc, "baseGas", &tx->base_gas, e) &&
	       json_get_u256(doc, "gasPrice", &tx->gas_price, e) &&
	       json_get_addr(doc, "gasToken", &tx->gas_token, e) &&
	       json_get_addr(doc, "refundReceiver", &tx->refund_receiver, e) &&
	       json_get_u256(doc, "nonce", &tx->nonce, e);
}

static void push_types(struct arena *a, struct json *types, const char *name, const char *const members[])
{
	struct json *array = json_array(a);

	for (size_t i = 0; members[i] != NULL; i += 2) {
		struct json *m = json_object(a);

		json_set(m, a, "name", json_str(a, members[i + 1]));
		json_set(m, a, "type", json_str(a, members[i]));
		json_push(array, m);
	}
	json_set(types, a, name, array);
}

static struct json *typed_message(struct arena *a, const struct safe_tx *tx)
{
	struct json *m = json_object(a);

	json_set(m, a, "to", json_addr(a, &tx->to));
	json_set(m, a, "value", json_u256(a, &tx->value));
	json_set(m, a, "data", json_0x(a, tx->data));
	json_set(m, a, "operation", json_u64(a, tx->operation));
	json_set(m, a, "safeTxGas", json_u256(a, &tx->safe_tx_gas));
	json_set(m, a, "baseGas", json_u256(a, &tx->base_gas));
	json_set(m, a, "gasPrice", json_u256(a, &tx->gas_price));
	json_set(m, a, "gasToken", json_addr(a, &tx->gas_token));
	json_set(m, a, "refundReceiver", json_addr(a, &tx->refund_receiver));
	json_set(m, a, "nonce", json_u256(a, &tx->nonce));
	return m;
}

void safe_typed_data(struct buf *out, const struct u256 *chain_id, const struct addr *safe,
		     const struct safe_tx *tx)
{
	static const char *const domain_type[] = { "uint256", "chainId", "address", "verifyingContract", NULL };
	static const char *const tx_type[] = {
		"address",   "to",	 "uint256",   "value",		"bytes",   "data",    "uint8",
		"operation", "uint256",	 "safeTxGas", "uint256",	"baseGas", "uint256", "gasPrice",
		"address",   "gasToken", "address",   "refundReceiver", "uint256", "nonce",   NULL};
	struct arena a = {0};
	struct json *doc = json_object(&a), *types = json_object(&a), *domain = json_object(&a);
	uint64_t small = 0;

	push_types(&a, types, "EIP712Domain", domain_type);
	push_types(&a, types, "SafeTx", tx_type);
	/* a number where it fits: some wallets compare it with their own chain id as one */
	json_set(domain, &a, "chainId", u256_fits_u64(chain_id, &small) && small < (UINT64_C(1) << 53)
						? json_u64(&a, small) : json_u256(&a, chain_id));
	json_set(domain, &a, "verifyingContract", json_addr(&a, safe));
	json_set(doc, &a, "types", types);
	json_set(doc, &a, "primaryType", json_str(&a, "SafeTx"));
	json_set(doc, &a, "domain", domain);
	json_set(doc, &a, "message", typed_message(&a, tx));
	json_pretty(out, doc);
	arena_release(&a);
}

/* ---- signature blobs ---- */

const char *safe_signature_type_name(enum safe_signature_type t)
{
	switch (t) {
	case SAFE_SIG_EIP712:
		return "eip712";
	case SAFE_SIG_ETH_SIGN:
		return "eth_sign";
	case SAFE_SIG_APPROVED_HASH:
		return "approvedHash";
	case SAFE_SIG_CONTRACT:
		return "contract";
	}
	BUG("signature type %d", (int)t);
}

/* The order of secp256k1 (SEC 2, section 2.4.1). */
static const uint8_t group_order[32] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
	0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
};

/* The other way to write a signature with high s: (r, n - s, other v) recovers to the same address. The chain
 * takes both, and this names who signed; importing refuses it. */
static struct sig low_twin(const struct sig *s)
{
	const struct u256 n = u256_from_be(group_order), high = u256_from_be(s->s);
	struct sig low = *s;
	struct u256 rest;

	if (sig_is_low_s(s) || !u256_sub(&rest, &n, &high) || u256_is_zero(&rest))
		return low;
	u256_to_be(low.s, &rest);
	low.v = s->v == 27 ? 28 : 27;
	return low;
}

static void eth_sign_digest(struct hash32 *out, const struct hash32 *safe_tx_hash)
{
	struct buf b = {0};

	buf_str(&b, "\x19" "Ethereum Signed Message:\n32");
	buf_span(&b, SPAN_HASH(safe_tx_hash));
	finish(out, &b);
}

/* r of an approved hash or a contract signature: an address in a word. */
static bool signer_from_word(struct addr *out, struct span word, size_t at, struct err *e)
{
	for (size_t i = 0; i < 12; i++)
		if (word.p[i] != 0)
			return err_set(e, ERR_SYNTAX, at + i,
				       "an owner's address is 20 bytes, padded with zeros");
	memcpy(out->b, word.p + 12, sizeof(out->b));
	return true;
}

/* What a blob has been read up to: signatures end where the first contract signature's bytes begin, and those
 * follow one another without a gap. */
struct blob {
	struct span all;
	size_t heads;                 /* where the 65-byte parts end */
	size_t tails;                 /* where the next contract signature's bytes have to begin; 0: none yet */
};

static bool read_contract(struct blob *b, struct safe_signature *out, struct span head, size_t at,
			  struct err *e)
{
	const struct u256 offset = u256_from_be(head.p + 32);
	uint64_t start = 0, length = 0;
	struct u256 word;

	if (!signer_from_word(&out->signer, head, at, e))
		return false;
	if (!u256_fits_u64(&offset, &start) || start > b->all.n || b->all.n - start < 32)
		return err_set(e, ERR_RANGE, at + 32,
			       "the contract signature begins after the end of %zu bytes", b->all.n);
	if (b->tails == 0 ? start < at + SIGNATURE_BYTES || start % SIGNATURE_BYTES != 0 : start != b->tails)
		return err_set(e, ERR_SYNTAX, at + 32, "the contract signature begins at byte %zu, "
			       "which is not where the bytes before it end", (size_t)start);
	word = u256_from_be(b->all.p + start);
	if (!u256_fits_u64(&word, &length) || length > b->all.n - start - 32)
		return err_set(e, ERR_RANGE, (size_t)start,
			       "the contract signature is longer than the %zu bytes left",
			       b->all.n - (size_t)start - 32);
	if (b->tails == 0)
		b->heads = (size_t)start;
	b->tails = (size_t)(start + 32 + length);
	out->contract_data = span_of(b->all.p + start + 32, (size_t)length);
	return true;
}

static bool read_ecdsa(struct safe_signature *out, struct span head, const struct hash32 *digest, struct err *e)
{
	struct sig low;

	if (!sig_from_bytes(&out->sig, head, e))
		return false;
	out->sig.v = out->v > 30 ? (uint8_t)(out->v - 4) : out->v;
	low = low_twin(&out->sig);
	return sig_recover(&out->signer, &low, digest, e);
}

static bool read_one(struct blob *b, struct safe_signature *out, size_t at, const struct hash32 *hash,
		     struct err *e)
{
	const struct span head = span_of(b->all.p + at, SIGNATURE_BYTES);
	struct hash32 digest = *hash;

	out->v = head.p[64];
	switch (out->v) {
	case 0:
		out->type = SAFE_SIG_CONTRACT;
		return read_contract(b, out, head, at, e);
	case 1:
		out->type = SAFE_SIG_APPROVED_HASH;
		return signer_from_word(&out->signer, head, at, e);
	case 27:
	case 28:
		out->type = SAFE_SIG_EIP712;
		return read_ecdsa(out, head, &digest, e);
	case 31:
	case 32:
		out->type = SAFE_SIG_ETH_SIGN;
		eth_sign_digest(&digest, hash);
		return read_ecdsa(out, head, &digest, e);
	}
	return err_set(e, ERR_RANGE, at + 64,
		       "v is 27 or 28 (EIP-712), 31 or 32 (eth_sign), 1 (approved hash) or 0 "
		       "(contract), found %u",
		       out->v);
}

bool safe_signatures_parse(struct arena *a, const struct safe_signature **out, size_t *n, struct span blob,
			   const struct hash32 *safe_tx_hash, struct err *e)
{
	struct blob b = { blob, blob.n, 0 };
	const size_t most = blob.n / SIGNATURE_BYTES;
	struct safe_signature *v;
	size_t count = 0;

	if (blob.n == 0)
		return err_set(e, ERR_SYNTAX, 0, "needed at least one signature of 65 bytes, found nothing");
	if (most > MAX_SIGNATURES)
		return err_set(e, ERR_RANGE, 0, "at most %u signatures, found %zu bytes", MAX_SIGNATURES,
			       blob.n);
	v = ARENA_ARRAY(a, struct safe_signature, most);
	for (size_t at = 0; at < b.heads; at += SIGNATURE_BYTES, count++) {
		if (b.heads - at < SIGNATURE_BYTES) {
			err_set(e, ERR_SYNTAX, at, "a signature is 65 bytes, found %zu", b.heads - at);
			return err_in(e, "signature[%zu]", count);
		}
		if (!read_one(&b, &v[count], at, safe_tx_hash, e))
			return err_in(e, "signature[%zu]", count);
	}
	if (b.tails != 0 && b.tails != blob.n)
		return err_set(e, ERR_SYNTAX, b.tails, "%zu bytes after the end", blob.n - b.tails);
	*out = v;
	*n = count;
	return true;
}

/* ---- importing ---- */

static bool refuse_kind(uint8_t v, struct err *e)
{
	if (v == 27 || v == 28)
		return true;
	if (v > 30)
		return err_refuse(e, "ETH-SIGN",
				  "v is %u: signed as a message (eth_sign), not as typed data; needed 27 or 28",
				  v);
	if (v <= 1)
		return err_refuse(e, "SIG-KIND", "v is %u: %s, not a signature; needed 27 or 28", v,
				  v == 0 ? "a contract's word" : "a hash approved on chain");
	return err_refuse(e, "SIG-V", "v is %u; needed 27 or 28", v);
}

static bool refuse_stranger(const struct addr *who, struct err *e)
{
	struct buf text = {0};

	addr_format(&text, who);
	err_refuse(e, "NOT-OWNER",
		   "recovers to %s, which is not an owner: signed by somebody else, or for another hash",
		   buf_cstr(&text));
	buf_release(&text);
	return false;
}

bool safe_signature_import(struct sig *out, struct addr *owner, struct span bytes,
			   const struct hash32 *safe_tx_hash, const struct addr *owners, size_t n_owners,
			   struct err *e)
{
	struct sig s;
	struct addr who;

	if (bytes.n != SIGNATURE_BYTES)
		return err_refuse(e, "SIG-LENGTH", "a signature is 65 bytes, found %zu", bytes.n);
	if (!refuse_kind(bytes.p[64], e) || !sig_from_bytes(&s, bytes, e))
		return false;
	if (!sig_recover(&who, &s, safe_tx_hash, e))
		return e != NULL && e->refusal == NULL &&
		       err_refuse(e, "SIG-BAD", "no key makes this signature");
	for (size_t i = 0; i < n_owners; i++)
		if (addr_eq(&owners[i], &who)) {
			*out = s;
			*owner = who;
			return true;
		}
	return refuse_stranger(&who, e);
}

/* ---- sending ---- */

static int by_owner(const void *a, const void *b)
{
	const struct owner_signature *x = a, *y = b;

	return addr_cmp(&x->owner, &y->owner);
}

bool safe_signatures_pack(struct buf *out, const struct owner_signature *v, size_t n, struct err *e)
{
	struct arena a = {0};
	struct owner_signature *sorted = ARENA_ARRAY(&a, struct owner_signature, n);
	const size_t start = out->n;
	bool ok = true;

	for (size_t i = 0; i < n; i++)
		sorted[i] = v[i];
	if (n > 1)
		qsort(sorted, n, sizeof(*sorted), by_owner);
	for (size_t i = 0; i < n && ok; i++) {
		uint8_t bytes[SIGNATURE_BYTES];

		if (i > 0 && addr_eq(&sorted[i].owner, &sorted[i - 1].owner)) {
			struct buf text = {0};

			addr_format(&text, &sorted[i].owner);
			ok = err_refuse(e, "SIG-TWICE", "%s signed twice", buf_cstr(&text));
			buf_release(&text);
		}
		sig_to_bytes(bytes, &sorted[i].sig);
		buf_add(out, bytes, sizeof(bytes));
	}
	if (!ok)
		out->n = start;
	arena_release(&a);
	return ok;
}

void safe_exec_calldata(struct buf *out, const struct safe_tx *tx, struct span signatures)
{
	struct arena a = {0};
	const struct abi_function *f = abi_function_parse(&a, span_str(EXEC), NULL);
	const struct u256 operation = u256_from_u64(tx->operation);
	struct abi_value args[10], tuple;

	if (f == NULL)
		BUG("cannot read %s", EXEC);
	args[0] = abi_address(f->inputs->fields[0].type, &tx->to);
	args[1] = abi_word(f->inputs->fields[1].type, &tx->value);
	args[2] = abi_bytes(f->inputs->fields[2].type, tx->data);
	args[3] = abi_word(f->inputs->fields[3].type, &operation);
	args[4] = abi_word(f->inputs->fields[4].type, &tx->safe_tx_gas);
	args[5] = abi_word(f->inputs->fields[5].type, &tx->base_gas);
	args[6] = abi_word(f->inputs->fields[6].type, &tx->gas_price);
	args[7] = abi_address(f->inputs->fields[7].type, &tx->gas_token);
	args[8] = abi_address(f->inputs->fields[8].type, &tx->refund_receiver);
	args[9] = abi_bytes(f->inputs->fields[9].type, signatures);
	tuple = abi_items(f->inputs, args, ARRAY_LEN(args));
	abi_calldata_encode(out, f, &tuple);
	arena_release(&a);
}
