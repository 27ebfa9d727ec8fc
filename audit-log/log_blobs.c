#include "audit-log/log_state.h"

#include <inttypes.h>

#include "src/base/hex.h"
#include "src/crypto/hash.h"

bool log_blob_is_emptied(const struct hash32 *digest, uint64_t n)
{
	struct hash32 nothing;

	sha256(&nothing, span_of(NULL, 0));
	return n == 0 && !hash32_eq(digest, &nothing);
}

static bool no_bytes(const struct hash32 *digest, enum blob_class class, struct err *e)
{
	struct buf hex = {0};

	buf_hex(&hex, SPAN_HASH(digest));
	err_set(e, ERR_MISSING, ERR_NO_OFFSET, "blob %s was %s: its bytes are not in the log any more", buf_cstr(&hex),
		class == BLOB_PRIVATE ? "erased" : "archived");
	buf_release(&hex);
	return false;
}

bool log_blob_row(struct log *l, uint64_t row, struct hash32 *digest, enum blob_class *class, struct buf *bytes,
		  struct err *e)
{
	const size_t before = bytes->n;
	struct hash32 computed;

	if (!store_blob(l->store, row, digest, class, bytes, e))
		return false;
	sha256(&computed, span_of(bytes->p + before, bytes->n - before));
	if (hash32_eq(digest, &computed))
		return true;
	if (log_blob_is_emptied(digest, bytes->n - before))
		return no_bytes(digest, *class, e);
	bytes->n = before;
	return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "blob %" PRIu64 " does not hash to its name", row);
}

/* The row, when it has this digest. */
static bool read_blob(struct log *l, uint64_t row, const struct hash32 *digest, struct buf *bytes,
		      enum blob_class *class, struct err *e)
{
	const size_t before = bytes->n;
	enum blob_class found;
	struct hash32 name;

	if (!log_blob_row(l, row, &name, &found, bytes, e))
		return false;
	if (!hash32_eq(&name, digest)) {
		bytes->n = before;
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "blob %" PRIu64 " has another name", row);
	}
	if (class)
		*class = found;
	return true;
}

bool log_each_blob(struct log *l, uint64_t from, log_blob_fn *fn, void *ctx, struct err *e)
{
	struct store_scan *scan = store_scan_new(l->store, STORE_BLOBS, from, UINT64_MAX, false, e);
	struct store_row row;
	enum store_step step;
	bool ok = scan != NULL;

	while (ok && (step = store_scan_step(scan, &row, e)) != STORE_DONE)
		ok = step == STORE_ROW && fn(ctx, &(struct blob_row){ row.i, row.hash, row.class, row.size,
							      log_blob_is_emptied(&row.hash, row.size) }, e);
	store_scan_free(scan);
	return ok;
}

/* Where the same bytes are in more than one row, one that has them. */
static bool scan_for_blob(struct log *l, const struct hash32 *digest, uint64_t *out, struct err *e)
{
	struct store_scan *scan = store_scan_new(l->store, STORE_BLOBS, 0, UINT64_MAX, false, e);
	struct store_row row;
	enum store_step step = STORE_ERROR;
	bool found = false, whole = false;

	while (scan && !whole && (step = store_scan_step(scan, &row, e)) == STORE_ROW) {
		if (!hash32_eq(&row.hash, digest))
			continue;
		found = true;
		whole = !log_blob_is_emptied(&row.hash, row.size);
		*out = row.i;
	}
	store_scan_free(scan);
	if (found && step == STORE_ERROR)
		return false;
	if (!found && step == STORE_DONE) {
		struct buf hex = {0};

		buf_hex(&hex, SPAN_HASH(digest));
		err_set(e, ERR_MISSING, ERR_NO_OFFSET, "no blob %s in the log", buf_cstr(&hex));
		buf_release(&hex);
	}
	return found;
}

bool log_blob(struct log *l, const struct hash32 *digest, struct buf *bytes, enum blob_class *class, struct err *e)
{
	uint64_t row;

	if (l->hints.blob && l->hints.blob(l->hints.ctx, digest, &row) && read_blob(l, row, digest, bytes, class, NULL))
		return true;
	return scan_for_blob(l, digest, &row, e) && read_blob(l, row, digest, bytes, class, e);
}
