#include "audit-log/export_blobs.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/fs.h"

struct walk {
	struct blobs_out *out;
	struct hash32 *kept;          /* digests that stay here; sorted when the first pass is over */
	size_t n, cap;
};

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct hash32));
}

static bool is_released(const struct export_options *o, const struct hash32 *digest, enum blob_class class)
{
	for (size_t i = 0; o && class == BLOB_BEARER && i < o->n_released; i++)
		if (hash32_eq(&o->released[i], digest))
			return true;
	return false;
}

static bool is_kept(const struct walk *w, const struct hash32 *digest)
{
	return w->n && bsearch(digest, w->kept, w->n, sizeof(*digest), by_bytes);
}

static const char *class_word(const struct blob_row *row)
{
	if (!row->emptied)
		return blob_class_name(row->class);
	return row->class == BLOB_PRIVATE ? "erased" : "archived";
}

static void list_withheld(struct blobs_out *x, const struct blob_row *row)
{
	struct json *entry = json_object(x->arena);

	json_set(entry, x->arena, "sha256", json_bare(x->arena, SPAN_HASH(&row->digest)));
	json_set(entry, x->arena, "class", json_str(x->arena, class_word(row)));
	json_push(x->withheld, entry);
	x->n_withheld++;
}

static void keep(struct walk *w, const struct blob_row *row)
{
	for (size_t i = 0; i < w->n; i++)
		if (hash32_eq(&w->kept[i], &row->digest))
			return;
	if (w->n == w->cap) {
		w->cap = w->cap ? 2 * w->cap : 64;
		w->kept = reallocarray(w->kept, w->cap, sizeof(*w->kept));
		if (!w->kept)
			die("out of memory");
	}
	w->kept[w->n++] = row->digest;
	list_withheld(w->out, row);
}

/* Withheld is decided by name and before anything is written: bytes that are a bearer blob in one row and public in
 * another stay here. */
static bool note_withheld(void *ctx, const struct blob_row *row, struct err *e)
{
	struct walk *w = ctx;

	(void)e;
	if (row->class != BLOB_PUBLIC && !is_released(w->out->options, &row->digest, row->class))
		keep(w, row);
	return true;
}

static bool write_blob(struct blobs_out *x, uint64_t row, const char *path, struct err *e)
{
	struct json *entry = json_object(x->arena);
	struct buf bytes = {0};
	enum blob_class class;
	struct hash32 digest;
	const bool ok = log_blob_row(x->log, row, &digest, &class, &bytes, e) &&
			fs_create(path, buf_view(&bytes), 0644, e);

	if (ok) {
		json_set(entry, x->arena, "sha256", json_bare(x->arena, SPAN_HASH(&digest)));
		json_set(entry, x->arena, "bytes", json_u64(x->arena, bytes.n));
		json_push(x->listed, entry);
		x->n_written++;
	}
	buf_release(&bytes);
	return ok;
}

static char *path_of(const struct walk *w, const struct hash32 *digest)
{
	struct buf name = {0};
	char *path;

	buf_hex(&name, SPAN_HASH(digest));
	path = fs_join(w->out->dir, buf_cstr(&name));
	buf_release(&name);
	return path;
}

static bool export_blob(void *ctx, const struct blob_row *row, struct err *e)
{
	struct walk *w = ctx;
	bool ok = true;
	char *path;

	if (row->emptied || is_kept(w, &row->digest))
		return true;
	path = path_of(w, &row->digest);
	if (!fs_exists(path))
		ok = write_blob(w->out, row->row, path, e);
	free(path);
	return ok;
}

/* Public bytes that were taken out of one row may be in another, or in the export since before. */
static bool note_archived(void *ctx, const struct blob_row *row, struct err *e)
{
	struct walk *w = ctx;
	char *path;

	(void)e;
	if (!row->emptied || row->class != BLOB_PUBLIC)
		return true;
	path = path_of(w, &row->digest);
	if (!fs_exists(path))
		keep(w, row);
	free(path);
	return true;
}

bool export_blobs(struct blobs_out *x, struct err *e)
{
	struct walk w = { .out = x };
	bool ok;

	x->listed = json_array(x->arena);
	x->withheld = json_array(x->arena);
	ok = fs_mkdirs(x->dir, 0755, e) && log_each_blob(x->log, 0, note_withheld, &w, e);
	if (w.n)
		qsort(w.kept, w.n, sizeof(*w.kept), by_bytes);
	ok = ok && log_each_blob(x->log, 0, export_blob, &w, e) &&
	     log_each_blob(x->log, 0, note_archived, &w, e);
	free(w.kept);
	return ok;
}
