#include "audit-log/holes.h"

#include <inttypes.h>

#include "src/gov/restored.h"

struct walk {
	struct arena *a;
	struct log_holes *out;
	size_t cap;
};

static bool read_anchors(struct arena *a, struct log_hole *out, const struct line *l, struct err *e)
{
	const struct json *list = json_find(l->body, "anchors");
	struct lost_anchor *v;
	size_t n = 0;

	if (json_is_null(list))
		return true;
	if (!json_get(l->body, "anchors", JSON_ARRAY, &list, e))
		return false;
	v = ARENA_ARRAY(a, struct lost_anchor, list->n + 1);
	for (const struct json *one = list->first; one; one = one->next, n++)
		if (!json_get_hash(one, "operation", &v[n].operation, e) ||
		    !json_get_hash(one, "salt", &v[n].salt, e) || !json_get_u64(one, "block", &v[n].block, e))
			return err_in(e, "anchors[%zu]", n);
	out->asked = true;
	out->anchors = v;
	out->n_anchors = n;
	return true;
}

bool log_hole_read(struct arena *a, struct log_hole *out, const struct line *l, struct err *e)
{
	struct restored_line r;

	*out = (struct log_hole){0};
	if (!restored_read(&r, l, e))
		return false;
	*out = (struct log_hole){ .seq = r.seq, .time = l->time, .last = r.last, .known = r.known, .seen = r.seen,
				  .missing = r.missing };
	return read_anchors(a, out, l, e);
}

static bool take(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct walk *w = ctx;
	struct line l;

	(void)leaf;
	ARENA_GROW(w->a, w->out->v, w->out->n, w->cap);
	return (line_parse(w->a, &l, arena_copy(w->a, raw), e) &&
		log_hole_read(w->a, &w->out->v[w->out->n++], &l, e)) || err_in(e, "line %" PRIu64, seq);
}

bool log_holes(struct log *l, struct arena *a, struct log_holes *out, struct err *e)
{
	static const char *const kinds[] = { "log.restored" };
	struct walk w = { a, out, 0 };

	*out = (struct log_holes){0};
	return log_each_of_kinds(l, kinds, ARRAY_LEN(kinds), take, &w, e);
}

bool log_hole_is_open(const struct log_hole *h)
{
	return h->missing > 0 || h->n_anchors > 0 || !h->known;
}

static void anchors_words(struct buf *out, const struct log_hole *h)
{
	if (!h->asked)
		buf_str(out, "; the chain was not asked then");
	for (size_t i = 0; i < h->n_anchors; i++) {
		buf_str(out, i ? ", " : "; no line explains the operations that the chain has: ");
		buf_0xhex(out, SPAN_HASH(&h->anchors[i].operation));
		buf_fmt(out, " in block %" PRIu64, h->anchors[i].block);
	}
}

const char *log_hole_words(struct arena *a, const struct log_hole *h)
{
	struct buf out = {0};
	const char *words;

	buf_fmt(&out, "after line %" PRIu64 " the log goes on from a backup: ", h->last);
	if (!h->known)
		buf_str(&out, "nobody showed a later checkpoint, and whether lines are lost is not known");
	else if (!h->missing)
		buf_fmt(&out, "no line of the %" PRIu64 " that somebody had seen is lost", h->seen);
	else if (h->missing == 1)
		buf_fmt(&out, "line %" PRIu64 " of what it was is lost", h->last + 1);
	else
		buf_fmt(&out, "lines %" PRIu64 " to %" PRIu64 " of what it was are lost", h->last + 1,
			h->seen - 1);
	anchors_words(&out, h);
	words = arena_str(a, buf_view(&out));
	buf_release(&out);
	return words;
}
