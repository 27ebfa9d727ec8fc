#include "src/report/html_evidence.h"

#include <stdlib.h>
#include <string.h>

#include "src/report/html_text.h"

/* ---- each hash once --------------------------------------------------------------------------------------------- */

struct hashes {
	struct hash32 *v;
	size_t n;
};

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct hash32));
}

static void add(struct hashes *all, const struct hash32 *hash, size_t n)
{
	for (size_t i = 0; i < n; i++)
		all->v[all->n++] = hash[i];
}

static size_t count(const struct report_evidence *ev)
{
	size_t n = 0;
	for (const struct report_line *l = ev->first; l != NULL; l = l->next)
		n += l->path.n;
	for (const struct report_root *r = ev->roots; r != NULL; r = r->next)
		n += r->growth.n;
	return n;
}

static struct hashes hashes_of(struct arena *a, const struct report_evidence *ev)
{
	struct hashes all = {.v = ARENA_ARRAY(a, struct hash32, count(ev) + 1)};
	size_t n = 0;
	for (const struct report_line *l = ev->first; l != NULL; l = l->next)
		add(&all, l->path.hash, l->path.n);
	for (const struct report_root *r = ev->roots; r != NULL; r = r->next)
		add(&all, r->growth.hash, r->growth.n);
	qsort(all.v, all.n, sizeof(*all.v), by_bytes);
	for (size_t i = 0; i < all.n; i++)
		if (i == 0 || !hash32_eq(&all.v[n - 1], &all.v[i]))
			all.v[n++] = all.v[i];
	all.n = n;
	return all;
}

/* ---- the text --------------------------------------------------------------------------------------------------- */

static void put_string(struct buf *out, const char *name, struct span value)
{
	buf_fmt(out, ",\"%s\":", name);
	html_json_text(out, value);
}

static void put_number(struct buf *out, const char *name, uint64_t v)
{
	buf_fmt(out, ",\"%s\":%llu", name, (unsigned long long)v);
}

static void put_hash(struct buf *out, const struct hash32 *hash)
{
	buf_byte(out, '"');
	buf_hex(out, SPAN_HASH(hash));
	buf_byte(out, '"');
}

static void put_hashes(struct buf *out, const char *name, const struct hash32 *v, size_t n)
{
	buf_fmt(out, ",\"%s\":[", name);
	for (size_t i = 0; i < n; i++) {
		buf_str(out, i > 0 ? "," : "");
		put_hash(out, &v[i]);
	}
	buf_byte(out, ']');
}

static void put_indices(struct buf *out, const struct hashes *all, const struct hash32 *path, size_t n)
{
	buf_byte(out, '[');
	for (size_t i = 0; i < n; i++) {
		const struct hash32 *at = bsearch(&path[i], all->v, all->n, sizeof(path[i]), by_bytes);
		buf_fmt(out, "%s%zu", i > 0 ? "," : "", (size_t)(at - all->v));
	}
	buf_byte(out, ']');
}

/* Only a line that is under the checkpoint and whose proof was made has a path; that of the only line is empty. */
static bool has_path(const struct report_evidence *ev, const struct report_line *l)
{
	return l->seq < ev->size && (l->path.n > 0 || (ev->size == 1 && l->raw.n > 0));
}

static void put_lines(struct buf *out, const struct report_evidence *ev, const struct hashes *all)
{
	buf_str(out, ",\"lines\":[");
	for (const struct report_line *l = ev->first; l != NULL; l = l->next) {
		buf_fmt(out, "{\"seq\":%llu,\"leaf\":", (unsigned long long)l->seq);
		put_hash(out, &l->leaf);
		buf_str(out, ",\"path\":");
		if (has_path(ev, l))
			put_indices(out, all, l->path.hash, l->path.n);
		else
			buf_str(out, "null");
		buf_str(out, ",\"line\":");
		if (l->raw.n > 0)
			html_json_text(out, l->raw);
		else
			buf_str(out, "null");
		buf_str(out, l->next != NULL ? "}," : "}");
	}
	buf_byte(out, ']');
}

static void put_roots(struct buf *out, const struct report_evidence *ev, const struct hashes *all)
{
	buf_str(out, ",\"roots\":[");
	for (const struct report_root *r = ev->roots; r != NULL; r = r->next) {
		buf_fmt(out, "{\"size\":%llu,\"root\":", (unsigned long long)r->head.size);
		put_hash(out, &r->head.root);
		buf_str(out, ",\"growth\":");
		put_indices(out, all, r->growth.hash, r->growth.n);
		buf_str(out, r->next != NULL ? "}," : "}");
	}
	buf_byte(out, ']');
}

static void put_approvals(struct buf *out, const struct report_evidence *ev)
{
	buf_str(out, ",\"approvals\":[");
	for (size_t i = 0; i < ev->n_approvals; i++) {
		buf_fmt(out, "%s{\"seq\":%llu,\"signature\":\"", i > 0 ? "," : "",
			(unsigned long long)ev->approvals[i].seq);
		buf_hex(out, ev->approvals[i].bytes);
		buf_str(out, "\"}");
	}
	buf_byte(out, ']');
}

void html_evidence(struct buf *out, const struct report_evidence *ev, const struct hash32 *rows, size_t n_rows)
{
	struct arena a = {0};
	const struct hashes all = hashes_of(&a, ev);
	buf_str(out, "{\"format\":\"setgov-report-evidence/1\"");
	put_string(out, "origin", span_str(ev->origin));
	put_string(out, "vkey", span_str(ev->vkey));
	put_string(out, "checkpoint", ev->checkpoint);
	put_number(out, "size", ev->size);
	buf_str(out, ",\"root\":");
	put_hash(out, &ev->root);
	if (ev->made != NULL)
		put_number(out, "made", ev->made->seq);
	else
		buf_str(out, ",\"made\":null");
	put_hashes(out, "hashes", all.v, all.n);
	put_lines(out, ev, &all);
	put_roots(out, ev, &all);
	put_approvals(out, ev);
	put_hashes(out, "rows", rows, n_rows);
	buf_byte(out, '}');
	arena_release(&a);
}
