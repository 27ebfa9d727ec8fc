#include "src/gov/log_keys.h"

#include <string.h>

static struct log_reign *add(struct log_keys *k)
{
	ARENA_GROW(k->a, k->v, k->n, k->cap);
	return &k->v[k->n++];
}

void log_keys_begin(struct log_keys *k, const struct note_key *first)
{
	struct buf vkey = {0};

	note_key_format(&vkey, first);
	*add(k) = (struct log_reign){ .key = *first, .vkey = arena_copy(k->a, buf_view(&vkey)) };
	buf_release(&vkey);
}

void log_keys_copy(struct log_keys *k, const struct log_reign *r)
{
	*add(k) = *r;
}

void log_keys_add(struct log_keys *k, const struct handover *h, struct span note)
{
	*add(k) = (struct log_reign){ .key = h->next, .vkey = h->vkey, .note = note, .line = h->head.size };
}

bool log_keys_open(struct log_keys *k, const struct line *opening, struct err *e)
{
	struct span origin, vkey;
	struct note_key key;

	if (!json_get_str(opening->body, "origin", &origin, e) || !json_get_str(opening->body, "logKey", &vkey, e))
		return false;
	vkey = arena_copy(k->a, vkey);
	if (!note_key_parse(k->a, &key, vkey, e))
		return err_in(e, "logKey");
	if (!span_eq(origin, key.name))
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "names log %.*s and a key of %.*s", (int)origin.n,
			       (const char *)origin.p, (int)key.name.n, (const char *)key.name.p);
	*add(k) = (struct log_reign){ .key = key, .vkey = vkey };
	return true;
}

void log_profiles_take(struct log_profiles *p, struct arena *a, const struct line *l)
{
	struct hash32 profile;

	if (!line_kind_is(l, "log.opened") && !line_kind_is(l, "deployment.adopted"))
		return;
	ARENA_GROW(a, p->v, p->n, p->cap);
	if (!json_get_bare_hash(l->body, "profile", &profile, NULL))
		profile = (struct hash32){0};
	p->v[p->n].seq = l->seq;
	p->v[p->n++].profile = profile;
}

struct hash32 log_profiles_at(const struct log_profiles *p, uint64_t size)
{
	size_t i = p->n;

	while (i && p->v[i - 1].seq >= size)
		i--;
	return i ? p->v[i - 1].profile : (struct hash32){0};
}

static const char rotated[] = "log.key-rotated", succeeded[] = "log.key-succeeded";

bool log_keys_changes(const struct line *l)
{
	return line_kind_is(l, rotated) || line_kind_is(l, succeeded);
}

/* ---- by the owners' word ---------------------------------------------------------------------------------------- */

struct message log_succession(const struct handover *h)
{
	struct message m = { .type = MESSAGE_SUCCESSION };

	m.says[0].text = h->next.name;
	m.says[1].number = h->head.size;
	m.says[2].hash = h->head.root;
	memcpy(m.says[3].hash.b, h->next.public_key.p, sizeof(m.says[3].hash.b));
	return m;
}

size_t log_succession_needs(const struct deployment *d)
{
	return (size_t)d->threshold;
}

bool log_succession_counts(const struct handover *h, const struct deployment *d, size_t needs,
			   const struct message_signature *v, size_t n, struct err *e)
{
	const struct message m = log_succession(h);
	size_t count;

	if (!message_count(&count, d, &m, v, n, e))
		return false;
	return count >= needs ||
	       err_refuse(e, "OWNERS", "%zu of the %zu owners it takes have signed for the new log key", count, needs);
}

static bool judge_owners(struct log_keys *k, const struct line *l, const struct handover *h, const struct deployment *d,
			 struct err *e)
{
	struct message_signature *v;
	const struct json *list;
	size_t n;

	return json_get(l->body, "signatures", JSON_ARRAY, &list, e) &&
	       (message_signatures_from_json(k->a, &v, &n, list, e) || err_in(e, "signatures")) &&
	       (!d || log_succession_counts(h, d, log_succession_needs(d), v, n, e));
}

/* ---- following -------------------------------------------------------------------------------------------------- */

static bool read_handover(struct log_keys *k, const struct line *l, struct log_reign *out, struct handover *h,
			  struct err *e)
{
	struct span note, said;

	if (!json_get_str(l->body, "note", &note, e) || !json_get_str(l->body, "logKey", &said, e))
		return false;
	note = arena_copy(k->a, note);
	if (!handover_open(k->a, h, note, e))
		return err_in(e, "note");
	if (!span_eq(said, h->vkey))
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the line names another key than its note");
	if (h->head.size != l->seq)
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the note is over %llu lines, its line is number %llu",
			       (unsigned long long)h->head.size, (unsigned long long)l->seq);
	*out = (struct log_reign){ .key = h->next, .vkey = h->vkey, .note = note, .line = l->seq,
				   .succeeded = line_kind_is(l, succeeded) };
	return true;
}

/* The line names the one that adopted the owners' profile: the newest that stands under the checkpoint. None comes
 * after that: owners who were removed since would only have to show an older checkpoint. */
static bool rests_on_newest_profile(const struct line *l, const struct log_profiles *p, uint64_t size, struct err *e)
{
	uint64_t adopted;
	size_t i = p->n;

	if (!json_get_u64(l->body, "adopted", &adopted, e))
		return false;
	while (i && p->v[i - 1].seq >= size)
		i--;
	if (i < p->n && p->v[i].seq < l->seq)
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "line %llu adopts a profile, and the old key's "
			       "checkpoint is from before it", (unsigned long long)p->v[i].seq) ||
		       err_in(e, "checkpoint");
	return (i && p->v[i - 1].seq == adopted) ||
	       err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "line %llu is not the one that the checkpoint's last profile "
		       "was adopted by", (unsigned long long)adopted) || err_in(e, "adopted");
}

