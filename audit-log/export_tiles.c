#include "audit-log/export_tiles.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit-log/export_blobs.h"
#include "audit-log/keys.h"
#include "src/base/fs.h"
#include "src/crypto/hash.h"
#include "src/proof/tile.h"

struct tiles {
	struct log *log;
	const char *dir;
	struct merkle_nodes nodes;
	struct arena arena;
	struct tiles_result *out;
	bool compare;                 /* what is there, instead of writing it */
	struct buf note;              /* the checkpoint that goes out */
	struct buf bundle, leaves;    /* of the tile being filled */
};

/* ---- files ------------------------------------------------------------------------------------------------------ */

static bool is_there(const char *path, struct span bytes)
{
	struct buf now = {0};
	const bool same = fs_read(&now, path, bytes.n, NULL) && span_eq(buf_view(&now), bytes);

	buf_release(&now);
	return same;
}

static bool make_parent(const char *path, struct err *e)
{
	const size_t n = (size_t)(strrchr(path, '/') - path);
	struct buf parent = {0};
	bool ok;

	buf_add(&parent, path, n);
	ok = fs_mkdirs(buf_cstr(&parent), 0755, e);
	buf_release(&parent);
	return ok;
}

/* A file that holds these bytes already is left alone. */
static bool put(struct tiles *t, const char *name, struct span bytes, uint64_t *written, struct err *e)
{
	char *path = fs_join(t->dir, name);
	bool ok = true;

	if (!is_there(path, bytes) && t->compare) {
		ok = err_refuse(e, "SEGMENT", "%s is not there, or was changed", name);
	} else if (!is_there(path, bytes)) {
		ok = make_parent(path, e) && fs_write(path, bytes, 0644, e);
		if (written)
			(*written)++;
	}
	free(path);
	return ok;
}

/* ---- tiles ------------------------------------------------------------------------------------------------------ */

/* A full tile has to be what the level above says of it. */
static bool check_tile(struct tiles *t, unsigned level, uint64_t n, struct span bytes, struct err *e)
{
	struct hash32 above, root;

	if (bytes.n < (size_t)TILE_WIDTH * 32)
		return true;
	tile_root(&root, bytes);
	if (!t->nodes.read(t->nodes.ctx, &above, merkle_index(TILE_HEIGHT * (level + 1), n), e))
		return false;
	if (hash32_eq(&root, &above))
		return true;
	return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "tile %" PRIu64 " of level %u is not what the tree says of it: "
		       "setgov log verify says more", n, level);
}

static bool put_tile(struct tiles *t, unsigned level, uint64_t n, unsigned width, struct err *e)
{
	struct buf bytes = {0}, name = {0};
	bool ok = tile_make(&bytes, level, n, width, &t->nodes, e) && check_tile(t, level, n, buf_view(&bytes), e);

	if (ok && level == 0 && !span_eq(buf_view(&bytes), buf_view(&t->leaves)))
		ok = err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the leaves of tile %" PRIu64 " are not the lines' "
			     "hashes: setgov log verify says more", n);
	tile_path(&name, level, n, width);
	ok = ok && put(t, buf_cstr(&name), buf_view(&bytes), &t->out->files, e);
	buf_release(&bytes);
	buf_release(&name);
	return ok;
}

static bool flush_bundle(struct tiles *t, uint64_t n, unsigned width, struct err *e)
{
	struct buf name = {0};
	bool ok;

	tile_entries_path(&name, n, width);
	ok = put(t, buf_cstr(&name), buf_view(&t->bundle), &t->out->files, e) && put_tile(t, 0, n, width, e);
	buf_release(&name);
	buf_clear(&t->bundle);
	buf_clear(&t->leaves);
	return ok;
}

static bool add_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct tiles *t = ctx;
	const uint64_t n = seq / TILE_WIDTH;
	const unsigned width = (unsigned)(seq % TILE_WIDTH) + 1;

	tile_bundle_add(&t->bundle, raw);
	buf_span(&t->leaves, SPAN_HASH(leaf));
	return (width < TILE_WIDTH && seq + 1 < t->out->head.size) || flush_bundle(t, n, width, e);
}

/* Bundles and level 0 from the lines themselves, each re-hashed; what is above from the tree's nodes. Tiles that were
 * full before do not come up again. */
static bool put_tiles(struct tiles *t, struct err *e)
{
	const uint64_t size = t->out->head.size, before = t->out->before;

	if (!log_each(t->log, before - before % TILE_WIDTH, size, add_line, t, e))
		return false;
	for (unsigned level = 1; level < TILE_LEVELS && tile_hashes(size, level); level++) {
		const uint64_t hashes = tile_hashes(size, level);

		for (uint64_t n = tile_hashes(before, level) / TILE_WIDTH; tile_width(hashes, n); n++)
			if (!put_tile(t, level, n, tile_width(hashes, n), e))
				return false;
	}
	return true;
}

/* ---- what is there already -------------------------------------------------------------------------------------- */

static bool is_empty(const char *dir)
{
	DIR *d = opendir(dir);
	bool empty = d != NULL;
	const struct dirent *x;

	while (empty && (x = readdir(d)))
		empty = strcmp(x->d_name, ".") == 0 || strcmp(x->d_name, "..") == 0;
	if (d)
		closedir(d);
	return empty;
}

static const struct note_key *key_now(const struct tiles *t)
{
	return log_key_at(t->log, t->out->head.size);
}

static bool put_key(struct tiles *t, struct err *e)
{
	char *path = fs_join(t->dir, "log.vkey");
	struct buf vkey = {0};
	bool ok;

	note_key_format(&vkey, key_now(t));
	buf_byte(&vkey, '\n');
	ok = is_there(path, buf_view(&vkey)) || fs_write(path, buf_view(&vkey), 0644, e);
	free(path);
	buf_release(&vkey);
	return ok;
}

