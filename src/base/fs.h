/* Files, whole. Reads state a cap; writes go to a temporary file, fsync, rename, fsync of the directory, so a file is
 * either the old one or the new one. */
#ifndef SETGOV_BASE_FS_H
#define SETGOV_BASE_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "src/base/buf.h"
#include "src/base/err.h"

/* Whole file, appended to out. A missing file is ERR_MISSING, one over `cap` ERR_RANGE, the rest ERR_IO; err_file set.
 * Only regular files (and "-", standard input). */
MUST_CHECK bool fs_read(struct buf *out, const char *path, size_t cap, struct err *e);
/* O_NOFOLLOW on the temporary, mode as given; replaces what was there. */
MUST_CHECK bool fs_write(const char *path, struct span data, mode_t mode, struct err *e);
/* The same but ERR_REFUSED "EXISTS" when something is there already. */
MUST_CHECK bool fs_create(const char *path, struct span data, mode_t mode, struct err *e);
/* Appends and fsyncs; creates with mode when absent (and fsyncs the directory). */
MUST_CHECK bool fs_append(const char *path, struct span data, mode_t mode, struct err *e);
/* For those who write in steps of their own. All of it, or false with errno. */
bool fs_write_all(int fd, struct span data);
/* A file's name is on disk when its directory is: syncs the one that `path` lies in. */
MUST_CHECK bool fs_sync_parent(const char *path, struct err *e);
MUST_CHECK bool fs_mkdirs(const char *path, mode_t mode, struct err *e);
bool fs_exists(const char *path);
/* Nothing is there; or a file (no link) of this user's that nobody else may write. */
bool fs_is_ours(const char *path);
char *fs_join(const char *dir, const char *name);       /* malloc'd "dir/name" */

#endif
