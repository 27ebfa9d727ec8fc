/* Which steps a command brought signatures to: how many each has by now, and what comes next. For showing alone;
 * whether they are enough submit judges anew. */
#ifndef SETGOV_CLI_SIGNED_STEPS_H
#define SETGOV_CLI_SIGNED_STEPS_H

#include "src/cli/cmd.h"
#include "src/gov/change.h"

struct signed_step { struct span change; enum step_kind kind; };
struct signed_steps {                 /* {0}: none; lives in the arena */
	struct signed_step *v;
	size_t n, cap;
};
/* Once each. `change` is copied. */
void signed_steps_add(struct signed_steps *s, struct arena *a, struct span change, enum step_kind kind);
/* A line for each, and the next command behind one that has as many as the profile's Safe asks for (a policy may ask
 * for more). The views have to be up to date. Errors: workspace_look(). */
MUST_CHECK bool signed_steps_say(const struct signed_steps *s, struct cli *cli, struct err *e);

#endif
