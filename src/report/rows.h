/* Filling a report's tables: a cursor on the newest row of one section, and cells in the words that reports share. */
#ifndef SETGOV_REPORT_ROWS_H
#define SETGOV_REPORT_ROWS_H

#include "src/crypto/sig.h"
#include "src/report/report.h"
#include "src/report/story.h"

struct rows {
	struct arena *a;
	struct report_section *s;
	struct report_row *row;       /* the newest */
};
#define ROWS_BEGIN(a, r, id, title, columns) rows_begin((a), (r), (id), (title), (columns), ARRAY_LEN(columns))
struct rows rows_begin(struct arena *a, struct report *r, const char *id, const char *title,
		       const char *const *columns, size_t n);
/* A section of facts, one a row, with the columns "field" and "value". */
struct rows rows_begin_facts(struct arena *a, struct report *r, const char *id, const char *title);

void rows_next(struct rows *t);
void rows_mark(struct rows *t, enum report_mark mark);
void rows_rest_on(struct rows *t, uint64_t seq);
void rows_put(struct rows *t, const char *column, struct span text);
void rows_str(struct rows *t, const char *column, const char *text);
void rows_fmt(struct rows *t, const char *column, const char *fmt, ...) PRINTF(3, 4);
void rows_u64(struct rows *t, const char *column, uint64_t n);
void rows_0x(struct rows *t, const char *column, const struct hash32 *h);      /* a hash of the chain's */
void rows_bare(struct rows *t, const char *column, const struct hash32 *h);    /* a digest, a leaf, a root */
void rows_addr(struct rows *t, const char *column, const struct addr *at);
void rows_time(struct rows *t, const char *column, struct unix_time when);
void rows_seconds(struct rows *t, const char *column, uint64_t seconds);       /* a block's time */
void rows_duration(struct rows *t, const char *column, uint64_t seconds);      /* "86400 s = 1 day", "18 s" */
void rows_yes_no(struct rows *t, const char *column, bool yes);

/* Who an id was at this line, name and role; and as a row of a section of facts, which rests on that line. */
void rows_who(struct rows *t, const char *column, const struct report_source *src, struct span id, uint64_t seq);
void rows_fact_who(struct rows *t, const char *field, const struct report_source *src, struct span id, uint64_t seq);

/* A refusal, a decline or a failure, in the columns time, action, outcome, what, actor_id, actor, auth_method, step,
 * code and error: what judged_denial() makes of it. */
void rows_denial(struct rows *t, const struct report_source *src, const struct line *l, struct span error);

/* A row {field, value} of a section of facts. */
void rows_fact(struct rows *t, const char *field, struct span value);
void rows_fact_fmt(struct rows *t, const char *field, const char *fmt, ...) PRINTF(3, 4);

#endif
