#include "audit-log/people.h"

#include <string.h>

#include "src/base/text.h"

#define FORMAT "setgov-name/1"

/* ---- the blob of a name ----------------------------------------------------------------------------------------- */

static struct json *name_json(struct arena *a, struct span name, struct span salt)
{
	struct json *o = json_object(a);

	json_set(o, a, "format", json_str(a, FORMAT));
	json_set(o, a, "name", json_text(a, name));
	json_set(o, a, "salt", json_bare(a, salt));
	return o;
}

void person_name_write(struct buf *out, struct span name)
{
	struct arena a = {0};
	uint8_t salt[32];

	random_bytes(salt, sizeof(salt));
	json_canonical(out, name_json(&a, name, span_of(salt, sizeof(salt))));
	arena_release(&a);
}

bool person_name_parse(struct arena *a, struct span *name, struct span text, struct err *e)
{
	static const char *const members[] = { "format", "name", "salt", NULL };
	const struct json *o = json_parse(a, text, e);
	struct span format;
	struct hash32 salt;
	struct buf again = {0};

	if (o == NULL || !json_only(o, members, e) || !json_get_str(o, "format", &format, e) ||
	    !json_get_str(o, "name", name, e) || !json_get_bare_hash(o, "salt", &salt, e))
		return false;
	if (!span_is(format, FORMAT))
		return err_set(e, ERR_SYNTAX, json_find(o, "format")->at, "not " FORMAT) || err_in(e, "format");
	if (name->n == 0 || name->n > PERSON_NAME_MAX)
		return err_set(e, ERR_RANGE, json_find(o, "name")->at, "a name has 1 to %zu bytes, found %zu",
			       PERSON_NAME_MAX, name->n) || err_in(e, "name");
	json_canonical(&again, name_json(a, *name, SPAN_HASH(&salt)));
	const bool canonical = span_eq(buf_view(&again), text);
	buf_release(&again);
	return canonical || err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "not canonical JSON");
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

struct looking {
	struct workspace *ws;
	struct arena *a;
	struct people *out;
};

static bool read_line(struct looking *x, uint64_t seq, struct line *l, struct err *e)
{
	return log_line_read(x->ws->log, x->a, seq, l, e);
}

/* Its text in the arena; empty: it is not there. */
static struct span read_blob(struct looking *x, const struct json *body, const char *member, struct hash32 *digest)
{
	struct buf b = {0};
	const bool there = json_get_bare_hash(body, member, digest, NULL) &&
			   log_blob(x->ws->log, digest, &b, NULL, NULL);
	const struct span text = there ? arena_copy(x->a, buf_view(&b)) : span_str("");

	buf_release(&b);
	return text;
}

static bool look_profile(struct looking *x, uint64_t seq, struct err *e)
{
	struct deployment *d = ARENA_NEW(x->a, struct deployment);
	struct hash32 digest;
	struct line l;

	if (!read_line(x, seq, &l, e))
		return false;
	const struct span text = read_blob(x, l.body, "profile", &digest);
	const bool ok = text.n > 0 && deployment_parse_identity(x->a, d, text, NULL);
	x->out->profiles[x->out->n_profiles++] = (struct people_profile){ seq, ok ? d : NULL };
	return true;
}

/* The line by which a second person had it erased; 0: none. */
static bool erased_by(struct looking *x, const struct hash32 *blob, uint64_t *seq, struct err *e)
{
	static const char *const erased[] = { "blob.erased" };
	struct seqs all;
	struct hash32 digest;
	struct line l;

	*seq = 0;
	if (!log_seqs_of_kinds(x->ws->log, x->a, erased, ARRAY_LEN(erased), &all, e))
		return false;
	for (size_t i = 0; i < all.n; i++) {
		if (!read_line(x, all.seq[i], &l, e))
			return false;
		if (json_get_bare_hash(l.body, "blob", &digest, NULL) && hash32_eq(&digest, blob))
			*seq = l.seq;
	}
	return true;
}

