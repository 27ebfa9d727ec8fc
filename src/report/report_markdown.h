/* A report as one Markdown page for a ticket system: a table a section, the lines that a row rests on by number, and at
 * the end the checkpoint and each line's leaf, so that any tlog-proof of those lines says whether they are the same.
 * Texts by people are themselves: neither Markdown, HTML, a link nor a mention. GitHub's dialect (pipe tables). */
#ifndef SETGOV_REPORT_REPORT_MARKDOWN_H
#define SETGOV_REPORT_REPORT_MARKDOWN_H

#include "src/report/report.h"

void report_write_markdown(struct buf *out, const struct report *r);
/* Text of one or more lines as a cell or a paragraph has it. */
void report_markdown_text(struct buf *out, struct span text);

#endif
