/* The table of rule kinds: name, members, and how each is judged. The reader, the judge, lint, `setgov policy show` and
 * the test of policies/schema.json all go by it, so that a kind is one row here, one function in kinds.c, and one in
 * sentence.c. */
#ifndef SETGOV_POLICY_RULES_H
#define SETGOV_POLICY_RULES_H

#include "src/policy/policy.h"

struct asking;

struct rule_row {
	const char *name;             /* "max-per-day" would be one; as written in "kind" */
	const char *needs, *takes;    /* members it must have and may have, besides name, why, kind, for, source,
		maxAge */
	bool each;                    /* judged for each action; otherwise once, when it concerns any */
	bool yields;                  /* never holds up a cancel or what takes power away */
	bool chain;                   /* the chain enforces it, too */
	void (*judge)(struct asking *q);      /* NULL: it changes how others are judged */
};
const struct rule_row *rule_row(enum rule_kind k);
bool rule_kind_parse(enum rule_kind *out, struct span name);
/* `name` is one of the words in `list`, which are separated by spaces. */
bool listed_word(const char *list, struct span name);

#endif
