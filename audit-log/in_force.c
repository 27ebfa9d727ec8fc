#include "audit-log/in_force.h"

#include "src/base/fs.h"

const char *policy_file(struct arena *a, const struct workspace *ws)
{
	return arena_fmt(a, "%s/policy.json", ws->dir);
}

bool policy_file_read(struct arena *a, struct policy *out, const char *path, struct err *e)
{
	struct buf b = {0};
	const bool ok = fs_read(&b, path, POLICY_MAX, e);
	const struct span text = ok ? arena_copy(a, buf_view(&b)) : span_of(NULL, 0);
	buf_release(&b);
	if (!ok)
		return false;
	if (policy_parse(a, out, text, e))
		return true;
	json_err_file(e, path, text);
	if (e != NULL)
		e->at = ERR_NO_OFFSET;         /* the line says where */
	return false;
}

/* Once the log has adopted a policy it is the log's, and the file only shows it. */
bool in_force_read(struct workspace *ws, struct arena *a, const struct offers *all, struct in_force *out, struct err *e)
{
	const char *path = policy_file(a, ws);
	struct policy *file = ARENA_NEW(a, struct policy);
	const bool is_there = fs_exists(path);
	*out = (struct in_force){0};
	if (is_there && !policy_file_read(a, file, path, e))
		return false;
	out->policy = is_there ? file : NULL;
	if (all->in_force == NULL)
		return true;
	if (!offers_policy(ws->log, a, &all->in_force->policy, &out->adopted, e))
		return false;
	out->policy = out->adopted;
	out->differs = is_there && !hash32_eq(&file->digest, &out->adopted->digest);
	return true;
}
