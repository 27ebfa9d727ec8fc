#include "src/cli/offering.h"

#include "src/base/fs.h"
#include "src/base/text.h"
#include "src/evm/address.h"

#define SHOWN(s) text_shown(s), (const char *)(s).p

/* ---- what is in force ---- */

bool offering_look(struct workspace *ws, struct arena *a, enum adoptable_kind kind, struct offering *out,
		   struct err *e)
{
	*out = (struct offering){ .kind = kind };
	return offers_look(ws, a, &out->all, e) && in_force_read(ws, a, &out->all, kind, &out->now, e);
}

bool offering_read(struct workspace *ws, struct arena *a, enum adoptable_kind kind, struct offering *out,
		   struct err *e)
{
	*out = (struct offering){ .kind = kind };
	if (!offers_read(ws, a, &out->all, e) || !in_force_read(ws, a, &out->all, kind, &out->now, e))
		return false;
	return !out->now.differs ||
	       err_refuse(e, adoptable_code(kind), "%s is another %s than the log adopted last (line %llu): setgov "
			  "policy adopt FILE offers a new one to the owners; without the file the adopted one is used",
			  adoptable_file(a, ws->dir, kind), adoptable_called(kind),
			  (unsigned long long)out->all.in_force[kind]->adopted_seq);
}

size_t offering_needs(const struct offering *x, const struct adoptable *offered, const struct workspace *ws)
{
	return adoption_needs(x->now.bar, offered, &ws->deployment);
}

/* ---- an offer ---- */

bool offering_adoption(struct workspace *ws, struct arena *a, const struct offer *o, struct adoption *out,
		       struct err *e)
{
	*out = (struct adoption){ .deployment = o->deployment, .origin = log_origin(ws->log), .expires = o->expires,
				  .signatures = o->signatures, .n = o->n };
	return offers_document(ws->log, a, o->kind, &o->document, &out->document, e) &&
	       (hash32_is_zero(&o->previous) ||
		offers_document(ws->log, a, o->kind, &o->previous, &out->previous, e));
}

static bool add_document(struct workspace *ws, const struct adoptable *x, struct err *e)
{
	struct buf text = {0};
	struct hash32 digest;
	json_canonical(&text, x->doc);
	const bool ok = log_add_blob(ws->log, buf_view(&text), BLOB_PUBLIC, &digest, e);
	buf_release(&text);
	return ok;
}

static struct json *previous_json(struct arena *a, const struct hash32 *previous)
{
	return hash32_is_zero(previous) ? json_null(a) : json_bare(a, SPAN_HASH(previous));
}

/* What an offer's line and that of its adoption have both. */
static struct json *terms_json(struct arena *a, const struct adoption_terms *t, const struct hash32 *message)
{
	struct json *body = json_object(a);
	json_set(body, a, "deployment", json_bare(a, SPAN_HASH(&t->deployment)));
	json_set(body, a, "expires", json_u64(a, t->expires));
	json_set(body, a, "message", json_0x(a, SPAN_HASH(message)));
	json_set(body, a, "previous", previous_json(a, &t->previous));
	json_set(body, a, adoptable_word(t->kind), json_bare(a, SPAN_HASH(&t->document)));
	return body;
}

static struct line line_of(struct workspace *ws, struct arena *a, enum adoptable_kind kind, const char *what,
			   struct json *body)
{
	return workspace_line(ws, arena_fmt(a, "%s.%s", adoptable_word(kind), what), span_of(NULL, 0), body);
}

bool offering_add(struct workspace *ws, struct arena *a, const struct adoption *x, struct err *e)
{
	const struct adoption_terms t = adoption_terms(x);
	const struct message m = adoption_says(&t);
	struct hash32 digest;
	message_digest(&digest, &ws->deployment, &m);
	struct line l = line_of(ws, a, t.kind, "offered", terms_json(a, &t, &digest));
	if (log_begin(ws->log, e) && add_document(ws, x->document, e) &&
	    (x->previous == NULL || add_document(ws, x->previous, e)) && log_add_line(ws->log, &l, e) &&
	    log_commit(ws->log, e))
		return true;
	log_abort(ws->log);
	return false;
}

bool offering_path(struct workspace *ws, struct arena *a, const struct adoptable *x, const char **out, struct err *e)
{
	const char *dir = arena_fmt(a, "%s/packets", ws->dir);
	struct buf name = {0};
	buf_hex(&name, span_of(x->digest.b, 8));
	*out = arena_fmt(a, "%s/%s-%s.adoption.json", dir, adoptable_word(x->kind), buf_cstr(&name));
	buf_release(&name);
	return fs_mkdirs(dir, 0755, e);
}

bool offering_write(struct arena *a, const struct adoption *x, const char *path, struct err *e)
{
	struct buf text = {0};
	adoption_write(a, &text, x);
	const bool ok = fs_write(path, buf_view(&text), 0644, e);
	buf_release(&text);
	return ok;
}

/* ---- signatures ---- */

static const struct offer *offer_of(const struct workspace *ws, const struct offers *all, const struct message *m)
{
	struct hash32 digest;
	message_digest(&digest, &ws->deployment, m);
	for (size_t i = 0; i < all->n; i++)
		if (hash32_eq(&all->v[i].message, &digest))
			return &all->v[i];
	return NULL;
}

static bool has_signed(const struct offer *o, const struct addr *owner)
{
	for (size_t i = 0; i < o->n; i++)
		if (addr_eq(&o->signatures[i].owner, owner))
			return true;
	return false;
}

