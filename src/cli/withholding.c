#include "src/cli/withholding.h"

#include <inttypes.h>
#include <string.h>

#include "src/base/text.h"

bool withholding_begin(struct withholding *w, struct arena *a, struct span manifest, struct err *e)
{
	*w = (struct withholding){ .a = a, .removals = { .a = a } };
	if (!withheld_read(a, &w->list, manifest, e))
		return err_in(e, MANIFEST);
	w->v = ARENA_ARRAY(a, struct withholding_item, w->list.n + 1);
	for (size_t i = 0; i < w->list.n; i++)
		w->v[i].blob = &w->list.v[i];
	return true;
}

/* ---- what the lines say ---- */

static const char *member(const struct withholding *w, const struct line *l, const char *name)
{
	struct span text;
	return json_get_str(l->body, name, &text, NULL) ? text_safe_str(w->a, text, false) : "?";
}

static const char *what_of(const struct withholding *w, const struct line *l, const struct blob_name *name)
{
	const char *change = l->change.n > 0 ? arena_str(w->a, l->change) : "no change";
	if (line_kind_is(l, "signature.added"))
		return arena_fmt(w->a, "signature of %.*s for %s of %s", text_shown(l->actor), (const char *)l->actor.p,
				 member(w, l, "step"), change);
	if (line_kind_is(l, "submit.intended"))
		return arena_fmt(w->a, "%s for %s of %s", strcmp(name->member, "raw") == 0 ? "signed transaction" :
			   "calldata",
				 member(w, l, "step"), change);
	return arena_fmt(w->a, "%s in %.*s of %s", name->member, text_shown(l->kind), (const char *)l->kind.p, change);
}

static bool is_bearer(const struct blob_name *name)
{
	return strcmp(name->kind, "signature.added") == 0 || strcmp(name->kind, "submit.intended") == 0;
}

/* The same bytes can be named twice: an attachment that is also a packet is not personal data. */
static int strictness(const struct blob_name *name)
{
	return !name->may_stay ? (name->class[0] == '\0' ? 3 : 2) : is_bearer(name) ? 1 : 0;
}

static void take_name(void *ctx, const struct line *l, const struct hash32 *digest, const struct blob_name *name)
{
	struct withholding *w = ctx;
	const struct withheld_blob *blob = withheld_find(&w->list, digest);
	if (blob == NULL)
		return;
	struct withholding_item *item = &w->v[blob - w->list.v];
	if (item->name != NULL && strictness(name) <= strictness(item->name))
		return;
	item->name = name;
	item->line = l->seq;
	item->what = what_of(w, l, name);
	if (!json_get_hash(l->body, line_kind_is(l, "submit.intended") ? "txHash" : "safeTxHash", &item->about, NULL))
		item->about = (struct hash32){0};
}

bool withholding_take(struct withholding *w, const struct line *l, struct err *e)
{
	if (w->list.n > 0)
		blob_names(l, take_name, w);
	return removals_take(&w->removals, l, e);
}

/* ---- words ---- */

static const char *const class_words[N_WITHHELD] = {
	[WITHHELD_BEARER] = "bearer", [WITHHELD_PRIVATE] = "private", [WITHHELD_ERASED] = "erased",
	[WITHHELD_ARCHIVED] = "archived",
};

static const char *why(const struct withholding *w, const struct withholding_item *item)
{
	const struct removal *r;
	switch (item->blob->why) {
	case WITHHELD_BEARER:
		return "it was not used on chain yet, and whoever has it could use it";
	case WITHHELD_PRIVATE:
		return "it was attached as personal data, which is in no export";
	case WITHHELD_ERASED:
		r = removals_find(&w->removals, REMOVAL_ERASE, true, &item->blob->digest);
		return r == NULL ? "its bytes were taken out of the log for good"
				 : arena_fmt(w->a, "its bytes were taken out of the log for good, by %s in line %"
				 PRIu64 " as was "
					     "asked in line %" PRIu64, r->actor, r->seq, r->asked);
	case WITHHELD_ARCHIVED:
		return "its bytes are in a segment of the archive";
	case N_WITHHELD:
		break;
	}
	BUG("a class of what is withheld");
}

