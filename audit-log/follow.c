#include "audit-log/follow.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit-log/log_state.h"
#include "audit-log/withheld.h"
#include "src/base/fs.h"
#include "src/base/hex.h"
#include "src/crypto/hash.h"
#include "src/gov/log_keys.h"

#define FOLLOW_BLOB_MAX ((size_t)64 << 20)

struct follow {
	const char *from;
	struct store *store;
	struct arena arena, scratch;  /* scratch: one line */
	struct note_key key;          /* the export's own, which the lines have to lead to */
	struct log_keys keys;
	struct log_profiles profiles;
	struct buf note, manifest;
	struct frontier tree;
	struct hash32 prev;
	struct unix_time time;
	uint64_t seq;                 /* of the line being read */
	struct hash32 *have;          /* names of blobs that are here; sorted */
	size_t n_have, cap_have;
	struct followed *out;
};

static const char *in(struct arena *a, const char *dir, const char *name)
{
	return arena_fmt(a, "%s/%s", dir, name);
}

static bool read_store_node(void *ctx, struct hash32 *out, uint64_t index, struct err *e)
{
	return store_node(ctx, index, out, e);
}

/* ---- what the export says ---------------------------------------------------------------------------------------- */

static bool read_claim(struct follow *f, struct err *e)
{
	struct buf vkey = {0};
	struct checkpoint c;
	bool ok = fs_read(&vkey, in(&f->arena, f->from, "log.vkey"), NOTE_MAX_BYTES, e) &&
		  fs_read(&f->note, in(&f->arena, f->from, "checkpoint"), NOTE_MAX_BYTES, e);

	if (ok && vkey.n && vkey.p[vkey.n - 1] == '\n')
		vkey.n--;
	ok = ok && note_key_parse(&f->arena, &f->key, buf_view(&vkey), e) &&
	     checkpoint_open(&f->arena, &c, buf_view(&f->note), &f->key, e);
	if (ok && c.head.size == 0)
		ok = err_refuse(e, "LOG-DAMAGED", "the checkpoint is over no lines");
	if (ok)
		f->out->head = c.head;
	buf_release(&vkey);
	return ok;
}

