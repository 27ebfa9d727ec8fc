/* Policy evaluation: a change of 100 calls under 200 rules, in under 5 milliseconds. Units are made from the actions
 * (compiled, decoded, named) before: that is the catalogue's time, and is measured beside it. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "src/base/fs.h"
#include "src/policy/judge.h"

#define CALLS 100
#define RULES 200
#define RUNS 200

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void must(bool ok, struct err *e)
{
	struct buf b = {0};
	if (ok)
		return;
	err_format(e, &b);
	fprintf(stderr, "%s\n", buf_cstr(&b));
	exit(2);
}

/* Every kind that looks at each action, and some that count. */
static void policy_text(struct buf *out)
{
	buf_str(out, "{\"format\":\"setgov-policy/1\",\"name\":\"bench\",\"semantics\":1,\"rules\":[");
	for (int i = 0; i < RULES; i++) {
		buf_fmt(out, "%s{\"name\":\"r%d\",\"why\":\"w\",", i > 0 ? "," : "", i);
		if (i % 4 == 0)
			buf_str(out,
				"\"kind\":\"allow\",\"for\":{\"actions\":[\"paymaster.*\"],\"targets\":"
					"[\"paymaster\"]}}");
		else if (i % 4 == 1)
			buf_str(out, "\"kind\":\"bounds\",\"for\":{\"actions\":[\"paymaster.update-tier\"]},"
				     "\"bounds\":{\"perDay\":{\"max\":\"100 ether\",\"timesCurrent\":2}}}");
		else if (i % 4 == 2)
			buf_str(out,
				"\"kind\":\"rate\",\"for\":{\"risk\":[\"medium\"]},\"max\":1000,\"per\":\"7 days\"}");
		else
			buf_str(out, "\"kind\":\"signers\",\"for\":{\"selectors\":[\"pause()\"]},\"min\":3}");
	}
	buf_str(out, "]}");
}

static struct json *action(struct arena *a, const struct pinned *pin, int i)
{
	struct json *out = NULL;
	struct err e = {0};
	const struct span pairs[] = { span_str(arena_fmt(a, "tier=%d", i)), span_str("perTx=1 ether"),
				      span_str("perDay=2 ether"), span_str("perMonth=3 ether"),
				      span_str("contract=paymaster") };
	must(action_read(a, &out, pin, span_str("paymaster.update-tier"), pairs, ARRAY_LEN(pairs), &e), &e);
	return out;
}

static void fill(struct arena *a, struct facts *f, struct json *actions, const struct pinned *pin)
{
	struct json *history = json_array(a);
	for (int i = 0; i < CALLS; i++) {
		struct json *past = json_object(a);
		json_push(actions, action(a, pin, i));
		facts_add(a, f, arena_fmt(a, "action[%d].perDay", i), json_str(a, "1000000000000000000"),
			FACT_CLAIMED, 1);
		json_set(past, a, "action", action(a, pin, i));
		json_set(past, a, "at", json_u64(a, 1800000000));
		json_set(past, a, "change", json_str(a, "SC-1"));
		json_push(history, past);
	}
	facts_add(a, f, "history", history, FACT_CLAIMED, 1);
	facts_add(a, f, "now", json_u64(a, 1800000100), FACT_CLAIMED, 1);
}

int main(void)
{
	static double ms[RUNS], made[RUNS];
	struct arena a = {0};
	struct buf profile = {0}, text = {0};
	struct deployment d;
	struct pinned pin;
	struct policy policy;
	struct proposal p = { .delay = 86400 };
	struct facts facts = {0};
	struct err e = {0};
	struct json *actions = json_array(&a);
	must(fs_read(&profile, "policies/example-profile.json", 1 << 20, &e), &e);
	must(deployment_parse(&a, &d, buf_view(&profile), &e) && pinned_builtin(&a, &pin, &d, &e), &e);
	policy_text(&text);
	must(policy_parse(&a, &policy, buf_view(&text), &e), &e);
	fill(&a, &facts, actions, &pin);
	p.actions = actions;
	for (size_t i = 0; i < RUNS; i++) {
		struct arena scratch = {0};
		struct subject s;
		struct verdict v;
		double start = now_ms();
		must(subject_of_proposal(&scratch, &s, &pin, span_str("SC-2"), &p, NULL, NULL, &e), &e);
		made[i] = now_ms() - start;
		start = now_ms();
		policy_judge(&scratch, &v, &policy, &s, &facts);
		ms[i] = now_ms() - start;
		if (v.word != VERDICT_WORD)
			return 2;
		arena_release(&scratch);
	}
	qsort(ms, RUNS, sizeof(ms[0]), by_value);
	qsort(made, RUNS, sizeof(made[0]), by_value);
	printf("%-44s median %.4f ms, 99 %% %.4f ms (needed under 5 ms)%s\n", "judge 100 calls under 200 rules",
	       ms[RUNS / 2], ms[RUNS * 99 / 100], ms[RUNS / 2] < 5 ? "" : "  NOT MET");
	printf("%-44s median %.4f ms\n", "compile and decode them before", made[RUNS / 2]);
	buf_release(&profile);
	buf_release(&text);
	arena_release(&a);
	return ms[RUNS / 2] < 5 ? 0 : 1;
}
