#include "audit-log/meetings.h"

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

bool meetings_look(struct workspace *ws, struct arena *a, struct meetings *out, struct err *e)
{
	static const char *const kinds[] = { "meeting.opened", "meeting.decided", "meeting.closed" };
	struct fold f = { a, out };
	struct seqs all;

	*out = (struct meetings){0};
	return views_lines_of_kinds(ws->views, a, kinds, ARRAY_LEN(kinds), &all, e) &&
	       log_each_of(ws->log, &all, fold_line, &f, e);
}
