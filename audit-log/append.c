/*~ Welcome. This file is where the log grows, and it can be read from top to bottom.
 *
 * What it has to achieve: whatever was acknowledged is there for good; whatever was not is there whole or not at all;
 * two commands that write at the same moment never make two histories; and a machine that lies (a full disk, a
 * flipped bit on the way) is found out before we say "done".
 *
 * audit-log/FORMAT.md says what a line is; src/proof/line.c writes one; audit-log/store_rows.c puts rows into
 * SQLite. */
#include "audit-log/append.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit-log/log_state.h"
#include "src/base/fs.h"
#include "src/crypto/hash.h"

/*~ A transaction begins by taking SQLite's write lock, and only then asks where the log ends. Asking first and locking
 * later is how two consoles make a fork: both would see line 11 as the last, and both would write a line 12. */
static bool continues(struct log *l, const struct log_tail *then, struct err *e)
{
	struct hash32 root, now;

	frontier_root(&then->tree, &root);
	if (log_size(l) < then->tree.size)
		return err_refuse(e, "LOG-SHORT", "the log has %" PRIu64 " lines, a moment ago it had %" PRIu64,
				  log_size(l), then->tree.size);
	if (!log_root_at(l, then->tree.size, &now, e))
		return false;
	if (!hash32_eq(&root, &now))
		return err_refuse(e, "LOG-FORKED", "the first %" PRIu64 " lines are not what they were a moment ago",
				  then->tree.size);
	return true;
}

/* The usual case: SQLite knows that nobody else wrote since our last commit. */
static bool reread_tail(struct log *l, struct err *e)
{
	const struct log_tail then = l->tail;
	uint32_t version;

	if (!store_version(l->store, &version, e))
		return false;
	if (l->have_version && version == l->version)
		return true;
	return log_load_tail(l, e) && continues(l, &then, e) &&
	       (l->keys.n == l->keys_before || l->keyless || log_read_seed(l, e));
}

bool log_begin(struct log *l, struct err *e)
{
	if (l->mode != LOG_APPEND)
		return err_refuse(e, "LOG-KEY", "the log is open for reading");
	if (l->broken)
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "the last commit failed: the log has to be opened anew");
	if (l->in_transaction)
		BUG("a transaction within a transaction");
	if (!store_begin(l->store, e))
		return false;
	l->in_transaction = true;
	l->signed_now = false;
	l->before = l->tail;
	l->keys_before = l->keys.n;
	if (reread_tail(l, e)) {
		l->before = l->tail;
		l->keys_before = l->keys.n;
		return true;
	}
	log_abort(l);
	return false;
}

void log_abort(struct log *l)
{
	if (!l->in_transaction)
		return;
	store_rollback(l->store);
	l->tail = l->before;
	l->have_version = false;
	l->keys.n = l->keys_before;
	l->in_transaction = false;
}

/*~ A line is tied to its past twice: `prev` is the leaf of the line before, inside the bytes that are hashed; and its
 * own leaf goes into the tree, with every subtree that it completes. The nodes cost two rows a line and make a root
 * or a proof of any size a matter of a few dozen reads, for good: a complete subtree never changes. */
static bool put_leaf(struct log *l, const struct hash32 *leaf, struct err *e)
{
	uint64_t at = merkle_count(log_size(l));
	struct hash32 kept[MERKLE_LEVELS];
	const size_t n = frontier_add(&l->tail.tree, leaf, kept);

	for (size_t i = 0; i < n; i++)
		if (!store_put_node(l->store, at + i, &kept[i], e))
			return false;
	return true;
}

bool log_put_line(struct log *l, struct line *line, struct unix_time now, struct err *e)
{
	struct buf raw = {0};
	struct hash32 leaf;
	bool ok;

	line->seq = log_size(l);
	line->prev = l->tail.leaf;
	line->time = now;
	line->raw = span_of(NULL, 0);
	random_bytes(line->id, sizeof(line->id));
	ok = line_write(&raw, line, e);
	if (ok) {
		line_leaf(&leaf, buf_view(&raw));
		ok = store_put_line(l->store, line->seq, &leaf, buf_view(&raw), e) && put_leaf(l, &leaf, e);
	}
	if (ok) {
		l->tail.leaf = leaf;
		l->tail.time = now;
	}
	buf_release(&raw);
	return ok;
}

