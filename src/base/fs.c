#include "src/base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/time.h"

static bool io_error(const char *path, const char *doing, struct err *e)
{
	err_set(e, errno == ENOENT ? ERR_MISSING : ERR_IO, ERR_NO_OFFSET, "cannot %s: %s", doing, strerror(errno));
	return err_file(e, path, 0);
}

char *fs_join(const char *dir, const char *name)
{
	struct buf b = {0};

	buf_fmt(&b, "%s%s%s", dir, !*dir || dir[strlen(dir) - 1] == '/' ? "" : "/", name);
	return (char *)b.p;
}

bool fs_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

bool fs_is_ours(const char *path)
{
	struct stat st;
	if (lstat(path, &st) != 0)
		return errno == ENOENT;
	return S_ISREG(st.st_mode) && st.st_uid == geteuid() && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* Reads one byte more than the cap, to know that there is one. */
static bool read_all(int fd, struct buf *out, const char *path, size_t cap, struct err *e)
{
	const size_t before = out->n;

	for (;;) {
		const size_t room = cap - (out->n - before) + 1, piece = room < 65536 ? room : 65536;
		ssize_t n;

		buf_reserve(out, piece);
		n = read(fd, out->p + out->n, piece);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return io_error(path, "read", e);
		if (n == 0)
			break;
		out->n += (size_t)n;
		if (out->n - before > cap) {
			err_set(e, ERR_RANGE, ERR_NO_OFFSET, "larger than %zu bytes", cap);
			return err_file(e, path, 0);
		}
	}
	out->p[out->n] = 0;
	return true;
}

bool fs_read(struct buf *out, const char *path, size_t cap, struct err *e)
{
	struct stat st;
	bool ok;
	int fd;

	if (cap >= SIZE_MAX / 8)
		BUG("a cap of %zu bytes", cap);
	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, out, "standard input", cap, e);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return io_error(path, "open", e);
	if (fstat(fd, &st) != 0) {
		ok = io_error(path, "stat", e);
	} else if (!S_ISREG(st.st_mode)) {
		err_set(e, ERR_IO, ERR_NO_OFFSET, "not a regular file");
		ok = err_file(e, path, 0);
	} else {
		ok = read_all(fd, out, path, cap, e);
	}
	close(fd);
	return ok;
}

bool fs_write_all(int fd, struct span data)
{
	size_t done = 0;

	while (done < data.n) {
		const ssize_t n = write(fd, data.p + done, data.n - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

/* malloc'd */
static char *parent_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct buf b = {0};

	if (!slash)
		buf_str(&b, ".");
	else
		buf_add(&b, path, slash == path ? 1 : (size_t)(slash - path));
	return (char *)b.p;
}

/* File systems that have no such thing say EINVAL. */
bool fs_sync_parent(const char *path, struct err *e)
{
	char *dir = parent_of(path);
	const int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);

	if (!ok)
		ok = io_error(dir, "write the directory", e);
	if (fd >= 0)
		close(fd);
	free(dir);
	return ok;
}

/* NULL when there is nothing, or a regular file, that may be replaced. */
static const char *not_replaceable(const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0 || S_ISREG(st.st_mode))
		return NULL;
	return S_ISLNK(st.st_mode) ? "is a symbolic link: name the file itself" : "not a regular file";
}

static bool write_temporary(const char *temporary, const char *path, struct span data, mode_t mode, struct err *e)
{
	const int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	bool ok;

	if (fd < 0)
		return io_error(path, "create", e);
	ok = fs_write_all(fd, data) && fsync(fd) == 0;
	if (!ok)
		ok = io_error(path, "write", e);
	if (close(fd) != 0 && ok)
		ok = io_error(path, "write", e);
	return ok;
}

/* Not every file system knows RENAME_NOREPLACE; a hard link refuses to replace just the same. */
static bool rename_new(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	return link(from, to) == 0 && unlink(from) == 0;
}

static bool already_there(const char *path, struct err *e)
{
	err_refuse(e, "EXISTS", "there already");
	return err_file(e, path, 0);
}

static bool put_in_place(const char *temporary, const char *path, bool replace, struct err *e)
{
	if (replace ? rename(temporary, path) == 0 : rename_new(temporary, path))
		return fs_sync_parent(path, e);
	if (!replace && errno == EEXIST)
		return already_there(path, e);
	return io_error(path, "create", e);
}

static bool write_file(const char *path, struct span data, mode_t mode, bool replace, struct err *e)
{
	struct buf temporary = {0};
	uint8_t unique[8];
	bool ok;

	random_bytes(unique, sizeof(unique));
	buf_fmt(&temporary, "%s.", path);
	buf_hex(&temporary, span_of(unique, sizeof(unique)));
	ok = write_temporary(buf_cstr(&temporary), path, data, mode, e) &&
	     put_in_place(buf_cstr(&temporary), path, replace, e);
	if (!ok)
		unlink(buf_cstr(&temporary));
	buf_release(&temporary);
	return ok;
}

bool fs_write(const char *path, struct span data, mode_t mode, struct err *e)
{
	const char *reason = not_replaceable(path);

	if (reason) {
		err_set(e, ERR_IO, ERR_NO_OFFSET, "%s", reason);
		return err_file(e, path, 0);
	}
	return write_file(path, data, mode, true, e);
}

bool fs_create(const char *path, struct span data, mode_t mode, struct err *e)
{
	if (fs_exists(path))
		return already_there(path, e);
	return write_file(path, data, mode, false, e);
}

/* Half a record is worse than none: what a failed append left is cut off again. */
static bool append_all(int fd, const char *path, struct span data, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return io_error(path, "stat", e);
	if (!S_ISREG(st.st_mode)) {
		err_set(e, ERR_IO, ERR_NO_OFFSET, "not a regular file");
		return err_file(e, path, 0);
	}
	if (fs_write_all(fd, data) && fsync(fd) == 0)
		return true;
	io_error(path, "append", e);
	if (ftruncate(fd, st.st_size) != 0)
		return err_in(e, "left partly written");
	return false;
}

bool fs_append(const char *path, struct span data, mode_t mode, struct err *e)
{
	const int flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	bool created = false, ok;
	int fd = open(path, flags);

	if (fd < 0 && errno == ENOENT) {
		created = true;
		fd = open(path, flags | O_CREAT | O_EXCL, mode);
	}
	if (fd < 0)
		return io_error(path, "open", e);
	ok = append_all(fd, path, data, e) && (!created || fs_sync_parent(path, e));
	close(fd);
	return ok;
}

static bool make_dir(const char *path, mode_t mode, struct err *e)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return fs_sync_parent(path, e);
	if (errno != EEXIST)
		return io_error(path, "make the directory", e);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return true;
	err_set(e, ERR_IO, ERR_NO_OFFSET, "not a directory");
	return err_file(e, path, 0);
}

bool fs_mkdirs(const char *path, mode_t mode, struct err *e)
{
	struct buf part = {0};
	bool ok = true;

	for (size_t i = 0; ok && path[i]; i++) {
		buf_byte(&part, (uint8_t)path[i]);
		if (path[i] != '/' && (path[i + 1] == '/' || !path[i + 1]))
			ok = make_dir(buf_cstr(&part), mode, e);
	}
	buf_release(&part);
	return ok;
}
