/* What `audit` counts on chain, population by population, and what each call that the log says ran has to have left
 * there: the event, whose it is, and the arguments that it repeats. */
#ifndef SETGOV_CLI_RECOUNT_H
#define SETGOV_CLI_RECOUNT_H

#include "src/chain/reader.h"
#include "src/gov/call.h"
#include "src/gov/deployment.h"

enum population { POP_SAFE, POP_SCHEDULED, POP_EXECUTED, POP_CANCELLED, POP_UPGRADE, POP_ROLE, POP_OWNER };
#define N_POPULATIONS 7
const char *population_name(enum population p);

#define RECOUNT_EVENTS 20u
/* The events' topics, in the table's order. */
void recount_topics(struct hash32 out[RECOUNT_EVENTS]);
/* Its place in that order; false: none of them. */
bool recount_kind(const struct hash32 topics[RECOUNT_EVENTS], const struct chain_log *l, size_t *kind);
/* An event for a person, every argument whole, up to the first that is bytes: "timelock: RoleGranted(proposer,
 * 0x… (p2), 0x…)". Lives as long as the arena. */
const char *recount_words(struct arena *a, const struct deployment *d, size_t kind, const struct chain_log *l);
enum population recount_population(size_t kind);

/* A call that changes roles, owners or code; false for others. `what` says which, for a person. */
bool recount_expects(const struct call *c, enum population *p, const char **what);
/* This event is what the call leaves: its emitter, and every argument that the event repeats. */
bool recount_is_of(const struct hash32 topics[RECOUNT_EVENTS], const struct call *c, const struct chain_log *l);

#endif