/* What it excuses it excuses for this checkpoint: another export's says nothing of it. */
static bool count_withheld(struct follow *f, struct err *e)
{
	struct withheld w;
	const bool ok = fs_read(&f->manifest, in(&f->arena, f->from, MANIFEST), WITHHELD_MANIFEST_MAX, e) &&
			manifest_is_under(&f->arena, buf_view(&f->manifest), &f->out->head, &f->key, e) &&
			withheld_read(&f->arena, &w, buf_view(&f->manifest), e);

	if (ok)
		f->out->withheld = w.n;
	return ok || err_in(e, "manifest.json");
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

static bool bad_line(const struct follow *f, const char *what, struct err *e)
{
	return err_refuse(e, "LOG-DAMAGED", "line %" PRIu64 " of the export %s", f->seq, what);
}

/* A line that is here already has to be the same one. */
static bool compare_line(struct follow *f, const struct hash32 *leaf, struct err *e)
{
	struct hash32 here;

	if (!store_line(f->store, f->seq, &here, NULL, e))
		return false;
	return hash32_eq(&here, leaf) || err_refuse(e, "LOG-FORKED", "line %" PRIu64 " is not the one that is here: "
						    "the history was rewritten, or there are two", f->seq);
}

static bool put_line(struct follow *f, const struct hash32 *leaf, struct span raw, struct err *e)
{
	const uint64_t at = merkle_count(f->tree.size);
	struct hash32 kept[MERKLE_LEVELS];
	const size_t n = frontier_add(&f->tree, leaf, kept);
	bool ok = store_put_line(f->store, f->seq, leaf, raw, e);

	for (size_t i = 0; ok && i < n; i++)
		ok = store_put_node(f->store, at + i, &kept[i], e);
	return ok;
}

/* In the tree as it is here. */
static bool root_at(void *ctx, uint64_t size, struct hash32 *out, struct err *e)
{
	struct follow *f = ctx;
	const struct merkle_nodes nodes = { read_store_node, f->store };

	return merkle_root(out, size, &nodes, e);
}

/* The deployment that the first `size` lines adopted last, as the export has it; NULL: it is not there. */
static const struct deployment *deployment_at(void *ctx, uint64_t size)
{
	struct follow *f = ctx;
	const struct hash32 profile = log_profiles_at(&f->profiles, size);
	struct deployment *d = ARENA_NEW(&f->arena, struct deployment);
	struct buf name = {0}, text = {0};
	struct hash32 found = {0};
	bool ok;

	buf_str(&name, "blobs/");
	buf_hex(&name, SPAN_HASH(&profile));
	ok = fs_read(&text, in(&f->arena, f->from, buf_cstr(&name)), FOLLOW_BLOB_MAX, NULL);
	if (ok)
		sha256(&found, buf_view(&text));
	ok = ok && hash32_eq(&found, &profile) &&
	     deployment_parse_identity(&f->arena, d, arena_copy(&f->arena, buf_view(&text)), NULL);
	buf_release(&name);
	buf_release(&text);
	return ok ? d : NULL;
}

/* The note by which the key was changed is among our own checkpoints too: that is where log_open() finds it. */
static bool take_key(struct follow *f, const struct line *l, struct err *e)
{
	const struct log_past past = { root_at, deployment_at, &f->profiles, f };
	struct tree_head before = { .size = f->seq };
	struct span note;
	uint64_t count;

	if (!log_keys_changes(l))
		return true;
	if (!root_at(f, f->seq, &before.root, e) || !log_keys_take(&f->keys, l, &before, &past, e))
		return false;
	if (log_keys_now(&f->keys)->believed)
		return err_refuse(e, "LOG-DAMAGED", "owners vouch for a new log key, and the export lacks the profile "
				  "that says who they are");
	return f->seq < f->out->before ||
	       (json_get_str(l->body, "note", &note, e) && store_count(f->store, STORE_CHECKPOINTS, &count, e) &&
		store_put_checkpoint(f->store, count, f->seq, note, e));
}

static bool opens_log(struct follow *f, const struct line *l)
{
	f->keys.a = &f->arena;
	return line_kind_is(l, "log.opened") && log_keys_open(&f->keys, l, NULL);
}

static bool take_line(struct follow *f, struct span raw, struct err *e)
{
	struct hash32 leaf;
	struct line l;

	arena_release(&f->scratch);
	if (!line_parse(&f->scratch, &l, raw, e))
		return err_in(e, "line %" PRIu64, f->seq);
	if (l.seq != f->seq || !hash32_eq(&l.prev, &f->prev))
		return bad_line(f, "does not continue the line before it", e);
	if (f->seq && !line_is_in_time(&l, f->time))
		return bad_line(f, "is earlier than the one before it, or does not say from when to when the clock "
				"stepped back", e);
	if (!f->seq && !opens_log(f, &l))
		return bad_line(f, "does not open a log", e);
	if (f->seq && !take_key(f, &l, e))
		return err_in(e, "line %" PRIu64, f->seq);
	log_profiles_take(&f->profiles, &f->arena, &l);
	line_leaf(&leaf, raw);
	if (!(f->seq < f->out->before ? compare_line(f, &leaf, e) : put_line(f, &leaf, raw, e)))
		return false;
	f->prev = leaf;
	f->time = l.time;
	f->seq++;
	return true;
}

/* An export comes from others: a pipe would be waited for, and a device has no end. */
static FILE *open_lines(const char *path, struct err *e)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	FILE *file = NULL;

	if (fd < 0)
		err_set(e, ERR_IO, ERR_NO_OFFSET, "cannot be read: %m");
	else if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		err_set(e, ERR_IO, ERR_NO_OFFSET, "not a regular file");
	else
		file = fdopen(fd, "r");
	if (!file && fd >= 0)
		close(fd);
	return file;
}

/* Never more than one line at a time. A byte 0 ends it early: no line has one. */
static bool take_lines(struct follow *f, struct err *e)
{
	const char *path = in(&f->arena, f->from, "lines.jsonl");
	FILE *file = open_lines(path, e);
	char *line = ARENA_ARRAY(&f->arena, char, LINE_MAX_BYTES + 2);
	bool ok = file != NULL;

	while (ok && f->seq < f->out->head.size && fgets(line, LINE_MAX_BYTES + 2, file)) {
		const size_t n = strlen(line);

		if (!n || line[n - 1] != '\n')
			ok = bad_line(f, "is cut off, or too long", e);
		else
			ok = take_line(f, span_of(line, n - 1), e);
	}
	if (file)
		fclose(file);
	if (ok && f->seq < f->out->head.size)
		ok = err_refuse(e, "LOG-DAMAGED", "the export has %" PRIu64 " lines, its checkpoint is over %" PRIu64,
				f->seq, f->out->head.size);
	return ok || err_file(e, path, 0);
}

static bool is_key_now(const struct follow *f)
{
	const struct note_key *key = &log_keys_at(&f->keys, f->out->head.size)->key;

	return span_eq(key->name, f->key.name) && span_eq(key->public_key, f->key.public_key);
}

static bool put_checkpoint(struct follow *f, struct err *e)
{
	struct hash32 root;
	uint64_t count;

	if (!is_key_now(f))
		return err_refuse(e, "LOG-DAMAGED", "log.vkey is not the key that signs over %" PRIu64 " lines of this "
				  "log", f->out->head.size);
	frontier_root(&f->tree, &root);
	if (!hash32_eq(&root, &f->out->head.root))
		return err_refuse(e, "LOG-DAMAGED", "the checkpoint was signed over other lines than the export has");
	return store_count(f->store, STORE_CHECKPOINTS, &count, e) &&
	       store_put_checkpoint(f->store, count, f->out->head.size, buf_view(&f->note), e);
}

/* ---- blobs ------------------------------------------------------------------------------------------------------ */

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct hash32));
}

