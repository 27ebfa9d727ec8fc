/* The meetings that a log tells of. */
#ifndef SETGOV_AUDIT_LOG_MEETINGS_H
#define SETGOV_AUDIT_LOG_MEETINGS_H

#include "audit-log/workspace.h"
#include "src/gov/meeting.h"

/* From the trusted file's own lines, each re-hashed: what opening, deciding and closing go by. */
MUST_CHECK bool meetings_read(struct workspace *ws, struct arena *a, struct meetings *out, struct err *e);
/* The same for reports: lines that do not fit those before them, or cannot be understood, are passed over and told
 * of. */
struct meetings_bad { uint64_t seq; const char *why; };
struct meetings_over { struct meetings_bad *v; size_t n; };
MUST_CHECK bool meetings_read_over(struct workspace *ws, struct arena *a, struct meetings *out,
				   struct meetings_over *bad, struct err *e);
/* For showing: found through the views, still re-hashed. */
MUST_CHECK bool meetings_look(struct workspace *ws, struct arena *a, struct meetings *out, struct err *e);

#endif
