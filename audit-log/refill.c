#include "audit-log/refill.h"

#include <stdlib.h>
#include <string.h>

#define FORMAT "setgov-lines/1"

/* That its note says so, and who signed that, is for whoever follows it. */
static void take_handover(struct arena *a, struct refill *r, struct span raw)
{
	struct line l;
	struct span note;

	if (!line_parse(a, &l, raw, NULL) || !json_get_str(l.body, "note", &note, NULL))
		return;
	ARENA_GROW(a, r->handovers, r->n_handovers, r->handovers_cap);
	r->handovers[r->n_handovers++] = note;
}

static bool take_line(struct arena *a, struct refill *r, const struct json *v, struct err *e)
{
	struct line_peek peek;

	if (v->type != JSON_STRING || v->text.n > LINE_MAX_BYTES || !line_peek(&peek, v->text))
		return err_set(e, ERR_SYNTAX, v->at, "needed a line of a log");
	ARENA_GROW(a, r->lines, r->n, r->cap);
	r->lines[r->n] = (struct kept_line){ .seq = peek.seq, .prev = peek.prev, .raw = v->text };
	line_leaf(&r->lines[r->n].leaf, v->text);
	r->n++;
	if (span_is(peek.kind, "log.key-rotated"))
		take_handover(a, r, v->text);
	return true;
}

static bool take_note(struct arena *a, struct refill *r, const struct json *v, struct span vkey, struct err *e)
{
	if (v->type != JSON_STRING || v->text.n > NOTE_MAX_BYTES)
		return err_set(e, ERR_SYNTAX, v->at, "needed a checkpoint");
	for (size_t i = 0; i < r->n_notes; i++)
		if (span_eq(r->notes[i].note, v->text))
			return true;
	ARENA_GROW(a, r->notes, r->n_notes, r->notes_cap);
	r->notes[r->n_notes++] = (struct kept_note){ v->text, vkey };
	return true;
}

static bool take_log(struct arena *a, struct refill *r, const struct json *log, struct span origin, struct err *e)
{
	static const char *const members[] = { "checkpoints", "lines", "logKey", NULL };
	const struct json *lines, *notes;
	struct note_key theirs;
	struct span vkey;

	if (!json_only(log, members, e) || !json_get_str(log, "logKey", &vkey, e) ||
	    !json_get(log, "lines", JSON_ARRAY, &lines, e) || !json_get(log, "checkpoints", JSON_ARRAY, &notes, e))
		return false;
	if (!note_key_parse(a, &theirs, vkey, e))
		return err_in(e, "logKey");
	if (!span_eq(theirs.name, origin))
		return true;
	for (const struct json *v = lines->first; v; v = v->next)
		if (!take_line(a, r, v, e))
			return err_in(e, "lines");
	for (const struct json *v = notes->first; v; v = v->next)
		if (!take_note(a, r, v, vkey, e))
			return err_in(e, "checkpoints");
	return true;
}

bool refill_read(struct arena *a, struct refill *r, struct span document, struct span origin, struct err *e)
{
	static const char *const members[] = { "format", "logs", NULL };
	const struct json *doc = json_parse(a, document, e), *logs;
	struct span format;

	if (!doc)
		return false;
	if (doc->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, 0, "needed an object");
	if (!json_only(doc, members, e) || !json_get_str(doc, "format", &format, e) ||
	    !json_get(doc, "logs", JSON_ARRAY, &logs, e))
		return false;
	if (!span_is(format, FORMAT)) {
		err_set(e, ERR_UNKNOWN, json_find(doc, "format")->at, "needed " FORMAT);
		return err_in(e, "format");
	}
	for (const struct json *log = logs->first; log; log = log->next)
		if (log->type != JSON_OBJECT || !take_log(a, r, log, origin, e))
			return (e && err_is_set(e) ? false : err_set(e, ERR_SYNTAX, log->at, "needed an object")) ||
			       err_in(e, "logs");
	return true;
}

/* ---- finding the way -------------------------------------------------------------------------------------------- */

static int by_leaf(const void *a, const void *b)
{
	const struct kept_line *x = a, *y = b;

	return memcmp(&x->leaf, &y->leaf, sizeof(x->leaf));
}

void refill_sort(struct refill *r)
{
	size_t n = 0;

	if (r->n)
		qsort(r->lines, r->n, sizeof(*r->lines), by_leaf);
	for (size_t i = 0; i < r->n; i++)
		if (!n || !hash32_eq(&r->lines[n - 1].leaf, &r->lines[i].leaf))
			r->lines[n++] = r->lines[i];
	r->n = n;
}

/* Each line names the one before by its leaf, so there is one way back from any of them. */
static bool walk_back(struct span *out, const struct refill *r, const struct kept_line *from, uint64_t first,
		      const struct hash32 *before)
{
	const struct kept_line *l = from;

	for (uint64_t seq = from->seq;; seq--) {
		struct kept_line key;

		if (!l || l->seq != seq)
			return false;
		out[seq - first] = l->raw;
		if (seq == first)
			return hash32_eq(&l->prev, before);
		key.leaf = l->prev;
		l = bsearch(&key, r->lines, r->n, sizeof(key), by_leaf);
	}
}

const struct span *refill_chain(struct arena *a, const struct refill *r, const struct log *l,
				const struct tree_head *head, size_t *n)
{
	const uint64_t first = log_size(l);
	const struct hash32 before = log_last_leaf(l);
	struct span *chain;

	if (head->size <= first || head->size - first > r->n)
		return NULL;
	*n = (size_t)(head->size - first);
	chain = ARENA_ARRAY(a, struct span, *n);
	for (size_t i = 0; i < r->n; i++)
		if (r->lines[i].seq == head->size - 1 && walk_back(chain, r, &r->lines[i], first, &before))
			return chain;
	return NULL;
}
