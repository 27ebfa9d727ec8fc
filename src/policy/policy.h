/* A policy: JSON data into rules. Default deny; every rule says why it is there; unknown members, kinds and values are
 * errors that name the member and the byte: "rules[3].bounds.perDay.max, byte 812: …". docs/policy.md is the manual,
 * policies/schema.json the schema. What a rule means is rules.h's and judge.h's. No clock, no I/O. */
#ifndef SETGOV_POLICY_POLICY_H
#define SETGOV_POLICY_POLICY_H

#include "src/gov/catalogue.h"
#include "src/gov/change.h"
#include "src/policy/zone.h"

#define POLICY_FORMAT "setgov-policy/1"
#define POLICY_MAX ((size_t)1 << 20)  /* bytes of a policy file */
#define POLICY_SEMANTICS 1            /* the newest meaning of rules that is known here; older ones stay judged */

enum rule_kind {
	RULE_ALLOW, RULE_BOUNDS, RULE_SIGNERS, RULE_DELAY, RULE_WORDS, RULE_SEPARATION, RULE_RATE, RULE_FREEZE,
	RULE_EXCEPTION, RULE_CALL_ONLY, RULE_CODE, RULE_POSSESSION, RULE_FACT, RULE_FINALITY, RULE_AHEAD,
		RULE_HOT_SIGNING,
	RULE_COMPARISON, RULE_UPGRADE
};
#define N_RULE_KINDS 18

struct texts { const struct span *v; size_t n; bool given; };

/* What an argument may be. Amounts and times were written with their units and are numbers here. */
struct arg_limit {
	struct span arg;
	bool has_min, has_max;
	struct u256 min, max;
	struct texts in, not_in;      /* canonical text, or the name that the profile gives it */
	uint64_t times;               /* at most so many times the current value; 0: no such bound */
	uint64_t percent, per;        /* at most so far from what it was `per` seconds ago; per 0: no such bound */
};

/* What a rule is for. Everything that is given has to match; nothing given matches everything. */
struct pattern {
	struct texts actions;         /* "sequencer.*", "contract.upgrade" */
	unsigned risks;               /* bits 1 << enum action_risk; 0: any */
	struct texts targets;         /* names of contracts in the profile, or addresses */
	struct texts selectors;       /* "pause()" or "0x8456cb59" */
	bool has_route, has_deescalates, deescalates;
	enum route route;
	const struct arg_limit *args;
	size_t n_args;
};

struct role_need { struct span role; uint64_t n; };
struct window {
	enum { WINDOW_WEEKLY, WINDOW_YEARLY, WINDOW_ONCE } kind;
	unsigned days;                /* WEEKLY: bits 1 << weekday */
	struct span from, to;         /* "16:00", "12-20T00:00", "2026-12-20T00:00"; `to` is not in it any more */
};
struct listed_code { struct span name; struct hash32 hash; };

struct rule {
	struct span name, why;
	enum rule_kind kind;
	struct pattern pattern;       /* "for" */
	bool proven;                  /* what it rests on has to be proven */
	bool has_max_age;
	uint64_t max_age;             /* seconds that a proof may be old; only where `proven` */
	/* what its kind takes; the rest is zero */
	bool delegatecall;
	const struct arg_limit *bounds;
	size_t n_bounds;
	uint64_t min, max, per, min_delay, max_lag, until;
	const struct role_need *roles;
	size_t n_roles;
	struct texts words, steps, args, from;
	struct zone zone;
	const struct window *windows;
	size_t n_windows;
	const struct pattern *except;
	size_t n_except;
	struct span excepted, arg, fact, head;
	const struct listed_code *listed;
	size_t n_listed;
	bool releases;                /* what is listed is in the list of releases (releases.h) */
	struct texts checks;
	const struct json *is;        /* the only value that the fact may have; NULL: any */
	bool allowed;
	uint64_t control_signers;     /* the compensating control of an exception */
	const struct role_need *control_roles;
	size_t n_control_roles;
	struct texts control_words;
};

struct role { struct span name; struct texts people; };

#define POLICY_REVIEW_UNSAID (UINT64_C(72) * 3600)    /* seconds until an emergency is reviewed, where no policy says */

/* Files that the log may give to an archive once they are old (audit-log/retention.h), and how long each class stays on
 * line: in months of a twelfth of 365 days. */
enum kept_class { KEPT_ATTACHMENTS, KEPT_EVIDENCE, KEPT_FACTS, KEPT_MINUTES, KEPT_RECEIPTS, N_KEPT };
extern const char *const kept_class_names[N_KEPT];    /* as a policy writes them; sorted */
#define KEPT_MONTHS_LEAST 12u
#define KEPT_MONTHS_MOST 1200u
#define KEPT_MONTHS_UNSAID 84u        /* where no policy says */

struct policy {
	struct span name;
	uint64_t semantics, threshold;        /* threshold: what the Safe is taken to have; for lint */
	uint64_t review;              /* for reports: how soon an emergency is reviewed, in seconds; 0: not said */
	unsigned kept[N_KEPT];        /* months; 0: not said */
	const struct role *roles;
	size_t n_roles;
	const struct rule *rules;
	size_t n_rules;
	struct hash32 digest;         /* SHA-256 of its canonical JSON */
	const struct json *doc;
};

/* Borrows `text`. e->at is the byte, e->field the member. */
MUST_CHECK bool policy_parse(struct arena *a, struct policy *out, struct span text, struct err *e);
const struct role *policy_role(const struct policy *p, struct span name);     /* NULL: no such */
const struct rule *policy_rule(const struct policy *p, struct span name);
const struct json *policy_rule_doc(const struct policy *p, const struct rule *x);     /* as it is written */
/* How many months files of this class stay on line. NULL: no policy. */
unsigned policy_keeps(const struct policy *p, enum kept_class c);
/* The longest time that a rate or a step limit looks back, in seconds. */
uint64_t policy_looks_back(const struct policy *p);
/* Whether keys may sign on a machine with a network: only where a rule says so, and none says no. */
bool policy_hot_signing(const struct policy *p);

#endif
