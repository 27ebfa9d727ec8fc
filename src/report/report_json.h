/* A report as one JSON document (docs/reports.md): the cells by their columns' names, as they were logged. What could
 * deceive on a screen (controls, bidi marks) is written \uXXXX: the same value to a parser, harmless to a terminal. */
#ifndef SETGOV_REPORT_REPORT_JSON_H
#define SETGOV_REPORT_REPORT_JSON_H

#include "src/report/report.h"

void report_write_json(struct buf *out, const struct report *r);
/* One string with quotes, so written. Bytes that are not UTF-8 become text_safe()'s escapes. */
void report_json_quote(struct buf *out, struct span text);

#endif
