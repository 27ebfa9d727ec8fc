#include "src/proof/note.h"

#include <assert.h>
#include <string.h>

#include "src/base/base64.h"
#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/crypto/ed25519.h"
#include "src/crypto/hash.h"

#define EM_DASH "\xe2\x80\x94 "

/* ---- small readers of text ------------------------------------------------------------------------------------- */

static struct span cut(struct span s, size_t from, size_t to)
{
	return span_of(s.p + from, to - from);
}

/* Where the byte first stands at or after `from`; s.n when it does not. */
static size_t find(struct span s, size_t from, uint8_t byte)
{
	const uint8_t *hit = from < s.n ? memchr(s.p + from, byte, s.n - from) : NULL;

	return hit ? (size_t)(hit - s.p) : s.n;
}

/* Unicode's White_Space, in UTF-8. */
static bool is_space_at(struct span s, size_t i)
{
	static const char *const spaces[] = {
		"\t", "\n", "\v", "\f", "\r", " ", "\xc2\x85", "\xc2\xa0", "\xe1\x9a\x80",
		"\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85",
		"\xe2\x80\x86", "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8",
		"\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80",
	};

	for (size_t k = 0; k < ARRAY_LEN(spaces); k++)
		if (span_starts(cut(s, i, s.n), spaces[k]))
			return true;
	return false;
}

bool note_name_is_valid(struct span name)
{
	if (!name.n || !text_is_utf8(name))
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] < 0x20 || name.p[i] == '+' || is_space_at(name, i))
			return false;
	return true;
}

/* ---- keys ------------------------------------------------------------------------------------------------------- */

static void key_id(uint8_t id[4], struct span name, uint8_t type, struct span public_key)
{
	struct sha256 s;
	struct hash32 h;

	sha256_begin(&s);
	sha256_add(&s, name);
	sha256_add(&s, span_of("\n", 1));
	sha256_add(&s, span_of(&type, 1));
	sha256_add(&s, public_key);
	sha256_end(&s, &h);
	memcpy(id, h.b, 4);
}

/* "name+<8 hex>+<base64>": the name may hold anything but '+', the base64 may hold '+'. */
static bool split_key(struct span text, struct span *name, uint8_t id[4], struct buf *data, struct err *e)
{
	const size_t plus = find(text, 0, '+');

	if (text.n - plus < 10 || text.p[plus + 9] != '+')
		return err_set(e, ERR_SYNTAX, plus, "a key reads name+<8 hex digits>+<base64>");
	*name = cut(text, 0, plus);
	if (!note_name_is_valid(*name))
		return err_set(e, ERR_SYNTAX, 0, "a key name is not empty and has no white space");
	if (!hex_bare(id, 4, cut(text, plus + 1, plus + 9), e) ||
	    !base64_decode(data, cut(text, plus + 10, text.n), e)) {
		if (e && e->at != ERR_NO_OFFSET)
			e->at += plus + 1;
		return false;
	}
	if (data->n < 2)
		return err_set(e, ERR_SYNTAX, plus + 10, "the key is empty");
	return true;
}

bool note_key_parse(struct arena *a, struct note_key *out, struct span vkey, struct err *e)
{
	struct buf data = {0};
	uint8_t id[4];
	bool ok = false;

	if (!split_key(vkey, &out->name, out->id, &data, e))
		goto out;
	out->type = data.p[0];
	out->name = arena_copy(a, out->name);
	out->public_key = arena_copy(a, span_of(data.p + 1, data.n - 1));
	key_id(id, out->name, out->type, out->public_key);
	if (memcmp(id, out->id, 4) != 0)
		err_set(e, ERR_MISMATCH, out->name.n + 1, "key id is %02x%02x%02x%02x, computed %02x%02x%02x%02x",
			out->id[0], out->id[1], out->id[2], out->id[3], id[0], id[1], id[2], id[3]);
	else if ((out->type == NOTE_ED25519 || out->type == NOTE_COSIGNATURE) && out->public_key.n != 32)
		err_set(e, ERR_SYNTAX, out->name.n + 10, "an Ed25519 key is 32 bytes, found %zu", out->public_key.n);
	else
		ok = true;
out:
	buf_release(&data);
	return ok;
}

static void format_key(struct buf *out, struct span name, const uint8_t id[4], uint8_t type, struct span bytes)
{
	struct buf data = {0};

	buf_byte(&data, type);
	buf_span(&data, bytes);
	buf_span(out, name);
	buf_byte(out, '+');
	buf_hex(out, span_of(id, 4));
	buf_byte(out, '+');
	buf_base64(out, buf_view(&data));
	if (data.p)
		explicit_bzero(data.p, data.n);
	buf_release(&data);
}

