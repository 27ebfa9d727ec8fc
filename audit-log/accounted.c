#include "audit-log/accounted.h"

static bool has(const struct json *o, const char *member, const struct hash32 *id)
{
	struct hash32 h;

	return json_get_hash(o, member, &h, NULL) && hash32_eq(&h, id);
}

static bool is_anchor(const struct line *l, const struct hash32 *id)
{
	const struct json *list = json_find(l->body, "anchors");

	for (const struct json *one = list ? list->first : NULL; one; one = one->next)
		if (one->type == JSON_OBJECT && has(one, "operation", id))
			return true;
	return false;
}

static void take(struct accounted *out, struct arena *a, const struct line *l, const struct hash32 *id)
{
	const bool mined = line_kind_is(l, "step.mined") && has(l->body, "safeTxHash", id);
	const bool packed = line_kind_is(l, "step.packed") && has(l->body, "safeTxHash", id);
	const bool planned = line_kind_is(l, "operation.planned") && has(l->body, "operation", id);

	out->restored |= line_kind_is(l, "log.restored") && is_anchor(l, id);
	if (!l->change.n || !(mined || packed || planned))
		return;
	if (mined || !out->mined) {
		out->change = arena_copy(a, l->change);
		out->seq = l->seq;
	}
	out->mined |= mined;
	out->packed |= packed;
	out->planned |= planned;
}

static bool take_lines(struct log *l, const struct seqs *seqs, const struct hash32 *id, struct arena *a,
		       struct accounted *out, struct err *e)
{
	struct arena scratch = {0};
	bool ok = true;

	for (size_t i = 0; ok && i < seqs->n; i++) {
		struct line line;

		arena_clear(&scratch);
		ok = log_line_read(l, &scratch, seqs->seq[i], &line, e);
		if (ok)
			take(out, a, &line, id);
	}
	arena_release(&scratch);
	return ok;
}

bool accounted_for(struct log *l, struct views *v, struct arena *a, const struct hash32 *id, struct accounted *out,
		   struct err *e)
{
	struct seqs seqs;

	*out = (struct accounted){ .change = span_str("") };
	return views_lines_naming(v, a, id, &seqs, e) && take_lines(l, &seqs, id, a, out, e);
}
