#include "audit-log/meetings.h"

#include <stdlib.h>
#include <string.h>

struct fold {
	struct arena *a;
	struct meetings *out;
};

static bool fold_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct fold *f = ctx;
	struct line_peek peek;
	struct line l;

	(void)leaf;
	if (line_peek(&peek, raw) && !span_starts(peek.kind, "meeting."))
		return true;
	if (!line_parse(f->a, &l, arena_copy(f->a, raw), e))
		return err_in(e, "line %llu", (unsigned long long)seq);
	return meetings_apply(f->a, f->out, &l, e);
}

bool meetings_read(struct workspace *ws, struct arena *a, struct meetings *out, struct err *e)
{
	struct fold f = { a, out };

	*out = (struct meetings){0};
	return log_each(ws->log, 0, log_size(ws->log), fold_line, &f, e);
}

static int by_seq(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

bool meetings_look(struct workspace *ws, struct arena *a, struct meetings *out, struct err *e)
{
	static const char *const kinds[] = { "meeting.opened", "meeting.decided", "meeting.closed" };
	struct seqs all = {0}, some[ARRAY_LEN(kinds)];
	struct fold f = { a, out };
	size_t n = 0;

	*out = (struct meetings){0};
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!views_lines_of_kind(ws->views, a, span_str(kinds[i]), &some[i], e))
			return false;
		n += some[i].n;
	}
	if (n == 0)
		return true;
	all.seq = ARENA_ARRAY(a, uint64_t, n);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (some[i].n > 0)
			memcpy(all.seq + all.n, some[i].seq, some[i].n * sizeof(*all.seq));
		all.n += some[i].n;
	}
	qsort(all.seq, all.n, sizeof(*all.seq), by_seq);
	return log_each_of(ws->log, &all, fold_line, &f, e);
}
