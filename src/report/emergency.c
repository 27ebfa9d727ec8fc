#include "src/report/emergency.h"

#include "src/base/text.h"
#include "src/report/judged.h"

/* An exception is used by several verdicts of one change, and is said once. */
struct used { struct span names[64]; size_t n; };

static bool is_new(struct used *u, struct span name)
{
	for (size_t i = 0; i < u->n; i++)
		if (span_eq(u->names[i], name))
			return false;
	if (u->n < ARRAY_LEN(u->names))
		u->names[u->n++] = name;
	return true;
}

static void put_until(struct buf *out, uint64_t seconds)
{
	if (seconds == 0)
		buf_str(out, "never");
	else if (seconds <= (uint64_t)INT64_MAX / 1000)
		time_format(out, (struct unix_time){ (int64_t)seconds * 1000 });
	else
		buf_fmt(out, "%llu s", (unsigned long long)seconds);
}

static void put_exception(struct waived *out, const struct rule *rule, const struct rule *x)
{
	buf_str(&out->rules, out->any ? "; " : "");
	buf_span(&out->rules, rule->name);
	buf_str(&out->rules, ", waived by the exception ");
	buf_span(&out->rules, x->name);
	buf_str(&out->expires, out->any ? "; " : "");
	put_until(&out->expires, x->until);
	out->any = true;
}

static void take_verdict(struct waived *out, struct arena *a, const struct report_source *src, const struct story *x,
			 const struct line *l, struct used *used, const char **why_not)
{
	struct judged j;
	judged_again(a, &j, src, x, l);
	if (j.why_not != NULL)
		*why_not = j.why_not;
	for (size_t i = 0; i < j.verdict.n_rules; i++) {
		const struct rule_verdict *v = &j.verdict.rules[i];
		if (v->waived != NULL && v->word != VERDICT_FAILED && is_new(used, v->waived->name))
			put_exception(out, v->rule, v->waived);
	}
}

void emergency_waived(struct waived *out, struct arena *a, const struct report_source *src, const struct story *x)
{
	struct used used = {0};
	const char *why_not = NULL;
	*out = (struct waived){0};
	for (size_t i = 0; i < x->n; i++)
		if (line_kind_is(&x->lines[i], "policy.judged"))
			take_verdict(out, a, src, x, &x->lines[i], &used, &why_not);
	if (why_not != NULL)
		buf_fmt(&out->rules, "%snot known of every verdict: %s", out->any ? "; " : "", why_not);
	else if (!out->any)
		buf_str(&out->rules, x->judged == NULL ? "none: it was under no policy"
						       : "none: no rule of the policy was waived");
	if (!out->any)
		buf_str(&out->expires, why_not != NULL ? "not known" : "nothing was waived");
}

void waived_release(struct waived *w)
{
	buf_release(&w->rules);
	buf_release(&w->expires);
}

void emergency_scope(struct buf *out, const struct story *x)
{
	buf_str(out, "this change alone");
	if (!x->c.proposed || story_words(x)->route != ROUTE_TIMELOCK)
		return;
	buf_str(out, ": operation ");
	buf_0xhex(out, SPAN_HASH(&x->c.operation));
}
