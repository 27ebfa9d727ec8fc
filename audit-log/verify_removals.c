#include "audit-log/verify_state.h"

#include <inttypes.h>

#include "audit-log/log.h"
#include "src/base/hex.h"

#define MAX_ERASED_NAMED 8u

void verify_take_removal(struct verifier *v, const struct line *l)
{
	struct err inner = {0};

	v->removals.a = v->arena;
	if (!removals_take(&v->removals, l, &inner))
		verify_find_error(v, FINDING_BLOB_EMPTIED, l->seq, "", &inner);
}

static const char *hex_of(struct verifier *v, const struct hash32 *digest)
{
	struct buf hex = {0};
	const char *s;

	buf_hex(&hex, SPAN_HASH(digest));
	s = arena_str(v->arena, buf_view(&hex));
	buf_release(&hex);
	return s;
}

/* ---- erased ------------------------------------------------------------------------------------------------------ */

/* What lines say was erased is gone, and two people said so. A copy from before it has the bytes again. */
static void judge_erasure(struct verifier *v, const struct removal *done)
{
	const struct known_blob *there = verify_known_blob(v, &done->what);
	struct err inner = {0};

	if (!removals_agreed(&v->removals, done, &inner))
		verify_find_error(v, FINDING_BLOB_EMPTIED, done->seq, "", &inner);
	if (there && there->class == BLOB_PRIVATE)
		verify_find(v, FINDING_BLOB_EMPTIED, done->seq,
			    "blob %s was erased, says the line, and its bytes are here: setgov log erase takes them "
			    "out again",
			    hex_of(v, &done->what));
}

static bool was_erased(struct verifier *v, const struct known_blob *row)
{
	const struct removal *done = removals_find(&v->removals, REMOVAL_ERASE, true, &row->digest);

	return row->class == BLOB_PRIVATE && done && removals_agreed(&v->removals, done, NULL);
}

static void add_erased(struct verifier *v, struct buf *words, const struct known_blob *row)
{
	const struct removal *done = removals_find(&v->removals, REMOVAL_ERASE, true, &row->digest);
	const struct removal *asked = removals_find(&v->removals, REMOVAL_ERASE, false, &row->digest);

	buf_fmt(words, "; %s by %s and %s (lines %" PRIu64 " and %" PRIu64 ")", hex_of(v, &row->digest), asked->actor,
		done->actor, done->asked, done->seq);
}

static void say_erased(struct verifier *v, size_t n, struct buf *words)
{
	if (n > MAX_ERASED_NAMED)
		buf_fmt(words, "; and %zu more", n - MAX_ERASED_NAMED);
	if (n)
		verify_checked(v, true, "erased blobs",
			       arena_fmt(v->arena, "%zu, each by two people, as they said who they were%s", n,
					 buf_cstr(words)));
}

/* ---- archived ---------------------------------------------------------------------------------------------------- */

static bool read_list(struct verifier *v, struct archive *x)
{
	struct buf text = {0};
	const bool ok = verify_blob(v, &x->done->what, &text) &&
			segment_parse(v->arena, &x->list, buf_view(&text), NULL);

	buf_release(&text);
	return ok;
}

/* That its blob is there is looked for elsewhere. */
static void judge_table(struct verifier *v, const struct removal *r)
{
	struct retention_table table;
	struct err inner = {0};
	struct buf text = {0};

	if (verify_blob(v, &r->table, &text) &&
	    !retention_parse(v->arena, &table, arena_copy(v->arena, buf_view(&text)), &inner))
		verify_find_error(v, FINDING_BLOB_EMPTIED, r->seq, "retention: ", &inner);
	buf_release(&text);
}

static void take_archive(struct verifier *v, const struct removal *done)
{
	struct archive *x = &v->archives[v->n_archives++];
	struct err inner = {0};

	*x = (struct archive){ .done = done };
	x->known = removals_agreed(&v->removals, done, &inner);
	if (!x->known)
		verify_find_error(v, FINDING_BLOB_EMPTIED, done->seq, "", &inner);
	x->known = x->known && read_list(v, x);
}

