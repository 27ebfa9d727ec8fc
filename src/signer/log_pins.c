#include "src/signer/log_pins.h"

#include <string.h>

static bool is_about(const struct line *l, const struct deployment *d)
{
	struct hash32 id;
	return json_get_bare_hash(l->body, "deployment", &id, NULL) && hash32_eq(&id, &d->id);
}

/* Lines of a packet are text from outside: what is no line is no word. */
static bool read_line(struct arena *a, struct line *out, struct span raw)
{
	return line_parse(a, out, arena_copy(a, raw), NULL) && log_keys_changes(out);
}

/* True: it led on from a key that is known, or to the oldest one. */
static bool follow(struct log_pins *p, const struct line *l)
{
	return log_keys_follow(&p->keys, l, p->deployment, NULL) || log_keys_precede(&p->keys, l, NULL);
}

static void take(struct log_pins *p, struct arena *a, const struct line *l)
{
	struct span text;
	struct note_key key;
	struct line change;
	if (line_kind_is(l, "packet.signed") && p->keys.n == 0 && json_get_str(l->body, "logKey", &text, NULL) &&
	    note_key_parse(a, &key, text, NULL))
		log_keys_begin(&p->keys, &key);
	else if (line_kind_is(l, "log.key-moved") && p->keys.n > 0 && json_get_str(l->body, "line", &text, NULL) &&
		 read_line(a, &change, text))
		(void)follow(p, &change);
}

void log_pins_read(struct log_pins *out, struct arena *a, const struct signer *s, const struct deployment *d)
{
	*out = (struct log_pins){ .deployment = d, .keys = { .a = a } };
	for (size_t i = 0; i < s->journal.n; i++)
		if (is_about(&s->journal.lines[i], d))
			take(out, a, &s->journal.lines[i]);
}

void log_pins_follow(struct log_pins *p, struct arena *a, const struct span *lines, size_t n)
{
	size_t before;
	p->moved = ARENA_ARRAY(a, struct span, n + 1);
	do {
		before = p->keys.n;
		for (size_t i = 0; p->keys.n > 0 && i < n; i++) {
			struct line l;
			if (read_line(a, &l, lines[i]) && follow(p, &l))
				p->moved[p->n_moved++] = lines[i];
		}
	} while (p->keys.n > before);
}

bool log_pins_accept(const struct log_pins *p, struct span vkey, uint64_t size, struct err *e)
{
	const struct log_reign *r;
	if (p->keys.n == 0)
		return true;
	r = log_keys_named(&p->keys, vkey);
	if (r == NULL)
		return err_refuse(e, "LOG-KEY", "the packet comes from another log than what this machine signed "
				  "before: nobody vouches for its key");
	return r == log_keys_at(&p->keys, size) ||
	       err_refuse(e, "LOG-KEY", "the log had another key at %llu lines", (unsigned long long)size);
}

bool log_pins_keep(struct log_pins *p, struct signer *s, struct err *e)
{
	for (size_t i = 0; i < p->n_moved; i++) {
		struct json *body = json_object(&s->arena);
		json_set(body, &s->arena, "deployment", json_bare(&s->arena, SPAN_HASH(&p->deployment->id)));
		json_set(body, &s->arena, "line", json_text(&s->arena, p->moved[i]));
		if (!journal_add(&s->journal, "log.key-moved", span_of(NULL, 0), body, e))
			return false;
	}
	p->n_moved = 0;
	return true;
}
