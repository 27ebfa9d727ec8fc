#include "audit-log/segment.h"

#include <stdlib.h>
#include <string.h>

#include "audit-log/export_tiles.h"
#include "src/base/fs.h"
#include "src/crypto/hash.h"

#define SEGMENT_BLOB_MAX ((size_t)256 << 20)
#define SEGMENT_FORMAT "setgov-segment/1"

/* ---- the list --------------------------------------------------------------------------------------------------- */

static bool read_blob(struct retained *out, const struct json *v, struct err *e)
{
	static const char *const members[] = { "bytes", "sha256", NULL };

	return json_only(v, members, e) && json_get_u64(v, "bytes", &out->bytes, e) &&
	       json_get_bare_hash(v, "sha256", &out->digest, e);
}

static bool read_blobs(struct arena *a, struct segment *out, const struct json *list, struct err *e)
{
	out->v = ARENA_ARRAY(a, struct retained, list->n + 1);
	for (const struct json *v = list->first; v; v = v->next) {
		struct retained *one = &out->v[out->n];

		if (!read_blob(one, v, e))
			return err_in(e, "blobs[%zu]", out->n);
		if (out->n && memcmp(one[-1].digest.b, one->digest.b, 32) >= 0) {
			err_set(e, ERR_MISMATCH, v->at, "not in order, or twice");
			return err_in(e, "blobs[%zu]", out->n);
		}
		out->n++;
	}
	return true;
}

static bool is_canonical(struct arena *a, const struct segment *s, struct span text, struct err *e)
{
	struct buf again = {0};
	bool same;

	segment_write(a, &again, s);
	same = span_eq(buf_view(&again), text);
	buf_release(&again);
	return same || err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "not canonical JSON and a newline");
}

bool segment_parse(struct arena *a, struct segment *out, struct span text, struct err *e)
{
	static const char *const members[] = { "before", "blobs", "format", "origin", "root", "size", NULL };
	const struct span copy = arena_copy(a, text);
	const struct json *doc = json_parse(a, copy, e), *list;
	struct span format, before;

	*out = (struct segment){0};
	if (!doc || !json_only(doc, members, e) || !json_get_str(doc, "format", &format, e) ||
	    !json_get_str(doc, "before", &before, e) || !json_get_str(doc, "origin", &out->origin, e) ||
	    !json_get_bare_hash(doc, "root", &out->head.root, e) ||
	    !json_get_u64(doc, "size", &out->head.size, e) || !json_get(doc, "blobs", JSON_ARRAY, &list, e))
		return false;
	if (!span_is(format, SEGMENT_FORMAT))
		return err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "needed " SEGMENT_FORMAT) || err_in(e, "format");
	return (time_parse(&out->before, before, e) || err_in(e, "before")) && read_blobs(a, out, list, e) &&
	       is_canonical(a, out, copy, e);
}

void segment_write(struct arena *a, struct buf *out, const struct segment *s)
{
	struct json *doc = json_object(a), *list = json_array(a);
	struct buf before = {0};

	for (size_t i = 0; i < s->n; i++) {
		struct json *one = json_object(a);

		json_set(one, a, "bytes", json_u64(a, s->v[i].bytes));
		json_set(one, a, "sha256", json_bare(a, SPAN_HASH(&s->v[i].digest)));
		json_push(list, one);
	}
	time_format(&before, s->before);
	json_set(doc, a, "before", json_text(a, buf_view(&before)));
	json_set(doc, a, "blobs", list);
	json_set(doc, a, "format", json_str(a, SEGMENT_FORMAT));
	json_set(doc, a, "origin", json_text(a, s->origin));
	json_set(doc, a, "root", json_bare(a, SPAN_HASH(&s->head.root)));
	json_set(doc, a, "size", json_u64(a, s->head.size));
	json_canonical(out, doc);
	buf_byte(out, '\n');
	buf_release(&before);
}

static int by_digest(const void *a, const void *b)
{
	const struct retained *x = a, *y = b;

	return memcmp(x->digest.b, y->digest.b, sizeof(x->digest.b));
}

