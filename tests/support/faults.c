#include "tests/support/faults.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/fs.h"

#define MAX_FILES 16u
#define SECTOR 512u

/* A change that no sync has made good yet. */
struct pending {
	struct pending *next;
	bool truncates;
	size_t at;                    /* or the size it is cut to */
	struct buf bytes;
};

struct image {                        /* a file, by name: it outlives its being open */
	char *path;
	struct buf synced;
	struct pending *first, *last;
};

struct faults {
	sqlite3_vfs vfs, *real;
	enum fault_kind kind;
	uint64_t n, counted, random;
	char *after;
	struct image images[MAX_FILES];
	size_t n_images;
};

struct faulty_file {
	sqlite3_file base;
	struct faults *faults;
	struct image *image;          /* NULL: not looked at */
	sqlite3_file *real;           /* behind this struct */
};

/* ---- what a power cut leaves ------------------------------------------------------------------------------------ */

static uint64_t draw(struct faults *f)
{
	f->random ^= f->random << 13;
	f->random ^= f->random >> 7;
	f->random ^= f->random << 17;
	return f->random;
}

static void resize(struct buf *b, size_t n)
{
	if (b->n < n)
		buf_zeros(b, n - b->n);
	b->n = n;
}

static void apply(struct buf *file, const struct pending *p, size_t n)
{
	if (p->truncates) {
		if (p->at < file->n)
			resize(file, p->at);
		return;
	}
	if (file->n < p->at + n)
		resize(file, p->at + n);
	if (n)
		memcpy(file->p + p->at, p->bytes.p, n);
}

static void forget_first(struct image *i)
{
	struct pending *p = i->first;

	i->first = p->next;
	if (!i->first)
		i->last = NULL;
	buf_release(&p->bytes);
	free(p);
}

static void make_good(struct image *i)
{
	while (i->first) {
		apply(&i->synced, i->first, i->first->bytes.n);
		forget_first(i);
	}
}

static void leave(struct faults *f, struct image *i)
{
	const char *name = strrchr(i->path, '/');
	char *path = fs_join(f->after, name ? name + 1 : i->path);

	for (const struct pending *p = i->first; p; p = p->next) {
		const uint64_t fate = draw(f) % 3;

		if (fate == 0)
			apply(&i->synced, p, p->bytes.n);
		else if (fate == 1 && !p->truncates)
			apply(&i->synced, p, p->bytes.n / SECTOR * (draw(f) % 100) / 100 * SECTOR);
	}
	if (!fs_write(path, buf_view(&i->synced), 0600, NULL))
		die("faults: %s cannot be written", path);
	free(path);
}

static void strike(struct faults *f)
{
	for (size_t i = 0; f->kind == FAULT_POWER && i < f->n_images; i++)
		leave(f, &f->images[i]);
	raise(SIGKILL);
}

/* ---- counting --------------------------------------------------------------------------------------------------- */

/* SQLITE_OK, or what this change comes to. */
static int change(struct faults *f, bool is_sync)
{
	const bool due = f->counted++ >= f->n;

	switch (f->kind) {
	case FAULT_NONE:
		break;
	case FAULT_KILL:
	case FAULT_POWER:
		if (due)
			strike(f);
		break;
	case FAULT_FULL:
		if (due && !is_sync)
			return SQLITE_FULL;
		break;
	case FAULT_SYNC:
		if (due && is_sync)
			return SQLITE_IOERR_FSYNC;
		break;
	}
	return SQLITE_OK;
}

static void remember(struct image *i, bool truncates, size_t at, const void *bytes, size_t n)
{
	struct pending *p = calloc(1, sizeof(*p));

	if (!p)
		die("out of memory");
	p->truncates = truncates;
	p->at = at;
	buf_add(&p->bytes, bytes, n);
	if (i->last)
		i->last->next = p;
	else
		i->first = p;
	i->last = p;
}

/* ---- a file ----------------------------------------------------------------------------------------------------- */

#define FILE_OF(p) ((struct faulty_file *)(p))
#define REAL(p) (FILE_OF(p)->real)

static int f_close(sqlite3_file *p)
{
	return REAL(p)->pMethods->xClose(REAL(p));
}

static int f_read(sqlite3_file *p, void *out, int n, sqlite3_int64 at)
{
	return REAL(p)->pMethods->xRead(REAL(p), out, n, at);
}

static int f_write(sqlite3_file *p, const void *bytes, int n, sqlite3_int64 at)
{
	struct faulty_file *file = FILE_OF(p);
	const int rc = change(file->faults, false);

	if (rc != SQLITE_OK)
		return rc;
	if (file->image)
		remember(file->image, false, (size_t)at, bytes, (size_t)n);
	return REAL(p)->pMethods->xWrite(REAL(p), bytes, n, at);
}

static int f_truncate(sqlite3_file *p, sqlite3_int64 size)
{
	struct faulty_file *file = FILE_OF(p);
	const int rc = change(file->faults, false);

	if (rc != SQLITE_OK)
		return rc;
	if (file->image)
		remember(file->image, true, (size_t)size, NULL, 0);
	return REAL(p)->pMethods->xTruncate(REAL(p), size);
}

