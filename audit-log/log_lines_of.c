/* A change's lines, and lines of a kind: all of them, and no view's word for it. */
#include "audit-log/census.h"
#include "audit-log/log_state.h"

/* What is looked for: lines of a change, or (kinds not NULL) of any of these kinds. */
struct wanted {
	struct span change;
	const char *const *kinds;
	size_t n_kinds;
	log_line_fn *fn;
	void *ctx;
};

static bool is_wanted(const struct wanted *w, struct span raw)
{
	struct line_peek peek;

	if (!line_peek(&peek, raw))
		return false;
	if (!w->kinds)
		return span_eq(peek.change, w->change);
	for (size_t i = 0; i < w->n_kinds; i++)
		if (span_is(peek.kind, w->kinds[i]))
			return true;
	return false;
}

static bool pass_on(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	const struct wanted *w = ctx;

	return !is_wanted(w, raw) || w->fn(w->ctx, seq, leaf, raw, e);
}

/* Many rows in one read transaction: each in its own would take SQLite's locks anew. *own: it was not open. */
static bool hold(struct log *l, bool *own, struct err *e)
{
	*own = !store_in_transaction(l->store);
	return !*own || store_read_begin(l->store, e);
}

static void let_go(struct log *l, bool own)
{
	if (own)
		store_read_end(l->store);
}

static bool each_numbered(struct log *l, const struct seqs *seqs, log_line_fn *fn, void *ctx, struct err *e)
{
	struct buf raw = {0};
	bool ok = true;

	for (size_t i = 0; ok && i < seqs->n; i++) {
		struct hash32 leaf;

		buf_clear(&raw);
		ok = log_demand_seq(l, seqs->seq[i], e) && log_read_row(l, seqs->seq[i], &leaf, &raw, e) &&
		     fn(ctx, seqs->seq[i], &leaf, buf_view(&raw), e);
	}
	buf_release(&raw);
	return ok;
}

bool log_each_of(struct log *l, const struct seqs *seqs, log_line_fn *fn, void *ctx, struct err *e)
{
	bool own;
	const bool ok = hold(l, &own, e) && each_numbered(l, seqs, fn, ctx, e);

	let_go(l, own);
	return ok;
}

/* ---- by a view's numbers ---------------------------------------------------------------------------------------- */

static uint64_t how_many(const struct census *c, const struct wanted *w)
{
	const struct counted *one;
	uint64_t n = 0;

	if (!w->kinds)
		return (one = counts_find(&c->changes, w->change)) ? one->lines : 0;
	for (size_t i = 0; i < w->n_kinds; i++)
		n += (one = counts_find(&c->kinds, span_str(w->kinds[i]))) ? one->lines : 0;
	return n;
}

/* The numbers, of lines that the log has. */
struct noting {
	const struct wanted *wanted;
	struct arena *a;
	struct seqs seqs;
	size_t cap;
};

static void add_seq(struct arena *a, struct seqs *to, size_t *cap, uint64_t seq)
{
	ARENA_GROW(a, to->seq, to->n, *cap);
	to->seq[to->n++] = seq;
}

static void note(struct noting *n, uint64_t seq)
{
	add_seq(n->a, &n->seqs, &n->cap, seq);
}

static bool note_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct noting *n = ctx;

	(void)leaf;
	(void)e;
	if (is_wanted(n->wanted, raw))
		note(n, seq);
	return true;
}

/* The view's numbers, and behind what the view knows the lines' own. */
static bool find(struct log *l, struct noting *n, bool *found, struct err *e)
{
	const struct wanted *w = n->wanted;
	struct seqs hinted = {0};
	uint64_t upto = 0;

	*found = w->kinds ? l->hints.of_kinds(l->hints.ctx, n->a, w->kinds, w->n_kinds, &hinted, &upto)
			  : l->hints.of_change(l->hints.ctx, n->a, w->change, &hinted, &upto);
	upto = upto < log_size(l) ? upto : log_size(l);
	for (size_t i = 0; i < hinted.n && hinted.seq[i] < upto; i++)
		note(n, hinted.seq[i]);
	return !*found || log_each(l, upto, UINT64_MAX, note_line, n, e);
}

/* As many as there are, each once, and each what is looked for. */
static bool are_all(struct log *l, const struct census *c, const struct seqs *seqs, const struct wanted *w, bool *all,
		    struct err *e)
{
	struct buf raw = {0};
	struct hash32 leaf;
	bool ok = true;

	*all = seqs->n == how_many(c, w);
	for (size_t i = 0; ok && *all && i < seqs->n; i++) {
		buf_clear(&raw);
		ok = store_line(l->store, seqs->seq[i], &leaf, &raw, e);
		*all = ok && (!i || seqs->seq[i - 1] < seqs->seq[i]) && is_wanted(w, buf_view(&raw));
	}
	buf_release(&raw);
	return ok;
}

static bool each_by_view(struct log *l, struct wanted *w, bool *done, struct err *e)
{
	struct arena a = {0};
	struct noting n = { .wanted = w, .a = &a };
	const struct census *c;
	bool own = false, all = false;
	bool ok = census_of(l, &c, e) && hold(l, &own, e) && find(l, &n, done, e) &&
		  (!*done || are_all(l, c, &n.seqs, w, &all, e));

	*done = ok && *done && all;
	/* Each line is read once more, and this time re-hashed. */
	ok = ok && (!*done || each_numbered(l, &n.seqs, pass_on, w, e));
	let_go(l, own);
	arena_release(&a);
	return ok;
}

void log_set_hints(struct log *l, const struct log_hints *hints)
{
	l->hints = hints ? *hints : (struct log_hints){0};
}

bool log_is_hinted(const struct log *l)
{
	return l->hints.of_change != NULL;
}

static bool each(struct log *l, struct wanted *w, struct err *e)
{
	bool done = false;

	if (log_is_hinted(l) && !each_by_view(l, w, &done, e))
		return false;
	if (done)
		return true;
	l->hints.of_change = NULL;
	l->hints.of_kinds = NULL;
	return log_each(l, 0, UINT64_MAX, pass_on, w, e);
}

bool log_each_of_change(struct log *l, struct span change, log_line_fn *fn, void *ctx, struct err *e)
{
	struct wanted w = { .change = change, .fn = fn, .ctx = ctx };

	return each(l, &w, e);
}

bool log_each_of_kinds(struct log *l, const char *const kinds[], size_t n, log_line_fn *fn, void *ctx, struct err *e)
{
	struct wanted w = { .kinds = kinds, .n_kinds = n, .fn = fn, .ctx = ctx };

	return each(l, &w, e);
}

struct numbering {
	struct arena *a;
	struct seqs *out;
	size_t cap;
};

static bool take_number(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct numbering *n = ctx;

	(void)leaf;
	(void)raw;
	(void)e;
	add_seq(n->a, n->out, &n->cap, seq);
	return true;
}

bool log_seqs_of_kinds(struct log *l, struct arena *a, const char *const kinds[], size_t n, struct seqs *out,
		       struct err *e)
{
	struct numbering all = { .a = a, .out = out };

	*out = (struct seqs){0};
	return log_each_of_kinds(l, kinds, n, take_number, &all, e);
}
