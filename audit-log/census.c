#include "audit-log/census.h"

#include <stdlib.h>
#include <string.h>

#include "audit-log/log_state.h"
#include "audit-log/verify_chain.h"
#include "src/base/fs.h"

#define FEW_LINES 4096u               /* not worth a thread and two connections */

/* ---- counts ----------------------------------------------------------------------------------------------------- */

static size_t slot_of(const struct counts *c, struct span name)
{
	const size_t n = 2 * c->cap;
	size_t at = 2166136261u;

	for (size_t i = 0; i < name.n; i++)
		at = (at ^ name.p[i]) * 16777619u;
	for (at %= n; c->slots[at] != 0; at = (at + 1) % n)
		if (span_eq(c->v[c->slots[at] - 1].name, name))
			break;
	return at;
}

static void fill_slots(struct counts *c)
{
	memset(c->slots, 0, 2 * c->cap * sizeof(*c->slots));
	for (size_t i = 0; i < c->n; i++)
		c->slots[slot_of(c, c->v[i].name)] = i + 1;
}

static void make_room(struct counts *c)
{
	if (c->n < c->cap)
		return;
	c->cap = c->cap ? 2 * c->cap : 16;
	c->v = reallocarray(c->v, c->cap, sizeof(*c->v));
	c->slots = reallocarray(c->slots, 2 * c->cap, sizeof(*c->slots));
	if (!c->v || !c->slots)
		die("out of memory: %zu names", c->cap);
	fill_slots(c);
}

const struct counted *counts_find(const struct counts *c, struct span name)
{
	const size_t i = c->cap ? c->slots[slot_of(c, name)] : 0;

	return i ? &c->v[i - 1] : NULL;
}

/* Lines of a change, and of a kind, come in rows: the last one is tried first. */
static struct counted *count(struct counts *c, struct span name, uint64_t seq)
{
	size_t slot;

	if (c->n && span_eq(c->v[c->newest].name, name))
		return &c->v[c->newest];
	make_room(c);
	slot = slot_of(c, name);
	if (!c->slots[slot]) {
		c->v[c->n++] = (struct counted){ .name = arena_copy(&c->names, name), .first = seq };
		c->slots[slot] = c->n;
	}
	c->newest = c->slots[slot] - 1;
	return &c->v[c->newest];
}

static void counts_release(struct counts *c)
{
	free(c->v);
	free(c->slots);
	arena_release(&c->names);
	*c = (struct counts){0};
}

static int by_first(const void *a, const void *b)
{
	const struct counted *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* What two threads counted, each in its own chunks. */
static void merge(struct counts *into, const struct counts *from)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct counted *more = &from->v[i];
		struct counted *one = count(into, more->name, more->first);

		one->lines += more->lines;
		one->first = more->first < one->first ? more->first : one->first;
		one->last = more->last > one->last ? more->last : one->last;
		one->mined |= more->mined;
		one->executed |= more->executed;
		one->mined_at = more->mined_at > one->mined_at ? more->mined_at : one->mined_at;
	}
	if (into->n)
		qsort(into->v, into->n, sizeof(*into->v), by_first);
	if (into->cap)
		fill_slots(into);
	into->newest = 0;
}

/* ---- lines ------------------------------------------------------------------------------------------------------ */

/* A line that says less than it should makes nothing executed: who folds the change says what is wrong. */
static void count_mined(struct census *c, struct counted *change, struct span raw)
{
	struct line l;
	struct span step;
	uint64_t at;

	arena_clear(&c->scratch);
	if (!line_parse(&c->scratch, &l, raw, NULL) || !json_get_str(l.body, "step", &step, NULL) ||
	    !json_get_u64(l.body, "blockTime", &at, NULL))
		return;
	change->mined = true;
	change->executed |= span_is(step, "execute");
	change->mined_at = at > change->mined_at ? at : change->mined_at;
}