/* What no log has adopted yet can take the place of anything: nobody but the file says what was before. */
static bool fits(const struct workspace *ws, const struct offering *x, const struct offer *o, const struct adoption *of,
		 struct err *why)
{
	return o->adopted || adoption_fits(of, &ws->deployment, x->now.adopted != NULL ? x->now.adopted : of->previous,
					   time_now(), why);
}

static bool add_signed(struct workspace *ws, struct arena *a, const struct offer *o, const struct message_signature *by,
		       struct err *e)
{
	struct json *body = json_object(a);
	uint8_t bytes[65];
	sig_to_bytes(bytes, &by->sig);
	json_set(body, a, "message", json_0x(a, SPAN_HASH(&o->message)));
	json_set(body, a, "owner", json_addr(a, &by->owner));
	json_set(body, a, adoptable_word(o->kind), json_bare(a, SPAN_HASH(&o->document)));
	json_set(body, a, "signature", json_bare(a, span_of(bytes, sizeof(bytes))));
	struct line l = line_of(ws, a, o->kind, "signed", body);
	l.actor = deployment_person_at(&ws->deployment, &by->owner)->id;
	l.auth = span_str("signature");
	return log_add_line(ws->log, &l, e);
}

static bool add_adopted(struct workspace *ws, struct arena *a, const struct offer *o, struct err *e)
{
	const struct adoption_terms t = { .kind = o->kind, .deployment = o->deployment, .document = o->document,
					  .previous = o->previous, .expires = o->expires };
	struct json *body = terms_json(a, &t, &o->message);
	json_set(body, a, "signatures", message_signatures_to_json(a, o->signatures, o->n));
	struct line l = line_of(ws, a, o->kind, "adopted", body);
	return log_add_line(ws->log, &l, e);
}

/* The offer again, as the line just added has left it. */
static bool adopt_if_enough(struct workspace *ws, struct arena *a, const struct message *m, size_t needs,
			    struct endorsed *out, const struct offer **o, struct err *e)
{
	struct offers all;
	if (!offers_read(ws, a, &all, e))
		return false;
	*o = offer_of(ws, &all, m);
	if ((*o)->adopted || (*o)->n < needs)
		return true;
	out->adopted = *o;
	return add_adopted(ws, a, *o, e);
}

static bool take_for(struct workspace *ws, struct arena *a, const struct signed_message *m, const struct offering *x,
		     const struct offer *o, struct endorsed *out, struct err *why, struct err *e)
{
	const struct person *who = deployment_person_at(&ws->deployment, &m->by.owner);
	struct adoption of;
	if (!offering_adoption(ws, a, o, &of, e) || !fits(ws, x, o, &of, why))
		return false;
	const size_t needs = offering_needs(x, of.document, ws);
	out->known = has_signed(o, &m->by.owner);
	if (!out->known &&
	    (!add_signed(ws, a, o, &m->by, e) || !adopt_if_enough(ws, a, &m->message, needs, out, &o, e)))
		return false;
	const char *signed_for = arena_fmt(a, "%.*s %s for the %s %.*s", SHOWN(who->id),
					   out->known ? "is known to have signed" : "signed",
					   adoptable_called(o->kind), SHOWN(of.document->name));
	out->words = o->adopted || out->adopted != NULL ? arena_fmt(a, "%s, which is adopted", signed_for)
							: arena_fmt(a, "%s: %zu of %zu", signed_for, o->n, needs);
	return true;
}

bool offering_take(struct workspace *ws, struct arena *a, const struct signed_message *m, struct endorsed *out,
		   struct err *why, struct err *e)
{
	struct offering x;
	*out = (struct endorsed){0};
	if (!adoption_of(&out->terms, &m->message))
		BUG("a message of the type %s is no adoption", message_type_name(m->message.type));
	if (!message_check(m, &ws->deployment, why))
		return false;
	if (!span_eq(out->terms.origin, log_origin(ws->log)))
		return err_refuse(why, "LOG-OTHER", "it is about another log");
	if (!offering_read(ws, a, out->terms.kind, &x, e))
		return false;
	const struct offer *o = offer_of(ws, &x.all, &m->message);
	if (o == NULL)
		return err_refuse(why, "OFFER", "no offer of this log is what was signed");
	return take_for(ws, a, m, &x, o, out, why, e);
}

/* ---- what is in force moves ---- */

static bool write_document(struct workspace *ws, struct arena *a, const struct adoptable *x, struct err *e)
{
	const char *path = adoptable_file(a, ws->dir, x->kind);
	const struct adoptable *there;
	struct buf text = {0};
	if (fs_exists(path) && adoptable_file_read(a, &there, x->kind, path, NULL) &&
	    hash32_eq(&there->digest, &x->digest))
		return true;
	json_pretty(&text, x->doc);
	buf_byte(&text, '\n');
	const bool ok = fs_write(path, buf_view(&text), 0644, e);
	buf_release(&text);
	return ok;
}

bool offering_publish(struct workspace *ws, struct arena *a, enum adoptable_kind kind, const char **path,
		      struct err *e)
{
	struct offers all;
	struct adoption x;
	return offers_read(ws, a, &all, e) && offering_adoption(ws, a, all.in_force[kind], &x, e) &&
	       write_document(ws, a, x.document, e) && offering_path(ws, a, x.document, path, e) &&
	       offering_write(a, &x, *path, e);
}
