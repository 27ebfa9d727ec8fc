#include "src/report/judged.h"

#include "src/base/text.h"

/* The sources are part of what was judged by: here they are taken as they were logged. */
static bool read_facts(struct arena *a, struct facts *out, const struct json *doc)
{
	if (doc == NULL || !facts_from_json(a, out, doc, 0, NULL))
		return false;
	for (const struct json *v = doc->first; v != NULL; v = v->next) {
		const struct json *source = json_find(v, "source"), *name = json_find(v, "name");
		const struct fact *f = facts_find(out, name->text);
		if (source != NULL && span_is(source->text, fact_source_name(FACT_PROVEN)) && f != NULL)
			facts_add(a, out, arena_str(a, name->text), f->value, FACT_PROVEN, f->block);
	}
	return true;
}

static bool read_policy(struct arena *a, struct judged *out, const struct report_source *src, const struct line *l)
{
	struct buf text = {0};
	bool ok = json_get_bare_hash(l->body, "policy", &out->digest, NULL) &&
		  log_blob(src->ws->log, &out->digest, &text, NULL, NULL);
	ok = ok && policy_parse(a, &out->policy, arena_copy(a, buf_view(&text)), NULL);
	buf_release(&text);
	return ok;
}

void judged_again(struct arena *a, struct judged *out, const struct report_source *src, const struct story *s,
		  const struct line *l)
{
	const struct pinned *pin = &src->ws->pin;
	const struct proposal *p = story_words(s);
	struct subject subject;
	struct facts facts = {0};
	enum step_kind step;
	struct err why = {0};
	*out = (struct judged){ .logged = line_text(l, "verdict") };
	const bool has_step = step_parse(&step, line_text(l, "step"), NULL);
	if (!read_policy(a, out, src, l))
		out->why_not = "the policy is not in this log, or is not readable any more";
	else if (!read_facts(a, &facts, story_blob(a, src, l->body, "facts")))
		out->why_not = "the facts are not in this log, or are not readable any more";
	else if (s->c.proposed && !hash32_eq(&p->catalogue, &pin->catalogue_digest))
		out->why_not = "judged under another catalogue than this program's";
	else if (!subject_of_proposal(a, &subject, pin, s->c.id, p, has_step ? &step : NULL, &s->c.operation, &why))
		out->why_not = text_safe_err(a, &why);
	else
		policy_judge(a, &out->verdict, &out->policy, &subject, &facts);
	err_clear(&why);
}
