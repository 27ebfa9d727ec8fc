/* A change as an auditor asks about it: its lines read once, folded, and what follows from them computed: when it was
 * where, who asked and who approved, whether enough did, whether it was an emergency. For reports; nothing is decided
 * on it. All of its lines: no view has a say in which these are (audit-log/census.h). */
#ifndef SETGOV_REPORT_STORY_H
#define SETGOV_REPORT_STORY_H

#include "audit-log/people.h"
#include "src/gov/snapshot.h"
#include "src/policy/policy.h"

/* What reports are made from. */
struct report_source {
	struct workspace *ws;
	const struct snapshot *look;  /* one look at the chain; NULL or not online: it was not asked */
	const struct people *people;  /* who ids are; NULL: whoever the workspace's profile has, without names */
	const struct policy *policy;  /* the workspace's, now; or NULL */
	const char *policy_trouble;   /* it is there and cannot be read, and why; or NULL */
	struct unix_time now;         /* this machine's clock: what is overdue by then */
	const char *tool;             /* which program made the report */
	const char *clock;            /* whether this machine's is synchronised, in words; NULL: not asked */
};

/* When something was, and by whose clock. */
struct moment {
	bool known, block;            /* block: a block's time, not the console's clock */
	struct unix_time time;
	uint64_t seq;                 /* of the line that says so */
};

struct story_step {
	bool quorum_known;
	uint64_t quorum;              /* the Safe's threshold when the step was packed, as the evidence claims */
	struct span submitter;        /* actor of the newest submission, or empty */
	const struct person *payer;   /* who paid for it, or NULL */
	const struct line *packed, *sent, *receipt;    /* the newest of each, or NULL */
};

struct story {
	struct change c;
	const char *trouble;          /* its lines cannot be understood from one on, and why; or NULL */
	const struct line *lines;
	size_t n;
	enum change_state state;      /* with the chain's word where it was asked */
	struct span requester, requester_auth, proposer;
	bool risk_known, emergency, deescalates;
	enum action_risk risk;        /* the highest of its actions */
	struct moment drafted, proposed, approved, scheduled, eta, executed, cancelled, withdrawn, failed;
	const struct line *proposal, *judged, *verified, *review;      /* the newest of each, or NULL */
	const struct line *first_review;                              /* which was in time, or not; NULL */
	struct story_step steps[N_STEPS];
	bool requester_approved, executor_approved, under_quorum;
	bool review_due_known;
	struct unix_time review_due;
	bool overdue;                 /* an emergency, done, and not reviewed in time */
};

/* `id` is one of the log's: ERR_MISSING when not. */
MUST_CHECK bool story_read(struct arena *a, struct story *out, const struct report_source *src, struct span id,
			   struct err *e);
const struct proposal *story_words(const struct story *s);
/* "executed", "failed", …: what became of it, one word. */
const char *story_outcome(const struct story *s);
/* The person whose address this was at this line, as an id of the profile of that time, or the empty span. */
struct span story_person(const struct report_source *src, const struct addr *at, uint64_t seq);
/* "p1, owner of the Safe: Ada Example", after "; " where there is something before it: a list of people. */
void story_present(struct buf *out, const struct report_source *src, struct span id, uint64_t seq);
/* A member of a line's body that is a string; empty when it is not there. */
struct span line_text(const struct line *l, const char *name);
/* A refusal, a decline or a failure: by its kind, or a verdict "failed", which stops what it was asked for. */
bool line_denies(struct span kind, const struct json *body);
/* This refusal is the end of the same attempt: what the policy refuses at a step is a verdict, or one under each of two
 * policies, and the submission that it stopped. Lines that follow one another. */
bool line_denies_the_same(const struct line *before, const struct line *l);
/* Its code; its text is judged.h's. */
struct span line_denial_code(const struct line *l);
/* A blob that is JSON, parsed; NULL when it is not there, withheld or not JSON. */
const struct json *story_blob(struct arena *a, const struct report_source *src, const struct json *body,
			      const char *name);

#endif
