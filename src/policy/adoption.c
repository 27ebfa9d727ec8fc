#include "src/policy/adoption.h"

#include "src/base/text.h"

/* ---- what is signed ---- */

/* The members of both messages, in their order. */
enum { ORIGIN, DEPLOYMENT, DOCUMENT, PREVIOUS, EXPIRES };

struct message adoption_says(const struct adoption_terms *x)
{
	struct message m = { .type = adoptable_message(x->kind) };
	m.says[ORIGIN].text = x->origin;
	m.says[DEPLOYMENT].hash = x->deployment;
	m.says[DOCUMENT].hash = x->document;
	m.says[PREVIOUS].hash = x->previous;
	m.says[EXPIRES].number = x->expires;
	return m;
}

bool adoption_of(struct adoption_terms *out, const struct message *m)
{
	for (int k = 0; k < N_ADOPTABLES; k++) {
		if (adoptable_message((enum adoptable_kind)k) != m->type)
			continue;
		*out = (struct adoption_terms){
			.kind = (enum adoptable_kind)k, .origin = m->says[ORIGIN].text,
			.deployment = m->says[DEPLOYMENT].hash, .document = m->says[DOCUMENT].hash,
			.previous = m->says[PREVIOUS].hash, .expires = m->says[EXPIRES].number,
		};
		return true;
	}
	return false;
}

struct adoption_terms adoption_terms(const struct adoption *x)
{
	struct adoption_terms t = { .kind = x->document->kind, .origin = x->origin, .deployment = x->deployment,
				    .document = x->document->digest, .expires = x->expires };
	if (x->previous != NULL)
		t.previous = x->previous->digest;
	return t;
}

struct message adoption_message(const struct adoption *x)
{
	const struct adoption_terms t = adoption_terms(x);
	return adoption_says(&t);
}

/* ---- the file ---- */

void adoption_write(struct arena *a, struct buf *out, const struct adoption *x)
{
	struct json *o = json_object(a);
	json_set(o, a, "deployment", json_bare(a, SPAN_HASH(&x->deployment)));
	json_set(o, a, "expires", json_u64(a, x->expires));
	json_set(o, a, "format", json_str(a, ADOPTION_FORMAT));
	json_set(o, a, "origin", json_text(a, x->origin));
	json_set(o, a, adoptable_word(x->document->kind), json_copy(a, x->document->doc));
	json_set(o, a, "previous", x->previous != NULL ? json_copy(a, x->previous->doc) : json_null(a));
	json_set(o, a, "signatures", message_signatures_to_json(a, x->signatures, x->n));
	json_canonical(out, o);
	buf_byte(out, '\n');
}

/* What is canonical has one place for each byte: an error inside a document is as far from its beginning in the
 * file. */
static bool get_document(struct arena *a, const struct adoptable **out, enum adoptable_kind kind, const struct json *v,
			 const char *name, struct err *e)
{
	struct buf text = {0};
	json_canonical(&text, v);
	const struct span own = arena_copy(a, buf_view(&text));
	buf_release(&text);
	if (own.n > adoptable_max(kind))
		return err_set(e, ERR_RANGE, v->at, "a %s has at most %zu bytes", adoptable_called(kind),
			       adoptable_max(kind)) || err_in(e, "%s", name);
	if (adoptable_parse(a, out, kind, own, e))
		return true;
	if (e != NULL && e->at != ERR_NO_OFFSET)
		e->at += v->at;
	return err_in(e, "%s", name);
}

static bool get_signatures(struct arena *a, struct adoption *out, const struct json *o, struct err *e)
{
	const struct json *list;
	struct message_signature *v;
	if (!json_get(o, "signatures", JSON_ARRAY, &list, e))
		return false;
	if (!message_signatures_from_json(a, &v, &out->n, list, e))
		return err_in(e, "signatures");
	out->signatures = v;
	return true;
}

static bool get_origin(const struct json *o, struct span *out, struct err *e)
{
	if (!json_get_str(o, "origin", out, e))
		return false;
	return note_name_is_valid(*out) ||
	       err_set(e, ERR_SYNTAX, json_find(o, "origin")->at, "needed the name of a log") || err_in(e, "origin");
}

/* The document's own member says which kind it is. */
static enum adoptable_kind kind_of(const struct json *o)
{
	return json_find(o, adoptable_word(ADOPT_RELEASES)) != NULL ? ADOPT_RELEASES : ADOPT_POLICY;
}

