#include "audit-log/verify_adoptions.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/hex.h"
#include "src/evm/address.h"
#include "src/policy/adoption.h"

struct offered_message { enum adoptable_kind kind; struct hash32 message; };
struct adoption_lines {
	struct deep_walk walk;
	char *origin;                 /* the log's name; NULL: line 0 does not say */
	struct offered_message *offered;
	size_t n, cap;
	bool has_adopted[N_ADOPTABLES];
	struct hash32 adopted[N_ADOPTABLES];
	struct policy bar;            /* of the adopted policy only what adoption_needs() looks at */
	uint64_t count, signatures;
};

/* One line being judged. */
struct judging {
	struct adoption_lines *p;
	struct arena a;
	const struct line *l;
	const struct deployment *d;
	enum adoptable_kind kind;     /* of the line */
};

struct adoption_lines *adoption_lines_new(const struct deep_walk *walk)
{
	struct adoption_lines *p = calloc(1, sizeof(*p));

	if (!p)
		die("out of memory");
	p->walk = *walk;
	return p;
}

void adoption_lines_free(struct adoption_lines *p)
{
	if (!p)
		return;
	free(p->origin);
	free(p->offered);
	free(p);
}

uint64_t adoption_lines_adopted(const struct adoption_lines *p)
{
	return p->count;
}

uint64_t adoption_lines_signed(const struct adoption_lines *p)
{
	return p->signatures;
}

static void find(struct judging *j, const char *text)
{
	j->p->walk.find(j->p->walk.ctx, FINDING_ADOPTION, j->l->seq, text);
}

/* Takes the error's words, and clears it. */
static void find_error(struct judging *j, struct err *inner)
{
	struct buf text = {0};

	err_format(inner, &text);
	find(j, buf_cstr(&text));
	buf_release(&text);
	err_clear(inner);
}

/* ---- the message ------------------------------------------------------------------------------------------------ */

struct offered {
	struct adoption_terms terms;
	struct hash32 said;
	struct message message;
};

static bool read_offer(struct judging *j, struct offered *out, struct err *e)
{
	const struct json *b = j->l->body, *previous = json_find(b, "previous");

	struct adoption_terms *t = &out->terms;

	*out = (struct offered){0};
	t->kind = j->kind;
	t->origin = span_str(j->p->origin ? j->p->origin : "");
	if (!json_get_bare_hash(b, "deployment", &t->deployment, e) ||
	    !json_get_bare_hash(b, adoptable_word(j->kind), &t->document, e) ||
	    !json_get_u64(b, "expires", &t->expires, e) || !json_get_hash(b, "message", &out->said, e))
		return false;
	if (!json_is_null(previous) && !json_get_bare_hash(b, "previous", &t->previous, e))
		return false;
	out->message = adoption_says(t);
	return true;
}

static bool is_its_message(struct judging *j, const struct offered *o)
{
	struct hash32 computed;

	message_digest(&computed, j->d, &o->message);
	if (!hash32_eq(&o->terms.deployment, &j->d->id))
		find(j, "is for another deployment than the log has adopted");
	else if (!hash32_eq(&computed, &o->said))
		find(j, "the message is not that of the line's fields");
	else
		return true;
	return false;
}

static bool is_offered(const struct judging *j, const struct hash32 *message)
{
	const struct adoption_lines *p = j->p;

	for (size_t i = 0; i < p->n; i++)
		if (p->offered[i].kind == j->kind && hash32_eq(&p->offered[i].message, message))
			return true;
	return false;
}

static void keep(struct judging *j, const struct hash32 *message)
{
	struct adoption_lines *p = j->p;

	if (p->n == p->cap) {
		p->cap = 2 * p->cap + 8;
		p->offered = realloc(p->offered, p->cap * sizeof(*p->offered));
		if (!p->offered)
			die("out of memory");
	}
	p->offered[p->n++] = (struct offered_message){ j->kind, *message };
}

/* ---- the lines -------------------------------------------------------------------------------------------------- */

static void judge_opened(struct judging *j)
{
	struct span origin;

	if (!json_get_str(j->l->body, "origin", &origin, NULL))
		return;
	free(j->p->origin);
	j->p->origin = strndup((const char *)origin.p, origin.n);
	if (!j->p->origin)
		die("out of memory");
}

static void judge_offered(struct judging *j)
{
	struct err inner = {0};
	struct offered o;

	if (!read_offer(j, &o, &inner))
		find_error(j, &inner);
	else if (is_its_message(j, &o))
		keep(j, &o.said);
}

static bool read_signature(struct judging *j, struct hash32 *message, struct message_signature *out, struct err *e)
{
	const struct json *b = j->l->body;
	uint8_t bytes[65];
	struct span hex;

	if (!json_get_hash(b, "message", message, e) || !json_get_addr(b, "owner", &out->owner, e) ||
	    !json_get_str(b, "signature", &hex, e))
		return false;
	return (hex_bare(bytes, sizeof(bytes), hex, e) &&
		sig_from_bytes(&out->sig, span_of(bytes, sizeof(bytes)), e)) ||
	       err_in(e, "signature");
}

