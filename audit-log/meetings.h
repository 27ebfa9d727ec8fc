/* The meetings that a log tells of. */
#ifndef SETGOV_AUDIT_LOG_MEETINGS_H
#define SETGOV_AUDIT_LOG_MEETINGS_H

#include "audit-log/workspace.h"
#include "src/gov/meeting.h"

/* From the trusted file's own lines, each re-hashed: what opening, deciding and closing go by. */
MUST_CHECK bool meetings_read(struct workspace *ws, struct arena *a, struct meetings *out, struct err *e);
/* Lines that do not fit those before them, or cannot be understood. */
struct meetings_bad { uint64_t seq; const char *why; };
struct meetings_over { struct meetings_bad *v; size_t n; };
/* For showing: found through the views, still re-hashed. Bad lines are passed over and told of. */
MUST_CHECK bool meetings_look_over(struct workspace *ws, struct arena *a, struct meetings *out,
				   struct meetings_over *bad, struct err *e);
/* The same, and one that does not fit is an error. */
MUST_CHECK bool meetings_look(struct workspace *ws, struct arena *a, struct meetings *out, struct err *e);

#endif
