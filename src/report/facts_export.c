/* The end of every report. */
#include <string.h>

#include "audit-log/holes.h"
#include "src/base/text.h"
#include "src/report/facts.h"
#include "src/report/rows.h"

/* A restored log is whole by itself, and yet not all that happened. */
static void holes(struct arena *a, struct report *r, const struct report_source *src)
{
	static const char *const columns[] = { "time", "after_seq", "missing_lines", "words" };
	struct log_holes all;
	struct err why = {0};
	struct rows t = ROWS_BEGIN(a, r, "holes", "Holes: where a restored log goes on", columns);
	if (!log_holes(src->ws->log, src->ws->views, a, &all, &why)) {
		rows_next(&t);
		rows_fmt(&t, "words", "cannot be read: %s", text_safe_err(a, &why));
		rows_mark(&t, REPORT_FINDING);
		err_clear(&why);
		return;
	}
	for (size_t i = 0; i < all.n; i++) {
		const struct log_hole *h = &all.v[i];
		rows_next(&t);
		rows_time(&t, "time", h->time);
		rows_u64(&t, "after_seq", h->last);
		if (h->known)
			rows_u64(&t, "missing_lines", h->missing);
		else
			rows_str(&t, "missing_lines", "not known");
		rows_str(&t, "words", log_hole_words(a, h));
		rows_rest_on(&t, h->seq);
		rows_mark(&t, log_hole_is_open(h) ? REPORT_FINDING : REPORT_PLAIN);
	}
}

static void exported(struct arena *a, struct report *r, const struct report_source *src)
{
	const struct snapshot *k = src->look;
	const struct tree_head head = log_head(src->ws->log);
	struct rows t = rows_begin_facts(a, r, "export", "This report");
	rows_fact(&t, "exporter", src->ws->actor);
	rows_fact(&t, "auth_method", src->ws->auth);
	rows_fact(&t, "tool", span_str(src->tool));
	rows_fact(&t, "time", span_str(""));
	rows_time(&t, "value", r->made);
	rows_fact(&t, "time_source", span_str("this machine's clock; whether it is synchronised was not asked"));
	rows_fact_fmt(&t, "log_lines", "%llu", (unsigned long long)head.size);
	rows_fact(&t, "lines_shown", span_str(""));
	rows_fact(&t, "lines_withheld", span_str(""));
	if (k != NULL && k->online) {
		rows_fact_fmt(&t, "chain", "asked at block %llu", (unsigned long long)k->block);
		rows_fact(&t, "chain_block_hash", span_str(""));
		rows_0x(&t, "value", &k->block_hash);
	} else {
		rows_fact_fmt(&t, "chain", "not asked: %.*s", k != NULL ? (int)k->trouble.n : 0,
			      k != NULL ? (const char *)k->trouble.p : "");
		rows_mark(&t, REPORT_LOOK);
	}
}

void facts_export(struct arena *a, struct report *r, const struct report_source *src)
{
	holes(a, r, src);
	exported(a, r, src);
}

static struct report_section *find_section(struct report *r, const char *id)
{
	for (struct report_section *s = r->first; s != NULL; s = s->next)
		if (strcmp(s->id, id) == 0)
			return s;
	BUG("a report has no section %s", id);
}

void facts_shown(struct arena *a, struct report *r)
{
	struct report_section *s = find_section(r, "export");
	size_t shown = 0;
	for (const struct report_line *l = r->evidence.first; l != NULL; l = l->next)
		shown += l->withheld == NULL;
	for (struct report_row *row = s->first; row != NULL; row = row->next) {
		const bool is_shown = strcmp(row->cells[0], "lines_shown") == 0;
		if (is_shown || strcmp(row->cells[0], "lines_withheld") == 0)
			report_set(a, s, row, "value",
				   span_str(arena_fmt(a, "%zu", is_shown ? shown : r->evidence.n - shown)));
	}
}