/*~ Time is what this machine's clock says, never "corrected". If the clock has stepped back since the last line, the
 * log says so first, in a line of its own, and goes on with the earlier time. */
static bool put_clock_line(struct log *l, const struct line *cause, struct unix_time now, struct err *e)
{
	struct arena a = {0};
	struct json *body = json_object(&a);
	struct line line = {
		.kind = span_str("clock.stepped-back"), .actor = cause->actor, .auth = cause->auth, .body = body
	};
	struct buf from = {0}, to = {0};
	bool ok;

	time_format(&from, l->tail.time);
	time_format(&to, now);
	json_set(body, &a, "from", json_text(&a, buf_view(&from)));
	json_set(body, &a, "to", json_text(&a, buf_view(&to)));
	ok = log_put_line(l, &line, now, e);
	buf_release(&from);
	buf_release(&to);
	arena_release(&a);
	return ok;
}

static void need_transaction(const struct log *l)
{
	if (!l->in_transaction)
		BUG("no transaction");
}

bool log_step_clock(struct log *l, const struct line *cause, struct unix_time *now, struct err *e)
{
	need_transaction(l);
	*now = time_now();
	return !log_size(l) || now->ms >= l->tail.time.ms || put_clock_line(l, cause, *now, e);
}

bool log_add_line(struct log *l, struct line *line, struct err *e)
{
	struct unix_time now;

	return log_step_clock(l, line, &now, e) && log_put_line(l, line, now, e);
}

/*~ What is too large for a line, or is a file in itself, is a blob: a row that the line names by SHA-256. The same
 * bytes in the same class are kept once, when the views can tell us where they are. */
static bool have_blob(struct log *l, const struct hash32 *digest, enum blob_class class)
{
	struct buf bytes = {0};
	enum blob_class found;
	struct hash32 name;
	uint64_t row;
	bool have;

	if (!l->hints.blob || !l->hints.blob(l->hints.ctx, digest, &row))
		return false;
	have = log_blob_row(l, row, &name, &found, &bytes, NULL) && hash32_eq(&name, digest) && found == class;
	buf_release(&bytes);
	return have;
}

/* Erased is erased: the same bytes do not come back under the name that two people emptied. */
static bool was_erased(struct log *l, const struct hash32 *digest)
{
	struct buf bytes = {0};
	enum blob_class class;
	struct hash32 name;
	uint64_t row;
	const bool was = l->hints.blob && l->hints.blob(l->hints.ctx, digest, &row) &&
			 store_blob(l->store, row, &name, &class, &bytes, NULL) && class == BLOB_PRIVATE &&
			 hash32_eq(&name, digest) && log_blob_is_emptied(&name, bytes.n);

	buf_release(&bytes);
	return was;
}

bool log_add_blob(struct log *l, struct span bytes, enum blob_class class, struct hash32 *digest, struct err *e)
{
	need_transaction(l);
	sha256(digest, bytes);
	if (have_blob(l, digest, class))
		return true;
	if (was_erased(l, digest))
		return err_refuse(e, "ERASED", "these bytes were erased from the log by two people");
	if (!store_put_blob(l->store, l->tail.blobs, digest, class, bytes, e))
		return false;
	l->tail.blobs++;
	return true;
}

/*~ A checkpoint is our signature under (origin, size, root). In 2021 a certificate log died of one flipped bit: it
 * had signed a root that none of its entries led to. So the root we sign is computed from the nodes as SQLite gives
 * them back, and has to equal the one in memory. */
static bool sign_head(struct log *l, struct buf *note, struct err *e)
{
	struct tree_head head = log_head(l);
	struct hash32 stored;
	struct buf text = {0};

	if (!log_root_at(l, head.size, &stored, e))
		return false;
	if (!hash32_eq(&stored, &head.root))
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "the tree reads back differently from how it was written");
	checkpoint_write(&text, log_origin(l), &head);
	note_sign_with(note, buf_view(&text), log_key(l), l->seed);
	buf_release(&text);
	return true;
}