static bool is_key_of_log(struct tiles *t, const char *path)
{
	struct buf vkey = {0};
	bool is = fs_read(&vkey, path, NOTE_MAX_BYTES, NULL) && vkey.n && vkey.p[vkey.n - 1] == '\n';

	if (is)
		is = log_keys_named(log_keys(t->log), span_of(vkey.p, vkey.n - 1)) != NULL;
	buf_release(&vkey);
	return is;
}

/* A key of its own, of those that the log has had, marks the directory as this log's from the first file on. */
static bool claim(struct tiles *t, struct err *e)
{
	char *path = fs_join(t->dir, "log.vkey");
	bool ok = is_key_of_log(t, path);

	if (!ok)
		ok = is_empty(t->dir) ? put_key(t, e)
		     : err_refuse(e, "EXPORT-OTHER", "the directory is not empty, and not an export of this log");
	free(path);
	return ok;
}

static bool compare(struct tiles *t, const struct tree_head *there, struct err *e)
{
	struct hash32 root;

	if (there->size > log_size(t->log))
		return err_refuse(e, "LOG-SHORT", "the export has %" PRIu64 " lines, the log %" PRIu64
				  ": the log was cut off, or is an older copy", there->size, log_size(t->log));
	if (!log_root_at(t->log, there->size, &root, e))
		return false;
	if (!hash32_eq(&root, &there->root))
		return err_refuse(e, "LOG-FORKED", "the first %" PRIu64 " lines of the export are another history",
				  there->size);
	t->out->before = there->size;
	return true;
}

static bool look(struct tiles *t, struct err *e)
{
	char *path = fs_join(t->dir, "checkpoint");
	struct buf note = {0};
	struct checkpoint c;
	struct note n;
	bool ok = true;

	if (fs_exists(path))
		ok = (fs_read(&note, path, NOTE_MAX_BYTES, e) && note_parse(&t->arena, &n, buf_view(&note), e) &&
		      checkpoint_parse(&c, n.text, e) &&
		      checkpoint_open(&t->arena, &c, buf_view(&note), log_key_at(t->log, c.head.size), e) &&
		      compare(t, &c.head, e)) || err_file(e, path, 0);
	buf_release(&note);
	free(path);
	return ok;
}

/* ---- all of it -------------------------------------------------------------------------------------------------- */

static bool put_manifest(struct tiles *t, struct json *withheld, struct err *e)
{
	struct arena *a = &t->arena;
	struct json *m = json_object(a);
	struct buf vkey = {0}, text = {0};
	bool ok;

	note_key_format(&vkey, key_now(t));
	json_set(m, a, "format", json_str(a, "setgov-tiles/1"));
	json_set(m, a, "logKey", json_text(a, buf_view(&vkey)));
	json_set(m, a, "origin", json_text(a, log_origin(t->log)));
	json_set(m, a, "root", json_bare(a, SPAN_HASH(&t->out->head.root)));
	json_set(m, a, "size", json_u64(a, t->out->head.size));
	json_set(m, a, "withheld", withheld);
	json_canonical(&text, m);
	buf_byte(&text, '\n');
	sha256(&t->out->digest, buf_view(&text));
	ok = put(t, "manifest.json", buf_view(&text), NULL, e);
	buf_release(&vkey);
	buf_release(&text);
	return ok;
}

static bool export_all(struct tiles *t, const struct export_options *options, struct err *e)
{
	struct blobs_out blobs = { .log = t->log, .arena = &t->arena, .options = options,
				   .dir = arena_fmt(&t->arena, "%s/blobs", t->dir) };

	if (!fs_mkdirs(t->dir, 0755, e) || !log_newest_checkpoint(t->log, &t->note, &t->out->head, e) ||
	    !claim(t, e) || !look(t, e))
		return false;
	if (t->out->head.size < t->out->before)
		return err_refuse(e, "LOG-SHORT", "the export is over %" PRIu64 " lines, the log's newest checkpoint "
				  "over %" PRIu64, t->out->before, t->out->head.size);
	if (!put_tiles(t, e) || !export_blobs(&blobs, e) || !put_manifest(t, blobs.withheld, e))
		return false;
	t->out->blobs = blobs.n_written;
	t->out->withheld = blobs.n_withheld;
	return put_key(t, e) && put(t, "checkpoint", buf_view(&t->note), NULL, e);
}

static bool check_all(struct tiles *t, struct err *e)
{
	if (!look(t, e))
		return false;
	if (t->out->before == 0)
		return err_refuse(e, "SEGMENT", "its checkpoint is not there");
	t->out->head.size = t->out->before;
	t->out->before = 0;
	return log_root_at(t->log, t->out->head.size, &t->out->head.root, e) && put_tiles(t, e);
}

bool log_check_tiles(struct log *l, const char *dir, struct tree_head *head, struct err *e)
{
	struct tiles_result r = {0};
	struct tiles t = { .log = l, .dir = dir, .nodes = log_nodes(l), .out = &r, .compare = true };
	const bool ok = check_all(&t, e);

	*head = r.head;
	buf_release(&t.bundle);
	buf_release(&t.leaves);
	arena_release(&t.arena);
	return ok;
}

bool log_export_tiles(struct log *l, const char *dir, const struct export_options *options, struct tiles_result *out,
		      struct err *e)
{
	struct tiles t = { .log = l, .dir = dir, .nodes = log_nodes(l), .out = out };
	bool ok;

	*out = (struct tiles_result){0};
	ok = export_all(&t, options, e);
	buf_release(&t.note);
	buf_release(&t.bundle);
	buf_release(&t.leaves);
	arena_release(&t.arena);
	return ok || err_file(e, dir, 0);
}
