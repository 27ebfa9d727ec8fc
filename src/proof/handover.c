#include "src/proof/handover.h"

#include <string.h>

#include "src/crypto/ed25519.h"

static const char next_word[] = "key ", old_word[] = "from ";

static void add_signature(struct buf *out, struct span text, const struct note_key *key, const uint8_t seed[32])
{
	uint8_t bytes[64];
	struct note_signature s = { .name = key->name };

	memcpy(s.id, key->id, sizeof(s.id));
	ed25519_make_with(bytes, seed, key->public_key.p, text);
	s.bytes = span_of(bytes, sizeof(bytes));
	note_signature_format(out, &s);
}

void handover_make(struct buf *out, const struct tree_head *head, const struct note_key *old,
		   const uint8_t old_seed[32], const struct note_key *next, const uint8_t next_seed[32])
{
	struct buf text = {0};

	checkpoint_write(&text, next->name, head);
	buf_str(&text, next_word);
	note_key_format(&text, next);
	buf_fmt(&text, "\n%s", old_word);
	note_key_format(&text, old);
	buf_byte(&text, '\n');
	buf_span(out, buf_view(&text));
	buf_byte(out, '\n');
	if (old_seed)
		add_signature(out, buf_view(&text), old, old_seed);
	add_signature(out, buf_view(&text), next, next_seed);
	buf_release(&text);
}

bool handover_is(const struct checkpoint *c)
{
	return span_starts(c->extensions, next_word);
}

/* The next line of *rest, which begins with this word: what follows it, without the newline. */
static bool read_line(struct span *out, struct span *rest, const char *word, struct err *e)
{
	const size_t skip = strlen(word);
	const uint8_t *end = rest->n > skip + 1 && span_starts(*rest, word) ? memchr(rest->p, '\n', rest->n) : NULL;

	if (!end)
		return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "needed a line \"%s<vkey>\" after the root", word);
	*out = span_of(rest->p + skip, (size_t)(end - rest->p) - skip);
	*rest = span_of(end + 1, rest->n - (size_t)(end + 1 - rest->p));
	return true;
}

static bool read_key(struct arena *a, struct note_key *out, struct span vkey, struct span origin, struct err *e)
{
	struct buf again = {0};
	bool same;

	if (!note_key_parse(a, out, vkey, e))
		return false;
	note_key_format(&again, out);
	same = span_eq(buf_view(&again), vkey);
	buf_release(&again);
	if (!same)
		return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "not as a verifier key is written");
	if (out->type != NOTE_ED25519)
		return err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "a log key has type 0x01, found 0x%02x", out->type);
	return span_eq(out->name, origin) || err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the key is of another log");
}

bool handover_open(struct arena *a, struct handover *out, struct span bytes, struct err *e)
{
	struct checkpoint c;
	struct span rest;

	if (!note_parse(a, &out->note, bytes, e) || !checkpoint_parse(&c, out->note.text, e))
		return false;
	rest = c.extensions;
	if (!read_line(&out->vkey, &rest, next_word, e) || !read_line(&out->from, &rest, old_word, e))
		return false;
	if (rest.n)
		return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "more lines than a hand-over has");
	if (!read_key(a, &out->next, out->vkey, c.origin, e))
		return err_in(e, "key");
	if (!read_key(a, &out->old, out->from, c.origin, e))
		return err_in(e, "from");
	out->head = c.head;
	return note_verify(&out->note, &out->next, e);
}
