#include "audit-log/cosignatures.h"

#include <string.h>

#include "src/base/hex.h"
#include "src/evm/address.h"
#include "src/gov/cosignature.h"

struct walk {
	struct arena *a;
	struct log_cosignatures *out;
	size_t cap;
};

bool log_cosignature_read(struct log_cosignature *out, const struct line *l, struct err *e)
{
	struct span by;

	*out = (struct log_cosignature){ .seq = l->seq };
	if (!json_get_str(l->body, "by", &by, e) || !json_get_str(l->body, "key", &out->key, e) ||
	    !json_get_u64(l->body, "size", &out->head.size, e) ||
	    !json_get_bare_hash(l->body, "root", &out->head.root, e) ||
	    !json_get_str(l->body, "signature", &out->signature, e))
		return false;
	out->witness = span_is(by, "witness");
	if (!out->witness && !span_is(by, "owner"))
		return err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "neither an owner's nor a witness's") || err_in(e, "by");
	return !out->witness || json_get_u64(l->body, "time", &out->time, e);
}

static bool read_line(struct arena *a, struct log_cosignature *out, struct span raw, struct err *e)
{
	struct line l;

	return line_parse(a, &l, arena_copy(a, raw), e) && log_cosignature_read(out, &l, e);
}

static bool take(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct walk *w = ctx;

	(void)leaf;
	ARENA_GROW(w->a, w->out->v, w->out->n, w->cap);
	return read_line(w->a, &w->out->v[w->out->n++], raw, e) ||
	       err_in(e, "line %llu", (unsigned long long)seq);
}

bool log_cosignatures(struct log *l, struct arena *a, struct log_cosignatures *out, struct err *e)
{
	static const char *const kinds[] = { "checkpoint.cosigned" };
	struct walk w = { a, out, 0 };

	*out = (struct log_cosignatures){0};
	return log_each_of_kinds(l, kinds, ARRAY_LEN(kinds), take, &w, e);
}

static bool judge_owner(const struct log_cosignature *c, struct span origin, const struct deployment *d,
			struct err *e)
{
	uint8_t bytes[65];
	struct addr key, by;
	struct hash32 digest;
	struct sig sig;

	if (!addr_parse(&key, c->key, e) || !hex_bare(bytes, sizeof(bytes), c->signature, e) ||
	    !sig_from_bytes(&sig, span_of(bytes, sizeof(bytes)), e))
		return false;
	cosignature_digest(&digest, d, origin, &c->head);
	return sig_recover(&by, &sig, &digest, e) &&
	       (addr_eq(&by, &key) ||
		err_set(e, ERR_CRYPTO, ERR_NO_OFFSET, "the signature is not by the owner it names"));
}

/* The line that the witness would put below the note, over the text that it signed. */
static bool judge_witness(struct arena *a, const struct log_cosignature *c, struct span origin, struct err *e)
{
	struct note_signature s = {0};
	struct note n = { .signatures = &s, .n = 1 };
	struct buf text = {0};
	struct note_key key;
	uint8_t bytes[72];
	uint64_t time;
	size_t at;
	bool ok = note_key_parse(a, &key, c->key, e) && hex_bare(bytes, sizeof(bytes), c->signature, e);

	if (ok) {
		checkpoint_write(&text, origin, &c->head);
		n.text = buf_view(&text);
		s = (struct note_signature){ .name = key.name, .bytes = span_of(bytes, sizeof(bytes)) };
		memcpy(s.id, key.id, sizeof(s.id));
		ok = note_cosigned(&n, &key, &at, &time, e) &&
		     (time == c->time || err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the line gives another time"));
	}
	buf_release(&text);
	return ok;
}

bool log_cosignature_holds(const struct log_cosignature *c, const struct hash32 *root, struct span origin,
			   const struct deployment *d, struct err *e)
{
	struct arena a = {0};
	const bool ok = (hash32_eq(root, &c->head.root) ||
			 err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "vouched for another root than the log has there")) &&
			(c->witness ? judge_witness(&a, c, origin, e) : judge_owner(c, origin, d, e));

	arena_release(&a);
	return ok;
}

bool log_cosignature_judge(struct log *l, const struct log_cosignature *c, const struct deployment *d, struct err *e)
{
	struct hash32 root;

	return (log_root_at(l, c->head.size, &root, e) && log_cosignature_holds(c, &root, log_origin(l), d, e)) ||
	       err_in(e, "line %llu", (unsigned long long)c->seq);
}

uint64_t log_cosigned_size(const struct log_cosignatures *all)
{
	uint64_t most = 0;

	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].head.size > most)
			most = all->v[i].head.size;
	return most;
}

static bool add_witness(struct arena *a, struct buf *out, const struct log_cosignature *c, struct err *e)
{
	uint8_t bytes[72];
	struct note_signature s;
	struct note_key key;

	if (!note_key_parse(a, &key, c->key, e) || !hex_bare(bytes, sizeof(bytes), c->signature, e))
		return err_in(e, "line %llu", (unsigned long long)c->seq);
	s = (struct note_signature){ .name = key.name, .bytes = span_of(bytes, sizeof(bytes)) };
	memcpy(s.id, key.id, sizeof(s.id));
	note_signature_format(out, &s);
	return true;
}

bool log_cosigned_note(struct buf *out, struct span note, const struct log_cosignatures *all, struct err *e)
{
	struct arena a = {0};
	struct checkpoint c;
	struct note n;
	bool ok = note_parse(&a, &n, note, e) && checkpoint_parse(&c, n.text, e);

	buf_span(out, note);
	for (size_t i = 0; ok && i < all->n; i++)
		if (all->v[i].witness && all->v[i].head.size == c.head.size &&
		    hash32_eq(&all->v[i].head.root, &c.head.root))
			ok = add_witness(&a, out, &all->v[i], e);
	arena_release(&a);
	return ok;
}
