/* Text in a report's page. It is written in the one spelling that a browser gives back as innerHTML, because the page's
 * own program hashes that: & < > as entities and nothing else, no attribute with any of them, every element closed.
 * A character that deceives (text.h) becomes <var>\u{202E}</var>, so what is shown is visible and what is meant can
 * still be told. */
#ifndef SETGOV_REPORT_HTML_TEXT_H
#define SETGOV_REPORT_HTML_TEXT_H

#include <stdbool.h>

#include "src/base/buf.h"

/* A newline stays only when `lines` is true. Bytes that are not UTF-8 become <var>\xFF</var>. */
void html_text(struct buf *out, struct span s, bool lines);
/* On one line and without elements, for where there can be none (a title, a picture): \u{202E} as text. */
void html_plain(struct buf *out, struct span s);
/* One JSON string as ECMAScript's JSON.stringify writes it, with < as \u003c so that no element ends in it. */
void html_json_text(struct buf *out, struct span utf8);

#endif
