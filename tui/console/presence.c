#include "tui/console/presence.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/fs.h"
#include "src/base/text.h"

#define FORMAT "setgov-presence/1"
#define NAMES_MAX 256                 /* of the directory: what is beyond is not looked at */
#define TRIES 8

struct presence {
	struct arena arena;
	const char *dir;              /* presence/ itself */
	const char *name;             /* our own file in it */
	struct span who, host;
	int fd;                       /* open and locked as long as we live */
	struct buf written;
};

/* ---- the file ---- */

void presence_write(struct buf *out, const struct presence_said *s)
{
	struct arena a = {0};
	struct json *o = json_object(&a);
	json_set(o, &a, "change", s->change.n > 0 ? json_text(&a, s->change) : json_null(&a));
	json_set(o, &a, "doing", json_text(&a, s->doing));
	json_set(o, &a, "format", json_str(&a, FORMAT));
	json_set(o, &a, "host", json_text(&a, s->host));
	json_set(o, &a, "who", json_text(&a, s->who));
	json_canonical(out, o);
	buf_byte(out, '\n');
	arena_release(&a);
}

static bool get_text(const struct json *o, const char *name, struct span *out, struct err *e)
{
	if (!json_get_str(o, name, out, e))
		return false;
	if (out->n == 0 || out->n > PRESENCE_TEXT_MAX)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "needed 1 to %zu bytes, found %zu",
			       PRESENCE_TEXT_MAX, out->n) || err_in(e, "%s", name);
	return true;
}

static bool get_change(const struct json *o, struct span *out, struct err *e)
{
	*out = span_of(NULL, 0);
	if (json_find(o, "change") != NULL && json_is_null(json_find(o, "change")))
		return true;
	if (!get_text(o, "change", out, e))
		return false;
	return line_change_is_valid(*out) ||
	       err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "needed a change like SC-7") || err_in(e, "change");
}

bool presence_parse(struct arena *a, struct presence_said *out, struct span text, struct err *e)
{
	static const char *const names[] = { "change", "doing", "format", "host", "who", NULL };
	struct span format;
	struct buf again = {0};
	if (text.n > PRESENCE_FILE_MAX)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "more than %zu bytes", PRESENCE_FILE_MAX);
	const struct json *o = json_parse(a, text, e);
	if (o == NULL || !json_only(o, names, e) || !json_get_str(o, "format", &format, e))
		return false;
	if (!span_is(format, FORMAT))
		return err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "needed " FORMAT) || err_in(e, "format");
	if (!get_change(o, &out->change, e) || !get_text(o, "doing", &out->doing, e) ||
	    !get_text(o, "host", &out->host, e) || !get_text(o, "who", &out->who, e))
		return false;
	presence_write(&again, out);
	const bool same = span_eq(buf_view(&again), text);
	buf_release(&again);
	return same || err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "not as it is written: canonical JSON and a newline");
}

/* ---- others' files ---- */

static bool is_ours(const char *name)
{
	const size_t n = strlen(name);
	return name[0] != '.' && n > 5 && n <= 128 && strcmp(name + n - 5, ".json") == 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t list(struct arena *a, const char *dir, const char **out)
{
	DIR *d = opendir(dir);
	size_t n = 0;
	if (d == NULL)
		return 0;
	for (const struct dirent *x; n < NAMES_MAX && (x = readdir(d)) != NULL;)
		if (is_ours(x->d_name))
			out[n++] = arena_str(a, span_str(x->d_name));
	closedir(d);
	qsort(out, n, sizeof(*out), by_name);
	return n;
}

/* A regular file that somebody else has locked: its console lives. */
static int open_living(const char *path, bool *stale)
{
	struct stat st;
	const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	*stale = false;
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		if (flock(fd, LOCK_SH | LOCK_NB) != 0)
			return fd;
		*stale = true;
	}
	close(fd);
	return -1;
}

static bool read_small(int fd, struct buf *out)
{
	uint8_t bytes[PRESENCE_FILE_MAX + 1];
	const ssize_t got = pread(fd, bytes, sizeof(bytes), 0);
	if (got <= 0 || (size_t)got > PRESENCE_FILE_MAX)
		return false;
	buf_add(out, bytes, (size_t)got);
	return true;
}

/* One that is being written anew, or is nonsense, is not shown this time. */
static bool read_one(struct arena *a, const char *path, struct present *out)
{
	struct buf text = {0};
	struct presence_said s;
	bool stale;
	const int fd = open_living(path, &stale);
	const bool ok = fd >= 0 && read_small(fd, &text) && presence_parse(a, &s, arena_copy(a, buf_view(&text)), NULL);
	if (ok) {
		const char *doing = text_safe_str(a, s.doing, false);
		out->who = text_safe_str(a, s.who, false);
		out->where = text_safe_str(a, s.host, false);
		out->doing = s.change.n > 0 ? arena_fmt(a, "%s %s", text_safe_str(a, s.change, false), doing) : doing;
	}
	if (fd >= 0)
		close(fd);
	buf_release(&text);
	return ok;
}

