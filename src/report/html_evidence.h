/* What a report's page is checked with: the evidence as one JSON text, for the page's program and for any other.
 *
 *     {"format":"setgov-report-evidence/1","origin","vkey","checkpoint","size","root","made":seq|null,
 *      "hashes":["<64 hex>"…],"lines":[{"seq","leaf","path":[index in hashes…]|null,"line":"…"|null}…],
 *      "roots":[{"size","root","growth":[index…]}…],"rows":["<64 hex>"…]}
 *
 * in this order and without white space, < as \u003c. Paths share most of their hashes, so each stands there once. */
#ifndef SETGOV_REPORT_HTML_EVIDENCE_H
#define SETGOV_REPORT_HTML_EVIDENCE_H

#include "src/report/report.h"

/* rows: SHA-256 of each <tr> of the tables' bodies, in order. They name the row that was changed; that one was, the
 * digest in the line report.made says. */
void html_evidence(struct buf *out, const struct report_evidence *ev, const struct hash32 *rows, size_t n_rows);

#endif
