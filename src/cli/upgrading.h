/* Facts about the new code of an upgrade, for rules of the kinds "code" and "upgrade": what the chain says of it, the
 * list of releases that the workspace goes by, the storage layouts of both releases compared, the rollback that is
 * drafted, and what a node's simulation changes. All of it the console's word. docs/policy.md has the names. */
#ifndef SETGOV_CLI_UPGRADING_H
#define SETGOV_CLI_UPGRADING_H

#include "audit-log/workspace.h"
#include "src/chain/reader.h"
#include "src/gov/facts.h"
#include "src/policy/policy.h"
#include "src/policy/releases.h"

struct upgrading {
	struct workspace *ws;
	struct chain *chain;
	const struct policy *policy;
	const struct change *change;
	const struct proposal *proposal;      /* with its calls */
	bool proposed;
	uint64_t block;
};
/* Nothing, where no action of the proposal replaces code or no rule of the policy asks. ERR_REFUSED "RELEASES":
 * offering.h. */
MUST_CHECK bool upgrading_facts(const struct upgrading *u, struct arena *a, struct facts *out, struct err *e);
/* The list that the workspace goes by (audit-log/in_force.h); *out is NULL where there is none. ERR_REFUSED
 * "RELEASES": offering.h. */
MUST_CHECK bool upgrading_releases(struct workspace *ws, struct arena *a, const struct releases **out, struct err *e);

#endif
