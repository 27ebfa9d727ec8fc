#include "audit-log/offers.h"

#include <string.h>

#include "src/base/hex.h"
#include "src/evm/address.h"

struct fold {
	struct arena *a;
	struct offers *out;
	enum adoptable_kind kind;     /* of the line */
	size_t cap, in_force[N_ADOPTABLES];   /* in_force: index + 1 */
};

static struct offer *find(struct fold *f, const struct hash32 *message)
{
	for (size_t i = 0; i < f->out->n; i++)
		if (f->out->v[i].kind == f->kind && hash32_eq(&f->out->v[i].message, message))
			return &f->out->v[i];
	return NULL;
}

static struct offer *make_room(struct fold *f)
{
	struct offers *all = f->out;

	ARENA_GROW(f->a, all->v, all->n, f->cap);
	return &all->v[all->n];
}

static bool get_previous(const struct json *body, struct hash32 *out, struct err *e)
{
	*out = (struct hash32){{0}};
	return json_is_null(json_find(body, "previous")) || json_get_bare_hash(body, "previous", out, e);
}

static bool apply_offered(struct fold *f, const struct line *l, struct err *e)
{
	struct offer *o = make_room(f);

	*o = (struct offer){ .kind = f->kind, .seq = l->seq };
	if (!json_get_hash(l->body, "message", &o->message, e) ||
	    !json_get_bare_hash(l->body, "deployment", &o->deployment, e) ||
	    !json_get_bare_hash(l->body, adoptable_word(f->kind), &o->document, e) ||
	    !get_previous(l->body, &o->previous, e) || !json_get_u64(l->body, "expires", &o->expires, e))
		return false;
	f->out->n++;
	return true;
}

static bool offer_of(struct fold *f, const struct line *l, struct offer **out, struct err *e)
{
	struct hash32 message;

	if (!json_get_hash(l->body, "message", &message, e))
		return false;
	*out = find(f, &message);
	return *out || err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "no line before it is the offer") ||
	       err_in(e, "message");
}

static bool apply_signed(struct fold *f, const struct line *l, struct err *e)
{
	struct message_signature s, *v;
	uint8_t bytes[65];
	struct offer *o;
	struct span hex;

	if (!offer_of(f, l, &o, e) || !json_get_addr(l->body, "owner", &s.owner, e) ||
	    !json_get_str(l->body, "signature", &hex, e))
		return false;
	if (!hex_bare(bytes, sizeof(bytes), hex, e) || !sig_from_bytes(&s.sig, span_of(bytes, sizeof(bytes)), e))
		return err_in(e, "signature");
	v = ARENA_ARRAY(f->a, struct message_signature, o->n + 1);
	if (o->n)
		memcpy(v, o->signatures, o->n * sizeof(*v));
	v[o->n++] = s;
	o->signatures = v;
	return true;
}

static bool apply_adopted(struct fold *f, const struct line *l, struct err *e)
{
	struct offer *o;

	if (!offer_of(f, l, &o, e))
		return false;
	o->adopted = true;
	o->adopted_seq = l->seq;
	f->in_force[f->kind] = (size_t)(o - f->out->v) + 1;
	return true;
}

static const char *const names[] = { "policy.offered", "policy.signed", "policy.adopted",
				     "releases.offered", "releases.signed", "releases.adopted" };
static const struct {
	enum adoptable_kind of;
	bool (*apply)(struct fold *f, const struct line *l, struct err *e);
} kinds[ARRAY_LEN(names)] = {
	{ ADOPT_POLICY, apply_offered }, { ADOPT_POLICY, apply_signed }, { ADOPT_POLICY, apply_adopted },
	{ ADOPT_RELEASES, apply_offered }, { ADOPT_RELEASES, apply_signed }, { ADOPT_RELEASES, apply_adopted },
};

static bool apply(struct fold *f, const struct line *l, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		f->kind = kinds[i].of;
		if (line_kind_is(l, names[i]) && !kinds[i].apply(f, l, e))
			return false;
	}
	for (size_t k = 0; k < N_ADOPTABLES; k++)
		f->out->in_force[k] = f->in_force[k] ? &f->out->v[f->in_force[k] - 1] : NULL;
	return true;
}

static bool fold_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct fold *f = ctx;
	struct line l;

	(void)leaf;
	return (line_parse(f->a, &l, arena_copy(f->a, raw), e) && apply(f, &l, e)) ||
	       err_in(e, "line %llu", (unsigned long long)seq);
}

bool offers_read(struct workspace *ws, struct arena *a, struct offers *out, struct err *e)
{
	struct fold f = { .a = a, .out = out };

	*out = (struct offers){0};
	return log_each_of_kinds(ws->log, names, ARRAY_LEN(names), fold_line, &f, e);
}

bool offers_look(struct workspace *ws, struct arena *a, struct offers *out, struct err *e)
{
	struct fold f = { .a = a, .out = out };
	struct seqs all;

	*out = (struct offers){0};
	return views_lines_of_kinds(ws->views, a, names, ARRAY_LEN(names), &all, e) &&
	       log_each_of(ws->log, &all, fold_line, &f, e);
}

bool offer_waits(const struct offers *all, const struct offer *o, const struct workspace *ws, struct unix_time now)
{
	const struct offer *in_force = all->in_force[o->kind];

	return !o->adopted && hash32_eq(&o->deployment, &ws->deployment.id) &&
	       (!in_force || hash32_eq(&o->previous, &in_force->document)) &&
	       (o->expires == 0 || now.ms / 1000 <= (int64_t)o->expires);
}

const char *offer_signers(struct arena *a, const struct offer *o, const struct deployment *d)
{
	struct buf b = {0};
	const char *text = "nobody";

	for (size_t i = 0; i < o->n; i++) {
		const struct person *p = deployment_person_at(d, &o->signatures[i].owner);

		if (i > 0)
			buf_str(&b, ", ");
		if (p)
			buf_span(&b, p->id);
		else
			addr_format(&b, &o->signatures[i].owner);
	}
	if (b.n > 0)
		text = arena_str(a, buf_view(&b));
	buf_release(&b);
	return text;
}

bool offers_document(struct log *l, struct arena *a, enum adoptable_kind kind, const struct hash32 *digest,
		     const struct adoptable **out, struct err *e)
{
	struct buf b = {0};
	const bool ok = log_blob(l, digest, &b, NULL, e);
	const struct span text = ok ? arena_copy(a, buf_view(&b)) : span_of(NULL, 0);

	buf_release(&b);
	return ok && adoptable_parse(a, out, kind, text, e);
}
