#include "src/proof/header.h"

#include <stddef.h>
#include <string.h>

#include "src/base/hex.h"
#include "src/base/u256.h"
#include "src/crypto/keccak.h"
#include "src/evm/rlp.h"

enum kind { FIXED, NUMBER64, NUMBER256, BYTES };

/* In the order of the header. What a fork appended may be absent, with all that follows it. */
struct field {
	const char *name;             /* as JSON-RPC calls it */
	enum kind kind;
	size_t n;                     /* FIXED: bytes */
};
static const struct field fields[] = {
	{"parentHash", FIXED, 32},       {"sha3Uncles", FIXED, 32},      {"miner", FIXED, 20},
	{"stateRoot", FIXED, 32},        {"transactionsRoot", FIXED, 32}, {"receiptsRoot", FIXED, 32},
	{"logsBloom", FIXED, 256},       {"difficulty", NUMBER256, 0},   {"number", NUMBER64, 0},
	{"gasLimit", NUMBER64, 0},       {"gasUsed", NUMBER64, 0},       {"timestamp", NUMBER64, 0},
	{"extraData", BYTES, 0},         {"mixHash", FIXED, 32},         {"nonce", FIXED, 8},
	{"baseFeePerGas", NUMBER256, 0}, {"withdrawalsRoot", FIXED, 32}, {"blobGasUsed", NUMBER64, 0},
	{"excessBlobGas", NUMBER64, 0},  {"parentBeaconBlockRoot", FIXED, 32}, {"requestsHash", FIXED, 32},
	{"blockAccessListHash", FIXED, 32}, {"slotNumber", NUMBER64, 0},
};
#define N_FIELDS (sizeof(fields) / sizeof(fields[0]))
#define N_FRONTIER 15u                /* what every header has */
enum { PARENT = 0, STATE_ROOT = 3, BLOOM = 6, NUMBER = 8, TIMESTAMP = 11 };

struct field_value {
	uint8_t fixed[256];
	uint64_t number;
	struct u256 big;
	struct span bytes;
};

static bool read_field(struct reader *r, const struct field *f, struct field_value *v, struct err *e)
{
	switch (f->kind) {
	case FIXED:
		return rlp_fixed(r, v->fixed, f->n, e);
	case NUMBER64:
		return rlp_u64(r, &v->number, e);
	case NUMBER256:
		return rlp_u256(r, &v->big, e);
	case BYTES:
		return rlp_bytes(r, &v->bytes, e);
	}
	BUG("kind %d", (int)f->kind);
}

static void keep(struct header *out, size_t i, const struct field_value *v)
{
	if (i == PARENT)
		memcpy(out->parent.b, v->fixed, 32);
	if (i == STATE_ROOT)
		memcpy(out->state_root.b, v->fixed, 32);
	if (i == BLOOM)
		memcpy(out->bloom, v->fixed, sizeof(out->bloom));
	if (i == NUMBER)
		out->number = v->number;
	if (i == TIMESTAMP)
		out->time = v->number;
}

bool header_read(struct header *out, struct span rlp, struct err *e)
{
	struct reader r = reader_of(rlp), in;
	struct header h = {0};

	if (rlp.n > HEADER_MAX)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a header has at most %u bytes, found %zu", HEADER_MAX,
			       rlp.n);
	if (!rlp_list(&r, &in, e) || !reader_end(&r, e))
		return false;
	for (size_t i = 0; i < N_FIELDS && (i < N_FRONTIER || reader_left(&in)); i++) {
		struct field_value v;

		if (!read_field(&in, &fields[i], &v, e))
			return err_in(e, "%s", fields[i].name);
		keep(&h, i, &v);
	}
	if (!reader_end(&in, e))
		return false;
	keccak256(&h.hash, rlp);
	*out = h;
	return true;
}

/* ---- from JSON ---- */

static bool write_number(struct buf *out, const struct field *f, struct span text, struct err *e)
{
	struct u256 v;

	if (!span_starts(text, "0x"))
		return err_set(e, ERR_SYNTAX, 0, "\"0x\" was needed");
	if (!u256_parse(&v, text, e))
		return false;
	if (f->kind == NUMBER64 && u256_bit_length(&v) > 64)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "more than 64 bits");
	rlp_write_u256(out, &v);
	return true;
}

static bool write_fixed(struct buf *out, const struct field *f, struct span text, struct err *e)
{
	uint8_t bytes[256];

	if (!hex_fixed(bytes, f->n, text, e))
		return false;
	rlp_write_bytes(out, span_of(bytes, f->n));
	return true;
}

static bool write_bytes(struct buf *out, struct span text, struct err *e)
{
	struct buf bytes = {0};
	const bool ok = hex_decode(&bytes, text, e);

	if (ok)
		rlp_write_bytes(out, buf_view(&bytes));
	buf_release(&bytes);
	return ok;
}

static bool write_field(struct buf *out, const struct field *f, const struct json *block, struct err *e)
{
	struct span text;

	if (!json_get_str(block, f->name, &text, e))
		return false;
	if (f->kind == FIXED)
		return write_fixed(out, f, text, e) || err_in(e, "%s", f->name);
	if (f->kind == BYTES)
		return write_bytes(out, text, e) || err_in(e, "%s", f->name);
	return write_number(out, f, text, e) || err_in(e, "%s", f->name);
}

bool header_from_json(struct buf *rlp, const struct json *block, struct err *e)
{
	const size_t start = rlp->n, begin = rlp_begin(rlp);
	size_t n = N_FIELDS;

	while (n > N_FRONTIER && json_is_null(json_find(block, fields[n - 1].name)))
		n--;
	for (size_t i = 0; i < n; i++) {
		if (!write_field(rlp, &fields[i], block, e)) {
			rlp->n = start;
			return false;
		}
	}
	rlp_end(rlp, begin);
	return true;
}

/* ---- its bloom filter ---- */

struct bloom_key bloom_key_of(struct span address_or_topic)
{
	struct bloom_key k;
	struct hash32 h;

	keccak256(&h, address_or_topic);
	for (size_t i = 0; i < 3; i++)
		k.bit[i] = (uint16_t)((h.b[2 * i] << 8 | h.b[2 * i + 1]) & 2047);
	return k;
}

static bool is_set(const struct header *h, unsigned bit)
{
	return (h->bloom[255 - bit / 8] >> (bit % 8) & 1) != 0;
}

bool header_may_have(const struct header *h, const struct bloom_key *k)
{
	return is_set(h, k->bit[0]) && is_set(h, k->bit[1]) && is_set(h, k->bit[2]);
}

unsigned header_bloom_bits(const struct header *h)
{
	unsigned n = 0;

	for (unsigned i = 0; i < 2048; i++)
		n += is_set(h, i);
	return n;
}
