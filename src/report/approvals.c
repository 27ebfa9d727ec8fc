#include "src/report/approvals.h"

#include <stdlib.h>
#include <string.h>

#define SIGNATURE_BYTES 65

/* The lines beside a signature. Of the direct route there is no operation. */
enum beside { PROPOSED, PLANNED, PACKED, MINED, N_BESIDE };
static const char *const kinds[N_BESIDE] = { "change.proposed", "operation.planned", "step.packed", "step.mined" };

static const char *const adopted[] = { "deployment.adopted" };

struct approval {
	uint64_t seq;
	struct span change;
	struct hash32 safe_tx_hash, digest;
	bool found[N_BESIDE];
	uint64_t beside[N_BESIDE];
};

static int by_change(const void *x, const void *y)
{
	const struct span a = ((const struct approval *)x)->change, b = ((const struct approval *)y)->change;
	const int order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

static int by_seq(const void *x, const void *y)
{
	const uint64_t a = ((const struct approval *)x)->seq, b = ((const struct approval *)y)->seq;
	return (a > b) - (a < b);
}

/* ---- which signatures ------------------------------------------------------------------------------------------- */

struct finding {
	struct arena *a;
	struct approvals *out;
};

static bool take_signature(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct finding *f = ctx;
	struct approval one = { .seq = seq };
	struct arena scratch = {0};
	struct line_peek peek;
	struct line l;
	bool ok = true;
	(void)leaf;
	if (!line_peek(&peek, raw) || !span_is(peek.kind, "signature.added"))
		return true;
	ok = line_parse(&scratch, &l, raw, e) || err_in(e, "line %llu", (unsigned long long)seq);
	if (ok && json_get_hash(l.body, "safeTxHash", &one.safe_tx_hash, NULL) &&
	    json_get_bare_hash(l.body, "signature", &one.digest, NULL)) {
		one.change = arena_copy(f->a, l.change);
		f->out->v[f->out->n++] = one;
	}
	arena_release(&scratch);
	return ok;
}

/* ---- the lines beside them -------------------------------------------------------------------------------------- */

static bool is_beside(const struct approval *v, enum beside k, const struct line *l)
{
	struct hash32 hash;
	if (k == PROPOSED || k == PLANNED)
		return l->seq < v->seq;
	return json_get_hash(l->body, "safeTxHash", &hash, NULL) && hash32_eq(&hash, &v->safe_tx_hash) &&
	       (l->seq < v->seq) == (k == PACKED);
}

static void put_beside(struct approvals *all, enum beside k, const struct line *l)
{
	const struct approval key = { .change = l->change };
	struct approval *at = bsearch(&key, all->v, all->n, sizeof(key), by_change);
	if (at == NULL)
		return;
	while (at > all->v && span_eq(at[-1].change, l->change))
		at--;
	for (; at < all->v + all->n && span_eq(at->change, l->change); at++)
		if (is_beside(at, k, l)) {
			at->found[k] = true;
			at->beside[k] = l->seq;
		}
}

static bool take_beside(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct arena scratch = {0};
	struct line_peek peek;
	struct line l;
	bool ok = true;
	(void)leaf;
	if (!line_peek(&peek, raw))
		return true;
	for (int k = 0; ok && k < N_BESIDE; k++) {
		if (!span_is(peek.kind, kinds[k]))
			continue;
		ok = line_parse(&scratch, &l, raw, e) || err_in(e, "line %llu", (unsigned long long)seq);
		if (ok)
			put_beside(ctx, (enum beside)k, &l);
	}
	arena_release(&scratch);
	return ok;
}

static void keep_spent(struct approvals *all)
{
	size_t n = 0;
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].found[PROPOSED] && all->v[i].found[PACKED] && all->v[i].found[MINED])
			all->v[n++] = all->v[i];
	all->n = n;
	qsort(all->v, n, sizeof(*all->v), by_seq);
}

static bool take_adopted(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct finding *f = ctx;
	struct seqs *s = &f->out->adopted;
	uint64_t *grown = ARENA_ARRAY(f->a, uint64_t, s->n + 1);
	(void)leaf;
	(void)raw;
	(void)e;
	if (s->n > 0)
		memcpy(grown, s->seq, s->n * sizeof(*grown));
	grown[s->n] = seq;
	*s = (struct seqs){ grown, s->n + 1 };
	return true;
}

