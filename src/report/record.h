/* The change record, between the files that fill it: each has one subject. */
#ifndef SETGOV_REPORT_RECORD_H
#define SETGOV_REPORT_RECORD_H

#include "src/report/facts.h"
#include "src/report/rows.h"

#define CONSOLE_CLOCK "console clock"
#define BLOCK_CLOCK "block"

struct record {
	struct arena *a;
	struct report *r;
	const struct report_source *src;
	struct story s;
};

/* The line with the words: the proposal's, or the newest draft's. */
uint64_t record_words_seq(const struct story *s);
/* A row of a section of facts, its mark and the line that it rests on. */
void record_result(struct rows *t, const char *field, const char *value, enum report_mark mark, uint64_t seq);
void record_fact(struct rows *t, const char *field, struct span value, uint64_t seq);
/* A member that is a string; empty when it is not there. */
struct span record_text(const struct json *o, const char *name);

/* record_effects.c: what it does, what it was expected to change, and what really changed. */
void record_actions(struct record *x);
void record_calls(struct record *x);
void record_effects(struct record *x);
void record_read_back(struct record *x);

/* record_approvals.c: who agreed, who did not, whether they were enough; the policy, rule by rule; meetings. */
void record_policy(struct record *x);
void record_approvals(struct record *x);
void record_quorum(struct record *x);
void record_decisions(struct record *x);

/* record_execution.c: transactions and blocks, and what was refused or failed. */
void record_transactions(struct record *x);
void record_denied(struct record *x);

/* record_after.c: files, the review afterwards, where the log can be checked from, and its lines. */
void record_test_evidence(struct record *x);
void record_post_review(struct record *x);
void record_anchoring(struct record *x);
void record_history(struct record *x);

#endif