static void judge_signed(struct judging *j)
{
	const struct person *who;
	struct message_signature s;
	struct err inner = {0};
	struct hash32 message;
	struct addr by;

	if (!read_signature(j, &message, &s, &inner) || !sig_recover(&by, &s.sig, &message, &inner)) {
		find_error(j, &inner);
		return;
	}
	j->p->signatures++;
	who = deployment_person_at(j->d, &s.owner);
	if (!is_offered(j, &message))
		find(j, "a signature for what no line before it offers");
	else if (!addr_eq(&by, &s.owner))
		find(j, "the signature is not by the owner it names");
	else if (!who || !who->owner)
		find(j, "signed by somebody who is no owner");
	else if (!span_eq(who->id, j->l->actor))
		find(j, "the line's actor is not the person whose address the owner's is");
}

static void find_other_blob(struct judging *j)
{
	struct buf text = {0};

	buf_fmt(&text, "the blob of the %s is not its canonical JSON", adoptable_called(j->kind));
	find(j, buf_cstr(&text));
	buf_release(&text);
}

/* False: its blob is lost or no such document, which has been said. */
static bool read_document(struct judging *j, const struct hash32 *digest, const struct adoptable **out)
{
	struct buf text = {0};
	struct err inner = {0};
	bool ok = j->p->walk.blob(j->p->walk.ctx, digest, &text);

	if (ok && !adoptable_parse(&j->a, out, j->kind, arena_copy(&j->a, buf_view(&text)), &inner)) {
		find_error(j, &inner);
		ok = false;
	}
	if (ok && !hash32_eq(&(*out)->digest, digest)) {
		find_other_blob(j);
		ok = false;
	}
	buf_release(&text);
	return ok;
}

static bool is_signed_enough(struct judging *j, const struct offered *o, const struct adoptable *offered, struct err *e)
{
	const struct policy *bar = j->p->has_adopted[ADOPT_POLICY] ? &j->p->bar : NULL;
	const size_t needs = adoption_needs(bar, offered, j->d);
	struct message_signature *v;
	const struct json *list;
	size_t n_v, n;

	if (!json_get(j->l->body, "signatures", JSON_ARRAY, &list, e))
		return false;
	if (!message_signatures_from_json(&j->a, &v, &n_v, list, e))
		return err_in(e, "signatures");
	if (!message_count(&n, j->d, &o->message, v, n_v, e))
		return false;
	return n >= needs || err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "signed by %zu owners, and it takes %zu", n,
				     needs);
}

static void judge_turn(struct judging *j, const struct offered *o)
{
	const struct adoption_lines *p = j->p;
	struct buf text = {0};

	if (!is_offered(j, &o->said))
		find(j, "adopted without an offer before it");
	if (p->has_adopted[j->kind] && !hash32_eq(&p->adopted[j->kind], &o->terms.previous)) {
		buf_fmt(&text, "takes the place of another %s than the log had adopted before",
			adoptable_called(j->kind));
		find(j, buf_cstr(&text));
		buf_release(&text);
	}
	if (o->terms.expires && j->l->time.ms / 1000 > (int64_t)o->terms.expires)
		find(j, "adopted after the offer had lapsed");
}

static void judge_adopted(struct judging *j)
{
	struct adoption_lines *p = j->p;
	const struct adoptable *offered;
	struct err inner = {0};
	struct offered o;

	if (!read_offer(j, &o, &inner)) {
		find_error(j, &inner);
		return;
	}
	if (!is_its_message(j, &o))
		return;
	judge_turn(j, &o);
	p->count++;
	if (!read_document(j, &o.terms.document, &offered))
		return;
	if (!is_signed_enough(j, &o, offered, &inner))
		find_error(j, &inner);
	p->has_adopted[j->kind] = true;
	p->adopted[j->kind] = o.terms.document;
	if (offered->policy)
		p->bar = (struct policy){ .threshold = offered->policy->threshold };
}

void adoption_lines_judge(struct adoption_lines *p, const struct line *l, const struct deployment *d)
{
	static const struct {
		const char *kind;
		enum adoptable_kind of;
		void (*judge)(struct judging *j);
	} kinds[] = {
		{ "policy.offered", ADOPT_POLICY, judge_offered },
		{ "policy.signed", ADOPT_POLICY, judge_signed },
		{ "policy.adopted", ADOPT_POLICY, judge_adopted },
		{ "releases.offered", ADOPT_RELEASES, judge_offered },
		{ "releases.signed", ADOPT_RELEASES, judge_signed },
		{ "releases.adopted", ADOPT_RELEASES, judge_adopted },
	};
	struct judging j = { .p = p, .l = l, .d = d };

	if (line_kind_is(l, "log.opened"))
		judge_opened(&j);
	for (size_t i = 0; d && i < ARRAY_LEN(kinds); i++) {
		j.kind = kinds[i].of;
		if (line_kind_is(l, kinds[i].kind))
			kinds[i].judge(&j);
	}
	arena_release(&j.a);
}
