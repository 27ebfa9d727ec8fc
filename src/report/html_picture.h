/* What stands above a table: the same rows as bars, drawn as SVG inside the page. Every bar has its words and its
 * number beside it, so it says the same without colours, in print and to a screen reader. */
#ifndef SETGOV_REPORT_HTML_PICTURE_H
#define SETGOV_REPORT_HTML_PICTURE_H

#include "src/report/report.h"

/* Further rows are in the table alone, and the picture says so. */
#define PICTURE_MAX_ROWS 60u

/* Appends <figure>…</figure>, or nothing when no row has what a bar needs. BARS: a number ("12", "12.5") or a duration
 * ("2 days 3 h"). SPANS: times as time.h formats them; a row whose end is empty is open until `now`. `number` makes the
 * ids of the picture's parts unique on the page. */
void html_picture(struct buf *out, const struct report_section *s, struct unix_time now, unsigned number);

#endif
