/* What lines say of the adoptions of policies and lists of releases, computed again: an offer's message from its
 * fields, each owner's signature over it, and whether what was adopted took the place of the one before it, in
 * time, with as many different owners' signatures as the policy in force asked for. By the deployment of the
 * line's own time. FORMAT.md, section 15. verify_deep.c calls. */
#ifndef SETGOV_AUDIT_LOG_VERIFY_ADOPTIONS_H
#define SETGOV_AUDIT_LOG_VERIFY_ADOPTIONS_H

#include "audit-log/verify_deep.h"
#include "src/gov/deployment.h"

struct adoption_lines;

struct adoption_lines *adoption_lines_new(const struct deep_walk *walk);
void adoption_lines_free(struct adoption_lines *p);       /* NULL is fine */
/* A line of kind log.opened (for the log's name), policy.… or releases.…; others are passed by. `d` NULL: the
 * profile is lost, which has been said already. */
void adoption_lines_judge(struct adoption_lines *p, const struct line *l, const struct deployment *d);
uint64_t adoption_lines_adopted(const struct adoption_lines *p);
uint64_t adoption_lines_signed(const struct adoption_lines *p);

#endif