/* A segment is known by the digest of its list: one whose list was changed is nobody's. */
static void match_segment(struct verifier *v, const char *dir)
{
	struct err inner = {0};
	struct hash32 digest;
	struct span text;
	bool ours = false;

	if (!segment_read(v->arena, &text, &digest, dir, &inner)) {
		verify_find_error(v, FINDING_SEGMENT, FINDING_NO_SEQ, "", &inner);
		return;
	}
	for (size_t i = 0; i < v->n_archives; i++)
		if (hash32_eq(&v->archives[i].done->what, &digest)) {
			v->archives[i].dir = dir;
			ours = true;
		}
	if (!ours)
		verify_find(v, FINDING_SEGMENT, FINDING_NO_SEQ,
			    "%s: no log.archived names a segment with this list: it was changed, or is another log's",
			    dir);
}

void verify_find_archives(struct verifier *v)
{
	v->archives = ARENA_ARRAY(v->arena, struct archive, v->removals.n + 1);
	for (size_t i = 0; i < v->removals.n; i++) {
		if (v->removals.v[i].kind == REMOVAL_ARCHIVE)
			judge_table(v, &v->removals.v[i]);
		if (v->removals.v[i].done && v->removals.v[i].kind == REMOVAL_ARCHIVE)
			take_archive(v, &v->removals.v[i]);
	}
	for (size_t i = 0; v->options && i < v->options->n_archives; i++)
		match_segment(v, v->options->archives[i]);
}

static struct archive *archive_of(struct verifier *v, const struct known_blob *row)
{
	for (size_t i = 0; row->class == BLOB_PUBLIC && i < v->n_archives; i++)
		if (v->archives[i].known && segment_find(&v->archives[i].list, &row->digest))
			return &v->archives[i];
	return NULL;
}

bool verify_was_archived(struct verifier *v, const struct hash32 *digest)
{
	const struct known_blob key = { .digest = *digest, .class = BLOB_PUBLIC };

	return withheld_find(&v->withheld, digest) && archive_of(v, &key);
}

static void check_archive(struct verifier *v, struct log *l, const struct archive *x)
{
	struct err inner = {0};
	struct segment s;

	if (x->dir && l && !segment_check(l, v->arena, &s, x->dir, &inner))
		verify_find_error(v, FINDING_SEGMENT, x->done->seq, "", &inner);
	if (x->dir && l)
		verify_checked(v, true, "archived blobs",
			       arena_fmt(v->arena, "%zu of segment %s, and its tiles", x->list.n, x->done->name));
	else if (x->dir)
		verify_checked(v, false, "archived blobs",
			       arena_fmt(v->arena,
					 "of segment %s: the log cannot be opened that its tiles are held against",
					 x->done->name));
	else if (x->emptied)
		verify_checked(v, false, "archived blobs",
			       arena_fmt(v->arena,
					 "%zu, and what rests on them: they are in segment %s (its list has the "
					 "SHA-256 %s), --archive DIR says where",
					 x->emptied, x->done->name, hex_of(v, &x->done->what)));
}

void verify_archives(struct verifier *v, const char *dir)
{
	struct log *l = v->n_archives ? log_open(dir, LOG_READ, NULL, NULL) : NULL;

	for (size_t i = 0; i < v->n_archives && i < MAX_ARCHIVES; i++)
		check_archive(v, l, &v->archives[i]);
	if (v->n_archives > MAX_ARCHIVES)
		verify_checked(v, false, "archived blobs", arena_fmt(v->arena, "of %zu segments more", v->n_archives -
								     MAX_ARCHIVES));
	log_release(l);
}

/* ---- rows without bytes ------------------------------------------------------------------------------------------ */

static void judge_rows_emptied(struct verifier *v)
{
	struct buf words = {0};
	size_t erased = 0;

	for (size_t i = 0; i < v->n_emptied; i++) {
		const struct known_blob *row = &v->emptied[i];
		struct archive *archive = archive_of(v, row);

		if (archive)
			archive->emptied++;
		else if (!was_erased(v, row))
			verify_find(v, FINDING_BLOB_EMPTIED, FINDING_NO_SEQ,
				    "blob row %" PRIu64 ", %s, has no bytes any more, and no two people's lines say so",
				    row->row, hex_of(v, &row->digest));
		else if (++erased <= MAX_ERASED_NAMED)
			add_erased(v, &words, row);
	}
	say_erased(v, erased, &words);
	buf_release(&words);
}

void verify_emptied(struct verifier *v)
{
	for (size_t i = 0; i < v->removals.n; i++)
		if (v->removals.v[i].done && v->removals.v[i].kind == REMOVAL_ERASE)
			judge_erasure(v, &v->removals.v[i]);
	judge_rows_emptied(v);
}
