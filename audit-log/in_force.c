#include "audit-log/in_force.h"

#include "src/base/fs.h"

const char *adoptable_file(struct arena *a, const char *dir, enum adoptable_kind kind)
{
	return arena_fmt(a, "%s/%s.json", dir, adoptable_word(kind));
}

static bool read_text(struct arena *a, struct span *out, const char *path, size_t max, struct err *e)
{
	struct buf b = {0};
	const bool ok = fs_read(&b, path, max, e);
	*out = ok ? arena_copy(a, buf_view(&b)) : span_of(NULL, 0);
	buf_release(&b);
	return ok;
}

static bool parse_file(struct arena *a, const struct adoptable **out, enum adoptable_kind kind, const char *path,
		       struct span text, struct err *e)
{
	if (adoptable_parse(a, out, kind, text, e))
		return true;
	json_err_file(e, path, text);
	if (e != NULL)
		e->at = ERR_NO_OFFSET;         /* the line says where */
	return false;
}

bool adoptable_file_read(struct arena *a, const struct adoptable **out, enum adoptable_kind kind, const char *path,
			 struct err *e)
{
	struct span text;
	return read_text(a, &text, path, adoptable_max(kind), e) && parse_file(a, out, kind, path, text, e);
}

bool adoptable_file_read_any(struct arena *a, const struct adoptable **out, const char *path, struct err *e)
{
	struct span text;
	return read_text(a, &text, path, POLICY_MAX > RELEASES_MAX ? POLICY_MAX : RELEASES_MAX, e) &&
	       parse_file(a, out, adoptable_kind_of(a, text), path, text, e);
}

static bool read_adopted(struct workspace *ws, struct arena *a, const struct offers *all, enum adoptable_kind kind,
			 const struct adoptable **out, struct err *e)
{
	const struct offer *o = all->in_force[kind];
	*out = NULL;
	return o == NULL || offers_document(ws->log, a, kind, &o->document, out, e);
}

bool in_force_read(struct workspace *ws, struct arena *a, const struct offers *all, enum adoptable_kind kind,
		   struct in_force *out, struct err *e)
{
	const char *path = adoptable_file(a, ws->dir, kind);
	const struct adoptable *file = NULL, *policy;
	*out = (struct in_force){0};
	if (fs_exists(path) && !adoptable_file_read(a, &file, kind, path, e))
		return false;
	if (!read_adopted(ws, a, all, kind, &out->adopted, e))
		return false;
	policy = out->adopted;
	if (kind != ADOPT_POLICY && !read_adopted(ws, a, all, ADOPT_POLICY, &policy, e))
		return false;
	out->bar = policy != NULL ? policy->policy : NULL;
	out->current = out->adopted != NULL || policy != NULL ? out->adopted : file;
	out->differs = file != NULL && out->adopted != NULL && !hash32_eq(&file->digest, &out->adopted->digest);
	return true;
}