const struct retained *segment_find(const struct segment *s, const struct hash32 *digest)
{
	const struct retained key = { .digest = *digest };

	return s->n ? bsearch(&key, s->v, s->n, sizeof(key), by_digest) : NULL;
}

/* ---- the directory ---------------------------------------------------------------------------------------------- */

bool segment_make(struct log *l, struct arena *a, struct span *text, const char *dir, const struct retained *v,
		  size_t n, struct unix_time before, struct err *e)
{
	struct segment s = { .origin = log_origin(l), .before = before, .v = (struct retained *)(uintptr_t)v, .n = n };
	char *path = fs_join(dir, SEGMENT_LIST);
	struct tiles_result r;
	struct buf list = {0};
	bool ok = log_export_tiles(l, dir, NULL, &r, e);

	if (ok) {
		s.head = r.head;
		segment_write(a, &list, &s);
		*text = arena_copy(a, buf_view(&list));
		ok = fs_write(path, *text, 0644, e);
	}
	buf_release(&list);
	free(path);
	return ok;
}

bool segment_read(struct arena *a, struct span *text, struct hash32 *digest, const char *dir, struct err *e)
{
	char *path = fs_join(dir, SEGMENT_LIST);
	struct buf b = {0};
	const bool ok = fs_read(&b, path, SEGMENT_LIST_MAX, e);

	if (ok) {
		*text = arena_copy(a, buf_view(&b));
		sha256(digest, *text);
	}
	buf_release(&b);
	free(path);
	return ok;
}

static bool refuse_blob(const struct hash32 *digest, const char *what, struct err *e)
{
	struct buf hex = {0};

	buf_hex(&hex, SPAN_HASH(digest));
	err_refuse(e, "SEGMENT", "blob %s %s", buf_cstr(&hex), what);
	buf_release(&hex);
	return false;
}

bool segment_blob(struct buf *out, const char *dir, const struct hash32 *digest, struct err *e)
{
	const size_t before = out->n;
	struct buf name = {0};
	struct hash32 found;
	char *path;
	bool ok;

	buf_str(&name, "blobs/");
	buf_hex(&name, SPAN_HASH(digest));
	path = fs_join(dir, buf_cstr(&name));
	ok = fs_read(out, path, SEGMENT_BLOB_MAX, NULL) || refuse_blob(digest, "is not there", e);
	if (ok) {
		sha256(&found, span_of(out->p + before, out->n - before));
		ok = hash32_eq(&found, digest) || refuse_blob(digest, "has other bytes", e);
	}
	if (!ok)
		out->n = before;
	free(path);
	buf_release(&name);
	return ok;
}

static bool check_blobs(const struct segment *s, const char *dir, struct err *e)
{
	struct buf bytes = {0};
	bool ok = true;

	for (size_t i = 0; ok && i < s->n; i++) {
		buf_clear(&bytes);
		ok = segment_blob(&bytes, dir, &s->v[i].digest, e) &&
		     (bytes.n == s->v[i].bytes || refuse_blob(&s->v[i].digest, "is of another length", e));
	}
	buf_release(&bytes);
	return ok;
}

static bool check_tiles(struct log *l, const struct segment *s, const char *dir, struct err *e)
{
	struct tree_head head;

	if (!span_eq(s->origin, log_origin(l)))
		return err_refuse(e, "SEGMENT", "it is of another log");
	if (!log_check_tiles(l, dir, &head, e))
		return false;
	return (head.size == s->head.size && hash32_eq(&head.root, &s->head.root)) ||
	       err_refuse(e, "SEGMENT", "its list is of other lines than its checkpoint");
}

bool segment_check(struct log *l, struct arena *a, struct segment *out, const char *dir, struct err *e)
{
	struct hash32 digest;
	struct span text;

	return (segment_read(a, &text, &digest, dir, e) &&
		(segment_parse(a, out, text, e) || err_in(e, SEGMENT_LIST)) && check_tiles(l, out, dir, e) &&
		check_blobs(out, dir, e)) || err_file(e, dir, 0);
}
