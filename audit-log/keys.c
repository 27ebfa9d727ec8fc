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

/* ---- whose owners vouch for a key in a lost one's place --------------------------------------------------------- */

/* Opening reads no line that it need not: of the lines before, the one that the succession says adopted the profile.
 * That none after it did is for verify to say, which reads them all. */
struct past {
	struct log *l;
	struct arena *a;
	struct log_profiles profiles; /* that one */
	struct hash32 leaf;
};

static bool root_at(void *ctx, uint64_t size, struct hash32 *out, struct err *e)
{
	const struct past *p = ctx;

	return log_root_at(p->l, size, out, e);
}

/* Is that line under the root of this size? The old key signed that root: log_keys_take() has compared. */
static bool is_under(const struct past *p, uint64_t size)
{
	const uint64_t seq = p->profiles.v[0].seq;
	struct merkle_path path;
	struct hash32 root;

	return log_root_at(p->l, size, &root, NULL) && log_path(p->l, seq, size, &path, NULL) &&
	       merkle_path_verify(&root, &p->leaf, seq, size, path.hash, path.n, NULL);
}

static const struct deployment *deployment_under(void *ctx, uint64_t size)
{
	const struct past *p = ctx;
	struct deployment *d = ARENA_NEW(p->a, struct deployment);
	struct buf text = {0};
	const bool ok = is_under(p, size) && log_blob(p->l, &p->profiles.v[0].profile, &text, NULL, NULL) &&
			deployment_parse_identity(p->a, d, arena_copy(p->a, buf_view(&text)), NULL);

	buf_release(&text);
	return ok ? d : NULL;
}

static bool find_profile(struct past *p, const struct line *l, struct err *e)
{
	struct buf raw = {0};
	struct line adopting;
	uint64_t seq;
	const bool ok = json_get_u64(l->body, "adopted", &seq, e) && log_line(p->l, seq, &raw, e) &&
			line_parse(p->a, &adopting, arena_copy(p->a, buf_view(&raw)), e);

	if (ok) {
		line_leaf(&p->leaf, buf_view(&raw));
		log_profiles_take(&p->profiles, p->a, &adopting);
	}
	buf_release(&raw);
	return ok || err_in(e, "adopted");
}

/* Takes a line that changes the key. The owners' word is counted, not believed. */
static bool take_key(struct log *l, struct arena *a, const struct line *line, const struct tree_head *before,
		     struct err *e)
{
	struct past p = { .l = l, .a = a };
	const struct log_past past = { root_at, deployment_under, &p.profiles, &p };

	if (line_kind_is(line, "log.key-succeeded") && !find_profile(&p, line, e))
		return err_in(e, "succession");
	if (!log_keys_take(&l->keys, line, before, &past, e))
		return false;
	if (!log_keys_now(&l->keys)->believed)
		return true;
	l->keys.n--;
	return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "owners vouch for the new key, and the profile that says who "
		       "they are is not there");
}

