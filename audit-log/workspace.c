#include "audit-log/workspace.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/fs.h"

bool workspace_state_dir(struct arena *a, const char **out, struct err *e)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	if (state != NULL && state[0] == '/')
		*out = arena_fmt(a, "%s/setgov", state);
	else if (home != NULL && home[0] == '/')
		*out = arena_fmt(a, "%s/.local/state/setgov", home);
	else
		return err_set(e, ERR_IO, ERR_NO_OFFSET,
			       "neither XDG_STATE_HOME nor HOME says where this machine keeps state");
	return fs_mkdirs(*out, 0700, e);
}

bool workspace_profile(struct arena *a, struct span *text, const char *path, struct err *e)
{
	struct buf b = {0};
	const bool ok = fs_read(&b, path, PROFILE_MAX, e);
	if (ok)
		*text = arena_copy(a, buf_view(&b));
	buf_release(&b);
	return ok;
}

struct newest {
	uint64_t seq;
};

static bool take_adopted(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	static const char kind[] = "\"kind\":\"deployment.adopted\"";
	struct newest *n = ctx;
	(void)leaf;
	(void)e;
	if (memmem(raw.p, raw.n, kind, strlen(kind)) != NULL)
		n->seq = seq;
	return true;
}

/* The deployment that the log adopted last, or opened with. Whoever will write asks the log itself; for
 * looking, the view is good enough. */
static bool adopted(struct workspace *ws, bool append, struct hash32 *id, struct err *e)
{
	struct newest newest = {0};
	struct seqs seqs = {0};
	struct line l;
	if (append && !log_each(ws->log, 0, log_size(ws->log), take_adopted, &newest, e))
		return false;
	if (!append && !views_lines_of_kind(ws->views, &ws->arena, span_str("deployment.adopted"), &seqs, e))
		return false;
	if (seqs.n > 0)
		newest.seq = seqs.seq[seqs.n - 1];
	if (!log_line_read(ws->log, &ws->arena, newest.seq, &l, e))
		return false;
	return json_get_bare_hash(l.body, "deployment", id, e) ||
	       err_in(e, "line %llu", (unsigned long long)l.seq);
}

static bool open_profile(struct workspace *ws, bool append, struct err *e)
{
	const char *path = arena_fmt(&ws->arena, "%s/deployment.json", ws->dir);
	struct span text;
	struct hash32 id;
	if (!workspace_profile(&ws->arena, &text, path, e) || !adopted(ws, append, &id, e))
		return false;
	if (!deployment_parse(&ws->arena, &ws->deployment, text, e))
		return err_file(e, path, 0);
	if (!hash32_eq(&id, &ws->deployment.id))
		return err_refuse(e, "DEPLOYMENT", "%s is another deployment than the log adopted last; "
				  "setgov init --deployment FILE adopts a new one", path);
	return pinned_builtin(&ws->arena, &ws->pin, &ws->deployment, e);
}

static bool open_actor(struct workspace *ws, const char *as, struct err *e)
{
	ws->actor = span_str(LOCAL_ACTOR);
	ws->auth = span_str("os-user");
	if (as == NULL)
		return true;
	ws->actor = arena_copy(&ws->arena, span_str(as));
	ws->auth = span_str("claimed");
	if (deployment_person(&ws->deployment, ws->actor) == NULL)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "--as %s: the profile has no such person", as);
	return true;
}

/* A log that is opened to write has been compared already, and refused. One that is only looked at is shown,
 * with a word. */
static void compare_remembered(struct workspace *ws, bool append)
{
	struct err e = {0};
	struct buf words = {0};
	if (!append && !log_check_remembered(ws->log, &e)) {
		err_format(&e, &words);
		ws->warning = arena_str(&ws->arena, buf_view(&words));
	}
	buf_release(&words);
	err_clear(&e);
}