void note_key_format(struct buf *out, const struct note_key *key)
{
	format_key(out, key->name, key->id, key->type, key->public_key);
}

struct note_key note_key_of_seed(struct arena *a, struct span name, const uint8_t seed[32])
{
	struct note_key key = { .name = arena_copy(a, name), .type = NOTE_ED25519 };
	uint8_t pub[32];

	ed25519_public(pub, seed);
	key.public_key = arena_copy(a, span_of(pub, sizeof(pub)));
	key_id(key.id, key.name, key.type, key.public_key);
	return key;
}

void note_seed_format(struct buf *out, struct span name, const uint8_t seed[32])
{
	uint8_t pub[32], id[4];

	ed25519_public(pub, seed);
	key_id(id, name, NOTE_ED25519, span_of(pub, sizeof(pub)));
	buf_str(out, "PRIVATE+KEY+");
	format_key(out, name, id, NOTE_ED25519, span_of(seed, 32));
}

bool note_seed_parse(struct arena *a, struct note_key *key, uint8_t seed[32], struct span text, struct err *e)
{
	static const char prefix[] = "PRIVATE+KEY+";
	struct buf data = {0};
	struct span name;
	uint8_t id[4];
	bool ok = false;

	if (!span_starts(text, prefix))
		return err_set(e, ERR_SYNTAX, 0, "a private log key starts with %s", prefix);
	if (!split_key(cut(text, sizeof(prefix) - 1, text.n), &name, id, &data, e))
		goto out;
	if (data.p[0] != NOTE_ED25519 || data.n != 33) {
		err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "a private log key is 0x01 and 32 bytes, found 0x%02x and %zu",
			data.p[0], data.n - 1);
		goto out;
	}
	memcpy(seed, data.p + 1, 32);
	*key = note_key_of_seed(a, name, seed);
	ok = memcmp(key->id, id, 4) == 0;
	if (!ok) {
		explicit_bzero(seed, 32);
		err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the key id does not belong to the private key beside it");
	}
out:
	if (data.p)
		explicit_bzero(data.p, data.n);
	buf_release(&data);
	return ok;
}

/* ---- notes ------------------------------------------------------------------------------------------------------ */

/* One signature line, without its newline: em dash, space, name, space, base64(id ‖ signature). */
static bool parse_signature(struct arena *a, struct note_signature *out, struct span line, struct err *e)
{
	const size_t dash = sizeof(EM_DASH) - 1;
	struct buf data = {0};
	size_t space;
	bool ok = false;

	if (!span_starts(line, EM_DASH))
		return err_set(e, ERR_SYNTAX, 0, "a signature line starts with an em dash and a space");
	space = find(line, dash, ' ');
	out->name = cut(line, dash, space);
	if (space == line.n || !note_name_is_valid(out->name))
		return err_set(e, ERR_SYNTAX, dash, "needed a key name and a signature");
	if (!base64_decode(&data, cut(line, space + 1, line.n), e)) {
		if (e)
			e->at += space + 1;
	} else if (data.n < 5) {
		err_set(e, ERR_SYNTAX, space + 1, "a signature is a 4-byte key id and more");
	} else {
		memcpy(out->id, data.p, 4);
		out->bytes = arena_copy(a, span_of(data.p + 4, data.n - 4));
		ok = true;
	}
	buf_release(&data);
	return ok;
}

static bool parse_signatures(struct arena *a, struct note *out, struct span bytes, size_t at, struct err *e)
{
	struct note_signature *sigs;
	size_t lines = 0;

	for (size_t i = at; i < bytes.n; i++)
		lines += bytes.p[i] == '\n';
	if (lines < 1 || lines > NOTE_MAX_SIGNATURES)
		return err_set(e, ERR_RANGE, at, "needed 1 to %d signatures, found %zu", NOTE_MAX_SIGNATURES, lines);
	sigs = ARENA_ARRAY(a, struct note_signature, lines);
	for (size_t i = 0; i < lines; i++) {
		const size_t end = find(bytes, at, '\n');

		if (!parse_signature(a, &sigs[i], cut(bytes, at, end), e)) {
			if (e && e->at != ERR_NO_OFFSET)
				e->at += at;
			return false;
		}
		at = end + 1;
	}
	out->signatures = sigs;
	out->n = lines;
	return true;
}

