#include "audit-log/retention.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit-log/blob_names.h"

#define MONTH_MS (INT64_C(86400) * 1000 * 365 / 12)

/* ---- how long --------------------------------------------------------------------------------------------------- */

struct retention_table retention_of(const struct policy *p, unsigned all)
{
	struct retention_table t;

	for (int c = 0; c < N_KEPT; c++)
		t.months[c] = all ? all : policy_keeps(p, (enum kept_class)c);
	return t;
}

void retention_write(struct buf *out, const struct retention_table *t)
{
	struct arena a = {0};
	struct json *o = json_object(&a);

	for (int c = 0; c < N_KEPT; c++)
		json_set(o, &a, kept_class_names[c], json_u64(&a, t->months[c]));
	json_canonical(out, o);
	arena_release(&a);
}

static bool get_months(const struct json *o, const char *class, unsigned *out, struct err *e)
{
	uint64_t n;

	if (!json_get_u64(o, class, &n, e))
		return false;
	*out = (unsigned)n;
	return (n >= KEPT_MONTHS_LEAST && n <= KEPT_MONTHS_MOST) ||
	       err_set(e, ERR_RANGE, json_find(o, class)->at, "needed %u to %u months", KEPT_MONTHS_LEAST,
		       KEPT_MONTHS_MOST) || err_in(e, "%s", class);
}

bool retention_parse(struct arena *a, struct retention_table *out, struct span text, struct err *e)
{
	const struct json *doc = json_parse(a, text, e);
	struct buf again = {0};
	bool same;

	if (!doc)
		return false;
	if (doc->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, doc->at, "needed an object");
	for (int c = 0; c < N_KEPT; c++)
		if (!get_months(doc, kept_class_names[c], &out->months[c], e))
			return false;
	retention_write(&again, out);
	same = span_eq(buf_view(&again), text);
	buf_release(&again);
	return same || err_set(e, ERR_SYNTAX, 0, "not canonical JSON of the %d classes alone", (int)N_KEPT);
}

/* ---- what may go ------------------------------------------------------------------------------------------------ */

struct digests { struct hash32 *v; size_t n, cap; };
struct newest { char change[24]; int64_t ms; };
struct newests { struct newest *v; size_t n, cap; };  /* the time of each change's newest line */

struct choosing {
	struct log *log;
	const struct retention *r;
	struct unix_time now;
	struct newests newest;
	struct digests old, stays;
	struct arena *a;
	struct retained *out;
	size_t n;
};

static void *room(void *v, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return v;
	*cap = *cap ? 2 * *cap : 64;
	v = reallocarray(v, *cap, size);
	if (!v)
		die("out of memory");
	return v;
}

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct hash32));
}

static int by_change(const void *a, const void *b)
{
	const struct newest *x = a, *y = b;

	return strcmp(x->change, y->change);
}

static int by_change_and_time(const void *a, const void *b)
{
	const struct newest *x = a, *y = b;
	const int order = by_change(a, b);

	return order ? order : (x->ms > y->ms) - (x->ms < y->ms);
}

static bool set_id(char out[24], struct span id)
{
	if (id.n == 0 || id.n >= 24)
		return false;
	memset(out, 0, 24);
	memcpy(out, id.p, id.n);
	return true;
}

static bool note_newest(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct choosing *c = ctx;
	struct line_peek peek;
	struct unix_time time;
	struct newest one;

	(void)leaf;
	if (!line_peek(&peek, raw) || !time_parse(&time, peek.time, e))
		return err_in(e, "line %" PRIu64, seq);
	if (!set_id(one.change, peek.change))
		return true;
	one.ms = time.ms;
	if (c->newest.n > 0 && by_change(&c->newest.v[c->newest.n - 1], &one) == 0)
		c->newest.n--;
	c->newest.v = room(c->newest.v, c->newest.n, &c->newest.cap, sizeof(*c->newest.v));
	c->newest.v[c->newest.n++] = one;
	return true;
}

static void keep_newest(struct newests *x)
{
	size_t n = 0;

	if (x->n)
		qsort(x->v, x->n, sizeof(*x->v), by_change_and_time);
	for (size_t i = 0; i < x->n; i++)
		if (i + 1 == x->n || by_change(&x->v[i], &x->v[i + 1]) != 0)
			x->v[n++] = x->v[i];
	x->n = n;
}

