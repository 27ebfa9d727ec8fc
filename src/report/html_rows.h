/* The tables of a report's page. A cell is shown upright, and marked data-said, when its text is word for word a value
 * in one of the lines that its row rests on; whatever else a cell says is computed, and stands slanted in <i>. */
#ifndef SETGOV_REPORT_HTML_ROWS_H
#define SETGOV_REPORT_HTML_ROWS_H

#include "src/report/report.h"

/* What the page's tables are written from, and SHA-256 of each row that was written. */
struct html_rows {
	const struct report_line **line;   /* by seq */
	size_t n_lines;
	struct buf digests;                /* 32 bytes a row */
};
void html_rows_init(struct html_rows *h, struct arena *a, const struct report_evidence *ev);
void html_rows_release(struct html_rows *h);

/* <table>…</table> of a section that has columns. */
void html_table(struct buf *out, struct html_rows *h, const struct report_section *s);

#endif
