/* A report as one HTML file that checks itself: style, program and evidence are in it, nothing is fetched, and its
 * content security policy says so. Without its program it is a page to read; with it, it says whether it is what was
 * logged, and it is never green without a root and a key that its reader has from elsewhere (docs/reports.md).
 *
 * All of its style, program and body has one digest, but for the places of the lines, hashes and checkpoint: those are
 * known only after the digest is logged, and are checked by themselves. */
#ifndef SETGOV_REPORT_REPORT_HTML_H
#define SETGOV_REPORT_REPORT_HTML_H

#include "src/report/report.h"

/* A browser opens and checks about this many lines in a second; evidence.h leaves the bytes of further ones out. */
#define REPORT_HTML_MAX_LINES 10000u

/* SHA-256 of the style and of the body up to the program's end, those places empty: "digest" in the body of
 * report.made. The evidence has the lines already, for a cell that stands in one of them is shown upright; paths,
 * checkpoint and made are not looked at. */
void report_html_digest(struct hash32 *out, const struct report *r);
/* ERR_RANGE when the evidence has more than REPORT_HTML_MAX_LINES lines; nothing is written then. */
MUST_CHECK bool report_write_html(struct buf *out, const struct report *r, struct err *e);

#endif
