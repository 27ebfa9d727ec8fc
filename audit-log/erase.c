#include "audit-log/erase.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit-log/log_state.h"

struct rows {
	const struct hash32 *digest;
	uint64_t *v;                  /* those that have bytes */
	size_t n, cap, all;
	bool others;                  /* one is not private */
};

static bool take_row(void *ctx, const struct blob_row *row, struct err *e)
{
	struct rows *r = ctx;

	(void)e;
	if (!hash32_eq(&row->digest, r->digest))
		return true;
	r->all++;
	r->others |= row->class != BLOB_PRIVATE;
	if (row->emptied)
		return true;
	if (r->n == r->cap) {
		r->cap = r->cap ? 2 * r->cap : 4;
		r->v = reallocarray(r->v, r->cap, sizeof(*r->v));
		if (!r->v)
			die("out of memory");
	}
	r->v[r->n++] = row->row;
	return true;
}

static bool may_be_erased(const struct rows *r, const struct removal *done, struct err *e)
{
	if (!r->all)
		return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "the log has no such blob");
	if (r->others)
		return err_refuse(e, "NOT-PRIVATE",
				  "it is not a private blob: only what was attached as private is erased");
	return r->n || err_refuse(e, "ERASED", "it was erased already (line %" PRIu64 ")", done ? done->seq : 0);
}

bool log_empty_blob(struct log *l, uint64_t row, struct err *e)
{
	enum blob_class class;
	struct hash32 digest;

	if (!l->in_transaction)
		BUG("no transaction");
	if (!store_blob(l->store, row, &digest, &class, NULL, e))
		return false;
	if (class == BLOB_BEARER)
		return err_refuse(e, "BEARER", "blob row %" PRIu64 " is a signature that anybody could use", row);
	return store_empty_blob(l->store, row, e);
}

bool log_settle(struct log *l)
{
	return store_truncate_wal(l->store, NULL);
}

static bool empty_all(struct log *l, const struct rows *r, struct err *e)
{
	for (size_t i = 0; i < r->n; i++)
		if (!log_empty_blob(l, r->v[i], e))
			return false;
	return true;
}

static struct line line_of(const struct erasing *what, const char *kind, const struct json *body)
{
	return (struct line){ .kind = span_str(kind), .actor = what->actor, .auth = what->auth, .body = body };
}

static bool ask(struct log *l, struct arena *a, struct erased *out, const struct erasing *what, struct err *e)
{
	struct json *body = json_object(a);
	struct line line = line_of(what, "blob.erase-asked", body);

	json_set(body, a, "blob", json_bare(a, SPAN_HASH(what->blob)));
	json_set(body, a, "reason", json_text(a, what->reason));
	if (!log_add_line(l, &line, e))
		return false;
	out->seq = line.seq;
	out->asker = arena_str(a, what->actor);
	return true;
}

static bool agree(struct log *l, struct arena *a, struct erased *out, const struct erasing *what,
		  const struct removal *asked, struct err *e)
{
	struct json *body = json_object(a);
	struct line line = line_of(what, "blob.erased", body);

	json_set(body, a, "asked", json_u64(a, asked->seq));
	json_set(body, a, "blob", json_bare(a, SPAN_HASH(what->blob)));
	if (!log_add_line(l, &line, e))
		return false;
	out->gone = true;
	out->seq = line.seq;
	out->asker = asked->actor;
	return true;
}

static bool decide(struct log *l, struct arena *a, struct erased *out, const struct erasing *what, struct rows *rows,
		   struct err *e)
{
	struct removals r = { .a = a };
	const struct removal *asked, *done;

	if (!removals_read(&r, l, e) || !log_each_blob(l, 0, take_row, rows, e))
		return false;
	asked = removals_find(&r, REMOVAL_ERASE, false, what->blob);
	done = removals_find(&r, REMOVAL_ERASE, true, what->blob);
	if (!may_be_erased(rows, done, e))
		return false;
	if (done && removals_agreed(&r, done, NULL)) {        /* a restored copy had them again */
		*out = (struct erased){ .gone = true, .seq = done->seq, .asker = asked->actor };
		return empty_all(l, rows, e);
	}
	if (!asked)
		return ask(l, a, out, what, e);
	if (span_is(what->actor, asked->actor))
		return err_refuse(e, "TWO-PEOPLE", "%s asked for it (line %" PRIu64 "): somebody else has to say the "
				  "same", asked->actor, asked->seq);
	return agree(l, a, out, what, asked, e) && empty_all(l, rows, e);
}

bool log_erase(struct log *l, struct arena *a, struct erased *out, const struct erasing *what, struct err *e)
{
	struct rows rows = { .digest = what->blob };
	bool ok;

	*out = (struct erased){0};
	if (!log_begin(l, e))
		return false;
	ok = decide(l, a, out, what, &rows, e) && log_commit(l, e);
	log_abort(l);
	free(rows.v);
	if (ok && out->gone)
		out->wal_left = !log_settle(l);
	return ok;
}
