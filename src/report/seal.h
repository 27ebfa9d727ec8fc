/* Sealing: before a report goes out, its digest is logged and a checkpoint signed over that line. Whoever has that
 * checkpoint's root then knows that the report's own words, too, are the ones it was made with. */
#ifndef SETGOV_REPORT_SEAL_H
#define SETGOV_REPORT_SEAL_H

#include "audit-log/append.h"
#include "src/report/evidence.h"

/* Takes the evidence, appends `made` (kind report.made; "html" is added to its body), signs, and takes the evidence
 * again with that line. The log is open for appending and in no transaction. */
MUST_CHECK bool report_seal(struct arena *a, struct report *r, struct log *l, struct evidence_limits limits,
			    struct line *made, struct json *body, struct err *e);

#endif
