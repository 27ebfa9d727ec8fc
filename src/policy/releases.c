#include "src/policy/releases.h"

#include <string.h>

#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/crypto/hash.h"

#define RELEASES_MAX_N 4096
#define SHOWN(s) text_shown(s), (const char *)(s).p

/* ---- reading ---- */

static bool get_text(const struct json *o, const char *name, struct span *out, struct err *e)
{
	if (!json_get_str(o, name, out, e))
		return false;
	if (out->n > 0 && text_is_plain(*out, false))
		return true;
	return err_set(e, ERR_RANGE, json_find(o, name)->at, out->n == 0 ? "is empty"
		       : "has characters that cannot be shown") || err_in(e, "%s", name);
}

/* A digest, or null: there is none. */
static bool get_digest(const struct json *o, const char *name, bool *has, struct hash32 *out, struct err *e)
{
	const struct json *v = json_find(o, name);
	*has = v == NULL || v->type != JSON_NULL;
	return !*has || json_get_bare_hash(o, name, out, e);
}

static bool get_metadata(const struct json *o, struct release *x, struct err *e)
{
	const struct json *v = json_find(o, "metadata");
	x->has_metadata = v == NULL || v->type != JSON_NULL;
	return !x->has_metadata || json_get_hash(o, "metadata", &x->metadata, e);
}

static bool get_exception(const struct json *o, struct release *x, struct err *e)
{
	const struct json *v = json_find(o, "exception");
	if (v == NULL)
		return true;
	if (x->has_audit)
		return err_set(e, ERR_MISMATCH, v->at, "there is an audit report: nothing to except") ||
		       err_in(e, "exception");
	return get_text(o, "exception", &x->exception, e);
}

static bool read_release(struct release *x, const struct json *o, struct err *e)
{
	static const char *const members[] = { "audit", "codeHash", "contract", "exception", "layout", "metadata",
					       "version", NULL };
	if (o->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, o->at, "needed an object");
	return json_only(o, members, e) && get_text(o, "contract", &x->contract, e) &&
	       get_text(o, "version", &x->version, e) && json_get_hash(o, "codeHash", &x->code_hash, e) &&
	       get_metadata(o, x, e) && json_get_bare_hash(o, "layout", &x->layout, e) &&
	       get_digest(o, "audit", &x->has_audit, &x->audit, e) && get_exception(o, x, e);
}

static bool is_new(const struct release *v, size_t n, const struct release *x, const struct json *o, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (span_eq(v[i].contract, x->contract) && span_eq(v[i].version, x->version))
			return err_set(e, ERR_MISMATCH, json_find(o, "version")->at, "releases[%zu] is this one", i) ||
			       err_in(e, "version");
		if (hash32_eq(&v[i].code_hash, &x->code_hash))
			return err_set(e, ERR_MISMATCH, json_find(o, "codeHash")->at, "releases[%zu] has this code",
				       i) || err_in(e, "codeHash");
	}
	return true;
}

static bool read_list(struct arena *a, struct releases *out, const struct json *list, struct err *e)
{
	if (list->n > RELEASES_MAX_N)
		return err_set(e, ERR_RANGE, list->at, "at most %d releases, found %zu", RELEASES_MAX_N, list->n);
	struct release *v = ARENA_ARRAY(a, struct release, list->n + 1);
	out->v = v;
	for (const struct json *o = list->first; o != NULL; o = o->next, out->n++)
		if (!read_release(&v[out->n], o, e) || !is_new(v, out->n, &v[out->n], o, e))
			return err_in(e, "[%zu]", out->n);
	return true;
}

bool releases_from_json(struct arena *a, struct releases *out, const struct json *doc, struct err *e)
{
	static const char *const members[] = { "format", "name", "releases", NULL };
	struct buf canonical = {0};
	const struct json *list;
	struct span format;
	*out = (struct releases){ .doc = doc };
	if (doc->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, doc->at, "needed an object");
	if (!json_is_canonical(doc, e) || !json_only(doc, members, e) || !json_get_str(doc, "format", &format, e))
		return false;
	if (!span_is(format, RELEASES_FORMAT))
		return err_set(e, ERR_UNKNOWN, json_find(doc, "format")->at, "needed \"" RELEASES_FORMAT "\"") ||
		       err_in(e, "format");
	if (!get_text(doc, "name", &out->name, e) || !json_get(doc, "releases", JSON_ARRAY, &list, e))
		return false;
	if (!read_list(a, out, list, e))
		return err_in(e, "releases");
	json_canonical(&canonical, doc);
	sha256(&out->digest, buf_view(&canonical));
	buf_release(&canonical);
	return true;
}

