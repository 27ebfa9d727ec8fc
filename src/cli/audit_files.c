/* What an export shows of what its lines name, what it withholds, and whether what ran is what was proposed. */
#include "src/cli/audit_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fs.h"
#include "src/crypto/hash.h"

#define BLOB_MAX ((size_t)1 << 30)

static int by_digest(const void *a, const void *b)
{
	const struct export_blob *x = a, *y = b;
	const int by = memcmp(x->digest.b, y->digest.b, sizeof(x->digest.b));
	return by != 0 ? by : (x->line > y->line) - (x->line < y->line);
}

static const char *hex_of(const struct audit *t, const struct hash32 *digest)
{
	struct buf b = {0};
	buf_hex(&b, SPAN_HASH(digest));
	const char *out = arena_str(t->a, buf_view(&b));
	buf_release(&b);
	return out;
}

static bool judge_blob(struct audit *t, const struct export_blob *blob)
{
	const char *hex = hex_of(t, &blob->digest);
	struct buf bytes = {0};
	struct hash32 is;
	const bool there = fs_read(&bytes, arena_fmt(t->a, "%s/blobs/%s", t->x.dir, hex), BLOB_MAX, NULL);
	sha256(&is, buf_view(&bytes));
	buf_release(&bytes);
	if (there && hash32_eq(&is, &blob->digest))
		return true;
	audit_note(t, &t->files, AUDIT_DIFFERS, there ? "blob %s, which line %" PRIu64 " names, is something else" :
		   "blob %s, which line %" PRIu64 " names, is neither there nor said to be withheld", hex, blob->line);
	return false;
}

static void judge_blobs(struct audit *t)
{
	struct export_read *x = &t->x;
	size_t right = 0;
	if (x->n_blobs > 1)
		qsort(x->blobs, x->n_blobs, sizeof(*x->blobs), by_digest);
	for (size_t i = 0; i < x->n_blobs; i++)
		if ((i == 0 || !hash32_eq(&x->blobs[i].digest, &x->blobs[i - 1].digest)) &&
		    withheld_find(&x->withheld.list, &x->blobs[i].digest) == NULL)
			right += judge_blob(t, &x->blobs[i]);
	audit_note(t, &t->files, AUDIT_OK, "blobs that are there and hash to what a line names: %zu; withheld: %zu",
		   right,
		   x->withheld.list.n);
}

/* A signature for what is on chain, or the transaction that is there, is worth nothing to a thief any more. */
static bool is_spent(const struct audit *t, const struct withholding_item *item)
{
	for (size_t i = 0; i < t->x.n_steps; i++) {
		const struct export_step *s = &t->x.steps[i];
		if (s->mined && !hash32_is_zero(&item->about) &&
		    (hash32_eq(&s->safe_tx_hash, &item->about) || hash32_eq(&s->tx, &item->about)))
			return true;
	}
	return false;
}

static bool read_segment(struct audit *t, const struct hash32 *digest, struct segment *out)
{
	struct buf bytes = {0};
	struct hash32 is;
	bool ok = fs_read(&bytes, arena_fmt(t->a, "%s/blobs/%s", t->x.dir, hex_of(t, digest)), SEGMENT_LIST_MAX, NULL);
	sha256(&is, buf_view(&bytes));
	ok = ok && hash32_eq(&is, digest) && segment_parse(t->a, out, arena_copy(t->a, buf_view(&bytes)), NULL);
	buf_release(&bytes);
	return ok;
}

/* The lists of the segments that two people archived, as far as the export has them: blobs like others. */
static void read_segments(struct audit *t)
{
	struct withholding *w = &t->x.withheld;
	const struct removals *r = &w->removals;
	w->segments = ARENA_ARRAY(t->a, struct segment, r->n + 1);
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].kind == REMOVAL_ARCHIVE && r->v[i].done && removals_agreed(r, &r->v[i], NULL))
			w->n_segments += read_segment(t, &r->v[i].what, &w->segments[w->n_segments]);
}

static void judge_withheld(struct audit *t)
{
	const struct withholding *w = &t->x.withheld;
	for (size_t i = 0; i < w->list.n; i++) {
		const char *words = arena_fmt(t->a, "%s, %s", hex_of(t, &w->list.v[i].digest), withholding_words(w, i));
		const char *fault = withholding_fault(w, i);
		if (fault == NULL && w->list.v[i].why == WITHHELD_BEARER && is_spent(t, &w->v[i]))
			fault = "what it is for is on chain, so nobody could use it any more";
		if (fault != NULL)
			audit_note(t, &t->files, AUDIT_DIFFERS, "withheld without a reason: %s; but %s", words, fault);
		else
			audit_note(t, &t->unchecked, AUDIT_LOOK, "withheld: %s; %s", words, withholding_consequence(w,
				   i));
	}
}

/* Otherwise any transaction of the Safe could be booked under a harmless change. */
static void judge_hashes(struct audit *t)
{
	size_t right = 0;
	for (size_t i = 0; i < t->x.n_steps; i++) {
		const struct export_step *s = &t->x.steps[i];
		right += s->hash == HASH_PROPOSED;
		if (s->hash == HASH_FOREIGN)
			audit_note(t, &t->files, AUDIT_DIFFERS, "line %" PRIu64 " has a transaction of the Safe that "
				   "is not what %s proposed (%s): its safeTxHash is another",
				   s->seq, s->change, s->step);
		else if (s->hash == HASH_UNKNOWN)
			audit_note(t, &t->unchecked, AUDIT_LOOK, "whether the transaction in line %" PRIu64 " is what "
				   "%s proposed: its proposal or the profile of then is not there", s->seq, s->change);
	}
	audit_note(t, &t->files, AUDIT_OK, "transactions of the Safe whose safeTxHash is that of what was proposed: "
		   "%zu", right);
}

void audit_files(struct audit *t)
{
	if (!hash32_eq(&t->x.lines_said, &t->x.lines_are))
		audit_note(t, &t->files, AUDIT_DIFFERS, "lines.jsonl is not the file that the manifest names");
	judge_blobs(t);
	read_segments(t);
	judge_withheld(t);
	judge_hashes(t);
}
