#include "audit-log/export_jsonl.h"

#include "audit-log/export_blobs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/fs.h"
#include "src/base/json.h"
#include "src/crypto/hash.h"

struct export {
	struct log *log;
	const char *dir;              /* where it is written until it is complete: "<dir>.partial" */
	struct arena arena;
	struct blobs_out blobs;
	struct export_result *out;
	struct hash32 lines_sha256;
};

static bool io_error(const char *path, const char *doing, struct err *e)
{
	err_set(e, ERR_IO, ERR_NO_OFFSET, "%s: %m", doing);
	return err_file(e, path, 0);
}

/* ---- lines ------------------------------------------------------------------------------------------------------ */

struct lines_file {
	FILE *f;
	const char *path;
	struct sha256 sha;
	uint64_t n;
};

static bool write_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct lines_file *file = ctx;

	(void)seq;
	(void)leaf;
	if (fwrite(raw.p, 1, raw.n, file->f) != raw.n || fputc('\n', file->f) == EOF)
		return io_error(file->path, "cannot be written", e);
	sha256_add(&file->sha, raw);
	sha256_add(&file->sha, span_of("\n", 1));
	file->n++;
	return true;
}

static bool export_lines(struct export *x, struct err *e)
{
	char *path = fs_join(x->dir, "lines.jsonl");
	struct lines_file file = { .f = fopen(path, "wxe"), .path = path };
	bool ok;

	sha256_begin(&file.sha);
	ok = file.f ? log_each(x->log, 0, UINT64_MAX, write_line, &file, e) : io_error(path, "cannot be made", e);
	if (file.f) {
		if (ok && (fflush(file.f) != 0 || fsync(fileno(file.f)) != 0))
			ok = io_error(path, "cannot be written", e);
		if (fclose(file.f) != 0 && ok)
			ok = io_error(path, "cannot be written", e);
	}
	sha256_end(&file.sha, &x->lines_sha256);
	x->out->lines = file.n;
	free(path);
	return ok;
}

static bool write_blobs(struct export *x, struct err *e)
{
	const bool ok = export_blobs(&x->blobs, e);

	x->out->blobs = x->blobs.n_written;
	x->out->withheld = x->blobs.n_withheld;
	return ok;
}

/* ---- the small files ------------------------------------------------------------------------------------------- */

static bool export_text(struct export *x, const char *name, struct span text, struct err *e)
{
	char *path = fs_join(x->dir, name);
	const bool ok = fs_create(path, text, 0644, e);

	free(path);
	return ok;
}

static bool export_checkpoint(struct export *x, struct err *e)
{
	struct buf note = {0}, vkey = {0};
	bool ok = log_newest_checkpoint(x->log, &note, &x->out->head, e) &&
		  export_text(x, "checkpoint", buf_view(&note), e);

	note_key_format(&vkey, log_key_at(x->log, x->out->head.size));
	buf_byte(&vkey, '\n');
	ok = ok && export_text(x, "log.vkey", buf_view(&vkey), e);
	buf_release(&note);
	buf_release(&vkey);
	return ok;
}

static bool export_manifest(struct export *x, struct err *e)
{
	struct arena *a = &x->arena;
	struct json *m = json_object(a), *lines = json_object(a);
	struct buf vkey = {0}, text = {0};
	bool ok;

	note_key_format(&vkey, log_key_at(x->log, x->out->head.size));
	json_set(lines, a, "count", json_u64(a, x->out->lines));
	json_set(lines, a, "sha256", json_bare(a, SPAN_HASH(&x->lines_sha256)));
	json_set(m, a, "format", json_str(a, "setgov-export/1"));
	json_set(m, a, "origin", json_text(a, log_origin(x->log)));
	json_set(m, a, "logKey", json_text(a, buf_view(&vkey)));
	json_set(m, a, "size", json_u64(a, x->out->head.size));
	json_set(m, a, "root", json_bare(a, SPAN_HASH(&x->out->head.root)));
	json_set(m, a, "lines", lines);
	json_set(m, a, "blobs", x->blobs.listed);
	json_set(m, a, "withheld", x->blobs.withheld);
	json_canonical(&text, m);
	buf_byte(&text, '\n');
	sha256(&x->out->digest, buf_view(&text));
	ok = export_text(x, "manifest.json", buf_view(&text), e);
	buf_release(&vkey);
	buf_release(&text);
	return ok;
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

static void remove_files(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	while (d && (entry = readdir(d)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlinkat(dirfd(d), entry->d_name, 0);
	if (d)
		closedir(d);
	rmdir(dir);
}

static bool refuse_existing(const char *path, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) != 0 && errno == ENOENT)
		return true;
	err_refuse(e, "EXISTS", "there is something already");
	return err_file(e, path, 0);
}

static bool export_all(struct export *x, const char *dir, struct err *e)
{
	if (!refuse_existing(dir, e) || !refuse_existing(x->dir, e))
		return false;
	if (mkdir(x->dir, 0777) != 0)
		return io_error(x->dir, "cannot be made", e);
	if (export_lines(x, e) && write_blobs(x, e) && export_checkpoint(x, e) && export_manifest(x, e)) {
		if (rename(x->dir, dir) == 0)
			return true;
		io_error(dir, "cannot be put in place", e);
	}
	remove_files(x->blobs.dir);
	remove_files(x->dir);
	return false;
}

bool log_export_jsonl(struct log *l, const char *dir, const struct export_options *options, struct export_result *out,
		      struct err *e)
{
	struct export x = { .log = l, .out = out };
	struct buf partial = {0};
	bool ok;

	*out = (struct export_result){0};
	buf_str(&partial, dir);
	while (partial.n > 1 && partial.p[partial.n - 1] == '/')
		partial.n--;
	buf_str(&partial, ".partial");
	x.dir = arena_str(&x.arena, buf_view(&partial));
	x.blobs = (struct blobs_out){ .log = l, .arena = &x.arena, .options = options,
				      .dir = arena_fmt(&x.arena, "%s/blobs", x.dir) };
	ok = export_all(&x, dir, e);
	arena_release(&x.arena);
	buf_release(&partial);
	return ok;
}
