#include "src/signer/adopting.h"

#include "src/base/text.h"
#include "src/crypto/words.h"

bool adopting_is(struct signer *s, struct span file)
{
	const struct json *doc = json_parse(&s->arena, file, NULL);
	struct span format;
	return doc != NULL && json_get_str(doc, "format", &format, NULL) && span_is(format, ADOPTION_FORMAT);
}

/* ---- what this machine knows of the log ---- */

/* The log that a line of the journal speaks of. */
static bool log_of(struct signer *s, const struct line *l, struct span *origin)
{
	struct span bytes;
	struct checkpoint c;
	struct note n;
	if (line_kind_is(l, "adoption.signed"))
		return json_get_str(l->body, "origin", origin, NULL);
	if (!json_get_str(l->body, "checkpoint", &bytes, NULL) || !note_parse(&s->arena, &n, bytes, NULL) ||
	    !checkpoint_parse(&c, n.text, NULL))
		return false;
	*origin = c.origin;
	return true;
}

static bool same_log(struct signer *s, struct adopting *w, struct err *e)
{
	if (!deployment_names_log(&w->pin->deployment, w->x.origin))
		return err_refuse(e, "LOG-OTHER", "the offer is of a log that is not named after this chain and Safe");
	for (size_t i = 0; i < s->journal.n; i++) {
		const struct line *l = &s->journal.lines[i];
		struct hash32 of;
		struct span origin;
		if (!json_get_bare_hash(l->body, "deployment", &of, NULL) ||
		    !hash32_eq(&of, &w->x.deployment) || !log_of(s, l, &origin))
			continue;
		if (!span_eq(origin, w->x.origin))
			return err_refuse(e, "LOG-OTHER", "the offer is of another log than what this machine signed "
					  "before (journal line %zu)", i);
		w->knows_log = true;
	}
	return true;
}

/* Two for one place: an owner may change his mind, and has to see that he does. */
static void find_rival(struct signer *s, struct adopting *w)
{
	const struct adoption_terms t = adoption_terms(&w->x);
	for (size_t i = 0; i < s->journal.n; i++) {
		const struct line *l = &s->journal.lines[i];
		struct hash32 of, document, previous;
		struct span name;
		if (line_kind_is(l, "adoption.signed") && json_get_bare_hash(l->body, "deployment", &of, NULL) &&
		    json_get_bare_hash(l->body, adoptable_word(t.kind), &document, NULL) &&
		    json_get_bare_hash(l->body, "previous", &previous, NULL) &&
		    json_get_str(l->body, "name", &name, NULL) && hash32_eq(&of, &t.deployment) &&
		    hash32_eq(&previous, &t.previous) && !hash32_eq(&document, &t.document))
			w->rival = arena_str(&s->arena, name);
	}
}

/* ---- reading ---- */

const struct adoptable *adopting_pinned(struct signer *s, const struct pin *pin, enum adoptable_kind kind)
{
	switch (kind) {
	case ADOPT_POLICY:
		return adoptable_of_policy(&s->arena, pin->policy);
	case ADOPT_RELEASES:
		return adoptable_of_releases(&s->arena, pin->releases);
	}
	BUG("nothing of that kind is pinned");
}

static bool is_lost(enum adoptable_kind kind, struct err *e)
{
	return err_refuse(e, adoptable_code(kind), "no %s is pinned here where one has to be: setgov-signer trust-%s "
			  "FILE pins the one in force by its phrase first", adoptable_called(kind),
			  adoptable_word(kind));
}

/* A lost policy could not say how many owners it takes, and a lost list not what it is that goes. */
static bool find_pin(struct signer *s, struct adopting *w, struct err *e)
{
	const enum adoptable_kind kind = w->x.document->kind;
	w->pin = home_pin(&s->home, &w->x.deployment);
	if (w->pin == NULL)
		return err_refuse(e, "NOT-PINNED", "the adoption is for a deployment that this machine has not pinned");
	w->pinned = adopting_pinned(s, w->pin, kind);
	if (w->pin->policy_lost)
		return is_lost(ADOPT_POLICY, e);
	return kind != ADOPT_RELEASES || !w->pin->releases_lost || is_lost(kind, e);
}

