/* What the parts of a deployment's report share: what they are made from, the columns that say since when and by what a
 * fact is so, and findings that come to light while tables are filled. */
#ifndef SETGOV_REPORT_DEPLOYMENT_OF_H
#define SETGOV_REPORT_DEPLOYMENT_OF_H

#include "src/report/governance.h"
#include "src/report/rows.h"
#include "src/report/story.h"

#define NOT_ASKED "not known: the chain was not asked"

/* The columns of put_since(), behind a table's own. */
#define SINCE_COLUMNS "set_by", "tx_hash", "block_number", "block_time", "block_hash", "log_index", "change", "proof"

struct deployment_cause {             /* of an event: the change of ours within which it happened */
	struct span change;           /* empty: none */
	uint64_t seq;                 /* of the line that says that it was mined */
};
struct deployment_finding {
	const char *code, *words;
	struct deployment_finding *next;
};

struct evidence_of {
	struct arena *a;
	struct report *r;
	const struct report_source *src;
	const struct governance *g;
	const struct snapshot *k;     /* online, or NULL */
	const struct deployment *d;
	struct deployment_cause *causes;      /* of each of g->events */
	uint64_t begun_block;         /* the first block that a line of the log knows; UINT64_MAX: none */
	struct unix_time begun;       /* the log's first line, by the console's clock */
	struct deployment_finding *first, *last;      /* besides the look's */
	struct rows findings, checklist;      /* they stand first and are filled last */
};

/* Looks up the cause of every event. */
MUST_CHECK bool deployment_causes(struct evidence_of *x, struct err *e);
/* It happened while there was this log, and by nothing that the log knows. */
bool deployment_unlogged(const struct evidence_of *x, const struct custody_event *v);

/* A finding, in words made safe by whoever writes the report out. */
void deployment_found(struct evidence_of *x, const char *code, const char *fmt, ...) PRINTF(3, 4);
/* The look's, or one that came to light here. */
bool deployment_has_finding(const struct evidence_of *x, const char *code);
/* As it should be, unless there is such a finding; without the chain: to look at. */
void deployment_judge(const struct evidence_of *x, struct rows *t, const char *code);

const char *deployment_named(const struct evidence_of *x, const struct addr *at);     /* "0x… (p3)"; zero: "none" */
const struct governance_code *deployment_code(const struct evidence_of *x, const struct addr *at);
bool deployment_on_safe(const struct evidence_of *x, const struct addr *at);

/* Which event made it so; `v` NULL: none is known. put_event(): without "set_by". */
void put_event(const struct evidence_of *x, struct rows *t, const struct custody_event *v);
void put_since(const struct evidence_of *x, struct rows *t, const struct custody_event *v);
/* In the column "proof": the number that the slot behind this getter has in the section state_proofs, or why none. */
void put_proof(const struct evidence_of *x, struct rows *t, const struct addr *at, const char *getter,
	       const struct hash32 *keys);
/* The same where no storage slot holds it: the account's code hash, or nothing does. */
void put_proof_of_code(const struct evidence_of *x, struct rows *t, const struct addr *at);
/* NULL: not proven. */
const struct hash32 *deployment_word(const struct evidence_of *x, const struct addr *at, const char *getter,
				     const struct hash32 *keys);
const struct trie_account *deployment_account(const struct evidence_of *x, const struct addr *at);
struct hash32 deployment_key(const struct addr *at);          /* an address as a mapping's key */

/* ---- the parts, each some sections ---- */

void deployment_begin(struct evidence_of *x);         /* those of the findings and the checklist, empty */

void deployment_sources(struct evidence_of *x);       /* events, getters and proofs held against each other */
void deployment_history(struct evidence_of *x);       /* every event */
void deployment_proofs(struct evidence_of *x);
/* When all else is filled. */
void deployment_findings(struct evidence_of *x);
MUST_CHECK bool deployment_checklist(struct evidence_of *x, struct err *e);

#endif
