#include "audit-log/backup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit-log/keys.h"
#include "audit-log/log_state.h"
#include "audit-log/refill.h"
#include "audit-log/verify.h"
#include "src/base/fs.h"

#define PROFILE "deployment.json"
#define SMALL_FILE_MAX ((size_t)1 << 20)

static const char *in(struct arena *a, const char *dir, const char *name)
{
	return arena_fmt(a, "%s/%s", dir, name);
}

/* ---- copies ----------------------------------------------------------------------------------------------------- */

static bool copy_file(struct arena *a, const char *from, const char *to, const char *name, mode_t mode, struct err *e)
{
	struct buf bytes = {0};
	const bool ok = fs_read(&bytes, in(a, from, name), SMALL_FILE_MAX, e) &&
			fs_create(in(a, to, name), buf_view(&bytes), mode, e);

	if (bytes.p)
		explicit_bzero(bytes.p, bytes.n);
	buf_release(&bytes);
	return ok;
}

static void remove_copy(struct arena *a, const char *dir)
{
	static const char *const names[] = { LOG_DB, LOG_DB "-wal", LOG_DB "-shm", LOG_KEY, LOG_KEY_NEXT, PROFILE };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		unlink(in(a, dir, names[i]));
	rmdir(dir);
}

static bool is_whole(const char *dir, struct err *e)
{
	struct arena a = {0};
	struct verify_report r;
	bool ok = log_verify(&a, &r, dir, NULL, e);

	if (ok && r.n_findings)
		ok = err_refuse(e, "LOG-DAMAGED", "the copy is not whole: [%s] %s",
				finding_code_name(r.findings[0].code), r.findings[0].text);
	arena_release(&a);
	return ok;
}

/* A key that was changed between one file and the next would leave a log that nobody can go on with. */
static bool has_its_key(const char *dir, struct err *e)
{
	struct log *l = log_open(dir, LOG_READ, NULL, e);
	const bool ok = l && log_read_seed(l, e);

	log_release(l);
	return ok;
}

static bool copy_key(struct arena *a, const char *from, const char *to, struct err *e)
{
	return copy_file(a, from, to, LOG_KEY, 0600, e) &&
	       (!fs_exists(in(a, from, LOG_KEY_NEXT)) || copy_file(a, from, to, LOG_KEY_NEXT, 0600, e));
}

/* log.db last: with it the copy is one. */
static bool copy_all(struct arena *a, const char *from, const char *to, struct err *e)
{
	if (mkdir(to, 0700) != 0) {
		err_set(e, ERR_IO, ERR_NO_OFFSET, "cannot be made: %m");
		return err_file(e, to, 0);
	}
	return copy_key(a, from, to, e) && copy_file(a, from, to, PROFILE, 0644, e) &&
	       store_copy(in(a, from, LOG_DB), in(a, to, LOG_DB), e) && is_whole(to, e) && has_its_key(to, e);
}

static bool move(const char *from, const char *to, struct err *e)
{
	if (rename(from, to) == 0)
		return true;
	err_set(e, ERR_IO, ERR_NO_OFFSET, "cannot be renamed to %s: %m", to);
	return err_file(e, from, 0);
}

bool log_backup(const char *from, const char *to, struct err *e)
{
	struct arena a = {0};
	const char *partial = arena_fmt(&a, "%s.partial", to);
	bool ok;

	if (fs_exists(to)) {
		err_refuse(e, "EXISTS", "there is something already");
		ok = err_file(e, to, 0);
	} else {
		remove_copy(&a, partial);
		ok = copy_all(&a, from, partial, e) && move(partial, to, e);
		if (!ok)
			remove_copy(&a, partial);
	}
	arena_release(&a);
	return ok;
}

/* ---- what others have seen -------------------------------------------------------------------------------------- */

struct shown {
	struct tree_head head;
	struct span note;
};

struct seeing {
	struct log *log;
	struct arena *a;
	struct log_keys keys;         /* the copy's, and those that notes shown lead to */
	struct tree_head newest;      /* of those shown; size 0: none */
	struct span note;
	struct shown *shown;          /* all of them that go beyond the copy */
	size_t n_shown, shown_cap;
	const struct tree_head *at;   /* asked about, in explain() */
	bool explained;
};