bool adopting_read(struct signer *s, struct adopting *out, const char *path, struct err *e)
{
	struct span file;
	*out = (struct adopting){0};
	if (!signer_input(s, path, &file, e))
		return false;
	if (!adoption_parse(&s->arena, &out->x, file, e))
		return err_file(e, path, 0);
	if (!find_pin(s, out, e) ||
	    !adoption_fits(&out->x, &out->pin->deployment, out->pinned, time_now(), e) || !same_log(s, out, e))
		return false;
	const struct message m = adoption_message(&out->x);
	out->needs = adoption_needs(out->pin->policy, out->x.document, &out->pin->deployment);
	find_rival(s, out);
	return message_count(&out->n_owners, &out->pin->deployment, &m, out->x.signatures, out->x.n, e);
}

bool adopting_read_kind(struct signer *s, struct adopting *out, const char *path, enum adoptable_kind kind,
			struct err *e)
{
	if (!adopting_read(s, out, path, e))
		return false;
	return out->x.document->kind == kind ||
	       err_refuse(e, "KIND", "it is the adoption of a %s, and this is about a %s",
			  adoptable_called(out->x.document->kind), adoptable_called(kind));
}

/* ---- shown ---- */

void adopting_names(struct buf *out, const struct adopting *w)
{
	size_t n = 0;
	for (size_t i = 0; i < w->pin->deployment.n_people; i++) {
		const struct person *p = &w->pin->deployment.people[i];
		bool has = false;
		for (size_t k = 0; k < w->x.n; k++)
			has |= addr_eq(&w->x.signatures[k].owner, &p->address);
		if (!has)
			continue;
		if (n++ > 0)
			buf_str(out, n == w->n_owners ? " and " : ", ");
		buf_span(out, p->id);
	}
	if (n == 0)
		buf_str(out, "nobody");
}

void adopting_document(struct buf *out, const struct adoptable *pinned, const struct adoptable *x)
{
	struct buf phrase = {0};
	buf_fmt(out, "\n%s ", adoptable_code(x->kind));
	text_safe(out, x->name, false);
	if (pinned == NULL) {
		buf_fmt(out, "\nNo %s is pinned here: nothing takes its place.\n", adoptable_called(x->kind));
	} else if (hash32_eq(&pinned->digest, &x->digest)) {
		buf_str(out, "\nIt is pinned here already: nothing changes.\n");
	} else {
		buf_str(out, "\nIt takes the place of ");
		text_safe(out, pinned->name, false);
		buf_str(out, ", which is pinned here. What changes:\n");
		adoptable_differences(out, pinned, x);
		buf_str(out, "\nWhat it says, whole:\n");
	}
	adoptable_sentences(out, x);
	words_phrase(&phrase, &x->digest);
	buf_str(out, "  digest      ");
	buf_hex(out, SPAN_HASH(&x->digest));
	buf_fmt(out, "\n  phrase      %s\n", buf_cstr(&phrase));
	buf_release(&phrase);
}

static void put_expiry(struct buf *out, const struct adopting *w)
{
	if (w->x.expires == 0) {
		buf_str(out, "never");
		return;
	}
	time_format_minute(out, (int64_t)w->x.expires);
	buf_str(out, "; this machine's clock says ");
	time_format_minute(out, time_now().ms / 1000);
}

void adopting_page(struct buf *out, const struct adopting *w)
{
	const struct message m = adoption_message(&w->x);
	struct hash32 digest;
	message_digest(&digest, &w->pin->deployment, &m);
	deployment_banner(out, &w->pin->deployment);
	buf_fmt(out, "\n%s\n", adoptable_about(w->x.document->kind));
	adopting_document(out, w->pinned, w->x.document);
	buf_str(out, "  log         ");
	text_safe(out, w->x.origin, false);
	buf_str(out, w->knows_log ? "" : "\n              NOT CHECKED: this machine has signed nothing of this log");
	buf_str(out, "\n  lapses      ");
	put_expiry(out, w);
	buf_str(out, "\n  adoption    0x");
	buf_hex(out, SPAN_HASH(&digest));
	buf_str(out, " (EIP-712)\n  signed by   ");
	adopting_names(out, w);
	buf_fmt(out, "; it takes %zu owners\n", w->needs);
	if (w->rival != NULL) {
		buf_fmt(out, "  NOTE: this machine signed another %s for the same place before: ",
			adoptable_called(w->x.document->kind));
		text_safe(out, span_str(w->rival), false);
		buf_byte(out, '\n');
	}
}
