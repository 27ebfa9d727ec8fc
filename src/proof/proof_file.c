#include "src/proof/proof_file.h"

#include <string.h>

#include "src/base/base64.h"

#define PROOF_HEAD "c2sp.org/tlog-proof@v1"

/* ---- writing --------------------------------------------------------------------------------------------------- */

static void write_path(struct buf *out, const struct merkle_path *path, struct span checkpoint)
{
	for (size_t i = 0; i < path->n; i++) {
		buf_base64(out, SPAN_HASH(&path->hash[i]));
		buf_byte(out, '\n');
	}
	buf_byte(out, '\n');
	buf_span(out, checkpoint);
}

void proof_file_write(struct buf *out, const struct proof_file *p)
{
	buf_str(out, PROOF_HEAD "\n");
	if (p->has_extra) {
		buf_str(out, "extra ");
		buf_base64(out, p->extra);
		buf_byte(out, '\n');
	}
	buf_fmt(out, "index %llu\n", (unsigned long long)p->index);
	write_path(out, &p->path, p->checkpoint);
}

void growth_file_write(struct buf *out, const struct growth_file *g)
{
	buf_fmt(out, "old %llu\n", (unsigned long long)g->old);
	write_path(out, &g->path, g->checkpoint);
}

/* ---- reading: line by line, each named by the byte it starts at --------------------------------------------- */

struct lines {
	struct span all;
	size_t at;                    /* where the line that was taken last starts */
	size_t next;
};

static bool next_line(struct lines *l, struct span *out, const char *needed, struct err *e)
{
	const uint8_t *end = l->next < l->all.n ? memchr(l->all.p + l->next, '\n', l->all.n - l->next) : NULL;

	l->at = l->next;
	if (!end)
		return err_set(e, ERR_SYNTAX, l->next, "needed %s and a newline", needed);
	*out = span_of(l->all.p + l->next, (size_t)(end - l->all.p) - l->next);
	l->next += out->n + 1;
	return true;
}

static bool shift(struct err *e, size_t by)
{
	if (e && e->at != ERR_NO_OFFSET)
		e->at += by;
	return false;
}

static struct span after(struct span s, size_t n)
{
	return span_of(s.p + n, s.n - n);
}

/* "word N" */
static bool read_count(struct lines *l, struct span line, const char *word, uint64_t *out, struct err *e)
{
	const size_t skip = strlen(word) + 1;
	uint64_t v = 0;
	struct span digits;

	if (line.n <= skip || !span_starts(line, word) || line.p[skip - 1] != ' ')
		return err_set(e, ERR_SYNTAX, l->at, "needed \"%s N\"", word);
	digits = after(line, skip);
	if (digits.n > 16 || (digits.p[0] == '0' && digits.n > 1))
		return err_set(e, ERR_SYNTAX, l->at + skip,
			       "needed a number of at most 16 digits, without leading zeros");
	for (size_t i = 0; i < digits.n; i++) {
		if (digits.p[i] < '0' || digits.p[i] > '9')
			return err_set(e, ERR_SYNTAX, l->at + skip + i, "not a digit");
		v = v * 10 + (uint64_t)(digits.p[i] - '0');
	}
	if (v > MERKLE_MAX_SIZE)
		return err_set(e, ERR_RANGE, l->at + skip, "needed at most 2^53");
	*out = v;
	return true;
}

static bool read_hash(struct lines *l, struct span line, struct merkle_path *path, size_t most, struct err *e)
{
	struct buf bytes = {0};
	bool ok = path->n < most || err_set(e, ERR_RANGE, l->at, "more than %zu hashes", most);

	ok = ok && (base64_decode(&bytes, line, e) || shift(e, l->at));
	if (ok && bytes.n != 32)
		ok = err_set(e, ERR_SYNTAX, l->at, "a hash is 32 bytes, found %zu", bytes.n);
	if (ok)
		memcpy(path->hash[path->n++].b, bytes.p, 32);
	buf_release(&bytes);
	return ok;
}

