#include "audit-log/meetings.h"

#include <string.h>

#include "src/base/text.h"

static const char *const kinds[] = { "meeting.opened", "meeting.decided", "meeting.closed" };

struct fold {
	struct arena *a;
	struct meetings *out;
	struct meetings_over *bad;    /* NULL: a bad line is an error */
};

static void pass_over(struct fold *f, uint64_t seq, const struct err *why)
{
	struct meetings_bad *grown = ARENA_ARRAY(f->a, struct meetings_bad, f->bad->n + 1);

	if (f->bad->n > 0)
		memcpy(grown, f->bad->v, f->bad->n * sizeof(*grown));
	grown[f->bad->n++] = (struct meetings_bad){ seq, text_safe_err(f->a, why) };
	f->bad->v = grown;
}

static bool fold_read(struct fold *f, uint64_t seq, struct span raw, struct err *e)
{
	struct line l;

	if (!line_parse(f->a, &l, arena_copy(f->a, raw), e))
		return err_in(e, "line %llu", (unsigned long long)seq);
	return meetings_apply(f->a, f->out, &l, e);
}

static bool fold_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct fold *f = ctx;
	struct err why = {0};

	(void)leaf;
	if (f->bad == NULL)
		return fold_read(f, seq, raw, e);
	if (!fold_read(f, seq, raw, &why))
		pass_over(f, seq, &why);
	err_clear(&why);
	return true;
}

bool meetings_read(struct workspace *ws, struct arena *a, struct meetings *out, struct err *e)
{
	struct fold f = { a, out, NULL };

	*out = (struct meetings){0};
	return log_each_of_kinds(ws->log, kinds, ARRAY_LEN(kinds), fold_line, &f, e);
}

bool meetings_read_over(struct workspace *ws, struct arena *a, struct meetings *out, struct meetings_over *bad,
			struct err *e)
{
	struct fold f = { a, out, bad };

	*out = (struct meetings){0};
	*bad = (struct meetings_over){0};
	return log_each_of_kinds(ws->log, kinds, ARRAY_LEN(kinds), fold_line, &f, e);
}

bool meetings_look(struct workspace *ws, struct arena *a, struct meetings *out, struct err *e)
{
	struct fold f = { a, out, NULL };
	struct seqs all;

	*out = (struct meetings){0};
	return views_lines_of_kinds(ws->views, a, kinds, ARRAY_LEN(kinds), &all, e) &&
	       log_each_of(ws->log, &all, fold_line, &f, e);
}
