#include "src/gov/log_keys.h"

#include <string.h>

static struct log_reign *add(struct log_keys *k)
{
	if (k->n == k->cap) {
		struct log_reign *more = ARENA_ARRAY(k->a, struct log_reign, 2 * k->cap + 2);

		if (k->n)
			memcpy(more, k->v, k->n * sizeof(*more));
		k->v = more;
		k->cap = 2 * k->cap + 2;
	}
	return &k->v[k->n++];
}

void log_keys_begin(struct log_keys *k, const struct note_key *first)
{
	struct buf vkey = {0};

	note_key_format(&vkey, first);
	*add(k) = (struct log_reign){ *first, arena_copy(k->a, buf_view(&vkey)), span_of(NULL, 0), 0 };
	buf_release(&vkey);
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
	*add(k) = (struct log_reign){ key, vkey, span_of(NULL, 0), 0 };
	return true;
}

bool log_keys_changes(const struct line *l)
{
	return line_kind_is(l, "log.key-rotated");
}

static bool is_of_line(const struct handover *h, const struct line *l, const struct tree_head *before, struct err *e)
{
	struct span said;

	if (!json_get_str(l->body, "logKey", &said, e))
		return false;
	if (!span_eq(said, h->vkey))
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the line names another key than its note");
	if (h->head.size != l->seq || before->size != l->seq)
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the note is over %llu lines, its line is number %llu",
			       (unsigned long long)h->head.size, (unsigned long long)l->seq);
	return hash32_eq(&h->head.root, &before->root) ||
	       err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the note was signed over another history than these lines");
}

bool log_keys_take(struct log_keys *k, const struct line *l, const struct tree_head *before, struct err *e)
{
	const struct log_reign *old = log_keys_now(k);
	struct handover h;
	struct span note;

	if (!log_keys_changes(l))
		return true;
	if (!json_get_str(l->body, "note", &note, e))
		return false;
	note = arena_copy(k->a, note);
	if (!handover_open(k->a, &h, note, e) || !is_of_line(&h, l, before, e))
		return err_in(e, "note");
	if (!span_eq(h.next.name, old->key.name) || log_keys_named(k, h.vkey))
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the key is of another log, or was the log's before") ||
		       err_in(e, "logKey");
	if (!note_verify(&h.note, &old->key, e))
		return err_in(e, "note");
	*add(k) = (struct log_reign){ h.next, h.vkey, note, l->seq };
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
