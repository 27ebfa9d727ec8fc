/* The period report, between the files that fill it: each has one subject. */
#ifndef SETGOV_REPORT_PERIOD_H
#define SETGOV_REPORT_PERIOD_H

#include "src/report/facts.h"
#include "src/report/rows.h"

#define KINDS_MAX 200u
#define DRAWN_MAX ((size_t)60)         /* bars that a picture has at most */

/* Numbers of which the report says how many, the least, the middle and the most. */
struct series {
	uint64_t *v;
	size_t n, cap;
};

enum span_kind { IN_DRAFT, TO_APPROVAL, TO_SCHEDULED, IN_TIMELOCK, WHOLE, N_SPANS };

struct tally { const char *class, *outcome; size_t n; };
struct signer {
	const char *id;
	struct addr at;
	size_t signed_, refused, declined;
	uint64_t last;                /* line; 0: none */
};
struct kind_count { const char *kind; size_t n; };
struct listed { uint64_t *v; size_t n, cap, all; };

struct seen_policy { struct hash32 digest; bool has_exceptions; };

struct period_report {
	struct arena *a;
	struct report *r;
	const struct report_source *src;
	struct period period;
	char from[32], to[32];        /* as lines write times */
	/* of the lines */
	uint64_t rows, first_seq, last_seq;
	uint64_t begin, end;          /* no line from the period is before this one; none is this one or behind it */
	struct kind_count kinds[KINDS_MAX];
	size_t n_kinds, other_kinds;
	struct listed plain, denied;
	/* of the changes */
	struct rows changes, times, delays, emergencies, reviews, exceptions, four_eyes;
	struct series spans[N_SPANS];
	struct tally *tallies;
	size_t n_tallies;
	struct signer *signers;       /* the owners now, and who else signed or said no */
	size_t n_signers;
	struct seen_policy *policies;
	size_t n_policies;
	uint64_t anchored, anchor_seq;        /* lines that a block vouches for, and the line that says so */
	const char *anchor_tx;
	uint64_t anchor_block;
};

bool period_is_in(const struct period_report *x, struct unix_time t);
/* Draws the table as bars, unless there are more than a picture shows. */
void period_draw_bars(struct rows *t, size_t label, size_t value);
/* When the change was executed, cancelled or withdrawn; NULL: it is open. */
const struct moment *period_ended(const struct story *s);
void period_put_moment(struct rows *t, const char *column, const struct moment *m);
void period_rest_on_moment(struct rows *t, const struct moment *m);

/* period_lines.c: every line of the period is read once and counted; refusals, and lines that are no change's, are
 * kept to be listed. */
MUST_CHECK bool period_read_lines(struct period_report *x, struct err *e);
void period_kinds(struct period_report *x);
MUST_CHECK bool period_lists(struct period_report *x, struct err *e);

/* period_changes.c: a row a change, and what is counted over all of them. */
MUST_CHECK bool period_changes(struct period_report *x, struct err *e);

/* period_times.c: the delays that the timelock kept, lead time and time in each state. */
void period_begin_times(struct period_report *x);
void period_take_times(struct period_report *x, const struct story *s);
void period_draw_times(struct period_report *x);
void period_durations(struct period_report *x);

/* period_emergencies.c: the register of emergencies, and the exceptions of policies. `a` is the story's. */
void period_begin_emergencies(struct period_report *x);
void period_take_emergency(struct period_report *x, struct arena *a, const struct story *s);
void period_exceptions_now(struct period_report *x);

/* period_anchors.c: how far others vouch for the log. */
MUST_CHECK bool period_anchors(struct period_report *x, struct err *e);

#endif
