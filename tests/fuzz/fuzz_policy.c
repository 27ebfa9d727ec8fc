/* Policies: what is accepted reads back from its canonical form as the same policy and judges the same, twice; what is
 * refused has a place and a reason. */
#include "src/policy/judge.h"
#include "tests/fuzz/target.h"

/* A call to a stranger: nothing of it is known, so that every kind has to say so. */
static void judge(struct arena *a, struct buf *out, const struct policy *p)
{
	static const struct deployment d = { .safe_version = { NULL, 0 } };
	const struct pinned pin = { .deployment = &d };
	const struct call c = { .data = span_of("\x84\x56\xcb\x59", 4) };
	const struct facts none = {0};
	struct subject s;
	struct verdict v;
	subject_of_call(a, &s, &pin, &c, false);
	policy_judge(a, &v, p, &s, &none);
	verdict_format(out, &v);
	json_canonical(out, verdict_to_json(a, &v));
}

static void check_again(struct arena *a, const struct policy *p)
{
	struct policy again;
	struct buf text = {0}, one = {0}, two = {0};
	json_canonical(&text, p->doc);
	demand(policy_parse(a, &again, buf_view(&text), NULL), "a policy cannot be read back");
	demand(hash32_eq(&again.digest, &p->digest), "a policy has two digests");
	judge(a, &one, p);
	judge(a, &two, &again);
	demand(one.n > 0 && span_eq(buf_view(&one), buf_view(&two)), "a policy judges in two ways");
	buf_release(&text);
	buf_release(&one);
	buf_release(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct policy p;
	struct err e = {0};
	if (policy_parse(&a, &p, span_of(data, n), &e))
		check_again(&a, &p);
	else
		demand(e.code != ERR_NONE && e.what.n > 0 && (e.at <= n || e.at == ERR_NO_OFFSET),
			"refused without a reason");
	err_clear(&e);
	arena_release(&a);
	return 0;
}
