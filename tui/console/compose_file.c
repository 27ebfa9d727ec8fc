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
	if (flock(fd, LOCK_EX | LOCK_NB) != 0 || !fs_write_all(fd, text) || rename(temporary, f->path) != 0) {
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
	return fs_sync_parent(f->path, e);
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
			fs_sync_parent(f->path, e);
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

bool compose_file_throw(const char *workspace, const char *name, struct err *e)
{
	struct compose_file f = {0};
	return take_named(&f, workspace, name, e) && compose_file_drop(&f, e);
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

static void look_at(struct arena *a, struct left_row *row, const char *dir, const char *name)
{
	const char *path = arena_fmt(a, "%s/%s", dir, name);
	struct err e = {0};
	*row = (struct left_row){ .name = arena_str(a, span_str(name)), .taken = is_taken(path) };
	if (!read_half(a, &row->what, path, &e))
		row->trouble = text_safe_err(a, &e);
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
