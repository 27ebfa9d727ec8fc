#include "src/policy/rules.h"

#include <string.h>

#include "src/policy/asking.h"

static const struct rule_row rows[N_RULE_KINDS] = {
	[RULE_ALLOW] = { "allow", "for", "delegatecall", .each = true, .says = "may be done",
			 .judge = judge_allow },
	[RULE_BOUNDS] = { "bounds", "bounds", "", .each = true, .says = "arguments keep within bounds",
			  .judge = judge_bounds },
	[RULE_SIGNERS] = { "signers", "min", "roles", .says = "owners have signed", .judge = judge_signers },
	[RULE_DELAY] = { "delay", "delay", "", .chain = true, .says = "the timelock waits at least so long",
			 .judge = judge_delay },
	[RULE_WORDS] = { "words", "words", "", .says = "somebody wrote down why", .judge = judge_words },
	[RULE_SEPARATION] = { "separation", "min", "from", .says = "others than those who had a hand in it have signed",
			      .judge = judge_separation },
	[RULE_RATE] = { "rate", "max per", "", .yields = true, .says = "not more often than that",
		.judge = judge_rate },
	[RULE_FREEZE] = { "freeze", "zone windows", "except", .yields = true, .says = "not at these times",
			  .judge = judge_freeze },
	[RULE_EXCEPTION] = { "exception", "rule until control", "", .says = "another rule is waived for a time" },
	[RULE_CALL_ONLY] = { "call-only", "", "except", .says = "no delegatecall", .judge = judge_call_only },
	[RULE_CODE] = { "code", "arg", "listed releases", .each = true, .says = "only listed code",
			.judge = judge_code },
	[RULE_POSSESSION] = { "possession", "args", "listed", .each = true, .says = "somebody showed to have the key",
			      .judge = judge_possession },
	[RULE_FACT] = { "fact", "fact", "is", .each = true, .says = "a fact is known and as it should be",
			.judge = judge_fact },
	[RULE_FINALITY] = { "finality", "head maxLag", "", .yields = true, .says = "the chain's head is not far behind",
			    .judge = judge_finality },
	[RULE_AHEAD] = { "signed-ahead", "steps", "", .says = "which steps may be signed ahead", .judge = judge_ahead },
	[RULE_HOT_SIGNING] = { "hot-signing", "allowed", "", .says = "where keys may sign",
			       .judge = judge_hot_signing },
	[RULE_COMPARISON] = { "comparison", "allowed", "", .says = "whether a phrase may be compared with nobody",
			      .judge = judge_comparison },
	[RULE_UPGRADE] = { "upgrade", "checks", "", .each = true, .says = "new code is fit for what is stored",
			   .judge = judge_upgrade },
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
