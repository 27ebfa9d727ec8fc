/* What lines say of policies, computed again: an offer's message from its fields, each owner's signature over it, and
 * whether an adopted policy took the place of the one before it, in time, with as many different owners' signatures as
 * that one asked for. By the deployment of the line's own time. FORMAT.md, section 15. verify_deep.c calls. */
#ifndef SETGOV_AUDIT_LOG_VERIFY_POLICY_H
#define SETGOV_AUDIT_LOG_VERIFY_POLICY_H

#include "audit-log/verify_deep.h"
#include "src/gov/deployment.h"

struct policy_lines;

struct policy_lines *policy_lines_new(const struct deep_walk *walk);
void policy_lines_free(struct policy_lines *p);       /* NULL is fine */
/* A line of kind log.opened (for the log's name) or policy.…; others are passed by. `d` NULL: the profile is lost,
 * which has been said already. */
void policy_lines_judge(struct policy_lines *p, const struct line *l, const struct deployment *d);
uint64_t policy_lines_adopted(const struct policy_lines *p);
uint64_t policy_lines_signed(const struct policy_lines *p);

#endif
