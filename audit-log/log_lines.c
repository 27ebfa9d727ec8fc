#include "audit-log/log_state.h"

#include <inttypes.h>
#include <string.h>

static bool mismatch(struct err *e, uint64_t seq, const char *what)
{
	return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "line %" PRIu64 " %s", seq, what);
}

/* ---- one --------------------------------------------------------------------------------------------------------- */

/* A row is a line when its bytes hash to the leaf beside them and say the row's own number: rows can be swapped
 * whole. */
static bool check_row(uint64_t seq, const struct hash32 *leaf, struct span raw, struct line_peek *peek, struct err *e)
{
	struct hash32 computed;

	line_leaf(&computed, raw);
	if (!hash32_eq(&computed, leaf))
		return mismatch(e, seq, "does not hash to its leaf");
	if (!line_peek(peek, raw) || peek->seq != seq)
		return mismatch(e, seq, "says another seq than its place");
	return true;
}

bool log_read_row(struct log *l, uint64_t seq, struct hash32 *leaf, struct buf *raw, struct err *e)
{
	const size_t before = raw->n;
	struct line_peek peek;

	if (!store_line(l->store, seq, leaf, raw, e))
		return false;
	if (check_row(seq, leaf, span_of(raw->p + before, raw->n - before), &peek, e))
		return true;
	raw->n = before;
	return false;
}

bool log_demand_seq(const struct log *l, uint64_t seq, struct err *e)
{
	if (seq < log_size(l))
		return true;
	return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "no line %" PRIu64 ": the log has %" PRIu64, seq, log_size(l));
}

bool log_line(struct log *l, uint64_t seq, struct buf *raw, struct err *e)
{
	struct hash32 leaf;

	return log_demand_seq(l, seq, e) && log_read_row(l, seq, &leaf, raw, e);
}

bool log_line_read(struct log *l, struct arena *a, uint64_t seq, struct line *out, struct err *e)
{
	struct buf raw = {0};
	const bool ok = log_line(l, seq, &raw, e) && line_parse(a, out, arena_copy(a, buf_view(&raw)), e);

	buf_release(&raw);
	return ok || err_in(e, "line %" PRIu64, seq);
}

/* ---- many -------------------------------------------------------------------------------------------------------- */

struct each {
	log_line_fn *fn;
	void *ctx;
	uint64_t next;
	struct hash32 prev;
};

static bool each_row(struct each *each, const struct store_row *row, struct err *e)
{
	struct line_peek peek;

	if (row->i != each->next)
		return mismatch(e, each->next, "is not there");
	if (!row->hash_ok)
		return mismatch(e, row->i, "is not the row it was written as");
	if (!check_row(row->i, &row->hash, row->bytes, &peek, e))
		return false;
	if (!hash32_eq(&peek.prev, &each->prev))
		return mismatch(e, row->i, "does not continue the line before it");
	each->next++;
	each->prev = row->hash;
	return each->fn(each->ctx, row->i, &row->hash, row->bytes, e);
}

static bool each_line(struct log *l, uint64_t from, uint64_t to, struct each *each, struct err *e)
{
	struct store_scan *scan;
	struct store_row row;
	enum store_step step;
	bool ok = true;

	if (to > log_size(l))
		to = log_size(l);
	if (from >= to)
		return true;
	each->next = from;
	each->prev = (struct hash32){0};
	if (from && !store_line(l->store, from - 1, &each->prev, NULL, e))
		return false;
	scan = store_scan_new(l->store, STORE_LINES, from, to, true, e);
	if (!scan)
		return false;
	while (ok && (step = store_scan_step(scan, &row, e)) != STORE_DONE)
		ok = step == STORE_ROW && each_row(each, &row, e);
	store_scan_free(scan);
	return ok && (each->next == to || mismatch(e, each->next, "is not there"));
}

bool log_each(struct log *l, uint64_t from, uint64_t to, log_line_fn *fn, void *ctx, struct err *e)
{
	struct each each = { .fn = fn, .ctx = ctx };

	return each_line(l, from, to, &each, e);
}

bool log_find_id(struct log *l, const uint8_t id[16], uint64_t from, uint64_t *seq, struct err *e)
{
	struct buf raw = {0};
	bool ok = false;

	for (uint64_t at = log_size(l); at-- > from;) {
		struct line_peek peek;

		buf_clear(&raw);
		if (!log_line(l, at, &raw, e))
			goto out;
		if (line_peek(&peek, buf_view(&raw)) && memcmp(peek.id, id, sizeof(peek.id)) == 0) {
			*seq = at;
			ok = true;
			goto out;
		}
	}
	err_set(e, ERR_MISSING, ERR_NO_OFFSET, "no line with this id from line %" PRIu64 " on", from);
out:
	buf_release(&raw);
	return ok;
}