bool workspace_open(struct workspace *ws, const char *dir, bool append, const char *as, struct err *e)
{
	ws->dir = arena_str(&ws->arena, span_str(dir));
	if (!workspace_state_dir(&ws->arena, &ws->remember, e))
		return false;
	const struct log_options options = { ws->remember };
	ws->log = log_open(ws->dir, append ? LOG_APPEND : LOG_READ, &options, e);
	if (ws->log == NULL) {
		if (e != NULL && e->code == ERR_MISSING)
			return err_set(e, ERR_MISSING, ERR_NO_OFFSET,
				       "%s holds no workspace; setgov init --deployment FILE makes one", dir);
		return false;
	}
	compare_remembered(ws, append);
	ws->views = views_open(ws->log, e);
	return ws->views != NULL && open_profile(ws, append, e) && open_actor(ws, as, e);
}

void workspace_release(struct workspace *ws)
{
	views_release(ws->views);
	log_release(ws->log);
	arena_release(&ws->arena);
	*ws = (struct workspace){0};
}

struct fold {
	struct arena *a;
	struct change *change;        /* one */
	struct changes *all;          /* or all of them */
	size_t cap;
};

static bool fold_one(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct fold *f = ctx;
	struct line l;
	(void)leaf;
	if (!line_parse(f->a, &l, arena_copy(f->a, raw), e))
		return err_in(e, "line %llu", (unsigned long long)seq);
	return change_apply(f->a, f->change, &l, e);
}

bool workspace_change(struct workspace *ws, struct arena *a, const char *id, struct change *out, struct err *e)
{
	struct fold f = { .a = a, .change = out };
	*out = (struct change){0};
	if (!log_each_of_change(ws->log, span_str(id), fold_one, &f, e))
		return false;
	if (out->id.n == 0)
		return err_set(e, ERR_MISSING, ERR_NO_OFFSET,
			       "the log has no change %s; setgov changes lists them", id);
	return true;
}

bool workspace_look(struct workspace *ws, struct arena *a, const char *id, struct change *out, struct err *e)
{
	struct fold f = { .a = a, .change = out };
	struct seqs seqs = {0};
	*out = (struct change){0};
	if (!views_lines_of_change(ws->views, a, span_str(id), &seqs, e) ||
	    !log_each_of(ws->log, &seqs, fold_one, &f, e))
		return false;
	if (out->id.n == 0)
		return err_set(e, ERR_MISSING, ERR_NO_OFFSET,
			       "the log has no change %s; setgov changes lists them", id);
	return true;
}

static struct change *change_in(struct fold *f, struct span id)
{
	struct changes *all = f->all;
	for (size_t i = all->n; i-- > 0;) /* lines of a change stand near each other: look from the end */
		if (span_eq(all->v[i].id, id))
			return &all->v[i];
	if (all->n == f->cap) {
		const size_t cap = f->cap > 0 ? 2 * f->cap : 16;
		struct change *v = ARENA_ARRAY(f->a, struct change, cap);
		if (all->n > 0)
			memcpy(v, all->v, all->n * sizeof(*v));
		all->v = v;
		f->cap = cap;
	}
	return &all->v[all->n++];
}

static bool fold_all(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct fold *f = ctx;
	struct line l;
	(void)leaf;
	if (!line_parse(f->a, &l, arena_copy(f->a, raw), e))
		return err_in(e, "line %llu", (unsigned long long)seq);
	if (l.change.n == 0)
		return true;
	return change_apply(f->a, change_in(f, l.change), &l, e);
}

bool workspace_changes(struct workspace *ws, struct arena *a, struct changes *out, struct err *e)
{
	struct fold f = { .a = a, .all = out };
	*out = (struct changes){0};
	return log_each(ws->log, 0, log_size(ws->log), fold_all, &f, e);
}

struct line workspace_line(const struct workspace *ws, const char *kind, struct span change,
			   const struct json *body)
{
	return (struct line){
		.kind = span_str(kind), .change = change, .actor = ws->actor, .auth = ws->auth, .body = body,
	};
}

bool workspace_append(struct workspace *ws, const char *kind, struct span change, const struct json *body,
		      struct err *e)
{
	struct line l = workspace_line(ws, kind, change, body);
	return log_append(ws->log, &l, e) && views_catch_up(ws->views, e);
}
