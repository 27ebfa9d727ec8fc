#include "audit-log/log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit-log/log_state.h"
#include "src/base/fs.h"
#include "src/crypto/hash.h"

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

static bool mismatch(struct err *e, uint64_t seq, const char *what)
{
	return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "line %" PRIu64 " %s", seq, what);
}

/* ---- what an open log knows ------------------------------------------------------------------------------------- */

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

void log_set_blob_hint(struct log *l, log_blob_hint *hint, void *ctx)
{
	l->hint = hint;
	l->hint_ctx = ctx;
}

/* ---- lines ------------------------------------------------------------------------------------------------------ */

/* A row is a line when its bytes hash to the leaf beside them and say the row's own number: rows can be swapped
 * whole. */
static bool check_row(uint64_t seq, const struct hash32 *leaf, struct span raw, struct line_peek *peek, struct err *e)
{
	struct hash32 computed;

	line_leaf(&computed, raw);
	if (!hash32_eq(&computed, leaf))
		return mismatch(e, seq, "does not hash to its leaf");
	if (!line_peek(peek, raw) || peek->seq != seq)
		return mismatch(e, seq, "says another seq than its place");
	return true;
}

static bool read_row(struct log *l, uint64_t seq, struct hash32 *leaf, struct buf *raw, struct err *e)
{
	const size_t before = raw->n;
	struct line_peek peek;

	if (!store_line(l->store, seq, leaf, raw, e))
		return false;
	if (check_row(seq, leaf, span_of(raw->p + before, raw->n - before), &peek, e))
		return true;
	raw->n = before;
	return false;
}

static bool demand_seq(const struct log *l, uint64_t seq, struct err *e)
{
	if (seq < log_size(l))
		return true;
	return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "no line %" PRIu64 ": the log has %" PRIu64, seq, log_size(l));
}

bool log_line(struct log *l, uint64_t seq, struct buf *raw, struct err *e)
{
	struct hash32 leaf;

	return demand_seq(l, seq, e) && read_row(l, seq, &leaf, raw, e);
}

bool log_line_read(struct log *l, struct arena *a, uint64_t seq, struct line *out, struct err *e)
{
	struct buf raw = {0};
	const bool ok = log_line(l, seq, &raw, e) && line_parse(a, out, arena_copy(a, buf_view(&raw)), e);

	buf_release(&raw);
	return ok || err_in(e, "line %" PRIu64, seq);
}

struct each {
	log_line_fn *fn;
	void *ctx;
	uint64_t next;
	struct hash32 prev;
	struct span change;           /* only lines of this one; p NULL = all */
};

static bool each_row(struct each *each, const struct store_row *row, struct err *e)
{
	struct line_peek peek;

	if (row->i != each->next)
		return mismatch(e, each->next, "is not there");
	if (!row->hash_ok)
		return mismatch(e, row->i, "is not the row it was written as");
	if (!check_row(row->i, &row->hash, row->bytes, &peek, e))
		return false;
	if (!hash32_eq(&peek.prev, &each->prev))
		return mismatch(e, row->i, "does not continue the line before it");
	each->next++;
	each->prev = row->hash;
	if (each->change.p && !span_eq(peek.change, each->change))
		return true;
	return each->fn(each->ctx, row->i, &row->hash, row->bytes, e);
}

static bool each_line(struct log *l, uint64_t from, uint64_t to, struct each *each, struct err *e)
{
	struct store_scan *scan;
	struct store_row row;
	enum store_step step;
	bool ok = true;

	if (to > log_size(l))
		to = log_size(l);
	if (from >= to)
		return true;
	each->next = from;
	each->prev = (struct hash32){0};
	if (from && !store_line(l->store, from - 1, &each->prev, NULL, e))
		return false;
	scan = store_scan_new(l->store, STORE_LINES, from, to, true, e);
	if (!scan)
		return false;
	while (ok && (step = store_scan_step(scan, &row, e)) != STORE_DONE)
		ok = step == STORE_ROW && each_row(each, &row, e);
	store_scan_free(scan);
	return ok && (each->next == to || mismatch(e, each->next, "is not there"));
}

bool log_each(struct log *l, uint64_t from, uint64_t to, log_line_fn *fn, void *ctx, struct err *e)
{
	struct each each = { .fn = fn, .ctx = ctx };

	return each_line(l, from, to, &each, e);
}

bool log_each_of_change(struct log *l, struct span change, log_line_fn *fn, void *ctx, struct err *e)
{
	struct each each = { .fn = fn, .ctx = ctx, .change = change };

	return each_line(l, 0, UINT64_MAX, &each, e);
}

