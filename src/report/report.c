#include "src/report/report.h"

#include <string.h>

#include "src/base/err.h"

struct report_section *report_section(struct arena *a, struct report *r, const char *id, const char *title,
				      const char *const *columns, size_t n_columns)
{
	struct report_section *s = ARENA_NEW(a, struct report_section);
	*s = (struct report_section){.id = id, .title = title, .columns = columns, .n_columns = n_columns};
	if (r->last == NULL)
		r->first = s;
	else
		r->last->next = s;
	r->last = s;
	return s;
}

struct report_row *report_row(struct arena *a, struct report_section *s)
{
	struct report_row *row = ARENA_NEW(a, struct report_row);
	row->cells = ARENA_ARRAY(a, const char *, s->n_columns);
	for (size_t i = 0; i < s->n_columns; i++)
		row->cells[i] = "";
	if (s->last == NULL)
		s->first = row;
	else
		s->last->next = row;
	s->last = row;
	s->n++;
	return row;
}

void report_set(struct arena *a, const struct report_section *s, struct report_row *row, const char *column,
		struct span text)
{
	for (size_t i = 0; i < s->n_columns; i++)
		if (strcmp(s->columns[i], column) == 0) {
			row->cells[i] = arena_str(a, text);
			return;
		}
	BUG("a report's section %s has no column %s", s->id, column);
}

void report_rests_on(struct arena *a, struct report_row *row, uint64_t seq)
{
	uint64_t *grown = ARENA_ARRAY(a, uint64_t, row->n_lines + 1);
	size_t at = 0;
	while (at < row->n_lines && row->lines[at] < seq) {
		grown[at] = row->lines[at];
		at++;
	}
	if (at < row->n_lines && row->lines[at] == seq)
		return;
	grown[at] = seq;
	for (size_t i = at; i < row->n_lines; i++)
		grown[i + 1] = row->lines[i];
	row->lines = grown;
	row->n_lines++;
}

static size_t marked(const struct report_section *s, enum report_mark mark)
{
	size_t n = 0;
	for (const struct report_row *row = s->first; row != NULL; row = row->next)
		n += row->mark == mark;
	return n;
}

size_t report_marked(const struct report *r, enum report_mark mark)
{
	size_t n = 0;
	for (const struct report_section *s = r->first; s != NULL; s = s->next)
		n += marked(s, mark);
	return n;
}

void report_marks(struct buf *out, const struct report *r, const struct report_section *s)
{
	const size_t findings = s != NULL ? marked(s, REPORT_FINDING) : report_marked(r, REPORT_FINDING);
	const size_t looks = s != NULL ? marked(s, REPORT_LOOK) : report_marked(r, REPORT_LOOK);
	if (findings > 0)
		buf_fmt(out, "%zu finding%s", findings, findings == 1 ? "" : "s");
	if (looks > 0)
		buf_fmt(out, "%s%zu to look at", findings > 0 ? ", " : "", looks);
	if (s == NULL && findings + looks == 0)
		buf_str(out, "no finding, nothing to look at");
}

const char *report_marks_mean(void)
{
	return "The column mark says: as it should be, what was checked is so; look, a person has to look at it and "
	       "decide; finding, it is not as it should be, or cannot be read.";
}

const char *report_kind_name(enum report_kind k)
{
	static const char *const names[] = {"change", "period", "meeting", "deployment"};
	return names[k];
}

const char *report_mark_name(enum report_mark m)
{
	static const char *const names[] = {"", "as it should be", "look", "finding"};
	return names[m];
}
