#include "audit-log/keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit-log/log_state.h"
#include "src/base/fs.h"

const struct log_keys *log_keys(const struct log *l)
{
	return &l->keys;
}

/* ---- which keys there were: found by the checkpoints ------------------------------------------------------------ */

/* One row of the checkpoints: whose it is. */
struct row {
	struct checkpoint c;
	bool read, of_key, changes;   /* it is signed by the key in question; it hands over */
};

static bool read_row(struct log *l, struct arena *a, uint64_t i, const struct note_key *key, struct row *out,
		     struct err *e)
{
	struct buf bytes = {0};
	uint64_t size;
	struct note n;
	const bool ok = store_checkpoint(l->store, i, &size, &bytes, e);

	*out = (struct row){0};
	if (ok && note_parse(a, &n, arena_copy(a, buf_view(&bytes)), NULL) &&
	    checkpoint_parse(&out->c, n.text, NULL)) {
		out->read = true;
		out->of_key = note_is_signed_under(&n, key);
		out->changes = handover_is(&out->c);
	}
	buf_release(&bytes);
	return ok;
}

/* The first row from which on the newest key that is known does not sign any more: its own hand-over, or where it was
 * lost the next key's. `count` when there is none. The rows of a key are together, so it is found by halves; mostly it
 * is the last. */
static bool first_of_next(struct log *l, struct arena *a, uint64_t count, uint64_t *out, struct row *row, struct err *e)
{
	const struct log_reign *now = log_keys_now(&l->keys);
	const struct note_key *key = &now->key;
	uint64_t low = 0, high = count, mid = count - 1;

	if (now->line && !log_checkpoints_up_to(l, now->line, &low, e))
		return false;
	for (; low < high; mid = low + (high - low) / 2) {
		if (!read_row(l, a, mid, key, row, e))
			return false;
		if (row->of_key && !row->changes)
			low = mid + 1;
		else
			high = mid;
	}
	*out = low;
	return low == count || read_row(l, a, low, key, row, e);
}

static bool take_change(struct log *l, struct arena *a, const struct row *row, struct err *e)
{
	struct tree_head before = { .size = row->c.head.size };
	struct line line;

	return log_line_read(l, a, before.size, &line, e) && log_root_at(l, before.size, &before.root, e) &&
	       (log_keys_take(&l->keys, &line, &before, e) || err_in(e, "line %llu", (unsigned long long)line.seq));
}

/* Rows that cannot be read, or that nobody signed, are verify's to name: what they hide is no key that signs here. */
bool log_find_keys(struct log *l, struct err *e)
{
	struct arena a = {0};
	uint64_t count, at = 0;
	struct row row;
	bool ok = store_count(l->store, STORE_CHECKPOINTS, &count, e), more = ok;

	while (ok && more) {
		const size_t before = l->keys.n;

		ok = first_of_next(l, &a, count, &at, &row, e) &&
		     (at == count || !row.changes || take_change(l, &a, &row, e));
		more = l->keys.n > before;
	}
	arena_release(&a);
	return ok;
}

/* ---- the file --------------------------------------------------------------------------------------------------- */

static bool is_private(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return err_refuse(e, "LOG-KEY", "no log key: only the holder of the log key appends; others read");
	return !(st.st_mode & 077) || err_refuse(e, "LOG-KEY", "others can read the log key (mode %04o): chmod 600",
						 (unsigned)st.st_mode & 07777);
}

static bool read_seed(struct log *l, const char *path, struct err *e)
{
	const struct note_key *wanted = &log_keys_now(&l->keys)->key;
	struct buf text = {0};
	struct note_key key;
	bool ok = is_private(path, e) && fs_read(&text, path, 4096, e);

	if (ok && text.n && text.p[text.n - 1] == '\n')
		text.n--;
	ok = ok && note_seed_parse(&l->arena, &key, l->seed, buf_view(&text), e);
	if (ok && !(span_eq(key.name, wanted->name) && span_eq(key.public_key, wanted->public_key)))
		ok = err_refuse(e, "LOG-KEY", "this is not the key that the log names");
	if (text.p)
		explicit_bzero(text.p, text.cap);
	buf_release(&text);
	return ok || err_file(e, path, 0);
}

