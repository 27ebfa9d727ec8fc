#include "src/signer/browse.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/buf.h"
#include "src/gov/packet.h"

struct browsing {
	struct arena *a;
	struct found *v;
	size_t n, looked;             /* names looked at, below this root: a flooded stick hides no other */
	bool full;                    /* no more of this root */
};

static bool ends_in(const char *name, const char *ending)
{
	const size_t n = strlen(name), k = strlen(ending);
	return n > k && strcmp(name + n - k, ending) == 0;
}

static void look_into(struct browsing *b, const char *dir, unsigned depth);

static bool is_packet(const char *name, const struct stat *st)
{
	return S_ISREG(st->st_mode) && ends_in(name, ".json") && !ends_in(name, ".answer.json") && st->st_size > 0 &&
	       st->st_size <= PACKET_MAX;
}

/* White space between the marks of JSON does not matter; that within the words cannot be any. */
static bool begins_as_packet(const uint8_t *p, size_t n)
{
	static const char start[] = "{\"format\":\"setgov-packet/1\"";
	size_t at = 0;
	for (size_t i = 0; i < n && start[at] != '\0'; i++) {
		const bool blank = p[i] == ' ' || p[i] == '\n' || p[i] == '\r' || p[i] == '\t';
		if (p[i] == (uint8_t)start[at])
			at++;
		else if (!blank)
			return false;
	}
	return start[at] == '\0';
}

/* A regular file (lstat said so; whatever takes its place meanwhile stops nobody). */
static bool peek(const char *path)
{
	uint8_t first[BROWSE_PEEK];
	const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return false;
	const ssize_t n = read(fd, first, sizeof(first));
	close(fd);
	return n > 0 && begins_as_packet(first, (size_t)n);
}

static void keep(struct browsing *b, const char *path, const struct stat *st)
{
	if (b->n < BROWSE_FILES_MAX)
		b->v[b->n++] = (struct found){ arena_str(b->a, span_str(path)), (uint64_t)st->st_size,
					       st->st_mtim.tv_sec, peek(path), false };
	else
		b->full = true;
}

/* Only the path of what is kept stays in the arena. */
static void look_at(struct browsing *b, const char *dir, const char *name, unsigned depth)
{
	struct buf path = {0};
	struct stat st;
	if (strcmp(dir, ".") != 0)
		buf_fmt(&path, "%s/", dir);
	buf_str(&path, name);
	if (lstat(buf_cstr(&path), &st) == 0) {
		if (S_ISDIR(st.st_mode) && depth > 0)
			look_into(b, buf_cstr(&path), depth - 1);
		else if (is_packet(name, &st))
			keep(b, buf_cstr(&path), &st);
	}
	buf_release(&path);
}

static void look_into(struct browsing *b, const char *dir, unsigned depth)
{
	DIR *d = opendir(dir);
	const struct dirent *entry;
	if (d == NULL)
		return;
	while (!b->full && (entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		if (b->looked++ < BROWSE_NAMES_MAX)
			look_at(b, dir, entry->d_name, depth);
		else
			b->full = true;
	}
	closedir(d);
}

static int packets_and_newest_first(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	if (x->packet != y->packet)
		return y->packet - x->packet;
	return x->time != y->time ? (x->time < y->time) - (x->time > y->time) : strcmp(x->path, y->path);
}

size_t browse(struct arena *a, struct found **out, const struct root *roots, size_t n_roots, bool *all)
{
	struct browsing b = { .a = a, .v = ARENA_ARRAY(a, struct found, BROWSE_FILES_MAX) };
	*all = true;
	for (size_t i = 0; i < n_roots; i++) {
		b.looked = 0;
		b.full = false;
		look_into(&b, roots[i].path, roots[i].depth);
		*all &= !b.full;
	}
	qsort(b.v, b.n, sizeof(*b.v), packets_and_newest_first);
	*out = b.v;
	return b.n;
}

static bool is_directory(const char *path, struct stat *st)
{
	return stat(path, st) == 0 && S_ISDIR(st->st_mode);
}

static bool is_at(const struct stat *st, const char *path)
{
	struct stat other;
	return is_directory(path, &other) && other.st_dev == st->st_dev && other.st_ino == st->st_ino;
}

/* The same directory by two names is looked into once. The root, where somebody may stand, would open the whole
 * machine. */
static void add_root(struct root *v, size_t *n, const char *path, unsigned depth)
{
	struct stat st;
	if (!is_directory(path, &st) || is_at(&st, "/"))
		return;
	for (size_t i = 0; i < *n; i++)
		if (is_at(&st, v[i].path))
			return;
	v[(*n)++] = (struct root){ path, depth };
}

size_t browse_roots(struct arena *a, struct root **out, const char *const *named, size_t n_named)
{
	static const char *const sticks[] = { "/media", "/run/media", "/mnt" };
	struct root *v = ARENA_ARRAY(a, struct root, n_named + ARRAY_LEN(sticks) + 1);
	size_t n = 0;
	for (size_t i = 0; i < n_named; i++)
		add_root(v, &n, named[i], BROWSE_DEPTH);
	for (size_t i = 0; i < ARRAY_LEN(sticks); i++)
		add_root(v, &n, sticks[i], BROWSE_DEPTH);
	add_root(v, &n, ".", 0);
	*out = v;
	return n;
}
