#include "src/chain/upgrade.h"

#include <string.h>

enum { CODE, UUID, CURRENT, INITIALIZED };

size_t chain_upgrade_ask(struct gather *g, const struct upgrade *u)
{
	const size_t first = gather_code(g, &u->implementation);

	gather_call(g, &u->implementation, "proxiableUUID()", NULL, 0);
	gather_slot(g, &u->proxy->address, &upgrade_slot_implementation);
	gather_slot(g, &u->implementation, &upgrade_slot_initialized);
	return first;
}

void chain_upgrade_take(const struct gather *g, size_t first, struct upgrade *u)
{
	const struct gathered *v = &g->v[first];
	struct hash32 current = {{0}}, initialized = {{0}};

	u->code = v[CODE].output;
	u->has_uuid = gathered_word(&v[UUID], &u->uuid);
	(void)gathered_word(&v[CURRENT], &current);
	(void)gathered_word(&v[INITIALIZED], &initialized);
	memcpy(u->current.b, current.b + 12, sizeof(u->current.b));
	u->initialized = 0;
	for (int i = 0; i < 8; i++)                    /* a uint64 at the word's end */
		u->initialized = u->initialized << 8 | initialized.b[24 + i];
}

bool chain_upgrades(struct chain *c, struct arena *a, struct upgrade *v, size_t n, struct err *e)
{
	struct gather g = { .a = a };
	size_t *at = ARENA_ARRAY(a, size_t, n + 1);

	for (size_t i = 0; i < n; i++)
		at[i] = chain_upgrade_ask(&g, &v[i]);
	if (n > 0 && !gather_run(&g, c, e))
		return false;
	for (size_t i = 0; i < n; i++)
		chain_upgrade_take(&g, at[i], &v[i]);
	return true;
}
