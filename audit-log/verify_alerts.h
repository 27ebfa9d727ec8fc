/* What lines say of alerts, held against each other: numbered as they come, raised before they are cleared or
 * acknowledged, cleared once, and not raised while the same finding's is open. FORMAT.md, section 18. verify_deep.c
 * calls. Memory: about 600 bytes an alert. */
#ifndef SETGOV_AUDIT_LOG_VERIFY_ALERTS_H
#define SETGOV_AUDIT_LOG_VERIFY_ALERTS_H

#include "audit-log/verify_deep.h"

struct alert_lines;

struct alert_lines *alert_lines_new(const struct deep_walk *walk);
void alert_lines_free(struct alert_lines *p);          /* NULL is fine */
/* A line of kind alert.…; others are passed by. */
void alert_lines_judge(struct alert_lines *p, const struct line *l);
uint64_t alert_lines_raised(const struct alert_lines *p);

#endif
