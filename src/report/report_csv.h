/* A report as one CSV file (RFC 4180, CRLF, every cell quoted, UTF-8): the sections one after another, each with its
 * own header row. The first column of every row is the section's id, the last one, entry_json, the exact lines that the
 * row rests on, each on a line of its own: with them the row can be checked. A cell that a spreadsheet would take for a
 * formula (= + - @, TAB, CR) stands behind an apostrophe; controls and bidi marks are visible escapes. The sections
 * "report", "evidence" and "evidence_lines" are what the other forms have around their tables. */
#ifndef SETGOV_REPORT_REPORT_CSV_H
#define SETGOV_REPORT_REPORT_CSV_H

#include "src/report/report.h"

void report_write_csv(struct buf *out, const struct report *r);

#endif