/* The text ends at the last blank line: the offset of that line's newline, or 0. */
static size_t last_blank_line(struct span bytes)
{
	for (size_t i = bytes.n; i-- > 1;)
		if (bytes.p[i] == '\n' && bytes.p[i - 1] == '\n')
			return i;
	return 0;
}

bool note_parse(struct arena *a, struct note *out, struct span bytes, struct err *e)
{
	size_t blank;

	if (bytes.n > NOTE_MAX_BYTES)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a note is at most %u bytes, found %zu", NOTE_MAX_BYTES,
			       bytes.n);
	if (!bytes.n || bytes.p[bytes.n - 1] != '\n')
		return err_set(e, ERR_SYNTAX, bytes.n, "a note ends with a newline");
	for (size_t i = 0; i < bytes.n; i++)
		if (bytes.p[i] < 0x20 && bytes.p[i] != '\n')
			return err_set(e, ERR_SYNTAX, i, "control byte 0x%02x in a note", bytes.p[i]);
	if (!text_is_utf8(bytes))
		return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "a note is UTF-8");
	blank = last_blank_line(bytes);
	if (!blank)
		return err_set(e, ERR_SYNTAX, bytes.n, "no blank line before the signatures");
	out->text = cut(bytes, 0, blank);
	return parse_signatures(a, out, bytes, blank + 1, e);
}

static bool signed_by(const struct note_signature *s, const struct note_key *key)
{
	return span_eq(s->name, key->name) && memcmp(s->id, key->id, 4) == 0;
}

bool note_is_signed_under(const struct note *n, const struct note_key *key)
{
	for (size_t i = 0; i < n->n; i++)
		if (signed_by(&n->signatures[i], key))
			return true;
	return false;
}

bool note_verify(const struct note *n, const struct note_key *key, struct err *e)
{
	bool found = false;

	if (key->type != NOTE_ED25519 || key->public_key.n != 32)
		return err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "cannot verify signatures of type 0x%02x", key->type);
	for (size_t i = 0; i < n->n; i++) {
		const struct note_signature *s = &n->signatures[i];

		if (!signed_by(s, key))
			continue;
		if (s->bytes.n != 64 || !ed25519_verify(key->public_key.p, n->text, s->bytes.p))
			return err_set(e, ERR_CRYPTO, ERR_NO_OFFSET, "signature %zu, by %.*s, does not verify", i + 1,
				       (int)s->name.n, (const char *)s->name.p);
		found = true;
	}
	if (!found)
		return err_set(e, ERR_CRYPTO, ERR_NO_OFFSET, "no signature by %.*s+%02x%02x%02x%02x", (int)key->name.n,
			       (const char *)key->name.p, key->id[0], key->id[1], key->id[2], key->id[3]);
	return true;
}

static bool cosignature_holds(struct span text, const struct note_key *key, struct span bytes, uint64_t *time)
{
	struct buf message = {0};
	bool ok;

	if (bytes.n != 72)
		return false;
	*time = 0;
	for (size_t i = 0; i < 8; i++)
		*time = *time << 8 | bytes.p[i];
	buf_fmt(&message, "cosignature/v1\ntime %llu\n", (unsigned long long)*time);
	buf_span(&message, text);
	ok = ed25519_verify(key->public_key.p, buf_view(&message), bytes.p + 8);
	buf_release(&message);
	return ok;
}

bool note_cosigned(const struct note *n, const struct note_key *key, size_t *at, uint64_t *time, struct err *e)
{
	bool found = false;

	if (key->type != NOTE_COSIGNATURE || key->public_key.n != 32)
		return err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "a witness's key has type 0x04, found 0x%02x", key->type);
	for (size_t i = 0; i < n->n; i++) {
		const struct note_signature *s = &n->signatures[i];

		if (!signed_by(s, key))
			continue;
		if (!cosignature_holds(n->text, key, s->bytes, time))
			return err_set(e, ERR_CRYPTO, ERR_NO_OFFSET, "signature %zu, by %.*s, does not verify", i + 1,
				       (int)s->name.n, (const char *)s->name.p);
		*at = i;
		found = true;
	}
	return found || err_set(e, ERR_CRYPTO, ERR_NO_OFFSET, "no cosignature by %.*s+%02x%02x%02x%02x",
				(int)key->name.n, (const char *)key->name.p, key->id[0], key->id[1], key->id[2],
				key->id[3]);
}

