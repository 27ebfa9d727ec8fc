#include "src/cli/target.h"

#include <string.h>

static bool has_step(const struct change *c, const struct hash32 *safe_tx_hash, struct target *out)
{
	for (int s = 0; s < N_STEPS; s++) {
		const struct step *step = &c->steps[s];
		if (step->packed && hash32_eq(&step->safe_tx_hash, safe_tx_hash)) {
			*out = (struct target){ c, (enum step_kind)s, step };
			return true;
		}
	}
	return false;
}

/* Looks for a line that packed this safeTxHash. */
struct hash_search {
	struct arena *a;
	struct span hex;
	const char *change;           /* of the newest one, or NULL */
};

static bool search_packed(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct hash_search *s = ctx;
	struct line_peek peek;
	(void)seq;
	(void)leaf;
	(void)e;
	if (memmem(raw.p, raw.n, s->hex.p, s->hex.n) != NULL && line_peek(&peek, raw))
		s->change = arena_str(s->a, peek.change);
	return true;
}

/* A change that was executed is not among the folded ones: who else signed it is known then, too. */
static bool executed_by_hash(struct workspace *ws, struct arena *a, const struct hash32 *safe_tx_hash,
			     struct target *out, bool *found, struct err *e)
{
	static const char *const kinds[] = { "step.packed" };
	struct buf hex = {0};
	buf_hex(&hex, SPAN_HASH(safe_tx_hash));
	struct hash_search s = { .a = a, .hex = buf_view(&hex) };
	struct change *change = ARENA_NEW(a, struct change);
	bool ok = log_each_of_kinds(ws->log, kinds, ARRAY_LEN(kinds), search_packed, &s, e);
	if (ok && s.change != NULL)
		ok = workspace_change(ws, a, s.change, change, e);
	*found = ok && has_step(change, safe_tx_hash, out);
	buf_release(&hex);
	return ok;
}

bool target_by_hash(struct workspace *ws, struct arena *a, const struct changes *all, const struct hash32 *safe_tx_hash,
		    struct target *out, bool *found, struct err *e)
{
	*found = true;
	for (size_t i = 0; i < all->n; i++)
		if (has_step(&all->v[i], safe_tx_hash, out))
			return true;
	return executed_by_hash(ws, a, safe_tx_hash, out, found, e);
}
