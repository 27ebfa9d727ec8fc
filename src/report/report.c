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