static bool list_blobs(struct follow *f, struct err *e)
{
	struct store_scan *scan = store_scan_new(f->store, STORE_BLOBS, 0, UINT64_MAX, false, e);
	struct store_row row;
	enum store_step step = STORE_ERROR;

	while (scan && (step = store_scan_step(scan, &row, e)) == STORE_ROW) {
		if (f->n_have == f->cap_have) {
			f->cap_have = f->cap_have ? 2 * f->cap_have : 64;
			f->have = reallocarray(f->have, f->cap_have, sizeof(*f->have));
			if (!f->have)
				die("out of memory");
		}
		f->have[f->n_have++] = row.hash;
	}
	store_scan_free(scan);
	if (f->n_have)
		qsort(f->have, f->n_have, sizeof(*f->have), by_bytes);
	return step == STORE_DONE;
}

static bool take_blob(struct follow *f, const char *dir, const char *name, struct err *e)
{
	struct hash32 digest, found;
	struct buf bytes = {0};
	uint64_t count;
	bool ok;

	if (!hex_bare(digest.b, 32, span_str(name), NULL) ||
	    (f->n_have && bsearch(&digest, f->have, f->n_have, sizeof(digest), by_bytes)))
		return true;
	ok = fs_read(&bytes, in(&f->arena, dir, name), FOLLOW_BLOB_MAX, e);
	if (ok) {
		sha256(&found, buf_view(&bytes));
		ok = hash32_eq(&found, &digest) || err_refuse(e, "LOG-DAMAGED", "blob %s has other bytes", name);
	}
	ok = ok && store_count(f->store, STORE_BLOBS, &count, e) &&
	     store_put_blob(f->store, count, &digest, BLOB_PUBLIC, buf_view(&bytes), e);
	f->out->blobs += ok;
	buf_release(&bytes);
	return ok;
}

static bool take_blobs(struct follow *f, struct err *e)
{
	const char *dir = in(&f->arena, f->from, "blobs");
	DIR *d = opendir(dir);
	const struct dirent *x;
	bool ok = d != NULL || err_set(e, ERR_IO, ERR_NO_OFFSET, "cannot be read: %m") || err_file(e, dir, 0);

	ok = ok && list_blobs(f, e);
	while (ok && (x = readdir(d)))
		ok = take_blob(f, dir, x->d_name, e);
	if (d)
		closedir(d);
	return ok;
}

/* ---- all of it -------------------------------------------------------------------------------------------------- */

static bool open_here(struct follow *f, const char *path, struct err *e)
{
	struct merkle_nodes nodes = { read_store_node, NULL };

	f->store = store_open(path, STORE_APPEND, e);
	nodes.ctx = f->store;
	if (!f->store || !store_begin(f->store, e) || !store_count(f->store, STORE_LINES, &f->out->before, e))
		return false;
	if (f->out->head.size < f->out->before)
		return err_refuse(e, "LOG-SHORT", "the export vouches for %" PRIu64 " lines, %" PRIu64 " are here",
				  f->out->head.size, f->out->before);
	return frontier_load(&f->tree, f->out->before, &nodes, e);
}

/* What a run that was cut off left, its WAL first of all. */
static void remove_new(struct follow *f, const char *dir)
{
	static const char *const names[] = { LOG_DB ".new", LOG_DB ".new-wal", LOG_DB ".new-shm" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		unlink(in(&f->arena, dir, names[i]));
}

/* A new one is made under another name, and renamed when it is complete. */
static bool follow(struct follow *f, const char *dir, struct err *e)
{
	const char *db = in(&f->arena, dir, LOG_DB), *path = db;
	bool ok = fs_mkdirs(dir, 0700, e) && store_check_file_system(dir, e);

	if (ok && fs_exists(in(&f->arena, dir, LOG_KEY)))
		return err_refuse(e, "FOLLOWER", "%s has a log key: it appends, and follows nobody", dir);
	if (ok && !fs_exists(db)) {
		path = in(&f->arena, dir, LOG_DB ".new");
		remove_new(f, dir);
		ok = store_create(path, e);
	}
	ok = ok && read_claim(f, e) && count_withheld(f, e) && open_here(f, path, e) && take_lines(f, e) &&
	     put_checkpoint(f, e) && take_blobs(f, e) && store_commit(f->store, e);
	store_release(f->store);
	if (ok && path != db && rename(path, db) != 0)
		ok = err_set(e, ERR_IO, ERR_NO_OFFSET, "cannot be renamed: %m") || err_file(e, path, 0);
	if (ok)
		ok = fs_write(in(&f->arena, dir, MANIFEST), buf_view(&f->manifest), 0644, e);
	if (!ok && path != db)
		remove_new(f, dir);
	return ok;
}

bool log_follow(const char *from, const char *dir, struct followed *out, struct err *e)
{
	struct follow f = { .from = from, .out = out };
	bool ok;

	*out = (struct followed){0};
	ok = follow(&f, dir, e);
	buf_release(&f.note);
	buf_release(&f.manifest);
	free(f.have);
	arena_release(&f.arena);
	arena_release(&f.scratch);
	return ok;
}