/* An earlier log.restored line tells of a history that ended: its checkpoints are of lines that are gone. */
static bool explain(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct seeing *s = ctx;
	struct line l;
	uint64_t size;

	(void)leaf;
	if (!line_parse(s->a, &l, arena_copy(s->a, raw), e))
		return false;
	if (json_get_u64(l.body, "seenSize", &size, NULL) && s->at->size > seq && s->at->size <= size)
		s->explained = true;
	return true;
}

/* *same: as far as can be told. False for another history, unless it ended in an earlier restore. */
static bool is_of_copy(struct seeing *s, const struct tree_head *head, bool *same, struct err *e)
{
	static const char *const kinds[] = { "log.restored" };
	struct hash32 root;

	*same = true;
	if (head->size > log_size(s->log))
		return true;
	if (!log_root_at(s->log, head->size, &root, e))
		return false;
	*same = hash32_eq(&root, &head->root);
	s->at = head;
	s->explained = *same;
	if (!*same && !log_each_of_kinds(s->log, kinds, ARRAY_LEN(kinds), explain, s, e))
		return false;
	return s->explained || err_refuse(e, "LOG-FORKED", "the first %" PRIu64 " lines of the copy are not those of "
					  "the checkpoint that is shown", head->size);
}

/* The key that may sign over so many lines: the one in force there, or, for the note by which a key took over, that
 * one. Another key that the log had says nothing: it may be stolen since. NULL: it did not sign. */
static const struct note_key *key_under(const struct seeing *s, const struct note *n, uint64_t size,
					struct span note)
{
	const struct log_reign *r = log_keys_at(&s->keys, size);

	for (size_t i = 0; i < s->keys.n; i++)
		if (span_eq(s->keys.v[i].note, note))
			r = &s->keys.v[i];
	return note_is_signed_under(n, &r->key) ? &r->key : NULL;
}

/* A note by which the key was changed after the copy was taken. */
static bool take_handover(struct seeing *s, struct span bytes)
{
	const struct log_reign *now = log_keys_now(&s->keys);
	struct handover h;

	return handover_open(s->a, &h, bytes, NULL) && span_eq(h.from, now->vkey) && h.head.size > now->line &&
	       note_verify(&h.note, &now->key, NULL) && !log_keys_named(&s->keys, h.vkey) &&
	       (log_keys_add(&s->keys, &h, arena_copy(s->a, bytes)), true);
}

static void take_handovers(struct seeing *s, const struct restoring *r, const struct refill *f)
{
	bool more = true;

	for (size_t i = 0; i < log_keys(s->log)->n; i++)
		log_keys_copy(&s->keys, &log_keys(s->log)->v[i]);
	while (more) {
		more = false;
		for (size_t i = 0; i < r->n_seen; i++)
			more |= take_handover(s, r->seen[i]);
		for (size_t i = 0; i < f->n_handovers; i++)
			more |= take_handover(s, f->handovers[i]);
	}
}

static bool read_seen(struct seeing *s, struct span note, bool own, struct checkpoint *out, struct err *e)
{
	const struct note_key *key;
	struct note n;

	if (!note_parse(s->a, &n, note, e) || !checkpoint_parse(out, n.text, e))
		return false;
	if (!span_eq(out->origin, log_origin(s->log)))
		return err_refuse(e, "LOG-FORKED", "the checkpoint that is shown is of another log");
	key = key_under(s, &n, out->head.size, note);
	/* What this machine wrote itself needs no key that went with the lines. */
	if (!key && own && out->head.size > log_size(s->log))
		return true;
	if (!key)
		return err_refuse(e, "LOG-KEY", "the checkpoint that is shown is not signed by the key that the "
				  "copy knows for so many lines: was the key changed since, show that note, too");
	return note_verify(&n, key, e);
}

