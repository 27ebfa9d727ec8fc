/* Events of a deployment's timelock and Safe, read from the chain and not from what was kept of earlier looks. */
#ifndef SETGOV_CLI_CHAIN_EVENTS_H
#define SETGOV_CLI_CHAIN_EVENTS_H

#include "src/chain/reader.h"
#include "src/gov/deployment.h"
#include "src/gov/event.h"

/* Blocks from..to, both included. ERR_REFUSED "REORG" when `to` is the pinned block and was replaced meanwhile. */
MUST_CHECK bool chain_events(struct chain *c, struct arena *a, const struct deployment *d, uint64_t from, uint64_t to,
			     struct events_told *told, struct err *e);
/* The chain's events as src/gov reads them. */
struct chain_event *chain_events_of(struct arena *a, const struct chain_log *logs, size_t n);

#endif
