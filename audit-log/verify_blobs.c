#include "audit-log/verify_state.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit-log/blob_names.h"
#include "audit-log/log.h"
#include "src/base/hex.h"
#include "src/crypto/hash.h"

/* ---- those that are there ---------------------------------------------------------------------------------------- */

static int by_digest(const void *a, const void *b)
{
	const struct known_blob *one = a, *other = b;

	return memcmp(&one->digest, &other->digest, sizeof(one->digest));
}

/* `v`, or a larger one, where item number n fits. */
static void *room_for(void *v, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return v;
	*cap = *cap ? 2 * *cap : 256;
	v = reallocarray(v, *cap, size);
	if (!v)
		die("out of memory");
	return v;
}

static void keep_digest(struct verifier *v, const struct store_row *row)
{
	const struct known_blob one = { row->hash, row->i, row->class };

	if (log_blob_is_emptied(&row->hash, row->bytes.n)) {
		v->emptied = room_for(v->emptied, v->n_emptied, &v->cap_emptied, sizeof(*v->emptied));
		v->emptied[v->n_emptied++] = one;
		return;
	}
	v->known = room_for(v->known, v->n_known, &v->cap_known, sizeof(*v->known));
	v->known[v->n_known++] = one;
}

static const struct known_blob *find_digest(const struct known_blob *v, size_t n, const struct hash32 *digest)
{
	const struct known_blob key = { .digest = *digest };

	return n ? bsearch(&key, v, n, sizeof(key), by_digest) : NULL;
}

const struct known_blob *verify_known_blob(const struct verifier *v, const struct hash32 *digest)
{
	return find_digest(v->known, v->n_known, digest);
}

bool verify_blob(const struct verifier *v, const struct hash32 *digest, struct buf *out)
{
	const struct known_blob *known = verify_known_blob(v, digest);
	struct hash32 found;
	enum blob_class class;

	return known && store_blob(v->store, known->row, &found, &class, out, NULL);
}

static void check_blob(struct verifier *v, const struct store_row *row, uint64_t expected)
{
	struct hash32 computed;

	if (row->i != expected)
		verify_find(v, FINDING_BLOB_MISSING, FINDING_NO_SEQ, "blob row %" PRIu64 " is not there", expected);
	sha256(&computed, row->bytes);
	if (!row->hash_ok || (!hash32_eq(&computed, &row->hash) && !log_blob_is_emptied(&row->hash, row->bytes.n)))
		verify_find(v, FINDING_BLOB_DIGEST, FINDING_NO_SEQ,
			    "blob row %" PRIu64 ": its bytes do not hash to its name", row->i);
	else
		keep_digest(v, row);
}

void verify_blobs(struct verifier *v)
{
	struct err inner = {0};
	struct store_scan *scan = store_scan_new(v->store, STORE_BLOBS, 0, UINT64_MAX, true, &inner);
	enum store_step step = STORE_ERROR;
	struct store_row row;
	uint64_t next = 0;

	while (scan && (step = store_scan_step(scan, &row, &inner)) == STORE_ROW) {
		check_blob(v, &row, next);
		next = row.i + 1;
		v->report->blobs++;
	}
	store_scan_free(scan);
	if (v->n_known)
		qsort(v->known, v->n_known, sizeof(*v->known), by_digest);
	if (v->n_emptied)
		qsort(v->emptied, v->n_emptied, sizeof(*v->emptied), by_digest);
	if (step == STORE_ERROR)
		verify_find_error(v, FINDING_FILE, FINDING_NO_SEQ, "blobs cannot be read: ", &inner);
	verify_checked(v, step == STORE_DONE, "blobs", arena_fmt(v->arena, "%zu re-hashed", v->n_known));
}

/* ---- those that lines name --------------------------------------------------------------------------------------- */

/* A manifest is its maker's word: it excuses what an export may lack, and not the record itself. */
static bool left_out(struct verifier *v, const struct hash32 *digest, const struct blob_name *name)
{
	const struct withheld_blob *w = name->may_stay ? withheld_find(&v->withheld, digest) : NULL;

	if (w)
		v->not_here[w->why]++;
	return w != NULL;
}

static void need_blob(void *ctx, const struct line *l, const struct hash32 *h, const struct blob_name *name)
{
	struct verifier *v = ctx;

	if (verify_known_blob(v, h) || find_digest(v->emptied, v->n_emptied, h) /* verify_emptied() */ ||
	    left_out(v, h, name))
		return;
	v->absent = room_for(v->absent, v->n_absent, &v->cap_absent, sizeof(*v->absent));
	v->absent[v->n_absent++] = (struct absent_blob){ l->seq, *h, name->member };
}

static void note_refilled(struct verifier *v, const struct line *l)
{
	uint64_t last, n;

	if (!line_kind_is(l, "log.restored") || !json_get_u64(l->body, "last", &last, NULL) ||
	    !json_get_u64(l->body, "refilled", &n, NULL) || !n || last >= l->seq || n > last)
		return;
	v->refilled = room_for(v->refilled, v->n_refilled, &v->cap_refilled, sizeof(*v->refilled));
	v->refilled[v->n_refilled++] = (struct refilled){ last - n + 1, last };
}

static bool came_back(const struct verifier *v, uint64_t seq)
{
	for (size_t i = 0; i < v->n_refilled; i++)
		if (seq >= v->refilled[i].from && seq <= v->refilled[i].to)
			return true;
	return false;
}

void verify_blobs_of(struct verifier *v, const struct line *l)
{
	note_refilled(v, l);
	blob_names(l, need_blob, v);
}

void verify_absent(struct verifier *v)
{
	size_t excused = 0;

	for (size_t i = 0; i < v->n_absent; i++) {
		const struct absent_blob *b = &v->absent[i];
		struct buf hex = {0};

		if (verify_was_archived(v, &b->digest)) {
			v->not_here[WITHHELD_ARCHIVED]++;
			continue;
		}
		if (came_back(v, b->seq)) {
			excused++;
			continue;
		}
		buf_hex(&hex, SPAN_HASH(&b->digest));
		verify_find(v, FINDING_BLOB_MISSING, b->seq, "body.%s names blob %s, which is not there or is damaged",
			    b->member, buf_cstr(&hex));
		buf_release(&hex);
	}
	if (excused)
		verify_checked(v, false, "blobs lost with a machine",
			       arena_fmt(v->arena, "%zu, of lines that came back from signers' journals", excused));
}
