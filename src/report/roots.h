/* Older roots that stand elsewhere too: the salts of operations on chain, and what owners and witnesses cosigned. A
 * reader who takes one from there needs nobody's word for the lines below it. */
#ifndef SETGOV_REPORT_ROOTS_H
#define SETGOV_REPORT_ROOTS_H

#include "audit-log/log.h"
#include "src/report/report.h"

/* Fills ev->roots from the lines operation.planned and checkpoint.cosigned that ev carries, each size once. A root that
 * is not this log's over so many lines is left out: the lines themselves are shown, and log verify names it. */
MUST_CHECK bool report_roots(struct arena *a, struct report_evidence *ev, struct log *l, struct err *e);

#endif