/* Hashes up to the empty line; the rest is the checkpoint. */
static bool read_path(struct lines *l, struct merkle_path *path, size_t most, struct span *checkpoint, struct err *e)
{
	struct span line;

	path->n = 0;
	for (;;) {
		if (!next_line(l, &line, "a hash or an empty line", e))
			return false;
		if (!line.n)
			break;
		if (!read_hash(l, line, path, most, e))
			return false;
	}
	*checkpoint = after(l->all, l->next);
	return checkpoint->n || err_set(e, ERR_SYNTAX, l->next, "needed a checkpoint");
}

/* Its form; who signed it is the verifier's question. */
static bool check_note(struct arena *a, struct span note, size_t at, struct err *e)
{
	struct checkpoint c;
	struct note n;

	return (note_parse(a, &n, note, e) && checkpoint_parse(&c, n.text, e)) || shift(e, at) ||
	       err_in(e, "checkpoint");
}

static bool read_extra(struct arena *a, struct lines *l, struct proof_file *out, struct span line, struct err *e)
{
	struct buf bytes = {0};
	bool ok = base64_decode(&bytes, after(line, 6), e) || shift(e, l->at + 6);

	if (ok && bytes.n > PROOF_EXTRA_MAX)
		ok = err_set(e, ERR_RANGE, l->at, "more than %u extra bytes", PROOF_EXTRA_MAX);
	out->has_extra = true;
	out->extra = arena_copy(a, buf_view(&bytes));
	buf_release(&bytes);
	return ok;
}

bool proof_file_parse(struct arena *a, struct proof_file *out, struct span bytes, struct err *e)
{
	struct lines l = { .all = bytes };
	struct span line;

	*out = (struct proof_file){0};
	if (bytes.n > PROOF_FILE_MAX_BYTES)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a proof is at most %u bytes, found %zu",
			       PROOF_FILE_MAX_BYTES, bytes.n);
	if (!next_line(&l, &line, PROOF_HEAD, e))
		return false;
	if (!span_is(line, PROOF_HEAD))
		return err_set(e, ERR_SYNTAX, 0, "needed " PROOF_HEAD);
	if (!next_line(&l, &line, "\"index N\"", e))
		return false;
	if (span_starts(line, "extra ") &&
	    (!read_extra(a, &l, out, line, e) || !next_line(&l, &line, "\"index N\"", e)))
		return false;
	return read_count(&l, line, "index", &out->index, e) &&
	       read_path(&l, &out->path, MERKLE_LEVELS, &out->checkpoint, e) &&
	       check_note(a, out->checkpoint, l.next, e);
}

bool growth_file_parse(struct arena *a, struct growth_file *out, struct span bytes, struct err *e)
{
	struct lines l = { .all = bytes };
	struct span line;

	*out = (struct growth_file){0};
	if (bytes.n > PROOF_FILE_MAX_BYTES)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a proof is at most %u bytes, found %zu",
			       PROOF_FILE_MAX_BYTES, bytes.n);
	return next_line(&l, &line, "\"old N\"", e) && read_count(&l, line, "old", &out->old, e) &&
	       read_path(&l, &out->path, PROOF_WITNESS_HASHES, &out->checkpoint, e) &&
	       check_note(a, out->checkpoint, l.next, e);
}

/* ---- judging --------------------------------------------------------------------------------------------------- */

bool proof_file_verify(struct arena *a, const struct proof_file *p, const struct hash32 *leaf,
		       const struct note_key *key, struct checkpoint *out, struct err *e)
{
	return checkpoint_open(a, out, p->checkpoint, key, e) &&
	       merkle_path_verify(&out->head.root, leaf, p->index, out->head.size, p->path.hash, p->path.n, e);
}

bool growth_file_verify(struct arena *a, const struct growth_file *g, const struct hash32 *old_root,
			const struct note_key *key, struct checkpoint *out, struct err *e)
{
	const struct tree_head old = { g->old, *old_root };
	struct hash32 empty;

	if (!checkpoint_open(a, out, g->checkpoint, key, e))
		return false;
	if (g->old)
		return merkle_consistency_verify(&old, &out->head, g->path.hash, g->path.n, e);
	merkle_empty(&empty);
	if (g->path.n || !hash32_eq(old_root, &empty))
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET,
			       "the tree of no leaves has the root of nothing, and no proof");
	return true;
}