static bool take_change(struct log *l, struct arena *a, const struct row *row, struct err *e)
{
	struct tree_head before = { .size = row->c.head.size };
	struct line line;

	return log_line_read(l, a, before.size, &line, e) && log_root_at(l, before.size, &before.root, e) &&
	       (take_key(l, a, &line, &before, e) || err_in(e, "line %llu", (unsigned long long)line.seq));
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

struct adoptions {
	struct arena a;
	struct log_profiles v;
};

static bool add_adoption(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct adoptions *x = ctx;
	struct line_peek peek;
	struct line l;

	(void)seq;
	(void)leaf;
	if (!line_peek(&peek, raw) || !(span_is(peek.kind, "deployment.adopted") || span_is(peek.kind, "log.opened")))
		return true;
	if (!line_parse(&x->a, &l, arena_copy(&x->a, raw), e))
		return false;
	log_profiles_take(&x->v, &x->a, &l);
	return true;
}

bool log_check_successions(struct log *l, struct err *e)
{
	struct adoptions x = {0};
	bool ok = true, read = false;

	for (size_t i = 0; ok && i < l->keys.n; i++) {
		struct line line;

		if (!l->keys.v[i].succeeded)
			continue;
		ok = (read || log_each(l, 0, log_size(l), add_adoption, &x, e)) &&
		     log_line_read(l, &x.a, l->keys.v[i].line, &line, e) && log_keys_rest_on_newest(&line, &x.v, e);
		read = true;
	}
	arena_release(&x.a);
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
	char *path = fs_join(l->dir, LOG_KEY), *next = fs_join(l->dir, LOG_KEY_NEXT),
	     *successor = fs_join(l->dir, LOG_KEY_SUCCESSOR);
	const bool ok = read_seed(l, path, NULL) || finish_change(l, path, next) || finish_change(l, path, successor) ||
			read_seed(l, path, e);

	free(path);
	free(next);
	free(successor);
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

/* A change of key, within a transaction. */
struct change {
	struct line line;
	struct note_key next;
	uint8_t seed[32];             /* its own */
	struct json *body;
	struct unix_time now;
	bool vouched;                 /* by the old key; else by the owners */
};

static bool put_handover(struct log *l, struct change *c, struct arena *a, struct err *e)
{
	const struct tree_head head = log_head(l);
	struct buf note = {0}, vkey = {0};
	bool ok;

	handover_make(&note, &head, log_key(l), c->vouched ? l->seed : NULL, &c->next, c->seed);
	note_key_format(&vkey, &c->next);
	json_set(c->body, a, "logKey", json_text(a, buf_view(&vkey)));
	json_set(c->body, a, "note", json_text(a, buf_view(&note)));
	c->line.body = c->body;
	ok = put_note(l, &head, buf_view(&note), e) && log_put_line(l, &c->line, c->now, e) &&
	     take_key(l, a, &c->line, &head, e);
	buf_release(&note);
	buf_release(&vkey);
	return ok;
}

/* l->seed is the new key's when it returns true. */
static bool change_key(struct log *l, struct change *c, struct arena *a, struct err *e)
{
	uint8_t old[32];
	bool ok = put_handover(l, c, a, e);

	memcpy(old, l->seed, sizeof(old));
	if (ok) {
		memcpy(l->seed, c->seed, sizeof(l->seed));
		ok = log_add_checkpoint(l, NULL, e) && log_commit(l, e);
	}
	log_abort(l);
	if (!ok)
		memcpy(l->seed, old, sizeof(l->seed));
	else if (!log_read_seed(l, NULL))
		memcpy(l->seed, c->seed, sizeof(l->seed));   /* not in place yet: the next opening does it */
	explicit_bzero(old, sizeof(old));
	return ok;
}

bool log_rotate_key(struct log *l, struct span actor, struct span auth, struct err *e)
{
	struct arena a = {0};
	struct change c = { .line = { .kind = span_str("log.key-rotated"), .actor = actor, .auth = auth },
			    .body = json_object(&a), .vouched = true };
	char *path = fs_join(l->dir, LOG_KEY_NEXT);
	bool ok = log_begin(l, e);

	random_bytes(c.seed, sizeof(c.seed));
	c.next = note_key_of_seed(&l->arena, log_origin(l), c.seed);
	if (ok) {
		ok = log_write_seed(path, log_origin(l), c.seed, e) && log_step_clock(l, &c.line, &c.now, e) &&
		     change_key(l, &c, &a, e);
		log_abort(l);
		/* What a commit that failed left on disk is not known: then the next opening needs both. */
		if (!ok && !l->broken)
			unlink(path);
	}
	explicit_bzero(c.seed, sizeof(c.seed));
	free(path);
	arena_release(&a);
	return ok;
}

/* ---- when it is lost -------------------------------------------------------------------------------------------- */

static bool read_successor(const char *path, struct span origin, struct arena *a, struct note_key *key,
			   uint8_t seed[32], struct err *e)
{
	struct buf text = {0};
	bool ok = is_private(path, e) && fs_read(&text, path, 4096, e);

	if (ok && text.n && text.p[text.n - 1] == '\n')
		text.n--;
	ok = ok && note_seed_parse(a, key, seed, arena_copy(a, buf_view(&text)), e) &&
	     (span_eq(key->name, origin) || err_refuse(e, "LOG-KEY", "the key is of another log"));
	if (text.p)
		explicit_bzero(text.p, text.cap);
	buf_release(&text);
	return ok || err_file(e, path, 0);
}

/* The same one until it is used: owners sign for it in their own time. */
static bool make_successor(const char *path, struct span origin, struct err *e)
{
	uint8_t seed[32];
	bool ok;

	if (fs_exists(path))
		return true;
	random_bytes(seed, sizeof(seed));
	ok = log_write_seed(path, origin, seed, e);
	explicit_bzero(seed, sizeof(seed));
	return ok;
}

static bool has_key(struct log *l)
{
	const bool has = log_read_seed(l, NULL);

	explicit_bzero(l->seed, sizeof(l->seed));
	return has;
}

bool log_offer_key(struct log *l, bool even_so, struct buf *note, struct err *e)
{
	const struct tree_head head = log_head(l);
	char *path = fs_join(l->dir, LOG_KEY_SUCCESSOR);
	struct arena a = {0};
	struct note_key next;
	uint8_t seed[32];
	bool ok = even_so || !has_key(l) || err_refuse(e, "LOG-KEY", "the log key is here: log rotate-key changes it");

	ok = ok && make_successor(path, log_origin(l), e) && read_successor(path, log_origin(l), &a, &next, seed, e);
	if (ok)
		handover_make(note, &head, log_key(l), NULL, &next, seed);
	explicit_bzero(seed, sizeof(seed));
	free(path);
	arena_release(&a);
	return ok;
}

/* The clock is a line of its own when it has stepped back, and then the owners have signed for fewer lines. */
static bool take_time(struct log *l, struct change *c, struct err *e)
{
	c->now = time_now();
	return c->now.ms >= l->tail.time.ms ||
	       err_refuse(e, "CLOCK", "this machine's clock stands before the last line: set it first");
}

static bool is_no_adoption(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct line_peek peek;

	(void)ctx;
	(void)leaf;
	return (line_peek(&peek, raw) && !span_is(peek.kind, "deployment.adopted")) ||
	       err_refuse(e, "OWNERS", "line %llu adopts a profile, and the lost key signed nothing after it: whose "
			  "owners count nobody can say", (unsigned long long)seq);
}

static bool note_adoption(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct line_peek peek;

	(void)leaf;
	(void)e;
	if (line_peek(&peek, raw) && (span_is(peek.kind, "deployment.adopted") || span_is(peek.kind, "log.opened")))
		*(uint64_t *)ctx = seq;
	return true;
}

/* The last checkpoint by the lost key goes into the line: the owners are those of the profile under it. */
static bool rest_on_newest(struct log *l, struct change *c, struct arena *a, struct err *e)
{
	struct tree_head head;
	struct buf note = {0};
	uint64_t adopted = 0;
	const bool ok = log_newest_checkpoint(l, &note, &head, e) &&
			log_each(l, 0, head.size, note_adoption, &adopted, e) &&
			log_each(l, head.size, log_size(l), is_no_adoption, NULL, e);

	if (ok) {
		json_set(c->body, a, "adopted", json_u64(a, adopted));
		json_set(c->body, a, "checkpoint", json_text(a, buf_view(&note)));
	}
	buf_release(&note);
	return ok;
}

static bool succeed(struct log *l, struct change *c, const struct succession *s, struct err *e)
{
	const struct tree_head head = log_head(l);
	struct arena a = {0};
	struct buf note = {0};
	struct handover h;
	bool ok;

	handover_make(&note, &head, log_key(l), NULL, &c->next, c->seed);
	c->body = json_object(&a);
	json_set(c->body, &a, "signatures", message_signatures_to_json(&a, s->signatures, s->n));
	ok = rest_on_newest(l, c, &a, e) && handover_open(&a, &h, buf_view(&note), e) &&
	     log_succession_counts(&h, s->deployment, s->needs, s->signatures, s->n, e) && take_time(l, c, e) &&
	     change_key(l, c, &a, e);
	buf_release(&note);
	arena_release(&a);
	return ok;
}

bool log_succeed_key(const char *dir, const struct log_options *options, const struct succession *s, struct err *e)
{
	struct log *l = log_new(dir, LOG_APPEND);
	struct change c = { .line = { .kind = span_str("log.key-succeeded"), .actor = s->actor, .auth = s->auth } };
	char *db = fs_join(dir, LOG_DB), *path = fs_join(dir, LOG_KEY_SUCCESSOR);
	bool ok;

	l->keyless = true;
	ok = store_check_file_system(dir, e) && log_attach(l, db, options, e) &&
	     read_successor(path, log_origin(l), &l->arena, &c.next, c.seed, e) && log_begin(l, e) &&
	     succeed(l, &c, s, e);
	l->keyless = false;
	log_release(l);
	explicit_bzero(c.seed, sizeof(c.seed));
	free(db);
	free(path);
	return ok;
}
