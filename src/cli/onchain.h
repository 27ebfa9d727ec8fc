/* What the commands ask of the chain, in the deployment's terms. Facts and evidence come back as values;
 * nothing here writes the log. */
#ifndef SETGOV_CLI_ONCHAIN_H
#define SETGOV_CLI_ONCHAIN_H

#include "src/chain/reader.h"
#include "audit-log/workspace.h"
#include "src/gov/snapshot.h"

/* Every endpoint of the profile, on the right chain. ERR_MISSING when the profile names none. */
MUST_CHECK bool onchain_open(const struct workspace *ws, struct chain *c, struct err *e);
/* Safe nonce and threshold, block time, and the operation's timestamp (of a proposed change on route timelock;
 * `change` may be NULL). */
MUST_CHECK bool onchain_facts(const struct workspace *ws, struct chain *c, const struct change *change,
			      struct chain_facts *out, struct err *e);
/* The same for each change of a list, at one block. An operation that the log knows to be executed is not asked about:
 * it is done. */
MUST_CHECK bool onchain_facts_all(const struct workspace *ws, struct chain *c, struct arena *a,
				  const struct changes *all, struct chain_facts **out, struct err *e);
/* The part of a snapshot that the queue is made from: block, Safe's nonce, threshold, and these operations. */
MUST_CHECK bool onchain_look(const struct workspace *ws, struct chain *c, struct arena *a,
			     const struct views_operations *ops, struct snapshot *out, struct err *e);
/* The arguments of an action that the chain fills ("owner-before:owner"), as "name=value" pairs behind those
 * given. */
MUST_CHECK bool onchain_fill(const struct workspace *ws, struct arena *a, const struct action_def *def,
			     struct span **pairs, size_t *n, struct err *e);

/* What each getter says now, in the words of its `expect`; {NULL, 0} where it reverts. */
MUST_CHECK bool onchain_read_all(struct chain *c, struct arena *a, const struct action_read_back *reads, size_t n,
				 struct span **texts, struct err *e);
/* What the actions' getters say now: [{"at","before","contract","data","expect","getter","say"}]; a getter that
 * reverts has before null. */
MUST_CHECK bool onchain_reads(const struct workspace *ws, struct chain *c, struct arena *a,
			      const struct json *actions, struct json **out, struct err *e);
/* The evidence of a packet: block, endpoints by name, facts, reads. All of it the console's word. */
MUST_CHECK bool onchain_evidence(const struct workspace *ws, struct chain *c, struct arena *a,
				 const struct change *change, struct json **out, struct err *e);

/* State proofs of what decides about this change (gov/proven.h): the evidence's part "proofs", checked here already.
 * ERR_CHAIN when no node can give them. */
MUST_CHECK bool onchain_proofs(const struct workspace *ws, struct chain *c, struct arena *a,
			       const struct change *change, struct json **out, struct err *e);

/* ABIs to put reverts into words. */
const struct abi **onchain_abis(const struct workspace *ws, struct arena *a, size_t *n);

#endif
