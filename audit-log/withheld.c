#include "audit-log/withheld.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/json.h"

static int by_digest(const void *a, const void *b)
{
	const struct withheld_blob *x = a, *y = b;

	return memcmp(x->digest.b, y->digest.b, sizeof(x->digest.b));
}

static const char *const words[N_WITHHELD] = {
	[WITHHELD_BEARER] = "bearer", [WITHHELD_PRIVATE] = "private", [WITHHELD_ERASED] = "erased",
	[WITHHELD_ARCHIVED] = "archived",
};

static bool read_one(struct withheld_blob *out, const struct json *v, struct err *e)
{
	struct span class;

	if (!json_get_bare_hash(v, "sha256", &out->digest, e) || !json_get_str(v, "class", &class, e))
		return false;
	for (int i = 0; i < N_WITHHELD; i++)
		if (span_is(class, words[i])) {
			out->why = (enum withheld_why)i;
			return true;
		}
	return err_set(e, ERR_UNKNOWN, json_find(v, "class")->at, "needed bearer, private, erased or archived") ||
	       err_in(e, "class");
}

bool withheld_read(struct arena *a, struct withheld *out, struct span manifest, struct err *e)
{
	const struct json *doc = json_parse(a, arena_copy(a, manifest), e), *list;
	size_t n = 0;

	*out = (struct withheld){0};
	if (!doc || !json_get(doc, "withheld", JSON_ARRAY, &list, e))
		return false;
	out->v = ARENA_ARRAY(a, struct withheld_blob, list->n + 1);
	for (const struct json *v = list->first; v; v = v->next, n++)
		if (!read_one(&out->v[n], v, e))
			return err_in(e, "withheld[%zu]", n);
	out->n = n;
	if (n > 1)
		qsort(out->v, n, sizeof(*out->v), by_digest);
	return true;
}

static bool is_text(const struct json *doc, const char *name, struct span wanted, struct err *e)
{
	struct span found;

	if (!json_get_str(doc, name, &found, e))
		return false;
	return span_eq(found, wanted) || err_set(e, ERR_MISMATCH, json_find(doc, name)->at, "not the checkpoint's") ||
	       err_in(e, "%s", name);
}

static bool is_head(const struct json *doc, const struct tree_head *head, struct err *e)
{
	struct hash32 root;
	uint64_t size;

	if (!json_get_u64(doc, "size", &size, e) || !json_get_bare_hash(doc, "root", &root, e))
		return false;
	if (size != head->size)
		return err_set(e, ERR_MISMATCH, json_find(doc, "size")->at, "the checkpoint is over %llu lines",
			       (unsigned long long)head->size) || err_in(e, "size");
	return hash32_eq(&root, &head->root) ||
	       err_set(e, ERR_MISMATCH, json_find(doc, "root")->at, "not the checkpoint's") || err_in(e, "root");
}

bool manifest_is_under(struct arena *a, struct span manifest, const struct tree_head *head, const struct note_key *key,
		       struct err *e)
{
	const struct json *doc = json_parse(a, arena_copy(a, manifest), e);
	struct buf vkey = {0};
	bool ok;

	note_key_format(&vkey, key);
	ok = doc && is_text(doc, "origin", key->name, e) && is_text(doc, "logKey", buf_view(&vkey), e) &&
	     is_head(doc, head, e);
	buf_release(&vkey);
	return ok;
}

bool manifest_size(struct arena *a, struct span manifest, uint64_t *out, struct err *e)
{
	const struct json *doc = json_parse(a, arena_copy(a, manifest), e);

	return doc && json_get_u64(doc, "size", out, e);
}

const struct withheld_blob *withheld_find(const struct withheld *w, const struct hash32 *digest)
{
	const struct withheld_blob key = { .digest = *digest };

	return w->n ? bsearch(&key, w->v, w->n, sizeof(key), by_digest) : NULL;
}
