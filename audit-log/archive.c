#include "audit-log/archive.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit-log/append.h"
#include "audit-log/erase.h"
#include "audit-log/removals.h"
#include "src/base/fs.h"
#include "src/crypto/hash.h"

struct act {
	struct log *log;
	struct arena *a;
	struct archived *out;
	const struct archiving *what;
	const char *name;             /* of the segment */
	struct removals removals;
};

static const char *last_name(struct arena *a, const char *path)
{
	size_t n = strlen(path), from;

	while (n > 1 && path[n - 1] == '/')
		n--;
	for (from = n; from > 0 && path[from - 1] != '/'; from--)
		;
	return arena_str(a, span_of(path + from, n - from));
}

static void count(struct archived *out, const struct retained *v, size_t n)
{
	out->blobs = n;
	out->bytes = 0;
	for (size_t i = 0; i < n; i++)
		out->bytes += v[i].bytes;
}

/* The line names the table that it follows, and the log has it. */
static bool add_table(struct act *x, struct err *e)
{
	struct buf table = {0};
	bool ok;

	retention_write(&table, &x->what->retention.table);
	ok = log_add_blob(x->log, buf_view(&table), BLOB_PUBLIC, &x->out->retention, e);
	buf_release(&table);
	return ok;
}

static bool add_line(struct act *x, const char *kind, struct json *body, struct err *e)
{
	struct line line = { .kind = span_str(kind), .actor = x->what->actor, .auth = x->what->auth, .body = body };

	if (!add_table(x, e))
		return false;
	json_set(body, x->a, "name", json_str(x->a, x->name));
	json_set(body, x->a, "retention", json_bare(x->a, SPAN_HASH(&x->out->retention)));
	json_set(body, x->a, "segment", json_bare(x->a, SPAN_HASH(&x->out->segment)));
	if (!log_add_line(x->log, &line, e))
		return false;
	x->out->seq = line.seq;
	return true;
}

/* ---- the first person ------------------------------------------------------------------------------------------- */

static bool ask(struct act *x, struct span list, const struct segment *s, struct err *e)
{
	struct json *body = json_object(x->a);
	struct hash32 digest;

	json_set(body, x->a, "blobs", json_u64(x->a, s->n));
	json_set(body, x->a, "size", json_u64(x->a, s->head.size));
	if (!log_add_blob(x->log, list, BLOB_PUBLIC, &digest, e) || !add_line(x, "log.archive-asked", body, e))
		return false;
	x->out->asker = arena_str(x->a, x->what->actor);
	return true;
}

static bool make_and_ask(struct act *x, struct err *e)
{
	const struct archiving *w = x->what;
	struct retained *v;
	struct segment s;
	struct span list;
	size_t n;
	bool ok;

	if (!retention_choose(x->log, x->a, &v, &n, &w->retention, time_now(), e))
		return false;
	if (n == 0)
		return err_refuse(e, "NOTHING", "no blob's time on line is over");
	if (!log_checkpoint(x->log, NULL, e) ||
	    !segment_make(x->log, x->a, &list, w->dir, v, n, w->retention.before, e) ||
	    !segment_check(x->log, x->a, &s, w->dir, e))
		return false;
	sha256(&x->out->segment, list);
	count(x->out, s.v, s.n);
	ok = log_begin(x->log, e) && ask(x, list, &s, e) && log_commit(x->log, e);
	log_abort(x->log);
	return ok;
}

/* ---- the second ------------------------------------------------------------------------------------------------- */

static bool may_all_go(struct act *x, const struct segment *s, struct err *e)
{
	struct segment now = {0};

	if (!retention_choose(x->log, x->a, &now.v, &now.n, &x->what->retention, time_now(), e))
		return false;
	for (size_t i = 0; i < s->n; i++)
		if (!segment_find(&now, &s->v[i].digest)) {
			struct buf hex = {0};

			buf_hex(&hex, SPAN_HASH(&s->v[i].digest));
			err_refuse(e, "IN-USE", "blob %s of the segment is not to go: a newer line names it, its time "
				   "is not over, or it is gone", buf_cstr(&hex));
			buf_release(&hex);
			return false;
		}
	return true;
}

struct emptying {
	struct log *log;
	const struct segment *s;
	uint64_t emptied;
};

static bool empty_row(void *ctx, const struct blob_row *row, struct err *e)
{
	struct emptying *x = ctx;

	if (row->class != BLOB_PUBLIC || row->emptied || !segment_find(x->s, &row->digest))
		return true;
	x->emptied++;
	return log_empty_blob(x->log, row->row, e);
}

static bool empty_all(struct act *x, const struct segment *s, struct err *e)
{
	struct emptying em = { x->log, s, 0 };

	return log_each_blob(x->log, 0, empty_row, &em, e) &&
	       (em.emptied || err_refuse(e, "ARCHIVED", "the bytes of its blobs are not in the log any more"));
}

static bool agree(struct act *x, const struct removal *asked, const struct removal *done, struct err *e)
{
	struct json *body = json_object(x->a);
	struct segment s;

	if (!segment_check(x->log, x->a, &s, x->what->dir, e))
		return false;
	count(x->out, s.v, s.n);
	x->out->gone = true;
	x->out->asker = asked->actor;
	if (done && removals_agreed(&x->removals, done, NULL)) {      /* a restored copy had them again */
		x->out->seq = done->seq;
		return empty_all(x, &s, e);
	}
	if (span_is(x->what->actor, asked->actor))
		return err_refuse(e, "TWO-PEOPLE", "%s asked for it (line %" PRIu64 "): somebody else has to say the "
				  "same", asked->actor, asked->seq);
	json_set(body, x->a, "asked", json_u64(x->a, asked->seq));
	return may_all_go(x, &s, e) && add_line(x, "log.archived", body, e) && empty_all(x, &s, e);
}

/* *asked NULL: nobody has asked for the segment that lies there, or none does. */
static bool look(struct act *x, const struct removal **asked, struct err *e)
{
	char *path = fs_join(x->what->dir, SEGMENT_LIST);
	const bool there = fs_exists(path);
	struct span text;
	bool ok = true;

	*asked = NULL;
	free(path);
	if (there)
		ok = segment_read(x->a, &text, &x->out->segment, x->what->dir, e) &&
		     removals_read(&x->removals, x->log, e);
	if (there && ok)
		*asked = removals_find(&x->removals, REMOVAL_ARCHIVE, false, &x->out->segment);
	return ok;
}

bool log_archive(struct log *l, struct arena *a, struct archived *out, const struct archiving *what, struct err *e)
{
	struct act x = { .log = l, .a = a, .out = out, .what = what, .name = last_name(a, what->dir),
			 .removals = { .a = a } };
	const struct removal *asked;
	bool ok;

	*out = (struct archived){0};
	if (!log_begin(l, e))
		return false;
	ok = look(&x, &asked, e);
	if (ok && !asked) {
		log_abort(l);
		return make_and_ask(&x, e);
	}
	ok = ok && agree(&x, asked, removals_find(&x.removals, REMOVAL_ARCHIVE, true, &out->segment), e) &&
	     log_commit(l, e);
	log_abort(l);
	if (ok)
		out->wal_left = !log_settle(l);
	return ok;
}