static bool look_name(struct looking *x, uint64_t seq, struct err *e)
{
	struct people_name *n = &x->out->names[x->out->n_names++];
	struct line l;
	uint64_t erased;

	*n = (struct people_name){ .seq = seq, .person = span_str(""), .name = span_str("") };
	if (!read_line(x, seq, &l, e))
		return false;
	n->time = l.time;
	if (!json_get_str(l.body, "person", &n->person, NULL))
		n->person = span_str("");
	const struct span text = read_blob(x, l.body, "name", &n->blob);
	if (text.n > 0 && person_name_parse(x->a, &n->name, text, NULL))
		return true;
	n->name = span_str("");
	if (!erased_by(x, &n->blob, &erased, e))
		return false;
	n->missing = erased > 0 ? arena_fmt(x->a, "name erased, line %llu", (unsigned long long)erased)
		: text.n > 0 ? "name not readable" : "name withheld from this copy of the log";
	return true;
}

bool people_look(struct workspace *ws, struct arena *a, struct people *out, struct err *e)
{
	static const char *const adopting[] = { "log.opened", "deployment.adopted" };
	static const char *const naming[] = { "person.named" };
	struct looking x = { ws, a, out };
	struct seqs profiles, names;

	*out = (struct people){0};
	if (!log_seqs_of_kinds(ws->log, a, adopting, ARRAY_LEN(adopting), &profiles, e) ||
	    !log_seqs_of_kinds(ws->log, a, naming, ARRAY_LEN(naming), &names, e))
		return false;
	out->profiles = ARENA_ARRAY(a, struct people_profile, profiles.n + 1);
	out->names = ARENA_ARRAY(a, struct people_name, names.n + 1);
	for (size_t i = 0; i < profiles.n; i++)
		if (!look_profile(&x, profiles.seq[i], e))
			return false;
	for (size_t i = 0; i < names.n; i++)
		if (!look_name(&x, names.seq[i], e))
			return false;
	return true;
}

/* ---- asking ----------------------------------------------------------------------------------------------------- */

static const struct people_profile *in_force(const struct people *p, uint64_t seq)
{
	const struct people_profile *last = NULL;

	for (size_t i = 0; i < p->n_profiles && p->profiles[i].seq <= seq; i++)
		last = &p->profiles[i];
	return last;
}

const struct person *people_at(const struct people *p, struct span id, uint64_t seq)
{
	const struct people_profile *profile = in_force(p, seq);

	return profile != NULL && profile->d != NULL ? deployment_person(profile->d, id) : NULL;
}

const struct person *people_by_address(const struct people *p, const struct addr *at, uint64_t seq)
{
	const struct people_profile *profile = in_force(p, seq);

	return profile != NULL && profile->d != NULL ? deployment_person_at(profile->d, at) : NULL;
}

const struct people_name *people_name_at(const struct people *p, struct span id, uint64_t seq)
{
	const struct people_name *found = NULL;

	for (size_t i = 0; i < p->n_names; i++)
		if (span_eq(p->names[i].person, id) && (found == NULL || p->names[i].seq <= seq))
			found = &p->names[i];
	return found;
}

struct span people_name_words(const struct people *p, struct span id, uint64_t seq)
{
	const struct people_name *n = people_name_at(p, id, seq);

	return n == NULL ? span_str("no name in the log") : n->missing != NULL ? span_str(n->missing) : n->name;
}

static bool is_in_some_profile(const struct people *p, struct span id)
{
	for (size_t i = 0; i < p->n_profiles; i++)
		if (p->profiles[i].d != NULL && deployment_person(p->profiles[i].d, id) != NULL)
			return true;
	return false;
}

const char *people_role_words(const struct people *p, struct span id, uint64_t seq)
{
	const struct people_profile *profile = in_force(p, seq);
	const struct person *x = people_at(p, id, seq);

	if (x != NULL)
		return x->owner ? "owner of the Safe" : "in the profile, no owner";
	if (profile == NULL || profile->d == NULL)
		return "role not known: the profile of that time cannot be read";
	if (span_is(id, LOCAL_ACTOR))
		return "whoever ran this console without saying who";
	return is_in_some_profile(p, id) ? "not in the profile of that time" : "nobody of the profile";
}

void people_who(struct buf *out, const struct people *p, struct span id, uint64_t seq)
{
	const bool known = is_in_some_profile(p, id) || people_name_at(p, id, seq) != NULL;

	if (id.n == 0)
		return;
	buf_str(out, people_role_words(p, id, seq));
	if (!known)
		return;
	buf_str(out, ": ");
	buf_span(out, people_name_words(p, id, seq));
}