bool releases_parse(struct arena *a, struct releases *out, struct span text, struct err *e)
{
	*out = (struct releases){0};
	if (text.n > RELEASES_MAX)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "at most %zu bytes, found %zu", RELEASES_MAX, text.n);
	const struct json *doc = json_parse(a, text, e);
	return doc != NULL && releases_from_json(a, out, doc, e);
}

/* ---- asking ---- */

const struct release *releases_code(const struct releases *r, const struct hash32 *code_hash)
{
	for (size_t i = 0; i < r->n; i++)
		if (hash32_eq(&r->v[i].code_hash, code_hash))
			return &r->v[i];
	return NULL;
}

const struct release *releases_metadata(const struct releases *r, struct span contract, const struct hash32 *metadata)
{
	for (size_t i = 0; i < r->n; i++)
		if (span_eq(r->v[i].contract, contract) && r->v[i].has_metadata &&
		    hash32_eq(&r->v[i].metadata, metadata))
			return &r->v[i];
	return NULL;
}

const struct release *releases_layout(const struct releases *r, const struct hash32 *layout)
{
	for (size_t i = 0; i < r->n; i++)
		if (hash32_eq(&r->v[i].layout, layout))
			return &r->v[i];
	return NULL;
}

/* ---- words ---- */

static void put_name(struct buf *out, const struct release *x)
{
	buf_fmt(out, "%.*s %.*s\n", SHOWN(x->contract), SHOWN(x->version));
}

static void put_release(struct buf *out, const struct release *x)
{
	buf_str(out, "    code      ");
	buf_0xhex(out, SPAN_HASH(&x->code_hash));
	buf_str(out, "\n    metadata  ");
	if (x->has_metadata)
		buf_0xhex(out, SPAN_HASH(&x->metadata));
	else
		buf_str(out, "none");
	buf_str(out, "\n    layout    ");
	buf_hex(out, SPAN_HASH(&x->layout));
	buf_str(out, "\n    audit     ");
	if (x->has_audit)
		buf_hex(out, SPAN_HASH(&x->audit));
	else if (x->exception.n > 0)
		buf_fmt(out, "NONE, because %.*s", SHOWN(x->exception));
	else
		buf_str(out, "NONE");
	buf_byte(out, '\n');
}

void releases_format(struct buf *out, const struct releases *r)
{
	for (size_t i = 0; i < r->n; i++) {
		buf_str(out, "  ");
		put_name(out, &r->v[i]);
		put_release(out, &r->v[i]);
	}
}

static const struct release *find(const struct releases *r, const struct release *x)
{
	for (size_t i = 0; i < r->n; i++)
		if (span_eq(r->v[i].contract, x->contract) && span_eq(r->v[i].version, x->version))
			return &r->v[i];
	return NULL;
}

static const struct json *doc_of(const struct releases *r, const struct release *x)
{
	return json_at(json_find(r->doc, "releases"), (size_t)(x - r->v));
}

static void moves(struct buf *out, const char *how, const struct release *x)
{
	buf_fmt(out, "  %s ", how);
	put_name(out, x);
	put_release(out, x);
}

static void changes(struct buf *out, const struct release *was, const struct release *is)
{
	buf_str(out, "  CHANGES  ");
	put_name(out, is);
	buf_str(out, "   was\n");
	put_release(out, was);
	buf_str(out, "   now\n");
	put_release(out, is);
}

static size_t lists_differ(struct buf *out, const struct releases *old, const struct releases *now)
{
	size_t n = 0;
	for (size_t i = 0; i < old->n; i++)
		if (find(now, &old->v[i]) == NULL) {
			moves(out, "GOES    ", &old->v[i]);
			n++;
		}
	for (size_t i = 0; i < now->n; i++) {
		const struct release *is = &now->v[i], *was = find(old, is);
		if (was != NULL && json_same(doc_of(old, was), doc_of(now, is)))
			continue;
		if (was == NULL)
			moves(out, "COMES   ", is);
		else
			changes(out, was, is);
		n++;
	}
	return n;
}

size_t releases_differences(struct buf *out, const struct releases *old, const struct releases *now)
{
	size_t n = 0;
	if (!span_eq(old->name, now->name)) {
		buf_fmt(out, "  the name: was %.*s, is %.*s now\n", SHOWN(old->name), SHOWN(now->name));
		n++;
	}
	n += lists_differ(out, old, now);
	if (n > 0 || hash32_eq(&old->digest, &now->digest))
		return n;
	buf_str(out, "  the same releases, in another order\n");
	return 1;
}
