#include "src/report/judged.h"

#include "src/base/text.h"
#include "src/policy/again.h"

/* False: it is not in this log, or withheld. */
static bool read_blob(struct arena *a, struct span *out, const struct report_source *src, const struct line *l,
		      const char *member)
{
	struct hash32 digest;
	struct buf b = {0};
	const bool ok = json_get_bare_hash(l->body, member, &digest, NULL) &&
			log_blob(src->ws->log, &digest, &b, NULL, NULL);
	*out = ok ? arena_copy(a, buf_view(&b)) : span_of(NULL, 0);
	buf_release(&b);
	return ok;
}

static bool read_policy(struct arena *a, struct judged *out, const struct report_source *src, const struct line *l)
{
	struct span text;
	return json_get_bare_hash(l->body, "policy", &out->digest, NULL) && read_blob(a, &text, src, l, "policy") &&
	       policy_parse(a, &out->policy, text, NULL);
}

/* The change's own words, or those that were refused before they became so. */
static bool read_words(struct arena *a, struct proposal *out, const struct report_source *src, const struct story *s,
		       const struct line *l)
{
	struct span text;
	const struct json *doc;
	*out = *story_words(s);
	if (json_is_null(json_find(l->body, "proposal")))
		return true;
	doc = read_blob(a, &text, src, l, "proposal") ? json_parse(a, text, NULL) : NULL;
	return doc != NULL && proposal_from_json(a, out, doc, true, NULL);
}

/* What stands before it for the packet that its step had then. */
static const struct json **lines_said(struct arena *a, size_t *n, const struct story *s, const struct line *judged)
{
	const struct json **v = ARENA_ARRAY(a, const struct json *, s->n + 1);
	const struct span step = line_text(judged, "step");
	struct span packed = span_str("");
	*n = 0;
	for (size_t i = 0; i < s->n && s->lines[i].seq < judged->seq; i++) {
		const struct line *l = &s->lines[i];
		const struct span hash = line_text(l, "safeTxHash");
		if (step.n == 0 || !span_eq(line_text(l, "step"), step))
			continue;
		if (line_kind_is(l, "step.packed")) {
			*n = span_eq(packed, hash) ? *n : 0;
			packed = hash;
		} else if ((line_kind_is(l, "signature.added") || line_kind_is(l, "block.vouched")) &&
			   span_eq(packed, hash)) {
			v[(*n)++] = l->body;
		}
	}
	return v;
}

void judged_again(struct arena *a, struct judged *out, const struct report_source *src, const struct story *s,
		  const struct line *l)
{
	const struct pinned *pin = &src->ws->pin;
	struct proposal p;
	enum step_kind step;
	struct err why = {0};
	struct again again = { .pin = pin, .change = s->c.id, .origin = log_origin(src->ws->log), .proposal = &p,
			       .operation = &s->c.operation };
	*out = (struct judged){ .logged = line_text(l, "verdict") };
	again.step = step_parse(&step, line_text(l, "step"), NULL) ? &step : NULL;
	again.said = lines_said(a, &again.n_said, s, l);
	if (!read_policy(a, out, src, l))
		out->why_not = "the policy is not in this log, or is not readable any more";
	else if (!read_blob(a, &again.facts, src, l, "facts"))
		out->why_not = "the facts are not in this log, or are not readable any more";
	else if (!json_is_null(json_find(l->body, "evidence")) && !read_blob(a, &again.evidence, src, l, "evidence"))
		out->why_not = "the evidence that proved some of the facts is not in this log any more";
	else if (!read_words(a, &p, src, s, l))
		out->why_not = "the proposal that was refused is not in this log, or is not readable any more";
	else if (!hash32_eq(&p.catalogue, &pin->catalogue_digest))
		out->why_not = "judged under another catalogue than this program's";
	else if (!judge_again(a, &out->verdict, &out->policy, &again, &why)) {
		out->why_not = text_safe_err(a, &why);
		out->wrong = true;
	}
	err_clear(&why);
}

struct span judged_denial(struct arena *a, const struct report_source *src, const struct story *s,
			  const struct line *l)
{
	struct judged j;
	struct buf rules = {0};
	if (!line_kind_is(l, "policy.judged"))
		return line_text(l, "text");
	judged_again(a, &j, src, s, l);
	if (j.why_not != NULL)
		return span_str(arena_fmt(a, "the policy failed it; by which rule cannot be told: %s", j.why_not));
	verdict_reasons(&rules, &j.verdict, VERDICT_FAILED);
	const struct span text = arena_copy(a, buf_view(&rules));
	buf_release(&rules);
	return text.n > 0 ? text : span_str("the policy failed it, and does so no more when it is judged again");
}
