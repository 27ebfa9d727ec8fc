/* What a chain says about the new code of upgrades, at the pinned block: for gov/upgrade.h. */
#ifndef SETGOV_CHAIN_UPGRADE_H
#define SETGOV_CHAIN_UPGRADE_H

#include "src/chain/reader.h"
#include "src/gov/upgrade.h"

MUST_CHECK bool chain_upgrade(struct chain *c, struct arena *a, struct upgrade *u, struct err *e);

#endif
