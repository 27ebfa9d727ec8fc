#include "src/report/roots.h"

#include <string.h>

#include "src/base/text.h"

/* What a line says that somebody else has. `where` is NULL when it says nothing of that. */
static bool read_root(struct arena *a, struct report_root *out, const struct line *l)
{
	struct span by, operation;
	*out = (struct report_root){0};
	if (!json_get_u64(l->body, "size", &out->head.size, NULL))
		return false;
	if (line_kind_is(l, "operation.planned") && json_get_hash(l->body, "salt", &out->head.root, NULL) &&
	    json_get_str(l->body, "operation", &operation, NULL))
		out->where = arena_fmt(a, "the salt of the timelock's operation %.*s, of %.*s, in its event CallSalt",
				       text_shown(operation), operation.p, text_shown(l->change), l->change.p);
	if (line_kind_is(l, "checkpoint.cosigned") && json_get_bare_hash(l->body, "root", &out->head.root, NULL) &&
	    json_get_str(l->body, "key", &by, NULL))
		out->where = arena_fmt(a, "the checkpoint that %.*s signed, from their hands", text_shown(by), by.p);
	return out->where != NULL;
}

static bool is_this_logs(const struct report_evidence *ev, struct log *l, const struct report_root *root)
{
	struct hash32 own;
	return root->head.size > 0 && root->head.size < ev->size && log_root_at(l, root->head.size, &own, NULL) &&
	       hash32_eq(&own, &root->head.root);
}

static bool prove(struct arena *a, struct report_root *root, struct log *l, uint64_t size, struct err *e)
{
	struct merkle_path path;
	struct hash32 *hash;
	if (!log_consistency(l, root->head.size, size, &path, e))
		return false;
	hash = ARENA_ARRAY(a, struct hash32, path.n + 1);
	memcpy(hash, path.hash, path.n * sizeof(*hash));
	root->growth.hash = hash;
	root->growth.n = path.n;
	return true;
}

/* In its place by size; false when that size is there already. */
static bool add(struct arena *a, struct report_evidence *ev, const struct report_root *root)
{
	struct report_root **at = &ev->roots, *kept;
	while (*at != NULL && (*at)->head.size < root->head.size)
		at = &(*at)->next;
	if (*at != NULL && (*at)->head.size == root->head.size)
		return false;
	kept = ARENA_NEW(a, struct report_root);
	*kept = *root;
	kept->next = *at;
	*at = kept;
	return true;
}

bool report_roots(struct arena *a, struct report_evidence *ev, struct log *l, struct err *e)
{
	for (const struct report_line *v = ev->first; v != NULL; v = v->next) {
		struct line_peek peek;
		struct report_root root;
		struct line line;
		if (v->raw.n == 0 || !line_peek(&peek, v->raw) || (!span_is(peek.kind, "operation.planned") &&
								   !span_is(peek.kind, "checkpoint.cosigned")))
			continue;
		if (!line_parse(a, &line, v->raw, e) || (read_root(a, &root, &line) && is_this_logs(ev, l, &root) &&
							 !prove(a, &root, l, ev->size, e)))
			return err_in(e, "line %llu", (unsigned long long)v->seq);
		if (root.where != NULL && root.growth.n > 0)
			(void)add(a, ev, &root);
	}
	return true;
}