/* Lines since the newest checkpoint make another one. */
static bool same_as_newest(struct log *l, struct span note)
{
	struct buf newest = {0};
	uint64_t size;
	const bool possible = l->tail.checkpoints && (l->signed_now || log_size(l) == l->before.tree.size);
	const bool same = possible && store_checkpoint(l->store, l->tail.checkpoints - 1, &size, &newest, NULL) &&
			  span_eq(buf_view(&newest), note);

	buf_release(&newest);
	return same;
}

static bool put_checkpoint(struct log *l, struct span note, struct err *e)
{
	if (same_as_newest(l, note))
		return true;
	if (!store_put_checkpoint(l->store, l->tail.checkpoints, log_size(l), note, e))
		return false;
	l->tail.checkpoints++;
	return true;
}

bool log_add_checkpoint(struct log *l, struct buf *note, struct err *e)
{
	struct buf own = {0};
	bool ok;

	need_transaction(l);
	ok = sign_head(l, &own, e) && put_checkpoint(l, buf_view(&own), e);
	if (ok && note)
		buf_span(note, buf_view(&own));
	l->signed_now |= ok;
	buf_release(&own);
	return ok;
}

/*~ A log that goes on from a backup may get lines back that others kept. They are not ours to write: the bytes go in as
 * they were, and only under a checkpoint that this key signed. */
static bool put_back(struct log *l, struct span raw, struct err *e)
{
	struct arena a = {0};
	struct line line;
	struct hash32 leaf;
	bool ok = line_parse(&a, &line, raw, e);

	if (ok && (line.seq != log_size(l) || !hash32_eq(&line.prev, &l->tail.leaf)))
		ok = err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "it does not continue the log");
	if (ok) {
		line_leaf(&leaf, raw);
		ok = store_put_line(l->store, line.seq, &leaf, raw, e) && put_leaf(l, &leaf, e);
	}
	if (ok) {
		l->tail.leaf = leaf;
		l->tail.time = line.time;
		/* What was signed over them is lost with the file: a packet, and a succession, need it again. */
		if (line_kind_is(&line, "change.proposed") || line_kind_is(&line, "deployment.adopted"))
			ok = log_add_checkpoint(l, NULL, e);
	}
	arena_release(&a);
	return ok || err_in(e, "line %" PRIu64, log_size(l));
}

bool log_refill(struct log *l, const struct span *lines, size_t n, struct span note, struct err *e)
{
	struct arena a = {0};
	struct checkpoint c;
	struct hash32 root;
	bool ok = true;

	need_transaction(l);
	for (size_t i = 0; ok && i < n; i++)
		ok = put_back(l, lines[i], e);
	ok = ok && checkpoint_open(&a, &c, note, log_key(l), e) && log_root_at(l, log_size(l), &root, e);
	if (ok && (c.head.size != log_size(l) || !hash32_eq(&c.head.root, &root)))
		ok = err_refuse(e, "LOG-FORKED", "the lines do not lead to the checkpoint over %" PRIu64, c.head.size);
	/* A hand-over is a row only before the line that names it; the key that signed it is here. */
	ok = ok && (handover_is(&c) ? log_add_checkpoint(l, NULL, e) : put_checkpoint(l, note, e));
	arena_release(&a);
	return ok;
}

/*~ Before COMMIT every row is read again and hashed again: what SQLite would hand out tomorrow is what we promise. */
static bool reread_line(struct log *l, uint64_t seq, struct hash32 *prev, struct err *e)
{
	struct hash32 leaf, node, computed;
	struct line_peek peek;
	struct buf raw = {0};
	bool ok = store_line(l->store, seq, &leaf, &raw, e) && store_node(l->store, merkle_index(0, seq), &node, e);

	if (ok) {
		line_leaf(&computed, buf_view(&raw));
		ok = (hash32_eq(&leaf, &computed) && hash32_eq(&leaf, &node) && line_peek(&peek, buf_view(&raw)) &&
		      peek.seq == seq && hash32_eq(&peek.prev, prev)) ||
		     err_set(e, ERR_IO, ERR_NO_OFFSET,
			     "line %" PRIu64 " reads back differently from how it was written", seq);
		*prev = leaf;
	}
	buf_release(&raw);
	return ok;
}