/* Time on line is counted from the newest line of the change. */
static int64_t time_of(const struct choosing *c, const struct line *l)
{
	const struct newest *found;
	struct newest key;

	if (!set_id(key.change, l->change) || c->newest.n == 0)
		return l->time.ms;
	found = bsearch(&key, c->newest.v, c->newest.n, sizeof(key), by_change);
	return found && found->ms > l->time.ms ? found->ms : l->time.ms;
}

/* What has no class stays for good. */
static bool is_over(const struct choosing *c, const struct line *l, const char *class)
{
	const int64_t ms = time_of(c, l);
	size_t k = 0;

	while (k < N_KEPT && strcmp(class, kept_class_names[k]) != 0)
		k++;
	return k < N_KEPT && ms < c->r->before.ms && ms < c->now.ms - (int64_t)c->r->table.months[k] * MONTH_MS;
}

static void sort_name(void *ctx, const struct line *l, const struct hash32 *digest, const struct blob_name *name)
{
	struct choosing *c = ctx;
	struct digests *to = is_over(c, l, name->class) ? &c->old : &c->stays;

	to->v = room(to->v, to->n, &to->cap, sizeof(*to->v));
	to->v[to->n++] = *digest;
}

static bool sort_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct arena scratch = {0};
	struct line l;
	const bool ok = line_parse(&scratch, &l, raw, e) || err_in(e, "line %" PRIu64, seq);

	(void)leaf;
	if (ok)
		blob_names(&l, sort_name, ctx);
	arena_release(&scratch);
	return ok;
}

static bool has(const struct digests *d, const struct hash32 *digest)
{
	return d->n && bsearch(digest, d->v, d->n, sizeof(*digest), by_bytes);
}

/* Bytes that are private or bearer in another row do not leave by this door. */
static bool note_class(void *ctx, const struct blob_row *row, struct err *e)
{
	struct choosing *c = ctx;

	(void)e;
	if (row->class != BLOB_PUBLIC && has(&c->old, &row->digest)) {
		c->stays.v = room(c->stays.v, c->stays.n, &c->stays.cap, sizeof(*c->stays.v));
		c->stays.v[c->stays.n++] = row->digest;
	}
	return true;
}

static int by_digest(const void *a, const void *b)
{
	const struct retained *x = a, *y = b;

	return memcmp(x->digest.b, y->digest.b, sizeof(x->digest.b));
}

static bool take_row(void *ctx, const struct blob_row *row, struct err *e)
{
	struct choosing *c = ctx;

	(void)e;
	if (!row->emptied && row->bytes && has(&c->old, &row->digest) && !has(&c->stays, &row->digest))
		c->out[c->n++] = (struct retained){ row->digest, row->bytes };
	return true;
}

static void sort(struct digests *d)
{
	if (d->n)
		qsort(d->v, d->n, sizeof(*d->v), by_bytes);
}

static bool count_rows(void *ctx, const struct blob_row *row, struct err *e)
{
	(void)row;
	(void)e;
	++*(size_t *)ctx;
	return true;
}

static bool take_rows(struct choosing *c, struct err *e)
{
	size_t rows = 0, n = 0;

	sort(&c->old);
	if (!log_each_blob(c->log, 0, note_class, c, e) || !log_each_blob(c->log, 0, count_rows, &rows, e))
		return false;
	sort(&c->stays);
	c->out = ARENA_ARRAY(c->a, struct retained, rows + 1);
	if (!log_each_blob(c->log, 0, take_row, c, e))
		return false;
	if (c->n)
		qsort(c->out, c->n, sizeof(*c->out), by_digest);
	for (size_t i = 0; i < c->n; i++)     /* the same bytes in more than one row */
		if (!n || !hash32_eq(&c->out[n - 1].digest, &c->out[i].digest))
			c->out[n++] = c->out[i];
	c->n = n;
	return true;
}

bool retention_choose(struct log *l, struct arena *a, struct retained **out, size_t *n, const struct retention *r,
		      struct unix_time now, struct err *e)
{
	struct choosing c = { .log = l, .r = r, .now = now, .a = a };
	bool ok = log_each(l, 0, log_size(l), note_newest, &c, e);

	keep_newest(&c.newest);
	ok = ok && log_each(l, 0, log_size(l), sort_line, &c, e) && take_rows(&c, e);
	*out = c.out;
	*n = c.n;
	free(c.newest.v);
	free(c.old.v);
	free(c.stays.v);
	return ok;
}