static void keep_shown(struct seeing *s, const struct tree_head *head, struct span note)
{
	ARENA_GROW(s->a, s->shown, s->n_shown, s->shown_cap);
	s->shown[s->n_shown++] = (struct shown){ *head, note };
}

static bool take_seen(struct seeing *s, struct span note, bool own, struct err *e)
{
	struct checkpoint c;
	bool same;

	if (!read_seen(s, note, own, &c, e) || !is_of_copy(s, &c.head, &same, e))
		return false;
	note = arena_copy(s->a, note);
	if (c.head.size > log_size(s->log))
		keep_shown(s, &c.head, note);
	if (same && c.head.size > s->newest.size) {
		s->newest = c.head;
		s->note = note;
	}
	return true;
}

/* What this machine remembers, also where a run before this one was cut off. */
static bool take_remembered(struct seeing *s, const char *path, struct err *e)
{
	struct buf note = {0};
	const bool ok = !fs_exists(path) || (fs_read(&note, path, NOTE_MAX_BYTES, e) &&
					     (take_seen(s, buf_view(&note), true, e) || err_file(e, path, 0)));

	buf_release(&note);
	return ok;
}

/* ---- what others kept ------------------------------------------------------------------------------------------- */

static bool read_kept(struct seeing *s, struct refill *f, const struct restoring *r, struct err *e)
{
	for (size_t i = 0; i < r->n_kept; i++)
		if (!refill_read(s->a, f, r->kept[i], log_origin(s->log), e))
			return err_in(e, "kept lines [%zu]", i);
	refill_sort(f);
	return true;
}

/* The note by which a known key took over, word for word. */
static bool is_followed(const struct seeing *s, struct span note)
{
	for (size_t i = 0; i < s->keys.n; i++)
		if (span_eq(s->keys.v[i].note, note))
			return true;
	return false;
}

/* What is said to be by a key that nobody vouches for says nothing. A hand-over says how the log was, too, in the old
 * key's words: so the lines before it come back, when that key's last packet was long before. */
static bool take_kept(struct seeing *s, const struct refill *f, struct err *e)
{
	for (size_t i = 0; i < f->n_notes; i++)
		if (log_keys_named(&s->keys, f->notes[i].vkey) && !take_seen(s, f->notes[i].note, false, e))
			return false;
	for (size_t i = 0; i < f->n_handovers; i++)
		if (is_followed(s, f->handovers[i]) && !take_seen(s, f->handovers[i], false, e))
			return false;
	return true;
}

static int by_size_down(const void *a, const void *b)
{
	const struct shown *x = a, *y = b;

	return (x->head.size < y->head.size) - (x->head.size > y->head.size);
}

static bool try_chain(struct seeing *s, const struct refill *f, const struct shown *to, uint64_t *refilled)
{
	size_t n;
	const struct span *chain = refill_chain(s->a, f, s->log, &to->head, &n);
	const bool ok = chain && log_begin(s->log, NULL) && log_refill(s->log, chain, n, to->note, NULL) &&
			log_commit(s->log, NULL);

	log_abort(s->log);
	*refilled = ok ? n : 0;
	return ok;
}

/* As far as the largest checkpoint that all lines are there for. What does not lead to one is nobody's. */
static void refill(struct seeing *s, const struct refill *f, uint64_t *refilled)
{
	if (s->n_shown)
		qsort(s->shown, s->n_shown, sizeof(*s->shown), by_size_down);
	for (size_t i = 0; i < s->n_shown; i++)
		if (try_chain(s, f, &s->shown[i], refilled))
			return;
}

/* ---- going on --------------------------------------------------------------------------------------------------- */