static bool reread_blob(struct log *l, uint64_t row, struct err *e)
{
	struct buf bytes = {0};
	struct hash32 digest;
	enum blob_class class;
	const bool ok = log_blob_row(l, row, &digest, &class, &bytes, e);

	buf_release(&bytes);
	return ok;
}

static bool reread(struct log *l, struct err *e)
{
	struct hash32 prev = l->before.leaf;

	for (uint64_t seq = l->before.tree.size; seq < log_size(l); seq++)
		if (!reread_line(l, seq, &prev, e))
			return false;
	for (uint64_t row = l->before.blobs; row < l->tail.blobs; row++)
		if (!reread_blob(l, row, e))
			return false;
	return true;
}

/*~ COMMIT returns when the disk has it (WAL, synchronous=FULL). When it fails instead, the rows may still be on the
 * disk: SQLite has written them and could not make sure. Then nobody may assume either, so this log refuses
 * everything until it is opened again, and the caller looks for the id of its line (log_find_id). */
bool log_commit(struct log *l, struct err *e)
{
	need_transaction(l);
	if (!reread(l, e)) {
		log_abort(l);
		return false;
	}
	if (!store_commit(l->store, e)) {
		log_abort(l);
		l->broken = true;
		return false;
	}
	l->in_transaction = false;
	l->have_version = store_version(l->store, &l->version, NULL);
	l->dirty |= log_size(l) > l->before.tree.size;
	if (l->signed_now && !log_remember(l, NULL))
		l->dirty = true;      /* release tries again */
	return true;
}

bool log_append(struct log *l, struct line *line, struct err *e)
{
	if (!log_begin(l, e))
		return false;
	if (log_add_line(l, line, e))
		return log_commit(l, e);
	log_abort(l);
	return false;
}

bool log_checkpoint(struct log *l, struct buf *note, struct err *e)
{
	if (!log_begin(l, e))
		return false;
	if (log_add_checkpoint(l, note, e))
		return log_commit(l, e);
	log_abort(l);
	return false;
}

/*~ Neither the chain nor the tree can see that the end of a log was cut off, or that the whole file is last month's.
 * Only a checkpoint kept somewhere else can; the nearest such place is a file of this machine outside the log's
 * directory. */
bool log_remember(struct log *l, struct err *e)
{
	struct tree_head there;
	struct buf note = {0};
	bool found, ok;

	if (!l->remember || l->mode != LOG_APPEND || log_size(l) <= l->remembered) {
		l->dirty = false;
		return true;
	}
	if (!log_read_remembered(l, &there, &found, e))
		return false;
	if (found && there.size >= log_size(l)) {
		l->remembered = there.size;
		l->dirty = false;
		return true;
	}
	ok = sign_head(l, &note, e) && fs_write(l->remember, buf_view(&note), 0600, e);
	if (ok) {
		l->remembered = log_size(l);
		l->dirty = false;
	}
	buf_release(&note);
	return ok;
}

/*~ A new log is made under another name and renamed when it is complete, so that a log.db always has its line 0 and a
 * checkpoint over it. A name ending in .new is what a crash left of one that never was. */
struct making {
	char *db, *new_db, *key;
};

static void remove_new_db(const struct making *m)
{
	static const char *const parts[] = { "", "-wal", "-shm" };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		struct buf path = {0};

		buf_fmt(&path, "%s%s", m->new_db, parts[i]);
		unlink(buf_cstr(&path));
		buf_release(&path);
	}
}

static bool clear_the_ground(const struct making *m, struct err *e)
{
	if (fs_exists(m->db)) {
		err_refuse(e, "EXISTS", "there is a change log already");
		return err_file(e, m->db, 0);
	}
	if (fs_exists(m->key) && !fs_exists(m->new_db)) {
		err_refuse(e, "EXISTS",
			   "there is a log key without its log: a log that is gone is restored, not begun again");
		return err_file(e, m->key, 0);
	}
	unlink(m->key);
	remove_new_db(m);
	return true;
}

