#include "audit-log/views_state.h"

#include <stdlib.h>
#include <string.h>

bool views_ask(struct views *v, views_question *q, void *ctx, struct err *e)
{
	if (q(v, ctx))
		return true;
	if (!views_rebuild(v, e))
		return false;
	return q(v, ctx) || err_set(e, ERR_IO, ERR_NO_OFFSET, "the views cannot be read: %s", sqlite3_errmsg(v->db));
}

/* ---- columns ----------------------------------------------------------------------------------------------------- */

uint64_t views_u64(sqlite3_stmt *st, int column)
{
	return (uint64_t)sqlite3_column_int64(st, column);
}

const char *views_str(sqlite3_stmt *st, int column, struct arena *a)
{
	const void *p = sqlite3_column_text(st, column);

	return arena_str(a, span_of(p, (size_t)sqlite3_column_bytes(st, column)));
}

static const char *str_or_null(sqlite3_stmt *st, int column, struct arena *a)
{
	return sqlite3_column_type(st, column) == SQLITE_NULL ? NULL : views_str(st, column, a);
}

/* False: neither NULL nor 32 bytes. */
static bool hash_or_null(sqlite3_stmt *st, int column, struct hash32 *out, bool *has)
{
	*has = sqlite3_column_type(st, column) != SQLITE_NULL;
	if (!*has)
		return true;
	if (sqlite3_column_bytes(st, column) != (int)sizeof(out->b))
		return false;
	memcpy(out->b, sqlite3_column_blob(st, column), sizeof(out->b));
	return true;
}

bool views_column_change(sqlite3_stmt *st, struct arena *a, struct views_change *out)
{
	*out = (struct views_change){
		.id = views_str(st, 0, a), .number = views_u64(st, 1), .title = views_str(st, 2, a),
		.last_kind = views_str(st, 3, a), .first_seq = views_u64(st, 4), .last_seq = views_u64(st, 5),
		.lines = views_u64(st, 6), .first_time = { sqlite3_column_int64(st, 7) },
		.last_time = { sqlite3_column_int64(st, 8) }, .proposed = sqlite3_column_int(st, 9) != 0,
		.withdrawn = sqlite3_column_int(st, 10) != 0, .verified = sqlite3_column_int(st, 11) != 0,
		.trouble = str_or_null(st, 12, a), .words_seq = views_u64(st, 13),
		.route = sqlite3_column_int(st, 14) == ROUTE_DIRECT ? ROUTE_DIRECT : ROUTE_TIMELOCK,
		.delay = views_u64(st, 15), .after = str_or_null(st, 16, a),
		.scheduled = sqlite3_column_type(st, 17) != SQLITE_NULL, .scheduled_at = views_u64(st, 17),
		.executed = sqlite3_column_int(st, 18) != 0, .cancelled = sqlite3_column_int(st, 19) != 0,
	};
	return hash_or_null(st, 20, &out->operation, &out->has_operation) &&
	       hash_or_null(st, 21, &out->likeness, &out->has_likeness);
}

/* ---- changes ----------------------------------------------------------------------------------------------------- */

struct changes_asked {
	struct arena *arena;
	struct views_changes *out;
};

static bool count_changes(struct views *v, uint64_t *n)
{
	sqlite3_stmt *st = v->st[ST_COUNT_CHANGES];
	const bool ok = sqlite3_step(st) == SQLITE_ROW;

	if (ok)
		*n = views_u64(st, 0);
	sqlite3_reset(st);
	return ok;
}

/* Another process may add one between the count and the list: it is not of this size, and left out. */
static bool ask_changes(struct views *v, void *ctx)
{
	const struct changes_asked *q = ctx;
	sqlite3_stmt *st = v->st[ST_CHANGES];
	uint64_t size = 0;
	bool good = count_changes(v, &size);

	*q->out = (struct views_changes){ ARENA_ARRAY(q->arena, struct views_change, (size_t)size), 0 };
	while (good && q->out->n < size) {
		good = sqlite3_step(st) == SQLITE_ROW &&
		       views_column_change(st, q->arena, &q->out->v[q->out->n]);
		q->out->n++;
	}
	sqlite3_reset(st);
	return good;
}

bool views_changes(struct views *v, struct arena *a, struct views_changes *out, struct err *e)
{
	struct changes_asked q = { a, out };

	return views_ask(v, ask_changes, &q, e);
}

struct one_change {
	struct arena *arena;
	struct span id;
	struct views_change *out;
	bool found;
};