bool log_find_id(struct log *l, const uint8_t id[16], uint64_t from, uint64_t *seq, struct err *e)
{
	struct buf raw = {0};
	bool ok = false;

	for (uint64_t at = log_size(l); at-- > from;) {
		struct line_peek peek;

		buf_clear(&raw);
		if (!log_line(l, at, &raw, e))
			goto out;
		if (line_peek(&peek, buf_view(&raw)) && memcmp(peek.id, id, sizeof(peek.id)) == 0) {
			*seq = at;
			ok = true;
			goto out;
		}
	}
	err_set(e, ERR_MISSING, ERR_NO_OFFSET, "no line with this id from line %" PRIu64 " on", from);
out:
	buf_release(&raw);
	return ok;
}

/* ---- blobs ------------------------------------------------------------------------------------------------------ */

bool log_blob_is_emptied(const struct hash32 *digest, uint64_t n)
{
	struct hash32 nothing;

	sha256(&nothing, span_of(NULL, 0));
	return n == 0 && !hash32_eq(digest, &nothing);
}

static bool no_bytes(const struct hash32 *digest, enum blob_class class, struct err *e)
{
	struct buf hex = {0};

	buf_hex(&hex, SPAN_HASH(digest));
	err_set(e, ERR_MISSING, ERR_NO_OFFSET, "blob %s was %s: its bytes are not in the log any more", buf_cstr(&hex),
		class == BLOB_PRIVATE ? "erased" : "archived");
	buf_release(&hex);
	return false;
}

bool log_blob_row(struct log *l, uint64_t row, struct hash32 *digest, enum blob_class *class, struct buf *bytes,
		  struct err *e)
{
	const size_t before = bytes->n;
	struct hash32 computed;

	if (!store_blob(l->store, row, digest, class, bytes, e))
		return false;
	sha256(&computed, span_of(bytes->p + before, bytes->n - before));
	if (hash32_eq(digest, &computed))
		return true;
	if (log_blob_is_emptied(digest, bytes->n - before))
		return no_bytes(digest, *class, e);
	bytes->n = before;
	return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "blob %" PRIu64 " does not hash to its name", row);
}

/* The row, when it has this digest. */
static bool read_blob(struct log *l, uint64_t row, const struct hash32 *digest, struct buf *bytes,
		      enum blob_class *class, struct err *e)
{
	const size_t before = bytes->n;
	enum blob_class found;
	struct hash32 name;

	if (!log_blob_row(l, row, &name, &found, bytes, e))
		return false;
	if (!hash32_eq(&name, digest)) {
		bytes->n = before;
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "blob %" PRIu64 " has another name", row);
	}
	if (class)
		*class = found;
	return true;
}

bool log_each_blob(struct log *l, uint64_t from, log_blob_fn *fn, void *ctx, struct err *e)
{
	struct store_scan *scan = store_scan_new(l->store, STORE_BLOBS, from, UINT64_MAX, false, e);
	struct store_row row;
	enum store_step step;
	bool ok = scan != NULL;

	while (ok && (step = store_scan_step(scan, &row, e)) != STORE_DONE)
		ok = step == STORE_ROW && fn(ctx, &(struct blob_row){ row.i, row.hash, row.class, row.size,
							      log_blob_is_emptied(&row.hash, row.size) }, e);
	store_scan_free(scan);
	return ok;
}

/* Where the same bytes are in more than one row, one that has them. */
static bool scan_for_blob(struct log *l, const struct hash32 *digest, uint64_t *out, struct err *e)
{
	struct store_scan *scan = store_scan_new(l->store, STORE_BLOBS, 0, UINT64_MAX, false, e);
	struct store_row row;
	enum store_step step = STORE_ERROR;
	bool found = false, whole = false;

	while (scan && !whole && (step = store_scan_step(scan, &row, e)) == STORE_ROW) {
		if (!hash32_eq(&row.hash, digest))
			continue;
		found = true;
		whole = !log_blob_is_emptied(&row.hash, row.size);
		*out = row.i;
	}
	store_scan_free(scan);
	if (found && step == STORE_ERROR)
		return false;
	if (!found && step == STORE_DONE) {
		struct buf hex = {0};

		buf_hex(&hex, SPAN_HASH(digest));
		err_set(e, ERR_MISSING, ERR_NO_OFFSET, "no blob %s in the log", buf_cstr(&hex));
		buf_release(&hex);
	}
	return found;
}

