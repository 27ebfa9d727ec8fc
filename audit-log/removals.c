#include "audit-log/removals.h"

#include <inttypes.h>
#include <string.h>

static const struct removal_line {
	const char *kind, *what;      /* the member that names it */
	enum removal_kind of;
	bool done;
} kinds[] = {
	{ "blob.erase-asked",  "blob",    REMOVAL_ERASE,   false },
	{ "blob.erased",       "blob",    REMOVAL_ERASE,   true },
	{ "log.archive-asked", "segment", REMOVAL_ARCHIVE, false },
	{ "log.archived",      "segment", REMOVAL_ARCHIVE, true },
};

static const struct removal_line *kind_of(struct span kind)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (span_is(kind, kinds[i].kind))
			return &kinds[i];
	return NULL;
}

static struct removal *add(struct removals *r)
{
	ARENA_GROW(r->a, r->v, r->n, r->cap);
	return &r->v[r->n++];
}

bool removals_take(struct removals *r, const struct line *l, struct err *e)
{
	const struct removal_line *k = kind_of(l->kind);
	struct removal one = { .seq = l->seq, .name = "" };
	struct span name;

	if (!k)
		return true;
	one.kind = k->of;
	one.done = k->done;
	if (!json_get_bare_hash(l->body, k->what, &one.what, e) ||
	    (k->done && !json_get_u64(l->body, "asked", &one.asked, e)))
		return false;
	if (k->of == REMOVAL_ARCHIVE) {
		if (!json_get_str(l->body, "name", &name, e))
			return false;
		one.name = arena_str(r->a, name);
		if (!json_get_bare_hash(l->body, "retention", &one.table, e))
			return false;
	}
	one.actor = arena_str(r->a, l->actor);
	*add(r) = one;
	return true;
}

static bool take_raw(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct removals *r = ctx;
	struct arena scratch = {0};
	struct line l;
	bool ok;

	(void)leaf;
	ok = (line_parse(&scratch, &l, raw, e) && removals_take(r, &l, e)) || err_in(e, "line %" PRIu64, seq);
	arena_release(&scratch);
	return ok;
}

bool removals_read(struct removals *r, struct log *l, struct err *e)
{
	const char *names[ARRAY_LEN(kinds)];

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		names[i] = kinds[i].kind;
	return log_each_of_kinds(l, names, ARRAY_LEN(names), take_raw, r, e);
}

const struct removal *removals_find(const struct removals *r, enum removal_kind kind, bool done,
				    const struct hash32 *what)
{
	for (size_t i = r->n; i > 0; i--) {
		const struct removal *x = &r->v[i - 1];

		if (x->kind == kind && x->done == done && hash32_eq(&x->what, what))
			return x;
	}
	return NULL;
}

static const struct removal *at_line(const struct removals *r, uint64_t seq)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].seq == seq)
			return &r->v[i];
	return NULL;
}

bool removals_agreed(const struct removals *r, const struct removal *done, struct err *e)
{
	const struct removal *asked = at_line(r, done->asked);

	if (!asked || asked->done || asked->kind != done->kind || asked->seq >= done->seq ||
	    !hash32_eq(&asked->what, &done->what))
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "line %" PRIu64 " did not ask for it", done->asked);
	return strcmp(asked->actor, done->actor) != 0 ||
	       err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "asked for and agreed to by %s alone", done->actor);
}
