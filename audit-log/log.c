#include "audit-log/log_state.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fs.h"

/* ---- what an open log knows -------------------------------------------------------------------------------------- */

uint64_t log_size(const struct log *l)
{
	return l->tail.tree.size;
}

struct tree_head log_head(const struct log *l)
{
	return frontier_head(&l->tail.tree);
}

const char *log_dir(const struct log *l)
{
	return l->dir;
}

struct span log_origin(const struct log *l)
{
	return log_key(l)->name;
}

const struct note_key *log_key(const struct log *l)
{
	return &log_keys_now(&l->keys)->key;
}

const struct note_key *log_key_at(const struct log *l, uint64_t size)
{
	return &log_keys_at(&l->keys, size)->key;
}

struct hash32 log_last_leaf(const struct log *l)
{
	return l->tail.leaf;
}

/* ---- its beginning and its end ----------------------------------------------------------------------------------- */

static bool damaged(struct err *e, const char *fmt, ...) PRINTF(2, 3);

static bool damaged(struct err *e, const char *fmt, ...)
{
	struct buf text = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vfmt(&text, fmt, ap);
	va_end(ap);
	err_refuse(e, "LOG-DAMAGED", "%s; 'log verify' says what else", buf_cstr(&text));
	buf_release(&text);
	return false;
}

static bool read_opening(struct log *l, struct err *e)
{
	struct buf raw = {0};
	struct hash32 leaf;
	struct line line;
	struct span format;
	bool ok = log_read_row(l, 0, &leaf, &raw, e) &&
		  line_parse(&l->arena, &line, arena_copy(&l->arena, buf_view(&raw)), e) &&
		  json_get_str(line.body, "format", &format, e) && log_keys_open(&l->keys, &line, e);

	buf_release(&raw);
	if (!ok)
		return err_in(e, "line 0");
	if (!line_kind_is(&line, "log.opened") || !span_is(format, LOG_FORMAT) || !hash32_is_zero(&line.prev))
		return damaged(e, "line 0 does not open a log of format %s", LOG_FORMAT);
	return true;
}

/* The last line and the right edge of the tree, which must agree with each other. */
static bool load_tail(struct log *l, struct err *e)
{
	const struct merkle_nodes nodes = log_nodes(l);
	struct buf raw = {0};
	struct line_peek peek;
	struct hash32 node;
	uint64_t size, count;
	bool ok;

	if (!store_count(l->store, STORE_LINES, &size, e) || !store_count(l->store, STORE_NODES, &count, e) ||
	    !store_count(l->store, STORE_BLOBS, &l->tail.blobs, e) ||
	    !store_count(l->store, STORE_CHECKPOINTS, &l->tail.checkpoints, e))
		return false;
	if (!size)
		return damaged(e, "the log has no lines");
	if (size > MERKLE_MAX_SIZE || count != merkle_count(size))
		return damaged(e, "%" PRIu64 " lines need %" PRIu64 " tree nodes, found %" PRIu64, size,
			       merkle_count(size), count);
	ok = log_read_row(l, size - 1, &l->tail.leaf, &raw, e) && line_peek(&peek, buf_view(&raw)) &&
	     time_parse(&l->tail.time, peek.time, e) && frontier_load(&l->tail.tree, size, &nodes, e) &&
	     store_node(l->store, merkle_index(0, size - 1), &node, e);
	buf_release(&raw);
	if (ok && !hash32_eq(&node, &l->tail.leaf))
		ok = damaged(e, "line %" PRIu64 " is not the last leaf of the tree", size - 1);
	return ok && log_find_keys(l, e);
}

bool log_load_tail(struct log *l, struct err *e)
{
	bool ok;

	if (l->in_transaction)
		return load_tail(l, e);
	if (!store_read_begin(l->store, e))
		return false;
	ok = load_tail(l, e);
	store_read_end(l->store);
	return ok;
}

bool log_refresh(struct log *l, struct err *e)
{
	return l->in_transaction || log_load_tail(l, e);
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

struct log *log_new(const char *dir, enum log_mode mode)
{
	struct log *l = calloc(1, sizeof(*l));

	if (!l || !(l->dir = strdup(dir)))
		die("out of memory");
	l->mode = mode;
	l->keys.a = &l->arena;
	return l;
}

void log_release(struct log *l)
{
	if (!l)
		return;
	log_abort(l);
	if (l->dirty && !log_remember(l, NULL))
		l->dirty = true; /* nobody to tell: the next open compares with an older checkpoint, which is safe */
	store_release(l->store);
	if (l->census)
		census_release(l->census);
	free(l->census);
	explicit_bzero(l->seed, sizeof(l->seed));
	arena_release(&l->arena);
	free(l->remember);
	free(l->dir);
	free(l);
}

/* Makes sure that what must be remembered can be: a place that cannot be written is found out now. */
static bool prepare_to_remember(struct log *l, const struct log_options *options, struct err *e)
{
	if (l->mode == LOG_APPEND && !fs_mkdirs(options->remember, 0700, e))
		return false;
	l->remember = log_state_path(l, options->remember, ".checkpoint");
	return l->mode != LOG_APPEND || log_check_remembered(l, e);
}

/* Whatever a beginning or an end lacks, or says wrongly, is damage; a disk that fails is not. */
static bool read_ends(struct log *l, struct err *e)
{
	struct err inner = {0};
	struct buf text = {0};

	if (read_opening(l, &inner) && log_load_tail(l, &inner))
		return true;
	if (inner.code == ERR_IO || inner.code == ERR_REFUSED) {
		if (e) {
			err_clear(e);
			*e = inner;
			return false;
		}
	} else {
		err_format(&inner, &text);
		damaged(e, "%s", buf_cstr(&text));
		buf_release(&text);
	}
	err_clear(&inner);
	return false;
}

bool log_attach(struct log *l, const char *path, const struct log_options *options, struct err *e)
{
	l->store = store_open(path, l->mode == LOG_APPEND ? STORE_APPEND : STORE_READ, e);
	if (!l->store)
		return false;
	if (!read_ends(l, e))
		return err_file(e, path, 0);
	if (l->mode == LOG_APPEND && !l->keyless && !log_read_seed(l, e))
		return false;
	if (!options || !options->remember)
		return true;
	if (!prepare_to_remember(l, options, e))
		return false;
	if (l->mode == LOG_APPEND && !l->keyless && l->remembered == 0)
		return log_remember(l, e);
	return true;
}

struct log *log_open(const char *dir, enum log_mode mode, const struct log_options *options, struct err *e)
{
	char *path = fs_join(dir, LOG_DB);
	struct log *l = log_new(dir, mode);
	bool ok;

	if (!fs_exists(path)) {
		err_set(e, ERR_MISSING, ERR_NO_OFFSET, "there is no change log here");
		ok = err_file(e, path, 0);
	} else {
		ok = store_check_file_system(dir, e) && log_attach(l, path, options, e);
	}
	free(path);
	if (ok)
		return l;
	log_release(l);
	return NULL;
}