const char *withholding_words(const struct withholding *w, size_t i)
{
	const struct withholding_item *item = &w->v[i];
	const char *class = class_words[item->blob->why];
	if (item->name == NULL)
		return arena_fmt(w->a, "a blob that no line names, %s: %s", class, why(w, item));
	return arena_fmt(w->a, "%s (line %" PRIu64 "), %s: %s", item->what, item->line, class, why(w, item));
}

const char *withholding_consequence(const struct withholding *w, size_t i)
{
	switch (w->v[i].blob->why) {
	case WITHHELD_BEARER:
		return "that it was given, and by whom, is the operator's word; nothing on chain rests on it";
	case WITHHELD_PRIVATE:
		return "what it says is not shown; ask to see it, and hash it";
	case WITHHELD_ERASED:
		return "nobody can say any more what it said";
	case WITHHELD_ARCHIVED:
		return "what it says is not shown; ask for the segment, and hash it";
	case N_WITHHELD:
		break;
	}
	BUG("a class of what is withheld");
}

/* ---- what may not be withheld ---- */

static bool is_archived(const struct withholding *w)
{
	for (size_t i = 0; i < w->removals.n; i++)
		if (w->removals.v[i].kind == REMOVAL_ARCHIVE && w->removals.v[i].done)
			return true;
	return false;
}

static const char *archive_fault(const struct withholding *w, const struct hash32 *digest)
{
	bool listed = w->segments == NULL;
	for (size_t i = 0; i < w->n_segments && !listed; i++)
		listed = segment_find(&w->segments[i], digest) != NULL;
	if (!is_archived(w))
		return "no line says that anything was archived";
	return listed ? NULL : "it is in the list of no segment that two people archived";
}

static const char *erasure_fault(const struct withholding *w, const struct hash32 *digest)
{
	const struct removal *done = removals_find(&w->removals, REMOVAL_ERASE, true, digest);
	if (done == NULL)
		return "no line says that it was erased";
	return removals_agreed(&w->removals, done, NULL) ? NULL : "its erasure was not agreed on by two people";
}

/* The reason has to be one for what it is: a signature that is called personal data would never be spent. */
static const char *name_fault(const struct withholding_item *item)
{
	if (item->name == NULL)
		return NULL;
	if (item->blob->why == WITHHELD_ARCHIVED)
		return item->name->class[0] == '\0' ? "it stays in the log for good" : NULL;
	if (!item->name->may_stay)
		return "an export always has it";
	if (is_bearer(item->name) == (item->blob->why == WITHHELD_BEARER))
		return NULL;
	return is_bearer(item->name) ? "a signature or a transaction is no personal data"
				     : "it is no signature and no transaction that anybody could use";
}

const char *withholding_fault(const struct withholding *w, size_t i)
{
	const struct withholding_item *item = &w->v[i];
	const char *fault = name_fault(item);
	if (fault != NULL)
		return fault;
	if (item->blob->why == WITHHELD_ARCHIVED)
		return archive_fault(w, &item->blob->digest);
	return item->blob->why == WITHHELD_ERASED ? erasure_fault(w, &item->blob->digest) : NULL;
}

struct json *withholding_json(struct arena *a, const struct withholding *w)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < w->list.n; i++) {
		const struct withholding_item *item = &w->v[i];
		struct json *o = json_object(a);
		json_set(o, a, "class", json_str(a, class_words[item->blob->why]));
		json_set(o, a, "line", item->name != NULL ? json_u64(a, item->line) : json_null(a));
		json_set(o, a, "sha256", json_bare(a, SPAN_HASH(&item->blob->digest)));
		json_set(o, a, "text", json_str(a, withholding_words(w, i)));
		json_push(list, o);
	}
	return list;
}