bool log_blob(struct log *l, const struct hash32 *digest, struct buf *bytes, enum blob_class *class, struct err *e)
{
	uint64_t row;

	if (l->hint && l->hint(l->hint_ctx, digest, &row) && read_blob(l, row, digest, bytes, class, NULL))
		return true;
	return scan_for_blob(l, digest, &row, e) && read_blob(l, row, digest, bytes, class, e);
}

/* ---- the tree --------------------------------------------------------------------------------------------------- */

static bool read_node(void *ctx, struct hash32 *out, uint64_t index, struct err *e)
{
	struct log *l = ctx;

	return store_node(l->store, index, out, e);
}

struct merkle_nodes log_nodes(struct log *l)
{
	return (struct merkle_nodes){ read_node, l };
}

static bool demand_size(const struct log *l, uint64_t size, struct err *e)
{
	if (size <= log_size(l))
		return true;
	return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "the log has %" PRIu64 " lines, asked for %" PRIu64, log_size(l),
		       size);
}

bool log_root_at(struct log *l, uint64_t size, struct hash32 *out, struct err *e)
{
	const struct merkle_nodes nodes = log_nodes(l);

	return demand_size(l, size, e) && merkle_root(out, size, &nodes, e);
}

bool log_path(struct log *l, uint64_t seq, uint64_t size, struct merkle_path *out, struct err *e)
{
	const struct merkle_nodes nodes = log_nodes(l);

	return demand_size(l, size, e) && merkle_prove(out, seq, size, &nodes, e);
}

bool log_consistency(struct log *l, uint64_t old, uint64_t size, struct merkle_path *out, struct err *e)
{
	const struct merkle_nodes nodes = log_nodes(l);

	return demand_size(l, size, e) && merkle_prove_consistency(out, old, size, &nodes, e);
}

/* ---- checkpoints ------------------------------------------------------------------------------------------------ */

static bool read_checkpoint(struct log *l, uint64_t i, struct buf *note, struct tree_head *head, struct err *e)
{
	const size_t before = note->n;
	struct arena a = {0};
	struct checkpoint c;
	uint64_t size;
	bool ok = store_checkpoint(l->store, i, &size, note, e) &&
		  checkpoint_open(&a, &c, span_of(note->p + before, note->n - before), log_key_at(l, size), e);

	if (ok && c.head.size != size)
		ok = err_set(e, ERR_MISMATCH, ERR_NO_OFFSET,
			     "checkpoint %" PRIu64 " is over another size than it is kept under", i);
	if (ok && head)
		*head = c.head;
	if (!ok)
		note->n = before;
	arena_release(&a);
	return ok;
}

bool log_newest_checkpoint(struct log *l, struct buf *note, struct tree_head *head, struct err *e)
{
	struct buf own = {0};
	uint64_t count;
	bool ok = false;

	if (!store_count(l->store, STORE_CHECKPOINTS, &count, e))
		return false;
	if (!count)
		return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "the log has no checkpoint");
	ok = read_checkpoint(l, count - 1, note ? note : &own, head, e);
	buf_release(&own);
	return ok;
}

/* Their sizes never fall. */
bool log_checkpoints_up_to(struct log *l, uint64_t size, uint64_t *out, struct err *e)
{
	uint64_t low = 0, high, found = 0;

	if (!store_count(l->store, STORE_CHECKPOINTS, &high, e))
		return false;
	while (low < high) {
		const uint64_t mid = low + (high - low) / 2;

		if (!store_checkpoint(l->store, mid, &found, NULL, e))
			return false;
		if (found <= size)
			low = mid + 1;
		else
			high = mid;
	}
	*out = low;
	return true;
}

static bool hands_over(struct span note)
{
	struct arena a = {0};
	struct checkpoint c;
	struct note n;
	const bool is = note_parse(&a, &n, note, NULL) && checkpoint_parse(&c, n.text, NULL) && handover_is(&c);

	arena_release(&a);
	return is;
}

/* A hand-over says more than that: where it is the last one, the checkpoint before it is meant. */
bool log_checkpoint_at(struct log *l, uint64_t size, struct buf *note, struct err *e)
{
	const size_t before = note->n;
	uint64_t n, found;

	if (!log_checkpoints_up_to(l, size, &n, e))
		return false;
	for (; n; n--, note->n = before) {
		if (!store_checkpoint(l->store, n - 1, &found, note, e))
			return false;
		if (found != size || !hands_over(span_of(note->p + before, note->n - before)))
			break;
	}
	note->n = before;
	return (n && found == size) ? read_checkpoint(l, n - 1, note, NULL, e)
	       : err_set(e, ERR_MISSING, ERR_NO_OFFSET, "no checkpoint over %" PRIu64 " lines", size);
}

/* ---- what is remembered outside ------------------------------------------------------------------------------- */

