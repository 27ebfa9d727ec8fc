#include "src/gov/restored.h"

#include <inttypes.h>
#include <string.h>

#include "src/proof/note.h"

#define LETTERS 3u

/* The checkpoint that was shown is in the line: how much somebody had seen is its word, not the line's. */
static bool is_of_note(const struct restored_line *r, const struct json *body, struct err *e)
{
	struct arena a = {0};
	struct checkpoint c;
	struct note n;
	struct span note;
	bool ok;

	if (!r->known)
		return json_is_null(json_find(body, "seen")) ||
		       err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "a checkpoint was shown, and seenSize is null");
	ok = json_get_str(body, "seen", &note, e) &&
	     ((note_parse(&a, &n, note, e) && checkpoint_parse(&c, n.text, e)) || err_in(e, "seen"));
	arena_release(&a);
	return ok && (c.head.size == r->seen ||
		      err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "seenSize is not what seen is over, %" PRIu64 " lines",
			      c.head.size));
}

/* How many lines of the checkpoint that was shown are not in the copy follows from the other members. */
static bool read_seen(struct restored_line *out, const struct line *l, struct err *e)
{
	if (!json_get_u64(l->body, "missing", &out->missing, e))
		return false;
	out->known = !json_is_null(json_find(l->body, "seenSize"));
	if (out->known && !json_get_u64(l->body, "seenSize", &out->seen, e))
		return false;
	if (out->missing != (out->seen > out->last + 1 ? out->seen - out->last - 1 : 0))
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET,
			       "missing is not what seenSize comes to after line %" PRIu64, out->last);
	return is_of_note(out, l->body, e);
}

bool restored_read(struct restored_line *out, const struct line *l, struct err *e)
{
	struct hash32 leaf;

	*out = (struct restored_line){ .seq = l->seq };
	if (!json_get_u64(l->body, "last", &out->last, e) || !json_get_bare_hash(l->body, "lastLeaf", &leaf, e))
		return false;
	/* A clock that stepped back is a line between the two. */
	if (out->last + 2 != l->seq && (out->last + 1 != l->seq || !hash32_eq(&leaf, &l->prev)))
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "says that it goes on after another line");
	return read_seen(out, l, e);
}

bool restored_explains(const struct restored_line *r, uint64_t size)
{
	return r->known && size > r->last + 1 && size <= r->seen;
}

void restored_series(char out[SERIES_SIZE], const uint8_t id[16])
{
	memcpy(out, CHANGE_SERIES, sizeof(CHANGE_SERIES) - 1);
	for (size_t i = 0; i < LETTERS; i++)
		out[sizeof(CHANGE_SERIES) - 1 + i] = (char)('A' + id[i] % 26);
	out[SERIES_SIZE - 1] = '\0';
}

uint64_t series_number(struct span id)
{
	uint64_t n = 0;
	size_t dash = 0;

	while (dash < id.n && id.p[dash] != '-')
		dash++;
	if (!span_starts(id, CHANGE_SERIES) || !line_change_is_valid(id) ||
	    (dash != sizeof(CHANGE_SERIES) - 1 && dash != SERIES_SIZE - 1))
		return 0;
	for (size_t i = dash + 1; i < id.n; i++)        /* 15 digits at most */
		n = n * 10 + (uint64_t)(id.p[i] - '0');
	return n;
}
