#include "src/proof/handover.h"

#include <string.h>

#include "src/crypto/ed25519.h"

static const char word[] = "key ";

static void add_signature(struct buf *out, struct span text, const struct note_key *key, const uint8_t seed[32])
{
	uint8_t bytes[64];
	struct note_signature s = { .name = key->name, .bytes = span_of(bytes, sizeof(bytes)) };

	memcpy(s.id, key->id, sizeof(s.id));
	ed25519_make_with(bytes, seed, key->public_key.p, text);
	note_signature_format(out, &s);
}

void handover_make(struct buf *out, const struct tree_head *head, const struct note_key *old,
		   const uint8_t old_seed[32], const struct note_key *next, const uint8_t next_seed[32])
{
	struct buf text = {0};

	checkpoint_write(&text, next->name, head);
	buf_str(&text, word);
	note_key_format(&text, next);
	buf_byte(&text, '\n');
	buf_span(out, buf_view(&text));
	buf_byte(out, '\n');
	if (old)
		add_signature(out, buf_view(&text), old, old_seed);
	add_signature(out, buf_view(&text), next, next_seed);
	buf_release(&text);
}

bool handover_is(const struct checkpoint *c)
{
	return span_starts(c->extensions, word);
}

/* The rest of the one extension line, without its newline. */
static bool read_vkey(struct span *out, struct span extensions, struct err *e)
{
	const size_t skip = sizeof(word) - 1;

	if (extensions.n <= skip + 1 || memcmp(extensions.p, word, skip) != 0 ||
	    memchr(extensions.p, '\n', extensions.n) != extensions.p + extensions.n - 1)
		return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "needed one line \"key <vkey>\" after the root");
	*out = span_of(extensions.p + skip, extensions.n - skip - 1);
	return true;
}

static bool is_spelled_so(const struct note_key *key, struct span vkey, struct err *e)
{
	struct buf again = {0};
	bool same;

	note_key_format(&again, key);
	same = span_eq(buf_view(&again), vkey);
	buf_release(&again);
	return same || err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "the new key is not as a verifier key is written");
}

bool handover_open(struct arena *a, struct handover *out, struct span bytes, struct err *e)
{
	struct checkpoint c;

	if (!note_parse(a, &out->note, bytes, e) || !checkpoint_parse(&c, out->note.text, e) ||
	    !read_vkey(&out->vkey, c.extensions, e) || !note_key_parse(a, &out->next, out->vkey, e) ||
	    !is_spelled_so(&out->next, out->vkey, e))
		return false;
	if (out->next.type != NOTE_ED25519)
		return err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "a log key has type 0x01, found 0x%02x", out->next.type);
	if (!span_eq(out->next.name, c.origin))
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the new key is of another log");
	out->head = c.head;
	return note_verify(&out->note, &out->next, e);
}
