#include "audit-log/workspace.h"

#include <stdlib.h>
#include <string.h>

#include "audit-log/census.h"
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

static bool take_adopted(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	uint64_t *newest = ctx;
	(void)leaf;
	(void)raw;
	(void)e;
	*newest = seq;
	return true;
}

/* The deployment that the log adopted last, or opened with. Whoever will write asks the log itself; for
 * looking, the view is good enough. */
static bool adopted(struct workspace *ws, bool append, struct hash32 *id, struct err *e)
{
	static const char *const kinds[] = { "deployment.adopted" };
	uint64_t newest = 0;
	struct seqs seqs = {0};
	struct line l;
	if (append && !log_each_of_kinds(ws->log, kinds, ARRAY_LEN(kinds), take_adopted, &newest, e))
		return false;
	if (!append && !views_lines_of_kind(ws->views, &ws->arena, span_str(kinds[0]), &seqs, e))
		return false;
	if (seqs.n > 0)
		newest = seqs.seq[seqs.n - 1];
	if (!log_line_read(ws->log, &ws->arena, newest, &l, e))
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

uint64_t workspace_behind(const char *dir)
{
	struct log *l = log_open(dir, LOG_READ, NULL, NULL);
	const uint64_t n = l != NULL ? views_behind(l) : 0;
	log_release(l);
	return n;
}

void workspace_release(struct workspace *ws)
{
	views_release(ws->views);
	log_release(ws->log);
	arena_release(&ws->arena);
	*ws = (struct workspace){0};
}

/* ---- folding changes ---- */

/* Changes over lines 0..upto-1, each found by its id. Lives in the workspace's arena. */
struct folded {
	bool whole;                   /* every change; otherwise those that were not executed when the log had … */
	uint64_t base;                /* … so many lines */
	struct changes all;
	size_t cap;
	size_t *slots;                /* 2 * cap of them: index + 1 into all.v; 0: free */
	uint64_t upto;
	struct hash32 leaf;           /* of line upto-1 */
};

static size_t slot_of(const struct folded *f, struct span id)
{
	const size_t n = 2 * f->cap;
	size_t at = 2166136261u;
	for (size_t i = 0; i < id.n; i++)
		at = (at ^ id.p[i]) * 16777619u;
	for (at %= n; f->slots[at] != 0; at = (at + 1) % n)
		if (span_eq(f->all.v[f->slots[at] - 1].id, id))
			break;
	return at;
}

static struct change *folded_find(const struct folded *f, struct span id)
{
	const size_t i = f->cap > 0 ? f->slots[slot_of(f, id)] : 0;
	return i > 0 ? &f->all.v[i - 1] : NULL;
}

static void make_room(struct folded *f, struct arena *a)
{
	const struct changes old = f->all;
	if (old.n < f->cap)
		return;
	f->cap = f->cap > 0 ? 2 * f->cap : 16;
	f->all.v = ARENA_ARRAY(a, struct change, f->cap);
	f->slots = ARENA_ARRAY(a, size_t, 2 * f->cap);
	if (old.n > 0)
		memcpy(f->all.v, old.v, old.n * sizeof(*old.v));
	for (size_t i = 0; i < old.n; i++)
		f->slots[slot_of(f, old.v[i].id)] = i + 1;
}

static struct change *folded_add(struct folded *f, struct arena *a, struct span id)
{
	make_room(f, a);
	f->all.v[f->all.n].id = arena_copy(a, id);
	f->slots[slot_of(f, id)] = f->all.n + 1;
	return &f->all.v[f->all.n++];
}

struct folding {
	struct arena *arena;          /* what changes keep */
	struct arena scratch;         /* a line, until the next */
	struct change *change;        /* one */
	struct folded *all;           /* or those of a fold */
	const struct census *census;  /* where the fold is not whole */
};

/* The change in the fold. NULL: of one that was executed already, which is not in it. */
static struct change *change_of(struct folding *f, struct span id)
{
	struct change *c = folded_find(f->all, id);
	if (c == NULL && (f->all->whole || counts_find(&f->census->changes, id)->first >= f->all->base))
		c = folded_add(f->all, f->arena, id);
	return c;
}

static bool fold_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct folding *f = ctx;
	struct change *c = f->change;
	struct line l;
	arena_clear(&f->scratch);
	if (!line_parse(&f->scratch, &l, raw, e))
		return err_in(e, "line %llu", (unsigned long long)seq);
	if (f->all != NULL) {
		f->all->upto = seq + 1;
		f->all->leaf = *leaf;
		if (l.change.n == 0 || (c = change_of(f, l.change)) == NULL)
			return true;
	}
	return change_apply(f->arena, c, &l, e);
}

