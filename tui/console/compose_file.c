#include "tui/console/compose_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/fs.h"
#include "src/base/json.h"
#include "src/base/text.h"
#include "src/proof/line.h"
#include "tui/console/compose.h"
#include "tui/kit/form.h"

#define FORMAT "setgov-compose/1"

const char *const change_word_names[N_CHANGE_WORDS] = {
#define W(id, name) name,
	CHANGE_WORDS(W)
#undef W
};

/* ---- writing ---- */

static struct json *args_json(struct arena *a, const struct half_action *action)
{
	struct json *o = json_object(a);
	for (size_t i = 0; i < action->n_args; i++)
		json_set(o, a, arena_str(a, action->args[i].name), json_text(a, action->args[i].text));
	return o;
}

static struct json *actions_json(struct arena *a, const struct half_typed *h)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < h->n_actions; i++) {
		struct json *o = json_object(a);
		json_set(o, a, "action", json_text(a, h->actions[i].name));
		json_set(o, a, "args", args_json(a, &h->actions[i]));
		json_push(list, o);
	}
	return list;
}

static struct json *holder_json(struct arena *a, const struct half_typed *h)
{
	struct json *o = json_object(a);
	json_set(o, a, "actor", json_text(a, h->actor));
	json_set(o, a, "host", json_text(a, h->host));
	json_set(o, a, "pid", json_u64(a, h->pid));
	return o;
}

void half_typed_write(struct buf *out, const struct half_typed *h)
{
	struct arena a = {0};
	struct json *o = json_object(&a), *words = json_object(&a);
	struct buf time = {0};
	time_format(&time, h->time);
	for (int i = 0; i < N_CHANGE_WORDS; i++)
		json_set(words, &a, change_word_names[i], json_text(&a, h->words[i]));
	json_set(o, &a, "actions", actions_json(&a, h));
	json_set(o, &a, "edits", json_text(&a, h->edits));
	json_set(o, &a, "format", json_str(&a, FORMAT));
	json_set(o, &a, "holder", holder_json(&a, h));
	json_set(o, &a, "time", json_text(&a, buf_view(&time)));
	json_set(o, &a, "words", words);
	json_canonical(out, o);
	buf_release(&time);
	arena_release(&a);
}

/* ---- reading ---- */

/* What can stand in a field: one line, no control characters, no longer than a field. */
static bool get_typed(const struct json *object, const char *name, struct span *out, struct err *e)
{
	if (!json_get_str(object, name, out, e))
		return false;
	const size_t at = json_find(object, name)->at;
	if (out->n > EDIT_MAX)
		return err_set(e, ERR_RANGE, at, "at most %zu bytes, found %zu", EDIT_MAX, out->n) ||
		       err_in(e, "%s", name);
	for (size_t i = 0; i < out->n; i++)
		if (out->p[i] < 0x20 || out->p[i] == 0x7f)
			return err_set(e, ERR_SYNTAX, at, "needed one line of text, found byte 0x%02x", out->p[i]) ||
			       err_in(e, "%s", name);
	return true;
}

static bool is_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-", s.p[i]) == NULL ||
		    s.p[i] == '\0')
			return false;
	return s.n > 0 && s.n <= 64;
}

static bool read_args(struct arena *a, struct half_action *out, const struct json *args, struct err *e)
{
	if (args->n > HALF_ARGS_MAX)
		return err_set(e, ERR_RANGE, args->at, "at most %u arguments, found %zu", HALF_ARGS_MAX, args->n);
	out->args = ARENA_ARRAY(a, struct half_arg, args->n + 1);
	for (const struct json *v = args->first; v != NULL; v = v->next) {
		struct half_arg *arg = &out->args[out->n_args];
		if (!is_name(v->name))
			return err_set(e, ERR_SYNTAX, v->at, "the name of an argument is letters and digits");
		arg->name = v->name;
		if (!get_typed(args, arena_str(a, v->name), &arg->text, e))
			return false;
		out->n_args++;
	}
	return true;
}