static bool get_documents(struct arena *a, struct adoption *out, const struct json *o, struct err *e)
{
	const enum adoptable_kind kind = kind_of(o);
	const char *word = adoptable_word(kind);
	const struct json *document, *previous = json_find(o, "previous");
	if (!json_get(o, word, JSON_OBJECT, &document, e) || !get_document(a, &out->document, kind, document, word, e))
		return false;
	if (previous == NULL)
		return err_set(e, ERR_MISSING, o->at, "missing") || err_in(e, "previous");
	return json_is_null(previous) || get_document(a, &out->previous, kind, previous, "previous", e);
}

static bool get_members(struct arena *a, struct adoption *out, const struct json *o, struct err *e)
{
	const char *const names[] = { "deployment", "expires", "format", "origin", adoptable_word(kind_of(o)),
				      "previous", "signatures", NULL };
	struct span format;
	if (!json_only(o, names, e) || !json_get_str(o, "format", &format, e))
		return false;
	if (!span_is(format, ADOPTION_FORMAT))
		return err_set(e, ERR_UNKNOWN, json_find(o, "format")->at, "needed " ADOPTION_FORMAT) ||
		       err_in(e, "format");
	return json_get_bare_hash(o, "deployment", &out->deployment, e) &&
	       json_get_u64(o, "expires", &out->expires, e) && get_origin(o, &out->origin, e) &&
	       get_documents(a, out, o, e) && get_signatures(a, out, o, e);
}

static bool is_canonical(struct span text, struct span again, struct err *e)
{
	size_t same = 0;
	while (same < again.n && same < text.n && again.p[same] == text.p[same])
		same++;
	return (same == text.n && same + 1 >= again.n) ||
	       err_set(e, ERR_SYNTAX, same, "not canonical JSON on one line");
}

bool adoption_parse(struct arena *a, struct adoption *out, struct span text, struct err *e)
{
	struct buf again = {0};
	*out = (struct adoption){0};
	if (text.n > ADOPTION_MAX)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "an adoption has at most %zu bytes, found %zu",
			       ADOPTION_MAX, text.n);
	const struct json *doc = json_parse(a, text, e);
	if (doc == NULL || !json_is_canonical(doc, e) || !get_members(a, out, doc, e))
		return false;
	adoption_write(a, &again, out);
	const bool ok = is_canonical(text, buf_view(&again), e);
	buf_release(&again);
	return ok;
}

/* ---- enough? ---- */

size_t adoption_needs(const struct policy *bar, const struct adoptable *offered, const struct deployment *d)
{
	const uint64_t owners = deployment_owners(d);
	const struct policy *says = bar != NULL && bar->threshold > 0 ? bar : offered->policy;
	const uint64_t n = says != NULL && says->threshold > d->threshold ? says->threshold : d->threshold;
	return (size_t)(n < owners ? n : owners);
}

static bool takes_its_place(const struct adoption *x, const struct adoptable *in_force, struct err *e)
{
	const char *called = adoptable_called(x->document->kind);
	if (in_force != NULL && hash32_eq(&in_force->digest, &x->document->digest))
		return true;
	if (in_force == NULL)
		return x->previous == NULL ||
		       err_refuse(e, "PREVIOUS", "it takes the place of the %s %.*s, and no %s is in force here",
				  called, text_shown(x->previous->name), (const char *)x->previous->name.p, called);
	if (x->previous == NULL)
		return err_refuse(e, "PREVIOUS", "it says that it is the first %s, and %.*s is in force here", called,
				  text_shown(in_force->name), (const char *)in_force->name.p);
	return hash32_eq(&x->previous->digest, &in_force->digest) ||
	       err_refuse(e, "PREVIOUS", "the %s that it takes the place of is not the one in force here: an older "
			  "offer, or one made elsewhere", called);
}

bool adoption_fits(const struct adoption *x, const struct deployment *d, const struct adoptable *in_force,
		   struct unix_time now, struct err *e)
{
	struct buf until = {0};
	if (!hash32_eq(&x->deployment, &d->id))
		return err_refuse(e, "DEPLOYMENT", "an adoption for another deployment");
	if (!takes_its_place(x, in_force, e))
		return false;
	if (x->expires == 0 || now.ms / 1000 <= (int64_t)x->expires)
		return true;
	time_format_minute(&until, (int64_t)x->expires);
	err_refuse(e, "EXPIRED", "the offer lapsed on %s: it has to be made again", buf_cstr(&until));
	buf_release(&until);
	return false;
}

bool adoption_is_complete(const struct adoption *x, const struct deployment *d, const struct policy *bar,
			  struct err *e)
{
	const struct message m = adoption_message(x);
	const size_t needs = adoption_needs(bar, x->document, d);
	size_t n;
	if (!message_count(&n, d, &m, x->signatures, x->n, e))
		return false;
	return n >= needs || err_refuse(e, "INCOMPLETE", "%zu of %zu owners have signed it: %zu missing", n, needs,
					needs - n);
}
