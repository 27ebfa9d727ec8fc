#include "src/signer/kept_lines.h"

#include "src/proof/line.h"

#define KIND "log.seen"
#define QUOTED_MAX 48000u             /* of a journal line's 65,535 bytes; the checkpoint takes some, too */

/* ---- do they fit ------------------------------------------------------------------------------------------------ */

/* Lines that changed the log key are carried from before the rest; each signer judges them by themselves. */
static bool changes_key(const struct line_peek *peek)
{
	return span_is(peek->kind, "log.key-rotated") || span_is(peek->kind, "log.key-succeeded");
}

/* The lines from *start on follow each other; those before change the log key. */
static bool follow_each_other(const struct packet *p, size_t *start, uint64_t *first)
{
	struct hash32 prev = {0};
	uint64_t next = 0;
	*start = 0;
	for (size_t i = 0; i < p->n_lines; i++) {
		struct line_peek peek, before;
		if (!line_peek(&peek, p->lines[i]))
			return false;
		if (i == 0 || peek.seq != next || !hash32_eq(&peek.prev, &prev)) {
			if (i > 0 && (!line_peek(&before, p->lines[i - 1]) || !changes_key(&before) || peek.seq < next))
				return false;
			*start = i;
			*first = peek.seq;
		}
		next = peek.seq + 1;
		line_leaf(&prev, p->lines[i]);
	}
	return true;
}

/* Where they start among the packet's lines. */
static bool fit(const struct packet *p, size_t *start)
{
	struct line_peek proposal, edge;
	struct hash32 leaf;
	uint64_t first = 0;
	*start = 0;
	if (p->n_lines == 0)
		return true;
	if (!line_peek(&proposal, p->core.proposal) || !follow_each_other(p, start, &first))
		return false;
	const size_t n = p->n_lines - *start;
	if (proposal.seq >= first && proposal.seq - first < n)
		return span_eq(p->lines[*start + (proposal.seq - first)], p->core.proposal);
	if (first == proposal.seq + 1) {
		line_leaf(&leaf, p->core.proposal);
		return line_peek(&edge, p->lines[*start]) && hash32_eq(&edge.prev, &leaf);
	}
	line_leaf(&leaf, p->lines[p->n_lines - 1]);
	return first + n == proposal.seq && hash32_eq(&proposal.prev, &leaf);
}

bool kept_lines_fit(const struct packet *p)
{
	size_t start;
	return fit(p, &start);
}

/* ---- keeping them ----------------------------------------------------------------------------------------------- */

static bool is_kept_in(const struct line *l, struct span log_key, struct span raw)
{
	struct span key;
	const struct json *lines;
	if (!line_kind_is(l, KIND) || !json_get_str(l->body, "logKey", &key, NULL) || !span_eq(key, log_key) ||
	    !json_get(l->body, "lines", JSON_ARRAY, &lines, NULL))
		return false;
	for (const struct json *v = lines->first; v != NULL; v = v->next)
		if (span_eq(v->text, raw))
			return true;
	return false;
}

static bool is_kept(const struct signer *s, struct span log_key, struct span raw)
{
	for (size_t i = s->journal.n; i-- > 0;)
		if (is_kept_in(&s->journal.lines[i], log_key, raw))
			return true;
	return false;
}

static size_t quoted_size(struct span raw)
{
	struct buf b = {0};
	json_quote(&b, raw);
	const size_t n = b.n;
	buf_release(&b);
	return n;
}

static bool add_batch(struct signer *s, const struct packet *p, struct json *lines, struct err *e)
{
	struct arena *a = &s->arena;
	struct json *body = json_object(a);
	if (lines->n == 0)
		return true;
	json_set(body, a, "checkpoint", json_text(a, p->core.checkpoint));
	json_set(body, a, "lines", lines);
	json_set(body, a, "logKey", json_text(a, p->core.log_key));
	return journal_add(&s->journal, KIND, span_of(NULL, 0), body, e);
}

struct batch {
	struct signer *s;
	const struct packet *p;
	struct json *lines;
	size_t bytes;
};

/* A line too long for ours is left out: the hole it leaves in a refilled log is named there. */
static bool keep(struct batch *b, struct span raw, struct err *e)
{
	const size_t quoted = quoted_size(raw);
	if (quoted > QUOTED_MAX || is_kept(b->s, b->p->core.log_key, raw))
		return true;
	if (b->bytes + quoted > QUOTED_MAX) {
		if (!add_batch(b->s, b->p, b->lines, e))
			return false;
		b->lines = json_array(&b->s->arena);
		b->bytes = 0;
	}
	json_push(b->lines, json_text(&b->s->arena, raw));
	b->bytes += quoted;
	return true;
}

static bool carries_proposal(const struct packet *p)
{
	for (size_t i = 0; i < p->n_lines; i++)
		if (span_eq(p->lines[i], p->core.proposal))
			return true;
	return false;
}

bool kept_lines_add(struct signer *s, const struct packet *p, struct err *e)
{
	struct batch b = { .s = s, .p = p, .lines = json_array(&s->arena) };
	size_t start;
	const size_t n = fit(p, &start) ? p->n_lines : 0;
	if ((n == 0 || !carries_proposal(p)) && !keep(&b, p->core.proposal, e))
		return false;
	for (size_t i = start; i < n; i++)
		if (!keep(&b, p->lines[i], e))
			return false;
	return add_batch(s, p, b.lines, e);
}

/* ---- giving them back ------------------------------------------------------------------------------------------- */

/* The log of this key among those there are; a new one goes to the end. */
static struct json *log_of(struct arena *a, struct json *logs, struct span key)
{
	struct json *log;
	for (const struct json *v = logs->first; v != NULL; v = v->next)
		if (span_eq(json_find(v, "logKey")->text, key))
			return (struct json *)(uintptr_t)v;
	log = json_object(a);
	json_set(log, a, "checkpoints", json_array(a));
	json_set(log, a, "lines", json_array(a));
	json_set(log, a, "logKey", json_text(a, key));
	json_push(logs, log);
	return log;
}

static struct json *member(struct json *object, const char *name)
{
	return (struct json *)(uintptr_t)json_find(object, name);
}

struct json *kept_lines_json(struct signer *s)
{
	struct arena *a = &s->arena;
	struct json *doc = json_object(a), *logs = json_array(a);
	for (size_t i = 0; i < s->journal.n; i++) {
		const struct line *l = &s->journal.lines[i];
		struct span key, note;
		const struct json *lines;
		if (!line_kind_is(l, KIND) || !json_get_str(l->body, "logKey", &key, NULL) ||
		    !json_get_str(l->body, "checkpoint", &note, NULL) ||
		    !json_get(l->body, "lines", JSON_ARRAY, &lines, NULL))
			continue;
		struct json *log = log_of(a, logs, key);
		json_push(member(log, "checkpoints"), json_text(a, note));
		for (const struct json *v = lines->first; v != NULL; v = v->next)
			json_push(member(log, "lines"), json_text(a, v->text));
	}
	json_set(doc, a, "format", json_str(a, "setgov-lines/1"));
	json_set(doc, a, "logs", logs);
	return doc;
}
