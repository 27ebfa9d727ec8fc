/* One rule asked about one change: what the functions of kinds.c get and answer with. Only this folder includes it. */
#ifndef SETGOV_POLICY_ASKING_H
#define SETGOV_POLICY_ASKING_H

#include "src/policy/judge.h"
#include "src/policy/releases.h"
#include "src/policy/rules.h"

/* What was done before: an entry of the fact "history". */
struct past {
	uint64_t at;
	struct span change;
	struct unit unit;
	const struct json *was;       /* values before it ran, by argument; or NULL */
};

struct of_action;

struct court {                        /* the same for all rules of one verdict */
	struct arena *a;
	const struct policy *policy;
	const struct subject *subject;
	const struct facts *facts;
	const struct rule **used_by;  /* for each fact, the rule that asked for it last */
	struct of_action **of_action; /* for each unit, its facts that were asked for */
	bool has_history;             /* read on demand, once */
	bool has_releases;            /* likewise */
	struct releases releases;
	struct past *history;
	size_t n_history;
};

struct asking {
	struct court *court;
	const struct rule *rule;
	const size_t *concerned;      /* numbers of the units that the rule is about: one, for kinds judged each */
	size_t n_concerned;
	/* the answer */
	enum verdict_word word;
	const char *text;
	const struct rule *waived;    /* the exception whose control was asked instead; or NULL */
	bool claimed;
	const char *unproven;         /* the rule wants proof, and these facts are the console's word; or NULL */
	bool quiet;                   /* an action before this one passed and speaks for all */
	struct span *facts;
	size_t n_facts, cap_facts;
};

bool pattern_matches(const struct pattern *p, const struct pinned *pin, const struct unit *u, bool all);
/* `text` is in the list, as it is or by the name that the profile gives it. */
bool texts_have(const struct texts *t, const struct pinned *pin, struct span text);
bool unit_from_action(struct arena *a, struct unit *out, const struct pinned *pin, const struct json *action,
		      struct err *e);
/* u256_parse(), quick for what fits 64 bits: a verdict reads thousands. */
bool number_of(struct u256 *out, struct span text);
struct span unit_arg(const struct unit *u, struct span name);         /* {NULL, 0}: has none */

void answer(struct asking *q, enum verdict_word w, const char *fmt, ...) PRINTF(3, 4);
/* A fact that the answer rests on. NULL: not known, or its proof is too old, and the answer is given. */
const struct json *know(struct asking *q, const char *name);
/* The same for what may prove itself, or need not be true: whoever asks looks at `proven`. */
const struct json *know_word(struct asking *q, const char *name, bool *proven);
/* The fact "action[i].what" of the action that is judged; *name is that. */
const struct json *know_of_action(struct asking *q, struct span what, const char **name);
/* What the answer rests on is the console's word: one more reason not to pass as proven. */
void rest_on_word(struct asking *q, const char *what);
/* The same for a number. */
bool know_u64(struct asking *q, const char *name, uint64_t *out);
/* The fact "releases", read. It needs no proof: each signer's machine holds it against its own. False: the answer is
 * given. */
bool know_releases(struct asking *q);
/* The code at an address, held against the list of releases, for a contract of the profile (NULL: any). */
void judge_release(struct asking *q, struct span at, const struct contract *c);
/* The fact "history", read. False: the answer is given. */
bool know_history(struct asking *q);

#define RULE_JUDGES(X) X(allow) X(bounds) X(signers) X(delay) X(words) X(separation) X(rate) X(freeze) X(call_only) \
	X(code) X(upgrade) X(possession) X(fact) X(finality) X(ahead) X(hot_signing) X(comparison)
#define DECLARE(name) void judge_##name(struct asking *q);
RULE_JUDGES(DECLARE)
#undef DECLARE
/* The compensating control of an exception stands in for its rule. */
void judge_control(struct asking *q, const struct rule *exception);

#endif