void presence_read(const struct presence *p, struct arena *a, struct present **out, size_t *n)
{
	*n = 0;
	*out = NULL;
	if (p == NULL)
		return;
	const char **names = ARENA_ARRAY(a, const char *, NAMES_MAX);
	const size_t n_names = list(a, p->dir, names);
	*out = ARENA_ARRAY(a, struct present, PRESENT_MAX);
	for (size_t i = 0; i < n_names && *n < PRESENT_MAX; i++)
		if (strcmp(names[i], p->name) != 0 && read_one(a, arena_fmt(a, "%s/%s", p->dir, names[i]), &(*out)[*n]))
			++*n;
}

/* ---- our own ---- */

/* Only what a console wrote is a console's to remove: empty (killed before its first word), or our format. */
static bool is_console_file(const char *path)
{
	struct arena a = {0};
	struct buf text = {0};
	struct presence_said s;
	const bool ok = fs_read(&text, path, PRESENCE_FILE_MAX, NULL) &&
			(text.n == 0 || presence_parse(&a, &s, buf_view(&text), NULL));
	buf_release(&text);
	arena_release(&a);
	return ok;
}

static void remove_stale(struct presence *p)
{
	const char **names = ARENA_ARRAY(&p->arena, const char *, NAMES_MAX);
	const size_t n = list(&p->arena, p->dir, names);
	for (size_t i = 0; i < n; i++) {
		const char *path = arena_fmt(&p->arena, "%s/%s", p->dir, names[i]);
		bool stale;
		const int fd = open_living(path, &stale);
		if (fd >= 0)
			close(fd);
		if (stale && is_console_file(path))
			unlink(path);
	}
}

/* A link would lead to somebody else's files. */
static bool make_directory(const char *path)
{
	struct stat st;
	return fs_mkdirs(path, 0700, NULL) && lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Another console may look at the file, or remove it as stale, between our open and our lock. */
static int lock_own(const char *path)
{
	for (int i = 0; i < TRIES; i++) {
		struct stat st;
		const int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
		if (fd < 0)
			return -1;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1)
			return fd;
		close(fd);
	}
	return -1;
}

static const char *host_name(struct arena *a)
{
	char name[64] = "";
	if (gethostname(name, sizeof(name) - 1) != 0 || name[0] == '\0')
		return "localhost";
	for (char *c = name; *c != '\0'; c++)
		if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9')))
			*c = '-';
	return arena_str(a, span_str(name));
}

/* UTF-8 without NUL, not empty, and short enough for the file. */
static struct span member(struct arena *a, const char *text)
{
	struct buf b = {0};
	text_safe(&b, span_str(text), false);
	while (b.n > PRESENCE_TEXT_MAX)
		b.n = text_fit(buf_view(&b), text_width(buf_view(&b)) - 1);
	const struct span out = arena_copy(a, b.n > 0 ? buf_view(&b) : span_str("?"));
	buf_release(&b);
	return out;
}

struct presence *presence_open(const char *dir, const char *who)
{
	struct presence *p = calloc(1, sizeof(*p));
	if (p == NULL)
		die("out of memory");
	const char *host = host_name(&p->arena);
	p->dir = arena_fmt(&p->arena, "%s/presence", dir);
	p->name = arena_fmt(&p->arena, "%s.%ld.json", host, (long)getpid());
	p->who = member(&p->arena, who);
	p->host = span_str(host);
	p->fd = -1;
	if (make_directory(p->dir)) {
		remove_stale(p);
		p->fd = lock_own(arena_fmt(&p->arena, "%s/%s", p->dir, p->name));
	}
	if (p->fd >= 0)
		return p;
	arena_release(&p->arena);
	free(p);
	return NULL;
}

void presence_say(struct presence *p, const char *change, const char *doing)
{
	struct arena a = {0};
	struct buf text = {0};
	if (p == NULL)
		return;
	const struct presence_said s = { .who = p->who, .host = p->host, .doing = member(&a, doing),
					 .change = change != NULL ? span_str(change) : span_of(NULL, 0) };
	presence_write(&text, &s);
	if (!span_eq(buf_view(&text), buf_view(&p->written)) && ftruncate(p->fd, 0) == 0 &&
	    pwrite(p->fd, text.p, text.n, 0) == (ssize_t)text.n) {
		buf_clear(&p->written);
		buf_span(&p->written, buf_view(&text));
	}
	buf_release(&text);
	arena_release(&a);
}

void presence_close(struct presence *p)
{
	if (p == NULL)
		return;
	unlink(arena_fmt(&p->arena, "%s/%s", p->dir, p->name));
	close(p->fd);
	buf_release(&p->written);
	arena_release(&p->arena);
	free(p);
}