char *log_state_path(const struct log *l, const char *dir, const char *ending)
{
	struct buf name = {0};
	struct hash32 h;
	char *path;

	sha256(&h, log_origin(l));
	buf_hex(&name, SPAN_HASH(&h));
	buf_str(&name, ending);
	path = fs_join(dir, buf_cstr(&name));
	buf_release(&name);
	return path;
}

/* By the key that signs at its size. */
static bool open_under_its_key(struct log *l, struct arena *a, struct span bytes, struct checkpoint *out,
			       struct err *e)
{
	const struct note_key *key;
	struct note n;

	if (!note_parse(a, &n, bytes, e) || !checkpoint_parse(out, n.text, e))
		return false;
	key = log_key_at(l, out->head.size);
	if (note_is_signed_under(&n, key))
		return checkpoint_open(a, out, bytes, key, e);
	return err_refuse(e, "LOG-FORKED", "this machine remembers a log of this name with another key%s",
			  out->head.size <= log_size(l) ? ""
			  : ", and more lines: it is another log, or a copy from before its key was changed");
}

static bool open_remembered(struct log *l, struct span bytes, struct tree_head *out, struct err *e)
{
	struct arena a = {0};
	struct checkpoint c;
	struct err inner = {0};
	struct buf text = {0};
	const bool ok = open_under_its_key(l, &a, bytes, &c, &inner);

	if (ok) {
		*out = c.head;
	} else if (inner.code == ERR_REFUSED) {
		if (e) {
			err_clear(e);
			*e = inner;
			inner = (struct err){0};
		}
		err_file(e, l->remember, 0);
	} else {
		err_format(&inner, &text);
		err_refuse(e, "LOG-REMEMBERED", "what this machine remembers of the log cannot be read: %s",
			   buf_cstr(&text));
		err_file(e, l->remember, 0);
	}
	buf_release(&text);
	err_clear(&inner);
	arena_release(&a);
	return ok;
}

bool log_read_remembered(struct log *l, struct tree_head *out, bool *found, struct err *e)
{
	struct buf bytes = {0};
	struct err inner = {0};
	bool ok = true;

	*found = false;
	if (!l->remember)
		return true;
	if (fs_read(&bytes, l->remember, NOTE_MAX_BYTES, &inner)) {
		ok = open_remembered(l, buf_view(&bytes), out, e);
		*found = ok;
	} else if (inner.code != ERR_MISSING) {
		struct buf text = {0};

		err_format(&inner, &text);
		ok = err_refuse(e, "LOG-REMEMBERED", "what this machine remembers of the log cannot be read: %s",
				buf_cstr(&text));
		buf_release(&text);
	}
	err_clear(&inner);
	buf_release(&bytes);
	return ok;
}

bool log_check_remembered(struct log *l, struct err *e)
{
	struct tree_head then;
	struct hash32 root;
	struct buf a = {0}, b = {0};
	bool found;

	if (!log_read_remembered(l, &then, &found, e))
		return false;
	if (!found)
		return true;
	l->remembered = then.size;
	if (then.size > log_size(l)) {
		err_refuse(e, "LOG-SHORT", "the log has %" PRIu64 " lines, this machine has seen %" PRIu64
			   ": it was cut off, or it is an older copy", log_size(l), then.size);
		return err_file(e, l->dir, 0);
	}
	if (!log_root_at(l, then.size, &root, e))
		return false;
	if (hash32_eq(&root, &then.root))
		return true;
	buf_hex(&a, SPAN_HASH(&root));
	buf_hex(&b, SPAN_HASH(&then.root));
	err_refuse(e, "LOG-FORKED", "the root over the first %" PRIu64 " lines is %s, this machine remembers %s: "
		   "the history was rewritten, or this is another log", then.size, buf_cstr(&a), buf_cstr(&b));
	buf_release(&a);
	buf_release(&b);
	return err_file(e, l->dir, 0);
}

bool log_is_remembered(const struct log *l)
{
	return l->remembered > 0;
}

/* ---- opening ---------------------------------------------------------------------------------------------------- */

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
	explicit_bzero(l->seed, sizeof(l->seed));
	arena_release(&l->arena);
	free(l->remember);
	free(l->dir);
	free(l);
}

static bool read_opening(struct log *l, struct err *e)
{
	struct buf raw = {0};
	struct hash32 leaf;
	struct line line;
	struct span format;
	bool ok = read_row(l, 0, &leaf, &raw, e) &&
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
	ok = read_row(l, size - 1, &l->tail.leaf, &raw, e) && line_peek(&peek, buf_view(&raw)) &&
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
