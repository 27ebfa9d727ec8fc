/* What `audit` counts on chain, population by population, and what each call that the log says ran has to have left
 * there: the event, whose it is, and the arguments that it repeats. */
#ifndef SETGOV_CLI_RECOUNT_H
#define SETGOV_CLI_RECOUNT_H

#include "src/chain/reader.h"
#include "src/gov/call.h"
#include "src/gov/deployment.h"

enum population {
	POP_SAFE, POP_MODULE, POP_APPROVAL, POP_SCHEDULED, POP_EXECUTED, POP_CANCELLED, POP_UPGRADE, POP_ROLE,
	POP_OWNER, POP_PAUSE, POP_SETTING
};
#define N_POPULATIONS 11
const char *population_name(enum population p);

/* Every event of the catalogue's contracts, the Safe's and the timelock's that tells of governance. Not among them:
 * everyday business, what tells the same a second time (SafeMultiSigTransaction, ContractUpgraded, AdminRenounced),
 * payments into the Safe. */
#define RECOUNT_EVENTS 54u
/* The events' topics, in the table's order. */
void recount_topics(struct hash32 out[RECOUNT_EVENTS]);
/* Its place in that order; false: none of them. */
bool recount_kind(const struct hash32 topics[RECOUNT_EVENTS], const struct chain_log *l, size_t *kind);
/* An event for a person, every argument whole, up to the first that has no fixed size: "timelock: RoleGranted(proposer,
 * 0x… (p2), 0x…)". Lives as long as the arena. */
const char *recount_words(struct arena *a, const struct deployment *d, size_t kind, const struct chain_log *l);
enum population recount_population(size_t kind);
size_t recount_kind_named(const char *signature);
const char *recount_signature(size_t kind);
/* Argument i of an event, in its order, where those that are indexed come first. Empty: there is no such word. */
struct span recount_word(const struct chain_log *l, size_t i);

/* A call that leaves one of these events; false for others. `what` says which, for a person. */
bool recount_expects(const struct call *c, enum population *p, const char **what);
/* This event is what the call leaves: its emitter, and every argument that the event repeats. */
bool recount_is_of(const struct hash32 topics[RECOUNT_EVENTS], const struct call *c, const struct chain_log *l);
/* It is that, or comes beside it: the owner that swapOwner removes. */
bool recount_may_be_of(const struct hash32 topics[RECOUNT_EVENTS], const struct call *c, const struct chain_log *l);

#endif