/* The lines that were folded are still the log's: the last one's leaf says so for all before it. They are not when a
 * transaction was given up. */
static bool still_holds(struct workspace *ws, bool *holds, struct err *e)
{
	const struct folded *f = ws->folded;
	struct buf raw = {0};
	struct hash32 leaf;
	*holds = f != NULL && f->upto <= log_size(ws->log);
	if (!*holds || f->upto == 0)
		return true;
	const bool ok = log_line(ws->log, f->upto - 1, &raw, e);
	if (ok) {
		line_leaf(&leaf, buf_view(&raw));
		*holds = hash32_eq(&leaf, &f->leaf);
	}
	buf_release(&raw);
	return ok;
}

/* The lines that came since. */
static bool extend(struct workspace *ws, const struct changes **out, struct err *e)
{
	struct folding f = { .arena = &ws->arena, .all = ws->folded };
	const bool ok = (f.all->whole || census_of(ws->log, &f.census, e)) &&
			log_each(ws->log, f.all->upto, log_size(ws->log), fold_line, &f, e);
	arena_release(&f.scratch);
	*out = &ws->folded->all;
	if (!ok)
		ws->folded = NULL;            /* half a line may be in it */
	return ok;
}

bool workspace_fold(struct workspace *ws, const struct changes **out, struct err *e)
{
	bool holds;
	if (!still_holds(ws, &holds, e))
		return false;
	if (!holds || !ws->folded->whole) {
		ws->folded = ARENA_NEW(&ws->arena, struct folded);
		ws->folded->whole = true;
	}
	return extend(ws, out, e);
}

/* Change by change, each by its own lines. *done false: the log does not know where to look. */
static bool fold_unfinished(struct workspace *ws, struct folded *all, bool *done, struct err *e)
{
	const struct census *census;
	bool ok = census_of(ws->log, &census, e);
	*done = log_is_hinted(ws->log);
	for (size_t i = 0; ok && *done && i < census->changes.n; i++) {
		const struct counted *one = &census->changes.v[i];
		if (one->executed)
			continue;
		struct folding f = { .arena = &ws->arena, .change = folded_add(all, &ws->arena, one->name) };
		ok = log_each_of_change(ws->log, one->name, fold_line, &f, e);
		arena_release(&f.scratch);
		*done = log_is_hinted(ws->log);
	}
	if (ok && *done) {
		all->upto = all->base = census->size;
		all->leaf = census->leaf;
	}
	return ok;
}

bool workspace_unfinished(struct workspace *ws, const struct changes **out, struct err *e)
{
	bool holds, done = true;
	if (!still_holds(ws, &holds, e))
		return false;
	if (!holds) {
		struct folded *all = ARENA_NEW(&ws->arena, struct folded);
		ws->folded = NULL;
		if (!fold_unfinished(ws, all, &done, e))
			return false;
		ws->folded = all;
	}
	if (done)
		return extend(ws, out, e);
	ws->folded = NULL;
	return workspace_fold(ws, out, e);
}

static bool found(const struct change *c, const char *id, struct err *e)
{
	return (c != NULL && c->id.n > 0) ||
	       err_set(e, ERR_MISSING, ERR_NO_OFFSET, "the log has no change %s; setgov changes lists them", id);
}

/* The pass that folded it with others has read its lines too. */
static bool from_folded(struct workspace *ws, const char *id, struct change *out, struct err *e)
{
	const struct changes *all;
	bool holds;
	if (ws->folded == NULL)
		return true;
	if (!still_holds(ws, &holds, e) || (holds && !extend(ws, &all, e)))
		return false;
	const struct change *c = holds ? folded_find(ws->folded, span_str(id)) : NULL;
	if (c != NULL)
		*out = *c;
	return true;
}

bool workspace_change(struct workspace *ws, struct arena *a, const char *id, struct change *out, struct err *e)
{
	struct folding f = { .arena = a, .change = out };
	*out = (struct change){0};
	if (!from_folded(ws, id, out, e))
		return false;
	const bool ok = out->id.n > 0 || log_each_of_change(ws->log, span_str(id), fold_line, &f, e);
	arena_release(&f.scratch);
	return ok && found(out, id, e);
}

bool workspace_look(struct workspace *ws, struct arena *a, const char *id, struct change *out, struct err *e)
{
	struct folding f = { .arena = a, .change = out };
	struct seqs seqs = {0};
	*out = (struct change){0};
	const bool ok = views_lines_of_change(ws->views, a, span_str(id), &seqs, e) &&
			log_each_of(ws->log, &seqs, fold_line, &f, e);
	arena_release(&f.scratch);
	return ok && found(out, id, e);
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
