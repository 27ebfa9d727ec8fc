#include "src/signer/journal.h"

#include <inttypes.h>
#include <string.h>

#include "src/base/fs.h"

#define JOURNAL_MAX ((size_t)256 << 20)

static struct line *next_line(struct journal *j)
{
	if (j->n == j->cap) {
		const size_t cap = j->cap > 0 ? 2 * j->cap : 64;
		struct line *v = ARENA_ARRAY(&j->arena, struct line, cap);
		if (j->n > 0)
			memcpy(v, j->lines, j->n * sizeof(*v));
		j->lines = v;
		j->cap = cap;
	}
	return &j->lines[j->n];
}

static bool take_line(struct journal *j, struct span raw, struct err *e)
{
	struct line *l = next_line(j);
	if (!line_parse(&j->arena, l, raw, e)) {
		err_in(e, "line %zu", j->n);
		if (e != NULL) {
			e->code = ERR_REFUSED;
			e->refusal = "JOURNAL";
		}
		return false;
	}
	if (l->seq != j->n || !hash32_eq(&l->prev, &j->head))
		return err_refuse(e, "JOURNAL",
				  "line %zu does not follow the one before: the journal was changed", j->n);
	line_leaf(&j->head, raw);
	j->n++;
	return true;
}

bool journal_open(struct journal *j, const char *home, struct err *e)
{
	struct buf text = {0};
	*j = (struct journal){0};
	j->path = arena_fmt(&j->arena, "%s/journal.jsonl", home);
	if (!fs_exists(j->path))
		return true;
	if (!fs_read(&text, j->path, JOURNAL_MAX, e))
		return false;
	const struct span all = arena_copy(&j->arena, buf_view(&text));
	buf_release(&text);
	size_t start = 0;
	for (size_t i = 0; i < all.n; i++) {
		if (all.p[i] != '\n')
			continue;
		if (!take_line(j, span_of(all.p + start, i - start), e))
			return err_file(e, j->path, j->n + 1);
		start = i + 1;
	}
	if (start != all.n)
		return err_refuse(e, "JOURNAL",
				  "line %zu is cut off: the machine went down while it was written; look at it",
				  j->n) ||
		       err_file(e, j->path, j->n + 1);
	return true;
}

void journal_release(struct journal *j)
{
	arena_release(&j->arena);
	*j = (struct journal){0};
}

bool journal_add(struct journal *j, const char *kind, struct span change, const struct json *body,
		 struct err *e)
{
	struct buf raw = {0};
	struct line l = {
		.seq = j->n, .prev = j->head, .time = time_now(), .kind = span_str(kind), .change = change,
		.actor = span_str("signer"), .auth = span_str("os-user"), .body = body,
	};
	random_bytes(l.id, sizeof(l.id));
	bool ok = line_write(&raw, &l, e);
	if (ok) {
		buf_byte(&raw, '\n');
		ok = fs_append(j->path, buf_view(&raw), 0600, e);
	}
	if (ok) {
		const struct span kept = arena_copy(&j->arena, span_of(raw.p, raw.n - 1));
		ok = take_line(j, kept, e);
	}
	buf_release(&raw);
	return ok;
}