static bool read_action(struct arena *a, struct half_action *out, const struct json *v, struct err *e)
{
	static const char *const members[] = { "action", "args", NULL };
	const struct json *args;
	if (v->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, v->at, "needed an object");
	if (!json_only(v, members, e) || !json_get_str(v, "action", &out->name, e) ||
	    !json_get(v, "args", JSON_OBJECT, &args, e))
		return false;
	if (!is_name(out->name))
		return err_set(e, ERR_SYNTAX, json_find(v, "action")->at, "needed the name of an action") ||
		       err_in(e, "action");
	return read_args(a, out, args, e) || err_in(e, "args");
}

static bool read_actions(struct arena *a, struct half_typed *out, const struct json *list, struct err *e)
{
	if (list->n > HALF_ACTIONS_MAX)
		return err_set(e, ERR_RANGE, list->at, "at most %u actions, found %zu", HALF_ACTIONS_MAX, list->n);
	out->actions = ARENA_ARRAY(a, struct half_action, list->n + 1);
	for (const struct json *v = list->first; v != NULL; v = v->next) {
		if (!read_action(a, &out->actions[out->n_actions], v, e))
			return err_in(e, "[%zu]", out->n_actions);
		out->n_actions++;
	}
	return true;
}

static bool read_holder(struct half_typed *out, const struct json *doc, struct err *e)
{
	static const char *const members[] = { "actor", "host", "pid", NULL };
	const struct json *o;
	if (!json_get(doc, "holder", JSON_OBJECT, &o, e))
		return false;
	if (!json_only(o, members, e) || !get_typed(o, "actor", &out->actor, e) ||
	    !get_typed(o, "host", &out->host, e) || !json_get_u64(o, "pid", &out->pid, e))
		return err_in(e, "holder");
	return true;
}

static bool read_words(struct half_typed *out, const struct json *doc, struct err *e)
{
	const char *members[N_CHANGE_WORDS + 1];
	const struct json *o;
	memcpy(members, change_word_names, sizeof(change_word_names));
	members[N_CHANGE_WORDS] = NULL;
	if (!json_get(doc, "words", JSON_OBJECT, &o, e))
		return false;
	if (!json_only(o, members, e))
		return err_in(e, "words");
	for (int i = 0; i < N_CHANGE_WORDS; i++)
		if (!get_typed(o, change_word_names[i], &out->words[i], e))
			return err_in(e, "words");
	return true;
}

static bool read_head(struct half_typed *out, const struct json *doc, struct err *e)
{
	static const char *const members[] = { "actions", "edits", "format", "holder", "time", "words", NULL };
	struct span format, time;
	if (doc->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, doc->at, "needed an object");
	if (!json_only(doc, members, e) || !json_get_str(doc, "format", &format, e))
		return false;
	if (!span_is(format, FORMAT))
		return err_set(e, ERR_UNKNOWN, json_find(doc, "format")->at, "needed \"" FORMAT "\"") ||
		       err_in(e, "format");
	if (!get_typed(doc, "edits", &out->edits, e) || !json_get_str(doc, "time", &time, e))
		return false;
	if (out->edits.n > 0 && !line_change_is_valid(out->edits))
		return err_set(e, ERR_SYNTAX, json_find(doc, "edits")->at, "needed a change like SC-7") ||
		       err_in(e, "edits");
	if (time_parse(&out->time, time, e))
		return true;
	if (e != NULL)
		e->at = json_find(doc, "time")->at;
	return err_in(e, "time");
}

/* One spelling for each content. */
static bool is_canonical(const struct half_typed *h, struct span text, struct err *e)
{
	struct buf again = {0};
	size_t i = 0;
	half_typed_write(&again, h);
	while (i < again.n && i < text.n && again.p[i] == text.p[i])
		i++;
	const bool same = again.n == text.n && i == text.n;
	buf_release(&again);
	return same || err_set(e, ERR_SYNTAX, i, "not canonical JSON");
}

