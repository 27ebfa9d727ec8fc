/* Which way a difference between two policies goes, for the first lines of what people read before they sign a new one.
 * Only what is certain is called so: whatever cannot be compared as numbers may loosen. Pure. */
#ifndef SETGOV_POLICY_DRIFT_H
#define SETGOV_POLICY_DRIFT_H

#include "src/policy/policy.h"

enum drift {
	DRIFT_NONE,                   /* they ask for the same */
	DRIFT_TIGHTENS,
	DRIFT_LOOSENS,
	DRIFT_EITHER                  /* may loosen: a person has to look */
};
/* One rule of this name, as it was and as it is; NULL: not there. Roles are compared by their names alone, which is for
 * the caller to see. */
enum drift rule_drift(const struct policy *old, const struct rule *was, const struct policy *new,
		      const struct rule *is);

#endif