bool log_keys_rest_on_newest(const struct line *l, const struct log_profiles *p, struct err *e)
{
	struct arena a = {0};
	struct checkpoint c;
	struct note n;
	struct span note;
	const bool ok = json_get_str(l->body, "checkpoint", &note, e) && note_parse(&a, &n, note, e) &&
			checkpoint_parse(&c, n.text, e) && rests_on_newest_profile(l, p, c.head.size, e);

	arena_release(&a);
	return ok || err_in(e, "succession");
}

/* What the old key signed last: whose owners count is what these lines say. */
static bool rests_on(struct log_keys *k, const struct line *l, const struct log_past *past, struct tree_head *out,
		     struct err *e)
{
	const struct log_reign *old = log_keys_now(k);
	struct checkpoint c;
	struct hash32 root;
	struct span note;

	if (!json_get_str(l->body, "checkpoint", &note, e))
		return false;
	if (!checkpoint_open(k->a, &c, arena_copy(k->a, note), &old->key, e))
		return err_in(e, "checkpoint");
	if (!c.head.size || c.head.size > l->seq || (old->line && c.head.size <= old->line))
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the checkpoint is not from the old key's time");
	if (!past->root(past->ctx, c.head.size, &root, e))
		return false;
	*out = c.head;
	if (!hash32_eq(&root, &c.head.root))
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET,
			       "the old key signed over another history than these lines");
	return rests_on_newest_profile(l, past->profiles, c.head.size, e);
}

static bool take(struct log_keys *k, const struct line *l, const struct tree_head *before, const struct deployment *d,
		 struct err *e)
{
	const struct log_reign *old = log_keys_now(k);
	struct log_reign next;
	struct handover h;

	if (!read_handover(k, l, &next, &h, e))
		return false;
	if (before && (before->size != h.head.size || !hash32_eq(&before->root, &h.head.root)))
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET,
			       "the note was signed over another history than these lines");
	if (!span_eq(h.from, old->vkey))
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "it follows another key than the log's") ||
		       err_in(e, "note");
	if (log_keys_named(k, next.vkey))
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the key was the log's before") || err_in(e, "logKey");
	if (next.line <= old->line)
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "a key before the one that is known");
	if (next.succeeded ? !judge_owners(k, l, &h, d, e) : !note_verify(&h.note, &old->key, e))
		return err_in(e, next.succeeded ? "succession" : "note");
	next.believed = next.succeeded && !d;
	*add(k) = next;
	return true;
}

bool log_keys_take(struct log_keys *k, const struct line *l, const struct tree_head *before,
		   const struct log_past *past, struct err *e)
{
	const struct deployment *d = NULL;
	struct tree_head head;

	if (!log_keys_changes(l))
		return true;
	if (line_kind_is(l, succeeded)) {
		if (!rests_on(k, l, past, &head, e))
			return err_in(e, "succession");
		d = past->deployment(past->ctx, head.size);
	}
	return take(k, l, before, d, e);
}

/* The known key that this line follows by the owners' word, with others behind it; NULL: it is none such. */
static const struct log_reign *goes_back_to(const struct log_keys *k, const struct line *l)
{
	struct log_keys scratch = *k;
	const struct log_reign *old;
	struct log_reign next;
	struct handover h;

	if (!line_kind_is(l, succeeded) || !read_handover(&scratch, l, &next, &h, NULL))
		return NULL;
	old = log_keys_named(k, h.from);
	return old && old != log_keys_now(k) && !log_keys_named(k, h.vkey) ? old : NULL;
}

bool log_keys_follow(struct log_keys *k, const struct line *l, const struct deployment *d, struct err *e)
{
	const struct log_reign *back = log_keys_changes(l) ? goes_back_to(k, l) : NULL;
	const size_t n = k->n;

	if (!log_keys_changes(l))
		return true;
	if (back)
		k->n = (size_t)(back - k->v) + 1;
	if (take(k, l, NULL, d, e))
		return true;
	k->n = n;
	return false;
}

bool log_keys_precede(struct log_keys *k, const struct line *l, struct err *e)
{
	struct log_reign first, *oldest;
	struct handover h;

	if (!log_keys_changes(l))
		return true;
	if (!read_handover(k, l, &first, &h, e))
		return false;
	if (!span_eq(h.vkey, k->v[0].vkey) || (!first.succeeded && !note_verify(&h.note, &h.old, e)))
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "it is not how the first key that is known took over");
	add(k);
	oldest = &k->v[0];
	memmove(oldest + 1, oldest, (k->n - 1) * sizeof(*oldest));
	oldest[1].line = first.line;
	oldest[1].note = first.note;
	oldest[1].succeeded = first.succeeded;
	*oldest = (struct log_reign){ .key = h.old, .vkey = h.from };
	return true;
}

const struct log_reign *log_keys_at(const struct log_keys *k, uint64_t size)
{
	size_t i = k->n;

	while (i > 1 && size <= k->v[i - 1].line)
		i--;
	return &k->v[i - 1];
}

const struct log_reign *log_keys_now(const struct log_keys *k)
{
	return &k->v[k->n - 1];
}

const struct log_reign *log_keys_named(const struct log_keys *k, struct span vkey)
{
	for (size_t i = 0; i < k->n; i++)
		if (span_eq(k->v[i].vkey, vkey))
			return &k->v[i];
	return NULL;
}