static void count_line(struct census *c, uint64_t seq, struct span kind, struct span change, struct span raw)
{
	struct counted *one;

	one = count(&c->kinds, kind, seq);
	one->lines++;
	one->last = seq;
	if (!change.n)
		return;
	one = count(&c->changes, change, seq);
	one->lines++;
	one->last = seq;
	if (span_is(kind, "step.mined"))
		count_mined(c, one, raw);
}

/* Behind the kind's quote come the change and its quote, or null. */
static bool count_walked(void *ctx, uint64_t seq, struct span raw, struct span rest)
{
	static const char named[] = "\",\"change\":\"", unnamed[] = "\",\"change\":null,";
	const uint8_t *end = memchr(rest.p, '"', rest.n), *end_of_change;
	struct span change = {0};

	if (!end)
		return false;
	const struct span kind = span_of(rest.p, (size_t)(end - rest.p));
	const struct span behind = span_of(end, rest.n - kind.n);
	if (span_starts(behind, named)) {
		change = span_of(behind.p + sizeof(named) - 1, behind.n - (sizeof(named) - 1));
		end_of_change = memchr(change.p, '"', change.n);
		if (!end_of_change)
			return false;
		change.n = (size_t)(end_of_change - change.p);
	} else if (!span_starts(behind, unnamed)) {
		return false;
	}
	count_line(ctx, seq, kind, change, raw);
	return true;
}

static bool count_next(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct census *c = ctx;
	struct line_peek peek;

	if (!line_peek(&peek, raw))
		return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "line %llu is not a line", (unsigned long long)seq);
	count_line(c, seq, peek.kind, peek.change, raw);
	c->size = seq + 1;
	c->leaf = *leaf;
	return true;
}

/* ---- all of them ------------------------------------------------------------------------------------------------ */

void census_release(struct census *c)
{
	counts_release(&c->changes);
	counts_release(&c->kinds);
	arena_release(&c->scratch);
	*c = (struct census){0};
}

/* Is line n-1 of the open log the one with this leaf? */
static bool is_ours(struct log *l, uint64_t n, const struct hash32 *leaf, bool *ours, struct err *e)
{
	struct hash32 own;

	*ours = n <= log_size(l);
	if (!*ours || !n)
		return true;
	if (!store_line(l->store, n - 1, &own, NULL, e))
		return false;
	*ours = hash32_eq(&own, leaf);
	return true;
}

/* What is committed, by two threads. Nothing is counted when that does not work out: the walk line by line says why. */
static bool count_committed(struct census *c, struct log *l, struct err *e)
{
	struct census parts[CHAIN_THREADS] = {0};
	const struct chain_reader reader = { count_walked, { &parts[0], &parts[1] } };
	const uint64_t n = l->in_transaction ? l->before.tree.size : log_size(l);
	char *path = fs_join(log_dir(l), LOG_DB);
	struct hash32 last;
	bool good = false, ok;

	ok = !verify_chain_lines(&good, &last, path, n, &reader, NULL) || !good || is_ours(l, n, &last, &good, e);
	for (size_t i = 0; i < CHAIN_THREADS; i++) {
		if (good) {
			merge(&c->changes, &parts[i].changes);
			merge(&c->kinds, &parts[i].kinds);
		}
		census_release(&parts[i]);
	}
	if (good) {
		c->size = n;
		c->leaf = last;
	}
	free(path);
	return ok;
}

static bool update(struct census *c, struct log *l, struct err *e)
{
	bool ours;

	if (!is_ours(l, c->size, &c->leaf, &ours, e))
		return false;
	if (!ours)
		census_release(c);
	if (!c->size && log_size(l) >= FEW_LINES && !count_committed(c, l, e))
		return false;
	if (log_each(l, c->size, UINT64_MAX, count_next, c, e))
		return true;
	census_release(c);
	return false;
}

bool census_of(struct log *l, const struct census **out, struct err *e)
{
	if (!l->census && !(l->census = calloc(1, sizeof(*l->census))))
		die("out of memory");
	*out = l->census;
	return update(l->census, l, e);
}