/* Of one change its own lines are read; of more, which are a period's, those kinds in the order of the log. */
bool approvals_find(struct arena *a, struct approvals *out, struct log *l, const struct seqs *lines, struct err *e)
{
	struct finding f = { a, out };
	*out = (struct approvals){ .v = ARENA_ARRAY(a, struct approval, lines->n + 1) };
	if (!log_each_of(l, lines, take_signature, &f, e))
		return false;
	if (out->n == 0)
		return true;
	qsort(out->v, out->n, sizeof(*out->v), by_change);
	const bool one = span_eq(out->v[0].change, out->v[out->n - 1].change);
	if (one ? !log_each_of_change(l, out->v[0].change, take_beside, out, e)
		: !log_each_of_kinds(l, kinds, N_BESIDE, take_beside, out, e))
		return false;
	keep_spent(out);
	return out->n == 0 || log_each_of_kinds(l, adopted, ARRAY_LEN(adopted), take_adopted, &f, e);
}

struct seqs approvals_beside(struct arena *a, const struct approvals *all)
{
	struct seqs out = { ARENA_ARRAY(a, uint64_t, N_BESIDE * all->n + all->adopted.n + 1), 0 };
	for (size_t i = 0; i < all->n; i++)
		for (int k = 0; k < N_BESIDE; k++)
			if (all->v[i].found[k])
				out.seq[out.n++] = all->v[i].beside[k];
	for (size_t i = 0; i < all->adopted.n; i++)
		out.seq[out.n++] = all->adopted.seq[i];
	return out;
}

/* ---- their bytes ------------------------------------------------------------------------------------------------ */

static const struct report_line **index_of(struct arena *a, const struct report_evidence *ev)
{
	const struct report_line **v = ARENA_ARRAY(a, const struct report_line *, ev->n + 1);
	size_t n = 0;
	for (const struct report_line *l = ev->first; l != NULL; l = l->next)
		v[n++] = l;
	return v;
}

static int by_line(const void *key, const void *at)
{
	const uint64_t seq = *(const uint64_t *)key, other = (*(const struct report_line *const *)at)->seq;
	return (seq > other) - (seq < other);
}

static bool is_carried(const struct report_evidence *ev, const struct report_line **lines, uint64_t seq)
{
	const struct report_line *const *at = bsearch(&seq, lines, ev->n, sizeof(*lines), by_line);
	return at != NULL && (*at)->withheld == NULL && seq < ev->size;
}

static bool may_go(const struct report_evidence *ev, const struct report_line **lines, const struct approval *v)
{
	bool ok = is_carried(ev, lines, v->seq);
	for (int k = 0; ok && k < N_BESIDE; k++)
		ok = !v->found[k] || is_carried(ev, lines, v->beside[k]);
	return ok;
}

/* What is not there, or is something else than a signature, is for log verify to name: the evidence goes without. */
static void take_bytes(struct arena *a, struct report_evidence *ev, const struct approval *v, struct log *l)
{
	struct buf bytes = {0};
	enum blob_class class;
	if (log_blob(l, &v->digest, &bytes, &class, NULL) && class != BLOB_PRIVATE && bytes.n == SIGNATURE_BYTES)
		ev->approvals[ev->n_approvals++] =
			(struct report_approval){ v->seq, arena_copy(a, buf_view(&bytes)) };
	buf_release(&bytes);
}

void approvals_take(struct arena *a, struct report_evidence *ev, const struct approvals *all, struct log *l)
{
	const struct report_line **lines = index_of(a, ev);
	ev->approvals = ARENA_ARRAY(a, struct report_approval, all->n + 1);
	for (size_t i = 0; i < all->adopted.n; i++)
		if (!is_carried(ev, lines, all->adopted.seq[i]))
			return;
	for (size_t i = 0; i < all->n; i++)
		if (may_go(ev, lines, &all->v[i]))
			take_bytes(a, ev, &all->v[i], l);
}