static int f_sync(sqlite3_file *p, int flags)
{
	struct faulty_file *file = FILE_OF(p);
	const int rc = change(file->faults, true);

	(void)flags;                  /* the real disk is not what is tested: its sync is left out */
	if (rc == SQLITE_OK && file->image)
		make_good(file->image);
	return rc;
}

static int f_size(sqlite3_file *p, sqlite3_int64 *out)
{
	return REAL(p)->pMethods->xFileSize(REAL(p), out);
}

static int f_lock(sqlite3_file *p, int level)
{
	return REAL(p)->pMethods->xLock(REAL(p), level);
}

static int f_unlock(sqlite3_file *p, int level)
{
	return REAL(p)->pMethods->xUnlock(REAL(p), level);
}

static int f_reserved(sqlite3_file *p, int *out)
{
	return REAL(p)->pMethods->xCheckReservedLock(REAL(p), out);
}

static int f_control(sqlite3_file *p, int op, void *arg)
{
	return REAL(p)->pMethods->xFileControl(REAL(p), op, arg);
}

static int f_sector(sqlite3_file *p)
{
	(void)p;
	return SECTOR;
}

/* No promise about what survives. */
static int f_characteristics(sqlite3_file *p)
{
	(void)p;
	return 0;
}

static int f_shm_map(sqlite3_file *p, int page, int size, int extend, void volatile **out)
{
	return REAL(p)->pMethods->xShmMap(REAL(p), page, size, extend, out);
}

static int f_shm_lock(sqlite3_file *p, int offset, int n, int flags)
{
	return REAL(p)->pMethods->xShmLock(REAL(p), offset, n, flags);
}

static void f_shm_barrier(sqlite3_file *p)
{
	REAL(p)->pMethods->xShmBarrier(REAL(p));
}

static int f_shm_unmap(sqlite3_file *p, int delete)
{
	return REAL(p)->pMethods->xShmUnmap(REAL(p), delete);
}

static const sqlite3_io_methods methods = {
	2, f_close, f_read, f_write, f_truncate, f_sync, f_size, f_lock, f_unlock, f_reserved, f_control, f_sector,
	f_characteristics, f_shm_map, f_shm_lock, f_shm_barrier, f_shm_unmap, NULL, NULL,
};

/* ---- the VFS ---------------------------------------------------------------------------------------------------- */

static struct faults *faults_of(sqlite3_vfs *vfs)
{
	return vfs->pAppData;
}

static struct image *image_of(struct faults *f, const char *path)
{
	struct image *i;

	for (size_t k = 0; k < f->n_images; k++)
		if (strcmp(f->images[k].path, path) == 0)
			return &f->images[k];
	if (f->n_images == MAX_FILES)
		die("faults: more files than %u", MAX_FILES);
	i = &f->images[f->n_images++];
	i->path = strdup(path);
	if (!i->path)
		die("out of memory");
	if (fs_exists(path) && !fs_read(&i->synced, path, 64u << 20, NULL))
		die("faults: %s cannot be read", path);
	return i;
}

static int v_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *out, int flags, int *out_flags)
{
	struct faults *f = faults_of(vfs);
	struct faulty_file *file = FILE_OF(out);
	int rc;

	*file = (struct faulty_file){ .faults = f, .real = (sqlite3_file *)(file + 1) };
	rc = f->real->xOpen(f->real, path, file->real, flags, out_flags);
	if (rc != SQLITE_OK)
		return rc;
	file->base.pMethods = &methods;
	if (path && flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL))
		file->image = image_of(f, path);
	return SQLITE_OK;
}

static int v_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
	struct faults *f = faults_of(vfs);
	const int rc = change(f, false);
	struct image *i = image_of(f, path);

	if (rc != SQLITE_OK)
		return rc;
	while (i->first)
		forget_first(i);
	buf_clear(&i->synced);
	return f->real->xDelete(f->real, path, sync);
}

struct faults *faults_new(enum fault_kind kind, uint64_t n, uint64_t seed, const char *after)
{
	struct faults *f = calloc(1, sizeof(*f));

	if (!f)
		die("out of memory");
	f->real = sqlite3_vfs_find(NULL);
	f->vfs = *f->real;
	f->vfs.zName = "faults";
	f->vfs.szOsFile = (int)sizeof(struct faulty_file) + f->real->szOsFile;
	f->vfs.xOpen = v_open;
	f->vfs.xDelete = v_delete;
	f->vfs.pAppData = f;
	f->vfs.pNext = NULL;
	f->kind = kind;
	f->n = n;
	f->random = seed * 0x9e3779b97f4a7c15u + 1;
	f->after = after ? strdup(after) : NULL;
	if (sqlite3_vfs_register(&f->vfs, 1) != SQLITE_OK)
		die("faults: SQLite does not take it");
	return f;
}

uint64_t faults_counted(const struct faults *f)
{
	return f->counted;
}

void faults_heal(struct faults *f)
{
	f->kind = FAULT_NONE;
}

void faults_release(struct faults *f)
{
	sqlite3_vfs_unregister(&f->vfs);
	sqlite3_vfs_register(f->real, 1);
	for (size_t i = 0; i < f->n_images; i++) {
		while (f->images[i].first)
			forget_first(&f->images[i]);
		buf_release(&f->images[i].synced);
		free(f->images[i].path);
	}
	free(f->after);
	free(f);
}
