#include "audit-log/offers.h"

#include <string.h>

#include "src/base/hex.h"
#include "src/evm/address.h"

struct fold {
	struct arena *a;
	struct offers *out;
	size_t cap, in_force;         /* in_force: index + 1 */
};

static struct offer *find(struct fold *f, const struct hash32 *message)
{
	for (size_t i = 0; i < f->out->n; i++)
		if (hash32_eq(&f->out->v[i].message, message))
			return &f->out->v[i];
	return NULL;
}

static struct offer *make_room(struct fold *f)
{
	struct offers *all = f->out;

	if (all->n == f->cap) {
		struct offer *v = ARENA_ARRAY(f->a, struct offer, 2 * f->cap + 4);

		if (all->n)
			memcpy(v, all->v, all->n * sizeof(*v));
		all->v = v;
		f->cap = 2 * f->cap + 4;
	}
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

	*o = (struct offer){ .seq = l->seq };
	if (!json_get_hash(l->body, "message", &o->message, e) ||
	    !json_get_bare_hash(l->body, "deployment", &o->deployment, e) ||
	    !json_get_bare_hash(l->body, "policy", &o->policy, e) || !get_previous(l->body, &o->previous, e) ||
	    !json_get_u64(l->body, "expires", &o->expires, e))
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
	f->in_force = (size_t)(o - f->out->v) + 1;
	return true;
}

static const char *const names[] = { "policy.offered", "policy.signed", "policy.adopted" };
static bool (*const apply[])(struct fold *f, const struct line *l, struct err *e) = {
	apply_offered, apply_signed, apply_adopted
};

static bool fold_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct fold *f = ctx;
	struct line l;

	(void)leaf;
	if (!line_parse(f->a, &l, arena_copy(f->a, raw), e))
		return err_in(e, "line %llu", (unsigned long long)seq);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (line_kind_is(&l, names[i]) && !apply[i](f, &l, e))
			return err_in(e, "line %llu", (unsigned long long)seq);
	f->out->in_force = f->in_force ? &f->out->v[f->in_force - 1] : NULL;
	return true;
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
	return !o->adopted && hash32_eq(&o->deployment, &ws->deployment.id) &&
	       (!all->in_force || hash32_eq(&o->previous, &all->in_force->policy)) &&
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

bool offers_policy(struct log *l, struct arena *a, const struct hash32 *digest, const struct policy **out,
		   struct err *e)
{
	struct policy *p = ARENA_NEW(a, struct policy);
	struct buf b = {0};
	const bool ok = log_blob(l, digest, &b, NULL, e);
	const struct span text = ok ? arena_copy(a, buf_view(&b)) : span_of(NULL, 0);

	buf_release(&b);
	*out = p;
	return ok && policy_parse(a, p, text, e);
}