static bool write_line(struct seeing *s, const struct restoring *r, struct restored *out, struct err *e)
{
	struct arena *a = s->a;
	struct json *body = json_object(a);
	const struct hash32 last = log_last_leaf(s->log);
	struct line l = { .kind = span_str("log.restored"), .actor = r->actor, .auth = r->auth, .body = body };
	bool ok;

	out->head = log_head(s->log);
	out->seen = s->newest.size;
	out->missing = s->newest.size > out->head.size ? s->newest.size - out->head.size : 0;
	json_set(body, a, "anchors", r->anchors ? json_copy(a, r->anchors) : json_null(a));
	json_set(body, a, "last", json_u64(a, out->head.size - 1));
	json_set(body, a, "lastLeaf", json_bare(a, SPAN_HASH(&last)));
	json_set(body, a, "missing", json_u64(a, out->missing));
	json_set(body, a, "refilled", json_u64(a, out->refilled));
	json_set(body, a, "seen", s->note.n ? json_text(a, s->note) : json_null(a));
	json_set(body, a, "seenSize", s->note.n ? json_u64(a, s->newest.size) : json_null(a));
	ok = log_begin(s->log, e) && log_add_line(s->log, &l, e) && log_add_checkpoint(s->log, NULL, e) &&
	     log_commit(s->log, e);
	log_abort(s->log);
	restored_series(out->series, l.id);
	return ok;
}

/* The copy, in a directory of its own, becomes the log that goes on. */
static bool resume(struct arena *a, const char *copy, const struct restoring *r, struct restored *out,
		   char **remembered, struct err *e)
{
	struct seeing s = { .a = a, .log = log_open(copy, LOG_APPEND, NULL, e), .keys = { .a = a } };
	struct refill kept = {0};
	bool ok = s.log != NULL;

	ok = ok && read_kept(&s, &kept, r, e);
	if (ok)
		take_handovers(&s, r, &kept);
	if (ok && r->remember) {
		*remembered = log_state_path(s.log, r->remember, ".checkpoint");
		ok = take_remembered(&s, *remembered, e) &&
		     take_remembered(&s, arena_fmt(a, "%s.before-restore", *remembered), e);
	}
	for (size_t i = 0; ok && i < r->n_seen; i++)
		ok = take_seen(&s, r->seen[i], false, e);
	ok = ok && take_kept(&s, &kept, e);
	if (ok)
		refill(&s, &kept, &out->refilled);
	ok = ok && write_line(&s, r, out, e);
	log_release(s.log);
	return ok;
}

/* log.db last. What is remembered is moved aside just before, and goes when the new log is remembered. */
static bool put_in_place(struct arena *a, const char *copy, const char *dir, const char *remembered, struct err *e)
{
	const char *aside = remembered ? arena_fmt(a, "%s.before-restore", remembered) : NULL;

	if (!move(in(a, copy, LOG_KEY), in(a, dir, LOG_KEY), e) ||
	    !move(in(a, copy, PROFILE), in(a, dir, PROFILE), e) ||
	    (remembered && fs_exists(remembered) && !move(remembered, aside, e)) ||
	    !move(in(a, copy, LOG_DB), in(a, dir, LOG_DB), e))
		return false;
	remove_copy(a, copy);
	return true;
}

static bool remember_anew(struct arena *a, const char *dir, const struct restoring *r, const char *remembered,
			  struct err *e)
{
	const struct log_options options = { r->remember };
	struct log *l = log_open(dir, LOG_APPEND, &options, e);

	log_release(l);
	if (l && remembered)
		unlink(arena_fmt(a, "%s.before-restore", remembered));
	return l != NULL;
}

bool log_restore(const char *from, const char *dir, const struct restoring *r, struct restored *out, struct err *e)
{
	struct arena a = {0};
	const char *copy = in(&a, dir, "restoring");
	char *remembered = NULL;
	bool ok = false;

	*out = (struct restored){0};
	if (fs_exists(in(&a, dir, LOG_DB))) {
		err_refuse(e, "EXISTS", "there is a change log already");
		err_file(e, in(&a, dir, LOG_DB), 0);
	} else if (fs_mkdirs(dir, 0700, e) && store_check_file_system(dir, e)) {
		remove_copy(&a, copy);
		ok = copy_all(&a, from, copy, e) && resume(&a, copy, r, out, &remembered, e) &&
		     put_in_place(&a, copy, dir, remembered, e) && remember_anew(&a, dir, r, remembered, e);
		if (!ok)
			remove_copy(&a, copy);
	}
	free(remembered);
	arena_release(&a);
	return ok;
}
