/* Every change there ever was, the newest first. */
#include <string.h>

#include "src/base/text.h"
#include "tui/console/model.h"
#include "tui/console/view.h"

static size_t count(const struct seen *x)
{
	return x->m->changes.n;
}

static const struct change_row *row_at(const struct seen *x, size_t i)
{
	return &x->m->changes.row[x->m->changes.n - 1 - i];
}

static enum style style_of(enum change_state s)
{
	switch (s) {
	case CHANGE_EXECUTED: return STYLE_GOOD;
	case CHANGE_CANCELLED:
	case CHANGE_WITHDRAWN: return STYLE_DIM;
	case CHANGE_READY: return STYLE_KEY;
	case CHANGE_DRAFTED:
	case CHANGE_PROPOSED:
	case CHANGE_SCHEDULED: return STYLE_TEXT;
	}
	BUG("no such state");
}

static void item(const struct seen *x, size_t i, struct paper *p)
{
	const struct change_row *r = row_at(x, i);
	struct buf b = {0};
	time_format_minute(&b, r->c.last_time.ms / 1000);
	paper_begin(p, 0, 30);
	paper_add(p, STYLE_TITLE, "%s", r->c.id);
	paper_to(p, 9);
	paper_add(p, style_of(r->state), "%s", change_state_name(r->state));
	paper_to(p, 20);
	paper_add(p, STYLE_GOOD, "%s", r->c.verified ? "verified" : "");
	paper_to(p, 30);
	paper_add(p, STYLE_DIM, "%s  ", buf_cstr(&b));
	paper_add_foreign(p, span_str(r->c.title));
	paper_end(p);
	buf_release(&b);
}

static bool contains(const char *text, struct span what)
{
	const size_t n = strlen(text);
	for (size_t i = 0; i + what.n <= n; i++)
		if (strncasecmp(text + i, (const char *)what.p, what.n) == 0)
			return true;
	return false;
}

static bool matches(const struct seen *x, size_t i, struct span text)
{
	const struct change_row *r = row_at(x, i);
	return contains(r->c.id, text) || contains(r->c.title, text) || contains(change_state_name(r->state), text);
}

const struct view changes_view = {
	.count = count, .item = item, .matches = matches, .empty = "No changes yet: n composes the first.",
};