static struct json *opening_body(struct arena *a, const struct log_opening *o, const struct note_key *key)
{
	struct json *body = o->body ? json_copy(a, o->body) : json_object(a);
	struct buf vkey = {0};

	note_key_format(&vkey, key);
	json_set(body, a, "format", json_str(a, LOG_FORMAT));
	json_set(body, a, "origin", json_text(a, o->origin));
	json_set(body, a, "logKey", json_text(a, buf_view(&vkey)));
	buf_release(&vkey);
	return body;
}

static bool write_first_lines(struct log *l, const struct log_opening *o, struct err *e)
{
	struct arena a = {0};
	struct line line = { .kind = span_str("log.opened"), .actor = o->actor, .auth = o->auth };
	struct hash32 digest;
	bool ok = true;

	line.body = opening_body(&a, o, log_key(l));
	if (!store_begin(l->store, e)) {
		arena_release(&a);
		return false;
	}
	l->in_transaction = true;
	for (size_t i = 0; ok && i < o->n_blobs; i++)
		ok = log_add_blob(l, o->blobs[i], BLOB_PUBLIC, &digest, e);
	ok = ok && log_add_line(l, &line, e) && log_add_checkpoint(l, NULL, e) && log_commit(l, e);
	log_abort(l);
	arena_release(&a);
	return ok;
}

static bool make_db(const struct making *m, const char *dir, const struct log_opening *o, const uint8_t seed[32],
		    struct err *e)
{
	struct note_key key;
	struct log *l;
	bool ok;

	if (!store_create(m->new_db, e))
		return false;
	l = log_new(dir, LOG_APPEND);
	memcpy(l->seed, seed, sizeof(l->seed));
	key = note_key_of_seed(&l->arena, o->origin, seed);
	log_keys_begin(&l->keys, &key);
	l->store = store_open(m->new_db, STORE_APPEND, e);
	ok = l->store && write_first_lines(l, o, e);
	log_release(l);               /* closes the database: its WAL goes into the file */
	return ok;
}

static bool sync_dir(const char *dir, struct err *e)
{
	const int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (!ok) {
		err_set(e, ERR_IO, ERR_NO_OFFSET, "cannot be made durable: %m");
		err_file(e, dir, 0);
	}
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool move_into_place(const struct making *m, const char *dir, struct err *e)
{
	if (rename(m->new_db, m->db) == 0)
		return sync_dir(dir, e);
	err_set(e, ERR_IO, ERR_NO_OFFSET, "cannot be renamed to %s: %m", m->db);
	return err_file(e, m->new_db, 0);
}

static bool make_log(const char *dir, const struct log_opening *o, struct err *e)
{
	struct making m = { fs_join(dir, LOG_DB), fs_join(dir, LOG_DB ".new"), fs_join(dir, LOG_KEY) };
	uint8_t seed[32];
	bool ok = clear_the_ground(&m, e);

	if (ok) {
		random_bytes(seed, sizeof(seed));
		ok = make_db(&m, dir, o, seed, e) && log_write_seed(m.key, o->origin, seed, e) &&
		     move_into_place(&m, dir, e);
		if (!ok && !fs_exists(m.db)) {
			unlink(m.key);
			remove_new_db(&m);
		}
	}
	explicit_bzero(seed, sizeof(seed));
	free(m.db);
	free(m.new_db);
	free(m.key);
	return ok;
}

struct log *log_create(const char *dir, const struct log_opening *o, const struct log_options *options, struct err *e)
{
	if (!note_name_is_valid(o->origin)) {
		err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "a log's name is not empty and has no white space and no '+'");
		err_in(e, "origin");
		return NULL;
	}
	if (!fs_mkdirs(dir, 0700, e) || !store_check_file_system(dir, e) || !make_log(dir, o, e))
		return NULL;
	return log_open(dir, LOG_APPEND, options, e);
}

/*~ Next: audit-log/verify_lines.c, which trusts nothing of the above. */
