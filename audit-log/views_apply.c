#include "audit-log/views_state.h"

#include <string.h>

#include "src/base/hex.h"
#include "src/gov/alert.h"

/* ---- one line ---------------------------------------------------------------------------------------------------- */

static uint64_t change_number(struct span change)
{
	uint64_t n = 0;
	size_t i = 0;

	while (i < change.n && change.p[i] != '-')
		i++;
	while (++i < change.n)
		n = n * 10 + (uint64_t)(change.p[i] - '0');
	return n;
}

static bool apply_change(struct views *v, const struct line *l)
{
	sqlite3_stmt *st = v->st[ST_PUT_CHANGE];
	const bool proposed = line_kind_is(l, "change.proposed");
	struct span title = {0};

	if (!l->change.n)
		return true;
	if ((proposed || line_kind_is(l, "change.drafted")) && !json_get_str(l->body, "title", &title, NULL))
		title = span_of(NULL, 0);
	views_bind_text(st, 1, l->change);
	views_bind_u64(st, 2, change_number(l->change));
	views_bind_text(st, 3, title);
	views_bind_text(st, 4, l->kind);
	views_bind_u64(st, 5, l->seq);
	sqlite3_bind_int64(st, 6, l->time.ms);
	sqlite3_bind_int(st, 7, proposed);
	sqlite3_bind_int(st, 8, line_kind_is(l, "change.withdrawn"));
	if (!views_done(v, ST_PUT_CHANGE))
		return false;
	views_bind_text(v->st[ST_PUT_LINE_OF_CHANGE], 1, l->change);
	views_bind_u64(v->st[ST_PUT_LINE_OF_CHANGE], 2, l->seq);
	return views_done(v, ST_PUT_LINE_OF_CHANGE);
}

static bool is_hash(struct span text, struct hash32 *out)
{
	return (text.n == 66 && hex_fixed(out->b, 32, text, NULL)) ||
	       (text.n == 64 && hex_bare(out->b, 32, text, NULL));
}

static bool apply_naming(struct views *v, const struct json *value, uint64_t seq)
{
	struct hash32 h;

	if (value->type == JSON_STRING && is_hash(value->text, &h)) {
		views_bind_hash(v->st[ST_PUT_NAMING], 1, &h);
		views_bind_u64(v->st[ST_PUT_NAMING], 2, seq);
		if (!views_done(v, ST_PUT_NAMING))
			return false;
	}
	for (const struct json *c = value->first; c; c = c->next)
		if (!apply_naming(v, c, seq))
			return false;
	return true;
}

static bool apply_names(struct views *v, const struct line *l)
{
	views_bind_text(v->st[ST_PUT_LINE_OF_KIND], 1, l->kind);
	views_bind_u64(v->st[ST_PUT_LINE_OF_KIND], 2, l->seq);
	views_bind_text(v->st[ST_PUT_LINE_OF_ACTOR], 1, l->actor);
	views_bind_u64(v->st[ST_PUT_LINE_OF_ACTOR], 2, l->seq);
	return views_done(v, ST_PUT_LINE_OF_KIND) && views_done(v, ST_PUT_LINE_OF_ACTOR);
}

/* ---- all that are new -------------------------------------------------------------------------------------------- */

struct applying {
	struct views *v;
	bool no_good;                 /* the views failed, not the log */
	struct arena arena;
};

static bool apply_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct applying *a = ctx;
	struct views *v = a->v;
	struct line line;

	arena_clear(&a->arena);
	if (!line_parse(&a->arena, &line, raw, e))
		return err_in(e, "line %llu", (unsigned long long)seq);
	/* What an alert names is what the log does not know of. */
	if (!apply_names(v, &line) || !apply_change(v, &line) || !views_fold_alert(v, &line) ||
	    (!alert_line_is(line.kind) && !apply_naming(v, line.body, seq))) {
		a->no_good = true;
		return false;
	}
	v->size = seq + 1;
	v->leaf = *leaf;
	return true;
}

static bool apply_blob(void *ctx, const struct blob_row *row, struct err *e)
{
	struct applying *a = ctx;
	sqlite3_stmt *st = a->v->st[ST_PUT_BLOB];

	(void)e;
	views_bind_hash(st, 1, &row->digest);
	views_bind_u64(st, 2, row->row);
	a->no_good = !views_done(a->v, ST_PUT_BLOB);
	a->v->blobs = row->row + 1;
	return !a->no_good;
}

static bool save_applied(struct views *v)
{
	views_bind_u64(v->st[ST_SET_APPLIED], 1, v->size);
	views_bind_hash(v->st[ST_SET_APPLIED], 2, &v->leaf);
	views_bind_text(v->st[ST_SET_APPLIED], 3, log_origin(v->log));
	views_bind_u64(v->st[ST_SET_APPLIED], 4, v->blobs);
	return views_done(v, ST_SET_APPLIED);
}

bool views_load_applied(struct views *v)
{
	sqlite3_stmt *st = v->st[ST_APPLIED];
	const int rc = sqlite3_step(st);
	bool ok = rc == SQLITE_DONE;

	v->size = v->blobs = 0;
	v->leaf = (struct hash32){0};
	if (rc == SQLITE_ROW && sqlite3_column_bytes(st, 1) == 32) {
		const struct span origin = span_of(sqlite3_column_text(st, 2), (size_t)sqlite3_column_bytes(st, 2));

		v->size = (uint64_t)sqlite3_column_int64(st, 0);
		memcpy(v->leaf.b, sqlite3_column_blob(st, 1), 32);
		v->blobs = (uint64_t)sqlite3_column_int64(st, 3);
		ok = span_eq(origin, log_origin(v->log));
	}
	sqlite3_reset(st);
	return ok;
}

/* The views are of this log when the last line they applied still has the leaf it had. */
static enum outcome belongs(struct views *v, struct err *e)
{
	struct buf raw = {0};
	struct hash32 leaf;
	bool ok;

	if (!v->size)
		return v->blobs ? NO_GOOD : FINE;
	if (v->size > log_size(v->log))
		return NO_GOOD;
	ok = log_line(v->log, v->size - 1, &raw, e);
	if (ok)
		line_leaf(&leaf, buf_view(&raw));
	buf_release(&raw);
	if (!ok)
		return LOG_FAILED;
	return hash32_eq(&leaf, &v->leaf) ? FINE : NO_GOOD;
}

enum outcome views_apply(struct views *v, struct err *e)
{
	struct applying a = { .v = v };
	enum outcome outcome;
	bool ok;

	/* The log's size is read under our lock: whoever put more into this file had read that from the log before. */
	if (!views_run(v, "BEGIN IMMEDIATE"))
		return NO_GOOD;
	if (!log_refresh(v->log, e)) {
		views_run(v, "ROLLBACK");
		return LOG_FAILED;
	}
	outcome = views_load_applied(v) ? belongs(v, e) : NO_GOOD;
	if (outcome == FINE && v->size < log_size(v->log)) {
		ok = log_each(v->log, v->size, UINT64_MAX, apply_line, &a, e) &&
		     log_each_blob(v->log, v->blobs, apply_blob, &a, e);
		arena_release(&a.arena);
		outcome = ok ? views_fold(v, e) : a.no_good ? NO_GOOD : LOG_FAILED;
		if (outcome == FINE && !save_applied(v))
			outcome = NO_GOOD;
	}
	if (outcome == FINE && views_run(v, "COMMIT"))
		return FINE;
	views_run(v, "ROLLBACK");
	return outcome == FINE ? NO_GOOD : outcome;
}
