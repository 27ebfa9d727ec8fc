#include "src/policy/rules.h"

#include <string.h>

#include "src/policy/asking.h"

static const struct rule_row rows[N_RULE_KINDS] = {
	[RULE_ALLOW] = { "allow", "for", "delegatecall", .each = true, .judge = judge_allow },
	[RULE_BOUNDS] = { "bounds", "bounds", "", .each = true, .judge = judge_bounds },
	[RULE_SIGNERS] = { "signers", "min", "roles", .judge = judge_signers },
	[RULE_DELAY] = { "delay", "delay", "", .chain = true, .judge = judge_delay },
	[RULE_WORDS] = { "words", "words", "", .judge = judge_words },
	[RULE_SEPARATION] = { "separation", "min", "from", .judge = judge_separation },
	[RULE_RATE] = { "rate", "max per", "", .yields = true, .judge = judge_rate },
	[RULE_FREEZE] = { "freeze", "zone windows", "except", .yields = true, .judge = judge_freeze },
	[RULE_EXCEPTION] = { "exception", "rule until control", "" },
	[RULE_CALL_ONLY] = { "call-only", "", "except", .judge = judge_call_only },
	[RULE_CODE] = { "code", "arg", "listed releases", .each = true, .judge = judge_code },
	[RULE_POSSESSION] = { "possession", "args", "listed", .each = true, .judge = judge_possession },
	[RULE_FACT] = { "fact", "fact", "is", .each = true, .judge = judge_fact },
	[RULE_FINALITY] = { "finality", "head maxLag", "", .yields = true, .judge = judge_finality },
	[RULE_AHEAD] = { "signed-ahead", "steps", "", .judge = judge_ahead },
	[RULE_HOT_SIGNING] = { "hot-signing", "allowed", "", .judge = judge_hot_signing },
	[RULE_COMPARISON] = { "comparison", "allowed", "", .judge = judge_comparison },
	[RULE_UPGRADE] = { "upgrade", "checks", "", .each = true, .judge = judge_upgrade },
};

const struct rule_row *rule_row(enum rule_kind k)
{
	return &rows[k];
}

bool rule_kind_parse(enum rule_kind *out, struct span name)
{
	for (size_t i = 0; i < N_RULE_KINDS; i++)
		if (span_is(name, rows[i].name)) {
			*out = (enum rule_kind)i;
			return true;
		}
	return false;
}

bool listed_word(const char *list, struct span name)
{
	for (const char *w = list; *w != '\0'; w += strcspn(w, " "), w += *w == ' ')
		if (span_eq(span_of(w, strcspn(w, " ")), name))
			return true;
	return false;
}
