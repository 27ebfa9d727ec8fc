#include "src/cli/wanting.h"

#include <string.h>

static struct proof_given *account(struct wanted *w, const struct addr *at)
{
	for (size_t i = 0; i < w->n; i++)
		if (addr_eq(&w->v[i].at, at))
			return &w->v[i];
	ARENA_GROW(w->a, w->v, w->n, w->cap);
	w->v[w->n] = (struct proof_given){ .at = *at };
	return &w->v[w->n++];
}

void want_account(struct wanted *w, const struct addr *at)
{
	account(w, at);
}

void want_slot(struct wanted *w, const struct addr *at, const struct hash32 *slot)
{
	struct proof_given *g = account(w, at);
	struct hash32 *more;
	for (size_t k = 0; k < g->n; k++)
		if (hash32_eq(&g->slots[k], slot))
			return;
	if (g->n == PROVEN_MAX_SLOTS)
		return;
	more = ARENA_ARRAY(w->a, struct hash32, g->n + 1);
	if (g->n > 0)
		memcpy(more, g->slots, g->n * sizeof(*more));
	more[g->n++] = *slot;
	g->slots = more;
}

void want_list(struct wanted *w, const struct addr *safe, bool modules, const struct addr *v, size_t n)
{
	const struct addr sentinel = SLOT_SENTINEL;
	struct hash32 slot;
	slot_listed(&slot, modules, &sentinel);
	want_slot(w, safe, &slot);
	for (size_t i = 0; i < n; i++) {
		slot_listed(&slot, modules, &v[i]);
		want_slot(w, safe, &slot);
	}
}