static bool ask_change(struct views *v, void *ctx)
{
	struct one_change *c = ctx;
	sqlite3_stmt *st = v->st[ST_CHANGE];
	bool good;
	int rc;

	views_bind_text(st, 1, c->id);
	rc = sqlite3_step(st);
	c->found = rc == SQLITE_ROW;
	good = c->found ? views_column_change(st, c->arena, c->out) : rc == SQLITE_DONE;
	sqlite3_reset(st);
	return good;
}

bool views_seek_change(struct views *v, struct arena *a, struct span id, struct views_change *out, bool *found,
		       struct err *e)
{
	struct one_change c = { .arena = a, .id = id, .out = out };
	const bool ok = views_ask(v, ask_change, &c, e);

	*found = ok && c.found;
	return ok;
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

struct lines_asked {
	struct arena *arena;
	enum statement which;
	struct span text;             /* or */
	const struct hash32 *value;
	struct seqs *out;
};

bool views_take_seqs(struct views *v, enum statement which, struct arena *a, struct seqs *out)
{
	sqlite3_stmt *st = v->st[which];
	size_t cap = 0;
	int rc;

	*out = (struct seqs){0};
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		ARENA_GROW(a, out->seq, out->n, cap);
		out->seq[out->n++] = views_u64(st, 0);
	}
	sqlite3_reset(st);
	return rc == SQLITE_DONE;
}

static bool ask_lines(struct views *v, void *ctx)
{
	const struct lines_asked *q = ctx;

	if (q->value)
		views_bind_hash(v->st[q->which], 1, q->value);
	else
		views_bind_text(v->st[q->which], 1, q->text);
	return views_take_seqs(v, q->which, q->arena, q->out);
}

bool views_lines_of_change(struct views *v, struct arena *a, struct span change, struct seqs *out, struct err *e)
{
	struct lines_asked q = { .arena = a, .which = ST_OF_CHANGE, .text = change, .out = out };

	return views_ask(v, ask_lines, &q, e);
}

bool views_lines_of_kind(struct views *v, struct arena *a, struct span kind, struct seqs *out, struct err *e)
{
	struct lines_asked q = { .arena = a, .which = ST_OF_KIND, .text = kind, .out = out };

	return views_ask(v, ask_lines, &q, e);
}

struct kinds_asked {
	struct arena *arena;
	const char *const *kinds;
	size_t n;
	struct seqs *out;
};

static bool ask_kinds(struct views *v, void *ctx)
{
	const struct kinds_asked *q = ctx;

	return views_take_kinds(v, q->arena, q->kinds, q->n, q->out);
}

bool views_lines_of_kinds(struct views *v, struct arena *a, const char *const kinds[], size_t n, struct seqs *out,
			  struct err *e)
{
	struct kinds_asked q = { a, kinds, n, out };

	return views_ask(v, ask_kinds, &q, e);
}

bool views_lines_naming(struct views *v, struct arena *a, const struct hash32 *value, struct seqs *out, struct err *e)
{
	struct lines_asked q = { .arena = a, .which = ST_NAMING, .value = value, .out = out };

	return views_ask(v, ask_lines, &q, e);
}

struct page_asked {
	struct arena *arena;
	const struct views_filter *filter;
	uint64_t before;
	size_t limit;
	struct seqs *out;
};

/* It starts at what has the fewest lines, as a rule: a change, then a kind, then an actor. */
static bool ask_page(struct views *v, void *ctx)
{
	const struct page_asked *q = ctx;
	const enum statement which = q->filter->change.n ? ST_PAGE_CHANGE : q->filter->kind.n ? ST_PAGE_KIND
											      : ST_PAGE_ACTOR;
	sqlite3_stmt *st = v->st[which];

	views_bind_text(st, 1, q->filter->change);
	views_bind_text(st, 2, q->filter->kind);
	views_bind_text(st, 3, q->filter->actor);
	views_bind_u64(st, 4, q->before);
	views_bind_u64(st, 5, q->limit);
	return views_take_seqs(v, which, q->arena, q->out);
}

bool views_lines_page(struct views *v, struct arena *a, const struct views_filter *f, uint64_t before, size_t limit,
		      struct seqs *out, struct err *e)
{
	struct page_asked q = { a, f, before < v->size ? before : v->size, limit, out };

	if (f->kind.n || f->change.n || f->actor.n)
		return views_ask(v, ask_page, &q, e);
	out->n = limit < q.before ? limit : (size_t)q.before;
	out->seq = ARENA_ARRAY(a, uint64_t, out->n);
	for (size_t i = 0; i < out->n; i++)
		out->seq[i] = q.before - 1 - i;
	return true;
}