/* A change of key that was cut off after its transaction: the key waits beside the old one. Another process may be
 * putting it in place at this moment, so a file that has just gone is looked for once more. */
static bool finish_change(struct log *l, const char *path, const char *next)
{
	return read_seed(l, next, NULL) && (rename(next, path) == 0 || errno == ENOENT) && fs_sync_parent(path, NULL);
}

bool log_read_seed(struct log *l, struct err *e)
{
	char *path = fs_join(l->dir, LOG_KEY), *next = fs_join(l->dir, LOG_KEY_NEXT);
	const bool ok = read_seed(l, path, NULL) || finish_change(l, path, next) || read_seed(l, path, e);

	free(path);
	free(next);
	return ok;
}

/* ---- changing it ------------------------------------------------------------------------------------------------ */

bool log_write_seed(const char *path, struct span origin, const uint8_t seed[32], struct err *e)
{
	struct buf text = {0};
	bool ok;

	note_seed_format(&text, origin, seed);
	buf_byte(&text, '\n');
	ok = fs_write(path, buf_view(&text), 0600, e);
	explicit_bzero(text.p, text.cap);
	buf_release(&text);
	return ok;
}

static bool put_note(struct log *l, const struct tree_head *head, struct span note, struct err *e)
{
	struct hash32 stored;

	if (!log_root_at(l, head->size, &stored, e))
		return false;
	if (!hash32_eq(&stored, &head->root))
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "the tree reads back differently from how it was written");
	if (!store_put_checkpoint(l->store, l->tail.checkpoints, head->size, note, e))
		return false;
	l->tail.checkpoints++;
	return true;
}

/* Within a transaction; l->seed is the new key's when it returns true. */
static bool change_key(struct log *l, struct line *line, const struct note_key *next, const uint8_t seed[32],
		       struct err *e)
{
	struct arena a = {0};
	struct json *body = json_object(&a);
	struct buf note = {0}, vkey = {0};
	struct tree_head head;
	struct unix_time now;
	bool ok = log_step_clock(l, line, &now, e);

	if (ok) {
		head = log_head(l);
		handover_make(&note, &head, &log_keys_now(&l->keys)->key, l->seed, next, seed);
		note_key_format(&vkey, next);
		json_set(body, &a, "logKey", json_text(&a, buf_view(&vkey)));
		json_set(body, &a, "note", json_text(&a, buf_view(&note)));
		line->body = body;
		ok = put_note(l, &head, buf_view(&note), e) && log_put_line(l, line, now, e) &&
		     log_keys_take(&l->keys, line, &head, e);
	}
	if (ok) {
		memcpy(l->seed, seed, sizeof(l->seed));
		ok = log_add_checkpoint(l, NULL, e);
	}
	buf_release(&note);
	buf_release(&vkey);
	arena_release(&a);
	return ok;
}

bool log_rotate_key(struct log *l, struct span actor, struct span auth, struct err *e)
{
	struct line line = { .kind = span_str("log.key-rotated"), .actor = actor, .auth = auth };
	char *path = fs_join(l->dir, LOG_KEY_NEXT);
	uint8_t old[32], seed[32];
	struct note_key next;
	bool ok = log_begin(l, e);

	memcpy(old, l->seed, sizeof(old));
	random_bytes(seed, sizeof(seed));
	next = note_key_of_seed(&l->arena, log_origin(l), seed);
	if (ok) {
		ok = log_write_seed(path, log_origin(l), seed, e) && change_key(l, &line, &next, seed, e) &&
		     log_commit(l, e);
		log_abort(l);
		if (!ok)
			memcpy(l->seed, old, sizeof(l->seed));
		/* What a commit that failed left on disk is not known: then the next opening needs both. */
		if (!ok && !l->broken)
			unlink(path);
	}
	if (ok && !log_read_seed(l, NULL))
		memcpy(l->seed, seed, sizeof(seed));   /* not in place yet: the next opening does it */
	explicit_bzero(old, sizeof(old));
	explicit_bzero(seed, sizeof(seed));
	free(path);
	return ok;
}