void note_signature_format(struct buf *out, const struct note_signature *s)
{
	struct buf data = {0};

	buf_add(&data, s->id, sizeof(s->id));
	buf_span(&data, s->bytes);
	buf_str(out, EM_DASH);
	buf_span(out, s->name);
	buf_byte(out, ' ');
	buf_base64(out, buf_view(&data));
	buf_byte(out, '\n');
	buf_release(&data);
}

void note_sign(struct buf *out, struct span text, struct span name, const uint8_t seed[32])
{
	struct note_key key = { .name = name, .type = NOTE_ED25519 };
	uint8_t pub[32];

	ed25519_public(pub, seed);
	key_id(key.id, name, NOTE_ED25519, span_of(pub, sizeof(pub)));
	key.public_key = span_of(pub, sizeof(pub));
	note_sign_with(out, text, &key, seed);
}

void note_sign_with(struct buf *out, struct span text, const struct note_key *key, const uint8_t seed[32])
{
	uint8_t bytes[68];

	assert(key->type == NOTE_ED25519 && key->public_key.n == 32);
	memcpy(bytes, key->id, 4);
	ed25519_make_with(bytes + 4, seed, key->public_key.p, text);
	buf_span(out, text);
	buf_str(out, "\n" EM_DASH);
	buf_span(out, key->name);
	buf_byte(out, ' ');
	buf_base64(out, span_of(bytes, sizeof(bytes)));
	buf_byte(out, '\n');
}

/* ---- checkpoints ------------------------------------------------------------------------------------------------ */

void checkpoint_write(struct buf *out, struct span origin, const struct tree_head *head)
{
	buf_span(out, origin);
	buf_fmt(out, "\n%llu\n", (unsigned long long)head->size);
	buf_base64(out, SPAN_HASH(&head->root));
	buf_byte(out, '\n');
}

static bool parse_size(uint64_t *out, struct span digits, struct err *e)
{
	uint64_t v = 0;

	if (!digits.n || digits.n > 16 || (digits.p[0] == '0' && digits.n > 1))
		return err_set(e, ERR_SYNTAX, 0, "a size is decimal digits without leading zeros");
	for (size_t i = 0; i < digits.n; i++) {
		if (digits.p[i] < '0' || digits.p[i] > '9')
			return err_set(e, ERR_SYNTAX, i, "a size is decimal digits without leading zeros");
		v = v * 10 + (uint64_t)(digits.p[i] - '0');
	}
	if (v > MERKLE_MAX_SIZE)
		return err_set(e, ERR_RANGE, 0, "a size is at most 2^53");
	*out = v;
	return true;
}

static bool parse_root(struct hash32 *out, struct span text, struct err *e)
{
	struct buf root = {0};
	bool ok = base64_decode(&root, text, e);

	if (ok && root.n != 32)
		ok = err_set(e, ERR_SYNTAX, 0, "a root is 32 bytes, found %zu", root.n);
	if (ok)
		memcpy(out->b, root.p, 32);
	buf_release(&root);
	return ok;
}

bool checkpoint_parse(struct checkpoint *out, struct span text, struct err *e)
{
	const size_t one = find(text, 0, '\n');
	const size_t two = find(text, one + 1, '\n');
	const size_t three = find(text, two + 1, '\n');

	if (three >= text.n)
		return err_set(e, ERR_SYNTAX, text.n, "a checkpoint has three lines: origin, size, root");
	out->origin = cut(text, 0, one);
	if (!out->origin.n)
		return err_set(e, ERR_SYNTAX, 0, "the origin is empty");
	if (!parse_size(&out->head.size, cut(text, one + 1, two), e)) {
		if (e)
			e->at += one + 1;
		return err_in(e, "size");
	}
	if (!parse_root(&out->head.root, cut(text, two + 1, three), e)) {
		if (e)
			e->at += two + 1;
		return err_in(e, "root");
	}
	out->extensions = cut(text, three + 1, text.n);
	if (out->extensions.n && out->extensions.p[0] == '\n')
		return err_set(e, ERR_SYNTAX, three + 1, "a checkpoint has no empty lines");
	return true;
}

bool checkpoint_open(struct arena *a, struct checkpoint *out, struct span note, const struct note_key *key,
		     struct err *e)
{
	struct note n;

	if (!note_parse(a, &n, note, e) || !note_verify(&n, key, e) || !checkpoint_parse(out, n.text, e))
		return false;
	if (!span_eq(out->origin, key->name))
		return err_set(e, ERR_MISMATCH, 0, "the checkpoint is of log %.*s, needed %.*s", (int)out->origin.n,
			       (const char *)out->origin.p, (int)key->name.n, (const char *)key->name.p);
	return true;
}
