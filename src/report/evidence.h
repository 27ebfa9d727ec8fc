/* What a report rests on: the lines that its rows name, line 0, which says whose log it is, and the newest cosignature
 * of each owner and witness; each with its inclusion path to one signed checkpoint, so that whoever has that
 * checkpoint's root from elsewhere can check the report without us. Reads the log; writes nothing. */
#ifndef SETGOV_REPORT_EVIDENCE_H
#define SETGOV_REPORT_EVIDENCE_H

#include "audit-log/log.h"
#include "src/report/report.h"

/* How much of the log one file carries. What is beyond is there as a leaf hash alone, oldest lines first in. */
struct evidence_limits {
	size_t lines, bytes;
};
#define EVIDENCE_LIMITS ((struct evidence_limits){ 10000, (size_t)8 << 20 })

/* Fills r->evidence from the newest signed checkpoint and these lines; the report's sections are complete before. The
 * checkpoint is verified, and its root is that over the log's first lines: ERR_MISMATCH or ERR_CRYPTO when not.
 * ERR_MISSING: nothing was ever signed. */
MUST_CHECK bool report_evidence(struct arena *a, struct report *r, struct log *l, struct evidence_limits limits,
				struct err *e);
/* The same anew, with the line `made` (report.made, which has this report's digests) as r->evidence.made. It is newer
 * than all that the report rests on, and carried whatever the limits say. */
MUST_CHECK bool report_evidence_made(struct arena *a, struct report *r, struct log *l, struct evidence_limits limits,
				     uint64_t made, struct err *e);

#endif
