/* Where the log looks first: what the views say, without making them anew when they are no good. */
#include <stdlib.h>
#include <string.h>

#include "audit-log/views_state.h"

static bool find_blob(void *ctx, const struct hash32 *digest, uint64_t *row)
{
	struct views *v = ctx;
	sqlite3_stmt *st = v->st[ST_BLOB];
	bool found;

	views_bind_hash(st, 1, digest);
	found = sqlite3_step(st) == SQLITE_ROW;
	if (found)
		*row = (uint64_t)sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return found;
}

static bool find_of_change(void *ctx, struct arena *a, struct span change, struct seqs *out, uint64_t *upto)
{
	struct views *v = ctx;

	*upto = v->size;
	views_bind_text(v->st[ST_OF_CHANGE], 1, change);
	return views_take_seqs(v, ST_OF_CHANGE, a, out);
}

static int by_seq(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

bool views_take_kinds(struct views *v, struct arena *a, const char *const kinds[], size_t n, struct seqs *out)
{
	*out = (struct seqs){0};
	for (size_t i = 0; i < n; i++) {
		struct seqs some;
		uint64_t *both;

		views_bind_text(v->st[ST_OF_KIND], 1, span_str(kinds[i]));
		if (!views_take_seqs(v, ST_OF_KIND, a, &some))
			return false;
		both = ARENA_ARRAY(a, uint64_t, out->n + some.n + 1);
		if (out->n)
			memcpy(both, out->seq, out->n * sizeof(*both));
		if (some.n)
			memcpy(both + out->n, some.seq, some.n * sizeof(*both));
		*out = (struct seqs){ both, out->n + some.n };
	}
	if (out->n)
		qsort(out->seq, out->n, sizeof(*out->seq), by_seq);
	return true;
}

static bool find_of_kinds(void *ctx, struct arena *a, const char *const kinds[], size_t n, struct seqs *out,
			  uint64_t *upto)
{
	struct views *v = ctx;

	*upto = v->size;
	return views_take_kinds(v, a, kinds, n, out);
}

void views_give_hints(struct views *v)
{
	const struct log_hints hints = { v, find_blob, find_of_change, find_of_kinds };

	log_set_hints(v->log, &hints);
}