bool half_typed_read(struct arena *a, struct half_typed *out, struct span text, struct err *e)
{
	const struct json *doc = json_parse(a, text, e), *actions;
	*out = (struct half_typed){0};
	if (doc == NULL || !read_head(out, doc, e) || !read_holder(out, doc, e) || !read_words(out, doc, e) ||
	    !json_get(doc, "actions", JSON_ARRAY, &actions, e))
		return false;
	if (!read_actions(a, out, actions, e))
		return err_in(e, "actions");
	return is_canonical(out, text, e);
}

/* ---- files ---- */

static bool io_error(const char *path, const char *doing, struct err *e)
{
	err_set(e, errno == ENOENT ? ERR_MISSING : ERR_IO, ERR_NO_OFFSET, "cannot %s: %s", doing, strerror(errno));
	return err_file(e, path, 0);
}

/* malloc'd */
static char *directory_of(const char *workspace)
{
	return fs_join(workspace, "compose");
}

/* A file's name is on disk when its directory is. */
static bool sync_directory(const char *path, struct err *e)
{
	struct buf dir = {0};
	buf_add(&dir, path, (size_t)(strrchr(path, '/') - path));
	const int fd = open(buf_cstr(&dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
	if (!ok)
		io_error(buf_cstr(&dir), "sync", e);
	if (fd >= 0)
		close(fd);
	buf_release(&dir);
	return ok;
}

static bool write_all(int fd, struct span data)
{
	for (size_t done = 0; done < data.n;) {
		const ssize_t n = write(fd, data.p + done, data.n - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

static bool begin_file(struct compose_file *f, const char *workspace, struct err *e)
{
	uint8_t id[16];
	struct buf path = {0};
	char *dir = directory_of(workspace);
	const bool ok = fs_mkdirs(dir, 0700, e);
	random_bytes(id, sizeof(id));
	buf_fmt(&path, "%s/", dir);
	buf_hex(&path, span_of(id, sizeof(id)));
	buf_str(&path, ".json");
	free(dir);
	if (ok)
		*f = (struct compose_file){ .path = (char *)path.p, .fd = -1 };
	else
		buf_release(&path);
	return ok;
}

/* The new file is locked before it has the name, so nobody finds it without its lock. */
static bool replace(struct compose_file *f, const char *temporary, struct span text, struct err *e)
{
	unlink(temporary);
	const int fd = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return io_error(temporary, "create", e);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0 || !write_all(fd, text) || rename(temporary, f->path) != 0) {
		io_error(temporary, "write", e);
		close(fd);
		unlink(temporary);
		return false;
	}
	if (f->fd >= 0)
		close(f->fd);
	f->fd = fd;
	return true;
}

bool compose_file_write(struct compose_file *f, const char *workspace, struct span text, struct err *e)
{
	struct buf temporary = {0};
	if (f->path == NULL && !begin_file(f, workspace, e))
		return false;
	buf_fmt(&temporary, "%s.part", f->path);
	const bool ok = replace(f, buf_cstr(&temporary), text, e);
	buf_release(&temporary);
	f->unsynced = f->unsynced || ok;
	f->written = time_now();
	return ok;
}

bool compose_file_sync(struct compose_file *f, struct err *e)
{
	if (!f->unsynced)
		return true;
	if (fsync(f->fd) != 0)
		return io_error(f->path, "sync", e);
	f->unsynced = false;
	return sync_directory(f->path, e);
}

void compose_file_leave(struct compose_file *f)
{
	if (f->path != NULL && f->fd >= 0)
		close(f->fd);
	free(f->path);
	*f = (struct compose_file){0};
}

bool compose_file_drop(struct compose_file *f, struct err *e)
{
	if (f->path == NULL)
		return true;
	const bool ok = (unlink(f->path) == 0 || errno == ENOENT || io_error(f->path, "remove", e)) &&
			sync_directory(f->path, e);
	compose_file_leave(f);
	return ok;
}

/* The file that has the name now, locked; one that was replaced meanwhile is not it. */
static bool lock_file(struct compose_file *f, struct err *e)
{
	struct stat open_one, named;
	f->fd = open(f->path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (f->fd < 0 || fstat(f->fd, &open_one) != 0)
		return io_error(f->path, "open", e);
	if (!S_ISREG(open_one.st_mode))
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "not a regular file") || err_file(e, f->path, 0);
	if (flock(f->fd, LOCK_EX | LOCK_NB) != 0 || lstat(f->path, &named) != 0 || named.st_ino != open_one.st_ino)
		return err_refuse(e, "TAKEN", "another console has it open") || err_file(e, f->path, 0);
	return true;
}

static bool take_named(struct compose_file *f, const char *workspace, const char *name, struct err *e)
{
	char *dir = directory_of(workspace);
	*f = (struct compose_file){ .path = fs_join(dir, name), .fd = -1 };
	free(dir);
	if (lock_file(f, e))
		return true;
	compose_file_leave(f);
	return false;
}

/* Whoever opened it knows its line. */
static bool read_half(struct arena *a, struct half_typed *out, const char *path, struct err *e)
{
	struct buf text = {0};
	if (!fs_read(&text, path, HALF_TYPED_MAX, e))
		return false;
	const struct span s = arena_copy(a, buf_view(&text));
	buf_release(&text);
	return half_typed_read(a, out, s, e) ||
	       err_file(e, path, e != NULL && e->at != ERR_NO_OFFSET ? json_line(s, e->at) : 0);
}

bool compose_file_take(struct compose_file *f, const char *workspace, const char *name, struct arena *a,
		       struct half_typed *out, struct err *e)
{
	if (!take_named(f, workspace, name, e))
		return false;
	if (read_half(a, out, f->path, e))
		return true;
	compose_file_leave(f);
	return false;
}

/* ---- what was left ---- */

static bool is_taken(const char *path)
{
	const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const bool taken = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0;
	if (fd >= 0)
		close(fd);
	return taken;
}

static const char *safe_words(struct arena *a, const struct err *e)
{
	struct buf raw = {0}, safe = {0};
	err_format(e, &raw);
	text_safe(&safe, buf_view(&raw), false);
	const char *out = arena_str(a, buf_view(&safe));
	buf_release(&raw);
	buf_release(&safe);
	return out;
}

static void look_at(struct arena *a, struct left_row *row, const char *dir, const char *name)
{
	const char *path = arena_fmt(a, "%s/%s", dir, name);
	struct err e = {0};
	*row = (struct left_row){ .name = arena_str(a, span_str(name)), .taken = is_taken(path) };
	if (!read_half(a, &row->what, path, &e))
		row->trouble = safe_words(a, &e);
	err_clear(&e);
}

static int newest_first(const void *x, const void *y)
{
	const struct left_row *a = x, *b = y;
	if (a->what.time.ms != b->what.time.ms)
		return a->what.time.ms > b->what.time.ms ? -1 : 1;
	return strcmp(a->name, b->name);
}

#define LEFT_MAX 256u                 /* nobody looks through more */

static void look_through(struct arena *a, DIR *d, const char *dir, struct left_rows *out)
{
	out->row = ARENA_ARRAY(a, struct left_row, LEFT_MAX);
	for (struct dirent *entry = readdir(d); entry != NULL && out->n < LEFT_MAX; entry = readdir(d)) {
		const size_t n = strlen(entry->d_name);
		if (n > 5 && strcmp(entry->d_name + n - 5, ".json") == 0)
			look_at(a, &out->row[out->n++], dir, entry->d_name);
	}
	qsort(out->row, out->n, sizeof(out->row[0]), newest_first);
}

/* Not through a link: what is thrown away here must not be somebody's other file. */
static DIR *open_directory(const char *path)
{
	const int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	if (fd >= 0 && d == NULL)
		close(fd);
	return d;
}

bool compose_files(struct arena *a, const char *workspace, struct left_rows *out, struct err *e)
{
	char *dir = directory_of(workspace);
	DIR *d = open_directory(dir);
	bool ok = true;
	*out = (struct left_rows){0};
	if (d != NULL)
		look_through(a, d, dir, out);
	else if (errno != ENOENT)
		ok = io_error(dir, "read", e);
	if (d != NULL)
		closedir(d);
	free(dir);
	return ok;
}

/* ---- for console.c ---- */

static bool find(struct act *x, struct err *e)
{
	struct arena a = {0};
	struct left_rows left;
	const bool ok = compose_files(&a, x->m->ws->dir, &left, e);
	compose_found(x, &left);
	arena_release(&a);
	return ok;
}

static bool take(struct act *x, struct compose_file *f, const char *name, struct err *e)
{
	struct arena a = {0};
	struct half_typed half;
	const bool ok = compose_file_take(f, x->m->ws->dir, name, &a, &half, e);
	if (ok)
		compose_taken(x, &half);
	arena_release(&a);
	return ok;
}

static bool throw_away(struct act *x, const char *name, struct err *e)
{
	struct compose_file f = {0};
	return take_named(&f, x->m->ws->dir, name, e) && compose_file_drop(&f, e) && find(x, e);
}

static bool save(struct act *x, struct compose_file *f, struct err *e)
{
	struct arena a = {0};
	struct half_typed half;
	struct buf text = {0};
	char host[256] = "";
	if (x->s->compose == NULL)
		return true;
	compose_half(x->s->compose, &a, &half);
	gethostname(host, sizeof(host) - 1);
	half.actor = x->m->ws->actor;
	half.host = span_str(host);
	half.pid = (uint64_t)getpid();
	half.time = time_now();
	half_typed_write(&text, &half);
	const bool ok = compose_file_write(f, x->m->ws->dir, buf_view(&text), e);
	buf_release(&text);
	arena_release(&a);
	return ok;
}

static bool leave(struct compose_file *f, struct err *e)
{
	const bool ok = compose_file_sync(f, e);
	compose_file_leave(f);
	return ok;
}

static bool perform(struct act *x, struct compose_file *f, const struct effect *effect, struct err *e)
{
	if (effect->kind == EFFECT_FIND_COMPOSE)
		return find(x, e);
	if (effect->kind == EFFECT_TAKE_COMPOSE)
		return take(x, f, effect->words[0], e);
	if (effect->kind == EFFECT_THROW_COMPOSE)
		return throw_away(x, effect->words[0], e);
	if (effect->kind == EFFECT_SAVE_COMPOSE)
		return save(x, f, e);
	if (effect->kind == EFFECT_LEAVE_COMPOSE)
		return leave(f, e);
	return compose_file_drop(f, e);
}

static void say_trouble(struct act *x, const char *what, const struct err *e)
{
	struct buf words = {0};
	err_format(e, &words);
	state_say(x->s, STYLE_BAD, "%s: %s", what, buf_cstr(&words));
	buf_release(&words);
}

bool compose_perform(struct act *x, struct compose_file *f, const struct effect *effect)
{
	struct err e = {0};
	if (effect->kind < EFFECT_FIND_COMPOSE || effect->kind > EFFECT_DROP_COMPOSE)
		return false;
	if (!perform(x, f, effect, &e))
		say_trouble(x, effect->kind == EFFECT_SAVE_COMPOSE ? "What you type is not kept on disk"
								     : "Half-typed changes", &e);
	err_clear(&e);
	return true;
}

#define PAUSE_MS 1000

void compose_pause(struct act *x, struct compose_file *f)
{
	struct err e = {0};
	const int64_t since = time_now().ms - f->written.ms;
	/* Less than nothing: somebody has set the clock back. */
	if (f->unsynced && (since >= PAUSE_MS || since < 0) && !compose_file_sync(f, &e)) {
		say_trouble(x, "What you type is not kept on disk", &e);
		f->written = time_now();               /* not again at every tick */
	}
	err_clear(&e);
}

void compose_end(struct act *x, struct compose_file *f)
{
	struct err e = {0};
	if (!leave(f, &e))
		say_trouble(x, "What you type is not kept on disk", &e);
	err_clear(&e);
}
