/* What a chain says about the new code of upgrades, at the pinned block: for gov/upgrade.h. */
#ifndef SETGOV_CHAIN_UPGRADE_H
#define SETGOV_CHAIN_UPGRADE_H

#include "src/chain/gather.h"
#include "src/gov/upgrade.h"

/* Asks about one among whatever else is gathered; returns where its answers begin. */
size_t chain_upgrade_ask(struct gather *g, const struct upgrade *u);
void chain_upgrade_take(const struct gather *g, size_t first, struct upgrade *u);
/* Of all of these, and of nothing else. */
MUST_CHECK bool chain_upgrades(struct chain *c, struct arena *a, struct upgrade *v, size_t n, struct err *e);

#endif
